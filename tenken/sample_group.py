"""The sample group: invented companies, departments and suppliers over seven quarters, from data/sample_group.yaml.

The file says of each unit how it stands and moves; `answers_of` makes its answers of that. Whatever looks like chance
comes from hashes of the unit's code and the question's id, so that every machine makes the same group.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from scoring.engine import months_before
from scoring.errors import DataError, Problem
from scoring.load.guard import Refused, read_yaml
from scoring.load.text import Line, Percent, QuestionId, Strict, TextModel, Word
from scoring.model import NA_WORD, UNKNOWN_WORD, Answer, Checklist, Evidence, Owner, Question
from tenken.content import DATA
from tenken.quarters import quarter_of
from tenken.store.states import left_out, profile_answer

FILE = "sample_group.yaml"
QUARTERS = 7
OPEN = QUARTERS - 1
"""The last quarter; those before it are sealed."""

EVIDENCED_FROM = 2  # nobody keeps evidence of what is only decided
SPREAD = 100  # hundredths of a level by which questions of one unit lie above or below its profile
SLIPS = 40  # one answer in so many falls back by a level for one quarter

Quarter = Annotated[int, Field(ge=0, le=OPEN)]
Level = Annotated[Decimal, Field(ge=0, le=4, decimal_places=2)]
Shift = Annotated[Decimal, Field(ge=-2, le=2, decimal_places=2)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z-]*$")]
Place = Annotated[str, Field(pattern=r"^([0-4]|unknown)$")]


class LevelsModel(Strict):
    """Where a unit stood in quarter 0; `measures` add to the level of the section."""

    all: Level
    sections: dict[Word, Level] = Field(default_factory=dict)
    measures: dict[str, Shift] = Field(default_factory=dict)


class ByHand(Strict):
    """One question's answers by hand: a level per quarter, and the note from its quarter on until the next one."""

    levels: Annotated[tuple[Place, ...], Field(min_length=QUARTERS, max_length=QUARTERS)]
    notes: dict[Quarter, Line] = Field(default_factory=dict)
    evidence: bool = True


class Setback(Strict):
    """A section that falls back in one quarter by so many levels, and is back a quarter later."""

    quarter: Quarter
    section: Word
    by: Annotated[int, Field(ge=1, le=3)]
    note: Line


class StraightLine(Strict):
    section: Word
    level: Annotated[int, Field(ge=0, le=4)]
    since: Quarter


class Remark(Strict):
    question: QuestionId
    text: Line


class Now(Strict):
    """How far a unit is in the open quarter; `answered`: percent of its questions, in their order."""

    state: Literal["draft", "submitted", "returned", "approved"]
    answered: Percent = 100
    remarks: tuple[Remark, ...] = ()


class SampleUnit(Strict):
    """One node and what is said of its answers. `inherits`: owners whose questions the unit above answers for it."""

    code: Code
    parent: Code | None = None
    kind: Literal["group", "company", "department", "supplier"]
    name: TextModel
    headcount: Annotated[int, Field(ge=1)]
    owners: tuple[Owner, ...] = ()
    inherits: tuple[Owner, ...] = ()
    since: Quarter = 0
    profile: dict[Word, bool] = Field(default_factory=dict)
    levels: LevelsModel
    trend: Shift
    evidence: tuple[Percent, Percent]
    unknown: Percent = 0
    not_applicable: dict[QuestionId, Line] = Field(default_factory=dict)
    answers: dict[QuestionId, ByHand] = Field(default_factory=dict)
    setbacks: tuple[Setback, ...] = ()
    straight_line: StraightLine | None = None
    now: Now

    @property
    def reporting(self) -> bool:
        """Departments carry the scores; a company is the sum of its departments."""
        return self.kind in ("department", "supplier")


class Person(Strict):
    name: Line
    role: Literal["respondent", "approver", "security_office", "auditor"]
    units: Annotated[tuple[Code, ...], Field(min_length=1)]


Day = Annotated[tuple[Quarter, Annotated[int, Field(ge=0, le=89)]], Field()]  # a quarter, and days since its first


