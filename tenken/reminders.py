"""Reminders of a quarter's date due, as text to copy into a mail and as a calendar file. They name departments, not people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from babel.dates import format_date

from scoring.model import Text
from tenken.calendars import calendar_of, day_due, one_line
from tenken.i18n import Words

LateState = Literal["draft", "returned", "submitted"]


@dataclass(frozen=True, slots=True)
class LateUnit:
    """What a unit still has to do: `open` questions to answer, `reconfirm` answers of last quarter to confirm or change.

    `submitted`: handed in, and the approver's turn."""

    name: Text
    open: int
    reconfirm: int
    state: LateState


def reminder_text(late: Sequence[LateUnit], period: str, due: date, address: str, _: Words) -> str:
    """A short mail with its subject in the first line. `period` as `Words.quarter` writes it; `address`: where to answer.

    Plain text that ends without a line break; empty when nobody is late.
    """
    if not late:
        return ""
    day = due_day(due, _)
    lines = (
        _("Subject: Self-audit {period}, please answer by {day}", period=period, day=day),
        "",
        _("Dear colleagues,"),
        "",
        _("This is about the information security self-audit for {period}.", period=period),
        _("These departments still have something to do. The date due is {day}.", day=day),
        "",
        *(_("- {name}: {rest}", name=one_line(_.text(unit.name)), rest=_rest(unit, _)) for unit in late),
        "",
        _("This is where to answer. You can stop at any time and go on later."),
        one_line(address),
        "",
        _("If you have handed in meanwhile, please disregard this mail."),
        _("If the date is hard to keep, please reply and tell us."),
        "",
        _("Thank you for your help."),
    )
    return "\n".join(lines)


def due_day(due: date, _: Words) -> str:
    """'2026年12月18日（金）' / '18 Dec 2026 (Fri)'."""
    return _("{day} ({weekday})", day=_.day(due), weekday=format_date(due, "EEE", locale=_.lang))


def _rest(unit: LateUnit, _: Words) -> str:
    """What is left to do, in a few words."""
    separator = "、" if _.lang == "ja" else ", "
    return separator.join(_steps(unit, _))


def _steps(unit: LateUnit, _: Words) -> Iterator[str]:
    if unit.state == "submitted":
        yield _("handed in, to be approved")
        return
    if unit.state == "returned":
        yield _("returned with remarks")
    if unit.open:
        yield _("{n} to answer", n=unit.open)
    if unit.reconfirm:
        yield _("{n} to reconfirm", n=unit.reconfirm)
    yield _("then hand in") if unit.open or unit.reconfirm or unit.state == "returned" else _("only handing in is left")


def calendar_file(period: str, due: date, units: Sequence[Text], address: str, _: Words, *, now: datetime, seed: str) -> bytes:
    """An iCalendar file (RFC 5545) with the day due as an event of the whole day that blocks nobody's time.

    `units`: whose answers are due; `now`: aware, becomes DTSTAMP; `seed`: what makes the event's UID, the same for the
    same quarter, so that a second file replaces the first event when the date has changed.
    """
    summary = _("Self-audit due: {period}", period=period)
    names = (_("- {name}", name=one_line(_.text(unit))) for unit in units)
    told = (_("Answers are due from:"), *names, "", _("This is where to answer."))
    return calendar_of([day_due(seed, due, summary, told, address, now)], _)
