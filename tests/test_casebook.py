"""The casebook: everything in it loads, leads to questions and names nobody; whatever is wrong is named with file and line."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from scoring.casebook import Casebook
from scoring.errors import DataError
from scoring.incident_gap import TSR_CAUSES
from scoring.load.casebook import load_casebook, mapping_problems
from scoring.load.statistics import load_controls
from scoring.model import CAUSES, Text
from tenken.cli import app
from tenken.content import DATA, casebook, casebook_problems, load_content

BOOK = casebook()
CHECKLIST = load_content().checklist

SMALL = """
edition: "1"
gathered: 2026-11-21
sectors:
  education: {ja: 教育, en: Education}
unmapped: {}
incidents:
  - id: 2020-education-1
    organisation: {ja: 東西学園（南北大学）, en: Tozai Gakuen / Nanboku University}
    disclosed: "2020-05"
    sector: education
    tsr_cause: loss_misdisposal
    causes: [human_error]
    summary:
      ja: 記録を紛失した。
      en: Records were lost.
    steps:
      - step: 1
        what:
          ja: 記録を持ち帰った
          en: Records were taken home
        controls: [device_takeout_rules]
        basis: reported
        where: own
    sources:
      - title: 紛失のお知らせ
        dated: "2020-05"
        url: https://example.org/loss
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(DATA / "controls.yaml", tmp_path / "controls.yaml")
    return tmp_path


def load(folder: Path, text: str) -> Casebook:
    (folder / "casebook.yaml").write_text(text, "utf-8")
    return load_casebook(folder)


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(DataError) as refused:
        load(folder, text)
    return [str(problem) for problem in refused.value.problems]


# --- what is shipped ----------------------------------------------------------------------------------------------


def test_all_incidents_load() -> None:
    assert len(BOOK.incidents) == 44
    assert len({incident.id for incident in BOOK.incidents}) == 44
    assert sum(len(incident.steps) for incident in BOOK.incidents) > 150
    assert {incident.tsr_cause for incident in BOOK.incidents} == set(TSR_CAUSES)
    assert {incident.causes[0] for incident in BOOK.incidents} == set(CAUSES)
    assert all(incident.sources and incident.steps for incident in BOOK.incidents)
    assert (min(incident.year for incident in BOOK.incidents), BOOK.gathered) == (2014, "2026-11-21")


def test_every_control_of_a_step_leads_to_a_question_or_has_a_reason() -> None:
    assert casebook_problems() == []
    listed = {control for question in CHECKLIST.questions for control in question.controls}
    assert set(BOOK.used) <= listed | {control for control, _reason in BOOK.unmapped}


def test_a_control_without_a_question_is_named_until_it_has_a_reason() -> None:
    nobody_asks = replace(CHECKLIST, sections=(), content_hash="none")
    found = [problem.what for problem in mapping_problems(DATA, BOOK, nobody_asks)]
    assert len(found) == len(BOOK.used)
    assert found[0].startswith(f"{BOOK.used[0]} is listed by no question of leak-causes")
    excused = replace(BOOK, unmapped=tuple((control, Text("理由", "reason")) for control in BOOK.used))
    assert mapping_problems(DATA, excused, nobody_asks) == []
    assert [problem.what for problem in mapping_problems(DATA, replace(BOOK, unmapped=(("mfa", Text("理由", "reason")),)), CHECKLIST)] == [
        "unmapped: mfa is listed by a question of leak-causes"
    ]


def test_the_kinds_of_controls_are_those_of_the_rule() -> None:
    controls = load_controls(DATA)
    assert set(controls.administrative) == {"policy_rules", "nda", "training_awareness", "phishing_drill"}
    assert set(controls.detect_or_limit) == {
        "logging_monitoring",
        "privileged_access_monitoring",
        "incident_response_plan",
        "backup_offline",
    }
    assert len(controls.supplier) == 5


# Judging words, and words for what nobody can know.
BLAME = "怠|ずさん|杜撰|虚偽|人災|放置|飲酒|隠ぺい|隠蔽|防げ|防止できた|監査|のせい|落ち度"
BLAME_EN = r"neglect|careless|reckless|drunk|drinking|blame|fault\b|would have prevented|stupid|sloppy"


