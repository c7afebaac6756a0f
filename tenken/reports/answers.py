"""What a workbook has that the report does not: every stored answer that counts, with how often it does, and the sums that the
workbook's formulas must come to again."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.model import NOT_APPLICABLE, OPEN, UNKNOWN, Checklist, Question, Score
from scoring.portfolio import TOTAL, View, table
from scoring.sheets import Sheets, columns_of, of_codes
from tenken.i18n import Words
from tenken.palette import NOT_APPLICABLE_SIGN, OPEN_SIGN, UNKNOWN_SIGN
from tenken.reports import answers_outside
from tenken.reports.facts import Facts
from tenken.reports.model import Table, Value
from tenken.reports.words import plain, points

_VIEWS: tuple[View, View] = ("own", "whole")


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One stored answer. `unit`, `section`, `countermeasure`: the numbers of the unit that it stands on, of the section and the
    countermeasure, as in `Answers`; `company`: it counts for all below, too; `said`: the level's number and name, `level`: its
    sentence; `points`: 0..`most`, None where the question is not applicable; `evidenced`: with valid evidence;
    `times`: how often it counts, the weights of all reporting units that it counts for."""

    unit: int
    unit_name: str
    section: int
    section_name: str
    countermeasure: int
    countermeasure_name: str
    text: str
    company: bool
    critical: bool
    said: str
    level: str
    weight: int
    most: int
    points: int | None
    open: bool
    evidenced: bool
    times: int

    @property
    def earned(self) -> int:
        return self.weight * (self.points or 0) * self.times

    @property
    def possible(self) -> int:
        return 0 if self.points is None else self.weight * self.most * self.times

    @property
    def left(self) -> int:
        return self.possible if self.open else 0


@dataclass(frozen=True, slots=True)
class Part:
    """A section, a countermeasure or the total: what the assessment says of it, and its `number` in the rows (0: all)."""

    number: int
    name: str
    score: Score
    shown: Value


@dataclass(frozen=True, slots=True)
class UnitPart:
    """A unit: the score of its own questions, and of those with what it inherits. `listed`: its answers are among the rows; of a
    unit that counts nowhere (weight 0) they are not. `sums`: earned, possible, open of its own questions in these rows."""

    number: int
    name: str
    own: Value
    whole: Value
    listed: bool
    sums: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class PlanSums:
    """Per step of the plan, in its order: person-days and yen; and their sums, as the plan says them."""

    days: tuple[float, ...]
    yen: tuple[int, ...]
    all_days: float
    all_yen: int


@dataclass(frozen=True, slots=True)
class Answers:
    """`rows` by unit, then in checklist order; `evidenced`: the total with evidence; `outside`: published figures with sources."""

    rows: tuple[AnswerRow, ...]
    sections: tuple[Part, ...]
    countermeasures: tuple[Part, ...]
    total: Part
    evidenced: Part
    units: tuple[UnitPart, ...]
    plan: PlanSums | None
    outside: tuple[Table, ...]


def answers_of(facts: Facts, _: Words) -> Answers:
    """In the language of `_`, of the node and the view that the facts are about."""
    a, checklist = facts.judged, facts.judged.checklist
    sections = {section.id: number for number, section in enumerate(checklist.sections, start=1)}
    used = {question.countermeasure for question in checklist.questions}
    measures = {
        measure.id: number for number, measure in enumerate((each for each in checklist.countermeasures if each.id in used), start=1)
    }
    rows = _rows(facts, sections, measures, _)
    by_measure: dict[str, Score] = {}
    for cell in a.result.cells:
        by_measure[cell.countermeasure] = by_measure.get(cell.countermeasure, Score()) + cell.score
    labels = {measure.id: plain(_.text(measure.label)) for measure in checklist.countermeasures}
    return Answers(
        rows=rows,
        sections=tuple(
            _part(sections[section.id], plain(_.text(section.title)), a.result.section(section.id), _) for section in checklist.sections
        ),
        countermeasures=tuple(_part(number, labels[measure], _sum(facts, measure), _) for measure, number in measures.items()),
        total=_part(0, _("Total"), a.result.total, _),
        evidenced=_part(0, _("Total with evidence"), a.result.evidenced, _),
        units=_units(facts, rows, _),
        plan=_plan(facts),
        outside=answers_outside.tables(facts, _),
    )


def _part(number: int, name: str, score: Score, _: Words) -> Part:
    return Part(number, name, score, points(score.percent, _))


def _sum(facts: Facts, measure: str) -> Score:
    """A countermeasure over all sections, from the same sheets as the assessment."""
    sheets, checklist = _sheets(facts)
    wanted = np.array([question.countermeasure == measure for question in checklist.questions], dtype=np.bool_)
    here = columns_of(checklist)
    weights, claimed, times = here.weights[wanted], sheets.claimed[:, wanted], sheets.weights[:, None]
    earned = int((of_codes(here.points, claimed) * weights * times).sum())
    possible = int(((claimed != NOT_APPLICABLE) * weights * checklist.max * times).sum())
    return Score(earned=earned, possible=possible, open=int(((claimed == OPEN) * weights * checklist.max * times).sum()))


