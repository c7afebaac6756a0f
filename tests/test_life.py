"""The life of an audit: any order of what several people do, who may do what where, and that a sealed quarter stays as it is."""

import inspect
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import event

from scoring.model import Answer, Text
from scoring.units import Tree
from scoring.whatif import Assumption
from tenken import audits
from tenken.auth import ACTIONS, ROLES, User, can, demand
from tenken.editions import pin
from tenken.errors import Closed, Conflict, NotAllowed, TenkenError
from tenken.form import Form
from tenken.seals import seal_of
from tenken.store import Action, ActionDraft, KeptFile, Period, Pins, Role, Scenario, Store, UnitPlan
from tenken.verify import verify
from tests import factories
from tests.organisation import APPROVER, OFFICE, Organisation, founded, lived

# --- any order ---------------------------------------------------------------------------------------------------------

QUESTIONS = 2
CODES = ("company", "sales", "it", "print")
# Who looks at whose sheet: mostly at one, where respondents meet, approvers wait, and somebody holds every role; all others too.
PEOPLE = (*CODES, APPROVER, OFFICE, "sales2", "everything")
EVERYBODY = [(person, code) for person in PEOPLE for code in CODES]
MEETING = st.sampled_from([("sales", "sales"), ("sales2", "sales"), ("everything", "sales"), (OFFICE, "sales"), (APPROVER, "sales")])
REVIEWING = st.sampled_from([("everything", "sales"), (APPROVER, "sales"), (OFFICE, "sales")])
WHO = MEETING | MEETING | MEETING | st.sampled_from(EVERYBODY)
EXAMPLES, STEPS = 40, 50  # 2,000 steps


