"""The page of the plan: what is asked for, what it brings, its steps."""

from scoring.engine import shown
from tenken.corrective import tables as corrective_tables
from tenken.i18n import Words
from tenken.planning import tables as planned
from tenken.planning.read import Worked
from tenken.planning.words import conclusion, days, second
from tenken.reports import words as say
from tenken.reports.cells import columns_of, rows_of
from tenken.reports.facts import Facts
from tenken.reports.model import Block, Chart, Headline, Note, Page, Series, Table
from tenken.reports.words import number

STEPS = 8
POINTS = 9  # of the curve
ACTIONS = 5


def plan(facts: Facts, _: Words) -> Page:
    """The best plan for the budget; where nothing can be planned, what stands there instead."""
    text, detail = say.ask(facts, _)
    worked = facts.worked
    if worked is None:
        return Page("plan", _("Plan and decision"), text, _is_not(_), (Headline(text, detail), _actions(facts, _)), ())
    blocks: list[Block] = [Headline(text, detail), _curve(worked, _), _steps(worked, _), _actions(facts, _), Note(_is_not(_))]
    how = (_("The plan is the exact optimum: of all sets of steps that the budget pays for, the one with the largest value, α × change of the gap + (1 − α) × change of the score; α = {alpha}.",
             alpha=f"{float(worked.case.alpha):g}"),
           _("Efforts are those of the checklist, or what the company has entered; a step counts once it works wherever its answer counts."),
           _is_not(_))  # fmt: skip
    return Page("plan", _("Plan and decision"), conclusion(worked, _), second(worked, _), tuple(blocks), how)


def _is_not(_: Words) -> str:
    return _(
        "By calculation means: if every step is done as its level says, with the efforts of the checklist or those that the company has entered. The index is not a probability and not a number of incidents."
    )


def _curve(worked: Worked, _: Words) -> Chart:
    """What some budgets leave of the gap, that of the plan among them."""
    end = min(worked.whole.most, max(2 * worked.budget, 2))
    budgets = sorted({*(end * place // (POINTS - 1) // 2 * 2 for place in range(POINTS)), min(worked.budget, end)})
    now = worked.case.assessment.gap.gap
    left = [now - taken for taken in worked.whole.gaps(budgets)]
    texts = [shown(value) or "" for value in left]
    names = tuple(days(budget) for budget in budgets)
    values = tuple(number(text) for text in texts)
    top = max((value for value in values if value is not None), default=0.0)
    alt = _("Gap left by person-days: ") + _.listed(f"{name}: {text}%" for name, text in zip(names, texts, strict=True))
    series = (Series(_("Gap left (%)"), "ours", values, tuple(texts)),)
    return Chart("curve", "line", _("What every budget leaves of the gap (%)"), names, series, ("",) * len(names), _("Person-days"), 0.0,
                 float((int(top) // 10 + 1) * 10), alt)  # fmt: skip


def _steps(worked: Worked, _: Words) -> Table:
    frame = planned.plan(worked, _)
    words = {_("To do"), _("Unit"), _("Level"), _("Why this, why now")}
    columns = columns_of(frame, words, {_("Order"): 0.6, _("To do"): 5, _("Unit"): 1.6, _("Why this, why now"): 4})
    return Table("steps", _("Steps of the plan"), columns, rows_of(frame, words), STEPS, _("{n} more steps are in the document and the workbook.", n="{n}"), "",
                 _("No step fits into this budget."))  # fmt: skip


def _actions(facts: Facts, _: Words) -> Table:
    """What was decided before and is not done yet, the most urgent first."""
    frame = corrective_tables.listed(facts.ledger, _)
    wanted = {
        _("What is to be done"): 5.0,
        _("Unit"): 2.0,
        _("Person in charge"): 1.5,
        _("Date due"): 1.4,
        _("State"): 1.2,
        _("Overdue"): 1.0,
    }
    kept = frame.iloc[[place for place, line in enumerate(facts.ledger.lines) if line.unfinished]][[*wanted]]
    return Table("actions", _("Corrective actions under way"), columns_of(kept, wanted, wanted), rows_of(kept, wanted), ACTIONS,
                 _("{n} more corrective actions are in the document and the workbook.", n="{n}"), "", _("No corrective action is under way."))  # fmt: skip
