"""A second, deliberately naive implementation of docs/scoring.md against the first, on every sheet of a small checklist.

Plain loops over dictionaries and fractions; nothing is taken from scoring/ but the types that both are compared in.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np

from scoring.assessment import Assessment, Outside, assess
from scoring.engine import FIELDS, encode, score, score_matrix
from scoring.model import (
    Answer,
    Evidence,
    Score,
)
from scoring.outside import (
    SecondReference,
)
from tests.factories import cause_matrix, checklist, question, tsr_year, words

TODAY = date(2026, 12, 31)
POINTS = (0, 40, 90)
TOP = 90
CRITICAL_LEVEL = 2
ALPHA = Fraction(7, 10)
State = str | int
STATES: tuple[State, ...] = ("open", "unknown", "na", 0, 1, 2)


class Asked(NamedTuple):
    id: str
    section: str
    weight: int
    critical: bool
    express: bool
    review_months: int
    valid_from: date  # worked out by hand: review_months before the last day of 2026
    effort: tuple[int, int]


ASKED = (
    Asked("external_attack.a", "external_attack", 3, False, True, 6, date(2026, 6, 30), (1, 4)),
    Asked("external_attack.b", "external_attack", 2, True, False, 12, date(2025, 12, 31), (2, 2)),
    Asked("human_error.c", "human_error", 5, False, True, 1, date(2026, 11, 30), (3, 1)),
    Asked("physical.d", "physical", 1, True, True, 10, date(2026, 2, 28), (5, 8)),
    Asked("governance.e", "governance", 4, True, False, 24, date(2024, 12, 31), (1, 1)),
)
SECTIONS = ("external_attack", "human_error", "physical", "governance")
SHARES = (Fraction(50, 100), Fraction(20, 100), Fraction(15, 100), Fraction(8, 100))  # 7 % have no published cause
UNASSIGNED = Fraction(7, 100)
# TSR cause → our cause → low, central, high, in percent
MATRIX = {
    "virus_unauthorised_access": {"external_attack": (60, 80, 95), "human_error": (0, 15, 30), "physical": (5, 5, 20)},
    "misdisplay_missend": {"external_attack": (0, 10, 50), "human_error": (50, 90, 100)},
    "loss_misdisposal": {"human_error": (20, 55, 70), "physical": (30, 45, 80)},
    "illicit_removal_theft": {"physical": (100, 100, 100)},
}

CHECKLIST = checklist(
    {
        section: [
            question(
                q.id.split(".")[1], weight=q.weight, critical=q.critical, express=q.express,
                review_months=q.review_months, effort=q.effort,
            )
            for q in ASKED
            if q.section == section
        ]
        for section in SECTIONS
    },
    points=POINTS,
    critical_level=CRITICAL_LEVEL,
    alpha=ALPHA,
)  # fmt: skip
OUTSIDE = Outside(
    (tsr_year(100, (50, 20, 15, 8)),),
    cause_matrix(
        {
            tsr: {cause: (Fraction(low, 100), Fraction(mid, 100), Fraction(high, 100)) for cause, (low, mid, high) in row.items()}
            for tsr, row in MATRIX.items()
        }
    ),
    SecondReference((), 0, "FY2024", (), words("none")),
)

Sheet = tuple[State, ...]
Proofs = tuple[date | None, ...]


def sheets() -> Iterator[tuple[Sheet, Proofs]]:
    """Every combination of answers; evidence goes round from none and too old to the last day and too new."""
    states: Sheet
    for number, states in enumerate(product(STATES, repeat=len(ASKED))):
        proofs = []
        for place, q in enumerate(ASKED):
            kinds = (None, date.fromordinal(q.valid_from.toordinal() - 1), q.valid_from, TODAY, date(2027, 1, 1))
            proofs.append(kinds[(number // 7 + place) % 5])
        yield states, tuple(proofs)


def answers(states: Sheet, proofs: Proofs) -> dict[str, Answer]:
    found = {}
    for q, state, proof in zip(ASKED, states, proofs, strict=True):
        if state != "open":
            choice = f"level{state}" if isinstance(state, int) else state
            found[q.id] = Answer(choice, "a reason" if state == "na" else "", "", Evidence("x", proof) if proof else None)
    return found


# --- the naive implementation --------------------------------------------------------------------


def naive_score(states: Sheet, wanted: tuple[str, ...]) -> dict[str, int]:
    sums = dict.fromkeys(("earned", "possible", "open", "total", "answered", "unknown", "not_applicable", "questions"), 0)
    for q, state in zip(ASKED, states, strict=True):
        if q.id not in wanted:
            continue
        sums["questions"] += 1
        sums["total"] += q.weight * TOP
        if state == "na":
            sums["not_applicable"] += 1
            continue
        sums["possible"] += q.weight * TOP
        if state == "open":
            sums["open"] += q.weight * TOP
            continue
        sums["answered"] += 1
        if state == "unknown":
            sums["unknown"] += 1
        else:
            sums["earned"] += q.weight * POINTS[int(state)]
    return sums


def naive_evidenced(states: Sheet, proofs: Proofs) -> Sheet:
    """What is left of the answers without valid evidence: every level becomes level 0."""
    left: list[State] = []
    for q, state, proof in zip(ASKED, states, proofs, strict=True):
        proven = proof is not None and q.valid_from <= proof <= TODAY
        left.append(0 if isinstance(state, int) and not proven else state)
    return tuple(left)


def ids(section: str | None = None, *, express: bool = False) -> tuple[str, ...]:
    return tuple(q.id for q in ASKED if section in (None, q.section) and (q.express or not express))


def naive_share(cause: str) -> Fraction:
    share = Fraction(0)
    for s, row in zip(SHARES, MATRIX.values(), strict=True):
        share += s * Fraction(row.get(cause, (0, 0, 0))[1], 100)
    return share


def naive_corners(row: dict[str, tuple[int, int, int]]) -> list[dict[str, Fraction]]:
    """Every way to fill the row where all cells but one stand at a bound."""
    found = []
    for free in row:
        others = [cause for cause in row if cause != free]
        for bounds in product(*[(row[cause][0], row[cause][2]) for cause in others]):
            rest = 100 - sum(bounds)
            if row[free][0] <= rest <= row[free][2]:
                filled = dict(zip(others, bounds, strict=True)) | {free: rest}
                found.append({cause: Fraction(percent, 100) for cause, percent in filled.items()})
    return found


CORNERS = [naive_corners(row) for row in MATRIX.values()]
CAUSES, UNDER_CAUSES = SECTIONS[:3], ASKED[:4]
CENTRAL = {cause: naive_share(cause) for cause in CAUSES}
TOTALS = {section: sum(q.weight * TOP for q in ASKED if q.section == section) for section in SECTIONS}


@cache
def naive_gap(states: Sheet) -> dict[str, Fraction]:
    """All about the gap, from the answers to the questions of the causes."""
    parts = dict.fromkeys(("covered", "uncovered", "open", "not_applicable"), Fraction(0))
    lost = dict.fromkeys(CAUSES, Fraction(0))
    worst = dict.fromkeys(CAUSES, Fraction(0))
    for q, state in zip(UNDER_CAUSES, states, strict=True):
        full = Fraction(q.weight * TOP, TOTALS[q.section])
        if state in ("na", "open"):
            parts["not_applicable" if state == "na" else "open"] += CENTRAL[q.section] * full
            worst[q.section] += full if state == "open" else 0
            continue
        points = POINTS[state] if isinstance(state, int) else 0
        missing = Fraction(q.weight * (TOP - points), TOTALS[q.section])
        lost[q.section] += missing
        worst[q.section] += missing
        parts["uncovered"] += CENTRAL[q.section] * missing
        parts["covered"] += CENTRAL[q.section] * (full - missing)
    low = high = Fraction(0)
    for s, corners in zip(SHARES, CORNERS, strict=True):
        low += s * min(sum((m * lost[c] for c, m in corner.items()), Fraction(0)) for corner in corners)
        high += s * max(sum((m * worst[c] for c, m in corner.items()), Fraction(0)) for corner in corners)
    gap = parts["uncovered"] + parts["open"]
    return parts | {"unassigned": UNASSIGNED, "gap": gap, "low": low, "high": high + UNASSIGNED * max(worst.values())}


def naive_gaps(states: Sheet) -> dict[str, Fraction]:
    found = {}
    for q, state in zip(ASKED, states, strict=True):
        if q.section in CAUSES and state not in ("open", "na"):
            points = POINTS[state] if isinstance(state, int) else 0
            found[q.id] = CENTRAL[q.section] * q.weight * (TOP - points) / TOTALS[q.section]
    return found


class NaiveStep(NamedTuple):
    """In the order by which steps are sorted."""

    not_critical: bool
    minus_value: Fraction
    half_days: int
    question: str
    level: int | None


def naive_steps(states: Sheet) -> list[NaiveStep]:
    steps = []
    for q, state in zip(ASKED, states, strict=True):
        if state in ("open", "na", len(POINTS) - 1):
            continue
        level = state if isinstance(state, int) else 0
        points = q.weight * (POINTS[level + 1] - POINTS[level])
        gap = CENTRAL[q.section] * points / TOTALS[q.section] if q.section in CAUSES else Fraction(0)
        value = ALPHA * gap + (1 - ALPHA) * Fraction(points, sum(TOTALS.values()))
        unknown = state == "unknown"
        stands = q.critical and (unknown or level < CRITICAL_LEVEL)
        effort = 1 if unknown else q.effort[level]
        steps.append(NaiveStep(not stands, -value, effort, q.id, None if unknown else level))
    return sorted(steps, key=lambda step: step[:4])


# --- compared ------------------------------------------------------------------------------------


def plain(found: Score) -> dict[str, int]:
    return {name: getattr(found, name) for name in FIELDS}


def differences(found: Assessment, states: Sheet, proofs: Proofs) -> Iterator[tuple[str, object, object]]:
    """(name, what scoring/ says, what the naive implementation says) of everything compared."""
    result, gap = found.result, found.gap
    evidenced = naive_evidenced(states, proofs)
    yield "total", plain(result.total), naive_score(states, ids())
    yield "evidenced", plain(result.evidenced), naive_score(evidenced, ids())
    yield "express", plain(result.express), naive_score(states, ids(express=True))
    yield "express evidenced", plain(result.express_evidenced), naive_score(evidenced, ids(express=True))
    for section in SECTIONS:
        yield section, plain(result.section(section)), naive_score(states, ids(section))
    naive = naive_gap(states[:4])
    yield "gap", {name: getattr(gap, name) for name in naive}, naive
    yield "gap of questions", {name: part.central for name, part in gap.by_question}, naive_gaps(states)
    steps = [NaiveStep(not s.critical, -s.value, s.half_days, s.question, s.level) for s in found.steps]
    yield "steps", steps, naive_steps(states)


def test_every_sheet_of_a_small_checklist() -> None:
    codes, sums = [], []
    for states, proofs in sheets():
        given = answers(states, proofs)
        found = assess(CHECKLIST, given, TODAY, OUTSIDE)
        for name, ours, naive in differences(found, states, proofs):
            assert ours == naive, (name, states, proofs)
        codes.append(encode(CHECKLIST, given))
        sums.append([list(plain(section).values()) for _, section in found.result.sections])
    assert len(codes) == len(STATES) ** len(ASKED) == 7776
    matrix = score_matrix(CHECKLIST, np.stack(codes))
    assert np.array_equal(np.stack([matrix[name] for name in FIELDS], axis=-1), np.array(sums))


def test_the_shares_are_those_of_the_figures() -> None:
    found = assess(CHECKLIST, {}, TODAY, OUTSIDE).gap
    assert {part.cause: part.share.central for part in found.causes} == CENTRAL
    assert sum(CENTRAL.values()) + UNASSIGNED == 1


def test_sums_above_2_to_the_24_stay_exact() -> None:
    """float32 counts in twos from there on; the format allows 25,000 questions of weight 5 and 1,000 points."""
    points = (0, 333, 667, 999)
    many = checklist({"physical": [question(f"q{n}", weight=5) for n in range(5001)]}, points=points)
    codes = np.array([[(n * step) % 7 - 3 for n in range(5001)] for step in range(1, 7)] + [[3] * 5001], dtype=np.int8)
    found = score_matrix(many, codes)
    for place, row in enumerate(codes.tolist()):
        pairs = list(zip(many.questions, row, strict=True))
        assert found["earned"][place, 0] == sum(q.weight * points[code] for q, code in pairs if code >= 0)
        assert found["possible"][place, 0] == sum(q.weight * 999 for q, code in pairs if code != -3)
        assert found["open"][place, 0] == sum(q.weight * 999 for q, code in pairs if code == -1)
        assert found["total"][place, 0] == sum(q.weight * 999 for q in many.questions)
    top = int(found["earned"][-1, 0])
    assert top > 2**24
    assert top != int(np.float32(top)), "float32 could not even hold it"
    full = score(many, {q.id: Answer("level3") for q in many.questions}, TODAY).total
    assert (full.earned, full.percent) == (top, Fraction(1))
