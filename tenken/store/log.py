"""The answer log: rows of answer_log in, entries out. The newest row of a question is its state; order is the id."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Connection, Row, bindparam, func, insert, select

from scoring.model import Answer, Evidence
from tenken.store.schema import answer_log, person
from tenken.store.values import HUMAN, Entry, Origin

IDENTITY = "declared"

_ENTRIES = select(answer_log, person.c.name).join_from(answer_log, person)
_OF_QUESTION = _ENTRIES.where(
    answer_log.c.sheet_id == bindparam("sheet_id"), answer_log.c.question_id == bindparam("question_id")
).order_by(answer_log.c.id.desc())
_NEWEST_OF_QUESTION = _OF_QUESTION.limit(1)
_APPEND = insert(answer_log)
_LAST = select(func.max(answer_log.c.id)).where(answer_log.c.sheet_id == bindparam("sheet_id"))
_AFTER = _ENTRIES.where(answer_log.c.sheet_id == bindparam("sheet_id"), answer_log.c.id > bindparam("last")).order_by(answer_log.c.id)


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, and when (UTC): the same for all rows of one transaction."""

    id: int
    name: str
    at: datetime

    @property
    def stamp(self) -> str:
        return self.at.isoformat(timespec="microseconds")


def newest_of(connection: Connection, sheet_id: int, question_id: str) -> Entry | None:
    """The state of one question; None when it was never answered."""
    which = {"sheet_id": sheet_id, "question_id": question_id}
    found = connection.execute(_NEWEST_OF_QUESTION, which).one_or_none()
    return _entry(found) if found else None


def history(connection: Connection, sheet_id: int, question_id: str) -> tuple[Entry, ...]:
    """All entries of one question, newest first."""
    which = {"sheet_id": sheet_id, "question_id": question_id}
    return tuple(_entry(row) for row in connection.execute(_OF_QUESTION, which))


def newest(connection: Connection, sheet_id: int) -> dict[str, Entry]:
    """The state of every question that was ever answered on the sheet."""
    return newest_by_sheet(connection, [sheet_id])[sheet_id]


def newest_by_sheet(
    connection: Connection, sheet_ids: Collection[int], questions: Collection[str] | None = None
) -> dict[int, dict[str, Entry]]:
    """{sheet: {question: its newest entry}}, for many sheets at once; of some questions only."""
    found: dict[int, dict[str, Entry]] = {sheet: {} for sheet in sheet_ids}
    of = [answer_log.c.sheet_id.in_(sheet_ids)]
    if questions is not None:
        of.append(answer_log.c.question_id.in_(questions))
    ids = select(func.max(answer_log.c.id)).where(*of).group_by(answer_log.c.sheet_id, answer_log.c.question_id)
    for row in connection.execute(_ENTRIES.where(answer_log.c.id.in_(ids))):
        found[row.sheet_id][row.question_id] = _entry(row)
    return found


def past(connection: Connection, sheet_id: int) -> dict[str, tuple[Entry, ...]]:
    """Everything that was ever answered on the sheet: {question: its entries, newest first}."""
    order = (answer_log.c.question_id, answer_log.c.id.desc())
    rows = connection.execute(_ENTRIES.where(answer_log.c.sheet_id == sheet_id).order_by(*order))
    entries = (_entry(row) for row in rows)
    return {question: tuple(group) for question, group in groupby(entries, key=lambda entry: entry.question)}


def carried(connection: Connection, sheet_id: int) -> tuple[Entry, ...]:
    """The entries that came over from the quarter before."""
    wanted = _ENTRIES.where(answer_log.c.sheet_id == sheet_id, answer_log.c.origin == "carried")
    return tuple(_entry(row) for row in connection.execute(wanted.order_by(answer_log.c.id)))


def editors(connection: Connection, sheet_id: int) -> frozenset[str]:
    """The names of everybody who answered something on the sheet."""
    named = select(person.c.name).join_from(answer_log, person).where(answer_log.c.sheet_id == sheet_id, answer_log.c.origin.in_(HUMAN))
    return frozenset(connection.execute(named.distinct()).scalars())


@dataclass(frozen=True, slots=True)
class Line:
    """What one new row says; `answer` None withdraws."""

    question: str
    answer: Answer | None
    origin: Origin
    undoes: int | None = None
    since: datetime | None = None


def append(connection: Connection, sheet_id: int, line: Line, author: Author) -> tuple[Entry, dict[str, Any]]:
    """One new row: the entry that it is, and its columns by name."""
    values = _values(sheet_id, line, author)
    (entry_id,) = cast(Row[Any], connection.execute(_APPEND, values).inserted_primary_key)
    said = line.answer or Answer("")
    entry = Entry(
        id=entry_id,
        question=line.question,
        choice=line.answer.choice if line.answer else None,
        reason=said.reason,
        note=said.note,
        evidence=said.evidence,
        by_profile=said.by_profile,
        person=author.name,
        identity=IDENTITY,
        origin=line.origin,
        at=author.at,
        undoes=line.undoes,
        since=line.since,
    )
    return entry, values | {"id": entry_id}


def append_all(connection: Connection, sheet_id: int, lines: Collection[Line], author: Author) -> tuple[list[Entry], list[dict[str, Any]]]:
    """One new row per line; their entries, and their columns by name. The sheet is locked, so the rows after are all its own."""
    last = connection.execute(_LAST, {"sheet_id": sheet_id}).scalar_one() or 0
    if lines:
        connection.execute(_APPEND, [_values(sheet_id, line, author) for line in lines])
    rows = connection.execute(_AFTER, {"sheet_id": sheet_id, "last": last}).all()
    return [_entry(row) for row in rows], [dict(row._mapping) for row in rows]


def _values(sheet_id: int, line: Line, author: Author) -> dict[str, Any]:
    said = line.answer or Answer("")
    return {
        "sheet_id": sheet_id,
        "question_id": line.question,
        "choice": line.answer.choice if line.answer else None,
        "reason": said.reason,
        "note": said.note,
        "evidence_link": said.evidence.link if said.evidence else None,
        "evidence_dated": said.evidence.dated if said.evidence else None,
        "evidence_file": said.evidence.file or None if said.evidence else None,
        "by_profile": said.by_profile,
        "person_id": author.id,
        "identity": IDENTITY,
        "origin": line.origin,
        "at": author.stamp,
        "undoes": line.undoes,
        "since": line.since.isoformat(timespec="microseconds") if line.since else None,
    }


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        question=row.question_id,
        choice=row.choice,
        reason=row.reason,
        note=row.note,
        evidence=None if row.evidence_link is None else Evidence(row.evidence_link, row.evidence_dated, row.evidence_file or ""),
        by_profile=row.by_profile,
        person=row.name,
        identity=row.identity,
        origin=row.origin,
        at=datetime.fromisoformat(row.at),
        undoes=row.undoes,
        since=None if row.since is None else datetime.fromisoformat(row.since),
    )
