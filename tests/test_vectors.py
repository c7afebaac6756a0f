"""The hand-computed cases of vectors/score.yaml, figure for figure."""

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from scoring.compare import changes
from scoring.engine import effective, question_score, score, shown
from scoring.incident_gap import incident_gap
from scoring.model import (
    CAUSES,
    FOUNDATION,
    Answer,
    Checklist,
    Choice,
    Countermeasure,
    Evidence,
    Question,
    References,
    Score,
    Section,
    Text,
)
from scoring.outside import (
    CauseMatrix,
    Figure,
    MatrixCell,
    Year,
)
from scoring.steps import losses

CASES = {case["name"]: case for case in yaml.safe_load(Path(__file__).with_name("vectors").joinpath("score.yaml").read_text())["cases"]}
WORD = Text("文", "text")


def build(case: dict[str, Any], only_scope: str | None = None) -> Checklist:
    """The case's checklist. Every point value that an answer uses is a choice of its scale."""
    answers = [
        answer
        for group in (case.get("answers", {}), *case.get("answers_by_node", {}).values(), case.get("before", {}), case.get("after", {}))
        for answer in group.values()
    ]
    points = sorted({0, case["scale_max"]} | {a["points"] for a in answers if a["answer"] == "level"})
    questions = [q for q in case["questions"] if only_scope in (None, q["scope"])]
    sections = {q["section"] for q in questions}
    return Checklist(
        id="vector", edition="1", title=WORD,
        choices=tuple(Choice(f"p{p}", p, WORD) for p in points),
        bands=(), critical_level=1, na_limit=20, alpha=Fraction(7, 10), facts=(),
        countermeasures=(Countermeasure("M1", "m", WORD, WORD),),
        sections=tuple(
            Section(s, WORD, WORD, tuple(
                Question(q["id"], s, "M1", q["scope"], "it", q["weight"], False, False, q.get("review_months", 12),
                         (1,) * (len(points) - 1), (), References(), (), (), WORD, WORD,
                         (WORD,) * len(points), (WORD,) * (len(points) - 1))
                for q in questions if q["section"] == s))
            for s in (*CAUSES, *FOUNDATION) if s in sections),
        content_hash=case["name"] + str(only_scope),
    )  # fmt: skip


def answered(raw: dict[str, Any]) -> dict[str, Answer]:
    return {
        question: Answer(
            choice=f"p{a['points']}" if a["answer"] == "level" else a["answer"],
            reason=a.get("reason", ""),
            evidence=Evidence("x", date.fromisoformat(a["evidence"])) if "evidence" in a else None,
        )
        for question, a in raw.items()
    }


def assert_score(found: Score, expected: dict[str, Any]) -> None:
    sums = {k: v for k, v in expected.items() if k not in ("percent", "best")}
    assert {k: getattr(found, k) for k in sums} == sums
    assert (shown(found.percent), shown(found.best)) == (expected["percent"], expected["best"])


def named(*keys: str) -> list[str]:
    return [name for name, case in CASES.items() if any(key in case["expect"] for key in keys)]


@pytest.mark.parametrize("name", named("total"))
def test_totals_and_sections(name: str) -> None:
    case = CASES[name]
    checklist, answers = build(case), answered(case["answers"])
    result = score(checklist, answers, date(2026, 12, 31))
    assert_score(result.total, case["expect"]["total"])
    for section, expected in case["expect"].get("sections", {}).items():
        assert_score(result.section(section), expected)
    rows = sum((question_score(checklist, q, answers.get(q.id)) for q in checklist.questions), Score())
    assert rows == result.total, "the rows behind a number add up to it"


def test_evidenced() -> None:
    case = CASES["evidenced"]
    as_of = date.fromisoformat(case["as_of"])
    checklist, answers = build(case), answered(case["answers"])
    assert_score(score(checklist, answers, as_of).evidenced, case["expect"]["evidenced"])
    earlier = score(checklist, answers, as_of - timedelta(days=2)).evidenced
    assert_score(earlier, case["expect"]["evidenced_two_days_earlier"])


def test_inheritance() -> None:
    case = CASES["inheritance"]
    day = date(2026, 12, 31)
    company = Score()
    for unit in case["reporting_units"]:
        path = [answered(case["answers_by_node"][node]) for node in (unit, case["units"][unit])]
        result = score(build(case), effective(build(case), path), day)
        assert_score(result.own, case["expect"]["own"][unit])
        assert_score(result.total, case["expect"]["whole"][unit])
        assert result.own + result.company == result.total
        company += result.total
    assert_score(company, case["expect"]["company"])
    [(question, expected)] = case["expect"]["company_scope_gap"].items()
    loss = losses(build(case, "company"), answered(case["answers_by_node"]["company"])) if expected["decisions"] == 1 else {}
    # On the company's own line the loss counts once per reporting unit that inherits it.
    assert loss[question] * len(case["reporting_units"]) == expected["loss"]


def test_incident_gap() -> None:
    case = CASES["incident_gap_2025"]
    checklist, answers = build(case), answered(case["answers"])
    result = score(checklist, answers, date(2026, 12, 31))

    def figure(category: str, value: int) -> Figure:
        return Figure("tsr", "2025", "cause", category, "incidents", value, "incidents", "s", "")

    tsr = case["tsr"]
    year = Year(tsr["year"], figure("total", tsr["incidents"]), None, None,
                tuple((c, figure(c, n)) for c, n in tsr["causes"].items()), (), (), ())  # fmt: skip
    matrix = CauseMatrix("1", tuple(
        (tsr_cause, tuple((cause, MatrixCell(Fraction(bounds[0]), Fraction(bounds[1]), Fraction(bounds[2]), False, WORD)) for cause, bounds in row.items()))
        for tsr_cause, row in case["matrix"].items()))  # fmt: skip
    gap = incident_gap(checklist, result, losses(checklist, answers), matrix, [year])
    expected = case["expect"]["incident_gap"]
    for part in ("covered", "uncovered", "open", "not_applicable", "unassigned", "gap", "low", "high"):
        assert getattr(gap, part) == Fraction(expected[part]), part
        assert shown(getattr(gap, part)) == case["expect"]["shown"][part], part
    assert {c.cause: c.share.central for c in gap.causes} == {k: Fraction(v) for k, v in expected["share"].items()}
    assert {q: i.central for q, i in gap.by_question} == {k: Fraction(v) for k, v in expected["by_question"].items()}


def test_change() -> None:
    case = CASES["change"]
    checklist = build(case)
    before, after = (
        {q.id: question_score(checklist, q, answered(case[when]).get(q.id)) for q in checklist.questions} for when in ("before", "after")
    )
    assert_score(sum(before.values(), Score()), case["expect"]["before"])
    assert_score(sum(after.values(), Score()), case["expect"]["after"])
    found = changes(before, after)
    assert found is not None
    assert {c.question: c.delta for c in found} == {q: Fraction(v) for q, v in case["expect"]["delta"].items()}
    assert {c.question: c.kind for c in found} == case["expect"]["classes"]
    assert sum(c.delta for c in found) == Fraction(case["expect"]["sum"])


def test_every_case_is_used() -> None:
    assert set(CASES) == {*named("total"), "inheritance", "incident_gap_2025", "evidenced", "change"}
