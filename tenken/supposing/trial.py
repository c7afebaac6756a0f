"""What is tried, and on what: a node in a quarter as it is, and scenarios on a copy of it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.assessment import Assessment, Outside
from scoring.portfolio import Portfolio, assess_units
from scoring.units import Unit
from scoring.whatif import Assumption, Efforts, Outcome, Standing, express, standing, what_if
from tenken.supposing.replayed import Counts, replayed


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A node as it is. `is_express`: asked the express questions only. `is_ranked`: whoever looks may see those beside it."""

    portfolio: Portfolio
    node: Unit
    outside: Outside
    before: Assessment
    standing: Standing | None
    replay: Counts | None
    is_express: bool
    is_ranked: bool
    efforts: Efforts | None = None

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
    portfolio: Portfolio, node: Unit, outside: Outside, *, is_express: bool = False, is_ranked: bool = True, efforts: Efforts | None = None
) -> Ground | None:
    """None when nothing counts there."""
    asked = express(portfolio) if is_express else portfolio
    before = assess_units(asked, node.id, outside)
    if before is None or before.sheets is None:
        return None
    place = standing(asked, node.id) if is_ranked else None
    return Ground(asked, node, outside, before, place, replayed(before.checklist, before.sheets), is_express, is_ranked, efforts)


def tried(on: Ground, assumptions: Iterable[Assumption], *, proven: bool, name: str = "") -> Trial:
    """A scenario on this ground."""
    wanted = tuple(assumptions)
    found = what_if(on.portfolio, on.node.id, on.outside, wanted, proven=proven, efforts=on.efforts, before=on.before)
    if found is None or found.after.sheets is None:  # the ground has something that counts, and no assumption takes that away
        raise AssertionError(on.node.code)
    place = standing(found.portfolio, on.node.id) if on.is_ranked else None
    return Trial(name, wanted, proven, found, place, replayed(found.after.checklist, found.after.sheets))
