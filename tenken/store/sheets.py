"""The sheet row: its lock, its levels, and the quarter that it lies in."""

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from scoring.model import Checklist
from tenken.errors import Closed, NotFound
from tenken.store import log, schema
from tenken.store.levels import encode
from tenken.store.values import Sheet

# What every save runs, built once: building costs more than running. Locks are for PostgreSQL; SQLite has no rows to
# lock, there the whole transaction holds the write lock.
_LOCKED = (
    select(schema.sheet)
    .where(schema.sheet.c.id == bindparam("sheet_id"), schema.sheet.c.checklist_id == bindparam("checklist_id"))
    .with_for_update()
)
_STATE = select(schema.period.c.state).where(schema.period.c.id == bindparam("period_id")).with_for_update(read=True)
_PUT = (
    update(schema.sheet)
    .where(schema.sheet.c.id == bindparam("sheet_id"))
    .values({name: bindparam(name) for name in ("edition", "content_hash", "levels", "version", "profile")})
)


def lock(connection: Connection, sheet_id: int, checklist: Checklist) -> tuple[Sheet, bytes]:
    """The sheet and its levels in the checklist's order, nobody else's to write until the transaction ends."""
    found = connection.execute(_LOCKED, {"sheet_id": sheet_id, "checklist_id": checklist.id}).one_or_none()
    if found is None:
        raise NotFound("sheet", id=sheet_id)
    open_period(connection, found.period_id)
    if found.content_hash == checklist.content_hash:
        return value(found), bytes(found.levels)
    levels = encode(checklist, {question: entry.choice for question, entry in log.newest(connection, sheet_id).items()})
    followed = replace(value(found), edition=checklist.edition, content_hash=checklist.content_hash)
    return put(connection, followed, levels), levels


def put(connection: Connection, changed: Sheet, levels: bytes) -> Sheet:
    """Writes the sheet as it is now; returns it with its next version."""
    profile = None if changed.profile is None else json.dumps(changed.profile, sort_keys=True)
    written = replace(changed, version=changed.version + 1)
    values = {
        "edition": changed.edition,
        "content_hash": changed.content_hash,
        "levels": levels,
        "version": written.version,
        "profile": profile,
    }
    connection.execute(_PUT, {"sheet_id": changed.id} | values)
    return written


def open_period(connection: Connection, period_id: int) -> None:
    """Keeps the quarter from being closed until the transaction ends. Raises NotFound, Closed."""
    state = connection.execute(_STATE, {"period_id": period_id}).scalar_one_or_none()
    if state is None:
        raise NotFound("period", id=period_id)
    if state != "open":
        raise Closed("period_closed", period=period_id)


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
    )
