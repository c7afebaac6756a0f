"""The evidence of an answer on its card: a file or a link, and the day that it speaks for."""

from datetime import date

import streamlit as st

from scoring.model import Answer, Evidence, Question
from tenken import audits
from tenken.error_words import error_text
from tenken.evidence import take
from tenken.kinds import EXTENSIONS
from tenken.parts.desk import Desk, stored, write
from tenken.session import NotSaved, act, state, store, today
from tenken.settings import read_settings
from tenken.store import KeptFile
from tenken.streamlit_quirks import release


def evidence(desk: Desk, question: Question) -> None:
    """Where the proof lies and the day it speaks for. It belongs to one version of the answer: after a change of level
    it has to be put there again."""
    _ = desk.words
    entry = stored(desk, question)
    proof = entry.evidence if entry else None
    loose: Evidence | None = st.session_state.get(desk.key("loose", question))
    label = _("Evidence of {day}", day=_.day(proof.dated)) if proof else _("Add evidence")
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover(label, icon=":material/attach_file:"):
            _fields(desk, question, proof)
        if proof is None and loose is not None:
            st.button(_("Use the evidence of {day} for this level too", day=_.day(loose.dated)), key=desk.key("reuse", question),
                      on_click=_attach, args=(desk, question, loose))  # fmt: skip
    if isinstance(failed := state(desk.key("file_outcome", question)), NotSaved):
        st.error(error_text(failed.error, _))


def _fields(desk: Desk, question: Question, proof: Evidence | None) -> None:
    _ = desk.words
    dated = st.date_input(_("Date of the evidence"), key=desk.key("dated", question), value=proof.dated if proof else today(),
                          max_value=today(), format="YYYY/MM/DD")  # fmt: skip
    st.caption(_("Counts as valid for {n} months from its date.", n=question.review_months))
    if proof and proof.file:
        st.link_button(proof.link, f"/files/evidence/{proof.file}", icon=":material/download:")
    else:
        link = st.text_input(_("Where the evidence is (address, folder, file number)"), key=desk.key("link", question),
                             value=proof.link if proof else "", max_chars=1000, live="1s")  # fmt: skip
        st.button(_("Save the evidence"), key=desk.key("attach", question), type="primary", disabled=not link.strip(), on_click=_attach,
                  args=(desk, question, Evidence(link.strip(), dated)))  # fmt: skip
        st.file_uploader(_("Or a file, at most {n} MB; it stays on this machine", n=read_settings().evidence_mb), key=_file_key(desk, question),
                         type=list(EXTENSIONS), on_change=_take, args=(desk, question))  # fmt: skip
    if proof:
        st.button(_("Take it off"), key=desk.key("detach", question), on_click=_attach, args=(desk, question, None))


def _file_key(desk: Desk, question: Question) -> str:
    """A new one for every file: the uploader under the old one would still show its name."""
    return desk.key(f"file{state(desk.key('files', question), 0)}", question)


def _take(desk: Desk, question: Question) -> None:
    """A file that was just brought: checked, kept, attached; released from memory whatever comes of it."""
    file = st.session_state.get(_file_key(desk, question))
    if file is None:
        return
    try:
        outcome = act(_keep, desk, file.name, file.getvalue())
        st.session_state[desk.key("file_outcome", question)] = outcome
        if not isinstance(outcome, NotSaved):
            dated: date = st.session_state[desk.key("dated", question)]
            _attach(desk, question, Evidence(outcome.value.name, dated, outcome.value.token))
    finally:
        release(file)
        st.session_state[desk.key("files", question)] = state(desk.key("files", question), 0) + 1


def _keep(desk: Desk, name: str, content: bytes) -> KeptFile:
    settings = read_settings()
    kept = take(settings.evidence_folder, name, content, settings.evidence_bytes)
    return audits.keep_evidence(store(), desk.user, desk.form, kept)


def _attach(desk: Desk, question: Question, proof: Evidence | None) -> None:
    entry = stored(desk, question)
    if entry is None or entry.answer is None:
        return
    answer = entry.answer
    st.session_state.pop(desk.key("loose", question), None)
    write(desk, question, Answer(answer.choice, answer.reason, answer.note, proof), entry)
