"""Mutated files: each one is accepted, or refused in words with file and line, within 3 seconds and 512 MB.

This file is also the program that reads them: a process under these limits, which is killed by them where Python would
not notice. Every input that ever failed stands in tests/corpus/<format>/ and is read first; a new one is put there.
"""

import gzip
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import yaml

from scoring.engine import score
from scoring.errors import AnswerFileError, ChecklistError, ContentError, DataError
from scoring.load.answers import read_answers
from scoring.load.checklist import load_checklist
from scoring.load.statistics import load_controls, load_statistics, load_subjects
from scoring.load.style import style_problems
from tests.factories import checklist
from tests.prove import mutate
from tests.prove.proof import Proof

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "corpus"
PLAIN_BYTES = 50_000  # larger ones are kept compressed
SECONDS = 3
BYTES = 512 * 1024 * 1024
LINE = 500  # letters that one problem may take
ASKED = checklist()
READER = (sys.executable, "-m", "tests.prove.files")


@dataclass(frozen=True, slots=True)
class Format:
    """`files`: name → good content, all of them laid out in one folder, any of them mutated. `read` raises `error`."""

    name: str
    files: dict[str, str]
    mutations: tuple[mutate.Mutation, ...]
    read: Callable[[Path, str], None]
    error: type[ContentError]
    lay: Callable[[Path], None] = lambda folder: None


# --- answers -------------------------------------------------------------------------------------

ANSWERS = {
    "external_attack.mfa": {"choice": 3, "note": "VPN も", "evidence": "doc/1", "evidence_date": "2026-10-31"},
    "external_attack.site": {"choice": "na", "reason": "自社サイトがない"},
    "telework.remote": 1,
    "telework.lock": "unknown",
}
ANSWERS_CSV = (
    "question,choice,reason,note,evidence,evidence_date\n"
    'external_attack.mfa,level3,,"VPN も, ""全て""",doc/1,2026-10-31\n'
    "external_attack.site,na,自社サイトがない,,,\n"
    'telework.remote,1,,"二行の\n控え",,\n'
    "telework.lock,unknown,,,,\n"
)


def _read_answers(folder: Path, name: str) -> None:
    answers = read_answers(folder / name, ASKED)
    score(ASKED, answers, date(2026, 12, 31))


def _answers(kind: str) -> Format:
    wrapped = {"answers": ANSWERS}
    files = {
        "json": {"answers.json": json.dumps(wrapped, ensure_ascii=False, indent=1), "plain.json": json.dumps(ANSWERS)},
        "yaml": {"answers.yaml": yaml.safe_dump(wrapped, allow_unicode=True), "plain.yaml": yaml.safe_dump(ANSWERS, allow_unicode=True, default_flow_style=True)},
        "csv": {"answers.csv": ANSWERS_CSV},
    }[kind]  # fmt: skip
    mutations = {"json": mutate.JSON, "yaml": mutate.YAML, "csv": mutate.CSV}[kind]
    return Format(f"answers-{kind}", files, mutations, _read_answers, AnswerFileError)


# --- checklist -----------------------------------------------------------------------------------


def _shortened(text: str, questions: int) -> str:
    """A section file with its first questions only."""
    head, *blocks = text.split("\n  - id: ")
    return "\n  - id: ".join([head, *blocks[:questions]]) + "\n"


def _checklist() -> Format:
    """The bundled checklist, one question a section (the first of a section is an express one), one section whole."""
    folder = ROOT / "checklists" / "leak-causes"
    texts = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.yaml"))}
    files = {name: text if name.startswith(("checklist", "6-")) else _shortened(text, 1) for name, text in texts.items()}
    # Pairs that contradict each other are of questions that are gone now.
    files["checklist.yaml"] = re.sub(r"\n  contradictions:\n.*?\n(?=\S)", "\n", texts["checklist.yaml"], flags=re.DOTALL)
    data = ROOT / "data"
    controls = [control for control, _words in load_controls(data).labels]
    subjects = [subject.id for subject in load_subjects(data)]

    def read(here: Path, name: str) -> None:
        load_checklist(here, controls=controls, subjects=subjects)
        told(style_problems(here, controls=controls, subjects=subjects))

    return Format("checklist", files, mutate.YAML, read, ChecklistError)


# --- published figures ---------------------------------------------------------------------------


def _data() -> Format:
    folder = ROOT / "data"
    texts = {f"{part}/{name}.csv": (folder / part / f"{name}.csv").read_text("utf-8")
             for part, name in (("tsr", "incidents"), ("tsr", "sources"), ("tsr", "largest"), ("secondary", "figures"))}  # fmt: skip
    # The last two years are as good as all of them, and read five times as fast.
    head, *rows = texts["tsr/incidents.csv"].splitlines(keepends=True)
    texts["tsr/incidents.csv"] = head + "".join(row for row in rows if row.startswith(("2024,", "2025,")))

    def lay(here: Path) -> None:
        shutil.copy(folder / "statistics.yaml", here)

    def read(here: Path, name: str) -> None:
        load_statistics(here)

    return Format("data-csv", texts, mutate.CSV, read, DataError, lay)


