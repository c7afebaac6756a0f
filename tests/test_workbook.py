"""Workbooks of answers: what stands in them, what is read back, what is refused in which cell, and what would change."""

import io
import re
import struct
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.model import Answer, Checklist, Evidence, Lang, Text
from tenken.errors import TenkenError
from tenken.i18n import words
from tenken.store.values import Entry
from tenken.workbook import (
    Given,
    ImportRefused,
    Preview,
    Reading,
    SheetForm,
    UnitReading,
    Wanted,
    limits,
    preview,
    problem_text,
    problem_texts,
    read,
    read_csv,
    same,
    write,
)
from tenken.workbook.error_words import sentences
from tenken.workbook.form import CELL, Marks, carried, plain
from tenken.workbook.levels import choice_of, options
from tenken.workbook.problems import column_name, problem
from tenken.workbook.rows import day_of
from tenken.workbook.write import sheet_names
from tests.factories import checklist
from tests.prove import workbooks
from tests.prove.workbooks import LABEL, MADE, PERIOD, TODAY, Place

ASKED = checklist()
MFA, SITE, REMOTE, LOCK, POLICY = ASKED.questions
ANSWERS = {
    MFA.id: Answer("level2", note="控え\n=1+1", evidence=Evidence("台帳", date(2026, 10, 1))),
    SITE.id: Answer("na", reason="自社サイトがない"),
    REMOTE.id: Answer("unknown"),
}
SEEN = {MFA.id: 11, SITE.id: 12, REMOTE.id: 13}
SALES = SheetForm(Place("sales", Text("営業部", "Sales")), PERIOD, LABEL, ASKED, ASKED.questions, ANSWERS, SEEN, frozenset({MFA.id}))
WANTED = Wanted(ASKED, PERIOD, {"sales": [question.id for question in ASKED.questions]}, TODAY)
# Rows of the questions on a sheet: 7 and 8, then a section, 10 and 11, a section, 13.
ROW = {MFA.id: 7, SITE.id: 8, REMOTE.id: 10, LOCK.id: 11, POLICY.id: 13}
SHEET = "xl/worksheets/sheet2.xml"


