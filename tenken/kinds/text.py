"""Plain text and CSV: text from the first to the last byte, in an encoding that offices in Japan use."""

import codecs
import re
from typing import Final

from tenken.errors import EvidenceError
from tenken.kinds import guess

WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ENCODINGS: Final = ("utf-8-sig", "cp932", "euc_jp")
CONTROL: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\uf8f0-\uf8f3\ufffe\uffff]")  # U+F8F0: what is no sign in CP932
BLANK: Final = re.compile(rb"\A(?:\s|\xef\xbb\xbf)+")
PIECE: Final = 1 << 20
PROGRAMS: Final = (b"#!", b"<?php")
DOCUMENTS: Final = (b"%PDF-", b"{\\rtf", b"%!PS")


def check(content: bytes, extension: str) -> None:
    """Raises EvidenceError('evidence_active' | 'evidence_disagrees' | 'evidence_broken')."""
    begin = _begin(content)
    if begin.startswith(PROGRAMS):
        raise EvidenceError("evidence_active", extension=extension)
    if begin.startswith(DOCUMENTS) or guess.BEGINS_AS_MARKUP.match(begin):
        guess.refuse(begin, extension)
    if not is_text(content):
        guess.refuse(content, extension)


def is_text(content: bytes) -> bool:
    return any(_decodes(content, encoding) for encoding in (("utf-16",) if content.startswith(WIDE) else ENCODINGS))


def _begin(content: bytes) -> bytes:
    """The first letters behind marks and blanks, UTF-16 as UTF-8."""
    begin = content[: guess.SNIFFED]
    if begin.startswith(WIDE):
        begin = begin.decode("utf-16", "replace").encode()
    return BLANK.sub(b"", begin)


def _decodes(content: bytes, encoding: str) -> bool:
    """Whether all of it is letters. Piece by piece: 20 MB of letters would take 80."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for at in range(0, len(content), PIECE):
            if CONTROL.search(decoder.decode(content[at : at + PIECE], at + PIECE >= len(content))):
                return False
    except UnicodeDecodeError:
        return False
    return True
