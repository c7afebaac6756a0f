"""Answers to integer sums (docs/scoring.md, 2, 3 and 8).

    earned   = Σ weight × points    over answered questions
    possible = Σ weight × max       over questions that are not `na`
    open     = Σ weight × max       over unanswered questions
    total    = Σ weight × max       over all questions

`score_matrix` does this for many sheets at once; `score` is its one-row case, so that no page, file or command can
come to another number.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from scoring.sheets import Levels as Levels
from scoring.sheets import Sheets, Sums, by_byte, columns_of

FIELDS = ("earned", "possible", "open", "total", "answered", "unknown", "not_applicable", "questions")
EXACT_FLOAT32 = 24  # bits: whole numbers below 2²⁴ are exact
BLOCK = 2**18  # multiplications at a time: stays near the processor, and is too little to wait for a second thread


@dataclass(frozen=True, slots=True)
class Part:
    """Where one sum stands in the number of a Pass: `bits` wide from bit `at`, to be multiplied by `times`."""

    name: str
    at: int
    bits: int
    times: int


@dataclass(frozen=True, slots=True)
class Pass:
    """One look at the codes, which brings several sums side by side in one number, like digits of a large base.

    `values`: per code, indexed by its byte; `columns`: (questions, groups). values[codes] @ columns is exact: its kind
    of float holds all parts together, and no part can grow into the next.
    """

    values: npt.NDArray[np.floating[Any]]
    columns: npt.NDArray[np.floating[Any]]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Passes:
    """All that a matrix product has to bring for one grouping of the questions; what does not depend on answers is there."""

    passes: tuple[Pass, ...]
    total: Sums
    questions: Sums


def score_matrix(checklist: Checklist, levels: Levels, membership: npt.NDArray[np.float32] | None = None) -> dict[str, Sums]:
    """Sums per sheet and group of questions.

    `levels`: int8, shape (sheets, questions), codes of scoring.model. `membership`: (questions, groups) of 0 and 1,
    the sections when left out. Returns eight int64 arrays of shape (sheets, groups), one per field of Score; `total` and
    `questions`, the same for every sheet, are read-only.
    Raises AnswerError when the shape or a code does not fit.
    """
    check_levels(checklist, levels)
    return _sums(levels, _of_sections(checklist) if membership is None else _passes(checklist, membership))


def _sums(levels: Levels, plan: Passes) -> dict[str, Sums]:
    shape = (len(levels), len(plan.total))
    sums = {part.name: np.empty(shape, dtype=np.int64) for one in plan.passes for part in one.parts}
    for one in plan.passes:
        rows = max(1, BLOCK // max(1, one.columns.size))
        whole = np.int32 if one.values.dtype == np.float32 else np.int64
        floats = np.empty((rows, levels.shape[1]), dtype=one.values.dtype)
        for start in range(0, len(levels), rows):
            codes = np.ascontiguousarray(levels[start : start + rows]).view(np.uint8)
            found = one.values.take(codes, out=floats[: len(codes)], mode="clip")  # all 256 bytes are there; "clip" spares the check
            packed = (found @ one.columns).astype(whole)
            for part in one.parts:
                digits = (packed >> part.at) & ((1 << part.bits) - 1)
                np.multiply(digits, part.times, out=sums[part.name][start : start + rows], dtype=np.int64)
    possible = np.subtract(plan.total, sums["lost"], out=sums["lost"])
    same = {"total": np.broadcast_to(plan.total, shape), "questions": np.broadcast_to(plan.questions, shape)}
    by_name = sums | same | {"possible": possible}
    return {name: by_name[name] for name in FIELDS}


@lru_cache(maxsize=64)
def _of_sections(checklist: Checklist) -> Passes:
    index = {section.id: number for number, section in enumerate(checklist.sections)}
    member = np.zeros((len(checklist.questions), len(index)), dtype=np.float32)
    member[np.arange(len(member)), [index[q.section] for q in checklist.questions]] = 1
    return _passes(checklist, member)


def _passes(checklist: Checklist, groups: npt.NDArray[np.float32]) -> Passes:
    """As few passes as hold every sum exactly: sums of weights share their columns, so do counts."""
    weights = np.array([q.weight for q in checklist.questions], dtype=np.int64)
    weighted = groups.astype(np.int64) * weights[:, None]
    counted = groups.astype(np.int64)
    top, step = checklist.max, math.gcd(*(choice.points for choice in checklist.choices))
    levels = range(len(checklist.choices))
    points = by_byte({code: checklist.choices[code].points // step for code in levels})
    answered = by_byte(dict.fromkeys([*levels, UNKNOWN], 1))
    is_open, is_unknown, is_na = (by_byte({code: 1}) for code in (OPEN, UNKNOWN, NOT_APPLICABLE))
    return Passes(
        (
            *_packed(weighted, (("earned", points, step), ("open", is_open, top), ("lost", is_na, top))),
            *_packed(counted, (("answered", answered, 1), ("unknown", is_unknown, 1), ("not_applicable", is_na, 1))),
        ),
        total=weighted.sum(axis=0) * top,
        questions=counted.sum(axis=0),
    )


def _packed(columns: Sums, wanted: Iterable[tuple[str, Sums, int]]) -> Iterator[Pass]:
    """The sums `wanted` (name, value per byte, what to multiply by) over the same columns, side by side while they fit."""
    most = int(columns.sum(axis=0).max(initial=0))
    values, parts, at = np.zeros(256, dtype=np.int64), list[Part](), 0
    for name, table, times in wanted:
        bits = max(1, (most * int(table.max())).bit_length())
        if parts and at + bits > EXACT_FLOAT32:
            yield _pass(values, columns, parts, at)
            values, parts, at = np.zeros(256, dtype=np.int64), [], 0
        values, at = values + (table << at), at + bits
        parts.append(Part(name, at - bits, bits, times))
    yield _pass(values, columns, parts, at)


def _pass(values: Sums, columns: Sums, parts: Sequence[Part], bits: int) -> Pass:
    # float32 where it is exact: many times faster than a product of whole numbers, twice as fast as float64.
    kind: type[np.floating[Any]] = np.float32 if bits <= EXACT_FLOAT32 else np.float64
    return Pass(values.astype(kind), columns.astype(kind), tuple(parts))


def check_levels(checklist: Checklist, levels: Levels) -> None:
    """Raises AnswerError: wrong_shape or unknown_code."""
    count = len(places(checklist))
    if levels.dtype != np.int8 or levels.ndim != 2 or levels.shape[1] != count:
        raise AnswerError("wrong_shape", "*", f"int8 (sheets, {count})")
    if levels.size and (levels.max() >= len(checklist.choices) or levels.min() < NOT_APPLICABLE):
        raise AnswerError("unknown_code", "*", "")


def encode(checklist: Checklist, answers: Mapping[str, Answer]) -> Levels:
    """One int8 row of codes in checklist order.

    Raises AnswerError: unknown_question, unknown_choice, or reason_required (an `na` without one).
    """
    code_of, place = codes(checklist), places(checklist)
    row = [OPEN] * len(place)
    for question, answer in answers.items():
        if question not in place:
            raise AnswerError("unknown_question", question)
        code = code_of.get(answer.choice)
        if code is None:
            raise AnswerError("unknown_choice", question, answer.choice)
        if code == NOT_APPLICABLE and not answer.reason.strip():
            raise AnswerError("reason_required", question)
        row[place[question]] = code
    return np.array(row, dtype=np.int8)


@lru_cache(maxsize=64)
def places(checklist: Checklist) -> dict[str, int]:
    """Question id → its column."""
    return {question.id: number for number, question in enumerate(checklist.questions)}


@lru_cache(maxsize=64)
def codes(checklist: Checklist) -> dict[str, int]:
    """Choice id, `unknown` or `na` → its code."""
    levels = {choice.id: number for number, choice in enumerate(checklist.choices)}
    return levels | {UNKNOWN_WORD: UNKNOWN, NA_WORD: NOT_APPLICABLE}


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
    return score_sheets(checklist, sheet_of(checklist, answers, as_of))


def sheet_of(checklist: Checklist, answers: Mapping[str, Answer], as_of: date) -> Sheets:
    """One sheet's answers as Sheets of one row, which counts once."""
    claimed, place = encode(checklist, answers), places(checklist)
    by_profile = np.zeros(len(claimed), dtype=np.bool_)
    by_profile[[place[question] for question, answer in answers.items() if answer.by_profile]] = True
    return Sheets(
        claimed=claimed[None],
        evidenced=evidenced_row(checklist, claimed, answers, as_of)[None],
        by_profile=by_profile[None],
        sources=np.zeros((1, len(claimed)), dtype=np.intp),
        weights=np.ones(1, dtype=np.int64),
    )


