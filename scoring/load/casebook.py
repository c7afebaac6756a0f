"""data/casebook.yaml → Casebook, or one DataError that names every problem with file and line."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from scoring.casebook import Affected, Casebook, ChainStep, Consequence, Incident, Published
from scoring.errors import Problem
from scoring.incident_gap import TSR_CAUSES
from scoring.load.folder import Folder
from scoring.load.guard import NodePath
from scoring.load.statistics import load_controls
from scoring.load.text import Line, Strict, TextModel, Word
from scoring.model import CAUSES, Checklist, Text
from scoring.outside import Controls

CASEBOOK = "casebook.yaml"
SHORTEST = 3  # letters of a name that can be looked for: two stand in too many words

Amount = Annotated[int, Field(ge=0, le=10**13)]


class _Name(Strict):
    ja: Line
    en: Line


class _Affected(Strict):
    count: Amount
    unit: Literal["persons", "records", "accounts", "addresses"]
    qualifier: Literal["confirmed", "possible"]

    def value(self) -> Affected:
        return Affected(self.count, self.unit, self.qualifier == "possible")


class _Cost(Strict):
    yen: Amount | None = None
    note: TextModel | None = None


class _Stop(Strict):
    days: Amount | None = None
    note: TextModel | None = None


class _Step(Strict):
    step: Annotated[int, Field(ge=1)]
    what: TextModel
    controls: tuple[str, ...]
    basis: Literal["reported", "inferred"]
    where: Literal["own", "third_party"]

    def value(self) -> ChainStep:
        return ChainStep(self.step, self.what.value(), self.controls, self.basis == "reported", self.where == "own")


class _Source(Strict):
    title: Line
    url: str = Field(pattern=r"^https?://[^\s<>\"]+$")  # shown as a link: nothing but a web address may stand here
    dated: str = Field(default="", pattern=r"^([0-9]{4}(-[0-9]{2}){0,2})?$")


class _Incident(Strict):
    id: Annotated[str, Field(pattern=r"^[0-9]{4}-[a-z_]+-[0-9]+$")]
    organisation: _Name
    disclosed: str = Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")
    sector: Word
    affected: _Affected | None = None
    tsr_cause: Word
    causes: tuple[str, ...]
    summary: TextModel
    cost: _Cost | None = None
    stop: _Stop | None = None
    steps: tuple[_Step, ...]
    sources: tuple[_Source, ...]

    def value(self) -> Incident:
        return Incident(
            id=self.id,
            organisation=Text(self.organisation.ja, self.organisation.en),
            disclosed=self.disclosed,
            sector=self.sector,
            affected=self.affected.value() if self.affected else None,
            tsr_cause=self.tsr_cause,
            causes=self.causes,
            summary=self.summary.value(),
            steps=tuple(step.value() for step in self.steps),
            sources=tuple(Published(source.title, source.url, source.dated) for source in self.sources),
            cost=Consequence(self.cost.yen, self.cost.note.value() if self.cost.note else None) if self.cost else None,
            stop=Consequence(self.stop.days, self.stop.note.value() if self.stop.note else None) if self.stop else None,
        )


class _File(Strict):
    edition: Line
    gathered: date
    sectors: dict[Word, TextModel]
    unmapped: dict[str, TextModel]
    incidents: tuple[_Incident, ...]


def load_casebook(folder: Path) -> Casebook:
    """The casebook with the vocabulary of `controls.yaml` beside it. Raises DataError with every problem."""
    controls, desk = load_controls(folder), Folder(folder)
    document, file = desk.yaml(CASEBOOK, _File)
    desk.problems += [document.problem(path, what) for path, what in _faults(file, controls)]
    desk.check()
    return Casebook(
        edition=file.edition,
        gathered=file.gathered.isoformat(),
        sectors=tuple((sector, label.value()) for sector, label in file.sectors.items()),
        incidents=tuple(incident.value() for incident in file.incidents),
        controls=controls,
        unmapped=tuple((control, reason.value()) for control, reason in file.unmapped.items()),
    )


def mapping_problems(folder: Path, casebook: Casebook, checklist: Checklist) -> list[Problem]:
    """Controls of the casebook that no question lists and no reason stands for; and reasons that are not needed."""
    listed = {control for question in checklist.questions for control in question.controls}
    excused = {control for control, _reason in casebook.unmapped}
    name = f"{folder.resolve().name}/{CASEBOOK}"
    found = [f"{control} is listed by no question of {checklist.id}, and not named under unmapped" for control in casebook.used
             if control not in listed | excused]  # fmt: skip
    found += [f"unmapped: {control} is listed by a question of {checklist.id}" for control in sorted(excused & listed)]
    return [Problem(name, 0, what) for what in found]


def _faults(file: _File, controls: Controls) -> Iterator[tuple[NodePath, str]]:
    known, seen = {control for control, _label in controls.labels}, set[str]()
    for control in file.unmapped:
        if control not in known:
            yield ("unmapped", control), f"{control} is not known"
    if not file.incidents:
        yield ("incidents",), "there is none"
    for index, incident in enumerate(file.incidents):
        place: NodePath = ("incidents", index)
        if incident.id in seen:
            yield (*place, "id"), f"{incident.id} stands here twice"
        seen.add(incident.id)
        if not incident.id.startswith(f"{incident.disclosed[:4]}-{incident.sector}-"):
            yield (*place, "id"), "is not made of year, sector and a number"
        if incident.disclosed > file.gathered.isoformat()[:7]:
            yield (*place, "disclosed"), "is later than the day of gathering"
        if incident.sector not in file.sectors:
            yield (*place, "sector"), f"{incident.sector} is not known"
        if incident.tsr_cause not in TSR_CAUSES:
            yield (*place, "tsr_cause"), f"{incident.tsr_cause} is not one of TSR's four causes"
        for key, missing in (("causes", not incident.causes), ("steps", not incident.steps), ("sources", not incident.sources)):
            if missing:
                yield (*place, key), f"an incident without {key}"
        for number, cause in enumerate(incident.causes):
            if cause not in CAUSES or cause in incident.causes[:number]:
                yield (*place, "causes", number), f"{cause} is not one of our causes, or stands here twice"
        yield from _step_faults(incident, place, known)
        yield from _named(incident, place)


def _step_faults(incident: _Incident, place: NodePath, known: set[str]) -> Iterator[tuple[NodePath, str]]:
    for index, step in enumerate(incident.steps):
        here: NodePath = (*place, "steps", index)
        if step.step != index + 1:
            yield (*here, "step"), f"steps out of order: expected {index + 1}"
        if not step.controls:
            yield (*here, "controls"), "a step without a control"
        for number, control in enumerate(step.controls):
            if control not in known:
                yield (*here, "controls", number), f"{control} is not known"
            elif control in step.controls[:number]:
                yield (*here, "controls", number), f"{control} stands here twice"


def _named(incident: _Incident, place: NodePath) -> Iterator[tuple[NodePath, str]]:
    """Names belong to the page of sources: neither summary nor steps hold one."""
    spelled = (incident.organisation.ja, incident.organisation.en)
    names = {part.strip() for name in spelled for part in re.split(r"[/／（）();,、]", name)}
    texts: list[tuple[NodePath, TextModel]] = [((*place, "summary"), incident.summary)]
    texts += [((*place, "steps", index, "what"), step.what) for index, step in enumerate(incident.steps)]
    for path, text in texts:
        for name in sorted(name for name in names if len(name) >= SHORTEST):
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)" if name.isascii() else re.escape(name), f"{text.ja} {text.en}"):
                yield path, f"names the organisation ({name})"
