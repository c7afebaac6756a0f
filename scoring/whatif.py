"""What if: answers changed on a copy, judged by the functions that judge what is stored (docs/scoring.md, what if).

An assumption is about a question at a node, or at one unit below it. The answer changes where it is stored: one that many inherit
changes for all of them. Of one stored answer it says where it stands then; of several, how low or how high they may stand.

What was proven stays proven: evidence goes on speaking for the level that it spoke for, up to the new one. With `proven`, every
answer to the questions that were chosen has evidence for the level at which it then stands.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, get_args

import numpy as np

from scoring.assessment import Assessment, Outside, express_view
from scoring.compare import Change, node_changes
from scoring.engine import places, sheet_of
from scoring.model import NOT_APPLICABLE, OPEN, UNKNOWN, Checklist, Question, Step
from scoring.portfolio import TOTAL, Book, Portfolio, assess_units, read, table
from scoring.ranking import ranking
from scoring.sheets import columns_of, of_codes
from scoring.steps import FIND_OUT_HALF_DAYS
from scoring.units import Tree

Rule = Literal["set", "at_least", "at_most"]
RULES: tuple[Rule, ...] = get_args(Rule)
Why = Literal["question", "level", "unit"]
Efforts = Mapping[int, Mapping[str, Sequence[int]]]  # unit → question → half days per level, in place of the checklist's
Cell = tuple[int, int]  # the place of a unit in the tree, the column of a question


@dataclass(frozen=True, slots=True)
class Assumption:
    """The answers to `question` of a node, or of `unit` below it, stand at `level`, a place on the scale.

    set: all of them, whatever they are. at_least: whoever stands lower, does not know or has not answered is raised to it.
    at_most: whoever stands higher is lowered to it. These two leave `not applicable` as it is."""

    question: str
    level: int
    rule: Rule = "set"
    unit: int | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """An assumption that says nothing here, and which part of it there is not."""

    assumption: Assumption
    why: Why


@dataclass(frozen=True, slots=True)
class Move:
    """One stored answer that stands elsewhere then: of the unit on whose sheet it is, from a code of scoring.model to a level;
    `units` of all those that are judged have it."""

    unit: int
    question: str
    before: int
    level: int
    units: int

    @property
    def is_up(self) -> bool:
        """Whether there is something to do: a level is reached that was not."""
        return self.level > self.before


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a node stands among those beside it by their own answers: `first` to `last` is what the open answers of all leave,
    `tied` others cannot be told apart from it; of `units` that have a score."""

    first: int
    last: int
    tied: int
    units: int


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A node as it is and as it would be. `changes` is None when either has nothing applicable; `half_days` is what the raised
    answers take, each stored one once."""

    portfolio: Portfolio
    before: Assessment
    after: Assessment
    moves: tuple[Move, ...]
    changes: tuple[Change, ...] | None
    half_days: int
    ignored: tuple[Ignored, ...]

    @property
    def gap(self) -> Fraction:
        """What the gap changes by, exact."""
        return self.after.gap.gap - self.before.gap.gap

    @property
    def score(self) -> Fraction | None:
        """What the score changes by, exact: the sum of `changes`."""
        old, new = self.before.result.total.percent, self.after.result.total.percent
        return None if old is None or new is None else new - old


def what_if(
    portfolio: Portfolio,
    node_id: int,
    outside: Outside,
    assumptions: Iterable[Assumption],
    *,
    proven: bool = False,
    efforts: Efforts | None = None,
    before: Assessment | None = None,
) -> Outcome | None:
    """A node judged as it is and as it would be; None when nothing counts there. `before`: the first of the two, where it is known
    already."""
    good, ignored = sorted_out(portfolio, node_id, assumptions)
    then = supposed(portfolio, node_id, good, proven=proven)
    now, after = before or assess_units(portfolio, node_id, outside), assess_units(then, node_id, outside)
    if now is None or after is None:
        return None
    found = moves(portfolio, then)
    return Outcome(
        portfolio=then,
        before=now,
        after=after,
        moves=found,
        changes=node_changes(portfolio, then, node_id),
        half_days=sum(half_days(portfolio.book.checklist, move, efforts) for move in found),
        ignored=ignored,
    )


# --- changing a copy -------------------------------------------------------------------------------------------------


def supposed(portfolio: Portfolio, node_id: int, assumptions: Iterable[Assumption], *, proven: bool = False) -> Portfolio:
    """The quarter as it would be: its stored answers changed, and read as stored ones are. What is said of a unit counts more than
    what is said of a node above it; nothing else depends on the order. Raises KeyError and UnitsError for what `sorted_out` would
    leave out."""
    levels, proofs = _stored(portfolio, node_id, tuple(assumptions), proven=proven)
    then = read(_written(portfolio.book, levels))
    evidenced = then.sheets.evidenced.copy()
    for (place, column), proof in proofs.items():
        evidenced[then.sheets.sources[:, column] == place, column] = proof
    return replace(then, sheets=replace(then.sheets, evidenced=evidenced))


def _stored(portfolio: Portfolio, node_id: int, chosen: tuple[Assumption, ...], *, proven: bool) -> tuple[dict[Cell, int], dict[Cell, int]]:
    """What changes of the stored answers, by unit's place in the tree and column: the level, and what of it is proven."""
    tree, column_of = portfolio.book.tree, places(portfolio.book.checklist)
    levels, proofs = dict[Cell, int](), dict[Cell, int]()
    chosen = tuple(sorted(chosen, key=lambda each: tree.depth(node_id if each.unit is None else each.unit)))
    for each in chosen:
        column = column_of[each.question]
        for place, (code, proof) in _answers(portfolio, node_id if each.unit is None else each.unit, column).items():
            cell = place, column
            if _moves(each, levels.get(cell, code)):
                levels[cell], proofs[cell] = each.level, min(max(proofs.get(cell, proof), 0), each.level)
    if proven:
        for each in chosen:
            column = column_of[each.question]
            for place, (code, _) in _answers(portfolio, node_id if each.unit is None else each.unit, column).items():
                if (level := levels.get((place, column), code)) >= 0:
                    proofs[place, column] = level
    return levels, proofs


