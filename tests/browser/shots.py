"""Every screen as a picture with the facts of its page: `python -m tests.browser.shots OUTDIR`, or `make shots`.

Screens × Japanese / English × light / dark × desk / phone × a new installation / the sample company. Beside each PNG
(as high as the page) stands a JSON with what a reader would stumble over; at the end, all of that once more.
"""

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import groupby, product
from pathlib import Path
from queue import Empty, Queue
from typing import Literal

from playwright.sync_api import BrowserContext, Page

from scoring.model import Lang
from tenken.content import load_content
from tenken.i18n import LANGUAGES, words
from tests.browser.drive import DESK, PHONE, Facts, Server, Size, Theme, Watch, chromium, context, facts, quiet, serving, visit

Company = Literal["empty", "sample"]
COMPANIES: tuple[Company, ...] = ("empty", "sample")
THEMES: tuple[Theme, ...] = ("light", "dark")
SIZES: dict[str, Size] = {"desk": DESK, "phone": PHONE}
BROWSERS_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Screen:
    """`query` without the language; `choose` is pressed first (an English source word); `companies` that have it."""

    name: str
    path: str
    query: str = ""
    choose: str = ""
    companies: tuple[Company, ...] = COMPANIES

    def address(self, lang: Lang) -> str:
        """The default language needs nothing in the address."""
        query = "&".join(filter(None, [self.query, "" if lang == "ja" else f"lang={lang}"]))
        return f"/{self.path}{'?' if query else ''}{query}"


SCREENS = (
    Screen("home", ""),
    Screen("answer", "answer"),
    Screen("answer-na", "answer", "question=telework.private_devices", companies=("sample",)),
    Screen("actions", "actions"),
    Screen("statistics", "statistics"),
    Screen("statistics-table", "statistics", choose="Table"),
    Screen("about", "about"),
    Screen("plan", "plan"),
    Screen("whatif", "whatif"),
    Screen("replay", "replay"),
    Screen("sources", "sources", "incident=2014-education-1", companies=("sample",)),
    Screen("explain-control", "explain", "of=control:mfa", companies=("sample",)),
    Screen("targets", "targets"),
    Screen("cost-off", "cost"),
    Screen("board", "board"),
    Screen("board-present", "board", "present=1&slide=changes", companies=("sample",)),
    Screen("report", "report"),
    Screen("explain-gap", "explain", "of=gap"),
    Screen("explain-steps", "explain", "of=steps"),
    Screen("explain-cause", "explain", "of=cause:external_attack"),
    *(
        Screen(f"section-{section.id}", "answer", f"mode=full&question={section.questions[-1].id}", companies=("sample",))
        for section in load_content().checklist.sections
    ),
)


@dataclass(frozen=True, slots=True)
class Shot:
    screen: Screen
    company: Company
    lang: Lang
    theme: Theme
    size: str

    @property
    def name(self) -> str:
        return f"{self.company}-{self.screen.name}-{self.lang}-{self.theme}-{self.size}"


def every_shot() -> Iterator[Shot]:
    """In an order that keeps one reader's screens together."""
    for company, lang, theme, size, screen in product(COMPANIES, LANGUAGES, THEMES, SIZES, SCREENS):
        if company in screen.companies:
            yield Shot(screen, company, lang, theme, size)


def take(reader: BrowserContext, server: Server, shot: Shot, out: Path | None = None) -> Facts:
    """Opens the screen and looks at it; with `out`, leaves a picture and the facts there."""
    page = reader.new_page()
    watch = Watch.on(page)
    visit(page, server.url + shot.screen.address(shot.lang))
    if shot.screen.choose:
        page.get_by_role("radio", name=words(shot.lang)(shot.screen.choose), exact=True).click()
        quiet(page)
    found = facts(page, shot.lang, watch)
    if out:
        picture(page, out / f"{shot.name}.png")
        (out / f"{shot.name}.json").write_text(json.dumps(asdict(found), ensure_ascii=False, indent=2), "utf-8")
    page.close()
    return found


def unroll(page: Page) -> None:
    """The whole page: Streamlit scrolls inside stMain, so the window is made as high as that."""
    before = page.viewport_size
    assert before
    hidden: int = page.get_by_test_id("stMain").evaluate("main => main.scrollHeight - main.clientHeight")
    page.set_viewport_size({"width": before["width"], "height": before["height"] + hidden})
    quiet(page)


def picture(page: Page, path: Path) -> None:
    before = page.viewport_size
    assert before
    unroll(page)
    page.screenshot(path=path, animations="disabled")
    page.set_viewport_size(before)


@dataclass(frozen=True, slots=True)
class Walk:
    """The facts of every shot by its name, and what the servers complained about in the meantime."""

    facts: dict[str, Facts]
    complaints: list[str]


def walk(home: Path, shots: Iterable[Shot], out: Path | None = None) -> Walk:
    """All `shots`: a new installation and one with the sample company side by side, two browsers going through them. A
    reader is somebody new for each company, language, theme and size."""
    readers: Queue[list[Shot]] = Queue()
    for _reader, theirs in groupby(shots, lambda shot: (shot.company, shot.lang, shot.theme, shot.size)):
        readers.put(list(theirs))
    with serving(home / "empty", forked=True) as empty, serving(home / "sample", sample=True, forked=True) as sample:
        servers: dict[Company, Server] = {"empty": empty, "sample": sample}

        def read() -> dict[str, Facts]:
            found: dict[str, Facts] = {}
            with chromium() as browser:
                while theirs := _next(readers):
                    first = theirs[0]
                    reader = context(browser, first.lang, first.theme, SIZES[first.size])
                    found |= {shot.name: take(reader, servers[shot.company], shot, out) for shot in theirs}
                    reader.close()
            return found

        with ThreadPoolExecutor(BROWSERS_AT_ONCE) as pool:
            halves = [pool.submit(read) for _browser in range(BROWSERS_AT_ONCE)]
            found = {name: facts for half in halves for name, facts in half.result().items()}
        return Walk(found, [*empty.complaints(), *sample.complaints()])


def _next(readers: "Queue[list[Shot]]") -> list[Shot]:
    try:
        return readers.get_nowait()
    except Empty:
        return []


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.browser.shots OUTDIR")
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        walked = walk(Path(home), every_shot(), out)
    for name, one in sorted(walked.facts.items()):
        for kind, faults in one.faults.items():
            for fault in faults:
                print(f"{name}  {kind}: {fault}")
    for complaint in walked.complaints:
        print(f"server: {complaint}")
    print(f"{len(walked.facts)} shots in {out}, {sum(bool(one.faults) for one in walked.facts.values())} of them with faults")


if __name__ == "__main__":
    main()
