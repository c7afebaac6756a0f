"""How the report's workbook looks: formats by what a cell is, widths and heights for Japanese letters, what is printed on every page."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from scoring.model import Lang
from tenken.i18n import words
from tenken.palette import PALETTES
from tenken.reports.model import Meta, Tone

FONTS: Mapping[Lang, str] = {"ja": "BIZ UDPGothic", "en": "Arial"}
SIZE, SMALL, HEAD, TITLE, LARGE = 10.0, 9.0, 11.0, 14.0, 18.0
LINE = 1.45  # from line to line, in sizes of a letter
PIXELS = 7.0  # of a column's unit, one digit of 11 points
MOST_HEIGHT = 400.0  # points: 409 is the most that a row can have
LETTERS_IN_CELL = 32_000  # 32,767 is the most
HEADER_LETTERS = 250  # of a printed header or footer with its codes
LIGHT = PALETTES["light"]

# Fill and letters of a cell by tone; charts take their colours from `colour`.
_CELLS: Mapping[Tone, Mapping[str, object]] = {
    "good": {"bg_color": LIGHT.good.fill, "font_color": LIGHT.good.on_fill},
    "middle": {"bg_color": LIGHT.part.fill, "font_color": LIGHT.part.on_fill},
    "poor": {"bg_color": LIGHT.lack.fill, "font_color": LIGHT.lack.on_fill, "bold": True},
    "lacking": {"font_color": LIGHT.lack.mark, "bold": True},
    "loss": {"font_color": LIGHT.lack.mark},
    "gain": {"font_color": LIGHT.good.on_fill},
    "ours": {"font_color": LIGHT.accent, "bold": True},
    "total": {"bold": True},
    "none": {"font_color": LIGHT.mute},
    "mute": {"font_color": LIGHT.mute},
}
_COLOURS: Mapping[Tone, str] = {
    "plain": LIGHT.rim, "ours": LIGHT.accent, "lacking": LIGHT.lack.mark, "covered": LIGHT.covered, "good": LIGHT.good.mark, "middle": LIGHT.part.mark,
    "poor": LIGHT.lack.fill, "none": LIGHT.rim, "gain": LIGHT.good.mark, "loss": LIGHT.lack.mark, "total": LIGHT.mute, "hidden": LIGHT.bg, "mute": LIGHT.mute,
}  # fmt: skip
HATCHED: frozenset[Tone] = frozenset({"loss", "none"})
TEXT, MUTE, RULE, ACCENT, PAPER = LIGHT.text, LIGHT.mute, LIGHT.line, LIGHT.accent, LIGHT.bg
_RULED = {"bottom": 1, "bottom_color": LIGHT.line}


def colour(tone: Tone) -> str:
    """'#RRGGBB' of a series."""
    return _COLOURS[tone]


class Formats:
    """The formats of one workbook, each made once, when it is first asked for."""

    def __init__(self, book: Any, lang: Lang) -> None:
        self._book, self.font = book, FONTS[lang]
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def of(self, **properties: object) -> Any:
        whole = {"font_name": self.font, "font_size": SIZE, "font_color": TEXT, "valign": "vcenter"} | properties
        key = tuple(sorted(whole.items(), key=lambda item: item[0]))
        if key not in self._made:
            self._made[key] = self._book.add_format(whole)
        return self._made[key]

    def text(self, tone: Tone = "plain", *, bold: bool = False, inside: bool = False) -> Any:
        """`inside`: not in the first column, so that it keeps clear of the number before it."""
        return self.of(**_RULED, text_wrap=True, **({"align": "left", "indent": 1} if inside else {}), **_toned(tone, bold))

    def number(self, shown: str = "0", tone: Tone = "plain", *, bold: bool = False, sign: bool = False, size: float = SIZE) -> Any:
        """`shown`: the number format; see `exactly`."""
        place = {"align": "center"} if sign else {"align": "right", "indent": 1}
        return self.of(**_RULED, **place, num_format=shown, font_size=size, **_toned(tone, bold))

    def sign(self, tone: Tone = "plain", *, bold: bool = False) -> Any:
        return self.of(**_RULED, align="center", **_toned(tone, bold))

    def head(self, *, right: bool = False, sign: bool = False, inside: bool = False) -> Any:
        indent = {"indent": 1} if right or (inside and not sign) else {}
        place = {"align": "right" if right else "center" if sign else "left", **indent}
        return self.of(bold=True, text_wrap=True, bg_color=LIGHT.bg2, bottom=1, bottom_color=LIGHT.rim, top=1, top_color=LIGHT.rim, font_size=SMALL,
                       **place)  # fmt: skip

    def line(self, size: float = SIZE, *, bold: bool = False, mute: bool = False, wrap: bool = True) -> Any:
        return self.of(font_size=size, bold=bold, font_color=MUTE if mute else TEXT, text_wrap=wrap, valign="top" if wrap else "vcenter")


def _toned(tone: Tone, bold: bool) -> dict[str, object]:
    return ({"bold": True} if bold else {}) | dict(_CELLS.get(tone, {}))


# --- numbers as they are shown -----------------------------------------------------------------------------------------

_NUMBER = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")


@lru_cache(maxsize=4096)
def exactly(text: str, number: float) -> str | None:
    """The number format in which `number` is shown as `text`, sign, unit and all ('△ 61.3', '+4.1', '58.0%'); None where the text
    does not hold the number. It has as many decimals as the text, so nothing is rounded."""
    for found in _NUMBER.finditer(text):
        digits = found.group()
        if float(digits.replace(",", "")) != abs(number):
            continue
        decimals = len(digits.partition(".")[2])
        form = ("#,##0" if "," in digits else "0") + ("." + "0" * decimals if decimals else "")
        before, after = _quoted(text[: found.start()]), _quoted(text[found.end() :])
        whole = f"{before}{form}{after}"
        # A negative number in the first part of a format would get a second minus sign; the text has its own.
        return f"{whole};{whole};{whole}" if before or number < 0 or after else whole
    return None


def _quoted(text: str) -> str:
    """As it stands, in a number format."""
    return "".join(f'"{part}"' if part != '"' else '\\"' for part in re.split('(")', text) if part)


# --- widths and heights ------------------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """Without what XML cannot hold, and no longer than a cell."""
    kept = text if text.isprintable() else "".join(" " if _is_lost(sign) else sign for sign in text)
    return kept[:LETTERS_IN_CELL]


def _is_lost(sign: str) -> bool:
    return sign in "\ufffe\uffff" or (unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n")


@lru_cache(maxsize=65536)
def letters(text: str) -> float:
    """Width in digits; a full-width letter is two."""
    return sum(2.0 if unicodedata.east_asian_width(sign) in "WFA" else 1.0 for sign in text)


def room(text: str, size: float = SIZE) -> float:
    """Width in digits of a column in which a number shown as `text` fits, also in bold: one that does not is shown as ###."""
    return letters(text) * size / SIZE * 1.2 + 3.0


