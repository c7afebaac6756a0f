"""What a proof is; table.py lists them all."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Run = Callable[[int, Path], list[str]]


@dataclass(frozen=True, slots=True)
class Proof:
    """`run(count, folder)` tries something so many times in an empty folder: one line for each time that it failed.

    `short` tries belong to `make test`, `long` ones to `make prove`. What is tried does not depend on the day: seeds are fixed.
    """

    name: str
    short: int
    long: int
    run: Run
    browser: bool = False