class ActionMove(Strict):
    to: Literal["open", "doing", "done", "dropped"]
    at: Day


class ActionComment(Strict):
    text: Line
    at: Day


class SampleAction(Strict):
    """A corrective action: what was decided in a quarter, and what became of it in later ones."""

    unit: Code
    question: QuestionId | None = None
    title: Line
    source: Literal["gap", "plan", "scenario", "finding", "incident"]
    owner: Line
    decided: Quarter
    due: Day | None = None
    to: Annotated[int, Field(ge=1, le=4)] | None = None
    half_days: Annotated[int, Field(ge=0)] | None = None
    yen: Annotated[int, Field(ge=0)] = 0
    moves: tuple[ActionMove, ...] = ()
    comments: tuple[ActionComment, ...] = ()


class NoteNames(Strict):
    unknown: Annotated[tuple[Line, ...], Field(min_length=1)]
    slip: Annotated[tuple[Line, ...], Field(min_length=1)]


class SampleGroup(Strict):
    """The whole file; units stand after the unit above them."""

    units: tuple[SampleUnit, ...]
    people: tuple[Person, ...]
    evidence: dict[str, Annotated[tuple[Line, ...], Field(min_length=1)]]
    notes: NoteNames
    actions: tuple[SampleAction, ...] = ()

    def unit(self, code: str) -> SampleUnit:
        return next(unit for unit in self.units if unit.code == code)

    def profile(self, unit: SampleUnit) -> Mapping[str, bool]:
        """The unit's facts, or those of the nearest unit above it that has some."""
        return unit.profile if unit.profile or unit.parent is None else self.profile(self.unit(unit.parent))

    def person(self, code: str, role: str) -> str:
        """Who has the role for the unit: named with it, or with the nearest unit above it; empty when nobody is."""
        unit = self.unit(code)
        named = next((person.name for person in self.people if person.role == role and code in person.units), None)
        return named or ("" if unit.parent is None else self.person(unit.parent, role))


@lru_cache(maxsize=4)
def sample_group(folder: Path = DATA) -> SampleGroup:
    """The file as it is. Raises DataError with file and line."""
    try:
        group, problems = (document := read_yaml(folder / FILE, f"data/{FILE}")).parse(SampleGroup)
    except Refused as refused:
        raise DataError([refused.problem]) from None
    if group is None:
        raise DataError(problems or [Problem(document.file, 0, "cannot be read")])
    return group


def sample_days(today: date, fiscal_start_month: int = 4) -> tuple[date, ...]:
    """The day that each of the seven quarters is judged on: the ends of the sealed ones, and today."""
    start = quarter_of(today, fiscal_start_month).start
    ends = (months_before(start, 3 * back) - date.resolution for back in reversed(range(OPEN)))
    return (*ends, today)


def asked(unit: SampleUnit, checklist: Checklist) -> tuple[Question, ...]:
    """The questions of the unit's own sheet: a department's, a company's, or a supplier's, who is asked all."""
    if unit.kind == "supplier":
        return checklist.questions
    scope = "unit" if unit.kind == "department" else "company"
    return tuple(q for q in checklist.questions if q.scope == scope and q.owner not in unit.inherits)


def answers_of(group: SampleGroup, code: str, quarter: int, checklist: Checklist, days: Sequence[date]) -> dict[str, Answer]:
    """{question: answer} of one unit's own sheet, in checklist order. Empty before the unit was there.

    `quarter`: 0 to 6. In the open one only what was gone through so far: the rest is for the roll-forward to bring.
    `days`: what `sample_days` says; no evidence is dated after the quarter's day.
    """
    unit = group.unit(code)
    if quarter < unit.since:
        return {}
    questions = asked(unit, checklist)
    through = len(questions) * unit.now.answered // 100 if quarter == OPEN else len(questions)
    profile = group.profile(unit)
    found: dict[str, Answer] = {}
    for number, question in enumerate(questions):
        if left_out(question, profile):
            found[question.id] = profile_answer(question)
        elif number < through:
            found[question.id] = _answer(group, unit, question, quarter, checklist, days)
    return found


