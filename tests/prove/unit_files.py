"""Files of units made worse: each one is taken, or refused in words by row and column, without harm and without writing anything."""

import random
from functools import lru_cache
from pathlib import Path

from scoring.model import Text
from scoring.units import Tree, Unit
from tenken.i18n import LANGUAGES, words
from tenken.organisation import Organisation, faults
from tenken.store.values import UnitPlan
from tenken.unit_files import preview_units, read_units, unit_problem_texts, units_csv, units_xlsx
from tenken.workbook import ImportRefused
from tests.prove import broken, mutate
from tests.prove.files import CORPUS
from tests.prove.proof import Proof
from tests.prove.workbooks import SECONDS, children_kilobytes, strange_line, too_much, work

ROOT = Unit(1, None, "company", Text("自社", "Our company"), reporting=False, sample=False, code="company")
THERE = Organisation(ROOT, Tree((ROOT,)), ())
PLANS = (
    UnitPlan("company", "", "company", Text("自社", "Our company"), False),
    UnitPlan("sales", "company", "department", Text("営業部, \"東\"", "Sales"), True, 120, ("business", "hr"), 2),
    UnitPlan("東1", "sales", "section", Text("=東日本課", "East"), True, None),
    UnitPlan("print", "company", "supplier", Text("印刷①㈱", "Print"), True, 3, (), 0),
)  # fmt: skip


@lru_cache(maxsize=1)
def good() -> tuple[str, bytes]:
    return units_csv(PLANS, words("ja")).decode("utf-8-sig"), units_xlsx(PLANS, words("en"))


def case(number: int) -> tuple[str, bytes]:
    """(name, content) of one number, always the same; 0 and 1 are the good files."""
    text, book = good()
    if number < 2:
        return ("units.csv", text.encode("cp932")) if number else ("units.xlsx", book)
    chance = random.Random(f"units {number}")
    if chance.random() < 0.3:
        return "units.xlsx", broken.mutated(chance, book)
    content = mutate.mutated(chance, text, mutate.CSV)
    return "units.csv", content.decode(errors="replace").encode("cp932", "replace") if chance.random() < 0.4 else content


def fault(name: str, content: bytes) -> str:
    """What is wrong with how a file was taken; empty when nothing is."""
    before, most = work(), children_kilobytes()
    found = ""
    try:
        plans = read_units(content, name, THERE)
        preview_units(plans, THERE.plans)
        found = "; ".join(str(wrong) for wrong in faults(plans, THERE))[:300]
    except ImportRefused as refused:
        lines = [line for lang in LANGUAGES for line in unit_problem_texts(refused.problems, words(lang))]
        found = next(filter(None, map(strange_line, lines)), "" if lines else "refused without a word")
    except Exception as error:
        found = f"{type(error).__name__}: {str(error)[:200]!a}"
    found = too_much(most) or found
    return f"longer than {SECONDS} s" if work() - before > SECONDS else found


def run(count: int, folder: Path) -> list[str]:
    """All of the corpus, the good files, and `count` mutated ones; the good ones must be taken as they were written."""
    kept = CORPUS / "units-broken"
    found = [f"{path.name}: {what}" for path in sorted(kept.glob("*.*")) if (what := fault(path.name, path.read_bytes()))]
    for number in range(count + 2):
        name, content = case(number)
        what = fault(name, content)
        if number < 2 and not what and read_units(content, name, THERE) != PLANS:
            what = "does not come back"
        if what:
            kept.mkdir(parents=True, exist_ok=True)
            (kept / f"{number}-{name}").write_bytes(content)
            found.append(f"{name} {number}: {what}")
    return found


PROOFS = (Proof("mutated files: units", 60, 2_000, run),)
