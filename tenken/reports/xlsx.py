"""A report as an Excel workbook: its pages as sheets with native charts, every answer behind it, and formulas that make the scores
anew from these answers.

Every formula is written with its value, so that a program that does not calculate shows the right number; one that does comes to the
same. What people wrote is text in every cell, whatever it begins with. The same input makes the same bytes.
"""

import io
from typing import Any

import xlsxwriter

from tenken.i18n import Words, words
from tenken.reports import xlsx_rows
from tenken.reports.answers import Answers
from tenken.reports.freeze import freeze
from tenken.reports.model import Chart, Figure, Headline, Note, Report, Source, Table
from tenken.reports.model import Page as Said
from tenken.reports.xlsx_blocks import Page, figures_table, widths
from tenken.reports.xlsx_charts import Data, Placed, draw
from tenken.reports.xlsx_look import PIXELS, SMALL, Formats, sheet_names

SETTINGS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
SUMMARY_WIDTHS = (25.0, 12.0, 12.0, 27.0, 25.0, 2.0, 86.0)  # figures on the left, the chart on the right
SUMMARY_LEFT, SUMMARY_CHART = 4, 6
CHART_WIDE, CHART_HIGH, ROW_PIXELS = 590.0, 310.0, 20.0


def render(report: Report, answers: Answers) -> bytes:
    """An XLSX file. `answers`: of the same facts, in the same language."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SETTINGS) as book:
        _Book(book, report, answers).fill()
    return freeze(out.getvalue(), report.meta.made)


class _Book:
    """One workbook while it is written: the report's pages, then what they rest on, the method last."""

    def __init__(self, book: Any, report: Report, answers: Answers) -> None:
        self._book, self._report, self._answers = book, report, answers
        self._words: Words = words(report.meta.lang)
        self._looks = Formats(book, report.meta.lang)
        self._placed: dict[Chart, Placed] = {}

    def fill(self) -> None:
        meta, _ = self._report.meta, self._words
        state = meta.provisional or meta.seal
        self._book.set_properties(
            {"title": f"{meta.title} {meta.period}", "subject": meta.unit, "author": "Tenken", "company": meta.organisation,
             "comments": "  ".join(part for part in (meta.marking, state) if part), "created": meta.made}
        )  # fmt: skip
        self._book.set_size(1920, 1200)
        pages = [page for page in self._report.pages if page.id != "method"]
        last = [page for page in self._report.pages if page.id == "method"]
        own = (_("Questions and answers"), _("Scores by formula"), _("Statistics and sources"))
        names = sheet_names([*(page.name for page in pages), *own, *(page.name for page in last), _("Data of the charts")])
        sheets = {name: self._book.add_worksheet(name) for name in names}
        rows, again, outside = names[len(pages) : len(pages) + len(own)]
        self._data = self._chart_sheet(sheets[names[-1]], names[-1])
        for page, name in zip([*pages, *last], names[: len(pages)] + names[len(pages) + len(own) : -1], strict=True):
            (self._summary if page.id == "summary" else self._page)(page, sheets[name])
        xlsx_rows.questions(self._book, sheets[rows], rows, self._looks, meta, self._answers.rows, _)
        xlsx_rows.scores(self._book, sheets[again], again, self._looks, meta, self._answers, _)
        self._outside(sheets[outside])
        sheets[names[0]].activate()

    def _chart_sheet(self, sheet: Any, name: str) -> Data:
        _ = self._words
        page = Page(sheet, self._looks, (44.0, *(16.0,) * 5))
        page.begin(self._report.meta, _("Numbers behind the charts"), _("Each chart draws these cells; change them, and it follows."))
        page.finish(self._report.meta)
        return Data(sheet, name, self._looks, page.row)

    # --- pages of the report ---

    def _summary(self, said: Said, sheet: Any) -> None:
        """On one printed page: figures, what is asked for and what is critical on the left, the chart on the right."""
        page = Page(sheet, self._looks, SUMMARY_WIDTHS)
        page.begin(self._report.meta, said.title, said.lead)
        top = page.row
        for block in said.blocks:
            if isinstance(block, tuple):
                page.table(figures_table(block, self._words), until=SUMMARY_LEFT)
            elif isinstance(block, Headline):
                page.headline(block, until=SUMMARY_LEFT)
            elif isinstance(block, Table):
                page.joined(block, SUMMARY_LEFT)
            elif isinstance(block, Note):
                page.wide(block.text, SMALL, mute=True, until=SUMMARY_LEFT)
            elif isinstance(block, Source):
                page.source(block)
        beside = 0.0
        for chart in said.charts():
            wide = SUMMARY_WIDTHS[SUMMARY_CHART] * PIXELS
            self._insert(sheet, chart, top, SUMMARY_CHART, 0.0, wide, CHART_HIGH * 1.15, down=beside)
            beside += CHART_HIGH * 1.15
        for chart in said.charts():
            if chart.source:
                page.wide(chart.source, SMALL, mute=True)
        page.finish(self._report.meta, one_page=True)

    def _page(self, said: Said, sheet: Any) -> None:
        tables = [figures_table(block, self._words) if isinstance(block, tuple) else block for block in said.blocks
                  if isinstance(block, tuple | Table)]  # fmt: skip
        page = Page(sheet, self._looks, widths([self._numbers(table) for table in tables]))
        page.begin(self._report.meta, said.title, said.lead)
        self._charts(page, said.charts())
        fixed, repeat = (2, 0), None
        if len(tables) == 1 and not said.charts():
            head = page.row + bool(tables[0].title)
            fixed, repeat = (head + 1, 1), (head, head)
        for block in said.blocks:
            self._block(page, block)
        page.finish(self._report.meta, fixed=fixed, repeat=repeat)

    def _block(self, page: Page, block: object) -> None:
        if isinstance(block, Table):
            self._table(page, block)
        elif isinstance(block, Headline):
            page.headline(block)
        elif isinstance(block, Note):
            page.wide(block.text)
        elif isinstance(block, Source):
            page.source(block)
        elif isinstance(block, tuple):
            page.table(figures_table(tuple(each for each in block if isinstance(each, Figure)), self._words))

    def _numbers(self, table: Table) -> Table:
        plan = self._answers.plan
        return xlsx_rows.with_yen(table, plan, self._words) if table.id == "steps" and plan else table

    def _table(self, page: Page, table: Table) -> None:
        shown, plan = self._numbers(table), self._answers.plan
        if table.id == "steps" and plan:
            page.table(shown, sums=lambda first, last: xlsx_rows.plan_sums(page, shown, first, last, plan, self._words))
        else:
            page.table(shown)

    # --- charts ---

    def _charts(self, page: Page, charts: tuple[Chart, ...]) -> None:
        """Side by side, two in a row, above the tables."""
        wide = min(CHART_WIDE, max(CHART_WIDE * 0.8, sum(page.widths) * PIXELS / 2))
        for at in range(0, len(charts), 2):
            for place, chart in enumerate(charts[at : at + 2]):
                self._insert(page.sheet, chart, page.row, 0, place * (wide + 10), wide, CHART_HIGH)
            for row in range(int(CHART_HIGH // ROW_PIXELS) + 1):
                page.sheet.set_row(page.row + row, ROW_PIXELS * 0.75)
            page.row += int(CHART_HIGH // ROW_PIXELS) + 1
            for chart in charts[at : at + 2]:
                if chart.source:
                    page.wide(chart.source, SMALL, mute=True)
            page.gap()

    def _insert(
        self, sheet: Any, chart: Chart, row: int, column: int, right: float, wide: float, high: float, *, down: float = 0.0
    ) -> None:
        if not chart.categories:
            return
        if chart not in self._placed:
            self._placed[chart] = self._data.put(chart)
        made = draw(self._book, chart, self._placed[chart], self._looks, wide, high)
        sheet.insert_chart(row, column, made, {"x_offset": right, "y_offset": down, "object_position": 2, "description": chart.alt})

    # --- published figures ---

    def _outside(self, sheet: Any) -> None:
        _, tables = self._words, self._answers.outside
        page = Page(sheet, self._looks, widths(tables))
        page.begin(self._report.meta, _("Statistics and sources"))
        for table in tables:
            page.table(table)
        page.finish(self._report.meta, fixed=(2, 0))
