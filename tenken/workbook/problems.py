"""What can be wrong with a file that is read back, by sheet and cell. error_words.py has the sentences."""

from dataclasses import dataclass

from scoring.errors import readable
from tenken.errors import TenkenError

MAX_PROBLEMS = 1000  # of one file: nobody reads more
SHOWN = 60  # letters of what a file says that are told again


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in one place; `row` and `column` count from 0, −1 where it is not about a cell.

    `code` and `fields` make the sentence. Whatever the file holds, `sheet` and `fields` are one line of visible signs.
    """

    code: str
    fields: tuple[tuple[str, str], ...] = ()
    sheet: str = ""
    row: int = -1
    column: int = -1

    @property
    def place(self) -> str:
        """'営業部!D12', '営業部', or empty for the file as a whole; a line of a text file is `row` + 1 with no column."""
        return f"{self.sheet}!{column_name(self.column)}{self.row + 1}" if self.column >= 0 else self.sheet


class ImportRefused(TenkenError):
    """A file was not taken over, and nothing has changed; `problems` names everything that is wrong with it."""

    says = "the file was refused"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("import_refused", n=len(problems))


def refused(code: str, **fields: object) -> ImportRefused:
    """For the one problem because of which a file is not read any further."""
    return ImportRefused((problem(code, **fields),))


def problem(code: str, sheet: str = "", row: int = -1, column: int = -1, /, **fields: object) -> Problem:
    """A Problem, made readable."""
    return Problem(code, tuple((name, _short(str(value))) for name, value in fields.items()), _short(sheet), row, column)


def _short(text: str) -> str:
    return readable(text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…")


def column_name(column: int) -> str:
    """0 → 'A', 26 → 'AA'; nothing for −1."""
    name = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        name, column = chr(65 + letter) + name, column - 1
    return name
