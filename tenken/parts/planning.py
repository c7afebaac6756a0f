"""The blocks of the plan page: budget and α, the plan, the curve, the order beside it, the next steps, efforts and yen."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import streamlit as st

from scoring.errors import PlanError
from scoring.plan import alpha_of, half_days_of
from scoring.portfolio import View as Scope
from tenken import charts
from tenken.aiming.read import ceilings
from tenken.error_words import error_text
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.palette import Theme
from tenken.parts.figures import ANSWER, EXPLAIN, chart_alt, file_links, fine_print, right_columns
from tenken.planning import charts as drawn
from tenken.planning import costs, tables, words
from tenken.planning.read import Case, Worked, exact, sensible, work
from tenken.session import NotSaved, Saved, View, act, state, store
from tenken.tables import figures_right

CRITICAL, ORDER, NEXT, FOUNDATION = 5, 60, 8, 3  # lines
FAILED, TABLE = "plan_failed", "plan_table"


def nothing(here: View, case: Case | None, _: Words) -> bool:
    """Empty states: nothing reports here, nothing was answered, or nothing is left to do. Whether the page ends with them."""
    if case is None:
        st.title(_("Nothing below {unit} reports yet.", unit=escaped(_.text(here.unit.name))), anchor=False)
        return True
    total = case.assessment.result.total
    if not case.decisions and not total.answered:
        st.title(_("Nothing is answered yet, so there is nothing to plan."), anchor=False)
        st.markdown(_("A plan is made of answers: what could be raised, how far, at what effort. Open questions are not in it."))
        st.page_link(ANSWER, label=_("Open the answers of this quarter"), query_params={"unit": here.unit.code})
        return True
    if not case.decisions:
        st.title(_("No next step left."), anchor=False)
        open_line(case, _)
        return True
    return False


def scope(here: View, _: Words) -> Scope:
    """With or without what a unit inherits; no question for one company alone."""
    if here.alone:
        return "whole"
    names: dict[str, str] = {"whole": _("With the company’s answers"), "own": _("Own answers only")}
    chosen = st.segmented_control(_("Scope"), list(names), default="whole", required=True, format_func=names.__getitem__, key="plan_scope",
                                  label_visibility="collapsed", width="content")  # fmt: skip
    return "own" if chosen == "own" else "whole"


def alpha(here: View, _: Words) -> Fraction:
    """How much of a value is the gap; the rest is lost points."""
    usual = here.checklist.alpha
    label = _("α: weight of the gap (the checklist’s: {n}; 1 is the pure index)", n=f"{float(usual):g}")
    chosen = st.slider(label, 0.0, 1.0, float(usual), 0.05, format="%.2f", key="plan_alpha", persist_state="session", width=400)
    return alpha_of(f"{chosen:.3f}")


def ceiling(here: View, _: Words) -> dict[int, dict[str, int]] | None:
    """The targets as a ceiling, where some are set and it is wanted; by unit and question."""
    found = ceilings(store(), here.tree, here.checklist)
    return found if found and st.checkbox(_("No further than the targets"), key="plan_to_target", persist_state="session") else None


def budgeted(case: Case, _: Words) -> Worked | None:
    """The case with a budget; None after saying what is wrong with what was written."""
    label = _("Budget (person-days; everything takes {n})", n=words.days(case.effort))
    days = st.number_input(
        label, value=sensible(case) / 2, step=0.5, format="%.1f", key=f"plan_budget:{case.node.id}", persist_state="session", width=300
    )
    try:
        return work(case, half_days_of("" if days is None else f"{days:.10g}", _("Budget")))
    except PlanError as error:
        st.error(error_text(error, _))
        return None


def open_line(case: Case, _: Words) -> None:
    """What the numbers leave out."""
    if case.express:
        st.caption(_("By the questions of the express check only; the full check has numbers of its own."))
    unanswered = case.assessment.result.total.unanswered
    if unanswered:
        st.caption(_("Not answered: {n}. Open questions are not planned; they count in the gap until they are answered.", n=unanswered))


# --- the plan --------------------------------------------------------------------------------------------------------


def plan(here: View, worked: Worked, _: Words) -> None:
    """What to do for the budget, a row a step; a row leads to what stands behind its question."""
    st.header(_("The best plan for {n} person-days", n=words.days(worked.budget)), anchor=False)
    if not worked.best.steps:
        least = min(step.half_days for step in worked.case.order)
        st.caption(_("The smallest step takes {n} person-days.", n=words.days(least)))
        return
    frame = tables.plan(worked, _)
    widths = _widths(_) | {_("To do"): 480, _("Unit"): 170}
    picked = st.dataframe(frame, hide_index=True, key=f"plan:{worked.case.node.id}:{worked.budget}", on_select="rerun", selection_mode="single-row",
                          column_config=right_columns(frame.columns, tables.words_columns(_), widths) | {_("Why this, why now"): None}, alt=_("The best plan"))  # fmt: skip
    st.caption(_("The exact optimum: no other choice brings more for this effort. Part of the effect: of what the whole plan brings, for certain. "
                 "Choose a row for what stands behind it."))  # fmt: skip
    for row in picked.selection.rows:
        if row < len(worked.best.steps):
            st.switch_page(EXPLAIN, query_params=_explain(here, worked.case, f"question:{worked.best.steps[row].question}"))


def _widths(_: Words) -> dict[str, int]:
    return {_("Order"): 46, _("Level"): 66, _("To do"): 330, _("Unit"): 150}


def _explain(here: View, case: Case, of: str) -> dict[str, str]:
    kind = ("express" if case.express else "full") if here.alone else case.view
    return {"of": of, "kind": kind, "unit": here.unit.code, "period": here.period.start.isoformat()}


def why(worked: Worked, _: Words) -> None:
    """One sentence for every step, the first ones at once."""
    lines = [f"{number}. **{escaped(tables.what(worked.case, step, _))}**{_where(worked, step.node, _)}　{escaped(reason)}"
             for number, (step, reason) in enumerate(zip(worked.best.steps, words.reasons(worked, _), strict=True), start=1)]  # fmt: skip
    if not lines:
        return
    st.header(_("Why these, why now"), anchor=False)
    st.markdown("\n".join(lines[:NEXT]))
    if len(lines) > NEXT:
        with st.expander(_("The other {n} steps", n=len(lines) - NEXT), type="compact", key="plan_why"):
            st.markdown("\n".join(lines[NEXT:]))


def _where(worked: Worked, node: int, _: Words) -> str:
    return "" if len(worked.case.tree.units) == 1 else _(" ({where})", where=escaped(_.text(worked.case.tree.unit(node).name)))


def critical(worked: Worked, _: Words) -> None:
    """What is critical and stays below the level."""
    n = len({each.question for each in worked.left_out})
    level = worked.case.assessment.checklist.critical_level
    if n:
        st.header(_("Critical items that this plan leaves below level {level} ({n})", level=level, n=n), anchor=False)
        for line in words.critical_lines(worked, CRITICAL, _):
            st.markdown(line)
        st.caption(
            _(
                "The plan weighs effect against effort only. Critical items come first in the order below; what is only found out stays named here."
            )
        )
    else:
        st.caption(_("No critical item stays below level {level} with this plan.", level=level))


def curve(worked: Worked, theme: Theme, _: Words) -> None:
    """Every budget at once."""
    title = _("What every budget leaves of the gap (%)")
    st.header(title, anchor=False)
    st.plotly_chart(drawn.curve(worked, theme, _), theme=None, config=charts.CONFIG, key="plan_curve", alt=chart_alt(title, _))
    st.caption(_("Solid: the best plan of each budget. Dotted: the order in which nothing is taken back. The best plan is the best by value, "
                 "so a larger budget may buy foundation or certainty instead of gap."))  # fmt: skip
    with st.expander(_("The same numbers as a table"), type="compact", key="plan_curve_table"):
        st.table(figures_right(tables.curve(worked, _), []), border="horizontal", hide_index=True)


def order(worked: Worked, _: Words) -> None:
    """The order in which nothing is taken back, and how far it lies from the best plan."""
    st.header(_("The order in which nothing is taken back"), anchor=False)
    st.markdown(words.nested(worked, _))
    frame = tables.order(worked, ORDER, _)
    st.dataframe(frame, hide_index=True, key="plan_order", column_config=right_columns(frame.columns, tables.words_columns(_), _widths(_) | {_("To do"): 470}), height=320,
                 alt=_("The order in which nothing is taken back"))  # fmt: skip
    st.caption(_("Best plans are not nested: what the best one for 20 days holds can be missing in that for 30. Whoever does not know the budget yet "
                 "follows this order: critical items first, then effect per half day, one level at a time. ○: the best plan raises it as far."))  # fmt: skip


# --- next steps ------------------------------------------------------------------------------------------------------


def next_steps(case: Case, _: Words) -> None:
    """By value, and by lost points alone; the foundation's own beside."""
    by_value, plain = case.steps, case.plain
    if not by_value:
        return
    sections = {section.id: section for section in case.assessment.checklist.sections}
    foundation = [step for step in by_value if not sections[case.questions[step.question].section].is_cause]
    _steps(_("Next steps by value"), tables.next_steps(case, by_value[:NEXT], plain, _("Place by points"), _), "value", _)
    st.caption(
        _(
            "Critical items first, then value = α × change of the gap + (1 − α) × change of the score. Steps of one group cannot be told apart."
        )
    )
    _steps(_("The same by lost points alone"), tables.next_steps(case, plain[:NEXT], by_value, _("Place by value"), _), "plain", _)
    st.caption(escaped(words.orders_differ(case, _)))
    if foundation:
        _steps(
            _("The foundation beside them"),
            tables.next_steps(case, foundation[:FOUNDATION], plain, _("Place by points"), _),
            "foundation",
            _,
        )
        st.caption(_("No share in incidents, so with α = 1 they have no value; below that they count by their points."))


