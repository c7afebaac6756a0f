"""Answers by Excel: a workbook out, a workbook or CSV file back in, and what it would change before anything is written.

`write` → people fill it in → `read` → `preview` → `Preview.resolve`. Nothing here knows the store or a page.
"""

from tenken.workbook.error_words import problem_text, problem_texts
from tenken.workbook.form import Named, SheetForm
from tenken.workbook.preview import Change, Conflict, Preview, Side, UnitPreview, preview, same
from tenken.workbook.problems import ImportRefused, Problem
from tenken.workbook.read import Given, Reading, UnitReading, Wanted, read, read_csv
from tenken.workbook.write import write

__all__ = [
    "Change",
    "Conflict",
    "Given",
    "ImportRefused",
    "Named",
    "Preview",
    "Problem",
    "Reading",
    "SheetForm",
    "Side",
    "UnitPreview",
    "UnitReading",
    "Wanted",
    "preview",
    "problem_text",
    "problem_texts",
    "read",
    "read_csv",
    "same",
    "write",
]
