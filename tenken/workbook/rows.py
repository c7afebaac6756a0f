"""One row of a form: its cells as an answer, or what is wrong with them."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from scoring.model import NA_WORD, Answer, Checklist, Evidence, Question
from tenken.i18n import LANGUAGES, words
from tenken.workbook.form import LONGEST, Marks, Value, plain
from tenken.workbook.levels import choice_of
from tenken.workbook.problems import Problem, problem

# 2026/11/22, 2026-11-22, 2026.11.22, with the signs for year, month and day, or eight digits.
_DAY = re.compile(r"(\d{4})[-/.\u5e74](\d{1,2})[-/.\u6708](\d{1,2})\u65e5?|(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one question by the key of their column, and where they are: `row` and `columns` count from 0."""

    sheet: str
    row: int
    columns: Mapping[str, int]
    cells: Mapping[str, Value]

    def text(self, column: str) -> str:
        return plain(self.cells.get(column, ""))

    def wrong(self, column: str, code: str, **fields: object) -> Problem:
        return problem(code, self.sheet, self.row, self.columns[column], **fields)

    @property
    def marks(self) -> Marks:
        return Marks.of(*(self.text(column) for column in ("level", "reason", "note", "evidence", "dated")))


def answer_of(row: Row, question: Question, checklist: Checklist, written: Marks, today: date) -> Answer | list[Problem] | None:
    """What a row that somebody touched says: an answer, None for none, or every problem in it.

    `written`: the marks of the row as it was written. A level taken away withdraws the answer with all that belongs to
    it; a reason that stands there from before goes with the N/A that it was for.
    """
    now = row.marks
    if not row.text("level"):
        left = [name for name in ("reason", "note", "evidence", "dated") if row.text(name)]
        as_before = replace(now, level=written.level) == written
        return [row.wrong("level", "level_missing")] if left and not as_before else None
    problems = [*_texts(row)]
    choice = choice_of(row.text("level"), question, checklist)
    if choice is None:
        problems.append(row.wrong("level", "unknown_level", value=row.text("level"), most=len(checklist.choices) - 1))
    reason = row.text("reason")
    if choice == NA_WORD and not reason:
        problems.append(row.wrong("reason", "reason_missing"))
    elif choice not in (NA_WORD, None) and reason:
        if now.reason != written.reason:
            problems.append(row.wrong("reason", "reason_beside_level"))
        reason = ""
    evidence = _evidence(row, today)
    if isinstance(evidence, Problem):
        problems.append(evidence)
    if problems or choice is None or isinstance(evidence, Problem):
        return problems
    return Answer(choice, reason, row.text("note"), evidence)


def _texts(row: Row) -> Iterator[Problem]:
    for column, most in LONGEST.items():
        if len(text := row.text(column)) > most:
            yield row.wrong(column, "too_long", n=f"{len(text):,}", most=f"{most:,}")
        if "\0" in text:
            yield row.wrong(column, "unreadable_text")


def _evidence(row: Row, today: date) -> Evidence | Problem | None:
    """Both cells or none of them, and no day that is still to come."""
    link, dated = row.text("evidence"), row.cells.get("dated", "")
    if not plain(dated):
        return row.wrong("dated", "date_missing") if link else None
    if (day := day_of(dated)) is None:
        return row.wrong("dated", "bad_date", value=plain(dated))
    if not link:
        return row.wrong("evidence", "evidence_missing")
    return row.wrong("dated", "date_to_come") if day > today else Evidence(link, day)


def day_of(value: Value) -> date | None:
    """The day that a cell means; None when it means none."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _DAY.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", plain(value))))
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def confirms(row: Row) -> bool | Problem:
    """Does the state of the row say that an answer carried over still holds?"""
    text = "".join(row.text("state").split())
    said: dict[str, bool] = {"": False}
    for lang in LANGUAGES:
        _ = words(lang)
        said |= {
            "".join(word.split()): yes for word, yes in ((_("Reconfirm"), False), (_("Confirmed"), True), (_("By company facts"), False))
        }
    return said[text] if text in said else row.wrong("state", "unknown_state", value=row.text("state"))
