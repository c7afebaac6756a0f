"""One invented company's answers to all questions: a maker of some 180 people, good with paper and weak with suppliers."""

from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from scoring.model import Answer, Evidence


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("company.yaml").read_text("utf-8"))
    return found


def facts() -> dict[str, bool]:
    """Its applicability profile."""
    return dict(_file()["profile"])


def company_answers(day: date) -> dict[str, Answer]:
    """{question: answer}, those that its profile rules out too; evidence as old as it is on `day`."""
    return {
        question: Answer(
            given["choice"],
            given.get("reason", ""),
            given.get("note", ""),
            Evidence(given["evidence"], day - timedelta(days=given.get("days_ago", 0))) if given.get("evidence") else None,
        )
        for question, given in _file()["answers"].items()
    }