def _answers(portfolio: Portfolio, node_id: int, column: int) -> dict[int, tuple[int, int]]:
    """The stored answers to a question that make up a node: the place in the tree of the unit on whose sheet each stands → its
    code, and its code where evidence counts."""
    rows, _ = portfolio.members(node_id)
    sheets = portfolio.sheets
    parts = (part[rows, column].tolist() for part in (sheets.sources, sheets.claimed, sheets.evidenced))
    return {place: (code, proof) for place, code, proof in zip(*parts, strict=True)}


def _moves(assumption: Assumption, code: int) -> bool:
    if assumption.rule == "at_least":
        return code < assumption.level and code != NOT_APPLICABLE
    if assumption.rule == "at_most":
        return code > assumption.level
    return code != assumption.level


def _written(book: Book, levels: Mapping[Cell, int]) -> Book:
    """The book with other stored answers; a unit that had no sheet gets one. What was answered anew is not to be reconfirmed."""
    ids = [unit.id for unit in book.tree.units]
    units = (*book.units, *sorted({ids[place] for place, _ in levels} - set(book.units)))
    more = len(units) - len(book.units), book.levels.shape[1]
    stored = np.vstack([book.levels, np.full(more, OPEN, dtype=np.int8)])
    dated, marks = (np.vstack([part, np.zeros(more, dtype=part.dtype)]) for part in (book.dated, book.marks))
    row = {unit_id: number for number, unit_id in enumerate(units)}
    for (place, column), level in levels.items():
        stored[row[ids[place]], column], marks[row[ids[place]], column] = level, 0
    return replace(book, units=units, levels=stored, dated=dated, marks=marks)


def sorted_out(portfolio: Portfolio, node_id: int, assumptions: Iterable[Assumption]) -> tuple[tuple[Assumption, ...], tuple[Ignored, ...]]:
    """The assumptions that say something of this quarter, the last of several about the same; and the others, with the reason."""
    tree, column_of = portfolio.book.tree, places(portfolio.book.checklist)
    below = {unit.id for unit in tree.below(node_id)} if node_id in tree else set[int]()
    good: dict[tuple[str, int | None], Assumption] = {}
    ignored: list[Ignored] = []
    for each in assumptions:
        why = _why_not(each, portfolio, column_of, below)
        if why is None:
            good[each.question, each.unit] = each
        else:
            ignored.append(Ignored(each, why))
    return tuple(good.values()), tuple(ignored)


def _why_not(each: Assumption, portfolio: Portfolio, column_of: Mapping[str, int], below: set[int]) -> Why | None:
    if each.question not in column_of:
        return "question"
    if not 0 <= each.level < len(portfolio.book.checklist.choices):
        return "level"
    if each.unit is not None and (each.unit not in below or not len(portfolio.members(each.unit)[0])):
        return "unit"
    return None


# --- what there is to change -----------------------------------------------------------------------------------------


def stands(portfolio: Portfolio, node_id: int, question: str) -> Counter[int]:
    """{code: how many stored answers to the question stand there}, of those that make up a node."""
    found = _answers(portfolio, node_id, places(portfolio.book.checklist)[question])
    return Counter(code for code, _ in found.values())


