"""The pages, run by Streamlit's own script runner without a browser: what stands on them, and what a click writes.

AppTest reruns the whole page where a browser reruns one card; test_streamlit_quirks.py has the cards alone.
"""

import html
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pandas as pd
import pytest
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test
from streamlit.testing.v1.element_tree import Button, Radio
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from scoring.assessment import Assessment, assess, express_view
from scoring.engine import shown
from scoring.model import Answer, Evidence, Lang
from scoring.portfolio import assess_units
from tenken.books import portfolio
from tenken.content import load_content
from tenken.error_words import error_text
from tenken.errors import Unavailable
from tenken.headline import conclusion
from tenken.i18n import Words, words
from tenken.markup import escaped
from tenken.palette import PALETTES
from tenken.parts import overview
from tenken.sample import load_sample
from tenken.server import show_error
from tenken.session import COMPANY
from tenken.settings import read_settings
from tenken.store import Entry, Sheet, Store
from tenken.streamlit_quirks import LANG_COOKIE
from tests.company import company_answers, facts
from tests.sampled import put_sample

MAIN = Path(__file__).parent.parent / "tenken" / "main.py"
CONTENT = load_content()
CHECKLIST = CONTENT.checklist
EXPRESS = express_view(CHECKLIST).questions
FIRST, SECOND = EXPRESS[0].id, EXPRESS[1].id
TODAY = date.today()
YES = {fact.id: True for fact in CHECKLIST.facts}
OTHER_PERSON = "鈴木 *一郎*"

SCRIPTS = ScriptCache()  # compiled once, as in a server
# We have no components of our own: spares every tab a search through all installed packages.
COMPONENTS = BidiComponentManager()

Open = Callable[..., AppTest]


class Served(LocalScriptRunner):
    """AppTest's runner with the error boundary that tenken.server gives to st.App."""

    latest: "Served"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._on_script_error = show_error
        self._script_cache = SCRIPTS
        Served.latest = self


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """As everywhere, with the `Served` of this module: pytest imports it under a name of its own."""
    return opener(monkeypatch)


def opener(monkeypatch: pytest.MonkeyPatch) -> Open:
    """`open_page(lang, "answer", question=…)`: a new tab at that address, in a browser that keeps the language's cookie."""
    cookies: dict[str, str] = {}
    monkeypatch.setattr(app_test, "LocalScriptRunner", Served)
    monkeypatch.setattr("streamlit.runtime.context._get_client_context", lambda: SimpleNamespace(cookies=cookies, headers={}))

    def opened(lang: str, page: str = "home", **query: str) -> AppTest:
        cookies[LANG_COOKIE] = lang
        tab = AppTest.from_file(MAIN, default_timeout=60)
        tab._bidi_component_manager = COMPONENTS
        tab.run()
        return tab if page == "home" and not query else go(tab, page, **query)

    return opened


def go(tab: AppTest, page: str, **query: str) -> AppTest:
    """Follow a link: another page, with these parameters only."""
    tab.switch_page(f"screens/{page}.py")
    tab.query_params = dict(query)
    return tab.run()


# --- the store, seen by somebody else -----------------------------------------------------------------------------


@pytest.fixture
def other() -> Store:
    """A second store on the same database, as another process has it."""
    return Store.open(read_settings().store_url)


def own_sheet(store: Store, profile: Mapping[str, bool] | None = None) -> Sheet:
    company = store.company() or store.create_company(COMPANY)
    sheet = store.sheet(company.id, store.period_for(company.id, TODAY).id, CHECKLIST)
    return store.save_profile(sheet, CHECKLIST, profile, person="") if profile else sheet


def put(store: Store, sheet: Sheet, question: str, answer: Answer | str, person: str = OTHER_PERSON) -> Entry:
    newest = store.entries(sheet.id).get(question)
    said = Answer(answer) if isinstance(answer, str) else answer
    return store.save(sheet, CHECKLIST, question, said, person=person, seen=newest.id if newest else 0).entry


def own_entry(store: Store, question: str) -> Entry | None:
    return store.entries(own_sheet(store).id).get(question)


def own_answers(store: Store) -> dict[str, Answer]:
    entries = store.entries(own_sheet(store).id)
    return {question: entry.answer for question, entry in entries.items() if entry.answer}


@pytest.fixture
def sheet(other: Store) -> Sheet:
    """Our own sheet with a profile that leaves no question out."""
    return own_sheet(other, YES)


# --- what stands on a page ----------------------------------------------------------------------------------------

# Fields of Streamlit's messages that nobody reads.
UNSEEN = {
    *("id", "type", "tag", "config", "spec", "icon", "shortcut", "page", "page_script_hash", "query_string"),
    *("format", "min", "max", "language", "columns", "data"),
}
# Keys of a Plotly figure whose strings are drawn; y and x hold the labels of bars.
DRAWN = {"text", "name", "hovertemplate", "ticktext", "x", "y", "title"}


def strings(message: Any) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.name in UNSEEN:
            continue
        for part in value if field.is_repeated else [value]:
            if field.message_type:
                yield from strings(part)
            elif isinstance(part, str):
                yield part


def drawn(figure: Any, key: str = "") -> Iterator[str]:
    if isinstance(figure, dict):
        for name, value in figure.items():
            yield from drawn(value, name)
    elif isinstance(figure, list):
        for value in figure:
            yield from drawn(value, key)
    elif isinstance(figure, str) and key in DRAWN:
        yield figure


def raw(tab: AppTest) -> Iterator[str]:
    yield from (str(page.get("page_name", "")) for page in tab._registered_pages.values())
    for node in tab._tree:
        message = getattr(node, "proto", None)
        if message is None:  # the root, and columns' rows
            continue
        yield from strings(message)
        if node.type == "plotly_chart":
            yield from drawn(json.loads(message.spec))
        if node.type in ("table", "arrow_data_frame", "dataframe"):
            frame: pd.DataFrame = getattr(node, "value")  # noqa: B009
            yield from (str(part) for part in (*frame.columns, *frame.index, *frame.to_numpy().ravel()))


def visible(tab: AppTest) -> list[str]:
    """Every string that a reader, or a screen reader, meets on the page; tags and escapes taken out."""
    return [text for text in dict.fromkeys(map(plain, raw(tab))) if text.strip()]


