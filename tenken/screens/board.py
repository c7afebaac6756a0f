"""Board: one page for the management meeting, conclusion first; and the same report as a presentation."""

import streamlit as st

from tenken.parts import board
from tenken.parts.basis import KEPT
from tenken.parts.frame import presenting
from tenken.session import current_theme, current_words, view
from tenken.streamlit_quirks import one_screen

# read
_, theme, here = current_words(), current_theme(), view()
report = board.report_for(here, _)
if board.nothing(here, report, _) or report is None:
    st.stop()

# compute
kept = {name: st.query_params[name] for name in KEPT if name in st.query_params}
first = report.pages[0]

# draw
st.html(one_screen())
with st.container(gap="xsmall", key="slide" if presenting() else "board"):
    if presenting():
        board.presentation(here, report, theme, _)
    else:
        board.ways(here, report, _)
        board.summary(report, first, theme, _, kept)
