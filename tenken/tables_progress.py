"""The progress board as a pandas table with its colours: pure. Colour is spent only on what is missing."""

from collections.abc import Mapping, Sequence

import pandas as pd
from pandas.io.formats.style import Styler

from scoring.model import Checklist
from tenken.i18n import Words
from tenken.palette import PALETTES, Palette, Theme
from tenken.progress import Count, Line
from tenken.progress_words import line_state
from tenken.store.sheets import WRITABLE

INDENT = "\u2003"  # an em space a level
FIGURE_SPACE = "\u2007"


def board(lines: Sequence[Line], checklist: Checklist, _: Words) -> pd.DataFrame:
    """A row per unit: name moved in by its depth, state, answered of asked in all and per section, answers to reconfirm."""
    head = [_("Unit"), _("State"), _("Answered")]
    sections = [_.text(section.short) for section in checklist.sections]
    rows = [
        [f"{INDENT * line.depth}{_.text(line.unit.name)}", line_state(line, _), _count(line.total), _number(line.reconfirm),
         *map(_count, line.sections)] for line in lines
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=[*head, _("To reconfirm"), *sections])


def _count(count: Count) -> str:
    """'3／7' with a width of its own for every number of digits; nothing where nothing is asked."""
    if not count.asked:
        return ""
    asked = str(count.asked)
    return f"{str(count.answered).rjust(len(asked), FIGURE_SPACE)}／{asked}"


def _number(count: int) -> str:
    return str(count) if count else ""


def painted(lines: Sequence[Line], frame: pd.DataFrame, theme: Theme) -> Styler:
    """The board with a quiet fill behind what is missing, and a loud one behind the state of who is late."""
    fills = _fills(PALETTES[theme])
    styles = [_row(line, fills) for line in lines]
    return frame.style.apply(lambda _frame: pd.DataFrame(styles, index=frame.index, columns=frame.columns), axis=None)


def _fills(palette: Palette) -> Mapping[str, str]:
    """CSS by what it says: missing, late, returned; a unit that is not asked is only a heading."""
    return {
        "missing": f"background-color:{palette.part.fill};color:{palette.part.on_fill}",
        "late": f"background-color:{palette.lack.fill};color:{palette.lack.on_fill}",
        "heading": f"color:{palette.mute}",
    }


def _row(line: Line, fills: Mapping[str, str]) -> list[str]:
    if line.state is None:
        return [fills["heading"]] * (4 + len(line.sections))
    state = fills["late"] if line.late else fills["missing"] if line.state == "returned" else ""
    missing = [fills["missing"] if count.open else "" for count in (line.total, *line.sections)]
    left = fills["missing"] if line.reconfirm and line.state in WRITABLE else ""
    return ["", state, missing[0], left, *missing[1:]]
