"""All units of a quarter at once: what `score` says of each, and what they add up to (docs/scoring.md, many units).

A Book is a quarter as it is stored; `read` turns it into a Portfolio: the answers that count for every unit, its own and
those that it inherits. A Table holds the sums of all units in one view, and adds them up for any node of the tree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from scoring.assessment import Assessment, Outside, assess_sheets, own_view
from scoring.engine import FIELDS, check_levels, months_before, score_matrix
from scoring.errors import AnswerError, UnitsError
from scoring.model import NOT_APPLICABLE, OPEN, UNKNOWN, Checklist, Score
from scoring.sheets import Flags, Levels, Sheets, Sums, columns_of
from scoring.units import Tree, Unit

View = Literal["own", "whole"]
Column = tuple[Literal["total", "section", "countermeasure"], str]

TOTAL: Column = ("total", "")
TO_RECONFIRM, BY_PROFILE = 1, 2  # bits of `marks`
EPOCH = date(1970, 1, 1)
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """The sheets of one quarter; units without a sheet have answered nothing.

    `units`: the ids of the rows. `levels`: int8 (sheets, questions), codes of scoring.model. `dated`: int32, same shape, days
    since 1970-01-01 of the evidence, 0 without. `marks`: uint8, same shape, bits TO_RECONFIRM and BY_PROFILE.
    Raises AnswerError: wrong_shape, unknown_code; UnitsError: unknown_unit, duplicate_id.
    """

    tree: Tree
    checklist: Checklist
    units: tuple[int, ...]
    levels: Levels
    dated: npt.NDArray[np.int32]
    marks: npt.NDArray[np.uint8]
    as_of: date

    def __post_init__(self) -> None:
        check_levels(self.checklist, self.levels)
        shape = (len(self.units), self.levels.shape[1])
        for found, kind in ((self.levels, np.int8), (self.dated, np.int32), (self.marks, np.uint8)):
            if found.shape != shape or found.dtype != kind:
                raise AnswerError("wrong_shape", "*", f"{np.dtype(kind)} {shape}")
        for unit_id in self.units:
            self.tree.unit(unit_id)
        if len(set(self.units)) < len(self.units):
            raise UnitsError("duplicate_id", str(max(self.units, key=self.units.count)))


@dataclass(frozen=True, slots=True)
class Lines:
    """How many answers stand behind a number: stored ones, an inherited one once however many units inherit it."""

    asked: int
    open: int
    unknown: int
    not_applicable: int
    reconfirm: int


@dataclass(frozen=True, slots=True, eq=False)
class Portfolio:
    """What counts for every reporting unit and supplier (`units`, in the order of the tree), a row of `sheets` each.

    `carried`: bool, same shape, what is still to be reconfirmed; `sheets.sources` counts in `book.tree.units`."""

    book: Book
    units: tuple[Unit, ...]
    sheets: Sheets
    carried: Flags
    places: dict[int, int]

    def checklist(self, view: View) -> Checklist:
        return view_of(self.book.checklist, view)

    def members(self, node_id: int) -> tuple[Rows, Sums]:
        """The rows that make up a node, and how often each counts. A unit that stands for itself alone (a supplier, a unit
        with no reporting one below) counts once; a unit of weight 0 counts nowhere else. None for a node that is not here."""
        tree = self.book.tree
        if node_id not in tree:
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.int64)
        alone = node_id in self.places and (tree.unit(node_id).is_supplier or tree.reporting(node_id) == (tree.unit(node_id),))
        units = (tree.unit(node_id),) if alone else tuple(unit for unit in tree.reporting(node_id) if unit.weight)
        rows = np.array([self.places[unit.id] for unit in units], dtype=np.intp)
        return rows, np.array([1 if alone else unit.weight for unit in units], dtype=np.int64)

    def of(self, node_id: int, view: View = "whole") -> Sheets:
        """The sheets that make up a node, with the columns of `checklist(view)`."""
        rows, weights = self.members(node_id)
        return self.sheets.part(rows, _wanted(self.book.checklist, view), weights)

    def lines(self, node_id: int, view: View = "whole") -> Lines:
        """The answers behind a node, every question once per sheet that it stands on."""
        sheets, (rows, _) = self.of(node_id, view), self.members(node_id)
        carried = self.carried[rows][:, _wanted(self.book.checklist, view)]
        marked = (np.ones_like(carried), *(sheets.claimed == code for code in (OPEN, UNKNOWN, NOT_APPLICABLE)), carried)
        return Lines(*(int(sheets.stored(each).sum()) for each in marked))


def view_of(checklist: Checklist, view: View) -> Checklist:
    """own: what units answer themselves; whole: with what they inherit."""
    return checklist if view == "whole" else own_view(checklist)


def _wanted(checklist: Checklist, view: View) -> Flags:
    """(questions,): which of the checklist's are in the view."""
    company = columns_of(checklist).company
    return np.ones_like(company) if view == "whole" else ~company


