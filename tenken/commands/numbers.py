"""`compare` and `trend`: the numbers of these two pages, for terminals and scripts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import typer

from scoring.compare import Change
from scoring.engine import shown
from scoring.model import Score
from scoring.portfolio import View
from scoring.ranking import Line, is_reference
from scoring.targets import Aim, ToTarget
from scoring.trend import Point
from tenken.aiming.read import course_aims, unit_aims
from tenken.aiming.words import points_left, unit_column
from tenken.books import portfolio
from tenken.commands.output import Json, print_json
from tenken.commands.targets import aim_json, way
from tenken.comparison import Shown, asked_of, compared, conclusion, is_mark
from tenken.course import Course, kind_name, read_course, second, step
from tenken.course import conclusion as trend_conclusion
from tenken.i18n import Words, words
from tenken.settings import read_settings
from tenken.store import Period, Store

Sample = Annotated[bool, typer.Option("--sample", help="The sample organisation instead of ours.")]
Quarter = Annotated[str, typer.Option(help="The first day of a quarter, as 2026-10-01; the newest when left out.")]


def compare(
    unit: Annotated[str, typer.Option(help="Only units below this one, by its code.")] = "",
    period: Quarter = "",
    view: Annotated[str, typer.Option(help="own or whole")] = "own",
    kind: Annotated[str, typer.Option(help="all, department, company, supplier …")] = "all",
    evidenced: Annotated[bool, typer.Option("--evidenced", help="Only answers with valid evidence earn points.")] = False,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Units side by side: scores, places, medians, differences."""
    store, _ = Store.open(read_settings().store_url), words(read_settings().lang)
    try:
        quarter = upto(store, period, sample=sample)[-1]
        sheets = portfolio(store, quarter, date.today())
        aims = unit_aims(store, sheets, "whole" if view == "whole" else "own", evidenced=evidenced)
    finally:
        store.close()
    said = {"branch": unit, "view": view, "kind": kind, "evidenced": str(int(evidenced))}
    asked = asked_of(said.get, sheets)
    if asked is None:
        raise typer.BadParameter(f"--unit {unit!r}, --view {view!r} or --kind {kind!r}")
    found = compared(sheets, asked, _)
    if as_json:
        print_json({"period": quarter.start.isoformat(), **said, **_comparison(found, aims)})
        return
    typer.echo(conclusion(found, _).replace("\\", ""))
    for line in found.lines:
        place = f"{line.place.first}–{line.place.last}" if line.place else "―"
        to_target = f"  {unit_column(aims, line.unit.id, _):>6}" if aims else ""
        typer.echo(
            f"{place:>9}  {_.points(found.score(line).percent):>6}{to_target}  {'※' if is_mark(line) else '　'} {_.text(line.unit.name)}"
        )


def _comparison(found: Shown, aims: Mapping[int, Aim]) -> dict[str, Any]:
    columns = [{"kind": kind, "id": name} for kind, name in found.comparison.columns]
    return {
        "columns": columns,
        "medians": [shown(median) for median in found.comparison.medians],
        "units": [_line(found, line) | _target(aims.get(line.unit.id)) for line in found.lines],
    }


def _target(aim: Aim | None) -> dict[str, Any]:
    """Only where a target is set: nothing changes otherwise."""
    return {"to_target": aim_json(aim)} if aim else {}


def _line(found: Shown, line: Line) -> dict[str, Any]:
    place = line.place
    return {
        "unit": line.unit.code,
        "name": {"ja": line.unit.name.ja, "en": line.unit.name.en},
        "score": _score(line.total),
        "evidenced": _score(line.evidenced),
        "place": {"group": place.group, "first": place.first, "last": place.last} if place else None,
        "incomplete": line.incomplete,
        "not_applicable_flagged": line.na_flagged,
        "to_reconfirm": line.reconfirm,
        "cells": [
            _score(cell) | {"difference": shown(found.comparison.difference(line, at)), "reference": is_reference(cell)}
            for at, cell in enumerate(line.cells)
        ],
    }


