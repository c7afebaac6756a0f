"""The sheet of one department: where it stands, what is behind, and the three things to do next, on two pages for its head.

All sentences and numbers are made here; `sheet.typ` only places them. Other departments stand in it as their median, by name only where
that was asked for (`Asked.named`); there are no places.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from scoring.behind import Held, answered_by, held, members
from scoring.model import OPEN, UNKNOWN, Question, Score, Section, Step
from scoring.portfolio import EPOCH, TOTAL
from scoring.portfolio import Column as TableColumn
from scoring.units import SUPPLIER
from tenken.comparison import ALL, FEW_PEERS, Shown, compared
from tenken.comparison import Asked as AskedComparison
from tenken.course import kind_name, questions
from tenken.i18n import Words
from tenken.reminders import due_day
from tenken.reports import words as say
from tenken.reports.build import figures, meta_of
from tenken.reports.cells import TONES, cell_of, figure_cell, text_cell
from tenken.reports.facts import Facts
from tenken.reports.model import Cell, Column, Figure, Headline, Meta, Table, Tone
from tenken.reports.words import drawn, plain
from tenken.tables import days, todo
from tenken.tables_behind import level
from tenken.unit_words import owner_words

STEPS = 3
MOVED = 2  # answers that moved the score most, up and down
ROWS = 6  # of a table; the page leaves out more where it has to
AROUND = 4  # named units above and below


@dataclass(frozen=True, slots=True)
class SectionBar:
    """One section of the checklist. `shown`: '× 45.0%'; `certain`, `best`: 0..100, what is reached and what the open answers leave, None
    where nothing is asked; `median`: 0..100 of all units that report, None with fewer than two others; `difference`: '中央値より −12.0点'."""

    name: str
    shown: str
    tone: Tone
    certain: float | None
    best: float | None
    median: float | None
    difference: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """`title`: the question in short; `advice`: what to do to reach the next level; `facts`: from which level to which, effort, gain."""

    title: str
    advice: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitSheet:
    """`title`: the conclusion, one sentence; `figures`: two to four; `sections`: the weakest first; `behind`: critical questions below the
    level, answers not given, evidence: tables, empty ones say so; `others`: only where other departments may be named; `change`: None
    without a comparison quarter; `peers`: None where no other unit reports; `ask`: who answers questions."""

    meta: Meta
    name: str
    title: str
    lead: str
    figures: tuple[Figure, ...]
    sections_title: str
    sections: tuple[SectionBar, ...]
    median_word: str
    open_word: str
    sections_note: str
    peers: Headline | None
    others: Table | None
    change: Headline | None
    steps_title: str
    steps: tuple[NextStep, ...]
    steps_empty: str
    behind: tuple[Table, ...]
    ask: Headline


def sheet_of(facts: Facts, _: Words) -> UnitSheet:
    """The sheet of `facts.node`, in the view that was asked for. Of a node with several units the tables say of how many units.

    Without another unit that reports, or with so few that a median would tell what one of them has, there is no median."""
    a, name = facts.judged, plain(_.text(facts.node.name))
    peers = _peers(facts, _)
    asked = {question.id for question in a.checklist.questions}
    found = {question: every for question, every in _held(facts).items() if question.id in asked}
    weakest = _weakest(facts)
    lowest = next(((section, score) for section, score in weakest if score.percent is not None and score.answered), None)
    title = (
        say.conclusion(facts, _)
        if lowest is None
        else _("{unit}: the score is {points} points; furthest behind is “{section}” with {low} points.", unit=name,
               points=_.points(a.result.total.percent), section=plain(_.text(lowest[0].title)), low=_.points(lowest[1].percent))
    )  # fmt: skip
    return UnitSheet(
        meta=replace(meta_of(facts, _), title=_("Department sheet: self-audit against information leaks"), unit=name),
        name=name,
        title=title,
        lead=_lead(facts, _),
        figures=figures(facts, _),
        sections_title=_("Score by section, the weakest first"),
        sections=tuple(_bar(section, score, peers, _) for section, score in weakest),
        median_word=_("Median of the units that report"),
        open_word=_("Not answered yet"),
        sections_note=_("75 points or more ○, 50 to 74 △, below ×; ― nothing is asked there."),
        peers=_against_median(facts, peers, _),
        others=_others(facts, peers, _),
        change=_changed(facts, _),
        steps_title=_("Three next steps"),
        steps=tuple(_step(facts, step, found, _) for step in _own_steps(facts, found)[:STEPS]),
        steps_empty=_("No step is left that this unit can take by itself."),
        behind=(_critical(facts, found, _), _to_answer(facts, found, _), _without_evidence(facts, found, _)),
        ask=_whom(facts, _),
    )


Said = dict[Question, list[Held]]


def _held(facts: Facts) -> Said:
    """{question: what each unit of the node says to it}, in checklist order."""
    found: Said = defaultdict(list)
    for unit in members(facts.sheets, facts.node.id):
        for each in held(facts.sheets, unit.id, facts.asked.view):
            found[each.question].append(each)
    return found


def _weakest(facts: Facts) -> list[tuple[Section, Score]]:
    """Sections by their score, the lowest first, those without one last."""
    scores = dict(facts.judged.result.sections)
    found = [(section, scores[section.id]) for section in facts.judged.checklist.sections if section.id in scores]
    return sorted(found, key=lambda each: (each[1].percent is None, each[1].percent or Fraction(0)))


def _lead(facts: Facts, _: Words) -> str:
    total, count = facts.judged.result.total, len(facts.judged.result.below_critical)
    said = []
    if total.open and total.percent is not None:
        said.append(_("The {n} questions that are still open leave a range of {span} points.", n=_.integer(total.unanswered),
                      span=_.span(total.percent, total.best)))  # fmt: skip
    if count:
        said.append(_("{n} critical questions stand below level {level}.", n=_.integer(count), level=facts.judged.checklist.critical_level))
    return (" " if _.lang == "en" else "").join(said)


# --- beside the others -----------------------------------------------------------------------------------------------


def _peers(facts: Facts, _: Words) -> Shown | None:
    """All units of the organisation (of a supplier: all suppliers), whose medians are shown; None where they would tell too much."""
    if facts.express:
        return None
    found = compared(facts.sheets, AskedComparison(facts.asked.view, kind=SUPPLIER if facts.node.is_supplier else ALL), _)
    return found if len(found.lines) >= (2 if facts.asked.named else FEW_PEERS) else None


def _median(peers: Shown | None, column: TableColumn) -> Fraction | None:
    if peers is None or column not in peers.comparison.columns:
        return None
    return peers.comparison.medians[peers.comparison.columns.index(column)]


def _bar(section: Section, score: Score, peers: Shown | None, _: Words) -> SectionBar:
    cell, median = figure_cell(score, _), _median(peers, ("section", section.id))
    percent = None if score.open == score.possible else score.percent
    apart = "" if median is None or percent is None else _("{change} to the median", change=_.change(percent - median))
    return SectionBar(
        name=plain(_.text(section.title)),
        shown=cell.text,
        tone=TONES.get(cell.text[:1], "mute"),
        certain=drawn(score.percent),
        best=drawn(score.best),
        median=drawn(median),
        difference=apart,
    )


def _against_median(facts: Facts, peers: Shown | None, _: Words) -> Headline | None:
    median, percent = _median(peers, TOTAL), facts.judged.result.total.percent
    if peers is None or median is None or percent is None:
        return None
    n, middle, apart = len(peers.lines), _.points(median), _.points(abs(percent - median))
    if _.change(percent - median) == "±0":
        return Headline(_("The score equals the median of {n} units, {median} points.", n=n, median=middle))
    if percent > median:
        return Headline(_("The score is {apart} points above the median of {n} units, {median} points.", apart=apart, n=n, median=middle))
    return Headline(_("The score is {apart} points below the median of {n} units, {median} points.", apart=apart, n=n, median=middle))


def _others(facts: Facts, peers: Shown | None, _: Words) -> Table | None:
    """Named units around this one; only where that was asked for."""
    if peers is None or not facts.asked.named:
        return None
    at = next((place for place, line in enumerate(peers.lines) if line.unit.id == facts.node.id), None)
    if at is None:
        return None
    rows = []
    for line in peers.lines[max(0, at - AROUND) : at + AROUND + 1]:
        own = line.unit.id == facts.node.id
        score, difference = figure_cell(peers.score(line), _), peers.comparison.difference(line, peers.total)
        rows.append((Cell(plain(_.text(line.unit.name)), "ours" if own else "plain", own), replace(score, bold=own or score.bold),
                     cell_of("" if difference is None else _.change(difference))))  # fmt: skip
    columns = (Column(_("Unit"), "text", 4), Column(_("Score"), "sign", 1), Column(_("To the median"), "number", 1))
    return Table("others", _("Units with the nearest scores"), columns, tuple(rows), len(rows), "")


def _changed(facts: Facts, _: Words) -> Headline | None:
    since = say.score_change(facts)
    if facts.change is None or since is None:
        return None
    text = _("Since {quarter}, the score has changed by {change} points.", quarter=say.short_quarter(facts, _), change=_.change(since))
    found = sorted(facts.change.changes or (), key=lambda change: change.delta)
    names = questions(facts.course)
    said = [
        _("{change} points: {question} ({kind})", change=_.change(change.delta), question=plain(_.text(names[change.question].text)), kind=kind_name(change.kind, _))
        for change in (*(each for each in reversed(found[-MOVED:]) if each.delta > 0), *(each for each in found[:MOVED] if each.delta < 0))
        if _.change(change.delta) != "±0" and change.question in names
    ]  # fmt: skip
    return Headline(text, tuple(said))


# --- what to do ------------------------------------------------------------------------------------------------------


def _is_own(facts: Facts, question: Question, said: Sequence[Held]) -> bool:
    """Whether a unit of the node answers the question itself."""
    own = {unit.id for unit in members(facts.sheets, facts.node.id)} | {facts.node.id}
    return any(answered_by(facts.tree, unit, question).id in own for unit in members(facts.sheets, facts.node.id)) if said else False


def _own_steps(facts: Facts, found: Said) -> list[Step]:
    questions = {question.id: question for question in found}
    return [
        step
        for step in facts.judged.steps
        if step.question in questions and _is_own(facts, questions[step.question], found[questions[step.question]])
    ]


def _step(facts: Facts, step: Step, found: Said, _: Words) -> NextStep:
    question = next(question for question in found if question.id == step.question)
    several = len(members(facts.sheets, facts.node.id)) > 1
    said = [_("Half a day to find out. Its effect is not known yet, so none is counted.")]
    if step.level is not None:
        said = [
            _("Level {n} → {next}: {sentence}", n=step.level, next=step.level + 1, sentence=plain(_.text(question.levels[step.level + 1]))),
            _("Effort {days} person-days, score {score} points, gap {gap} percentage points.", days=days(step), score=_.change(step.loss),
              gap=_.change(-step.gap.central)),
        ]  # fmt: skip
    if several:
        said.append(_("Effort and effect are those of all units that stand there."))
    title = plain(_.text(question.text))
    return NextStep(_("Critical: {text}", text=title) if step.critical else title, plain(todo(question, step, _)), tuple(said))


def _question_table(id_: str, title: str, last: Column, rows: Sequence[tuple[Cell, ...]], empty: str, _: Words) -> Table:
    columns = (Column(_("Question"), "text", 6), last)
    return Table(id_, f"{title}{_(' ({n})', n=_.integer(len(rows)))}" if rows else title, columns, tuple(rows), ROWS,
                 _("{n} more are on the page of the answers.", n="{n}"), "", empty)  # fmt: skip


def _critical(facts: Facts, found: Said, _: Words) -> Table:
    a = facts.judged
    below = set(a.result.below_critical)
    rows = [
        (text_cell(_.text(question.text)), Cell(_stands(facts, question, [each.level for each in said if _is_low(each, a.checklist.critical_level)], said, _), "lacking"))
        for question, said in found.items() if question.id in below
    ]  # fmt: skip
    return _question_table("critical", _("Critical questions below level {n}", n=a.checklist.critical_level), Column(_("Answer"), "text", 3), rows,
                           _("None of the critical questions that were answered is below level {n}.", n=a.checklist.critical_level), _)  # fmt: skip


def _is_low(each: Held, bound: int) -> bool:
    return each.level == UNKNOWN or 0 <= each.level < bound


def _stands(facts: Facts, question: Question, codes: Sequence[int], said: Sequence[Held], _: Words) -> str:
    """The level in words, of several units how many; and whose answer it is where it is not the unit's own."""
    if len(said) > 1:
        return _("{n} of {all} units of this department", n=len(codes), all=len(said))
    text = plain(level(facts.judged.checklist, codes[0], _)) if codes else ""
    if not _is_own(facts, question, said):
        text += _(" (answered for the company: {duty})", duty=owner_words(_)[question.owner])
    return text


