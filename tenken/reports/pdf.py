"""Report → PDF by typst: tagged, bookmarked, with its font inside; PDF/UA-1 and PDF/A-2a both.

The templates beside this module (`report.typ`, `sheet.typ`) draw; here the values become the JSON that they read. People's words go as
JSON strings, which typst never reads as markup, and without what the font cannot draw (measure.drawable). No clock, no network, no packages:
the same report on the same machine is the same bytes.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Final

from tenken.i18n import words
from tenken.palette import PALETTES
from tenken.reports.fonts import Face, face, shipped_face
from tenken.reports.measure import drawable
from tenken.reports.model import Chart, Figure, Headline, Meta, Note, Page, Report, Source, Table, Value
from tenken.reports.sheet import UnitSheet
from tenken.reports.typeset import NOT_DRAWN
from tenken.reports.widths import column_parts

_HERE: Final = Path(__file__).parent
STANDARDS: Final = ("ua-1", "a-2a")
_WRITER: Final = (sys.executable, "-I", str(_HERE / "typeset.py"))
_SECONDS: Final = 120
_LONGEST_LINK: Final = 2000
_TEXT_WIDTH: Final = 174 / 25.4 * 72 / 9  # of a page in em of its text
_MANY_COLUMNS: Final = 7
# What formulas are written with and the font has not: Gauss brackets and plain indices say the same.
_SIGNS: Final = str.maketrans("⌊⌋₀₁₂₃₄₅₆₇₈₉", "[]0123456789")


def render(report: Report) -> bytes:
    """The whole document, A4 upright: the summary first, then one section for each page. ReportError('font_missing')."""
    return _set("report.typ", _document(report) | {"only_summary": False})


def render_summary(report: Report) -> bytes:
    """The summary alone on one page, set smaller where it has to be. ReportError('font_missing')."""
    return _set("report.typ", _document(report) | {"only_summary": True, "pages": [_page(report.pages[0])]})


def render_sheet(sheet: UnitSheet) -> bytes:
    """A department's sheet: exactly two pages. ReportError('font_missing')."""
    _ = words(sheet.meta.lang)
    return _set("sheet.typ", _frame(sheet.meta) | {"sheet": _plain(sheet)})


def _set(template: str, data: Mapping[str, object]) -> bytes:
    """The template over the data. A system's face that cannot be read or lacks a letter gives way to the shipped one."""
    at_hand = face()
    if not at_hand.shipped:
        try:
            return _compiled(template, data, at_hand)
        except _NotDrawn:
            pass
    return _compiled(template, data, shipped_face())


class _NotDrawn(Exception):
    """The face is not what its file names say."""


def _compiled(template: str, data: Mapping[str, object], at_hand: Face) -> bytes:
    """By a process of its own (typeset.py). Raises RuntimeError with the compiler's words when a template is wrong: a bug."""
    asked = {
        "root": str(_HERE),
        "template": str(_HERE / template),
        "fonts": [str(folder) for folder in at_hand.folders],
        "standards": STANDARDS,
        "data": json.dumps({**data, "family": at_hand.family}, ensure_ascii=False),
    }
    done = subprocess.run(_WRITER, input=json.dumps(asked).encode(), capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    if done.returncode == NOT_DRAWN:
        raise _NotDrawn
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return done.stdout


def _document(report: Report) -> dict[str, object]:
    return _frame(report.meta) | {"pages": [_page(page) for page in report.pages]}


def _frame(meta: Meta) -> dict[str, object]:
    """What stands on every page, and what the file says of itself."""
    _ = words(meta.lang)
    made = meta.made
    against = _("compared with {quarter}", quarter=meta.against) if meta.against else ""
    about = [part for part in (meta.unit, meta.period, against, meta.scope) if part]
    return {
        "lang": meta.lang,
        "title": _clean(meta.title) or "Tenken",
        "author": _clean(meta.organisation),
        "description": _clean(_.listed(about)),
        "made": [made.year, made.month, made.day, made.hour, made.minute, made.second],
        "name": _clean(meta.title),
        "about": _clean("　".join(about) if meta.lang == "ja" else " · ".join(about)),
        "day": _clean(meta.day),
        "head": _clean("　".join((meta.organisation, meta.period)) if meta.lang == "ja" else f"{meta.organisation} · {meta.period}"),
        "provisional": _clean(meta.provisional),
        "provisional-tag": _("Provisional") if meta.provisional else "",
        "marking": _clean(meta.marking),
        "footer": _clean(meta.footer),
        "words": {
            "page_of": _("Page {n} of {all}", n="{n}", all="{all}"),
            "sources": _("Where published figures come from"),
            "since": _("{change} since the comparison quarter", change="{change}"),
            "whence": _("Where the numbers of this section come from"),
        },
        "palette": _palette(),
    }


def _palette() -> dict[str, str]:
    light = PALETTES["light"]
    return {
        "text": light.text, "mute": light.mute, "line": light.line, "grid": light.grid, "rim": light.rim, "bg2": light.bg2,
        "accent": light.accent, "soft": light.soft, "soft-ground": light.bg, "covered": light.covered,
        "good": light.good.mark, "good-fill": light.good.fill, "good-ink": light.good.on_fill,
        "part": light.part.mark, "part-fill": light.part.fill, "part-ink": light.part.on_fill,
        "lack": light.lack.mark, "lack-fill": light.lack.fill, "lack-ink": light.lack.on_fill,
    }  # fmt: skip


def _page(page: Page) -> dict[str, object]:
    return {
        "name": _clean(page.name),
        "title": _clean(page.title),
        "lead": _clean(page.lead),
        "how": [[_clean(line) for line in said.splitlines()] for said in page.how],
        "blocks": [_block(block) for block in page.blocks],
    }


def _block(block: Headline | Chart | Table | Note | Source | tuple[Figure, ...]) -> dict[str, object]:
    if isinstance(block, tuple):
        return {"kind": "figures", "all": [_plain(figure) for figure in block]}
    if isinstance(block, Chart):
        return {"kind": "chart", "chart": _plain(block)}
    if isinstance(block, Table):
        return {"kind": "table", "table": _plain(block)}
    return {"kind": type(block).__name__.lower(), **_plain(block)}


def _plain(value: Any) -> Any:
    """A value of the model as JSON can say it, its texts clean."""
    match value:
        case str():
            return _clean(value)
        case Value():
            return {"text": _clean(value.text), "shown-unit": drawable(value.unit) if value.number is not None else ""}
        case Figure():
            return _fields(value) | {
                "bar": value.value.number is not None,
                "change": None if value.change is None else _clean(value.change.full),
            }
        case Source():
            return _fields(value) | {"linked": _linked(value.url)}
        case Table():
            size, pad = (0.82, 0.3) if len(value.columns) > _MANY_COLUMNS else (0.88, 0.5)
            return _fields(value) | {"parts": column_parts(value, _TEXT_WIDTH / size, 2 * pad / size + 0.2), "size": size, "pad": pad}
        case tuple() | list():
            return [_plain(part) for part in value]
        case _ if is_dataclass(value):
            return _fields(value)
        case _:
            return value if value is None or isinstance(value, int | float | bool) else str(value)


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _clean(text: str) -> str:
    """One paragraph that the font can draw: line ends and runs of spaces become one space."""
    return " ".join(drawable(text.translate(_SIGNS)).split("\n")).strip()


def _linked(url: str) -> bool:
    """Whether a PDF can carry it as a link that does no harm."""
    return len(url) <= _LONGEST_LINK and re.fullmatch(r"https?://[!-~]+", url) is not None
