"""What a file would change, before anything is written: three versions of every answer side by side.

As it was written into the file, as it stands in the file, as it stands in the store. Only what somebody changed in the
file is a change, and it is a conflict where somebody else changed the stored answer in the meantime to another value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from scoring.model import Answer, Evidence
from tenken.store.values import Entry
from tenken.workbook.form import carried
from tenken.workbook.problems import refused
from tenken.workbook.read import Given, Reading, UnitReading

Side = Literal["theirs", "mine"]


@dataclass(frozen=True, slots=True)
class Change:
    """The file says something else than the store, and nobody else did since; `after` None withdraws the answer."""

    question: str
    before: Answer | None
    after: Answer | None
    place: str

    @property
    def withdraws(self) -> bool:
        return self.after is None

    @property
    def keeps_evidence(self) -> bool:
        """Another level on the same evidence: worth a look, because evidence belongs to one version of an answer."""
        if self.before is None or self.after is None:
            return False
        return self.after.choice != self.before.choice and self.after.evidence == self.before.evidence is not None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody changed the answer after the file was written, and the file says something else again."""

    question: str
    theirs: Entry | None
    mine: Answer | None
    place: str


@dataclass(frozen=True, slots=True)
class UnitPreview:
    """Every row of one unit in exactly one place. `over`: question → id of the entry that stands now (0: none), for the
    lock of the store: what is written must not meet another one."""

    unit: str
    unchanged: tuple[str, ...]
    changes: tuple[Change, ...]
    conflicts: tuple[Conflict, ...]
    confirmed: tuple[str, ...]
    missing: tuple[str, ...]
    over: Mapping[str, int] = field(default_factory=dict)
    _held: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def changes_nothing(self) -> bool:
        return not (self.changes or self.conflicts or self.confirmed)

    def resolve(self, chosen: Mapping[str, Side]) -> dict[str, Answer | None]:
        """question → what to write (None withdraws), once every conflict is decided; what was confirmed is written anew.

        Raises ImportRefused('undecided') while a conflict is open.
        """
        if open_ := [conflict for conflict in self.conflicts if conflict.question not in chosen]:
            raise refused("undecided", n=len(open_))
        written: dict[str, Answer | None] = {change.question: change.after for change in self.changes}
        written |= {conflict.question: conflict.mine for conflict in self.conflicts if chosen[conflict.question] == "mine"}
        return written | {question: self._held[question] for question in self.confirmed}

    def writes(self, chosen: Mapping[str, Side]) -> dict[str, tuple[Answer | None, int]]:
        """As `resolve`, each with the id of the entry that it goes over: what `Store.save_all` takes for a sheet."""
        return {question: (answer, self.over[question]) for question, answer in self.resolve(chosen).items()}


@dataclass(frozen=True, slots=True)
class Preview:
    """One part per unit of the file, in its order."""

    units: tuple[UnitPreview, ...]

    @property
    def changes_nothing(self) -> bool:
        return all(unit.changes_nothing for unit in self.units)

    def resolve(self, chosen: Mapping[str, Mapping[str, Side]]) -> dict[str, dict[str, Answer | None]]:
        """unit code → what `UnitPreview.resolve` gives; `chosen` by unit code and question."""
        return {unit.unit: unit.resolve(chosen.get(unit.unit, {})) for unit in self.units}


def preview(reading: Reading, current: Mapping[str, Mapping[str, Entry | None]]) -> Preview:
    """Compares with `current`: unit code → question → the newest entry of the log, None or absent where there is none."""
    return Preview(tuple(_unit(unit, current.get(unit.unit, {})) for unit in reading.units))


def _unit(unit: UnitReading, current: Mapping[str, Entry | None]) -> UnitPreview:
    unchanged: list[str] = []
    changes: list[Change] = []
    conflicts: list[Conflict] = []
    confirmed: dict[str, Answer] = {}
    for given in unit.rows:
        entry = current.get(given.question)
        stands = entry.answer if entry else None
        newer = given.seen is not None and given.seen != (entry.id if entry else 0)
        if given.touched and not same(given.answer, stands):
            mine = _with_file(given, stands)
            if newer:
                conflicts.append(Conflict(given.question, entry, mine, given.place))
            else:
                changes.append(Change(given.question, stands, mine, given.place))
        elif _confirmed(given, newer) and stands:
            confirmed[given.question] = stands
        else:
            unchanged.append(given.question)
    over = {given.question: entry.id if (entry := current.get(given.question)) else 0 for given in unit.rows}
    return UnitPreview(unit.unit, tuple(unchanged), tuple(changes), tuple(conflicts), tuple(confirmed), unit.missing, over, confirmed)


def _with_file(given: Given, stands: Answer | None) -> Answer | None:
    """A workbook carries the name of a file only: the file is the one that the stored answer has under this name. Where it
    has none any more, there is no evidence; a name alone would only look like it."""
    if given.answer is None or given.answer.evidence is None:
        return given.answer
    kept = stands.evidence if stands else None
    if kept and kept.file and carried(kept.link) == given.answer.evidence.link:
        return replace(given.answer, evidence=replace(given.answer.evidence, file=kept.file))
    return replace(given.answer, evidence=None) if given.file else given.answer


def _confirmed(given: Given, newer: bool) -> bool:
    """What somebody changed in the meantime was looked at by them."""
    return given.confirmed and not newer


def same(one: Answer | None, other: Answer | None) -> bool:
    """Equal but for what a cell cannot carry and for who said so: the profile or a person."""
    return _carried(one) == _carried(other)


def _carried(answer: Answer | None) -> tuple[str, str, str, Evidence | None] | None:
    if answer is None:
        return None
    link = carried(answer.evidence.link) if answer.evidence else ""
    evidence = Evidence(link, answer.evidence.dated) if answer.evidence and link else None
    return answer.choice, carried(answer.reason), carried(answer.note), evidence
