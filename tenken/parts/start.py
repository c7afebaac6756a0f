"""What a newcomer sees before the first answer: what to do, and what it will become."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from tenken.error_words import error_text
from tenken.i18n import Words
from tenken.palette import Theme
from tenken.parts.figures import ANSWER
from tenken.parts.published import counts_chart
from tenken.sample import load_sample, remove_sample
from tenken.session import NotSaved, View, act, state, store


def welcome(here: View, theme: Theme, _: Words) -> None:
    """The empty overview: one first action, and the sample company beside it."""
    express = sum(question.express for question in here.checklist.questions)
    st.title(_("No answers yet. Start with the five-minute check."), anchor=False)
    st.markdown(_("Five facts about your company, then {n} questions. Each answer is saved at once, and nothing leaves this machine. "
                  "You then see where your gaps meet the causes of real incidents, and what to do next.", n=express))  # fmt: skip
    with st.container(horizontal=True):
        if st.button(_("Start the express check"), type="primary", key="start"):
            st.switch_page(ANSWER, query_params={"mode": "express"})
        wanted = st.button(_("Look at a sample company"), key="load_sample")
    if wanted:
        _load(_)
    st.caption(_("The sample is invented, marked as such, kept apart from your answers, and removed with one click."))
    _failure(_)
    newest = here.content.outside.years[-1]
    counts_chart(_("How it happened at others in {year}", year=newest.year), newest.causes, newest, here.content.statistics, theme, _)


def sample_banner(_: Words, *, slim: bool = False) -> None:
    """Says on every page that this is the sample, and how to leave it; `slim` where a page has no room to spare."""
    kind: Literal["secondary", "tertiary"] = "tertiary" if slim else "secondary"
    with st.container(border=not slim, horizontal=True, vertical_alignment="center"):
        st.badge(_("Sample"), color="orange")
        st.text(_("An invented company. Nothing here mixes with your own answers."), width="stretch")
        st.button(_("Back to our company"), key="leave_sample", type=kind, on_click=_write, args=(store().put_setting, "viewing", "own"))
        st.button(_("Remove the sample"), key="remove_sample", type=kind, on_click=_write, args=(remove_sample, store()))
    _failure(_)


def _load(_: Words) -> None:
    """Some seconds of work: the page says how far it is, then shows the sample."""
    bar = st.progress(0.0, text=_("Making the sample: a group of 21 units, seven quarters"))

    def show(done: int, total: int) -> None:
        bar.progress(done / total)

    st.session_state["sample_outcome"] = act(load_sample, store(), progress=show)
    bar.empty()
    if not isinstance(state("sample_outcome"), NotSaved):
        st.rerun()


def _write(function: Callable[..., None], *args: object) -> None:
    st.session_state["sample_outcome"] = act(function, *args)


def _failure(_: Words) -> None:
    if isinstance(failed := state("sample_outcome"), NotSaved):
        st.error(error_text(failed.error, _))
