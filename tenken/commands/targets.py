"""`tenken targets`: what a unit's targets are and how far it is to them; choose a ready-made set, or clear."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import typer

from scoring.assessment import Assessment, assess
from scoring.engine import shown
from scoring.model import Checklist
from scoring.portfolio import assess_units
from scoring.targets import Aim, Chosen, Profiles, Targets, ToTarget, merged, targets, to_target
from scoring.units import Unit
from tenken.aiming.chosen import as_json as stored
from tenken.aiming.chosen import choose, chosen_at, chosen_in, profiles
from tenken.aiming.read import Aimed, aimed
from tenken.aiming.words import conclusion, second
from tenken.books import judged_on, portfolio
from tenken.commands.desk import Desk, Sample, When, Who, place
from tenken.commands.output import Json, cli_words, print_json
from tenken.editions import content_of
from tenken.errors import NotFound, TargetError

Set = Annotated[str, typer.Option("--profile", help="Choose a ready-made set: basic, standard or demanding.")]


def targets_command(
    profile: Set = "",
    unit: Annotated[str, typer.Option(help="A unit by its code; the whole organisation when left out.")] = "",
    clear: Annotated[bool, typer.Option("--clear", help="Clear what was chosen for the unit.")] = False,
    period: When = "",
    me: Who = "",
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """A unit's targets and the way to them. Levels by section or question are chosen on the page."""
    if profile and clear:
        raise typer.BadParameter("--profile and --clear")
    at = place(me, sample=sample)
    try:
        desk = at.quarter(period)
        node = next((each for each in desk.units if each.code == (unit or at.root.code)), None)
        if node is None:
            raise NotFound("no_unit", unit=unit)
        chosen, version, _bad = chosen_at(at.store, node)
        if profile and profiles().of(profile) is None:
            raise TargetError("target_profile", what=profile)
        if profile or clear:
            wanted = Chosen() if clear else replace(chosen, profile=profile)
            choose(at.store, at.user, desk.tree, at.root, node, wanted, desk.checklist, seen=version)
            chosen = wanted
        a = _judged(desk, node)
        aim = aimed(at.store, desk.tree, node, a) if a else None
        counts = merged(desk.tree, chosen_in(at.store, desk.tree), node)
    finally:
        at.store.close()
    if as_json:
        found = targets(desk.checklist, profiles(), counts)
        print_json({"unit": node.code, "period": desk.period.start.isoformat(), "chosen": stored(chosen), **_json(aim, found)})
        return
    _ = cli_words()
    typer.echo(conclusion(aim, _))
    if aim:
        typer.echo(second(aim.found, _))
    typer.echo(_("Targets are our proposal and an assumption, not a legal requirement."))


def _judged(desk: Desk, node: Unit) -> Assessment | None:
    """As the pages judge it: one company's own form, or all that reports below a node."""
    store, day = desk.place.store, date.today()
    outside = content_of(store, desk.period.pins).outside
    if len(desk.tree.units) == 1:
        return assess(desk.checklist, desk.form(node.code).answers, judged_on(desk.period, day), outside)
    return assess_units(portfolio(store, desk.period, day), node.id, outside)


def _json(aim: Aimed | None, found: Targets | None) -> dict[str, Any]:
    return {
        "profile": aim.profile if aim else None,
        "adjusted": aim.adjusted if aim else False,
        "to_target": way(aim.found) if aim else None,
        "levels": dict(found.levels) if found else {},
    }


def way(found: ToTarget) -> dict[str, Any]:
    """The way to the targets, for JSON."""
    return {
        **aim_json(found.total),
        "gap": shown(found.gap),
        "below": list(found.below),
        "sections": {name: aim_json(aim) for name, aim in found.sections},
    }


def aim_json(aim: Aim) -> dict[str, Any]:
    return {"missing": aim.lost, "open": aim.open, "asked": aim.asked, "possible": aim.possible, "total": aim.total,
            "points": shown(aim.points), "score_needed": shown(aim.score)}  # fmt: skip


def way_by_profile(a: Assessment, checklist: Checklist, profile: str) -> dict[str, Any] | None:
    """The way of answers that stand in no database to a ready-made set; None without one. Raises TargetError."""
    if not profile:
        return None
    shipped: Profiles = profiles()
    found = targets(checklist, shipped, Chosen(profile)) if shipped.of(profile) else None
    if found is None:
        raise TargetError("target_profile", what=profile)
    return way(to_target(a.checklist, a.answers, a.gap, found))