def test_texts_blame_nobody_and_promise_nothing() -> None:
    texts = [text for incident in BOOK.incidents for text in (incident.summary, *(step.what for step in incident.steps))]
    assert [text.ja for text in texts if re.search(BLAME, text.ja)] == []
    assert [text.en for text in texts if re.search(BLAME_EN, text.en, re.IGNORECASE)] == []


def test_japanese_texts_have_full_width_signs() -> None:
    notes = [found.note for incident in BOOK.incidents for found in (incident.cost, incident.stop) if found and found.note]
    texts = [text for incident in BOOK.incidents for text in (incident.summary, *(step.what for step in incident.steps))]
    letter = "ぁ-ゖァ-ヺー-ヿ㐀-䶿一-鿿"
    assert [text.ja for text in [*texts, *notes] if re.search(rf"[()~]|[{letter}][,.:;]", text.ja)] == []


def test_no_name_but_under_organisation_and_in_titles() -> None:
    """Whole names, and the words of them that are not words of everyday life."""
    everyday = {"the", "and", "city", "clinic", "group", "hospital", "school", "junior", "high", "university", "general", "medical", "center", "centre",
                "college", "arts", "sciences", "graduate", "service", "business", "solutions", "national", "police", "online", "payment", "client",
                "sites", "tags", "form", "assist", "commerce", "contractor", "manager", "designated", "after", "club", "village", "town", "office",
                "passport", "government", "metropolitan", "prefecture", "agency", "digital", "systems", "system", "bank", "post", "mobile",
                "corporation", "industries", "heavy", "holdings", "inc", "elementary", "japan", "pension", "cross", "red", "leasing", "motor",
                "connected", "communications", "act", "marketing"}  # fmt: skip
    for incident in BOOK.incidents:
        texts = " ".join(f"{text.ja} {text.en}" for text in (incident.summary, *(step.what for step in incident.steps)))
        for word in set(re.findall(r"[A-Za-z]{3,}", incident.organisation.en)) - {"npo", "NPO"}:
            assert word.lower() in everyday or not re.search(rf"\b{word}\b", texts), (incident.id, word)
        assert not re.search(r"[A-Z]", incident.id)


# --- what is refused ----------------------------------------------------------------------------------------------


def test_the_small_one_loads(folder: Path) -> None:
    book = load(folder, SMALL)
    assert book.sector("education").en == "Education"
    incident = book.incident("2020-education-1")
    assert incident is not None
    assert (incident.year, incident.affected, incident.cost) == (2020, None, None)
    assert book.incident("2020-education-2") is None
    assert book.used == ("device_takeout_rules",)
    assert book.control("mfa").en == "Multi-factor authentication"
    excused = load(folder, SMALL.replace("unmapped: {}", "unmapped: {nda: {ja: 理由, en: reason}}"))
    assert excused.unmapped == (("nda", Text("理由", "reason")),)


