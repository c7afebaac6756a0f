"""A real server, a real Chromium, and what is wrong with the page that they show.

`serving()` starts a server with a home of its own, `python -m tenken serve` or a fork of it; `chromium()` the browser; `Watch` hears what a page
complains about; `quiet()` waits until nothing moves any more; `facts()` looks for what a reader would stumble over.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebSocket, expect, sync_playwright

from scoring.model import Lang
from tenken.content import DATA, casebook, load_content
from tenken.i18n import LOCALES
from tenken.settings import ROOT
from tests.browser.forked import Forked
from tests.sampled import put_sample

Theme = Literal["light", "dark"]
Reader = Callable[..., Page]  # opens a page for somebody who has never been here

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
START_SECONDS = 60
PATIENCE = 30  # seconds for a page to come to rest
expect.set_options(timeout=PATIENCE * 1000 / 2)  # a save that waits for a lock gives up after five seconds
REST = 0.3  # seconds without a change that count as rest
LOCALHOSTS = ("127.0.0.1", "localhost")


# --- the server ----------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """One installation under `home`: can be killed like a machine that loses its power, and started again."""

    def __init__(self, home: Path, *, sample: bool = False, root: Path = ROOT, forked: bool = False) -> None:
        self.home, self.sample, self.root, self.forked, self.port = home, sample, root, forked, free_port()
        self.log = home.with_name(f"{home.name}.log")
        self.ended: int | None = None
        self._process: subprocess.Popen[bytes] | Forked | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.home / "tenken.db"

    @property
    def pid(self) -> int:
        """The process of a server that runs."""
        assert self._process
        return self._process.pid

    def start(self) -> None:
        """Returns once /readyz says so; raises with the server's own words when it does not."""
        if self.sample and not self.database.exists():
            put_sample(self.home)
        self._process = Forked(environment(self.home, self.port), self.log) if self.forked else self._own()
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        self.kill()
        raise RuntimeError(f"the server did not start (ended: {self.ended}):\n{self.log.read_text('utf-8')}")

    def _own(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tenken", "serve", "--no-browser"]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, cwd=self.root, env=environment(self.home, self.port), stdout=log, stderr=log)

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed."""
        if self._process:
            self.ended = self._process.poll()
            self._process.kill()
            self._process.wait()
            self._process = None

    def complaints(self) -> list[str]:
        """What the server wrote beside the line that says where it runs, and if it ended by itself."""
        here = f"http://localhost:{self.port}"
        lines = [line for line in self.log.read_text("utf-8").splitlines() if line and here not in line]
        ended = self._process.poll() if self._process else self.ended
        return lines if ended is None else [*lines, f"the server ended by itself: {ended}"]


def environment(home: Path, port: int | None = None) -> dict[str, str]:
    """This process's environment, with no setting of Tenken's but a home and a port."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("TENKEN_")}
    return plain | {"TENKEN_HOME": str(home)} | ({"TENKEN_PORT": str(port)} if port else {})


@contextmanager
def serving(home: Path, *, sample: bool = False, forked: bool = False) -> Iterator[Server]:
    server = Server(home, sample=sample, forked=forked)
    server.start()
    try:
        yield server
    finally:
        server.kill()


# --- the browser ---------------------------------------------------------------------------------


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise RuntimeError(f"none of {', '.join(BROWSERS)} is installed; see scripts/browser.sh")
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *root])
        try:
            yield browser
        finally:
            browser.close()


Size = tuple[int, int]
DESK: Size = (1280, 800)
PHONE: Size = (390, 844)

# Runs before anything on a page does.
LISTEN = """
window.tenkenChanged = performance.now();
new MutationObserver(() => { window.tenkenChanged = performance.now(); })
  .observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
"""


def context(browser: Browser, lang: Lang = "ja", theme: Theme = "light", size: Size = DESK) -> BrowserContext:
    """A browser of a reader who has never been here."""
    made = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme, reduced_motion="reduce",
        locale={"ja": "ja-JP", "en": "en-US"}[lang], has_touch=size == PHONE,
    )  # fmt: skip
    made.add_init_script(LISTEN)
    made.set_default_timeout(PATIENCE * 1000)
    return made


