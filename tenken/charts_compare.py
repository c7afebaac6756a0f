"""Units side by side as Plotly figures: the heatmap, and the differences to the median beside it. Pure; see charts.py."""

from collections.abc import Sequence
from fractions import Fraction
from html import escape
from typing import Any

import plotly.graph_objects as go

from scoring.engine import shown
from scoring.model import Score
from scoring.ranking import Line, completeness, is_reference
from tenken.charts import as_percent, blank, status, wrapped
from tenken.comparison import Shown, column_name, is_mark, whole_percent
from tenken.i18n import Words
from tenken.palette import NOT_APPLICABLE_SIGN, OPEN_SIGN, PALETTES, Mark, Palette, Theme

ROW, TOP = 37, 44  # pixels
FAR_BELOW = Fraction(-1, 10)  # of the median: loud
NAME_LENGTH, BESIDE_BAR = {"ja": 10, "en": 16}, {"ja": 9, "en": 15}


def heatmap(found: Shown, lines: Sequence[Line], theme: Theme, _: Words, *, difference: bool = False) -> go.Figure:
    """Unit (rows) × cause or countermeasure. One bar trace, because bars send clicks; customdata of a cell: [code of the unit,
    kind and id of the column]. ※ at a unit: for reference; in a cell: fewer than three questions. With `difference` the cells
    say how far they lie from the median."""
    palette, columns = PALETTES[theme], found.columns
    figure = blank(palette, ROW * len(lines) + TOP, barmode="overlay", bargap=0.08)
    figure.update_layout(margin={"l": 118 if _.lang == "ja" else 124, "r": 0, "t": TOP, "b": 0, "pad": 6})
    figure.update_yaxes(visible=True, ticks="", range=[len(lines) - 0.5, -0.5], tickvals=list(range(len(lines))),
                        ticktext=[_row_label(found, line, palette, _) for line in lines], tickfont={"size": 12, "color": palette.text})  # fmt: skip
    names = [column_name(found.checklist, found.comparison.columns[at], _, short=True) for at in columns]
    figure.update_xaxes(visible=True, side="top", ticks="", range=[0, max(len(columns), 1)], tickangle=0,
                        ticklabeloverflow="allow", tickfont={"size": 11, "color": palette.mute}, tickvals=[place + 0.5 for place in range(len(columns))],
                        ticktext=[wrapped(name) for name in names])  # fmt: skip
    places = [(row, place, line, at) for row, line in enumerate(lines) for place, at in enumerate(columns) if line.cells[at].questions]
    looks = [_look(found, line, at, palette, _, difference=difference) for _row, _place, line, at in places]
    figure.add_bar(
        base=[place + 0.03 for _row, place, _line, _at in places], x=[0.94] * len(places), y=[row for row, *_rest in places],
        orientation="h", text=[text for _mark, text in looks], textposition="inside", insidetextanchor="middle", textangle=0,
        constraintext="none",
        insidetextfont={"size": 11, "color": [mark.on_fill if mark else palette.mute for mark, _text in looks]},
        marker={"color": [mark.fill if mark else palette.bg for mark, _text in looks],
                "line": {"width": [0 if mark else 1 for mark, _text in looks], "color": palette.line}},
        customdata=[[line.unit.code, *found.comparison.columns[at]] for _row, _place, line, at in places],
        hovertext=[_hover(found, line, at, _) for _row, _place, line, at in places], hoverinfo="text",
        unselected={"marker": {"opacity": 1}}, selected={"marker": {"opacity": 1}},
    )  # fmt: skip
    return figure


def _row_label(found: Shown, line: Line, palette: Palette, _: Words) -> str:
    """Name, and below it in small: sign, score, how much is answered (loud below 90 %)."""
    name = _short(_.text(line.unit.name), NAME_LENGTH[_.lang]) + (" ※" if is_mark(line) else "")
    score, mark = found.score(line), status(palette, found.score(line))
    value = f"{mark.sign} {_('{n} pts', n=shown(score.percent))}" if mark else NOT_APPLICABLE_SIGN
    answered = _("answered {n}%", n=whole_percent(completeness(line.total))) if completeness(line.total) is not None else ""
    colour = palette.lack.mark if line.incomplete else palette.mute
    below = f'<span style="color:{palette.mute}">{value}</span>　<span style="color:{colour}">{answered}</span>'
    return f'{escape(name)}<br><span style="font-size:10px">{below}</span>'