# --- the answers that count ----------------------------------------------------------------------


def read(book: Book) -> Portfolio:
    """Every unit's answers with those that it inherits: a company-scope answer from the nearest node that has one, with its
    evidence and its marks; evidence counts when dated within the question's review months up to `as_of`."""
    tree = book.tree
    place = {unit.id: number for number, unit in enumerate(tree.units)}
    levels = np.full((len(place), book.levels.shape[1]), OPEN, dtype=np.int8)
    dated, marks = np.zeros(levels.shape, dtype=np.int32), np.zeros(levels.shape, dtype=np.uint8)
    rows = np.array([place[unit_id] for unit_id in book.units], dtype=np.intp)
    levels[rows], dated[rows], marks[rows] = book.levels, book.dated, book.marks
    units = tuple(unit for root in tree.roots for unit in tree.below(root.id) if unit.reporting or unit.is_supplier)
    sources = _sources(book, place, levels)[[place[unit.id] for unit in units]]
    here = sources, np.arange(levels.shape[1])
    claimed, proofs, flags = levels[here], dated[here], marks[here]
    first, last = _valid_days(book.checklist, book.as_of)
    valid = (first <= proofs) & (proofs <= last) & (proofs != 0)
    sheets = Sheets(
        claimed=claimed,
        evidenced=np.where(valid, claimed, np.minimum(claimed, 0)),
        by_profile=(flags & BY_PROFILE) != 0,
        sources=sources,
        weights=np.array([unit.weight for unit in units], dtype=np.int64),
    )
    carried = ((flags & TO_RECONFIRM) != 0) & (claimed != OPEN)
    return Portfolio(book, units, sheets, carried, {unit.id: number for number, unit in enumerate(units)})


def _sources(book: Book, place: dict[int, int], levels: Levels) -> Rows:
    """(units, questions): the place of the unit whose answer counts; for a question that nobody answered, of the company that it
    is asked of. From the roots down, so that what a parent inherits is known before its children ask for it."""
    company, every = columns_of(book.checklist).company, np.arange(levels.shape[1])
    sources = np.repeat(np.arange(len(place), dtype=np.intp)[:, None], len(every), axis=1)
    asked_here = np.array([unit.is_company for unit in book.tree.units], dtype=np.bool_)
    for rows, parents in _generations(book.tree, place):
        above = sources[parents]
        answered_above = levels[above, every] != OPEN
        inherits = company & (levels[rows] == OPEN) & (answered_above | ~asked_here[rows, None])
        sources[rows] = np.where(inherits, above, sources[rows])
    return sources


def _generations(tree: Tree, place: dict[int, int]) -> Iterator[tuple[Rows, Rows]]:
    """The places of those that inherit and of their parents, one depth after the other."""
    by_depth: dict[int, list[tuple[int, int]]] = {}
    for unit in tree.units:
        if unit.parent is not None and not unit.is_supplier:
            by_depth.setdefault(tree.depth(unit.id), []).append((place[unit.id], place[unit.parent]))
    for _, pairs in sorted(by_depth.items()):
        rows, parents = np.array(pairs, dtype=np.intp).T
        yield rows, parents


