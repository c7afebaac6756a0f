"""A node over several quarters (docs/scoring.md, trend)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from scoring.assessment import Outside
from scoring.engine import FIELDS, score_matrix
from scoring.incident_gap import sections_gap
from scoring.model import Gap, Score
from scoring.portfolio import Portfolio, View


@dataclass(frozen=True, slots=True)
class Point:
    """A node in one quarter, by that quarter's own checklist and units; zero and None where nothing counts.

    `gap` is on the statistics and the matrix that all points share. `statistics_update` is what these change of the value that
    the quarter had on its own: own value + update = `gap.gap`."""

    as_of: date
    units: int
    total: Score
    evidenced: Score
    sections: tuple[tuple[str, Score], ...]
    gap: Gap | None
    statistics_update: Fraction | None

    @property
    def own_gap(self) -> Fraction | None:
        """The gap on the quarter's own statistics, as it was sealed."""
        return None if self.gap is None or self.statistics_update is None else self.gap.gap - self.statistics_update

    @property
    def evidenced_share(self) -> Fraction | None:
        """How much of what was earned has valid evidence behind it; None when nothing was earned."""
        return Fraction(self.evidenced.earned, self.total.earned) if self.total.earned else None


def trend(quarters: Sequence[tuple[Portfolio, Outside]], node_id: int, on: Outside, view: View = "whole") -> tuple[Point, ...]:
    """A point per quarter with the outside that it had; `on` is what all gaps are measured against. Gaps are without their
    parts by question."""
    return tuple(_point(portfolio, outside, node_id, on, view) for portfolio, outside in quarters)


def _point(portfolio: Portfolio, outside: Outside, node_id: int, on: Outside, view: View) -> Point:
    checklist, sheets, as_of = portfolio.checklist(view), portfolio.of(node_id, view), portfolio.book.as_of
    if not len(sheets.weights) or not checklist.sections:
        return Point(as_of, 0, Score(), Score(), (), None, None)
    sums = score_matrix(checklist, np.vstack([sheets.claimed, sheets.evidenced]))
    shape = (2, len(sheets.weights), len(checklist.sections))
    claimed, evidenced = np.stack([sheets.weights @ sums[name].reshape(shape) for name in FIELDS], axis=-1)
    sections = {section.id: Score(*fields) for section, fields in zip(checklist.sections, claimed.tolist(), strict=True)}
    gap = sections_gap(checklist, sections, {}, on.matrix, on.years)
    own = gap if outside == on else sections_gap(checklist, sections, {}, outside.matrix, outside.years)
    return Point(
        as_of=as_of,
        units=len(sheets.weights),
        total=Score(*claimed.sum(axis=0).tolist()),
        evidenced=Score(*evidenced.sum(axis=0).tolist()),
        sections=tuple(sections.items()),
        gap=gap,
        statistics_update=gap.gap - own.gap,
    )
