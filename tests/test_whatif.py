"""What if: numbers of changed answers are the numbers of really stored ones; scenarios are kept, and nothing of them is lost."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from scoring.assessment import Assessment, assess, express_view
from scoring.compare import changes
from scoring.model import NA_WORD, NOT_APPLICABLE, OPEN, UNKNOWN, UNKNOWN_WORD, Answer, Evidence, Text
from scoring.portfolio import assess_units, read
from scoring.units import Tree
from scoring.whatif import (
    RULES,
    Assumption,
    Ignored,
    Move,
    Outcome,
    Standing,
    express,
    from_steps,
    gap_parts,
    half_days,
    moves,
    rule_for,
    standing,
    stands,
    supposed,
    what_if,
)
from tenken.auth import User
from tenken.books import portfolio
from tenken.cli import app
from tenken.errors import Conflict, NotAllowed, NotFound
from tenken.store import Store
from tenken.supposing import writes
from tenken.verify import verify
from tests.factories import book, checklist, question, unit
from tests.many_units import fill
from tests.organisation import OFFICE, Organisation, founded
from tests.test_laws import LAW, TODAY, assessments, outsides
from tests.test_laws import sheets as any_sheets
from tests.test_portfolio import Quarter, outside_of, quarters

OUTSIDE = outside_of((4, 3, 2, 1))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Quarter, int, tuple[Assumption, ...]]:
    """Any quarter, any node at which something counts, and assumptions about it and the units below it."""
    quarter = draw(quarters())
    nodes = [each.id for each in quarter.tree.units if len(quarter.portfolio.members(each.id)[0])]
    if not nodes:
        return quarter, quarter.tree.roots[0].id, ()
    node = draw(st.sampled_from(nodes))
    below = [each.id for each in quarter.tree.below(node) if each.id in nodes]
    asked = draw(st.lists(st.sampled_from([q.id for q in quarter.checklist.questions]), max_size=4, unique=True))
    levels = st.integers(0, len(quarter.checklist.choices) - 1)
    found = [
        Assumption(each, draw(levels), draw(st.sampled_from(RULES)), draw(st.sampled_from([None, None, *below]))) for each in asked
    ]  # fmt: skip
    return quarter, node, tuple(found)


def naive_place(quarter: Quarter, unit_id: int, question_id: str) -> int:
    """The node on whose sheet a unit's answer stands; where nobody has answered, the one that is asked."""
    scope = next(q.scope for q in quarter.checklist.questions if q.id == question_id)
    path = [unit_id] if scope == "unit" else [each.id for each in quarter.tree.path(unit_id)]
    answered = next((each for each in path if question_id in quarter.sheets.get(each, {})), None)
    if answered is not None:
        return answered
    return next((each for each in path if quarter.tree.unit(each).is_company), path[-1])


def naive(quarter: Quarter, node: int, assumptions: tuple[Assumption, ...]) -> Quarter:
    """The same answers given on the sheets on which they stand, each with evidence of today."""
    stored = {unit_id: dict(answers) for unit_id, answers in quarter.sheets.items()}
    places = [choice.id for choice in quarter.checklist.choices]
    proof = Evidence("x", TODAY)
    for each in assumptions:
        rows, _ = quarter.portfolio.members(node if each.unit is None else each.unit)
        for holder in {naive_place(quarter, quarter.portfolio.units[row].id, each.question) for row in rows.tolist()}:
            answer = quarter.sheets.get(holder, {}).get(each.question)
            known = answer is not None and answer.choice in places
            level = places.index(answer.choice) if answer and known else -1
            is_na = answer is not None and answer.choice == NA_WORD
            moved = (
                each.rule == "set"
                or (each.rule == "at_least" and level < each.level and not is_na)
                or (each.rule == "at_most" and level > each.level)
            )
            said = Answer(places[each.level]) if moved else answer
            if said is not None:
                stored.setdefault(holder, {})[each.question] = replace(said, evidence=proof if said.choice in places else said.evidence)
    return replace(quarter, sheets=stored)


# --- laws ---------------------------------------------------------------------------------------------------------


