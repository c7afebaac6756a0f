"""Corrective actions: every line of their log is the one that the chain speaks of, and every action is what its log says."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tenken.store import trail
from tenken.store.actions import row_digest
from tenken.store.proof import ChainLine, Raw
from tenken.verify.case import Fault, grouped, read_json

# What an action says: the field of its log, and the column that holds it.
COLUMNS: Mapping[str, str] = {
    "unit": "unit_id", "question": "question_id", "title": "title", "source": "source", "owner": "owner", "due": "due_date",
    "half_days": "half_days", "yen": "yen", "from_level": "from_level", "to_level": "to_level", "status": "status",
}  # fmt: skip
AS_JSON = ("links", "promise")


def action_faults(lines: Sequence[ChainLine], log: Sequence[Raw], actions: Sequence[Raw]) -> Iterator[Fault]:
    """What was changed, deleted or inserted past the store."""
    rows, spoken = {row["id"]: row for row in log}, set[int]()
    for line in lines:
        if line.action != "actions" or line.said is None:
            continue
        ids = line.said["lines"]
        spoken.update(ids)
        missing = [each for each in ids if each not in rows]
        yield from (Fault("action_log", str(each), "missing") for each in missing)
        if not missing and trail.digest([row_digest(rows[each]) for each in ids]) != line.said["sha256"]:
            yield Fault("action_log", str(ids[0]), "changed")
    yield from (Fault("action_log", str(row), "inserted") for row in rows if row not in spoken)
    by_action = grouped((row["action_id"], row) for row in log)
    there = {row["id"] for row in actions}
    yield from (Fault("action", str(each), "missing") for each in by_action if each not in there)
    for row in actions:
        if row["id"] not in by_action:
            yield Fault("action", str(row["id"]), "inserted")
        elif _said(by_action[row["id"]]) != _stands(row):
            yield Fault("action", str(row["id"]), "changed")


def _said(log: Sequence[Raw]) -> dict[str, Any]:
    """What the lines of one action come to, oldest first."""
    found: dict[str, Any] = {}
    for row in log:
        payload = read_json(row["payload"])
        if row["kind"] == "created":
            found = dict(payload["said"])
        elif row["kind"] != "commented":
            found |= {name: after for name, (_before, after) in payload.items()}
    return found


def _stands(row: Raw) -> dict[str, Any]:
    return {name: row[column] for name, column in COLUMNS.items()} | {name: read_json(row[name]) for name in AS_JSON}
