"""What an incident would cost, *if* one of a chosen kind, number of persons and days of stop happens. Pure.

    draw i of item j   = price_j(u_ij) in whole yen × quantity_j
    price(u)           = inverse of the triangular distribution (low, most likely, high); of the uniform one without a most likely value
    quantity           = 1, persons × share, months, or days of stop; persons are rounded up
    total_i            = Σ_j draw_ij over the items that are in
    covered_i          = min(limit, max(0, total_i − deductible))
    own_i              = total_i − covered_i
    P10, P50, P90      = the 10th, 50th and 90th of 100 equal parts of the sorted draws (nearest rank)

Each item has a stream of its own out of PCG64(seed, item), so the same seed gives the same numbers on every run and machine, a changed price
leaves the other items as they are, and more persons never cost less. No frequency, no score: it says nothing about whether.
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final, Literal
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from scoring.errors import CostError
from scoring.model import Text

Base = Literal["incident", "persons", "days", "months"]
Unit = Literal["percent", "per_10000", "months"]
Yen = NDArray[np.int64]

DRAWS: Final = 20_000
MOST_PERSONS: Final = 200_000_000
MOST_DAYS: Final = 3_650
MOST_SEED: Final = 2**32 - 1
MOST_INSURED: Final = 10**12
# The highest price in yen of one incident, person, day and month; with the limits above every sum of draws fits into 64 bits.
MOST_YEN: Final[dict[Base, int]] = {"incident": 10**12, "persons": 100_000, "days": 10**10, "months": 10**10}
MOST_ASSUMED: Final[dict[Unit, int]] = {"percent": 100, "per_10000": 10_000, "months": 120}
OF: Final[dict[Unit, int]] = {"percent": 100, "per_10000": 10_000, "months": 1}
# JNSA's assumed damage per person (2018 and 2017): far above what courts award, so it is no price here.
JNSA_MODEL: Final = frozenset({29_768, 23_601})


@dataclass(frozen=True, slots=True)
class Price:
    """Yen for one: triangular with a most likely value, uniform without; low = high is a fixed price."""

    low: int
    mode: int | None
    high: int


@dataclass(frozen=True, slots=True)
class Kind:
    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class CostSource:
    """`year`: of what the page says, '2024' or '2001-2007'."""

    id: str
    title: Text
    year: str
    url: str


@dataclass(frozen=True, slots=True)
class Assumption:
    """What a price is multiplied with beside persons: a whole number of `unit`."""

    id: str
    label: Text
    about: Text
    unit: Unit
    default: int


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that has to be paid. `kinds`: where it counts from the start; `optional`: where it can be switched on; `judgement`: what
    of the price no source says."""

    id: str
    label: Text
    about: Text
    base: Base
    by: str | None
    price: Price
    kinds: tuple[str, ...]
    optional: tuple[str, ...]
    sources: tuple[str, ...]
    judgement: Text | None


@dataclass(frozen=True, slots=True)
class Fact:
    """Reported elsewhere; stands beside the estimate and is never part of it."""

    label: Text
    says: Text
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CostBook:
    """data/cost.yaml."""

    edition: str
    gathered: date
    kinds: tuple[Kind, ...]
    items: tuple[Item, ...]
    assumptions: tuple[Assumption, ...]
    sources: tuple[CostSource, ...]
    facts: tuple[Fact, ...]

    def of(self, kind: str) -> tuple[Item, ...]:
        """The items that can belong to an incident of this kind."""
        return tuple(item for item in self.items if kind in (*item.kinds, *item.optional))

    def kind(self, kind: str) -> Kind:
        return next(each for each in self.kinds if each.id == kind)

    def source(self, source: str) -> CostSource:
        return next(each for each in self.sources if each.id == source)


