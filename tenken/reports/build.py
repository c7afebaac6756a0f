"""Facts → Report: which pages there are and what stands on each. Every number of every format is made here."""

from fractions import Fraction

from scoring.assessment import Assessment
from scoring.model import Score
from tenken import __version__
from tenken.charts import by_uncovered
from tenken.explanation import explain
from tenken.headline import weak_causes
from tenken.i18n import Words
from tenken.reports import pages_below, pages_course, pages_plan, pages_sources
from tenken.reports import words as say
from tenken.reports.cells import causes_chart, cell_of, critical_table, figure_cell, matrix_cell, text_cell
from tenken.reports.facts import Facts
from tenken.reports.model import Block, Cell, Column, Figure, Headline, Meta, Note, Page, Report, Table, Value
from tenken.reports.words import counted, percent, plain, points

ZERO = Fraction(0)


def report_of(facts: Facts, _: Words) -> Report:
    """The whole report in one language. What `facts` has no ground for is left out: no change without an earlier quarter, no units
    side by side of one unit alone, no replay where nothing reports."""
    pages = [
        _summary(facts, _),
        pages_course.changes(facts, _),
        _gaps(facts, _),
        _matrix(facts, _),
        pages_below.departments(facts, _),
        pages_below.replay(facts, _),
        pages_plan.plan(facts, _),
        pages_sources.method(facts, _),
    ]
    return Report(meta_of(facts, _), tuple(page for page in pages if page is not None))


def meta_of(facts: Facts, _: Words) -> Meta:
    course = facts.course
    period = _.quarter(facts.period.start, facts.period.fiscal_start)
    marking = _("Restricted") if facts.asked.marking is None else plain(facts.asked.marking)
    organisation, unit = plain(_.text(facts.root.name)), plain(_.text(facts.node.name))
    sealed = say.sealed(facts, _)
    where = organisation if unit == organisation else f"{organisation}　{unit}" if _.lang == "ja" else f"{organisation} · {unit}"
    return Meta(
        lang=_.lang,
        title=_("Self-audit against information leaks"),
        organisation=organisation,
        unit=unit,
        period=period,
        against=_.quarter(facts.against.start, facts.against.fiscal_start) if facts.against in course.periods and facts.against else "",
        scope=_scope(facts, _),
        made=facts.made,
        day=_.day(facts.as_of),
        seal=facts.seal.sha256 if facts.seal else "",
        head=facts.head,
        marking=marking,
        provisional=say.provisional(facts, _),
        footer=("　" if _.lang == "ja" else " · ").join(part for part in (where, period, sealed, marking) if part),
        version=__version__,
    )


def _scope(facts: Facts, _: Words) -> str:
    if facts.express:
        return _("Express check")
    if facts.asked.view == "own":
        return _("Own questions of {n} units", n=facts.reporting)
    return _("All questions, {n} units", n=facts.reporting) if facts.reporting > 1 else _("All questions")


def _summary(facts: Facts, _: Words) -> Page:
    a = facts.judged
    text, detail = say.ask(facts, _)
    blocks: list[Block] = [figures(facts, _), causes_chart(a, _), Headline(text, detail), critical_table(facts, _)]
    if a.na_flagged:
        blocks.append(
            Note(
                _("More than {n}% of the weight was answered as not applicable. Read the score with that in mind.", n=a.checklist.na_limit)
            )
        )
    if facts.express:
        blocks.append(Note(_("These are numbers of the express check; they are not compared with those of the full check.")))
    how = tuple(figure.how for figure in figures(facts, _))
    return Page("summary", _("Summary"), say.conclusion(facts, _), say.gap_sentence(a, _), tuple(blocks), (*how, *_lines(a, "steps", _)))


def figures(facts: Facts, _: Words) -> tuple[Figure, ...]:
    """Score, gap, score with evidence, critical questions: as on the overview."""
    a = facts.judged
    total, evidenced, gap, missing = a.result.total, a.result.evidenced, a.gap, len(a.result.below_critical)
    criticals = sum(question.critical for question in a.checklist.questions)
    since, gap_since = say.score_change(facts), say.gap_change(facts)
    word = _.text(a.band.label) if a.band else _("not computable")
    unit = _(" points")
    return (
        Figure("score", _("Express score") if facts.express else _("Score"), points(total.percent, _), say.span(facts, _), word,
               None if since is None else say.changed(since, unit, _), *_bar(total.percent, total.best), None, False, _how(a, "score", _)),
        Figure("gap", _("Incident-weighted gap"), percent(gap.gap, _), _.span_percent(gap.low, gap.high), _("Not a probability, not a count"),
               None if gap_since is None else say.changed(gap_since, _(" percentage points"), _), *_bar(gap.low, gap.high), say.drawn(gap.gap), True, _how(a, "gap", _)),
        Figure("evidenced", _("Score with evidence"), points(evidenced.percent, _),
               _("{n} points without evidence", n=_.difference(total.percent, evidenced.percent)), "",
               _evidenced_change(facts, unit, _), *_bar(evidenced.percent, total.percent), None, False, _how(a, "evidenced", _)),
        Figure("critical", _("Critical items missing"), counted(missing, _), _("of {n} critical questions", n=criticals), "",
               _critical_change(facts, _), *_bar(Fraction(missing, max(criticals, 1)), None), None, True, _how(a, "critical", _)),
    )  # fmt: skip


def _bar(low: Fraction | None, high: Fraction | None) -> tuple[float, float]:
    return say.height(low), say.height(low if high is None else high)


