"""Tables of a slide: real ones, with a head, in the largest size in which the rows fit; what does not fit is counted and said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from xml.sax.saxutils import quoteattr

from tenken.reports import measure
from tenken.reports.boxes import Box, emu
from tenken.reports.look import line, solid
from tenken.reports.model import Cell, Column, Table
from tenken.reports.pptx_slide import NAMESPACES, Align, Par, Run, Slide, clipped

SIZES = (12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0)
LEADING = 1.25
SIDE = 5.0  # points left and right of a cell's text
PADDING = (2.0, 6.5)  # points above and below: at least, at most
TITLE_HEIGHT = 18.0
SMALL = 9.0
_MOST_LINES = 3
_LONG_WORD = re.compile(r"[!-~]{20}")
_BROKEN = 0.9  # of a line, see _room
_HEAD_LINES = 4
_TALL_HEADS = 10.0  # points from which on a head of more than two lines looks worse than smaller letters
_HEAD_MOST = 24.0  # em that a head may ask for
_SHORT = 8.0  # em: a text that should not be broken
_REASON = 26.0  # em on average: a column of sentences, which leaves the slide first
_ALIGN: dict[str, Align] = {"text": "l", "number": "r", "sign": "ctr"}
_FILLED = frozenset(("good", "middle", "poor"))


@dataclass(frozen=True, slots=True)
class Plan:
    """A table as it fits: size, column widths, rows with the heights of their texts, points above and below each text."""

    size: float
    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    heights: tuple[float, ...]
    padding: float
    lines: int

    @property
    def height(self) -> float:
        return sum(self.heights) + 2 * self.padding * len(self.heights)


def _room(width: float, text: str = "") -> float:
    """What a line of a cell may take; less where a long Latin word is broken anywhere: faces differ most in single letters."""
    slack = _BROKEN if _LONG_WORD.search(text) else measure.SLACK
    return max(1.0, (width - 2 * SIDE) * slack)


def natural(table: Table, size: float, head_lines: int = _HEAD_LINES) -> list[float]:
    """Widths in points that the columns would like: their longest text in one line, their heads in `head_lines`."""
    rows = table.rows[: table.on_slide]
    wanted = []
    for at, column in enumerate(table.columns):
        texts = [(measure.drawable(row[at].text), row[at].bold) for row in rows if at < len(row)]
        cells = max((measure.width(text, bold=bold) for text, bold in texts), default=0.0)
        if cells <= _SHORT:
            cells *= 1.06  # a figure or a date that breaks looks wrong: some more than the slack for another face
        wanted.append(max(cells, _head_width(measure.drawable(column.title), head_lines)) * size / measure.SLACK + 2 * SIDE + 1)
    return wanted


@lru_cache(maxsize=512)
def _head_width(text: str, most: int) -> float:
    """The narrowest column in em in which a head stands in `most` lines, and its words in one piece if they are short."""
    words = max((measure.width(word, bold=True) for word in text.split() if word.isascii()), default=0.0)
    least = max(words if words <= 9 else 0.0, measure.width(text, bold=True) / most, 2.0)
    most = max(most, text.count("\n") + 1)
    while least < _HEAD_MOST and len(measure.wrapped(text, 1, least, bold=True)) > most:
        least += 0.5
    return min(least, _HEAD_MOST)


def widths_of(table: Table, size: float, width: float) -> tuple[float, ...]:
    """Figures and short texts keep to one line, longer ones share what is left by their own need and the model's proportions."""
    wanted = next((w for lines in range(1, _HEAD_LINES + 1) if sum(w := natural(table, size, lines)) <= width), natural(table, size))
    part = [max(column.width, 0.01) for column in table.columns]
    spare = width - sum(wanted)
    if spare >= 0:
        return tuple(want + spare * share / sum(part) for want, share in zip(wanted, part, strict=True))
    fixed = {at: wanted[at] for at, column in enumerate(table.columns) if column.kind != "text" or wanted[at] <= _SHORT * size + 2 * SIDE}
    texts = [at for at in range(len(part)) if at not in fixed]
    most = width * (0.78 if texts else 1.0)
    if sum(fixed.values()) > most:
        fixed = {at: want * most / sum(fixed.values()) for at, want in fixed.items()}
    while True:
        left = width - sum(fixed.values())
        share = {at: left * part[at] / sum(part[other] for other in texts) for at in texts}
        content = [at for at in texts if wanted[at] <= share[at]]
        if not texts or not content or len(content) == len(texts):
            return tuple(fixed.get(at, share.get(at, 0.0)) for at in range(len(part)))
        for at in content:
            fixed[at] = wanted[at]
            texts.remove(at)


