"""Workbooks: what LibreOffice saved reads back as it was written, and no file does harm or is refused without words.

LibreOffice belongs to the long form only; `make test` reads what it saved once (tests/corpus/workbook/, made by `save`).
"""

import random
import resource
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from scoring.model import NA_WORD, UNKNOWN_WORD, Answer, Evidence, Lang, Text
from tenken.i18n import LANGUAGES, words
from tenken.workbook import ImportRefused, Problem, Reading, SheetForm, Wanted, problem_texts, read, read_csv, write
from tenken.workbook.form import LONGEST, carried
from tests.factories import checklist
from tests.prove import broken, mutate
from tests.prove.files import ANSWERS_CSV, CORPUS
from tests.prove.payloads import PAYLOADS
from tests.prove.proof import Proof

PERIOD, LABEL = "2026-10-01", Text("2026年度 第3四半期（10〜12月）", "FY2026 Q3 (Oct–Dec)")
TODAY, MADE = date(2026, 11, 22), datetime(2026, 11, 22, 9, 0)
NAMES = ("mfa", "site", "remote", "lock", "policy")
ASKED = checklist({"external_attack": NAMES, "telework": NAMES, "governance": NAMES}, content_hash="workbook")
PLAIN = checklist(content_hash="csv")
SAVED = 3  # sets in one file
KEPT = 2 * SAVED
FILES = CORPUS / "workbook"


@dataclass(frozen=True, slots=True)
class Place:
    """A unit, as far as a form knows it."""

    code: str
    name: Text


# --- what people answer --------------------------------------------------------------------------

ODD = (
    *("髙﨑𠮷野家①㈱", "葛󠄀城市", "〜～ー−‐", "ﾊﾝｶｸ ｶﾞ", "👩\u200d👩\u200d👧", "\u3000全角の空白\u3000", "  前後の空白  ", "一行目\n二行目\n\n四行目\n"),
    *("=1+1", "+81-3-0000-0000", "-100円", "@全員", "＝１＋１", "'引用符", '"', "=cmd|' /C calc'!A0", "\t字下げ", "2026/11/22", "007", "1e5", "TRUE", "#REF!", "_x0041_", "_x000D_"),
    *("\x01\x1b[31m", "\u2028行\u2029", "\u202e逆\u202c", "<b>&amp;</b>", "]]>", "é" + "\u0301" * 30, "\ufeff", "\x7f\x85"),
)  # fmt: skip
LONG = ("漢字かな混じりの長い控え。\n", "long words and = signs ", "𠮷①㈱")


def _text(chance: random.Random, most: int) -> str:
    """A few odd pieces, or one text as long as may be; as a cell gives it back."""
    if chance.random() < 0.08:
        piece = chance.choice(LONG)
        return carried((piece * most)[:most])
    pieces = [chance.choice(ODD if chance.random() < 0.6 else PAYLOADS) for _piece in range(chance.choice((0, 1, 1, 1, 2, 3)))]
    return carried("".join(piece for piece in pieces if len(piece) < 400)[:most])


def answers(number: int) -> dict[str, Answer]:
    """The answers of one number, always the same; every fourth question is open."""
    chance = random.Random(f"answers {number}")
    said: dict[str, Answer] = {}
    for question in ASKED.questions:
        if chance.random() < 0.25:
            continue
        choice = chance.choice([*(level.id for level in ASKED.choices), UNKNOWN_WORD, NA_WORD])
        reason = _text(chance, LONGEST["reason"]) or "理由" if choice == NA_WORD else ""
        link = _text(chance, LONGEST["evidence"]) if chance.random() < 0.5 else ""
        dated = TODAY - timedelta(days=chance.choice((0, 1, 40, 400, 9_000, 50_000)))
        said[question.id] = Answer(choice, reason, _text(chance, LONGEST["note"]), Evidence(link, dated) if link else None)
    return said


def form(number: int) -> SheetForm:
    said = answers(number)
    name = random.Random(f"name {number}").choice(("営業部", "髙﨑𠮷①㈱", "=1+1", "a/b\\c?*[x]:", "長い名前の部署" * 9, "'R&D'"))
    seen = {question: place for place, question in enumerate(said, start=1 + 100 * number)}
    return SheetForm(Place(f"set{number}", Text(name, name)), PERIOD, LABEL, ASKED, ASKED.questions, said, seen, frozenset(list(said)[::3]))


def wanted(numbers: Sequence[int]) -> Wanted:
    return Wanted(ASKED, PERIOD, {f"set{number}": [question.id for question in ASKED.questions] for number in numbers}, TODAY)


