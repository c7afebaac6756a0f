"""Quarters: open and close, what they are judged by, and how one follows the other."""

import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, exists, insert, select, update
from sqlalchemy import Row as SqlRow

from scoring.model import Checklist
from scoring.units import Tree
from tenken.errors import Closed, Conflict, NotFound
from tenken.quarters import quarter_of
from tenken.store import log, schema, sheets, states, trail
from tenken.store.answers import new_sheet
from tenken.store.database import Database, insert_missing, one
from tenken.store.levels import encode
from tenken.store.log import Line
from tenken.store.units import tree_on, trees_on, unit_from_json, unit_json
from tenken.store.values import ContentKind, Entry, Period, Pins, Seal


class Periods(Database):
    """When it is asked."""

    def periods(self, root_id: int) -> tuple[Period, ...]:
        """The quarters of an organisation, oldest first."""
        wanted = select(schema.period).where(schema.period.c.node_id == root_id).order_by(schema.period.c.start_date)
        with self._read() as connection:
            return tuple(_period(row) for row in connection.execute(wanted))

    def period(self, period_id: int) -> Period:
        """Raises NotFound('period')."""
        with self._read() as connection:
            return _period(one(connection, schema.period, "period", period_id))

    def period_for(self, root_id: int, day: date, fiscal_start: int = 4, pins: Pins | None = None) -> Period:
        """The quarter that holds `day`, created open, without a due date, when it is missing."""
        quarter = quarter_of(day, fiscal_start)
        days = (schema.period.c.start_date == quarter.start, schema.period.c.end_date == quarter.end)
        wanted = select(schema.period).where(schema.period.c.node_id == root_id, *days)
        with self._read() as connection:
            found = connection.execute(wanted).one_or_none()
        if found is None:
            with self._write() as connection:
                one(connection, schema.node, "unit", root_id)
                given = {"start_date": quarter.start, "end_date": quarter.end, "state": "open", "fiscal_start": fiscal_start}
                insert_missing(connection, schema.period, node_id=root_id, **given, **_pinned(pins))
                found = connection.execute(wanted).one()
        return _period(found)

    def open_period(
        self, root_id: int, day: date, *, fiscal_start: int, due: date | None, pins: Pins, checklist: Checklist, person: str
    ) -> Period:
        """Opens the quarter that holds `day`. What was answered in the newest quarter before it stands in its sheets as
        carried over; sheets of units that are no more are not made.

        Raises Conflict('period_exists' | 'period_overlaps' | 'period_not_last'), UnitsError, NotFound.
        """
        quarter = quarter_of(day, fiscal_start)
        with self._write() as connection:
            earlier = self._last_before(connection, root_id, quarter.start, quarter.end)
            values = {"node_id": root_id, "start_date": quarter.start, "end_date": quarter.end, "state": "open", "due_date": due}
            statement = insert(schema.period).values(**values, fiscal_start=fiscal_start, **_pinned(pins)).returning(schema.period)
            opened = _period(connection.execute(statement).one())
            author = self._author(connection, person)
            trail.append(connection, root_id, "period_opened", _said(opened), author)
            if earlier is not None:
                self._carry(connection, earlier, opened, checklist, author)
            return opened

    def _last_before(self, connection: Connection, root_id: int, start: date, end: date) -> int | None:
        wanted = select(schema.period).where(schema.period.c.node_id == root_id).order_by(schema.period.c.start_date.desc())
        newest = connection.execute(wanted.limit(1)).one_or_none()
        if newest is None:
            return None
        if (newest.start_date, newest.end_date) == (start, end):
            raise Conflict("period_exists")
        if newest.start_date > start:
            raise Conflict("period_not_last")
        if newest.end_date >= start:
            raise Conflict("period_overlaps")
        return int(newest.id)

    def _carry(self, connection: Connection, earlier: int, opened: Period, checklist: Checklist, author: log.Author) -> None:
        tree = tree_on(connection, opened.root, opened.end)
        wanted = select(schema.sheet).where(schema.sheet.c.period_id == earlier, schema.sheet.c.checklist_id == checklist.id)
        found = [row for row in connection.execute(wanted.order_by(schema.sheet.c.id)).all() if row.node_id in tree]
        said = log.newest_by_sheet(connection, [row.id for row in found])
        for row in found:
            new_sheet(connection, row.node_id, opened.id, checklist)
            place = sheets.place(row.node_id, opened.id, checklist.id)
            sheet = sheets.value(connection.execute(select(schema.sheet).where(*place)).one())
            profile = sheets.value(row).profile
            lines = carried(checklist, said[row.id], profile)
            entries, written = log.append_all(connection, sheet.id, lines, author)
            if written:
                trail.answers(connection, opened.root, sheet, written, author)
            sheets.put(connection, replace(sheet, profile=profile), encode(checklist, entries))

    def set_due(self, period_id: int, due: date | None, *, person: str) -> Period:
        """The day by which sheets are to be submitted. Raises NotFound, Closed."""
        with self._write() as connection:
            root = sheets.open_period(connection, period_id)
            connection.execute(update(schema.period).where(schema.period.c.id == period_id).values(due_date=due))
            said = {"period": period_id, "due": due.isoformat() if due else None}
            trail.append(connection, root, "due", said, self._author(connection, person))
            return _period(one(connection, schema.period, "period", period_id))

    def close_period(self, period_id: int, seal: Seal, *, person: str) -> None:
        """Closes a quarter all of whose sheets are sealed, but for those on which nothing was ever answered (of units that are
        asked nothing); its units are kept as they are now. Raises Closed('period_closed' |
        'period_unsealed'), NotFound."""
        with self._write() as connection:
            root = sheets.open_period(connection, period_id)
            period = one(connection, schema.period, "period", period_id)
            said_something = exists().where(schema.answer_log.c.sheet_id == schema.sheet.c.id)
            open_ones = (schema.sheet.c.period_id == period_id, schema.sheet.c.state != "sealed", said_something)
            unsealed = select(schema.sheet.c.id).where(*open_ones)
            if rest := connection.execute(unsealed).scalars().all():
                raise Closed("period_unsealed", n=len(rest))
            tree = json.dumps([unit_json(unit) for unit in tree_on(connection, root, period.end_date).units], ensure_ascii=False)
            connection.execute(update(schema.period).where(schema.period.c.id == period_id).values(state="closed", tree=tree))
            connection.execute(insert(schema.seal).values(period_id=period_id, document=seal.document, sha256=seal.sha256))
            said = {"period": period_id, "sha256": seal.sha256}
            trail.append(connection, root, "period_closed", said, self._author(connection, person))

    def tree_of(self, period: Period) -> Tree:
        """The units that a quarter counts: of its last day, and once it is closed as they were then."""
        return self.trees_of([period])[0]

    def trees_of(self, periods: Sequence[Period]) -> tuple[Tree, ...]:
        """`tree_of` some quarters of one organisation, each different tree made once."""
        ids = [period.id for period in periods]
        with self._read() as connection:
            wanted = select(schema.period.c.id, schema.period.c.tree).where(schema.period.c.id.in_(ids))
            kept: dict[int, str | None] = {row.id: row.tree for row in connection.execute(wanted)}
            if missing := [period_id for period_id in ids if period_id not in kept]:
                raise NotFound("period", id=missing[0])
            live = [period for period in periods if kept[period.id] is None]
            trees = dict(
                zip(
                    [period.id for period in live],
                    trees_on(connection, live[0].root, [each.end for each in live]) if live else (),
                    strict=True,
                )
            )
        texts = {text: _kept_tree(text) for text in kept.values() if text is not None}
        return tuple(trees[period_id] if (text := kept[period_id]) is None else texts[text] for period_id in ids)

    # --- content -----------------------------------------------------------------------------------------------------

    def keep_content(self, kind: ContentKind, content_hash: str, edition: str, files: Mapping[str, str]) -> None:
        """Keeps the files that a quarter is judged by; what is kept already stays as it is."""
        with self._read() as connection:
            if connection.execute(select(schema.content.c.hash).where(schema.content.c.hash == content_hash)).one_or_none():
                return
        packed = zlib.compress(json.dumps(dict(files), ensure_ascii=False, sort_keys=True).encode())
        with self._write() as connection:
            insert_missing(connection, schema.content, hash=content_hash, kind=kind, edition=edition, files=packed)

    def content(self, content_hash: str) -> dict[str, str]:
        """{file name: text} of kept content. Raises NotFound('content')."""
        with self._read() as connection:
            found = connection.execute(select(schema.content.c.files).where(schema.content.c.hash == content_hash)).scalar_one_or_none()
        if found is None:
            raise NotFound("content", hash=content_hash)
        files: dict[str, str] = json.loads(zlib.decompress(bytes(found)))
        return files

    def editions(self, hashes: Collection[str]) -> dict[str, str]:
        """{hash: the edition that its content calls itself}."""
        with self._read() as connection:
            wanted = select(schema.content.c.hash, schema.content.c.edition).where(schema.content.c.hash.in_(hashes))
            return {row.hash: row.edition for row in connection.execute(wanted)}


