"""Units side by side and quarters one after the other: medians, places, what the best does, what changed and why."""

from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from statistics import median as plain_median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.assessment import Outside
from scoring.compare import KINDS, Change, Kind, by_kind, changes, node_changes
from scoring.engine import question_score
from scoring.model import NA_WORD, UNKNOWN_WORD, Answer, Checklist, Score
from scoring.portfolio import TOTAL, Portfolio, assess_units, read, table
from scoring.ranking import best_practice, completeness, is_incomplete, is_reference, median, ranking, side_by_side
from scoring.trend import Point, trend
from scoring.units import Tree
from tests.factories import book, checklist, question, tsr_year, unit
from tests.test_laws import LAW, PURE, TODAY, ZERO, added, outsides
from tests.test_portfolio import VIEWS, Quarter, counted, outside_of, quarters, seen, times
from tests.test_vectors import CASES, answered, build

# --- medians and places --------------------------------------------------------------------------

SCORES = st.builds(
    lambda possible, earned, opened: Score(earned=min(earned, possible), possible=possible, open=min(opened, possible - min(earned, possible))),
    possible=st.integers(0, 6),
    earned=st.integers(0, 6),
    opened=st.integers(0, 6),
)  # fmt: skip


@PURE
@given(st.lists(SCORES, max_size=8))
def test_the_median_is_of_those_that_have_a_percent(scores: list[Score]) -> None:
    percents = [score.percent for score in scores if score.percent is not None]
    assert median(scores) == (plain_median(percents) if percents else None)


@PURE
@given(st.lists(SCORES, max_size=8))
def test_places_are_those_that_the_ranges_allow(scores: list[Score]) -> None:
    found = ranking(enumerate(scores))
    ranges = {unit_id: (s.percent, s.best) for unit_id, s in enumerate(scores) if s.percent is not None and s.best is not None}
    assert [place.unit for place in found] == sorted(ranges, key=lambda unit_id: (-ranges[unit_id][0], unit_id))
    head = None
    for before, place in pairwise((None, *found)):
        assert place is not None
        percent, best = ranges[place.unit]
        others = [span for unit_id, span in ranges.items() if unit_id != place.unit]
        assert place.first == 1 + sum(low > best for low, _ in others)
        assert place.last == 1 + sum(high > percent for _, high in others)
        starts = head is None or best < head
        assert place.group == (before.group if before else 0) + starts
        head = percent if starts else head


def test_places_by_hand() -> None:
    """a 80–80, b 70–90, c 75–75, d 75–75, e 60–74, f nothing."""
    named = {"a": (80, 0), "b": (70, 20), "c": (75, 0), "d": (75, 0), "e": (60, 14)}
    scores = {name: Score(earned=earned, possible=100, open=opened) for name, (earned, opened) in named.items()}
    found = ranking((number, score) for number, score in enumerate((*scores.values(), Score())))
    assert [("abcdef"[p.unit], p.group, p.first, p.last) for p in found] == [
        ("a", 1, 1, 2),
        ("c", 2, 2, 3),
        ("d", 2, 2, 3),
        ("b", 2, 1, 5),
        ("e", 3, 4, 5),
    ]


def test_order_is_exact_where_floats_are_not() -> None:
    big = 2**62 - 1
    low, high = Score(earned=big - 2, possible=big - 1), Score(earned=big - 1, possible=big)
    assert (big - 2) / (big - 1) == (big - 1) / big
    assert [place.unit for place in ranking([(1, low), (2, high)])] == [2, 1]
    assert [place.group for place in ranking([(1, low), (2, high)])] == [1, 2]


@pytest.mark.parametrize(
    ("score", "reference", "share", "incomplete"),
    [
        (Score(), True, None, False),
        (Score(questions=5, not_applicable=3, answered=2), True, 1, False),
        (Score(questions=5, not_applicable=2, answered=2), False, Fraction(2, 3), True),
        (Score(questions=10, answered=9), False, Fraction(9, 10), False),
        (Score(questions=100, not_applicable=1, answered=89), False, Fraction(89, 99), True),
    ],
)
def test_marks_of_a_score(score: Score, reference: bool, share: Fraction | None, incomplete: bool) -> None:
    assert (is_reference(score), completeness(score), is_incomplete(score)) == (reference, share, incomplete)


