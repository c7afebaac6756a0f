"""A CSV or XLSX file of units to plans; every problem in it at once, by file, row and column."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from scoring.load.answers import cell_text
from scoring.load.guard import MAX_BYTES
from scoring.model import Owner, Text
from scoring.units import COMPANIES, SUPPLIER, UnitKind
from tenken.organisation import CODE, MOST, Organisation, faults, settled
from tenken.store.values import UnitPlan
from tenken.unit_files import form
from tenken.workbook.form import CELL, Value, plain
from tenken.workbook.limits import Grid, content_of, grids, text_of
from tenken.workbook.problems import MAX_PROBLEMS, ImportRefused, Problem, problem, refused
from tenken.workbook.rows import day_of

TOP: Final = 20  # rows above which the headings stand
ROWS: Final = 5_000
WIDE: Final = 256  # columns that are looked at
LONGEST: Final = 200  # letters of a name

# Which cell an error about a whole unit is about.
_AT = {"duplicate_code": "code", "bad_code": "code", "second_root": "parent", "unknown_parent": "parent", "below_supplier": "parent",
       "cycle": "parent", "root_kind": "kind", "root_ends": "valid_to", "ends_before_it_begins": "valid_to"}  # fmt: skip


def read_units(source: bytes | Path, name: str, there: Organisation) -> tuple[UnitPlan, ...]:
    """The units of a file called `name`, in its order. A column that is missing leaves what is there as it is.

    Raises ImportRefused.
    """
    content = content_of(source)
    grid = _table(content) if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")) else _csv(content_of(content, MAX_BYTES), name)
    return _Sheet(grid, there).plans()


def _csv(content: bytes, name: str) -> Grid:
    try:
        reader = csv.reader(io.StringIO(text_of(content), newline=""), strict=True)
        rows = tuple(tuple(cell_text(cell) for cell in row[:WIDE]) for _number, row in zip(range(ROWS + 1), reader, strict=False))
    except csv.Error as error:
        raise refused("no_csv", what=str(error)) from None
    return Grid(Path(name).name or "csv", rows, (), (), len(rows) > ROWS)


def _table(content: bytes) -> Grid:
    """The first worksheet that has our headings."""
    found = grids(content)
    return next((grid for grid in found if grid.big or _head(grid)), found[0] if found else Grid("", (), (), (), False))


def _head(grid: Grid) -> tuple[int, dict[str, int]] | None:
    """(row, {column: place}) of the headings; None without a column for codes."""
    known = form.headings()
    for number, cells in enumerate(grid.rows[:TOP]):
        places: dict[str, int] = {}
        for place, cell in enumerate(cells):
            if column := known.get(form.same(plain(cell))):
                places.setdefault(column, place)
        if {"code", "kind"} & places.keys() and len(places) > 1:
            return number, places
    return None


class _Sheet:
    """One table on its way to plans. `problems` grows on the way."""

    def __init__(self, grid: Grid, there: Organisation) -> None:
        self.grid, self.there = grid, there
        self.problems: list[Problem] = []
        self.columns: dict[str, int] = {}
        self.before = there.plans
        self.kinds, self.duties, self.answers = form.kinds(), form.duties(), form.answers()

    def plans(self) -> tuple[UnitPlan, ...]:
        """Raises ImportRefused."""
        if self.grid.big:
            raise refused("too_many_units", most=f"{ROWS:,}")
        head = _head(self.grid)
        if head is None:
            raise refused("no_headings")
        top, self.columns = head
        if missing := [column for column in form.NEEDED if column not in self.columns]:
            raise ImportRefused(tuple(problem("column_missing", self.grid.sheet, column=column) for column in missing))
        self._shape(top)
        read: dict[int, UnitPlan] = {}
        for number, cells in enumerate(self.grid.rows[top + 1 :], start=top + 1):
            if any(plain(cell).strip() for cell in cells) and len(self.problems) < MAX_PROBLEMS:
                self._read(number, cells, read)
        if not read and not self.problems:
            raise refused("no_units")
        plans = [*self._whole(read).values()]
        rows = [*read]
        if not self.problems:
            self.problems += [self._about(fault.code, fault.unit, fault.value, plans, rows) for fault in faults(plans, self.there)]
        if self.problems:
            raise ImportRefused(tuple(self.problems[:MAX_PROBLEMS]))
        return tuple(plans)

    def _shape(self, top: int) -> None:
        for code, boxes in (("formula", self.grid.formulas), ("merged", self.grid.merged)):
            for row, column, _last, right in boxes:
                ours = any(column <= place <= right for place in self.columns.values())
                if row >= top and ours and len(self.problems) < MAX_PROBLEMS:
                    self.problems.append(problem(code, self.grid.sheet, row, column))

    def _about(self, code: str, unit: str, value: str, plans: Sequence[UnitPlan], rows: Sequence[int]) -> Problem:
        """The fault of a unit, at the last row that names it."""
        row = next(row for row, plan in zip(reversed(rows), reversed(plans), strict=True) if plan.code == unit)
        return self._wrong(code, row, _AT.get(code, "code"), unit=unit, value=value)

    def _wrong(self, code: str, row: int, column: str, **fields: object) -> Problem:
        return problem(code, self.grid.sheet, row, self.columns.get(column, self.columns["code"]), **fields)

    # --- a row -------------------------------------------------------------------------------------------------------

    def _read(self, number: int, cells: Sequence[Value], read: dict[int, UnitPlan]) -> None:
        given = {column: cells[place] if place < len(cells) else "" for column, place in self.columns.items()}
        said = {column: _line(plain(value)) for column, value in given.items()}
        wrong = [self._wrong(code, number, column, **fields) for code, column, fields in self._faults(said, given)]
        self.problems += sorted(wrong, key=lambda problem: problem.column)
        if not wrong:
            read[number] = self._plan(said, given)

    def _faults(self, said: Mapping[str, str], given: Mapping[str, Value]) -> Iterator[tuple[str, str, dict[str, object]]]:
        """(code, column, fields) of everything that is wrong in the cells of one row."""
        if not CODE.fullmatch(_code(said["code"])):
            yield ("code_missing" if not said["code"] else "bad_code"), "code", {"unit": said["code"]}
        if form.same(said["kind"]) not in self.kinds:
            yield "unknown_kind", "kind", {"value": said["kind"]}
        if not said["name_ja"]:
            yield "name_missing", "name_ja", {}
        for column in ("name_ja", "name_en"):
            if len(said.get(column, "")) > LONGEST:
                yield "too_long", column, {"n": len(said[column]), "most": LONGEST}
        yield from (("unreadable_text", column, {}) for column, text in said.items() if "\0" in text)
        for column in ("headcount", "weight"):
            if said.get(column) and _number(said[column]) is None:
                yield "no_number", column, {"value": said[column], "most": f"{MOST:,}"}
        for word in self._words(said.get("duties", "")):
            if form.same(word) not in self.duties:
                yield "unknown_duty", "duties", {"value": word}
        if said.get("reporting") and form.same(said["reporting"]) not in self.answers:
            yield "yes_or_no", "reporting", {"value": said["reporting"]}
        if said.get("valid_to") and day_of(given["valid_to"]) is None:
            yield "bad_date", "valid_to", {"value": said["valid_to"]}

    def _words(self, text: str) -> list[str]:
        return [word for part in form.BETWEEN.split(text) if (word := part.strip())]

    def _plan(self, said: Mapping[str, str], given: Mapping[str, Value]) -> UnitPlan:
        """The row as a unit; what its file has no column for stays."""
        code, kind = _code(said["code"]), self.kinds[form.same(said["kind"])]
        old = self.before.get(code) or UnitPlan(code, "", kind, Text("", ""), True)
        name = Text(said["name_ja"], said.get("name_en", old.name.en) or said["name_ja"])
        owners: tuple[Owner, ...] = old.owners
        if "duties" in said:
            owners = tuple(dict.fromkeys(self.duties[form.same(word)] for word in self._words(said["duties"])))
        return UnitPlan(
            code, _code(said["parent"]), kind, name,
            self.answers.get(form.same(said["reporting"]), True) if "reporting" in said else old.reporting,
            _number(said["headcount"]) if "headcount" in said else old.headcount,
            owners,
            (_number(said["weight"]) if said["weight"] else 1) or 0 if "weight" in said else old.weight,
            day_of(given["valid_to"]) if "valid_to" in said else old.valid_to,
        )  # fmt: skip

    def _whole(self, read: Mapping[int, UnitPlan]) -> dict[int, UnitPlan]:
        """What only all rows together say: a unit of which nothing is said answers itself, unless others below it do."""
        above = {plan.parent for plan in read.values() if plan.kind != SUPPLIER}
        return {row: settled(self._reporting(row, plan, above)) for row, plan in read.items()}

    def _reporting(self, row: int, plan: UnitPlan, above: set[str]) -> UnitPlan:
        place = self.columns.get("reporting")
        cells = self.grid.rows[row]
        blank = place is None or place >= len(cells) or not plain(cells[place]).strip()
        if not blank or (place is None and plan.code in self.before):
            return plan
        return replace(plan, reporting=plan.code not in above and not self._is_above(plan.kind))

    def _is_above(self, kind: UnitKind) -> bool:
        return kind == COMPANIES[0]


def _line(text: str) -> str:
    """A cell as one line: people break lines in cells to make columns narrow."""
    return " ".join(text.split())[:CELL]


def _code(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _number(text: str) -> int | None:
    """A whole number up to MOST, as people write it; None for anything else."""
    plain_text = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    number = int(plain_text) if plain_text.isascii() and plain_text.isdecimal() and len(plain_text) < 9 else MOST + 1
    return number if number <= MOST else None
