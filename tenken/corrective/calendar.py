"""The days due of corrective actions as a calendar file (RFC 5545): an event of the whole day each, which blocks nobody's time."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from icalendar import Alarm, Calendar, Event

from tenken.corrective.read import Ledger, Line
from tenken.corrective.words import standing_words, unit_name
from tenken.i18n import Words
from tenken.reminders import ALARMS


def calendar_file(ledger: Ledger, address: str, _: Words, *, now: datetime, seed: str) -> bytes:
    """Those that are unfinished and have a day. `now`: aware, becomes DTSTAMP; `seed`: names the organisation, so that a later file
    replaces the events of an earlier one."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Tenken//Tenken//{_.lang.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for line in ledger.lines:
        if line.unfinished and line.action.said.due is not None:
            calendar.add_component(_event(line, address, _, now, seed))
    file: bytes = calendar.to_ical()
    return file


def _event(line: Line, address: str, _: Words, now: datetime, seed: str) -> Event:
    said, due = line.action.said, line.action.said.due or now.date()
    summary = _("Due: {title} ({unit})", title=_one_line(said.title), unit=_one_line(unit_name(line, _)))
    told = [f"{_('State')}: {standing_words(_)[line.standing]}"]
    if said.owner:
        told.append(f"{_('Person in charge')}: {_one_line(said.owner)}")
    if line.question:
        told.append(f"{_('Question')}: {_one_line(_.text(line.question.text))}")
    event = Event()
    event.add("uid", f"{sha256(f'{seed}:action:{line.action.id}'.encode()).hexdigest()[:32]}@tenken")
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", due)
    event.add("dtend", due + timedelta(days=1))
    event.add("summary", summary)
    event.add("description", "\n".join((*told, _one_line(address))))
    event.add("url", _one_line(address))
    event.add("transp", "TRANSPARENT")
    event.add("sequence", line.action.version)
    for early in ALARMS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", -early)
        alarm.add("description", summary)
        event.add_component(alarm)
    return event


def _one_line(text: str) -> str:
    """A text that somebody wrote without signs that end a line or cannot be seen: nothing in it can become a line of its own."""
    return "".join(sign if sign.isprintable() or sign == "\u3000" else " " for sign in text)
