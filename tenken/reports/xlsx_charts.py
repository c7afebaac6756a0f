"""Native charts of a workbook. Their numbers stand on a sheet of their own, so that every chart can be edited and checked."""

import math
from typing import Any

from tenken.reports.model import Chart, Series
from tenken.reports.xlsx_look import HATCHED, MUTE, PAPER, RULE, SMALL, TEXT, Formats, clean, colour, height

LABEL = 9
DATA_WIDTHS = (44.0, 17.0, 17.0, 17.0, 17.0, 17.0, 17.0)


class Data:
    """The sheet with the numbers behind all charts; every chart has its own block of rows."""

    def __init__(self, sheet: Any, name: str, looks: Formats, first: int, ends: str) -> None:
        """`ends`: the head of the column that says where labels stand."""
        self._sheet, self._name, self._looks, self._row, self._ends = sheet, name, looks, first, ends

    def put(self, chart: Chart) -> "Placed":
        """Writes categories, series and, in a waterfall, the tops at which its ends are written."""
        sheet, looks = self._sheet, self._looks
        sheet.write_string(self._row, 0, clean(chart.title), looks.line(bold=True, wrap=False))
        head = self._row + 1
        names = [series.name for series in chart.series]
        for column, title in enumerate([chart.axis, *names, *([self._ends] if any(chart.ends) else [])]):
            sheet.write_string(head, column, clean(title), looks.head(right=column > 0))
        sheet.set_row(head, height((name, DATA_WIDTHS[1], SMALL) for name in names))
        for place, category in enumerate(chart.categories, start=head + 1):
            sheet.write_string(place, 0, clean(category), looks.text())
            for column, series in enumerate(chart.series, start=1):
                value = series.values[place - head - 1]
                if value is None:
                    sheet.write_blank(place, column, None, looks.number())
                else:
                    sheet.write_number(place, column, value, looks.number("General"))
        end = len(chart.series) + 1
        for place, top in enumerate(_tops(chart), start=head + 1):
            sheet.write_number(place, end, top, looks.number("General", "mute"))
        last = head + len(chart.categories)
        self._row = last + 2
        return Placed(self._name, head, last)


class Placed:
    """Where a chart's numbers are: rows `head` + 1 to `last`, categories in the first column."""

    def __init__(self, sheet: str, head: int, last: int) -> None:
        self._sheet, self._head, self._last = sheet, head, last

    def column(self, number: int) -> list[object]:
        return [self._sheet, self._head + 1, number, self._last, number]

    def title(self, number: int) -> list[object]:
        return [self._sheet, self._head, number]


def draw(book: Any, chart: Chart, placed: Placed, looks: Formats, width: float, high: float) -> Any:
    """The chart, `width` × `high` pixels, ready to be inserted."""
    made = book.add_chart(_KINDS[chart.kind])
    for number, series in enumerate(chart.series, start=1):
        made.add_series(_series(chart, series, number, placed, looks))
    if any(chart.ends):
        _ends(book, made, chart, placed, looks)
    font = {"name": looks.font, "size": LABEL, "color": TEXT}
    mute = font | {"color": MUTE}
    lines = {"visible": True, "line": {"color": RULE, "width": 0.5}}
    names: dict[str, object] = {"num_font": font, "line": {"color": RULE}, "major_tick_mark": "none", "label_position": "low"}
    values: dict[str, object] = {
        "min": chart.low, "max": _highest(chart), "num_font": mute, "num_format": "0", "line": {"none": True}, "major_gridlines": lines,
    }  # fmt: skip
    axis = {"name": clean(chart.axis), "name_font": mute | {"bold": False}}
    if chart.kind == "stacked_bars":  # whose axes are the other way round; the first category stands on top
        made.set_y_axis(names | {"reverse": True, "crossing": "max"})
        made.set_x_axis(values | axis)
    else:
        made.set_x_axis(names | (axis if chart.kind == "line" else {}))
        made.set_y_axis(values | ({} if chart.kind == "line" else axis))
    made.set_title({"name": clean(chart.title), "name_font": font | {"size": 10, "bold": True}, "overlay": False})
    if sum(series.tone != "hidden" for series in chart.series) > 1:
        hidden = [number for number, series in enumerate(chart.series) if series.tone == "hidden"]
        if any(chart.ends) and chart.kind != "stacked_bars":  # there its name is a blank, and LibreOffice would count from the other end
            hidden.append(len(chart.series))
        made.set_legend({"position": "bottom", "font": font} | ({"delete_series": hidden} if hidden else {}))
    else:
        made.set_legend({"none": True})
    made.set_chartarea({"border": {"none": True}, "fill": {"color": PAPER}})
    made.set_plotarea({"fill": {"none": True}})
    made.set_size({"width": width, "height": high})
    made.show_blanks_as("gap")
    return made


