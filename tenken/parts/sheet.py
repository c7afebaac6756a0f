"""Beside the questions: sections with their progress, undo, the company's facts, who answers."""

from collections.abc import Callable, Sequence

import streamlit as st

from scoring.model import Question, Section
from tenken import audits
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.parts.desk import Desk, is_answered
from tenken.session import NotSaved, View, act, store


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
    """Undo of the last answer, the way back to the facts, and the name that goes into the log."""

    def undo() -> None:
        outcome = act(audits.undo, store(), here.user, here.form)
        st.session_state[f"last:{here.sheet.id}"] = outcome
        if not isinstance(outcome, NotSaved) and outcome.value:
            go(outcome.value.entry.question)

    def edit() -> None:
        st.session_state["edit_profile"] = True

    def rename() -> None:
        st.session_state[f"last:{here.sheet.id}"] = act(_rename, st.session_state["person"].strip())

    with st.container(horizontal=True):
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
