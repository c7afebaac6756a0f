"""Scenarios as tables: side by side, where they differ, which answers move, and what each question brings. Pure; see tenken/tables.py."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import pandas as pd

from scoring.assessment import Assessment
from scoring.replay import BEST_FIRST, Result
from scoring.whatif import Assumption, gap_parts, half_days
from tenken.course import kind_name
from tenken.i18n import Words
from tenken.replaying.words import result_name
from tenken.supposing.trial import Ground, Trial
from tenken.supposing.words import days, level, place, whose

NONE = "―"


def side_by_side(on: Ground, trials: Sequence[Trial], _: Words) -> pd.DataFrame:
    """A row per number, a column for now and one per scenario."""
    judged = [on.before, *(trial.after for trial in trials)]
    names = {_("What"): None, _("Now"): None, **dict.fromkeys(headings(trials))}
    rows: list[list[str]] = [
        [_("Questions changed"), NONE, *(str(len(trial.questions)) for trial in trials)],
        *([name, *(write(each) for each in judged)] for name, write in _numbers(_)),
        [_("Person-days"), NONE, *(days(trial.outcome.half_days) for trial in trials)],
    ]
    rows += _to_target(on, judged, _)
    if on.standing:
        rows.append([_("Place among those beside it"), place(on.standing, _), *(place(trial.standing, _) for trial in trials)])
    if on.replay is not None:
        counts = [on.replay, *(trial.replay for trial in trials)]
        for result in BEST_FIRST:
            rows.append([_replay_name(result, _), *(NONE if each is None else str(each.of(result)) for each in counts)])
    return pd.DataFrame(rows, columns=list(names))


def _replay_name(result: Result, _: Words) -> str:
    return _("Replay: {result}", result=result_name(result, _))


def headings(trials: Sequence[Trial]) -> list[str]:
    """The scenarios' names, told apart where two quarters have the same."""
    names = [trial.name for trial in trials]
    return [name if names.count(name) == 1 else f"{name} ({number})" for number, name in enumerate(names, start=1)]


def _numbers(_: Words) -> list[tuple[str, Callable[[Assessment], str]]]:
    return [
        (_("Score"), lambda a: _.points(a.result.total.percent)),
        (_("At best"), lambda a: _.points(a.result.total.best)),
        (_("Incident-weighted gap"), lambda a: _.percent(a.gap.gap)),
        (_("Range (%)"), lambda a: _.span(a.gap.low, a.gap.high)),
        (_("Score with evidence"), lambda a: _.points(a.result.evidenced.percent)),
        (_("Critical items missing"), lambda a: str(len(a.result.below_critical))),
    ]


def _to_target(on: Ground, judged: Sequence[Assessment], _: Words) -> list[list[str]]:
    """How far each is from the targets; no row where none is set."""
    ways = [on.way(each) for each in judged]
    if not any(ways):
        return []
    return [
        [_("Points to target"), *(NONE if way is None else _.points(way.total.points) for way in ways)],
        [_("Gap to target"), *(NONE if way is None else _.percent(way.gap) for way in ways)],
    ]


def effects(on: Ground, trial: Trial, _: Words) -> pd.DataFrame:
    """What one scenario does beside the four figures: place, replay, effort. Before and after."""
    rows = _to_target(on, (on.before, trial.after), _)
    if on.standing:
        rows.append([_("Place among those beside it"), place(on.standing, _), place(trial.standing, _)])
    if on.replay is not None and trial.replay is not None:
        rows += [[_replay_name(result, _), str(on.replay.of(result)), str(trial.replay.of(result))] for result in BEST_FIRST]
    rows.append([_("Person-days"), NONE, days(trial.outcome.half_days)])
    return pd.DataFrame(rows, columns=[_("What"), _("Now"), _("Then")])


def differing(on: Ground, trials: Sequence[Trial], _: Words, *, every: bool = False) -> pd.DataFrame:
    """The questions in which the scenarios differ, or every one that they change: what each assumes, ― for nothing."""
    texts = {question.id: _.text(question.text) for question in on.before.checklist.questions}
    said = [{(each.question, each.unit): each for each in trial.assumptions} for trial in trials]
    asked = list(dict.fromkeys(key for each in said for key in each))
    rows = []
    for key in asked:
        found = [each.get(key) for each in said]
        if len({None if one is None else (one.rule, one.level) for one in found}) == 1 and len(trials) > 1 and not every:
            continue
        first = next(one for one in found if one)
        who = whose(on, first, _)
        text = texts.get(key[0], key[0])
        rows.append([text + (_(" ({unit})", unit=who) if who else ""), *(assumed(one, _) for one in found)])
    return pd.DataFrame(rows, columns=[_("Question"), *headings(trials)])


def assumed(each: Assumption | None, _: Words) -> str:
    """'3', 'at least 3', or ―."""
    if each is None:
        return NONE
    if each.rule == "set":
        return str(each.level)
    return _("at least {n}", n=each.level) if each.rule == "at_least" else _("at most {n}", n=each.level)


def moved(on: Ground, trial: Trial, _: Words) -> pd.DataFrame:
    """Every stored answer that stands elsewhere: whose, from which level to which, for how many units, its effort."""
    tree, checklist = on.portfolio.book.tree, on.portfolio.book.checklist
    questions = {question.id: question for question in checklist.questions}
    rows = [
        [
            _.text(questions[move.question].text),
            _.text(tree.unit(move.unit).name),
            level(move.before, checklist, _),
            level(move.level, checklist, _),
            str(move.units),
            days(half_days(checklist, move, on.efforts)),
        ]
        for move in trial.outcome.moves
    ]
    rows.append([_("Sum"), "", "", "", "", days(trial.outcome.half_days)])
    return pd.DataFrame(rows, columns=[_("Question"), _("Who"), _("Now"), _("Then"), _("Units"), _("Person-days")])


def parts(on: Ground, trial: Trial, _: Words) -> pd.DataFrame:
    """What each question brings to the score; the sum of the exact parts last. And to the gap, exact too."""
    checklist = on.before.checklist
    questions = {question.id: question for question in checklist.questions}
    gaps = gap_parts(on.before, trial.after)
    seen = set[str]()
    rows = []
    for change in sorted(trial.outcome.changes or (), key=lambda change: (-abs(change.delta), change.question)):
        gap = (
            None if change.question in seen else gaps.get(change.question, Fraction(0))
        )  # of several classes of one question, the first says it
        seen.add(change.question)
        rows.append(
            [
                _.text(questions[change.question].text),
                kind_name(change.kind, _),
                str(change.units),
                _.change(change.delta),
                "" if gap is None else _.change(gap),
            ]
        )
    total = sum((change.delta for change in trial.outcome.changes or ()), Fraction(0))
    rows.append([_("Sum"), "", "", _.change(total), _.change(trial.outcome.gap)])
    return pd.DataFrame(rows, columns=[_("Question"), _("Change"), _("Units"), _("Points"), _("Gap (% points)")])


def words_columns(_: Words) -> set[str]:
    """The columns that hold words; all others hold figures and stand right."""
    return {_("What"), _("Question"), _("Who"), _("Change"), _("Now"), _("Then")}