def score_sheets(checklist: Checklist, sheets: Sheets) -> Result:
    """Everything that several sheets say together: sums of weight × what each says; a critical question is named when
    any of them stands below the level."""
    plan, cells = _groups(checklist)
    sums = _sums(np.vstack([sheets.claimed, sheets.evidenced]), plan)
    shape = (2, len(sheets.weights), len(plan.total))
    stacked = np.stack([sheets.weights @ sums[name].reshape(shape) for name in FIELDS], axis=-1).tolist()
    scores = [[Score(*fields) for fields in group] for group in stacked]
    total, express, own, company, *rest = scores[0]
    per_section = tuple(zip((s.id for s in checklist.sections), rest, strict=False))
    asked, claimed = columns_of(checklist), sheets.claimed
    low = (claimed == UNKNOWN) | ((claimed >= 0) & (claimed < checklist.critical_level))
    na_claimed = sheets.weights @ ((claimed == NOT_APPLICABLE) & ~sheets.by_profile) @ asked.weights
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
            question.id for question, named in zip(checklist.questions, low.any(axis=0) & asked.critical, strict=True) if named
        ),
        na_claimed=int(na_claimed) * checklist.max,
    )


@lru_cache(maxsize=64)
def _groups(checklist: Checklist) -> tuple[Passes, list[tuple[str, str]]]:
    """The groups of one sheet: total, express, own, company, each section, each cause × countermeasure cell."""
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
    return _passes(checklist, np.array(tests, dtype=np.float32).T), cells


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
    questions, place_of = checklist.questions, places(checklist)
    row = np.minimum(claimed, 0)
    for question, answer in answers.items():
        place = place_of[question]
        if evidence_valid(questions[place], answer, as_of):
            row[place] = claimed[place]
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