def _steps(title: str, frame: Any, key: str, _: Words) -> None:
    st.header(title, anchor=False)
    st.dataframe(frame, hide_index=True, key=f"plan_next_{key}", column_config=right_columns(frame.columns, tables.words_columns(_), _widths(_) | {_("To do"): 480}),
                 alt=title)  # fmt: skip


# --- behind it -------------------------------------------------------------------------------------------------------


def explained(worked: Worked, _: Words) -> None:
    """Formula, integers and rows."""
    a, best = worked.case.assessment, worked.best
    formula = "\n".join(
        [
            _("gap now = not met {uncovered} + open {open} = {gap}", uncovered=_.percent(a.gap.uncovered), open=_.percent(a.gap.open), gap=_.percent(a.gap.gap)),
            _("gap after = gap now − Σ effects of {n} steps = {gap} − {taken} = {after}", n=len(best.steps), gap=exact(a.gap.gap), taken=exact(best.gap),
              after=exact(worked.after)),
            _("→ {after}; one decimal, half up, rounded once", after=_.percent(worked.after)),
            _("effect of a step on the gap = share of the cause × (times × weight × points gained) ÷ all points of the cause"),
            _("value = α × effect on the gap + (1 − α) × points gained ÷ all points, α = {alpha}; value of the plan = {value}", alpha=exact(worked.case.alpha),
              value=exact(best.value)),
            _("best plan = largest Σ value with Σ effort ≤ {n} half days, one level per question; ties: fewer steps, less effort, question id", n=worked.budget),
        ]
    )  # fmt: skip
    with st.expander(_("Explain this number: formula, integers, rows"), type="compact", key="plan_explained"):
        st.code(formula, language=None, wrap_lines=True)
        frame = tables.rows_behind(worked, _)
        st.dataframe(frame, hide_index=True, key="plan_behind", column_config=right_columns(frame.columns, tables.words_columns(_), _widths(_)),
                     alt=_("Explain this number"))  # fmt: skip
        st.caption(_("Times: how often the answer counts among all units. A company’s answer is one decision however many units inherit it. "
                     "Finding out is chosen by what the first level would bring and promises nothing."))  # fmt: skip


