"""How long it takes to judge: one sheet, and ten million answers at once."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from scoring.assessment import assess
from scoring.engine import score, score_matrix
from tenken.content import load_content
from tests.bench.synthetic import answered, large
from tests.bench.table import Row, clocked, percentile, promised, spread

ANSWERS = 10_000_000
SHEET_LIMIT_MS = 1
MATRIX_LIMIT = 20  # passes over the same bytes


def sheet_rows() -> Iterator[Row]:
    """The score of one sheet, caches warm; and, with nothing promised, all that a page shows of it."""
    content, today = load_content(), date.today()
    for checklist in (content.checklist, large()):
        answers, name = answered(checklist), f"{len(checklist.questions):,} questions"
        list(clocked(lambda: score(checklist, answers, today), 20))  # noqa: B023
        took = list(clocked(lambda: score(checklist, answers, today), 200))  # noqa: B023
        yield promised(f"score of one sheet, {name}", spread(took), percentile(took, 50), SHEET_LIMIT_MS, "ms")
        took = list(clocked(lambda: assess(checklist, answers, today, content.outside), 20))  # noqa: B023
        yield Row(f"score, gap and steps, {name}", spread(took))


def matrix_rows() -> Iterator[Row]:
    """Ten million answers against one pass of NumPy over the same bytes."""
    for checklist in (load_content().checklist, large()):
        shape = (ANSWERS // len(checklist.questions), len(checklist.questions))
        codes = np.random.default_rng(1).integers(-3, len(checklist.choices), size=shape, dtype=np.int8)
        score_matrix(checklist, codes[:1000])
        one_pass = percentile(list(clocked(codes.sum, 7)), 50)
        took = percentile(list(clocked(lambda: score_matrix(checklist, codes), 7)), 50)  # noqa: B023
        figures = f"{took:.0f} ms; one pass {one_pass:.1f} ms; ratio {took / one_pass:.1f}"
        yield promised(f"10 million answers, {shape[0]:,} x {shape[1]:,}", figures, took / one_pass, MATRIX_LIMIT, "passes")
