"""The blocks of the overview: four figures, the bars of the causes, the heatmap. Each shows an assessment."""

from fractions import Fraction

import streamlit as st

from scoring.assessment import Assessment
from scoring.replay import Counts
from scoring.targets import ToTarget
from tenken import charts, tables
from tenken.aiming.words import gap_left, points_left
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.palette import Theme
from tenken.parts.basis import KEPT, Basis
from tenken.parts.figures import EXPLAIN, answer_line, chart_alt, figure, points
from tenken.replaying.words import overview_line

ZERO = Fraction(0)


def gap_sentence(a: Assessment, _: Words) -> None:
    """What the gap is and is not, always with its range; and where the next steps lead."""
    steps = a.steps[:5]
    text = _(
        "The incident-weighted gap is **{gap}** ({span}): our unmet points, weighted by the causes of the {n} incidents that listed "
        "companies and their subsidiaries disclosed themselves in {years}. An index, not a probability and not a number of incidents.",
        gap=_.percent(a.gap.gap), span=_.span_percent(a.gap.low, a.gap.high), n=a.gap.incidents, years=charts.years(a.gap),
    )  # fmt: skip
    if steps:
        text += _(" After the next {n} steps it is {gap}.", n=len(steps), gap=_.percent(a.gap_after(steps)))
    st.markdown(text)


def figures(a: Assessment, label: str, basis: Basis, theme: Theme, _: Words, found: ToTarget | None = None) -> None:
    """Score, gap, score with evidence, critical questions: four across, two by two on a phone. Of a node, open answers are
    counted as they stand on sheets: one that many inherit once. `found`: the way to the targets, where some are set."""
    explain, lines = basis.explain, basis.lines
    total, evidenced, gap, missing = a.result.total, a.result.evidenced, a.gap, len(a.result.below_critical)
    criticals = sum(question.critical for question in a.checklist.questions)
    cells = [cell for half in st.columns(2, gap="medium") for cell in half.columns(2, gap="small", wrap=False)]
    word = _.text(a.band.label) if a.band else _("not computable")
    with cells[0]:
        span = (
            _("{span} ({n} open)", span=_.span(total.percent, total.best), n=lines.open if lines else total.unanswered)
            if total.open
            else ""
        )
        figure(label, _("{n} points", n=_.points(total.percent)), f"{word}　{span}".strip(), "score",
               (total.percent or ZERO, total.best or ZERO, None), theme, _, address=explain("score"),
               beneath=points_left(found, _) if found else "")  # fmt: skip
    with cells[1]:
        figure(_("Incident-weighted gap"), _.percent(gap.gap), _("{span}. Not a probability, not a count", span=_.span_percent(gap.low, gap.high)),
               "gap", (gap.low, gap.high, gap.gap), theme, _, address=explain("gap"), lack=True,
               beneath=gap_left(found, _) if found else "")  # fmt: skip
    with cells[2]:
        figure(_("Score with evidence"), _("{n} points", n=_.points(evidenced.percent)),
               _("{n} points without evidence", n=_.difference(total.percent, evidenced.percent)),
               "evidenced", (evidenced.percent or ZERO, total.percent or ZERO, None), theme, _, address=explain("evidenced"))  # fmt: skip
    with cells[3]:
        share = Fraction(missing, max(criticals, 1))
        figure(_("Critical items missing"), _("{n} questions", n=missing), _("of {n} critical questions", n=criticals), "critical",
               (share, share, None), theme, _, address=explain("critical"), lack=True)  # fmt: skip
    if a.na_flagged:
        st.warning(
            _("More than {n}% of the weight was answered as not applicable. Read the score with that in mind.", n=a.checklist.na_limit)
        )


