"""The blocks of the Excel page: workbooks to download, a file that comes back, what it would change, conflicts one by one."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from tenken import exchange, tables_exchange
from tenken.error_words import error_text
from tenken.form import Form
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.parts.frame import readable
from tenken.session import NotSaved, Saved, View, act, state, store, today
from tenken.streamlit_quirks import release
from tenken.workbook import Conflict, ImportRefused, Preview, Side, problem_texts


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that was read, the forms that it speaks of, and what it would change in them."""

    name: str
    forms: dict[str, Form]
    preview: Preview


def download(here: View, _: Words) -> None:
    """The workbook of this unit, and of all that this person may answer for."""
    st.link_button(_("Workbook of {unit}", unit=_.text(here.unit.name)), f"/files/form.xlsx?{here.address}", icon=":material/download:",
                   type="primary")  # fmt: skip
    answerable = [unit for unit in readable(here) if here.may("answer", unit)]
    if len(answerable) > 1:
        st.link_button(_("One workbook with all {n} units", n=len(answerable)), f"/files/form.xlsx?{here.address}&all=1",
                       icon=":material/download:")  # fmt: skip


def take_file(here: View, _: Words) -> None:
    """The uploader; what is brought is read at once, in a process of its own, and not yet written."""
    st.file_uploader(_("The workbook, saved"), type=["xlsx", "csv"], key=_file_key(here), on_change=_read, args=(here,))
    st.caption(_("A CSV file is taken for the unit that is chosen above."))
    outcome = state(_key(here, "reading"))
    if isinstance(outcome, NotSaved):
        if isinstance(outcome.error, ImportRefused):
            lines = problem_texts(outcome.error.problems, _)
            st.error(_("{n} problems in the file. Nothing was changed.", n=len(outcome.error.problems)))
            st.text("\n".join(lines[:50]))
        else:
            st.error(error_text(outcome.error, _))
    if isinstance(done := state(_key(here, "done")), Saved):
        st.success(_("{n} answers were taken over.", n=done.value))


def picked(here: View) -> Brought | None:
    """What was brought in this tab for this quarter, and not decided yet."""
    outcome = state(_key(here, "reading"))
    return outcome.value if isinstance(outcome, Saved) else None


def show_preview(here: View, found: Brought, _: Words) -> None:
    """Per unit how many rows stay, change, are confirmed; and every change with before and after."""
    st.text(found.name)
    for unit in found.preview.units:
        form = found.forms[unit.unit]
        st.markdown(f"**{escaped(_.text(form.unit.name))}**　" + _("{changes} changes, {confirmed} confirmed, {conflicts} conflicts, {same} unchanged",
                    changes=len(unit.changes), confirmed=len(unit.confirmed), conflicts=len(unit.conflicts), same=len(unit.unchanged)))  # fmt: skip
        if unit.changes:
            st.dataframe(tables_exchange.changes(form.checklist, unit, _), hide_index=True, alt=_("What would change"))


def conflicts_of(here: View, found: Brought, _: Words) -> None:
    """Somebody else changed the same answer in the meantime: both values, and a choice for each."""
    for unit in found.preview.units:
        form = found.forms[unit.unit]
        for conflict in unit.conflicts:
            with st.container(border=True):
                question = next(q for q in form.questions if q.id == conflict.question)
                st.markdown(f"**{escaped(_.text(question.text))}**")
                theirs, mine = tables_exchange.both_sides(form.checklist, conflict, _)
                left, right = st.columns(2)
                left.text(f"{_('In Tenken')}\n{theirs}")
                right.text(f"{_('In the file')}\n{mine}")
                st.radio(_("Which one counts?"), ["theirs", "mine"], index=None, key=_choice_key(unit.unit, conflict), horizontal=True,
                         format_func={"theirs": _("Keep what is in Tenken"), "mine": _("Take the file’s")}.__getitem__)  # fmt: skip


def decide(here: View, found: Brought, _: Words) -> None:
    """Take over, all or nothing; or drop the file."""
    chosen = _chosen(found)
    left = sum(len(unit.conflicts) for unit in found.preview.units) - sum(map(len, chosen.values()))
    if found.preview.changes_nothing:
        st.info(_("The file changes nothing."))
    with st.container(horizontal=True):
        st.button(_("Take over"), key="take_over", type="primary", disabled=left > 0 or found.preview.changes_nothing, on_click=_take_over,
                  args=(here, found, chosen))  # fmt: skip
        st.button(_("Drop the file"), key="drop", on_click=_drop, args=(here,))
    if left:
        st.caption(_("{n} conflicts are still to be decided.", n=left))
    if isinstance(failed := state(_key(here, "done")), NotSaved):
        st.error(error_text(failed.error, _))


def _chosen(found: Brought) -> dict[str, dict[str, Side]]:
    return {
        unit.unit: {c.question: side for c in unit.conflicts if (side := st.session_state.get(_choice_key(unit.unit, c)))}
        for unit in found.preview.units
    }


def _read(here: View) -> None:
    file = st.session_state.get(_file_key(here))
    if file is None:
        return
    try:
        st.session_state[_key(here, "reading")] = act(_brought, here, file.name, file.getvalue())
        st.session_state.pop(_key(here, "done"), None)
    finally:
        release(file)
        st.session_state[_key(here, "files")] = state(_key(here, "files"), 0) + 1


def _brought(here: View, name: str, content: bytes) -> Brought:
    fits = exchange.wanted(here.tree, here.period, here.checklist, here.user, today())
    with TemporaryDirectory(prefix="tenken-") as folder:
        file = Path(folder) / f"brought{Path(name).suffix.lower()}"
        file.write_bytes(content)
        reading = exchange.read_file(file, here.unit.code, fits)
    forms = exchange.forms_of(store(), here.tree, here.period, here.checklist, reading)
    return Brought(name, forms, exchange.compare(reading, forms))


def _take_over(here: View, found: Brought, chosen: dict[str, dict[str, Side]]) -> None:
    outcome = act(exchange.take_over, store(), here.user, found.forms, found.preview, chosen)
    st.session_state[_key(here, "done")] = outcome
    if not isinstance(outcome, NotSaved):
        st.session_state.pop(_key(here, "reading"), None)


def _drop(here: View) -> None:
    for name in ("reading", "done"):
        st.session_state.pop(_key(here, name), None)


def _key(here: View, name: str) -> str:
    return f"exchange:{name}:{here.period.id}"


def _file_key(here: View) -> str:
    return f"{_key(here, 'file')}:{state(_key(here, 'files'), 0)}"


def _choice_key(unit: str, conflict: Conflict) -> str:
    return f"side:{unit}:{conflict.question}"
