"""The quarterly self-audit: who answers what on which sheet, and the life of a sheet from draft to sealed (確定).

Every function that writes asks `auth.demand` first, and the store refuses what the state of the sheet does not allow.
"""

from collections.abc import Callable, Mapping
from datetime import date

from scoring.errors import AnswerError
from scoring.model import Answer, Checklist
from scoring.units import Unit
from tenken.auth import Action, User, demand
from tenken.errors import Closed, Conflict
from tenken.form import Form
from tenken.quarters import quarter_of
from tenken.seals import period_document, sheet_document
from tenken.store import Entry, KeptFile, Period, Pins, Saved, Sheet, Store

# --- answers ---------------------------------------------------------------------------------------------------------


def answer(store: Store, user: User, form: Form, question: str, said: Answer | None, seen: int) -> Entry:
    """Saves one answer of a form. Raises NotAllowed and what `Store.save` raises."""
    demand(user, "answer", form.unit.id, form.tree)
    place = _place(form, question)
    return store.save(place, form.checklist, question, said, person=user.name, seen=seen).entry


def confirm(store: Store, user: User, form: Form, questions: tuple[str, ...]) -> tuple[Entry, ...]:
    """Says of carried answers that they still hold. Raises NotAllowed, Closed."""
    demand(user, "answer", form.unit.id, form.tree)
    by_sheet: dict[int, list[str]] = {}
    for question in questions:
        by_sheet.setdefault(_place(form, question).id, []).append(question)
    places = {place.id: place for place in form.places.values()}
    found: list[Entry] = []
    for sheet_id, asked in by_sheet.items():
        found += store.confirm(places[sheet_id], form.checklist, asked, person=user.name)
    return tuple(found)


def undo(store: Store, user: User, form: Form) -> Saved | None:
    """Takes back the newest answer on the unit's own sheet. Raises NotAllowed, Closed."""
    demand(user, "answer", form.unit.id, form.tree)
    return store.undo(form.sheet, form.checklist, person=user.name)


def save_profile(store: Store, user: User, form: Form, profile: Mapping[str, bool]) -> Sheet:
    """Keeps the facts of the unit. Raises NotAllowed, Closed."""
    demand(user, "answer", form.unit.id, form.tree)
    return store.save_profile(form.sheet, form.checklist, profile, person=user.name)


def keep_evidence(store: Store, user: User, form: Form, file: KeptFile) -> KeptFile:
    """Remembers a file that was checked and kept (tenken.evidence.take). Raises NotAllowed, Unavailable."""
    demand(user, "answer", form.unit.id, form.tree)
    return store.keep_evidence(form.period.root, file, person=user.name)


def save_all(store: Store, user: User, forms: Mapping[Form, Mapping[str, tuple[Answer | None, int]]]) -> int:
    """Answers from files: of several forms, all or none. {form: {question: (answer, id of the entry seen)}}. Raises NotAllowed and
    what `Store.save` raises."""
    changes: dict[int, dict[str, tuple[Answer | None, int]]] = {}
    checklist = None
    for form, asked in forms.items():
        demand(user, "answer", form.unit.id, form.tree)
        checklist = form.checklist
        for question, change in asked.items():
            changes.setdefault(_place(form, question).id, {})[question] = change
    return store.save_all(changes, checklist, person=user.name) if checklist else 0


def _place(form: Form, question: str) -> Sheet:
    if question not in form.places:
        raise AnswerError("unknown_question", question)
    return form.places[question]


# --- the life of a sheet ---------------------------------------------------------------------------------------------


def submit(store: Store, user: User, form: Form) -> Sheet:
    """Hands the unit's own sheet in. Raises Conflict('to_reconfirm') while carried answers are left, NotAllowed, Closed."""
    if form.holding_back:
        raise Conflict("to_reconfirm", n=len(form.holding_back))
    return _advance(store, user, form, "submit", ("draft", "returned"), "submitted", form.unit)


