"""For readers who see little or no colour, who magnify four times, who listen to the page, or who have no mouse.

Every screen in both languages, one of them in each theme (`make prove`: in both): what a reader would stumble over as it opens, in Japanese at a
desk and in English on the phone; then, what can be unfolded unfolded once, what axe finds, the order of its headings, its
charts with the tables beside them, and how it lies in 320 × 256 pixels (1280 × 1024 at 400 %). Then the page of answers
by keyboard alone: everything on it is reached, shows the focus, and works.
"""

import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from scoring.model import Lang
from tenken.content import load_content
from tenken.i18n import LANGUAGES, words
from tenken.palette import PALETTES
from tenken.streamlit_quirks import TITLES
from tests.browser.drive import DESK, PATIENCE, PHONE, Facts, Server, Size, Theme, Watch, chromium, context, facts, quiet, serving, visit
from tests.browser.shots import COMPANIES, SCREENS, THEMES, Company, Screen, unroll
from tests.browser.test_story import answered, button, level, saved, tab_to

pytestmark = pytest.mark.browser

NARROW: Size = (320, 256)
# Both languages and both themes; every pair of them takes four minutes more, and belongs to `make prove`.
EVERY_PAIR = "TENKEN_TEST_EVERY_THEME" in os.environ
SIZES: dict[Lang, Size] = {"ja": DESK, "en": PHONE}
SEEN_IN: dict[Lang, tuple[Theme, ...]] = {"ja": THEMES if EVERY_PAIR else ("light",), "en": THEMES if EVERY_PAIR else ("dark",)}
CHECKLIST = load_content().checklist
QUESTION = CHECKLIST.questions[0]
OWN = next(question for question in CHECKLIST.questions if question.scope == "unit")  # of a department that still answers
EVIDENCE = "answer-evidence"

LOOKED_AT: list[tuple[Company, Screen]] = [
    *(("sample", screen) for screen in SCREENS if not screen.name.startswith("section-")),
    ("sample", Screen("answer-reason", "answer", "mode=full&question=legal.audit")),
    ("sample", Screen(EVIDENCE, "answer", f"unit=seiki-seizo&question={OWN.id}")),
    ("empty", Screen("start", "")),
    ("empty", Screen("profile", "answer")),
]
UNFOLDED = ("home", "answer", "statistics", "explain-steps", "start")
NAMES = [screen.name for _company, screen in LOOKED_AT]

# --- what axe may find -----------------------------------------------------------------------------------------------

GRAVE = ("moderate", "serious", "critical")


@dataclass(frozen=True, slots=True)
class Allowed:
    """A violation that is inside Streamlit: no option, and no code of ours, can reach it."""

    rule: str
    node: str  # a regular expression that its CSS path or its HTML has to match
    why: str


ALLOWED = (
    Allowed(
        "target-size",
        'role="spinbutton"',
        "month and day of st.date_input are 18 px wide; the whole date can be typed or taken from the calendar",
    ),
    Allowed(
        "scrollable-region-focusable",
        r"\.stTable\b.* > \S+$",
        "st.table's own scroller has no tabindex; browsers let the keyboard scroll it all the same",
    ),
)
# Seen in some runs and not in others, as axe comes before or after Streamlit has moved the popover.
AT_TIMES = (Allowed("region", "data-floating-ui-portal", "Streamlit hangs an open popover under the body, outside its own landmarks"),)


@dataclass(frozen=True, slots=True)
class Violation:
    rule: str
    impact: str
    target: str
    html: str
    why: str

    @property
    def allowed(self) -> bool:
        return any(self.is_(each) for each in (*ALLOWED, *AT_TIMES))

    def is_(self, allowed: Allowed) -> bool:
        return allowed.rule == self.rule and bool(re.search(allowed.node, self.target) or re.search(allowed.node, self.html))

    def __str__(self) -> str:
        return f"{self.rule} ({self.impact}) {self.target}: {self.why} {self.html}"


AXE = "axe.run({resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"


