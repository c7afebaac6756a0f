"""What a file of units would change, before anything is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenken.store.values import UnitPlan

_FIELDS = ("parent", "kind", "headcount", "weight", "reporting", "valid_to")


@dataclass(frozen=True, slots=True)
class Changed:
    """A unit that is there and would be another; `columns` are the fields that differ, by their names in files."""

    before: UnitPlan
    after: UnitPlan
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitsPreview:
    """Units that would be new, others, and the same; `seen`: how the new and the others stand now, by code."""

    created: tuple[UnitPlan, ...]
    changed: tuple[Changed, ...]
    same: int

    @property
    def plans(self) -> tuple[UnitPlan, ...]:
        return (*self.created, *(change.after for change in self.changed))

    @property
    def seen(self) -> dict[str, UnitPlan | None]:
        return {plan.code: None for plan in self.created} | {change.before.code: change.before for change in self.changed}


def preview_units(plans: Sequence[UnitPlan], there: Mapping[str, UnitPlan]) -> UnitsPreview:
    """Against what is there at this moment, by code (`Organisation.plans`)."""
    changed = [
        Changed(there[plan.code], plan, columns) for plan in plans if plan.code in there and (columns := differing(there[plan.code], plan))
    ]
    created = tuple(plan for plan in plans if plan.code not in there)
    return UnitsPreview(created, tuple(changed), len(plans) - len(created) - len(changed))


def differing(before: UnitPlan, after: UnitPlan) -> tuple[str, ...]:
    """Names of the columns in which two plans of a unit differ."""
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in _FIELDS}
    pairs |= {"name_ja": (before.name.ja, after.name.ja), "name_en": (before.name.en, after.name.en)}
    pairs |= {"duties": (set(before.owners), set(after.owners))}
    return tuple(name for name, (old, new) in pairs.items() if old != new)
