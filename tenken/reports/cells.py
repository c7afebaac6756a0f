"""The pieces that several pages are made of: cells of tables, the chart of the causes, the table of critical questions."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from scoring.assessment import Assessment
from scoring.behind import units_below
from scoring.engine import shown
from scoring.model import Score
from scoring.ranking import is_reference
from tenken.charts import by_uncovered, years
from tenken.i18n import Words
from tenken.palette import NOT_APPLICABLE_SIGN, OPEN_SIGN
from tenken.reports.facts import Facts
from tenken.reports.model import Cell, Chart, Column, Series, Table, Tone
from tenken.reports.words import drawn, height, number, plain
from tenken.tables import sign

INSIDE = Fraction(26, 1000)  # of a bar: from here on its number has room in it
CRITICAL_ON_SLIDE = 5
TONES: dict[str, Tone] = {"○": "good", "△": "middle", "×": "poor"}


def text_cell(text: str) -> Cell:
    return Cell(plain(text))


def cell_of(text: str) -> Cell:
    """A figure as it is shown; a number for whoever calculates, but of words."""
    return Cell(text, number=number(text.rstrip("%")))


def figure_cell(score: Score, _: Words) -> Cell:
    """'△ 61.3' with the sign's tone; what is good is left without one, ― and ・ stand for what is not there."""
    mark = sign(score)
    if mark in (NOT_APPLICABLE_SIGN, OPEN_SIGN):
        return Cell(mark, "mute")
    return Cell(f"{mark} {_.points(score.percent)}", TONES[mark], bold=mark == "×", number=number(_.points(score.percent)))


def matrix_cell(score: Score | None, _: Words) -> Cell:
    """As above, ※ where it rests on fewer than three questions; blank where there is no question."""
    if score is None:
        return Cell("")
    found = figure_cell(score, _)
    return Cell(f"{found.text}※", found.tone, found.bold, found.number) if found.number is not None and is_reference(score) else found


def causes_chart(a: Assessment, _: Words) -> Chart:
    """Length: share of the cause in TSR's incidents; the dark part is what is not met. Sorted by what is missing."""
    parts = by_uncovered(a)
    titles = {section.id: plain(_.text(section.title)) for section in a.checklist.sections}
    kinds: tuple[tuple[str, Tone, tuple[Fraction, ...]], ...] = (
        (_("Not met"), "lacking", tuple(part.uncovered for part in parts)),
        (_("Not answered"), "none", tuple(part.open for part in parts)),
        (_("Covered"), "covered", tuple(part.covered for part in parts)),
        (_("Not applicable"), "mute", tuple(part.not_applicable for part in parts)),
    )
    series = tuple(
        Series(name, tone, tuple(map(drawn, values)),
               tuple((shown(value) or "") if tone == "lacking" and value >= INSIDE else "" for value in values))
        for name, tone, values in kinds if tone in ("lacking", "covered") or any(values)
    )  # fmt: skip
    scores = [a.result.section(part.cause) for part in parts]
    ends = tuple(figure_cell(score, _).text for score in scores)
    first = parts[0] if parts else None
    alt = _("Bars of {n} causes: length is the share of disclosed incidents, dark is what we do not meet.", n=len(parts))
    if first:
        alt += " " * (_.lang == "en") + _("Longest dark bar: {cause}, {part} of {share}.", cause=titles[first.cause], part=_.percent(first.uncovered),
                                          share=_.percent(first.share.central))  # fmt: skip
    source = _("Tokyo Shoko Research {years}: {n} incidents that listed companies and their subsidiaries disclosed themselves. The spread over our causes is an assumption.",
               years=years(a.gap), n=a.gap.incidents)  # fmt: skip
    longest = max((height(part.share.central) for part in parts), default=0.0)
    return Chart("causes", "stacked_bars", _("Causes of real incidents, and our cover"), tuple(titles[part.cause] for part in parts), series, ends,
                 _("Share of incidents (%)"), 0.0, float(-(-int(longest + 1) // 10) * 10), alt, source)  # fmt: skip


def critical_table(facts: Facts, _: Words) -> Table:
    """Critical questions below the checklist's level; of several units, in how many of them. Most units first."""
    a = facts.judged
    below = {} if facts.express else units_below(facts.sheets, facts.node.id, facts.asked.view)
    missing = [question for question in a.checklist.questions if question.id in a.result.below_critical]
    missing.sort(key=lambda question: -below.get(question.id, 0))
    several = facts.reporting > 1
    columns = [Column(_("Question"), "text", 6), Column(_("Units"), "number", 1)] if several else [Column(_("Question"), "text", 6)]
    rows = tuple((text_cell(_.text(question.text)), *([cell_of(_.integer(below[question.id]))] if several else [])) for question in missing)
    level = a.checklist.critical_level
    return Table("critical", _("Critical items below level {n}", n=level), tuple(columns), rows, CRITICAL_ON_SLIDE,
                 _("{n} more critical items are in the document and the workbook.", n="{n}"), "",
                 _("None of the critical questions that were answered is below level {n}.", n=level))  # fmt: skip


def rows_of(frame: Any, words: Collection[str]) -> tuple[tuple[Cell, ...], ...]:
    """The rows of a table that a page shows already; `words`: its columns that hold words, all others are read as figures."""
    return tuple(
        tuple(text_cell(str(cell)) if name in words else cell_of(str(cell)) for name, cell in zip(frame.columns, row, strict=True))
        for row in frame.itertuples(index=False)
    )


def columns_of(frame: Any, words: Collection[str], widths: Mapping[str, float]) -> tuple[Column, ...]:
    """`widths`: of the columns that are wider or narrower than 1."""
    return tuple(Column(str(name), "text" if name in words else "number", widths.get(str(name), 1.0)) for name in frame.columns)
