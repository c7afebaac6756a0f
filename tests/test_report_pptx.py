"""The deck: native, whole, readable, and the same numbers as the model's."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import pytest

from scoring.model import Lang
from tenken.errors import ReportError
from tenken.reports import measure
from tenken.reports.model import Cell, Chart, Column, Figure, Headline, Meta, Note, Page, Report, Series, Source, Table, Value
from tenken.reports.pptx import render
from tenken.reports.template import check
from tests.overflow import overflows
from tests.reported import report

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
LANGUAGES: tuple[Lang, ...] = ("ja", "en")
RARE = "髙﨑𠮷①㈱ <b>&amp; \"x\" 'y'"


def opened(content: bytes) -> Any:
    from pptx import Presentation

    return Presentation(io.BytesIO(content))


@lru_cache(maxsize=4)
def deck(lang: Lang) -> bytes:
    return render(report(lang))


def saved(presentation: Any) -> bytes:
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


@lru_cache(maxsize=2)
def template(accent: str = "7A3B69", wide: bool = False) -> bytes:
    """A company's: 4:3, three slides, sections, a link to the outside, own colours and faces."""
    from pptx import Presentation
    from pptx.util import Inches

    presentation = Presentation()
    if wide:
        presentation.slide_width = Inches(13.333)
    for layout in (0, 1, 5):
        slide = presentation.slides.add_slide(presentation.slide_layouts[layout])
        slide.shapes.title.text = "機密 OLD SLIDE"
    link = presentation.slides[0].shapes.add_textbox(0, 0, 900000, 300000).text_frame.paragraphs[0].add_run()
    link.text, link.hyperlink.address = "outside", "https://example.com/secret"
    master = presentation.slide_master
    master.part.relate_to("https://example.com/logo.png", "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image", True)
    theme = next(rel.target_part for rel in master.part.rels.values() if rel.reltype.endswith("/theme"))
    blob = theme.blob.decode()
    blob = re.sub(r"<a:accent1>.*?</a:accent1>", f'<a:accent1><a:srgbClr val="{accent}"/></a:accent1>', blob, flags=re.DOTALL)
    theme._blob = re.sub(r'<a:ea typeface="[^"]*"', '<a:ea typeface="Meiryo"', blob).encode()
    return saved(presentation)


# --- what is in it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_slide_a_page_with_its_title_where_outlines_look_and_nothing_overflows(lang: Lang) -> None:
    found, pages = opened(deck(lang)), report(lang).pages
    assert 7 <= len(pages) <= 9
    assert [slide.shapes.title.text_frame.text for slide in found.slides] == [page.title for page in pages]
    assert overflows(deck(lang)) == []
    for slide in found.slides:
        assert slide.shapes[0].is_placeholder and slide.shapes[0].placeholder_format.idx == 0  # read first
        assert slide.shapes[-1]._element.find(f".//{A}fld").get("type") == "slidenum"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_charts_and_tables_are_native_and_described(lang: Lang) -> None:
    from pptx.enum.shapes import MSO_SHAPE_TYPE

    for slide, page in zip(opened(deck(lang)).slides, report(lang).pages, strict=True):
        kinds = [shape.shape_type for shape in slide.shapes]
        assert MSO_SHAPE_TYPE.PICTURE not in kinds and MSO_SHAPE_TYPE.LINKED_PICTURE not in kinds
        assert kinds.count(MSO_SHAPE_TYPE.CHART) == len(page.charts())
        assert kinds.count(MSO_SHAPE_TYPE.TABLE) == sum(table.on_slide > 0 and bool(table.rows) for table in page.tables())
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
            if shape.has_table:
                assert shape.table.first_row


def chart_of(slide: Any, at: int) -> Any:
    return [shape.chart for shape in slide.shapes if shape.has_chart][at]


