"""Targets: the laws of the way to them, which target counts for whom, the ready-made sets, and what is stored."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.assessment import Assessment, Outside
from scoring.errors import DataError
from scoring.load.targets import load_profiles
from scoring.model import NA_WORD, UNKNOWN_WORD, Answer, Checklist, Text
from scoring.portfolio import assess_units
from scoring.targets import (
    Aim,
    Chosen,
    Profile,
    Profiles,
    QuestionTarget,
    SectionTarget,
    Targets,
    ToTarget,
    ceiling,
    each_to_target,
    merged,
    of_units,
    targets,
    to_target,
    unknown,
    wanted,
)
from scoring.units import Tree, Unit
from tenken.aiming.chosen import as_json, choose, chosen_at, chosen_in, profiles, read_chosen
from tenken.aiming.read import aimed, course_aims, targets_by_unit, targets_of, unit_aims
from tenken.auth import User
from tenken.content import DATA, load_content
from tenken.course import read_course
from tenken.errors import Conflict, NotAllowed, TargetError
from tenken.store import Store
from tests.factories import checklist, unit
from tests.many_units import fill
from tests.test_laws import LAW, TODAY, all_at, assessments
from tests.test_portfolio import Quarter, counted, judged

CHECKLIST = load_content().checklist
OFFICE = User("事務局", solo=True)


def levels_for(asked: Checklist) -> st.SearchStrategy[Targets]:
    """Any question with any target, or without one."""
    return st.dictionaries(st.sampled_from([q.id for q in asked.questions]), st.integers(0, len(asked.choices) - 1)).map(Targets)


@st.composite
def aims(draw: st.DrawFn) -> tuple[Assessment, Targets]:
    found = draw(assessments())
    return found, draw(levels_for(found.checklist))


def way(a: Assessment, found: Targets) -> ToTarget:
    return to_target(a.checklist, a.answers, a.gap, found)


def at_top(asked: Checklist) -> Targets:
    return Targets({q.id: len(asked.choices) - 1 for q in asked.questions})


# --- the way -------------------------------------------------------------------------------------


def naive(asked: Checklist, answers: Mapping[str, Answer], found: Targets) -> dict[str, Aim]:
    """Question by question in plain integers."""
    place, rows = {choice.id: choice.points for choice in asked.choices}, {}
    for question in asked.questions:
        answer, level = answers.get(question.id), found.levels.get(question.id)
        aim, full = (0 if level is None else question.weight * asked.choices[level].points), question.weight * asked.max
        if answer is None:
            rows[question.id] = Aim(0, aim, aim, full, full)
        elif answer.choice == NA_WORD:
            rows[question.id] = Aim(0, 0, 0, 0, full)
        else:
            points = 0 if answer.choice == UNKNOWN_WORD else question.weight * place[answer.choice]
            rows[question.id] = Aim(max(0, aim - points), 0, aim, full, full)
    return rows


@LAW
@given(aims())
def test_a_naive_twin(case: tuple[Assessment, Targets]) -> None:
    a, found = case
    rows, seen = naive(a.checklist, a.answers, found), way(a, found)
    assert dict(seen.questions) == rows
    assert seen.total == sum(rows.values(), Aim())
    assert seen.below == tuple(question for question, aim in rows.items() if aim.lost)
    assert seen.answers == len(seen.below)
    for section in a.checklist.sections:
        assert dict(seen.sections)[section.id] == sum((rows[q.id] for q in section.questions), Aim())
    for part in a.gap.causes:
        aim = dict(seen.sections)[part.cause]
        assert dict(seen.causes)[part.cause] == part.share.central * Fraction(aim.lost, aim.total)
    assert sum(dict(seen.causes).values(), Fraction(0)) == seen.gap


@LAW
@given(aims())
def test_the_way_to_a_target_is_a_part_of_the_way_to_the_top(case: tuple[Assessment, Targets]) -> None:
    a, found = case
    seen, total = way(a, found), a.result.total
    assert 0 <= seen.lost <= total.possible - total.earned - total.open
    assert 0 <= seen.total.open <= total.open
    assert (seen.possible, seen.total.total) == (total.possible, total.total)
    assert 0 <= seen.gap <= a.gap.uncovered
    for part in a.gap.causes:
        assert 0 <= dict(seen.causes)[part.cause] <= part.uncovered


@LAW
@given(aims())
def test_with_all_targets_at_the_top_nothing_is_new(case: tuple[Assessment, Targets]) -> None:
    a, _some = case
    seen, total = way(a, at_top(a.checklist)), a.result.total
    assert seen.lost == total.possible - total.earned - total.open
    assert seen.total.open == total.open
    assert seen.gap == a.gap.uncovered
    assert seen.total.score == (1 if total.possible else None)
    assert not seen.beyond


@LAW
@given(aims(), st.data())
def test_a_higher_target_is_never_nearer_and_a_better_answer_never_further(case: tuple[Assessment, Targets], data: st.DataObject) -> None:
    a, found = case
    seen = way(a, found)
    question = data.draw(st.sampled_from(a.checklist.questions))
    top = len(a.checklist.choices) - 1
    higher = Targets({**found.levels, question.id: data.draw(st.integers(found.levels.get(question.id, 0), top))})
    harder = way(a, higher)
    assert harder.lost >= seen.lost
    assert harder.gap >= seen.gap
    assert set(harder.below) >= set(seen.below)
    answer = a.answers.get(question.id)
    if answer is None or answer.choice in (NA_WORD, UNKNOWN_WORD):
        return
    level = next(n for n, choice in enumerate(a.checklist.choices) if choice.id == answer.choice)
    raised = dict(a.answers) | {question.id: Answer(a.checklist.choices[data.draw(st.integers(level, top))].id)}
    better = to_target(a.checklist, raised, a.gap, found)
    assert better.lost <= seen.lost
    assert better.gap <= seen.gap


@LAW
@given(aims())
def test_at_the_targets_the_way_is_nothing_and_the_score_is_the_score_needed(case: tuple[Assessment, Targets]) -> None:
    a, found = case
    full = Targets({q.id: found.levels.get(q.id, 0) for q in a.checklist.questions})
    reached = {question: Answer(a.checklist.choices[level].id) for question, level in full.levels.items()}
    seen = to_target(a.checklist, reached, a.gap, full)
    assert (seen.lost, seen.below) == (0, ())
    assert seen.gap == 0
    assert seen.total.asked == sum(q.weight * a.checklist.choices[full.levels[q.id]].points for q in a.checklist.questions)


@LAW
@given(aims())
def test_steps_beyond_the_target_leave_the_way_as_it_is_and_the_others_shorten_it(case: tuple[Assessment, Targets]) -> None:
    a, found = case
    seen = way(a, found)
    for step in a.steps:
        if step.level is None:
            assert not seen.is_beyond(step)
            continue
        level = found.levels.get(step.question)
        assert ((step.question, step.level) in seen.beyond) == (level is not None and step.level >= level)
        done = dict(a.answers) | {step.question: Answer(a.checklist.choices[step.level + 1].id)}
        after = to_target(a.checklist, done, a.gap, found)
        assert (after.lost < seen.lost) == (level is not None and step.level < level)
        if step.critical:
            assert not seen.is_beyond(step)


def test_nothing_applicable_is_no_number() -> None:
    asked = checklist({"external_attack": ["a"]})
    seen = to_target(asked, {"external_attack.a": Answer(NA_WORD, "none")}, _gap(asked), at_top(asked))
    assert (seen.total.points, seen.total.score) == (None, None)
    assert seen.gap == 0


def _gap(asked: Checklist) -> Any:
    from scoring.assessment import assess

    return assess(asked, all_at(asked, asked.choices[0].id), TODAY, load_content().outside).gap


def test_a_hand_computed_case() -> None:
    """Weights 1 and 2, targets 3 and 2 of 4: at 1 and unknown, (75 − 25) + 2 × 50 = 150 of 300 points are missing; an open one of
    weight 3 to level 4 stands apart with 300."""
    sections = {"external_attack": ["a"], "governance": ["b", "c"]}
    asked = checklist(sections)
    weighted = {"a": 1, "b": 2, "c": 3}
    asked = replace(
        asked,
        sections=tuple(
            replace(s, questions=tuple(replace(q, weight=weighted[q.id.split(".")[1]]) for q in s.questions)) for s in asked.sections
        ),
        content_hash="by hand",
    )
    found = Targets({"external_attack.a": 3, "governance.b": 2, "governance.c": 4})
    said = {"external_attack.a": Answer("level1"), "governance.b": Answer(UNKNOWN_WORD)}
    seen = to_target(asked, said, _gap(asked), found)
    assert seen.total == Aim(lost=150, open=300, asked=475, possible=600, total=600)
    assert seen.total.points == Fraction(1, 4)
    share = next(part.share.central for part in _gap(asked).causes if part.cause == "external_attack")
    assert seen.gap == share * Fraction(50, 100)


# --- many sheets ---------------------------------------------------------------------------------


@st.composite
def with_choices(draw: st.DrawFn) -> tuple[Quarter, Outside, Profiles, dict[int, Chosen]]:
    quarter, outside = draw(judged())
    asked, top = quarter.checklist, len(quarter.checklist.choices) - 1
    level = st.integers(0, top)
    made = []
    for name in ("low", "high"):
        sections = tuple(SectionTarget(s.id, draw(level), draw(level), Text("理由", "why")) for s in asked.sections)
        some = draw(st.lists(st.sampled_from([q.id for q in asked.questions]), unique=True, max_size=2))
        made.append(
            Profile(
                name, Text("名", name), Text("誰", "who"), sections, tuple(QuestionTarget(q, draw(level), Text("理", "w")) for q in some)
            )
        )
    picked = st.builds(
        Chosen,
        st.sampled_from([None, "low", "high"]),
        st.dictionaries(st.sampled_from(["department", "supplier", "company"]), st.sampled_from(["low", "high"])).map(pairs),
        st.dictionaries(st.sampled_from([s.id for s in asked.sections]), level, max_size=2).map(pairs),
        st.dictionaries(st.sampled_from([q.id for q in asked.questions]), level, max_size=2).map(pairs),
    )
    chosen = {each.id: draw(picked) for each in quarter.tree.units if draw(st.booleans())}
    return quarter, outside, Profiles("1", Text("案", "ours"), tuple(made)), chosen


def pairs(found: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(found.items()))


def naive_target(tree: Tree, made: Profiles, chosen: Mapping[int, Chosen], node: Unit, question: Any) -> int | None:
    """The rule, read aloud: a question, else its section, else the nearest profile, a kind before all at the same node."""
    path, at = list[Chosen](), node
    while True:
        path += [chosen[at.id]] if at.id in chosen else []
        if at.parent is None:
            break
        at = tree.unit(at.parent)
    for name, key in (("questions", question.id), ("sections", question.section)):
        for each in path:
            if key in dict(getattr(each, name)):
                return int(dict(getattr(each, name))[key])
    for each in path:
        profile = made.of(dict(each.kinds).get(node.kind, each.profile))
        if profile:
            exception = {one.question: one.level for one in profile.questions}
            said = profile.section(question.section)
            assert said is not None
            return exception.get(question.id, said.critical if question.critical else said.level)
    return None


@LAW
@given(with_choices())
def test_which_target_counts(case: tuple[Quarter, Outside, Profiles, dict[int, Chosen]]) -> None:
    quarter, _outside, made, chosen = case
    found = of_units(quarter.checklist, made, quarter.tree, chosen)
    for each in quarter.tree.units:
        expected = {q.id: naive_target(quarter.tree, made, chosen, each, q) for q in quarter.checklist.questions}
        known = {question: level for question, level in expected.items() if level is not None}
        assert (dict(found[each.id].levels) if each.id in found else {}) == known


@LAW
@given(with_choices())
def test_a_node_misses_what_its_units_miss(case: tuple[Quarter, Outside, Profiles, dict[int, Chosen]]) -> None:
    """Each answer is held against the target of the unit on whose sheet it stands; sheets add up with their weights."""
    quarter, outside, made, chosen = case
    portfolio, tree, asked = quarter.portfolio, quarter.tree, quarter.checklist
    found = of_units(asked, made, tree, chosen)
    for node in tree.units:
        a = assess_units(portfolio, node.id, outside)
        if a is None or a.sheets is None:
            continue
        seen = to_target(asked, a.sheets, a.gap, wanted(asked, tree, found, a.sheets))
        total = Aim()
        for unit_id, weight in counted(tree, tree.unit(node.id)).items():
            sheet = portfolio.of(unit_id)
            sources = [tree.units[place] for place in sheet.sources[0].tolist()]
            mine = Targets(
                {
                    q.id: level
                    for q, source in zip(asked.questions, sources, strict=True)
                    if (level := (found[source.id].levels.get(q.id) if source.id in found else None)) is not None
                }
            )
            for aim in naive(asked, quarter.effective(unit_id), mine).values():
                total += Aim(*(weight * getattr(aim, name) for name in ("lost", "open", "asked", "possible", "total")))
        assert seen.total == total
        assert seen.gap <= a.gap.uncovered
        alone = each_to_target(asked, a.sheets.claimed, wanted(asked, tree, found, a.sheets))
        sums = [Aim(*(int(w) * getattr(one, n) for n in ("lost", "open", "asked", "possible", "total")))
                for w, one in zip(a.sheets.weights, alone, strict=True)]  # fmt: skip
        assert sum(sums, Aim()) == total


def test_one_inherited_answer_below_is_one_answer() -> None:
    asked = CHECKLIST
    tree = Tree((unit(1, None, "company"), unit(2, 1), unit(3, 1)))
    company = next(q for q in asked.questions if q.scope == "company")
    from scoring.portfolio import read
    from tests.factories import book

    portfolio = read(book(tree, asked, {1: {company.id: Answer("none")}, 2: {}, 3: {}}, TODAY))
    a = assess_units(portfolio, 1, load_content().outside)
    assert a is not None
    assert a.sheets is not None
    seen = to_target(asked, a.sheets, a.gap, at_top(asked))
    assert (seen.below, seen.answers) == ((company.id,), 1)
    assert dict(seen.levels)[company.id] == 4


# --- ready-made sets -----------------------------------------------------------------------------


def test_each_set_asks_for_at_least_what_the_lower_one_asks() -> None:
    shipped = profiles()
    found = [targets(CHECKLIST, shipped, Chosen(profile.id)) for profile in shipped.profiles]
    assert [profile.id for profile in shipped.profiles] == ["basic", "standard", "demanding"]
    for lower, higher in pairwise(found):
        assert lower is not None
        assert higher is not None
        assert set(lower.levels) == {q.id for q in CHECKLIST.questions}
        assert all(lower.levels[q] <= higher.levels[q] for q in lower.levels)
        assert sum(lower.levels.values()) < sum(higher.levels.values())
    for question in CHECKLIST.questions:
        if question.critical:
            assert [each.levels[question.id] for each in found if each] == [3, 4, 4]


def test_a_ceiling_never_lies_below_the_critical_level() -> None:
    low = Targets({q.id: 1 for q in CHECKLIST.questions})
    found = ceiling(CHECKLIST, low)
    assert {found[q.id] for q in CHECKLIST.questions if q.critical} == {CHECKLIST.critical_level}
    assert {found[q.id] for q in CHECKLIST.questions if not q.critical} == {1}
    assert set(ceiling(CHECKLIST, None).values()) == {4}


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("      external_attack:\n        level: 2", "      external_atack:\n        level: 2", "the section external_attack is missing"),
        ("      external_attack:\n        level: 2", "      external_atack:\n        level: 2", "is no section of the checklist"),
        ("      detection.network_watch:\n        level: 1", "      detection.nets:\n        level: 1", "is no question of the checklist"),
        ("      detection.network_watch:\n        level: 1", "      detection.network_watch:\n        level: 5", "5 is not a level of the scale"),
        ("        level: 2\n        critical: 3", "        level: 2\n        critical: 7", "7 is not a level of the scale"),
        ("        level: 2\n        critical: 3", "        level: 3\n        critical: 2", "is below the level of the other questions"),
        ("        level: 2\n        critical: 3", "        level: two\n        critical: 3", "expected a whole number"),
        ("      legal:\n        level: 2", "      legal:\n        level: 2\n        critical: 3", "has no critical question"),
        ("    label: {ja: 基本, en: Basic}", "    label: {en: Basic}", "required key is missing"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_by_line(tmp_path: Path, old: str, new: str, what: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    text = (DATA / "target_profiles.yaml").read_text("utf-8")
    assert text.count(old) >= 1
    (folder / "target_profiles.yaml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(DataError) as caught:
        load_profiles(folder, CHECKLIST)
    problem = next(problem for problem in caught.value.problems if what in problem.what)
    assert problem.file == "data/target_profiles.yaml"
    lines = text.replace(old, new, 1).splitlines()
    assert 0 < problem.line <= len(lines)


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    file = folder / "target_profiles.yaml"
    file.write_text(file.read_text("utf-8").replace("physical.disposal", "physical.dispose").replace("level: 4", "level: 9"), "utf-8")
    with pytest.raises(DataError) as caught:
        load_profiles(folder, CHECKLIST)
    assert len(caught.value.problems) > 10
    assert any("physical.dispose" in problem.what for problem in caught.value.problems)


# --- what is stored ------------------------------------------------------------------------------


@pytest.fixture
def tree(store: Store) -> Tree:
    fill(store, 6, 2)
    return store.tree_of(store.periods(1)[-1])


def put(store: Store, tree: Tree, node: int, chosen: Chosen, user: User = OFFICE) -> None:
    _was, version, _bad = chosen_at(store, tree.unit(node))
    choose(store, user, tree, tree.unit(1), tree.unit(node), chosen, CHECKLIST, seen=version)


def test_what_was_chosen_comes_back(store: Store, tree: Tree) -> None:
    chosen = Chosen("standard", (("supplier", "basic"),), (("telework", 2),), (("legal.law_watch", 4),))
    put(store, tree, 1, chosen)
    assert chosen_at(store, tree.unit(1)) == (chosen, 1, ())
    assert chosen_in(store, tree) == {1: chosen}
    found = targets_of(store, tree, tree.unit(1000))
    assert found is not None
    assert (found.levels["telework.remote_access"], found.levels["legal.law_watch"], found.levels["external_attack.mfa_remote"]) == (
        2,
        4,
        4,
    )
    supplier = targets_by_unit(store, tree)[9000]
    assert (supplier.profile, supplier.levels["external_attack.mfa_remote"], supplier.levels["telework.remote_access"]) == ("basic", 3, 2)
    put(store, tree, 1, Chosen())
    assert targets_of(store, tree, tree.unit(1000)) is None
    assert store.settled(1, "targets").value is None


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        (Chosen("heroic"), "target_profile"),
        (Chosen(None, (("supplier", "heroic"),)), "target_profile"),
        (Chosen(None, (("planet", "basic"),)), "target_kind"),
        (Chosen(None, (), (("telepathy", 2),)), "target_unknown"),
        (Chosen(None, (), (("telework", 5),)), "target_unknown"),
        (Chosen(None, (), (("telework", -1),)), "target_unknown"),
        (Chosen(None, (), (), (("telework.levitation", 1),)), "target_unknown"),
    ],
)
def test_what_there_is_not_is_refused_and_nothing_changes(store: Store, tree: Tree, chosen: Chosen, code: str) -> None:
    put(store, tree, 1, Chosen("basic"))
    with pytest.raises(TargetError) as caught:
        put(store, tree, 1, chosen)
    assert caught.value.code == code
    assert chosen_at(store, tree.unit(1))[:2] == (Chosen("basic"), 1)


def test_ids_of_an_older_edition_are_kept_and_named(store: Store, tree: Tree) -> None:
    old = {"profile": "basic", "kinds": {}, "sections": {"gone": 2}, "questions": {"telework.gone": 3}}
    store.settle(1, 1, "targets", old, person="", seen=0)
    chosen, _version, bad = chosen_at(store, tree.unit(1))
    assert (unknown(CHECKLIST, profiles(), chosen), bad) == (("gone", "telework.gone"), ())
    put(store, tree, 1, replace(chosen, profile="standard"))
    assert store.settled(1, "targets").value == old | {"profile": "standard"}
    found = targets_of(store, tree, tree.unit(1))
    assert found is not None
    assert set(found.levels) == {q.id for q in CHECKLIST.questions}


@pytest.mark.parametrize(
    ("value", "bad"),
    [
        ("standard", ("targets",)),
        ({"profile": 3}, ("profile",)),
        ({"sections": ["telework"]}, ("sections",)),
        ({"sections": {"telework": "2"}, "questions": {"legal.audit": True}}, ("sections.telework", "questions.legal.audit")),
        ({"colour": "red"}, ("colour",)),
    ],
)
def test_what_cannot_be_read_says_nothing_and_is_named(value: Any, bad: tuple[str, ...]) -> None:
    assert read_chosen(value) == (Chosen(), bad)
    assert as_json(Chosen()) is None


def test_only_who_may_plan_sets_targets_and_nobody_overwrites_unseen(store: Store, tree: Tree) -> None:
    for role in ("respondent", "approver", "auditor", "board", "administrator"):
        with pytest.raises(NotAllowed):
            put(store, tree, 1, Chosen("basic"), User("x", ((role, 1),)))
    office = User("o", (("office", 1000),))
    put(store, tree, 1000, Chosen("basic"), office)
    with pytest.raises(NotAllowed):
        put(store, tree, 1, Chosen("basic"), office)
    with pytest.raises(Conflict):
        choose(store, OFFICE, tree, tree.unit(1), tree.unit(1000), Chosen("standard"), CHECKLIST, seen=0)
    assert chosen_at(store, tree.unit(1000))[0] == Chosen("basic")


# --- the same number everywhere ------------------------------------------------------------------


def test_page_quarters_and_units_say_the_same(store: Store, tree: Tree) -> None:
    from tenken.books import portfolio

    period = store.periods(1)[-1]
    sheets = portfolio(store, period, TODAY)
    a = assess_units(sheets, 1000, load_content().outside)
    assert a is not None
    assert aimed(store, tree, tree.unit(1000), a) is None
    assert unit_aims(store, sheets, "whole") == {}
    course = read_course(store, store.periods(1), 1000, "whole", TODAY)
    assert course_aims(store, course) == (None, None)
    put(store, tree, 1, Chosen("standard", (("department", "demanding"),)))
    aim = aimed(store, tree, tree.unit(1000), a)
    assert aim is not None
    assert (aim.profile, aim.adjusted) == ("demanding", False)
    ways = course_aims(store, course)
    assert ways[-1] is not None
    assert ways[-1].total == aim.found.total == unit_aims(store, sheets, "whole")[1000]
    assert ways[-1].gap == aim.found.gap
    own = unit_aims(store, sheets, "own")[1000]
    assert own.total < aim.found.total.total
    proven = unit_aims(store, sheets, "whole", evidenced=True)[1000]
    assert proven.lost >= aim.found.lost
    whole = assess_units(sheets, 1, load_content().outside)
    assert whole is not None
    group = aimed(store, tree, tree.unit(1), whole)
    assert group is not None
    assert group.profile is None  # departments have another set than their companies


@pytest.mark.parametrize(
    "change", [lambda c: replace(c, sections=(("telework", 1),)), lambda c: replace(c, questions=(("legal.audit", 1),))]
)
def test_an_adjusted_set_is_called_so(store: Store, tree: Tree, change: Callable[[Chosen], Chosen]) -> None:
    put(store, tree, 1, change(Chosen("standard")))
    from tenken.books import portfolio

    a = assess_units(portfolio(store, store.periods(1)[-1], TODAY), 1, load_content().outside)
    assert a is not None
    aim = aimed(store, tree, tree.unit(1), a)
    assert aim is not None
    assert (aim.profile, aim.adjusted) == ("standard", True)
    assert merged(tree, chosen_in(store, tree), tree.unit(1000)) == change(Chosen("standard"))
