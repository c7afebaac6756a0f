"""One question as a card: the anchored levels, unknown, not applicable with its reason, note and evidence.

Each card is a fragment: a click reruns the card alone. The store is the truth; what could not be saved stays in the
session as a draft, is shown as not saved, and comes back with the page.
"""

from dataclasses import dataclass, field
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from scoring.engine import question_score
from scoring.model import NA_WORD, UNKNOWN_WORD, Answer, Checklist, Evidence, Question
from tenken import audits
from tenken.auth import User, can
from tenken.error_words import error_text
from tenken.errors import Conflict
from tenken.form import Form
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.session import NotSaved, Saved, act, state, store, today
from tenken.store import Entry, Sheet
from tenken.tables import level_words, sign

# Letters of a note that the page takes, and shows of one that came another way.
NOTE = 5000


@dataclass(frozen=True, slots=True)
class Desk:
    """What a card writes to: the form and who is at it, what the session has read of it, and the places outside the card that
    show saving and progress. `questions`: those that the page asks now."""

    form: Form
    user: User
    questions: tuple[Question, ...]
    entries: dict[str, Entry | None]
    saved_line: DeltaGenerator
    progress_line: DeltaGenerator
    words: Words = field(repr=False)

    @property
    def sheet(self) -> Sheet:
        return self.form.sheet

    @property
    def checklist(self) -> Checklist:
        return self.form.checklist

    def locked(self, question: Question) -> bool:
        """Whether this person cannot answer this here and now."""
        return not (self.form.writable(question.id) and can(self.user, "answer", self.form.unit.id, self.form.tree))

    def key(self, name: str, question: Question) -> str:
        return f"{name}:{self.sheet.id}:{question.id}"

    def choice_key(self, question: Question) -> str:
        """The key of the levels: the buttons of this turn, see `_put_choice`."""
        return self.key(f"choice{st.session_state.get(self.key('turn', question), '')}", question)


def on_screen(sheet: Sheet) -> dict[str, Entry | None]:
    """The session's entries by question, as they were last read or written here. One value of the session and not one
    per question: Streamlit goes through all of a session's values at every field that it draws."""
    entries: dict[str, Entry | None] = st.session_state.setdefault(f"entries:{sheet.id}", {})
    return entries


def receive(desk: Desk, question: Question, entry: Entry | None) -> None:
    """What is stored for a question, as the page just read it. Under a draft it stays what the draft was made on, so
    that saving it later meets what others wrote in between as a conflict."""
    if desk.key("draft", question) not in st.session_state:
        desk.entries[question.id] = entry


def fill(desk: Desk, question: Question) -> None:
    """Put what is stored, or a draft that could not be saved, into a card's fields.

    On every full run: the fields of a card that was away keep older values in Streamlit's memory."""
    entry = stored(desk, question)
    answer = st.session_state.get(desk.key("draft", question)) or (entry.answer if entry else None)
    _put_choice(desk, question, answer.choice if answer else None)
    st.session_state[desk.key("reason", question)] = answer.reason if answer and not answer.by_profile else ""
    st.session_state[desk.key("note", question)] = answer.note if answer else ""


def _put_choice(desk: Desk, question: Question, choice: str | None) -> None:
    """Set the level from here. The browser may know another one and would send that back as if it were a click, and it
    cannot take a level off at all: so a level that changes from here gets new buttons."""
    if st.session_state.get(desk.choice_key(question), choice) != choice:
        st.session_state[desk.key("turn", question)] = st.session_state.get(desk.key("turn", question), 0) + 1
    st.session_state[desk.choice_key(question)] = choice


def stored(desk: Desk, question: Question) -> Entry | None:
    return desk.entries.get(question.id)


def is_answered(desk: Desk, question: Question) -> bool:
    entry = stored(desk, question)
    return entry is not None and entry.choice is not None


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
        entry = stored(desk, question)
        if entry and entry.carried:
            st.badge(_("To reconfirm"), color="orange")
    st.caption(escaped(_.text(question.why)))
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
        label_visibility="collapsed", on_change=_save, args=(desk, question), disabled=desk.locked(question),
    )  # fmt: skip
    choice = st.session_state[desk.choice_key(question)]
    if choice == NA_WORD:
        st.text_input(_("Why it does not apply (required)"), key=desk.key("reason", question), on_change=_save, args=(desk, question),
                      placeholder=_("Example: our department sends no mail outside"), max_chars=500, live="1s",
                      disabled=desk.locked(question))  # fmt: skip
    if choice is not None:
        st.text_area(
            _("Note (optional)"), key=desk.key("note", question), height=68, max_chars=NOTE, on_change=_save, args=(desk, question),
            disabled=desk.locked(question),
        )  # fmt: skip
        if choice not in (NA_WORD, UNKNOWN_WORD) and not desk.locked(question):
            _evidence(desk, question)
    _outcome(desk, question)


def _carried(desk: Desk, question: Question, entry: Entry) -> None:
    """Last quarter's answer: how old it is, and one click when it still holds."""
    _ = desk.words
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Same as last time"), key=desk.key("confirm", question), type="primary", on_click=confirm, args=(desk, (question.id,)))
        age = months_between(entry.since.date(), today()) if entry.since else 0
        since = _.day(entry.since.astimezone().date()) if entry.since else ""
        st.caption(_("Answered on {day}, {n} months ago. Confirm it, or choose another level.", day=since, n=age))


def confirm(desk: Desk, questions: tuple[str, ...]) -> None:
    """Carried answers still hold: one, or a section of them."""
    outcome = act(audits.confirm, store(), desk.user, desk.form, questions)
    st.session_state[f"last:{desk.sheet.id}"] = outcome
    if not isinstance(outcome, NotSaved):
        desk.entries.update({entry.question: entry for entry in outcome.value})


