"""The curve: what every budget leaves of the gap, by the best plan and by the order. Pure; see tenken/charts.py."""

from fractions import Fraction

import plotly.graph_objects as go

from scoring.engine import shown
from tenken.charts import as_percent, blank
from tenken.i18n import Words
from tenken.palette import PALETTES, Theme
from tenken.planning.read import Worked
from tenken.planning.tables import gaps_left
from tenken.planning.words import days

HEIGHT = 320  # pixels
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


def curve(worked: Worked, theme: Theme, _: Words) -> go.Figure:
    """Budget → gap left, with the chosen budget marked; dotted: the order in which nothing is taken back."""
    palette, budgets = PALETTES[theme], worked.points
    best, nested = gaps_left(worked)
    low, high = float(min(map(as_percent, best))), as_percent(worked.case.assessment.gap.gap)
    room = max(high - low, 0.5)
    figure = blank(palette, HEIGHT)
    figure.update_layout(margin={"l": 44, "r": 70, "t": 8, "b": 44})
    end = budgets[-1] / 2
    pace = next((tick for tick in TICKS if end / tick <= 6), TICKS[-1])
    figure.update_xaxes(visible=True, ticks="", range=[-0.02 * end, end * 1.01], tickvals=list(range(0, int(end) + 1, pace)), tickangle=0,
                        ticktext=[f"{tick:,}" for tick in range(0, int(end) + 1, pace)], tickfont={"size": 12, "color": palette.mute},
                        title={"text": _("Person-days"), "font": {"size": 12, "color": palette.mute}, "standoff": 8})  # fmt: skip
    figure.update_yaxes(range=[low - 0.18 * room, high + 0.16 * room])
    at = [budget / 2 for budget in budgets]
    figure.add_scatter(x=at, y=[as_percent(value) for value in nested], mode="lines", name=_("Nothing taken back"), hoverinfo="skip",
                       line={"width": 1.5, "color": palette.mute, "dash": "dot"})  # fmt: skip
    hover = [_("{n} person-days: {gap}", n=days(budget), gap=_.percent(value)) for budget, value in zip(budgets, best, strict=True)]
    figure.add_scatter(x=at, y=[as_percent(value) for value in best], mode="lines", name=_("Best plan"), customdata=list(budgets), cliponaxis=False,
                       line={"width": 2.5, "color": palette.accent}, hovertext=hover, hoverinfo="text")  # fmt: skip
    figure.add_annotation(x=0, y=high, text=f"{shown(worked.case.assessment.gap.gap)}%", showarrow=False, xanchor="right", xshift=-4,
                          font={"size": 12, "color": palette.mute})  # fmt: skip
    _ends(figure, worked, best[-1], nested[-1], theme, _)
    _mark(figure, worked, theme, low - 0.18 * room, _)
    return figure


def _ends(figure: go.Figure, worked: Worked, best: Fraction, nested: Fraction, theme: Theme, _: Words) -> None:
    """The lines are named at their ends; the order's name only where it ends apart."""
    palette, end = PALETTES[theme], worked.points[-1] / 2
    apart = as_percent(nested) - as_percent(best) > 0.08 * (as_percent(worked.case.assessment.gap.gap) - as_percent(best) or 1)
    figure.add_annotation(x=end, y=as_percent(best), text=f"<b>{shown(best)}%</b>", showarrow=False, xanchor="left", xshift=6,
                          font={"size": 12, "color": palette.text})  # fmt: skip
    if apart:
        figure.add_annotation(x=end, y=as_percent(nested), text=f"{shown(nested)}%", showarrow=False, xanchor="left", xshift=6,
                              font={"size": 12, "color": palette.mute})  # fmt: skip


def _mark(figure: go.Figure, worked: Worked, theme: Theme, floor: float, _: Words) -> None:
    """The chosen budget: a line down to the axis, a dot, and its numbers."""
    palette, x, y = PALETTES[theme], min(worked.budget, worked.points[-1]) / 2, as_percent(worked.after)
    figure.add_shape(type="line", x0=x, x1=x, y0=floor, y1=y, line={"color": palette.accent, "width": 1, "dash": "dot"})
    figure.add_scatter(x=[x], y=[y], mode="markers", marker={"size": 10, "color": palette.accent}, hoverinfo="skip", cliponaxis=False,
                       name=_("Chosen budget"))  # fmt: skip
    below = x > worked.points[-1] / 8  # the curve falls: below it on the left there is room, but for its beginning
    figure.add_annotation(x=x, y=y, text=f"<b>{_('{n} person-days: {gap}', n=days(worked.budget), gap=_.percent(worked.after))}</b>", showarrow=False,
                          xanchor="right" if below else "left", yanchor="top" if below else "bottom", xshift=-8 if below else 8, yshift=-4 if below else 4,
                          font={"size": 13, "color": palette.text})  # fmt: skip