def made(form: SheetForm = SALES, lang: Lang = "ja") -> bytes:
    return write([form], lang, created=MADE)


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def packed(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def edited(content: bytes, cells: Mapping[str, str | float | None], more: str = "") -> bytes:
    """The workbook after somebody typed into cells of its first unit; a number keeps the format of its cell, None empties
    it, text beginning with `<` is the XML of a cell's inside. `more` stands behind the rows."""
    files = parts(content)
    sheet = files[SHEET]
    for cell, value in cells.items():
        found = re.search(rf'<c r="{cell}"( s="\d+")?[^>]*?(/>|>.*?</c>)', sheet)
        inside = f'<c r="{cell}"{found[1] or "" if found else ""}'
        if value is None:
            new = f"{inside}/>"
        elif isinstance(value, float | int):
            new = f"{inside}><v>{value}</v></c>"
        elif value.startswith("<"):
            new = f"{inside}>{value}</c>"
        else:
            new = f'{inside} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        if found:
            sheet = sheet.replace(found[0], new)
        else:
            sheet = sheet.replace("</sheetData>", f'<row r="{re.sub("[A-Z]", "", cell)}">{new}</row></sheetData>')
    files[SHEET] = sheet.replace("</sheetData>", f"</sheetData>{more}")
    return packed(files)


def given_in(content: bytes, wanted: Wanted = WANTED) -> dict[str, Given]:
    [unit] = read(content, wanted).units
    return {row.question: row for row in unit.rows}


def found_in(content: bytes | Path, wanted: Wanted = WANTED) -> list[tuple[str, str]]:
    """(place, code) of everything that is wrong."""
    with pytest.raises(ImportRefused) as caught:
        read(content, wanted)
    for lang in ("ja", "en"):
        assert all(line.isprintable() for line in problem_texts(caught.value.problems, words(lang)))
    return [(each.place, each.code) for each in caught.value.problems]


# --- writing -------------------------------------------------------------------------------------


def test_the_same_input_makes_the_same_bytes(lang: Lang) -> None:
    assert made(lang=lang) == made(lang=lang)
    assert write([SALES], lang, created=datetime(2026, 11, 23)) != made(lang=lang)


def test_only_cells_for_answers_are_open() -> None:
    files = parts(made())
    open_styles = {
        str(number)
        for number, style in enumerate(re.findall(r"<xf [^>]*?(?:/>|>.*?</xf>)", files["xl/styles.xml"].split("<cellXfs")[1]))
        if 'locked="0"' in style
    }
    assert all("<sheetProtection" in text for name, text in files.items() if re.fullmatch(r"xl/worksheets/sheet[12]\.xml", name))
    cells = re.findall(r'<c r="(\w+)" s="(\d+)"', files[SHEET])
    opened = {cell for cell, style in cells if style in open_styles}
    assert opened == {f"{letter}{row}" for letter in "DEFGH" for row in ROW.values()} | {"I7"}, "the state only where it can be confirmed"


def test_what_people_wrote_is_never_a_formula_or_a_link() -> None:
    odd = {MFA.id: Answer("level1", note="=1+1", evidence=Evidence("=cmd|' /C calc'!A0", TODAY)), SITE.id: Answer("na", reason="+1")}
    form = replace(SALES, unit=Place("=1+1", Text("=1+1", "=1+1")), period_label=Text("=2", "=2"), answers=odd)
    files = parts(made(form))
    formulas = [text for sheet in files.values() for text in re.findall(r"<f>(.*?)</f>", sheet)]
    assert len(formulas) == 2
    assert all(text.startswith("SUMPRODUCT((") for text in formulas), "what counts the answers, here and on the first sheet"
    assert not any("hyperlink" in text for name, text in files.items() if name.startswith("xl/"))


def test_a_sheet_is_ready_for_paper(lang: Lang) -> None:
    files = parts(made(lang=lang))
    sheet = files[SHEET]
    assert 'paperSize="9"' in sheet
    assert 'orientation="landscape"' in sheet
    assert 'fitToHeight="0"' in sheet
    assert '<pageSetUpPr fitToPage="1"/>' in sheet
    assert "&amp;P / &amp;N" in sheet
    for word in ("取扱注意", "本人確認なし") if lang == "ja" else ("Confidential", "Identity not verified"):
        assert word in sheet
    assert "$5:$5</definedName>" in files["xl/workbook.xml"], "the heads stand on every page"
    assert 'ySplit="5"' in sheet
    assert "customHeight" not in sheet, "rows grow with what is typed"


def test_confidential_can_be_left_out() -> None:
    content = write([SALES], "ja", created=MADE, confidential=False)
    assert "取扱注意" not in parts(content)[SHEET]
    assert "本人確認なし" in parts(content)[SHEET]


def test_every_question_has_a_list_of_its_own_levels() -> None:
    files = parts(made())
    sources = dict(re.findall(r'sqref="(D\d+)"><formula1>(.*?)</formula1>', files[SHEET]))
    assert sources == {f"D{row}": f"tenken!$B${number}:$H${number}" for number, row in enumerate(ROW.values(), start=1)}
    assert 'name="tenken" sheetId="3" state="veryHidden"' in files["xl/workbook.xml"]
    shared = [element.text for element in ElementTree.fromstring(files["xl/sharedStrings.xml"]).iter() if element.tag.endswith("}t")]
    assert set(options(MFA, ASKED, words("ja"))) <= set(shared)
    assert 'sqref="I7"><formula1>"要再確認,確認済み"' in files[SHEET]


def test_hidden_rows_and_columns_say_what_the_sheet_is() -> None:
    content = made()
    sheet = parts(content)[SHEET]
    assert all(f'<row r="{row}"' in sheet and 'hidden="1"' in sheet.split(f'<row r="{row}"')[1].split(">")[0] for row in (1, 2))
    assert re.search(r'<col min="11" max="13"[^>]*hidden="1"', sheet)
    [grid] = [grid for grid in limits.grids(content) if grid.sheet == "営業部"]
    assert grid.rows[0][:9] == ("tenken-form", "format", "1", "unit", "sales", "period", PERIOD, "period_label", LABEL.ja)
    assert grid.rows[0][9:] == ("checklist", "tiny", "edition", "1", "content", ASKED.content_hash, "lang", "ja")


def test_an_answer_by_the_profile_says_why() -> None:
    by_profile = Answer("na", reason="profile:web_site", by_profile=True)
    form = replace(SALES, answers={SITE.id: by_profile}, reconfirm=frozenset())
    [grid] = [grid for grid in limits.grids(made(form)) if grid.sheet == "営業部"]
    assert grid.rows[7][3:9] == ("― 該当なし", "no web_site（日）", "", "", "", "会社の前提による")
    row = given_in(made(form))[SITE.id]
    assert (row.touched, row.confirmed) == (False, False)


def test_last_quarter_stands_beside_the_answer(lang: Lang) -> None:
    form = replace(SALES, previous={MFA.id: Answer("level3"), SITE.id: Answer("na", reason="x"), LOCK.id: Answer("unknown")})
    grid = limits.grids(made(form, lang))[1]
    said = ("3 level 3（日）", "― 該当なし", "？ わからない") if lang == "ja" else ("3 level 3 (en)", "― Not applicable", "？ Don’t know")
    assert tuple(grid.rows[row][9] for row in (6, 7, 10)) == said


names = st.text(alphabet=st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    ["", "'", "History", "x" * 31, "X" * 40, "𠮷" * 20, "tenken", "[]:*?/\\"]
)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.lists(names, max_size=8))
def test_names_of_sheets_are_legal_and_different(wished: list[str]) -> None:
    made = sheet_names(wished, ["はじめに", "tenken"])
    assert len(made) == len(wished)
    assert len({name.casefold() for name in made} | {"history", "tenken", "はじめに"}) == len(made) + 3
    for name in made:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name.isprintable()
        assert not name.startswith("'")
        assert not name.endswith("'")


def test_a_name_that_is_legal_stays() -> None:
    assert sheet_names(["営業部", "髙﨑𠮷①㈱", "R&D 'x' y"], []) == ["営業部", "髙﨑𠮷①㈱", "R&D 'x' y"]
    assert sheet_names(["a/b", "a_b", "A?B"], []) == ["a_b", "a_b (2)", "A_B (3)"]


# --- there and back ------------------------------------------------------------------------------


