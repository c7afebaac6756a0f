"""Charts of a slide: native ones, with their workbook inside, so that whoever gets the deck can edit them.

What is written at a bar or a point is the shown text. Where Office writes the same from the value by itself, the label is the value's own
and follows when the value is edited; where not, it is text. No number format rounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any
from xml.sax.saxutils import escape

from tenken.reports import measure
from tenken.reports.boxes import Box, emu
from tenken.reports.look import line, solid
from tenken.reports.model import Chart, Series
from tenken.reports.pptx_book import chart_data
from tenken.reports.pptx_slide import Par, Run, Slide, clipped, clipped_to

CHART_NAMESPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
SIZES = (10.5, 10.0, 9.5, 9.0)
HEAD_HEIGHT = 19.0
SMALL = 9.0
KEY_HEIGHT = 15.0
_LEAST = 40.0  # points below which a chart says nothing
_NEAR = 1.2  # lines of a label: a point as near to the axis as this has no room below it
_ROW = 36.0  # points a horizontal bar takes at most: more looks empty


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A chart with the series that are put into it; `extra`: the invisible one that carries `ends`."""

    chart: Chart
    series: tuple[Series, ...]
    categories: tuple[str, ...]
    extra: bool
    low: float
    high: float


def height_wanted(chart: Chart) -> float:
    """Points that a chart takes at most, with heading, legend and source."""
    around = HEAD_HEIGHT + (16 if chart.source else 0) + KEY_HEIGHT
    if chart.kind == "stacked_bars":
        return around + _ROW * max(1, len(chart.categories))
    return around + 230


def draw(slide: Slide, chart: Chart, box: Box) -> float:
    """Heading with what the axis is, chart and source into `box`. The height taken, in points."""
    top = box.y
    head, box = box.top(HEAD_HEIGHT)
    key = _key(slide, chart, box.w)
    taken = _heading(slide, chart, head, key)
    if key and not taken:
        row, box = box.top(KEY_HEIGHT)
        slide.text(row, (Par(key),), name="Key")
    foot: Box | None = None
    if chart.source:
        lines = min(3, len(measure.wrapped(measure.drawable(chart.source), SMALL, box.w * measure.SLACK)))
        foot, box = box.low(lines * SMALL * measure.LEADING + 1, 3)
    if not chart.categories or not any(value is not None for series in chart.series for value in series.values):
        _ = slide.words
        slide.one_text(box.top(30)[0], _("There are no figures for this chart."), (11, 9), name="Text", colour=slide.look.mute)
        box = box.top(30)[0]
    elif box.h < _LEAST:
        slide.cut.append(chart.alt)
    else:
        box = box.top(min(box.h, height_wanted(chart) - HEAD_HEIGHT - (16 if chart.source else 0)))[0]
        _put(slide, chart, box)
    if foot is not None:
        foot = Box(foot.x, box.bottom + 3, foot.w, foot.h)
        slide.one_text(foot, chart.source, (SMALL,), name="Source", colour=slide.look.mute)
        return foot.bottom - top
    return box.bottom - top


def _key(slide: Slide, chart: Chart, width: float) -> tuple[Run, ...]:
    """Which colour is which series, as text: Office's own legend would list the invisible series too, and moves when it is edited."""
    series = [each for each in chart.series if each.tone != "hidden" and any(value for value in each.values)]
    if len(series) < 2 or chart.kind == "waterfall" or all(each.name in chart.categories for each in series):
        return ()
    look, runs = slide.look, []
    names = [measure.drawable(each.name).replace("\n", " ") for each in series]
    share = width * measure.SLACK / len(names) - 3.5 * SMALL  # for each name, when all are long
    if sum(measure.width(name) * SMALL + 3.5 * SMALL for name in names) > width * measure.SLACK:
        slide.cut += [name for name in names if measure.width(name) * SMALL > share]
        names = [clipped_to(name, SMALL, share) for name in names]
    for at, each in enumerate(series):
        sign = "●" if chart.kind == "line" else "▨" if each.tone in ("none", "loss") else "■"
        colour = look.ink(each.tone) if chart.kind == "line" else look.fill(each.tone) or look.mute
        runs += [Run(sign, SMALL, False, colour), Run(f" {names[at]}{'　' if at < len(series) - 1 else ''}", SMALL, False, look.mute)]
    return tuple(runs)


