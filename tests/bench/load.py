"""Many people at once: each a session of its own at a real server, each answering a question of its own at a steady pace.

All sessions of an installation share one company's sheet, and two people on one question rightly meet as a conflict. So
that no two do, an installation for more people than there are questions asks everything several times over (a copy of
the program with a wider checklist: its pages hold more cards than real ones). Conflicts are counted all the same.
"""

import asyncio
import random
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from scoring.model import Checklist, Text
from tenken.content import any_checklist, load_content
from tenken.i18n import words
from tenken.settings import ROOT
from tenken.store import Store
from tests.bench.synthetic import wide_installation
from tests.bench.tab import Run, Tab, tab
from tests.bench.table import Row, percentile, promised
from tests.browser.drive import Server

PEOPLE = (1, 50, 100, 200)
MOST_PEOPLE = 500
PACE = 5.0  # seconds between a person's answers, a fifth more or less
PROMISED_P95_MS = {100: 100, 200: 500}
DOORS = 4  # people who open their page at the same moment
SAVED, CONFLICT = f":green[✓ {words('ja')('Saved {time}', time='')}", words("ja")("Keep theirs")


@dataclass(slots=True)
class Tally:
    """What all people of one step saw. Times in milliseconds; `acknowledged`: what the page showed as saved."""

    openings: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    acknowledged: Counter[tuple[str, str]] = field(default_factory=Counter)
    conflicts: int = 0
    refused: int = 0


def rows(people: Sequence[int], seconds: float) -> Iterator[Row]:
    """One row per number of people, each at a fresh server; `seconds` of answering each."""
    for number in people:
        if not 1 <= number <= MOST_PEOPLE:
            raise SystemExit(f"--people: from 1 to {MOST_PEOPLE}")
        with TemporaryDirectory() as folder:
            yield _step(Path(folder), number, seconds)


def _step(folder: Path, people: int, seconds: float) -> Row:
    server, checklist = _installation(folder, people)
    server.start()
    try:
        tally = asyncio.run(_everybody(server.port, [q.id for q in checklist.questions][:people], checklist, seconds))
        memory = resident_mb(server.pid)
    finally:
        server.kill()
    stored = _stored(server.database)
    lost = (tally.acknowledged - stored).total()
    saved, p95 = tally.acknowledged.total(), percentile(tally.times, 95)
    figures = (
        f"p50 {percentile(tally.times, 50):.0f}  p95 {p95:.0f}  max {max(tally.times):.0f} ms; {len(tally.times)} sent, {saved} saved, "
        f"{stored.total()} in the log, {tally.conflicts} conflicts, {tally.refused} refused, {lost} lost; open p95 {percentile(tally.openings, 95):.0f} ms; {memory:.0f} MB"
    )
    name, limit = f"{people} {'person' if people == 1 else 'people'} answering", PROMISED_P95_MS.get(people)
    if limit is None:
        return Row(name, figures, "0 lost", "MISS" if lost else "ok")
    row = promised(name, figures, p95, limit, "ms")
    return Row(row.name, row.figures, f"p95 {row.promise}, 0 lost", f"MISS  {lost} lost" if lost else row.verdict)


def _installation(folder: Path, people: int) -> tuple[Server, Checklist]:
    """A server, not started yet, whose checklist has a question for everybody and whose company has all facts."""
    times = -(-people // len(load_content().checklist.questions))
    root = ROOT if times == 1 else wide_installation(folder / "program", times)
    checklist = any_checklist(root / "checklists" / "leak-causes", root / "data")
    server = Server(folder / "home", root=root)
    store = Store.open(f"sqlite:///{server.database}")
    company = store.create_company(Text("試験", "Bench"))
    sheet = store.sheet(company.id, store.period_for(company.id, date.today()).id, checklist)
    store.save_profile(sheet, checklist, {fact.id: True for fact in checklist.facts}, person="")
    store.close()
    return server, checklist


async def _everybody(port: int, questions: Sequence[str], checklist: Checklist, seconds: float) -> Tally:
    tally, doors, begin = Tally(), asyncio.Semaphore(DOORS), asyncio.Barrier(len(questions))
    choices = [choice.id for choice in checklist.choices]
    async with asyncio.TaskGroup() as group:
        for question in questions:
            group.create_task(_person(port, question, choices, seconds, tally, doors, begin))
    return tally


async def _person(
    port: int, question: str, choices: Sequence[str], seconds: float, tally: Tally, doors: asyncio.Semaphore, begin: asyncio.Barrier
) -> None:
    """Opens the page, waits until everybody has, then answers one question, every time with another level."""
    async with tab(port) as own:
        async with doors:
            tally.openings.append((await own.visit("answer", mode="full", question=question)).milliseconds)
        await begin.wait()
        end = perf_counter() + seconds
        place = random.randrange(len(choices))
        await asyncio.sleep(random.uniform(0, PACE))
        while perf_counter() < end:
            place = (place + 1) % len(choices)
            _count(await _answer(own, question, place, tally), (question, choices[place]), tally)
            await asyncio.sleep(PACE * random.uniform(0.8, 1.2))


async def _answer(own: Tab, question: str, place: int, tally: Tally) -> Run:
    run = await own.choose(f":{question}", place)
    tally.times.append(run.milliseconds)
    return run


def _count(run: Run, answer: tuple[str, str], tally: Tally) -> None:
    if any(word.startswith(SAVED) for word in run.words):
        tally.acknowledged[answer] += 1
    elif CONFLICT in run.words:
        tally.conflicts += 1
    else:
        tally.refused += 1


def _stored(database: Path) -> Counter[tuple[str, str]]:
    """How often each level of each question stands in the log, answers of people only."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT question_id, choice, count(*) FROM answer_log WHERE origin = 'person' GROUP BY 1, 2")
        return Counter({(question, choice): count for question, choice, count in found})


def resident_mb(pid: int) -> float:
    """Resident memory of a process, in MB of 10^6 bytes."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(told.stdout) * 1024 / 1e6
