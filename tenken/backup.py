"""Backups: database and evidence in one file with a list of hashes, the way back, and one copy a day.

A backup is a ZIP: `manifest.json` (what made it, when, the hash of every file), `database` and `evidence/…`. Nothing else
in a ZIP is ever unpacked.
"""

import hashlib
import json
import os
import shutil
import struct
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from tenken import __version__
from tenken.errors import BackupError, Newer
from tenken.settings import Settings
from tenken.store import Store, copies
from tenken.store.connect import translated
from tenken.store.schema import HEAD

FORMAT: Final = 1
DATABASE: Final = "database"
EVIDENCE: Final = "evidence"
KEPT_DAYS: Final = 14
MANIFEST: Final = "manifest.json"
MANIFEST_BYTES: Final = 10_000_000
CHUNK: Final = 1 << 20
# What a ZIP with a wrong byte somewhere makes zipfile and json raise.
BROKEN: Final = (
    KeyError, ValueError, EOFError, RuntimeError, NotImplementedError, struct.error, zlib.error, zipfile.BadZipFile, zipfile.LargeZipFile,
)  # fmt: skip


class Manifest(BaseModel):
    """What a backup says about itself; `files`: name in the ZIP → SHA-256 in hexadecimal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    product: str
    format: int
    version: str
    schema_revision: str
    kind: str
    made_at: datetime
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back, and the backup of what was there before."""

    manifest: Manifest
    before: Path


def make(settings: Settings, target: Path, now: datetime) -> Manifest:
    """Writes a backup of everything into the new file `target` (0600), whole or not at all; Tenken may be running.

    Raises BackupError('exists' | 'no_command' | 'command'), Unavailable for the database or the target's disk.
    """
    if target.exists():
        raise BackupError("exists", file=str(target))
    with translated(), tempfile.TemporaryDirectory(dir=_folder(target.parent), prefix=".backup-") as name:
        scratch = Path(name)
        Store.open(settings.store_url).close()
        copies.copy_out(settings.store_url, scratch / DATABASE)
        inside = {DATABASE: scratch / DATABASE} | _evidence(settings)
        manifest = Manifest(
            product="tenken", format=FORMAT, version=__version__, schema_revision=HEAD, kind=copies.kind(settings.store_url),
            made_at=now.astimezone(UTC), files={each: _sha256(file) for each, file in inside.items()},
        )  # fmt: skip
        made = scratch / "made.zip"
        with zipfile.ZipFile(made, "x", zipfile.ZIP_DEFLATED) as bundle:
            bundle.writestr(MANIFEST, manifest.model_dump_json(indent=2))
            for each, file in inside.items():
                bundle.write(file, each)
        made.chmod(0o600)
        _flush(made)
        os.replace(made, target)
    return manifest


def restore(settings: Settings, source: Path, now: datetime) -> Restored:
    """Brings a backup back, in one transaction; what was there is kept as a backup of its own first.

    Raises BackupError('foreign' | 'newer_backup' | 'damaged' | 'other_kind'), Unavailable; nothing has changed then.
    """
    with translated(), tempfile.TemporaryDirectory(dir=_folder(settings.home), prefix=".restore-") as name:
        manifest = _unpack(source, Path(name))
        if manifest.kind != copies.kind(settings.store_url):
            raise BackupError("other_kind", theirs=manifest.kind, yours=copies.kind(settings.store_url))
        before = copies_folder(settings) / f"before-restore-{now:%Y%m%d-%H%M%S}.zip"
        make(settings, before, now)
        try:
            copies.copy_in(Path(name) / DATABASE, settings.store_url)
        except Newer:
            raise BackupError("newer_backup", version=manifest.version) from None
        # Evidence is stored by its hash: what is there already is the same file.
        for each in manifest.files:
            if each != DATABASE and not (target := settings.home / each).exists():
                _folder(target.parent)
                shutil.copyfile(Path(name) / each, target)
                target.chmod(0o600)
    return Restored(manifest, before)


def read_manifest(source: Path) -> Manifest:
    """What a backup says about itself. Raises BackupError, Unavailable when it cannot be read."""
    with _bundle(source) as bundle:
        return _manifest(bundle, source)


def copies_folder(settings: Settings) -> Path:
    return settings.home / "backups"


def daily(settings: Settings, now: datetime) -> Path | None:
    """Makes today's copy when there is none yet, and removes daily copies older than KEPT_DAYS. None: nothing to do."""
    folder = copies_folder(settings)
    today = folder / f"daily-{now:%Y-%m-%d}.zip"
    if today.exists():
        return None
    make(settings, today, now)
    for old in sorted(folder.glob("daily-????-??-??.zip")):
        if old.stem < f"daily-{now - timedelta(days=KEPT_DAYS - 1):%Y-%m-%d}":
            old.unlink()
    return today


def newest_daily(settings: Settings) -> Path | None:
    return max(copies_folder(settings).glob("daily-????-??-??.zip"), default=None)


# --- inside ------------------------------------------------------------------------------------------------------


def _evidence(settings: Settings) -> dict[str, Path]:
    root = settings.home / EVIDENCE
    return {file.relative_to(settings.home).as_posix(): file for file in sorted(root.rglob("*")) if file.is_file()}


def _unpack(source: Path, folder: Path) -> Manifest:
    """Writes the files of the list into `folder`, each checked against its hash."""
    with _bundle(source) as bundle:
        manifest = _manifest(bundle, source)
        for name, wanted in manifest.files.items():
            target = folder / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                with bundle.open(name) as packed, target.open("xb") as unpacked:
                    shutil.copyfileobj(packed, unpacked, CHUNK)
            except BROKEN as error:
                raise BackupError("damaged", what=f"{name}: {error}") from None
            if _sha256(target) != wanted:
                raise BackupError("damaged", what=f"{name}: SHA-256")
    return manifest


def _bundle(source: Path) -> zipfile.ZipFile:
    with translated():
        try:
            return zipfile.ZipFile(source)
        except FileNotFoundError:
            raise BackupError("missing", file=str(source)) from None
        except zipfile.BadZipFile:
            raise BackupError("foreign", file=str(source)) from None


def _manifest(bundle: zipfile.ZipFile, source: Path) -> Manifest:
    try:
        if bundle.getinfo(MANIFEST).file_size > MANIFEST_BYTES:
            raise BackupError("foreign", file=str(source))
        said: Any = json.loads(bundle.read(MANIFEST))
        if said["product"] == "tenken" and int(said["format"]) > FORMAT:
            raise BackupError("newer_backup", version=str(said["version"]))
        manifest = Manifest.model_validate(said)
    except (*BROKEN, TypeError, ValidationError):
        raise BackupError("foreign", file=str(source)) from None
    if manifest.product != "tenken" or DATABASE not in manifest.files or not all(map(_allowed, manifest.files)):
        raise BackupError("foreign", file=str(source))
    return manifest


def _allowed(name: str) -> bool:
    """The database, or a file below evidence/ that stays there."""
    parts = PurePosixPath(name).parts
    return name == DATABASE or (len(parts) > 1 and parts[0] == EVIDENCE and ".." not in parts and "\\" not in name and "\0" not in name)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _folder(path: Path) -> Path:
    with translated():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _flush(file: Path) -> None:
    """Onto the disk before the name that everybody trusts points to it."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