@LAW
@given(cases(), st.booleans())
def test_without_a_change_every_number_is_the_same(case: tuple[Quarter, int, object], proven: bool) -> None:
    quarter, node, _ = case
    found = what_if(quarter.portfolio, node, OUTSIDE, (), proven=proven)
    if found is None:
        assert assess_units(quarter.portfolio, node, OUTSIDE) is None
        return
    assert found.before.result == found.after.result
    assert found.before.gap == found.after.gap
    assert not found.moves
    assert not found.changes
    assert not any((found.half_days, found.score, found.gap))


@LAW
@given(cases(), st.data())
def test_the_numbers_are_those_of_answers_that_are_really_stored(
    case: tuple[Quarter, int, tuple[Assumption, ...]], data: st.DataObject
) -> None:
    quarter, node, assumptions = case
    outside = data.draw(outsides([s.id for s in quarter.checklist.sections if s.is_cause]))
    found = what_if(quarter.portfolio, node, outside, assumptions, proven=True)
    if found is None:
        return
    stored = naive(quarter, node, assumptions).portfolio
    expected = assess_units(stored, node, outside)
    assert expected is not None
    assert found.after.result == expected.result
    assert found.after.gap == expected.gap
    assert found.after.steps == expected.steps
    for name in ("claimed", "evidenced", "by_profile", "sources"):
        assert np.array_equal(getattr(found.portfolio.sheets, name), getattr(stored.sheets, name))
    if found.changes is None:
        assert found.score is None
    else:
        assert sum((change.delta for change in found.changes), Fraction(0)) == found.score
    assert sum(gap_parts(found.before, found.after).values(), Fraction(0)) == found.gap


@LAW
@given(assessments(), st.data())
def test_of_one_form_too_the_parts_of_the_gap_add_up(before: Assessment, data: st.DataObject) -> None:
    after = assess(before.checklist, data.draw(any_sheets(before.checklist)), before.as_of, before.outside)
    assert sum(gap_parts(before, after).values(), Fraction(0)) == after.gap.gap - before.gap.gap


@LAW
@given(cases())
def test_evidence_proves_what_it_proved_and_no_more(case: tuple[Quarter, int, tuple[Assumption, ...]]) -> None:
    quarter, node, assumptions = case
    before = quarter.portfolio.sheets
    after = supposed(quarter.portfolio, node, assumptions).sheets
    same = before.claimed == after.claimed
    assert (after.evidenced[same] == before.evidenced[same]).all()
    assert (after.evidenced <= after.claimed).all()
    moved = ~same
    assert (after.evidenced[moved] <= np.maximum(before.evidenced[moved], 0)).all()
    assert (after.evidenced[moved] >= np.minimum(before.evidenced[moved], after.claimed[moved])).all()


@LAW
@given(cases(), st.booleans())
def test_raising_never_raises_the_gap_and_never_lowers_a_score(case: tuple[Quarter, int, tuple[Assumption, ...]], proven: bool) -> None:
    quarter, node, assumptions = case
    up = tuple(replace(each, rule="at_least") for each in assumptions)
    found = what_if(quarter.portfolio, node, OUTSIDE, up, proven=proven)
    if found is None:
        return
    assert found.gap <= 0
    assert (found.score or 0) >= 0
    assert found.after.gap.high <= found.before.gap.high
    assert found.after.result.evidenced.earned >= found.before.result.evidenced.earned
    # an open answer is not named as too low; given as 0 it is
    answered = {move.question for move in found.moves if move.before == OPEN}
    assert set(found.after.result.below_critical) <= {*found.before.result.below_critical, *answered}
    assert all(move.is_up for move in found.moves)


@LAW
@given(cases(), st.randoms())
def test_the_order_of_assumptions_is_nothing(case: tuple[Quarter, int, tuple[Assumption, ...]], random: Any) -> None:
    quarter, node, assumptions = case
    turned = random.sample(assumptions, len(assumptions))
    one, other = (supposed(quarter.portfolio, node, each).sheets for each in (assumptions, turned))
    assert np.array_equal(one.claimed, other.claimed)
    assert np.array_equal(one.evidenced, other.evidenced)


