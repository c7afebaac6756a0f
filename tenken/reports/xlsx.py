"""A report as an Excel workbook: its pages as sheets with native charts, every answer behind it, and formulas that make the scores
anew from these answers.

Every formula is written with its value, so that a program that does not calculate shows the right number; one that does comes to the
same. What people wrote is text in every cell, whatever it begins with. The same input makes the same bytes.
"""

import io
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import xlsxwriter

from tenken.i18n import Words, words
from tenken.reports import xlsx_rows
from tenken.reports.answers import Answers
from tenken.reports.freeze import freeze
from tenken.reports.model import Chart, Headline, Note, Report, Source, Table
from tenken.reports.model import Page as Said
from tenken.reports.xlsx_blocks import FIGURE, Page, figures_table, widths
from tenken.reports.xlsx_charts import DATA_WIDTHS, Data, Placed, draw
from tenken.reports.xlsx_look import PIXELS, SMALL, Formats, clean, room, sheet_names

SETTINGS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
OWN_SHEETS = frozenset({"actions"})
SUMMARY_WIDTHS = (20.0, 12.0, 14.0, 25.0, 23.0, 2.0, 66.0)  # figures on the left, the chart on the right
SUMMARY_LEFT, SUMMARY_CHART = 4, 6
SUMMARY_HIGH, CHART_WIDE, CHART_HIGH = 430.0, 590.0, 320.0  # pixels


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
        meta = self._report.meta
        state = meta.provisional or meta.seal
        self._book.set_properties(
            {"title": f"{meta.title} {meta.period}", "subject": clean(meta.unit), "author": "Tenken", "company": clean(meta.organisation),
             "comments": clean("  ".join(part for part in (meta.marking, state) if part)), "created": meta.made}
        )  # fmt: skip
        self._book.set_size(1920, 1200)
        sheets = self._sheets()
        names = sheet_names(name for name, _write in sheets)
        made = [self._book.add_worksheet(name) for name in names]
        self._data = Data(*self._chart_sheet(made[-1], names[-1]))
        for (_name, write), sheet, name in zip(sheets[:-1], made, names, strict=False):
            write(sheet, name)
        made[0].activate()

    def _sheets(self) -> list[tuple[str, Callable[[Any, str], None]]]:
        """Name and writer of every sheet, in their order: the report's pages and the lists that no slide shows, what they rest on, the
        method. The numbers of the charts are last."""
        _ = self._words
        found: list[tuple[str, Callable[[Any, str], None]]] = []
        for said in self._report.pages:
            if said.id != "method":
                found.append((said.name, partial(self._summary if said.id == "summary" else self._page, said)))
                found += [(table.title, partial(self._list, table, said)) for table in said.tables() if _has_own_sheet(table)]
        found.append((_("Questions and answers"), self._questions))
        found.append((_("Scores by formula"), self._scores))
        outside = {"years": _("Statistics"), "spread": _("Spread over causes"), "sources": _("Sources of figures")}
        found += [(outside.get(table.id, table.title), partial(self._list, table, None)) for table in self._answers.outside]
        found += [(said.name, partial(self._page, said)) for said in self._report.pages if said.id == "method"]
        return [*found, (_("Numbers of the charts"), self._nothing)]

    def _nothing(self, sheet: Any, name: str) -> None:
        """The sheet that is filled while charts are drawn."""

    def _chart_sheet(self, sheet: Any, name: str) -> tuple[Any, str, Formats, int, str]:
        _ = self._words
        page = Page(sheet, self._looks, DATA_WIDTHS)
        page.begin(self._report.meta, _("Numbers of the charts"), _("Each chart draws these cells; change them, and it follows."))
        page.finish(self._report.meta)
        return sheet, name, self._looks, page.row, _("Where labels stand")

    # --- pages of the report ---

    def _summary(self, said: Said, sheet: Any, name: str) -> None:
        """On one printed page: figures, what is asked for and what is critical on the left, the chart on the right."""
        page = Page(sheet, self._looks, _summary_widths(said))
        page.begin(self._report.meta, said.title, said.lead)
        top = page.row
        for block in said.blocks:
            if isinstance(block, tuple):
                page.figures(figures_table(block, self._words))
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
            self._insert(sheet, chart, top, SUMMARY_CHART, 0.0, SUMMARY_WIDTHS[SUMMARY_CHART] * PIXELS, SUMMARY_HIGH, down=beside)
            beside += SUMMARY_HIGH
        page.down_to(top, beside)
        for chart in said.charts():
            if chart.source:
                page.wide(chart.source, SMALL, mute=True)
        page.finish(self._report.meta, one_page=True)

    def _page(self, said: Said, sheet: Any, name: str) -> None:
        """Charts side by side, then everything else in its order."""
        blocks = [figures_table(block, self._words) if isinstance(block, tuple) else self._numbers(block) if isinstance(block, Table) else block
                  for block in said.blocks if not (isinstance(block, Table) and _has_own_sheet(block))]  # fmt: skip
        tables = [block for block in blocks if isinstance(block, Table)]
        page = Page(sheet, self._looks, widths(tables))
        page.begin(self._report.meta, said.title, said.lead)
        self._charts(page, said.charts())
        for block in blocks:
            if isinstance(block, Table):
                self._table(page, block)
            elif isinstance(block, Headline):
                page.headline(block)
            elif isinstance(block, Note):
                page.wide(block.text)
            elif isinstance(block, Source):
                page.source(block)
        alone = len(page.heads) == 1 and not said.charts()
        page.finish(self._report.meta, fixed=(page.heads[0] + 1, 1) if alone else (2, 0))

    def _list(self, table: Table, said: Said | None, sheet: Any, name: str) -> None:
        """A sheet with one table, its head always in sight."""
        page = Page(sheet, self._looks, widths([table]))
        page.begin(self._report.meta, table.title, said.title if said else table.note)
        page.table(replace(table, title="", note=table.note if said else ""))
        page.finish(self._report.meta, fixed=(page.heads[0] + 1, 1) if page.heads else (2, 0))

    def _numbers(self, table: Table) -> Table:
        plan = self._answers.plan
        return xlsx_rows.with_yen(table, plan, self._words) if table.id == "steps" and plan else table

    def _table(self, page: Page, table: Table) -> None:
        plan = self._answers.plan
        if table.id == "steps" and plan:
            page.table(table, sums=lambda first, last: xlsx_rows.plan_sums(page, table, first, last, plan, self._words))
        else:
            page.table(table)

    def _questions(self, sheet: Any, name: str) -> None:
        xlsx_rows.questions(self._book, sheet, name, self._looks, self._report.meta, self._answers.rows, self._words)

    def _scores(self, sheet: Any, name: str) -> None:
        xlsx_rows.scores(self._book, sheet, name, self._looks, self._report.meta, self._answers, self._words)

    # --- charts ---

    def _charts(self, page: Page, charts: tuple[Chart, ...]) -> None:
        """Side by side, two in a row, above the tables."""
        most = sum(page.widths) * PIXELS
        wide = min(CHART_WIDE, max(CHART_WIDE * 0.8, most / 2)) if len(charts) > 1 else min(CHART_WIDE * 1.4, most)
        for at in range(0, len(charts), 2):
            top, pair = page.row, charts[at : at + 2]
            for place, chart in enumerate(pair):
                self._insert(page.sheet, chart, top, 0, place * (wide + 10), wide, CHART_HIGH)
            page.down_to(top, CHART_HIGH)
            for chart in pair:
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
        sheet.insert_chart(row, column, made, {"x_offset": right, "y_offset": down, "object_position": 2, "description": clean(chart.alt)})


def _summary_widths(said: Said) -> list[float]:
    """As wide as the figures are."""
    figures = [figure for block in said.blocks if isinstance(block, tuple) for figure in block]
    found = list(SUMMARY_WIDTHS)
    found[1] = max([found[1], *(room(figure.value.full, FIGURE) for figure in figures)])
    found[2] = max([found[2], *(room(figure.change.full) for figure in figures if figure.change)])
    return found


def _has_own_sheet(table: Table) -> bool:
    """A list that no slide shows, or one of quite other columns, would only stretch those of the tables above it."""
    return bool(table.rows) and (table.on_slide == 0 or table.id in OWN_SHEETS)
