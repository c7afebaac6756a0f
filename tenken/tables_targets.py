"""Targets as tables: every question with its target, sections, what a change would change, the reasons. Pure; see tables.py."""

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd

from scoring.assessment import Assessment
from scoring.model import Checklist
from scoring.targets import Aim, Chosen, Profile, Targets, ToTarget
from scoring.units import Unit
from tenken.aiming.read import Aimed
from tenken.i18n import Words
from tenken.palette import NOT_APPLICABLE_SIGN
from tenken.tables import marked


def numbers(aim: Aimed | None, _: Words) -> list[str]:
    """The four figures of targets as they are shown; ― without any."""
    if aim is None:
        return [NOT_APPLICABLE_SIGN] * 4
    found = aim.found
    return [_.points(found.total.score), _.points(found.total.points), _.integer(len(found.below)), _.percent(found.gap)]


def figure_names(_: Words) -> list[str]:
    return [_("Score needed"), _("Points to target"), _("Questions below target"), _("Gap to target")]


def preview(now: Aimed | None, then: Aimed | None, _: Words) -> pd.DataFrame:
    """The four figures now, and as they would be."""
    rows = [list(row) for row in zip(figure_names(_), numbers(now, _), numbers(then, _), strict=True)]
    return pd.DataFrame(rows, columns=[_("Figure"), _("Now"), _("After saving")])


def sections(checklist: Checklist, found: ToTarget, _: Words) -> pd.DataFrame:
    """What is missing section by section; the sum last."""
    titles, causes = {section.id: _.text(section.title) for section in checklist.sections}, dict(found.causes)
    names = [_("Section"), _("Missing"), _("Possible"), _("Points to target"), _("Open"), _("All points"), _("Gap to target")]
    rows = [[titles[name], *_aim(aim, found, _), _.percent(causes[name]) if name in causes else ""] for name, aim in found.sections]
    rows.append([_("Sum"), *_aim(found.total, found, _), _.percent(found.gap)])
    return pd.DataFrame(rows, columns=names)


def _aim(aim: Aim, found: ToTarget, _: Words) -> list[str]:
    """`Points to target` of a section: its part of the whole, so that the parts add up."""
    part = Aim(aim.lost, aim.open, aim.asked, found.possible, aim.total).points
    return [_.integer(aim.lost), _.integer(aim.possible), _.points(part), _.integer(aim.open), _.integer(aim.total)]


def below(a: Assessment, found: ToTarget, _: Words) -> pd.DataFrame:
    """The questions below their target, in checklist order; the sums last, which are those of the formula."""
    missing, levels, parts = dict(found.questions), dict(found.levels), {part.cause: part for part in a.gap.causes}
    totals, rows = dict(found.sections), []
    for question in (each for each in a.checklist.questions if each.id in set(found.below)):
        lost, level, part = missing[question.id].lost, levels[question.id], parts.get(question.section)
        gap = part.share.central * Fraction(lost, totals[question.section].total) if part else None
        rows.append([_.text(question.text), str(question.weight), NOT_APPLICABLE_SIGN if level is None else str(level), _.integer(lost), "" if gap is None else _.percent(gap)])  # fmt: skip
    rows.append([_("Sum"), "", "", _.integer(found.lost), _.percent(found.gap)])
    return pd.DataFrame(rows, columns=[_("Question"), _("Weight"), _("Target level"), _("Missing"), _("Gap to target")])


def units(rows: Sequence[tuple[Unit, int, Aim]], _: Words) -> pd.DataFrame:
    """Each unit by itself: (unit, how often it counts, its way); the sum last, each as often as its weight."""
    names = [_("Unit"), _("Weight"), _("Points to target"), _("Missing"), _("Possible"), _("Open")]
    table = [
        [_.text(unit.name), str(weight), _.points(aim.points), *map(_.integer, (aim.lost, aim.possible, aim.open))]
        for unit, weight, aim in rows
    ]
    sums = (sum(weight * getattr(aim, name) for _unit, weight, aim in rows) for name in ("lost", "possible", "open"))
    table.append([_("Sum"), "", "", *map(_.integer, sums)])
    return pd.DataFrame(table, columns=names)


def questions(checklist: Checklist, targets: Targets | None, found: ToTarget | None, chosen: Chosen, profile: Profile | None, _: Words) -> pd.DataFrame:  # fmt: skip
    """Every question in checklist order: its target, what is missing there, and where the target comes from."""
    levels, missing = targets.levels if targets else {}, dict(found.questions) if found else dict[str, Aim]()
    titles = {section.id: _.text(section.short) for section in checklist.sections}
    reasons = {each.question: _.text(each.reason) for each in profile.questions} if profile else {}
    sections = {each.section: _.text(each.reason) for each in profile.sections} if profile else {}
    rows = []
    for question in checklist.questions:
        own = question.id in dict(chosen.questions) or question.section in dict(chosen.sections)
        why = _("Chosen here") if own else reasons.get(question.id) or sections.get(question.section, "")
        level = levels.get(question.id)
        lost = missing.get(question.id, Aim())
        rows.append(
            [
                titles[question.section],
                marked(question.critical, _.text(question.text), _),
                NOT_APPLICABLE_SIGN if level is None else f"{level} {_.text(checklist.choices[level].label)}",
                _.integer(lost.lost) if found else "",
                why,
            ]
        )
    return pd.DataFrame(rows, columns=[_("Section"), _("Question"), _("Target"), _("Missing"), _("Reason")])


def reasons(checklist: Checklist, profile: Profile, _: Words) -> pd.DataFrame:
    """The levels of a ready-made set with the reasons that stand in its file: sections, then questions that differ."""
    titles = {section.id: _.text(section.title) for section in checklist.sections}
    texts = {question.id: _.text(question.text) for question in checklist.questions}
    rows = [
        [titles.get(each.section, each.section), _level(each.level, each.critical, _), _.text(each.reason)] for each in profile.sections
    ]
    rows += [[texts.get(each.question, each.question), str(each.level), _.text(each.reason)] for each in profile.questions]
    return pd.DataFrame(rows, columns=[_("Section or question"), _("Target"), _("Reason")])


def _level(level: int, critical: int, _: Words) -> str:
    return str(level) if level == critical else _("{n} (critical {m})", n=level, m=critical)


def words_columns(_: Words) -> set[str]:
    """The columns that hold words; all others hold figures and stand right."""
    return {_("Section"), _("Question"), _("Target"), _("Reason"), _("Figure"), _("Section or question"), _("Unit")}
