"""The overview and the board in a real Chromium, and the command line: what stands there is what was worked out."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Page

from scoring.model import Lang
from tenken.errors import ReportError
from tenken.i18n import LANGUAGES
from tenken.reports.facts import Asked, Facts, read_facts
from tenken.settings import ROOT
from tests import rendered
from tests.browser.drive import chromium, context, environment, quiet, serving, visit
from tests.made_up import make
from tests.shown_numbers import command_numbers, computed, differences, joined, numbers_in

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
    yield from (f"company {seed} {fault}" for fault in _command(home, wanted))


def _command(home: Path, wanted: Mapping[Lang, Facts]) -> Iterator[str]:
    command = [sys.executable, "-m", "tenken", "trend", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment(home), capture_output=True, text=True)
    if done.returncode:
        yield f"trend --json: {done.stderr[-300:]}"
        return
    for lang, facts in wanted.items():
        found = command_numbers(done.stdout, lang)
        yield from (f"{lang} trend --json: {fault}" for fault in differences(found, computed(facts.judged, lang)))


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
