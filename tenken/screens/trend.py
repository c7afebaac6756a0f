"""Trend: a node over its quarters, and what changed between any two of them."""

import streamlit as st

from scoring.portfolio import View
from tenken.aiming.read import course_aims
from tenken.course import conclusion, read_course, second, step
from tenken.parts import trends
from tenken.session import current_theme, current_words, store, today, view

# read
_, theme, here = current_words(), current_theme(), view()
until = here.periods[: here.periods.index(here.period) + 1]
if len(until) < 2:
    trends.empty(here, _)
    st.stop()
head = st.container()
with st.container(horizontal=True, gap="small"):
    value = trends.value(_)
    inherits: View = "whole" if here.alone else trends.scope(_)
course = read_course(store(), until, here.unit.id, inherits, today())

# compute
if not course.known:
    trends.empty(here, _)
    st.stop()
first, last = trends.between(course, _)
found = step(course, first, last)
aims = course_aims(store(), course)

# draw
with head:
    st.title(conclusion(course, _), anchor=False)
    st.markdown(second(found, _))
left, right = st.columns([1.15, 1], gap="large")
with left:
    trends.line(course, value, theme, _, aims)
with right:
    trends.waterfall(course, found, theme, _)
trends.changed(here, course, found, _)
trends.table(here, course, found, _, aims)
