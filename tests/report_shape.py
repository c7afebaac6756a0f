"""Reports looked at before any format is made of them: as many cells as columns, numbers that are the text, bars inside their axis."""

from collections.abc import Iterator

from tenken.reports.model import Block, Chart, Figure, Report, Table, Value
from tenken.reports.words import number


def faults(report: Report) -> list[str]:
    """What no renderer can make good; empty when nothing is wrong."""
    found = []
    for page in report.pages:
        if not page.title.strip() or not page.name.strip():
            found.append(f"{page.id}: has no title")
        for block in page.blocks:
            found += (f"{page.id}: {fault}" for fault in _block(block))
    return found


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Chart):
        yield from _chart(block)
    elif isinstance(block, tuple):
        yield from (fault for figure in block for fault in _figure(figure))


def _table(table: Table) -> Iterator[str]:
    if not table.columns:
        yield f"table {table.id} has no columns"
    if uneven := {len(row) for row in table.rows} - {len(table.columns)}:
        yield f"table {table.id} has rows of {min(uneven)} cells, {len(table.columns)} columns"
    if not table.rows and not table.empty:
        yield f"table {table.id} is empty and says nothing"
    if len(table.rows) > table.on_slide > 0 and not table.more:
        yield f"table {table.id} is cut on slides without a word"
    for cell in (cell for row in table.rows for cell in row):
        if cell.number is not None and not any(number(part.rstrip("%※")) == cell.number for part in (cell.text, cell.text.split(" ")[-1])):
            yield f"table {table.id} says {cell.text} and keeps {cell.number}"


def _chart(chart: Chart) -> Iterator[str]:
    if not chart.categories or not chart.series:
        yield f"chart {chart.id} is empty"
    if len(chart.ends) != len(chart.categories):
        yield f"chart {chart.id} has {len(chart.ends)} ends for {len(chart.categories)} bars"
    for series in chart.series:
        if not len(series.values) == len(series.labels) == len(chart.categories):
            yield f"chart {chart.id}: {series.name} has {len(series.values)} values for {len(chart.categories)} categories"
        if any(value is not None and not chart.low <= value <= chart.high for value in series.values):
            yield f"chart {chart.id}: {series.name} leaves its axis"
    if not chart.alt.strip():
        yield f"chart {chart.id} says nothing to who cannot see it"


def _figure(figure: Figure) -> Iterator[str]:
    if not 0 <= figure.low <= figure.high <= 100 or (figure.mark is not None and not 0 <= figure.mark <= 100):
        yield f"figure {figure.id}: its bar is {figure.low}, {figure.high}, {figure.mark}"
    for value in (figure.value, figure.change):
        yield from _value(figure.id, value)


def _value(where: str, value: Value | None) -> Iterator[str]:
    if value is not None and number(value.text) != value.number:
        yield f"figure {where} says {value.text} and keeps {value.number}"
