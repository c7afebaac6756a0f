"""The corrective actions of the sample: decided at the end of a quarter by its figures, and moved on in the quarters after it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from scoring.model import Checklist
from scoring.units import Unit
from tenken.books import portfolio
from tenken.corrective.promise import level_at, with_promises
from tenken.quarters import quarter_of
from tenken.sample_group import OPEN, ActionComment, ActionMove, Day, SampleAction, SampleGroup
from tenken.store import Action, ActionDraft, Store


def make_actions(store: Store, group: SampleGroup, root: Unit, checklist: Checklist, days: Sequence[date], quarter: int) -> None:
    """What happened to actions in one quarter: those of earlier ones are moved on, then its own are decided."""
    there = store.actions(root.id)
    for said, action in zip((each for each in group.actions if each.decided < quarter), _in_order(group, there), strict=True):
        _go_on(store, group, root, action, said, days, quarter)
    decided = [each for each in group.actions if each.decided == quarter]
    if not decided:
        return
    day = days[quarter] if quarter < OPEN else quarter_of(days[quarter], 4).start
    period = next(each for each in store.periods(root.id) if each.start <= days[quarter] <= each.end)
    sheets = portfolio(store, period, days[quarter])
    drafts = []
    for said in decided:
        unit = next(unit for unit in sheets.book.tree.units if unit.code == said.unit)
        before = level_at(sheets, unit.id, said.question) if said.question else None
        drafts.append(_draft(said, unit, checklist, before, days))
    office = group.person(group.units[0].code, "security_office")
    past = store.at(_moment(day))
    past.create_actions(root.id, period.id, with_promises(past, root, period, drafts, days[quarter]), person=office)


def _in_order(group: SampleGroup, there: Sequence[Action]) -> Iterator[Action]:
    """The actions that are there in the order of the file."""
    by_title = {action.said.title: action for action in there}
    return (by_title[each.title] for each in group.actions if each.title in by_title)


def _draft(said: SampleAction, unit: Unit, checklist: Checklist, before: int | None, days: Sequence[date]) -> ActionDraft:
    question = next((each for each in checklist.questions if each.id == said.question), None)
    level = before if before is not None and before >= 0 else None
    effort = sum(question.effort[level or 0 : said.to]) if question and said.to is not None else 0
    return ActionDraft(
        unit.id, said.question, said.title, said.source, owner=said.owner, due=_day(said.due, days) if said.due else None,
        half_days=effort if said.half_days is None else said.half_days, yen=said.yen, from_level=level, to_level=said.to,
    )  # fmt: skip


def _go_on(store: Store, group: SampleGroup, root: Unit, action: Action, said: SampleAction, days: Sequence[date], quarter: int) -> None:
    happened: list[ActionMove | ActionComment] = [*said.moves, *said.comments]
    for each in sorted((each for each in happened if each.at[0] == quarter), key=lambda each: each.at):
        past = store.at(_moment(min(_day(each.at, days), days[quarter])))
        if isinstance(each, ActionMove):
            action = past.change_action(action, replace(action.said, status=each.to), person=said.owner)
        else:
            past.comment_action(action.id, each.text, person=said.owner)


def _day(at: Day, days: Sequence[date]) -> date:
    return quarter_of(days[at[0]], 4).start + timedelta(days=at[1])


def _moment(day: date) -> datetime:
    """Noon of a day, so that it is that day in Japan and Europe."""
    return datetime.combine(day, time(3), tzinfo=UTC)
