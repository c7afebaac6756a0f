"""The line above every page: whose quarter this is, which unit, and who is here."""

import streamlit as st

from scoring.units import Unit
from tenken.i18n import Words
from tenken.session import View

# An em space a level: a list of units shows the tree without drawing it.
INDENT = "\u2003"


def presenting() -> bool:
    """Whether the address asks for pages without menus."""
    return st.query_params.get("present") == "1"


def selectors(here: View, _: Words) -> None:
    """Unit and quarter, where there is a choice; a change runs the page anew with it. Who is here, once roles are given."""
    units, quarter = readable(here), _.quarter(here.period.start, here.period.fiscal_start)
    if not has_choice(here):
        st.text(f"{_.text(here.unit.name)}　{quarter}")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(units) > 1:
            st.selectbox(_("Unit"), [unit.code for unit in units], index=[unit.id for unit in units].index(here.unit.id), key="choose_unit",
                         format_func=unit_names(here, units, _).__getitem__, label_visibility="collapsed", width=260, on_change=_choose,
                         args=("unit",))  # fmt: skip
        else:
            st.text(_.text(here.unit.name), width="content")
        if len(here.periods) > 1:
            labels = {period.start.isoformat(): _.quarter(period.start, period.fiscal_start) for period in here.periods}
            st.selectbox(_("Quarter"), list(reversed(labels)), index=list(reversed(labels)).index(here.period.start.isoformat()),
                         key="choose_period", format_func=labels.__getitem__, label_visibility="collapsed", width=290, on_change=_choose,
                         args=("period",))  # fmt: skip
        else:
            st.text(quarter, width="content")
        if not here.user.solo:
            _who(here, _)


def has_choice(here: View) -> bool:
    """Whether there is more than one unit, quarter or person to choose from."""
    return not here.user.solo or len(readable(here)) > 1 or len(here.periods) > 1


def _who(here: View, _: Words) -> None:
    """Until there is a sign-in, people say who they are; every record says that nobody checked."""
    persons = {str(person.id): person.name for person in here.persons}
    at = next((number for number, name in enumerate(persons.values()) if name == here.user.name), None)
    st.selectbox(_("Your name"), list(persons), index=at, key="choose_as", format_func=persons.__getitem__, label_visibility="collapsed",
                 placeholder=_("Choose your name"), width=200, on_change=_choose, args=("as",))  # fmt: skip


def readable(here: View) -> tuple[Unit, ...]:
    """The units that this person may look at, in the order of the tree."""
    ordered = [unit for root in here.tree.roots for unit in here.tree.below(root.id)]
    return tuple(unit for unit in ordered if here.may("read", unit)) or (here.unit,)


def unit_names(here: View, units: tuple[Unit, ...], _: Words) -> dict[str, str]:
    """{code: name, moved in by its depth}."""
    return {unit.code: f"{INDENT * here.tree.depth(unit.id)}{_.text(unit.name)}" for unit in units}


def _choose(name: str) -> None:
    """Into the address and the tab, so that a reload and the next page come back to it. Another unit or quarter has other
    questions."""
    chosen = st.session_state[f"choose_{name}"]
    if chosen:
        st.session_state[name] = st.query_params[name] = chosen
        st.query_params.pop("question", None)
