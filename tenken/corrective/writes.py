"""Every write about corrective actions: who may, and what can be kept, is looked at first."""

from collections.abc import Sequence

from scoring.model import Checklist
from scoring.units import Tree, Unit
from tenken.auth import User, demand
from tenken.corrective.check import check_comment, check_draft
from tenken.editions import content_of
from tenken.store import Action, ActionDraft, ActionLine, Period, Store

__all__ = ["ActionDraft", "change", "comment", "create"]


def create(store: Store, user: User, tree: Tree, root: Unit, period: Period, drafts: Sequence[ActionDraft]) -> tuple[Action, ...]:
    """Writes down actions decided by the figures of `period`, all or none. `tree`: its units.

    Raises NotAllowed, ActionError, NotFound, UnitsError('unknown_unit')."""
    checklist = content_of(store, period.pins).checklist
    for draft in drafts:
        demand(user, "act", tree.unit(draft.unit).id, tree)
        check_draft(draft, checklist)
    return store.create_actions(root.id, period.id, drafts, person=user.name) if drafts else ()


def change(store: Store, user: User, tree: Tree, checklist: Checklist, seen: Action, wanted: ActionDraft) -> Action:
    """Changes what may change of an action. Raises NotAllowed, ActionError, Conflict('action_changed'), NotFound."""
    demand(user, "act", _standing(tree, seen), tree)
    check_draft(wanted, checklist)
    return store.change_action(seen, wanted, person=user.name)


def comment(store: Store, user: User, tree: Tree, seen: Action, text: str) -> ActionLine:
    """Raises NotAllowed, ActionError, NotFound."""
    demand(user, "act", _standing(tree, seen), tree)
    check_comment(text)
    return store.comment_action(seen.id, text.strip(), person=user.name)


def _standing(tree: Tree, seen: Action) -> int:
    """The unit whose matter an action is; the root's, when its unit is no more."""
    return seen.said.unit if seen.said.unit in tree else seen.root
