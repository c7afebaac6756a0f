"""Who may do what, where: one table, asked before every write and by every page that offers one. Pure.

Until there is a sign-in, people say who they are (`identity: declared`): the table keeps honest people from doing what is not
theirs, and every record says that nobody checked the name (本人確認なし).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from scoring.units import Tree
from tenken.errors import NotAllowed
from tenken.store.values import Role

Action = Literal[
    "read",  # see answers and numbers
    "answer",  # answer, confirm, undo, bring evidence, read answers back from a file
    "submit",  # hand a sheet in, and take it back before it is reviewed
    "review",  # return with remarks, or approve
    "seal",  # fix a sheet for good
    "periods",  # open, date and close quarters
    "units",  # the tree of units
    "people",  # names and their roles
    "settings",  # backup, sample, settings
    "plan",  # efforts, targets, scenarios, assumptions
    "act",  # corrective actions
]
ACTIONS: Final[tuple[Action, ...]] = ("read", "answer", "submit", "review", "seal", "periods", "units", "people", "settings", "plan", "act")

# A role is held for a unit and all below it. Nobody approves a sheet that they answered: that is no matter of roles, and the
# store looks for it in the log (`Life.advance`).
TABLE: Final[Mapping[Role, frozenset[Action]]] = {
    "respondent": frozenset({"read", "answer", "submit", "act"}),
    "approver": frozenset({"read", "review", "act"}),
    "office": frozenset({"read", "answer", "submit", "review", "seal", "periods", "units", "plan", "act"}),
    "auditor": frozenset({"read"}),
    "board": frozenset({"read"}),
    "administrator": frozenset({"read", "periods", "units", "people", "settings"}),
}
ROLES: Final[tuple[Role, ...]] = tuple(TABLE)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody at a screen or a command line. `solo`: the organisation has given nobody a role, so whoever is here does
    everything, and what they seal says 自己承認."""

    name: str
    roles: tuple[tuple[Role, int], ...] = ()
    solo: bool = False

    @property
    def unit(self) -> int | None:
        """The unit that the person answers for; None without one."""
        return next((node for role, node in self.roles if role == "respondent"), next((node for _, node in self.roles), None))


def can(user: User, action: Action, unit_id: int, tree: Tree) -> bool:
    """Whether the user may do this at that unit. Suppliers stand below the company that buys from them."""
    if user.solo:
        return True
    above = _above(unit_id, tree)
    return any(action in TABLE[role] and node in above for role, node in user.roles)


def demand(user: User, action: Action, unit_id: int, tree: Tree) -> None:
    """Raises NotAllowed(action) unless the user `can`."""
    if not can(user, action, unit_id, tree):
        raise NotAllowed(f"not_allowed_{action}", person=user.name)


def _above(unit_id: int, tree: Tree) -> frozenset[int]:
    found = set[int]()
    node: int | None = unit_id
    while node is not None:
        found.add(node)
        node = tree.unit(node).parent
    return frozenset(found)
