"""A workbook, or a CSV file of one unit, to answers; every problem in it at once, by sheet and cell."""

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from scoring.errors import AnswerFileError
from scoring.load.answers import read_answers
from scoring.load.guard import MAX_BYTES
from scoring.model import Answer, Checklist, Question
from tenken.workbook.form import ANSWER, FORMAT, HIDDEN, KEPT_FILE, MARKER, NAMES, NO_QUESTION, VISIBLE, Marks, plain
from tenken.workbook.limits import Box, Grid, content_of, grids, text_of
from tenken.workbook.problems import MAX_PROBLEMS, ImportRefused, Problem, problem
from tenken.workbook.rows import Row, answer_of, confirms

TOP = 20  # rows in which a sheet says what it is


@dataclass(frozen=True, slots=True)
class Given:
    """One row of a form. `touched`: it is not as it was written, so what it says is somebody's; only then `answer` counts.

    `seen` is the id of the log entry that it was written from (0: there was none), None where the file does not say.
    `confirmed`: an answer carried over was marked as holding still. `file`: its evidence is the name of a file that the
    store keeps; the file itself is not here, nor anything that would give it away. `place` names the row: '営業部!D12', empty in a CSV file.
    """

    question: str
    answer: Answer | None
    seen: int | None
    touched: bool
    confirmed: bool
    place: str
    file: bool = False


