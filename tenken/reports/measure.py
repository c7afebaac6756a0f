"""How much room a text takes, and where its lines break, without drawing it.

Measured in Noto Sans CJK JP, which is shipped; the faces of Office for Japanese (Yu Gothic, Meiryo) are within a few percent of it, so
whoever lays out for them leaves `SLACK`. Widths are in em: a kanji is 1, so width × size in points is points. Nothing heavy is imported
with this module: the two faces are read on first use (0.1 s each), and kept.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from struct import unpack_from

from tenken.errors import ReportError

# The part of a line that is planned with: what is left allows for another face than the one that was measured.
SLACK = 0.97
# Thousandths of an em that LibreOffice and typst set between a Japanese and a Latin letter (Office does not: there a line is shorter).
_APART = 250
# Line height in parts of the size, for text whose spacing is set exactly.
LEADING = 1.3

GETA = "〓"  # what Japanese printers set where they have no type
ELLIPSIS = "…"

# Never first in a line, never last in one (JIS X 4051, the usual strict set).
NOT_FIRST = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々〻ー）］｝」』】〉》〕〗〙〟’”…‥〜～％‰℃°′″,.:;?!)]}»›"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ｡｣､･ｧｨｩｪｫｬｭｮｯｰﾞﾟ"
)
NOT_LAST = frozenset("−±（［｛「『【〈《〔〖〘〝‘“([{«‹｢¥￥＄＃")
_JAPANESE = "\u2e80"
_JOINERS = frozenset("\u2060\ufeff")

# Arrows, signs and everything East Asian break anywhere; what is below breaks at spaces and after hyphens.
_WIDE_FROM = 0x2190
_PIECES = re.compile(r"[ \t\u3000]+|[^\s\u2190-\U0010ffff]+|[\s\S]")
_HYPHENED = re.compile(r".*?[A-Za-z]-(?=[A-Za-z])|.+")

_FACES = {
    False: ("noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf"),
    True: ("noto_cjk_sans_jp_bold", "NotoSansCJKjp-Bold.otf"),
}
_NO_GLYPH = 0xFFFF


def font_file(*, bold: bool = False) -> Path:
    """The shipped face. ReportError('font_missing') where the package with it is not installed."""
    package, name = _FACES[bold]
    spec = find_spec(package)
    path = Path(spec.origin).parent / name if spec is not None and spec.origin else None
    if path is None or not path.is_file():
        raise ReportError("font_missing", font=name)
    return path


@lru_cache(maxsize=2)
def _advances(bold: bool) -> "array[int]":
    """Advance in thousandths of an em by code point; `_NO_GLYPH` where the face has none.

    Read from the tables themselves: fontTools would give a name to each of 65,535 glyphs first, which takes three times as long."""
    from fontTools.ttLib import TTFont

    with TTFont(font_file(bold=bold), lazy=True) as font:
        em = font["head"].unitsPerEm
        count = font["hhea"].numberOfHMetrics
        hmtx, cmap = font.reader["hmtx"], font.reader["cmap"]
    advances = [unpack_from(">H", hmtx, 4 * at)[0] * 1000 // em for at in range(count)]
    last = advances[-1]
    subtable = next(
        offset
        for at in range(unpack_from(">H", cmap, 2)[0])
        for platform, _encoding, offset in [unpack_from(">HHL", cmap, 4 + 8 * at)]
        if platform in (0, 3) and unpack_from(">H", cmap, offset)[0] == 12
    )
    groups = [unpack_from(">LLL", cmap, subtable + 16 + 12 * at) for at in range(unpack_from(">L", cmap, subtable + 12)[0])]
    by_code: array[int] = array("H", [_NO_GLYPH]) * (groups[-1][1] + 1)
    for first, end, glyph in groups:
        for code in range(first, end + 1):
            at = glyph + code - first
            by_code[code] = advances[at] if at < count else last
    return by_code


def _has_no_width(letter: str) -> bool:
    """Controls, joiners, variation selectors and marks that sit on the letter before."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Mn", "Me")


@lru_cache(maxsize=8192)
def _letter(letter: str, bold: bool) -> int:
    advances = _advances(bold)
    code = ord(letter)
    if code < len(advances) and advances[code] != _NO_GLYPH and code >= 0x20:
        return advances[code]
    return 0 if _has_no_width(letter) else 1000


def _meet(before: str, after: str) -> int:
    """The space that is set between two texts (the first without blanks at its end) where one is Japanese and one is not. LibreOffice
    sets it beside a blank that stands there already, too."""
    if not before or not after or after[0].isspace():
        return 0
    return _APART if (before[-1] >= _JAPANESE) != (after[0] >= _JAPANESE) else 0


@lru_cache(maxsize=16384)
def _width(text: str, bold: bool) -> int:
    total, before = 0, ""
    for letter in text:
        total += _letter(letter, bold) + _meet(before, letter)
        before = before if letter.isspace() else letter
    return total


def width(text: str, *, bold: bool = False) -> float:
    """Width of one line in em (full width = 1), with a quarter between Japanese and Latin letters; a character without a glyph counts
    as full width, a line end as nothing."""
    return _width(text, bold) / 1000


def missing(text: str) -> frozenset[str]:
    """The characters that the shipped font cannot draw. What is never drawn (controls, joiners, selectors) is not among them."""
    advances = _advances(False)
    return frozenset(
        letter
        for letter in set(text)
        if (ord(letter) >= len(advances) or advances[ord(letter)] == _NO_GLYPH) and not _has_no_width(letter) and not letter.isspace()
    )


