"""What people wrote stays text: no page hands it to Streamlit as Markdown or HTML.

The payloads are stored in every field that takes text, many at once, and all pages are run in both languages by
Streamlit's own script runner. Looked at are the messages to the browser: whatever a browser reads as Markdown or HTML
(labels, helps, captions and table cells are Markdown too) must not hold a payload as it was written.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from scoring.model import Answer, Evidence, Lang, Text
from tenken.i18n import LANGUAGES
from tenken.markup import escaped
from tenken.settings import read_settings
from tenken.store import Store
from tests.conftest import no_waiting
from tests.prove.payloads import sample
from tests.prove.proof import Proof
from tests.test_pages import CHECKLIST, TODAY, YES, Open, drawn, go, opener, own_sheet, put

TOGETHER = 40  # payloads in one field

SECTION = next(section for section in CHECKLIST.sections if section.id == "telework")
CLAIMED, EXCUSED, DISPUTED = (question.id for question in SECTION.questions[:3])
EXPLAINED = (
    "score",
    "evidenced",
    "gap",
    "critical",
    "steps",
    f"cause:{SECTION.id}",
    f"cell:{SECTION.id}:{SECTION.questions[0].countermeasure}",
)
# Words of an address that find their way onto a page: (page, name, what stands before the payload).
ADDRESSES = (("answer", "question", ""), ("explain", "of", ""), ("explain", "of", f"cell:{SECTION.id}:"))

# (element, field) that a browser shows letter by letter.
PLAIN = {
    *(("text", "body"), ("text_area", "default"), ("text_area", "value"), ("text_input", "default"), ("text_input", "value")),
    *(("arrow_data_frame", "data"), ("table", "data"), ("plotly_chart", "spec")),  # looked at cell by cell, below
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was opened; `where` for people."""

    where: str
    tab: AppTest


# --- what a page says ----------------------------------------------------------------------------


def fields(message: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(field, text) of all texts of a message."""
    for field, value in message.ListFields():
        for part in value if field.is_repeated else [value]:
            if field.message_type:
                yield from fields(part, field.name)
            elif isinstance(part, str) and field.name not in ("id", "element_id", "form_id"):
                yield field.name, part


def markup(tab: AppTest) -> Iterator[tuple[str, str]]:
    """(element and field, text) of everything that the browser reads as Markdown, HTML or a chart's own markup."""
    for node in tab._tree:
        message = getattr(node, "proto", None)
        if message is None:
            continue
        yield from ((f"{node.type}.{name}", text) for name, text in fields(message) if (node.type, name) not in PLAIN)
        if node.type == "plotly_chart":
            yield from (("plotly_chart.spec", text) for text in drawn(json.loads(message.spec)))
        if node.type == "table":
            frame = getattr(node, "value")  # noqa: B009
            yield from (("table", str(cell)) for cell in (*frame.columns, *frame.index, *frame.to_numpy().ravel()))


def texts(tab: AppTest) -> str:
    """Everything that is shown letter by letter."""
    return "\n".join(str(node.value) for kind in (tab.text, tab.text_area, tab.text_input) for node in kind)


def unescaped(tab: AppTest, payloads: Sequence[str]) -> Iterator[str]:
    """Where a payload stands as it was written, or as Markdown joins its lines."""
    signed = [payload for payload in payloads if escaped(payload) != " ".join(payload.split())]  # the others say nothing to Markdown
    forms = [(payload, {payload, payload.strip(), " ".join(payload.split())} - {""}) for payload in signed]
    for where, text in markup(tab):
        for payload, ways in forms:
            if any(way in text for way in ways):
                yield f"{where} holds {payload[:60]!a}"


# --- pages with people's words on them -----------------------------------------------------------


def everywhere(store: Store, payloads: Sequence[str]) -> str:
    """The payloads in every field that people fill in: notes, reason, evidence, names. The note, for comparing."""
    lines, line = "\n".join(payloads), " ".join(payloads)
    sheet = own_sheet(store, YES)
    store.rename(sheet.unit, Text(line, line))
    store.put_setting("person", line)
    put(store, sheet, CLAIMED, Answer("partly", note=lines, evidence=Evidence(line, TODAY)), person=line)
    put(store, sheet, EXCUSED, Answer("na", reason=line, note=lines), person=line)
    put(store, sheet, DISPUTED, Answer("partly", note=lines), person=line)
    return lines


def every_page(open_page: Open, lang: Lang, store: Store, payloads: Sequence[str]) -> Iterator[Page]:
    query = {"mode": "full"}
    for question in (CLAIMED, EXCUSED):
        yield Page(f"answer {question}", open_page(lang, "answer", question=question, **query))
    tab = open_page(lang, "answer", question=DISPUTED, **query)
    sheet = own_sheet(store)
    put(store, sheet, DISPUTED, Answer("verified", note="\n".join(payloads)), person=" ".join(payloads))
    next(radio for radio in tab.radio if str(radio.key).endswith(DISPUTED)).set_value("informal").run()
    if not any(str(button.key).startswith("mine:") for button in tab.button):
        raise AssertionError("the conflict is not on the page")
    yield Page("conflict", tab)
    for of in EXPLAINED:
        yield Page(f"explain {of}", go(tab, "explain", of=of))
    for page in ("home", "statistics", "about"):
        yield Page(page, go(tab, page))
    for number, payload in enumerate(payloads):
        page, name, before = ADDRESSES[number % len(ADDRESSES)]
        if len(payload) < 1000 and number % 2 == LANGUAGES.index(lang):  # no server takes a longer address
            yield Page(f"{page}?{name}={before}{payload[:60]!a}", go(tab, page, **{name: before + payload}))


def faults(open_page: Open, payloads: Sequence[str]) -> Iterator[str]:
    store = Store.open(read_settings().store_url)
    note = everywhere(store, payloads)
    for lang in LANGUAGES:
        for page in every_page(open_page, lang, store, payloads):
            for fault in [*unescaped(page.tab, payloads), *(f"exception: {error.message}" for error in page.tab.exception)]:
                yield f"{lang} {page.where}: {fault}"
            if page.where.startswith("answer ") and note not in texts(page.tab):
                yield f"{lang} {page.where}: the note is not shown as it was written"
    store.close()


def run(count: int, folder: Path) -> list[str]:
    chosen = sample(count)
    found: list[str] = []
    for number in range(0, len(chosen), TOGETHER):
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("TENKEN_HOME", str(folder / "home"))
            no_waiting(patched)
            found += faults(opener(patched), chosen[number : number + TOGETHER])
        import streamlit

        streamlit.cache_resource.clear()
        shutil.rmtree(folder / "home")
    return found


PROOFS = (Proof("people's words on every page (ja, en)", 40, 200, run),)
