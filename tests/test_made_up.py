"""The companies that reports are tried on: always the same, by the rules, and odd enough."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from scoring.portfolio import assess_units
from tenken.books import portfolio
from tenken.content import load_content
from tenken.organisation import faults, organisation_of
from tenken.store import Store
from tenken.verify import verify
from tests.made_up import LONG, NAMES, TODAY, company, make

# Two units over quarters, one open; twelve, closed, with units that come and go; one that has nothing to do with anything.
SMALL = (3, 0, 15, 6, 2)
MANY = tuple(map(company, range(100)))


def _content(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return list(database.iterdump())


@pytest.mark.parametrize("seed", SMALL)
def test_the_same_number_is_the_same_company(seed: int, tmp_path: Path) -> None:
    for name in ("one.db", "other.db"):
        store = Store.open(f"sqlite:///{tmp_path / name}")
        make(store, seed)
        store.close()
    one = _content(tmp_path / "one.db")
    assert one == _content(tmp_path / "other.db")
    assert any(line.startswith('INSERT INTO "answer_log"') for line in one) or company(seed).mood == "empty"


@pytest.mark.parametrize("seed", SMALL)
def test_it_is_a_company_that_could_be(seed: int, store: Store) -> None:
    """Nothing came into the store on a way that is not everybody's: units are such as can be, the chain holds, bytes are the log's."""
    made = make(store, seed)
    there = organisation_of(store, made.root)
    assert list(faults([*there.plans.values()], there)) == []
    assert store.stray_sheets(load_content().checklist) == ()
    assert verify(store, made.root.id).faults == ()
    assert [period.state for period in made.periods] == ["closed"] * (len(made.periods) - 1) + [
        "closed" if company(seed).closed else "open"
    ]
    assert made.periods[-1].start <= TODAY


def test_moods_say_what_they_are(store: Store, tmp_path: Path) -> None:
    seeds = {mood: next(each.seed for each in MANY if each.mood == mood and each.units < 60) for mood in ("na", "best", "worst", "empty")}
    shown = {}
    for mood, seed in seeds.items():
        other = Store.open(f"sqlite:///{tmp_path / mood}.db")
        made = make(other, seed)
        sheets = portfolio(other, made.periods[-1], TODAY)
        judged = assess_units(sheets, made.root.id, load_content().outside)
        assert judged
        shown[mood] = judged.result.total.percent
        other.close()
    assert shown["na"] is None
    assert shown["best"] == 1
    assert shown["worst"] == 0


def test_all_oddities_are_there() -> None:
    """Among the hundred of the proof, and most of them among any twenty."""
    assert Counter(each.units for each in MANY) == {12: 28, 1: 20, 2: 16, 3: 20, 60: 12, 300: 4}
    for few in (MANY, MANY[:20], MANY[20:40]):
        assert {each.units for each in few} == {1, 2, 3, 12, 60, 300}
        assert {each.mood for each in few} == {"mixed", "empty", "na", "best", "worst", "unknown"}
        assert {each.quarters for each in few} == {1, 2, 3, 4, 5, 6}
        assert {(each.closed, each.quarters == 1) for each in few} == {(True, True), (True, False), (False, True), (False, False)}
        assert {each.holes for each in few} == {each.targets for each in few} == {True, False}
        assert {each.actions for each in few} == {0, 1, 3, 25}
        assert set().union(*(each.named for each in few)) == set(NAMES)
    for mood in ("empty", "na", "best"):  # alone or among many, open or sealed
        assert len({(each.units > 3, each.closed) for each in MANY if each.mood == mood}) >= 3


def test_names_are_as_odd_as_they_say() -> None:
    letters = [letter for name in ("long", "long_latin") for letter in (NAMES[name].ja, NAMES[name].en)]
    assert all(len(name) >= LONG - 5 and " " not in name for name in letters)
    assert {name.ja[0] for name in NAMES.values()} >= {"=", "-", "#", "<", "$", "{", "_", "髙", "\u202e"}
    assert any(len(name.ja) == 1 for name in NAMES.values())
