"""The trend page: quarters on one edition of the statistics, and parts that add up."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from scoring.engine import shown
from scoring.model import Lang
from scoring.trend import trend
from tenken import charts_trend, tables_trend
from tenken.course import Course, conclusion, kind_name, read_course, second, step
from tenken.i18n import words
from tenken.palette import Theme
from tenken.session import COMPANY
from tenken.store import Store
from tests.many_units import fill
from tests.test_pages import Open, fine, title

TODAY = date.today()


@pytest.fixture
def course(store: Store) -> Course:
    fill(store, 12, 7, today=date(2026, 11, 22))
    return read_course(store, store.periods(1), 1, "whole", TODAY)


# --- the page -----------------------------------------------------------------------------------------------------


def test_one_quarter_says_what_will_be_here(lang: Lang, open_page: Open) -> None:
    tab = open_page(lang, "trend")
    fine(tab, lang)
    assert title(tab) == words(lang)("A trend begins with the second quarter.")


@pytest.mark.parametrize(("units", "quarters"), [(1, 2), (12, 7), (300, 3)])
def test_the_page_says_what_the_functions_say(lang: Lang, open_page: Open, store: Store, units: int, quarters: int) -> None:
    fill(store, units, quarters)
    tab = open_page(lang, "trend")
    fine(tab, lang)
    found = read_course(store, store.periods(1), 1, "whole", TODAY)
    assert title(tab) == conclusion(found, words(lang))
    assert tab.markdown[0].value == second(step(found, quarters - 2, quarters - 1), words(lang))
    for value in ("gap", "evidence", "sections"):
        next(group for group in tab.button_group if group.key == "trend_value").set_value(value)
        fine(tab.run(), lang)


def test_any_two_quarters(lang: Lang, open_page: Open, course: Course) -> None:
    tab = open_page(lang, "trend")
    tab.selectbox[2].select_index(0).run()
    fine(tab, lang)
    assert [len(each.options) for each in tab.selectbox[2:4]] == [6, 6]
    changed = tab.dataframe[0].value
    assert changed.iloc[-1, -1] == words(lang).change(course.points[-1].total.percent - course.points[0].total.percent)  # type: ignore[operator]


def test_one_unit_and_one_company_have_a_trend_too(lang: Lang, open_page: Open, store: Store) -> None:
    fill(store, 3, 3)
    tab = open_page(lang, "trend", unit="d1")
    fine(tab, lang)
    assert tab.dataframe[0].value.iloc[:-1, 3].str.fullmatch("[0-4？―・]").all()  # levels, as one unit has them


def test_an_earlier_quarter_shows_what_was_known_then(open_page: Open, course: Course) -> None:
    tab = open_page("en", "trend", period=course.periods[2].start.isoformat())
    assert len(tab.dataframe[1].value) == 3


def test_a_company_that_reports_for_itself(lang: Lang, open_page: Open, store: Store) -> None:
    company = store.create_company(COMPANY)
    for day in (date(2025, 5, 1), TODAY):
        store.period_for(company.id, day)
    tab = open_page(lang, "trend")
    assert not tab.exception
    assert not tab.error


# --- sentences ----------------------------------------------------------------------------------------------------


def test_the_conclusion_compares_with_a_year_before(course: Course) -> None:
    last, then = course.points[6], course.points[2]
    change = (last.total.percent or Fraction(0)) - (then.total.percent or Fraction(0))
    text = conclusion(course, words("en"))
    assert text.startswith("In one year, the score rose by ")
    assert f"{shown(change)} points" in text
    turned = replace(course, points=course.points[::-1])
    assert "fell by" in conclusion(turned, words("en"))
    assert "stayed where it was" in conclusion(replace(course, points=(last,) * 7), words("en"))
    assert "is the first quarter with answers" in conclusion(
        replace(course, points=(*(replace(last, total=type(last.total)()),) * 6, last)), words("en")
    )


def test_without_a_decomposition_it_is_said(course: Course) -> None:
    found = replace(step(course, 5, 6), changes=None)
    assert second(found, words("en")) == "In one of these quarters nothing is applicable, so their difference has no parts."
    assert found.parts == ()


# --- charts and tables --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_value_is_labelled(course: Course, theme: Theme, lang: Lang) -> None:
    _ = words(lang)
    figure = charts_trend.scores(course, theme, _)
    percents = [shown(point.total.percent) for point in course.points]
    line = figure.data[-1]
    assert list(line.text) == [*percents[:-1], ""]
    assert any(str(percents[-1]) in note.text for note in figure.layout.annotations)
    band = figure.data[0]
    n = len(percents)
    for place, point in enumerate(course.points):
        assert point.total.percent is not None
        assert point.total.best is not None
        assert band.y[place] == pytest.approx(float(point.total.best) * 100, abs=0.0006)
        assert band.y[2 * n - 1 - place] == pytest.approx(float(point.total.percent) * 100, abs=0.0006)
    assert [text.split("<br>")[0] for text in figure.layout.xaxis.ticktext] == ["Q1", "Q2", "Q3", "Q4", "Q1", "Q2", "Q3"]
    assert figure.layout.xaxis.ticktext[4].endswith({"ja": "26年度", "en": "FY26"}[lang])


def test_sections_have_a_row_each(course: Course, lang: Lang) -> None:
    figure = charts_trend.sections(course, "light", words(lang))
    assert [line.customdata[0] for line in figure.data] == [section.id for section in course.checklist.sections]
    for row, line in enumerate(figure.data):
        assert all(row <= height <= row + 1 for height in line.y if height is not None)


def test_the_update_of_the_statistics_is_a_part_of_its_own(course: Course, lang: Lang) -> None:
    now = course.quarters[-1][1]
    older = replace(now, years=now.years[:1] if len(now.years) > 1 else now.years, matrix=replace(now.matrix, edition="older"))
    cells = [(tsr, tuple((cause, cell) for cause, cell in row)) for tsr, row in now.matrix.rows]
    turned = tuple((tsr, cells[(place + 1) % len(cells)][1]) for place, (tsr, _row) in enumerate(cells))
    older = replace(older, matrix=replace(older.matrix, rows=turned))
    quarters = tuple((sheets, older if place < 3 else now) for place, (sheets, _outside) in enumerate(course.quarters))
    found = replace(course, quarters=quarters, points=trend(quarters, 1, now))
    figure = charts_trend.gaps(found, "light", words(lang))
    updates = [place for place, point in enumerate(found.points) if point.statistics_update]
    assert list(figure.data[1].x) == updates == [0, 1, 2]
    frame = tables_trend.quarters(found, words(lang))
    assert list(frame[words(lang)("Update of the statistics")][3:]) == ["±0"] * 4
    for point, text in zip(found.points, frame[words(lang)("Gap as it was then")], strict=True):
        assert point.gap is not None
        assert point.own_gap is not None
        assert text == f"{shown(point.own_gap)}%"
        assert point.own_gap + (point.statistics_update or 0) == point.gap.gap


@pytest.mark.parametrize("first", [0, 5])
def test_the_waterfall_ends_where_the_score_is(course: Course, lang: Lang, first: int) -> None:
    _, found = words(lang), step(course, first, 6)
    figure = charts_trend.waterfall(course, found, "light", _)
    gains, losses = figure.data
    before, after = (course.points[place].total.percent for place in (first, 6))
    assert before is not None
    assert after is not None
    assert sum(gains.x) + sum(losses.x) == pytest.approx(float(after - before) * 100, abs=0.01)
    assert sum((part for _kind, part in found.parts), Fraction(0)) == after - before
    assert list(figure.layout.yaxis.ticktext)[1:-1] == [kind_name(kind, _) for kind, _part in found.parts]
    ticks = [shape.x0 for shape in figure.layout.shapes if shape.line.width == 5]
    assert ticks == [pytest.approx(float(before) * 100, abs=0.0006), pytest.approx(float(after) * 100, abs=0.0006)]


def test_changed_questions_add_up_and_name_who(course: Course, lang: Lang) -> None:
    _, found = words(lang), step(course, 5, 6)
    frame = tables_trend.changes(course, found, _)
    assert len(frame) == len(found.changes or ()) + 1
    whole = (course.points[6].total.percent or Fraction(0)) - (course.points[5].total.percent or Fraction(0))
    assert frame[_("Points")].iloc[-1] == _.change(whole)
    assert all(frame[_("Who")][:-1])


def test_each_class_has_its_words(lang: Lang) -> None:
    from scoring.compare import KINDS

    names = [kind_name(kind, words(lang)) for kind in KINDS]
    assert len(set(names)) == len(KINDS)
