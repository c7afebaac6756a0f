"""What the plan page says: its conclusion, why each step, why the orders differ. Rules over numbers, no opinions. Pure."""

from collections.abc import Sequence
from fractions import Fraction

from scoring.engine import shown
from scoring.model import Question, Step
from scoring.plan import PlannedStep
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.planning.read import Case, Worked

CHEAP = 2  # half days
LATE = 0.75  # of a plan's steps, by effect per person-day: what comes after these fills the budget
FIRST = 5  # steps that two orders are compared by


def days(half_days: int) -> str:
    """Person-days as half days allow: '0.5', '3'."""
    whole, half = divmod(half_days, 2)
    return f"{whole:,}.5" if half else f"{whole:,}"


def yen(amount: int, _: Words) -> str:
    return _("¥{n}", n=_.integer(amount))


def level(place: int | None) -> str:
    """A place on the scale; ？ for what is not known."""
    return "？" if place is None else str(place)


def move(step: PlannedStep) -> str:
    """'1 → 3'; '？' to be found out."""
    return level(step.from_level) if step.to_level is None else f"{level(step.from_level)} → {step.to_level}"


def conclusion(worked: Worked, _: Words) -> str:
    gap, after, n = worked.case.assessment.gap.gap, worked.after, days(worked.budget)
    if not worked.best.steps:
        return _("With {n} person-days no step can be done.", n=n)
    if shown(gap) != shown(after):
        return _("With {n} person-days, the incident-weighted gap falls from {gap} to {after}, by calculation.", n=n,
                 gap=_.percent(gap), after=_.percent(after))  # fmt: skip
    before, then = worked.case.assessment.result.total.percent, worked.score_after
    if shown(before) != shown(then):
        return _("With {n} person-days, the score rises from {before} to {then} points, by calculation; the incident-weighted gap stays at {gap}.", n=n,
                 before=_.points(before), then=_.points(then), gap=_.percent(gap))  # fmt: skip
    return _("With {n} person-days, the incident-weighted gap stays at {gap}, by calculation.", n=n, gap=_.percent(gap))


def second(worked: Worked, _: Words) -> str:
    """What the plan is made of, and what its numbers are not."""
    best, case = worked.best, worked.case
    said = _("{steps} steps, {n} person-days; the score goes from {before} to {then}.", steps=len(best.steps), n=days(best.half_days),
             before=_.points(case.assessment.result.total.percent), then=_.points(worked.score_after))  # fmt: skip
    unknown = sum(step.to_level is None for step in best.steps)
    if unknown:
        said += " " * (_.lang == "en") + _("{n} of them find something out and promise nothing.", n=unknown)
    if case.prices.has_yen:
        said += " " * (_.lang == "en") + _("In yen about {amount}; yen are shown and are no second budget.", amount=yen(best.yen, _))
    return said


def is_not(_: Words) -> str:
    return _("An index, not a probability and not a number of incidents. By calculation means: if every step is done as its level says, "
             "with the efforts that are entered below.")  # fmt: skip


# --- why this, why now -----------------------------------------------------------------------------------------------


def promised(step: PlannedStep, alpha: Fraction) -> Fraction:
    """What a step brings for certain: its value, and nothing for finding out."""
    return alpha * step.gap + (1 - alpha) * step.loss


def part(worked: Worked, step: PlannedStep) -> Fraction | None:
    """A step's part of what its plan brings; None where nothing is promised."""
    alpha = worked.case.alpha
    whole = alpha * worked.best.gap + (1 - alpha) * worked.best.loss
    return promised(step, alpha) / whole if whole and step.to_level is not None else None


def reasons(worked: Worked, _: Words) -> tuple[str, ...]:
    """One sentence for every step of the plan: why this, why now."""
    a = worked.case.assessment
    biggest = max(a.gap.causes, key=lambda cause: (cause.uncovered, cause.cause), default=None)
    rates = sorted((step.value / step.half_days for step in worked.best.steps), reverse=True)
    times = {(each.node, each.question): each.times for each in worked.case.decisions}
    found = []
    for step in worked.best.steps:
        question = worked.case.questions[step.question]
        why = _why(worked, step, question, biggest.cause if biggest and biggest.uncovered else "", _)
        now = _now(worked, step, times[step.node, step.question], rates, _)
        found.append(_("{why}; {now}.", why=why, now=now))
    return tuple(found)


def _why(worked: Worked, step: PlannedStep, question: Question, biggest: str, _: Words) -> str:
    if step.to_level is None:
        return _("Nobody knows how this stands, and half a day shows it")
    sections = {section.id: section for section in worked.case.assessment.checklist.sections}
    name, share = _.text(sections[question.section].title), _.percent(part(worked, step))
    if not sections[question.section].is_cause:
        return _("Part of the foundation ({name}), no share in incidents but {share} of the plan’s effect", name=name, share=share)
    if question.section == biggest:
        return _("{name} holds the largest part of what is missing, and this brings {share} of the plan’s effect", name=name, share=share)
    return _("{name}: it brings {share} of the plan’s effect", name=name, share=share)