def violations(page: Page) -> list[Violation]:
    """What axe finds on the page as it stands, moderate and above."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(AXE)["violations"]
    return [
        Violation(rule["id"], node["impact"], " ".join(map(str, node["target"])), node["html"][:300], node["failureSummary"])
        for rule in found
        for node in rule["nodes"]
        if node["impact"] in GRAVE
    ]


# --- one look at every screen ----------------------------------------------------------------------------------------

# Every heading that is seen, as its level.
HEADINGS = "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(h => h.checkVisibility()).map(h => Number(h.tagName[1]))"
GROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
STILL = "document.getAnimations().every(each => each.playState !== 'running')"
# After the resize event, which comes before a frame is drawn; rest counts anew from here.
HEARD = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
  window.tenkenChanged = performance.now(); done();
})))"""
NAVIGATION_FITS = """() => [...document.querySelectorAll('[data-testid=stTopNav], [data-testid=stTopNav] *')]
  .every(el => !el.checkVisibility() || el.clientWidth <= 1 || el.scrollWidth <= el.clientWidth + 1)"""
UNFOLD = "document.querySelectorAll('[data-testid=stMain] details:not([open]) > summary').forEach(line => line.click())"

# A chart's key, role and name; its ink; the numbers that it is drawn from, of the heatmap those that are written in it; and
# what stands beside it: for a figure's thin bar the figure, else the first table below it, unless another chart comes before.
CHARTS = """() => [...document.querySelectorAll('[data-testid=stPlotlyChart]')].map((chart, place, charts) => {
  const plot = chart.querySelector('.js-plotly-plot');
  const key = chart.closest('[class*=st-key-]').className.match(/st-key-(\\S+)/)[1];
  const written = trace => trace.base ? trace.text.map(text => text.replace(/<[^>]+>/g, '')) : trace.orientation === 'h' ? trace.x : trace.y;
  const below = el => el && chart.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING;
  const table = [...document.querySelectorAll('table')].find(below);
  const next = charts[place + 1];
  const its = table && !(next && next.compareDocumentPosition(table) & Node.DOCUMENT_POSITION_FOLLOWING);
  const figure = key.startsWith('bar-') && chart.closest('[data-testid=stVerticalBlock]');
  return {
    key, role: chart.getAttribute('role'), name: chart.getAttribute('aria-label') ?? '', ink: plot.layout.font.color,
    drawn: plot.data.flatMap(written).filter(value => value !== null).map(String),
    beside: figure ? figure.innerText : its ? [...table.querySelectorAll('th, td')].map(cell => cell.textContent).join('; ') : '',
  };
})"""


@dataclass(frozen=True, slots=True)
class Chart:
    key: str
    role: str
    name: str
    ink: str
    drawn: list[str]
    beside: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One screen in one language: `opened`, `found` and `charts` by theme, the rest as the last one has it; `tables` is their text."""

    opened: dict[Theme, Facts]
    found: dict[Theme, list[Violation]]
    headings: list[int]
    charts: dict[Theme, list[Chart]]
    tables: str
    narrow: Facts


def look(page: Page, server: Server, screen: Screen, lang: Lang) -> Seen:
    watch, opened = Watch.on(page), dict[Theme, Facts]()
    found: dict[Theme, list[Violation]] = {}
    charts: dict[Theme, list[Chart]] = {}
    for theme in SEEN_IN[lang]:
        opened[theme] = show(page, server, screen, lang, theme, watch)
        found[theme] = violations(page)
        charts[theme] = [Chart(**each) for each in page.evaluate(CHARTS)]
    headings: list[int] = page.evaluate(HEADINGS)
    tables = "\n".join(page.locator("table").all_inner_texts())
    magnify(page)
    return Seen(opened, found, headings, charts, tables, facts(page, lang, watch))


def magnify(page: Page, patience: float = PATIENCE) -> None:
    """Four times the size. Rest is not enough to wait for: a busy machine's page may not have heard yet of its new width,
    and Streamlit's top navigation, which gives way to a menu, stands still at the old one. One that stays is left to be found."""
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    end = time.monotonic() + patience
    page.evaluate(HEARD)
    while not page.evaluate(NAVIGATION_FITS) and time.monotonic() < end:
        page.wait_for_timeout(20)
    quiet(page)


