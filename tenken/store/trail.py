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

from sqlalchemy import Connection, Row, bindparam, insert, select

from tenken.store import log, schema
from tenken.store.values import KeptFile, Sheet

START = ""

# Nothing of the node changes, so that others may go on referring to it. SQLite needs no lock: its writers come one by one.
_ROOT_LOCK = select(schema.node.c.id).where(schema.node.c.id == bindparam("root")).with_for_update(key_share=True)
_LAST = (
    select(schema.trail.c.seq, schema.trail.c.hash)
    .where(schema.trail.c.node_id == bindparam("root"))
    .order_by(schema.trail.c.seq.desc())
    .limit(1)
)
_APPEND = insert(schema.trail)

# What of a log row goes into its digest, in this order: everything, the words too. Written down, not taken from the table: a column
# that is added one day must not change what old rows come to.
ROW = (
    "id", "sheet_id", "question_id", "choice", "reason", "note", "evidence_link", "evidence_dated", "by_profile", "person_id",
    "identity", "origin", "at", "undoes", "evidence_file", "since",
)  # fmt: skip

# How many signs of each row's digest a line keeps beside the digest of all: enough to say which of them has changed.
SIGNS = 8

COVERING = ("answers", "adopted")
"""The actions whose lines stand for rows of the answer log; `adopted` ones for those from before there was a chain."""


def append(connection: Connection, root: int, action: str, payload: Mapping[str, Any], author: log.Author, sheet: int | None = None) -> str:
    """One more line of the organisation's chain; returns its hash. Others who write for the same organisation wait."""
    if connection.dialect.name != "sqlite":
        connection.execute(_ROOT_LOCK, {"root": root})
    last = connection.execute(_LAST, {"root": root}).one_or_none()
    line = {
        "node_id": root,
        "seq": last.seq + 1 if last else 1,
        "sheet_id": sheet,
        "action": action,
        "payload": canonical(dict(payload)).decode(),
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
    return sha256(canonical([before, *(line[name] for name in names)])).hexdigest()


def answers(connection: Connection, root: int, sheet: Sheet, rows: Sequence[Mapping[str, Any]], author: log.Author) -> str:
    """The line for rows of the answer log that were just written for one sheet (consecutive for that sheet)."""
    return append(connection, root, "answers", covering(rows, sheet.unit, sheet.period), author, sheet.id)


def covering(rows: Sequence[Mapping[str, Any]], unit: int, period: int) -> dict[str, Any]:
    """What a line says of log rows of one sheet: which, whose, and their digest. Of several, the first signs of each row's."""
    ids, digests = [row["id"] for row in rows], [row_digest(row) for row in rows]
    said = {"first": ids[0], "last": ids[-1], "rows": len(ids), "sha256": digest(digests), "unit": unit, "period": period}
    if len(ids) > 1:
        said["each"] = [found[:SIGNS] for found in digests]
    return said if ids[-1] - ids[0] + 1 == len(ids) else said | {"ids": ids}


def digest(digests: Sequence[str]) -> str:
    """SHA-256 over the digests of rows."""
    return sha256("".join(digests).encode()).hexdigest()


def row_digest(row: Mapping[str, Any]) -> str:
    """SHA-256 over a row of the answer log, as the database gives it or as it is written."""
    return sha256(canonical([plain(name, row[name]) for name in ROW])).hexdigest()


def file_digest(file: KeptFile) -> str:
    """SHA-256 over what is known of a file of evidence: under which token, which name, it was brought."""
    return sha256(canonical([file.token, file.sha256, file.name, file.media_type, file.size])).hexdigest()


def plain(name: str, value: Any) -> Any:
    """A column's value as JSON: databases give days and truth values in words of their own."""
    if name == "by_profile" and value in (0, 1):
        return bool(value)
    return value.isoformat() if isinstance(value, date) else value


def canonical(value: Any) -> bytes:
    """Canonical JSON (RFC 8785) of what stands in a chain: no fractions, ASCII names, so that the C encoder gives the same bytes. What a
    database should never hold becomes words that no hash was made of."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=repr).encode(errors="replace")


def payload(row: Row[Any]) -> dict[str, Any]:
    """What a line of the chain is about."""
    found: dict[str, Any] = json.loads(row.payload)
    return found