def _heading(slide: Slide, chart: Chart, box: Box, key: Sequence[Run]) -> bool:
    """Title and axis; the key at the right end of the same line where there is room for it. True when it was put there."""
    title, axis = (measure.drawable(text).replace("\n", " ") for text in (chart.title, chart.axis))
    room = box.w * measure.SLACK
    size, lines = measure.fitted(title, room, box.h, (12, 11, 10, 9), bold=True)
    gap = "　" if axis else ""
    used = measure.width(title, bold=True) * size
    beside = (1 + measure.width(axis)) * SMALL * 1.1 if axis else 0
    if used + beside > room:
        gap, axis, beside = "", "", 0
    if used > room or len(lines) > 1:
        slide.one_text(box, title, (SMALL,), name="Heading", bold=True)
        return False
    width = sum(measure.width(run.text) for run in key) * SMALL / measure.SLACK * 1.06 + 4
    fits = bool(key) and used + beside + width + 12 <= room
    runs = (Run(title, size, True), *((Run(f"{gap}{axis}", SMALL, False, slide.look.mute),) if axis else ()))
    slide.text(Box(box.x, box.y, box.w - width - 8, box.h) if fits else box, (Par(runs),), name="Heading")
    if fits:
        slide.text(Box(box.right - width, box.y + 3, width, box.h - 3), (Par(tuple(key), "r"),), name="Key")
    return fits


def _put(slide: Slide, chart: Chart, box: Box) -> None:
    from pptx.enum.chart import XL_CHART_TYPE as KIND

    drawn = _prepared(slide, chart, box)
    data: Any = chart_data()(number_format="General")
    data.categories = list(drawn.categories)
    for series in drawn.series:
        values = [*series.values, *[None] * len(drawn.categories)][: len(drawn.categories)]
        data.add_series(measure.drawable(series.name).replace("\n", " "), values)
    kinds = {
        "stacked_bars": KIND.BAR_STACKED,
        "waterfall": KIND.COLUMN_STACKED,
        "line": KIND.LINE_MARKERS,
        "columns": KIND.COLUMN_CLUSTERED,
    }
    frame = slide.slide.shapes.add_chart(kinds[chart.kind], *(emu(value) for value in (box.x, box.y, box.w, box.h)), data)
    properties = frame._element.nvGraphicFramePr.cNvPr
    properties.set("id", str(slide.next_id()))
    properties.set("name", f"Chart {properties.get('id')}")
    properties.set("descr", measure.drawable(chart.alt or chart.title))
    _dress(slide, drawn, box, frame.chart._chartSpace)


def _prepared(slide: Slide, chart: Chart, box: Box) -> _Drawn:
    categories = tuple(measure.drawable(name).replace("\n", " ") for name in chart.categories)
    categories = tuple(_shortened_name(slide, chart, name, box) for name in categories)
    low, high = chart.low, chart.high if chart.high > chart.low else chart.low + 1
    series = chart.series
    ends = tuple(measure.drawable(text) for text in chart.ends)
    extra = any(ends) and chart.kind in ("stacked_bars", "waterfall")
    if extra:
        totals = [sum(each.values[at] or 0.0 for each in series if at < len(each.values)) for at in range(len(categories))]
        if chart.kind == "stacked_bars":
            plot = max(40.0, box.w - _label_space(categories, box.w) - 10)
            needed = (measure.widest(ends, bold=True) * SIZES[0] + 12) / plot
            room = max(totals) * needed / max(0.2, 1 - needed)
        else:
            room = (high - low) * 0.1
        high = max(high if chart.kind == "waterfall" else 0.0, max(totals) + room)
        _ = slide.words
        carrier = Series(_("Place of the labels"), "hidden", tuple(round(room, 3) for _ in categories), ends)
        series = (*series, carrier)
    return _Drawn(chart, series, categories, extra, low, high)


