"""What is said about corrective actions: their states, where they come from, and the conclusion of the page."""

from datetime import date

from scoring.effect import Brings
from scoring.model import NOT_APPLICABLE, OPEN, UNKNOWN
from tenken.corrective.read import Ledger, Line, Standing
from tenken.i18n import Words
from tenken.palette import NOT_APPLICABLE_SIGN, OPEN_SIGN, UNKNOWN_SIGN
from tenken.store import ActionKind, ActionSource, ActionStatus

LETTERS = 80
CODES = {OPEN: OPEN_SIGN, UNKNOWN: UNKNOWN_SIGN, NOT_APPLICABLE: NOT_APPLICABLE_SIGN}


def status_words(_: Words) -> dict[ActionStatus, str]:
    """The four states that somebody gives an action."""
    return {"open": _("Not begun"), "doing": _("Under way"), "done": _("Completed"), "dropped": _("Dropped")}


def standing_words(_: Words) -> dict[Standing, str]:
    """The same, and what is left to do about a completed one."""
    more: dict[Standing, str] = {"waiting": _("To be answered anew"), "reflected": _("Reflected in the answers")}
    return dict(status_words(_)) | more


def source_words(_: Words) -> dict[ActionSource, str]:
    """Where an action comes from."""
    return {
        "gap": _("A gap in the answers"),
        "plan": _("A plan"),
        "scenario": _("A what-if scenario"),
        "finding": _("A finding"),
        "incident": _("A real incident"),
    }


def kind_words(_: Words) -> dict[ActionKind, str]:
    """Lines of an action's history."""
    return {
        "created": _("wrote this down"),
        "changed": _("changed it"),
        "commented": _("wrote a comment"),
        "open": _("put it back to not begun"),
        "doing": _("set it under way"),
        "done": _("completed it"),
        "dropped": _("dropped it"),
    }


def field_words(_: Words) -> dict[str, str]:
    """What the fields of an action are called."""
    return {
        "title": _("What is to be done"),
        "owner": _("Person in charge"),
        "due": _("Date due"),
        "half_days": _("Effort (person-days)"),
        "yen": _("Cost (yen)"),
        "status": _("State"),
        "links": _("Links"),
    }


def headline(ledger: Ledger, _: Words) -> str:
    """The conclusion: how many are unfinished, and how many of those are late."""
    unfinished, overdue, waiting = ledger.number("open", "doing"), ledger.overdue, ledger.number("waiting")
    if not ledger.lines:
        return _("No corrective action has been decided yet.")
    if not unfinished:
        return (
            _("Every corrective action is completed; {n} questions are to be answered anew.", n=waiting)
            if waiting
            else _("No corrective action is left to do.")
        )
    if overdue == 1:
        return _("Of {all} unfinished corrective actions, one is overdue.", all=unfinished)
    if overdue:
        return _("Of {all} unfinished corrective actions, {n} are overdue.", all=unfinished, n=overdue)
    return _("{n} corrective actions are unfinished; none is overdue.", n=unfinished)


def second(ledger: Ledger, _: Words) -> str:
    """What is due now, and what completed ones still ask for."""
    said = [_("Due in this quarter: {n}.", n=ledger.this_quarter)]
    if waiting := ledger.number("waiting"):
        said.append(_("To be answered anew with evidence: {n}.", n=waiting))
    if carried := sum(line.unfinished and line.since is not None for line in ledger.lines):
        said.append(_("Open since an earlier quarter: {n}.", n=carried))
    return ("" if _.lang == "ja" else " ").join(said)


def due_words(line: Line, today: date, _: Words) -> str:
    """'12月18日まで' with how late it is; nothing without a date."""
    due = line.action.said.due
    if due is None:
        return _("No date due")
    if line.overdue:
        return _("Due {day}, {n} days ago", day=_.day(due), n=(today - due).days)
    return _("Due {day}", day=_.day(due))


def since_words(line: Line, _: Words) -> str:
    """The earlier quarter in which an action was decided; nothing for one of this quarter."""
    return "" if line.since is None else _("since {quarter}", quarter=_.quarter(line.since.start, line.since.fiscal_start))


def unit_name(line: Line, _: Words) -> str:
    return _.text(line.unit.name) if line.unit else _("(a unit that is no more)")


def levels_words(before: int | None, after: int | None) -> str:
    """'1 → 3'; '？ → 1'; nothing where no question is meant."""
    if after is None:
        return ""
    return f"{level_sign(before)} → {after}"


def level_sign(code: int | None) -> str:
    """A level as a figure, other codes by their sign."""
    return UNKNOWN_SIGN if code is None else CODES.get(code, str(code))


def person_days(half_days: int) -> str:
    """'0.5', '3'."""
    whole, half = divmod(half_days, 2)
    return f"{whole}.5" if half else f"{whole}"


def brings_words(brings: Brings, _: Words) -> str:
    """What it takes off, of a node's two figures."""
    return _("Gap {gap}, score {score}", gap=_.change(-brings.gap), score=_.change(brings.loss))


def short(title: str) -> str:
    """As much of what is to be done as a card or a line of a page has room for."""
    return title if len(title) <= LETTERS else f"{title[: LETTERS - 1]}…"
