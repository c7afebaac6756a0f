"""The blocks of the page that makes files: what goes in, which files, how far they are, and where they are taken.

A password is read from the form when a button is pressed, handed to the work, and kept nowhere else.
"""

from datetime import datetime
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from scoring.model import Lang
from tenken.error_words import error_text
from tenken.errors import ReportError, TenkenError
from tenken.i18n import LANGUAGES, Words
from tenken.markup import escaped
from tenken.parts.frame import readable, unit_names
from tenken.reports.facts import MARKING_LETTERS
from tenken.reports.formats import Choice, Wish, check_template, departments, label, make, parts, read
from tenken.reports.making import DESK, KEPT_SECONDS, About, File, Job, Owner, Say
from tenken.session import NotSaved, Saved, View, act, current_lang, state, store, today
from tenken.store import Period
from tenken.streamlit_quirks import release

NONE: Final = "none"
PASSWORD_LETTERS: Final = 64
EVERY: Final = 0.7  # seconds between two looks at what is being made
HASH_LETTERS: Final = 12
MINUTES: Final = KEPT_SECONDS // 60
MOST_DAYS: Final = 20_000.0
TEMPLATE, TEMPLATES = "report_template", "report_templates"
CHOICES: Final[tuple[Choice, ...]] = ("pptx", "pdf", "summary", "xlsx", "sheet", "zip")


def owner_of(here: View) -> Owner:
    """Whose files these are: until there is a sign-in, people say who they are."""
    return Owner(here.root.id, here.user.name)


# --- what goes in ----------------------------------------------------------------------------------------------------


def choices(here: View, _: Words) -> None:
    """The form. Every field stands at what one click makes sense with."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        names: dict[str, str] = {"ja": _("in Japanese"), "en": _("in English")}
        st.segmented_control(_("Language of the files"), list(LANGUAGES), default=_.lang, required=True, format_func=names.__getitem__,
                             key="report_lang", width="content")  # fmt: skip
        if not here.alone:
            scopes: dict[str, str] = {"whole": _("With the company’s answers"), "own": _("Own answers only")}
            st.segmented_control(_("Scope"), list(scopes), default="whole", required=True, format_func=scopes.__getitem__, key="report_view",
                                 width="content")  # fmt: skip
    units = readable(here)
    if len(units) > 1:
        st.multiselect(_("Units"), [unit.code for unit in units], default=[here.unit.code], key=_units_key(here), placeholder=_("Choose units"),
                       format_func=unit_names(here, units, _).__getitem__)  # fmt: skip
    _quarters(here, _)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        markings: dict[str, str] = {"usual": _("Restricted"), "own": _("Own words"), "none": _("None")}
        chosen = st.segmented_control(_("Marking on every page"), list(markings), default="usual", required=True, format_func=markings.__getitem__,
                                      key="report_marking", width="content")  # fmt: skip
        if chosen == "own":
            st.text_input(_("Words of the marking"), max_chars=MARKING_LETTERS, key="report_marking_words", width=260)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.number_input(_("Person-days of the plan"), min_value=0.0, max_value=MOST_DAYS, value=None, step=0.5, format="%.1f", key="report_budget",
                        placeholder=_("as on the plan page"), width=220)  # fmt: skip
        st.text_input(_("Password (optional)"), type="password", max_chars=PASSWORD_LETTERS, key="report_password", autocomplete="new-password",
                      width=260)  # fmt: skip
    st.caption(_("Whoever opens a file needs its password. It is kept nowhere and cannot be recovered: a forgotten one means making the file again. "
                 "A ZIP with a password needs a program that knows AES, such as 7-Zip."))  # fmt: skip
    if not here.alone:
        st.checkbox(_("Department sheets in the ZIP"), key="report_sheets", help=_("One of two pages for every unit below that reports."))
        st.checkbox(
            _("Name others on the sheets"), key="report_named", help=_("Otherwise department sheets compare with the median alone.")
        )
    _template(_)


def _units_key(here: View) -> str:
    return f"report_units:{here.unit.id}:{here.period.id}"


def _quarters(here: View, _: Words) -> None:
    """The quarter, first the one that is looked at, and an earlier one or none to hold it against."""
    if len(here.periods) < 2:
        return
    names = {NONE: _("No comparison")} | {period.start.isoformat(): _.quarter(period.start, period.fiscal_start) for period in here.periods}
    days = [name for name in names if name != NONE][::-1]
    with st.container(horizontal=True, gap="medium"):
        chosen = st.selectbox(_("Quarter"), days, index=days.index(here.period.start.isoformat()), format_func=names.__getitem__,
                              key=f"report_period:{here.period.id}", width=250)  # fmt: skip
        earlier = [day for day in days if day < chosen]
        st.selectbox(_("Compare with"), [*earlier, NONE], format_func=names.__getitem__, key=f"report_against:{chosen}", width=250)


def _template(_: Words) -> None:
    """The company's own slides, looked at as soon as they are brought."""
    kept, number = state(TEMPLATE), state(TEMPLATES, 0)
    if isinstance(kept, Saved):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(_("Company template: {name}", name=kept.value[0]), width="stretch")
            st.button(_("Without this template"), key="report_template_drop", on_click=_drop_template)
        return
    st.file_uploader(
        _("Company template for PowerPoint (.pptx, optional)"), type=["pptx"], key=f"report_template:{number}", on_change=_take_template
    )
    if isinstance(kept, NotSaved):
        st.error(error_text(kept.error, _))


