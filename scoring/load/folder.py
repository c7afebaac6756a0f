"""The data folder: its YAML and CSV files as models, and every problem in them by file and line.

CSV gets the guard that YAML has in guard.py: limits, UTF-8 and no NUL; every cell stays text until pydantic gives it
a type. Problems are collected, so that one run names all of them.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from scoring.errors import DataError, Problem
from scoring.load.guard import MAX_BYTES, MAX_PROBLEMS, Document, Refused, read_yaml, too_many

M = TypeVar("M", bound=BaseModel)


@dataclass(slots=True)
class Folder:
    """One folder and everything found wrong in it so far; `check` ends the reading if that is anything."""

    root: Path
    problems: list[Problem] = field(default_factory=list)

    def shown(self, name: str) -> str:
        return f"{self.root.resolve().name}/{name}"

    def refuse(self, name: str, line: int, what: str) -> None:
        self.problems.append(Problem(self.shown(name), line, what))

    def check(self) -> None:
        if self.problems:
            raise DataError(self.problems)

    def yaml(self, name: str, model: type[M]) -> tuple[Document, M]:
        """One YAML file as `model`; without it there is nothing to go on with, so read it after the CSV files."""
        try:
            document = read_yaml(self.root / name, self.shown(name))
        except Refused as refused:
            raise DataError([*self.problems, refused.problem]) from None
        value, problems = document.parse(model)
        self.problems += problems
        if value is None:
            raise DataError(self.problems)
        return document, value

    def rows(self, name: str, model: type[M]) -> Iterator[tuple[int, M]]:
        """The good rows of one CSV file, each with the line that it starts on."""
        columns = Counter(info.alias or key for key, info in model.model_fields.items() if info.is_required())
        line, before = 1, len(self.problems)
        try:
            reader = csv.reader(io.StringIO(self.text(name), newline=""), strict=True)
            header = next(reader, [])
            faults = [f"unknown or repeated column {key!r}" for key in Counter(header) - columns]
            faults += [f"missing column {key!r}" for key in columns - Counter(header)]
            self.problems += [Problem(self.shown(name), line, what) for what in faults]
            line = reader.line_num + 1
            for cells in () if faults else reader:
                row = Document(self.shown(name), dict(zip(header, cells, strict=False)), {(): line})
                value, problems = row.parse(model)
                if len(cells) != len(header):
                    value, problems = None, [row.problem((), f"{len(cells)} cells under {len(header)} columns")]
                self.problems += problems
                if value is not None:
                    yield line, value
                if len(self.problems) - before > MAX_PROBLEMS:
                    self.problems.append(too_many(self.shown(name)))
                    return
                line = reader.line_num + 1
        except Refused as refused:
            self.problems.append(refused.problem)
        except csv.Error as error:
            self.refuse(name, line, f"not valid CSV: {error}")

    def text(self, name: str) -> str:
        """All of one file. Raises Refused."""
        line, what = 0, f"larger than {MAX_BYTES:,} bytes"
        try:
            if (self.root / name).stat().st_size <= MAX_BYTES:
                text = (self.root / name).read_bytes().decode("utf-8-sig")
                if "\0" not in text:
                    return text
                line, what = text[: text.index("\0")].count("\n") + 1, "holds a NUL character"
        except OSError as error:
            what = f"cannot be read: {error.strerror}"
        except UnicodeDecodeError as error:
            line, what = error.object[: error.start].count(b"\n") + 1, "is not UTF-8"
        raise Refused(Problem(self.shown(name), line, what))
