"""One slide being filled: texts, fillings and frames at given places, each with faces, language and an exact line height.

Line heights are set in points, not in parts of a face's own: a text is then as high as `measure` says in whatever face it is drawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

from tenken.i18n import Words
from tenken.reports import measure
from tenken.reports.boxes import EMU, Box
from tenken.reports.look import Look, solid
from tenken.reports.template import Deck

NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
Align = Literal["l", "r", "ctr"]
TITLE_LEADING = 1.2


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one size and colour (DrawingML; '' for the look's text colour). `field`: 'slidenum' for a field."""

    text: str
    size: float
    bold: bool = False
    colour: str = ""
    head: bool = False
    field: str = ""

    def xml(self, look: Look) -> str:
        faces = (look.head if self.head else look.body).xml
        properties = (
            f'lang="{look.lang}" altLang="{look.alt_lang}" sz="{round(self.size * 100)}" b="{int(self.bold)}" i="0" u="none" '
            f'kern="0" spc="0" baseline="0" dirty="0"'
        )
        inside = f"<a:rPr {properties}>{solid(self.colour or look.text)}{faces}</a:rPr>"
        text = measure.drawable(self.text)
        if self.field:
            return f'<a:fld id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="{self.field}">{inside}<a:t>{escape(text)}</a:t></a:fld>'
        pieces = [f"<a:r>{inside}<a:t>{escape(piece)}</a:t></a:r>" if piece else "" for piece in text.split("\n")]
        return f"<a:br>{inside}</a:br>".join(pieces)


@dataclass(frozen=True, slots=True)
class Par:
    """A paragraph: its runs, where it stands, line height in parts of the largest size, points after it."""

    runs: tuple[Run, ...]
    align: Align = "l"
    leading: float = measure.LEADING
    after: float = 0

    @property
    def size(self) -> float:
        return max((run.size for run in self.runs), default=6)

    def xml(self, look: Look) -> str:
        spacing = (
            f'<a:lnSpc><a:spcPts val="{round(self.size * self.leading * 100)}"/></a:lnSpc><a:spcBef><a:spcPts val="0"/></a:spcBef>'
            f'<a:spcAft><a:spcPts val="{round(self.after * 100)}"/></a:spcAft><a:buNone/>'
        )
        end = f'<a:endParaRPr lang="{look.lang}" altLang="{look.alt_lang}" sz="{round(self.size * 100)}" dirty="0">{look.body.xml}</a:endParaRPr>'
        return (
            f'<a:p><a:pPr marL="0" indent="0" algn="{self.align}" eaLnBrk="1" latinLnBrk="0" hangingPunct="0">{spacing}</a:pPr>'
            f"{''.join(run.xml(look) for run in self.runs)}{end}</a:p>"
        )


def par(
    text: str, size: float, *, bold: bool = False, colour: str = "", align: Align = "l", leading: float = measure.LEADING, after: float = 0
) -> Par:
    return Par((Run(text, size, bold, colour),), align, leading, after)


def body_properties(anchor: str = "t", insets: tuple[float, float, float, float] = (0, 0, 0, 0)) -> str:
    left, top, right, bottom = (round(value * EMU) for value in insets)
    return (
        f'<a:bodyPr vert="horz" wrap="square" lIns="{left}" tIns="{top}" rIns="{right}" bIns="{bottom}" anchor="{anchor}" rtlCol="0">'
        "<a:noAutofit/></a:bodyPr>"
    )


