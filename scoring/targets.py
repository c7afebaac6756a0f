"""Where an organisation wants to stand, and how far it is from there: a level per question, and the gap to it.

    lost_q = weight × max(0, target points − points)     answered questions; `unknown` has 0 points
    open_q = weight × target points                      open ones, apart; N/A and questions without a target: nothing
    points to target = Σ lost ÷ Σ possible
    gap to target    = Σ_c share_c × lost_c ÷ total_c    the shares of the incident-weighted gap; ≤ uncovered

With all targets at the highest level, lost = possible − earned − open, and the gap to target is `uncovered` of the gap.

Which target counts for a unit: the unit and the nodes above it, the nearest one first, say a profile (at one node what it says for
the unit's kind goes before what it says for all); then levels of sections, then levels of single questions, each from the nearest
node that names it. A company-scope answer has the target of the unit on whose sheet it stands, however many inherit it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

import numpy as np

from scoring.engine import encode, places
from scoring.model import NOT_APPLICABLE, OPEN, Answer, Checklist, Gap, Step, Text
from scoring.sheets import Flags, Levels, Sheets, Sums, columns_of, of_codes
from scoring.units import Tree, Unit

NO_TARGET = OPEN  # the code of a question without a target: worth no points
ZERO = Fraction(0)

# --- what can be chosen --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SectionTarget:
    """A profile's levels for a section: its critical questions, and all others. Levels are places on the scale."""

    section: str
    level: int
    critical: int
    reason: Text


@dataclass(frozen=True, slots=True)
class QuestionTarget:
    """A question for which a profile asks for something else than for its section."""

    question: str
    level: int
    reason: Text


@dataclass(frozen=True, slots=True)
class Profile:
    """A ready-made set of targets, and whom it suits."""

    id: str
    label: Text
    suits: Text
    sections: tuple[SectionTarget, ...]
    questions: tuple[QuestionTarget, ...]

    def section(self, section_id: str) -> SectionTarget | None:
        return next((each for each in self.sections if each.section == section_id), None)


