"""Answers: the profile first, then one section at a time, every answer saved by itself."""

import streamlit as st

from tenken.corrective.read import about_answers
from tenken.parts.aiming import form_levels
from tenken.parts.desk import Desk, fill, on_screen, place_key, receive
from tenken.parts.handin import hand_in
from tenken.parts.periods import edition_notice
from tenken.parts.profile import editing, profile_form
from tenken.parts.question import card, keys, settle_keys, status
from tenken.parts.sheet import mode_of, mode_switch, section_list, tools
from tenken.session import beside, current_words, state, store, view

# read
_, here = current_words(), view()
if not here.form.questions:
    st.title(_("Nothing is asked of {unit}.", unit=_.text(here.unit.name)), anchor=False)
    st.stop()
if here.writes and (here.sheet.profile is None or state(editing(here.sheet))):
    profile_form(here, _)
    st.stop()
wanted = st.query_params.get("question") or state(place_key(here.sheet))
mode = mode_of(here, wanted)

# compute
asked = tuple(q for q in here.form.questions if mode != "express" or q.express)
open_ones = here.form.left
sections = [s for s in here.checklist.sections if any(q.section == s.id for q in asked)]
at = next((q for q in asked if q.id == wanted), next((q for q in asked if q.id in open_ones), asked[0]))
section = next(s for s in sections if s.id == at.section)
number, place = sections.index(section) + 1, asked.index(at)
# In the address too: a reload, or a server that was started anew, comes back to the same question.
st.session_state[place_key(here.sheet)] = st.query_params["question"] = at.id


def go(question_id: str) -> None:
    st.session_state[place_key(here.sheet)] = st.query_params["question"] = question_id


def step(by: int) -> None:
    settle_keys(desk)
    order = [q.id for q in asked]
    go(order[max(0, min(order.index(st.session_state[place_key(here.sheet)]) + by, len(order) - 1))])


# draw
left, right = st.columns([3, 1], gap="large")
with left:
    head, saved = st.columns([3, 1], wrap=False, vertical_alignment="bottom")
    head.title(f"{number}　{_.text(section.title)}", anchor=False)
    targets = beside(here, {}, form_levels, here)
    actions = beside(here, {}, about_answers, store(), here.root.id, here.tree, here.unit, here.periods, here.checklist)
    desk = Desk(here.form, here.user, asked, on_screen(here.sheet), saved.empty(), st.empty(), _, targets, actions)
    for question in asked:
        receive(desk, question, here.entries.get(question.id))
    edition_notice(here, _)
    status(desk)
    cards = st.container()  # drawn last: a key pressed as soon as a question can be read finds its button
    keys(desk)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.button(f"← {_('Previous')}", key="previous", disabled=place == 0, on_click=step, args=(-1,), shortcut="P")
        if place + 1 < len(asked):
            st.button(f"{_('Next question')} →", key="next", type="primary", on_click=step, args=(1,), shortcut="N")
        elif st.button(_("See the result"), key="finish", type="primary", shortcut="N"):
            st.switch_page("screens/home.py")
    with cards:
        for position, question in enumerate((q for q in asked if q.section == section.id), start=1):
            fill(desk, question)
            card(desk, question, f"{number}-{position}", at_hand=question == at)
with right:
    first = None if here.alone else st.container()
    mode_switch(here, mode, _)
    section_list(desk, sections, section, go, _)
    tools(here, go, _)
    with first or st.expander(_("Finish this quarter"), type="compact", key="finish_quarter"):
        hand_in(here, desk, _)
