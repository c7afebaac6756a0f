"""The deck that slides are put into: our own, or a company's template, looked at before anything in it is opened.

A template gives its master, its layout with a title, its colours and faces; its slides, links to the outside and the names of both are
taken out. Whoever sends a file that is none gets one ReportError: template_unreadable, template_macro, template_no_layout, template_too_large.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

from tenken.errors import ReportError
from tenken.reports.boxes import EMU, Box
from tenken.reports.look import Faces, Look, our_look, template_look

MOST_BYTES = 30_000_000
MOST_UNPACKED = 200_000_000
MOST_ENTRIES = 5_000
_MOST_RATIO = 200  # of a single large entry: XML packs to a tenth, a bomb to a thousandth

_PPTX = b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_POTX = b"application/vnd.openxmlformats-officedocument.presentationml.template.main+xml"
_SHOW = b"application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SLIDE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/slide"
_PERSONAL = ("/thumbnail", "/custom-properties", "/printerSettings", "/commentAuthors", "/authors")
_LINKS = (f"{_A}hlinkClick", f"{_A}hlinkMouseOver", f"{_A}hlinkHover")
_SHAPES = tuple(f"{_P}{name}" for name in ("pic", "sp", "graphicFrame", "cxnSp", "contentPart"))

APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Tenken</Application></Properties>'
)


@dataclass(frozen=True, slots=True)
class Deck:
    """An open presentation without slides. `title`: where titles stand, None where the layout's own place is right; `body`: what is
    free for content below the title; `foot`: the footer's line; `number`: the slide number's place; `stamp`: where marking and 暫定
    stand above the title, None where the template leaves no room there."""

    presentation: Any
    layout: Any
    look: Look
    width: float
    height: float
    title: Box
    moved: bool
    inset: float
    body: Box
    foot: Box
    number: Box
    stamp: Box | None


def check(template: bytes) -> None:
    """Refuse what cannot be used as a template: ReportError, with nothing left open."""
    company_deck(template, "ja")


def looked_at(template: bytes) -> bytes:
    """Sizes and macros by the archive's directory alone; the bytes as a presentation that python-pptx takes (.potx becomes .pptx)."""
    if len(template) > MOST_BYTES:
        raise ReportError("template_too_large", mb=MOST_BYTES // 1_000_000)
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            swollen = any(entry.file_size > 1_000_000 and entry.file_size > _MOST_RATIO * max(1, entry.compress_size) for entry in entries)
            if unpacked > MOST_UNPACKED or len(entries) > MOST_ENTRIES or swollen:
                raise ReportError("template_too_large", mb=MOST_BYTES // 1_000_000)
            names = [entry.filename.lower() for entry in entries]
            types = archive.read("[Content_Types].xml")
            if b"macroEnabled" in types or b"vbaProject" in types or any("vbaproject" in name or "/activex/" in name for name in names):
                raise ReportError("template_macro")
            if _POTX not in types and _SHOW not in types:
                return template
            return _as_presentation(archive, types)
    except ReportError:
        raise
    except Exception as error:  # zipfile answers damaged archives with a dozen kinds of errors
        raise ReportError("template_unreadable") from error


def _as_presentation(archive: zipfile.ZipFile, types: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as copy:
        for entry in archive.infolist():
            content = archive.read(entry)
            copy.writestr(
                entry.filename, types.replace(_POTX, _PPTX).replace(_SHOW, _PPTX) if entry.filename == "[Content_Types].xml" else content
            )
    return out.getvalue()


def company_deck(template: bytes, lang: str) -> Deck:
    """The template, emptied, with its faces and colours. ReportError where it is none."""
    from pptx import Presentation

    content = looked_at(template)
    try:
        presentation = Presentation(io.BytesIO(content))
        _empty(presentation)
        layout = _layout(presentation)
        if layout is None:
            raise ReportError("template_no_layout")
        return _measured(presentation, layout, lang)
    except ReportError:
        raise
    except Exception as error:  # whatever is wrong inside a foreign file, python-pptx and lxml say in their own ways
        raise ReportError("template_unreadable") from error


def _empty(presentation: Any) -> None:
    """Take out slides, what lists them, and every link that leads out of the file."""
    part = presentation.part
    root = part._element
    listed = root.find(f"{_P}sldIdLst")
    if listed is not None:
        for slide in list(listed):
            part.drop_rel(slide.get(f"{_R}id"))
            listed.remove(slide)
    for name in ("custShowLst", "extLst"):  # shows and sections name slides by number: PowerPoint would want to repair the file
        for element in root.findall(f"{_P}{name}"):
            root.remove(element)
    for other in list(part.package.iter_parts()):
        for key, relation in list(other.rels.items()):
            if relation.is_external or (relation.reltype == _SLIDE and other is not part):
                _cut(other, key)
    for relation in part.package._rels.values():
        if not relation.is_external and relation.reltype.endswith("/extended-properties"):
            relation.target_part._blob = APP  # names of slides and of whoever made them
    _strip(part)


def _strip(part: Any) -> None:
    """Take out what says who made the template and on which printer, and the picture of its first slide; no element refers to these."""
    for rels in (part.package._rels, part.rels):
        for key, relation in list(rels.items()):
            if relation.is_external or relation.reltype.endswith(_PERSONAL):
                rels.pop(key)


def _cut(part: Any, key: str) -> None:
    """Drop a relation and what refers to it: a link alone, or the whole shape that lives by it."""
    element = getattr(part, "_element", None)
    if element is not None:
        for node in [node for node in element.iter() if any(value == key and name.startswith(_R) for name, value in node.attrib.items())]:
            gone = node
            if node.tag not in _LINKS:
                gone = next((above for above in node.iterancestors() if above.tag in _SHAPES), node)
            if gone.getparent() is not None:
                gone.getparent().remove(gone)
    part.rels.pop(key)


def _layout(presentation: Any) -> Any:
    """The layout with a title, written across, and the fewest other placeholders; 'Title Only' before others with as few."""
    from pptx.enum.shapes import PP_PLACEHOLDER as KIND

    best: tuple[tuple[int, int, int], Any] | None = None
    count = 0
    for master in presentation.slide_masters:
        for layout in master.slide_layouts:
            count += 1
            kinds = [holder.placeholder_format.type for holder in layout.placeholders]
            title = next((h for h in layout.placeholders if h.placeholder_format.type in (KIND.TITLE, KIND.CENTER_TITLE)), None)
            if title is None or "vert" in str(title._element.txBody.bodyPr.get("vert") or ""):
                continue
            others = sum(kind not in (KIND.TITLE, KIND.CENTER_TITLE, KIND.DATE, KIND.FOOTER, KIND.SLIDE_NUMBER) for kind in kinds)
            rank = (others, int(KIND.CENTER_TITLE in kinds), int(layout._element.get("type") != "titleOnly"))
            if best is None or rank < best[0]:
                best = (rank, layout)
    return best[1] if best else None


def _box(shape: Any) -> Box | None:
    if shape is None or shape.left is None or shape.top is None or not shape.width or not shape.height:
        return None
    return Box(shape.left / EMU, shape.top / EMU, shape.width / EMU, shape.height / EMU)


def _measured(presentation: Any, layout: Any, lang: str) -> Deck:
    """Where title, body and footer stand on a layout of any size and proportion."""
    from pptx.enum.shapes import PP_PLACEHOLDER as KIND

    width, height = presentation.slide_width / EMU, presentation.slide_height / EMU
    if not 300 <= width <= 4000 or not 200 <= height <= 4000:
        raise ReportError("template_unreadable")
    holders = {holder.placeholder_format.type: _box(holder) for holder in layout.placeholders}
    margin = width * 0.042
    inset = 7.2
    wanted = Box(margin - inset, height * 0.055, width - 2 * margin + 2 * inset, max(62.0, height * 0.115))
    found = holders.get(KIND.TITLE) or holders.get(KIND.CENTER_TITLE)
    usable = found is not None and (
        found.x >= 0 and found.right <= width + 1 and found.y >= 0
        and found.w >= width * 0.55 and found.bottom <= height * 0.3 and found.h >= 40
    )  # fmt: skip
    title = found if usable and found is not None else wanted
    low = [box for kind in (KIND.FOOTER, KIND.SLIDE_NUMBER, KIND.DATE) if (box := holders.get(kind)) and box.y > height * 0.8]
    foot_top = min((box.y for box in low), default=height - 32)
    foot_top = max(min(foot_top, height - 22), height * 0.85)
    left, right = max(title.x + inset, 12.0), min(title.right - inset, width - 12)
    number = holders.get(KIND.SLIDE_NUMBER)
    number_width = 44.0
    in_row = number is not None and number.y > height * 0.8
    number_box = Box(right - number_width, foot_top, number_width, 18)
    if in_row and number is not None and number.x < width / 3:
        number_box = Box(left, foot_top, number_width, 18)
        foot = Box(left + number_width + 8, foot_top, right - left - number_width - 8, 18)
    else:
        foot = Box(left, foot_top, right - left - number_width - 8, 18)
    body = Box(left, title.bottom + 2, right - left, foot_top - 6 - title.bottom - 2)
    return Deck(
        presentation,
        layout,
        template_look(lang, *_faces(layout), dark=_dark(layout)),
        width,
        height,
        title,
        not usable,
        inset,
        body,
        foot,
        number_box,
        None,
    )


def _theme(layout: Any) -> bytes:
    from pptx.opc.constants import RELATIONSHIP_TYPE

    try:
        return bytes(layout.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)
    except KeyError:
        return b""


def _dark(layout: Any) -> bool:
    """Whether what the theme calls background 1 is darker than middle grey."""
    mapping = layout.slide_master._element.find(f"{_P}clrMap")
    name = (mapping.get("bg1") if mapping is not None else None) or "lt1"
    found = re.search(rb'<a:%s>.*?(?:srgbClr val|lastClr)="([0-9A-Fa-f]{6})"' % name.encode(), _theme(layout), re.DOTALL)
    if found is None:
        return False
    red, green, blue = bytes.fromhex(found.group(1).decode())
    return 0.299 * red + 0.587 * green + 0.114 * blue < 128


def _faces(layout: Any) -> tuple[Faces, Faces]:
    """The theme's faces by their theme names; our own East Asian face where the theme names none."""
    theme = _theme(layout)
    faces = []
    for tag, short in ((b"majorFont", "mj"), (b"minorFont", "mn")):
        part = re.search(rb"<a:%s>(.*?)</a:%s>" % (tag, tag), theme, re.DOTALL)
        inside = part.group(1) if part else b""
        ea = re.search(rb'<a:ea typeface="([^"]+)"', inside) or re.search(rb'script="Jpan" typeface="([^"]+)"', inside)
        latin = re.search(rb'<a:latin typeface="([^"]+)"', inside)
        faces.append(Faces(f"+{short}-lt" if latin else our_look("ja").body.latin, f"+{short}-ea" if ea else our_look("ja").body.ea))
    return faces[0], faces[1]


def own_deck(lang: str) -> Deck:
    """Our own deck, 13.333 × 7.5 in: python-pptx's bare presentation with our sizes, faces and colours, and one layout."""
    from pptx import Presentation

    presentation: Any = Presentation()
    look = our_look(lang)
    width, height = 960.0, 540.0
    presentation.slide_width, presentation.slide_height = round(width * EMU), round(height * EMU)
    master = presentation.slide_master
    layout = next(each for each in master.slide_layouts if each._element.get("type") == "titleOnly")
    for other in list(master.slide_layouts):
        if other is not layout:
            master.slide_layouts.remove(other)
    deck = Deck(
        presentation, layout, look, width, height,
        title=Box(40, 36, 880, 60), moved=False, inset=0, body=Box(40, 98, 880, 402),
        foot=Box(40, 511, 820, 16), number=Box(880, 511, 40, 16), stamp=Box(40, 17, 880, 16),
    )  # fmt: skip
    _strip(presentation.part)
    _dress(deck)
    return deck


def _dress(deck: Deck) -> None:
    """Faces and colours into theme and master, and everything of the master to its place on the wide slide."""
    from lxml import etree
    from pptx.enum.shapes import PP_PLACEHOLDER as KIND
    from pptx.opc.constants import RELATIONSHIP_TYPE

    from tenken.palette import PALETTES

    ours, look = PALETTES["light"], deck.look
    master = deck.presentation.slide_master
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    blob = theme.blob.decode()
    blob = re.sub(r'<a:latin typeface="[^"]*"', f'<a:latin typeface="{look.body.latin}"', blob)
    blob = re.sub(r'<a:ea typeface="[^"]*"', f'<a:ea typeface="{look.body.ea}"', blob)
    blob = re.sub(r'(script="Jpan" typeface=)"[^"]*"', rf'\1"{look.body.ea}"', blob)
    colours = {
        "dk1": ours.text, "lt1": ours.bg, "dk2": ours.mute, "lt2": ours.bg2, "accent1": ours.accent, "accent2": ours.lack.mark,
        "accent3": ours.covered, "accent4": ours.good.mark, "accent5": ours.part.mark, "accent6": ours.rim, "hlink": ours.accent,
        "folHlink": ours.accent,
    }  # fmt: skip
    for name, colour in colours.items():
        blob = re.sub(rf"<a:{name}>.*?</a:{name}>", f'<a:{name}><a:srgbClr val="{colour[1:]}"/></a:{name}>', blob, flags=re.DOTALL)
    theme._blob = blob.replace('name="Office Theme"', 'name="Tenken"').encode()
    for holder in [*master.placeholders, *deck.layout.placeholders]:
        kind = holder.placeholder_format.type
        places = {KIND.TITLE: deck.title, KIND.BODY: deck.body, KIND.FOOTER: deck.foot, KIND.SLIDE_NUMBER: deck.number}
        box = places.get(kind)
        if box is None:
            holder._element.getparent().remove(holder._element)
            continue
        holder.left, holder.top, holder.width, holder.height = (round(value * EMU) for value in (box.x, box.y, box.w, box.h))
    for title in master._element.iter(f"{_P}titleStyle"):
        for level in title.iter(f"{_A}lvl1pPr"):
            level.set("algn", "l")
            for run in level.iter(f"{_A}defRPr"):
                run.set("sz", "2200")
                run.set("b", "1")
    tree = master._element.find(f".//{_P}spTree")
    rule = etree.fromstring(
        f'<p:cxnSp xmlns:p="{_P[1:-1]}" xmlns:a="{_A[1:-1]}"><p:nvCxnSpPr><p:cNvPr id="90" name="Rule"/><p:cNvCxnSpPr/><p:nvPr userDrawn="1"/>'
        f'</p:nvCxnSpPr><p:spPr>{Box(40, 506, 880, 0).xfrm()}<a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
        f'<a:ln w="9525"><a:solidFill>{look.line}</a:solidFill></a:ln></p:spPr></p:cxnSp>'
    )
    tree.append(rule)
