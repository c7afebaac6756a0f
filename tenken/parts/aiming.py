"""Targets: the page on which they are chosen, and the lines that say elsewhere how far it is.

What is being chosen is a draft of this tab, kept until it is saved or left out; what it would change is shown before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import streamlit as st

from scoring.assessment import Assessment
from scoring.model import Checklist, Question
from scoring.targets import Chosen, Profile, Targets, ToTarget, merged, targets, unknown
from scoring.units import UnitKind
from tenken import tables_targets
from tenken.aiming.chosen import KEY, choose, chosen_in, profiles, read_chosen
from tenken.aiming.read import Aimed, aimed, aimed_by, targets_by_unit, unit_aims
from tenken.error_words import error_text
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.parts.basis import Basis
from tenken.parts.figures import ANSWER, EXPLAIN, file_links, right_columns
from tenken.session import NotSaved, Saved, View, act, state, store
from tenken.tables import marked
from tenken.unit_words import kind_words

PAGE = "screens/targets.py"
NOTHING = Chosen()
HERE = ""  # in a select: nothing is chosen here


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What stands at the node that is looked at, and what is being chosen for it. `everywhere`: what is chosen in the whole tree;
    `bad`: parts that cannot be read."""

    here: View
    version: int
    stored: Chosen
    draft: Chosen
    everywhere: Mapping[int, Chosen]
    bad: tuple[str, ...]
    free: bool

    @property
    def checklist(self) -> Checklist:
        return self.here.checklist

    @property
    def key(self) -> str:
        return draft_key(self.here, self.version)

    def chosen(self, draft: Chosen) -> dict[int, Chosen]:
        """What would be chosen in the whole tree."""
        return {**self.everywhere, self.here.unit.id: draft}

    def counts(self, draft: Chosen) -> Chosen:
        return merged(self.here.tree, self.chosen(draft), self.here.unit)

    def levels(self, draft: Chosen) -> Targets | None:
        return targets(self.checklist, profiles(), self.counts(draft))

    def aimed(self, draft: Chosen, a: Assessment) -> Aimed | None:
        return aimed_by(self.chosen(draft), self.here.tree, self.here.unit, a)


def draft_key(here: View, version: int) -> str:
    return f"aims:{here.unit.id}:{version}"


def read_plan(here: View) -> Plan:
    """Raises StoreError."""
    settled = store().settled(here.unit.id, KEY)
    chosen, bad = read_chosen(settled.value)
    draft = state(draft_key(here, settled.version), chosen)
    return Plan(here, settled.version, chosen, draft, chosen_in(store(), here.tree), bad, here.may("plan") and not here.stale)


# --- choosing ------------------------------------------------------------------------------------


def _pick(plan: Plan, label: str, name: str, options: list[Any], now: Any, put: Callable[[Any], Chosen], words: Callable[[Any], str],
          **layout: Any) -> None:  # fmt: skip
    """A field of the draft: a select, whose first option is to say nothing here (HERE)."""
    # The words for nothing are part of the key: a browser goes on showing the words that a field began with.
    key = f"{plan.key}:{words(HERE)}:{name}"

    def changed() -> None:
        value = st.session_state[key]
        st.session_state[plan.key] = put(None if value == HERE else value)

    st.selectbox(label, [HERE, *options], index=options.index(now) + 1 if now in options else 0, format_func=words, key=key, on_change=changed,
                 disabled=not plan.free, **layout)  # fmt: skip


def _named(plan: Plan, part: Literal["kinds", "sections", "questions"], name: str, value: Any) -> Chosen:
    """The draft with another value under a name of one of its parts."""
    found: dict[str, Any] = {part: _with(getattr(plan.draft, part), name, value)}
    return replace(plan.draft, **found)


def _or(nothing: str, words: Callable[[Any], str], value: Any) -> str:
    return nothing if value == HERE else words(value)


def _with(pairs: tuple[tuple[str, Any], ...], name: str, value: Any) -> tuple[tuple[str, Any], ...]:
    """The pairs with another value under `name`; None takes it out."""
    found = dict(pairs) | {name: value}
    return tuple(sorted((key, each) for key, each in found.items() if each is not None))


