"""The units: the tree as a table, and the forms that change it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from scoring.model import Text
from scoring.units import COMPANIES, Unit, UnitKind
from tenken.auth import can
from tenken.departments import free_code, make_departments
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.organisation import MOST, Organisation, apply_units, remove_unit
from tenken.parts.changes import fresh, once, since, since_choice, write
from tenken.session import View, store
from tenken.store.values import UnitPlan
from tenken.tables_units import INDENT, units_table
from tenken.unit_words import column_words, kind_words, owner_words

NAME_LETTERS = 200
# What is most often added below a unit.
BELOW: Mapping[UnitKind, UnitKind] = {"group": "company", "company": "department", "supplier": "supplier"}


def units_part(here: View, there: Organisation, _: Words) -> None:
    """The table, what is worth a look in it, and the forms for one unit."""
    alone = len(there.tree.units) == 1
    if alone:
        st.markdown(
            _(
                "So far the organisation is one company that answers for itself. With departments, each one answers its own questions, and they can be compared."
            )
        )
    if alone and there.root.reporting:
        _departments(here, there, _)
    st.dataframe(units_table(there, _), hide_index=True, width="stretch", key="units_table", placeholder="")
    _worth_a_look(there, _)
    names = unit_options(there, _)
    code = st.selectbox(_("Unit to work on"), list(names), key="admin_unit", format_func=names.__getitem__, width=420)
    unit = there.by_code[code]
    if not here.user.solo and not _may(here, there, unit):
        st.caption(_("Your roles do not let you change this unit."))
        return
    work = {"change": _("Edit"), "add": _("Add a unit below"), "remove": _("Remove")}
    chosen = st.segmented_control(_("Unit to work on"), list(work), default="change", required=True, key="admin_work", format_func=work.__getitem__,
                                  label_visibility="collapsed")  # fmt: skip
    {"change": _change, "add": _add, "remove": _remove}[chosen](here, there, unit, _)


def unit_options(there: Organisation, _: Words) -> dict[str, str]:
    """{code: name, moved in by its depth}; ended units say so."""
    today = date.today()
    return {
        unit.code: f"{INDENT * there.tree.depth(unit.id)}{_.text(unit.name)}"
        + ("" if unit.stands(today) else f"　{_('(does not stand today)')}")
        for unit in there.ordered
    }


def _may(here: View, there: Organisation, unit: Unit) -> bool:
    return can(here.user, "units", unit.id, there.tree)


def _worth_a_look(there: Organisation, _: Words) -> None:
    """A company that answers for itself beside its departments is counted beside them: seldom meant."""
    for unit in there.ordered:
        if unit.is_company and unit.reporting and len(there.tree.reporting(unit.id)) > 1:
            st.caption(
                _(
                    "{code} answers unit questions itself beside the units below it. If that is not meant, change it: “Answers itself” off.",
                    code=escaped(unit.code),
                )
            )


# --- departments -----------------------------------------------------------------------------------------------------


def _departments(here: View, there: Organisation, _: Words) -> None:
    with st.expander(_("Make departments of our company")), st.form(fresh("departments"), border=False):
        st.markdown(_("One name per line; an English name may follow after a slash."))
        st.text_area(
            _("Departments"), key=fresh("departments:names"), height=140, max_chars=10_000, placeholder=_("Sales\nGeneral affairs\nIT")
        )
        st.markdown(
            _(
                "The answers of company scope stay where they are and count for everybody. The answers of unit scope stay on the company’s sheet, where they are kept but no longer count: from now on every department gives its own."
            )
        )
        st.checkbox(_("The first department takes over the unit answers of this quarter"), key=fresh("departments:take"),
                    help=_("They are entered there once more under your name. Answers that are still to be reconfirmed are not."))  # fmt: skip
        since_choice("departments", here, _)
        st.form_submit_button(
            _("Make these departments"), type="primary", key=fresh("departments:go"), on_click=once(_make), args=(here, _)
        )


def _make(here: View, _: Words) -> None:
    lines, take = st.session_state[fresh("departments:names")], st.session_state[fresh("departments:take")]
    write(_("The departments are there. Next, say under “People” who answers for them."), make_departments, store(), here.user, here.root, here.period,
          here.checklist, lines, since=since("departments"), take_over=take)  # fmt: skip


# --- one unit --------------------------------------------------------------------------------------------------------


def _change(here: View, there: Organisation, unit: Unit, _: Words) -> None:
    name, plan = f"change:{unit.code}", there.plan(unit)
    with st.form(fresh(name), border=False):
        _fields(name, there, plan, unit, _)
        since_choice(name, here, _)
        st.form_submit_button(
            _("Save"), type="primary", key=fresh(f"{name}:go"), on_click=once(_save), args=(here, name, plan.code, plan, _)
        )


def _add(here: View, there: Organisation, unit: Unit, _: Words) -> None:
    name = f"add:{unit.code}"
    kind = BELOW.get(unit.kind, "section")
    plan = UnitPlan("", unit.code, kind, Text("", ""), reporting=True)
    with st.form(fresh(name), border=False):
        st.text_input(column_words(_)["code"], value=free_code(there), key=fresh(f"{name}:code"), max_chars=40, width=260,
                      help=_("Names the unit in files, for good. Letters, digits, hyphens, dots and underscores."))  # fmt: skip
        _fields(name, there, plan, None, _)
        since_choice(name, here, _)
        st.form_submit_button(_("Add"), type="primary", key=fresh(f"{name}:go"), on_click=once(_save), args=(here, name, "", None, _))


def _fields(name: str, there: Organisation, plan: UnitPlan, unit: Unit | None, _: Words) -> None:
    """Every field of a unit; `unit` is None for a new one."""
    said, kinds, duties = column_words(_), kind_words(_), owner_words(_)
    root = unit is not None and unit.parent is None
    left, right = st.columns(2, gap="medium")
    with left:
        st.text_input(said["name_ja"], value=plan.name.ja, key=fresh(f"{name}:ja"), max_chars=NAME_LETTERS)
        offered = list(COMPANIES) if root else list(kinds)
        st.selectbox(said["kind"], offered, index=offered.index(plan.kind), key=fresh(f"{name}:kind"), format_func=lambda kind: kinds[kind])
        st.multiselect(said["duties"], list(duties), default=list(plan.owners), key=fresh(f"{name}:duties"), format_func=lambda owner: duties[owner], placeholder="",
                       help=_("The questions of company scope of this field are answered by this unit, for the whole company."))  # fmt: skip
        st.checkbox(_("Answers unit questions itself"), value=plan.reporting, key=fresh(f"{name}:reporting"),
                    help=_("Off for a unit that is only the sum of those below it. A supplier always answers for itself."))  # fmt: skip
    with right:
        st.text_input(said["name_en"], value=plan.name.en, key=fresh(f"{name}:en"), max_chars=NAME_LETTERS,
                      help=_("Left empty, the Japanese name stands here too."))  # fmt: skip
        if not root:
            _parent(name, there, plan, unit, _)
        st.number_input(said["headcount"], value=plan.headcount, min_value=0, max_value=MOST, step=1, key=fresh(f"{name}:headcount"))
        st.number_input(said["weight"], value=plan.weight, min_value=0, max_value=MOST, step=1, key=fresh(f"{name}:weight"),
                        help=_("How often the unit counts in the sums of the units above it: 1 as a rule, 0 for never."))  # fmt: skip
        if not root:
            st.date_input(said["valid_to"], value=plan.valid_to, key=fresh(f"{name}:until"), format="YYYY/MM/DD",
                          help=_("Empty as long as the unit goes on. What stands below it ends with it. It is asked no more in the quarter in which this day lies, unless it is the quarter’s last."))  # fmt: skip


def _parent(name: str, there: Organisation, plan: UnitPlan, unit: Unit | None, _: Words) -> None:
    own = {each.code for each in there.tree.below(unit.id)} if unit else set[str]()
    names = {code: text for code, text in unit_options(there, _).items() if code not in own}
    codes = list(names)
    st.selectbox(_("Unit above"), codes, index=codes.index(plan.parent), key=fresh(f"{name}:parent"), format_func=names.__getitem__)


def _save(here: View, name: str, code: str, seen: UnitPlan | None, _: Words) -> None:
    """What the form says, to be created (`seen` None) or changed."""

    def said(field: str, otherwise: Any = None) -> Any:
        return st.session_state.get(fresh(f"{name}:{field}"), otherwise)

    code = code or said("code").strip()
    ja, en = " ".join(said("ja").split()), " ".join(said("en").split())
    plan = UnitPlan(
        code, said("parent", ""), said("kind"), Text(ja or en, en or ja), said("reporting"), said("headcount"), tuple(said("duties")),
        said("weight") or 0, said("until"),
    )  # fmt: skip
    write(
        _("Saved: {name}.", name=plan.name.of(_.lang)),
        apply_units,
        store(),
        here.user,
        here.root,
        [plan],
        since=since(name),
        seen={code: seen},
    )


def _remove(here: View, there: Organisation, unit: Unit, _: Words) -> None:
    if unit.parent is None:
        st.caption(_("The unit at the top stays. It can be renamed, and become a corporate group, under “Change”."))
        return
    st.markdown(
        _(
            "Only a unit that never answered anything, and has no unit below it, can be removed. Any other one ends: give it a last day under “Change”, and earlier quarters keep it."
        )
    )
    with st.popover(_("Remove this unit")):
        st.text(_.text(unit.name))
        st.markdown(_("It goes with the roles that were given for it. This cannot be undone."))
        st.button(_("Remove for good"), key=fresh(f"remove:{unit.code}"), type="primary", on_click=once(_gone), args=(here, unit, _))


def _gone(here: View, unit: Unit, _: Words) -> None:
    write(_("Removed: {name}.", name=_.text(unit.name)), remove_unit, store(), here.user, here.root, unit.code)
