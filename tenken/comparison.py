"""Units side by side as a page, a file or a command asks for them, and the sentences over them. Pure."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from scoring.model import Checklist, Score
from scoring.portfolio import TOTAL, Portfolio, Table, View, table
from scoring.ranking import Comparison, Line, completeness, side_by_side
from scoring.units import SUPPLIER, Tree, Unit
from tenken.i18n import Words
from tenken.markup import escaped

By = Literal["section", "countermeasure"]

ALL = "all"
SORTS = ("place", "name", "tree")
PAGE = 40  # rows of one picture: what a browser draws at once
FEW_PEERS = 4  # below it a median would tell one who sees only their own row what the others have
NAMED = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared. `kind`: 'all' that report, one kind of them, or 'supplier'; `sort`: one of SORTS, or the id of a column;
    `branch`: the node below which to look, None for the whole tree."""

    view: View = "own"
    by: By = "section"
    evidenced: bool = False
    kind: str = ALL
    sort: str = "place"
    branch: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A comparison as it is drawn: `lines` in the wanted order, `columns` those of the comparison that are in the picture.

    `named`: whether everybody is in it; otherwise it holds the reader's own units, beside a median that may be withheld."""

    sums: Table
    comparison: Comparison
    lines: tuple[Line, ...]
    columns: tuple[int, ...]
    named: bool

    @property
    def checklist(self) -> Checklist:
        return self.sums.portfolio.checklist(self.sums.view)

    @property
    def total(self) -> int:
        """The column of the total."""
        return self.comparison.columns.index(TOTAL)

    @property
    def is_suppliers(self) -> bool:
        return all(line.unit.is_supplier for line in self.lines)

    def score(self, line: Line) -> Score:
        """The total that is compared: claimed, or with evidence."""
        return line.cells[self.total]

    def withheld(self) -> bool:
        return self.comparison.medians[self.total] is None and any(line.total.possible for line in self.lines)


def kinds(portfolio: Portfolio) -> tuple[str, ...]:
    """What can be chosen: all that report, their kinds where there are several, suppliers."""
    reporting = list(dict.fromkeys(unit.kind for unit in portfolio.units if not unit.is_supplier))
    suppliers = [SUPPLIER] if any(unit.is_supplier for unit in portfolio.units) else []
    return (ALL, *(reporting if len(reporting) > 1 else ()), *suppliers)


def compared(portfolio: Portfolio, asked: Asked, _: Words, readable: Collection[int] | None = None) -> Shown:
    """The units that are asked for. Medians are those of all units of the organisation, or of all its suppliers, whatever the
    branch. `readable`: the units that somebody may see who may not see all of them."""
    tree, sums = portfolio.book.tree, table(portfolio, asked.view)
    peers = tuple(unit for unit in portfolio.units if unit.is_supplier == (asked.kind == SUPPLIER))
    branch = {unit.id for unit in (tree.units if asked.branch is None else tree.below(asked.branch))}
    units = tuple(
        unit for unit in peers
        if unit.id in branch and asked.kind in (ALL, unit.kind) and (readable is None or unit.id in readable)
    )  # fmt: skip
    found = side_by_side(sums, units, peers=peers, evidenced=asked.evidenced)
    if readable is not None and len(peers) < FEW_PEERS:
        found = Comparison(found.columns, tuple(None for median in found.medians), found.lines)
    checklist = portfolio.checklist(asked.view)
    columns = _columns(found, checklist, asked.by)
    return Shown(sums, found, _ordered(found, asked, tree, _), columns, readable is None)


def _columns(found: Comparison, checklist: Checklist, by: By) -> tuple[int, ...]:
    """The causes, or the countermeasures, that the view asks something of; in checklist order."""
    causes = {section.id for section in checklist.sections if section.is_cause}
    used = causes if by == "section" else {question.countermeasure for question in checklist.questions}
    return tuple(number for number, (kind, name) in enumerate(found.columns) if kind == by and name in used)


def _ordered(found: Comparison, asked: Asked, tree: Tree, _: Words) -> tuple[Line, ...]:
    if asked.sort == "place":
        return found.lines
    if asked.sort == "name":
        return tuple(sorted(found.lines, key=lambda line: _.text(line.unit.name)))
    if asked.sort == "tree":
        order = {unit.id: number for number, unit in enumerate(unit for root in tree.roots for unit in tree.below(root.id))}
        return tuple(sorted(found.lines, key=lambda line: order[line.unit.id]))
    at = next((number for number, (_kind, name) in enumerate(found.columns) if name == asked.sort), found.columns.index(TOTAL))
    return tuple(sorted(found.lines, key=lambda line: _last_none(line.cells[at])))


def _last_none(score: Score) -> tuple[bool, Fraction]:
    return score.percent is None, -(score.percent or Fraction(0))


def column_name(checklist: Checklist, column: tuple[str, str], _: Words, *, short: bool = False) -> str:
    kind, name = column
    if kind == "total":
        return _("Score")
    if kind == "section":
        section = next(each for each in checklist.sections if each.id == name)
        return _.text(section.short if short else section.title)
    measure = next(each for each in checklist.countermeasures if each.id == name)
    return _.text(measure.short if short else measure.label)