@dataclass
class Watch:
    """What a page says in its console and asks for elsewhere, from its first moment on."""

    console: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    @classmethod
    def on(cls, page: Page) -> "Watch":
        watch = cls()
        page.on("console", watch._console)
        page.on("pageerror", lambda error: watch.console.append(f"exception: {error}"))
        page.on("request", watch._request)
        page.on("websocket", watch._socket)
        return watch

    def _console(self, message: ConsoleMessage) -> None:
        url = str(message.location.get("url", ""))
        if message.type in ("error", "warning") and not base_path_discovery(message.text, url):
            self.console.append(f"{message.type}: {message.text} ({url})")

    def _request(self, request: Request) -> None:
        self._address(request.url)

    def _socket(self, socket: WebSocket) -> None:
        self._address(socket.url)

    def _address(self, url: str) -> None:
        address = urlsplit(url)
        if address.scheme not in ("data", "blob") and address.hostname not in LOCALHOSTS:
            self.foreign.append(url)


DISCOVERY = re.compile(
    r"/(answer|progress|compare|trend|statistics|about|admin|exchange|explain|plan|whatif|actions|replay|sources|targets|cost|board|report)/_stcore/(health|host-config)"
)
NOT_FOUND = "Failed to load resource: the server responded with a status of 404 (Not Found)"


def base_path_discovery(text: str, url: str) -> bool:
    """Streamlit looks for its server below the page's own path first; these 404s, and no others, are its way to find it."""
    return text == NOT_FOUND and DISCOVERY.fullmatch(urlsplit(url).path) is not None


