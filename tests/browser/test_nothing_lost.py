"""Whatever happens between a key and the disk: quick keys, a power cut, a reload, a full lock, two tabs. Nothing answered is lost."""

import time

import pytest
from playwright.sync_api import Browser, Dialog, expect

from tenken.i18n import words
from tests.browser.drive import Reader, Server, context, quiet, visit
from tests.browser.test_story import (
    EXPRESS,
    FIRST,
    LEVELS,
    ask,
    at_hand,
    button,
    level,
    locked,
    not_saved,
    note,
    press,
    progress,
    saved,
    with_facts,
)  # fmt: skip

pytestmark = pytest.mark.browser

_ = words("ja")


def test_quick_keys_lose_no_answer(server: Server, reader: Reader) -> None:
    """Level and N one right after the other, as soon as the question is there: what somebody does who knows the answers."""
    page = reader()
    with_facts(page, server)
    keys = dict(zip(EXPRESS[:8], "31204213", strict=True))
    for question, key in keys.items():
        expect(at_hand(page, question)).to_be_visible()
        page.keyboard.press(key)
        page.keyboard.press("n")
    expect(at_hand(page, EXPRESS[8])).to_be_visible()
    for question, key in keys.items():
        visit(page, f"{server.url}/answer?question={question.id}")
        expect(level(page, question, key)).to_be_checked()


def test_what_was_saved_survives_a_power_cut(started_server: Server, browser: Browser) -> None:
    page = context(browser).new_page()  # its console does complain while there is no server
    with_facts(page, started_server)
    visit(page, f"{started_server.url}/answer?question={FIRST.id}")
    level(page, FIRST, 3).click(force=True)
    note(page).fill("VPNと管理者は必須")
    note(page).press("Tab")
    expect(saved(page)).to_be_visible()
    quiet(page)
    started_server.kill()
    started_server.start()

    expect(level(page, FIRST, 3)).to_be_checked()  # the same tab finds the server again
    expect(note(page)).to_have_value("VPNと管理者は必須")
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-connection-state", "CONNECTED")
    quiet(page)
    level(page, FIRST, 2).click(force=True)  # and goes on with it
    expect(saved(page)).to_be_visible()
    quiet(page)
    assert ask(started_server, "SELECT choice FROM answer_log ORDER BY id")[-1] == (LEVELS[2],)
    level(page, FIRST, 3).click(force=True)
    expect(level(page, FIRST, 3)).to_be_checked()
    quiet(page)
    page.context.close()
    again = context(browser).new_page()
    visit(again, f"{started_server.url}/answer?question={FIRST.id}")
    expect(level(again, FIRST, 3)).to_be_checked()
    expect(note(again)).to_have_value("VPNと管理者は必須")
    again.context.close()


def test_what_is_being_typed_outlives_the_server(server: Server, browser: Browser) -> None:
    page = context(browser).new_page()
    with_facts(page, server)
    press(page, FIRST, "3")
    expect(note(page)).to_be_visible()
    quiet(page)
    note(page).press_sequentially("電源が切れる直前のメモ")
    server.kill()  # within the second before it would have been saved
    page.wait_for_timeout(3000)
    server.start()
    expect(note(page)).to_be_enabled(timeout=60_000)
    expect(saved(page)).to_be_visible(timeout=60_000)
    quiet(page)
    again = context(browser).new_page()
    visit(again, f"{server.url}/answer?question={FIRST.id}")
    expect(note(again)).to_have_value("電源が切れる直前のメモ")
    page.context.close()
    again.context.close()


def leave(dialog: Dialog) -> None:
    """Reads “leave this page?” and says yes."""
    time.sleep(0.3)
    dialog.accept()


@pytest.mark.parametrize("end", ["kill", "reload", "close"])
def test_what_is_being_typed_is_saved_without_leaving_the_field(server: Server, browser: Browser, end: str) -> None:
    page = context(browser).new_page()
    with_facts(page, server)
    press(page, FIRST, "3")
    note(page).press_sequentially("対象外の機器が二台")
    if end == "kill":
        expect(page.get_by_text("✓ 保存済み")).to_be_visible()
        page.wait_for_timeout(2000)  # what the page says was saved by then
        server.kill()
        server.start()
    else:
        page.once("dialog", leave)
    if end == "reload":
        page.reload()
    else:
        with page.expect_event("close"):
            page.close(run_before_unload=True)
    again = context(browser).new_page()
    visit(again, f"{server.url}/answer?question={FIRST.id}")
    expect(note(again)).to_have_value("対象外の機器が二台")
    assert server.complaints() == []


