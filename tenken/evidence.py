"""Evidence as files: what is taken, how it is kept, and that it is still what was taken.

A file lies under the SHA-256 of its content, `evidence/ab/abcdef…`, in no name that anybody chose: the same content is one
file, and a file that has changed is seen. The store knows who gave it, when, for what, and under which name (`KeptFile`).
"""

import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tenken.errors import EvidenceError
from tenken.kinds import Kind, kind_of
from tenken.settings import MEGABYTE
from tenken.store.connect import translated
from tenken.store.values import KeptFile

TOKEN_BYTES: Final = 16
NAME_LETTERS: Final = 200
LIMIT: Final = 20 * MEGABYTE
SHA256: Final = re.compile(r"[0-9a-f]{64}")
# Not shown, or shown as something else: control, direction and other invisible signs, halves of signs, line ends.
HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
NEVER_IN_NAMES: Final = str.maketrans('<>:"|?*', "_______")


@dataclass(frozen=True, slots=True)
class Examined:
    """What is wrong in the folder, as SHA-256 or, for `strange`, as paths in it.

    `missing`: expected and not there; `damaged`: not what was taken; `unknown`: whole, but nothing points to it; `strange`: no
    file of ours, for example what a machine that lost its power left half-written.
    """

    kept: int
    missing: tuple[str, ...]
    damaged: tuple[str, ...]
    unknown: tuple[str, ...]
    strange: tuple[str, ...]


# --- what is taken -----------------------------------------------------------------------------------------------


def check(name: str, content: bytes | Path, limit: int = LIMIT) -> Kind:
    """The kind of a file, by its content. Raises EvidenceError, Unavailable when a Path cannot be read."""
    return _checked(name, content, limit)[1]


def take(folder: Path, name: str, content: bytes | Path, limit: int = LIMIT) -> KeptFile:
    """Checks a file and keeps it in `folder`. Raises EvidenceError, Unavailable; nothing is kept then."""
    body, kind = _checked(name, content, limit)
    return KeptFile(secrets.token_urlsafe(TOKEN_BYTES), keep(folder, body), display_name(name), kind.media_type, len(body))


def display_name(name: str) -> str:
    """`name` without what cannot be seen or must not stand in a name. Raises EvidenceError('evidence_name')."""
    seen = "".join(sign for sign in name if unicodedata.category(sign) not in HIDDEN)
    shown = unicodedata.normalize("NFC", seen).translate(NEVER_IN_NAMES).strip(" .\u3000\u00a0")
    if not shown or len(shown) > NAME_LETTERS or "/" in shown or "\\" in shown:
        raise EvidenceError("evidence_name")
    return shown


def _checked(name: str, content: bytes | Path, limit: int) -> tuple[bytes, Kind]:
    shown = display_name(name)
    if isinstance(content, Path):
        with translated(), content.open("rb") as file:
            content = file.read(limit + 1)
    if len(content) > limit:
        raise EvidenceError("evidence_size", megabytes=limit // MEGABYTE)
    if not content:
        raise EvidenceError("evidence_empty")
    return content, kind_of(shown.rpartition(".")[2].lower() if "." in shown else "", content)


# --- how it is kept ----------------------------------------------------------------------------------------------


def keep(folder: Path, content: bytes) -> str:
    """Puts content into `folder`, whole and on the disk, and returns its SHA-256. Raises Unavailable; nothing is kept then."""
    sha256 = hashlib.sha256(content).hexdigest()
    with translated():
        if not is_whole(folder, sha256):
            _write(place(folder, sha256), content)
    return sha256


def bring(source: Path, folder: Path, sha256: str) -> bool:
    """Sees to it that the content of this hash is whole in `folder`, from `source` if need be. False: it is in neither.

    Raises Unavailable.
    """
    with translated():
        if is_whole(folder, sha256):
            return True
    try:
        keep(folder, open_kept(source, sha256))
    except EvidenceError:
        return False
    return True


def open_kept(folder: Path, sha256: str) -> bytes:
    """The content, if it is still what was taken. Raises EvidenceError('evidence_missing' | 'evidence_damaged'), Unavailable."""
    if not SHA256.fullmatch(sha256):
        raise EvidenceError("evidence_missing")
    with translated():
        try:
            content = place(folder, sha256).read_bytes()
        except FileNotFoundError:
            raise EvidenceError("evidence_missing") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise EvidenceError("evidence_damaged")
    return content


def examine_evidence(folder: Path, expected: Collection[str]) -> Examined:
    """Reads every file. `expected`: the SHA-256 of all evidence that the store knows. Raises Unavailable."""
    with translated():
        kept = dict(kept_files(folder))
        damaged = {sha256 for sha256 in kept if not is_whole(folder, sha256)}
        ours = set(kept.values())
        strange = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir() and path not in ours)
    return Examined(
        len(kept), tuple(sorted(set(expected) - kept.keys())), tuple(sorted(damaged)),
        tuple(sorted(kept.keys() - set(expected) - damaged)), tuple(strange),
    )  # fmt: skip


def kept_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """(SHA-256, file) of everything that lies where it belongs, in the order of the names."""
    for path in sorted(folder.glob("[0-9a-f][0-9a-f]/*")):
        if SHA256.fullmatch(path.name) and path.parent.name == path.name[:2] and path.is_file():
            yield path.name, path


def place(folder: Path, sha256: str) -> Path:
    """Where the content of this hash lies."""
    return folder / sha256[:2] / sha256


def is_whole(folder: Path, sha256: str) -> bool:
    """Whether the content of this hash is there, and still it."""
    try:
        with place(folder, sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


def _write(target: Path, content: bytes) -> None:
    """Under a name that nobody reads, then under its own: there is never half a file, also not after a loss of power."""
    for folder in (target.parent.parent, target.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = target.with_name(f".new-{secrets.token_hex(8)}")
    try:
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, target)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    for folder in (target.parent, target.parent.parent):
        _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    """The names in it, onto the disk; Windows does that by itself."""
    if os.name == "nt":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
