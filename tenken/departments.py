"""A company that answers for itself becomes a company with departments."""

import re
from collections.abc import Sequence
from datetime import date

from scoring.errors import UnitsError
from scoring.model import Checklist, Text
from scoring.units import Unit
from tenken import audits
from tenken.auth import User, demand
from tenken.form import open_form
from tenken.organisation import Organisation, apply_units, organisation_of
from tenken.store import Period, Store
from tenken.store.values import UnitPlan


def free_code(there: Organisation, taken: Sequence[str] = ()) -> str:
    """The next of d01, d02, … that no unit has."""
    used = {*there.by_code, *taken}
    return next(code for number in range(1, len(used) + 2) if (code := f"d{number:02}") not in used)


def planned(there: Organisation, lines: str) -> tuple[UnitPlan, ...]:
    """A department per line ('営業部', or '営業部 / Sales'). Raises UnitsError('no_departments')."""
    plans: list[UnitPlan] = []
    for line in lines.splitlines():
        ja, _, en = (" ".join(part.split()) for part in re.sub("／", "/", line).partition("/"))
        if ja:
            code = free_code(there, [plan.code for plan in plans])
            plans.append(UnitPlan(code, there.root.code, "department", Text(ja, en or ja), True))
    if not plans:
        raise UnitsError("no_departments", there.root.code)
    return tuple(plans)


def make_departments(
    store: Store, user: User, root: Unit, period: Period, checklist: Checklist, lines: str, *, since: date | None, take_over: bool
) -> int:
    """Creates them, and the company answers for itself no more; returns how many answers the first one took over from the
    company's sheet of this quarter. Answers that are still to be reconfirmed stay where they are.

    Raises UnitsError, NotAllowed, Closed, Conflict.
    """
    there = organisation_of(store, root)
    plans = planned(there, lines)
    if take_over:
        demand(user, "answer", root.id, there.tree)
    company = there.plan(there.root)
    stood = open_form(store, store.tree_of(period), root, period, checklist) if take_over else None
    whole = UnitPlan(company.code, "", company.kind, company.name, False, company.headcount, company.owners, company.weight)
    apply_units(store, user, root, (whole, *plans), since=since)
    if stood is None:
        return 0
    tree = store.tree_of(period)
    first = next((unit for unit in tree.units if unit.code == plans[0].code), None)
    if first is None:  # the day on which it begins lies behind this quarter
        return 0
    form = open_form(store, tree, first, period, checklist)
    carried = {*stood.to_reconfirm}
    said = {
        question.id: (stood.answers[question.id], form.entries[question.id].id if question.id in form.entries else 0)
        for question in form.questions
        if question.scope == "unit" and question.id in stood.answers and question.id not in carried
    }
    changed = {q: change for q, change in said.items() if form.answers.get(q) != change[0]}
    return audits.save_all(store, user, {form: changed}) if changed else 0
