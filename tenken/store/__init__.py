"""Where answers are kept: SQLAlchemy inside, values outside."""

from tenken.store.store import Store
from tenken.store.values import (
    Entry,
    Origin,
    Period,
    Quarter,
    Readiness,
    Saved,
    Sheet,
    Unit,
    quarter_of,
)

__all__ = [
    "Entry",
    "Origin",
    "Period",
    "Quarter",
    "Readiness",
    "Saved",
    "Sheet",
    "Store",
    "Unit",
    "quarter_of",
]
