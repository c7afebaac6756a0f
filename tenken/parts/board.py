"""The blocks of the board page and of its presentation: a report's pages, drawn. No number is made here."""

from collections.abc import Sequence
from fractions import Fraction

import streamlit as st

from tenken import charts
from tenken.errors import ReportError
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.palette import Theme
from tenken.parts.figures import ANSWER, EXPLAIN, chart_alt, fine_print
from tenken.reports import charts as drawn
from tenken.reports import tables
from tenken.reports.build import report_of
from tenken.reports.facts import Asked, read_facts
from tenken.reports.model import Chart, Figure, Headline, Note, Page, Report, Source, Table
from tenken.session import View, store, today

PACK = "screens/report.py"
ROW, ABOVE = 27, 28  # pixels of a bar with its gap, and of the legend
CRITICAL = 3  # rows on the board page
LOW = 160  # of one above wide tables
NARROW = 6  # columns of a table that stands beside a chart
WIDTH, BELOW = 1130, 270  # pixels of a wide table, and its height
BESIDE = (580, 100)  # of a narrow one, where a wide one stands below
SEAL = 12  # letters
UPRIGHT = 230  # pixels of a chart that stands beside another


def report_for(here: View, _: Words) -> Report | None:
    """What the page says of the unit and the quarter that are looked at, against the quarter before; None where nothing reports."""
    asked = Asked(_.lang, here.unit.code, here.period.start.isoformat())
    try:
        return report_of(read_facts(store(), here.root, asked, today(), lambda unit: here.may("read", unit)), _)
    except ReportError as error:
        if error.code != "nothing_to_report":
            raise
        return None


def nothing(here: View, found: Report | None, _: Words) -> bool:
    """Empty states: nothing reports here, or nothing was answered. Whether the page ends with them."""
    if found is None:
        st.title(_("Nothing below {unit} reports yet.", unit=escaped(_.text(here.unit.name))), anchor=False)
        return True
    if here.alone and not any(not answer.by_profile for answer in here.answers.values()):
        st.title(_("Nothing is answered yet, so there is nothing to report."), anchor=False)
        st.markdown(
            _("The board page and its files are made of answers. The express check takes five minutes and is enough for a first one.")
        )
        st.page_link(ANSWER, label=_("Open the answers of this quarter"), query_params={"unit": here.unit.code})
        return True
    return False


def line(*parts: str) -> None:
    """Small words that take what room there is."""
    st.markdown(f":small[{'　'.join(escaped(part) for part in parts if part)}]", width="stretch")


# --- pieces ----------------------------------------------------------------------------------------------------------


def heading(page: Page, ask: Headline | None = None) -> None:
    """The conclusion, and the sentence below it; on the first page with what is asked for."""
    st.title(escaped(page.title), anchor=False)
    text = escaped(page.lead)
    if ask:
        text += f" **{escaped(ask.text)}**"
    if text:
        st.markdown(text)


def figures(found: Sequence[Figure], theme: Theme, _: Words, kept: dict[str, str] | None = None) -> None:
    """Four across, two by two on a phone. `kept`: of the address of their explanations; None for no ways there."""
    for place, half in enumerate(st.columns(2, gap="small")):
        for column, each in zip(half.columns(2, gap="small", wrap=False), found[2 * place : 2 * place + 2], strict=False):
            with column, st.container(gap="xxsmall"):
                _figure(each, theme, _, kept)


def _figure(each: Figure, theme: Theme, _: Words, kept: dict[str, str] | None) -> None:
    """Its value, its bar, its range; below, the change and the way to what is behind it."""
    st.metric(each.label, each.value.full)
    caption = "　".join(part for part in (each.range, each.note) if part)
    bar = charts.thin_bar(theme, _share(each.low), _share(each.high), None if each.mark is None else _share(each.mark), lack=each.lack)
    st.plotly_chart(bar, theme=None, config=charts.CONFIG, key=f"bar:{each.id}", alt=f"{each.label} {each.value.full}　{caption}")
    st.caption(caption)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if each.change:
            st.markdown(f":small[**{escaped(each.change.full)}**]", width="content")
        if kept is not None:
            st.page_link(EXPLAIN, label=_("What is behind it"), query_params={"of": str(each.id)} | kept)


