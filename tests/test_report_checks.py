"""What looks at reports finds what is planted: a check that never fails proves nothing. What needs LibreOffice is planted in the proof."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typst
import xlsxwriter
from openpyxl import load_workbook  # type: ignore[import-untyped]
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

from tenken.reports.measure import font_file
from tenken.reports.model import Cell, Value
from tests import decks, packages, pdf_pages, recalculated, report_shape
from tests.papers import png
from tests.pdf_pages import Word
from tests.reported import report
from tests.shown_numbers import cell_text

# --- decks and workbooks -------------------------------------------------------------------------------------------------


def deck() -> bytes:
    """A slide with a text, a chart and a table."""
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    box = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(4), Inches(1))
    run = box.text_frame.paragraphs[0].add_run()
    run.text, run.font.bold = "備えの得点 61.3点", True
    run.hyperlink.address = "https://example.com/"
    data = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = ["外部", "内部"]
    data.add_series("自社", (61.3, 44.0))  # type: ignore[no-untyped-call]
    slide.shapes.add_chart(XL_CHART_TYPE.BAR_STACKED, Inches(1), Inches(2), Inches(4), Inches(3), data)
    slide.shapes.add_table(2, 2, Inches(6), Inches(1), Inches(3), Inches(1))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def book() -> bytes:
    """A sheet with numbers, a formula and what it comes to."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as made:
        sheet = made.add_worksheet("要約")
        sheet.write_row(0, 0, [1, 2.5, "=SUM(A1)"])
        sheet.write_formula(1, 0, "=SUM(A1:B1)", None, 3.5)
        sheet.write_formula(2, 0, '=IF(A1>0,"高い","")', None, "高い")
        sheet.write_formula(3, 0, '=IF(A1<0,"高い","")', None, "")
        sheet.add_table(6, 0, 8, 1, {"columns": [{"header": "部門"}, {"header": "得点"}]})
    return out.getvalue()


