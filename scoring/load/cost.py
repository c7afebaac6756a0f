"""data/cost.yaml → CostBook, or DataError with every problem by file and line."""

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from scoring.cost import (
    MOST_ASSUMED,
    MOST_YEN,
    Assumption,
    Base,
    CostBook,
    CostSource,
    Fact,
    Item,
    Kind,
    Price,
    Unit,
    check_price,
)
from scoring.errors import CostError
from scoring.load.folder import Folder
from scoring.load.guard import NodePath
from scoring.load.text import Line, Strict, TextModel, Word

COST = "cost.yaml"
FAULTS = {
    "cost_order": "low ≤ mode ≤ high does not hold",
    "cost_jnsa": "JNSA’s assumed damage per person is no price",
}


def _digits(value: int) -> int:
    if value < 0:
        raise ValueError("must not be negative")
    return value


Whole = Annotated[int, AfterValidator(_digits)]


class _PriceNode(Strict):
    low: Whole
    mode: Whole | None = None
    high: Whole

    def value(self) -> Price:
        return Price(self.low, self.mode, self.high)


class _AssumptionNode(Strict):
    id: Word
    label: TextModel
    about: TextModel
    unit: Unit
    default: Whole


class _SourceNode(Strict):
    title: TextModel
    year: Annotated[str, Field(pattern=r"^[0-9]{4}(-[0-9]{4})?$")]
    url: Annotated[str, Field(pattern=r"^https?://\S+$")]  # shown as a link: nothing but a web address may stand here


class _ItemNode(Strict):
    id: Word
    label: TextModel
    about: TextModel
    base: Base
    by: Word | None = None
    price: _PriceNode
    kinds: tuple[Word, ...]
    optional: tuple[Word, ...] = ()
    sources: tuple[Word, ...]
    judgement: TextModel | None = None

    def value(self) -> Item:
        judgement = self.judgement.value() if self.judgement else None
        return Item(self.id, self.label.value(), self.about.value(), self.base, self.by, self.price.value(), self.kinds, self.optional,
                    self.sources, judgement)  # fmt: skip


class _FactNode(Strict):
    label: TextModel
    says: TextModel
    sources: Annotated[tuple[Word, ...], Field(min_length=1)]


class _File(Strict):
    edition: Line
    gathered: date
    kinds: Annotated[dict[Word, TextModel], Field(min_length=1)]
    assumptions: tuple[_AssumptionNode, ...]
    sources: dict[Word, _SourceNode]
    items: tuple[_ItemNode, ...]
    facts: tuple[_FactNode, ...]


def load_costs(folder: Path) -> CostBook:
    """Raises DataError."""
    desk = Folder(folder)
    document, file = desk.yaml(COST, _File)
    for path, what in (*_assumption_faults(file), *_item_faults(file), *_kind_faults(file), *_source_faults(file)):
        desk.problems.append(document.problem(path, what))
    desk.check()
    return CostBook(
        edition=file.edition,
        gathered=file.gathered,
        kinds=tuple(Kind(name, label.value()) for name, label in file.kinds.items()),
        items=tuple(item.value() for item in file.items),
        assumptions=tuple(Assumption(a.id, a.label.value(), a.about.value(), a.unit, a.default) for a in file.assumptions),
        sources=tuple(CostSource(name, s.title.value(), s.year, s.url) for name, s in file.sources.items()),
        facts=tuple(Fact(fact.label.value(), fact.says.value(), fact.sources) for fact in file.facts),
    )


Faults = Iterator[tuple[NodePath, str]]


def _assumption_faults(file: _File) -> Faults:
    seen: set[str] = set()
    for index, each in enumerate(file.assumptions):
        if each.id in seen:
            yield ("assumptions", index, "id"), f"{each.id} stands here twice"
        seen.add(each.id)
        if each.default > MOST_ASSUMED[each.unit]:
            yield ("assumptions", index, "default"), f"above {MOST_ASSUMED[each.unit]:,}"


def _item_faults(file: _File) -> Faults:
    units, seen = {each.id: each.unit for each in file.assumptions}, set[str]()
    for index, item in enumerate(file.items):
        place: NodePath = ("items", index)
        if item.id in seen:
            yield (*place, "id"), f"{item.id} stands here twice"
        seen.add(item.id)
        yield from _times_faults(item, units, place)
        try:
            check_price(item.id, item.base, item.price.value())
        except CostError as error:
            yield (*place, "price"), FAULTS.get(error.code, f"above {MOST_YEN[item.base]:,} yen")
        both = [*item.kinds, *item.optional]
        for kind in both:
            if kind not in file.kinds:
                yield (*place, "kinds"), f"{kind} is not one of the kinds"
        if not both or len(set(both)) < len(both):
            yield (*place, "kinds"), "every kind stands once, in kinds or in optional"
        if not item.sources and not item.judgement:
            yield (*place, "sources"), "a price without a source is a judgement, and says so"


def _times_faults(item: _ItemNode, units: dict[str, Unit], place: NodePath) -> Faults:
    unit = units.get(item.by) if item.by else None
    if item.by and unit is None:
        yield (*place, "by"), f"{item.by} is not one of the assumptions"
    elif item.base == "months" and unit != "months":
        yield (*place, "base"), "months need an assumption in months"
    elif item.by and (item.base not in ("persons", "months") or (item.base == "persons" and unit == "months")):
        yield (*place, "by"), f"{item.base} cannot be multiplied with {item.by}"


def _kind_faults(file: _File) -> Faults:
    for kind in file.kinds:
        if not any(kind in item.kinds for item in file.items):
            yield ("kinds", kind), "has no item"


def _source_faults(file: _File) -> Faults:
    named: list[tuple[NodePath, Collection[str]]] = [(("items", n, "sources"), item.sources) for n, item in enumerate(file.items)]
    named += [(("facts", n, "sources"), fact.sources) for n, fact in enumerate(file.facts)]
    for path, sources in named:
        for source in sources:
            if source not in file.sources:
                yield path, f"{source} is not one of the sources"
    used = {source for _path, sources in named for source in sources}
    for source in file.sources:
        if source not in used:
            yield ("sources", source), "is used by nothing"
