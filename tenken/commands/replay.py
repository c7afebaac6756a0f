"""`replay`: disclosed incidents against our controls, for terminals and scripts. By year and sector, never by name."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from scoring.engine import shown
from scoring.replay import Combination, Counts, Held, Part, Replayed, Stage
from tenken.books import portfolio
from tenken.commands.numbers import Quarter, Sample, upto
from tenken.commands.output import Json, print_json
from tenken.content import casebook
from tenken.i18n import Words, words
from tenken.replaying.read import Look, kept, look_at
from tenken.replaying.read import asked_of as asked_incidents
from tenken.replaying.words import affected_text, claimed_line, conclusion, control_name, counts_line, incident_name, result_text
from tenken.settings import read_settings
from tenken.store import Store


def replay(
    unit: Annotated[str, typer.Option(help="A unit by its code; the whole organisation when left out.")] = "",
    period: Quarter = "",
    cause: Annotated[str, typer.Option(help="Only incidents of this cause, by its id.")] = "",
    sector: Annotated[str, typer.Option(help="Only incidents of this sector, by its id.")] = "",
    year: Annotated[str, typer.Option(help="Only incidents of this year.")] = "",
    size: Annotated[str, typer.Option(help="Only incidents of this size: 0, 1000, 10000, 100000, 1000000 (and more) or unknown.")] = "",
    result: Annotated[str, typer.Option(help="likely, possibly, slowed, through or outside")] = "",
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Would it have happened to us: the disclosed incidents against our controls with evidence."""
    store, _, book = Store.open(read_settings().store_url), words(read_settings().lang), casebook()
    try:
        quarter = upto(store, period, sample=sample)[-1]
        sheets = portfolio(store, quarter, date.today())
    finally:
        store.close()
    tree, said = sheets.book.tree, {"cause": cause, "sector": sector, "year": year, "size": size, "result": result}
    node = next((each for each in tree.units if each.code == unit), None) if unit else tree.roots[0]
    asked = asked_incidents(said.get, book, sheets.book.checklist)
    look = None if node is None else look_at(sheets, node.id, book)
    if node is None or look is None or asked is None:
        named = {"unit": unit, **said}
        raise typer.BadParameter(", ".join(f"--{name} {value!r}" for name, value in named.items() if value))
    found = kept(look.replay, asked)
    if as_json:
        print_json(
            {
                "period": quarter.start.isoformat(),
                "unit": node.code,
                **{name: value for name, value in said.items() if value},
                **_look(look, found),
            }
        )
        return
    typer.echo(conclusion(look, _))
    typer.echo(counts_line(look.replay.counts, _))
    typer.echo(claimed_line(look, _))
    for each in found:
        typer.echo(f"{result_text(each.result, _)}  {incident_name(book, each.incident, _)}  {affected_text(each.incident, _)}")
    for best in look.best:
        typer.echo(_best(look, best, _))


def _best(look: Look, best: Combination, _: Words) -> str:
    names = _.listed(control_name(look.casebook, control, _) for control in best.controls)
    return _(
        "{names}: {n} incidents would move, {stopped} of them to likely or possibly stopped",
        names=names,
        n=len(best.moves),
        stopped=best.stopped,
    )


def _look(look: Look, found: tuple[Replayed, ...]) -> dict[str, Any]:
    return {
        "casebook": {"edition": look.casebook.edition, "gathered": look.casebook.gathered},
        "counts": asdict(look.replay.counts),
        "counts_as_claimed": asdict(look.claimed),
        "incidents": [_incident(each) for each in found],
        "controls": {
            control: {"evidenced": shown(each.evidenced.percent), "claimed": shown(each.claimed.percent), "earned": each.evidenced.earned,
                      "possible": each.evidenced.possible}
            for control, each in look.replay.strengths.items()
        },
        "together": [
            {"controls": list(best.controls), "stopped": best.stopped, "equals": best.equals,
             "moves": [{"case": move.incident.id, "before": move.before, "after": move.after} for move in best.moves]} for best in look.best
        ],
        "units": [_part(look, part) for part in look.parts],
    }  # fmt: skip


def _incident(each: Replayed) -> dict[str, Any]:
    incident = each.incident
    affected = asdict(incident.affected) if incident.affected else None
    return {"case": incident.id, "year": incident.year, "sector": incident.sector, "affected": affected, "causes": list(incident.causes),
            "result": each.result, "because": list(each.because), "steps": [_step(stage) for stage in each.stages]}  # fmt: skip


def _step(stage: Stage) -> dict[str, Any]:
    return {"step": stage.step.number, "reported": stage.step.reported, "ours": stage.step.ours, "state": stage.state,
            "controls": [_held(held) for held in stage.held]}  # fmt: skip


def _held(held: Held) -> dict[str, Any]:
    return {"control": held.control, "kind": held.kind, "state": held.state,
            "strength": shown(held.strength.evidenced.percent) if held.strength else None}  # fmt: skip


def _part(look: Look, part: Part) -> dict[str, Any]:
    counts: Counts = part.counts
    behind = [{"control": each.control, "own": shown(each.own.percent), "others": shown(each.others.percent)} for each in part.behind]
    return {"unit": look.units[part.row].code, "counts": asdict(counts), "behind": behind}
