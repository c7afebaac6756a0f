"""One corrective action to work on: its fields, its state, what was said about it; and a new one to be written down."""

from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from scoring.behind import answered_by
from scoring.engine import codes
from scoring.model import UNKNOWN, Question
from tenken.corrective import writes
from tenken.corrective.check import COMMENT, HALF_DAYS, LINK, LINKS, OWNER, TITLE, YEN, links_of
from tenken.corrective.promise import brings
from tenken.corrective.read import Line
from tenken.corrective.words import (
    brings_words,
    due_words,
    field_words,
    kind_words,
    levels_words,
    person_days,
    since_words,
    source_words,
    standing_words,
    status_words,
    unit_name,
)
from tenken.error_words import error_text
from tenken.errors import Conflict
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.parts.corrective import choose, move, outcome_of
from tenken.parts.figures import ANSWER
from tenken.session import NotSaved, View, act, state, store, today
from tenken.store import Action, ActionDraft, ActionLine, ActionStatus
from tenken.store.actions import said as as_json

# --- one action -------------------------------------------------------------------------------------------------------


def desk(here: View, line: Line, _: Words) -> None:
    """The action that was chosen, in a frame: the one thing to work on."""
    action, said = line.action, line.action.said
    may = line.unit is not None and here.may("act", line.unit)
    with st.container(border=True, key="action_desk"):
        head, close = st.columns([6, 1], wrap=False, vertical_alignment="top")
        head.header(escaped(said.title), anchor=False)
        close.button(_("Close"), key="action_close", type="tertiary", on_click=choose, args=(None,))
        _facts(here, line, _)
        _about_the_answer(here, line, _)
        if may:
            _moves(here, line, _)
        _failed(here, line, _)
        left, right = st.columns([1.3, 1], gap="large")
        with left:
            _fields(here, action, disabled=not may, _=_)
        with right:
            _spoken(here, action, disabled=not may, _=_)


def _facts(here: View, line: Line, _: Words) -> None:
    said = line.action.said
    with st.container(horizontal=True, gap="xsmall"):
        st.badge(
            standing_words(_)[line.standing],
            color="green" if line.standing in ("reflected", "done") else "orange" if line.standing == "waiting" else "gray",
        )
        if line.overdue:
            st.badge(escaped(due_words(line, today(), _)), color="red")
        if line.since:
            st.badge(escaped(since_words(line, _)), color="blue")
    parts = [unit_name(line, _), source_words(_)[said.source]]
    if levels := levels_words(said.from_level, said.to_level):
        parts.append(_("level {levels}", levels=levels))
    st.caption("　".join(escaped(part) for part in parts))
    if line.question:
        st.markdown(escaped(_.text(line.question.text)))
    promised = brings(said)
    if promised is not None:
        node = here.tree.unit(of).name if (of := int(said.promise.get("of", line.action.root))) in here.tree else None
        st.markdown(_("Promised when it was decided: {brings} ({unit}).", brings=brings_words(promised, _),
                      unit=escaped(_.text(node)) if node else "―"))  # fmt: skip
    if line.effect and line.effect.reached and line.effect.sealed:
        sealed = _.quarter(line.effect.sealed.start, line.effect.sealed.fiscal_start)
        st.markdown(_("Reached by the seal of {quarter}: {brings}.", quarter=sealed, brings=brings_words(line.effect.reached, _)))
    elif line.effect:
        st.caption(_("Compared with what is reached once the sheet is sealed."))
    for number, link in enumerate(said.links):
        st.link_button(escaped(link if len(link) <= 80 else f"{link[:79]}…"), link, type="tertiary", key=f"action_link:{number}")


def _about_the_answer(here: View, line: Line, _: Words) -> None:
    """The way to the form in which the question is answered for the action's unit; of a completed one, that this is still to be done."""
    wanted, waiting = line.action.said.to_level, line.standing == "waiting"
    if waiting:
        st.warning(
            _("Completed, but not in the answers yet. Answer the question anew with evidence, at level {level} or above: only then does the score rise.",
              level=wanted) if wanted else _("Completed, but not in the answers yet. Answer the question anew.")
        )  # fmt: skip
    if line.unit is not None and line.question is not None:
        asked = answered_by(here.tree, line.unit, line.question)
        address = {"unit": asked.code, "period": here.period.start.isoformat(), "question": line.question.id}
        label = _("Answer this question anew") if waiting else _("Open the answer to this question")
        st.page_link(ANSWER, label=f":blue[{label}]", query_params=address)


def _moves(here: View, line: Line, _: Words) -> None:
    """The other states, one click each; dropping asks once more."""
    words, now = status_words(_), line.action.said.status
    labels: dict[ActionStatus, str] = {
        "open": _("Put back to: {state}", state=words["open"]),
        "doing": words["doing"],
        "done": words["done"],
    }
    with st.container(horizontal=True, gap="small"):
        for status, label in labels.items():
            if status != now:
                st.button(label, key=f"move:{status}", on_click=move, args=(here, line, status),
                          type="primary" if (now, status) in (("open", "doing"), ("doing", "done")) else "secondary")  # fmt: skip
        if now != "dropped":
            with st.popover(_("Drop it")):
                st.markdown(_("It stays on record as dropped, with its history. You can take it up again."))
                st.button(_("Yes, drop it"), key="move:dropped", on_click=move, args=(here, line, "dropped"), type="primary")