@LAW
@given(cases())
def test_what_moved_is_named_once_and_costs_its_levels(case: tuple[Quarter, int, tuple[Assumption, ...]]) -> None:
    quarter, node, assumptions = case
    after = supposed(quarter.portfolio, node, assumptions)
    found = moves(quarter.portfolio, after)
    assert len({(move.unit, move.question) for move in found}) == len(found)
    assert sum(move.units for move in found) == int((quarter.portfolio.sheets.claimed != after.sheets.claimed).sum())
    asked = {each.id: each for each in quarter.checklist.questions}
    for move in found:
        whole = sum(asked[move.question].effort[: move.level])
        assert half_days(quarter.checklist, move) == (
            whole + 1 if move.before == UNKNOWN else max(0, whole - sum(asked[move.question].effort[: max(move.before, 0)]))
        )
        assert half_days(quarter.checklist, move, {move.unit: {move.question: (0,) * 9}}) == (move.before == UNKNOWN)


@LAW
@given(quarters())
def test_the_express_questions_alone(quarter: Quarter) -> None:
    asked = express_view(quarter.checklist)
    if not asked.questions:
        return
    wanted = {q.id for q in asked.questions}
    sheets = {unit_id: {q: a for q, a in answers.items() if q in wanted} for unit_id, answers in quarter.sheets.items()}
    expected = read(book(quarter.tree, asked, sheets, TODAY))
    found = express(quarter.portfolio)
    assert found.checklist("whole") == asked
    assert np.array_equal(found.sheets.claimed, expected.sheets.claimed)
    assert np.array_equal(found.sheets.evidenced, expected.sheets.evidenced)


# --- by hand ------------------------------------------------------------------------------------------------------

ASKED = checklist(
    {"external_attack": [question("policy", scope="company", weight=2), question("lock", critical=True)], "physical": ["door"]}
)
POLICY, LOCK, DOOR = (each.id for each in ASKED.questions)
TREE = Tree((unit(1, None, "company"), unit(2, 1), unit(3, 1, weight=3), unit(4, 1, "supplier", weight=0, reporting=True)))
PROOF = Evidence("x", TODAY)
SHEETS: Mapping[int, Mapping[str, Answer]] = {
    1: {POLICY: Answer("level1", evidence=PROOF)},
    2: {LOCK: Answer("level3", evidence=PROOF), DOOR: Answer(UNKNOWN_WORD)},
    3: {LOCK: Answer("level1"), DOOR: Answer(NA_WORD, "none")},
    4: {POLICY: Answer("level0")},
}
SMALL = read(book(TREE, ASKED, SHEETS, TODAY))


def tried(node: int, *assumptions: Assumption, proven: bool = False) -> Outcome:
    found = what_if(SMALL, node, OUTSIDE, assumptions, proven=proven)
    assert found is not None
    return found


def test_a_company_answer_changes_for_all_that_inherit_it() -> None:
    found = tried(2, Assumption(POLICY, 3))
    assert found.moves == (Move(1, POLICY, 1, 3, 2),)
    assert found.portfolio.sheets.claimed[:, 0].tolist() == [3, 3, 0]  # not the supplier's
    assert found.portfolio.sheets.evidenced[:, 0].tolist() == [1, 1, 0]
    assert found.half_days == 4  # once, however many inherit
    assert tried(2, Assumption(POLICY, 3), proven=True).portfolio.sheets.evidenced[:, 0].tolist() == [3, 3, 0]


def test_of_several_answers_the_lower_ones_are_raised_or_the_higher_ones_lowered() -> None:
    exactly, at_least, at_most = (tried(1, Assumption(LOCK, 2, rule)) for rule in RULES)
    assert [each.portfolio.sheets.claimed[:2, 1].tolist() for each in (at_least, at_most, exactly)] == [[3, 2], [2, 1], [2, 2]]
    assert (at_least.half_days, at_most.half_days) == (2, 0)
    assert at_most.portfolio.sheets.evidenced[:2, 1].tolist() == [2, 0]
    # not applicable stays unless it is set
    assert tried(1, Assumption(DOOR, 4, "at_least")).portfolio.sheets.claimed[:2, 2].tolist() == [4, NOT_APPLICABLE]
    assert tried(1, Assumption(DOOR, 4)).portfolio.sheets.claimed[:2, 2].tolist() == [4, 4]
    assert tried(1, Assumption(DOOR, 0, "at_most")).moves == ()