def take_back(store: Store, user: User, form: Form) -> Sheet:
    """Before anybody has reviewed it, a sheet that was handed in can be had back."""
    return _advance(store, user, form, "submit", ("submitted",), "draft", form.unit, named="take_back")


def send_back(store: Store, user: User, form: Form, remark: str) -> Sheet:
    """Returns a sheet with remarks. Raises Conflict('remark_required'), NotAllowed, Closed."""
    if not remark.strip():
        raise Conflict("remark_required", unit=form.unit.code)
    return _advance(store, user, form, "review", ("submitted", "approved"), "returned", form.unit, remark, named="return")


def approve(store: Store, user: User, form: Form, remark: str = "") -> Sheet:
    """Approves a sheet that somebody else answered. Raises Conflict('own_sheet') for one's own, NotAllowed, Closed."""
    return _advance(store, user, form, "review", ("submitted",), "approved", form.unit, remark, named="approve", not_by_editors=True)


def seal(store: Store, user: User, form: Form, as_of: date) -> Sheet:
    """Fixes a sheet for good. It has to be approved, unless one person alone uses Tenken: then what was handed in is sealed
    with 自己承認. Raises NotAllowed, Closed, Conflict."""
    demand(user, "seal", form.unit.id, form.tree)
    states = ("submitted", "approved") if user.solo else ("approved",)
    if form.sheet.state not in states:
        raise Closed(f"not_sealable_{form.sheet.state}")
    self_approved = form.sheet.state == "submitted"
    document = sheet_document(store, form, as_of, self_approved=self_approved)
    return store.advance(form.sheet, form.checklist, action="seal", to="sealed", person=user.name, seal=document)


def _advance(
    store: Store,
    user: User,
    form: Form,
    action: Action,
    states: tuple[str, ...],
    to: str,
    unit: Unit,
    remark: str = "",
    *,
    named: str = "",
    not_by_editors: bool = False,
) -> Sheet:
    demand(user, action, unit.id, form.tree)
    if form.period.state != "open":
        raise Closed("period_closed", period=form.period.id)
    if form.sheet.state not in states:
        raise Closed(f"sheet_{form.sheet.state}", sheet=form.sheet.id)
    move: Callable[..., Sheet] = store.advance
    return move(
        form.sheet, form.checklist, action=named or action, to=to, person=user.name, remark=remark.strip(), not_by_editors=not_by_editors
    )


# --- quarters --------------------------------------------------------------------------------------------------------


def open_period(
    store: Store, user: User, root: Unit, day: date, *, fiscal_start: int, due: date | None, pins: Pins, checklist: Checklist
) -> Period:
    """Opens the quarter that holds `day`; see `Store.open_period`. Raises NotAllowed too."""
    quarter = quarter_of(day, fiscal_start)
    demand(user, "periods", root.id, store.tree(root.id, quarter.end))
    return store.open_period(root.id, day, fiscal_start=fiscal_start, due=due, pins=pins, checklist=checklist, person=user.name)


def set_due(store: Store, user: User, period: Period, due: date | None) -> Period:
    demand(user, "periods", period.root, store.tree_of(period))
    return store.set_due(period.id, due, person=user.name)


def close_period(store: Store, user: User, period: Period, checklist: Checklist) -> None:
    """Closes a quarter in which every unit that is asked anything has a sealed sheet. Raises Closed('period_unsealed', n=),
    NotAllowed."""
    tree = store.tree_of(period)
    demand(user, "periods", period.root, tree)
    sheets = {sheet.unit: sheet for sheet in store.sheets_of(period.id, checklist.id)}
    asked = [unit for unit in tree.units if tree.asks(unit, checklist)]
    missing = [unit for unit in asked if unit.id not in sheets or sheets[unit.id].state != "sealed"]
    if missing:
        raise Closed("period_unsealed", n=len(missing))
    store.close_period(period.id, period_document(store, period, tree, sheets), person=user.name)
