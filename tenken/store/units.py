"""The organisation as a tree with a past: what a quarter counts is the tree of its last day."""

import json
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy import Row as SqlRow

from scoring.errors import UnitsError
from scoring.model import Text
from scoring.units import Tree, Unit
from tenken.errors import Conflict, NotFound
from tenken.store import schema, trail
from tenken.store.database import Database, insert_missing, one
from tenken.store.values import UnitPlan

_STATE = ("parent_id", "kind", "name_ja", "name_en", "reporting", "weight", "headcount", "owners", "valid_from")


@dataclass(frozen=True, slots=True)
class Applied:
    """How many units a plan created, changed, and found as they were to be."""

    created: int
    changed: int
    same: int


class Units(Database):
    """Who reports."""

    def units(self) -> tuple[Unit, ...]:
        """All nodes as they stand last, sample ones too, oldest first."""
        with self._read() as connection:
            return tuple(_unit(row) for row in connection.execute(select(schema.node).order_by(schema.node.c.id)))

    def tree(self, root_id: int, day: date) -> Tree:
        """The organisation below a root as it stands on that day. Raises NotFound."""
        with self._read() as connection:
            return tree_on(connection, root_id, day)

    def company(self, sample: bool = False) -> Unit | None:
        """The root of the real organisation, or of the sample; None before it is created."""
        with self._read() as connection:
            return _root(connection, sample)

    def create_company(self, name: Text, sample: bool = False, kind: str = "company", code: str = "") -> Unit:
        """The company, or group, at the root. Raises Conflict('company_exists') when there is one already."""
        with self._write() as connection:
            created = insert_missing(
                connection,
                schema.node,
                kind=kind,
                name_ja=name.ja,
                name_en=name.en,
                reporting=kind == "company",
                sample=sample,
                code=code or kind,
            )
            unit = _root(connection, sample)
            if unit is None or not created:
                raise Conflict("company_exists", theirs=unit, yours=name)
            return unit

    def rename(self, unit_id: int, name: Text) -> Unit:
        """The unit under its new name. Raises NotFound."""
        with self._write() as connection:
            connection.execute(update(schema.node).where(schema.node.c.id == unit_id).values(name_ja=name.ja, name_en=name.en))
            return _unit(one(connection, schema.node, "unit", unit_id))

    def apply_units(self, root_id: int, plans: Sequence[UnitPlan], *, since: date | None, person: str) -> Applied:
        """Creates and changes units by their codes, all or none.

        `since` None puts right what was wrong from the beginning; a day starts a new state of the changed units, and the
        quarters that ended before keep the old one. Raises UnitsError when no tree comes of it, NotFound('unit').
        """
        with self._write() as connection:
            root = _unit(one(connection, schema.node, "unit", root_id))
            of_root = schema.node.c.sample == root.sample
            known = {row.code: row for row in connection.execute(select(schema.node).where(of_root))}
            ids = {code: int(row.id) for code, row in known.items()}
            counts = {"created": 0, "changed": 0, "same": 0}
            for plan in _parents_first(plans, ids):
                row = known.get(plan.code)
                values = _values(plan, ids, root)
                if row is None:
                    new = values | {"code": plan.code, "sample": root.sample, "valid_from": since}
                    ids[plan.code] = int(connection.execute(insert(schema.node).values(new).returning(schema.node.c.id)).scalar_one())
                    counts["created"] += 1
                elif all(getattr(row, name) == value for name, value in values.items()):
                    counts["same"] += 1
                else:
                    _change(connection, row, values, since)
                    counts["changed"] += 1
            tree_on(connection, root_id, since or self._now().date())  # refuses what is no tree
            if counts["created"] or counts["changed"]:
                said = {**counts, "since": since.isoformat() if since else None, "units": sorted(plan.code for plan in plans)}
                trail.append(connection, root_id, "units", said, self._author(connection, person))
            return Applied(**counts)

    def remove_unit(self, unit_id: int, *, person: str) -> None:
        """Removes a unit that never answered anything, handed anything in or was to mend anything. Raises Conflict('unit_in_use') for any other, and for
        the root."""
        with self._write() as connection:
            row = one(connection, schema.node, "unit", unit_id)
            used = select(func.count()).select_from(schema.answer_log.join(schema.sheet)).where(schema.sheet.c.node_id == unit_id)
            moved = (
                select(func.count())
                .select_from(schema.trail.join(schema.sheet, schema.sheet.c.id == schema.trail.c.sheet_id))
                .where(schema.sheet.c.node_id == unit_id)
            )
            below = select(func.count()).select_from(schema.node).where(schema.node.c.parent_id == unit_id)
            past = select(func.count()).select_from(schema.node_past).where(schema.node_past.c.parent_id == unit_id)
            mends = select(func.count()).select_from(schema.action).where(schema.action.c.unit_id == unit_id)
            if row.parent_id is None or any(connection.execute(counted).scalar_one() for counted in (used, moved, below, past, mends)):
                raise Conflict("unit_in_use", unit=row.name_ja)
            connection.execute(delete(schema.scenario).where(schema.scenario.c.unit_id == unit_id))
            for table in (schema.sheet, schema.node_past, schema.role, schema.node_setting):
                connection.execute(delete(table).where(table.c.node_id == unit_id))
            connection.execute(delete(schema.node).where(schema.node.c.id == unit_id))
            root = _root(connection, row.sample)
            if root:
                trail.append(connection, root.id, "unit_removed", {"unit": row.code}, self._author(connection, person))


