"""The page of a quarter's progress, run by Streamlit's own script runner: what stands on it, and what a click writes."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from scoring.model import Answer, Lang, Text
from scoring.units import Unit
from tenken import audits
from tenken.auth import User
from tenken.content import load_content
from tenken.editions import content_of, pin, shipped
from tenken.form import open_form
from tenken.i18n import words
from tenken.parts import periods
from tenken.parts import progress as board
from tenken.quarters import quarter_of
from tenken.settings import read_settings
from tenken.store import Period, Store, UnitPlan
from tests.test_gate import ask
from tests.test_pages import go

Open = Callable[..., AppTest]
CHECKLIST = load_content().checklist
TODAY = date.today()
QUARTER = quarter_of(TODAY)
BEFORE = QUARTER.start - timedelta(days=1)
SOLO = User("安藤 *花子*", solo=True)
SALES = Text("営業部 *第一*", "Sales *one*")


@pytest.fixture
def other(home: object) -> Store:
    return Store.open(read_settings().store_url)


@pytest.fixture
def root(other: Store) -> Unit:
    """A company with two departments."""
    made = other.create_company(Text("自社", "Our company"))
    plans = [
        UnitPlan("sales", made.code, "department", SALES, True),
        UnitPlan("it", made.code, "department", Text("情報部", "IT"), True, owners=("it",)),
    ]
    other.apply_units(made.id, plans, since=None, person="")
    return replace(made, reporting=made.reporting)


def opened(store: Store, root: Unit, day: date = TODAY, due: date | None = None) -> Period:
    return audits.open_period(store, SOLO, root, day, fiscal_start=4, due=due, pins=pin(store), checklist=CHECKLIST)


def fill(store: Store, period: Period, code: str, *, steps: int = 0, person: str = "佐藤") -> None:
    """Answers all of a unit's own sheet; then `steps` of: submit, seal."""
    tree = store.tree_of(period)
    unit = next(each for each in tree.units if each.code == code)
    form = open_form(store, tree, unit, period, CHECKLIST)
    own = {q.id: (Answer("partly"), 0) for q in form.questions if form.places[q.id].id == form.sheet.id}
    by = User(person, solo=True)
    audits.save_all(store, by, {form: own})
    if steps:
        audits.submit(store, by, open_form(store, tree, unit, period, CHECKLIST))
    if steps > 1:
        audits.seal(store, by, open_form(store, tree, unit, period, CHECKLIST), TODAY)


def page(open_page: Open, lang: str, **query: str) -> AppTest:
    tab = open_page(lang, "quarter", **query)
    assert not tab.exception
    return tab


def said(tab: AppTest) -> str:
    """All words that stand on the page."""
    kinds = ("title", "header", "markdown", "caption", "text", "warning", "success", "error", "code")
    return "\n".join(str(getattr(each, "value", "")) for kind in kinds for each in tab.get(kind))


def button(tab: AppTest, key: str) -> AppTest:
    return tab.button(key).click().run()


# --- what stands there --------------------------------------------------------------------------------------------


def test_the_first_visit_has_one_row_and_nothing_to_choose(open_page: Open, lang: Lang) -> None:
    tab, _ = page(open_page, lang), words(lang)
    assert tab.title[0].value == _("{done} of {all} questions are answered.", done=0, all=len(CHECKLIST.questions)) + (
        "" if lang == "ja" else " "
    ) + _("No date due is set.")
    assert len(tab.dataframe[0].value) == 1
    assert [box.key for box in tab.multiselect] == []


def test_every_unit_has_its_row_in_the_order_of_the_tree(open_page: Open, other: Store, root: Unit, lang: Lang) -> None:
    period = opened(other, root, due=TODAY + timedelta(days=5))
    fill(other, period, "sales", steps=1)
    tab, _ = page(open_page, lang), words(lang)
    assert tab.title[0].value.startswith(_("{done} of {all} units have handed in.", done=1, all=3))
    frame = tab.dataframe[0].value
    assert list(frame[_("Unit")].str.strip("\u2003")) == [_.text(root.name), _.text(SALES), "情報部" if lang == "ja" else "IT"]
    assert list(frame[_("State")]) == [_("Being answered"), _("Submitted"), _("Being answered")]


