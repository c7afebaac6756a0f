"""How long a report takes, format by format: twelve units over six quarters, and three hundred units."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tenken.i18n import words
from tenken.reports import pdf, pptx, xlsx
from tenken.reports.answers import answers_of
from tenken.reports.build import report_of
from tenken.reports.facts import Asked, read_facts
from tests.bench.table import Row, clocked, percentile, promised, spread
from tests.made_up import TODAY, make
from tests.rendered import quick

RUNS = 5
LIMITS = {"deck": 1.5, "document": 1.0, "workbook": 1.5}  # seconds, twelve units over six quarters
MANY_LIMIT = 5.0
TWELVE, THREE_HUNDRED = 289, 7  # numbers of tests.made_up


def rows() -> Iterator[Row]:
    yield from _rows(TWELVE, LIMITS)
    yield from _rows(THREE_HUNDRED, dict.fromkeys(LIMITS, MANY_LIMIT))


def _rows(seed: int, limits: dict[str, float]) -> Iterator[Row]:
    with TemporaryDirectory() as folder, quick(Path(folder) / "tenken.db") as store:
        made, _ = make(store, seed), words("ja")
        size = f"{made.company.units} units x {made.company.quarters} quarters"
        asked = Asked()
        reading = list(clocked(lambda: read_facts(store, made.root, asked, TODAY), RUNS))
        facts = read_facts(store, made.root, asked, TODAY)
        writing = list(clocked(lambda: report_of(facts, _), RUNS))
        yield Row(f"report: read the numbers, {size}", spread(reading))
        yield Row(f"report: say them, {size}", spread(writing))
        report = report_of(facts, _)
        formats: dict[str, Callable[[], bytes]] = {
            "deck": lambda: pptx.render(report),
            "document": lambda: pdf.render(report),
            "workbook": lambda: xlsx.render(report, answers_of(facts, _)),
        }
        for name, work in formats.items():  # each with all that comes before it, as somebody waits for it
            took = list(clocked(work, RUNS))
            whole = (percentile(took, 50) + percentile(reading, 50) + percentile(writing, 50)) / 1000
            yield promised(f"{name}, {size}", f"{spread(took)}, {len(work()) // 1000:,} kB", whole, limits[name], "s")
        yield Row(f"one-page summary, {size}", spread(list(clocked(lambda: pdf.render_summary(report), RUNS))))
