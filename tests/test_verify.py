"""Verifying: what stands is said to stand, what was changed is named; words, command, and the chain's beginnings."""

import json
import random
import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from scoring.model import Answer, Checklist, Lang, Text
from tenken import audits, cli, editions
from tenken.auth import User
from tenken.errors import Conflict, NotFound
from tenken.evidence import place, take
from tenken.i18n import words
from tenken.sample import load_sample
from tenken.settings import ROOT
from tenken.store import KeptFile, Store, UnitPlan, schema, trail
from tenken.verify import Fault, Verdict, sheets, verify
from tenken.verify_words import fault_text, verdict_text
from tests.organisation import FIRST, OFFICE, Organisation, old_database
from tests.prove import tampering

LAW = settings(max_examples=200, deadline=None, derandomize=True, database=None)


def shipped() -> Checklist:
    return editions.shipped().content.checklist


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which everything holds, and one from before its last answer."""
    folder = tmp_path_factory.mktemp("verify")
    tampering.prepare(folder)
    return folder


@pytest.fixture
def file(original: Path, tmp_path: Path) -> Path:
    (tmp_path / "tampered.db").write_bytes((original / "original.db").read_bytes())
    return tmp_path / "tampered.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{file}")
    yield opened
    opened.close()


def tampered(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)


def asked(file: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute(statement).fetchall()


# --- what stands -----------------------------------------------------------------------------------------------------


def test_an_organisation_that_nobody_tampered_with_holds(store: Store, file: Path) -> None:
    verdict = verify(store, 1)
    counts = [asked(file, f"SELECT count(*) FROM {table}")[0][0] for table in ("trail", "answer_log", "seal")]
    assert (verdict.faults, verdict.unchecked) == ((), ())
    assert [verdict.lines, verdict.answers, verdict.seals] == counts
    assert verdict.holds and verdict.head == store.head(1)


def test_every_line_that_ever_stood_is_a_head(store: Store, file: Path) -> None:
    for (found,) in asked(file, "SELECT hash FROM trail"):
        assert verify(store, 1, head=found[:12].upper()).head_found is True
    for wrong in ("0" * 12, store.head(1)[:11], store.seal_of(1).sha256[:12]):  # type: ignore[union-attr]
        verdict = verify(store, 1, head=wrong)
        assert (verdict.head_found, verdict.holds, verdict.faults) == (False, False, ())


def test_the_sample_holds(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'sample.db'}")
    load_sample(store)
    sample = store.company(sample=True)
    assert sample is not None
    verdict = verify(store, sample.id)
    assert (verdict.faults, verdict.unchecked) == ((), ())
    assert verdict.seals > 100 and verdict.answers > 5000


def test_an_organisation_without_anything_holds(tmp_path: Path) -> None:
    empty = Store.open(f"sqlite:///{tmp_path / 'empty.db'}")
    root = empty.create_company(Text("甲", "A"))
    assert verify(empty, root.id) == Verdict(root.id, (), (), 0, 0, 0, "")


def test_one_audit_is_verified_by_itself(store: Store, file: Path) -> None:
    tampered(file, "UPDATE sheet SET state = 'draft' WHERE id = 2", "UPDATE period SET due_date = '2020-01-01' WHERE id = 1")
    assert verify(store, 1, audit=1).holds
    assert verify(store, 1, audit=2).faults == (Fault("sheet", "2", "state", "sealed"),)
    assert {fault.table for fault in verify(store, 1).faults} == {"sheet", "period"}
    with pytest.raises(NotFound):
        verify(store, 1, audit=99)


# --- what does not ---------------------------------------------------------------------------------------------------

KEPT = KeptFile("token", "ab" * 32, "a.pdf", "application/pdf", 5)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DELETE FROM sheet WHERE id = 1", Fault("sheet", "1", "missing")),
        ("DELETE FROM period WHERE id = 2", Fault("period", "2", "missing")),
        ("UPDATE sheet SET period_id = 99 WHERE id = 2", Fault("sheet", "2", "stray")),
        ("UPDATE period SET node_id = 99 WHERE id = 2", Fault("period", "2", "stray")),
        ("UPDATE answer_log SET sheet_id = 99 WHERE id = 3", Fault("answer_log", "3", "missing")),
        ("INSERT INTO seal (id, document, sha256) VALUES (77, '{}', '')", Fault("seal", "77", "stray")),
        ("INSERT INTO seal (id, sheet_id, document, sha256) VALUES (77, 8, '{}', '')", Fault("seal", "77", "inserted")),
        ("DELETE FROM seal WHERE period_id = 1", Fault("seal", "period 1", "missing")),
        ("UPDATE trail SET node_id = 99 WHERE seq = 7", Fault("trail", "7", "missing")),
        ("DELETE FROM content WHERE kind = 'matrix'", Fault("content", "MATRIX", "missing")),
        ("UPDATE content SET edition = 'x' WHERE kind = 'matrix'", Fault("content", "MATRIX", "changed")),
        ("UPDATE content SET kind = 'statistics' WHERE kind = 'matrix'", Fault("content", "MATRIX", "changed")),
        ("UPDATE content SET files = x'00' WHERE kind = 'matrix'", Fault("content", "MATRIX", "changed")),
        ("INSERT INTO role VALUES (1, 'board', 1)", Fault("role", "person 1", "changed")),
        ("DELETE FROM role WHERE person_id = 3", Fault("role", "person 3", "changed")),
        ("UPDATE evidence SET size = 6", Fault("evidence", "token", "changed")),
        ("UPDATE evidence SET name = 'b.pdf'", Fault("evidence", "token", "changed")),
        ("DELETE FROM evidence", Fault("evidence", "ab" * 32, "missing")),
        ("UPDATE answer_log SET evidence_dated = 'soon' WHERE id = 3", Fault("answer_log", "3", "changed")),
        ("UPDATE answer_log SET note = x'ff' WHERE id = 3", Fault("answer_log", "3", "changed")),
        ("UPDATE answer_log SET at = 5 WHERE id = 3", Fault("answer_log", "3", "changed")),
        ("UPDATE sheet SET levels = 'words' WHERE id = 1", Fault("sheet", "1", "bytes")),
        ("UPDATE period SET tree = '[' WHERE id = 1", Fault("period", "1", "sealed")),
    ],
)
def test_a_change_is_named(store: Store, file: Path, statement: str, fault: Fault) -> None:
    store.keep_evidence(1, KEPT, person=OFFICE)
    matrix = asked(file, "SELECT hash FROM content WHERE kind = 'matrix'")[0][0]
    tampered(file, statement)
    assert replace(fault, row=fault.row.replace("MATRIX", matrix)) in verify(store, 1).faults


def test_a_file_of_evidence_that_changed_is_named(store: Store, tmp_path: Path) -> None:
    kept = take(tmp_path, "台帳.csv", b"a,b\n1,2\n")
    store.keep_evidence(1, KeptFile(kept.token, kept.sha256, kept.name, kept.media_type, kept.size), person=OFFICE)
    assert verify(store, 1, files=tmp_path).holds
    place(tmp_path, kept.sha256).chmod(0o600)
    place(tmp_path, kept.sha256).write_bytes(b"a,b\n1,3\n")
    assert verify(store, 1, files=tmp_path).faults == (Fault("evidence", kept.token, "file"),)
    place(tmp_path, kept.sha256).unlink()
    assert verify(store, 1, files=tmp_path).faults == (Fault("evidence", kept.token, "file"),)
    assert verify(store, 1).holds


@pytest.mark.parametrize(
    "payload", ["[", "[]", "{}", '{"first":"x"}', '{"first":1,"last":99999999}', '{"to":5,"from":[]}', '{"roles":7,"person":[]}']
)
def test_no_payload_ends_in_anything_but_a_verdict(store: Store, file: Path, payload: str) -> None:
    """Somebody who makes the hashes anew can write anything at all."""
    for (seq,) in random.Random(payload).sample(asked(file, "SELECT seq FROM trail"), 12):
        tampered(file, f"UPDATE trail SET payload = '{payload}' WHERE seq = {seq}")
    with closing(sqlite3.connect(file)) as database, database:
        tampering.rehash(database, 1)
    assert verify(store, 1).faults


def test_kept_files_with_a_path_for_a_name_are_written_nowhere(store: Store, file: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    packed = zlib.compress(json.dumps({"checklist.yaml": "x", str(outside): "x", "../../../outside": "x"}).encode())
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE content SET files = ? WHERE kind = 'checklist'", (packed,))
    assert [fault.table for fault in verify(store, 1).faults] == ["content"]
    assert not outside.exists()


def test_what_another_version_sealed_is_said_not_to_be_checked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "__version__", "99")
    verdict = verify(store, 1)
    assert verdict.holds and {(fault.table, fault.what) for fault in verdict.unchecked} == {("seal", "score")}
    assert "could not be checked" in verdict_text(verdict, words("en"))


def test_what_is_written_after_the_seal_is_named(store: Store, file: Path) -> None:
    """By somebody who writes into the database with the store's own functions, past its locks."""
    tampered(file, "UPDATE sheet SET state = 'draft' WHERE id = 1", "UPDATE period SET state = 'open' WHERE id = 1")
    checklist = shipped()
    newest = store.entries(1)[next(iter(store.entries(1)))]
    store.save(store.find_sheet(1), checklist, newest.question, Answer("unknown"), person=OFFICE, seen=newest.id)
    tampered(file, "UPDATE sheet SET state = 'sealed' WHERE id = 1", "UPDATE period SET state = 'closed' WHERE id = 1")
    found = {fault.what for fault in verify(store, 1).faults}
    assert found == {"after_seal", "version", "answers", "score"}


