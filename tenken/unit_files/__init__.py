"""Units as a file: out, back in, and what it would change before anything is written.

`units_csv` / `units_xlsx` → people change it → `read_units` → `preview_units` → `organisation.apply_units`.
"""

from tenken.unit_files.error_words import unit_problem_texts
from tenken.unit_files.preview import Changed, UnitsPreview, differing, preview_units
from tenken.unit_files.read import read_units
from tenken.unit_files.write import units_csv, units_xlsx

__all__ = [
    "Changed",
    "UnitsPreview",
    "differing",
    "preview_units",
    "read_units",
    "unit_problem_texts",
    "units_csv",
    "units_xlsx",
]
