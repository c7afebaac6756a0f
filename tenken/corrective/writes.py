"""Every write about corrective actions: who may, and what can be kept, is looked at first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from scoring.model import Checklist
from scoring.units import Tree, Unit
from tenken.auth import User, demand
from tenken.corrective.check import check_comment, check_draft
from tenken.corrective.promise import with_promises
from tenken.editions import content_of
from tenken.store import Action, ActionDraft, ActionLine, Period, Store

__all__ = ["ActionDraft", "change", "comment", "create"]


def create(store: Store, user: User, tree: Tree, root: Unit, period: Period, drafts: Sequence[ActionDraft]) -> tuple[Action, ...]:
    """Writes down actions decided by the figures of `period`, all or none. `tree`: its units. One that raises a question and
    comes without a promise gets one (promise.py).

    Raises NotAllowed, ActionError, NotFound, UnitsError('unknown_unit')."""
    checklist = content_of(store, period.pins).checklist
    for draft in drafts:
        demand(user, "act", tree.unit(draft.unit).id, tree)
        check_draft(draft, checklist)
    if not drafts:
        return ()
    promised = with_promises(store, root, period, [_trimmed(draft) for draft in drafts], date.today())
    return store.create_actions(root.id, period.id, promised, person=user.name)


def change(store: Store, user: User, tree: Tree, checklist: Checklist, seen: Action, wanted: ActionDraft) -> Action:
    """Changes what may change of an action. Raises NotAllowed, ActionError, Conflict('action_changed'), NotFound."""
    demand(user, "act", _standing(tree, seen), tree)
    check_draft(wanted, checklist)
    return store.change_action(seen, _trimmed(wanted), person=user.name)


def comment(store: Store, user: User, tree: Tree, seen: Action, text: str) -> ActionLine:
    """Raises NotAllowed, ActionError, NotFound."""
    demand(user, "act", _standing(tree, seen), tree)
    check_comment(text)
    return store.comment_action(seen.id, text.strip(), person=user.name)


def _trimmed(draft: ActionDraft) -> ActionDraft:
    return replace(draft, title=" ".join(draft.title.split()), owner=" ".join(draft.owner.split()))


def _standing(tree: Tree, seen: Action) -> int:
    """The unit whose matter an action is; the root's, when its unit is no more."""
    return seen.said.unit if seen.said.unit in tree else seen.root