def trend(
    unit: Annotated[str, typer.Option(help="A unit by its code; the whole organisation when left out.")] = "",
    period: Quarter = "",
    view: Annotated[str, typer.Option(help="own or whole")] = "whole",
    since: Annotated[
        str, typer.Option("--from", help="What changed since this quarter, by its first day; the one before when left out.")
    ] = "",
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """A unit over its quarters, and what changed between two of them."""
    store, _ = Store.open(read_settings().store_url), words(read_settings().lang)
    try:
        periods = upto(store, period, sample=sample)
        tree = store.tree_of(periods[-1])
        node = next((each.id for each in tree.units if each.code == unit), None) if unit else tree.roots[0].id
        days = [each.start.isoformat() for each in periods]
        first = days.index(since) if since in days[:-1] else max(0, len(days) - 2)
        if node is None or view not in ("own", "whole") or (since and since not in days[:-1]):
            raise typer.BadParameter(f"--unit {unit!r}, --view {view!r} or --from {since!r}")
        scope: View = "own" if view == "own" else "whole"
        course = read_course(store, periods, node, scope, date.today())
        ways = course_aims(store, course)
    finally:
        store.close()
    if as_json:
        print_json({"unit": unit, "view": view, **_course(course, first, ways)})
        return
    typer.echo(trend_conclusion(course, _))
    for name, point, found in zip(course.names(_), course.points, ways, strict=True):
        gap = _.percent(point.gap.gap) if point.gap else "―"
        to_target = f"  {points_left(found, _)}" if found else ""
        typer.echo(f"{name}  {_.points(point.total.percent)}  {_('Incident-weighted gap')} {gap}{to_target}")
    if len(periods) > 1:
        _changed(course, first, _)


def _changed(course: Course, first: int, _: Words) -> None:
    found = step(course, first, len(course.periods) - 1)
    typer.echo(second(found, _))
    for kind, part in found.parts:
        typer.echo(f"  {kind_name(kind, _)}  {_.change(part)}")


def _course(course: Course, first: int, ways: Sequence[ToTarget | None]) -> dict[str, Any]:
    days = [period.start.isoformat() for period in course.periods]
    found = step(course, first, len(days) - 1)
    change = {
        "from": days[first],
        "to": days[-1],
        "parts": None if found.changes is None else {kind: shown(part) for kind, part in found.parts},
        "questions": [_question(each) for each in found.changes or ()],
    }
    quarters = [
        _point(each) | {"quarter": day} | ({"to_target": way(found)} if found else {})
        for day, each, found in zip(days, course.points, ways, strict=True)
    ]
    return {"quarters": quarters, "change": change if len(days) > 1 else None}


def _question(each: Change) -> dict[str, Any]:
    exact = f"{each.delta.numerator}/{each.delta.denominator}"
    return {"question": each.question, "class": each.kind, "points": shown(each.delta), "exact": exact, "units": each.units}


def _point(point: Point) -> dict[str, Any]:
    gap: Mapping[str, Any] | None = None
    if point.gap:
        gap = {name: shown(getattr(point.gap, name)) for name in ("gap", "low", "high")}
        gap = {**gap, "as_it_was": shown(point.own_gap), "statistics_update": shown(point.statistics_update)}
    return {
        "as_of": point.as_of.isoformat(),
        "units": point.units,
        "score": _score(point.total),
        "evidenced": _score(point.evidenced),
        "evidenced_share": shown(point.evidenced_share),
        "sections": {name: _score(score) for name, score in point.sections},
        "gap": gap,
    }


def _score(score: Score) -> dict[str, Any]:
    return {"earned": score.earned, "possible": score.possible, "open": score.open, "questions": score.questions,
            "percent": shown(score.percent), "best": shown(score.best)}  # fmt: skip


def upto(store: Store, wanted: str, *, sample: bool) -> tuple[Period, ...]:
    """The quarters up to the wanted one, oldest first."""
    root = store.company(sample=sample)
    periods = store.periods(root.id) if root else ()
    if not periods:
        _ = words(read_settings().lang)
        raise typer.BadParameter(_("No quarter has been opened yet."))
    days = [period.start.isoformat() for period in periods]
    if wanted and wanted not in days:
        raise typer.BadParameter(f"--period {wanted!r}: {', '.join(days)}")
    return periods[: (days.index(wanted) if wanted else len(days) - 1) + 1]
