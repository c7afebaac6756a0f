"""How wide the columns of a table are on paper: by what stands in them, where the planned parts would part a date or a figure."""

import re
from typing import Final

from tenken.reports.measure import width
from tenken.reports.model import Column, Table

# Latin words stay whole but at hyphens, and dates do; Japanese breaks anywhere
_WORDS: Final = re.compile(r"(?:[^-\s\u2190-\U0010ffff]|-(?=\d))+-?|.", re.DOTALL)
_SHORT: Final = (13.0, 9.0, 6.5)  # em up to which a text stays on one line: the first that leaves enough to the longer texts
_TAKEN: Final = 0.7  # of the table's width, at most, by what stays on one line
_LONGEST_WORD: Final = 13.0
_HEAD: Final = 4.2  # em that a head takes on one line at least
_LEAST: Final = 4.0  # em of a column of texts


def column_parts(table: Table, room: float, padding: float) -> tuple[float, ...]:
    """Parts of the table's width, one a column, that add up to 1; `room`: the whole width, `padding`: of a column, in em of its text.

    Every column gets what its figures, dates and short words need on one line; what is left goes to the texts that are longer, by
    their length, and where nothing is longer, to all as the table plans it."""
    columns = [[width(row[at].text, bold=True) for row in table.rows] for at in range(len(table.columns))]
    texts_of = [[row[at].text for row in table.rows] for at in range(len(table.columns))]
    needs = list[float]()
    for short in _SHORT:
        needs = _alike(table, [_needs(column, texts, short) for column, texts in zip(table.columns, texts_of, strict=True)])
        if sum(needs) + padding * len(needs) <= room * _TAKEN:
            break
    left = room - padding * len(needs) - sum(needs)
    if left < 0:  # figures stay whole, texts give way
        texts = [at for at, column in enumerate(table.columns) if column.kind == "text"]
        spare = sum(max(0.0, needs[at] - _LEAST) for at in texts)
        part = min(1.0, -left / spare) if spare else 0.0
        found = [need - max(0.0, need - _LEAST) * part if at in texts else need for at, need in enumerate(needs)]
    else:
        wants = [
            max(0.0, max(wide, default=0.0) - need) if column.kind == "text" else 0.0
            for column, wide, need in zip(table.columns, columns, needs, strict=True)
        ]
        if sum(wants) > left:
            # a column of long texts gets more than one in which a single one is long
            usual = [min(want, sum(wide) / len(wide)) if want else 0.0 for want, wide in zip(wants, columns, strict=True)]
            found = [need + left * each / sum(usual) for need, each in zip(needs, usual, strict=True)]
        else:
            planned = sum(column.width for column in table.columns)
            rest = left - sum(wants)
            found = [need + want + rest * column.width / planned for need, want, column in zip(needs, wants, table.columns, strict=True)]
    whole = sum(found) + padding * len(found)
    return tuple((part + padding) / whole for part in found)


def _alike(table: Table, needs: list[float]) -> list[float]:
    """The cells of a heatmap are as wide as the widest of them."""
    signs = [at for at, column in enumerate(table.columns) if column.kind == "sign"]
    if len(signs) < 2:
        return needs
    widest = max(needs[at] for at in signs)
    return [widest if at in signs else need for at, need in enumerate(needs)]


def _needs(column: Column, texts: list[str], short: float) -> float:
    """Em on one line: of figures all, of texts the longest word or the short ones."""
    head = width(column.title, bold=True)
    needs = [min(head, max(_HEAD, head / 2 + 0.6, _word(column.title)))]
    for text in texts:
        wide = width(text, bold=True)
        needs.append(
            wide if column.kind == "text" and wide <= short else min(_word(text) if column.kind == "text" else wide, _LONGEST_WORD)
        )
    return max(needs)


def _word(text: str) -> float:
    return max((width(word, bold=True) for word in _WORDS.findall(text)), default=0.0)
