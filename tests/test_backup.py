"""Backups: what comes back is what was there, and what is no whole backup of ours changes nothing."""

import hashlib
import json
import os
import sqlite3
import stat
import zipfile
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from scoring.model import Answer, Lang
from tenken import __version__, backup
from tenken.cli import app
from tenken.content import load_content
from tenken.doctor import Finding, evidence_finding, examine, finding_text
from tenken.errors import BackupError, TenkenError, Unavailable
from tenken.evidence import keep, place
from tenken.i18n import words
from tenken.sample import load_sample
from tenken.session import COMPANY
from tenken.settings import Settings, read_settings
from tenken.store import Sheet, Store
from tenken.store.schema import HEAD

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CHECKLIST = load_content().checklist
FIRST = CHECKLIST.questions[0].id


@pytest.fixture
def here(home: Path) -> Settings:
    return read_settings()


@pytest.fixture
def store(here: Settings) -> Store:
    """One answer of the company's own."""
    found = Store.open(here.store_url)
    save(found, "partly")
    return found


def sheet(store: Store) -> Sheet:
    company = store.company() or store.create_company(COMPANY)
    return store.sheet(company.id, store.period_for(company.id, NOW.date()).id, CHECKLIST)


def save(store: Store, choice: str) -> None:
    before = store.entries(sheet(store).id).get(FIRST)
    store.save(sheet(store), CHECKLIST, FIRST, Answer(choice, note="控え"), person="", seen=before.id if before else 0)


def choice(store: Store) -> str | None:
    return store.entries(sheet(store).id)[FIRST].choice


