"""The report's workbook: its formulas come to the report's own numbers, people's words stay words, every sheet can be printed."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from xml.etree import ElementTree

import openpyxl  # type: ignore[import-untyped]
import pytest
from python_calamine import CalamineWorkbook

from scoring.model import Lang, Text
from tenken.editions import pin, shipped
from tenken.i18n import words
from tenken.reports import xlsx, xlsx_rows
from tenken.reports.answers import Answers, answers_of
from tenken.reports.build import report_of
from tenken.reports.facts import Asked, Facts, read_facts
from tenken.reports.model import Block, Cell, Chart, Report, Table
from tenken.reports.xlsx_look import exactly, letters, lines, sheet_names
from tenken.reports.xlsx_rows import AT
from tenken.store import Store, UnitPlan
from tests.formulas import Calculated, display
from tests.many_units import fill
from tests.organisation import OFFICE, founded
from tests.reported import TODAY, facts, report

LANGUAGES: tuple[Lang, ...] = ("ja", "en")
ROWS = {"ja": "設問と回答", "en": "Questions and answers"}
SCORES = {"ja": "得点の検算", "en": "Scores by formula"}
ODD = ("=1+1", "+81", "-1", "@SUM(A1)", "<b>&amp;", "髙﨑𠮷①㈱", "_x0041_", "a\nb\x07\ufffe", "長" * 300, "'quoted'", "&A&P [x]/?*:\\")


@lru_cache(maxsize=4)
def made(lang: Lang = "ja") -> bytes:
    return xlsx.render(report(lang), answers(lang))


@lru_cache(maxsize=4)
def answers(lang: Lang = "ja") -> Answers:
    return answers_of(facts(Asked(lang=lang)), words(lang))


@lru_cache(maxsize=2)
def sample_book(lang: Lang = "ja") -> openpyxl.Workbook:
    return opened(made(lang))


@lru_cache(maxsize=2)
def calculated(lang: Lang = "ja") -> Calculated:
    return Calculated(made(lang))


def rendered(of: Facts, lang: Lang = "ja") -> tuple[Answers, bytes]:
    found = answers_of(of, words(lang))
    return found, xlsx.render(report_of(of, words(lang)), found)


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def wrong(book: Calculated) -> list[str]:
    """Formulas that do not come to the value that is stored beside them."""
    return [f"{place}: {formula} {book.value(place)!r} {book.stored(place)!r}" for place, formula in book.formulas()
            if book.value(place) != book.stored(place)]  # fmt: skip


def sums(found: Answers, of: Facts) -> None:
    """The rows come to the integers of the assessment."""
    total = of.judged.result.total
    assert sum(row.earned for row in found.rows) == total.earned
    assert sum(row.possible for row in found.rows) == total.possible
    assert sum(row.left for row in found.rows) == total.open
    assert sum(row.earned for row in found.rows if row.evidenced) == of.judged.result.evidenced.earned
    for part in found.sections:
        rows = [row for row in found.rows if row.section == part.number]
        assert (sum(row.earned for row in rows), sum(row.possible for row in rows)) == (part.score.earned, part.score.possible)


def check(found: Answers, of: Facts, book: Calculated) -> None:
    """What holds in every workbook: its formulas, its check marks, the sums of its rows."""
    sums(found, of)
    assert wrong(book) == []
    (sheet, area) = book.names["tenken_differing"]
    assert book.stored((sheet, int(re.sub(r"\D", "", area)), 3)) == 0


# --- formulas --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_formula_comes_to_the_value_beside_it_and_every_score_to_the_reports(lang: Lang) -> None:
    book = calculated(lang)
    check(answers(lang), facts(Asked(lang=lang)), book)
    formulas = [formula for _place, formula in book.formulas()]
    assert len(formulas) > 4 * len(answers(lang).rows) + 150
    checks = [book.stored(place) for place, formula in book.formulas() if '"○"' in formula]
    assert len(checks) == 2 + len(answers(lang).sections) + len(answers(lang).countermeasures) + len(answers(lang).units)
    assert set(checks) == {"○"}
    sheet, area = book.names["tenken_score"]
    figure = next(f for block in report(lang).pages[0].blocks if isinstance(block, tuple) for f in block if f.id == "score")
    assert book.stored((sheet, int(re.sub(r"\D", "", area)), 6)) == figure.value.number


def test_the_scores_follow_a_changed_answer() -> None:
    found = answers()
    row = found.rows[0]
    sheet, area = calculated().names["tenken_earned"]
    first = int(re.findall(r"\d+", area)[0])
    assert sample_book()[sheet].cell(first, AT["text"] + 1).value == row.text
    before, after = calculated(), Calculated(made(), {(sheet, first, AT["points"] + 1): 0.0})
    (total,) = [place for place, formula in before.formulas() if formula == "=SUM(tenken_earned)"]
    assert before.value(total) == found.total.score.earned
    assert after.value(total) == found.total.score.earned - row.earned
    assert row.earned > 0
    assert any(after.value(place) == "×" for place, formula in after.formulas() if '"○"' in formula)


@pytest.mark.parametrize(
    "asked",
    [Asked(view="own"), Asked(period="2026-04-01"), Asked(unit="sales"), Asked(against="none")],
    ids=["own questions", "a sealed quarter", "one department", "nothing to compare with"],
)
def test_every_selection_can_be_made_anew_from_its_rows(asked: Asked) -> None:
    codes = [unit.code for unit in facts().tree.units if unit.reporting]
    chosen = replace(asked, unit=codes[0]) if asked.unit else asked
    found, content = rendered(facts(chosen))
    check(found, facts(chosen), Calculated(content))
    assert bool(found.units) == (not asked.unit)
    if asked.view == "own":
        assert not any(row.company for row in found.rows)


def test_answers_for_the_whole_company_count_for_each_unit_that_inherits_them() -> None:
    found, tree = answers(), facts().tree
    own = [row for row in found.rows if not row.company]
    assert {row.times == tree.units[row.unit - 1].weight for row in own} == {True}
    for question in {row.text for row in found.rows if row.company}:  # wherever it is answered, it counts once for each unit
        assert sum(row.times for row in found.rows if row.text == question) == facts().judged.result.company.questions // len(
            {row.text for row in found.rows if row.company}
        )
    assert max(row.times for row in found.rows) > 3


def test_the_plan_adds_up() -> None:
    plan, book = answers().plan, calculated()
    assert plan is not None
    assert sum(plan.days) == plan.all_days
    sums = [book.stored(place) for place, formula in book.formulas() if formula.startswith("=SUM($")]
    assert plan.all_days in sums


# --- cells -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_is_a_number_and_is_shown_as_in_the_report(lang: Lang) -> None:
    book, shown = sample_book(lang), set()
    for sheet in book:
        for row in sheet.iter_rows():
            shown |= {display(cell.number_format, float(cell.value)) for cell in row if cell.data_type == "n" and cell.value is not None}
    cells = [cell for page in report(lang).pages for table in page.tables() for row in table.rows for cell in row]
    figures = [figure for block in report(lang).pages[0].blocks if isinstance(block, tuple) for figure in block]
    numbers = {cell.text for cell in cells if cell.number is not None} | {figure.value.full for figure in figures}
    assert len(numbers) > 100
    assert numbers <= shown


@pytest.mark.parametrize(
    ("text", "number"),
    [("61.3", 61.3), ("△ 61.3", 61.3), ("○ 100.0※", 100.0), ("+4.1", 4.1), ("−2.0", -2.0), ("±0", 0.0), ("58.0%", 58.0), ("1,234", 1234.0),
     ("61.3点", 61.3), ("−0.3 points", -0.3), ("¥1,200,000", 1200000.0), ("0", 0.0), ('5" disc', 5.0), ("3 of 10", 10.0), ("年2026;", 2026.0)],
)  # fmt: skip
def test_a_number_format_shows_exactly_the_text(text: str, number: float) -> None:
    form = exactly(text, number)
    assert form is not None
    assert display(form, number) == text


@pytest.mark.parametrize(("text", "number"), [("algorithm", 3.0), ("61.3", 61.4), ("", 0.0), ("12.50", 12.0)])
def test_a_text_without_the_number_is_no_number(text: str, number: float) -> None:
    assert exactly(text, number) is None


def _saying(block: Block, odd: Iterator[str]) -> Block:
    if isinstance(block, Table):
        return replace(block, rows=tuple(tuple(Cell(next(odd)) if cell.number is None else cell for cell in row) for row in block.rows))
    if isinstance(block, Chart):
        return replace(block, categories=tuple(next(odd) for _category in block.categories), title=next(odd), alt=next(odd), axis=next(odd))
    return block


def with_odd_words() -> tuple[Report, Answers]:
    """The sample, with words of ODD wherever a person's can stand."""
    odd, said, found = cycle(ODD), report(), answers()
    meta = replace(said.meta, organisation="".join(ODD), unit="&A&P" * 99, footer="=1+1", marking="&" * 40)
    pages = tuple(
        replace(page, title=next(odd), lead=next(odd), name=f"{page.name}{next(odd)}", blocks=tuple(_saying(block, odd) for block in page.blocks))
        for page in said.pages
    )  # fmt: skip
    rows = tuple(replace(row, unit_name=next(odd), text=next(odd), level=next(odd)) for row in found.rows[:40])
    units = tuple(replace(unit, name=next(odd)) for unit in found.units)
    return replace(said, meta=meta, pages=pages), replace(found, rows=rows, units=units)


