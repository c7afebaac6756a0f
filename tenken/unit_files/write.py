"""The units as a file that people change and give back: CSV, or a workbook with lists to choose from."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

import xlsxwriter

from scoring.load.answers import plain_cell
from tenken.i18n import Words
from tenken.store.values import UnitPlan
from tenken.unit_files.form import COLUMNS, cells
from tenken.unit_words import column_words, kind_words, owner_words
from tenken.workbook.look import Formats
from tenken.workbook.write import SETTINGS

WIDTHS: Final = (14, 16, 12, 26, 26, 10, 24, 8, 12, 13)
LISTED: Final = 2_000  # rows that offer the lists


def units_csv(plans: Sequence[UnitPlan], _: Words) -> bytes:
    """With a byte order mark, without which Excel takes UTF-8 for CP932; no cell is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(column_words(_)[column] for column in COLUMNS)
    writer.writerows([plain_cell(str(cell)) for cell in cells(plan, _)] for plan in plans)
    return out.getvalue().encode("utf-8-sig", "replace")


def units_xlsx(plans: Sequence[UnitPlan], _: Words) -> bytes:
    """Every text is written as text; kinds and answers are chosen from lists."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SETTINGS) as book:
        formats = Formats(book, _.lang)
        sheet = book.add_worksheet(_("Units"))
        for column, name in enumerate(COLUMNS):
            sheet.set_column(column, column, WIDTHS[column])
            sheet.write_string(0, column, column_words(_)[name], formats["head"])
        for row, plan in enumerate(plans, start=1):
            for column, cell in enumerate(cells(plan, _)):
                if isinstance(cell, int):
                    sheet.write_number(row, column, cell, formats["line"])
                else:
                    sheet.write_string(row, column, cell, formats["line"])
        _lists(sheet, _)
        sheet.freeze_panes(1, 1)
    return out.getvalue()


def _lists(sheet: Any, _: Words) -> None:
    offered = {"kind": list(kind_words(_).values()), "reporting": [_("Yes"), _("No")]}
    for name, words in offered.items():
        at = COLUMNS.index(name)
        sheet.data_validation(1, at, LISTED, at, {"validate": "list", "source": words})
    at = COLUMNS.index("duties")
    note = _("Any of: {duties}", duties=", ".join(owner_words(_).values()))
    sheet.data_validation(1, at, LISTED, at, {"validate": "any", "input_message": note[:255]})
