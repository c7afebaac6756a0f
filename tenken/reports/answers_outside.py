"""Published figures with their sources, as tables of the workbook: TSR's years, the spread over our causes, the sources."""

from scoring.engine import shown
from scoring.incident_gap import TSR_CAUSES
from scoring.outside import Figure
from tenken.i18n import Words
from tenken.reports.cells import cell_of, text_cell
from tenken.reports.facts import Facts
from tenken.reports.model import Cell, Column, Table
from tenken.reports.words import plain
from tenken.tables import publisher


def tables(facts: Facts, _: Words) -> tuple[Table, ...]:
    return (_years(facts, _), _matrix(facts, _), _sources(facts, _))


def _years(facts: Facts, _: Words) -> Table:
    """Every year with what is published. An empty cell is a value that was not found, not zero."""
    statistics, weighted = facts.content.statistics, facts.judged.gap.years
    columns = (
        Column(_("Year"), "text", 1), Column(_("Incidents"), "number", 1), Column(_("Companies"), "number", 1), Column(_("Persons"), "number", 1),
        *(Column(plain(_.text(statistics.label(cause))), "number", 1) for cause in TSR_CAUSES), Column(_("Cause not published"), "number", 1),
        Column(_("Numbers of sources"), "text", 2),
    )  # fmt: skip
    number = {source.id: place for place, source in enumerate(statistics.sources, start=1)}
    rows = []
    for year in statistics.years:
        figures = [year.incidents, year.companies, year.persons, *(dict(year.causes).get(cause) for cause in TSR_CAUSES)]
        used = dict.fromkeys(number[figure.source] for figure in figures if figure is not None)
        rest = Cell("") if year.unassigned is None else cell_of(_.integer(year.unassigned))
        name = Cell(_.period(str(year.year)), bold=year.year in weighted)
        rows.append((name, *(_count(figure, _) for figure in figures), rest, text_cell(_.listed(f"[{place}]" for place in used))))
    title = _("Incidents that listed companies and their subsidiaries disclosed themselves (Tokyo Shoko Research)")
    note = _("An empty cell was not found on public pages; it is not zero. In bold: the years that the gap is weighted by.")
    return Table("years", title, columns, tuple(rows), len(rows), "", note)


def _count(figure: Figure | None, _: Words) -> Cell:
    return Cell("") if figure is None else cell_of(_.integer(int(figure.value)))


def _matrix(facts: Facts, _: Words) -> Table:
    """Which part of a published cause comes through one of ours."""
    titles = {section.id: plain(_.text(section.title)) for section in facts.content.checklist.sections}
    columns = (
        Column(_("TSR cause"), "text", 1), Column(_("Part (%)"), "number", 1), Column(_("at least (%)"), "number", 1),
        Column(_("at most (%)"), "number", 1), Column(_("Judgement"), "sign", 1), Column(_("Our cause"), "text", 1),
        Column(_("Reason"), "text", 1),
    )  # fmt: skip
    rows = tuple(
        (text_cell(_.text(facts.content.statistics.label(tsr))),
         *(cell_of(shown(value) or "") for value in (cell.central, cell.low, cell.high)), Cell("●" if cell.judgement else ""),
         text_cell(titles.get(cause, cause)), text_cell(_.text(cell.reason)))
        for tsr, row in facts.content.matrix.rows for cause, cell in row
    )  # fmt: skip
    note = _("The spread is an assumption. ●: rests on judgement alone, not on a published figure.")
    return Table("spread", _("How TSR’s causes are spread over ours"), columns, rows, len(rows), "", note)


def _sources(facts: Facts, _: Words) -> Table:
    columns = (
        Column(_("Number"), "text", 1), Column(_("Published"), "text", 1), Column(_("Publisher"), "text", 1), Column(_("Title"), "text", 1),
        Column(_("Address"), "text", 1),
    )  # fmt: skip
    rows = tuple(
        (Cell(f"[{place}]"), Cell(source.published), text_cell(publisher(source, _)), text_cell(source.title), Cell(source.url))
        for place, source in enumerate(facts.content.statistics.sources, start=1)
    )
    return Table("sources", _("Sources of the figures"), columns, rows, len(rows), "")
