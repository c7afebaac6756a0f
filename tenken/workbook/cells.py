"""A program of its own: one XLSX file on standard input, its cells as JSON on standard output.

It is started by limits.py and knows nothing of Tenken. What it reads may have been made to harm whoever reads it, so
it first takes away from itself what it does not need: memory, time, files. Every member of the archive is unpacked
here, within limits, checked, and packed anew for the library that reads the cells, so that nothing is read that was
not checked. It answers {"sheets": […]} or {"refused": code, …}; whatever else happens to it is for limits.py to see.
"""

import datetime
import io
import json
import sys
import zipfile
from typing import Any, NoReturn
from xml.parsers import expat

MEMORY, SECONDS = 512 * 1024 * 1024, 2
MEMBERS, UNPACKED, RATIO, SMALL = 2_000, 50_000_000, 300, 1_000_000
ROWS, COLUMNS, CELLS, LETTERS, FOUND = 5_000, 256, 300_000, 20_000_000, 1_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Ranges = list[tuple[int, int, int, int]]  # first row, first column, last row, last column; from 0


class Refused(Exception):
    """The file is not read any further; `said` goes to standard output."""

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code)
        self.said = {"refused": code} | fields


def main() -> None:
    _limit()
    try:
        said: dict[str, object] = {"sheets": _sheets(_members(sys.stdin.buffer.read()))}
    except Refused as refused:
        said = refused.said
    except MemoryError:
        said = {"refused": "too_much"}
    except BaseException:  # a panic of the library is no Exception, and a file may break whatever reads it
        said = {"refused": "damaged"}
    sys.stdout.buffer.write(json.dumps(said, ensure_ascii=False).encode())


