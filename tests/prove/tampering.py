"""Somebody with the database file in their hands: whatever is changed past Tenken, verifying names the table and the row.

Each try copies the file of an organisation with seals, drops the triggers, changes one thing with plain SQL and verifies. Two more
kinds of tries, a chain that was recomputed and a tail that was cut, are found with a hash that was printed before, and without one
the verdict says that they cannot be excluded.
"""

import json
import random
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from tenken.i18n import words
from tenken.store import Store, trail
from tenken.verify import Verdict, verify
from tenken.verify_words import verdict_text
from tests.organisation import lived
from tests.prove.proof import Proof

Named = tuple[str, set[str]]
"""The table, and the rows of which the verdict has to name one."""

Tamper = Callable[[sqlite3.Connection, random.Random], Named]


def one(database: sqlite3.Connection, chance: random.Random, statement: str) -> Any:
    """The first column of one row."""
    return chance.choice(database.execute(statement).fetchall())[0]


# --- what somebody does --------------------------------------------------------------------------------------------------

LOG_COLUMNS = {
    "choice": "CASE choice WHEN 'unknown' THEN 'na' ELSE 'unknown' END", "note": "note || 'x'", "reason": "reason || ' '",
    "person_id": "person_id + 1", "at": "replace(at, '20', '19')", "by_profile": "1 - by_profile", "origin": "'import' || origin",
    "sheet_id": "sheet_id + 1", "question_id": "question_id || 'x'", "evidence_link": "coalesce(evidence_link, '') || 'x'",
    "identity": "'checked'",
}  # fmt: skip


def log_row(database: sqlite3.Connection, chance: random.Random) -> Named:
    row, column = one(database, chance, "SELECT id FROM answer_log"), chance.choice(sorted(LOG_COLUMNS))
    database.execute(f"UPDATE answer_log SET {column} = {LOG_COLUMNS[column]} WHERE id = ?", (row,))
    return "answer_log", {str(row)}


def log_row_and_bytes(database: sqlite3.Connection, chance: random.Random) -> Named:
    """An answer of a sealed sheet, in the log and in the seal, whose own hash is made anew."""
    row = one(database, chance, "SELECT a.id FROM answer_log a JOIN seal USING (sheet_id) WHERE a.choice LIKE '%'")
    database.execute("UPDATE answer_log SET note = 'better' WHERE id = ?", (row,))
    sheet = database.execute("SELECT sheet_id FROM answer_log WHERE id = ?", (row,)).fetchone()[0]
    rewrite_seal(database, "sheet_id", sheet, lambda document: document | {"self_approved": True})
    return "answer_log", {str(row)}


def swapped(database: sqlite3.Connection, chance: random.Random) -> Named:
    """Two rows change places."""
    first, second = chance.sample([row[0] for row in database.execute("SELECT id FROM answer_log")], 2)
    for old, new in ((first, -1), (second, first), (-1, second)):
        database.execute("UPDATE answer_log SET id = ? WHERE id = ?", (new, old))
    return "answer_log", {str(first), str(second)}


def deleted(database: sqlite3.Connection, chance: random.Random) -> Named:
    row = one(database, chance, "SELECT id FROM answer_log")
    database.execute("DELETE FROM answer_log WHERE id = ?", (row,))
    return "answer_log", {str(row)}


def inserted(database: sqlite3.Connection, chance: random.Random) -> Named:
    names = ", ".join(name for name in trail.ROW if name != "id")
    row = one(database, chance, "SELECT id FROM answer_log")
    made = database.execute(f"INSERT INTO answer_log ({names}) SELECT {names} FROM answer_log WHERE id = ?", (row,)).lastrowid
    return "answer_log", {str(made)}


def trail_row(database: sqlite3.Connection, chance: random.Random) -> Named:
    row = one(database, chance, "SELECT seq FROM trail")
    column = chance.choice(("payload", "action", "person_id", "identity", "at", "sheet_id", "hash"))
    changed = {"person_id": "person_id + 1", "sheet_id": "coalesce(sheet_id, 0) + 1"}.get(
        column, f"replace({column}, substr({column}, -3), 'x')"
    )
    database.execute(f"UPDATE trail SET {column} = {changed} WHERE seq = ?", (row,))
    return "trail", {str(row)}


