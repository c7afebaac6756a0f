"""Answers and profiles: every change is a line of the log, and the sheet's bytes say what the log says."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from scoring.engine import codes, places
from scoring.errors import AnswerError
from scoring.model import NA_WORD, Answer, Checklist
from tenken.errors import Conflict
from tenken.store import log, schema, sheets, states, trail
from tenken.store.database import Database, insert_missing, one
from tenken.store.levels import blank, patch
from tenken.store.log import Line
from tenken.store.values import Entry, Origin, Row, Saved, Sheet


class Answers(Database):
    """What is said on sheets."""

    def sheet(self, unit_id: int, period_id: int, checklist: Checklist) -> Sheet:
        """The unit's sheet of the quarter, created when it is missing.

        In an open quarter the sheet follows the checklist: when its content has changed, its bytes are worked out anew
        from the log. In a closed one it stays with the content it was answered with.
        Raises NotFound('unit' | 'period'), and Closed for a sheet that a closed quarter does not have.
        """
        place = sheets.place(unit_id, period_id, checklist.id)
        with self._read() as connection:
            joined = select(schema.sheet, schema.period.c.state.label("open")).join_from(schema.sheet, schema.period).where(*place)
            found = connection.execute(joined).one_or_none()
        if found and (found.open != "open" or found.state not in sheets.WRITABLE or found.content_hash == checklist.content_hash):
            return sheets.value(found)
        with self._write() as connection:
            one(connection, schema.node, "unit", unit_id)
            sheets.open_period(connection, period_id)
            new_sheet(connection, unit_id, period_id, checklist)
            sheet_id = connection.execute(select(schema.sheet.c.id).where(*place)).scalar_one()
            sheet = sheets.lock(connection, sheet_id, checklist).sheet
        # What the content newly asks is left out by the same facts as before.
        return self.save_profile(sheet, checklist, sheet.profile, person="") if sheet.profile else sheet

    def rows(self, period_ids: Collection[int], checklist_id: str) -> tuple[Row, ...]:
        """All sheets of some quarters as bytes, in one query, oldest first."""
        columns = ("id", "node_id", "period_id", "state", "content_hash", "levels", "dated", "marks")
        wanted = select(*(schema.sheet.c[name] for name in columns)).where(
            schema.sheet.c.period_id.in_(period_ids), schema.sheet.c.checklist_id == checklist_id
        )
        with self._read() as connection:
            return tuple(Row(*found) for found in connection.execute(wanted.order_by(schema.sheet.c.id)))

    def levels(self, sheet_id: int) -> bytes:
        """int8 codes, one per question in the order of the checklist that the sheet's content_hash names."""
        with self._read() as connection:
            return bytes(one(connection, schema.sheet, "sheet", sheet_id).levels)

    def entries(self, sheet_id: int) -> dict[str, Entry]:
        """{question: its newest entry}, withdrawn ones included, also of questions that are not asked any more."""
        with self._read() as connection:
            return log.newest(connection, sheet_id)

    def entries_of(self, sheet_ids: Collection[int], questions: Collection[str] | None = None) -> dict[int, dict[str, Entry]]:
        """`entries` of many sheets at once; of some questions only."""
        with self._read() as connection:
            return log.newest_by_sheet(connection, sheet_ids, questions)

    def history(self, sheet_id: int, question_id: str) -> tuple[Entry, ...]:
        """Everything that was ever answered to one question, newest first."""
        with self._read() as connection:
            return log.history(connection, sheet_id, question_id)

    def carried(self, sheet_id: int) -> dict[str, Answer]:
        """What the sheet took over from the quarter before, whatever was answered since."""
        with self._read() as connection:
            return {entry.question: entry.answer for entry in log.carried(connection, sheet_id) if entry.answer}

    def editors(self, sheet_id: int) -> frozenset[str]:
        """The names of everybody who answered something on the sheet."""
        with self._read() as connection:
            return log.editors(connection, sheet_id)

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
            locked = sheets.lock(connection, sheet.id, checklist)
            newest = log.newest_of(connection, sheet.id, question_id)
            if (newest.id if newest else 0) != seen:
                raise Conflict("answer_changed", question=question_id, theirs=newest, yours=answer)
            return self._append(connection, locked, checklist, Line(question_id, said, origin), person)

    def save_all(
        self,
        changes: Mapping[int, Mapping[str, tuple[Answer | None, int]]],
        checklist: Checklist,
        *,
        person: str,
        origin: Origin = "import",
    ) -> int:
        """Many answers on many sheets, all or none: {sheet id: {question: (answer, id of the entry seen)}}; how many.

        Raises what `save` raises, for the first question that does not go."""
        for asked in changes.values():
            for question, (answer, _) in asked.items():
                check(checklist, question, answer)
        with self._write() as connection:
            for sheet_id, asked in sorted(changes.items()):
                locked = sheets.lock(connection, sheet_id, checklist)
                newest = log.newest(connection, sheet_id)
                for question, (answer, seen) in asked.items():
                    theirs = newest.get(question)
                    if (theirs.id if theirs else 0) != seen:
                        raise Conflict("answer_changed", question=question, theirs=theirs, yours=answer)
                lines = [Line(question, answer, origin) for question, (answer, _) in asked.items()]
                self._append_all(connection, locked, checklist, lines, person)
        return sum(len(asked) for asked in changes.values())

    def confirm(self, sheet: Sheet, checklist: Checklist, questions: Collection[str], *, person: str) -> tuple[Entry, ...]:
        """Says that carried answers still hold; those that are no longer carried are left alone. Raises Closed, NotFound."""
        with self._write() as connection:
            locked = sheets.lock(connection, sheet.id, checklist)
            newest = log.newest(connection, sheet.id)
            carried = [newest[question] for question in questions if question in newest and newest[question].carried]
            lines = [Line(entry.question, entry.answer, "confirmed") for entry in carried]
            return tuple(self._append_all(connection, locked, checklist, lines, person))

    def save_profile(self, sheet: Sheet, checklist: Checklist, profile: Mapping[str, bool], *, person: str) -> Sheet:
        """Keeps the profile, answers `na` where it leaves a question out, and brings a person's own answer back
        where it does no more. An unchanged profile appends nothing. Raises Closed, NotFound('sheet')."""
        with self._write() as connection:
            locked = sheets.lock(connection, sheet.id, checklist)
            current = locked.sheet
            past = log.past(connection, current.id)
            changes = states.profile_changes(checklist, current.profile, profile, past)
            if not changes and current.profile == profile:
                return current
            lines = [Line(question, answer, "profile") for question, answer in changes.items()]
            author = self._author(connection, person)
            entries, rows = log.append_all(connection, current.id, lines, author)
            if rows:
                trail.answers(connection, locked.root, current, rows, author)
            return sheets.put(connection, replace(current, profile=dict(profile)), patch(checklist, locked.blobs, entries))

    def undo(self, sheet: Sheet, checklist: Checklist, *, person: str) -> Saved | None:
        """Appends the state from before the newest answer of a person, whoever that was; again, and it goes back one
        further. None when nothing is left to undo. Raises Closed, NotFound('sheet')."""
        with self._write() as connection:
            locked = sheets.lock(connection, sheet.id, checklist)
            past = log.past(connection, sheet.id)
            last = states.undoable(checklist, past)
            if last is None:
                return None
            answer = states.before(checklist, last, locked.sheet.profile, past)
            return self._append(connection, locked, checklist, Line(last.question, answer, "undo", undoes=last.id), person)

    def _append(self, connection: Connection, locked: sheets.Locked, checklist: Checklist, line: Line, person: str) -> Saved:
        author = self._author(connection, person)
        entry, row = log.append(connection, locked.sheet.id, line, author)
        trail.answers(connection, locked.root, locked.sheet, [row], author)
        return Saved(entry, sheets.put(connection, locked.sheet, patch(checklist, locked.blobs, [entry])).version)

    def _append_all(
        self, connection: Connection, locked: sheets.Locked, checklist: Checklist, lines: Sequence[Line], person: str
    ) -> list[Entry]:
        if not lines:
            return []
        author = self._author(connection, person)
        entries, rows = log.append_all(connection, locked.sheet.id, lines, author)
        trail.answers(connection, locked.root, locked.sheet, rows, author)
        sheets.put(connection, locked.sheet, patch(checklist, locked.blobs, entries))
        return entries


def new_sheet(connection: Connection, unit_id: int, period_id: int, checklist: Checklist) -> None:
    """An empty sheet, unless there is one."""
    empty = blank(checklist)
    insert_missing(
        connection,
        schema.sheet,
        node_id=unit_id,
        period_id=period_id,
        checklist_id=checklist.id,
        edition=checklist.edition,
        content_hash=checklist.content_hash,
        levels=empty.levels,
        dated=empty.dated,
        marks=empty.marks,
        version=1,
    )


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