def written(series: Any, place: int) -> str:
    """What Office writes at a point: its own text, or the value in the format General; '' where the label is deleted."""
    for label in series._element.findall(f"{C}dLbls/{C}dLbl"):
        if label.find(f"{C}idx").get("val") == str(place):
            if label.find(f"{C}delete") is not None:
                return ""
            text = "".join(node.text or "" for node in label.iter(f"{A}t"))
            assert label.find(f"{C}numFmt").get("formatCode") == "General"
            return text or f"{series.values[place]:g}"
    raise AssertionError("a point that nothing is said about")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_values_and_labels_of_charts_are_the_models(lang: Lang) -> None:
    for slide, page in zip(opened(deck(lang)).slides, report(lang).pages, strict=True):
        for at, model in enumerate(page.charts()):
            plot = chart_of(slide, at).plots[0]
            assert tuple(plot.categories) == model.categories
            assert len(plot.series) - len(model.series) == (1 if any(model.ends) else 0)
            for series, wanted in zip(plot.series, model.series, strict=False):
                assert series.name == wanted.name
                assert tuple(series.values) == wanted.values
                shown = [written(series, place) for place in range(len(model.categories))]
                for got, label in zip(shown, wanted.labels, strict=True):
                    assert got == label or (got == "" and wanted.tone == "mute" and model.kind == "line")
            if any(model.ends):
                carrier = plot.series[len(model.series)]
                assert [written(carrier, place) for place in range(len(model.ends))] == list(model.ends)
                assert carrier._element.find(f"{C}spPr/{A}noFill") is not None


