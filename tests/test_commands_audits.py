"""`tenken period` and `tenken audit`: the same functions as the pages; JSON and nothing else; errors named, exit code 1."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner, Result

from scoring.load.answers import read_answers
from scoring.model import Answer, Lang, Text
from tenken import workbook
from tenken.cli import app
from tenken.commands import audits as commands
from tenken.content import load_content
from tenken.i18n import words
from tenken.quarters import quarter_of
from tenken.settings import read_settings
from tenken.store import Store, UnitPlan

CHECKLIST = load_content().checklist
UNIT = tuple(q.id for q in CHECKLIST.questions if q.scope == "unit")
TODAY = date.today()
QUARTER = quarter_of(TODAY)
START = QUARTER.start.isoformat()


def run(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(app, list(arguments), input=text)


def fine(*arguments: str, text: str = "") -> str:
    done = run(*arguments, text=text)
    assert done.exception is None, done.output
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


def told(*arguments: str) -> Any:
    """What a command says as JSON: all that it prints."""
    return json.loads(fine(*arguments, "--json"))


def refused(*arguments: str) -> str:
    """What stands on stderr of a command that ends with exit code 1, saying nothing else."""
    done = run(*arguments)
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == 1
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture(autouse=True)
def _words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENKEN_LANG", "en")


@pytest.fixture
def store(home: Path) -> Store:
    """A company with two departments, its quarter open."""
    made = Store.open(read_settings().store_url)
    company = made.create_company(Text("自社", "Our company"))
    plans = [
        UnitPlan("sales", "company", "department", Text("営業部", "Sales"), True),
        UnitPlan("it", "company", "department", Text("情報部", "IT"), True, owners=("it",)),
    ]
    made.apply_units(company.id, plans, since=None, person="")
    fine("period", "open", "--day", START)
    return made


@pytest.fixture
def answered(store: Store, tmp_path: Path) -> Path:
    """A CSV file with all of a department's answers, which has been read."""
    file = tmp_path / "answers.csv"
    rows = "".join(f"{question},partly,,,,\n" for question in UNIT)
    file.write_text(f"question,choice,reason,note,evidence,evidence_date\n{rows}", "utf-8")
    fine("audit", "import", str(file), "--unit", "sales", "--person", "Sato", "--yes")
    return file


def state(code: str) -> str:
    return str(next(row["state"] for row in told("audit", "list") if row["unit"] == code))


def put_roles(store: Store, **roles: str) -> None:
    root = store.company()
    assert root
    for name, role in roles.items():
        store.put_person(root.id, name, [(role, root.id)], person="")  # type: ignore[list-item]


# --- quarters -----------------------------------------------------------------------------------------------------


def test_before_there_is_anything_that_is_said(home: Path) -> None:
    assert "no organisation yet" in refused("period", "list")
    assert "no organisation yet" in refused("audit", "list", "--json")


def test_a_quarter_is_opened_dated_and_listed(store: Store) -> None:
    due = (TODAY + timedelta(days=3)).isoformat()
    assert told("period", "due", due) == {"start": START, "due": due}
    (row,) = told("period", "list")
    assert (row["start"], row["state"], row["due"], row["sheets"]) == (START, "open", due, {"draft": 3})
    assert due in fine("period", "list")
    assert told("period", "due", "none")["due"] is None
    assert "No date due" in fine("period", "due", "none")


def test_the_next_quarter_follows_the_newest_and_says_what_it_carries(answered: Path) -> None:
    due = (QUARTER.end + timedelta(days=60)).isoformat()
    opened = told("period", "open", "--due", due)
    assert opened["start"] == (QUARTER.end + timedelta(days=1)).isoformat()
    assert (opened["carried"], opened["due"]) == (len(UNIT), due)
    assert (opened["added"], opened["retired"], opened["reworded"]) == ([], [], [])
    sales = next(row for row in told("audit", "list", "--period", opened["start"]) if row["unit"] == "sales")
    assert (sales["answered"], sales["reconfirm"]) == (len(UNIT), len(UNIT))
    assert "confirmed yet" in refused("audit", "submit", "sales", "--period", opened["start"])


def test_what_cannot_be_opened_is_named(store: Store) -> None:
    assert "there already" in refused("period", "open", "--day", START)
    assert "later quarter" in refused("period", "open", "--day", "2001-01-01")
    assert run("period", "open", "--day", "soon").exit_code == 2
    assert "no such quarter" in refused("audit", "list", "--period", "2001-01-01")


