"""The other blocks of a slide: large figures with their thin bars, sentences that stand out, notes and sources."""

from collections.abc import Sequence

from tenken.palette import PALETTES
from tenken.reports import measure
from tenken.reports.boxes import Box
from tenken.reports.look import hatched, line, rgb, solid
from tenken.reports.model import Figure, Headline, Note, Source
from tenken.reports.pptx_slide import Par, Run, Slide, clipped, clipped_to, par

_FIGURE_GAP = 22.0
_BAR = 6.0
_SMALL = (10.0, 9.5, 9.0)
FINE = (9.5, 9.0)


def figures(slide: Slide, found: Sequence[Figure], box: Box, against: str) -> None:
    """Side by side: what it is, the number, its thin bar, its range and change."""
    for figure, place in zip(found, box.across([1] * len(found), _FIGURE_GAP), strict=True):
        _figure(slide, figure, place, against)


def _figure(slide: Slide, figure: Figure, box: Box, against: str) -> None:
    look = slide.look
    label, rest = box.top(16)
    slide.one_text(label, figure.label, (11, 10, 9.5, 9), name="Figure", colour=look.mute)
    number, rest = rest.top(33)
    value = measure.drawable(figure.value.text).replace("\n", " ")
    unit = measure.drawable(figure.value.unit if figure.value.number is not None else "").replace("\n", " ")
    size = next(
        (
            size
            for size in (26.0, 24.0, 20.0, 16.0)
            if measure.width(value, bold=True) * size + measure.width(unit) * 12 <= number.w * measure.SLACK
        ),
        12.0,
    )
    left = number.w * measure.SLACK - measure.width(value, bold=True) * size
    if measure.width(value + unit, bold=True) * 12 > number.w * measure.SLACK and size == 12.0:
        slide.cut.append(value + unit)
        value = clipped_to(value, size, number.w * measure.SLACK, bold=True)
        unit = clipped_to(unit, 9.0, left - 6) if left > 30 else ""
    runs = [Run(value, size, True)]
    if unit:
        runs.append(Run(unit, 12.0 if size > 12 else 9.0, False))
    slide.text(number, (Par(tuple(runs), leading=1.15),), name="Value", anchor="b")
    bar, rest = rest.top(_BAR + 3, 3)
    _thin_bar(slide, figure, Box(bar.x, bar.y + 3, bar.w, _BAR))
    for text, colour in _details(slide, figure, against, box.w):
        room, rest = rest.top(13.5)
        slide.one_text(room, text, _SMALL, name="Detail", colour=colour)


def _details(slide: Slide, figure: Figure, against: str, width: float) -> list[tuple[str, str]]:
    """Range, note and change as lines with their colours: range and note in one line where they fit."""
    _, look = slide.words, slide.look
    change = figure.change.full if figure.change is not None else ""
    compared = _("{change} since the comparison quarter", change=change) if change and against else change
    together = _joined([figure.range, figure.note])
    first = [together] if measure.width(measure.drawable(together)) * _SMALL[-1] <= width * measure.SLACK else [figure.range, figure.note]
    return [(text, look.text) for text in first if text] + [(compared, look.mute)] * bool(compared)


def figures_height(slide: Slide, found: Sequence[Figure], width: float) -> float:
    """Points that the row of figures takes: as the one with the most lines."""
    part = (width - _FIGURE_GAP * (len(found) - 1)) / max(1, len(found))
    return 64 + 13.5 * max((len(_details(slide, figure, "x", part)) for figure in found), default=0)


def _joined(texts: Sequence[str]) -> str:
    return "　".join(text for text in texts if text)


def _thin_bar(slide: Slide, figure: Figure, box: Box) -> None:
    """0 to 100: certain part solid, up to the upper bound hatched, best estimate a mark."""
    look, ours = slide.look, PALETTES["light"]
    colour = rgb(ours.lack.mark) if figure.lack else look.accent
    low, high = (min(100.0, max(0.0, value)) for value in (figure.low, figure.high))
    alt = " ".join(text for text in (figure.label, figure.value.full, figure.range) if text)
    slide.paint(box, solid(look.grid), name="Bar", alt=alt)
    if low > 0:
        slide.paint(Box(box.x, box.y, box.w * low / 100, box.h), solid(colour), name="Bar")
    if high > low:
        slide.paint(Box(box.x + box.w * low / 100, box.y, box.w * (high - low) / 100, box.h), hatched(colour, look.paper), name="Bar")
    if figure.mark is not None and high > low:
        at = box.x + box.w * min(100.0, max(0.0, figure.mark)) / 100
        slide.paint(Box(min(max(at - 1, box.x), box.right - 2), box.y - 2, 2, box.h + 4), solid(look.text), name="Bar")


_HEAD_SIZES = (14.0, 13.0, 12.0, 11.0, 10.0)
_INDENT = 12.0


def _head_size(text: str, room: float, most: float = 14.0) -> float:
    """One line where a size from 12 on makes it possible."""
    sizes = [size for size in _HEAD_SIZES if size <= most]
    return next((size for size in sizes if size >= 12 and len(measure.wrapped(text, size, room, bold=True)) == 1), min(most, 13.0))


