"""Sheets: their rows in the answer log, their bytes and states, their seals."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from tenken import __version__
from tenken.seals import entry_json, sheet_score
from tenken.store import Entry, trail
from tenken.store.levels import Blobs, encode
from tenken.store.proof import ChainLine, Raw, entry
from tenken.verify.case import Case, Fault, checklist_of, document, period_json, read_json


def sheet_faults(case: Case, row: Raw, log: Sequence[Raw]) -> Iterator[Fault]:
    lines = case.of_sheet.get(row["id"], ())
    case.counts["answers"] += len(log)
    yield from _log(row, log, lines)
    newest = {}
    for raw in log:
        newest[raw["question_id"]] = entry(raw)
    entries = {question: found for question, found in newest.items() if found is not None}
    yield from _bytes(case, row, entries, lines)
    yield from _state(row, lines)
    yield from _sealed(case, row, entries, lines)


def _log(sheet: Raw, log: Sequence[Raw], lines: Sequence[ChainLine]) -> Iterator[Fault]:
    """Every row of the log has its line, and every line its rows."""
    rows, covered = {row["id"]: row for row in log}, set[int]()
    last = 0
    for line in lines:
        if line.action not in trail.COVERING or line.said is None:
            continue
        ids = _ids(line.said)
        if not ids or ids[0] <= last:
            yield Fault("trail", str(line.seq), "unreadable")
            continue
        last = ids[-1]
        covered.update(ids)
        digests = [trail.row_digest(rows[each]) if each in rows else "" for each in ids]
        if trail.digest(digests) != line.said.get("sha256"):
            yield from _which(line, ids, digests)
        if (line.said.get("unit"), line.said.get("period")) != (sheet["node_id"], sheet["period_id"]):
            yield Fault("sheet", str(sheet["id"]), "moved")
    yield from (Fault("answer_log", str(each), "inserted") for each in rows if each not in covered)


def _ids(said: Mapping[str, Any]) -> Sequence[int]:
    first, last, listed = said.get("first"), said.get("last"), said.get("ids")
    if isinstance(listed, list) and all(isinstance(each, int) for each in listed):
        return listed
    return range(first, last + 1) if isinstance(first, int) and isinstance(last, int) and last - first < 100_000 else ()


def _which(line: ChainLine, ids: Sequence[int], digests: Sequence[str]) -> Iterator[Fault]:
    """The rows of a line that are not what it stands for; the line itself when they are."""
    each = (line.said or {}).get("each")
    found = [Fault("answer_log", str(row), "missing") for row, digest in zip(ids, digests, strict=True) if not digest]
    if isinstance(each, list) and len(each) == len(ids):
        pairs = zip(ids, digests, each, strict=True)
        found += [Fault("answer_log", str(row), "changed") for row, digest, signs in pairs if digest and digest[: trail.SIGNS] != signs]
    elif len(ids) == 1 and digests[0]:
        found.append(Fault("answer_log", str(ids[0]), "changed"))
    found.sort(key=lambda fault: int(fault.row))
    yield from found or [Fault("trail", str(line.seq), "unreadable")]


def _bytes(case: Case, row: Raw, entries: Mapping[str, Entry], lines: Sequence[ChainLine]) -> Iterator[Fault]:
    """The sheet's bytes are what its log says, in the order of the content that its quarter is judged by."""
    name, period = str(row["id"]), case.periods[row["period_id"]]
    waiting = row["content_hash"] == "" and all(line.action == "adopted" for line in lines)
    if waiting:  # from before there were quarters: its bytes are made when it is next looked at
        return
    if period["checklist_hash"] is not None and row["content_hash"] != period["checklist_hash"]:
        yield Fault("sheet", name, "content")
        return
    checklist = checklist_of(case, period, row["content_hash"])
    if checklist is None:
        case.unchecked.append(Fault("sheet", name, "content"))
        return
    if (row["checklist_id"], row["edition"]) != (checklist.id, checklist.edition):
        yield Fault("sheet", name, "content")
    if (row["levels"], row["dated"], row["marks"]) != _triple(encode(checklist, entries.values())):
        yield Fault("sheet", name, "bytes")


def _triple(blobs: Blobs) -> tuple[bytes, bytes, bytes]:
    return blobs.levels, blobs.dated, blobs.marks


def _state(row: Raw, lines: Sequence[ChainLine]) -> Iterator[Fault]:
    """The state follows from what happened; after the seal nothing did."""
    state, version = "draft", None
    for line in lines:
        if state == "sealed":
            yield Fault("trail", str(line.seq), "after_seal")
        if line.said is None or "to" not in line.said:
            continue
        if line.said.get("from") != state:
            yield Fault("trail", str(line.seq), "state")
        state, version = str(line.said.get("to")), line.said.get("version")
    if row["state"] != state:
        yield Fault("sheet", str(row["id"]), "state", state)
    if state == "sealed" and isinstance(version, int) and row["version"] != version + 1:
        yield Fault("sheet", str(row["id"]), "version", str(version + 1))


def lost_sheets(lines: Sequence[ChainLine], there: set[int]) -> Iterator[Fault]:
    spoken_of = dict.fromkeys(line.sheet for line in lines if line.sheet is not None)
    yield from (Fault("sheet", str(sheet), "missing") for sheet in spoken_of if sheet not in there)


def _sealed(case: Case, row: Raw, entries: Mapping[str, Entry], lines: Sequence[ChainLine]) -> Iterator[Fault]:
    """The seal of a sheet is the one that the chain names, and what it says follows from the log."""
    said = next((line.said for line in lines if line.said and line.said.get("to") == "sealed"), None)
    seals = case.seal_of.get(row["id"], ())
    sealed = yield from document(seals, said, f"sheet {row['id']}")
    if sealed is None:
        return
    case.counts["seals"] += 1
    name, period = str(seals[0]["id"]), case.periods[row["period_id"]]
    profile = None if row["profile"] is None else read_json(row["profile"])
    here = (row["id"], row["node_id"], row["period_id"], profile)
    if (sealed["sheet"], sealed["unit"]["id"], sealed["period"]["id"], sealed["profile"]) != here:
        yield Fault("sheet", str(row["id"]), "sealed")
    elif sealed["period"] != period_json(period):
        yield Fault("period", str(row["period_id"]), "sealed")
    for question, said_then in sealed["answers"].items():
        if question not in entries or entry_json(entries[question]) != said_then:
            yield Fault("seal", name, "answers", question)
    checklist = checklist_of(case, period, row["content_hash"])
    if checklist is None or sealed["engine"] != __version__:
        case.unchecked.append(Fault("seal", name, "score"))
        return
    answers = {q: entries[q].answer for q in sealed["answers"] if q in entries}
    scores = sheet_score(checklist, {q: answer for q, answer in answers.items() if answer}, date.fromisoformat(sealed["as_of"]))
    if scores != sealed["score"]:
        yield Fault("seal", name, "score")
