"""What every test starts from: a data folder of its own, nothing inherited, nothing left open."""

import os
import sys
import threading
import time
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
