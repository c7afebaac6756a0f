"""From a database URL to an engine with the newest tables; and the one place where its errors are translated."""

import errno
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ExceptionContext,
    column,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    table,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tenken.errors import Newer, SettingsError, Unavailable
from tenken.store.schema import HEAD

# How long a connection waits for somebody else's lock before it gives up.
BUSY_MS = 5000

# Any number will do as long as no other program locks the same one in this database.
MIGRATION_LOCK = 7_365_001

# Alembic keeps its context in a module: one migration at a time in this process.
_migrating = threading.Lock()

_SQLITE_CODES = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_IOERR: "disk_full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "read_only",
    sqlite3.SQLITE_PERM: "read_only",
}

# PostgreSQL's SQLSTATE, or its class (the first two characters).
_POSTGRESQL_CODES = {
    "55P03": "locked",
    "40P01": "locked",
    "40001": "locked",
    "53100": "disk_full",
    "25006": "read_only",
    "42501": "read_only",
    "53": "unreachable",
    "08": "unreachable",
    "28": "unreachable",
    "3D": "unreachable",
    "57": "unreachable",
}


def journal_mode(version: tuple[int, ...]) -> str:
    """SQLite before 3.51.3 can corrupt a database when it resets its write-ahead log: no WAL there."""
    return "wal" if version >= (3, 51, 3) else "delete"


def connect(url: str) -> Engine:
    """An engine for `url`, its file created (0600, in a folder 0700) if it is a SQLite file that is not there.

    Transactions of an engine with the execution option `writes` take SQLite's write lock when they begin.
    Raises SettingsError for a URL that cannot be used, Unavailable if the file cannot be created.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        with translated():
            _create_file(database_file(parsed))
        return _sqlite(parsed)
    return _postgresql(parsed)


def database_file(url: URL) -> Path | None:
    """The file of a SQLite database; None elsewhere, and for `file:` addresses, which say themselves what to open."""
    if url.get_backend_name() != "sqlite" or url.database is None or url.database.startswith("file:"):
        return None
    return Path(url.database)


@contextmanager
def translated() -> Iterator[None]:
    """Whatever the database or the file system refuses becomes Unavailable with its code."""
    try:
        yield
    except SQLAlchemyError as error:
        raise Unavailable(_code(error)) from error
    except sqlite3.Error as error:
        raise Unavailable(_sqlite_code(error)) from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise Unavailable("disk_full" if full else "read_only") from error


def migrate(engine: Engine) -> None:
    """Brings the tables to the newest revision; does nothing if they are there. Raises Newer, Unavailable."""
    with translated():
        with engine.connect() as connection:
            if revision(connection) == HEAD:
                return
        with _migrating, engine.execution_options(writes=True).connect() as connection, _rebuilding(connection), connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            _upgrade(connection)


@contextmanager
def _rebuilding(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew, and would take the old one's end for the loss of all that refers to it.
    To be switched off outside of transactions only; before the end of this one nothing may refer to what is not there."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
        driver.close()


def revision(connection: Connection) -> str:
    """The revision of the tables; empty for a database without any."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(select(column("version_num")).select_from(table("alembic_version"))).scalar() or ""


def _upgrade(connection: Connection) -> None:
    from alembic import command  # only here: a start with nothing to migrate is spared the import
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    present = revision(connection)
    if present and present not in known:
        raise Newer("newer", revision=present)
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise Unavailable("unknown")


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsError("database_url") from None
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or ":memory:" in parsed.database or parsed.query.get("mode") == "memory":
            raise SettingsError("database_in_memory")
        return parsed.set(drivername="sqlite+pysqlite")
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise SettingsError("database_kind", kind=parsed.drivername)
    return parsed.set(drivername="postgresql+psycopg")


def _create_file(path: Path | None) -> None:
    if path is None or path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _sqlite(url: URL) -> Engine:
    # isolation_level None: the driver begins nothing by itself, the event below does.
    engine = create_engine(url, hide_parameters=True, pool_timeout=BUSY_MS / 1000, connect_args={"isolation_level": None})
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _drop_read_only)
    return engine


def _set_pragmas(connection: sqlite3.Connection, record: object) -> None:
    # EXTRA, not FULL: without it a power cut just after the commit can bring a deleted rollback journal back.
    for pragma in ("foreign_keys=ON", "synchronous=EXTRA", f"busy_timeout={BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")
    wanted = journal_mode(sqlite3.sqlite_version_info)
    if connection.execute("PRAGMA journal_mode").fetchone() != (wanted,):
        connection.execute(f"PRAGMA journal_mode={wanted}")


def _drop_read_only(context: ExceptionContext) -> None:
    """A connection made while the file could not be written stays read-only when it can be again: the next user gets a new
    one. Soft: this one still has its transaction to roll back."""
    if context.connection and _read_only(context.original_exception):
        context.connection.connection.invalidate(soft=True)


def refuses_writing(error: DBAPIError) -> bool:
    """Whether SQLite says that it opened the file for reading only."""
    return _read_only(error.orig)


def _read_only(error: BaseException | None) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_READONLY


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL) -> Engine:
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_timeout=BUSY_MS / 1000,
            pool_pre_ping=True,  # a restarted server needs no restart of ours
            connect_args={"connect_timeout": BUSY_MS // 1000},
        )
    except ModuleNotFoundError:
        raise SettingsError("database_driver", driver="psycopg") from None
    event.listen(engine, "connect", _set_session)
    return engine


def _set_session(connection: Any, record: object) -> None:
    connection.execute(f"SET lock_timeout = {BUSY_MS}")
    connection.execute("SET synchronous_commit = on")
    connection.commit()


def _code(error: SQLAlchemyError) -> str:
    if isinstance(error, PoolTimeout):
        return "locked"
    if not isinstance(error, DBAPIError):
        return "unknown"
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_code(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # psycopg has no state for a connection that it could not make, or that broke
        return "unreachable" if error.connection_invalidated or "OperationalError" in type(error).__name__ else "unknown"
    return _POSTGRESQL_CODES.get(state) or _POSTGRESQL_CODES.get(state[:2], "unknown")


def _sqlite_code(error: sqlite3.Error) -> str:
    return _SQLITE_CODES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "unknown")
