"""Backups: database and evidence in one file with a list of hashes, the way back, and one copy a day.

A backup is a ZIP: `manifest.json` (what made it, when, the hash of every file), `database` and `evidence/…`. Nothing else
in a ZIP is ever unpacked.

The copies that Tenken makes by itself name their evidence and do not hold it: it lies once beside all of them, in
`backups/evidence/`, under its hash, as long as one of them names it. A copy and not a link: a file that is damaged where it
is used is whole there.
"""

import hashlib
import json
import logging
import os
import shutil
import struct
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from tenken import __version__, evidence
from tenken.errors import BackupError, Newer
from tenken.settings import Settings
from tenken.store import Store, copies
from tenken.store.connect import translated
from tenken.store.schema import HEAD

log = logging.getLogger("tenken")

FORMAT: Final = 2  # 2: evidence beside
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
    """What a backup says about itself. `files`: name in the ZIP → SHA-256 in hexadecimal; `beside`: the SHA-256 of evidence
    that lies in the folder `evidence` beside the ZIP; `damaged`: that of evidence that had changed, and was left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    product: str
    format: int
    version: str
    schema_revision: str
    kind: str
    made_at: datetime
    files: dict[str, str]
    beside: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back, the backup of what was there before, and the SHA-256 of evidence that is nowhere any more."""

    manifest: Manifest
    before: Path
    missing: tuple[str, ...]


def make(settings: Settings, target: Path, now: datetime, *, beside: bool = False) -> Manifest:
    """Writes a backup of everything into the new file `target` (0600), whole or not at all; Tenken may be running.

    `beside`: for a target in `copies_folder`; evidence is put beside it unless it is there already. Raises BackupError('exists' | 'no_command' | 'command'), Unavailable for the database or the target's disk.
    """
    if target.exists():
        raise BackupError("exists", file=str(target))
    with translated(), tempfile.TemporaryDirectory(dir=_folder(target.parent), prefix=".backup-") as name:
        scratch = Path(name)
        Store.open(settings.store_url).close()
        copies.copy_out(settings.store_url, scratch / DATABASE)
        # After the database: evidence is kept before an answer points to it, so all that is pointed to is here by now.
        whole, damaged = _evidence(settings, beside)
        inside = {} if beside else {f"{EVIDENCE}/{sha256[:2]}/{sha256}": sha256 for sha256 in whole}
        manifest = Manifest(
            product="tenken", format=FORMAT, version=__version__, schema_revision=HEAD, kind=copies.kind(settings.store_url),
            made_at=now.astimezone(UTC), files={DATABASE: _sha256(scratch / DATABASE)} | inside,
            beside=whole if beside else (), damaged=damaged,
        )  # fmt: skip
        made = scratch / "made.zip"
        with zipfile.ZipFile(made, "x", zipfile.ZIP_DEFLATED) as bundle:
            bundle.writestr(MANIFEST, manifest.model_dump_json(indent=2))
            bundle.write(scratch / DATABASE, DATABASE)
            for each, sha256 in inside.items():
                bundle.write(evidence.place(settings.evidence_folder, sha256), each, zipfile.ZIP_STORED)  # packed already, nearly all of it
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
        make(settings, before, now, beside=True)
        # Before the database: no answer points to a file that is still to come.
        places = (Path(name) / EVIDENCE, source.parent / EVIDENCE, copies_folder(settings) / EVIDENCE)
        missing = [each for each in _named(manifest) if not any(evidence.bring(place, settings.evidence_folder, each) for place in places)]
        try:
            copies.copy_in(Path(name) / DATABASE, settings.store_url)
        except Newer:
            raise BackupError("newer_backup", version=manifest.version) from None
    return Restored(manifest, before, tuple(missing))


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
    make(settings, today, now, beside=True)
    for old in sorted(folder.glob("daily-????-??-??.zip")):
        if old.stem < f"daily-{now - timedelta(days=KEPT_DAYS - 1):%Y-%m-%d}":
            old.unlink()
    _forget_unnamed(settings)
    return today


def newest_daily(settings: Settings) -> Path | None:
    return max(copies_folder(settings).glob("daily-????-??-??.zip"), default=None)


# --- inside ------------------------------------------------------------------------------------------------------


def _evidence(settings: Settings, beside: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All evidence: what is whole, and what is damaged. What is damaged and whole beside the copies is mended from there."""
    ours, copied = settings.evidence_folder, copies_folder(settings) / EVIDENCE
    whole, damaged = list[str](), list[str]()
    for sha256, _file in evidence.kept_files(ours):
        good = evidence.bring(copied, ours, sha256)
        (whole if good else damaged).append(sha256)
        if good and beside:
            evidence.bring(ours, copied, sha256)
    return tuple(whole), tuple(damaged)


def _named(manifest: Manifest) -> list[str]:
    """The SHA-256 of all evidence of a backup, in it and beside it."""
    return sorted({*manifest.beside, *(sha256 for name, sha256 in manifest.files.items() if name != DATABASE)})


def _forget_unnamed(settings: Settings) -> None:
    """Removes evidence beside the copies that none of them names any more, and that is not in use."""
    folder = copies_folder(settings)
    try:
        named = {sha256 for copy in folder.glob("*.zip") for sha256 in read_manifest(copy).beside}
    except BackupError as error:  # one cannot be read, and might name anything
        log.warning("copies of evidence are not tidied: %s", error)
        return
    for sha256, file in evidence.kept_files(folder / EVIDENCE):
        if sha256 not in named and not evidence.place(settings.evidence_folder, sha256).exists():
            file.unlink()


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
    inside = all(name == DATABASE or _is_evidence(name, sha256) for name, sha256 in manifest.files.items())
    beside = all(map(evidence.SHA256.fullmatch, manifest.beside))
    if manifest.product != "tenken" or DATABASE not in manifest.files or not inside or not beside:
        raise BackupError("foreign", file=str(source))
    return manifest


def _is_evidence(name: str, sha256: str) -> bool:
    """Whether a file of this name and hash is one of evidence: it is called after its hash, and so can lead nowhere else."""
    return evidence.SHA256.fullmatch(sha256) is not None and name == f"{EVIDENCE}/{sha256[:2]}/{sha256}"


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