def choose_profile(plan: Plan, _: Words) -> None:
    """One of the ready-made sets, or none; with whom it suits."""
    st.header(_("Choose a set of targets"), anchor=False)
    above = plan.counts(replace(plan.draft, profile=None)).profile
    inherited = profiles().of(above)
    nothing = _("As chosen above: {name}", name=_.text(inherited.label)) if inherited else _("No set")
    names = {"": nothing} | {profile.id: _.text(profile.label) for profile in profiles().profiles}
    captions = ["" if inherited else _("Only what is chosen below counts.")] + [_.text(each.suits) for each in profiles().profiles]
    key = f"{plan.key}:profile"

    def changed() -> None:
        st.session_state[plan.key] = replace(plan.draft, profile=st.session_state[key] or None)

    now = plan.draft.profile if plan.draft.profile in names else ""
    st.radio(_("Set of targets"), list(names), index=list(names).index(now or ""), format_func=lambda name: f"**{escaped(names[name])}**",
             captions=captions, key=key, label_visibility="collapsed", on_change=changed, disabled=not plan.free)  # fmt: skip


def by_kind(plan: Plan, _: Words) -> None:
    """Another set for units of a kind, where there are units of other kinds below."""
    here = plan.here
    below_here = {unit.kind for unit in here.tree.below(here.unit.id)[1:]}
    kinds: list[UnitKind] = [kind for kind in kind_words(_) if kind in below_here]
    if not kinds:
        return
    with st.expander(_("Another set by kind of unit"), type="compact", key="aims_kinds", expanded=bool(plan.draft.kinds)):
        names = {profile.id: _.text(profile.label) for profile in profiles().profiles}
        with st.container(horizontal=True, gap="small"):
            for kind in kinds:
                _pick(plan, kind_words(_)[kind], f"kind:{kind}", [*names], dict(plan.draft.kinds).get(kind),
                      partial(_named, plan, "kinds", kind),
                      partial(_or, _("Like all"), names.__getitem__), width=200)  # fmt: skip
        st.caption(_("A unit’s own choice goes before this one. What the company answers for all has the company’s targets."))


def by_section(plan: Plan, _: Words) -> None:
    """Another level for all questions of a section."""
    base = plan.levels(replace(plan.draft, sections=(), questions=()))
    levels = list(range(len(plan.checklist.choices)))
    with st.expander(_("Adjust by section"), type="compact", key="aims_sections", expanded=bool(plan.draft.sections)):
        columns = st.columns(2, gap="medium")
        for number, section in enumerate(plan.checklist.sections):
            usual = _usual(base, section.questions, _)
            with columns[number % 2]:
                _pick(plan, _.text(section.title), f"section:{section.id}", levels, dict(plan.draft.sections).get(section.id),
                      partial(_named, plan, "sections", section.id),
                      partial(_or, usual, partial(_level, plan.checklist, _)))  # fmt: skip
        st.caption(_("A level chosen here counts for all questions of the section, critical ones too."))


def by_question(plan: Plan, _: Words) -> None:
    """Another level for single questions, one section at a time."""
    base = plan.levels(replace(plan.draft, questions=()))
    checklist, levels = plan.checklist, list(range(len(plan.checklist.choices)))
    titles = {section.id: _.text(section.title) for section in checklist.sections}
    with st.expander(_("Adjust by question"), type="compact", key="aims_questions"):
        chosen = st.selectbox(_("By section"), list(titles), format_func=titles.__getitem__, key="aims_section", width=320)
        for question in next(section for section in checklist.sections if section.id == chosen).questions:
            usual = _usual(base, (question,), _)
            text = marked(question.critical, escaped(_.text(question.text)), _)
            _pick(plan, text, f"question:{question.id}", levels, dict(plan.draft.questions).get(question.id),
                  partial(_named, plan, "questions", question.id),
                  partial(_or, usual, partial(_level, checklist, _)))  # fmt: skip


