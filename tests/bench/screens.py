"""Every screen's script run at a real server, in Japanese, with the sample company: from the request to the last word."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.tab import Run, tab
from tests.bench.table import Row, percentile, spread
from tests.browser.drive import serving

RUNS = 30
SCREENS: dict[str, tuple[str, dict[str, str]]] = {
    "overview": ("", {}),
    "answers": ("answer", {"mode": "full"}),
    "compare": ("compare", {}),
    "trend": ("trend", {}),
    "statistics": ("statistics", {}),
    "about": ("about", {}),
    "plan": ("plan", {}),
    "what if": ("whatif", {}),
    "corrective actions": ("actions", {}),
    "replay": ("replay", {}),
    "targets": ("targets", {}),
    "explain": ("explain", {"of": "score"}),
}


def rows() -> Iterator[Row]:
    """One row a screen, caches warm; and one answer of one card alone."""
    with TemporaryDirectory() as folder, serving(Path(folder) / "home", sample=True) as server:
        for name, (page, query) in SCREENS.items():
            yield _row(f"screen: {name}", asyncio.run(visits(server.port, page, query)))
        yield _row("card: one answer of one person", asyncio.run(_answers(server.port)))


def _row(name: str, runs: list[Run]) -> Row:
    size = percentile([run.size for run in runs], 50)
    return Row(name, f"{spread([run.milliseconds for run in runs])}; {size / 1000:,.0f} kB")


async def visits(port: int, page: str, query: dict[str, str]) -> list[Run]:
    """One page again and again in one tab, the first three left out."""
    async with tab(port) as own:
        runs = [await own.visit(page, **query) for _ in range(RUNS + 3)]
    return runs[3:]


async def _answers(port: int) -> list[Run]:
    async with tab(port) as own:
        await own.visit("answer", mode="full")
        key = next(iter(own.radios))
        runs = [await own.choose(key, n % 5) for n in range(RUNS + 3)]
    return runs[3:]
