"""Kill -9 while four people save: what was acknowledged is there, and the file is sound.

This file is also the program that the proof starts: one process pays for the imports, then forks a server for every
kill, listens to what it acknowledges, kills it, and reads the database past the store.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from scoring.model import Answer, Evidence, Text
from tenken.settings import ROOT
from tenken.store import Sheet, Store
from tests.factories import checklist
from tests.prove.proof import Proof

DAY = date(2026, 11, 22)
WRITERS = 4
SECTIONS = ("external_attack", "human_error", "insider", "telework")
ASKED = checklist({section: tuple(f"q{number}" for number in range(5)) for section in SECTIONS}, facts=())
CHOICES = (*(choice.id for choice in ASKED.choices), "unknown", "na", None)
CODES = {None: -1, "unknown": -2, "na": -3} | {choice.id: number for number, choice in enumerate(ASKED.choices)}
KILLS_PER_DATABASE = 10
LATEST = 0.06  # seconds between the first acknowledged answer and the kill

Acknowledged = dict[int, tuple[str, str | None, str]]


@dataclass(slots=True)
class Tally:
    """What all kills came to: `unfinished` counts the ones that met a save half way."""

    failures: list[str] = field(default_factory=list)
    acknowledged: int = 0
    unfinished: int = 0


# --- the server that is killed -------------------------------------------------------------------


def own_sheet(store: Store) -> Sheet:
    company = store.company() or store.create_company(Text("自社", "Our company"))
    return store.sheet(company.id, store.period_for(company.id, DAY).id, ASKED)


def answer(chance: random.Random) -> Answer | None:
    """From one word to a note that needs pages of its own."""
    choice = chance.choice(CHOICES)
    if choice is None:
        return None
    note = "控え" * chance.choice((0, 1, 40, 2500))
    evidence = Evidence("台帳", DAY) if chance.random() < 0.3 else None
    return Answer(choice, "理由" if choice == "na" else "", note, evidence)


def serve(url: str, pipe: int, seed: int) -> None:
    """Four threads of one store save until the end of the process; each answer is acknowledged once `save` is back."""
    store = Store.open(url)
    sheet = own_sheet(store)
    entries = store.entries(sheet.id)

    def write(number: int) -> None:
        chance = random.Random(seed * WRITERS + number)
        mine = [question.id for question in ASKED.questions if question.section == SECTIONS[number]]
        seen = {question: entries[question].id if question in entries else 0 for question in mine}
        while True:
            question = chance.choice(mine)
            entry = store.save(sheet, ASKED, question, answer(chance), person=f"{number}", seen=seen[question]).entry
            seen[question] = entry.id
            os.write(pipe, (json.dumps([entry.id, question, entry.choice, entry.note[:9]]) + "\n").encode())  # one write: never torn

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def kill_once(url: str, chance: random.Random, seed: int, *, early: bool) -> Acknowledged:
    """A new server, killed at some moment; `early`: maybe while it still makes its tables. What it acknowledged."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        os.close(ours)
        try:
            serve(url, theirs, seed)
        finally:
            os._exit(1)
    os.close(theirs)
    with open(ours, "rb") as pipe:
        said = b"" if early else pipe.readline()
        time.sleep(chance.uniform(0, LATEST))
        os.kill(child, signal.SIGKILL)
        said += pipe.read()
    if os.waitpid(child, 0)[1] != signal.SIGKILL:
        raise RuntimeError("the server ended before it was killed")
    rows = [json.loads(line) for line in said.splitlines()]
    return {entry: (question, choice, note) for entry, question, choice, note in rows}


# --- what is left --------------------------------------------------------------------------------


def faults(file: Path, acknowledged: Acknowledged) -> list[str]:
    """What is wrong with a database that should hold these answers."""
    with closing(sqlite3.connect(file)) as database:
        found = [f"integrity: {row[0]}" for row in database.execute("PRAGMA integrity_check") if row != ("ok",)]
        found += [f"foreign key: {row}" for row in database.execute("PRAGMA foreign_key_check")]
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'answer_log'").fetchone():
            return [*found, *(["there are no tables"] if acknowledged else [])]
        rows = database.execute("SELECT id, question_id, choice, substr(note, 1, 9) FROM answer_log ORDER BY id").fetchall()
        log = {row[0]: (row[1], row[2], row[3]) for row in rows}
        found += [
            f"answer {entry} of {said[0]} was acknowledged and is lost" for entry, said in acknowledged.items() if log.get(entry) != said
        ]
        newest = {question: choice for _id, question, choice, _note in rows}
        for levels, version in database.execute("SELECT levels, version FROM sheet"):
            if memoryview(levels).cast("b").tolist() != [CODES[newest.get(question.id)] for question in ASKED.questions]:
                found.append("levels are not what the log says")
            if version != 1 + len(rows):
                found.append(f"version {version} after {len(rows)} changes")
    return found


def kill_often(count: int, folder: Path) -> Tally:
    tally = Tally()
    file, everything = folder, Acknowledged()
    for number in range(count):
        chance = random.Random(f"kill {number}")
        if number % KILLS_PER_DATABASE == 0:
            file, everything = folder / f"{number}.db", {}
        new = kill_once(f"sqlite:///{file}", chance, number, early=number % KILLS_PER_DATABASE == 0)
        everything |= new
        tally.acknowledged += len(new)
        tally.unfinished += any(file.with_name(f"{file.name}-{kind}").exists() for kind in ("journal", "wal"))
        tally.failures += [f"kill {number}: {fault}" for fault in faults(file, everything)]
    if tally.acknowledged < count or not tally.unfinished:
        tally.failures.append(
            f"{tally.acknowledged} answers acknowledged, {tally.unfinished} saves met half way: too few to prove anything"
        )
    return tally


# --- the proof -----------------------------------------------------------------------------------


def run(count: int, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "tests.prove.kills", str(count), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        return [f"the runner ended: {done.stderr[-2000:]}"]
    found: list[str] = json.loads(done.stdout)["failures"]
    return found


PROOF = Proof("kill -9 during saves by 4 writers", 50, 500, run)


def main() -> None:
    tally = kill_often(int(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps({"failures": tally.failures, "acknowledged": tally.acknowledged, "unfinished": tally.unfinished}))


if __name__ == "__main__":
    main()
