"""`tenken actions …`: corrective actions, the same functions as the page."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import typer

from scoring.model import UNKNOWN
from tenken.books import portfolio
from tenken.commands.desk import Desk, Sample, When, Who, day, place
from tenken.commands.output import Json, cli_words, named, print_json
from tenken.corrective import writes
from tenken.corrective.promise import level_at
from tenken.corrective.read import Line, read_ledger
from tenken.corrective.words import headline, levels_words, standing_words, unit_name
from tenken.errors import NotFound
from tenken.store import Action, ActionDraft, ActionStatus

actions = typer.Typer(no_args_is_help=True, help="Corrective actions: list them, add one, complete or drop it.")

Number = Annotated[int, typer.Argument(help="The number of the action, as `actions list` prints it.")]
Unit = Annotated[str, typer.Option("--unit", help="The code of a unit; with `list`, it and all below it.")]


@actions.command("list")
@named
def list_actions(
    unit: Unit = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those that are past their day.")] = False,
    person: Who = "",
    when: When = "",
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """What is to be done, the most urgent first; and what came of what was promised."""
    desk = place(person, sample=sample).quarter(when)
    node = desk.form(unit).unit if unit else desk.tree.unit(desk.place.root.id)
    allowed = {each.id for each in desk.units}
    ledger = read_ledger(desk.place.store, desk.tree, node.id, desk.period, desk.place.periods, desk.checklist, date.today(),
                         lambda each: each.id in allowed)  # fmt: skip
    lines = [line for line in ledger.lines if line.overdue or not overdue]
    if as_json:
        print_json({"period": desk.period.start.isoformat(), "unit": node.code, "actions": [_line_json(line) for line in lines]})
        return
    _ = cli_words()
    typer.echo(headline(ledger, _))
    for line in lines:
        said = line.action.said
        mark, due = "×" if line.overdue else "　", said.due.isoformat() if said.due else "-"
        typer.echo(f"{line.action.id:>5}  {mark} {due:<10}  {standing_words(_)[line.standing]}  {unit_name(line, _)}  "
                   f"{said.title}  {levels_words(said.from_level, said.to_level)}  {said.owner}".rstrip())  # fmt: skip


def _line_json(line: Line) -> dict[str, Any]:
    effect = line.effect
    return _json(line.action) | {
        "unit": line.unit.code if line.unit else None, "state": line.standing, "overdue": line.overdue, "due_in_quarter": line.this_quarter,
        "since": line.since.start.isoformat() if line.since else None,
        "reached": {"gap": str(effect.reached.gap), "loss": str(effect.reached.loss), "level": effect.level}
        if effect and effect.reached else None,
    }  # fmt: skip


def _json(action: Action) -> dict[str, Any]:
    said = action.said
    return {
        "id": action.id, "title": said.title, "question": said.question, "status": said.status, "owner": said.owner,
        "due": said.due.isoformat() if said.due else None, "half_days": said.half_days, "yen": said.yen,
        "from_level": said.from_level, "to_level": said.to_level, "source": said.source, "links": list(said.links),
        "promise": dict(said.promise), "version": action.version, "decided": action.decided.isoformat(),
    }  # fmt: skip


@actions.command("add")
@named
def add(
    title: Annotated[str, typer.Argument(help="What is to be done.")] = "",
    unit: Unit = "",
    question: Annotated[str, typer.Option(help="The question whose answer it raises; its advice is the title when that is left out.")] = "",
    level: Annotated[int | None, typer.Option(help="The level that is to be reached; the next one when left out.")] = None,
    owner: Annotated[str, typer.Option(help="Who does it.")] = "",
    due: Annotated[str, typer.Option(help="The day by which it is done, YYYY-MM-DD.")] = "",
    days: Annotated[float | None, typer.Option(help="Effort in person-days; the checklist's when left out.")] = None,
    yen: Annotated[int, typer.Option(help="Cost.")] = 0,
    links: Annotated[list[str] | None, typer.Option("--link", help="An address; may be given again.")] = None,
    person: Who = "",
    when: When = "",
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Write a corrective action down."""
    desk = place(person, sample=sample).quarter(when)
    draft = _draft(desk, unit, question, level, title)
    half_days = draft.half_days if days is None else round(2 * days)
    draft = replace(draft, owner=owner, due=day(due) if due else None, half_days=half_days, yen=yen, links=tuple(links or ()))
    (made,) = writes.create(desk.place.store, desk.place.user, desk.tree, desk.place.root, desk.period, [draft])
    _say(made, as_json=as_json)


def _draft(desk: Desk, code: str, question_id: str, level: int | None, title: str) -> ActionDraft:
    """From the level at which the question stands now."""
    unit = desk.form(code).unit if code else desk.tree.unit(desk.place.root.id)
    if not question_id:
        return ActionDraft(unit.id, None, title, "finding")
    question = next((each for each in desk.checklist.questions if each.id == question_id), None)
    if question is None:
        return ActionDraft(unit.id, question_id, title or "-", "gap")  # is refused, and named
    code_now = level_at(portfolio(desk.place.store, desk.period, date.today()), unit.id, question_id)
    before = code_now if code_now >= 0 else None
    top = len(desk.checklist.choices) - 1
    to = min((before or 0) + 1, top) if level is None else level
    _ = cli_words()
    if code_now == UNKNOWN and level is None:
        return ActionDraft(unit.id, question_id, title or _("Find out: {text}", text=_.text(question.text)), "gap", half_days=1)
    wanted = title or _.text(question.advice[min(max(to, 1), top) - 1])
    effort = sum(question.effort[before or 0 : max(to, 0)])
    return ActionDraft(unit.id, question_id, wanted, "gap", half_days=effort, from_level=before, to_level=to)


@actions.command()
@named
def done(number: Number, person: Who = "", when: When = "", sample: Sample = False, as_json: Json = False) -> None:
    """Complete one. Its question is to be answered anew then."""
    _move(place(person, sample=sample).quarter(when), number, "done", as_json=as_json)


@actions.command()
@named
def drop(number: Number, person: Who = "", when: When = "", sample: Sample = False, as_json: Json = False) -> None:
    """Drop one. It stays on record."""
    _move(place(person, sample=sample).quarter(when), number, "dropped", as_json=as_json)


def _move(desk: Desk, number: int, status: ActionStatus, *, as_json: bool) -> None:
    seen = desk.place.store.action(number)
    if seen.root != desk.place.root.id or (seen.said.unit in desk.tree and seen.said.unit not in {unit.id for unit in desk.units}):
        raise NotFound("no_action", n=number)
    change = replace(seen.said, status=status)
    _say(writes.change(desk.place.store, desk.place.user, desk.tree, desk.checklist, seen, change), as_json=as_json)


def _say(action: Action, *, as_json: bool) -> None:
    if as_json:
        print_json(_json(action))
    else:
        typer.echo(f"{action.id}  {action.said.status}  {action.said.title}")
