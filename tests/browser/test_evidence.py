"""A file on its way from a browser to the folder and back, through the gate, with Streamlit's own uploader."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
import uvicorn
from playwright.sync_api import Page, expect
from starlette.requests import Request
from streamlit.runtime import Runtime

from tenken.evidence import kept_files
from tenken.files import evidence_route
from tenken.server import app_arguments
from tenken.settings import read_settings
from tenken.store import KeptFile
from tests import papers
from tests.browser.drive import Reader, quiet, visit

pytestmark = pytest.mark.browser

# As a card would do it: the file is checked and kept in the callback, and released whatever comes of it.
PAGE = """
import json
from dataclasses import asdict
import streamlit as st
from tenken.error_words import error_text
from tenken.errors import EvidenceError
from tenken.evidence import take
from tenken.i18n import words
from tenken.settings import read_settings
from tenken.streamlit_quirks import release

now = st.session_state
now.setdefault("round", 0)
now.setdefault("said", "")

def attach():
    file, settings = now[f"file{now.round}"], read_settings()
    try:
        kept = take(settings.evidence_folder, file.name, file.getvalue(), settings.evidence_bytes)
        (settings.home / "rows.json").write_text(json.dumps({kept.token: asdict(kept)}))
        now.said, now.token = f"kept {kept.name}", kept.token
    except EvidenceError as error:
        now.said = error_text(error, words("ja"))
    finally:
        release(file)
        now.round += 1

with st.popover("証跡"):
    st.file_uploader("ファイル", key=f"file{now.round}", on_change=attach)
st.text(now.said)
if "token" in now:
    st.html(f'<a href="/files/evidence/{now.token}">保存</a>')
"""


@pytest.fixture
def url(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The server as it is, with one other page and the route for evidence."""
    monkeypatch.setenv("TENKEN_EVIDENCE_MB", "1")
    script = tmp_path / "page.py"
    script.write_text(PAGE, "utf-8")
    Runtime._instance = None
    arguments = app_arguments()
    arguments |= {"script_path": script, "routes": [evidence_route(find, lambda: read_settings().evidence_folder), *arguments["routes"]]}
    server = uvicorn.Server(uvicorn.Config(st.App(**arguments), port=0, log_level="error", access_log=False, server_header=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
    Runtime._instance = None


def find(request: Request, token: str) -> KeptFile | None:
    row = json.loads((read_settings().home / "rows.json").read_text("utf-8")).get(token)
    return KeptFile(**row) if row else None


def attach(page: Page, name: str, content: bytes, said: str) -> None:
    """Chooses a file, as a person does, and waits for what the page says to it."""
    quiet(page)  # until the one before has gone
    if not page.get_by_test_id("stFileUploader").is_visible():
        page.get_by_role("button", name="証跡").click()
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
    expect(page.get_by_text(said)).to_be_visible()


def test_a_file_comes_and_goes_and_nothing_stays_in_memory(url: str, reader: Reader, home: Path) -> None:
    page = reader()
    visit(page, url)
    folder = home / "evidence"

    attach(page, "証跡 1.pdf", papers.pdf(), "kept 証跡 1.pdf")
    assert [path.read_bytes() for _sha256, path in kept_files(folder)] == [papers.pdf()]
    assert Runtime.instance().uploaded_file_mgr.get_stats() == {}

    attach(page, "証跡 2.pdf", papers.SVG, "中身はsvgです")
    attach(page, "証跡 3.svg", papers.SVG, "添付できません")
    attach(page, "証跡 4.txt", "点検".encode(), "kept 証跡 4.txt")
    assert len(list(kept_files(folder))) == 2
    assert Runtime.instance().uploaded_file_mgr.get_stats() == {}

    page.keyboard.press("Escape")
    with page.expect_download() as coming:
        page.get_by_role("link", name="保存").click()
    assert coming.value.suggested_filename == "証跡 4.txt"
    assert Path(coming.value.path()).read_bytes() == "点検".encode()


def test_what_is_too_large_is_not_even_sent(url: str, reader: Reader, home: Path) -> None:
    page = reader()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    visit(page, url)
    attach(page, "a.txt", b"a" * 1_000_001, "File must be 1.0MB or smaller")
    assert set(sent) == {"GET"}
    assert not (home / "evidence").exists()
    attach(page, "b.txt", b"b" * 1_000_000, "kept b.txt")
    assert "PUT" in sent
