"""The replay as a page, files and a command: what the functions say, never a name but on the page of sources."""

import csv
import io
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from scoring.casebook import Casebook
from scoring.model import Answer, Evidence, Lang, Text
from scoring.replay import BEST_FIRST, Counts
from tenken.books import portfolio
from tenken.cli import app
from tenken.content import casebook, load_content
from tenken.i18n import words
from tenken.replaying import charts, tables
from tenken.replaying import words as say
from tenken.replaying.read import Asked, Look, asked_of, by_cause, choices, counts_of, kept, look_at, ranked, size_of, weakest
from tenken.store import Store
from tests.many_units import fill
from tests.sampled import put_sample
from tests.test_gate import ask
from tests.test_pages import Open, fine, own_sheet, title

TODAY = date.today()
BOOK = casebook()
CHECKLIST = load_content().checklist
YES = {fact.id: True for fact in CHECKLIST.facts}


def seen(store: Store, node: int = 1) -> Look:
    found = look_at(portfolio(store, store.periods(1)[-1], TODAY), node, BOOK)
    assert found is not None
    return found


@pytest.fixture
def group(store: Store) -> Look:
    fill(store, 6, 2)
    return seen(store)


def answer_all(store: Store, choice: str, *, evidence: bool) -> None:
    sheet = own_sheet(store, YES)
    proof = Evidence("記録", TODAY - timedelta(days=1)) if evidence else None
    store.save_all({sheet.id: {each.id: (Answer(choice, evidence=proof), 0) for each in CHECKLIST.questions}}, CHECKLIST, person="")


def names(book: Casebook = BOOK) -> set[str]:
    """Every organisation as a whole, in both languages."""
    return {name for incident in book.incidents for name in (incident.organisation.ja, incident.organisation.en)}


def said(tab: AppTest) -> str:
    """All that a page says in words and tables."""
    parts = [each.value for kind in (tab.title, tab.header, tab.markdown, tab.caption, tab.text, tab.info) for each in kind]
    parts += [each.label for each in (*tab.metric, *tab.expander)]
    parts += [cell for frame in tab.dataframe for cell in frame.value.astype(str).to_numpy().ravel()]
    return re.sub(r"\\(.)", r"\1", " ".join(map(str, parts)))


# --- the page -----------------------------------------------------------------------------------------------------


def test_a_group(lang: Lang, open_page: Open, group: Look) -> None:
    tab, _ = open_page(lang, "replay"), words(lang)
    fine(tab, lang)
    counts = group.replay.counts
    assert title(tab) == _("Of {n} disclosed incidents, {likely} would likely have been stopped.", n=44, likely=counts.likely)
    assert [metric.value for metric in tab.metric] == [_("{n} incidents", n=counts.of(result)) for result in BEST_FIRST]
    assert say.claimed_line(group, _) in said(tab)
    assert say.weakness(group, _) in said(tab)
    assert not [name for name in names() if name in said(tab)]
    worst = kept(group.replay, Asked())[0]
    assert _.text(worst.incident.summary) in said(tab)
    assert all(_.text(step.what) in said(tab) for step in worst.incident.steps)


def test_one_department_and_one_company(lang: Lang, open_page: Open, group: Look, store: Store) -> None:
    tab = open_page(lang, "replay", unit="d1")
    fine(tab, lang)
    unit = seen(store, 1001)
    assert title(tab) == say.conclusion(unit, words(lang))
    assert words(lang)("Through which unit the weakness comes in") not in said(tab)
    assert weakest(unit) is None


@pytest.mark.parametrize(("choice", "expected"), [("managed", Counts(likely=33, possibly=11)), ("none", Counts(through=44))])
def test_a_company_that_reports_for_itself(lang: Lang, open_page: Open, store: Store, choice: str, expected: Counts) -> None:
    level = {"managed": CHECKLIST.choices[-1].id, "none": CHECKLIST.choices[0].id}[choice]
    answer_all(store, level, evidence=True)
    tab, _ = open_page(lang, "replay"), words(lang)
    fine(tab, lang)
    assert [metric.value for metric in tab.metric] == [_("{n} incidents", n=expected.of(result)) for result in BEST_FIRST]
    home = open_page(lang, "home")
    fine(home, lang)
    assert say.overview_line(expected, _) in said(home)


def test_without_evidence_the_claim_is_context_only(lang: Lang, open_page: Open, store: Store) -> None:
    answer_all(store, CHECKLIST.choices[-1].id, evidence=False)
    tab, _ = open_page(lang, "replay"), words(lang)
    fine(tab, lang)
    assert title(tab) == _("Without evidence, none of the {n} disclosed incidents counts as likely stopped yet.", n=44)
    assert tab.metric[0].value == _("{n} incidents", n=0)
    assert any("33" in caption.value for caption in tab.caption)
    assert len(tab.info) == 1


