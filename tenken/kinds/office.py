"""XLSX, DOCX and PPTX: a ZIP that holds what it says, is one document of Office, and no macros.

The list of the ZIP is read here and not by zipfile, which would make an object of every line before anything is counted.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tenken.errors import EvidenceError
from tenken.kinds import guess

HEAD: Final = b"PK\3\4"
END: Final = struct.Struct("<4s4H2LH")
ENTRY: Final = struct.Struct("<4s6H3L5H2L")
LOCAL: Final = struct.Struct("<4s5H3L2H")
COMMENT: Final = 65_535
LIST_BYTES: Final = 1 << 20
ENTRIES: Final = 10_000
UNPACKED: Final = 256 << 20
PIECE: Final = 1 << 18
STORED, DEFLATED = 0, 8
ENCRYPTED_FLAG, UTF8_FLAG = 1, 0x800

TYPES: Final = "[Content_Types].xml"
TYPES_BYTES: Final = 1 << 20
ROOT: Final = "_rels/.rels"
TYPE: Final = re.compile(rb"""ContentType\s*=\s*["']([^"'<>]{1,200})["']""")
MAINS: Final = {b"spreadsheetml.sheet.main+xml": "xlsx", b"wordprocessingml.document.main+xml": "docx", b"presentationml.presentation.main+xml": "pptx"}  # fmt: skip
ACTIVE_TYPES: Final = re.compile(rb"vbaproject|macroenabled|macrosheet|activex|\.vba", re.IGNORECASE)
ACTIVE_NAMES: Final = re.compile(r"vbaproject|vbadata|(^|/)activex/|(^|/)macrosheets/", re.IGNORECASE)
PROGRAMS: Final = (b"MZ", b"\x7fELF", b"#!")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the list: its head at `head`, and bytes `start` to `end` hold `size` bytes when unpacked."""

    name: str
    method: int
    crc: int
    size: int
    head: int
    start: int
    end: int


def check(content: bytes, extension: str) -> None:
    """Raises EvidenceError: 'evidence_disagrees', 'evidence_broken', 'evidence_mixed', 'evidence_active', 'evidence_locked',
    'evidence_swollen'."""
    if not content.startswith(HEAD):
        guess.refuse(content, extension)
    entries = _entries(content, extension)
    if sum(entry.size for entry in entries) > UNPACKED:
        raise EvidenceError("evidence_swollen", extension=extension)
    types, program = b"", False
    for entry in entries:
        begin = _unpack(content, entry, extension, TYPES_BYTES if entry.name == TYPES else guess.SNIFFED)
        types = begin if entry.name == TYPES else types
        program = program or begin.startswith(PROGRAMS)
    names = {entry.name for entry in entries}
    found = {kind for said in TYPE.findall(types) for end, kind in MAINS.items() if said.endswith(end)}
    if program or ACTIVE_TYPES.search(types) or any(map(ACTIVE_NAMES.search, names)):
        raise EvidenceError("evidence_active", extension=extension)
    if not found or ROOT not in names:
        raise EvidenceError("evidence_disagrees", extension=extension, found="zip")
    if b"<!" in types or b"&" in types or len(found) > 1:  # a list of types needs neither; macros could hide behind them
        raise EvidenceError("evidence_mixed", extension=extension)
    if found != {extension}:
        raise EvidenceError("evidence_disagrees", extension=extension, found=found.pop())


def end_of_zip(content: bytes) -> int | None:
    """Where the last record of a ZIP begins, if the file ends as one does; its comment is what is left."""
    at = len(content)
    while (at := content.rfind(b"PK\5\6", max(0, len(content) - COMMENT - END.size), at)) >= 0:
        if at + END.size <= len(content) and END.unpack_from(content, at)[7] == len(content) - at - END.size:
            return at
    return None


def _entries(content: bytes, extension: str) -> list[_Entry]:
    """The list, when it is whole, plain, short, and its files lie one behind the other from the first byte on."""
    broken = EvidenceError("evidence_broken", extension=extension)
    end = end_of_zip(content)
    if end is None:
        raise broken
    _sign, disk, first, here, count, size, offset, _comment = END.unpack_from(content, end)
    if disk or first or here != count or not count or offset + size != end:  # also what needs ZIP64
        raise broken
    if size > LIST_BYTES or count > ENTRIES:
        raise EvidenceError("evidence_swollen", extension=extension)
    entries = list(_listed(content, offset, end, extension))
    places = sorted((entry.head, entry.end) for entry in entries)
    names = {entry.name.lower() for entry in entries}
    apart = all(before <= head for (_head, before), (head, _end) in pairwise(places))
    if len(entries) != count or len(names) != count or places[0][0] or not apart or places[-1][1] > offset:
        raise broken
    return entries


def _listed(content: bytes, at: int, end: int, extension: str) -> Iterator[_Entry]:
    broken = EvidenceError("evidence_broken", extension=extension)
    while at < end:
        if at + ENTRY.size > end:
            raise broken
        sign, _by, _needs, flags, method, _time, _day, crc, packed, size, name, extra, comment, *_attributes, local = ENTRY.unpack_from(content, at)  # fmt: skip
        raw = content[at + ENTRY.size : at + ENTRY.size + name]
        at += ENTRY.size + name + extra + comment
        if flags & ENCRYPTED_FLAG:
            raise EvidenceError("evidence_locked", extension=extension)
        if sign != b"PK\1\2" or method not in (STORED, DEFLATED) or at > end or local + LOCAL.size > len(content):
            raise broken
        there, *_same, named, more = LOCAL.unpack_from(content, local)
        start = local + LOCAL.size + named + more
        shown = _name(raw, flags)
        if there != HEAD or content[local + LOCAL.size : local + LOCAL.size + named] != raw or not shown:
            raise broken
        yield _Entry(shown, method, crc, size, local, start, start + packed)


def _name(raw: bytes, flags: int) -> str:
    """The name of a file in the ZIP; empty when it leads out of it or cannot be read."""
    try:
        name = raw.decode("utf-8" if flags & UTF8_FLAG else "cp437")
    except UnicodeDecodeError:
        return ""
    return "" if name.startswith("/") or "\\" in name or "\0" in name or ".." in name.split("/") else name


def _unpack(content: bytes, entry: _Entry, extension: str, kept: int) -> bytes:
    """The first `kept` bytes; all are unpacked, counted, and compared with the checksum."""
    out, size, crc = bytearray(), 0, 0
    for piece in _pieces(content, entry, extension):
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        out += piece[: max(0, kept - len(out))]
        if size > entry.size:  # more than it said
            raise EvidenceError("evidence_swollen", extension=extension)
    if size != entry.size or crc != entry.crc:
        raise EvidenceError("evidence_broken", extension=extension)
    return bytes(out)


def _pieces(content: bytes, entry: _Entry, extension: str) -> Iterator[bytes]:
    """What is packed, unpacked, never more than PIECE at once. Raises EvidenceError('evidence_broken')."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    for at in range(entry.start, entry.end, PIECE):
        piece = content[at : min(at + PIECE, entry.end)]
        if entry.method == STORED:
            yield piece
            continue
        try:
            while piece and not stream.eof:
                yield stream.decompress(piece, PIECE)
                piece = stream.unconsumed_tail
        except zlib.error:
            break
        if stream.eof and at + PIECE < entry.end:
            break
    else:
        if entry.method == STORED:
            return
        yield stream.flush()  # what the last limit held back
        if stream.eof and not stream.unused_data:
            return
    raise EvidenceError("evidence_broken", extension=extension)
