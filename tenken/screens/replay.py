"""Replay: would it have happened to us? Disclosed incidents step by step against the strength of our controls."""

import streamlit as st

from tenken.content import casebook
from tenken.parts import replaying
from tenken.parts.basis import Basis
from tenken.replaying.read import kept, look_at
from tenken.replaying.words import conclusion, method
from tenken.session import current_theme, current_words, view

# read
_, theme, here = current_words(), current_theme(), view()
portfolio = here.portfolio()
look = look_at(portfolio, here.unit.id, casebook())
if look is None:
    replaying.nobody(here, _)
    st.stop()

# compute
kind, first = ("full", "express") if here.alone else ("whole", "whole")
basis = Basis(kind, first, here.unit, None if here.alone else portfolio)

# draw
st.title(conclusion(look, _), anchor=False)
st.caption(method(look.casebook, _))
replaying.figures(look, _)
replaying.no_evidence(look, here, _)
left, right = st.columns([1, 1.1], gap="large")
with left:
    replaying.by_cause(look, theme, _)
with right:
    replaying.together(look, basis, _)
asked = replaying.filters(look, _)
found = kept(look.replay, asked)
left, right = st.columns([1.15, 1], gap="large")
with left:
    chosen = replaying.incidents(look, found, _)
with right:
    if chosen is not None:
        replaying.one(look, chosen, basis, _)
replaying.through_whom(look, _)
replaying.explained(look, basis, _)
replaying.files(here, asked, _)
