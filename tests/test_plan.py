"""The plan for a budget: against every combination there is, against the greedy order, against answers that were really changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from scoring import plan
from scoring.assessment import Assessment, assess, assess_sheets
from scoring.engine import encode, score_sheets
from scoring.errors import PlanError
from scoring.incident_gap import incident_gap
from scoring.model import CAUSES, NOT_APPLICABLE, OPEN, UNKNOWN, Answer, Checklist
from scoring.plan import Costs, Decision, Option, PlannedStep, alpha_of, applied, curve, decisions, greedy, half_days_of, left_out, within
from scoring.sheets import Sheets
from tenken.content import load_content
from tests import factories
from tests.factories import question

CONTENT = load_content()
DAY = date(2026, 11, 22)
Random = np.random.Generator


# --- random cases ----------------------------------------------------------------------------------------------------


def random_decisions(random: Random, most: int) -> tuple[Decision, ...]:
    """Few values and efforts, so that ties abound; options that cost more and bring less among them."""
    found = []
    for number in range(int(random.integers(1, most + 1))):
        half_days, options = 0, list[Option]()
        for level in range(1, int(random.integers(2, 5))):
            half_days += int(random.integers(1, 4))
            value = Fraction(int(random.integers(0, 6)), int(random.choice([1, 2, 3, 7])))
            options.append(Option(level, half_days, value, value / 2, value / 3))
        found.append(Decision(1, f"q{number:02}", 0, 1, int(random.integers(0, 3)), tuple(options)))
    return tuple(found)


def rising(found: Sequence[Decision]) -> tuple[Decision, ...]:
    """The same, each level worth at least what the one below is, as points are."""
    return tuple(replace(each, options=tuple(replace(option, value=max(o.value for o in each.options[: at + 1]))
                                             for at, option in enumerate(each.options))) for each in found)  # fmt: skip


def random_sheets(random: Random, asked: Checklist, units: int) -> Sheets:
    """Answers of all kinds; company-scope ones are stored on one sheet, that of number `units`."""
    shape = (units, len(asked.questions))
    claimed = random.integers(NOT_APPLICABLE, len(asked.choices), size=shape, dtype=np.int8)
    sources = np.repeat(np.arange(units), shape[1]).reshape(shape)
    for column, each in enumerate(asked.questions):
        if each.scope == "company":
            claimed[:, column], sources[:, column] = claimed[0, column], units
    return Sheets(claimed, np.minimum(claimed, 0), np.zeros(shape, dtype=np.bool_), sources, random.integers(1, 4, size=units))


def small_checklist(random: Random) -> Checklist:
    sections = {name: [question(f"q{n}", weight=int(random.integers(1, 4)), critical=bool(random.integers(2)), effort=tuple(map(int, random.integers(1, 5, size=4))),
                                scope="company" if random.integers(3) == 0 else "unit") for n in range(2)]
                for name in ("external_attack", "human_error", "governance")}  # fmt: skip
    return factories.checklist(sections)


def judged(asked: Checklist, sheets: Sheets) -> Assessment:
    return assess_sheets(asked, sheets, DAY, CONTENT.outside)


def brute(found: Sequence[Decision], budget: int) -> tuple[PlannedStep, ...]:
    """All combinations, and the order in which the documentation settles ties."""

    def rank(chosen: Sequence[Option | None]) -> tuple[Fraction, int, int, list[tuple[str, int, int]]]:
        steps = [(each, option) for each, option in zip(found, chosen, strict=True) if option]
        return (-sum((option.value for _, option in steps), Fraction(0)), len(steps), sum(option.half_days for _, option in steps),
                [(each.question, each.node, option.to_level or 0) for each, option in steps])  # fmt: skip

    every = product(*[(None, *each.options) for each in found])
    best = min((each for each in every if sum(option.half_days for option in each if option) <= budget), key=rank)
    return tuple(plan._step(each, option) for each, option in zip(found, best, strict=True) if option)


def same(steps: Sequence[PlannedStep]) -> set[tuple[str, int, int | None]]:
    return {(step.question, step.node, step.to_level) for step in steps}


# --- the optimum -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(200))
def test_the_plan_is_what_trying_everything_finds(seed: int) -> None:
    random = np.random.default_rng(seed)
    found = random_decisions(random, 6)
    if seed % 2:
        asked = small_checklist(random)
        sheets = random_sheets(random, asked, 2)
        found = decisions(asked, sheets, range(3), judged(asked, sheets).gap, alpha=Fraction(int(random.integers(11)), 10))
        found = tuple(found[at] for at in sorted(random.choice(len(found), size=min(6, len(found)), replace=False)))
    whole = curve(found)
    for budget in {0, 1, *map(int, random.integers(0, 25, size=4))}:
        assert same(whole.plan(budget).steps) == same(brute(found, budget))


def test_equal_plans_are_told_apart_by_steps_then_effort_then_name() -> None:
    def one(name: str, *options: tuple[int, int]) -> Decision:
        return Decision(
            1,
            name,
            0,
            1,
            0,
            tuple(Option(level, effort, Fraction(value), Fraction(0), Fraction(0)) for level, (effort, value) in enumerate(options, 1)),
        )

    a, b, c = one("a", (3, 2)), one("b", (1, 1)), one("c", (1, 1))
    assert same(curve((a, b, c)).plan(3).steps) == {("a", 1, 1)}  # one step instead of two
    d, e = one("d", (3, 2)), one("e", (2, 2))
    assert same(curve((d, e)).plan(4).steps) == {("e", 1, 1)}  # less effort for the same
    assert same(curve((b, c)).plan(1).steps) == {("b", 1, 1)}  # the earlier name
    f = one("f", (2, 2), (4, 2), (5, 1))
    assert same(curve((f,)).plan(9).steps) == {("f", 1, 1)}  # nothing for nothing


@pytest.mark.parametrize("seed", range(1000))
def test_the_plan_is_never_worse_than_the_greedy_order(seed: int) -> None:
    random = np.random.default_rng(10_000 + seed)
    found = rising(random_decisions(random, 30))
    whole, order = curve(found), greedy(found)
    budgets = range(0, whole.most + 3, 3)
    for budget, value in zip(budgets, whole.values(budgets), strict=True):
        assert value >= within(order, budget).value


@pytest.mark.parametrize("seed", range(20))
def test_what_a_plan_leaves_is_what_changed_answers_leave(seed: int) -> None:
    random = np.random.default_rng(seed)
    asked = CONTENT.checklist if seed % 2 else small_checklist(random)
    sheets = random_sheets(random, asked, 5)
    before = judged(asked, sheets)
    whole = curve(decisions(asked, sheets, range(6), before.gap))
    for budget in (0, 7, 40, 120, whole.most):
        done = whole.plan(budget)
        result = score_sheets(asked, applied(asked, sheets, range(6), done.steps))
        after = incident_gap(asked, result, {}, CONTENT.outside.matrix, CONTENT.outside.years)
        assert after.gap == before.gap.gap - done.gap
        assert whole.gaps([budget]) == (done.gap,)
        assert Fraction(result.total.earned - before.result.total.earned, before.result.total.total) == done.loss
        assert done.half_days <= budget


def test_the_curve_only_rises_and_ends_where_everything_is_done() -> None:
    random = np.random.default_rng(3)
    sheets = random_sheets(random, CONTENT.checklist, 4)
    found = decisions(CONTENT.checklist, sheets, range(5), judged(CONTENT.checklist, sheets).gap, alpha=Fraction(1))
    whole = curve(found)
    values = whole.values(range(whole.most + 1))
    assert list(values) == sorted(values)
    assert whole.plan(whole.most + 1000) == whole.plan(whole.most)
    assert values[-1] == sum(each.options[-1].value for each in found)
    # with α = 1 the value is the gap, but for what is only found out
    assert all(gap <= value for gap, value in zip(whole.gaps(range(whole.most + 1)), values, strict=True))


def test_a_curve_that_ends_early_says_the_same_up_to_its_end() -> None:
    random = np.random.default_rng(4)
    sheets = random_sheets(random, CONTENT.checklist, 3)
    found = decisions(CONTENT.checklist, sheets, range(4), judged(CONTENT.checklist, sheets).gap)
    short, whole = curve(found, 50), curve(found)
    assert short.most == 50
    assert [short.plan(budget) for budget in (0, 10, 50, 90)] == [whole.plan(budget) for budget in (0, 10, 50, 50)]


def test_nothing_to_decide_is_a_plan_too() -> None:
    whole = curve(())
    assert whole.plan(120) == plan.Planned((), 0, Fraction(0), Fraction(0), Fraction(0))
    assert whole.gaps([0, 5]) == (Fraction(0), Fraction(0))
    assert greedy(()) == ()


def test_values_that_no_63_bits_hold_are_rounded_and_the_plan_stays_as_good() -> None:
    """Primes as denominators: their common one has hundreds of bits. The sums that are shown stay exact."""
    primes = [p for p in range(1009, 1400) if all(p % d for d in range(2, 38))][:40]
    found = tuple(Decision(1, f"q{n:02}", 0, 1, 0, (Option(1, n % 5 + 1, Fraction(n % 7 + 1, prime), Fraction(1, prime), Fraction(1, prime)),))
                  for n, prime in enumerate(primes))  # fmt: skip
    whole = curve(found)
    for budget in (3, 11, 40):
        assert whole.values([budget]) == (whole.plan(budget).value,)
        exact = max(_exact(found, budget))
        assert exact - whole.plan(budget).value < Fraction(1, 2**40)


def _exact(found: Sequence[Decision], budget: int) -> list[Fraction]:
    best = [Fraction(0)] * (budget + 1)
    for each in found:
        (option,) = each.options
        best = [
            max(best[left], best[left - option.half_days] + option.value if left >= option.half_days else Fraction(0))
            for left in range(budget + 1)
        ]
    return best


# --- what can be decided ---------------------------------------------------------------------------------------------


def test_a_company_answer_is_one_decision_with_one_cost_however_many_inherit_it() -> None:
    asked = factories.checklist({"external_attack": (question("policy", scope="company", effort=(2, 3, 4, 5)), question("own"))})
    claimed = np.array([[1, 0], [1, 4], [1, OPEN]], dtype=np.int8)
    sources = np.array([[3, 0], [3, 1], [3, 2]])
    sheets = Sheets(claimed, claimed, np.zeros((3, 2), dtype=np.bool_), sources, np.array([1, 2, 1]))
    found = decisions(asked, sheets, (70, 71, 72, 73), judged(asked, sheets).gap)
    assert [(each.node, each.question, each.level, each.times) for each in found] == [
        (70, "external_attack.own", 0, 1),
        (73, "external_attack.policy", 1, 4),
    ]
    assert [(option.to_level, option.half_days) for option in found[1].options] == [(2, 3), (3, 7), (4, 12)]
    assert found[1].options[0].loss == Fraction(4 * 25, 4 * 2 * 100)


def test_one_sheet_alone_is_planned_by_the_same_functions() -> None:
    asked = factories.checklist()
    answers = {each.id: Answer("level1") for each in asked.questions}
    a = assess(asked, answers, DAY, CONTENT.outside)
    row = encode(asked, answers)[None]
    sheets = Sheets(row, row, np.zeros(row.shape, dtype=np.bool_), np.zeros(row.shape, dtype=np.intp), np.ones(1, dtype=np.int64))
    done = curve(decisions(asked, sheets, (9,), a.gap)).plan(6)
    assert (
        done.gap
        == a.gap.gap
        - assess(asked, answers | {step.question: Answer(f"level{step.to_level}") for step in done.steps}, DAY, CONTENT.outside).gap.gap
    )
    assert {step.node for step in done.steps} == {9}


def unknown_case() -> tuple[Checklist, Sheets, Assessment]:
    asked = factories.checklist({"external_attack": (question("mfa", critical=True), question("log")), "governance": (question("who"),)})
    claimed = np.array([[UNKNOWN, 3, NOT_APPLICABLE]], dtype=np.int8)
    sheets = Sheets(claimed, claimed, np.zeros((1, 3), dtype=np.bool_), np.zeros((1, 3), dtype=np.intp), np.ones(1, dtype=np.int64))
    return asked, sheets, judged(asked, sheets)


def test_finding_out_can_be_chosen_and_promises_nothing() -> None:
    asked, sheets, a = unknown_case()
    mfa = decisions(asked, sheets, (1,), a.gap)[1]
    assert [(option.to_level, option.half_days, option.gap, option.loss) for option in mfa.options] == [(None, 1, Fraction(0), Fraction(0))]
    assert mfa.options[0].value == next(step.value for step in a.steps if step.level is None)
    done = curve(decisions(asked, sheets, (1,), a.gap)).plan(1)
    assert same(done.steps) == {("external_attack.mfa", 1, None)}
    assert done.gap == 0
    assert np.array_equal(applied(asked, sheets, (1,), done.steps).claimed, sheets.claimed)


def test_critical_ones_that_a_plan_leaves_are_named() -> None:
    asked, sheets, a = unknown_case()
    found = decisions(asked, sheets, (1,), a.gap)
    assert [each.question for each in left_out(found, curve(found).plan(100).steps)] == ["external_attack.mfa"]  # found out is not met
    low = replace(sheets, claimed=np.array([[0, 3, 0]], dtype=np.int8))
    found = decisions(asked, low, (1,), judged(asked, low).gap)
    assert [each.question for each in left_out(found, ())] == ["external_attack.mfa"]
    assert left_out(found, curve(found).plan(100).steps) == ()


def test_nothing_is_planned_beyond_a_ceiling() -> None:
    asked = factories.checklist()
    claimed = np.full((1, 5), 1, dtype=np.int8)
    claimed[0, 4] = UNKNOWN
    sheets = Sheets(claimed, claimed, np.zeros((1, 5), dtype=np.bool_), np.zeros((1, 5), dtype=np.intp), np.ones(1, dtype=np.int64))
    names = [each.id for each in asked.questions]
    found = decisions(
        asked, sheets, (1,), judged(asked, sheets).gap, ceiling={1: {names[0]: 2, names[1]: 1, names[4]: 0}, 2: {names[2]: 0}}
    )
    assert {each.question: [option.to_level for option in each.options] for each in found} == {
        names[0]: [2], names[2]: [2, 3, 4], names[3]: [2, 3, 4]
    }  # fmt: skip


def test_a_companys_own_efforts_and_yen() -> None:
    asked = factories.checklist({"external_attack": (question("mfa", effort=(2, 2, 2, 2)), question("log", effort=(2, 2, 2, 2)))})
    claimed = np.array([[2, 2], [2, 2]], dtype=np.int8)
    sources = np.array([[0, 0], [1, 1]])
    sheets = Sheets(claimed, claimed, np.zeros((2, 2), dtype=np.bool_), sources, np.ones(2, dtype=np.int64))
    own = Costs(50_001, {"external_attack.mfa": ((1, 0), (1, 0), (3, 900), (4, 100)), "external_attack.log": ((9, 9),)})
    costed = decisions(asked, sheets, (1, 2), judged(asked, sheets).gap, {1: own})
    found = {(each.node, each.question.split(".")[1]): [(option.half_days, option.yen) for option in each.options] for each in costed}
    assert found == {
        (1, "mfa"): [(3, 900 + 75_002), (7, 1000 + 175_004)],
        (1, "log"): [(2, 50_001), (4, 100_002)],  # of another scale: the checklist's
        (2, "mfa"): [(2, 0), (4, 0)],
        (2, "log"): [(2, 0), (4, 0)],
    }
    assert curve(costed).plan(100).yen == 176_004 + 100_002  # everything is done


# --- the order in which nothing is taken back ------------------------------------------------------------------------


def test_the_order_goes_level_by_level_critical_first_then_by_value_per_half_day() -> None:
    random = np.random.default_rng(8)
    asked = CONTENT.checklist
    sheets = random_sheets(random, asked, 3)
    found = decisions(asked, sheets, range(4), judged(asked, sheets).gap)
    order = greedy(found)
    assert [step.critical for step in order] == sorted((step.critical for step in order), reverse=True)
    at = {(each.node, each.question): each.level for each in found}
    for step in order:
        key = step.node, step.question
        assert step.from_level == at[key]
        assert step.to_level == (None if at[key] is None else (at[key] or 0) + 1)
        at[key] = step.to_level
    whole = curve(found).plan(10**6)
    done = within(order, 10**6)
    assert (done.half_days, done.gap, done.loss) == (whole.half_days, whole.gap, whole.loss)


def test_the_order_takes_at_every_turn_what_is_best_then() -> None:
    """The same, slowly: look at all that is open, take the best, look again."""
    for seed in range(20):
        found = rising(random_decisions(np.random.default_rng(seed), 12))
        at, slow = dict.fromkeys(range(len(found)), 0), []
        while any(at[n] < len(each.options) for n, each in enumerate(found)):
            waiting = [(n, *_gain(each, at[n])) for n, each in enumerate(found) if at[n] < len(each.options)]
            best = min(waiting, key=lambda one: (not at[one[0]] < found[one[0]].urgent, -one[1] / one[2], one[2], found[one[0]].question))
            slow.append((found[best[0]].question, at[best[0]] + 1))
            at[best[0]] += 1
        assert [(step.question, step.to_level) for step in greedy(found)] == slow


def _gain(each: Decision, at: int) -> tuple[Fraction, int]:
    before = each.options[at - 1] if at else None
    return each.options[at].value - (before.value if before else 0), each.options[at].half_days - (before.half_days if before else 0)


def test_the_order_is_nested() -> None:
    random = np.random.default_rng(9)
    found = rising(random_decisions(random, 20))
    order = greedy(found)
    for budget in range(0, 60, 4):
        assert within(order, budget).steps == order[: len(within(order, budget).steps)]
        assert within(order, budget).half_days <= budget


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["-1", "-0.5", "20000.5", "1e9", "0.25", "60.3", "nan", "inf", "", "lots", "1/2", "9" * 400])
def test_a_budget_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(PlanError) as refused:
        half_days_of(text)
    assert (refused.value.code, refused.value.fields["field"]) == ("bad_budget", "budget")


def test_budgets_in_half_days() -> None:
    assert [half_days_of(days) for days in (0, "0.5", 60.0, "20000")] == [0, 1, 120, 40_000]


@pytest.mark.parametrize("text", ["-0.1", "1.01", "x", "0.12345"])
def test_a_weight_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(PlanError) as refused:
        alpha_of(text)
    assert (refused.value.code, refused.value.fields) == ("bad_alpha", {"field": "alpha", "value": text})
    assert alpha_of("0.7") == Fraction(7, 10)


def test_every_cause_has_value_for_the_gap_and_everything_below_alpha_one() -> None:
    asked = CONTENT.checklist
    claimed = np.zeros((1, len(asked.questions)), dtype=np.int8)
    sheets = Sheets(
        claimed, claimed, np.zeros(claimed.shape, dtype=np.bool_), np.zeros(claimed.shape, dtype=np.intp), np.ones(1, dtype=np.int64)
    )
    for alpha in (Fraction(0), Fraction(7, 10), Fraction(999, 1000)):
        assert all(
            option.value > 0 for each in decisions(asked, sheets, (1,), judged(asked, sheets).gap, alpha=alpha) for option in each.options
        )
    pure = decisions(asked, sheets, (1,), judged(asked, sheets).gap, alpha=Fraction(1))
    causes = {each.id for each in asked.questions if each.section in CAUSES}
    assert {each.question for each in pure if each.options[0].value} == causes
    assert {step.question for step in curve(pure).plan(10**5).steps} == causes