@LAW
@given(quarters(), st.booleans(), st.data())
def test_a_comparison_is_made_of_the_tables_numbers(quarter: Quarter, evidenced: bool, data: st.DataObject) -> None:
    portfolio = quarter.portfolio
    view = data.draw(st.sampled_from(VIEWS))
    sums = table(portfolio, view)
    units = data.draw(st.permutations(portfolio.units))[: data.draw(st.integers(0, len(portfolio.units)))]
    peers = data.draw(st.none() | st.just(portfolio.units))
    found = side_by_side(sums, units, peers=peers, evidenced=evidenced)
    rows = {each.id: sums.row(each.id, evidenced=evidenced) for each in portfolio.units}
    assert found.columns == sums.columns
    for column, name in enumerate(found.columns):
        assert found.medians[column] == median(rows[each.id][name] for each in (units if peers is None else peers))
    assert Counter(line.unit for line in found.lines) == Counter(units)
    assert [line.place for line in found.lines if line.place] == list(ranking((each.id, rows[each.id][TOTAL]) for each in units))
    assert all(line.place is None for line in found.lines[sum(line.place is not None for line in found.lines) :])
    for line in found.lines:
        result = quarter.result(line.unit.id, view)
        assert (line.total, line.evidenced, dict(zip(found.columns, line.cells, strict=True))) == (
            result.total,
            result.evidenced,
            rows[line.unit.id],
        )
        assert line.na_flagged == (result.na_claimed * 100 > quarter.checklist.na_limit * result.total.total)
        assert line.incomplete == is_incomplete(result.total)
        assert line.reconfirm == sums.reconfirm[portfolio.places[line.unit.id]]
        for column, cell in enumerate(line.cells):
            middle, percent = found.medians[column], cell.percent
            assert found.difference(line, column) == (None if percent is None or middle is None else percent - middle)


# --- what the best does --------------------------------------------------------------------------

ASKED = checklist({"external_attack": ["a", "b"], "physical": ["c", "d", question("e", scope="company")]}, points=(0, 50, 100))
FOUR = Tree((unit(1, None, "company"), unit(2, 1), unit(3, 1), unit(4, 1), unit(5, 1)))


def test_best_practice_by_hand() -> None:
    answers = {
        2: {"external_attack.a": Answer("level0"), "physical.c": Answer(UNKNOWN_WORD), "physical.d": Answer(NA_WORD, "none")},
        3: {"external_attack.a": Answer("level1"), "external_attack.b": Answer("level2"), "physical.c": Answer("level2")},
        4: {"external_attack.a": Answer("level2"), "physical.c": Answer("level2"), "physical.d": Answer("level2")},
        5: {"external_attack.a": Answer("level2"), "external_attack.b": Answer("level2"), "physical.c": Answer("level0")},
    }
    sums = table(read(book(FOUR, ASKED, answers, TODAY)))
    peers = FOUR.reporting(1)
    found = best_practice(sums, FOUR.unit(2), peers)
    assert [(p.question, p.level, p.highest, p.holders, p.above, p.best_unit, p.best_level) for p in found] == [
        ("external_attack.a", 0, 2, 2, 3, 5, 2),
        ("physical.c", -2, 2, 2, 2, 4, 2),
    ]
    assert best_practice(sums, FOUR.unit(2), peers, "physical") == found[1:]
    assert best_practice(sums, FOUR.unit(2), [FOUR.unit(2)]) == ()
    [only] = best_practice(sums, FOUR.unit(5), peers, "physical")
    assert (only.question, only.best_unit, only.best_level, only.level) == ("physical.c", 4, 2, 0)
    # alone against unit 2, whose best section still holds nothing that is a level
    [less] = best_practice(sums, FOUR.unit(2), [FOUR.unit(2), FOUR.unit(5), FOUR.unit(3)], "physical")
    assert (less.best_unit, less.best_level, less.holders) == (3, 2, 1)