# --- words -----------------------------------------------------------------------------------------------------------


def test_every_fault_has_its_sentence(lang: Lang) -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "tenken" / "verify").glob("*.py"))
    used = set(re.findall(r'Fault\([^\n]*?, "([a-z_]+)"[,)]', source)) | {"follows"}
    assert len(used) >= 15
    for what in used:
        said = fault_text(Fault("answer_log", "1234", what, "x"), words(lang))
        assert "answer_log" in said and "1234" in said and "{" not in said


def test_a_fault_in_both_languages() -> None:
    fault = Fault("answer_log", "1234", "changed")
    assert fault_text(fault, words("en")) == "answer_log row 1234: changed after it was written."
    assert "answer_log" in fault_text(fault, words("ja")) and "1234" in fault_text(fault, words("ja"))


# --- the command -----------------------------------------------------------------------------------------------------


def run(file: Path, *arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli.app, ["verify", *arguments], env={"TENKEN_DATABASE_URL": f"sqlite:///{file}", "TENKEN_LANG": "en"})
    return result.exit_code, result.stdout, result.stderr


def test_the_command_says_what_holds(file: Path, store: Store) -> None:
    head = store.head(1)[:12]
    for arguments in ([], ["--all"], ["1"], ["sales"], ["sales", "--period", "2026-04-01"]):
        code, out, err = run(file, *arguments)
        assert (code, err) == (0, "")
        assert "Everything is as it was written." in out and "cannot be excluded" in out and head in out
    code, out, _ = run(file, "--all", "--head", head)
    assert code == 0 and f"The line {head} stands in the chain" in out and "cannot be excluded" not in out
    code, _, err = run(file, "--head", "0" * 12)
    assert code == 1 and "the chain was recomputed, or its tail was cut" in err