def show(page: Page, server: Server, screen: Screen, lang: Lang, theme: Theme, watch: Watch) -> Facts:
    """The screen as a reader of this theme opens it, what that reader would stumble over; then in a window as high as its page."""
    page.set_viewport_size({"width": SIZES[lang][0], "height": SIZES[lang][1]})
    page.emulate_media(color_scheme=theme)
    visit(page, server.url + screen.address(lang))
    if screen.choose:
        page.get_by_role("radio", name=words(lang)(screen.choose), exact=True).click()
        quiet(page)
    opened = facts(page, lang, watch)
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.evaluate(HEARD)
    quiet(page)
    if screen.name == EVIDENCE:
        page.get_by_test_id("stPopover").first.get_by_role("button").click()
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
    elif screen.name in UNFOLDED:
        page.evaluate(UNFOLD)
    quiet(page)
    unroll(page)  # axe judges no colours of what is scrolled away
    still(page)
    ground = ", ".join(str(int(PALETTES[theme].bg[i : i + 2], 16)) for i in (1, 3, 5))
    assert page.evaluate(GROUND) == f"rgb({ground})"
    return opened


def still(page: Page) -> None:
    """Waits until nothing fades any more. Not `wait_for_function`: it evaluates text in the page, which the page's policy refuses."""
    end = time.monotonic() + PATIENCE
    while not page.evaluate(STILL):
        assert time.monotonic() < end, f"{page.url} does not come to rest"
        page.wait_for_timeout(20)


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[tuple[str, Lang], Seen], list[str]]:
    """Every screen, looked at by one reader for each language, side by side; and what the servers complained about."""
    home = tmp_path_factory.mktemp("access")
    with serving(home / "empty", forked=True) as empty, serving(home / "sample", sample=True, forked=True) as sample:
        servers: dict[Company, Server] = {"empty": empty, "sample": sample}

        def read(lang: Lang) -> dict[tuple[str, Lang], Seen]:
            with chromium() as browser:
                found: dict[tuple[str, Lang], Seen] = {}
                for company in COMPANIES:
                    page = context(browser, lang, size=SIZES[lang]).new_page()
                    for whose, screen in LOOKED_AT:
                        if whose == company:
                            found[screen.name, lang] = look(page, servers[company], screen, lang)
                    page.context.close()
                return found

        with ThreadPoolExecutor(len(LANGUAGES)) as pool:
            found = {place: each for half in pool.map(read, LANGUAGES) for place, each in half.items()}
        return found, [*empty.complaints(), *sample.complaints()]


@pytest.fixture(scope="module")
def seen(looked: tuple[dict[tuple[str, Lang], Seen], list[str]]) -> dict[tuple[str, Lang], Seen]:
    return looked[0]


@pytest.mark.parametrize("name", NAMES)
def test_no_reader_stumbles(name: str, lang: Lang, seen: dict[tuple[str, Lang], Seen]) -> None:
    for opened in seen[name, lang].opened.values():
        assert opened.faults == {}
        assert (opened.lang, opened.title) == (lang, TITLES[lang])


def test_every_screen_is_looked_at() -> None:
    """The sections in test_shots.py."""
    assert {name for name in NAMES if name in {screen.name for screen in SCREENS}} == {
        screen.name for screen in SCREENS if not screen.name.startswith("section-")
    }


def test_the_servers_have_nothing_to_complain_about(looked: tuple[dict[tuple[str, Lang], Seen], list[str]]) -> None:
    assert looked[1] == []


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing(name: str, lang: Lang, seen: dict[tuple[str, Lang], Seen]) -> None:
    assert set(seen[name, lang].found) == set(SEEN_IN[lang])
    assert [f"{theme} {each}" for theme, found in seen[name, lang].found.items() for each in found if not each.allowed] == []


def test_what_is_allowed_is_still_there(seen: dict[tuple[str, Lang], Seen]) -> None:
    """An entry that nothing needs any more has to go."""
    found = [each for one in seen.values() for theme in one.found for each in one.found[theme]]
    assert [each.rule for each in ALLOWED if not any(violation.is_(each) for violation in found)] == []


@pytest.mark.parametrize("name", NAMES)
def test_headings_leave_no_level_out(name: str, lang: Lang, seen: dict[tuple[str, Lang], Seen]) -> None:
    """axe takes Streamlit's frame for an open dialog, and asks no dialog for its one title."""
    headings = seen[name, lang].headings
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(level <= before + 1 for before, level in pairwise(headings))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost_at_four_times_the_size(name: str, lang: Lang, seen: dict[tuple[str, Lang], Seen]) -> None:
    narrow = seen[name, lang].narrow
    assert (narrow.overflow, narrow.clipped, narrow.untranslated) == ([], [], [])