def _height(cells: Sequence[Cell], widths: Sequence[float], size: float, most: int) -> float:
    lines = (
        len(measure.wrapped(measure.drawable(cell.text), size, _room(width, cell.text), bold=cell.bold))
        for cell, width in zip(cells, widths, strict=True)
    )
    return min(max(lines, default=1), most) * size * LEADING


def _head(columns: Sequence[Column]) -> tuple[Cell, ...]:
    return tuple(Cell(column.title, bold=True) for column in columns)


def planned(table: Table, width: float, height: float, sizes: Sequence[float] = SIZES, *, airy: bool = True) -> Plan:
    """The first rows of the table in the largest size in which they all fit, no head is cut and no figure is broken; else in the
    smallest, texts in two lines, as many rows as there is room for (one at least). `airy`: room that is left goes between the rows."""
    rows = tuple(_squared(row, len(table.columns)) for row in table.rows[: max(1, table.on_slide)])
    low, high = PADDING
    for most in (_MOST_LINES, 2):
        for size in sizes:
            widths = widths_of(table, size, width)
            heights = [_height(_head(table.columns), widths, size, _HEAD_LINES), *(_height(row, widths, size, most) for row in rows)]
            spare = height - sum(heights)
            if spare >= 2 * low * len(heights) and (size == sizes[-1] or _unbroken(table, rows, widths, size)):
                return Plan(size, widths, rows, tuple(heights), min(high, size * 0.45, spare / (2 * len(heights))) if airy else low, most)
    while len(heights) > 2 and sum(heights) + 2 * low * len(heights) > height:
        heights.pop()
    spare = (height - sum(heights)) / (2 * len(heights)) if airy else low
    return Plan(size, widths, rows[: len(heights) - 1], tuple(heights), max(low, min(spare, 4.0)), most)


def _unbroken(table: Table, rows: Sequence[Sequence[Cell]], widths: Sequence[float], size: float) -> bool:
    """No head is cut, no word of it parted, and every figure stands in one line."""
    for at, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        head, room = measure.drawable(column.title), _room(width)
        words = max((measure.width(word, bold=True) for word in head.split() if word.isascii()), default=0.0)
        if len(measure.wrapped(head, size, room, bold=True)) > (2 if size > _TALL_HEADS else _HEAD_LINES) or words * size > room:
            return False
        if column.kind != "text" and any(measure.width(measure.drawable(row[at].text), bold=row[at].bold) * size > room for row in rows):
            return False
    return True


def _squared(row: Sequence[Cell], columns: int) -> tuple[Cell, ...]:
    return tuple((*row, *(Cell("") for _ in range(columns - len(row))))[:columns])


def _said_below(table: Table, shown: int, more: str) -> list[str]:
    """How many rows are not on the slide, in the table's own words or in `more`; then its note."""
    left = len(table.rows) - shown
    return [text for text in ((table.more or more).replace("{n}", f"{left:,}") if left > 0 else "", table.note) if text]


def _below_height(texts: Sequence[str], width: float) -> float:
    return sum(len(measure.wrapped(measure.drawable(text), SMALL, width * measure.SLACK)) * SMALL * 1.3 for text in texts)


def height_wanted(table: Table, width: float, size: float = 11.0, padding: float = 4.0) -> float:
    """Points that the table takes in this size, with its title and what stands below it."""
    if not table.rows:
        return TITLE_HEIGHT + 24
    plan = planned(table, width, 10_000, (size,))
    below = _said_below(table, len(plan.rows), "")
    below_height = 5 + _below_height(below, width) if below else 0
    return _title_height(table, width) + sum(plan.heights) + 2 * padding * len(plan.heights) + below_height + 1


