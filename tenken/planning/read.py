"""The case of a node: what can be decided there, the best plan of every budget, and the order beside it. Pure but for `open_case`."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from scoring.assessment import Assessment, Outside, assess_sheets, express_view
from scoring.errors import PlanError
from scoring.model import OPEN, Question, Step
from scoring.plan import Curve, Decision, Planned, PlannedStep, curve, decisions, greedy, left_out, within
from scoring.portfolio import Portfolio, View, assess_units
from scoring.sheets import Sheets
from scoring.steps import steps_of
from scoring.units import Tree, Unit
from tenken.corrective.decided import raising
from tenken.i18n import Words
from tenken.planning.costs import Prices
from tenken.store import ActionDraft

DAYS_A_UNIT = 5  # person-days for every reporting unit: the budget that stands there before anybody has chosen one
CURVE_POINTS = 40
SHOWN_CELLS, MOST_CELLS = 20_000_000, 300_000_000  # decisions × half days: a fifth of a second and 20 MB; three seconds and 300 MB


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """`order`: everything, level by level, nothing taken back; `steps`: next
    steps by value, with this α; `express`: the numbers are those of the express check;
    `to_target`: nothing is planned beyond the targets."""

    tree: Tree
    node: Unit
    view: View
    express: bool
    assessment: Assessment
    sheets: Sheets
    alpha: Fraction
    prices: Prices
    decisions: tuple[Decision, ...]
    order: tuple[PlannedStep, ...]
    steps: tuple[Step, ...]
    to_target: bool = False

    @property
    def questions(self) -> dict[str, Question]:
        return {question.id: question for question in self.assessment.checklist.questions}

    @property
    def plain(self) -> tuple[Step, ...]:
        """`steps` by lost points alone, as if every cause were as frequent, and none critical."""
        return tuple(sorted(self.steps, key=lambda step: (-step.loss, step.half_days, step.question)))

    @property
    def effort(self) -> int:
        """Half days until nothing is left to decide."""
        return sum(step.half_days for step in self.order)


@dataclass(frozen=True, slots=True, eq=False)
class Worked:
    """A case with a budget in half days: the best plans of all budgets as far as they are shown, that of this one, and as much of
    the order as it pays for."""

    case: Case
    budget: int
    whole: Curve
    best: Planned
    nested: Planned

    @property
    def left_out(self) -> tuple[Decision, ...]:
        """Critical ones that stay below the level."""
        return left_out(self.case.decisions, self.best.steps)

    @property
    def after(self) -> Fraction:
        """The gap once the plan is done."""
        return self.case.assessment.gap.gap - self.best.gap

    @property
    def score_after(self) -> Fraction | None:
        total = self.case.assessment.result.total
        return Fraction(total.earned + int(self.best.loss * total.total), total.possible) if total.possible else None

    @property
    def points(self) -> tuple[int, ...]:
        """The budgets that the curve shows, in half days, this one among them."""
        end = max(1, self.whole.most)
        pace = max(1, -(-end // CURVE_POINTS))
        return tuple(sorted({*range(0, end + 1, pace), min(self.budget, end), end}))


def open_case(
    portfolio: Portfolio,
    node: Unit,
    outside: Outside,
    prices: Prices,
    view: View = "whole",
    alpha: Fraction | None = None,
    ceiling: Mapping[int, Mapping[str, int]] | None = None,
) -> Case | None:
    """None when nothing reports at the node. A company alone that has answered no more than the express check is judged by it.
    `ceiling`: as in `scoring.plan.decisions`."""
    tree = portfolio.book.tree
    a, express = _judged(portfolio, node, outside, view)
    if a is None or a.sheets is None:
        return None
    mix = a.checklist.alpha if alpha is None else alpha
    units = tuple(unit.id for unit in tree.units)
    found = decisions(a.checklist, a.sheets, units, a.gap, prices.of, mix, ceiling)
    steps = steps_of(a.checklist, a.sheets, a.result, a.gap, mix)
    return Case(tree, node, view, express, a, a.sheets, mix, prices, found, greedy(found), steps, bool(ceiling))


def _judged(portfolio: Portfolio, node: Unit, outside: Outside, view: View) -> tuple[Assessment | None, bool]:
    if len(portfolio.book.tree.units) == 1:
        sheets, checklist = portfolio.of(node.id), portfolio.book.checklist
        asked = np.array([question.express for question in checklist.questions], dtype=np.bool_)
        beyond = (sheets.claimed != OPEN) & ~sheets.by_profile & ~asked
        if len(sheets.weights) and not beyond.any():
            rows = np.arange(len(sheets.weights))
            return assess_sheets(express_view(checklist), sheets.part(rows, asked, sheets.weights), portfolio.book.as_of, outside), True
    return assess_units(portfolio, node.id, outside, view), False


def work(case: Case, budget: int) -> Worked:
    """`budget` in half days; the curve goes to twice of it, to the end, or as far as many decisions leave room for.

    Raises PlanError(plan_too_large) for a budget and decisions that no memory should hold."""
    wanted, many = min(budget, case.effort), max(1, len(case.decisions))
    if wanted * many > MOST_CELLS:
        raise PlanError("plan_too_large", "budget", f"{MOST_CELLS // many // 2:,}")
    whole = curve(case.decisions, max(wanted, min(case.effort, 2 * budget or case.effort // 4, SHOWN_CELLS // many)))
    return Worked(case, budget, whole, whole.plan(budget), within(case.order, budget))


def sensible(case: Case) -> int:
    """A budget in half days to begin with: five person-days for every unit, and never more than everything takes."""
    return min(2 * DAYS_A_UNIT * len(case.sheets.weights), case.effort)


def exact(value: Fraction) -> str:
    """A fraction as files and promises keep it: '3/7'."""
    return f"{value.numerator}/{value.denominator}"


def drafts(case: Case, planned: Planned, _: Words) -> tuple[ActionDraft, ...]:
    """The steps as corrective actions; what each promises is worked out where it is written down."""
    return tuple(
        raising(case.questions[step.question], step.node, (step.from_level, step.to_level), "plan", step.half_days, step.yen, _)
        for step in planned.steps
    )
