"""A doubt as two sentences: what was seen, and what to look at next. It asks; it never accuses."""

from scoring.doubts import Doubt
from scoring.model import Checklist
from tenken.i18n import Words


def doubt_text(doubt: Doubt, checklist: Checklist, _: Words) -> str:
    """Plain text, to be escaped by whoever draws it."""
    if doubt.kind == "straight_line":
        return _straight_line(doubt, checklist, _)
    if doubt.kind == "jump":
        return _jump(doubt, checklist, _)
    if doubt.kind == "not_applicable":
        return _not_applicable(doubt, checklist, _)
    return _contradiction(doubt, checklist, _)


def _question(checklist: Checklist, question_id: str, _: Words) -> str:
    return next(_.text(question.text) for question in checklist.questions if question.id == question_id)


def _straight_line(doubt: Doubt, checklist: Checklist, _: Words) -> str:
    title = next(_.text(section.title) for section in checklist.sections if section.id == doubt.section)
    return _(
        "All {n} answers of “{section}” stand at level {level}. Please read the levels once more and see whether another one fits somewhere.",
        n=len(doubt.questions), section=title, level=doubt.levels[0],
    )  # fmt: skip


def _jump(doubt: Doubt, checklist: Checklist, _: Words) -> str:
    return _(
        "“{question}” has gone from level {before} to {level} since last quarter, without valid evidence. Please add the evidence, or choose the level that holds today.",
        question=_question(checklist, doubt.questions[0], _), before=doubt.before, level=doubt.levels[0],
    )  # fmt: skip


def _not_applicable(doubt: Doubt, checklist: Checklist, _: Words) -> str:
    return _(
        "Not applicable: {n} questions, {share} of the weight (limit: {limit}%). Please see whether each reason still holds, or whether one of the company facts has changed.",
        n=len(doubt.questions), share=_.percent(doubt.share), limit=checklist.na_limit,
    )  # fmt: skip


def _contradiction(doubt: Doubt, checklist: Checklist, _: Words) -> str:
    (first, second), (claimed, other) = doubt.questions, doubt.levels
    return _(
        "{why} Please look at both answers side by side: “{first}” (level {claimed}) and “{second}” (level {other}).",
        why=_.text(doubt.why) if doubt.why else "", first=_question(checklist, first, _), claimed=claimed,
        second=_question(checklist, second, _), other=other,
    )  # fmt: skip
