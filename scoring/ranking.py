"""Units side by side: medians, places, what the best does (docs/scoring.md, comparison).

Order is taken from whole numbers: of two fractions with denominators below 2⁶⁴, the larger one has the larger
⌊2¹²⁸ × value⌋, and equal ones have the same.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from scoring.engine import FIELDS
from scoring.model import OPEN, UNKNOWN, Score
from scoring.portfolio import TOTAL, Column, Table
from scoring.sheets import Sums
from scoring.units import Unit

COMPLETE_PERCENT = 90  # below it a score rests on too little to be read without a mark
FEW_QUESTIONS = 3  # fewer applicable ones make a reference value
EXACT = 128
EARNED, POSSIBLE = FIELDS.index("earned"), FIELDS.index("possible")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a unit stands. Units with the same `group` cannot be told apart (同程度): a group runs on while a unit's range
    [percent, best] reaches the percent of the group's first, so that open answers could turn or level their order.
    `first` and `last`: the best and the worst place that the open answers of all leave, taken each for itself."""

    unit: int
    group: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Line:
    """One unit in a comparison. `cells`: a score per column of the comparison; `place`: None when nothing is applicable;
    `incomplete`: fewer than 90 % of the applicable questions are answered; `na_flagged`: more was claimed as N/A outside
    the profile than the checklist allows; `reconfirm`: answers carried over that nobody has confirmed."""

    unit: Unit
    total: Score
    evidenced: Score
    cells: tuple[Score, ...]
    place: Place | None
    incomplete: bool
    na_flagged: bool
    reconfirm: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Units in the order of their places, those without one last. `medians`: of the peers' percents, per column."""

    columns: tuple[Column, ...]
    medians: tuple[Fraction | None, ...]
    lines: tuple[Line, ...]

    def difference(self, line: Line, column: int) -> Fraction | None:
        """Percent − median, exact; None when either is missing."""
        cell, middle = line.cells[column], self.medians[column]
        if not cell.possible or middle is None:
            return None
        # one fraction from whole numbers: a page asks for thousands
        return Fraction(cell.earned * middle.denominator - middle.numerator * cell.possible, cell.possible * middle.denominator)


def side_by_side(sums: Table, units: Sequence[Unit], *, peers: Sequence[Unit] | None = None, evidenced: bool = False) -> Comparison:
    """Compare `units`, reporting ones or suppliers; medians are those of `peers`, the same units when left out. With `evidenced`
    cells, medians and places are those of the answers with valid evidence."""
    portfolio = sums.portfolio
    places_of, limit = portfolio.places, portfolio.book.checklist.na_limit
    stacked = sums.evidenced if evidenced else sums.claimed
    rows = [places_of[unit.id] for unit in units]
    others = stacked[[places_of[unit.id] for unit in (units if peers is None else peers)]]
    cells = [tuple(Score(*fields) for fields in row) for row in stacked[rows].tolist()]
    at = sums.columns.index(TOTAL)
    place = {found.unit: found for found in ranking((unit.id, row[at]) for unit, row in zip(units, cells, strict=True))}
    claimed = [Score(*fields) for fields in sums.claimed[rows, at].tolist()]
    proven = [Score(*fields) for fields in sums.evidenced[rows, at].tolist()]
    lines = [
        Line(
            unit=unit,
            total=total,
            evidenced=evidenced_total,
            cells=row,
            place=place.get(unit.id),
            incomplete=is_incomplete(total),
            na_flagged=int(sums.na_claimed[number]) * 100 > limit * total.total,
            reconfirm=int(sums.reconfirm[number]),
        )
        for unit, total, evidenced_total, row, number in zip(units, claimed, proven, cells, rows, strict=True)
    ]
    order = {unit_id: number for number, unit_id in enumerate(place)}
    lines.sort(key=lambda line: order.get(line.unit.id, len(order)))
    return Comparison(sums.columns, tuple(_median(others[:, column]) for column in range(len(sums.columns))), tuple(lines))


def is_reference(score: Score) -> bool:
    """Whether it rests on fewer than three applicable questions."""
    return score.questions - score.not_applicable < FEW_QUESTIONS


def completeness(score: Score) -> Fraction | None:
    """Answered of applicable questions; None without any."""
    applicable = score.questions - score.not_applicable
    return Fraction(score.answered, applicable) if applicable else None