def trail_row_hashed(database: sqlite3.Connection, chance: random.Random) -> Named:
    """Another person in a line whose hash is made anew: the line after it does not follow."""
    row = one(database, chance, "SELECT seq FROM trail WHERE seq < (SELECT max(seq) FROM trail)")
    database.execute("UPDATE trail SET person_id = person_id + 1 WHERE seq = ?", (row,))
    rehash(database, row, row)
    return "trail", {str(row + 1)}


def trail_deleted(database: sqlite3.Connection, chance: random.Random) -> Named:
    row = one(database, chance, "SELECT seq FROM trail WHERE seq < (SELECT max(seq) FROM trail)")
    database.execute("DELETE FROM trail WHERE seq = ?", (row,))
    return "trail", {str(row)}


def trail_swapped(database: sqlite3.Connection, chance: random.Random) -> Named:
    first, second = sorted(chance.sample([row[0] for row in database.execute("SELECT seq FROM trail")], 2))
    for old, new in ((first, -1), (second, first), (-1, second)):
        database.execute("UPDATE trail SET seq = ? WHERE seq = ?", (new, old))
    return "trail", {str(first)}


def trail_inserted(database: sqlite3.Connection, chance: random.Random) -> Named:
    last = database.execute("SELECT max(seq) FROM trail").fetchone()[0]
    columns = "node_id, sheet_id, action, payload, person_id, identity, at, hash"
    database.execute(
        f"INSERT INTO trail (seq, {columns}) SELECT {last + 1}, {columns} FROM trail WHERE seq = ?", (chance.randint(1, last),)
    )
    return "trail", {str(last + 1)}


def seal_document(database: sqlite3.Connection, chance: random.Random) -> Named:
    row = one(database, chance, "SELECT id FROM seal")
    if chance.random() < 0.5:
        database.execute('UPDATE seal SET document = replace(document, \'"engine":"\', \'"engine":"9\') WHERE id = ?', (row,))
    else:
        rewrite_seal(database, "id", row, lambda document: document | {"engine": "9"})
    return "seal", {str(row)}


def seal_removed(database: sqlite3.Connection, chance: random.Random) -> Named:
    row = one(database, chance, "SELECT id FROM seal WHERE sheet_id IS NOT NULL")
    sheet = database.execute("SELECT sheet_id FROM seal WHERE id = ?", (row,)).fetchone()[0]
    database.execute("DELETE FROM seal WHERE id = ?", (row,))
    return "seal", {f"sheet {sheet}"}


def seals_swapped(database: sqlite3.Connection, chance: random.Random) -> Named:
    first, second = chance.sample([row[0] for row in database.execute("SELECT id FROM seal")], 2)
    both = database.execute("SELECT document, sha256, id FROM seal WHERE id IN (?, ?)", (first, second)).fetchall()
    for (document, digest, _), target in zip(both, [both[1][2], both[0][2]], strict=True):
        database.execute("UPDATE seal SET document = ?, sha256 = ? WHERE id = ?", (document, digest, target))
    return "seal", {str(first), str(second)}


def sheet_bytes(database: sqlite3.Connection, chance: random.Random) -> Named:
    row, column = one(database, chance, "SELECT id FROM sheet"), chance.choice(("levels", "dated", "marks"))
    found = bytearray(database.execute(f"SELECT {column} FROM sheet WHERE id = ?", (row,)).fetchone()[0])
    found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    database.execute(f"UPDATE sheet SET {column} = ? WHERE id = ?", (bytes(found), row))
    return "sheet", {str(row)}


def sheet_state(database: sqlite3.Connection, chance: random.Random) -> Named:
    row = one(database, chance, "SELECT id FROM sheet")
    old = database.execute("SELECT state FROM sheet WHERE id = ?", (row,)).fetchone()[0]
    state = chance.choice([each for each in ("draft", "submitted", "returned", "approved", "sealed") if each != old])
    database.execute("UPDATE sheet SET state = ? WHERE id = ?", (state, row))
    return "sheet", {str(row)}


def sheet_facts(database: sqlite3.Connection, chance: random.Random) -> Named:
    """The facts, the version or the content of a sealed sheet."""
    row = one(database, chance, "SELECT id FROM sheet WHERE state = 'sealed'")
    changed = chance.choice(("profile = '{\"telework\": false}'", "version = version - 1", "content_hash = 'x'", "edition = 'x'"))
    database.execute(f"UPDATE sheet SET {changed} WHERE id = ?", (row,))
    return "sheet", {str(row)}