def _to_answer(facts: Facts, found: Said, _: Words) -> Table:
    """Open answers, those that nobody knows, and those of last quarter that nobody has confirmed: of this unit's own questions."""
    carried = _carried(facts)
    kinds: list[tuple[str, Collection[str]]] = [
        (_("Not answered"), {q.id for q, said in found.items() if any(each.level == OPEN for each in said)}),
        (_("Don’t know"), {q.id for q, said in found.items() if any(each.level == UNKNOWN for each in said)}),
        (_("To reconfirm"), carried),
    ]
    rows = []
    done = set[str]()
    for kind, wanted in kinds:
        for question in sorted(found, key=lambda question: (not question.critical, -question.weight)):
            if question.id in wanted and question.id not in done and _is_own(facts, question, found[question]):
                done.add(question.id)
                rows.append((text_cell(_.text(question.text)), Cell(kind)))
    return _question_table("open", _("Answers that are not given yet"), Column(_("State"), "text", 1.5), rows,
                           _("Every question that is asked here is answered."), _)  # fmt: skip


def _carried(facts: Facts) -> set[str]:
    rows = facts.sheets.members(facts.node.id)[0]
    marks = np.logical_or.reduce(facts.sheets.carried[rows], axis=0)
    return {question.id for question, marked in zip(facts.sheets.book.checklist.questions, marks, strict=True) if marked}


