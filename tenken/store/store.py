"""The store: what is kept, and the only way to it. Every write is one transaction, on disk when the method returns.

All methods raise tenken.errors.Unavailable when the database cannot be used; nothing is written then.
"""

import json
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, bindparam, delete, false, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from scoring.engine import codes, places
from scoring.errors import AnswerError
from scoring.model import NA_WORD, Answer, Checklist, Text
from tenken.errors import Conflict, NotFound, Unavailable
from tenken.quarters import quarter_of
from tenken.store import log, schema, sheets, states
from tenken.store.connect import BUSY_MS, connect, database_file, migrate, refuses_writing, revision, translated
from tenken.store.levels import encode, patch
from tenken.store.values import Entry, Origin, Period, Readiness, Saved, Sheet, Unit

_PERSON = select(schema.person.c.id).where(schema.person.c.name == bindparam("name"))

_CAN_WRITE = update(schema.setting).where(false()).values(key="")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """One database. Any number of threads may share a store; a connection is never shared."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._reader, self._writer = engine, engine.execution_options(writes=True)
        self._now = now
        self._turn = threading.Lock()

    @classmethod
    def open(cls, url: str, *, now: Callable[[], datetime] = utc_now) -> "Store":
        """The store at `url`, created and brought to the newest schema. Raises SettingsError, Newer, Unavailable."""
        engine = connect(url)
        try:
            migrate(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, now)

    def close(self) -> None:
        """Lets go of the database; for commands and tests, a server keeps its store."""
        self._reader.dispose()

    def ready(self) -> Readiness:
        """Writes, takes it back, and tells what it found."""
        file = database_file(self._reader.url)
        with self._in_turn(), translated(), self._writer.connect() as connection:
            _insert_missing(connection, schema.setting, key="ready", value="null")
            present = revision(connection)
            connection.rollback()
            return Readiness(present, True, shutil.disk_usage(file.absolute().parent).free if file else None)

    # --- units ---------------------------------------------------------------------------------------------------

    def units(self) -> tuple[Unit, ...]:
        """All nodes, sample ones too, oldest first."""
        with self._read() as connection:
            return tuple(_unit(row) for row in connection.execute(select(schema.node).order_by(schema.node.c.id)))

    def company(self, sample: bool = False) -> Unit | None:
        """The real company, or the sample one; None before it is created."""
        with self._read() as connection:
            return _company(connection, sample)

    def create_company(self, name: Text, sample: bool = False) -> Unit:
        """The company at the root. Raises Conflict('company_exists') when there is one already."""
        with self._write() as connection:
            created = _insert_missing(
                connection,
                schema.node,
                kind="company",
                name_ja=name.ja,
                name_en=name.en,
                reporting=True,
                sample=sample,
            )
            unit = _company(connection, sample)
            if unit is None or not created:
                raise Conflict("company_exists", theirs=unit, yours=name)
            return unit

    def rename(self, unit_id: int, name: Text) -> Unit:
        """The unit under its new name. Raises NotFound."""
        with self._write() as connection:
            connection.execute(update(schema.node).where(schema.node.c.id == unit_id).values(name_ja=name.ja, name_en=name.en))
            return _unit(_one(connection, schema.node, "unit", unit_id))

    def remove_sample(self) -> None:
        """Deletes the sample nodes with all their sheets and answers, and nothing else."""
        nodes = select(schema.node.c.id).where(schema.node.c.sample)
        theirs = select(schema.sheet.c.id).where(schema.sheet.c.node_id.in_(nodes))
        with self._write() as connection:
            connection.execute(delete(schema.answer_log).where(schema.answer_log.c.sheet_id.in_(theirs)))
            connection.execute(delete(schema.sheet).where(schema.sheet.c.node_id.in_(nodes)))
            connection.execute(delete(schema.node).where(schema.node.c.sample))

    # --- quarters and sheets -------------------------------------------------------------------------------------

    def period_for(self, day: date, fiscal_start_month: int = 4) -> Period:
        """The quarter that holds `day`, created open when it is missing."""
        quarter = quarter_of(day, fiscal_start_month)
        wanted = select(schema.period).where(schema.period.c.start_date == quarter.start, schema.period.c.end_date == quarter.end)
        with self._read() as connection:
            found = connection.execute(wanted).one_or_none()
        if found is None:
            with self._write() as connection:
                _insert_missing(connection, schema.period, start_date=quarter.start, end_date=quarter.end, state="open")
                found = connection.execute(wanted).one()
        return _period(found)

    def sheet(self, unit_id: int, period_id: int, checklist: Checklist) -> Sheet:
        """The unit's sheet of the quarter, created when it is missing.

        In an open quarter the sheet follows the checklist: when its content has changed, `levels` is worked out anew
        from the log. In a closed one it stays with the content it was answered with.
        Raises NotFound('unit' | 'period'), and Closed for a sheet that a closed quarter does not have.
        """
        place = sheets.place(unit_id, period_id, checklist.id)
        with self._read() as connection:
            joined = select(schema.sheet, schema.period.c.state).join_from(schema.sheet, schema.period).where(*place)
            found = connection.execute(joined).one_or_none()
        if found and (found.state != "open" or found.content_hash == checklist.content_hash):
            return sheets.value(found)
        with self._write() as connection:
            _one(connection, schema.node, "unit", unit_id)
            sheets.open_period(connection, period_id)
            _insert_missing(
                connection,
                schema.sheet,
                node_id=unit_id,
                period_id=period_id,
                checklist_id=checklist.id,
                edition=checklist.edition,
                content_hash=checklist.content_hash,
                levels=encode(checklist, {}),
                version=1,
            )
            sheet_id = connection.execute(select(schema.sheet.c.id).where(*place)).scalar_one()
            sheet = sheets.lock(connection, sheet_id, checklist)[0]
        # What the content newly asks is left out by the same facts as before.
        return self.save_profile(sheet, checklist, sheet.profile, person="") if sheet.profile else sheet

    def levels(self, sheet_id: int) -> bytes:
        """int8 codes, one per question in the order of the checklist that the sheet's content_hash names."""
        with self._read() as connection:
            return bytes(_one(connection, schema.sheet, "sheet", sheet_id).levels)

    # --- answers -------------------------------------------------------------------------------------------------

    def entries(self, sheet_id: int) -> dict[str, Entry]:
        """{question: its newest entry}, withdrawn ones included, also of questions that are not asked any more."""
        with self._read() as connection:
            return log.newest(connection, sheet_id)

    def history(self, sheet_id: int, question_id: str) -> tuple[Entry, ...]:
        """Everything that was ever answered to one question, newest first."""
        with self._read() as connection:
            return log.history(connection, sheet_id, question_id)

    def save(
        self,
        sheet: Sheet,
        checklist: Checklist,
        question_id: str,
        answer: Answer | None,
        *,
        person: str,
        seen: int,
        origin: Origin = "person",
    ) -> Saved:
        """Appends an answer, or withdraws it (None). `seen`: id of the entry that was on screen, 0 for none.

        Raises AnswerError('unknown_question' | 'unknown_choice' | 'reason_required' | 'unreadable_text'),
        Conflict('answer_changed') when another entry is newer than `seen`, Closed, NotFound('sheet').
        """
        check(checklist, question_id, answer)
        said = replace(answer, by_profile=False) if answer else None
        with self._write() as connection:
            current, levels = sheets.lock(connection, sheet.id, checklist)
            newest = log.newest_of(connection, current.id, question_id)
            if (newest.id if newest else 0) != seen:
                raise Conflict("answer_changed", question=question_id, theirs=newest, yours=answer)
            entry = log.append(connection, current.id, question_id, said, self._author(connection, person), origin)
            levels = patch(checklist, levels, {question_id: entry.choice})
            return Saved(entry, sheets.put(connection, current, levels).version)

    def save_profile(self, sheet: Sheet, checklist: Checklist, profile: Mapping[str, bool], *, person: str) -> Sheet:
        """Keeps the profile, answers `na` where it leaves a question out, and brings a person's own answer back
        where it does no more. An unchanged profile appends nothing. Raises Closed, NotFound('sheet')."""
        with self._write() as connection:
            current, levels = sheets.lock(connection, sheet.id, checklist)
            past = log.past(connection, current.id)
            changes = states.profile_changes(checklist, current.profile, profile, past)
            if not changes and current.profile == profile:
                return current
            log.append_all(connection, current.id, changes, self._author(connection, person), "profile")
            choices = {question: answer.choice if answer else None for question, answer in changes.items()}
            return sheets.put(connection, replace(current, profile=dict(profile)), patch(checklist, levels, choices))

    def undo(self, sheet: Sheet, checklist: Checklist, *, person: str) -> Saved | None:
        """Appends the state from before the newest answer of a person, whoever that was; again, and it goes back one
        further. None when nothing is left to undo. Raises Closed, NotFound('sheet')."""
        with self._write() as connection:
            current, levels = sheets.lock(connection, sheet.id, checklist)
            past = log.past(connection, current.id)
            last = states.undoable(checklist, past)
            if last is None:
                return None
            answer = states.before(checklist, last, current.profile, past)
            author = self._author(connection, person)
            entry = log.append(connection, current.id, last.question, answer, author, "undo", undoes=last.id)
            levels = patch(checklist, levels, {entry.question: entry.choice})
            return Saved(entry, sheets.put(connection, current, levels).version)

    def stray_sheets(self, checklist: Checklist) -> tuple[int, ...]:
        """Sheets of this content whose `levels` are not what their log says: there should be none."""
        wanted = select(schema.sheet.c.id, schema.sheet.c.levels).where(
            schema.sheet.c.checklist_id == checklist.id, schema.sheet.c.content_hash == checklist.content_hash
        )
        with self._read() as connection:
            rows = connection.execute(wanted.order_by(schema.sheet.c.id)).all()
            said = log.choices(connection, [row.id for row in rows])
            return tuple(row.id for row in rows if bytes(row.levels) != encode(checklist, said[row.id]))

    def newest_entry(self) -> datetime | None:
        """When the newest entry of all was written."""
        newest = select(schema.answer_log.c.at).order_by(schema.answer_log.c.id.desc()).limit(1)
        with self._read() as connection:
            found = connection.execute(newest).scalar_one_or_none()
        return datetime.fromisoformat(found) if found else None

    def people(self) -> tuple[str, ...]:
        """The names of everybody who wrote something, in the order of their first time."""
        with self._read() as connection:
            return tuple(connection.execute(select(schema.person.c.name).order_by(schema.person.c.id)).scalars())

    # --- settings ------------------------------------------------------------------------------------------------

    def setting(self, key: str) -> Any:
        """The JSON value kept under `key`; None when there is none."""
        with self._read() as connection:
            found = connection.execute(select(schema.setting.c.value).where(schema.setting.c.key == key)).scalar_one_or_none()
            return None if found is None else json.loads(found)

    def put_setting(self, key: str, value: Any) -> None:
        """Keeps a JSON value under `key`."""
        text = json.dumps(value, ensure_ascii=False)
        with self._write() as connection:
            if not _insert_missing(connection, schema.setting, key=key, value=text):
                connection.execute(update(schema.setting).where(schema.setting.c.key == key).values(value=text))

    # --- inside --------------------------------------------------------------------------------------------------

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with translated(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._in_turn(), translated(), self._begun() as connection, connection.get_transaction() or nullcontext():
            yield connection

    def _begun(self) -> Connection:
        """A connection whose transaction has begun. One that was opened while the file could not be written is met here
        once, and has been dropped by then: the next one can write, if the file can be written again."""
        for again in (True, False):
            connection = self._writer.connect()
            try:
                connection.begin()
                # Changes nothing, but needs a connection that could: BEGIN IMMEDIATE does not.
                connection.execute(_CAN_WRITE)
                break
            except BaseException as error:
                connection.close()
                if not again or not isinstance(error, DBAPIError) or not refuses_writing(error):
                    raise
        return connection

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """One writer of this process at a time on SQLite: its own waiting is a lottery that somebody always loses."""
        if self._writer.dialect.name != "sqlite":
            yield
            return
        if not self._turn.acquire(timeout=BUSY_MS / 1000):
            raise Unavailable("locked")
        try:
            yield
        finally:
            self._turn.release()

    def _author(self, connection: Connection, name: str) -> log.Author:
        found = connection.execute(_PERSON, {"name": name}).scalar_one_or_none()
        if found is None:
            _insert_missing(connection, schema.person, name=name)
            found = connection.execute(_PERSON, {"name": name}).scalar_one()
        return log.Author(found, name, self._now().astimezone(UTC))


def check(checklist: Checklist, question_id: str, answer: Answer | None) -> None:
    """Raises AnswerError when the answer does not fit the checklist, or cannot be kept as text."""
    if question_id not in places(checklist):
        raise AnswerError("unknown_question", question_id)
    if answer is None:
        return
    if answer.choice not in codes(checklist):
        raise AnswerError("unknown_choice", question_id, answer.choice)
    if answer.choice == NA_WORD and not answer.reason.strip():
        raise AnswerError("reason_required", question_id)
    words = answer.reason + answer.note + (answer.evidence.link if answer.evidence else "")
    if "\0" in words or words.encode(errors="replace").decode() != words:
        raise AnswerError("unreadable_text", question_id)


def _insert_missing(connection: Connection, table: Table, **values: object) -> bool:
    """Inserts unless a unique key is taken already, also by a transaction at this very moment; did it?"""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing()
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount == 1


def _one(connection: Connection, table: Table, word: str, row_id: int) -> Row[Any]:
    found = connection.execute(select(table).where(table.c.id == row_id)).one_or_none()
    if found is None:
        raise NotFound(word, id=row_id)
    return found


def _company(connection: Connection, sample: bool) -> Unit | None:
    root = (schema.node.c.kind == "company", schema.node.c.parent_id.is_(None), schema.node.c.sample == sample)
    found = connection.execute(select(schema.node).where(*root)).one_or_none()
    return _unit(found) if found else None


def _unit(row: Row[Any]) -> Unit:
    return Unit(row.id, row.parent_id, row.kind, Text(row.name_ja, row.name_en), row.reporting, row.sample)


def _period(row: Row[Any]) -> Period:
    return Period(row.id, row.start_date, row.end_date, row.state, row.statistics_edition, row.matrix_edition)
