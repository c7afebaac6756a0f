"""People: who has which role where. Names are not checked until there is a sign-in."""

from collections.abc import Collection

import streamlit as st

from tenken.auth import ROLES
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.organisation import FIRST, Organisation, put_person, unreviewed
from tenken.parts.changes import fresh, once, write
from tenken.parts.units import unit_options
from tenken.session import View, store
from tenken.store.values import Person, Role
from tenken.tables_units import people_table, role_rows
from tenken.unit_words import role_lines, role_words

NAME_LETTERS = 100
NEW = ""


def people_part(here: View, there: Organisation, _: Words) -> None:
    """The list, what is missing in it, and the roles of one person; before the first role, what it will change."""
    st.caption(
        _(
            "Identity not verified: there is no sign-in yet. Everybody picks a name from this list, nobody checks it, and every record says so."
        )
    )
    if not there.persons:
        _first(here, _)
        _roles(_)
        return
    if alone := unreviewed(there):
        st.warning(escaped(_("Nobody but who answers there could approve these units: {units}. Give an approver or the security office to somebody else; nobody approves what they answered.",
                             units=_.listed(_.text(unit.name) for unit in alone))))  # fmt: skip
    st.dataframe(people_table(there, _), hide_index=True, width="stretch", key="people_table")
    _one(here, there, _)
    _roles(_)


def _roles(_: Words) -> None:
    """Each role in one line, from the table that every write asks."""
    with st.expander(_("What each role may do"), type="compact"):
        st.caption(_("A role counts for its unit and all units below it. One person can have several."))
        for role, line in role_lines(_).items():
            st.markdown(f"**{role_words(_)[role]}**　{line}")


def _first(here: View, _: Words) -> None:
    with st.form(fresh("first")):
        st.markdown(
            _(
                "So far one person does everything here. As soon as the first role is given, this ends: everybody chooses their name at the top and can only do what their roles allow, and nobody approves what they answered themselves."
            )
        )
        st.markdown(
            _(
                "Whoever does this now becomes administrator and security office of the whole organisation, so that they can go on and give roles to others."
            )
        )
        st.text_input(_("Your name"), value=here.user.name, key=fresh("first:name"), max_chars=NAME_LETTERS, width=360)
        st.form_submit_button(_("Take both roles and begin"), type="primary", key=fresh("first:go"), on_click=once(_begin), args=(here, _))


def _begin(here: View, _: Words) -> None:
    name = st.session_state[fresh("first:name")]
    roles = [(role, here.root.id) for role in FIRST]
    if write(_("You are now administrator and security office. Add the others."), put_person, store(), here.user, here.root, name, roles):
        _go_on_as(here, " ".join(name.split()))


def _go_on_as(here: View, name: str) -> None:
    """This tab is that person from now on, also after a reload."""
    person = next(person for person in store().persons(here.root.id) if person.name == name)
    st.session_state["as"] = st.query_params["as"] = str(person.id)


# --- one person ------------------------------------------------------------------------------------------------------


def _one(here: View, there: Organisation, _: Words) -> None:
    persons = {str(person.id): person for person in there.persons}
    names = {key: person.name for key, person in persons.items()} | {NEW: _("Somebody new")}
    chosen = st.selectbox(
        _("Person to work on"), list(names), index=len(names) - 1, key="admin_person", format_func=names.__getitem__, width=420
    )
    person = persons.get(chosen)
    if person:
        _held(here, there, person, _)
    _give(here, there, person, _)


def _held(here: View, there: Organisation, person: Person, _: Words) -> None:
    """The roles of somebody, each with a button that takes it away."""
    for (role, unit), (role_word, unit_word) in zip(person.roles, role_rows(person, there, _), strict=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{role_word}　{unit_word}", width=360)
            left = [each for each in person.roles if each != (role, unit)]
            st.button(_("Take away"), key=fresh(f"take:{person.id}:{role}:{unit}"), on_click=once(_put), args=(here, person.name, left, _))
    with st.popover(_("Remove this person")):
        st.text(person.name)
        st.markdown(_("All roles go. What this person answered and did keeps the name."))
        st.button(
            _("Remove for good"), key=fresh(f"away:{person.id}"), type="primary", on_click=once(_put), args=(here, person.name, [], _)
        )


def _give(here: View, there: Organisation, person: Person | None, _: Words) -> None:
    names, said = unit_options(there, _), role_words(_)
    with st.form(fresh(f"give:{person.id if person else NEW}"), border=True):
        if person is None:
            st.text_input(_("Name"), key=fresh("give:name"), max_chars=NAME_LETTERS, width=360)
        left, right = st.columns(2)
        left.selectbox(_("Role"), ROLES, key=fresh("give:role"), format_func=lambda role: said[role])
        right.selectbox(_("For the unit and all below"), list(names), key=fresh("give:unit"), format_func=names.__getitem__)
        st.form_submit_button(
            _("Give this role"), type="primary", key=fresh("give:go"), on_click=once(_given), args=(here, there, person, _)
        )


def _given(here: View, there: Organisation, person: Person | None, _: Words) -> None:
    name = person.name if person else " ".join(st.session_state[fresh("give:name")].split())
    known = person or next((each for each in there.persons if each.name == name), None)
    unit = there.by_code[st.session_state[fresh("give:unit")]]
    role: Role = st.session_state[fresh("give:role")]
    _put(here, name, [*(known.roles if known else ()), (role, unit.id)], _)


def _put(here: View, name: str, roles: Collection[tuple[Role, int]], _: Words) -> None:
    write(_("Saved: {name}.", name=name), put_person, store(), here.user, here.root, name, roles)
