"""Quarters and the content they are judged by; roles and evidence."""

from collections.abc import Iterator, Mapping, Sequence

from tenken.editions import content_of, name_of
from tenken.store import KeptFile, Pins, trail
from tenken.store.proof import ChainLine, Raw
from tenken.verify.case import PINNED, Case, Fault, document, period_json, read_json

FILE = ("token", "sha256", "name", "media_type", "size")


def period_faults(case: Case, row: Raw, sheets: Sequence[Raw]) -> Iterator[Fault]:
    """A quarter is as it was opened and dated; a closed one as it was sealed."""
    name = str(row["id"])
    lines = [line for line in case.lines if line.said is not None and line.said.get("period") == row["id"]]
    opened = next((line.said for line in lines if line.action == "period_opened" and line.said), None)
    dated = next((line.said for line in reversed(lines) if line.action in ("period_opened", "due") and line.said), None)
    closed = next((line.said for line in lines if line.action == "period_closed" and line.said), None)
    if opened is not None:
        pins = [row[column] for _, column in PINNED] if row["checklist_hash"] is not None else None
        stands = (row["start_date"], row["end_date"], pins, row["fiscal_start"])
        if stands != (opened.get("start"), opened.get("end"), opened.get("pins"), opened.get("fiscal_start")):
            yield Fault("period", name, "changed")
    if row["due_date"] != (dated or {}).get("due"):
        yield Fault("period", name, "due")
    if (row["state"] == "closed") != (closed is not None):
        yield Fault("period", name, "state", "closed" if closed else "open")
    sealed = yield from document([seal for seal in case.seals if seal["period_id"] == row["id"]], closed, f"period {name}")
    if sealed is None:
        return
    case.counts["seals"] += 1
    if sealed["period"] != period_json(row) or sealed["units"] != read_json(row["tree"]):
        yield Fault("period", name, "sealed")
    here = [sheet for sheet in sheets if sheet["period_id"] == row["id"] and sheet["id"] in case.seal_of]
    now = {str(sheet["node_id"]): case.seal_of[sheet["id"]][0]["sha256"] for sheet in here}
    if sealed["sheets"] != now:
        yield Fault("period", name, "sheets")


def lost_periods(case: Case) -> Iterator[Fault]:
    spoken_of = dict.fromkeys(line.said["period"] for line in case.lines if line.said and isinstance(line.said.get("period"), int))
    yield from (Fault("period", str(period), "missing") for period in spoken_of if period not in case.periods)


def pinned_faults(case: Case, row: Raw, kept: Mapping[str, Raw]) -> Iterator[Fault]:
    """The content that a quarter is judged by is there, and is called what it calls itself."""
    hashes = {kind: row[column] for kind, column in PINNED if row[column] is not None}
    for kind, name in hashes.items():
        if name not in kept:
            yield Fault("content", str(name), "missing")
        elif kept[name]["kind"] != kind:
            yield Fault("content", str(name), "changed")
    if len(hashes) == len(PINNED) and set(hashes.values()) <= case.whole:
        content = content_of(case.store, Pins(**hashes))
        editions = {"checklist": content.checklist.edition, "statistics": content.statistics.edition, "matrix": content.matrix.edition}
        for kind, edition in editions.items():
            if kept[hashes[kind]]["edition"] != edition:
                yield Fault("content", str(hashes[kind]), "changed")


def contents_faults(contents: Sequence[Raw]) -> Iterator[Fault]:
    """Kept files are what they are kept under."""
    for row in contents:
        if row["files"] is None or name_of(row["kind"], row["files"]) != row["hash"]:
            yield Fault("content", str(row["hash"]), "changed")


def roles_faults(lines: Sequence[ChainLine], rows: Sequence[Raw], nodes: frozenset[int]) -> Iterator[Fault]:
    """Everybody has the roles that they were given last, where their units are still there."""
    given: dict[int, set[tuple[str, int]]] = {}
    for line in lines:
        if line.action == "roles" and line.said:
            given[line.said["person"]] = {(role, node) for role, node in line.said["roles"] if node in nodes}
    for row in rows:
        given.setdefault(row["person_id"], set())
    for person, roles in given.items():
        if {(row["role"], row["node_id"]) for row in rows if row["person_id"] == person} != roles:
            yield Fault("role", f"person {person}", "changed")


def evidence_faults(lines: Sequence[ChainLine], rows: Sequence[Raw]) -> Iterator[Fault]:
    """Every file that was brought is known, and no other."""
    brought = {line.said.get("row"): line.said.get("sha256") for line in lines if line.action == "evidence" and line.said}
    kept = {trail.file_digest(KeptFile(*(row[name] for name in FILE))): row["token"] for row in rows}
    yield from (Fault("evidence", str(token), "changed") for digest, token in kept.items() if digest not in brought)
    yield from (Fault("evidence", str(name), "missing") for digest, name in brought.items() if digest not in kept)
