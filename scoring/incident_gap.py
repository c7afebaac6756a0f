"""The incident-weighted gap (docs/scoring.md, 4): our unmet points, weighted by the share of each cause in TSR's incidents.

    s_k     = n_k / N                        TSR cause k; what has no published cause stays a part of its own
    share_c = Σ_k s_k · M[k][c]              M: which part of TSR cause k comes through our cause c (an assumption)
    covered + uncovered + open + not_applicable + unassigned = 1
    gap     = uncovered + open

An index from 0 to 1. Not a probability, and never to be multiplied by a number of incidents. All exact fractions.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from scoring.model import (
    CAUSES,
    CauseGap,
    Checklist,
    Gap,
    Interval,
    Result,
    Score,
)
from scoring.outside import (
    CauseMatrix,
    MatrixCell,
    SecondReference,
    Statistics,
    Year,
)

TSR_CAUSES = (
    "virus_unauthorised_access",
    "misdisplay_missend",
    "loss_misdisposal",
    "illicit_removal_theft",
)
ZERO = Fraction(0)


def usable_years(statistics: Statistics) -> tuple[Year, ...]:
    """Years whose total and all four causes are published, oldest first."""
    return tuple(
        year for year in statistics.years if year.incidents is not None and all(year.cause(cause) is not None for cause in TSR_CAUSES)
    )


def cause_shares(years: Sequence[Year]) -> tuple[dict[str, Fraction], int]:
    """TSR cause → s_k over all given years pooled, and N. Raises ValueError for a year that is not usable."""
    counts = dict.fromkeys(TSR_CAUSES, 0)
    incidents = 0
    for year in years:
        found = {cause: year.cause(cause) for cause in TSR_CAUSES}
        if year.incidents is None or None in found.values():
            raise ValueError(f"{year.year}: total or a cause is not published")
        incidents += int(year.incidents.value)
        for cause, count in found.items():
            counts[cause] += count or 0
    if not incidents:
        raise ValueError("no year given, or no incidents in it")
    return {cause: Fraction(count, incidents) for cause, count in counts.items()}, incidents


def incident_gap(checklist: Checklist, result: Result, losses: Mapping[str, int], matrix: CauseMatrix, years: Sequence[Year]) -> Gap:
    """The gap of one sheet. `losses`: question → weight × (max − points), answered questions only (`losses()`)."""
    return sections_gap(checklist, dict(result.sections), losses, matrix, years)


def sections_gap(
    checklist: Checklist, scores: Mapping[str, Score], losses: Mapping[str, int], matrix: CauseMatrix, years: Sequence[Year]
) -> Gap:
    """`incident_gap`, of the scores by section: all of a result that it looks at."""
    shares, incidents = cause_shares(years)
    by_cause = _shares(matrix, tuple(years))
    parts = tuple(_cause_gap(cause, scores[cause], by_cause[cause]) for cause in CAUSES if cause in scores)
    unassigned = 1 - sum(shares.values(), ZERO)
    lost = {cause: _unmet(scores[cause], with_open=False) for cause in scores}
    worst = {cause: _unmet(scores[cause], with_open=True) for cause in scores}
    low = sum((s * _extreme(matrix, tsr, lost, best=True) for tsr, s in shares.items()), ZERO)
    high = sum((s * _extreme(matrix, tsr, worst, best=False) for tsr, s in shares.items()), ZERO)
    return Gap(
        years=tuple(year.year for year in years),
        incidents=incidents,
        covered=sum((part.covered for part in parts), ZERO),
        uncovered=sum((part.uncovered for part in parts), ZERO),
        open=sum((part.open for part in parts), ZERO),
        not_applicable=sum((part.not_applicable for part in parts), ZERO),
        unassigned=unassigned,
        low=low,
        high=high + unassigned * max((worst[cause] for cause in worst if cause in CAUSES), default=ZERO),
        causes=parts,
        by_question=tuple(
            (question.id, _scaled(part.share, Fraction(losses[question.id], scores[part.cause].total)))
            for part in parts
            for question in checklist.questions
            if question.section == part.cause and question.id in losses
        ),
    )


def _unmet(score: Score, *, with_open: bool) -> Fraction:
    """u_c: the part of a cause's points that is missing on answered questions (and on open ones)."""
    return Fraction(score.possible - score.earned - (0 if with_open else score.open), score.total)


def _cause_gap(cause: str, score: Score, share: Interval) -> CauseGap:
    part = share.central / score.total
    return CauseGap(
        cause=cause,
        share=share,
        uncovered=part * (score.possible - score.earned - score.open),
        open=part * score.open,
        not_applicable=part * (score.total - score.possible),
        covered=part * score.earned,
    )


def _scaled(interval: Interval, factor: Fraction) -> Interval:
    return Interval(interval.low * factor, interval.central * factor, interval.high * factor)


@lru_cache(maxsize=64)
def _shares(matrix: CauseMatrix, years: tuple[Year, ...]) -> dict[str, Interval]:
    """share_c of every cause: the same for all units and quarters that are held against the same figures."""
    shares, _ = cause_shares(years)
    return {cause: _share(matrix, shares, cause) for cause in CAUSES}


def _share(matrix: CauseMatrix, shares: Mapping[str, Fraction], cause: str) -> Interval:
    """share_c with the least and the most that the cell bounds allow while every row still adds to 1."""
    low = central = high = ZERO
    for tsr, s in shares.items():
        row = dict(dict(matrix.rows)[tsr])
        cell = row.get(cause)
        if cell is None:
            continue
        others = [other for name, other in row.items() if name != cause]
        low += s * max(cell.low, 1 - sum((other.high for other in others), ZERO))
        central += s * cell.central
        high += s * min(cell.high, 1 - sum((other.low for other in others), ZERO))
    return Interval(low, central, high)


def _extreme(matrix: CauseMatrix, tsr_cause: str, unmet: Mapping[str, Fraction], *, best: bool) -> Fraction:
    """Σ_c M[k][c]·u_c at its least (`best`) or most over the row's bounds: a fractional knapsack, so it is exact.

    Start from every low bound and hand the rest of the row out where it hurts least (or most)."""
    row: list[tuple[Fraction, MatrixCell]] = [(unmet.get(cause, ZERO), cell) for cause, cell in dict(matrix.rows)[tsr_cause]]
    rest = 1 - sum((cell.low for _, cell in row), ZERO)
    value = sum((cell.low * u for u, cell in row), ZERO)
    for u, cell in sorted(row, key=lambda pair: pair[0], reverse=not best):
        given = min(rest, cell.high - cell.low)
        value += given * u
        rest -= given
    return value


def rank_marks(gap: Gap, reference: SecondReference) -> dict[str, tuple[int, int]]:
    """Causes whose rank by share differs by two or more between TSR and the second reference: cause → both ranks.

    A cause without a published count of its own can at best stand behind every count that exceeds the unpublished
    rest, and a published count below the rest may have unpublished ones before it; only a difference that is certain
    is marked.
    """
    ours = [part.cause for part in sorted(gap.causes, key=lambda part: (-part.share.central, part.cause))]
    counts = dict(reference.counts)
    marks = {}
    for rank, cause in enumerate(ours, start=1):
        count = counts.get(cause, reference.rest)
        other = 1 + sum(1 for name, n in counts.items() if name != cause and n > count)
        certain = rank < other or (cause in counts and count >= reference.rest)
        if certain and abs(other - rank) >= 2:
            marks[cause] = (rank, other)
    return marks
