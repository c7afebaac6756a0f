"""What stands behind a number: which questions, which formula with which integers, how it was rounded. Pure."""

from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from scoring.assessment import Assessment
from scoring.engine import sheet_of
from scoring.incident_gap import cause_shares
from scoring.model import Question, Score
from scoring.replay import kind_of, rows_of, state_of, strengths_of
from scoring.targets import ToTarget
from tenken import tables, tables_targets
from tenken.content import casebook
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.replaying import tables as replay_tables
from tenken.replaying.read import questions_of
from tenken.replaying.words import control_name, state_name, strength_text
from tenken.replaying.words import kind_name as control_kind


@dataclass(frozen=True, slots=True)
class Explanation:
    """`formula` is plain text with the actual integers; `parts` a table of the parts that a number is made of,
    `words` its columns that hold words."""

    title: str
    lines: tuple[str, ...]
    formula: str
    questions: tuple[Question, ...]
    parts: pd.DataFrame | None = None
    words: tuple[str, ...] = ()


def explain(assessment: Assessment, of: str, _: Words, found: ToTarget | None = None) -> Explanation:
    """`of`: score, evidenced, gap, critical, steps, target (`found`: the way to it, where one is set), cause:ID, cell:CAUSE:MEASURE, control:ID or question:ID; anything else explains the score.
    Of several sheets together, the integers are their sums, each sheet as often as it counts."""
    kind, *ids = of.split(":")
    known = {section.id for section in assessment.checklist.sections}
    if kind == "gap":
        return _gap(assessment, _)
    if kind == "evidenced":
        return _evidenced(assessment, _)
    if kind == "critical":
        return _critical(assessment, _)
    if kind == "steps":
        return _steps(assessment, _)
    if kind == "target" and found is not None:
        return _target(assessment, found, _)
    if kind == "cause" and ids and ids[0] in known:
        return _cause(assessment, ids[0], _)
    if kind == "cell" and len(ids) == 2 and ids[0] in known:
        return _cell(assessment, ids[0], ids[1], _)
    if kind == "control" and ids and questions_of(assessment.checklist, ids[0]):
        return _control(assessment, ids[0], _)
    if kind == "question" and ids:
        asked = next((question for question in assessment.checklist.questions if question.id == ids[0]), None)
        if asked:
            return _question(assessment, asked, _)
    return _score(assessment, _)


def _question(a: Assessment, question: Question, _: Words) -> Explanation:
    lines = (escaped(_.text(question.why)), _("Weight {n}.", n=question.weight))
    return Explanation(escaped(_.text(question.text)), lines, "", (question,))


def _sum(score: Score, _: Words) -> str:
    """The formula with its integers and the rounding spelled out."""
    if not score.possible:
        return _("earned {earned} ÷ possible 0: not computable", earned=score.earned)
    value = _("earned {earned} ÷ possible {possible} = {exact} → {shown}", earned=_.integer(score.earned), possible=_.integer(score.possible),
              exact=_exact(Fraction(score.earned, score.possible)), shown=_.points(score.percent))  # fmt: skip
    rounding = _("one decimal, half up: ⌊(2000 × earned + possible) ÷ (2 × possible)⌋ tenths")
    if not score.open:
        return f"{value}\n{rounding}"
    best = _("at best (all open questions at the top level): ({earned} + {open}) ÷ {possible} → {shown}", earned=_.integer(score.earned),
             open=_.integer(score.open), possible=_.integer(score.possible), shown=_.points(score.best))  # fmt: skip
    return f"{value}\n{best}\n{rounding}"


def _exact(value: Fraction) -> str:
    """Six digits, cut, not rounded: enough to see how the shown number was rounded."""
    digits = value.numerator * 10**8 // value.denominator
    return f"{digits // 10**6}.{digits % 10**6:06d}%"


def _counts(a: Assessment, score: Score, _: Words) -> str:
    if a.sheets is not None and len(a.sheets.weights) > 1:
        return _("Questions × units: {n}, of these {answered} answered (of which {unknown} don’t know), {open} open, {na} not applicable.", n=score.questions,
                 answered=score.answered, unknown=score.unknown, open=score.unanswered, na=score.not_applicable)  # fmt: skip
    return _("{n} questions: {answered} answered (of which {unknown} don’t know), {open} open, {na} not applicable.", n=score.questions,
             answered=score.answered, unknown=score.unknown, open=score.unanswered, na=score.not_applicable)  # fmt: skip