def test_the_command_names_the_row(file: Path) -> None:
    tampered(file, "UPDATE answer_log SET note = 'x' WHERE id = 5")
    code, out, err = run(file, "--all")
    assert (code, out) == (1, "") and "answer_log row 5: changed after it was written." in err and "more do not hold" in err
    code, out, err = run(file, "--json")
    assert (code, err) == (1, "")
    found = json.loads(out)
    assert found["holds"] is False and found["organisations"][0]["faults"][0] == {
        "table": "answer_log", "row": "5", "what": "changed", "detail": "",
    }  # fmt: skip


def test_a_head_of_one_organisation_is_not_missed_in_the_other(file: Path, store: Store) -> None:
    sample = store.create_company(Text("見本", "Sample"), sample=True)
    sheet = store.sheet(sample.id, store.period_for(sample.id, FIRST).id, shipped())
    store.save(sheet, shipped(), shipped().questions[0].id, Answer("unknown"), person="x", seen=0)
    for root in (1, sample.id):
        code, out, _ = run(file, "--head", store.head(root)[:12])
        assert code == 0 and out.count("Everything is as it was written.") == 2


def test_wrong_usage_ends_with_2(file: Path) -> None:
    for arguments in (("--head", "abc"), ("--head", "x" * 12), ("1", "--all")):
        assert run(file, *arguments)[0] == 2
    for missing in (["99"], ["nobody"], ["sales", "--period", "1999-01-01"], ["sales", "--sample"]):
        assert run(file, *missing)[0] == 1


