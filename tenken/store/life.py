"""The life of a sheet: draft → submitted → returned or approved → sealed; and the audit log of it all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row as SqlRow
from sqlalchemy import insert, select

from scoring.model import Checklist
from tenken.errors import Closed, Conflict
from tenken.store import log, schema, sheets, trail
from tenken.store.database import Database, one
from tenken.store.values import Event, Seal, Sheet, SheetState


class Life(Database):
    """What happens to sheets as a whole."""

    def advance(
        self,
        sheet: Sheet,
        checklist: Checklist,
        *,
        action: str,
        to: SheetState,
        person: str,
        remark: str = "",
        not_by_editors: bool = False,
        seal: Seal | None = None,
    ) -> Sheet:
        """Moves a sheet on: from the state and version in which `sheet` was seen, to another one.

        Raises Conflict('sheet_changed') when it is no longer as it was seen, Conflict('own_sheet') for somebody who has answered
        on it when that is ruled out, Closed('period_closed'), NotFound('sheet').
        """
        with self._write() as connection:
            locked = sheets.lock(connection, sheet.id, checklist, states=("draft", "submitted", "returned", "approved", "sealed"))
            if (locked.sheet.state, locked.sheet.version) != (sheet.state, sheet.version):
                raise Conflict("sheet_changed", theirs=locked.sheet, yours=sheet)
            if sheet.state == "sealed":
                raise Closed("sheet_sealed", sheet=sheet.id)
            if not_by_editors and person in log.editors(connection, sheet.id):
                raise Conflict("own_sheet", theirs=locked.sheet, yours=sheet)
            said: dict[str, Any] = {"from": sheet.state, "to": to, "remark": remark, "version": sheet.version}
            if seal:
                connection.execute(insert(schema.seal).values(sheet_id=sheet.id, document=seal.document, sha256=seal.sha256))
                said["sha256"] = seal.sha256
            trail.append(connection, locked.root, action, said, self._author(connection, person), sheet.id)
            return sheets.put(connection, replace(locked.sheet, state=to), locked.blobs)

    def find_sheet(self, sheet_id: int) -> Sheet:
        """Raises NotFound('sheet')."""
        with self._read() as connection:
            return sheets.value(one(connection, schema.sheet, "sheet", sheet_id))

    def sheets_of(self, period_id: int, checklist_id: str) -> tuple[Sheet, ...]:
        """All sheets of a quarter, oldest first."""
        wanted = select(schema.sheet).where(schema.sheet.c.period_id == period_id, schema.sheet.c.checklist_id == checklist_id)
        with self._read() as connection:
            return tuple(sheets.value(row) for row in connection.execute(wanted.order_by(schema.sheet.c.id)))

    def events(self, root_id: int, sheet_ids: Sequence[int] | None = None, limit: int = 500) -> tuple[Event, ...]:
        """What happened, newest first, answers left out; of some sheets, or of the whole organisation."""
        of = [schema.trail.c.node_id == root_id, schema.trail.c.action.not_in(trail.COVERING)]
        if sheet_ids is not None:
            of.append(schema.trail.c.sheet_id.in_(sheet_ids))
        wanted = select(schema.trail, schema.person.c.name).join_from(schema.trail, schema.person).where(*of)
        with self._read() as connection:
            found = connection.execute(wanted.order_by(schema.trail.c.seq.desc()).limit(limit))
            return tuple(_event(row) for row in found)

    def head(self, root_id: int) -> str:
        """The hash of the newest line of the chain; empty when there is none."""
        newest = select(schema.trail.c.hash).where(schema.trail.c.node_id == root_id).order_by(schema.trail.c.seq.desc()).limit(1)
        with self._read() as connection:
            return connection.execute(newest).scalar_one_or_none() or trail.START

    def seal_of(self, sheet_id: int) -> Seal | None:
        """What a sheet said when it was sealed; None while it is not."""
        return self._seal(schema.seal.c.sheet_id == sheet_id)

    def seals_of(self, period_id: int) -> dict[int, Seal]:
        """`seal_of` for all sheets of a quarter at once: {sheet: its seal}, those that have one."""
        seal, sheet = schema.seal, schema.sheet
        wanted = select(seal.c.sheet_id, seal.c.document, seal.c.sha256).join_from(seal, sheet, sheet.c.id == seal.c.sheet_id)
        with self._read() as connection:
            found = connection.execute(wanted.where(sheet.c.period_id == period_id))
            return {row.sheet_id: Seal(row.document, row.sha256) for row in found}

    def period_seal(self, period_id: int) -> Seal | None:
        """What a quarter said when it was closed; None while it is open."""
        return self._seal(schema.seal.c.period_id == period_id)

    def closed_at(self, root_id: int, period_id: int) -> datetime | None:
        """When a quarter was closed and sealed (aware, UTC); None while it is open."""
        lines = schema.trail.c
        wanted = select(schema.trail).where(lines.node_id == root_id, lines.action == "period_closed").order_by(lines.seq.desc())
        with self._read() as connection:
            for row in connection.execute(wanted):
                if trail.payload(row)["period"] == period_id:
                    return datetime.fromisoformat(row.at)
        return None

    def _seal(self, where: Any) -> Seal | None:
        with self._read() as connection:
            found = connection.execute(select(schema.seal.c.document, schema.seal.c.sha256).where(where)).one_or_none()
        return Seal(*found) if found else None


def _event(row: SqlRow[Any]) -> Event:
    at = datetime.fromisoformat(row.at)
    return Event(row.seq, row.action, row.sheet_id, trail.payload(row), row.name, row.identity, at, row.hash)
