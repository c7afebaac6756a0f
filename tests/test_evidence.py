"""Evidence as files: what is taken and what is not, that it is kept whole and once, and that it leaves as it came."""

import hashlib
import os
import stat
import time
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request

from tenken import evidence
from tenken.error_words import error_text
from tenken.errors import EvidenceError, Unavailable
from tenken.evidence import check, display_name, examine_evidence, keep, open_kept, take
from tenken.files import disposition, evidence_route
from tenken.gate import FILE_POLICY, Gate
from tenken.i18n import LANGUAGES, words
from tenken.kinds import EXTENSIONS, office, pdf
from tenken.store import KeptFile
from tests import papers
from tests.papers import GOOD, REFUSED
from tests.test_gate import ask

MB = 1_000_000
TOKEN, LOCKED = "a" * 22, "l" * 22
CORPUS = Path(__file__).parent / "corpus" / "evidence"
FROM_PROGRAMS = sorted((CORPUS / "good").iterdir())


# --- what is taken ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOOD)
def test_what_people_give_is_taken(name: str) -> None:
    kind = check(name, GOOD[name])
    assert kind.extension == name.rpartition(".")[2].lower().replace("jpeg", "jpg")


@pytest.mark.parametrize("path", FROM_PROGRAMS, ids=[path.name for path in FROM_PROGRAMS])
def test_what_real_programs_write_is_taken(path: Path) -> None:
    assert check(path.name, path).extension == path.suffix.removeprefix(".")


def test_there_is_a_good_file_of_every_kind() -> None:
    assert {name.rpartition(".")[2].lower() for name in GOOD} == set(EXTENSIONS)
    assert {path.suffix for path in FROM_PROGRAMS} == {".pdf", ".png", ".jpg", ".xlsx"}


@pytest.mark.parametrize(("code", "name", "content"), REFUSED, ids=[f"{number}-{code}" for number, (code, *_rest) in enumerate(REFUSED)])
def test_what_is_refused_says_why(tmp_path: Path, code: str, name: str, content: bytes) -> None:
    with pytest.raises(EvidenceError) as refused:
        take(tmp_path / "evidence", name, content)
    assert refused.value.code == code
    assert not (tmp_path / "evidence").exists()
    ja, en = (error_text(refused.value, words(lang)) for lang in LANGUAGES)
    assert ja != en
    assert "{" not in ja + en
    assert "?" not in en
    assert code not in en


def test_every_reason_has_a_case() -> None:
    elsewhere = {"evidence_size", "evidence_name", "evidence_swollen", "evidence_missing", "evidence_damaged"}
    assert {code for code, _name, _content in REFUSED} | elsewhere == {
        f"evidence_{word}"
        for word in ["empty", "size", "name", "kind", "disagrees", "broken", "mixed", "active", "locked", "swollen", "missing", "damaged"]
    }


def test_the_sentence_names_what_was_found() -> None:
    found = set[str]()
    for code, name, content in REFUSED:
        if code == "evidence_disagrees":
            with pytest.raises(EvidenceError) as refused:
                check(name, content)
            found.add(refused.value.fields["found"])
    assert found == {"png", "jpg", "pdf", "docx", "pptx", "zip", "exe", "svg", "html", "xml", "rtf", "doc", "rar"}


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path, lang: Any) -> None:
    sparse = tmp_path / "a.pdf"
    with sparse.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(EvidenceError, match="evidence_size") as refused:
        check("a.pdf", sparse)
    assert {"ja": "20MB", "en": "20 MB"}[lang] in error_text(refused.value, words(lang))
    body = b"a" * (2 * MB)
    assert check("a.txt", body, limit=2 * MB).extension == "txt"
    with pytest.raises(EvidenceError, match="evidence_size"):
        check("a.txt", body + b"a", limit=2 * MB)


def test_a_path_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        check("a.pdf", tmp_path / "none.pdf")


def swollen(size: int) -> bytes:
    return papers.office("xlsx", {"xl/worksheets/sheet1.xml": bytes(size)})


def test_a_bomb_is_not_unpacked_to_its_end() -> None:
    assert check("a.xlsx", swollen(50 * MB)).extension == "xlsx"
    with pytest.raises(EvidenceError, match="evidence_swollen"):
        check("a.xlsx", swollen(office.UNPACKED))


def test_a_bomb_that_lies_about_its_size() -> None:
    bomb = swollen(50 * MB)
    with pytest.raises(EvidenceError, match="evidence_swollen"):
        check("a.xlsx", bomb.replace((50 * MB).to_bytes(4, "little"), (50).to_bytes(4, "little")))


