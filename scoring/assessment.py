"""All that one sheet says, in one value: what pages draw, files print and commands write."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache

from scoring.engine import band, na_flagged, score, score_sheets
from scoring.incident_gap import incident_gap, rank_marks
from scoring.model import (
    Answer,
    Band,
    Checklist,
    Gap,
    Question,
    Result,
    Step,
)
from scoring.outside import (
    CauseMatrix,
    SecondReference,
    Year,
)
from scoring.sheets import Sheets
from scoring.steps import after, losses, losses_of, next_steps, raised, steps_of


@dataclass(frozen=True, slots=True)
class Outside:
    """What answers are measured against: TSR years (pooled), the cause matrix, the second reference."""

    years: tuple[Year, ...]
    matrix: CauseMatrix
    reference: SecondReference


@dataclass(frozen=True, slots=True)
class Assessment:
    """Result, gap and steps of the same answers on the same day. `checklist` is the view that was scored.

    Of several sheets together, `sheets` holds what they say, and `answers` is empty."""

    checklist: Checklist
    answers: Mapping[str, Answer]
    as_of: date
    outside: Outside
    result: Result
    gap: Gap
    steps: tuple[Step, ...]
    losses: Mapping[str, int]
    rank_marks: Mapping[str, tuple[int, int]]
    band: Band | None
    na_flagged: bool
    sheets: Sheets | None = None

    def gap_after(self, steps: Sequence[Step]) -> Fraction:
        """The gap once `steps` are done, by the same functions on changed answers."""
        if self.sheets is not None:
            result = score_sheets(self.checklist, raised(self.checklist, self.sheets, steps))
            return incident_gap(self.checklist, result, {}, self.outside.matrix, self.outside.years).gap
        changed = after(self.checklist, self.answers, tuple(steps))
        result = score(self.checklist, changed, self.as_of)
        lost = losses(self.checklist, changed)
        return incident_gap(self.checklist, result, lost, self.outside.matrix, self.outside.years).gap


def assess(checklist: Checklist, answers: Mapping[str, Answer], as_of: date, outside: Outside) -> Assessment:
    """Judge `answers` (question → answer; answers to questions outside the checklist view are left out)."""
    ids = {question.id for question in checklist.questions}
    own = {question: answer for question, answer in answers.items() if question in ids}
    result, lost = score(checklist, own, as_of), losses(checklist, own)
    gap = incident_gap(checklist, result, lost, outside.matrix, outside.years)
    return _judged(checklist, own, as_of, outside, result, lost, gap, next_steps(checklist, own, result, gap))


def assess_sheets(checklist: Checklist, sheets: Sheets, as_of: date, outside: Outside) -> Assessment:
    """Judge sheets that count together; at least one of them has to count."""
    result, lost = score_sheets(checklist, sheets), losses_of(checklist, sheets)
    gap = incident_gap(checklist, result, lost, outside.matrix, outside.years)
    return replace(_judged(checklist, {}, as_of, outside, result, lost, gap, steps_of(checklist, sheets, result, gap)), sheets=sheets)


def _judged(
    checklist: Checklist, answers: Mapping[str, Answer], as_of: date, outside: Outside, result: Result, lost: Mapping[str, int], gap: Gap,
    steps: tuple[Step, ...],
) -> Assessment:  # fmt: skip
    """What follows from a result and its gap the same way, of one sheet and of many."""
    marks, reached = rank_marks(gap, outside.reference), band(checklist, result.total, len(result.below_critical))
    return Assessment(checklist, answers, as_of, outside, result, gap, steps, lost, marks, reached, na_flagged(checklist, result))


def express_view(checklist: Checklist) -> Checklist:
    """The express check: the same checklist with its express questions only, so with its own `possible`.

    Its numbers are labelled 簡易診断 and never compared with those of the full checklist."""
    return _only(checklist, "express", lambda question: question.express)


@lru_cache(maxsize=64)
def own_view(checklist: Checklist) -> Checklist:
    """The questions that every unit answers itself. A cause without one is not in it, and its share in no part of the gap."""
    return _only(checklist, "own", lambda question: question.scope == "unit")


def _only(checklist: Checklist, name: str, wanted: Callable[[Question], bool]) -> Checklist:
    sections = tuple(replace(section, questions=tuple(filter(wanted, section.questions))) for section in checklist.sections)
    return replace(
        checklist,
        sections=tuple(section for section in sections if section.questions),
        content_hash=f"{checklist.content_hash}:{name}",
    )
