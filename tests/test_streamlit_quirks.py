"""Every internal of Streamlit that Tenken leans on, proved one by one: an upgrade breaks here and nowhere else."""

import inspect
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import streamlit as st
from streamlit import config
from streamlit.runtime.scriptrunner import RerunData
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests
from streamlit.testing.v1 import AppTest, app_test
from streamlit.testing.v1.local_script_runner import LocalScriptRunner
from streamlit.web.server.app_discovery import discover_asgi_app

from scoring.model import Answer, Lang
from tenken import streamlit_quirks
from tenken.content import load_content
from tenken.i18n import words
from tenken.server import app_arguments, show_error
from tenken.session import COMPANY
from tenken.settings import ROOT, Settings, read_settings
from tenken.store import Sheet, Store
from tenken.streamlit_quirks import (
    HEAD_END,
    INDEX_LANG,
    INDEX_TITLE,
    LANG_COOKIE,
    NOSCRIPT,
    keep_callbacks_whole,
    limit_uploads,
    upload_limit,
)  # fmt: skip

# --- the one HTML page --------------------------------------------------------------------------------------------

INDEX = (Path(st.__file__).parent / "static" / "index.html").read_bytes()


def test_index_html_holds_what_is_rewritten_exactly_once() -> None:
    assert INDEX.count(INDEX_LANG) == INDEX.count(b"<html") == 1
    assert INDEX.count(HEAD_END) == 1
    assert INDEX.count(INDEX_TITLE) == INDEX.count(b"<title") == 1
    assert len(NOSCRIPT.findall(INDEX)) == INDEX.count(b"<noscript") == 1


# --- options ------------------------------------------------------------------------------------------------------


def option_read_in(folder: Path, option: str) -> str:
    """An option as a fresh process in `folder` reads it, without settings of this environment."""
    code = f"from tenken.streamlit_quirks import {option}; print({option}())"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    environment["PYTHONPATH"] = str(ROOT)
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("option", ["gc_after_each_run", "fast_reruns"])
def test_the_option_exists_and_our_configuration_switches_it_off(tmp_path: Path, option: str) -> None:
    assert option_read_in(tmp_path, option) == "True"
    assert option_read_in(ROOT, option) == "False"


def test_uploads_are_limited_as_the_settings_say(tmp_path: Path) -> None:
    """config.toml for `streamlit run` of any script, the setting for ours."""
    assert option_read_in(ROOT, "upload_limit") == str(Settings.model_fields["evidence_mb"].default)
    assert option_read_in(tmp_path, "upload_limit") != option_read_in(ROOT, "upload_limit")
    before = upload_limit()
    limit_uploads(7)
    assert upload_limit() == 7
    limit_uploads(before)


def send_a_file() -> None:
    """A page that says how many bytes Streamlit holds of what was sent, before and after it is released."""
    import streamlit
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    from tenken.streamlit_quirks import release

    def held() -> int:
        run = get_script_run_ctx()
        assert run
        return sum(len(file.data) for file in run.uploaded_file_mgr.get_files(run.session_id, [now[f"file{now.round}"].file_id]))

    now = streamlit.session_state
    now.setdefault("round", 0)

    def take() -> None:
        file = now[f"file{now.round}"]
        now.before = held()
        release(file)
        now.after, now.closed = held(), file.closed
        now.round += 1

    streamlit.file_uploader("file", key=f"file{now.round}", on_change=take)


def test_a_file_that_was_released_is_nowhere_in_memory() -> None:
    tab = AppTest.from_function(send_a_file).run()
    for _file in range(2):
        tab.file_uploader[0].set_value(("a.pdf", b"x" * 1000, "application/pdf")).run()
        assert not tab.exception
        assert [tab.session_state[name] for name in ("before", "after", "closed")] == [1000, 0, True]
        assert tab.file_uploader[0].value is None


def press_two() -> None:
    """A page on which a second request comes while the callback of the first is at work."""
    import streamlit
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    def callback() -> None:
        context = get_script_run_ctx()
        assert context
        assert context.script_requests
        context.script_requests.request_rerun(RerunData())
        streamlit.session_state["begun"] = True
        streamlit.session_state["done"] = True

    streamlit.button("press", on_click=callback)


