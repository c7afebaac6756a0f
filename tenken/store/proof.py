"""Rows as they lie in the database, for whoever looks whether somebody changed them: nothing here trusts what it reads."""

import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, or_, select, type_coerce
from sqlalchemy.types import NullType

from scoring.model import Evidence
from tenken.store import schema, trail
from tenken.store.connect import translated
from tenken.store.database import Database
from tenken.store.values import Entry

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChainLine:
    """One line of the audit log; `said` is its payload, None when that is no JSON object."""

    columns: Raw
    said: Mapping[str, Any] | None

    @property
    def seq(self) -> int:
        return int(self.columns["seq"])

    @property
    def action(self) -> str:
        return str(self.columns["action"])

    @property
    def sheet(self) -> int | None:
        found = self.columns["sheet_id"]
        return found if isinstance(found, int) else None


class Proof(Database):
    """What verifying reads."""

    @contextmanager
    def proof(self) -> Iterator["Reading"]:
        """Everything as it stood at one moment, whoever writes meanwhile. Raises Unavailable."""
        one_moment = {} if self._reader.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        with translated(), self._reader.execution_options(**one_moment).begin() as connection:
            yield Reading(connection)


@dataclass(frozen=True, slots=True)
class Reading:
    """Rows by column; days are ISO 8601, truth values true or false, whatever database it is."""

    connection: Connection

    def lines(self, root_id: int) -> tuple[ChainLine, ...]:
        """The chain of an organisation, first line first."""
        wanted = _raw(schema.trail).where(schema.trail.c.node_id == root_id).order_by(schema.trail.c.seq)
        return tuple(ChainLine(row, _object(row["payload"])) for row in self._rows(wanted))

    def sheets(self, root_id: int) -> tuple[Raw, ...]:
        """All sheets of an organisation's quarters."""
        of_root = select(schema.period.c.id).where(schema.period.c.node_id == root_id)
        return self._rows(_raw(schema.sheet).where(schema.sheet.c.period_id.in_(of_root)).order_by(schema.sheet.c.id))

    def log(self, sheet_id: int) -> tuple[Raw, ...]:
        """All rows of the answer log of one sheet, oldest first."""
        return self._rows(_raw(schema.answer_log).where(schema.answer_log.c.sheet_id == sheet_id).order_by(schema.answer_log.c.id))

    def periods(self, root_id: int) -> tuple[Raw, ...]:
        return self._rows(_raw(schema.period).where(schema.period.c.node_id == root_id).order_by(schema.period.c.id))

    def seals(self) -> tuple[Raw, ...]:
        """The seals of all sheets and quarters."""
        return self._rows(_raw(schema.seal).order_by(schema.seal.c.id))

    def contents(self) -> tuple[Raw, ...]:
        """Kept content, `files` unpacked: {name: text}, or None when they cannot be."""
        return tuple({**row, "files": _unpacked(row["files"])} for row in self._rows(_raw(schema.content).order_by(schema.content.c.hash)))

    def roles(self, root_id: int) -> tuple[Raw, ...]:
        """The roles at units of the organisation."""
        return self._rows(_raw(schema.role).where(schema.role.c.node_id.in_(_nodes(root_id))).order_by(schema.role.c.person_id))

    def nodes(self, root_id: int) -> frozenset[int]:
        """The ids of all units that the organisation has, or had."""
        return frozenset(row[0] for row in self.connection.execute(_nodes(root_id)))

    def evidence(self, root_id: int) -> tuple[Raw, ...]:
        return self._rows(_raw(schema.evidence).where(schema.evidence.c.node_id == root_id).order_by(schema.evidence.c.token))

    def actions(self, root_id: int) -> tuple[Raw, ...]:
        """The corrective actions of an organisation."""
        return self._rows(_raw(schema.action).where(schema.action.c.node_id == root_id).order_by(schema.action.c.id))

    def action_log(self, root_id: int) -> tuple[Raw, ...]:
        """All lines of their log, oldest first; those of actions that are gone too."""
        others = select(schema.action.c.id).where(schema.action.c.node_id != root_id)
        return self._rows(_raw(schema.action_log).where(schema.action_log.c.action_id.not_in(others)).order_by(schema.action_log.c.id))

    def strays(self) -> tuple[tuple[str, int], ...]:
        """(table, id) of rows that belong to nothing at all."""
        log, sheet, period, seal = schema.answer_log, schema.sheet, schema.period, schema.seal
        roots = select(schema.node.c.id).where(schema.node.c.parent_id.is_(None))
        of_nothing = {
            "period": select(period.c.id).where(period.c.node_id.not_in(roots)),
            "sheet": select(sheet.c.id).where(or_(sheet.c.period_id.not_in(select(period.c.id)), _lost(sheet.c.node_id))),
            "answer_log": select(log.c.id).where(log.c.sheet_id.not_in(select(sheet.c.id))),
            "seal": select(seal.c.id).where(
                (seal.c.sheet_id.is_(None) | seal.c.sheet_id.not_in(select(sheet.c.id)))
                & (seal.c.period_id.is_(None) | seal.c.period_id.not_in(select(period.c.id)))
            ),
            "trail": select(schema.trail.c.seq).where(schema.trail.c.node_id.not_in(roots)),
        }
        return tuple((name, found) for name, wanted in of_nothing.items() for found in self.connection.execute(wanted).scalars())

    def _rows(self, wanted: Select[*tuple[Any, ...]]) -> tuple[Raw, ...]:
        found = self.connection.execute(wanted)
        names = tuple(found.keys())
        return tuple({name: trail.plain(name, value) for name, value in zip(names, row, strict=True)} for row in found)


def entry(row: Raw) -> Entry | None:
    """A row of the answer log as an entry, its person by the id; None when no program of ours wrote it so."""
    try:
        dated = row["evidence_dated"]
        evidence = (
            None if row["evidence_link"] is None else Evidence(row["evidence_link"], date.fromisoformat(dated), row["evidence_file"] or "")
        )
        return Entry(
            row["id"], row["question_id"], row["choice"], row["reason"], row["note"], evidence, row["by_profile"], str(row["person_id"]),
            row["identity"], row["origin"], datetime.fromisoformat(row["at"]), row["undoes"],
        )  # fmt: skip
    except (TypeError, ValueError):
        return None


def _raw(table: Table) -> Select[*tuple[Any, ...]]:
    """Columns without their types: a value that a type cannot read is there all the same."""
    return select(*(type_coerce(column, NullType()).label(column.name) for column in table.c))


def _nodes(root_id: int) -> Select[int]:
    of = select(schema.node.c.sample).where(schema.node.c.id == root_id).scalar_subquery()
    return select(schema.node.c.id).where(schema.node.c.sample == of)


def _lost(node_id: Any) -> Any:
    return node_id.not_in(select(schema.node.c.id))


def _object(text: Any) -> Mapping[str, Any] | None:
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _unpacked(packed: Any) -> dict[str, str] | None:
    try:
        found = json.loads(zlib.decompress(bytes(packed)))
    except (TypeError, ValueError, zlib.error):
        return None
    return found if isinstance(found, dict) and all(isinstance(text, str) for text in found.values()) else None
