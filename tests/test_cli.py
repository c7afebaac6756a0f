"""The commands: the same numbers as the pages, problems named on stderr, exit codes that scripts can trust."""

import csv
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from scoring.assessment import Assessment, assess, express_view
from scoring.engine import shown
from scoring.load.checklist import schema
from scoring.model import Answer, Evidence, Lang
from tenken import __version__
from tenken.cli import app
from tenken.content import CHECKLISTS, load_content
from tenken.i18n import words
from tenken.session import COMPANY
from tenken.settings import ROOT, read_settings
from tenken.store import Store

CONTENT = load_content()
CHECKLIST = CONTENT.checklist
AS_OF = date(2026, 11, 22)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def fine(*arguments: str) -> str:
    """What a command prints when all is well: nothing on stderr, exit code 0."""
    done = run(*arguments)
    assert done.exception is None, done.output
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


def problem(*arguments: str) -> list[str]:
    """The lines on stderr of a command that names a problem: exit code 1, nothing on stdout."""
    done = run(*arguments)
    assert isinstance(done.exception, SystemExit), done.exception  # an exit, not a fault
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()


# --- small ones ---------------------------------------------------------------------------------------------------


def test_version() -> None:
    assert fine("version") == f"{__version__}\n"


def test_python_m_tenken_is_the_same_program() -> None:
    done = subprocess.run([sys.executable, "-m", "tenken", "version"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"{__version__}\n", "")


def test_schema_is_the_file_beside_the_checklists() -> None:
    printed = fine("schema")
    assert json.loads(printed) == schema()
    assert printed == (CHECKLISTS / "schema.json").read_text("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["score"],
        ["stats", "--year", "x"],
        ["check", "--nope"],
        ["sample", "nonsense"],
        ["score", "x.yaml", "--as-of", "2026-13-01"],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Usage" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["version", "serve", "check", "schema", "score", "stats", "sample"])
def test_every_command_has_help(command: str) -> None:
    assert "--help" in fine(command, "--help")


# --- check --------------------------------------------------------------------------------------------------------


def test_check_finds_nothing_in_what_is_shipped() -> None:
    lines = fine("check").splitlines()
    assert lines[-1] == "0 problems"
    assert lines[0].split() == [CHECKLIST.id, CHECKLIST.edition, CHECKLIST.content_hash[:12]]
    assert any(line.split()[:2] == ["total", str(len(CHECKLIST.questions))] for line in lines)


def test_check_as_json_counts_every_question_once() -> None:
    found = json.loads(fine("check", "--json"))
    assert found["problems"] == []
    counts = next(counts for counts in found["checklists"] if counts["checklist"] == CHECKLIST.id)
    assert counts["questions"] == sum(counts["sections"].values()) == len(CHECKLIST.questions)
    assert counts["express"] == len(express_view(CHECKLIST).questions)
    assert counts["content_hash"] == CHECKLIST.content_hash


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the checklist with two mistakes in two files."""
    copy = tmp_path / "mine"
    shutil.copytree(CHECKLISTS / "leak-causes", copy)
    for name, before, after in (
        ("1-external-attack.yaml", "    weight: 5\n", "    weight: 9\n"),
        ("5-physical.yaml", "    express: true\n", "    express: perhaps\n"),
    ):
        text = (copy / name).read_text("utf-8")
        assert before in text
        (copy / name).write_text(text.replace(before, after, 1), "utf-8")
    return copy


def mistakes(folder: Path) -> set[str]:
    """Where the mistakes are, as file:line."""
    found = set()
    for name, text in (("1-external-attack.yaml", "    weight: 9"), ("5-physical.yaml", "    express: perhaps")):
        lines = (folder / name).read_text("utf-8").splitlines()
        found.add(f"{name}:{lines.index(text) + 1}")
    return found


def test_check_names_every_problem_with_file_and_line(broken: Path) -> None:
    lines = problem("check", str(broken))
    assert lines[-1] == f"{len(lines) - 1} problems"
    places = {line.split(": ")[0].rsplit("/", 1)[-1] for line in lines[:-1]}
    assert mistakes(broken) <= places


def test_check_as_json_names_the_same_problems(broken: Path) -> None:
    done = run("check", str(broken), "--json")
    assert (done.exit_code, done.stderr) == (1, "")
    problems = json.loads(done.stdout)["problems"]
    places = {f"{each['file'].rsplit('/', 1)[-1]}:{each['line']}" for each in problems}
    assert mistakes(broken) <= places
    assert all(each["what"] for each in problems)


def test_check_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    lines = problem("check", str(tmp_path / "nowhere"))
    assert "nowhere" in lines[0]


# --- score --------------------------------------------------------------------------------------------------------


def answered() -> dict[str, Answer]:
    """Something of everything: levels, unknown, not applicable, evidence fresh and old; two questions left open."""
    levels = [choice.id for choice in CHECKLIST.choices]
    given: dict[str, Answer] = {}
    for number, question in enumerate(CHECKLIST.questions[:-2]):
        given[question.id] = Answer(levels[number % len(levels)], note=f'メモ, "{number}"' if number % 3 == 0 else "")
    ids = list(given)
    given[ids[1]] = Answer("unknown")
    given[ids[2]] = Answer("na", reason="対象の業務がない: 該当なし")
    given[ids[3]] = Answer("verified", evidence=Evidence("台帳 A-1", AS_OF - timedelta(days=10)))
    express = next(q.id for q in CHECKLIST.questions[5:] if q.express)
    given[express] = Answer("everywhere", evidence=Evidence("台帳 A-3", AS_OF - timedelta(days=10)))
    given[ids[4]] = Answer("verified", evidence=Evidence("台帳 A-2", AS_OF - timedelta(days=3000)))
    return given


ANSWERED = answered()


def row(answer: Answer) -> dict[str, str]:
    evidence = answer.evidence
    return {
        "choice": answer.choice,
        "reason": answer.reason,
        "note": answer.note,
        "evidence": evidence.link if evidence else "",
        "evidence_date": evidence.dated.isoformat() if evidence else "",
    }


def as_json(path: Path) -> None:
    path.write_text(json.dumps({"answers": {q: row(a) for q, a in ANSWERED.items()}}, ensure_ascii=False), "utf-8")


def as_yaml(path: Path) -> None:
    quoted = {q: {name: json.dumps(text, ensure_ascii=False) for name, text in row(a).items()} for q, a in ANSWERED.items()}
    path.write_text("".join(f"{q}:\n" + "".join(f"  {k}: {v}\n" for k, v in fields.items()) for q, fields in quoted.items()), "utf-8")


def as_csv(path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, ["question", "choice", "reason", "note", "evidence", "evidence_date"])
        writer.writeheader()
        writer.writerows({"question": q} | row(a) for q, a in ANSWERED.items())


FILES: dict[str, Callable[[Path], None]] = {"answers.json": as_json, "answers.yaml": as_yaml, "answers.yml": as_yaml, "answers.csv": as_csv}


@pytest.fixture(params=FILES)
def answers(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    name: str = request.param
    path = tmp_path / name
    FILES[name](path)
    return path


def test_score_has_the_numbers_of_the_pages(answers: Path) -> None:
    found = json.loads(fine("score", str(answers), "--as-of", AS_OF.isoformat(), "--json"))
    assert (found["checklist"], found["edition"], found["as_of"]) == ("leak-causes", CHECKLIST.edition, AS_OF.isoformat())
    same(found["full"], assess(CHECKLIST, ANSWERED, AS_OF, CONTENT.outside))
    same(found["express"], assess(express_view(CHECKLIST), ANSWERED, AS_OF, CONTENT.outside))


def same(found: dict[str, Any], expected: Assessment) -> None:
    total = expected.result.total
    assert 0 < expected.result.evidenced.earned < total.earned
    assert found["total"] == {
        "earned": total.earned,
        "possible": total.possible,
        "open": total.open,
        "total": total.total,
        "answered": total.answered,
        "unknown": total.unknown,
        "not_applicable": total.not_applicable,
        "questions": total.questions,
        "percent": shown(total.percent),
        "best": shown(total.best),
    }
    assert found["evidenced"]["earned"] == expected.result.evidenced.earned
    assert {name: part["earned"] for name, part in found["sections"].items()} == {
        name: part.earned for name, part in expected.result.sections
    }
    assert found["critical_below"] == list(expected.result.below_critical)
    assert found["band"] == (expected.band.id if expected.band else None)
    gap = found["gap"]
    assert [gap[name] for name in ("gap", "low", "high")] == [
        shown(value) for value in (expected.gap.gap, expected.gap.low, expected.gap.high)
    ]
    assert (gap["years"], gap["incidents"]) == (list(expected.gap.years), expected.gap.incidents)
    assert [step["question"] for step in found["next_steps"]] == [step.question for step in expected.steps]


def test_score_in_words(lang: Lang, answers: Path) -> None:
    _ = words(lang)
    lines = fine("score", str(answers), "--as-of", AS_OF.isoformat()).splitlines()
    found = assess(express_view(CHECKLIST), ANSWERED, AS_OF, CONTENT.outside)
    assert lines[0].startswith(_("Express check"))
    assert lines[1].startswith(_("Full check"))
    for number in (_.points(found.result.total.percent), _.percent(found.gap.gap), _.points(found.result.evidenced.percent)):
        assert number in lines[0]
    assert len(lines) == 2 + 5


def test_score_of_everything_at_the_top_has_no_next_step(lang: Lang, tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text("".join(f"{question.id}: 4\n" for question in CHECKLIST.questions), "utf-8")
    lines = fine("score", str(path)).splitlines()
    assert "100.0" in lines[0]
    assert lines[-1] == words(lang)("No next step left.")


def test_score_of_nothing_is_all_open(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_text("{}", "utf-8")
    found = json.loads(fine("score", str(path), "--json"))["full"]
    assert (found["total"]["answered"], found["total"]["percent"], found["total"]["best"]) == (0, "0.0", "100.0")
    assert found["next_steps"] == []


WRONG = [
    ("answers.yaml", "external_attack.mfa_remote: 3\nno.such: 2\n", "answers.yaml:2", "no.such"),
    ("answers.yaml", "external_attack.mfa_remote: 9\n", "answers.yaml:1", "external_attack.mfa_remote"),
    ("answers.yaml", "external_attack.mfa_remote: na\n", "answers.yaml:1", "external_attack.mfa_remote"),
    ("answers.json", '{"no.such": "none"}', "answers.json", "no.such"),
    ("answers.json", '{"no.such":', "answers.json:1", "JSON"),
    ("answers.csv", "question,choice,reason,note,evidence,evidence_date\nno.such,none,,,,\n", "answers.csv:2", "no.such"),
    (
        "answers.yaml",
        "external_attack.mfa_remote: {choice: none, evidence: x, evidence_date: 2026-13-01}\n",
        "answers.yaml:1",
        "evidence_date",
    ),
]


@pytest.mark.parametrize(("name", "text", "place", "named"), WRONG)
@pytest.mark.parametrize("extra", [[], ["--json"]])
def test_score_names_what_is_wrong_in_the_file(tmp_path: Path, name: str, text: str, place: str, named: str, extra: list[str]) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    lines = problem("score", str(path), *extra)
    assert any(line.startswith(place) and named in line for line in lines)


def test_score_of_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert any("missing.yaml" in line for line in problem("score", str(tmp_path / "missing.yaml")))


def test_score_with_a_checklist_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_text("{}", "utf-8")
    assert any("nowhere" in line for line in problem("score", str(path), "--checklist", "nowhere"))


def test_score_needs_no_database(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_text("{}", "utf-8")
    fine("score", str(path))
    assert not home.exists()


# --- stats --------------------------------------------------------------------------------------------------------


def test_stats_of_the_newest_year() -> None:
    found = json.loads(fine("stats", "--year", "2025", "--json"))
    assert (found["year"], found["incidents"], found["companies"], found["persons"]) == (2025, 180, 158, 30_636_910)
    assert list(found["causes"].values()) == [116, 37, 18, 7]
    assert found["unassigned"] == 2
    assert sum(found["causes"].values()) + found["unassigned"] == found["incidents"]
    assert found["source"].startswith("https://")


def test_stats_of_all_years_says_null_and_never_0_for_what_is_not_published() -> None:
    found = json.loads(fine("stats", "--json"))
    assert [row["year"] for row in found] == [year.year for year in CONTENT.statistics.years]
    first = found[0]
    assert (first["incidents"], first["companies"], first["persons"], first["source"]) == (None, None, None, None)
    assert set(first["causes"].values()) == {None}
    assert 0 not in [value for row in found for value in (row["incidents"], row["companies"], row["persons"])]


def test_stats_in_lines() -> None:
    lines = fine("stats").splitlines()
    assert len(lines) == len(CONTENT.statistics.years) + 1
    assert lines[-2].split()[:5] == ["2025", "180", "158", "30,636,910", "116/37/18/7"]
    assert lines[0].split() == ["2012", "-", "-", "-", "-/-/-/-"]
    assert CONTENT.statistics.coverage.ja in lines[-1]


def test_stats_of_a_year_that_is_not_there() -> None:
    (line,) = problem("stats", "--year", "1999", "--json")
    assert "1999" in line


# --- sample -------------------------------------------------------------------------------------------------------


def test_sample_is_loaded_and_removed_beside_our_own_company(lang: Lang, home: Path) -> None:
    _ = words(lang)
    store = Store.open(read_settings().store_url)
    mine = store.create_company(COMPANY)
    for _again in range(2):  # twice is as once
        assert fine("sample", "load").strip() == _("The sample company is loaded.")
    assert [unit.sample for unit in store.units()] == [False, *[True] * 21]
    assert store.setting("viewing") == "sample"
    for _again in range(2):
        assert fine("sample", "remove").strip() == _("The sample company is removed.")
    assert store.units() == (mine,)
    assert store.setting("viewing") == "own"


def test_sample_without_a_place_for_the_database(lang: Lang, home: Path) -> None:
    home.write_text("a file where the folder should be")
    (line,) = problem("sample", "load")
    assert "TENKEN_HOME" in line


# --- serve --------------------------------------------------------------------------------------------------------


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_serve_on_a_port_in_use_says_what_to_do(lang: Lang, monkeypatch: pytest.MonkeyPatch, taken: int, home: Path) -> None:
    monkeypatch.chdir(os.getcwd())  # serve goes to the project's folder
    monkeypatch.setenv("TENKEN_PORT", str(taken))
    (line,) = problem("serve", "--no-browser")
    assert str(taken) in line
    assert "TENKEN_PORT=" in line
    assert not home.exists()  # nothing was begun


def test_serve_on_an_address_of_another_machine_names_the_setting(lang: Lang, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.chdir(os.getcwd())
    monkeypatch.setenv("TENKEN_HOST", "192.0.2.1")
    (line,) = problem("serve", "--no-browser")
    assert "192.0.2.1" in line
    assert "TENKEN_HOST" in line
    assert not home.exists()


@pytest.mark.parametrize("name", ["TENKEN_PORT", "TENKEN_LANG"])
@pytest.mark.parametrize("command", [["serve", "--no-browser"], ["sample", "load"]])
def test_a_broken_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, command: list[str]) -> None:
    monkeypatch.chdir(os.getcwd())
    monkeypatch.setenv(name, "abc")
    (line,) = problem(*command)
    assert name in line