class Slide:
    """A slide of `deck`, with what had to be left out of its shapes (`cut`), which belongs into the notes."""

    def __init__(self, deck: Deck, words: Words) -> None:
        self.deck, self.look, self.words = deck, deck.look, words
        self.slide: Any = deck.presentation.slides.add_slide(deck.layout)
        self.tree = self.slide.shapes._spTree
        self.cut: list[str] = []
        for holder in list(self.slide.placeholders):
            if holder.placeholder_format.idx != 0:
                holder._element.getparent().remove(holder._element)
        self._next = 10

    def next_id(self) -> int:
        self._next += 1
        return self._next

    def add(self, xml: str) -> Any:
        from pptx.oxml import parse_xml

        element = parse_xml(xml)
        self.tree.append(element)
        return element

    def title_room(self) -> float:
        """Points in a line of the title."""
        return (self.deck.title.w - 2 * self.deck.inset) * measure.SLACK

    def titled(self, text: str, size: float, lines: Sequence[str]) -> None:
        """The title into the layout's placeholder: outline view and screen readers look there."""
        from pptx.oxml import parse_xml

        title = self.slide.shapes.title
        box, whole = self.deck.title, measure.drawable(text)
        if len(lines) < len(measure.wrapped(whole, size, self.title_room(), bold=True)):
            self.cut.append(whole)
            whole = clipped(whole, lines)
        if self.deck.stamp is not None:  # our own: as high as its lines, for what follows comes right after
            box = box.top(len(lines) * size * TITLE_LEADING + 1)[0]
        if self.deck.moved or self.deck.stamp is not None:
            title.left, title.top, title.width, title.height = (round(value * EMU) for value in (box.x, box.y, box.w, box.h))
        run = Run(whole, size, True, "", True)
        inset = self.deck.inset
        right = box.w - inset - balanced(whole, size, self.title_room())
        element = title._element
        for body in list(element.iterchildren("{*}txBody")):
            element.remove(body)
        anchor = "t" if self.deck.stamp is not None else "b"
        element.append(
            parse_xml(
                f"<p:txBody {NAMESPACES}>{body_properties(anchor, (inset, 0, right, 0))}<a:lstStyle/>"
                f"{Par((run,), leading=TITLE_LEADING).xml(self.look)}</p:txBody>"
            )
        )

    def text(self, box: Box, pars: Sequence[Par], *, name: str, anchor: str = "t", holder: str = "", fill: str = "", outline: str = "",
             insets: tuple[float, float, float, float] = (0, 0, 0, 0)) -> None:  # fmt: skip
        """Paragraphs in a box. `holder`: type of the layout's placeholder that it takes the place of ('ftr', 'sldNum')."""
        number = self.next_id()
        index = self._holder_index(holder) if holder else None
        place = f'<p:nvPr><p:ph type="{holder}" sz="quarter" idx="{index}"/></p:nvPr>' if index is not None else "<p:nvPr/>"
        kind = '<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>' if index is not None else '<p:cNvSpPr txBox="1"/>'
        paint = solid(fill) if fill else "<a:noFill/>"
        self.add(
            f'<p:sp {NAMESPACES}><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(f"{name} {number}")}/>{kind}{place}</p:nvSpPr>'
            f'<p:spPr>{box.xfrm()}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{paint}{outline}</p:spPr>'
            f"<p:txBody>{body_properties(anchor, insets)}<a:lstStyle/>{''.join(each.xml(self.look) for each in pars)}</p:txBody></p:sp>"
        )

    def _holder_index(self, kind: str) -> int | None:
        for holder in self.deck.layout.placeholders:
            element = holder._element.find(".//{*}ph")
            if element.get("type") == kind:
                return int(element.get("idx", "0"))
        return None

    def one_text(self, box: Box, text: str, sizes: Sequence[float], *, name: str, bold: bool = False, colour: str = "",
                 align: Align = "l", anchor: str = "t", leading: float = measure.LEADING) -> float:  # fmt: skip
        """A text in the largest of `sizes` that fits, else cut and kept for the notes. The height that it takes, in points."""
        text = measure.drawable(text)
        room = box.w * measure.SLACK
        if box.h + 0.5 < sizes[-1] * leading:  # no room for a single line
            self.cut.append(text)
            return 0.0
        size, lines = measure.fitted(text, room, box.h, sizes, bold=bold, leading=leading)
        if lines != measure.wrapped(text, size, room, bold=bold):
            self.cut.append(text)
            text = clipped(text, lines)
        self.text(box, (par(text, size, bold=bold, colour=colour, align=align, leading=leading),), name=name, anchor=anchor)
        return len(lines) * size * leading

    def paint(self, box: Box, fill: str, *, name: str, outline: str = "<a:ln><a:noFill/></a:ln>", alt: str = "") -> None:
        """A filled rectangle; without `alt` it is decoration to screen readers."""
        number = self.next_id()
        if alt:
            properties = f'<p:cNvPr id="{number}" name={quoteattr(f"{name} {number}")} descr={quoteattr(measure.drawable(alt))}/>'
        else:
            properties = (
                f'<p:cNvPr id="{number}" name={quoteattr(f"{name} {number}")}><a:extLst><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}">'
                '<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst></p:cNvPr>'
            )
        self.add(
            f"<p:sp {NAMESPACES}><p:nvSpPr>{properties}<p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>{box.xfrm()}"
            f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{fill}{outline}</p:spPr></p:sp>'
        )

    def noted(self, paragraphs: Iterable[str]) -> None:
        """Speaker notes, a paragraph each."""
        from pptx.oxml import parse_xml

        frame = self.slide.notes_slide.notes_text_frame
        if frame is None:
            return
        body = frame._txBody
        for old in list(body.iterchildren("{http://schemas.openxmlformats.org/drawingml/2006/main}p")):
            body.remove(old)
        look = self.look
        for text in list(paragraphs) or [""]:
            pieces = measure.visible(text).split("\n")
            properties = f'<a:rPr lang="{look.lang}" altLang="{look.alt_lang}" dirty="0">{look.body.xml}</a:rPr>'
            runs = "<a:br/>".join(f"<a:r>{properties}<a:t>{escape(piece)}</a:t></a:r>" for piece in pieces)
            body.append(parse_xml(f"<a:p {NAMESPACES}>{runs}</a:p>"))


