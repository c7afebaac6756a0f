"""What happened outside: published figures with their sources, and how they are read against our causes.

Frozen dataclasses and tuples only, as in scoring.model.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from scoring.model import Text


@dataclass(frozen=True, slots=True)
class Source:
    """One page that a figure was read from."""

    id: str
    publisher: str
    title: str
    url: str
    published: str
    note: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure as printed: never interpolated, never computed. `period` is a year, fiscal or half year."""

    dataset: str
    period: str
    dimension: str
    category: str
    measure: str
    value: int | Fraction
    unit: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Largest:
    """One of the largest incidents of a year, as reported (persons may be approximate: `qualifier`)."""

    year: int
    organisation: Text
    persons: int
    qualifier: Literal["exact", "about", "up_to"]
    cause: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """TSR's figures of one calendar year; None or a missing category means: not published in what was read."""

    year: int
    incidents: Figure | None
    companies: Figure | None
    persons: Figure | None
    causes: tuple[tuple[str, Figure], ...]
    media: tuple[tuple[str, Figure], ...]
    industries: tuple[tuple[str, Figure], ...]
    size_bands: tuple[tuple[str, Figure], ...]

    def cause(self, cause_id: str) -> int | None:
        figure = dict(self.causes).get(cause_id)
        return None if figure is None else int(figure.value)

    @property
    def unassigned(self) -> int | None:
        """Incidents without a published cause; None when the year's total is not published."""
        if self.incidents is None:
            return None
        return int(self.incidents.value) - sum(int(figure.value) for _, figure in self.causes)


@dataclass(frozen=True, slots=True)
class Statistics:
    """TSR and secondary series with their sources. `years` runs without a hole from first to last."""

    edition: str
    gathered: date
    coverage: Text
    limits: tuple[Text, ...]
    labels: tuple[tuple[str, Text], ...]
    years: tuple[Year, ...]
    figures: tuple[Figure, ...]
    secondary: tuple[Figure, ...]
    largest: tuple[Largest, ...]
    sources: tuple[Source, ...]

    def year(self, year: int) -> Year:
        return next(y for y in self.years if y.year == year)

    def source(self, source_id: str) -> Source:
        return next(s for s in self.sources if s.id == source_id)

    def label(self, key: str) -> Text:
        """The words for a category id, for example `virus_unauthorised_access`."""
        return dict(self.labels)[key]


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Which part of a TSR cause comes through one of ours: low ≤ central ≤ high, exact fractions of 1."""

    low: Fraction
    central: Fraction
    high: Fraction
    judgement: bool
    reason: Text


@dataclass(frozen=True, slots=True)
class CauseMatrix:
    """TSR cause → our cause. An assumption: rows add to 1, Σ low ≤ 1 ≤ Σ high (docs/scoring.md, 4)."""

    edition: str
    rows: tuple[tuple[str, tuple[tuple[str, MatrixCell], ...]], ...]

    def cell(self, tsr_cause: str, cause: str) -> MatrixCell | None:
        return dict(dict(self.rows)[tsr_cause]).get(cause)


@dataclass(frozen=True, slots=True)
class SecondReference:
    """PPC report counts mapped to our causes (an assumption with a reason), for the order of causes only.

    `rest` counts the reports whose cause is not published: no cause outside `counts` can exceed it, among the
    reports whose origin (own or contractor) is published at all.
    """

    counts: tuple[tuple[str, int], ...]
    rest: int
    period: str
    sources: tuple[str, ...]
    reason: Text


@dataclass(frozen=True, slots=True)
class Controls:
    """The security controls that questions and casebook steps may name, and the kinds that count for less."""

    labels: tuple[tuple[str, Text], ...]
    detect_or_limit: tuple[str, ...]
    supplier: tuple[str, ...]
    administrative: tuple[str, ...]
