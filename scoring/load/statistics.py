"""What stands under data/: published figures, the matrix between causes, the second reference, the controls.

CSV rows and YAML trees become frozen values here, or one DataError that names every problem with file and line.
Numbers are ints, or Fractions of the decimal text, never floats. Nothing is filled in: a row that does not stand
in the file stays None, because "not published" and "zero" are different facts.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator

from scoring.incident_gap import TSR_CAUSES
from scoring.load.folder import Folder
from scoring.load.text import Line, Strict, TextModel
from scoring.model import (
    CAUSES,
    Subject,
    Text,
)
from scoring.outside import (
    CauseMatrix,
    Controls,
    Figure,
    Largest,
    MatrixCell,
    SecondReference,
    Source,
    Statistics,
    Year,
)

TSR = "tsr_listed_companies"
FIRST_YEAR = 2012
INCIDENTS, SOURCES, LARGEST = "tsr/incidents.csv", "tsr/sources.csv", "tsr/largest.csv"
SECONDARY, ABOUT = "secondary/figures.csv", "statistics.yaml"

# The one unit of each measure; a row with a measure that is not here is refused.
COUNTS = ("incidents", "companies", "persons", "reports", "rank")
UNITS = {
    "share_percent": "percent",
    "average_persons": "persons_per_incident",
    "cost": "yen",
    "effort": "person_months",
}
UNITS |= {count: count for count in COUNTS}

# Each incident has one cause and one medium, each company one industry and one market, so these counts add to at
# most the total. Size bands overlap and are not here.
PARTS = (("cause", "incidents"), ("medium", "incidents"), ("industry", "companies"), ("market", "companies"))


def _number(text: str) -> int | Fraction:
    """An exact number from plain digits; few enough of them to keep a hostile cell cheap."""
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", str(text)):
        raise ValueError("not a number such as 1234 or 12.5")
    if text.startswith("-"):
        raise ValueError("must not be negative")
    value = Fraction(text)
    return int(value) if value.denominator == 1 else value


Number = Annotated[int | Fraction, PlainValidator(_number)]
Share = Annotated[Fraction, PlainValidator(lambda text: Fraction(_number(text)))]
Id = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$")]
Ids = Annotated[tuple[Id, ...], BeforeValidator(lambda text: text.split(";"))]
Period = Annotated[str, Field(pattern=r"^(FY[0-9]{4}|[0-9]{4}(H[12])?)$")]
TsrYear = Annotated[str, Field(pattern=r"^[0-9]{4}$")]


class _AboutFile(Strict):
    edition: Line
    gathered: date
    coverage: TextModel
    limits: tuple[TextModel, ...]
    labels: dict[Id, TextModel]


class _FigureRow(Strict):
    dataset: Id
    period: Period = Field(alias="year")
    dimension: Id
    category: Id
    measure: Id
    value: Number
    unit: Id
    source: Id = Field(alias="source_id")
    note: str


class _TsrRow(_FigureRow):
    dataset: Id = TSR  # not a column: all of the file is TSR's
    period: TsrYear = Field(alias="year")
    dimension: Literal["total", "cause", "medium", "industry", "market", "size_band", "cumulative"]


class _SourceRow(Strict):
    id: Id = Field(alias="source_id")
    publisher: Line
    title: Line
    url: str = Field(pattern=r"^https?://\S+$")  # shown as a link: nothing but a web address may stand here
    published: str = Field(alias="published_date", pattern=r"^[0-9]{4}(-[0-9]{2}){0,2}$")
    note: str = Field(alias="accessed_note")


class _LargestRow(Strict):
    year: TsrYear
    organisation_ja: Line
    organisation_en: Line
    persons: Annotated[int, BeforeValidator(_number)]
    qualifier: Literal["exact", "about", "up_to"]
    cause: str
    sources: Ids


class _CellNode(Strict):
    low: Share
    central: Share
    high: Share
    judgement: bool
    reason: TextModel

    def value(self) -> MatrixCell:
        return MatrixCell(self.low, self.central, self.high, self.judgement, self.reason.value())


class _MatrixFile(Strict):
    edition: Line
    rows: dict[str, Annotated[dict[str, _CellNode], Field(min_length=1)]]


class _Pick(Strict):
    dimension: Id
    category: Id


class _ReferenceFile(Strict):
    dataset: Id
    period: Period
    causes: dict[str, _Pick]
    rest_of: _Pick
    reason: TextModel


class _ControlsFile(Strict):
    controls: dict[Id, TextModel]
    detect_or_limit: tuple[str, ...]
    supplier: tuple[str, ...]
    administrative: tuple[str, ...]


class _SubjectNode(Strict):
    id: Annotated[str, Field(pattern=r"^([CKMD]\d+)(\.\d+)?$")]
    label: TextModel


class _SubjectsFile(Strict):
    subjects: tuple[_SubjectNode, ...]


def load_statistics(folder: Path) -> Statistics:
    """TSR's and the secondary figures with their sources and words. Raises DataError with every problem."""
    desk = Folder(folder)
    sources = _sources(desk)
    # A broken list of sources is one problem, not one more for every figure that leans on it.
    known = None if desk.problems else {source.id for source in sources}
    tsr = _figures(desk, INCIDENTS, _TsrRow, known)
    secondary = _figures(desk, SECONDARY, _FigureRow, known)
    largest = _largest(desk, known)
    _check_parts(desk, tsr)

    about = desk.yaml(ABOUT, _AboutFile)[1]
    labels = {key: words.value() for key, words in about.labels.items()}
    _check_labels(desk, INCIDENTS, tsr, labels)
    _check_labels(desk, SECONDARY, secondary, labels)
    dated = [(INCIDENTS, line, figure.period) for line, figure in tsr.items()]
    dated += [(SECONDARY, line, figure.period) for line, figure in secondary.items()]
    dated += [(LARGEST, line, str(entry.year)) for line, entry in largest.items()]
    for name, line, period in dated:
        if not FIRST_YEAR <= int(period.removeprefix("FY")[:4]) <= about.gathered.year:
            desk.refuse(name, line, f"year: {period} is not between {FIRST_YEAR} and {about.gathered.year}")
    annual = [f for f in tsr.values() if f.dimension != "cumulative" and not f.note.startswith("PARTIAL YEAR")]
    if not annual and not desk.problems:
        desk.refuse(INCIDENTS, 0, "has no figure of a full year")
    desk.check()
    return Statistics(
        edition=about.edition,
        gathered=about.gathered,
        coverage=about.coverage.value(),
        limits=tuple(limit.value() for limit in about.limits),
        labels=tuple((labels | {f.category: labels[_word(f)] for f in tsr.values()}).items()),
        years=_years(annual, list(labels)),
        figures=tuple(tsr.values()),
        secondary=tuple(secondary.values()),
        largest=tuple(largest.values()),
        sources=sources,
    )


