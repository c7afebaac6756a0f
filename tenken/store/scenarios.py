"""Scenarios: answers changed on a copy, kept under a name. Never an answer; every write is a line of the chain."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from scoring.whatif import RULES, Assumption
from tenken.errors import Conflict, NotFound
from tenken.store import log, schema, trail
from tenken.store.database import Database, insert_missing, one
from tenken.store.units import unit
from tenken.store.values import Scenario

SCENARIO_LETTERS = 100
_ALL = select(schema.scenario, schema.person.c.name.label("person")).join_from(schema.scenario, schema.person)


class Scenarios(Database):
    """Scenarios by unit; the name is unique in a unit's quarter."""

    def scenarios(self, unit_id: int) -> tuple[Scenario, ...]:
        """All scenarios of a unit, of every quarter, oldest first."""
        wanted = _ALL.where(schema.scenario.c.unit_id == unit_id).order_by(schema.scenario.c.id)
        with self._read() as connection:
            return tuple(_value(row) for row in connection.execute(wanted))

    def add_scenario(
        self, root_id: int, unit_id: int, period_id: int, name: str, assumptions: Sequence[Assumption], *, proven: bool, person: str
    ) -> Scenario:
        """Keeps a new scenario. Raises Conflict: 'scenario_name', 'scenario_exists', 'scenario_empty'; NotFound: 'unit', 'period'."""
        called = _called(name, assumptions)
        with self._write() as connection:
            unit(connection, unit_id)
            one(connection, schema.period, "period", period_id)
            author = self._author(connection, person)
            text = _text(assumptions, proven=proven)
            place = {"node_id": root_id, "unit_id": unit_id, "period_id": period_id, "name": called}
            if not insert_missing(connection, schema.scenario, **place, changes=text, person_id=author.id, at=author.stamp, version=1):
                raise Conflict("scenario_exists", name=called)
            at = schema.scenario.c
            scenario_id = connection.execute(
                select(at.id).where(at.unit_id == unit_id, at.period_id == period_id, at.name == called)
            ).scalar_one()
            return _logged(connection, "scenario_added", scenario_id, author)

    def change_scenario(self, seen: Scenario, name: str, assumptions: Sequence[Assumption], *, proven: bool, person: str) -> Scenario:
        """Another name, other assumptions, or both. Raises Conflict: 'scenario_changed' when it is not as it was `seen`,
        'scenario_name', 'scenario_exists', 'scenario_empty'; NotFound('scenario')."""
        called = _called(name, assumptions)
        with self._write() as connection:
            _unchanged(connection, seen)
            at = schema.scenario.c
            taken = select(at.id).where(at.unit_id == seen.unit, at.period_id == seen.period, at.name == called, at.id != seen.id)
            if connection.execute(taken).one_or_none():
                raise Conflict("scenario_exists", name=called)
            author = self._author(connection, person)
            said = {"name": called, "changes": _text(assumptions, proven=proven), "person_id": author.id, "at": author.stamp}
            connection.execute(update(schema.scenario).where(at.id == seen.id).values(**said, version=seen.version + 1))
            return _logged(connection, "scenario_changed", seen.id, author)

    def remove_scenario(self, seen: Scenario, *, person: str) -> Scenario:
        """Takes it away; adding it again brings it back under another id. Raises Conflict('scenario_changed'), NotFound('scenario')."""
        with self._write() as connection:
            _unchanged(connection, seen)
            _logged(connection, "scenario_removed", seen.id, self._author(connection, person))
            connection.execute(delete(schema.scenario).where(schema.scenario.c.id == seen.id))
        return seen


def _called(name: str, assumptions: Sequence[Assumption]) -> str:
    called = " ".join(name.split())
    if not called or len(called) > SCENARIO_LETTERS or "\0" in called or called.encode(errors="replace").decode() != called:
        raise Conflict("scenario_name", n=SCENARIO_LETTERS)
    if not assumptions:
        raise Conflict("scenario_empty", name=called)
    return called


def _unchanged(connection: Connection, seen: Scenario) -> None:
    """Locks the row (SQLite: the whole transaction does)."""
    found = connection.execute(_ALL.where(schema.scenario.c.id == seen.id).with_for_update(of=schema.scenario)).one_or_none()
    if found is None:
        raise NotFound("scenario", id=seen.id)
    if found.version != seen.version:
        raise Conflict("scenario_changed", theirs=_value(found), yours=seen)


def _logged(connection: Connection, action: str, scenario_id: int, author: log.Author) -> Scenario:
    row = connection.execute(_ALL.where(schema.scenario.c.id == scenario_id)).one()
    said = {
        "scenario": row.id,
        "unit": row.unit_id,
        "period": row.period_id,
        "name": row.name,
        "changes": row.changes,
        "version": row.version,
    }
    trail.append(connection, row.node_id, action, said, author)
    return _value(row)


def _text(assumptions: Sequence[Assumption], *, proven: bool) -> str:
    rows = [{"question": a.question, "level": a.level, "rule": a.rule} | ({} if a.unit is None else {"unit": a.unit}) for a in assumptions]
    return json.dumps({"proven": proven, "answers": rows}, ensure_ascii=False, sort_keys=True)


def _value(row: Row[Any]) -> Scenario:
    said = json.loads(row.changes)
    assumptions = tuple(
        Assumption(each["question"], each["level"], next(rule for rule in RULES if rule == each["rule"]), each.get("unit"))
        for each in said["answers"]
    )
    at = datetime.fromisoformat(row.at)
    return Scenario(
        row.id, row.node_id, row.unit_id, row.period_id, row.name, assumptions, said["proven"], row.person, at, row.version
    )  # fmt: skip
