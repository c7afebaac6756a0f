"""The pages of the units side by side and of the replay of disclosed incidents."""

from fractions import Fraction

from scoring.portfolio import TOTAL
from scoring.ranking import Line, completeness
from scoring.replay import BEST_FIRST
from tenken.comparison import Shown, column_name, conclusion, is_mark, whole_percent
from tenken.i18n import Words
from tenken.palette import OPEN_SIGN
from tenken.replaying import tables as replay_tables
from tenken.replaying.words import claimed_line, control_name, counts_line, method, result_name, rule, weakness
from tenken.replaying.words import conclusion as replay_conclusion
from tenken.reports import words as say
from tenken.reports.cells import cell_of, columns_of, figure_cell, matrix_cell, rows_of, text_cell
from tenken.reports.facts import Facts
from tenken.reports.model import Block, Cell, Chart, Column, Note, Page, Series, Table, Tone
from tenken.reports.words import plain

UNITS_ON_SLIDE = 14
RESULT_TONES: dict[str, Tone] = {"likely": "good", "possibly": "covered", "slowed": "middle", "through": "lacking", "outside": "none"}


def departments(facts: Facts, _: Words) -> Page | None:
    """None where fewer than two units can be seen side by side."""
    found = facts.units
    if found is None:
        return None
    many = len(found.lines) > UNITS_ON_SLIDE
    lines = sorted(found.lines, key=lambda line: _lowest_first(found, line)) if many else list(found.lines)
    lead = say.lowest_unit(facts, _)
    note = _("※ for reference only: fewer than 90% answered, or many not applicable.")
    if many:
        note = _("Lowest score first.") + " " * (_.lang == "en") + note
    if facts.asked.view == "own":
        note += " " * (_.lang == "en") + _("Own questions only.")
    table = Table("departments", _("Units and causes"), _unit_columns(found, _), (*(_unit_row(found, line, _) for line in lines), _medians(found, _)),
                  UNITS_ON_SLIDE, _("{n} more lines are in the document and the workbook.", n="{n}"), note)  # fmt: skip
    how = (_("The score of a unit is what its answers earn of what they can earn; the median is that of all reporting units."),
           _("The score of the organisation is the sum over its units, each as often as its weight says."))  # fmt: skip
    return Page("departments", _("Departments"), conclusion(found, _, plain), lead, (table,), how)


def _lowest_first(found: Shown, line: Line) -> tuple[bool, object]:
    percent = found.score(line).percent
    return percent is None, percent or 0


def _unit_columns(found: Shown, _: Words) -> tuple[Column, ...]:
    heads = (Column(_("Unit"), "text", 3), Column(_("Score"), "sign", 1.2), Column(_("With evidence"), "number", 1.1),
             Column(_("To the median"), "number", 1.1), Column(_("Answered (%)"), "number", 1))  # fmt: skip
    causes = (Column(plain(column_name(found.checklist, found.comparison.columns[at], _, short=True)), "sign", 1) for at in found.columns)
    return (*heads, *causes)


def _unit_row(found: Shown, line: Line, _: Words) -> tuple[Cell, ...]:
    name = plain(_.text(line.unit.name)) + (" ※" if is_mark(line) else "")
    difference = found.comparison.difference(line, found.total)
    return (
        text_cell(name), figure_cell(found.score(line), _), cell_of(_.points(line.evidenced.percent)),
        cell_of(_.change(difference)) if difference is not None else Cell(OPEN_SIGN, "mute"), cell_of(whole_percent(completeness(line.total))),
        *(matrix_cell(line.cells[at], _) for at in found.columns),
    )  # fmt: skip


def _medians(found: Shown, _: Words) -> tuple[Cell, ...]:
    medians = found.comparison.medians
    total = medians[found.comparison.columns.index(TOTAL)]
    return (
        Cell(_("Median"), bold=True),
        _median(total, _),
        Cell(""),
        Cell(""),
        Cell(""),
        *(_median(medians[at], _) for at in found.columns),
    )


