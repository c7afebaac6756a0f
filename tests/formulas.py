"""The formulas of a report's workbook, calculated by a small evaluator of our own: it knows the shapes that are written, and no other."""

import io
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from openpyxl.utils import range_boundaries  # type: ignore[import-untyped]

Place = tuple[str, int, int]  # sheet, row, column
Value = float | str | None
CELL = r"\$?[A-Z]{1,3}\$?[0-9]+"


class Calculated:
    """A workbook: formulas, the values that are stored beside them, and what they come to. `changed`: cells with another value."""

    def __init__(self, content: bytes, changed: Mapping[Place, Value] | None = None) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(content))
        self._stored = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        self._changed = changed or {}
        self._known: dict[Place, Value] = {}
        self._sums: dict[tuple[str, ...], dict[tuple[Value, ...], float]] = {}

    @cached_property
    def names(self) -> dict[str, tuple[str, str]]:
        """Defined name → (sheet, range)."""
        found = {}
        for name, defined in self.book.defined_names.items():
            sheet, area = defined.attr_text.rsplit("!", 1)
            found[name] = sheet.strip("'").replace("''", "'"), area.replace("$", "")
        return found

    def formulas(self) -> Iterator[tuple[Place, str]]:
        for sheet in self.book:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        yield (sheet.title, cell.row, cell.column), cell.value

    def stored(self, place: Place) -> Value:
        sheet, row, column = place
        value: Value = self._stored[sheet].cell(row, column).value
        return value

    def value(self, place: Place) -> Value:
        if place in self._changed:
            return self._changed[place]
        if place not in self._known:
            sheet, row, column = place
            cell = self.book[sheet].cell(row, column)
            self._known[place] = self._formula(sheet, cell.value) if cell.data_type == "f" else cell.value
        return self._known[place]

    # --- shapes ---

    def _formula(self, sheet: str, formula: str) -> Value:
        for shape, calculate in self._shapes().items():
            found = re.fullmatch(shape, formula)
            if found:
                return calculate(sheet, *found.groups())  # type: ignore[no-any-return]
        raise AssertionError(f"a formula of a shape that is not known: {formula}")

    def _shapes(self) -> dict[str, Any]:
        return {
            rf"=({CELL}(?:\*{CELL})+)": self._product,
            r"=SUM\(([^(),]+)\)": self._sum,
            rf"=SUMIFS\(([a-z_]+),([a-z_]+),({CELL})\)": lambda sheet, sums, key, cell: self._sumifs(sheet, sums, key, cell),
            rf"=SUMIFS\(([a-z_]+),([a-z_]+),({CELL}),([a-z_]+),0\)": self._sumifs,
            rf'=IF\(({CELL})=0,"(.+)",INT\(\(2000\*({CELL})\+({CELL})\)/\(2\*({CELL})\)\)/10\)': self._tenths,
            rf'=IF\(({CELL})=({CELL}),"(.)","(.)"\)': self._same,
            r'=COUNTIF\(([^(),]+),"(.)"\)': lambda sheet, area, sign: float(sum(value == sign for value in self._area(sheet, area))),
        }

    def _product(self, sheet: str, cells: str) -> float:
        product = 1.0
        for cell in cells.split("*"):
            product *= self._number(sheet, cell)
        return product

    def _sum(self, sheet: str, area: str) -> float:
        return sum(value for value in self._area(sheet, area) if isinstance(value, int | float))

    def _sumifs(self, sheet: str, sums: str, key: str, cell: str, other: str = "") -> float:
        columns = (sums, key, other) if other else (sums, key)
        if columns not in self._sums:
            found: dict[tuple[Value, ...], float] = {}
            for value, *keys in zip(*(self._area(sheet, name) for name in columns), strict=True):
                found[tuple(keys)] = found.get(tuple(keys), 0.0) + float(value or 0)
            self._sums[columns] = found
        wanted: tuple[Value, ...] = (self._at(sheet, cell), 0) if other else (self._at(sheet, cell),)
        return self._sums[columns].get(wanted, 0.0)

    def _tenths(self, sheet: str, test: str, none: str, earned: str, possible: str, divisor: str) -> Value:
        assert test == possible == divisor
        e, p = int(self._number(sheet, earned)), int(self._number(sheet, possible))
        return none if p == 0 else (2000 * e + p) // (2 * p) / 10

    def _same(self, sheet: str, one: str, other: str, yes: str, no: str) -> str:
        return yes if self._at(sheet, one) == self._at(sheet, other) else no

    # --- cells ---

    def _at(self, sheet: str, cell: str) -> Value:
        column, row, _column, _row = range_boundaries(cell.replace("$", ""))
        return self.value((sheet, row, column))

    def _number(self, sheet: str, cell: str) -> float:
        return float(self._at(sheet, cell) or 0)

    def _area(self, sheet: str, area: str) -> list[Value]:
        where, cells = self.names.get(area, (sheet, area.replace("$", "")))
        first, top, last, bottom = range_boundaries(cells)
        return [self.value((where, row, column)) for row in range(top, bottom + 1) for column in range(first, last + 1)]


TOKEN = re.compile(r'"([^"]*)"|\\(.)|([#0][#,0.]*)|(;)|(General)')


def display(form: str, value: float) -> str:
    """`value` as a number format of ours shows it: quoted words round 0, 0.0 or #,##0; negative numbers and zero by their own part."""
    parts: list[str] = [""]
    for words, sign, shape, end, general in TOKEN.findall(form):
        if end:
            parts.append("")
        elif general:
            parts[-1] += f"{value:g}"
        elif shape:
            size = value if form.count(";") == 0 else abs(value)
            parts[-1] += f"{size:{',' if ',' in shape else ''}.{len(shape.partition('.')[2])}f}"
        else:
            parts[-1] += words or sign
    return parts[min(1 if value < 0 else 2 if value == 0 else 0, len(parts) - 1)]
