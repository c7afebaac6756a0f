"""The gate over real HTTP and WebSocket: every route, anonymous and under a wrong name or from a foreign page."""

import asyncio
import re
import time
from collections.abc import Iterable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import streamlit
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message, Receive, Scope, Send
from streamlit.runtime import Runtime
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tenken.gate import CLOSED, FILE_POLICY, OPEN_CORE, STREAM, UPLOAD, WRAPPING, Gate, content_security_policy
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
FILES = ("/files/answers.csv", "/files/answers.json")
# Where Streamlit's file uploader sends a file; what is like it and is not it.
ID = "0123abcd-4567-89ab-cdef-0123456789ab"
SENT = f"/_stcore/upload_file/{ID}/{ID}"
LIKE_SENT = (
    "/_stcore/upload_file/x/x", f"/_stcore/upload_file/{ID}", f"/_stcore/upload_file/{ID}/", f"{SENT}/", f"{SENT}/x", f"/{SENT}", f"/_stcore/upload_file/{ID.upper()}/{ID}",
    f"/x{SENT}", f"/_stcore/upload_file/{ID}/../{ID}", f"/_stcore/upload_file/{ID}/%2e%2e", f"{SENT}%0a", f"/answer{SENT}",
)  # fmt: skip
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
    for path in (*streamlits_routes(), *PAGES, *OWN, SENT, "/static/js/none.js"):
        status, headers, _body = ask(address, path, method)
        policy = {"content-security-policy": FILE_POLICY} if path in FILES and status == 200 else {}
        assert {name: headers.get(name) for name in HEADERS} == HEADERS | policy, (path, status)
        assert not {"server", "access-control-allow-origin", "strict-transport-security"} & set(headers)
        if not path.startswith("/static/"):
            assert headers["cache-control"] == "no-store"
        if path == SENT and method in ("PUT", "DELETE"):
            assert status == 403  # without an Origin
        elif method not in ("GET", "HEAD"):
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


# --- uploads ------------------------------------------------------------------------------------------------------


