"""How long it takes to plan: the best plan of every budget at once."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from scoring.assessment import assess_sheets
from scoring.plan import curve, decisions, greedy
from scoring.sheets import Sheets
from tenken.content import load_content
from tests import factories
from tests.bench.table import Row, clocked, percentile, promised, spread

QUESTIONS, UNITS = 95, 12
LIMIT_MS = 200


def rows() -> Iterator[Row]:
    """95 questions of five levels in 12 units, all at the lowest: 1,140 decisions of four options, every budget to the last."""
    sections = list(load_content().checklist.sections)
    sizes = [QUESTIONS // len(sections) + (place < QUESTIONS % len(sections)) for place in range(len(sections))]
    shipped = load_content().checklist.questions
    asked = factories.checklist(
        {section.id: [factories.question(f"q{n}", weight=n % 5 + 1, effort=shipped[(17 * place + n) % len(shipped)].effort) for n in range(size)]
         for place, (section, size) in enumerate(zip(sections, sizes, strict=True))}
    )  # fmt: skip
    shape = (UNITS, QUESTIONS)
    claimed = np.zeros(shape, dtype=np.int8)
    sheets = Sheets(
        claimed,
        claimed,
        np.zeros(shape, dtype=np.bool_),
        np.repeat(np.arange(UNITS), QUESTIONS).reshape(shape),
        np.ones(UNITS, dtype=np.int64),
    )
    a = assess_sheets(asked, sheets, date.today(), load_content().outside)
    found = decisions(asked, sheets, range(UNITS), a.gap)
    whole = curve(found)
    took = list(clocked(lambda: curve(found), 20))
    yield promised(
        f"the plans of all {whole.most + 1:,} budgets, {len(found):,} decisions", spread(took), percentile(took, 50), LIMIT_MS, "ms"
    )
    took = list(clocked(lambda: curve(found).gaps(range(whole.most + 1)), 10))
    yield promised("the same, with the gap that each of them leaves", spread(took), percentile(took, 50), LIMIT_MS, "ms")
    yield Row("what can be decided, from the answers", spread(list(clocked(lambda: decisions(asked, sheets, range(UNITS), a.gap), 20))))
    yield Row("the order in which nothing is taken back", spread(list(clocked(lambda: greedy(found), 20))))
    yield Row("one plan out of all", spread(list(clocked(lambda: whole.plan(600), 20))))