def _share(percent: float) -> Fraction:
    return min(Fraction(1), max(Fraction(0), Fraction(str(percent)) / 100))


def chart(found: Chart, theme: Theme, height: int, _: Words) -> None:
    """Under its title, with its source; the same numbers beside it as a table."""
    st.header(escaped(found.title), anchor=False)
    title = f"{found.title}　{found.alt}" if found.alt else found.title
    st.plotly_chart(
        drawn.figure(found, theme, height, _), theme=None, config=charts.CONFIG, key=f"report:{found.id}", alt=chart_alt(title, _)
    )
    if found.source:
        st.caption(escaped(found.source))


def bars_height(found: Chart) -> int:
    return ABOVE + ROW * len(found.categories) if found.kind == "stacked_bars" else UPRIGHT


def numbers(found: Chart, theme: Theme, _: Words) -> None:
    """What a chart is drawn from."""
    with st.expander(_("The same numbers as a table"), type="compact", key=f"numbers:{found.id}"):
        st.html(tables.markup(drawn.as_table(found, _), theme))


def table(found: Table, theme: Theme, _: Words, rows: int | None = None, *, large: bool = False) -> None:
    """Its first rows under its title, and how many more there are; `large` where it has the page for itself."""
    shown = found.on_slide if rows is None else min(rows, found.on_slide)
    st.header(escaped(found.title), anchor=False)
    if not found.rows:
        st.caption(escaped(found.empty))
        return
    st.html(tables.markup(found, theme, shown, size=16, above=5) if large else tables.markup(found, theme, shown))
    left = len(found.rows) - shown
    said = [found.note, found.more.replace("{n}", _.integer(left)) if left > 0 and found.more else ""]
    if line := "　".join(part for part in said if part):
        st.caption(escaped(line))


def ask_for(found: Headline, _: Words, *, said: bool = False) -> None:
    """A sentence that stands out, and what it rests on; `said`: the sentence stands above already."""
    st.header(_("What it brings") if said else escaped(found.text), anchor=False)
    lines = "\n".join(f"- :small[{escaped(each)}]" for each in found.detail)
    if lines:
        st.markdown(lines)


# --- the page, and the slides ----------------------------------------------------------------------------------------


def summary(report: Report, page: Page, theme: Theme, _: Words, kept: dict[str, str] | None = None) -> None:
    """The one page: conclusion, figures, bars beside what is asked for, departments, critical items."""
    asks = [block for block in page.blocks if isinstance(block, Headline)]
    heading(page, asks[0] if asks else None)
    for block in page.blocks:
        if isinstance(block, tuple):
            figures(block, theme, _, kept)
    left, right = st.columns([1.08, 1], gap="large")
    with left, st.container(gap="xsmall"):
        for each in page.charts():
            chart(each, theme, bars_height(each), _)
            numbers(each, theme, _)
        for block in page.blocks:
            if isinstance(block, Note):
                st.caption(escaped(block.text))
    with right, st.container(gap="xsmall"):
        for ask in asks[:1]:
            if ask.detail:
                ask_for(ask, _, said=True)
        departments(report, _)
        for found in page.tables():
            table(found, theme, _, None if kept is None else CRITICAL)


def departments(report: Report, _: Words) -> None:
    """The units in two sentences."""
    page = report.page("departments")
    if page is None:
        return
    st.header(_("Departments in brief"), anchor=False)
    st.markdown(f":small[{escaped((' ' if _.lang == 'en' else '').join((page.title, page.lead)))}]")


