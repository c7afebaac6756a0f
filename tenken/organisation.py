"""The organisation: units, the people in it and what they may do, the fiscal year. Who changes what is asked of tenken/auth.py.

What is to be is checked here against all that is there (`faults`), so that a page and a file can say everything that is wrong at
once; the store refuses what is no tree for itself, too.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from scoring.errors import UnitsError
from scoring.units import COMPANIES, SUPPLIER, Tree, Unit
from tenken.auth import User, can, demand
from tenken.errors import Conflict
from tenken.store import Store
from tenken.store.units import Applied
from tenken.store.values import Person, Role, UnitPlan

# A word without blanks that no spreadsheet takes for a formula and no command line for an option.
CODE: Final = re.compile(r"\w[\w.-]{0,39}")
MOST: Final = 1_000_000  # people in a unit, and how often it may count
# Whoever gives the first role keeps what it takes to go on.
FIRST: Final[tuple[Role, ...]] = ("administrator", "office")


@dataclass(frozen=True, slots=True)
class Organisation:
    """All units of one organisation as they stand last, ended ones too, and everybody with a role in it."""

    root: Unit
    tree: Tree
    persons: tuple[Person, ...]

    @property
    def ordered(self) -> tuple[Unit, ...]:
        """The units in the order of the tree."""
        return self.tree.below(self.root.id)

    @property
    def by_code(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in self.tree.units}

    @property
    def plans(self) -> dict[str, UnitPlan]:
        """Every unit as a plan that changes nothing, by its code, in the order of the tree."""
        return {unit.code: self.plan(unit) for unit in self.ordered}

    def plan(self, unit: Unit) -> UnitPlan:
        parent = "" if unit.parent is None else self.tree.unit(unit.parent).code
        return UnitPlan(
            unit.code, parent, unit.kind, unit.name, unit.reporting, unit.headcount, unit.owners, unit.weight, unit.valid_to
        )  # fmt: skip


def organisation_of(store: Store, root: Unit) -> Organisation:
    """Raises StoreError."""
    units = tuple(unit for unit in store.units() if unit.sample == root.sample)
    now = next(unit for unit in units if unit.id == root.id)
    return Organisation(now, Tree(units), store.persons(root.id))


# --- units -----------------------------------------------------------------------------------------------------------


def settled(plan: UnitPlan) -> UnitPlan:
    """A supplier answers for itself, holds no duty of ours and is part of no sum."""
    return replace(plan, reporting=True, owners=(), weight=0) if plan.kind == SUPPLIER else plan


def faults(plans: Sequence[UnitPlan], there: Organisation) -> Iterator[UnitsError]:
    """Everything because of which these units cannot be: each one names its unit."""
    wanted = there.plans | {plan.code: plan for plan in plans}
    round_about = _cycles(wanted)
    seen = set[str]()
    for plan in plans:
        if plan.code in seen:
            yield UnitsError("duplicate_code", plan.code)
        seen.add(plan.code)
        yield from _of_one(plan, there)
        if plan.parent and plan.parent not in wanted:
            yield UnitsError("unknown_parent", plan.code, plan.parent)
        elif plan.parent and wanted[plan.parent].kind == SUPPLIER and plan.kind != SUPPLIER:
            yield UnitsError("below_supplier", plan.code, plan.parent)
        if plan.code in round_about:
            yield UnitsError("cycle", plan.code, plan.parent)


def _of_one(plan: UnitPlan, there: Organisation) -> Iterator[UnitsError]:
    if not CODE.fullmatch(plan.code):
        yield UnitsError("bad_code", plan.code)
    if not plan.name.ja.strip() or not plan.name.en.strip():
        yield UnitsError("unit_name", plan.code)
    if (not plan.parent) != (plan.code == there.root.code):
        yield UnitsError("second_root", plan.code, there.root.code)
    if plan.code == there.root.code and plan.kind not in COMPANIES:
        yield UnitsError("root_kind", plan.code)
    if plan.code == there.root.code and plan.valid_to:
        yield UnitsError("root_ends", plan.code)
    if not (0 <= plan.weight <= MOST and 0 <= (plan.headcount or 0) <= MOST):
        yield UnitsError("unit_number", plan.code)
    before = there.by_code.get(plan.code)
    if before and plan.valid_to and before.valid_from and plan.valid_to < before.valid_from:
        yield UnitsError("ends_before_it_begins", plan.code)


def _cycles(wanted: Mapping[str, UnitPlan]) -> frozenset[str]:
    """Codes of the units that would stand below themselves."""
    done, found = set[str](), set[str]()
    for code in wanted:
        path: dict[str, None] = {}
        while code in wanted and code not in done and code not in path:
            path[code] = None
            code = wanted[code].parent
        if code in path:
            ring = [*path]
            found.update(ring[ring.index(code) :])
        done |= path.keys()
    return frozenset(found)


def apply_units(
    store: Store,
    user: User,
    root: Unit,
    plans: Sequence[UnitPlan],
    *,
    since: date | None,
    seen: Mapping[str, UnitPlan | None] | None = None,
) -> Applied:
    """Creates and changes units, all or none; see `Store.apply_units`. `seen`: what stood there when the change was thought of,
    None for what was not there. Raises UnitsError, NotAllowed, Conflict('units_changed')."""
    there = organisation_of(store, root)
    plans = tuple(map(settled, plans))
    for fault in faults(plans, there):
        raise fault
    before = there.plans
    if seen is not None and (other := [code for code, plan in seen.items() if before.get(code) != plan]):
        raise Conflict("units_changed", unit=other[0])
    for plan in plans:
        if before.get(plan.code) != plan:
            _demand(user, plan, there)
    return store.apply_units(root.id, plans, since=since, person=user.name)


def _demand(user: User, plan: UnitPlan, there: Organisation) -> None:
    """Where it stands and where it is to stand; below a unit that is made by the same plan, the root."""
    known = there.by_code
    for code in {plan.code, plan.parent} & known.keys() or {there.root.code}:
        demand(user, "units", known[code].id, there.tree)


def remove_unit(store: Store, user: User, root: Unit, code: str) -> None:
    """Takes away a unit that never answered. Raises Conflict('unit_in_use'), UnitsError('unknown_unit'), NotAllowed."""
    there = organisation_of(store, root)
    unit = named(there, code)
    demand(user, "units", unit.id, there.tree)
    store.remove_unit(unit.id, person=user.name)


def named(there: Organisation, code: str) -> Unit:
    """The unit with this code. Raises UnitsError('unknown_unit')."""
    if code not in there.by_code:
        raise UnitsError("unknown_unit", code)
    return there.by_code[code]


# --- people ----------------------------------------------------------------------------------------------------------


def put_person(store: Store, user: User, root: Unit, name: str, roles: Collection[tuple[Role, int]]) -> Person:
    """Gives somebody these roles and no others; none takes them all away.

    Raises NotAllowed, Conflict('first_roles' | 'last_administrator' | 'name_missing').
    """
    name = " ".join(name.split())
    if not name:
        raise Conflict("name_missing")
    there = organisation_of(store, root)
    if not there.persons and not {(role, root.id) for role in FIRST} <= {*roles}:
        raise Conflict("first_roles")
    old = next((person.roles for person in there.persons if person.name == name), ())
    for _role, unit_id in {*old} ^ {*roles}:
        demand(user, "people", unit_id, there.tree)

    def looked_after(persons: tuple[Person, ...]) -> None:
        if not any(("administrator", root.id) in person.roles for person in persons):
            raise Conflict("last_administrator")

    return store.put_person(root.id, name, roles, person=user.name, check=looked_after)


def unreviewed(there: Organisation) -> tuple[Unit, ...]:
    """Units that report whose answers nobody could approve but whoever gave them: nobody approves what they answered."""
    users = [User(person.name, person.roles) for person in there.persons]
    found = []
    for unit in there.ordered:
        if unit.reporting:
            reviewers = {user.name for user in users if can(user, "review", unit.id, there.tree)}
            answering = {user.name for user in users if can(user, "answer", unit.id, there.tree)}
            if not reviewers or (len(reviewers) == 1 and answering <= reviewers):
                found.append(unit)
    return tuple(found)


# --- settings --------------------------------------------------------------------------------------------------------


def set_fiscal_start(store: Store, user: User, root: Unit, month: int) -> None:
    """The month (1..12) in which fiscal years begin, for quarters that are opened from now on. Raises NotAllowed, UnitsError."""
    demand(user, "settings", root.id, organisation_of(store, root).tree)
    if month not in range(1, 13):
        raise UnitsError("fiscal_month", root.code, str(month))
    store.put_setting("fiscal_start", month)
