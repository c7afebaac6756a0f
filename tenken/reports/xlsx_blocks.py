"""Blocks of a report as cells of a sheet, one below the other."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tenken.i18n import Words
from tenken.reports.model import Cell, Column, Figure, Headline, Meta, Source, Table
from tenken.reports.xlsx_look import HEAD, LINE, SIZE, SMALL, TITLE, Formats, clean, exactly, height, letters, printed, room

NARROWEST, NUMBERS_WIDEST, TEXTS_WIDEST, FIRST_WIDEST = 9.0, 14.0, 44.0, 52.0
DEFAULT = 15.0  # points of a row that nobody set
FIGURE = 15.0  # letters of the large figures
LEAST_WIDE = 110.0  # a page of text is at least so wide, in digits, that its sentences are lines and no columns


class Page:
    """One sheet while it is written: `row` is the next free one; `widths`: of its columns, in digits; `heads`: rows of heads of tables."""

    def __init__(self, sheet: Any, looks: Formats, widths: Sequence[float]) -> None:
        self.sheet, self.looks, self.widths, self.row = sheet, looks, tuple(widths), 0
        self.heads: list[int] = []
        self._high: dict[int, float] = {}
        for column, width in enumerate(self.widths):
            sheet.set_column(column, column, width)

    @property
    def last(self) -> int:
        return len(self.widths) - 1

    def begin(self, meta: Meta, title: str, lead: str = "") -> None:
        """The first line says whose, which quarter, sealed or provisional, and the marking; below it the conclusion."""
        self.sheet.write_string(self.row, 0, clean(meta.footer), self.looks.line(SMALL, mute=True, wrap=False))
        self.high(self.row, SMALL * LINE + 5)
        self.row += 1
        self.wide(title, TITLE, bold=True)
        if lead:
            self.wide(lead, SIZE)
        self.gap()

    def high(self, row: int, points: float) -> None:
        """Sets a row's height."""
        self._high[row] = points
        self.sheet.set_row(row, points)

    def gap(self, points: float = 8.0) -> None:
        self.high(self.row, points)
        self.row += 1

    def wide(self, text: str, size: float = SIZE, *, bold: bool = False, mute: bool = False, until: int | None = None) -> None:
        """A sentence over the columns up to `until`, as many lines high as it needs."""
        last, shown = self.last if until is None else until, clean(text)
        look = self.looks.line(size, bold=bold, mute=mute)
        if last > 0:
            self.sheet.merge_range(self.row, 0, self.row, last, "", look)
        self.sheet.write_string(self.row, 0, shown, look)
        self.high(self.row, height([(shown, sum(self.widths[: last + 1]) * (0.94 if bold else 1), size)]))
        self.row += 1

    def heading(self, text: str, until: int | None = None) -> None:
        if text:
            self.wide(text, HEAD, bold=True, until=until)

    def head(self, columns: Sequence[Column]) -> None:
        for place, column in enumerate(columns):
            look = self.looks.head(right=column.kind == "number", sign=column.kind == "sign", inside=place > 0)
            self.sheet.write_string(self.row, place, clean(column.title), look)
        self.high(self.row, height((column.title, width, SMALL) for column, width in zip(columns, self.widths, strict=False)))
        self.heads.append(self.row)
        self.row += 1

    def table(self, table: Table, *, until: int | None = None, sums: Callable[[int, int], None] | None = None) -> None:
        """Heading, head, every row, note. `sums` writes one more row, told the first and the last row of the
        cells."""
        self.heading(table.title, until)
        if not table.rows:
            self.wide(table.empty, SIZE, mute=True, until=until)
        else:
            self.head(_kinds(table))
        top = self.row
        for cells in table.rows:
            self.cells(table.columns, cells)
        if sums is not None and self.row > top:
            sums(top, self.row - 1)
            self.row += 1
        if table.note:
            self.wide(table.note, SMALL, mute=True, until=until)
        self.gap()

    def figures(self, table: Table) -> None:
        """The large figures, larger than what is below them."""
        self.head(table.columns)
        for cells in table.rows:
            for place, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
                self.cell(place, column, cell, size=FIGURE if place == 1 else SIZE)
            self.high(self.row, max(32.0, height((cell.text, width, SIZE) for cell, width in zip(cells, self.widths, strict=False))))
            self.row += 1
        self.gap()

    def down_to(self, top: int, pixels: float) -> None:
        """The next row is at least `pixels` below the row `top`, where a picture stands."""
        room = pixels * 0.75 - sum(self._high.get(row, DEFAULT) for row in range(top, self.row))
        for _row in range(max(0, math.ceil(room / DEFAULT))):
            self.row += 1

    def joined(self, table: Table, until: int) -> None:
        """A table of one text and few figures across the columns up to `until`: the text takes all that the figures leave."""
        self.heading(table.title, until)
        if not table.rows:
            self.wide(table.empty, SIZE, mute=True, until=until)
        else:
            last = until - len(table.columns) + 1
            self._joined_row(table.columns, [Cell(column.title) for column in table.columns], last, head=True)
            for cells in table.rows:
                self._joined_row(table.columns, cells, last)
        self.gap()

    def _joined_row(self, columns: Sequence[Column], cells: Sequence[Cell], last: int, *, head: bool = False) -> None:
        text = clean(cells[0].text)
        look = self.looks.head() if head else self.looks.text(cells[0].tone, bold=cells[0].bold)
        if last > 0:
            self.sheet.merge_range(self.row, 0, self.row, last, "", look)
        self.sheet.write_string(self.row, 0, text, look)
        for place, (column, cell) in enumerate(zip(columns[1:], cells[1:], strict=True), start=last + 1):
            if head:
                self.sheet.write_string(self.row, place, clean(cell.text), self.looks.head(right=column.kind == "number"))
            else:
                self.cell(place, column, cell)
        self.high(self.row, height([(text, sum(self.widths[: last + 1]), SIZE)]))
        self.row += 1

    def cells(self, columns: Sequence[Column], cells: Sequence[Cell]) -> None:
        for place, (column, cell) in enumerate(zip(columns, cells, strict=False)):
            self.cell(place, column, cell)
        texts = [(cell.text, width * (0.94 if cell.bold else 1), SIZE) for cell, width in zip(cells, self.widths, strict=False)]
        self.high(self.row, height(texts))
        self.row += 1

    def cell(self, place: int, column: Column, cell: Cell, *, size: float = SIZE) -> None:
        """A number where the cell is one, shown exactly as its text; else the text."""
        text = clean(cell.text)
        shown = None if cell.number is None else exactly(text, cell.number)
        if shown is not None and cell.number is not None:
            look = self.looks.number(shown, cell.tone, bold=cell.bold, sign=column.kind == "sign", size=size)
            self.sheet.write_number(self.row, place, cell.number, look)
        elif not text:
            self.sheet.write_blank(self.row, place, None, self.looks.text())
        elif column.kind == "text":
            self.sheet.write_string(self.row, place, text, self.looks.text(cell.tone, bold=cell.bold, inside=place > 0))
        elif column.kind == "sign":
            self.sheet.write_string(self.row, place, text, self.looks.sign(cell.tone, bold=cell.bold))
        else:
            self.sheet.write_string(self.row, place, text, self.looks.number("General", cell.tone, bold=cell.bold))

    def source(self, source: Source) -> None:
        """With its address as text: nothing in the file opens anything."""
        self.wide(f"{source.text}  {source.url}".strip(), SMALL, mute=True)

    def headline(self, headline: Headline, until: int | None = None) -> None:
        self.wide(headline.text, HEAD, bold=True, until=until)
        for line in headline.detail:
            self.wide(line, SIZE, until=until)
        self.gap()

    def finish(self, meta: Meta, *, one_page: bool = False, fixed: tuple[int, int] = (2, 0)) -> None:
        """`fixed`: rows and columns that stay. The head of a sheet's only table is printed on every page."""
        self.sheet.freeze_panes(*fixed)
        repeat = (self.heads[0], self.heads[0]) if len(self.heads) == 1 else None
        printed(self.sheet, meta, one_page=one_page, repeat=repeat)


