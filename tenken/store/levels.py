"""A sheet's answers as bytes: one int8 per question in checklist order (codes: scoring.model)."""

from collections.abc import Mapping

from scoring.engine import codes, places
from scoring.model import OPEN, Checklist


def encode(checklist: Checklist, choices: Mapping[str, str | None]) -> bytes:
    """{question: choice} as bytes, len(checklist.questions) long; what is not in `choices` is open."""
    return patch(checklist, bytes([OPEN & 0xFF]) * len(places(checklist)), choices)


def patch(checklist: Checklist, levels: bytes, choices: Mapping[str, str | None]) -> bytes:
    """`levels` with some questions changed. Questions that the checklist does not ask (any more) are left out;
    a choice that its scale does not know (any more) is open, as is None."""
    place, code, patched = places(checklist), codes(checklist), bytearray(levels)
    for question, choice in choices.items():
        if question in place:
            patched[place[question]] = (OPEN if choice is None else code.get(choice, OPEN)) & 0xFF
    return bytes(patched)
