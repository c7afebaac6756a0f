"""What was settled for a unit and is no answer: targets, efforts, a day rate, assumptions. JSON under a key."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update

from tenken.errors import Conflict
from tenken.store import schema, trail
from tenken.store.database import Database
from tenken.store.units import unit
from tenken.store.values import Settled

NEVER = Settled(None, 0)


class Settlements(Database):
    """Values by unit and key; every change is a line of the chain."""

    def settled(self, node_id: int, key: str) -> Settled:
        """What stands under `key`; `Settled(None, 0)` when nothing was ever settled."""
        return self.settled_of([node_id], key).get(node_id, NEVER)

    def settled_of(self, node_ids: Sequence[int], key: str) -> dict[int, Settled]:
        """The same of many units at once; units without are left out."""
        table = schema.node_setting
        wanted = select(table.c.node_id, table.c.value, table.c.version).where(table.c.node_id.in_(node_ids), table.c.key == key)
        with self._read() as connection:
            return {row.node_id: Settled(json.loads(row.value), row.version) for row in connection.execute(wanted)}

    def settle(self, root_id: int, node_id: int, key: str, value: Any, *, person: str, seen: int) -> Settled:
        """Keeps a JSON value of a unit of the organisation `root_id`; None clears it. `seen`: the version that was on screen.

        Raises Conflict('setting_changed') when somebody changed it since, NotFound('unit').
        """
        table = schema.node_setting
        of = (table.c.node_id == node_id, table.c.key == key)
        with self._write() as connection:
            unit(connection, node_id)
            row = connection.execute(select(table).where(*of)).one_or_none()
            if (row.version if row else 0) != seen:
                raise Conflict("setting_changed", theirs=json.loads(row.value) if row else None, yours=value)
            text = json.dumps(value, ensure_ascii=False)
            if row is None:
                connection.execute(insert(table).values(node_id=node_id, key=key, value=text, version=1))
            else:
                connection.execute(update(table).where(*of).values(value=text, version=seen + 1))
            said = {"unit": node_id, "key": key, "value": text, "version": seen + 1}
            trail.append(connection, root_id, "settled", said, self._author(connection, person))
        return Settled(value, seen + 1)
