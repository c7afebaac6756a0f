"""The one bridge between Streamlit and the rest: who looks at what, in which words, and every write.

Pages read through `view()` and write through `act()`. Nothing is cached between runs but what cannot change: the
content, the words, the open database.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Generic, ParamSpec, TypeVar

import streamlit as st

from scoring.assessment import Assessment, assess, express_view
from scoring.errors import AnswerError
from scoring.model import Answer, Checklist, Lang, Text
from scoring.units import Unit
from tenken.content import Content, load_content
from tenken.errors import Conflict, StoreError, TenkenError
from tenken.i18n import LANGUAGES, Words, words
from tenken.palette import Theme
from tenken.settings import read_settings
from tenken.store import Entry, Period, Sheet, Store
from tenken.streamlit_quirks import LANG_COOKIE

P = ParamSpec("P")
T = TypeVar("T")

COMPANY = Text("自社", "Our company")


@dataclass(frozen=True, slots=True)
class Saved(Generic[T]):
    """A write that is on disk."""

    value: T
    at: datetime


@dataclass(frozen=True, slots=True)
class NotSaved:
    """A write that did not happen; what was typed is still on the page."""

    error: TenkenError | AnswerError


@dataclass(frozen=True, slots=True)
class View:
    """One company's sheet of the current quarter: what is stored, and what it says."""

    unit: Unit
    period: Period
    sheet: Sheet
    checklist: Checklist
    entries: Mapping[str, Entry]
    answers: Mapping[str, Answer]
    content: Content
    person: str
    stale: StoreError | None = None

    def assessment(self, *, express: bool) -> Assessment:
        """Judged as of today, on the express questions or on all of them."""
        checklist = express_view(self.checklist) if express else self.checklist
        return assess(checklist, self.answers, today(), self.content.outside)

    @property
    def has_more(self) -> bool:
        """Whether the checklist asks more than its express questions."""
        return any(not question.express for question in self.checklist.questions)

    @property
    def express_only(self) -> bool:
        """Whether a person has answered nothing beyond the express check yet."""
        return all(q.express or q.id not in self.answers or self.answers[q.id].by_profile for q in self.checklist.questions)


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
    try:
        seen = read_view()
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


def read_view() -> View:
    """What is being looked at, as it is stored at this moment. Raises StoreError."""
    content, database = load_content(), store()
    sample = database.company(sample=True) if database.setting("viewing") == "sample" else None
    unit = sample or database.company() or _first_company(database)
    period = database.period_for(unit.id, today())
    sheet = database.sheet(unit.id, period.id, content.checklist)
    entries = database.entries(sheet.id)
    known = {question.id for question in content.checklist.questions}
    answers = {q: entry.answer for q, entry in entries.items() if entry.answer is not None and q in known}
    return View(unit, period, sheet, content.checklist, entries, answers, content, person())


def _first_company(database: Store) -> Unit:
    """On the first start one company reports itself; two first visitors at once make one company."""
    try:
        return database.create_company(COMPANY)
    except Conflict as conflict:
        unit: Unit = conflict.fields["theirs"]
        return unit


def person() -> str:
    """The name that the person at this screen gave; nobody has checked it (`identity: declared`)."""
    return str(store().setting("person") or "")


def act(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Saved[T] | NotSaved:
    """Every write of a page goes through here: Saved once it is durable, NotSaved with the reason otherwise."""
    try:
        value = function(*args, **kwargs)
    except (TenkenError, AnswerError) as error:
        return NotSaved(error)
    return Saved(value, datetime.now().astimezone())


def state(key: str, default: Any = None) -> Any:
    """A value of this browser tab's session."""
    return st.session_state.get(key, default)