def _median(value: Fraction | None, _: Words) -> Cell:
    return Cell("") if value is None else cell_of(_.points(value))


# --- would it have happened to us? -----------------------------------------------------------------------------------


def replay(facts: Facts, _: Words) -> Page | None:
    """None where nothing reports."""
    look = facts.look
    if look is None:
        return None
    counts = look.replay.counts
    values = tuple(float(counts.of(result)) for result in BEST_FIRST)
    labels = tuple(_.integer(counts.of(result)) for result in BEST_FIRST)
    names = tuple(result_name(result, _) for result in BEST_FIRST)
    # one series a result, so that each has its colour and the chart stays a plain one to edit
    series = tuple(
        Series(name, RESULT_TONES[result], tuple(value if at == place else None for at in range(len(names))),
               tuple(label if at == place else "" for at in range(len(names))))
        for place, (result, name, value, label) in enumerate(zip(BEST_FIRST, names, values, labels, strict=True))
    )  # fmt: skip
    chart = Chart("replay", "columns", _("{n} disclosed incidents against our controls", n=counts.total), names, series, ("",) * len(names),
                  _("Incidents"), 0.0, max(10.0, *values), counts_line(counts, _),
                  _("Disclosed incidents, from published reports; sources on the page “Sources of the incidents”."))  # fmt: skip
    lead = counts_line(counts, _)
    lead = lead[0].upper() + lead[1:] + _(".")
    weak = weakness(look, _, plain) if len(look.units) > 1 else ""
    blocks: tuple[Block, ...] = (chart, _together(facts, _), _by_cause(facts, _), *([Note(weak)] if weak else []), Note(method(look.casebook, _)),
              Note(claimed_line(look, _)), _incidents(facts, _))  # fmt: skip
    return Page("replay", _("Real incidents"), replay_conclusion(look, _), lead, blocks, rule(_))


def _together(facts: Facts, _: Words) -> Table:
    """Which one, two or three controls together would move the most."""
    columns = (Column(_("Controls raised to where they hold"), "text", 5), Column(_("Incidents that move"), "number", 1.4),
               Column(_("Of them to stopped"), "number", 1.4))  # fmt: skip
    best = facts.look.best if facts.look else ()
    rows = tuple(
        (text_cell(_.listed(control_name(facts.look.casebook, control, _) for control in each.controls)), cell_of(_.integer(len(each.moves))),
         cell_of(_.integer(each.stopped)))
        for each in best if facts.look
    )  # fmt: skip
    note = _("Stopped: likely or possibly stopped. With evidence, on the answers of today.")
    return Table(
        "together",
        _("What would move the most incidents"),
        columns,
        rows,
        3,
        "",
        note,
        _("No control that is measured here would move another incident."),
    )


def _by_cause(facts: Facts, _: Words) -> Table:
    if facts.look is None:
        return Table("replay_causes", "", (), (), 0, "")
    frame = replay_tables.causes(facts.look, _)
    words = {str(frame.columns[0])}
    return Table(
        "replay_causes", _("By cause"), columns_of(frame, words, {str(frame.columns[0]): 3}), rows_of(frame, words), len(frame), ""
    )


def _incidents(facts: Facts, _: Words) -> Table:
    """All of them, by year and sector, never by name; not on a slide."""
    if facts.look is None:
        return Table("incidents", "", (), (), 0, "")
    frame = replay_tables.incidents(facts.look, facts.look.replay.incidents, _)
    words = set(map(str, frame.columns)) - {_("Year")}
    columns = columns_of(frame, words, {_("Result"): 2, _("Sector"): 2.2, _("Affected"): 2, _("Main cause"): 2.2, _("What decided"): 4})
    return Table("incidents", _("The incidents"), columns, rows_of(frame, words), 0, "")
