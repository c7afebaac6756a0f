"""Targets: how far it is to them; a ready-made set, adjusted by kind of unit, section and question, with what that would change."""

import streamlit as st

from tenken.aiming.words import conclusion, second
from tenken.markup import escaped
from tenken.parts import aiming
from tenken.session import current_words, view

# read
_, here = current_words(), view()
plan = aiming.read_plan(here)
a = here.judged("full" if here.alone else "whole")
if a is None:
    st.title(_("Nothing below {unit} reports yet.", unit=escaped(_.text(here.unit.name))), anchor=False)
    st.stop()

# compute
now, then = plan.aimed(plan.stored, a), plan.aimed(plan.draft, a)

# draw
st.title(conclusion(now, _), anchor=False)
if now:
    st.markdown(second(now.found, _))
else:
    st.markdown(_("A target says how far to go. Choose a set below: then the way to it stands beside every score and gap."))
st.caption(_("Targets are our proposal and an assumption, not a legal requirement."))
aiming.notes(plan, _)
left, right = st.columns([1.25, 1], gap="large")
with left:
    aiming.choose_profile(plan, _)
    aiming.by_kind(plan, _)
    aiming.by_section(plan, _)
    aiming.by_question(plan, _)
with right:
    aiming.preview(plan, a, _)
    if now:
        aiming.links(here, _)
aiming.every_question(plan, then, _)
aiming.reasons(plan, _)