def test_files_of_a_zip_that_share_their_bytes_are_refused() -> None:
    """The bomb that unpacks the same bytes again and again: two lines of the list, one place."""
    paper = bytearray(papers.office("xlsx", {"xl/a": "x", "xl/b": "x"}))
    first, second = paper.rindex(b"PK\1\2", 0, paper.rindex(b"xl/b")), 0
    second = paper.rindex(b"PK\1\2", 0, first)
    paper[first + 42 : first + 46] = paper[second + 42 : second + 46]
    with pytest.raises(EvidenceError, match="evidence_broken"):
        check("a.xlsx", bytes(paper))


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a\\evil", "xl/../../evil", "XL/WORKBOOK.XML"])
def test_names_in_a_zip_that_lead_elsewhere_or_come_twice_are_refused(name: str) -> None:
    with pytest.raises(EvidenceError, match="evidence_broken"):
        check("a.xlsx", papers.office("xlsx", {name: "x"}))


def test_a_long_list_in_a_zip_is_not_read() -> None:
    with pytest.raises(EvidenceError, match="evidence_swollen"):
        check("a.xlsx", papers.office("xlsx", {f"xl/{number}": "" for number in range(office.ENTRIES)}))


def test_a_document_in_an_encrypted_zip_is_locked() -> None:
    paper = bytearray(papers.office("xlsx"))
    paper[paper.index(b"PK\1\2") + 8] |= 1
    with pytest.raises(EvidenceError, match="evidence_locked"):
        check("a.xlsx", bytes(paper))


def test_a_wrong_byte_in_a_document_is_found() -> None:
    paper = bytearray(papers.office("xlsx", method=zipfile.ZIP_STORED))
    paper[paper.index("点検".encode())] ^= 1
    with pytest.raises(EvidenceError, match="evidence_broken"):
        check("a.xlsx", bytes(paper))


def test_a_pdf_that_unpacks_to_too_much_is_refused() -> None:
    assert check("a.pdf", papers.pdf(papers.object_stream(bytes(10 * MB)))).extension == "pdf"
    for body in (papers.object_stream(bytes(pdf.UNPACKED)), b"/ObjStm " * (pdf.STREAMS + 1)):
        with pytest.raises(EvidenceError, match="evidence_swollen"):
            check("a.pdf", papers.pdf(body))


# --- names --------------------------------------------------------------------------------------------------------


def test_a_name_is_kept_as_it_is_read() -> None:
    assert display_name("証跡 2026年 (最終版).pdf") == "証跡 2026年 (最終版).pdf"
    assert display_name("か\u3099い.pdf") == "がい.pdf"  # as macOS sends it
    assert display_name(" a\u202e\u200bfdp.\x00exe. ") == "afdp.exe"
    assert display_name('a<b>:"c"|?*.txt') == "a_b___c____.txt"


@pytest.mark.parametrize("name", ["", "  ", "...", "\u202e", "a/b.pdf", "../a.pdf", "C:\\a.pdf", "あ" * 197 + ".pdf"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(EvidenceError, match="evidence_name"):
        take(Path("never"), name, papers.pdf())


@given(st.text())
def test_no_name_shows_anything_but_itself(name: str) -> None:
    try:
        shown = display_name(name)
    except EvidenceError:
        return
    assert display_name(shown) == shown
    assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
    assert not set(shown) & set('/\\<>:"|?*\u202e\u2066\ufeff\x00\n')


@given(st.binary(max_size=300), st.sampled_from(EXTENSIONS), st.sampled_from([b"", *(content[:20] for content in GOOD.values())]))
def test_no_content_breaks_it(content: bytes, extension: str, head: bytes) -> None:
    try:
        assert check(f"a.{extension}", head + content).extension in EXTENSIONS
    except EvidenceError as refused:
        assert refused.code.startswith("evidence_")


# --- how it is kept -----------------------------------------------------------------------------------------------


@pytest.fixture
def folder(home: Path) -> Path:
    return home / "evidence"


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_kept_file_is_the_same_file(folder: Path) -> None:
    kept = take(folder, "証跡.pdf", papers.pdf())
    assert (kept.name, kept.media_type, kept.size) == ("証跡.pdf", "application/pdf", len(papers.pdf()))
    assert kept.sha256 == hashlib.sha256(papers.pdf()).hexdigest()
    assert len(kept.token) == 22
    assert open_kept(folder, kept.sha256) == papers.pdf()
    assert files(folder) == {f"{kept.sha256[:2]}/{kept.sha256}"}


def test_the_same_content_is_one_file_under_two_tokens(folder: Path) -> None:
    first, second = take(folder, "a.pdf", papers.pdf()), take(folder, "b.pdf", papers.pdf())
    assert first.sha256 == second.sha256
    assert first.token != second.token
    assert len(files(folder)) == 1


def test_nobody_else_can_read_it(folder: Path) -> None:
    old = os.umask(0)
    try:
        sha256 = keep(folder, b"x")
    finally:
        os.umask(old)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / sha256[:2], folder / sha256[:2] / sha256)}
    assert list(modes.values()) == [0o700, 0o700, 0o600]


