"""Sheets and checklists as arrays: what scoring.engine and all that sums over many units work on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from scoring.model import Checklist

Levels = npt.NDArray[np.int8]
Sums = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Sheets:
    """Sheets that count together, in any order.

    `claimed`, `evidenced`: int8 (sheets, questions), codes of scoring.model. `by_profile`: same shape, where the profile said
    `na`. `sources`: same shape, the number of the stored sheet that an answer comes from; sheets that inherit share it.
    `weights`: (sheets,), how often each counts.
    """

    claimed: Levels
    evidenced: Levels
    by_profile: Flags
    sources: npt.NDArray[np.intp]
    weights: Sums

    def part(self, rows: npt.NDArray[np.intp], columns: Flags, weights: Sums) -> "Sheets":
        """Some of the sheets, with some of their questions and other weights."""
        return Sheets(
            claimed=self.claimed[rows][:, columns],
            evidenced=self.evidenced[rows][:, columns],
            by_profile=self.by_profile[rows][:, columns],
            sources=self.sources[rows][:, columns],
            weights=weights,
        )

    def stored(self, marked: Flags) -> Sums:
        """How many stored answers are `marked` (sheets, questions) per question: inherited ones once, however many inherit."""
        seen = np.zeros((int(self.sources.max(initial=-1)) + 1, self.claimed.shape[1]), dtype=np.bool_)
        rows, columns = marked.nonzero()
        seen[self.sources[rows, columns], columns] = True
        count: Sums = seen.sum(axis=0)
        return count


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A checklist's questions as arrays (questions,), in its order. `points`: (256,), of a code by its byte."""

    weights: Sums
    critical: Flags
    company: Flags
    points: Sums


@lru_cache(maxsize=64)
def columns_of(checklist: Checklist) -> Columns:
    questions = checklist.questions
    return Columns(
        weights=np.array([q.weight for q in questions], dtype=np.int64),
        critical=np.array([q.critical for q in questions], dtype=np.bool_),
        company=np.array([q.scope == "company" for q in questions], dtype=np.bool_),
        points=by_byte({code: choice.points for code, choice in enumerate(checklist.choices)}),
    )


def by_byte(values: Mapping[int, int]) -> Sums:
    """(256,) `values` of codes by their byte; 0 for all other bytes."""
    table = np.zeros(256, dtype=np.int64)
    for code, value in values.items():
        table[code & 0xFF] = value
    return table


def of_codes(table: Sums, codes: Levels) -> Sums:
    """The entries of a `by_byte` table for codes of any shape."""
    found: Sums = table.take(np.ascontiguousarray(codes).view(np.uint8))
    return found
