"""The blocks of the trend page: which value, its line, what changed between two quarters, the tables and files."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from scoring.portfolio import View as Scope
from scoring.targets import ToTarget
from tenken import charts, charts_trend, tables_trend
from tenken.course import Course, Step
from tenken.i18n import Words
from tenken.palette import Theme
from tenken.parts.figures import ANSWER, EXPLAIN, chart_alt, file_links, right_columns
from tenken.session import View

SHARE = "evidence"


def empty(here: View, _: Words) -> None:
    """One quarter, or none with answers: what will stand here."""
    st.title(_("A trend begins with the second quarter."), anchor=False)
    st.markdown(_("From then on the score of every quarter stands here with its range, the incident-weighted gap on one edition of the statistics, "
                  "and what changed between any two quarters, down to the question."))  # fmt: skip
    st.page_link(ANSWER, label=_("Open the answers of this quarter"), query_params={"unit": here.unit.code})


def _segments(key: str, names: Mapping[str, str], label: str) -> str:
    chosen: str = st.segmented_control(label, list(names), default=next(iter(names)), required=True, format_func=names.__getitem__, key=key,
                                       label_visibility="collapsed", width="content")  # fmt: skip
    return chosen


def scope(_: Words) -> Scope:
    chosen = _segments("trend_scope", {"whole": _("With the company’s answers"), "own": _("Own answers only")}, _("Scope"))
    return "own" if chosen == "own" else "whole"


def value(_: Words) -> str:
    """What the line shows."""
    names = {"score": _("Score"), "gap": _("Incident-weighted gap"), SHARE: _("Share with evidence"), "sections": _("By section")}
    return _segments("trend_value", names, _("Value"))


def between(course: Course, _: Words) -> tuple[int, int]:
    """Two quarters: the last two, until somebody chooses others."""
    names = course.names(_)
    places = list(range(len(names)))
    with st.container(horizontal=True, gap="small"):
        key = f"{course.node}:{len(names)}"
        first: int = st.selectbox(
            _("From"), places[:-1], index=len(places) - 2, format_func=names.__getitem__, key=f"trend_from:{key}", width=290
        )
        later = places[first + 1 :]
        last: int = st.selectbox(
            _("To"), later, index=len(later) - 1, format_func=names.__getitem__, key=f"trend_to:{key}:{first}", width=290
        )
    return first, last


def line(course: Course, chosen: str, theme: Theme, _: Words, aims: Sequence[ToTarget | None] = ()) -> None:
    """The chosen value over the quarters; the score with the line of the targets as they stand now."""
    drawn: dict[str, tuple[str, Callable[..., Any]]] = {
        "score": (_("Score, and the range that open answers leave"), partial(charts_trend.scores, aims=aims)),
        "gap": (_("Incident-weighted gap (%), and its range"), charts_trend.gaps),
        SHARE: (_("Share of the earned points that has valid evidence (%)"), charts_trend.evidence),
        "sections": (_("Score by section"), charts_trend.sections),
    }
    title, draw = drawn[chosen]
    st.header(title, anchor=False)
    st.plotly_chart(draw(course, theme, _), theme=None, config=charts.CONFIG, key=f"trend:{chosen}", alt=chart_alt(title, _))
    if chosen == "gap":
        st.caption(_("All quarters are measured against the statistics of the last one. Hollow: the value that a quarter had on its own statistics; "
                     "the difference is the update of the statistics. An index, not a probability and not a number of incidents."))  # fmt: skip
    else:
        st.caption(_("Questions that mean the same are compared under the same name, whatever the edition of the checklist."))
    if chosen == "score" and any(aims):
        st.caption(_("Dashed: the score when every question stands just at its target, by the targets as they are now."))


def waterfall(course: Course, found: Step, theme: Theme, _: Words) -> None:
    """What the change is made of."""
    title = _("What changed between them (points)")
    st.header(title, anchor=False)
    if found.changes is None:
        st.caption(_("In one of these quarters nothing is applicable, so their difference has no parts."))
        return
    st.plotly_chart(
        charts_trend.waterfall(course, found, theme, _), theme=None, config=charts.CONFIG, key="waterfall", alt=chart_alt(title, _)
    )
    st.caption(_("Parts add up exactly; each is rounded by itself, so the last digits may not."))


def changed(here: View, course: Course, found: Step, _: Words) -> None:
    """Every question that changed; a row leads to what stands behind it."""
    st.header(_("Questions that changed"), anchor=False)
    if not found.changes:
        st.caption(_("No question changed between these quarters."))
        return
    frame, rows = tables_trend.changes(course, found, _), tables_trend.ordered(found)
    picked = st.dataframe(frame, hide_index=True, key=f"changed:{found.first}:{found.last}", on_select="rerun", selection_mode="single-row",
                          column_config=right_columns(frame.columns, tables_trend.words_columns(_), {_("Question"): 420}),
                          alt=_("Questions that changed"))  # fmt: skip
    st.caption(
        _(
            "Choose a row for what stands behind it. Before and now: the level of one unit, or the percent of the question’s points of several."
        )
    )
    for index in picked.selection.rows:
        if index < len(rows):
            st.switch_page(EXPLAIN, query_params={"of": f"question:{rows[index].question}", "kind": "full" if here.alone else course.view,
                                                  "unit": here.unit.code, "period": course.periods[found.last].start.isoformat()})  # fmt: skip


def table(here: View, course: Course, found: Step, _: Words, aims: Sequence[ToTarget | None] = ()) -> None:
    """The numbers of the lines; and as files."""
    with st.expander(_("The same numbers as a table"), type="compact", key="trend_table"):
        for name, frame in (("quarters", tables_trend.quarters(course, _, aims)), ("sections", tables_trend.sections(course, _))):
            st.dataframe(frame, hide_index=True, key=f"trend_{name}", column_config=right_columns(frame.columns, tables_trend.words_columns(_)),
                         alt=_("The same numbers as a table"))  # fmt: skip
    said = {"unit": here.unit.code, "period": here.period.start.isoformat(), "view": course.view}
    file_links(
        _, "trend", said | {"from": course.periods[found.first].start.isoformat(), "to": course.periods[found.last].start.isoformat()}
    )
