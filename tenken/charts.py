"""Domain values to Plotly figures: pure, one function a chart, colours from tenken/palette.py.

Text in a figure is the shown number (scoring.engine.shown), never a number format of Plotly's. Ids travel in
`customdata`. Hatching always means: not certain, or not there.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import plotly.graph_objects as go

from scoring.assessment import Assessment
from scoring.engine import shown
from scoring.incident_gap import TSR_CAUSES
from scoring.model import (
    CauseGap,
    Gap,
    Score,
)
from scoring.outside import (
    Year,
)
from scoring.targets import ToTarget
from tenken.i18n import Words
from tenken.palette import FONT, NOT_APPLICABLE_SIGN, OPEN_SIGN, PALETTES, Mark, Palette, Theme

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}
# Thousandths of all incidents from which a bar of a cause holds its number, on a phone too.
WRITTEN = 40
FEW_QUESTIONS = 3


# What our charts use of Plotly's own template, which would ride along whole, 7 kB, with every figure.
TEMPLATE = go.layout.Template(
    layout={"autotypenumbers": "strict", "hovermode": "closest", "hoverlabel": {"align": "left"},
            "xaxis": {"automargin": True}, "yaxis": {"automargin": True}},
    data={"bar": [{"marker": {"pattern": {"fillmode": "overlay", "size": 10, "solidity": 0.2}}}]},
)  # fmt: skip


def blank(palette: Palette, height: int, **layout: Any) -> go.Figure:
    """A figure with nothing in it: no margins, no axes, no tools."""
    plain: dict[str, Any] = {
        "template": TEMPLATE,
        "height": height,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13, "color": palette.text},
        "hoverlabel": {"bgcolor": palette.bg2, "font": {"family": FONT, "color": palette.text}, "bordercolor": palette.rim},
        "showlegend": False,
        "dragmode": False,
        "barmode": "stack",
        "xaxis": {"visible": False, "fixedrange": True, "showgrid": False, "zeroline": False},
        "yaxis": {"visible": False, "fixedrange": True, "showgrid": False, "zeroline": False},
    }
    return go.Figure(layout=plain | layout)


def status(palette: Palette, score: Score) -> Mark | None:
    """○ from 75 %, △ from 50 %, × below, by exact integers; None where nothing is applicable."""
    if not score.possible:
        return None
    if score.earned * 4 >= score.possible * 3:
        return palette.good
    return palette.part if score.earned * 2 >= score.possible else palette.lack


def as_percent(value: Fraction) -> float:
    """Where it lies on an axis from 0 to 100; never what is written there."""
    return round(float(value) * 100, 3)


def thin_bar(theme: Theme, certain: Fraction, possible: Fraction, best: Fraction | None = None, *, lack: bool = False) -> go.Figure:
    """A figure's bar on [0, 1]: solid up to `certain`, hatched up to `possible`, a tick at the best estimate."""
    palette = PALETTES[theme]
    colour = palette.lack.mark if lack else palette.accent
    figure = blank(palette, 10, bargap=0)
    figure.update_xaxes(range=[0, 100])
    solid, upper = as_percent(certain), as_percent(possible)
    hatch = {"color": "rgba(0,0,0,0)", "pattern": {"shape": "/", "size": 4, "fgcolor": colour, "bgcolor": palette.grid}}
    for length, marker in ((solid, {"color": colour}), (upper - solid, hatch), (100 - upper, {"color": palette.grid})):
        figure.add_bar(x=[length], y=[""], orientation="h", marker=marker | {"line": {"width": 0}}, hoverinfo="skip")
    if best is not None:
        x = as_percent(best)
        figure.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, yref="paper", line={"color": palette.text, "width": 3})
    return figure


