"""The blocks below what is tried: keep it under a name, the scenarios that are kept, up to three of them side by side."""

from collections.abc import Sequence

import streamlit as st

from tenken import charts
from tenken.error_words import error_text
from tenken.errors import Conflict
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.palette import Theme
from tenken.parts.decided import into_actions
from tenken.parts.figures import chart_alt, file_links, right_columns
from tenken.parts.supposing import Draft, base, controls, draft_of, explained, figures, put
from tenken.session import NotSaved, Saved, View, act, state, store
from tenken.store import Scenario
from tenken.store.scenarios import SCENARIO_LETTERS
from tenken.supposing import charts as drawn
from tenken.supposing import tables, writes
from tenken.supposing.actions import drafts
from tenken.supposing.trial import Ground, Trial, tried
from tenken.supposing.words import conclusion, ignored, second

MOST = 3  # scenarios side by side
LIST, ROWS = 300, 5  # pixels of a long list, and from how many scenarios on it is one


@st.fragment
def bench(here: View, on: Ground, theme: Theme, _: Words) -> None:
    """The page's own part: conclusion, what is tried, what it does, what is kept."""
    draft = draft_of(here)
    trial = tried(on, draft.assumptions, proven=draft.proven)
    st.title(conclusion(on, trial, _), anchor=False)
    st.markdown(second(on, trial, _))
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        st.header(_("What if these questions stood elsewhere?"), anchor=False)
        controls(here, on, trial, _)
        _left_out(on, trial, _)
        if draft.assumptions and here.may("plan"):
            _keep(here, draft, _)
        if trial.questions and here.may("act"):
            into_actions(here, drafts(on, trial, _), base(here), _)
    with right:
        st.header(_("What that would come to"), anchor=False)
        figures(on, trial, theme, _)
    if trial.questions:
        explained(on, trial, _)
    _shelf(here, on, theme, _)


def _left_out(on: Ground, trial: Trial, _: Words) -> None:
    if trial.outcome.ignored:
        lines = [ignored(each, on, _) for each in trial.outcome.ignored]
        head = _("Parts of this scenario that say nothing in this quarter: {n}. They are left out of the numbers, and kept.", n=len(lines))
        st.warning("  \n".join([head, *(f"・{line}" for line in lines)]))


# --- keep ------------------------------------------------------------------------------------------------------------


def _keep(here: View, draft: Draft, _: Words) -> None:
    """Under a name, in place of the one that it comes from or as another."""
    key, kept = f"{base(here)}:name", draft.scenario
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.text_input(_("Name of the scenario"), key=key, max_chars=SCENARIO_LETTERS, placeholder=_("Example: evidence first"), width=280)
        if kept and kept.period == here.period.id:
            st.button(_("Save changes"), key=f"{base(here)}:over", type="primary", on_click=_save, args=(here, draft, kept))
            st.button(_("Save as another"), key=f"{base(here)}:another", on_click=_save, args=(here, draft, None))
        else:
            st.button(_("Save"), key=f"{base(here)}:new", type="primary", on_click=_save, args=(here, draft, None))
    outcome = state(f"{base(here)}:outcome")
    if isinstance(outcome, Saved) and (outcome.value.assumptions, outcome.value.proven) == (draft.assumptions, draft.proven):
        st.markdown(f":green[✓ {_('Saved {time}', time=_.clock(outcome.at))}]")
    elif isinstance(outcome, NotSaved):
        st.error(f"{_('Not saved; your input is still here.')} {escaped(error_text(outcome.error, _))}")
        if isinstance(outcome.error, Conflict) and outcome.error.code == "scenario_changed":
            st.button(_("Load what stands now"), key=f"{base(here)}:theirs", on_click=_load, args=(here, outcome.error.fields["theirs"]))


def _save(here: View, draft: Draft, kept: Scenario | None) -> None:
    if draft_of(here).scenario != draft.scenario:  # a second click, after the first one was saved
        return
    name = state(f"{base(here)}:name", "")
    if kept:
        outcome = act(writes.change, store(), here.user, here.tree, kept, name, draft.assumptions, draft.proven)
    else:
        outcome = act(
            writes.save, store(), here.user, here.tree, here.period, here.unit.id, name, draft.assumptions, draft.proven
        )  # fmt: skip
    st.session_state[f"{base(here)}:outcome"] = outcome
    if isinstance(outcome, Saved):
        put(here, Draft(draft.assumptions, draft.proven, outcome.value))
        st.session_state[f"{base(here)}:name"] = outcome.value.name


def _load(here: View, scenario: Scenario) -> None:
    put(here, Draft(scenario.assumptions, scenario.proven, scenario), undoable=True)
    st.session_state[f"{base(here)}:name"] = scenario.name
    st.session_state.pop(f"{base(here)}:outcome", None)


def _remove(here: View, scenario: Scenario) -> None:
    gone, outcome = state(f"{base(here)}:removed"), act(writes.remove, store(), here.user, here.tree, scenario)
    if isinstance(outcome, Saved) or not (isinstance(gone, Saved) and gone.value == scenario):  # a second click changes nothing
        st.session_state[f"{base(here)}:removed"] = outcome


