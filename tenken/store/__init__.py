"""Where answers are kept: SQLAlchemy inside, values outside."""

from tenken.store.store import Store
from tenken.store.values import (
    Entry,
    Event,
    KeptFile,
    Origin,
    Period,
    Person,
    Pins,
    Readiness,
    Role,
    Row,
    Saved,
    Scenario,
    Seal,
    Settled,
    Sheet,
    SheetState,
    UnitPlan,
)

__all__ = [
    "Entry",
    "Event",
    "KeptFile",
    "Origin",
    "Period",
    "Person",
    "Pins",
    "Readiness",
    "Role",
    "Row",
    "Saved",
    "Scenario",
    "Seal",
    "Settled",
    "Sheet",
    "SheetState",
    "Store",
    "UnitPlan",
]