def language(first: int) -> Lang:
    return LANGUAGES[first // SAVED % 2]


# --- through LibreOffice -------------------------------------------------------------------------


def batches(end: int) -> list[list[int]]:
    return [list(range(first, min(first + SAVED, end))) for first in range(0, end, SAVED)]


def saved(numbers: Sequence[Sequence[int]], folder: Path) -> list[Path]:
    """One workbook for each sequence of sets, saved anew by LibreOffice; all in one call."""
    (folder / "out").mkdir(parents=True)
    names = [f"{language(batch[0])}{batch[0]}.xlsx" for batch in numbers]
    for name, batch in zip(names, numbers, strict=True):
        (folder / name).write_bytes(write([form(number) for number in batch], language(batch[0]), created=MADE))
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    command = [
        "soffice",
        "--headless",
        home,
        "--convert-to",
        "xlsx",
        "--outdir",
        str(folder / "out"),
        *(str(folder / name) for name in names),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return [folder / "out" / name for name in names]


def save(folder: Path) -> None:
    """Makes the files of the corpus anew; to be run where LibreOffice is, when a format is left behind."""
    for path in saved(batches(KEPT), folder):
        shutil.copy(path, FILES / path.name)


def differences(path: Path, numbers: Sequence[int]) -> Iterator[str]:
    """Where what is read is not what was answered; one line per set."""
    try:
        reading = read(path, wanted(numbers))
    except ImportRefused as error:
        yield from (f"set {number}: {problem_texts(error.problems[:1], words('en'))[0]}" for number in numbers)
        return
    found = {unit.unit: unit.rows for unit in reading.units}
    for number in numbers:
        rows, said = found.get(f"set{number}", ()), answers(number)
        wrong = [given.question for given in rows if given.touched or given.answer != said.get(given.question) or given.confirmed]
        if wrong or len(rows) != len(ASKED.questions):
            yield f"set {number}: {len(rows)} rows, not the same: {', '.join(wrong)}"


def run_saved(count: int, folder: Path) -> list[str]:
    """The sets that are kept; more of them through LibreOffice."""
    kept = [difference for batch in batches(KEPT) for difference in differences(FILES / f"{language(batch[0])}{batch[0]}.xlsx", batch)]
    if count <= KEPT:
        return kept
    if not shutil.which("soffice"):
        return [*kept, "LibreOffice is not installed: soffice"]
    numbers = batches(count)
    return kept + [line for path, batch in zip(saved(numbers, folder), numbers, strict=True) for line in differences(path, batch)]


# --- made worse ----------------------------------------------------------------------------------

SECONDS, BYTES, LINE = 3, 512 * 1024 * 1024, 1_000


@lru_cache(maxsize=1)
def good() -> bytes:
    return write([form(0), form(1)], "ja", created=MADE)


def case(number: int) -> tuple[str, bytes]:
    """(kind, content) of one number, always the same; 0 and 1 are the good files."""
    if number < 2:
        return ("xlsx", good()) if number == 0 else ("csv", ANSWERS_CSV.encode("cp932"))
    chance = random.Random(f"workbook {number}")
    if chance.random() < 0.25:
        content = mutate.mutated(chance, ANSWERS_CSV, mutate.CSV)
        return "csv", content.decode(errors="replace").encode("cp932", "replace") if chance.random() < 0.3 else content
    return "xlsx", broken.mutated(chance, good())


def taken(kind: str, content: bytes) -> Reading:
    if kind == "xlsx":
        return read(content, wanted((0, 1)))
    return read_csv(content, "csv", Wanted(PLAIN, PERIOD, {"csv": [question.id for question in PLAIN.questions]}, TODAY))


def fault(kind: str, content: bytes) -> str:
    """What is wrong with how a file was taken; empty when nothing is. Seconds are of work, not of the clock."""
    before, most = work(), children_kilobytes()
    found = ""
    try:
        taken(kind, content)
    except ImportRefused as error:
        found = untold(error.problems)
    except Exception as error:
        found = f"{type(error).__name__}: {str(error)[:200]!a}"
    found = too_much(most) or found
    return f"longer than {SECONDS} s" if work() - before > SECONDS else found


def children_kilobytes() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def too_much(most: int) -> str:
    """What a child has taken that goes beyond `most` kilobytes, where that is more than it may take. A child begins as a copy of this
    process, and Linux counts that copy as its own: what is no more than this process's peak says nothing."""
    memory, own = children_kilobytes(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"{memory:,} KB" if memory > max(most, own) and memory * 1024 > BYTES else ""


def work() -> float:
    """Seconds of this process and of those that it started."""
    used = (resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def untold(problems: Sequence[Problem]) -> str:
    """The first problem that is not one readable line in both languages."""
    if not problems:
        return "refused without a word"
    lines = (line for lang in LANGUAGES for line in problem_texts(problems, words(lang)))
    return next(filter(None, map(strange_line, lines)), "")


def strange_line(line: str) -> str:
    """What is wrong with a line that people are to read; empty when nothing is."""
    strange = {sign for sign in line if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")}
    return f"{len(line)} letters: {line[:80]!a}" if strange or not line or len(line) > LINE else ""


def run_mutated(count: int, folder: Path) -> list[str]:
    """All of the corpus, the good files, and `count` mutated ones; the good ones must be taken."""
    old = [(path.suffix[1:], path.read_bytes(), path.name) for path in sorted((CORPUS / "workbook-broken").glob("*")) if path.is_file()]
    found = [f"{name}: {what}" for kind, content, name in old if (what := fault(kind, content))]
    for number in range(count + 2):
        kind, content = case(number)
        what = fault(kind, content)
        if number < 2 and not what:
            taken(kind, content)
        if what:
            (CORPUS / "workbook-broken").mkdir(parents=True, exist_ok=True)
            (CORPUS / "workbook-broken" / f"{number}.{kind}").write_bytes(content)
            found.append(f"{kind} {number}: {what}")
    return found


PROOFS = (
    Proof("workbooks saved by LibreOffice", KEPT, 100, run_saved),
    Proof("mutated files: workbooks", 40, 2_000, run_mutated),
)