def texts(slide: Any) -> str:
    """Everything that can be read on a slide, its charts' labels included."""
    parts = ["".join(node.text or "" for node in element.iter(f"{A}t")) for element in slide._element.iter(f"{A}p")]
    for shape in slide.shapes:
        if shape.has_chart:
            space = shape.chart._chartSpace
            parts += [node.text or "" for node in space.iter(f"{C}v", f"{A}t")]
    return "\n".join(parts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_of_the_model_that_a_slide_shows_is_found_on_it(lang: Lang) -> None:
    for slide, page in zip(opened(deck(lang)).slides, report(lang).pages, strict=True):
        said, notes = texts(slide), slide.notes_slide.notes_text_frame.text
        for block in page.blocks:
            if isinstance(block, tuple):
                for figure in block:
                    assert f"{figure.value.text}{figure.value.unit}" in said and figure.range in said and figure.note in said
                    assert figure.change is None or figure.change.full in said
            if isinstance(block, Headline):
                assert all(text in said for text in (block.text, *block.detail))
            if isinstance(block, Note | Source):
                assert block.text in said or block.text in notes
        for table in page.tables():
            drawn = [shape.table for shape in slide.shapes if shape.has_table and shape.table.cell(0, 0).text == table.columns[0].title]
            if table.on_slide == 0:
                continue
            rows = [[cell.text for cell in row.cells] for row in drawn[0].rows][1:] if len(drawn) == 1 else []
            for row, model in zip(rows, table.rows, strict=False):
                numbers = [cell.text for cell, column in zip(model, table.columns, strict=True) if column.kind != "text"]
                assert all(number in row for number in numbers), (row, numbers)
            if len(rows) < len(table.rows) and len(drawn) == 1:
                assert str(len(table.rows) - len(rows)) in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_notes_explain_and_what_is_cut_stands_there_whole(lang: Lang) -> None:
    pages = report(lang).pages
    for slide, page in zip(opened(deck(lang)).slides, pages, strict=True):
        notes = slide.notes_slide.notes_text_frame.text
        for text in page.how:
            assert all(measure.visible(line) in notes for line in text.split("\n")), text
        assert report(lang).meta.provisional in notes and report(lang).meta.marking in notes
        for shape in slide.shapes:
            if not shape.has_table and shape.has_text_frame and shape.text_frame.text.endswith("…"):
                assert shape.text_frame.text.rstrip("…") in notes
    plan = next(page for page in pages if page.id == "plan")
    steps = next(table for table in plan.tables() if table.id == "steps")
    notes = opened(deck(lang)).slides[pages.index(plan)].notes_slide.notes_text_frame.text
    assert measure.visible(steps.rows[0][-1].text) in notes  # the reason, which no slide has room for


@pytest.mark.parametrize("lang", LANGUAGES)
def test_provisional_marking_and_footer_stand_on_every_slide(lang: Lang) -> None:
    meta = report(lang).meta
    assert meta.provisional and meta.marking
    for slide in opened(deck(lang)).slides:
        own = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        assert meta.provisional in own and meta.marking in own and meta.footer in own
    sealed = replace(report(lang), meta=replace(meta, provisional="", seal="ab12cd34" * 8, footer="株式会社　FY2026 Q2"))
    for slide in opened(render(sealed)).slides:
        own = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        assert meta.provisional not in own and any("ab12cd34" in text and "FY2026 Q2" in text for text in own)


def unset(root: Any, lang: str) -> list[str]:
    """Runs and default texts without Latin or East Asian face, or in another language."""
    found = []
    for properties in root.iter(f"{A}rPr", f"{A}defRPr"):
        faces = {child.tag for child in properties}
        if not {f"{A}latin", f"{A}ea"} <= faces:
            found.append(f"face: {properties.getparent().tag}")
        if properties.tag == f"{A}rPr" and properties.get("lang") != lang:
            found.append(f"language: {properties.get('lang')}")
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_faces_and_language_are_set_on_every_run(lang: Lang) -> None:
    wanted = {"ja": "ja-JP", "en": "en-US"}[lang]
    for slide in opened(deck(lang)).slides:
        assert unset(slide._element, wanted) == []
        assert unset(slide.notes_slide.notes_text_frame._txBody, wanted) == []
        for shape in slide.shapes:
            if shape.has_chart:
                assert unset(shape.chart._chartSpace, wanted) == []
    theme = next(content for name, content in parts(deck(lang)).items() if name.endswith("theme1.xml")).decode()
    assert 'latin typeface="Yu Gothic"' in theme and 'ea typeface="Yu Gothic"' in theme and "1F4F99" in theme


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_properties_say_what_it_is() -> None:
    meta, core = report("ja").meta, opened(deck("ja")).core_properties
    assert meta.title in core.title and core.author == "Tenken" and core.language == "ja-JP"
    assert core.created == core.modified and core.created.replace(tzinfo=None) == meta.made
    assert b"Tenken" in parts(deck("ja"))["docProps/app.xml"]
    assert not any("thumbnail" in name or "printer" in name for name in parts(deck("ja")))


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render(report("ja")) == deck("ja")
    assert render(report("ja"), template()) == render(report("ja"), template())


# --- a company's template --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("wide", [False, True])
def test_a_templates_master_colours_and_faces_are_used_and_its_slides_are_gone(lang: Lang, wide: bool) -> None:
    content = render(report(lang), template(wide=wide))
    found = opened(content)
    assert (found.slide_width, found.slide_height) == (opened(template(wide=wide)).slide_width, 6858000)
    assert len(found.slides) == len(report(lang).pages)
    assert {slide.slide_layout.name for slide in found.slides} == {"Title Only"}
    assert overflows(content) == []
    inside = parts(content)
    slides = [name for name in inside if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]
    assert len(slides) == len(found.slides)
    assert not any(b"OLD SLIDE" in body or b"example.com" in body or b'TargetMode="External"' in body for body in inside.values())
    assert b"7A3B69" in inside["ppt/theme/theme1.xml"] and b"Meiryo" in inside["ppt/theme/theme1.xml"]
    first = inside[slides[0]].decode()
    assert 'typeface="+mn-ea"' in first and 'schemeClr val="accent1"' in first and "1F4F99" not in first and "Yu Gothic" not in first


def rezipped(content: bytes, change: dict[str, bytes | None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in {**parts(content), **change}.items():
            if body is not None:
                archive.writestr(name, body)
    return out.getvalue()


def without_titles() -> bytes:
    presentation = opened(template())
    for layout in presentation.slide_layouts:
        for holder in list(layout.placeholders):
            if holder.placeholder_format.idx == 0:
                holder._element.getparent().remove(holder._element)
    return saved(presentation)


def without_layouts() -> bytes:
    from pptx import Presentation

    presentation = Presentation()
    for layout in list(presentation.slide_layouts):
        presentation.slide_layouts.remove(layout)
    return saved(presentation)


def bad() -> dict[str, tuple[bytes, str]]:
    good = template()
    types = parts(good)["[Content_Types].xml"]
    macro = types.replace(b"presentationml.presentation.main+xml", b"presentation.macroEnabled.main+xml")
    return {
        "nothing": (b"", "template_unreadable"),
        "no zip": (b"%PDF-1.7 not a deck", "template_unreadable"),
        "encrypted": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "template_unreadable"),
        "cut off": (good[: len(good) // 2], "template_unreadable"),
        "another zip": (rezipped(good, {"[Content_Types].xml": None}), "template_unreadable"),
        "no presentation": (rezipped(good, {"ppt/presentation.xml": None}), "template_unreadable"),
        "broken": (rezipped(good, {"ppt/slideMasters/slideMaster1.xml": b"<p:sldMaster"}), "template_unreadable"),
        "macro": (rezipped(good, {"ppt/vbaProject.bin": b"x"}), "template_macro"),
        "macro type": (rezipped(good, {"[Content_Types].xml": macro}), "template_macro"),
        "control": (rezipped(good, {"ppt/activeX/activeX1.bin": b"x"}), "template_macro"),
        "no title": (without_titles(), "template_no_layout"),
        "no layouts": (without_layouts(), "template_no_layout"),
        "bomb": (rezipped(good, {"ppt/media/image1.bin": bytes(60_000_000)}), "template_too_large"),
        "large": (good + bytes(31_000_000), "template_too_large"),
        "many": (rezipped(good, {f"ppt/media/{n}.bin": b"" for n in range(5001)}), "template_too_large"),
    }


@pytest.mark.parametrize("name", list(bad()))
def test_what_is_no_template_is_refused_with_one_error(name: str) -> None:
    content, code = bad()[name]
    for use in (check, lambda given: render(report("ja"), given)):
        with pytest.raises(ReportError) as refused:
            use(content)
        assert refused.value.code == code


def test_a_potx_is_taken_and_check_says_nothing_about_good_ones() -> None:
    types = parts(template())["[Content_Types].xml"]
    potx = rezipped(template(), {"[Content_Types].xml": types.replace(b"presentation.main+xml", b"template.main+xml")})
    check(template())
    check(potx)
    assert overflows(render(report("en"), potx)) == []


def test_damaged_templates_are_refused_or_used_but_nothing_else() -> None:
    good = template()
    for at in range(0, len(good), len(good) // 20):
        broken = good[:at] + bytes([good[at] ^ 0x55]) + good[at + 1 :]
        try:
            check(broken)
        except ReportError as error:
            assert error.code.startswith("template_")


def test_a_title_in_the_middle_of_a_layout_does_not_take_the_slide() -> None:
    from pptx.util import Inches

    presentation = opened(template())
    for layout in presentation.slide_layouts:
        for holder in layout.placeholders:
            if holder.placeholder_format.idx == 0:
                holder.left, holder.top, holder.width, holder.height = Inches(1), Inches(3), Inches(8), Inches(1.5)
    assert overflows(render(report("ja"), saved(presentation))) == []


# --- bad input -------------------------------------------------------------------------------------------------------


def odd(name: str, units: int = 3, lang: Lang = "ja") -> Report:
    """A report of every kind of block with `name` wherever a name can stand."""
    columns = (Column(f"部門 {name}", "text", 3), Column("得点", "sign", 1), Column("差", "number", 1))
    rows = tuple((Cell(f"{name} {n}"), Cell("× 45.0", "poor", True, 45.0), Cell("−2.9", number=-2.9)) for n in range(units))
    table = Table("units", f"表 {name}", columns, rows, 14, "ほか{n}行", f"注 {name}", "ありません")
    empty = Table("none", name, columns, (), 5, "", "", f"空 {name}")
    bars = Chart("bars", "stacked_bars", f"図 {name}", tuple(f"{name}{n}" for n in range(7)),
                 (Series(name, "lacking", (6.5, None, 0.0, 1.0, 2.0, 3.0, 4.0), ("6.5", "", "0", "", "", "", "")),
                  Series("備え", "covered", (1.0,) * 7, ("",) * 7)), (f"△ {name[:8]}",) * 7, "%", 0, 30, name, name)  # fmt: skip
    nothing = Chart("nothing", "line", "空の図", (), (), (), "", 0, 0, "空")
    blanks = Chart("blanks", "columns", "値なし", ("a", "b"), (Series("s", "ours", (None, None), ("", "")),), ("", ""), "", 0, 0, "")
    down = Chart("down", "waterfall", name, ("前", "今"), (Series("h", "hidden", (0.0, 0.0), ("", "")), Series("t", "total", (5.0, 5.0), ("", ""))),
                 ("5.0", "5.0"), "点", 0, 0, name)  # fmt: skip
    figure = Figure("score", name, Value("算出不可"), name, name, None, 0, 0, None, False, name)
    gap = Figure("gap", name, Value("123,456.7", name[:20], 123456.7), name, name, Value("+1.0", "点", 1.0), -5, 120, 300, True, name)
    meta = Meta(
        lang, name, name, name, name, name, name, datetime(2026, 9, 30, 1, 2, 3), "2026年9月30日", "", "", name, name, f"{name} {name}", "1"
    )
    pages = (
        Page(
            "summary",
            name,
            name * 3,
            name * 5,
            ((figure, gap, figure, gap), bars, Headline(name * 4, (name,) * 6), table, Note(name)),
            (name,),
        ),
        Page("changes", name, name, "", (down, nothing, table), ()),
        Page(
            "gaps",
            name,
            name,
            name,
            (bars, table, empty, *(Note(name) for _ in range(20)), Source(name, "https://example.org/" + "x" * 200)),
            (),
        ),
        Page("departments", name, name, name, (table,), (name,)),
        Page("replay", name, name, name, (blanks, table, table), (name,)),
        Page("plan", name, name, name, (Headline(name, ()), down, table, table, Note(name)), (name,)),
        Page("method", name, "", "", (), ()),
    )
    return Report(meta, pages)


NAMES = [
    "",
    "部",
    "A" * 80,
    "株式会社" * 20,
    RARE,
    "=1+1",
    "+SUM(A1)",
    "開発🚀\u200d\u2060部\x00\x0b",
    "a\nb\r\nc\td",
    "W" * 300,
    "‮abc",
    "]]>",
    "{n} {x} %s",
]


@pytest.mark.parametrize("name", NAMES)
def test_odd_texts_neither_overflow_nor_break_the_file(name: str) -> None:
    for lang, given in (("ja", None), ("en", template())):
        content = render(odd(name, lang="ja" if lang == "ja" else "en"), given)
        found = opened(content)
        assert len(found.slides) == 7
        assert overflows(content) == []
        said = "\n".join(texts(slide) for slide in found.slides)
        assert not measure.missing(said)
        notes = "\n".join(slide.notes_slide.notes_text_frame.text for slide in found.slides)
        if "\n" not in name:
            assert measure.visible(name) in notes


def test_rare_and_dangerous_letters_come_back_as_they_were() -> None:
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    for name in (RARE, "=1+1", "@cmd", "]]>"):
        found = opened(render(odd(name)))
        tables = [shape.table for slide in found.slides for shape in slide.shapes if shape.has_table]
        assert any(cell.text == f"{name} 0" for table in tables for cell in table.iter_cells())
        chart = chart_of(found.slides[0], 0)
        assert chart.plots[0].categories[0] == f"{name}0" and chart.plots[0].series[0].name == name
        book = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
        cells = [cell for row in book.active.iter_rows() for cell in row if isinstance(cell.value, str)]
        assert all(cell.data_type == "s" for cell in cells) and f"{name}0" in [cell.value for cell in cells]


def test_three_hundred_units_are_cut_to_what_fits_and_counted() -> None:
    found = opened(render(odd("部門の名前", 300)))
    page = next(slide for slide, name in zip(found.slides, range(7), strict=True) if name == 3)
    table = next(shape.table for shape in page.shapes if shape.has_table)
    shown = len(table.rows) - 1
    assert 1 <= shown <= 14
    assert f"ほか{300 - shown}行" in texts(page)
    cell = table.cell(1, 1)
    assert cell._tc.tcPr.find(f"{A}solidFill") is not None  # tone
    assert table.cell(1, 2).text_frame.paragraphs[0]._p.pPr.get("algn") == "r"


def test_an_overflow_is_seen_by_the_checker() -> None:
    """The checker itself: a text that is too long, a shape outside, two on one another."""
    from pptx import Presentation
    from pptx.util import Pt

    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    for left, text in ((0, "あ" * 100), (10, "b"), (700, "c")):
        box = slide.shapes.add_textbox(Pt(left), Pt(10), Pt(100), Pt(30))
        run = box.text_frame.paragraphs[0].add_run()
        run.text, run.font.size = text, Pt(12 if text != "b" else 7)
        box.text_frame.word_wrap = True
    found = "\n".join(overflows(saved(presentation)))
    assert "high in" in found and "leaves the slide" in found and "cover each other" in found and "too small" in found
