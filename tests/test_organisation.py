"""Units and people as they are kept: who may change what, what is refused, reorganisations, and units by file."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.errors import UnitsError
from scoring.model import Answer, Owner, Text
from scoring.units import COMPANIES, SUPPLIER, Unit, UnitKind
from tenken import audits
from tenken.auth import User
from tenken.departments import make_departments, planned
from tenken.errors import Conflict, NotAllowed
from tenken.form import open_form
from tenken.i18n import LANGUAGES, words
from tenken.organisation import (
    Organisation,
    apply_units,
    faults,
    organisation_of,
    put_person,
    remove_unit,
    set_fiscal_start,
    unreviewed,
)
from tenken.store import Store
from tenken.store.values import UnitPlan
from tenken.unit_files import preview_units, read_units, unit_problem_texts, units_csv, units_xlsx
from tenken.workbook import ImportRefused
from tests.factories import checklist, question

LAW = settings(max_examples=60, deadline=None, derandomize=True, database=None)
SOLO = User("田中", solo=True)
SPRING, AUTUMN = date(2026, 4, 1), date(2026, 10, 1)
ASKED = checklist({"external_attack": [question("own"), question("it", scope="company", owner="it")]})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(f"sqlite:///{tmp_path / 'a.db'}")


@pytest.fixture
def root(store: Store) -> Unit:
    return store.create_company(Text("自社", "Our company"))


def plan(code: str, parent: str = "company", kind: UnitKind = "department", **fields: object) -> UnitPlan:
    return replace(UnitPlan(code, parent, kind, Text(f"{code}部", code), True), **fields)  # type: ignore[arg-type]


def put(store: Store, root: Unit, *plans: UnitPlan, since: date | None = None, user: User = SOLO) -> Organisation:
    apply_units(store, user, root, plans, since=since)
    return organisation_of(store, root)


def user_named(store: Store, root: Unit, name: str) -> User:
    (person,) = [person for person in store.persons(root.id) if person.name == name]
    return User(person.name, person.roles)


def codes(units: Sequence[Unit]) -> list[str]:
    return [unit.code for unit in units]


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plans", "said"),
    [
        ([plan("it"), plan("it")], [("duplicate_code", "it", "")]),
        ([plan("it", "nowhere")], [("unknown_parent", "it", "nowhere")]),
        ([plan("a", "b"), plan("b", "a")], [("cycle", "a", "b"), ("cycle", "b", "a")]),
        ([plan("a", "a")], [("cycle", "a", "a")]),
        ([plan("s", kind="supplier"), plan("a", "s")], [("below_supplier", "a", "s")]),
        ([plan("a", "")], [("second_root", "a", "company")]),
        ([plan("company", "", "department")], [("root_kind", "company", "")]),
        ([plan("company", "", "group", valid_to=AUTUMN)], [("root_ends", "company", "")]),
        ([plan("a b")], [("bad_code", "a b", "")]),
        ([plan("=a")], [("bad_code", "=a", "")]),
        ([plan("a", weight=-1)], [("unit_number", "a", "")]),
        ([plan("a", headcount=10**7)], [("unit_number", "a", "")]),
        ([plan("a", name=Text(" ", "A"))], [("unit_name", "a", "")]),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_written(
    store: Store, root: Unit, plans: list[UnitPlan], said: list[tuple[str, str, str]]
) -> None:
    there = organisation_of(store, root)
    assert [(fault.code, fault.unit, fault.value) for fault in faults(plans, there)] == said
    with pytest.raises(UnitsError) as refused:
        apply_units(store, SOLO, root, plans, since=None)
    assert refused.value.code == said[0][0]
    assert codes(store.units()) == ["company"]


def test_a_unit_cannot_be_moved_below_itself_even_if_it_has_ended(store: Store, root: Unit) -> None:
    put(store, root, plan("a", valid_to=SPRING), plan("b", "a"))
    with pytest.raises(UnitsError, match="cycle"):
        put(store, root, plan("a", "b", valid_to=SPRING))


def test_a_change_that_was_thought_of_before_another_one_is_refused(store: Store, root: Unit) -> None:
    seen = put(store, root, plan("a")).plans["a"]
    put(store, root, plan("a", headcount=3))
    for stale, code in (({"a": seen}, "a"), ({"a": None}, "a"), ({"new": seen}, "new")):
        with pytest.raises(Conflict) as refused:
            apply_units(store, SOLO, root, [plan("a", headcount=9)], since=None, seen=stale)
        assert (refused.value.code, refused.value.fields) == ("units_changed", {"unit": code})
    assert organisation_of(store, root).by_code["a"].headcount == 3


def test_a_supplier_holds_no_duty_and_is_part_of_no_sum(store: Store, root: Unit) -> None:
    there = put(store, root, plan("s", kind="supplier", weight=5, owners=("it",), reporting=False))
    supplier = there.by_code["s"]
    assert (supplier.weight, supplier.owners, supplier.reporting) == (0, (), True)


def test_a_company_becomes_a_group(store: Store, root: Unit) -> None:
    there = put(store, root, plan("company", "", "group", reporting=False), plan("osaka", kind="company"))
    assert (there.root.kind, there.root.reporting) == ("group", False)
    assert codes(there.ordered) == ["company", "osaka"]


# --- a reorganisation in mid-year ---------------------------------------------------------------------------------


def test_an_old_quarter_keeps_its_tree(store: Store, root: Unit) -> None:
    put(store, root, plan("sales"), plan("it", owners=("it",)), plan("desk", "it", "section"))
    old = store.period_for(root.id, SPRING)
    new = store.period_for(root.id, AUTUMN)
    put(store, root, plan("desk", "sales", "section", headcount=4), plan("ai"), plan("it", valid_to=date(2026, 9, 30)), since=AUTUMN)
    before, after = store.tree_of(old), store.tree_of(new)
    paths = {tree: [codes(tree.path(unit.id)) for unit in tree.units] for tree in (before, after)}
    assert paths[before] == [["company"], ["sales", "company"], ["it", "company"], ["desk", "it", "company"]]
    assert paths[after] == [["company"], ["sales", "company"], ["desk", "sales", "company"], ["ai", "company"]]
    assert [unit.headcount for unit in before.units if unit.code == "desk"] == [None]
    put(store, root, plan("sales", name=Text("営業本部", "Sales")))  # put right from the beginning
    assert {tree.unit(unit.id).name.ja for tree in map(store.tree_of, (old, new)) for unit in tree.units if unit.code == "sales"} == {
        "営業本部"
    }


def test_what_never_answered_is_removed_and_what_did_stays(store: Store, root: Unit) -> None:
    there = put(store, root, plan("a"), plan("b", "a"), plan("c"))
    period = store.period_for(root.id, SPRING)
    form = open_form(store, store.tree_of(period), there.by_code["c"], period, ASKED)
    audits.answer(store, SOLO, form, "external_attack.own", Answer("level2"), 0)
    for code in ("company", "a", "c"):
        with pytest.raises(Conflict, match="unit_in_use"):
            remove_unit(store, SOLO, root, code)
    remove_unit(store, SOLO, root, "b")
    remove_unit(store, SOLO, root, "a")
    assert codes(organisation_of(store, root).ordered) == ["company", "c"]
    with pytest.raises(UnitsError, match="unknown_unit"):
        remove_unit(store, SOLO, root, "a")


# --- departments --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("take_over", [True, False])
def test_a_company_is_made_into_departments(store: Store, root: Unit, take_over: bool) -> None:
    period = store.period_for(root.id, SPRING)
    form = open_form(store, store.tree_of(period), root, period, ASKED)
    for asked in ASKED.questions:
        audits.answer(store, SOLO, form, asked.id, Answer("level3", note="控え"), 0)
    lines = "営業部 / Sales\n\n 製造部\n総務部／ General   affairs"
    moved = make_departments(store, SOLO, root, period, ASKED, lines, since=None, take_over=take_over)
    there = organisation_of(store, root)
    assert [(unit.code, unit.name, unit.reporting) for unit in there.ordered] == [
        ("company", Text("自社", "Our company"), False),
        ("d01", Text("営業部", "Sales"), True),
        ("d02", Text("製造部", "製造部"), True),
        ("d03", Text("総務部", "General affairs"), True),
    ]
    tree = store.tree_of(period)
    assert moved == int(take_over)
    assert len(open_form(store, tree, there.by_code["d01"], period, ASKED).answers) == int(take_over)
    company = open_form(store, tree, there.root, period, ASKED)
    assert [asked.scope for asked in company.questions] == ["company"]
    assert company.answers == {"external_attack.it": Answer("level3", note="控え")}
    assert len(store.entries(company.sheet.id)) == 2, "what was answered is kept"


def test_no_department_is_no_department(store: Store, root: Unit) -> None:
    with pytest.raises(UnitsError, match="no_departments"):
        planned(organisation_of(store, root), " \n / Sales\n")


def test_answers_that_somebody_may_not_give_are_not_taken_over(store: Store, root: Unit) -> None:
    period = store.period_for(root.id, SPRING)
    with pytest.raises(NotAllowed, match="not_allowed_answer"):
        make_departments(store, User("管", (("administrator", root.id),)), root, period, ASKED, "営業部", since=None, take_over=True)
    assert codes(store.units()) == ["company"]


# --- who may ------------------------------------------------------------------------------------------------------


def test_who_may_change_units(store: Store, root: Unit) -> None:
    there = put(store, root, plan("osaka", kind="company"), plan("nagoya", kind="company"), plan("sales", "osaka"))
    osaka = User("大", (("office", there.by_code["osaka"].id),))
    put(store, root, plan("sales", "osaka", headcount=3), plan("new", "osaka"), user=osaka)
    for refused in ([plan("nagoya", kind="company", headcount=1)], [plan("sales", "nagoya", headcount=3)], [plan("x", "company")],
                    [plan("y", "x"), plan("x", "nagoya")]):  # fmt: skip
        with pytest.raises(NotAllowed, match="not_allowed_units"):
            put(store, root, *refused, user=osaka)
    for role in ("respondent", "approver", "auditor", "board"):
        with pytest.raises(NotAllowed):
            put(store, root, plan("z"), user=User("他", ((role, root.id),)))
        with pytest.raises(NotAllowed):
            remove_unit(store, User("他", ((role, root.id),)), root, "new")
    with pytest.raises(NotAllowed, match="not_allowed_settings"):
        set_fiscal_start(store, osaka, root, 1)
    remove_unit(store, osaka, root, "new")
    assert put(store, root, plan("z"), user=User("管", (("administrator", root.id),))).by_code["z"]


def test_the_fiscal_year(store: Store, root: Unit) -> None:
    set_fiscal_start(store, SOLO, root, 1)
    assert store.setting("fiscal_start") == 1
    for month in (0, 13):
        with pytest.raises(UnitsError, match="fiscal_month"):
            set_fiscal_start(store, SOLO, root, month)


# --- people -------------------------------------------------------------------------------------------------------


def test_nobody_locks_everybody_out(store: Store, root: Unit) -> None:
    at = root.id
    for first in ([("administrator", at)], [("office", at)], [("respondent", at)], []):
        with pytest.raises(Conflict, match="first_roles"):
            put_person(store, SOLO, root, "田中", first)  # type: ignore[arg-type]
    assert store.persons(at) == ()
    me = put_person(store, SOLO, root, "  田中  美咲 ", [("administrator", at), ("office", at)])
    assert me.name == "田中 美咲"
    user = user_named(store, root, "田中 美咲")
    assert (user.solo, user.roles) == (False, (("administrator", at), ("office", at)))
    for left in ([], [("office", at)]):
        with pytest.raises(Conflict, match="last_administrator"):
            put_person(store, user, root, "田中 美咲", left)  # type: ignore[arg-type]
    assert store.persons(at)[0].roles == user.roles
    put_person(store, user, root, "佐藤", [("administrator", at)])
    put_person(store, user, root, "田中 美咲", [("respondent", at)])
    assert [(person.name, person.roles) for person in store.persons(at)] == [
        ("佐藤", (("administrator", at),)),
        ("田中 美咲", (("respondent", at),)),
    ]
    with pytest.raises(NotAllowed, match="not_allowed_people"):
        put_person(store, user_named(store, root, "田中 美咲"), root, "田中 美咲", [("administrator", at)])
    with pytest.raises(Conflict, match="name_missing"):
        put_person(store, user_named(store, root, "佐藤"), root, " ", [("board", at)])


def test_an_administrator_of_a_branch_gives_roles_there_only(store: Store, root: Unit) -> None:
    there = put(store, root, plan("osaka", kind="company"), plan("sales", "osaka"))
    osaka, sales = there.by_code["osaka"].id, there.by_code["sales"].id
    put_person(store, SOLO, root, "田中", [("administrator", root.id), ("office", root.id)])
    put_person(store, User("田中", (("administrator", root.id),)), root, "大野", [("administrator", osaka)])
    branch = user_named(store, root, "大野")
    put_person(store, branch, root, "新人", [("respondent", sales)])
    for name, roles in (("新人", [("respondent", sales), ("board", root.id)]), ("田中", [("administrator", root.id)])):
        with pytest.raises(NotAllowed, match="not_allowed_people"):
            put_person(store, branch, root, name, roles)  # type: ignore[arg-type]


def test_units_that_nobody_else_could_approve(store: Store, root: Unit) -> None:
    there = put(store, root, plan("company", "", "company", reporting=False), plan("sales"), plan("it"))
    sales, it = there.by_code["sales"].id, there.by_code["it"].id
    put_person(store, SOLO, root, "田中", [("administrator", root.id), ("office", root.id)])
    assert codes(unreviewed(organisation_of(store, root))) == ["sales", "it"]
    me = user_named(store, root, "田中")
    put_person(store, me, root, "佐藤", [("respondent", sales)])
    assert codes(unreviewed(organisation_of(store, root))) == ["it"]
    put_person(store, me, root, "鈴木", [("approver", it)])
    assert unreviewed(organisation_of(store, root)) == ()


# --- files --------------------------------------------------------------------------------------------------------

KINDS: tuple[UnitKind, ...] = ("group", "company", "department", "section", "supplier")
NAMES = (
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)


@st.composite
def organisations(draw: st.DrawFn) -> tuple[UnitPlan, ...]:
    """Up to nine units below the company, as a file gives them."""
    plans = [plan("company", "", "company", name=Text("自社", "Us"), reporting=draw(st.booleans()))]
    for number in range(draw(st.integers(0, 9))):
        above = draw(st.sampled_from(plans))
        kind: UnitKind = SUPPLIER if above.kind == SUPPLIER else draw(st.sampled_from(KINDS))
        owners: list[Owner] = draw(
            st.lists(st.sampled_from(("it", "legal", "hr", "general_affairs", "business", "board")), unique=True, max_size=3)
        )
        plans.append(
            UnitPlan(
                draw(st.sampled_from(("u", "部", "A-1.", "営業"))) + str(number),
                above.code,
                kind,
                Text(draw(NAMES), draw(NAMES)),
                kind == SUPPLIER or draw(st.booleans()),
                draw(st.none() | st.integers(0, 1_000_000)),
                () if kind == SUPPLIER else tuple(owners),
                0 if kind == SUPPLIER else draw(st.integers(0, 9)),
                draw(st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1))),
            )
        )
    return tuple(plans)


def nothing_there() -> Organisation:
    from scoring.units import Tree

    root = Unit(1, None, "company", Text("自社", "Us"), reporting=True, sample=False, code="company")
    return Organisation(root, Tree((root,)), ())


@LAW
@given(organisations(), st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES))
def test_what_leaves_comes_back(plans: tuple[UnitPlan, ...], first: str, second: str) -> None:
    """In either language, in both formats: the same units, and a preview that changes nothing."""
    there = nothing_there()
    for lang in (first, second):
        content = units_csv(plans, words(lang))
        assert read_units(content, "units.csv", there) == plans
    assert preview_units(plans, {each.code: each for each in plans}).plans == ()


def test_a_workbook_comes_back_and_holds_no_formula() -> None:
    plans = (plan("company", "", "company"), plan("a", name=Text("=1+1", "@x"), owners=("it", "hr"), headcount=12, valid_to=AUTUMN))
    for lang in LANGUAGES:
        content = units_xlsx(plans, words(lang))
        assert read_units(content, "units.xlsx", nothing_there()) == plans
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            assert not any(b"<f>" in book.read(name) for name in book.namelist())
    for line in units_csv(plans, words("ja")).decode("utf-8-sig").splitlines():
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line.split(","))


HEAD = "code,parent,kind,name_ja,name_en,headcount,duties,weight,reporting,valid_to\n"


def read(text: str, encoding: str = "utf-8", there: Organisation | None = None) -> tuple[UnitPlan, ...]:
    return read_units(text.encode(encoding), "部署.csv", there or nothing_there())


def test_japanese_words_full_width_digits_and_cp932_are_read() -> None:
    (one, two) = read(
        'コード,上の部署（コード）,種別,名前（日本語）,人数,全社の担当,最後の日\nＡ１,company,部,営業部,１，２００,情報システム、人事,2027年3月31日\nA2,A1,課,"東\n日本",,,\n',
        "cp932",
    )
    assert one == plan(
        "A1", name=Text("営業部", "営業部"), headcount=1200, owners=("it", "hr"), reporting=False, valid_to=date(2027, 3, 31)
    )
    assert (two.name.ja, two.parent, two.reporting) == ("東 日本", "A1", True)


def test_a_column_that_is_missing_leaves_what_is_there(store: Store, root: Unit) -> None:
    there = put(store, root, plan("a", headcount=7, owners=("it",), weight=3, reporting=False))
    (read_again,) = read("code,parent,kind,name_ja\na,company,section,新しい名前\n", there=there)
    preview = preview_units([read_again], there.plans)
    assert [(change.after.code, change.columns) for change in preview.changed] == [("a", ("kind", "name_ja"))]
    assert (preview.created, preview.same) == ((), 0)
    apply_units(store, SOLO, root, preview.plans, since=None, seen=preview.seen)
    assert organisation_of(store, root).by_code["a"].headcount == 7


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (HEAD + "a,company,班,営業,,四十,税,x,たぶん,いつか\n", ["C2", "F2", "G2", "H2", "I2", "J2"]),
        (HEAD + ",company,部,,,,,,,\n", ["A2", "D2"]),
        (HEAD + "a,company,部,x\na,nope,部,y\nb,c,課,z\nc,b,課,z\n", ["A3", "B3", "B4", "B5"]),
        (HEAD + "s,company,supplier,s\nt,s,section,t\ncompany,,section,c\n", ["B3", "C4"]),
        (HEAD + "a b,company,部,x\n", ["A2"]),
        ("code,kind\na,部\n", ["", ""]),
        ("名簿\n1,2\n", [""]),
        (HEAD, [""]),
        ("", [""]),
        (HEAD + '"a', [""]),
        (HEAD + "a,company,部," + "長" * 201 + "\n", ["D2"]),
        (HEAD + "x,company,部,x\n" * 5_001, [""]),
    ],
)
def test_every_problem_is_named_by_file_row_and_column(text: str, places: list[str]) -> None:
    with pytest.raises(ImportRefused) as refused:
        read(text)
    problems = refused.value.problems
    assert [problem.place.rpartition("!")[2] if "!" in problem.place else "" for problem in problems] == places
    assert all(problem.sheet == "部署.csv" for problem in problems if problem.column >= 0)
    for lang in LANGUAGES:
        lines = unit_problem_texts(problems, words(lang))
        assert all(line and "\n" not in line and "{" not in line for line in lines)


def test_what_is_no_table_is_refused() -> None:
    for content, code in (
        (b"\xff\xfe" + "code".encode("utf-16-le"), "encoding"),
        (b"PK\x03\x04", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_format"),
    ):
        with pytest.raises(ImportRefused) as refused:
            read_units(content, "units.xlsx", nothing_there())
        assert [problem.code for problem in refused.value.problems] == [code]


def test_every_kind_has_its_place_at_the_top_or_below() -> None:
    assert [kind for kind in KINDS if not list(faults([plan("company", "", kind)], nothing_there()))] == [*COMPANIES]
