"""What the installation ships: checklists/ and data/, loaded and linted once per process."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from scoring.assessment import Outside
from scoring.casebook import Casebook
from scoring.cost import CostBook
from scoring.errors import Problem
from scoring.incident_gap import usable_years
from scoring.load.casebook import load_casebook, mapping_problems
from scoring.load.checklist import load_checklist
from scoring.load.cost import load_costs
from scoring.load.statistics import (
    load_controls,
    load_matrix,
    load_second_reference,
    load_statistics,
    load_subjects,
)
from scoring.load.style import style_problems
from scoring.model import (
    Checklist,
    Subject,
)
from scoring.outside import (
    CauseMatrix,
    Controls,
    SecondReference,
    Statistics,
)
from tenken.settings import ROOT

CHECKLISTS, DATA = ROOT / "checklists", ROOT / "data"
BUNDLED = "leak-causes"


@dataclass(frozen=True, slots=True)
class Content:
    """The bundled checklist and everything that its answers are compared with."""

    checklist: Checklist
    statistics: Statistics
    matrix: CauseMatrix
    reference: SecondReference
    controls: Controls
    subjects: tuple[Subject, ...]

    @property
    def outside(self) -> Outside:
        """The newest usable TSR year, the matrix and the second reference."""
        return Outside(usable_years(self.statistics)[-1:], self.matrix, self.reference)


@lru_cache(maxsize=8)
def load_content(checklists: Path = CHECKLISTS, data: Path = DATA, checklist: str = BUNDLED) -> Content:
    """Everything, or ChecklistError / DataError with every problem of the first file group that has one."""
    statistics = load_statistics(data)
    return Content(
        checklist=any_checklist(checklists / checklist, data),
        statistics=statistics,
        matrix=load_matrix(data),
        reference=load_second_reference(data, statistics),
        controls=load_controls(data),
        subjects=load_subjects(data),
    )


@lru_cache(maxsize=2)
def casebook(data: Path = DATA) -> Casebook:
    """The incidents of the replay, read when somebody first asks for them. Raises DataError."""
    return load_casebook(data)


def casebook_problems(data: Path = DATA) -> list[Problem]:
    """Controls of the casebook that lead to no question of the bundled checklist. Raises DataError, ChecklistError."""
    return mapping_problems(data, casebook(data), load_content(data=data).checklist)


@lru_cache(maxsize=2)
def cost_book(data: Path = DATA) -> CostBook:
    """What an incident would cost, item by item. Raises DataError. No part of `Content`: no quarter is judged by it."""
    return load_costs(data)


def any_checklist(folder: Path, data: Path = DATA) -> Checklist:
    """The checklist in `folder`, checked against the vocabularies under `data`."""
    controls, subjects = _vocabulary(data)
    return load_checklist(folder, controls=controls, subjects=subjects)


def style(folder: Path, data: Path = DATA) -> list[Problem]:
    """What should be written better in a checklist that loads."""
    controls, subjects = _vocabulary(data)
    return style_problems(folder, controls=controls, subjects=subjects)


def _vocabulary(data: Path) -> tuple[list[str], list[str]]:
    return [control for control, _ in load_controls(data).labels], [subject.id for subject in load_subjects(data)]