def test_many_at_once_are_one(folder: Path) -> None:
    body = os.urandom(MB)
    threads = [Thread(target=keep, args=(folder, body)) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert examine_evidence(folder, [hashlib.sha256(body).hexdigest()]) == evidence.Examined(1, (), (), (), ())


def test_what_has_changed_or_gone_is_said(folder: Path, lang: Any) -> None:
    sha256 = keep(folder, b"first")
    (folder / sha256[:2] / sha256).write_bytes(b"later")
    for code, asked in (("evidence_damaged", sha256), ("evidence_missing", "0" * 64), ("evidence_missing", "../../tenken.db")):
        with pytest.raises(EvidenceError) as refused:
            open_kept(folder, asked)
        assert refused.value.code == code
        assert {"ja": "バックアップ", "en": "backup"}[lang] in error_text(refused.value, words(lang))
    assert keep(folder, b"first") == sha256  # given again, it is whole again
    assert open_kept(folder, sha256) == b"first"


@pytest.mark.parametrize(("error", "code"), [(28, "disk_full"), (30, "read_only")])
def test_a_full_disk_keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch, error: int, code: str) -> None:
    def refuse(number: int) -> None:
        raise OSError(error, "no")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        with pytest.raises(Unavailable, match=code):
            take(folder, "a.pdf", papers.pdf())
    assert files(folder) == set()
    take(folder, "a.pdf", papers.pdf())
    assert len(files(folder)) == 1


def test_what_is_wrong_in_the_folder_is_found(folder: Path) -> None:
    assert examine_evidence(folder, []) == evidence.Examined(0, (), (), (), ())
    whole, damaged, unknown, missing = (keep(folder, content) for content in (b"1", b"2", b"3", b"4"))
    (folder / damaged[:2] / damaged).write_bytes(b"x")
    (folder / missing[:2] / missing).unlink()
    (folder / whole[:2] / ".new-0123").write_bytes(b"half")
    (folder / "note.txt").write_bytes(b"mine")
    found = examine_evidence(folder, {whole, damaged, missing})
    assert (found.kept, found.missing, found.damaged, found.unknown) == (3, (missing,), (damaged,), (unknown,))
    assert set(found.strange) == {f"{whole[:2]}/.new-0123", "note.txt"}


# --- how it leaves ------------------------------------------------------------------------------------------------


@pytest.fixture
def rows() -> dict[str, KeptFile]:
    return {}


@pytest.fixture
def door(folder: Path, rows: dict[str, KeptFile]) -> Iterator[str]:
    """The route behind the gate, served for one test: 'http://127.0.0.1:…'."""

    def find(request: Request, token: str) -> KeptFile | None:
        if token == LOCKED:
            raise Unavailable("locked")
        return rows.get(token)

    app = Starlette(routes=[evidence_route(find, lambda: folder)], middleware=[Middleware(Gate, hosts=[], policy="policy")])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False, server_header=False))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_it_leaves_as_it_came(door: str, folder: Path, rows: dict[str, KeptFile]) -> None:
    for name, content in GOOD.items():
        kept = take(folder, name, content)
        rows[kept.token] = kept
        status, headers, body = ask(door, f"/files/evidence/{kept.token}", Sec_Fetch_Site="same-origin")
        assert (status, body) == (200, content)
        assert headers["content-type"] == "application/octet-stream"
        assert headers["content-disposition"] == disposition(kept.name)
        assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
        assert headers["content-security-policy"] == FILE_POLICY
        assert ask(door, f"/files/evidence/{kept.token}", "HEAD")[::2] == (200, b"")


@pytest.mark.parametrize("token", ["b" * 22, "a", "a" * 23, "%2e%2e", "%2e%2e%2ftenken.db", quote("あ" * 22), "a" * 21 + "%00", "-" * 5000])
def test_a_guessed_address_is_none(door: str, folder: Path, rows: dict[str, KeptFile], token: str) -> None:
    rows.update(dict.fromkeys((TOKEN, "a", "a" * 23, "..", "あ" * 22), take(folder, "a.pdf", papers.pdf())))
    status, headers, _body = ask(door, f"/files/evidence/{token}")
    assert status == 404
    assert "content-disposition" not in headers


def test_another_site_and_another_kind_of_request_get_nothing(door: str, folder: Path, rows: dict[str, KeptFile]) -> None:
    rows[TOKEN] = take(folder, "a.pdf", papers.pdf())
    path = f"/files/evidence/{TOKEN}"
    refused = [{"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"Origin": "http://evil.example"}]
    assert [ask(door, path, **headers)[0] for headers in refused] == [403] * 3
    assert [ask(door, path, method)[0] for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS")] == [405] * 5
    assert ask(door, path)[0] == 200


def test_what_cannot_leave_is_said(door: str, folder: Path, rows: dict[str, KeptFile]) -> None:
    rows[TOKEN] = kept = take(folder, "a.pdf", papers.pdf())
    (folder / kept.sha256[:2] / kept.sha256).write_bytes(b"<script>alert(1)</script>")
    for token in (TOKEN, LOCKED):
        status, headers, body = ask(door, f"/files/evidence/{token}")
        assert (status, headers["content-type"]) == (503, "text/plain; charset=utf-8")
        assert headers["content-security-policy"] == "policy"
        assert b"script" not in body