def _shortened_name(slide: Slide, chart: Chart, name: str, box: Box) -> str:
    """A name of the axis as far as its place holds it: Office would write long ones over one another."""
    count, size = max(1, len(chart.categories)), SIZES[-1]
    if chart.kind == "stacked_bars":
        room, lines = box.w * 0.34 - 8, max(1, int(box.h / count / (size * 1.1)))
    else:
        room, lines = max(20.0, (box.w - 12) / count - 4), 3
    shown = measure.shortened(name, size, room, min(lines, 3))
    if len(shown) == len(measure.wrapped(name, size, room)):
        return name
    slide.cut.append(name)
    return clipped(name, shown)


def _label_space(categories: Sequence[str], width: float) -> float:
    """Points for the names left of horizontal bars: what the longest needs, a third of the width at most."""
    return min(measure.widest(categories) * SIZES[0] / measure.SLACK + 10, width * 0.34)


def _text_properties(slide: Slide, size: float, colour: str, *, bold: bool = False, upright: bool = False) -> str:
    look = slide.look
    turn = ' rot="0" vert="horz"' if upright else ""
    return (
        f'<c:txPr><a:bodyPr{turn}/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{round(size * 100)}" b="{int(bold)}">{solid(colour)}'
        f'{look.body.xml}</a:defRPr></a:pPr><a:endParaRPr lang="{look.lang}"/></a:p></c:txPr>'
    )


def _dress(slide: Slide, drawn: _Drawn, box: Box, space: Any) -> None:
    """Everything that python-pptx leaves to Office's taste: faces, colours, labels, axes, legend, places."""
    from pptx.oxml import parse_xml

    def xml(text: str) -> Any:
        head, mark, rest = text.partition(">")
        closed = head.endswith("/")
        return parse_xml(f"{head.rstrip('/')} {CHART_NAMESPACES}{'/' if closed else ''}{mark}{rest}")

    chart, look = drawn.chart, slide.look
    root = space.find(f"{_C}chart")
    plot_area = root.find(f"{_C}plotArea")
    plot = next(each for each in plot_area if each.tag in (f"{_C}barChart", f"{_C}lineChart"))
    size = _label_size(drawn, box)
    for at, (element, series) in enumerate(zip(plot.findall(f"{_C}ser"), drawn.series, strict=True)):
        _series(slide, drawn, at, series, element, xml, size, box)
    if plot.tag == f"{_C}barChart":
        alone = all(sum(value is not None for value in column) <= 1 for column in zip(*(s.values for s in drawn.series), strict=False))
        gap, overlap = {"stacked_bars": (62, 100), "waterfall": (45, 100)}.get(chart.kind, (70, 100 if alone else -5))
        for tag in ("gapWidth", "overlap"):
            for old in plot.findall(f"{_C}{tag}"):
                plot.remove(old)
        first_axis = plot.find(f"{_C}axId")
        first_axis.addprevious(xml(f'<c:gapWidth val="{gap}"/>'))
        first_axis.addprevious(xml(f'<c:overlap val="{overlap}"/>'))
    _axes(slide, drawn, plot_area, xml, size)
    _layout(drawn, box, plot_area, xml, size, 2.0)
    for old in root.findall(f"{_C}legend"):
        root.remove(old)
    for old in root.findall(f"{_C}autoTitleDeleted"):
        root.remove(old)
    plot_area.addprevious(xml('<c:autoTitleDeleted val="1"/>'))
    for old in space.findall(f"{_C}txPr"):
        space.remove(old)
    root.addnext(xml(_text_properties(slide, size, look.text)))
    root.addnext(xml("<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"))
    for old in space.findall(f"{_C}roundedCorners"):
        space.remove(old)
    language = space.find(f"{_C}lang")
    if language is None:
        at = space.find(f"{_C}date1904")
        new = xml(f'<c:lang val="{look.lang}"/>')
        if at is not None:
            at.addnext(new)
        else:
            space.insert(0, new)
        new.addnext(xml('<c:roundedCorners val="0"/>'))


def _label_size(drawn: _Drawn, box: Box) -> float:
    """The size of names and labels: smaller where many stand side by side."""
    count = max(1, len(drawn.categories))
    if drawn.chart.kind == "stacked_bars":
        row = box.h / count
        room = _label_space(drawn.categories, box.w) - 8
        if any(len(measure.wrapped(name, SIZES[0], room)) > 1 for name in drawn.categories):
            return SIZES[0] if row >= 2.4 * SIZES[0] else SIZES[-1]
        return next((size for size in SIZES if size * 1.5 <= row), SIZES[-1])
    column = (box.w - 8) / count
    labels = [label for series in drawn.series for label in series.labels]
    widest = max(measure.widest(labels), max((measure.widest([name[:6]]) for name in drawn.categories), default=0))
    return next((size for size in SIZES if widest * size * 1.05 <= column), SIZES[-1])