WIDE = """<main data-testid="stMain"><div data-testid="stTopNav"><nav style="width: 219px; overflow: hidden">
<div style="width: 507px">navigation</div></nav></div></main>
<div data-testid="stApp" data-test-connection-state="CONNECTED" data-test-script-state="notRunning"><p data-testid="stMainBlockContainer"></p></div>"""


@pytest.mark.parametrize(
    ("after", "found"), [("300", []), ("1e6", ["stTopNav nav “navigation” (507 px wide in 219)"])], ids=["late", "never"]
)
def test_a_navigation_that_gives_way_late_is_waited_for(after: str, found: list[str]) -> None:
    """What a busy machine did to an innocent page; and what a guilty one has to answer for."""
    with chromium() as browser:
        page = context(browser).new_page()
        page.set_content(
            f"{WIDE}<script>addEventListener('resize', () => setTimeout(() => document.querySelector('nav').remove(), {after}))</script>"
        )
        magnify(page, patience=3)
        assert facts(page, "ja", Watch()).clipped == found


# --- charts ----------------------------------------------------------------------------------------------------------

BY_YEAR = ("incidents", "companies", "persons")  # their table stands behind the switch above them


def figures_in(text: str) -> list[float]:
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text.replace("\u2007", ""))]


@pytest.mark.parametrize("name", NAMES)
def test_every_chart_has_a_name_and_its_numbers_in_words(name: str, lang: Lang, seen: dict[tuple[str, Lang], Seen]) -> None:
    charts = seen[name, lang].charts
    assert len({tuple(chart.key for chart in each) for each in charts.values()}) == 1
    assert all(len({chart.name for chart in each}) == len(each) for each in charts.values())
    for theme, chart in [(theme, chart) for theme, each in charts.items() for chart in each]:
        assert chart.ink == PALETTES[theme].text
        assert chart.role == "figure"
        if chart.key.startswith("bar-"):
            label, value, caption = [line for line in chart.beside.splitlines() if line.strip()][:3]
            assert chart.name == f"{label} {value}　{caption}"
            continue
        assert chart.name.endswith(words(lang)("{title}: a chart. The same numbers are there as a table.", title="")[-8:])
        table = figures_in(seen["statistics-table", lang].tables if chart.key in BY_YEAR else chart.beside)
        drawn = [number for text in chart.drawn for number in figures_in(text) if number]
        assert drawn, chart.key
        cut = chart.key == "cells"  # the heatmap cuts its numbers, so that none contradicts its sign
        missing = [n for n in drawn if not any(int(t) == n if cut else abs(t - n) < 0.052 for t in table)]
        assert missing == [], chart.key


def test_every_chart_is_looked_at(seen: dict[tuple[str, Lang], Seen]) -> None:
    keys = {chart.key for one in seen.values() for each in one.charts.values() for chart in each}
    assert {"causes", "cells", "commission", *BY_YEAR, *(f"bar-{of}" for of in ("score", "gap", "evidenced", "critical"))} <= keys
    named = {chart.name for one in seen.values() for each in one.charts.values() for chart in each if chart.key.startswith("counts-")}
    assert len(named) == len(LANGUAGES) * 3  # two of the newest year, one at the start


# --- the page of answers by keyboard alone ---------------------------------------------------------------------------

# What can be operated, and is neither reached by Tab nor by the arrows from another one of its group.
MISSED = """() => [...document.querySelectorAll('a[href], button, input, textarea, summary, [tabindex="0"]')].filter(el => {
  if (!el.checkVisibility({visibilityProperty: true}) || el.disabled || el.tabIndex < 0) return false;
  const group = el.type === 'radio' || el.role === 'radio' ? el.closest('[role=radiogroup]') : el;
  return !window.stops.some(stop => group.contains(stop));
})"""
SAY = "el => `${el.tagName} ${(el.getAttribute('aria-label') || el.textContent || el.type || '').trim().slice(0, 40)}`"
MARK_STOP = "() => { const el = document.activeElement; const seen = window.stops ??= []; const again = el === document.body || seen.includes(el); seen.push(el); return again; }"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """One company's answers, at a question that has a level and evidence."""
    with serving(tmp_path / "home", forked=True) as server, chromium() as browser:
        answered(server)
        opened = context(browser).new_page()
        visit(opened, f"{server.url}/answer?question={QUESTION.id}")
        yield opened
        assert server.complaints() == []


