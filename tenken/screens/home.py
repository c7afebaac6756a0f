"""Overview: conclusion first, four figures, the seven causes beside real incidents, what to do next."""

import streamlit as st

from tenken import tables
from tenken.headline import conclusion
from tenken.markup import escaped
from tenken.parts import aiming, overview
from tenken.parts.basis import basis, first_kind, incident_counts, judged
from tenken.parts.figures import ANSWER, EXPLAIN, step_rows
from tenken.parts.start import welcome
from tenken.session import beside, current_theme, current_words, view

# read
_, theme, here = current_words(), current_theme(), view()
if here.alone and not any(not answer.by_profile for answer in here.answers.values()):
    welcome(here, theme, _)
    st.stop()
names = {"express": _("Express check"), "full": _("Full check")}
if not here.alone:
    names = {"whole": _("With the company’s answers"), "own": _("Own answers only")}
kind = first = first_kind(here)
if here.has_more or not here.alone:
    kind = st.segmented_control(_("Scope"), list(names), default=first, required=True, format_func=names.__getitem__, key=f"kind:{here.alone}",
                                label_visibility="collapsed")  # fmt: skip

# compute
found = basis(here, kind)
a, lines = judged(here, found), found.lines
if a is None:
    st.title(_("Nothing below {unit} reports yet.", unit=escaped(_.text(here.unit.name))), anchor=False)
    st.stop()
aim = beside(here, None, aiming.aimed_at, here, a)
a = aiming.within(aim, every := a)
steps, total, way = a.steps[:5], a.result.total, aim.found if aim else None

# draw
st.title(conclusion(a, _), anchor=False)
overview.gap_sentence(a, _)
overview.figures(
    a, _("Score (Express check)") if kind == "express" else _("Score (Full check)") if here.alone else _("Score"), found, theme, _, way
)
left, right = st.columns([1.08, 1], gap="large")
with left:
    overview.causes(a, found, theme, _, way)
with right:
    st.header(_("Next five steps, by effect"), anchor=False)
    aiming.leave_out(aim, every, found, _)
    if steps:
        step_rows(a, steps, found.answer, _, way)
        st.page_link(EXPLAIN, label=_("Why these, in this order"), query_params=found.explain("steps"))
    elif not total.open:
        st.markdown(
            _("The express check has no next step left. Continue with the full check.") if kind == "express" else _("No next step left.")
        )
    if lines and lines.open:
        st.page_link("screens/compare.py", label=_("{n} answers still open: how far each unit is", n=lines.open))
    elif total.open:
        st.page_link(ANSWER, label=_("{n} questions still open: go on answering", n=total.unanswered), query_params={"mode": kind})
    elif kind == "express":
        st.page_link(ANSWER, label=_("Continue with the full check"), query_params={"mode": "full"})
    overview.criticals(a, found, _)
left, right = st.columns([1.08, 1], gap="large")
with left:
    overview.heatmap(a, found, theme, _)
    overview.replay(incident_counts(here, found), found, _)
with right:
    overview.foundation(a, _)
    st.header(_("Seen by other statistics"), anchor=False)
    for line in tables.rank_lines(a, _):
        st.markdown(line)
    st.caption(_("◇ A cause whose rank differs by two or more. {coverage}.", coverage=_.text(here.content.statistics.coverage)))