def tree_on(connection: Connection, root_id: int, day: date) -> Tree:
    """The organisation of a root as it stands on that day."""
    return trees_on(connection, root_id, [day])[0]


def trees_on(connection: Connection, root_id: int, days: Sequence[date]) -> tuple[Tree, ...]:
    """The organisation of a root as it stands on each of some days; one tree for all days on which it is the same."""
    root = one(connection, schema.node, "unit", root_id)
    wanted = select(schema.node).where(schema.node.c.sample == root.sample).order_by(schema.node.c.id)
    current = {row.id: row for row in connection.execute(wanted)}
    past = select(schema.node_past).where(schema.node_past.c.node_id.in_(current), schema.node_past.c.valid_to >= min(days))
    changed = connection.execute(past.order_by(schema.node_past.c.valid_to.desc())).all()
    today = {row.id: _unit(row) for row in current.values()}
    trees: dict[tuple[Unit, ...], Tree] = {}
    found = []
    for day in days:
        earlier = {row.node_id: row for row in changed if row.valid_to >= day}
        stood = [_unit(row, earlier[row.id]) if row.id in earlier else today[row.id] for row in current.values()]
        standing = _standing([unit for unit in stood if unit.stands(day) or unit.id == root_id])
        found.append(trees.get(standing) or trees.setdefault(standing, Tree(standing)))
    return tuple(found)


def _standing(units: Sequence[Unit]) -> tuple[Unit, ...]:
    """Units whose parents stand too; a branch ends with its head."""
    kept, more = list[Unit](), list(units)
    while len(kept) != len(more):
        kept, ids = more, {unit.id for unit in more}
        more = [unit for unit in kept if unit.parent is None or unit.parent in ids]
    return tuple(kept)


def unit_json(unit: Unit) -> dict[str, Any]:
    """A unit as JSON keeps it in a closed quarter."""
    return {
        "id": unit.id, "parent": unit.parent, "kind": unit.kind, "ja": unit.name.ja, "en": unit.name.en, "reporting": unit.reporting,
        "sample": unit.sample, "code": unit.code, "headcount": unit.headcount, "owners": list(unit.owners), "weight": unit.weight,
    }  # fmt: skip


def unit_from_json(data: Mapping[str, Any]) -> Unit:
    return Unit(
        data["id"], data["parent"], data["kind"], Text(data["ja"], data["en"]), data["reporting"], data["sample"], data["code"],
        data["headcount"], tuple(data["owners"]), data["weight"],
    )  # fmt: skip


def _parents_first(plans: Sequence[UnitPlan], known: Mapping[str, int]) -> Iterable[UnitPlan]:
    """In an order in which every parent is there before its children. Raises UnitsError('unknown_parent' | 'duplicate_code')."""
    if twice := [code for code, count in Counter(plan.code for plan in plans).items() if count > 1]:
        raise UnitsError("duplicate_code", min(twice))
    waiting: dict[str, list[UnitPlan]] = {}
    ready = deque[UnitPlan]()
    for plan in plans:
        (ready if not plan.parent or plan.parent in known else waiting.setdefault(plan.parent, [])).append(plan)
    there = frozenset(known)
    while ready:
        plan = ready.popleft()
        yield plan
        if plan.code not in there:
            ready.extend(waiting.pop(plan.code, ()))
    for lost in waiting.values():
        raise UnitsError("unknown_parent", lost[0].code, lost[0].parent)


def _values(plan: UnitPlan, ids: Mapping[str, int], root: Unit) -> dict[str, Any]:
    if (not plan.parent) != (plan.code == root.code):
        raise UnitsError("second_root", plan.code)
    return {
        "parent_id": ids[plan.parent] if plan.parent else None,
        "kind": plan.kind,
        "name_ja": plan.name.ja,
        "name_en": plan.name.en,
        "reporting": plan.reporting,
        "weight": plan.weight,
        "headcount": plan.headcount,
        "owners": json.dumps(list(plan.owners)),
        "valid_to": plan.valid_to,
    }


def _change(connection: Connection, row: SqlRow[Any], values: Mapping[str, Any], since: date | None) -> None:
    """The unit's newest state; the one before is kept when it stood on the day before `since`."""
    new = dict(values)
    if since is not None and (row.valid_from is None or row.valid_from < since):
        before = {name: getattr(row, name) for name in _STATE} | {"node_id": row.id, "valid_to": since - timedelta(days=1)}
        connection.execute(insert(schema.node_past).values(before))
        new["valid_from"] = since
    connection.execute(update(schema.node).where(schema.node.c.id == row.id).values(new))


def _root(connection: Connection, sample: bool) -> Unit | None:
    found = connection.execute(select(schema.node).where(schema.node.c.parent_id.is_(None), schema.node.c.sample == sample)).one_or_none()
    return _unit(found) if found else None


def _unit(row: SqlRow[Any], earlier: SqlRow[Any] | None = None) -> Unit:
    """A row of node, as it stood in a row of node_past if there is one."""
    state = earlier or row
    return Unit(
        row.id, state.parent_id, state.kind, Text(state.name_ja, state.name_en), state.reporting, row.sample, row.code, state.headcount,
        tuple(json.loads(state.owners)), state.weight, state.valid_from, state.valid_to,
    )  # fmt: skip


def unit(connection: Connection, unit_id: int) -> Unit:
    """One node as it stands last. Raises NotFound."""
    found = connection.execute(select(schema.node).where(schema.node.c.id == unit_id)).one_or_none()
    if found is None:
        raise NotFound("unit", id=unit_id)
    return _unit(found)