@LAW
@given(quarters(), st.data())
def test_best_practice_is_what_others_hold(quarter: Quarter, data: st.DataObject) -> None:
    portfolio = quarter.portfolio
    if not portfolio.units:
        return
    view, unit_of = data.draw(st.sampled_from(VIEWS)), data.draw(st.sampled_from(portfolio.units))
    found = best_practice(table(portfolio, view), unit_of, portfolio.units)
    codes = {choice.id: number for number, choice in enumerate(quarter.checklist.choices)}
    held = {each.id: quarter.effective(each.id) for each in portfolio.units}
    expected = []
    for asked in seen(quarter.checklist, view).questions:
        mine = held[unit_of.id].get(asked.id)
        if mine is None or mine.choice == NA_WORD:
            continue
        level = codes.get(mine.choice, 0)
        others = [codes.get(sheet[asked.id].choice, -1) for each, sheet in held.items() if each != unit_of.id and asked.id in sheet]
        better = [other for other in others if other > level]
        if better:
            expected.append((asked.id, max(better), better.count(max(better)), len(better)))
    assert [(p.question, p.highest, p.holders, p.above) for p in found] == expected
    for practice in found:
        result = {each.id: dict(quarter.result(each.id, view).sections).get(practice.section, Score()) for each in portfolio.units}
        percents = {name: -1 if s.percent is None else s.percent for name, s in result.items() if name != unit_of.id}
        assert percents[practice.best_unit] == max(percents.values())
        best = held[practice.best_unit].get(practice.question)
        assert practice.best_level == (codes.get(best.choice) if best else None)


def test_the_best_unit_of_a_section_is_the_one_with_the_best_percent() -> None:
    """Unit 4 earns less than unit 3, of less that applies to it."""
    answers = {
        3: {"physical.c": Answer("level2"), "physical.d": Answer("level1")},
        4: {"physical.c": Answer("level2"), "physical.d": Answer(NA_WORD, "none"), "physical.e": Answer(NA_WORD, "none")},
        5: {"physical.c": Answer("level1")},
    }
    sums = table(read(book(FOUR, ASKED, answers, TODAY)))
    [found] = best_practice(sums, FOUR.unit(5), FOUR.reporting(1), "physical")
    assert (found.question, found.best_unit) == ("physical.c", 4)
    answers[2] = {"physical.d": Answer("level0")}
    sums = table(read(book(FOUR, ASKED, answers, TODAY)))
    [less] = best_practice(sums, FOUR.unit(2), FOUR.reporting(1), "physical")
    assert (less.question, less.highest, less.best_unit, less.best_level) == ("physical.d", 1, 4, None)


# --- change between two quarters -----------------------------------------------------------------


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Quarter, Quarter]:
    """Two quarters whose units and questions may be the same, overlap or differ."""
    first, second = draw(quarters()), draw(quarters())
    if draw(st.booleans()):
        second = draw(quarters(first.checklist))
    if draw(st.booleans()):
        second = draw(quarters(second.checklist, first.tree))
    return first, second


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[Quarter, Quarter]:
    """A company whose departments stay, come, go and count otherwise, most questions asked in both quarters."""
    company = unit(1, None, "company")
    before, after = ([unit(n, 1, weight=draw(st.integers(1, 3))) for n in draw(st.sets(st.integers(2, 5), min_size=1))] for _ in range(2))
    asked = checklist({"physical": [question("a", weight=2), "b"], "insider": ["c", question("d", scope="company")]}, points=(0, 1, 3))
    again = checklist({"physical": [question("a", weight=draw(st.integers(2, 3))), "b"], "insider": ["c", "e"]}, points=(0, 1, 3))
    later = draw(st.sampled_from((asked, again)))
    return draw(quarters(asked, Tree((company, *before)))), draw(quarters(later, Tree((company, *after))))


def rows(quarter: Quarter, unit_id: int, asked: Checklist) -> dict[str, Score]:
    answers = quarter.effective(unit_id)
    return {q.id: question_score(asked, q, answers.get(q.id)) for q in asked.questions}


def naive_kind(old: Score, new: Score) -> str | None:
    """The class of one question in one unit, by way of the change of a sheet of two questions."""
    anchor = Score(1, 1, 0, 1, 1, 0, 0, 1)
    found = changes({"q": old, "anchor": anchor}, {"q": new, "anchor": anchor})
    assert found is not None
    return found[0].kind if found else None