def _sources(desk: Folder) -> tuple[Source, ...]:
    found: dict[str, Source] = {}
    for line, row in desk.rows(SOURCES, _SourceRow):
        if row.id in found:
            desk.refuse(SOURCES, line, f"source_id: {row.id} stands here twice")
        found[row.id] = Source(**dict(row))
    return tuple(found.values())


def _figures(desk: Folder, name: str, model: type[_FigureRow], known: set[str] | None) -> dict[int, Figure]:
    """Line → figure to use. A row marked ALTERNATE is a conflicting print of another one: checked, but left out."""
    found: dict[int, Figure] = {}
    first: dict[tuple[str, str, str, str, str], int] = {}
    alternates: dict[int, tuple[str, str, str, str, str]] = {}
    for line, row in desk.rows(name, model):
        figure = Figure(**dict(row))
        for what in _faults(figure, known):
            desk.refuse(name, line, what)
        key = (figure.dataset, figure.period, figure.dimension, figure.category, figure.measure)
        if figure.note.startswith("ALTERNATE"):
            alternates[line] = key
        elif key in first:
            desk.refuse(name, line, f"the same figure as in line {first[key]}; mark the one to skip as ALTERNATE")
        else:
            first[key], found[line] = line, figure
    for line, key in alternates.items():
        if key not in first:
            desk.refuse(name, line, "ALTERNATE to a figure that is not here")
    return found