@lru_cache(maxsize=4096)
def visible(text: str) -> str:
    """The text without controls and other invisible signs, which no XML or no face takes; line ends stay as \\n. Nothing is replaced:
    for where a program finds another face by itself, as Office does in speaker notes."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ")
    advances = _advances(False)

    def kept(letter: str) -> str:
        if letter == "\n":
            return letter
        if unicodedata.category(letter) in ("Cs", "Cn", "Co"):
            return GETA
        if _has_no_width(letter):
            known = ord(letter) < len(advances) and advances[ord(letter)] != _NO_GLYPH
            return letter if known and unicodedata.category(letter).startswith("M") else ""
        return " " if letter.isspace() and letter != "\u3000" else letter

    return "".join(kept(letter) for letter in text)


@lru_cache(maxsize=4096)
def drawable(text: str) -> str:
    """The text as `visible` leaves it, with 〓 for each character that the shipped font has no glyph for."""
    text = visible(text)
    none = missing(text) if not text.isascii() else frozenset()
    return "".join(GETA if letter in none else letter for letter in text) if none else text


def _pieces(text: str) -> list[str]:
    """What may not be parted: words, single East Asian letters with the marks that cling to them, and the spaces between."""
    pieces: list[str] = []
    for run in _PIECES.findall(text):
        for piece in _HYPHENED.findall(run) if ord(run[0]) < _WIDE_FROM and "-" in run else [run]:
            clings = bool(pieces) and not piece.isspace() and not pieces[-1].isspace()
            last = pieces[-1][-1] if clings else ""
            if clings and (
                piece[0] in NOT_FIRST or piece[0] in _JOINERS or _has_no_width(piece[0]) or last in NOT_LAST or last in _JOINERS
            ):
                if piece[0] in NOT_FIRST and len(piece) > 1:
                    # '%を' begins with a mark that clings; a word of several letters does so with its marks only
                    marks = len(piece) - len(piece.lstrip("".join(NOT_FIRST)))
                    pieces[-1] += piece[:marks]
                    if piece[marks:]:
                        pieces.append(piece[marks:])
                else:
                    pieces[-1] += piece
            else:
                pieces.append(piece)
    return pieces


@lru_cache(maxsize=8192)
def wrapped(text: str, size_pt: float, width_pt: float, *, bold: bool = False) -> tuple[str, ...]:
    """The lines of a text in a column of `width_pt` points: at least one, each no wider than the column unless a single letter is.

    Japanese may break between any two letters but before 、。」） and the like or after 「（; Latin words stay whole where they fit in a
    line and are cut between letters where not. Spaces at a line's end take no room; \\n begins a new line."""
    room = round(width_pt / size_pt * 1000)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0
        for piece in _pieces(paragraph):
            needs = _width(piece, bold) + _meet(line.rstrip(), piece)
            if used + needs <= room or (piece.isspace() and line):
                line, used = line + piece, used + needs
                continue
            if line:
                lines.append(line.rstrip())
                line, used, needs = "", 0, _width(piece, bold)
            if piece.isspace():
                continue
            if needs <= room:
                line, used = piece, needs
                continue
            for letter in piece:  # longer than a line: parted between letters
                needs = _letter(letter, bold) + _meet(line, letter)
                if line and used + needs > room:
                    lines.append(line)
                    line, used, needs = "", 0, _letter(letter, bold)
                line, used = line + letter, used + needs
        lines.append(line.rstrip())
    return tuple(lines)


def shortened(text: str, size_pt: float, width_pt: float, lines: int, *, bold: bool = False) -> tuple[str, ...]:
    """The first `lines` lines (at least one), the last one ending in … when the text goes on."""
    whole = wrapped(text, size_pt, width_pt, bold=bold)
    lines = max(1, lines)
    if len(whole) <= lines:
        return whole
    room, dots = width_pt / size_pt, width(ELLIPSIS, bold=bold)
    last = whole[lines - 1]
    while last and width(last, bold=bold) + dots > room:
        last = last[:-1]
    return (*whole[: lines - 1], last.rstrip("、。,. ") + ELLIPSIS)


def lines_in(height_pt: float, size_pt: float, leading: float = LEADING) -> int:
    """How many lines of this size stand in a height."""
    return int(height_pt / (size_pt * leading) + 1e-6)


def fitted(
    text: str, width_pt: float, height_pt: float, sizes: Sequence[float], *, bold: bool = False, leading: float = LEADING
) -> tuple[float, tuple[str, ...]]:
    """The first of `sizes` (largest first) in which the text fits into the rectangle, and its lines.

    Where none does, the last size with as many lines as fit (at least one), ended by …: the text is whole only where
    `lines == wrapped(text, size, width_pt)`."""
    for size in sizes:
        lines = wrapped(text, size, width_pt, bold=bold)
        if len(lines) <= lines_in(height_pt, size, leading):
            return size, lines
    return sizes[-1], shortened(text, sizes[-1], width_pt, lines_in(height_pt, sizes[-1], leading), bold=bold)


def widest(texts: Iterable[str], *, bold: bool = False) -> float:
    """The widest of several lines in em, 0 for none."""
    return max((width(text, bold=bold) for text in texts), default=0.0)
