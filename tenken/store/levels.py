"""A sheet's answers as bytes: one int8 per question in checklist order (codes: scoring.model)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from scoring.model import NA_WORD, NOT_APPLICABLE, OPEN, UNKNOWN, UNKNOWN_WORD, Checklist


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each question stands in the bytes, and the code of each word that can be chosen."""

    positions: dict[str, int]
    codes: dict[str | None, int]


@lru_cache(maxsize=16)
def layout(checklist: Checklist) -> Layout:
    """Worked out once per checklist content: a save needs it every time."""
    positions = {question.id: position for position, question in enumerate(checklist.questions)}
    codes: dict[str | None, int] = {choice.id: position for position, choice in enumerate(checklist.choices)}
    return Layout(positions, codes | {UNKNOWN_WORD: UNKNOWN, NA_WORD: NOT_APPLICABLE})


def encode(checklist: Checklist, choices: Mapping[str, str | None]) -> bytes:
    """{question: choice} as bytes, len(checklist.questions) long; what is not in `choices` is open."""
    return patch(checklist, bytes([OPEN & 0xFF]) * len(layout(checklist).positions), choices)


def patch(checklist: Checklist, levels: bytes, choices: Mapping[str, str | None]) -> bytes:
    """`levels` with some questions changed. Questions that the checklist does not ask (any more) are left out;
    a choice that its scale does not know (any more) is open, as is None."""
    known, patched = layout(checklist), bytearray(levels)
    for question, choice in choices.items():
        position = known.positions.get(question)
        if position is not None:
            patched[position] = known.codes.get(choice, OPEN) & 0xFF
    return bytes(patched)
