"""What if: answers changed on a copy, what that would do to every number, and scenarios side by side."""

import streamlit as st

from tenken.parts import supposing
from tenken.parts.scenarios import bench
from tenken.session import current_theme, current_words, view

# read
_, theme, here = current_words(), current_theme(), view()
on = supposing.ground_of(here)
if on is None:
    supposing.empty(here, _)
    st.stop()

# compute and draw: a fragment, so that a click on a level does no more than that
bench(here, on, theme, _)
