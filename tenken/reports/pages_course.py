"""The page of what changed since the comparison quarter, and the course of the score."""

from fractions import Fraction

from scoring.engine import shown
from tenken import tables_trend
from tenken.course import kind_name, second
from tenken.i18n import Words
from tenken.reports import words as say
from tenken.reports.cells import rows_of
from tenken.reports.facts import Facts
from tenken.reports.model import Block, Chart, Column, Note, Page, Series, Table, Tone
from tenken.reports.words import height, number

ROWS = 7
STEP = 10  # of an axis


def changes(facts: Facts, _: Words) -> Page | None:
    """None without a comparison quarter."""
    if facts.change is None or facts.against is None:
        return None
    blocks: list[Block] = []
    if facts.change.changes is not None:
        blocks.append(_waterfall(facts, _))
    blocks += [_line(facts, _), _table(facts, _)]
    if note := say.statistics_note(facts, _):
        blocks.append(Note(note))
    how = (_("Each question’s part of the change is exact, and the parts add up to the change of the score: Δ = (e1−e0)·½(1/P0+1/P1) − ½(E0+E1)·(p1−p0)/(P0·P1)."),
           _("Both gaps are measured against the statistics of the later quarter."))  # fmt: skip
    return Page("changes", _("What changed"), say.change_title(facts, _), second(facts.change, _), tuple(blocks), how)


def _waterfall(facts: Facts, _: Words) -> Chart:
    """From one quarter's score to the other's, class by class, on an axis from 0."""
    found = facts.change
    if found is None:
        raise ValueError("no change to draw")
    names = facts.course.short_names(_)
    before, after = (facts.course.points[place].total.percent for place in (found.first, found.last))
    labels = (names[found.first], *(kind_name(kind, _) for kind, _part in found.parts), names[found.last])
    at = before or Fraction(0)
    hidden, totals, gains, losses = [0.0], [height(before)], [0.0], [0.0]
    ends = [shown(before) or ""]
    for _kind, part in found.parts:
        low = min(at, at + part)
        hidden.append(height(low))
        totals.append(0.0)
        gains.append(height(part) if part > 0 else 0.0)
        losses.append(height(-part) if part < 0 else 0.0)
        ends.append(_.change(part))
        at += part
    for values, value in ((hidden, 0.0), (totals, height(after)), (gains, 0.0), (losses, 0.0)):
        values.append(value)
    ends.append(shown(after) or "")
    none = ("",) * len(labels)
    series = (Series(_("Base"), "hidden", tuple(hidden), none), Series(_("Score"), "total", tuple(totals), none),
              Series(_("Raised by"), "gain", tuple(gains), none), Series(_("Lowered by"), "loss", tuple(losses), none))  # fmt: skip
    alt = _("From {before} to {after} points: ", before=shown(before) or "", after=shown(after) or "") + _.listed(
        f"{kind_name(kind, _)} {_.change(part)}" for kind, part in found.parts
    )
    top = max((*totals, *(low + gain + loss for low, gain, loss in zip(hidden, gains, losses, strict=True))), default=0.0)
    room = (int(top) // STEP + 1) * STEP  # for what is written above; beyond 100 only where the parts need it
    high = float(room if top > 100 else min(room, 100))
    return Chart(
        "waterfall", "waterfall", _("What brought the change of the score"), labels, series, tuple(ends), _("Points"), 0.0, high, alt
    )


def _line(facts: Facts, _: Words) -> Chart:
    points = facts.course.points
    names = facts.course.short_names(_)
    found: tuple[tuple[str, Tone, list[str | None]], ...] = (
        (_("Score"), "ours", [shown(point.total.percent) for point in points]),
        (_("Score with evidence"), "mute", [shown(point.evidenced.percent) for point in points]),
        (_("Incident-weighted gap (%)"), "lacking", [shown(point.gap.gap) if point.gap else None for point in points]),
    )
    series = tuple(Series(name, tone, tuple(number(each) if each else None for each in values), tuple(each or "" for each in values))
                   for name, tone, values in found)  # fmt: skip
    alt = _.listed(_("{quarter}: score {score}, gap {gap}", quarter=name, score=_.points(point.total.percent),
                     gap=_.percent(point.gap.gap) if point.gap else "―") for name, point in zip(names, points, strict=True))  # fmt: skip
    return Chart("course", "line", _("The course of the quarters"), names, series, ("",) * len(names), _("Points, %"), 0.0, 100.0, alt)


def _table(facts: Facts, _: Words) -> Table:
    """Every question that changed; the largest of each class first."""
    words = (_("Change"), _("Question"), _("Who"), _("Before"), _("Now"))
    wide = {_("Change"): 1.5, _("Question"): 5.0, _("Who"): 1.5}
    columns = (*(Column(name, "text", wide.get(name, 1.0)) for name in words), Column(_("Points"), "number", 1.0))
    found = facts.change
    rows = rows_of(tables_trend.changes(facts.course, found, _), words) if found and found.changes else ()
    empty = _("No question changed.")
    if found is None or found.changes is None:
        empty = _("In one of these quarters nothing is applicable, so their difference has no parts.")
    return Table(
        "changes",
        _("Questions that changed"),
        columns,
        rows,
        ROWS,
        _("{n} more lines are in the document and the workbook.", n="{n}"),
        "",
        empty,
    )
