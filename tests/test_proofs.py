"""The short form of every proof of `make prove`; and the proofs themselves: what is planted is found."""

import os
import random
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from scoring.errors import AnswerFileError, Problem
from scoring.model import Answer
from tenken import gate
from tenken.errors import EvidenceError
from tenken.evidence import LIMIT, take
from tenken.settings import ROOT
from tenken.store import KeptFile, Store
from tenken.workbook import ImportRefused
from tenken.workbook import Problem as Wrong
from tests.browser.drive import Watch, chromium, context
from tests.prove import evidence, files, kills, pages, refusals, screens, table, tampering, workbooks
from tests.prove.payloads import PAYLOADS, sample
from tests.prove.proof import Proof


@pytest.mark.parametrize("proof", [pytest.param(p, id=p.name, marks=[pytest.mark.browser] if p.browser else []) for p in table.PROOFS])
def test_short_form(proof: Proof, tmp_path: Path) -> None:
    assert proof.run(proof.short, tmp_path) == []


# --- the table -----------------------------------------------------------------------------------


def test_the_table_counts_failures_and_ends_with_them(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    good = Proof("good", 1, 1000, lambda count, folder: [] if count == 1000 and not os.listdir(folder) else ["folder"])
    bad = Proof("bad", 1, 2, lambda count, folder: [f"line {number}" for number in range(count)])
    monkeypatch.setattr(table, "PROOFS", (good, bad))
    monkeypatch.setenv("TENKEN_LANG", "en")
    assert table.main(["good"]) == 0
    assert table.main([]) == 1
    assert table.main(["nothing of this name"]) == 1
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[:3] for line in lines if line[:1] in (["good"], ["bad"])] == [
        ["good", "1,000", "0"],
        ["good", "1,000", "0"],
        ["bad", "2", "2"],
        ["bad"],
    ]
    assert ["line", "1"] in lines
    assert "TENKEN_LANG" not in os.environ


# --- kills ---------------------------------------------------------------------------------------


def test_a_lost_answer_and_a_wrong_blob_are_found(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'a.db'}")
    sheet = kills.own_sheet(store)
    asked = kills.ASKED.questions[0].id
    entry = store.save(sheet, kills.ASKED, asked, Answer("level3", note="控え"), person="0", seen=0).entry
    store.close()
    assert kills.faults(tmp_path / "a.db", {entry.id: (asked, "level3", "控え")}) == []
    assert kills.faults(tmp_path / "a.db", {entry.id: (asked, "level2", "控え")}) == [
        f"answer {entry.id} of {asked} was acknowledged and is lost"
    ]
    assert len(kills.faults(tmp_path / "a.db", {entry.id + 1: (asked, "level3", "控え")})) == 1
    with closing(sqlite3.connect(tmp_path / "a.db")) as database, database:
        database.execute("UPDATE sheet SET levels = x'%s', version = 9" % ("00" * len(kills.ASKED.questions)))
    assert kills.faults(tmp_path / "a.db", {}) == ["levels are not what the log says", "version 9 after 1 changes"]
    with closing(sqlite3.connect(tmp_path / "empty.db")):
        assert kills.faults(tmp_path / "empty.db", {}) == []
        assert kills.faults(tmp_path / "empty.db", {1: (asked, "level3", "")}) == ["there are no tables"]


# --- tampering -----------------------------------------------------------------------------------


def test_a_change_that_is_not_named_is_found(tmp_path: Path) -> None:
    head = tampering.prepare(tmp_path)

    def nothing(database: sqlite3.Connection, chance: random.Random) -> tuple[str, set[str]]:
        return "answer_log", {"1"}

    def blatant(database: sqlite3.Connection, chance: random.Random) -> None:
        database.execute("DELETE FROM seal")

    chance = random.Random(0)
    assert tampering.plain(nothing, tmp_path, chance) == ["nothing: answer_log 1 was changed, and verifying names None"]
    assert len(tampering.hidden(blatant, tmp_path, chance, head)) == 2


# --- refusals ------------------------------------------------------------------------------------


def test_a_refusal_in_the_wrong_words_and_a_false_acknowledgement_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = refusals.opened(tmp_path / "a.db")
    with refusals.few_pages(world, random.Random(0)):
        refusals.attempt(world, refusals._big, random.Random(0), "locked", "here")
    refusals.attempt(world, refusals._big, random.Random(0), "locked", "there")
    assert world.failures == ["here: _big was refused as disk_full, not as locked", "there: _big was saved in spite of it"]
    world.entries.append(99)
    world.version, world.setting, world.name = 7, 1, "別"
    world.store.close()
    world.failures.clear()
    refusals.checked(world)
    assert [what.split(" is not")[0].split(",")[0] for what in world.failures] == ["the log", "version 2", "the setting", "the name"]


# --- files ---------------------------------------------------------------------------------------


@pytest.fixture
def form(tmp_path: Path) -> files.Format:
    plain = files.FORMATS["answers-json"]()
    for name, text in plain.files.items():
        (tmp_path / name).write_text(text, "utf-8")
    return plain