def test_reload_in_the_middle_goes_on_where_it_stopped(server: Server, reader: Reader) -> None:
    page = reader()
    with_facts(page, server)
    for question in EXPRESS[:4]:
        press(page, question, "2")
        page.keyboard.press("n")
    expect(at_hand(page, EXPRESS[4])).to_be_visible()
    page.reload()
    quiet(page)
    expect(at_hand(page, EXPRESS[4])).to_be_visible()
    expect(progress(page, 4)).to_be_visible()
    press(page, EXPRESS[4], "1")
    expect(progress(page, 5)).to_be_visible()
    visit(page, f"{server.url}/answer")
    expect(at_hand(page, EXPRESS[5])).to_be_visible()


def test_not_applicable_is_saved_only_with_a_reason(server: Server, reader: Reader) -> None:
    page = reader()
    with_facts(page, server)
    level(page, FIRST, "―").click(force=True)
    waiting = page.get_by_text("△ 理由を入れると保存します", exact=True)
    reason = page.get_by_role("textbox", name=_("Why it does not apply (required)"), exact=True)
    expect(waiting).to_be_visible()
    reason.fill("　 ")
    reason.press("Tab")
    quiet(page)
    expect(waiting).to_be_visible()
    expect(progress(page, 0)).to_be_visible()
    other = reader()
    visit(other, f"{server.url}/answer")
    expect(progress(other, 0)).to_be_visible()

    reason.fill("社外から使う仕組みがない")
    reason.press("Tab")
    expect(progress(page, 1)).to_be_visible()
    expect(saved(page)).to_be_visible()
    expect(waiting).to_have_count(0)
    visit(other, f"{server.url}/answer?question={FIRST.id}")
    expect(level(other, FIRST, "―")).to_be_checked()
    expect(other.get_by_role("textbox", name=_("Why it does not apply (required)"), exact=True)).to_have_value("社外から使う仕組みがない")


def test_a_save_that_fails_is_said_and_keeps_what_was_typed(server: Server, reader: Reader) -> None:
    page = reader()
    with_facts(page, server)
    page.keyboard.press("1")
    expect(saved(page)).to_be_visible()
    quiet(page)
    with locked(server.database):
        page.keyboard.press("3")
        expect(not_saved(page)).to_be_visible()
        expect(page.get_by_text("未保存です。入力は残っています。")).to_be_visible()
        expect(saved(page)).to_have_count(0)
        expect(level(page, FIRST, 3)).to_be_checked()
        note(page).fill("例外は3件")
        note(page).press("Tab")
        page.wait_for_timeout(500)
        quiet(page)
        expect(not_saved(page)).to_be_visible()
        expect(note(page)).to_have_value("例外は3件")
    other = reader()
    visit(other, f"{server.url}/answer?question={FIRST.id}")
    expect(level(other, FIRST, 1)).to_be_checked()
    expect(note(other)).to_have_value("")

    button(page, "もう一度保存する").click()
    expect(saved(page)).to_be_visible()
    expect(not_saved(page)).to_have_count(0)
    expect(note(page)).to_have_value("例外は3件")
    visit(other, f"{server.url}/answer?question={FIRST.id}")
    expect(level(other, FIRST, 3)).to_be_checked()
    expect(note(other)).to_have_value("例外は3件")


@pytest.mark.parametrize("mine", [True, False], ids=["mine", "theirs"])
def test_two_tabs_on_one_answer(server: Server, reader: Reader, mine: bool) -> None:
    early, late = reader(), reader()
    with_facts(early, server)
    visit(late, f"{server.url}/answer?question={FIRST.id}")
    early.keyboard.press("3")
    expect(saved(early)).to_be_visible()
    note(early).fill("総務で確認")
    note(early).press("Tab")
    quiet(early)

    late.keyboard.press("1")
    expect(late.get_by_text("この回答は、ほかの人が先に変えています。")).to_be_visible()
    expect(not_saved(late)).to_be_visible()
    expect(late.get_by_text("3 範囲のすべてで行う\n総務で確認")).to_be_visible()
    expect(late.get_by_text("自分の入力\n1 決めた・一部の人が行う")).to_be_visible()
    button(late, "自分の回答に置き換える" if mine else "相手の回答を残す").click()
    expect(not_saved(late)).to_have_count(0)
    expect(level(late, FIRST, 1 if mine else 3)).to_be_checked()
    visit(early, f"{server.url}/answer?question={FIRST.id}")
    expect(level(early, FIRST, 1 if mine else 3)).to_be_checked()
    expect(note(early)).to_have_value("" if mine else "総務で確認")
