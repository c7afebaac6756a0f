"""Every internal of Streamlit that Tenken leans on. tests/test_streamlit_quirks.py proves each one, so that an
upgrade breaks there and nowhere else."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import parse_qs

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.uploaded_file_manager import UploadedFile

from scoring.model import Lang

LANG_COOKIE, PERSON_COOKIE = "tenken_lang", "tenken_person"
INDEX_LANG = b'<html lang="en">'
INDEX_TITLE = b"<title>Streamlit</title>"
HEAD_END = b"</head>"
TYPING = Path(__file__).with_name("typing.js")
HEAD = b'<script src="/typing.js" defer></script>'
INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
NOSCRIPT = re.compile(rb"<noscript>.*?</noscript>", re.DOTALL)
TITLES: dict[Lang, str] = {"ja": "Tenken 点検", "en": "Tenken"}
NEEDS_SCRIPT: dict[Lang, str] = {
    "ja": "<noscript>この画面にはJavaScriptが要ります。ブラウザーの設定で有効にしてください。</noscript>",
    "en": "<noscript>This page needs JavaScript. Please enable it in your browser.</noscript>",
}


CHART_WIDTH = 360


def style(on_primary_dark: str, choose_file: str) -> str:
    """What no option of Streamlit's can say, as CSS.

    Narrower than CHART_WIDTH the texts of a chart run over each other: it keeps that width and scrolls in its own element,
    so that a page at 400 % does not scroll to the side. (The thin bars of the figures have no text.) And the word on a
    primary button, or a chosen part of a list, is white in both themes: unreadable on the light blue of the dark one. Blanks that somebody typed by the
    hundred break like words. And no English hint to press Enter in a text field:
    what is typed is saved by itself. The button of an uploader says `choose_file`; its own words are English. And
    no toolbar over data: its file would take a cell that begins with = for a formula, and its words are English too."""
    chart = "[data-testid=stFullScreenFrame]:has(>.stPlotlyChart):not([class*=st-key-bar-] *)"
    primary = "button[data-testid^=stBaseButton-primary]:not(:disabled)"
    chip = "[data-testid=stMultiSelect] span[title]"
    dark = f"@media (prefers-color-scheme:dark){{{primary},{chip},{chip}~*{{color:{on_primary_dark}}}}}"
    row = "[data-testid=stMultiSelectTagsContainer]"
    wraps = f"{chip}{{white-space:normal}}:is({row} span,div):has(>span[title],>{row}){{height:auto;max-height:none}}"
    targets = f"[data-testid=stMultiSelect] button{{min-width:24px;min-height:24px}}{wraps}"
    blanks = "[data-testid=stText] span{white-space:break-spaces}"
    drop = "[data-testid=stFileUploaderDropzone"
    words = f"[data-testid=stMarkdownContainer]::after{{content:{json.dumps(choose_file, ensure_ascii=False)}}}"
    upload = f"{drop}Instructions]{{display:none}}{drop}] button p{{font-size:0;line-height:0}}{drop}] button {words}"
    return f"<style>{targets}{upload}{chart}{{min-width:{CHART_WIDTH}px}}{dark}{blanks}[data-testid=InputInstructions],[data-testid=stElementToolbar]{{display:none}}</style>"


def one_screen() -> str:
    """CSS of the page that has to fit 1280 × 800 pixels, and of slides: Streamlit leaves room above and below every heading, list and link."""
    page, main = ":is(.st-key-board,.st-key-slide)", "[data-testid=stMainBlockContainer]:has(.st-key-board,.st-key-slide)"
    heads = f"{page} h1{{padding:0.1rem 0 0.4rem;font-size:1.25rem}}{page} h2{{padding:0.3rem 0 0.35rem}}"
    slide = ".st-key-slide h1{font-size:1.5rem;padding:0.3rem 0 0.9rem}.st-key-slide h2{padding:0.8rem 0 0.5rem}"
    lists = f"{page} ul{{margin:0 0 0.4rem 1rem}}{page} li{{margin:0;padding:0;line-height:1.4}}"
    links = f"{page} [data-testid=stPageLink] a{{padding:0;margin:0;min-height:24px}}"
    line = "@media (min-width:800px){.st-key-board_line{flex-wrap:nowrap}}"
    return f"<style>{heads}{slide}{lists}{links}{line}{main}{{padding-bottom:0.5rem}}{main}>[data-testid=stVerticalBlock]{{gap:0.4rem}}</style>"


def without_menus() -> str:
    """CSS of a presentation: no header bar, and larger text on a larger screen. (Plotly measures itself wrongly under `zoom`.)"""
    head = "[data-testid=stHeader]{display:none}[data-testid=stMainBlockContainer]{padding-top:0.75rem}"
    larger = "".join(f"@media (min-width:{width}px){{html{{font-size:{size}px!important}}}}" for width, size in ((1600, 18), (1900, 21)))
    return f"<style>{head}{larger}</style>"


def gc_after_each_run() -> bool:
    """The hidden option `runner.postScriptGC`: when true, 50 sessions wait seconds for every click. Only
    config.toml can set it."""
    return bool(config.get_option("runner.postScriptGC"))


def fast_reruns() -> bool:
    """The option `runner.fastReruns`: when true, a click that comes while another is being taken up stops that one's
    script run, and with it the key press that had not reached its callback yet."""
    return bool(config.get_option("runner.fastReruns"))


_look_for_requests = ScriptRunner._maybe_handle_execution_control_request


def _look_for_requests_once_started(runner: ScriptRunner) -> None:
    run = get_script_run_ctx(suppress_warning=True)
    if run is None or run.has_script_started:
        _look_for_requests(runner)


def keep_callbacks_whole() -> None:
    """Let no click put an end to the callback of the click before.

    Streamlit looks for newer requests right before the callbacks and at every access to the session in them, and then
    drops what is left: an answer would be lost without a word. So it looks again once the callbacks are through."""
    ScriptRunner._maybe_handle_execution_control_request = _look_for_requests_once_started  # type: ignore[method-assign, assignment]


@st.fragment(run_every=24 * 3600)
def run_again_after_a_restart() -> None:
    """Draws nothing. A page finds its server again by itself, but asks it for a new run only if something on it runs by
    the clock; without one, every click after a restart would go to a session that knows no page, and be lost."""


def limit_uploads(megabytes: int) -> None:
    """The largest file that the file uploader takes and names; config.toml has it for a server that is not ours."""
    config.set_option("server.maxUploadSize", megabytes)


def upload_limit() -> int:
    """The largest file that the file uploader takes, in megabytes."""
    return int(config.get_option("server.maxUploadSize"))


def release(file: UploadedFile) -> None:
    """Streamlit keeps what was uploaded in memory until the session ends. Call it in a callback, once the file is kept or
    refused, and give the uploader another key: its old one would still show a name."""
    run = get_script_run_ctx(suppress_warning=True)
    if run and isinstance(run.uploaded_file_mgr, MemoryUploadedFileManager):
        run.uploaded_file_mgr.remove_file(run.session_id, file.file_id)
    file.close()


def inline_scripts() -> list[str]:
    """'sha256-…' of each script that stands in Streamlit's one HTML page, for the Content-Security-Policy."""
    page = (Path(st.__file__).parent / "static" / "index.html").read_bytes()
    return [f"sha256-{b64encode(sha256(script).digest()).decode()}" for script in INLINE_SCRIPT.findall(page)]


