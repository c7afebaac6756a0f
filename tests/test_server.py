"""The ASGI application over real HTTP: health, readiness, the one HTML page in the reader's language; and a start
that refuses what cannot work, naming every problem."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from scoring.model import Lang
from tenken.content import CHECKLISTS, DATA, Content, load_content
from tenken.errors import Unavailable
from tenken.i18n import words
from tenken.server import app_arguments, create_app
from tenken.settings import read_settings
from tenken.store import Store
from tenken.store.schema import HEAD
from tenken.streamlit_quirks import LANG_COOKIE, language


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: str


def fetch(address: str, path: str, accept: str = "text/html,*/*", **headers: str) -> Reply:
    """One GET as a browser sends it; nothing is followed, unpacked or remembered."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        sent = {"Accept": accept} | {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=sent)
        answer = connection.getresponse()
        body = answer.read()
        pairs = answer.getheaders()
        assert len(body) == int(answer.headers.get("content-length", len(body)))
        return Reply(
            answer.status,
            {name.lower(): value for name, value in pairs},
            [value for name, value in pairs if name.lower() == "set-cookie"],
            body.decode(errors="replace"),
        )
    finally:
        connection.close()


# --- health and readiness -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html,*/*"])
def test_healthz(address: str, accept: str) -> None:
    reply = fetch(address, "/healthz", accept)
    assert (reply.status, json.loads(reply.body)) == (200, {"status": "ok"})


def test_readyz_names_the_schema(address: str, home: Path) -> None:
    reply = fetch(address, "/readyz")
    assert reply.status == 200
    found = json.loads(reply.body)
    assert (found["status"], found["schema"]) == ("ready", HEAD)
    assert found["free_bytes"] > 0
    assert (home / "tenken.db").exists()


