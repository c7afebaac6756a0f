"""What people do with Tenken, in a real browser against a real server: the first evening, a power cut, a full lock, two tabs."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from itertools import cycle
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import yaml
from playwright.sync_api import Locator, Page, expect

from scoring.model import Answer, Question
from tenken.content import load_content
from tenken.i18n import words
from tenken.session import COMPANY
from tenken.settings import ROOT
from tenken.store import Store
from tests.browser.drive import Reader, Server, Watch, environment, facts, quiet, visit
from tests.company import company_answers
from tests.company import facts as company_facts

pytestmark = pytest.mark.browser

_ = words("ja")
CHECKLIST = load_content().checklist
EXPRESS = [question for question in CHECKLIST.questions if question.express]
FIRST = EXPRESS[0]
LEVELS = [choice.id for choice in CHECKLIST.choices]
ROW = 35  # pixels of a data grid's row; the first one is the head


# --- what readers look for and do ----------------------------------------------------------------


def number(question: Question) -> str:
    """'1-2': the section's place and the question's place in it."""
    place = next(i for i, section in enumerate(CHECKLIST.sections, start=1) if section.id == question.section)
    return f"{place}-{[q for q in EXPRESS if q.section == question.section].index(question) + 1}"


def at_hand(page: Page, question: Question) -> Locator:
    """The heading of the question at hand."""
    return page.get_by_role("heading", name=f"{number(question)}　{_.text(question.text)}", exact=True)


def level(page: Page, question: Question, choice: int | str) -> Locator:
    """One option of a question's card: a level, '？' or '―'."""
    group = page.get_by_role("radiogroup", name=_.text(question.text), exact=True)
    return group.get_by_role("radio", name=f"{choice}　").or_(group.get_by_role("radio", name=f"{choice} ")).first


def progress(page: Page, done: int) -> Locator:
    return page.get_by_test_id("stProgress").get_by_text(_("{done} of {n} answered", done=done, n=len(EXPRESS)), exact=True)


def note(page: Page) -> Locator:
    return page.get_by_role("textbox", name=_("Note (optional)"), exact=True)


def saved(page: Page) -> Locator:
    return page.get_by_text("✓ 保存済み")


def not_saved(page: Page) -> Locator:
    return page.get_by_text("× 未保存", exact=True)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def figure(page: Page, label: str) -> str:
    """A headline figure as it is written."""
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue").inner_text()


def press(page: Page, question: Question, key: str) -> None:
    """Reads the question at hand, answers it by its key, and sees that it is taken."""
    expect(at_hand(page, question)).to_be_visible()
    quiet(page)
    page.keyboard.press(key)
    expect(level(page, question, "？" if key == "u" else key)).to_be_checked()


def tab_to(page: Page, target: Locator) -> None:
    """Tab until the focus is on it, as somebody without a mouse has to."""
    expect(target).to_be_visible()
    for _tab in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("el => el === document.activeElement || el.contains(document.activeElement)"):
            return
    raise AssertionError(f"no way by Tab to {target}")


def answer_facts(page: Page, server: Server, **missing: bool) -> None:
    """Through the profile by mouse; `missing` names the facts that do not hold."""
    visit(page, f"{server.url}/answer?mode=express")
    for fact in CHECKLIST.facts:
        group = page.get_by_role("radiogroup", name=_.text(fact.question), exact=True)
        group.get_by_text("いいえ" if fact.id in missing else "はい", exact=True).click()
        expect(group.get_by_role("radio", checked=True)).to_have_count(1)
        quiet(page)
    button(page, "設問へ進む").click()
    expect(at_hand(page, FIRST)).to_be_visible()
    quiet(page)


def with_facts(page: Page, server: Server) -> None:
    """At the first question, all facts answered before: what the profile does has its own stories."""
    own_sheet(server, {fact.id: True for fact in CHECKLIST.facts})
    visit(page, f"{server.url}/answer?mode=express")
    expect(at_hand(page, FIRST)).to_be_visible()


