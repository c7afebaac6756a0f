"""How checklist texts are written: the shipped ones have no finding, and every rule finds what breaks it, by file and line."""

import shutil
from pathlib import Path

import pytest

from scoring.load.style import style_problems
from tenken.content import CHECKLISTS, DATA, load_content

CONTENT = load_content()
CONTROLS = [control for control, _ in CONTENT.controls.labels]
SUBJECTS = [subject.id for subject in CONTENT.subjects]
ATTACK = "1-external-attack.yaml"


def findings(folder: Path) -> list[str]:
    return [str(problem) for problem in style_problems(folder, controls=CONTROLS, subjects=SUBJECTS)]


def test_the_shipped_checklist_is_clean() -> None:
    assert DATA.exists()
    assert findings(CHECKLISTS / "leak-causes") == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CHECKLISTS / "leak-causes", tmp_path / "copy"))


TEXT_JA = "社外から使う仕組みすべてに、多要素認証をかけている"
LEVEL_JA = "使うよう勧め、設定は各自に任せている"
LEVEL_EN = "It is recommended, and each person decides whether to switch it on"
WHY_EN = "With one of them, somebody reads your mail"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (LEVEL_JA, "必要に応じて使うよう勧めている", "levels.2.ja", "'必要に応じ' cannot be checked"),
        (LEVEL_EN, "It is recommended where appropriate", "levels.2.en", "'appropriate' cannot be checked"),
        (LEVEL_JA, "使うよう勧めています", "levels.2.ja", "plain form"),
        (LEVEL_JA, LEVEL_JA + "。", "levels.2.ja", "no full stop"),
        (LEVEL_EN, LEVEL_EN + ".", "levels.2.en", "no full stop"),
        (LEVEL_JA, "あ" * 41, "levels.2.ja", "41 letters, at most 40"),
        (LEVEL_EN, " ".join(["word"] * 21), "levels.2.en", "21 words, at most 20"),
        (LEVEL_JA, TEXT_JA, "levels.2.ja", "repeats the question"),
        ("パスワードは盗まれ、使い回され、売られます。", "パスワードは盗まれ、売られる。", "why.ja", "です・ます"),
        ("VPNも本人のふりをして使われます。", "VPNも使われます", "why.ja", "です・ます"),
        ("enters through the VPN as if they were staff.", "enters through the VPN as if they were staff", "why.en", "full stop"),
        ('refs: {iso27001: ["5.17", "8.5"], csf: [PR.AA], scs: [4-1-3]}', "refs: {}", "refs", "no reference"),
        ("ウイルス対策の有無と更新日を書き込む", "多要素認証の有無を調べる", "", ""),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_found(copy: Path, old: str, new: str, line: str, words: str) -> None:
    path = copy / ATTACK
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    found = findings(copy)
    if not words:
        assert found == [], "another sentence of one's own is fine"
        return
    number = next(n for n, row in enumerate(path.read_text("utf-8").splitlines(), start=1) if row not in text.splitlines())
    assert any(each.startswith(f"copy/{ATTACK}:{number}:") and f"questions.1.{line}" in each and words in each for each in found), found


def test_a_sentence_that_stands_elsewhere_is_found(copy: Path) -> None:
    path = copy / "3-insider.yaml"
    text = path.read_text("utf-8")
    first = text.index("      - ja: ", text.index("advice:"))
    path.write_text(
        text[:first] + "      - ja: 社外から入れる仕組みを書き出し、多要素認証の有無を調べる" + text[text.index("\n", first) :], "utf-8"
    )
    assert any("nearly the same" in each and "advice.1.ja" in each for each in findings(copy))


def test_a_question_that_outweighs_its_section_is_found(copy: Path) -> None:
    path = copy / "11-legal.yaml"
    path.write_text(path.read_text("utf-8").replace("weight: 3", "weight: 5", 1), "utf-8")
    assert [each for each in findings(copy) if "more than 15% of the section's weight (23)" in each]


def test_coverage_has_no_hole(copy: Path) -> None:
    excused = "".join(f"  - id: {subject}\n    reason: {{ja: 理由, en: reason}}\n" for subject in ("C1.1", "C9.9", "C1.6"))
    path = copy / "checklist.yaml"
    path.write_text(path.read_text("utf-8").replace("sections:\n", f"uncovered:\n{excused}\nsections:\n", 1), "utf-8")
    for section in copy.glob("*-*.yaml"):
        text = section.read_text("utf-8").replace("C1.6", "M9").replace("K2", "M9").replace("phishing_drill]", "training_awareness]")
        section.write_text(text, "utf-8")
    found = findings(copy)
    assert any("K2 is covered by no question and not listed here" in each for each in found)
    assert any("C1.1 is covered, or not known" in each for each in found)
    assert any("C9.9 is covered, or not known" in each for each in found)
    assert not any("C1.6" in each for each in found), "listed with its reason"
    assert any("no question lists the control phishing_drill" in each for each in found)