def _without_evidence(facts: Facts, found: Said, _: Words) -> Table:
    """Levels that no valid evidence stands behind, what weighs most first: of this unit's own questions."""
    choices = facts.judged.checklist.choices
    lacking = {
        question: [each for each in said if each.level > 0 and not each.evidenced]
        for question, said in found.items() if _is_own(facts, question, said)
    }  # fmt: skip
    order = sorted((question for question, said in lacking.items() if said),
                   key=lambda question: -sum(question.weight * choices[each.level].points for each in lacking[question]))  # fmt: skip
    rows = [
        (text_cell(_.text(question.text)), Cell(_proof(facts, question, lacking[question], len(found[question]), _))) for question in order
    ]
    return _question_table("evidence", _("Answers without valid evidence"), Column(_("Evidence"), "text", 2), rows,
                           _("Valid evidence stands behind every answer."), _)  # fmt: skip


def _proof(facts: Facts, question: Question, lacking: Sequence[Held], units: int, _: Words) -> str:
    if units > 1:
        return _("{n} of {all} units of this department", n=len(lacking), all=units)
    book = facts.sheets.book
    at = {each.id: place for place, each in enumerate(book.checklist.questions)}[question.id]
    row = next((place for place, unit in enumerate(book.units) if unit == lacking[0].source.id), None)
    dated = 0 if row is None else int(book.dated[row, at])
    if not dated:
        return _("none")
    return _("{day} too old", day=EPOCH.fromordinal(EPOCH.toordinal() + dated).isoformat())


def _whom(facts: Facts, _: Words) -> Headline:
    """Who answers questions, and until when."""
    detail = [_("Ask the security office of {organisation}: about a question, a deadline, or a step that you cannot take alone.",
                organisation=plain(_.text(facts.root.name)))]  # fmt: skip
    if facts.period.state == "open" and facts.period.due is not None:
        detail.append(_("Answers are due on {day}.", day=due_day(facts.period.due, _)))
    return Headline(_("Questions and help"), tuple(detail))
