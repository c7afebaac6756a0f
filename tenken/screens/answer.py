"""Answers: the profile first, then one section at a time, every answer saved by itself."""

import streamlit as st

from tenken.parts.profile import profile_form
from tenken.parts.question import Desk, card, is_answered, receive, status
from tenken.session import NotSaved, act, current_words, person, state, store, view

# read
_, here = current_words(), view()
if here.sheet.profile is None or state("edit_profile"):
    profile_form(here, _)
    st.stop()
mode = st.query_params.get("mode") or ("express" if here.express_only else "full")

# compute
asked = tuple(q for q in here.checklist.questions if mode != "express" or q.express)
sections = [s for s in here.checklist.sections if any(q in asked for q in s.questions)]
unanswered = [q for q in asked if q.id not in here.answers]
wanted = st.query_params.get("question")
at = next((q for q in here.checklist.questions if q.id == wanted), next(iter(unanswered), asked[0]))
section = next(s for s in here.checklist.sections if s.id == at.section)
here_asked = tuple(q for q in section.questions if q in asked or q == at)


def go(question_id: str) -> None:
    st.query_params["question"] = question_id


def undo() -> None:
    outcome = act(store().undo, here.sheet, here.checklist, person=person())
    if not isinstance(outcome, NotSaved) and outcome.value:
        go(outcome.value.entry.question)


def entrance(section_id: str) -> str:
    inside = [q for q in asked if q.section == section_id]
    return next((q.id for q in inside if q in unanswered), inside[0].id)


# draw
left, right = st.columns([3, 1], gap="large")
with left:
    head, saved = st.columns([3, 1], wrap=False, vertical_alignment="bottom")
    number = [s.id for s in here.checklist.sections].index(section.id) + 1
    head.header(f"{number}　{_.text(section.title)}", anchor=False)
    desk = Desk(here.sheet, here.checklist, asked, saved.empty(), st.empty(), _)
    for question in asked if at in asked else (*asked, at):
        receive(desk, question, here.entries.get(question.id))
    status(desk)
    for place, question in enumerate(here_asked, start=1):
        card(desk, question, f"{number}-{place}", at_hand=question == at)
    order = [q.id for q in asked]
    position = order.index(at.id) if at.id in order else 0
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.button(f"← {_('Previous')}", key="previous", disabled=position == 0, on_click=go, args=(order[max(position - 1, 0)],), shortcut="P")
        if position + 1 < len(order):
            st.button(f"{_('Next question')} →", key="next", type="primary", on_click=go, args=(order[position + 1],), shortcut="N")
        elif st.button(_("See the result"), key="finish", type="primary", shortcut="N"):
            st.switch_page("screens/home.py")
with right:
    if here.has_more:
        st.segmented_control(_("Scope"), ["express", "full"], default=mode, required=True, key="mode", label_visibility="collapsed",
                             format_func={"express": _("Express check"), "full": _("Full check")}.__getitem__,
                             on_change=lambda: st.query_params.update(mode=st.session_state["mode"]))  # fmt: skip
    with st.container(gap=None):
        for i, s in enumerate(sections, start=1):
            inside = [q for q in asked if q.section == s.id]
            done = sum(is_answered(desk, q) for q in inside)
            title = f"{i}　{_.text(s.title)}　{done}／{len(inside)}{'✓' if done == len(inside) else ''}"
            st.button(f"**{title}**" if s == section else title, key=f"section:{s.id}", type="tertiary", on_click=go, args=(entrance(s.id),))
    with st.container(horizontal=True):
        st.button(_("Undo"), key="undo", on_click=undo, icon=":material/undo:")
        st.button(_("Company facts"), key="edit", on_click=lambda: st.session_state.update(edit_profile=True))
    st.text_input(_("Your name (kept with each answer, not checked)"), value=person(), key="person", max_chars=100,
                  on_change=lambda: act(store().put_setting, "person", st.session_state["person"].strip()))  # fmt: skip
