"""Board pack: what goes into the files, which files, how far they are, and where they are taken."""

import streamlit as st

from tenken.parts import board, reporting
from tenken.session import current_words, view

# read
_, here = current_words(), view()
found = board.report_for(here, _)
if board.nothing(here, found, _) or found is None:
    st.stop()

# draw
st.title(_("The board pack of {quarter} can be made.", quarter=found.meta.period), anchor=False)
st.markdown(
    _("Every file holds the same numbers, with seal or provisional mark, sources and method. Files are made on this machine, kept in memory "
      "for {n} minutes for you alone, and are then gone.", n=reporting.MINUTES)
)  # fmt: skip
left, right = st.columns([1, 1], gap="large")
with left:
    st.header(_("Files"), anchor=False)
    if reporting.preview(here, _):
        reporting.buttons(here, _)
    reporting.made(here, _)
with right:
    st.header(_("What goes in"), anchor=False)
    reporting.choices(here, _)
