"""The board meeting: one page that fits a screen, a presentation by arrow keys, and files made, watched, taken and opened by keyboard alone."""

import io
import re
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect

from scoring.model import Lang
from tenken.i18n import words
from tenken.reports.formats import PACKED, label
from tests.browser.drive import DESK, PHONE, Server, Watch, context, facts, quiet, serving, visit
from tests.browser.test_story import button, tab_to

pytestmark = pytest.mark.browser

_ = words("ja")
HEIGHTS = "[...document.querySelectorAll('[data-testid=stMain], html')].map(box => [box.scrollHeight, box.clientHeight])"
MENUS = "[data-testid=stTopNav], [data-testid=stHeader]"
CRITICAL = _("Critical items below level {n}", n=2)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("board") / "home", sample=True, forked=True) as server:
        yield server
        assert server.complaints() == []


def opened(browser: Browser, lang: Lang, size: tuple[int, int] = DESK) -> tuple[Page, Watch]:
    page = context(browser, lang, size=size).new_page()
    return page, Watch.on(page)


def fits(page: Page) -> None:
    """Nothing to scroll: what is drawn is no higher than the window."""
    assert [high for high, seen in page.evaluate(HEIGHTS) if high > seen] == [], page.evaluate(HEIGHTS)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_board_page_fits_one_screen(browser: Browser, sample: Server, lang: Lang) -> None:
    page, watch = opened(browser, lang)
    visit(page, f"{sample.url}/board?lang={lang}")
    fits(page)
    last = page.get_by_role("heading", name=words(lang)("Critical items below level {n}", n=2))
    box = last.bounding_box()
    assert box is not None and box["y"] + box["height"] < DESK[1]
    assert facts(page, lang, watch).faults == {}
    page.context.close()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_arrow_keys_turn_the_pages(browser: Browser, sample: Server, lang: Lang) -> None:
    says = words(lang)
    page, watch = opened(browser, lang)
    visit(page, f"{sample.url}/board?lang={lang}")
    tab_to(page, button(page, says("Present")))
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 / 8", exact=True)).to_be_visible()
    quiet(page)
    titles = [page.get_by_role("heading", level=1).inner_text()]
    for place in range(2, 9):
        assert not page.locator(MENUS).locator("visible=true").count()
        fits(page)
        assert facts(page, lang, watch).faults == {}
        page.keyboard.press("ArrowRight")
        expect(page.get_by_text(f"{place} / 8", exact=True)).to_be_visible()
        quiet(page)
        titles.append(page.get_by_role("heading", level=1).inner_text())
    assert len(set(titles)) == 8
    quiet(page)
    page.keyboard.press("ArrowRight")  # there is no further one
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("7 / 8", exact=True)).to_be_visible()
    quiet(page)
    page.keyboard.press("Escape")
    expect(button(page, says("Present"))).to_be_visible()
    quiet(page)
    assert "present" not in page.url
    assert page.locator(MENUS).locator("visible=true").count()
    page.context.close()


def test_the_phone_may_scroll_but_not_to_the_side(browser: Browser, sample: Server) -> None:
    page, watch = opened(browser, "ja", PHONE)
    for path in ("board", "board?present=1&slide=gaps", "report"):
        visit(page, f"{sample.url}/{path}")
        found = facts(page, "ja", watch)
        assert (found.overflow, found.clipped, found.untranslated) == ([], [], [])
    page.context.close()


def row(page: Page, extension: str) -> tuple[str, str]:
    """The name and the short hash beside the newest download, once it is of that kind."""
    name = page.get_by_text(re.compile(r"_FY\d{4}Q\d_")).first
    expect(name).to_have_text(re.compile(f"{re.escape(extension)}$"), timeout=60_000)
    line = page.get_by_text(re.compile(r"SHA-256 [0-9a-f]{12}")).first
    expect(line).to_be_visible()
    short = re.search(r"SHA-256 ([0-9a-f]{12})", line.inner_text())
    assert short
    return name.inner_text(), short[1]


def taken(page: Page, folder: Path) -> tuple[str, bytes]:
    """What the link beside the newest file brings, by keyboard."""
    link = page.get_by_role("link", name=_("Download")).first
    tab_to(page, link)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    file = folder / "taken"
    download.value.save_as(file)
    assert "/files/report/" in download.value.url and "/media" not in download.value.url
    return unquote(download.value.suggested_filename), file.read_bytes()


def test_a_deck_by_keyboard_alone(browser: Browser, sample: Server, tmp_path: Path) -> None:
    page, watch = opened(browser, "ja")
    visit(page, f"{sample.url}/report")
    tab_to(page, button(page, label("pptx", _)))
    page.keyboard.press("Enter")
    name, short = row(page, ".pptx")
    quiet(page)
    saved_as, content = taken(page, tmp_path)
    assert saved_as == name
    assert sha256(content).hexdigest().startswith(short)
    with zipfile.ZipFile(io.BytesIO(content)) as deck:
        assert "ppt/presentation.xml" in deck.namelist()
    assert watch.console + watch.foreign == []
    page.context.close()


def test_chosen_watched_locked_taken_and_deleted(browser: Browser, sample: Server, tmp_path: Path) -> None:
    page, watch = opened(browser, "ja")
    visit(page, f"{sample.url}/report")
    for name in (_("in English"), _("None")):
        page.get_by_role("radio", name=name, exact=True).click()
        quiet(page)
    word = page.get_by_role("textbox", name=_("Password (optional)"), exact=True)
    word.fill("ひらけごま7")
    # At once, as somebody does: what was typed last counts, though nothing has left the field yet.
    button(page, label("zip", _)).click()
    expect(page.get_by_role("progressbar").or_(page.get_by_role("link", name=_("Download"))).first).to_be_visible()
    name, short = row(page, ".zip")
    quiet(page)
    saved_as, content = taken(page, tmp_path)
    assert saved_as == name
    assert sha256(content).hexdigest().startswith(short)
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        assert len(pack.namelist()) == len(PACKED)
        assert all(each.flag_bits & 1 for each in pack.infolist())
        with pytest.raises(NotImplementedError):  # AES, which the standard library does not know
            pack.read(pack.namelist()[0], pwd=b"x")
    assert "ひらけごま" not in page.url
    button(page, _("Delete now")).first.click()
    expect(
        page.get_by_text(
            re.compile("^" + re.escape(_("No longer kept: {what}. Files are kept for {n} minutes; make it once more.", what="", n=30))[:6])
        )
    ).to_be_visible()
    assert watch.console + watch.foreign == []
    page.context.close()