class Life(RuleBasedStateMachine):
    """People with roles do what pages offer, with what they saw a while ago. `said` is what was acknowledged: the model."""

    organisation: Organisation
    tally: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[tuple[int, str], tuple[int, str | None]] = {}  # (sheet, question): newest entry and its choice
        self.seen: dict[tuple[str, str], Form] = {}  # what stands on somebody's screen
        self.sealed: dict[int, str] = {}
        self.answered: dict[int, set[str]] = {}

    @property
    def store(self) -> Store:
        return self.organisation.store

    def form(self, person: str, code: str, *, fresh: bool) -> Form:
        if fresh or (person, code) not in self.seen:
            self.seen[person, code] = self.organisation.form(code)
        return self.seen[person, code]

    def tried(self, act: Callable[[], Any]) -> Any:
        """What is refused changes nothing; what is not is returned."""
        before = content_hash(self.store)
        self.tally["tried"] += 1
        try:
            found = act()
        except TenkenError as error:
            assert content_hash(self.store) == before, "a refusal changed something"
            self.tally[error.code] += 1
            return None
        self.tally["done"] += 1
        return found

    def learn(self, person: str, entries: Any, sheet_of: Callable[[str], int]) -> None:
        for entry in entries:
            place = (sheet_of(entry.question), entry.question)
            assert place[0] not in self.sealed, "an edit after the seal"
            assert entry.id > self.said.get(place, (0, None))[0]
            self.said[place] = (entry.id, entry.choice)
            if entry.origin in ("person", "confirmed", "undo", "import"):
                self.answered.setdefault(place[0], set()).add(person)

    @rule(
        who=WHO, number=st.integers(0, QUESTIONS - 1),
        choice=st.sampled_from(("unknown", "na", "level", None)), fresh=st.booleans(),
    )  # fmt: skip
    def answer(self, who: tuple[str, str], number: int, choice: str | None, fresh: bool) -> None:
        person, code = who
        form = self.form(person, code, fresh=fresh)
        question = form.questions[number % len(form.questions)].id
        newest = form.entries.get(question)
        seen = newest.id if newest else 0
        said = None if choice is None else Answer(form.checklist.choices[0].id if choice == "level" else choice, "理由")
        entry = self.tried(lambda: audits.answer(self.store, self.user(person), form, question, said, seen))
        if entry:
            place = (form.places[question].id, question)
            assert self.said.get(place, (0, None))[0] == seen, "a silent overwrite"
            assert can(self.user(person), "answer", form.unit.id, form.tree)
            self.learn(person, [entry], lambda q: form.places[q].id)

    @rule(who=WHO, fresh=st.booleans())
    def brings_a_file(self, who: tuple[str, str], fresh: bool) -> None:
        person, code = who
        form = self.form(person, code, fresh=fresh)
        asked = [question.id for question in form.questions[:QUESTIONS]]
        changes = {q: (Answer("unknown"), form.entries[q].id if q in form.entries else 0) for q in asked}
        if self.tried(lambda: audits.save_all(self.store, self.user(person), {form: changes})):
            for question, (_, seen) in changes.items():
                place = (form.places[question].id, question)
                assert self.said.get(place, (0, None))[0] == seen, "a silent overwrite"
                self.learn(person, [self.store.entries(place[0])[question]], lambda q: form.places[q].id)

    @rule(who=WHO)
    def confirm(self, who: tuple[str, str]) -> None:
        person, code = who
        form = self.form(person, code, fresh=True)
        entries = self.tried(lambda: audits.confirm(self.store, self.user(person), form, form.to_reconfirm))
        self.learn(person, entries or (), lambda q: form.places[q].id)

    @rule(who=WHO)
    def undo(self, who: tuple[str, str]) -> None:
        person, code = who
        form = self.form(person, code, fresh=True)
        saved = self.tried(lambda: audits.undo(self.store, self.user(person), form))
        self.learn(person, [saved.entry] if saved else (), lambda q: form.sheet.id)

    @rule(
        who=WHO,
        fresh=st.booleans(),
        step=st.sampled_from(("submit", "submit", "submit", "take_back", "send_back")),
    )
    def hands_around(self, who: tuple[str, str], fresh: bool, step: str) -> None:
        person, code = who
        form = self.form(person, code, fresh=fresh)
        steps: dict[str, Callable[[], Any]] = {
            "submit": lambda: audits.submit(self.store, self.user(person), form),
            "take_back": lambda: audits.take_back(self.store, self.user(person), form),
            "send_back": lambda: audits.send_back(self.store, self.user(person), form, "もう一度"),
        }
        if self.tried(steps[step]):
            assert form.sheet.id not in self.sealed

    @rule(who=REVIEWING | REVIEWING | WHO, fresh=st.booleans())
    def approve(self, who: tuple[str, str], fresh: bool) -> None:
        person, code = who
        form = self.form(person, code, fresh=fresh)
        if self.tried(lambda: audits.approve(self.store, self.user(person), form)):
            assert person not in self.answered.get(form.sheet.id, set()), "approved by somebody who answered"

    @rule(who=REVIEWING | REVIEWING | WHO, fresh=st.booleans())
    def seal(self, who: tuple[str, str], fresh: bool) -> None:
        person, code = who
        form = self.form(person, code, fresh=fresh)
        if self.tried(lambda: audits.seal(self.store, self.user(person), form, self.organisation.at)):
            assert self.state_before(form) == "approved"
            self.sealed[form.sheet.id] = self.sheet_hash(form.sheet.id)

    @rule(code=st.sampled_from(CODES))
    def wants_it_done(self, code: str) -> None:
        """Somebody with every role answers, hands in and approves in one go."""
        person = "everything"
        self.answer((person, code), 0, "unknown", True)
        self.hands_around((person, code), True, "submit")
        form = self.form(person, code, fresh=True)
        approved = self.tried(lambda: audits.approve(self.store, self.user(person), form))
        assert not (approved and person in self.answered.get(form.sheet.id, set())), "approved by somebody who answered"

    @rule(code=st.sampled_from(CODES))
    def goes_well(self, code: str) -> None:
        """The way that it is meant, so that quarters come to their end."""
        form = self.form(OFFICE, code, fresh=True)
        if form.sheet.state not in ("draft", "returned") or APPROVER in self.answered.get(form.sheet.id, set()):
            return
        entries = audits.confirm(self.store, self.user(code), form, form.to_reconfirm)
        self.learn(code, entries, lambda q: form.places[q].id)
        audits.submit(self.store, self.user(code), self.organisation.form(code))
        audits.approve(self.store, self.user(APPROVER), self.organisation.form(code))
        audits.seal(self.store, self.user(OFFICE), self.organisation.form(code), self.organisation.at)
        self.sealed[form.sheet.id] = self.sheet_hash(form.sheet.id)

    @rule(person=st.sampled_from((OFFICE, "sales")))
    def close(self, person: str) -> None:
        organisation = self.organisation
        states = [organisation.form(code).sheet.state for code in CODES]

        def close() -> bool:
            audits.close_period(self.store, self.user(person), organisation.period, organisation.checklist)
            return True

        if self.tried(close):
            assert set(states) == {"sealed"} and person == OFFICE

    @rule()
    def next_quarter(self) -> None:
        if self.store.period(self.organisation.period.id).state == "open" and not self.sealed:
            return
        self.organisation.next_quarter()
        for sheet in self.store.sheets_of(self.organisation.period.id, self.organisation.checklist.id):
            self.said |= {(sheet.id, q): (entry.id, entry.choice) for q, entry in self.store.entries(sheet.id).items()}
        self.seen.clear()

    def user(self, name: str) -> User:
        return self.organisation.people[name]

    def state_before(self, form: Form) -> str:
        events = [event for event in self.store.events(self.organisation.root.id, [form.sheet.id]) if "to" in event.payload]
        return str(events[0].payload["from"])

    def sheet_hash(self, sheet_id: int) -> str:
        return repr(
            (self.store.find_sheet(sheet_id), self.store.levels(sheet_id), self.store.entries(sheet_id), self.store.seal_of(sheet_id))
        )

    @invariant()
    def what_was_acknowledged_stands(self) -> None:
        for sheet_id, fixed in self.sealed.items():
            assert self.sheet_hash(sheet_id) == fixed, "a sealed sheet has changed"
        for sheet in {sheet for sheet, _ in self.said}:
            newest = {(sheet, q): (entry.id, entry.choice) for q, entry in self.store.entries(sheet).items() if entry.origin != "profile"}
            assert newest == {place: state for place, state in self.said.items() if place[0] == sheet}

    def teardown(self) -> None:
        verdict = verify(self.store, self.organisation.root.id)
        assert (verdict.faults, verdict.unchecked) == ((), ())
        self.store.close()


