"""The plan as tables: what to do for a budget, the curve, the order beside it, the next steps, and the rows of its numbers. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

import pandas as pd

from scoring.model import Step
from scoring.plan import DEFAULT, PlannedStep
from tenken.i18n import Words
from tenken.planning.costs import day_column, yen_column
from tenken.planning.read import Case, Worked, exact
from tenken.planning.words import days, move, part, reasons, yen
from tenken.tables import effect, marked, todo


def plan(worked: Worked, _: Words) -> pd.DataFrame:
    """A row per step: what, where, from which level to which, effort, yen, its part of the effect, the gap once it and all before it
    are done, and why."""
    names = [_("Order"), _("To do"), _("Unit"), _("Level"), _("Person-days"), _("Yen"), _("Part of the effect (%)"), _("Gap after it (%)"),
             _("Why this, why now")]  # fmt: skip
    gap, rows = worked.case.assessment.gap.gap, []
    for number, (step, why) in enumerate(zip(worked.best.steps, reasons(worked, _), strict=True), start=1):
        gap -= step.gap
        share = part(worked, step)
        rows.append([str(number), what(worked.case, step, _), where(worked.case, step, _), move(step), days(step.half_days), _yen(worked.case, step, _),
                     "―" if share is None else _.points(share), _.points(gap), why])  # fmt: skip
    return pd.DataFrame(rows, columns=names).drop(columns=[] if worked.case.prices.has_yen else [_("Yen")])


def what(case: Case, step: PlannedStep, _: Words) -> str:
    """What to do: the advice of every level on the way."""
    question = case.questions[step.question]
    if step.to_level is None:
        return marked(step.critical, _("Find out: {text}", text=_.text(question.text)), _)
    advice = " → ".join(_.text(question.advice[level]) for level in range(step.from_level or 0, step.to_level))
    return marked(step.critical, advice, _)


def where(case: Case, step: PlannedStep, _: Words) -> str:
    return _.text(case.tree.unit(step.node).name)


def _yen(case: Case, step: PlannedStep, _: Words) -> str:
    return yen(step.yen, _) if step.yen or case.prices.of.get(step.node, DEFAULT).day_rate else "―"


def order(worked: Worked, most: int, _: Words) -> pd.DataFrame:
    """The order in which nothing is taken back, with the effort so far; ○ where the best plan raises as far, ‖ where the budget ends."""
    names = [_("Order"), _("Person-days so far"), _("To do"), _("Unit"), _("Level"), _("Gap after it (%)"), _("In the best plan")]
    reached = {(step.node, step.question): step.to_level for step in worked.best.steps}
    gap, spent, rows = worked.case.assessment.gap.gap, 0, []
    for number, step in enumerate(worked.case.order[:most], start=1):
        gap, spent = gap - step.gap, spent + step.half_days
        there = (step.node, step.question) in reached and (reached[step.node, step.question] or 0) >= (step.to_level or 0)
        said = "○" if there else "―"
        rows.append([str(number), days(spent), what(worked.case, step, _), where(worked.case, step, _), move(step), _.points(gap),
                     said if spent <= worked.budget else _("beyond the budget")])  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def curve(worked: Worked, _: Words) -> pd.DataFrame:
    """The best plan and the order of every budget that the chart shows."""
    names = [_("Person-days"), _("Gap of the best plan (%)"), _("Gap of the order (%)"), _("Value of the best plan (%)")]
    best, nested = gaps_left(worked)
    values = worked.whole.values(worked.points)
    rows = [[days(budget), _.points(first), _.points(other), _.points(value)]
            for budget, first, other, value in zip(worked.points, best, nested, values, strict=True)]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def gaps_left(worked: Worked) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    """The gap that the best plan and the order leave at every budget of the chart."""
    gap, steps = worked.case.assessment.gap.gap, worked.case.order
    spent = list(accumulate(step.half_days for step in steps))
    taken = [Fraction(0), *accumulate(step.gap for step in steps)]
    best = tuple(gap - each for each in worked.whole.gaps(worked.points))
    return best, tuple(gap - taken[bisect_right(spent, budget)] for budget in worked.points)


def next_steps(case: Case, steps: Sequence[Step], others: Sequence[Step], other: str, _: Words) -> pd.DataFrame:
    """Next steps in one order, with their place in the other (its name is the head of that column)."""
    questions, sections = case.questions, {section.id: section for section in case.assessment.checklist.sections}
    place = {(step.question, step.level): number for number, step in enumerate(others, start=1)}
    names = [_("Order"), _("To do"), _("Section"), _("Level"), _("Effect"), _("Days"), _("Group"), other]
    rows = [
        [str(number), marked(step.critical, todo(questions[step.question], step, _), _),
         _.text(sections[questions[step.question].section].short), "？" if step.level is None else f"{step.level} → {step.level + 1}",
         effect(step, _), days(step.half_days), str(step.tie), str(place[step.question, step.level])]
        for number, step in enumerate(steps, start=1)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def rows_behind(worked: Worked, _: Words) -> pd.DataFrame:
    """The integers and fractions of every step's effect: gap = share of the cause × (times × weight × points) ÷ all points of the cause."""
    case = worked.case
    a, often = case.assessment, int(case.sheets.weights.sum())
    points = [choice.points for choice in a.checklist.choices]
    times = {(each.node, each.question): each.times for each in case.decisions}
    shares = {cause.cause: cause.share.central for cause in a.gap.causes}
    totals = {section: score.total for section, score in a.result.sections}
    names = [_("To do"), _("Unit"), _("Share of the cause"), _("Times"), _("Weight"), _("Points"), _("Gained"), _("All points of the section"),
             _("Effect on the gap, exact"), _("Of all points, exact")]  # fmt: skip
    rows = []
    for step in worked.best.steps:
        question = case.questions[step.question]
        count = times[step.node, step.question]
        gain = 0 if step.to_level is None else points[step.to_level] - points[step.from_level or 0]
        share = shares.get(question.section)
        rows.append([what(case, step, _), where(case, step, _), "―" if share is None else exact(share), f"{count} / {often}", str(question.weight), str(gain),
                     _.integer(count * question.weight * gain), _.integer(totals[question.section]), exact(step.gap), exact(step.loss)])  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def efforts(case: Case, _: Words) -> pd.DataFrame:
    """The table in which a company writes what its steps cost: the checklist's efforts in words beside its own in person-days."""
    company = case.prices.company
    costs = DEFAULT if company is None else case.prices.of[company.id]
    rows = []
    for question in case.questions.values():
        own = costs.of(question)
        cells = {day_column(level): half_days / 2 for level, (half_days, _yen) in enumerate(own)}
        prices = {yen_column(level): yen for level, (_days, yen) in enumerate(own)}
        rows.append(
            {"question": _.text(question.text), "checklist": " · ".join(days(half_days) for half_days in question.effort)} | cells | prices
        )
    return pd.DataFrame(rows)


def words_columns(_: Words) -> set[str]:
    """The columns that hold words; all others hold figures and stand right."""
    return {_("To do"), _("Unit"), _("Why this, why now"), _("Section"), _("In the best plan")}
