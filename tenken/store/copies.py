"""A database as one file and back: SQLite by its own online copy, PostgreSQL by pg_dump and pg_restore.

Both work while Tenken runs: a copy is what one transaction sees, and a return is one transaction.
"""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url

from tenken.errors import BackupError
from tenken.store.connect import BUSY_MS, database_file, translated
from tenken.store.store import Store

COMMAND_SECONDS = 600


def kind(url: str) -> str:
    """'sqlite' or 'postgresql'."""
    return make_url(url).get_backend_name()


def copy_out(url: str, target: Path) -> None:
    """Writes the database of `url` into the new file `target`. Raises Unavailable, BackupError('command')."""
    if kind(url) == "postgresql":
        _run(["pg_dump", "--format=custom", "--no-owner", "--file", str(target)], make_url(url))
        return
    with translated(), _opened(_file(url)) as database:
        database.execute("VACUUM INTO ?", (str(target),))
    target.chmod(0o600)


def copy_in(source: Path, url: str) -> None:
    """Replaces everything in the database of `url` by what `source` holds, brought to the newest schema first.

    Raises Newer for a copy of a newer version, BackupError('damaged') for what is no database, Unavailable.
    """
    if kind(url) == "postgresql":
        _run(["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--dbname", "", str(source)], make_url(url))
        Store.open(url).close()
        return
    if problem := damage(f"sqlite:///{source}"):
        raise BackupError("damaged", what=problem)
    Store.open(f"sqlite:///{source}").close()
    with translated(), _opened(source) as copy, _opened(_file(url)) as database:
        copy.backup(database)


def damage(url: str) -> str:
    """What SQLite finds wrong with its file, in its own words; empty when it is whole, and for PostgreSQL."""
    if kind(url) == "postgresql":
        return ""
    try:
        with _opened(_file(url)) as database:
            (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return "" if found == "ok" else str(found)


def _file(url: str) -> Path:
    file = database_file(make_url(url))
    if file is None:
        raise BackupError("no_file")
    return file


def _opened(file: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(file, timeout=BUSY_MS / 1000, isolation_level=None))


def _run(command: list[str], url: URL) -> None:
    """A PostgreSQL tool on the database of `url`. The password goes by the environment, where no list of processes shows it."""
    named = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password, "PGDATABASE": url.database}
    environment = os.environ | {name: str(value) for name, value in named.items() if value is not None}
    filled = [url.database or "postgres" if part == "" else part for part in command]
    try:
        done = subprocess.run(filled, env=environment, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False)  # noqa: S603 (fixed commands, no shell)
    except FileNotFoundError:
        raise BackupError("no_command", command=command[0]) from None
    except subprocess.TimeoutExpired:
        raise BackupError("command", command=command[0], what="timeout") from None
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [str(done.returncode)]
        raise BackupError("command", command=command[0], what=last[0])