def test_one_unit_counts_more_than_the_node_and_open_answers_are_answered() -> None:
    both = tried(1, Assumption(LOCK, 0, "set", unit=2), Assumption(LOCK, 4, "at_least"))
    assert both.portfolio.sheets.claimed[:2, 1].tolist() == [0, 4]
    assert tried(4, Assumption(DOOR, 2)).moves == (Move(4, DOOR, OPEN, 2, 1),)
    assert tried(1, Assumption(DOOR, 2, "set", unit=2)).half_days == 5  # two levels, and half a day to find out


def test_evidence_alone_can_be_tried() -> None:
    found = tried(1, Assumption(LOCK, 1, "at_least"), proven=True)
    assert found.moves == ()
    assert found.after.result.total == found.before.result.total
    assert found.portfolio.sheets.evidenced[:2, 1].tolist() == [3, 1]


def test_what_says_nothing_here_is_named_and_left_out() -> None:
    gone, level, elsewhere = Assumption("x.gone", 1), Assumption(LOCK, 9), Assumption(LOCK, 4, "set", unit=3)
    found = tried(2, gone, level, elsewhere, Assumption(LOCK, 4))
    assert found.ignored == (Ignored(gone, "question"), Ignored(level, "level"), Ignored(elsewhere, "unit"))
    assert [move.question for move in found.moves] == [LOCK]
    # the last of several about the same counts
    assert tried(2, Assumption(LOCK, 4), Assumption(LOCK, 1)).moves == (Move(2, LOCK, 3, 1, 1),)


def test_nothing_counts_where_nobody_reports() -> None:
    empty = read(book(Tree((unit(1, None, "company"),)), ASKED, {}, TODAY))
    assert what_if(empty, 1, OUTSIDE, ()) is None


def test_what_stands_there_and_how_a_level_is_meant() -> None:
    assert stands(SMALL, 1, LOCK) == {3: 1, 1: 1}
    assert stands(SMALL, 1, POLICY) == {1: 1}
    assert (rule_for(SMALL, 1, LOCK), rule_for(SMALL, 1, POLICY), rule_for(SMALL, 2, LOCK)) == ("at_least", "set", "set")


def test_the_next_steps_as_a_beginning() -> None:
    judged = assess_units(SMALL, 1, OUTSIDE)
    assert judged is not None
    assert from_steps(SMALL, 1, judged.steps, 1) == (Assumption(LOCK, 2, "at_least"),)
    found = from_steps(SMALL, 1, judged.steps, 9)
    assert {each.question for each in found} == {LOCK, POLICY}  # the unknown door is to be found out: it assumes nothing


def test_places_among_those_beside() -> None:
    assert standing(SMALL, 1) is None
    assert standing(SMALL, 4) is None  # a supplier alone
    assert standing(SMALL, 2) == Standing(1, 1, 0, 2)
    assert standing(SMALL, 3) == Standing(2, 2, 0, 2)
    raised = tried(3, Assumption(LOCK, 4)).portfolio
    assert standing(raised, 3) == Standing(1, 1, 0, 2)
    equal = tried(3, Assumption(LOCK, 3), Assumption(DOOR, 0)).portfolio
    assert standing(equal, 3) == Standing(1, 1, 1, 2)


def test_a_node_of_one_unit_has_the_parts_of_its_sheet() -> None:
    found = tried(2, Assumption(LOCK, 4), Assumption(DOOR, 2))
    from scoring.behind import question_scores

    expected = changes(question_scores(SMALL, 2), question_scores(found.portfolio, 2))
    assert found.changes == expected


# --- what is kept -------------------------------------------------------------------------------------------------

