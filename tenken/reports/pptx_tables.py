"""Tables of a slide: real ones, with a head, in the largest size in which the rows fit; what does not fit is counted and said."""

from collections.abc import Sequence
from dataclasses import dataclass
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
TITLE_HEIGHT = 19.0
SMALL = 9.0
_MOST_LINES = 3
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


def _room(width: float) -> float:
    return max(1.0, (width - 2 * SIDE) * measure.SLACK)


def natural(table: Table, size: float, rows: Sequence[Sequence[Cell]] | None = None) -> list[float]:
    """Widths in points that the columns would like: their longest text in one line; heads may break between words."""
    rows = table.rows[: table.on_slide] if rows is None else rows
    wanted = []
    for at, column in enumerate(table.columns):
        cells = max((measure.width(measure.drawable(row[at].text), bold=row[at].bold) for row in rows if at < len(row)), default=0.0)
        head = measure.drawable(column.title)
        longest = max((measure.width(word, bold=True) for word in head.split()), default=0.0)
        wide = measure.width(head, bold=True)
        # A head may take two lines in Japanese anywhere, in English between words.
        head_width = min(wide, max(longest if longest < 8 else 0.0, wide / 2 + 0.5, 3.0))
        wanted.append(max(cells, head_width) * size / measure.SLACK + 2 * SIDE + 1)
    return wanted


def widths_of(table: Table, size: float, width: float) -> tuple[float, ...]:
    """Figures keep to one line, texts share what is left by their own need and the model's proportions."""
    wanted = natural(table, size)
    part = [max(column.width, 0.01) for column in table.columns]
    spare = width - sum(wanted)
    if spare >= 0:
        return tuple(want + spare * share / sum(part) for want, share in zip(wanted, part, strict=True))
    fixed = {at: wanted[at] for at, column in enumerate(table.columns) if column.kind != "text"}
    texts = [at for at in range(len(part)) if at not in fixed]
    if not texts or sum(fixed.values()) > 0.75 * width:
        return tuple(width * share / sum(part) for share in part)
    while True:
        left = width - sum(fixed.values())
        share = {at: left * part[at] / sum(part[other] for other in texts) for at in texts}
        content = [at for at in texts if wanted[at] <= share[at]]
        if not content or len(content) == len(texts):
            return tuple(fixed.get(at, share.get(at, 0.0)) for at in range(len(part)))
        for at in content:
            fixed[at] = wanted[at]
            texts.remove(at)


def _height(cells: Sequence[Cell], widths: Sequence[float], size: float, most: int) -> float:
    lines = (
        len(measure.wrapped(measure.drawable(cell.text), size, _room(width), bold=cell.bold))
        for cell, width in zip(cells, widths, strict=True)
    )
    return min(max(lines, default=1), most) * size * LEADING


def _head(columns: Sequence[Column]) -> tuple[Cell, ...]:
    return tuple(Cell(column.title, bold=True) for column in columns)


def planned(table: Table, width: float, height: float, sizes: Sequence[float] = SIZES) -> Plan:
    """The first rows of the table in the largest size in which they all fit; else in the smallest as many as do."""
    rows = tuple(_squared(row, len(table.columns)) for row in table.rows[: max(1, table.on_slide)])
    low, high = PADDING
    for most in (_MOST_LINES, 2):
        for size in sizes:
            widths = widths_of(table, size, width)
            heights = [_height(_head(table.columns), widths, size, 2), *(_height(row, widths, size, most) for row in rows)]
            spare = height - sum(heights)
            if spare >= 2 * low * len(heights):
                return Plan(size, widths, rows, tuple(heights), min(high, spare / (2 * len(heights))), most)
    # `size`, `widths` and `heights` are those of the smallest size, two lines a cell: as many rows as there is room for
    while len(heights) > 2 and sum(heights) + 2 * low * len(heights) > height:
        heights.pop()
    return Plan(size, widths, rows[: len(heights) - 1], tuple(heights), low, most)


def _squared(row: Sequence[Cell], columns: int) -> tuple[Cell, ...]:
    return tuple((*row, *(Cell("") for _ in range(columns - len(row))))[:columns])


