"""Actions as they stand in a quarter: what is late, what has still to be answered anew, what came of what was promised."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from fractions import Fraction
from typing import Final, Literal

from scoring.effect import Brings, reached
from scoring.engine import codes
from scoring.model import NOT_APPLICABLE, Checklist, Question
from scoring.units import Tree, Unit
from tenken.corrective.promise import answered_on, brings, scale
from tenken.store import Action, Entry, Period, Sheet, Store

Standing = Literal["open", "doing", "waiting", "reflected", "done", "dropped"]
"""`waiting`: done, and its question has still to be answered anew; `reflected`: that was done too; `done`: no question to answer."""

STANDINGS: Final[tuple[Standing, ...]] = ("open", "doing", "waiting", "reflected", "done", "dropped")
UNFINISHED: Final[tuple[Literal["open", "doing"], ...]] = ("open", "doing")
COMES_FROM_ELSEWHERE: Final = ("carried", "profile")  # answers that nobody gave anew
SLACK = timedelta(days=1)  # an answer of the day before it was called done is one about it


@dataclass(frozen=True, slots=True)
class Effect:
    """What a done action promised and what it reached; `sealed` is the quarter that says so, None while none does. `level`: the code on
    the sealed sheet; `reached` None while not sealed, or where the question does not apply any more. Both of the index of the node
    `of`; times `scale` of that of the node that is looked at."""

    of: int
    scale: Fraction
    promised: Brings
    reached: Brings | None = None
    level: int | None = None
    sealed: Period | None = None

    @property
    def difference(self) -> Brings | None:
        return None if self.reached is None else self.reached - self.promised


@dataclass(frozen=True, slots=True)
class Line:
    """One action in a quarter. `unit` and `question` are None when they are no more; `since`: the earlier quarter in which it was
    decided, None when it was decided in this one."""

    action: Action
    unit: Unit | None
    question: Question | None
    standing: Standing
    overdue: bool
    this_quarter: bool
    since: Period | None
    effect: Effect | None = None

    @property
    def unfinished(self) -> bool:
        return self.standing in UNFINISHED


@dataclass(frozen=True, slots=True)
class Ledger:
    """The actions of a node as of a quarter, the most urgent first."""

    node: int
    period: Period
    lines: tuple[Line, ...]

    def number(self, *standings: Standing) -> int:
        return sum(line.standing in standings for line in self.lines)

    @property
    def overdue(self) -> int:
        return sum(line.overdue for line in self.lines)

    @property
    def this_quarter(self) -> int:
        return sum(line.this_quarter for line in self.lines)

    @property
    def effects(self) -> tuple[Line, ...]:
        """Those whose effect is compared, or will be."""
        return tuple(line for line in self.lines if line.effect is not None)

    @property
    def compared(self) -> tuple[Line, ...]:
        """Those whose effect is compared already."""
        return tuple(line for line in self.lines if line.effect is not None and line.effect.reached is not None)

    def sums(self) -> tuple[Brings, Brings]:
        """(promised, reached) of all that are compared, of the index of the ledger's node."""
        promised = came = Brings()
        for line in self.compared:
            if line.effect and line.effect.reached:
                promised, came = promised + line.effect.promised * line.effect.scale, came + line.effect.reached * line.effect.scale
        return promised, came


def read_ledger(
    store: Store,
    tree: Tree,
    node_id: int,
    period: Period,
    periods: Sequence[Period],
    checklist: Checklist,
    today: date,
    may_read: Callable[[Unit], bool] = lambda unit: True,
) -> Ledger:
    """The actions of a node and all below it that were decided in `period` or before. What a closed quarter left open is still
    there. `tree`, `checklist`: those of `period`; `periods`: all of the organisation. Those of units that are no more belong to the root."""
    readable = {unit.id for unit in tree.below(node_id) if may_read(unit)}
    earlier = {each.id: each for each in periods if each.start <= period.start}
    root = tree.unit(node_id).parent is None
    found = [
        action for action in store.actions(period.root)
        if action.period in earlier and (action.said.unit in readable or (root and action.said.unit not in tree))
    ]  # fmt: skip
    papers = _papers(store, tree, found, periods, checklist)
    lines = [_line(action, tree, node_id, period, earlier, checklist, today, papers) for action in found]
    return Ledger(node_id, period, tuple(sorted(lines, key=_urgency)))


def about_answers(
    store: Store, root_id: int, tree: Tree, unit: Unit, periods: Sequence[Period], checklist: Checklist
) -> dict[str, tuple[Action, Standing]]:
    """{question: the newest action about the answer that a unit gives to it, while it is unfinished or waits for that answer}. One query,
    and more only when something waits."""
    nodes = {unit.id, *(above.id for above in tree.path(unit.id))}
    scopes = {question.id: question.scope for question in checklist.questions}
    found = [
        action for action in store.actions(root_id, units=nodes, statuses=(*UNFINISHED, "done"))
        if action.said.question in scopes and (action.said.unit == unit.id or scopes[action.said.question] == "company")
    ]  # fmt: skip
    papers = _papers(store, tree, found, periods, checklist)
    standings = {action.id: _standing(action, tree, checklist, papers) for action in found}
    return {
        action.said.question: (action, standings[action.id]) for action in found
        if action.said.question and standings[action.id] in (*UNFINISHED, "waiting")
    }  # fmt: skip


def overdue_count(store: Store, root_id: int, units: Sequence[Unit], today: date) -> int:
    """How many unfinished actions of some units are past their day."""
    found = store.actions(root_id, units=[unit.id for unit in units], statuses=UNFINISHED)
    return sum(is_overdue(action, today) for action in found)