def _answer(group: SampleGroup, unit: SampleUnit, question: Question, quarter: int, checklist: Checklist, days: Sequence[date]) -> Answer:
    if question.id in unit.not_applicable:
        return Answer(NA_WORD, reason=unit.not_applicable[question.id])
    level = _level(unit, question, quarter)
    note = _note(group, unit, question, quarter)
    if level is None:
        return Answer(UNKNOWN_WORD, note=note)
    return Answer(checklist.choices[level].id, note=note, evidence=_evidence(group, unit, question, quarter, level, days))


def _chance(*words: object) -> int:
    """A whole number from 0 to 2³² − 1 that is always the same for the same words."""
    return int.from_bytes(sha256("\0".join(map(str, words)).encode()).digest()[:4], "big")


def _level(unit: SampleUnit, question: Question, quarter: int) -> int | None:
    """Place on the scale; None is `unknown`."""
    by_hand, line = unit.answers.get(question.id), unit.straight_line
    if by_hand:
        place = by_hand.levels[quarter]
        return None if place == UNKNOWN_WORD else int(place)
    if line and question.section == line.section and quarter >= line.since:
        return line.level
    if _is_unknown(unit, question, quarter):
        return None
    levels = unit.levels
    start = levels.sections.get(question.section, levels.all) + levels.measures.get(question.countermeasure, Decimal(0))
    aside = _chance(unit.code, question.id) % (2 * SPREAD + 1) - SPREAD
    hundredths = int((start + unit.trend * quarter) * 100) + aside
    setback = _setback(unit, question, quarter)
    back = (setback.by if setback else 0) + _slips(unit, question, quarter)
    return min(max((hundredths + 50) // 100 - back, 0), 4)


def _is_unknown(unit: SampleUnit, question: Question, quarter: int) -> bool:
    """Somebody finds out, sooner or later: after one quarter, or only after the last."""
    chance = _chance("unknown", unit.code, question.id)
    return chance % 100 < unit.unknown and quarter <= chance // 100 % QUARTERS


def _setback(unit: SampleUnit, question: Question, quarter: int) -> Setback | None:
    return next((each for each in unit.setbacks if (each.quarter, each.section) == (quarter, question.section)), None)


def _slips(unit: SampleUnit, question: Question, quarter: int) -> int:
    return int(quarter > unit.since and _chance("slip", unit.code, question.id, quarter) % SLIPS == 0)


def _note(group: SampleGroup, unit: SampleUnit, question: Question, quarter: int) -> str:
    by_hand = unit.answers.get(question.id)
    if by_hand:
        told = [number for number in by_hand.notes if number <= quarter]
        return by_hand.notes[max(told)] if told else ""
    if unit.straight_line and question.section == unit.straight_line.section and quarter >= unit.straight_line.since:
        return ""
    if _is_unknown(unit, question, quarter):
        return _one_of(group.notes.unknown, unit, question)
    if setback := _setback(unit, question, quarter):
        return setback.note
    return _one_of(group.notes.slip, unit, question) if _slips(unit, question, quarter) else ""


def _one_of(names: Sequence[str], unit: SampleUnit, question: Question) -> str:
    return names[_chance("name", unit.code, question.id) % len(names)]


def _evidence(group: SampleGroup, unit: SampleUnit, question: Question, quarter: int, level: int, days: Sequence[date]) -> Evidence | None:
    """Renewed when the level moves, and about as often as the question wants; every fourth time a quarter late."""
    first, last = unit.evidence
    chance, by_hand = _chance("evidence", unit.code, question.id), unit.answers.get(question.id)
    kept = by_hand.evidence if by_hand else chance % 100 < first + (last - first) * quarter // OPEN
    if level < EVIDENCED_FROM or not kept:
        return None
    every = max(1, question.review_months // 3) + (chance // 100 % 4 == 0)
    since = quarter
    while since > unit.since and (since + chance) % every and _level(unit, question, since - 1) == level:
        since -= 1
    dated = date.fromordinal(days[since].toordinal() - _chance("age", unit.code, question.id, since) % 80)
    return Evidence(_one_of(group.evidence[question.countermeasure], unit, question), dated)
