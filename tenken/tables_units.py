"""Units and people as pandas tables of words: pure."""

import pandas as pd

from tenken.i18n import Words
from tenken.organisation import Organisation
from tenken.store.values import Person, UnitPlan
from tenken.unit_files import Changed, UnitsPreview
from tenken.unit_words import column_words, kind_words, owner_words, role_words

# An em space a level: the table shows the tree without drawing it.
INDENT = "\u2003"


def units_table(there: Organisation, _: Words) -> pd.DataFrame:
    """One row per unit in the order of the tree, names moved in by their depth."""
    said, kinds, duties = column_words(_), kind_words(_), owner_words(_)
    rows = [
        [
            f"{INDENT * there.tree.depth(unit.id)}{_.text(unit.name)}",
            kinds[unit.kind],
            unit.code,
            unit.headcount,
            _.listed(duties[owner] for owner in unit.owners),
            unit.weight,
            _("Yes") if unit.reporting else _("No"),
            unit.valid_from.isoformat() if unit.valid_from else "",
            unit.valid_to.isoformat() if unit.valid_to else "",
        ]
        for unit in there.ordered
    ]
    names = [
        _("Unit"),
        *(said[name] for name in ("kind", "code", "headcount", "duties", "weight", "reporting")),
        _("First day"),
        said["valid_to"],
    ]
    frame = pd.DataFrame(rows, columns=names)
    return frame.astype({said["headcount"]: "Int64"})


def people_table(there: Organisation, _: Words) -> pd.DataFrame:
    """One row per person and role: (name, role, unit)."""
    rows = [[person.name, role, unit] for person in there.persons for role, unit in role_rows(person, there, _)]
    return pd.DataFrame(rows, columns=[_("Name"), _("Role"), _("For the unit and all below")])


def role_rows(person: Person, there: Organisation, _: Words) -> list[tuple[str, str]]:
    """(role, unit) in words for everything that somebody is, in the order of `Person.roles`."""
    said = role_words(_)
    return [(said[role], _.text(there.tree.unit(node).name)) for role, node in person.roles]


def preview_table(preview: UnitsPreview, _: Words) -> pd.DataFrame:
    """One row per new unit, and one per field of a changed one."""
    rows = [[_("New"), plan.code, _.text(plan.name), "", "", kind_words(_)[plan.kind]] for plan in preview.created]
    rows += [row for change in preview.changed for row in _changed(change, _)]
    return pd.DataFrame(rows, columns=[_("New or changed"), _("Code"), _("Unit"), _("Field"), _("Now"), _("Then")])


def _changed(change: Changed, _: Words) -> list[list[str]]:
    said = column_words(_)
    return [
        [
            _("Changed"),
            change.after.code,
            _.text(change.before.name),
            said[column],
            field_words(change.before, column, _),
            field_words(change.after, column, _),
        ]
        for column in change.columns
    ]


def field_words(plan: UnitPlan, column: str, _: Words) -> str:
    """One field of a unit, by its name in files, in words."""
    values = {
        "parent": plan.parent,
        "kind": kind_words(_)[plan.kind],
        "name_ja": plan.name.ja,
        "name_en": plan.name.en,
        "headcount": "" if plan.headcount is None else _.integer(plan.headcount),
        "duties": _.listed(owner_words(_)[owner] for owner in plan.owners),
        "weight": _.integer(plan.weight),
        "reporting": _("Yes") if plan.reporting else _("No"),
        "valid_to": plan.valid_to.isoformat() if plan.valid_to else "",
    }
    return values[column]
