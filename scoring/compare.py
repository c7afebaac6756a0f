"""What changed between two states of the same sheet, or of all units of a node (docs/scoring.md, 7).

With e, p earned and possible of one question before (0) and after (1), E and P the totals:

    Δ_q = (e1 − e0) · ½(1/P0 + 1/P1) − ½(E0 + E1) · (p1 − p0) / (P0 · P1)

Σ Δ_q = E1/P1 − E0/P0 exactly, whatever the order of the questions.

Of a node, e and p are sums over its units: W·e. A unit whose weight W changed has two parts, at mean weight and at mean
state: W1·e1 − W0·e0 = ½(W0 + W1)·(e1 − e0) + ½(e0 + e1)·(W1 − W0).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from scoring.model import NOT_APPLICABLE, OPEN, Score
from scoring.portfolio import Portfolio, View
from scoring.sheets import Flags, Sums, columns_of, of_codes

Kind = Literal[
    "raised",
    "lowered",
    "newly_answered",
    "withdrawn",
    "newly_not_applicable",
    "not_applicable_withdrawn",
    "added",
    "retired",
    "reweighted",
    "units_added",
    "units_removed",
    "units_reweighted",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
UNCHANGED = len(KINDS)


@dataclass(frozen=True, slots=True)
class Change:
    """One question's part of the change of `percent` (a fraction of 1), and the class that it belongs to; of a node, the part of
    `units` units that are in this class."""

    question: str
    kind: Kind
    delta: Fraction
    units: int = 1


def changes(before: Mapping[str, Score], after: Mapping[str, Score]) -> tuple[Change, ...] | None:
    """The questions that changed, from their one-question scores. None when either total has nothing applicable:
    then there is no decomposition."""
    first, last = sum(before.values(), Score()), sum(after.values(), Score())
    if not first.possible or not last.possible:
        return None
    found = []
    for question in dict.fromkeys((*before, *after)):
        old, new = before.get(question), after.get(question)
        kind = _kind(old, new)
        if kind is None:
            continue
        e0, p0 = (old.earned, old.possible) if old else (0, 0)
        e1, p1 = (new.earned, new.possible) if new else (0, 0)
        delta = (e1 - e0) * (Fraction(1, first.possible) + Fraction(1, last.possible)) / 2
        delta -= Fraction((first.earned + last.earned) * (p1 - p0), 2 * first.possible * last.possible)
        found.append(Change(question, kind, delta))
    return tuple(found)


def _kind(old: Score | None, new: Score | None) -> Kind | None:
    if old is None or new is None:
        return "added" if old is None else "retired"
    if old.total != new.total:
        return "reweighted"
    if old == new:
        return None
    if new.not_applicable:
        return "newly_not_applicable"
    if old.not_applicable:
        return "not_applicable_withdrawn"
    if new.open:
        return "withdrawn"
    if old.open:
        return "newly_answered"
    if old.earned == new.earned:
        return None
    return "raised" if new.earned > old.earned else "lowered"


def by_kind(found: Iterable[Change]) -> tuple[tuple[Kind, Fraction], ...]:
    """The classes that are there, in the order of `Kind`, each with the sum of its parts."""
    sums: dict[Kind, Fraction] = {}
    for change in found:
        sums[change.kind] = sums.get(change.kind, Fraction(0)) + change.delta
    return tuple((kind, sums[kind]) for kind in KINDS if kind in sums)


# --- the units of a node -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """A node in one quarter. Per unit and question of both quarters, without the unit's weight: `earned`, `possible`, `na`,
    `open`; `full` per question is weight × max, 0 where it is not asked."""

    rows: dict[int, int]
    weights: Sums
    earned: Sums
    possible: Sums
    na: Flags
    open: Flags
    full: Sums

    def sums(self) -> tuple[int, int]:
        return int((self.weights @ self.earned).sum()), int((self.weights @ self.possible).sum())


def node_changes(
    before: Portfolio, after: Portfolio, node_id: int, view: View = "whole", *, evidenced: bool = False
) -> tuple[Change, ...] | None:
    """What changed in a node between two quarters: per question and class, a class is that of (unit, question). None when either
    quarter has nothing applicable. In the order of the questions, those of `before` first."""
    questions = list(dict.fromkeys(q.id for side in (before, after) for q in side.checklist(view).questions))
    old, new = (_side(side, node_id, view, questions, evidenced=evidenced) for side in (before, after))
    (e0, p0), (e1, p1) = old.sums(), new.sums()
    if not p0 or not p1:
        return None
    # (kinds, questions): twice the sums of e1 − e0 and p1 − p0, so that means of two whole numbers stay whole
    earned, possible, units = _parts(old, new)
    return tuple(
        Change(
            questions[column],
            KINDS[kind],
            Fraction(int(earned[kind, column]) * (p0 + p1) - (e0 + e1) * int(possible[kind, column]), 4 * p0 * p1),
            int(units[kind, column]),
        )
        for column, kind in np.argwhere(units.T).tolist()
    )


def changed_units(
    before: Portfolio, after: Portfolio, node_id: int, view: View = "whole", *, evidenced: bool = False
) -> dict[tuple[str, Kind], tuple[int, ...]]:
    """{(question, class): the units that are in it}, behind each Change of `node_changes` that is not about units themselves."""
    questions = list(dict.fromkeys(q.id for portfolio in (before, after) for q in portfolio.checklist(view).questions))
    old, new = (_side(portfolio, node_id, view, questions, evidenced=evidenced) for portfolio in (before, after))
    common = [unit for unit in old.rows if unit in new.rows]
    o, n = (np.array([side.rows[unit] for unit in common], dtype=np.intp) for side in (old, new))
    kinds, found = _kinds(old, new, o, n), dict[tuple[str, Kind], list[int]]()
    for row, column in np.argwhere(kinds != UNCHANGED).tolist():
        found.setdefault((questions[column], KINDS[kinds[row, column]]), []).append(common[row])
    return {key: tuple(units) for key, units in found.items()}


def _side(portfolio: Portfolio, node_id: int, view: View, questions: Sequence[str], *, evidenced: bool) -> _Side:
    rows, weights = portfolio.members(node_id)
    checklist, sheets = portfolio.checklist(view), portfolio.of(node_id, view)
    asked, codes = columns_of(checklist), sheets.evidenced if evidenced else sheets.claimed
    place = {question: number for number, question in enumerate(questions)}
    at = np.array([place[q.id] for q in checklist.questions], dtype=np.intp)
    levels = np.full((len(rows), len(questions)), NOT_APPLICABLE, dtype=np.int8)
    levels[:, at] = codes
    weight = np.zeros(len(questions), dtype=np.int64)
    weight[at] = asked.weights
    full = weight * checklist.max
    na = levels == NOT_APPLICABLE
    return _Side(
        rows={portfolio.units[row].id: number for number, row in enumerate(rows.tolist())},
        weights=weights,
        earned=of_codes(asked.points, levels) * weight,
        possible=np.where(na, 0, full),
        na=na,
        open=levels == OPEN,
        full=full,
    )


def _parts(old: _Side, new: _Side) -> tuple[Sums, Sums, Sums]:
    """(kinds, questions): twice the change of earned and of possible, and how many units are in the class."""
    earned, possible, units = (np.zeros((len(KINDS) + 1, len(old.full)), dtype=np.int64) for _ in range(3))

    def put(kinds: npt.NDArray[np.intp] | int, d_earned: Sums, d_possible: Sums) -> None:
        where = np.broadcast_to(kinds, d_earned.shape), np.broadcast_to(np.arange(d_earned.shape[1]), d_earned.shape)
        np.add.at(earned, where, d_earned)
        np.add.at(possible, where, d_possible)
        np.add.at(units, where, 1)

    common = [unit for unit in old.rows if unit in new.rows]
    o, n = (np.array([side.rows[unit] for unit in common], dtype=np.intp) for side in (old, new))
    w0, w1 = old.weights[o, None], new.weights[n, None]
    put(_kinds(old, new, o, n), (w0 + w1) * (new.earned[n] - old.earned[o]), (w0 + w1) * (new.possible[n] - old.possible[o]))
    moved = (w0 != w1)[:, 0]
    o, n, w = o[moved], n[moved], (w1 - w0)[moved]
    put(KINDS.index("units_reweighted"), w * (old.earned[o] + new.earned[n]), w * (old.possible[o] + new.possible[n]))
    for kind, side, other, sign in (("units_added", new, old, 2), ("units_removed", old, new, -2)):
        rows = np.array([row for unit, row in side.rows.items() if unit not in other.rows], dtype=np.intp)
        w = sign * side.weights[rows, None]
        put(KINDS.index(kind), w * side.earned[rows], w * side.possible[rows])
    # a unit that comes, goes or counts otherwise says nothing about questions that its quarter does not ask
    for kind, asked in (("units_added", new.full > 0), ("units_removed", old.full > 0)):
        units[KINDS.index(kind)] *= asked
    return earned[:UNCHANGED], possible[:UNCHANGED], units[:UNCHANGED]


def _kinds(old: _Side, new: _Side, o: npt.NDArray[np.intp], n: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """(units, questions): the place in KINDS of what `_kind` says, UNCHANGED for None."""
    e0, e1, na0, na1, open0, open1 = old.earned[o], new.earned[n], old.na[o], new.na[n], old.open[o], new.open[n]
    rules: list[tuple[Flags, Kind | None]] = [
        (old.full == 0, "added"),
        (new.full == 0, "retired"),
        (old.full != new.full, "reweighted"),
        ((na0 & na1) | (open0 & open1), None),
        (na1, "newly_not_applicable"),
        (na0, "not_applicable_withdrawn"),
        (open1, "withdrawn"),
        (open0, "newly_answered"),
        (e0 == e1, None),
        (e1 > e0, "raised"),
    ]
    holds = [np.broadcast_to(rule, e0.shape) for rule, _ in rules]
    places = [UNCHANGED if kind is None else KINDS.index(kind) for _, kind in rules]
    return np.select(holds, places, KINDS.index("lowered")).astype(np.intp)