@pytest.mark.parametrize("first", range(0, 24, 6))
def test_what_was_written_is_read(first: int) -> None:
    numbers = range(first, first + 6)
    content = write([workbooks.form(number) for number in numbers], workbooks.language(first // 2), created=MADE)
    reading = read(content, workbooks.wanted(numbers))
    assert [unit.unit for unit in reading.units] == [f"set{number}" for number in numbers]
    for number, unit in zip(numbers, reading.units, strict=True):
        form = workbooks.form(number)
        assert {row.question: row.answer for row in unit.rows if row.answer} == workbooks.answers(number)
        assert {row.question: row.seen for row in unit.rows} == {q.id: form.seen.get(q.id, 0) for q in form.questions}
        assert not any(row.touched or row.confirmed for row in unit.rows)
        assert unit.missing == ()


def test_what_a_cell_cannot_hold_changes_nothing() -> None:
    """Line ends, signs that XML has no room for, and more letters than a cell takes: the row is known again."""
    odd = Answer("level1", note="a\r\nb\rc\ufffe\ud800" + "長" * 40_000, evidence=Evidence("  ", TODAY))
    content = made(replace(SALES, answers={MFA.id: odd}))
    assert not given_in(content)[MFA.id].touched
    assert len(carried(odd.note)) == CELL
    assert carried("a\r\nb\rc\ufffe\ud800") == "a\nb\nc\ufffd?"
    assert same(Answer("level1", note="a\r\nb"), Answer("level1", note="a\nb", by_profile=True))
    assert not same(Answer("level1"), None)


def test_a_file_on_disk_and_a_sheet_that_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(made())
    assert [unit.unit for unit in read(tmp_path / "a.xlsx", WANTED).units] == ["sales"]


def test_a_row_that_is_gone_is_left_alone() -> None:
    content = made(replace(SALES, questions=ASKED.questions[:3]))
    [unit] = read(content, WANTED).units
    assert unit.missing == (LOCK.id, POLICY.id)


def test_columns_and_rows_that_moved_are_found() -> None:
    files = parts(made())
    sheet = re.sub(r'<row r="(\d+)"', lambda m: f'<row r="{int(m[1]) + 3}"', files[SHEET])

    def moved(match: re.Match[str]) -> str:
        return f'<c r="{column_name(ord(match[1]) - 64)}{int(match[2]) + 3}"'

    files[SHEET] = re.sub(r'<c r="([A-Z])(\d+)"', moved, sheet)
    rows = given_in(packed(files))
    assert {row.question: row.answer for row in rows.values() if row.answer} == ANSWERS
    assert rows[MFA.id].place == "営業部!E10"


# --- levels and days -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("3", "level3"), ("３", "level3"), (" 3 ", "level3"), ("③", "level3"), ("0", "level0"), ("×", "level0"), ("Ｘ", "level0"), ("4", "level4"),
        ("？", "unknown"), ("?", "unknown"), ("わからない", "unknown"), ("Don't know", "unknown"), ("don’t  know.", "unknown"), ("unknown", "unknown"),
        ("―", "na"), ("ー", "na"), ("-", "na"), ("−", "na"), ("該当なし", "na"), ("― 該当なし", "na"), ("N/A", "na"), ("not applicable", "na"),
        ("2 mfa at 2（日）", "level2"), ("mfa at 2（日）", "level2"), ("mfa at 2(日)。", "level2"), ("2　mfa at 2 (en)", "level2"), ("level 2（日）", "level2"),
        ("2 level 2 (en)", "level2"), ("level2", "level2"),
        ("5", None), ("-1", None), ("2.5", None), ("", None), ("○", None), ("3 mfa at 2（日）", None), ("2 site at 2（日）", None), ("mfa", None), ("99", None),
    ],
)  # fmt: skip
def test_a_level_in_every_way_of_writing_it(text: str, choice: str | None) -> None:
    assert choice_of(text, MFA, ASKED) == choice


@pytest.mark.parametrize(
    "text",
    [
        "2026/11/02",
        "2026-11-02",
        "2026.11.2",
        "2026年11月2日",
        "2026年11月02日",
        "２０２６／１１／２",
        "２０２６年１１月２日",
        "20261102",
        " 2026 / 11 / 2 ",
    ],
)
def test_a_day_in_every_way_of_writing_it(text: str) -> None:
    assert day_of(text) == date(2026, 11, 2)


@pytest.mark.parametrize(
    "text", ["", "2026/13/01", "2026/02/30", "11/22", "22.11.2026", "来週", "2026/11", "0000/01/01", "46000", "2026/11/2/1", "20261132"]
)
def test_what_is_no_day(text: str) -> None:
    assert day_of(text) is None


def test_a_day_as_a_cell_has_it() -> None:
    assert day_of(date(2026, 11, 2)) == day_of(datetime(2026, 11, 2, 9, 30)) == day_of(20261102.0) == date(2026, 11, 2)
    assert day_of(46000.0) is None
    assert [plain(value) for value in (True, 3.0, 2.5, float("inf"), datetime(2026, 11, 2), datetime(2026, 11, 2, 9), " ")] == [
        *("TRUE", "3", "2.5", "inf", "2026-11-02", "2026-11-02 09:00:00", ""),
    ]  # fmt: skip


# --- what somebody typed -------------------------------------------------------------------------