def sheets_exchanged(database: sqlite3.Connection, chance: random.Random) -> Named:
    """Two units change places in a quarter."""
    period = chance.choice((1, 2))
    (first, unit), (second, other) = chance.sample(
        database.execute("SELECT id, node_id FROM sheet WHERE period_id = ?", (period,)).fetchall(), 2
    )
    for sheet, node in ((first, -1), (second, unit), (first, other)):
        database.execute("UPDATE sheet SET node_id = ? WHERE id = ?", (node, sheet))
    return "sheet", {str(first), str(second)}


def weights(database: sqlite3.Connection, chance: random.Random) -> Named:
    row = one(database, chance, "SELECT id FROM period WHERE state = 'closed'")
    units = json.loads(database.execute("SELECT tree FROM period WHERE id = ?", (row,)).fetchone()[0])
    unit, name = chance.choice(units), chance.choice(("weight", "reporting", "kind"))
    unit[name] = {"weight": unit["weight"] + 1, "reporting": not unit["reporting"], "kind": "section"}[name]
    database.execute("UPDATE period SET tree = ? WHERE id = ?", (json.dumps(units), row))
    return "period", {str(row)}


def quarter(database: sqlite3.Connection, chance: random.Random) -> Named:
    row = one(database, chance, "SELECT id FROM period")
    turned = "state = CASE state WHEN 'open' THEN 'closed' ELSE 'open' END"
    changed = chance.choice((turned, "start_date = '2020-01-01'", "due_date = '2020-01-01'", "fiscal_start = 1"))
    database.execute(f"UPDATE period SET {changed} WHERE id = ?", (row,))
    return "period", {str(row)}


def content(database: sqlite3.Connection, chance: random.Random) -> Named:
    row = one(database, chance, "SELECT hash FROM content")
    files = json.loads(zlib.decompress(database.execute("SELECT files FROM content WHERE hash = ?", (row,)).fetchone()[0]))
    name = chance.choice(sorted(files))
    files[name] = files[name] + "# \n"
    database.execute("UPDATE content SET files = ? WHERE hash = ?", (zlib.compress(json.dumps(files, sort_keys=True).encode()), row))
    return "content", {str(row)}


def roles(database: sqlite3.Connection, chance: random.Random) -> Named:
    person = one(database, chance, "SELECT person_id FROM role WHERE role <> 'auditor'")
    database.execute("UPDATE role SET role = 'auditor' WHERE person_id = ?", (person,))
    return "role", {f"person {person}"}


NAMED: tuple[Tamper, ...] = (
    log_row, log_row_and_bytes, swapped, deleted, inserted, trail_row, trail_row_hashed, trail_deleted, trail_swapped, trail_inserted,
    seal_document, seal_removed, seals_swapped, sheet_bytes, sheet_state, sheet_facts, sheets_exchanged, weights, quarter, content, roles,
)  # fmt: skip


# --- somebody who knows how it works -------------------------------------------------------------------------------------


def recomputed(database: sqlite3.Connection, chance: random.Random) -> None:
    """Another note in the newest answer of a draft, and every hash from there on made anew."""
    row = one(database, chance, "SELECT a.id FROM answer_log a JOIN sheet s ON s.id = a.sheet_id WHERE s.state = 'draft'")
    database.execute("UPDATE answer_log SET note = note || 'x' WHERE id = ?", (row,))
    lines = database.execute("SELECT seq, payload, sheet_id FROM trail WHERE action = 'answers'").fetchall()
    for seq, text, sheet in lines:
        said = json.loads(text)
        if said["first"] <= row <= said["last"]:
            cursor = database.execute(
                "SELECT * FROM answer_log WHERE id BETWEEN ? AND ? AND sheet_id = ?", (said["first"], said["last"], sheet)
            )
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
            said = trail.covering(rows, said["unit"], said["period"])
            database.execute("UPDATE trail SET payload = ? WHERE seq = ?", (trail.canonical(said).decode(), seq))
            rehash(database, seq)


