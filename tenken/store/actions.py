"""Corrective actions: what is to be done, and the append-only log of what happened to each."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update
from sqlalchemy import Row as SqlRow

from tenken.errors import Conflict, NotFound
from tenken.store import log, schema, trail
from tenken.store.database import Database, one
from tenken.store.units import unit
from tenken.store.values import Action, ActionDraft, ActionLine, ActionStatus

# What of a line goes into its digest, in this order; written down for the same reason as trail.ROW.
ROW = ("id", "action_id", "kind", "payload", "person_id", "identity", "at")

# Lines that gave an action its status.
MOVES = ("created", "open", "doing", "done", "dropped")

# What may change after it was decided; the rest says what was decided.
CHANGING = ("title", "owner", "due", "half_days", "yen", "status", "links")


class Actions(Database):
    """What is to be done about gaps."""

    def create_actions(self, root_id: int, period_id: int, drafts: Sequence[ActionDraft], *, person: str) -> tuple[Action, ...]:
        """Writes down actions of an organisation in one quarter, all or none. Raises NotFound('unit' | 'period')."""
        with self._write() as connection:
            sample = unit(connection, root_id).sample
            if one(connection, schema.period, "period", period_id).node_id != root_id:
                raise NotFound("period", id=period_id)
            for node_id in {draft.unit for draft in drafts}:
                if unit(connection, node_id).sample != sample:
                    raise NotFound("unit", id=node_id)
            author = self._author(connection, person)
            found, lines = [], []
            for draft in drafts:
                values = {"node_id": root_id, "period_id": period_id, "version": 1, **_columns(draft)}
                action_id = connection.execute(insert(schema.action).values(**values).returning(schema.action.c.id)).scalar_one()
                lines.append(_append(connection, action_id, "created", {"said": said(draft)}, author))
                found.append(Action(action_id, root_id, period_id, draft, 1, author.at, author.at))
            _in_chain(connection, root_id, lines, author)
            return tuple(found)

    def change_action(self, seen: Action, wanted: ActionDraft, *, person: str) -> Action:
        """Writes what `wanted` says of the fields that may change (CHANGING), a line for them and one for a new status.

        Raises Conflict('action_changed') when somebody changed the action since it was `seen`, NotFound('action')."""
        with self._write() as connection:
            stands = _locked(connection, seen.id)
            if stands.version != seen.version:
                raise Conflict("action_changed", theirs=stands, yours=wanted)
            now = replace(stands.said, **{name: getattr(wanted, name) for name in CHANGING})
            before, after = said(stands.said), said(now)
            changes = {name: [before[name], after[name]] for name in CHANGING if before[name] != after[name]}
            if not changes:
                return stands
            author, lines = self._author(connection, person), []
            if "status" in changes:
                lines.append(_append(connection, seen.id, now.status, {"status": changes.pop("status")}, author))
            if changes:
                lines.append(_append(connection, seen.id, "changed", changes, author))
            values = _columns(now) | {"version": seen.version + 1}
            connection.execute(update(schema.action).where(schema.action.c.id == seen.id).values(**values))
            _in_chain(connection, stands.root, lines, author)
            moved = author.at if now.status != stands.said.status else stands.moved
            return replace(stands, said=now, version=seen.version + 1, moved=moved)

    def comment_action(self, action_id: int, text: str, *, person: str) -> ActionLine:
        """A comment, which changes nothing of the action. Raises NotFound('action')."""
        with self._write() as connection:
            stands, author = _locked(connection, action_id), self._author(connection, person)
            row = _append(connection, action_id, "commented", {"text": text}, author)
            _in_chain(connection, stands.root, [row], author)
            return ActionLine(row["id"], action_id, "commented", {"text": text}, person, log.IDENTITY, author.at)

    def action(self, action_id: int) -> Action:
        """Raises NotFound('action')."""
        with self._read() as connection:
            return _locked(connection, action_id, lock=False)

    def actions(
        self,
        root_id: int,
        *,
        units: Collection[int] | None = None,
        statuses: Collection[ActionStatus] | None = None,
        questions: Collection[str] | None = None,
    ) -> tuple[Action, ...]:
        """The actions of an organisation, of whatever quarter, oldest first; of some units, statuses, questions only."""
        table = schema.action
        of = [table.c.node_id == root_id]
        for column, wanted in ((table.c.unit_id, units), (table.c.status, statuses), (table.c.question_id, questions)):
            if wanted is not None:
                of.append(column.in_(wanted))
        with self._read() as connection:
            return tuple(_action(row) for row in connection.execute(_actions().where(*of).order_by(table.c.id)))

    def action_history(self, action_id: int) -> tuple[ActionLine, ...]:
        """What happened to an action, comments too, newest first."""
        return self.action_histories([action_id])[action_id]

    def action_histories(self, action_ids: Collection[int]) -> dict[int, tuple[ActionLine, ...]]:
        """`action_history` of many actions at once."""
        table = schema.action_log
        wanted = select(table, schema.person.c.name).join_from(table, schema.person).where(table.c.action_id.in_(action_ids))
        found: dict[int, list[ActionLine]] = {action_id: [] for action_id in action_ids}
        with self._read() as connection:
            for row in connection.execute(wanted.order_by(table.c.id.desc())):
                found[row.action_id].append(_line(row))
        return {action_id: tuple(lines) for action_id, lines in found.items()}


def said(draft: ActionDraft) -> dict[str, Any]:
    """An action's words as JSON."""
    return {
        "unit": draft.unit, "question": draft.question, "title": draft.title, "source": draft.source, "owner": draft.owner,
        "due": draft.due.isoformat() if draft.due else None, "half_days": draft.half_days, "yen": draft.yen,
        "from_level": draft.from_level, "to_level": draft.to_level, "promise": dict(draft.promise), "status": draft.status,
        "links": list(draft.links),
    }  # fmt: skip


