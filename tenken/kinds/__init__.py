"""What a file is, by its content: the few kinds that evidence may have, and the reason why anything else is refused.

An extension is a claim, and each kind has a module that proves it from the first byte to the last. Nothing is drawn and
nothing run; what is packed is unpacked piece by piece, to be counted, and thrown away.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tenken.errors import EvidenceError
from tenken.kinds import guess, office, pdf, pictures, text

SHOWN: Final = 12  # letters of an extension that nobody knows
OFFICE: Final = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class Kind:
    """`extension` without its dot, as a file of this kind is called."""

    extension: str
    media_type: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """`check(content, extension)` raises EvidenceError unless the content is one whole file of this kind."""

    kind: Kind
    check: Callable[[bytes, str], None]


def _rule(extension: str, media_type: str, check: Callable[[bytes, str], None]) -> _Rule:
    return _Rule(Kind(extension, media_type), check)


# A mail (.eml, .msg) is not here: it is a container for other files, and no sender is proved by a file that anybody can write.
_RULES: Final = {
    "pdf": _rule("pdf", "application/pdf", pdf.check),
    "png": _rule("png", "image/png", pictures.check_png),
    "jpg": _rule("jpg", "image/jpeg", pictures.check_jpeg),
    "jpeg": _rule("jpg", "image/jpeg", pictures.check_jpeg),
    "xlsx": _rule("xlsx", f"{OFFICE}.spreadsheetml.sheet", office.check),
    "docx": _rule("docx", f"{OFFICE}.wordprocessingml.document", office.check),
    "pptx": _rule("pptx", f"{OFFICE}.presentationml.presentation", office.check),
    "txt": _rule("txt", "text/plain", text.check),
    "log": _rule("log", "text/plain", text.check),
    "csv": _rule("csv", "text/csv", text.check),
}
EXTENSIONS: Final = tuple(_RULES)


def kind_of(extension: str, content: bytes) -> Kind:
    """The kind of a file that is called `.extension` (lower case) and holds `content`.

    Raises EvidenceError: 'evidence_kind' for an extension that is not taken, 'evidence_disagrees' (found=) for the content of
    another kind, 'evidence_broken', 'evidence_mixed', 'evidence_active', 'evidence_locked', 'evidence_swollen'.
    """
    rule = _RULES.get(extension)
    if rule is None:
        raise EvidenceError("evidence_kind", extension=extension[:SHOWN] or "-", kinds=", ".join(EXTENSIONS))
    rule.check(content, extension)
    if rule.check is not office.check and office.end_of_zip(content) is not None:
        raise EvidenceError("evidence_mixed", extension=extension)
    if rule.check is not text.check and guess.markup(content):
        raise EvidenceError("evidence_mixed", extension=extension)
    return rule.kind
