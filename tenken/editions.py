"""What a quarter is judged by: the content that is shipped when it opens is kept in the store and stays its own.

Three pieces, each named by the SHA-256 of its files: the checklist, the statistics with their vocabularies, the cause matrix.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from scoring.load.checklist import content_hash
from tenken.content import BUNDLED, CHECKLISTS, DATA, Content, load_content
from tenken.errors import NotFound
from tenken.store import Pins, Store

STATISTICS = ("statistics.yaml", "ppc_reference.yaml", "controls.yaml", "subject.yaml", "tsr/*.csv", "secondary/*.csv")
MATRIX = ("cause_matrix.yaml",)


@dataclass(frozen=True, slots=True)
class Shipped:
    """The content of this installation and its names; `files`: {hash: {name: text}}."""

    content: Content
    pins: Pins
    files: dict[str, dict[str, str]]


@lru_cache(maxsize=1)
def shipped() -> Shipped:
    """Raises what `load_content` raises."""
    content = load_content()
    checklist = _texts(CHECKLISTS / BUNDLED, ("*.yaml",))
    statistics, matrix = _texts(DATA, STATISTICS), _texts(DATA, MATRIX)
    pins = Pins(content.checklist.content_hash, _hash(statistics), _hash(matrix))
    return Shipped(content, pins, {pins.checklist: checklist, pins.statistics: statistics, pins.matrix: matrix})


def pin(store: Store) -> Pins:
    """Keeps the shipped content in the store and names it. Raises Unavailable."""
    now = shipped()
    store.keep_content("checklist", now.pins.checklist, now.content.checklist.edition, now.files[now.pins.checklist])
    store.keep_content("statistics", now.pins.statistics, now.content.statistics.edition, now.files[now.pins.statistics])
    store.keep_content("matrix", now.pins.matrix, now.content.matrix.edition, now.files[now.pins.matrix])
    return now.pins


def content_of(store: Store, pins: Pins | None) -> Content:
    """The content of a quarter: what it was pinned to, or what is shipped. Raises NotFound, ContentError."""
    return shipped().content if pins is None or pins == shipped().pins else _kept(store, pins)


def name_of(kind: str, files: dict[str, str]) -> str:
    """The name that files of this kind come to: what they are kept under, unless somebody changed them."""
    if kind != "checklist":
        return _hash(files)
    with TemporaryDirectory(prefix="tenken-") as name:
        try:
            _write(Path(name), files)
        except (NotFound, OSError):
            return ""
        return content_hash(Path(name))


@lru_cache(maxsize=16)
def _kept(store: Store, pins: Pins) -> Content:
    """Kept files are read as shipped ones are: from a folder, which is gone again afterwards."""
    with TemporaryDirectory(prefix="tenken-") as name:
        folder = Path(name)
        _write(folder / "checklists" / BUNDLED, store.content(pins.checklist))
        _write(folder / "data", store.content(pins.statistics) | store.content(pins.matrix))
        return load_content(folder / "checklists", folder / "data")


def _texts(folder: Path, patterns: tuple[str, ...]) -> dict[str, str]:
    files = sorted(file for pattern in patterns for file in folder.glob(pattern))
    return {file.relative_to(folder).as_posix(): file.read_bytes().decode() for file in files}


def _hash(files: dict[str, str]) -> str:
    return sha256(json.dumps(files, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        target = folder / name
        if not target.resolve().is_relative_to(folder.resolve()):  # kept by nobody of us
            raise NotFound("content", name=name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
