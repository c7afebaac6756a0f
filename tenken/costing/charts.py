"""The range of every item and of the total as one Plotly figure. Pure; see tenken/charts.py."""

from html import escape

import plotly.graph_objects as go

from scoring.cost import Estimate, Span
from tenken.charts import blank, label_width
from tenken.costing.words import about
from tenken.i18n import Words
from tenken.palette import PALETTES, Theme

ROW, TICK = 40, 0.30  # pixels of a row; half the height of a median's tick, in rows


def ranges(found: Estimate, theme: Theme, _: Words) -> go.Figure:
    """A bar from P10 to P90 a row, a tick at the median; totals first, then the items by their median. customdata: the item's id."""
    palette = PALETTES[theme]
    rows: list[tuple[str, str, Span]] = [("total", _("Total"), found.total)]
    if found.scenario.insurance.limit:
        rows.append(("own", _("Own cost after insurance"), found.own))
    heads = len(rows)
    counted = [(row.item.id, _.text(row.item.label), row.span) for row in found.rows if row.span is not None and row.span.p90]
    rows += sorted(counted, key=lambda row: -row[2].p50)
    labels = [
        f"{'<b>' if place < heads else ''}{escape(label)}{'</b>' if place < heads else ''}<br>{about(span, _)}"
        for place, (_id, label, span) in enumerate(rows)
    ]
    figure = blank(palette, ROW * len(rows) + 4, bargap=0.62)
    width = label_width([part for _id, label, span in rows for part in (label, about(span, _))], _)
    figure.update_layout(margin={"l": width, "r": 8, "t": 0, "b": 0, "pad": 8})
    places = list(range(len(rows)))
    figure.update_yaxes(visible=True, ticks="", range=[len(rows) - 0.5, -0.5], tickvals=places, ticktext=labels,
                        tickfont={"size": 12, "color": palette.text})  # fmt: skip
    figure.update_xaxes(range=[0, max(1, found.total.p90, *(span.p90 for _id, _label, span in rows)) * 1.02])
    figure.add_bar(
        x=[span.p90 - span.p10 for _id, _label, span in rows], base=[span.p10 for _id, _label, span in rows], y=places, orientation="h",
        marker={"color": [palette.accent if place < heads else palette.covered for place in places], "line": {"width": 0}},
        customdata=[name for name, _label, _span in rows], hoverinfo="text",
        hovertext=[f"{escape(label)}<br>{about(span, _)}<br>{_('Median {n}', n=_.yen(span.p50))}" for _id, label, span in rows],
    )  # fmt: skip
    for place, (_id, _label, span) in enumerate(rows):
        figure.add_shape(type="line", x0=0, x1=1, xref="paper", y0=place + 0.5, y1=place + 0.5, line={"color": palette.grid, "width": 1})
        figure.add_shape(type="line", x0=span.p50, x1=span.p50, y0=place - TICK, y1=place + TICK, line={"color": palette.text, "width": 3})
    return figure
