"""The cells of an XLSX file, read by a process that may end badly: cells.py under limits of memory and time."""

import json
import subprocess
import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from tenken.workbook.form import Value
from tenken.workbook.problems import refused

FILE_BYTES = 10_000_000
# The process itself gives up after as many seconds of work; where it cannot (Windows), the clock has to be kinder to a
# machine that is busy.
SECONDS = 10 if sys.platform == "win32" else 3
READER = (sys.executable, "-I", str(Path(__file__).with_name("cells.py")))

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one worksheet from A1 on; rows may differ in length. Boxes are first row, first column, last row,
    last column, from 0. `big`: it reaches too far to be read and has no rows."""

    sheet: str
    rows: tuple[tuple[Value, ...], ...]
    formulas: tuple[Box, ...]
    merged: tuple[Box, ...]
    big: bool


def content_of(source: bytes | Path, most: int = FILE_BYTES) -> bytes:
    """All of a file, unless it is larger than `most` bytes. Raises ImportRefused."""
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > most:
            raise refused("too_large", limit=f"{most // 1_000_000}")
        return source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise refused("unreadable", what=error.strerror) from None


def text_of(content: bytes) -> str:
    """A text file in UTF-8, or as Excel saves CSV in Japan. What is UTF-16 would pass for CP932, sign by sign. Raises ImportRefused."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        if not content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            return content.decode("cp932")
    except UnicodeDecodeError:
        pass
    raise refused("encoding")


def grids(source: bytes | Path) -> tuple[Grid, ...]:
    """Every worksheet in the order of the file. Raises ImportRefused: a file that is none of ours, or made to harm."""
    data = content_of(source)
    try:
        done = subprocess.run(READER, input=data, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise refused("too_slow") from None
    try:
        said = json.loads(done.stdout)
    except ValueError:
        raise refused("too_much") from None  # the process was ended by one of its limits
    if code := said.pop("refused", ""):
        raise refused(code, **said)
    return tuple(_grid(sheet) for sheet in said["sheets"])


def _grid(sheet: dict[str, Any]) -> Grid:
    rows = tuple(tuple(_value(value) for value in row) for row in sheet["rows"])
    boxes = {name: tuple((a, b, c, d) for a, b, c, d in sheet[name]) for name in ("formulas", "merged")}
    return Grid(sheet["name"], rows, boxes["formulas"], boxes["merged"], sheet["big"])


def _value(value: Any) -> Value:
    if not isinstance(value, dict):
        return cast(Value, value)
    ((kind, text),) = value.items()
    if kind == "date":
        return date.fromisoformat(text)
    return datetime.fromisoformat(text) if kind == "datetime" else str(text)