def is_overdue(action: Action, today: date) -> bool:
    return action.said.status in UNFINISHED and action.said.due is not None and action.said.due < today


def finished_before(line: Line, period: Period) -> bool:
    """Whether there is nothing left to do about it, and has not been since before the quarter began."""
    return line.standing not in (*UNFINISHED, "waiting") and line.since is not None and line.action.moved.date() < period.start


# --- what was answered since ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Paper:
    """The newest entries of one sheet, and the quarter that it belongs to."""

    sheet: Sheet
    period: Period
    entries: Mapping[str, Entry]


Papers = Mapping[int, tuple[_Paper, ...]]


def _papers(store: Store, tree: Tree, actions: Sequence[Action], periods: Sequence[Period], checklist: Checklist) -> Papers:
    """{node: its sheets, oldest first} as far as done actions are about them, from the quarter in which the first of them was done."""
    asked = {question.id: question for question in checklist.questions}
    done = [action for action in actions if action.said.status == "done" and action.said.question in asked]
    if not done:
        return {}
    nodes = {node for action in done for node in answered_on(tree, action.said.unit, asked[action.said.question or ""])}
    first = min(action.moved for action in done) - SLACK
    sheets = {
        sheet.id: (sheet, period) for period in periods if period.end >= first.date()
        for sheet in store.sheets_of(period.id, checklist.id) if sheet.unit in nodes
    }  # fmt: skip
    entries = store.entries_of(list(sheets), {action.said.question or "" for action in done})
    found: dict[int, tuple[_Paper, ...]] = {}
    for sheet_id, (sheet, period) in sheets.items():
        found[sheet.unit] = (*found.get(sheet.unit, ()), _Paper(sheet, period, entries[sheet_id]))
    return found


def _line(
    action: Action,
    tree: Tree,
    node_id: int,
    period: Period,
    earlier: Mapping[int, Period],
    checklist: Checklist,
    today: date,
    papers: Papers,
) -> Line:
    said = action.said
    question = next((each for each in checklist.questions if each.id == said.question), None)
    effect = None
    if said.status == "done" and question:
        nodes = answered_on(tree, said.unit, question)
        of = int(said.promise.get("of", action.root))
        effect = _effect(action, question, nodes, period, checklist, papers, of, scale(tree, said.unit, question, of, node_id))
    return Line(
        action=action,
        unit=tree.unit(said.unit) if said.unit in tree else None,
        question=question,
        standing=_standing(action, tree, checklist, papers),
        overdue=is_overdue(action, today),
        this_quarter=said.status in UNFINISHED and said.due is not None and period.start <= said.due <= period.end,
        since=earlier[action.period] if action.period != period.id else None,
        effect=effect,
    )


def _standing(action: Action, tree: Tree, checklist: Checklist, papers: Papers) -> Standing:
    said = action.said
    question = next((each for each in checklist.questions if each.id == said.question), None)
    if said.status != "done" or question is None:
        return said.status
    return "reflected" if _reflected(action, question, answered_on(tree, said.unit, question), checklist, papers) else "waiting"


def _reflected(action: Action, question: Question, nodes: Sequence[int], checklist: Checklist, papers: Papers) -> bool:
    """Whether some sheet ends in an answer that somebody gave after the action was done, at its level or above, with evidence. Where
    only something was to be found out, in any level; `na` leaves nothing to be answered."""
    for paper in (paper for node in nodes for paper in papers.get(node, ())):
        entry = paper.entries.get(question.id)
        if entry is None or entry.choice is None or entry.origin in COMES_FROM_ELSEWHERE or entry.at < action.moved - SLACK:
            continue
        level = codes(checklist).get(entry.choice)
        if level == NOT_APPLICABLE:
            return True
        wanted = action.said.to_level
        if level is not None and level >= (wanted or 0) and (not wanted or entry.evidence is not None):
            return True
    return False


def _effect(
    action: Action,
    question: Question,
    nodes: Sequence[int],
    period: Period,
    checklist: Checklist,
    papers: Papers,
    of: int,
    factor: Fraction,
) -> Effect | None:
    """Compared in the first quarter, from the one in which the action was done to the one that is looked at, in which the sheet
    is sealed on which the answer stands."""
    promise, wanted = brings(action.said), action.said.to_level
    if promise is None or wanted is None:
        return None
    done = action.moved.astimezone(UTC).date()
    by_period: dict[Period, Entry | None] = {}
    for node in nodes:  # nearest first: a later one is asked only where the nearer one has no answer
        for paper in papers.get(node, ()):
            entry = paper.entries.get(question.id)
            if entry and entry.answer and paper.period not in by_period:
                by_period[paper.period] = entry if paper.sheet.state == "sealed" else None
    for at in sorted((each for each in by_period if done <= each.end and each.start <= period.start), key=lambda each: each.start):
        entry = by_period[at]
        if entry is not None and entry.choice is not None:
            level = codes(checklist).get(entry.choice)
            if level is not None:
                return Effect(of, factor, promise, reached(checklist, promise, action.said.from_level, wanted, level), level, at)
    return Effect(of, factor, promise)


def _urgency(line: Line) -> tuple[bool, bool, int, date, int]:
    """Unfinished and late ones first, by their day; then what has to be answered anew."""
    due = line.action.said.due or date.max
    return not line.unfinished, not line.overdue, STANDINGS.index(line.standing) if not line.unfinished else 0, due, line.action.id
