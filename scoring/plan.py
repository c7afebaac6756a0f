"""The plan for a budget (docs/scoring.md, 5): which questions to raise to which level, so that

    Σ value = Σ α × Δgap + (1 − α) × Δloss / Σ total

is as large as the budget allows. A multiple-choice knapsack: a stored answer is a decision, every higher level is a choice
with the effort of all steps up to it in half days, and one dynamic programme gives the optimum of every budget at once. Ties:
fewer steps, then less effort, then question id.

Optimal plans are not nested: what the best plan for 20 days buys may be missing in the best one for 30. `greedy` is the order
beside it in which nothing is ever taken back.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import lcm
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.engine import places
from scoring.errors import PlanError
from scoring.model import NOT_APPLICABLE, OPEN, UNKNOWN, Checklist, Gap, Question
from scoring.sheets import Sheets, Sums
from scoring.steps import FIND_OUT_HALF_DAYS

MOST_DAYS = 20_000  # person-days: more is no budget for this
DECIMAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
ZERO = Fraction(0)
KEY_BITS = 63
RATIO_BITS = 96  # two different values per half day differ by far more than 2⁻⁹⁶
Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Costs:
    """What steps cost at a node. `steps`: question → per level (half days, purchase in yen); what is not in it, or belongs to
    another scale, costs what the checklist says and needs no purchase. `day_rate`: yen per person-day; 0: nobody has said."""

    day_rate: int = 0
    steps: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def of(self, question: Question) -> tuple[tuple[int, int], ...]:
        """(half days, purchase in yen) of every step from level i to i + 1."""
        own = self.steps.get(question.id, ())
        return own if len(own) == len(question.effort) else tuple((effort, 0) for effort in question.effort)

    def labour(self, half_days: int) -> int:
        """Whole yen, half up."""
        return (half_days * self.day_rate + 1) // 2


DEFAULT = Costs()


@dataclass(frozen=True, slots=True)
class Option:
    """Raise to `to_level` (None: find out what an `unknown` is): the half days of all steps up to it, and what it takes off:
    `gap` of the index, `loss` of all points, `value` their mix. Finding out is valued by what the first level would bring, so
    that it can be chosen, and takes nothing off. `yen`: purchases and labour, shown and no second budget."""

    to_level: int | None
    half_days: int
    value: Fraction
    gap: Fraction
    loss: Fraction
    yen: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """One stored answer that can be raised, however many units inherit it. `node`: the unit on whose sheet it stands; `level`:
    None for `unknown`; `times`: how often it counts; `options` by level; levels below `urgent` are critical (0: none is)."""

    node: int
    question: str
    level: int | None
    times: int
    urgent: int
    options: tuple[Option, ...]

    @property
    def critical(self) -> bool:
        return (self.level or 0) < self.urgent


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One thing that a plan does; `to_level` None: find out. `critical`: it starts below the critical level."""

    node: int
    question: str
    from_level: int | None
    to_level: int | None
    half_days: int
    yen: int
    value: Fraction
    gap: Fraction
    loss: Fraction
    critical: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """Steps and their sums, critical ones first, then by value per half day."""

    steps: tuple[PlannedStep, ...]
    half_days: int
    value: Fraction
    gap: Fraction
    loss: Fraction

    @property
    def yen(self) -> int:
        return sum(step.yen for step in self.steps)


def half_days_of(budget: str | float, name: str = "budget") -> int:
    """A budget in person-days as half days. Raises PlanError(bad_budget) naming `name` unless it is 0 to 20,000 in steps of 0.5."""
    days = Fraction(str(budget)) if DECIMAL.fullmatch(str(budget)) else Fraction(-1)
    if not 0 <= days <= MOST_DAYS or (days * 2).denominator != 1:
        raise PlanError("bad_budget", name, str(budget))
    return int(days * 2)


def alpha_of(text: str | float, name: str = "alpha") -> Fraction:
    """The share of the gap in a value. Raises PlanError(bad_alpha) unless it is 0 to 1 with at most three decimals."""
    alpha = Fraction(str(text)) if DECIMAL.fullmatch(str(text)) else Fraction(-1)
    if not 0 <= alpha <= 1 or 1000 % alpha.denominator:
        raise PlanError("bad_alpha", name, str(text))
    return alpha


# --- what can be decided -------------------------------------------------------------------------


