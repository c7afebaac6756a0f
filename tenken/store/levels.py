"""A sheet's answers as bytes in checklist order, so that many sheets can be judged without reading a line of their log.

`levels`: int8 codes (scoring.model). `dated`: int32, little-endian, days since 1970-01-01 of the evidence, 0 without.
`marks`: uint8, bits TO_RECONFIRM and BY_PROFILE.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from scoring.engine import codes, places
from scoring.model import OPEN, Checklist
from tenken.store.values import Entry

EPOCH = date(1970, 1, 1)
TO_RECONFIRM, BY_PROFILE = 1, 2


@dataclass(frozen=True, slots=True)
class Blobs:
    """The three byte strings of one sheet; len(checklist.questions) items each."""

    levels: bytes
    dated: bytes
    marks: bytes


def blank(checklist: Checklist) -> Blobs:
    """Nothing answered."""
    count = len(places(checklist))
    return Blobs(bytes([OPEN & 0xFF]) * count, bytes(4 * count), bytes(count))


def encode(checklist: Checklist, entries: Iterable[Entry]) -> Blobs:
    """The newest entry of each question as bytes; what has none is open."""
    return patch(checklist, blank(checklist), entries)


def patch(checklist: Checklist, blobs: Blobs, entries: Iterable[Entry]) -> Blobs:
    """`blobs` with some questions changed. Questions that the checklist does not ask (any more) are left out;
    a choice that its scale does not know (any more) is open, as is a withdrawn one."""
    place, code = places(checklist), codes(checklist)
    levels, dated, marks = bytearray(blobs.levels), bytearray(blobs.dated), bytearray(blobs.marks)
    for entry in entries:
        at = place.get(entry.question)
        if at is None:
            continue
        known = OPEN if entry.choice is None else code.get(entry.choice, OPEN)
        levels[at] = known & 0xFF
        struct.pack_into("<i", dated, 4 * at, (entry.evidence.dated - EPOCH).days if entry.evidence else 0)
        marks[at] = 0 if known == OPEN else TO_RECONFIRM * entry.carried | BY_PROFILE * entry.by_profile
    return Blobs(bytes(levels), bytes(dated), bytes(marks))
