"""Charts of a report as Plotly figures, for the screen: the same values and labels that the files draw natively."""

from collections.abc import Callable
from typing import Any, Final

import plotly.graph_objects as go

from tenken.charts import blank, label_width
from tenken.i18n import Words
from tenken.palette import PALETTES, Palette, Theme
from tenken.reports.model import Cell, Chart, Column, Series, Table, Tone

LEGEND: Final = 26  # pixels above the bars, for one line of names
SECOND: Final = 16  # for another one
PHONE: Final = 330  # pixels that one line of names may take
SEVERAL: Final = 4  # categories; from more of them on, every name stands on two lines where it can
ENDS: Final = 70  # pixels right of horizontal bars
WRITTEN: Final = 0.12  # of the axis: from here on a bar holds its number, on a phone too


def tone_colour(tone: Tone, palette: Palette) -> str:
    """The colour of a mark; of what is open or hidden, that of its ground."""
    return {
        "plain": palette.text, "ours": palette.accent, "lacking": palette.lack.mark, "covered": palette.covered, "good": palette.good.mark,
        "middle": palette.part.mark, "poor": palette.lack.mark, "none": palette.bg2, "gain": palette.good.mark, "loss": palette.bg,
        "total": palette.mute, "hidden": "rgba(0,0,0,0)", "mute": palette.bg,
    }[tone]  # fmt: skip


def _ink(tone: Tone, palette: Palette) -> str:
    """Text inside a mark of this tone."""
    if tone in ("lacking", "poor"):
        return palette.lack.on_fill
    return palette.bg if tone in ("ours", "good", "gain", "total", "plain") else palette.text


def _marker(tone: Tone, palette: Palette) -> dict[str, Any]:
    """What is uncertain or lost is hatched, what is not applicable is an outline."""
    if tone in ("none", "loss"):
        return {"color": palette.bg2, "line": {"width": 1 if tone == "loss" else 0, "color": palette.lack.mark},
                "pattern": {"shape": "/", "size": 5, "fgcolor": palette.lack.mark, "bgcolor": palette.bg2}}  # fmt: skip
    return {"color": tone_colour(tone, palette), "line": {"width": 1 if tone == "mute" else 0, "color": palette.rim}}


def figure(chart: Chart, theme: Theme, height: int, _: Words) -> go.Figure:
    """The chart, `height` pixels high."""
    drawn: dict[str, Callable[[Chart, Palette, int, Words], go.Figure]] = {
        "stacked_bars": _bars, "waterfall": _waterfall, "line": _line, "columns": _columns,
    }  # fmt: skip
    return drawn[chart.kind](chart, PALETTES[theme], height, _)


def _bars(chart: Chart, palette: Palette, height: int, _: Words) -> go.Figure:
    """Horizontal, the first category on top; `ends` stand in a column at the right."""
    found = blank(palette, height, bargap=0.38)
    width = label_width(chart.categories, _)
    places = list(range(len(chart.categories)))
    found.update_layout(margin={"l": width, "r": ENDS, "t": _legend_height(chart, _), "b": 0, "pad": 6})
    found.update_xaxes(range=[chart.low, chart.high])
    found.update_yaxes(visible=True, autorange="reversed", tickmode="array", tickvals=places, ticktext=list(chart.categories), ticks="",
                       tickfont={"size": 13, "color": palette.text})  # fmt: skip
    for series in chart.series:
        labels = [label if (value or 0) >= WRITTEN * chart.high else "" for label, value in zip(series.labels, series.values, strict=True)]
        found.add_bar(
            y=places, x=list(series.values), orientation="h", name=series.name, marker=_marker(series.tone, palette),
            text=[f"<b>{label}</b>" if label else "" for label in labels], textposition="inside", insidetextanchor="middle", textangle=0,
            constraintext="none", insidetextfont={"color": _ink(series.tone, palette), "size": 12}, hoverinfo="skip",
        )  # fmt: skip
    notes = [_legend(chart, palette, _, -width)]
    for place, end in zip(places, chart.ends, strict=True):
        notes.append({"x": 1, "xref": "paper", "y": place, "text": end, "showarrow": False, "xanchor": "right", "xshift": ENDS - 2,
                      "align": "right", "font": {"size": 13, "color": palette.lack.mark if end.startswith(palette.lack.sign) else palette.text}})  # fmt: skip
    found.update_layout(annotations=notes)
    return found


def _upright(chart: Chart, palette: Palette, height: int, _: Words, **layout: Any) -> go.Figure:
    """Categories below, values upwards, room for what stands above the highest."""
    found = blank(palette, height, **layout)
    found.update_layout(margin={"l": 8, "r": 8, "t": _legend_height(chart, _) + 14, "b": 30, "pad": 2})
    found.update_xaxes(visible=True, tickmode="array", tickvals=list(range(len(chart.categories))), ticktext=[_broken(name, several=len(chart.categories) > SEVERAL) for name in chart.categories],
                       ticks="", tickangle=0, tickfont={"size": 12, "color": palette.text}, range=[-0.5, len(chart.categories) - 0.5])  # fmt: skip
    found.update_yaxes(range=[chart.low, chart.high * 1.08])
    return found