def incident_bars(assessment: Assessment, theme: Theme, _: Words, found: ToTarget | None = None) -> go.Figure:
    """Length: share of the cause in TSR's incidents. Red: share × what is missing; the red parts add up to the
    gap without the open part, which is hatched. Sorted by what is missing. `found`: a mark in the red, up to which it is missing
    to the targets."""
    palette = PALETTES[theme]
    parts = by_uncovered(assessment)[::-1]
    titles = {section.id: _.text(section.title) for section in assessment.checklist.sections}
    labels = [_two_lines(titles[part.cause]) for part in parts]
    figure = blank(palette, 42 * len(parts) + 34, bargap=0.42)
    width = label_width(labels, _)
    figure.update_layout(margin={"l": width, "r": 104, "t": 28, "b": 0, "pad": 6})
    figure.update_yaxes(visible=True, showline=False, ticks="", tickfont={"size": 13, "color": palette.text})
    figure.update_xaxes(range=[0, max(as_percent(part.share.central) for part in parts) * 1.18])
    hatched = {"color": palette.bg2, "pattern": {"shape": "/", "size": 5, "fgcolor": palette.lack.mark, "bgcolor": palette.bg2}}
    series: tuple[tuple[str, list[Fraction], dict[str, Any]], ...] = (
        (_("Not met (weighted)"), [part.uncovered for part in parts], {"color": palette.lack.mark}),
        (_("Not answered yet"), [part.open for part in parts], hatched),
        (_("Covered"), [part.covered for part in parts], {"color": palette.covered}),
        (_("Not applicable"), [part.not_applicable for part in parts], {"color": palette.bg}),
    )
    keys = ((palette.lack.mark, "■"), (palette.lack.mark, "▨"), (palette.covered, "■"), (palette.rim, "□"))
    legend = [
        f'<span style="color:{colour}">{square}</span> {name}'
        for (colour, square), (name, values, _m) in zip(keys, series, strict=True)
        if any(values)
    ]
    if found:
        legend.append(f"<b>│</b> {_('To target')}")
    notes: list[dict[str, Any]] = [
        {"x": 0, "y": 1, "xref": "paper", "yref": "paper", "xshift": -width, "yshift": 26, "xanchor": "left", "text": "　".join(legend),
         "showarrow": False, "font": {"size": 12}}
    ]  # fmt: skip
    for number, (name, values, marker) in enumerate(series):
        rims = [1 if name == _("Not applicable") and v else 0 for v in values]
        texts = [f"<b>{shown(v)}</b>" if number == 0 and v * 1000 >= WRITTEN else "" for v in values]
        figure.add_bar(
            x=[as_percent(v) for v in values], y=labels, orientation="h", name=name, marker=marker | {"line": {"width": rims, "color": palette.rim}},
            text=texts, textposition="inside", insidetextanchor="middle", textangle=0, constraintext="none",
            insidetextfont={"color": palette.lack.on_fill, "size": 12}, customdata=[part.cause for part in parts],
            hovertemplate=[f"{label}<br>{name} {shown(v)}%<extra></extra>" for label, v in zip(labels, values, strict=True)],
            unselected={"marker": {"opacity": 1}},
        )  # fmt: skip
    if found:
        _target_marks(figure, palette, [dict(found.causes).get(part.cause, Fraction(0)) for part in parts])
    for part, label in zip(parts, labels, strict=True):
        score = assessment.result.section(part.cause)
        notes.append({"x": as_percent(part.share.central), "y": label, "text": _.percent(part.share.central), "showarrow": False,
                      "xanchor": "left", "xshift": 7, "font": {"size": 12, "color": palette.mute}})  # fmt: skip
        mark = status(palette, score)
        text = f"{mark.sign} {_.points(score.percent)}" if mark else f"{NOT_APPLICABLE_SIGN} {_('N/A')}"
        strong = mark is palette.lack
        notes.append({"x": 1, "xref": "paper", "y": label, "text": f"<b>{text}</b>" if strong else text, "showarrow": False,
                      "xanchor": "right", "xshift": 102, "align": "right",
                      "font": {"size": 13, "color": palette.lack.mark if strong else palette.text}})  # fmt: skip
    figure.update_layout(annotations=notes)  # all at once: each one alone would check all the others again
    return figure