def causes(a: Assessment, basis: Basis, theme: Theme, _: Words, found: ToTarget | None = None) -> None:
    """Bars of the causes; a click leads to the answers behind one. `found`: the way to the targets, a mark in each bar."""
    title = _("Causes of real incidents, and our cover")
    st.header(title, anchor=False)
    picked = st.plotly_chart(charts.incident_bars(a, theme, _, found), theme=None, config=charts.CONFIG, key="causes", on_select="rerun",
                             selection_mode="points", alt=chart_alt(title, _))  # fmt: skip
    st.caption(
        _("Bar length: share of the cause in incidents (Tokyo Shoko Research {years}; {n} incidents that listed companies and their "
          "subsidiaries disclosed themselves), spread over our causes by a matrix that is an assumption. {rest} have no published cause.",
          years=charts.years(a.gap), n=a.gap.incidents, rest=_.percent(a.gap.unassigned))
    )  # fmt: skip
    with st.expander(_("The same numbers as a table"), type="compact", key="causes_table"):
        st.table(tables.figures_right(tables.causes(a, _, found), [_("Cause")]), border="horizontal", hide_index=True)
    _follow(picked, "cause", basis)


def heatmap(a: Assessment, basis: Basis, theme: Theme, _: Words) -> None:
    """Countermeasure × cause; a click leads to the answers behind a cell."""
    title = _("Countermeasures × causes")
    st.header(title, anchor=False)
    picked = st.plotly_chart(charts.heatmap(a, theme, _), theme=None, config=charts.CONFIG, key="cells", on_select="rerun",
                             selection_mode="points", alt=chart_alt(title, _))  # fmt: skip
    st.caption(_("○ 75% or more  △ 50–74%  × below 50%  ・ unanswered  ― not applicable  ※ fewer than three questions. Blank: no question. "
                 "Choose a cell for the answers behind it."))  # fmt: skip
    with st.expander(_("The same numbers as a table"), type="compact", key="cells_table"):
        st.table(tables.cells(a, _), border="horizontal")
    _follow(picked, "cell", basis)


def _follow(picked: object, kind: str, basis: Basis | None = None) -> None:
    for point in points(picked)[:1]:
        ids = point["customdata"]
        parts = [str(part) for part in ids] if isinstance(ids, list) else [str(ids)]
        of = ":".join([kind, *parts])
        st.switch_page(EXPLAIN, query_params=basis.explain(of) if basis else {"of": of})


def criticals(a: Assessment, basis: Basis, _: Words) -> None:
    """The critical questions below the checklist's level, each a link to its answer; of a node, in how many of its units."""
    st.header(_("Critical items below level {n}", n=a.checklist.critical_level), anchor=False)
    missing = [question for question in a.checklist.questions if question.id in a.result.below_critical]
    below, n = basis.below(), len(basis.units)
    for question in sorted(missing, key=lambda question: -below.get(question.id, 0)):
        where = (" " if _.lang == "en" else "　") + _("in {m} of {n} units", m=below[question.id], n=n) if n > 1 else ""
        label, why = f"×　**{escaped(_.text(question.text))}**{where}", escaped(_.text(question.why))
        answer_line(label, f"critical:{question.id}", [why], basis.answer(question, _))
    if not missing:
        st.caption(_("None of the critical questions that were answered is below level {n}.", n=a.checklist.critical_level))


def foundation(a: Assessment, _: Words) -> None:
    """Governance, detection, readiness, law: no share in incidents, but what the rest stands on."""
    table = tables.foundation(a, _)
    if table.empty:
        return
    st.header(_("The foundation"), anchor=False)
    st.table(tables.figures_right(table, [_("Section")]), border="horizontal", hide_index=True)
    st.caption(_("Not among the causes of incidents; counted in the score and in the next steps."))


def replay(counts: Counts, basis: Basis, _: Words) -> None:
    """How disclosed incidents end against our controls, and the way to each of them."""
    st.header(_("Would it have happened to us?"), anchor=False)
    st.markdown(overview_line(counts, _))
    st.page_link(
        "screens/replay.py", label=_("The incidents, step by step"), query_params={k: v for k, v in basis.explain("").items() if k in KEPT}
    )