def _now(worked: Worked, step: PlannedStep, units: int, rates: Sequence[Fraction], _: Words) -> str:
    """`rates`: the values per half day of the plan's steps, the largest first."""
    rate, n = step.value / step.half_days, days(step.half_days)
    place, equal = rates.index(rate) + 1, rates.count(rate) - 1
    if step.critical:
        return _("critical and below level {n}, so it comes first", n=worked.case.assessment.checklist.critical_level)
    if place > len(rates) * LATE:
        return _("it makes the most of what the steps before leave of the budget")
    if equal:
        return _("{n} person-days, and {equal} more with the same effect per person-day: begin with whichever is easier", n=n, equal=equal)
    if units > 1 and step.to_level is not None:
        return _(
            "decided once it works in {units} units, number {place} of {all} by effect per person-day",
            units=units,
            place=place,
            all=len(rates),
        )
    if step.half_days <= CHEAP:
        return _("only {n} person-days, so it can begin at once", n=n)
    return _("number {place} of {all} by effect per person-day", place=place, all=len(rates))


# --- why the orders differ -------------------------------------------------------------------------------------------


def orders_differ(case: Case, _: Words) -> str:
    """Why the order by value is another than that by lost points alone."""
    by_value, plain = case.steps, case.plain
    first = [(step.question, step.level) for step in by_value[:FIRST]]
    other = [(step.question, step.level) for step in plain[:FIRST]]
    ahead = next((step for step in by_value[:FIRST] if (step.question, step.level) not in other), None)
    behind = next((step for step in plain[:FIRST] if (step.question, step.level) not in first), None)
    if ahead is None or behind is None:
        return _("Both orders begin with the same steps.")
    said = _("{n} of the first {all} differ.", n=sum(each not in other for each in first), all=len(first))
    return said + " " * (_.lang == "en") + _("{ahead}; {behind}.", ahead=_ahead(case, ahead, _), behind=_behind(case, behind, _))


def _share(case: Case, question: Question, _: Words) -> str:
    """'外部攻撃（公表事故の25.8%）'"""
    part = next((each for each in case.assessment.gap.causes if each.cause == question.section), None)
    section = next(each for each in case.assessment.checklist.sections if each.id == question.section)
    share = _.percent(part.share.central) if part else _("no share in incidents")
    return _("{name} ({share} of disclosed incidents)", name=_.text(section.title), share=share) if part else f"{_.text(section.title)}"


def _ahead(case: Case, step: Step, _: Words) -> str:
    question = case.questions[step.question]
    if step.critical:
        return _("“{text}” comes first because it is critical", text=_.text(question.text))
    return _("“{text}” moves up by the weight of its cause, {cause}", text=_.text(question.text), cause=_share(case, question, _))


def _behind(case: Case, step: Step, _: Words) -> str:
    question = case.questions[step.question]
    return _("“{text}” would bring as many points, but belongs to {cause}", text=_.text(question.text), cause=_share(case, question, _))


def nested(worked: Worked, _: Words) -> str:
    """How far the order and the optimum lie apart, and why."""
    best, order = worked.best, worked.nested
    if best.gap == order.gap and best.loss == order.loss:
        return _("For {n} person-days both come to the same.", n=days(worked.budget))
    gap = worked.case.assessment.gap.gap
    said = _("For {n} person-days the best plan leaves a gap of {best}, the order {order}.", n=days(worked.budget), best=_.percent(worked.after),
             order=_.percent(gap - order.gap))  # fmt: skip
    reached = {(step.node, step.question): step.to_level or 0 for step in best.steps}
    only = {(step.node, step.question) for step in order.steps if reached.get((step.node, step.question), -1) < (step.to_level or 0)}
    why = _("The order takes critical items first and gives nothing back, so what it did early stays even where the whole budget would be spent better; "
            "{n} of its questions the best plan leaves where they are or raises less far.", n=len(only))  # fmt: skip
    return said + " " * (_.lang == "en") + why


def critical_lines(worked: Worked, most: int, _: Words) -> tuple[str, ...]:
    """The critical items that the budget leaves below the level, as Markdown; a question once, with the units where."""
    where: dict[str, list[str]] = {}
    for each in worked.left_out:
        where.setdefault(each.question, []).append(_.text(worked.case.tree.unit(each.node).name))
    lines = []
    for question, units in list(where.items())[:most]:
        names = "" if len(worked.case.tree.units) == 1 else _(" ({where})", where=escaped(_.listed(units)))
        lines.append(f"×　**{escaped(_.text(worked.case.questions[question].text))}**{names}")
    if len(where) > most:
        lines.append(_("and {n} more", n=len(where) - most))
    return tuple(lines)
