"""What actions are to bring, worked out when they are decided, by the figures of that quarter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache

from scoring.assessment import Assessment
from scoring.effect import Brings, promised
from scoring.engine import places
from scoring.model import OPEN, Question
from scoring.portfolio import Portfolio, assess_units
from scoring.units import Tree, Unit
from tenken.books import portfolio
from tenken.editions import content_of
from tenken.store import ActionDraft, Period, Store


def with_promises(store: Store, root: Unit, period: Period, drafts: Sequence[ActionDraft], today: date) -> tuple[ActionDraft, ...]:
    """The drafts, each that raises a question and promises nothing yet with what that brings; the quarter is read only for those."""
    if not any(_to_be_said(draft) for draft in drafts):
        return tuple(drafts)
    sheets, content = portfolio(store, period, today), content_of(store, period.pins)

    @cache  # many drafts take something off the index of the same few nodes
    def judged(node_id: int) -> Assessment | None:
        return assess_units(sheets, node_id, content.outside)

    edition = content.statistics.edition
    return tuple(
        replace(draft, promise=promise(sheets, edition, judged, root.id, draft)) if _to_be_said(draft) else draft for draft in drafts
    )  # fmt: skip


def promise(
    sheets: Portfolio, edition: str, judged: Callable[[int], Assessment | None], root_id: int, draft: ActionDraft
) -> Mapping[str, str]:
    """What a draft takes off the index of whoever answers the question: of the unit, or of the company for all that inherit its answer;
    of the whole organisation's where that node is asked nothing. `judged`: a node as a whole, None
    where nothing counts; `edition`: of the statistics. `scale` says what that is of another node's."""
    asked = sheets.book.checklist.questions
    at = places(sheets.book.checklist).get(draft.question or "")
    if at is None or draft.to_level is None or draft.unit not in sheets.book.tree:
        return {}
    source = _source(sheets, draft.unit, at)
    for node_id in dict.fromkeys((sheets.book.tree.units[source].id, draft.unit, root_id)):
        members, weights = sheets.members(node_id)
        times = int(weights[sheets.sheets.sources[members, at] == source].sum())
        found = judged(node_id) if times else None
        if found:
            brings = promised(sheets.book.checklist, found.result, found.gap, asked[at], draft.from_level, draft.to_level, times)
            return {"gap": str(brings.gap), "loss": str(brings.loss), "statistics": edition, "of": str(node_id)}
    return {}


def brings(draft: ActionDraft) -> Brings | None:
    """What was promised; None where nothing was."""
    if "gap" not in draft.promise and "loss" not in draft.promise:
        return None
    return Brings(Fraction(draft.promise.get("gap", "0")), Fraction(draft.promise.get("loss", "0")))


def scale(tree: Tree, unit_id: int, question: Question, of: int, node_id: int) -> Fraction:
    """What to multiply with what an action takes off the index of the node `of`, to have what it takes off that of `node_id`: the part
    of either's weight that the answer counts for. A node's index is the weighted mean of its units'."""
    if of == node_id:
        return Fraction(1)
    if not {unit_id, of, node_id} <= {unit.id for unit in tree.units}:
        return Fraction(0)
    company = tree.company_of(unit_id)
    head = company.id if question.scope == "company" and company else unit_id
    there, here = (_covered(tree, head, node) for node in (of, node_id))
    return here / there if there else Fraction(0)


def _covered(tree: Tree, head: int, node_id: int) -> Fraction:
    """The part of a node's weight that stands below `head`."""
    below = {unit.id for unit in tree.reporting(head)}
    weights = [(unit.weight, unit.id in below) for unit in tree.reporting(node_id)]
    whole = sum(weight for weight, _ in weights)
    return Fraction(sum(weight for weight, inside in weights if inside), whole) if whole else Fraction(0)


def answered_on(tree: Tree, unit_id: int, question: Question) -> tuple[int, ...]:
    """The nodes on whose sheets a unit's answer may stand, nearest first."""
    if unit_id not in tree:
        return ()
    return (unit_id,) if question.scope == "unit" else tuple(unit.id for unit in tree.path(unit_id))


def level_at(sheets: Portfolio, unit_id: int, question_id: str) -> int:
    """The code that counts for a unit now; OPEN where nobody has answered."""
    at = places(sheets.book.checklist)[question_id]
    node = sheets.book.tree.units[_source(sheets, unit_id, at)].id
    return _level(sheets, node, at)


def _to_be_said(draft: ActionDraft) -> bool:
    return draft.question is not None and draft.to_level is not None and not draft.promise


def _source(sheets: Portfolio, unit_id: int, at: int) -> int:
    """Where among the tree's units the answer stands that counts for a unit."""
    tree = sheets.book.tree
    if unit_id in sheets.places:
        return int(sheets.sheets.sources[sheets.places[unit_id], at])
    nodes = answered_on(tree, unit_id, sheets.book.checklist.questions[at])
    node = next((node for node in nodes if _level(sheets, node, at) != OPEN), unit_id)
    return [unit.id for unit in tree.units].index(node)


def _level(sheets: Portfolio, node_id: int, at: int) -> int:
    book = sheets.book
    return int(book.levels[book.units.index(node_id), at]) if node_id in book.units else OPEN