def _sheets(facts: Facts) -> tuple[Sheets, Checklist]:
    """The sheets that make up the node, with the columns of the checklist that it is judged by (of the express check: fewer)."""
    view = facts.asked.view
    sheets, checklist = facts.sheets.of(facts.node.id, view), facts.judged.checklist
    ids = {question.id for question in checklist.questions}
    wanted = np.array([question.id in ids for question in facts.sheets.checklist(view).questions], dtype=np.bool_)
    return sheets.part(np.arange(len(sheets.weights)), wanted, sheets.weights), checklist


# --- rows --------------------------------------------------------------------------------------------------------------


def _rows(facts: Facts, sections: dict[str, int], measures: dict[str, int], _: Words) -> tuple[AnswerRow, ...]:
    """A stored answer once, however many units inherit it."""
    sheets, checklist = _sheets(facts)
    units, questions = facts.tree.units, checklist.questions
    texts = [_texts(question, checklist, _) for question in questions]
    titles = {section.id: plain(_.text(section.title)) for section in checklist.sections}
    labels = {measure.id: plain(_.text(measure.label)) for measure in checklist.countermeasures}
    worth = columns_of(checklist).points
    found = []
    for source, column, times, first in _stored(sheets):
        question, code = questions[column], int(sheets.claimed[first, column])
        said, level = texts[column][code]
        found.append(
            AnswerRow(
                unit=source + 1, unit_name=plain(_.text(units[source].name)), section=sections[question.section],
                section_name=titles[question.section], countermeasure=measures[question.countermeasure],
                countermeasure_name=labels[question.countermeasure], text=plain(_.text(question.text)), company=question.scope == "company",
                critical=question.critical, said=said, level=level, weight=question.weight, most=checklist.max,
                points=None if code == NOT_APPLICABLE else int(worth[code & 0xFF]), open=code == OPEN,
                evidenced=code > 0 and int(sheets.evidenced[first, column]) == code, times=times,
            )
        )  # fmt: skip
    order = {unit.id: place for place, unit in enumerate(unit for root in facts.tree.roots for unit in facts.tree.below(root.id))}
    return tuple(sorted(found, key=lambda row: order[units[row.unit - 1].id]))


def _stored(sheets: Sheets) -> Iterable[tuple[int, int, int, int]]:
    """(unit that it stands on, question, how often it counts, a sheet that has it), by unit and question."""
    width = sheets.claimed.shape[1]
    keys = (sheets.sources * width + np.arange(width)).ravel()
    weights = np.repeat(sheets.weights, width)
    found, first, back = np.unique(keys, return_index=True, return_inverse=True)
    times: npt.NDArray[np.int64] = np.zeros(len(found), dtype=np.int64)
    np.add.at(times, back, weights)
    for key, place, count in zip(found.tolist(), first.tolist(), times.tolist(), strict=True):
        yield key // width, key % width, count, place // width


def _texts(question: Question, checklist: Checklist, _: Words) -> dict[int, tuple[str, str]]:
    """Code → (number or sign with its name, the level's sentence)."""
    found = {
        OPEN: (f"{OPEN_SIGN} {_('Not answered')}", ""),
        UNKNOWN: (f"{UNKNOWN_SIGN} {_('Don’t know')}", ""),
        NOT_APPLICABLE: (f"{NOT_APPLICABLE_SIGN} {_('Not applicable')}", ""),
    }
    for code, choice in enumerate(checklist.choices):
        found[code] = (f"{code} {_.text(choice.label)}", plain(_.text(question.levels[code])))
    return found


# --- units and plan ----------------------------------------------------------------------------------------------------


def _units(facts: Facts, rows: tuple[AnswerRow, ...], _: Words) -> tuple[UnitPart, ...]:
    """The units that the report sets side by side, in the order of the tree; nothing where there is one only."""
    if facts.units is None:
        return ()
    ids = [unit.id for unit in facts.sheets.units]
    own, whole = (dict(zip(ids, table(facts.sheets, view).scores(TOTAL), strict=True)) for view in _VIEWS)
    sums: dict[int, tuple[int, int, int]] = {}
    for row in rows:
        earned, possible, left = sums.get(row.unit, (0, 0, 0))
        if not row.company:
            sums[row.unit] = (earned + row.earned, possible + row.possible, left + row.left)
        else:
            sums[row.unit] = (earned, possible, left)
    place = {unit.id: number for number, unit in enumerate(facts.tree.units, start=1)}
    shown = {line.unit.id for line in facts.units.lines}
    return tuple(
        UnitPart(place[unit.id], plain(_.text(unit.name)), points(own[unit.id].percent, _), points(whole[unit.id].percent, _),
                 place[unit.id] in sums, sums.get(place[unit.id], (0, 0, 0)))
        for unit in facts.sheets.units if unit.id in shown
    )  # fmt: skip


def _plan(facts: Facts) -> PlanSums | None:
    if facts.worked is None:
        return None
    best = facts.worked.best
    return PlanSums(tuple(step.half_days / 2 for step in best.steps), tuple(step.yen for step in best.steps), best.half_days / 2, best.yen)
