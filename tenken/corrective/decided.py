"""From a decision to corrective actions: one per stored answer that is to be raised, by a plan or by a scenario."""

from collections.abc import Collection

from scoring.model import Question
from scoring.units import Tree, Unit
from tenken.auth import User
from tenken.corrective import writes
from tenken.corrective.check import TITLE
from tenken.i18n import Words
from tenken.store import Action, ActionDraft, Period, Store
from tenken.store.values import ActionSource, ActionStatus

UNFINISHED: tuple[ActionStatus, ...] = ("open", "doing")


def raising(
    question: Question, unit: int, levels: tuple[int | None, int | None], source: ActionSource, half_days: int, yen: int, _: Words
) -> ActionDraft:
    """An answer to be raised from one level to another as an action: the advice of a single level, or the sentence of the level that is
    to be reached. `levels`: None at first is open or unknown, None then is to find out. What it promises is worked out where it is
    written down."""
    before, level = levels
    if level is None:
        title = _("Find out: {text}", text=_.text(question.text))
    else:
        title = _.text(question.advice[before] if before is not None and level == before + 1 else question.levels[level])
    return ActionDraft(
        unit=unit, question=question.id, title=title[:TITLE], source=source, half_days=half_days, yen=yen, from_level=before, to_level=level
    )


def not_yet(wanted: Collection[ActionDraft], unfinished: Collection[Action]) -> tuple[ActionDraft, ...]:
    """Those for which no unfinished action of the same unit and question goes as far already."""
    planned: dict[tuple[int, str | None], int] = {}
    for action in unfinished:
        key = action.said.unit, action.said.question
        planned[key] = max(planned.get(key, 0), action.said.to_level or 0)
    return tuple(each for each in wanted if planned.get((each.unit, each.question), -1) < (each.to_level or 0))


def holding(tree: Tree, node: Unit, wanted: Collection[ActionDraft]) -> Unit:
    """The nearest node, from the one that is looked at upwards, that has all of them below it: company-scope answers are raised on
    the company's sheet."""
    units, path = {each.unit for each in wanted}, tree.path(node.id)
    return next((above for above in path if units <= {each.id for each in tree.below(above.id)}), path[-1])


def write_down(store: Store, user: User, tree: Tree, period: Period, wanted: Collection[ActionDraft]) -> tuple[Action, ...]:
    """Writes the actions down that are not there already. Raises what `corrective.writes.create` raises."""
    root = tree.unit(period.root)
    missing = not_yet(wanted, store.actions(root.id, statuses=UNFINISHED))
    return writes.create(store, user, tree, root, period, missing)
