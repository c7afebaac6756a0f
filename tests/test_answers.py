"""Files of answers: YAML, JSON and CSV say the same, and a broken one is refused by file, line and question."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine import score
from scoring.errors import AnswerFileError, Problem
from scoring.load.answers import read_answers
from scoring.model import Answer, Evidence
from tests.factories import checklist

ASKED = checklist()
COLUMNS = "question,choice,reason,note,evidence,evidence_date\n"

EXPECTED = {
    "external_attack.mfa": Answer("level3", note="VPN too", evidence=Evidence("doc/1", date(2026, 10, 31))),
    "external_attack.site": Answer("na", "自社サイトがない"),
    "telework.remote": Answer("level1"),
    "telework.lock": Answer("unknown"),
}
GOOD = {
    "plain.yaml": """
external_attack.mfa: {choice: level3, note: VPN too, evidence: doc/1, evidence_date: 2026-10-31}
external_attack.site:
  choice: na
  reason: 自社サイトがない
telework.remote: 1
telework.lock: unknown
""",
    "wrapped.yml": """
answers:
  external_attack.mfa: {choice: 3, note: VPN too, evidence: doc/1, evidence_date: "2026-10-31"}
  external_attack.site: {choice: na, reason: 自社サイトがない}
  telework.remote: level1
  telework.lock: unknown
""",
    "plain.json": """
{"external_attack.mfa": {"choice": 3, "note": "VPN too", "evidence": "doc/1", "evidence_date": "2026-10-31"},
 "external_attack.site": {"choice": "na", "reason": "自社サイトがない"}, "telework.remote": 1, "telework.lock": "unknown"}
""",
    "wrapped.JSON": """
{"answers": {"external_attack.mfa": {"choice": "3", "note": "VPN too", "evidence": "doc/1", "evidence_date": "2026-10-31"},
 "external_attack.site": {"choice": "na", "reason": "自社サイトがない"}, "telework.remote": "level1", "telework.lock": "unknown"}}
""",
    "plain.csv": COLUMNS
    + """external_attack.mfa,level3,,VPN too,doc/1,2026-10-31
external_attack.site,na,自社サイトがない,,,
telework.remote,１,,,,
telework.lock,unknown,,,,
""",
    "turned.CSV": """note,evidence_date,question,evidence,choice,reason