def test_a_quarter_is_closed_when_all_of_it_is_sealed(store: Store) -> None:
    assert "3 sheets" in refused("period", "close", "--json")
    for code in ("company", "it", "sales"):
        fine("audit", "submit", code)
        fine("audit", "seal", code)
    assert run("period", "close", text="n\n").exit_code == 1
    assert told("period", "list")[0]["state"] == "open"
    closed = told("period", "close")
    assert (closed["state"], len(closed["sha256"])) == ("closed", 64)
    assert "closed" in refused("period", "due", START)


def test_a_quarter_is_closed_by_somebody_who_says_so(store: Store) -> None:
    for code in ("company", "it", "sales"):
        fine("audit", "submit", code)
        fine("audit", "seal", code)
    assert "Seal " in fine("period", "close", text="y\n")


# --- sheets -------------------------------------------------------------------------------------------------------


def test_the_list_says_how_far_every_unit_is(answered: Path) -> None:
    rows = {row["unit"]: row for row in told("audit", "list")}
    assert list(rows) == ["company", "sales", "it"]
    assert (rows["sales"]["answered"], rows["sales"]["asked"]) == (len(UNIT), len(UNIT))
    assert sum(count["asked"] for count in rows["company"]["sections"].values()) == rows["company"]["asked"]
    lines = fine("audit", "list").splitlines()
    assert lines[0] == "0 of 3 units have handed in. No date due is set."
    assert f"{len(UNIT)}/{len(UNIT)}" in lines[2]


def test_a_sheet_is_shown_with_who_answered_what(answered: Path) -> None:
    shown = told("audit", "show", "sales")
    assert set(shown["answers"]) == set(UNIT)
    one = shown["answers"][UNIT[0]]
    assert (one["choice"], one["person"], one["identity"]) == ("partly", "Sato", "declared")
    assert shown["open"] == []
    assert f"partly       {UNIT[0]}" in fine("audit", "show", "sales")
    assert "no unit nowhere" in refused("audit", "show", "nowhere")


def test_a_sheet_goes_its_way_and_every_step_is_kept(answered: Path, store: Store) -> None:
    put_roles(store, Sato="respondent", Suzuki="approver", Ito="office")
    assert told("audit", "submit", "sales", "--person", "Sato") == [{"unit": "sales", "state": "submitted"}]
    assert "Say in a remark" in refused("audit", "return", "sales", "--person", "Suzuki")
    assert told("audit", "return", "sales", "--person", "Suzuki", "--remark", "again")[0]["state"] == "returned"
    fine("audit", "submit", "sales", "--person", "Sato")
    assert told("audit", "approve", "sales", "--person", "Suzuki")[0]["state"] == "approved"
    assert fine("audit", "seal", "sales", "--person", "Ito") == "sales  sealed\n"
    shown = told("audit", "show", "sales", "--person", "Ito")
    assert [event["action"] for event in shown["history"]] == ["submit", "return", "submit", "approve", "seal"]
    assert len(shown["seal"]) == 64


def test_of_several_what_can_be_done_is_done_and_the_rest_is_named(answered: Path) -> None:
    fine("audit", "submit", "sales")
    done = run("audit", "submit", "sales", "it", "nowhere", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout) == [{"unit": "it", "state": "submitted"}]
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["sales", "nowhere"]


def test_once_there_are_roles_a_name_is_needed_and_what_it_may(answered: Path, store: Store) -> None:
    put_roles(store, Sato="respondent", Kato="auditor")
    assert "--person" in refused("audit", "list")
    assert "Nobody has no role" in refused("audit", "list", "--person", "Nobody")
    assert "role does not allow" in refused("audit", "submit", "sales", "--person", "Kato")
    assert "role does not allow" in refused("period", "open", "--person", "Sato")
    assert [row["unit"] for row in told("audit", "list", "--person", "Kato")] == ["company", "sales", "it"]


def test_nobody_looks_beyond_their_unit(answered: Path, store: Store) -> None:
    root = store.company()
    assert root
    sales = next(unit for unit in store.units() if unit.code == "sales")
    store.put_person(root.id, "Sato", [("respondent", sales.id)], person="")
    assert [row["unit"] for row in told("audit", "list", "--person", "Sato")] == ["sales"]
    assert "no unit it" in refused("audit", "show", "it", "--person", "Sato")


