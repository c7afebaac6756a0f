"""Files that are the same for the same input, and files that open with their password only."""

import io
import zipfile
from datetime import datetime
from typing import Any

import msoffcrypto
import openpyxl  # type: ignore[import-untyped]
import pytest
import pyzipper
import xlsxwriter
from msoffcrypto.exceptions import DecryptionError, InvalidKeyError
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches
from pypdf import PdfReader, PdfWriter
from pypdf.generic import BooleanObject, DictionaryObject, NameObject, TextStringObject

from tenken.errors import ReportError
from tenken.reports.freeze import CONTENT_TYPES, CORE, freeze
from tenken.reports.locked import lock
from tenken.reports.pack import pack
from tenken.reports.passwords import Kind

MADE = datetime(2026, 11, 30, 9, 30, 15)
WORDS = ["secret", "点検2026", "あ" * 40, "𠮷野家 髙﨑", "p" * 100, "ü§ß"]


def workbook(word: str = "点検") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("要約").write(0, 0, word)
    return out.getvalue()


def deck() -> bytes:
    file = Presentation()
    slide = file.slides.add_slide(file.slide_layouts[5])
    data = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = ["一", "二"]
    data.add_series("点", (1.5, 2.5))  # type: ignore[no-untyped-call]
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(1), Inches(4), Inches(3), data)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def document() -> bytes:
    """A PDF with what must stay in a locked one: a language, tags, a bookmark."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_outline_item(title="要約", page_number=0)
    writer._root_object[NameObject("/Lang")] = TextStringObject("ja")
    writer._root_object[NameObject("/MarkInfo")] = DictionaryObject({NameObject("/Marked"): BooleanObject(True)})
    writer.add_metadata({"/Title": "点検"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def entries(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        return {info.filename: file.read(info) for info in file.infolist()}


# --- freeze --------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [workbook, deck])
def test_freezing_is_the_same_for_the_same_input_and_twice_is_once(make: Any) -> None:
    once = freeze(make(), MADE)
    assert freeze(once, MADE) == once
    assert freeze(make(), MADE) == once
    assert freeze(make(), datetime(2026, 11, 30, 9, 30, 17)) != once


def test_the_hour_at_which_a_file_was_written_is_not_in_it() -> None:
    """The same content, written at two times, in another order, by another system, with extra fields."""

    def one(day: int, names: tuple[str, ...], system: int) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as file:
            file.mkdir("xl") if system else None
            for name in names:
                info = zipfile.ZipInfo(name, date_time=(2025, 1, day, 0, 0, 0))
                info.create_system, info.extra = system, b"\x99\x99\x02\x00ab" if system else b""
                file.writestr(info, name.encode() * 50)
        return out.getvalue()

    names = ("xl/b.xml", CONTENT_TYPES, "xl/a.xml")
    frozen = freeze(one(1, names, 0), MADE)
    assert frozen == freeze(one(2, names[::-1], 3), MADE)
    with zipfile.ZipFile(io.BytesIO(frozen)) as file:
        assert [info.filename for info in file.infolist()] == [CONTENT_TYPES, "xl/a.xml", "xl/b.xml"]
        assert {info.date_time for info in file.infolist()} == {(2026, 11, 30, 9, 30, 14)}
        assert {(info.compress_type, info.extra, info.create_system) for info in file.infolist()} == {(zipfile.ZIP_DEFLATED, b"", 3)}
        assert file.testzip() is None


def test_content_stays_and_only_the_properties_change() -> None:
    before, after = entries(workbook()), entries(freeze(workbook(), MADE))
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} == {CORE}
    assert openpyxl.load_workbook(io.BytesIO(freeze(workbook(), MADE)))["要約"]["A1"].value == "点検"


def test_the_workbook_inside_a_deck_is_frozen_too() -> None:
    frozen = entries(freeze(deck(), MADE))
    (name,) = [name for name in frozen if name.startswith("ppt/embeddings/")]
    assert frozen[name] == freeze(frozen[name], MADE)
    (slide,) = Presentation(io.BytesIO(freeze(deck(), MADE))).slides
    (chart,) = [shape.chart for shape in slide.shapes if shape.has_chart]
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert [cell.value for cell in book.active["B"]] == ["点", 1.5, 2.5]


def test_properties_say_when_it_was_made_and_keep_title_and_author() -> None:
    file = Presentation()
    file.core_properties.title, file.core_properties.author = "点検の報告", "Tenken"
    file.core_properties.revision, file.core_properties.last_modified_by = 7, "somebody"
    out = io.BytesIO()
    file.save(out)
    kept = Presentation(io.BytesIO(freeze(out.getvalue(), MADE))).core_properties
    assert (kept.title, kept.author, kept.revision, kept.last_modified_by) == ("点検の報告", "Tenken", 1, "Tenken")
    assert kept.created == kept.modified == MADE


def test_what_cannot_be_read_inside_stays_as_it_is() -> None:
    locked = pack([("a.txt", b"a")], MADE, "secret")
    inside = {"broken.zip": b"PK\x03\x04 no zip", "locked.zip": locked, CORE: b"<broken", "text.txt": b"PK"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in inside.items():
            file.writestr(name, content)
    assert entries(freeze(out.getvalue(), MADE)) == inside
    with pytest.raises(zipfile.BadZipFile):
        freeze(b"no zip at all", MADE)


@pytest.mark.parametrize("made", [datetime(1970, 1, 1), datetime(2999, 1, 1)])
def test_days_that_a_zip_cannot_hold_become_the_nearest(made: datetime) -> None:
    with zipfile.ZipFile(io.BytesIO(freeze(workbook(), made))) as file:
        assert file.infolist()[0].date_time[0] in (1980, 2107)


# --- pack ----------------------------------------------------------------------------------------

FILES = [("点検 報告.pdf", b"%PDF" * 100), ("report.xlsx", b"PK" * 100)]


def test_a_pack_is_the_same_for_the_same_files_and_keeps_names_and_order() -> None:
    packed = pack(FILES, MADE)
    assert packed == pack(FILES, MADE)
    assert list(entries(packed).items()) == FILES
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        assert file.infolist()[0].flag_bits & 0x800, "the Japanese name is marked as UTF-8"


@pytest.mark.parametrize("password", WORDS)
def test_a_locked_pack_opens_with_its_password_only(password: str) -> None:
    packed = pack(FILES, MADE, password)
    with pyzipper.AESZipFile(io.BytesIO(packed)) as file:
        assert [info.filename for info in file.infolist()] == [name for name, _ in FILES]
        assert {(info.wz_aes_strength, info.date_time) for info in file.infolist()} == {(3, (2026, 11, 30, 9, 30, 14))}
        with pytest.raises(RuntimeError):
            file.read(FILES[0][0], pwd=b"wrong")
        assert [(name, file.read(name, pwd=password.encode())) for name, _ in FILES] == FILES
    assert FILES[0][1] not in packed


# --- lock ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("password", WORDS)
def test_a_locked_document_opens_with_its_password_only_and_stays_accessible(password: str) -> None:
    locked = lock(document(), "pdf", password)
    reader = PdfReader(io.BytesIO(locked))
    assert not reader.decrypt("wrong")
    with pytest.raises(Exception, match="not been decrypted"):
        _ = reader.pages[0]
    assert reader.decrypt(password)
    encryption: Any = reader.trailer["/Encrypt"]
    root: Any = reader.trailer["/Root"]
    assert encryption["/R"] == 6
    assert root["/Lang"] == "ja"
    assert root["/MarkInfo"]["/Marked"]
    assert [item.title for item in reader.outline if not isinstance(item, list)] == ["要約"]
    assert reader.metadata is not None
    assert reader.metadata.title == "点検"
    may = reader.user_access_permissions
    assert may is not None
    assert may & may.PRINT and may & may.PRINT_TO_REPRESENTATION and may & may.EXTRACT and may & may.EXTRACT_TEXT_AND_GRAPHICS
    assert not may & may.MODIFY
    assert b"\xe7\x82\xb9\xe6\xa4\x9c" not in locked


@pytest.mark.parametrize("password", [*WORDS, "あ" * 255, "①㈱"])
@pytest.mark.parametrize("kind", ["xlsx", "pptx"])
def test_a_locked_office_file_opens_with_its_password_only(kind: Kind, password: str) -> None:
    content = workbook() if kind == "xlsx" else deck()
    file = msoffcrypto.OfficeFile(io.BytesIO(lock(content, kind, password)))
    assert file.is_encrypted()
    with pytest.raises((InvalidKeyError, DecryptionError)):
        file.load_key(password="wrong", verify_password=True)
    out = io.BytesIO()
    file.load_key(password=password, verify_password=True)
    file.decrypt(out, verify_integrity=True)
    assert out.getvalue() == content


def test_a_finished_pack_can_be_locked_too() -> None:
    with pyzipper.AESZipFile(io.BytesIO(lock(pack(FILES, MADE), "zip", "secret"))) as file:
        assert [(name, file.read(name, pwd=b"secret")) for name in file.namelist()] == FILES


@pytest.mark.parametrize("kind", ["pdf", "xlsx", "pptx", "zip"])
def test_no_password_is_no_lock(kind: Kind) -> None:
    assert lock(b"as it is", kind, "") == b"as it is"


@pytest.mark.parametrize(
    ("kind", "password", "code"),
    [
        ("pdf", "a" * 128, "password_too_long"),
        ("pdf", "あ" * 43, "password_too_long"),
        ("xlsx", "a" * 256, "password_too_long"),
        ("pptx", "𠮷" * 128, "password_too_long"),  # two letters each, as Office counts
        ("zip", "a" * 256, "password_too_long"),
        ("zip", "a\nb", "password_signs"),
        ("xlsx", "a\x00b", "password_signs"),
        ("pdf", "\ud800", "password_signs"),
        ("pdf", "①㈱", "password_signs"),
    ],
)
def test_a_password_that_a_program_would_cut_off_or_not_take_is_refused(kind: Kind, password: str, code: str) -> None:
    content = document() if kind == "pdf" else pack(FILES, MADE) if kind == "zip" else workbook()
    with pytest.raises(ReportError) as refused:
        lock(content, kind, password)
    assert refused.value.code == code
