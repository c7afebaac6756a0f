"""What is tried, and on what: a node in a quarter as it is, and scenarios on a copy of it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scoring.assessment import Assessment, Outside
from scoring.casebook import Casebook
from scoring.plan import Costs
from scoring.portfolio import Portfolio, assess_units
from scoring.replay import Counts, replay, strengths_of
from scoring.targets import Chosen, ToTarget
from scoring.units import Unit
from scoring.whatif import Assumption, Efforts, Outcome, Standing, express, standing, what_if
from tenken.aiming.read import aimed_by


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A node as it is. `replay`: incidents by result, None without a casebook, or where only the express questions are asked;
    `is_ranked`: whoever looks may see those beside it;
    `chosen`: the targets by node, empty where none is set."""

    portfolio: Portfolio
    node: Unit
    outside: Outside
    before: Assessment
    standing: Standing | None
    replay: Counts | None
    is_express: bool
    is_ranked: bool
    casebook: Casebook | None = None
    efforts: Efforts | None = None
    chosen: Mapping[int, Chosen] = field(default_factory=dict)

    def way(self, judged: Assessment) -> ToTarget | None:
        """How far what was judged is from the targets; None where none is set."""
        found = aimed_by(self.chosen, self.portfolio.book.tree, self.node, judged) if self.chosen else None
        return found.found if found else None

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units that make up its numbers."""
        rows, _ = self.portfolio.members(self.node.id)
        return tuple(self.portfolio.units[row] for row in rows.tolist())


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A scenario and what it comes to."""

    name: str
    assumptions: tuple[Assumption, ...]
    proven: bool
    outcome: Outcome
    standing: Standing | None
    replay: Counts | None

    @property
    def after(self) -> Assessment:
        return self.outcome.after

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions that count, without those that were left out."""
        left_out = {each.assumption for each in self.outcome.ignored}
        return tuple(dict.fromkeys(each.question for each in self.assumptions if each not in left_out))


def ground(
    portfolio: Portfolio,
    node: Unit,
    outside: Outside,
    *,
    is_express: bool = False,
    is_ranked: bool = True,
    casebook: Casebook | None = None,
    efforts: Efforts | None = None,
    chosen: Mapping[int, Chosen] | None = None,
) -> Ground | None:
    """None when nothing counts there."""
    asked, book = (express(portfolio), None) if is_express else (portfolio, casebook)
    before = assess_units(asked, node.id, outside)
    if before is None:
        return None
    place = standing(asked, node.id) if is_ranked else None
    return Ground(asked, node, outside, before, place, _replayed(book, before), is_express, is_ranked, book, efforts, chosen or {})


def half_days_of(costs: Mapping[int, Costs]) -> Efforts:
    """The efforts of what steps cost at every unit."""
    return {unit: {question: tuple(days for days, _yen in steps) for question, steps in each.steps.items()} for unit, each in costs.items()}


def tried(on: Ground, assumptions: Iterable[Assumption], *, proven: bool, name: str = "") -> Trial:
    """A scenario on this ground."""
    wanted = tuple(assumptions)
    found = what_if(on.portfolio, on.node.id, on.outside, wanted, proven=proven, efforts=on.efforts, before=on.before)
    if found is None:  # the ground has something that counts, and no assumption takes that away
        raise AssertionError(on.node.code)
    place = standing(found.portfolio, on.node.id) if on.is_ranked else None
    return Trial(name, wanted, proven, found, place, _replayed(on.casebook, found.after))


def _replayed(book: Casebook | None, judged: Assessment) -> Counts | None:
    """Incidents by result, for what these sheets say with valid evidence."""
    if book is None or judged.sheets is None:
        return None
    return replay(book, strengths_of(judged.checklist, judged.sheets)).counts