def _evidenced_change(facts: Facts, unit: str, _: Words) -> Value | None:
    if facts.change is None:
        return None
    before, after = (facts.course.points[place].evidenced.percent for place in (facts.change.first, facts.change.last))
    return None if before is None or after is None else say.changed(after - before, unit, _)


def _critical_change(facts: Facts, _: Words) -> Value | None:
    before = facts.before
    if before is None:
        return None
    return say.more_or_fewer(len(facts.judged.result.below_critical) - len(before.result.below_critical), _)


def _lines(a: Assessment, of: str, _: Words) -> tuple[str, ...]:
    found = explain(a, of, _)
    return tuple(line for line in (*found.lines, *found.formula.splitlines()) if line)


def _how(a: Assessment, of: str, _: Words) -> str:
    """How a figure comes about: its rule, then its integers."""
    return "\n".join((explain(a, of, _).title, *_lines(a, of, _)))


# --- gaps against real incidents, countermeasure × cause -------------------------------------------------------------


def _gaps(facts: Facts, _: Words) -> Page:
    a = facts.judged
    names = [plain(name) for name in weak_causes(a, _)[: say.NAMED]]
    title = (
        _("By the shares of disclosed incidents, most is missing in: {names}.", names=_.listed(names))
        if names
        else say.conclusion(facts, _)
    )
    lead = _(
        "Bar length is the share of a cause in disclosed incidents; dark is the part that we do not meet. The dark parts, and the hatched ones of open questions, add up to the incident-weighted gap."
    )
    foundation = _foundation(facts, _)
    caveat = _(
        "TSR has no category for system weaknesses, telework or suppliers: its four causes are spread over our seven by a matrix that is an assumption. {rest} of incidents have no published cause.",
        rest=_.percent(a.gap.unassigned),
    )
    blocks: tuple[Block, ...] = (
        causes_chart(a, _), _causes(facts, _), *([foundation] if foundation.rows else []), Note(caveat), *pages_sources.tsr_sources(facts, _),
    )  # fmt: skip
    return Page("gaps", _("Gaps and incidents"), title, lead, blocks, _lines(a, "gap", _))


def _causes(facts: Facts, _: Words) -> Table:
    a = facts.judged
    titles = {section.id: plain(_.text(section.title)) for section in a.checklist.sections}
    columns = (Column(_("Cause"), "text", 3), Column(_("Score"), "sign", 1.2), Column(_("Share of incidents"), "number", 1.3),
               Column(_("Not met"), "number", 1.2), Column(_("Not answered"), "number", 1.2), Column(_("Covered"), "number", 1.2))  # fmt: skip
    rows = [
        (text_cell(titles[part.cause]), figure_cell(a.result.section(part.cause), _),
         *(cell_of(_.percent(value)) for value in (part.share.central, part.uncovered, part.open, part.covered)))
        for part in by_uncovered(a)
    ]  # fmt: skip
    gap = a.gap
    rows.append((text_cell(_("Cause not published")), Cell(""), cell_of(_.percent(gap.unassigned)), Cell(""), Cell(""), Cell("")))
    whole = gap.uncovered + gap.open + gap.not_applicable + gap.covered + gap.unassigned
    rows.append((Cell(_("Sum"), bold=True), figure_cell(a.result.total, _),
                 *(cell_of(_.percent(value)) for value in (whole, gap.uncovered, gap.open, gap.covered))))  # fmt: skip
    note = _("Each part is rounded by itself, so parts may not add up to the last digit.")
    if gap.not_applicable:
        note += " " * (_.lang == "en") + _("Not applicable: {n} of the index.", n=_.percent(gap.not_applicable))
    return Table("causes", _("Causes of real incidents, and our cover"), columns, tuple(rows), len(rows), "", note)


def _foundation(facts: Facts, _: Words) -> Table:
    a = facts.judged
    columns = (Column(_("Section"), "text", 3), Column(_("Score"), "sign", 1.2), Column(_("Open questions"), "number", 1.2))
    rows = tuple(
        (text_cell(_.text(section.title)), figure_cell(a.result.section(section.id), _), cell_of(_.integer(a.result.section(section.id).unanswered)))
        for section in a.checklist.sections
        if not section.is_cause
    )  # fmt: skip
    note = _("Not among the causes of incidents; counted in the score and in the plan.")
    return Table("foundation", _("The foundation"), columns, rows, len(rows), "", note)


def _matrix(facts: Facts, _: Words) -> Page:
    a = facts.judged
    causes = [part.cause for part in by_uncovered(a)]
    titles = {section.id: plain(_.text(section.short)) for section in a.checklist.sections}
    found: dict[tuple[str, str], Score] = {(cell.countermeasure, cell.section): cell.score for cell in a.result.cells}
    used = [measure for measure in a.checklist.countermeasures if any((measure.id, cause) in found for cause in causes)]
    rows = tuple(
        (text_cell(_.text(measure.label)), *(matrix_cell(found.get((measure.id, cause)), _) for cause in causes)) for measure in used
    )
    columns = (Column(_("Countermeasure"), "text", 2.2), *(Column(titles[cause], "sign", 1) for cause in causes))
    note = _("○ 75% or more  △ 50–74%  × below 50%  ・ unanswered  ― not applicable  ※ fewer than three questions. Blank: no question.")
    table = Table("matrix", _("Countermeasures × causes"), columns, rows, len(rows), "", note)
    lead = _("Each cell is what its questions earn of what they can earn; every question of a cause stands in exactly one row.")
    return Page("matrix", _("Countermeasures and causes"), say.matrix_title(a, _), lead, (table,), _lines(a, "score", _))