def _target_marks(figure: go.Figure, palette: Palette, values: Sequence[Fraction]) -> None:
    """A stroke under each bar, where its number cannot be hidden; none where nothing is missing. `values` from the lowest bar up."""
    places = [(place, as_percent(value)) for place, value in enumerate(values) if value]
    figure.update_layout(
        shapes=[
            {"type": "line", "x0": x, "x1": x, "y0": place - 0.44, "y1": place - 0.22, "line": {"color": palette.text, "width": 2}}
            for place, x in places
        ]
    )


def label_width(labels: Sequence[str], _: Words) -> int:
    """Pixels that the longest line of axis labels takes at 13 px, with the space beside it."""
    lines = [line for label in labels for line in label.split("<br>")]
    return int(max(map(len, lines), default=0) * (13.3 if _.lang == "ja" else 7.1)) + 14


def _two_lines(text: str) -> str:
    """An English label of several words broken near its middle; Japanese ones are short."""
    spaces = [match.start() for match in re.finditer(" ", text)]
    if not spaces or len(text) < 14 or not text.isascii():
        return text
    middle = min(spaces, key=lambda place: abs(place - len(text) / 2))
    return f"{text[:middle]}<br>{text[middle + 1 :]}"


def years(gap: Gap) -> str:
    """'2025', or '2023–2025' when years are pooled."""
    return str(gap.years[0]) if len(gap.years) == 1 else f"{gap.years[0]}–{gap.years[-1]}"


def by_uncovered(assessment: Assessment) -> tuple[CauseGap, ...]:
    """The causes as the bars show them: most unmet first, then the larger share, then checklist order."""
    return tuple(sorted(assessment.gap.causes, key=lambda part: (-part.uncovered - part.open, -part.share.central)))


def heatmap(assessment: Assessment, theme: Theme, _: Words) -> go.Figure:
    """Countermeasure (rows) × cause (columns). One bar trace, because bars send clicks and heatmaps do not;
    customdata of a cell: [section, countermeasure]. ※ marks a cell of fewer than three questions."""
    palette = PALETTES[theme]
    checklist = assessment.checklist
    titles = {section.id: section for section in checklist.sections}
    causes = [part.cause for part in by_uncovered(assessment)]
    used = {cell.countermeasure for cell in assessment.result.cells}
    rows = [measure for measure in checklist.countermeasures if measure.id in used]
    cells = [c for c in assessment.result.cells if c.section in causes]
    short = {measure.id: _.text(measure.short) for measure in rows}
    marks = [status(palette, cell.score) for cell in cells]
    figure = blank(palette, 36 * len(rows) + 44, barmode="overlay", bargap=0.08)
    figure.update_layout(margin={"l": 86, "r": 0, "t": 40, "b": 0, "pad": 4})
    figure.update_yaxes(visible=True, ticks="", categoryorder="array", categoryarray=list(short.values())[::-1],
                        range=[-0.5, len(rows) - 0.5], tickfont={"size": 12, "color": palette.text})  # fmt: skip
    figure.update_xaxes(visible=True, side="top", ticks="", range=[0, len(causes)], tickfont={"size": 11, "color": palette.mute},
                        tickvals=[i + 0.5 for i in range(len(causes))], tickangle=0,
                        ticktext=[wrapped(_.text(titles[c].short)) for c in causes])  # fmt: skip
    figure.add_bar(
        base=[causes.index(cell.section) + 0.03 for cell in cells], x=[0.94] * len(cells),
        y=[short[cell.countermeasure] for cell in cells], orientation="h",
        marker={"color": [mark.fill if mark else palette.bg for mark in marks],
                "line": {"width": [0 if mark else 1 for mark in marks], "color": palette.line}},
        text=[_cell_text(cell.score, mark, _) for cell, mark in zip(cells, marks, strict=True)],
        textposition="inside", insidetextanchor="middle", textangle=0, constraintext="none",
        insidetextfont={"size": 11, "color": [mark.on_fill if mark else palette.mute for mark in marks]},
        customdata=[[cell.section, cell.countermeasure] for cell in cells],
        hovertemplate=[
            f"{short[c.countermeasure]} × {_.text(titles[c.section].title)}<br>"
            + _("{earned} of {possible} points, {n} questions", earned=c.score.earned, possible=c.score.possible,
                n=c.score.questions) + "<extra></extra>" for c in cells
        ],
        unselected={"marker": {"opacity": 1}}, selected={"marker": {"opacity": 1}},
    )  # fmt: skip
    return figure