def test_what_people_wrote_is_text_whatever_it_begins_with() -> None:
    content = xlsx.render(*with_odd_words())
    book = opened(content)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(re.match(r"=([A-Z]+[0-9]+\*|SUM\(|SUMIFS\(|IF\(|COUNTIF\()", cell.value) for cell in cells if cell.data_type == "f")
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert sheets.sheet_names == book.sheetnames
    theirs = {value for name in sheets.sheet_names for row in sheets.get_sheet_by_name(name).to_python() for value in row}
    for text in ODD:
        kept = text.replace("\x07", " ").replace("\ufffe", " ")
        assert kept in theirs
        assert {cell.data_type for cell in cells if cell.value == kept} == {"s"}
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        for name in file.namelist():
            assert "externalLink" not in name
            assert b"<hyperlink" not in file.read(name)
            ElementTree.fromstring(file.read(name))
    for sheet in book:
        assert max(len(each.encode("utf-16-le")) // 2 for each in (str(sheet.oddHeader), str(sheet.oddFooter))) <= 255


def test_names_of_sheets_are_what_excel_takes() -> None:
    names = sheet_names(["要約", "要約", "a/b:c*?[]\\", "'x'", "長" * 50, "𠮷" * 30, "History", "", "x" * 40, "x" * 40])
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'") and not name.endswith("'")


def test_full_width_letters_count_two() -> None:
    assert letters("点検ab①") == 8
    assert lines("点" * 30, 30.0) >= 2 > lines("点" * 10, 30.0)


# --- the file --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sheet_says_whose_it_is_and_can_be_printed(lang: Lang) -> None:
    meta = report(lang).meta
    for sheet in sample_book(lang):
        first = sheet.cell(1, 1).value
        assert meta.organisation in first and meta.provisional in first and meta.marking in first
        page = sheet.page_setup
        assert (page.orientation, int(page.paperSize), page.fitToWidth, sheet.sheet_properties.pageSetUpPr.fitToPage) == (
            "landscape",
            9,
            None,
            True,
        )
        assert sheet.freeze_panes
        assert meta.period in sheet.oddHeader.left.text and meta.provisional in sheet.oddHeader.right.text
        assert meta.marking in sheet.oddFooter.left.text
        assert sheet.oddFooter.right.text.strip() == "&P / &N"
        assert all(1 < column.width < 120 for column in sheet.column_dimensions.values())
    rows = sample_book(lang)[ROWS[lang]]
    assert rows.auto_filter.ref
    assert rows.print_title_rows == "$5:$5"
    first = sample_book(lang).worksheets[0]
    assert first.page_setup.fitToHeight in (None, 1)
    assert {sheet.page_setup.fitToHeight for sheet in sample_book(lang).worksheets[1:]} == {0}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_number_is_too_wide_for_its_column(lang: Lang) -> None:
    """A number does not break into lines: where it has no room, programs show ### instead."""
    narrow = []
    for sheet in sample_book(lang):
        widths: dict[int, float] = {}
        for column in sheet.column_dimensions.values():
            widths |= dict.fromkeys(range(column.min, column.max + 1), column.width)
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type in "nf" and isinstance(cell.value, int | float) and sheet.title != ROWS[lang]:
                    shown = display(cell.number_format, float(cell.value))
                    if letters(shown) * cell.font.size / 10 * (1.1 if cell.font.bold else 1) * 1.06 + 1.5 > widths[cell.column]:
                        narrow.append((sheet.title, cell.coordinate, shown))
    assert narrow == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_chart_of_the_report_is_a_native_one_with_its_words_for_who_cannot_see_it(lang: Lang) -> None:
    charts = [chart for page in report(lang).pages for chart in page.charts()]
    assert charts
    with zipfile.ZipFile(io.BytesIO(made(lang))) as file:
        names = file.namelist()
        assert sum(bool(re.fullmatch(r"xl/charts/chart\d+\.xml", name)) for name in names) == len(charts)
        assert not [name for name in names if name.startswith("xl/media")]
        drawings = "".join(file.read(name).decode() for name in names if name.startswith("xl/drawings/drawing"))
    assert drawings.count("descr=") == len(charts)


def test_the_same_report_makes_the_same_bytes_and_says_when_and_what_it_is() -> None:
    assert xlsx.render(report(), answers()) == made()
    properties = sample_book().properties
    meta = report().meta
    assert (properties.creator, properties.created, properties.modified) == ("Tenken", meta.made, meta.made)
    assert meta.period in properties.title
    assert meta.provisional in properties.description


def test_a_workbook_is_in_one_language() -> None:
    """No Japanese letter in the English one that the sample's own names and the sources' titles do not bring along."""
    book = sample_book("en")
    heads = [cell.value for sheet in book for row in sheet.iter_rows(max_row=4) for cell in row if isinstance(cell.value, str)]
    assert [text for text in heads if re.search(r"[ぁ-んァ-ヶ一-龠]", text)] == []


# --- other organisations ---------------------------------------------------------------------------------------------


def many(home: Path, units: int) -> Facts:
    store = Store.open(f"sqlite:///{home / 'many.db'}")
    try:
        fill(store, units, 1, today=TODAY)
        root = store.company(sample=False)
        assert root is not None
        return read_facts(store, root, Asked(), TODAY)
    finally:
        store.close()


def test_three_hundred_units(tmp_path: Path) -> None:
    of = many(tmp_path, 300)
    found, content = rendered(of)
    sums(found, of)
    assert len(found.units) == 300
    assert len(found.rows) > 7000
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    scores = book.get_sheet_by_name(SCORES["ja"]).to_python()
    assert len(book.get_sheet_by_name(ROWS["ja"]).to_python()) == len(found.rows) + 5
    assert [row[xlsx_rows.CHECK] for row in scores].count("○") == 2 + len(found.sections) + len(found.countermeasures) + 300
    assert "×" not in [row[xlsx_rows.CHECK] for row in scores]


@contextmanager
def empty_store(home: Path) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{home / 'tenken.db'}")
    try:
        yield store
    finally:
        store.close()


def test_a_quarter_in_which_nobody_answered(tmp_path: Path) -> None:
    with empty_store(tmp_path) as store:
        here = founded(store)
        of = read_facts(store, here.root, Asked(), TODAY)
    found, content = rendered(of)
    check(found, of, Calculated(content))
    assert {row.open for row in found.rows} == {True}
    assert found.total.shown.text == "0.0"


def test_a_company_alone_with_nothing_and_with_the_express_check_answered(tmp_path: Path) -> None:
    with empty_store(tmp_path) as store:
        root = store.create_company(Text("一社", "One Inc."))
        store.open_period(root.id, TODAY, fiscal_start=4, due=None, pins=pin(store), checklist=shipped().content.checklist, person="")
        of = read_facts(store, root, Asked(lang="en"), TODAY)
        found, content = rendered(of, "en")
        check(found, of, Calculated(content))
        assert of.express
        assert len(found.rows) == sum(question.express for question in shipped().content.checklist.questions)
        assert found.units == ()


def test_units_with_odd_names_weights_and_half_answered_sheets(tmp_path: Path) -> None:
    with empty_store(tmp_path) as store:
        here = founded(store)
        kinds = {"sales": ("=1+1", 3), "it": ("=1+1", 0)}  # the same name twice; one counts three times, one nowhere
        plans = [
            UnitPlan(code, here.root.code, "department", Text(name, name), True, weight=weight) for code, (name, weight) in kinds.items()
        ]
        store.apply_units(here.root.id, plans, since=None, person=OFFICE)
        for shift, code in enumerate(("company", "sales", "it")):
            here.fill(code, count=9, shift=shift)
        of = read_facts(store, here.root, Asked(), TODAY)
    found, content = rendered(of)
    check(found, of, Calculated(content))
    assert [(unit.name, unit.listed) for unit in found.units] == [("試験株式会社", True), ("=1+1", True), ("=1+1", False)]
    assert {(row.unit_name, row.company): row.times for row in found.rows} == {
        ("試験株式会社", False): 1, ("試験株式会社", True): 4, ("=1+1", False): 3,
    }  # fmt: skip


@pytest.mark.libreoffice
@pytest.mark.parametrize("lang", LANGUAGES)
def test_libreoffice_comes_to_the_same_values(lang: Lang, tmp_path: Path) -> None:
    """Opened without the stored values, so that it has to calculate every one of them."""
    file = tmp_path / "report.xlsx"
    file.write_bytes(_without_values(made(lang)))
    soffice = shutil.which("soffice")
    assert soffice, "this test needs LibreOffice"
    subprocess.run(
        [soffice, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "ods", "--outdir", str(tmp_path), str(file)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    theirs, ours = CalamineWorkbook.from_path(tmp_path / "report.ods"), calculated(lang)
    sheets = {name: theirs.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in theirs.sheet_names}
    assert theirs.sheet_names == ours.book.sheetnames
    places = [place for place, _formula in ours.formulas()]
    different = [(place, sheets[place[0]][place[1] - 1][place[2] - 1], ours.stored(place)) for place in places
                 if sheets[place[0]][place[1] - 1][place[2] - 1] != ours.stored(place)]  # fmt: skip
    assert different == []
    assert len(places) > 2000


def _without_values(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            text = old.read(info)
            if info.filename.startswith("xl/worksheets/sheet"):
                text = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", text)
            new.writestr(info, text)
    return out.getvalue()
