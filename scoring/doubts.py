"""Doubts about the answers of one sheet: shown to whoever fills it in, never counted, never about a person or about time.

    straight line    all questions of a section are answered, n or more of them at one and the same level
    jump             a level is `jump` or more above last quarter's, without valid evidence
    not applicable   N/A outside the profile weighs more than the checklist's limit
    contradiction    two answers that cannot both be true, from the checklist's list

The thresholds and the pairs stand in the checklist (`doubts:`, `na_limit`). A doubt changes no score and stops nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from scoring.engine import codes, evidence_valid
from scoring.model import NA_WORD, Answer, Checklist, Text

DoubtKind = Literal["straight_line", "jump", "not_applicable", "contradiction"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is worth a second look. `questions` in checklist order, but for a contradiction: the claim, then what does not fit.

    `levels`: the places on the scale of these answers, none for `not_applicable`. `section`: of a straight line; `before`:
    last quarter's level of a jump; `share`: of the weight that is N/A, a fraction of 1; `why`: of a contradiction.
    """

    kind: DoubtKind
    questions: tuple[str, ...]
    levels: tuple[int, ...] = ()
    section: str | None = None
    before: int | None = None
    share: Fraction | None = None
    why: Text | None = None


def doubts(checklist: Checklist, answers: Mapping[str, Answer], before: Mapping[str, Answer], as_of: date) -> tuple[Doubt, ...]:
    """All doubts about `answers`, kind by kind in the order above, each kind in checklist order.

    `checklist` is the view that the sheet is asked: the N/A share is measured on it. `before`: last quarter's answers, empty
    when there are none. `as_of` only decides what evidence is valid. Answers to other questions or of another scale are
    left out.
    """
    levels = _levels(checklist, answers)
    return (
        *_straight_lines(checklist, answers, levels),
        *_jumps(checklist, answers, levels, _levels(checklist, before), as_of),
        *_not_applicable(checklist, answers),
        *_contradictions(checklist, levels),
    )


def _levels(checklist: Checklist, answers: Mapping[str, Answer]) -> dict[str, int]:
    """{question: place on the scale} of what is answered with a level."""
    code_of = codes(checklist)
    found = {q.id: code_of.get(answers[q.id].choice, -1) for q in checklist.questions if q.id in answers}
    return {question: level for question, level in found.items() if level >= 0}


def _straight_lines(checklist: Checklist, answers: Mapping[str, Answer], levels: Mapping[str, int]) -> Iterator[Doubt]:
    """A section that is not finished says nothing yet; `unknown` is a thought of its own and breaks the line."""
    least = checklist.doubts.straight_line
    if least is None:
        return
    for section in checklist.sections:
        ids = tuple(q.id for q in section.questions if q.id not in answers or answers[q.id].choice != NA_WORD)
        found = tuple(levels[question] for question in ids if question in levels)
        if len(found) == len(ids) >= least and len(set(found)) == 1:
            yield Doubt("straight_line", ids, found, section=section.id)


def _jumps(
    checklist: Checklist, answers: Mapping[str, Answer], levels: Mapping[str, int], old: Mapping[str, int], as_of: date
) -> Iterator[Doubt]:
    """Upwards only, and only from a level: finding out what was unknown is what we ask for."""
    least = checklist.doubts.jump
    if least is None:
        return
    for question in checklist.questions:
        if question.id not in levels or question.id not in old or evidence_valid(question, answers[question.id], as_of):
            continue
        level, earlier = levels[question.id], old[question.id]
        if level - earlier >= least:
            yield Doubt("jump", (question.id,), (level,), before=earlier)


def _not_applicable(checklist: Checklist, answers: Mapping[str, Answer]) -> Iterator[Doubt]:
    """The same limit as `na_flagged`: what the profile rules out is not held against anybody."""
    claimed = [q for q in checklist.questions if q.id in answers and answers[q.id].choice == NA_WORD and not answers[q.id].by_profile]
    weight, total = sum(q.weight for q in claimed), sum(q.weight for q in checklist.questions)
    if weight * 100 > checklist.na_limit * total:
        yield Doubt("not_applicable", tuple(q.id for q in claimed), share=Fraction(weight, total))


def _contradictions(checklist: Checklist, levels: Mapping[str, int]) -> Iterator[Doubt]:
    for pair in checklist.doubts.contradictions:
        if pair.claim not in levels or pair.other not in levels:
            continue
        claimed, other = levels[pair.claim], levels[pair.other]
        if claimed >= pair.at_least and other <= pair.at_most:
            yield Doubt("contradiction", (pair.claim, pair.other), (claimed, other), why=pair.why)