def _category_lines(drawn: _Drawn, box: Box, size: float) -> int:
    column = max(20.0, (box.w - 12) / max(1, len(drawn.categories)) - 4)
    return min(3, max((len(measure.wrapped(name, size, column)) for name in drawn.categories), default=1))


def _layout(drawn: _Drawn, box: Box, plot_area: Any, xml: Any, size: float, top: float) -> None:
    """Where the bars themselves stand in the frame: room for names was measured, so Office need not guess."""
    if drawn.chart.kind == "stacked_bars":
        left = _label_space(drawn.categories, box.w)
        inner = Box(left, top, box.w - left - 2, box.h - top - 2)
    else:
        names = _category_lines(drawn, box, size) * size * 1.3 + 8
        above = size * 1.6 if drawn.chart.kind != "waterfall" else 2
        inner = Box(4, top + above, box.w - 8, max(20.0, box.h - top - above - names))
    for old in plot_area.findall(f"{_C}layout"):
        plot_area.remove(old)
    plot_area.insert(
        0,
        xml(
            '<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
            f'<c:x val="{inner.x / box.w:.4f}"/><c:y val="{inner.y / box.h:.4f}"/><c:w val="{inner.w / box.w:.4f}"/>'
            f'<c:h val="{inner.h / box.h:.4f}"/></c:manualLayout></c:layout>'
        ),
    )