def _usual(base: Targets | None, questions: tuple[Question, ...], _: Words) -> str:
    """What counts where nothing is chosen here: '設定どおり（3〜4）'."""
    found = [base.levels[question.id] for question in questions if question.id in base.levels] if base else []
    if not found:
        return _("No target")
    low, high = min(found), max(found)
    span = str(low) if low == high else f"{low}{'〜' if _.lang == 'ja' else '–'}{high}"
    return _("As in the set ({level})", level=span)


def _level(checklist: Checklist, _: Words, level: int) -> str:
    return f"{level}　{_.text(checklist.choices[level].label)}"


# --- what it would change, saving ----------------------------------------------------------------


def preview(plan: Plan, a: Assessment, _: Words) -> None:
    """Before saving: the figures now, and as they would be; then save, or leave the draft."""
    changed = plan.draft != plan.stored
    st.header(_("What this changes") if changed else _("Where we stand"), anchor=False)
    frame = tables_targets.preview(plan.aimed(plan.stored, a), plan.aimed(plan.draft, a), _)
    if not changed:
        frame = frame[[_("Figure"), _("Now")]]
    st.dataframe(
        frame, hide_index=True, key="aims_preview", column_config=right_columns(frame.columns, {_("Figure")}), alt=_("What this changes")
    )
    st.caption(_("Score needed: the score when every question stands just at its target. Open questions are counted apart."))
    if not plan.free:
        st.caption(_("Targets are set by the security office of this unit."))
        return
    with st.container(horizontal=True, gap="small"):
        st.button(_("Save these targets"), key="aims_save", type="primary", disabled=not changed, on_click=_save, args=(plan, plan.draft))
        st.button(_("Discard the changes"), key="aims_discard", disabled=not changed, on_click=_discard, args=(plan,))
        if plan.stored:
            with st.popover(_("Clear the targets")):
                st.markdown(_("The targets of {unit} go; those chosen above it stay. It can be undone.", unit=escaped(_.text(plan.here.unit.name))))  # fmt: skip
                st.button(_("Clear them"), key="aims_clear", on_click=_save, args=(plan, NOTHING))
        before = state(f"aims:before:{plan.here.unit.id}")
        if before and before[1] == plan.version and before[0] != plan.stored:
            st.button(_("Undo the last change"), key="aims_undo", icon=":material/undo:", on_click=_save, args=(plan, before[0]))
    outcome = state("aims_outcome")
    if isinstance(outcome, NotSaved):
        st.error(error_text(outcome.error, _))
    elif isinstance(outcome, Saved):
        st.markdown(f":green[✓ {_('Saved {time}', time=_.clock(outcome.at))}]")


def _save(plan: Plan, chosen: Chosen) -> None:
    here = plan.here
    outcome = act(choose, store(), here.user, here.tree, here.root, here.unit, chosen, here.checklist, seen=plan.version)
    st.session_state["aims_outcome"] = outcome
    if isinstance(outcome, Saved):
        st.session_state[f"aims:before:{here.unit.id}"] = (plan.stored, outcome.value.version)
        _discard(plan)


def _discard(plan: Plan) -> None:
    """The draft and the fields that show it: they begin again with what is stored."""
    for key in [key for key in st.session_state if str(key).startswith(plan.key)]:
        del st.session_state[key]


# --- what stands behind --------------------------------------------------------------------------


def notes(plan: Plan, _: Words) -> None:
    """What of the stored choice says nothing here."""
    gone = (*plan.bad, *unknown(plan.checklist, profiles(), plan.stored))
    if gone:
        named = _.listed(escaped(name) for name in gone)
        st.warning(_("Kept, but without effect in this edition of the checklist: {names}", names=named))


def every_question(plan: Plan, aim: Aimed | None, _: Words) -> None:
    """All questions with their targets; as files."""
    counts = plan.counts(plan.draft)
    with st.expander(_("Every question with its target"), type="compact", key="aims_all"):
        frame = tables_targets.questions(
            plan.checklist, plan.levels(plan.draft), aim.found if aim else None, counts, profiles().of(counts.profile), _
        )
        st.dataframe(frame, hide_index=True, key="aims_table", column_config=right_columns(frame.columns, tables_targets.words_columns(_), {_("Question"): 380}),
                     alt=_("Every question with its target"))  # fmt: skip
        if plan.stored == plan.draft:
            file_links(_, KEY, {"unit": plan.here.unit.code, "period": plan.here.period.start.isoformat()})