def slide(page: Page, theme: Theme, _: Words) -> None:
    """One page of the presentation: charts at the left, what is asked for and narrow tables beside them, wide tables and notes below."""
    heading(page)
    found = page.charts()
    listed = [each for each in page.tables() if each.on_slide or not each.rows]
    wide = [each for each in listed if len(each.columns) > NARROW] if found else []
    heads = [block for block in page.blocks if isinstance(block, Headline)]
    notes = [block.text for block in page.blocks if isinstance(block, Note)]
    if page.id == "method":
        st.markdown("\n".join(f"- {escaped(text)}" for text in notes))
    left, right = st.columns([1, 1.1], gap="large") if found else (st.container(), st.container())
    with left, st.container(gap="xsmall"):
        for each in found:
            chart(each, theme, LOW if wide else bars_height(each), _)
            numbers(each, theme, _)
    with right, st.container(gap="xsmall"):
        for head in heads:
            ask_for(head, _)
        for rows in listed:
            if rows not in wide:
                fits = tables.fitting(rows, *BESIDE) if wide else None
                table(rows, theme, _, fits, large=not found and page.id != "method")
    for rows in map(tables.without_reasons, wide[:1]):
        table(rows, theme, _, tables.fitting(rows, WIDTH, BELOW))
    for rows in wide[1:]:
        st.caption(escaped(_("{title}: {n}, in the document and the workbook.", title=rows.title, n=_.integer(len(rows.rows)))))
    for text in notes if page.id != "method" else ():
        st.caption(escaped(text))
    sources(page, _)


def sources(page: Page, _: Words) -> None:
    found = [block for block in page.blocks if isinstance(block, Source)]
    if found:
        fine_print(_("Sources: {names}", names=_.listed(escaped(each.text) for each in found)))


def presentation(here: View, report: Report, theme: Theme, _: Words) -> None:
    """A page of the report without menus; the arrow keys turn pages, Esc ends."""
    names = [page.id for page in report.pages]
    asked = st.query_params.get("slide")
    place = next((number for number, name in enumerate(names) if name == asked), 0)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="board_line"):
        if here.unit.sample:
            st.badge(_("Sample"), color="orange")
        line(report.meta.footer)
        st.text(f"{place + 1} / {len(names)}", width="content")
        back, on = names[max(0, place - 1)], names[min(len(names) - 1, place + 1)]
        st.button(_("Back"), key="slide_back", shortcut="Left", disabled=place == 0, on_click=_turn, args=(back,), type="tertiary")
        st.button(
            _("Next"), key="slide_on", shortcut="Right", disabled=place == len(names) - 1, on_click=_turn, args=(on,), type="tertiary"
        )
        st.button(_("End"), key="slide_end", shortcut="Esc", on_click=leave, type="tertiary")
    page = report.pages[place]
    if page.id == "summary":
        summary(report, page, theme, _)
    else:
        slide(page, theme, _)


def ways(here: View, report: Report, _: Words) -> None:
    """The line above the page: its state, the presentation, the files."""
    meta = report.meta
    against = _("against {quarter}", quarter=meta.against) if meta.against else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="board_line"):
        colour, state = ("orange", meta.provisional) if meta.provisional else ("blue", _("Seal {seal}", seal=meta.seal[:SEAL]))
        rest = "　".join(escaped(part) for part in (against, meta.scope, meta.marking) if part)
        st.markdown(f":small[:{colour}[**{escaped(state)}**]　{rest}]", width="stretch")
        st.page_link(PACK, label=_("Make the files"))
        st.button(_("Present"), key="present", type="tertiary", on_click=present,
                  help=_("Pages without menus: ← and → turn them, Esc ends. F11 lets the browser fill the screen."))  # fmt: skip


def present() -> None:
    st.query_params["present"] = "1"


def leave() -> None:
    for name in ("present", "slide"):
        st.query_params.pop(name, None)


def _turn(name: str) -> None:
    st.query_params["slide"] = name
