"""Checklists that are larger than the bundled one."""

import re
import shutil
from functools import lru_cache
from pathlib import Path

from scoring.model import CAUSES, FOUNDATION, Answer, Checklist
from tenken.settings import ROOT
from tests import factories

LARGE = 1189
QUESTION = re.compile(r"(?m)^(?=  - id: )")
ID = re.compile(r"\A  - id: (\S+)")


@lru_cache(maxsize=1)
def large() -> Checklist:
    """1,189 questions over all eleven sections and twelve countermeasures, every weight, some critical, some express."""
    sections = CAUSES + FOUNDATION
    asked = [
        factories.question(f"q{n}", countermeasure=f"M{n % 12 + 1}", weight=n % 5 + 1, critical=n % 10 == 0, express=n % 4 == 0)
        for n in range(LARGE)
    ]
    return factories.checklist({section: asked[place :: len(sections)] for place, section in enumerate(sections)}, id="large")


def answered(checklist: Checklist) -> dict[str, Answer]:
    """An answer to every question, all levels among them; every seventh is unknown, every thirteenth not applicable."""
    levels = [choice.id for choice in checklist.choices]
    found = {}
    for number, question in enumerate(checklist.questions):
        answer = Answer("na", reason="why") if number % 13 == 0 else Answer("unknown" if number % 7 == 0 else levels[number % len(levels)])
        found[question.id] = answer
    return found


def wide_installation(folder: Path, times: int) -> Path:
    """A copy of the program whose bundled checklist asks everything `times` times: the text stays, the ids differ."""
    for name in ("tenken", "scoring", "data", "checklists", ".streamlit"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (folder / "checklists" / "leak-causes").glob("*-*.yaml"):
        head, *questions = QUESTION.split(path.read_text("utf-8").rstrip() + "\n")
        again = [ID.sub(rf"  - id: \1_{n}", question) for n in range(2, times + 1) for question in questions]
        path.write_text(head + "".join([*questions, *again]), "utf-8")
    return folder