def is_incomplete(score: Score) -> bool:
    return score.answered * 100 < COMPLETE_PERCENT * (score.questions - score.not_applicable)


def median(scores: Iterable[Score]) -> Fraction | None:
    """Of the percents that there are, the mean of the middle two of an even number; None of none."""
    return _middle([(score.earned, score.possible) for score in scores if score.possible])


def _median(sums: Sums) -> Fraction | None:
    """`sums`: (units, fields of Score)."""
    pairs = sums[:, [EARNED, POSSIBLE]]
    return _middle(pairs[pairs[:, 1] > 0].tolist())


def _middle(pairs: Sequence[Sequence[int]]) -> Fraction | None:
    if not pairs:
        return None
    ordered = sorted(pairs, key=lambda pair: (pair[0] << EXACT) // pair[1])
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return (Fraction(*low) + Fraction(*high)) / 2


def ranking(scores: Iterable[tuple[int, Score]]) -> tuple[Place, ...]:
    """Places of (unit, score), best percent first, equal ones in the order given; a unit without a percent has none."""
    found = [(unit, (s.earned << EXACT) // s.possible, ((s.earned + s.open) << EXACT) // s.possible) for unit, s in scores if s.possible]
    found.sort(key=lambda each: -each[1])
    percents, bests = sorted(percent for _, percent, _ in found), sorted(best for _, _, best in found)
    places: list[Place] = []
    group, head = 0, 0
    for unit, percent, best in found:
        if not group or best < head:
            group, head = group + 1, percent
        ahead_for_certain = len(percents) - bisect_right(percents, best)
        may_pass = len(bests) - bisect_right(bests, percent) - (best > percent)
        places.append(Place(unit, group, 1 + ahead_for_certain, 1 + may_pass))
    return tuple(places)


# --- what the best does --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Practice:
    """A question that others do better than a unit. Levels are codes: `level` ours (UNKNOWN among them), `highest` what the best
    of the others hold, `holders` how many of them, `above` how many stand above ours; `best_unit` is the one of the others
    with the best score of the section, and `best_level` what it holds (None: nothing that is a level)."""

    question: str
    section: str
    level: int
    highest: int
    holders: int
    above: int
    best_unit: int
    best_level: int | None


def best_practice(sums: Table, unit: Unit, peers: Sequence[Unit], section: str | None = None) -> tuple[Practice, ...]:
    """What the others among `peers` do and `unit` does not, question by question of the table's view, in checklist order.
    Questions that the unit has not answered, or that do not apply to it, are left out."""
    portfolio = sums.portfolio
    others = [portfolio.places[peer.id] for peer in peers if peer.id != unit.id]
    if not others:
        return ()
    asked = {question.id for question in portfolio.checklist(sums.view).questions}
    levels = portfolio.sheets.claimed
    ours, theirs = levels[portfolio.places[unit.id]].tolist(), levels[others]
    highest, found = theirs.max(axis=0).tolist(), []
    best = {name: others[_best_row(sums, others, name)] for name in {section_id for kind, section_id in sums.columns if kind == "section"}}
    for column, question in enumerate(portfolio.book.checklist.questions):
        level, top = ours[column], highest[column]
        wanted = question.id in asked and section in (None, question.section)
        if not wanted or level < UNKNOWN or level == OPEN or top <= max(level, 0):
            continue
        best_row = best[question.section]
        held = int(levels[best_row, column])
        found.append(
            Practice(
                question=question.id,
                section=question.section,
                level=level,
                highest=top,
                holders=int(np.count_nonzero(theirs[:, column] == top)),
                above=int(np.count_nonzero(theirs[:, column] > max(level, 0))),
                best_unit=portfolio.units[best_row].id,
                best_level=held if held >= 0 else None,
            )
        )
    return tuple(found)


def _best_row(sums: Table, rows: Sequence[int], section: str) -> int:
    """Which of `rows` has the best percent in the section; the first of equals."""
    pairs = sums.claimed[rows, sums.columns.index(("section", section))][:, [EARNED, POSSIBLE]].tolist()
    keys = [(earned << EXACT) // possible if possible else -1 for earned, possible in pairs]
    return keys.index(max(keys))