class Tab:
    """A page that is open: its session's id, and the headers that its file uploader sends."""

    def __init__(self, address: str, session: str) -> None:
        self.address, self.session = address, session
        cookie = ask(address, "/_stcore/health")[1]["set-cookie"].split(";")[0]
        self.headers = {"Origin": address, "Cookie": cookie, "X-Xsrftoken": cookie.partition("=")[2]}

    @property
    def held(self) -> dict[str, bytes]:
        """What Streamlit has in its memory for this page: file id → content."""
        files = Runtime.instance().uploaded_file_mgr.get_files(self.session, [ID])
        return {file.file_id: file.data for file in files}

    def send(self, pieces: Iterable[bytes], method: str = "PUT", **headers: str) -> int:
        """One upload, in chunks without a length unless one is named; 0 when the server hung up while it was sent."""
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        try:
            connection.putrequest(method, f"/_stcore/upload_file/{self.session}/{ID}")
            chunked = {} if "Content_Length" in headers else {"Transfer-Encoding": "chunked"}
            for name, value in (self.headers | chunked | headers).items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            try:
                for piece in pieces:
                    connection.send(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                if chunked:
                    connection.send(b"0\r\n\r\n")
                return connection.getresponse().status
            except ConnectionError:
                return 0
        finally:
            connection.close()


FORM = {"Content_Type": "multipart/form-data; boundary=tenken"}


def form(content: bytes) -> list[bytes]:
    head = b'--tenken\r\nContent-Disposition: form-data; name="a"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    return [head, content, b"\r\n--tenken--\r\n"]


def sessions() -> set[str]:
    return {info.session.id for info in Runtime.instance()._session_mgr.list_active_sessions()}


@pytest.fixture
def tab(address: str) -> Iterator[Tab]:
    before = sessions()
    with connect(f"{address.replace('http', 'ws', 1)}{STREAM}", origin=Origin(address), open_timeout=30):
        while not (new := sessions() - before):
            time.sleep(0.01)
        yield Tab(address, new.pop())


def test_a_page_can_send_a_file_and_take_it_back(tab: Tab) -> None:
    assert tab.send(form(b"content"), **FORM) == 204
    assert tab.held == {ID: b"content"}
    assert tab.send([], "DELETE") == 204
    assert tab.held == {}


def test_nothing_else_takes_more_than_reading(address: str) -> None:
    """Every address with every method, from a page of our own: beside reading, there are two."""
    paths = (*streamlits_routes(), *PAGES, *OWN, *LIKE_SENT, SENT)
    got = {(method, path): ask(address, path, method, Origin=address) for method in METHODS for path in paths}
    let_in = {asked for asked, (status, _headers, body) in got.items() if b"XSRF" in body}
    assert let_in == {("PUT", SENT), ("DELETE", SENT)}  # as far as Streamlit's own check
    rest = {status for (method, path), (status, *_rest) in got.items() if method not in ("GET", "HEAD") and (method, path) not in let_in}
    assert rest <= {400, 405}  # 400: not a path at all, says Streamlit
    assert {got["GET", path][0] for path in (*LIKE_SENT, SENT)} <= {400, 404}


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://127.0.0.1:1"])
def test_only_our_own_page_sends_files(tab: Tab, origin: str | None) -> None:
    del tab.headers["Origin"]
    assert tab.send(form(b"content"), **FORM, **({"Origin": origin} if origin else {})) == 403
    assert tab.held == {}


def test_a_file_without_the_token_of_the_page_is_refused(tab: Tab) -> None:
    assert tab.send(form(b"content"), **FORM, **{"X-Xsrftoken": "x"}) == 403
    assert tab.held == {}


def test_a_claim_of_a_gigabyte_is_refused_before_it_is_sent(tab: Tab) -> None:
    for length in (2**30, read_settings().evidence_bytes + WRAPPING + 1, 10**15):
        assert tab.send([], **FORM, Content_Length=str(length)) == 413
    status, headers, body = ask(tab.address, SENT, "PUT", Origin=tab.address, Content_Length=str(2**30))
    assert (status, headers["connection"]) == (413, "close")
    assert "TENKEN_EVIDENCE_MB" in body.decode()
    assert {name: headers.get(name) for name in HEADERS} == HEADERS


def test_a_body_that_goes_on_and_on_is_cut_off(tab: Tab) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        yield form(b"")[0]
        for _piece in range(1024):
            taken += 2**20
            yield b"x" * 2**20

    assert tab.send(endless(), **FORM) in (413, 0)
    assert taken < 100 * 2**20  # not the gigabyte: what was on its way when the server hung up
    assert tab.held == {}
    assert ask(tab.address, "/healthz")[0] == 200


# --- the gate alone -----------------------------------------------------------------------------------------------


def through(
    path: str = "/", scheme: str = "http", method: str = "GET", body: Iterable[bytes] = (), **headers: str
) -> tuple[int, dict[str, str]]:
    """What comes out for a request, with an application behind the gate that reads it and answers 200, or breaks at /broken."""
    sent: list[Message] = []
    pieces = iter(body)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/broken":
            raise RuntimeError("a bug")
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": [(b"server", b"x")]})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Message:
        piece = next(pieces, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message: Message) -> None:
        sent.append(message)

    pairs = [(name.replace("_", "-").encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    scope = {"type": "http", "path": path, "method": method, "scheme": scheme, "headers": pairs, "query_string": b""}
    asyncio.run(Gate(app, ["Tenken.Example"], "policy", 1000)(scope, receive, send))
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


@given(
    st.text(max_size=90)
    | st.from_regex(r"/_stcore/upload_file/[0-9a-f-]{30,40}/[0-9a-f-]{30,40}", fullmatch=True)
    | st.from_regex(UPLOAD, fullmatch=True)
)
def test_only_one_address_takes_files(path: str) -> None:
    here: dict[str, Any] = {"host": "localhost", "origin": "http://localhost"}
    wanted = 200 if UPLOAD.fullmatch(path) else 405
    assert [through(path, method=method, **here)[0] for method in ("PUT", "DELETE")] == [wanted, wanted]
    assert through(path, method="POST", **here)[0] == 405
    assert through(path, method="PUT", host="localhost")[0] == (403 if wanted == 200 else 405)


@given(st.lists(st.integers(0, 40_000), max_size=6), st.text(max_size=8) | st.integers(0, 2**70).map(str))
def test_a_body_is_as_long_as_it_may_be(sizes: list[int], length: str) -> None:
    here: dict[str, Any] = {"host": "localhost", "origin": "http://localhost"}
    most = 1000 + WRAPPING
    assert through(SENT, method="PUT", body=map(bytes, sizes), **here)[0] == (413 if sum(sizes) > most else 200)
    claimed = through(SENT, method="PUT", content_length=length, **here)[0]
    assert claimed == (200 if re.fullmatch("[0-9]+", length) and int(length) <= most else 413)