def cut(database: sqlite3.Connection, chance: random.Random) -> None:
    """The last answer of all was never given: without its line, its row, its trace in the sheet."""
    seq, text, sheet = database.execute("SELECT seq, payload, sheet_id FROM trail ORDER BY seq DESC LIMIT 1").fetchone()
    last = json.loads(text)["last"]
    for table, row in (("trail", ("seq", seq)), ("answer_log", ("id", last))):
        database.execute(f"DELETE FROM {table} WHERE {row[0]} = ?", (row[1],))
    before = Path(database.execute("PRAGMA database_list").fetchone()[2]).with_name("before.db")
    with closing(sqlite3.connect(before)) as earlier:
        values = earlier.execute("SELECT levels, dated, marks, version FROM sheet WHERE id = ?", (sheet,)).fetchone()
    database.execute("UPDATE sheet SET levels = ?, dated = ?, marks = ?, version = ? WHERE id = ?", (*values, sheet))


HIDDEN = (recomputed, cut)
KINDS = len(NAMED) + len(HIDDEN)


def rehash(database: sqlite3.Connection, first: int, last: int = 10**9) -> None:
    """Makes the hashes of some lines anew, each from the one before it."""
    database.row_factory = sqlite3.Row
    before = database.execute("SELECT hash FROM trail WHERE seq = ?", (first - 1,)).fetchone()
    found = before["hash"] if before else trail.START
    for row in database.execute("SELECT * FROM trail WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last)).fetchall():
        found = trail.line_hash(found, dict(row))
        database.execute("UPDATE trail SET hash = ? WHERE seq = ?", (found, row["seq"]))
    database.row_factory = None


def rewrite_seal(database: sqlite3.Connection, column: str, value: int, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    document = json.loads(database.execute(f"SELECT document FROM seal WHERE {column} = ?", (value,)).fetchone()[0])
    text = trail.canonical(change(document)).decode()
    digest = sha256(text.encode()).hexdigest()
    database.execute(f"UPDATE seal SET document = ?, sha256 = ? WHERE {column} = ?", (text, digest, value))


# --- the proof -----------------------------------------------------------------------------------------------------------


def run(count: int, folder: Path) -> list[str]:
    """Every kind of change in turn."""
    head = prepare(folder)
    failures = []
    for number in range(count):
        chance, kind = random.Random(f"tampering {number}"), number % KINDS
        failures += plain(NAMED[kind], folder, chance) if kind < len(NAMED) else hidden(HIDDEN[kind - len(NAMED)], folder, chance, head)
    return failures


def prepare(folder: Path) -> str:
    """`original.db`, and the same `before.db` its last answer; returns the head of the original."""
    store = Store.open(f"sqlite:///{folder / 'original.db'}")
    organisation = lived(store)
    shutil.copy(folder / "original.db", folder / "before.db")
    organisation.fill("print", count=1, shift=3)
    head = store.head(organisation.root.id)
    store.close()
    return head


def plain(tamper: Tamper, folder: Path, chance: random.Random) -> list[str]:
    """The failure of one try: nothing, unless something else than what was changed is named first, or nothing at all."""
    with closing(opened(folder)) as database, database:
        table, rows = tamper(database, chance)
    verdict = verified(folder)
    first = verdict.faults[0] if verdict.faults else None
    if first and first.table == table and first.row in rows:
        return []
    return [f"{tamper.__name__}: {table} {' or '.join(sorted(rows))} was changed, and verifying names {first}"]


def hidden(tamper: Callable[[sqlite3.Connection, random.Random], None], folder: Path, chance: random.Random, head: str) -> list[str]:
    with closing(opened(folder)) as database, database:
        tamper(database, chance)
    without, with_head = verified(folder), verified(folder, head[:12])
    said = verdict_text(without, words("en"))
    wrong = []
    if without.faults or "cannot be excluded" not in said:
        wrong.append(f"{tamper.__name__}: without a head, verifying says {said}")
    if with_head.holds or with_head.head_found is not False:
        wrong.append(f"{tamper.__name__}: with the head {head[:12]} it is not found")
    return wrong


def opened(folder: Path) -> sqlite3.Connection:
    """A copy of the original in which nothing is guarded any more."""
    shutil.copy(folder / "original.db", folder / "tampered.db")
    database = sqlite3.connect(folder / "tampered.db")
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    return database


def verified(folder: Path, head: str = "") -> Verdict:
    store = Store.open(f"sqlite:///{folder / 'tampered.db'}")
    try:
        return verify(store, 1, head=head)
    finally:
        store.close()


PROOF = Proof("tampering with the database file", KINDS, 200, run)
