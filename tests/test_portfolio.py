"""Whole quarters at once: every number is that of `score` on the unit's own answers, and sums are sums."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.assessment import Outside, assess, own_view
from scoring.engine import effective, na_flagged, score
from scoring.errors import AnswerError, UnitsError
from scoring.incident_gap import TSR_CAUSES
from scoring.model import NA_WORD, UNKNOWN_WORD, Answer, Checklist, Evidence, Gap, Result, Score
from scoring.portfolio import BY_PROFILE, TOTAL, Book, Column, Lines, Portfolio, View, assess_units, read, table
from scoring.steps import losses_of
from scoring.units import Tree, Unit
from tests.factories import book, cause_matrix, checklist, question, tsr_year, unit
from tests.test_laws import LAW, NO_REFERENCE, TODAY, added, checklists, outsides, sheets
from tests.test_units import trees
from tests.test_vectors import CASES, answered, assert_score, build

VIEWS: tuple[View, ...] = ("own", "whole")
Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Quarter:
    """A quarter twice: as answers and as arrays."""

    tree: Tree
    checklist: Checklist
    sheets: Mapping[int, Answers]
    carried: frozenset[tuple[int, str]]

    @property
    def portfolio(self) -> Portfolio:
        return read(book(self.tree, self.checklist, self.sheets, TODAY, self.carried))

    def effective(self, unit_id: int) -> dict[str, Answer]:
        return effective(self.checklist, [self.sheets.get(each.id, {}) for each in self.tree.path(unit_id)])

    def result(self, unit_id: int, view: View) -> Result:
        asked = seen(self.checklist, view)
        return score(asked, only(asked, self.effective(unit_id)), TODAY)


def seen(asked: Checklist, view: View) -> Checklist:
    return own_view(asked) if view == "own" else asked


def only(asked: Checklist, answers: Answers) -> dict[str, Answer]:
    return {q.id: answers[q.id] for q in asked.questions if q.id in answers}


@st.composite
def quarters(draw: st.DrawFn, asked: Checklist | None = None, tree: Tree | None = None) -> Quarter:
    """Any tree, any checklist, a sheet or none for every unit, whatever it is."""
    tree = draw(trees()) if tree is None else tree
    asked = draw(checklists()) if asked is None else asked
    answers = {each.id: draw(sheets(asked)) for each in tree.units if draw(st.integers(0, 3))}
    cells = [(unit_id, question_id) for unit_id, sheet in answers.items() for question_id in sheet]
    carried = draw(st.frozensets(st.sampled_from(cells), max_size=6)) if cells else frozenset()
    return Quarter(tree, asked, dict(draw(st.permutations(list(answers.items())))), carried)


# --- every unit ----------------------------------------------------------------------------------


def columns_of(result: Result, checked: Checklist) -> dict[Column, Score]:
    """The claimed columns of a Table, as `score` has them."""
    found: dict[Column, Score] = {TOTAL: result.total}
    for section in checked.sections:
        found["section", section.id] = dict(result.sections).get(section.id, Score())
    for measure in checked.countermeasures:
        found["countermeasure", measure.id] = added([c.score for c in result.cells if c.countermeasure == measure.id])
    return found


@LAW
@given(quarters())
def test_every_unit_has_the_numbers_of_its_own_score(quarter: Quarter) -> None:
    portfolio = quarter.portfolio
    tree = quarter.tree
    everyone = [each for root in tree.roots for each in tree.below(root.id) if each.reporting or each.is_supplier]
    assert portfolio.units == tuple(everyone)
    for view in VIEWS:
        sums, asked = table(portfolio, view), seen(quarter.checklist, view)
        for row, each in enumerate(everyone):
            result = quarter.result(each.id, view)
            expected = columns_of(result, quarter.checklist)
            assert sums.row(each.id) == expected
            assert {column: sums.scores(column)[row] for column in sums.columns} == expected
            assert sums.scores(evidenced=True)[row] == sums.row(each.id, evidenced=True)[TOTAL] == result.evidenced
            # a section's evidenced score is that of the section asked alone
            for section in asked.sections:
                alone = replace(asked, sections=(section,), content_hash=f"{asked.content_hash}{section.id}")
                proven = score(alone, only(alone, quarter.effective(each.id)), TODAY).evidenced
                assert sums.row(each.id, evidenced=True)["section", section.id] == proven
            assert sums.na_claimed[row] == result.na_claimed
            paths = {q.id: tree.path(each.id)[: None if q.scope == "company" else 1] for q in asked.questions}
            stored = {name: next((n.id for n in path if name in quarter.sheets.get(n.id, {})), None) for name, path in paths.items()}
            assert sums.reconfirm[row] == sum((source, name) in quarter.carried for name, source in stored.items())


def test_a_naive_twin_over_every_state_of_a_small_organisation() -> None:
    """Plain loops over dictionaries; nothing of scoring/ but the types. Group › company › unit, and a supplier below it."""
    asked = checklist(
        {"external_attack": [question("c", scope="company", weight=2, review_months=6), question("u", weight=3)]}, points=(0, 50, 100)
    )
    tree = Tree((unit(1, None, "group"), unit(2, 1, "company"), unit(3, 2, weight=2), unit(4, 3, "supplier")))
    states: tuple[str | None, ...] = (None, UNKNOWN_WORD, NA_WORD, "level0", "level1", "level2")
    points = {"level0": 0, "level1": 50, "level2": 100}
    days = (None, date(2026, 6, 29), date(2026, 6, 30), TODAY, date(2027, 1, 1))

    def naive(answer: tuple[str | None, date | None], weight: int, *, proven: bool) -> dict[str, int]:
        state, day = answer
        counts = day is not None and date(2026, 6, 30) <= day <= TODAY
        return {
            "earned": weight * (points.get(str(state), 0) if counts or not proven else 0),
            "possible": 0 if state == NA_WORD else weight * 100,
            "open": weight * 100 if state is None else 0,
        }

    for number, (top, middle, unit_own) in enumerate(product(states, repeat=3)):
        day = days[number % 5], days[number // 5 % 5], days[number // 25 % 5]
        stored = {1: (top, day[0]), 2: (middle, day[1]), 3: (unit_own, day[2]), 4: (None, None)}
        given_sheets = {
            unit_id: {"external_attack.c": Answer(state, "why", "", Evidence("x", proof) if proof else None)} if state else {}
            for unit_id, (state, proof) in stored.items()
        }
        nearest = next((stored[unit_id] for unit_id in (3, 2, 1) if stored[unit_id][0] is not None), (None, None))
        sums = table(read(book(tree, asked, given_sheets, TODAY)))
        for proven in (False, True):
            company, unit_scope = naive(nearest, 2, proven=proven), naive((None, None), 3, proven=proven)
            expected = {name: company[name] + unit_scope[name] for name in company}
            for found, times in ((sums.row(3, evidenced=proven)[TOTAL], 1), (sums.node(1, evidenced=proven)[TOTAL], 2)):
                assert {name: getattr(found, name) for name in expected} == {name: times * n for name, n in expected.items()}, number
        assert sums.row(4)[TOTAL].open == 500, "a supplier inherits nothing"


# --- sums ----------------------------------------------------------------------------------------


def times(weight: int, found: Score) -> Score:
    return added([found] * weight)


def counted(tree: Tree, node: Unit) -> dict[int, int]:
    """Unit → how often it counts in a node, by the words of docs/scoring.md."""
    reporting = [each for each in tree.below(node.id) if each.reporting and not each.is_supplier]
    if node.is_supplier or reporting == [node]:
        return {node.id: 1}
    return {each.id: each.weight for each in reporting if each.weight}


@LAW
@given(quarters())
def test_a_node_is_the_sum_of_its_units_times_their_weights(quarter: Quarter) -> None:
    portfolio, tree = quarter.portfolio, quarter.tree
    for view, node in product(VIEWS, tree.units):
        sums, units = table(portfolio, view), counted(tree, node)
        for proven in (False, True):
            found = sums.node(node.id, evidenced=proven)
            for column in sums.columns:
                assert found[column] == added([times(w, sums.row(one, evidenced=proven)[column]) for one, w in units.items()])
    assert sums.node(1000) == dict.fromkeys(sums.columns, Score()), "nothing is the sum of nothing"


@LAW
@given(quarters(), st.data())
def test_the_order_of_units_and_sheets_does_not_matter(quarter: Quarter, data: st.DataObject) -> None:
    turned = replace(
        quarter,
        tree=Tree(tuple(data.draw(st.permutations(quarter.tree.units)))),
        sheets=dict(data.draw(st.permutations(list(quarter.sheets.items())))),
    )
    before, now = table(quarter.portfolio), table(turned.portfolio)
    for node in quarter.tree.units:
        assert now.node(node.id) == before.node(node.id)
        assert quarter.portfolio.lines(node.id) == turned.portfolio.lines(node.id)


@LAW
@given(quarters())
def test_a_group_is_the_sum_of_its_branches(quarter: Quarter) -> None:
    sums, tree = table(quarter.portfolio), quarter.tree
    for node in tree.units:
        parts = [child for child in tree.children(node.id) if not child.is_supplier]
        if not node.reporting and not node.is_supplier and not any(len(counted(tree, part)) == 1 for part in parts):
            assert sums.node(node.id)[TOTAL] == added([sums.node(part.id)[TOTAL] for part in parts])


# --- the assessment of a node --------------------------------------------------------------------


@st.composite
def judged(draw: st.DrawFn) -> tuple[Quarter, Outside]:
    quarter = draw(quarters())
    return quarter, draw(outsides([s.id for s in quarter.checklist.sections if s.is_cause]))


@LAW
@given(judged())
def test_a_node_of_one_unit_is_assessed_as_its_sheet(case: tuple[Quarter, Outside]) -> None:
    quarter, outside = case
    portfolio = quarter.portfolio
    for view, each in product(VIEWS, portfolio.units):
        asked = seen(quarter.checklist, view)
        if counted(quarter.tree, each) != {each.id: 1} or not asked.sections:
            continue
        alone = assess(asked, quarter.effective(each.id), TODAY, outside)
        found = assess_units(portfolio, each.id, outside, view)
        assert found is not None
        assert (found.answers, found.gap_after(alone.steps)) == ({}, alone.gap_after(alone.steps))
        assert replace(found, answers=alone.answers, sheets=None) == alone


@LAW
@given(judged())
def test_a_node_says_what_its_units_say_together(case: tuple[Quarter, Outside]) -> None:
    quarter, outside = case
    portfolio, tree = quarter.portfolio, quarter.tree
    for view, node in product(VIEWS, tree.units):
        asked, units = seen(quarter.checklist, view), counted(tree, node)
        found = assess_units(portfolio, node.id, outside, view)
        if found is None:
            assert not units or not asked.sections
            continue
        each = {one: assess(asked, quarter.effective(one), TODAY, outside) for one in units}
        for name in ("total", "evidenced", "express", "express_evidenced", "own", "company"):
            assert getattr(found.result, name) == added([times(w, getattr(each[one].result, name)) for one, w in units.items()])
        assert found.result.na_claimed == sum(w * each[one].result.na_claimed for one, w in units.items())
        assert found.na_flagged == na_flagged(asked, found.result)
        assert set(found.result.below_critical) == {q for one in each.values() for q in one.result.below_critical}
        assert found.losses == {
            q.id: sum(w * each[one].losses.get(q.id, 0) for one, w in units.items())
            for q in asked.questions
            if any(q.id in one.losses for one in each.values())
        }
        total = found.result.total
        assert sum(found.losses.values()) == total.possible - total.earned - total.open
        assert_mean(found.gap, [(w, each[one].gap) for one, w in units.items()])


def assert_mean(found: Gap, parts: list[tuple[int, Gap]]) -> None:
    """Every unit is asked the same questions, so the totals are equal and the gap is the weighted mean."""
    weights = sum(weight for weight, _ in parts)
    for name in ("gap", "covered", "uncovered", "open", "not_applicable", "unassigned"):
        assert getattr(found, name) == sum((w * getattr(gap, name) for w, gap in parts), Fraction(0)) / weights
    for question_id, interval in found.by_question:
        gaps = [(w, dict(gap.by_question).get(question_id)) for w, gap in parts]
        assert interval.central == sum((w * one.central for w, one in gaps if one), Fraction(0)) / weights
    assert found.low <= found.uncovered <= found.gap <= found.high


@LAW
@given(judged())
def test_a_step_of_a_node_raises_every_stored_answer_on_that_level(case: tuple[Quarter, Outside]) -> None:
    quarter, outside = case
    asked = quarter.checklist
    levels = [choice.id for choice in asked.choices]
    for root in quarter.tree.roots:
        found = assess_units(quarter.portfolio, root.id, outside)
        if found is None:
            continue
        assert [(s.critical, s.value) for s in found.steps] == sorted(((s.critical, s.value) for s in found.steps), reverse=True)
        for step in found.steps[:5]:
            word = UNKNOWN_WORD if step.level is None else levels[step.level]
            where = stored_at(quarter, root, step.question, word)
            efforts = next(q.effort for q in asked.questions if q.id == step.question)
            assert step.half_days == len(where) * (1 if step.level is None else efforts[step.level])
            if step.level is None:
                continue
            new = Answer(levels[step.level + 1])
            changed = {one: {**sheet, step.question: new} if one in where else sheet for one, sheet in quarter.sheets.items()}
            after = assess_units(replace(quarter, sheets=changed).portfolio, root.id, outside)
            assert after is not None
            assert found.gap_after([step]) == after.gap.gap == found.gap.gap - step.gap.central
            earned = after.result.total.earned - found.result.total.earned
            assert step.loss == Fraction(earned, found.result.total.total)
        every = [step for step in found.steps if step.level is not None]
        assert found.gap.gap - found.gap_after(found.steps) == sum((step.gap.central for step in every), Fraction(0))


def stored_at(quarter: Quarter, node: Unit, question_id: str, choice: str) -> set[int]:
    """The sheets whose answer to the question is `choice` and counts in the node."""
    asked = next(q for q in quarter.checklist.questions if q.id == question_id)
    found = set()
    for one in counted(quarter.tree, node):
        path = quarter.tree.path(one)[: None if asked.scope == "company" else 1]
        source = next((each.id for each in path if question_id in quarter.sheets.get(each.id, {})), None)
        if source is not None and quarter.sheets[source][question_id].choice == choice:
            found.add(source)
    return found


# --- by hand -------------------------------------------------------------------------------------


def test_inheritance_vector_through_arrays() -> None:
    case = CASES["inheritance"]
    ids = {name: number for number, name in enumerate(case["units"], start=1)}
    tree = Tree(
        tuple(
            unit(ids[name], ids.get(parent), "department" if parent else "company", reporting=name in case["reporting_units"])
            for name, parent in case["units"].items()
        )
    )
    asked = build(case)
    portfolio = read(book(tree, asked, {ids[node]: answered(raw) for node, raw in case["answers_by_node"].items()}, TODAY))
    own, whole = table(portfolio, "own"), table(portfolio, "whole")
    for name in case["reporting_units"]:
        assert_score(own.row(ids[name])[TOTAL], case["expect"]["own"][name])
        assert_score(whole.row(ids[name])[TOTAL], case["expect"]["whole"][name])
    assert_score(whole.node(ids["company"])[TOTAL], case["expect"]["company"])
    company = portfolio.of(ids["company"])
    [(question_id, expected)] = case["expect"]["company_scope_gap"].items()
    assert losses_of(asked, company)[question_id] == expected["loss"]
    place = [q.id for q in asked.questions].index(question_id)
    assert company.stored(company.claimed >= 0)[place] == expected["decisions"]


def test_evidence_of_the_vector_through_arrays() -> None:
    case = CASES["evidenced"]
    as_of = date.fromisoformat(case["as_of"])
    for day, name in ((as_of, "evidenced"), (date(2026, 12, 29), "evidenced_two_days_earlier")):
        one = table(read(book(Tree((unit(1),)), build(case), {1: answered(case["answers"])}, day)))
        assert_score(one.node(1, evidenced=True)[TOTAL], case["expect"][name])
        assert_score(one.node(1)[TOTAL], case["expect"]["total"])


ASKED = checklist({"external_attack": [question("c", scope="company"), question("d", scope="company")], "physical": ["u"]})
# A group whose first company has two departments, whose second reports itself.
GROUP = Tree(
    (
        unit(1, None, "group"),
        unit(2, 1, "company"),
        unit(21, 2),
        unit(22, 2),
        unit(3, 1, "company", reporting=True),
        unit(9, 3, "supplier"),
    )
)


def test_answers_behind_a_node_are_counted_once() -> None:
    given_sheets = {
        1: {"external_attack.d": Answer("unknown")},
        2: {"external_attack.c": Answer("level1")},
        21: {"physical.u": Answer("na", "none")},
        9: {"external_attack.c": Answer("level1")},
    }
    portfolio = read(book(GROUP, ASKED, given_sheets, TODAY, {(1, "external_attack.d"), (9, "external_attack.c")}))
    # c: one of company 2, open at company 3; d: one of the group; u: three units
    assert portfolio.lines(1) == Lines(asked=6, open=3, unknown=1, not_applicable=1, reconfirm=1)
    assert portfolio.lines(2) == Lines(asked=4, open=1, unknown=1, not_applicable=1, reconfirm=1)
    assert portfolio.lines(1, "own") == Lines(asked=3, open=2, unknown=0, not_applicable=1, reconfirm=0)
    assert portfolio.lines(9) == Lines(asked=3, open=2, unknown=0, not_applicable=0, reconfirm=1)
    assert portfolio.lines(1000) == Lines(0, 0, 0, 0, 0)
    # what nobody answers is asked of each company; there is nothing to reconfirm in it
    empty = read(book(GROUP, ASKED, {3: {}}, TODAY, {(3, "physical.u")}))
    assert empty.lines(1) == Lines(asked=7, open=7, unknown=0, not_applicable=0, reconfirm=0)
    assert table(empty).reconfirm.tolist() == [0, 0, 0, 0]


def test_no_evidence_is_none_on_any_day() -> None:
    """0 stands for none, though it is a day too."""
    early = book(GROUP, ASKED, {21: {"physical.u": Answer("level4")}}, date(1970, 3, 1))
    assert table(read(early)).row(21, evidenced=True)[TOTAL].earned == 0
    proven = replace(early, dated=early.dated + np.int32(1))
    assert table(read(proven)).row(21, evidenced=True)[TOTAL].earned == 100


def test_steps_on_several_levels_of_a_question_do_not_add_up_on_one_sheet() -> None:
    """Three units at 0, 1 and unknown: each step raises those that stood on its level, whatever the order."""
    outside = outside_of((0, 0, 10, 0))
    levels = {21: Answer("level0"), 22: Answer("level1"), 3: Answer(UNKNOWN_WORD)}
    portfolio = read(book(GROUP, ASKED, {one: {"physical.u": answer} for one, answer in levels.items()}, TODAY))
    found = assess_units(portfolio, 1, outside, "own")
    assert found is not None
    assert sorted((step.level, step.half_days) for step in found.steps if step.level is not None) == [(0, 2), (1, 2)]
    assert [step.half_days for step in found.steps if step.level is None] == [1]
    # 25 of 300 points so far; both steps bring 25 each, and the incidents are all physical
    for steps in (found.steps, found.steps[::-1]):
        assert (found.gap.gap, found.gap_after(steps)) == (Fraction(275, 300), Fraction(225, 300))


def test_what_the_profile_says_and_what_is_claimed() -> None:
    by_profile, claimed = Answer(NA_WORD, "profile", by_profile=True), Answer(NA_WORD, "we say so")
    portfolio = read(book(GROUP, ASKED, {2: {"external_attack.c": by_profile}, 21: {"physical.u": claimed}}, TODAY))
    assert table(portfolio).na_claimed.tolist() == table(portfolio, "own").na_claimed.tolist() == [100, 0, 0, 0]
    assert int(portfolio.book.marks[0, 0]) == BY_PROFILE


def outside_of(counts: tuple[int, int, int, int]) -> Outside:
    """Ten incidents; two causes of TSR are external attacks, the other two physical."""
    whole = (Fraction(1),) * 3
    ours = dict(zip(TSR_CAUSES, ("external_attack", "external_attack", "physical", "physical"), strict=True))
    return Outside((tsr_year(10, counts),), cause_matrix({tsr: {cause: whole} for tsr, cause in ours.items()}), NO_REFERENCE)


def test_nothing_counts_where_nobody_reports() -> None:
    outside = outside_of((4, 3, 2, 1))
    asleep = Tree((unit(1, None, "company"), unit(2, 1, weight=0), unit(3, 1, weight=0)))
    portfolio = read(book(asleep, ASKED, {}, TODAY))
    assert assess_units(portfolio, 1, outside) is None
    alone = assess_units(portfolio, 2, outside)
    assert alone is not None
    assert alone.result.total.open == 300, "it counts for itself"
    company_only = checklist({"external_attack": [question("c", scope="company")]})
    assert assess_units(read(book(GROUP, company_only, {}, TODAY)), 1, outside, "own") is None


def test_a_view_without_any_cause_has_no_gap_to_speak_of() -> None:
    asked = checklist({"external_attack": [question("c", scope="company")], "governance": ["u"]})
    found = assess_units(read(book(GROUP, asked, {}, TODAY)), 1, outside_of((4, 3, 2, 1)), "own")
    assert found is not None
    assert found.gap.gap == found.gap.low == found.gap.high == 0
    assert found.gap.causes == ()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"units": (1, 2)}, "wrong_shape"),
        ({"levels": np.zeros((1, 2), dtype=np.int8)}, "wrong_shape"),
        ({"levels": np.full((1, 3), 9, dtype=np.int8)}, "unknown_code"),
        ({"dated": np.zeros((1, 3), dtype=np.int64)}, "wrong_shape"),
        ({"marks": np.zeros((2, 3), dtype=np.uint8)}, "wrong_shape"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changed: dict[str, object], code: str) -> None:
    good = book(GROUP, ASKED, {1: {}}, TODAY)
    with pytest.raises(AnswerError) as refused:
        replace(good, **changed)  # type: ignore[arg-type]
    assert refused.value.code == code


@pytest.mark.parametrize(("units", "code"), [((7,), "unknown_unit"), ((1, 2, 1), "duplicate_id")])
def test_sheets_of_nobody_and_of_somebody_twice_are_refused(units: tuple[int, ...], code: str) -> None:
    shape = (len(units), 3)
    arrays = np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.int32), np.zeros(shape, dtype=np.uint8)
    with pytest.raises(UnitsError) as refused:
        Book(GROUP, ASKED, units, *arrays, TODAY)
    assert (refused.value.code, refused.value.unit) == (code, str(units[0]))
