"""How the incidents of each cause end, as a Plotly figure. Pure; see tenken/charts.py."""

from html import escape
from typing import Any

import plotly.graph_objects as go

from scoring.replay import Result
from tenken.charts import blank, label_width
from tenken.i18n import Words
from tenken.palette import PALETTES, Palette, Theme
from tenken.replaying.read import Look, by_cause
from tenken.replaying.words import RESULT_SIGNS, cause_name, result_name

ROW, HEAD = 36, 46  # pixels
WORST_FIRST: tuple[Result, ...] = ("through", "slowed", "possibly", "likely", "outside")


def _looks(palette: Palette, result: Result) -> tuple[dict[str, Any], str, str]:
    """How a part of a bar is filled, the ink on it, and the colour of its key. Hatched: not certain."""
    if result == "through":
        return {"color": palette.lack.fill}, palette.lack.on_fill, palette.lack.mark
    if result == "slowed":
        return {"color": palette.part.fill}, palette.part.on_fill, palette.part.mark
    if result == "likely":
        return {"color": palette.covered}, palette.text, palette.covered
    hatch = {"shape": "/" if result == "possibly" else ".", "size": 6, "fgcolor": palette.rim, "bgcolor": palette.bg}
    return {"color": palette.bg, "pattern": hatch}, palette.text, palette.rim


def by_result(look: Look, theme: Theme, _: Words) -> go.Figure:
    """A row per main cause: what went through first, what was likely stopped last; numbers are incidents."""
    palette, rows = PALETTES[theme], by_cause(look)[::-1]
    labels = [escape(cause_name(look.checklist, cause, _)) for cause, _counts in rows]
    figure = blank(palette, ROW * len(rows) + HEAD, bargap=0.34)
    width = label_width(labels, _)
    figure.update_layout(margin={"l": width, "r": 8, "t": HEAD, "b": 0, "pad": 6})
    figure.update_yaxes(visible=True, ticks="", tickfont={"size": 13, "color": palette.text})
    drawn = [result for result in WORST_FIRST if any(counts.of(result) for _cause, counts in rows)]
    keys = []
    for result in drawn:
        marker, ink, key = _looks(palette, result)
        values = [counts.of(result) for _cause, counts in rows]
        square = "▨" if "pattern" in marker else "■"
        keys.append(f'<span style="color:{key}">{square}</span> {RESULT_SIGNS[result]} {result_name(result, _)}')
        figure.add_bar(
            x=values, y=labels, orientation="h", name=result_name(result, _), marker=marker | {"line": {"width": 1, "color": palette.bg}},
            text=[f"<b>{value}</b>" if value else "" for value in values], textposition="inside", insidetextanchor="middle", textangle=0,
            constraintext="none", insidetextfont={"color": ink, "size": 12},
            hovertemplate=[f"{label}<br>{result_name(result, _)} {value}<extra></extra>" for label, value in zip(labels, values, strict=True)],
        )  # fmt: skip
    lines = ["　".join(keys[:2]), "　".join(keys[2:])]
    figure.add_annotation(x=0, y=1, xref="paper", yref="paper", xshift=-width, yshift=HEAD, xanchor="left", yanchor="top", align="left",
                          text="<br>".join(filter(None, lines)), showarrow=False, font={"size": 12})  # fmt: skip
    return figure