def _short(name: str, most: int) -> str:
    """Cut to what the label's space takes; the whole name stands in the table and in what a cell says."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _look(found: Shown, line: Line, at: int, palette: Palette, _: Words, *, difference: bool) -> tuple[Mark | None, str]:
    cell = line.cells[at]
    if not cell.possible:
        return None, NOT_APPLICABLE_SIGN
    if cell.open == cell.possible:
        return palette.lack if difference else status(palette, cell), OPEN_SIGN
    few = "※" if is_reference(cell) else ""
    if difference:
        return _by_difference(found.comparison.difference(line, at), palette, few, _)
    mark = status(palette, cell)
    text = f"{mark.sign if mark else ''}{whole_percent(cell.percent)}{few}"
    return mark, f"<b>{text}</b>" if mark is palette.lack else text


def _by_difference(value: Fraction | None, palette: Palette, few: str, _: Words) -> tuple[Mark | None, str]:
    if value is None:
        return None, NOT_APPLICABLE_SIGN
    text = f"{_.change(value)}{few}"
    if value < FAR_BELOW:
        return palette.lack, f"<b>{text}</b>"
    return (palette.part if value < 0 else palette.good), text


def _hover(found: Shown, line: Line, at: int, _: Words) -> str:
    cell: Score = line.cells[at]
    name = column_name(found.checklist, found.comparison.columns[at], _)
    sums = _(
        "{earned} of {possible} points, {n} questions", earned=_.integer(cell.earned), possible=_.integer(cell.possible), n=cell.questions
    )
    return f"{escape(_.text(line.unit.name))} × {escape(name)}<br>{_.percent(cell.percent)}<br>{sums}"


def differences(found: Shown, lines: Sequence[Line], theme: Theme, _: Words) -> go.Figure:
    """How far each unit's score lies from the median, in the rows of the heatmap: above solid, below hatched."""
    palette = PALETTES[theme]
    values = [found.comparison.difference(line, found.total) for line in lines]
    lengths = [0.0 if value is None else as_percent(value) for value in values]
    wide = max((abs(length) for length in lengths), default=0.0) or 1.0
    figure = blank(palette, ROW * len(lines) + TOP, bargap=0.5)
    figure.update_layout(margin={"l": 0, "r": 0, "t": TOP, "b": 0})
    figure.update_yaxes(range=[len(lines) - 0.5, -0.5])
    figure.update_xaxes(range=[-2.6 * wide, 2.6 * wide])
    hatch = {"color": palette.bg, "pattern": {"shape": "/", "size": 5, "fgcolor": palette.lack.mark, "bgcolor": palette.bg},
             "line": {"width": 1, "color": palette.lack.mark}}  # fmt: skip
    solid = {"color": palette.good.mark, "line": {"width": 0}}
    for sign, marker in ((1, solid), (-1, hatch)):
        rows = [row for row, length in enumerate(lengths) if length * sign > 0]
        figure.add_bar(x=[lengths[row] for row in rows], y=rows, orientation="h", marker=marker, hoverinfo="skip")
    notes: list[dict[str, Any]] = []
    plain = {"showarrow": False, "font": {"size": 12}}
    for row, (line, value, length) in enumerate(zip(lines, values, lengths, strict=True)):
        side = -1 if length < 0 else 1
        text = NOT_APPLICABLE_SIGN if value is None else f"<b>{_.change(value)}</b>"
        at, beside = ("left", "right") if side > 0 else ("right", "left")
        notes.append(plain | {"x": length, "y": row, "text": text, "xanchor": at, "xshift": 6 * side})
        name = escape(_short(_.text(line.unit.name), BESIDE_BAR[_.lang]))
        notes.append(
            plain | {"x": 0, "y": row, "text": name, "xanchor": beside, "xshift": -6 * side, "font": {"size": 12, "color": palette.mute}}
        )
    middle = found.comparison.medians[found.total]
    notes.append(plain | {"x": 0, "y": 1, "yref": "paper", "yanchor": "bottom", "text": _("Median {n} pts", n=_.points(middle)),
                          "font": {"size": 12, "color": palette.mute}})  # fmt: skip
    line_at_zero = {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper", "line": {"color": palette.rim, "width": 1}}
    figure.update_layout(annotations=notes, shapes=[line_at_zero])
    return figure
