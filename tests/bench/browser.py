"""What a person at this machine waits for: the start of the server, the first page, the quiet after a click."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from playwright.sync_api import Browser, Page

from tenken.i18n import words
from tests.bench.load import resident_mb
from tests.bench.table import Row, percentile, promised, spread
from tests.browser.drive import Server, chromium, context, quiet, serving, visit

IDLE_LIMIT_MB = 200
PAGE_LIMIT_MS = 2500
CLICK_LIMIT_MS = 100
VISITS = 5
CLICKS = 40
SAVED = words("ja")("Saved {time}", time="")

# Milliseconds from the click to the first moment at which the script has run, rests, and the page says that it is saved.
STOPWATCH = """(saved) => {
  window.tenkenClick = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('not saved and at rest after 10 s')), 10000);
    let begun = 0, ran = false;
    document.addEventListener('click', () => { begun ||= performance.now(); }, {capture: true, once: true});
    const app = document.querySelector('[data-testid=stApp]');
    const look = records => {
      ran ||= begun > 0 && records.some(record => record.attributeName === 'data-test-script-state');
      if (!ran || app.dataset.testScriptState !== 'notRunning') return;
      if (![...app.querySelectorAll('p')].some(line => line.textContent.includes(saved))) return;
      observer.disconnect();
      resolve(performance.now() - begun);
    };
    const observer = new MutationObserver(look);
    observer.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
  });
}"""


def start_rows() -> Iterator[Row]:
    """From the command to the first 'ready' of /readyz (asked ten times a second), and the memory when nobody is there."""
    with TemporaryDirectory() as folder:
        server = Server(Path(folder) / "home")
        for name in ("start to /readyz, new installation", "start to /readyz, again"):
            begin = perf_counter()
            server.start()
            took = perf_counter() - begin
            sleep(2)
            memory = resident_mb(server.pid)
            server.kill()
            yield Row(name, f"{took:.1f} s")
        yield promised("memory, idle server", f"{memory:.0f} MB", memory, IDLE_LIMIT_MB, "MB")


def page_rows() -> Iterator[Row]:
    """First pages in browsers that have never been here, and clicks on levels."""
    with chromium() as browser, TemporaryDirectory() as folder:
        with serving(Path(folder) / "empty") as server:
            yield _first("first page, the server's first visitor", [_visit(browser, server.url)])
            yield _first("first page, new browsers", [_visit(browser, server.url) for _ in range(VISITS)])
        with serving(Path(folder) / "sample", sample=True) as server:
            _visit(browser, server.url)
            yield _first("first page, overview of the sample", [_visit(browser, server.url) for _ in range(VISITS)])
            took = _clicks(browser, server.url)
            yield promised("click on a level to quiet and saved", spread(took), percentile(took, 50), CLICK_LIMIT_MS, "ms")


def _first(name: str, took: list[float]) -> Row:
    return promised(name, f"p50 {percentile(took, 50) / 1000:.2f} s", percentile(took, 50), PAGE_LIMIT_MS, "ms")


def _visit(browser: Browser, url: str) -> float:
    """Milliseconds from the navigation to the last change of the page, by the browser's own clock."""
    reader = context(browser)
    page = reader.new_page()
    visit(page, url)
    took: float = page.evaluate("window.tenkenChanged")
    reader.close()
    return took


def _clicks(browser: Browser, url: str) -> list[float]:
    """Milliseconds of each click; the first three are left out."""
    reader = context(browser)
    page = reader.new_page()
    visit(page, f"{url}/answer?mode=full")
    levels = page.get_by_role("radiogroup").first
    checked = next((n for n, level in enumerate(levels.get_by_role("radio").all()) if level.is_checked()), -1)
    took = [_click(page, (checked + 1 + number) % 5) for number in range(CLICKS + 3)]
    reader.close()
    return took[3:]


def _click(page: Page, place: int) -> float:
    page.evaluate(STOPWATCH, SAVED)
    page.get_by_role("radiogroup").first.locator("label").nth(place).click()
    took: float = page.evaluate("window.tenkenClick")
    quiet(page)
    return took
