"""What is read at once: as many queries for many sheets as for a few."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event

from tenken import editions, seals
from tenken.books import portfolio
from tenken.settings import read_settings
from tenken.store import Store
from tests.organisation import Organisation, founded


@contextmanager
def counted(store: Store, table: str) -> Iterator[list[str]]:
    """Every statement that asks for rows of the table."""
    asked: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if f"FROM {table}" in statement:
            asked.append(statement)

    event.listen(store._reader, "before_cursor_execute", heard)
    try:
        yield asked
    finally:
        event.remove(store._reader, "before_cursor_execute", heard)


@pytest.fixture
def organisation(home: object) -> Organisation:
    found = founded(Store.open(read_settings().store_url))
    for code in found.units:
        found.fill(code)
        found.finish(code)
    return found


def test_the_seals_of_a_quarter_are_read_at_once(organisation: Organisation) -> None:
    store, period = organisation.store, organisation.period
    sheets = {sheet.unit: sheet for sheet in store.sheets_of(period.id, organisation.checklist.id)}
    tree = store.tree_of(period)
    with counted(store, "seal") as asked:
        document = seals.period_document(store, period, tree, sheets)
    assert len(asked) == 1
    assert store.seals_of(period.id) == {sheet.id: store.seal_of(sheet.id) for sheet in sheets.values() if store.seal_of(sheet.id)}
    assert all(found.sha256 in document.document for found in store.seals_of(period.id).values())


def test_sheets_of_an_older_content_are_read_at_once(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    store, period = organisation.store, organisation.period
    now = portfolio(store, period, organisation.at)
    shipped = editions.content_of(store, period.pins)
    newer = replace(shipped, checklist=replace(shipped.checklist, content_hash="newer"))
    monkeypatch.setattr("tenken.books.content_of", lambda *_: newer)
    with counted(store, "answer_log") as asked:
        found = portfolio(store, period, organisation.at)
    assert len(now.book.units) > 2
    assert len(asked) == 1
    assert (found.book.levels == now.book.levels).all()
    assert (found.book.dated == now.book.dated).all()
