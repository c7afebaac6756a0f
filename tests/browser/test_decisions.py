"""From gaps to decisions: a plan for 60 person-days, a scenario kept and made into corrective actions, one of them done, its question
answered anew with evidence, and what it brought once the sheet is sealed; and real incidents, filtered and explained."""

import re
from contextlib import closing
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from scoring.model import Answer
from tenken import audits
from tenken.auth import User
from tenken.content import casebook
from tenken.form import open_form
from tenken.i18n import words
from tenken.replaying.words import result_name
from tenken.store import Action, Store
from tests.browser.drive import Reader, Server, quiet, visit
from tests.browser.test_story import CHECKLIST, button, figure, level, own_sheet, saved

pytestmark = pytest.mark.browser

_ = words("ja")
PARTLY = {question.id: Answer("partly") for question in CHECKLIST.questions}
FACTS = {fact.id: True for fact in CHECKLIST.facts}


def test_from_a_gap_to_what_was_reached(server: Server, reader: Reader) -> None:
    own_sheet(server, FACTS, PARTLY)
    page = reader()
    planned(page, server)
    supposed(page, server)
    actions = written(server)
    assert len(actions) == 5
    first = begun_and_done(page, server, actions)
    answered_anew(page, server, first)
    compared(page, server)


def planned(page: Page, server: Server) -> None:
    """The gap leads to a plan; the plan says what a budget brings."""
    visit(page, f"{server.url}/")
    gap = figure(page, _("Incident-weighted gap"))
    visit(page, f"{server.url}/plan")
    budget = page.get_by_role("spinbutton")
    budget.fill("60")
    budget.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(f"^60人日で、事故加重ギャップは{re.escape(gap)}から"))
    quiet(page)
    expect(button(page, _("Put into corrective actions ({n})", n=steps(page)))).to_be_enabled()


def steps(page: Page) -> int:
    """How many steps the plan says it has."""
    return int(page.get_by_text("手順、60人日").first.inner_text().split("手順")[0])


def supposed(page: Page, server: Server) -> None:
    """The next five steps on a copy: kept under a name, then made into actions."""
    visit(page, f"{server.url}/whatif")
    before = figure(page, _("Incident-weighted gap"))
    button(page, _("Start with the next {n} steps", n=5)).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"事故加重ギャップは{before}から")
    of_gap = page.get_by_test_id("stMetric").filter(has_text=_("Incident-weighted gap")).get_by_test_id("stMetricValue")
    expect(of_gap).not_to_have_text(before)
    assert float(figure(page, _("Incident-weighted gap"))[:-1]) < float(before[:-1])
    name = page.get_by_role("textbox", name=_("Name of the scenario"), exact=True)
    name.fill("重点5項目")
    name.press("Tab")
    button(page, _("Save")).click()
    quiet(page)
    with closing(Store.open(f"sqlite:///{server.database}")) as store:
        company = store.company()
        assert company is not None
        assert [(each.name, len(each.assumptions)) for each in store.scenarios(company.id)] == [("重点5項目", 5)]
    button(page, _("Put into corrective actions ({n})", n=5)).click()
    expect(page.get_by_text(_("Corrective actions written down: {n}.", n=5))).to_be_visible()
    page.get_by_role("link", name=_("Open the corrective actions"), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("5件")


def written(server: Server) -> tuple[Action, ...]:
    with closing(Store.open(f"sqlite:///{server.database}")) as store:
        company = store.company()
        assert company is not None
        return store.actions(company.id)


def begun_and_done(page: Page, server: Server, actions: tuple[Action, ...]) -> Action:
    """One action goes across the board; done, it waits for its question to be answered anew."""
    first = actions[0]
    visit(page, f"{server.url}/actions?action={first.id}")
    for word in ("対応中", "完了"):
        page.locator(".st-key-action_desk").get_by_role("button", name=word, exact=True).click()
        expect(page.locator(".st-key-action_desk").get_by_role("button", name=word, exact=True)).to_have_count(0)
    expect(page.get_by_text("回答し直し待ち").first).to_be_visible()
    return first


def answered_anew(page: Page, server: Server, action: Action) -> None:
    """The level that was aimed for, with evidence: then the action is done indeed."""
    question = next(each for each in CHECKLIST.questions if each.id == action.said.question)
    visit(page, f"{server.url}/answer?mode=full&question={question.id}")
    level(page, question, str(action.said.to_level)).click(force=True)
    expect(saved(page)).to_be_visible()
    quiet(page)
    button(page, "証跡を付ける").first.click()
    link = page.get_by_role("textbox", name=_("Where the evidence is (address, folder, file number)"), exact=True)
    link.fill("社内ポータル／是正の記録")
    link.press("Enter")
    button(page, "証跡を保存する").click()
    expect(page.get_by_role("button", name="証跡 2").first).to_be_visible()
    visit(page, f"{server.url}/actions?action={action.id}")
    expect(page.get_by_text("回答に反映済み").first).to_be_visible()


def compared(page: Page, server: Server) -> None:
    """Once the sheet is sealed, what was promised stands beside what was reached."""
    expect(page.get_by_text(_("Compared once sealed: no sheet has been sealed since."))).to_be_visible()
    with closing(Store.open(f"sqlite:///{server.database}")) as store:
        company = store.company()
        assert company is not None
        period = store.periods(company.id)[-1]
        tree, me = store.tree_of(period), User("点検 花子", solo=True)
        audits.submit(store, me, open_form(store, tree, tree.unit(company.id), period, CHECKLIST))
        audits.seal(store, me, open_form(store, tree, tree.unit(company.id), period, CHECKLIST), date.today())
    visit(page, f"{server.url}/actions")
    said = page.get_by_text("確定したものは1件です。").inner_text()
    promised, reached = said.split("ギャップは")[1].split("ポイント縮む見込みで、実績は")
    assert promised == reached.removesuffix("ポイントです。")
    assert float(promised) > 0


def test_incidents_are_filtered_and_explained(server: Server, reader: Reader) -> None:
    """No evidence, no strength: nothing is said to have stopped; with evidence for one control its incidents move."""
    proven = {question.id: Answer("partly") for question in CHECKLIST.questions}
    own_sheet(server, FACTS, proven)
    page = reader()
    visit(page, f"{server.url}/replay")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{len(casebook().incidents)}件")
    assert figure(page, result_name("likely", _)) == "0件"
    page.locator(".st-key-replay_year").get_by_role("combobox").focus()
    page.keyboard.type("2015")
    page.keyboard.press("Enter")
    of_2015 = [each for each in casebook().incidents if each.year == 2015]
    expect(page.get_by_role("heading", name=_("Incidents ({n})", n=len(of_2015)), exact=True)).to_be_visible()
    quiet(page)
    main = page.get_by_test_id("stMain").inner_text()
    assert not [each.organisation.ja for each in casebook().incidents if each.organisation.ja in main]  # sector and year only
    page.get_by_role("link", name="この事例の出典").first.click()
    page.wait_for_url("**/sources?**")
    quiet(page)
    shown = page.get_by_test_id("stMain").inner_text()
    assert [each.organisation.ja for each in of_2015 if each.organisation.ja in shown]
    assert page.locator("[data-testid=stMain] a[href^=http]").count() >= 1