TYPED: list[tuple[dict[str, str | float | None], str, Answer | None]] = [
    ({"D11": "3"}, LOCK.id, Answer("level3")),
    ({"D11": 3}, LOCK.id, Answer("level3")),
    ({"D11": 3.0, "F11": 12.5}, LOCK.id, Answer("level3", note="12.5")),
    ({"D11": "？"}, LOCK.id, Answer("unknown")),
    ({"D11": "該当なし", "E11": "金庫がない"}, LOCK.id, Answer("na", reason="金庫がない")),
    ({"D11": "2", "G11": "台帳", "H11": 46348}, LOCK.id, Answer("level2", evidence=Evidence("台帳", date(2026, 11, 22)))),
    ({"D11": "2", "G11": "台帳", "H11": "2026年11月22日"}, LOCK.id, Answer("level2", evidence=Evidence("台帳", date(2026, 11, 22)))),
    ({"D11": "2", "F11": " =1+1\n\n"}, LOCK.id, Answer("level2", note=" =1+1\n\n")),
    ({"D11": "2", "F11": "　\n "}, LOCK.id, Answer("level2")),
    ({"F7": "別の控え"}, MFA.id, replace(ANSWERS[MFA.id], note="別の控え")),
    ({"D7": "4"}, MFA.id, replace(ANSWERS[MFA.id], choice="level4")),
    ({"G7": None, "H7": None}, MFA.id, replace(ANSWERS[MFA.id], evidence=None)),
    ({"D7": None}, MFA.id, None),
    ({"D7": " "}, MFA.id, None),
    ({"D8": None}, SITE.id, None),
    ({"D8": "1"}, SITE.id, Answer("level1")),
    ({"D10": None}, REMOTE.id, None),
]


@pytest.mark.parametrize(("cells", "question", "answer"), TYPED, ids=[str(cells) for cells, _q, _a in TYPED])
def test_what_somebody_typed_is_read(cells: dict[str, str | float | None], question: str, answer: Answer | None) -> None:
    rows = given_in(edited(made(), cells))
    assert rows[question].answer == answer
    assert [row.question for row in rows.values() if row.touched] == [question]


def test_readings_and_letters_of_many_kinds_in_one_cell() -> None:
    """Japanese Excel keeps how a word was typed beside it; and somebody may have made a part of a note bold."""
    inside = "<is><r><t>控</t></r><r><rPr><b/></rPr><t>え</t></r><rPh sb='0' eb='2'><t>ヒカエ</t></rPh><phoneticPr fontId='1'/></is>"
    files = parts(edited(made(), {"D11": "2", "F11": inside}))
    files[SHEET] = re.sub(r'(<c r="F11"[^>]*)>', r'\1 t="inlineStr">', files[SHEET])
    assert given_in(packed(files))[LOCK.id].answer == Answer("level2", note="控え")
    files = parts(made())
    files["xl/sharedStrings.xml"] = files["xl/sharedStrings.xml"].replace(
        "<t>台帳</t>", "<t>台帳</t><rPh sb='0' eb='2'><t>ダイチョウ</t></rPh>"
    )
    assert "ダイチョウ" in files["xl/sharedStrings.xml"]
    assert not given_in(packed(files))[MFA.id].touched


def test_the_same_level_chosen_again_is_no_change() -> None:
    assert not given_in(edited(made(), {"D7": "2 mfa at 2（日）"}))[MFA.id].touched


def test_something_carried_over_is_confirmed() -> None:
    assert [row.question for row in given_in(edited(made(), {"I7": "確認済み"})).values() if row.confirmed] == [MFA.id]
    assert given_in(edited(made(), {"I7": "Confirmed"}))[MFA.id].confirmed
    assert not given_in(edited(made(), {"I7": None}))[MFA.id].confirmed


# --- what is wrong, and where --------------------------------------------------------------------

LEVEL_FORMULA = '<f>"2 mfa"</f><v>2</v>'
WRONG: list[tuple[dict[str, str | float | None], list[tuple[str, str]]]] = [
    ({"D11": "5"}, [("D11", "unknown_level")]),
    ({"D11": "まあまあ"}, [("D11", "unknown_level")]),
    ({"D7": "3 site at 3（日）"}, [("D7", "unknown_level")]),
    ({"D11": "該当なし"}, [("E11", "reason_missing")]),
    ({"D11": "該当なし", "E11": " 　"}, [("E11", "reason_missing")]),
    ({"D11": "2", "E11": "理由"}, [("E11", "reason_beside_level")]),
    ({"D8": "2", "E8": "別の理由"}, [("E8", "reason_beside_level")]),
    ({"F11": "控えだけ"}, [("D11", "level_missing")]),
    ({"D7": None, "F7": "新しい控え"}, [("D7", "level_missing")]),
    ({"D7": None, "E7": "理由"}, [("D7", "level_missing")]),
    ({"D11": "2", "G11": "台帳"}, [("H11", "date_missing")]),
    ({"D11": "2", "H11": "2026/11/22"}, [("G11", "evidence_missing")]),
    ({"D11": "2", "G11": "台帳", "H11": "先週"}, [("H11", "bad_date")]),
    ({"D11": "2", "G11": "台帳", "H11": "2026/11/23"}, [("H11", "date_to_come")]),
    ({"D11": "2", "F11": "長" * 5_001}, [("F11", "too_long")]),
    ({"D11": "2", "G11": "x" * 1_001, "H11": "2026/11/22"}, [("G11", "too_long")]),
    ({"D11": "na", "E11": "x" * 501}, [("E11", "too_long")]),
    ({"D11": "2", "F11": "a_x0000_b"}, [("F11", "unreadable_text")]),
    ({"I7": "たぶん"}, [("I7", "unknown_state")]),
    ({"D7": LEVEL_FORMULA}, [("D7", "formula")]),
    ({"F13": "<f>A1</f><v>0</v>", "H13": "<f>TODAY()</f><v>46000</v>"}, [("F13", "formula"), ("H13", "formula")]),
    ({"D7": '<f t="array" ref="D7:D8">1</f><v>1</v>'}, [("D7", "formula"), ("D8", "formula")]),
    ({"K7": "nobody.asks"}, [("A7", "unknown_question")]),
    ({"K8": MFA.id}, [("A8", "question_twice")]),
    ({"K7": None}, [("A7", "no_question")]),
    ({"L7": "x"}, [("A7", "hidden_columns")]),
    ({"L7": -1}, [("A7", "hidden_columns")]),
    ({"L7": 1.5}, [("A7", "hidden_columns")]),
    ({"M7": "x"}, [("A7", "hidden_columns")]),
    ({"D20": "2"}, [("A20", "no_question")]),
    ({"A2": "x"}, [("", "hidden_rows")]),
    ({"C1": "2"}, [("", "newer_form")]),
    ({"C1": "x"}, [("", "hidden_rows")]),
    ({"K1": "other"}, [("", "other_edition")]),
    ({"M1": "2"}, [("", "other_edition")]),
    ({"O1": "0" * 64}, [("", "other_content")]),
    ({"G1": "2026-07-01"}, [("", "other_period")]),
    ({"E1": "hr"}, [("", "unknown_unit")]),
    ({"D11": "5", "H7": "x", "K13": "x"}, [("H7", "bad_date"), ("D11", "unknown_level"), ("A13", "unknown_question")]),
    ({"D11": "5", "F11": "長" * 5_001, "G11": "台帳"}, [("F11", "too_long"), ("D11", "unknown_level"), ("H11", "date_missing")]),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "expected"), WRONG, ids=[f"{cells}"[:60] for cells, _expected in WRONG])
