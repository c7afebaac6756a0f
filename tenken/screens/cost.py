"""What an incident would cost: off until switched on, always a range, every price with its source."""

import streamlit as st

from scoring.cost import estimate
from tenken.content import cost_book
from tenken.costing import words
from tenken.costing.kept import company_of, read
from tenken.markup import escaped
from tenken.parts import costing
from tenken.session import current_theme, current_words, store, view

# read
_, theme, here = current_words(), current_theme(), view()
book, node = cost_book(), company_of(here.tree, here.unit)
if not here.may("read", node):
    costing.no_reader(_)
    st.stop()
desk = costing.Desk(here, node, book, read(store(), node.id, book))
if not desk.kept.on:
    costing.switched_off(desk, _)
    st.stop()

# compute
found = estimate(book, desk.scenario)

# draw
st.title(escaped(words.conclusion(found, book, _)), anchor=False)
st.markdown(escaped(words.second(found, _)))
st.markdown(f"**{escaped(words.short_not(_))}**")
if not here.alone:
    st.caption(_("One estimate for each company: {name}", name=escaped(_.text(node.name))))
costing.outcome(_)
left, right = st.columns([1, 1.25], gap="large")
with left:
    costing.incident(desk, _)
with right:
    costing.chart(found, theme, _)
costing.items(desk, found, _)
left, right = st.columns(2, gap="large")
with left:
    costing.what_it_is_not(_)
    costing.explain(desk, found, _)
with right:
    costing.facts(desk, _)
costing.leave(desk, _)