def _limit() -> None:
    """Windows knows no such limits: there the clock of limits.py is the only one."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # macOS refuses some
            continue


# --- the archive ---------------------------------------------------------------------------------


def _members(data: bytes) -> dict[str, bytes]:
    """{name: content} of every XML part, once the archive as a whole is one that we want to look into."""
    if data.startswith(OLE):
        raise Refused("password" if "EncryptedPackage".encode("utf-16-le") in data else "old_format")
    if not data.startswith(b"PK"):
        raise Refused("no_workbook")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        _bounded(infos)
        _kind({info.filename.casefold() for info in infos})
        parts = {info.filename: archive.read(info) for info in infos if info.filename.casefold().endswith((".xml", ".rels"))}
    _active(parts)
    return parts


def _bounded(infos: list[zipfile.ZipInfo]) -> None:
    if any(info.flag_bits & 1 for info in infos):
        raise Refused("password")
    swollen = any(info.file_size > SMALL and info.file_size > RATIO * info.compress_size for info in infos)
    if len(infos) > MEMBERS or sum(info.file_size for info in infos) > UNPACKED or swollen:
        raise Refused("too_much")
    if len({info.filename.casefold() for info in infos}) < len(infos):
        raise Refused("damaged")


def _kind(names: set[str]) -> None:
    """XLSX, without anything in it that acts or is somewhere else."""
    if "xl/workbook.bin" in names:
        raise Refused("old_format")
    if any(name.endswith("vbaproject.bin") or name.startswith(("xl/macrosheets/", "xl/activex/", "xl/embeddings/")) for name in names):
        raise Refused("macros")
    if any(name.startswith(("xl/externallinks/", "xl/querytables/")) or name == "xl/connections.xml" for name in names):
        raise Refused("external")
    if "xl/workbook.xml" not in names:
        raise Refused("no_workbook")


def _active(parts: dict[str, bytes]) -> None:
    if any(b"<!DOCTYPE" in content or b"<!ENTITY" in content for content in parts.values()):
        raise Refused("damaged")
    if b"macroEnabled" in parts.get("[Content_Types].xml", b""):
        raise Refused("macros")
    for name, content in parts.items():
        if name.endswith(".rels"):
            for _target, kind, mode in _relations(content).values():
                if mode == "External" and not kind.endswith("/hyperlink"):
                    raise Refused("external")


# --- its parts -----------------------------------------------------------------------------------


def _parsed(content: bytes, start: Any, end: Any = None, text: Any = None) -> None:
    """Runs through one part; element names come without their prefix."""

    def refuse(*_names: object) -> NoReturn:
        raise Refused("damaged")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text:
        parser.CharacterDataHandler = text
    parser.Parse(content, True)


def _relations(content: bytes) -> dict[str, tuple[str, str, str]]:
    """{id: (target, type, mode)}"""
    found: dict[str, tuple[str, str, str]] = {}

    def start(name: str, of: dict[str, str]) -> None:
        if name == "Relationship":
            found[of.get("Id", "")] = (of.get("Target", ""), of.get("Type", ""), of.get("TargetMode", ""))

    _parsed(content, start)
    return found


def _named_parts(parts: dict[str, bytes]) -> dict[str, str]:
    """{name of a worksheet: name of its part}"""
    by_name = {name.casefold(): name for name in parts}
    targets = _relations(parts[by_name["xl/_rels/workbook.xml.rels"]])
    found: dict[str, str] = {}

    def start(name: str, of: dict[str, str]) -> None:
        if name == "sheet":
            relation = next((value for key, value in of.items() if key.rpartition(":")[2] == "id" and ":" in key), "")
            target, kind, _mode = targets.get(relation, ("", "", ""))
            path = target[1:] if target.startswith("/") else f"xl/{target}"
            if of.get("name", "") in found:
                raise Refused("damaged")
            if kind.endswith("/worksheet") and path.casefold() in by_name:
                found[of.get("name", "")] = by_name[path.casefold()]

    _parsed(parts[by_name["xl/workbook.xml"]], start)
    return found


class Scan:
    """What the library does not tell about a worksheet: where formulas and merged cells are, and how far it reaches."""

    def __init__(self, content: bytes, left: int) -> None:
        self.formulas: Ranges = []
        self.merged: Ranges = []
        self.cells, self.big = 0, False
        self._left, self._row, self._column, self._filled = left, -1, -1, False
        _parsed(content, self._start)

    def _start(self, name: str, of: dict[str, str]) -> None:
        if name == "row":
            self._row, self._column = int(of["r"]) - 1 if "r" in of else self._row + 1, -1
        elif name == "c":
            self._row, self._column = _place(of["r"]) if "r" in of else (self._row, self._column + 1)
            self._filled = False
        elif name in ("v", "is") and not self._filled:
            self._filled = True
            self.cells += 1
            self.big = self.big or self._row >= ROWS or self._column >= COLUMNS
            if self.cells > self._left:
                raise Refused("too_much")
        elif name == "f" and len(self.formulas) < FOUND:
            self.formulas.append(_range(of["ref"]) if "ref" in of else (self._row, self._column) * 2)
        elif name == "mergeCell" and len(self.merged) < FOUND:
            self.merged.append(_range(of["ref"]))


def _place(cell: str) -> tuple[int, int]:
    """'D12' → (11, 3)"""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1


def _range(cells: str) -> tuple[int, int, int, int]:
    first, _, last = cells.replace("$", "").partition(":")
    return (*_place(first), *_place(last or first))


# --- its cells -----------------------------------------------------------------------------------


def _sheets(parts: dict[str, bytes]) -> list[dict[str, object]]:
    """Name, rows, formulas and merged cells of every worksheet; `big` ones come without rows."""
    named = _named_parts(parts)
    scans: dict[str, Scan] = {}
    left = CELLS
    for name, part in named.items():
        scans[name] = Scan(parts[part], left)
        left -= scans[name].cells
    small = {part for name, part in named.items() if not scans[name].big}
    book = _packed({name: content for name, content in parts.items() if name in small or name not in named.values()})
    sheets: list[dict[str, object]] = []
    letters = LETTERS
    for name, scan in scans.items():
        rows = [] if scan.big else _rows(book, name)
        letters -= sum(len(value) for row in rows for value in row if isinstance(value, str))
        if letters < 0:
            raise Refused("too_much")
        sheets.append({"name": name, "rows": rows, "formulas": scan.formulas, "merged": scan.merged, "big": scan.big})
    return sheets


def _packed(parts: dict[str, bytes]) -> Any:
    from python_calamine import CalamineWorkbook

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    out.seek(0)
    return CalamineWorkbook.from_filelike(out)


def _rows(book: Any, name: str) -> list[list[object]]:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [[_told(value) for value in row] for row in rows]


def _told(value: object) -> object:
    """A value as JSON has it; days and times as {kind: ISO}."""
    if isinstance(value, datetime.datetime | datetime.date):
        return {type(value).__name__: value.isoformat()}
    return value if isinstance(value, str | float | int) else {"other": str(value)}


if __name__ == "__main__":
    main()
