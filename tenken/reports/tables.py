"""Tables of a report as HTML, for the screen: dense, figures at the right, signs on the ground of their tone.

All text is escaped here: names of units and titles of actions are what people wrote.
"""

from html import escape
from typing import Final

from tenken.palette import PALETTES, Palette, Theme
from tenken.reports.model import Cell, Column, Table, Tone

ALIGN: Final = {"text": "left", "number": "right", "sign": "center"}
PLAIN: Final = "border:0;vertical-align:top;"


def markup(table: Table, theme: Theme, rows: int | None = None, *, size: int = 13) -> str:
    """The first `rows` (all when None) under a caption for ears; text in pixels of `size`. '' of a table without rows: its `empty` is
    said in words."""
    palette = PALETTES[theme]
    kept = table.rows if rows is None else table.rows[:rows]
    if not kept:
        return ""
    whole = sum(column.width for column in table.columns) or 1.0
    columns = "".join(f'<col style="width:{100 * column.width / whole:.1f}%">' for column in table.columns)
    head = "".join(_head(column, palette) for column in table.columns)
    body = "".join(
        f"<tr>{''.join(_cell(cell, column, palette) for cell, column in zip(row, table.columns, strict=True))}</tr>" for row in kept
    )
    style = f"width:100%;border-collapse:collapse;margin:0;font-size:{size}px;line-height:1.4;font-variant-numeric:tabular-nums"
    ears = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"
    return (
        f'<table style="{style}"><caption style="{ears}">{escape(table.title)}</caption><colgroup>{columns}</colgroup>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _head(column: Column, palette: Palette) -> str:
    style = (
        f"{PLAIN}text-align:{ALIGN[column.kind]};color:{palette.mute};font-weight:400;padding:2px 6px;border-bottom:1px solid {palette.rim}"
    )
    return f'<th scope="col" style="{style}">{escape(column.title)}</th>'


def _cell(cell: Cell, column: Column, palette: Palette) -> str:
    weight = "font-weight:700;" if cell.bold else ""
    style = (
        f"{PLAIN}text-align:{ALIGN[column.kind]};padding:3px 6px;border-bottom:1px solid {palette.line};{weight}{_tone(cell.tone, palette)}"
    )
    return f'<td style="{style}">{escape(cell.text)}</td>'


def _tone(tone: Tone, palette: Palette) -> str:
    fills = {"good": palette.good, "middle": palette.part, "poor": palette.lack}
    if tone in fills:
        return f"background:{fills[tone].fill};color:{fills[tone].on_fill}"
    ink = {"lacking": palette.lack.mark, "gain": palette.good.mark, "loss": palette.lack.mark, "mute": palette.mute, "ours": palette.accent}
    return f"color:{ink.get(tone, palette.text)}"