def whole_percent(value: Fraction | None) -> str:
    """'88' of 88.9 %, cut: a unit that is short of a bound never looks as if it had reached it."""
    return "" if value is None else str(value.numerator * 100 // value.denominator)


def is_mark(line: Line) -> bool:
    """※: the row is for reference only."""
    return line.incomplete or line.na_flagged


# --- sentences -----------------------------------------------------------------------------------


def is_below_half(score: Score) -> bool:
    """×, and not merely because nothing was answered."""
    return bool(score.possible) and score.open < score.possible and score.earned * 2 < score.possible


def conclusion(found: Shown, _: Words, said: Callable[[str], str] = escaped) -> str:
    """The column in which most units are below half (then the lower median, then checklist order); or that none is. `said`: how
    people's words are written where it goes: for Markdown unless told."""
    lines = [line for line in found.lines if line.total.possible and line.total.open < line.total.possible]
    if not lines:
        return _("No answers to compare yet.")
    if len(found.lines) == 1 and found.named:
        return _("Only {unit} reports here. A comparison begins with two.", unit=said(_.text(found.lines[0].unit.name)))
    counts = {at: sum(is_below_half(line.cells[at]) for line in lines) for at in found.columns}
    medians = found.comparison.medians
    worst = max(counts, key=lambda at: (counts[at], -(medians[at] or Fraction(0))), default=None)
    n = len(found.lines)
    if worst is None or not counts[worst]:
        if found.is_suppliers:
            return _("None of {n} suppliers is below half anywhere.", n=n)
        return _("None of {n} units is below half anywhere.", n=n)
    name = said(column_name(found.checklist, found.comparison.columns[worst], _))
    if found.is_suppliers:
        return _("{what}: {m} of {n} suppliers have not reached half.", what=name, m=counts[worst], n=n)
    return _("{what}: {m} of {n} units have not reached half.", what=name, m=counts[worst], n=n)


def second(found: Shown, _: Words) -> str:
    """Where units differ most, and which of them are for reference only."""
    texts = []
    widest = max(found.columns, key=lambda at: _spread(found.lines, at), default=None)
    if found.named and widest is not None and _spread(found.lines, widest):
        texts.append(_("Units differ most in “{what}”.", what=escaped(column_name(found.checklist, found.comparison.columns[widest], _))))
    marked = [line for line in found.lines if is_mark(line)]
    names = [_("{unit} ({why})", unit=escaped(_.text(line.unit.name)), why=_why(line, _)) for line in marked[:NAMED]]
    if len(marked) > NAMED:
        texts.append(_("For reference only: {names} and {n} more.", names=_(", ").join(names), n=len(marked) - NAMED))
    elif marked:
        texts.append(_("For reference only: {names}.", names=_(", ").join(names)))
    if found.withheld():
        texts.append(_("With fewer than {n} units no median is shown: it would tell what the others have.", n=FEW_PEERS))
    return (" " if _.lang == "en" else "").join(texts)


def _why(line: Line, _: Words) -> str:
    if line.incomplete:
        return _("answered {n}%", n=whole_percent(completeness(line.total)))
    return _("many not applicable")


def _spread(lines: Sequence[Line], at: int) -> Fraction:
    """How far the best and the worst of those that answered lie apart."""
    cells = [line.cells[at] for line in lines]
    found = [cell.percent for cell in cells if cell.percent is not None and cell.open < cell.possible]
    return max(found) - min(found) if found else Fraction(0)


# --- what an address asks for --------------------------------------------------------------------


def asked_of(given: Callable[[str], str | None], portfolio: Portfolio) -> Asked | None:
    """`given(name)`: what an address or a command line says; None when it says something that there is not."""
    checklist, tree = portfolio.book.checklist, portfolio.book.tree
    columns = (*(section.id for section in checklist.sections), *(measure.id for measure in checklist.countermeasures))
    allowed = {
        "view": ("own", "whole"),
        "by": ("section", "countermeasure"),
        "evidenced": ("0", "1"),
        "kind": (*kinds(portfolio), *{unit.kind for unit in portfolio.units}),
        "sort": (*SORTS, *columns),
        "branch": ("", *(unit.code for unit in tree.units)),
    }
    said = {name: given(name) or values[0] for name, values in allowed.items()}
    if any(said[name] not in values for name, values in allowed.items()):
        return None
    branch = next((unit.id for unit in tree.units if said["branch"] and unit.code == said["branch"]), None)
    by: By = "countermeasure" if said["by"] == "countermeasure" else "section"
    return Asked("whole" if said["view"] == "whole" else "own", by, said["evidenced"] == "1", said["kind"], said["sort"], branch)


def readable_units(tree: Tree, may: Callable[[Unit], bool]) -> frozenset[int] | None:
    """The units that somebody may see; None when that is all of them."""
    return None if all(may(root) for root in tree.roots) else frozenset(unit.id for unit in tree.units if may(unit))