def _cell_text(score: Score, mark: Mark | None, _: Words) -> str:
    if mark is None:
        return NOT_APPLICABLE_SIGN
    if score.open == score.possible:
        return OPEN_SIGN
    few = "※" if score.questions - score.not_applicable < FEW_QUESTIONS else ""
    text = f"{mark.sign}\u2009{int(Fraction(score.earned * 100, score.possible))}{few}"
    return f"<b>{text}</b>" if mark.sign == "×" else text


def wrapped(text: str) -> str:
    """Two lines where a narrow column needs them: Japanese after two letters, English between words."""
    if text.isascii():
        return text.replace(" ", "<br>", 1)
    return text if len(text) <= 3 else f"{text[:2]}<br>{text[2:]}"


# --- statistics ----------------------------------------------------------------------------------


def _years_figure(palette: Palette, years: Sequence[Year], height: int, **layout: Any) -> go.Figure:
    """A figure whose x axis counts the years from 0; labels like '13' would be read as positions otherwise."""
    figure = blank(palette, height, **layout)
    labels = [str(year.year) if number == 0 else f"{year.year % 100:02d}" for number, year in enumerate(years)]
    figure.update_layout(margin={"l": 6, "r": 10, "t": 8, "b": 24})
    figure.update_xaxes(visible=True, ticks="", tickvals=list(range(len(years))), ticktext=labels, range=[-0.5, len(years) - 0.5],
                        tickfont={"size": 12, "color": palette.mute}, tickangle=0)  # fmt: skip
    return figure


def _no_source(figure: go.Figure, palette: Palette, known: Sequence[bool], y: float, _: Words) -> None:
    for number, is_known in enumerate(known):
        if not is_known:
            figure.add_annotation(x=number, y=y, text=_("no<br>data"), showarrow=False, yanchor="bottom",
                                  font={"size": 11, "color": palette.mute})  # fmt: skip


def incidents_by_year(years: Sequence[Year], names: dict[str, str], theme: Theme, _: Words) -> go.Figure:
    """Incidents stacked by cause for every year; what has no published cause is hatched, a year without a
    source says so."""
    palette = PALETTES[theme]
    totals = [int(year.incidents.value) if year.incidents else None for year in years]
    figure = _years_figure(palette, years, 400, bargap=0.22, showlegend=True)
    figure.update_layout(
        legend={"x": 0, "y": 1, "traceorder": "reversed", "bgcolor": "rgba(0,0,0,0)", "font": {"size": 12}, "itemclick": False,
                "itemdoubleclick": False},
    )  # fmt: skip
    top = max((t for t in totals if t), default=1)
    figure.update_yaxes(range=[0, top * 1.5])  # room for the legend above every bar
    for number, cause in enumerate(TSR_CAUSES):
        marker = {"color": palette.causes[number], "line": {"width": 1, "color": palette.bg}}
        _stack(figure, years, [year.cause(cause) for year in years], names[cause], marker, palette.on_causes[number])
    hatch = {"color": palette.bg, "pattern": {"shape": "/", "size": 6, "fgcolor": palette.rim, "bgcolor": palette.bg},
             "line": {"width": 1, "color": palette.rim}}  # fmt: skip
    _stack(figure, years, [year.unassigned or None for year in years], _("cause not published"), hatch, None)
    for number, total in enumerate(totals):
        if total is not None:
            figure.add_annotation(x=number, y=total, text=f"<b>{total}</b>", showarrow=False, yanchor="bottom", font={"size": 13})
    _no_source(figure, palette, [t is not None for t in totals], 0, _)
    return figure


