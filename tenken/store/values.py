"""What goes into the store and comes out of it, and the arithmetic of quarters. Nothing here knows SQL."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from scoring.model import Answer, Evidence, Text

Origin = Literal["person", "profile", "sample", "undo"]


@dataclass(frozen=True, slots=True)
class Unit:
    """One node of the organisation's tree; `parent` is None at a root."""

    id: int
    parent: int | None
    kind: str
    name: Text
    reporting: bool
    sample: bool


@dataclass(frozen=True, slots=True)
class Period:
    """One quarter, both days included. `statistics` and `matrix` are the editions pinned to it, None before that."""

    id: int
    start: date
    end: date
    state: Literal["open", "closed"]
    statistics: str | None
    matrix: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One unit's answers to one checklist in one quarter. `version` grows with every change to it.

    `unit` and `period` are ids; `profile` holds the facts of the applicability profile, None before it is asked.
    """

    id: int
    unit: int
    period: int
    checklist_id: str
    edition: str
    content_hash: str
    version: int
    profile: dict[str, bool] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the answer log, never changed again. `choice` None: the answer was withdrawn.

    `id` gives the order (the clock does not); `undoes` is the id of the entry that an undo took back.
    """

    id: int
    question: str
    choice: str | None
    reason: str
    note: str
    evidence: Evidence | None
    by_profile: bool
    person: str
    identity: str
    origin: Origin
    at: datetime
    undoes: int | None = None

    @property
    def answer(self) -> Answer | None:
        """The answer that this entry states; None when it withdraws one."""
        if self.choice is None:
            return None
        return Answer(self.choice, self.reason, self.note, self.evidence, self.by_profile)


@dataclass(frozen=True, slots=True)
class Saved:
    """Proof that an entry is on disk; `version` is the sheet's version with it."""

    entry: Entry
    version: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """What `Store.ready` found; `free_bytes` is None where the database lies on another machine."""

    schema: str
    writable: Literal[True]
    free_bytes: int | None


class Quarter(NamedTuple):
    """`number` 1..4 of the fiscal year that began in the calendar year `fiscal_year`; both days included."""

    fiscal_year: int
    number: int
    start: date
    end: date


def quarter_of(day: date, fiscal_start_month: int = 4) -> Quarter:
    """The quarter that holds `day` when fiscal years begin in `fiscal_start_month` (1..12)."""
    into_year = (day.month - fiscal_start_month) % 12
    fiscal_year = day.year if day.month >= fiscal_start_month else day.year - 1
    start = _first_day(day.year, day.month - into_year % 3)
    return Quarter(fiscal_year, into_year // 3 + 1, start, _first_day(start.year, start.month + 3) - timedelta(days=1))


def _first_day(year: int, month: int) -> date:
    """The first of a month that may lie outside 1..12, counted on into the next or previous year."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
