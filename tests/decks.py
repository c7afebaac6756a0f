"""Decks looked at slide by slide: what is not there, lies outside, is a picture, cannot be read aloud, or has no glyph."""

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from tests.packages import A, P

FEWEST, MOST = 5, 9  # slides; one that has nothing to say is left out
TWIPS = 12_700  # EMU of a point
REPLACED = "〓"


def faults(content: bytes, missing: Callable[[str], frozenset[str]]) -> list[str]:
    """What is wrong with a deck of ours; empty when nothing is. `missing`: letters of a text that the font has no glyph for.
    Notes are not drawn in it: the speaker's program takes whatever face has the letter."""
    deck = Presentation(io.BytesIO(content))
    found = []
    if not FEWEST <= len(deck.slides) <= MOST:
        found.append(f"{len(deck.slides)} slides")
    if not sum(shape.has_chart for slide in deck.slides for shape in slide.shapes):
        found.append("no chart at all")
    for number, slide in enumerate(deck.slides, start=1):
        found += (f"slide {number}: {fault}" for fault in _slide(slide, deck, missing))
    return found


def _slide(slide: Any, deck: Any, missing: Callable[[str], frozenset[str]]) -> Iterator[str]:
    if slide.shapes.title is None or not slide.shapes.title.text_frame.text.strip():
        yield "has no title"
    if not slide.has_notes_slide or not slide.notes_slide.notes_text_frame.text.strip():
        yield "has no notes"
    for shape in slide.shapes:
        if shape.shape_type == MSO_SHAPE_TYPE.PICTURE:
            yield f"{shape.name} is a picture"
        if not _inside(shape, deck):
            yield f"{shape.name} leaves the slide"
        if (shape.has_chart or shape.has_table) and not shape._element.xpath(".//p:cNvPr/@descr"):
            yield f"{shape.name} says nothing to who cannot see it"
        if shape.is_placeholder and shape.has_text_frame and not shape.text_frame.text.strip():
            yield f"{shape.name} is an empty placeholder: it would ask for text"
    if lost := missing(
        "".join(texts(slide._element)) + "".join(t for s in slide.shapes if s.has_chart for t in texts(s.chart._chartSpace))
    ):
        yield f"no glyph for {' '.join(f'U+{ord(letter):04X}' for letter in sorted(lost))}"
    if bare := sum(1 for run in slide._element.iter(f"{A}r") if _wide(run.findtext(f"{A}t")) and not _has_east_asian_font(run)):
        yield f"{bare} runs of Japanese have no font for it"


def texts(element: Any) -> Iterator[str]:
    """What is written in a part, letter by letter; of charts also names and categories."""
    for each in element.iter():
        if isinstance(each.tag, str) and etree.QName(each).localname in ("t", "v") and each.text:
            yield each.text


def _inside(shape: Any, deck: Any) -> bool:
    if shape.left is None:
        return True  # where its layout says
    edge = TWIPS // 2
    return bool(
        shape.left >= -edge and shape.top >= -edge and shape.left + shape.width <= deck.slide_width + edge
        and shape.top + shape.height <= deck.slide_height + edge
    )  # fmt: skip


def _wide(text: str | None) -> bool:
    return any(unicodedata.east_asian_width(letter) in "WF" for letter in text or "")


def _has_east_asian_font(run: Any) -> bool:
    """At the run, or above it in its own shape."""
    body = run.getparent()
    while body is not None and body.tag not in (f"{P}txBody", f"{A}txBody"):
        body = body.getparent()
    return run.find(f"{A}rPr/{A}ea") is not None or (body is not None and body.find(f"{A}lstStyle//{A}ea") is not None)


def lost_in(shown: Sequence[str], pages: Sequence[str]) -> list[str]:
    """Letters of slides that are not on the pages that another program made of them: what it could not draw, or left out."""
    found = [f"{len(pages)} pages of {len(shown)} slides"] if len(shown) != len(pages) else []
    for number, (text, page) in enumerate(zip(shown, pages, strict=False), start=1):
        if lost := letters(text) - letters(page):
            some = "".join(sorted(lost))[:40]
            found.append(f"slide {number}: {lost.total()} letters are not drawn: {some!r}")
    return found


def letters(text: str) -> Counter[str]:
    """How often each letter stands in a text, in whatever form it is written; what is white or invisible does not count."""
    plain = unicodedata.normalize("NFKC", text)
    return Counter(letter for letter in plain if not re.match(r"\s", letter) and unicodedata.category(letter)[0] not in "CM")
