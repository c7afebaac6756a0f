"""Checklists: one folder per edition, `checklist.yaml` and one file per section, to a frozen Checklist.

The pydantic models below are the format; `checklists/schema.json` is generated from them (`python -m tenken schema`).
All problems of all files are found in one go and raised together as ChecklistError.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field
from pydantic.json_schema import models_json_schema

from scoring.errors import ChecklistError, Problem
from scoring.load.doubts import DoubtsModel, lint_doubts
from scoring.load.guard import Document, Refused, read_yaml
from scoring.load.text import Line, Percent, QuestionId, Strict, TextModel, Word
from scoring.model import (
    CAUSES,
    FOUNDATION,
    NA_WORD,
    UNKNOWN_WORD,
    Band,
    Checklist,
    Choice,
    Countermeasure,
    Department,
    Fact,
    Owner,
    Question,
    References,
    Scope,
    Section,
)


class ChoiceModel(Strict):
    id: Word
    points: Annotated[int, Field(ge=0, le=1000)]
    label: TextModel


class BandModel(Strict):
    id: Word
    bound: Annotated[Percent, Field(alias="from")]
    label: TextModel


class FactModel(Strict):
    id: Word
    question: TextModel
    reason: TextModel


class CountermeasureModel(Strict):
    id: Annotated[str, Field(pattern=r"^M([1-9]|1[0-2])$")]
    name: Word
    label: TextModel
    short: TextModel


class OwnerModel(Strict):
    """What is asked of a department, and why."""

    id: Owner
    label: TextModel
    text: TextModel


class UncoveredModel(Strict):
    """A subject that no question covers: why, and what will cover it."""

    id: Line
    reason: TextModel


class ReferencesModel(Strict):
    iso27001: tuple[Line, ...] = ()
    csf: tuple[Line, ...] = ()
    scs: tuple[Line, ...] = ()


class ChecklistFile(Strict):
    """checklist.yaml: identity, scale, bands, limits, profile and the order of the section files."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    edition: Line
    title: TextModel
    scale: Annotated[tuple[ChoiceModel, ...], Field(min_length=2, max_length=20)]
    bands: Annotated[tuple[BandModel, ...], Field(min_length=2, max_length=10)]
    critical_level: Annotated[int, Field(ge=1)]
    na_limit: Percent
    alpha: Annotated[str, Field(pattern=r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$")]
    profile: tuple[FactModel, ...] = ()
    countermeasures: Annotated[tuple[CountermeasureModel, ...], Field(min_length=1)]
    owners: tuple[OwnerModel, ...] = ()
    uncovered: tuple[UncoveredModel, ...] = ()
    doubts: DoubtsModel = DoubtsModel()
    sections: Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+\.yaml$")], ...], Field(min_length=1, max_length=50)]


class QuestionModel(Strict):
    """One question; checklists/README.md says what each key is for."""

    id: QuestionId
    countermeasure: Line
    scope: Scope
    owner: Owner
    weight: Annotated[int, Field(ge=1, le=5)]
    critical: bool
    express: bool
    review_months: Annotated[int, Field(ge=1, le=36)]
    effort: tuple[Annotated[int, Field(ge=1, le=400)], ...]
    controls: tuple[Word, ...]
    refs: ReferencesModel
    covers: tuple[Line, ...]
    needs_any: tuple[Word, ...] = ()
    text: TextModel
    why: TextModel
    levels: tuple[TextModel, ...]
    advice: tuple[TextModel, ...]

    def value(self, section: str) -> Question:
        plain = self.model_dump(exclude={"refs", "text", "why", "levels", "advice"})
        return Question(
            section=section,
            refs=References(**self.refs.model_dump()),
            text=self.text.value(),
            why=self.why.value(),
            levels=tuple(level.value() for level in self.levels),
            advice=tuple(step.value() for step in self.advice),
            **plain,
        )


class SectionFile(Strict):
    """One section: a cause or a part of the foundation, with its questions in the order in which they are asked."""

    section: Word
    title: TextModel
    short: TextModel
    questions: Annotated[tuple[QuestionModel, ...], Field(min_length=1, max_length=500)]


def schema() -> dict[str, Any]:
    """JSON Schema of both file kinds under `$defs`, for editors."""
    _, definitions = models_json_schema([(ChecklistFile, "validation"), (SectionFile, "validation")])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **definitions}


def load_checklist(folder: Path, *, controls: Collection[str], subjects: Collection[str]) -> Checklist:
    """The checklist in `folder`. `controls` and `subjects` are the ids that questions may name (data/).

    Raises ChecklistError with every problem as file, line and words.
    """
    problems: list[Problem] = []
    root = _read(folder / "checklist.yaml", f"{folder.name}/checklist.yaml", problems)
    head, found = root.parse(ChecklistFile) if root else (None, [])
    problems += found
    if root is None or head is None:
        raise ChecklistError(problems)
    problems += _lint_head(root, head)
    parts: list[_Part] = []
    for name in head.sections:
        document = _read(folder / name, f"{folder.name}/{name}", problems)
        section, found = document.parse(SectionFile) if document else (None, [])
        problems += found
        if document:
            parts.append(_Part(document, section, _questions(document, section)))
    problems += _lint_sections(root, head, parts, frozenset(controls), frozenset(subjects))
    problems += _lint_doubts(root, head, parts)
    if problems:
        raise ChecklistError(problems)
    return _value(head, [part.section for part in parts if part.section], _content_hash(folder, head))


@dataclass(frozen=True, slots=True)
class _Part:
    """A section's file; `questions` by their place in it, without those that are no questions yet."""

    document: Document
    section: SectionFile | None
    questions: Mapping[int, QuestionModel]


def _questions(document: Document, section: SectionFile | None) -> Mapping[int, QuestionModel]:
    """One mistyped question does not keep the others from being linted."""
    if section:
        return dict(enumerate(section.questions))
    nodes = document.tree.get("questions") if isinstance(document.tree, dict) else None
    found = nodes if isinstance(nodes, list) else []
    parsed = ((index, Document(document.file, node, {}).parse(QuestionModel)[0]) for index, node in enumerate(found))
    return {index: question for index, question in parsed if question}


def _read(path: Path, name: str, problems: list[Problem]) -> Document | None:
    try:
        return read_yaml(path, name)
    except Refused as refused:
        problems.append(refused.problem)
        return None


def content_hash(folder: Path) -> str:
    """What the content of a checklist's folder comes to, without looking at what it says; empty when it has no readable head."""
    root = _read(folder / "checklist.yaml", "checklist.yaml", [])
    head = root.parse(ChecklistFile)[0] if root else None
    try:
        return _content_hash(folder, head) if head else ""
    except OSError:
        return ""


def _content_hash(folder: Path, head: ChecklistFile) -> str:
    digest = hashlib.sha256()
    for name in ("checklist.yaml", *head.sections):
        content = (folder / name).read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _value(head: ChecklistFile, sections: list[SectionFile], content_hash: str) -> Checklist:
    return Checklist(
        id=head.id,
        edition=head.edition,
        title=head.title.value(),
        choices=tuple(Choice(c.id, c.points, c.label.value()) for c in head.scale),
        bands=tuple(Band(b.id, b.bound, b.label.value()) for b in head.bands),
        critical_level=head.critical_level,
        na_limit=head.na_limit,
        alpha=Fraction(head.alpha),
        facts=tuple(Fact(f.id, f.question.value(), f.reason.value()) for f in head.profile),
        countermeasures=tuple(Countermeasure(m.id, m.name, m.label.value(), m.short.value()) for m in head.countermeasures),
        sections=tuple(
            Section(s.section, s.title.value(), s.short.value(), tuple(q.value(s.section) for q in s.questions)) for s in sections
        ),
        content_hash=content_hash,
        owners=tuple(Department(o.id, o.label.value(), o.text.value()) for o in head.owners),
        doubts=head.doubts.value(),
    )


def _twice(document: Document, key: str, ids: Iterable[str]) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for index, name in enumerate(ids):
        if name in seen:
            problems.append(document.problem((key, index), f"{name} stands here twice"))
        seen.add(name)
    return problems


def _lint_head(root: Document, head: ChecklistFile) -> list[Problem]:
    points = [choice.points for choice in head.scale]
    bounds = [band.bound for band in head.bands]
    rules: list[tuple[bool, str, str]] = [
        (points[0] == 0, "scale", "the first choice must be worth 0 points"),
        (points == sorted(set(points)), "scale", "points must rise from choice to choice"),
        (not {c.id for c in head.scale} & {UNKNOWN_WORD, NA_WORD}, "scale", "`unknown` and `na` are reserved"),
        (bounds[0] == 0, "bands", "the lowest band must start at 0"),
        (bounds == sorted(set(bounds)), "bands", "bands must stand from the lowest to the highest"),
        (head.critical_level < len(points), "critical_level", "is not a level of the scale"),
    ]
    problems = [root.problem((key,), what) for holds, key, what in rules if not holds]
    for key, ids in (
        ("scale", [c.id for c in head.scale]),
        ("bands", [b.id for b in head.bands]),
        ("profile", [f.id for f in head.profile]),
        ("countermeasures", [m.id for m in head.countermeasures]),
        ("owners", [o.id for o in head.owners]),
        ("uncovered", [u.id for u in head.uncovered]),
        ("sections", list(head.sections)),
    ):
        problems += _twice(root, key, ids)
    return problems


def _lint_sections(
    root: Document,
    head: ChecklistFile,
    parts: Sequence[_Part],
    controls: frozenset[str],
    subjects: frozenset[str],
) -> list[Problem]:
    problems: list[Problem] = []
    names = [part.section.section for part in parts if part.section]
    if len(names) == len(head.sections):
        problems += [root.problem(("sections",), f"no file asks about {cause}") for cause in CAUSES if cause not in names]
    seen_sections: set[str] = set()
    seen_questions: set[str] = set()
    for part in parts:
        document = part.document
        if part.section:
            problems += [document.problem((key,), what) for key, what in _lint_section(part.section, seen_sections)]
            seen_sections.add(part.section.section)
        for index, question in part.questions.items():
            if question.id in seen_questions:
                problems.append(document.problem(("questions", index, "id"), f"{question.id} stands here twice"))
            seen_questions.add(question.id)
            section = part.section.section if part.section else question.id.split(".")[0]
            for key, what in _lint_question(head, section, question, controls, subjects):
                problems.append(document.problem(("questions", index, key), what))
    return problems


def _lint_doubts(root: Document, head: ChecklistFile, parts: Sequence[_Part]) -> list[Problem]:
    whole = len(parts) == len(head.sections) and all(part.section for part in parts)
    known = {question.id for part in parts for question in part.questions.values()} if whole else None
    return [root.problem(path, what) for path, what in lint_doubts(head.doubts, len(head.scale), known)]


def _lint_section(section: SectionFile, seen: Collection[str]) -> Iterable[tuple[str, str]]:
    if section.section not in CAUSES + FOUNDATION:
        yield "section", f"{section.section} is neither a cause nor a foundation"
    if section.section in seen:
        yield "section", f"{section.section} has a file already"
    if section.section in CAUSES and not any(question.express for question in section.questions):
        # the express check is a checklist of its own, and its gap needs points under every cause
        yield "questions", "a cause needs an express question"


def _lint_question(
    head: ChecklistFile, section: str, question: QuestionModel, controls: frozenset[str], subjects: frozenset[str]
) -> Iterable[tuple[str, str]]:
    levels = len(head.scale)
    if question.id.split(".")[0] != section:
        yield "id", f"must begin with {section}."
    for key, expected, values in (
        ("levels", levels, question.levels),
        ("advice", levels - 1, question.advice),
        ("effort", levels - 1, question.effort),
    ):
        if len(values) != expected:
            yield key, f"needs {expected} entries, has {len(values)}"
    if len({level.ja for level in question.levels}) != len(question.levels):
        yield "levels", "two levels say the same"
    known: tuple[tuple[str, Iterable[str], Callable[[str], bool]], ...] = (
        ("countermeasure", (question.countermeasure,), {m.id for m in head.countermeasures}.__contains__),
        ("controls", question.controls, controls.__contains__),
        ("covers", question.covers, subjects.__contains__),
        ("needs_any", question.needs_any, {f.id for f in head.profile}.__contains__),
    )
    for key, ids, is_known in known:
        for name in ids:
            if not is_known(name):
                yield key, f"{name} is not known"
