"""What goes into the store and comes out of it. Nothing here knows SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from scoring.model import Answer, Evidence, Owner, Text
from scoring.units import UnitKind

Origin = Literal["person", "profile", "sample", "undo", "carried", "confirmed", "import"]
SheetState = Literal["draft", "submitted", "returned", "approved", "sealed"]
Role = Literal["respondent", "approver", "office", "auditor", "board", "administrator"]
ContentKind = Literal["checklist", "statistics", "matrix"]
ActionStatus = Literal["open", "doing", "done", "dropped"]
ActionSource = Literal["gap", "plan", "scenario", "finding", "incident"]
ActionKind = Literal["created", "changed", "commented", "open", "doing", "done", "dropped"]

# Who makes a state what it is: all that is not worked out or invented.
HUMAN: tuple[Origin, ...] = ("person", "undo", "confirmed", "import")


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A unit as it is to be, by codes: `parent` is the code of the unit above, empty only for the root."""

    code: str
    parent: str
    kind: UnitKind
    name: Text
    reporting: bool
    headcount: int | None = None
    owners: tuple[Owner, ...] = ()
    weight: int = 1
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Pins:
    """The content that a quarter is judged by, by its hashes (`Store.content`)."""

    checklist: str
    statistics: str
    matrix: str


@dataclass(frozen=True, slots=True)
class Period:
    """One quarter of one organisation (`root`), both days included. `pins` are None before the quarter is opened
    by somebody: it is then judged by what is shipped. `fiscal_start`: the month in which its fiscal year began."""

    id: int
    root: int
    start: date
    end: date
    state: Literal["open", "closed"]
    due: date | None = None
    fiscal_start: int = 4
    pins: Pins | None = None


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
    profile: dict[str, bool] | None = field(hash=False)
    state: SheetState = "draft"


@dataclass(frozen=True, slots=True)
class Row:
    """A sheet without words, for many at once: bytes in the order of the checklist that `content_hash` names (levels.py)."""

    sheet: int
    unit: int
    period: int
    state: SheetState
    content_hash: str
    levels: bytes
    dated: bytes
    marks: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the answer log, never changed again. `choice` None: the answer was withdrawn.

    `id` gives the order (the clock does not); `undoes` is the id of the entry that an undo took back; `since` is when
    somebody last answered it, of an answer that was carried over.
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
    since: datetime | None = None

    @property
    def carried(self) -> bool:
        """Whether it comes from an earlier quarter and nobody has looked at it in this one; `since` says how old it is."""
        return self.origin == "carried"

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


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by the name they gave; `roles`: (role, unit id), for the unit and all below it."""

    id: int
    name: str
    roles: tuple[tuple[Role, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit log that people read: not an answer, but what happened to a sheet, a quarter, the units."""

    seq: int
    action: str
    sheet: int | None
    payload: Mapping[str, Any]
    person: str
    identity: str
    at: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class Seal:
    """What a sheet or a quarter said when it was sealed: canonical JSON, and its SHA-256 in hex."""

    document: str
    sha256: str

    @property
    def short(self) -> str:
        """The twelve signs that are printed."""
        return self.sha256[:12]


@dataclass(frozen=True, slots=True)
class Settled:
    """A JSON value that was settled for a unit; `version` 0: never. The value may be None again: cleared."""

    value: Any = field(hash=False)
    version: int


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """What a corrective action says: what is to be done at which unit by whom until when.

    `from_level`, `to_level`: places on the checklist's scale, None where no question is meant, or (`from_level`) where it was
    unknown or open. `promise`: what it was to bring when it was decided, as exact fractions in words: {'gap': '1/90', 'loss':
    '1/120', 'statistics': edition, 'of': id of the node whose index it takes this off}; empty when it promises nothing.
    """

    unit: int
    question: str | None
    title: str
    source: ActionSource
    owner: str = ""
    due: date | None = None
    half_days: int = 0
    yen: int = 0
    from_level: int | None = None
    to_level: int | None = None
    promise: Mapping[str, str] = field(default_factory=dict, hash=False)
    status: ActionStatus = "open"
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """A corrective action as it stands. `root` and `period` are ids: its organisation, and the quarter in which it was decided;
    `decided`: when it was written down, `moved`: when its status last changed; `version` grows with every change."""

    id: int
    root: int
    period: int
    said: ActionDraft
    version: int
    decided: datetime
    moved: datetime


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One line of the log of actions, never changed again. `payload`: {'said': all of it} when created, {field: [before,
    after]} when changed or moved to another status, {'text': …} of a comment."""

    id: int
    action: int
    kind: ActionKind
    payload: Mapping[str, Any] = field(hash=False)
    person: str
    identity: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of evidence: `token` names it in addresses, `sha256` on the disk."""

    token: str
    sha256: str
    name: str
    media_type: str
    size: int