def naive_changes(first: Quarter, second: Quarter, node: int, view: object) -> dict[tuple[str, str], tuple[Fraction, int]] | None:
    """Every (unit, question) one by one, in Fractions."""
    asked = [seen(q.checklist, view) for q in (first, second)]  # type: ignore[arg-type]
    weights = [counted(q.tree, q.tree.unit(node)) if node in q.tree else {} for q in (first, second)]
    lines = [
        {(one, name): score for one in w for name, score in rows(q, one, a).items()}
        for q, a, w in zip((first, second), asked, weights, strict=True)
    ]
    totals = [added([times(w[one], score) for (one, _), score in found.items()]) for found, w in zip(lines, weights, strict=True)]
    if not totals[0].possible or not totals[1].possible:
        return None
    e_sum, p0, p1 = totals[0].earned + totals[1].earned, totals[0].possible, totals[1].possible
    found: dict[tuple[str, str], tuple[Fraction, int]] = {}

    def put(name: str, kind: str | None, earned: Fraction, possible: Fraction) -> None:
        delta = earned * (Fraction(1, p0) + Fraction(1, p1)) / 2 - Fraction(e_sum) * possible / (2 * p0 * p1)
        if kind is None:
            assert delta == 0
            return
        before, count = found.get((name, kind), (ZERO, 0))
        found[name, kind] = (before + delta, count + 1)

    for one, name in dict.fromkeys((*lines[0], *lines[1])):
        old, new = lines[0].get((one, name), Score()), lines[1].get((one, name), Score())
        w0, w1 = weights[0].get(one), weights[1].get(one)
        if w0 is None or w1 is None:
            sign = 1 if w0 is None else -1
            kept, weight = (new, w1) if w0 is None else (old, w0)
            put(name, "units_added" if w0 is None else "units_removed", Fraction(sign * (weight or 0) * kept.earned), Fraction(sign * (weight or 0) * kept.possible))  # fmt: skip
            continue
        kind = "added" if (one, name) not in lines[0] else "retired" if (one, name) not in lines[1] else naive_kind(old, new)
        mean = Fraction(w0 + w1, 2)
        put(name, kind, mean * (new.earned - old.earned), mean * (new.possible - old.possible))
        if w0 != w1:
            half = Fraction(w1 - w0, 2)
            put(name, "units_reweighted", half * (old.earned + new.earned), half * (old.possible + new.possible))
    return found


@settings(LAW, max_examples=150)
@given(pairs() | neighbours(), st.data())
def test_the_parts_of_a_nodes_change_are_those_of_its_units_and_add_up(case: tuple[Quarter, Quarter], data: st.DataObject) -> None:
    first, second = case
    node = data.draw(st.sampled_from(sorted({each.id for each in (*first.tree.units, *second.tree.units)})))
    view = data.draw(st.sampled_from(VIEWS))
    before, after = first.portfolio, second.portfolio
    found = node_changes(before, after, node, view)
    expected = naive_changes(first, second, node, view)
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert {(change.question, change.kind): (change.delta, change.units) for change in found} == expected
    assert len(found) == len(expected)
    percents = [table(side, view).node(node)[TOTAL].percent for side in (before, after)]
    assert None not in percents
    total = (percents[1] or ZERO) - (percents[0] or ZERO)
    assert sum((change.delta for change in found), ZERO) == total
    assert sum((delta for _, delta in by_kind(found)), ZERO) == total
    assert [kind for kind, _ in by_kind(found)] == [kind for kind in KINDS if kind in {change.kind for change in found}]
    back = node_changes(after, before, node, view)
    assert back is not None
    assert {(c.question, TURNED.get(c.kind, c.kind)): -c.delta for c in back} == {(c.question, c.kind): c.delta for c in found}


TURNED: dict[Kind, Kind] = {
    "raised": "lowered",
    "newly_answered": "withdrawn",
    "newly_not_applicable": "not_applicable_withdrawn",
    "added": "retired",
    "units_added": "units_removed",
}
TURNED |= {after: before for before, after in TURNED.items()}


@LAW
@given(pairs() | neighbours())
def test_the_evidenced_change_adds_up_too(case: tuple[Quarter, Quarter]) -> None:
    first, second = case
    for node in first.tree.roots:
        found = node_changes(first.portfolio, second.portfolio, node.id, evidenced=True)
        if found is not None:
            old, new = (table(side.portfolio).node(node.id, evidenced=True)[TOTAL].percent for side in case)
            assert sum((change.delta for change in found), ZERO) == (new or ZERO) - (old or ZERO)


@LAW
@given(pairs() | neighbours())
def test_a_node_of_one_unit_changes_as_its_sheet(case: tuple[Quarter, Quarter]) -> None:
    first, second = case
    for each in first.tree.units:
        both = each.id in second.tree and counted(second.tree, second.tree.unit(each.id)) == counted(first.tree, each) == {each.id: 1}
        if both:
            old, new = (rows(quarter, each.id, quarter.checklist) for quarter in case)
            assert node_changes(first.portfolio, second.portfolio, each.id) == changes(old, new)


