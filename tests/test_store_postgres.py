"""The store on a real PostgreSQL: everything that `TestContract` asks, and what only a server can do.

Needs TENKEN_TEST_POSTGRES, the URL of a database in which schemas may be created; each test makes one and drops it.
Every test here bears the marker `postgres`: without a server choose `-m "not postgres"`, nothing is skipped silently.
"""

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from scoring.model import Answer
from tenken.errors import Unavailable
from tenken.store import Sheet, Store, connect
from tenken.verify import Fault, verify
from tests.test_actions import TestKept as KeptActions
from tests.test_store import ASKED, LOCK, ME, MFA, Database, Sql, answer
from tests.test_store import TestContract as Contract

pytestmark = pytest.mark.postgres


@pytest.fixture
def server() -> Iterator[Engine]:
    address = make_url(os.environ["TENKEN_TEST_POSTGRES"]).set(drivername="postgresql+psycopg")
    engine = create_engine(address, poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def url(server: Engine) -> Iterator[str]:
    """An empty schema of its own, named in the URL."""
    name = f"tenken_{uuid4().hex}"
    with server.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    own = {"options": f"-csearch_path={name}", "application_name": name}
    yield server.url.update_query_dict(own).render_as_string(hide_password=False)
    with server.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "BUSY_MS", 1000)


class TestPostgres(Contract):
    """Everything once more."""


class TestActionsOnPostgres(KeptActions):
    """And corrective actions."""


class TestServer(Database):
    def test_a_plain_address_finds_its_driver(self, url: str) -> None:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        store = Store.open(plain)
        assert store.ready().free_bytes is None
        store.close()

    def test_a_commit_waits_for_the_disk(self, url: str, sql: Sql) -> None:
        sql("ALTER ROLE CURRENT_USER SET synchronous_commit = off")
        try:
            engine = connect.connect(url)
            with engine.connect() as connection:
                assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
            engine.dispose()
        finally:
            sql("ALTER ROLE CURRENT_USER RESET synchronous_commit")

    def test_the_log_cannot_be_emptied(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        saved = answer(store, sheet, MFA, "level1").entry
        with pytest.raises(DBAPIError, match="append-only"):
            sql("TRUNCATE answer_log")
        assert store.entries(sheet.id) == {MFA: saved}

    def test_the_chain_cannot_be_emptied_and_a_change_past_the_triggers_is_named(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        entry = answer(store, sheet, MFA, "level1").entry
        with pytest.raises(DBAPIError, match="append-only"):
            sql("TRUNCATE trail")
        sql("ALTER TABLE answer_log DISABLE TRIGGER USER")
        sql("UPDATE answer_log SET note = 'x'")
        assert verify(store, sheet.unit).faults[0] == Fault("answer_log", str(entry.id), "changed")

    def test_a_restarted_server_needs_no_restart_of_ours(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        answer(store, sheet, MFA, "level1")
        sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = current_setting('application_name') AND pid <> pg_backend_pid()"
        )
        assert answer(store, sheet, MFA, "level2").entry == store.entries(sheet.id)[MFA]

    @pytest.mark.usefixtures("impatient")
    def test_locked(self, url: str, store: Store, sheet: Sheet, server: Engine) -> None:
        with server.begin() as connection:
            connection.execute(text(f"SELECT * FROM {make_url(url).query['application_name']}.sheet FOR UPDATE"))
            with pytest.raises(Unavailable) as caught:
                store.save(sheet, ASKED, MFA, Answer("level1"), person=ME, seen=0)
            assert caught.value.code == "locked"
        assert answer(store, sheet, LOCK, "level1").entry == store.entries(sheet.id)[LOCK]

    def test_read_only(self, url: str, store: Store, sheet: Sheet) -> None:
        parsed = make_url(url)
        options = f"{parsed.query['options']} -cdefault_transaction_read_only=on"
        frozen = Store.open(parsed.update_query_dict({"options": options}).render_as_string(hide_password=False))
        assert frozen.entries(sheet.id) == {}
        with pytest.raises(Unavailable) as caught:
            answer(frozen, sheet, MFA, "level1")
        assert caught.value.code == "read_only"
        frozen.close()

    @pytest.mark.usefixtures("impatient")
    @pytest.mark.parametrize("wrong", [{"port": 1}, {"database": "no_such_database"}, {"username": "nobody_we_know"}])
    def test_unreachable(self, server: Engine, wrong: dict[str, object]) -> None:
        address = server.url.set(**wrong).render_as_string(hide_password=False)  # type: ignore[arg-type]
        with pytest.raises(Unavailable) as caught:
            Store.open(address)
        assert caught.value.code == "unreachable"
