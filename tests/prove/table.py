"""The proofs, and the table that `make prove` prints."""

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.prove import evidence, files, kills, leaving, pages, refusals, reports, screens, tampering, unit_files, workbooks
from tests.prove.proof import Proof

PROOFS: tuple[Proof, ...] = (
    kills.PROOF,
    tampering.PROOF,
    *refusals.PROOFS,
    *files.PROOFS,
    *workbooks.PROOFS,
    *unit_files.PROOFS,
    *evidence.PROOFS,
    *pages.PROOFS,
    *leaving.PROOFS,
    *reports.PROOFS,
    *screens.PROOFS,
)

SHOWN = 20  # failures of one proof that are written out


def main(arguments: Sequence[str]) -> int:
    """`python -m tests.prove [--short] [WORD]`: all proofs, or those with WORD in their name. 1 if anything failed."""
    short = "--short" in arguments
    wanted = [word for word in arguments if not word.startswith("--")]
    for name in [name for name in os.environ if name.startswith("TENKEN_")]:
        del os.environ[name]
    chosen = [proof for proof in PROOFS if all(word in proof.name for word in wanted)]
    failures: dict[str, list[str]] = {}
    print(f"{'proof':<52}{'tried':>8}{'failed':>8}{'seconds':>9}")
    for proof in chosen:
        count, started = proof.short if short else proof.long, time.monotonic()
        with tempfile.TemporaryDirectory(prefix="tenken-prove-") as folder:
            failures[proof.name] = proof.run(count, Path(folder))
        print(f"{proof.name:<52}{count:>8,}{len(failures[proof.name]):>8,}{time.monotonic() - started:>9.1f}", flush=True)
    for name, lines in failures.items():
        if lines:
            print(f"\n{name}")
            print("\n".join(f"  {line}" for line in lines[:SHOWN]))
    return int(any(failures.values()) or not chosen)