def test_any_order_of_what_people_do(tmp_path: Path) -> None:
    """2,000 steps: no silent overwrite, no edit after the seal, nobody approves their own, and the chain holds at the end."""
    template = tmp_path / "template.db"
    store = Store.open(f"sqlite:///{template}")
    with_more_people(founded(store))
    store.close()

    class Bound(Life):
        tally: ClassVar[Counter[str]] = Counter()

        def __init__(self) -> None:
            super().__init__()
            copy = tmp_path / f"{len(list(tmp_path.iterdir()))}.db"
            copy.write_bytes(template.read_bytes())
            self.organisation = again(hurried(Store.open(f"sqlite:///{copy}")))

    run_state_machine_as_test(
        Bound,
        settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=True, database=None),
    )
    refusals = {"answer_changed", "own_sheet", "sheet_changed", "sheet_sealed", "sheet_submitted", "to_reconfirm", "not_allowed_answer",
                "not_allowed_review", "not_allowed_seal", "period_unsealed", "period_closed"}  # fmt: skip
    assert refusals <= set(Bound.tally), "not everything that is to be refused was tried"
    assert Bound.tally["done"] > 200


def hurried(store: Store) -> Store:
    """The same store, which does not wait for the disk: nothing here pulls the plug."""
    engine = store._reader
    engine.dispose()
    event.listen(engine, "connect", lambda connection, record: connection.execute("PRAGMA synchronous=OFF"))
    return store


def with_more_people(organisation: Organisation) -> None:
    """A second respondent of one unit, and somebody who holds every role there is."""
    store, root = organisation.store, organisation.root.id
    store.put_person(root, "sales2", [("respondent", organisation.units["sales"].id)], person=OFFICE)
    store.put_person(root, "everything", [(role, root) for role in ROLES], person=OFFICE)


def again(store: Store) -> Organisation:
    """The organisation that a copied database holds."""
    root = store.company()
    assert root is not None
    people = {person.name: User(person.name, person.roles) for person in store.persons(root.id)}
    period = store.periods(root.id)[-1]
    return Organisation(store, root, {unit.code: unit for unit in store.units()}, people, period, period.start)


def content_hash(store: Store) -> str:
    """Of every row of every table."""
    file = store._reader.url.database
    assert file
    with closing(sqlite3.connect(file)) as database:
        return sha256("\n".join(database.iterdump()).encode()).hexdigest()


# --- who may do what where ----------------------------------------------------------------------------------------------

TREE = Tree(
    (
        factories.unit(1, None, "group"),
        factories.unit(2, 1, "company"),
        factories.unit(3, 2, "department"),
        factories.unit(4, 3, "section"),
        factories.unit(5, 2, "department"),
        factories.unit(6, 2, "supplier"),
    )
)
PLACES = {"own": 3, "below": 4, "other": 5, "company": 2, "group": 1, "supplier": 6}