def reasons(plan: Plan, _: Words) -> None:
    """Why the ready-made sets ask for what they ask for."""
    st.header(_("Why these levels"), anchor=False)
    st.markdown(escaped(_.text(profiles().about)))
    for profile in profiles().profiles:
        with st.expander(
            _("{name}: the levels and their reasons", name=escaped(_.text(profile.label))), type="compact", key=f"why:{profile.id}"
        ):
            _reasons(plan.checklist, profile, _)


def _reasons(checklist: Checklist, profile: Profile, _: Words) -> None:
    st.caption(_.text(profile.suits))
    st.table(tables_targets.reasons(checklist, profile, _), border="horizontal", hide_index=True)


# --- on other pages ------------------------------------------------------------------------------


def aimed_at(here: View, a: Assessment) -> Aimed | None:
    """How far what is looked at is from its targets; None where none is set. Raises StoreError."""
    return aimed(store(), here.tree, here.unit, a)


def form_levels(here: View) -> dict[str, int]:
    """{question of the form: its target}: of the unit on whose sheet it stands."""
    by_unit = targets_by_unit(store(), here.tree, here.checklist)
    found = dict[str, int]()
    for question, place in here.form.places.items():
        levels = by_unit[place.unit].levels if place.unit in by_unit else {}
        if question in levels:
            found[question] = levels[question]
    return found


def leave_out(aim: Aimed | None, a: Assessment, basis: Basis, _: Words) -> None:
    """Whether next steps may lead past the targets, where some do; and the way to what stands behind the way to the target."""
    if aim is None:
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
        if any(aim.found.is_beyond(step) for step in a.steps):
            st.toggle(_("Leave out steps beyond the target"), key="within_target")
        st.page_link(EXPLAIN, label=_("Explain the way to the target"), query_params=basis.explain("target"))


def within(aim: Aimed | None, a: Assessment) -> Assessment:
    """What was judged, its steps as far as they are wanted."""
    if aim is None or not state("within_target"):
        return a
    return replace(a, steps=tuple(step for step in a.steps if not aim.found.is_beyond(step)))


def rows_behind(a: Assessment, basis: Basis, found: ToTarget, _: Words) -> None:
    """What stands behind the way to the target: the questions below, each a way to its answer; of many units, each by itself."""
    asked = [question for question in a.checklist.questions if question.id in set(found.below)]
    st.header(_("The questions below target ({n})", n=len(asked)), anchor=False)
    row = _picked(tables_targets.below(a, found, _), "below", _("Question"), _)
    if row is not None and row < len(asked):
        page, _name, query = basis.answer(asked[row], _)
        st.switch_page(page, query_params=query)
    if basis.portfolio is None or len(basis.units) < 2:
        return
    st.header(_("The units behind it ({n})", n=len(basis.units)), anchor=False)
    aims, (_rows, weights) = unit_aims(store(), basis.portfolio, basis.scope), basis.portfolio.members(basis.unit.id)
    units = [(unit, weight, aims[unit.id]) for unit, weight in zip(basis.units, weights.tolist(), strict=True)]
    row = _picked(tables_targets.units(units, _), "units", _("Unit"), _)
    if row is not None and row < len(units):
        st.switch_page(EXPLAIN, query_params=basis.explain("target") | {"unit": units[row][0].code})


def _picked(frame: Any, key: str, wide: str, _: Words) -> int | None:
    columns = right_columns(frame.columns, tables_targets.words_columns(_) - {_("Target level")}, {wide: 380})
    found = st.dataframe(frame, hide_index=True, key=f"aims_{key}", on_select="rerun", selection_mode="single-row", column_config=columns, alt=wide)  # fmt: skip
    return next(iter(found.selection.rows), None)


def links(here: View, _: Words) -> None:
    """The ways on from the page of targets."""
    with st.container(horizontal=True, gap="small"):
        st.page_link(EXPLAIN, label=_("Explain the way to the target"), query_params={"of": "target", "unit": here.unit.code})
        st.page_link(ANSWER, label=_("Go to the answers"), query_params={"unit": here.unit.code})
