"""Answers by Excel: a workbook out, the same one back, and what it would change before anything is written."""

import streamlit as st

from tenken.parts.exchange import conflicts_of, decide, download, picked, show_preview, take_file
from tenken.session import current_words, view

# read
_, here = current_words(), view()

# draw
st.title(_("Answer in Excel"), anchor=False)
st.markdown(
    _("Download a workbook, fill in the coloured cells, save it, and bring it back. Nothing is written before you have seen what changes.")
)
left, right = st.columns(2, gap="large")
with left:
    st.header(_("1　Download"), anchor=False)
    download(here, _)
with right:
    st.header(_("2　Bring it back"), anchor=False)
    take_file(here, _)
found = picked(here)
if found:
    st.header(_("3　What would change"), anchor=False)
    show_preview(here, found, _)
    conflicts_of(here, found, _)
    decide(here, found, _)
