"""What a quarter's progress is called: states, kinds of units, and the sentence that says how far it is, by fixed rules."""

from datetime import date

from scoring.units import UnitKind
from tenken.i18n import Words
from tenken.progress import HANDED_IN, Line, Progress, Status
from tenken.store import Period, SheetState


def state_words(_: Words) -> dict[SheetState, str]:
    """What a sheet's state is called."""
    return {
        "draft": _("Being answered"),
        "submitted": _("Submitted"),
        "returned": _("Returned"),
        "approved": _("Approved"),
        "sealed": _("Sealed"),
    }


def status_words(_: Words) -> dict[Status, str]:
    """The states of sheets, and being late."""
    late: dict[Status, str] = {"late": _("Late")}
    return dict(state_words(_)) | late


def kind_words(_: Words) -> dict[UnitKind, str]:
    """What kinds of units are called."""
    return {
        "group": _("Group of companies"),
        "company": _("Company"),
        "department": _("Department"),
        "section": _("Section (unit)"),
        "supplier": _("Supplier"),
    }


def line_state(line: Line, _: Words) -> str:
    """'Being answered', 'Late', 'Late: Returned'; nothing for a unit that has no sheet."""
    if line.state is None:
        return ""
    name = state_words(_)[line.state]
    if not line.late:
        return name
    return _("Late") if line.state == "draft" else _("Late: {state}", state=name)


def days(first: date, last: date, _: Words) -> str:
    """'2026年10月1日〜2026年12月31日' / '1 Oct 2026 – 31 Dec 2026'."""
    return f"{_.day(first)}{'〜' if _.lang == 'ja' else ' – '}{_.day(last)}"


def progress_headline(found: Progress, period: Period, _: Words) -> str:
    """The conclusion: how many have handed in, what comes next, and when it is due."""
    units = len(found.asked)
    if not units:
        return _("No unit is asked anything in this quarter.")
    if period.state == "closed":
        return _("This quarter is closed; all {n} units are sealed.", n=units) if units > 1 else _("This quarter is closed and sealed.")
    handed_in = found.number(*HANDED_IN)
    if handed_in == units:
        return _after_handing_in(found, units, _)
    said = (
        _("{done} of {all} units have handed in.", done=handed_in, all=units)
        if units > 1
        else _("{done} of {all} questions are answered.", done=found.total.answered, all=found.total.asked)
    )
    return _joined(said, _due(found, _), _)


def _after_handing_in(found: Progress, units: int, _: Words) -> str:
    all_in = _("All {n} units have handed in.", n=units) if units > 1 else _("The sheet is handed in.")
    if to_review := found.number("submitted"):
        return _joined(all_in, _("{n} of them wait for review.", n=to_review) if units > 1 else _("It waits for review."), _)
    if to_seal := found.number("approved"):
        return _joined(all_in, _("{n} of them can be sealed.", n=to_seal) if units > 1 else _("It can be sealed."), _)
    sealed = _("All {n} units are sealed.", n=units) if units > 1 else _("The sheet is sealed.")
    return _joined(sealed, _("The quarter can be closed."), _)


def _due(found: Progress, _: Words) -> str:
    left = found.days_left
    if left is None:
        return _("No date due is set.")
    if left < 0:
        return _("The date due passed {n} days ago.", n=-left)
    if left == 0:
        return _("Today is the date due.")
    return _("{n} days are left until the date due.", n=left)


def _joined(first: str, second: str, _: Words) -> str:
    """Two sentences, one after the other as the language writes them."""
    return first + second if _.lang == "ja" else f"{first} {second}"