def _faults(figure: Figure, known: set[str] | None) -> Iterator[str]:
    unit = UNITS.get(figure.measure)
    if unit is None:
        yield f"measure: {figure.measure} is not known"
    elif figure.unit != unit:
        yield f"unit: must be {unit} for {figure.measure}"
    if figure.measure in COUNTS and isinstance(figure.value, Fraction):
        yield "value: a count must be whole"
    if unit == "percent" and figure.value > 100:
        yield "value: a share above 100 %"
    if known is not None and figure.source not in known:
        yield f"source_id: {figure.source} is not in {SOURCES}"
    if figure.dataset == TSR and figure.dimension == "cause" and figure.category not in TSR_CAUSES:
        # To name or spread the rest is not ours: incidents without one of the four causes stay unassigned.
        yield f"category: {figure.category} is not one of TSR's four causes"


def _largest(desk: Folder, known: set[str] | None) -> dict[int, Largest]:
    found: dict[int, Largest] = {}
    for line, row in desk.rows(LARGEST, _LargestRow):
        if row.cause and row.cause not in TSR_CAUSES:
            desk.refuse(LARGEST, line, f"cause: {row.cause} is not one of TSR's four causes")
        for source in row.sources:
            if known is not None and source not in known:
                desk.refuse(LARGEST, line, f"sources: {source} is not in {SOURCES}")
        name = Text(row.organisation_ja, row.organisation_en)
        found[line] = Largest(int(row.year), name, row.persons, row.qualifier, row.cause or None, row.sources)
    return found


def _check_parts(desk: Folder, figures: dict[int, Figure]) -> None:
    added: Counter[tuple[str, str, str]] = Counter()
    for figure in figures.values():
        added[figure.period, figure.dimension, figure.measure] += int(figure.value)
    for line, total in figures.items():
        for dimension, measure in PARTS:
            parts = added[total.period, dimension, measure]
            if (total.dimension, total.measure) == ("total", measure) and parts > total.value:
                desk.refuse(INCIDENTS, line, f"value: the {dimension} counts of {total.period} add to {parts}, above this")


def _check_labels(desk: Folder, name: str, figures: dict[int, Figure], labels: dict[str, Text]) -> None:
    """Every id that can reach a screen has its words; a missing one is named once, where it first stands."""
    named = set(labels)
    for line, figure in figures.items():
        for key in {figure.dataset, figure.dimension, _word(figure)} - named:
            desk.refuse(name, line, f"{key} has no label in {ABOUT}")
            named.add(key)


def _word(figure: Figure) -> str:
    """The id whose label a category shows: cumulative rows write `cause_loss_misdisposal` for `loss_misdisposal`."""
    cumulative = figure.dimension == "cumulative"
    return re.sub("^(cause|medium|market|size)_", "", figure.category) if cumulative else figure.category


def _years(annual: list[Figure], order: list[str]) -> tuple[Year, ...]:
    """Every year from the survey's first to the last published one; categories in the order of the labels."""

    def counts(year: int, dimension: str, measure: str) -> tuple[tuple[str, Figure], ...]:
        found = [f for f in annual if (f.period, f.dimension, f.measure) == (str(year), dimension, measure)]
        return tuple((f.category, f) for f in sorted(found, key=lambda f: order.index(f.category)))

    return tuple(
        Year(
            year=year,
            incidents=dict(counts(year, "total", "incidents")).get("total"),
            companies=dict(counts(year, "total", "companies")).get("total"),
            persons=dict(counts(year, "total", "persons")).get("total"),
            causes=counts(year, "cause", "incidents"),
            media=counts(year, "medium", "incidents"),
            industries=counts(year, "industry", "companies"),
            size_bands=counts(year, "size_band", "incidents"),
        )
        for year in range(FIRST_YEAR, max(int(figure.period) for figure in annual) + 1)
    )


