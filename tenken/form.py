"""A form: what one unit is asked in a quarter, its own questions and those of the company that its duties make its own.

The company's questions stand on the company's sheet, wherever they are answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scoring.model import Answer, Checklist, Question
from scoring.units import Tree, Unit
from tenken.store import Entry, Period, Sheet, Store
from tenken.store.sheets import WRITABLE


@dataclass(frozen=True, slots=True)
class Form:
    """What a unit is asked in a quarter, and what stands there. `places`: question → the sheet that it stands on;
    `entries` and `answers` of the questions asked here only."""

    tree: Tree
    unit: Unit
    period: Period
    checklist: Checklist
    sheet: Sheet
    questions: tuple[Question, ...]
    places: Mapping[str, Sheet] = field(hash=False)
    entries: Mapping[str, Entry] = field(hash=False)

    @property
    def answers(self) -> dict[str, Answer]:
        return {question: entry.answer for question, entry in self.entries.items() if entry.answer is not None}

    @property
    def to_reconfirm(self) -> tuple[str, ...]:
        """Questions whose answer comes from the last quarter and was not looked at in this one."""
        return tuple(q.id for q in self.questions if q.id in self.entries and self.entries[q.id].carried)

    @property
    def holding_back(self) -> tuple[str, ...]:
        """Those of `to_reconfirm` on the unit's own sheet: it cannot be submitted before. The company's wait on the company's sheet."""
        return tuple(question for question in self.to_reconfirm if self.places[question].id == self.sheet.id)

    @property
    def left(self) -> frozenset[str]:
        """Questions that somebody still has to look at in this quarter: open ones, and those to be reconfirmed."""
        return frozenset(q.id for q in self.questions if q.id not in self.answers) | frozenset(self.to_reconfirm)

    @property
    def open(self) -> bool:
        """Whether the unit's own sheet may still change: its quarter is open, it is not handed in."""
        return self.period.state == "open" and self.sheet.state in WRITABLE

    def writable(self, question: str) -> bool:
        """Whether the answer may still change: its quarter is open, its sheet not handed in."""
        return self.period.state == "open" and self.places[question].state in WRITABLE


def open_form(store: Store, tree: Tree, unit: Unit, period: Period, checklist: Checklist) -> Form:
    """The form of a unit, its sheets created where they are missing. A new one of a company's unit begins with the company's
    facts. Raises NotFound, Closed for a sheet that a closed quarter does not have."""
    company = tree.company_of(unit.id)
    sheet = store.sheet(unit.id, period.id, checklist)
    duties = tree.writes_for(unit, checklist) if company and company.id != unit.id else ()
    above = store.sheet(company.id, period.id, checklist) if company and company.id != unit.id else None
    if sheet.profile is None and above and above.profile is not None and period.state == "open" and sheet.state in WRITABLE:
        sheet = store.save_profile(sheet, checklist, above.profile, person="")
    own = {question.id for question in tree.asks(unit, checklist)}
    theirs = {question.id for question in duties}
    places = dict.fromkeys(own, sheet) | (dict.fromkeys(theirs, above) if above else {})
    stored = store.entries_of([sheet.id, *([above.id] if theirs and above else [])])
    entries = {q: stored[place.id][q] for q, place in places.items() if q in stored[place.id]}
    asked = tuple(question for question in checklist.questions if question.id in places)
    return Form(tree, unit, period, checklist, sheet, asked, places, entries)