def _key(action: Action, name: str) -> str:
    """Of a field: a new one for every version, so that it shows what stands there now."""
    return f"action{action.id}.{action.version}:{name}"


def _fields(here: View, action: Action, *, disabled: bool, _: Words) -> None:
    said, words = action.said, field_words(_)
    st.text_input(words["title"], value=said.title, key=_key(action, "title"), max_chars=TITLE, disabled=disabled)
    _small(action, said.owner, said.due, said.half_days, said.yen, disabled=disabled, _=_)
    st.text_area(words["links"], value="\n".join(said.links), key=_key(action, "links"), height=68, max_chars=LINK * LINKS, disabled=disabled,
                 placeholder="https://", help=_("One address a line, at most {n}.", n=LINKS))  # fmt: skip
    if not disabled:
        st.button(_("Save the changes"), key="action_save", on_click=_save, args=(here, action))


def _small(action: Action | str, owner: str, due: date | None, half_days: int, yen: int, *, disabled: bool, _: Words) -> None:
    """Who, until when, how much: four small fields of an action, or of a new one whose keys begin so."""
    words = field_words(_)

    def key(name: str) -> str:
        return f"{action}:{name}" if isinstance(action, str) else _key(action, name)

    left, right = st.columns(2, gap="small")
    left.text_input(words["owner"], value=owner, key=key("owner"), max_chars=OWNER, disabled=disabled)
    right.date_input(words["due"], value=due, key=key("due"), format="YYYY/MM/DD", disabled=disabled)
    left, right = st.columns(2, gap="small")
    left.number_input(words["half_days"], min_value=0.0, max_value=HALF_DAYS / 2, value=half_days / 2, step=0.5, format="%.1f",
                      key=key("half_days"), disabled=disabled)  # fmt: skip
    right.number_input(words["yen"], min_value=0, max_value=YEN, value=yen, step=10_000, key=key("yen"), disabled=disabled)


def _read_small(key: str) -> dict[str, Any]:
    """In a callback: what stands in those fields. Days that are no half ones are rounded to the nearest."""
    found = {name: st.session_state[f"{key}:{name}"] for name in ("owner", "due", "half_days", "yen")}
    return {
        "owner": found["owner"] or "",
        "due": found["due"],
        "half_days": round(2 * (found["half_days"] or 0)),
        "yen": int(found["yen"] or 0),
    }


def _save(here: View, action: Action) -> None:
    title, links = st.session_state[_key(action, "title")], st.session_state[_key(action, "links")]
    wanted = replace(action.said, title=title, links=links_of(links), **_read_small(f"action{action.id}.{action.version}"))
    st.session_state["action_outcome"] = act(writes.change, store(), here.user, here.tree, here.checklist, action, wanted)


def _failed(here: View, line: Line, _: Words) -> None:
    """What kept the last change from being saved; of two at once, both, to choose from."""
    failed = outcome_of("action_outcome")
    if failed is None:
        return
    st.error(f"{_('Not saved; your input is still here.')} {error_text(failed.error, _)}")
    if not isinstance(failed.error, Conflict) or failed.error.fields["theirs"].id != line.action.id:
        return
    theirs: Action = failed.error.fields["theirs"]
    yours: ActionDraft = failed.error.fields["yours"]
    stands, wanted = as_json(theirs.said), as_json(yours)
    left, right = st.columns(2)
    for place, values, head in ((left, stands, _("What stands now")), (right, wanted, _("Yours"))):
        lines = [f"{name}: {_value(field, values[field], _)}" for field, name in field_words(_).items() if stands[field] != wanted[field]]
        place.text("\n".join((head, *lines)))
    left.button(_("Keep theirs"), key="action_theirs", on_click=choose, args=(theirs.id,))
    right.button(_("Replace by mine"), key="action_mine", on_click=_replace, args=(here, theirs, yours))


def _replace(here: View, theirs: Action, yours: ActionDraft) -> None:
    st.session_state["action_outcome"] = act(writes.change, store(), here.user, here.tree, here.checklist, theirs, yours)


def _value(field: str, value: Any, _: Words) -> str:
    """A field's value as it stands in a history."""
    if field == "half_days":
        return person_days(value)
    if field == "yen":
        return _.integer(value)
    if field == "status":
        return next(name for status, name in status_words(_).items() if status == value)
    if field == "links":
        return _.listed(value) or "―"
    return str(value or "―")


# --- what was said about it -------------------------------------------------------------------------------------------


