"""What steps cost a company: effort per question and level, purchases, and what a person-day is reckoned at.

Kept as settled values of the company's node: 'efforts' as {question: [[half days, yen], …]}, level by level, and 'day_rate' in
yen. What a company has not said, the one above it says; what nobody has said, the checklist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from scoring.model import Question
from scoring.plan import DEFAULT, MOST_DAYS, Costs
from scoring.units import Tree, Unit
from tenken.auth import User, demand
from tenken.errors import PlanRefused
from tenken.store import Settled, Store

EFFORTS, DAY_RATE = "efforts", "day_rate"
MOST_YEN: Final = 100_000_000_000  # of one purchase
MOST_RATE: Final = 10_000_000  # of one person-day
Steps = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What every unit's steps cost (`of`), and what the company that is looked at has settled itself: its node (None for a
    supplier, whose costs are its own affair), its values, and the versions that were seen."""

    of: Mapping[int, Costs]
    company: Unit | None
    own: Mapping[str, Steps] = field(default_factory=dict)
    day_rate: int = 0
    efforts_seen: int = 0
    rate_seen: int = 0

    @property
    def has_yen(self) -> bool:
        """Whether anybody has said what anything costs in yen."""
        return any(costs.day_rate or any(yen for steps in costs.steps.values() for _days, yen in steps) for costs in self.of.values())


def prices(store: Store, tree: Tree, unit: Unit) -> Prices:
    """Reads and checks what was settled. Raises PlanRefused for a stored value that is none, StoreError."""
    companies = [each.id for each in tree.units if each.is_company]
    efforts, rates = store.settled_of(companies, EFFORTS), store.settled_of(companies, DAY_RATE)
    steps = {node: checked_efforts(kept.value) for node, kept in efforts.items()}
    rate = {node: checked_rate(kept.value) for node, kept in rates.items()}
    found: dict[tuple[int, ...], Costs] = {}
    of = {}
    for each in tree.units:
        above = tuple(node.id for node in tree.path(each.id) if node.is_company)
        if above not in found:
            merged: dict[str, Steps] = {}
            for node in reversed(above):
                merged |= steps.get(node, {})
            found[above] = Costs(next((rate[node] for node in above if rate.get(node)), 0), merged)
        of[each.id] = found[above]
    company = tree.company_of(unit.id)
    if company is None:
        return Prices(of, None)
    seen = (kept.get(company.id, Settled(None, 0)).version for kept in (efforts, rates))
    return Prices(of, company, steps.get(company.id, {}), rate.get(company.id, 0), *seen)


def checked_efforts(value: Any) -> dict[str, Steps]:
    """A stored or written value. Raises PlanRefused: bad_effort, bad_purchase with question=, level=, value=; bad_efforts."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise PlanRefused("bad_efforts")
    return {str(question): _checked_steps(str(question), steps) for question, steps in value.items()}


def _checked_steps(question: str, steps: Any) -> Steps:
    if not isinstance(steps, list | tuple) or any(not isinstance(pair, list | tuple) or len(pair) != 2 for pair in steps):
        raise PlanRefused("bad_efforts")
    for level, (half_days, yen) in enumerate(steps):
        if not _whole(half_days, 1, 2 * MOST_DAYS):
            raise PlanRefused("bad_effort", question=question, level=f"{level} → {level + 1}", value=_days(half_days))
        if not _whole(yen, 0, MOST_YEN):
            raise PlanRefused("bad_purchase", question=question, level=f"{level} → {level + 1}", value=str(yen))
    return tuple((half_days, yen) for half_days, yen in steps)


def checked_rate(value: Any) -> int:
    """Yen per person-day; 0 and None: not said. Raises PlanRefused(bad_day_rate, value=)."""
    if value is not None and not _whole(value, 0, MOST_RATE):
        raise PlanRefused("bad_day_rate", value=str(value))
    return int(value or 0)


def _whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _days(half_days: Any) -> str:
    return f"{half_days / 2:g}" if isinstance(half_days, int | float) else str(half_days)


# --- writing ---------------------------------------------------------------------------------------------------------


def settle_efforts(store: Store, user: User, tree: Tree, root: Unit, found: Prices, changes: Mapping[str, Steps | None]) -> Settled:
    """Keeps what questions cost the company; None brings the checklist's efforts back. Raises NotAllowed, PlanRefused, Conflict."""
    company = _company(found)
    demand(user, "plan", company.id, tree)
    value = {question: steps for question, steps in (dict(found.own) | dict(changes)).items() if steps is not None}
    return store.settle(root.id, company.id, EFFORTS, checked_efforts(value) or None, person=user.name, seen=found.efforts_seen)


def settle_day_rate(store: Store, user: User, tree: Tree, root: Unit, found: Prices, rate: int) -> Settled:
    """Keeps the company's yen per person-day; 0 clears it. Raises NotAllowed, PlanRefused, Conflict."""
    company = _company(found)
    demand(user, "plan", company.id, tree)
    return store.settle(root.id, company.id, DAY_RATE, checked_rate(rate) or None, person=user.name, seen=found.rate_seen)


def _company(found: Prices) -> Unit:
    if found.company is None:
        raise PlanRefused("bad_efforts")
    return found.company


def edited(questions: Sequence[Question], found: Prices, cells: Mapping[int, Mapping[str, Any]]) -> dict[str, Steps | None]:
    """Cells that were written in a table of efforts ({row: {column: value}}, columns of `day_column` and `yen_column`) as changes
    for `settle_efforts`; an emptied cell takes what would count without this company's own word. Raises PlanRefused: bad_effort,
    bad_purchase."""
    company, changes = _company(found), dict[str, Steps | None]()
    above = DEFAULT if company.parent is None else found.of.get(company.parent, DEFAULT)
    for row, written in cells.items():
        question = questions[row]
        plain = above.of(question)
        steps = [list(pair) for pair in found.of[company.id].of(question)]
        for level in range(len(plain)):
            if (name := day_column(level)) in written:
                steps[level][0] = plain[level][0] if written[name] is None else _half_days(question.id, level, written[name])
            if (name := yen_column(level)) in written:
                steps[level][1] = plain[level][1] if written[name] is None else _yen(question.id, level, written[name])
        changed = tuple((half_days, yen) for half_days, yen in steps)
        changes[question.id] = None if changed == plain else changed
    return changes


def _half_days(question: str, level: int, days: float) -> int:
    if days * 2 != int(days * 2):
        raise PlanRefused("bad_effort", question=question, level=f"{level} → {level + 1}", value=f"{days:g}")
    return int(days * 2)


def _yen(question: str, level: int, yen: float) -> int:
    if yen != int(yen):
        raise PlanRefused("bad_purchase", question=question, level=f"{level} → {level + 1}", value=f"{yen:g}")
    return int(yen)


def day_column(level: int) -> str:
    return f"days{level}"


def yen_column(level: int) -> str:
    return f"yen{level}"