def changed(content: bytes, part: str, how: Callable[[bytes], bytes | None]) -> bytes:
    """The package with one part changed, or left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as file, zipfile.ZipFile(out, "w") as made:
        for name in file.namelist():
            new = how(file.read(name)) if re.fullmatch(part, name) else file.read(name)
            if new is not None:
                made.writestr(name, new)
    return out.getvalue()


def replaced(pattern: str, by: str) -> Callable[[bytes], bytes]:
    def how(part: bytes) -> bytes:
        made, count = re.subn(pattern.encode(), by.encode(), part, flags=re.DOTALL)
        assert count, f"{pattern} is not there"
        return made

    return how


SLIDE, CHART, SHEET = r"ppt/slides/slide1\.xml", r"ppt/charts/chart\d+\.xml", r"xl/worksheets/sheet1\.xml"
DECKS: Mapping[str, tuple[str, Callable[[bytes], bytes | None], str]] = {
    "a shape's number twice": (SLIDE, replaced(r'id="[23]" name', 'id="4" name'), "shape id 4 is there"),
    "a text body without a paragraph": (SLIDE, replaced(r"(<p:txBody>.*?<a:lstStyle/>)<a:p>.*?</a:p>", r"\1"), "without a paragraph"),
    "a row that is too short": (SLIDE, replaced(r"<a:tc>(?:(?!<a:tc>).)*</a:tc>(?=</a:tr>)", ""), "a row of 1 cells"),
    "children out of order": (SLIDE, replaced(r"(<a:hlinkClick [^>]*/>)(</a:rPr>)", r'\1<a:ea typeface="Yu Gothic"/>\2'), "<rPr> has its children"),
    "a link that is none": (r"ppt/slides/_rels/slide1\.xml\.rels", replaced("https://example.com/", "javascript:alert(1)"), "leads outside"),
    "a relationship to nothing": (r"ppt/slides/_rels/slide1\.xml\.rels", replaced(r"\.\./charts/chart", "../charts/lost"), "which is not there"),
    "a relationship that is missing": (SLIDE, replaced(r'r:id="rId\d+"', 'r:id="rId99"'), "is no relationship"),
    "a part that is missing": (r"ppt/embeddings/.*", lambda part: None, "which is not there"),
    "a number that is none": (CHART, replaced(r"<c:v>61\.3</c:v>", "<c:v>nan</c:v>"), "is no number"),
    "another number than the workbook's": (CHART, replaced(r"<c:v>61\.3</c:v>", "<c:v>61.4</c:v>"), "shows '61.4'"),
    "a chart without its workbook": (CHART, replaced(r"<c:externalData .*?</c:externalData>", ""), "no workbook behind it"),
    "markup that is none": (SLIDE, replaced("</p:sld>", ""), "slide1.xml: "),
    "a part of no type": (r"\[Content_Types\]\.xml", replaced(r'<Default Extension="xlsx"[^>]*/>', ""), "no content type"),
}  # fmt: skip
BOOKS: Mapping[str, tuple[str, Callable[[bytes], bytes | None], str]] = {
    "a number that is none": (SHEET, replaced("<v>2.5</v>", "<v>nan</v>"), "is no number"),
    "a cell twice": (SHEET, replaced('r="B1"', 'r="A1"'), "A1 is there twice"),
    "a sheet's name that is too long": (r"xl/workbook\.xml", replaced("要約", "要" * 32), "no name of a sheet"),
    "a sheet's name with a sign": (r"xl/workbook\.xml", replaced("要約", "要/約"), "no name of a sheet"),
    "a column's name twice": (r"xl/tables/table1\.xml", replaced("得点", "部門"), "'\\u90e8\\u9580' is there twice"),
    "an error": (SHEET, replaced(r"<c r=\"A2\">", '<c r="A2" t="e">'), "A2: 3.5"),
    "children out of order": (SHEET, replaced(r"(<pageMargins [^>]*/>)(<tableParts.*?</tableParts>)", r"\2\1"), "<worksheet> has its"),
    "a text that is too long": (r"xl/sharedStrings\.xml", replaced(r"=SUM\(A1\)", "=" * 32_768), "more than 32767"),
}  # fmt: skip


def test_what_libraries_make_is_sound() -> None:
    assert packages.faults(deck()) == []
    assert packages.faults(book()) == []
    assert packages.faults(b"") == ["no package: File is not a zip file"]


@pytest.mark.parametrize("name", DECKS)
def test_what_powerpoint_would_repair_is_found(name: str) -> None:
    part, how, said = DECKS[name]
    assert any(said in fault for fault in packages.faults(changed(deck(), part, how))), packages.faults(changed(deck(), part, how))


@pytest.mark.parametrize("name", BOOKS)
def test_what_excel_would_repair_is_found(name: str) -> None:
    part, how, said = BOOKS[name]
    assert any(said in fault for fault in packages.faults(changed(book(), part, how))), packages.faults(changed(book(), part, how))


def test_a_part_that_is_there_twice_is_found() -> None:
    out = io.BytesIO(deck())
    with zipfile.ZipFile(out, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("ppt/presentation.xml", "<x/>")
    assert packages.faults(out.getvalue()) == ["no package: ppt/presentation.xml is there twice"]


# --- formulas ------------------------------------------------------------------------------------------------------------


def test_results_are_taken_out_and_formulas_stay() -> None:
    plain = recalculated.without_results(book())
    assert [*recalculated.stored(book()).values()] == [3.5, "高い", None]
    assert recalculated.stored(plain).keys() == recalculated.stored(book()).keys()
    assert set(recalculated.stored(plain).values()) == {None}
    assert load_workbook(io.BytesIO(plain))["要約"]["C1"].value == "=SUM(A1)"


def test_a_formula_that_comes_to_something_else_is_found() -> None:
    assert [*recalculated.differences(book(), book())] == []
    assert len([*recalculated.differences(recalculated.without_results(book()), book())]) == 2
    assert [*recalculated.differences(changed(book(), SHEET, replaced("<v>3.5</v>", "<v>3.6</v>")), book())] == [
        "'要約'!A2: 3.6 is stored, 3.5 comes out",
    ]
    assert recalculated.same(0.1 + 0.2, 0.3) and recalculated.same("", None)
    assert (
        not recalculated.same(61.3, 61.4)
        and not recalculated.same(0, "")
        and not recalculated.same("1", 1)
        and not recalculated.same(1, None)
    )


# --- PDF -----------------------------------------------------------------------------------------------------------------

FONTS = font_file().parent
SOURCE = """#set document(title: "点検", date: none)
#set text(font: "Noto Sans CJK JP", lang: "ja", fallback: false)
#set page(paper: "a4")
= 要約
備えの得点 61.3点 TEXT
"""


def document(text: str = "", source: str = SOURCE) -> bytes:
    compiler = typst.Compiler(input=source.replace("TEXT", text).encode(), font_paths=[FONTS], ignore_system_fonts=True)  # type: ignore[misc]
    made = compiler.compile(format="pdf")
    assert isinstance(made, bytes)
    return made


def rewritten(how: Callable[[PdfWriter], Any]) -> bytes:
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(document()))), io.BytesIO()
    how(writer)
    writer.write(out)
    return out.getvalue()


def test_a_good_document_is_good() -> None:
    assert pdf_pages.faults(document(), "ja", pages=1) == []


def test_what_is_missing_in_a_document_is_found() -> None:
    assert pdf_pages.faults(document(), "en", pages=2) == ["its language is 'ja', not en", "1 pages, not 2"]
    assert any("glyphs are missing" in fault for fault in pdf_pages.faults(document("🏭"), "ja"))
    assert "page 1: 1 glyphs are missing" in pdf_pages.faults(document("\u0e01"), "ja")
    assert "has no bookmarks" in pdf_pages.faults(document(source="x"), "en")
    assert "has no title" in pdf_pages.faults(document(source="x"), "en")
    assert any(
        "not A4" in fault
        for fault in pdf_pages.faults(document(source="#set page(width: 3cm)\n" + SOURCE.replace('#set page(paper: "a4")', "")), "ja")
    )
    assert "is not tagged" in pdf_pages.faults(rewritten(lambda made: made.root_object.pop(NameObject("/MarkInfo"))), "ja")
    assert pdf_pages.faults(b"%PDF-1.7", "ja")[0].startswith("pypdf: ")
    assert "page 1: says nothing" in pdf_pages.faults(document(source='#set document(title: "x")\n#set page(paper: "a4")\n#rect()'), "en")


def test_a_font_that_is_not_embedded_is_found() -> None:
    def leave_out(made: PdfWriter) -> None:
        for each in made._objects:
            if isinstance(each, dict) and each.get("/Type") == "/FontDescriptor":
                for key in [key for key in each if str(key).startswith("/FontFile")]:
                    del each[key]
            if isinstance(each, dict) and each.get("/Subtype") == "/Type0":
                del each[NameObject("/ToUnicode")]

    found = pdf_pages.faults(rewritten(leave_out), "ja")
    assert any("is not embedded" in fault for fault in found)
    assert any("says nothing of what it shows" in fault for fault in found)
    assert pdf_pages.faults(rewritten(lambda made: made.root_object.update({NameObject("/Lang"): TextStringObject("ja-JP")})), "ja") == []


def test_words_outside_and_on_others_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    line = [Word(1, "一", 100, 100, 200, 112), Word(1, "二", 205, 100, 300, 112), Word(1, "三", 100, 111, 200, 123)]

    def said(*more: Word) -> list[str]:
        monkeypatch.setattr(pdf_pages, "words", lambda file: ([pdf_pages.A4], [*line, *more]))
        return pdf_pages.misplaced(Path())

    assert said() == []
    assert said(Word(1, "外", 500, 300, 600, 312)) == ["page 1: '外' leaves the page"]
    assert said(Word(1, "下", 500, 820, 510, 835)) == ["page 1: '下' leaves the page"]
    assert said(Word(1, "上", 150, 103, 190, 115)) == ["page 1: '上' lies on '一'"]


def test_the_day_of_a_check_does_not_matter() -> None:
    """typst would write the day into a document: nothing here rests on it."""
    assert document() == document()
    assert date.today().isoformat().encode() not in document()


# --- how cells are shown -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (61.3, "0.0", "61.3"),
        (27.8, '0.0"%"', "27.8%"),
        (0.278, "0.0%", "27.8%"),
        (4.1, "+0.0;−0.0;±0", "+4.1"),
        (-2.0, "+0.0;−0.0;±0", "−2.0"),
        (0, "+0.0;−0.0;±0", "±0"),
        (1234, "#,##0", "1,234"),
        (3, "General", "3"),
        (61.3, '"○ "0.0', "○ 61.3"),
        (100.0, "0.0", "100.0"),
        (62.6, '[Red]"× "0.0', "× 62.6"),
        ("算出不可", "0.0", "算出不可"),
    ],
)
def test_a_cell_is_read_as_excel_shows_it(value: object, number_format: str, text: str) -> None:
    assert cell_text(value, number_format) == text


# --- decks and reports ---------------------------------------------------------------------------------------------------


def test_what_is_wrong_with_a_slide_is_found() -> None:
    """A title, notes and words for who cannot see are missing; a picture, a shape outside, a letter without a glyph are there."""
    made = Presentation(io.BytesIO(deck()))
    shapes = made.slides[0].shapes
    shapes.add_picture(io.BytesIO(png()), 0, 0)
    shapes[0].left = made.slide_width
    out = io.BytesIO()
    made.save(out)
    found = decks.faults(out.getvalue(), lambda text: frozenset("得") & frozenset(text))
    for said in (
        "1 slides",
        "has no title",
        "has no notes",
        "is a picture",
        "leaves the slide",
        "says nothing to who",
        "no glyph for U+5F97",
        "have no font",
    ):
        assert any(said in fault for fault in found), (said, found)
    assert decks.lost_in(["備え 61.3", "二枚目"], ["備え\n61.3"]) == ["1 pages of 2 slides"]
    assert decks.lost_in(["備え 61.3"], ["備 61.3"]) == ["slide 1: 1 letters are not drawn: 'え'"]


def test_a_report_that_does_not_add_up_is_found() -> None:
    good = report("ja")
    assert report_shape.faults(good) == []
    summary = good.pages[0]
    figures, chart, table = summary.blocks[0], summary.charts()[0], summary.tables()[0]
    assert isinstance(figures, tuple)
    planted = (
        (replace(table, columns=()), "has no columns"),
        (replace(table, rows=((Cell("1"),),)), "has rows of 1 cells"),
        (replace(table, rows=(), empty=""), "is empty and says nothing"),
        (replace(table, rows=((Cell("x"), Cell("9", number=8.0)),)), "says 9 and keeps 8.0"),
        (replace(chart, categories=()), "is empty"),
        (replace(chart, high=1.0), "leaves its axis"),
        (replace(chart, alt=""), "says nothing to who cannot see it"),
        ((replace(figures[0], value=Value("61.3", "点", 61.4)),), "says 61.3 and keeps 61.4"),
        ((replace(figures[0], low=90.0, high=80.0),), "its bar is 90.0"),
    )
    for block, said in planted:
        found = report_shape.faults(replace(good, pages=(replace(summary, blocks=(block,)),)))
        assert any(said in fault for fault in found), (said, found)