def _score(a: Assessment, _: Words) -> Explanation:
    lines = [
        _("The score is what our answers earn of what they can earn: the sum of weight × points over the sum of weight × {max}. Not applicable leaves both; open and don’t know earn 0.", max=a.checklist.max),
        _counts(a, a.result.total, _),
    ]  # fmt: skip
    if a.band:
        bounds = "　".join(
            f"{b.bound}〜 {_.text(b.label)}" if _.lang == "ja" else f"from {b.bound}: {_.text(b.label)}" for b in a.checklist.bands
        )
        lines.append(_("Word: {word} ({bounds}).", word=_.text(a.band.label), bounds=bounds))
    if a.result.below_critical:
        lines.append(
            _("While a critical question stands below level {n}, the word is at most the second lowest.", n=a.checklist.critical_level)
        )
    return Explanation(
        _("Score {n} points", n=_.points(a.result.total.percent)), tuple(lines), _sum(a.result.total, _), a.checklist.questions
    )


def _evidenced(a: Assessment, _: Words) -> Explanation:
    lines = (
        _("As the score, but an answer whose evidence is missing or too old earns 0. Evidence is valid within the question’s months before {day}.", day=_.day(a.as_of)),
        _("Claimed {claimed}, with evidence {evidenced}.", claimed=_.points(a.result.total.percent), evidenced=_.points(a.result.evidenced.percent)),
    )  # fmt: skip
    return Explanation(
        _("Score with evidence {n} points", n=_.points(a.result.evidenced.percent)),
        lines,
        _sum(a.result.evidenced, _),
        a.checklist.questions,
    )


def _critical(a: Assessment, _: Words) -> Explanation:
    lines = (_("Critical questions whose level is below {n}, or unknown. They do not change the score; they limit its word and come first in the next steps.", n=a.checklist.critical_level),)  # fmt: skip
    questions = tuple(q for q in a.checklist.questions if q.critical)
    return Explanation(
        _("{n} critical questions below level {level}", n=len(a.result.below_critical), level=a.checklist.critical_level),
        lines,
        "",
        questions,
    )


def _gap(a: Assessment, _: Words) -> Explanation:
    gap = a.gap
    lines = (
        _("Our unmet points, weighted by the share of each cause in TSR’s incidents (listed companies and their subsidiaries, self-disclosed; {n} incidents in {years}). An index from 0 to 100%: not a probability, not a number of incidents, and never to be multiplied by one.", n=gap.incidents, years=", ".join(map(str, gap.years))),
        _("The range comes from the open questions, from the bounds of the matrix, and from the {rest} of incidents whose cause is not published. The matrix is an assumption.", rest=_.percent(gap.unassigned)),
    )  # fmt: skip
    formula = "\n".join(
        [
            _("covered {covered} + not met {uncovered} + open {open} + not applicable {na} + cause not published {rest} = 100%", covered=_.percent(gap.covered),
              uncovered=_.percent(gap.uncovered), open=_.percent(gap.open), na=_.percent(gap.not_applicable), rest=_.percent(gap.unassigned)),
            _("gap = not met {uncovered} + open {open} = {gap}; range {span}", uncovered=_.percent(gap.uncovered), open=_.percent(gap.open), gap=_.percent(gap.gap), span=_.span_percent(gap.low, gap.high)),
            _("Each part is rounded by itself, so parts may not add up to the last digit."),
        ]
    )  # fmt: skip
    questions = tuple(q for q in a.checklist.questions if q.id in dict(gap.by_question))
    return Explanation(_("Incident-weighted gap {n}", n=_.percent(gap.gap)), lines, formula, questions, tables.causes(a, _), (_("Cause"),))


def _cause(a: Assessment, cause: str, _: Words) -> Explanation:
    section = next(s for s in a.checklist.sections if s.id == cause)
    score = a.result.section(cause)
    part = next((p for p in a.gap.causes if p.cause == cause), None)
    lines: list[str] = [_counts(a, score, _)]
    formula = _sum(score, _)
    if part is not None:
        shares, _n = cause_shares(a.outside.years)
        terms = []
        for tsr, share in shares.items():
            cell = a.outside.matrix.cell(tsr, cause)
            if cell is not None and cell.central:
                terms.append(f"{_.percent(share)} × {_.percent(cell.central)}")
        formula += "\n" + _("share in incidents = {terms} = {share}", terms=" + ".join(terms), share=_.percent(part.share.central))
        formula += "\n" + _("not met, weighted = share × missing points ÷ all points = {value}", value=_.percent(part.uncovered))
    return Explanation(
        _("{cause}: {n} points", cause=escaped(_.text(section.title)), n=_.points(score.percent)), tuple(lines), formula, section.questions
    )


