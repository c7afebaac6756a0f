"""A node over its quarters as a page, a file or a command asks for it, and the sentences over it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from scoring.assessment import Outside
from scoring.compare import Change, Kind, by_kind, changed_units, node_changes
from scoring.model import Checklist, Question
from scoring.portfolio import Portfolio, View
from scoring.trend import Point, trend
from tenken.books import portfolios
from tenken.i18n import Words
from tenken.quarters import quarter_of
from tenken.store import Period, Store

YEAR = 4  # quarters


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Quarters in their order with what the node said in each; all gaps are measured against the last quarter's statistics."""

    node: int
    view: View
    periods: tuple[Period, ...]
    quarters: tuple[tuple[Portfolio, Outside], ...]
    points: tuple[Point, ...]

    def names(self, _: Words) -> tuple[str, ...]:
        return tuple(_.quarter(period.start, period.fiscal_start) for period in self.periods)

    def axis(self, _: Words) -> tuple[str, ...]:
        """'Q1<br>25年度': the year below its first quarter, and below the first of all where there is room."""
        quarters = [quarter_of(period.start, period.fiscal_start) for period in self.periods]
        follows = len(quarters) > 1 and quarters[1].number == 1
        return tuple(
            f"Q{each.number}<br>{_('FY{n}', n=f'{each.year % 100:02d}')}"
            if each.number == 1 or (place == 0 and not follows)
            else f"Q{each.number}"
            for place, each in enumerate(quarters)
        )

    def short_names(self, _: Words) -> tuple[str, ...]:
        """'26年度 Q3', for places without room."""
        quarters = [quarter_of(period.start, period.fiscal_start) for period in self.periods]
        return tuple(f"{_('FY{n}', n=f'{each.year % 100:02d}')} Q{each.number}" for each in quarters)

    @property
    def checklist(self) -> Checklist:
        """Of the last quarter, as far as the view asks it."""
        return self.quarters[-1][0].checklist(self.view)

    @property
    def known(self) -> tuple[int, ...]:
        """The quarters in which anything counts."""
        return tuple(place for place, point in enumerate(self.points) if point.total.possible)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What changed between two quarters of a course, by their places. `changes` None: there is no decomposition. `units` names
    who is behind a change."""

    first: int
    last: int
    changes: tuple[Change, ...] | None
    units: dict[tuple[str, Kind], tuple[int, ...]]

    @property
    def parts(self) -> tuple[tuple[Kind, Fraction], ...]:
        return by_kind(self.changes or ())


def read_course(store: Store, periods: Sequence[Period], node: int, view: View, today: date) -> Course:
    """Raises what `portfolios` raises."""
    quarters = portfolios(store, periods, today)
    return Course(node, view, tuple(periods), quarters, trend(quarters, node, quarters[-1][1], view))


def step(course: Course, first: int, last: int) -> Step:
    """What changed from one quarter of the course to another, class by class and question by question."""
    before, after = course.quarters[first][0], course.quarters[last][0]
    changes = node_changes(before, after, course.node, course.view)
    return Step(first, last, changes, changed_units(before, after, course.node, course.view) if changes else {})


def questions(course: Course) -> dict[str, Question]:
    """Every question that some quarter asks, in its newest words."""
    return {question.id: question for portfolio, _outside in course.quarters for question in portfolio.checklist(course.view).questions}


def conclusion(course: Course, _: Words) -> str:
    """The score of the last quarter that says something against the one a year before it, or the oldest; and both gaps."""
    known = course.known
    if not known:
        return _("No answers yet in these quarters.")
    last, earlier = known[-1], [place for place in known[:-1] if known[-1] - place <= YEAR]
    now = course.points[last]
    if not earlier:
        return _("{quarter} is the first quarter with answers: {n} points.", quarter=course.names(_)[last], n=_.points(now.total.percent))
    then = course.points[earlier[0]]
    change = _percent(now) - _percent(then)
    a, b = (_.percent(point.gap.gap if point.gap else None) for point in (then, now))
    n = last - earlier[0]
    span = _("one year") if n == YEAR else _("{n} quarters", n=n) if n > 1 else _("one quarter")
    if _.change(change) == "±0":
        return _("In {span}, the score stayed where it was; the incident-weighted gap went from {a} to {b}.", span=span, a=a, b=b)
    points = _.points(abs(change))
    if change > 0:
        return _(
            "In {span}, the score rose by {points} points; the incident-weighted gap went from {a} to {b}.",
            span=span,
            points=points,
            a=a,
            b=b,
        )
    return _(
        "In {span}, the score fell by {points} points; the incident-weighted gap went from {a} to {b}.", span=span, points=points, a=a, b=b
    )


def _percent(point: Point) -> Fraction:
    return point.total.percent or Fraction(0)


def second(found: Step, _: Words) -> str:
    """The change between two quarters, what brought most of it up, and what most of it down."""
    if found.changes is None:
        return _("In one of these quarters nothing is applicable, so their difference has no parts.")
    parts = found.parts
    whole = sum((part for _kind, part in parts), Fraction(0))
    texts = [_("Between these quarters: {change} points.", change=_.change(whole))]
    up = max(parts, key=lambda part: part[1], default=None)
    down = min(parts, key=lambda part: part[1], default=None)
    if up and _.change(up[1]) != "±0" and up[1] > 0:
        texts.append(_("“{kind}” brought most: {change}.", kind=kind_name(up[0], _), change=_.change(up[1])))
    if down and _.change(down[1]) != "±0" and down[1] < 0:
        texts.append(_("“{kind}” cost most: {change}.", kind=kind_name(down[0], _), change=_.change(down[1])))
    return (" " if _.lang == "en" else "").join(texts)


def kind_name(kind: Kind, _: Words) -> str:
    """A class of change in words."""
    names: dict[Kind, str] = {
        "raised": _("Answers raised"),
        "lowered": _("Answers lowered"),
        "newly_answered": _("Newly answered"),
        "withdrawn": _("Answers withdrawn"),
        "newly_not_applicable": _("Became not applicable"),
        "not_applicable_withdrawn": _("Applicable again"),
        "added": _("Questions added"),
        "retired": _("Questions retired"),
        "reweighted": _("Questions re-weighted"),
        "units_added": _("Units added"),
        "units_removed": _("Units removed"),
        "units_reweighted": _("Units re-weighted"),
    }
    return names[kind]
