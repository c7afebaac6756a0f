"""The button that makes corrective actions of what a plan or a scenario decided, and what came of it."""

from collections.abc import Sequence

import streamlit as st

from tenken.corrective.decided import holding, write_down
from tenken.error_words import error_text
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.session import NotSaved, Saved, View, act, state, store
from tenken.store import ActionDraft

ACTIONS = "screens/actions.py"


def into_actions(here: View, wanted: Sequence[ActionDraft], key: str, _: Words) -> None:
    """Every one of them as a corrective action; those that are planned already are left alone."""
    if not wanted:
        return
    st.button(_("Put into corrective actions ({n})", n=len(wanted)), key=f"{key}:act", on_click=_write_down, args=(here, wanted, key),
              disabled=not here.may("act"))  # fmt: skip
    of, done = state(f"{key}:acted") or ((), None)
    if of != wanted:  # about something else that was tried before
        return
    if isinstance(done, NotSaved):
        st.error(escaped(error_text(done.error, _)))
    elif isinstance(done, Saved):
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            said = _("Corrective actions written down: {n}.", n=len(done.value)) if done.value else _("All of these are planned already.")
            st.markdown(f":green[✓ {said}]", width="content")
            unit = holding(here.tree, here.unit, wanted)
            st.page_link(ACTIONS, label=_("Open the corrective actions"), query_params={"unit": unit.code})


def _write_down(here: View, wanted: Sequence[ActionDraft], key: str) -> None:
    st.session_state[f"{key}:acted"] = wanted, act(write_down, store(), here.user, here.tree, here.period, wanted)
