"""Checklists: what is shipped keeps its promises, and a broken folder is refused by file, line and words."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.assessment import express_view
from scoring.errors import ChecklistError, ContentError, Problem, ScoringError
from scoring.load.checklist import ChecklistFile, SectionFile, content_hash, load_checklist, schema
from scoring.load.guard import Refused, read_yaml, read_yaml_text
from scoring.load.statistics import load_controls, load_subjects
from scoring.load.text import JAPANESE
from scoring.model import CAUSES, FOUNDATION, Checklist, Department, DoubtRules, Text

ROOT = Path(__file__).parent.parent
DATA, FOLDER = ROOT / "data", ROOT / "checklists" / "leak-causes"
CONTROLS = [control for control, _ in load_controls(DATA).labels]
SUBJECTS = [subject.id for subject in load_subjects(DATA)]


def load(folder: Path) -> Checklist:
    return load_checklist(folder, controls=CONTROLS, subjects=SUBJECTS)


BUNDLED = load(FOLDER)
FILES = sorted(file.name for file in FOLDER.glob("*.yaml"))

# --- what is shipped -----------------------------------------------------------------------------

COUNTS = dict.fromkeys(CAUSES, 9) | dict.fromkeys(FOUNDATION, 7)
# Ids that are not asked any more: they stay in ids.txt, so that no later question can take one of them.
RETIRED: set[str] = set()


def test_every_file_of_the_folder_is_part_of_the_checklist() -> None:
    head = read_yaml(FOLDER / "checklist.yaml").parse(ChecklistFile)[0]
    assert head is not None
    assert sorted(["checklist.yaml", *head.sections]) == FILES


def test_the_sections_and_how_much_they_ask() -> None:
    assert {section.id: len(section.questions) for section in BUNDLED.sections} == COUNTS
    assert [section.id for section in BUNDLED.sections] == [*CAUSES, *FOUNDATION]
    assert [section.id for section in BUNDLED.sections if section.is_cause] == list(CAUSES)
    assert (BUNDLED.id, BUNDLED.max, [choice.points for choice in BUNDLED.choices]) == ("leak-causes", 100, [0, 25, 50, 75, 100])


def test_three_questions_of_every_cause_are_in_the_express_check() -> None:
    express = Counter(question.section for question in BUNDLED.questions if question.express)
    assert express == dict.fromkeys(CAUSES, 3)
    assert len(express_view(BUNDLED).questions) == 21


def test_ids_are_unique_and_none_that_was_ever_shipped_is_lost() -> None:
    ever = (ROOT / "tests" / "vectors" / "ids.txt").read_text(encoding="utf-8").splitlines()
    ids = {question.id for question in BUNDLED.questions}
    assert ever == sorted(set(ever)), "sorted, one per line, each once"
    assert len(ids) == len(BUNDLED.questions)
    assert ids <= set(ever), "a new id goes into ids.txt"
    assert set(ever) - ids == RETIRED, "an id that is not asked any more is retired, never removed or used again"


def texts(checklist: Checklist) -> Iterator[tuple[str, Text]]:
    """Every sentence for people, with where it stands."""
    yield "title", checklist.title
    for choice in checklist.choices:
        yield f"scale {choice.id}", choice.label
    for band in checklist.bands:
        yield f"band {band.id}", band.label
    for fact in checklist.facts:
        yield from ((f"fact {fact.id}", fact.question), (f"fact {fact.id}", fact.reason))
    for measure in checklist.countermeasures:
        yield from ((measure.id, measure.label), (measure.id, measure.short))
    for owner in checklist.owners:
        yield from ((f"owner {owner.id}", owner.label), (f"owner {owner.id}", owner.text))
    for section in checklist.sections:
        yield from ((section.id, section.title), (section.id, section.short))
    for question in checklist.questions:
        for kind in ("text", "why"):
            yield f"{question.id} {kind}", getattr(question, kind)
        for kind in ("levels", "advice"):
            for number, text in enumerate(getattr(question, kind)):
                yield f"{question.id} {kind} {number}", text
    for pair in checklist.doubts.contradictions:
        yield f"{pair.claim} and {pair.other}", pair.why


def test_every_sentence_stands_in_both_languages() -> None:
    found = list(texts(BUNDLED))
    assert len(found) > 11 * len(BUNDLED.questions), "text, why, five levels and four steps each, and what is around them"
    for where, text in found:
        assert JAPANESE.search(text.ja), where
        assert text.en.strip(), where
        assert not JAPANESE.search(text.en), where
        assert not re.search("[\u3000-\u303f\uff00-\uffef]", text.en), f"{where}: a full-width sign"


def test_sentences_are_short() -> None:
    for question in BUNDLED.questions:
        assert len(question.text.ja) <= 50, question.id
        for number, level in enumerate(question.levels):
            assert len(level.ja) <= 40, f"{question.id} level {number}"
            assert len(level.en.split()) <= 20, f"{question.id} level {number}"


VAGUE = re.compile(r"適切|十分|必要に応じて|\b(in)?(appropriate|sufficient|adequate)(ly)?\b", re.IGNORECASE)


def test_no_sentence_hides_behind_a_vague_word() -> None:
    assert [(where, text) for where, text in texts(BUNDLED) if VAGUE.search(text.ja) or VAGUE.search(text.en)] == []


def test_every_level_of_a_question_says_something_else() -> None:
    for question in BUNDLED.questions:
        for lang in ("ja", "en"):
            assert len({getattr(level, lang) for level in question.levels}) == 5, question.id
            assert len({getattr(step, lang) for step in question.advice}) == 4, question.id


def test_an_ordinary_yaml_reader_finds_the_same_values() -> None:
    """The loader reads text only; editors and the schema see numbers and booleans. Both must mean the same."""
    for name in FILES:
        model = ChecklistFile if name == "checklist.yaml" else SectionFile
        guarded, problems = read_yaml(FOLDER / name).parse(model)
        assert problems == []
        assert model.model_validate(yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))) == guarded, name


def test_the_schema_is_that_of_the_types() -> None:
    """`make schema` writes it; editors find it by the first line of each file."""
    shipped = (ROOT / "checklists" / "schema.json").read_text(encoding="utf-8")
    assert shipped == json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"
    kinds = {name: "ChecklistFile" if name == "checklist.yaml" else "SectionFile" for name in FILES}
    assert set(kinds.values()) <= set(schema()["$defs"])
    for name, kind in kinds.items():
        first = (FOLDER / name).read_text(encoding="utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema=../schema.json#/$defs/{kind}", name


# --- copies that still load ----------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "copy"))


def test_the_name_of_content_needs_no_look_at_what_it_says(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "again"))
    assert content_hash(folder) == content_hash(FOLDER)
    (folder / "1-external-attack.yaml").write_text("changed")
    assert content_hash(folder) not in ("", content_hash(FOLDER))
    (folder / "1-external-attack.yaml").unlink()
    assert content_hash(folder) == ""
    (folder / "checklist.yaml").write_text("[")
    assert content_hash(folder) == ""


def test_equal_files_are_equal_checklists_and_any_byte_makes_another(copy: Path) -> None:
    same = load(copy)
    assert same == BUNDLED
    assert hash(same) == hash(BUNDLED)
    assert same.content_hash == BUNDLED.content_hash
    assert (copy / "5-physical.yaml").write_bytes((copy / "5-physical.yaml").read_bytes() + b"\n")
    other = load(copy)
    assert other != BUNDLED
    assert replace(other, content_hash=BUNDLED.content_hash) == BUNDLED, "identity rests on the hash alone"
    assert other.questions == BUNDLED.questions
    assert BUNDLED.content_hash != BUNDLED


def test_a_byte_order_mark_and_windows_line_ends_change_no_value(copy: Path) -> None:
    for name in FILES:
        (copy / name).write_bytes(b"\xef\xbb\xbf" + (copy / name).read_bytes().replace(b"\n", b"\r\n"))
    assert load(copy).sections == BUNDLED.sections
    assert load(copy).choices == BUNDLED.choices


def test_words_that_yaml_takes_for_booleans_stay_words(copy: Path) -> None:
    change(copy, HEAD, "id: none, points", "id: no, points")
    change(copy, HEAD, "edition: .*", "edition: 2026.10")
    assert (load(copy).choices[0].id, load(copy).edition) == ("no", "2026.10")


# --- copies that are refused ---------------------------------------------------------------------

HEAD, FIRST, SECOND = "checklist.yaml", "1-external-attack.yaml", "2-human-error.yaml"


def change(folder: Path, name: str, pattern: str, new: str) -> int:
    """Puts `new` in the first place that matches `pattern`; the line on which it begins."""
    text = (folder / name).read_text(encoding="utf-8")
    found = re.search(pattern, text, re.MULTILINE)
    assert found, f"{name} has nothing like {pattern}"
    (folder / name).write_text(text[: found.start()] + new + text[found.end() :], encoding="utf-8")
    return text[: found.start()].count("\n") + 1


def refused(folder: Path) -> list[Problem]:
    with pytest.raises(ChecklistError) as error:
        load(folder)
    assert str(error.value) == "\n".join(map(str, error.value.problems))
    return list(error.value.problems)


def assert_named(folder: Path, name: str, line: int, words: str) -> None:
    found = refused(folder)
    named = [p for p in found if (p.file, p.line) == (f"{folder.name}/{name}", line) and words in p.what]
    assert len(named) == 1, f"{name}:{line}: {words}\n" + "\n".join(map(str, found))


# (pattern of what to replace, new text, lines further down (or up) where the problem stands, words)
QUESTION = [
    # what YAML could do beyond plain values
    (r"weight: \d", "weight: &w 5", 0, "anchors and aliases (& and *) are not allowed"),
    (r"weight: \d", "weight: *w", 0, "anchors and aliases"),
    (r"controls: \[", "controls: &c [", 0, "anchors and aliases"),
    (r"weight: \d", "*w : 5", 0, "anchors and aliases"),
    (r"weight: \d", "weight: !!int 5", 0, "tags (!) are not allowed"),
    (r"weight: \d", "weight: ! 5", 0, "tags (!) are not allowed"),
    (r"controls: \[", "controls: !!python/object/apply:os.system [", 0, "tags (!) are not allowed"),
    (r"weight: \d", "!x weight: 5", 0, "tags (!) are not allowed"),
    (r"weight: \d", "weight: 5\n    weight: 5", 1, "the key 'weight' stands here twice"),
    (r"weight: \d", 'weight: 5\n    "weight": 4', 1, "the key 'weight' stands here twice"),
    (r"weight: \d", "? [weight]\n    : 5", 0, "a key must be a word"),
    (r"weight: \d", "<<: {weight: 5}", 0, "questions.1.<<: unknown key"),
    # keys
    (r"weight: \d", "weight: 5\n    colour: red", 1, "questions.1.colour: unknown key"),
    (r"    weight: \d\n", "", -4, "questions.1.weight: required key is missing"),
    (r"^section: .*\n", "", 0, "section: required key is missing"),
    (r"^questions:", "question:", 0, "question: unknown key"),
    # languages
    (r"      ja: .*\n", "", -1, "questions.1.text.ja: required key is missing"),
    (r"      en: .*\n", "", -2, "questions.1.text.en: required key is missing"),
    (r"      en: .*", "      en: Everything has 多要素認証", 0, "text.en: has Japanese letters (found 'Everything"),
    (r"      en: .*", "      en: Every サ", 0, "text.en: has Japanese letters"),
    (r"      ja: .*", "      ja: MFA everywhere", 0, "text.ja: has no Japanese letter (found 'MFA everywhere')"),
    (r"      ja: .*", "      ja:", 0, "text.ja: must not be empty"),
    (r"      en: .*", '      en: " "', 0, "text.en: must not be empty"),
    (r"      en: .*", '      en: "Ends with a space "', 0, "text.en: one line without spaces at its ends"),
    (r"      en: .*", '      en: "Two\\nlines"', 0, "text.en: one line without spaces at its ends"),
    (r"      en: .*", '      en: "Two\\rlines"', 0, "text.en: one line without spaces at its ends"),
    (r"      en: .*", '      en: "Two\\u2028lines"', 0, "text.en: one line without spaces at its ends"),
    (r"      en: .*", "      en: [Everything]", 0, "text.en: expected text"),
    (r"    text:\n      ja: .*\n      en: .*", "    text: 多要素認証", 0, "text: expected a mapping (found '多要素認証')"),
    # values
    (r"weight: \d", "weight: 0", 0, "weight: Input should be greater than or equal to 1 (found '0')"),
    (r"weight: \d", "weight: 6", 0, "weight: Input should be less than or equal to 5 (found '6')"),
    (r"weight: \d", "weight: x", 0, "weight: expected a whole number (found 'x')"),
    (r"weight: \d", "weight:", 0, "weight: expected a whole number (found '')"),
    (r"weight: \d", "weight: 2.5", 0, "weight: expected a whole number (found '2.5')"),
    (r"weight: \d", f"weight: {'9' * 5000}", 0, "weight: "),
    (r"weight: \d", "weight: [5]", 0, "weight: "),
    (r"scope: \w+", "scope: everybody", 0, "scope: Input should be 'company' or 'unit' (found 'everybody')"),
    (r"owner: \w+", "owner: nobody", 0, "owner: Input should be 'it', "),
    (r"critical: \w+", "critical: perhaps", 0, "critical: expected true or false (found 'perhaps')"),
    (r"review_months: \d+", "review_months: 0", 0, "review_months: Input should be greater"),
    (r"review_months: \d+", "review_months: 37", 0, "review_months: Input should be less"),
    (r"refs: .*", "refs: none", 0, "refs: expected a mapping (found 'none')"),
    (r"refs: .*", "refs: {iso: []}", 0, "refs.iso: unknown key"),
    (r"controls: \[", "controls: [MFA, ", 0, "controls.1: String should match pattern"),
    # lists that do not fit the scale
    (r"effort: \[.*\]", "effort: [1, 2, 3]", 0, "questions.1.effort: needs 4 entries, has 3"),
    (r"effort: \[.*\]", "effort: [1, 2, 3, 4, 5]", 0, "questions.1.effort: needs 4 entries, has 5"),
    (r"effort: \[.*\]", "effort: []", 0, "questions.1.effort: needs 4 entries, has 0"),
    (r"effort: \[.*\]", "effort: [1, 2, 0, 4]", 0, "effort.3: Input should be greater than or equal to 1"),
    (r"effort: \[.*\]", "effort: [1, 2, 401, 4]", 0, "effort.3: Input should be less than or equal to 400"),
    (r"effort: \[.*\]", "effort: 4", 0, "effort: expected a list (found '4')"),
    (r"      - ja: .*\n        en: .*\n", "", -1, "questions.1.levels: needs 5 entries, has 4"),
    (r"(?<=    advice:\n)      - ja: .*\n        en: .*\n", "", -1, "questions.1.advice: needs 4 entries, has 3"),
    (r"    advice:\n(      .*\n)+", "    advice: []\n", 0, "questions.1.advice: needs 4 entries, has 0"),
    (r"questions:\n(.*\n)+", "questions: []\n", 0, "questions: Tuple should have at least 1 item"),
    (r"questions:\n(.*\n)+", "questions: {}\n", 0, "questions: expected a list"),
    # ids of other places
    (r"id: external_attack\.", "id: human_error.", 0, "questions.1.id: must begin with external_attack."),
    (r"id: external_attack\.", "id: external.attack.", 0, "questions.1.id: String should match pattern"),
    (r"id: external_attack\.", "id: external_attack.X", 0, "questions.1.id: String should match pattern"),
    (r"controls: \[", "controls: [magic, ", 0, "questions.1.controls: magic is not known"),
    (r"countermeasure: M\d+", "countermeasure: M13", 0, "questions.1.countermeasure: M13 is not known"),
    (r"covers: \[", "covers: [C9.9, ", 0, "questions.1.covers: C9.9 is not known"),
    (r"weight: \d", "weight: 5\n    needs_any: [web_site, moon]", 1, "questions.1.needs_any: moon is not known"),
    (r"^section: .*", "section: external_atack", 0, "section: external_atack is neither a cause nor a foundation"),
    (r"^section: .*", "section: External", 0, "section: String should match pattern"),
]

CHOICE = "  - {id: extra, points: 100, label: {ja: 余分, en: Extra}}\n"
TWICE = "uncovered:\n  - {id: C3, reason: {ja: 後で, en: Later}}\n  - {id: C3, reason: {ja: 最後, en: Late}}\nsections:"
HEADER = [
    (r"points: 0,", "points: 1,", "^scale:", "scale: the first choice must be worth 0 points"),
    (r"points: 50,", "points: 20,", "^scale:", "scale: points must rise from choice to choice"),
    (r"points: 50,", "points: 25,", "^scale:", "scale: points must rise from choice to choice"),
    (r"points: 50,", "points: -1,", "points: -1,", "scale.3.points: Input should be greater than or equal to 0"),
    (r"points: 100,", "points: 1001,", "points: 1001,", "scale.5.points: Input should be less than or equal to 1000"),
    (r"id: partly,", "id: unknown,", "^scale:", "scale: `unknown` and `na` are reserved"),
    (r"id: partly,", "id: na,", "^scale:", "scale: `unknown` and `na` are reserved"),
    (r"id: partly,", "id: informal,", "id: informal, points: 50", "scale.3: informal stands here twice"),
    (r"id: partly,", "id: 3rd,", "id: 3rd,", "scale.3.id: String should match pattern"),
    (r"^scale:\n(  - .*\n)+", f"scale:\n{CHOICE}", "^scale:", "scale: Tuple should have at least 2 items"),
    (r"^scale:\n", "scale:\n" + CHOICE * 16, "^scale:", "scale: Tuple should have at most 20 items"),
    (r"from: 0,", "from: 1,", "^bands:", "bands: the lowest band must start at 0"),
    (r"from: 70,", "from: 40,", "^bands:", "bands: bands must stand from the lowest to the highest"),
    (r"from: 70,", "from: 50,", "^bands:", "bands: bands must stand from the lowest to the highest"),
    (r"from: 90,", "from: 101,", "from: 101,", "bands.4.from: Input should be less than or equal to 100"),
    (r"id: fair,", "id: gaps,", "id: gaps, from: 70", "bands.3: gaps stands here twice"),
    (r"critical_level: \d", "critical_level: 5", "^critical_level", "critical_level: is not a level of the scale"),
    (r"critical_level: \d", "critical_level: 0", "^critical_level", "critical_level: Input should be greater"),
    (r"na_limit: \d+", "na_limit: 101", "^na_limit", "na_limit: Input should be less than or equal to 100"),
    (r"na_limit: \d+", "na_limit: half", "^na_limit", "na_limit: expected a whole number (found 'half')"),
    (r'alpha: "0.7"', 'alpha: "1.5"', "^alpha", "alpha: String should match pattern"),
    (r'alpha: "0.7"', 'alpha: "-0.5"', "^alpha", "alpha: String should match pattern"),
    (r'alpha: "0.7"', "alpha: seven tenths", "^alpha", "alpha: String should match pattern"),
    (r'alpha: "0.7"', f'alpha: "0.{"3" * 5000}"', "^alpha", "alpha: String should match pattern"),
    (r"- id: telework", "- id: web_site", r"id: web_site\n.*テレ", "profile.2: web_site stands here twice"),
    (r"id: M12,", "id: M13,", "id: M13,", "countermeasures.12.id: String should match pattern"),
    (r"id: M12,", "id: M11,", "id: M11, name: legal", "countermeasures.12: M11 stands here twice"),
    (r"  - id: hr", "  - id: it", r"id: it\n.*人事", "owners.3: it stands here twice"),
    (r"  - id: hr", "  - id: pr", "- id: pr$", "owners.3.id: Input should be 'it', "),
    (r"^sections:", TWICE, r"id: C3, .*最後", "uncovered.2: C3 stands here twice"),
    (r"^id: .*", "id: Leak Causes", "^id:", "id: String should match pattern"),
    (r"^edition: .*", 'edition: ""', "^edition", "edition: must not be empty"),
    (r"^edition: .*\n", "", "^id:", "edition: required key is missing"),
    (r"^na_limit", "limit: 5\nna_limit", "^limit", "limit: unknown key"),
    # doubts
    (r"straight_line: \d", "straight_line: 2", "straight_line", "doubts.straight_line: Input should be greater than or equal to 3"),
    (r"jump: \d", "jump: 0", "jump:", "doubts.jump: Input should be greater than or equal to 1"),
    (r"jump: \d", "jump: 5", "jump:", "doubts.jump: more levels than the scale can rise"),
    (r"jump: \d", "speed: 2", "speed:", "doubts.speed: unknown key"),
    (r"restore_plan, at_most: 0", "no_such_plan, at_most: 0", "no_such_plan", "contradictions.1.but.question: incident_readiness.no_such_plan is not known"),
    (r"offline_backup, at_least: 4", "offline_copy, at_least: 4", "offline_copy", "contradictions.1.if.question: external_attack.offline_copy is not known"),
    (r"offline_backup, at_least: 4", "offline_backup, at_least: 5", "at_least: 5", "contradictions.1.if.at_least: is not a level of the scale"),
    (r"offline_backup, at_least: 4", "offline_backup, at_least: 0", "at_least: 0", "contradictions.1.if.at_least: Input should be greater than or equal to 1"),
    (r"restore_plan, at_most: 0", "restore_plan, at_most: 4", "at_most: 4", "contradictions.1.but.at_most: must be a level below the highest"),
    (r"restore_plan, at_most: 0", "restore_plan", r"but: \{question: incident_readiness.restore_plan\}", "contradictions.1.but.at_most: required key is missing"),
    (r"incident_readiness.restore_plan, at_most: 0", "external_attack.offline_backup, at_most: 0", r"- if: .*\n.*offline_backup, at_most: 0", "contradictions.1: external_attack.offline_backup cannot contradict itself"),
    (r"(?<=: )human_error.device_encryption, at_least: 3\}\n.*", "external_attack.offline_backup, at_least: 3}\n      but: {question: incident_readiness.restore_plan, at_most: 0}", r"offline_backup, at_least: 3", "contradictions.3: external_attack.offline_backup and incident_readiness.restore_plan stand here twice"),
    # section files
    (r"  - 1-ext.*", "  - ../x.yaml", r"\.\./x", "sections.1: String should match pattern"),
    (r"  - 1-ext.*", "  - /etc/x.yaml", "/etc/x", "sections.1: String should match pattern"),
    (r"  - 1-ext.*", "  - more/x.yaml", "more/x", "sections.1: String should match pattern"),
    (r"  - 1-ext.*", r"  - ..\x.yaml", r"\.\.\\x", "sections.1: String should match pattern"),
    (r"  - 1-ext.*", '  - "x.yaml\\n"', r"x\.yaml", "sections.1: String should match pattern"),
    (r"  - 1-ext.*", "  - x.yml", "x.yml", "sections.1: String should match pattern"),
    (r"  - 2-hum.*\n", "", "^sections:", "sections: no file asks about human_error"),
    (r"  - 2-hum.*", f"  - {FIRST}", rf"  - {FIRST}\n.*insider", f"sections.2: {FIRST} stands here twice"),
    (r"^sections:\n(.*\n)+", "sections: []\n", "^sections:", "sections: Tuple should have at least 1 item"),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "new", "further", "words"), QUESTION, ids=[words for *_, words in QUESTION])
def test_a_broken_question_file_is_refused(copy: Path, pattern: str, new: str, further: int, words: str) -> None:
    line = change(copy, FIRST, pattern, new)
    assert_named(copy, FIRST, line + further, words)


@pytest.mark.parametrize(("pattern", "new", "at", "words"), HEADER, ids=[words for *_, words in HEADER])
def test_a_broken_checklist_file_is_refused(copy: Path, pattern: str, new: str, at: str, words: str) -> None:
    change(copy, HEAD, pattern, new)
    text = (copy / HEAD).read_text(encoding="utf-8")
    found = re.search(at, text, re.MULTILINE)
    assert found
    assert_named(copy, HEAD, text[: found.start()].count("\n") + 1, words)


def test_a_mistyped_question_hides_no_problem_of_the_others(copy: Path) -> None:
    """All at once: a wrong type in one question, an unknown word in another."""
    text = (copy / FIRST).read_text(encoding="utf-8")
    first, *others = re.split(r"(?=^  - id: )", text, flags=re.MULTILINE)[1:]
    broken = re.sub(r"weight: \d", "weight: heavy", first)
    strange = re.sub(r"controls: \[", "controls: [no_such_control, ", others[0])
    (copy / FIRST).write_text(text.replace(first, broken).replace(others[0], strange), encoding="utf-8")
    words = [problem.what for problem in refused(copy)]
    assert words == [
        "questions.1.weight: expected a whole number (found 'heavy')",
        "questions.2.controls: no_such_control is not known",
    ]
    (copy / FIRST).write_text(text.replace("questions:", "questions: none\nmore:", 1), encoding="utf-8")
    assert [problem.what.split(":")[0] for problem in refused(copy)] == ["questions", "more"]


def test_a_missing_section_file_is_named(copy: Path) -> None:
    (copy / SECOND).unlink()
    assert refused(copy) == [Problem("copy/2-human-error.yaml", 0, "cannot be read: No such file or directory")]


def test_without_checklist_yaml_there_is_nothing_to_read(copy: Path) -> None:
    (copy / HEAD).unlink()
    (copy / SECOND).unlink()
    assert [str(p) for p in refused(copy)] == ["copy/checklist.yaml: cannot be read: No such file or directory"]


def test_a_folder_in_place_of_a_file(copy: Path) -> None:
    (copy / SECOND).unlink()
    (copy / SECOND).mkdir()
    assert refused(copy) == [Problem("copy/2-human-error.yaml", 0, "cannot be read: Is a directory")]


def test_a_question_id_can_stand_in_one_file_only(copy: Path) -> None:
    line = change(copy, SECOND, r"id: human_error\.\w+", "id: external_attack.mfa_remote")
    change(copy, HEAD, "human_error.mail_check", "human_error.input_check")
    found = refused(copy)
    what = {p.what for p in found}
    assert {(p.file, p.line) for p in found} == {("copy/2-human-error.yaml", line)}
    assert what == {
        "questions.1.id: external_attack.mfa_remote stands here twice",
        "questions.1.id: must begin with human_error.",
    }


def test_a_checklist_needs_no_doubts(copy: Path) -> None:
    text = (copy / HEAD).read_text(encoding="utf-8")
    (copy / HEAD).write_text(re.sub(r"^doubts:\n(?:  .*\n)+", "", text, flags=re.MULTILINE), encoding="utf-8")
    assert load(copy).doubts == DoubtRules()
    assert load(copy).sections == BUNDLED.sections


def test_a_broken_section_makes_no_question_of_a_doubt_unknown(copy: Path) -> None:
    """What cannot be read may well ask it."""
    (copy / SECOND).unlink()
    change(copy, HEAD, "restore_plan, at_most: 0", "no_such_plan, at_most: 4")
    assert [p.what for p in refused(copy)] == [
        "cannot be read: No such file or directory",
        "doubts.contradictions.1.but.at_most: must be a level below the highest",
    ]


def test_a_question_id_can_stand_once_in_a_file(copy: Path) -> None:
    change(copy, FIRST, "external_attack.malware_defence", "external_attack.mfa_remote")
    [problem] = refused(copy)
    lines = (copy / FIRST).read_text(encoding="utf-8").splitlines()
    assert lines[problem.line - 1] == "  - id: external_attack.mfa_remote"
    assert problem.line > 5
    assert problem.what == "questions.2.id: external_attack.mfa_remote stands here twice"


def test_two_files_of_one_section(copy: Path) -> None:
    line = change(copy, SECOND, "^section: human_error", "section: external_attack")
    found = [p for p in refused(copy) if not p.what.endswith("must begin with external_attack.")]
    head = (copy / HEAD).read_text(encoding="utf-8").splitlines().index("sections:") + 1
    assert found == [
        Problem("copy/2-human-error.yaml", line, "section: external_attack has a file already"),
        Problem("copy/checklist.yaml", head, "sections: no file asks about human_error"),
    ]


def test_two_levels_that_say_the_same(copy: Path) -> None:
    text = (copy / FIRST).read_text(encoding="utf-8")
    first, second = re.findall(r"^      - ja: (.*)", text, re.MULTILINE)[:2]
    line = change(copy, FIRST, re.escape(second), first)
    assert_named(copy, FIRST, line - 3, "questions.1.levels: two levels say the same")


def test_a_cause_without_an_express_question(copy: Path) -> None:
    """The express check would have no points under this cause, and its gap no sum of one."""
    text = (copy / FIRST).read_text(encoding="utf-8")
    (copy / FIRST).write_text(text.replace("express: true", "express: false"), encoding="utf-8")
    line = text.splitlines().index("questions:") + 1
    assert refused(copy) == [Problem(f"copy/{FIRST}", line, "questions: a cause needs an express question")]


def test_the_foundation_may_do_without_express_questions() -> None:
    assert [section.id for section in express_view(BUNDLED).sections] == [*CAUSES]


def test_every_owner_of_a_company_question_has_words() -> None:
    owners = {question.owner for question in BUNDLED.questions if question.scope == "company"}
    departments = {owner: BUNDLED.owner(owner) for owner in owners}
    assert all(isinstance(department, Department) and department.id == owner for owner, department in departments.items())
    assert BUNDLED.owner("nobody") is None


DEEP = "x: " + "[" * 20 + "]" * 20
CONTENTS: list[tuple[bytes, int, str]] = [
    ("weight: 重み\nsection: 外部".encode("cp932"), 0, "is not UTF-8 (byte 8)"),
    ("section: x".encode("utf-16"), 0, "is not UTF-8 (byte 0)"),
    (b"# " + b"x" * 2_000_000, 0, "larger than 2,000,000 bytes"),
    (f"section: x\n{DEEP}".encode(), 2, "nested deeper than 16 levels"),
    (b"section: x\n" + b"- " * 40, 2, "not valid YAML"),
    (b"[" * 100_000, 1, "nested deeper than 16 levels"),
    (b"{" * 100_000, 1, "a key must be a word"),
    (b"x:\n  [" + b"a," * 200_000 + b"]", 2, "more than 200,000 values"),
    (b"", 0, "the file is empty"),
    (b"# nothing but a remark\n", 0, "the file is empty"),
    (b"---\n", 2, "expected a mapping (found '')"),
    (b"section: x\n---\nsection: y\n", 2, "only one document per file"),
    (b"section: x\n...\n---\nsection: y\n", 3, "only one document per file"),
    (b"just words", 1, "expected a mapping (found 'just words')"),
    (b"- a\n- list", 1, "expected a mapping"),
    (b"section: x\ntitle: [", 3, "not valid YAML: "),
    (b"section: x\n\ttitle: y", 2, "not valid YAML: "),
    (b"section: 'x", 1, "not valid YAML: "),
    (b"section: x: y", 1, "not valid YAML: mapping values are not allowed in this context"),
    (b"section: \x00", 0, "not valid YAML: "),
    (b"section: \x07", 0, "not valid YAML: "),
    (b"%YAML 9.9\n---\nsection: x", 1, "not valid YAML: "),
    (b"&a section: x", 1, "anchors and aliases"),
    (b"!!map {section: x}", 1, "tags (!) are not allowed"),
]


@pytest.mark.parametrize(("content", "line", "words"), CONTENTS, ids=[words for *_, words in CONTENTS])
@pytest.mark.parametrize("name", [HEAD, FIRST])
def test_a_file_that_is_no_checklist_at_all(copy: Path, name: str, content: bytes, line: int, words: str) -> None:
    (copy / name).write_bytes(content)
    assert_named(copy, name, line, words)


def test_faults_of_all_files_come_together_sorted_and_each_once(copy: Path) -> None:
    lines = {
        HEAD: change(copy, HEAD, r"critical_level: \d", "critical_level: 9"),
        FIRST: change(copy, FIRST, r"weight: \d", "weight: 6"),
        SECOND: change(copy, SECOND, r"controls: \[", "controls: [magic, magic, "),
        "3-insider.yaml": change(copy, "3-insider.yaml", r"weight: \d", "weight: !!int 5"),
    }
    second = change(copy, FIRST, r"critical: \w+", "critical: perhaps")
    (copy / "4-vulnerability.yaml").unlink()
    found = refused(copy)
    assert [(p.file, p.line) for p in found] == [
        (f"copy/{FIRST}", lines[FIRST]),
        (f"copy/{FIRST}", second),
        (f"copy/{SECOND}", lines[SECOND]),
        ("copy/3-insider.yaml", lines["3-insider.yaml"]),
        ("copy/4-vulnerability.yaml", 0),
        (f"copy/{HEAD}", lines[HEAD]),
    ]
    assert found == sorted(set(found))


def test_every_fault_of_one_question_is_named(copy: Path) -> None:
    for pattern, new in ((r"effort: \[.*\]", "effort: [1]"), (r"controls: \[", "controls: [magic, "), (r"covers: \[", "covers: [X1, ")):
        change(copy, FIRST, pattern, new)
    assert [p.what for p in refused(copy)] == [
        "questions.1.effort: needs 4 entries, has 1",
        "questions.1.controls: magic is not known",
        "questions.1.covers: X1 is not known",
    ]


def test_the_error_is_one_of_ours() -> None:
    assert issubclass(ChecklistError, ContentError)
    assert issubclass(ContentError, ScoringError)
    assert str(Problem("a.yaml", 3, "what")) == "a.yaml:3: what"
    assert str(Problem("a.yaml", 0, "what")) == "a.yaml: what"


def test_of_very_many_unknown_keys_the_first_thousand_are_named() -> None:
    value, problems = read_yaml_text("section: x\n" + "".join(f"k{n}: 1\n" for n in range(3000)), "x.yaml").parse(SectionFile)
    assert value is None
    assert problems[-1] == Problem("x.yaml", 0, "more than 1,000 problems; the rest is not named")
    assert len(problems) == 1001


def test_a_file_is_called_by_its_own_name_unless_told_otherwise(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: {b: [c]}\n", encoding="utf-8")
    document = read_yaml(tmp_path / "x.yaml")
    assert (document.file, document.tree) == ("x.yaml", {"a": {"b": ["c"]}})
    assert document.lines == dict.fromkeys([(), ("a",), ("a", "b"), ("a", "b", 0)], 1)
    assert document.line(("a", "b", 7, "x")) == 1


# --- fuzz ----------------------------------------------------------------------------------------

FUZZ = settings(deadline=None, derandomize=True, database=None)
SPECIAL = ["&a ", "*a", "!!python/name:os.system ", "! ", "? ", ": ", "- ", "[", "]", "{", "}", ",", '"', "'", "|\n", ">\n", "\n---\n", "\n...\n",
           "%YAML 1.1\n", "%TAG ! x\n", "# ", "\t", "\r", "\x00", "\x1b", "\x7f", "\u0085", "\u2028", "\ufeff", "\ufffe", "〜", "😀", "<<: ", "9" * 5000, "~",
           "\\", '"\\ud800"', '"\\x00"', "=", "null", "@", "`", " " * 20, "\n"]  # fmt: skip
chunks = st.binary(max_size=6) | st.sampled_from([word.encode() for word in SPECIAL]) | st.integers(0, 7000)
mutations = st.lists(st.tuples(st.integers(0, 7500), st.integers(0, 40), chunks), min_size=1, max_size=4)


def mutated(original: bytes, changes: list[tuple[int, int, bytes | int]]) -> bytes:
    """`original` with some stretches replaced: by other bytes, or by a stretch from elsewhere in it."""
    for start, length, new in changes:
        put = new if isinstance(new, bytes) else original[new : new + length]
        original = original[:start] + put + original[start + length :]
    return original


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path_factory.mktemp("fuzz") / "fuzzed"))


@settings(FUZZ, max_examples=80)
@given(mutations)
def test_no_file_however_broken_ends_in_another_error(fuzzed: Path, changes: list[tuple[int, int, bytes | int]]) -> None:
    (fuzzed / FIRST).write_bytes(mutated((FOLDER / FIRST).read_bytes(), changes))
    problems: tuple[Problem, ...] = ()
    try:
        assert load(fuzzed).sections[1:] == BUNDLED.sections[1:]
    except ChecklistError as error:
        problems = error.problems
    assert {p.file for p in problems} <= {f"fuzzed/{name}" for name in FILES}
    assert "\n".join(map(str, problems)).encode() or not problems, "what is said can be printed"


@settings(FUZZ, max_examples=400)
@given(st.lists(st.sampled_from(SPECIAL) | st.text(max_size=4), max_size=12).map("".join))
def test_no_text_however_strange_ends_in_another_error(text: str) -> None:
    try:
        value, problems = read_yaml_text(text, "x.yaml").parse(SectionFile)
    except Refused as error:
        value, problems = None, [error.problem]
    assert value is None
    assert {p.file for p in problems} == {"x.yaml"}
