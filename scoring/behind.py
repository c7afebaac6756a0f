"""What stands behind a number of a node: its units with their sums, its questions, and whose sheet an answer stands on."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from scoring.engine import FIELDS, places, score_matrix
from scoring.model import UNKNOWN, Checklist, Question, Score
from scoring.portfolio import Portfolio, View
from scoring.sheets import Sheets, columns_of
from scoring.units import Tree, Unit


@dataclass(frozen=True, slots=True)
class Share:
    """One unit's part of a node's number: the `score` of the unit alone, which counts `weight` times."""

    unit: Unit
    weight: int
    score: Score


@dataclass(frozen=True, slots=True)
class Held:
    """What one unit says to a question: `level` is a code of scoring.model, `evidenced` whether valid evidence stands behind a
    level, `source` the unit on whose sheet it stands."""

    question: Question
    level: int
    evidenced: bool
    source: Unit


def members(portfolio: Portfolio, node_id: int) -> tuple[Unit, ...]:
    """The units that make up a node's numbers."""
    rows, _ = portfolio.members(node_id)
    return tuple(portfolio.units[row] for row in rows.tolist())


def shares(
    portfolio: Portfolio, node_id: int, questions: Collection[str], view: View = "whole", *, evidenced: bool = False
) -> tuple[Share, ...]:
    """What each unit of a node says to some of the view's questions; Σ weight × score is what the node says."""
    _rows, weights = portfolio.members(node_id)
    checklist, sheets = portfolio.checklist(view), portfolio.of(node_id, view)
    member = np.array([[question.id in questions] for question in checklist.questions], dtype=np.float32)
    sums = score_matrix(checklist, sheets.evidenced if evidenced else sheets.claimed, member)
    fields = np.stack([sums[name][:, 0] for name in FIELDS], axis=-1).tolist()
    units = members(portfolio, node_id)
    return tuple(Share(unit, int(weight), Score(*row)) for unit, weight, row in zip(units, weights, fields, strict=True))


def question_scores(portfolio: Portfolio, node_id: int, view: View = "whole", *, evidenced: bool = False) -> dict[str, Score]:
    """{question: what all units of a node together say to it}; they add up to the node's total."""
    checklist, sheets = portfolio.checklist(view), portfolio.of(node_id, view)
    alone = np.eye(len(checklist.questions), dtype=np.float32)
    sums = score_matrix(checklist, sheets.evidenced if evidenced else sheets.claimed, alone)
    fields = np.stack([sheets.weights @ sums[name] for name in FIELDS], axis=-1).tolist()
    return {question.id: Score(*row) for question, row in zip(checklist.questions, fields, strict=True)}


def held(portfolio: Portfolio, unit_id: int, view: View = "whole") -> tuple[Held, ...]:
    """What one reporting unit or supplier says, inherited answers among it, in checklist order."""
    sheets, units = portfolio.of(unit_id, view), portfolio.book.tree.units
    rows = zip(sheets.claimed[0].tolist(), sheets.evidenced[0].tolist(), sheets.sources[0].tolist(), strict=True)
    return tuple(
        Held(question, level, level > 0 and proven == level, units[source])
        for question, (level, proven, source) in zip(portfolio.checklist(view).questions, rows, strict=True)
    )


def says(portfolio: Portfolio, node_id: int, question: Question, view: View = "whole") -> tuple[Held, ...]:
    """What each unit of a node says to one question of the view, in the order of `members`."""
    sheets, units = portfolio.of(node_id, view), portfolio.book.tree.units
    at = places(portfolio.checklist(view))[question.id]
    columns = (part[:, at].tolist() for part in (sheets.claimed, sheets.evidenced, sheets.sources))
    rows = zip(*columns, strict=True)
    return tuple(Held(question, level, level > 0 and proven == level, units[source]) for level, proven, source in rows)


def units_below(portfolio: Portfolio, node_id: int, view: View = "whole") -> dict[str, int]:
    """{critical question: how many units of the node stand below the critical level, or do not know}; only those with some."""
    checklist, sheets = portfolio.checklist(view), portfolio.of(node_id, view)
    low = (sheets.claimed == UNKNOWN) | ((sheets.claimed >= 0) & (sheets.claimed < checklist.critical_level))
    counts = (low.sum(axis=0) * columns_of(checklist).critical).tolist()
    return {question.id: count for question, count in zip(checklist.questions, counts, strict=True) if count}


def units_at(checklist: Checklist, sheets: Sheets, question_id: str, code: int) -> int:
    """How many of the sheets say `code` to a question."""
    return int((sheets.claimed[:, places(checklist)[question_id]] == code).sum())


def answered_by(tree: Tree, unit: Unit, question: Question) -> Unit:
    """Who answers the question for the unit: itself, or whoever holds that duty at its company."""
    if question.scope == "unit" or unit.is_supplier:
        return unit
    company = tree.company_of(unit.id)
    return unit if company is None else tree.duty_holder(company.id, question.owner)


def first_answered(tree: Tree, unit: Unit, questions: Collection[Question]) -> tuple[Unit, Question]:
    """Where to go for the answers behind a unit's `questions` (at least one): the first one that it answers itself, else whoever
    answers the first one of all for it."""
    own = next((question for question in questions if answered_by(tree, unit, question) == unit), None)
    asked = own or next(iter(questions))
    return answered_by(tree, unit, asked), asked


def in_column(checklist: Checklist, kind: str, name: str) -> tuple[Question, ...]:
    """The questions of a Column of scoring.portfolio."""
    if kind == "total":
        return checklist.questions
    return tuple(question for question in checklist.questions if getattr(question, kind) == name)
