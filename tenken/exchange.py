"""Answers out of the store into files and back: what stands on a form, as workbooks and CSV files carry it."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from scoring.load.answers import COLUMNS, plain_cell
from scoring.model import Answer, Checklist, Text
from scoring.units import Tree, Unit
from tenken import audits, workbook
from tenken.auth import User, can
from tenken.form import Form, open_form
from tenken.i18n import words
from tenken.store import Entry, Period, Store
from tenken.workbook import Preview, Reading, SheetForm, Side, Wanted
from tenken.workbook.problems import problem


def answer_rows(checklist: Checklist, answers: Mapping[str, Answer]) -> list[dict[str, str]]:
    """The answers in the order of the checklist, as `scoring.load.answers` reads them."""
    return [
        {
            "question": question.id,
            "choice": answer.choice,
            "reason": answer.reason,
            "note": answer.note,
            "evidence": answer.evidence.link if answer.evidence else "",
            "evidence_date": answer.evidence.dated.isoformat() if answer.evidence else "",
        }
        for question in checklist.questions
        if (answer := answers.get(question.id))
    ]


def answers_csv(checklist: Checklist, answers: Mapping[str, Answer]) -> bytes:
    """With a byte order mark, without which Excel takes UTF-8 for CP932; no cell is a formula."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows({name: plain_cell(value) for name, value in row.items()} for row in answer_rows(checklist, answers))
    return out.getvalue().encode("utf-8-sig", "replace")


# --- out -----------------------------------------------------------------------------------------


def sheet_forms(store: Store, forms: Sequence[Form], earlier: Period | None) -> tuple[SheetForm, ...]:
    """Forms as a workbook takes them, with what stood in the quarter before beside them."""
    before = _answers_of(store, earlier, forms[0].checklist.id) if earlier and forms else {}
    return tuple(_sheet_form(form, before) for form in forms)


def _sheet_form(form: Form, before: Mapping[int, Mapping[str, Entry]]) -> SheetForm:
    start, fiscal = form.period.start, form.period.fiscal_start
    entries = {question: before.get(place.unit, {}).get(question) for question, place in form.places.items()}
    return SheetForm(
        unit=form.unit,
        period=start.isoformat(),
        period_label=Text(words("ja").quarter(start, fiscal), words("en").quarter(start, fiscal)),
        checklist=form.checklist,
        questions=form.questions,
        answers=form.answers,
        seen={question: entry.id for question, entry in form.entries.items()},
        reconfirm=frozenset(form.to_reconfirm),
        previous={question: entry.answer for question, entry in entries.items() if entry and entry.answer},
    )


def _answers_of(store: Store, period: Period, checklist_id: str) -> dict[int, dict[str, Entry]]:
    """Unit → question → its newest entry in that quarter."""
    sheets = {sheet.id: sheet.unit for sheet in store.sheets_of(period.id, checklist_id)}
    return {sheets[sheet]: entries for sheet, entries in store.entries_of(list(sheets)).items()}


# --- in ------------------------------------------------------------------------------------------


def wanted(tree: Tree, period: Period, checklist: Checklist, user: User, today: date) -> Wanted:
    """What a file has to fit that this person brings: the questions of every unit that they may answer for."""
    asked = {unit.code: _asked(tree, unit, checklist) for unit in tree.units if can(user, "answer", unit.id, tree)}
    return Wanted(checklist, period.start.isoformat(), {code: questions for code, questions in asked.items() if questions}, today)


def _asked(tree: Tree, unit: Unit, checklist: Checklist) -> tuple[str, ...]:
    """As `open_form` asks it."""
    company = tree.company_of(unit.id)
    duties = tree.writes_for(unit, checklist) if company and company.id != unit.id else ()
    questions = {question.id for question in (*tree.asks(unit, checklist), *duties)}
    return tuple(question.id for question in checklist.questions if question.id in questions)


def read_file(file: Path, code: str | None, fits: Wanted) -> Reading:
    """A workbook, or a CSV file of the unit with this code. Raises ImportRefused."""
    if file.suffix.lower() != ".csv":
        return workbook.read(file, fits)
    if code is None or code not in fits.asked:
        raise workbook.ImportRefused((problem("unknown_unit", unit=code or ""),))
    return workbook.read_csv(file, code, fits)


def forms_of(store: Store, tree: Tree, period: Period, checklist: Checklist, reading: Reading) -> dict[str, Form]:
    """The forms that a file says something about, by the code of their unit."""
    units = {unit.code: unit for unit in tree.units}
    return {unit.unit: open_form(store, tree, units[unit.unit], period, checklist) for unit in reading.units}


def compare(reading: Reading, forms: Mapping[str, Form]) -> Preview:
    """What the file would change."""
    return workbook.preview(reading, {code: form.entries for code, form in forms.items()})


def take_over(store: Store, user: User, forms: Mapping[str, Form], preview: Preview, chosen: Mapping[str, Mapping[str, Side]]) -> int:
    """Writes what a file changes, all or nothing; how many answers that was. Raises ImportRefused while a conflict is open, or
    when two sheets of the file say different things about one answer; and what `audits.save_all` raises."""
    writes = {forms[unit.unit]: unit.writes(chosen.get(unit.unit, {})) for unit in preview.units}
    said: dict[tuple[int, str], Answer | None] = {}
    for form, answers in writes.items():
        for question, (answer, _seen) in answers.items():
            place = form.places[question].id, question
            if place in said and not workbook.same(said[place], answer):
                raise workbook.ImportRefused((problem("question_twice", question=question),))
            said[place] = answer
    return audits.save_all(store, user, writes)
