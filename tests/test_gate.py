"""The gate over real HTTP and WebSocket: every route, anonymous and under a wrong name or from a foreign page."""

import asyncio
import re
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import streamlit
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message, Receive, Scope, Send
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tenken.gate import CLOSED, OPEN_CORE, STREAM, Gate, content_security_policy
from tenken.settings import read_settings
from tenken.streamlit_quirks import inline_scripts

HEADERS = {
    "content-security-policy": content_security_policy(inline_scripts()),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
PAGES = ("/", "/answer", "/statistics", "/about", "/explain", "/no/such/page")
OWN = ("/healthz", "/readyz", "/typing.js", "/files/answers.csv", "/files/answers.json")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")


def ask(address: str, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One request with exactly these headers, and a Host when none is named."""
    netloc = urlsplit(address).netloc
    connection = HTTPConnection(netloc, timeout=30)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in ({"Host": netloc} | headers).items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def streamlits_routes() -> list[str]:
    """Every address that Streamlit answers to, with its parameters filled in."""
    from streamlit.runtime import Runtime
    from streamlit.web.server.starlette.starlette_app import create_streamlit_routes

    found = [route.path for route in create_streamlit_routes(Runtime.instance()) if isinstance(route, Route | WebSocketRoute)]
    return sorted({re.sub(r"\{[^}]*\}", "x", path) for path in found})


def test_every_route_is_either_open_by_name_or_closed(address: str) -> None:
    """The list of what an anonymous reader gets, and nothing on it that nobody decided."""
    routes = streamlits_routes()
    assert {"/media/x", "/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/upload_file/x/x"} <= set(routes)
    got = {path: ask(address, path)[0] for path in (*routes, *PAGES, *OWN)}
    assert {path for path, status in got.items() if status == 200} == {*PAGES, *OWN, *OPEN_CORE}
    assert set(got.values()) == {200, 404}


@pytest.mark.parametrize("method", METHODS)
def test_every_answer_carries_the_headers(address: str, method: str) -> None:
    for path in (*streamlits_routes(), *PAGES, *OWN, "/static/js/none.js"):
        status, headers, _body = ask(address, path, method)
        assert {name: headers.get(name) for name in HEADERS} == HEADERS, (path, status)
        assert not {"server", "access-control-allow-origin", "strict-transport-security"} & set(headers)
        if not path.startswith("/static/"):
            assert headers["cache-control"] == "no-store"
        if method not in ("GET", "HEAD"):
            assert (status, headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("host", ["tenken.example", "127.0.0.1.example", "", "localhost:8501:1", "[::1", "127.0.0.1@x.example"])
def test_a_wrong_host_is_refused_everywhere(address: str, host: str) -> None:
    for path in (*streamlits_routes(), *PAGES, *OWN):
        status, headers, body = ask(address, path, Host=host)
        assert status in (400, 421), path  # 400: not a Host at all, says uvicorn
        if status == 421:
            assert "TENKEN_ALLOWED_HOSTS" in body.decode()
            assert {name: headers.get(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://127.0.0.1:1", "file://", "http://127.0.0.1.evil.example"])
def test_a_foreign_origin_is_refused_everywhere(address: str, origin: str) -> None:
    for path in (*streamlits_routes(), *PAGES, *OWN):
        assert ask(address, path, Origin=origin)[0] == 403, path


def test_what_a_page_loads_is_open(address: str) -> None:
    """Scripts, styles and fonts of the page; `/static/media` is not `/media`."""
    page = ask(address, "/")[2].decode()
    wanted = re.findall(r'(?:src|href)="\./(static/[^"]+)"', page)
    fonts = list((Path(streamlit.__file__).parent / "static").glob("static/media/*.woff2"))
    assert len(wanted) > 10
    assert fonts
    for path in (*wanted, *(f"static/media/{font.name}" for font in fonts)):
        status, headers, _body = ask(address, f"/{path}")
        assert status == 200
        assert headers.get("cache-control") != "no-store"


def test_its_own_origin_is_fine(address: str) -> None:
    assert ask(address, "/healthz", Origin=address)[0] == 200
    port = urlsplit(address).port
    assert ask(address, "/healthz", Host=f"localhost:{port}", Origin=f"http://localhost:{port}")[0] == 200


def socket_status(address: str, path: str = STREAM, origin: str | None = None, host: str = "") -> int:
    headers = {"Host": host} if host else {}
    try:
        with connect(
            f"{address.replace('http', 'ws', 1)}{path}",
            origin=Origin(origin) if origin else None,
            additional_headers=headers,
            open_timeout=30,
        ):
            return 101
    except InvalidStatus as refused:
        assert {name: refused.response.headers.get(name) for name in HEADERS} == HEADERS
        return refused.response.status_code


def test_the_websocket_wants_its_own_origin(address: str) -> None:
    assert socket_status(address, origin=address) == 101
    assert socket_status(address, origin=None) == 403
    assert socket_status(address, origin="http://evil.example") == 403
    assert socket_status(address, origin="null") == 403
    assert socket_status(address, "/_stcore/other", origin=address) == 404


def test_names_come_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENKEN_HOST", "0.0.0.0")
    assert read_settings().hosts == set()
    monkeypatch.setenv("TENKEN_ALLOWED_HOSTS", "tenken.example.co.jp, 192.0.2.7")
    assert read_settings().hosts == {"tenken.example.co.jp", "192.0.2.7"}
    monkeypatch.setenv("TENKEN_HOST", "192.0.2.8")
    assert "192.0.2.8" in read_settings().hosts


# --- the gate alone -----------------------------------------------------------------------------------------------


def through(path: str = "/", scheme: str = "http", method: str = "GET", **headers: str) -> tuple[int, dict[str, str]]:
    """What comes out for a request, with an application behind the gate that answers 200, or breaks at /broken."""
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/broken":
            raise RuntimeError("a bug")
        await send({"type": "http.response.start", "status": 200, "headers": [(b"server", b"x")]})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    pairs = [(name.replace("_", "-").encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    scope = {"type": "http", "path": path, "method": method, "scheme": scheme, "headers": pairs, "query_string": b""}
    asyncio.run(Gate(app, ["Tenken.Example"], "policy")(scope, receive, send))
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def test_behind_a_proxy_that_ends_tls() -> None:
    status, headers = through(scheme="https", host="tenken.example", origin="https://tenken.example:443")
    assert (status, headers["strict-transport-security"]) == (200, "max-age=31536000")
    assert through(host="TENKEN.example:443", origin="https://tenken.example")[0] == 200
    assert through(host="tenken.example", origin="https://tenken.example:444")[0] == 403
    assert through(host="tenken.example:99999999", origin="http://tenken.example")[0] == 421


def test_a_bug_is_an_answer_with_headers_too(caplog: pytest.LogCaptureFixture) -> None:
    status, headers = through("/broken", host="localhost")
    assert (status, headers["content-security-policy"], headers["cache-control"]) == (500, "policy", "no-store")
    assert "a bug" in caplog.text


@given(st.sampled_from(sorted(CLOSED)), st.lists(st.text(st.characters(codec="ascii", exclude_characters="/"), max_size=5), max_size=3))
def test_nothing_below_a_closed_address_is_open(closed: str, parts: list[str]) -> None:
    for path in ("/".join(["", closed, *parts]), "/".join(["", "", closed, *parts])):
        assert (through(path, host="localhost")[0] == 200) == (path in OPEN_CORE)
    assert through("/".join(["/answer", "_stcore", *parts]), host="localhost")[0] == 404


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_header_breaks_it(host: str, origin: str) -> None:
    assert through(host=host, origin=origin)[0] in (200, 403, 421)
