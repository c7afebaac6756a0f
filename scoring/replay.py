"""Would it have happened to us? Real incidents, step by step, against the evidenced strength of our controls (docs/scoring.md, 6).

    strength = evidenced percent over the questions that list the control        holds ≥ 75, partly ≥ 50
    administrative controls never make more than partly; detect-or-limit controls never stop, they limit
    a third-party step looks at supplier controls only; without any it is outside our reach
    likely   a reported step holds          possibly   only inferred steps hold
    slowed   a step holds partly, or is limited          through   none of it

A step stands as its best control does, an incident as its best step. All comparisons are of integers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt

from scoring.casebook import Casebook, ChainStep, Incident
from scoring.engine import FIELDS, score_matrix
from scoring.model import Checklist, Question, Score
from scoring.outside import Controls
from scoring.sheets import Flags, Levels, Sheets, Sums

Result = Literal["likely", "possibly", "slowed", "through", "outside"]
State = Literal["holds", "partly", "limits", "lacking", "unmeasured", "outside"]
Kind = Literal["stops", "administrative", "limits"]

RESULTS: tuple[Result, ...] = ("through", "slowed", "possibly", "likely")  # by rank, 0..3
THROUGH, SLOWED, POSSIBLY, LIKELY = range(4)
BEST_FIRST: tuple[Result, ...] = (*RESULTS[::-1], "outside")
STATES: tuple[State, ...] = ("holds", "limits", "partly", "lacking", "unmeasured", "outside")  # best first
MOST = 3  # controls that are tried together
NAMED = 3  # controls that are named of one unit


@dataclass(frozen=True, slots=True)
class Strength:
    """What the questions that list a control add up to: with valid evidence, and as claimed."""

    control: str
    evidenced: Score
    claimed: Score


@dataclass(frozen=True, slots=True)
class Held:
    """One control of a step: `strength` is None where no question lists it. `state`: what it does for the step."""

    control: str
    kind: Kind
    strength: Strength | None
    state: State


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of an incident against our controls. `held`: those that reach it; none: it is outside our reach."""

    step: ChainStep
    held: tuple[Held, ...]
    state: State


@dataclass(frozen=True, slots=True)
class Replayed:
    """`because`: the steps that decided, none where it went through; `stages` in order."""

    incident: Incident
    result: Result
    stages: tuple[Stage, ...]
    because: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Incidents by result: always all of them."""

    likely: int = 0
    possibly: int = 0
    slowed: int = 0
    through: int = 0
    outside: int = 0

    def of(self, result: Result) -> int:
        found: int = getattr(self, result)
        return found

    @property
    def total(self) -> int:
        return self.likely + self.possibly + self.slowed + self.through + self.outside


@dataclass(frozen=True, slots=True)
class Replay:
    """All incidents of a casebook, in its order."""

    casebook: Casebook
    strengths: Mapping[str, Strength]
    incidents: tuple[Replayed, ...]

    @property
    def counts(self) -> Counts:
        return count(each.result for each in self.incidents)

    def of(self, incident_id: str) -> Replayed | None:
        return next((each for each in self.incidents if each.incident.id == incident_id), None)


def count(results: Iterable[Result]) -> Counts:
    found = list(results)
    return Counts(*(found.count(result) for result in BEST_FIRST))


# --- strengths -----------------------------------------------------------------------------------


def strengths_of(checklist: Checklist, sheets: Sheets) -> dict[str, Strength]:
    """{control: what these sheets say of it together, each as often as it counts}; only controls that questions list."""
    controls, member = _listed(checklist)
    both = (_scores(checklist, levels, sheets.weights, member) for levels in (sheets.evidenced, sheets.claimed))
    return {control: Strength(control, *scores) for control, *scores in zip(controls, *both, strict=True)}


def as_claimed(strengths: Mapping[str, Strength]) -> dict[str, Strength]:
    """The same controls as if every answer had evidence: context, never the headline."""
    return {control: replace(strength, evidenced=strength.claimed) for control, strength in strengths.items()}


def rows_of(checklist: Checklist, sheets: Sheets, control: str) -> tuple[tuple[Question, Strength], ...]:
    """The questions that list a control, each with its part of the strength; they add up to it."""
    asked = [number for number, question in enumerate(checklist.questions) if control in question.controls]
    member = np.eye(len(checklist.questions), dtype=np.float32)[:, asked]
    both = (_scores(checklist, levels, sheets.weights, member) for levels in (sheets.evidenced, sheets.claimed))
    return tuple((checklist.questions[number], Strength(control, *scores)) for number, *scores in zip(asked, *both, strict=True))


@lru_cache(maxsize=64)
def _listed(checklist: Checklist) -> tuple[tuple[str, ...], npt.NDArray[np.float32]]:
    """The controls that questions list, sorted, and (questions, controls) of 0 and 1."""
    controls = sorted({control for question in checklist.questions for control in question.controls})
    member = [[control in question.controls for control in controls] for question in checklist.questions]
    return tuple(controls), np.array(member, dtype=np.float32).reshape(len(checklist.questions), len(controls))


def _scores(checklist: Checklist, levels: Levels, weights: Sums, member: npt.NDArray[np.float32]) -> list[Score]:
    sums = score_matrix(checklist, levels, member)
    return [Score(*fields) for fields in np.stack([weights @ sums[name] for name in FIELDS], axis=-1).tolist()]


# --- one incident after the other ----------------------------------------------------------------


def kind_of(controls: Controls, control: str) -> Kind:
    if control in controls.detect_or_limit:
        return "limits"
    return "administrative" if control in controls.administrative else "stops"


def reaching(controls: Controls, step: ChainStep) -> tuple[str, ...]:
    """The controls of a step that are ours: of a third party's step only those that reach suppliers."""
    return step.controls if step.ours else tuple(control for control in step.controls if control in controls.supplier)