def test_the_head_of_a_column_has_room(open_page: Open, other: Store, root: Unit) -> None:
    """A grid is a canvas that cuts a long word off where nothing sees it: 7 px a letter, 8 px at each side."""
    opened(other, root)
    widths = {name: column.get("width") for name, column in json.loads(page(open_page, "en").dataframe[0].proto.columns).items()}
    assert widths["To reconfirm"] >= 7 * len("To reconfirm") + 16


def test_what_is_late_is_said_in_words(open_page: Open, other: Store, root: Unit, lang: Lang) -> None:
    opened(other, root, due=TODAY - timedelta(days=2))
    tab, _ = page(open_page, lang), words(lang)
    assert _("The date due passed {n} days ago.", n=2) in tab.title[0].value
    assert list(tab.dataframe[0].value[_("State")]) == [_("Late")] * 3


def test_a_choice_leaves_the_rows_that_fit(open_page: Open, other: Store, root: Unit) -> None:
    fill(other, opened(other, root), "sales", steps=1)
    tab = page(open_page, "en")
    tab.multiselect("board_state").set_value(["submitted"]).run()
    assert list(tab.dataframe[0].value["Unit"].str.strip("\u2003")) == ["Sales *one*"]
    tab.multiselect("board_kind").set_value(["company"]).run()
    assert "No unit fits this choice." in said(tab)


