"""Plan: what a budget of person-days brings the gap down to, step by step, and why these steps."""

import streamlit as st

from tenken.parts import planning
from tenken.parts.decided import into_actions
from tenken.planning.costs import prices
from tenken.planning.read import drafts, open_case
from tenken.planning.words import conclusion, is_not, second
from tenken.session import current_theme, current_words, store, view

# read
_, theme, here = current_words(), current_theme(), view()
head = st.container()
controls = st.container(horizontal=True, gap="medium", vertical_alignment="bottom")
with controls:
    scope = planning.scope(here, _)
    budget = st.container(width="content")
    alpha = planning.alpha(here, _)
    ceiling = planning.ceiling(here, _)

# compute
case = open_case(here.portfolio(), here.unit, here.content.outside, prices(store(), here.tree, here.unit), scope, alpha, ceiling)
with head:
    if planning.nothing(here, case, _) or case is None:
        st.stop()
with budget:
    worked = planning.budgeted(case, _)
if worked is None:
    with head:
        st.title(_("This budget cannot be planned with."), anchor=False)
    st.stop()

# draw
with head:
    st.title(conclusion(worked, _), anchor=False)
    st.markdown(second(worked, _))
    st.caption(is_not(_))
planning.open_line(case, _)
left, right = st.columns([1.15, 1], gap="large")
with left:
    planning.curve(worked, theme, _)
with right:
    planning.critical(worked, _)
planning.plan(here, worked, _)
planning.files(here, worked, _)
into_actions(here, drafts(case, worked.best, _), f"plan:{case.node.id}", _)
planning.why(worked, _)
planning.explained(worked, _)
planning.order(worked, _)
planning.next_steps(case, _)
planning.efforts(here, case, _)
