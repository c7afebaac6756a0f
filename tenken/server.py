"""The ASGI application: Streamlit's st.App with Tenken's own routes and middleware around it.

Content and database are opened before the first request is answered: a broken checklist or an unusable database
ends the start with every problem named, and never shows up as a broken page.
"""

import asyncio
import logging
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from scoring.errors import ScoringError
from tenken import backup, files, number_files, report_files
from tenken.content import cost_book, load_content
from tenken.error_words import error_text
from tenken.errors import StoreError, TenkenError
from tenken.gate import Gate, content_security_policy
from tenken.i18n import words
from tenken.session import current_words, open_store
from tenken.settings import ROOT, read_settings
from tenken.streamlit_quirks import TYPING, PageLanguage, inline_scripts, keep_callbacks_whole, limit_uploads

log = logging.getLogger("tenken")

COPY_SECONDS = 3600


def create_app() -> st.App:
    """The application; see `app_arguments`."""
    return st.App(**app_arguments())


def app_arguments() -> dict[str, Any]:
    """What st.App is made of. Ends the process with one clear line per problem when Tenken cannot work."""
    keep_callbacks_whole()
    _ = words("ja")
    try:
        settings = read_settings()
        _ = words(settings.lang)
        load_content()
        cost_book()
        open_store(settings.store_url)
    except (ScoringError, TenkenError) as error:
        sys.exit(error_text(error, _))
    limit_uploads(settings.evidence_mb)
    return {
        "script_path": ROOT / "tenken" / "main.py",
        "routes": [
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/typing.js", typing),
            *files.ROUTES,
            *number_files.ROUTES,
            *report_files.ROUTES,
        ],
        "middleware": [
            Middleware(Gate, hosts=settings.hosts, policy=content_security_policy(inline_scripts()), upload_bytes=settings.evidence_bytes),
            Middleware(PageLanguage, default=settings.lang),
        ],
        "lifespan": copies_by_day,
        "on_script_error": show_error,
    }


@asynccontextmanager
async def copies_by_day(app: st.App) -> AsyncIterator[None]:
    """While the server runs: a backup a day, looked for at the start and every hour."""
    task = asyncio.create_task(_copy_daily())
    try:
        yield
    finally:
        task.cancel()


async def _copy_daily() -> None:
    while True:
        try:
            await asyncio.to_thread(backup.daily, read_settings(), datetime.now().astimezone())
        except (TenkenError, OSError) as error:
            log.warning("no daily copy: %s", error)
        await asyncio.sleep(COPY_SECONDS)


def healthz(request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


def readyz(request: Request) -> Response:
    """The database takes a write (rolled back), its schema is ours, the disk has room. 503 when not."""
    try:
        ready = open_store(read_settings().store_url).ready()
    except StoreError as error:
        return JSONResponse({"status": "unavailable", "code": error.code}, status_code=503)
    return JSONResponse({"status": "ready", "schema": ready.schema, "free_bytes": ready.free_bytes})


def typing(request: Request) -> Response:
    """The one script of our own; see there."""
    return FileResponse(TYPING, media_type="text/javascript")


def show_error(error: Exception) -> bool:
    """The one boundary for pages, fragments and callbacks: what is known is said in the reader's words; anything else is
    a bug, logged with an id that the page shows. True: Streamlit draws no traceback of its own."""
    _ = current_words()
    if isinstance(error, (ScoringError, TenkenError)):
        st.error(error_text(error, _))
        return True
    number = secrets.token_hex(4)
    log.error("unexpected error %s", number, exc_info=error)
    st.error(_("Something went wrong. Saved answers are safe. Error number: {number}", number=number))
    return True
