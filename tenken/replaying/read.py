"""The replay of one node in one quarter, and which of its incidents are asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scoring.behind import members
from scoring.casebook import Casebook, Incident
from scoring.model import Checklist, Question
from scoring.portfolio import Portfolio
from scoring.replay import (
    BEST_FIRST,
    Combination,
    Counts,
    Part,
    Replay,
    Replayed,
    as_claimed,
    combinations_of,
    count,
    parts_of,
    replay,
    strengths_of,
)
from scoring.units import Unit

BOUNDS = (1_000, 10_000, 100_000, 1_000_000)  # of the number that an incident affected
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """`replay`: by answers with valid evidence, what counts; `claimed`: by all answers, context only. `units`: those that make
    up the node, each with its `parts` in the same order; `best`: which one, two or three controls would move the most."""

    portfolio: Portfolio
    node: int
    replay: Replay
    claimed: Counts
    units: tuple[Unit, ...]
    parts: tuple[Part, ...]
    best: tuple[Combination, ...]

    @property
    def casebook(self) -> Casebook:
        return self.replay.casebook

    @property
    def checklist(self) -> Checklist:
        return self.portfolio.book.checklist

    @property
    def unit(self) -> Unit:
        return self.portfolio.book.tree.unit(self.node)

    @property
    def answered(self) -> bool:
        """Whether anything was answered."""
        return any(strength.claimed.answered for strength in self.replay.strengths.values())

    @property
    def evidenced(self) -> bool:
        """Whether any answer earns something with evidence."""
        return any(strength.evidenced.earned for strength in self.replay.strengths.values())

    def questions(self, control: str) -> tuple[Question, ...]:
        return questions_of(self.checklist, control)


def questions_of(checklist: Checklist, control: str) -> tuple[Question, ...]:
    """The questions that list a control."""
    return tuple(question for question in checklist.questions if control in question.controls)


def look_at(portfolio: Portfolio, node: int, casebook: Casebook) -> Look | None:
    """None when nothing reports there."""
    sheets, checklist = portfolio.of(node), portfolio.book.checklist
    if not len(sheets.weights):
        return None
    strengths = strengths_of(checklist, sheets)
    found = replay(casebook, strengths)
    claimed = replay(casebook, as_claimed(strengths)).counts
    parts = parts_of(found, checklist, sheets)
    return Look(portfolio, node, found, claimed, members(portfolio, node), parts, combinations_of(found))


# --- which incidents -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """Empty: all of them. `year`: four digits; `size`: the lower bound of a band, or 'unknown'."""

    cause: str = ""
    sector: str = ""
    year: str = ""
    size: str = ""
    result: str = ""


def size_of(incident: Incident) -> str:
    """The lower bound of its band: '0', '1000' … '1000000'; 'unknown' when no number was published."""
    if incident.affected is None:
        return UNKNOWN
    return str(max((bound for bound in BOUNDS if bound <= incident.affected.count), default=0))


def choices(casebook: Casebook, checklist: Checklist) -> dict[str, tuple[str, ...]]:
    """What can be asked for, field by field."""
    incidents = casebook.incidents
    causes, years, sizes = (
        {each.causes[0] for each in incidents},
        {str(each.year) for each in incidents},
        {size_of(each) for each in incidents},
    )
    return {
        "cause": tuple(section.id for section in checklist.sections if section.id in causes),
        "sector": tuple(sector for sector, _label in casebook.sectors if any(each.sector == sector for each in incidents)),
        "year": tuple(sorted(years, reverse=True)),
        "size": tuple(size for size in (*map(str, (*BOUNDS[::-1], 0)), UNKNOWN) if size in sizes),
        "result": BEST_FIRST,
    }


def asked_of(given: Callable[[str], str | None], casebook: Casebook, checklist: Checklist) -> Asked | None:
    """`given(name)`: what an address or a command line says; None when it says something that there is not."""
    allowed = choices(casebook, checklist)
    said = {name: given(name) or "" for name in allowed}
    if any(said[name] and said[name] not in values for name, values in allowed.items()):
        return None
    return Asked(**said)


def kept(found: Replay, asked: Asked) -> tuple[Replayed, ...]:
    """The incidents that are asked for: the worst results first, the newest first among them. Any of its causes will do."""

    def fits(each: Replayed) -> bool:
        said = (asked.sector, asked.year, asked.size, asked.result)
        own = (each.incident.sector, str(each.incident.year), size_of(each.incident), each.result)
        return asked.cause in ("", *each.incident.causes) and all(want in ("", have) for want, have in zip(said, own, strict=True))

    newest = sorted(filter(fits, found.incidents), key=lambda each: each.incident.disclosed, reverse=True)
    return tuple(sorted(newest, key=lambda each: _worst_first(each.result)))


def _worst_first(result: str) -> int:
    return ("through", "slowed", "possibly", "likely", "outside").index(result)


def counts_of(found: Sequence[Replayed]) -> Counts:
    return count(each.result for each in found)


def by_cause(look: Look) -> tuple[tuple[str, Counts], ...]:
    """How the incidents of each main cause end, in checklist order."""
    of = {
        cause: [each for each in look.replay.incidents if each.incident.causes[0] == cause]
        for cause in choices(look.casebook, look.checklist)["cause"]
    }
    return tuple((cause, counts_of(found)) for cause, found in of.items())


def ranked(look: Look) -> tuple[Part, ...]:
    """The units, first the one in which the fewest incidents were likely stopped, then possibly, then slowed."""
    return tuple(sorted(look.parts, key=lambda part: (part.counts.likely, part.counts.possibly, part.counts.slowed, part.row)))


def weakest(look: Look) -> Part | None:
    """The first of them; None when all stand alike."""
    ordered = ranked(look)
    return ordered[0] if len(ordered) > 1 and ordered[0].counts != ordered[-1].counts else None
