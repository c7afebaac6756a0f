"""The levels of a question as the words of a cell, and back."""

import re
import unicodedata
from functools import lru_cache

from scoring.model import NA_WORD, UNKNOWN_WORD, Answer, Checklist, Question
from tenken.i18n import LANGUAGES, Words, words
from tenken.palette import NOT_APPLICABLE_SIGN, UNKNOWN_SIGN

# Signs that mean the same as ours where people type them; compared after `_simple`.
_UNKNOWN = ("?",)
_NOT_APPLICABLE = tuple(map(chr, (0x2D, 0x2010, 0x2013, 0x2014, 0x2015, 0x2212, 0x30FC)))  # strokes of every kind
_LOWEST = tuple(map(chr, (0xD7, 0x2715, 0x78)))  # crosses


def options(question: Question, checklist: Checklist, _: Words) -> tuple[str, ...]:
    """What the list of a cell offers, in the order of `choices`: every level with its sentence, then the two others."""
    levels = [f"{number} {_.text(level)}" for number, level in enumerate(question.levels)]
    return (*levels, f"{UNKNOWN_SIGN} {_('Don’t know')}", f"{NOT_APPLICABLE_SIGN} {_('Not applicable')}")


def choices(checklist: Checklist) -> tuple[str, ...]:
    """Choice ids in the order of `options`."""
    return (*(choice.id for choice in checklist.choices), UNKNOWN_WORD, NA_WORD)


def level_text(question: Question, checklist: Checklist, answer: Answer | None, _: Words) -> str:
    """The option that an answer is; empty for none."""
    if answer is None:
        return ""
    return options(question, checklist, _)[choices(checklist).index(answer.choice)]


def short_text(checklist: Checklist, answer: Answer | None, _: Words) -> str:
    """An answer as level and name of the level: '2 Done in part'; empty for none."""
    if answer is None:
        return ""
    names = [f"{number} {_.text(choice.label)}" for number, choice in enumerate(checklist.choices)]
    others = [f"{UNKNOWN_SIGN} {_('Don’t know')}", f"{NOT_APPLICABLE_SIGN} {_('Not applicable')}"]
    return (names + others)[choices(checklist).index(answer.choice)]


def choice_of(text: str, question: Question, checklist: Checklist) -> str | None:
    """The choice that the text of a cell means; None when it means none.

    An option or its sentence in either language, the name of a level, its number or a sign; wide signs and spaces count
    as narrow ones. A number before the sentence of another level means none of the two.
    """
    return _meanings(question, checklist).get(_simple(text))


@lru_cache(maxsize=2048)
def _meanings(question: Question, checklist: Checklist) -> dict[str, str]:
    found: dict[str, str] = {}
    ids = choices(checklist)
    for lang in LANGUAGES:
        _ = words(lang)
        for choice, option in zip(ids, options(question, checklist, _), strict=True):
            sign, sentence = option.split(" ", 1)
            found |= dict.fromkeys((option, sign, sentence), choice)
        for number, level in enumerate(checklist.choices):
            found |= dict.fromkeys((f"{number} {_.text(level.label)}", _.text(level.label), level.id), level.id)
    found |= dict.fromkeys((*_UNKNOWN, UNKNOWN_WORD), UNKNOWN_WORD)
    found |= dict.fromkeys((*_NOT_APPLICABLE, "n/a", NA_WORD), NA_WORD)
    found |= dict.fromkeys(_LOWEST, ids[0])
    return {_simple(text): choice for text, choice in found.items()}


def _simple(text: str) -> str:
    """Compared without case, width, spaces, the kind of apostrophe, and a full stop at the end."""
    narrow = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    return re.sub(r"\s+", "", narrow).rstrip(".\u3002")
