"""Small checklists and figures made by hand: every test says only what matters to it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

import numpy as np

from scoring.engine import encode
from scoring.incident_gap import TSR_CAUSES
from scoring.model import (
    Answer,
    Band,
    Checklist,
    Choice,
    Countermeasure,
    Fact,
    Question,
    References,
    Section,
    Text,
)
from scoring.outside import (
    CauseMatrix,
    Figure,
    MatrixCell,
    Year,
)
from scoring.portfolio import BY_PROFILE, EPOCH, TO_RECONFIRM, Book
from scoring.units import Tree, Unit, UnitKind


def words(name: str) -> Text:
    """A text that can be told apart in both languages."""
    return Text(f"{name}（日）", f"{name} (en)")


def question(name: str = "one", **fields: Any) -> Question:
    """A question of weight 1 that every unit answers; `fields` are fields of Question.

    `checklist` puts the section in front of the id, and fills `levels`, `advice` and `effort` to fit its scale.
    """
    plain = Question(
        id=name,
        section="",
        countermeasure="M1",
        scope="unit",
        owner="it",
        weight=1,
        critical=False,
        express=False,
        review_months=12,
        effort=(),
        controls=(),
        refs=References(),
        covers=(),
        needs_any=(),
        text=words(name),
        why=words(f"why {name}"),
        levels=(),
        advice=(),
    )
    return replace(plain, **fields)


# Five questions in three sections: one always asked, two that depend on facts, one critical, one of the company's.
TINY: Mapping[str, Sequence[Question]] = {
    "external_attack": (question("mfa"), question("site", weight=2, needs_any=("web_site",))),
    "telework": (question("remote", weight=3, needs_any=("telework", "web_site")), question("lock", critical=True)),
    "governance": (question("policy", countermeasure="M2", scope="company", owner="board"),),
}


def checklist(
    sections: Mapping[str, Sequence[Question | str]] = TINY,
    *,
    points: Sequence[int] = (0, 25, 50, 75, 100),
    facts: Sequence[str] = ("web_site", "telework"),
    bands: Sequence[int] = (0, 50, 70, 90),
    **fields: Any,
) -> Checklist:
    """A checklist of `sections` ({section id: questions, or just their names}); `fields` are fields of Checklist.

    Question ids become `section.name`; choices are `level0`, `level1`, … with `points`. Equal content, equal hash.
    """
    built = tuple(
        Section(name, words(name), words(name), tuple(_placed(name, asked, len(points)) for asked in questions))
        for name, questions in sections.items()
    )
    measures = sorted({asked.countermeasure for section in built for asked in section.questions})
    plain = Checklist(
        id="tiny",
        edition="1",
        title=words("tiny"),
        choices=tuple(Choice(f"level{i}", worth, words(f"level {i}")) for i, worth in enumerate(points)),
        bands=tuple(Band(f"from{bound}", bound, words(f"from {bound}")) for bound in bands),
        critical_level=2,
        na_limit=20,
        alpha=Fraction(7, 10),
        facts=tuple(Fact(fact, words(f"{fact}?"), words(f"no {fact}")) for fact in facts),
        countermeasures=tuple(Countermeasure(measure, measure, words(measure), words(measure)) for measure in measures),
        sections=built,
        content_hash="",
    )
    made = replace(plain, **fields)
    return made if made.content_hash else replace(made, content_hash=sha256(repr(made).encode()).hexdigest())


def _placed(section: str, asked: Question | str, levels: int) -> Question:
    base = question(asked) if isinstance(asked, str) else asked
    return replace(
        base,
        id=f"{section}.{base.id}",
        section=section,
        levels=base.levels or tuple(words(f"{base.id} at {i}") for i in range(levels)),
        advice=base.advice or tuple(words(f"raise {base.id} from {i}") for i in range(levels - 1)),
        effort=base.effort or (2,) * (levels - 1),
    )


def unit(unit_id: int, parent: int | None = None, kind: UnitKind = "department", **fields: Any) -> Unit:
    """A unit that reports, of weight 1; groups and companies do not report. `fields` are fields of Unit."""
    plain: dict[str, Any] = {"name": words(f"unit {unit_id}"), "reporting": kind not in ("group", "company"), "sample": False}
    return Unit(unit_id, parent, kind, **(plain | fields))


def book(
    tree: Tree, asked: Checklist, sheets: Mapping[int, Mapping[str, Answer]], as_of: date, carried: Collection[tuple[int, str]] = ()
) -> Book:
    """A quarter with these answers by unit; `carried`: (unit, question) that are still to be reconfirmed."""
    shape = (len(sheets), len(asked.questions))
    levels, dated, marks = np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.int32), np.zeros(shape, dtype=np.uint8)
    for row, (unit_id, answers) in enumerate(sheets.items()):
        levels[row] = encode(asked, answers)
        for column, question_id in enumerate(q.id for q in asked.questions):
            answer = answers.get(question_id)
            if answer and answer.evidence:
                dated[row, column] = (answer.evidence.dated - EPOCH).days
            marks[row, column] = TO_RECONFIRM * ((unit_id, question_id) in carried) + BY_PROFILE * bool(answer and answer.by_profile)
    return Book(tree, asked, tuple(sheets), levels, dated, marks, as_of)


def tsr_year(incidents: int | None, counts: Sequence[int | None], year: int = 2025) -> Year:
    """One year of TSR: all incidents and the counts of the four causes in TSR's order; None = not published."""
    causes = {cause: count for cause, count in zip(TSR_CAUSES, counts, strict=True) if count is not None}
    return Year(
        year=year,
        incidents=None if incidents is None else _figure(year, "total", incidents),
        companies=None,
        persons=None,
        causes=tuple((cause, _figure(year, cause, count)) for cause, count in causes.items()),
        media=(),
        industries=(),
        size_bands=(),
    )


def _figure(year: int, category: str, count: int) -> Figure:
    dimension = "total" if category == "total" else "cause"
    return Figure("tsr", str(year), dimension, category, "incidents", count, "incidents", "somewhere", "")


def cause_matrix(rows: Mapping[str, Mapping[str, tuple[Fraction, Fraction, Fraction]]]) -> CauseMatrix:
    """TSR cause → our cause → (low, central, high)."""
    return CauseMatrix(
        "1",
        tuple(
            (tsr_cause, tuple((cause, MatrixCell(*bounds, False, words(cause))) for cause, bounds in row.items()))
            for tsr_cause, row in rows.items()
        ),
    )
