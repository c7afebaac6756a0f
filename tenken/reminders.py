"""Reminders of a quarter's date due, as text to copy into a mail and as a calendar file. They name departments, not people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Literal

from babel.dates import format_date
from icalendar import Alarm, Calendar, Event

from scoring.model import Text
from tenken.i18n import Words

LateState = Literal["draft", "returned", "submitted"]

# Before the day begins: nine in the morning a week earlier and the day before. Midnight would wake somebody up.
ALARMS = (timedelta(days=7, hours=-9), timedelta(days=1, hours=-9))


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
        *(_("- {name}: {rest}", name=_one_line(_.text(unit.name)), rest=_rest(unit, _)) for unit in late),
        "",
        _("This is where to answer. You can stop at any time and go on later."),
        _one_line(address),
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
    where = _one_line(address)
    names = (_("- {name}", name=_one_line(_.text(unit))) for unit in units)
    event = Event()
    event.add("uid", f"{sha256(seed.encode()).hexdigest()[:32]}@tenken")
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", due)
    event.add("dtend", due + timedelta(days=1))
    event.add("summary", summary)
    event.add("description", "\n".join((_("Answers are due from:"), *names, "", _("This is where to answer."), where)))
    event.add("url", where)
    event.add("transp", "TRANSPARENT")
    for early in ALARMS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", -early)
        alarm.add("description", summary)
        event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", f"-//Tenken//Tenken//{_.lang.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file


def _one_line(text: str) -> str:
    """A name or an address without signs that end a line or cannot be seen: nothing in it can become a line of its own."""
    return "".join(sign if sign.isprintable() or sign == "\u3000" else " " for sign in text)