def _take_template() -> None:
    number = state(TEMPLATES, 0)
    file = st.session_state.get(f"report_template:{number}")
    if file is None:
        return
    try:
        st.session_state[TEMPLATE] = act(_checked, file.name, file.getvalue())
    finally:
        release(file)
        st.session_state[TEMPLATES] = number + 1


def _checked(name: str, content: bytes) -> tuple[str, bytes]:
    check_template(content)
    return name, content


def _drop_template() -> None:
    st.session_state.pop(TEMPLATE, None)


def wish(here: View, kind: Choice) -> Wish:
    """What the form says at this moment: read where a button is pressed, so that what was typed last counts too."""
    period = _period(here, st.session_state.get(f"report_period:{here.period.id}")) or here.period
    earlier = [each for each in here.periods if each.start < period.start]
    chosen = st.session_state.get(f"report_against:{period.start.isoformat()}")
    against = _period(here, chosen) if chosen else earlier[-1] if earlier else None
    tree = store().tree_of(period)
    codes = st.session_state.get(_units_key(here)) or [here.unit.code]
    units = tuple(unit for unit in tree.units if unit.code in codes and here.may("read", unit))
    template = state(TEMPLATE)
    days = state("report_budget")
    lang: Lang = "en" if (state("report_lang") or current_lang()) == "en" else "ja"
    return Wish(
        kind=kind, lang=lang, root=here.root, units=units or (here.unit,), period=period, against=against,
        view="own" if state("report_view") == "own" else "whole", marking=_marking(), password=state("report_password") or "",
        template=template.value[1] if isinstance(template, Saved) else None, budget=None if days is None else round(2 * days),
        named=bool(state("report_named")), sheets=bool(state("report_sheets")), may_read=lambda unit: here.may("read", unit),
    )  # fmt: skip


def _period(here: View, start: str | None) -> Period | None:
    return next((each for each in here.periods if each.start.isoformat() == start), None)


def _marking() -> str | None:
    chosen = state("report_marking", "usual")
    return None if chosen == "usual" else "" if chosen == "none" else str(state("report_marking_words") or "").strip()


# --- which files -----------------------------------------------------------------------------------------------------


def preview(here: View, _: Words) -> bool:
    """What comes out, in one line; or why nothing does. Whether anything can be made."""
    asked = wish(here, "zip")
    pages = _pages(asked)
    if isinstance(pages, TenkenError):
        st.error(error_text(pages, _))
        return False
    tree = store().tree_of(asked.period)
    all_files = len(parts(asked, tree))
    if len(asked.units) > 1:
        text = _(
            "{n} units: every button makes one ZIP with a file for each; all files together are {all}.", n=len(asked.units), all=all_files
        )
    else:
        text = _("{unit}: PowerPoint with {n} slides, the same as PDF, one page, Excel, a sheet of two pages; all as ZIP: {all} files.",
                 unit=escaped(_.text(asked.units[0].name)), n=pages, all=all_files)  # fmt: skip
    sheets = len(departments(asked, tree))
    if sheets:
        text += (" " if _.lang == "en" else "") + _("{n} of them are department sheets.", n=sheets)
    st.markdown(text)
    return True


def _pages(asked: Wish) -> int | TenkenError:
    """How many pages the first unit's report has, or why there is none."""
    try:
        return len(read(store(), asked, asked.units[0], today()).report.pages)
    except ReportError as error:
        return error