@dataclass(frozen=True, slots=True)
class UnitReading:
    """The rows of one unit in the order of the file; `missing` are questions of the unit that have no row in it."""

    unit: str
    rows: tuple[Given, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says, one entry per unit code; a unit that is not in the file is not here."""

    units: tuple[UnitReading, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file has to fit: `asked` are the question ids by the code of every unit that may be in it."""

    checklist: Checklist
    period: str
    asked: Mapping[str, Collection[str]]
    today: date


def read(source: bytes | Path, wanted: Wanted) -> Reading:
    """Every form in an XLSX file; sheets that are none of ours are left alone. Raises ImportRefused."""
    sheets = grids(source)
    problems = [problem("too_many_rows", sheet.sheet) for sheet in sheets if sheet.big]
    units: list[UnitReading] = []
    forms = [form for sheet in sheets if (form := _Form.find(sheet))]
    if not forms and not problems:
        problems.append(problem("no_form"))
    for form in forms:
        found = [*form.misfits(wanted)]
        if form.names["unit"] in {unit.unit for unit in units}:
            found.append(problem("unit_twice", form.grid.sheet, unit=form.names["unit"]))
        if not found:
            reading = _Rows(form, wanted, found).reading()
            units.append(reading)
        problems += found
        if len(problems) > MAX_PROBLEMS:
            break
    if problems:
        raise ImportRefused(_most(problems))
    return Reading(tuple(units))


def _most(problems: list[Problem]) -> tuple[Problem, ...]:
    if len(problems) <= MAX_PROBLEMS:
        return tuple(problems)
    return (*problems[:MAX_PROBLEMS], problem("too_many_problems", most=f"{MAX_PROBLEMS:,}"))


# --- one sheet -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Form:
    """A sheet that says it is a form: its names, its columns, and the row after which questions may stand."""

    grid: Grid
    names: dict[str, str]
    columns: dict[str, int]
    top: int

    @classmethod
    def find(cls, grid: Grid) -> "_Form | None":
        """None for a sheet without the marker. Wherever it was moved to, it is found by what its cells say."""
        for number, cells in enumerate(grid.rows[:TOP]):
            if MARKER in (texts := [plain(value) for value in cells]):
                at = texts.index(MARKER)
                pairs = dict(zip(texts[at + 1 :: 2], texts[at + 2 :: 2], strict=False))
                keys = [plain(value) for value in grid.rows[number + 1]] if number + 1 < len(grid.rows) else []
                columns = {key: column for column, key in enumerate(keys) if key in (*VISIBLE, *HIDDEN)}
                return cls(grid, {name: pairs.get(name, "") for name in NAMES}, columns, number + 2)
        return None

    def misfits(self, wanted: Wanted) -> Iterator[Problem]:
        """Why no row of it can be read: the first reason only, the others follow from it."""
        sheet, names, checklist = self.grid.sheet, self.names, wanted.checklist
        if names["format"].isdecimal() and int(names["format"][:9]) > int(FORMAT):
            yield problem("newer_form", sheet)
        elif names["format"] != FORMAT or self.columns.keys() != {*VISIBLE, *HIDDEN}:
            yield problem("hidden_rows", sheet)
        elif (names["checklist"], names["edition"]) != (checklist.id, checklist.edition):
            theirs, ours = f"{names['checklist']} {names['edition']}", f"{checklist.id} {checklist.edition}"
            yield problem("other_edition", sheet, theirs=theirs, ours=ours)
        elif names["content"] != checklist.content_hash:
            yield problem("other_content", sheet, edition=checklist.edition)
        elif names["period"] != wanted.period:
            yield problem("other_period", sheet, theirs=names["period_label"])
        elif names["unit"] not in wanted.asked:
            yield problem("unknown_unit", sheet, unit=names["unit"])


class _Rows:
    """The rows of one form, read one after the other; `problems` takes what is wrong with them."""

    def __init__(self, form: _Form, wanted: Wanted, problems: list[Problem]) -> None:
        self._form, self._wanted, self._problems = form, wanted, problems
        self._questions = {question.id: question for question in wanted.checklist.questions}
        self._asked = set(wanted.asked[form.names["unit"]])
        self._ids: set[str] = set()
        self._wrong = {"formula": self._met(form.grid.formulas), "merged": self._met(form.grid.merged)}

    def _met(self, boxes: Iterable[Box]) -> set[tuple[int, str]]:
        """(row, column) of the answer cells that lie in one of `boxes`; of very many, some more than are named."""
        found: set[tuple[int, str]] = set()
        end = len(self._form.grid.rows)
        for top, left, bottom, right in boxes:
            columns = [column for column in ANSWER if left <= self._form.columns[column] <= right]
            found |= {(row, column) for row in range(max(top, self._form.top), min(bottom + 1, end)) for column in columns}
            if len(found) > MAX_PROBLEMS:
                break
        return found

    def reading(self) -> UnitReading:
        given: list[Given] = []
        for number in range(self._form.top, len(self._form.grid.rows)):
            row = self._row(number)
            if (asked := row.text("id").strip()) != NO_QUESTION and (found := self._given(row, asked)):
                given.append(found)
            if len(self._problems) > MAX_PROBLEMS:
                break
        missing = tuple(question for question in self._questions if question in self._asked - self._ids)
        return UnitReading(self._form.names["unit"], tuple(given), missing)

    def _row(self, number: int) -> Row:
        cells = self._form.grid.rows[number]
        here = {key: cells[column] for key, column in self._form.columns.items() if column < len(cells)}
        return Row(self._form.grid.sheet, number, self._form.columns, here)

    def _given(self, row: Row, asked: str) -> Given | None:
        before = len(self._problems)
        self._problems += self._shape(row)
        if not asked:
            if any(row.text(column) for column in ANSWER):
                self._problems.append(row.wrong("number", "no_question"))
            return None
        question = self._questions.get(asked)
        if question is None or asked not in self._asked:
            self._problems.append(row.wrong("number", "unknown_question" if question is None else "not_asked", question=asked))
        elif asked in self._ids:
            self._problems.append(row.wrong("number", "question_twice", question=asked))
        self._ids.add(asked)
        return self._said(row, question) if question and len(self._problems) == before else None

    def _shape(self, row: Row) -> Iterator[Problem]:
        """Formulas and merged cells where answers stand."""
        for column in ANSWER:
            yield from (row.wrong(column, code) for code, places in self._wrong.items() if (row.row, column) in places)

    def _said(self, row: Row, question: Question) -> Given | None:
        written, seen = Marks.read(row.text("written")), row.text("seen")
        if written is None or not (seen.isdecimal() and len(seen) < 16):
            self._problems.append(row.wrong("number", "hidden_columns"))
            return None
        touched = row.marks != written
        answer = answer_of(row, question, self._wanted.checklist, written, self._wanted.today)
        if isinstance(answer, list):
            if touched:
                self._problems += answer
            answer = None
        confirmed = confirms(row)
        if isinstance(confirmed, Problem):
            self._problems.append(confirmed)
            return None
        file = row.text("written").endswith(KEPT_FILE) and row.marks.link == written.link
        return Given(question.id, answer, int(seen), touched, confirmed, row.wrong("level", "").place, file)


# --- CSV -----------------------------------------------------------------------------------------


def read_csv(source: bytes | Path, unit: str, wanted: Wanted) -> Reading:
    """A CSV file with the columns of scoring/load/answers.py, in UTF-8 or CP932, for one unit. Raises ImportRefused.

    It does not say what it was made from: every row counts as touched, and questions without a row are left alone.
    """
    text = text_of(content_of(source, MAX_BYTES))
    with tempfile.TemporaryDirectory(prefix="tenken-") as folder:
        file = Path(folder, "answers.csv")
        file.write_bytes(text.encode())
        try:
            answers = read_answers(file, wanted.checklist)
        except AnswerFileError as error:
            lines = [Problem("line", (("what", at.what),), row=at.line - 1) for at in error.problems]
            raise ImportRefused(_most(lines)) from None
    asked = wanted.asked[unit]
    if strange := [question for question in answers if question not in asked]:
        raise ImportRefused(_most([problem("not_asked", question=question) for question in strange]))
    rows = tuple(Given(question, answer, None, True, False, "") for question, answer in answers.items())
    missing = tuple(question.id for question in wanted.checklist.questions if question.id in asked and question.id not in answers)
    return Reading((UnitReading(unit, rows, missing),))
