"""How far a quarter is: unit × section, from the bytes of its sheets and the states of their lives. Pure.

A line counts what stands on the sheet of its unit, so that the lines add up, every question once. What a unit still has to
do may stand elsewhere: the company's questions are on the company's sheet, whoever's duty it is to answer them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from scoring.model import OPEN, Checklist, Owner
from scoring.portfolio import TO_RECONFIRM, Book
from scoring.sheets import Flags, columns_of
from scoring.units import Tree, Unit
from tenken.reminders import LateUnit
from tenken.store.sheets import WRITABLE
from tenken.store.values import SheetState

Status = Literal["draft", "submitted", "returned", "approved", "sealed", "late"]
HANDED_IN: tuple[SheetState, ...] = ("submitted", "approved", "sealed")
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the questions asked are answered; adds up."""

    answered: int = 0
    asked: int = 0

    @property
    def open(self) -> int:
        return self.asked - self.answered

    def __add__(self, other: "Count") -> "Count":
        return Count(self.answered + other.answered, self.asked + other.asked)


@dataclass(frozen=True, slots=True)
class Line:
    """One unit. `state` is None where nothing stands on a sheet of its own; `sections` in the order of the checklist.

    `reconfirm`: carried answers on its sheet that nobody has looked at. `todo` and `todo_reconfirm`: what the unit itself still
    has to answer or confirm, on its own sheet and, for its duties, on the company's, as far as these take answers.
    """

    unit: Unit
    depth: int
    state: SheetState | None
    late: bool
    sections: tuple[Count, ...]
    total: Count
    reconfirm: int
    todo: int
    todo_reconfirm: int

    @property
    def waits(self) -> bool:
        """Whether something is the unit's own to do: its sheet, or its duties on the company's."""
        return self.state in WRITABLE or self.todo > 0 or self.todo_reconfirm > 0


@dataclass(frozen=True, slots=True)
class Progress:
    """All units of a quarter in the order of the tree; `sections` are the checklist's ids. `due`: None without a date."""

    sections: tuple[str, ...]
    lines: tuple[Line, ...]
    due: date | None
    today: date

    @property
    def asked(self) -> tuple[Line, ...]:
        """Units with a sheet of their own."""
        return tuple(line for line in self.lines if line.state is not None)

    @property
    def total(self) -> Count:
        return sum((line.total for line in self.lines), Count())

    @property
    def days_left(self) -> int | None:
        """Until the end of the date due: 0 on that day, negative afterwards; None without one."""
        return None if self.due is None else (self.due - self.today).days

    def number(self, *states: SheetState) -> int:
        """How many sheets are in these states."""
        return sum(line.state in states for line in self.lines)

    @property
    def late(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.late)

    @property
    def unsealed(self) -> tuple[Line, ...]:
        """What keeps the quarter from being closed."""
        return tuple(line for line in self.asked if line.state != "sealed")


def progress(book: Book, states: Mapping[int, SheetState], due: date | None, today: date) -> Progress:
    """The board of a quarter. `states`: by unit id, a unit without a sheet is being answered (draft)."""
    tree, checklist = book.tree, book.checklist
    units = tuple(unit for root in tree.roots for unit in tree.below(root.id))
    place = {unit.id: number for number, unit in enumerate(units)}
    answered, carried = _answers(book, place)
    asked = _asked(units, checklist)
    answered, carried = answered & asked, carried & answered & asked
    members = _members(checklist)
    by_section = np.stack([answered.astype(np.float32) @ members, asked.astype(np.float32) @ members], axis=-1).astype(int).tolist()
    stand: list[SheetState | None] = [states.get(unit.id, "draft") if row.any() else None for unit, row in zip(units, asked, strict=True)]
    open_sheet = np.array([state in WRITABLE for state in stand], dtype=np.bool_)[:, None]
    writers = _writers(tree, checklist, place)
    todo, todo_reconfirm = (_by_writer(marked & open_sheet, writers) for marked in (asked & ~answered, carried))
    overdue = due is not None and due < today
    lines = []
    for row, unit in enumerate(units):
        sections = tuple(Count(*pair) for pair in by_section[row])
        late = overdue and stand[row] in WRITABLE
        counts = (int(carried[row].sum()), int(todo[row]), int(todo_reconfirm[row]))
        lines.append(Line(unit, tree.depth(unit.id), stand[row], late, sections, sum(sections, Count()), *counts))
    return Progress(tuple(section.id for section in checklist.sections), tuple(lines), due, today)


