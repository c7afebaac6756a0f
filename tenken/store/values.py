"""What goes into the store and comes out of it. Nothing here knows SQL."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

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
