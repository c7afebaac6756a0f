"""A node over its quarters as Plotly figures: lines with their range, and what a change is made of. Pure; see charts.py."""

from collections.abc import Sequence
from fractions import Fraction
from html import escape
from typing import Any

import plotly.graph_objects as go

from scoring.engine import shown
from scoring.targets import ToTarget
from tenken.charts import as_percent, blank, label_width
from tenken.comparison import whole_percent
from tenken.course import Course, Step, kind_name
from tenken.i18n import Words
from tenken.palette import PALETTES, Palette, Theme

HEIGHT, ROW, PANEL = 320, 38, 74  # pixels
PLOT, NAME = HEIGHT - 52, 16  # between the margins; the height of a name
FALL, LIFT = Fraction(3, 4), Fraction(1, 2)  # marks of the scale
Values = Sequence[Fraction | None]


def scores(course: Course, theme: Theme, _: Words, aims: Sequence[ToTarget | None] = ()) -> go.Figure:
    """The score with the range that open answers leave, and the marks at 50 and 75; dashed, the score of answers that stand just at
    their targets (`aims`, one a quarter)."""
    palette = PALETTES[theme]
    percents, bests = [point.total.percent for point in course.points], [point.total.best for point in course.points]
    needed = [aim.total.score if aim else None for aim in aims]
    figure = _frame(course, palette, [*percents, *bests, *needed], _)
    _band(figure, palette, percents, bests)
    _marks(figure, palette)
    _line(figure, palette, percents, _("Score"))
    _end(figure, palette, percents, _("Score {n}", n="{n}"), strong=True)
    if course.known and bests[course.known[-1]] != percents[course.known[-1]]:
        _end(figure, palette, bests, _("At best {n}", n="{n}"), strong=False)
    if any(value is not None for value in needed):
        _needed(figure, palette, needed, _)
    return figure


def _needed(figure: go.Figure, palette: Palette, values: Values, _: Words) -> None:
    figure.add_scatter(x=list(range(len(values))), y=[None if value is None else as_percent(value) for value in values], mode="lines",
                       line={"width": 1.5, "color": palette.text, "dash": "dash"}, cliponaxis=False, hoverinfo="skip", name=_("Target"))  # fmt: skip
    _end(figure, palette, values, _("Target {n}", n="{n}"), strong=False, shift=_give_way(figure, values))


def _give_way(figure: go.Figure, values: Values) -> int:
    """Pixels by which the name of one more line gives way to those that stand at the end already."""
    mine = next((as_percent(value) for value in reversed(values) if value is not None), 0.0)
    low, high = figure.layout.yaxis.range
    ends = [(note.y - mine) / (high - low) * PLOT for note in figure.layout.annotations if note.xref != "paper"]
    tried = sorted(range(-5 * NAME, 5 * NAME), key=abs)
    return next(shift for shift in tried if all(abs(end - shift) >= NAME for end in ends))


def gaps(course: Course, theme: Theme, _: Words) -> go.Figure:
    """The incident-weighted gap with its range, on one edition of the statistics; hollow: the value that a quarter had on its own."""
    palette = PALETTES[theme]
    found = [point.gap for point in course.points]
    values, lows, highs = ([getattr(gap, name) if gap else None for gap in found] for name in ("gap", "low", "high"))
    own = [point.own_gap if point.statistics_update else None for point in course.points]
    figure = _frame(course, palette, [*values, *lows, *highs, *own], _)
    _band(figure, palette, lows, highs)
    places = [place for place, value in enumerate(own) if value is not None]
    figure.add_scatter(x=places, y=[as_percent(own[place] or Fraction(0)) for place in places], mode="markers", cliponaxis=False,
                       marker={"size": 9, "symbol": "circle-open", "color": palette.mute}, hoverinfo="skip", name=_("As it was then"))  # fmt: skip
    _line(figure, palette, values, _("Incident-weighted gap"))
    _end(figure, palette, values, "{n}%", strong=True)
    return figure


def evidence(course: Course, theme: Theme, _: Words) -> go.Figure:
    """How much of what was earned has valid evidence behind it."""
    palette, values = PALETTES[theme], [point.evidenced_share for point in course.points]
    figure = _frame(course, palette, values, _)
    _line(figure, palette, values, _("Share with evidence"))
    _end(figure, palette, values, "{n}%", strong=True)
    return figure


