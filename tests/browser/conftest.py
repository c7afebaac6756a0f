"""A browser for a file of tests, a server and readers for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from scoring.model import Lang
from tests.browser.drive import Reader, Server, Watch, chromium, context, serving


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "home", forked=True) as started:
        yield started
        assert started.complaints() == []


@pytest.fixture
def started_server(tmp_path: Path) -> Iterator[Server]:
    """One that starts as `make run` starts it, where that is a part of the story."""
    with serving(tmp_path / "home") as started:
        yield started
        assert started.complaints() == []


@pytest.fixture
def reader(browser: Browser) -> Iterator[Reader]:
    """Opens a page for somebody who has never been here. At the end no page may have complained or called outside."""
    opened: list[tuple[Page, Watch]] = []

    def open_page(lang: Lang = "ja") -> Page:
        page = context(browser, lang).new_page()
        opened.append((page, Watch.on(page)))
        return page

    yield open_page
    for page, _watch in opened:
        page.context.close()
    assert [watch.console + watch.foreign for _page, watch in opened] == [[] for _opened in opened]
