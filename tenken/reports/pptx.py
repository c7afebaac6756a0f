"""Report → PowerPoint: a slide a page, every chart and table native, what stands behind each number in the speaker notes.

Nothing here computes, rounds or words a number. What does not fit into its place is set smaller, down to nine points, then cut with …,
and then stands whole in the notes.
"""

import io
from collections.abc import Sequence

from tenken.i18n import Words, words
from tenken.reports import measure, pptx_blocks, pptx_charts, pptx_tables
from tenken.reports.boxes import EMU, Box
from tenken.reports.freeze import freeze
from tenken.reports.model import Chart, Headline, Note, Page, Report, Source, Table
from tenken.reports.pptx_slide import NAMESPACES, TITLE_LEADING, Align, Par, Run, Slide, clipped_to
from tenken.reports.template import APP, Deck, company_deck, own_deck

GAP = 14.0
WIDE = 26.0  # between columns
_TITLE_SIZES = (22.0, 21.0, 20.0, 19.0, 18.0, 17.0, 16.0, 15.0, 14.0, 12.0)
_LEAD_SIZES = (12.5, 12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0)


def render(report: Report, template: bytes | None = None) -> bytes:
    """The deck. ReportError: font_missing, and for a template template_unreadable, template_macro, template_no_layout, template_too_large."""
    meta, _ = report.meta, words(report.meta.lang)
    deck = own_deck(meta.lang) if template is None else company_deck(template, meta.lang)
    size = _title_size(deck, report.pages)
    for number, page in enumerate(report.pages, start=1):
        _slide(deck, report, page, number, size, _)
    _properties(deck, report)
    out = io.BytesIO()
    deck.presentation.save(out)
    return freeze(out.getvalue(), meta.made)


def _title_size(deck: Deck, pages: Sequence[Page]) -> float:
    """One size for the titles of all slides, at which the longest fits into two lines (or what the template's title holds)."""
    room = (deck.title.w - 2 * deck.inset) * measure.SLACK
    height = min(deck.title.h, 2 * _TITLE_SIZES[0] * TITLE_LEADING + 1)
    for size in _TITLE_SIZES:
        most = min(2, measure.lines_in(height, size, TITLE_LEADING))
        if most and all(len(measure.wrapped(measure.drawable(page.title), size, room, bold=True)) <= most for page in pages):
            return size
    return _TITLE_SIZES[-1]


def _slide(deck: Deck, report: Report, page: Page, number: int, title_size: float, _: Words) -> None:
    meta, slide = report.meta, Slide(deck, _)
    room, title = slide.title_room(), measure.drawable(page.title)
    most = max(1, min(2, measure.lines_in(deck.title.h, title_size, TITLE_LEADING)))
    lines = measure.shortened(title, title_size, room, most, bold=True)
    slide.titled(page.title, title_size, lines)
    body = deck.body
    if deck.stamp is not None:
        pptx_blocks.stamp(slide, deck.stamp, page.name, meta.provisional, meta.marking)
    elif meta.provisional or meta.marking:
        strip, body = body.top(15, 3)
        pptx_blocks.stamp(slide, strip, page.name, meta.provisional, meta.marking)
    if deck.stamp is not None:  # our own title stands at the top of its place: what follows comes after its last line
        top = deck.title.y + len(lines) * title_size * TITLE_LEADING + 4
        body = Box(body.x, top, body.w, body.bottom - top)
    if page.lead:
        place = body.top(2 * _LEAD_SIZES[0] * measure.LEADING)[0]
        lead, one = measure.drawable(page.lead), place.w * measure.SLACK
        sizes = [size for size in _LEAD_SIZES[:3] if len(measure.wrapped(lead, size, one)) == 1] or _LEAD_SIZES
        used = slide.one_text(place, lead, sizes, name="Lead", colour=deck.look.mute)
        slide_lead = slide.tree[-1]
        slide_lead.spPr.xfrm.ext.cy = round((used + 0.5) * EMU)
        body = body.top(used, 12)[1]
    else:
        body = body.top(6)[1]
    _fill(slide, page, body, meta.against)
    _foot(slide, report, number)
    notes = [*_noted(report, page)]
    said = "\n".join(notes)
    left_out = [text for text in dict.fromkeys(slide.cut) if text not in said]
    if left_out:
        notes += [_("In full, what is cut short on this slide:"), *left_out]
    slide.noted(notes)


def _noted(report: Report, page: Page) -> list[str]:
    meta = report.meta
    first = [text for text in (meta.provisional, meta.marking) if text]
    return [*first, page.title, *([page.lead] if page.lead else []), *page.how, meta.footer]


