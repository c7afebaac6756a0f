"""What stands in a PDF, for tests: its text without spaces, its tags, its fonts, where its words are."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from tests.pdf_pages import Word
from tests.pdf_pages import words as words_of

A4 = (595.28, 841.89)
MARGIN = 51.0  # 18 mm
OPENING, CLOSING = frozenset("（「【『(“‘"), frozenset("）」】』、。，．)”’：；")
MARKS = OPENING | CLOSING


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def bare(text: str) -> str:
    """Without spaces of any kind: lines are broken where the page wants it."""
    return "".join(text.split())


def root(pdf: bytes) -> Any:
    """The catalogue: what the document says of itself."""
    return reader(pdf).trailer["/Root"].get_object()


def bookmarks(pdf: bytes) -> list[str]:
    entries: Any = reader(pdf).outline
    return [str(entry["/Title"]) for entry in entries]


def links(pdf: bytes) -> set[str]:
    """The addresses that can be clicked."""
    found: list[Any] = [annotation.get_object() for page in reader(pdf).pages for annotation in page.get("/Annots", ())]
    return {str(annotation["/A"]["/URI"]) for annotation in found}


def pages(pdf: bytes) -> list[str]:
    return [bare(page.extract_text()) for page in reader(pdf).pages]


def running(pdf: bytes, *frame: str) -> str:
    """All pages as one text, without what stands on each of them (`frame`) and the page numbers."""
    texts = pages(pdf)
    for part in frame:
        texts = [text.replace(bare(part), "") if part else text for text in texts]
    return "".join(re.sub(r"Page\d+of\d+|\d+/\d+ページ", "", text) for text in texts)


def strings(value: Any) -> Iterator[str]:
    """Every string in a value of the model."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from strings(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from strings(getattr(value, field.name))


def tags(pdf: bytes) -> Counter[str]:
    """How often each structure tag stands in the tree."""
    return Counter(str(node["/S"]) for node in _nodes(pdf) if "/S" in node)


def alts(pdf: bytes) -> list[str]:
    return [str(node["/Alt"]) for node in _nodes(pdf) if "/Alt" in node]


def _nodes(pdf: bytes) -> Iterator[Any]:
    waiting = [root(pdf)["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            yield node
            if "/K" in node:
                waiting.append(node["/K"])


def fonts(pdf: bytes) -> dict[str, bool]:
    """{name: whether its outlines are in the file}, of all pages."""
    found = {}
    for page in reader(pdf).pages:
        resources: Any = page["/Resources"]
        for font in resources.get("/Font", {}).values():
            font = font.get_object()
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            descriptor = inner["/FontDescriptor"].get_object()
            found[str(font["/BaseFont"])] = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
    return found


def words_at(pdf: bytes, folder: Path) -> list[Word]:
    """Where words stand, by poppler."""
    file = folder / "words.pdf"
    file.write_bytes(pdf)
    return words_of(file)[1]


def outside(words: list[Word]) -> list[Word]:
    """Words beyond the margins at the sides, or nearer to the edge than head and foot. A full-width bracket at the end of a line is
    set without its empty half, which its box still has."""
    found = []
    for word in words:
        em = word.bottom - word.top
        left = MARGIN - 1 - (em * 0.55 if word.text[0] in OPENING else 0)
        right = A4[0] - MARGIN + 1 + (em * 0.55 if word.text[-1] in CLOSING else 0)
        if word.left < left or word.right > right or word.top < 28 or word.bottom > A4[1] - 20:
            found.append(word)
    return found


def overlaps(words: list[Word]) -> list[tuple[str, str]]:
    """Pairs of words that are drawn over each other, by more than a tenth of the smaller one's box (boxes are taller than letters)."""
    found = []
    by_page: dict[int, list[Word]] = {}
    for word in words:
        by_page.setdefault(word.page, []).append(word)
    for each in by_page.values():
        each.sort(key=lambda word: word.top)
        for at, one in enumerate(each):
            for other in each[at + 1 :]:
                if other.top >= one.bottom:
                    break
                wide = min(one.right, other.right) - max(one.left, other.left)
                tall = min(one.bottom, other.bottom) - max(one.top, other.top)
                # half of the height: line boxes of the font reach into each other; full-width marks are set without their empty half
                narrow = 0.6 * (one.bottom - one.top) if {one.text[0], one.text[-1], other.text[0], other.text[-1]} & MARKS else 0.7
                if wide > narrow and tall > 0.55 * min(one.bottom - one.top, other.bottom - other.top):
                    found.append((one.text, other.text))
    return found