def test_before_the_first_answer(lang: Lang, open_page: Open) -> None:
    tab = open_page(lang, "replay")
    fine(tab, lang)
    assert title(tab) == words(lang)("No answers yet to hold against the {n} disclosed incidents.", n=44)
    assert len(tab.info) == 1


def test_nothing_reports_there(lang: Lang, open_page: Open, store: Store) -> None:
    from tenken.session import COMPANY
    from tenken.store import UnitPlan

    company = store.create_company(COMPANY)
    plans = [UnitPlan("x", company.code, "company", Text("子会社", "Subsidiary"), reporting=False)]
    store.apply_units(company.id, plans, since=None, person="")
    tab = open_page(lang, "replay", unit="x")
    fine(tab, lang)
    assert not tab.metric


def test_filters_keep_what_they_say(lang: Lang, open_page: Open, group: Look) -> None:
    tab, _ = open_page(lang, "replay"), words(lang)
    tab.selectbox(key="replay_cause").set_value("insider").run()
    tab.selectbox(key="replay_year").set_value("2023").run()
    fine(tab, lang)
    found = kept(group.replay, Asked(cause="insider", year="2023"))
    assert 0 < len(found) < 44
    assert any(header.value == _("Incidents ({n})", n=len(found)) for header in tab.header)
    assert say.counts_line(counts_of(found), _) in said(tab)
    tab.selectbox(key="replay_sector").set_value("food_service").run()
    fine(tab, lang)
    assert _("No incident fits these choices.") in said(tab)


def test_an_address_names_an_incident(open_page: Open, group: Look) -> None:
    tab = open_page("en", "replay", incident="2014-education-1")
    assert BOOK.incidents[0].summary.en in said(tab)


# --- sources --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("incident", ["", "2014-education-1", "nothing"])
def test_names_stand_beside_their_sources(open_page: Open, lang: Lang, incident: str) -> None:
    tab = open_page(lang, "sources", **({"incident": incident} if incident else {}))
    assert not tab.exception
    assert not tab.error
    labels = [re.sub(r"\\(.)", r"\1", expander.label) for expander in tab.expander]
    assert len(labels) == 44
    for each in BOOK.incidents:
        assert sum(words(lang).text(each.organisation) in label for label in labels) >= 1
    links = " ".join(markdown.value for markdown in tab.markdown)
    assert all(f"(<{source.url}>)" in links for each in BOOK.incidents for source in each.sources)
    if incident == "2014-education-1":
        assert BOOK.incidents[0].organisation.of(lang) in labels[0]
        assert tab.expander[0].proto.expanded


# --- explained ------------------------------------------------------------------------------------------------------


def test_a_strength_is_explained_down_to_its_rows(lang: Lang, open_page: Open, group: Look) -> None:
    _, strength = words(lang), group.replay.strengths["mfa"]
    tab = open_page(lang, "explain", of="control:mfa")
    fine(tab, lang)
    assert title(tab).endswith(say.strength_text(strength.evidenced, _))
    assert _.integer(strength.evidenced.earned) in tab.code[0].value
    assert _.integer(strength.evidenced.possible) in tab.code[0].value


def test_one_companys_strength_adds_up(lang: Lang, open_page: Open, store: Store) -> None:
    answer_all(store, CHECKLIST.choices[2].id, evidence=True)
    tab = open_page(lang, "explain", of="control:mfa", kind="full")
    fine(tab, lang)
    assert title(tab).endswith("50.0%")
    assert open_page(lang, "explain", of="control:nothing").title[0].value.startswith(words(lang)("Score {n} points", n="50.0"))


# --- values ---------------------------------------------------------------------------------------------------------


def test_choices_and_what_an_address_may_ask_for(group: Look) -> None:
    allowed = choices(BOOK, CHECKLIST)
    assert len(allowed["cause"]) == 7
    assert allowed["year"][0] == "2025"
    assert allowed["size"][-1] == "unknown"
    assert asked_of({"year": "2023", "size": "1000"}.get, BOOK, CHECKLIST) == Asked(year="2023", size="1000")
    for wrong in ({"year": "1999"}, {"cause": "fate"}, {"sector": "circus"}, {"size": "5"}, {"result": "x"}):
        assert asked_of(wrong.get, BOOK, CHECKLIST) is None
    for field, values in allowed.items():
        found = [kept(group.replay, Asked(**{field: value})) for value in values]
        if field not in ("cause",):  # an incident has several causes
            assert sum(map(len, found)) == 44


def test_sizes(lang: Lang) -> None:
    _ = words(lang)
    sizes = {size_of(incident) for incident in BOOK.incidents}
    assert {"0", "1000", "1000000", "unknown"} <= sizes
    texts = [say.size_name(size, _) for size in sorted(sizes)]
    assert len(set(texts)) == len(sizes)
    assert say.affected_text(BOOK.incidents[0], _) == {"ja": "35,040,000件", "en": "35,040,000 records"}[lang]
    assert say.affected_text(BOOK.incidents[1], _) == {"ja": "最大829人", "en": "up to 829 persons"}[lang]