def test_an_empty_installation(tmp_path: Path) -> None:
    assert run(tmp_path / "new.db")[:2] == (0, "There is nothing to verify yet.\n")
    assert run(tmp_path / "new.db", "--head", "0" * 12)[0] == 1


# --- the chain itself ------------------------------------------------------------------------------------------------

plain = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(exclude_categories=["Cs"]))
names = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=5)


@LAW
@given(st.recursive(plain, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5), max_leaves=20))
def test_the_quick_encoder_writes_canonical_json(value: Any) -> None:
    assert trail.canonical(value) == rfc8785.dumps(value)


def test_what_goes_into_a_rows_digest_is_written_down() -> None:
    """A new column of the log needs a second form of lines: what old rows come to must never change."""
    assert tuple(column.name for column in schema.answer_log.c) == trail.ROW
    row = dict.fromkeys(trail.ROW) | {"id": 1, "by_profile": True, "choice": "level1", "note": "控え\n"}
    text = '[1,null,null,"level1",null,"控え\\n",null,null,true,null,null,null,null,null,null,null]'
    assert trail.row_digest(row) == sha256(text.encode()).hexdigest() == trail.row_digest(row | {"by_profile": 1})


def test_answers_from_before_the_chain_are_adopted(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    store = Store.open(old_database(f"sqlite:///{file}"))
    checklist = shipped()
    for root in (1, 2):
        verdict = verify(store, root)
        assert (verdict.faults, verdict.unchecked, verdict.lines, verdict.answers) == ((), (), 1, 20)
    assert store.events(1) == ()
    sheet = store.sheet(1, store.periods(1)[0].id, checklist)
    newest = store.entries(sheet.id)[checklist.questions[0].id]
    store.save(sheet, checklist, newest.question, Answer("na", "なし"), person="佐藤", seen=newest.id)
    assert verify(store, 1).holds and verify(store, 1).lines == 2
    tampered(file, "UPDATE answer_log SET note = 'z' WHERE id = 5", "DELETE FROM answer_log WHERE id = 9")
    assert verify(store, 1).faults[:2] == (Fault("answer_log", "5", "changed"), Fault("answer_log", "9", "missing"))
    assert verify(store, 2).holds


def test_a_database_without_answers_adopts_nothing(tmp_path: Path) -> None:
    store = Store.open(old_database(f"sqlite:///{tmp_path / 'old.db'}", rows=0))
    assert (store.head(1), store.people()) == ("", ("佐藤",))


# --- a unit that acted stays -----------------------------------------------------------------------------------------


def test_a_unit_that_handed_something_in_is_not_removed(store: Store) -> None:
    root = store.company()
    assert root is not None
    store.apply_units(root.id, [UnitPlan("new", root.code, "department", Text("新", "New"), True)], since=None, person=OFFICE)
    unit = next(unit for unit in store.units() if unit.code == "new")
    period = store.periods(root.id)[-1]
    organisation = Organisation(store, root, {"new": unit}, {}, period, period.start)
    audits.submit(store, User(OFFICE, (("office", root.id),)), organisation.form("new"))
    with pytest.raises(Conflict, match="unit_in_use"):
        store.remove_unit(unit.id, person=OFFICE)
    assert verify(store, root.id).holds
