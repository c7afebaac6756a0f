"""What is known of one organisation while it is verified, and what does not hold in it."""

import json
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar

from scoring.errors import ContentError
from scoring.model import Checklist
from tenken.editions import content_of
from tenken.errors import NotFound
from tenken.store import Pins, Store
from tenken.store.proof import ChainLine, Raw

T = TypeVar("T")

PINNED = (("checklist", "checklist_hash"), ("statistics", "statistics_hash"), ("matrix", "matrix_hash"))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not hold: which row of which table, and a stable word for what is wrong with it."""

    table: str
    row: str
    what: str
    detail: str = ""


@dataclass(slots=True)
class Case:
    """What is known of one organisation while it is read."""

    store: Store
    lines: tuple[ChainLine, ...]
    periods: Mapping[int, Raw]
    seals: tuple[Raw, ...]
    whole: frozenset[str]
    of_sheet: Mapping[int | None, Sequence[ChainLine]]
    seal_of: Mapping[int | None, Sequence[Raw]]
    checklists: dict[str, Checklist] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: {"answers": 0, "seals": 0})
    unchecked: list[Fault] = field(default_factory=list)


def guarded(faults: Iterable[Fault], otherwise: Fault) -> Iterator[Fault]:
    """The faults; and one more where something is written in a way that no program of ours writes."""
    try:
        yield from faults
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        yield otherwise


def grouped(pairs: Iterable[tuple[Any, T]]) -> dict[Any, list[T]]:
    found: dict[Any, list[T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def checklist_of(case: Case, period: Raw, content_hash: str) -> Checklist | None:
    """The checklist with this hash; None when it is neither shipped nor kept whole."""
    if content_hash not in case.checklists:
        pins = Pins(*(period[column] for _, column in PINNED)) if period["checklist_hash"] else None
        if pins and not {pins.checklist, pins.statistics, pins.matrix} <= case.whole:
            return None
        try:
            found = content_of(case.store, pins).checklist
        except (ContentError, NotFound):
            return None
        case.checklists[found.content_hash] = found
    return case.checklists.get(content_hash)


def document(seals: Sequence[Raw], said: Mapping[str, Any] | None, of: str) -> Generator[Fault, None, Any]:
    """Gives the document of the one seal that there is to be, None without one; on the way to it, the faults."""
    if said is None:
        yield from (Fault("seal", str(seal["id"]), "inserted") for seal in seals)
        return None
    if not seals:
        yield Fault("seal", of, "missing")
        return None
    text = str(seals[0]["document"])
    if not sha256(text.encode(errors="replace")).hexdigest() == seals[0]["sha256"] == said.get("sha256"):
        yield Fault("seal", str(seals[0]["id"]), "changed")
        return None
    return json.loads(text)


def read_json(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def period_json(row: Raw) -> dict[str, Any]:
    return {"id": row["id"], "start": row["start_date"], "end": row["end_date"]} | {kind: row[column] for kind, column in PINNED}
