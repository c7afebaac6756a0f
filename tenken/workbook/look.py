"""How a workbook looks: formats by name, widths of columns, and what every printed page says."""

import io
import math
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from scoring.model import Lang
from tenken.i18n import Words
from tenken.palette import PALETTES

Look = Literal["title", "mute", "head", "band", "fixed", "number", "small", "answer", "day", "line", "line_head", "hidden"]
Mark = Literal["open", "wrong", "look"]

FONTS: Mapping[Lang, str] = {"ja": "BIZ UDPGothic", "en": "Arial"}
WIDTHS = {
    "number": 5, "question": 34, "levels": 42, "level": 24, "reason": 14, "note": 21, "evidence": 16, "dated": 11.5, "state": 10.5,
    "previous": 12.5,
}  # fmt: skip
MOST_HEIGHT = 409  # points, of any row
_ = PALETTES["light"]
_BOX = {"border": 1, "border_color": _.line, "valign": "top", "text_wrap": True, "indent": 0}
_LOOKS: Mapping[Look, Mapping[str, object]] = {
    "title": {"bold": True, "font_size": 15},
    "mute": {"font_color": _.mute},
    "head": {**_BOX, "bold": True, "bg_color": _.accent, "font_color": _.bg, "border_color": _.accent, "valign": "vcenter"},
    "band": {"bold": True, "font_size": 11, "bg_color": _.soft, "valign": "vcenter"},
    "fixed": {**_BOX, "bg_color": _.bg2},
    "number": {**_BOX, "bg_color": _.bg2, "align": "center", "font_color": _.mute},
    "small": {**_BOX, "bg_color": _.bg2, "font_size": 9},
    "answer": {**_BOX, "locked": False, "num_format": "@"},
    "day": {**_BOX, "locked": False, "num_format": "yyyy/mm/dd", "align": "center"},
    "line": {"text_wrap": True, "valign": "top"},
    "line_head": {"bold": True, "bottom": 1, "bottom_color": _.accent},
    "hidden": {"font_color": _.mute},
}
_MARKS: Mapping[Mark, Mapping[str, object]] = {
    "open": {"bg_color": _.soft},
    "wrong": {"bg_color": _.lack.fill, "font_color": _.lack.on_fill},
    "look": {"bg_color": _.part.fill, "font_color": _.part.on_fill},
}


class Formats:
    """The formats of one workbook, made when they are asked for."""

    def __init__(self, book: Any, lang: Lang) -> None:
        self._book, self._base = book, {"font_name": FONTS[lang], "font_size": 10, "font_color": _.text}
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def __getitem__(self, name: Look) -> Any:
        return self._of(self._base | dict(_LOOKS[name]))

    def mark(self, name: Mark) -> Any:
        """For a condition: only what it changes."""
        return self._of(dict(_MARKS[name]))

    def counted(self, most: int, label: str = "") -> Any:
        """A number of `most`: 'Answered 12 / 26'."""
        return self._of(self._base | {"bold": True, "align": "left", "valign": "top", "num_format": f'"{label}"0" / {most}"'})

    @property
    def question(self) -> Any:
        return self._of({"font_name": self._base["font_name"], "font_size": 10, "bold": True, "font_color": _.text})

    @property
    def why(self) -> Any:
        return self._of({"font_name": self._base["font_name"], "font_size": 9, "font_color": _.mute})

    def _of(self, properties: dict[str, object]) -> Any:
        key = tuple(properties.items())
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]


def printed(sheet: Any, marking: str, lang: Lang, *, about: str = "", repeat: int | None = None) -> None:
    """A4 landscape, one page wide, with the marking, the sheet's name, what it is about and the page's number at the foot."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.45, bottom=0.65)
    font = f'&"{FONTS[lang]},Regular"&9'
    left, middle = (text.replace("&", "&&") for text in (marking, about))
    sheet.set_footer(f"&L{font} {left}&C{font} &A　{middle}&R{font} &P / &N", {"margin": 0.3})
    sheet.hide_gridlines(2)
    if repeat is not None:
        sheet.repeat_rows(repeat)


def height(cells: Iterable[tuple[str, float, float]]) -> float:
    """How high a row has to be, in points, for (text, width of its column, size of its letters in points)."""
    return min(MOST_HEIGHT, max((_lines(text, width, size) * size * _line(text) for text, width, size in cells), default=0) + 8)


def _line(text: str) -> float:
    """From line to line, in sizes of a letter: fonts for Japanese stand further apart."""
    return 1.42 if any(unicodedata.east_asian_width(sign) in "WF" for sign in text) else 1.25


def _lines(text: str, width: float, size: float) -> int:
    """Lines that `text` takes in a column of `width` digits of 11 points; what is lost where a line breaks is counted in."""
    room = width * 10.5 / size - 1.5
    return sum(max(1, math.ceil(sum(_wide(sign) for sign in line) / room)) for line in text.split("\n"))


def _wide(sign: str) -> float:
    return 2 if unicodedata.east_asian_width(sign) in "WFA" else 0.9


def adjusting(data: bytes) -> bytes:
    """The workbook with rows that grow with what is typed: the library marks every height that it writes as one that
    somebody set by hand, and such a row keeps it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename.startswith("xl/worksheets/"):
                content = content.replace(b' customHeight="1"', b"")
            new.writestr(info, content)
    return out.getvalue()


def marking(_: Words, *, confidential: bool) -> str:
    """What stands on every page: who may see it, and that nobody proved who they are."""
    return "　".join([_("Confidential")] * confidential + [_("Identity not verified")])