def state_of(kind: Kind, score: Score | None) -> State:
    """What a control of this kind does at this strength. What is not applicable to us stops nothing."""
    if score is None or not score.possible:
        return "unmeasured"
    if score.earned * 4 >= score.possible * 3 and kind != "administrative":
        return "limits" if kind == "limits" else "holds"
    return "partly" if score.earned * 2 >= score.possible else "lacking"


def replay(casebook: Casebook, strengths: Mapping[str, Strength]) -> Replay:
    """Every incident against these strengths."""
    held = {}
    for control in casebook.used:
        kind, strength = kind_of(casebook.controls, control), strengths.get(control)
        held[control] = Held(control, kind, strength, state_of(kind, strength.evidenced if strength else None))
    return Replay(casebook, strengths, tuple(_replayed(incident, casebook.controls, held) for incident in casebook.incidents))


def _replayed(incident: Incident, controls: Controls, held: Mapping[str, Held]) -> Replayed:
    stages = tuple(_stage(step, tuple(held[control] for control in reaching(controls, step))) for step in incident.steps)
    if all(stage.state == "outside" for stage in stages):
        return Replayed(incident, "outside", stages, ())
    ranks = [_rank(stage.step, stage.state) for stage in stages]
    best = max(ranks)
    because = tuple(stage.step.number for stage, rank in zip(stages, ranks, strict=True) if rank == best and best > THROUGH)
    return Replayed(incident, RESULTS[best], stages, because)


def _stage(step: ChainStep, held: tuple[Held, ...]) -> Stage:
    return Stage(step, held, min((each.state for each in held), key=STATES.index, default="outside"))


def _rank(step: ChainStep, state: State) -> int:
    if state == "holds":
        return LIKELY if step.reported else POSSIBLY
    return SLOWED if state in ("partly", "limits") else THROUGH


# --- the same rule over arrays: what more strength would do, and what each unit alone says ----------


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """The casebook as arrays. `controls`: its used ones, sorted; `raised`: int8 (controls, incidents), the rank that an incident
    has at least when the control stands at its best; `reached`: bool, same shape; `outside`: (incidents,)."""

    controls: tuple[str, ...]
    raised: npt.NDArray[np.int8]
    reached: Flags
    outside: Flags


@lru_cache(maxsize=4)
def _board(casebook: Casebook) -> Board:
    controls = tuple(sorted(casebook.used))
    place = {control: number for number, control in enumerate(controls)}
    raised = np.zeros((len(controls), len(casebook.incidents)), dtype=np.int8)
    reached = np.zeros(raised.shape, dtype=np.bool_)
    best: dict[Kind, State] = {"stops": "holds", "administrative": "partly", "limits": "limits"}
    for column, incident in enumerate(casebook.incidents):
        for step in incident.steps:
            for control in reaching(casebook.controls, step):
                row = place[control]
                reached[row, column] = True
                raised[row, column] = max(int(raised[row, column]), _rank(step, best[kind_of(casebook.controls, control)]))
    return Board(controls, raised, reached, np.logical_not(reached.any(axis=0)))


@dataclass(frozen=True, slots=True)
class Move:
    """One incident that stands better than before."""

    incident: Incident
    before: Result
    after: Result


@dataclass(frozen=True, slots=True)
class Combination:
    """Controls that would move the most incidents when they are raised together to where they hold. `stopped`: how many of the
    moves end at possibly or likely stopped; `equals`: how many other combinations of as many controls do as well."""

    controls: tuple[str, ...]
    moves: tuple[Move, ...]
    stopped: int
    equals: int


def combinations_of(found: Replay, most: int = MOST) -> tuple[Combination, ...]:
    """For one, two … `most` controls the combination, of all there are, that moves the most incidents to where they would possibly
    or likely have been stopped; then the one that moves the most at all (to slowed, too: no detection counts as a stop); then by
    id. Ends where another control adds nothing. Controls that nothing is known of, or that are not applicable, are left out."""
    board = _board(found.casebook)
    now = np.array([RESULTS.index(each.result) if each.result != "outside" else THROUGH for each in found.incidents], dtype=np.int8)
    known = np.array([_can_rise(found.strengths.get(control)) for control in board.controls], dtype=np.bool_)
    moved = (board.raised > now) & known[:, None]
    stopped = moved & (board.raised >= POSSIBLY)
    rows = np.flatnonzero(moved.any(axis=1))
    answer, last = list[Combination](), 0
    for size in range(1, min(most, len(rows)) + 1):
        tried = rows[np.array(list(combinations(range(len(rows)), size)), dtype=np.intp)]
        value = _union(stopped, tried) * (len(now) + 1) + _union(moved, tried)
        best = int(value.argmax())  # the first of equals: combinations stand in the order of their ids
        if value[best] <= last:
            break
        last = int(value[best])
        answer.append(_combination(found, board, now, tried[best], int((value == last).sum()) - 1))
    return tuple(answer)