def plain(text: str) -> str:
    """Without tags, entities and the signs that take Markdown literally."""
    return re.sub(r"\\([^\w\s])", r"\1", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def page_text(tab: AppTest) -> str:
    return "\n".join(visible(tab))


def title(tab: AppTest) -> str:
    """The one big heading."""
    assert len(tab.title) == 1
    return re.sub(r"\\(.)", r"\1", tab.title[0].value)


def browser_title() -> str:
    """What the tab of the browser says, by the newest run."""
    pages = [m.page_config_changed for m in Served.latest.forward_msgs() if m.HasField("page_config_changed")]
    return str(pages[-1].title)


JAPANESE = re.compile("[ぁ-ゖァ-ヺー-ヿ㐀-䶿一-鿿々〆〇]")  # letters; ・ and 〜 and （ are signs
PROSE = re.compile(r"[A-Za-z’]{2,}(?:[ ,;:]+[A-Za-z’]{2,}){3}")  # four English words in a row

WORD = re.compile("[A-Za-z]{2,}")

# The one link to the other language says its name in that language.
LINK: dict[Lang, str] = {"ja": "English", "en": "日本語"}


def any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """Any of these, the longest first; nothing at all when there is none."""
    return re.compile("|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True)) or r"(?!)")


def proper_names() -> set[str]:
    """Words that are shown as they were published: publishers, titles and addresses of sources."""
    names = [plain(text) for source in CONTENT.statistics.sources for text in (source.publisher, source.title, source.url)]
    # Titles and publishers pass through Markdown, which makes several blanks one.
    return {" ".join(name.split()) for name in names}


PROPER_NAMES = any_of(proper_names())


def typed_by_people() -> list[str]:
    """Notes, reasons, evidence and corrective actions of whatever company is on the page: written once, never translated."""
    store = Store.open(read_settings().store_url)
    found = [str(store.setting("person") or "")]
    for unit in store.units():
        for entry in store.entries(store.sheet(unit.id, store.period_for(unit.id, TODAY).id, CHECKLIST).id).values():
            evidence = entry.evidence.link if entry.evidence else ""
            found += [entry.note, entry.reason, evidence, entry.person]
        for action in store.actions(unit.id):
            found += [action.said.title, action.said.owner, *action.said.links]
            for line in store.action_history(action.id):
                found += [line.person, str(line.payload.get("text", ""))]
    return [plain(text) for text in found if text]


def foreign(tab: AppTest, lang: Lang) -> list[str]:
    """What a reader of one language would meet in the other one."""
    strange = {text: rest for text in visible(tab) if is_foreign(rest := PROPER_NAMES.sub(" ", text).replace(LINK[lang], " "), lang)}
    if strange:  # what people wrote stays as it is
        said = any_of(typed_by_people())
        strange = {text: rest for text, rest in strange.items() if is_foreign(said.sub(" ", rest), lang)}
    return list(strange)


@cache
def is_foreign(text: str, lang: Lang) -> bool:
    if lang == "en":
        return bool(JAPANESE.search(text))
    # Every sentence of the catalogue has a word outside its gaps: without one there is nothing to look for.
    return bool(PROSE.search(text) or (WORD.search(text) and SENTENCES.search(text)) or KEYS.fullmatch(text))


def english(least_words: int) -> re.Pattern[str]:
    """The keys of the catalogue that the Japanese pages must not show, from so many words up."""
    keys = [key.replace("**", "") for key, text in words("ja")._catalogue.items() if JAPANESE.search(text)]
    chosen = [re.escape(key) for key in keys if len(WORD.findall(key)) >= least_words]
    open_fields = [re.sub(r"\\\{\w+\\\}", ".+?", key) for key in chosen]
    assert not least_words or all(map(WORD.search, open_fields))
    return re.compile("|".join(open_fields))


SENTENCES, KEYS = english(3), english(0)  # looked for inside texts; compared with whole texts


def fine(tab: AppTest, lang: Lang) -> None:
    """No exception, no error, one title, the reader's language and no other."""
    assert not tab.exception
    assert not tab.error, [error.value for error in tab.error]
    assert bool(JAPANESE.search(title(tab))) == (lang == "ja")
    assert browser_title() == words(lang)("Tenken")
    assert foreign(tab, lang) == []


# --- every page, both languages -----------------------------------------------------------------------------------


def test_a_foreign_sentence_would_be_found(lang: Lang, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search itself: with the words of the other language, it finds the page full of them."""
    stranger = words("ja" if lang == "en" else "en")
    monkeypatch.setattr("tenken.session.words", lambda wanted: stranger)
    tab = open_page(lang)
    assert len(foreign(tab, lang)) > 8


def test_home_before_the_first_answer(lang: Lang, open_page: Open) -> None:
    tab = open_page(lang)
    fine(tab, lang)
    assert (
        title(tab)
        == {
            "ja": "まだ回答がありません。5分の点検から始めましょう。",
            "en": "No answers yet. Start with the five-minute check.",
        }[lang]
    )
    assert tab.text[0].value.startswith({"ja": "自社　", "en": "Our company　"}[lang])
    assert str(len(EXPRESS)) in tab.markdown[0].value


@pytest.fixture
def sample() -> Store:
    put_sample(read_settings().home)
    return Store.open(read_settings().store_url)


@pytest.fixture
def answered(other: Store) -> Store:
    """One company that has answered everything."""
    sheet = own_sheet(other, facts())
    there = other.entries(sheet.id)
    given = company_answers(TODAY).items()
    changes = {question: (answer, 0) for question, answer in given if question not in there}
    other.save_all({sheet.id: changes}, CHECKLIST, person="")
    return other


def sample_assessment(store: Store) -> Assessment:
    """What the whole sample group says in its open quarter."""
    root = store.company(sample=True)
    assert root
    found = assess_units(portfolio(store, store.periods(root.id)[-1], TODAY), root.id, CONTENT.outside)
    assert found
    return found


def test_home_with_the_sample(lang: Lang, open_page: Open, sample: Store) -> None:
    tab = open_page(lang)
    fine(tab, lang)
    _, found = words(lang), sample_assessment(sample)
    assert title(tab) == conclusion(found, _)
    assert tab.selectbox(key="choose_unit").options[0] == {"ja": "見本ホールディングス株式会社", "en": "Sample Holdings, Inc."}[lang]
    assert len(tab.selectbox(key="choose_period").options) == 7
    assert [metric.value for metric in tab.metric] == [
        {"ja": f"{shown(found.result.total.percent)}点", "en": f"{shown(found.result.total.percent)} points"}[lang],
        f"{shown(found.gap.gap)}%",
        {"ja": f"{shown(found.result.evidenced.percent)}点", "en": f"{shown(found.result.evidenced.percent)} points"}[lang],
        {"ja": f"{len(found.result.below_critical)}問", "en": f"{len(found.result.below_critical)} questions"}[lang],
    ]
    spans = [caption.value for caption in tab.caption]
    assert any(f"{_.span_percent(found.gap.low, found.gap.high)}" in text for text in spans)


def test_home_names_the_next_steps_in_their_order(lang: Lang, open_page: Open, answered: Store) -> None:
    tab = open_page(lang)
    found = assess(CHECKLIST, own_answers(answered), TODAY, CONTENT.outside)
    shown_steps = [each.proto.label for each in tab.expander if each.proto.label.startswith("**")]
    assert len(shown_steps) == 5
    questions = {question.id: question for question in CHECKLIST.questions}
    for number, (label, step) in enumerate(zip(shown_steps, found.steps[:5], strict=True), start=1):
        question = questions[step.question]
        advice = question.text if step.level is None else question.advice[step.level]
        assert label.startswith(f"**{number}　")
        assert escaped(advice.of(lang)) in label
    links = [link.proto for link in tab.page_link if link.proto.query_string.startswith("question=")]
    assert [link.query_string for link in links[:5]] == [f"question={step.question}" for step in found.steps[:5]]
    assert {link.page for link in links} == {"answer"}


@pytest.mark.parametrize(("kind", "ids", "of"), [("cause", "physical", "cause:physical"), ("cell", ["physical", "M4"], "cell:physical:M4")])
def test_a_click_on_a_chart_leads_to_its_answers(monkeypatch: pytest.MonkeyPatch, kind: str, ids: str | list[str], of: str) -> None:
    """AppTest has no clicks on charts, so the selection is made by hand; test_charts.py has the ids of the marks."""
    gone: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr("streamlit.switch_page", lambda page, query_params: gone.append((page, query_params)))
    overview._follow(SimpleNamespace(selection=SimpleNamespace(points=[])), kind)
    assert gone == []
    overview._follow(SimpleNamespace(selection=SimpleNamespace(points=[{"customdata": ids}])), kind)
    assert gone == [("screens/explain.py", {"of": of})]


def test_every_page_in_the_dark(lang: Lang, open_page: Open, sample: Store) -> None:
    tab = open_page(lang)
    tab.context["theme"] = "dark"
    for page in ("home", "answer", "statistics", "about", "explain"):
        fine(go(tab, page), lang)
        figures = [node.proto.spec for node in tab._tree if getattr(node, "type", "") == "plotly_chart"]
        assert not [figure for figure in figures if PALETTES["light"].lack.mark in figure or PALETTES["light"].text in figure]


def test_every_number_of_home_leads_to_its_explanation(lang: Lang, open_page: Open, sample: Store) -> None:
    tab = open_page(lang)
    links = {link.proto.query_string for link in tab.page_link if link.proto.page == "explain"}
    questions = {link for link in links if link.startswith("of=question%3A")}  # of many units, steps lead to what each of them says
    assert links - questions == {"of=score", "of=gap", "of=evidenced", "of=critical", "of=steps"}
    assert questions


def test_answer_asks_for_the_profile_first(lang: Lang, open_page: Open) -> None:
    tab = open_page(lang, "answer")
    fine(tab, lang)
    assert title(tab) == {"ja": "はじめに、会社の前提を5つ教えてください", "en": "First, five facts about your company"}[lang]
    assert [radio.label for radio in tab.radio] == [fact.question.of(lang) for fact in CHECKLIST.facts]
    assert tab.button(key="save_profile").disabled


@pytest.mark.parametrize("section", range(len(CHECKLIST.sections)))
def test_answer_shows_every_section(lang: Lang, open_page: Open, sheet: Sheet, section: int) -> None:
    asked = CHECKLIST.sections[section]
    tab = open_page(lang, "answer", question=asked.questions[0].id)
    fine(tab, lang)
    assert title(tab) == f"{section + 1}　{asked.title.of(lang)}"
    express = [question for question in asked.questions if question.express]
    assert [radio.label for radio in tab.radio] == [question.text.of(lang) for question in express or asked.questions]
    levels = [text.of(lang) for text in asked.questions[0].levels]
    assert [re.sub(r"\\(.)", r"\1", text) for text in tab.radio[0].proto.captions][: len(levels)] == levels


def test_answer_shows_what_was_answered(lang: Lang, open_page: Open, answered: Store) -> None:
    for asked in CHECKLIST.sections:
        tab = open_page(lang, "answer", question=asked.questions[0].id)
        fine(tab, lang)
        answers = own_answers(answered)
        assert [radio.value for radio in tab.radio] == [answers[question.id].choice for question in asked.questions]


def test_a_question_that_the_profile_rules_out_says_why(lang: Lang, open_page: Open, other: Store) -> None:
    own_sheet(other, YES | {"telework": False})
    tab = open_page(lang, "answer", question="telework.remote_access")
    fine(tab, lang)
    reason = next(fact for fact in CHECKLIST.facts if fact.id == "telework").reason
    assert reason.of(lang) in page_text(tab)
    assert tab.radio[0].value == "na"
    assert "profile:telework" not in page_text(tab)  # the word that is kept


def test_statistics_as_charts(lang: Lang, open_page: Open) -> None:
    tab = open_page(lang, "statistics")
    fine(tab, lang)
    assert (
        title(tab)
        == {
            "ja": "2025年は180件。64.4%がウイルス感染・不正アクセスです。",
            "en": "180 incidents in 2025; 64.4% of them malware or unauthorised access.",
        }[lang]
    )
    for number in ("158", "30,636,910", "70"):
        assert number in tab.markdown[1].value
    charts = [node for node in tab._tree if getattr(node, "type", "") == "plotly_chart"]
    assert {"incidents", "persons"} <= {chart.key for chart in charts}
    assert all(chart.proto.alt for chart in charts)


def test_statistics_as_tables(lang: Lang, open_page: Open) -> None:
    tab = open_page(lang, "statistics")
    tab.segmented_control(key="form").set_value("table").run()
    fine(tab, lang)
    years = tab.table[0].value
    assert [str(year).strip("\u2007") for year in years.iloc[:, 0]] == [str(y.year) for y in CONTENT.statistics.years]
    assert [cell.strip("\u2007") for cell in years.iloc[-1, 1:9]] == ["180", "158", "30,636,910", "116", "37", "18", "7", "2"]
    assert {"ja": "公表なし", "en": "not published"}[lang] in set(years.iloc[0])
    assert not {"incidents", "persons"} & {getattr(node, "key", None) for node in tab._tree}


def test_about(lang: Lang, open_page: Open) -> None:
    tab = open_page(lang, "about")
    fine(tab, lang)
    assert (
        title(tab)
        == {
            "ja": "数字はすべて一つの式から出て、どこでも同じです。",
            "en": "Every number comes from one formula, and is the same everywhere.",
        }[lang]
    )
    shown_edition = page_text(tab)
    for edition in (CHECKLIST.edition, CHECKLIST.content_hash[:12], CONTENT.statistics.edition, CONTENT.matrix.edition):
        assert edition in shown_edition
    assert len(tab.table[0].value) == sum(len(row) for _cause, row in CONTENT.matrix.rows)


KINDS = [
    ("score", "備えの得点", "Score "),
    ("evidenced", "証跡のある得点", "Score with evidence "),
    ("gap", "事故加重ギャップ", "Incident-weighted gap "),
    ("critical", "段階2に届かない重大項目", "critical questions below level 2"),
    ("steps", "この順番にした理由", "Why these steps, in this order"),
    *((f"cause:{s.id}", s.title.ja, s.title.en) for s in CHECKLIST.sections),
    ("cell:physical:M4", "入退室・保管・廃棄 × 物理・廃棄：", "Entry, storage and disposal × "),
    ("cell:physical:M5", "在宅・私物端末の守り × 物理・廃棄：算出不可", "not computable"),
    ("cell:physical:<b>", "<b> × 物理・廃棄", "<b> × "),
    ("nonsense", "備えの得点", "Score "),
    ("cause:nonsense", "備えの得点", "Score "),
    ("cell:physical", "備えの得点", "Score "),
    ("", "備えの得点", "Score "),
]


@pytest.mark.parametrize(("of", "ja", "en"), KINDS, ids=[kind[0] for kind in KINDS])
def test_explain(lang: Lang, open_page: Open, sample: Store, of: str, ja: str, en: str) -> None:
    tab = open_page(lang, "explain", of=of)
    fine(tab, lang)
    assert {"ja": ja, "en": en}[lang] in title(tab)
    if not of.startswith("cell:physical:M5") and of != "cell:physical:<b>":
        assert len(tab.dataframe[0].value) > 1


def test_explain_before_the_first_answer(lang: Lang, open_page: Open) -> None:
    for of in ("score", "evidenced", "gap", "critical", "steps", "cause:physical", "cell:physical:M4"):
        fine(open_page(lang, "explain", of=of), lang)


def test_explain_spells_out_the_integers_and_the_rows(lang: Lang, open_page: Open, answered: Store) -> None:
    found = assess(CHECKLIST, own_answers(answered), TODAY, CONTENT.outside)
    tab = open_page(lang, "explain", of="score")
    total = found.result.total
    assert f"{total.earned:,} ÷ " in tab.code[0].value
    assert f"{total.possible:,} " in tab.code[0].value
    assert tab.code[0].value.splitlines()[0].endswith(f"→ {shown(total.percent)}")
    rows = tab.dataframe[0].value
    assert list(rows.iloc[:-1, 0]) == [question.text.of(lang) for question in CHECKLIST.questions]
    assert str(rows.iloc[-1, 4]).replace(",", "") == str(total.earned)


def test_people_may_write_what_they_like(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    """Notes come back letter by letter, and nothing that they hold is run or read as Markdown."""
    note = "<script>alert(1)</script> **x** :red[y] $z$ `{code}` {lang} # 一行目\n二行目"
    put(other, sheet, FIRST, Answer("partly", note=note, evidence=Evidence("{x} [a](http://b)", TODAY)))
    tab = open_page(lang, "answer", question=FIRST)
    fine(tab, lang)
    assert tab.text_area(key=f"note:{sheet.id}:{FIRST}").value == note


# --- the first visit ----------------------------------------------------------------------------------------------


def test_from_nothing_to_a_score(lang: Lang, open_page: Open, other: Store) -> None:
    """Start, five facts, one answer: it is in the database, and home says what it comes to."""
    _ = words(lang)
    tab = open_page(lang)
    tab.button(key="start").click().run()
    assert not tab.exception
    assert tab.query_params["mode"] == "express"
    facts = [f"fact:{own_sheet(other).id}:{fact.id}" for fact in CHECKLIST.facts]
    for key in facts[:-1]:
        tab.radio(key=key).set_value(True).run()
        assert tab.button(key="save_profile").disabled
    tab.radio(key=facts[-1]).set_value(False).run()
    assert not tab.button(key="save_profile").disabled
    tab.button(key="save_profile").click().run()
    assert own_sheet(other).profile == YES | {CHECKLIST.facts[-1].id: False}
    assert title(tab) == f"1　{CHECKLIST.sections[0].title.of(lang)}"
    assert all(answer.by_profile for answer in own_answers(other).values())

    levels(tab, other, FIRST).set_value("everywhere").run()
    fine(tab, lang)
    entry = own_entry(other, FIRST)
    assert entry
    assert (entry.choice, entry.origin, entry.by_profile, entry.note) == ("everywhere", "person", False, "")
    assert saved_line(tab).startswith(f":green[✓ {_('Saved {time}', time='')[:3]}")
    assert _("{done} of {n} answered", done=1, n=len(EXPRESS)) == tab.progress[0].text

    go(tab, "home")
    fine(tab, lang)
    found = assess(express_view(CHECKLIST), own_answers(other), TODAY, CONTENT.outside)
    assert tab.metric[0].value == _("{n} points", n=shown(found.result.total.percent))
    assert tab.metric[1].value == f"{shown(found.gap.gap)}%"
    open_link = next(link for link in tab.page_link if link.proto.query_string == "mode=express")
    assert open_link.proto.label == _("{n} questions still open: go on answering", n=len(EXPRESS) - 1)


def levels(tab: AppTest, store: Store, question: str) -> Radio[str]:
    """The levels of a question's card, whatever turn their buttons are in."""
    name = re.compile(rf"choice\d*:{own_sheet(store).id}:{re.escape(question)}")
    return next(radio for radio in tab.radio if radio.key and name.fullmatch(radio.key))


def key(name: str, store: Store, question: str) -> str:
    return f"{name}:{own_sheet(store).id}:{question}"


def saved_line(tab: AppTest) -> str:
    """The line that says whether the last change is on disk; empty before the first one."""
    lines = [each.value for each in tab.markdown if re.match(r":green\[✓|:red\[\*\*× \S", each.value)]
    return lines[0] if lines else ""


def has(tab: AppTest, kind: str, wanted: str) -> bool:
    return any(each.key == wanted for each in getattr(tab, kind))


def says(tab: AppTest, text: str) -> bool:
    return any(text in line for line in visible(tab))


def test_the_profile_can_be_changed_and_gives_own_answers_back(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    put(other, sheet, "telework.remote_access", "verified")
    tab = open_page(lang, "answer", question="telework.remote_access")
    tab.button(key="edit").click().run()
    assert [radio.value for radio in tab.radio] == [True] * len(CHECKLIST.facts)
    fact = f"fact:{sheet.id}:telework"
    tab.radio(key=fact).set_value(False).run()
    tab.button(key="save_profile").click().run()
    fine(tab, lang)
    left_out = own_entry(other, "telework.remote_access")
    assert left_out
    assert (left_out.choice, left_out.by_profile) == ("na", True)
    assert levels(tab, other, "telework.remote_access").value == "na"

    tab.button(key="edit").click().run()
    tab.radio(key=fact).set_value(True).run()
    tab.button(key="save_profile").click().run()
    assert own_answers(other)["telework.remote_access"].choice == "verified"
    assert levels(tab, other, "telework.remote_access").value == "verified"


def test_a_profile_that_cannot_be_saved_says_so(lang: Lang, open_page: Open, other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tab = open_page(lang, "answer")
    for radio in tab.radio:
        radio.set_value(True)
    tab.run()
    with monkeypatch.context() as broken:
        broken.setattr(Store, "save_profile", refuse("read_only"))
        tab.button(key="save_profile").click().run()
    assert own_sheet(other).profile is None
    assert [error.value for error in tab.error] == [error_text(Unavailable("read_only"), words(lang))]
    assert [radio.value for radio in tab.radio] == [True] * len(CHECKLIST.facts)
    tab.button(key="save_profile").click().run()
    fine(tab, lang)
    assert own_sheet(other).profile == YES


# --- one question -------------------------------------------------------------------------------------------------


def test_not_applicable_waits_for_its_reason(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    waits = words(lang)("Saved once you give the reason")
    tab = open_page(lang, "answer", question=FIRST)
    levels(tab, other, FIRST).set_value("na").run()
    assert own_entry(other, FIRST) is None
    assert says(tab, waits)
    assert saved_line(tab) == ""
    for blank in ("", "   "):
        tab.text_input(key=key("reason", other, FIRST)).set_value(blank).run()
        assert own_entry(other, FIRST) is None
        assert says(tab, waits)
    tab.text_input(key=key("reason", other, FIRST)).set_value("社外から使う仕組みがない").run()
    fine(tab, lang)
    entry = own_entry(other, FIRST)
    assert entry
    assert (entry.choice, entry.reason, entry.by_profile) == ("na", "社外から使う仕組みがない", False)
    assert not says(tab, waits)
    assert saved_line(tab).startswith(":green[")


def test_a_reason_taken_away_again_is_not_saved(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    put(other, sheet, FIRST, Answer("na", reason="社外から使う仕組みがない"))
    tab = open_page(lang, "answer", question=FIRST)
    assert tab.text_input(key=key("reason", other, FIRST)).value == "社外から使う仕組みがない"
    tab.text_input(key=key("reason", other, FIRST)).set_value("").run()
    entry = own_entry(other, FIRST)
    assert entry
    assert entry.reason == "社外から使う仕組みがない"
    assert says(tab, words(lang)("Saved once you give the reason"))


def test_unknown_is_an_answer_of_its_own(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    tab = open_page(lang, "answer", question=FIRST)
    levels(tab, other, FIRST).set_value("unknown").run()
    fine(tab, lang)
    assert own_answers(other) == {FIRST: Answer("unknown")}
    assert not has(tab, "button", key("attach", other, FIRST))  # nothing to prove
    found = assess(express_view(CHECKLIST), own_answers(other), TODAY, CONTENT.outside)
    assert (found.result.total.answered, found.result.total.unknown) == (1, 1)
    go(tab, "explain", of="score")
    assert says(tab, counts(found.result.total, words(lang)))


def counts(total: Any, _: Words) -> str:
    return _("{n} questions: {answered} answered (of which {unknown} don’t know), {open} open, {na} not applicable.",
             n=total.questions, answered=total.answered, unknown=total.unknown, open=total.unanswered, na=total.not_applicable)  # fmt: skip


def test_the_keys_of_a_card_answer_as_its_radio_does(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    tab = open_page(lang, "answer", question=FIRST)
    keys = {str(number): level.id for number, level in enumerate(CHECKLIST.choices)} | {"U": "unknown"}
    for stroke, expected in keys.items():
        button: Button = tab.button(key=f"key{stroke}")
        assert button.proto.shortcut.lower() == stroke.lower()
        button.click().run()
        assert levels(tab, other, FIRST).value == expected
        assert own_answers(other)[FIRST].choice == expected
    fine(tab, lang)


def test_a_note_is_saved_with_the_answer(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    tab = open_page(lang, "answer", question=FIRST)
    assert not has(tab, "text_area", key("note", other, FIRST))  # nothing to note before there is an answer
    levels(tab, other, FIRST).set_value("partly").run()
    tab.text_area(key=key("note", other, FIRST)).set_value("来年度に広げる").run()
    fine(tab, lang)
    assert own_answers(other)[FIRST] == Answer("partly", note="来年度に広げる")
    levels(tab, other, FIRST).set_value("everywhere").run()
    assert own_answers(other)[FIRST] == Answer("everywhere", note="来年度に広げる")


def test_a_note_outlives_a_visit_elsewhere(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    """It is in the field again when one comes back, and another level does not wipe it out."""
    tab = open_page(lang, "answer", question=FIRST)
    levels(tab, other, FIRST).set_value("partly").run()
    tab.text_area(key=key("note", other, FIRST)).set_value("来年度に広げる").run()
    go(tab, "home")
    go(tab, "answer", question=FIRST)
    assert tab.text_area(key=key("note", other, FIRST)).value == "来年度に広げる"
    levels(tab, other, FIRST).set_value("everywhere").run()
    assert own_answers(other)[FIRST] == Answer("everywhere", note="来年度に広げる")


def test_a_reason_outlives_a_visit_elsewhere(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    tab = open_page(lang, "answer", question=FIRST)
    levels(tab, other, FIRST).set_value("na").run()
    tab.text_input(key=key("reason", other, FIRST)).set_value("社外から使う仕組みがない").run()
    go(tab, "home")
    go(tab, "answer", question=FIRST)
    assert tab.text_input(key=key("reason", other, FIRST)).value == "社外から使う仕組みがない"
    tab.text_area(key=key("note", other, FIRST)).set_value("確認した").run()
    assert own_answers(other)[FIRST] == Answer("na", reason="社外から使う仕組みがない", note="確認した")


def test_an_answer_outlives_a_visit_to_another_section(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    """What stands in a card is what stands in the database, in whatever order one walks through the sections."""
    here, there = (section.questions[0].id for section in CHECKLIST.sections[:2])
    put(other, sheet, there, Answer("none", note="以前のメモ"))
    tab = open_page(lang, "answer", question=here)
    for level in ("partly", "everywhere"):
        go(tab, "answer", question=there)
        levels(tab, other, there).set_value(level).run()
        tab.text_area(key=key("note", other, there)).set_value(f"メモ {level}").run()
        go(tab, "answer", question=here)
        go(tab, "answer", question=there)
        assert levels(tab, other, there).value == level
        assert tab.text_area(key=key("note", other, there)).value == f"メモ {level}"
    assert own_answers(other) == {there: Answer("everywhere", note="メモ everywhere")}


def test_the_name_is_kept_with_each_answer(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    tab = open_page(lang, "answer", question=FIRST)
    tab.text_input(key="person").set_value(" 佐藤 ").run()
    levels(tab, other, FIRST).set_value("partly").run()
    entry = own_entry(other, FIRST)
    assert entry
    assert (entry.person, entry.identity) == ("佐藤", "declared")
    again = open_page(lang, "answer", question=FIRST)
    assert again.text_input(key="person").value == "佐藤"


def test_undo_goes_back_step_by_step(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    tab = open_page(lang, "answer", question=FIRST)
    for level in ("partly", "everywhere"):
        levels(tab, other, FIRST).set_value(level).run()
    go(tab, "answer", question=SECOND)
    levels(tab, other, SECOND).set_value("none").run()

    tab.button(key="undo").click().run()
    assert own_answers(other) == {FIRST: Answer("everywhere")}
    assert levels(tab, other, SECOND).value is None
    tab.button(key="undo").click().run()
    assert tab.session_state[f"at:{sheet.id}"] == FIRST
    assert own_answers(other) == {FIRST: Answer("partly")}
    assert levels(tab, other, FIRST).value == "partly"
    tab.button(key="undo").click().run()
    assert own_answers(other) == {}
    assert levels(tab, other, FIRST).value is None
    tab.button(key="undo").click().run()  # nothing left: nothing happens
    fine(tab, lang)
    assert own_answers(other) == {}


def test_next_and_previous_walk_through_all_questions(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    tab = open_page(lang, "answer")
    assert tab.button(key="previous").disabled
    for number, question in enumerate(EXPRESS):
        card = f"card:{sheet.id}:{question.id}"
        assert any(each.key == card for each in tab.container), question.id
        if number + 1 < len(EXPRESS):
            tab.button(key="next").click().run()
    assert has(tab, "button", "finish")
    tab.button(key="previous").click().run()
    assert tab.session_state[f"at:{sheet.id}"] == EXPRESS[-2].id
    tab.button(key="next").click().run()
    tab.button(key="finish").click().run()
    fine(tab, lang)
    assert title(tab) == words(lang)("No answers yet. Start with the five-minute check.")


def test_sections_lead_to_their_first_open_question(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    section = CHECKLIST.sections[2]
    put(other, sheet, section.questions[0].id, "none")
    tab = open_page(lang, "answer")
    entrance = tab.button(key=f"section:{section.id}")
    assert f"1／{len([q for q in section.questions if q.express])}" in entrance.label
    entrance.click().run()
    assert tab.session_state[f"at:{sheet.id}"] == section.questions[1].id
    assert title(tab) == f"3　{section.title.of(lang)}"


def test_a_question_that_does_not_exist_opens_the_first_open_one(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    put(other, sheet, FIRST, "none")
    tab = open_page(lang, "answer", question="no.such_question", mode="nonsense")
    fine(tab, lang)
    assert any(each.key == f"card:{sheet.id}:{SECOND}" for each in tab.container)


# --- what cannot be saved -----------------------------------------------------------------------------------------


def refuse(code: str) -> Callable[..., Any]:
    def refused(*args: object, **kwargs: object) -> None:
        raise Unavailable(code)

    return refused


@pytest.mark.parametrize("code", ["disk_full", "unknown"])
def test_what_cannot_be_saved_stays_on_the_page_until_it_can(
    lang: Lang, open_page: Open, other: Store, sheet: Sheet, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    _ = words(lang)
    put(other, sheet, FIRST, "none")
    tab = open_page(lang, "answer", question=FIRST)
    with monkeypatch.context() as broken:
        broken.setattr(Store, "save", refuse(code))
        levels(tab, other, FIRST).set_value("partly").run()
        tab.text_area(key=key("note", other, FIRST)).set_value("来年度に広げる").run()
        not_saved(tab, other, _, code)
        go(tab, "home")  # leaving the page does not lose it
        go(tab, "answer", question=FIRST)
        not_saved(tab, other, _, code)
        tab.button(key=key("retry", other, FIRST)).click().run()
        not_saved(tab, other, _, code)
    assert own_answers(other) == {FIRST: Answer("none")}

    tab.button(key=key("retry", other, FIRST)).click().run()
    fine(tab, lang)
    assert own_answers(other) == {FIRST: Answer("partly", note="来年度に広げる")}
    assert saved_line(tab).startswith(":green[✓ ")
    assert not has(tab, "button", key("retry", other, FIRST))
    assert levels(tab, other, FIRST).value == "partly"


@pytest.mark.parametrize("nothing", [("actions", "settled_of"), ("periods", "actions", "settled_of", "save")], ids=["beside", "all"])
def test_what_cannot_be_read_beside_leaves_the_page_standing(
    lang: Lang, open_page: Open, other: Store, sheet: Sheet, monkeypatch: pytest.MonkeyPatch, nothing: tuple[str, ...]
) -> None:
    """Targets and corrective actions are left out; the form is there, and so is what was typed into it."""
    put(other, sheet, FIRST, "none")
    tab = open_page(lang, "answer", question=FIRST)
    for method in nothing:
        monkeypatch.setattr(Store, method, refuse("locked"))
    levels(tab, other, FIRST).set_value("partly").run()
    tab.text_area(key=key("note", other, FIRST)).set_value("来年度に広げる").run()
    assert (levels(tab, other, FIRST).value, tab.text_area(key=key("note", other, FIRST)).value) == ("partly", "来年度に広げる")
    if "save" in nothing:
        not_saved(tab, other, words(lang), "locked")
    else:
        assert own_answers(other) == {FIRST: Answer("partly", note="来年度に広げる")}
    go(tab, "home")
    assert not tab.exception
    assert len(tab.title) == 1
    assert [warning.value for warning in tab.warning] == ([error_text(Unavailable("locked"), words(lang))] if "save" in nothing else [])


def not_saved(tab: AppTest, other: Store, _: Words, code: str) -> None:
    assert saved_line(tab) == f":red[**× {_('Not saved')}**]"
    assert [error.value for error in tab.error] == [f"{_('Not saved; your input is still here.')} {error_text(Unavailable(code), _)}"]
    assert levels(tab, other, FIRST).value == "partly"
    assert tab.text_area(key=key("note", other, FIRST)).value == "来年度に広げる"


def test_not_saved_is_said_in_words(lang: Lang, open_page: Open, other: Store, sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    tab = open_page(lang, "answer", question=FIRST)
    monkeypatch.setattr(Store, "save", refuse("disk_full"))
    levels(tab, other, FIRST).set_value("partly").run()
    assert "未保存" in saved_line(tab) if lang == "ja" else "Not saved" in saved_line(tab)
    assert {"ja": "ディスクの空きがありません", "en": "The disk is full"}[lang] in tab.error[0].value


def test_two_writers_both_answers_are_shown(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    _ = words(lang)
    tab = conflicting(lang, open_page, other, sheet)
    assert own_answers(other)[FIRST] == Answer("verified", note="**他部署で** 実施済み")
    assert _("Somebody else has changed this answer in the meantime.") in tab.error[0].value
    assert saved_line(tab) == f":red[**× {_('Not saved')}**]"
    theirs, mine = (each.value for each in tab.text if "\n" in each.value)
    assert theirs.startswith(OTHER_PERSON)
    assert CHECKLIST.choices[4].label.of(lang) in theirs
    assert "**他部署で** 実施済み" in theirs
    assert mine.startswith(_("Yours"))
    assert CHECKLIST.choices[2].label.of(lang) in mine
    assert levels(tab, other, FIRST).value == "partly"
    assert foreign(tab, lang) == []


def conflicting(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> AppTest:
    """We look at an open question, somebody else answers it, then we do."""
    tab = open_page(lang, "answer", question=FIRST)
    other_entry = put(other, sheet, FIRST, Answer("verified", note="**他部署で** 実施済み"))
    levels(tab, other, FIRST).set_value("partly").run()
    assert own_entry(other, FIRST) == other_entry
    return tab


def test_two_writers_theirs_is_kept(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    tab = conflicting(lang, open_page, other, sheet)
    before = other.history(sheet.id, FIRST)
    tab.button(key=key("theirs", other, FIRST)).click().run()
    fine(tab, lang)
    assert other.history(sheet.id, FIRST) == before
    assert levels(tab, other, FIRST).value == "verified"
    assert tab.text_area(key=key("note", other, FIRST)).value == "**他部署で** 実施済み"
    levels(tab, other, FIRST).set_value("everywhere").run()  # and one can go on from there
    fine(tab, lang)
    assert own_answers(other)[FIRST].choice == "everywhere"


def test_two_writers_mine_replaces_theirs(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    tab = conflicting(lang, open_page, other, sheet)
    tab.button(key=key("mine", other, FIRST)).click().run()
    fine(tab, lang)
    assert [entry.choice for entry in other.history(sheet.id, FIRST)] == ["partly", "verified"]
    assert own_answers(other)[FIRST] == Answer("partly")
    assert levels(tab, other, FIRST).value == "partly"


def test_two_writers_a_third_answer_is_not_overwritten_unseen(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    tab = conflicting(lang, open_page, other, sheet)
    put(other, sheet, FIRST, "informal", person="三人目")
    tab.button(key=key("mine", other, FIRST)).click().run()
    assert own_answers(other)[FIRST] == Answer("informal")
    assert says(tab, "三人目")
    tab.button(key=key("mine", other, FIRST)).click().run()
    assert own_answers(other)[FIRST] == Answer("partly")
    fine(tab, lang)


@pytest.mark.parametrize("leaving", [False, True])
def test_trying_again_does_not_overwrite_what_came_in_between(
    lang: Lang, open_page: Open, other: Store, sheet: Sheet, monkeypatch: pytest.MonkeyPatch, leaving: bool
) -> None:
    """Our answer could not be saved; meanwhile somebody else answered. Both are shown before one of them goes."""
    tab = open_page(lang, "answer", question=FIRST)
    with monkeypatch.context() as broken:
        broken.setattr(Store, "save", refuse("locked"))
        levels(tab, other, FIRST).set_value("partly").run()
    put(other, sheet, FIRST, Answer("verified", note="他部署で実施済み"))
    if leaving:
        go(tab, "home")
        go(tab, "answer", question=FIRST)
    tab.button(key=key("retry", other, FIRST)).click().run()
    assert own_answers(other)[FIRST] == Answer("verified", note="他部署で実施済み")
    assert says(tab, "他部署で実施済み")
    tab.button(key=key("mine", other, FIRST)).click().run()
    assert own_answers(other)[FIRST] == Answer("partly")


def test_answers_of_others_to_other_questions_do_not_disturb(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    tab = open_page(lang, "answer", question=FIRST)
    put(other, sheet, SECOND, "verified")
    levels(tab, other, FIRST).set_value("partly").run()
    fine(tab, lang)
    assert own_answers(other) == {FIRST: Answer("partly"), SECOND: Answer("verified")}
    assert levels(tab, other, SECOND).value == "verified"


# --- evidence -----------------------------------------------------------------------------------------------------


def test_evidence_is_attached_and_taken_off(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    _ = words(lang)
    dated = TODAY - timedelta(days=9)
    tab = open_page(lang, "answer", question=FIRST)
    levels(tab, other, FIRST).set_value("partly").run()
    assert tab.button(key=key("attach", other, FIRST)).disabled
    tab.text_input(key=key("link", other, FIRST)).set_value(" 文書番号 A-17 ").run()
    assert own_answers(other)[FIRST].evidence is None  # typing alone saves nothing
    tab.date_input(key=key("dated", other, FIRST)).set_value(dated).run()
    tab.button(key=key("attach", other, FIRST)).click().run()
    fine(tab, lang)
    assert own_answers(other)[FIRST] == Answer("partly", evidence=Evidence("文書番号 A-17", dated))
    assert _("Evidence of {day}", day=_.day(dated)) in visible(tab)

    found = assess(express_view(CHECKLIST), own_answers(other), TODAY, CONTENT.outside)
    assert found.result.evidenced.earned == found.result.total.earned > 0
    go(tab, "home")
    assert tab.metric[2].value == tab.metric[0].value

    go(tab, "answer", question=FIRST)
    tab.button(key=key("detach", other, FIRST)).click().run()
    fine(tab, lang)
    assert own_answers(other)[FIRST] == Answer("partly")
    assert _("Add evidence") in visible(tab)


def test_a_note_leaves_the_evidence_where_it_is(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    proof = Evidence("台帳", TODAY)
    put(other, sheet, FIRST, Answer("partly", evidence=proof))
    tab = open_page(lang, "answer", question=FIRST)
    tab.text_area(key=key("note", other, FIRST)).set_value("確認した").run()
    assert own_answers(other)[FIRST] == Answer("partly", note="確認した", evidence=proof)


def test_another_level_needs_its_evidence_anew(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    _ = words(lang)
    proof = Evidence("台帳", TODAY - timedelta(days=3))
    put(other, sheet, FIRST, Answer("partly", evidence=proof))
    tab = open_page(lang, "answer", question=FIRST)
    assert not has(tab, "button", key("reuse", other, FIRST))
    levels(tab, other, FIRST).set_value("everywhere").run()
    fine(tab, lang)
    assert own_answers(other)[FIRST] == Answer("everywhere")
    reuse = tab.button(key=key("reuse", other, FIRST))
    assert reuse.label == _("Use the evidence of {day} for this level too", day=_.day(proof.dated))
    reuse.click().run()
    fine(tab, lang)
    assert own_answers(other)[FIRST] == Answer("everywhere", evidence=proof)
    assert not has(tab, "button", key("reuse", other, FIRST))


# --- the sample company -------------------------------------------------------------------------------------------


def test_the_sample_is_loaded_and_removed_beside_our_own_answers(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    put(other, sheet, FIRST, Answer("partly", note="自社の回答"))
    mine = other.history(sheet.id, FIRST)
    other.put_setting("person", "佐藤")

    empty = open_page(lang)
    assert empty.metric  # we have answers, so the offer is not on the page
    assert not has(empty, "button", "load_sample")
    load_sample(other)
    tab = open_page(lang)
    assert says(tab, words(lang)("An invented company. Nothing here mixes with your own answers."))
    tab.selectbox(key="choose_unit").set_value("seiki-seizo").run()
    question = next(question.id for question in CHECKLIST.questions if question.scope == "unit")
    go(tab, "answer", question=question)
    company = other.company(sample=True)
    assert company
    period = other.periods(company.id)[-1]
    unit = next(unit for unit in other.tree_of(period).units if unit.code == "seiki-seizo")
    theirs = other.sheet(unit.id, period.id, CHECKLIST)
    tab.radio(key=f"choice:{theirs.id}:{question}").set_value("verified").run()
    assert other.entries(theirs.id)[question].choice == "verified"
    assert other.history(sheet.id, FIRST) == mine

    tab.button(key="leave_sample").click().run()
    assert levels(tab, other, FIRST).value == "partly"
    assert other.company(sample=True) == company
    other.put_setting("viewing", "sample")
    tab.run()
    tab.button(key="remove_sample").click().run()
    fine(tab, lang)
    assert other.company(sample=True) is None
    assert other.history(sheet.id, FIRST) == mine
    assert [unit.sample for unit in other.units()] == [False]
    assert other.entries(theirs.id) == {}


def test_a_newcomer_looks_at_the_sample_and_comes_back(lang: Lang, open_page: Open, other: Store) -> None:
    tab = open_page(lang)
    tab.button(key="load_sample").click().run()
    fine(tab, lang)
    assert title(tab) == conclusion(sample_assessment(other), words(lang))
    tab.button(key="remove_sample").click().run()
    fine(tab, lang)
    assert title(tab) == words(lang)("No answers yet. Start with the five-minute check.")
    assert own_answers(other) == {}


def test_a_sample_that_cannot_be_loaded_says_so(lang: Lang, open_page: Open, other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tab = open_page(lang)
    monkeypatch.setattr(Store, "put_setting", refuse("locked"))
    tab.button(key="load_sample").click().run()
    assert [error.value for error in tab.error] == [error_text(Unavailable("locked"), words(lang))]
    assert title(tab) == words(lang)("No answers yet. Start with the five-minute check.")


# --- the end of the road ------------------------------------------------------------------------------------------


def test_all_express_questions_at_the_top(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    """100.0 of the express check is not the end: nothing left here, and the way on to the full check."""
    _ = words(lang)
    for question in EXPRESS:
        put(other, sheet, question.id, CHECKLIST.choices[-1].id)
    tab = open_page(lang)
    fine(tab, lang)
    assert tab.metric[0].value == {"ja": "100.0点", "en": "100.0 points"}[lang]
    assert tab.metric[1].value == "0.0%"
    assert tab.metric[3].value == _("{n} questions", n=0)
    assert title(tab) == _("All seven causes stand at 75 points or more.")
    assert not [each for each in tab.expander if each.proto.label.startswith("**")]
    assert says(tab, _("The express check has no next step left. Continue with the full check."))
    link = next(link for link in tab.page_link if link.proto.query_string == "mode=full")
    assert link.proto.label == {"ja": "続けて全体の点検へ", "en": "Continue with the full check"}[lang]


def test_all_at_the_bottom(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    for question in EXPRESS:
        put(other, sheet, question.id, CHECKLIST.choices[0].id)
    tab = open_page(lang)
    fine(tab, lang)
    found = assess(express_view(CHECKLIST), own_answers(other), TODAY, CONTENT.outside)
    assert tab.metric[0].value == words(lang)("{n} points", n="0.0")
    assert tab.metric[1].value == f"{shown(1 - found.gap.unassigned)}%"


def test_nothing_applies(lang: Lang, open_page: Open, other: Store, sheet: Sheet) -> None:
    """Not applicable all over: nothing is divided by zero, and no number is made up."""
    for question in EXPRESS:
        put(other, sheet, question.id, Answer("na", reason="対象の業務がない"))
    tab = open_page(lang)
    fine(tab, lang)
    assert words(lang)("not computable") in tab.metric[0].value
    for of in ("score", "evidenced", "gap", "critical", "steps", "cause:physical", "cell:physical:M4"):
        fine(go(tab, "explain", of=of), lang)


# --- what nobody expected -----------------------------------------------------------------------------------------

SECRET = "secret-detail-of-a-bug"


def bug(*args: object, **kwargs: object) -> None:
    raise RuntimeError(SECRET)


def test_a_bug_on_a_page_shows_a_number_and_no_trace(
    lang: Lang, open_page: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tab = open_page(lang)
    monkeypatch.setattr("tenken.tables.datasets", bug)
    with caplog.at_level(logging.ERROR, logger="tenken"):
        go(tab, "statistics")
    one_number(tab, lang, caplog)


def test_a_bug_in_a_click_shows_a_number_and_no_trace(
    lang: Lang, open_page: Open, sheet: Sheet, other: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tab = open_page(lang, "answer", question=FIRST)
    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR, logger="tenken"):
        broken.setattr(Store, "save", bug)
        levels(tab, other, FIRST).set_value("partly").run()
    one_number(tab, lang, caplog)
    assert own_answers(other) == {}
    go(tab, "home")  # the next address works again
    assert not tab.error


def one_number(tab: AppTest, lang: Lang, caplog: pytest.LogCaptureFixture) -> None:
    """The page says that something went wrong, under a number that the log has together with the cause."""
    assert not tab.exception
    assert len(tab.error) == 1
    number = re.search(r"[0-9a-f]{8}", tab.error[0].value)
    assert number
    assert tab.error[0].value == words(lang)("Something went wrong. Saved answers are safe. Error number: {number}", number=number.group())
    shown_text = page_text(tab)
    assert SECRET not in shown_text
    assert "Traceback" not in shown_text
    assert "RuntimeError" not in shown_text
    logged = [record for record in caplog.records if record.name == "tenken"]
    assert len(logged) == 1
    assert number.group() in logged[0].getMessage()
    assert logged[0].exc_info
    assert SECRET in str(logged[0].exc_info[1])


def test_an_unusable_database_is_said_in_words(lang: Lang, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    tab = open_page(lang)
    monkeypatch.setattr(Store, "setting", refuse("unreachable"))
    tab.run()
    assert not tab.exception
    assert [warning.value for warning in tab.warning] == [error_text(Unavailable("unreachable"), words(lang))]
    assert title(tab), "the page goes on with what it read last"


# --- the language -------------------------------------------------------------------------------------------------


def test_the_way_to_the_other_language_keeps_the_place(lang: Lang, open_page: Open, sheet: Sheet, other: Store) -> None:
    opposite = "en" if lang == "ja" else "ja"
    tab = open_page(lang, "answer", question=SECOND)
    link = tab.html[0].value
    assert f'href="?lang={opposite}&question={SECOND}"' in html.unescape(link)
    assert f'hreflang="{opposite}"' in link
    assert f'lang="{opposite}"' in link
    assert f">{LINK[lang]}<" in link
    tab = open_page(lang, "explain", of="cause:physical")
    assert "&of=cause:physical" in unquote(html.unescape(tab.html[0].value))


def test_an_address_cannot_write_into_the_page(lang: Lang, open_page: Open, sheet: Sheet, other: Store) -> None:
    """Found by `make prove`: the way to the other language held the address's own words as HTML."""
    hostile = """"'><img src=http://tenken.invalid/x.png>&lang=xx"""
    for page, name in (("answer", "question"), ("explain", "of")):
        link = open_page(lang, page, **{name: hostile}).html[0].value
        [address] = re.findall('href="([^"]*)"', link)
        assert link.count("<") == 4
        assert parse_qs(urlsplit(html.unescape(address)).query) == {"lang": ["en" if lang == "ja" else "ja"], name: [hostile]}


def test_a_language_that_does_not_exist_is_as_none(lang: Lang, open_page: Open) -> None:
    """The page and the HTML round it (tests/test_server.py) follow the same rule."""
    tab = open_page(lang)
    tab.query_params["lang"] = "xx"
    fine(tab.run(), lang)
    tab.query_params["lang"] = "en"
    fine(tab.run(), "en")


def test_the_setting_speaks_when_nobody_else_does(lang: Lang, open_page: Open) -> None:
    for cookie in ("xx", ""):
        tab = open_page(cookie)
        fine(tab, lang)
        tab.query_params["lang"] = "xx"
        fine(tab.run(), lang)