def _fill(slide: Slide, page: Page, body: Box, against: str) -> None:
    """Each page in the arrangement that its blocks ask for: figures above, notes and sources below, the rest between."""
    figures = next((block for block in page.blocks if isinstance(block, tuple)), ())
    if figures:
        place, body = body.top(pptx_blocks.figures_height(slide, figures, body.w), GAP)
        pptx_blocks.figures(slide, figures, place, against)
    headlines: list[Headline] = [block for block in page.blocks if isinstance(block, Headline)]
    small = [block for block in page.blocks if isinstance(block, Note | Source)]
    tables = [table for table in page.tables() if table.on_slide > 0 or not table.rows]
    charts = list(page.charts())
    if page.id == "method":
        _method(slide, small, headlines, tables, body)
        return
    texts = pptx_blocks.texts_of(small)
    stacked: list[Placed] = [*headlines, *tables]
    beside = page.id not in ("changes", "plan") and len(charts) == 1 and bool(tables or headlines)
    if beside:
        left, right = body.across((1, 1.1), WIDE)
        if texts and sum(_wanted(block, right.w, 10.0, 3.0) for block in stacked) > body.h - 60:
            place, left = left.low(min(pptx_blocks.fine_height(texts, left.w, 9.0), left.h * 0.42) + 1, 8)
            _stack(slide, charts, left)
            _stack(slide, stacked, right)
            pptx_blocks.fine(slide, texts, place, (9.0,))
            return
    if texts:
        wanted = pptx_blocks.fine_height(texts, body.w)
        place, body = body.low(min(wanted, body.h * 0.2) + 1, 8)
        pptx_blocks.fine(slide, texts, place)
    if page.id == "changes" or (len(charts) > 1 and tables):
        _charts_over_tables(slide, charts, headlines, tables, body)
    elif page.id == "plan":
        _plan(slide, charts, headlines, tables, body)
    elif beside:
        left, right = body.across((1, 1.1), WIDE)
        _stack(slide, charts, left)
        _stack(slide, [*headlines, *tables], right)
    else:
        _stack(slide, [*headlines, *charts, *tables], body)


Placed = Chart | Table | Headline


_TABLE_SIZES = ((11.5, 5.0), (11.0, 4.0), (10.5, 4.0), (10.5, 3.0), (10.0, 3.0), (9.5, 2.5), (9.0, 2.1))


def _wanted(block: Placed, width: float, size: float = 11.0, padding: float = 4.0) -> float:
    if isinstance(block, Chart):
        return pptx_charts.height_wanted(block)
    if isinstance(block, Table):
        return pptx_tables.height_wanted(pptx_tables.for_slide(block), width, size, padding)
    return pptx_blocks.headline_height(block, width)


def _least(block: Placed, wanted: float) -> float:
    return min(wanted, 120.0 if isinstance(block, Chart) else 78.0 if isinstance(block, Table) else max(40.0, wanted * 0.7))


def _stack(slide: Slide, blocks: Sequence[Placed], box: Box) -> None:
    """One under the other, all tables in one size: the largest in which everything stands. Where nothing does, each gets what is
    least, and of the rest in proportion to what it wants."""
    if not blocks:
        return
    room = box.h - GAP * (len(blocks) - 1)
    for size, padding in _TABLE_SIZES:
        wants = [_wanted(block, box.w, size, padding) for block in blocks]
        if sum(wants) <= room:
            break
    else:
        least = [_least(block, wanted) for block, wanted in zip(blocks, wants, strict=True)]
        least = [low * min(1.0, room / sum(least)) for low in least]
        spare, over = max(0.0, room - sum(least)), sum(wants) - sum(least)
        wants = [low + spare * (wanted - low) / over for low, wanted in zip(least, wants, strict=True)] if over > 0 else wants
        wants = _filled(blocks, wants, room, box.w)
    for block, height in zip(blocks, wants, strict=True):
        alone = len(blocks) == 1
        place = box.top(box.h if alone else height)[0]
        used = _draw(slide, block, place)
        box = box.top(max(used, 1.0), GAP)[1]


def _filled(blocks: Sequence[Placed], heights: Sequence[float], room: float, width: float) -> list[float]:
    """Whole rows leave a rest: each table in turn gets what the others do not use."""
    taken = [
        pptx_tables.used(block, width, height) if isinstance(block, Table) else height
        for block, height in zip(blocks, heights, strict=True)
    ]
    for at, block in enumerate(blocks):
        if isinstance(block, Table):
            taken[at] = pptx_tables.used(block, width, max(taken[at], room - sum(taken) + taken[at]))
    left = max(0.0, room - sum(taken))  # not a row any more: air for the tables
    tables = sum(isinstance(block, Table) for block in blocks)
    return [height + left / tables if isinstance(block, Table) else height for block, height in zip(blocks, taken, strict=True)]