FORMATS: dict[str, Callable[[], Format]] = {
    "checklist": _checklist,
    **{f"answers-{kind}": partial(_answers, kind) for kind in ("yaml", "json", "csv")},
    "data-csv": _data,
}


# --- one file ------------------------------------------------------------------------------------


class Unprintable(Exception):
    """A problem that is not one readable line."""


def told(problems: Iterable[object]) -> None:
    """Every problem is one line that a terminal shows as it is meant. Raises Unprintable."""
    for line in map(str, problems):
        strange = {f"U+{ord(sign):04X}" for sign in line if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")}
        if strange or len(line) > LINE:
            raise Unprintable(f"{len(line)} letters, {', '.join(sorted(strange)) or 'no strange one'}: {line[:80]!a}")
        if ": " not in line:
            raise Unprintable(f"no place: {line[:80]!a}")


def fault(form: Format, folder: Path, name: str, content: bytes, *, good: bool = False) -> str:
    """What is wrong with how this file was taken; empty when nothing is. A `good` one must be accepted."""
    (folder / name).write_bytes(content)
    # Nobody handles its signal: whatever takes longer ends there, also inside C. Seconds of work, so that others on this
    # machine make no difference.
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        form.read(folder, name)
    except form.error as error:
        try:
            told(error.problems)
        except Unprintable as unprintable:
            return str(unprintable)
        return f"refused: {error}" if good or not error.problems else ""
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]!a}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return ""


def case(form: Format, number: int) -> tuple[str, bytes]:
    """(file, content) of one number, always the same; number 0 is the good file."""
    chance = random.Random(f"{form.name} {number}")
    name = chance.choice([*form.files])
    if not number:
        return name, form.files[name].encode()
    return name, mutate.mutated(chance, form.files[name], form.mutations)


def corpus(form: Format) -> list[Path]:
    """Inputs that failed once: `file--number.ext`, the file being the one that they stood in the place of."""
    return sorted(path for path in (CORPUS / form.name).glob("*") if path.is_file())


def kept(form: Format, name: str, number: int, content: bytes) -> None:
    path = Path(name)
    (CORPUS / form.name).mkdir(parents=True, exist_ok=True)
    target = CORPUS / form.name / f"{path.stem}--{number}{path.suffix}"
    if len(content) > PLAIN_BYTES:
        target.with_name(f"{target.name}.gz").write_bytes(gzip.compress(content, mtime=0))
    else:
        target.write_bytes(content)


def unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def place_of(form: Format, path: Path) -> str:
    """The file that an input of the corpus stands in the place of."""
    return next(name for name in form.files if Path(name).stem == path.name.split("--")[0])


# --- the process that reads ----------------------------------------------------------------------


def main() -> None:
    """Reads case after case and prints those that fail; which one is at hand stands in `folder`/at."""
    format_name, first, end, root = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    form = FORMATS[format_name]()
    here = root / "here"
    for name, text in form.files.items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(text, "utf-8", newline="")
    form.lay(here)
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    old = corpus(form)
    for number in range(first, end):
        if number < 0:
            name, content = place_of(form, old[number]), unpacked(old[number])
        else:
            name, content = case(form, number)
        (root / "at").write_text(str(number))
        if found := fault(form, here, name, content, good=not number):
            print(json.dumps([number, found]), flush=True)
        (here / name).write_text(form.files[name], "utf-8", newline="")


# --- the proof -----------------------------------------------------------------------------------


def run(format_name: str, count: int, folder: Path) -> list[str]:
    """All of the corpus, the good file, and `count` mutated ones."""
    form = FORMATS[format_name]()
    at, end, found = -len(corpus(form)), count + 1, list[tuple[int, str]]()
    while at < end:
        command = [*READER, format_name, str(at), str(end), str(folder)]
        alone = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # its threads reserve memory that nobody uses
        done = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True)
        found += [(number, what) for number, what in map(json.loads, done.stdout.splitlines())]
        if not done.returncode:
            break
        if not (folder / "at").exists():
            return [f"the reader ended: {done.stderr[-2000:]}"]
        at = int((folder / "at").read_text())
        ended = f"longer than {SECONDS} s" if done.returncode == -signal.SIGPROF else f"ended with {done.returncode}: {done.stderr[-200:]}"
        found.append((at, ended))
        at += 1
    return [_told(form, number, what) for number, what in found]


def _told(form: Format, number: int, what: str) -> str:
    if number < 0:
        return f"{corpus(form)[number].relative_to(ROOT)}: {what}"
    name, content = case(form, number)
    kept(form, name, number, content)
    return f"{name} {number}: {what}"


PROOFS = tuple(Proof(f"mutated files: {name}", 300, 10_000, partial(run, name)) for name in FORMATS)

if __name__ == "__main__":
    main()