def decisions(
    checklist: Checklist,
    sheets: Sheets,
    units: Sequence[int],
    gap: Gap,
    efforts: Mapping[int, Costs] | None = None,
    alpha: Fraction | None = None,
    ceiling: Mapping[int, Mapping[str, int]] | None = None,
) -> tuple[Decision, ...]:
    """Everything that could be raised, by question id, then node. Open and N/A answers are not among them.

    `units`: the ids of the numbers in `sheets.sources`; `gap`: of these sheets; `efforts`: node → what steps cost there;
    `alpha`: the checklist's when left out; `ceiling`: node → question → the level (place on the
    scale) that nothing is planned beyond.
    """
    worth = _Worth(checklist, sheets, gap, checklist.alpha if alpha is None else alpha)
    count, questions = len(checklist.questions), checklist.questions
    stored = (sheets.sources * count + np.arange(count)).ravel()
    keys, first, place = np.unique(stored, return_index=True, return_inverse=True)
    times = np.zeros(len(keys), dtype=np.int64)
    np.add.at(times, place, np.repeat(sheets.weights, count))
    known: dict[tuple[int, int, int, int, int], tuple[Option, ...]] = {}
    found = []
    for key, code, often in zip(keys.tolist(), sheets.claimed.ravel()[first].tolist(), times.tolist(), strict=True):
        if code in (OPEN, NOT_APPLICABLE) or not often:
            continue
        node, column = units[key // count], key % count
        costs, question = (efforts or {}).get(node, DEFAULT), questions[column]
        top = min((ceiling or {}).get(node, {}).get(question.id, len(checklist.choices)), len(checklist.choices) - 1)
        same = (column, code, often, top, id(costs))
        if same not in known:
            known[same] = worth.options(question, code, often, costs, top)
        if known[same]:
            level, urgent = None if code == UNKNOWN else code, checklist.critical_level if question.critical else 0
            found.append(Decision(node, question.id, level, often, urgent, known[same]))
    return tuple(sorted(found, key=lambda decision: (decision.question, decision.node)))


class _Worth:
    """What points of a question are worth in these sheets."""

    def __init__(self, checklist: Checklist, sheets: Sheets, gap: Gap, alpha: Fraction) -> None:
        self._points = [choice.points for choice in checklist.choices]
        often = int(sheets.weights.sum()) * checklist.max
        totals = {section.id: often * sum(question.weight for question in section.questions) for section in checklist.sections}
        self._share = {part.cause: part.share.central / totals[part.cause] for part in gap.causes if totals[part.cause]}
        self._total, self._alpha = sum(totals.values()), alpha

    def options(self, question: Question, code: int, often: int, costs: Costs, top: int) -> tuple[Option, ...]:
        """One per higher level up to `top`; of an `unknown`, to find out."""
        steps = costs.of(question)
        if code == UNKNOWN:
            value, _, _ = self._of(question, often, 0, 1)
            return (Option(None, FIND_OUT_HALF_DAYS, value, ZERO, ZERO, costs.labour(FIND_OUT_HALF_DAYS)),) if top else ()
        found, half_days, bought = [], 0, 0
        for level in range(code + 1, top + 1):
            half_days, bought = half_days + steps[level - 1][0], bought + steps[level - 1][1]
            value, gap, loss = self._of(question, often, code, level)
            found.append(Option(level, half_days, value, gap, loss, bought + costs.labour(half_days)))
        return tuple(found)

    def _of(self, question: Question, often: int, level: int, to_level: int) -> tuple[Fraction, Fraction, Fraction]:
        points = often * question.weight * (self._points[to_level] - self._points[level])
        gap, loss = self._share.get(question.section, ZERO) * points, Fraction(points, self._total)
        return self._alpha * gap + (1 - self._alpha) * loss, gap, loss


# --- the optimum of every budget -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The best plan of every budget from 0 to `most` half days; larger budgets bring no more than that.

    `keys`: (most + 1,), rises with the budget; equal keys are equal plans. `kept`: per decision the options that can be in a
    best plan, the code 0 of `chosen` being none of them; `chosen`: per decision, by half days left for it and all after it.
    """

    decisions: tuple[Decision, ...]
    most: int
    keys: Sums
    kept: tuple[tuple[Option | None, ...], ...]
    chosen: tuple[Codes, ...]

    def plan(self, half_days: int) -> Planned:
        """The optimum of a budget."""
        left, steps = int(self._least([half_days])[0]), []
        for decision, kept, chosen in zip(self.decisions, self.kept, self.chosen, strict=True):
            option = kept[chosen[min(left, len(chosen) - 1)]]
            if option is not None:
                left -= option.half_days
                steps.append(_step(decision, option))
        return planned(steps)

    def gaps(self, budgets: Sequence[int]) -> tuple[Fraction, ...]:
        """What the best plan of each budget (half days) takes off the gap."""
        return self._sums(budgets, [[option.gap if option else ZERO for option in kept] for kept in self.kept])

    def values(self, budgets: Sequence[int]) -> tuple[Fraction, ...]:
        """The value of the best plan of each budget (half days)."""
        return self._sums(budgets, [[option.value if option else ZERO for option in kept] for kept in self.kept])

    def _sums(self, budgets: Sequence[int], amounts: Sequence[Sequence[Fraction]]) -> tuple[Fraction, ...]:
        """The sum of amounts (per decision and code) over the best plan of each budget, all of them walked at once."""
        unit = lcm(*{amount.denominator for row in amounts for amount in row})
        whole = [[amount.numerator * (unit // amount.denominator) for amount in row] for row in amounts]
        kind = np.int64 if sum(map(max, whole)) < 2**KEY_BITS else np.object_
        left, same = np.unique(self._least(budgets), return_inverse=True)
        total: npt.NDArray[Any] = np.zeros(len(left), dtype=kind)
        code, amount, spent = np.empty(len(left), dtype=np.uint8), np.empty_like(total), np.empty_like(left)
        for row, kept, chosen in zip(whole, self.kept, self.chosen, strict=True):
            chosen.take(left, out=code, mode="clip")  # "clip": what is left over brings no more than all that is left to do
            total += np.array(row, dtype=kind).take(code, out=amount, mode="clip")
            left -= np.array([option.half_days if option else 0 for option in kept], dtype=np.intp).take(code, out=spent, mode="clip")
        return tuple(Fraction(int(each), unit) for each in total[same])

    def _least(self, budgets: Sequence[int]) -> npt.NDArray[np.intp]:
        """Of each budget the smallest that already brings the same."""
        return np.searchsorted(self.keys, self.keys[np.minimum(np.array(budgets, dtype=np.intp), self.most)])


def curve(found: Sequence[Decision], most: int = 2 * MOST_DAYS) -> Curve:
    """The best plan of every budget up to `most` half days (or to where everything is done, if that is less).

    A key holds value, number of steps and the choice side by side in 63 bits, so that one maximum settles all ties. Values are
    exact multiples of their common denominator while that fits (it does for the bundled checklist and a thousand decisions);
    otherwise they are rounded to as many bits as there is room for: with a thousand decisions 2⁻⁴⁹ of all that can be reached.
    """
    once = {id(decision.options): _undominated(decision.options, most) for decision in found}
    kept = [once[id(decision.options)] for decision in found]
    used = [(decision, options) for decision, options in zip(found, kept, strict=True) if options]
    bits = max((len(options) for _, options in used), default=0).bit_length()
    many = len(used) + 1
    whole = _whole([options for _, options in used], 2 ** (KEY_BITS - bits) // many)
    tables = [
        [(len(options) - at, option.half_days, ((value * many - 1) << bits) | (len(options) - at)) for at, (option, value) in
         enumerate(zip(options, values, strict=True))]
        for (_, options), values in zip(used, whole, strict=True)
    ]  # fmt: skip
    end = min(most, sum(options[-1].half_days for _, options in used))
    keys, chosen = _programme(tables, end, (1 << bits) - 1)
    codes: list[tuple[Option | None, ...]] = [(None, *reversed(options)) for _, options in used]
    return Curve(tuple(decision for decision, _ in used), end, keys, tuple(codes), tuple(chosen))


def _undominated(options: Sequence[Option], most: int) -> list[Option]:
    """Those that bring more than every cheaper one; by effort. What brings nothing is in no best plan."""
    best, found = ZERO, []
    for option in sorted(options, key=lambda option: (option.half_days, -option.value)):
        if option.value > best and option.half_days <= most:
            best = option.value
            found.append(option)
    return found


def _whole(options: Sequence[Sequence[Option]], room: int) -> list[list[int]]:
    """The values as integers, the sum of the largest below `room`: exact when the common denominator allows it. At least 1."""
    once = {id(row): row for row in options}
    unit = Fraction(lcm(*{option.value.denominator for row in once.values() for option in row}))
    reach = sum((row[-1].value for row in options), ZERO)
    if reach * unit >= room:
        unit = (room - len(options)) / reach / 2
    found = {name: [max(1, round(option.value * unit)) for option in row] for name, row in once.items()}
    return [found[id(row)] for row in options]


def _programme(tables: Sequence[Sequence[tuple[int, int, int]]], end: int, mask: int) -> tuple[Sums, list[Codes]]:
    """`tables`: per decision (code, half days, key) of its options. Returns the best key of every budget up to `end`, and per
    decision the code chosen. From the last decision to the first, so that a plan is read from the first on and of equal plans
    the one with the earlier question is taken; no budget beyond what all decisions so far could use is looked at."""
    best, new, one = (np.zeros(end + 1, dtype=np.int64) for _ in range(3))
    size, chosen = 1, list[Codes]()
    for options in reversed(tables):
        grown = min(end + 1, size + max(half_days for _, half_days, _ in options))
        best[size:grown] = best[size - 1]
        new[:grown] = best[:grown]
        for _, half_days, key in options:
            np.add(best[: grown - half_days], key, out=one[: grown - half_days])
            np.maximum(new[half_days:grown], one[: grown - half_days], out=new[half_days:grown])
        codes = new[:grown] & mask
        new[:grown] -= codes
        chosen.append(codes.astype(np.uint8))
        best, new, size = new, best, grown
    return best[:size].copy(), chosen[::-1]


# --- plans -----------------------------------------------------------------------------------------


def _step(decision: Decision, option: Option) -> PlannedStep:
    return PlannedStep(decision.node, decision.question, decision.level, option.to_level, option.half_days, option.yen,
                       option.value, option.gap, option.loss, decision.critical)  # fmt: skip


def planned(steps: Iterable[PlannedStep]) -> Planned:
    """Steps in their order of doing, with their sums."""
    ordered = tuple(sorted(steps, key=lambda step: (not step.critical, -step.value / step.half_days, step.question, step.node)))
    return _summed(ordered)


def _summed(steps: tuple[PlannedStep, ...]) -> Planned:
    return Planned(steps, sum(step.half_days for step in steps), *(sum((getattr(step, name) for step in steps), ZERO)
                                                                   for name in ("value", "gap", "loss")))  # fmt: skip


def greedy(found: Sequence[Decision]) -> tuple[PlannedStep, ...]:
    """Everything, one level at a time: critical ones first, then by value per half day; ties by less effort, then id."""
    unit = lcm(*{option.value.denominator for decision in found for option in decision.options})
    waiting = [_offer(decision, place, 0, unit) for place, decision in enumerate(found) if decision.options]
    heapify(waiting)
    done = []
    while waiting:
        *_order, place, at, step = heappop(waiting)
        done.append(step)
        if at + 1 < len(found[place].options):
            heappush(waiting, _offer(found[place], place, at + 1, unit))
    return tuple(done)


def _offer(decision: Decision, place: int, at: int, unit: int) -> tuple[bool, int, int, str, int, int, int, PlannedStep]:
    """The next level of a decision, with what puts it in order."""
    option, before = decision.options[at], decision.options[at - 1] if at else None
    level = before.to_level if before else decision.level
    if before:
        option = Option(option.to_level, option.half_days - before.half_days, option.value - before.value, option.gap - before.gap,
                        option.loss - before.loss, option.yen - before.yen)  # fmt: skip
    step = replace(_step(decision, option), from_level=level, critical=(level or 0) < decision.urgent)
    value = option.value.numerator * (unit // option.value.denominator)
    rate = (value << RATIO_BITS) // option.half_days
    return (not step.critical, -rate, option.half_days, decision.question, decision.node, place, at, step)


def within(order: Sequence[PlannedStep], half_days: int) -> Planned:
    """As much of an order as a budget pays for, from its beginning and without leaving anything out."""
    spent, end = 0, 0
    while end < len(order) and spent + order[end].half_days <= half_days:
        spent, end = spent + order[end].half_days, end + 1
    return _summed(tuple(order[:end]))


def left_out(found: Sequence[Decision], steps: Iterable[PlannedStep]) -> tuple[Decision, ...]:
    """The critical ones that still stand below the level once `steps` are done."""
    reached = {(step.node, step.question): step.to_level or 0 for step in steps}
    return tuple(each for each in found if reached.get((each.node, each.question), each.level or 0) < each.urgent)


def applied(checklist: Checklist, sheets: Sheets, units: Sequence[int], steps: Iterable[PlannedStep]) -> Sheets:
    """The sheets as they would be once `steps` are done: everywhere where the stored answer counts. Finding out changes nothing."""
    claimed, place, number = sheets.claimed.copy(), places(checklist), {unit: at for at, unit in enumerate(units)}
    for step in steps:
        if step.to_level is not None:
            column = place[step.question]
            claimed[sheets.sources[:, column] == number[step.node], column] = step.to_level
    return replace(sheets, claimed=claimed)
