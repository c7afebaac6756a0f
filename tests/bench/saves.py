"""How long a durable save takes: one answer, one transaction, on disk when it returns."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import uuid4

from sqlalchemy import NullPool, create_engine, make_url, text

from scoring.model import Answer, Checklist, Text
from tenken.content import load_content
from tenken.store import Store
from tests.bench.synthetic import large
from tests.bench.table import Row, clocked, percentile, promised, spread

SAVES = 400
LIMIT_MS = 5


def rows() -> Iterator[Row]:
    """A save per database and checklist; and what the disk alone takes, which no save on it can go below."""
    with TemporaryDirectory() as folder:
        yield Row("disk: 4 KiB written and synced", spread(list(_synced(Path(folder)))))
        for name, url in (("SQLite", f"sqlite:///{folder}/bench.db"), ("PostgreSQL", os.environ.get("TENKEN_TEST_POSTGRES"))):
            if url is None:
                yield Row(f"save, {name}", "left out: TENKEN_TEST_POSTGRES is not set")
                continue
            with ExitStack() as stack:
                own = url if name == "SQLite" else stack.enter_context(_own_schema(url))
                for checklist in (load_content().checklist, large()):
                    took = _saves(own, checklist)
                    yield promised(
                        f"save, {name}, {len(checklist.questions):,} questions", spread(took), percentile(took, 50), LIMIT_MS, "ms"
                    )


def _synced(folder: Path) -> Iterator[float]:
    with (folder / "plain").open("wb", buffering=0) as file:

        def write() -> None:
            file.write(bytes(4096))
            os.fsync(file.fileno())

        yield from clocked(write, SAVES)


def _saves(url: str, checklist: Checklist) -> list[float]:
    """Milliseconds of each save; the first twenty, which fill caches, are left out."""
    store = Store.open(url)
    company = store.company() or store.create_company(Text("試験", "Bench"))
    sheet = store.sheet(company.id, store.period_for(company.id, date.today()).id, checklist)
    sheet = store.save_profile(sheet, checklist, {fact.id: True for fact in checklist.facts}, person="bench")
    seen: dict[str, int] = {}
    took = []
    choices = cycle(choice.id for choice in checklist.choices)
    for question, choice in islice(zip(cycle(checklist.questions), choices, strict=False), SAVES + 20):
        start = perf_counter()
        saved = store.save(sheet, checklist, question.id, Answer(choice), person="bench", seen=seen.get(question.id, 0))
        took.append((perf_counter() - start) * 1000)
        seen[question.id] = saved.entry.id
    store.close()
    return took[20:]


@contextmanager
def _own_schema(url: str) -> Iterator[str]:
    """A schema of its own in the test database, dropped behind us."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    name = f"tenken_{uuid4().hex}"
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    try:
        yield engine.url.update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
        engine.dispose()
