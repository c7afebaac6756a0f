"""One question as a card: the anchored levels, unknown, not applicable with its reason, note and evidence.

Each card is a fragment: a click reruns the card alone. What a card writes, and what it has in hand, is in desk.py.
"""

from datetime import date

import streamlit as st

from scoring.engine import question_score
from scoring.model import NA_WORD, UNKNOWN_WORD, Answer, Question
from tenken.corrective.words import short, standing_words
from tenken.error_words import error_text
from tenken.errors import Conflict
from tenken.markup import escaped
from tenken.parts.desk import (
    NAME,
    NOTE,
    Desk,
    confirm,
    fill,
    is_answered,
    place_key,
    put_choice,
    receive,
    save,
    stored,
)
from tenken.parts.proof import evidence
from tenken.session import NotSaved, Saved, state, today
from tenken.store import Entry
from tenken.tables import level_words, sign


def status(desk: Desk) -> None:
    """Draws how far the whole is and whether the last change is on disk.

    Cards call it too, and on every run: a fragment may write outside itself only where it did so in the full run."""
    _ = desk.words
    done = sum(is_answered(desk, question) for question in desk.questions)
    desk.progress_line.progress(done / len(desk.questions), text=_("{done} of {n} answered", done=done, n=len(desk.questions)))
    last = st.session_state.get(f"last:{desk.sheet.id}")
    if isinstance(last, Saved):
        desk.saved_line.markdown(f":green[✓ {_('Saved {time}', time=_.clock(last.at))}]")
    elif isinstance(last, NotSaved):
        desk.saved_line.markdown(f":red[**× {_('Not saved')}**]")
    else:
        desk.saved_line.markdown("")


@st.fragment
def card(desk: Desk, question: Question, number: str, *, at_hand: bool) -> None:
    """The question at hand in a frame; every other one as a single line that opens in place."""
    _ = desk.words
    entry = stored(desk, question)
    title = f"{number}　{escaped(_.text(question.text))}"
    if at_hand:
        with st.container(border=True, key=desk.key("card", question)):
            st.header(title, anchor=False)
            _body(desk, question)
    else:
        answer = entry.answer if entry else None
        mark = sign(question_score(desk.checklist, question, answer))
        level = level_words(desk.checklist, answer, _).removeprefix(mark).strip()
        with st.expander(f"{mark}　{title}　― {level}", type="compact", key=desk.key("line", question)):
            _body(desk, question)
    status(desk)


def _body(desk: Desk, question: Question) -> None:
    _ = desk.words
    owner = desk.checklist.owner(question.owner)
    with st.container(horizontal=True, gap="xsmall"):
        if question.critical:
            st.badge(_("Critical"), color="red")
        if owner:
            st.badge(escaped(_.text(owner.label)), color="gray", help=escaped(_.text(owner.text)))
        if desk.form.places[question.id].id != desk.sheet.id:
            st.badge(_("For the whole company"), color="blue")
        if question.id in desk.targets:
            st.badge(
                _("Target: {n}", n=desk.targets[question.id]),
                color="gray",
                help=escaped(_.text(question.levels[desk.targets[question.id]])),
            )
        entry = stored(desk, question)
        if entry and entry.carried:
            st.badge(_("To reconfirm"), color="orange")
    st.caption(escaped(_.text(question.why)))
    if question.id in desk.actions:
        _action(desk, question)
    if entry and entry.carried and not desk.locked(question):
        _carried(desk, question, entry)
    if entry and entry.by_profile and entry.answer:
        st.markdown(
            f":gray[{_('Answered by your company profile: {reason}. You can answer differently.', reason=profile_reason(desk, question))}]"
        )
    options = [choice.id for choice in desk.checklist.choices] + [UNKNOWN_WORD, NA_WORD]
    labels = {c.id: f"**{n}　{escaped(_.text(c.label))}**" for n, c in enumerate(desk.checklist.choices)}
    labels |= {UNKNOWN_WORD: f"**？　{_('Don’t know')}**", NA_WORD: f"**―　{_('Not applicable')}**"}
    captions = [escaped(_.text(level)) for level in question.levels]
    captions += [_("Counts as 0 points and is counted apart"), _("Needs a reason; leaves the points that can be reached")]
    st.radio(
        _.text(question.text), options, captions=captions, format_func=labels.__getitem__, index=None, key=desk.choice_key(question),
        label_visibility="collapsed", on_change=save, args=(desk, question), disabled=desk.locked(question),
    )  # fmt: skip
    choice = st.session_state[desk.choice_key(question)]
    if choice == NA_WORD:
        st.text_input(_("Why it does not apply (required)"), key=desk.key("reason", question), on_change=save, args=(desk, question),
                      placeholder=_("Example: our department sends no mail outside"), max_chars=500, live="1s",
                      disabled=desk.locked(question))  # fmt: skip
    if choice is not None:
        st.text_area(
            _("Note (optional)"), key=desk.key("note", question), height=68, max_chars=NOTE, on_change=save, args=(desk, question),
            disabled=desk.locked(question),
        )  # fmt: skip
        if choice not in (NA_WORD, UNKNOWN_WORD) and not desk.locked(question):
            evidence(desk, question)
    _outcome(desk, question)