def _cell(a: Assessment, cause: str, measure: str, _: Words) -> Explanation:
    questions = tuple(q for q in a.checklist.questions if (q.section, q.countermeasure) == (cause, measure))
    score = next((c.score for c in a.result.cells if (c.section, c.countermeasure) == (cause, measure)), Score())
    section = next(s for s in a.checklist.sections if s.id == cause)
    name = next((_.text(m.label) for m in a.checklist.countermeasures if m.id == measure), measure)
    title = _("{measure} × {cause}: {n} points", measure=escaped(name), cause=escaped(_.text(section.title)), n=_.points(score.percent))
    return Explanation(title, (_counts(a, score, _),), _sum(score, _), questions)


def _control(a: Assessment, control: str, _: Words) -> Explanation:
    """The strength of a control as the replay of incidents takes it: with evidence, over the questions that list it."""
    sheets = a.sheets or sheet_of(a.checklist, a.answers, a.as_of)
    strength, rows = strengths_of(a.checklist, sheets)[control], rows_of(a.checklist, sheets, control)
    score, book = strength.evidenced, casebook()
    kind = kind_of(book.controls, control)
    lines = (
        _("The strength of a control in the replay of incidents: what the questions that list it earn with valid evidence, of what they can earn. It holds from 75%, in part from 50%."),
        _("Here: {state}. Kind of control: {kind}.", state=state_name(state_of(kind, score), _), kind=control_kind(kind, _)),
        _("With evidence {evidenced}, as claimed {claimed}.", evidenced=strength_text(score, _), claimed=strength_text(strength.claimed, _)),
    )  # fmt: skip
    title = _("{control}: strength {n}", control=escaped(control_name(book, control, _)), n=strength_text(score, _))
    table = replay_tables.questions(rows, _)
    return Explanation(title, lines, _sum(score, _), tuple(question for question, _strength in rows), table, (_("Question"),))


def _steps(a: Assessment, _: Words) -> Explanation:
    lines = (
        _("Critical questions below level {n} come first. The rest is ordered by value = α × change of the gap + (1 − α) × change of the score, α = {alpha}; ties by less effort.", n=a.checklist.critical_level, alpha=str(float(a.checklist.alpha))),
        _("Steps in the same group cannot be told apart within the bounds of the matrix. Open questions are not steps; “find out” promises nothing."),
    )  # fmt: skip
    order = [step.question for step in a.steps]
    questions = tuple(sorted((q for q in a.checklist.questions if q.id in order), key=lambda q: order.index(q.id)))
    return Explanation(_("Why these steps, in this order"), lines, "", questions, tables.steps(a, _), (_("To do"), _("Why")))


def _target(a: Assessment, found: ToTarget, _: Words) -> Explanation:
    total = found.total
    lines = (
        _("How far the score is from the targets: the sum of weight × points that answered questions miss to their targets, over the sum of weight × {max}. What is above its target does not make up for what is below.", max=a.checklist.max),
        _("The gap to target weighs what is missing by the same shares as the incident-weighted gap; it is a part of what is not met there. An index: not a probability, not a number of incidents."),
        _("Open questions are apart; not applicable ones and those without a target miss nothing. Targets are our proposal and an assumption, not a legal requirement."),
    )  # fmt: skip
    if not found.possible:
        formula = _("missing {lost} ÷ possible 0: not computable", lost=_.integer(total.lost))
    else:
        formula = "\n".join(
            [
                _("missing {lost} ÷ possible {possible} = {exact} → {shown}", lost=_.integer(total.lost), possible=_.integer(total.possible),
                  exact=_exact(Fraction(total.lost, total.possible)), shown=_.points(total.points)),
                _("score needed: {asked} ÷ {possible} → {shown}", asked=_.integer(total.asked), possible=_.integer(total.possible), shown=_.points(total.score)),
                _("gap to target = Σ share × missing ÷ all points = {gap}; of not met {uncovered}", gap=_.percent(found.gap), uncovered=_.percent(a.gap.uncovered)),
                _("one decimal, half up: ⌊(2000 × earned + possible) ÷ (2 × possible)⌋ tenths"),
            ]
        )  # fmt: skip
    below = set(found.below)
    questions = tuple(question for question in a.checklist.questions if question.id in below)
    title = _("{n} points to the target", n=_.points(total.points))
    return Explanation(title, lines, formula, questions, tables_targets.sections(a.checklist, found, _), (_("Section"),))
