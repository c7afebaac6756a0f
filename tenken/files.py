"""Every file that leaves, by one door: `/files/…`. Never kept by a browser or a proxy, never shown in the page.

A file is asked for by a page of ours or by hand; the gate has let nobody else in, and a link on another site ends here.
"""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tenken import workbook
from tenken.auth import can
from tenken.books import quarter_progress
from tenken.error_words import error_text
from tenken.errors import NotAllowed, NotFound, TenkenError
from tenken.evidence import open_kept
from tenken.exchange import answer_rows, answers_csv, sheet_forms
from tenken.form import open_form
from tenken.gate import refusal
from tenken.i18n import LANGUAGES, Words, words
from tenken.organisation import organisation_of
from tenken.progress import late_units, part
from tenken.reminders import calendar_file
from tenken.session import View, Wanted, persons_of, read_view, root_at_hand, store, today, user_at
from tenken.settings import read_settings
from tenken.store import KeptFile
from tenken.store.values import UnitPlan
from tenken.streamlit_quirks import LANG_COOKIE, PERSON_COOKIE
from tenken.unit_files import units_csv, units_xlsx

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOKEN: Final = re.compile(r"[\w-]{22}", re.ASCII)


def disposition(name: str) -> str:
    """Content-Disposition of a file to be kept under `name`, in any script (RFC 6266, RFC 8187)."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "_" for sign in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def leaving(content: bytes, name: str, kind: str) -> Response:
    """A file on its way out; the gate adds no-store and nosniff as it does to everything."""
    return Response(content, media_type=kind, headers={"content-disposition": disposition(name)})


def _csv(here: View) -> bytes:
    return answers_csv(here.checklist, here.answers)


def _json(here: View) -> bytes:
    answers = {
        row.pop("question"): {name: value for name, value in row.items() if value} for row in answer_rows(here.checklist, here.answers)
    }
    return json.dumps({"answers": answers}, ensure_ascii=False, indent=2).encode()


def _from_elsewhere(request: Request) -> bool:
    """Whether a page of another site asks; browsers say so."""
    return request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")


def _not_now(error: TenkenError) -> Response:
    return Response(error_text(error, words(read_settings().lang)), status_code=503, media_type="text/plain")


def wanted(request: Request) -> Wanted:
    """What an address asks for, and who says to be here: as on the pages, nobody has checked the name."""
    asked = request.query_params
    return Wanted(asked.get("unit"), asked.get("period"), request.cookies.get(PERSON_COOKIE))


def _kept(request: Request, token: str) -> KeptFile | None:
    """A file of the organisation that is looked at, for whoever may read anything of it: one file may stand behind answers of
    several units. Raises NotAllowed for anybody else."""
    here = read_view(wanted(request))
    if not any(here.may("read", unit) for unit in here.tree.units):
        raise NotAllowed("not_allowed_read", person=here.user.name)
    try:
        return store().evidence(token, here.root.id)
    except NotFound:
        return None


def _due(request: Request) -> Response:
    """`/files/due.ics?period=2026-10-01&lang=ja`: the day by which a quarter is due, for those who still have something to do."""
    if _from_elsewhere(request):
        return refusal(403)
    asked = request.query_params
    try:
        here = read_view(Wanted(period=asked.get("period"), person=request.cookies.get(PERSON_COOKIE)))
        somebody = here.user.name or here.user.solo
        if not somebody or here.period.due is None or here.period.start.isoformat() != asked.get("period"):
            return refusal(404)
        late = late_units(part(quarter_progress(store(), here.period, today()), lambda unit: here.may("read", unit)))
    except TenkenError as error:
        return _not_now(error)
    says = words(next((lang for lang in LANGUAGES if lang == asked.get("lang")), read_settings().lang))
    label = says.quarter(here.period.start, here.period.fiscal_start)
    seed = f"{here.root.sample}:{here.root.code}:{here.period.start.isoformat()}"
    content = calendar_file(label, here.period.due, [unit.name for unit in late], f"{request.base_url}answer", says,
                            now=datetime.now().astimezone(), seed=seed)  # fmt: skip
    return leaving(content, f"{label}.ics", "text/calendar")


def evidence_route(find: Callable[[Request, str], KeptFile | None], folder: Callable[[], Path]) -> Route:
    """`/files/evidence/…`: the file behind a token, whole and as it was taken, and never as anything that a browser shows.

    `find` looks a token up in the store (None: there is none; NotAllowed: not for whoever asks); `folder` is where evidence is kept.
    """

    def evidence(request: Request) -> Response:
        if _from_elsewhere(request):
            return refusal(403)
        token = str(request.path_params["token"])
        try:
            kept = find(request, token) if TOKEN.fullmatch(token) else None
            if kept is None:
                return refusal(404)
            return leaving(open_kept(folder(), kept.sha256), kept.name, "application/octet-stream")
        except NotAllowed:
            return refusal(403)
        except TenkenError as error:
            return _not_now(error)

    return Route("/files/evidence/{token}", evidence)


def _route(kind: str, media_type: str, write: Callable[[View], bytes]) -> Route:
    def answers(request: Request) -> Response:
        settings = read_settings()
        if _from_elsewhere(request):
            return refusal(403)
        try:
            here = read_view(wanted(request))
            if not here.may("read"):
                return refusal(403)
        except TenkenError as error:
            return _not_now(error)
        name = f"{here.unit.name.of(settings.lang)}_{here.checklist.id}_{here.checklist.edition}_{date.today():%Y%m%d}.{kind}"
        return leaving(write(here), name, media_type)

    return Route(f"/files/answers.{kind}", answers)


def _units_route(kind: str, media_type: str, write: Callable[[Sequence[UnitPlan], Words], bytes]) -> Route:
    """`/files/units.…`: the units that somebody may see, to be changed and read back."""

    def units(request: Request) -> Response:
        if _from_elsewhere(request):
            return refusal(403)
        try:
            there = organisation_of(store(), root_at_hand(store()))
            asked = request.query_params.get("as") or request.cookies.get(PERSON_COOKIE)
            user = user_at(store(), persons_of(store(), there.root), asked)
        except TenkenError as error:
            return _not_now(error)
        plans = [there.plan(unit) for unit in there.ordered if can(user, "read", unit.id, there.tree)]
        lang = next((lang for lang in LANGUAGES if lang == request.cookies.get(LANG_COOKIE)), read_settings().lang)
        return leaving(write(plans, words(lang)), f"units_{date.today():%Y%m%d}.{kind}", media_type) if plans else refusal(403)

    return Route(f"/files/units.{kind}", units)


def _form(request: Request) -> Response:
    """`/files/form.xlsx?unit=…&period=…[&all=1]`: the questions of one unit, or of all that this person may answer for."""
    if _from_elsewhere(request):
        return refusal(403)
    try:
        here = read_view(wanted(request))
        units = [unit for unit in here.tree.units if here.may("answer", unit)] if request.query_params.get("all") else [here.unit]
        if not units or not here.may("read"):
            return refusal(403)
        forms = [open_form(store(), here.tree, unit, here.period, here.checklist) for unit in units]
        earlier = [period for period in here.periods if period.start < here.period.start]
        asked = [form for form in forms if form.questions]
        sheets = sheet_forms(store(), asked, earlier[-1] if earlier else None)
    except TenkenError as error:
        return _not_now(error)
    settings = read_settings()
    name = here.root.name if request.query_params.get("all") else here.unit.name
    label = words(settings.lang).quarter(here.period.start, here.period.fiscal_start)
    return leaving(
        workbook.write(sheets, settings.lang, created=datetime.now().astimezone()), f"{name.of(settings.lang)}_{label}.xlsx", XLSX
    )


ROUTES: list[Any] = [
    Route("/files/form.xlsx", _form),
    _route("csv", "text/csv", _csv),
    _route("json", "application/json", _json),
    Route("/files/due.ics", _due),
    _units_route("csv", "text/csv", units_csv),
    _units_route("xlsx", XLSX, units_xlsx),
    evidence_route(_kept, lambda: read_settings().evidence_folder),
]