# --- files --------------------------------------------------------------------------------------------------------


def test_csv_comes_back_as_it_left(answered: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    assert told("audit", "export", str(file), "--unit", "sales") == {"file": str(file), "units": ["sales"]}
    assert read_answers(file, CHECKLIST) == {question: Answer("partly") for question in UNIT}
    again = told("audit", "import", str(file), "--unit", "sales", "--yes")
    assert (again["written"], again["units"][0]["unchanged"]) == (0, len(UNIT))
    assert "there already" in refused("audit", "export", str(file), "--unit", "sales")
    assert run("audit", "export", str(tmp_path / "two.csv")).exit_code == 2


def test_a_workbook_has_a_sheet_per_unit_and_changes_nothing_by_itself(answered: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    assert "3 units" in fine("audit", "export", str(file))
    names = CalamineWorkbook.from_path(str(file)).sheet_names
    assert {"Our company", "Sales", "IT"} <= set(names)
    read = told("audit", "import", str(file), "--yes")
    assert read["written"] == 0
    assert [unit["unit"] for unit in read["units"]] == ["company", "sales", "it"]


def changed(answered: Path, choice: str) -> Path:
    file = answered.with_name("changed.csv")
    file.write_text(answered.read_text("utf-8").replace(f"{UNIT[0]},partly", f"{UNIT[0]},{choice}"), "utf-8")
    return file


def test_nothing_is_written_before_somebody_says_so(answered: Path) -> None:
    file = str(changed(answered, "verified"))
    preview = told("audit", "import", file, "--unit", "sales")
    assert (preview["written"], preview["units"][0]["changes"]) == (0, [UNIT[0]])
    no = run("audit", "import", file, "--unit", "sales", text="n\n")
    assert no.exit_code == 1
    assert f"{UNIT[0]}  partly -> verified" in no.stdout
    assert told("audit", "show", "sales")["answers"][UNIT[0]]["choice"] == "partly"
    assert "1 answers are saved." in fine("audit", "import", file, "--unit", "sales", text="y\n")
    assert told("audit", "show", "sales")["answers"][UNIT[0]]["choice"] == "verified"


def test_what_is_wrong_with_a_file_is_named_and_nothing_is_changed(answered: Path, tmp_path: Path) -> None:
    file = str(changed(answered, "splendid"))
    said = refused("audit", "import", file, "--unit", "sales", "--yes")
    assert "splendid" in said
    assert "Nothing was changed" in said
    assert "nowhere takes no answers" in refused("audit", "import", str(answered), "--unit", "nowhere", "--json")
    (tmp_path / "no.xlsx").write_bytes(b"no workbook")
    assert "no Excel workbook" in refused("audit", "import", str(tmp_path / "no.xlsx"), "--json")


def test_where_both_sides_changed_somebody_decides(answered: Path, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was written before somebody else changed the same answer to something else."""
    file = tmp_path / "out.xlsx"
    fine("audit", "export", str(file), "--unit", "sales")
    fine("audit", "import", str(changed(answered, "verified")), "--unit", "sales", "--yes")

    def edited(path: Path, code: str | None, fits: workbook.Wanted) -> workbook.Reading:
        """As if somebody had chosen another level in the first row."""
        unit = workbook.read(path, fits).units[0]
        first = replace(unit.rows[0], answer=Answer("none"), touched=True)
        return workbook.Reading((replace(unit, rows=(first, *unit.rows[1:])),))

    monkeypatch.setattr(commands, "read_file", edited)
    question = told("audit", "import", str(file))["units"][0]["conflicts"]
    assert question == [UNIT[0]]
    assert "1 conflicts still have to be decided." in refused("audit", "import", str(file), "--yes")
    assert told("audit", "import", str(file), "--yes", "--conflicts", "theirs")["written"] == 0
    assert told("audit", "import", str(file), "--yes", "--conflicts", "mine")["written"] == 1
    assert told("audit", "show", "sales")["answers"][UNIT[0]]["choice"] == "none"
    assert run("audit", "import", str(file), "--conflicts", "both").exit_code == 2


def test_the_commands_speak_the_language_of_the_installation(store: Store, lang: Lang) -> None:
    _ = words(lang)
    joined = "" if lang == "ja" else " "
    headline = _("{done} of {all} units have handed in.", done=0, all=3) + joined + _("No date due is set.")
    assert fine("audit", "list").splitlines()[0] == headline