def row_digest(row: Mapping[str, Any]) -> str:
    """SHA-256 over a line of the log of actions, as the database gives it or as it is written."""
    return sha256(trail.canonical([row[name] for name in ROW])).hexdigest()


def _append(connection: Connection, action_id: int, kind: str, payload: Mapping[str, Any], author: log.Author) -> dict[str, Any]:
    row = {
        "action_id": action_id,
        "kind": kind,
        "payload": trail.canonical(dict(payload)).decode(),
        "person_id": author.id,
        "identity": log.IDENTITY,
        "at": author.stamp,
    }
    statement = insert(schema.action_log).values(**row).returning(schema.action_log.c.id)
    return {"id": connection.execute(statement).scalar_one(), **row}


def _in_chain(connection: Connection, root_id: int, rows: Sequence[Mapping[str, Any]], author: log.Author) -> None:
    """The line of the audit log for lines that were just written."""
    if not rows:
        return
    payload = {
        "actions": sorted({row["action_id"] for row in rows}),
        "lines": [row["id"] for row in rows],
        "kinds": sorted({row["kind"] for row in rows}),
        "sha256": trail.digest([row_digest(row) for row in rows]),
    }
    trail.append(connection, root_id, "actions", payload, author)


def _actions() -> Select[*tuple[Any, ...]]:
    """Actions with the days on which they were decided and last moved."""
    lines = schema.action_log
    ids = (
        select(lines.c.action_id, func.min(lines.c.id).label("first"), func.max(lines.c.id).label("last"))
        .where(lines.c.kind.in_(MOVES))
        .group_by(lines.c.action_id)
        .subquery()
    )
    first, last = lines.alias("first_line"), lines.alias("last_line")
    return (
        select(schema.action, first.c.at.label("decided"), last.c.at.label("moved"))
        .join_from(schema.action, ids, ids.c.action_id == schema.action.c.id)
        .join(first, first.c.id == ids.c.first)
        .join(last, last.c.id == ids.c.last)
    )


def _locked(connection: Connection, action_id: int, *, lock: bool = True) -> Action:
    """The action as it stands, for whoever changes it kept from others until the transaction ends."""
    if lock:  # of the action's own row: a join with sums cannot be locked
        connection.execute(select(schema.action.c.id).where(schema.action.c.id == action_id).with_for_update()).one_or_none()
    found = connection.execute(_actions().where(schema.action.c.id == action_id)).one_or_none()
    if found is None:
        raise NotFound("action", id=action_id)
    return _action(found)


def _columns(draft: ActionDraft) -> dict[str, Any]:
    return {
        "unit_id": draft.unit, "question_id": draft.question, "source": draft.source, "title": draft.title, "owner": draft.owner,
        "due_date": draft.due, "half_days": draft.half_days, "yen": draft.yen, "from_level": draft.from_level, "to_level": draft.to_level,
        "status": draft.status, "links": json.dumps(draft.links, ensure_ascii=False), "promise": json.dumps(dict(draft.promise)),
    }  # fmt: skip


def _action(row: SqlRow[Any]) -> Action:
    due: date | None = row.due_date
    draft = ActionDraft(
        row.unit_id, row.question_id, row.title, row.source, row.owner, due, row.half_days, row.yen, row.from_level, row.to_level,
        json.loads(row.promise), row.status, tuple(json.loads(row.links)),
    )  # fmt: skip
    decided, moved = datetime.fromisoformat(row.decided), datetime.fromisoformat(row.moved)
    return Action(row.id, row.node_id, row.period_id, draft, row.version, decided, moved)


def _line(row: SqlRow[Any]) -> ActionLine:
    payload = json.loads(row.payload)
    return ActionLine(row.id, row.action_id, row.kind, payload, row.name, row.identity, datetime.fromisoformat(row.at))
