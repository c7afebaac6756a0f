"""What every test starts from: a data folder of its own, nothing inherited, nothing left open."""

import os
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from scoring.model import Lang
from tenken.settings import read_settings
from tenken.store import Store, connect, database

if TYPE_CHECKING:
    from tests.test_pages import Open

# What opening a new database does is tried here, so the real migrations run for each.
MIGRATING = frozenset(("test_store.py", "test_store_postgres.py"))


@lru_cache(maxsize=1)
def _migrated() -> sqlite3.Connection:
    """A database without any content, made by the real migrations once in this process."""
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    with TemporaryDirectory(prefix="tenken-empty-") as folder:
        file = Path(folder) / "tenken.db"
        engine = connect.connect(f"sqlite:///{file}")
        connect.migrate(engine)
        engine.dispose()
        with closing(sqlite3.connect(file)) as made:
            made.backup(kept)
    return kept


def migrate_a_copy(engine: Engine) -> None:
    """As tenken.store.connect.migrate, but a new SQLite file gets its tables by copying: 2 ms in the place of 60."""
    file = connect.database_file(engine.url)
    if file and file.exists() and not file.stat().st_size:
        with suppress(SQLAlchemyError, sqlite3.Error), engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            _migrated().backup(driver)
    connect.migrate(engine)  # finds them there; or says what is the matter


def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody pulls the plug here (MIGRATING does): a third of the time of tests of pages would be waiting for the disk."""
    pragmas = connect._set_pragmas

    def quick(connection: sqlite3.Connection, record: object) -> None:
        pragmas(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    monkeypatch.setattr(connect, "_set_pragmas", quick)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Path]:
    """An empty TENKEN_HOME. Every store that the test opens, by whatever way, is closed behind it."""
    for name in [name for name in os.environ if name.startswith("TENKEN_") and not name.startswith("TENKEN_TEST_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("TENKEN_HOME", str(folder))
    opened: list[Store] = []
    plain = Store.__init__

    def remembered(self: Store, *args: object, **kwargs: object) -> None:
        plain(self, *args, **kwargs)  # type: ignore[arg-type]
        opened.append(self)

    monkeypatch.setattr(Store, "__init__", remembered)
    if request.path.name not in MIGRATING:
        monkeypatch.setattr(database, "migrate", migrate_a_copy)
        no_waiting(monkeypatch)
    yield folder
    if "streamlit" in sys.modules:
        import streamlit

        streamlit.cache_resource.clear()
    for store in opened:
        store.close()


@pytest.fixture
def store(home: Path) -> Store:
    """The installation's own."""
    return Store.open(read_settings().store_url)


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> "Open":
    """Opens pages, as `tests.test_pages.opener` says."""
    from tests.test_pages import opener

    return opener(monkeypatch)


@pytest.fixture(params=["ja", "en"])
def lang(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Lang:
    """Each language once; it is also the language of an address that does not say."""
    chosen: Lang = request.param
    monkeypatch.setenv("TENKEN_LANG", chosen)
    return chosen


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Tenken served by uvicorn on a port of its own, for the tests of one module: 'http://127.0.0.1:…'.

    It runs in this process, so that settings of a test are settings of the server.
    """
    import uvicorn
    from streamlit.runtime import Runtime

    from tenken.server import create_app

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TENKEN_HOME", str(tmp_path_factory.mktemp("served")))
        Runtime._instance = None
        app = create_app()
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False, server_header=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
    Runtime._instance = None
