"""PNG and JPEG, walked from part to part; no pixel is looked at."""

import re
import zlib
from typing import Final

from tenken.errors import EvidenceError
from tenken.kinds import guess

PNG: Final = b"\x89PNG\r\n\x1a\n"
IHDR: Final = b"\0\0\0\x0dIHDR"
JPEG: Final = b"\xff\xd8\xff"
PICTURES: Final = 8  # behind the first one, in one file: a preview, a map of brightness
PARTS: Final = 50_000  # in one picture; a camera writes hundreds
NO_ZERO: Final = re.compile(rb"[^\0]")
MARKER: Final = re.compile(rb"\xff+([\x01-\xfe])")
SCAN_END: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # neither a stuffed FF nor a restart
START, END, SCAN = 0xD8, 0xD9, 0xDA
FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
# What telephones write behind the picture: Samsung's own block, and the film of a moving photograph.
SAMSUNG: Final = b"SEFT"
FILM: Final = b"ftyp"


def check_png(content: bytes, extension: str) -> None:
    """Every chunk with its checksum, from IHDR to IEND, and nothing behind."""
    if not content.startswith(PNG):
        guess.refuse(content, extension)
    at, kinds = len(PNG), list[bytes]()
    while not kinds or kinds[-1] != b"IEND":
        head = content[at : at + 8]
        size = int.from_bytes(head[:4])
        data = memoryview(content)[at + 4 : at + 8 + size]
        sum_ = content[at + 8 + size : at + 12 + size]
        if len(head) < 8 or len(sum_) < 4 or zlib.crc32(data) != int.from_bytes(sum_) or len(kinds) > PARTS:
            raise EvidenceError("evidence_broken", extension=extension)
        kinds.append(head[4:])
        at += 12 + size
    if content[len(PNG) : len(PNG) + 8] != IHDR or b"IDAT" not in kinds:
        raise EvidenceError("evidence_broken", extension=extension)
    if at != len(content):
        raise EvidenceError("evidence_mixed", extension=extension)


def check_jpeg(content: bytes, extension: str) -> None:
    """Every segment, from the start to the end of the picture, and nothing behind but what telephones put there."""
    if not content.startswith(JPEG):
        guess.refuse(content, extension)
    end = _end_of_jpeg(content, 0)
    if end is None:
        raise EvidenceError("evidence_broken", extension=extension)
    for _more in range(PICTURES):
        after = _end_of_jpeg(content, _behind_zeros(content, end))
        end = after or end
    telephone = content[end + 4 : end + 8] == FILM or content.endswith(SAMSUNG)
    if _behind_zeros(content, end) < len(content) and (not telephone or guess.MARKUP.search(content, end)):
        raise EvidenceError("evidence_mixed", extension=extension)


def _behind_zeros(content: bytes, at: int) -> int:
    found = NO_ZERO.search(content, at)
    return found.start() if found else len(content)


def _end_of_jpeg(content: bytes, at: int) -> int | None:
    """Where the picture that begins at `at` ends; None when it does not, or holds none."""
    if not content.startswith(JPEG, at):
        return None
    at, framed, scanned = at + 2, False, False
    for _part in range(PARTS):
        found = MARKER.match(content, at)
        if not found:
            return None
        at, marker = found.end() - 2, found[1][0]
        if marker == END:
            return at + 2 if framed and scanned else None
        size = int.from_bytes(content[at + 2 : at + 4])
        if marker < 0xC0 or marker == START or size < 2 or at + 2 + size > len(content):
            return None
        at += 2 + size
        framed = framed or marker in FRAMES
        if marker == SCAN:
            scanned = True
            after = SCAN_END.search(content, at)
            if after is None:
                return None
            at = after.start()
    return None