def files(here: View, worked: Worked, _: Words) -> None:
    case = worked.case
    said = {"unit": here.unit.code, "period": here.period.start.isoformat(), "view": case.view, "budget": words.days(worked.budget).replace(",", ""),
            "alpha": f"{float(case.alpha):g}", "target": str(int(case.to_target))}  # fmt: skip
    file_links(_, "plan", said)


# --- what steps cost -------------------------------------------------------------------------------------------------


def efforts(here: View, case: Case, _: Words) -> None:
    """A company's own efforts, purchases and day rate; the checklist's beside them."""
    company = case.prices.company
    if company is None:
        return
    name = escaped(_.text(company.name))
    with st.expander(_("Efforts and yen of {company}", company=name), type="compact", key="plan_efforts"):
        failed = state(FAILED)
        if failed:
            asked = case.questions.get(str(failed.fields.get("question")))
            named = type(failed)(failed.code, **(failed.fields | ({"question": _.text(asked.text)} if asked else {})))
            st.error(escaped(error_text(named, _)))
        may = here.may("plan", company)
        if not may:
            fine_print(_("Only the security office changes these."))
        key = f"plan_rate:{company.id}:{case.prices.rate_seen}"
        st.number_input(_("Yen per person-day (0: not said)"), value=case.prices.day_rate, step=1000, key=key, disabled=not may,
                        width=300, on_change=_rate, args=(here, case, key))  # fmt: skip
        table = _table(case, _)
        st.data_editor(table.frame, hide_index=True, key=table.key, disabled=True if not may else ["question", "checklist"], column_config=_columns(case, _), height=420,
                       on_change=_written, args=(here, case, table), alt=_("Efforts"))  # fmt: skip
        st.caption(_("Person-days and purchases (yen) per level, of one decision: a company-wide question is decided once. An emptied cell takes the checklist’s effort again. "
                     "Every change is kept at once and stands in the record."))  # fmt: skip