,,telework.lock,,unknown,
,,telework.remote,,level1,
,,external_attack.site,,na,自社サイトがない
VPN too,2026-10-31,external_attack.mfa,doc/1,3,
""",
}


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_good_files_of_every_kind_say_the_same(tmp_path: Path, name: str, start: str) -> None:
    (tmp_path / name).write_text(start + GOOD[name].lstrip("\n"), encoding="utf-8")
    found = read_answers(tmp_path / name, ASKED)
    assert found == EXPECTED
    assert score(ASKED, found, date(2026, 12, 31)).total.answered == 3


@pytest.mark.parametrize(("name", "text"), [("a.yaml", "{}"), ("a.yaml", "answers: {}"), ("a.json", "{}"), ("a.csv", COLUMNS)])
def test_no_answers_are_no_fault(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_answers(tmp_path / name, ASKED) == {}


def assert_printable(error: AnswerFileError) -> None:
    assert error.problems
    assert str(error).encode(), "no half of a surrogate pair in it"


def refused(file: Path) -> list[Problem]:
    with pytest.raises(AnswerFileError) as error:
        read_answers(file, ASKED)
    assert_printable(error.value)
    return list(error.value.problems)


NINES = "9" * 5000
NO_SUCH = "no such question in this checklist"
NO_REASON = "not applicable needs a reason"
HALF = "it needs evidence and its date, and one of them is missing"

# text → (line, words) of every problem
YAML: list[tuple[str, list[tuple[int, str]]]] = [
    ("telework.lock: 1\ntelework.lok: 1", [(2, f"telework.lok: {NO_SUCH}")]),
    ("telework.lock: level9", [(1, "telework.lock: no such level: level9")]),
    ("telework.lock: 5", [(1, "telework.lock: no such level: 5")]),
    ("telework.lock: -1", [(1, "telework.lock: no such level: -1")]),
    ("telework.lock: yes", [(1, "telework.lock: no such level: yes")]),
    ("telework.lock:", [(1, "telework.lock: no such level:")]),
    ("telework.lock: ²", [(1, "telework.lock: no such level: ²")]),
    (f"telework.lock: {NINES}", [(1, f"telework.lock: no such level: {NINES[:40]}")]),
    ("telework.lock: na", [(1, f"telework.lock: {NO_REASON}")]),
    ('telework.lock: {choice: na, reason: " "}', [(1, f"telework.lock: {NO_REASON}")]),
    ("telework.lock:\n  choice: 1\n  evidence_date: 31.10.2026", [(1, "telework.lock: evidence_date: Invalid isoformat string: '31.10.2026'")]),
    ("telework.lock: {choice: 1, evidence_date: 2026-02-30}", [(1, "telework.lock: evidence_date: day is out of range for month")]),
    ("telework.lock:\n  reason: none", [(1, "telework.lock.choice: required key is missing")]),
    ("telework.lock:\n  choice: 1\n  level: 2", [(1, "telework.lock.level: unknown key")]),
    ("telework.lock: [1]", [(1, "telework.lock.choice: expected text")]),
    ("telework.lock: {choice: {level: 1}}", [(1, "telework.lock.choice: expected text")]),
    ("telework.lock: {}", [(1, "telework.lock.choice: required key is missing")]),
    ("telework.lock: 1\n\ntelework.lock: 2", [(3, "the key 'telework.lock' stands here twice")]),
    ("answers:\n  telework.lock: 1\n  telework.lock: 2", [(3, "the key 'telework.lock' stands here twice")]),
    ("telework.lock: &a 1", [(1, "anchors and aliases (& and *) are not allowed; write the value out")]),
    ("- telework.lock", [(1, "expected question: answer")]),
    ("level1", [(1, "expected question: answer")]),
    ("answers: [telework.lock]", [(1, "answers: expected question: answer")]),
    ("answers:", [(1, "answers: expected question: answer")]),
    ("answers: {telework.lock: 1}\nmore: 1", [(1, "answers.choice: required key is missing"), (1, "answers.telework.lock: unknown key")]),
    ("", [(0, "the file is empty")]),
    ("telework.lock: [", [(2, "not valid YAML: did not find expected node content")]),
    ("#" + "x" * 2_000_000, [(0, "larger than 2,000,000 bytes")]),
    ("answers:\n  nobody.asks: 1\n  telework.lock: na\n  telework.remote: 9\n  external_attack.mfa: 1",
     [(2, f"nobody.asks: {NO_SUCH}"), (3, f"telework.lock: {NO_REASON}"), (4, "telework.remote: no such level: 9")]),
]  # fmt: skip

JSON: list[tuple[str, list[tuple[int, str]]]] = [
    ('{"telework.lok": 1}', [(0, f"telework.lok: {NO_SUCH}")]),
    ('{"": 1}', [(0, f": {NO_SUCH}")]),
    ('{"telework.lock": "level9"}', [(0, "telework.lock: no such level: level9")]),
    ('{"telework.lock": 5}', [(0, "telework.lock: no such level: 5")]),
    ('{"telework.lock": -1}', [(0, "telework.lock: no such level: -1")]),
    ('{"telework.lock": true}', [(0, "telework.lock: no such level: True")]),
    ('{"telework.lock": "na"}', [(0, f"telework.lock: {NO_REASON}")]),
    ('{"telework.lock": {"choice": 1, "evidence_date": "soon"}}', [(0, "telework.lock: evidence_date: Invalid isoformat string: 'soon'")]),
    ('{"telework.lock": {"choice": 1, "evidence": "doc/1", "evidence_date": 20261031}}', []),
    ('{"telework.lock": {"choice": 1, "evidence_date": 20261031}}', [(0, f"telework.lock: evidence_date: {HALF}")]),
    ('{"telework.lock": {"choice": 1, "evidence": "doc/1"}}', [(0, f"telework.lock: evidence_date: {HALF}")]),
    ('{"telework.lock": 1.0}', [(0, "telework.lock.choice: expected text")]),
    ('{"telework.lock": NaN}', [(0, "telework.lock.choice: expected text")]),
    ('{"telework.lock": null}', [(0, "telework.lock.choice: expected text")]),
    ('{"telework.lock": []}', [(0, "telework.lock.choice: expected text")]),
    ('{"telework.lock": [{"choice": 1}]}', [(0, "telework.lock.choice: expected text")]),
    ('{"telework.lock": {}}', [(0, "telework.lock.choice: required key is missing")]),
    ('{"telework.lock": {"choice": null}}', [(0, "telework.lock.choice: expected text")]),
    ('{"telework.lock": {"choice": [1]}}', [(0, "telework.lock.choice: expected text")]),
    ('{"telework.lock": {"choice": 1, "reason": {"a": []}}}', [(0, "telework.lock.reason: expected text")]),
    ('{"telework.lock": {"choice": 1, "why": 2}}', [(0, "telework.lock.why: unknown key")]),
    ('{"telework.lock": "\\ud800"}', [(0, "not valid JSON: 'utf-8' codec can't encode character '\\ud800'")]),
    ('{"telework.lock": {"choice": 1, "note": "\\udfff"}}', [(0, "not valid JSON: 'utf-8' codec can't encode character '\\udfff'")]),
    ('{"\\ud800": 1}', [(0, "not valid JSON: 'utf-8' codec can't encode character '\\ud800'")]),
    ('{"answers": []}', [(0, "answers: expected question: answer")]),
    ('{"answers": null}', [(0, "answers: expected question: answer")]),
    ("[]", [(0, "expected question: answer")]),
    ("null", [(0, "expected question: answer")]),
    ("7", [(0, "expected question: answer")]),
    ('"level1"', [(0, "expected question: answer")]),
    ('{\n"telework.lock": 1,\n"telework.lock": 1}', [(0, "not valid JSON: the key 'telework.lock' stands twice in one object")]),
    ('{"telework.lock": {"choice": 1, "choice": 2}}', [(0, "not valid JSON: the key 'choice' stands twice in one object")]),
    ('{\n"telework.lock": 1,\n}', [(3, "not valid JSON: Expecting property name enclosed in double quotes")]),
    ("", [(1, "not valid JSON: Expecting value")]),
    ("telework.lock: 1", [(1, "not valid JSON: Expecting value")]),
    ('{"a": ' + NINES + "}", [(0, "not valid JSON: Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits")]),
    ("[" * 100_000, [(0, "not valid JSON: maximum recursion depth exceeded")]),
    ('{"a": ' * 100_000, [(0, "not valid JSON: maximum recursion depth exceeded")]),
    (" " * 2_000_001, [(0, "not valid JSON: larger than 2,000,000 bytes")]),
    ('{"nobody.asks": 1, "telework.lock": "na"}', [(0, f"nobody.asks: {NO_SUCH}"), (0, f"telework.lock: {NO_REASON}")]),
]  # fmt: skip

CSV: list[tuple[str, list[tuple[int, str]]]] = [
    (COLUMNS + "telework.remote,1,,,,\ntelework.lok,1,,,,", [(3, f"telework.lok: {NO_SUCH}")]),
    (COLUMNS + "telework.lock,level9,,,,", [(2, "telework.lock: no such level: level9")]),
    (COLUMNS + "telework.lock,na,,,,", [(2, f"telework.lock: {NO_REASON}")]),
    (COLUMNS + "telework.lock,na, ,,,", [(2, f"telework.lock: {NO_REASON}")]),
    (COLUMNS + "telework.lock,1,,,x,2026/10/31", [(2, "telework.lock: evidence_date: Invalid isoformat string: '2026/10/31'")]),
    (COLUMNS + 'telework.lock,1,,"two\nlines",,\ntelework.lock,2,,,,', [(4, "telework.lock stands here twice")]),
    (COLUMNS + "telework.lock,1", [(2, "2 cells under 6 columns")]),
    (COLUMNS + "telework.lock,1,,,,,,", [(2, "8 cells under 6 columns")]),
    (COLUMNS + 'telework.lock,"1,,,,', [(2, "not valid CSV: unexpected end of data")]),
    ("question,choice\ntelework.lock,1", [(1, f"missing column '{name}'") for name in ("evidence", "evidence_date", "note", "reason")]),
    (COLUMNS.replace("reason", "raeson"), [(1, "missing column 'reason'"), (1, "unknown or repeated column 'raeson'")]),
    (COLUMNS.replace("note", "choice"), [(1, "missing column 'note'"), (1, "unknown or repeated column 'choice'")]),
    ("", [(1, f"missing column '{name}'") for name in sorted(COLUMNS.strip().split(","))]),
    (COLUMNS + "x" * 2_000_000, [(0, "larger than 2,000,000 bytes")]),
    (COLUMNS + "telework.lock,\0,,,,", [(2, "holds a NUL character")]),
]  # fmt: skip


def assert_refused(file: Path, text: str, expected: list[tuple[int, str]]) -> None:
    file.write_text(text, encoding="utf-8")
    if not expected:
        assert read_answers(file, ASKED)
        return
    found = refused(file)
    assert [p.line for p in found] == [line for line, _ in expected], found
    assert all(p.file in (file.name, f"{file.parent.name}/{file.name}") for p in found)
    for problem, (_, words) in zip(found, expected, strict=True):
        assert problem.what.startswith(words), problem


@pytest.mark.parametrize(("text", "expected"), YAML, ids=[str(words)[:70] for _, words in YAML])
def test_a_broken_yaml_file(tmp_path: Path, text: str, expected: list[tuple[int, str]]) -> None:
    assert_refused(tmp_path / "answers.yaml", text, expected)


@pytest.mark.parametrize(("text", "expected"), JSON, ids=[str(words)[:70] for _, words in JSON])
def test_a_broken_json_file(tmp_path: Path, text: str, expected: list[tuple[int, str]]) -> None:
    assert_refused(tmp_path / "answers.json", text, expected)


@pytest.mark.parametrize(("text", "expected"), CSV, ids=[str(words)[:70] for _, words in CSV])
def test_a_broken_csv_file(tmp_path: Path, text: str, expected: list[tuple[int, str]]) -> None:
    assert_refused(tmp_path / "answers.csv", text, expected)


MANY = {
    "answers.yaml": ("\n".join(f"q{n}: 1" for n in range(5000)), f"q0: {NO_SUCH}"),
    "answers.json": (json.dumps({f"q{n}": [] for n in range(5000)}), "q0.choice: expected text"),
    "answers.csv": (COLUMNS + "\n" * 5000, "0 cells under 6 columns"),
}


@pytest.mark.parametrize("name", MANY)
def test_of_very_many_problems_the_first_thousand_are_named(tmp_path: Path, name: str) -> None:
    """Found by `make prove`: a file of 2 MB that holds nothing but line ends took more than a minute."""
    (tmp_path / name).write_text(MANY[name][0], "utf-8")
    found = refused(tmp_path / name)
    assert 1000 < len(found) < 1003
    assert (found[0].line, found[0].what) == (0, "more than 1,000 problems; the rest is not named") or name.endswith("json")
    assert MANY[name][1] in {problem.what for problem in found}


@pytest.mark.parametrize(
    ("key", "said"),
    [("a\nb", "a\\nb"), ("\x1b[31m", "\\x1b[31m"), ("\u202e", "\\u202e"), ("\u2028", "\\u2028"), ("一　二", "一　二"), ("k" * 900_000, "k" * 200 + " … " + "k" * 50)],
)  # fmt: skip
def test_a_problem_is_one_line_that_can_be_read(tmp_path: Path, key: str, said: str) -> None:
    """Found by `make prove`: a key of the file stood in the line as it was, with its line ends and colours, and in full."""
    (tmp_path / "answers.json").write_text(json.dumps({key: 1}), "utf-8")
    [problem] = refused(tmp_path / "answers.json")
    assert problem.what.startswith(said)
    assert problem.what.endswith(NO_SUCH)
    assert str(problem).replace("　", "").isprintable()
    assert len(str(problem)) < 400


@pytest.mark.parametrize("name", ["answers.yaml", "answers.json", "answers.csv"])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    [problem] = refused(tmp_path / name)
    assert (problem.line, problem.what) == (0, "cannot be read: No such file or directory")
    (tmp_path / name).mkdir()
    [problem] = refused(tmp_path / name)
    assert problem.what == "cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("answers.yaml", "is not UTF-8 (byte 15)"),
        ("answers.json", "not valid JSON: 'utf-8' codec can't decode byte"),
        ("answers.csv", "is not UTF-8"),
    ],
)
def test_a_file_from_an_old_spreadsheet(tmp_path: Path, name: str, what: str) -> None:
    (tmp_path / name).write_bytes("telework.lock: 該当なし".encode("cp932"))
    [problem] = refused(tmp_path / name)
    assert problem.what.startswith(what)


keys = st.sampled_from(["answers", "choice", "reason", "note", "evidence", "evidence_date", *(q.id for q in ASKED.questions)])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from(["na", "unknown", "level1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | keys, inner, max_size=4),
    max_leaves=12,
)


def read_or_refused(file: Path) -> tuple[dict[str, Answer], tuple[Problem, ...]]:
    """Answers or problems, never both and no other error; what is said can be printed."""
    try:
        return read_answers(file, ASKED), ()
    except AnswerFileError as error:
        assert_printable(error)
        return {}, error.problems


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("answers")


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.dictionaries(keys, values, max_size=4) | values)
def test_any_json_is_read_or_refused_in_words(place: Path, tree: object) -> None:
    file = place / "any.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    found, problems = read_or_refused(file)
    assert all(p.file == "any.json" for p in problems)
    assert score(ASKED, found, date(2026, 12, 31)).total.questions == 5


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.sampled_from(sorted(GOOD)), st.integers(0, 300), st.integers(0, 12), st.binary(max_size=5))
def test_any_bytes_are_read_or_refused_in_words(place: Path, name: str, start: int, length: int, new: bytes) -> None:
    content = GOOD[name].encode()
    (place / name).write_bytes(content[:start] + new + content[start + length :])
    found, problems = read_or_refused(place / name)
    assert all(p.file in (name, f"{place.name}/{name}") for p in problems)
    assert score(ASKED, found, date(2026, 12, 31)).total.questions == 5
