"""What changed between two states of the same sheet (docs/scoring.md, 7).

With e, p earned and possible of one question before (0) and after (1), E and P the totals:

    Δ_q = (e1 − e0) · ½(1/P0 + 1/P1) − ½(E0 + E1) · (p1 − p0) / (P0 · P1)

Σ Δ_q = E1/P1 − E0/P0 exactly, whatever the order of the questions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from scoring.model import Score

Kind = Literal[
    "raised",
    "lowered",
    "newly_answered",
    "withdrawn",
    "newly_not_applicable",
    "not_applicable_withdrawn",
    "added",
    "retired",
    "reweighted",
]


@dataclass(frozen=True, slots=True)
class Change:
    """One question's part of the change of `percent` (a fraction of 1), and the class that it belongs to."""

    question: str
    kind: Kind
    delta: Fraction


def changes(before: Mapping[str, Score], after: Mapping[str, Score]) -> tuple[Change, ...] | None:
    """The questions that changed, from their one-question scores. None when either total has nothing applicable:
    then there is no decomposition."""
    first, last = sum(before.values(), Score()), sum(after.values(), Score())
    if not first.possible or not last.possible:
        return None
    found = []
    for question in dict.fromkeys((*before, *after)):
        old, new = before.get(question), after.get(question)
        kind = _kind(old, new)
        if kind is None:
            continue
        e0, p0 = (old.earned, old.possible) if old else (0, 0)
        e1, p1 = (new.earned, new.possible) if new else (0, 0)
        delta = (e1 - e0) * (Fraction(1, first.possible) + Fraction(1, last.possible)) / 2
        delta -= Fraction((first.earned + last.earned) * (p1 - p0), 2 * first.possible * last.possible)
        found.append(Change(question, kind, delta))
    return tuple(found)


def _kind(old: Score | None, new: Score | None) -> Kind | None:
    if old is None or new is None:
        return "added" if old is None else "retired"
    if old.total != new.total:
        return "reweighted"
    if old == new:
        return None
    if new.not_applicable:
        return "newly_not_applicable"
    if old.not_applicable:
        return "not_applicable_withdrawn"
    if new.open:
        return "withdrawn"
    if old.open:
        return "newly_answered"
    if old.earned == new.earned:
        return None
    return "raised" if new.earned > old.earned else "lowered"