@pytest.mark.parametrize("whole", [True, False])
def test_a_second_request_does_not_end_the_callback_of_the_first(monkeypatch: pytest.MonkeyPatch, whole: bool) -> None:
    monkeypatch.setattr(ScriptRunner, "_maybe_handle_execution_control_request", streamlit_quirks._look_for_requests)
    if whole:
        keep_callbacks_whole()
    tab = AppTest.from_function(press_two).run()
    tab.button[0].click().run()
    assert ("done" in tab.session_state) == whole


def test_every_option_of_our_configuration_is_known() -> None:
    """Streamlit skips what it does not know, so a renamed option would be lost without a word."""
    import tomllib

    def names(table: dict[str, Any], above: str = "") -> list[str]:
        found: list[str] = []
        for name, value in table.items():
            found += names(value, f"{above}{name}.") if isinstance(value, dict) else [f"{above}{name}"]
        return found

    ours = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    config.get_option("server.port")  # makes Streamlit read its options
    known = set(config.get_config_options())
    assert [name for name in names(ours) if name not in known] == []
    assert {"runner.postScriptGC", "client.showErrorDetails", "browser.gatherUsageStats"} <= set(names(ours))


# --- the application ----------------------------------------------------------------------------------------------


def test_st_app_takes_our_arguments() -> None:
    signature = inspect.signature(st.App)
    bound = signature.bind(**app_arguments())
    assert set(bound.arguments) == {"script_path", "routes", "middleware", "lifespan", "on_script_error"}


def test_streamlit_run_finds_the_application_in_app_py() -> None:
    found = discover_asgi_app(ROOT / "app.py")
    assert found.is_asgi_app
    assert found.app_name == "app"


def test_the_pages_are_not_in_a_folder_that_streamlit_claims() -> None:
    assert not (ROOT / "tenken" / "pages").exists()
    assert not (ROOT / "pages").exists()