# Everybody holds the role for unit 3: what they may do there and below. Written by hand, not read from the product.
MAY = {
    "respondent": {"read", "answer", "submit", "act"},
    "approver": {"read", "review", "act"},
    "office": {"read", "answer", "submit", "review", "seal", "periods", "units", "plan", "act"},
    "auditor": {"read"},
    "board": {"read"},
    "administrator": {"read", "periods", "units", "people", "settings"},
}
AT = {"own", "below"}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", ROLES)
def test_every_cell_of_the_table(role: Role, action: Any, place: str) -> None:
    user, unit = User("甲", ((role, 3),)), PLACES[place]
    expected = action in MAY[role] and place in AT
    assert can(user, action, unit, TREE) is expected
    if expected:
        demand(user, action, unit, TREE)
    else:
        with pytest.raises(NotAllowed, match=f"not_allowed_{action}"):
            demand(user, action, unit, TREE)


def test_the_table_by_hand_has_every_role_and_no_more() -> None:
    assert set(MAY) == set(ROLES)
    assert set().union(*MAY.values()) == set(ACTIONS)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_for_the_company_reaches_departments_and_suppliers(role: Role) -> None:
    user = User("甲", ((role, 2),))
    assert [can(user, "read", unit.id, TREE) for unit in TREE.units] == [False, True, True, True, True, True]


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_and_one_alone(action: Any) -> None:
    assert not any(can(User("甲"), action, unit.id, TREE) for unit in TREE.units)
    assert all(can(User("甲", solo=True), action, unit.id, TREE) for unit in TREE.units)


def test_roles_add_up_and_none_reaches_further_by_another() -> None:
    user = User("甲", (("respondent", 3), ("auditor", 1)))
    assert can(user, "read", 5, TREE) and not can(user, "answer", 5, TREE) and can(user, "answer", 4, TREE)


# --- a sealed quarter stays as it is ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    """A sealed sheet, or a sheet of a closed quarter, and everybody's way to it."""

    organisation: Organisation
    form: Form

    @property
    def store(self) -> Store:
        return self.organisation.store

    @property
    def office(self) -> User:
        return self.organisation.people[OFFICE]

    @property
    def period(self) -> Period:
        return self.store.period(self.form.period.id)

    @property
    def question(self) -> str:
        return next(q for q, place in self.form.places.items() if place.id == self.form.sheet.id)

    @property
    def seen(self) -> int:
        return self.form.entries[self.question].id if self.question in self.form.entries else 0


def action(target: Target) -> Action:
    """A corrective action about an answer of the sealed sheet, written down after the seal."""
    draft = ActionDraft(target.form.unit.id, target.question, "後から直す", "gap", from_level=0, to_level=2)
    return target.store.create_actions(target.period.root, target.period.id, [draft], person="甲")[0]


def scenario(target: Target) -> Scenario:
    """A what-if about the sealed quarter, kept after the seal."""
    said = [Assumption(target.question, 2)]
    return target.store.add_scenario(target.period.root, target.form.unit.id, target.period.id, "案", said, proven=False, person="甲")


SEAL = seal_of({"forged": True})
ANSWER = Answer("unknown", note="後から")

# Every method of the store and every function of audits that writes to sheets or their quarter: refused, nothing changes.
REFUSED: dict[str, Callable[[Target], Any]] = {
    "Store.save": lambda t: t.store.save(t.form.sheet, t.form.checklist, t.question, ANSWER, person="甲", seen=t.seen),
    "Store.save_all": lambda t: t.store.save_all({t.form.sheet.id: {t.question: (ANSWER, t.seen)}}, t.form.checklist, person="甲"),
    "Store.confirm": lambda t: t.store.confirm(t.form.sheet, t.form.checklist, [t.question], person="甲"),
    "Store.save_profile": lambda t: t.store.save_profile(t.form.sheet, t.form.checklist, {"telework": False}, person="甲"),
    "Store.undo": lambda t: t.store.undo(t.form.sheet, t.form.checklist, person="甲"),
    "Store.advance": lambda t: t.store.advance(t.form.sheet, t.form.checklist, action="return", to="draft", person="甲"),
    "Store.remove_unit": lambda t: t.store.remove_unit(t.form.unit.id, person="甲"),
    "audits.answer": lambda t: audits.answer(t.store, t.office, t.form, t.question, ANSWER, t.seen),
    "audits.confirm": lambda t: audits.confirm(t.store, t.office, t.form, (t.question,)),
    "audits.undo": lambda t: audits.undo(t.store, t.office, t.form),
    "audits.save_profile": lambda t: audits.save_profile(t.store, t.office, t.form, {"telework": False}),
    "audits.save_all": lambda t: audits.save_all(t.store, t.office, {t.form: {t.question: (ANSWER, t.seen)}}),
    "audits.submit": lambda t: audits.submit(t.store, t.office, t.form),
    "audits.take_back": lambda t: audits.take_back(t.store, t.office, t.form),
    "audits.send_back": lambda t: audits.send_back(t.store, t.office, t.form, "もう一度"),
    "audits.approve": lambda t: audits.approve(t.store, t.office, t.form),
    "audits.seal": lambda t: audits.seal(t.store, t.office, t.form, date(2026, 12, 1)),
}

