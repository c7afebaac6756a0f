"""The last page: how the numbers come about, what they are not, where the outside figures come from, and the seal."""

from scoring.incident_gap import TSR_CAUSES
from tenken.i18n import Words
from tenken.reports import words as say
from tenken.reports.cells import cell_of, text_cell
from tenken.reports.facts import Facts
from tenken.reports.model import Block, Column, Headline, Note, Page, Source, Table
from tenken.reports.words import plain
from tenken.tables import publisher


def method(facts: Facts, _: Words) -> Page:
    a = facts.judged
    notes = (
        _("Score: what our answers earn of what they can earn, Σ weight × points ÷ Σ weight × {max}. Not applicable leaves both; open and don’t know earn 0.", max=a.checklist.max),
        _("Score with evidence: the same, but an answer without valid evidence earns 0."),
        say.gap_sentence(a, _),
        _("The shares are those of incidents that listed companies and their subsidiaries disclosed themselves; firms that are not listed and public bodies are not among them."),
        _("The spread of TSR’s four causes over our seven is an assumption, with a reason for each cell, and can be edited."),
        _("Answers are what the units say of themselves. Nobody outside has checked them; evidence shows what was looked at."),
        _("Every shown number is rounded once, half up, to one decimal, from exact values."),
    )  # fmt: skip
    blocks: tuple[Block, ...] = (
        *(Note(note) for note in notes),
        Headline(say.sealed(facts, _), _identity(facts, _)),
        _table(facts, _),
        *tsr_sources(facts, _),
    )
    title = _("How these numbers come about, and what they are not.")
    return Page(
        "method", _("Method, sources, seal"), title, _("Whoever doubts a number finds its rows under “Explain this number”."), blocks, ()
    )


def _identity(facts: Facts, _: Words) -> tuple[str, ...]:
    checklist = facts.judged.checklist
    found = [
        _("Checklist “{title}”, edition {edition} ({hash})", title=plain(_.text(checklist.title)), edition=checklist.edition, hash=checklist.content_hash[:12]),
        _("Statistics {edition}; matrix of causes {matrix}", edition=facts.content.statistics.edition, matrix=facts.content.matrix.edition),
        _("Head of the log at the time of writing: {head}", head=facts.head or "―"),
    ]  # fmt: skip
    if facts.seal:
        found.insert(0, _("Seal of the quarter (SHA-256): {seal}", seal=facts.seal.sha256))
        found.append(_("`tenken verify --head HEAD` finds out whether anything was changed since."))
    return tuple(found)


def _table(facts: Facts, _: Words) -> Table:
    """TSR's counts of the years that the gap is weighted by."""
    statistics = facts.content.statistics
    columns = (Column(_("Year"), "text", 1), *(Column(plain(_.text(statistics.label(cause))), "number", 2) for cause in TSR_CAUSES),
               Column(_("Cause not published"), "number", 1.4), Column(_("Incidents"), "number", 1.2))  # fmt: skip
    rows = []
    for number in facts.judged.gap.years:
        year = statistics.year(number)
        counts = [year.cause(cause) for cause in TSR_CAUSES]
        rows.append((text_cell(_.period(str(number))), *(cell_of("―" if count is None else _.integer(count)) for count in counts),
                     cell_of(_.integer(year.unassigned or 0)), cell_of(_.integer(int(year.incidents.value)) if year.incidents else "―")))  # fmt: skip
    return Table("statistics", _("Incidents that listed companies and their subsidiaries disclosed themselves (Tokyo Shoko Research)"), columns,
                 tuple(rows), len(rows), "")  # fmt: skip


def tsr_sources(facts: Facts, _: Words) -> tuple[Source, ...]:
    """The pages that the shares were read from."""
    statistics = facts.content.statistics
    ids: dict[str, None] = {}
    for number in facts.judged.gap.years:
        year = statistics.year(number)
        for figure in (year.incidents, *(figure for _cause, figure in year.causes)):
            if figure is not None:
                ids[figure.source] = None
    found = [statistics.source(each) for each in ids]
    return tuple(Source(f"{plain(publisher(each, _))}　{plain(each.title)}　{each.published}", each.url) for each in found)
