"""The board page and its presentation: what the report says and nothing else, in both languages, safely."""

import re
from contextlib import closing
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from scoring.model import Lang, Text
from tenken.i18n import words
from tenken.markup import escaped
from tenken.palette import PALETTES
from tenken.reports import charts, tables
from tenken.reports.build import report_of
from tenken.reports.facts import Asked, read_facts
from tenken.reports.model import Cell, Chart, Column, Figure, Headline, Page, Report, Series, Table
from tenken.session import COMPANY
from tenken.settings import read_settings
from tenken.store import Store, UnitPlan
from tests import reported
from tests.many_units import fill
from tests.sampled import put_sample
from tests.test_pages import Open, fine, page_text, title

EVIL = "<img src=x onerror=alert(1)> **b** $x$ :red[r] `c` [l](http://e.invalid)"


@pytest.fixture
def sample() -> None:
    put_sample(read_settings().home)


def the_report(lang: Lang, unit: str = "", period: str = "") -> Report:
    with closing(Store.open(read_settings().store_url)) as store:
        root = store.company(sample=True) or store.company()
        assert root
        return report_of(read_facts(store, root, Asked(lang, unit, period), date.today()), words(lang))


def said(tab: AppTest) -> str:
    """All words, without the signs that keep them from being Markdown; blanks as one."""
    return re.sub(r"\s+", " ", page_text(tab))


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def figures(page: Page) -> tuple[Figure, ...]:
    return next(block for block in page.blocks if isinstance(block, tuple))


# --- the page ----------------------------------------------------------------------------------------------------------


def test_it_says_what_the_report_says(lang: Lang, open_page: Open, sample: None) -> None:
    tab, report = open_page(lang, "board"), the_report(lang)
    fine(tab, lang)
    first = report.pages[0]
    assert title(tab) == flat(first.title)
    text = said(tab)
    assert flat(first.lead) in text
    assert [metric.value for metric in tab.metric] == [each.value.full for each in figures(first)]
    for each in figures(first):
        assert each.change is not None and each.change.full in text
        assert flat(each.range) in text
    ask = next(block for block in first.blocks if isinstance(block, Headline))
    assert all(flat(line) in text for line in (ask.text, *ask.detail))
    departments = report.page("departments")
    assert departments and flat(departments.title) in text and flat(departments.lead) in text
    assert flat(report.meta.provisional) in text
    assert flat(report.meta.marking) in text


def test_a_sealed_quarter_shows_its_seal(lang: Lang, open_page: Open, sample: None) -> None:
    with closing(Store.open(read_settings().store_url)) as store:
        root = store.company(sample=True)
        assert root
        day = next(period.start.isoformat() for period in reversed(store.periods(root.id)) if period.state == "closed")
    tab, report = open_page(lang, "board", period=day), the_report(lang, period=day)
    fine(tab, lang)
    assert report.meta.seal and report.meta.seal[:12] in said(tab)
    assert words(lang)("Provisional") not in said(tab)


def test_one_department(lang: Lang, open_page: Open, sample: None) -> None:
    tab, report = open_page(lang, "board", unit="seiki-seizo"), the_report(lang, "seiki-seizo")
    fine(tab, lang)
    assert title(tab) == flat(report.pages[0].title)
    assert report.page("departments") is None
    assert words(lang)("Departments in brief") not in said(tab)


def test_the_first_start_says_what_to_do(lang: Lang, open_page: Open) -> None:
    for page in ("board", "report"):
        tab = open_page(lang, page)
        fine(tab, lang)
        assert title(tab) == words(lang)("Nothing is answered yet, so there is nothing to report.")
        assert not tab.metric


def test_where_nothing_reports(lang: Lang, open_page: Open, store: Store) -> None:
    company = store.create_company(COMPANY)
    store.apply_units(company.id, [UnitPlan(company.code, "", "company", COMPANY, reporting=False),
                                   UnitPlan("d1", company.code, "department", Text("部", "Part"), reporting=False)], since=None, person="")  # fmt: skip
    tab = open_page(lang, "board")
    fine(tab, lang)
    assert not tab.metric


def test_who_may_read_one_unit_sees_that_unit(open_page: Open, store: Store) -> None:
    fill(store, 6, 2)
    own = store.put_person(1, "営業の人", [("respondent", 1003)], person="")
    tab = open_page("ja", "board", **{"as": str(own.id), "unit": "d1"})
    assert not tab.exception
    text = said(tab)
    assert "第4部" in text and "第2部" not in text and "第3部" not in text


def test_names_stay_text(open_page: Open, store: Store) -> None:
    company = store.create_company(COMPANY)
    plans = [UnitPlan(f"d{n}", company.code, "department", Text(f"{EVIL}{n}", f"{EVIL}{n}"), reporting=True) for n in range(3)]
    store.apply_units(company.id, plans, since=None, person="")
    for query in ({}, {"present": "1", "slide": "departments"}, {"unit": "d1"}):
        tab = open_page("ja", "board", **query)
        assert not tab.exception
        for each in (*tab.title, *tab.markdown, *tab.caption, *tab.header):
            assert EVIL not in each.value
        for html in tab.get("html"):
            body = str(html.proto.body)
            assert "<img" not in body