@dataclass(frozen=True, slots=True)
class Profiles:
    """The profiles that are shipped, lowest first. `about`: whose proposal this is, and what it is not."""

    edition: str
    about: Text
    profiles: tuple[Profile, ...]

    def of(self, profile_id: str | None) -> Profile | None:
        return next((profile for profile in self.profiles if profile.id == profile_id), None)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen at one node for itself and all below; pairs are sorted. `kinds`: unit kind → profile; `sections` and
    `questions`: id → place on the scale."""

    profile: str | None = None
    kinds: tuple[tuple[str, str], ...] = ()
    sections: tuple[tuple[str, int], ...] = ()
    questions: tuple[tuple[str, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.profile or self.kinds or self.sections or self.questions)


@dataclass(frozen=True, slots=True)
class Targets:
    """Question id → place on the scale; questions without a target are left out. `profile`: the id of the one underneath."""

    levels: Mapping[str, int] = field(hash=False)
    profile: str | None = None


# --- which target counts -------------------------------------------------------------------------


def merged(tree: Tree, chosen: Mapping[int, Chosen], unit: Unit) -> Chosen:
    """What counts for a unit out of all that was chosen at it and above it (see above). Suppliers take part: the company that buys
    from them sets their targets too."""
    found = [chosen[node.id] for node in _upwards(tree, unit) if node.id in chosen]
    profiles = (dict(each.kinds).get(unit.kind) or each.profile for each in found)
    sections = {name: level for each in reversed(found) for name, level in each.sections}
    questions = {name: level for each in reversed(found) for name, level in each.questions}
    return Chosen(next(filter(None, profiles), None), (), tuple(sorted(sections.items())), tuple(sorted(questions.items())))


def _upwards(tree: Tree, unit: Unit) -> Sequence[Unit]:
    found = [unit]
    while found[-1].parent is not None:
        found.append(tree.unit(found[-1].parent))
    return found


@lru_cache(maxsize=256)
def targets(checklist: Checklist, profiles: Profiles, chosen: Chosen) -> Targets | None:
    """The targets of one unit by what counts for it (`merged`); None without any. Ids that the checklist does not have, and levels
    beyond its scale, say nothing."""
    profile, top = profiles.of(chosen.profile), len(checklist.choices)
    levels = dict[str, int]()
    for section in checklist.sections:
        said = profile.section(section.id) if profile else None
        if said:
            levels |= {question.id: said.critical if question.critical else said.level for question in section.questions}
    if profile:
        levels |= {each.question: each.level for each in profile.questions}
    sections, questions = dict(chosen.sections), dict(chosen.questions)
    levels |= {question.id: sections[question.section] for question in checklist.questions if question.section in sections}
    levels |= questions
    known = {question: levels[question] for question in places(checklist) if 0 <= levels.get(question, NO_TARGET) < top}
    return Targets(known, profile.id if profile else None) if known else None


def of_units(checklist: Checklist, profiles: Profiles, tree: Tree, chosen: Mapping[int, Chosen]) -> dict[int, Targets]:
    """{unit id: its targets}, the same value where the same counts; units without any are left out."""
    if not chosen:
        return {}
    counts = {unit.id: merged(tree, chosen, unit) for unit in tree.units}
    made = {each: targets(checklist, profiles, each) for each in set(counts.values())}  # few, however many units there are
    return {unit_id: found for unit_id, each in counts.items() if (found := made[each]) is not None}


def unknown(checklist: Checklist, profiles: Profiles, chosen: Chosen) -> tuple[str, ...]:
    """The ids that say nothing here: of an edition that had other questions, or of nothing at all."""
    top, sections = len(checklist.choices), {section.id for section in checklist.sections}
    named = [chosen.profile, *(profile for _kind, profile in chosen.kinds)]
    return (
        *(name for name in named if name and profiles.of(name) is None),
        *(name for name, level in chosen.sections if name not in sections or not 0 <= level < top),
        *(name for name, level in chosen.questions if name not in places(checklist) or not 0 <= level < top),
    )


def row_of(checklist: Checklist, found: Targets | None) -> Levels:
    """(questions,): the places on the scale in checklist order, NO_TARGET without one."""
    levels = found.levels if found else {}
    return np.array([levels.get(question, NO_TARGET) for question in places(checklist)], dtype=np.int8)


def wanted(checklist: Checklist, tree: Tree, found: Mapping[int, Targets], sheets: Sheets) -> Levels:
    """(sheets, questions): the target of every answer, that of the unit on whose sheet it stands. `sheets` of a Portfolio of this
    tree, with the columns of `checklist`."""
    rows = {key: row_of(checklist, each) for key, each in {id(each): each for each in found.values()}.items()}
    none = row_of(checklist, None)
    matrix = np.stack([rows[id(found[unit.id])] if unit.id in found else none for unit in tree.units])
    levels: Levels = matrix[sheets.sources, np.arange(len(none))]
    return levels


# --- how far it is -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aim:
    """Integer sums of weight × points; adds field by field. `lost`: missing to the target on answered questions; `open`: what the
    target asks for where nothing is answered; `asked`: all that it asks for where something applies; `possible`, `total` as in Score."""

    lost: int = 0
    open: int = 0
    asked: int = 0
    possible: int = 0
    total: int = 0

    def __add__(self, other: "Aim") -> "Aim":
        return Aim(
            self.lost + other.lost,
            self.open + other.open,
            self.asked + other.asked,
            self.possible + other.possible,
            self.total + other.total,
        )

    @property
    def points(self) -> Fraction | None:
        """How far the score is from the targets, as a fraction of 1; None when nothing is applicable."""
        return Fraction(self.lost, self.possible) if self.possible else None

    @property
    def score(self) -> Fraction | None:
        """The score of answers that stand just at their targets."""
        return Fraction(self.asked, self.possible) if self.possible else None


@dataclass(frozen=True, slots=True)
class ToTarget:
    """The way to the targets. `gap`: the part of the incident-weighted gap that raising answered questions to their targets takes
    off, `causes` its parts; `below`: answered questions that some sheet has below its target; `answers`: the stored answers below,
    an inherited one once; `levels`: the one target of a question, None where sheets have several or none; `beyond`: the steps that
    lead past the target of all that would take them."""

    total: Aim
    sections: tuple[tuple[str, Aim], ...]
    questions: tuple[tuple[str, Aim], ...]
    gap: Fraction
    causes: tuple[tuple[str, Fraction], ...]
    below: tuple[str, ...]
    answers: int
    levels: tuple[tuple[str, int | None], ...]
    beyond: frozenset[tuple[str, int]]

    @property
    def lost(self) -> int:
        return self.total.lost

    @property
    def possible(self) -> int:
        return self.total.possible

    def is_beyond(self, step: Step) -> bool:
        """Whether a step leads past the target of all that would take it. Finding out and critical steps never do."""
        return step.level is not None and not step.critical and (step.question, step.level) in self.beyond


def to_target(checklist: Checklist, said: Sheets | Mapping[str, Answer], gap: Gap, found: Targets | Levels) -> ToTarget:
    """How far answers are from their targets. `said`: one sheet's answers, or sheets that count together; `found`: targets for all
    of them, or int8 (sheets, questions) as `wanted` gives them; `gap`: the gap of the same answers, for its shares."""
    if isinstance(said, Sheets):
        claimed, weights = said.claimed, said.weights
    else:
        claimed, weights = encode(checklist, said)[None], np.ones(1, dtype=np.int64)
    levels = np.broadcast_to(row_of(checklist, found) if isinstance(found, Targets) else found, claimed.shape)
    sums = _sums(checklist, claimed, levels)
    aims = [Aim(*fields) for fields in np.stack([weights @ part for part in sums], axis=-1).tolist()]
    questions = tuple(zip(places(checklist), aims, strict=True))
    sections = dict.fromkeys((section.id for section in checklist.sections), Aim())
    for question, aim in zip(checklist.questions, aims, strict=True):
        sections[question.section] += aim
    causes = tuple(
        (part.cause, part.share.central * Fraction(sections[part.cause].lost, sections[part.cause].total)) for part in gap.causes
    )
    low: Flags = np.greater(sums[0], 0)
    anywhere = np.flatnonzero(low.any(axis=0)).tolist()
    names = tuple(places(checklist))
    return ToTarget(
        total=sum(sections.values(), Aim()),
        sections=tuple(sections.items()),
        questions=questions,
        gap=sum((part for _cause, part in causes), ZERO),
        causes=causes,
        below=tuple(names[column] for column in anywhere),
        answers=int(said.stored(low).sum()) if isinstance(said, Sheets) else int(low.sum()),
        levels=_levels(checklist, levels),
        beyond=_beyond(checklist, claimed, levels),
    )


def _sums(checklist: Checklist, claimed: Levels, levels: Levels) -> tuple[Sums, ...]:
    """The fields of Aim, each (sheets, questions)."""
    asked = columns_of(checklist)
    aim, points = of_codes(asked.points, levels), of_codes(asked.points, claimed)
    applies, is_open = claimed != NOT_APPLICABLE, claimed == OPEN
    fields = (
        np.maximum(aim - points, 0) * (applies & ~is_open),
        aim * is_open,
        aim * applies,
        checklist.max * applies,
        np.full(claimed.shape, checklist.max, dtype=np.int64),
    )
    return tuple(each * asked.weights for each in fields)


def _levels(checklist: Checklist, levels: Levels) -> tuple[tuple[str, int | None], ...]:
    low, high = levels.min(axis=0).tolist(), levels.max(axis=0).tolist()
    return tuple((question, a if a == b and a != NO_TARGET else None) for question, a, b in zip(places(checklist), low, high, strict=True))


def _beyond(checklist: Checklist, claimed: Levels, levels: Levels) -> frozenset[tuple[str, int]]:
    """(question, level) where all sheets that stand on the level have a target, and none above it."""
    there = (levels != NO_TARGET) & (claimed >= 0)
    names, found = tuple(places(checklist)), set[tuple[str, int]]()
    for code in range(len(checklist.choices) - 1):
        stands = claimed == code
        past = stands.any(axis=0) & ~(stands & (~there | (levels > code))).any(axis=0)
        found |= {(names[column], code) for column in np.flatnonzero(past).tolist()}
    return frozenset(found)


def each_to_target(checklist: Checklist, claimed: Levels, levels: Levels) -> tuple[Aim, ...]:
    """One Aim per sheet: the total of each by itself."""
    return tuple(Aim(*fields) for fields in np.stack([part.sum(axis=1) for part in _sums(checklist, claimed, levels)], axis=-1).tolist())


def ceiling(checklist: Checklist, found: Targets | None) -> dict[str, int]:
    """Question id → the highest level worth planning for: its target, the top of the scale without one. Critical questions are
    planned for at least up to the checklist's critical level."""
    top, levels = len(checklist.choices) - 1, found.levels if found else {}
    return {
        question.id: max(levels.get(question.id, top), checklist.critical_level if question.critical else 0)
        for question in checklist.questions
    }
