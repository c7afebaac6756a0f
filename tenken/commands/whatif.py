"""`whatif`: answers changed on a copy, for terminals and scripts. Nothing is stored."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any

import typer

from scoring.assessment import Assessment
from scoring.engine import shown
from scoring.portfolio import Portfolio
from scoring.replay import BEST_FIRST, Counts
from scoring.units import Unit
from scoring.whatif import Assumption, Rule, Standing, gap_parts, rule_for
from tenken.aiming.chosen import chosen_in
from tenken.books import portfolio
from tenken.commands.numbers import Quarter, Sample, upto
from tenken.commands.output import Json, print_json
from tenken.content import casebook
from tenken.editions import content_of
from tenken.i18n import Words, words
from tenken.planning.costs import prices
from tenken.replaying.words import result_name
from tenken.settings import read_settings
from tenken.store import Store
from tenken.supposing.trial import Ground, Trial, ground, half_days_of, tried
from tenken.supposing.words import conclusion, days, place, second


def whatif(
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="QUESTION=LEVEL, or UNIT:QUESTION=LEVEL for one unit below. Of several answers, the lower ones are raised. Repeatable.",
        ),
    ] = None,
    at_most: Annotated[list[str] | None, typer.Option("--at-most", help="QUESTION=LEVEL: higher answers are lowered. Repeatable.")] = None,
    scenario: Annotated[str, typer.Option(help="A scenario that is kept for this unit, by its name; --set adds to it.")] = "",
    evidence: Annotated[bool, typer.Option("--with-evidence", help="With evidence for these questions too.")] = False,
    unit: Annotated[str, typer.Option(help="A unit by its code; the whole organisation when left out.")] = "",
    period: Quarter = "",
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Score, gap and place as they would be with other answers."""
    store, _ = Store.open(read_settings().store_url), words(read_settings().lang)
    try:
        quarter = upto(store, period, sample=sample)[-1]
        sheets, content = portfolio(store, quarter, date.today()), content_of(store, quarter.pins)
        node = _unit(sheets, unit)
        costs = prices(store, sheets.book.tree, node)
        targets = chosen_in(store, sheets.book.tree)
        kept = [each for each in store.scenarios(node.id) if each.name == scenario]
    finally:
        store.close()
    on = ground(sheets, node, content.outside, casebook=casebook(), efforts=half_days_of(costs.of), chosen=targets)
    if on is None:
        raise typer.BadParameter(_("Nothing below {unit} reports yet.", unit=_.text(node.name)))
    if scenario and not kept:
        raise typer.BadParameter(f"--scenario {scenario!r}")
    # of several quarters' scenarios of one name, that of the quarter at hand, or else the newest
    chosen = next((each for each in kept if each.period == quarter.id), kept[-1] if kept else None)
    said = [*(chosen.assumptions if chosen else ()), *_assumptions(on, to or (), None), *_assumptions(on, at_most or (), "at_most")]
    if not said:
        raise typer.BadParameter("--set QUESTION=LEVEL")
    trial = tried(on, said, proven=evidence or bool(chosen and chosen.proven), name=scenario)
    if as_json:
        print_json({"unit": node.code, "period": quarter.start.isoformat(), "scenario": scenario, **_data(on, trial)})
        return
    typer.echo(conclusion(on, trial, _))
    typer.echo(second(on, trial, _))
    for line in _lines(on, trial, _):
        typer.echo(f"  {line}")


def _unit(sheets: Portfolio, code: str) -> Unit:
    tree = sheets.book.tree
    found = next((each for each in tree.units if each.code == code), None) if code else tree.roots[0]
    if found is None:
        raise typer.BadParameter(f"--unit {code!r}")
    return found


