"""Compare: units side by side by cause or countermeasure, how far they lie from the median, what the best does."""

import streamlit as st

from tenken.comparison import compared, conclusion, readable_units, second
from tenken.parts import comparing
from tenken.session import current_theme, current_words, view

# read
_, theme, here = current_words(), current_theme(), view()
if here.alone:
    st.title(_("There is nothing to compare with yet."), anchor=False)
    st.markdown(_("Once departments, companies or suppliers stand under Administration, their scores are side by side here."))
    st.stop()
portfolio = here.portfolio()
readable = readable_units(here.tree, lambda unit: here.may("read", unit))
head = st.container()
asked, difference = comparing.choices(here, portfolio, readable, _)

# compute
found = compared(portfolio, asked, _, readable)

# draw
with head:
    st.title(conclusion(found, _), anchor=False)
    st.markdown(second(found, _))
if found.lines:
    comparing.side_by_side(here, found, theme, _, difference=difference)
    comparing.table(here, found, asked, _, difference=difference)
if found.named and found.lines:
    left, right = st.columns([1, 1.4], gap="large")
    with left:
        comparing.ranking(found, _)
    with right:
        comparing.practice(here, found, _)