def rule_for(portfolio: Portfolio, node_id: int, question: str) -> Rule:
    """How an assumption is meant that does not say it: one stored answer is set, several are raised."""
    return "set" if stands(portfolio, node_id, question).total() == 1 else "at_least"


def from_steps(portfolio: Portfolio, node_id: int, steps: Iterable[Step], count: int) -> tuple[Assumption, ...]:
    """The first `count` questions that can be raised, each to the level after the step; finding out assumes nothing. Who stands
    lower still is raised along."""
    found: dict[str, Assumption] = {}
    for step in steps:
        if len(found) == count:
            break
        if step.level is not None and step.question not in found:
            found[step.question] = Assumption(step.question, step.level + 1, rule_for(portfolio, node_id, step.question))
    return tuple(found.values())


def express(portfolio: Portfolio) -> Portfolio:
    """The same quarter, asked the express questions only."""
    book = portfolio.book
    wanted = np.array([question.express for question in book.checklist.questions], dtype=np.bool_)
    asked = express_view(book.checklist)
    return read(replace(book, checklist=asked, levels=book.levels[:, wanted], dated=book.dated[:, wanted], marks=book.marks[:, wanted]))


# --- what it comes to ------------------------------------------------------------------------------------------------


def gap_parts(before: Assessment, after: Assessment) -> dict[str, Fraction]:
    """Question → what it takes off the gap (negative) or adds to it, of those that do either: share × change of what is missing ÷ all
    points of its cause. They add up to the change of the gap."""
    old, new = _missing(before), _missing(after)
    shares = {part.cause: part.share.central / before.result.section(part.cause).total for part in before.gap.causes}
    return {
        question.id: shares[question.section] * (new[question.id] - old[question.id])
        for question in before.checklist.questions
        if question.section in shares and new[question.id] != old[question.id]
    }


def _missing(judged: Assessment) -> dict[str, int]:
    """Question → weight × what is missing of its points, open ones too, over all sheets as often as they count."""
    sheets = judged.sheets or sheet_of(judged.checklist, judged.answers, judged.as_of)
    asked = columns_of(judged.checklist)
    lost = (judged.checklist.max - of_codes(asked.points, sheets.claimed)) * (sheets.claimed != NOT_APPLICABLE)
    return dict(zip((q.id for q in judged.checklist.questions), (sheets.weights @ lost * asked.weights).tolist(), strict=True))


def moves(before: Portfolio, after: Portfolio) -> tuple[Move, ...]:
    """The stored answers that stand elsewhere, in checklist order, then in that of the units. `after` is from `supposed`."""
    old, new, sources = before.sheets.claimed, after.sheets.claimed, after.sheets.sources
    units, questions = before.book.tree.units, before.book.checklist.questions
    found: Counter[tuple[int, int, int, int]] = Counter()
    for row, column in np.argwhere(old != new).tolist():
        found[column, int(sources[row, column]), int(old[row, column]), int(new[row, column])] += 1
    return tuple(
        Move(units[source].id, questions[column].id, code, level, count) for (column, source, code, level), count in sorted(found.items())
    )


def half_days(checklist: Checklist, move: Move, efforts: Efforts | None = None) -> int:
    """What one stored answer takes to be raised, level by level; from what nobody answered or knows, or does not apply, from the
    first level on, and half a day to find out what is not known. Lowering takes nothing."""
    question = _question(checklist, move.question)
    effort = (efforts or {}).get(move.unit, {}).get(move.question, question.effort)
    return sum(effort[max(move.before, 0) : move.level]) + (FIND_OUT_HALF_DAYS if move.before == UNKNOWN else 0)


def _question(checklist: Checklist, question_id: str) -> Question:
    return checklist.questions[places(checklist)[question_id]]


def beside(tree: Tree, node_id: int) -> tuple[int, ...]:
    """The node and those that stand beside it: the children of its parent, suppliers apart."""
    node = tree.unit(node_id)
    if node.parent is None:
        return (node_id,)
    return tuple(unit.id for unit in tree.children(node.parent) if unit.is_supplier == node.is_supplier)


def standing(portfolio: Portfolio, node_id: int) -> Standing | None:
    """Where the node stands among those beside it, by their own answers; None when it is alone or has no score."""
    own = table(portfolio, "own")
    scores = ((each, own.node(each)[TOTAL]) for each in beside(portfolio.book.tree, node_id))
    found = {place.unit: place for place in ranking(scores)}
    place = found.get(node_id)
    if place is None or len(found) < 2:
        return None
    tied = sum(each.group == place.group for each in found.values()) - 1
    return Standing(place.first, place.last, tied, len(found))
