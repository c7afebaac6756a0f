"""What can be wrong with what scoring/ is given.

ScoringError
├── ContentError      a file under checklists/ or data/ is broken: every problem at once
│   ├── ChecklistError
│   ├── DataError
│   └── AnswerFileError   a file of answers is broken: every problem at once
├── AnswerError       an answer that does not fit the checklist
├── UnitsError        units that do not make a tree
├── PlanError         a budget or a weight that nothing can be planned with
└── CostError         a supposed incident that cannot be estimated
"""

from dataclasses import dataclass

# Letters of a problem that are shown: its place stands at the beginning, what is wrong with it at the end.
HEAD, TAIL = 200, 90


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in one place of a file (line counts from 1; 0 = the file as a whole).

    `file` and `what` are made readable: whatever the file holds, a problem is one line of visible signs."""

    file: str
    line: int
    what: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "file", readable(self.file))
        object.__setattr__(self, "what", readable(self.what))

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}" if self.line else f"{self.file}: {self.what}"


def readable(text: str) -> str:
    """`text` with signs that end a line, steer a terminal or cannot be seen written out as escapes, and cut in the middle
    when it is long."""
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() or sign == "\u3000" else sign.encode("unicode_escape").decode() for sign in text)
    return f"{text[:HEAD]} … {text[-TAIL:]}" if len(text) > HEAD + TAIL else text


class ScoringError(Exception):
    """Root of the tree above."""


class ContentError(ScoringError):
    """A content file was refused; `problems` names every fault with file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ChecklistError(ContentError):
    """A checklist that cannot be used as it is."""


class DataError(ContentError):
    """A file under data/ that cannot be used as it is."""


class AnswerFileError(ContentError):
    """A file of answers that cannot be scored as it is."""


class AnswerError(ScoringError):
    """An answer that does not fit: `code` says how, `question` and `value` say where."""

    def __init__(self, code: str, question: str, value: str = "") -> None:
        self.code, self.question, self.value = code, question, value
        super().__init__(f"{question}: {code}" + (f" ({value})" if value else ""))


class UnitsError(ScoringError):
    """Units that do not fit together: `code` says how, `unit` (its code in files, or its id) and `value` say where."""

    def __init__(self, code: str, unit: str, value: str = "") -> None:
        self.code, self.unit, self.value = code, unit, value
        super().__init__(f"unit {unit}: {code}" + (f" ({value})" if value else ""))

    @property
    def fields(self) -> dict[str, str]:
        """What a sentence about it may name."""
        return {"unit": self.unit, "value": self.value}


class PlanError(ScoringError):
    """A budget or a weight that nothing can be planned with: `code` says how, `field` and `value` say where."""

    def __init__(self, code: str, field: str, value: str) -> None:
        self.code, self.fields = code, {"field": field, "value": readable(value)}
        super().__init__(f"{field}: {code} ({readable(value)})")


class CostError(ScoringError):
    """A supposed incident that cannot be estimated: `code` says how; `what` names an item, assumption or kind; `value` and `most` bounds."""

    def __init__(self, code: str, what: str = "", value: int | None = None, most: int | None = None) -> None:
        self.code, self.what, self.value, self.most = code, what, value, most
        super().__init__(" ".join([code, *(str(part) for part in (what, value) if part not in ("", None))]))

    @property
    def fields(self) -> dict[str, str]:
        """What a sentence about it may name."""
        return {
            "what": self.what,
            **{name: f"{number:,}" for name, number in (("value", self.value), ("most", self.most)) if number is not None},
        }
