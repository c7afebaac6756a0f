"""PDF files looked at page by page: fonts that are not embedded, glyphs that are not there, words that leave the page or lie on others."""

import io
import re
import shutil
import subprocess
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lxml import etree
from pypdf import PdfReader
from pypdf.generic import ContentStream, IndirectObject, TextStringObject

A4: Final = (595.28, 841.89)
NEAR: Final = 0.6  # points
EDGE: Final = 14.0  # points that stay white round a page: printers cannot do less
COVERED: Final = 0.35  # of the smaller of two words
HALF: Final = 0.55  # of a letter as high as its box
MISSING: Final = "\ufffd"


def read(content: bytes) -> tuple[PdfReader, list[str]]:
    """The file as pypdf opens it when it forgives nothing, and what it says."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        reader = PdfReader(io.BytesIO(content), strict=True)
        reader.pages[0]
    return reader, [str(each.message) for each in said]


def faults(content: bytes, lang: str, *, bookmarks: bool = True, pages: int | None = None) -> list[str]:
    """What is wrong with a document of ours; empty when nothing is. `pages`: how many there are to be."""
    try:
        reader, found = read(content)
    except Exception as error:
        return [f"pypdf: {error!r}"[:200]]
    root: Any = reader.trailer["/Root"]
    if str(root.get("/Lang", "")).split("-")[0] != lang:
        found.append(f"its language is {root.get('/Lang')!r}, not {lang}")
    marked: Any = root.get("/MarkInfo")
    if marked is None or not _plain(marked).get("/Marked") or "/StructTreeRoot" not in root:
        found.append("is not tagged")
    if bookmarks and not reader.outline:
        found.append("has no bookmarks")
    if not (reader.metadata and reader.metadata.title):
        found.append("has no title")
    if pages is not None and len(reader.pages) != pages:
        found.append(f"{len(reader.pages)} pages, not {pages}")
    for number, page in enumerate(reader.pages, start=1):
        found += (f"page {number}: {fault}" for fault in _page(reader, page))
    return found


def _page(reader: PdfReader, page: Any) -> Iterator[str]:
    size = sorted((float(page.mediabox.width), float(page.mediabox.height)))
    if any(abs(side - wanted) > 1 for side, wanted in zip(size, A4, strict=True)):
        yield f"is {size[0]:.0f} × {size[1]:.0f} points, not A4"
    text = page.extract_text()
    if not text.strip():
        yield "says nothing"
    if MISSING in text:
        yield f"has letters that nothing can be made of: {text[max(0, text.index(MISSING) - 20) :][:40]!r}"
    fonts = _fonts(page)
    for name, font in fonts.items():
        if not _embedded(font):
            yield f"font {name} {font.get('/BaseFont')} is not embedded"
        if "/ToUnicode" not in font:
            yield f"font {name} {font.get('/BaseFont')} says nothing of what it shows"
    if empty := _glyphs_of_nothing(reader, page, fonts):
        yield f"{empty} glyphs are missing"


def _plain(thing: Any) -> Any:
    return thing.get_object() if isinstance(thing, IndirectObject) else thing


def _fonts(page: Any) -> dict[str, Any]:
    resources = _plain(page.get("/Resources", {}))
    return {name: _plain(font) for name, font in _plain(resources.get("/Font", {})).items()}


def _embedded(font: Any) -> bool:
    below = [_plain(each) for each in _plain(font.get("/DescendantFonts", []))] or [font]
    if font.get("/Subtype") == "/Type3":
        return True
    described = [_plain(each.get("/FontDescriptor", {})) for each in below]
    return all(any(key in each for key in ("/FontFile", "/FontFile2", "/FontFile3")) for each in described)


def _glyphs_of_nothing(reader: PdfReader, page: Any, fonts: dict[str, Any]) -> int:
    """How often glyph 0 (.notdef, the empty box) is shown: in fonts with two bytes a glyph, the code is the glyph."""
    contents = page.get_contents()
    if contents is None:
        return 0
    two_bytes, found, font = {name for name, each in fonts.items() if each.get("/Subtype") == "/Type0"}, 0, ""
    for operands, operator in ContentStream(contents, reader).operations:
        if operator == b"Tf":
            font = str(operands[0])
        elif operator in (b"Tj", b"TJ", b"'", b'"') and font in two_bytes:
            parts = operands[0] if operator == b"TJ" else [operands[-1]]
            for part in parts:
                codes = part.original_bytes if isinstance(part, TextStringObject) else bytes(part) if isinstance(part, bytes) else b""
                found += sum(codes[place : place + 2] == b"\0\0" for place in range(0, len(codes), 2))
    return found


# --- where words stand (poppler) -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands, in points from the top left corner."""

    page: int
    text: str
    left: float
    top: float
    right: float
    bottom: float

    def covers(self, other: "Word") -> float:
        """The part of the smaller of two words that the other lies on."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        # Japanese signs are set half into each other's white, which their boxes do not know.
        if width <= HALF * min(self.bottom - self.top, other.bottom - other.top) or height <= 0:
            return 0
        return width * height / max(min(self._size, other._size), 1e-6)

    @property
    def _size(self) -> float:
        return (self.right - self.left) * (self.bottom - self.top)


def words(file: Path) -> tuple[list[tuple[float, float]], list[Word]]:
    """(width, height) of every page, and all words. Raises OSError without poppler."""
    program = shutil.which("pdftotext")
    if program is None:
        raise OSError("poppler is not installed: pdftotext")
    done = subprocess.run([program, "-bbox", str(file), "-"], check=True, capture_output=True)
    tree = etree.fromstring(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", _mended(done.stdout)).encode(), etree.XMLParser(recover=True))
    pages, found = list[tuple[float, float]](), list[Word]()
    for page in tree.iter("{*}page"):
        pages.append((float(page.get("width")), float(page.get("height"))))
        for each in page.iter("{*}word"):
            box = [float(each.get(side)) for side in ("xMin", "yMin", "xMax", "yMax")]
            found.append(Word(len(pages), each.text or "", *box))
    return pages, found


def _mended(said: bytes) -> str:
    """Poppler writes rare letters of a title (𠮷) as two halves in UTF-8, after which lxml leaves out entities such as `&apos;`."""
    return said.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def misplaced(file: Path, edge: float = EDGE) -> list[str]:
    """Words that leave the page, or the white round it, and words that lie on others."""
    pages, found = words(file)
    said = [f"page {word.page}: {word.text[:40]!r} leaves the page" for word in found if not _inside(word, pages[word.page - 1], edge)]
    for number in range(1, len(pages) + 1):
        said += _lying_on(sorted((word for word in found if word.page == number), key=lambda word: word.top))
    return said


def _inside(word: Word, size: tuple[float, float], edge: float) -> bool:
    width, height = size
    return (
        word.left >= edge - NEAR and word.top >= edge - NEAR and word.right <= width - edge + NEAR and word.bottom <= height - edge + NEAR
    )


def _lying_on(found: Sequence[Word]) -> Iterator[str]:
    for place, one in enumerate(found):
        for other in found[place + 1 :]:
            if other.top >= one.bottom:
                break
            if one.covers(other) > COVERED:
                yield f"page {one.page}: {other.text[:30]!r} lies on {one.text[:30]!r}"
