"""The one bridge between Streamlit and the rest: who looks at what, in which words, and every write.

Pages read through `view()` and write through `act()`. Nothing is cached between runs but what cannot change: the
content, the words, the open database.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar
from urllib.parse import urlencode

import streamlit as st

from scoring.assessment import Assessment, assess, express_view
from scoring.errors import AnswerError, CostError, UnitsError
from scoring.model import Answer, Checklist, Lang, Text
from scoring.portfolio import Portfolio, assess_units
from scoring.units import Tree, Unit
from tenken.auth import Action, User, can
from tenken.books import judged_on, portfolio
from tenken.content import Content
from tenken.editions import content_of, pin
from tenken.errors import Conflict, StoreError, TenkenError
from tenken.form import Form, open_form
from tenken.i18n import LANGUAGES, Words, words
from tenken.palette import Theme
from tenken.settings import read_settings
from tenken.store import Entry, Period, Person, Sheet, Store
from tenken.streamlit_quirks import LANG_COOKIE, PERSON_COOKIE

P = ParamSpec("P")
T = TypeVar("T")
Refusal = TenkenError | AnswerError | UnitsError | CostError  # what a write can be refused with

COMPANY = Text("自社", "Our company")

# What an address, or this tab, says is being looked at: a unit's code, a quarter's first day, a person's id.
WANTED = ("unit", "period", "as")


class Wanted(NamedTuple):
    """See WANTED; None where nothing is said."""

    unit: str | None = None
    period: str | None = None
    person: str | None = None


NOTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Saved(Generic[T]):
    """A write that is on disk."""

    value: T
    at: datetime


@dataclass(frozen=True, slots=True)
class NotSaved:
    """A write that did not happen; what was typed is still on the page."""

    error: Refusal


@dataclass(frozen=True, slots=True)
class View:
    """What one browser tab looks at: a unit's form in a quarter, as it is stored, and who looks."""

    root: Unit
    form: Form
    content: Content
    user: User
    periods: tuple[Period, ...]
    persons: tuple[Person, ...] = ()
    stale: StoreError | None = None

    @property
    def tree(self) -> Tree:
        return self.form.tree

    @property
    def unit(self) -> Unit:
        return self.form.unit

    @property
    def period(self) -> Period:
        return self.form.period

    @property
    def sheet(self) -> Sheet:
        return self.form.sheet

    @property
    def checklist(self) -> Checklist:
        return self.content.checklist

    @property
    def entries(self) -> Mapping[str, Entry]:
        return self.form.entries

    @property
    def answers(self) -> dict[str, Answer]:
        return self.form.answers

    @property
    def alone(self) -> bool:
        """Whether the organisation is one company that reports for itself: nothing to compare, one sheet to judge."""
        return len(self.tree.units) == 1

    @property
    def as_of(self) -> date:
        return judged_on(self.period, today())

    @property
    def address(self) -> str:
        """What an address needs to name the same form: for files."""
        return urlencode({"unit": self.unit.code, "period": self.period.start.isoformat()})

    def may(self, action: Action, unit: Unit | None = None) -> bool:
        """Whether this person may do this here, or at another unit."""
        return can(self.user, action, (unit or self.unit).id, self.tree)

    @property
    def writes(self) -> bool:
        """Whether this person may change the unit's own sheet now."""
        return self.form.open and self.may("answer")

    def assessment(self, *, express: bool) -> Assessment:
        """The form itself judged as of today, on the express questions or on all of them."""
        checklist = express_view(self.checklist) if express else self.checklist
        return assess(checklist, self.answers, self.as_of, self.content.outside)

    def portfolio(self) -> Portfolio:
        """All sheets of the quarter. Raises StoreError."""
        return portfolio(store(), self.period, today())

    def judged(self, kind: str, sheets: Portfolio | None = None) -> Assessment | None:
        """What is looked at, judged: 'express' or 'full' the form of a company that reports for itself; 'own' or 'whole' a unit
        with all that reports below it, without or with the company's answers. None when nothing reports there. `sheets`: the quarter, where it is read already."""
        if self.alone:
            return self.assessment(express=kind == "express")
        return assess_units(sheets or self.portfolio(), self.unit.id, self.content.outside, "own" if kind == "own" else "whole")

    @property
    def has_more(self) -> bool:
        """Whether the form asks more than the checklist's express questions."""
        return any(not question.express for question in self.form.questions)

    @property
    def express_only(self) -> bool:
        """Whether a person has answered nothing beyond the express check yet."""
        return self.alone and all(q.express or q.id not in self.answers or self.answers[q.id].by_profile for q in self.checklist.questions)


