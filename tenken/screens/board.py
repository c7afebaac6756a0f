"""Board: one page for the management meeting, conclusion first; and the same report as a presentation."""

import streamlit as st

from tenken.parts import board
from tenken.parts.basis import KEPT
from tenken.parts.frame import presenting
from tenken.session import current_theme, current_words, view

# read
_, theme, here = current_words(), current_theme(), view()
report = board.report_for(here, _)
if board.nothing(here, report, _) or report is None:
    st.stop()

# compute
kept = {name: st.query_params[name] for name in KEPT if name in st.query_params}
first = report.pages[0]

# draw
if presenting():
    board.presentation(report, theme, _)
    st.stop()
with st.container(gap="xsmall"):
    board.ways(report, _)
    board.summary(report, first, theme, _, kept)