@dataclass(frozen=True, slots=True)
class Insurance:
    """Yen; a limit of 0 is no cover."""

    deductible: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """The incident that is supposed, and everything that was changed: `prices`, `included` and `assumed` hold changes by id."""

    kind: str
    persons: int = 0
    days: int = 0
    seed: int = 1
    insurance: Insurance = Insurance()
    prices: tuple[tuple[str, Price], ...] = ()
    included: tuple[tuple[str, bool], ...] = ()
    assumed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Whole yen: in one of ten draws it was below `p10`, in half of them below `p50`, in nine of ten below `p90`."""

    p10: int
    p50: int
    p90: int


@dataclass(frozen=True, slots=True)
class Row:
    """One item in a scenario. `share`: its part of the mean of the total; None while it is not in, or nothing costs anything."""

    item: Item
    price: Price
    quantity: int
    included: bool
    changed: bool
    span: Span | None
    share: Fraction | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """`total` before insurance, `covered` what it pays, `own` what is left. Percentiles of rows do not add up to those of the total."""

    scenario: Scenario
    rows: tuple[Row, ...]
    total: Span
    covered: Span
    own: Span
    draws: int = field(default=DRAWS)

    @property
    def fixed(self) -> bool:
        """Whether nothing that is in has a range, so that there is nothing to estimate."""
        return self.own.p10 == self.own.p90


def estimate(book: CostBook, scenario: Scenario, draws: int = DRAWS) -> Estimate:
    """Raises CostError, see `check`."""
    check(book, scenario)
    prices, included = dict(scenario.prices), dict(scenario.included)
    assumed = {each.id: each for each in book.assumptions}
    values = {each.id: each.default for each in book.assumptions} | dict(scenario.assumed)
    total = np.zeros(draws, dtype=np.int64)
    drawn: list[tuple[Item, Price, int, bool, Yen | None]] = []
    for item in book.of(scenario.kind):
        price = prices.get(item.id, item.price)
        of = OF[assumed[item.by].unit] if item.by else 1
        quantity = _quantity(item.base, scenario, values[item.by] if item.by else of, of)
        is_in = included.get(item.id, scenario.kind in item.kinds)
        yen = price_draws(price, item.id, scenario.seed, draws) * quantity if is_in else None
        if yen is not None:
            total += yen
        drawn.append((item, price, quantity, is_in, yen))
    whole = int(total.sum())
    rows = tuple(
        Row(item, price, quantity, is_in, item.id in prices, None if yen is None else span(yen),
            None if yen is None or not whole else Fraction(int(yen.sum()), whole))
        for item, price, quantity, is_in, yen in drawn
    )  # fmt: skip
    insurance = scenario.insurance
    covered = np.minimum(insurance.limit, np.maximum(0, total - insurance.deductible))
    return Estimate(scenario, rows, span(total), span(covered), span(total - covered), draws)


def price_draws(price: Price, item: str, seed: int, draws: int) -> Yen:
    """[draws] prices of one in whole yen. The stream belongs to the seed and the item alone."""
    stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(crc32(item.encode()),))))
    u: NDArray[np.float64] = stream.random(draws)
    low, high = float(price.low), float(price.high)
    if price.mode is None or low == high:
        yen = low + u * (high - low)
    else:
        mode, width = float(price.mode), high - low
        rising = low + np.sqrt(u * (width * (mode - low)))
        falling = high - np.sqrt((1.0 - u) * (width * (high - mode)))
        yen = np.where(u * width < mode - low, rising, falling)
    return np.floor(yen + 0.5).astype(np.int64)


def span(yen: Yen) -> Span:
    """Nearest rank: the value at place ⌈n × q ÷ 100⌉ of the sorted draws."""
    places = [-(-len(yen) * q // 100) - 1 for q in (10, 50, 90)]
    ordered = np.partition(yen, places)
    return Span(*(int(ordered[place]) for place in places))


def _quantity(base: Base, scenario: Scenario, value: int, of: int) -> int:
    if base == "incident":
        return 1
    if base == "days":
        return scenario.days
    return value if base == "months" else -(-scenario.persons * value // of)


# --- what can be wrong -----------------------------------------------------------------------------------------------


def check(book: CostBook, scenario: Scenario) -> None:
    """Raises CostError: 'cost_kind', 'cost_persons', 'cost_days', 'cost_seed', 'cost_insurance', 'cost_item', 'cost_assumption',
    'cost_assumed', or what `check_price` raises."""
    if scenario.kind not in {kind.id for kind in book.kinds}:
        raise CostError("cost_kind", scenario.kind)
    for code, value, most in (("cost_persons", scenario.persons, MOST_PERSONS), ("cost_days", scenario.days, MOST_DAYS), ("cost_seed", scenario.seed, MOST_SEED),
                              ("cost_insurance", scenario.insurance.deductible, MOST_INSURED), ("cost_insurance", scenario.insurance.limit, MOST_INSURED)):  # fmt: skip
        if not 0 <= value <= most:
            raise CostError(code, "", value, most)
    items = {item.id: item for item in book.items}
    for item, price in scenario.prices:
        if item not in items:
            raise CostError("cost_item", item)
        check_price(item, items[item].base, price)
    for item, _is_in in scenario.included:
        if item not in items:
            raise CostError("cost_item", item)
    known = {each.id: each for each in book.assumptions}
    for name, value in scenario.assumed:
        if name not in known:
            raise CostError("cost_assumption", name)
        if not 0 <= value <= MOST_ASSUMED[known[name].unit]:
            raise CostError("cost_assumed", name, value, MOST_ASSUMED[known[name].unit])


def check_price(item: str, base: Base, price: Price) -> None:
    """Raises CostError: 'cost_yen' out of bounds, 'cost_order' unless low ≤ most likely ≤ high, 'cost_jnsa' for JNSA's model."""
    values = [value for value in (price.low, price.mode, price.high) if value is not None]
    for value in values:
        if not 0 <= value <= MOST_YEN[base]:
            raise CostError("cost_yen", item, value, MOST_YEN[base])
        if base == "persons" and value in JNSA_MODEL:
            raise CostError("cost_jnsa", item, value)
    if values != sorted(values):
        raise CostError("cost_order", item)