# How long nothing has moved, in seconds, or what is known to be under way.
RESTED = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  if (!app) return 'no page yet';
  if (app.dataset.testConnectionState !== 'CONNECTED') return 'no server';
  if (app.dataset.testScriptState !== 'notRunning') return 'the script runs';
  if (!app.querySelector('[data-testid=stMainBlockContainer]')) return 'nothing drawn';
  if (app.querySelector('[data-stale=true]')) return 'an old drawing is still up';
  if (app.querySelector('[data-testid=stSkeleton]')) return 'a part is loading';
  if (document.fonts.status !== 'loaded') return 'fonts are loading';
  for (const chart of app.querySelectorAll('[data-testid=stPlotlyChart]')) if (!chart.querySelector('.main-svg')) return 'a chart is not drawn';
  return (performance.now() - window.tenkenChanged) / 1000;
}"""


def quiet(page: Page) -> None:
    """Waits until the page has come to rest."""
    end = time.monotonic() + PATIENCE
    while True:
        rested: str | float = page.evaluate(RESTED)
        if not isinstance(rested, str) and rested >= REST:
            return
        if time.monotonic() > end:
            raise TimeoutError(f"{page.url} does not come to rest: {rested}")
        page.wait_for_timeout(50 if isinstance(rested, str) else 1000 * (REST - rested))


def visit(page: Page, url: str) -> None:
    page.goto(url)
    quiet(page)


# --- facts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    """What a reader would stumble over (every list is empty on a good page), and what the page says it is."""

    overflow: list[str]
    clipped: list[str]
    untranslated: list[str]
    console: list[str]
    foreign: list[str]
    lang: str
    title: str

    @property
    def faults(self) -> dict[str, list[str]]:
        """The lists that are not empty."""
        found = {name: getattr(self, name) for name in ("overflow", "clipped", "untranslated", "console", "foreign")}
        return {name: faults for name, faults in found.items() if faults}


# What sticks out of the page to the right; text that is cut off; labels that a chart leaves out for want of room; text of
# charts that is cut off at the chart's edge, stands on other text, or is wider than the bar that it stands in. Not looked at: the nodes that Streamlit hides for
# screen readers (1 px, clipped) and data grids, which are a canvas with a table behind it.
GEOMETRY = """() => {
  const short = text => text.replace(/\\s+/g, ' ').trim().slice(0, 60);
  const name = el => `${el.closest('[data-testid]')?.dataset.testid ?? ''} ${el.tagName.toLowerCase()}`;
  const main = document.querySelector('[data-testid=stMain]');
  const overflow = [], clipped = [];
  for (const box of [main, document.documentElement]) {
    if (box.scrollWidth <= box.clientWidth) continue;
    const edge = box.getBoundingClientRect().left + box.clientWidth;
    const out = [...box.querySelectorAll('*')].filter(el => el.getBoundingClientRect().right > edge + 1 && el.checkVisibility());
    const deepest = out.filter(el => !out.some(other => other !== el && el.contains(other)));
    overflow.push(`${box.scrollWidth} > ${box.clientWidth}: ` + deepest.slice(0, 5).map(el => `${name(el)} “${short(el.textContent)}”`).join('; '));
  }
  const seen = el => el.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const forEars = (el, style) => style.clipPath === 'inset(50%)' || style.clip.startsWith('rect(0px') || el.clientWidth <= 1 || el.clientHeight <= 1;
  const lowest = el => {
    const range = document.createRange(), walker = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
    let bottom = 0;
    while (walker.nextNode()) {
      range.selectNodeContents(walker.currentNode);
      if (seen(walker.currentNode.parentElement)) bottom = Math.max(bottom, range.getBoundingClientRect().bottom);
    }
    return bottom;
  };
  const cut = [];
  for (const el of document.body.querySelectorAll('*')) {
    if (el instanceof SVGElement || el.closest('[data-testid=stDataFrame], noscript') || !el.textContent.trim() || !seen(el)) continue;
    const style = getComputedStyle(el);
    if (forEars(el, style)) continue;
    const hides = value => value === 'hidden' || value === 'clip';
    const wide = (hides(style.overflowX) || style.textOverflow === 'ellipsis') && el.scrollWidth > el.clientWidth + 1;
    const below = hides(style.overflowY) && el.scrollHeight > el.clientHeight ? lowest(el) - el.getBoundingClientRect().bottom : 0;
    if (wide || below > 4) cut.push([el, wide ? `${el.scrollWidth} px wide in ${el.clientWidth}` : `${Math.round(below)} px below`]);
  }
  for (const [el, why] of cut)
    if (!cut.some(([other]) => other !== el && el.contains(other))) clipped.push(`${name(el)} “${short(el.textContent)}” (${why})`);
  for (const chart of document.querySelectorAll('[data-testid=stPlotlyChart] .js-plotly-plot')) {
    if (!seen(chart)) continue;
    const frame = chart.getBoundingClientRect();
    for (const label of chart.querySelectorAll('.xtick text, .ytick text'))
      if (label.textContent.trim() && !seen(label)) clipped.push(`chart label left out “${short(label.textContent)}”`);
    const texts = [...chart.querySelectorAll('.main-svg text')].filter(t => t.textContent.trim() && seen(t) && !t.closest('.hoverlayer'))
      .map(t => [t, t.getBoundingClientRect()]).filter(([, r]) => r.width > 0);
    for (const [text, r] of texts) {
      if (r.left < frame.left - 1 || r.right > frame.right + 1 || r.top < frame.top - 1 || r.bottom > frame.bottom + 1)
        clipped.push(`chart text over the edge “${short(text.textContent)}” by ${Math.round(Math.max(frame.left - r.left, r.right - frame.right, frame.top - r.top, r.bottom - frame.bottom))} px`);
      if (text.classList.contains('bartext-inside')) {
        const bar = text.parentElement.querySelector('path')?.getBoundingClientRect();
        if (bar && (r.left < bar.left - 1 || r.right > bar.right + 1)) clipped.push(`chart text wider than its bar “${short(text.textContent)}” (${Math.round(r.width)} > ${Math.round(bar.width)})`);
      }
    }
    for (let i = 0; i < texts.length; i++) for (let j = 0; j < i; j++) {
      const [a, b] = [texts[i][1], texts[j][1]];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left), down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 4) clipped.push(`chart text on text “${short(texts[j][0].textContent)}” / “${short(texts[i][0].textContent)}” (${Math.round(across)} px)`);
    }
  }
  return {overflow, clipped};
}"""

# Every piece of text, shown or folded away, by itself and as the block that it is part of; and what is read out, but for
# the arrow of a field to choose from: Streamlit's own name for it is English.
STRINGS = """() => {
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('script, style, noscript')) found.add(walker.currentNode.data);
  for (const el of document.body.querySelectorAll('p, li, h1, h2, h3, h4, td, th, button, label, summary, a, text')) found.add(el.textContent);
  for (const name of ['placeholder', 'aria-label', 'title', 'alt'])
    for (const el of document.body.querySelectorAll(`[${name}]`)) if (!el.matches('[data-testid=stSelectbox] button, [data-testid=stMultiSelect] button')) found.add(el.getAttribute(name));
  return [...found].map(text => text.replace(/\\s+/g, ' ').trim()).filter(text => text);
}"""


def facts(page: Page, lang: Lang, watch: Watch) -> Facts:
    """Everything about the page as it stands."""
    geometry: dict[str, list[str]] = page.evaluate(GEOMETRY)
    strings: list[str] = page.evaluate(STRINGS)
    return Facts(
        overflow=geometry["overflow"],
        clipped=geometry["clipped"],
        untranslated=sorted(text for text in strings if is_untranslated(text, lang)),
        console=list(watch.console),
        foreign=list(watch.foreign),
        lang=page.evaluate("document.documentElement.lang"),
        title=page.title(),
    )


JAPANESE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u9fff\uff66-\uff9d々]")


@cache
def is_untranslated(text: str, lang: Lang) -> bool:
    """On a Japanese page: an English sentence that the catalogue has Japanese for. On an English one: Japanese letters
    that are neither a name or title of a source, nor something that a person wrote."""
    if lang == "ja":
        return any(pattern.fullmatch(text) for pattern in _english())
    for allowed in _japanese_anywhere():
        text = text.replace(allowed, "")
    return JAPANESE.search(text) is not None


@lru_cache(maxsize=1)
def _english() -> tuple[re.Pattern[str], ...]:
    """The English sentences of the catalogue, their fields open, and Streamlit's own in fields that are being filled in."""
    with (LOCALES / "ja.po").open("rb") as file:
        keys = [str(message.id) for message in read_po(file, locale="ja") if message.id and message.string != message.id]
    keys = [key for key in keys if re.search("[A-Za-z]", re.sub(r"\{\w+\}", "", key))]  # not those of signs and fields alone
    shown = [" ".join(key.replace("**", "").replace("<br>", "").split()) for key in keys]
    return (re.compile("Press .+ to .+"), *(re.compile(".+".join(map(re.escape, re.split(r"\{\w+\}", key)))) for key in shown))


def _one_language(found: Any) -> Iterator[str]:
    """Every text of the sample that people wrote, and wrote in one language."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, list | dict) and not (isinstance(found, dict) and {"ja", "en"} <= found.keys()):
        for inside in found.values() if isinstance(found, dict) else found:
            yield from _one_language(inside)


@lru_cache(maxsize=1)
def _japanese_anywhere() -> tuple[str, ...]:
    """What is Japanese on an English page, and should be: longest first."""
    sources, incidents = load_content().statistics.sources, casebook().incidents
    written = _one_language(yaml.safe_load((DATA / "sample_group.yaml").read_text("utf-8")))
    allowed = {"日本語", *written, *(s.publisher for s in sources), *(s.title for s in sources)}
    allowed |= {source.title for incident in incidents for source in incident.sources}
    return tuple(sorted((" ".join(text.split()) for text in allowed if text), key=len, reverse=True))
