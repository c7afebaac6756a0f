"""One row a measurement, and how a figure stands to its promise."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Row:
    """`verdict` is empty where nothing was promised."""

    name: str
    figures: str
    promise: str = ""
    verdict: str = ""


def promised(name: str, figures: str, value: float, limit: float, unit: str) -> Row:
    """A row for a `value` that is promised to be at most `limit`, both in `unit`; the ratio says how much room is left."""
    return Row(name, figures, f"<= {limit:g} {unit}", f"{'ok' if value <= limit else 'MISS'}  {value / limit:.2f}")


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of all do not exceed (nearest rank); nan when there is none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def spread(values: Sequence[float]) -> str:
    """'p50 1.23 p95 2.34', the values in milliseconds."""
    return f"p50 {percentile(values, 50):.2f}  p95 {percentile(values, 95):.2f} ms"


def clocked(work: Callable[[], object], times: int) -> Iterator[float]:
    """Milliseconds that each of `times` calls took."""
    for _ in range(times):
        start = perf_counter()
        work()
        yield (perf_counter() - start) * 1000


def render(rows: Sequence[Row]) -> str:
    """The table as text: columns as wide as their widest cell."""
    lines = [("what", "measured", "promise", "ratio"), *((r.name, r.figures, r.promise, r.verdict) for r in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([text[0], "-" * (sum(widths) + 6), *text[1:]])