def test_what_is_wrong_is_named_by_sheet_and_cell(cells: dict[str, str | float | None], expected: list[tuple[str, str]]) -> None:
    places = [(f"営業部!{cell}" if cell else "営業部", code) for cell, code in expected]
    assert found_in(edited(made(), cells)) == places


def test_merged_cells_are_named_where_answers_stand() -> None:
    merged = edited(made(), {}, '<mergeCells count="2"><mergeCell ref="D7:E7"/><mergeCell ref="A3:J3"/></mergeCells>')
    assert found_in(merged) == [("営業部!D7", "merged"), ("営業部!E7", "merged")]
    assert given_in(edited(made(), {}, '<mergeCells count="1"><mergeCell ref="A7:B8"/></mergeCells>'))


def test_a_question_that_the_unit_is_not_asked() -> None:
    fewer = replace(WANTED, asked={"sales": [question.id for question in ASKED.questions if question != POLICY]})
    assert found_in(made(), fewer) == [("営業部!A13", "not_asked")]


def test_a_unit_that_is_there_twice() -> None:
    content = write([SALES, SALES], "ja", created=MADE)
    assert found_in(content) == [("営業部 (2)", "unit_twice")]


def test_text_that_was_too_long_before_is_nobodys_mistake() -> None:
    old = {MFA.id: replace(ANSWERS[MFA.id], note="長" * 6_000)}
    assert not given_in(made(replace(SALES, answers=old)))[MFA.id].touched
    assert found_in(edited(made(replace(SALES, answers=old)), {"D7": "3"})) == [("営業部!F7", "too_long")]


def test_of_very_many_problems_the_first_thousand_are_named() -> None:
    rows = "".join(f'<row r="{row}"><c r="D{row}"><f>1</f><v>1</v></c></row>' for row in range(30, 2_000))
    found = found_in(_with_rows(rows))
    assert len(found) == 1_001
    assert found[-1] == ("", "too_many_problems")


def _with_rows(rows: str) -> bytes:
    files = parts(made())
    files[SHEET] = files[SHEET].replace("</sheetData>", f"{rows}</sheetData>")
    return packed(files)


