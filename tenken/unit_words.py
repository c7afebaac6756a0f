"""What kinds of units, duties, roles and months are called, on pages and in files."""

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date

from scoring.model import Owner
from scoring.units import UnitKind
from tenken.i18n import Words
from tenken.store.values import Role


def kind_words(_: Words) -> Mapping[UnitKind, str]:
    """From the largest to the smallest."""
    return {
        "group": _("Corporate group"),
        "company": _("Company"),
        "department": _("Department"),
        "section": _("Section of a department"),
        "supplier": _("Supplier"),
    }


def owner_words(_: Words) -> Mapping[Owner, str]:
    """Duties that make a unit answer for its whole company."""
    return {
        "it": _("IT"),
        "legal": _("Legal"),
        "hr": _("HR"),
        "general_affairs": _("General affairs"),
        "business": _("Business"),
        "board": _("Board"),
    }


def column_words(_: Words) -> Mapping[str, str]:
    """Headings of a unit's fields, by their names in files."""
    return {
        "code": _("Code"),
        "parent": _("Unit above (code)"),
        "kind": _("Kind"),
        "name_ja": _("Name (Japanese)"),
        "name_en": _("Name (English)"),
        "headcount": _("Headcount"),
        "duties": _("Company-wide duties"),
        "weight": _("Weight"),
        "reporting": _("Answers itself"),
        "valid_to": _("Last day"),
    }


def role_words(_: Words) -> Mapping[Role, str]:
    return {
        "respondent": _("Respondent"),
        "approver": _("Approver"),
        "office": _("Security office"),
        "auditor": _("Auditor"),
        "board": _("Board member"),
        "administrator": _("Administrator"),
    }


def role_lines(_: Words) -> Mapping[Role, str]:
    """What each role lets somebody do, as tenken/auth.py has it; for the unit and all below it."""
    return {
        "respondent": _("Answers and submits."),
        "approver": _("Reads, approves and returns what others answered."),
        "office": _(
            "Does all of that, seals, opens and closes quarters, and keeps the units. Approves nothing that they answered themselves."
        ),
        "auditor": _("Reads."),
        "board": _("Reads."),
        "administrator": _("Keeps units, people, quarters and settings. Answers nothing."),
    }


def month_word(month: int, _: Words) -> str:
    """'4月' / 'April'."""
    return format_date(date(2026, month, 1), "MMMM", locale=_.lang)
