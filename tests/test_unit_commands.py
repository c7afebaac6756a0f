"""`tenken unit …` and `tenken person …`, and the files of units that leave through the server."""

import json
from pathlib import Path

import pytest

from scoring.model import Lang
from tenken.i18n import words
from tenken.organisation import organisation_of, put_person
from tenken.session import COMPANY
from tenken.store import Store
from tenken.unit_files import read_units
from tests.test_cli import fine, problem, run
from tests.test_gate import ask
from tests.test_organisation import SOLO, plan


def listed() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(fine("unit", "list", "--json"))
    return found


def test_units_are_listed_added_changed_and_removed(lang: Lang, home: Path) -> None:
    _ = words(lang)
    assert [unit["code"] for unit in listed()] == ["company"], "the first command makes the organisation"
    fine("unit", "add", "it", "--parent", "company", "--name-ja", "情シス", "--duty", "it", "--duty", "legal", "--headcount", "9")
    fine("unit", "change", "it", "--name-en", "IT", "--duty", "-", "--no-reporting", "--valid-to", "2030-03-31", "--since", "2026-10-01")
    assert listed()[1] == {
        "code": "it", "parent": "company", "kind": "department", "name_ja": "情シス", "name_en": "IT", "headcount": 9, "duties": [],
        "weight": 1, "reporting": False, "valid_from": "2026-10-01", "valid_to": "2030-03-31",
    }  # fmt: skip
    assert f"  it  {'情シス' if lang == 'ja' else 'IT'}" in fine("unit", "list")
    problem_line = problem("unit", "remove", "company")
    assert len(problem_line) == 1
    fine("unit", "add", "desk", "--parent", "company", "--name-ja", "受付", "--kind", "section")
    assert _("Removed: {name}.", name="desk") in fine("unit", "remove", "desk")
    assert problem("unit", "change", "desk") == [_("There is no unit {unit}.", unit="desk")]


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "a", "--parent", "company", "--name-ja", "a", "--kind", "team"],
        ["add", "a", "--parent", "company", "--name-ja", "a", "--duty", "tax"],
        ["add", "a", "--parent", "company", "--name-ja", "a", "--valid-to", "tomorrow"],
        ["export", "units.txt"],
    ],
)
def test_wrong_words_are_wrong_usage(home: Path, arguments: list[str]) -> None:
    done = run("unit", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")


def test_what_is_exported_is_imported(home: Path, tmp_path: Path) -> None:
    fine("unit", "add", "a", "--parent", "company", "--name-ja", "=営業")
    for name in ("units.csv", "units.xlsx"):
        fine("unit", "export", str(tmp_path / name))
        assert len(problem("unit", "export", str(tmp_path / name))) == 1, "nothing is overwritten"
        assert json.loads(fine("unit", "import", str(tmp_path / name), "--json")) == {"created": [], "changed": {}, "same": 2}
    file = tmp_path / "more.csv"
    file.write_text("code,parent,kind,name_ja\na,company,section,営業\nb,a,section,東\n", "utf-8")
    refused = run("unit", "import", str(file))
    assert refused.exit_code == 1
    assert [unit["code"] for unit in listed()] == ["company", "a"]
    assert json.loads(fine("unit", "import", str(file), "--yes", "--json")) == {
        "created": ["b"],
        "changed": {"a": ["kind", "name_ja"]},
        "same": 0,
    }
    assert [unit["code"] for unit in listed()] == ["company", "a", "b"]


def test_a_broken_file_is_named_by_its_cells(lang: Lang, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text("code,parent,kind,name_ja\na,nope,section,営業\nb,company,班,東\n", "utf-8")
    lines = problem("unit", "import", str(file), "--yes")
    assert [line.split(":")[0] for line in lines[:-1]] == ["units.csv!C3"]
    assert lines[-1] == words(lang)("{n} problems in the file. Nothing was changed.", n=1)


def test_people_have_roles_and_commands_ask_for_them(lang: Lang, home: Path) -> None:
    _ = words(lang)
    assert problem("person", "put", "田中", "--role", "office") == [
        _("Whoever gets the first role becomes administrator and security office of the whole organisation.")
    ]
    fine("person", "put", "田中", "--role", "administrator", "--role", "office")
    assert len(problem("unit", "add", "a", "--parent", "company", "--name-ja", "a")) == 1, "who is it?"
    fine("unit", "add", "a", "--parent", "company", "--name-ja", "a", "--person", "田中")
    fine("person", "put", "佐藤", "--role", "auditor:a", "--person", "田中")
    assert json.loads(fine("person", "list", "--person", "田中", "--json")) == [
        {"name": "佐藤", "roles": [{"role": "auditor", "unit": "a"}]},
        {"name": "田中", "roles": [{"role": "administrator", "unit": "company"}, {"role": "office", "unit": "company"}]},
    ]
    assert "佐藤  auditor:a" in fine("person", "list", "--person", "佐藤")
    for refused in (["unit", "remove", "a"], ["person", "put", "佐藤", "--role", "office"], ["person", "remove", "田中"]):
        assert len(problem(*refused, "--person", "佐藤")) == 1
    fine("person", "remove", "佐藤", "--person", "田中")
    assert problem("person", "remove", "佐藤", "--person", "田中") == [_("Nobody called “{unit}” has a role here.", unit="佐藤")]
    assert run("person", "put", "佐藤", "--role", "king", "--person", "田中").exit_code == 2


# --- through the server -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_leaves_whole_and_is_read_back(address: str, store: Store, kind: str) -> None:
    root = store.create_company(COMPANY)
    store.apply_units(root.id, [plan("a", headcount=3)], since=None, person="")
    status, headers, body = ask(address, f"/files/units.{kind}")
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert headers["content-disposition"].startswith("attachment; ")
    there = organisation_of(store, root)
    assert read_units(body, f"units.{kind}", there) == tuple(there.plans.values())


def test_the_list_is_for_those_who_may_read(address: str, store: Store) -> None:
    root = store.create_company(COMPANY)
    store.apply_units(root.id, [plan("a"), plan("b")], since=None, person="")
    there = organisation_of(store, root)
    put_person(store, SOLO, root, "田中", [("administrator", root.id), ("office", root.id)])
    sato = store.put_person(root.id, "佐藤", [("respondent", there.by_code["a"].id)], person="")
    assert ask(address, "/files/units.csv")[0] == 403
    assert ask(address, "/files/units.csv?as=99")[0] == 403
    body = ask(address, f"/files/units.csv?as={sato.id}")[2].decode("utf-8-sig")
    assert [line.split(",")[0] for line in body.splitlines()[1:]] == ["a"]
