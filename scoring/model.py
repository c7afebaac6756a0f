"""The values that everything else is about: what is asked, what was answered, what it adds up to.

Frozen dataclasses and tuples only, so that a value can be cached, hashed and passed on without a copy.
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

# Codes of a sheet's int8 row; 0 and up is the position of a choice on the scale.
OPEN, UNKNOWN, NOT_APPLICABLE = -1, -2, -3

# The words that an answer may hold beside the choice ids of the scale.
UNKNOWN_WORD, NA_WORD = "unknown", "na"

CAUSES = (
    "external_attack",
    "human_error",
    "insider",
    "vulnerability",
    "physical",
    "telework",
    "supply_chain",
)
FOUNDATION = ("governance", "detection", "incident_readiness", "legal")

Lang = Literal["ja", "en"]
Scope = Literal["company", "unit"]
Owner = Literal["it", "legal", "hr", "general_affairs", "business", "board"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or term in both languages; both are always there."""

    ja: str
    en: str

    def of(self, lang: Lang) -> str:
        return self.ja if lang == "ja" else self.en


# --- what is asked -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """One level of a checklist's scale. `points` is 0..Scale.max, whole."""

    id: str
    points: int
    label: Text


@dataclass(frozen=True, slots=True)
class Band:
    """A word for scores from `bound` percent (whole) upwards."""

    id: str
    bound: int
    label: Text


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the applicability profile: asked once, answers `na` where it is missing."""

    id: str
    question: Text
    reason: Text


@dataclass(frozen=True, slots=True)
class Countermeasure:
    """M1–M12 of the subject; `short` fits a narrow row head."""

    id: str
    name: str
    label: Text
    short: Text


@dataclass(frozen=True, slots=True)
class Department:
    """Who answers company-scope questions: `id` is an Owner; `text` says what is asked of them and why."""

    id: Owner
    label: Text
    text: Text


@dataclass(frozen=True, slots=True)
class References:
    """Where a question can be found in standards: numbers only, no text of theirs."""

    iso27001: tuple[str, ...] = ()
    csf: tuple[str, ...] = ()
    scs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A checkable sentence with one anchored sentence per level of the scale.

    `advice[i]` and `effort[i]` (half days, ≥ 1) belong to the step from level i to i + 1.
    `needs_any`: facts of the profile; the question is N/A when none of them holds (empty: always asked).
    """

    id: str
    section: str
    countermeasure: str
    scope: Scope
    owner: Owner
    weight: int
    critical: bool
    express: bool
    review_months: int
    effort: tuple[int, ...]
    controls: tuple[str, ...]
    refs: References
    covers: tuple[str, ...]
    needs_any: tuple[str, ...]
    text: Text
    why: Text
    levels: tuple[Text, ...]
    advice: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One of the seven causes, or a part of the foundation (no share in TSR's causes)."""

    id: str
    title: Text
    short: Text
    questions: tuple[Question, ...]

    @property
    def is_cause(self) -> bool:
        return self.id in CAUSES


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that checklists and duties have to cover: C causes, M countermeasures, K indicators, D duties."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two answers that cannot both be true: `claim` at level `at_least` or above, `other` at level `at_most` or below.

    Levels are places on the scale, from 0. `why` says in one sentence what does not fit."""

    claim: str
    at_least: int
    other: str
    at_most: int
    why: Text


@dataclass(frozen=True, slots=True)
class DoubtRules:
    """From what on answers are looked at once more (scoring/doubts.py). None: that kind is not looked for.

    `straight_line`: questions of one section at one level; `jump`: levels risen since last quarter without evidence."""

    straight_line: int | None = None
    jump: int | None = None
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True, slots=True)
class Checklist:
    """One edition of one checklist. `content_hash` is the SHA-256 of its files; identity rests on it."""

    id: str
    edition: str
    title: Text
    choices: tuple[Choice, ...]
    bands: tuple[Band, ...]
    critical_level: int
    na_limit: int
    alpha: Fraction
    facts: tuple[Fact, ...]
    countermeasures: tuple[Countermeasure, ...]
    sections: tuple[Section, ...]
    content_hash: str
    owners: tuple[Department, ...] = ()
    doubts: DoubtRules = DoubtRules()

    def __hash__(self) -> int:
        return hash(self.content_hash)

    def owner(self, owner_id: str) -> Department | None:
        """The words for an owner; None in a checklist that has none."""
        return next((owner for owner in self.owners if owner.id == owner_id), None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Checklist) and other.content_hash == self.content_hash

    @property
    def max(self) -> int:
        return self.choices[-1].points

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions in checklist order: the column order of every levels array."""
        return tuple(q for section in self.sections for q in section.questions)


# --- what was answered ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the proof of one answer lies, and the day that it speaks for. `file`: the token of a kept file; `link` is its
    name then."""

    link: str
    dated: date
    file: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`choice`: an id of the scale, or `unknown`, or `na` (then `reason` is required)."""

    choice: str
    reason: str = ""
    note: str = ""
    evidence: Evidence | None = None
    by_profile: bool = False


# --- what it adds up to --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Score:
    """Integer sums of weight × points; adds field by field, `Score()` is zero (docs/scoring.md, 2)."""

    earned: int = 0
    possible: int = 0
    open: int = 0
    total: int = 0
    answered: int = 0
    unknown: int = 0
    not_applicable: int = 0
    questions: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.earned + other.earned,
            self.possible + other.possible,
            self.open + other.open,
            self.total + other.total,
            self.answered + other.answered,
            self.unknown + other.unknown,
            self.not_applicable + other.not_applicable,
            self.questions + other.questions,
        )

    @property
    def percent(self) -> Fraction | None:
        """earned / possible as a fraction of 1; None when nothing is applicable."""
        return Fraction(self.earned, self.possible) if self.possible else None

    @property
    def best(self) -> Fraction | None:
        """What `percent` becomes if every open question is answered at `max`."""
        return Fraction(self.earned + self.open, self.possible) if self.possible else None

    @property
    def unanswered(self) -> int:
        """How many questions are open."""
        return self.questions - self.answered - self.not_applicable


