"""What every test starts from: a data folder of its own, nothing inherited, nothing left open."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scoring.model import Lang
from tenken.store import Store


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
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
    yield folder
    if "streamlit" in sys.modules:
        import streamlit

        streamlit.cache_resource.clear()
    for store in opened:
        store.close()


@pytest.fixture(params=["ja", "en"])
def lang(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Lang:
    """Each language once; it is also the language of an address that does not say."""
    chosen: Lang = request.param
    monkeypatch.setenv("TENKEN_LANG", chosen)
    return chosen