def _broken(name: str, most: int = 8, *, several: bool = False) -> str:
    """A long name of a category on two lines; where there are `several`, a short one too that has a blank."""
    if " " in name and (several or len(name) > most):
        return name.replace(" ", "<br>", 1)
    middle = (len(name) + 1) // 2
    return f"{name[:middle]}<br>{name[middle:]}" if len(name) > most and not name.isascii() else name


def _waterfall(chart: Chart, palette: Palette, height: int, _: Words) -> go.Figure:
    found = _upright(chart, palette, height, _, bargap=0.4)
    places = list(range(len(chart.categories)))
    for series in chart.series:
        values = [value or None for value in series.values]  # an outline would be drawn round nothing
        found.add_bar(x=places, y=values, name=series.name, marker=_marker(series.tone, palette), hoverinfo="skip")
    tops = [sum(series.values[place] or 0.0 for series in chart.series) for place in places]
    found.update_layout(
        annotations=[
            _legend(chart, palette, _),
            *(_above(place, top, end) for place, top, end in zip(places, tops, chart.ends, strict=True)),
        ]
    )
    return found


def _columns(chart: Chart, palette: Palette, height: int, _: Words) -> go.Figure:
    found = _upright(chart, palette, height, _, bargap=0.4, barmode="overlay")
    for series in chart.series:
        found.add_bar(x=list(range(len(chart.categories))), y=list(series.values), name=series.name, marker=_marker(series.tone, palette), hoverinfo="skip",
                      text=list(series.labels), textposition="outside", cliponaxis=False, textangle=0, constraintext="none",
                      textfont={"size": 13, "color": palette.text})  # fmt: skip
    return found


def _line(chart: Chart, palette: Palette, height: int, _: Words) -> go.Figure:
    """Every value written above its point, or below it where another line is close above."""
    found = _upright(chart, palette, height, _)
    places = list(range(len(chart.categories)))
    colours = {"mute": palette.mute}
    for series in chart.series:
        colour = colours.get(series.tone, tone_colour(series.tone, palette))
        found.add_scatter(
            x=places, y=list(series.values), mode="lines+markers+text", name=series.name, text=list(series.labels), cliponaxis=False, hoverinfo="skip",
            line={"color": colour, "width": 2.5, "dash": "dot" if series.tone == "mute" else "solid"}, marker={"size": 7, "color": colour},
            textposition=[_side(chart, series, place) for place in places], textfont={"size": 12, "color": palette.text},
        )  # fmt: skip
    if len(chart.series) > 1:
        found.update_layout(annotations=[_legend(chart, palette, _)])
    return found


def _side(chart: Chart, series: Series, place: int) -> str:
    """Where the label of a point stands: away from the nearest other line."""
    at = series.values[place]
    others = [other.values[place] for other in chart.series if other is not series]
    gaps = [value - at for value in others if value is not None and at is not None]
    nearest = min(gaps, key=abs, default=-1.0)
    return "bottom center" if nearest > 0 else "top center"


def _above(place: int, top: float, text: str) -> dict[str, Any]:
    return {"x": place, "y": top, "text": f"<b>{text}</b>", "showarrow": False, "yanchor": "bottom", "font": {"size": 13}}


def _named(chart: Chart) -> tuple[Series, ...]:
    return tuple(series for series in chart.series if series.tone != "hidden" and any(series.values))


def _is_long(chart: Chart, _: Words) -> bool:
    """Whether the names take more than a line of a phone."""
    return len(_named(chart)) > 2 and sum(label_width([series.name], _) + 12 for series in _named(chart)) > PHONE


def _legend_height(chart: Chart, _: Words) -> int:
    return LEGEND + SECOND * _is_long(chart, _)


def _legend(chart: Chart, palette: Palette, _: Words, shift: int = 0) -> dict[str, Any]:
    """One or two lines above the chart, with the sign of each series that is seen."""
    signs: dict[Tone, tuple[str, str]] = {"none": (palette.lack.mark, "▨"), "loss": (palette.lack.mark, "▨"), "mute": (palette.mute, "□")}
    names = []
    for series in _named(chart):
        colour, square = signs.get(series.tone, (tone_colour(series.tone, palette), "■"))
        names.append(f'<span style="color:{colour}">{square}</span> {series.name}')
    text = f"{'　'.join(names[:2])}<br>{'　'.join(names[2:])}" if _is_long(chart, _) else "　".join(names)
    return {"x": 0, "y": 1, "xref": "paper", "yref": "paper", "xshift": shift, "yshift": _legend_height(chart, _) - 2, "xanchor": "left",
            "yanchor": "top", "align": "left", "text": text, "showarrow": False, "font": {"size": 12}}  # fmt: skip


def as_table(chart: Chart, _: Words) -> Table:
    """What the chart is drawn from: a row a category, a column a series that is seen."""
    seen = tuple(series for series in chart.series if series.tone != "hidden")
    columns = (Column(chart.axis, "text", 3), *(Column(series.name, "number", 1.4) for series in seen))
    ends = any(chart.ends)
    if ends:
        columns += (Column(_("Written at its end"), "number", 1.4),)
    rows = tuple(
        (Cell(name), *(_value(series, place) for series in seen), *((Cell(chart.ends[place]),) if ends else ()))
        for place, name in enumerate(chart.categories)
    )
    return Table(chart.id, chart.title, columns, rows, len(rows), "")


def _value(series: Series, place: int) -> Cell:
    value = series.values[place]
    return Cell("" if value is None else series.labels[place] or f"{value:g}", number=value)
