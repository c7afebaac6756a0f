"""All that a report is made from, read once: one node in one quarter, against an earlier one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Final

from scoring.assessment import Assessment
from scoring.model import Lang
from scoring.portfolio import Portfolio, View, assess_units
from scoring.units import Tree, Unit
from tenken.books import judged_on, portfolio
from tenken.comparison import Asked as AskedComparison
from tenken.comparison import Shown, compared, readable_units
from tenken.content import Content, casebook
from tenken.corrective.read import Ledger, read_ledger
from tenken.course import Course, Step, read_course, step
from tenken.editions import content_of
from tenken.errors import ReportError
from tenken.i18n import words
from tenken.planning.costs import prices
from tenken.planning.read import Worked, open_case, sensible, work
from tenken.replaying.read import Look, look_at
from tenken.store import Period, Seal, Store

NO_COMPARISON: Final = "none"
QUARTERS: Final = 8  # of the course that is drawn
MARKING_LETTERS: Final = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is to say, whatever its format. `unit`: a code, '' for the whole organisation; `period`, `against`: first days as
    ISO dates, '' for the newest quarter and the one before it, NO_COMPARISON for none; `budget`: of the plan in half days, None for
    the one that the plan page begins with; `marking`: None for 取扱注意, '' for none; `named`: whether other departments are
    named on a department's sheet, for a reader who may see all of them."""

    lang: Lang = "ja"
    unit: str = ""
    period: str = ""
    against: str = ""
    view: View = "whole"
    budget: int | None = None
    marking: str | None = None
    named: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """`sheets`: the quarter, all units; `judged`: the node in the view that was asked for (of a company alone that has answered no
    more than the express check, by that: `express`); `course`: the quarters up to this one, the newest last; `change`: from
    `against` to this one, None without one; `before`: the node in `against`, None without `change`; `units`: those below the node side by side, None where there are fewer than two;
    `worked`: the plan for the budget, None where nothing can be planned; `seal`: of the quarter, None while it is open;
    `sealed_at`: when (aware); `head`: of the chain, as it stands now; `reporting`: how many units make up the node."""

    asked: Asked
    root: Unit
    node: Unit
    period: Period
    against: Period | None
    content: Content
    sheets: Portfolio
    judged: Assessment
    express: bool
    course: Course
    change: Step | None
    before: Assessment | None
    units: Shown | None
    look: Look | None
    worked: Worked | None
    ledger: Ledger
    seal: Seal | None
    sealed_at: datetime | None
    head: str
    reporting: int

    @property
    def tree(self) -> Tree:
        return self.sheets.book.tree

    @property
    def as_of(self) -> date:
        return self.sheets.book.as_of

    @property
    def made(self) -> datetime:
        """The seal's time, or midnight of the day that is judged by: the same input makes the same file."""
        if self.sealed_at is None:
            return datetime.combine(self.as_of, time())
        return self.sealed_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)

    @property
    def open_answers(self) -> int:
        """Answers that are still to be given: one that many units inherit counts once, as on the overview."""
        if len(self.tree.units) == 1:
            return self.judged.result.total.unanswered
        return self.sheets.lines(self.node.id, self.asked.view).open


def read_facts(store: Store, root: Unit, asked: Asked, today: date, may_read: Callable[[Unit], bool] = lambda unit: True) -> Facts:
    """Raises ReportError: report_period, report_unit (also for a unit that must not be read), report_marking, nothing_to_report;
    StoreError."""
    if asked.marking is not None and len(asked.marking) > MARKING_LETTERS:
        raise ReportError("report_marking", most=MARKING_LETTERS)
    periods = store.periods(root.id)
    period, against = _quarters(periods, asked)
    sheets, content = portfolio(store, period, today), content_of(store, period.pins)
    tree = sheets.book.tree
    if readable_units(tree, may_read) is not None:
        asked = replace(asked, named=False)  # who may not see all units is told the median alone
    node = next((unit for unit in tree.units if unit.code == (asked.unit or root.code)), None)
    if node is None or not may_read(node):
        raise ReportError("report_unit", unit=asked.unit or root.code)
    until = periods[: periods.index(period) + 1]
    first = min(len(until) - 1, until.index(against)) if against else len(until) - 1
    course = read_course(store, until[max(0, min(first, len(until) - QUARTERS)) :], node.id, asked.view, today)
    costs = prices(store, tree, node)
    case = open_case(sheets, node, content.outside, costs, asked.view)
    judged = assess_units(sheets, node.id, content.outside, asked.view)
    if case is None or judged is None:
        raise ReportError("nothing_to_report", unit=node.name.of(asked.lang))
    express = case.express
    change = None if express or against is None else step(course, course.periods.index(against), len(course.periods) - 1)
    return Facts(
        asked=asked,
        root=root,
        node=node,
        period=period,
        against=None if express else against,
        content=content,
        sheets=sheets,
        judged=case.assessment if express else judged,
        express=express,
        course=course,
        change=change,
        before=_before(course, change, node, asked),
        units=_side_by_side(sheets, node, asked, may_read),
        look=look_at(sheets, node.id, casebook()),
        worked=work(case, sensible(case) if asked.budget is None else asked.budget) if case.order else None,
        ledger=read_ledger(store, tree, node.id, period, periods, content.checklist, judged_on(period, today), may_read),
        seal=store.period_seal(period.id),
        sealed_at=store.closed_at(root.id, period.id),
        head=store.head(root.id),
        reporting=len(sheets.members(node.id)[0]),
    )


def _quarters(periods: tuple[Period, ...], asked: Asked) -> tuple[Period, Period | None]:
    """The quarter and the one that it is held against."""
    if not periods:
        raise ReportError("report_period", period=asked.period or "―")
    at_hand = next((each for each in reversed(periods) if each.state == "open"), periods[-1])
    period = _named(periods, asked.period) if asked.period else at_hand
    earlier = [each for each in periods if each.start < period.start]
    if asked.against == NO_COMPARISON or (not earlier and not asked.against):
        return period, None
    against = _named(tuple(earlier), asked.against) if asked.against else earlier[-1]
    return period, against


def _named(periods: tuple[Period, ...], start: str) -> Period:
    found = next((each for each in periods if each.start.isoformat() == start), None)
    if found is None:
        raise ReportError("report_period", period=start)
    return found


def _before(course: Course, change: Step | None, node: Unit, asked: Asked) -> Assessment | None:
    if change is None:
        return None
    sheets, outside = course.quarters[change.first]
    return assess_units(sheets, node.id, outside, asked.view)


def _side_by_side(sheets: Portfolio, node: Unit, asked: Asked, may_read: Callable[[Unit], bool]) -> Shown | None:
    readable = readable_units(sheets.book.tree, may_read)
    found = compared(sheets, AskedComparison(asked.view, branch=node.id), words(asked.lang), readable)
    return found if len(found.lines) > 1 else None