def months_between(first: date, last: date) -> int:
    """Whole months from one day to a later one."""
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


def place_key(sheet: Sheet) -> str:
    """Where the session keeps the id of the question at hand."""
    return f"at:{sheet.id}"


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
    _put_choice(desk, question, choice)
    _save(desk, question)


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
            st.button(_("Try again"), key=desk.key("retry", question), on_click=_save, args=(desk, question), type="primary")


def _choose(desk: Desk, question: Question, theirs: Entry) -> None:
    """Both values, who and when; the reader decides."""
    _ = desk.words
    draft: Answer = st.session_state[desk.key("draft", question)]
    left, right = st.columns(2)
    with left:
        st.text(
            f"{theirs.person or _('(no name)')}　{_.clock(theirs.at)}\n{level_words(desk.checklist, theirs.answer, _)}\n{theirs.note[:NOTE]}"
        )
        st.button(_("Keep theirs"), key=desk.key("theirs", question), on_click=_take, args=(desk, question, theirs))
    with right:
        st.text(f"{_('Yours')}\n{level_words(desk.checklist, draft, _)}\n{draft.note[:NOTE]}")
        st.button(_("Replace by mine"), key=desk.key("mine", question), on_click=_save, args=(desk, question, theirs))


def _take(desk: Desk, question: Question, theirs: Entry) -> None:
    for name in ("draft", "outcome"):
        st.session_state.pop(desk.key(name, question), None)
    st.session_state.pop(f"last:{desk.sheet.id}", None)
    receive(desk, question, theirs)
    fill(desk, question)


def _save(desk: Desk, question: Question, over: Entry | None = None) -> None:
    """Write what the card's fields hold. Not applicable without a reason waits for the reason."""
    choice = st.session_state.get(desk.choice_key(question))
    if desk.locked(question):
        return
    fields = {name: st.session_state.get(desk.key(name, question)) for name in ("reason", "note")}
    before = over or stored(desk, question)
    if choice is None:
        return
    if choice == NA_WORD and not str(fields["reason"] or "").strip():
        st.session_state[desk.key("draft", question)] = Answer(NA_WORD, note=fields["note"] or "")
        return
    kept = before.evidence if before and before.choice == choice else None
    _write(
        desk,
        question,
        Answer(choice, reason=(fields["reason"] or "") if choice == NA_WORD else "", note=fields["note"] or "", evidence=kept),
        before,
    )


def _write(desk: Desk, question: Question, answer: Answer, before: Entry | None) -> None:
    outcome: Saved[Entry] | NotSaved
    if before and before.answer == answer and not before.carried:
        outcome = Saved(before, before.at)
    else:
        outcome = act(audits.answer, store(), desk.user, desk.form, question.id, answer, before.id if before else 0)
    st.session_state[desk.key("outcome", question)] = st.session_state[f"last:{desk.sheet.id}"] = outcome
    if isinstance(outcome, NotSaved):
        st.session_state[desk.key("draft", question)] = answer
        return
    st.session_state.pop(desk.key("draft", question), None)
    entry = outcome.value
    if before and before.evidence and not entry.evidence:
        st.session_state[desk.key("loose", question)] = before.evidence
    desk.entries[question.id] = entry


# --- evidence ------------------------------------------------------------------------------------


def _evidence(desk: Desk, question: Question) -> None:
    """Where the proof lies and the day it speaks for. It belongs to one version of the answer: after a change of level
    it has to be put there again."""
    _ = desk.words
    entry = stored(desk, question)
    proof = entry.evidence if entry else None
    loose: Evidence | None = st.session_state.get(desk.key("loose", question))
    label = _("Evidence of {day}", day=_.day(proof.dated)) if proof else _("Add evidence")
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover(label, icon=":material/attach_file:"):
            link = st.text_input(_("Where the evidence is (address, folder, file number)"), key=desk.key("link", question),
                                 value=proof.link if proof else "", max_chars=1000, live="1s")  # fmt: skip
            dated = st.date_input(_("Date of the evidence"), key=desk.key("dated", question), value=proof.dated if proof else today(),
                                  max_value=today(), format="YYYY/MM/DD")  # fmt: skip
            st.caption(_("Counts as valid for {n} months from its date.", n=question.review_months))
            st.button(_("Save the evidence"), key=desk.key("attach", question), type="primary", disabled=not link.strip(), on_click=_attach,
                      args=(desk, question, link, dated))  # fmt: skip
            if proof:
                st.button(_("Take it off"), key=desk.key("detach", question), on_click=_attach, args=(desk, question, "", None))
        if proof is None and loose is not None:
            st.button(_("Use the evidence of {day} for this level too", day=_.day(loose.dated)), key=desk.key("reuse", question),
                      on_click=_attach, args=(desk, question, loose.link, loose.dated))  # fmt: skip


def _attach(desk: Desk, question: Question, link: str, dated: date | None) -> None:
    entry = stored(desk, question)
    if entry is None or entry.answer is None:
        return
    evidence = Evidence(link.strip(), dated) if link.strip() and dated else None
    answer = entry.answer
    st.session_state.pop(desk.key("loose", question), None)
    _write(desk, question, Answer(answer.choice, answer.reason, answer.note, evidence), entry)


# --- profile -------------------------------------------------------------------------------------


def profile_reason(desk: Desk, question: Question) -> str:
    """Why the profile answers this question with not applicable, in words."""
    facts = {fact.id: desk.words.text(fact.reason) for fact in desk.checklist.facts}
    return (
        "、".join(facts[fact] for fact in question.needs_any)
        if desk.words.lang == "ja"
        else "; ".join(facts[f] for f in question.needs_any)
    )