def test_the_chart_is_the_table(lang: Lang, group: Look) -> None:
    _ = words(lang)
    figure, frame = charts.by_result(group, "light", _), tables.causes(group, _)
    assert sum(sum(bar.x) for bar in figure.data) == 44
    assert [int(number) for number in frame.iloc[-1, 1:-1]] == [group.replay.counts.of(result) for result in BEST_FIRST]
    assert [counts.total for _cause, counts in by_cause(group)] == [int(number) for number in frame[_("Sum")][:-1]]
    assert len(charts.by_result(group, "dark", _).data) == len(figure.data)


def test_tables_name_nobody(lang: Lang, group: Look) -> None:
    _, found = words(lang), kept(group.replay, Asked())
    frames = [tables.numbered(group, found, _), tables.steps(group, found, _), tables.controls(group, _), tables.units(group, _),
              tables.combined(group, _), *(tables.moves(group, best, _) for best in group.best)]  # fmt: skip
    cells = " ".join(str(cell) for frame in frames for cell in frame.to_numpy().ravel())
    assert not [name for name in names() if name in cells]
    assert len(frames[0]) == 44
    assert len(frames[2]) == len(BOOK.used)
    assert [part.counts.likely for part in ranked(group)] == sorted(part.counts.likely for part in group.parts)


def test_every_state_and_kind_has_its_words(lang: Lang, group: Look) -> None:
    _ = words(lang)
    assert len({say.result_name(result, _) for result in BEST_FIRST}) == 5
    assert len({say.state_name(state, _) for state in say.STATE_SIGNS}) == 6
    stages = [stage for each in group.replay.incidents for stage in each.stages]
    assert {say.why(stage, _) for stage in stages}
    assert {say.basis_name(stage, _) for stage in stages} == {
        _("Reported: a source says that these measures were missing or failed"),
        _("Inferred: measures generally held effective in cases of this kind"),
    }


# --- files and command ------------------------------------------------------------------------------------------------


def test_the_file_is_the_list_without_names(address: str, group: Look, lang: Lang) -> None:
    _ = words(lang)
    status, headers, body = ask(address, f"/files/replay.csv?lang={lang}")
    assert (status, headers["cache-control"]) == (200, "no-store")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    frame = tables.numbered(group, kept(group.replay, Asked()), _)
    assert [[cell.removeprefix("'") for cell in row] for row in rows] == [list(frame.columns), *frame.to_numpy().tolist()]
    assert not [name for name in names() if name in body.decode("utf-8-sig")]


def test_the_workbook_has_a_sheet_for_each(address: str, group: Look) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(ask(address, "/files/replay.xlsx?lang=en&cause=insider")[2]))
    assert book.sheet_names == ["Incidents", "Steps", "By cause", "Controls", "Controls together", "Units"]
    rows = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert len(rows["Incidents"]) == len(kept(group.replay, Asked(cause="insider"))) + 1
    text = " ".join(str(cell) for sheet in rows.values() for row in sheet for cell in row)
    assert not [name for name in names() if name in text]


@pytest.mark.parametrize("query", ["cause=fate", "year=1999", "size=7", "result=x", "sector=circus", "unit=zz"])
def test_what_there_is_not_is_refused(address: str, group: Look, query: str) -> None:
    assert ask(address, f"/files/replay.csv?{query}")[0] == 400


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["replay", *arguments])


def test_the_command_says_json_and_nothing_else(group: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("--json")
    assert (done.exit_code, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["counts"] == {result: group.replay.counts.of(result) for result in BEST_FIRST}
    assert len(found["incidents"]) == 44
    assert [each["controls"] for each in found["together"]] == [list(best.controls) for best in group.best]
    assert len(found["units"]) == len(group.parts)
    assert not [name for name in names() if name in done.stdout]
    one = json.loads(run("--json", "--unit", "d1", "--result", "through", "--year", "2023").stdout)
    assert all((each["result"], each["year"]) == ("through", 2023) for each in one["incidents"])


def test_the_command_speaks(lang: Lang, group: Look) -> None:
    done = run("--cause", "insider")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == say.conclusion(group, words(lang))
    assert lines[1] == say.counts_line(group.replay.counts, words(lang))
    assert len(lines) == 3 + len(kept(group.replay, Asked(cause="insider"))) + len(group.best)
    assert not [name for name in names() if name in done.stdout]


@pytest.mark.parametrize("wrong", [("--unit", "zz"), ("--cause", "fate"), ("--period", "1999-01-01"), ("--result", "x")])
def test_the_command_refuses_what_there_is_not(group: Look, wrong: tuple[str, str]) -> None:
    done = run(*wrong)
    assert done.exit_code == 2
    assert wrong[1] in done.stderr


def test_the_sample(home: Any) -> None:
    put_sample(home)
    found = json.loads(run("--sample", "--json").stdout)
    assert sum(found["counts"].values()) == 44
    assert len(found["units"]) > 5
