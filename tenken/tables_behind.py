"""The rows behind a number of an organisation as tables: units with their sums, or one unit's answers. Pure; see tables.py."""

from collections.abc import Collection, Sequence

import pandas as pd

from scoring.behind import Held, Share
from scoring.model import NOT_APPLICABLE, OPEN, UNKNOWN, Checklist, Score
from tenken.i18n import Words
from tenken.palette import NOT_APPLICABLE_SIGN, OPEN_SIGN, UNKNOWN_SIGN


def units(shares: Sequence[Share], _: Words) -> pd.DataFrame:
    """A row per unit with its own integers, last the sum: each as often as the unit counts. `shares`: at least one."""
    names = [_("Unit"), _("Weight"), _("Score"), _("Earned"), _("Possible"), _("Open"), _("Open questions"), _("Not applicable")]
    rows = [[_.text(share.unit.name), str(share.weight), *_figures(share.score, _)] for share in shares]
    total = sum((share.score for share in shares for _time in range(share.weight)), Score())
    rows.append([_("Sum, each as often as its weight"), "", *_figures(total, _)])
    return pd.DataFrame(rows, columns=names)


def _figures(score: Score, _: Words) -> list[str]:
    sums = (score.earned, score.possible, score.open, score.unanswered, score.not_applicable)
    return [_.points(score.percent), *map(_.integer, sums)]


def level(checklist: Checklist, code: int, _: Words) -> str:
    """'2 範囲の一部で行う', '？ わからない', '― 該当なし' or '・ 未回答'."""
    signs = {
        OPEN: f"{OPEN_SIGN} {_('Not answered')}",
        UNKNOWN: f"{UNKNOWN_SIGN} {_('Don’t know')}",
        NOT_APPLICABLE: f"{NOT_APPLICABLE_SIGN} {_('Not applicable')}",
    }
    return signs.get(code) or f"{code} {_.text(checklist.choices[code].label)}"


def answers(checklist: Checklist, found: Sequence[Held], _: Words) -> pd.DataFrame:
    """One unit's answers, the sum last; `Where`: on whose sheet an answer stands."""
    names = [_("Question"), _("Weight"), _("Answer"), _("Earned"), _("Possible"), _("Evidence"), _("Where")]
    rows, earned, possible = list[list[str]](), 0, 0
    for each in found:
        points = each.question.weight * checklist.choices[each.level].points if each.level >= 0 else 0
        full = 0 if each.level == NOT_APPLICABLE else each.question.weight * checklist.max
        earned, possible = earned + points, possible + full
        rows.append([_.text(each.question.text), str(each.question.weight), level(checklist, each.level, _), _.integer(points), _.integer(full),
                     _evidence(each, _), _.text(each.source.name)])  # fmt: skip
    rows.append([_("Sum"), "", "", _.integer(earned), _.integer(possible), "", ""])
    return pd.DataFrame(rows, columns=names)


def one_question(checklist: Checklist, found: Sequence[tuple[Share, Held]], _: Words) -> pd.DataFrame:
    """What every unit says to one question."""
    names = [_("Unit"), _("Weight"), _("Answer"), _("Earned"), _("Possible"), _("Evidence"), _("Where")]
    rows = [
        [_.text(share.unit.name), str(share.weight), level(checklist, each.level, _), _.integer(share.score.earned), _.integer(share.score.possible),
         _evidence(each, _), _.text(each.source.name)]
        for share, each in found
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def _evidence(each: Held, _: Words) -> str:
    return _("valid") if each.evidenced else ""


def criticals(checklist: Checklist, below: dict[str, int], asked: Collection[str], n: int, _: Words) -> pd.DataFrame:
    """The critical questions, and in how many of `n` units each stands below the level."""
    rows = [[_.text(q.text), str(below.get(q.id, 0)), str(n)] for q in checklist.questions if q.id in asked]
    return pd.DataFrame(rows, columns=[_("Question"), _("Units below the level"), _("of units")])


def words_columns(_: Words) -> set[str]:
    """The columns that hold words; all others hold figures and stand right."""
    return {_("Unit"), _("Question"), _("Answer"), _("Evidence"), _("Where")}
