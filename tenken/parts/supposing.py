"""The blocks of the what-if page: which questions stand where, and what that does to the numbers.

Everything is one fragment: a click on a level works out the copy anew and draws the page's own part alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import streamlit as st

from scoring.model import Question
from scoring.whatif import Assumption, Efforts, Rule, beside, from_steps, rule_for, stands
from tenken import charts, explanation
from tenken.aiming.chosen import chosen_in
from tenken.content import casebook
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.palette import Theme
from tenken.parts.figures import ANSWER, right_columns
from tenken.planning.costs import prices
from tenken.session import View, state, store
from tenken.store import Scenario
from tenken.supposing import tables
from tenken.supposing.trial import Ground, Trial, ground, half_days_of
from tenken.supposing.words import SIGNS, level, named, rule_name, whose

STEPS = 5
SCROLLS = 4  # chosen questions that fit beside the figures; more of them scroll
TALL = 560  # pixels
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Draft:
    """What this tab tries at a unit in a quarter: `scenario` is the kept one that it comes from, `undo` what it was before."""

    assumptions: tuple[Assumption, ...] = ()
    proven: bool = False
    scenario: Scenario | None = None
    undo: "Draft | None" = None


def base(here: View) -> str:
    """The beginning of every key of the session that belongs to this unit and quarter."""
    return f"whatif:{here.unit.code}:{here.period.start.isoformat()}"


def draft_of(here: View) -> Draft:
    found: Draft = state(base(here)) or Draft()
    return found


def put(here: View, draft: Draft, *, undoable: bool = False) -> None:
    """What is tried from now on; `undoable` where one click throws more than one thing away."""
    st.session_state[base(here)] = replace(draft, undo=replace(draft_of(here), undo=None) if undoable else draft.undo)


def ground_of(here: View) -> Ground | None:
    """What is tried on; None when nothing counts there, or nobody has answered anything."""
    ranked = not here.alone and all(here.may("read", here.tree.unit(unit_id)) for unit_id in beside(here.tree, here.unit.id))
    found = ground(
        here.portfolio(),
        here.unit,
        here.content.outside,
        is_express=here.express_only,
        is_ranked=ranked,
        casebook=casebook(),
        efforts=efforts_of(here),
        chosen=chosen_in(store(), here.tree),
    )
    return found if found and found.before.result.total.answered else None


def efforts_of(here: View) -> Efforts:
    """What levels take at every unit, as its company has settled it."""
    return half_days_of(prices(store(), here.tree, here.unit).of)


def empty(here: View, _: Words) -> None:
    """Nobody has answered anything: what will stand here."""
    st.title(_("There are no answers yet to try anything on."), anchor=False)
    st.markdown(_("Once questions are answered, they can be changed here on a copy: score, incident-weighted gap and place as they would be, kept under a name and compared."))  # fmt: skip
    st.page_link(ANSWER, label=_("Open the answers of this quarter"), query_params={"unit": here.unit.code})


# --- which questions -------------------------------------------------------------------------------------------------


def controls(here: View, on: Ground, trial: Trial, _: Words) -> None:
    """The questions that are changed, each with its level; and the ways to more of them."""
    draft = draft_of(here)
    _chooser(here, on, draft, _)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(_("Start with the next {n} steps", n=STEPS), key=f"{base(here)}:steps", on_click=_start, args=(here, on))
        if draft.assumptions:
            st.button(_("Take all out"), key=f"{base(here)}:reset", on_click=_reset, args=(here,))
        if draft.undo is not None:
            st.button(_("Undo"), key=f"{base(here)}:undo", on_click=_undo, args=(here, draft.undo))
    if not draft.assumptions:
        st.caption(_("Choose a question above, or begin with the next steps. Each one gets a level to try."))
        return
    questions = {question.id: question for question in on.before.checklist.questions}
    left_out = {each.assumption for each in trial.outcome.ignored}
    shown = [each for each in draft.assumptions if each not in left_out]
    with st.container(height=TALL if len(shown) > SCROLLS else "content", border=False, gap="medium"):
        for each in shown:
            _row(here, on, each, questions[each.question], _)
    key = f"{base(here)}:proven"
    st.session_state[key] = draft.proven
    st.checkbox(
        _("With evidence for these questions too"),
        key=key,
        on_change=_proven,
        args=(here, key),
        help=_("Without it, evidence that is there goes on counting for the level that it proved, and no higher."),
    )


def _chooser(here: View, on: Ground, draft: Draft, _: Words) -> None:
    """One field to look for a question, by its section or its words; of several units, for all of them or for one."""
    unit = None
    with st.container(horizontal=True, gap="small"):
        if len(on.units) > 1:
            names = {"": _("All {n} units", n=len(on.units))} | {unit.code: _.text(unit.name) for unit in on.units}
            code = st.selectbox(_("For"), list(names), format_func=names.__getitem__, key=f"{base(here)}:for", width=200)
            unit = next((each.id for each in on.units if each.code == code), None)
        taken = {each.question for each in draft.assumptions if each.unit == unit}
        asked = {question.id: question for question in on.before.checklist.questions if question.id not in taken}
        key = f"{base(here)}:add"
        st.selectbox(_("Add a question"), list(asked), index=None, key=key, on_change=_add, args=(here, on, key, unit),
                     format_func=lambda question: named(asked[question], on.before.checklist, _),
                     placeholder=_("Search by cause or words"))  # fmt: skip


def _row(here: View, on: Ground, each: Assumption, question: Question, _: Words) -> None:
    key = f"{base(here)}:{each.question}:{each.unit or ''}"
    node = on.node.id if each.unit is None else each.unit
    there, checklist = stands(on.portfolio, node, each.question), on.before.checklist
    with st.container(gap="xsmall", key=f"{key}:row"):
        with st.container(horizontal=True, gap="small", vertical_alignment="top", wrap=False):
            who = f"　:gray[{escaped(whose(on, each, _))}]" if each.unit is not None else ""
            critical = f":red[**{_('Critical')}**]　" if question.critical else ""
            st.markdown(f"{critical}**{escaped(_.text(question.text))}**{who}", width="stretch")
            st.button(_("Take out"), key=f"{key}:drop", type="tertiary", on_click=_drop, args=(here, each))
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            if there.total() > 1:
                rules: tuple[Rule, ...] = ("at_least", "at_most", "set")
                st.session_state[f"{key}:rule"] = each.rule
                st.selectbox(_("How"), rules, key=f"{key}:rule", format_func=lambda rule: rule_name(rule, _), width=130,
                             label_visibility="collapsed", on_change=_rule, args=(here, each, f"{key}:rule"))  # fmt: skip
            st.session_state[f"{key}:level"] = each.level
            st.segmented_control(_("Level"), list(range(len(checklist.choices))), key=f"{key}:level", required=True, width="content",
                                 label_visibility="collapsed", on_change=_level, args=(here, each, f"{key}:level"))  # fmt: skip
            if there.total() == 1:
                st.caption(_("Now: {level}", level=escaped(level(next(iter(there)), checklist, _))), width="content")
            else:
                stood = _.listed(f"{SIGNS.get(code, str(code))}×{count}" for code, count in sorted(there.items()))
                st.caption(_("Now (level × answers): {stood}", stood=escaped(stood)), width="content")
        st.markdown(f"**{escaped(level(each.level, checklist, _))}**　{escaped(_.text(question.levels[each.level]))}")


def _change(here: View, old: Assumption, new: Assumption) -> None:
    draft = draft_of(here)
    put(here, replace(draft, assumptions=tuple(new if each == old else each for each in draft.assumptions)))


def _level(here: View, each: Assumption, key: str) -> None:
    _change(here, each, replace(each, level=st.session_state[key]))


def _rule(here: View, each: Assumption, key: str) -> None:
    _change(here, each, replace(each, rule=st.session_state[key]))


def _add(here: View, on: Ground, key: str, unit: int | None) -> None:
    """A new question begins one level above the lowest answer."""
    question = st.session_state[key]
    st.session_state[key] = None
    if question is None:
        return
    node = on.node.id if unit is None else unit
    lowest = max(0, min(stands(on.portfolio, node, question)))
    top = len(on.before.checklist.choices) - 1
    draft = draft_of(here)
    found = Assumption(question, min(lowest + 1, top), rule_for(on.portfolio, node, question), unit)
    put(here, replace(draft, assumptions=(*draft.assumptions, found)))


def _drop(here: View, each: Assumption) -> None:
    draft = draft_of(here)
    put(here, replace(draft, assumptions=tuple(other for other in draft.assumptions if other != each)), undoable=True)


def _start(here: View, on: Ground) -> None:
    put(here, Draft(from_steps(on.portfolio, on.node.id, on.before.steps, STEPS), draft_of(here).proven), undoable=True)


def _reset(here: View) -> None:
    put(here, Draft(), undoable=True)


def _undo(here: View, before: Draft) -> None:
    put(here, before)


def _proven(here: View, key: str) -> None:
    put(here, replace(draft_of(here), proven=st.session_state[key]))


# --- what it does ----------------------------------------------------------------------------------------------------


def figures(on: Ground, trial: Trial, theme: Theme, _: Words) -> None:
    """The four figures as they would be, each with what it is now; below, place, replay and effort."""
    now, then = on.before, trial.after
    cells = [cell for half in (st.container(), st.container()) for cell in half.columns(2, gap="small", wrap=False)]
    total, gap, proven = then.result.total, then.gap, then.result.evidenced
    old, new = (len(each.result.below_critical) for each in (now, then))
    criticals = max(1, sum(question.critical for question in then.checklist.questions))
    label = _("Score (Express check)") if on.is_express else _("Score")
    with cells[0]:
        span = _("range {span}", span=_.span(total.percent, total.best)) if total.open else ""
        _figure(label, _("{n} points", n=_.points(total.percent)), _was(_.points(now.result.total.percent), trial.outcome.score, span, _),
                "score", (total.percent or ZERO, total.best or ZERO, None), theme)  # fmt: skip
    with cells[1]:
        span = _("range {span}", span=_.span_percent(gap.low, gap.high))
        _figure(_("Incident-weighted gap"), _.percent(gap.gap), _was(_.percent(now.gap.gap), trial.outcome.gap, span, _),
                "gap", (gap.low, gap.high, gap.gap), theme, lack=True)  # fmt: skip
    with cells[2]:
        change = (proven.percent or ZERO) - (now.result.evidenced.percent or ZERO)
        _figure(_("Score with evidence"), _("{n} points", n=_.points(proven.percent)), _was(_.points(now.result.evidenced.percent), change, "", _),
                "evidenced", (proven.percent or ZERO, total.percent or ZERO, None), theme)  # fmt: skip
    with cells[3]:
        share = Fraction(new, criticals)
        _figure(_("Critical items missing"), _("{n} questions", n=new), _("now {n} ({change})", n=old, change=_.integer_change(new - old)), "critical",
                (share, share, None), theme, lack=True)  # fmt: skip
    frame = tables.effects(on, trial, _)
    st.dataframe(frame, hide_index=True, key="whatif_effects", column_config=right_columns(frame.columns, {_("What")}), alt=_("What else would change"))  # fmt: skip
    notes = [_("Person-days count the effort of every level that is reached, as the plan has it; each stored answer once.")]
    if on.standing:
        notes.append(_("Places are those of the units’ own answers, among the units beside this one; a place from–to is what open answers leave."))  # fmt: skip
    if on.replay is not None:
        notes.append(_("The replay judges incidents that were disclosed by answers with valid evidence; it is no forecast."))
    st.caption("  \n".join(notes))


def _was(now: str, change: Fraction | None, more: str, _: Words) -> str:
    said = _("now {n} ({change})", n=now, change=_.change(change))
    return f"{said}　{more}" if more else said


def _figure(
    label: str, value: str, caption: str, key: str, bar: tuple[Fraction, Fraction, Fraction | None], theme: Theme, *, lack: bool = False
) -> None:
    with st.container(gap="xsmall"):
        st.metric(label, value)
        st.plotly_chart(charts.thin_bar(theme, *bar, lack=lack), theme=None, config=charts.CONFIG, key=f"bar:whatif:{key}", alt=f"{label} {value}　{caption}")  # fmt: skip
        st.caption(caption)


def explained(on: Ground, trial: Trial, _: Words) -> None:
    """Which answers change, what each brings, and the formulas with their integers before and after."""
    with st.expander(_("What is behind these numbers"), type="compact", key="whatif_explain"):
        st.subheader(_("Answers that change ({n})", n=len(trial.outcome.moves)), anchor=False)
        _table(tables.moved(on, trial, _), "moved", _("Question"), _)
        st.subheader(_("What each question brings"), anchor=False)
        if trial.outcome.changes is None:
            st.caption(_("Nothing is applicable, so the difference has no parts."))
        else:
            _table(tables.parts(on, trial, _), "parts", _("Question"), _)
            st.caption(_("Both columns add up exactly; each part is rounded by itself, so the last digits may not."))
        formula: Callable[[str], tuple[str, str]] = lambda of: (  # noqa: E731
            explanation.explain(on.before, of, _).formula,
            explanation.explain(trial.after, of, _).formula,
        )
        for name, of in ((_("Score"), "score"), (_("Incident-weighted gap"), "gap"), (_("Score with evidence"), "evidenced")):
            st.subheader(name, anchor=False)
            before, after = formula(of)
            st.code(f"{_('Now')}\n{before}\n\n{_('Then')}\n{after}", language=None, wrap_lines=True)


def _table(frame: Any, key: str, wide: str, _: Words) -> None:
    st.dataframe(frame, hide_index=True, key=f"whatif_{key}", column_config=right_columns(frame.columns, tables.words_columns(_), {wide: 300}), alt=wide)  # fmt: skip
