"""The organisation as a tree, and who answers what in it (docs/scoring.md, units).

group › company › department › section; suppliers stand beside them: a supplier inherits nothing, answers for itself
and is part of no sum. Company-scope answers are kept on group and company nodes, and on a supplier's own sheet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from scoring.errors import UnitsError
from scoring.model import Checklist, Owner, Question, Text

UnitKind = Literal["group", "company", "department", "section", "supplier"]
SUPPLIER: UnitKind = "supplier"
COMPANIES: tuple[UnitKind, ...] = ("group", "company")


@dataclass(frozen=True, slots=True)
class Unit:
    """One node. `code` is its word in files, unique where there is one; `owners` are the company-scope duties that it answers
    for its company; `weight` (≥ 0) is how often it counts in sums; valid from and to are both included, None is open."""

    id: int
    parent: int | None
    kind: UnitKind
    name: Text
    reporting: bool
    sample: bool
    code: str = ""
    headcount: int | None = None
    owners: tuple[Owner, ...] = ()
    weight: int = 1
    valid_from: date | None = None
    valid_to: date | None = None

    def stands(self, day: date) -> bool:
        """Whether the unit exists on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    @property
    def is_supplier(self) -> bool:
        return self.kind == SUPPLIER

    @property
    def is_company(self) -> bool:
        """Whether company-scope answers can stand here for all below."""
        return self.kind in COMPANIES


@dataclass(frozen=True, slots=True)
class Tree:
    """Units that stand together, parents in any order; children keep the order of `units`.

    Raises UnitsError: duplicate_id, duplicate_code, unknown_parent, cycle, below_supplier (only suppliers of a
    supplier may stand below it); and unknown_unit when asked for a unit that is not here.
    """

    units: tuple[Unit, ...]
    _by_id: dict[int, Unit] = field(init=False, repr=False, compare=False)
    _children: dict[int | None, tuple[Unit, ...]] = field(init=False, repr=False, compare=False)
    _depths: dict[int, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = {unit.id: unit for unit in self.units}
        _refuse_twice((str(unit.id) for unit in self.units), "duplicate_id")
        _refuse_twice((unit.code for unit in self.units if unit.code), "duplicate_code")
        below: dict[int | None, list[Unit]] = {}
        for unit in self.units:
            parent = None if unit.parent is None else by_id.get(unit.parent)
            if unit.parent is not None and parent is None:
                raise UnitsError("unknown_parent", _word(unit), str(unit.parent))
            if parent is not None and parent.is_supplier and not unit.is_supplier:
                raise UnitsError("below_supplier", _word(unit), _word(parent))
            below.setdefault(unit.parent, []).append(unit)
        object.__setattr__(self, "_by_id", by_id)
        object.__setattr__(self, "_children", {parent: tuple(units) for parent, units in below.items()})
        object.__setattr__(self, "_depths", dict(self._levels()))
        lost = [unit for unit in self.units if unit.id not in self._depths]
        if lost:  # whoever cannot be reached from a root stands in a cycle, or below one
            raise UnitsError("cycle", _word(lost[0]))

    def _levels(self) -> Iterator[tuple[int, int]]:
        level, depth = self.roots, 0
        while level:
            yield from ((unit.id, depth) for unit in level)
            level, depth = tuple(child for unit in level for child in self._children.get(unit.id, ())), depth + 1

    def __contains__(self, unit_id: int) -> bool:
        return unit_id in self._by_id

    def unit(self, unit_id: int) -> Unit:
        if unit_id not in self._by_id:
            raise UnitsError("unknown_unit", str(unit_id))
        return self._by_id[unit_id]

    @property
    def roots(self) -> tuple[Unit, ...]:
        return self._children.get(None, ())

    def children(self, unit_id: int) -> tuple[Unit, ...]:
        return self._children.get(self.unit(unit_id).id, ())

    def depth(self, unit_id: int) -> int:
        """0 for a root."""
        return self._depths[self.unit(unit_id).id]

    def path(self, unit_id: int) -> tuple[Unit, ...]:
        """From the unit up to its root: where its answers come from. A supplier's path is itself alone."""
        found = [self.unit(unit_id)]
        while not found[0].is_supplier and found[-1].parent is not None:
            found.append(self._by_id[found[-1].parent])
        return tuple(found)

    def below(self, unit_id: int) -> tuple[Unit, ...]:
        """The branch, the unit itself first, depth first."""
        found, waiting = list[Unit](), [self.unit(unit_id)]
        while waiting:
            unit = waiting.pop()
            found.append(unit)
            waiting.extend(reversed(self._children.get(unit.id, ())))
        return tuple(found)

    def reporting(self, unit_id: int) -> tuple[Unit, ...]:
        """The units whose scores make up the branch's. Suppliers are not among them."""
        return tuple(unit for unit in self.below(unit_id) if unit.reporting and not unit.is_supplier)

    def suppliers(self, unit_id: int) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.below(unit_id) if unit.is_supplier)

    def company_of(self, unit_id: int) -> Unit | None:
        """The node that holds the company-scope answers: the nearest company or group on the path, itself included."""
        return next((unit for unit in self.path(unit_id) if unit.is_company), None)

    def asks(self, unit: Unit, checklist: Checklist) -> tuple[Question, ...]:
        """The questions that stand on the unit's own sheet."""
        scopes = {"unit"} if unit.reporting or unit.is_supplier else set[str]()
        if unit.is_company or unit.is_supplier:
            scopes.add("company")
        return tuple(question for question in checklist.questions if question.scope in scopes)

    def duty_holder(self, company_id: int, owner: Owner) -> Unit:
        """Who answers the company-scope questions of `owner`: the first unit below the company node that names this duty,
        nearer companies' own units left out; without one, the node itself."""
        company = self.unit(company_id)
        holders = (unit for unit in self.below(company_id)[1:] if owner in unit.owners and self.company_of(unit.id) == company)
        return next(holders, company)

    def writes_for(self, unit: Unit, checklist: Checklist) -> tuple[Question, ...]:
        """The company-scope questions that this unit answers: on the sheet of its company node (`company_of`), a supplier
        all of them on its own."""
        asked = tuple(question for question in checklist.questions if question.scope == "company")
        if unit.is_supplier:
            return asked
        company = self.company_of(unit.id)
        if company is None:
            return ()
        held = {owner for owner in {question.owner for question in asked} if self.duty_holder(company.id, owner) == unit}
        return tuple(question for question in asked if question.owner in held)


def _refuse_twice(words: Iterable[str], code: str) -> None:
    seen = set[str]()
    for word in words:
        if word in seen:
            raise UnitsError(code, word)
        seen.add(word)


def _word(unit: Unit) -> str:
    """How an error names a unit: as files do."""
    return unit.code or str(unit.id)