def get(address: str, path: str, **headers: str) -> tuple[int, str, str]:
    request = Request(f"{address}{path}", headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urlopen(request, timeout=30) as reply:
            return reply.status, reply.headers.get_content_type(), reply.read().decode(errors="replace")
    except HTTPError as error:
        with error:
            return error.code, error.headers.get_content_type(), error.read().decode(errors="replace")


def test_streamlits_own_routes(address: str) -> None:
    assert get(address, "/_stcore/health")[::2] == (200, "ok")
    status, kind, body = get(address, "/_stcore/host-config")
    assert (status, kind) == (200, "application/json")
    assert "allowedOrigins" in json.loads(body)
    assert get(address, "/_stcore/stream")[0] != 500


def test_unknown_addresses_answer_with_the_page(address: str) -> None:
    """The reason why health checks have routes of their own."""
    for path in ("/no/such/page", "/healthz2"):
        status, kind, body = get(address, path, Accept="text/html")
        assert (status, kind) == (200, "text/html")
        assert '<html lang="ja">' in body


# --- fragments ----------------------------------------------------------------------------------------------------


class One(LocalScriptRunner):
    """AppTest's runner with the server's error boundary; reruns one fragment alone when told which."""

    fragment: str | None = None
    latest: "One"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._on_script_error = show_error
        self._requests = ScriptRequests()  # AppTest asks for a run of the whole page in advance
        One.latest = self

    def request_rerun(self, rerun_data: RerunData) -> bool:
        fragment, One.fragment = One.fragment, None
        return super().request_rerun(replace(rerun_data, fragment_id=fragment) if fragment else rerun_data)


Rerun = Callable[[AppTest, str], list[str]]


@pytest.fixture
def rerun_card(monkeypatch: pytest.MonkeyPatch) -> Rerun:
    """Run the fragment that holds a widget, as a browser does; returns every text that it sent, in its order."""
    monkeypatch.setattr(app_test, "LocalScriptRunner", One)

    def run(tab: AppTest, widget: str) -> list[str]:
        state = tab._session_state._state
        One.fragment = state._new_widget_state.widget_metadata[state._get_widget_id(widget)].fragment_id
        assert One.fragment, f"{widget} is in no fragment"
        tab.run()
        return texts(One.latest)

    return run


def texts(runner: LocalScriptRunner) -> list[str]:
    """The words of every element that a run sent: markdown, alerts, progress, labels."""
    found: list[str] = []
    for message in runner.forward_msgs():
        if message.WhichOneof("type") != "delta" or message.delta.WhichOneof("type") != "new_element":
            continue
        element = message.delta.new_element
        proto = getattr(element, str(element.WhichOneof("type")))
        found += [str(getattr(proto, name)) for name in ("body", "text", "label") if hasattr(proto, name)]
    return found


OUTSIDE = """
import streamlit as st

always, seldom = st.empty(), st.empty()

@st.fragment
def card():
    st.button("here", key="here")
    always.markdown(f"always {st.session_state.get('run', 1)}")
    if st.session_state.get("run", 1) >= FIRST:
        seldom.markdown(f"seldom {st.session_state.get('run', 1)}")

card()
"""


@pytest.mark.parametrize("first", [1, 2])
def test_a_fragment_writes_outside_only_where_the_full_run_did(rerun_card: Rerun, first: int) -> None:
    """What tenken/parts/question.py does with the lines for saving and progress: write them in every run."""
    tab = AppTest.from_string(OUTSIDE.replace("FIRST", str(first)), default_timeout=30).run()
    assert not tab.error
    tab.session_state["run"] = 2
    sent = rerun_card(tab, "here")
    assert "always 2" in sent
    assert ("seldom 2" in sent) == (first == 1)
    assert bool(tab.error) == (first == 2)


CHECKLIST = load_content().checklist
FIRST, SECOND = CHECKLIST.questions[0].id, CHECKLIST.questions[1].id


@pytest.fixture
def sheet() -> Sheet:
    store = Store.open(read_settings().store_url)
    unit = store.create_company(COMPANY)
    found = store.sheet(unit.id, store.period_for(unit.id, date.today()).id, CHECKLIST)
    return store.save_profile(found, CHECKLIST, {fact.id: True for fact in CHECKLIST.facts}, person="")


@pytest.fixture
def answers_page(lang: Lang, sheet: Sheet, rerun_card: Rerun, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The answers page, opened in a browser."""
    context = SimpleNamespace(cookies={LANG_COOKIE: lang}, headers={})
    monkeypatch.setattr("streamlit.runtime.context._get_client_context", lambda: context)
    tab = AppTest.from_file(ROOT / "tenken" / "main.py", default_timeout=60).run()
    return tab.switch_page("screens/answer.py").run()


def test_a_card_alone_saves_and_moves_the_lines_outside_it(lang: Lang, answers_page: AppTest, rerun_card: Rerun, sheet: Sheet) -> None:
    _, n = words(lang), sum(question.express for question in CHECKLIST.questions)
    store = Store.open(read_settings().store_url)
    tab = answers_page
    for done, (question, level) in enumerate([(FIRST, "partly"), (SECOND, "none"), (FIRST, "verified")]):
        widget = f"choice:{sheet.id}:{question}"
        tab.radio(key=widget).set_value(level)
        sent = rerun_card(tab, widget)
        assert not tab.error
        assert store.entries(sheet.id)[question].answer == Answer(level)
        assert any(text.startswith(":green[✓ ") for text in sent)
        assert _("{done} of {n} answered", done=min(done + 1, 2), n=n) in sent
        other = next(q for q in CHECKLIST.questions if q.id == (SECOND if question == FIRST else FIRST))
        assert other.text.of(lang) not in sent  # the other cards are not drawn again
        tab.run()


def test_a_card_alone_waits_for_the_reason(lang: Lang, answers_page: AppTest, rerun_card: Rerun, sheet: Sheet) -> None:
    tab, widget = answers_page, f"choice:{sheet.id}:{FIRST}"
    tab.radio(key=widget).set_value("na")
    sent = rerun_card(tab, widget)
    assert any(words(lang)("Saved once you give the reason") in text for text in sent)
    assert words(lang)("Why it does not apply (required)") in sent
    assert Store.open(read_settings().store_url).entries(sheet.id) == {}


def test_an_exception_in_a_fragment_ends_at_our_boundary(
    lang: Lang, answers_page: AppTest, rerun_card: Rerun, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("tenken.parts.question._body", bug)
    sent = rerun_card(answers_page, f"choice:{sheet.id}:{FIRST}")
    start = words(lang)("Something went wrong. Saved answers are safe. Error number: {number}", number="")
    assert [text for text in sent if text.startswith(start)]
    assert not [text for text in sent if "a bug" in text]
    assert not answers_page.exception