def _said_below(table: Table, shown: int) -> list[str]:
    left = len(table.rows) - shown
    return [text for text in (table.more.replace("{n}", f"{left:,}") if left > 0 else "", table.note) if text]


def _below_height(texts: Sequence[str], width: float) -> float:
    return sum(len(measure.wrapped(measure.drawable(text), SMALL, width * measure.SLACK)) * SMALL * 1.3 for text in texts)


def height_wanted(table: Table, width: float, size: float = 11.0) -> float:
    """Points that the table takes in a usual size, with its title and what stands below it."""
    if not table.rows:
        return TITLE_HEIGHT + 24
    plan = planned(table, width, 10_000, (size,))
    below = _said_below(table, len(plan.rows))
    return (
        TITLE_HEIGHT * bool(table.title)
        + sum(plan.heights)
        + 2 * 4 * len(plan.heights)
        + (4 + _below_height(below, width) if below else 0)
        + 1
    )


def draw(slide: Slide, table: Table, box: Box) -> float:
    """Title, table, what is left out and note into `box`. The height taken, in points."""
    top = box.y
    if table.title:
        head, box = box.top(TITLE_HEIGHT)
        slide.one_text(head, table.title, (12, 11, 10, 9), name="Heading", bold=True)
    if not table.rows or not table.columns:
        if table.empty:
            slide.one_text(box.top(40)[0], table.empty, (11, 10, 9), name="Text", colour=slide.look.mute)
        return box.y + 24 - top
    below = _said_below(table, len(table.rows[: table.on_slide]))
    room = box.h - (4 + _below_height(below, box.w) if below else 0)
    plan = planned(table, box.w, room)
    if len(plan.rows) < min(len(table.rows), table.on_slide):
        below = _said_below(table, len(plan.rows))
        plan = planned(table, box.w, box.h - 4 - _below_height(below, box.w))
        below = _said_below(table, len(plan.rows))
    placed = box.top(plan.height)[0]
    _put(slide, table, plan, placed)
    y = placed.bottom + 4
    for text in below:
        height = _below_height([text], box.w)
        slide.one_text(
            Box(box.x, y, box.w, max(0.0, min(height + 1, box.bottom - y + 1))), text, (SMALL,), name="Note", colour=slide.look.mute
        )
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
    inside = "".join(
        _cell(slide, cell, column, width, plan, head=at == 0) for cell, column, width in zip(cells, columns, plan.widths, strict=True)
    )
    return f'<a:tr h="{emu(plan.heights[at] + 2 * plan.padding)}">{inside}</a:tr>'


def _cell(slide: Slide, cell: Cell, column: Column, width: float, plan: Plan, *, head: bool) -> str:
    look = slide.look
    text = measure.drawable(cell.text)
    lines = measure.shortened(text, plan.size, _room(width), 2 if head else plan.lines, bold=cell.bold)
    if len(lines) < len(measure.wrapped(text, plan.size, _room(width), bold=cell.bold)):
        slide.cut.append(text)
        text = clipped(text, lines)
    filled = not head and cell.tone in _FILLED
    colour = look.mute if head else look.on(cell.tone) if filled else look.ink(cell.tone)
    paragraph = Par((Run(text, plan.size, cell.bold, colour),), _ALIGN[column.kind], LEADING)
    edges = "".join(line("", 0, f"a:ln{side}") for side in ("L", "R", "T"))
    under = line(look.mute, 1, "a:lnB") if head else line(look.line, 0.75, "a:lnB")
    if column.kind == "sign" and not head:
        edges, under = "".join(line(look.paper, 1.5, f"a:ln{side}") for side in ("L", "R", "T")), line(look.paper, 1.5, "a:lnB")
    fill = solid(look.fill(cell.tone)) if filled else "<a:noFill/>"
    anchor = "b" if head else "ctr"
    side, padding = emu(SIDE), emu(plan.padding)
    return (
        f'<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{paragraph.xml(look)}</a:txBody><a:tcPr marL="{side}" marR="{side}" marT="{padding}" '
        f'marB="{padding}" anchor="{anchor}">{edges}{under}{fill}</a:tcPr></a:tc>'
    )
