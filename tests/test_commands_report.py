"""`report`: one file, whole or not at all, and one line about it."""

import io
import json
import stat
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from scoring.model import Text
from scoring.units import Unit
from tenken.cli import app
from tenken.errors import ReportError
from tenken.i18n import words
from tenken.reports import formats
from tenken.reports.formats import FORMATS, PACKED, Kind, Material, file_name, numbered
from tenken.settings import read_settings
from tenken.store import Store
from tests.reported import undrawn
from tests.sampled import put_sample

KINDS: tuple[Kind, ...] = tuple(FORMATS)


@pytest.fixture
def sample(home: Path) -> Path:
    put_sample(home)
    return home


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Material]:
    return undrawn(monkeypatch)


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, ["report", *map(str, arguments)])


def fine(*arguments: str | Path) -> str:
    done = run(*arguments)
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    return str(done.stdout)


# --- what comes out ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_one_file_and_one_line(sample: Path, asked: list[Material], tmp_path: Path, kind: Kind) -> None:
    out = tmp_path / f"a.{kind}"
    (line,) = fine("--sample", "--format", kind, "-o", out).splitlines()
    content = out.read_bytes()
    assert content == f"{kind} ja {asked[0].facts.root.code}".encode()
    assert line == f"{out}  {len(content):,} bytes  SHA-256 {sha256(content).hexdigest()}"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [out.name]


def test_json_and_nothing_else(sample: Path, asked: list[Material], tmp_path: Path) -> None:
    found = json.loads(fine("--sample", "--format", "xlsx", "--lang", "en", "-o", tmp_path / "a.xlsx", "--json"))
    facts = asked[0].facts
    assert found["sha256"] == sha256((tmp_path / "a.xlsx").read_bytes()).hexdigest()
    assert (found["format"], found["lang"], found["period"]) == ("xlsx", "en", facts.period.start.isoformat())
    assert facts.against is not None and found["against"] == facts.against.start.isoformat()
    assert found["units"] == [facts.root.code]


def test_what_is_asked_for_reaches_the_report(sample: Path, asked: list[Material], tmp_path: Path) -> None:
    with closing(Store.open(read_settings().store_url)) as store:
        root = store.company(sample=True)
        assert root
        first, second = (period.start.isoformat() for period in store.periods(root.id)[1:3])
    fine("--sample", "--lang", "en", "--period", second, "--against", first, "--unit", "seiki", "--view", "own", "--marking", "社外秘",
         "--budget", "12.5", "--named", "-o", tmp_path / "a.pptx")  # fmt: skip
    said = asked[0].facts.asked
    assert (said.lang, said.unit, said.period, said.against, said.view) == ("en", "seiki", second, first, "own")
    assert (said.marking, said.budget, said.named) == ("社外秘", 25, True)
    assert asked[0].report.meta.marking == "社外秘"
    fine("--sample", "--against", "none", "--marking", "", "-o", tmp_path / "b.pptx")
    assert asked[1].facts.against is None
    assert asked[1].report.meta.marking == ""


def test_a_zip_holds_all_files_of_every_unit(sample: Path, asked: list[Material], tmp_path: Path) -> None:
    out = tmp_path / "a.zip"
    fine("--sample", "--format", "zip", "--unit", "seiki", "--unit", "seiki-seizo", "--sheets", "-o", out)
    with zipfile.ZipFile(out) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    with closing(Store.open(read_settings().store_url)) as store:
        root = store.company(sample=True)
        assert root
        tree = store.tree_of(store.periods(root.id)[-1])
    seiki = next(unit for unit in tree.units if unit.code == "seiki")
    departments = len(tree.reporting(seiki.id))
    assert departments > 1
    assert len(names) == 2 * len(PACKED) + departments == len(set(names))
    assert not [name for name in names if "/" in name or "\\" in name]


