"""How far a unit, its quarters or many units side by side are from their targets. None, or nothing, where no target is set."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring.assessment import Assessment
from scoring.engine import places
from scoring.model import Checklist
from scoring.portfolio import Portfolio, View
from scoring.targets import Aim, Chosen, Targets, ToTarget, ceiling, each_to_target, merged, of_units, targets, to_target, wanted
from scoring.units import Tree, Unit
from tenken.aiming.chosen import chosen_in, profiles
from tenken.content import load_content
from tenken.course import Course
from tenken.store import Store


@dataclass(frozen=True, slots=True, eq=False)
class Aimed:
    """How far it is, and under which name: the profile that all that counts here has underneath, None where there are several or
    none; `adjusted`: something differs from it."""

    found: ToTarget
    profile: str | None
    adjusted: bool


def targets_of(store: Store, tree: Tree, unit: Unit, checklist: Checklist | None = None) -> Targets | None:
    """The targets of one unit's own sheet, by the shipped checklist unless another is given. Raises StoreError."""
    chosen = chosen_in(store, tree)
    return targets(checklist or load_content().checklist, profiles(), merged(tree, chosen, unit)) if chosen else None


def targets_by_unit(store: Store, tree: Tree, checklist: Checklist | None = None) -> dict[int, Targets]:
    """{unit id: the targets of its own sheet}; units without are left out. Raises StoreError."""
    return of_units(checklist or load_content().checklist, profiles(), tree, chosen_in(store, tree))


def ceilings(store: Store, tree: Tree, checklist: Checklist) -> dict[int, dict[str, int]]:
    """{unit id: {question: the highest level worth planning for}}; empty without any target. Raises StoreError."""
    return {unit: ceiling(checklist, found) for unit, found in targets_by_unit(store, tree, checklist).items()}


def aimed(store: Store, tree: Tree, unit: Unit, a: Assessment) -> Aimed | None:
    """How far what was judged is from its targets. Raises StoreError."""
    return aimed_by(chosen_in(store, tree), tree, unit, a)


def aimed_by(chosen: Mapping[int, Chosen], tree: Tree, unit: Unit, a: Assessment) -> Aimed | None:
    """The same, by targets that need not be stored yet."""
    found = of_units(a.checklist, profiles(), tree, chosen)
    units = _counted(tree, unit) if a.sheets is not None else (unit,)
    mine = [found[each.id] for each in units if each.id in found]
    if not mine:
        return None
    if a.sheets is not None:
        way = to_target(a.checklist, a.sheets, a.gap, wanted(a.checklist, tree, found, a.sheets))
    else:
        way = to_target(a.checklist, a.answers, a.gap, mine[0])
    different = {id(each): each for each in mine}.values()
    names = {each.profile for each in different}
    name = next(iter(names)) if len(names) == 1 and len(mine) == len(units) else None
    plain = targets(a.checklist, profiles(), Chosen(name)) if name else None
    return Aimed(way, name, any(each != plain for each in different))


def _counted(tree: Tree, unit: Unit) -> tuple[Unit, ...]:
    """The units whose targets make up a node's."""
    return tuple(each for each in tree.below(unit.id) if unit.is_supplier or not each.is_supplier)


def course_aims(store: Store, course: Course) -> tuple[ToTarget | None, ...]:
    """Every quarter of a course against the targets as they stand now. Raises StoreError."""
    trees = [portfolio.book.tree for portfolio, _outside in course.quarters]
    chosen = chosen_in(store, trees[-1]) if trees else {}
    ways = list[ToTarget | None]()
    for (portfolio, _outside), point in zip(course.quarters, course.points, strict=True):
        tree, checklist = portfolio.book.tree, portfolio.checklist(course.view)
        found = of_units(checklist, profiles(), tree, {key: each for key, each in chosen.items() if key in tree})
        if not found or point.gap is None or course.node not in tree:
            ways.append(None)
            continue
        sheets = portfolio.of(course.node, course.view)
        ways.append(to_target(checklist, sheets, point.gap, wanted(checklist, tree, found, sheets)))
    return tuple(ways)


def unit_aims(store: Store, portfolio: Portfolio, view: View, *, evidenced: bool = False) -> dict[int, Aim]:
    """{unit id: how far it is by itself}; empty without any target. Raises StoreError."""
    tree, checklist = portfolio.book.tree, portfolio.checklist(view)
    found = of_units(checklist, profiles(), tree, chosen_in(store, tree))
    if not found:
        return {}
    columns = np.zeros(portfolio.sheets.claimed.shape[1], dtype=np.bool_)
    columns[[places(portfolio.book.checklist)[question.id] for question in checklist.questions]] = True
    sheets = portfolio.sheets.part(np.arange(len(portfolio.units)), columns, portfolio.sheets.weights)
    said = sheets.evidenced if evidenced else sheets.claimed
    aims = each_to_target(checklist, said, wanted(checklist, tree, found, sheets))
    return {unit.id: aim for unit, aim in zip(portfolio.units, aims, strict=True)}