_KINDS: dict[str, dict[str, str]] = {
    "stacked_bars": {"type": "bar", "subtype": "stacked"},
    "waterfall": {"type": "column", "subtype": "stacked"},
    "line": {"type": "line"},
    "columns": {"type": "column"},
}


def _series(chart: Chart, series: Series, number: int, placed: Placed, looks: Formats) -> dict[str, object]:
    said: dict[str, object] = {"name": placed.title(number), "categories": placed.column(0), "values": placed.column(number)}
    hue = colour(series.tone)
    if series.tone == "hidden":
        said |= {"fill": {"none": True}, "border": {"none": True}}
    elif chart.kind == "line":
        said |= {
            "line": {"color": hue, "width": 2.25},
            "marker": {"type": "circle", "size": 6, "fill": {"color": hue}, "border": {"color": hue}},
        }
    elif series.tone in HATCHED:
        said |= {
            "pattern": {"pattern": "wide_upward_diagonal", "fg_color": hue, "bg_color": PAPER},
            "border": {"color": hue, "width": 0.75},
        }
    else:
        said |= {"fill": {"color": hue}, "border": {"none": True}}
    if chart.kind == "columns":
        said |= {"overlap": 100 if _one_each(chart) else 0, "gap": 60}
    elif chart.kind != "line":
        said |= {"gap": 45}
    if any(series.labels) and series.tone != "hidden":
        light = series.tone in ("lacking", "poor", "ours", "total") and chart.kind in ("stacked_bars", "waterfall")
        font = {"name": looks.font, "size": LABEL, "color": PAPER if light else TEXT, "bold": light}
        labels = _kept(chart, series)
        custom = [{"value": clean(label), "font": font} if label else {"delete": True} for label in labels]
        position = _beside(chart, series) if chart.kind == "line" else "outside_end" if chart.kind == "columns" else "center"
        said["data_labels"] = {"value": True, "custom": custom, "position": position, "font": font}
    return said


def _beside(chart: Chart, series: Series) -> str:
    """Labels of the highest line stand above it, of the lowest below, so that they keep clear of each other."""
    means = {each.name: sum(value or 0.0 for value in each.values) for each in chart.series}
    if means[series.name] == max(means.values()):
        return "above"
    return "below" if means[series.name] == min(means.values()) else "right"


def _kept(chart: Chart, series: Series) -> tuple[str, ...]:
    """Lines between the highest and the lowest say their last number only: more would cross other lines. All are on the sheet."""
    if chart.kind != "line" or _beside(chart, series) != "right":
        return series.labels
    return ("",) * (len(series.labels) - 1) + series.labels[-1:]


def _highest(chart: Chart) -> float:
    """The end of the axis; above columns there is room for their labels."""
    return math.ceil(chart.high * 1.15 / 5) * 5.0 if chart.kind == "columns" else chart.high


def _one_each(chart: Chart) -> bool:
    """Whether every category has one column only, whichever series it is of: then they stand in the middle."""
    return all(sum(series.values[place] is not None for series in chart.series) <= 1 for place in range(len(chart.categories)))


def _ends(book: Any, made: Any, chart: Chart, placed: Placed, looks: Formats) -> None:
    """What is written at the end of every bar: labels of one more series that is not drawn itself."""
    font = {"name": looks.font, "size": LABEL, "color": TEXT}
    custom = [{"value": clean(end), "font": font} if end else {"delete": True} for end in chart.ends]
    column = len(chart.series) + 1
    said = {"name": " ", "categories": placed.column(0), "values": placed.column(column)}
    if chart.kind == "stacked_bars":
        made.add_series(said | {"fill": {"none": True}, "border": {"none": True}, "gap": 45,
                                "data_labels": {"value": True, "custom": custom, "position": "inside_base", "font": font}})  # fmt: skip
        return
    over = book.add_chart({"type": "line"})
    over.add_series(said | {"line": {"none": True}, "marker": {"type": "none"},
                            "data_labels": {"value": True, "custom": custom, "position": "above", "font": font}})  # fmt: skip
    made.combine(over)


def _tops(chart: Chart) -> list[float]:
    """Where the ends are written: at the top of every column; beside a stacked bar, as room for them."""
    if not any(chart.ends):
        return []
    if chart.kind == "stacked_bars":
        return [(chart.high - chart.low) / 8] * len(chart.categories)
    heap = sum if chart.kind == "waterfall" else max
    return [round(heap([series.values[place] or 0.0 for series in chart.series]), 1) for place in range(len(chart.categories))]
