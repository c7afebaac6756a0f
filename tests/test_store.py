"""The store: an answer that was acknowledged is there, whatever happens next.

`TestContract` is what any database has to do; test_store_postgres.py runs it once more. The rest is about SQLite.
"""

import errno
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import NullPool, Pool, create_engine, event, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from scoring.errors import AnswerError
from scoring.model import Answer, Checklist, Evidence, Text
from tenken.errors import Closed, Conflict, Newer, NotFound, SettingsError, StoreError, Unavailable
from tenken.store import Entry, Origin, Saved, Sheet, Store, UnitPlan, connect, schema, states
from tenken.verify import verify
from tests.factories import TINY, checklist, question
from tests.organisation import old_database

ASKED = checklist()
MFA, SITE, REMOTE, LOCK, POLICY = (asked.id for asked in ASKED.questions)
DAY = date(2026, 11, 22)
ME, OTHER = "佐藤", "鈴木"

Sql = Callable[..., list[tuple[Any, ...]]]


def signed(levels: bytes) -> list[int]:
    return memoryview(levels).cast("b").tolist()


def naive_levels(asked: Checklist, choices: dict[str, str | None]) -> list[int]:
    """The codes once more, written down differently from the product's."""
    words = [choice.id for choice in asked.choices]
    special = {None: -1, "unknown": -2, "na": -3}
    found = [choices.get(each.id) for each in asked.questions]
    return [words.index(word) if word in words else special.get(word, -1) for word in found]


def from_log(sql: Sql, sheet: Sheet, asked: Checklist) -> list[int]:
    """What the rows of the log say, read past the store."""
    rows = sql("SELECT question_id, choice FROM answer_log WHERE sheet_id = :id ORDER BY id", id=sheet.id)
    return naive_levels(asked, dict(row[:2] for row in rows))


def answer(store: Store, sheet: Sheet, asked: str, said: Answer | str | None, person: str = ME) -> Saved:
    """Saves as somebody does who has the newest state on screen."""
    newest = store.entries(sheet.id).get(asked)
    said = Answer(said) if isinstance(said, str) else said
    return store.save(sheet, ASKED, asked, said, person=person, seen=newest.id if newest else 0)


def shown(store: Store, sheet: Sheet) -> dict[str, str | None]:
    return {asked: entry.choice for asked, entry in store.entries(sheet.id).items()}


def close_quarter(sql: Sql, sheet: Sheet) -> None:
    sql("UPDATE period SET state = 'closed' WHERE id = :id", id=sheet.period)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'tenken.db'}"


class Database:
    """Fixtures on a database that `url` names."""

    @pytest.fixture
    def store(self, url: str) -> Iterator[Store]:
        opened = Store.open(url)
        yield opened
        opened.close()

    @pytest.fixture
    def sql(self, url: str, store: Store) -> Iterator[Sql]:
        """Runs a statement on the same database without the store's knowledge."""
        engine = create_engine(url, poolclass=NullPool)

        def run(statement: str, **values: object) -> list[tuple[Any, ...]]:
            with engine.begin() as connection:
                result = connection.execute(text(statement), values)
                return [tuple(row) for row in result] if result.returns_rows else []

        yield run
        engine.dispose()

    @pytest.fixture
    def sheet(self, store: Store) -> Sheet:
        unit = store.create_company(Text("株式会社見本", "Example Inc."))
        return store.sheet(unit.id, store.period_for(unit.id, DAY).id, ASKED)


CHILD = """
import sys
from scoring.model import Answer
from tenken.store import Store
from tests.factories import checklist, question
store = Store.open(sys.argv[1])
asks = checklist()
sheet = store.sheet(int(sys.argv[2]), int(sys.argv[3]), asks)
while True:
    for asked in asks.questions:
        newest = store.entries(sheet.id).get(asked.id)
        saved = store.save(sheet, asks, asked.id, Answer("level3"), person="child", seen=newest.id if newest else 0)
        print(saved.entry.id, asked.id, flush=True)
"""


