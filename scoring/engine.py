"""Answers to integer sums (docs/scoring.md, 2, 3 and 8).

    earned   = Σ weight × points    over answered questions
    possible = Σ weight × max       over questions that are not `na`
    open     = Σ weight × max       over unanswered questions
    total    = Σ weight × max       over all questions

`score_matrix` does this for many sheets at once; `score` is its one-row case, so that no page, file or command can
come to another number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.errors import AnswerError
from scoring.model import (
    NA_WORD,
    NOT_APPLICABLE,
    OPEN,
    UNKNOWN,
    UNKNOWN_WORD,
    Answer,
    Band,
    Cell,
    Checklist,
    Question,
    Result,
    Score,
)

Levels = npt.NDArray[np.int8]
Sums = npt.NDArray[np.int64]
Group = tuple[str, npt.NDArray[np.bool_]]

FIELDS = ("earned", "possible", "open", "total", "answered", "unknown", "not_applicable", "questions")
EXACT_FLOAT32 = 2**24
BLOCK = 65_536  # rows looked up at a time: keeps the float32 block within a few megabytes


@dataclass(frozen=True, slots=True)
class Columns:
    """A checklist as arrays over its questions; `points` is indexed by code (negative codes from the end)."""

    weights: npt.NDArray[np.int64]
    points: npt.NDArray[np.float32]
    sections: npt.NDArray[np.float32]


@lru_cache(maxsize=64)
def columns(checklist: Checklist) -> Columns:
    """Weights (questions,), points per code (choices + 3,), membership (questions × sections)."""
    questions = checklist.questions
    index = {section.id: number for number, section in enumerate(checklist.sections)}
    member = np.zeros((len(questions), len(index)), dtype=np.float32)
    member[np.arange(len(questions)), [index[q.section] for q in questions]] = 1
    # Codes -1, -2 and -3 (open, unknown, na) reach the three zeros at the end of the table.
    points = np.array([choice.points for choice in checklist.choices] + [0, 0, 0], dtype=np.float32)
    return Columns(np.array([q.weight for q in questions], dtype=np.int64), points, member)


def score_matrix(checklist: Checklist, levels: Levels, membership: npt.NDArray[np.float32] | None = None) -> dict[str, Sums]:
    """Sums per sheet and group of questions.

    `levels`: int8, shape (sheets, questions), codes of scoring.model. `membership`: (questions, groups) of 0 and 1,
    the sections when left out. Returns eight int64 arrays of shape (sheets, groups), one per field of Score.
    Raises AnswerError when the shape or a code does not fit.
    """
    table = columns(checklist)
    _check(checklist, levels)
    groups = table.sections if membership is None else membership
    top = checklist.max
    weighted = groups * table.weights[:, None]
    # float32 is exact below 2²⁴ and many times faster than an int64 matrix product.
    exact = float(weighted.sum(axis=0).max(initial=0)) * top < EXACT_FLOAT32
    kind: type[np.floating[Any]] = np.float32 if exact else np.float64
    weighted, counted = weighted.astype(kind), groups.astype(kind)
    sums = {name: np.empty((len(levels), groups.shape[1]), dtype=np.int64) for name in FIELDS}
    for start in range(0, len(levels), BLOCK):
        rows = slice(start, start + BLOCK)
        block = levels[rows]
        is_open, is_unknown, is_na = block == OPEN, block == UNKNOWN, block == NOT_APPLICABLE
        sums["earned"][rows] = table.points.astype(kind)[block] @ weighted
        sums["open"][rows] = (is_open.astype(kind) @ weighted) * top
        sums["possible"][rows] = ((~is_na).astype(kind) @ weighted) * top
        sums["unknown"][rows] = is_unknown.astype(kind) @ counted
        sums["not_applicable"][rows] = is_na.astype(kind) @ counted
        sums["answered"][rows] = (~(is_open | is_na)).astype(kind) @ counted
    sums["total"][:] = (weighted.sum(axis=0) * top).astype(np.int64)
    sums["questions"][:] = counted.sum(axis=0).astype(np.int64)
    return sums


def _check(checklist: Checklist, levels: Levels) -> None:
    count = len(columns(checklist).weights)
    if levels.dtype != np.int8 or levels.ndim != 2 or levels.shape[1] != count:
        raise AnswerError("wrong_shape", "*", f"int8 (sheets, {count})")
    if levels.size and (levels.max() >= len(checklist.choices) or levels.min() < NOT_APPLICABLE):
        raise AnswerError("unknown_code", "*", "")


def encode(checklist: Checklist, answers: Mapping[str, Answer]) -> Levels:
    """One int8 row of codes in checklist order.

    Raises AnswerError: unknown_question, unknown_choice, or reason_required (an `na` without one).
    """
    codes = {choice.id: number for number, choice in enumerate(checklist.choices)}
    codes |= {UNKNOWN_WORD: UNKNOWN, NA_WORD: NOT_APPLICABLE}
    place = {question.id: number for number, question in enumerate(checklist.questions)}
    row = np.full(len(place), OPEN, dtype=np.int8)
    for question, answer in answers.items():
        if question not in place:
            raise AnswerError("unknown_question", question)
        if answer.choice not in codes:
            raise AnswerError("unknown_choice", question, answer.choice)
        if answer.choice == NA_WORD and not answer.reason.strip():
            raise AnswerError("reason_required", question)
        row[place[question]] = codes[answer.choice]
    return row


def effective(checklist: Checklist, path: Sequence[Mapping[str, Answer]]) -> dict[str, Answer]:
    """The answers that count for a unit. `path`: answers by node, from the unit itself up to the root.

    A unit-scope question is answered by the unit alone; a company-scope one by the nearest node that has an answer.
    """
    found: dict[str, Answer] = {}
    for question in checklist.questions:
        nodes = path[:1] if question.scope == "unit" else path
        answer = next((node[question.id] for node in nodes if question.id in node), None)
        if answer is not None:
            found[question.id] = answer
    return found


def score(checklist: Checklist, answers: Mapping[str, Answer], as_of: date) -> Result:
    """Everything one sheet says on the day `as_of` (which only decides what evidence is still valid)."""
    claimed = encode(checklist, answers)
    row = np.vstack([claimed, evidenced_row(checklist, claimed, answers, as_of)])
    questions = checklist.questions
    groups, cells = _groups(checklist)
    sums = score_matrix(checklist, row, groups)
    stacked = np.stack([sums[name] for name in FIELDS], axis=-1).tolist()
    scores = [[Score(*fields) for fields in sheet] for sheet in stacked]
    total, express, own, company, *rest = scores[0]
    per_section = tuple(zip((s.id for s in checklist.sections), rest, strict=False))
    na_claimed = sum(
        q.weight * checklist.max for q in questions if q.id in answers and answers[q.id].choice == NA_WORD and not answers[q.id].by_profile
    )
    return Result(
        total=total,
        sections=per_section,
        cells=tuple(Cell(section, measure, cell) for (section, measure), cell in zip(cells, rest[len(per_section) :], strict=True)),
        evidenced=scores[1][0],
        express=express,
        express_evidenced=scores[1][1],
        own=own,
        company=company,
        below_critical=tuple(
            q.id
            for q, code in zip(questions, claimed, strict=True)
            if q.critical and (code == UNKNOWN or 0 <= code < checklist.critical_level)
        ),
        na_claimed=na_claimed,
    )


@lru_cache(maxsize=64)
def _groups(checklist: Checklist) -> tuple[npt.NDArray[np.float32], list[tuple[str, str]]]:
    """Membership of the questions in: total, express, own, company, each section, each cause × countermeasure cell."""
    questions = checklist.questions
    cells = list(dict.fromkeys((q.section, q.countermeasure) for q in questions))
    tests = [
        [True] * len(questions),
        [q.express for q in questions],
        [q.scope == "unit" for q in questions],
        [q.scope == "company" for q in questions],
        *([q.section == section.id for q in questions] for section in checklist.sections),
        *([(q.section, q.countermeasure) == cell for q in questions] for cell in cells),
    ]
    return np.array(tests, dtype=np.float32).T, cells


def question_score(checklist: Checklist, question: Question, answer: Answer | None) -> Score:
    """The score of one question alone: the row behind a number. Rows add up to the number."""
    code = int(encode(checklist, {question.id: answer} if answer else {})[checklist.questions.index(question)])
    full = question.weight * checklist.max
    return Score(
        earned=question.weight * checklist.choices[code].points if code >= 0 else 0,
        possible=0 if code == NOT_APPLICABLE else full,
        open=full if code == OPEN else 0,
        total=full,
        answered=int(code >= 0 or code == UNKNOWN),
        unknown=int(code == UNKNOWN),
        not_applicable=int(code == NOT_APPLICABLE),
        questions=1,
    )


# --- evidence ------------------------------------------------------------------------------------


def months_before(day: date, months: int) -> date:
    """The same day `months` earlier, the month's last day where it has no such day (30 June for 31 December)."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - date.resolution).day
    return date(year, month + 1, min(day.day, last))


