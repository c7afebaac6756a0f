"""Days on which something is due, as calendar files (iCalendar, RFC 5545): events of the whole day that block nobody's time."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from icalendar import Alarm, Calendar, Event

from tenken.i18n import Words

# Before the day begins: nine in the morning a week earlier and the day before. Midnight would wake somebody up.
ALARMS = (timedelta(days=7, hours=-9), timedelta(days=1, hours=-9))


def day_due(seed: str, day: date, summary: str, told: Iterable[str], address: str, now: datetime, version: int | None = None) -> Event:
    """One day. `seed` makes the event's UID: the same seed, the same event, so that a later file replaces it; `now`: aware, becomes
    DTSTAMP; `told`: lines of the description, the address follows; `version`: SEQUENCE. People's words in them go through `one_line`."""
    where = one_line(address)
    event = Event()
    event.add("uid", f"{sha256(seed.encode()).hexdigest()[:32]}@tenken")
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", summary)
    event.add("description", "\n".join((*told, where)))
    event.add("url", where)
    event.add("transp", "TRANSPARENT")
    if version is not None:
        event.add("sequence", version)
    for early in ALARMS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", -early)
        alarm.add("description", summary)
        event.add_component(alarm)
    return event


def calendar_of(events: Iterable[Event], _: Words) -> bytes:
    """The file."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Tenken//Tenken//{_.lang.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for event in events:
        calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file


def one_line(text: str) -> str:
    """A name or an address without signs that end a line or cannot be seen: nothing in it can become a line of its own."""
    return "".join(sign if sign.isprintable() or sign == "\u3000" else " " for sign in text)