def language(query: str, cookies: str, default: Lang) -> Lang:
    """`?lang=` first, then the cookie that it leaves, then `default`."""
    kept = SimpleCookie(cookies).get(LANG_COOKIE)
    stored = next((lang for lang in TITLES if kept and lang == kept.value), default)
    return _asked(query) or stored


def _asked(query: str) -> Lang | None:
    named = parse_qs(query).get("lang", [""])[-1]
    return next((lang for lang in TITLES if lang == named), None)


def _kept(query: str) -> dict[str, str]:
    """Cookies that an address leaves: the language that it asks for, and who it says is here (an id, see session.py)."""
    lang, person = _asked(query), parse_qs(query).get("as", [""])[-1]
    kept: dict[str, str] = {LANG_COOKIE: lang} if lang else {}
    return kept | ({PERSON_COOKIE: person} if person.isascii() and person.isdigit() else {})


class PageLanguage:
    """Writes the reader's language into the one HTML page that Streamlit serves for every address.

    Streamlit's index.html says lang="en" whatever the app; screen readers and hyphenation need the truth. A `?lang=`
    in the address is kept in a cookie, so that the next address needs none.
    """

    def __init__(self, app: ASGIApp, default: Lang) -> None:
        self.app, self.default = app, default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if b"text/html" not in headers.get(b"accept", b""):
            await self.app(scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        lang = language(query, headers.get(b"cookie", b"").decode("latin-1"), self.default)
        # Compressed or unchanged answers cannot be rewritten: ask for a plain and whole one.
        plain = [pair for pair in scope["headers"] if pair[0] not in (b"accept-encoding", b"if-none-match", b"if-modified-since")]
        await self.app({**scope, "headers": plain}, receive, _Rewriter(send, lang, _kept(query)))


class _Rewriter:
    def __init__(self, send: Send, lang: Lang, keep: dict[str, str]) -> None:
        self.send, self.lang, self.keep = send, lang, keep
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message["headers"]))
            if headers.get("content-type", "").startswith("text/html"):
                self.start = message
                return
        if self.start is None or message["type"] != "http.response.body":
            await self.send(message)
            return
        self.body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._finish(self.start)

    async def _finish(self, start: Message) -> None:
        body = self.body.replace(INDEX_LANG, f'<html lang="{self.lang}">'.encode(), 1)
        body = body.replace(INDEX_TITLE, f"<title>{TITLES[self.lang]}</title>".encode(), 1)
        body = body.replace(HEAD_END, HEAD + HEAD_END, 1)
        body = NOSCRIPT.sub(NEEDS_SCRIPT[self.lang].encode(), body, count=1)
        headers = MutableHeaders(raw=list(start["headers"]))
        for name in ("etag", "last-modified"):
            del headers[name]
        headers["content-length"] = str(len(body))
        headers["vary"] = "Cookie"
        for name, value in self.keep.items():
            headers.append("set-cookie", f"{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly")
        await self.send({**start, "headers": headers.raw})
        await self.send({"type": "http.response.body", "body": body})