# --- the presentation --------------------------------------------------------------------------------------------------


def test_every_page_of_the_report_is_a_slide(lang: Lang, open_page: Open, sample: None) -> None:
    report = the_report(lang)
    for place, page in enumerate(report.pages):
        tab = open_page(lang, "board", present="1", slide=page.id)
        fine(tab, lang)
        assert title(tab) == flat(page.title)
        text = said(tab)
        assert f"{place + 1} / {len(report.pages)}" in text
        assert flat(report.meta.footer) in text
        assert [button.disabled for button in tab.button if button.key in ("slide_back", "slide_on")] == [
            place == 0,
            place == len(report.pages) - 1,
        ]


def test_there_and_back_and_out(open_page: Open, sample: None) -> None:
    report = the_report("ja")
    tab = open_page("ja", "board")
    tab.button(key="present").click().run()
    assert "1" in tab.query_params["present"]
    assert not [box for box in tab.selectbox if box.key == "choose_unit"]
    tab.button(key="slide_on").click().run()
    assert title(tab) == flat(report.pages[1].title)
    tab.button(key="slide_on").click().run()
    tab.button(key="slide_back").click().run()
    assert title(tab) == flat(report.pages[1].title)
    tab.button(key="slide_end").click().run()
    assert "present" not in tab.query_params and "slide" not in tab.query_params
    assert title(tab) == flat(report.pages[0].title)


@pytest.mark.parametrize("slide", ["", "nowhere", "<script>", "99"])
def test_a_slide_that_there_is_not_is_the_first(open_page: Open, sample: None, slide: str) -> None:
    tab = open_page("ja", "board", present="1", slide=slide)
    assert not tab.exception and title(tab) == flat(the_report("ja").pages[0].title)


def test_the_keys_are_the_buttons(open_page: Open, sample: None) -> None:
    tab = open_page("ja", "board", present="1", slide="gaps")
    keys = {button.key: button.proto.shortcut for button in tab.button if button.key and button.key.startswith("slide_")}
    assert keys == {"slide_back": "left", "slide_on": "right", "slide_end": "escape"}


def test_only_the_board_page_can_be_presented(lang: Lang, open_page: Open, sample: None) -> None:
    """Elsewhere there would be no menu and no way out."""
    tab = open_page(lang, "trend", present="1")
    fine(tab, lang)
    assert "present" not in tab.query_params


def test_the_sample_is_marked_while_presenting(lang: Lang, open_page: Open, sample: None) -> None:
    text = said(open_page(lang, "board", present="1"))
    assert words(lang)("Sample") in text


# --- pieces --------------------------------------------------------------------------------------------------------------

TABLE = Table("t", "Title", (Column("A", "text", 3), Column("B", "number", 1), Column("C", "sign", 1)),
              ((Cell(EVIL), Cell("1.0", number=1.0), Cell("× 45", "poor", bold=True)), (Cell("x"), Cell("−2"), Cell("―", "mute"))), 2, "")  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_tables_escape_and_colour(theme: str) -> None:
    palette = PALETTES["dark" if theme == "dark" else "light"]
    html = tables.markup(TABLE, "dark" if theme == "dark" else "light")
    assert "<img" not in html and "&lt;img" in html
    assert f"background:{palette.lack.fill};color:{palette.lack.on_fill}" in html
    assert html.count("<tr>") == 3 and html.count('scope="col"') == 3
    assert tables.markup(TABLE, "light", 1).count("<tr>") == 2
    assert tables.markup(Table("t", "x", (), (), 0, ""), "light") == ""


def test_rows_that_fit_are_few_where_room_is_short() -> None:
    rows = tuple((Cell("長い設問" * 20), Cell("1"), Cell("")) for _row in range(30))
    table = Table("t", "", TABLE.columns, rows, 30, "")
    counts = [tables.fitting(table, 1130, height) for height in (0, 100, 300, 3000)]
    assert counts == sorted(counts) and counts[0] == 1 and counts[-1] == 30
    assert tables.fitting(table, 300, 300) < tables.fitting(table, 1130, 300)


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_chart_of_the_sample_is_drawn_as_it_is_labelled(lang: Lang, theme: str) -> None:
    _, drawn = words(lang), 0
    for page in reported.report(lang).pages:
        for chart in page.charts():
            found = charts.figure(chart, "dark" if theme == "dark" else "light", 240, _)
            values = [list(trace.x if trace.orientation == "h" else trace.y) for trace in found.data]
            expected = [
                [value or None for value in series.values] if chart.kind == "waterfall" else list(series.values) for series in chart.series
            ]
            assert values == expected
            numbers = charts.as_table(chart, _)
            assert [row[0].text for row in numbers.rows] == list(chart.categories)
            assert len(numbers.columns) == len(numbers.rows[0])
            drawn += 1
    assert drawn >= 5


def test_two_categories_of_one_name_stay_two_bars() -> None:
    chart = Chart("c", "stacked_bars", "", ("部", "部"), (Series("s", "lacking", (1.0, 2.0), ("1.0", "2.0")),), ("", ""), "", 0.0, 10.0, "")
    found = charts.figure(chart, "light", 100, words("ja"))
    assert list(found.data[0].y) == [0, 1]
    assert escaped("部") in "部"
