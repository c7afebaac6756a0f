"""What people wrote, in the files that leave: no cell begins a formula, and what leaves is what comes back."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from scoring.load.answers import read_answers
from scoring.model import Answer, Evidence
from tenken.files import _csv, _json, disposition
from tenken.session import open_store, read_view
from tenken.settings import read_settings
from tests.conftest import no_waiting
from tests.prove.payloads import sample
from tests.prove.proof import Proof
from tests.test_pages import CHECKLIST, TODAY, YES, own_sheet, put

# What a spreadsheet takes for the beginning of a formula, the wide forms of Japanese keyboards too.
BEGINNINGS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def faults(payloads: Sequence[str], folder: Path) -> Iterator[str]:
    store = open_store(read_settings().store_url)
    sheet = own_sheet(store, YES)
    claimed, excused = CHECKLIST.questions[:2]
    for payload in payloads:
        said = {
            claimed.id: Answer("partly", note=payload, evidence=Evidence(payload, TODAY)),
            excused.id: Answer("na", reason=payload if payload.strip() else "x", note=payload),
        }
        for question, answer in said.items():
            put(store, sheet, question, answer, person="")
        here = read_view()
        for kind, content in (("csv", _csv(here)), ("json", _json(here))):
            file = folder / f"answers.{kind}"
            file.write_bytes(content)
            if read_answers(file, CHECKLIST) != said:
                yield f"{kind}: {payload[:60]!a} does not come back"
        cells = [cell for row in csv.reader(io.StringIO((folder / "answers.csv").read_text("utf-8-sig"), newline="")) for cell in row]
        yield from (f"csv: a cell begins {cell[:40]!a}" for cell in cells if cell.startswith(BEGINNINGS))
        header = disposition(payload)
        if not (header.isascii() and header.isprintable() and header.count('"') == 2):
            yield f"the name of a file: {header[:80]!a}"


def run(count: int, folder: Path) -> list[str]:
    chosen = sample(count)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TENKEN_HOME", str(folder / "home"))
        no_waiting(patched)
        every = [*chosen, *(f"{sign}1+1" for sign in BEGINNINGS)]
        found = list(faults(every, folder))
    open_store.clear()
    return found


PROOFS = (Proof("people's words in the files that leave", 40, 200, run),)