def focused(page: Page) -> str:
    told: str = page.evaluate(f"({SAY})(document.activeElement)")
    return told


def shows_focus(page: Page) -> bool:
    """Whether the page looks different around the element once the focus leaves it. The focus goes back to it."""
    box = page.evaluate("""() => {
      const el = document.activeElement, r = (el.type === 'radio' || el.type === 'text' ? el.closest('label, [data-baseweb], [data-testid=stTextInput]') ?? el : el);
      r.scrollIntoView({block: 'nearest'});
      const {x, y, width, height} = r.getBoundingClientRect();
      return {x: Math.max(0, x - 8), y: Math.max(0, y - 8), width: width + 16, height: height + 16};
    }""")
    there = page.screenshot(clip=box)
    page.evaluate("() => { window.held = document.activeElement; held.blur(); }")
    still(page)
    gone = page.screenshot(clip=box)
    page.evaluate("held.focus({focusVisible: true})")
    return there != gone


def test_tab_reaches_everything_and_the_focus_is_seen(page: Page) -> None:
    page.keyboard.press("Tab")
    unseen = []
    while not page.evaluate(MARK_STOP):
        still(page)
        if not shows_focus(page):
            unseen.append(focused(page))
        page.keyboard.press("Tab")
    reached: list[str] = page.evaluate(f"window.stops.map({SAY})")
    missed: list[str] = page.evaluate(f"({MISSED})().map({SAY})")
    assert missed == []
    assert unseen == []
    assert len(reached) > 40


def test_everything_on_the_page_works_by_keyboard(page: Page) -> None:
    _, group = words("ja"), page.get_by_role("radiogroup", name=QUESTION.text.ja, exact=True)
    proof = page.get_by_test_id("stPopover").first.get_by_role("button")
    tab_to(page, proof)
    page.keyboard.press("Enter")
    link = page.get_by_role("textbox", name=_("Where the evidence is (address, folder, file number)"), exact=True)
    tab_to(page, link)
    page.keyboard.press("End")
    page.keyboard.type("（改訂）")
    tab_to(page, button(page, "証跡を保存する"))
    page.keyboard.press("Enter")
    expect(saved(page)).to_be_visible()
    quiet(page)
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    assert page.evaluate("document.activeElement.closest('[data-testid=stPopover]') !== null"), focused(page)

    before = level(page, QUESTION, 2)
    expect(before).to_be_checked()
    tab_to(page, group)
    page.keyboard.press("ArrowDown")
    expect(level(page, QUESTION, 3)).to_be_checked()
    quiet(page)
    tab_to(page, button(page, "元に戻す"))
    page.keyboard.press("Enter")
    expect(before).to_be_checked()
    quiet(page)

    tab_to(page, group)
    for _down in range(4):  # 3, 4, ？, ―
        page.keyboard.press("ArrowDown")
        quiet(page)
    reason = page.get_by_role("textbox", name=_("Why it does not apply (required)"), exact=True)
    tab_to(page, reason)
    page.keyboard.type("社外から使う仕組みがない")
    quiet(page)
    expect(saved(page)).to_be_visible()
    name = page.get_by_role("textbox", name=_("Your name (kept with each answer, not checked)"), exact=True)
    tab_to(page, name)
    page.keyboard.press("Control+A")
    page.keyboard.type("点検 花子")
    quiet(page)
    expect(name).to_have_value("点検 花子")

    line = page.locator("[class*=st-key-line] summary").first
    tab_to(page, line)
    page.keyboard.press("Enter")
    other = next(q for q in CHECKLIST.questions if q != QUESTION)
    tab_to(page, page.get_by_role("radiogroup", name=other.text.ja, exact=True))

    second = CHECKLIST.sections[1]
    tab_to(page, page.get_by_role("button", name=re.compile(rf"^2\s{second.title.ja}")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=f"2　{second.title.ja}", exact=True)).to_be_visible()
    quiet(page)
    tab_to(page, page.get_by_role("radiogroup", name=_("Scope"), exact=True))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_url("**mode=express**")
    quiet(page)
    tab_to(page, button(page, "会社の前提"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=_("First, five facts about your company"), exact=True)).to_be_visible()
