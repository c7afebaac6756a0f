"""Reports of the sample, read once a process: what tests of renderers and pages are given."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from scoring.model import Lang
from tenken.i18n import words
from tenken.reports.build import report_of
from tenken.reports.facts import Asked, Facts, read_facts
from tenken.reports.formats import FORMATS, Kind, Material
from tenken.reports.model import Report
from tenken.store import Store
from tests.sampled import kept_for_this_process, put_sample

TODAY = date(2026, 11, 22)


@lru_cache(maxsize=16)
def facts(asked: Asked | None = None, today: date = TODAY) -> Facts:
    """`asked` of the sample group; its newest quarter is open, so provisional; earlier ones are sealed."""
    with opened() as store:
        root = store.company(sample=True)
        assert root is not None
        return read_facts(store, root, asked or Asked(), today)


@contextmanager
def opened() -> Iterator[Store]:
    """The database with the sample, to be read only."""
    store = Store.open(f"sqlite:///{_home() / 'tenken.db'}")
    try:
        yield store
    finally:
        store.close()


@lru_cache(maxsize=16)
def report(lang: Lang = "ja", unit: str = "", period: str = "") -> Report:
    return report_of(facts(Asked(lang=lang, unit=unit, period=period)), words(lang))


@lru_cache(maxsize=1)
def _home() -> Path:
    home = kept_for_this_process("reported")
    put_sample(home)
    return home


def undrawn(monkeypatch: pytest.MonkeyPatch) -> list[Material]:
    """Renderers that say what they were given ('pdf ja sales') instead of drawing it; and all that they were given."""
    found: list[Material] = []

    def fake(kind: Kind) -> Callable[[Material], bytes]:
        def render(of: Material) -> bytes:
            found.append(of)
            return f"{kind} {of.facts.asked.lang} {of.facts.node.code}".encode()

        return render

    for kind in FORMATS:
        monkeypatch.setitem(FORMATS, kind, replace(FORMATS[kind], render=fake(kind)))
    return found