def killed_while_saving(url: str, sheet: Sheet) -> dict[int, str]:
    """A child process saves until kill -9; what it had acknowledged by then, as {entry id: question}."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    command = [sys.executable, "-c", CHILD, url, str(sheet.unit), str(sheet.period)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout
        first = child.stdout.readline()
        time.sleep(random.uniform(0, 0.08))
        child.kill()
        lines = (first + child.stdout.read()).splitlines(keepends=True)
    whole = [line.split() for line in lines if line.endswith("\n")]
    return {int(entry_id): asked for entry_id, asked in whole}


class TestContract(Database):
    # --- durable, in order ---------------------------------------------------------------------------------------

    def test_a_saved_answer_is_there_for_everybody_else(self, url: str, store: Store, sheet: Sheet) -> None:
        said = Answer("level3", note="台帳で確認", evidence=Evidence("https://example.jp/1", date(2026, 10, 1)))
        saved = store.save(sheet, ASKED, MFA, said, person=ME, seen=0)
        other = Store.open(url)
        assert other.entries(sheet.id) == {MFA: saved.entry}
        assert other.entries(sheet.id)[MFA].answer == said
        assert signed(other.levels(sheet.id)) == [3, -1, -1, -1, -1]
        assert (saved.entry.person, saved.entry.identity, saved.entry.origin) == (ME, "declared", "person")
        assert saved.version == sheet.version + 1
        other.close()

    def test_order_is_the_log_and_not_the_clock(self, url: str, store: Store, sheet: Sheet) -> None:
        times = [datetime(2026, 11, 22, tzinfo=UTC) - timedelta(days=day) for day in range(3)]
        backwards = Store.open(url, now=iter(times).__next__)
        for choice in ("level1", "level2", "level3"):
            answer(backwards, sheet, MFA, choice)
        assert [entry.choice for entry in store.history(sheet.id, MFA)] == ["level3", "level2", "level1"]
        assert [entry.at for entry in store.history(sheet.id, MFA)] == times[::-1]
        assert store.entries(sheet.id)[MFA].choice == "level3"
        backwards.close()

    def test_evidence_belongs_to_one_version_of_an_answer(self, store: Store, sheet: Sheet) -> None:
        answer(store, sheet, MFA, Answer("level3", evidence=Evidence("台帳", DAY)))
        assert answer(store, sheet, MFA, "level4").entry.evidence is None
        assert store.history(sheet.id, MFA)[1].evidence == Evidence("台帳", DAY)

    def test_withdrawn_is_open_again_and_stays_in_the_log(self, store: Store, sheet: Sheet) -> None:
        answer(store, sheet, MFA, "level3")
        withdrawn = answer(store, sheet, MFA, None).entry
        assert withdrawn.answer is None
        assert store.entries(sheet.id) == {MFA: withdrawn}
        assert signed(store.levels(sheet.id)) == [-1] * 5
        assert len(store.history(sheet.id, MFA)) == 2

    def test_every_word_has_its_code(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        for asked, choice in ((MFA, "level0"), (SITE, "level4"), (REMOTE, "unknown")):
            answer(store, sheet, asked, choice)
        answer(store, sheet, POLICY, Answer("na", "対象がない"))
        assert signed(store.levels(sheet.id)) == [0, 4, -2, -1, -3] == from_log(sql, sheet, ASKED)

    # --- refused -------------------------------------------------------------------------------------------------

    def test_the_later_of_two_people_sees_both_answers(self, store: Store, sheet: Sheet) -> None:
        first = answer(store, sheet, MFA, "level1").entry
        theirs = store.save(sheet, ASKED, MFA, Answer("level3"), person=OTHER, seen=first.id)
        for seen in (0, first.id, theirs.entry.id + 1):
            with pytest.raises(Conflict) as caught:
                store.save(sheet, ASKED, MFA, Answer("level2", note="秘密"), person=ME, seen=seen)
            assert caught.value.code == "answer_changed"
            assert caught.value.fields["theirs"] == theirs.entry
            assert caught.value.fields["yours"] == Answer("level2", note="秘密")
            assert "秘密" not in str(caught.value)
        assert store.entries(sheet.id) == {MFA: theirs.entry}
        assert answer(store, sheet, LOCK, "level1").version == theirs.version + 1

    @pytest.mark.parametrize(
        ("asked", "said", "code"),
        [
            ("external_attack.nothing", Answer("level1"), "unknown_question"),
            ("external_attack.nothing", None, "unknown_question"),
            (MFA, Answer("level5"), "unknown_choice"),
            (MFA, Answer(""), "unknown_choice"),
            (MFA, Answer("na"), "reason_required"),
            (MFA, Answer("na", reason=" \n　"), "reason_required"),
            (MFA, Answer("level1", note="\0"), "unreadable_text"),
            (MFA, Answer("level1", evidence=Evidence("\ud800", DAY)), "unreadable_text"),
        ],
    )
    def test_an_answer_that_does_not_fit(self, store: Store, sheet: Sheet, asked: str, said: Answer | None, code: str) -> None:
        with pytest.raises(AnswerError) as caught:
            store.save(sheet, ASKED, asked, said, person=ME, seen=0)
        assert caught.value.code == code
        assert store.entries(sheet.id) == {}

    def test_nobody_claims_to_be_the_profile(self, store: Store, sheet: Sheet) -> None:
        assert not answer(store, sheet, MFA, Answer("na", "理由", by_profile=True)).entry.by_profile

    def test_a_closed_quarter_takes_nothing(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        answer(store, sheet, MFA, "level1")
        before = store.sheet(sheet.unit, sheet.period, ASKED)
        close_quarter(sql, sheet)
        writes: tuple[Callable[[], object], ...] = (
            lambda: answer(store, sheet, MFA, "level2"),
            lambda: store.save_profile(sheet, ASKED, {"telework": False}, person=ME),
            lambda: store.undo(sheet, ASKED, person=ME),
            lambda: store.sheet(sheet.unit, sheet.period, checklist(id="another")),
        )
        for write in writes:
            with pytest.raises(Closed, match="period_closed"):
                write()
        assert store.sheet(sheet.unit, sheet.period, checklist(edition="2")) == before
        assert shown(store, sheet) == {MFA: "level1"}

    def test_what_is_not_there(self, store: Store, sheet: Sheet) -> None:
        calls: tuple[tuple[str, Callable[[], object]], ...] = (
            ("unit", lambda: store.sheet(99, sheet.period, ASKED)),
            ("period", lambda: store.sheet(sheet.unit, 99, ASKED)),
            ("unit", lambda: store.rename(99, Text("a", "a"))),
            ("sheet", lambda: store.levels(99)),
            ("sheet", lambda: store.save(sheet, checklist(id="another"), MFA, None, person=ME, seen=0)),
        )
        for code, call in calls:
            with pytest.raises(NotFound) as caught:
                call()
            assert caught.value.code == code

    # --- units, quarters, settings -------------------------------------------------------------------------------

    def test_one_real_and_one_sample_company(self, store: Store) -> None:
        assert store.company() is None
        real = store.create_company(Text("本物", "Real"))
        sample = store.create_company(Text("見本", "Sample"), sample=True)
        assert (store.company(), store.company(sample=True), store.units()) == (real, sample, (real, sample))
        assert (real.kind, real.parent, real.reporting, real.sample, sample.sample) == (
            "company",
            None,
            True,
            False,
            True,
        )
        with pytest.raises(Conflict, match="company_exists") as caught:
            store.create_company(Text("二つ目", "Second"))
        assert caught.value.fields["theirs"] == real
        renamed = store.rename(real.id, Text("新", "New"))
        assert renamed.name == Text("新", "New")
        assert store.company() == renamed

    def test_quarters_and_sheets_are_created_once(self, store: Store, sheet: Sheet) -> None:
        quarter = store.period_for(sheet.unit, DAY)
        assert (quarter.start, quarter.end, quarter.state) == (date(2026, 10, 1), date(2026, 12, 31), "open")
        assert store.period_for(sheet.unit, date(2026, 12, 31)) == quarter
        assert store.period_for(sheet.unit, date(2027, 1, 1)) != quarter
        assert store.sheet(sheet.unit, quarter.id, ASKED) == sheet
        assert (sheet.profile, sheet.content_hash, sheet.edition) == (None, ASKED.content_hash, "1")

    def test_everybody_at_once_creates_one_of_each(self, url: str, store: Store) -> None:
        def start(turn: int) -> tuple[object, ...]:
            try:
                unit = store.create_company(Text("甲", "A"))
            except Conflict as conflict:
                unit = conflict.fields["theirs"]
            sheet = store.sheet(unit.id, store.period_for(unit.id, DAY).id, ASKED)
            saved = store.save(sheet, ASKED, ASKED.questions[turn % 5].id, None, person=ME, seen=0) if turn < 5 else None
            return unit, sheet.id, sheet.period, saved and saved.entry.person

        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(start, range(8)))
        assert len({row[:3] for row in made}) == 1
        assert (len(store.units()), store.people()) == (1, (ME,))

    def test_settings_and_people(self, store: Store, sheet: Sheet) -> None:
        assert store.setting("month") is None
        for value in (4, {"語": ["ja", None, True]}, "x"):
            store.put_setting("month", value)
            assert store.setting("month") == value
        answer(store, sheet, MFA, "level1", person=OTHER)
        answer(store, sheet, MFA, "level2", person=ME)
        answer(store, sheet, MFA, "level3", person=OTHER)
        assert store.people() == (OTHER, ME)

    def test_ready_leaves_nothing_behind(self, store: Store, sql: Sql) -> None:
        ready = store.ready()
        assert (ready.schema, ready.writable) == (schema.HEAD, True)
        assert sql("SELECT * FROM setting") == []

    # --- profile -------------------------------------------------------------------------------------------------

    def test_the_profile_answers_and_gives_back(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        mine = Answer("level3", note="控え", evidence=Evidence("台帳", DAY))
        answer(store, sheet, REMOTE, mine)
        without = store.save_profile(sheet, ASKED, {"web_site": False, "telework": False}, person=OTHER)
        assert signed(store.levels(sheet.id)) == [-1, -3, -3, -1, -1]
        by_profile = store.entries(sheet.id)[REMOTE]
        assert by_profile.answer == Answer("na", reason="profile:telework,web_site", by_profile=True)
        assert (by_profile.origin, by_profile.person) == ("profile", OTHER)
        assert (without.profile, without.version) == ({"web_site": False, "telework": False}, sheet.version + 2)
        assert store.sheet(sheet.unit, sheet.period, ASKED) == without

        again = store.save_profile(sheet, ASKED, {"web_site": True, "telework": False}, person=OTHER)
        assert again.version == without.version + 1
        assert store.entries(sheet.id)[REMOTE].answer == mine
        assert store.entries(sheet.id)[SITE].answer is None
        assert signed(store.levels(sheet.id)) == [-1, -1, 3, -1, -1] == from_log(sql, sheet, ASKED)

    def test_the_same_profile_appends_nothing(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        first = store.save_profile(sheet, ASKED, {"telework": True}, person=ME)
        rows = sql("SELECT * FROM answer_log")
        assert store.save_profile(sheet, ASKED, {"telework": True}, person=ME) == first
        assert sql("SELECT * FROM answer_log") == rows

    def test_a_person_overrules_the_profile_until_it_changes_for_that_question(self, store: Store, sheet: Sheet) -> None:
        nothing, telework = {"web_site": False, "telework": False}, {"web_site": False, "telework": True}
        store.save_profile(sheet, ASKED, nothing, person=ME)
        answer(store, sheet, SITE, "level2")
        store.save_profile(sheet, ASKED, nothing, person=ME)
        store.save_profile(sheet, ASKED, telework, person=ME)
        assert shown(store, sheet) == {SITE: "level2", REMOTE: None}
        store.save_profile(sheet, ASKED, {"web_site": True}, person=ME)
        assert shown(store, sheet)[SITE] == "level2"
        store.save_profile(sheet, ASKED, nothing, person=ME)
        assert shown(store, sheet) == {SITE: "na", REMOTE: "na"}

    def test_a_profile_that_was_never_asked_leaves_nothing_out(self, store: Store, sheet: Sheet) -> None:
        answer(store, sheet, SITE, "level2")
        store.save_profile(sheet, ASKED, {"web_site": False}, person=ME)
        assert shown(store, sheet)[SITE] == "na"

    def test_a_question_that_is_new_in_the_checklist_hears_of_the_profile(self, store: Store, sheet: Sheet) -> None:
        store.save_profile(sheet, ASKED, {"web_site": False}, person=ME)
        more = checklist({**TINY, "detection": [question("new", needs_any=("web_site",))]})
        changed = store.sheet(sheet.unit, sheet.period, more)
        store.save_profile(changed, more, {"web_site": False}, person=ME)
        assert shown(store, sheet)["detection.new"] == "na"

    # --- undo ----------------------------------------------------------------------------------------------------

    def test_undo_walks_back_over_everybody(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        said = Answer("level1", note="控え", evidence=Evidence("台帳", DAY))
        first = answer(store, sheet, MFA, said).entry
        answer(store, sheet, MFA, "level2", person=OTHER)
        last = answer(store, sheet, LOCK, "level4").entry
        undone = store.undo(sheet, ASKED, person=OTHER)
        assert undone
        assert (undone.entry.question, undone.entry.answer, undone.entry.undoes) == (LOCK, None, last.id)
        assert (undone.entry.origin, undone.entry.person, undone.version) == ("undo", OTHER, sheet.version + 4)
        second = store.undo(sheet, ASKED, person=ME)
        assert second
        assert second.entry == store.entries(sheet.id)[MFA]
        assert second.entry.answer == said
        third = store.undo(sheet, ASKED, person=ME)
        assert third
        assert (third.entry.answer, third.entry.undoes) == (None, first.id)
        assert store.undo(sheet, ASKED, person=ME) is None
        assert len(store.history(sheet.id, MFA)) == 4
        assert signed(store.levels(sheet.id)) == [-1] * 5 == from_log(sql, sheet, ASKED)

    def test_an_answer_after_an_undo_is_undone_first(self, store: Store, sheet: Sheet) -> None:
        for choice in ("level1", "level2"):
            answer(store, sheet, MFA, choice)
        store.undo(sheet, ASKED, person=ME)
        answer(store, sheet, MFA, "level3")
        assert [store.undo(sheet, ASKED, person=ME) and shown(store, sheet)[MFA] for _ in range(3)] == [
            "level1",
            None,
            None,
        ]

    def test_undo_leaves_the_profile_alone(self, store: Store, sheet: Sheet) -> None:
        answer(store, sheet, LOCK, "level1")
        answer(store, sheet, SITE, "level2")
        store.save_profile(sheet, ASKED, {"web_site": False, "telework": True}, person=ME)
        assert store.undo(sheet, ASKED, person=ME)
        assert shown(store, sheet) == {LOCK: None, SITE: "na"}
        assert store.undo(sheet, ASKED, person=ME) is None
        answer(store, sheet, SITE, "level4")
        assert store.undo(sheet, ASKED, person=ME)
        assert store.entries(sheet.id)[SITE].by_profile
        store.save_profile(sheet, ASKED, {"web_site": True}, person=ME)
        assert shown(store, sheet)[SITE] == "level2"

    def test_undo_does_not_bring_back_a_profile_that_is_gone(self, store: Store, sheet: Sheet) -> None:
        answer(store, sheet, SITE, "level1")
        store.save_profile(sheet, ASKED, {"web_site": False, "telework": True}, person=ME)
        answer(store, sheet, SITE, "level2")
        store.save_profile(sheet, ASKED, {"web_site": True, "telework": True}, person=ME)
        assert store.undo(sheet, ASKED, person=ME)
        assert shown(store, sheet)[SITE] == "level1"

    def test_what_two_undos_took_back_does_not_return_with_the_profile(self, store: Store, sheet: Sheet) -> None:
        answer(store, sheet, SITE, "level1")
        store.save_profile(sheet, ASKED, {"web_site": False, "telework": True}, person=ME)
        for choice in ("level2", "level3"):
            answer(store, sheet, SITE, choice)
        for _ in range(2):
            store.undo(sheet, ASKED, person=ME)
        assert store.entries(sheet.id)[SITE].by_profile
        store.save_profile(sheet, ASKED, {"web_site": True, "telework": True}, person=ME)
        assert shown(store, sheet)[SITE] == "level1"

    def test_samples_are_not_undone(self, store: Store, sheet: Sheet) -> None:
        store.save(sheet, ASKED, MFA, Answer("level1"), person=ME, seen=0, origin="sample")
        assert store.undo(sheet, ASKED, person=ME) is None

    # --- the log is for ever, but for the sample -----------------------------------------------------------------

    # --- the chain -----------------------------------------------------------------------------------------------

    def test_every_write_has_its_line(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        answer(store, sheet, MFA, Answer("level1", evidence=Evidence("台帳", DAY)))
        store.save_profile(sheet, ASKED, {"web_site": False, "telework": False}, person=OTHER)
        store.undo(sheet, ASKED, person=ME)
        store.advance(store.find_sheet(sheet.id), ASKED, action="submit", to="submitted", person=ME)
        verdict = verify(store, sheet.unit)
        assert (verdict.faults, verdict.lines, verdict.answers) == ((), 4, len(sql("SELECT id FROM answer_log")))
        assert verify(store, sheet.unit, head=verdict.head[:12]).holds

    @pytest.mark.parametrize("table", ["trail", "answer_log"])
    def test_no_statement_changes_the_chain(self, store: Store, sheet: Sheet, sql: Sql, table: str) -> None:
        answer(store, sheet, MFA, "level1")
        for statement in (f"UPDATE {table} SET at = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="append-only"):
                sql(statement)
        assert verify(store, sheet.unit).holds

    def test_many_who_write_at_once_make_one_chain(self, store: Store, sheet: Sheet) -> None:
        plans = [UnitPlan(f"u{number}", "company", "department", Text("部", "D"), True) for number in range(4)]
        store.apply_units(sheet.unit, plans, since=None, person=ME)

        def work(unit: int) -> None:
            own = store.sheet(unit, sheet.period, ASKED)
            for choice in ("level1", "level2", "level3"):
                answer(store, own, MFA, choice, person=f"{unit}")

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, [unit.id for unit in store.units() if unit.code != "company"]))
        verdict = verify(store, sheet.unit)
        assert (verdict.faults, verdict.lines, verdict.answers) == ((), 13, 12)

    def test_a_database_of_the_first_schema_gets_its_chain(self, url: str, sql: Sql) -> None:
        sql("DROP TABLE alembic_version")
        for table in (
            "action_log",
            "action",
            "scenario",
            "node_setting",
            "seal",
            "evidence",
            "role",
            "trail",
            "answer_log",
            "sheet",
            "period",
            "content",
            "node_past",
            "node",
            "person",
            "setting",
        ):
            sql(f"DROP TABLE {table}")
        if url.startswith("postgresql"):
            sql("DROP FUNCTION trail_refuse, trail_delete, answer_log_refuse, answer_log_delete, action_log_refuse, action_log_delete")
        store = Store.open(old_database(url))
        for root in (1, 2):
            verdict = verify(store, root)
            assert (verdict.faults, verdict.lines, verdict.answers) == ((), 1, 20)
        assert sql("SELECT node_id, seq, sheet_id, action FROM trail ORDER BY node_id") == [(1, 1, 1, "adopted"), (2, 1, 2, "adopted")]
        store.close()

    def test_what_is_settled_for_a_unit_is_kept_by_its_version(self, store: Store, sheet: Sheet) -> None:
        unit = sheet.unit
        assert (store.settled(unit, "targets").value, store.settled(unit, "targets").version) == (None, 0)
        first = store.settle(unit, unit, "targets", {"profile": "標準"}, person=ME, seen=0)
        assert store.settled_of([unit, unit + 99], "targets") == {unit: first}
        with pytest.raises(Conflict, match="setting_changed") as refused:
            store.settle(unit, unit, "targets", None, person=ME, seen=0)
        assert refused.value.fields["theirs"] == {"profile": "標準"}
        assert store.settle(unit, unit, "targets", None, person=ME, seen=1).version == 2
        assert (store.settled(unit, "targets").value, store.settled(unit, "efforts").version) == (None, 0)
        assert [event.payload["version"] for event in store.events(unit) if event.action == "settled"] == [2, 1]
        with pytest.raises(NotFound, match="unit"):
            store.settle(unit, unit + 99, "targets", 1, person=ME, seen=0)
        assert verify(store, unit).faults == ()

    def test_no_statement_changes_the_log(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        answer(store, sheet, MFA, "level1")
        for statement in ("UPDATE answer_log SET choice = 'level4'", "DELETE FROM answer_log"):
            with pytest.raises(DBAPIError, match="append-only"):
                sql(statement)
        assert shown(store, sheet) == {MFA: "level1"}

    def test_removing_the_sample_touches_nothing_else(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        real = answer(store, sheet, MFA, "level1").entry
        unit = store.create_company(Text("見本", "Sample"), sample=True)
        sample = store.sheet(unit.id, sheet.period, ASKED)
        for choice in ("level1", "level2"):
            answer(store, sample, MFA, choice)
        store.undo(sample, ASKED, person=ME)
        store.put_setting("month", 4)
        sql(
            "INSERT INTO node (parent_id, kind, name_ja, name_en, reporting, sample)"
            " VALUES (:company, 'department', '営業部', 'Sales', :yes, :no)",
            company=sheet.unit,
            yes=True,
            no=False,
        )
        kept = [sql(f"SELECT * FROM {table}") for table in ("person", "period", "setting")]
        store.remove_sample()
        assert store.company(sample=True) is None
        assert [len(sql(f"SELECT * FROM {table}")) for table in ("node", "sheet", "answer_log")] == [2, 1, 1]
        assert store.history(sheet.id, MFA) == (real,)
        assert [sql(f"SELECT * FROM {table}") for table in ("person", "period", "setting")] == kept
        with pytest.raises(NotFound, match="sheet"):
            store.save(sample, ASKED, MFA, None, person=ME, seen=0)
        assert store.create_company(Text("見本", "Sample"), sample=True).id

    # --- the checklist changes -----------------------------------------------------------------------------------

    def test_levels_follow_the_checklist(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        for asked, choice in ((MFA, "level1"), (SITE, "level2"), (LOCK, "level4"), (POLICY, "level0")):
            answer(store, sheet, asked, choice)
        changed = checklist(
            {"governance": ["policy", "new"], "telework": ["lock"], "external_attack": ["mfa"]},
            points=(0, 25, 100),
            edition="2",
        )
        found = store.sheet(sheet.unit, sheet.period, changed)
        assert (found.id, found.edition, found.content_hash) == (sheet.id, "2", changed.content_hash)
        assert found.version == sheet.version + 5
        assert signed(store.levels(sheet.id)) == [0, -1, -1, 1] == from_log(sql, sheet, changed)
        assert store.sheet(sheet.unit, sheet.period, changed) == found
        assert shown(store, sheet)[SITE] == "level2"
        assert store.sheet(sheet.unit, sheet.period, ASKED).content_hash == ASKED.content_hash
        assert signed(store.levels(sheet.id)) == [1, 2, -1, 4, 0]

    def test_a_save_with_a_newer_checklist_needs_no_visit_first(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        answer(store, sheet, LOCK, "level4")
        changed = checklist({"telework": ["lock", "new"]})
        saved = store.save(sheet, changed, "telework.new", Answer("level1"), person=ME, seen=0)
        assert signed(store.levels(sheet.id)) == [4, 1] == from_log(sql, sheet, changed)
        assert store.sheet(sheet.unit, sheet.period, changed).version == saved.version

    def test_undo_skips_what_is_not_asked_any_more(self, store: Store, sheet: Sheet) -> None:
        answer(store, sheet, LOCK, "level4")
        answer(store, sheet, MFA, "level1")
        changed = checklist({"telework": ["lock"]})
        undone = store.undo(sheet, changed, person=ME)
        assert undone
        assert undone.entry.question == LOCK

    # --- many at once, and killed --------------------------------------------------------------------------------

    def test_two_threads_on_one_sheet_lose_nothing(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        start = threading.Barrier(2)

        def work(mine: list[str]) -> list[Entry]:
            start.wait()
            return [answer(store, sheet, asked, f"level{turn}").entry for turn in range(5) for asked in mine]

        with ThreadPoolExecutor(2) as pool:
            saved = [entry for done in pool.map(work, ([MFA, SITE], [REMOTE, LOCK, POLICY])) for entry in done]
        logged = [entry for asked in ASKED.questions for entry in store.history(sheet.id, asked.id)]
        assert sorted(logged, key=lambda entry: entry.id) == sorted(saved, key=lambda entry: entry.id)
        assert signed(store.levels(sheet.id)) == [4] * 5 == from_log(sql, sheet, ASKED)
        assert store.sheet(sheet.unit, sheet.period, ASKED).version == sheet.version + len(saved)

    def test_two_threads_on_one_answer_never_overwrite_unseen(self, store: Store, sheet: Sheet) -> None:
        start = threading.Barrier(2)

        def work(person: str) -> tuple[list[tuple[int, int]], int]:
            start.wait()
            chain, refused = [], 0
            for turn in range(30):
                newest = store.entries(sheet.id).get(MFA)
                seen = newest.id if newest else 0
                try:
                    saved = store.save(sheet, ASKED, MFA, Answer(f"level{turn % 5}"), person=person, seen=seen)
                    chain.append((seen, saved.entry.id))
                except Conflict:
                    refused += 1
            return chain, refused

        with ThreadPoolExecutor(2) as pool:
            (mine, refused), (theirs, also) = pool.map(work, (ME, OTHER))
        ids = [entry.id for entry in store.history(sheet.id, MFA)][::-1]
        assert sorted(mine + theirs) == list(zip([0, *ids], ids, strict=False))
        assert len(ids) + refused + also == 60

    def test_kill_9_loses_no_acknowledged_answer(self, url: str, store: Store, sheet: Sheet, sql: Sql) -> None:
        for _ in range(10):
            acknowledged = killed_while_saving(url, sheet)
            assert acknowledged
            logged = {row[0]: row[1] for row in sql("SELECT id, question_id FROM answer_log")}
            assert acknowledged.items() <= logged.items()
            assert signed(store.levels(sheet.id)) == from_log(sql, sheet, ASKED)
            assert store.sheet(sheet.unit, sheet.period, ASKED).version == sheet.version + len(logged)

    # --- the schema ----------------------------------------------------------------------------------------------

    def test_migrations_make_the_tables_that_the_code_uses(self, url: str, store: Store) -> None:
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        engine.dispose()

    def test_a_newer_database_is_left_alone(self, url: str, store: Store, sql: Sql) -> None:
        sql("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(Newer) as caught:
            Store.open(url)
        assert caught.value.fields == {"revision": "9999"}
        assert sql("SELECT version_num FROM alembic_version") == [("9999",)]

    def test_many_open_a_new_database_at_once(self, url: str) -> None:
        with ThreadPoolExecutor(6) as pool:
            stores = list(pool.map(Store.open, [url] * 6))
        assert {store.ready().schema for store in stores} == {schema.HEAD}
        for store in stores:
            store.close()

    def test_opened_again_it_migrates_nothing(self, url: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connect, "_upgrade", None)
        Store.open(url).close()


# --- SQLite -----------------------------------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "BUSY_MS", 100)


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


class TestSqlite(Database):
    def test_only_the_owner_can_read_it(self, url: str, store: Store, sheet: Sheet) -> None:
        assert file_of(url).stat().st_mode & 0o777 == 0o600
        assert file_of(url).parent.stat().st_mode & 0o777 == 0o700
        free = store.ready().free_bytes
        assert free is not None
        assert free > 0

    @pytest.mark.parametrize(("version", "mode"), [((3, 51, 2), "delete"), ((3, 51, 3), "wal"), ((4, 0, 0), "wal")])
    def test_wal_only_where_it_cannot_corrupt(self, url: str, version: tuple[int, ...], mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
        found: list[list[Any]] = []

        def look(connection: sqlite3.Connection, record: object) -> None:
            pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            found.append([connection.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in pragmas])

        event.listen(Pool, "checkin", look)
        try:
            store = Store.open(url)
        finally:
            event.remove(Pool, "checkin", look)
        unit = store.create_company(Text("甲", "A"))
        sheet = store.sheet(unit.id, store.period_for(unit.id, DAY).id, ASKED)
        assert answer(store, sheet, MFA, "level1").entry == store.entries(sheet.id)[MFA]
        assert found[-1] == [mode, 3, 1, 5000]
        store.close()

    @pytest.mark.usefixtures("impatient")
    def test_locked(self, url: str, store: Store, sheet: Sheet) -> None:
        blocker = sqlite3.connect(file_of(url), isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        writes: tuple[Callable[[], object], ...] = (
            lambda: store.save(sheet, ASKED, MFA, Answer("level1"), person=ME, seen=0),
            lambda: store.save_profile(sheet, ASKED, {}, person=ME),
            lambda: store.undo(sheet, ASKED, person=ME),
            lambda: store.create_company(Text("乙", "B"), sample=True),
            lambda: store.rename(sheet.unit, Text("乙", "B")),
            lambda: store.period_for(sheet.unit, date(2001, 1, 1)),
            lambda: store.put_setting("a", 1),
            store.remove_sample,
            store.ready,
        )
        for write in writes:
            with pytest.raises(Unavailable) as caught:
                write()
            assert caught.value.code == "locked"
        blocker.execute("ROLLBACK")
        blocker.close()
        assert answer(store, sheet, MFA, "level1").entry == store.entries(sheet.id)[MFA]

    @pytest.mark.usefixtures("impatient")
    def test_a_commit_that_fails_is_not_acknowledged(self, url: str, store: Store, sheet: Sheet) -> None:
        reader = sqlite3.connect(file_of(url), isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM answer_log").fetchall()
        with pytest.raises(Unavailable, match="locked"):
            answer(store, sheet, MFA, "level1")
        reader.close()
        assert store.entries(sheet.id) == {}
        assert answer(store, sheet, MFA, "level2").entry == store.entries(sheet.id)[MFA]

    def test_one_that_waits_too_long_behind_others_is_told(self, url: str, sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tenken.store.database.BUSY_MS", 100)
        holding, done = threading.Event(), threading.Event()

        def slow_clock() -> datetime:
            holding.set()
            done.wait(20)
            return datetime.now(UTC)

        store = Store.open(url, now=slow_clock)
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(store.save, sheet, ASKED, MFA, Answer("level1"), person=ME, seen=0)
            holding.wait(20)
            started = time.monotonic()
            with pytest.raises(Unavailable, match="locked"):
                store.put_setting("a", 1)
            assert time.monotonic() - started < 2
            done.set()
            assert first.result().entry == store.entries(sheet.id)[MFA]
        store.close()

    def test_many_new_databases_at_once(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(6) as pool:
            stores = list(pool.map(Store.open, [f"sqlite:///{tmp_path / f'{number}.db'}" for number in range(6)]))
        assert {store.ready().schema for store in stores} == {schema.HEAD}
        for store in stores:
            store.close()

    def test_disk_full_and_free_again(self, url: str) -> None:
        pages: list[sqlite3.Connection] = []
        event.listen(Pool, "connect", lambda connection, record: pages.append(connection))
        store = Store.open(url)
        unit = store.create_company(Text("甲", "A"))
        sheet = store.sheet(unit.id, store.period_for(unit.id, DAY).id, ASKED)
        for connection in pages:
            connection.execute("PRAGMA max_page_count = 1")
        long = Answer("level1", note="長" * 100_000)
        with pytest.raises(Unavailable) as caught:
            answer(store, sheet, MFA, long)
        assert caught.value.code == "disk_full"
        assert store.entries(sheet.id) == {}
        for connection in pages:
            connection.execute("PRAGMA max_page_count = 100000")
        assert answer(store, sheet, MFA, long).entry == store.entries(sheet.id)[MFA]
        store.close()

    def test_a_file_that_cannot_be_written(self, url: str, store: Store, sheet: Sheet) -> None:
        saved = answer(store, sheet, MFA, "level1").entry
        frozen = Store.open(f"sqlite:///file:{file_of(url)}?mode=ro&uri=true")
        assert frozen.entries(sheet.id) == {MFA: saved}
        for write in (lambda: answer(frozen, sheet, MFA, "level2"), frozen.ready):
            with pytest.raises(Unavailable) as caught:
                write()
            assert caught.value.code == "read_only"
        frozen.close()

    def test_a_file_that_can_be_written_again_needs_no_restart(self, url: str, store: Store, sheet: Sheet) -> None:
        """SQLite keeps a connection read-only for good when the file was so at its beginning."""
        opening: list[str] = []

        def read_only_at_first(connection: sqlite3.Connection, record: object) -> None:
            opening.append("new")
            if len(opening) == 1:
                connection.execute("PRAGMA query_only=ON")

        store.close()
        event.listen(Pool, "connect", read_only_at_first)
        try:
            assert answer(store, sheet, MFA, "level2").entry == store.entries(sheet.id)[MFA]
            assert opening == ["new", "new"]
        finally:
            event.remove(Pool, "connect", read_only_at_first)

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        for path in (tmp_path / "file" / "tenken.db", tmp_path / "file" / "below" / "tenken.db", tmp_path):
            with pytest.raises(Unavailable) as caught:
                Store.open(f"sqlite:///{path}")
            assert caught.value.code == "read_only"

    def test_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        (tmp_path / "tenken.db").write_text("not a database" * 100)
        with pytest.raises(Unavailable) as caught:
            Store.open(f"sqlite:///{tmp_path / 'tenken.db'}")
        assert caught.value.code == "unknown"

    @pytest.mark.parametrize(
        ("address", "code"),
        [
            ("sqlite://", "database_in_memory"),
            ("sqlite:///:memory:", "database_in_memory"),
            ("sqlite:///file:x?mode=memory&uri=true", "database_in_memory"),
            ("mysql://localhost/tenken", "database_kind"),
            ("tenken.db", "database_url"),
        ],
    )
    def test_addresses_that_keep_nothing(self, address: str, code: str) -> None:
        with pytest.raises(SettingsError) as caught:
            Store.open(address)
        assert caught.value.code == code

    def test_postgresql_without_its_driver(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "psycopg", None)
        with pytest.raises(SettingsError) as caught:
            Store.open("postgresql://localhost/tenken")
        assert caught.value.code == "database_driver"

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (PoolTimeout(), "locked"),
            (ArgumentError(), "unknown"),
            (OSError(errno.ENOSPC, ""), "disk_full"),
            (PermissionError(errno.EACCES, ""), "read_only"),
        ],
    )
    def test_what_else_can_happen(self, error: Exception, code: str) -> None:
        with pytest.raises(Unavailable) as caught, connect.translated():
            raise error
        assert caught.value.code == code

    def test_a_killed_process_leaves_a_sound_file(self, url: str, store: Store, sheet: Sheet, sql: Sql) -> None:
        killed_while_saving(url, sheet)
        assert sql("PRAGMA integrity_check") == [("ok",)]
        assert sql("PRAGMA foreign_key_check") == []

    def test_what_people_wrote_is_in_no_error(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        sql("CREATE TRIGGER no_more BEFORE INSERT ON answer_log BEGIN SELECT RAISE(ABORT, 'no'); END")
        with pytest.raises(StoreError) as caught:
            answer(store, sheet, MFA, Answer("level1", note="秘密"), person="秘密")
        assert (caught.value.code, str(caught.value)) == ("unknown", "the database is unavailable: unknown")
        assert "秘密" not in str(caught.value.__cause__)


def test_the_newest_revision_is_the_one_that_the_code_expects() -> None:
    migrations = Path(schema.__file__).with_name("migrations")
    assert ScriptDirectory(str(migrations)).get_current_head() == schema.HEAD


# --- against a model ----------------------------------------------------------------------------------------------


class Model(RuleBasedStateMachine):
    """Saves, withdrawals, profiles and undos in any order, against stacks of what each question was answered with.

    A question under the profile's `na` is *covered*; each answer remembers whether it was given on such a cover.
    """

    quarters = count()

    def __init__(self, store: Store, sql: Sql, unit_id: int) -> None:
        super().__init__()
        number = next(self.quarters)
        self.store, self.sql = store, sql
        period = store.period_for(unit_id, date(1000 + number // 4, number % 4 * 3 + 1, 1))
        self.sheet = store.sheet(unit_id, period.id, ASKED)
        self.stacks: dict[str, list[tuple[int, Answer | None, bool]]] = {asked.id: [] for asked in ASKED.questions}
        self.covered: set[str] = set()
        self.out: set[str] = set()
        self.lines: list[tuple[Any, ...]] = []

    def seen(self, asked: str) -> int:
        newest = self.store.entries(self.sheet.id).get(asked)
        return newest.id if newest else 0

    @rule(
        asked=st.sampled_from([MFA, SITE, REMOTE]),
        choice=st.sampled_from([None, "na", "unknown", "level0", "level2", "level4"]),
        person=st.sampled_from([ME, OTHER]),
    )
    def save(self, asked: str, choice: str | None, person: str) -> None:
        said = None if choice is None else Answer(choice, reason="理由", note=str(len(self.lines)))
        saved = self.store.save(self.sheet, ASKED, asked, said, person=person, seen=self.seen(asked))
        self.stacks[asked].append((saved.entry.id, said, asked in self.covered))
        self.covered.discard(asked)

    @rule(asked=st.sampled_from([MFA, SITE]), off=st.sampled_from([-1, 1]))
    def save_unseen(self, asked: str, off: int) -> None:
        with pytest.raises(Conflict):
            self.store.save(self.sheet, ASKED, asked, None, person=ME, seen=self.seen(asked) + off)

    @rule(web_site=st.booleans(), telework=st.booleans())
    def profile(self, web_site: bool, telework: bool) -> None:
        self.store.save_profile(self.sheet, ASKED, {"web_site": web_site, "telework": telework}, person=OTHER)
        out = {asked for asked, applies in ((SITE, web_site), (REMOTE, web_site or telework)) if not applies}
        self.covered = (self.covered & out) | (out - self.out)
        self.out = out

    @rule()
    def undo(self) -> None:
        undone = self.store.undo(self.sheet, ASKED, person=OTHER)
        tops = [(stack[-1][0], asked) for asked, stack in self.stacks.items() if stack and asked not in self.covered]
        assert (undone and (undone.entry.undoes, undone.entry.question)) == max(tops, default=None)
        if undone:
            _, _, on_cover = self.stacks[undone.entry.question].pop()
            if on_cover and undone.entry.question in self.out:
                self.covered.add(undone.entry.question)

    def expected(self, asked: str) -> Answer | None:
        if asked in self.covered:
            return Answer("na", reason="profile:" + {SITE: "web_site", REMOTE: "telework,web_site"}[asked], by_profile=True)
        return self.stacks[asked][-1][1] if self.stacks[asked] else None

    @invariant()
    def the_newest_entries_are_what_people_mean(self) -> None:
        found = self.store.entries(self.sheet.id)
        stated = {asked.id: found[asked.id].answer if asked.id in found else None for asked in ASKED.questions}
        assert stated == {asked.id: self.expected(asked.id) for asked in ASKED.questions}

    @invariant()
    def the_blob_is_the_log(self) -> None:
        blob = signed(self.store.levels(self.sheet.id))
        choices = {asked: entry.choice for asked, entry in self.store.entries(self.sheet.id).items()}
        assert blob == from_log(self.sql, self.sheet, ASKED) == naive_levels(ASKED, choices)

    @invariant()
    def the_log_only_grows(self) -> None:
        lines = self.sql("SELECT * FROM answer_log WHERE sheet_id = :id ORDER BY id", id=self.sheet.id)
        assert lines[: len(self.lines)] == self.lines
        self.lines = lines


class TestModel(Database):
    def test_any_order_of_writes(self, store: Store, sql: Sql) -> None:
        unit = store.create_company(Text("甲", "A"))

        class Bound(Model):
            def __init__(self) -> None:
                super().__init__(store, sql, unit.id)

        run_state_machine_as_test(
            Bound,
            settings=settings(max_examples=60, stateful_step_count=30, deadline=None),
        )


# --- every short story of one question ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """What happened to SITE so far: in the log, and in a reader's head (answers: id, what, on a covered question?)."""

    log: tuple[Entry, ...] = ()
    profile: tuple[tuple[str, bool], ...] | None = None
    answers: tuple[tuple[int, Answer, bool], ...] = ()
    covered: bool = False

    @property
    def out(self) -> bool:
        return self.profile == (("web_site", False),)

    @property
    def meant(self) -> Answer | None:
        if self.covered:
            return Answer("na", reason="profile:web_site", by_profile=True)
        return self.answers[-1][1] if self.answers else None

    def logged(self, said: Answer | None, origin: Origin, undoes: int | None = None) -> tuple[Entry, ...]:
        kept, at = said or Answer(""), datetime(2026, 11, 22, tzinfo=UTC)
        choice, words = said.choice if said else None, (kept.reason, kept.note, kept.evidence, kept.by_profile)
        return (Entry(len(self.log) + 1, SITE, choice, *words, ME, "declared", origin, at, undoes), *self.log)

    def saved(self) -> "Story":
        said = Answer("level1", note=str(len(self.log)))
        answers = (*self.answers, (len(self.log) + 1, said, self.covered))
        return replace(self, log=self.logged(said, "person"), answers=answers, covered=False)

    def told(self, web_site: bool) -> "Story":
        old = None if self.profile is None else dict(self.profile)
        changes = states.profile_changes(ASKED, old, {"web_site": web_site, "telework": True}, {SITE: self.log})
        log = self.logged(changes[SITE], "profile") if SITE in changes else self.log
        covered = not web_site and (self.covered or not self.out)
        return replace(self, log=log, profile=(("web_site", web_site),), covered=covered)

    def undone(self) -> "Story":
        past = {SITE: self.log} if self.log else {}
        last = states.undoable(ASKED, past)
        assert (last.id if last else None) == (self.answers[-1][0] if self.answers and not self.covered else None)
        if last is None:
            return self
        profile = None if self.profile is None else dict(self.profile)
        log = self.logged(states.before(ASKED, last, profile, past), "undo", last.id)
        return replace(self, log=log, answers=self.answers[:-1], covered=self.answers[-1][2] and self.out)


def test_every_short_story_ends_as_its_people_mean_it() -> None:
    """All orders of eight saves, undos and changes of the profile."""
    stories = {Story()}
    for _ in range(8):
        stories = {after for story in stories for after in (story.saved(), story.told(True), story.told(False), story.undone())}
        for story in stories:
            assert (story.log[0].answer if story.log else None) == story.meant
    assert len(stories) > 1000


def test_a_stored_profile_answers_what_the_content_newly_asks(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'new.db'}")
    unit = store.create_company(Text("甲", "A"))
    period = store.period_for(unit.id, DAY)
    first = checklist({"external_attack": ["mfa"], "telework": ["lock"]})
    sheet = store.save_profile(store.sheet(unit.id, period.id, first), first, {"web_site": True, "telework": False}, person=ME)
    grown = checklist({"external_attack": ["mfa"], "telework": ["lock", question("home", needs_any=("telework",))]})
    store.sheet(unit.id, period.id, grown)
    found = store.entries(sheet.id)["telework.home"]
    assert (found.choice, found.by_profile, found.origin) == ("na", True, "profile")
    assert "telework.lock" not in store.entries(sheet.id)
    store.close()
