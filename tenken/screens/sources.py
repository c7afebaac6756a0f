"""Sources of the replay: every incident with its name beside the pages that it was read from. The only page with names."""

import streamlit as st

from tenken.content import casebook
from tenken.parts import replaying
from tenken.session import current_words

# read
_, book = current_words(), casebook()
wanted = book.incident(st.query_params.get("incident", ""))

# draw
st.title(_("{n} incidents, and the public pages that they were read from.", n=len(book.incidents)), anchor=False)
st.caption(_("Names stand here only, beside their sources. What is written are facts of public reports, in our own words; nothing of it says who was to blame. "
             "Read on {day}, mostly the opening of each page: what is missing here was not stated there.", day=book.gathered))  # fmt: skip
replaying.back(_)
if wanted is not None:
    replaying.published(book, wanted, _, opened=True)
    st.header(_("All others"), anchor=False)
for incident in reversed(book.incidents):
    if incident is not wanted:
        replaying.published(book, incident, _, opened=False)