def test_a_row_leads_to_the_answers_of_its_unit(open_page: Open, other: Store, root: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest cannot choose a row: what the page does with a choice is asked directly."""
    period, went = opened(other, root), dict[str, object]()
    lines = [SimpleNamespace(unit=SimpleNamespace(code=code)) for code in ("company", "sales")]
    tab: dict[str, object] = {}
    monkeypatch.setattr("streamlit.session_state", tab)
    monkeypatch.setattr("streamlit.switch_page", lambda target, query_params: went.update(query_params, page=target))
    board._follow(SimpleNamespace(period=period), lines, SimpleNamespace(selection=SimpleNamespace(rows=[1])))  # type: ignore[arg-type]
    assert went == {"page": "screens/answer.py", "unit": "sales", "period": period.start.isoformat()}
    assert tab == {"unit": "sales"}


# --- the reminder ---------------------------------------------------------------------------------------------------


def test_the_reminder_is_in_the_language_that_is_chosen(open_page: Open, other: Store, root: Unit) -> None:
    due = TODAY + timedelta(days=5)
    fill(other, opened(other, root, due=due), "sales", steps=1)
    tab = page(open_page, "ja")
    text = tab.code[0].value
    assert "情報部" in text
    assert "営業部" not in text, "has handed in"
    assert words("ja").day(due) in text
    tab.segmented_control("reminder_lang").set_value("en").run()
    assert tab.code[0].value.startswith("Subject: ")


def test_without_a_date_there_is_no_reminder(open_page: Open, other: Store, root: Unit) -> None:
    opened(other, root)
    tab = page(open_page, "en")
    assert "With a date due, a reminder to copy stands here." in said(tab)
    assert len(tab.code) == 0


def test_the_calendar_file_leaves_by_the_door_of_all_files(address: str, home: object) -> None:
    store = Store.open(read_settings().store_url)
    company = store.create_company(Text("自社", "Our company"))
    due = TODAY + timedelta(days=5)
    start = opened(store, company, due=due).start.isoformat()
    status, headers, body = ask(address, f"/files/due.ics?period={start}&lang=en")
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert headers["content-type"].startswith("text/calendar")
    assert f"DTSTART;VALUE=DATE:{due:%Y%m%d}" in body.decode()
    assert "Self-audit due" in body.decode()
    assert "/answer" in body.decode().replace("\r\n ", "")
    assert ask(address, "/files/due.ics?period=1999-01-01")[0] == 404
    assert ask(address, "/files/due.ics")[0] == 404
    assert ask(address, f"/files/due.ics?period={start}", Sec_Fetch_Site="cross-site")[0] == 403


# --- the quarter ------------------------------------------------------------------------------------------------------


def test_the_date_due_is_kept_at_once_and_taken_away_again(open_page: Open, other: Store, root: Unit) -> None:
    period, due = opened(other, root), TODAY + timedelta(days=9)
    tab = page(open_page, "en")
    tab.date_input(f"due:{period.id}").set_value(due).run()
    assert other.period(period.id).due == due
    assert "9 days are left" in tab.title[0].value
    tab.date_input(f"due:{period.id}").set_value(None).run()
    assert other.period(period.id).due is None


def test_a_quarter_is_closed_once_everything_is_sealed(open_page: Open, other: Store, root: Unit, lang: Lang) -> None:
    period, _ = opened(other, root), words(lang)
    for code in ("sales", "it"):
        fill(other, period, code, steps=2)
    tab = page(open_page, lang)
    assert _("**{n}** sheets are not sealed yet.", n=1) in said(tab)
    assert tab.button("close_period").disabled
    fill(other, period, root.code, steps=2)
    tab = button(page(open_page, lang), "close_period")
    assert other.period(period.id).state == "closed"
    assert tab.title[0].value == _("This quarter is closed; all {n} units are sealed.", n=3)
    assert [each.key for each in tab.button if each.key == "close_period"] == []


def test_the_next_quarter_says_beforehand_what_it_carries(open_page: Open, other: Store, root: Unit, lang: Lang) -> None:
    period, _ = opened(other, root), words(lang)
    fill(other, period, "sales")
    tab = page(open_page, lang)
    own = sum(q.scope == "unit" for q in CHECKLIST.questions)
    follows = _("Follows {quarter}. {n} answers are carried over, to be reconfirmed.", quarter=_.quarter(period.start), n=own)
    assert follows in said(tab)
    assert _("The questions are the same as in the quarter before.") in said(tab)
    due = QUARTER.end + timedelta(days=80)
    tab.date_input("open_due").set_value(due).run()
    tab = button(tab, "open_period")
    newest = other.periods(root.id)[-1]
    assert (newest.start, newest.due) == (QUARTER.end + timedelta(days=1), due)
    assert tab.session_state["period"] == newest.start.isoformat(), "the page goes on with the new quarter"
    frame = tab.dataframe[0].value
    assert list(frame[_("To reconfirm")]) == ["", str(own), ""]


def test_a_refusal_is_said_and_nothing_is_opened(open_page: Open, other: Store, root: Unit) -> None:
    opened(other, root)
    tab = page(open_page, "en")
    other.period_for(root.id, QUARTER.end + timedelta(days=1))  # somebody else was first
    tab = button(tab, "open_period")
    assert "This quarter is there already." in said(tab)


def test_who_may_not_sees_no_administration(open_page: Open, other: Store, root: Unit) -> None:
    period = opened(other, root, due=TODAY)
    sales = next(unit for unit in other.tree_of(period).units if unit.code == "sales")
    member = other.put_person(root.id, "佐藤", [("respondent", sales.id)], person="")
    tab = page(open_page, "en", **{"as": str(member.id)})
    assert list(tab.dataframe[0].value["Unit"].str.strip("\u2003")) == ["Sales *one*"]
    assert [each.key for each in tab.button if each.key in ("open_period", "close_period")] == []
    assert [each.key for each in tab.date_input] == []


# --- many at once -------------------------------------------------------------------------------------------------------


def test_what_can_be_approved_is_approved_and_ones_own_is_named(open_page: Open, other: Store, root: Unit, lang: Lang) -> None:
    period, _ = opened(other, root), words(lang)
    fill(other, period, "sales", steps=1)
    fill(other, period, "it", steps=1, person="鈴木")
    office = other.put_person(root.id, "鈴木", [("office", root.id)], person="")
    tab = page(open_page, lang, **{"as": str(office.id)})
    tab = button(tab, "bulk_approve_go")
    states = {sheet.unit: sheet.state for sheet in other.sheets_of(period.id, CHECKLIST.id)}
    by_code = {unit.code: states[unit.id] for unit in other.tree_of(period).units}
    assert by_code == {root.code: "draft", "sales": "approved", "it": "submitted"}
    assert _("Done for {n} sheets.", n=1) in said(tab)
    assert _("You answered here yourself; somebody else has to approve it.").rstrip("。.") in said(tab).replace("\\", "")
    tab = button(tab, "bulk_seal_go")
    assert other.find_sheet(next(s.id for s in other.sheets_of(period.id, CHECKLIST.id) if s.state == "sealed"))


def test_some_are_chosen(open_page: Open, other: Store, root: Unit) -> None:
    period = opened(other, root)
    for code in ("sales", "it"):
        fill(other, period, code, steps=1)
    tab = page(open_page, "en")
    tab.multiselect("bulk_seal").set_value(["it"]).run()
    button(tab, "bulk_seal_go")
    assert sorted(sheet.state for sheet in other.sheets_of(period.id, CHECKLIST.id)) == ["draft", "sealed", "submitted"]


# --- from one quarter to the next ---------------------------------------------------------------------------------------


def test_after_the_end_of_a_quarter_the_next_one_is_offered(open_page: Open, other: Store, root: Unit, lang: Lang) -> None:
    opened(other, root, BEFORE)
    tab, _ = page(open_page, lang), words(lang)
    shown = AppTest.from_function(_draw_hint, kwargs={"lang": lang})
    shown.run()
    assert not shown.exception
    assert _("{quarter} is over. The next quarter can be opened; its answers begin with those of this one.", quarter=_.quarter(BEFORE)) in [
        each.value for each in shown.text
    ]
    assert tab.button("open_period").label == _("Open {quarter}", quarter=_.quarter(TODAY))


def _draw_hint(lang: "Lang") -> None:
    from unittest.mock import patch

    from tenken.i18n import words
    from tenken.parts import periods
    from tenken.session import read_view

    with patch("streamlit.page_link"):  # there is no other page here
        periods.next_quarter_hint(read_view(), words(lang))


def test_within_a_quarter_nothing_is_offered(other: Store, root: Unit) -> None:
    opened(other, root)
    shown = AppTest.from_function(_draw_hint, kwargs={"lang": "en"}).run()
    assert not shown.exception
    assert len(shown.text) == 0


def _draw_notice(lang: "Lang") -> None:
    from tenken.i18n import words
    from tenken.parts.periods import edition_notice
    from tenken.session import read_view

    edition_notice(read_view(), words(lang))


def test_the_form_says_what_the_checklist_asks_otherwise(other: Store, root: Unit, lang: Lang, monkeypatch: pytest.MonkeyPatch) -> None:
    _ = words(lang)
    before, now = opened(other, root, BEFORE), opened(other, root)
    assert before.pins == now.pins
    assert len(AppTest.from_function(_draw_notice, kwargs={"lang": lang}).run().expander) == 0
    section = CHECKLIST.sections[0]
    first, second, *rest = section.questions
    older = (replace(first, id="external_attack.gone"), replace(second, text=Text("*前の文*", "*Before*")), *rest)
    old = replace(CHECKLIST, sections=(replace(section, questions=older), *CHECKLIST.sections[1:]), content_hash="0" * 64)
    content = replace(shipped().content, checklist=old)
    monkeypatch.setattr(periods, "content_of", lambda store, pins: content)
    shown = AppTest.from_function(_draw_notice, kwargs={"lang": lang}).run()
    assert not shown.exception
    counts = [_("{n} added", n=1), _("{n} retired", n=1), _("{n} re-worded", n=1)]
    assert shown.expander[0].label == _("Changed questions since last quarter: {what}", what=("、" if lang == "ja" else ", ").join(counts))
    assert "\\*" in "".join(each.value for each in shown.markdown), "what a checklist says is no Markdown"


def test_an_edition_that_was_pinned_is_compared_with_the_one_that_is_shipped(open_page: Open, other: Store, root: Unit) -> None:
    """No stand-in: last quarter's content is read from the store, with one sentence otherwise than it is shipped."""
    now, text = pin(other), CHECKLIST.sections[0].questions[0].text
    files = {name: each.replace(text.ja, "前の四半期の文である") for name, each in shipped().files[now.checklist].items()}
    other.keep_content("checklist", "0" * 64, "2025.1", files)
    pins = replace(now, checklist="0" * 64)
    earlier = content_of(other, pins).checklist
    audits.open_period(other, SOLO, root, BEFORE, fiscal_start=4, due=None, pins=pins, checklist=earlier)
    tab = page(open_page, "ja")
    assert "前の四半期から変わった設問：文言変更1問" in said(tab)
    assert f"{text.ja}（前：前の四半期の文である）" in said(tab).replace("\\", "")
    button(tab, "open_period")
    notice = AppTest.from_function(_draw_notice, kwargs={"lang": "ja"}).run()
    assert not notice.exception
    assert [each.label for each in notice.expander] == ["前の四半期から変わった設問：文言変更1問"]


def test_the_page_stands_in_the_navigation(open_page: Open) -> None:
    tab = go(open_page("en"), "quarter")
    assert not tab.exception
    assert tab.title[0].value.startswith("0 of ")