FIVE = (Assumption("external_attack.mfa_remote", 4), Assumption("telework.private_devices", 2, "at_least", 3))


@pytest.fixture
def known(store: Store) -> Organisation:
    return founded(store)


def test_a_scenario_is_kept_changed_taken_away_and_brought_back(known: Organisation) -> None:
    store, office, tree, at = known.store, known.people[OFFICE], known.store.tree(known.root.id, known.at), known.units["sales"].id
    kept = writes.save(store, office, tree, known.period, at, "  まず  証跡 ", FIVE, True)
    assert (kept.name, kept.assumptions, kept.proven, kept.person, kept.version) == ("まず 証跡", FIVE, True, OFFICE, 1)
    assert store.scenarios(at) == (kept,)
    changed = writes.change(store, office, tree, kept, "別の名前", FIVE[:1], False)
    assert (changed.id, changed.name, changed.assumptions, changed.proven, changed.version) == (kept.id, "別の名前", FIVE[:1], False, 2)
    with pytest.raises(Conflict) as conflict:
        writes.change(store, office, tree, kept, "古い", FIVE, True)
    assert conflict.value.code == "scenario_changed"
    assert conflict.value.fields["theirs"] == changed
    with pytest.raises(Conflict):
        writes.remove(store, office, tree, kept)
    assert store.scenarios(at) == (changed,)
    gone = writes.remove(store, office, tree, changed)
    assert store.scenarios(at) == ()
    with pytest.raises(NotFound):
        writes.remove(store, office, tree, changed)
    back = writes.bring_back(store, office, tree, gone)
    assert (back.name, back.assumptions, back.proven, back.period) == (changed.name, changed.assumptions, changed.proven, changed.period)
    actions = [event.action for event in store.events(known.root.id) if event.action.startswith("scenario")]
    assert actions[::-1] == ["scenario_added", "scenario_changed", "scenario_removed", "scenario_added"]
    assert verify(store, known.root.id).holds


def test_names_are_unique_in_a_units_quarter(known: Organisation) -> None:
    store, root = known.store, known.root.id

    def add(unit_id: int, period: int, name: str) -> None:
        store.add_scenario(root, unit_id, period, name, FIVE, proven=False, person=OFFICE)

    sales, it = (known.units[code].id for code in ("sales", "it"))
    add(sales, known.period.id, "同じ")
    with pytest.raises(Conflict) as conflict:
        add(sales, known.period.id, " 同じ ")
    assert (conflict.value.code, conflict.value.fields["name"]) == ("scenario_exists", "同じ")
    add(it, known.period.id, "同じ")
    add(sales, known.period.id, "ほか")
    other = store.scenarios(sales)[1]
    with pytest.raises(Conflict) as conflict:
        store.change_scenario(other, "同じ", FIVE, proven=False, person=OFFICE)
    assert conflict.value.code == "scenario_exists"
    assert store.scenarios(sales)[1] == other
    with pytest.raises(NotFound):
        add(99, known.period.id, "x")
    with pytest.raises(NotFound):
        add(sales, 99, "x")


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\0b", "\ud800"])
def test_a_name_that_is_none_is_refused(known: Organisation, name: str) -> None:
    with pytest.raises(Conflict) as conflict:
        known.store.add_scenario(known.root.id, known.root.id, known.period.id, name, FIVE, proven=False, person=OFFICE)
    assert conflict.value.code == "scenario_name"
    with pytest.raises(Conflict) as conflict:
        known.store.add_scenario(known.root.id, known.root.id, known.period.id, "x", (), proven=False, person=OFFICE)
    assert conflict.value.code == "scenario_empty"
    assert known.store.scenarios(known.root.id) == ()


def test_who_may_keep_a_scenario(known: Organisation) -> None:
    tree, at = known.store.tree(known.root.id, known.at), known.units["sales"].id
    for user in (known.people["sales"], User("誰か", (("board", known.root.id),)), User("x", (("administrator", known.root.id),))):
        with pytest.raises(NotAllowed):
            writes.save(known.store, user, tree, known.period, at, "x", FIVE, False)
    assert known.store.scenarios(at) == ()
    assert writes.save(known.store, User("一人", solo=True), tree, known.period, at, "x", FIVE, False).person == "一人"