def _action(desk: Desk, question: Question) -> None:
    """That something is being done about it, or was done and is not in the answer yet."""
    _, (action, standing) = desk.words, desk.actions[question.id]
    words = standing_words(_)[standing]
    said = escaped(_("Corrective action, {state}: {title}", state=words, title=short(action.said.title)))
    st.page_link(
        "screens/actions.py", label=f":blue[{said}]",
        query_params={"unit": desk.form.tree.unit(action.said.unit).code, "period": desk.form.period.start.isoformat(), "action": str(action.id)},
    )  # fmt: skip


def _carried(desk: Desk, question: Question, entry: Entry) -> None:
    """Last quarter's answer: how old it is, and one click when it still holds."""
    _ = desk.words
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Same as last time"), key=desk.key("confirm", question), type="primary", on_click=confirm, args=(desk, (question.id,)))
        age = months_between(entry.since.date(), today()) if entry.since else 0
        since = _.day(entry.since.astimezone().date()) if entry.since else ""
        st.caption(_("Answered on {day}, {n} months ago. Confirm it, or choose another level.", day=since, n=age))


def months_between(first: date, last: date) -> int:
    """Whole months from one day to a later one."""
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


def _key_choices(desk: Desk) -> list[tuple[str, str]]:
    return [*((str(number), choice.id) for number, choice in enumerate(desk.checklist.choices[:10])), ("U", UNKNOWN_WORD)]


def keys(desk: Desk) -> None:
    """One key per level for the question at hand: the digit of the level, U for unknown.

    Not part of a card: two keys at once, a level and N, would be updates of a fragment and of the page in one batch, of
    which Streamlit keeps only one. And not bound to a question: a quick key must meet the question that is at hand
    when it arrives, not the one that was when the button was drawn."""
    _ = desk.words
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.caption(_("By keyboard"), width="content")
        for key, choice in _key_choices(desk):
            st.button(
                _("Level") if key != "U" else "？", key=f"key{key}", type="tertiary", shortcut=key, on_click=_pick, args=(desk, choice)
            )


def _pick(desk: Desk, choice: str) -> None:
    """A level key. In one batch with a move the order of callbacks is not ours: then the move settles the key first."""
    if not (state("next") or state("previous")):
        _answer_at_hand(desk, choice)


def settle_keys(desk: Desk) -> None:
    """Before moving on: a level key that came together with the move belongs to the question that is being left."""
    for key, choice in _key_choices(desk):
        if state(f"key{key}"):
            _answer_at_hand(desk, choice)


def _answer_at_hand(desk: Desk, choice: str) -> None:
    question = next(q for q in desk.questions if q.id == st.session_state[place_key(desk.sheet)])
    put_choice(desk, question, choice)
    save(desk, question)


def _outcome(desk: Desk, question: Question) -> None:
    """Says in the card what keeps the last change from being saved, and offers the way on."""
    _ = desk.words
    outcome = st.session_state.get(desk.key("outcome", question))
    if st.session_state[desk.choice_key(question)] == NA_WORD and not st.session_state.get(desk.key("reason", question), "").strip():
        entry = stored(desk, question)
        if not (entry and entry.by_profile):
            st.markdown(f":orange[△ {_('Saved once you give the reason')}]")
    elif isinstance(outcome, NotSaved):
        st.error(f"{_('Not saved; your input is still here.')} {error_text(outcome.error, _)}")
        if isinstance(outcome.error, Conflict):
            _choose(desk, question, outcome.error.fields["theirs"])
        else:
            st.button(_("Try again"), key=desk.key("retry", question), on_click=save, args=(desk, question), type="primary")


def _choose(desk: Desk, question: Question, theirs: Entry) -> None:
    """Both values, who and when; the reader decides."""
    _ = desk.words
    draft: Answer = st.session_state[desk.key("draft", question)]
    left, right = st.columns(2)
    with left:
        st.text(
            f"{theirs.person[:NAME] or _('(no name)')}　{_.clock(theirs.at)}\n{level_words(desk.checklist, theirs.answer, _)}\n{theirs.note[:NOTE]}"
        )
        st.button(_("Keep theirs"), key=desk.key("theirs", question), on_click=_take, args=(desk, question, theirs))
    with right:
        st.text(f"{_('Yours')}\n{level_words(desk.checklist, draft, _)}\n{draft.note[:NOTE]}")
        st.button(_("Replace by mine"), key=desk.key("mine", question), on_click=save, args=(desk, question, theirs))


def _take(desk: Desk, question: Question, theirs: Entry) -> None:
    for name in ("draft", "outcome"):
        st.session_state.pop(desk.key(name, question), None)
    st.session_state.pop(f"last:{desk.sheet.id}", None)
    receive(desk, question, theirs)
    fill(desk, question)


# --- profile -------------------------------------------------------------------------------------


def profile_reason(desk: Desk, question: Question) -> str:
    """Why the profile answers this question with not applicable, in words."""
    facts = {fact.id: desk.words.text(fact.reason) for fact in desk.checklist.facts}
    return (
        "、".join(facts[fact] for fact in question.needs_any)
        if desk.words.lang == "ja"
        else "; ".join(facts[f] for f in question.needs_any)
    )
