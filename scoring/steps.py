"""What to do next (docs/scoring.md, 5).

    value = α × Δgap + (1 − α) × Δloss / Σ total

so that the foundation, which has no share in incidents, can be a next step too. Critical questions below the
checklist's level come first; open questions are never steps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from scoring.engine import encode, places
from scoring.model import (
    NOT_APPLICABLE,
    OPEN,
    UNKNOWN,
    Answer,
    Checklist,
    Gap,
    Interval,
    Question,
    Result,
    Step,
)
from scoring.sheets import Sheets, columns_of, of_codes

FIND_OUT_HALF_DAYS = 1


def losses(checklist: Checklist, answers: Mapping[str, Answer]) -> dict[str, int]:
    """Question → weight × (max − points) for every answered question, `unknown` included. Adds up to
    possible − earned − open."""
    row = encode(checklist, answers)
    points = [choice.points for choice in checklist.choices]
    return {
        question.id: question.weight * (checklist.max - (points[code] if code >= 0 else 0))
        for question, code in zip(checklist.questions, row, strict=True)
        if code not in (OPEN, NOT_APPLICABLE)
    }


def next_steps(
    checklist: Checklist, answers: Mapping[str, Answer], result: Result, gap: Gap, alpha: Fraction | None = None
) -> tuple[Step, ...]:
    """Every possible step, best first: critical ones, then by value; ties by effort, then by question id.

    A step raises one question by one level. For `unknown` the step is to find out (half a day); it is placed by what
    the first level would bring, and promises nothing. `alpha` is the checklist's when left out.
    """
    mix = checklist.alpha if alpha is None else alpha
    row = encode(checklist, answers)
    shares = {part.cause: part.share for part in gap.causes}
    steps = [
        _step(checklist, question, int(code), shares.get(question.section), result, mix)
        for question, code in zip(checklist.questions, row, strict=True)
        if code == UNKNOWN or 0 <= code < len(checklist.choices) - 1
    ]
    return _ordered(steps)


def _step(
    checklist: Checklist,
    question: Question,
    code: int,
    share: Interval | None,
    result: Result,
    alpha: Fraction,
    times: int = 1,
    sheets: int = 1,
) -> Step:
    """`times`: how often the question's points count (weights of the sheets); `sheets`: on how many it is to be raised."""
    level = max(code, 0)
    points = times * question.weight * (checklist.choices[level + 1].points - checklist.choices[level].points)
    factor = Fraction(points, result.section(question.section).total)
    zero = Fraction(0)
    gap = Interval(share.low * factor, share.central * factor, share.high * factor) if share else Interval(zero, zero, zero)
    loss = Fraction(points, result.total.total)
    return Step(
        question=question.id,
        level=None if code == UNKNOWN else level,
        value=alpha * gap.central + (1 - alpha) * loss,
        gap=gap,
        loss=loss,
        half_days=sheets * (FIND_OUT_HALF_DAYS if code == UNKNOWN else question.effort[level]),
        critical=question.critical and code < checklist.critical_level,
        tie=0,
    )


def _ordered(steps: list[Step]) -> tuple[Step, ...]:
    return _with_ties(sorted(steps, key=lambda step: (not step.critical, -step.value, step.half_days, step.question)))


def _with_ties(steps: list[Step]) -> tuple[Step, ...]:
    """Numbers the tie groups (同程度): a group runs on while a step's interval overlaps that of the group's first.

    Measured against the first, not the neighbour: a chain of small overlaps would make everything equal."""
    grouped: list[Step] = []
    first: Step | None = None
    for step in steps:
        if first is None or step.critical != first.critical or not step.gap.overlaps(first.gap):
            first = step
        tie = grouped[-1].tie + (first is step) if grouped else 1
        grouped.append(Step(step.question, step.level, step.value, step.gap, step.loss, step.half_days, step.critical, tie))
    return tuple(grouped)


def after(checklist: Checklist, answers: Mapping[str, Answer], steps: tuple[Step, ...]) -> dict[str, Answer]:
    """The answers as they would be once `steps` are done; finding out changes nothing."""
    changed = dict(answers)
    for step in steps:
        if step.level is not None:
            changed[step.question] = Answer(checklist.choices[step.level + 1].id)
    return changed


# --- many sheets that count together -------------------------------------------------------------


def losses_of(checklist: Checklist, sheets: Sheets) -> dict[str, int]:
    """`losses` of all sheets together: each as often as it counts, a question that some of them answered."""
    asked, claimed = columns_of(checklist), sheets.claimed
    answered = (claimed != OPEN) & (claimed != NOT_APPLICABLE)
    lost = sheets.weights @ ((checklist.max - of_codes(asked.points, claimed)) * answered) * asked.weights
    some = answered.any(axis=0).tolist()
    return {question.id: int(loss) for question, loss, any_ in zip(checklist.questions, lost, some, strict=True) if any_}


def steps_of(checklist: Checklist, sheets: Sheets, result: Result, gap: Gap, alpha: Fraction | None = None) -> tuple[Step, ...]:
    """`next_steps` of all sheets together: one step per question and level that some of them stand on, for all that do.

    The effort counts stored answers: one that many units inherit is one decision.
    """
    mix = checklist.alpha if alpha is None else alpha
    shares = {part.cause: part.share for part in gap.causes}
    steps = []
    for code in (UNKNOWN, *range(len(checklist.choices) - 1)):
        there = sheets.claimed == code
        times, stored = (sheets.weights @ there).tolist(), sheets.stored(there).tolist()
        steps += [
            _step(checklist, question, code, shares.get(question.section), result, mix, times[place], stored[place])
            for place, question in enumerate(checklist.questions)
            if stored[place]
        ]
    return _ordered(steps)


def raised(checklist: Checklist, sheets: Sheets, steps: Sequence[Step]) -> Sheets:
    """The sheets as they would be once `steps` are done, as in `after`."""
    claimed, place = sheets.claimed.copy(), places(checklist)
    for step in steps:
        if step.level is not None:
            column = place[step.question]
            claimed[sheets.claimed[:, column] == step.level, column] = step.level + 1
    return replace(sheets, claimed=claimed)
