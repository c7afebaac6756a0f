"""What a corrective action was to bring, and what it brought (docs/scoring.md, 5).

    promised = share_c × times × weight × (points(to) − points(from)) / total_c                 of the index
    reached  = promised × (points(sealed) − points(from)) / (points(to) − points(from))

Both by the shares of the quarter in which the action was decided, so that their difference is what was not done, or done beyond
what was promised, and never an update of the statistics. `loss` likewise, of all points. All exact fractions.
"""

from dataclasses import dataclass
from fractions import Fraction

from scoring.model import NOT_APPLICABLE, Checklist, Gap, Question, Result

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Brings:
    """What is taken off, fractions of 1: of the incident-weighted gap (`gap`), of all points (`loss`). Adds up."""

    gap: Fraction = ZERO
    loss: Fraction = ZERO

    def __add__(self, other: "Brings") -> "Brings":
        return Brings(self.gap + other.gap, self.loss + other.loss)

    def __sub__(self, other: "Brings") -> "Brings":
        return Brings(self.gap - other.gap, self.loss - other.loss)

    def __mul__(self, factor: Fraction) -> "Brings":
        return Brings(self.gap * factor, self.loss * factor)


def promised(checklist: Checklist, result: Result, gap: Gap, question: Question, before: int | None, after: int, times: int = 1) -> Brings:
    """What it brings to raise a question from place `before` on the scale (None: unknown or open) to `after`.

    `result` and `gap` are those of the node that it is measured on; `times`: how often the answer counts there."""
    points = times * question.weight * (points_of(checklist, after) - points_of(checklist, before))
    share = next((part.share.central for part in gap.causes if part.cause == question.section), ZERO)
    total, whole = result.section(question.section).total, result.total.total
    return Brings(share * Fraction(points, total) if total else ZERO, Fraction(points, whole) if whole else ZERO)


def reached(checklist: Checklist, promise: Brings, before: int | None, after: int, sealed: int) -> Brings | None:
    """What came of a promise, by the code `sealed` (scoring.model) that the question has on the sealed sheet; open and unknown earn
    nothing. None where it cannot be compared: the question does not apply any more."""
    if sealed == NOT_APPLICABLE:
        return None
    wanted = points_of(checklist, after) - points_of(checklist, before)
    if not wanted:
        return Brings()
    part = Fraction(points_of(checklist, sealed) - points_of(checklist, before), wanted)
    return promise * part


def points_of(checklist: Checklist, level: int | None) -> int:
    """Points of a place on the scale; 0 for None and for codes below it."""
    return checklist.choices[level].points if level is not None and 0 <= level < len(checklist.choices) else 0
