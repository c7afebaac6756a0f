"""The numbers of the compare and the trend page as files: whole, without formulas, by one door, and only what was asked for."""

import csv
import io
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from scoring.model import Text
from tenken import tables_compare, tables_trend
from tenken.books import portfolio
from tenken.comparison import Asked, compared
from tenken.course import read_course
from tenken.i18n import words
from tenken.session import COMPANY
from tenken.store import Store, UnitPlan
from tests.many_units import fill
from tests.test_gate import ask

TODAY = date.today()
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
def filled(store: Store) -> Store:
    fill(store, 6, 3)
    return store


def table(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_compare_is_the_pages_table(address: str, filled: Store, lang: str) -> None:
    _ = words("ja" if lang == "ja" else "en")
    status, headers, body = ask(address, f"/files/compare.csv?lang={lang}&view=whole&kind=supplier&sort=name")
    assert status == 200
    assert headers["content-disposition"].startswith("attachment; ")
    assert headers["cache-control"] == "no-store"
    found = compared(portfolio(filled, filled.periods(1)[-1], TODAY), Asked(view="whole", kind="supplier", sort="name"), _)
    frame = tables_compare.heatmap(found, _)
    assert [[cell.removeprefix("'") for cell in row] for row in table(body)] == [list(frame.columns), *frame.to_numpy().tolist()]


def test_trend_is_the_pages_table(address: str, filled: Store) -> None:
    _ = words("en")
    body = ask(address, "/files/trend.csv?lang=en&unit=d1")[2]
    found = read_course(filled, filled.periods(1), 1001, "whole", TODAY)
    frame = tables_trend.quarters(found, _)
    assert [[cell.removeprefix("'") for cell in row] for row in table(body)] == [list(frame.columns), *frame.to_numpy().tolist()]


@pytest.mark.parametrize(("path", "sheets"), [("compare", 3), ("trend", 3)])
def test_workbooks_open_and_hold_the_figures_as_shown(address: str, filled: Store, path: str, sheets: int) -> None:
    status, headers, body = ask(address, f"/files/{path}.xlsx?lang=en")
    assert (status, headers["content-type"]) == (200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    assert len(book.sheet_names) == sheets
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python()
        assert len(rows) > 1
        assert {type(cell) for row in rows for cell in row} <= {str, float}
    first = book.get_sheet_by_name(book.sheet_names[0]).to_python()
    _status, _headers, plain = ask(address, f"/files/{path}.csv?lang=en")
    shown = list(csv.reader(io.StringIO(plain.decode("utf-8-sig"))))
    assert any(isinstance(cell, float) for row in first for cell in row)
    for row, texts in zip(first, shown, strict=True):
        for cell, text in zip(row, texts, strict=True):
            assert float(text.replace(",", "")) == cell if isinstance(cell, float) else text.removeprefix("'") == cell


def test_a_unit_with_the_name_of_a_formula(address: str, store: Store) -> None:
    company = store.create_company(COMPANY)
    plans = [UnitPlan(f"d{n}", company.code, "department", Text("=cmd|' /C calc'!A0", "@sum(1)"), reporting=True) for n in range(2)]
    store.apply_units(company.id, plans, since=None, person="")
    for lang in ("ja", "en"):
        rows = table(ask(address, f"/files/compare.csv?lang={lang}")[2])
        assert len(rows) == 5  # the company reports too, and the medians stand last
        assert not [cell for row in rows for cell in row if cell.startswith(FORMULA)]
        assert b"<f>" not in ask(address, f"/files/compare.xlsx?lang={lang}")[2]


WRONG = ["view=x", "kind=board", "sort=1", "branch=zz", "by=unit", "evidenced=2", "unit=zz", "period=1999-01-01", "period=x%27"]


@pytest.mark.parametrize("query", WRONG)
def test_what_there_is_not_is_refused(address: str, filled: Store, query: str) -> None:
    status, headers, body = ask(address, f"/files/compare.csv?lang=en&{query}")
    assert (status, "content-disposition" in headers) == (400, False)
    assert body.decode() == words("en")("This address asks for something that is not here.")


@pytest.mark.parametrize("query", ["view=x", "from=2020-01-01", "to=x", "from={last}&to={first}", "unit=zz"])
def test_a_trend_that_there_is_not_is_refused(address: str, filled: Store, query: str) -> None:
    periods = filled.periods(1)
    query = query.format(first=periods[0].start.isoformat(), last=periods[-1].start.isoformat())
    assert ask(address, f"/files/trend.xlsx?{query}")[0] == 400


def test_who_reads_their_own_unit_gets_that_and_no_more(address: str, filled: Store) -> None:
    own = filled.put_person(1, "営業の人", [("respondent", 1003)], person="")
    filled.put_person(1, "事務局", [("office", 1)], person="")
    assert ask(address, "/files/compare.csv")[0] == 403  # nobody has said who they are
    rows = table(ask(address, f"/files/compare.csv?lang=en&as={own.id}")[2])
    assert [row[0] for row in rows[1:]] == ["Department 4", "Median"]
    assert ask(address, f"/files/trend.csv?as={own.id}&unit=d1")[0] == 400
    assert ask(address, f"/files/trend.csv?as={own.id}&unit=d3")[0] == 200
    names = CalamineWorkbook.from_filelike(io.BytesIO(ask(address, f"/files/compare.xlsx?lang=en&as={own.id}")[2])).sheet_names
    assert words("en")("Places") not in names


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["compare.csv", "compare.xlsx", "trend.csv", "trend.xlsx"])
def test_a_link_on_another_site_ends_here(address: str, filled: Store, path: str, site: str) -> None:
    assert ask(address, f"/files/{path}", Sec_Fetch_Site=site)[0] == 403
