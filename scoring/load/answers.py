"""A file of answers (YAML, JSON or CSV) to domain answers, for scoring without a database."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from scoring.engine import encode
from scoring.errors import AnswerError, AnswerFileError, ContentError, Problem
from scoring.load.folder import Folder
from scoring.load.guard import MAX_BYTES, MAX_PROBLEMS, Document, Refused, read_yaml, too_many
from scoring.model import Answer, Checklist, Evidence


class AnswerRow(BaseModel):
    """One answer; `choice` is a choice id of the scale, its number, `unknown` or `na`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    choice: str
    reason: str = ""
    note: str = ""
    evidence: str = ""
    evidence_date: str = ""


class CsvRow(AnswerRow):
    question: str
    # csv columns are all required, so that a misspelt one cannot pass unnoticed
    reason: str
    note: str
    evidence: str
    evidence_date: str


COLUMNS = ("question", "choice", "reason", "note", "evidence", "evidence_date")
# The wide signs too: where Japanese is typed, a spreadsheet takes ＝ for =.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "'")


def plain_cell(text: str) -> str:
    """Text for a CSV cell that no spreadsheet runs: what could begin a formula gets an apostrophe, which reading takes off."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def cell_text(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def read_answers(path: Path, checklist: Checklist) -> dict[str, Answer]:
    """question → answer. Raises AnswerFileError with every problem as file, line and words."""
    rows = {".csv": _csv, ".json": _json}.get(path.suffix.lower(), _yaml)(path)
    answers: dict[str, Answer] = {}
    problems: list[Problem] = []
    for question, (line, row) in rows.items():
        try:
            answers[question] = _answer(row, checklist)
            encode(checklist, {question: answers[question]})
        except AnswerError as error:
            problems.append(Problem(path.name, line, f"{question}: {_WHAT[error.code]} {error.value[:40]}".rstrip()))
        except ValueError as error:
            problems.append(Problem(path.name, line, f"{question}: evidence_date: {error}"))
        if len(problems) > MAX_PROBLEMS:
            problems.append(too_many(path.name))
            break
    if problems:
        raise AnswerFileError(problems)
    return answers


_WHAT = {
    "unknown_question": "no such question in this checklist",
    "unknown_choice": "no such level:",
    "reason_required": "not applicable needs a reason",
}


def _answer(row: AnswerRow, checklist: Checklist) -> Answer:
    choice = row.choice
    if choice.isdecimal() and len(choice) < 3 and int(choice) < len(checklist.choices):
        choice = checklist.choices[int(choice)].id
    dated = date.fromisoformat(row.evidence_date) if row.evidence_date else None
    if bool(row.evidence.strip()) != bool(dated):
        raise ValueError("it needs evidence and its date, and one of them is missing")
    return Answer(choice, row.reason, row.note, Evidence(row.evidence, dated) if dated else None)


Rows = dict[str, tuple[int, AnswerRow]]


def _csv(path: Path) -> Rows:
    folder = Folder(path.parent)
    rows: Rows = {}
    try:
        for line, row in folder.rows(path.name, CsvRow):
            if row.question in rows:
                folder.refuse(path.name, line, f"{row.question} stands here twice")
            plain = {name: cell_text(cell) for name, cell in row.model_dump().items()}
            rows[row.question] = (line, row.model_copy(update=plain))
        folder.check()
    except ContentError as error:
        raise AnswerFileError(list(error.problems)) from None
    return rows


def _yaml(path: Path) -> Rows:
    try:
        return _rows(read_yaml(path))
    except Refused as refused:
        raise AnswerFileError([refused.problem]) from None


def _json(path: Path) -> Rows:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise ValueError(f"the key {key!r} stands twice in one object")
            found[key] = value
        return found

    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"larger than {MAX_BYTES:,} bytes")
        tree = json.loads(path.read_text("utf-8-sig"), object_pairs_hook=once)
        json.dumps(tree, ensure_ascii=False).encode()  # half a surrogate pair could neither be stored nor printed
    except OSError as error:
        raise AnswerFileError([Problem(path.name, 0, f"cannot be read: {error.strerror}")]) from None
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        raise AnswerFileError([Problem(path.name, line, f"not valid JSON: {getattr(error, 'msg', error)}")]) from None
    return _rows(Document(path.name, tree, {(): 0}))


def _rows(document: Document) -> Rows:
    """`answers:` may wrap the mapping; an answer may be its choice alone."""
    tree = document.tree
    inner = ("answers",) if isinstance(tree, Mapping) and set(tree) == {"answers"} else ()
    mapping = tree["answers"] if isinstance(tree, dict) and inner else tree
    if not isinstance(mapping, Mapping):
        raise AnswerFileError([document.problem(inner, "expected question: answer")])
    rows: Rows = {}
    problems: list[Problem] = []
    for question, node in mapping.items():
        path = (*inner, str(question))
        plain = node if isinstance(node, Mapping) else {"choice": node}
        text = {key: str(value) if isinstance(value, int) else value for key, value in plain.items()}
        row, found = Document(document.file, text, {(): document.line(path)}).parse(AnswerRow)
        problems += [Problem(p.file, p.line, f"{question}.{p.what}") for p in found]
        if row:
            rows[str(question)] = (document.line(path), row)
        if len(problems) > MAX_PROBLEMS:
            problems.append(too_many(document.file))
            break
    if problems:
        raise AnswerFileError(problems)
    return rows