def _naming(table: Table) -> int:
    """The column that says what a row is: the widest of texts."""
    texts = [at for at, column in enumerate(table.columns) if column.kind == "text"]
    return max(texts, key=lambda at: table.columns[at].width, default=0)


def _without_reasons(table: Table) -> Table:
    """The table without its columns of whole sentences; the widest stays, which says what a row is."""
    texts = [at for at, column in enumerate(table.columns) if column.kind == "text" and at != _naming(table)]
    rows = table.rows[: table.on_slide]

    def wordy(at: int) -> bool:
        return at in texts and sum(measure.width(measure.drawable(row[at].text)) for row in rows if at < len(row)) > _REASON * len(rows)

    kept = [at for at in range(len(table.columns)) if not wordy(at)]
    return replace(
        table,
        columns=tuple(table.columns[at] for at in kept),
        rows=tuple(tuple(row[at] for at in kept if at < len(row)) for row in table.rows),
    )


def for_slide(table: Table) -> Table:
    """What a slide shows of a table: sentences that explain single rows stand in the notes instead (`left_out`)."""
    return _without_reasons(table) if len(table.columns) > 4 else table


def left_out(table: Table) -> list[str]:
    """The sentences of the columns that `for_slide` leaves out, each after what its row is."""
    shown = for_slide(table)
    gone = [at for at, column in enumerate(table.columns) if column not in shown.columns]
    first = _naming(table)
    return [
        f"{row[first].text}　{table.columns[at].title}: {row[at].text}"
        for row in table.rows[: table.on_slide]
        for at in gone
        if at < len(row) and row[at].text
    ]


@dataclass(frozen=True, slots=True)
class _Arranged:
    """Where everything of a table stands: plan, texts below it, height in all."""

    plan: Plan
    below: tuple[str, ...]
    height: float


def _title_height(table: Table, width: float) -> float:
    """One line, or two small ones where the title needs them."""
    title = measure.drawable(table.title)
    return (TITLE_HEIGHT if measure.width(title, bold=True) * 10 <= width * measure.SLACK else 28.0) if title else 0.0


def _arranged(table: Table, width: float, height: float, more: str, *, airy: bool = True) -> _Arranged:
    title = _title_height(table, width)
    shown = min(len(table.rows), table.on_slide)
    for _again in range(3):  # whoever shows fewer rows has to say so, which takes a line
        below = _said_below(table, shown, more)
        under = 5 + _below_height(below, width) if below else 0.0
        plan = planned(table, width, height - title - under, airy=airy)
        if len(plan.rows) == shown:
            break
        shown = len(plan.rows)
    return _Arranged(plan, tuple(_said_below(table, len(plan.rows), more)), title + plan.height + under)


def used(table: Table, width: float, height: float) -> float:
    """Points of a height that the rows which fit into it take at least."""
    table = for_slide(table)
    return _arranged(table, width, height, "…", airy=False).height + 0.5 if table.rows and table.columns else TITLE_HEIGHT + 24


def draw(slide: Slide, table: Table, box: Box) -> float:
    """Title, table, what is left out and note into `box`. The height taken, in points."""
    _, top = slide.words, box.y
    slide.cut += left_out(table)
    table = for_slide(table)
    whole = box
    if table.title:
        head, box = box.top(_title_height(table, box.w))
        sizes = (12, 11, 10) if head.h <= TITLE_HEIGHT else (10, 9)
        slide.one_text(head, table.title.replace("\n", " "), sizes, name="Heading", bold=True)
    if not table.rows or not table.columns:
        if table.empty:
            slide.one_text(box.top(40)[0], table.empty, (11, 10, 9), name="Text", colour=slide.look.mute)
        return box.y + 24 - top
    more = _("{n} more rows are in the PDF and in Excel.", n="{n}")
    arranged = _arranged(table, whole.w, whole.h, more)
    if arranged.height > whole.h + 0.5 and table.note:
        slide.cut.append(table.note)
        table = replace(table, note="")
        arranged = _arranged(table, whole.w, whole.h, more)
    if arranged.height > whole.h + 0.5:  # not even one row: the slide says where they are, and the notes hold those it would have shown
        slide.cut += ["　".join(cell.text for cell in row if cell.text) for row in table.rows[: table.on_slide]]
        slide.one_text(box, "\n".join(_said_below(table, 0, more)), (SMALL,), name="Note", colour=slide.look.mute)
        return whole.h
    placed = Box(box.x, box.y, box.w, arranged.plan.height)
    _put(slide, table, arranged.plan, placed)
    y = placed.bottom + 4
    for text in arranged.below:
        height = _below_height([text], box.w)
        slide.one_text(Box(box.x, y, box.w, height + 0.5), text, (SMALL,), name="Note", colour=slide.look.mute)
        y += height
    return y - top


