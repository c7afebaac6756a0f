"""300 units × 20 quarters: all numbers of the compare and the trend page, from arrays that are ready, from a database, and as pages."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from scoring.compare import by_kind, node_changes
from scoring.engine import months_before
from scoring.portfolio import BY_PROFILE, EPOCH, TO_RECONFIRM, Book, read, table
from scoring.ranking import best_practice, side_by_side
from scoring.trend import trend
from scoring.units import Tree, Unit
from tenken.books import portfolio
from tenken.comparison import Asked, compared
from tenken.content import load_content
from tenken.course import read_course, step
from tenken.i18n import words
from tenken.store import Store
from tests import factories
from tests.bench.screens import visits
from tests.bench.table import Row, clocked, percentile, promised, spread
from tests.browser.drive import serving
from tests.many_units import fill

UNITS, QUARTERS, COMPANIES = 300, 20, 10
GROUP = 1
LIMIT_MS = 150
CHANGE_LIMIT_MS = 50
LEVELS_LIMIT_MS = 3
STORED_LIMIT_MS = 300
PAGE_LIMIT_MS = 500
AUDITS, AUDIT_QUESTIONS, AUDITS_LIMIT_MS = 100, 123, 50


@lru_cache(maxsize=1)
def tree() -> Tree:
    """A group of ten companies whose departments report; weights 1 to 3."""
    companies = [factories.unit(100 + n, GROUP, "company") for n in range(COMPANIES)]
    departments = [factories.unit(1000 + n, 100 + n % COMPANIES, weight=n % 3 + 1) for n in range(UNITS)]
    return Tree((factories.unit(GROUP, None, "group"), *companies, *departments))


@lru_cache(maxsize=1)
def books() -> tuple[Book, ...]:
    """Quarter after quarter about a tenth of all answers changes; companies answer what is of company scope."""
    asked, random = load_content().checklist, np.random.default_rng(5)
    company = np.array([question.scope == "company" for question in asked.questions])
    answers = np.array([unit.is_company for unit in tree().units])[:, None] == company
    shape = answers.shape
    levels = random.integers(-3, len(asked.choices), size=shape)
    found = []
    for number in range(QUARTERS):
        day = months_before(date(2026, 12, 31), 3 * (QUARTERS - 1 - number))
        levels = np.where(random.random(shape) < 0.1, random.integers(-3, len(asked.choices), size=shape), levels)
        dated = (day - EPOCH).days - random.integers(0, 500, size=shape)
        marks = random.choice([0, TO_RECONFIRM, BY_PROFILE], size=shape)
        stored = np.where(answers, levels, -1).astype(np.int8)
        ids = tuple(unit.id for unit in tree().units)
        found.append(Book(tree(), asked, ids, stored, dated.astype(np.int32), marks.astype(np.uint8), day))
    return tuple(found)


def compare_numbers() -> None:
    """Both views of the last quarter: places, medians, all differences; what the best does that one unit does not."""
    portfolio = read(books()[-1])
    units: tuple[Unit, ...] = portfolio.book.tree.reporting(GROUP)
    for sums in (table(portfolio, "own"), table(portfolio, "whole")):
        found = side_by_side(sums, units)
        [found.difference(line, column) for line in found.lines for column in range(len(found.columns))]
        best_practice(sums, units[0], units)


def trend_numbers() -> None:
    """Every quarter on one edition of the statistics, the older ones with another of their own; and the last change."""
    outside = load_content().outside
    older = replace(outside, matrix=replace(outside.matrix, edition="older"))
    portfolios = [read(book) for book in books()]
    trend([(portfolio, older if number < QUARTERS - 4 else outside) for number, portfolio in enumerate(portfolios)], GROUP, outside)
    by_kind(node_changes(portfolios[-2], portfolios[-1], GROUP) or ())


def rows() -> Iterator[Row]:
    name = f"{UNITS} units x {QUARTERS} quarters"
    first, last = books()[0], books()[-1]
    took = list(clocked(lambda: read(last), 30))
    yield promised(f"answers that count, {UNITS} units", spread(took), percentile(took, 50), LEVELS_LIMIT_MS, "ms")
    old, new = read(first), read(last)
    took = list(clocked(lambda: node_changes(old, new, GROUP), 30))
    yield promised(f"change between two quarters, {UNITS} units", spread(took), percentile(took, 50), CHANGE_LIMIT_MS, "ms")
    compare, over_time = (list(clocked(work, 15)) for work in (compare_numbers, trend_numbers))
    yield Row(f"compare numbers of {name}", spread(compare))
    yield Row(f"trend numbers of {name}", spread(over_time))
    both = [one + other for one, other in zip(compare, over_time, strict=True)]
    yield promised(f"compare and trend numbers, {name}, from arrays", spread(both), percentile(both, 50), LIMIT_MS, "ms")
    yield from audit_rows()
    yield from stored_rows()


def audit_rows() -> Iterator[Row]:
    """A hundred sheets of 123 questions side by side: places, medians, differences."""
    asked = factories.checklist({"physical": [f"q{n}" for n in range(AUDIT_QUESTIONS)]})
    units = tuple(factories.unit(number) for number in range(1, AUDITS + 1))
    random, shape = np.random.default_rng(5), (AUDITS, AUDIT_QUESTIONS)
    blank = np.zeros(shape, dtype=np.int32)
    levels = random.integers(-3, len(asked.choices), size=shape).astype(np.int8)
    book = Book(Tree(units), asked, tuple(unit.id for unit in units), levels, blank, blank.astype(np.uint8), date(2026, 12, 31))

    def numbers() -> None:
        found = side_by_side(table(read(book)), units)
        [found.difference(line, column) for line in found.lines for column in range(len(found.columns))]

    took = list(clocked(numbers, 30))
    yield promised(f"{AUDITS} audits x {AUDIT_QUESTIONS} questions", spread(took), percentile(took, 50), AUDITS_LIMIT_MS, "ms")


def stored_rows() -> Iterator[Row]:
    """The same from a database that holds nothing but these quarters; then both pages at a real server."""
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        store = Store.open(f"sqlite:///{home / 'tenken.db'}")
        fill(store, UNITS, QUARTERS)
        today, periods, _ = date.today(), store.periods(GROUP), words("ja")

        def compare() -> None:
            compared(portfolio(store, periods[-1], today), Asked(), _)

        def over_time() -> None:
            step(read_course(store, periods, GROUP, "whole", today), QUARTERS - 2, QUARTERS - 1)

        one, other = (list(clocked(work, 15)) for work in (compare, over_time))
        store.close()
        name = f"{UNITS} units x {QUARTERS} quarters from the database"
        yield promised(f"compare numbers, {name}", spread(one), percentile(one, 50), STORED_LIMIT_MS, "ms")
        yield promised(f"trend numbers, {name}", spread(other), percentile(other, 50), STORED_LIMIT_MS, "ms")
        with serving(home) as server:
            for page in ("compare", "trend"):
                took = [run.milliseconds for run in asyncio.run(visits(server.port, page, {}))]
                yield promised(
                    f"page run: {page}, {UNITS} units x {QUARTERS} quarters", spread(took), percentile(took, 50), PAGE_LIMIT_MS, "ms"
                )