def sections(course: Course, theme: Theme, _: Words) -> go.Figure:
    """Every section a line of its own in a row of its own, from 0 to 100."""
    palette, asked = PALETTES[theme], course.checklist.sections
    figure = _axis(course, blank(palette, PANEL * len(asked) + 40), palette, _)
    titles = [_.text(section.short) for section in asked]
    figure.update_layout(margin={"l": label_width(titles, _), "r": 16, "t": 4, "b": 40})
    figure.update_yaxes(visible=True, ticks="", range=[len(asked), 0], tickvals=[row + 0.6 for row in range(len(asked))],
                        ticktext=[escape(title) for title in titles], tickfont={"size": 13, "color": palette.text})  # fmt: skip
    for row, section in enumerate(asked):
        values = [dict(point.sections)[section.id].percent if section.id in dict(point.sections) else None for point in course.points]
        heights = [None if value is None else row + 0.92 - 0.0055 * as_percent(value) for value in values]
        figure.add_shape(type="line", x0=0, x1=1, xref="paper", y0=row + 0.95, y1=row + 0.95, line={"color": palette.grid, "width": 1})
        figure.add_scatter(
            x=list(range(len(values))), y=heights, mode="lines+markers+text", name=_.text(section.title), cliponaxis=False,
            line={"width": 2, "color": palette.accent}, marker={"size": 5, "color": palette.accent}, customdata=[section.id] * len(values),
            text=[shown(value) or "" for value in values], textposition="top center", textfont={"size": 11, "color": palette.text},
            hovertext=[f"{escape(_.text(section.title))} {_.points(value)}" for value in values], hoverinfo="text",
        )  # fmt: skip
    return figure


def _frame(course: Course, palette: Palette, values: Values, _: Words) -> go.Figure:
    """Axes of a line: quarters below, and just the part of 0 to 100 that the values need."""
    heights = [as_percent(value) for value in values if value is not None] or [0.0, 100.0]
    figure = _axis(course, blank(palette, HEIGHT), palette, _)
    figure.update_layout(margin={"l": 40, "r": 78, "t": 8, "b": 44})
    figure.update_yaxes(range=[min(heights) - 8, max(heights) + 6])
    return figure


def _axis(course: Course, figure: go.Figure, palette: Palette, _: Words) -> go.Figure:
    labels = course.axis(_)
    figure.update_xaxes(visible=True, ticks="", tickangle=0, range=[-0.35, len(labels) - 0.65], tickvals=list(range(len(labels))),
                        ticktext=list(labels), tickfont={"size": 12, "color": palette.mute})  # fmt: skip
    return figure


def _band(figure: go.Figure, palette: Palette, low: Values, high: Values) -> None:
    """The range as one closed shape; quarters without a value are left out."""
    places = [place for place, value in enumerate(low) if value is not None]
    there = [as_percent(high[place] or Fraction(0)) for place in places]
    back = [as_percent(low[place] or Fraction(0)) for place in reversed(places)]
    figure.add_scatter(x=[*places, *reversed(places)], y=[*there, *back], mode="lines", fill="toself", fillcolor=palette.soft,
                       line={"width": 0, "color": palette.soft}, hoverinfo="skip", name="range")  # fmt: skip


def _marks(figure: go.Figure, palette: Palette) -> None:
    low, high = figure.layout.yaxis.range
    for value, sign in ((FALL, palette.good.sign), (LIFT, palette.part.sign)):
        y = as_percent(value)
        if low < y < high:
            figure.add_shape(type="line", x0=0, x1=1, xref="paper", y0=y, y1=y, layer="below",
                             line={"color": palette.line, "width": 1, "dash": "dot"})  # fmt: skip
            figure.add_annotation(x=0, xref="paper", xanchor="right", xshift=-4, y=y, text=f"{sign} {whole_percent(value)}", showarrow=False,
                                  font={"size": 12, "color": palette.mute})  # fmt: skip


def _line(figure: go.Figure, palette: Palette, values: Values, name: str) -> None:
    figure.add_scatter(
        x=list(range(len(values))), y=[None if value is None else as_percent(value) for value in values], mode="lines+markers+text", name=name,
        line={"width": 2.5, "color": palette.accent}, marker={"size": 7, "color": palette.accent}, cliponaxis=False,
        text=[*(shown(value) or "" for value in values[:-1]), ""], textposition=[_clear_of(values, place) for place in range(len(values))],
        textfont={"size": 12, "color": palette.text}, hoverinfo="skip",
    )  # fmt: skip


def _clear_of(values: Values, place: int) -> str:
    """Where a point's value stands so that the line to the next point does not cross it."""
    value, after = values[place], values[place + 1] if place + 1 < len(values) else None
    return "top right" if value is not None and after is not None and after < value else "bottom right"


