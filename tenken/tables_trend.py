"""A node over its quarters as tables: the same numbers as the charts, and every question that changed. Pure; see tables.py."""

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd

from scoring.behind import held, members, question_scores
from scoring.compare import Change
from scoring.model import NOT_APPLICABLE, OPEN, UNKNOWN, Question, Score
from scoring.targets import ToTarget
from tenken.course import Course, Step, kind_name, questions
from tenken.i18n import Words
from tenken.palette import NOT_APPLICABLE_SIGN, OPEN_SIGN, UNKNOWN_SIGN

NAMED = 2
SIGNS = {OPEN: OPEN_SIGN, UNKNOWN: UNKNOWN_SIGN, NOT_APPLICABLE: NOT_APPLICABLE_SIGN}


def quarters(course: Course, _: Words, aims: Sequence[ToTarget | None] = ()) -> pd.DataFrame:
    """A row per quarter: score and range, evidence, the gap on one edition of the statistics, what their update is of it; and how far
    it was from the targets as they stand now, where any are set (`aims`, one a quarter)."""
    names = [_("Quarter"), _("Units"), _("Score"), _("At best"), _("Score with evidence"), _("Share with evidence"), _("Incident-weighted gap"),
             _("Range (%)"), _("Gap as it was then"), _("Update of the statistics")]  # fmt: skip
    rows = []
    for name, point in zip(course.names(_), course.points, strict=True):
        gap = point.gap
        if not point.total.possible or gap is None:
            rows.append([name, str(point.units), *[NOT_APPLICABLE_SIGN] * 8])
            continue
        rows.append(
            [
                name,
                str(point.units),
                *map(_.points, (point.total.percent, point.total.best, point.evidenced.percent)),
                *map(_.percent, (point.evidenced_share, gap.gap)),
                _.span(gap.low, gap.high),
                _.percent(point.own_gap),
                _.change(point.statistics_update),
            ]
        )
    if any(aims):
        names += [_("Score needed"), _("Points to target"), _("Gap to target")]
        rows = [[*row, *_aim(aim, _)] for row, aim in zip(rows, aims, strict=True)]
    return pd.DataFrame(rows, columns=names)


def _aim(aim: ToTarget | None, _: Words) -> list[str]:
    if aim is None or not aim.possible:
        return [NOT_APPLICABLE_SIGN] * 3
    return [_.points(aim.total.score), _.points(aim.total.points), _.percent(aim.gap)]


def sections(course: Course, _: Words) -> pd.DataFrame:
    """Quarters as rows, sections as columns."""
    asked = course.checklist.sections
    rows = [
        [name, *(_.points(dict(point.sections).get(section.id, Score()).percent) for section in asked)]
        for name, point in zip(course.names(_), course.points, strict=True)
    ]
    return pd.DataFrame(rows, columns=[_("Quarter"), *(_.text(section.title) for section in asked)])


def ordered(found: Step) -> tuple[Change, ...]:
    """The changes as the table has them: by class, the largest first."""
    kinds = [kind for kind, _part in found.parts]
    return tuple(sorted(found.changes or (), key=lambda change: (kinds.index(change.kind), -abs(change.delta), change.question)))


def changes(course: Course, found: Step, _: Words) -> pd.DataFrame:
    """Every question that changed, in the order of `ordered`; the sum of the exact parts last."""
    names = [_("Change"), _("Question"), _("Who"), _("Before"), _("Now"), _("Points")]
    asked, before, after = questions(course), _states(course, found.first, _), _states(course, found.last, _)
    rows = [
        [
            kind_name(change.kind, _),
            _.text(asked[change.question].text),
            _who(course, found, change, asked[change.question], _),
            before.get(change.question, ""),
            after.get(change.question, ""),
            _.change(change.delta),
        ]
        for change in ordered(found)
    ]
    rows.append([_("Sum"), "", "", "", "", _.change(sum((change.delta for change in found.changes or ()), Fraction(0)))])
    return pd.DataFrame(rows, columns=names)


def _states(course: Course, place: int, _: Words) -> dict[str, str]:
    """{question: where it stood}: the level of one unit, the percent of its points of several."""
    portfolio = course.quarters[place][0]
    if len(members(portfolio, course.node)) == 1:
        unit = members(portfolio, course.node)[0]
        return {each.question.id: SIGNS.get(each.level, str(each.level)) for each in held(portfolio, unit.id, course.view)}
    scores = question_scores(portfolio, course.node, course.view)
    return {question: NOT_APPLICABLE_SIGN if not score.possible else _.percent(score.percent) for question, score in scores.items()}


def _who(course: Course, found: Step, change: Change, question: Question, _: Words) -> str:
    """Whose answer it is: the duty of a company-scope question, else the units, by name while they are few."""
    owner = course.checklist.owner(question.owner)
    if question.scope == "company" and owner and not change.kind.startswith("units_"):
        return _.text(owner.label)
    units = found.units.get((change.question, change.kind), ())
    if not units or len(units) > NAMED:
        return _("{n} units", n=change.units)
    names = {unit.id: _.text(unit.name) for place in (found.first, found.last) for unit in course.quarters[place][0].units}
    return _(", ").join(names[unit] for unit in units)


def words_columns(_: Words) -> set[str]:
    """The columns that hold words; all others hold figures and stand right."""
    return {_("Quarter"), _("Change"), _("Question"), _("Who")}
