"""The blocks of the compare page: what to compare, the heatmap, its table and files, the ranking, what the best does."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from scoring.behind import answered_by, first_answered, in_column
from scoring.portfolio import Portfolio
from scoring.ranking import Line, best_practice
from scoring.units import SUPPLIER, Unit
from tenken import charts, charts_compare, tables_compare
from tenken.aiming.read import unit_aims
from tenken.comparison import ALL, PAGE, SORTS, Asked, By, Shown, column_name, kinds
from tenken.i18n import Words
from tenken.palette import Theme
from tenken.parts.figures import ANSWER, chart_alt, file_links, points, right_columns
from tenken.parts.frame import readable as readable_in_order
from tenken.parts.frame import unit_names
from tenken.session import View, store


def choices(here: View, portfolio: Portfolio, readable: frozenset[int] | None, _: Words) -> tuple[Asked, bool]:
    """What is compared, and whether cells say the difference to the median."""
    with st.container(horizontal=True, gap="small"):
        view = _segments("compare_view", {"own": _("Own answers only"), "whole": _("With the company’s answers")}, _("Scope"))
        shows = _segments("compare_shows", {"score": _("Score"), "difference": _("Difference to the median")}, _("Value"))
        proof = _segments("compare_evidenced", {"claimed": _("As answered"), "evidenced": _("With evidence")}, _("Evidence"))
        by = _segments("compare_by", {"section": _("By cause"), "countermeasure": _("By countermeasure")}, _("Columns"))
    with st.container(horizontal=True, gap="small"):
        branch = _branch(here, _)
        kind = _kind(portfolio, _)
        sort = _sort(portfolio, "whole" if view == "whole" else "own", by, _)
    columns: By = "countermeasure" if by == "countermeasure" else "section"
    return Asked("whole" if view == "whole" else "own", columns, proof == "evidenced", kind, sort, branch), shows == "difference"


def _segments(key: str, names: Mapping[str, str], label: str) -> str:
    first = next(iter(names))
    chosen: str = st.segmented_control(label, list(names), default=first, required=True, format_func=names.__getitem__, key=key,
                                       label_visibility="collapsed", width="content")  # fmt: skip
    return chosen


def _branch(here: View, _: Words) -> int | None:
    units = readable_in_order(here)
    heads = tuple(unit for unit in units if here.tree.children(unit.id))
    if len(heads) < 2:
        return None
    names = unit_names(here, heads, _)
    code = st.selectbox(_("Branch"), list(names), format_func=names.__getitem__, key="compare_branch", width=240)
    return next(unit.id for unit in heads if unit.code == code)


def _kind(portfolio: Portfolio, _: Words) -> str:
    names = {
        ALL: _("All units"),
        "group": _("Groups"),
        "company": _("Companies"),
        "department": _("Departments"),
        "section": _("Sections"),
        SUPPLIER: _("Suppliers"),
    }
    found = kinds(portfolio)
    if len(found) < 2:
        return ALL
    return st.selectbox(_("Kind"), found, format_func=names.__getitem__, key="compare_kind", width=160)


def _sort(portfolio: Portfolio, view: Any, by: str, _: Words) -> str:
    checklist = portfolio.checklist(view)
    names = dict(zip(SORTS, (_("By score"), _("By name"), _("As in the tree")), strict=True))
    if by == "section":
        names |= {each.id: column_name(checklist, ("section", each.id), _) for each in checklist.sections if each.is_cause}
    else:
        used = {question.countermeasure for question in checklist.questions}
        names |= {each.id: column_name(checklist, ("countermeasure", each.id), _) for each in checklist.countermeasures if each.id in used}
    return st.selectbox(_("Order"), list(names), format_func=names.__getitem__, key=f"compare_sort:{view}:{by}", width=220)


def side_by_side(here: View, found: Shown, theme: Theme, _: Words, *, difference: bool) -> None:
    """Forty rows at a time: a picture of 300 units would take a browser a second, and nobody reads past a screen of it; the
    table below has all rows at once."""
    lines = _page(found.lines, _)
    left, right = st.columns([3, 1.15], gap="large")
    with left:
        title = (
            _("Units × countermeasures (%)")
            if found.comparison.columns[found.columns[0]][0] == "countermeasure"
            else _("Units × causes (%)")
        )
        st.header(title, anchor=False)
        picked = st.plotly_chart(charts_compare.heatmap(found, lines, theme, _, difference=difference), theme=None, config=charts.CONFIG,
                                 key=f"compare:{difference}", on_select="rerun", selection_mode="points", alt=chart_alt(title, _))  # fmt: skip
    with right:
        title = _("Difference to the median score")
        st.header(title, anchor=False)
        st.plotly_chart(charts_compare.differences(found, lines, theme, _), theme=None, config=charts.CONFIG, key="differences",
                        alt=chart_alt(title, _))  # fmt: skip
    legend = _("○ 75% or more  △ 50–74%  × below 50%  ・ unanswered  ― not applicable. ※ at a unit: less than 90% answered, or more not applicable "
               "than the checklist allows; in a cell: fewer than three questions. Choose a cell for the answers behind it.")  # fmt: skip
    if difference:
        legend = _("Points above or below the median of all units; dark: more than ten points below. ・ unanswered  ― not applicable. ※ in a cell: fewer "
                   "than three questions. Choose a cell for the answers behind it.")  # fmt: skip
    st.caption(legend)
    for point in points(picked)[:1]:
        code, kind, name = point["customdata"]
        follow(here, found, code, kind, name)


def _page(lines: Sequence[Line], _: Words) -> Sequence[Line]:
    if len(lines) <= PAGE:
        return lines
    starts = list(range(0, len(lines), PAGE))
    start: int = st.segmented_control(_("Rows"), starts, default=0, required=True, key="compare_page", label_visibility="collapsed",
                                      format_func=lambda first: f"{first + 1}–{min(first + PAGE, len(lines))}") or 0  # fmt: skip
    return lines[start : start + PAGE]


def follow(here: View, found: Shown, code: str, kind: str, name: str) -> None:
    """To the form on which the answers behind a cell are given, at its first question."""
    unit = next(line.unit for line in found.lines if line.unit.code == code)
    at, question = first_answered(here.tree, unit, in_column(found.checklist, kind, name))
    to_answer(here, at, question.id)


def to_answer(here: View, unit: Unit, question: str) -> None:
    st.switch_page(ANSWER, query_params={"unit": unit.code, "period": here.period.start.isoformat(), "question": question})


def table(here: View, found: Shown, asked: Asked, _: Words, *, difference: bool) -> None:
    """The numbers of the picture, all rows; and as files."""
    with st.expander(_("The same numbers as a table"), type="compact", key="compare_table"):
        aims = unit_aims(store(), found.sums.portfolio, asked.view, evidenced=asked.evidenced)
        frame = tables_compare.heatmap(found, _, difference=difference, aims=aims)
        st.dataframe(frame, hide_index=True, key="compare_rows", column_config=right_columns(frame.columns, tables_compare.words_columns(_)),
                     alt=_("The same numbers as a table"))  # fmt: skip
    said = {"period": here.period.start.isoformat(), "view": asked.view, "by": asked.by, "evidenced": str(int(asked.evidenced)), "kind": asked.kind,
            "sort": asked.sort, "branch": "" if asked.branch is None else here.tree.unit(asked.branch).code}  # fmt: skip
    file_links(_, "compare", said)


def ranking(found: Shown, _: Words) -> None:
    st.header(_("Places"), anchor=False)
    st.caption(
        _(
            "Units of the same group cannot be told apart: their open answers could turn the order. A place from–to says what these leave open."
        )
    )
    frame = tables_compare.ranking(found, _)
    st.dataframe(
        frame, hide_index=True, key="ranking", column_config=right_columns(frame.columns, tables_compare.words_columns(_)), alt=_("Places")
    )


def practice(here: View, found: Shown, _: Words) -> None:
    """What others do and one unit does not; a row leads to the unit's own answer."""
    st.header(_("What the best does that this one doesn’t"), anchor=False)
    units = [line.unit for line in found.comparison.lines]
    names = {unit.code: _.text(unit.name) for unit in units}
    code = st.selectbox(_("Unit"), list(names)[::-1], format_func=names.__getitem__, key="practice_unit", width=260)
    unit = next(unit for unit in units if unit.code == code)
    practices = best_practice(found.sums, unit, units)
    if not practices:
        st.caption(_("No other unit stands higher in any question that was answered here."))
        return
    frame = tables_compare.practice(found, practices, _)
    picked = st.dataframe(frame, hide_index=True, key=f"practice:{code}", on_select="rerun", selection_mode="single-row",
                          column_config=right_columns(frame.columns, tables_compare.words_columns(_), {_("Question"): 300}),
                          alt=_("What the best does that this one doesn’t"))  # fmt: skip
    st.caption(_("Choose a row to open its answer."))
    questions = {question.id: question for question in found.checklist.questions}
    for index in picked.selection.rows:
        if index < len(practices):
            question = questions[practices[index].question]
            to_answer(here, answered_by(here.tree, unit, question), question.id)
