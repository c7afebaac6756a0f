"""The report as PDF: all of the model in it, tagged, on its pages, whatever stands in it."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scoring.model import Lang
from tenken.errors import ReportError
from tenken.reports import fonts, pdf
from tenken.reports.measure import drawable
from tenken.reports.model import Block, Cell, Chart, Figure, Headline, Note, Page, Report, Series, Source, Table, Value
from tests import reported
from tests import reported_by_hand as by_hand
from tests.pdf_read import A4, alts, bare, bookmarks, links, outside, overlaps, pages, reader, root, running, strings, tags, words_at
from tests.pdf_read import fonts as fonts_in

LANGUAGES: tuple[Lang, ...] = ("ja", "en")
HARD = (
    '#set page(width: 1pt) *x* $x$ @ref <a> \\ " // c /* `raw` = +1-1',
    "=SUM(A1:A9)",
    "髙﨑𠮷①㈱葛󠄀城",
    "👍🏽 ok \x00\x07\x1b\x7f\u202eabc\u200f\ud800\udfff",
    "一行目\n二行目\t三\r\n四\u2028五",
    "W" * 80,
    "株" * 80,
    "https://example.com/" + "a" * 80,
    "__proto__ #json(bytes()) #eval(\"1\") [#link()]",
    "مرحبا עברית हिन्दी",
    "",
)  # fmt: skip


def hard_report(lang: Lang = "ja", name: str = "W" * 80, count: int = 300) -> Report:
    """Long names everywhere, many departments, and nothing where something may be missing."""
    ja, report = lang == "ja", by_hand.report(lang, provisional=True)
    meta = replace(
        report.meta,
        organisation=name or "―",
        unit=name,
        footer=f"{name}　2026年度 第3四半期　暫定　取扱注意",
        marking="取扱注意" if ja else "",
    )
    bars = by_hand.bars(ja)
    bars = replace(bars, categories=(name, *bars.categories[1:]), ends=("△ 58%", "", name[:20], "―"))
    empty = Chart("empty", "line", "空の図", (), (), (), "", 0, 100, "値がありません。")
    holes = Chart("holes", "columns", name, ("一", name, "三"), (Series(name, "ours", (None, 0.0, 100.0), ("", "0.0", "100.0")), Series("none", "none", (None,) * 3, ("",) * 3)), ("", "", ""), "", 0, 0, "穴のある図。")  # fmt: skip
    none = Figure("score", name[:30], Value("算出不可"), "", "", None, 0, 0, None, False, "")
    table = by_hand.departments(count, ja, name)
    bare_table = replace(by_hand.departments(0, ja), empty="", note="", title="")
    blocks: tuple[Block, ...] = ((none, none), bars, empty, holes, by_hand.waterfall(ja), by_hand.line(ja), table, bare_table, Headline(name, (name,)), Note(name), Source(name, "javascript:alert(1)"), Source(name, "https://example.com/" + "x" * 90))  # fmt: skip
    summary = report.pages[0]
    return Report(meta, (replace(summary, blocks=(*summary.blocks[:1], bars, *summary.blocks[2:])), Page("departments", "部門", name or "―", name, blocks, (name, f"{name}\n{name}"))))  # fmt: skip


def said_of(report: Report) -> list[str]:
    """Every text that a reader of the document has to find."""
    found = []
    for page in report.pages:
        found += [page.name, page.title, page.lead, *(line for said in page.how for line in said.splitlines())]
        for block in page.blocks:
            if isinstance(block, tuple):
                for figure in block:
                    found += [figure.label, figure.value.full, figure.range, figure.note, *([figure.change.full] if figure.change else [])]
            elif isinstance(block, Chart):
                shown = [series for series in block.series if series.tone != "hidden"] if block.categories else []
                found += [
                    block.title,
                    block.source,
                    *block.categories,
                    *block.ends,
                    *(label for series in shown for label in series.labels),
                ]
            elif isinstance(block, Table):
                found += [block.title, block.note, *([] if block.rows else [block.empty])]
                found += [column.title for column in block.columns] if block.rows else []
                found += [cell.text for row in block.rows for cell in row]
            else:
                found += list(strings(block))
    return [text for text in found if text.strip()]


def missing(found: bytes, report: Report) -> list[str]:
    _head = "　" if report.meta.lang == "ja" else " · "
    meta = report.meta
    frame = (meta.footer, f"{meta.organisation}{_head}{meta.period}")
    text = running(found, *frame)
    return [said for said in said_of(report) if bare(pdf._clean(said)) not in text]


@pytest.fixture(scope="module", params=LANGUAGES)
def made(request: pytest.FixtureRequest) -> tuple[Report, bytes]:
    report = reported.report(request.param)
    return report, pdf.render(report)


def test_everything_that_the_report_says_can_be_read_in_the_text(made: tuple[Report, bytes]) -> None:
    report, found = made
    assert len(said_of(report)) > 500
    assert missing(found, report) == []


def test_it_says_what_it_is_and_can_be_walked_by_headings_and_tags(made: tuple[Report, bytes]) -> None:
    report, found = made
    read = reader(found)
    catalogue = root(found)
    assert catalogue["/Lang"].lower().startswith(report.meta.lang)
    assert catalogue["/MarkInfo"]["/Marked"]
    assert read.metadata is not None
    assert (read.metadata.title, read.metadata.author) == (report.meta.title, report.meta.organisation)
    assert read.metadata.creation_date is not None
    assert read.metadata.creation_date.replace(tzinfo=None) == report.meta.made
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert bookmarks(found) == [page.name for page in report.pages]
    counted = tags(found)
    tables = [table for page in report.pages for table in page.tables() if table.rows]
    assert counted["/Table"] == len(tables)
    assert counted["/TH"] == sum(len(table.columns) for table in tables)
    assert counted["/TR"] == sum(len(table.rows) + 1 for table in tables)
    assert counted["/H1"] == len(report.pages)
    assert set(alts(found)) >= {chart.alt for page in report.pages for chart in page.charts()}
    assert links(found) == {block.url for page in report.pages for block in page.blocks if isinstance(block, Source) and block.url}


def test_it_claims_accessibility_and_archive_standards(made: tuple[Report, bytes]) -> None:
    metadata = reader(made[1]).xmp_metadata
    assert metadata is not None
    said = metadata.stream.get_data().decode()
    assert "<pdfuaid:part>1<" in said
    assert "<pdfaid:part>2<" in said
    assert "<pdfaid:conformance>A<" in said


def test_every_page_says_whose_and_how_sure_it_is(made: tuple[Report, bytes]) -> None:
    report, found = made
    assert report.meta.provisional
    for number, text in enumerate(pages(found), start=1):
        assert bare(report.meta.footer) in text
        assert bare(report.meta.provisional) in text
        assert bare(report.meta.marking) in text
        assert bare(f"Page {number} of" if report.meta.lang == "en" else f"{number} /") in text


def test_a_sealed_quarter_says_so_on_every_page() -> None:
    report = by_hand.report("ja")
    for text in pages(pdf.render(report)):
        assert bare("確定 3f9a1c77b0d2　2027年1月15日") in text
        assert "暫定" not in text


def test_fonts_are_in_the_file(made: tuple[Report, bytes]) -> None:
    found = fonts_in(made[1])
    assert len(found) == 2
    assert all(found.values())
    assert all("NotoSans" in name for name in found)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_summary_is_one_page_that_says_the_first_page(lang: Lang) -> None:
    report = reported.report(lang)
    found = pdf.render_summary(report)
    assert len(pages(found)) == 1
    first = report.pages[0]
    shown = tuple(replace(block, rows=block.rows[: block.on_slide]) if isinstance(block, Table) else block for block in first.blocks)
    assert missing(found, Report(report.meta, (replace(first, blocks=shown, how=()),))) == []


@pytest.mark.parametrize("name", HARD)
def test_no_text_is_read_as_markup_or_lost(name: str) -> None:
    report = hard_report(name=name, count=3)
    found = pdf.render(report)
    assert missing(found, report) == []
    for page in reader(found).pages:
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(A4, abs=0.1)
    assert all(link.startswith("https://") for link in links(found))
    assert len(pages(pdf.render_summary(report))) == 1


def test_what_the_font_lacks_becomes_a_geta() -> None:
    report = by_hand.report()
    report = replace(report, pages=(replace(report.pages[0], title="良い👍です", lead="髙﨑𠮷①㈱"),))
    text = "".join(pages(pdf.render(report)))
    assert "良い〓です" in text
    assert "髙﨑𠮷①㈱" in text


@pytest.mark.parametrize("case", ["real", "latin", "kanji"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_stands_outside_the_margins_or_over_something_else(case: str, lang: Lang, tmp_path: Path) -> None:
    report = reported.report(lang) if case == "real" else hard_report(lang, "W" * 80 if case == "latin" else "株" * 80, 40)
    for found in (pdf.render(report), pdf.render_summary(report)):
        words = words_at(found, tmp_path)
        assert words
        assert outside(words) == []
        assert overlaps(words) == []


def test_three_hundred_departments_repeat_the_head_on_every_page() -> None:
    report = hard_report(name="第一営業本部", count=300)
    found = pdf.render(report)
    assert missing(found, report) == []
    with_rows = [text for text in pages(found) if text.count("第一営業本部") > 20]
    assert len(with_rows) > 5
    assert all("回答率" in text and "気づく力" in text for text in with_rows)


@pytest.mark.parametrize("rows", [0, 1, 40])
def test_the_summary_stays_on_one_page_whatever_is_in_it(rows: int) -> None:
    report = by_hand.report()
    first = report.pages[0]
    table = by_hand.critical()
    table = replace(
        table,
        rows=tuple((Cell("×", "lacking"), Cell("長い設問の文が続きます。" * 8), Cell("部" * 40), Cell("0")) for _ in range(rows)),
        on_slide=40,
    )
    bars = by_hand.bars()
    bars = replace(bars, categories=tuple("原" * 60 for _ in range(4)))
    blocks = (first.blocks[0], bars, bars, Headline("お願い" * 40, ("効果" * 80,) * 8), table, Note("注" * 300))
    report = replace(report, pages=(replace(first, title="結論" * 60, lead="説明" * 200, blocks=blocks),))
    assert len(pages(pdf.render_summary(report))) == 1


def test_the_same_report_is_the_same_bytes_in_another_process() -> None:
    script = (
        "import sys, hashlib; from tests import reported_by_hand as r; from tenken.reports import pdf; "
        "sys.stdout.write(hashlib.sha256(pdf.render(r.report()) + pdf.render_summary(r.report('en')) + pdf.render_sheet(r.sheet())).hexdigest())"
    )
    said = {
        subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True, timeout=120,
                       env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": "."}).stdout
        for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/New_York"))
    }  # fmt: skip
    assert len(said) == 1
    assert len(said.pop()) == 64


def test_the_shipped_face_is_used_where_the_system_has_none_and_draws_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert fonts.system_face((str(tmp_path),)) is None
    for name in ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"):
        (tmp_path / name).touch()
    own = fonts.system_face((str(tmp_path),))
    assert own == fonts.Face("Noto Sans CJK JP", (tmp_path,), False)
    monkeypatch.setattr(pdf, "face", fonts.shipped_face)
    report = by_hand.report()
    found = pdf.render(report)
    assert missing(found, report) == []
    assert all(fonts_in(found).values())


def test_a_system_face_that_lacks_a_letter_gives_way_to_the_shipped_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pdf, "face", lambda: fonts.Face("Noto Sans CJK JP", (tmp_path,), False))
    report = by_hand.report()
    assert missing(pdf.render(report), report) == []


def test_without_any_face_there_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> fonts.Face:
        raise ReportError("font_missing", font="NotoSansCJKjp-Regular.otf")

    monkeypatch.setattr(fonts, "shipped_face", none)
    monkeypatch.setattr(fonts, "system_face", lambda: None)
    fonts.face.cache_clear()
    try:
        with pytest.raises(ReportError, match="font_missing"):
            pdf.render(by_hand.report())
    finally:
        fonts.face.cache_clear()


def test_names_of_the_hard_report_are_hard_for_the_font_too() -> None:
    """The inputs above hold what they are meant to hold."""
    assert any(drawable(name) != name for name in HARD)
