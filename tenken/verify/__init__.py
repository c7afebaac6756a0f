"""Does everything that was written still stand as it was written? (`python -m tenken verify`)

The hash chain of an organisation is read from its first line on, and all that its lines stand for is compared with them: rows of the
answer log, bytes and states of sheets, seals, quarters, roles, evidence, kept content. What it can show, and what not, is in SECURITY.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tenken.errors import NotFound
from tenken.evidence import SHA256, is_whole
from tenken.store import Store, trail
from tenken.store.proof import ChainLine, Raw, Reading
from tenken.verify.actions import action_faults
from tenken.verify.case import Case, Fault, grouped, guarded
from tenken.verify.quarters import contents_faults, evidence_faults, lost_periods, period_faults, pinned_faults, roles_faults
from tenken.verify.sheets import lost_sheets, sheet_faults

__all__ = ["MIN_HEAD", "Fault", "Verdict", "verify"]

MIN_HEAD = 12
"""So many signs of a hash are printed, and needed to look for it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in one organisation. `faults`: the first thing that does not hold first. `unchecked`: what could not be judged,
    because its content is not here. `head`: the hash of the newest line; `head_found`: None unless one was looked for."""

    root: int
    faults: tuple[Fault, ...]
    unchecked: tuple[Fault, ...]
    lines: int
    answers: int
    seals: int
    head: str
    head_found: bool | None = None

    @property
    def holds(self) -> bool:
        return not self.faults and self.head_found is not False


def verify(store: Store, root_id: int, *, audit: int | None = None, head: str = "", files: Path | None = None) -> Verdict:
    """Reads the organisation anew: all of it, or besides the chain only what concerns one sheet (`audit`).

    `files`: the folder of evidence, whose files are then compared with their hashes. `head`: the first signs, at least MIN_HEAD, of a hash that was printed once; the line that it names has to be in the chain still.
    Raises Unavailable, NotFound('sheet').
    """
    with store.proof() as reading:
        lines, sheets = reading.lines(root_id), reading.sheets(root_id)
        if audit is not None and audit not in {row["id"] for row in sheets}:
            raise NotFound("sheet", id=audit)
        contents, seals, periods = reading.contents(), reading.seals(), reading.periods(root_id)
        changed = tuple(contents_faults(contents))
        case = Case(
            store, lines, {row["id"]: row for row in periods}, seals, frozenset(row["hash"] for row in contents) - {f.row for f in changed},
            grouped((line.sheet, line) for line in lines), grouped((seal["sheet_id"], seal) for seal in seals),
        )  # fmt: skip
        found = [*_chain(lines)]
        for row in sheets:
            if audit in (None, row["id"]):
                found += guarded(sheet_faults(case, row, reading.log(row["id"])), Fault("sheet", str(row["id"]), "unreadable"))
        if audit is None:
            found += [*changed, *_rest(case, reading, root_id, sheets, contents), *_files(reading, root_id, files)]
    newest = str(lines[-1].columns["hash"]) if lines else ""
    looked = len(head) >= MIN_HEAD and any(str(line.columns["hash"]).startswith(head.lower()) for line in lines) if head else None
    return Verdict(
        root_id,
        tuple(dict.fromkeys(found)),
        tuple(case.unchecked),
        len(lines),
        case.counts["answers"],
        case.counts["seals"],
        newest,
        looked,
    )


def _rest(case: Case, reading: Reading, root_id: int, sheets: Sequence[Raw], contents: Sequence[Raw]) -> Iterator[Fault]:
    """What belongs to no single sheet."""
    yield from lost_sheets(case.lines, {row["id"] for row in sheets})
    for row in case.periods.values():
        yield from guarded(period_faults(case, row, sheets), Fault("period", str(row["id"]), "unreadable"))
        kept = {content["hash"]: content for content in contents}
        yield from guarded(pinned_faults(case, row, kept), Fault("content", f"period {row['id']}", "unreadable"))
    yield from lost_periods(case)
    yield from guarded(roles_faults(case.lines, reading.roles(root_id), reading.nodes(root_id)), Fault("role", "", "unreadable"))
    yield from guarded(evidence_faults(case.lines, reading.evidence(root_id)), Fault("evidence", "", "unreadable"))
    said = action_faults(case.lines, reading.action_log(root_id), reading.actions(root_id))
    yield from guarded(said, Fault("action_log", "", "unreadable"))
    yield from (Fault(table, str(row), "stray") for table, row in reading.strays())


def _files(reading: Reading, root_id: int, folder: Path | None) -> Iterator[Fault]:
    """Every file of evidence lies in its folder as it was brought."""
    for row in reading.evidence(root_id) if folder else ():
        if not (folder and SHA256.fullmatch(str(row["sha256"])) and is_whole(folder, str(row["sha256"]))):
            yield Fault("evidence", str(row["token"]), "file")


def _chain(lines: Sequence[ChainLine]) -> Iterator[Fault]:
    before, expected = trail.START, 1
    for line in lines:
        yield from (Fault("trail", str(seq), "missing") for seq in range(expected, line.seq))
        if trail.line_hash(before, line.columns) != line.columns["hash"]:
            yield Fault("trail", str(line.seq), "changed" if line.seq == expected else "follows")
        elif line.said is None or trail.canonical(line.said).decode() != line.columns["payload"]:
            yield Fault("trail", str(line.seq), "unreadable")
        before, expected = str(line.columns["hash"]), line.seq + 1