# --- the command --------------------------------------------------------------------------------------------------


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["whatif", *arguments])


def test_the_command_says_what_the_functions_say(store: Store) -> None:
    fill(store, 3, 2)
    asked, day = "external_attack.mfa_remote", store.periods(1)[-1].start.isoformat()
    done = run("--set", f"{asked}=4", "--set", "d1:telework.private_devices=0", "--with-evidence", "--json")
    assert done.exit_code == 0, done.output
    data = json.loads(done.stdout)
    sheets = portfolio(store, store.periods(1)[-1], date.today())
    tree = sheets.book.tree
    below = next(each.id for each in tree.units if each.code == "d1")
    from tenken.content import load_content

    wanted = (Assumption(asked, 4, rule_for(sheets, 1, asked)), Assumption("telework.private_devices", 0, "set", below))
    found = what_if(sheets, 1, load_content().outside, wanted, proven=True)
    assert found is not None
    assert data["period"] == day
    total = found.after.result.total
    assert (data["then"]["score"]["earned"], data["then"]["score"]["possible"]) == (total.earned, total.possible)
    assert data["half_days"] == found.half_days
    assert len(data["answers"]) == len(found.moves)
    parts = [Fraction(each["exact"]) for each in data["parts"]]
    assert sum(parts) == found.score
    assert sum(Fraction(each["exact"]) for each in data["gap_parts"]) == found.gap
    text = run("--unit", "d1", "--at-most", f"{asked}=0", "--period", day)
    assert text.exit_code == 0
    assert "→" in text.stdout


def test_the_command_takes_a_kept_scenario(store: Store) -> None:
    fill(store, 3, 2)
    first, last = store.periods(1)
    old = (Assumption("external_attack.mfa_remote", 4), Assumption("gone.question", 2))
    store.add_scenario(1, 1, first.id, "古い", old, proven=False, person="")
    data = json.loads(run("--scenario", "古い", "--json").stdout)
    assert data["left_out"] == [{"question": "gone.question", "level": 2, "why": "question"}]
    store.add_scenario(1, 1, last.id, "古い", old[:1], proven=True, person="")
    data = json.loads(run("--scenario", "古い", "--json").stdout)
    assert (data["left_out"], data["evidence"]) == ([], True)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--set", "nope.nope=2"], "nope.nope"),
        (["--set", "external_attack.mfa_remote=7"], "'7'"),
        (["--set", "external_attack.mfa_remote=−1"], "0–4"),
        (["--set", "external_attack.mfa_remote"], "no level"),
        (["--set", "zz:external_attack.mfa_remote=1"], "'zz'"),
        (["--scenario", "ない"], "ない"),
        (["--unit", "zz", "--set", "external_attack.mfa_remote=1"], "'zz'"),
        (["--period", "1999-01-01", "--set", "external_attack.mfa_remote=1"], "1999-01-01"),
        ([], "QUESTION=LEVEL"),
    ],
)
def test_what_the_command_does_not_know_is_named(store: Store, arguments: list[str], named: str) -> None:
    fill(store, 3, 1)
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert named in done.stderr


def test_a_company_alone_is_judged_as_its_own_form(store: Store) -> None:
    """The page judges a company that reports for itself through arrays; the overview by its answers: the same numbers."""
    from tenken.content import load_content
    from tests.company import company_answers

    content = load_content()
    alone = Tree((unit(1, None, "company", reporting=True, name=Text("自社", "Us")),))
    answers = company_answers(TODAY)
    quarter = read(book(alone, content.checklist, {1: answers}, TODAY))
    for sheets, asked in ((quarter, content.checklist), (express(quarter), express_view(content.checklist))):
        found = what_if(sheets, 1, content.outside, ())
        one = assess(asked, answers, TODAY, content.outside)
        assert found is not None
        assert (found.before.result, found.before.gap) == (one.result, one.gap)
