"""The days due of corrective actions as a calendar file (RFC 5545): an event of the whole day each, which blocks nobody's time."""

from datetime import datetime

from icalendar import Event

from tenken.calendars import calendar_of, day_due, one_line
from tenken.corrective.read import Ledger, Line
from tenken.corrective.words import standing_words, unit_name
from tenken.i18n import Words


def calendar_file(ledger: Ledger, address: str, _: Words, *, now: datetime, seed: str) -> bytes:
    """Those that are unfinished and have a day. `now`: aware, becomes DTSTAMP; `seed`: names the organisation, so that a later file
    replaces the events of an earlier one."""
    return calendar_of((_event(line, address, _, now, seed) for line in ledger.lines if line.unfinished and line.action.said.due), _)


def _event(line: Line, address: str, _: Words, now: datetime, seed: str) -> Event:
    said, due = line.action.said, line.action.said.due or now.date()
    summary = _("Due: {title} ({unit})", title=one_line(said.title), unit=one_line(unit_name(line, _)))
    told = [f"{_('State')}: {standing_words(_)[line.standing]}"]
    if said.owner:
        told.append(f"{_('Person in charge')}: {one_line(said.owner)}")
    if line.question:
        told.append(f"{_('Question')}: {one_line(_.text(line.question.text))}")
    return day_due(f"{seed}:action:{line.action.id}", due, summary, told, address, now, line.action.version)
