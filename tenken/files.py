"""Every file that leaves, by one door: `/files/…`. Never kept by a browser or a proxy, never shown in the page.

A file is asked for by a page of ours or by hand; the gate has let nobody else in, and a link on another site ends here.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scoring.load.answers import COLUMNS, plain_cell
from tenken.auth import User, can
from tenken.error_words import error_text
from tenken.errors import TenkenError
from tenken.evidence import KeptFile, open_kept
from tenken.gate import refusal
from tenken.i18n import LANGUAGES, Words, words
from tenken.organisation import organisation_of
from tenken.session import View, read_view, root_at_hand, store
from tenken.settings import read_settings
from tenken.store.values import UnitPlan
from tenken.streamlit_quirks import LANG_COOKIE, PERSON_COOKIE
from tenken.unit_files import units_csv, units_xlsx

TOKEN: Final = re.compile(r"[\w-]{22}", re.ASCII)


def disposition(name: str) -> str:
    """Content-Disposition of a file to be kept under `name`, in any script (RFC 6266, RFC 8187)."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "_" for sign in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def leaving(content: bytes, name: str, kind: str) -> Response:
    """A file on its way out; the gate adds no-store and nosniff as it does to everything."""
    return Response(content, media_type=kind, headers={"content-disposition": disposition(name)})


def _rows(here: View) -> list[dict[str, str]]:
    """The answers on the sheet in the order of the checklist, as `tenken score` reads them."""
    return [
        {
            "question": question.id,
            "choice": answer.choice,
            "reason": answer.reason,
            "note": answer.note,
            "evidence": answer.evidence.link if answer.evidence else "",
            "evidence_date": answer.evidence.dated.isoformat() if answer.evidence else "",
        }
        for question in here.checklist.questions
        if (answer := here.answers.get(question.id))
    ]


def _csv(here: View) -> bytes:
    """With a byte order mark, without which Excel takes UTF-8 for CP932; no cell is a formula."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows({name: plain_cell(value) for name, value in row.items()} for row in _rows(here))
    return out.getvalue().encode("utf-8-sig", "replace")


def _json(here: View) -> bytes:
    answers = {row.pop("question"): {name: value for name, value in row.items() if value} for row in _rows(here)}
    return json.dumps({"answers": answers}, ensure_ascii=False, indent=2).encode()


def _from_elsewhere(request: Request) -> bool:
    """Whether a page of another site asks; browsers say so."""
    return request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")


def _not_now(error: TenkenError) -> Response:
    return Response(error_text(error, words(read_settings().lang)), status_code=503, media_type="text/plain")


def evidence_route(find: Callable[[str], KeptFile | None], folder: Callable[[], Path]) -> Route:
    """`/files/evidence/…`: the file behind a token, whole and as it was taken, and never as anything that a browser shows.

    `find` looks a token up in the store (None: there is none); `folder` is where evidence is kept.
    """

    def evidence(request: Request) -> Response:
        if _from_elsewhere(request):
            return refusal(403)
        token = str(request.path_params["token"])
        try:
            kept = find(token) if TOKEN.fullmatch(token) else None
            if kept is None:
                return refusal(404)
            return leaving(open_kept(folder(), kept.sha256), kept.name, "application/octet-stream")
        except TenkenError as error:
            return _not_now(error)

    return Route("/files/evidence/{token}", evidence)


def _route(kind: str, media_type: str, write: Callable[[View], bytes]) -> Route:
    def answers(request: Request) -> Response:
        settings = read_settings()
        if _from_elsewhere(request):
            return refusal(403)
        try:
            here = read_view()
        except TenkenError as error:
            return _not_now(error)
        name = f"{here.unit.name.of(settings.lang)}_{here.checklist.id}_{here.checklist.edition}_{date.today():%Y%m%d}.{kind}"
        return leaving(write(here), name, media_type)

    return Route(f"/files/answers.{kind}", answers)


def _asking(request: Request, root: int) -> User:
    """Who asks, as pages do: by the address, then by the cookie. Before anybody has a role, whoever is here."""
    persons = store().persons(root)
    wanted = request.query_params.get("as") or request.cookies.get(PERSON_COOKIE)
    found = next((person for person in persons if str(person.id) == wanted), None)
    return User(found.name, found.roles) if found else User("", solo=not persons)


def _units_route(kind: str, media_type: str, write: Callable[[Sequence[UnitPlan], Words], bytes]) -> Route:
    """`/files/units.…`: the units that somebody may see, to be changed and read back."""

    def units(request: Request) -> Response:
        if _from_elsewhere(request):
            return refusal(403)
        try:
            there = organisation_of(store(), root_at_hand(store()))
            user = _asking(request, there.root.id)
        except TenkenError as error:
            return _not_now(error)
        plans = [there.plan(unit) for unit in there.ordered if can(user, "read", unit.id, there.tree)]
        lang = next((lang for lang in LANGUAGES if lang == request.cookies.get(LANG_COOKIE)), read_settings().lang)
        return leaving(write(plans, words(lang)), f"units_{date.today():%Y%m%d}.{kind}", media_type) if plans else refusal(403)

    return Route(f"/files/units.{kind}", units)


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROUTES: list[Any] = [
    _route("csv", "text/csv", _csv),
    _route("json", "application/json", _json),
    _units_route("csv", "text/csv", units_csv),
    _units_route("xlsx", XLSX, units_xlsx),
]
