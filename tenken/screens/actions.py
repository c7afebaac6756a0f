"""Corrective actions (是正計画): what is to be done about gaps, by whom, until when; and what it brought."""

import streamlit as st

from tenken.corrective.read import read_ledger
from tenken.corrective.words import headline, second
from tenken.parts import corrective
from tenken.parts.corrective_desk import desk, new_action
from tenken.session import current_words, store, today, view

# read
_, here = current_words(), view()
ledger = read_ledger(
    store(), here.tree, here.unit.id, here.period, here.periods, here.checklist, today(), lambda unit: here.may("read", unit)
)

# draw
st.title(headline(ledger, _), anchor=False)
if not ledger.lines:
    st.markdown(
        _(
            "A corrective action says what is to be done about a gap, by whom and until when. Write one down here, or take the next steps over from the plan."
        )
    )
    st.page_link("screens/plan.py", label=_("Make a plan"), query_params={"unit": here.unit.code})
    new_action(here, _)
    st.stop()
st.markdown(second(ledger, _))
corrective.figures(ledger, _)
new_action(here, _)
place = st.container()
shown, found = corrective.filters(ledger, _)
if shown == "list":
    corrective.listing(found, _)
else:
    corrective.board(here, found, _)
if line := corrective.chosen(ledger):
    with place:
        desk(here, line, _)
corrective.effects(here, ledger, _)
corrective.files(here, _)