def lines(text: str, width: float, size: float = SIZE) -> int:
    """Lines that `text` takes in a column of `width`; what is lost where a line breaks is counted in."""
    most = max(2.0, width * 10.4 / size - 2.5)
    return sum(max(1, math.ceil(letters(line) * (0.93 if line.isascii() else 1.0) / most)) for line in text.split("\n"))


def height(cells: Iterable[tuple[str, float, float]]) -> float:
    """Points that a row needs for its (text, width of its column, size of its letters)."""
    return min(MOST_HEIGHT, max((lines(text, width, size) * size * LINE for text, width, size in cells), default=SIZE * LINE) + 5.0)


def for_number(most: int, width: float) -> float:
    """`width`, or more where whole numbers up to `most` need it: what is too wide is shown as ###."""
    return max(width, room(f"{most:,}"))


def for_words(title: str, width: float) -> float:
    """`width`, or more where a Latin word of the head `title` needs it: it would be broken anywhere."""
    return max([width, *(len(word) * 1.05 + 2.5 for word in re.findall(r"[!-~]+", title))])


def sheet_names(names: Iterable[str]) -> list[str]:
    """As Excel allows them: 31 letters, none of its seven signs, each once."""
    used, made = {"history"}, []
    for name in names:
        base = "".join("_" if sign in "[]:*?/\\" or not sign.isprintable() else sign for sign in name).strip("' ") or "_"
        number, legal = 1, _cut(base, 31)
        while legal.casefold() in used:
            number += 1
            end = f" ({number})"
            legal = _cut(base, 31 - len(end)) + end
        used.add(legal.casefold())
        made.append(legal)
    return made


def _cut(text: str, most: int) -> str:
    """The first `most` letters as Excel counts them: 𠮷 is two."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore").strip("' ")


# --- print -------------------------------------------------------------------------------------------------------------


def printed(sheet: Any, meta: Meta, *, one_page: bool = False, repeat: tuple[int, int] | None = None) -> None:
    """A4 landscape, one page wide. Head: organisation and quarter, sealed or provisional; foot: marking, sheet, page of all."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1 if one_page else 0)
    sheet.set_margins(left=0.45, right=0.45, top=0.7, bottom=0.6)
    sheet.hide_gridlines(2)
    code = f'&"{FONTS[meta.lang]},Regular"&8 '
    where = meta.organisation if meta.unit == meta.organisation else f"{meta.organisation}  {meta.unit}"
    _ = words(meta.lang)
    state = meta.provisional or _("Seal {seal}", seal=meta.seal[:12])
    sheet.set_header(_page_line(code, f"{where}  {meta.period}", "", state), {"margin": 0.35})
    sheet.set_footer(_page_line(code, meta.marking, "&A", "&P / &N", coded=True), {"margin": 0.3})
    if repeat is not None:
        sheet.repeat_rows(*repeat)


def _page_line(code: str, left: str, middle: str, right: str, *, coded: bool = False) -> str:
    """One header; people's words are cut until it is short enough, and their & are no codes."""
    room = HEADER_LETTERS - 3 * (len(code) + 2)
    end = right if coded else _escaped(right, room // 2)
    start = _escaped(left, room - len(end) - len(middle))
    return "".join(f"{place}{code}{text}" for place, text in (("&L", start), ("&C", middle), ("&R", end)) if text)


def _escaped(text: str, most: int) -> str:
    kept = clean(text).replace("\n", " ")
    while len(kept.replace("&", "&&").encode("utf-16-le")) // 2 > most:
        kept = kept[:-1]
    return kept.replace("&", "&&")