def own_sheet(server: Server, profile: dict[str, bool], answers: Mapping[str, Answer] = MappingProxyType({})) -> None:
    """Our company's profile and answers, but where the profile answers, written beside the server."""
    with closing(Store.open(f"sqlite:///{server.database}")) as store:
        company = store.company() or store.create_company(COMPANY)
        sheet = store.sheet(company.id, store.period_for(company.id, date.today()).id, CHECKLIST)
        sheet = store.save_profile(sheet, CHECKLIST, profile, person="")
        there = store.entries(sheet.id)
        store.save_all({sheet.id: {q: (answer, 0) for q, answer in answers.items() if q not in there}}, CHECKLIST, person="")


def command_line_score(tmp_path: Path, answers: dict[str, Any], view: str = "express") -> dict[str, Any]:
    """`python -m tenken score` on the same answers, without the database."""
    file = tmp_path / "answers.yaml"
    file.write_text(yaml.safe_dump(answers, allow_unicode=True), "utf-8")
    command = [sys.executable, "-m", "tenken", "score", str(file), "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment(tmp_path / "unused"), capture_output=True, check=True)
    numbers: dict[str, Any] = json.loads(done.stdout)[view]
    return numbers


def ask(server: Server, query: str, *values: str) -> list[tuple[Any, ...]]:
    """What stands in the database; a connection left open would keep the server from writing."""
    with closing(sqlite3.connect(server.database)) as database:
        return database.execute(query, values).fetchall()


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Somebody else holds the whole database: neither reading nor writing is possible."""
    connection = sqlite3.connect(database, isolation_level=None, timeout=30)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.close()


# --- stories -------------------------------------------------------------------------------------


def test_first_evening_by_keyboard_alone(started_server: Server, reader: Reader, tmp_path: Path) -> None:
    page = reader()
    visit(page, started_server.url)
    tab_to(page, button(page, "簡易診断を始める"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/answer?mode=express")
    for fact in CHECKLIST.facts:
        group = page.get_by_role("radiogroup", name=_.text(fact.question), exact=True)
        tab_to(page, group)
        page.keyboard.press("Space")
        expect(group.get_by_role("radio", name="はい")).to_be_checked()
        if fact.id == "private_devices":
            page.keyboard.press("ArrowRight")
            expect(group.get_by_role("radio", name="いいえ")).to_be_checked()
        quiet(page)
    tab_to(page, button(page, "設問へ進む"))
    page.keyboard.press("Enter")

    by_profile = [question for question in EXPRESS if question.needs_any == ("private_devices",)]
    expect(progress(page, len(by_profile))).to_be_visible()
    answers: dict[str, Any] = {}
    for question, key in zip(EXPRESS, cycle("31204u2"), strict=False):
        if question in by_profile:
            expect(at_hand(page, question)).to_be_visible()
            quiet(page)
            expect(page.get_by_text("会社の前提により該当なしとしました")).to_be_visible()
            answers[question.id] = {"choice": "na", "reason": "私物の端末を業務に使っていない"}
        else:
            press(page, question, key)
            answers[question.id] = "unknown" if key == "u" else LEVELS[int(key)]
        if question == EXPRESS[2]:  # a second thought about the one before
            page.keyboard.press("p")
            expect(at_hand(page, EXPRESS[1])).to_be_visible()
            press(page, EXPRESS[1], "2")
            answers[EXPRESS[1].id] = LEVELS[2]
            page.keyboard.press("n")
            expect(at_hand(page, question)).to_be_visible()
            expect(level(page, question, "2")).to_be_checked()
        if question != EXPRESS[-1]:
            page.keyboard.press("n")
    expect(progress(page, len(EXPRESS))).to_be_visible()
    expect(saved(page)).to_be_visible()
    page.keyboard.press("n")
    page.wait_for_url(f"{started_server.url}/")
    quiet(page)

    numbers = command_line_score(tmp_path, answers)
    score, gap = numbers["total"]["percent"], numbers["gap"]["gap"]
    assert (figure(page, "備えの得点"), figure(page, "事故加重ギャップ")) == (f"{score}点", f"{gap}%")

    step = next(q for q in EXPRESS if q.id == numbers["next_steps"][0]["question"])
    tab_to(page, page.locator("[class*=st-key-step]").first.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="回答を開く").first)
    page.keyboard.press("Enter")
    expect(at_hand(page, step)).to_be_visible()
    quiet(page)
    press(page, step, "4")
    tab_to(page, page.get_by_role("link", name="概況", exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{started_server.url}/")
    quiet(page)
    numbers = command_line_score(tmp_path, answers | {step.id: LEVELS[4]})
    better, smaller = numbers["total"]["percent"], numbers["gap"]["gap"]
    assert float(better) > float(score)
    assert float(smaller) < float(gap)
    assert (figure(page, "備えの得点"), figure(page, "事故加重ギャップ")) == (f"{better}点", f"{smaller}%")
    page.context.close()

    page = reader()
    visit(page, started_server.url)
    assert (figure(page, "備えの得点"), figure(page, "事故加重ギャップ")) == (f"{better}点", f"{smaller}%")
    page.get_by_role("link", name="English", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    quiet(page)
    assert (figure(page, "Score (Express check)"), figure(page, "Incident-weighted gap")) == (f"{better} points", f"{smaller}%")
    page.get_by_role("link", name="Answers", exact=True).click()
    expect(page.get_by_role("heading", name=f"1-1　{FIRST.text.en}", exact=True)).to_be_visible()
    page.reload()
    quiet(page)
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_role("heading", name=f"1-1　{FIRST.text.en}", exact=True)).to_be_visible()


def answered(server: Server) -> None:
    """One company that has answered everything."""
    own_sheet(server, company_facts(), company_answers(date.today()))


def test_charts_lead_to_the_answers_behind_them(server: Server, reader: Reader) -> None:
    answered(server)
    page = reader()
    visit(page, server.url)
    chart = page.locator(".st-key-causes")
    chart.scroll_into_view_if_needed()
    name = chart.locator(".ytick text", has_text="委託先・取引先").bounding_box()
    assert name
    score = float(written_at(chart, ".annotation-text", name["y"] + name["height"] / 2)[1:])
    page.mouse.click(name["x"] + name["width"] + 20, name["y"] + name["height"] / 2)
    page.wait_for_url("**/explain?of=cause*")
    expect(page.get_by_role("heading", name=f"委託先・取引先：{score}点", exact=True)).to_be_visible()
    opens_its_row(page, [question for question in CHECKLIST.questions if question.section == "supply_chain"])

    visit(page, server.url)
    chart = page.locator(".st-key-cells")
    chart.scroll_into_view_if_needed()
    row = chart.locator(".ytick text", has_text="更新・設定").bounding_box()
    column = chart.locator(".xtick text", has_text="弱点").bounding_box()
    assert row
    assert column
    percent = int(
        written_at(chart, ".bartext-inside", row["y"] + row["height"] / 2, column["x"] + column["width"] / 2)[1:].strip("※ \u2009")
    )
    page.mouse.click(column["x"] + column["width"] / 2, row["y"] + row["height"] / 2)
    page.wait_for_url("**/explain?of=cell*")
    expect(page.get_by_role("heading", name=re.compile(rf"^更新と安全な設定 × システムの弱点：{percent}\.\d点$"))).to_be_visible()
    opens_its_row(page, [q for q in CHECKLIST.questions if (q.section, q.countermeasure) == ("vulnerability", "M3")])


def written_at(chart: Locator, kind: str, y: float, x: float | None = None) -> str:
    """The text of a chart that stands at this place, or furthest to the right in this row."""
    found: str = chart.evaluate(
        """(chart, [kind, y, x]) => [...chart.querySelectorAll(kind)].map(text => [text.getBoundingClientRect(), text.textContent])
             .filter(([r]) => r.top < y && y < r.bottom && (x === null || (r.left < x && x < r.right)))
             .sort(([a], [b]) => b.right - a.right)[0][1]""",
        [kind, y, x],
    )
    return found


def opens_its_row(page: Page, behind: list[Question]) -> None:
    """The explanation names its number of answers; its second row opens the second question."""
    quiet(page)
    expect(page.get_by_role("heading", name=f"もとになった回答（{len(behind)}問）", exact=True)).to_be_visible()
    rows = page.get_by_test_id("stDataFrame")
    rows.scroll_into_view_if_needed()
    place = rows.bounding_box()
    assert place
    page.mouse.click(place["x"] + 18, place["y"] + ROW * 2.5)
    expect(page.get_by_role("heading", level=2, name=_.text(behind[1].text))).to_be_visible()


def test_the_sample_comes_and_goes_without_a_trace(server: Server, reader: Reader) -> None:
    page = reader()
    visit(page, server.url)
    button(page, "見本の会社を見る").click()
    expect(page.get_by_text("架空の会社です。自社の回答とは混ざりません。", exact=True)).to_be_visible(timeout=60_000)
    expect(page.get_by_role("combobox").first).to_have_value("見本ホールディングス株式会社")
    button(page, "自社に戻る").click()
    expect(page.get_by_role("heading", name="まだ回答がありません。5分の点検から始めましょう。", exact=True)).to_be_visible()
    button(page, "見本の会社を見る").click()
    expect(page.get_by_role("combobox").first).to_have_value("見本ホールディングス株式会社")
    button(page, "見本を消す").click()
    expect(page.get_by_role("heading", name="まだ回答がありません。5分の点検から始めましょう。", exact=True)).to_be_visible()
    assert ask(server, "SELECT * FROM answer_log") == []


def test_evidence_name_undo_and_facts(server: Server, reader: Reader) -> None:
    page = reader()
    answer_facts(page, server, private_devices=True)
    press(page, FIRST, "3")
    name = page.get_by_role("textbox", name=_("Your name (kept with each answer, not checked)"), exact=True)
    name.fill("点検 花子")
    name.press("Tab")
    quiet(page)
    expect(at_hand(page, FIRST)).to_be_visible()  # nobody has asked for the next question

    button(page, "証跡を付ける").click()
    link = page.get_by_role("textbox", name=_("Where the evidence is (address, folder, file number)"), exact=True)
    link.fill("社内ポータル／認証設定一覧")
    link.press("Enter")
    expect(button(page, "証跡を保存する")).to_be_enabled()
    button(page, "証跡を保存する").click()
    kept = page.get_by_role("button", name="証跡 2")
    expect(kept).to_be_visible()
    other = reader()
    visit(other, f"{server.url}/answer?question={FIRST.id}")
    expect(other.get_by_role("button", name="証跡 2")).to_be_visible()
    assert ask(server, "SELECT name FROM answer_log JOIN person ON person.id = person_id WHERE question_id = ?", FIRST.id)[-1] == (
        "点検 花子",
    )

    page.keyboard.press("Escape")
    quiet(page)
    button(page, "元に戻す").click()  # the evidence goes, the level stays
    expect(button(page, "証跡を付ける")).to_be_visible()
    expect(level(page, FIRST, 3)).to_be_checked()
    quiet(page)
    button(page, "元に戻す").click()  # the level goes too
    levels = page.get_by_role("radiogroup", name=_.text(FIRST.text), exact=True)
    expect(levels.get_by_role("radio", checked=True)).to_have_count(0)
    expect(progress(page, 1)).to_be_visible()

    button(page, "会社の前提").click()
    fact = next(fact for fact in CHECKLIST.facts if fact.id == "private_devices")
    group = page.get_by_role("radiogroup", name=_.text(fact.question), exact=True)
    expect(group.get_by_role("radio", name="いいえ")).to_be_checked()
    group.get_by_text("はい", exact=True).click()
    expect(group.get_by_role("radio", name="はい")).to_be_checked()
    quiet(page)
    button(page, "設問へ進む").click()
    expect(progress(page, 0)).to_be_visible()


def test_fields_speak_japanese_while_they_are_filled_in(server: Server, reader: Reader) -> None:
    page = reader()
    with_facts(page, server)
    level(page, FIRST, "―").click(force=True)
    for field in (_("Why it does not apply (required)"), _("Your name (kept with each answer, not checked)")):
        page.get_by_role("textbox", name=field, exact=True).fill("点検")
        assert facts(page, "ja", Watch()).untranslated == []
        quiet(page)
