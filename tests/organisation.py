"""A small organisation through its quarters, with the content that is shipped: what verifying and the life of an audit are tried on."""

from dataclasses import dataclass, field
from datetime import date

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from scoring.model import Answer, Checklist, Evidence, Text
from scoring.units import Unit, UnitKind
from tenken import audits
from tenken.auth import User
from tenken.editions import pin, shipped
from tenken.form import Form, open_form
from tenken.settings import ROOT
from tenken.store import Period, Role, Sheet, Store, UnitPlan, connect

FIRST = date(2026, 4, 1)
OFFICE = "事務局"
APPROVER = "承認者"
UNITS: tuple[tuple[str, UnitKind], ...] = (("sales", "department"), ("it", "department"), ("print", "supplier"))


@dataclass(slots=True)
class Organisation:
    """A company with two departments and a supplier; everybody answers the first questions only, so that it is quick."""

    store: Store
    root: Unit
    units: dict[str, Unit]
    people: dict[str, User]
    period: Period
    at: date
    chosen: dict[str, int] = field(default_factory=dict)

    @property
    def checklist(self) -> Checklist:
        return shipped().content.checklist

    def form(self, code: str, period: Period | None = None) -> Form:
        quarter = self.store.period((period or self.period).id)
        tree = self.store.tree_of(quarter)
        return open_form(self.store, tree, tree.unit(self.units[code].id), quarter, self.checklist)

    def own(self, code: str) -> list[str]:
        """The questions on the unit's own sheet."""
        form = self.form(code)
        return [question.id for question in form.questions if form.places[question.id].id == form.sheet.id]

    def answer(self, code: str, question: str, said: Answer | None, person: str = "") -> None:
        form = self.form(code)
        newest = self.store.entries(form.places[question].id).get(question)
        audits.answer(self.store, self.people[person or code], form, question, said, newest.id if newest else 0)

    def fill(self, code: str, count: int = 4, shift: int = 0) -> None:
        """Answers the unit's first questions, one with evidence, one N/A."""
        choices = [choice.id for choice in self.checklist.choices]
        for number, question in enumerate(self.own(code)[:count]):
            said = Answer(choices[(number + shift) % len(choices)], note=f"控え{number}")
            if number % 3 == 1:
                said = Answer("na", reason="対象がない")
            if number % 3 == 2:
                said = Answer(choices[-1], evidence=Evidence("台帳", self.at))
            self.answer(code, question, said)

    def finish(self, code: str) -> Sheet:
        """Confirms, submits, approves and seals a unit's sheet."""
        form = self.form(code)
        audits.confirm(self.store, self.people[code], form, form.to_reconfirm)
        audits.submit(self.store, self.people[code], self.form(code))
        audits.approve(self.store, self.people[APPROVER], self.form(code))
        return audits.seal(self.store, self.people[OFFICE], self.form(code), self.at)

    def close(self) -> None:
        for code in self.units:
            if self.form(code).sheet.state != "sealed":
                self.finish(code)
        audits.close_period(self.store, self.people[OFFICE], self.period, self.checklist)

    def next_quarter(self) -> None:
        month = self.at.month + 3
        self.at = self.at.replace(year=self.at.year + (month > 12), month=(month - 1) % 12 + 1)
        self.period = self.open(self.at)

    def open(self, day: date) -> Period:
        return audits.open_period(
            self.store,
            self.people[OFFICE],
            self.root,
            day,
            fiscal_start=4,
            due=day.replace(day=20),
            pins=pin(self.store),
            checklist=self.checklist,
        )


def founded(store: Store) -> Organisation:
    """The organisation with its people, in its first quarter."""
    root = store.create_company(Text("試験株式会社", "Trial Inc."))
    plans = [UnitPlan(code, root.code, kind, Text(code, code), True, weight=number + 1) for number, (code, kind) in enumerate(UNITS)]
    store.apply_units(root.id, plans, since=None, person=OFFICE)
    units = {unit.code: unit for unit in store.units()}
    given: dict[str, list[tuple[Role, int]]] = {code: [("respondent", unit.id)] for code, unit in units.items()}
    given |= {OFFICE: [("office", root.id)], APPROVER: [("approver", root.id)]}
    people = {name: User(name, store.put_person(root.id, name, roles, person=OFFICE).roles) for name, roles in given.items()}
    period = audits.open_period(
        store, people[OFFICE], root, FIRST, fiscal_start=4, due=None, pins=pin(store), checklist=shipped().content.checklist
    )
    return Organisation(store, root, units, people, period, FIRST)


def lived(store: Store) -> Organisation:
    """One closed quarter with four seals; a second one in which two sheets are sealed, one was returned and one is a draft."""
    found = founded(store)
    for shift, code in enumerate(found.units):
        found.fill(code, shift=shift)
    found.close()
    found.next_quarter()
    for code in ("company", "sales"):
        found.fill(code, count=2, shift=3)
        found.finish(code)
    form = found.form("it")
    audits.confirm(store, found.people["it"], form, form.to_reconfirm)
    audits.submit(store, found.people["it"], found.form("it"))
    audits.send_back(store, found.people[APPROVER], found.form("it"), "もう一度")
    found.fill("it", count=1, shift=4)
    found.fill("print", count=1, shift=2)
    return found


def old_database(url: str, rows: int = 40) -> str:
    """A database of the first schema, with answers on a sheet of the company and on one of the sample in turn; the same `url`."""
    engine = connect.connect(url)
    with engine.execution_options(writes=True).begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(ROOT / "tenken" / "store" / "migrations"))
        command.upgrade(config, "0001")
        checklist = shipped().content.checklist

        def insert(table: str, **values: object) -> None:
            connection.execute(text(f"INSERT INTO {table} ({', '.join(values)}) VALUES (:{', :'.join(values)})"), values)

        insert("person", name="佐藤")
        insert("period", start_date=date(2026, 10, 1), end_date=date(2026, 12, 31), state="open")
        for number, sample in ((1, False), (2, True)):
            insert("node", kind="company", name_ja="甲", name_en="A", reporting=True, sample=sample)
            place = {"node_id": number, "period_id": 1, "checklist_id": checklist.id, "edition": "1", "content_hash": "x"}
            insert("sheet", **place, levels=bytes(len(checklist.questions)), version=1)
        for number in range(rows):
            said = {"question_id": checklist.questions[number % 7].id, "choice": "unknown", "reason": "", "note": "x"}
            proof = {"evidence_link": "y", "evidence_dated": date(2026, 11, 1 + number % 3)} if number % 3 else {}
            by = {"person_id": 1, "origin": "person", "at": "2026-11-01T00:00:00.000000+00:00", "by_profile": number % 4 == 0}
            insert("answer_log", sheet_id=number % 2 + 1, **said, **proof, **by)
    engine.dispose()
    return url
