"""The sheet of one department: where it stands, what is behind, and the three things to do next, on two pages for its head.

All sentences and numbers are made here; `sheet.typ` only places them. Other departments stand in it as their median, by name only where
that was asked for (`Asked.named`); there are no places.
"""

from dataclasses import dataclass

from tenken.reports.model import Figure, Headline, Meta, Table, Tone


@dataclass(frozen=True, slots=True)
class SectionBar:
    """One section of the checklist. `shown`: '× 45.0%'; `certain`, `best`: 0..100, what is reached and what the open answers leave, None
    where nothing is asked; `median`: 0..100 of all units that report, None with fewer than two others; `difference`: '中央値より −12.0点'."""

    name: str
    shown: str
    tone: Tone
    certain: float | None
    best: float | None
    median: float | None
    difference: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """`title`: the question in short; `advice`: what to do to reach the next level; `facts`: from which level to which, effort, gain."""

    title: str
    advice: str
    facts: str


@dataclass(frozen=True, slots=True)
class UnitSheet:
    """`title`: the conclusion, one sentence; `figures`: two to four; `sections`: the weakest first; `behind`: critical questions below the
    level, answers not given, evidence: tables, empty ones say so; `others`: only where other departments may be named; `change`: None
    without a comparison quarter; `peers`: None where no other unit reports; `ask`: who answers questions."""

    meta: Meta
    name: str
    title: str
    lead: str
    figures: tuple[Figure, ...]
    sections_title: str
    sections: tuple[SectionBar, ...]
    median_word: str
    open_word: str
    sections_note: str
    peers: Headline | None
    others: Table | None
    change: Headline | None
    steps_title: str
    steps: tuple[NextStep, ...]
    steps_empty: str
    behind: tuple[Table, ...]
    ask: Headline
