"""The supposed incident of a company as it is kept: under the key 'cost' of the company's node, off until somebody switches it on."""

from dataclasses import dataclass, replace
from typing import Any, Final

from scoring.cost import CostBook, Insurance, Price, Scenario, check
from scoring.units import Tree, Unit
from tenken.auth import User, demand
from tenken.store import Store

KEY: Final = "cost"


@dataclass(frozen=True, slots=True)
class Kept:
    """`version`: of what is stored, 0 before the first write."""

    scenario: Scenario
    on: bool = False
    version: int = 0


def company_of(tree: Tree, unit: Unit) -> Unit:
    """The company or group that the unit belongs to: one estimate each."""
    while not unit.is_company and unit.parent is not None:
        unit = tree.unit(unit.parent)
    return unit


def start(book: CostBook) -> Scenario:
    """What stands before anybody has said anything: the first kind, nobody, no day of stop, the shipped prices."""
    return Scenario(book.kinds[0].id)


def read(store: Store, node: int, book: CostBook) -> Kept:
    """What is stored at the company. Raises StoreError."""
    settled = store.settled(node, KEY)
    value: dict[str, Any] | None = settled.value
    if value is None:
        return Kept(start(book), version=settled.version)
    return Kept(_scenario(value, book), on=bool(value["on"]), version=settled.version)


def write(store: Store, user: User, tree: Tree, root: int, node: int, book: CostBook, kept: Kept) -> Kept:
    """Stores `kept`, whose version is the one that was on screen. Raises CostError, NotAllowed, Conflict('setting_changed')."""
    demand(user, "plan", node, tree)
    check(book, kept.scenario)
    done = store.settle(root, node, KEY, _value(kept), person=user.name, seen=kept.version)
    return replace(kept, version=done.version)


def _value(kept: Kept) -> dict[str, Any]:
    said = kept.scenario
    return {
        "on": kept.on,
        "kind": said.kind,
        "persons": said.persons,
        "days": said.days,
        "seed": said.seed,
        "deductible": said.insurance.deductible,
        "limit": said.insurance.limit,
        "prices": {name: [price.low, price.mode, price.high] for name, price in said.prices},
        "included": dict(said.included),
        "assumed": dict(said.assumed),
    }


def _scenario(value: dict[str, Any], book: CostBook) -> Scenario:
    """What a later edition of the data does not know any more is left out."""
    items, assumed = {item.id for item in book.items}, {each.id for each in book.assumptions}
    return Scenario(
        kind=value["kind"] if any(kind.id == value["kind"] for kind in book.kinds) else book.kinds[0].id,
        persons=value["persons"],
        days=value["days"],
        seed=value["seed"],
        insurance=Insurance(value["deductible"], value["limit"]),
        prices=tuple((name, Price(*price)) for name, price in value["prices"].items() if name in items),
        included=tuple((name, is_in) for name, is_in in value["included"].items() if name in items),
        assumed=tuple((name, number) for name, number in value["assumed"].items() if name in assumed),
    )