@st.cache_resource(show_spinner=False)
def open_store(url: str) -> Store:
    """The database of this installation; opened and migrated once."""
    return Store.open(url)


def store() -> Store:
    return open_store(read_settings().store_url)


def today() -> date:
    """The day that evidence is judged by, in the server's time zone."""
    return date.today()


def current_lang() -> Lang:
    """`?lang=`, then the cookie that it left, then TENKEN_LANG."""
    asked = (st.query_params.get("lang"), st.context.cookies.get(LANG_COOKIE), read_settings().lang)
    return next(lang for wanted in asked for lang in LANGUAGES if lang == wanted)


def current_words() -> Words:
    return words(current_lang())


def current_theme() -> Theme:
    return "dark" if st.context.theme.type == "dark" else "light"


def look() -> View:
    """Read what is being looked at, once per run: the company, or the sample company while that is open.

    While the database cannot be read, the page goes on with what it read last, `stale` saying why."""
    wanted = Wanted(*(st.query_params.get(name) or state(name) for name in WANTED))
    try:
        seen = read_view(wanted)
    except StoreError as error:
        if (last := state("view")) is None:
            raise
        seen = replace(last, stale=error)
    st.session_state["view"] = seen
    return seen


def view() -> View:
    """What the frame of this run has read."""
    seen: View = st.session_state["view"]
    return seen


def read_view(wanted: Wanted = NOTHING) -> View:
    """What is being looked at, as it is stored at this moment. Raises StoreError."""
    database = store()
    root = root_at_hand(database)
    periods = database.periods(root.id) or (database.period_for(root.id, today(), fiscal_start(), pin(database)),)
    # The quarter at hand: the newest that is open, or the newest of all.
    at_hand = next((period for period in reversed(periods) if period.state == "open"), periods[-1])
    period = next((period for period in periods if period.start.isoformat() == wanted.period), at_hand)
    tree = database.tree_of(period)
    persons = persons_of(database, root)
    user = user_at(database, persons, wanted.person)
    unit = next((unit for unit in tree.units if unit.code == wanted.unit), None)
    if unit is None or not can(user, "read", unit.id, tree):
        unit = tree.unit(user.unit) if user.unit is not None and user.unit in tree else tree.unit(root.id)
    content = content_of(database, period.pins)
    form = open_form(database, tree, unit, period, content.checklist)
    return View(root, form, content, user, periods, persons)


def root_at_hand(database: Store) -> Unit:
    """The organisation that is looked at: our own, or the sample while that is open."""
    sample = database.company(sample=True) if database.setting("viewing") == "sample" else None
    return sample or database.company() or _first_company(database)


def _first_company(database: Store) -> Unit:
    """On the first start one company reports itself; two first visitors at once make one company."""
    try:
        return database.create_company(COMPANY)
    except Conflict as conflict:
        unit: Unit = conflict.fields["theirs"]
        return unit


def fiscal_start() -> int:
    """The month in which fiscal years begin, 1..12; April until somebody says otherwise."""
    return int(store().setting("fiscal_start") or 4)


def persons_of(database: Store, root: Unit) -> tuple[Person, ...]:
    """Everybody who has a role in an organisation; in the sample nobody, so that whoever looks at it may do everything."""
    return () if root.sample else database.persons(root.id)


def user_at(database: Store, persons: tuple[Person, ...], wanted: str | None) -> User:
    """Who is here. Nobody has checked it (`identity: declared`). As long as nobody was given a role, and in the sample, it is
    whoever gave the name that the installation keeps."""
    if not persons:
        return User(str(database.setting("person") or ""), solo=True)
    asked = wanted or st.context.cookies.get(PERSON_COOKIE)
    found = next((person for person in persons if str(person.id) == asked), None)
    return User(found.name, found.roles) if found else User("")


def act(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Saved[T] | NotSaved:
    """Every write of a page goes through here: Saved once it is durable, NotSaved with the reason otherwise."""
    try:
        value = function(*args, **kwargs)
    except (TenkenError, AnswerError, UnitsError, CostError) as error:
        return NotSaved(error)
    return Saved(value, datetime.now().astimezone())


def beside(here: View, otherwise: T, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a page shows beside its own: `read` now, or `otherwise` while the database cannot be read, so that the page is
    drawn all the same, with what somebody typed into it."""
    if here.stale:
        return otherwise  # look() has waited for the database already
    try:
        return read(*args, **kwargs)
    except StoreError:
        return otherwise


def state(key: str, default: Any = None) -> Any:
    """A value of this browser tab's session."""
    return st.session_state.get(key, default)
