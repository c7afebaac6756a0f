"""`/files/report/…`: a file of the board pack, for whoever had it made, as long as it is kept.

The token says which file; it opens nothing by itself. Who asks must be who had it made, look at the same organisation, and may
read every unit that has numbers in it at this moment.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tenken.auth import can
from tenken.error_words import error_text
from tenken.errors import ReportError, TenkenError
from tenken.files import TOKEN, leaving
from tenken.gate import refusal
from tenken.i18n import LANGUAGES, Words, words
from tenken.parts.reporting import owner_of
from tenken.reports.making import DESK, About
from tenken.session import View, Wanted, read_view, store
from tenken.settings import read_settings
from tenken.streamlit_quirks import LANG_COOKIE, PERSON_COOKIE

GONE = 410


def report(request: Request) -> Response:
    """The file; 404 for a token that is none of this person's, 410 for one whose file is not kept any longer."""
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return refusal(403)
    token, _ = str(request.path_params["token"]), _words(request)
    try:
        here = read_view(Wanted(person=request.query_params.get("as") or request.cookies.get(PERSON_COOKIE)))
        if not (here.user.name or here.user.solo):
            return refusal(403)
        job = DESK.look(token, owner_of(here)) if TOKEN.fullmatch(token) else None
        if job is None or job.running:
            return refusal(404)
        if job.file is None:
            return Response(error_text(ReportError("report_gone"), _), GONE, media_type="text/plain")
        return leaving(job.file.content, job.file.name, job.file.media_type) if _may_read(here, job.about) else refusal(403)
    except TenkenError as error:
        return Response(error_text(error, _), status_code=503, media_type="text/plain")


def _may_read(here: View, about: About) -> bool:
    """Whether all its units are still open to this person: roles may have been taken back since it was made."""
    period = next((each for each in here.periods if each.start.isoformat() == about.period), None)
    if period is None:
        return False
    tree = store().tree_of(period)
    return all(unit in tree and can(here.user, "read", unit, tree) for unit in about.units)


def _words(request: Request) -> Words:
    wanted = request.cookies.get(LANG_COOKIE)
    return words(next((lang for lang in LANGUAGES if lang == wanted), read_settings().lang))


ROUTES: list[Any] = [Route("/files/report/{token}", report)]
