"""Beside the questions: which check, sections with their progress, undo, the company's facts, who answers."""

from collections.abc import Callable, Sequence

import streamlit as st

from scoring.model import Question, Section
from tenken import audits
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.parts.desk import Desk, is_answered, place_key
from tenken.parts.profile import editing
from tenken.session import NotSaved, View, act, store


def mode_of(here: View, wanted: str | None) -> str:
    """'express' or 'full': what the question asked for is part of, what the address says, or as far as this company has come. A form
    of many units has but one."""
    if not here.alone or any(question.id == wanted and not question.express for question in here.form.questions):
        return "full"
    named = st.query_params.get("mode")
    return named if named in ("express", "full") else "express" if here.express_only else "full"


def mode_switch(here: View, mode: str, _: Words) -> None:
    """From one check to the other, and there to its first open question."""

    def choose() -> None:
        st.session_state.pop(place_key(here.sheet), None)
        st.query_params.pop("question", None)
        st.query_params["mode"] = st.session_state["mode"]

    modes = {"express": _("Express check"), "full": _("Full check")}
    if here.has_more and here.alone:
        st.segmented_control(_("Scope"), modes, default=mode, required=True, key="mode", label_visibility="collapsed",
                             format_func=modes.__getitem__, on_change=choose)  # fmt: skip


def section_list(desk: Desk, sections: Sequence[Section], current: Section, go: Callable[[str], None], _: Words) -> None:
    """One line a section; a click goes to its first open question."""
    with st.container(gap=None):
        for number, section in enumerate(sections, start=1):
            inside = [question for question in desk.questions if question.section == section.id]
            done = sum(is_answered(desk, question) for question in inside)
            title = f"{number}　{escaped(_.text(section.title))}　{done}／{len(inside)}{'✓' if done == len(inside) else ''}"
            st.button(f"**{title}**" if section == current else title, key=f"section:{section.id}", type="tertiary", on_click=go,
                      args=(_entrance(desk, inside).id,))  # fmt: skip


def _entrance(desk: Desk, inside: Sequence[Question]) -> Question:
    return next((question for question in inside if not is_answered(desk, question)), inside[0])


def tools(here: View, go: Callable[[str], None], _: Words) -> None:
    """Undo of the last answer and the way back to the facts, for whoever may write here; files; and the name that goes into the log."""

    def undo() -> None:
        outcome = act(audits.undo, store(), here.user, here.form)
        st.session_state[f"last:{here.sheet.id}"] = outcome
        if not isinstance(outcome, NotSaved) and outcome.value:
            go(outcome.value.entry.question)

    def edit() -> None:
        st.session_state[editing(here.sheet)] = True

    def rename() -> None:
        st.session_state[f"last:{here.sheet.id}"] = act(_rename, st.session_state["person"].strip())

    with st.container(horizontal=True):
        if here.writes:
            st.button(_("Undo"), key="undo", on_click=undo, icon=":material/undo:")
            st.button(_("Company facts"), key="edit", on_click=edit)
        st.link_button(_("Answers as CSV"), f"/files/answers.csv?{here.address}", icon=":material/download:")
    st.page_link("screens/exchange.py", label=_("Answer in Excel"), icon=":material/table_view:")
    if here.user.solo:
        st.text_input(
            _("Your name (kept with each answer, not checked)"),
            value=here.user.name,
            key="person",
            max_chars=100,
            live="1s",
            on_change=rename,
        )


def _rename(name: str) -> None:
    store().put_setting("person", name)
