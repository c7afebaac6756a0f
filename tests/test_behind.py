"""What stands behind a number of a node adds up to it, unit by unit and question by question."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.behind import answered_by, first_answered, held, in_column, members, question_scores, says, shares, units_at, units_below
from scoring.compare import changed_units, node_changes
from scoring.model import OPEN, UNKNOWN, Answer, Score
from scoring.portfolio import Portfolio, View, read, table
from scoring.trend import Point
from scoring.units import Tree
from tests.factories import book, checklist, question, unit
from tests.test_compare import pairs
from tests.test_laws import LAW, TODAY
from tests.test_portfolio import VIEWS, Quarter, quarters

ASKED = checklist({
    "physical": (question("lock", critical=True), question("badge", weight=2)),
    "governance": (question("policy", scope="company", owner="board"), question("plan", scope="company", owner="it")),
})  # fmt: skip
TREE = Tree((
    unit(1, None, "company", code="head"),
    unit(2, 1, code="it", owners=("it",)),
    unit(3, 1, code="sales", weight=2),
    unit(4, 1, "supplier", code="maker", weight=0),
))  # fmt: skip
LEVEL = [Answer(f"level{number}") for number in range(5)]
SHEETS = {
    1: {"governance.policy": LEVEL[3]},
    2: {"physical.lock": LEVEL[1], "physical.badge": LEVEL[4]},
    3: {"physical.lock": Answer("unknown"), "physical.badge": LEVEL[4]},
}


def portfolio() -> Portfolio:
    return read(book(TREE, ASKED, SHEETS, TODAY))


@LAW
@given(quarters(), st.sampled_from(VIEWS), st.booleans())
def test_parts_add_up_to_the_node(quarter: Quarter, view: View, evidenced: bool) -> None:
    found = quarter.portfolio
    if not found.checklist(view).sections:
        return
    sums = table(found, view)
    asked = {q.id for q in found.checklist(view).questions}
    for node in quarter.tree.units:
        total = sums.node(node.id, evidenced=evidenced)["total", ""]
        by_unit = shares(found, node.id, asked, view, evidenced=evidenced)
        assert sum((share.score for share in by_unit for _time in range(share.weight)), Score()) == total
        assert tuple(share.unit for share in by_unit) == members(found, node.id)
        assert sum(question_scores(found, node.id, view, evidenced=evidenced).values(), Score()) == total
        for each in members(found, node.id)[:1]:
            assert [one.question for one in held(found, each.id, view)] == list(found.checklist(view).questions)
            assert sum(one.level == OPEN for one in held(found, each.id, view)) == sums.row(each.id)["total", ""].unanswered


@LAW
@given(quarters())
def test_what_units_say_to_one_question_is_what_each_of_them_holds(quarter: Quarter) -> None:
    found = quarter.portfolio
    for node in quarter.tree.roots:
        for asked in found.checklist("whole").questions[:2]:
            one_by_one = [next(h for h in held(found, each.id) if h.question == asked) for each in members(found, node.id)]
            assert list(says(found, node.id, asked)) == one_by_one


def test_units_by_hand() -> None:
    found = portfolio()
    assert [share.unit.code for share in shares(found, 1, {"physical.badge"})] == ["it", "sales"]
    assert [(share.weight, share.score.earned, share.score.possible) for share in shares(found, 1, {"physical.badge"})] == [
        (1, 200, 200),
        (2, 200, 200),
    ]
    assert [share.unit.code for share in shares(found, 4, {"physical.badge"})] == ["maker"]
    assert units_below(found, 1) == {"physical.lock": 2}
    assert units_at(found.checklist("whole"), found.of(1), "physical.lock", UNKNOWN) == 1
    policy = next(each for each in held(found, 3) if each.question.id == "governance.policy")
    assert (policy.level, policy.evidenced, policy.source.code) == (3, False, "head")


def test_who_answers() -> None:
    lock, policy, plan = (next(q for q in ASKED.questions if q.id.endswith(name)) for name in ("lock", "policy", "plan"))
    sales, maker = TREE.unit(3), TREE.unit(4)
    assert answered_by(TREE, sales, lock) == sales
    assert answered_by(TREE, sales, policy).code == "head"
    assert answered_by(TREE, sales, plan).code == "it"
    assert answered_by(TREE, maker, plan) == maker
    assert first_answered(TREE, sales, (policy, lock)) == (sales, lock)
    assert first_answered(TREE, sales, (plan, policy)) == (TREE.unit(2), plan)
    alone = unit(9)
    assert answered_by(Tree((alone,)), alone, plan) == alone


@pytest.mark.parametrize(("column", "names"), [
    (("total", ""), ["lock", "badge", "policy", "plan"]),
    (("section", "physical"), ["lock", "badge"]),
    (("countermeasure", "M1"), ["lock", "badge", "policy", "plan"]),
    (("countermeasure", "M9"), []),
])  # fmt: skip
def test_questions_of_a_column(column: tuple[str, str], names: list[str]) -> None:
    assert [q.id.split(".")[1] for q in in_column(ASKED, *column)] == names


@LAW
@given(pairs())
def test_every_change_names_as_many_units_as_it_counts(case: tuple[Quarter, Quarter]) -> None:
    before, after = (quarter.portfolio for quarter in case)
    for node in case[1].tree.roots:
        named = changed_units(before, after, node.id)
        for change in node_changes(before, after, node.id) or ():
            if not change.kind.startswith("units_"):
                assert len(named[change.question, change.kind]) == change.units


def test_the_share_with_evidence() -> None:
    point = Point(date(2026, 9, 30), 1, Score(earned=40, possible=100), Score(earned=10, possible=100), (), None, None)
    assert point.evidenced_share == Fraction(1, 4)
    assert Point(date(2026, 9, 30), 0, Score(), Score(), (), None, None).evidenced_share is None