def test_change_vector_through_arrays() -> None:
    case = CASES["change"]
    before, after = (read(book(Tree((unit(1),)), build(case), {1: answered(case[when])}, TODAY)) for when in ("before", "after"))
    found = node_changes(before, after, 1)
    assert found is not None
    assert {c.question: (c.delta, c.kind) for c in found} == {
        name: (Fraction(delta), case["expect"]["classes"][name]) for name, delta in case["expect"]["delta"].items()
    }
    assert sum(c.delta for c in found) == Fraction(case["expect"]["sum"])


def test_units_that_come_go_and_count_otherwise_by_hand() -> None:
    """One question. Before: a 0 % ×1, b 100 % ×1. After: b 100 % ×3, c 50 % ×1: from 1/2 to 7/8."""
    asked = checklist({"physical": ["q"]}, points=(0, 50, 100))

    def side(levels: dict[int, tuple[str, int]]) -> Portfolio:
        units = (unit(1, None, "company"), *(unit(one, 1, weight=weight) for one, (_, weight) in levels.items()))
        return read(book(Tree(units), asked, {one: {"physical.q": Answer(level)} for one, (level, _) in levels.items()}, TODAY))

    before, after = side({2: ("level0", 1), 3: ("level2", 1)}), side({3: ("level2", 3), 4: ("level1", 1)})
    found = node_changes(before, after, 1)
    # E0 = 100 of 200, E1 = 350 of 400: ½(1/200 + 1/400) = 3/800 a point earned, −450/160000 a point possible
    assert found == (
        Change("physical.q", "units_added", Fraction(50 * 3, 800) - Fraction(450 * 100, 160000), 1),
        Change("physical.q", "units_removed", Fraction(450 * 100, 160000), 1),
        Change("physical.q", "units_reweighted", Fraction(200 * 3, 800) - Fraction(450 * 200, 160000), 1),
    )
    assert sum(change.delta for change in found) == Fraction(3, 8)
    assert node_changes(before, after, 2) is None, "it is gone"
    assert node_changes(before, after, 4) is None, "it was not there"


# --- trend ---------------------------------------------------------------------------------------


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[tuple[Quarter, Outside]], Outside]:
    found = []
    for quarter in draw(pairs()):
        found.append((quarter, draw(outsides([s.id for s in quarter.checklist.sections if s.is_cause]))))
    causes = sorted({s.id for quarter, _ in found for s in quarter.checklist.sections if s.is_cause})
    return found, draw(st.sampled_from([found[-1][1], draw(outsides(causes))]))


@LAW
@given(histories(), st.data())
def test_a_point_is_the_assessment_of_its_quarter(case: tuple[list[tuple[Quarter, Outside]], Outside], data: st.DataObject) -> None:
    history, on = case
    node = data.draw(st.sampled_from(sorted({each.id for quarter, _ in history for each in quarter.tree.units})))
    view = data.draw(st.sampled_from(VIEWS))
    points = trend([(quarter.portfolio, outside) for quarter, outside in history], node, on, view)
    for point, (quarter, outside) in zip(points, history, strict=True):
        portfolio = quarter.portfolio
        shared, own = (assess_units(portfolio, node, each, view) for each in (on, outside))
        if shared is None or own is None:
            assert point == Point(TODAY, 0, Score(), Score(), (), None, None)
            assert point.own_gap is None
            continue
        assert (point.as_of, point.units) == (TODAY, len(counted(quarter.tree, quarter.tree.unit(node))))
        assert (point.total, point.evidenced, point.sections) == (
            shared.result.total,
            shared.result.evidenced,
            shared.result.sections,
        )
        assert point.gap == replace(shared.gap, by_question=())
        assert point.own_gap == own.gap.gap
        assert point.statistics_update == shared.gap.gap - own.gap.gap


def test_a_quarter_on_its_own_statistics_has_no_update() -> None:
    outside = outside_of((4, 3, 2, 1))
    portfolio = read(book(FOUR, ASKED, {2: {"external_attack.a": Answer("level2")}}, date(2026, 3, 31)))
    later = replace(outside, years=(tsr_year(10, (8, 0, 0, 0), 2026),))
    old, new = trend([(portfolio, outside), (portfolio, later)], 1, later)
    assert (old.as_of, old.total) == (date(2026, 3, 31), new.total)
    assert new.statistics_update == 0
    assert old.gap == new.gap
    assert old.statistics_update != 0