@dataclass(frozen=True, slots=True)
class Cell:
    """The score of one cause × countermeasure cell; reference value below three applicable questions."""

    section: str
    countermeasure: str
    score: Score


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that one sheet's answers say (docs/scoring.md, 2). Sections in checklist order."""

    total: Score
    sections: tuple[tuple[str, Score], ...]
    cells: tuple[Cell, ...]
    evidenced: Score
    express: Score
    express_evidenced: Score
    own: Score
    company: Score
    below_critical: tuple[str, ...]
    na_claimed: int
    """weight × max that is N/A without the profile saying so."""

    def section(self, section_id: str) -> Score:
        return dict(self.sections)[section_id]


# --- the incident-weighted gap -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Interval:
    low: Fraction
    central: Fraction
    high: Fraction

    def overlaps(self, other: "Interval") -> bool:
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True, slots=True)
class CauseGap:
    """One cause's part of the index: `share` of TSR's incidents, split by how far our answers go."""

    cause: str
    share: Interval
    uncovered: Fraction
    open: Fraction
    not_applicable: Fraction
    covered: Fraction


@dataclass(frozen=True, slots=True)
class Gap:
    """The incident-weighted gap: an index from 0 to 1, not a probability and not a number of incidents.

    covered + uncovered + open + not_applicable + unassigned = 1; `low` ≤ uncovered + open ≤ `high`.
    """

    years: tuple[int, ...]
    incidents: int
    covered: Fraction
    uncovered: Fraction
    open: Fraction
    not_applicable: Fraction
    unassigned: Fraction
    low: Fraction
    high: Fraction
    causes: tuple[CauseGap, ...]
    by_question: tuple[tuple[str, Interval], ...] = field(default=())

    @property
    def gap(self) -> Fraction:
        return self.uncovered + self.open


@dataclass(frozen=True, slots=True)
class Step:
    """A next step: raise one question by one level, or find out what an `unknown` is.

    `gap` and `loss` are what the step takes off (fractions of 1: the index, the foundation's share of all points);
    `value` is their mix by α; `half_days` the effort; steps with the same `tie` are 同程度.
    """

    question: str
    level: int | None
    value: Fraction
    gap: Interval
    loss: Fraction
    half_days: int
    critical: bool
    tie: int
