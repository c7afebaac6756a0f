"""Beside the questions: where the sheet stands in its life, and the next step that this person can take with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from scoring.doubts import doubts
from scoring.model import Answer
from tenken import audits
from tenken.doubt_words import doubt_text
from tenken.error_words import error_text
from tenken.form import open_form
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.parts.desk import Desk, confirm
from tenken.progress_words import state_words
from tenken.session import NotSaved, View, act, state, store
from tenken.store import Seal, Sheet, SheetState
from tenken.store.values import Event

COLOURS: dict[SheetState, Literal["gray", "blue", "orange", "green"]] = {
    "draft": "gray",
    "submitted": "blue",
    "returned": "orange",
    "approved": "green",
    "sealed": "green",
}


def action_words(_: Words) -> dict[str, str]:
    """What happened to a sheet, as one line of its history."""
    return {
        "submit": _("submitted"),
        "take_back": _("took back"),
        "return": _("returned"),
        "approve": _("approved"),
        "seal": _("sealed"),
    }


@dataclass(frozen=True, slots=True)
class Paper:
    """What is known of a sheet beside its answers: what happened to it, who answered on it, what it took over, its seal."""

    events: tuple[Event, ...]
    editors: frozenset[str]
    before: dict[str, Answer]
    seal: Seal | None


def _read(here: View) -> Paper:
    known, sheet = store(), here.sheet.id
    return Paper(known.events(here.root.id, [sheet], limit=20), known.editors(sheet), known.carried(sheet), known.seal_of(sheet))


def hand_in(here: View, desk: Desk, _: Words) -> None:
    """State, what is left, doubts, and the buttons of this state; below, who did what and when."""
    form, sheet = here.form, here.sheet
    read = act(_read, here)
    if isinstance(read, NotSaved):
        return  # the frame says why; what is being typed beside this stays
    paper = read.value
    with st.container(border=True, key="life"):
        st.badge(state_words(_)[sheet.state], color=COLOURS[sheet.state])
        if here.period.due and sheet.state in ("draft", "returned"):
            st.caption(_("To be submitted by {day}.", day=_.day(here.period.due)))
        _remark(paper.events, sheet, _)
        open_ones = sum(q.id not in form.answers for q in form.questions)
        if sheet.state in ("draft", "returned") and here.may("answer"):
            if form.holding_back:
                st.markdown(_("**{n}** answers to reconfirm", n=len(form.holding_back)))
            section = _section(here, desk)
            if inside := tuple(q.id for q in form.questions if q.section == section and q.id in form.to_reconfirm):
                st.button(
                    _("This section: all the same ({n})", n=len(inside)), key="confirm_section", on_click=confirm, args=(desk, inside)
                )
            _doubts(here, paper, _)
        _buttons(here, paper, open_ones, _)
        if isinstance(failed := state(_outcome(sheet)), NotSaved):
            st.error(error_text(failed.error, _))
        _history(paper.events, _)


def _outcome(sheet: Sheet) -> str:
    """Where the session keeps how the last step went; of this sheet, for the tab goes on to others."""
    return f"life_outcome:{sheet.id}"


def _section(here: View, desk: Desk) -> str:
    at = st.query_params.get("question")
    return next((question.section for question in desk.questions if question.id == at), "")


def _remark(events: tuple[Event, ...], sheet: Sheet, _: Words) -> None:
    """Why a sheet came back: the newest remark, as it was written."""
    returned = next((event for event in events if event.action == "return"), None)
    if sheet.state == "returned" and returned:
        st.warning(_("Returned by {name}. Remark:", name=escaped(returned.person or _("(no name)"))))
        st.text(str(returned.payload["remark"]))


def _doubts(here: View, paper: Paper, _: Words) -> None:
    """What a reader may ask about the sheet. Said before it is submitted, never counted against anybody."""
    found = doubts(here.checklist, here.answers, paper.before, here.as_of)
    if found:
        with st.expander(_("Worth a second look ({n})", n=len(found)), type="compact", key="doubts"):
            st.caption(_("These change no score and stop nothing."))
            for doubt in found:
                st.markdown(f"- {escaped(doubt_text(doubt, here.checklist, _))}")


def _buttons(here: View, paper: Paper, open_ones: int, _: Words) -> None:
    sheet = here.sheet
    if sheet.state in ("draft", "returned") and here.may("submit"):
        if open_ones:
            st.caption(_("{n} questions still open; they earn nothing.", n=open_ones))
        st.button(_("Submit"), key="submit", type="primary", width="stretch", on_click=_submit, args=(here,))
    if sheet.state == "submitted" and here.may("submit"):
        st.button(_("Take back"), key="take_back", on_click=_move, args=(audits.take_back, here))
    if sheet.state in ("submitted", "approved") and here.may("review"):
        _review(here, paper, _)
    sealable = ("submitted", "approved") if here.user.solo else ("approved",)
    if sheet.state in sealable and here.may("seal"):
        with st.popover(_("Seal"), width="stretch"):
            st.markdown(_("A sealed sheet can never be changed again. Its answers and scores are fixed with a hash."))
            if sheet.state == "submitted":
                st.markdown(_("Nobody else has approved it: the seal will say “self-approved”."))
            st.button(_("Seal for good"), key="seal", type="primary", on_click=_move, args=(audits.seal, here, here.as_of))
    if paper.seal:
        st.caption(_("Seal {short}, identity not checked", short=paper.seal.short))


def _review(here: View, paper: Paper, _: Words) -> None:
    """Approve, or return with a remark. One's own answers are for somebody else to approve."""
    own = here.user.name in paper.editors
    if here.sheet.state == "submitted" and not here.user.solo:
        st.button(_("Approve"), key="approve", type="primary", width="stretch", disabled=own, on_click=_move, args=(audits.approve, here),
                  help=_("You answered here yourself; somebody else has to approve it.") if own else None)  # fmt: skip
    with st.popover(_("Return with a remark"), width="stretch"):
        remark = st.text_area(_("What should be looked at again?"), key=f"remark:{here.sheet.id}", max_chars=2000)
        st.button(_("Return"), key="return", on_click=_move, args=(audits.send_back, here, remark))


def _submit(here: View) -> None:
    """As the sheet stands now: a card saves by itself, and this part of the page may not have heard of it."""

    def newest() -> Sheet:
        form = open_form(store(), here.tree, here.unit, here.period, here.checklist)
        return audits.submit(store(), here.user, form)

    st.session_state[_outcome(here.sheet)] = act(newest)


def _move(step: Callable[..., Sheet], here: View, *more: object) -> None:
    st.session_state[_outcome(here.sheet)] = act(step, store(), here.user, here.form, *more)


def _history(events: tuple[Event, ...], _: Words) -> None:
    if events:
        with st.expander(_("History"), type="compact", key="history"):
            for event in events:
                what = action_words(_).get(event.action, event.action)
                st.text(f"{_.moment(event.at)}　{event.person or _('(no name)')}　{what}")