def test_the_same_number_is_the_same_file(form: files.Format) -> None:
    assert [files.case(form, number) for number in range(40)] == [files.case(form, number) for number in range(40)]
    assert len({content for _name, content in map(files.case, [form] * 40, range(40))}) > 30


def test_whatever_is_not_a_refusal_in_words_is_found(form: files.Format, tmp_path: Path) -> None:
    def raising(error: Exception) -> str:
        def read(folder: Path, name: str) -> None:
            raise error

        return files.fault(files.Format("x", form.files, (), read, AnswerFileError), tmp_path, "plain.json", b"{}")

    assert raising(KeyError("x")) == "KeyError: \"'x'\""
    assert raising(MemoryError()) == "MemoryError: ''"
    assert raising(AnswerFileError([])) == "refused: "
    assert raising(AnswerFileError([Problem("plain.json", 1, "a\u202e\nb")])) == ""
    hidden = Problem("plain.json", 1, "x")
    object.__setattr__(hidden, "what", "a\u202e\nb")
    assert raising(AnswerFileError([hidden])).startswith("18 letters, U+000A, U+202E")
    assert files.fault(form, tmp_path, "plain.json", b"[", good=True).startswith("refused: ")


GREEDY = """
import sys
sys.path.insert(0, {root!r})
from dataclasses import replace
from tests.prove import files

def read(folder, name):
    number = (folder.parent / "at").read_text()
    if number == "1":
        sum(range(10**12))
    if number == "2":
        bytearray(10**9)

form = files.FORMATS["answers-json"]()
files.SECONDS, files.FORMATS["answers-json"] = 1, lambda: replace(form, read=read)
files.main()
"""


GREEDY_TAKER = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.prove import evidence

take = evidence.take

def greedy(folder, name, content):
    number = (folder.parent / "at").read_text()
    if number == "1":
        sum(range(10**12))
    if number == "2":
        bytearray(10**9)
    return take(folder, name, content)