def _axes(slide: Slide, drawn: _Drawn, plot_area: Any, xml: Any, size: float) -> None:
    category, value = plot_area.find(f"{_C}catAx"), plot_area.find(f"{_C}valAx")
    across = drawn.chart.kind == "stacked_bars"
    identities = [axis.find(f"{_C}axId").get("val") for axis in (category, value)]
    for axis in (category, value):
        plot_area.remove(axis)
    rule = f"<c:spPr>{line(slide.look.line, 0.75)}</c:spPr>"
    names = _text_properties(slide, size, slide.look.text, upright=True)
    plot_area.append(
        xml(
            f'<c:catAx><c:axId val="{identities[0]}"/><c:scaling><c:orientation val="{"maxMin" if across else "minMax"}"/></c:scaling>'
            f'<c:delete val="0"/><c:axPos val="{"l" if across else "b"}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
            f'<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>{rule}{names}'
            f'<c:crossAx val="{identities[1]}"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="60"/>'
            '<c:tickLblSkip val="1"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        )
    )
    plot_area.append(
        xml(
            f'<c:valAx><c:axId val="{identities[1]}"/><c:scaling><c:orientation val="minMax"/><c:max val="{drawn.high:g}"/>'
            f'<c:min val="{drawn.low:g}"/></c:scaling><c:delete val="1"/><c:axPos val="{"b" if across else "l"}"/>'
            '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
            f'<c:tickLblPos val="none"/><c:crossAx val="{identities[0]}"/><c:crosses val="{"autoZero" if across else "min"}"/>'
            f'<c:crossBetween val="between"/></c:valAx>'
        )
    )


def _series(slide: Slide, drawn: _Drawn, at: int, series: Series, element: Any, xml: Any, size: float, box: Box) -> None:
    look = slide.look
    for tag in ("spPr", "marker", "dLbls", "smooth", "invertIfNegative"):
        for old in element.findall(f"{_C}{tag}"):
            element.remove(old)
    name = element.find(f"{_C}tx")
    after = []
    if drawn.chart.kind == "line":
        colour = look.ink(series.tone)
        width = 2.25 if series.tone in ("ours", "lacking") else 1.5
        dash = '<a:prstDash val="sysDash"/>' if series.tone in ("mute", "none") else ""
        stroke = f'<a:ln w="{round(width * 12700)}" cap="rnd">{solid(colour)}{dash}<a:round/></a:ln>'
        after.append(f"<c:spPr>{stroke}</c:spPr>")
        after.append(
            f'<c:marker><c:symbol val="circle"/><c:size val="5"/><c:spPr>{solid(colour)}<a:ln w="9525">{solid(look.paper)}</a:ln></c:spPr></c:marker>'
        )
    else:
        after.append(f"<c:spPr>{look.shape(series.tone)}</c:spPr>")
        after.append('<c:invertIfNegative val="0"/>')
    after.append(_labels(slide, drawn, at, series, size, box))
    place = name
    for text in after:
        new = xml(text)
        place.addnext(new)
        place = new
    if drawn.chart.kind == "line":
        element.append(xml('<c:smooth val="0"/>'))


def _labels(slide: Slide, drawn: _Drawn, at: int, series: Series, size: float, box: Box) -> str:
    look, kind = slide.look, drawn.chart.kind
    carrier = drawn.extra and at == len(drawn.series) - 1
    inside = kind in ("stacked_bars", "waterfall") and not carrier
    bold = carrier or kind == "columns" or series.tone in ("lacking", "ours")
    colour = look.text if carrier or kind == "columns" else look.on(series.tone) if inside else look.ink(series.tone)
    shown = "".join(
        f'<c:{tag} val="0"/>' for tag in ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize")
    )
    value = shown.replace('<c:showVal val="0"/>', '<c:showVal val="1"/>')
    points = []
    for place in range(len(drawn.categories)):
        label = measure.drawable(series.labels[place]) if place < len(series.labels) else ""
        number = series.values[place] if place < len(series.values) else None
        if not label or number is None or (kind == "line" and series.tone == "mute" and _crowded(drawn, at, place, box, size)):
            points.append(f'<c:dLbl><c:idx val="{place}"/><c:delete val="1"/></c:dLbl>')
            continue
        position = "inBase" if carrier else "ctr" if inside else "outEnd" if kind == "columns" else _side(drawn, at, place, box, size)
        text = ""
        if carrier or label != f"{number:g}":
            properties = f'<a:rPr lang="{look.lang}" altLang="{look.alt_lang}" sz="{round(size * 100)}" b="{int(bold)}">{solid(colour)}{look.body.xml}</a:rPr>'
            text = f"<c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:r>{properties}<a:t>{escape(label)}</a:t></a:r></a:p></c:rich></c:tx>"
        points.append(
            f'<c:dLbl><c:idx val="{place}"/>{text}<c:numFmt formatCode="General" sourceLinked="0"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
            f'{_text_properties(slide, size, colour, bold=bold)}<c:dLblPos val="{position}"/>{value}</c:dLbl>'
        )
    return (
        f'<c:dLbls>{"".join(points)}<c:numFmt formatCode="General" sourceLinked="0"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
        f"{_text_properties(slide, size, colour, bold=bold)}{shown}</c:dLbls>"
    )


def _free(drawn: _Drawn, at: int, place: int, box: Box, size: float) -> tuple[float, float]:
    """How far the next lines are above and below a point, in points, about; of a low one, how far the names below the axis are."""
    here = drawn.series[at].values[place] or 0.0
    scale = max(20.0, box.h - size * 6) / (drawn.high - drawn.low)
    others = [series.values[place] for other, series in enumerate(drawn.series) if other != at and place < len(series.values)]
    above = min((other - here for other in others if other is not None and other >= here), default=inf)  # `_layout` leaves room there
    below = min((here - other for other in others if other is not None and other < here), default=drawn.high / 2)
    over = here - drawn.low
    return above * scale, (over if over * scale < size * _NEAR else below) * scale


def _side(drawn: _Drawn, at: int, place: int, box: Box, size: float) -> str:
    """Above or below its point, where more is free; beside it where neither is and the axis is near."""
    above, below = _free(drawn, at, place, box, size)
    if below < size * _NEAR and _crowded(drawn, at, place, box, size):
        return "l" if place == len(drawn.categories) - 1 else "r"
    return "t" if above >= below else "b"


def _crowded(drawn: _Drawn, at: int, place: int, box: Box, size: float) -> bool:
    """The label would stand on another line's: the number stays in the chart's data and in the notes' words."""
    return max(_free(drawn, at, place, box, size)) < size * 2.6
