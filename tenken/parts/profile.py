"""The applicability profile: five facts, asked once, that answer the questions that do not apply."""

import streamlit as st

from tenken.audits import save_profile
from tenken.error_words import error_text
from tenken.i18n import Words
from tenken.session import NotSaved, View, act, state, store
from tenken.store import Sheet


def editing(sheet: Sheet) -> str:
    """Where the session keeps that somebody wants to look at the facts again."""
    return f"edit_profile:{sheet.id}"


def profile_form(here: View, _: Words) -> None:
    """Five yes/no facts; the button waits until all are given."""
    st.title(_("First, five facts about your company"), anchor=False)
    st.markdown(
        _("They answer the questions that do not apply to you. You can change them at any time; answers that you gave yourself come back.")
    )
    stored = here.sheet.profile or {}
    given: dict[str, bool | None] = {}
    for fact in here.checklist.facts:
        known = {True: 0, False: 1}.get(stored[fact.id]) if fact.id in stored else None
        given[fact.id] = st.radio(_.text(fact.question), [True, False], index=known, key=f"fact:{here.sheet.id}:{fact.id}", horizontal=True,
                                  format_func=lambda yes: _("Yes") if yes else _("No"))  # fmt: skip
    ready = all(value is not None for value in given.values())
    st.button(_("Go to the questions"), type="primary", key="save_profile", disabled=not ready, on_click=_store, args=(here, given))
    if not ready:
        st.caption(_("Answer all five to go on."))
    if isinstance(failed := state(f"profile_outcome:{here.sheet.id}"), NotSaved):
        st.error(error_text(failed.error, _))


def _store(here: View, given: dict[str, bool]) -> None:
    outcome = act(save_profile, store(), here.user, here.form, given)
    st.session_state[f"profile_outcome:{here.sheet.id}"] = outcome
    if not isinstance(outcome, NotSaved):
        st.session_state[editing(here.sheet)] = False
