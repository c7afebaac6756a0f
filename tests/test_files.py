"""Files that leave: whole, by one door, under a name in any script, and with no formula in them."""

import csv
import io
import json
from datetime import UTC, date, datetime
from email.message import Message
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.load.answers import plain_cell, read_answers
from scoring.model import Answer, Evidence, Text
from tenken.content import load_content
from tenken.errors import Unavailable
from tenken.evidence import take
from tenken.files import disposition
from tenken.i18n import words
from tenken.session import COMPANY
from tenken.settings import read_settings
from tenken.store import Store, UnitPlan
from tenken.streamlit_quirks import PERSON_COOKIE
from tests.test_gate import ask

CHECKLIST = load_content().checklist
ANSWERS = {
    CHECKLIST.questions[0].id: Answer("partly", note="=cmd|' /C calc'!A0\n二行目, \"引用\"", evidence=Evidence("@link", date(2026, 10, 1))),
    CHECKLIST.questions[1].id: Answer("na", reason="+81 3", note="'=x"),
    CHECKLIST.questions[2].id: Answer("unknown", note="-"),
    CHECKLIST.questions[3].id: Answer("verified", note="'plain'"),
}


@pytest.fixture
def answered(store: Store) -> None:
    company = store.create_company(COMPANY)
    sheet = store.sheet(company.id, store.period_for(company.id, datetime.now(UTC).astimezone().date()).id, CHECKLIST)
    for question, answer in ANSWERS.items():
        store.save(sheet, CHECKLIST, question, answer, person="", seen=0)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_what_leaves_is_what_comes_back(address: str, answered: None, tmp_path: Path, kind: str) -> None:
    status, headers, body = ask(address, f"/files/answers.{kind}")
    assert status == 200
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert headers["content-disposition"].startswith("attachment; ")
    assert unquote(headers["content-disposition"]).endswith(f"_leak-causes_2026.1_{date.today():%Y%m%d}.{kind}")
    (tmp_path / f"a.{kind}").write_bytes(body)
    assert read_answers(tmp_path / f"a.{kind}", CHECKLIST) == ANSWERS


def test_no_cell_begins_a_formula(address: str, answered: None) -> None:
    body = ask(address, "/files/answers.csv")[2].decode("utf-8")
    assert body.startswith("\ufeff")
    cells = [cell for row in csv.reader(io.StringIO(body[1:])) for cell in row]
    assert len(cells) == 6 * 5
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_before_the_first_answer_there_is_an_empty_file(address: str, store: Store) -> None:
    assert json.loads(ask(address, "/files/answers.json")[2]) == {"answers": {}}


def test_evidence_leaves_for_readers_of_its_organisation(address: str, store: Store) -> None:
    """A token is hard to guess, and yet no reader: who has no role gets nothing, and another organisation's file is none."""
    root, other = store.create_company(COMPANY), store.create_company(COMPANY, sample=True)
    folder = read_settings().evidence_folder
    ours, theirs = (store.keep_evidence(of, take(folder, f"{of}.txt", b"x"), person="") for of in (root.id, other.id))
    assert ask(address, f"/files/evidence/{ours.token}")[::2] == (200, b"x")
    assert ask(address, f"/files/evidence/{theirs.token}")[0] == 404
    unit = UnitPlan("sales", root.code, "department", Text("営業部", "Sales"), True)
    store.apply_units(root.id, [unit], since=None, person="")
    sales = next(each.id for each in store.units() if each.code == "sales")
    reader = store.put_person(root.id, "営業", [("respondent", sales)], person="")
    assert ask(address, f"/files/evidence/{ours.token}", Cookie=f"{PERSON_COOKIE}={reader.id}")[0] == 200
    for cookie in ("", f"{PERSON_COOKIE}=999"):
        status, headers, body = ask(address, f"/files/evidence/{ours.token}", Cookie=cookie)
        assert (status, "content-disposition" in headers, body) != (200, True, b"x")
        assert status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_on_another_site_ends_here(address: str, answered: None, site: str) -> None:
    status, _headers, body = ask(address, "/files/answers.csv", Sec_Fetch_Site=site)
    assert status == 403
    assert words("ja")("Requests from other sites are refused.") in body.decode()


@pytest.mark.parametrize("path", ["/files/answers.xlsx", "/files/../var/tenken.db", "/files/%2e%2e/tenken.db", "/files/"])
def test_nothing_else_leaves(address: str, answered: None, path: str) -> None:
    status, headers, body = ask(address, path)
    assert "content-disposition" not in headers
    assert status in (301, 400) or b"<html" in body  # an address that nobody knows is a page
    assert b"SQLite format" not in body


def test_a_database_that_cannot_be_read_is_said(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(store: Store, sample: bool = False) -> None:
        raise Unavailable("locked")

    monkeypatch.setattr(Store, "company", refuse)
    status, headers, body = ask(address, "/files/answers.csv")
    assert (status, headers["content-type"]) == (503, "text/plain; charset=utf-8")
    assert "データベース" in body.decode()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_names_in_any_script(name: str) -> None:
    header = disposition(name)
    assert header.isascii()
    assert "\n" not in header
    assert "\r" not in header
    message = Message()
    message["content-disposition"] = header
    assert unquote(header.split("filename*=UTF-8''")[1]) == name
    assert '"' not in header.split('filename="')[1].split('"; filename*')[0]


@given(st.text())
def test_no_text_is_a_formula(text: str) -> None:
    assert not plain_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("sign", ["=", "＝", "＋", "－", "＠", "\n"])
def test_signs_of_japanese_keyboards_begin_no_formula_either(sign: str) -> None:
    assert plain_cell(f"{sign}1+1") == f"'{sign}1+1"
