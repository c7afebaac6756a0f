"""What a card writes to, and what it has in hand: the form, the drafts, and how an answer gets to the store.

The store is the truth; what could not be saved stays in the session as a draft, is shown as not saved, and comes back with the
page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from scoring.model import NA_WORD, Answer, Checklist, Question
from tenken import audits
from tenken.auth import User, can
from tenken.corrective.read import Standing
from tenken.form import Form
from tenken.i18n import Words
from tenken.session import NotSaved, Saved, act, store
from tenken.store import Action, Entry, Sheet

# Letters of a note that the page takes, and shows of one that came another way.
NOTE = 5000
NAME = 100


@dataclass(frozen=True, slots=True)
class Desk:
    """What a card writes to: the form and who is at it, what the session has read of it, and the places outside the card that
    show saving and progress. `questions`: those that the page asks now; `targets`: the level to aim for, of questions that have one;
    `actions`: what is being done about some of them."""

    form: Form
    user: User
    questions: tuple[Question, ...]
    entries: dict[str, Entry | None]
    saved_line: DeltaGenerator
    progress_line: DeltaGenerator
    words: Words = field(repr=False)
    targets: Mapping[str, int] = field(default_factory=dict, hash=False)
    actions: Mapping[str, tuple[Action, Standing]] = field(default_factory=dict, hash=False)

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
        """The key of the levels: the buttons of this turn, see `put_choice`."""
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
    put_choice(desk, question, answer.choice if answer else None)
    st.session_state[desk.key("reason", question)] = answer.reason if answer and not answer.by_profile else ""
    st.session_state[desk.key("note", question)] = answer.note if answer else ""


def put_choice(desk: Desk, question: Question, choice: str | None) -> None:
    """Set the level from here. The browser may know another one and would send that back as if it were a click, and it
    cannot take a level off at all: so a level that changes from here gets new buttons."""
    if st.session_state.get(desk.choice_key(question), choice) != choice:
        st.session_state[desk.key("turn", question)] = st.session_state.get(desk.key("turn", question), 0) + 1
    st.session_state[desk.choice_key(question)] = choice


def stored(desk: Desk, question: Question) -> Entry | None:
    return desk.entries.get(question.id)


def is_answered(desk: Desk, question: Question) -> bool:
    """By somebody in this quarter: what was carried over is still to be looked at."""
    entry = stored(desk, question)
    return entry is not None and entry.choice is not None and not entry.carried


def confirm(desk: Desk, questions: tuple[str, ...]) -> None:
    """Carried answers still hold: one, or a section of them."""
    outcome = act(audits.confirm, store(), desk.user, desk.form, questions)
    st.session_state[f"last:{desk.sheet.id}"] = outcome
    if not isinstance(outcome, NotSaved):
        desk.entries.update({entry.question: entry for entry in outcome.value})


def place_key(sheet: Sheet) -> str:
    """Where the session keeps the id of the question at hand."""
    return f"at:{sheet.id}"


def save(desk: Desk, question: Question, over: Entry | None = None) -> None:
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
    write(
        desk,
        question,
        Answer(choice, reason=(fields["reason"] or "") if choice == NA_WORD else "", note=fields["note"] or "", evidence=kept),
        before,
    )


def write(desk: Desk, question: Question, answer: Answer, before: Entry | None) -> None:
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
