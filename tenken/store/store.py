"""The store: what is kept, and the only way to it. Every write is one transaction, on disk when the method returns.

All methods raise tenken.errors.Unavailable when the database cannot be used; nothing is written then.
"""

import json
import shutil
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from scoring.model import Checklist
from tenken.store import log, schema
from tenken.store.actions import Actions
from tenken.store.answers import Answers
from tenken.store.connect import database_file, revision, translated
from tenken.store.database import insert_missing
from tenken.store.levels import Blobs, encode
from tenken.store.life import Life
from tenken.store.people import People
from tenken.store.periods import Periods
from tenken.store.proof import Proof
from tenken.store.settled import Settlements
from tenken.store.units import Units
from tenken.store.values import Readiness


class Store(Units, Periods, Answers, Life, People, Proof, Settlements, Actions):
    """One database: units, quarters, answers, the life of sheets, people; and what concerns all of it."""

    def ready(self) -> Readiness:
        """Writes, takes it back, and tells what it found."""
        file = database_file(self._reader.url)
        with self._in_turn(), translated(), self._writer.connect() as connection:
            insert_missing(connection, schema.setting, key="ready", value="null")
            present = revision(connection)
            connection.rollback()
            return Readiness(present, True, shutil.disk_usage(file.absolute().parent).free if file else None)

    def remove_sample(self) -> None:
        """Deletes the sample organisation with all its quarters, sheets and answers, and nothing else."""
        nodes = select(schema.node.c.id).where(schema.node.c.sample)
        periods = select(schema.period.c.id).where(schema.period.c.node_id.in_(nodes))
        theirs = select(schema.sheet.c.id).where(schema.sheet.c.node_id.in_(nodes))
        with self._write() as connection:
            connection.execute(delete(schema.seal).where(schema.seal.c.sheet_id.in_(theirs) | schema.seal.c.period_id.in_(periods)))
            connection.execute(delete(schema.answer_log).where(schema.answer_log.c.sheet_id.in_(theirs)))
            actions = select(schema.action.c.id).where(schema.action.c.node_id.in_(nodes))
            connection.execute(delete(schema.action_log).where(schema.action_log.c.action_id.in_(actions)))
            for table in (
                schema.action, schema.scenario, schema.node_setting,
                schema.sheet, schema.period, schema.trail, schema.role, schema.evidence, schema.node_past,
            ):  # fmt: skip
                connection.execute(delete(table).where(table.c.node_id.in_(nodes)))
            connection.execute(delete(schema.node).where(schema.node.c.sample))

    def stray_sheets(self, checklist: Checklist) -> tuple[int, ...]:
        """Sheets of this content whose bytes are not what their log says: there should be none."""
        wanted = select(schema.sheet).where(
            schema.sheet.c.checklist_id == checklist.id, schema.sheet.c.content_hash == checklist.content_hash
        )
        with self._read() as connection:
            rows = connection.execute(wanted.order_by(schema.sheet.c.id)).all()
            said = log.newest_by_sheet(connection, [row.id for row in rows])
        return tuple(
            row.id
            for row in rows
            if Blobs(bytes(row.levels), bytes(row.dated), bytes(row.marks)) != encode(checklist, said[row.id].values())
        )

    def newest_entry(self) -> datetime | None:
        """When the newest entry of all was written."""
        newest = select(schema.answer_log.c.at).order_by(schema.answer_log.c.id.desc()).limit(1)
        with self._read() as connection:
            found = connection.execute(newest).scalar_one_or_none()
        return datetime.fromisoformat(found) if found else None

    # --- settings ------------------------------------------------------------------------------------------------

    def setting(self, key: str) -> Any:
        """The JSON value kept under `key`; None when there is none."""
        with self._read() as connection:
            found = connection.execute(select(schema.setting.c.value).where(schema.setting.c.key == key)).scalar_one_or_none()
            return None if found is None else json.loads(found)

    def put_setting(self, key: str, value: Any) -> None:
        """Keeps a JSON value under `key`."""
        text = json.dumps(value, ensure_ascii=False)
        with self._write() as connection:
            if not insert_missing(connection, schema.setting, key=key, value=text):
                connection.execute(update(schema.setting).where(schema.setting.c.key == key).values(value=text))
