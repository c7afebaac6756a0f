"""The audit log of an organisation as a hash chain.

    hash = SHA-256(canonical JSON of [hash before, organisation, seq, sheet, action, payload, person id, identity, at])

Canonical JSON is RFC 8785; the first line's hash before is empty. Answers stand in it by the digest of their log rows, people by
their id: names are kept apart, so that they can be taken away without breaking the chain.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

import rfc8785
from sqlalchemy import Connection, Row, bindparam, insert, select

from tenken.store import log, schema

START = ""

_ROOT_LOCK = select(schema.node.c.id).where(schema.node.c.id == bindparam("root")).with_for_update()
_LAST = (
    select(schema.trail.c.seq, schema.trail.c.hash)
    .where(schema.trail.c.node_id == bindparam("root"))
    .order_by(schema.trail.c.seq.desc())
    .limit(1)
)
_APPEND = insert(schema.trail)

# What of a log row goes into its digest: everything, the words too.
ROW = tuple(column.name for column in schema.answer_log.c)


def append(connection: Connection, root: int, action: str, payload: Mapping[str, Any], author: log.Author, sheet: int | None = None) -> str:
    """One more line of the organisation's chain; returns its hash. Others who write for the same organisation wait."""
    connection.execute(_ROOT_LOCK, {"root": root})
    last = connection.execute(_LAST, {"root": root}).one_or_none()
    line = {
        "node_id": root,
        "seq": last.seq + 1 if last else 1,
        "sheet_id": sheet,
        "action": action,
        "payload": rfc8785.dumps(dict(payload)).decode(),
        "person_id": author.id,
        "identity": log.IDENTITY,
        "at": author.stamp,
    }
    line["hash"] = line_hash(last.hash if last else START, line)
    connection.execute(_APPEND, line)
    return str(line["hash"])


def line_hash(before: str, line: Mapping[str, Any]) -> str:
    """The hash of one line (its columns by name) after the line whose hash is `before`."""
    names = ("node_id", "seq", "sheet_id", "action", "payload", "person_id", "identity", "at")
    return sha256(rfc8785.dumps([before, *(line[name] for name in names)])).hexdigest()


def answers(connection: Connection, root: int, sheet: int, rows: Sequence[Mapping[str, Any]], author: log.Author) -> str:
    """The line for rows of the answer log that were just written for one sheet (consecutive for that sheet)."""
    payload = {"first": rows[0]["id"], "last": rows[-1]["id"], "rows": len(rows), "sha256": digest(rows)}
    return append(connection, root, "answers", payload, author, sheet)


def digest(rows: Sequence[Mapping[str, Any] | Row[Any]]) -> str:
    """SHA-256 over rows of the answer log, every column of them."""
    plain = [[_plain(row[name] if isinstance(row, Mapping) else getattr(row, name)) for name in ROW] for row in rows]
    return sha256(rfc8785.dumps(plain)).hexdigest()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def payload(row: Row[Any]) -> dict[str, Any]:
    """What a line of the chain is about."""
    found: dict[str, Any] = json.loads(row.payload)
    return found