def _spoken(here: View, action: Action, *, disabled: bool, _: Words) -> None:
    """Comments, then all that happened."""
    lines = store().action_history(action.id)
    comments = [line for line in lines if line.kind == "commented"]
    key = f"action{action.id}:comment{len(comments)}"
    if not disabled:
        st.text_area(_("Comment"), key=key, height=68, max_chars=COMMENT)
        st.button(_("Add the comment"), key="action_comment", on_click=_comment, args=(here, action, key))
    if failed := outcome_of("comment_outcome"):
        st.error(error_text(failed.error, _))
    for line in comments:
        st.caption(f"{_.moment(line.at)}　{escaped(line.person or _('(no name)'))}")
        st.text(str(line.payload["text"]))
    with st.expander(_("History"), type="compact", key="action_history"):
        for line in lines:
            st.text(_told(line, _))
        st.caption(_("Nobody has checked the names."))


def _comment(here: View, action: Action, key: str) -> None:
    st.session_state["comment_outcome"] = act(writes.comment, store(), here.user, here.tree, action, st.session_state[key] or "")


def _told(line: ActionLine, _: Words) -> str:
    """'2026/11/22 10:32　仮名 かなで　内容を変えました（期日: 2026-12-01 → 2026-12-18）'."""
    head = f"{_.moment(line.at)}　{line.person or _('(no name)')}　{kind_words(_)[line.kind]}"
    if line.kind != "changed":
        return head
    names = field_words(_)
    changes = [f"{names[field]}: {_value(field, before, _)} → {_value(field, after, _)}" for field, (before, after) in line.payload.items()]
    return "\n".join((head, *(f"　{change}" for change in changes)))


# --- a new one --------------------------------------------------------------------------------------------------------


def new_action(here: View, _: Words) -> None:
    """To be written down: from a gap of the unit that is looked at, or from a finding."""
    if not here.may("act"):
        return
    gaps = _gaps(here)
    with st.expander(_("Write down a corrective action for {unit}", unit=escaped(_.text(here.unit.name))), type="compact", key="action_new",
                     expanded=st.query_params.get("new") is not None):  # fmt: skip
        sources = {"gap": _("From a gap in the answers"), "finding": _("From a finding")}
        source = st.segmented_control(_("Comes from"), list(sources), default="gap" if gaps else "finding", required=True,
                                      format_func=sources.__getitem__, key="new_source", label_visibility="collapsed")  # fmt: skip
        draft = _from_gap(here, gaps, _) if source == "gap" else ActionDraft(here.unit.id, None, "", "finding")
        if draft is None:
            st.caption(_("No question answered here lies below the highest level. Answer first, or write down a finding."))
            return
        key = f"new{state('new_round', 0)}:{draft.question}:{draft.to_level}"
        st.text_input(field_words(_)["title"], value=draft.title, key=f"{key}:title", max_chars=TITLE)
        _small(key, "", None, draft.half_days, 0, disabled=False, _=_)
        st.button(_("Write it down"), key="new_write", type="primary", on_click=_create, args=(here, draft, key))
        if failed := outcome_of("new_outcome"):
            st.error(f"{_('Not saved; your input is still here.')} {error_text(failed.error, _)}")


def _gaps(here: View) -> dict[str, int]:
    """{question: its code} of what this unit answers and has not at the highest level."""
    known = codes(here.checklist)
    found = {question.id: known[here.answers[question.id].choice] for question in here.form.questions if question.id in here.answers}
    return {question: code for question, code in found.items() if code == UNKNOWN or 0 <= code < len(here.checklist.choices) - 1}


def _from_gap(here: View, gaps: dict[str, int], _: Words) -> ActionDraft | None:
    """The question, and the level that is wanted; what is to be done is what the checklist advises, at its effort."""
    if not gaps:
        return None
    asked = {question.id: question for question in here.form.questions}
    wanted = st.query_params.get("new")
    options = list(gaps)
    chosen: str = st.selectbox(_("Question"), options, index=options.index(wanted) if wanted in options else 0, key="new_question",
                               format_func=lambda each: f"{_.text(asked[each].text)}（{_level(gaps[each])}）")  # fmt: skip
    question, code = asked[chosen], gaps[chosen]
    if code == UNKNOWN:
        return ActionDraft(here.unit.id, chosen, _("Find out: {text}", text=_.text(question.text))[:TITLE], "gap", half_days=1)
    above = list(range(code + 1, len(here.checklist.choices)))
    to: int = st.selectbox(_("Level to be reached"), above, key=f"new_level:{chosen}",
                           format_func=lambda each: f"{each}　{_.text(question.levels[each])}")  # fmt: skip
    return ActionDraft(
        here.unit.id, chosen, _.text(question.advice[to - 1])[:TITLE], "gap",
        half_days=_effort(question, code, to), from_level=code, to_level=to,
    )  # fmt: skip


def _effort(question: Question, before: int, after: int) -> int:
    return sum(question.effort[before:after])


def _level(code: int) -> str:
    return "？" if code == UNKNOWN else str(code)


def _create(here: View, draft: ActionDraft, key: str) -> None:
    said = replace(draft, title=st.session_state[f"{key}:title"] or "", **_read_small(key))
    outcome = act(writes.create, store(), here.user, here.tree, here.root, here.period, [said])
    st.session_state["new_outcome"] = outcome
    if not isinstance(outcome, NotSaved):
        st.session_state["new_round"] = state("new_round", 0) + 1
        st.query_params.pop("new", None)
        choose(outcome.value[0].id)
