"""Disk full, read-only, locked: the store says so, keeps only what it acknowledged, and goes on by itself afterwards.

This file is also the program that the proof starts: a process that gives up root's privileges and its own busy waiting,
and puts one obstacle after another in the way of one store, in random order among random writes.
"""

import ctypes
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy import Pool, event

from scoring.model import Answer, Text
from tenken.errors import StoreError, Unavailable
from tenken.settings import ROOT
from tenken.store import Sheet, Store, connect, store
from tests.factories import checklist
from tests.prove.proof import Proof

DAY = date(2026, 11, 22)
ASKED = checklist()
OBSTACLES_PER_STORE = 5
BIG = "長" * 60_000
HOLE = 2 * 1024 * 1024  # bytes of the small disk

LINUX = sys.platform == "linux"
LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS = 0x20000
CAP_DAC_OVERRIDE = 1 << 1


@dataclass(slots=True)
class World:
    """One database under test, its sheet, and what its store has acknowledged."""

    file: Path
    store: Store
    sheet: Sheet
    connections: list[sqlite3.Connection]
    entries: list[int] = field(default_factory=list)
    version: int = 0
    setting: int | None = None
    name: str = "自社"
    failures: list[str] = field(default_factory=list)


# --- what people do meanwhile --------------------------------------------------------------------


def _save(world: World, chance: random.Random, note: str) -> None:
    question = chance.choice(ASKED.questions).id
    newest = world.store.entries(world.sheet.id).get(question)
    answer = Answer(chance.choice(ASKED.choices).id, note=note)
    saved = world.store.save(world.sheet, ASKED, question, answer, person="佐藤", seen=newest.id if newest else 0)
    world.entries.append(saved.entry.id)
    world.version = saved.version


def _small(world: World, chance: random.Random) -> None:
    _save(world, chance, "控え" * chance.randrange(3))


def _big(world: World, chance: random.Random) -> None:
    _save(world, chance, BIG)


def _profile(world: World, chance: random.Random) -> None:
    facts = {fact.id: chance.random() < 0.5 for fact in ASKED.facts}
    world.version = world.store.save_profile(world.sheet, ASKED, facts, person="佐藤").version


def _undo(world: World, chance: random.Random) -> None:
    if saved := world.store.undo(world.sheet, ASKED, person="佐藤"):
        world.entries.append(saved.entry.id)
        world.version = saved.version


def _setting(world: World, chance: random.Random) -> None:
    value = chance.randrange(10**6)
    world.store.put_setting("number", value)
    world.setting = value


def _rename(world: World, chance: random.Random) -> None:
    name = f"会社{chance.randrange(10**6)}"
    world.store.rename(world.sheet.unit, Text(name, "Company"))
    world.name = name


def _ready(world: World, chance: random.Random) -> None:
    world.store.ready()


def _read(world: World, chance: random.Random) -> None:
    world.store.entries(world.sheet.id)


WRITES = (_small, _small, _big, _profile, _undo, _setting, _rename, _ready, _read)


# --- obstacles -----------------------------------------------------------------------------------


@contextmanager
def few_pages(world: World, chance: random.Random) -> Iterator[None]:
    """SQLite's own limit: the database may not grow."""
    for connection in world.connections:
        connection.execute("PRAGMA max_page_count = 1")  # as low as it goes: the pages that are there already
    yield
    for connection in world.connections:
        connection.execute("PRAGMA max_page_count = 1000000")


@contextmanager
def small_files(world: World, chance: random.Random) -> Iterator[None]:
    """The system's limit: no file may grow beyond this."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (world.file.stat().st_size + chance.choice((0, 4096)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def full_disk(world: World, chance: random.Random) -> Iterator[None]:
    """Somebody else's file takes what was left of the disk."""
    filler = world.file.with_name("filler")
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096) == 4096:
                pass
        except OSError:
            pass
        if chance.random() < 0.5:  # room for a journal, and not for more
            file.truncate(max(file.tell() - chance.choice((4096, 8192, 16384)), 0))
    yield
    filler.unlink()


@contextmanager
def frozen_folder(world: World, chance: random.Random) -> Iterator[None]:
    """No file can be made in it, a journal neither."""
    if chance.random() < 0.5:
        world.store.close()  # connections made under the obstacle, too
    world.file.parent.chmod(0o500)
    yield
    world.file.parent.chmod(0o700)


@contextmanager
def frozen_file(world: World, chance: random.Random) -> Iterator[None]:
    """A connection that is open keeps its rights: this is for the ones to come."""
    world.store.close()
    world.file.chmod(0o400)
    yield
    world.file.chmod(0o600)


@contextmanager
def _held(world: World, *statements: str) -> Iterator[None]:
    """Another process has the database."""
    (ours, ready), (waits, done) = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        try:
            other = sqlite3.connect(world.file, isolation_level=None)
            for statement in statements:
                other.execute(statement).fetchall()
            os.write(ready, b"1")
            os.close(done)
            os.read(waits, 1)
        finally:
            os._exit(0)
    os.close(ready)
    os.close(waits)
    if os.read(ours, 1) != b"1":
        raise RuntimeError("the other process could not take the lock")
    yield
    os.close(done)
    os.close(ours)
    os.waitpid(child, 0)


def written_elsewhere(world: World, chance: random.Random) -> AbstractContextManager[None]:
    return _held(world, "BEGIN IMMEDIATE")


def kept_elsewhere(world: World, chance: random.Random) -> AbstractContextManager[None]:
    """Not even reading is possible."""
    return _held(world, "BEGIN EXCLUSIVE")


def read_elsewhere(world: World, chance: random.Random) -> AbstractContextManager[None]:
    """A long look: a save gets as far as its commit."""
    return _held(world, "BEGIN", "SELECT * FROM answer_log")


