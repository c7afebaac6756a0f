"""`python -m tests.bench [--only save,score] [--people 1,50] [--seconds 35]`: print the table; exit 0 whatever it says."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator

from tests.bench import browser, load, plans, quarters, quarters_life, reports, saves, scores, screens
from tests.bench.table import Row, render


def main() -> None:
    parts = sections()
    asked = arguments(list(parts))
    rows: list[Row] = []
    for name in asked.only or parts:
        for row in parts[name](asked):
            print(f"{name}: {row.name}: {row.figures}", file=sys.stderr, flush=True)  # the table comes minutes later
            rows.append(row)
    print(render(rows))
    print(
        f"{os.cpu_count()} cores; load {' '.join(f'{value:.1f}' for value in os.getloadavg())} at the end. Times of a busy machine say little."
    )


def sections() -> dict[str, Callable[[argparse.Namespace], Iterator[Row]]]:
    """What can be measured, in the order of the table."""
    return {
        "save": lambda asked: saves.rows(),
        "score": lambda asked: scores.sheet_rows(),
        "matrix": lambda asked: scores.matrix_rows(),
        "plan": lambda asked: plans.rows(),
        "quarters": lambda asked: quarters.rows(),
        "life": lambda asked: quarters_life.rows(),
        "reports": lambda asked: reports.rows(),
        "screens": lambda asked: screens.rows(),
        "load": lambda asked: load.rows(asked.people, asked.seconds),
        "start": lambda asked: browser.start_rows(),
        "browser": lambda asked: browser.page_rows(),
    }


def arguments(names: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure what is promised about speed. Asserts nothing.")
    parser.add_argument("--only", type=lambda text: _known(text, names), help=f"some of: {','.join(names)}")
    parser.add_argument("--people", type=_numbers, default=load.PEOPLE, help="steps of the load, for example 1,50,100,200")
    parser.add_argument("--seconds", type=float, default=35, help="how long each step of the load answers")
    return parser.parse_args()


def _known(text: str, names: list[str]) -> list[str]:
    chosen = text.split(",")
    if unknown := set(chosen) - set(names):
        raise argparse.ArgumentTypeError(f"not known: {', '.join(sorted(unknown))}")
    return chosen


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


main()
