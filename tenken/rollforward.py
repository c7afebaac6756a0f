"""From one quarter to the next: which quarters can follow, what is carried over, and what the checklist asks anew. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from scoring.model import OPEN, Checklist, Question
from scoring.portfolio import BY_PROFILE, Book
from scoring.units import Tree
from tenken.quarters import Quarter, quarter_of

MOST = 8  # quarters that are offered at once: two years in which nobody asked


@dataclass(frozen=True, slots=True)
class Changes:
    """What one edition of a checklist asks otherwise than another, by question id. `reworded`: (before, after), where the
    sentence or one of its levels says something else in either language."""

    added: tuple[Question, ...] = ()
    retired: tuple[Question, ...] = ()
    reworded: tuple[tuple[Question, Question], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.retired or self.reworded)


def changes(before: Mapping[str, Question], after: Mapping[str, Question]) -> Changes:
    """Compares {id: question} of two editions; each part keeps the order of its edition."""
    return Changes(
        tuple(question for name, question in after.items() if name not in before),
        tuple(question for name, question in before.items() if name not in after),
        tuple((before[name], question) for name, question in after.items() if name in before and _says(before[name]) != _says(question)),
    )


def _says(question: Question) -> tuple[object, ...]:
    return question.text, question.levels


def by_id(questions: tuple[Question, ...]) -> dict[str, Question]:
    return {question.id: question for question in questions}


def next_quarters(newest_end: date, today: date, fiscal_start: int) -> tuple[Quarter, ...]:
    """The quarters that can be opened after one that ended on `newest_end`, oldest first: the one that follows it, and those up to
    the one that holds `today`."""
    found = [quarter_of(newest_end + timedelta(days=1), fiscal_start)]
    while found[-1].end < today:
        found.append(quarter_of(found[-1].end + timedelta(days=1), fiscal_start))
    return tuple(found[-MOST:])


def carried_over(book: Book, tree: Tree, checklist: Checklist) -> int:
    """How many answers of a quarter the next one begins with: of units that stand in its tree, to questions that it still asks,
    and answered by people. What the facts answer is worked out anew."""
    still = {question.id for question in checklist.questions}
    columns = [number for number, question in enumerate(book.checklist.questions) if question.id in still]
    rows = [number for number, unit_id in enumerate(book.units) if unit_id in tree]
    levels, marks = book.levels[rows][:, columns], book.marks[rows][:, columns]
    return int(((levels != OPEN) & ((marks & BY_PROFILE) == 0)).sum())
