"""Quarters and sheets: `tenken period …` and `tenken audit …`, the same functions as the pages."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from scoring.model import Answer
from tenken import audits, workbook
from tenken.books import judged_on, portfolio, quarter_progress
from tenken.commands.desk import Desk, Place, Sample, When, Who, day, place
from tenken.commands.output import Json, cli_words, fail, named, print_json
from tenken.editions import pin, shipped
from tenken.error_words import error_text
from tenken.errors import Conflict, TenkenError
from tenken.exchange import answers_csv, compare, forms_of, read_file, sheet_forms, take_over, wanted
from tenken.form import Form
from tenken.progress import Line, Progress, part
from tenken.progress_words import line_state, progress_headline
from tenken.quarters import quarter_of
from tenken.rollforward import by_id, carried_over, changes, next_quarters
from tenken.store import Entry, Period, Sheet
from tenken.workbook import Preview, Side, UnitPreview, problem_texts

period = typer.Typer(no_args_is_help=True, help="Quarters: list them, open the next one, date and close it.")
audit = typer.Typer(no_args_is_help=True, help="Sheets: list, show, submit, return, approve, seal; out into files and back.")

Codes = Annotated[list[str], typer.Argument(metavar="UNIT…", help="Codes of units, as `audit list` prints them.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


# --- period ------------------------------------------------------------------------------------------


@period.command("list")
@named
def list_periods(person: Who = "", sample: Sample = False, as_json: Json = False) -> None:
    """All quarters, oldest first: days, state, date due, sheets by state."""
    at = place(person, sample=sample)
    found = [_period_json(at, each) for each in at.periods]
    if as_json:
        print_json(found)
        return
    for row in found:
        sheets = ", ".join(f"{state} {n}" for state, n in row["sheets"].items())
        typer.echo(f"{row['start']}  {row['state']:<6}  {row['due'] or '-':<10}  {row['label']}  {sheets}")


def _period_json(at: Place, each: Period) -> dict[str, Any]:
    states = Counter(line.state or "" for line in _seen(at.quarter(each.start.isoformat())).asked)
    return {
        "start": each.start.isoformat(), "end": each.end.isoformat(), "label": cli_words().quarter(each.start, each.fiscal_start),
        "state": each.state, "due": each.due.isoformat() if each.due else None, "sheets": dict(sorted(states.items())),
    }  # fmt: skip


@period.command("open")
@named
def open_period(
    person: Who = "",
    on: Annotated[str, typer.Option("--day", help="A day of the quarter; the one after the newest when left out.")] = "",
    due: Annotated[str, typer.Option(help="The day by which sheets are handed in.")] = "",
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Open a quarter: last quarter's answers are carried over, to be reconfirmed."""
    at = place(person, sample=sample)
    start = day(on) if on else _following(at)
    until = day(due) if due else None
    after = shipped().content.checklist
    before = at.quarter(at.periods[-1].start.isoformat()) if at.periods else None
    opened = audits.open_period(
        at.store, at.user, at.root, start, fiscal_start=at.fiscal_start, due=until, pins=pin(at.store), checklist=after
    )
    said = changes(by_id(before.checklist.questions if before else after.questions), by_id(after.questions))
    carried = carried_over(portfolio(at.store, before.period, date.today()).book, at.store.tree_of(opened), after) if before else 0
    label = cli_words().quarter(opened.start, opened.fiscal_start)
    if as_json:
        ids = {
            "added": [q.id for q in said.added],
            "retired": [q.id for q in said.retired],
            "reworded": [new.id for _old, new in said.reworded],
        }
        print_json(
            {"start": opened.start.isoformat(), "end": opened.end.isoformat(), "label": label, "due": due or None, "carried": carried} | ids
        )
        return
    _ = cli_words()
    typer.echo(_("Opened {quarter}; {n} answers are carried over, to be reconfirmed.", quarter=label, n=carried))
    for mark, questions in (("+", said.added), ("-", said.retired), ("~", tuple(new for _old, new in said.reworded))):
        for question in questions:
            typer.echo(f"  {mark} {question.id}  {_.text(question.text)}")


