"""Does everything in a deck stand inside its shape, on the slide, and apart from the rest? Measured, not drawn."""

import io
from typing import Any

from tenken.reports import measure

EMU = 12700
TOLERANCE = 1.0  # points
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"


def overflows(deck: bytes) -> list[str]:
    """One line for each text that is higher or wider than its shape or cell, shape that leaves the slide, and pair of shapes with
    text, table or chart that cover each other. Empty: nothing overflows."""
    from pptx import Presentation

    presentation: Any = Presentation(io.BytesIO(deck))
    wide, high = presentation.slide_width / EMU, presentation.slide_height / EMU
    found: list[str] = []
    for number, slide in enumerate(presentation.slides, start=1):
        places: list[tuple[str, float, float, float, float]] = []
        for shape in slide.shapes:
            name = f"slide {number}, {shape.name}"
            x, y, w, h = (value / EMU for value in (shape.left, shape.top, shape.width, shape.height))
            if x < -TOLERANCE or y < -TOLERANCE or x + w > wide + TOLERANCE or y + h > high + TOLERANCE:
                found.append(f"{name}: leaves the slide ({x:.0f}, {y:.0f}, {w:.0f} × {h:.0f})")
            if getattr(shape, "has_table", False) and shape.has_table:
                found += [f"{name}: {what}" for what in _table(shape, w, h)]
            elif getattr(shape, "has_chart", False) and shape.has_chart:
                pass
            elif shape.has_text_frame and shape.text_frame.text.strip():
                found += [f"{name}: {what}" for what in _text(shape.text_frame._txBody, w, h)]
            else:
                continue  # painted: bars lie on one another on purpose
            places.append((name, x, y, w, h))
        for at, (name, x, y, w, h) in enumerate(places):
            for other, x2, y2, w2, h2 in places[at + 1 :]:
                across, down = min(x + w, x2 + w2) - max(x, x2), min(y + h, y2 + h2) - max(y, y2)
                if across > TOLERANCE and down > TOLERANCE:
                    found.append(f"{name} and {other} cover each other by {across:.0f} × {down:.0f}")
    return found


def _inset(element: Any, names: tuple[str, str], normal: float) -> tuple[float, float]:
    first, second = (int(element.get(name, round(normal * EMU))) / EMU for name in names)
    return first, second


def _paragraphs(body: Any) -> list[tuple[str, float, bool, float, float]]:
    """Text, largest size, whether bold, line height and space after of each paragraph, in points."""
    out = []
    for paragraph in body.iterchildren(f"{A}p"):
        text, size, bold = "", 0.0, False
        for node in paragraph:
            if node.tag == f"{A}br":
                text += "\n"
            if node.tag in (f"{A}r", f"{A}fld"):
                text += node.findtext(f"{A}t") or ""
                properties = node.find(f"{A}rPr")
                assert properties is not None and properties.get("sz"), f"a run without size: {text!r}"
                size = max(size, int(properties.get("sz")) / 100)
                bold = bold or properties.get("b") == "1"
        spacing = paragraph.find(f"{A}pPr/{A}lnSpc/{A}spcPts")
        after = paragraph.find(f"{A}pPr/{A}spcAft/{A}spcPts")
        height = int(spacing.get("val")) / 100 if spacing is not None else size * 1.3
        out.append((text, size or 6.0, bold, height, int(after.get("val")) / 100 if after is not None else 0.0))
    return out


def _wide(paragraph: Any, text: str) -> float:
    """Width of a line whose runs differ in size, in points."""
    total = 0.0
    for run in paragraph.iter(f"{A}r"):
        properties = run.find(f"{A}rPr")
        total += measure.width(run.findtext(f"{A}t") or "", bold=properties.get("b") == "1") * int(properties.get("sz")) / 100
    return total


def _height(body: Any, room: float) -> tuple[float, list[str]]:
    """Points that the paragraphs take in lines of `room` points; complaints about what no line holds and about sizes below nine."""
    height, found = 0.0, []
    paragraphs = list(body.iterchildren(f"{A}p"))
    for at, (text, size, bold, line, after) in enumerate(_paragraphs(body)):
        lines = 1 if _wide(paragraphs[at], text) <= room and "\n" not in text else len(measure.wrapped(text, size, room, bold=bold))
        height += lines * line + (after if at < len(paragraphs) - 1 else 0)
        if text and size < 9:
            found.append(f"{size} points are too small: {text[:30]!r}")
        if any(
            len(each) > 1 and measure.width(each, bold=bold) * size > room + TOLERANCE
            for each in measure.wrapped(text, size, room, bold=bold)
        ):
            found.append(f"a line is wider than its place: {text[:30]!r}")
    return height, found


def _text(body: Any, w: float, h: float) -> list[str]:
    properties = body.find(f"{A}bodyPr")
    left, right = _inset(properties, ("lIns", "rIns"), 7.2)
    top, bottom = _inset(properties, ("tIns", "bIns"), 3.6)
    height, found = _height(body, w - left - right)
    if height > h - top - bottom + TOLERANCE:
        found.append(f"text is {height:.0f} high in {h - top - bottom:.0f}: {''.join(body.itertext()).strip()[:40]!r}")
    return found


def _table(shape: Any, w: float, h: float) -> list[str]:
    found, table = [], shape.table
    columns = [column.width / EMU for column in table.columns]
    rows = [row.height / EMU for row in table.rows]
    if abs(sum(columns) - w) > TOLERANCE or abs(sum(rows) - h) > TOLERANCE:
        found.append(f"columns and rows are {sum(columns):.0f} × {sum(rows):.0f}, the frame {w:.0f} × {h:.0f}")
    for at, row in enumerate(table._tbl.tr_lst):
        for column, cell in zip(columns, row.tc_lst, strict=True):
            properties = cell.find(f"{A}tcPr")
            left, right = _inset(properties, ("marL", "marR"), 7.2)
            top, bottom = _inset(properties, ("marT", "marB"), 3.6)
            height, wrong = _height(cell.find(f"{A}txBody"), column - left - right)
            found += [f"row {at}: {what}" for what in wrong]
            if height + top + bottom > rows[at] + TOLERANCE:
                found.append(f"row {at}: text needs {height + top + bottom:.0f} of {rows[at]:.0f}: {''.join(cell.itertext())[:30]!r}")
    return found
