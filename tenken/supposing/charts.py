"""Scenarios as a figure: one row each, measure by measure. Pure; see tenken/charts.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

import plotly.graph_objects as go

from tenken.charts import as_percent, blank
from tenken.i18n import Words
from tenken.palette import PALETTES, Theme
from tenken.supposing.tables import headings
from tenken.supposing.trial import Ground, Trial
from tenken.supposing.words import days

ROW, HEAD = 24, 30  # pixels
WIDE, NARROW = 12.3, 7.0  # pixels of a letter at 12 px
LETTERS = 14  # of a scenario's name that fit beside its bar


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of all scenarios, the one of now first (None: it has none). `top`: the end of its axis."""

    name: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    top: float


def side_by_side(on: Ground, trials: Sequence[Trial], theme: Theme, _: Words) -> go.Figure:
    """A group of bars per measure: now, then every scenario; each measure on an axis of its own."""
    palette, names = PALETTES[theme], [_("Now"), *headings(trials)]
    measures = _measures(on, trials, _)
    figure = blank(palette, sum(HEAD + ROW * len(names) for _each in measures), bargap=0.3)
    labels, notes, at = dict[float, str](), [], 0.0
    for measure in measures:
        notes.append({"x": 0, "xref": "paper", "y": at + HEAD / 2, "text": f"<b>{escape(measure.name)}</b>", "showarrow": False,
                      "xanchor": "left", "font": {"size": 13, "color": palette.text}})  # fmt: skip
        rows = [at + HEAD + ROW * (number + 0.5) for number in range(len(names))]
        labels |= dict(zip(rows, (name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…" for name in names), strict=True))
        widths = [0.0 if value is None else 100 * value / measure.top for value in measure.values]
        figure.add_bar(x=widths, y=rows, width=ROW * 0.62, orientation="h", hoverinfo="skip", name=measure.name, customdata=names,
                       marker={"color": [palette.covered, *[palette.accent] * len(trials)], "line": {"width": 0}})  # fmt: skip
        notes += [
            {"x": width, "y": row, "text": text, "showarrow": False, "xanchor": "left", "xshift": 6, "font": {"size": 12, "color": palette.text}}
            for width, row, text in zip(widths, rows, measure.texts, strict=True)
        ]  # fmt: skip
        at += HEAD + ROW * len(names)
    wide = max(sum(WIDE if letter > "\u2e80" else NARROW for letter in label) for label in labels.values())
    figure.update_layout(margin={"l": int(wide) + 12, "r": 8, "t": 0, "b": 0}, annotations=notes, barmode="overlay")
    figure.update_xaxes(range=[0, 118])
    figure.update_yaxes(visible=True, ticks="", range=[at, 0], tickvals=list(labels), ticktext=[escape(label) for label in labels.values()],
                        tickfont={"size": 12, "color": palette.text})  # fmt: skip
    return figure


def _measures(on: Ground, trials: Sequence[Trial], _: Words) -> list[Measure]:
    judged = [on.before, *(trial.after for trial in trials)]
    scores, proven = [each.result.total.percent for each in judged], [each.result.evidenced.percent for each in judged]
    gaps, missing = [each.gap.gap for each in judged], [len(each.result.below_critical) for each in judged]
    efforts = [trial.outcome.half_days for trial in trials]
    return [
        _share(_("Score"), scores, tuple(map(_.points, scores))),
        _share(_("Incident-weighted gap"), gaps, tuple(map(_.percent, gaps))),
        _share(_("Score with evidence"), proven, tuple(map(_.points, proven))),
        Measure(_("Critical items missing"), tuple(map(float, missing)), tuple(map(str, missing)), float(max(1, *missing))),
        Measure(_("Person-days"), (None, *map(float, efforts)), ("―", *map(days, efforts)), float(max([1, *efforts]))),
    ]


def _share(name: str, values: Sequence[Fraction | None], texts: tuple[str, ...]) -> Measure:
    return Measure(name, tuple(None if value is None else as_percent(value) for value in values), texts, 100)