Obstacle = Callable[[World, random.Random], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Kind:
    """Obstacles that the store has one word for; `disk`: ones that need the small disk."""

    name: str
    code: str
    obstacles: tuple[Obstacle, ...]
    disk: tuple[Obstacle, ...] = ()


KINDS = {
    kind.code: kind
    for kind in (
        Kind("a full disk", "disk_full", (few_pages, small_files), (full_disk,)),
        Kind("a read-only folder or file", "read_only", (frozen_folder, frozen_file)),
        Kind("a database locked by another process", "locked", (written_elsewhere, kept_elsewhere, read_elsewhere)),
    )
}


# --- one store -----------------------------------------------------------------------------------


def opened(file: Path) -> World:
    connections: list[sqlite3.Connection] = []

    def remember(connection: sqlite3.Connection, record: object) -> None:
        connections.append(connection)

    event.listen(Pool, "connect", remember)
    try:
        made = Store.open(f"sqlite:///{file}")
        unit = made.create_company(Text("自社", "Our company"))
        sheet = made.sheet(unit.id, made.period_for(unit.id, DAY).id, ASKED)
    finally:
        event.remove(Pool, "connect", remember)
    return World(file, made, sheet, connections, version=sheet.version)


def attempt(world: World, write: Callable[[World, random.Random], None], chance: random.Random, code: str, where: str) -> None:
    """One write under an obstacle: done, or refused in its words; a big answer has to be refused."""
    try:
        write(world, chance)
    except Unavailable as refused:
        if refused.code != code:
            world.failures.append(f"{where}: {write.__name__} was refused as {refused.code}, not as {code}")
    except Exception as error:
        world.failures.append(f"{where}: {write.__name__} ended in {type(error).__name__}: {error}")
    else:
        if write is _big:
            world.failures.append(f"{where}: {write.__name__} was saved in spite of it")


def checked(world: World) -> None:
    """The database holds what was acknowledged, and nothing else."""
    with closing(sqlite3.connect(world.file)) as database:
        if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            world.failures.append("the file is not sound")
        rows = database.execute("SELECT id, question_id, choice, origin FROM answer_log ORDER BY id").fetchall()
        if [row[0] for row in rows if row[3] != "profile"] != world.entries:
            world.failures.append("the log is not what was acknowledged")
        words: list[str | None] = [choice.id for choice in ASKED.choices]
        newest = {question: choice for _id, question, choice, _origin in rows}
        codes = [{None: -1, "na": -3}.get(newest.get(q.id)) or words.index(newest.get(q.id)) for q in ASKED.questions]
        levels, version = database.execute("SELECT levels, version FROM sheet").fetchone()
        if memoryview(levels).cast("b").tolist() != codes:
            world.failures.append("levels are not what the log says")
        if version != world.version:
            world.failures.append(f"version {version}, acknowledged {world.version}")
        setting = database.execute("SELECT value FROM setting").fetchall()
        if setting != ([] if world.setting is None else [(str(world.setting),)]):
            world.failures.append("the setting is not what was acknowledged")
        if database.execute("SELECT name_ja FROM node").fetchall() != [(world.name,)]:
            world.failures.append("the name is not what was acknowledged")


def one_store(file: Path, obstacles: tuple[Obstacle, ...], code: str, chance: random.Random) -> list[str]:
    world = opened(file)
    _small(world, chance)
    for number in range(OBSTACLES_PER_STORE):
        obstacle = chance.choice(obstacles)
        where = f"obstacle {number} ({obstacle.__name__})"
        with obstacle(world, chance):
            for write in chance.choices(WRITES, k=chance.randint(1, 3)):
                attempt(world, write, chance, code, where)
        for write in (_small, _ready):
            try:
                write(world, chance)
            except StoreError as error:
                world.failures.append(f"{where}: once it had gone, {write.__name__} was still refused: {error.code}")
    world.store.close()
    checked(world)
    return world.failures


# --- the process ---------------------------------------------------------------------------------


def small_disk(folder: Path) -> bool:
    """A disk of 2 MB at `folder`, seen by this process alone and gone with it; only root can make one."""
    if not LINUX or LIBC.unshare(CLONE_NEWNS):
        return False
    private = subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={HOLE}", "tmpfs", str(folder)], capture_output=True)
    return not private.returncode and not mounted.returncode


def obey_permissions() -> None:
    """Root writes wherever it likes; from now on this process does not."""
    if not LINUX:
        return
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    if LIBC.capget(header, data) or not data[0] & CAP_DAC_OVERRIDE:
        return
    data[0] &= ~CAP_DAC_OVERRIDE
    if LIBC.capset(header, data):
        raise OSError(ctypes.get_errno(), "capset")


def main() -> None:
    code, count, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    vars(connect)["BUSY_MS"] = vars(store)["BUSY_MS"] = 20  # milliseconds: here nobody is worth waiting for
    kind = KINDS[code]
    obstacles = kind.obstacles
    if kind.disk and small_disk(folder):
        obstacles += kind.disk
    obey_permissions()
    failures = []
    for number in range(count):
        place = folder / "data"
        place.mkdir(mode=0o700)
        chance = random.Random(f"{code} {number}")
        failures += [f"store {number}: {what}" for what in one_store(place / "tenken.db", obstacles, code, chance)]
        for file in place.iterdir():
            file.unlink()
        place.rmdir()
    print(json.dumps(failures))


def run(code: str, count: int, folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.prove.refusals", code, str(count), str(folder)], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        return [f"the runner ended: {done.stderr[-2000:]}"]
    found: list[str] = json.loads(done.stdout)
    return found


PROOFS = tuple(Proof(f"writes against {kind.name}", 6, 200, partial(run, code)) for code, kind in KINDS.items())

if __name__ == "__main__":
    main()