def everything(file: Path) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with closing(sqlite3.connect(file)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def evidence(here: Settings, content: bytes) -> Path:
    """A piece of evidence, kept as tenken/evidence.py does."""
    return place(here.evidence_folder, keep(here.evidence_folder, content))


def test_what_comes_back_is_what_was_there(here: Settings, store: Store, tmp_path: Path) -> None:
    load_sample(store)
    proof = evidence(here, b"\0proof")
    then = everything(here.home / "tenken.db")
    manifest = backup.make(here, tmp_path / "a.zip", NOW)
    assert (manifest.product, manifest.version, manifest.schema_revision, manifest.kind) == ("tenken", __version__, HEAD, "sqlite")
    assert set(manifest.files) == {"database", name := f"evidence/{proof.name[:2]}/{proof.name}"}
    assert manifest.files[name] == proof.name == hash_of(b"\0proof")

    save(store, "verified")
    store.remove_sample()
    proof.unlink()
    later = everything(here.home / "tenken.db")
    restored = backup.restore(here, tmp_path / "a.zip", NOW)

    assert everything(here.home / "tenken.db") == then
    assert choice(store) == "partly"  # the store that was open all the time sees it too
    save(store, "none")  # and goes on
    assert proof.read_bytes() == b"\0proof"
    backup.restore(here, restored.before, NOW + timedelta(seconds=1))  # the way back is open
    assert everything(here.home / "tenken.db") == later


def test_nobody_else_can_read_a_backup(here: Settings, store: Store, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        backup.make(here, tmp_path / "new" / "a.zip", NOW)
        restored = backup.restore(here, tmp_path / "new" / "a.zip", NOW)
    finally:
        os.umask(old)
    for path, mode in ((tmp_path / "new" / "a.zip", 0o600), (restored.before, 0o600), (restored.before.parent, 0o700), (here.home, 0o700)):
        assert stat.S_IMODE(path.stat().st_mode) == mode, path
    assert [path.name for path in here.home.iterdir() if path.name.startswith(".")] == []


def test_a_backup_never_replaces_a_file(here: Settings, store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("mine")
    with pytest.raises(BackupError, match="exists"):
        backup.make(here, tmp_path / "a.zip", NOW)
    assert (tmp_path / "a.zip").read_text() == "mine"


def test_a_backup_is_whole_or_not_there(here: Settings, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_flush", full)
    with pytest.raises(Unavailable, match="disk_full"):
        backup.make(here, tmp_path / "sub" / "a.zip", NOW)
    assert list((tmp_path / "sub").iterdir()) == []


def rewritten(source: Path, target: Path, manifest: dict[str, Any], members: dict[str, bytes] | None = None) -> Path:
    """A backup with another list, or other files."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        said = json.loads(old.read("manifest.json")) | manifest
        new.writestr("manifest.json", json.dumps(said))
        for name, content in ({"database": old.read("database")} if members is None else members).items():
            new.writestr(name, content)
    return target


REFUSED: list[tuple[str, dict[str, Any], dict[str, bytes] | None]] = [
    ("foreign", {"product": "other"}, None),
    ("foreign", {"more": 1}, None),
    ("foreign", {"files": {}}, None),
    ("foreign", {"files": {"database": "0", "../evil": "0"}}, None),
    ("foreign", {"files": {"database": "0", "evidence/../../evil": "0"}}, None),
    ("foreign", {"files": {"database": "0", "/etc/evil": "0"}}, None),
    ("foreign", {"files": {"database": "0", "evidence\\..\\evil": "0"}}, None),
    ("foreign", {"files": {"database": "0", f"evidence/{'a' * 2}/{'a' * 64}": "b" * 64}}, None),
    ("foreign", {"files": {"database": "0"}, "beside": ["../../evil"]}, None),
    ("newer_backup", {"format": 3, "new": True}, None),
    ("damaged", {"files": {"database": "0" * 64}}, None),
    ("damaged", {}, {}),
    ("damaged", {}, {"database": b"not a database"}),
    ("other_kind", {"kind": "postgresql"}, None),
]


@pytest.mark.parametrize(("code", "manifest", "members"), REFUSED)
def test_what_is_not_ours_changes_nothing(
    here: Settings, store: Store, tmp_path: Path, lang: Lang, code: str, manifest: dict[str, Any], members: dict[str, bytes] | None
) -> None:
    backup.make(here, tmp_path / "good.zip", NOW)
    bad = rewritten(tmp_path / "good.zip", tmp_path / "bad.zip", manifest, members)
    then = everything(here.home / "tenken.db")
    with pytest.raises(BackupError) as refused:
        backup.restore(here, bad, NOW)
    assert refused.value.code == code
    assert everything(here.home / "tenken.db") == then
    said = CliRunner().invoke(app, ["restore", str(bad), "--yes"])
    assert said.exit_code == 1
    assert {"ja": "変えていません", "en": "Nothing was changed"}[lang] in said.stderr
    assert "Traceback" not in said.output
    assert not list(tmp_path.rglob("evil"))


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_database_of_a_newer_version_is_refused(here: Settings, store: Store, tmp_path: Path) -> None:
    backup.make(here, tmp_path / "good.zip", NOW)
    with zipfile.ZipFile(tmp_path / "good.zip") as bundle:
        (tmp_path / "db").write_bytes(bundle.read("database"))
    with closing(sqlite3.connect(tmp_path / "db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    changed = (tmp_path / "db").read_bytes()
    bad = rewritten(tmp_path / "good.zip", tmp_path / "bad.zip", {"files": {"database": hash_of(changed)}}, {"database": changed})
    then = everything(here.home / "tenken.db")
    with pytest.raises(BackupError, match="newer_backup"):
        backup.restore(here, bad, NOW)
    assert everything(here.home / "tenken.db") == then


def test_a_damaged_database_is_refused(here: Settings, store: Store, tmp_path: Path) -> None:
    load_sample(store)
    backup.make(here, tmp_path / "good.zip", NOW)
    with zipfile.ZipFile(tmp_path / "good.zip") as bundle:
        content = bytearray(bundle.read("database"))
    content[4096:8192] = b"\xff" * 4096
    bad = rewritten(
        tmp_path / "good.zip", tmp_path / "bad.zip", {"files": {"database": hash_of(bytes(content))}}, {"database": bytes(content)}
    )
    then = everything(here.home / "tenken.db")
    with pytest.raises(BackupError, match="damaged"):
        backup.restore(here, bad, NOW)
    assert everything(here.home / "tenken.db") == then


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_backup_with_any_byte_changed_is_refused_or_still_the_same(here: Settings, tmp_path: Path, data: st.DataObject) -> None:
    good = tmp_path / "good.zip"
    if not good.exists():
        save(Store.open(here.store_url), "partly")
        backup.make(here, good, NOW)
    content = bytearray(good.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    (tmp_path / "bad.zip").write_bytes(content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content)
    then = everything(here.home / "tenken.db")
    for old in backup.copies_folder(here).glob("before-*"):
        old.unlink()
    with suppress(TenkenError):
        backup.restore(here, tmp_path / "bad.zip", NOW)
    assert everything(here.home / "tenken.db") == then


@pytest.mark.parametrize("name", ["none.zip", ".", "text.zip"])
def test_what_is_no_zip_is_named(here: Settings, tmp_path: Path, name: str, lang: Lang) -> None:
    (tmp_path / "text.zip").write_text("text")
    said = CliRunner().invoke(app, ["restore", str(tmp_path / name), "--yes"])
    assert said.exit_code == 1
    assert len(said.stderr.splitlines()) == 1
    assert not (here.home / "tenken.db").exists()


def test_restore_asks_first(here: Settings, store: Store, tmp_path: Path) -> None:
    backup.make(here, tmp_path / "a.zip", NOW)
    save(store, "verified")
    said = CliRunner().invoke(app, ["restore", str(tmp_path / "a.zip")], input="n\n")
    assert (said.exit_code, choice(store)) == (1, "verified")
    said = CliRunner().invoke(app, ["restore", str(tmp_path / "a.zip")], input="y\n")
    assert (said.exit_code, choice(store)) == (0, "partly")


def test_the_commands_speak_json(here: Settings, store: Store, tmp_path: Path) -> None:
    made = json.loads(CliRunner().invoke(app, ["backup", str(tmp_path / "a.zip"), "--json"]).stdout)
    back = json.loads(CliRunner().invoke(app, ["restore", str(tmp_path / "a.zip"), "--yes", "--json"]).stdout)
    assert back["files"] == made["files"]
    assert Path(back["before"]).exists()
    assert back["missing"] == []


# --- a copy a day --------------------------------------------------------------------------------------------------


def test_one_copy_a_day_for_fourteen_days(here: Settings, store: Store) -> None:
    for day in range(20):
        save(store, "partly" if day % 2 else "none")
        assert backup.daily(here, NOW + timedelta(days=day)) is not None
        assert backup.daily(here, NOW + timedelta(days=day, hours=3)) is None
    kept = sorted(file.name for file in backup.copies_folder(here).iterdir())
    assert kept == [f"daily-{NOW + timedelta(days=day):%Y-%m-%d}.zip" for day in range(6, 20)]
    backup.restore(here, backup.copies_folder(here) / kept[0], NOW + timedelta(days=20))
    assert choice(store) == "none"
    assert len(list(backup.copies_folder(here).glob("daily-*"))) == 14


# --- evidence -----------------------------------------------------------------------------------------------------


@pytest.fixture
def copied(here: Settings) -> Path:
    """Where evidence lies beside the copies."""
    return backup.copies_folder(here) / "evidence"


def test_fourteen_copies_hold_their_evidence_once(here: Settings, store: Store, copied: Path) -> None:
    proof = evidence(here, os.urandom(200_000))
    for day in range(14):
        backup.daily(here, NOW + timedelta(days=day))
    copies = sorted(backup.copies_folder(here).glob("*.zip"))
    assert {backup.read_manifest(copy).beside for copy in copies} == {(proof.name,)}
    assert len(copies) == 14
    assert sum(copy.stat().st_size for copy in copies) < 14 * 100_000  # the database, and no evidence
    twin = place(copied, proof.name)
    assert (twin.read_bytes(), twin.stat().st_ino == proof.stat().st_ino) == (proof.read_bytes(), False)
    assert stat.S_IMODE(twin.stat().st_mode) == 0o600


def test_a_copy_brings_back_evidence_that_is_gone_or_damaged(here: Settings, store: Store) -> None:
    gone, damaged = evidence(here, b"gone"), evidence(here, b"damaged")
    copy = backup.daily(here, NOW)
    assert copy
    gone.unlink()
    damaged.write_bytes(b"other")
    assert backup.restore(here, copy, NOW).missing == ()
    assert (gone.read_bytes(), damaged.read_bytes()) == (b"gone", b"damaged")


def test_what_is_damaged_is_mended_by_the_next_copy(here: Settings, store: Store) -> None:
    damaged = evidence(here, b"damaged")
    backup.daily(here, NOW)
    damaged.write_bytes(b"other")
    backup.daily(here, NOW + timedelta(days=1))
    assert damaged.read_bytes() == b"damaged"


def test_a_copy_that_was_taken_away_alone_brings_the_answers_back_and_names_what_is_missing(
    here: Settings, store: Store, copied: Path, tmp_path: Path, lang: Lang
) -> None:
    proof = evidence(here, b"proof")
    copy = backup.daily(here, NOW)
    assert copy
    alone = copy.rename(tmp_path / "alone.zip")
    save(store, "verified")
    for file in (proof, place(copied, proof.name)):
        file.unlink()
    said = CliRunner().invoke(app, ["restore", str(alone), "--yes"])
    assert (said.exit_code, choice(store)) == (0, "partly")
    assert words(lang)("{n} evidence files of this backup are nowhere any more.", n=1) in said.stderr
    assert backup.restore(here, alone, NOW).missing == (proof.name,)


def test_damaged_evidence_is_left_out_and_named(here: Settings, store: Store, tmp_path: Path, lang: Lang) -> None:
    damaged, whole = evidence(here, b"damaged"), evidence(here, b"whole")
    damaged.write_bytes(b"other")
    said = CliRunner().invoke(app, ["backup", str(tmp_path / "a.zip")])
    assert said.exit_code == 0
    assert words(lang)("{n} evidence files are damaged and were left out.", n=1) in said.stderr
    manifest = backup.read_manifest(tmp_path / "a.zip")
    assert (manifest.damaged, len(manifest.files)) == ((damaged.name,), 2)
    whole.unlink()
    backup.restore(here, tmp_path / "a.zip", NOW)
    assert whole.read_bytes() == b"whole"


def test_evidence_that_no_copy_names_any_more_is_removed_beside_them(here: Settings, store: Store, copied: Path) -> None:
    stays, goes = evidence(here, b"stays"), evidence(here, b"goes")
    backup.daily(here, NOW)
    goes.unlink()
    for day in range(1, 15):
        backup.daily(here, NOW + timedelta(days=day))
        assert place(copied, goes.name).exists() == (day < 14)
    assert place(copied, stays.name).exists()


def test_nothing_is_removed_while_a_copy_cannot_be_read(
    here: Settings, store: Store, copied: Path, caplog: pytest.LogCaptureFixture
) -> None:
    goes = evidence(here, b"goes")
    backup.daily(here, NOW)
    goes.unlink()
    (backup.copies_folder(here) / "mine.zip").write_text("not a backup")
    for day in range(1, 15):
        backup.daily(here, NOW + timedelta(days=day))
    assert place(copied, goes.name).exists()
    assert "not tidied" in caplog.text


def test_only_evidence_is_carried(here: Settings, store: Store, tmp_path: Path) -> None:
    """Half a file that a loss of power left, or what somebody put there, is no evidence."""
    proof = evidence(here, b"proof")
    (proof.parent / ".new-0123").write_bytes(b"half")
    (here.evidence_folder / "note.txt").write_bytes(b"mine")
    assert len(backup.make(here, tmp_path / "a.zip", NOW).files) == 2


def test_a_restore_that_runs_out_of_room_leaves_the_answers_alone(
    here: Settings, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = evidence(here, b"proof")
    backup.make(here, tmp_path / "a.zip", NOW)
    proof.unlink()
    save(store, "verified")

    def full(folder: Path, content: bytes) -> str:
        raise Unavailable("disk_full")

    monkeypatch.setattr("tenken.evidence.keep", full)
    with pytest.raises(Unavailable, match="disk_full"):
        backup.restore(here, tmp_path / "a.zip", NOW)
    assert choice(store) == "verified"


# --- doctor --------------------------------------------------------------------------------------------------------


def findings(here: Settings, now: datetime = NOW) -> dict[str, Finding]:
    return {found.name: found for found in examine(here, CHECKLIST, now)}


def states(here: Settings, now: datetime = NOW) -> dict[str, str]:
    return {name: found.state for name, found in findings(here, now).items()}


def test_a_healthy_installation(here: Settings, store: Store, lang: Lang) -> None:
    backup.daily(here, datetime.now(UTC))
    found = findings(here, datetime.now(UTC))
    healthy = {name: found[name].state for name in ("database", "levels", "clock", "permissions", "copies", "versions")}
    assert set(healthy.values()) == {"fine"}
    assert found["encryption"].state in ("fine", "look", "unknown")
    lines = CliRunner().invoke(app, ["doctor"]).stdout.splitlines()
    assert lines[0] == finding_text(found["database"], words(lang))
    assert len(lines) == len(found)


def test_every_finding_has_a_sentence_in_both_languages(here: Settings, store: Store) -> None:
    for found in findings(here).values():
        ja, en = (finding_text(found, words(each)) for each in ("ja", "en"))
        assert ja != en
        assert "{" not in ja + en


def test_what_is_wrong_is_found(here: Settings, store: Store) -> None:
    (here.home / "tenken.db").chmod(0o644)
    with closing(sqlite3.connect(here.home / "tenken.db")) as database, database:
        database.execute("UPDATE sheet SET levels = zeroblob(length(levels))")
    found = states(here, NOW - timedelta(days=400))
    assert [found[name] for name in ("permissions", "levels", "clock", "copies")] == ["bad", "bad", "bad", "look"]
    assert CliRunner().invoke(app, ["doctor", "--json"]).exit_code == 1


def test_evidence_is_looked_at(here: Settings, lang: Lang) -> None:
    """The four states of the folder, as sentences."""
    _ = words(lang)
    assert finding_text(evidence_finding(here, []), _) == f"✓ {_('Evidence: {kept} files, all whole.').format(kept=0)}"
    proof = evidence(here, b"proof")
    assert evidence_finding(here, [proof.name]) == Finding(
        "evidence", "fine", {"kept": 1, "names": "", "missing": 0, "damaged": 0, "unknown": 0, "strange": 0}
    )
    looked = evidence_finding(here, [])
    assert (looked.state, looked.fields["unknown"]) == ("look", 1)
    proof.write_bytes(b"other")
    bad = evidence_finding(here, [proof.name, "0" * 64])
    assert (bad.state, bad.fields["missing"], bad.fields["damaged"], bad.fields["names"]) == ("bad", 1, 1, f"{'0' * 12}, {proof.name[:12]}")
    for found in (looked, bad):
        assert "{" not in finding_text(found, _)


def test_a_database_that_is_none_is_found(here: Settings) -> None:
    here.home.mkdir(mode=0o700)
    (here.home / "tenken.db").write_text("this is no database, but long enough to be looked at" * 30)
    (here.home / "tenken.db").chmod(0o600)
    assert states(here)["database"] == "bad"