WRONG = [
    ("controls: [device_takeout_rules]", "controls: [prayer]", ["data:22: incidents.1.steps.1.controls.1: prayer is not known"]),
    ("controls: [device_takeout_rules]", "controls: [mfa, mfa]", ["data:22: incidents.1.steps.1.controls.2: mfa stands here twice"]),
    ("controls: [device_takeout_rules]", "controls: []", ["data:22: incidents.1.steps.1.controls: a step without a control"]),
    ("        controls: [device_takeout_rules]\n", "", ["data:18: incidents.1.steps.1.controls: required key is missing"]),
    ("causes: [human_error]", "causes: [fate]", ["data:13: incidents.1.causes.1: fate is not one of our causes"]),
    ("causes: [human_error]", "causes: []", ["data:13: incidents.1.causes: an incident without causes"]),
    ("tsr_cause: loss_misdisposal", "tsr_cause: fate", ["data:12: incidents.1.tsr_cause: fate is not one of TSR's four causes"]),
    ("sector: education", "sector: circus", ["data:8: incidents.1.id: is not made of year, sector", "data:11: incidents.1.sector: circus is not known"]),
    ("step: 1", "step: 2", ["data:18: incidents.1.steps.1.step: steps out of order: expected 1"]),
    ("https://example.org/loss", "javascript:alert(1)", ["data:28: incidents.1.sources.1.url: "]),
    ("https://example.org/loss", "ftp://example.org/loss", ["data:28: incidents.1.sources.1.url: "]),
    ("basis: reported", "basis: guessed", ["data:23: incidents.1.steps.1.basis: "]),
    ('"2020-05"\n    sector', '"2027-01"\n    sector', ["data:8: incidents.1.id: is not made", "data:10: incidents.1.disclosed: is later than"]),
    ("unmapped: {}", "unmapped: {prayer: {ja: 理由, en: reason}}", ["data:6: unmapped.prayer: prayer is not known"]),
    ("記録を紛失した。", "南北大学が記録を紛失した。", ["data:14: incidents.1.summary: names the organisation (南北大学)"]),
    ("Records were taken home", "Records of Tozai Gakuen were taken home", ["incidents.1.steps.1.what: names the organisation (Tozai Gakuen)"]),
    ("id: 2020-education-1", "id: tozai", ["data:8: incidents.1.id: "]),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "expected"), WRONG)
def test_what_is_wrong_is_named_with_file_and_line(folder: Path, good: str, bad: str, expected: list[str]) -> None:
    assert good in SMALL
    found = problems(folder, SMALL.replace(good, bad))
    assert len(found) == len(expected), found
    for problem, words in zip(found, expected, strict=True):
        place, _colon, what = words.partition(" ") if words.startswith("data:") else ("", "", words)
        assert what in problem
        assert place.removeprefix("data") in problem
        assert "casebook.yaml" in problem


def test_an_incident_without_sources_is_refused(folder: Path) -> None:
    cut = SMALL[: SMALL.index("    sources:")]
    assert [problem.split(": ", 1)[1] for problem in problems(folder, cut)] == ["incidents.1.sources: required key is missing"]
    assert problems(folder, cut + "    sources: []\n")[0].endswith(":25: incidents.1.sources: an incident without sources")
    assert problems(folder, SMALL[: SMALL.index("incidents:")] + "incidents: []\n")[0].endswith("incidents: there is none")
    without = SMALL[: SMALL.index("    steps:")] + "    steps: []\n" + SMALL[SMALL.index("    sources:") :]
    assert problems(folder, without)[0].endswith("an incident without steps")


def test_a_second_one_of_the_same_id_and_all_problems_at_once(folder: Path) -> None:
    again = SMALL + SMALL[SMALL.index("  - id:") :].replace("step: 1", "step: 3").replace("device_takeout_rules", "prayer")
    found = problems(folder, again)
    assert [re.search("twice|out of order|not known", problem).group() for problem in found] == ["twice", "out of order", "not known"]  # type: ignore[union-attr]
    assert len({problem.split(":")[1] for problem in found}) == 3


@pytest.mark.parametrize("text", ["incidents: &a []\n", "a: [", "", SMALL + "extra: 1\n", SMALL.replace("edition:", "edition: !x")])
def test_no_yaml_trick_gets_in(folder: Path, text: str) -> None:
    assert problems(folder, text)


def test_the_check_names_a_broken_casebook(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "casebook.yaml").write_text(SMALL.replace("[device_takeout_rules]", "[prayer]"), "utf-8")
    monkeypatch.setattr("tenken.cli.casebook_problems", lambda: mapping_problems(folder, load_casebook(folder), CHECKLIST))
    found = CliRunner().invoke(app, ["check"])
    assert found.exit_code == 1
    assert "prayer is not known" in found.output


def test_our_file_is_plain_yaml_of_these_values() -> None:
    raw = yaml.safe_load((DATA / "casebook.yaml").read_text("utf-8"))
    assert [incident["id"] for incident in raw["incidents"]] == [incident.id for incident in BOOK.incidents]
    assert [len(incident["sources"]) for incident in raw["incidents"]] == [len(incident.sources) for incident in BOOK.incidents]
