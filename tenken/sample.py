"""The sample organisation in the store: an invented group under a root of its own, six sealed quarters and one open.

What its units answer is worked out by tenken.sample_group; here it goes the way of everybody's answers: sheets, review, seals.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from scoring.model import Checklist
from scoring.units import Tree, Unit
from tenken import audits
from tenken.auth import User
from tenken.editions import pin, shipped
from tenken.form import open_form
from tenken.quarters import quarter_of
from tenken.sample_actions import make_actions
from tenken.sample_group import OPEN, SampleGroup, SampleUnit, answers_of, sample_days, sample_group
from tenken.store import Period, Role, Store, UnitPlan

ROLES: dict[str, Role] = {"respondent": "respondent", "approver": "approver", "security_office": "office", "auditor": "auditor"}
DUE_DAYS_BEFORE_END = 10

Progress = Callable[[int, int], None]


def load_sample(store: Store, now: datetime | None = None, progress: Progress | None = None) -> None:
    """Create the sample organisation and look at it. Does nothing to what is there already but switch to it.

    `progress`: called with how many quarters are done, and of how many."""
    if store.company(sample=True) is None:
        for done, total in _fill(store, sample_group(), now or datetime.now().astimezone()):
            if progress:
                progress(done, total)
    store.put_setting("viewing", "sample")


def remove_sample(store: Store) -> None:
    """Delete the sample organisation with all its answers, and nothing else."""
    store.put_setting("viewing", "own")
    store.remove_sample()


@dataclass(frozen=True, slots=True)
class _Making:
    """What all quarters of the sample share."""

    group: SampleGroup
    root: Unit
    checklist: Checklist
    days: tuple[date, ...]

    def by(self, code: str, role: str) -> User:
        return User(self.group.person(code, role) or self.group.person(self.group.units[0].code, "security_office"), solo=True)


def _fill(store: Store, group: SampleGroup, now: datetime) -> Iterator[tuple[int, int]]:
    days = sample_days(now.date())
    head = group.units[0]
    first = quarter_of(days[0], 4).start
    past = store.at(_moment(first))
    root = past.create_company(head.name.value(), sample=True, kind=head.kind, code=head.code)
    past.apply_units(root.id, [_plan(unit) for unit in group.units if not unit.since], since=None, person="")
    making = _Making(group, root, shipped().content.checklist, days)
    for number, day in enumerate(days):
        start = quarter_of(day, 4).start
        joined = [unit for unit in group.units if unit.since == number and number]
        if joined:
            store.at(_moment(start)).apply_units(root.id, [_plan(unit) for unit in joined], since=start, person="")
        _quarter(store, making, number, day)
        make_actions(store, making.group, root, making.checklist, days, number)
        yield number + 1, len(days)
    _people(store, making)


def _plan(unit: SampleUnit) -> UnitPlan:
    weight = 0 if unit.kind == "supplier" else 1
    return UnitPlan(unit.code, unit.parent or "", unit.kind, unit.name.value(), unit.reporting, unit.headcount, unit.owners, weight)


def _quarter(store: Store, making: _Making, number: int, day: date) -> None:
    """One quarter from its opening to its seal; the last one as far as it has come."""
    quarter = quarter_of(day, 4)
    due = quarter.end - timedelta(days=DUE_DAYS_BEFORE_END)
    opening = store.at(_moment(quarter.start))
    office = making.by(making.group.units[0].code, "security_office")
    pins = pin(store)
    if number < OPEN:
        period = opening.period_for(making.root.id, day, pins=pins)
        period = opening.set_due(period.id, due, person=office.name)
    else:
        period = opening.open_period(
            making.root.id, day, fiscal_start=4, due=due, pins=pins, checklist=making.checklist, person=office.name
        )
    tree = store.tree_of(period)
    closing = store.at(_moment(min(day, quarter.end)))
    for unit in making.group.units:
        if number >= unit.since:
            _sheet(closing, making, unit, number, period, tree)
    if number < OPEN:
        audits.close_period(closing, office, period, making.checklist)


def _sheet(store: Store, making: _Making, sample: SampleUnit, number: int, period: Period, tree: Tree) -> None:
    """One unit's sheet: its facts, its answers, and its way through the review."""
    unit = next(unit for unit in tree.units if unit.code == sample.code)
    respondent, approver = making.by(sample.code, "respondent"), making.by(sample.code, "approver")
    sheet = store.sheet(unit.id, period.id, making.checklist)
    sheet = store.save_profile(sheet, making.checklist, making.group.profile(sample), person=respondent.name)
    given = answers_of(making.group, sample.code, number, making.checklist, making.days)
    there = store.entries(sheet.id)
    changes = {
        question: (answer, there[question].id if question in there else 0) for question, answer in given.items() if not answer.by_profile
    }
    store.save_all({sheet.id: changes}, making.checklist, person=respondent.name, origin="sample")
    state = sample.now.state if number == OPEN else "sealed"
    if state == "draft":
        return
    form = open_form(store, tree, unit, period, making.checklist)
    form = replace(form, sheet=audits.submit(store, respondent, form))
    if state == "submitted":
        return
    if state == "returned":
        audits.send_back(store, approver, form, "\n".join(remark.text for remark in sample.now.remarks))
        return
    form = replace(form, sheet=audits.approve(store, approver, form))
    if state == "sealed":
        audits.seal(store, approver, form, period.end)


def _people(store: Store, making: _Making) -> None:
    tree = store.tree(making.root.id, making.days[-1])
    ids = {unit.code: unit.id for unit in tree.units}
    for person in making.group.people:
        roles = [(ROLES[person.role], ids[code]) for code in person.units]
        store.put_person(making.root.id, person.name, roles, person="")


def _moment(day: date) -> datetime:
    """Noon of a day, so that it is that day in Japan and Europe."""
    return datetime.combine(day, time(3), tzinfo=UTC)
