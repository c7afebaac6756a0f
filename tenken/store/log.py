"""The answer log: rows of answer_log in, entries out. The newest row of a question is its state; order is the id."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Connection, Row, bindparam, func, insert, select

from scoring.model import Answer, Evidence
from tenken.store.schema import answer_log, person
from tenken.store.values import Entry, Origin

IDENTITY = "declared"

_ENTRIES = select(answer_log, person.c.name).join_from(answer_log, person)
_OF_QUESTION = _ENTRIES.where(
    answer_log.c.sheet_id == bindparam("sheet_id"), answer_log.c.question_id == bindparam("question_id")
).order_by(answer_log.c.id.desc())
_NEWEST_OF_QUESTION = _OF_QUESTION.limit(1)
_APPEND = insert(answer_log)


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, and when (UTC): the same for all rows of one transaction."""

    id: int
    name: str
    at: datetime


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
    ids = select(func.max(answer_log.c.id)).where(answer_log.c.sheet_id == sheet_id).group_by(answer_log.c.question_id)
    rows = connection.execute(_ENTRIES.where(answer_log.c.id.in_(ids)))
    return {row.question_id: _entry(row) for row in rows}


def choices(connection: Connection, sheet_ids: Collection[int]) -> dict[int, dict[str, str | None]]:
    """{sheet: {question: what its newest entry chooses}}, for many sheets at once."""
    ids = select(func.max(answer_log.c.id)).group_by(answer_log.c.sheet_id, answer_log.c.question_id)
    columns = (answer_log.c.sheet_id, answer_log.c.question_id, answer_log.c.choice)
    found: dict[int, dict[str, str | None]] = {sheet: {} for sheet in sheet_ids}
    for row in connection.execute(select(*columns).where(answer_log.c.id.in_(ids))):
        if row.sheet_id in found:
            found[row.sheet_id][row.question_id] = row.choice
    return found


def past(connection: Connection, sheet_id: int) -> dict[str, tuple[Entry, ...]]:
    """Everything that was ever answered on the sheet: {question: its entries, newest first}."""
    order = (answer_log.c.question_id, answer_log.c.id.desc())
    rows = connection.execute(_ENTRIES.where(answer_log.c.sheet_id == sheet_id).order_by(*order))
    entries = (_entry(row) for row in rows)
    return {question: tuple(group) for question, group in groupby(entries, key=lambda entry: entry.question)}


def append(
    connection: Connection,
    sheet_id: int,
    question_id: str,
    answer: Answer | None,
    author: Author,
    origin: Origin,
    undoes: int | None = None,
) -> Entry:
    """One new row, and the entry that it is; `answer` None withdraws."""
    values = _values(sheet_id, question_id, answer, author, origin) | {"undoes": undoes}
    (entry_id,) = cast(Row[Any], connection.execute(_APPEND, values).inserted_primary_key)
    said = answer or Answer("")
    return Entry(
        id=entry_id,
        question=question_id,
        choice=answer.choice if answer else None,
        reason=said.reason,
        note=said.note,
        evidence=said.evidence,
        by_profile=said.by_profile,
        person=author.name,
        identity=IDENTITY,
        origin=origin,
        at=author.at,
        undoes=undoes,
    )


def append_all(connection: Connection, sheet_id: int, answers: Mapping[str, Answer | None], author: Author, origin: Origin) -> None:
    """One new row per question of `answers`."""
    rows = [_values(sheet_id, question, answer, author, origin) for question, answer in answers.items()]
    if rows:
        connection.execute(_APPEND, rows)


def _values(sheet_id: int, question_id: str, answer: Answer | None, author: Author, origin: Origin) -> dict[str, object]:
    said = answer or Answer("")
    return {
        "sheet_id": sheet_id,
        "question_id": question_id,
        "choice": answer.choice if answer else None,
        "reason": said.reason,
        "note": said.note,
        "evidence_link": said.evidence.link if said.evidence else None,
        "evidence_dated": said.evidence.dated if said.evidence else None,
        "by_profile": said.by_profile,
        "person_id": author.id,
        "identity": IDENTITY,
        "origin": origin,
        "at": author.at.isoformat(timespec="microseconds"),
    }


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        question=row.question_id,
        choice=row.choice,
        reason=row.reason,
        note=row.note,
        evidence=None if row.evidence_link is None else Evidence(row.evidence_link, row.evidence_dated),
        by_profile=row.by_profile,
        person=row.name,
        identity=row.identity,
        origin=row.origin,
        at=datetime.fromisoformat(row.at),
        undoes=row.undoes,
    )
