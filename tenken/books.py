"""Quarters as arrays: from the store's rows to what scoring judges many sheets by."""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from scoring.assessment import Outside
from scoring.engine import places
from scoring.model import Checklist
from scoring.portfolio import Book, Portfolio, read
from scoring.units import Tree
from tenken.editions import content_of
from tenken.progress import Progress, progress
from tenken.store import Entry, Period, Row, Store
from tenken.store.levels import encode


def judged_on(period: Period, today: date) -> date:
    """The day that evidence is judged by: the quarter's last once it is closed, today before."""
    return period.end if period.state == "closed" else today


def portfolio(store: Store, period: Period, today: date) -> Portfolio:
    """All sheets of one quarter."""
    return portfolios(store, [period], today)[0][0]


def portfolios(store: Store, periods: Sequence[Period], today: date) -> tuple[tuple[Portfolio, Outside], ...]:
    """All sheets of some quarters, read at once, each with the statistics that it was judged by."""
    contents = [content_of(store, period.pins) for period in periods]
    rows: dict[int, list[Row]] = {period.id: [] for period in periods}
    for checklist_id in sorted({content.checklist.id for content in contents}):
        for row in store.rows([period.id for period in periods], checklist_id):
            rows[row.period].append(row)
    found = []
    for period, content, tree in zip(periods, contents, store.trees_of(periods), strict=True):
        found.append((read(_book(store, tree, content.checklist, rows[period.id], judged_on(period, today))), content.outside))
    return tuple(found)


def quarter_progress(store: Store, period: Period, today: date) -> Progress:
    """How far all sheets of a quarter are, unit by unit."""
    checklist = content_of(store, period.pins).checklist
    rows = store.rows([period.id], checklist.id)
    book = _book(store, store.tree_of(period), checklist, rows, judged_on(period, today))
    return progress(book, {row.unit: row.state for row in rows}, period.due, today)


def _book(store: Store, tree: Tree, checklist: Checklist, rows: Sequence[Row], as_of: date) -> Book:
    standing = _following(store, [row for row in rows if row.unit in tree], checklist)
    shape = (len(standing), len(places(checklist)))
    return Book(
        tree=tree,
        checklist=checklist,
        units=tuple(row.unit for row in standing),
        levels=np.frombuffer(b"".join(row.levels for row in standing), dtype=np.int8).reshape(shape),
        dated=np.frombuffer(b"".join(row.dated for row in standing), dtype="<i4").astype(np.int32, copy=False).reshape(shape),
        marks=np.frombuffer(b"".join(row.marks for row in standing), dtype=np.uint8).reshape(shape),
        as_of=as_of,
    )


def _following(store: Store, rows: Sequence[Row], checklist: Checklist) -> Sequence[Row]:
    """Sheets that were last written under another content of their checklist, in the order of this one."""
    older = [row.sheet for row in rows if row.content_hash != checklist.content_hash]
    entries = store.entries_of(older) if older else {}
    return [_follow(row, checklist, entries[row.sheet].values()) if row.sheet in entries else row for row in rows]


def _follow(row: Row, checklist: Checklist, entries: Iterable[Entry]) -> Row:
    blobs = encode(checklist, entries)
    return Row(row.sheet, row.unit, row.period, row.state, checklist.content_hash, blobs.levels, blobs.dated, blobs.marks)
