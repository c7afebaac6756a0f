"""Progress: how far the quarter is, unit by unit; who is to be reminded; and the quarter itself: its date, its end, the next one."""

import streamlit as st

from tenken.books import quarter_progress
from tenken.parts.bulk import bulk
from tenken.parts.corrective import overdue_link
from tenken.parts.periods import administration
from tenken.parts.progress import filters, show_board
from tenken.parts.reminder import reminder
from tenken.progress import part
from tenken.progress_words import days, progress_headline
from tenken.session import current_theme, current_words, store, today, view

# read
_, theme, here = current_words(), current_theme(), view()
everything = quarter_progress(store(), here.period, today())

# compute
found = part(everything, lambda unit: here.may("read", unit))
span = days(here.period.start, here.period.end, _)
due = _("Date due: {day}.", day=_.day(here.period.due)) if here.period.due else ""

# draw
st.title(progress_headline(found, here.period, _), anchor=False)
total = _("{done} of {all} questions are answered.", done=_.integer(found.total.answered), all=_.integer(found.total.asked))
st.markdown("　".join(part for part in (span, due, total if len(found.asked) > 1 else "") if part))
overdue_link(here, _)
lines = filters(here, found, _)
show_board(here, lines, theme, _)
bulk(here, found, _)
left, right = (st.container(), st.container()) if here.alone else st.columns([1.08, 1], gap="large")
with left:
    reminder(here, found, _)
with right:
    administration(here, everything, _)