def _valid_days(checklist: Checklist, as_of: date) -> tuple[npt.NDArray[np.int32], int]:
    """Per question the first day whose evidence is still valid, and the last one; days since 1970-01-01."""
    firsts = {months: (months_before(as_of, months) - EPOCH).days for months in {q.review_months for q in checklist.questions}}
    return np.array([firsts[q.review_months] for q in checklist.questions], dtype=np.int32), (as_of - EPOCH).days


# --- sums of all units ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Sums of every unit of a portfolio in one view: what `score` says of it, per column.

    `claimed`, `evidenced`: int64 (units, columns, fields of Score). `reconfirm`: (units,) questions; `na_claimed`: (units,)
    weight × max that is N/A without the profile saying so."""

    portfolio: Portfolio
    view: View
    columns: tuple[Column, ...]
    claimed: Sums
    evidenced: Sums
    reconfirm: Sums
    na_claimed: Sums

    def scores(self, column: Column = TOTAL, *, evidenced: bool = False) -> tuple[Score, ...]:
        """One per unit, in their order."""
        sums = (self.evidenced if evidenced else self.claimed)[:, self.columns.index(column)]
        return tuple(Score(*fields) for fields in sums.tolist())

    def row(self, unit_id: int, *, evidenced: bool = False) -> dict[Column, Score]:
        """All columns of one unit."""
        sums = (self.evidenced if evidenced else self.claimed)[self.portfolio.places[unit_id]]
        return self._named(sums)

    def node(self, node_id: int, *, evidenced: bool = False) -> dict[Column, Score]:
        """All columns of a node: the sum of its units, each as often as it counts."""
        rows, weights = self.portfolio.members(node_id)
        sums = (self.evidenced if evidenced else self.claimed)[rows]
        return self._named((sums * weights[:, None, None]).sum(axis=0))

    def _named(self, sums: Sums) -> dict[Column, Score]:
        return {column: Score(*fields) for column, fields in zip(self.columns, sums.tolist(), strict=True)}


def table(portfolio: Portfolio, view: View = "whole") -> Table:
    """The sums of all units in total, per section and per countermeasure."""
    checklist, sheets = portfolio.book.checklist, portfolio.sheets
    columns, members = _columns(checklist)
    wanted = _wanted(checklist, view)
    both = np.vstack([sheets.claimed, sheets.evidenced])
    sums = score_matrix(checklist, both, members * wanted[:, None])
    claimed, evidenced = np.stack([sums[name] for name in FIELDS], axis=-1).reshape(2, len(sheets.claimed), len(columns), len(FIELDS))
    na_claimed = (sheets.claimed == NOT_APPLICABLE) & ~sheets.by_profile
    return Table(
        portfolio=portfolio,
        view=view,
        columns=columns,
        claimed=claimed,
        evidenced=evidenced,
        reconfirm=(portfolio.carried & wanted).sum(axis=1),
        na_claimed=na_claimed @ (columns_of(checklist).weights * wanted) * checklist.max,
    )


@lru_cache(maxsize=64)
def _columns(checklist: Checklist) -> tuple[tuple[Column, ...], npt.NDArray[np.float32]]:
    """The columns of a Table, and which questions are in each: (questions, columns) of 0 and 1."""
    found: dict[Column, list[bool]] = {TOTAL: [True] * len(checklist.questions)}
    for section in checklist.sections:
        found["section", section.id] = [q.section == section.id for q in checklist.questions]
    for measure in checklist.countermeasures:
        found["countermeasure", measure.id] = [q.countermeasure == measure.id for q in checklist.questions]
    return tuple(found), np.array(list(found.values()), dtype=np.float32).T


def assess_units(portfolio: Portfolio, node_id: int, outside: Outside, view: View = "whole") -> Assessment | None:
    """All that the units of a node say together, by the functions that judge one sheet. None when nothing counts there."""
    sheets, checklist = portfolio.of(node_id, view), portfolio.checklist(view)
    if not len(sheets.weights) or not checklist.sections:
        return None
    return assess_sheets(checklist, sheets, portfolio.book.as_of, outside)
