"""Keeping scenarios: who may is asked first (`auth.demand`, action `plan`)."""

from collections.abc import Sequence

from scoring.units import Tree
from scoring.whatif import Assumption
from tenken.auth import User, demand
from tenken.store import Period, Scenario, Store


def save(
    store: Store, user: User, tree: Tree, period: Period, unit_id: int, name: str, assumptions: Sequence[Assumption], proven: bool
) -> Scenario:
    """Keeps a new scenario of a unit. Raises NotAllowed and what `Store.add_scenario` raises."""
    demand(user, "plan", unit_id, tree)
    return store.add_scenario(period.root, unit_id, period.id, name, assumptions, proven=proven, person=user.name)


def change(
    store: Store, user: User, tree: Tree, seen: Scenario, name: str, assumptions: Sequence[Assumption], proven: bool
) -> Scenario:  # fmt: skip
    """Another name or other assumptions. Raises NotAllowed and what `Store.change_scenario` raises."""
    demand(user, "plan", seen.unit, tree)
    return store.change_scenario(seen, name, assumptions, proven=proven, person=user.name)


def remove(store: Store, user: User, tree: Tree, seen: Scenario) -> Scenario:
    """Takes a scenario away. Raises NotAllowed and what `Store.remove_scenario` raises."""
    demand(user, "plan", seen.unit, tree)
    return store.remove_scenario(seen, person=user.name)


def bring_back(store: Store, user: User, tree: Tree, gone: Scenario) -> Scenario:
    """A scenario that was removed, in its own quarter. Raises NotAllowed and what `Store.add_scenario` raises."""
    demand(user, "plan", gone.unit, tree)
    return store.add_scenario(gone.root, gone.unit, gone.period, gone.name, gone.assumptions, proven=gone.proven, person=user.name)
