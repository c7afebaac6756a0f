"""The page of corrective actions, run by Streamlit's own script runner: from an empty one to a promise that is compared."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from scoring.model import Answer, Evidence, Lang
from tenken import audits
from tenken.auth import User
from tenken.content import load_content
from tenken.corrective.read import read_ledger
from tenken.corrective.words import headline, second, short
from tenken.editions import pin
from tenken.form import open_form
from tenken.i18n import words
from tenken.markup import escaped
from tenken.session import COMPANY
from tenken.settings import read_settings
from tenken.store import Action, ActionDraft, Period, Store
from tests.company import facts
from tests.sampled import put_sample
from tests.test_pages import Open, fine, go, page_text, plain, title

CHECKLIST = load_content().checklist
ASKED = CHECKLIST.questions[0]
LEVELS = [choice.id for choice in CHECKLIST.choices]
TODAY = date.today()
ME = User("", solo=True)
OTHER = User("鈴木 *一郎*", solo=True)


@pytest.fixture
def period(store: Store) -> Period:
    """A company that has answered its first question at level 1."""
    company = store.create_company(COMPANY)
    found = store.period_for(company.id, TODAY, pins=pin(store))
    sheet = store.sheet(company.id, found.id, CHECKLIST)
    store.save_profile(sheet, CHECKLIST, facts(), person="")
    put(store, found, 1)
    return found


def put(store: Store, period: Period, level: int, *, proof: bool = False) -> None:
    form = form_of(store, period)
    said = Answer(LEVELS[level], evidence=Evidence("台帳", TODAY) if proof else None)
    newest = form.entries.get(ASKED.id)
    audits.answer(store, ME, form, ASKED.id, said, newest.id if newest else 0)


def form_of(store: Store, period: Period) -> Any:
    tree = store.tree_of(period)
    return open_form(store, tree, tree.unit(period.root), period, CHECKLIST)


def create(store: Store, period: Period, title: str = "更新を *自動* にする", **fields: Any) -> Action:
    (made,) = store.create_actions(period.root, period.id, [replace(ActionDraft(period.root, None, title, "finding"), **fields)], person="")
    return made


def page(open_page: Open, lang: Lang, **query: str) -> AppTest:
    tab = open_page(lang, "actions", **query)
    assert not tab.exception
    return tab


def press(tab: AppTest, key: str) -> AppTest:
    return tab.button(key).click().run()


def choose(tab: AppTest, key: str, value: str) -> AppTest:
    return next(group for group in tab.button_group if group.key == key).set_value(value).run()


# --- what stands there ----------------------------------------------------------------------------------------------------


def test_the_empty_page_says_what_to_do(lang: Lang, open_page: Open, period: Period) -> None:
    _, tab = words(lang), page(open_page, lang)
    fine(tab, lang)
    assert title(tab) == _("No corrective action has been decided yet.")
    assert _("Make a plan") in page_text(tab)
    assert tab.text_input("new0:" + f"{ASKED.id}:2:title").value == _.text(ASKED.advice[1])


def test_without_answers_a_finding_can_be_written_down(lang: Lang, open_page: Open, store: Store) -> None:
    tab = page(open_page, lang)
    fine(tab, lang)
    tab.text_input("new0:None:None:title").set_value("書庫の鍵を作り直す")
    fine(press(tab, "new_write"), lang)
    (made,) = store.actions(1)
    assert (made.said.title, made.said.source, made.said.question) == ("書庫の鍵を作り直す", "finding", None)
    tab = choose(tab, "new_source", "gap")
    assert words(lang)("No question answered here lies below the highest level. Answer first, or write down a finding.") in page_text(tab)


@pytest.mark.parametrize("unit", ["mihon", "seiki", "seiki-eigyo", "kakuu-haisou"])
def test_the_sample_in_both_languages_and_views(lang: Lang, open_page: Open, home: Path, unit: str) -> None:
    put_sample(home)
    store = Store.open(read_settings().store_url)
    root = store.company(sample=True)
    assert root is not None
    periods = store.periods(root.id)
    tree = store.tree_of(periods[-1])
    node = next(each.id for each in tree.units if each.code == unit)
    found = read_ledger(store, tree, node, periods[-1], periods, CHECKLIST, TODAY)
    tab = page(open_page, lang, unit=unit)
    fine(tab, lang)
    assert title(tab) == headline(found, words(lang))
    assert tab.markdown[0].value == second(found, words(lang)) or second(found, words(lang)) in page_text(tab)
    assert [each.value for each in tab.metric][3] == str(found.overdue)
    tab = choose(tab, "actions_view", "list")
    fine(tab, lang)
    for span in ("overdue", "quarter"):
        fine(choose(tab, "actions_span", span), lang)
    for line in found.lines:
        fine(page(open_page, lang, unit=unit, action=str(line.action.id)), lang)


def test_an_earlier_quarter_knows_nothing_of_later_ones(lang: Lang, open_page: Open, home: Path) -> None:
    put_sample(home)
    store = Store.open(read_settings().store_url)
    root = store.company(sample=True)
    assert root is not None
    first = store.periods(root.id)[0].start.isoformat()
    assert title(page(open_page, lang, period=first)) == words(lang)("No corrective action has been decided yet.")


def test_what_people_wrote_is_never_markdown(lang: Lang, open_page: Open, store: Store, period: Period) -> None:
    made = create(
        store, period, "# *x* [a](https://b.example) :material/home: $y$", owner="<b>z</b> **w**", links=("https://a.example/?q=*x*",)
    )
    store.comment_action(made.id, "**laut** <script>", person="# wer")
    tab = page(open_page, lang, action=str(made.id))
    fine(tab, lang)
    assert f"**{escaped(made.said.title)}**" in [each.value for each in tab.markdown]
    assert tab.header[0].value == escaped(made.said.title)
    assert "**laut** <script>" in [each.value for each in tab.text]


# --- the story ------------------------------------------------------------------------------------------------------------


def test_from_a_gap_to_an_effect(lang: Lang, open_page: Open, store: Store, period: Period) -> None:
    _, tab = words(lang), page(open_page, lang)
    tab.selectbox(f"new_level:{ASKED.id}").set_value(3).run()
    key = f"new0:{ASKED.id}:3"
    tab.text_input(f"{key}:owner").set_value("仮名 あおい")
    tab.date_input(f"{key}:due").set_value(TODAY + timedelta(days=3))
    fine(press(tab, "new_write"), lang)
    (made,) = store.actions(period.root)
    assert (made.said.from_level, made.said.to_level, made.said.source) == (1, 3, "gap")
    assert made.said.half_days == sum(ASKED.effort[1:3])
    assert made.said.promise["of"] == str(period.root)
    fine(press(tab, f"next:{made.id}"), lang)
    fine(press(tab, f"next:{made.id}"), lang)
    assert store.action(made.id).said.status == "done"
    assert _("To be answered anew") in page_text(tab)
    assert _("Answer this question anew") in page_text(tab)
    answers = go(tab, "answer", question=ASKED.id)
    assert plain(_("Corrective action, {state}: {title}", state=_("To be answered anew"), title=short(made.said.title))) in page_text(
        answers
    )
    put(store, period, 3, proof=True)
    tab = page(open_page, lang, action=str(made.id))
    assert _("Reflected in the answers") in page_text(tab)
    assert _("Compared once sealed: no sheet has been sealed since.") in page_text(tab)
    audits.submit(store, ME, form_of(store, period))
    audits.seal(store, ME, form_of(store, period), TODAY)
    tab = page(open_page, lang)
    fine(tab, lang)
    assert list(tab.dataframe[0].value.iloc[0, 2:4]) == ["1 → 3", "3"]
    assert set(tab.dataframe[0].value.iloc[:, 6]) == {"±0"}


def test_edit_comment_drop_and_take_up_again(lang: Lang, open_page: Open, store: Store, period: Period) -> None:
    made = create(store, period)
    tab = press(page(open_page, lang), f"open:{made.id}")
    key = f"action{made.id}.1"
    tab.text_input(f"{key}:owner").set_value("仮名 いぶき")
    tab.number_input(f"{key}:yen").set_value(120_000)
    tab.number_input(f"{key}:half_days").set_value(2.5)
    tab.text_area(f"{key}:links").set_value("https://a.example/1\n\nhttps://b.example/2")
    fine(press(tab, "action_save"), lang)
    said = store.action(made.id).said
    assert (said.owner, said.yen, said.half_days, said.links) == ("仮名 いぶき", 120_000, 5, ("https://a.example/1", "https://b.example/2"))
    tab.text_area(f"action{made.id}:comment0").set_value("納期が延びた")
    fine(press(tab, "action_comment"), lang)
    assert "納期が延びた" in page_text(tab)
    fine(press(tab, "move:dropped"), lang)
    assert store.action(made.id).said.status == "dropped"
    fine(press(tab, "move:open"), lang)
    assert store.action(made.id).said.status == "open"
    assert [line.kind for line in store.action_history(made.id)] == ["open", "dropped", "commented", "changed", "created"]
    assert "action_close" not in [each.key for each in press(tab, "action_close").button]


def test_of_two_changes_at_once_both_are_shown(lang: Lang, open_page: Open, store: Store, period: Period) -> None:
    made = create(store, period)
    tab = page(open_page, lang, action=str(made.id))
    tab.text_input(f"action{made.id}.1:owner").set_value("佐藤")
    theirs = store.change_action(made, replace(made.said, owner="鈴木"), person=OTHER.name)
    tab = press(tab, "action_save")
    assert words(lang)("Somebody else has changed this corrective action in the meantime.") in tab.error[0].value
    assert store.action(made.id) == theirs
    assert {"佐藤" in each.value or "鈴木" in each.value for each in tab.text if "\n" in each.value} == {True}
    press(tab, "action_mine")
    assert store.action(made.id).said.owner == "佐藤"
    assert not tab.error


def test_what_cannot_be_kept_is_said_and_nothing_written(lang: Lang, open_page: Open, store: Store, period: Period) -> None:
    made = create(store, period)
    tab = page(open_page, lang, action=str(made.id))
    tab.text_area(f"action{made.id}.1:links").set_value("javascript:alert(1)")
    tab = press(tab, "action_save")
    assert "javascript:alert(1)" in tab.error[0].value
    assert tab.text_area(f"action{made.id}.1:links").value == "javascript:alert(1)"
    tab = press(tab, "action_comment")
    assert tab.error[-1].value == words(lang)("Write the comment first.")
    assert store.action(made.id) == made


def test_who_may_not_act_sees_and_cannot_write(lang: Lang, open_page: Open, store: Store, period: Period) -> None:
    made = create(store, period)
    store.put_person(period.root, "Admin", [("administrator", period.root)], person="")
    reader = store.put_person(period.root, "Reader", [("auditor", period.root)], person="")
    tab = page(open_page, lang, action=str(made.id), **{"as": str(reader.id)})
    fine(tab, lang)
    keys = {each.key for each in tab.button}
    assert keys & {"action_save", "action_comment", f"next:{made.id}", "move:done", "new_write"} == set()
    assert tab.text_input(f"action{made.id}.1:title").disabled


def test_overdue_ones_are_named_on_the_progress_page(lang: Lang, open_page: Open, store: Store, period: Period) -> None:
    _ = words(lang)
    assert _("Overdue corrective actions: {n}", n=1) not in page_text(open_page(lang, "quarter"))
    create(store, period, due=TODAY - timedelta(days=1))
    tab = open_page(lang, "quarter")
    fine(tab, lang)
    assert _("Overdue corrective actions: {n}", n=1) in page_text(tab)


def test_many_are_on_the_list(lang: Lang, open_page: Open, store: Store, period: Period) -> None:
    for number in range(14):
        create(store, period, f"その{number}")
    tab = page(open_page, lang)
    assert words(lang)("{n} more are on the list.", n=2) in page_text(tab)
    assert len(choose(tab, "actions_view", "list").dataframe[0].value) == 14