def _draw(slide: Slide, block: Placed, box: Box) -> float:
    if isinstance(block, Chart):
        return pptx_charts.draw(slide, block, box)
    if isinstance(block, Table):
        return pptx_tables.draw(slide, block, box)
    pptx_blocks.headline(slide, block, box)
    return min(box.h, max(24.0, pptx_blocks.headline_height(block, box.w)))


def _charts_over_tables(slide: Slide, charts: Sequence[Chart], headlines: Sequence[Headline], tables: Sequence[Table], box: Box) -> None:
    below: list[Placed] = [*headlines, *tables]
    if below:
        wanted = sum(_wanted(block, box.w, 10.0, 3.0) for block in below) + GAP * (len(below) - 1)
        place, box = box.low(min(wanted, box.h * 0.52), GAP)
        _stack(slide, below, place)
    for chart, place in zip(charts, box.across([1] * len(charts), WIDE), strict=True):
        pptx_charts.draw(slide, chart, place)


def _plan(slide: Slide, charts: Sequence[Chart], headlines: Sequence[Headline], tables: Sequence[Table], box: Box) -> None:
    above: list[Placed] = [*headlines, *charts]
    if above:
        wide = (box.w - WIDE * (len(above) - 1)) / len(above)
        wanted = max([_wanted(headline, wide) for headline in headlines] + [min(104.0, box.h * 0.28) for _ in charts])
        place, box = box.top(min(wanted, box.h * 0.36), GAP)
        for block, part in zip(above, place.across([1] * len(above), WIDE), strict=True):
            _draw(slide, block, part)
    _stack(slide, tables, box)


def _method(slide: Slide, small: Sequence[Note | Source], headlines: Sequence[Headline], tables: Sequence[Table], box: Box) -> None:
    left, right = box.across((1.1, 1), WIDE + 6)
    notes = pptx_blocks.texts_of([block for block in small if isinstance(block, Note)])
    pptx_blocks.fine(slide, notes, left, (12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0), after=6)
    sources = pptx_blocks.texts_of([block for block in small if isinstance(block, Source)])
    wanted = pptx_blocks.fine_height(sources, right.w, 9.0)
    place, right = right.low(min(wanted + 1, right.h * 0.4), 10) if sources else (right.top(0)[0], right)
    _stack(slide, [*headlines, *tables], right)
    pptx_blocks.fine(slide, sources, place, (9.0,), name="Sources")


def _foot(slide: Slide, report: Report, number: int) -> None:
    """Organisation, quarter, seal or 暫定 and marking; the slide's number is a field, so it stays right when slides are moved."""
    meta, deck = report.meta, slide.deck
    text = meta.footer
    if meta.seal and meta.seal[:8] not in text:
        text = f"{text}　{meta.seal[:12]}"
    size = 9.0
    shown = clipped_to(measure.drawable(text).replace("\n", " "), size, deck.foot.w * measure.SLACK)
    slide.text(deck.foot, (Par((Run(shown, size, colour=deck.look.mute),)),), name="Footer", anchor="ctr", holder="ftr")
    run = Run(str(number), 9.0, colour=deck.look.mute, field="slidenum")
    align: Align = "l" if deck.number.x < deck.width / 2 else "r"
    slide.text(deck.number, (Par((run,), align),), name="Slide Number", anchor="ctr", holder="sldNum")


def _properties(deck: Deck, report: Report) -> None:
    meta, core = report.meta, deck.presentation.core_properties
    core.title = measure.drawable(f"{meta.title}　{meta.organisation}　{meta.period}")[:250]
    core.author = core.last_modified_by = "Tenken"
    core.subject = measure.drawable(meta.unit)[:250]
    core.created = core.modified = meta.made
    core.language = deck.look.lang
    core.category = measure.drawable(meta.marking)[:250]
    core.comments = measure.drawable(meta.provisional)[:250]
    core.keywords, core.version, core.identifier, core.content_status = "", meta.version, meta.seal, ""
    core.revision = 1
    _list_notes(deck)
    for relation in deck.presentation.part.package._rels.values():
        if not relation.is_external and relation.reltype.endswith("/extended-properties"):
            relation.target_part._blob = APP


def _list_notes(deck: Deck) -> None:
    """python-pptx makes a master for notes but does not list it, as the format asks for."""
    from pptx.opc.constants import RELATIONSHIP_TYPE
    from pptx.oxml import parse_xml

    part, root = deck.presentation.part, deck.presentation.part._element
    if root.find("{*}notesMasterIdLst") is None:
        key = next((key for key, relation in part.rels.items() if relation.reltype == RELATIONSHIP_TYPE.NOTES_MASTER), None)
        if key is not None:
            listed = parse_xml(f'<p:notesMasterIdLst {NAMESPACES}><p:notesMasterId r:id="{key}"/></p:notesMasterIdLst>')
            root.find("{*}sldMasterIdLst").addnext(listed)
