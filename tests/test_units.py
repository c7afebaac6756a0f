"""The tree of units: who stands where, who is asked what, and what is no tree."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.errors import UnitsError
from scoring.units import Tree, Unit, UnitKind
from tests.factories import checklist, question, unit

LAW = settings(max_examples=100, deadline=None, derandomize=True, database=None)

# Nagoya's IT answers for its company; Osaka has no departments and reports itself; one supplier has a supplier of its own.
GROUP = Tree(
    (
        unit(31, 21, "section", code="it-desk"),
        unit(1, None, "group", code="hd"),
        unit(11, 1, "company", code="nagoya"),
        unit(12, 1, "company", code="osaka", reporting=True),
        unit(21, 11, code="nagoya-it", owners=("it", "legal"), reporting=False),
        unit(22, 11, code="nagoya-hr", owners=("hr", "legal")),
        unit(23, 1, code="hd-legal", owners=("legal",)),
        unit(91, 12, "supplier", code="print", reporting=False, weight=0),
        unit(92, 91, "supplier", code="paper", weight=0),
        unit(99, None, code="club", owners=("it",)),
    )
)
ASKED = checklist(
    {
        "external_attack": [question("it", scope="company", owner="it"), question("own", owner="business")],
        "legal": [question("law", scope="company", owner="legal")],
        "governance": [question("board", scope="company", owner="board"), question("people", scope="company", owner="hr")],
    }
)


def codes(units: tuple[Unit, ...]) -> list[str]:
    return [each.code for each in units]


def asked(tree: Tree, unit_id: int) -> list[str]:
    return [q.id.split(".")[1] for q in tree.asks(tree.unit(unit_id), ASKED)]


def written(tree: Tree, unit_id: int) -> list[str]:
    return [q.id.split(".")[1] for q in tree.writes_for(tree.unit(unit_id), ASKED)]


def test_a_tree_by_hand() -> None:
    assert codes(GROUP.roots) == ["hd", "club"]
    assert codes(GROUP.children(1)) == ["nagoya", "osaka", "hd-legal"]
    assert GROUP.children(31) == ()
    assert codes(GROUP.below(1)) == ["hd", "nagoya", "nagoya-it", "it-desk", "nagoya-hr", "osaka", "print", "paper", "hd-legal"]
    assert [GROUP.depth(each.id) for each in GROUP.below(1)] == [0, 1, 2, 3, 2, 1, 2, 3, 1]
    assert codes(GROUP.path(31)) == ["it-desk", "nagoya-it", "nagoya", "hd"]
    assert codes(GROUP.path(92)) == ["paper"]
    assert codes(GROUP.reporting(1)) == ["it-desk", "nagoya-hr", "osaka", "hd-legal"]
    assert codes(GROUP.reporting(12)) == ["osaka"]
    assert codes(GROUP.suppliers(1)) == codes(GROUP.suppliers(12)) == ["print", "paper"]
    assert {each.code: getattr(GROUP.company_of(each.id), "code", None) for each in GROUP.units} == {
        "it-desk": "nagoya", "hd": "hd", "nagoya": "nagoya", "osaka": "osaka", "nagoya-it": "nagoya", "nagoya-hr": "nagoya",
        "hd-legal": "hd", "print": None, "paper": None, "club": None,
    }  # fmt: skip


def test_who_is_asked_what() -> None:
    assert asked(GROUP, 1) == asked(GROUP, 11) == ["it", "law", "board", "people"]
    assert asked(GROUP, 12) == asked(GROUP, 91) == asked(GROUP, 92) == ["it", "own", "law", "board", "people"]
    assert asked(GROUP, 22) == asked(GROUP, 99) == ["own"]
    assert asked(GROUP, 21) == []


def test_who_writes_the_company_scope_answers() -> None:
    assert written(GROUP, 21) == ["it", "law"], "the first of two that name a duty"
    assert written(GROUP, 22) == ["people"]
    assert written(GROUP, 11) == ["board"], "what nobody below holds"
    assert written(GROUP, 23) == ["law"]
    assert written(GROUP, 1) == ["it", "board", "people"], "the company's own departments do not answer for the group"
    assert written(GROUP, 12) == written(GROUP, 92) == ["it", "law", "board", "people"]
    assert written(GROUP, 31) == written(GROUP, 99) == []
    assert GROUP.duty_holder(11, "legal").code == "nagoya-it"
    assert GROUP.duty_holder(12, "legal").code == "osaka"


def test_a_unit_stands_from_its_first_to_its_last_day() -> None:
    first, last = date(2026, 4, 1), date(2026, 9, 30)
    days = (date(2026, 3, 31), first, last, date(2026, 10, 1))
    assert [unit(1).stands(day) for day in days] == [True, True, True, True]
    assert [unit(1, valid_from=first, valid_to=last).stands(day) for day in days] == [False, True, True, False]
    assert [unit(1, valid_to=last).stands(day) for day in days] == [True, True, True, False]


@pytest.mark.parametrize(
    ("units", "code", "words"),
    [
        ((unit(1), unit(1)), "duplicate_id", "unit 1: duplicate_id"),
        ((unit(1, code="a"), unit(2, code="a")), "duplicate_code", "unit a: duplicate_code"),
        ((unit(1, 7, code="a"),), "unknown_parent", "unit a: unknown_parent (7)"),
        ((unit(1, 1),), "cycle", "unit 1: cycle"),
        ((unit(9), unit(1, 2), unit(2, 3), unit(3, 1)), "cycle", "unit 1: cycle"),
        ((unit(1, 2), unit(2, None, "supplier", code="s")), "below_supplier", "unit 1: below_supplier (s)"),
    ],
)
def test_what_is_no_tree_is_refused(units: tuple[Unit, ...], code: str, words: str) -> None:
    with pytest.raises(UnitsError) as refused:
        Tree(units)
    assert (refused.value.code, str(refused.value)) == (code, words)


def test_a_unit_that_is_not_there_is_refused() -> None:
    for ask in (GROUP.unit, GROUP.path, GROUP.below, GROUP.children, GROUP.depth, GROUP.company_of):
        with pytest.raises(UnitsError) as refused:
            ask(1000)
        assert refused.value.fields == {"unit": "1000", "value": ""}
    assert Tree(()).roots == ()


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Up to eleven units of every kind, in any order."""
    kinds: dict[int, UnitKind] = {}
    units = []
    for unit_id in range(draw(st.integers(1, 11))):
        parent = draw(st.none() | st.sampled_from(sorted(kinds))) if kinds else None
        open_kinds: list[UnitKind] = ["group", "company", "department", "section", "supplier"]
        kind = "supplier" if parent is not None and kinds[parent] == "supplier" else draw(st.sampled_from(open_kinds))
        kinds[unit_id] = kind
        owners = tuple(draw(st.lists(st.sampled_from(("it", "legal", "hr", "board")), unique=True, max_size=2)))
        units.append(unit(unit_id, parent, kind, reporting=draw(st.booleans()), owners=owners, weight=draw(st.integers(0, 3))))
    return Tree(tuple(draw(st.permutations(units))))


@LAW
@given(trees())
def test_every_unit_stands_below_its_path_and_every_question_has_one_who_answers(tree: Tree) -> None:
    assert sorted(each.id for root in tree.roots for each in tree.below(root.id)) == sorted(each.id for each in tree.units)
    for each in tree.units:
        path = tree.path(each.id)
        assert path[0] is each
        assert (len(path) == 1) if each.is_supplier else (len(path) == tree.depth(each.id) + 1)
        assert all(each in tree.below(node.id) for node in path)
        parts = [part for child in tree.children(each.id) for part in tree.reporting(child.id)]
        own = [each] if each.reporting and not each.is_supplier else []
        assert list(tree.reporting(each.id)) == own + parts
    for node in tree.units:
        if node.is_company:
            ids = [q.id for each in tree.units if tree.company_of(each.id) == node for q in tree.writes_for(each, ASKED)]
            assert sorted(ids) == sorted(q.id for q in tree.asks(node, ASKED) if q.scope == "company"), "each by exactly one"