def load_matrix(folder: Path) -> CauseMatrix:
    """TSR cause → our cause, checked exactly: each row adds to 1 and can do so anywhere between its bounds."""
    desk = Folder(folder)
    document, file = desk.yaml("cause_matrix.yaml", _MatrixFile)

    def demand(holds: bool, what: str, *path: str) -> None:
        if not holds:
            desk.problems.append(document.problem(("rows", *path), what))

    for tsr_cause in TSR_CAUSES:
        demand(tsr_cause in file.rows, f"{tsr_cause} is missing")
    for tsr_cause, row in file.rows.items():
        demand(tsr_cause in TSR_CAUSES, "is not one of TSR's four causes", tsr_cause)
        for cause, cell in row.items():
            ordered = 0 <= cell.low <= cell.central <= cell.high <= 1
            demand(cause in CAUSES, "is not one of our causes", tsr_cause, cause)
            demand(ordered, "0 ≤ low ≤ central ≤ high ≤ 1 does not hold", tsr_cause, cause)
        low, central, high = map(sum, zip(*((c.low, c.central, c.high) for c in row.values()), strict=True))
        demand(central == 1, f"central adds to {central}, not to 1", tsr_cause)
        demand(low <= 1 <= high, f"low adds to {low}, high to {high}: 1 must lie between", tsr_cause)
    desk.check()
    rows = {name: tuple((cause, cell.value()) for cause, cell in row.items()) for name, row in file.rows.items()}
    return CauseMatrix(file.edition, tuple(rows.items()))


def load_second_reference(folder: Path, statistics: Statistics) -> SecondReference:
    """Reports under our causes: the file says which count stands for which cause, the figures say how many."""
    desk = Folder(folder)
    document, file = desk.yaml("ppc_reference.yaml", _ReferenceFile)
    published = {(f.dataset, f.period, f.dimension, f.category, f.measure): f for f in statistics.secondary}
    sources: dict[str, None] = {}

    def count(pick: _Pick, *path: str) -> int:
        figure = published.get((file.dataset, file.period, pick.dimension, pick.category, "reports"))
        if figure is None:
            desk.problems.append(document.problem(path, f"no such reports of {file.period} in {SECONDARY}"))
            return 0
        sources[figure.source] = None
        return int(figure.value)

    counts = {cause: count(pick, "causes", cause) for cause, pick in file.causes.items()}
    for cause in counts.keys() - CAUSES:
        desk.problems.append(document.problem(("causes", cause), "is not one of our causes"))
    # Only what was counted within the same dimension is a part of that whole.
    inside = sum(counts[cause] for cause, pick in file.causes.items() if pick.dimension == file.rest_of.dimension)
    rest = count(file.rest_of, "rest_of") - inside
    if rest < 0:
        desk.problems.append(document.problem(("rest_of",), f"the causes within it add to {inside}, above this"))
    desk.check()
    return SecondReference(tuple(counts.items()), rest, file.period, tuple(sources), file.reason.value())


def load_controls(folder: Path) -> Controls:
    """The controls that questions and the casebook may name."""
    desk = Folder(folder)
    document, file = desk.yaml("controls.yaml", _ControlsFile)
    kinds = {key: getattr(file, key) for key in ("detect_or_limit", "supplier", "administrative")}
    for key, controls in kinds.items():
        for index, control in enumerate(controls):
            if control not in file.controls:
                desk.problems.append(document.problem((key, index), f"{control} is not known"))
    desk.check()
    return Controls(tuple((control, words.value()) for control, words in file.controls.items()), **kinds)


def load_subjects(folder: Path) -> tuple[Subject, ...]:
    """The ids that checklists and duties have to cover."""
    desk = Folder(folder)
    document, file = desk.yaml("subject.yaml", _SubjectsFile)
    ids = [subject.id for subject in file.subjects]
    desk.problems += [document.problem(("subjects", i), f"{name} stands here twice") for i, name in enumerate(ids) if name in ids[:i]]
    desk.check()
    return tuple(Subject(subject.id, subject.label.value()) for subject in file.subjects)
