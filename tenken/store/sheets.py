"""The sheet row: its lock, its bytes, and the quarter that it lies in."""

import json
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from scoring.model import Checklist
from tenken.errors import Closed, NotFound
from tenken.store import log, schema
from tenken.store.levels import Blobs, encode
from tenken.store.values import Sheet, SheetState

# States in which answers may change.
WRITABLE: tuple[SheetState, ...] = ("draft", "returned")

# What every save runs, built once: building costs more than running. Locks are for PostgreSQL; SQLite has no rows to
# lock, there the whole transaction holds the write lock.
_LOCKED = (
    select(schema.sheet)
    .where(schema.sheet.c.id == bindparam("sheet_id"), schema.sheet.c.checklist_id == bindparam("checklist_id"))
    .with_for_update()
)
_STATE = (
    select(schema.period.c.state, schema.period.c.node_id).where(schema.period.c.id == bindparam("period_id")).with_for_update(read=True)
)
_PUT = (
    update(schema.sheet)
    .where(schema.sheet.c.id == bindparam("sheet_id"))
    .values({name: bindparam(name) for name in ("edition", "content_hash", "levels", "dated", "marks", "version", "profile", "state")})
)


@dataclass(frozen=True, slots=True)
class Locked:
    """A sheet that nobody else can write until the transaction ends; `root`: whose chain it belongs to."""

    sheet: Sheet
    blobs: Blobs
    root: int


def lock(connection: Connection, sheet_id: int, checklist: Checklist, states: tuple[SheetState, ...] = WRITABLE) -> Locked:
    """The sheet and its bytes in the checklist's order. Raises NotFound, Closed for its quarter or in another state."""
    found = connection.execute(_LOCKED, {"sheet_id": sheet_id, "checklist_id": checklist.id}).one_or_none()
    if found is None:
        raise NotFound("sheet", id=sheet_id)
    root = open_period(connection, found.period_id)
    if found.state not in states:
        raise Closed(f"sheet_{found.state}", sheet=sheet_id)
    if found.content_hash == checklist.content_hash:
        return Locked(value(found), Blobs(bytes(found.levels), bytes(found.dated), bytes(found.marks)), root)
    blobs = encode(checklist, log.newest(connection, sheet_id).values())
    followed = replace(value(found), edition=checklist.edition, content_hash=checklist.content_hash)
    return Locked(put(connection, followed, blobs), blobs, root)


def put(connection: Connection, changed: Sheet, blobs: Blobs) -> Sheet:
    """Writes the sheet as it is now; returns it with its next version."""
    profile = None if changed.profile is None else json.dumps(changed.profile, sort_keys=True)
    written = replace(changed, version=changed.version + 1)
    values = {
        "edition": changed.edition,
        "content_hash": changed.content_hash,
        "levels": blobs.levels,
        "dated": blobs.dated,
        "marks": blobs.marks,
        "version": written.version,
        "profile": profile,
        "state": changed.state,
    }
    connection.execute(_PUT, {"sheet_id": changed.id} | values)
    return written


def open_period(connection: Connection, period_id: int) -> int:
    """Keeps the quarter from being closed until the transaction ends; returns its organisation. Raises NotFound, Closed."""
    found = connection.execute(_STATE, {"period_id": period_id}).one_or_none()
    if found is None:
        raise NotFound("period", id=period_id)
    if found.state != "open":
        raise Closed("period_closed", period=period_id)
    return int(found.node_id)


def place(unit_id: int, period_id: int, checklist_id: str) -> tuple[Any, ...]:
    return (
        schema.sheet.c.node_id == unit_id,
        schema.sheet.c.period_id == period_id,
        schema.sheet.c.checklist_id == checklist_id,
    )


def value(row: Row[Any]) -> Sheet:
    profile = None if row.profile is None else json.loads(row.profile)
    return Sheet(
        row.id,
        row.node_id,
        row.period_id,
        row.checklist_id,
        row.edition,
        row.content_hash,
        row.version,
        profile,
        row.state,
    )