@pytest.mark.parametrize("row", [5_001, 100_000, 1_048_576])
def test_a_sheet_that_goes_on_and_on(row: int) -> None:
    assert found_in(_with_rows(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>')) == [("営業部", "too_many_rows")]
    assert given_in(_with_rows(f'<row r="{row}"><c r="A{row}"/></row>')), "an empty row far down is nothing"


def test_a_hundred_thousand_rows() -> None:
    rows = "".join(f'<row r="{row}"><c r="D{row}"><v>1</v></c></row>' for row in range(30, 100_030))
    assert found_in(_with_rows(rows)) == [("営業部", "too_many_rows")]


# --- files that are not read ---------------------------------------------------------------------

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RELATIONS = "xl/worksheets/_rels/sheet2.xml.rels"


def relation(kind: str) -> str:
    head = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    return f'{head}<Relationship Id="rId1" Type="{types}{kind}" Target="http://tenken.invalid" TargetMode="External"/></Relationships>'


def with_part(name: str, content: str | bytes = b"x") -> bytes:
    return packed({**parts(made()), name: content})


def claiming(size: int) -> bytes:
    """The directory says that a member unpacks to `size` bytes."""
    content = bytearray(made())
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(content)


def locked_zip() -> bytes:
    content = bytearray(made())
    for match in re.finditer(b"PK\x01\x02", bytes(content)):
        content[match.start() + 8] |= 1
    return bytes(content)


def twice() -> bytes:
    out = io.BytesIO(made())
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, "<worksheet/>")
    return out.getvalue()


def in_styles(text: str) -> bytes:
    files = parts(made())
    return packed(files | {"xl/styles.xml": files["xl/styles.xml"].replace("<styleSheet", f"{text}<styleSheet", 1)})


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "no_workbook"),
    "text": (lambda: "部署,回答".encode("cp932"), "no_workbook"),
    "pdf": (lambda: b"%PDF-1.7", "no_workbook"),
    "another archive": (lambda: packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}), "no_workbook"),
    "password": (lambda: OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le"), "password"),
    "locked archive": (locked_zip, "password"),
    "xls": (lambda: OLE + bytes(5000), "old_format"),
    "xlsb": (lambda: with_part("xl/workbook.bin"), "old_format"),
    "macros": (lambda: with_part("xl/vbaProject.bin"), "macros"),
    "xlsm": (lambda: packed(parts(made()) | {"[Content_Types].xml": "<Types>application/vnd.ms-excel.sheet.macroEnabled.main+xml</Types>"}), "macros"),
    "old macros": (lambda: with_part("xl/macrosheets/sheet1.xml"), "macros"),
    "embedded": (lambda: with_part("xl/embeddings/oleObject1.bin"), "macros"),
    "external link": (lambda: with_part("xl/externalLinks/externalLink1.xml"), "external"),
    "connection": (lambda: with_part("xl/connections.xml"), "external"),
    "external picture": (lambda: with_part(RELATIONS, relation("image")), "external"),
    "entities": (lambda: in_styles('<!DOCTYPE x [<!ENTITY a "b">]>'), "damaged"),
    "cut": (lambda: made()[:9_000], "damaged"),
    "twice the same member": (twice, "damaged"),
    "a member away": (lambda: packed({name: text for name, text in parts(made()).items() if name != "xl/sharedStrings.xml"}), "damaged"),
    "no relations": (lambda: packed({name: text for name, text in parts(made()).items() if "workbook.xml.rels" not in name}), "damaged"),
    "1 GB claimed": (lambda: claiming(2**30), "too_much"),
    "less claimed": (lambda: claiming(10), "damaged"),
    "a bomb": (lambda: with_part("xl/media/x.bin", bytes(49_000_000)), "too_much"),
    "many members": (lambda: packed(parts(made()) | {f"xl/x{number}.xml": "<x/>" for number in range(2_001)}), "too_much"),
    "11 MB": (lambda: bytes(11_000_000), "too_large"),
    "not ours": (lambda: packed({name: text.replace("tenken-form", "x") for name, text in parts(made()).items()}), "no_form"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_read(name: str) -> None:
    make, code = REFUSED[name]
    assert found_in(make()) == [("", code)]


def test_a_link_that_excel_makes_of_an_address_is_no_external_data() -> None:
    assert given_in(with_part(RELATIONS, relation("hyperlink")))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert found_in(tmp_path / "none.xlsx") == [("", "unreadable")]
    assert found_in(tmp_path) == [("", "unreadable")]


def test_a_file_of_a_gigabyte_is_not_even_opened(tmp_path: Path) -> None:
    with (tmp_path / "big.xlsx").open("wb") as file:
        file.truncate(2**30)
    assert found_in(tmp_path / "big.xlsx") == [("", "too_large")]


GREEDY = "import sys; sys.path.insert(0, {folder!r}); import cells; cells.SECONDS = 1; cells._members = lambda data: {what}; cells.main()"


@pytest.mark.parametrize(("what", "code"), [("bytearray(600 * 1024 * 1024)", "too_much"), ("sum(range(10**12))", "too_much")])
def test_a_reader_that_takes_too_much_is_ended(monkeypatch: pytest.MonkeyPatch, what: str, code: str) -> None:
    program = GREEDY.format(folder=str(Path(limits.__file__).parent), what=what)
    monkeypatch.setattr(limits, "READER", (sys.executable, "-c", program))
    monkeypatch.setattr(limits, "SECONDS", 60)
    assert found_in(made()) == [("", code)]


def test_a_reader_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "READER", (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(limits, "SECONDS", 0.2)
    assert found_in(made()) == [("", "too_slow")]


# --- words ---------------------------------------------------------------------------------------


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    sources = "".join(path.read_text("utf-8") for path in Path(limits.__file__).parent.glob("*.py") if path.name != "error_words.py")
    said = set(re.findall(r'(?:wrong\(\s*"?\w+"?, |problem\(|refused\(|Refused\(|Problem\(|"refused": )"(\w+)"', sources))
    said |= {"formula", "merged", "unknown_question", "not_asked", "password", "old_format"}
    assert said == set(sentences(words("en")))


def test_a_problem_is_a_line_with_its_place(lang: Lang) -> None:
    with pytest.raises(ImportRefused) as caught:
        read(edited(made(), {"D11": "まあ_x001B_[31m\u202eまあ" + "長" * 500}), WANTED)
    [wrong] = caught.value.problems
    line = problem_text(wrong, words(lang))
    assert line.startswith("営業部!D11: ")
    assert "\\x1b[31m\\u202e" in line
    assert len(line) < 250
    assert isinstance(caught.value, TenkenError)
    assert (caught.value.code, caught.value.fields) == ("import_refused", {"n": 1})


def test_columns_have_letters() -> None:
    assert [column_name(number) for number in (-1, 0, 25, 26, 701, 702, 16_383)] == ["", "A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert problem("formula", "a\nb", 0, 3).place == "a\\nb!D1"


def test_marks_are_read_as_they_are_written() -> None:
    marks = Marks.of("2", "", "n", "l", "d")
    assert Marks.read(str(marks)) == marks
    assert marks != Marks.of("2", "", "nl", "", "d")
    assert Marks.read("x") is None


# --- CSV -----------------------------------------------------------------------------------------

HEAD = "question,choice,reason,note,evidence,evidence_date\n"
CSV = HEAD + f"{MFA.id},3,,髙い壁,台帳,2026-10-01\n{SITE.id},na,ない,,,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_csv_file_in_the_encodings_of_spreadsheets(encoding: str) -> None:
    [unit] = read_csv(CSV.encode(encoding), "sales", WANTED).units
    assert {row.question: row.answer for row in unit.rows} == {
        MFA.id: Answer("level3", note="髙い壁", evidence=Evidence("台帳", date(2026, 10, 1))),
        SITE.id: Answer("na", reason="ない"),
    }
    assert all(row.touched and row.seen is None for row in unit.rows)
    assert unit.missing == (REMOTE.id, LOCK.id, POLICY.id)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ((CSV + "nobody.asks,1,,,,\n").encode(), "Line 4: nobody.asks: no such question in this checklist"),
        (HEAD.replace("note", "memo").encode(), "Line 1: missing column 'note'"),
        (f"{HEAD}{POLICY.id},1,,,,\n".encode(), f"The question {POLICY.id} is not asked of this unit."),
        (
            "質問".encode("utf-16") + b"\xff\xff",
            "The text is neither UTF-8 nor Shift_JIS (CP932). Save the file as CSV UTF-8 and try again.",
        ),
        (b"\x81", "The text is neither UTF-8 nor Shift_JIS (CP932). Save the file as CSV UTF-8 and try again."),
        (b"x" * 2_000_001, "The file is larger than 2 MB."),
    ],
)
def test_a_csv_file_that_is_refused(content: bytes, line: str) -> None:
    fewer = replace(WANTED, asked={"sales": [question.id for question in ASKED.questions if question != POLICY]})
    with pytest.raises(ImportRefused) as caught:
        read_csv(content, "sales", fewer)
    assert problem_text(caught.value.problems[0], words("en")) == line


# --- what would change ---------------------------------------------------------------------------


def entry(question: str, answer: Answer | None, number: int) -> Entry:
    said = answer or Answer("")
    return Entry(
        number, question, answer.choice if answer else None, said.reason, said.note, said.evidence, said.by_profile, "点検 花子", "declared",
        "person", datetime(2026, 11, 22, tzinfo=UTC),
    )  # fmt: skip


STORED = {"sales": {question: entry(question, ANSWERS[question], number) for question, number in SEEN.items()}}


def compared(cells: Mapping[str, str | float | None], stored: Mapping[str, Entry | None] | None = None) -> Preview:
    return preview(read(edited(made(), cells), WANTED), {"sales": STORED["sales"] | dict(stored or {})})


def test_a_file_that_nobody_touched_changes_nothing() -> None:
    nothing = compared({})
    assert nothing.changes_nothing
    assert nothing.units[0].unchanged == tuple(question.id for question in ASKED.questions)
    assert nothing.resolve({}) == {"sales": {}}


def test_what_somebody_changed_is_a_change() -> None:
    [unit] = compared({"D7": "3", "D10": None, "D11": "1"}).units
    assert [(change.question, change.before, change.after, change.place) for change in unit.changes] == [
        (MFA.id, ANSWERS[MFA.id], replace(ANSWERS[MFA.id], choice="level3"), "営業部!D7"),
        (REMOTE.id, ANSWERS[REMOTE.id], None, "営業部!D10"),
        (LOCK.id, None, Answer("level1"), "営業部!D11"),
    ]
    assert [change.withdraws for change in unit.changes] == [False, True, False]
    assert [change.keeps_evidence for change in unit.changes] == [True, False, False]
    assert unit.resolve({}) == {change.question: change.after for change in unit.changes}
    assert unit.over == {MFA.id: 11, SITE.id: 12, REMOTE.id: 13, LOCK.id: 0, POLICY.id: 0}
    assert not unit.changes_nothing


def test_evidence_that_is_new_or_of_the_same_level_is_not_kept() -> None:
    assert not compared({"F7": "控え"}).units[0].changes[0].keeps_evidence
    assert not compared({"D7": "3", "H7": "2026/11/01"}).units[0].changes[0].keeps_evidence
    assert not compared({"D8": "1"}).units[0].changes[0].keeps_evidence


def test_what_somebody_else_changed_in_the_meantime_stays() -> None:
    theirs = {MFA.id: entry(MFA.id, Answer("level4"), 20), LOCK.id: entry(LOCK.id, Answer("level1"), 21)}
    assert compared({}, theirs).changes_nothing


def test_both_changed_is_a_conflict_and_is_chosen() -> None:
    theirs = entry(MFA.id, Answer("level4"), 20)
    [unit] = compared({"D7": "3", "D11": "1"}, {MFA.id: theirs}).units
    [conflict] = unit.conflicts
    assert (conflict.question, conflict.theirs, conflict.place) == (MFA.id, theirs, "営業部!D7")
    assert conflict.mine == replace(ANSWERS[MFA.id], choice="level3")
    assert [change.question for change in unit.changes] == [LOCK.id]
    with pytest.raises(ImportRefused) as caught:
        unit.resolve({})
    assert problem_text(caught.value.problems[0], words("en")) == "1 conflicts still have to be decided."
    assert unit.resolve({MFA.id: "theirs"}) == {LOCK.id: Answer("level1")}
    assert unit.resolve({MFA.id: "mine"}) == {LOCK.id: Answer("level1"), MFA.id: conflict.mine}
    assert unit.writes({MFA.id: "mine"}) == {LOCK.id: (Answer("level1"), 0), MFA.id: (conflict.mine, 20)}
    whole = Preview((unit,))
    assert whole.resolve({"sales": {MFA.id: "mine"}}) == {"sales": unit.resolve({MFA.id: "mine"})}


def test_both_to_the_same_is_none() -> None:
    assert compared({"D11": "1"}, {LOCK.id: entry(LOCK.id, Answer("level1"), 20)}).changes_nothing
    assert compared({"D10": None}, {REMOTE.id: entry(REMOTE.id, None, 20)}).changes_nothing


def test_withdrawn_against_changed_is_a_conflict() -> None:
    [unit] = compared({"D7": None}, {MFA.id: entry(MFA.id, Answer("level4"), 20)}).units
    assert unit.conflicts[0].mine is None
    assert unit.resolve({MFA.id: "mine"}) == {MFA.id: None}
    [unit] = compared({"D7": "3"}, {MFA.id: entry(MFA.id, None, 20)}).units
    assert unit.conflicts[0].theirs is not None
    assert unit.conflicts[0].theirs.answer is None


def test_confirmed_is_written_anew_unless_it_changed() -> None:
    [unit] = compared({"I7": "確認済み"}).units
    assert unit.confirmed == (MFA.id,)
    assert unit.resolve({}) == {MFA.id: ANSWERS[MFA.id]}
    assert not unit.changes_nothing
    changed = compared({"I7": "確認済み", "D7": "3"}).units[0]
    assert (changed.confirmed, [change.question for change in changed.changes]) == ((), [MFA.id])
    assert compared({"I7": "確認済み"}, {MFA.id: entry(MFA.id, Answer("level4"), 20)}).changes_nothing


def test_a_kept_file_stays_with_the_answer_and_is_not_in_the_workbook() -> None:
    proof = Evidence("記録.pdf", TODAY, "q8Zw0tokenOfTheFile")
    held = {MFA.id: Answer("level2", evidence=proof)}
    content = made(replace(SALES, answers=held))
    assert not any(proof.file in text for text in parts(content).values())

    def after(cells: Mapping[str, str | float | None], stands: Answer, number: int = 11) -> Answer | None:
        [unit] = preview(read(edited(content, cells), WANTED), {"sales": {MFA.id: entry(MFA.id, stands, number)}}).units
        return unit.resolve({MFA.id: "mine"})[MFA.id]

    assert after({"D7": "3"}, held[MFA.id]) == Answer("level3", evidence=proof)
    assert after({"D7": "3", "H7": "2026/11/01"}, held[MFA.id]) == Answer("level3", evidence=replace(proof, dated=date(2026, 11, 1)))
    assert after({"G7": "棚3"}, held[MFA.id]) == Answer("level2", evidence=Evidence("棚3", TODAY))
    assert after({"D7": "3"}, Answer("level4", evidence=replace(proof, link="別.pdf")), 20) == Answer("level3"), "the file is gone"
    [unit] = preview(read(content, WANTED), {"sales": {MFA.id: entry(MFA.id, held[MFA.id], 11)}}).units
    assert unit.changes_nothing


def test_a_csv_file_does_not_know_what_it_was_made_from() -> None:
    [unit] = preview(read_csv(CSV.encode(), "sales", WANTED), STORED).units
    assert [change.question for change in unit.changes] == [MFA.id, SITE.id]
    assert unit.conflicts == ()
    assert unit.missing == (REMOTE.id, LOCK.id, POLICY.id)


SAID = st.none() | st.builds(Answer, st.sampled_from(["level0", "level1", "unknown"]), note=st.sampled_from(["", "a"]))


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(written=SAID, mine=SAID, theirs=SAID, confirmed=st.booleans())
def test_nothing_is_lost_silently(written: Answer | None, mine: Answer | None, theirs: Answer | None, confirmed: bool) -> None:
    """Three versions of one answer: a side that did not change it never wins over one that did; both changed, one asks."""
    seen = 1 if written else 0
    stands = entry("q", theirs, seen + 1) if theirs != written else entry("q", written, 1) if written else None
    row = Given("q", mine, seen, mine != written, confirmed, "x!D1")
    [unit] = preview(Reading((UnitReading("u", (row,), ()),)), {"u": {"q": stands}}).units
    where = [len(unit.unchanged), len(unit.changes), len(unit.conflicts), len(unit.confirmed)]
    assert sum(where) == 1
    assert bool(unit.conflicts) == (mine != written and theirs != written and mine != theirs)
    result = unit.resolve({"q": "theirs"})
    assert result.get("q", theirs) == (mine if theirs == written else theirs)
    assert unit.resolve({"q": "mine"}).get("q", theirs) == (theirs if mine == written else mine)


def test_the_checklist_of_the_file_is_the_one_that_is_asked() -> None:
    other: Checklist = checklist(edition="2")
    assert found_in(made(), replace(WANTED, checklist=other)) == [("営業部", "other_edition")]
    assert found_in(made(), replace(WANTED, checklist=checklist(content_hash="x"))) == [("営業部", "other_content")]