def _bring_back(here: View, scenario: Scenario) -> None:
    outcome = act(writes.bring_back, store(), here.user, here.tree, scenario)
    st.session_state[f"{base(here)}:removed"] = outcome if isinstance(outcome, NotSaved) else None


# --- what is kept ----------------------------------------------------------------------------------------------------


def _shelf(here: View, on: Ground, theme: Theme, _: Words) -> None:
    """The kept scenarios of this unit, of earlier quarters too; and some of them side by side."""
    found = act(store().scenarios, here.unit.id)
    st.header(_("Scenarios that are kept"), anchor=False)
    _removed(here, _)
    if isinstance(found, NotSaved):
        st.error(error_text(found.error, _))
        return
    kept = sorted(found.value, key=lambda each: each.period != here.period.id)
    if not kept:
        st.caption(_("None yet. Choose questions, give what you tried a name, and it stands here to be compared."))
        return
    with st.container(height=LIST if len(kept) > ROWS else "content", border=False, gap="xsmall"):
        for each in kept:
            _line(here, each, _)
    names = {each.id: _label(here, each, _) for each in kept}
    chosen = st.multiselect(_("Compare (up to three)"), list(names), key=f"{base(here)}:compare", max_selections=MOST,
                            format_func=lambda each: names.get(each, ""), placeholder=_("Choose scenarios"))  # fmt: skip
    wanted = [each for each in kept if each.id in chosen]
    if wanted:
        trials = [kept_trial(here, on, each, _) for each in wanted]
        _side_by_side(here, on, wanted, trials, theme, _)


def kept_trial(here: View, on: Ground, each: Scenario, _: Words) -> Trial:
    """A kept scenario on the answers of this quarter, whichever quarter it is from."""
    return tried(on, each.assumptions, proven=each.proven, name=_label(here, each, _))


def _removed(here: View, _: Words) -> None:
    gone = state(f"{base(here)}:removed")
    if isinstance(gone, NotSaved):
        st.error(escaped(error_text(gone.error, _)))
    elif isinstance(gone, Saved):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(_("“{name}” was deleted.", name=escaped(gone.value.name)), width="content")
            st.button(_("Undo"), key=f"{base(here)}:back", on_click=_bring_back, args=(here, gone.value))


def _label(here: View, each: Scenario, _: Words) -> str:
    """The name, and the quarter where it is not the one at hand."""
    quarter = next((period for period in here.periods if period.id == each.period), None)
    if each.period == here.period.id or quarter is None:
        return each.name
    return _("{name} ({quarter})", name=each.name, quarter=_.quarter(quarter.start, quarter.fiscal_start))


def _line(here: View, each: Scenario, _: Words) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"scenario:{each.id}"):
        about = _("Questions: {n} · {who} · {at}", n=len({a.question for a in each.assumptions}), who=each.person or _("(no name)"), at=_.moment(each.at))  # fmt: skip
        st.markdown(f"**{escaped(_label(here, each, _))}**　:small[{escaped(about)}]", width="stretch")
        st.button(_("Load"), key=f"scenario:{each.id}:load", on_click=_load, args=(here, each))
        if here.may("plan"):
            st.button(_("Delete"), key=f"scenario:{each.id}:drop", type="tertiary", on_click=_remove, args=(here, each))


def _side_by_side(here: View, on: Ground, kept: Sequence[Scenario], trials: Sequence[Trial], theme: Theme, _: Words) -> None:
    title = _("Scenarios side by side")
    left, right = st.columns([1, 1.3], gap="large")
    with left:
        st.subheader(title, anchor=False)
        st.plotly_chart(drawn.side_by_side(on, trials, theme, _), theme=None, config=charts.CONFIG, key="whatif_compare", alt=chart_alt(title, _))  # fmt: skip
    with right:
        frame = tables.side_by_side(on, trials, _)
        st.subheader(_("The same numbers as a table"), anchor=False)
        st.dataframe(frame, hide_index=True, key="whatif_numbers", height="content", column_config=right_columns(frame.columns, {_("What")}), alt=title)  # fmt: skip
        st.subheader(_("Questions in which they differ") if len(trials) > 1 else _("Questions that it changes"), anchor=False)
        asked = tables.differing(on, trials, _)
        st.dataframe(asked, hide_index=True, key="whatif_differ", column_config=right_columns(asked.columns, {_("Question")}, {_("Question"): 330}),
                     alt=_("Questions in which they differ"))  # fmt: skip
        for trial in trials:
            if trial.outcome.ignored:
                st.caption(
                    _("{name}: parts that say nothing in this quarter: {n}.", name=escaped(trial.name), n=len(trial.outcome.ignored))
                )
        file_links(_, "whatif", {"unit": here.unit.code, "period": here.period.start.isoformat(), "scenarios": ",".join(str(each.id) for each in kept)})  # fmt: skip
