"""Tables of a report as HTML, for the screen: dense, figures at the right, signs on the ground of their tone.

All text is escaped here: names of units and titles of actions are what people wrote.
"""

from dataclasses import replace
from html import escape
from math import ceil
from typing import Final

from tenken.palette import PALETTES, Palette, Theme
from tenken.reports.model import Cell, Column, Table, Tone

ALIGN: Final = {"text": "left", "number": "right", "sign": "center"}
BASE: Final = 15  # pixels of the page’s own text (config.toml)
SENTENCES: Final = 3  # a text column at least so wide holds sentences
SIDE: Final = 6  # pixels beside the text of a cell
LINE: Final = 1.4  # of the size of the text
# Signs that a column of width 1 has room for, at least, in the narrowest, in the widest: a phone pushes a wide table sideways and breaks no word.
LEAST: Final = (2.6, 3.3, 13.0)
WIDE: Final = 0x2E80  # from here on, signs of Japanese
RAGGED: Final = 1.1  # lines end before they are full
PLAIN: Final = "border:0;vertical-align:top;"


def markup(table: Table, theme: Theme, rows: int | None = None, *, size: int = 13, above: int = 2) -> str:
    """The first `rows` (all when None) under a caption for ears; text of `size`, in pixels where the page’s text has 15, with so many more `above` and below. '' of a table without rows: its `empty` is
    said in words."""
    palette = PALETTES[theme]
    kept = table.rows if rows is None else table.rows[:rows]
    if not kept:
        return ""
    whole = sum(column.width for column in table.columns) or 1.0
    columns = "".join(f'<col style="width:{100 * column.width / whole:.1f}%">' for column in table.columns)
    head = "".join(_head(column, palette) for column in table.columns)
    body = "".join(
        f"<tr>{''.join(_cell(cell, column, palette, above) for cell, column in zip(row, table.columns, strict=True))}</tr>" for row in kept
    )
    style = (
        f"width:100%;border-collapse:collapse;margin:0;font-size:{size / BASE:.3f}rem;line-height:{LINE};font-variant-numeric:tabular-nums"
    )
    ears = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"
    return (
        f'<div role="region" tabindex="0" aria-label="{escape(table.title)}" style="overflow-x:auto">'
        f'<table style="{style}"><caption style="{ears}">{escape(table.title)}</caption><colgroup>{columns}</colgroup>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def without_reasons(table: Table) -> Table:
    """A wide table without its last column where that holds sentences: who presents it says them."""
    last = table.columns[-1]
    if last.kind != "text" or last.width < SENTENCES:
        return table
    return replace(table, columns=table.columns[:-1], rows=tuple(row[:-1] for row in table.rows))


def fitting(table: Table, width: float, height: float, size: int = 13) -> int:
    """How many rows go into so many pixels, the head among them; at least one. An estimate: a sign of Japanese is as wide as it is high."""
    whole = sum(column.width for column in table.columns) or 1.0
    room = [max(1.0, width * column.width / whole - 2 * SIDE) for column in table.columns]
    line = size * LINE
    left = height - line * max((_lines(column.title, have, size) for column, have in zip(table.columns, room, strict=True)), default=1)
    for number, row in enumerate(table.rows):
        left -= line * max((_lines(cell.text, have, size) for cell, have in zip(row, room, strict=True)), default=1) + 5
        if left < 0:
            return max(1, number)
    return len(table.rows)


def _lines(text: str, room: float, size: int) -> int:
    return max(1, ceil(size * sum(0.56 if ord(sign) < WIDE else 1.0 for sign in text) / room * RAGGED))


def _head(column: Column, palette: Palette) -> str:
    each, narrowest, widest = LEAST
    least = min(max(each * column.width, narrowest), widest)
    style = (
        f"{PLAIN}text-align:{ALIGN[column.kind]};color:{palette.mute};font-weight:400;padding:2px {SIDE}px;border-bottom:1px solid {palette.rim};"
        f"min-width:{least:.1f}em"
    )
    return f'<th scope="col" style="{style}">{escape(column.title)}</th>'


def _cell(cell: Cell, column: Column, palette: Palette, above: int) -> str:
    weight = ("font-weight:700;" if cell.bold else "") + ("white-space:nowrap;" if column.kind == "sign" else "")
    style = f"{PLAIN}text-align:{ALIGN[column.kind]};padding:{above}px {SIDE}px;border-bottom:1px solid {palette.line};{weight}{_tone(cell.tone, palette)}"
    return f'<td style="{style}">{escape(cell.text)}</td>'


def _tone(tone: Tone, palette: Palette) -> str:
    fills = {"good": palette.good, "middle": palette.part, "poor": palette.lack}
    if tone in fills:
        return f"background:{fills[tone].fill};color:{fills[tone].on_fill}"
    ink = {"lacking": palette.lack.mark, "gain": palette.good.mark, "loss": palette.lack.mark, "mute": palette.mute, "ours": palette.accent}
    return f"color:{ink.get(tone, palette.text)}"