def evidence_valid(question: Question, answer: Answer, as_of: date) -> bool:
    """Dated within the question's review_months before `as_of`, and not after it."""
    if answer.evidence is None:
        return False
    return months_before(as_of, question.review_months) <= answer.evidence.dated <= as_of


def evidenced_row(checklist: Checklist, claimed: Levels, answers: Mapping[str, Answer], as_of: date) -> Levels:
    """`claimed` with every level that has no valid evidence put to 0; open, unknown and na stay as they are."""
    row = claimed.copy()
    for place, question in enumerate(checklist.questions):
        if row[place] > 0 and not evidence_valid(question, answers[question.id], as_of):
            row[place] = 0
    return row


# --- shown numbers -------------------------------------------------------------------------------


def tenths(value: Fraction) -> int:
    """A fraction of 1 as whole tenths of a percent, half up: ⌊(2000·n + d) / (2·d)⌋. The one place that rounds."""
    return (2000 * value.numerator + value.denominator) // (2 * value.denominator)


def shown(value: Fraction | None) -> str | None:
    """The number as every page, file and command shows it, for example '66.3'; None stays None (算出不可).

    Negative values round half away from zero, so that a change and its reverse show the same digits.
    """
    if value is None:
        return None
    whole, rest = divmod(tenths(abs(value)), 10)
    return f"{'−' if value < 0 and (whole or rest) else ''}{whole}.{rest}"


def band(checklist: Checklist, score: Score, below_critical: int) -> Band | None:
    """The word for a score: earned·100 ≥ bound·possible in integers; at most the second lowest while a critical
    question stands below the checklist's level. None when nothing is applicable."""
    if not score.possible:
        return None
    reached = [b for b in checklist.bands if score.earned * 100 >= b.bound * score.possible]
    return reached[min(len(reached), 2) - 1] if below_critical else reached[-1]


def na_flagged(checklist: Checklist, result: Result) -> bool:
    """Whether what was claimed as N/A outside the profile is above the limit (percent of all weight)."""
    return result.na_claimed * 100 > checklist.na_limit * result.total.total