def _assumptions(on: Ground, said: Sequence[str], rule: Rule | None) -> Iterator[Assumption]:
    """What an option says, by name: an unknown question, level or unit ends the command."""
    top = len(on.before.checklist.choices) - 1
    known = {question.id for question in on.before.checklist.questions}
    for text in said:
        name, _equals, level = text.partition("=")
        code, _colon, question = name.rpartition(":")
        if question not in known:
            raise typer.BadParameter(f"{text!r}: no question {question!r}")
        if not (level.isascii() and level.isdigit() and int(level) <= top):
            raise typer.BadParameter(f"{text!r}: no level {level!r}, 0–{top}")
        unit = next((each for each in on.units if each.code == code), None)
        if code and unit is None:
            raise typer.BadParameter(f"{text!r}: no unit {code!r}")
        node = unit.id if unit else on.node.id
        yield Assumption(question, int(level), rule or rule_for(on.portfolio, node, question), unit.id if unit else None)


def _lines(on: Ground, trial: Trial, _: Words) -> Iterator[str]:
    now, then = on.before, trial.after
    yield f"{_('Incident-weighted gap')}  {_.percent(now.gap.gap)} → {_.percent(then.gap.gap)} ({_.span_percent(then.gap.low, then.gap.high)})"
    for name, old, new in (
        (_("Score"), now.result.total, then.result.total),
        (_("Score with evidence"), now.result.evidenced, then.result.evidenced),
    ):
        yield f"{name}  {_.points(old.percent)} → {_.points(new.percent)}"
    yield f"{_('Critical items missing')}  {len(now.result.below_critical)} → {len(then.result.below_critical)}"
    if on.standing:
        yield f"{_('Place among those beside it')}  {place(on.standing, _)} → {place(trial.standing, _)}"
    if on.replay is not None and trial.replay is not None:
        for result in BEST_FIRST:
            yield f"{_('Replay: {result}', result=result_name(result, _))}  {on.replay.of(result)} → {trial.replay.of(result)}"
    yield f"{_('Person-days')}  {days(trial.outcome.half_days)}"


def _data(on: Ground, trial: Trial) -> dict[str, Any]:
    tree = on.portfolio.book.tree
    parts = gap_parts(on.before, trial.after)
    return {
        "evidence": trial.proven,
        "now": _numbers(on.before) | {"place": _place(on.standing), "replay": _counts(on.replay)},
        "then": _numbers(trial.after) | {"place": _place(trial.standing), "replay": _counts(trial.replay)},
        "half_days": trial.outcome.half_days,
        "answers": [
            {"question": move.question, "unit": tree.unit(move.unit).code, "from": move.before, "to": move.level, "units": move.units}
            for move in trial.outcome.moves
        ],
        "parts": None
        if trial.outcome.changes is None
        else [
            {
                "question": change.question,
                "class": change.kind,
                "points": shown(change.delta),
                "exact": f"{change.delta.numerator}/{change.delta.denominator}",
                "units": change.units,
            }
            for change in trial.outcome.changes
        ],
        "gap_parts": [
            {"question": question, "percent_points": shown(part), "exact": f"{part.numerator}/{part.denominator}"}
            for question, part in parts.items()
        ],
        "left_out": [
            {"question": each.assumption.question, "level": each.assumption.level, "why": each.why} for each in trial.outcome.ignored
        ],
    }


def _numbers(judged: Assessment) -> dict[str, Any]:
    total, gap = judged.result.total, judged.gap
    return {
        "score": {"earned": total.earned, "possible": total.possible, "percent": shown(total.percent), "best": shown(total.best)},
        "evidenced": shown(judged.result.evidenced.percent),
        "gap": {name: shown(getattr(gap, name)) for name in ("gap", "low", "high")},
        "critical": list(judged.result.below_critical),
    }


def _counts(found: Counts | None) -> dict[str, int] | None:
    return None if found is None else {result: found.of(result) for result in BEST_FIRST}


def _place(found: Standing | None) -> dict[str, int] | None:
    return None if found is None else {"first": found.first, "last": found.last, "tied": found.tied, "of": found.units}
