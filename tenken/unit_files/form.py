"""The columns of a file of units, and the words that its cells may say; both languages are read, one is written."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from scoring.model import Owner
from scoring.units import UnitKind
from tenken.i18n import LANGUAGES, Words, words
from tenken.store.values import UnitPlan
from tenken.unit_words import column_words, kind_words, owner_words

COLUMNS: Final = ("code", "parent", "kind", "name_ja", "name_en", "headcount", "duties", "weight", "reporting", "valid_to")
NEEDED: Final = ("code", "parent", "kind", "name_ja")
BETWEEN: Final = re.compile(r"[,;/、，；／・\n]+")


def same(text: str) -> str:
    """What two words have in common that people write differently: width, case, blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _known(*tables: Mapping[str, str]) -> dict[str, str]:
    return {same(word): key for table in tables for key, said in table.items() for word in (key, said)}


def headings() -> dict[str, str]:
    """{heading as `same` has it: column}"""
    return _known(*(column_words(words(lang)) for lang in LANGUAGES))


def kinds() -> dict[str, UnitKind]:
    known: dict[str, UnitKind] = {}
    for lang in LANGUAGES:
        for kind, said in kind_words(words(lang)).items():
            known |= {same(kind): kind, same(said): kind}
    return known


def duties() -> dict[str, Owner]:
    known: dict[str, Owner] = {}
    for lang in LANGUAGES:
        for owner, said in owner_words(words(lang)).items():
            known |= {same(owner): owner, same(said): owner}
    return known


def answers() -> dict[str, bool]:
    """Yes and no, in words and as machines write them."""
    said = {"yes": True, "y": True, "1": True, "true": True, "no": False, "n": False, "0": False, "false": False}
    for lang in LANGUAGES:
        _ = words(lang)
        said |= {same(_("Yes")): True, same(_("No")): False}
    return said


def cells(plan: UnitPlan, _: Words) -> tuple[str | int, ...]:
    """A unit as a row of a file, in the order of COLUMNS."""
    named = owner_words(_)
    return (
        plan.code, plan.parent, kind_words(_)[plan.kind], plan.name.ja, plan.name.en, "" if plan.headcount is None else plan.headcount,
        _.listed(named[owner] for owner in plan.owners), plan.weight,
        _("Yes") if plan.reporting else _("No"), plan.valid_to.isoformat() if plan.valid_to else "",
    )  # fmt: skip