# Refused in a closed quarter only: an open one is closed when all is sealed, and dated.
REFUSED_CLOSED: dict[str, Callable[[Target], Any]] = {
    "Store.set_due": lambda t: t.store.set_due(t.period.id, date(2026, 12, 1), person="甲"),
    "Store.close_period": lambda t: t.store.close_period(t.period.id, SEAL, person="甲"),
    "audits.set_due": lambda t: audits.set_due(t.store, t.office, t.period, date(2026, 12, 1)),
    "audits.close_period": lambda t: audits.close_period(t.store, t.office, t.period, t.form.checklist),
    "Store.open_period": lambda t: t.store.open_period(
        t.period.root, t.period.start, fiscal_start=4, due=None, pins=pin(t.store), checklist=t.form.checklist, person="甲"
    ),
    "audits.open_period": lambda t: t.organisation.open(t.period.start),
}

# These write, and nothing of a sealed sheet or a closed quarter is theirs: they go through, and both are as they were.
HARMLESS: dict[str, Callable[[Target], Any]] = {
    "Store.sheet": lambda t: t.store.sheet(t.form.unit.id, t.period.id, factories.checklist(id=t.form.checklist.id)),
    "Store.period_for": lambda t: t.store.period_for(t.period.root, t.period.start, pins=Pins("a", "b", "c")),
    "Store.keep_content": lambda t: t.store.keep_content("checklist", pin(t.store).checklist, "x", {"a": "b"}),
    "Store.rename": lambda t: t.store.rename(t.form.unit.id, Text("新", "New")),
    "Store.apply_units": lambda t: t.store.apply_units(
        t.period.root, [UnitPlan("sales", "company", "section", Text("新", "New"), False, weight=9)], since=None, person="甲"
    ),
    "Store.create_company": lambda t: t.store.create_company(Text("見本", "Sample"), sample=True),
    "Store.put_person": lambda t: t.store.put_person(t.period.root, "sales", [], person="甲"),
    "Store.keep_evidence": lambda t: t.store.keep_evidence(t.period.root, KeptFile("t", "ab", "a", "text/csv", 1), person="甲"),
    "audits.keep_evidence": lambda t: audits.keep_evidence(t.store, t.office, t.form, KeptFile("t", "ab", "a", "text/csv", 1)),
    "Store.settle": lambda t: t.store.settle(t.period.root, t.form.unit.id, "targets", {"profile": "basic"}, person="甲", seen=0),
    "Store.create_actions": lambda t: action(t),
    "Store.change_action": lambda t: t.store.change_action(action(t), replace(action(t).said, status="done"), person="甲"),
    "Store.comment_action": lambda t: t.store.comment_action(action(t).id, "後から", person="甲"),
    "Store.add_scenario": lambda t: scenario(t),
    "Store.change_scenario": lambda t: t.store.change_scenario(
        scenario(t), "別の案", [Assumption(t.question, 1)], proven=True, person="甲"
    ),
    "Store.remove_scenario": lambda t: t.store.remove_scenario(scenario(t), person="甲"),
    "Store.put_setting": lambda t: t.store.put_setting("fiscal_start", 1),
    "Store.remove_sample": lambda t: t.store.remove_sample(),
    "Store.ready": lambda t: t.store.ready(),
}

READS = {
    "open", "at", "close", "proof", "rows", "levels", "entries", "entries_of", "history", "carried", "editors", "find_sheet",
    "sheets_of", "events", "head", "seal_of", "seals_of", "period_seal", "closed_at", "people", "persons", "evidence", "evidence_hashes", "periods", "period",
    "tree_of", "trees_of", "content", "editions", "stray_sheets", "newest_entry", "setting", "settled", "settled_of", "units", "tree", "company",
    "action", "actions", "action_history", "action_histories", "scenarios",
}  # fmt: skip


