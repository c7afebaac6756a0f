"""Where answers are kept: SQLAlchemy inside, values outside."""

from tenken.store.store import Store
from tenken.store.values import (
    Entry,
    Origin,
    Period,
    Readiness,
    Saved,
    Sheet,
    Unit,
)

__all__ = [
    "Entry",
    "Origin",
    "Period",
    "Readiness",
    "Saved",
    "Sheet",
    "Store",
    "Unit",
]