@pytest.mark.parametrize("code", ["locked", "disk_full", "read_only", "unreachable", "unknown"])
def test_readyz_says_why_not(address: str, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    def refuse(store: Store) -> None:
        raise Unavailable(code)

    monkeypatch.setattr(Store, "ready", refuse)
    reply = fetch(address, "/readyz")
    assert (reply.status, json.loads(reply.body)) == (503, {"status": "unavailable", "code": code})


def test_readyz_without_a_place_for_the_database(address: str, home: Path) -> None:
    home.write_text("a file where the folder should be")
    reply = fetch(address, "/readyz")
    assert (reply.status, json.loads(reply.body)["code"]) == (503, "read_only")


def test_readyz_with_a_database_from_a_newer_version(address: str, home: Path) -> None:
    rewrite_revision(home, "9999")
    reply = fetch(address, "/readyz")
    assert (reply.status, json.loads(reply.body)["code"]) == (503, "newer")


def rewrite_revision(home: Path, revision: str) -> None:
    Store.open(read_settings().store_url).close()
    connection = sqlite3.connect(home / "tenken.db")
    connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.commit()
    connection.close()


def test_readyz_is_ready_again_when_the_fault_has_gone(address: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write_text("a file where the folder should be")
    assert fetch(address, "/readyz").status == 503
    home.unlink()
    assert fetch(address, "/readyz").status == 200


# --- the page -----------------------------------------------------------------------------------------------------

PATHS = ["/", "/answer", "/statistics", "/about", "/explain?of=gap", "/answer?question=physical.disposal"]


def said(reply: Reply) -> str:
    """The language that the page names; it names one."""
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert reply.body.count("<html") == 1
    found = re.findall(r'<html lang="(\w+)">', reply.body)
    assert len(found) == 1
    return str(found[0])


@pytest.mark.parametrize("path", PATHS)
def test_pages_are_japanese_unless_asked(address: str, path: str) -> None:
    reply = fetch(address, path)
    assert said(reply) == "ja"
    assert reply.body.count("<title>") == 1
    assert "<title>Tenken 点検</title>" in reply.body
    assert "JavaScriptが要ります" in reply.body
    assert reply.cookies == []


@pytest.mark.parametrize("path", PATHS)
def test_lang_in_the_address_is_followed_and_kept(address: str, path: str) -> None:
    reply = fetch(address, f"{path}{'&' if '?' in path else '?'}lang=en")
    assert said(reply) == "en"
    assert "<title>Tenken</title>" in reply.body
    assert "needs JavaScript" in reply.body
    assert len(reply.cookies) == 1
    name, _, attributes = reply.cookies[0].partition(";")
    assert name == f"{LANG_COOKIE}=en"
    assert {part.strip() for part in attributes.split(";")} == {"Path=/", "Max-Age=31536000", "SameSite=Lax", "HttpOnly"}


def test_the_cookie_alone_is_enough(address: str) -> None:
    reply = fetch(address, "/", Cookie=f"_xsrf=abc; {LANG_COOKIE}=en; other=ja")
    assert said(reply) == "en"
    assert reply.cookies == []


def test_the_address_goes_before_the_cookie(address: str) -> None:
    assert said(fetch(address, "/?lang=ja", Cookie=f"{LANG_COOKIE}=en")) == "ja"


@pytest.mark.parametrize("asked", ["xx", "", "EN", "ja-JP", "en%00", "%22%3E%3Cscript%3E"])
def test_an_unknown_language_is_as_none(address: str, asked: str) -> None:
    reply = fetch(address, f"/?lang={asked}")
    assert said(reply) == "ja"
    assert "<script>alert" not in reply.body
    assert said(fetch(address, f"/?lang={asked}", Cookie=f"{LANG_COOKIE}=en")) == "en"
    assert all(cookie.split(";")[0] in (f"{LANG_COOKIE}=ja", f"{LANG_COOKIE}=en") for cookie in reply.cookies)


@pytest.mark.parametrize("cookie", [f"{LANG_COOKIE}=xx", f"{LANG_COOKIE}=", "nonsense", ";;==", f'{LANG_COOKIE}="en'])
def test_a_broken_cookie_is_as_none(address: str, cookie: str) -> None:
    assert said(fetch(address, "/", Cookie=cookie)) == "ja"


@pytest.mark.parametrize("default", ["ja", "en"])
def test_the_setting_speaks_last(default: Lang) -> None:
    assert language("", "", default) == default
    assert language("lang=xx", f"{LANG_COOKIE}=yy", default) == default
    assert language("", f"{LANG_COOKIE}=en", default) == "en"
    assert language("lang=ja&lang=en", "", default) == "en"  # the last one, as st.query_params reads it
    assert language("language=en", "", "ja") == "ja"


def test_the_page_is_whole_and_never_stale(address: str) -> None:
    """Rewritten, so not compressed and with no tag of the file: an answer in the wrong language is never reused."""
    plain = fetch(address, "/")
    again = fetch(address, "/", Accept_Encoding="gzip, br", If_None_Match='"x"', If_Modified_Since="Sun, 22 Nov 2037 00:00:00 GMT")
    assert again.body == plain.body
    assert int(plain.headers["content-length"]) == len(plain.body.encode())
    for reply in (plain, again):
        assert "content-encoding" not in reply.headers
        assert "etag" not in reply.headers
        assert "last-modified" not in reply.headers
        assert reply.headers["cache-control"] == "no-store"
        assert "cookie" in reply.headers["vary"].lower()


def test_everything_else_of_streamlit_passes_through(address: str) -> None:
    page = fetch(address, "/?lang=en").body
    script = re.findall(r'src="\./(static/js/index[^"]+\.js)"', page)[0]
    reply = fetch(address, f"/{script}?lang=en")
    assert reply.status == 200
    assert "javascript" in reply.headers["content-type"]
    assert reply.cookies == []
    assert "text/plain" in fetch(address, "/_stcore/health?lang=en").headers["content-type"]


# --- a start that is refused --------------------------------------------------------------------------------------


def refused() -> str:
    """What is said when the start is refused; it is an exit that is not 0."""
    with pytest.raises(SystemExit) as exit_:
        create_app()
    assert isinstance(exit_.value.code, str)  # Python prints it on stderr and exits with 1
    return exit_.value.code


@pytest.fixture
def checklists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of all checklists that the server loads in place of the shipped ones."""
    copy = tmp_path / "checklists"
    shutil.copytree(CHECKLISTS, copy)

    def load() -> Content:
        return load_content(copy, DATA)

    monkeypatch.setattr("tenken.server.load_content", load)
    return copy / "leak-causes"


def edit(file: Path, change: Callable[[str], str]) -> None:
    before = file.read_text("utf-8")
    after = change(before)
    assert after != before
    file.write_text(after, "utf-8")


def test_a_copy_of_the_checklist_starts(checklists: Path) -> None:
    assert app_arguments()["routes"]


def test_a_broken_checklist_is_refused_with_every_problem_at_its_line(lang: Lang, checklists: Path) -> None:
    files = ["1-external-attack.yaml", "5-physical.yaml"]
    edit(checklists / files[0], lambda text: text.replace("    weight: 5\n", "    weight: 9\n", 1))
    edit(checklists / files[1], lambda text: text.replace("    why:\n", "    whatever: x\n    why:\n", 1))
    expected = {
        line_of(checklists / files[0], "    weight: 9"),
        line_of(checklists / files[1], "    whatever: x"),
    }
    head, *problems = refused().splitlines()
    assert head == words(lang)("{n} problems in the checklist or data files. Nothing was started.", n=len(problems))
    found = {re.match(r"(?:.*/)?([\w.-]+\.yaml:\d+): .+", problem) for problem in problems}
    assert None not in found
    assert expected <= {match[1] for match in found if match}
    assert len(set(problems)) == len(problems)


def line_of(file: Path, text: str) -> str:
    lines = file.read_text("utf-8").splitlines()
    return f"{file.name}:{lines.index(text) + 1}"


def test_a_file_that_is_no_yaml_is_refused_at_its_line(checklists: Path) -> None:
    edit(checklists / "3-insider.yaml", lambda text: text.replace("questions:\n", "questions: [\n", 1))
    said_lines = refused().splitlines()
    assert any("3-insider.yaml:" in line for line in said_lines[1:])
    assert "Traceback" not in "\n".join(said_lines)


@pytest.mark.parametrize(("name", "value"), [("TENKEN_PORT", "abc"), ("TENKEN_PORT", "0"), ("TENKEN_PORT", "70000"), ("TENKEN_LANG", "fr")])
def test_a_broken_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    text = refused()
    assert len(text.splitlines()) == 1
    assert name in text
    assert "errors.pydantic.dev" not in text


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_a_database_that_cannot_be_used_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("TENKEN_DATABASE_URL", url)
    text = refused()
    assert len(text.splitlines()) == 1
    assert "TENKEN_DATABASE_URL" in text


def test_a_password_in_the_address_of_the_database_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENKEN_DATABASE_URL", "mysql://tenken:hunter2@localhost/x")
    assert "hunter2" not in refused()


def test_a_home_that_cannot_be_written_is_refused_with_what_to_check(lang: Lang, home: Path) -> None:
    home.write_text("a file where the folder should be")
    text = refused()
    assert text == words(lang)("The data folder cannot be written. Check its owner and permissions (TENKEN_HOME).")


def test_a_database_file_that_cannot_be_opened_is_refused(home: Path) -> None:
    (home / "tenken.db").mkdir(parents=True)
    text = refused()
    assert len(text.splitlines()) == 1
    assert "TENKEN_HOME" in text


def test_a_database_from_a_newer_version_is_refused_and_left_alone(lang: Lang, home: Path) -> None:
    rewrite_revision(home, "9999")
    before = (home / "tenken.db").read_bytes()
    text = refused()
    assert len(text.splitlines()) == 1
    assert {"ja": "新しい版", "en": "newer version"}[lang] in text
    assert (home / "tenken.db").read_bytes() == before