evidence.SECONDS, evidence.take = 1, greedy
evidence.main()
"""


def test_what_takes_too_long_or_too_much_ends_there_and_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "CORPUS", tmp_path / "corpus")
    monkeypatch.setattr(files, "ROOT", tmp_path)
    (tmp_path / "greedy.py").write_text(GREEDY.format(root=str(ROOT)), "utf-8")
    monkeypatch.setattr(files, "READER", (sys.executable, str(tmp_path / "greedy.py")))
    found = files.run("answers-json", 3, tmp_path)
    assert [line.split(" ", 1)[1] for line in found] == ["1: longer than 3 s", "2: MemoryError: ''"]
    form = files.FORMATS["answers-json"]()
    assert {path.name.split("--")[1]: path.read_bytes() for path in files.corpus(form)} == {
        f"{n}.json": files.case(form, n)[1] for n in (1, 2)
    }
    assert files.run("answers-json", 0, tmp_path) == []  # the kept ones come first; this reader takes them


# --- workbooks -----------------------------------------------------------------------------------


def test_a_workbook_that_lost_something_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = workbooks.FILES / "ja0.xlsx"
    assert list(workbooks.differences(kept, [0, 1, 2])) == []
    assert list(workbooks.differences(kept, [0])) == ["set 0: R&D: The unit set1 takes no answers here."]
    plain = workbooks.answers
    lost, last = next(iter(plain(1))), len(plain(2)) - 1
    said = {1: {**plain(1), lost: replace(plain(1)[lost], note="別")}, 2: dict([*plain(2).items()][:last])}
    monkeypatch.setattr(workbooks, "answers", lambda number: said.get(number) or plain(number))
    assert list(workbooks.differences(kept, [0, 1, 2])) == [
        f"set 1: 15 rows, not the same: {lost}",
        f"set 2: 15 rows, not the same: {[*plain(2)][last]}",
    ]
    monkeypatch.setenv("PATH", "")
    assert workbooks.run_saved(100, workbooks.FILES)[-1] == "LibreOffice is not installed: soffice"


def test_a_workbook_that_is_refused_without_words_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(error: Exception) -> str:
        def taken(kind: str, content: bytes) -> None:
            raise error

        monkeypatch.setattr(workbooks, "taken", taken)
        return workbooks.fault("xlsx", b"")

    assert raising(KeyError("x")) == "KeyError: \"'x'\""
    assert raising(ImportRefused(())) == "refused without a word"
    assert raising(ImportRefused((Wrong("damaged"),))) == ""
    assert raising(ImportRefused((Wrong("line", (("what", "a\u202e\nb"),)),))).startswith("4 letters")
    assert raising(ImportRefused((Wrong("line", (("what", "a" * 1_001),)),))).startswith("1001 letters")
    monkeypatch.setattr(workbooks, "taken", lambda kind, content: sum(range(3 * 10**6)))
    monkeypatch.setattr(workbooks, "SECONDS", 0)
    assert workbooks.fault("xlsx", b"") == "longer than 0 s"


def test_the_same_number_is_the_same_workbook() -> None:
    assert [workbooks.case(number) for number in range(30)] == [workbooks.case(number) for number in range(30)]
    assert len({content for _kind, content in map(workbooks.case, range(30))}) > 25


# --- evidence ------------------------------------------------------------------------------------


def raising(error: Exception) -> Callable[[Path, str, bytes], KeptFile]:
    def taken(folder: Path, name: str, content: bytes) -> KeptFile:
        raise error

    return taken


def kept_and_refused(folder: Path, name: str, content: bytes) -> KeptFile:
    take(folder, name, content)
    raise EvidenceError("evidence_empty")


def kept_otherwise(folder: Path, name: str, content: bytes) -> KeptFile:
    return take(folder, name, content + b"y")


@pytest.mark.parametrize(
    ("taken", "evil", "said"),
    [
        (take, False, ""),
        (take, True, "taken"),
        (raising(EvidenceError("evidence_empty")), True, ""),
        (raising(KeyError("x")), True, "KeyError: \"'x'\""),
        (raising(EvidenceError("evidence_other")), True, "no sentence for evidence_other"),
        (raising(EvidenceError("evidence_kind", extension="a\n", kinds="")), True, "U+000A"),
        (kept_and_refused, True, "refused, and kept"),
        (kept_otherwise, False, "not kept as it is"),
    ],
)
def test_evidence_that_is_treated_wrongly_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: Callable[[Path, str, bytes], KeptFile], evil: bool, said: str
) -> None:
    monkeypatch.setattr(evidence, "take", taken)
    found = evidence.fault(evidence.Case("a.txt", b"x", evil), tmp_path)
    assert said in found
    assert bool(said) == bool(found)


def test_a_gate_that_lets_a_gigabyte_in_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {evidence.claim_fault(number) for number in range(10)} == {""}
    monkeypatch.setattr(evidence, "GIGABYTE", 2 * LIMIT)
    monkeypatch.setattr(gate, "_limited", lambda receive, most: receive)
    assert any(found.startswith("answered []") for found in map(evidence.claim_fault, range(10)))


def test_the_same_number_is_the_same_evidence() -> None:
    numbers = range(1, 4 * len(evidence.EVIL))
    assert [evidence.case(number) for number in numbers] == [evidence.case(number) for number in numbers]
    assert len({evidence.case(number).content for number in numbers}) > 0.8 * len(numbers)


def test_evidence_that_takes_too_long_or_too_much_ends_there_and_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "CORPUS", tmp_path / "corpus")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "greedy.py").write_text(GREEDY_TAKER.format(root=str(ROOT)), "utf-8")
    monkeypatch.setattr(evidence, "TAKER", (sys.executable, str(tmp_path / "greedy.py")))
    assert [line.split(" ", 1)[1] for line in evidence.run(4, tmp_path)] == ["1: longer than 3 s", "2: MemoryError: ''"]
    kept = {path.name.split(".")[0]: path.read_bytes() for path in (tmp_path / "corpus").iterdir()}
    assert kept == {"refused--1": evidence.case(1).content, "any--2": evidence.case(2).content}


# --- payloads ------------------------------------------------------------------------------------


def test_the_payloads_are_200_and_a_sample_is_of_every_kind() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) == 200
    assert sample(200) == sample(999) == PAYLOADS
    few = sample(40)
    assert len(set(few)) == 40
    assert all(any(sign in payload for payload in few) for sign in ("<script", "](", "$", "cmd|", "{", "\u202c", "a" * 100_000))


def test_markup_with_a_payload_is_found() -> None:
    def page() -> None:
        import streamlit as st

        st.markdown("x <img src=x onerror=window.pwned=1> y")
        st.button("**太い** __太い__ *斜め* _斜め_")
        st.text_input("label", value="<!-- x", help=":smile: :+1: :tada:")
        st.text("<!-- x")
        st.table({"a": ["<plaintext>"]})
        st.html("tel:110")

    tab = AppTest.from_function(page).run()
    found = list(pages.unescaped(tab, PAYLOADS))
    assert [fault.split(" holds ")[0] for fault in found] == ["markdown.body", "button.label", "text_input.help", "table", "html.body"]


@pytest.mark.browser
def test_what_runs_or_is_fetched_is_found() -> None:
    with chromium() as browser:
        page = context(browser).new_page()
        watch, dialogs = Watch.on(page), ["1"]
        page.set_content(
            "<html lang=ja><main data-testid=stMain style='width:100px;overflow:auto'><p style='width:200px'>x</p></main></html>"
        )
        page.evaluate(
            "document.body.insertAdjacentHTML('beforeend', '<img src=\"http://tenken.invalid/i.png\" onerror=\"window.pwned=1\">')"
        )
        page.wait_for_function("window.pwned === 1")
        found = screens.faults(page, watch, dialogs)
        assert [what.split()[0] for what in found] == ["fetched", "dialog", "overflow", "a", "in"]
        assert screens.faults(page, watch, dialogs)[-2:] == found[-2:]