def balanced(text: str, size: float, room: float) -> float:
    """Points that a line of a title may have so that it takes no more lines than in `room`, but has no last one of two letters: it
    breaks after 、, a particle or a space where the first line stays the longer, else where both are about as long."""
    real, lines = room / measure.SLACK, measure.wrapped(text, size, room, bold=True)
    if len(lines) != 2 or "\n" in text:
        return real
    whole = measure.width(text, bold=True) * size
    for at in range(len(text) // 2, len(text)):
        particle = text[at - 1] in "はがをにでとも" and not "ぁ" <= text[at] <= "ゖ"
        if (text[at - 1] in "、）」 " or particle) and text[at] not in measure.NOT_FIRST:
            first = measure.width(text[:at].rstrip(), bold=True) * size
            narrow = first + 0.6 * size
            if whole - first <= first - 0.5 * size and first <= room and len(measure.wrapped(text, size, narrow, bold=True)) == 2:
                return min(narrow, real)
    if measure.width(lines[1], bold=True) * size > room * 0.3:
        return real
    narrow = max(whole * 0.55, room * 0.6)
    while narrow < room and len(measure.wrapped(text, size, narrow, bold=True)) > 2:
        narrow += size
    return min(narrow + size, real)


def clipped(text: str, lines: Sequence[str]) -> str:
    """What `measure.shortened` left of a text, as one text: its beginning, with the spaces that it had, and …"""
    letters = sum(not letter.isspace() for line in lines for letter in line) - 1
    for at, letter in enumerate(text):
        if letters <= 0:
            return text[:at].rstrip() + measure.ELLIPSIS
        letters -= not letter.isspace()
    return text


def clipped_to(text: str, size: float, width: float, *, bold: bool = False) -> str:
    """The text, or its beginning with … where one line does not hold it."""
    lines = measure.shortened(text, size, width, 1, bold=bold)
    return text if len(measure.wrapped(text, size, width, bold=bold)) == 1 else clipped(text, lines)