def _stack(
    figure: go.Figure, years: Sequence[Year], values: Sequence[int | None], name: str, marker: dict[str, Any], ink: str | None
) -> None:
    """One cause over the years; `ink` colours the numbers inside, None leaves them out."""
    figure.add_bar(
        x=list(range(len(years))), y=[value or 0 for value in values], name=name, marker=marker,
        text=[str(v) if ink and v is not None and v >= 14 else "" for v in values], textposition="inside", textangle=0,
        constraintext="none", insidetextanchor="middle", insidetextfont={"color": ink, "size": 12},
        hovertemplate=[f"{year.year}: {name} {value}<extra></extra>" for year, value in zip(years, values, strict=True)],
    )  # fmt: skip


def companies_by_year(years: Sequence[Year], theme: Theme, _: Words) -> go.Figure:
    """Companies that disclosed at least one incident, year by year."""
    palette = PALETTES[theme]
    companies = [int(year.companies.value) if year.companies else None for year in years]
    figure = _years_figure(palette, years, 150, bargap=0.22)
    figure.update_yaxes(range=[0, max((c for c in companies if c), default=1) * 1.25])
    figure.add_bar(
        x=list(range(len(years))), y=[c or 0 for c in companies], marker={"color": palette.covered, "line": {"width": 0}},
        text=["" if c is None else f"{c:,}" for c in companies], textposition="outside", cliponaxis=False, textangle=0, constraintext="none",
        textfont={"size": 12}, hoverinfo="skip",
    )  # fmt: skip
    _no_source(figure, palette, [c is not None for c in companies], 0, _)
    return figure


def persons_by_year(years: Sequence[Year], theme: Theme, _: Words) -> go.Figure:
    """Persons as dots on a log axis (a bar on a log axis would have no meaning)."""
    palette = PALETTES[theme]
    persons = [int(year.persons.value) if year.persons else None for year in years]
    figure = _years_figure(palette, years, 240)
    figure.update_yaxes(type="log", range=[6, 8.15])
    for power, text in ((7, _("10 million")), (8, _("100 million"))):
        figure.add_shape(type="line", x0=0, x1=1, xref="paper", y0=10**power, y1=10**power, line={"color": palette.grid, "width": 1})
        figure.add_annotation(x=0, xref="paper", y=power, text=text, showarrow=False, yanchor="bottom", xanchor="left",
                              font={"size": 11, "color": palette.mute})  # fmt: skip
    figure.add_scatter(
        x=list(range(len(years))), y=persons, mode="markers+text", marker={"size": 11, "color": palette.accent}, cliponaxis=False,
        text=["" if p is None else _.persons_axis(p) for p in persons], textposition="top center", textfont={"size": 12},
        hovertemplate=[f"{year.year}: {p:,}<extra></extra>" if p else "" for year, p in zip(years, persons, strict=True)],
    )  # fmt: skip
    _no_source(figure, palette, [p is not None for p in persons], 6, _)
    return figure


def counts(rows: Sequence[tuple[str, int]], total: int | None, theme: Theme, _: Words) -> go.Figure:
    """Plain horizontal bars of published counts; the rest up to `total` is hatched as not published."""
    palette = PALETTES[theme]
    rest = [] if total is None else [(_("not published"), total - sum(value for _name, value in rows))]
    shown_rows = [*rows, *[row for row in rest if row[1] > 0]][::-1]
    labels = [name for name, _value in shown_rows]
    figure = blank(palette, 30 * len(shown_rows) + 6, bargap=0.35)
    width = label_width(labels, _)
    figure.update_layout(margin={"l": width, "r": 40, "t": 0, "b": 0, "pad": 6})
    figure.update_yaxes(visible=True, ticks="", tickfont={"size": 13, "color": palette.text})
    unpublished = [label == _("not published") for label in labels]
    figure.add_bar(
        x=[value for _name, value in shown_rows], y=labels, orientation="h",
        marker={"color": [palette.bg if u else palette.accent for u in unpublished],
                "line": {"width": [1 if u else 0 for u in unpublished], "color": palette.rim},
                "pattern": {"shape": ["/" if u else "" for u in unpublished], "size": 6, "fgcolor": palette.rim}},
        text=[f"{value:,}" for _name, value in shown_rows], textposition="outside", cliponaxis=False, textangle=0, constraintext="none",
        hoverinfo="skip",
    )  # fmt: skip
    return figure