def figures_table(figures: Sequence[Figure], _: Words) -> Table:
    """The large figures as rows: value, range, change, what it is not."""
    columns = (
        Column(_("Figure"), "text", 2), Column(_("Value"), "number", 1), Column(_("Change"), "number", 1), Column(_("Range"), "text", 2),
        Column(_("What it is"), "text", 2),
    )  # fmt: skip
    rows = tuple(
        (
            Cell(figure.label, bold=True), Cell(figure.value.full, bold=True, number=figure.value.number),
            Cell("") if figure.change is None else Cell(figure.change.full, number=figure.change.number), Cell(figure.range),
            Cell(figure.note, "mute"),
        )
        for figure in figures
    )  # fmt: skip
    return Table("figures", "", columns, rows, len(rows), "")


def widths(tables: Sequence[Table], least: float = LEAST_WIDE) -> list[float]:
    """Widths in digits that do for all `tables` that stand below each other: as wide as what is in them, within bounds; together at
    least `least`."""
    count = max((len(table.columns) for table in tables), default=1)
    found = [NARROWEST] * count
    for table in tables:
        first = next((place for place, column in enumerate(table.columns) if column.kind == "text"), -1)
        for place, column in enumerate(table.columns):
            most = (FIRST_WIDEST if place == first else TEXTS_WIDEST) if column.kind == "text" else NUMBERS_WIDEST
            longest = max((letters(row[place].text) for row in table.rows if place < len(row)), default=0.0)
            title = letters(column.title) if column.kind == "text" else letters(column.title) / 2
            number = max((room(row[place].text) for row in table.rows if place < len(row) and row[place].number is not None), default=0.0)
            found[place] = max(found[place], number, min(most, max(longest, title) * 1.08 + 2.5))
    if sum(found) < least:
        widest = max(range(count), key=lambda place: found[place])
        found[widest] += min(least - sum(found), 20.0 if count > 1 else least)
    return found


def _kinds(table: Table) -> list[Column]:
    """The columns as they turn out: one of words that holds numbers has its head where these stand."""
    return [
        replace(column, kind="number") if column.kind == "text" and any(row[place].number is not None for row in table.rows) else column
        for place, column in enumerate(table.columns)
    ]