def buttons(here: View, _: Words) -> None:
    """One for each kind of file; the first is what most want."""
    with st.container(horizontal=True, gap="small"):
        for kind in CHOICES:
            st.button(
                label(kind, _),
                key=f"make:{kind}",
                type="primary" if kind == CHOICES[0] else "secondary",
                on_click=_start,
                args=(here, kind, _),
            )
    if isinstance(refused := state("report_refused"), NotSaved):
        st.error(error_text(refused.error, _))


def _start(here: View, kind: Choice, _: Words) -> None:
    asked = wish(here, kind)
    outcome = act(_begin, here, asked, _)
    st.session_state["report_refused"] = outcome


def _begin(here: View, asked: Wish, _: Words) -> str:
    database, day = store(), today()
    about = About(frozenset(_in_it(asked)), asked.period.start.isoformat())

    def work(say: Say) -> File:
        return make(database, asked, _, day, say)

    return DESK.start(work, owner_of(here), about, _titled(asked, _))


def _in_it(asked: Wish) -> set[int]:
    """The units whose numbers are in the files: those that were chosen, and what may be read below them."""
    tree = store().tree_of(asked.period)
    return {each.id for unit in asked.units for each in tree.below(unit.id) if asked.may_read(each)}


def _titled(asked: Wish, _: Words) -> str:
    """'経営会議資料（PowerPoint） 営業部 ほか2部門'."""
    first = _.text(asked.units[0].name)
    who = first if len(asked.units) == 1 else _("{unit} and {n} more", unit=first, n=len(asked.units) - 1)
    return f"{label(asked.kind, _)}　{who}　{_.quarter(asked.period.start, asked.period.fiscal_start)}"


# --- how far they are ------------------------------------------------------------------------------------------------


def made(here: View, _: Words) -> None:
    """What was asked for, the newest first: while anything is being made, looked at anew by the clock."""
    running = any(job.running for job in DESK.of(owner_of(here)))
    st.fragment(_jobs, run_every=EVERY if running else None)(here, running, _)


def _jobs(here: View, was_running: bool, _: Words) -> None:
    jobs = DESK.of(owner_of(here))
    if was_running and not any(job.running for job in jobs):
        st.rerun()  # stops the clock
    for job in jobs:
        _job(here, job, _)
    if any(not job.running and not job.file for job in jobs):
        st.button(_("Clear what is over"), key="report_clear", type="tertiary", on_click=DESK.forget, args=(owner_of(here),))


def _job(here: View, job: Job, _: Words) -> None:
    """One line: being made, ready, failed, stopped, gone."""
    with st.container(key=f"job:{job.token}", gap="xsmall"):
        if job.running:
            _running(here, job, _)
        elif job.file and job.until:
            _ready(here, job, job.file, job.until, _)
        elif job.state == "failed":
            st.text(job.label)
            st.error(
                error_text(job.error, _) if job.error else _("This file could not be made. Try again; if it stays, tell the administrator.")
            )
        elif job.state == "stopped":
            st.caption(escaped(_("Stopped: {what}", what=job.label)))
        else:
            st.caption(escaped(_("No longer kept: {what}. Files are kept for {n} minutes; make it once more.", what=job.label,
                                 n=MINUTES)))  # fmt: skip


def _running(here: View, job: Job, _: Words) -> None:
    said = job.saying or _("Starting")
    if job.state == "waiting":
        said = _("Waiting: {n} before it", n=job.ahead) if job.ahead else _("Waiting until another file is done")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(min(1.0, job.done / max(1, job.of)), text=escaped(f"{job.label}　{said}"))
        st.button(_("Stop"), key=f"stop:{job.token}", on_click=DESK.stop, args=(job.token, owner_of(here)))


def _ready(here: View, job: Job, file: File, until: datetime, _: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.link_button(_("Download"), _address(job.token), icon=":material/download:", type="primary")
        st.text(file.name, width="content")
        facts = [_size(len(file.content)), f"SHA-256 {file.sha256[:HASH_LETTERS]}…", _("until {time}", time=_.clock(until))]
        st.text("　".join(facts), width="content")
        st.button(_("Delete now"), key=f"drop:{job.token}", type="tertiary", on_click=DESK.stop, args=(job.token, owner_of(here)))


def _address(token: str) -> str:
    """Who asks goes along, as until there is a sign-in an address says it."""
    person = st.query_params.get("as") or st.session_state.get("as")
    return f"/files/report/{token}" + (f"?{urlencode({'as': person})}" if person else "")


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{max(1, round(count / 1000))} kB"