def test_every_way_to_write_is_in_one_of_the_tables() -> None:
    methods = {name for name, _ in inspect.getmembers(Store, callable) if not name.startswith("_")}
    functions = {
        name for name, found in inspect.getmembers(audits, inspect.isfunction) if found.__module__ == audits.__name__ and name[0] != "_"
    }
    known = {*REFUSED, *REFUSED_CLOSED, *HARMLESS}
    assert {f"Store.{name}" for name in methods - READS} | {f"audits.{name}" for name in functions} == known
    assert methods >= READS


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sealed") / "template.db"
    store = Store.open(f"sqlite:///{file}")
    with_more_people(lived(store))
    store.close()
    return file


@pytest.fixture(params=["sealed in an open quarter", "in a closed quarter"])
def target(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> Target:
    copy = tmp_path / "copy.db"
    copy.write_bytes(template.read_bytes())
    organisation = again(Store.open(f"sqlite:///{copy}"))
    first, second = organisation.store.periods(organisation.root.id)
    form = organisation.form("sales", second if "open" in request.param else first)
    assert (form.sheet.state, form.period.state) == ("sealed", "open" if "open" in request.param else "closed")
    return Target(organisation, form)


@pytest.mark.parametrize("name", REFUSED)
def test_the_product_refuses_to_change_a_sealed_sheet(target: Target, name: str) -> None:
    before = content_hash(target.store)
    with pytest.raises((Closed, Conflict)) as refused:
        REFUSED[name](target)
    assert refused.value.code.startswith(("sheet_", "period_closed", "not_sealable", "unit_in_use"))
    assert content_hash(target.store) == before


@pytest.mark.parametrize("name", REFUSED_CLOSED)
@pytest.mark.parametrize("target", ["in a closed quarter"], indirect=True)
def test_the_product_refuses_to_change_a_closed_quarter(target: Target, name: str) -> None:
    before = content_hash(target.store)
    with pytest.raises((Closed, Conflict)):
        REFUSED_CLOSED[name](target)
    assert content_hash(target.store) == before


def fixed(target: Target) -> str:
    """All that a closed quarter or a sealed sheet consists of."""
    store, sheet = target.store, target.form.sheet.id
    units = store.tree_of(target.period).units if target.period.state == "closed" else ()
    said = (store.find_sheet(sheet), store.levels(sheet), store.entries(sheet), store.seal_of(sheet), store.period_seal(target.period.id))
    return repr((said, target.period, units, store.content(pin(store).checklist)))


@pytest.mark.parametrize("name", HARMLESS)
def test_what_else_writes_leaves_it_as_it_was(target: Target, name: str) -> None:
    before = fixed(target)
    HARMLESS[name](target)
    assert fixed(target) == before
    verdict = verify(target.store, target.period.root)
    assert verdict.faults == ()


@pytest.mark.parametrize("table", ["answer_log", "trail"])
def test_the_database_itself_refuses(target: Target, table: str) -> None:
    """Somebody with a connection of their own meets the triggers."""
    file = target.store._reader.url.database
    assert file
    with closing(sqlite3.connect(file)) as database:
        for statement in (f"UPDATE {table} SET at = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                database.execute(statement)


def test_nobody_approves_what_they_answered_and_one_alone_says_so(tmp_path: Path) -> None:
    """Who holds every role answers and is refused; without any roles, the seal says self-approved."""
    store = Store.open(f"sqlite:///{tmp_path / 'a.db'}").at(datetime(2026, 5, 1, tzinfo=UTC))
    organisation = founded(store)
    with_more_people(organisation)
    everything = User("everything", tuple((role, organisation.root.id) for role in ROLES))
    organisation.people["everything"] = everything
    organisation.answer("sales", organisation.own("sales")[0], Answer("unknown"), person="everything")
    audits.submit(store, everything, organisation.form("sales"))
    with pytest.raises(Conflict, match="own_sheet"):
        audits.approve(store, everything, organisation.form("sales"))
    alone = User("everything", solo=True)
    sealed = audits.seal(store, alone, organisation.form("sales"), organisation.at)
    found = store.seal_of(sealed.id)
    assert found is not None and '"self_approved":true' in found.document
    assert verify(store, organisation.root.id).holds
