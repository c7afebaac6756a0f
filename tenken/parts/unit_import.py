"""Units from a file: what it would change, shown before anything is written."""

from typing import Any
from urllib.parse import quote

import streamlit as st

from tenken.error_words import error_text
from tenken.i18n import Words
from tenken.organisation import Organisation, apply_units
from tenken.parts.changes import fresh, once, since, since_choice, write
from tenken.session import View, state, store
from tenken.streamlit_quirks import release
from tenken.tables_units import preview_table
from tenken.unit_files import UnitsPreview, preview_units, read_units, unit_problem_texts
from tenken.workbook.problems import ImportRefused

SHOWN = 50  # problems that a page lists


def import_part(here: View, there: Organisation, _: Words) -> None:
    """The list to download, the file to read back, its problems or its preview."""
    st.subheader(_("Units by file"), anchor=False)
    st.markdown(
        _(
            "Download the list, change it in Excel or another program, and read it in here. Nothing is written before you have seen what changes; units that are not in the file stay as they are."
        )
    )
    me = next((person.id for person in there.persons if person.name == here.user.name), "")
    with st.container(horizontal=True):
        for kind, label in (("xlsx", _("Units as an Excel workbook")), ("csv", _("Units as CSV"))):
            st.link_button(label, f"/files/units.{kind}?as={quote(str(me))}", icon=":material/download:")
    key = f"units_file{state('units_round', 0)}"
    st.file_uploader(_("Excel workbook (.xlsx) or CSV"), type=["xlsx", "csv"], key=key, on_change=_read, args=(key, there))
    found = state("units_read")
    if isinstance(found, ImportRefused):
        _problems(found, _)
    elif found is not None:
        _preview(here, preview_units(found, there.plans), _)


def _read(key: str, there: Organisation) -> None:
    """Reads the file at once and lets go of it: only the units are kept, in this tab."""
    file: Any = st.session_state[key]
    if file is None:
        return
    try:
        st.session_state["units_read"] = read_units(file.getvalue(), file.name, there)
    except ImportRefused as refused:
        st.session_state["units_read"] = refused
    finally:
        release(file)
        st.session_state["units_round"] = state("units_round", 0) + 1


def _problems(refused: ImportRefused, _: Words) -> None:
    st.error(error_text(refused, _))
    for line in unit_problem_texts(refused.problems[:SHOWN], _):
        st.text(line)
    if (rest := len(refused.problems) - SHOWN) > 0:
        st.caption(_("And {n} more.", n=rest))


def _preview(here: View, preview: UnitsPreview, _: Words) -> None:
    st.markdown(
        _(
            "**{created}** new, **{changed}** changed, {same} as they are.",
            created=len(preview.created),
            changed=len(preview.changed),
            same=preview.same,
        )
    )
    if not preview.plans:
        st.button(_("Done"), key="units_discard", on_click=_forget)
        return
    st.dataframe(preview_table(preview, _), hide_index=True, width="stretch", key="units_preview")
    since_choice("import", here, _)
    with st.container(horizontal=True):
        st.button(
            _("Take over {n} units", n=len(preview.plans)),
            type="primary",
            key=fresh("units_apply"),
            on_click=once(_apply),
            args=(here, preview, _),
        )
        st.button(_("Discard"), key="units_discard", on_click=_forget)


def _apply(here: View, preview: UnitsPreview, _: Words) -> None:
    said = _("Taken over: {n} units.", n=len(preview.plans))
    if write(said, apply_units, store(), here.user, here.root, preview.plans, since=since("import"), seen=preview.seen):
        _forget()


def _forget() -> None:
    st.session_state.pop("units_read", None)