def _kept_tree(text: str) -> Tree:
    return Tree(tuple(unit_from_json(unit) for unit in json.loads(text)))


def carried(checklist: Checklist, entries: Mapping[str, Entry], profile: Mapping[str, bool] | None) -> Sequence[Line]:
    """The first lines of a new sheet: what the sheet before it said, as far as it is still asked. What the profile answered it
    answers again; what a person answered is to be reconfirmed."""
    lines = []
    for question in checklist.questions:
        entry = entries.get(question.id)
        out = states.left_out(question, profile)
        if entry is None or entry.answer is None or entry.by_profile:
            if out:
                lines.append(Line(question.id, states.profile_answer(question), "profile"))
        else:
            lines.append(Line(question.id, entry.answer, "carried", since=entry.since or entry.at))
    return lines


def _pinned(pins: Pins | None) -> dict[str, str]:
    if pins is None:
        return {}
    return {"checklist_hash": pins.checklist, "statistics_hash": pins.statistics, "matrix_hash": pins.matrix}


def _said(period: Period) -> dict[str, Any]:
    pins = period.pins
    return {
        "period": period.id, "start": period.start.isoformat(), "end": period.end.isoformat(),
        "due": period.due.isoformat() if period.due else None, "pins": [pins.checklist, pins.statistics, pins.matrix] if pins else None,
        "fiscal_start": period.fiscal_start,
    }  # fmt: skip


def _period(row: SqlRow[Any]) -> Period:
    pins = Pins(row.checklist_hash, row.statistics_hash, row.matrix_hash) if row.checklist_hash else None
    return Period(row.id, row.node_id, row.start_date, row.end_date, row.state, row.due_date, row.fiscal_start, pins)
