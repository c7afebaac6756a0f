"""What every room of the store stands on: connections for reading and writing, the clock, who writes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from copy import copy
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import Connection, Engine, Row, Table, bindparam, false, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from tenken.errors import NotFound, Unavailable
from tenken.store import log, schema
from tenken.store.connect import BUSY_MS, connect, migrate, refuses_writing, translated

_PERSON = select(schema.person.c.id).where(schema.person.c.name == bindparam("name"))

_CAN_WRITE = update(schema.setting).where(false()).values(key="")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Database:
    """One database. Any number of threads may share it; a connection is never shared."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._reader, self._writer = engine, engine.execution_options(writes=True)
        self._now = now
        self._turn = threading.Lock()

    @classmethod
    def open(cls, url: str, *, now: Callable[[], datetime] = utc_now) -> Self:
        """The store at `url`, created and brought to the newest schema. Raises SettingsError, Newer, Unavailable."""
        engine = connect(url)
        try:
            migrate(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, now)

    def at(self, moment: datetime) -> Self:
        """The same store, at whose clock it is always `moment`; for invented pasts."""
        other = copy(self)
        other._now = lambda: moment
        return other

    def close(self) -> None:
        """Lets go of the database; for commands and tests, a server keeps its store."""
        self._reader.dispose()

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with translated(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._in_turn(), translated(), self._begun() as connection, connection.get_transaction() or nullcontext():
            yield connection

    def _begun(self) -> Connection:
        """A connection whose transaction has begun. One that was opened while the file could not be written is met here
        once, and has been dropped by then: the next one can write, if the file can be written again."""
        for again in (True, False):
            connection = self._writer.connect()
            try:
                connection.begin()
                # Changes nothing, but needs a connection that could: BEGIN IMMEDIATE does not.
                connection.execute(_CAN_WRITE)
                break
            except BaseException as error:
                connection.close()
                if not again or not isinstance(error, DBAPIError) or not refuses_writing(error):
                    raise
        return connection

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """One writer of this process at a time on SQLite: its own waiting is a lottery that somebody always loses."""
        if self._writer.dialect.name != "sqlite":
            yield
            return
        if not self._turn.acquire(timeout=BUSY_MS / 1000):
            raise Unavailable("locked")
        try:
            yield
        finally:
            self._turn.release()

    def _author(self, connection: Connection, name: str) -> log.Author:
        found = connection.execute(_PERSON, {"name": name}).scalar_one_or_none()
        if found is None:
            insert_missing(connection, schema.person, name=name)
            found = connection.execute(_PERSON, {"name": name}).scalar_one()
        return log.Author(found, name, self._now().astimezone(UTC))


def insert_missing(connection: Connection, table: Table, **values: object) -> bool:
    """Inserts unless a unique key is taken already, also by a transaction at this very moment; did it?"""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing()
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount == 1


def one(connection: Connection, table: Table, word: str, row_id: int) -> Row[Any]:
    """The row with this id. Raises NotFound(word)."""
    found = connection.execute(select(table).where(table.c.id == row_id)).one_or_none()
    if found is None:
        raise NotFound(word, id=row_id)
    return found
