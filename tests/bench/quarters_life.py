"""The end of a quarter for 300 units: all sheets sealed, the next quarter rolled forward, everything verified."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from scoring.model import Answer, Text
from scoring.units import Unit
from tenken import audits
from tenken.auth import User
from tenken.editions import pin, shipped
from tenken.form import Form, open_form
from tenken.sample import load_sample
from tenken.store import Period, Store, UnitPlan
from tenken.verify import verify
from tests.bench.synthetic import answered
from tests.bench.table import Row, clocked, percentile, promised, spread

UNITS = 300
FORWARD_LIMIT_MS = 3000
SAVES_AT_ONCE = 50
ALONE = User("bench", solo=True)


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'bench.db'}")
        root, period = _founded(store)
        forms = _answered(store, period)
        answers = sum(len(form.questions) for form in forms)
        took = [next(clocked(partial(_seal, store, form), 1)) for form in forms]
        yield Row(f"seal a sheet ({len(forms)} of them, {answers:,} answers)", f"{spread(took)}, all {sum(took) / 1000:.1f} s")
        (forward,) = clocked(partial(_next, store, root), 1)
        yield promised(f"next quarter for {UNITS} units", f"{forward:.0f} ms", forward, FORWARD_LIMIT_MS, "ms")
        took = list(clocked(lambda: verify(store, root.id), 3))
        verdict = verify(store, root.id)
        yield Row(
            f"verify {verdict.answers:,} answers, {verdict.seals} seals: holds {verdict.holds}", f"{percentile(took, 50) / 1000:.2f} s"
        )
        store.close()
        store = Store.open(f"sqlite:///{Path(folder) / 'sample.db'}")
        load_sample(store)
        sample = store.company(sample=True)
        if sample:
            took = list(clocked(partial(verify, store, sample.id), 5))
            yield Row(f"verify the sample, {verify(store, sample.id).answers:,} answers", spread(took))
        store.close()


def _founded(store: Store) -> tuple[Unit, Period]:
    root = store.create_company(Text("試験", "Bench"))
    plans = [UnitPlan(f"unit-{number}", root.code, "department", Text("部", "Unit"), True) for number in range(UNITS)]
    store.apply_units(root.id, plans, since=None, person="bench")
    return root, _open(store, root, date(2026, 4, 1))


def _open(store: Store, root: Unit, day: date) -> Period:
    return audits.open_period(store, ALONE, root, day, fiscal_start=4, due=None, pins=pin(store), checklist=shipped().content.checklist)


def _answered(store: Store, period: Period) -> list[Form]:
    """The forms of all departments with an answer to every question, handed in."""
    checklist, tree = shipped().content.checklist, store.tree_of(period)
    units = tree.reporting(period.root)
    said = answered(checklist)
    forms = [open_form(store, tree, unit, period, checklist) for unit in units if not unit.is_company]
    for start in range(0, len(forms), SAVES_AT_ONCE):
        changes: dict[Form, dict[str, tuple[Answer | None, int]]] = {
            form: {question.id: (said[question.id], 0) for question in form.questions} for form in forms[start : start + SAVES_AT_ONCE]
        }
        audits.save_all(store, ALONE, changes)
    fresh = [open_form(store, tree, form.unit, period, checklist) for form in forms]
    for form in fresh:
        audits.submit(store, ALONE, form)
    return [open_form(store, tree, form.unit, period, checklist) for form in fresh]


def _seal(store: Store, form: Form) -> None:
    audits.seal(store, ALONE, form, form.period.end)


def _next(store: Store, root: Unit) -> None:
    _open(store, root, date(2026, 7, 1))
