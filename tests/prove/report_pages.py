"""The overview and the board in a real Chromium: what stands there is what was worked out."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Page

from scoring.model import Lang
from tenken.errors import ReportError
from tenken.i18n import LANGUAGES
from tenken.reports.facts import Asked, Facts, read_facts
from tests import rendered
from tests.browser.drive import chromium, context, quiet, serving, visit
from tests.made_up import make
from tests.shown_numbers import computed, differences, joined, numbers_in

# The page as it is read, tables too; what charts draw is not text.
TEXT = """() => { const main = document.querySelector('[data-testid=stMain]').cloneNode(true);
  main.querySelectorAll('svg, style, script').forEach(each => each.remove());
  document.body.append(main); const text = main.innerText; main.remove(); return text }"""


UNFOLD = "() => document.querySelectorAll('[data-testid=stMain] details:not([open]) > summary').forEach(each => each.click())"


def faults(seed: int, home: Path, today: date) -> Iterator[str]:
    home.mkdir()
    wanted: dict[Lang, Facts] = {}
    with rendered.quick(home / "tenken.db") as store:
        made = make(store, seed, today)
        for lang in LANGUAGES:
            try:
                wanted[lang] = read_facts(store, made.root, Asked(lang=lang), today)
            except ReportError:
                return  # said by the proof of the files
    with serving(home, forked=True) as server, chromium() as browser:
        for lang, facts in wanted.items():
            yield from (f"company {seed} {lang} {fault}" for fault in _pages(browser, server.url, lang, facts))


def _pages(browser: Browser, url: str, lang: Lang, facts: Facts) -> Iterator[str]:
    opened = context(browser, lang=lang)
    page = opened.new_page()
    for address, sections in (("/", True), ("/board", False)):
        visit(page, f"{url}{address}?lang={lang}")
        text = _text(page)
        numbers = numbers_in([text], facts.judged, lang)
        yield from (f"{address}: {fault}" for fault in differences(numbers, computed(facts.judged, lang), sections=sections))
        yield from (f"{address}: {fault}" for fault in joined([text], pages=True))
    opened.close()


def _text(page: Page) -> str:
    """With everything unfolded that can be."""
    page.evaluate(UNFOLD)
    quiet(page)
    found: str = page.evaluate(TEXT)
    return found
