"""Administration: units, people, settings."""

import streamlit as st

from tenken.organisation import organisation_of, set_fiscal_start
from tenken.parts.changes import fresh, once, outcome, write
from tenken.parts.people import people_part
from tenken.parts.unit_import import import_part
from tenken.parts.units import units_part
from tenken.session import View, current_words, fiscal_start, store, view
from tenken.unit_words import month_word

# read
_, here = current_words(), view()
there = organisation_of(store(), here.root)

# compute
parts = {"units": _("Units"), "people": _("People"), "settings": _("Settings")}
may = {
    "units": any(here.may("units", unit) for unit in here.tree.units),
    "people": here.may("people", here.root),
    "settings": here.may("settings", here.root),
}
offered = [part for part in parts if may[part]]


def settings_part(here: View) -> None:
    with st.form(fresh("settings")):
        months = range(1, 13)
        st.selectbox(_("First month of the fiscal year"), months, index=fiscal_start() - 1, key=fresh("month"), width=260,
                     format_func=lambda month: month_word(month, _))  # fmt: skip
        st.caption(_("Counts for quarters that are opened from now on. Quarters that are there keep their days."))
        st.form_submit_button(_("Save"), type="primary", key=fresh("month:go"), on_click=once(save_month))


def save_month() -> None:
    write(_("Saved."), set_fiscal_start, store(), here.user, here.root, st.session_state[fresh("month")])


# draw
st.title(_("Administration"), anchor=False)
outcome(_)
if not offered:
    st.info(_("Your roles do not include administration. Ask somebody with the role of administrator."))
    st.stop()
if len(offered) > 1:
    part = st.segmented_control(_("Part"), offered, default=offered[0], required=True, key="admin_part", format_func=parts.__getitem__,
                                label_visibility="collapsed")  # fmt: skip
else:
    part = offered[0]
if part == "units":
    units_part(here, there, _)
    import_part(here, there, _)
elif part == "people":
    people_part(here, there, _)
else:
    settings_part(here)
