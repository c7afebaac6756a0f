"""`plan`: what a budget of person-days brings, for terminals and scripts."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import typer

from scoring.engine import shown
from scoring.plan import Decision, PlannedStep, alpha_of, half_days_of
from tenken.aiming.read import ceilings
from tenken.books import portfolio
from tenken.commands.numbers import Quarter, Sample, upto
from tenken.commands.output import Json, print_json
from tenken.editions import content_of
from tenken.i18n import Words, words
from tenken.planning.costs import prices
from tenken.planning.read import Worked, exact, open_case, work
from tenken.planning.words import conclusion, critical_lines, days, is_not, move, second, yen
from tenken.settings import read_settings
from tenken.store import Store

MOST_CRITICAL = 20


def plan(
    budget: Annotated[str, typer.Option(help="Person-days, in steps of 0.5.")],
    alpha: Annotated[str, typer.Option(help="0 to 1: the weight of the gap against lost points; the checklist’s when left out.")] = "",
    unit: Annotated[str, typer.Option(help="A unit by its code; the whole organisation when left out.")] = "",
    period: Quarter = "",
    view: Annotated[str, typer.Option(help="own or whole")] = "whole",
    to_target: Annotated[bool, typer.Option("--to-target", help="No further than the targets that are set.")] = False,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """The best plan for a budget: what to raise to which level, and what it leaves of the gap."""
    half_days, mix = half_days_of(budget, "--budget"), alpha_of(alpha, "--alpha") if alpha else None
    store, _ = Store.open(read_settings().store_url), words(read_settings().lang)
    try:
        quarter = upto(store, period, sample=sample)[-1]
        sheets, content = portfolio(store, quarter, date.today()), content_of(store, quarter.pins)
        tree = sheets.book.tree
        node = next((each for each in tree.units if each.code == unit), None) if unit else tree.roots[0]
        if node is None or view not in ("own", "whole"):
            raise typer.BadParameter(f"--unit {unit!r} or --view {view!r}")
        ceiling = ceilings(store, tree, content.checklist) if to_target else None
        case = open_case(sheets, node, content.outside, prices(store, tree, node), "own" if view == "own" else "whole", mix, ceiling)
    finally:
        store.close()
    if case is None:
        raise typer.BadParameter(f"--unit {node.code!r}: " + _("Nothing below {unit} reports yet.", unit=_.text(node.name)))
    worked = work(case, half_days)
    if as_json:
        print_json({"period": quarter.start.isoformat(), "unit": node.code, "view": view, **_plan(worked)})
    else:
        _print(worked, _)


def _print(worked: Worked, _: Words) -> None:
    typer.echo(f"{conclusion(worked, _)}\n{second(worked, _)}\n{is_not(_)}\n")
    questions, several = worked.case.questions, len(worked.case.tree.units) > 1
    for step in worked.best.steps:
        where = f"  {_.text(worked.case.tree.unit(step.node).name)}" if several else ""
        cost = f"  {yen(step.yen, _)}" if step.yen else ""
        mark = "!" if step.critical else " "
        typer.echo(f"{mark} {days(step.half_days):>6}  {move(step):>5}  {_.text(questions[step.question].text)}{where}{cost}")
    missing = critical_lines(worked, MOST_CRITICAL, _)
    if missing:
        level = worked.case.assessment.checklist.critical_level
        typer.echo(
            "\n"
            + _(
                "Critical items that this plan leaves below level {level} ({n})",
                level=level,
                n=len({each.question for each in worked.left_out}),
            )
        )
        for line in missing:
            typer.echo(f"  {line}".replace("\\", "").replace("**", ""))
    unanswered = worked.case.assessment.result.total.unanswered
    if unanswered:
        typer.echo(
            "\n" + _("Not answered: {n}. Open questions are not planned; they count in the gap until they are answered.", n=unanswered)
        )


def _plan(worked: Worked) -> dict[str, Any]:
    case, best, gap = worked.case, worked.best, worked.case.assessment.gap
    values = worked.whole.values(worked.points)
    gaps = worked.whole.gaps(worked.points)
    return {
        "check": "express" if case.express else "full",
        "budget": days(worked.budget).replace(",", ""),
        "alpha": exact(case.alpha),
        "to_target": case.to_target,
        "gap": {"now": shown(gap.gap), "after": shown(worked.after), "taken_off": exact(best.gap)},
        "score": {"now": shown(case.assessment.result.total.percent), "after": shown(worked.score_after)},
        "person_days": best.half_days / 2,
        "yen": best.yen if case.prices.has_yen else None,
        "value": exact(best.value),
        "steps": [_step(worked, step) for step in best.steps],
        "order": [_step(worked, step) for step in worked.nested.steps],
        "critical_left": [_left(worked, each) for each in worked.left_out],
        "unanswered": case.assessment.result.total.unanswered,
        "curve": [{"person_days": budget / 2, "gap": shown(gap.gap - taken), "value": exact(value)}
                  for budget, taken, value in zip(worked.points, gaps, values, strict=True)],
    }  # fmt: skip


def _step(worked: Worked, step: PlannedStep) -> Mapping[str, Any]:
    return {
        "unit": worked.case.tree.unit(step.node).code,
        "question": step.question,
        "from": step.from_level,
        "to": step.to_level,
        "find_out": step.to_level is None,
        "person_days": step.half_days / 2,
        "yen": step.yen,
        "critical": step.critical,
        "gap": exact(step.gap),
        "loss": exact(step.loss),
        "value": exact(step.value),
    }


def _left(worked: Worked, each: Decision) -> Mapping[str, Any]:
    return {"unit": worked.case.tree.unit(each.node).code, "question": each.question, "level": each.level}
