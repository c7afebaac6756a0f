"""What refused content probably is, for the sentence that says so. A guess lets nothing in."""

import re
from typing import Final, NoReturn

import puremagic

from tenken.errors import EvidenceError

HEADS: Final = (
    (b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"PK\3\4", "zip"), (b"PK\5\6", "zip"),
    (b"MZ", "exe"), (b"\x7fELF", "elf"), (b"#!", "script"), (b"<?php", "php"), (b"{\\rtf", "rtf"), (b"%!PS", "ps"),
)  # fmt: skip
OLE: Final = bytes.fromhex("D0CF11E0A1B11AE1")
PASSWORD: Final = "EncryptedPackage".encode("utf-16-le")
SNIFFED: Final = 1024  # bytes that a browser looks at when it guesses
SURE: Final = 4  # bytes that must agree before puremagic is believed
MARKUP: Final = re.compile(rb"<(!doctype|html|head|body|script|iframe|svg|\?php)[\s>/]", re.IGNORECASE)
BEGINS_AS_MARKUP: Final = re.compile(rb"(\xef\xbb\xbf)?\s*<[a-z!?/]", re.IGNORECASE)


def markup(content: bytes) -> bool:
    """Whether a browser that guesses could take it for a page."""
    return MARKUP.search(content[:SNIFFED]) is not None


def name(content: bytes) -> str:
    """The usual extension of such content; empty when nothing is known."""
    for head, found in HEADS:
        if content.startswith(head):
            return found
    if BEGINS_AS_MARKUP.match(content[:SNIFFED]):
        begin = content[:SNIFFED].lower()
        return "svg" if b"<svg" in begin else "html" if b"<html" in begin or b"<!doctype html" in begin else "xml"
    try:
        guesses = puremagic.magic_string(content[:SNIFFED])
    except (puremagic.PureError, ValueError):
        return ""
    sure = [each.extension.strip(".") for each in guesses if len(each.byte_match) >= SURE and each.extension]
    return sure[0] if sure else ""


def refuse(content: bytes, extension: str) -> NoReturn:
    """Raises EvidenceError for content that does not begin as its extension says."""
    if content.startswith(OLE) and PASSWORD in content:
        raise EvidenceError("evidence_locked", extension=extension)
    found = name(content)
    if found and found != extension:
        raise EvidenceError("evidence_disagrees", extension=extension, found=found)
    raise EvidenceError("evidence_broken", extension=extension)
