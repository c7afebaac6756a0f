"""Workbooks whose formulas somebody else works out: what is stored beside each formula has to come of it.

LibreOffice believes what a file stores of its formulas, so that is taken out before it opens the file: whatever stands there
afterwards is its own.
"""

import io
import math
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from openpyxl import load_workbook  # type: ignore[import-untyped]

from tests import libreoffice

_FORMULA = re.compile(rb"(<c\b[^>]*>)(<f\b(?:[^>]*/>|[^>]*>.*?</f>))<v>[^<]*</v>", re.DOTALL)
_TYPE = re.compile(rb' t="(?:str|b|e|n)"')


def without_results(content: bytes) -> bytes:
    """The workbook with all formulas, and nothing stored of what they come to."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as file, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in file.namelist():
            part = file.read(name)
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                part = _FORMULA.sub(lambda found: _TYPE.sub(b"", found[1]) + found[2], part)
            made.writestr(name, part)
    return out.getvalue()


def stored(content: bytes) -> dict[str, object]:
    """{"'sheet'!cell": what is stored} of all cells with a formula."""
    formulas, values = (load_workbook(io.BytesIO(content), data_only=only) for only in (False, True))
    return {f"{sheet.title!r}!{cell.coordinate}": values[sheet.title][cell.coordinate].value
            for sheet in formulas.worksheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"}  # fmt: skip


def worked_out(content: bytes, folder: Path) -> bytes:
    """The workbook as LibreOffice saves it after working out every formula. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = folder / "plain.xlsx"
    plain.write_bytes(without_results(content))
    (made,) = libreoffice.converted([plain], "xlsx", folder / "worked-out")
    return made.read_bytes()


def differences(content: bytes, theirs: bytes) -> Iterator[str]:
    """Formulas that do not come to what is stored beside them in `content`; `theirs` is the same workbook worked out by others."""
    values = load_workbook(io.BytesIO(theirs), data_only=True)
    sheets = {repr(sheet.title): sheet for sheet in values.worksheets}
    for place, ours in stored(content).items():
        sheet, _, cell = place.rpartition("!")
        found = sheets[sheet][cell].value if sheet in sheets else None
        if not same(ours, found):
            yield f"{place}: {ours!a} is stored, {found!a} comes out"


def same(ours: object, theirs: object) -> bool:
    """An empty text and an empty cell are the same; numbers to the last digits that a file keeps."""
    ours, theirs = ("" if value is None else value for value in (ours, theirs))
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours == theirs
    if isinstance(ours, (int, float)) and isinstance(theirs, (int, float)):
        return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)
    return ours == theirs