def _headline_height(text: str, details: Sequence[str], room: float, head_size: float, size: float) -> float:
    height = len(measure.wrapped(text, head_size, room, bold=True)) * head_size * measure.LEADING + (4 if details else 0)
    return height + sum(len(measure.wrapped(each, size, room)) * size * measure.LEADING + 2 for each in details)


def headline_height(headline: Headline, width: float) -> float:
    """Points that it takes in its usual sizes."""
    room = (width - _INDENT) * measure.SLACK
    text = measure.drawable(headline.text)
    return max(24.0, _headline_height(text, [measure.drawable(each) for each in headline.detail], room, _head_size(text, room), 10.5) + 1)


def headline(slide: Slide, found: Headline, box: Box) -> None:
    """With a line of the accent at its left: what is said, and its details, each on its own line."""
    look = slide.look
    room = (box.w - _INDENT) * measure.SLACK
    text = measure.drawable(found.text)
    details = [measure.drawable(each) for each in found.detail]
    for most, size in ((14.0, 10.5), (13.0, 10.0), (12.0, 9.5), (11.0, 9.0), (10.0, 9.0)):
        head_size = _head_size(text, room, most)
        height = _headline_height(text, details, room, head_size, size)
        if height <= box.h:
            box = box.top(max(height, 20.0))[0]
            break
    else:
        text, details = _squeezed(slide, text, details, Box(0, 0, box.w - _INDENT, box.h), head_size, size)
    slide.paint(Box(box.x, box.y, 3, box.h), solid(look.accent), name="Line")
    pars = [par(text, head_size, bold=True, after=4 if details else 0), *(par(each, size, after=2) for each in details)]
    slide.text(Box(box.x + _INDENT, box.y, box.w - _INDENT, box.h), pars, name="Headline")


def _squeezed(slide: Slide, text: str, details: list[str], box: Box, head_size: float, size: float) -> tuple[str, list[str]]:
    """What there is room for, the smallest sizes granted; what is not drawn whole goes to the notes."""
    room, left = box.w * measure.SLACK, box.h
    lines = measure.shortened(text, head_size, room, max(1, measure.lines_in(left * 0.6, head_size)), bold=True)
    if len(lines) < len(measure.wrapped(text, head_size, room, bold=True)):
        slide.cut.append(text)
        text = clipped(text, lines)
    left -= len(lines) * head_size * measure.LEADING + 4
    kept = []
    for each in details:
        needs = len(measure.wrapped(each, size, room)) * size * measure.LEADING + 2
        if needs <= left:
            kept.append(each)
            left -= needs
        else:
            slide.cut.append(each)
    return text, kept


def texts_of(blocks: Sequence[Note | Source]) -> list[str]:
    return [measure.drawable(f"{block.text}　{block.url}" if isinstance(block, Source) and block.url else block.text) for block in blocks]


def fine_height(texts: Sequence[str], width: float, size: float = FINE[0], after: float = 2) -> float:
    """Points that notes and sources take."""
    return sum(len(measure.wrapped(text, size, width * measure.SLACK)) * size * measure.LEADING + after for text in texts)


def fine(slide: Slide, texts: Sequence[str], box: Box, sizes: Sequence[float] = FINE, *, name: str = "Notes", after: float = 2) -> None:
    """Notes and sources, one under the other; those for which there is no room any more stand in the notes alone."""
    if not texts:
        return
    size = next((size for size in sizes if fine_height(texts, box.w, size, after) <= box.h + 0.01), sizes[-1])
    kept: list[str] = []
    left = box.h
    for text in texts:
        needs = fine_height([text], box.w, size, after)
        if needs <= left + 0.01:
            kept.append(text)
            left -= needs
        else:
            slide.cut.append(text)
    if kept:
        slide.text(box, [par(text, size, colour=slide.look.mute, after=after) for text in kept], name=name)


def stamp(slide: Slide, box: Box, name: str, provisional: str, marking: str) -> None:
    """Above the title: which page this is; at the right 暫定 and the marking, which nobody may overlook."""
    look = slide.look
    red = rgb(PALETTES["light"].lack.mark)
    right = box.right
    if marking:
        text = measure.drawable(marking)
        width = min(measure.width(text, bold=True) * 10 / measure.SLACK + 16, box.w * 0.3)
        text = clipped_to(text, 10, width - 14, bold=True)
        slide.text(Box(right - width, box.y - 1, width, box.h), (par(text, 10, bold=True, align="ctr"),), name="Marking", anchor="ctr",
                   outline=line(look.text, 0.75))  # fmt: skip
        right -= width + 10
    if provisional:
        text = measure.drawable(provisional)
        width = min(measure.width(text, bold=True) * 10 / measure.SLACK * 1.1 + 2, (right - box.x) * 0.7)
        slide.one_text(Box(right - width, box.y, width, box.h), text, (10, 9.5, 9), name="Provisional", bold=True, colour=red, align="r")
        right -= width + 12
    if name and right - box.x > 60:
        slide.one_text(Box(box.x, box.y, right - box.x, box.h), name, (10, 9), name="Page", colour=look.mute)
