"""From a scenario to corrective actions: one per stored answer that is to be raised."""

from collections.abc import Collection

from scoring.model import Question
from scoring.units import Unit
from scoring.whatif import Move, half_days
from tenken.auth import User
from tenken.corrective import writes
from tenken.corrective.check import TITLE
from tenken.i18n import Words
from tenken.store import Action, ActionDraft, Period, Store
from tenken.store.values import ActionStatus
from tenken.supposing.trial import Ground, Trial

UNFINISHED: tuple[ActionStatus, ...] = ("open", "doing")


def drafts(on: Ground, trial: Trial, _: Words) -> tuple[ActionDraft, ...]:
    """Raised answers as actions: the advice of a single level, or the sentence of the level that is to be reached. What each promises
    is worked out where it is written down."""
    checklist = on.portfolio.book.checklist
    questions = {question.id: question for question in checklist.questions}
    return tuple(
        ActionDraft(
            unit=move.unit,
            question=move.question,
            title=_title(questions[move.question], move, _)[:TITLE],
            source="scenario",
            half_days=half_days(checklist, move, on.efforts),
            from_level=move.before if move.before >= 0 else None,
            to_level=move.level,
        )
        for move in trial.outcome.moves
        if move.is_up
    )


def _title(question: Question, move: Move, _: Words) -> str:
    """A sentence of the checklist, in the language of whoever writes it down."""
    return _.text(question.advice[move.before] if move.level == move.before + 1 and move.before >= 0 else question.levels[move.level])


def not_yet(wanted: Collection[ActionDraft], unfinished: Collection[Action]) -> tuple[ActionDraft, ...]:
    """Those for which no unfinished action of the same unit and question goes as far already."""
    planned: dict[tuple[int, str | None], int] = {}
    for action in unfinished:
        key = action.said.unit, action.said.question
        planned[key] = max(planned.get(key, 0), action.said.to_level or 0)
    return tuple(each for each in wanted if planned.get((each.unit, each.question), -1) < (each.to_level or 0))


def holding(on: Ground, wanted: Collection[ActionDraft]) -> Unit:
    """The nearest node, from the one that is looked at upwards, that has all of them below it: company-scope answers are raised on
    the company's sheet."""
    tree, units = on.portfolio.book.tree, {each.unit for each in wanted}
    path = tree.path(on.node.id)
    return next((node for node in path if units <= {each.id for each in tree.below(node.id)}), path[-1])


def write_down(store: Store, user: User, on: Ground, period: Period, wanted: Collection[ActionDraft]) -> tuple[Action, ...]:
    """Writes the actions down that are not there already. Raises what `corrective.writes.create` raises."""
    tree = on.portfolio.book.tree
    root = tree.unit(period.root)
    missing = not_yet(wanted, store.actions(root.id, statuses=UNFINISHED))
    return writes.create(store, user, tree, root, period, missing)
