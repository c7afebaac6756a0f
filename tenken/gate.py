"""Who may ask for what, before Streamlit hears of it: Host and Origin, the addresses that are closed, and the headers
that every answer carries, errors too.

Reading files from another page, another site's script, a name that was bound to this machine's address (DNS rebinding):
all end here. What is open is listed; the rest of Streamlit's own addresses is closed.
"""

import logging
import re
from collections.abc import Collection, Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tenken.i18n import LANGUAGES, Words, words

log = logging.getLogger("tenken")

LOCAL_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
STREAM: Final = "/_stcore/stream"
OPEN_CORE: Final = frozenset({"/_stcore/health", "/_stcore/host-config"})
# Where the file uploader sends a file and takes it back: a session's and a file's random ids, as Streamlit makes them.
UUID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
UPLOAD: Final = re.compile(f"/_stcore/upload_file/{UUID}/{UUID}")
WRAPPING: Final = 64 * 1024  # bytes that a form puts around its file
# First parts of Streamlit's own addresses; Tenken uses nothing below them but UPLOAD, and media ask nobody for a name.
CLOSED: Final = frozenset({"_stcore", "media", "component", "app", "auth", "oauth2callback"})
FILE_POLICY: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"  # a file that leaves is no page of ours
DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def _sentences(_: Words) -> dict[int, str]:
    return {
        421: _("Tenken does not answer under this address. An administrator can add the name to TENKEN_ALLOWED_HOSTS."),
        403: _("Requests from other sites are refused."),
        404: _("There is nothing at this address."),
        405: _("Requests of this kind are refused."),
        413: _("This file is larger than Tenken takes. An administrator can raise TENKEN_EVIDENCE_MB."),
        500: _("Something went wrong. Open the page again."),
    }


def refusal(status: int) -> Response:
    """In both languages: who asks wrongly has no language here yet."""
    text = "".join(f"{_sentences(words(lang))[status]}\n" for lang in LANGUAGES)
    # What is too large is not read to its end, so nothing else can follow on this connection.
    return PlainTextResponse(text, status, {405: {"allow": "GET, HEAD"}, 413: {"connection": "close"}}.get(status))


def content_security_policy(inline_scripts: Iterable[str]) -> str:
    """Everything from this server and nothing else; `inline_scripts`: hashes ('sha256-…') of the page's own."""
    scripts = " ".join(f"'{each}'" for each in inline_scripts)
    return (
        f"default-src 'self'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-src 'none'; frame-ancestors 'none'; object-src 'none'; "
        "base-uri 'self'; form-action 'self'"
    )


class TooMuch(Exception):
    """A body that goes on behind what was allowed."""


class Gate:
    """The outermost middleware. `hosts`: names under which Tenken answers, beside the local ones; `upload_bytes`: the largest file
    that may be sent."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], policy: str, upload_bytes: int = 0) -> None:
        self.app, self.hosts = app, LOCAL_NAMES | {host.lower() for host in hosts}
        self.body_bytes = upload_bytes + WRAPPING
        self.headers = {
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        guarded = _Guarded(send, self.headers, scope)
        if refused := self._why_not(scope):
            await guarded.refuse(refused, receive)
            return
        try:
            await self.app(scope, _limited(receive, self.body_bytes) if scope["type"] == "http" else receive, guarded)
        except TooMuch:
            if guarded.started:
                raise
            await refusal(413)(scope, receive, guarded)
        except Exception:
            if guarded.started or scope["type"] == "websocket":
                raise
            log.exception("unexpected error at %s", scope["path"])
            await refusal(500)(scope, receive, guarded)

    def _why_not(self, scope: Scope) -> Response | None:
        """Why this request is not let in; None when it is."""
        headers, path = Headers(scope=scope), str(scope["path"])
        host = headers.get("host", "")
        if len(headers.getlist("host")) != 1 or _name(host) not in self.hosts:
            return refusal(421)
        origin = headers.get("origin")
        if origin is None and scope["type"] == "websocket":
            return refusal(403)
        if origin is not None and not _same(origin, host):
            return refusal(403)
        if scope["type"] == "websocket":
            return None if path == STREAM else refusal(404)
        if scope["method"] in ("PUT", "DELETE") and UPLOAD.fullmatch(path):
            length = headers.get("content-length", "0")
            too_large = not length.isdecimal() or int(length) > self.body_bytes
            return refusal(403) if origin is None else refusal(413) if too_large else None
        if scope["method"] not in ("GET", "HEAD"):
            return refusal(405)
        first = next((part for part in path.split("/") if part), "")
        if path not in OPEN_CORE and (first in CLOSED or "_stcore" in path):
            return refusal(404)
        return None


def _name(host: str) -> str:
    """The name in a Host header, without its port; empty when it is none."""
    try:
        parts = urlsplit(f"//{host}")
        return (parts.hostname or "") if parts.port != 0 else ""
    except ValueError:
        return ""


def _same(origin: str, host: str) -> bool:
    """Whether a page of `origin` is a page of this server. A proxy that ends TLS hands the Host on."""
    try:
        page, here = urlsplit(origin), urlsplit(f"{urlsplit(origin).scheme}://{host}")
        default = DEFAULT_PORTS.get(page.scheme)
        return default is not None and (page.hostname, page.port or default) == (here.hostname, here.port or default)
    except ValueError:
        return False


def _limited(receive: Receive, most: int) -> Receive:
    """A body of at most `most` bytes, whatever its head says. Raises TooMuch."""
    got = 0

    async def limited() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > most:
            raise TooMuch
        return message

    return limited


class _Guarded:
    """Sends what the application sends, with the headers on it."""

    def __init__(self, send: Send, headers: dict[str, str], scope: Scope) -> None:
        self.send, self.headers, self.scope = send, headers, scope
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            self.started = True
            headers = MutableHeaders(raw=list(message.get("headers", ())))
            for name in ("access-control-allow-origin", "access-control-allow-credentials", "server"):
                del headers[name]
            headers.update(self.headers)
            if "content-disposition" in headers:
                headers["content-security-policy"] = FILE_POLICY
            if self.scope["scheme"] in ("https", "wss"):
                headers["strict-transport-security"] = "max-age=31536000"
            if not self.scope["path"].startswith("/static/"):
                headers["cache-control"] = "no-store"
            message = {**message, "headers": headers.raw}
        await self.send(message)

    async def refuse(self, refused: Response, receive: Receive) -> None:
        if self.scope["type"] == "websocket" and "websocket.http.response" not in self.scope.get("extensions", {}):
            await self.send({"type": "websocket.close", "code": 1008})
            return
        await refused(self.scope, receive, self)
