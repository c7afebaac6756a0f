"""Which passwords a locked file can have: as long as every program that opens it can take, and none that it would cut off silently."""

from typing import Literal
from unicodedata import normalize

from tenken.errors import ReportError

Kind = Literal["pdf", "xlsx", "pptx", "zip"]

# Office: 255 letters. PDF 2.0 (ISO 32000-2, 7.6.4.3.3): 127 bytes of UTF-8; what is longer would be cut off without a word.
MOST: dict[Kind, int] = {"pdf": 127, "xlsx": 255, "pptx": 255, "zip": 255}


def allowed(password: str, kind: Kind) -> str:
    """The password as the file's program gets it; '' means none. Raises ReportError: password_too_long (n, most: letters, for a
    PDF bytes, where a Japanese letter is three), password_signs for control characters and, in a PDF, for signs like ① or ｱ, which
    some readers turn into 1 or ア before they compare (SASLprep) and others do not."""
    if not password.isprintable() or (kind == "pdf" and normalize("NFKC", password) != password):
        raise ReportError("password_signs", kind=kind.upper())
    size = len(password.encode("utf-8")) if kind == "pdf" else len(password.encode("utf-16-le")) // 2
    if size > MOST[kind]:
        raise ReportError("password_too_long", kind=kind.upper(), n=size, most=MOST[kind])
    return password