def _end(figure: go.Figure, palette: Palette, values: Values, text: str, *, strong: bool, shift: int = 0) -> None:
    """The name of a line at its end, instead of a legend; `shift`: pixels up."""
    place = max((place for place, value in enumerate(values) if value is not None), default=None)
    if place is None:
        return
    words = text.format(n=shown(values[place]))
    figure.add_annotation(x=place, y=as_percent(values[place] or Fraction(0)), text=f"<b>{words}</b>" if strong else words, showarrow=False,
                          xanchor="left", xshift=10, yshift=shift, font={"size": 12, "color": palette.accent if strong else palette.mute})  # fmt: skip


def waterfall(course: Course, found: Step, theme: Theme, _: Words) -> go.Figure:
    """From one quarter's score to another's, class by class. The axis is cut, so totals are ticks and no bars."""
    palette, names = PALETTES[theme], course.short_names(_)
    before, after = (course.points[place].total.percent or Fraction(0) for place in (found.first, found.last))
    labels = [names[found.first], *(kind_name(kind, _) for kind, _part in found.parts), names[found.last]]
    figure = blank(palette, ROW * len(labels) + 8, bargap=0.42)
    at, ends = before, [before]
    gains, losses = list[tuple[int, Fraction, Fraction]](), list[tuple[int, Fraction, Fraction]]()
    for row, (_kind, part) in enumerate(found.parts, start=1):
        (gains if part > 0 else losses).append((row, at, part))
        at += part
        ends.append(at)
    low, high = as_percent(min([*ends, after])), as_percent(max([*ends, after]))
    room = max(high - low, 0.5)
    figure.update_layout(margin={"l": label_width(labels, _), "r": 8, "t": 4, "b": 4, "pad": 6})
    figure.update_yaxes(visible=True, ticks="", range=[len(labels) - 0.5, -0.5], tickvals=list(range(len(labels))), ticktext=labels,
                        tickfont={"size": 13, "color": palette.text})  # fmt: skip
    figure.update_xaxes(range=[low - 0.06 * room, high + 0.3 * room])
    hatch = {"color": palette.bg, "pattern": {"shape": "/", "size": 5, "fgcolor": palette.lack.mark, "bgcolor": palette.bg},
             "line": {"width": 1.5, "color": palette.lack.mark}}  # fmt: skip
    for rows, marker in ((gains, {"color": palette.good.mark, "line": {"width": 0}}), (losses, hatch)):
        figure.add_bar(base=[as_percent(start) for _row, start, _part in rows], x=[as_percent(part) for _row, _start, part in rows],
                       y=[row for row, _start, _part in rows], orientation="h", marker=marker, hoverinfo="skip",
                       customdata=[found.parts[row - 1][0] for row, _start, _part in rows])  # fmt: skip
    shapes, notes = list[dict[str, Any]](), list[dict[str, Any]]()
    for row, value, colour in ((0, before, palette.rim), (len(labels) - 1, after, palette.accent)):
        shapes.append(_upright(value, row - 0.38, row + 0.38, colour, 5))
        notes.append(_note(value, row, f"<b>{_('{n} pts', n=shown(value))}</b>", palette.text))
    for row, (start, (_kind, part)) in enumerate(zip(ends, found.parts, strict=False), start=1):
        shapes.append(_upright(start, row - 0.62, row - 0.28, palette.rim, 1))
        if _.change(part) == "±0":
            shapes.append(_upright(start + part, row - 0.28, row + 0.28, palette.rim, 2))
        notes.append(_note(max(start, start + part), row, _.change(part), palette.text if _.change(part) != "±0" else palette.mute))
    shapes.append(_upright(ends[-1], len(labels) - 1.72, len(labels) - 1.38, palette.rim, 1))
    figure.update_layout(shapes=shapes, annotations=notes)
    return figure


def _upright(value: Fraction, top: float, bottom: float, colour: str, width: float) -> dict[str, Any]:
    x = as_percent(value)
    return {"type": "line", "x0": x, "x1": x, "y0": top, "y1": bottom, "line": {"color": colour, "width": width}}


def _note(value: Fraction, row: int, text: str, colour: str) -> dict[str, Any]:
    return {
        "x": as_percent(value),
        "y": row,
        "text": text,
        "showarrow": False,
        "xanchor": "left",
        "xshift": 8,
        "font": {"size": 13, "color": colour},
    }