def _can_rise(strength: Strength | None) -> bool:
    return strength is not None and strength.evidenced.possible > 0


def _union(moves: Flags, tried: npt.NDArray[np.intp]) -> Sums:
    """(combinations,): how many incidents at least one control of each moves."""
    covered: Sums = np.logical_or.reduce([moves[tried[:, place]] for place in range(tried.shape[1])]).sum(axis=1)
    return covered


def _combination(found: Replay, board: Board, now: npt.NDArray[np.int8], rows: npt.NDArray[np.intp], equals: int) -> Combination:
    then = np.maximum(board.raised[rows].max(axis=0), now).tolist()
    moves = tuple(
        Move(each.incident, each.result, RESULTS[after]) for each, before, after in zip(found.incidents, now.tolist(), then, strict=True)
        if after > before
    )  # fmt: skip
    return Combination(
        tuple(board.controls[row] for row in rows.tolist()), moves, sum(RESULTS.index(m.after) >= POSSIBLY for m in moves), equals
    )


# --- units ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Behind:
    """A control in which a unit stands below the others together: both evidenced."""

    control: str
    own: Score
    others: Score


@dataclass(frozen=True, slots=True)
class Part:
    """One unit of a node by itself. `row` of the sheets; `behind`: the NAMED weak controls that it pulls down most."""

    row: int
    counts: Counts
    behind: tuple[Behind, ...]


def weak_controls(found: Replay) -> tuple[str, ...]:
    """The controls of steps that do not hold, in incidents that were not likely stopped; in the order of the vocabulary."""
    weak = {
        held.control for each in found.incidents if each.result not in ("likely", "outside")
        for stage in each.stages if stage.state != "holds" for held in stage.held if held.state in ("partly", "lacking")
    }  # fmt: skip
    return tuple(control for control in found.casebook.used if control in weak)


def parts_of(found: Replay, checklist: Checklist, sheets: Sheets) -> tuple[Part, ...]:
    """Every sheet replayed by itself, its own and inherited answers, in the order of `sheets`."""
    controls, member = _listed(checklist)
    sums = score_matrix(checklist, sheets.evidenced, member)
    earned, possible = sums["earned"], sums["possible"]
    results = _results(found.casebook, controls, earned, possible)
    behind = _behind(weak_controls(found), controls, earned, possible, sheets.weights)
    return tuple(Part(row, count(results[row]), behind[row]) for row in range(len(results)))


def _results(casebook: Casebook, controls: Sequence[str], earned: Sums, possible: Sums) -> list[list[Result]]:
    board = _board(casebook)
    columns = [controls.index(control) for control in board.controls if control in controls]
    rows = [row for row, control in enumerate(board.controls) if control in controls]
    earned, possible = earned[:, columns], possible[:, columns]
    stops = np.array([kind_of(casebook.controls, board.controls[row]) == "stops" for row in rows], dtype=np.bool_)
    holds = (possible > 0) & (earned * 4 >= possible * 3) & stops
    partly = (possible > 0) & (earned * 2 >= possible)
    ranks = np.zeros((len(earned), board.raised.shape[1]), dtype=np.int8)
    for column, row in enumerate(rows):
        ranks = np.maximum(ranks, np.where(holds[:, [column]], board.raised[row], partly[:, [column]] & board.reached[row]))
    return [
        ["outside" if out else RESULTS[rank] for rank, out in zip(line, board.outside.tolist(), strict=True)] for line in ranks.tolist()
    ]


def _behind(weak: Sequence[str], controls: Sequence[str], earned: Sums, possible: Sums, weights: Sums) -> list[tuple[Behind, ...]]:
    """Per unit the weak controls in which it earns less of its points than the others do of theirs, by how much less."""
    named = [control for control in weak if control in controls]
    columns = [controls.index(control) for control in named]
    earned, possible = earned[:, columns], possible[:, columns]
    others_earned = weights @ earned - weights[:, None] * earned
    others_possible = weights @ possible - weights[:, None] * possible
    below = (possible > 0) & (others_possible > 0) & (earned * others_possible < others_earned * possible)
    less = np.where(below, earned / np.maximum(possible, 1) - others_earned / np.maximum(others_possible, 1), 0.0)
    order = less.argsort(axis=1, kind="stable")[:, :NAMED]
    return [
        tuple(
            Behind(named[at], Score(earned=int(earned[row, at]), possible=int(possible[row, at])),
                   Score(earned=int(others_earned[row, at]), possible=int(others_possible[row, at])))
            for at in ordered if below[row, at]
        )
        for row, ordered in enumerate(order.tolist())
    ]  # fmt: skip
