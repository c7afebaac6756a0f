"""Quarters of a fiscal year, as arithmetic on dates."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Quarter:
    """`number` 1..4 of the fiscal year that began in the calendar year `year`; both days included."""

    year: int
    number: int
    start: date
    end: date


def quarter_of(day: date, fiscal_start_month: int = 4) -> Quarter:
    """The quarter that holds `day` when fiscal years begin in `fiscal_start_month` (1..12)."""
    into_year = (day.month - fiscal_start_month) % 12
    year = day.year if day.month >= fiscal_start_month else day.year - 1
    start = _first_day(day.year, day.month - into_year % 3)
    return Quarter(year, into_year // 3 + 1, start, _first_day(start.year, start.month + 3) - timedelta(days=1))


def _first_day(year: int, month: int) -> date:
    """The first of a month that may lie outside 1..12, counted on into the next or previous year."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
