"""Where a command works and for whom: the organisation, the quarter, and the person by the name that they gave."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

import typer

from scoring.model import Checklist
from scoring.units import Tree, Unit
from tenken.auth import User, can
from tenken.editions import content_of
from tenken.errors import NotAllowed, NotFound
from tenken.form import Form, open_form
from tenken.settings import read_settings
from tenken.store import Period, Store

Who = Annotated[str, typer.Option("--person", help="Your name. Once roles are given, one of the names that have one.")]
When = Annotated[
    str, typer.Option("--period", help="The first day of the quarter, for example 2026-10-01; the newest open one when left out.")
]
Sample = Annotated[bool, typer.Option("--sample", help="The sample organisation instead of your own.")]


@dataclass(frozen=True, slots=True)
class Place:
    """One organisation and who is at work in it."""

    store: Store
    root: Unit
    user: User
    periods: tuple[Period, ...]

    @property
    def fiscal_start(self) -> int:
        return int(self.store.setting("fiscal_start") or 4)

    def quarter(self, start: str) -> "Desk":
        """The quarter that begins on this day, the newest open one without a day. Raises NotFound('no_period')."""
        newest = [period for period in self.periods if period.state == "open"] or list(self.periods)
        found = [period for period in self.periods if period.start.isoformat() == start] if start else newest
        if not found:
            raise NotFound("no_period", period=start)
        period = found[-1]
        return Desk(self, period, self.store.tree_of(period), content_of(self.store, period.pins).checklist)


@dataclass(frozen=True, slots=True)
class Desk:
    """One quarter of it."""

    place: Place
    period: Period
    tree: Tree
    checklist: Checklist

    @property
    def units(self) -> tuple[Unit, ...]:
        """What the person may look at, in the order of the tree."""
        ordered = [unit for root in self.tree.roots for unit in self.tree.below(root.id)]
        return tuple(unit for unit in ordered if can(self.place.user, "read", unit.id, self.tree))

    @property
    def earlier(self) -> Period | None:
        """The quarter before."""
        before = [period for period in self.place.periods if period.start < self.period.start]
        return before[-1] if before else None

    def form(self, code: str) -> Form:
        """The form of a unit by its code. Raises NotFound('no_unit')."""
        unit = next((unit for unit in self.units if unit.code == code), None)
        if unit is None:
            raise NotFound("no_unit", unit=code)
        return open_form(self.place.store, self.tree, unit, self.period, self.checklist)


def place(person: str, *, sample: bool) -> Place:
    """Raises NotFound('no_company'), NotAllowed('person_required' | 'no_such_person')."""
    store = Store.open(read_settings().store_url)
    root = store.company(sample=sample)
    if root is None:
        raise NotFound("no_company")
    return Place(store, root, _user(store, root, person), store.periods(root.id))


def _user(store: Store, root: Unit, name: str) -> User:
    """Nobody has checked the name (`identity: declared`); while nobody was given a role, and in the sample, any name will do."""
    persons = {} if root.sample else {person.name: person for person in store.persons(root.id)}
    if not persons:
        return User(name or str(store.setting("person") or ""), solo=True)
    if not name:
        raise NotAllowed("person_required")
    if name not in persons:
        raise NotAllowed("no_such_person", name=name)
    return User(name, persons[name].roles)


def day(text: str) -> date:
    """A day as YYYY-MM-DD; anything else is wrong usage."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text}: YYYY-MM-DD") from None
