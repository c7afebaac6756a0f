"""The workbook inside a chart: what whoever edits the chart in PowerPoint gets to see."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def chart_data() -> Any:
    """python-pptx's data of a chart, with a workbook that keeps people's words words: its own makes a formula of a name with '='."""
    from pptx.chart.data import CategoryChartData
    from pptx.chart.xlsx import CategoryWorkbookWriter
    from xlsxwriter import Workbook

    class Writer(CategoryWorkbookWriter):
        @contextmanager
        def _open_worksheet(self, xlsx_file: Any) -> Iterator[tuple[Any, Any]]:
            kept = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
            workbook = Workbook(xlsx_file, {"in_memory": True, **kept})
            yield workbook, workbook.add_worksheet()
            workbook.close()

    class Data(CategoryChartData):
        @property
        def _workbook_writer(self) -> Any:
            return Writer(self)  # type: ignore[no-untyped-call]

    return Data