def _columns(case: Case, _: Words) -> dict[str, Any]:
    found: dict[str, Any] = {
        "question": st.column_config.TextColumn(_("Question"), width=320, pinned=True),
        "checklist": st.column_config.TextColumn(_("Checklist (days)"), width=130, alignment="right"),
    }
    for level in range(len(case.assessment.checklist.choices) - 1):
        step = f"{level} → {level + 1}"
        found[costs.day_column(level)] = st.column_config.NumberColumn(_("{step} (days)", step=step), width=120)
        found[costs.yen_column(level)] = st.column_config.NumberColumn(_("{step} (yen)", step=step), width=116)
    return found


def _rate(here: View, case: Case, key: str) -> None:
    _keep(act(costs.settle_day_rate, store(), here.user, here.tree, here.root, case.prices, st.session_state[key]))


@dataclass(slots=True)
class _Table:
    """What stood in the table of efforts when it was opened: it stays, so that who writes many cells is not thrown back to the
    first row, until somebody else has changed something (`version`)."""

    of: tuple[object, ...]
    version: int
    key: str
    frame: Any


def _table(case: Case, _: Words) -> _Table:
    company, version = case.prices.company, case.prices.efforts_seen
    of = (company.id if company else None, case.assessment.checklist.content_hash, _.lang)
    kept: _Table | None = state(TABLE)
    if kept is None or (kept.of, kept.version) != (of, version):
        kept = st.session_state[TABLE] = _Table(of, version, f"plan_costs:{of}:{version}", tables.efforts(case, _))
    return kept


def _written(here: View, case: Case, table: _Table) -> None:
    cells = {int(row): written for row, written in st.session_state[table.key]["edited_rows"].items()}

    def save() -> int:
        changes = costs.edited(tuple(case.questions.values()), case.prices, cells)
        return costs.settle_efforts(store(), here.user, here.tree, here.root, case.prices, changes).version

    done = act(save)
    if isinstance(done, Saved) and all(value is not None for written in cells.values() for value in written.values()):
        table.version = done.value  # an emptied cell is drawn anew, with what counts then
    _keep(done)


def _keep(done: object) -> None:
    """What could not be saved is said where it was written."""
    st.session_state[FAILED] = done.error if isinstance(done, NotSaved) else None
