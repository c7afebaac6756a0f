"""What people wrote, in a real Chromium: nothing of it runs, nothing is fetched for it, and no page grows wider than its window."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Dialog, Page

from scoring.model import Answer
from tenken.store import Store
from tests.browser.drive import DESK, PHONE, Server, Size, Watch, chromium, context, facts, quiet, serving, visit
from tests.prove.pages import CLAIMED, DISPUTED, EXCUSED, EXPLAINED, everywhere
from tests.prove.payloads import HOST, sample
from tests.prove.proof import Proof
from tests.test_pages import own_sheet, put

TOGETHER = 40  # payloads in one field
SHOWING = (f"/answer?mode=full&question={EXCUSED}", f"/answer?mode=full&question={CLAIMED}")
OTHERS = (*(f"/explain?of={of}" for of in EXPLAINED), "/", "/about", "/statistics")

# Elements that only a payload can have made: addresses of the foreign host, and handlers in attributes.
PLANTED = """host => [...document.querySelectorAll('body *')]
  .filter(el => [...el.attributes].some(a => a.name.startsWith('on') || /^(src|srcset|href|action|data|style)$/.test(a.name) && a.value.includes(host)))
  .map(el => el.outerHTML.slice(0, 100))"""


def visits(page: Page, server: Server, store: Store, payloads: Sequence[str]) -> Iterator[str]:
    """Goes from page to page and says where it is."""
    wrong = [quote(payload) for payload in payloads if "<" in payload and len(payload) < 200]
    addresses = [*SHOWING, f"/explain?of={wrong[0]}"]
    if len(payloads) == TOGETHER:
        addresses += OTHERS + tuple(f"/answer?question={payload}" for payload in wrong[1:4])
    for address in addresses:
        visit(page, server.url + address)
        yield address
        if address == SHOWING[1]:
            page.get_by_test_id("stPopover").get_by_role("button").first.click()
            quiet(page)
            yield "the evidence"
            page.keyboard.press("Escape")
    yield from conflict(page, server, store, payloads)


def conflict(page: Page, server: Server, store: Store, payloads: Sequence[str]) -> Iterator[str]:
    visit(page, f"{server.url}/answer?mode=full&question={DISPUTED}")
    put(store, own_sheet(store), DISPUTED, Answer("verified", note="\n".join(payloads)), person=" ".join(payloads))
    page.keyboard.press("1")
    page.get_by_role("alert").first.wait_for()
    quiet(page)
    yield "the conflict"


def faults(page: Page, watch: Watch, dialogs: list[str]) -> list[str]:
    seen = facts(page, "ja", watch)
    found = [f"fetched {url}" for url in seen.foreign] + [f"dialog {text}" for text in dialogs]
    found += [f"overflow {what[:200]}" for what in seen.overflow]
    if page.evaluate("window.pwned !== undefined"):
        found.append("a payload has run")
    found += [f"in the page: {tag}" for tag in page.evaluate(PLANTED, HOST)]
    watch.foreign.clear()
    dialogs.clear()
    return found


def walked(home: Path, payloads: Sequence[str]) -> Iterator[str]:
    home.mkdir()
    store = Store.open(f"sqlite:///{home / 'tenken.db'}")
    everywhere(store, payloads)
    with serving(home, forked=True) as server, chromium() as browser:
        for size in (DESK, PHONE):
            yield from _walked(context(browser, size=size).new_page(), size, server, store, payloads)
    store.close()
    yield from server.complaints()


def _walked(page: Page, size: Size, server: Server, store: Store, payloads: Sequence[str]) -> Iterator[str]:
    watch, dialogs = Watch.on(page), list[str]()

    def close(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", close)
    for where in visits(page, server, store, payloads):
        yield from (f"{size[0]} {where[:80]}: {fault}" for fault in faults(page, watch, dialogs))
    page.context.close()


def run(count: int, folder: Path) -> list[str]:
    chosen = sample(count)
    parts = [chosen[number : number + TOGETHER] for number in range(0, len(chosen), TOGETHER)]
    return [fault for number, part in enumerate(parts) for fault in walked(folder / f"home{number}", part)]


PROOFS = (Proof("people's words in Chromium (desk, phone)", 30, 200, run, browser=True),)
