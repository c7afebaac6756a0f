"""PDF: a head, an end, a table that the end points to; no scripts, no attached files.

They are looked for where they stand plainly and in object streams packed by Flate. That finds what programs write; it does
not find what somebody hides with care, and does not replace a virus scanner.
"""

import re
import zlib
from collections.abc import Iterator
from typing import Final

from tenken.errors import EvidenceError
from tenken.kinds import guess

HEAD: Final = b"%PDF-"
TAIL: Final = 2048  # bytes at the end in which the pointer to the table stands
POINTER: Final = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF")
TABLE: Final = re.compile(rb"\s{0,9}(xref\s|\d{1,10}\s+\d{1,5}\s+obj)")
# Actions that run something, films with programs in them, attached files.
ACTIVE: Final = re.compile(rb"/S\s*/(?:JavaScript|Launch)\b|/Subtype\s*/RichMedia\b|/EF\s*(?:<<|\d{1,10}\s+\d{1,5}\s+R\b)")
OBJECTS: Final = re.compile(rb"/ObjStm\b")
STREAM: Final = re.compile(rb"stream\r?\n")
DICTIONARY: Final = 1024  # bytes between the name of an object stream and its data
STREAMS: Final = 10_000
UNPACKED: Final = 64 << 20
PIECE: Final = 1 << 16


def check(content: bytes, extension: str) -> None:
    """Raises EvidenceError('evidence_disagrees' | 'evidence_broken' | 'evidence_mixed' | 'evidence_active' | 'evidence_swollen')."""
    if not content.startswith(HEAD):
        guess.refuse(content, extension)
    tail = content[-TAIL:].rstrip(b"\0\x1a \t\r\n\f")
    pointers = list(POINTER.finditer(tail))
    if not pointers or not TABLE.match(content, int(pointers[-1][1])):
        raise EvidenceError("evidence_broken", extension=extension)
    if pointers[-1].end() != len(tail):
        raise EvidenceError("evidence_mixed", extension=extension)
    if ACTIVE.search(content) or any(map(ACTIVE.search, _object_streams(content, extension))):
        raise EvidenceError("evidence_active", extension=extension)


def _object_streams(content: bytes, extension: str) -> Iterator[bytes]:
    """What the object streams hold, each one unpacked as far as it goes. Raises EvidenceError('evidence_swollen')."""
    left = UNPACKED
    for number, named in enumerate(OBJECTS.finditer(content)):
        if number == STREAMS:
            raise EvidenceError("evidence_swollen", extension=extension)
        begin = STREAM.search(content, named.end(), named.end() + DICTIONARY)
        unpacked = _unpacked(content, begin.end(), left) if begin else b""
        left -= len(unpacked)
        if left <= 0:
            raise EvidenceError("evidence_swollen", extension=extension)
        yield unpacked


def _unpacked(content: bytes, at: int, most: int) -> bytes:
    """The Flate stream that begins at `at`, or what can be read of it; at most `most` bytes."""
    stream, out = zlib.decompressobj(), bytearray()
    try:
        while at < len(content) and not stream.eof and len(out) < most:
            piece = content[at : at + PIECE]
            at += len(piece)
            while piece and len(out) < most:
                out += stream.decompress(piece, most - len(out))
                piece = stream.unconsumed_tail
    except zlib.error:
        pass  # another filter, or encrypted
    return bytes(out)
