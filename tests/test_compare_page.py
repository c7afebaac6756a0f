"""The compare page: who stands where, who may see whom, and the same numbers as charts, tables and words."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from scoring.engine import shown
from scoring.model import Lang, Score
from scoring.portfolio import Portfolio
from scoring.ranking import is_reference
from tenken import charts_compare, tables_compare
from tenken.books import portfolio
from tenken.comparison import (
    ALL,
    Asked,
    Shown,
    asked_of,
    compared,
    conclusion,
    is_below_half,
    kinds,
    readable_units,
    second,
    whole_percent,
)
from tenken.i18n import words
from tenken.palette import PALETTES, Theme
from tenken.parts import comparing
from tenken.store import Store
from tests.many_units import SUPPLIERS, fill
from tests.test_pages import Open, fine, go, title

TODAY = date.today()
THEMES: tuple[Theme, ...] = ("light", "dark")


@pytest.fixture
def filled(store: Store) -> Callable[[int, int], Portfolio]:
    def made(units: int, quarters: int) -> Portfolio:
        fill(store, units, quarters)
        return portfolio(store, store.periods(1)[-1], TODAY)

    return made


# --- the page -----------------------------------------------------------------------------------------------------


def test_one_company_has_nothing_to_compare_with(lang: Lang, open_page: Open) -> None:
    tab = open_page(lang, "compare")
    fine(tab, lang)
    assert title(tab) == words(lang)("There is nothing to compare with yet.")


@pytest.mark.parametrize(("units", "quarters"), [(1, 1), (12, 7), (300, 2)])
def test_the_page_says_what_the_functions_say(
    lang: Lang, open_page: Open, filled: Callable[[int, int], Portfolio], units: int, quarters: int
) -> None:
    sheets = filled(units, quarters)
    tab = open_page(lang, "compare")
    fine(tab, lang)
    found = compared(sheets, Asked(branch=1), words(lang))
    assert title(tab) == re.sub(r"\\(.)", r"\1", conclusion(found, words(lang)))
    assert len(found.lines) == units
    frames = {each.key: each.value for each in tab.dataframe if each.key}
    assert len(frames) >= 2 or len(tab.dataframe) >= 2
    assert len(tab.dataframe[0].value) == units + 1  # the medians last


def test_every_choice_draws(lang: Lang, open_page: Open, filled: Callable[[int, int], Portfolio]) -> None:
    filled(12, 1)
    tab = open_page(lang, "compare")
    for key, value in (
        ("compare_view", "whole"),
        ("compare_shows", "difference"),
        ("compare_evidenced", "evidenced"),
        ("compare_by", "countermeasure"),
    ):
        choose(tab, key, value)
        fine(tab, lang)
    tab.selectbox(key="compare_kind").select("supplier").run()
    fine(tab, lang)
    assert len(tab.dataframe[0].value) == SUPPLIERS + 1
    tab.selectbox(key="compare_kind").select(ALL).run()
    tab.selectbox(key="compare_branch").select("c0").run()
    assert len(tab.dataframe[0].value) == 12 + 1
    tab.selectbox(key="practice_unit").select("d3").run()
    fine(tab, lang)


def choose(tab: AppTest, key: str, value: str) -> None:
    next(group for group in tab.button_group if group.key == key).set_value(value)
    tab.run()


def test_above_forty_units_the_picture_has_pages(open_page: Open, filled: Callable[[int, int], Portfolio]) -> None:
    filled(90, 1)
    tab = open_page("en", "compare")
    assert [str(option) for option in next(g for g in tab.button_group if g.key == "compare_page").options] == ["1–40", "41–80", "81–90"]


def test_a_click_leads_to_the_form_behind_the_cell(filled: Callable[[int, int], Portfolio], monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[dict[str, str]] = []
    monkeypatch.setattr("streamlit.switch_page", lambda page, query_params: gone.append(query_params))
    sheets = filled(12, 1)
    here = SimpleNamespace(tree=sheets.book.tree, period=SimpleNamespace(start=date(2026, 10, 1)))
    for view, code, unit in (("own", "d3", "d3"), ("whole", "d3", None), ("whole", "s1", "s1")):
        found = compared(sheets, Asked(view="whole" if view == "whole" else "own", kind="supplier" if code == "s1" else ALL), words("en"))
        comparing.follow(here, found, code, "section", "physical")  # type: ignore[arg-type]
        assert gone[-1]["question"].startswith("physical.")
        assert gone[-1]["period"] == "2026-10-01"
        assert unit is None or gone[-1]["unit"] == unit


# --- who may see whom ---------------------------------------------------------------------------------------------


def test_who_may_not_see_all_sees_their_own_row_beside_the_median(
    lang: Lang, open_page: Open, store: Store, filled: Callable[[int, int], Portfolio]
) -> None:
    filled(12, 1)
    person = store.put_person(1, "営業の人", [("respondent", 1003)], person="")
    store.put_person(1, "事務局", [("office", 1)], person="")
    tab = open_page(lang, "compare", **{"as": str(person.id)})
    assert not tab.exception
    assert [str(cell) for cell in tab.dataframe[0].value.iloc[:, 0]] == [
        {"ja": "第4部", "en": "Department 4"}[lang],
        words(lang)("Median"),
    ]
    assert len(tab.dataframe) == 1  # no ranking, nothing of what others do
    everything = "".join(node.proto.spec for node in tab._tree if getattr(node, "type", "") == "plotly_chart")
    assert {"ja": "第4部", "en": "Department 4"}[lang] in everything.encode().decode("unicode_escape", "ignore") or "d3" in everything
    assert '"d2"' not in everything


def test_of_few_units_no_median_is_given_away(filled: Callable[[int, int], Portfolio]) -> None:
    sheets = filled(3, 1)
    found = compared(sheets, Asked(), words("en"), frozenset({1000}))
    assert set(found.comparison.medians) == {None}
    assert found.withheld()
    assert words("en")("With fewer than {n} units no median is shown: it would tell what the others have.", n=4) in second(
        found, words("en")
    )
    assert not compared(sheets, Asked(), words("en")).withheld()


def test_readable_units(filled: Callable[[int, int], Portfolio]) -> None:
    tree = filled(3, 1).book.tree
    assert readable_units(tree, lambda unit: True) is None
    assert readable_units(tree, lambda unit: unit.code == "d1") == frozenset({1001})


# --- sentences and choices ----------------------------------------------------------------------------------------


@pytest.fixture
def twelve(filled: Callable[[int, int], Portfolio]) -> Portfolio:
    return filled(12, 1)


def test_the_conclusion_counts_those_below_half(twelve: Portfolio) -> None:
    found = compared(twelve, Asked(), words("en"))
    counts = {at: sum(is_below_half(line.cells[at]) for line in found.lines) for at in found.columns}
    assert f": {max(counts.values())} of 12 units" in conclusion(found, words("en"))
    none = replace(found, lines=tuple(line for line in found.lines if not any(is_below_half(line.cells[at]) for at in found.columns)))
    assert none.lines
    assert "below half anywhere" in conclusion(none, words("en")) or "Only" in conclusion(none, words("en"))
    assert conclusion(replace(found, lines=()), words("en")) == "No answers to compare yet."


def test_an_empty_sheet_is_no_failure() -> None:
    assert not is_below_half(Score(possible=100, open=100))
    assert not is_below_half(Score())
    assert is_below_half(Score(earned=49, possible=100, open=20))
    assert not is_below_half(Score(earned=50, possible=100))


@pytest.mark.parametrize("sort", ["place", "name", "tree", "physical"])
def test_orders(twelve: Portfolio, sort: str) -> None:
    found = compared(twelve, Asked(sort=sort), words("en"))
    keys: dict[str, list[Any]] = {
        "place": [-(line.total.percent or 0) for line in found.lines],
        "name": [line.unit.name.en for line in found.lines],
        "tree": [line.unit.id for line in found.lines],
        "physical": [-(line.cells[found.comparison.columns.index(("section", "physical"))].percent or 0) for line in found.lines],
    }
    assert keys[sort] == sorted(keys[sort])


def test_the_median_is_the_organisations_whatever_the_branch(filled: Callable[[int, int], Portfolio]) -> None:
    sheets = filled(60, 1)
    everybody, branch = (compared(sheets, Asked(branch=node), words("en")) for node in (1, 10))
    assert 0 < len(branch.lines) < len(everybody.lines)
    assert branch.comparison.medians == everybody.comparison.medians
    assert kinds(sheets) == (ALL, "supplier")


@pytest.mark.parametrize("wrong", [{"view": "x"}, {"by": "unit"}, {"kind": "board"}, {"sort": "1"}, {"branch": "?"}, {"evidenced": "yes"}])
def test_addresses_are_looked_at(twelve: Portfolio, wrong: dict[str, str]) -> None:
    assert asked_of(wrong.get, twelve) is None
    assert asked_of(lambda name: None, twelve) == Asked()
    assert asked_of({"branch": "c0", "view": "whole"}.get, twelve) == Asked(view="whole", branch=10)


# --- charts and tables --------------------------------------------------------------------------------------------


@pytest.fixture(params=["own", "whole", "supplier"])
def seen(request: pytest.FixtureRequest, twelve: Portfolio) -> Shown:
    kind = request.param
    return compared(twelve, Asked(view="own" if kind == "own" else "whole", kind="supplier" if kind == "supplier" else ALL), words("ja"))


@pytest.mark.parametrize("theme", THEMES)
def test_cells_are_the_scores(seen: Shown, theme: Theme, lang: Lang) -> None:
    figure = charts_compare.heatmap(seen, seen.lines, theme, words(lang))
    (bars,) = figure.data
    lines = {line.unit.code: line for line in seen.lines}
    assert len(bars.text) == sum(1 for line in seen.lines for at in seen.columns if line.cells[at].questions)
    for (code, *column), text, colour in zip(bars.customdata, bars.text, bars.marker.color, strict=True):
        cell = lines[code].cells[seen.comparison.columns.index(tuple(column))]
        assert ("※" in text) == (is_reference(cell) and bool(cell.possible) and cell.open < cell.possible)
        if cell.possible and cell.open < cell.possible:
            assert whole_percent(cell.percent) in text
            assert ("×" in text) == (cell.earned * 2 < cell.possible) == (colour == PALETTES[theme].lack.fill)
    assert figure.layout.yaxis.ticktext[0].count("<br>") == 1


def test_differences_stand_in_the_rows_of_the_heatmap(seen: Shown, lang: Lang) -> None:
    _ = words(lang)
    figure = charts_compare.differences(seen, seen.lines, "light", _)
    heat = charts_compare.heatmap(seen, seen.lines, "light", _, difference=True)
    assert (figure.layout.height, figure.layout.yaxis.range) == (heat.layout.height, heat.layout.yaxis.range)
    lengths = {row: length for bar in figure.data for row, length in zip(bar.y, bar.x, strict=True)}
    for row, line in enumerate(seen.lines):
        value = seen.comparison.difference(line, seen.total)
        assert value is not None
        assert lengths.get(row, 0.0) == pytest.approx(float(value) * 100, abs=0.0006)
        assert _.change(value) in "".join(note.text for note in figure.layout.annotations if note.y == row)


def test_names_are_no_markup(twelve: Portfolio) -> None:
    found = compared(twelve, Asked(), words("en"))
    name = replace(found.lines[0].unit.name, en='<a href="x">%{x}</a>')
    line = replace(found.lines[0], unit=replace(found.lines[0].unit, name=name))
    for figure in (
        charts_compare.heatmap(found, [line], "light", words("en")),
        charts_compare.differences(found, [line], "light", words("en")),
    ):
        assert "<a href" not in figure.to_json().replace("\\u003c", "<")
        assert not any(bar.hovertemplate for bar in figure.data)


def test_the_table_has_the_numbers_of_the_picture(seen: Shown, lang: Lang) -> None:
    _ = words(lang)
    frame = tables_compare.heatmap(seen, _)
    assert len(frame) == len(seen.lines) + 1
    for row, line in enumerate(seen.lines):
        assert frame[_("Score")][row].endswith(shown(line.cells[seen.total].percent) or "")
        assert frame[_("Difference to the median")][row] == _.change(seen.comparison.difference(line, seen.total))
    differences = tables_compare.heatmap(seen, _, difference=True)
    assert list(differences.columns) == list(frame.columns)
    places = tables_compare.ranking(seen, _)
    assert len(places) == len(seen.lines)
    assert [str(cell) for cell in places[_("Unit")]] == [_.text(line.unit.name) for line in seen.comparison.lines]


def test_every_page_of_a_unit_has_its_explanation(lang: Lang, open_page: Open, twelve: Portfolio) -> None:
    """Numbers of nodes are explained by their units, those of a unit by its answers."""
    tab = open_page(lang)
    fine(tab, lang)
    for of in (
        "score",
        "evidenced",
        "gap",
        "critical",
        "steps",
        "cause:physical",
        "cell:physical:M4",
        "question:external_attack.mfa_remote",
    ):
        for unit in ("g", "c0", "d3", "s1"):
            for kind in ("whole", "own"):
                fine(go(tab, "explain", of=of, unit=unit, kind=kind), lang)
    fine(go(tab, "explain", of="score", unit="g"), lang)
    frame = tab.dataframe[0].value
    assert len(frame) == 12 + 1
    total = compared(twelve, Asked(view="whole"), words(lang)).sums.node(1)["total", ""]
    _ = words(lang)
    assert (frame[_("Earned")].iloc[-1], frame[_("Possible")].iloc[-1]) == (_.integer(total.earned), _.integer(total.possible))
    assert _.integer(total.earned) in tab.code[0].value