def _answers(book: Book, place: Mapping[int, int]) -> tuple[Flags, Flags]:
    """(units, questions): answered, and carried over to be reconfirmed; by the order of `place`."""
    answered = np.zeros((len(place), len(book.checklist.questions)), dtype=np.bool_)
    carried = np.zeros_like(answered)
    rows = np.array([place[unit_id] for unit_id in book.units], dtype=np.intp)
    answered[rows] = book.levels != OPEN
    carried[rows] = (book.marks & TO_RECONFIRM) != 0
    return answered, carried


def _asked(units: tuple[Unit, ...], checklist: Checklist) -> Flags:
    """(units, questions): what stands on whose sheet, as `Tree.asks` says it."""
    company = columns_of(checklist).company
    of_unit = np.array([unit.reporting or unit.is_supplier for unit in units], dtype=np.bool_)[:, None]
    of_company = np.array([unit.is_company or unit.is_supplier for unit in units], dtype=np.bool_)[:, None]
    return (of_unit & ~company) | (of_company & company)


def _writers(tree: Tree, checklist: Checklist, place: Mapping[int, int]) -> Places:
    """(units, questions): the place of the unit whose part it is to answer what stands there."""
    found = np.repeat(np.arange(len(place), dtype=np.intp)[:, None], len(checklist.questions), axis=1)
    owners: dict[Owner, list[int]] = {}
    for column, question in enumerate(checklist.questions):
        if question.scope == "company":
            owners.setdefault(question.owner, []).append(column)
    for unit in tree.units:
        if unit.is_company:
            for owner, columns in owners.items():
                found[place[unit.id], columns] = place[tree.duty_holder(unit.id, owner).id]
    return found


def _by_writer(marked: Flags, writers: Places) -> npt.NDArray[np.intp]:
    return np.bincount(writers[marked], minlength=len(writers))


@lru_cache(maxsize=16)
def _members(checklist: Checklist) -> npt.NDArray[np.float32]:
    """(questions, sections) of 0 and 1."""
    return np.array([[q.section == section.id for section in checklist.sections] for q in checklist.questions], dtype=np.float32)


def part(found: Progress, wanted: Callable[[Unit], bool]) -> Progress:
    """What is left of it when only these units may be seen."""
    return replace(found, lines=tuple(line for line in found.lines if wanted(line.unit)))


def branch(found: Progress, tree: Tree, node: int | None, kinds: tuple[str, ...] = (), states: tuple[Status, ...] = ()) -> tuple[Line, ...]:
    """The lines of a branch (None: of all) of these kinds in these states; an empty choice chooses nothing out."""
    inside = {unit.id for unit in tree.below(node)} if node is not None else None
    wanted: tuple[Callable[[Line], bool], ...] = (
        lambda line: inside is None or line.unit.id in inside,
        lambda line: not kinds or line.unit.kind in kinds,
        lambda line: not states or line.state in states or (line.late and "late" in states),
    )
    return tuple(line for line in found.lines if all(fits(line) for fits in wanted))


def late_units(found: Progress) -> tuple[LateUnit, ...]:
    """Who is to be reminded: units with something of their own to do, in the order of the tree."""
    return tuple(
        LateUnit(line.unit.name, line.todo, line.todo_reconfirm, "returned" if line.state == "returned" else "draft")
        for line in found.lines
        if line.waits
    )
