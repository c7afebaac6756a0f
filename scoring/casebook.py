"""Publicly disclosed incidents as ordered steps, each with the controls that would have broken it (data/casebook.yaml)."""

from dataclasses import dataclass
from typing import Literal

from scoring.model import Text
from scoring.outside import Controls

CountedAs = Literal["persons", "records", "accounts", "addresses"]


@dataclass(frozen=True, slots=True)
class Affected:
    """The largest number stated; `possible`: may have been exposed. Records may count a person twice."""

    count: int
    counted: CountedAs
    possible: bool


@dataclass(frozen=True, slots=True)
class Consequence:
    """What it cost in yen, or for how many days something stood still, as far as it was published, and what that number is."""

    amount: int | None
    note: Text | None


@dataclass(frozen=True, slots=True)
class Published:
    """A page that facts were read from; `dated` as precisely as seen, empty when not seen."""

    title: str
    url: str
    dated: str


@dataclass(frozen=True, slots=True)
class ChainStep:
    """`reported`: a source says that every one of `controls` was absent or failed; otherwise our reading. `ours`: it happened
    inside the organisation; otherwise at a contractor, vendor or other third party."""

    number: int
    what: Text
    controls: tuple[str, ...]
    reported: bool
    ours: bool


@dataclass(frozen=True, slots=True)
class Incident:
    """`id` holds no name; neither do `summary` and `steps`. `causes`: of our causes, the main one first."""

    id: str
    organisation: Text
    disclosed: str
    sector: str
    affected: Affected | None
    tsr_cause: str
    causes: tuple[str, ...]
    summary: Text
    steps: tuple[ChainStep, ...]
    sources: tuple[Published, ...]
    cost: Consequence | None = None
    stop: Consequence | None = None

    @property
    def year(self) -> int:
        return int(self.disclosed[:4])


@dataclass(frozen=True, slots=True)
class Casebook:
    """`controls`: the vocabulary and its kinds; `unmapped`: controls that no question lists, each with the reason."""

    edition: str
    gathered: str
    sectors: tuple[tuple[str, Text], ...]
    incidents: tuple[Incident, ...]
    controls: Controls
    unmapped: tuple[tuple[str, Text], ...] = ()

    def sector(self, sector_id: str) -> Text:
        return dict(self.sectors)[sector_id]

    def control(self, control_id: str) -> Text:
        return dict(self.controls.labels)[control_id]

    def incident(self, incident_id: str) -> Incident | None:
        return next((incident for incident in self.incidents if incident.id == incident_id), None)

    @property
    def used(self) -> tuple[str, ...]:
        """The controls that steps name, in the order of the vocabulary."""
        named = {control for incident in self.incidents for step in incident.steps for control in step.controls}
        return tuple(control for control, _label in self.controls.labels if control in named)
