"""What stands on one sheet of a workbook, and how both sides, writing and reading, find it there.

Two hidden rows on top make a sheet readable wherever it ends up: MARKER and the names of the form with their values,
then the key of every column. Three hidden columns carry, for each question, its id, the log entry that was seen, and
marks of what was written, by which a row that nobody touched is known again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2s
from typing import Protocol

from scoring.model import Answer, Checklist, Question, Text

FORMAT = "1"
MARKER = "tenken-form"
NAMES = ("format", "unit", "period", "period_label", "checklist", "edition", "content", "lang")
VISIBLE = ("number", "question", "levels", "level", "reason", "note", "evidence", "dated", "state", "previous")
HIDDEN = ("id", "seen", "written")
ANSWER = ("level", "reason", "note", "evidence", "dated", "state")
KEPT_FILE = "-file"  # behind the marks of a row: its evidence is the name of a file that the store keeps
NO_QUESTION = "-"  # in the column of ids: a row that holds words only

CELL = 32_767  # letters that a cell can hold
LONGEST: Mapping[str, int] = {"reason": 500, "note": 5_000, "evidence": 1_000}  # as on the page of answers

Value = str | float | bool | datetime | date


class Named(Protocol):
    """The little that a form says of its unit; `code` is unique within the organisation."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> Text: ...


@dataclass(frozen=True, slots=True)
class SheetForm:
    """One unit's questions of one quarter, and what it has answered so far.

    `period` is the word that names the quarter in files, `period_label` what people call it. By question id: `answers`
    and `previous` (the quarter before), `seen` the id of the log entry behind an answer (0 or none: never answered),
    `reconfirm` the answers that were carried over and still want a look.
    """

    unit: Named
    period: str
    period_label: Text
    checklist: Checklist
    questions: tuple[Question, ...]
    answers: Mapping[str, Answer] = field(default_factory=dict)
    seen: Mapping[str, int] = field(default_factory=dict)
    reconfirm: frozenset[str] = frozenset()
    previous: Mapping[str, Answer] = field(default_factory=dict)


def carried(text: str) -> str:
    """`text` as a cell gives it back: line ends become line feeds, what XML cannot hold a sign for it, what is blank nothing."""
    if not text.strip():
        return ""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = lines.encode("utf-8", "replace").decode().replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
    return whole[:CELL]


def plain(value: Value) -> str:
    """What a cell holds, as text; a number or a day typed into a cell for text is read as it looks."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float | int):
        return str(int(value)) if value == value // 1 else str(value)
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return carried(value) if isinstance(value, str) else str(value)


@dataclass(frozen=True, slots=True)
class Marks:
    """Short hashes of a row's answer cells as they were written: the level, the reason, where evidence is, and the rest."""

    level: str
    reason: str
    link: str
    rest: str

    @classmethod
    def of(cls, level: str, reason: str, note: str, link: str, dated: str) -> "Marks":
        return cls(_mark(level), _mark(reason), _mark(link), _mark(note, dated))

    @classmethod
    def read(cls, text: str) -> "Marks | None":
        parts = text.removesuffix(KEPT_FILE).split("-")
        return cls(*parts) if len(parts) == 4 else None

    def __str__(self) -> str:
        return f"{self.level}-{self.reason}-{self.link}-{self.rest}"


def _mark(*texts: str) -> str:
    return blake2s("\0".join(texts).encode("utf-8", "replace"), digest_size=5).hexdigest()
