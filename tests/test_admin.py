"""The page Administration, in both languages: units, people, settings, and what a click writes."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from scoring.model import Lang, Text
from tenken.error_words import error_text
from tenken.errors import Conflict
from tenken.i18n import Words, words
from tenken.organisation import organisation_of, put_person
from tenken.session import COMPANY
from tenken.settings import read_settings
from tenken.store import Store
from tenken.store.values import UnitPlan
from tenken.unit_words import role_lines, role_words
from tests.test_organisation import SOLO, plan
from tests.test_pages import Open, own_sheet, put, visible

HOSTILE = "*営業* :red[部] $x$"


@pytest.fixture
def other() -> Store:
    """A second store on the same database, as another process has it; with our company."""
    store = Store.open(read_settings().store_url)
    store.create_company(COMPANY)
    return store


def said(tab: AppTest) -> str:
    assert not tab.exception
    return "\n".join(visible(tab))


def find(elements: Any, end: str) -> Any:
    """The one element whose key ends so."""
    (found,) = [element for element in elements if element.key and element.key.endswith(end)]
    return found


def press(tab: AppTest, end: str) -> AppTest:
    find(tab.button, end).click()
    return tab.run()


def part(tab: AppTest, name: str) -> AppTest:
    find(tab.segmented_control, "admin_part").set_value(name)
    return tab.run()


def tree(store: Store) -> dict[str, UnitPlan]:
    root = store.company()
    assert root
    return organisation_of(store, root).plans


def roles(store: Store) -> dict[str, list[str]]:
    root = store.company()
    assert root
    return {person.name: [role for role, _unit in person.roles] for person in store.persons(root.id)}


def with_people(store: Store) -> int:
    """田中 is administrator and security office; her id."""
    root = store.company()
    assert root
    return put_person(store, SOLO, root, "田中", [("administrator", root.id), ("office", root.id)]).id


# --- units --------------------------------------------------------------------------------------------------------


def test_one_company_is_told_what_to_do_and_becomes_departments(open_page: Open, lang: Lang, other: Store) -> None:
    _ = words(lang)
    put(other, own_sheet(other), "telework.private_devices", "partly")
    tab = open_page(lang, "admin")
    text = said(tab)
    assert _("Make departments of our company") in text
    assert _("Administration") in text
    find(tab.text_area, "departments:names").set_value(f"{HOSTILE} / Sales\n製造部")
    press(tab, "departments:go")
    assert _("The departments are there. Next, say under “People” who answers for them.") in said(tab)
    assert _("Make departments of our company") not in said(tab)
    assert [(code, each.name.ja, each.reporting) for code, each in tree(other).items()] == [
        ("company", "自社", False),
        ("d01", HOSTILE, True),
        ("d02", "製造部", True),
    ]


def test_nothing_written_makes_nothing(open_page: Open, lang: Lang, other: Store) -> None:
    tab = press(open_page(lang, "admin"), "departments:go")
    assert words(lang)("Write at least one name.") in said(tab)
    assert [*tree(other)] == ["company"]


def test_a_unit_is_added_changed_and_removed(open_page: Open, lang: Lang, other: Store) -> None:
    _ = words(lang)
    tab = open_page(lang, "admin")
    find(tab.segmented_control, "admin_work").set_value("add").run()
    find(tab.text_input, "add:company:code").set_value("it")
    find(tab.text_input, "add:company:ja").set_value(HOSTILE)
    find(tab.number_input, "add:company:headcount").set_value(12)
    find(tab.multiselect, "add:company:duties").set_value(["it", "board"])
    press(tab, "add:company:go")
    assert _("Saved: {name}.", name=HOSTILE) in said(tab)
    made = tree(other)["it"]
    assert (made.name, made.headcount, made.owners, made.kind) == (Text(HOSTILE, HOSTILE), 12, ("it", "board"), "department")
    find(tab.selectbox, "admin_unit").set_value("it").run()
    find(tab.segmented_control, "admin_work").set_value("change").run()
    find(tab.selectbox, "change:it:kind").set_value("supplier")
    find(tab.text_input, "change:it:en").set_value("Print")
    press(tab, "change:it:go")
    changed = tree(other)["it"]
    assert (changed.kind, changed.weight, changed.owners, changed.name.en) == ("supplier", 0, (), "Print")
    find(tab.segmented_control, "admin_work").set_value("remove").run()
    press(tab, "remove:it")
    assert _("Removed: {name}.", name=_.text(changed.name)) in said(tab)
    assert [*tree(other)] == ["company"]


def test_the_company_at_the_top_becomes_a_group(open_page: Open, lang: Lang, other: Store) -> None:
    tab = open_page(lang, "admin")
    find(tab.selectbox, "change:company:kind").set_value("group")
    press(tab, "change:company:go")
    assert tree(other)["company"].kind == "group"
    find(tab.segmented_control, "admin_work").set_value("remove").run()
    assert words(lang)("The unit at the top stays. It can be renamed, and become a corporate group, under “Change”.") in said(tab)


def test_a_reorganisation_begins_on_its_day(open_page: Open, lang: Lang, other: Store) -> None:
    root = other.company()
    assert root
    other.apply_units(root.id, [plan("a")], since=None, person="")
    tab = open_page(lang, "admin")
    find(tab.selectbox, "admin_unit").set_value("a").run()
    find(tab.number_input, "change:a:headcount").set_value(5)
    find(tab.radio, "change:a:how").set_value("since")
    find(tab.date_input, "change:a:since").set_value(date(2026, 10, 1))
    press(tab, "change:a:go")
    counted = [
        next(unit.headcount for unit in other.tree(root.id, day).units if unit.code == "a")
        for day in (date(2026, 9, 30), date(2026, 10, 1))
    ]
    assert counted == [None, 5]


def test_what_cannot_be_is_said_and_the_form_stays(open_page: Open, lang: Lang, other: Store) -> None:
    _ = words(lang)
    tab = open_page(lang, "admin")
    find(tab.segmented_control, "admin_work").set_value("add").run()
    find(tab.text_input, "add:company:code").set_value("a b")
    find(tab.text_input, "add:company:ja").set_value("営業")
    press(tab, "add:company:go")
    assert _(
        "“{unit}” cannot be a code: up to 40 letters, digits, hyphens, dots and underscores, a letter or digit first.", unit="a b"
    ) in said(tab)
    assert find(tab.text_input, "add:company:ja").value == "営業"


def test_somebody_else_was_there_first(open_page: Open, lang: Lang, other: Store) -> None:
    root = other.company()
    assert root
    tab = open_page(lang, "admin")
    other.rename(root.id, Text("新社名", "New"))
    find(tab.text_input, "change:company:ja").set_value("別の名前")
    press(tab, "change:company:go")
    assert words(lang)("Somebody else has changed the unit {unit} in the meantime. Look at it again.", unit="company") in said(tab)
    assert tree(other)["company"].name.ja == "新社名"


# --- units by file ------------------------------------------------------------------------------------------------


def upload(tab: AppTest, text: str, name: str = "units.csv") -> AppTest:
    return tab.file_uploader[0].set_value((name, text.encode("cp932"), "text/csv")).run()


def test_a_file_is_shown_before_it_is_taken_over(open_page: Open, lang: Lang, other: Store) -> None:
    _ = words(lang)
    tab = upload(open_page(lang, "admin"), "code,parent,kind,name_ja\ncompany,,group,本社\na,company,部,*営業*\n")
    text = said(tab)
    assert _("**{created}** new, **{changed}** changed, {same} as they are.", created=1, changed=1, same=0).replace(
        "**", ""
    ) in text.replace("**", "")
    assert [*tree(other)] == ["company"]
    press(tab, "units_apply")
    assert _("Taken over: {n} units.", n=2) in said(tab)
    assert [(each.kind, each.name.ja) for each in tree(other).values()] == [("group", "本社"), ("department", "*営業*")]
    assert not [button for button in tab.button if button.key and button.key.endswith("units_apply")]


def test_a_file_is_given_up(open_page: Open, lang: Lang, other: Store) -> None:
    tab = upload(open_page(lang, "admin"), "code,parent,kind,name_ja\na,company,部,営業\n")
    press(tab, "units_discard")
    assert [*tree(other)] == ["company"]
    assert not [button for button in tab.button if button.key == "units_discard"]


def test_a_broken_file_names_its_cells(open_page: Open, lang: Lang, other: Store) -> None:
    _ = words(lang)
    rows = "".join(f"u{number},nowhere,部,営業\n" for number in range(60))
    tab = upload(open_page(lang, "admin"), f"code,parent,kind,name_ja\n{rows}")
    text = said(tab)
    assert f"units.csv!B2: {_('{unit}: the unit above, {value}, is not there.', unit='u0', value='nowhere')}" in text
    assert _("And {n} more.", n=10) in text
    assert [*tree(other)] == ["company"]


# --- people -------------------------------------------------------------------------------------------------------


def test_before_the_first_role_it_is_said_what_changes(open_page: Open, lang: Lang, other: Store) -> None:
    _ = words(lang)
    tab = part(open_page(lang, "admin"), "people")
    text = said(tab)
    assert (
        _(
            "Identity not verified: there is no sign-in yet. Everybody picks a name from this list, nobody checks it, and every record says so."
        )
        in text
    )
    assert all(line in text for line in role_lines(_).values())
    press(tab, "first:go")
    assert _("The name is missing.") in said(tab)
    assert roles(other) == {}
    find(tab.text_input, "first:name").set_value(HOSTILE)
    press(tab, "first:go")
    assert roles(other) == {HOSTILE: ["administrator", "office"]}
    assert _("You are now administrator and security office. Add the others.") in said(tab), "whoever did it can go on"
    assert find(tab.segmented_control, "admin_part").value == "people"


def test_roles_are_given_and_taken_away(open_page: Open, lang: Lang, other: Store) -> None:
    _ = words(lang)
    me = with_people(other)
    tab = part(open_page(lang, "admin", **{"as": str(me)}), "people")
    assert _.listed([COMPANY.of(lang)]) in said(tab), "nobody but herself could approve"
    assert not [warning for warning in tab.warning if not warning.value] and len(tab.warning) == 1
    find(tab.text_input, "give:name").set_value("佐藤")
    find(tab.selectbox, "give:role").set_value("approver")
    press(tab, "give:go")
    assert roles(other) == {"佐藤": ["approver"], "田中": ["administrator", "office"]}
    assert not tab.warning
    sato = str(other.persons(1)[0].id)
    find(tab.selectbox, "admin_person").set_value(sato).run()
    find(tab.selectbox, "give:role").set_value("auditor")
    press(tab, "give:go")
    assert roles(other)["佐藤"] == ["approver", "auditor"]
    press(tab, f"take:{sato}:approver:1")
    assert roles(other)["佐藤"] == ["auditor"]
    press(tab, f"away:{sato}")
    assert roles(other) == {"田中": ["administrator", "office"]}


def test_the_last_administrator_stays(open_page: Open, lang: Lang, other: Store) -> None:
    me = with_people(other)
    tab = part(open_page(lang, "admin", **{"as": str(me)}), "people")
    find(tab.selectbox, "admin_person").set_value(str(me)).run()
    press(tab, f"take:{me}:administrator:1")
    assert error_text(Conflict("last_administrator"), words(lang)) in said(tab)
    assert roles(other) == {"田中": ["administrator", "office"]}


@pytest.mark.parametrize("role", ["respondent", "approver", "auditor", "board"])
def test_others_see_no_administration(open_page: Open, lang: Lang, other: Store, role: Any) -> None:
    with_people(other)
    root = other.company()
    assert root
    person = other.put_person(root.id, "佐藤", [(role, root.id)], person="")
    tab = open_page(lang, "admin", **{"as": str(person.id)})
    assert words(lang)("Your roles do not include administration. Ask somebody with the role of administrator.") in said(tab)
    assert not tab.segmented_control
    assert not [button for button in tab.button if button.key and button.key.startswith("admin")]


def test_an_office_of_a_branch_changes_its_branch_only(open_page: Open, lang: Lang, other: Store) -> None:
    _ = words(lang)
    with_people(other)
    root = other.company()
    assert root
    other.apply_units(root.id, [plan("osaka", kind="company"), plan("sales", "osaka")], since=None, person="")
    osaka = organisation_of(other, root).by_code["osaka"].id
    person = other.put_person(root.id, "大野", [("office", osaka)], person="")
    tab = open_page(lang, "admin", **{"as": str(person.id)})
    assert not [each for each in tab.segmented_control if each.key == "admin_part"], "units only"
    assert _("Your roles do not let you change this unit.") in said(tab)
    find(tab.selectbox, "admin_unit").set_value("sales").run()
    find(tab.number_input, "change:sales:headcount").set_value(3)
    press(tab, "change:sales:go")
    assert tree(other)["sales"].headcount == 3


# --- settings -----------------------------------------------------------------------------------------------------


def test_the_fiscal_year_begins_when_it_is_said_to(open_page: Open, lang: Lang, other: Store) -> None:
    tab = part(open_page(lang, "admin"), "settings")
    assert find(tab.selectbox, "month").value == 4
    find(tab.selectbox, "month").set_value(1)
    press(tab, "month:go")
    assert words(lang)("Saved.") in said(tab)
    assert other.setting("fiscal_start") == 1


def test_every_role_is_explained() -> None:
    for lang in ("ja", "en"):
        _: Words = words(lang)
        assert role_words(_).keys() == role_lines(_).keys()


def test_a_second_click_on_a_form_that_is_gone_does_nothing(
    open_page: Open, lang: Lang, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser sends it before it hears of the first."""
    from tenken.parts import changes

    here: dict[str, Any] = {"admin_round": 3}
    monkeypatch.setattr(changes, "state", lambda key, default=None: here.get(key, default))
    calls: list[int] = []
    callback: Callable[..., None] = changes.once(calls.append)
    callback(1)
    here["admin_round"] = 4
    callback(2)
    assert calls == [1]