def _put(slide: Slide, table: Table, plan: Plan, box: Box) -> None:
    number = slide.next_id()
    alt = " ".join(text for text in (table.title, table.note) if text) or table.id
    grid = "".join(f'<a:gridCol w="{emu(width)}"/>' for width in plan.widths)
    rows = [_row(slide, table.columns, _head(table.columns), plan, 0)]
    rows += [_row(slide, table.columns, row, plan, at) for at, row in enumerate(plan.rows, start=1)]
    slide.add(
        f'<p:graphicFrame {NAMESPACES}><p:nvGraphicFramePr><p:cNvPr id="{number}" name={quoteattr(f"Table {number}")} '
        f"descr={quoteattr(measure.drawable(alt))}/><p:cNvGraphicFramePr>"
        '<a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>'
        f'{box.xfrm("p:xfrm")}<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table">'
        f'<a:tbl><a:tblPr firstRow="1"/><a:tblGrid>{grid}</a:tblGrid>{"".join(rows)}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>'
    )


def _row(slide: Slide, columns: Sequence[Column], cells: Sequence[Cell], plan: Plan, at: int) -> str:
    last = len(columns) - 1
    inside = "".join(
        _cell(slide, cell, column, width, plan, head=at == 0, first_row=at == 1, outside=(place == 0, place == last))
        for place, (cell, column, width) in enumerate(zip(cells, columns, plan.widths, strict=True))
    )
    return f'<a:tr h="{emu(plan.heights[at] + 2 * plan.padding)}">{inside}</a:tr>'


def _cell(slide: Slide, cell: Cell, column: Column, width: float, plan: Plan, *, head: bool, first_row: bool,
          outside: tuple[bool, bool]) -> str:  # fmt: skip
    look = slide.look
    text = measure.drawable(cell.text)
    room = _room(width, text)
    lines = measure.shortened(text, plan.size, room, _HEAD_LINES if head else plan.lines, bold=cell.bold)
    if len(lines) < len(measure.wrapped(text, plan.size, room, bold=cell.bold)):
        slide.cut.append(text)
        text = clipped(text, lines)
    filled = not head and cell.tone in _FILLED
    colour = look.mute if head else look.on(cell.tone) if filled else look.ink(cell.tone)
    # LibreOffice gives an empty line the height of its face, whatever is set: a smaller one keeps the row as it was measured.
    paragraph = Par((), leading=LEADING) if not text else Par((Run(text, plan.size, cell.bold, colour),), _ALIGN[column.kind], LEADING)
    sides = line(look.paper, 1.5, "a:lnL") + line(look.paper, 1.5, "a:lnR") if filled else line("", 0, "a:lnL") + line("", 0, "a:lnR")
    above = line("", 0, "a:lnT") if head else line(look.mute, 1, "a:lnT") if first_row else line(look.line, 0.75, "a:lnT")
    edges, under = sides + above, line(look.mute, 1, "a:lnB") if head else line(look.line, 0.75, "a:lnB")
    fill = solid(look.fill(cell.tone)) if filled else "<a:noFill/>"
    anchor = "b" if head else "ctr"
    padding = emu(plan.padding)
    left, right = (emu(0 if outer and not filled else SIDE) for outer in outside)
    return (
        f'<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{paragraph.xml(look)}</a:txBody><a:tcPr marL="{left}" marR="{right}" marT="{padding}" '
        f'marB="{padding}" anchor="{anchor}">{edges}{under}{fill}</a:tcPr></a:tc>'
    )