def test_several_units_of_one_kind_are_packed_too(sample: Path, asked: list[Material], tmp_path: Path) -> None:
    fine("--sample", "--format", "pptx", "--unit", "seiki", "--unit", "seiki-seizo", "-o", tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert [name.rpartition(".")[2] for name in archive.namelist()] == ["pptx", "pptx"]


def test_real_files_open(sample: Path, tmp_path: Path) -> None:
    fine("--sample", "--format", "zip", "-o", tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        kinds = {name.rpartition(".")[2]: archive.read(name) for name in archive.namelist()}
    assert kinds["pdf"].startswith(b"%PDF-")
    for kind, part in (("pptx", "ppt/presentation.xml"), ("xlsx", "xl/workbook.xml")):
        with zipfile.ZipFile(io.BytesIO(kinds[kind])) as office:
            assert part in office.namelist()


# --- passwords -----------------------------------------------------------------------------------


def test_a_password_comes_from_the_environment_alone(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pypdf import PdfReader

    monkeypatch.setenv("A_WORD", "ひらけごま 1")
    said = fine("--sample", "--format", "summary", "--password-env", "A_WORD", "-o", tmp_path / "a.pdf")
    assert "ひらけ" not in said
    reader = PdfReader(tmp_path / "a.pdf")
    assert reader.is_encrypted
    assert not reader.decrypt("wrong")
    assert reader.decrypt("ひらけごま 1")
    assert len(reader.pages) == 1


def test_a_variable_that_is_not_set_is_named(sample: Path, tmp_path: Path) -> None:
    done = run("--sample", "--password-env", "NOT_THERE", "-o", tmp_path / "a.pdf")
    assert done.exit_code == 2 and "NOT_THERE" in done.stderr
    assert not (tmp_path / "a.pdf").exists()


# --- what is refused -----------------------------------------------------------------------------


def test_nothing_is_overwritten_but_by_force(sample: Path, asked: list[Material], tmp_path: Path) -> None:
    out = tmp_path / "a.pptx"
    out.write_bytes(b"mine")
    done = run("--sample", "-o", out)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.strip() == words("ja")("{file} is there already. Choose another name, or say --force to replace it.", file=out)
    assert out.read_bytes() == b"mine" and asked == []
    fine("--sample", "--force", "-o", out)
    assert out.read_bytes() != b"mine"


def test_a_name_that_is_taken_in_the_meantime_is_kept(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "a.pptx"

    def late(of: Material) -> bytes:
        out.write_bytes(b"theirs")
        return b"ours"

    monkeypatch.setitem(FORMATS, "pptx", replace(FORMATS["pptx"], render=late))
    assert run("--sample", "-o", out).exit_code == 1
    assert out.read_bytes() == b"theirs"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.pptx"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--format", "docx"), 2), (("--lang", "fr"), 2), (("--view", "all"), 2), (("--period", "1999-01-01"), 2), (("--unit", "zz"), 1),
        (("--against", "2030-01-01"), 1), (("--marking", "秘" * 41), 1), (("--budget", "-1"), 1), (("--template", "no.pptx"), 2),
    ],
)  # fmt: skip
def test_wrong_words_make_no_file(sample: Path, asked: list[Material], tmp_path: Path, arguments: tuple[str, str], code: int) -> None:
    done = run("--sample", *arguments, "-o", tmp_path / "a.pptx")
    assert (done.exit_code, done.stdout) == (code, ""), done.output
    assert done.stderr.strip() and "Traceback" not in done.stderr
    assert not (tmp_path / "a.pptx").exists()


def test_a_folder_that_is_not_there_is_named(sample: Path, asked: list[Material], tmp_path: Path) -> None:
    done = run("--sample", "-o", tmp_path / "none" / "a.pptx")
    assert done.exit_code == 1 and "none" in done.stderr and "Traceback" not in done.stderr


def test_what_is_no_template_is_refused_at_once(sample: Path, asked: list[Material], tmp_path: Path) -> None:
    (tmp_path / "t.pptx").write_bytes(b"no zip at all")
    done = run("--sample", "--template", tmp_path / "t.pptx", "-o", tmp_path / "a.pptx")
    assert done.exit_code == 1 and asked == []
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_company_without_answers_gets_a_file_that_says_so(store: Store, home: Path, tmp_path: Path) -> None:
    from tenken.session import COMPANY, today

    company = store.create_company(COMPANY)
    store.period_for(company.id, today())
    done = run("--format", "summary", "-o", tmp_path / "a.pdf")
    assert done.exit_code in (0, 1) and "Traceback" not in done.output
    assert (tmp_path / "a.pdf").exists() == (done.exit_code == 0)


def test_no_company_at_all(home: Path, tmp_path: Path) -> None:
    assert run("-o", tmp_path / "a.pptx").exit_code == 2


# --- names, sizes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("営業部", "営業部"),
        ("../../etc/passwd", "etc-passwd"),
        ('a:b*c?"<>|', "a-b-c"),
        ("　 ", "x1"),
        ("長" * 300, "長" * 60),
        ("CON\x00\n", "CON"),
    ],
)
def test_names_are_safe_everywhere(sample: Path, name: str, expected: str) -> None:
    with closing(Store.open(read_settings().store_url)) as store:
        root = store.company(sample=True)
        assert root
        period = store.periods(root.id)[-1]
    unit = Unit(1, None, "department", Text(name, name), True, False, "x1")
    made = file_name(unit, period, "pptx", "pptx", words("ja"))
    assert made.startswith(f"{expected}_FY") and made.endswith("_経営会議資料.pptx")


def test_the_same_name_twice_is_numbered() -> None:
    names = [name for name, _content in numbered([("a.pdf", b"1"), ("A.pdf", b"2"), ("a.pdf", b"3"), ("b.x", b"")])]
    assert names == ["a.pdf", "A (2).pdf", "a (3).pdf", "b.x"]


def test_too_much_is_refused(sample: Path, asked: list[Material], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "MOST_BYTES", 10)
    done = run("--sample", "--format", "zip", "-o", tmp_path / "a.zip")
    assert done.exit_code == 1 and len(done.stderr.strip().splitlines()) == 1


def test_every_step_is_said(sample: Path, asked: list[Material], lang: str) -> None:
    _ = words("ja" if lang == "ja" else "en")
    said: list[tuple[int, int, str]] = []
    with closing(Store.open(read_settings().store_url)) as store:
        root = store.company(sample=True)
        assert root
        period = store.periods(root.id)[-1]
        wish = formats.Wish("zip", "ja", root, (root,), period, None)
        formats.make(store, wish, _, datetime.now().date(), lambda *step: said.append(step))
    assert {of for _done, of, _text in said} == {2 * len(PACKED) + 1}
    assert [done for done, _of, _text in said] == sorted({done for done, _of, _text in said})
    assert said[-1][2] == _("Packing {n} files", n=len(PACKED))
    with pytest.raises(ReportError):
        formats.check(replace(wish, marking="x" * 41))