def _following(at: Place) -> date:
    """The first day of the quarter to open: after the newest; with none, the one that holds today."""
    today = date.today()
    if not at.periods:
        return quarter_of(today, at.fiscal_start).start
    return next_quarters(at.periods[-1].end, at.periods[-1].end, at.fiscal_start)[0].start


@period.command("due")
@named
def set_due(
    on: Annotated[str, typer.Argument(metavar="DAY", help="YYYY-MM-DD, or none to take the date away.")],
    person: Who = "",
    when: When = "",
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Set the day by which sheets are handed in."""
    desk = place(person, sample=sample).quarter(when)
    changed = audits.set_due(desk.place.store, desk.place.user, desk.period, None if on == "none" else day(on))
    if as_json:
        print_json({"start": changed.start.isoformat(), "due": changed.due.isoformat() if changed.due else None})
        return
    _ = cli_words()
    typer.echo(_("Date due: {day}.", day=_.day(changed.due)) if changed.due else _("No date due is set."))


@period.command("close")
@named
def close_period(person: Who = "", when: When = "", yes: Yes = False, sample: Sample = False, as_json: Json = False) -> None:
    """Close a quarter all of whose sheets are sealed; it can never be changed again."""
    desk = place(person, sample=sample).quarter(when)
    _ = cli_words()
    label = _.quarter(desk.period.start, desk.period.fiscal_start)
    if not (yes or as_json):
        typer.confirm(_("Close {quarter} for good?", quarter=label), abort=True)
    audits.close_period(desk.place.store, desk.place.user, desk.period, desk.checklist)
    seal = desk.place.store.period_seal(desk.period.id)
    if as_json:
        print_json({"start": desk.period.start.isoformat(), "state": "closed", "sha256": seal.sha256 if seal else None})
        return
    typer.echo(_("Closed {quarter}. Seal {short}.", quarter=label, short=seal.short if seal else ""))


# --- audit: look ---------------------------------------------------------------------------------------


def _seen(desk: Desk) -> Progress:
    """How far the quarter is, as far as the person may look."""
    allowed = {unit.id for unit in desk.units}
    return part(quarter_progress(desk.place.store, desk.period, date.today()), lambda unit: unit.id in allowed)


@audit.command("list")
@named
def list_sheets(person: Who = "", when: When = "", sample: Sample = False, as_json: Json = False) -> None:
    """Every unit's sheet: state, answered of asked, what is to be reconfirmed, what is late."""
    desk = place(person, sample=sample).quarter(when)
    found = _seen(desk)
    if as_json:
        print_json([_line_json(found, line) for line in found.asked])
        return
    _ = cli_words()
    typer.echo(progress_headline(found, desk.period, _))
    for line in found.asked:
        count = f"{line.total.answered}/{line.total.asked}"
        typer.echo(f"{line.unit.code:<24} {count:>7}  {line_state(line, _)}  {_.text(line.unit.name)}")


def _line_json(found: Progress, line: Line) -> dict[str, Any]:
    return {
        "unit": line.unit.code, "name": {"ja": line.unit.name.ja, "en": line.unit.name.en}, "kind": line.unit.kind, "state": line.state,
        "late": line.late, "answered": line.total.answered, "asked": line.total.asked, "reconfirm": line.reconfirm,
        "sections": {section: {"answered": count.answered, "asked": count.asked} for section, count in zip(found.sections, line.sections, strict=True)},
    }  # fmt: skip


@audit.command("show")
@named
def show_sheet(
    unit: Annotated[str, typer.Argument(help="The code of a unit.")],
    person: Who = "",
    when: When = "",
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """One unit's form: its state, its answers, what happened to it."""
    desk = place(person, sample=sample).quarter(when)
    form = desk.form(unit)
    if as_json:
        print_json(_form_json(desk, form))
        return
    for question in form.questions:
        entry = form.entries.get(question.id)
        typer.echo(
            f"{entry.choice if entry and entry.choice else '-':<12} {question.id}{'  *' if question.id in form.to_reconfirm else ''}"
        )
    _ = cli_words()
    line = next(line for line in _seen(desk).lines if line.unit.id == form.unit.id)
    answered = _("{done} of {all} questions are answered.", done=len(form.answers), all=len(form.questions))
    typer.echo(f"{line_state(line, _)}  {answered}" + (f"  {_('* to be reconfirmed')}" if form.to_reconfirm else ""))


def _form_json(desk: Desk, form: Form) -> dict[str, Any]:
    store = desk.place.store
    seal = store.seal_of(form.sheet.id)
    events = reversed(store.events(desk.place.root.id, [form.sheet.id]))
    return {
        "unit": form.unit.code, "period": form.period.start.isoformat(), "state": form.sheet.state, "version": form.sheet.version,
        "checklist": {"id": form.checklist.id, "edition": form.sheet.edition, "content_hash": form.sheet.content_hash},
        "seal": seal.sha256 if seal else None,
        "answers": {question: _entry_json(entry, entry.answer) for question, entry in form.entries.items() if entry.answer},
        "open": [question.id for question in form.questions if question.id not in form.answers],
        "to_reconfirm": list(form.to_reconfirm),
        "history": [{"action": event.action, "person": event.person, "identity": event.identity, "at": event.at.isoformat(),
                     "remark": event.payload.get("remark", "")} for event in events],
    }  # fmt: skip


def _entry_json(entry: Entry, answer: Answer) -> dict[str, Any]:
    proof = answer.evidence
    return {
        "choice": answer.choice, "reason": answer.reason, "note": answer.note, "by_profile": answer.by_profile,
        "evidence": {"link": proof.link, "dated": proof.dated.isoformat()} if proof else None,
        "person": entry.person, "identity": entry.identity, "origin": entry.origin, "at": entry.at.isoformat(),
    }  # fmt: skip


# --- audit: move on ------------------------------------------------------------------------------------


def _move(codes: Iterable[str], desk: Desk, step: Callable[[Form], Sheet], *, as_json: bool) -> None:
    """Every unit by itself: what is done is printed, what is not is named on stderr, and then the exit code is 1."""
    _ = cli_words()
    done: list[dict[str, str]] = []
    failed: list[tuple[str, TenkenError]] = []
    for code in codes:
        try:
            sheet = step(desk.form(code))
        except TenkenError as error:
            failed.append((code, error))
        else:
            done.append({"unit": code, "state": sheet.state})
    if as_json:
        print_json(done)
    else:
        for row in done:
            typer.echo(f"{row['unit']}  {row['state']}")
    for code, why in failed:
        typer.echo(f"{code}: {error_text(why, _)}", err=True)
    if failed:
        raise typer.Exit(1)


@audit.command()
@named
def submit(codes: Codes, person: Who = "", when: When = "", sample: Sample = False, as_json: Json = False) -> None:
    """Hand sheets in."""
    desk = place(person, sample=sample).quarter(when)
    _move(codes, desk, lambda form: audits.submit(desk.place.store, desk.place.user, form), as_json=as_json)


@audit.command("return")
@named
def send_back(
    codes: Codes,
    remark: Annotated[str, typer.Option(help="What should be looked at again.")] = "",
    person: Who = "",
    when: When = "",
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Return sheets with a remark."""
    desk = place(person, sample=sample).quarter(when)
    _move(codes, desk, lambda form: audits.send_back(desk.place.store, desk.place.user, form, remark), as_json=as_json)


@audit.command()
@named
def approve(codes: Codes, person: Who = "", when: When = "", sample: Sample = False, as_json: Json = False) -> None:
    """Approve sheets that somebody else answered."""
    desk = place(person, sample=sample).quarter(when)
    _move(codes, desk, lambda form: audits.approve(desk.place.store, desk.place.user, form), as_json=as_json)


@audit.command()
@named
def seal(codes: Codes, person: Who = "", when: When = "", sample: Sample = False, as_json: Json = False) -> None:
    """Fix sheets for good."""
    desk = place(person, sample=sample).quarter(when)
    as_of = judged_on(desk.period, date.today())
    _move(codes, desk, lambda form: audits.seal(desk.place.store, desk.place.user, form, as_of), as_json=as_json)


# --- audit: files --------------------------------------------------------------------------------------


@audit.command("export")
@named
def export(
    file: Annotated[Path, typer.Argument(help="The new file: .xlsx for any number of units, .csv for one.")],
    units: Annotated[list[str] | None, typer.Option("--unit", help="The code of a unit; all that you may see when left out.")] = None,
    person: Who = "",
    when: When = "",
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Write a workbook to be filled in, a sheet per unit; or the answers of one unit as CSV."""
    desk = place(person, sample=sample).quarter(when)
    codes = units or [line.unit.code for line in _seen(desk).asked]
    forms = [desk.form(code) for code in codes]
    if file.exists():
        raise Conflict("exists", file=str(file))
    if file.suffix.lower() == ".csv":
        if len(forms) != 1:
            raise typer.BadParameter("a CSV file holds one unit: name it with --unit")
        file.write_bytes(answers_csv(desk.checklist, forms[0].answers))
    else:
        written = sheet_forms(desk.place.store, forms, desk.earlier)
        file.write_bytes(workbook.write(written, cli_words().lang, created=datetime.now()))
    if as_json:
        print_json({"file": str(file), "units": codes})
        return
    _ = cli_words()
    typer.echo(_("{file}: {n} units.", file=file, n=len(codes)))


@audit.command("import")
@named
def read_back(
    file: Annotated[Path, typer.Argument(help="A workbook that `audit export` wrote, or a CSV file of one unit.")],
    unit: Annotated[str | None, typer.Option("--unit", help="Whose answers a CSV file holds.")] = None,
    conflicts: Annotated[str, typer.Option(help="What stands where both sides changed an answer: mine (the file) or theirs.")] = "",
    person: Who = "",
    when: When = "",
    yes: Yes = False,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Show what a file changes, and write it once that is confirmed. With --json, nothing is written without --yes."""
    sides: dict[str, Side] = {"mine": "mine", "theirs": "theirs"}
    if conflicts and conflicts not in sides:
        raise typer.BadParameter("--conflicts is mine or theirs")
    _ = cli_words()
    desk = place(person, sample=sample).quarter(when)
    try:
        fits = wanted(desk.tree, desk.period, desk.checklist, desk.place.user, date.today())
        reading = read_file(file, unit, fits)
        forms = forms_of(desk.place.store, desk.tree, desk.period, desk.checklist, reading)
        found = compare(reading, forms)
        if not as_json:
            _show(found)
            yes = yes or found.changes_nothing or typer.confirm(_("Take these changes over?"), abort=True)
        chosen = {each.unit: {at.question: sides[conflicts] for at in each.conflicts} for each in found.units} if conflicts else {}
        written = take_over(desk.place.store, desk.place.user, forms, found, chosen) if yes else 0
    except workbook.ImportRefused as refused:
        for line in problem_texts(refused.problems, _):
            typer.echo(line, err=True)
        fail(refused)
    if as_json:
        print_json({"written": written, "units": [_unit_json(each) for each in found.units]})
        return
    typer.echo(_("{n} answers are saved.", n=written))


def _show(found: Preview) -> None:
    for each in found.units:
        for change in each.changes:
            before, after = (answer.choice if answer else "-" for answer in (change.before, change.after))
            typer.echo(f"{each.unit}  {change.question}  {before} -> {after}  {change.place}")
        for question in each.confirmed:
            typer.echo(f"{each.unit}  {question}  =")
        for conflict in each.conflicts:
            theirs = conflict.theirs.choice if conflict.theirs and conflict.theirs.choice else "-"
            typer.echo(f"{each.unit}  {conflict.question}  {theirs} <> {conflict.mine.choice if conflict.mine else '-'}  {conflict.place}")


def _unit_json(each: UnitPreview) -> dict[str, Any]:
    return {
        "unit": each.unit, "unchanged": len(each.unchanged), "changes": [change.question for change in each.changes],
        "conflicts": [conflict.question for conflict in each.conflicts], "confirmed": list(each.confirmed), "missing": list(each.missing),
    }  # fmt: skip
