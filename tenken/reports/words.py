"""The sentences of a report: rules over numbers, no adjective that a number does not carry. Plain text, never Markdown."""

from fractions import Fraction

from scoring.assessment import Assessment
from scoring.engine import shown
from scoring.portfolio import TOTAL
from tenken.charts import years
from tenken.comparison import is_below_half
from tenken.headline import weak_causes
from tenken.i18n import Words
from tenken.planning.read import Worked
from tenken.planning.words import days, yen
from tenken.reports.facts import Facts
from tenken.reports.model import Value

NAMED = 2


def plain(text: str) -> str:
    """A person's words as they are, on one line."""
    return " ".join(text.split())


def number(text: str) -> float | None:
    """A shown number read as a number; None for words."""
    try:
        return float(text.replace("−", "-").replace("±", "").replace(",", "").replace("+", ""))
    except ValueError:
        return None


def drawn(value: Fraction | None) -> float | None:
    """The shown number of an exact value, in percent: what charts and bars are drawn from."""
    return number(shown(value) or "")


def height(value: Fraction | None) -> float:
    """As `drawn`; nothing where there is no value."""
    return drawn(value) or 0.0


def points(value: Fraction | None, _: Words) -> Value:
    return Value(_.points(value), _(" points"), number(_.points(value)))


def percent(value: Fraction | None, _: Words) -> Value:
    return Value(_.points(value), "%", number(_.points(value)))


def changed(value: Fraction, unit: str, _: Words) -> Value:
    """'+4.1点', '±0点'."""
    return Value(_.change(value), unit, number(_.change(value)))


def counted(value: int, _: Words) -> Value:
    return Value(_.integer(value), _of_questions(value, _), float(value))


def more_or_fewer(value: int, _: Words) -> Value:
    """A change in a number of questions: '+1 question', '±0 questions'."""
    return Value(_.integer_change(value), _of_questions(value, _), float(value))


def _of_questions(value: int, _: Words) -> str:
    return _(" question") if abs(value) == 1 else _(" questions")


def conclusion(facts: Facts, _: Words) -> str:
    """The sentence over the first page: the score, its change, and where most of what is missing lies."""
    a, total = facts.judged, facts.judged.result.total
    if not total.answered:
        return _("Nothing has been answered for this quarter yet.")
    if total.percent is None:
        return _("No question is applicable here, so there is no score.")
    score = _("{n} points", n=_.points(total.percent))
    since = score_change(facts)
    if since is not None and facts.against is not None:
        score = _("{score} ({change} against {quarter})", score=score, change=_.change(since), quarter=short_quarter(facts, _))
    names = [plain(name) for name in weak_causes(a, _)[:NAMED]]
    if len(names) == NAMED:
        return _("The score is {score}; weighted by real incidents, most is missing in “{first}” and “{second}”.", score=score, first=names[0],
                 second=names[1])  # fmt: skip
    if names:
        return _("The score is {score}; weighted by real incidents, most is missing in “{first}”.", score=score, first=names[0])
    if total.open:
        return _("The score is {score}; {n} questions are still open.", score=score, n=_.integer(facts.open_answers))
    return _("The score is {score}; every cause stands at 75 points or more.", score=score)


def gap_sentence(a: Assessment, _: Words) -> str:
    """What the gap is and is not, always with its range."""
    return _(
        "The incident-weighted gap is {gap} ({span}): our unmet points, weighted by the causes of the {n} incidents that listed "
        "companies and their subsidiaries disclosed themselves in {years}. An index, not a probability and not a number of incidents.",
        gap=_.percent(a.gap.gap), span=_.span_percent(a.gap.low, a.gap.high), n=a.gap.incidents, years=years(a.gap),
    )  # fmt: skip


def short_quarter(facts: Facts, _: Words) -> str:
    """The comparison quarter, for places without room."""
    names = facts.course.short_names(_)
    return names[facts.course.periods.index(facts.against)] if facts.against in facts.course.periods else ""


def score_change(facts: Facts) -> Fraction | None:
    """Exact; None without a comparison quarter in which something counted."""
    if facts.change is None:
        return None
    before, after = (facts.course.points[place].total.percent for place in (facts.change.first, facts.change.last))
    return None if before is None or after is None else after - before


def gap_change(facts: Facts) -> Fraction | None:
    """Both gaps on the statistics of this quarter."""
    if facts.change is None:
        return None
    before, after = (facts.course.points[place].gap for place in (facts.change.first, facts.change.last))
    return None if before is None or after is None else after.gap - before.gap


def change_title(facts: Facts, _: Words) -> str:
    since, gap = score_change(facts), gap_change(facts)
    quarter = short_quarter(facts, _)
    if since is None:
        return _("Nothing counted in {quarter}, so there is nothing to compare with.", quarter=quarter)
    text = _("Against {quarter}, the score changed by {change} points", quarter=quarter, change=_.change(since))
    return (
        _("{said}, the incident-weighted gap by {gap} percentage points.", said=text, gap=_.change(gap))
        if gap is not None
        else text + _(".")
    )


def statistics_note(facts: Facts, _: Words) -> str:
    """What newer statistics alone change; '' where they change nothing."""
    if facts.change is None:
        return ""
    update = facts.course.points[facts.change.first].statistics_update
    if update is None or _.change(update) == "±0":
        return ""
    return _("The earlier quarter is recomputed on today’s statistics, which alone changes its gap by {n} points (update of the statistics).",
             n=_.change(update))  # fmt: skip


def matrix_title(a: Assessment, _: Words) -> str:
    """How many combinations stand below half, and the lowest of them."""
    cells = [cell for cell in a.result.cells if cell.score.possible and cell.score.open < cell.score.possible]
    if not cells:
        return _("No combination of countermeasure and cause has been answered yet.")
    below = [cell for cell in cells if is_below_half(cell.score)]
    if not below:
        return _("All {n} combinations of countermeasure and cause stand at half or more.", n=len(cells))
    worst = min(below, key=lambda cell: (cell.score.percent or Fraction(0), -cell.score.possible))
    section = next(section for section in a.checklist.sections if section.id == worst.section)
    measure = next(measure for measure in a.checklist.countermeasures if measure.id == worst.countermeasure)
    return _("{n} of {all} combinations of countermeasure and cause stand below half; the lowest is “{measure}” for “{cause}”, {points} points.",
             n=len(below), all=len(cells), measure=plain(_.text(measure.label)), cause=plain(_.text(section.title)),
             points=_.points(worst.score.percent))  # fmt: skip


def ask(facts: Facts, _: Words) -> tuple[str, tuple[str, ...]]:
    """What is asked for, and what it rests on."""
    worked, a = facts.worked, facts.judged
    if worked is None or not worked.best.steps:
        if a.result.total.open:
            return _("We ask for answers to the {n} questions that are still open.", n=_.integer(facts.open_answers)), ()
        return _("No decision is asked for: nothing is left to raise."), ()
    text = _("We ask you to approve {n} person-days for {steps} steps.", n=days(worked.best.half_days), steps=len(worked.best.steps))
    if worked.case.prices.has_yen:
        text = _("We ask you to approve {n} person-days and about {yen} for {steps} steps.", n=days(worked.best.half_days),
                 yen=yen(worked.best.yen, _), steps=len(worked.best.steps))  # fmt: skip
    return text, tuple(_effects(worked, facts, _))


def _effects(worked: Worked, facts: Facts, _: Words) -> list[str]:
    a = worked.case.assessment
    found = [
        _("By calculation, the incident-weighted gap goes from {before} to {after}.", before=_.percent(a.gap.gap), after=_.percent(worked.after)),
        _("By calculation, the score goes from {before} to {after} points.", before=_.points(a.result.total.percent),
          after=_.points(worked.score_after)),
    ]  # fmt: skip
    missing, left = len(a.result.below_critical), len({each.question for each in worked.left_out})
    if missing:
        found.append(_("Of {n} critical questions below level {level}, {left} stay below it with this plan.", n=missing, level=a.checklist.critical_level,
                       left=left))  # fmt: skip
    if facts.ledger.overdue:
        found.append(_("{n} corrective actions that were decided earlier are past their day.", n=facts.ledger.overdue))
    return found


def lowest_unit(facts: Facts, _: Words) -> str:
    """Which unit has the lowest score, and the median; '' where a reader may not see it."""
    found = facts.units
    if found is None or not found.named:
        return ""
    lines = [line for line in found.lines if found.score(line).percent is not None]
    median = found.comparison.medians[found.comparison.columns.index(TOTAL)]
    if not lines or median is None:
        return ""
    lowest = min(lines, key=lambda line: found.score(line).percent or Fraction(0))
    return _("Median {median} points; lowest is “{unit}”, {points} points.", median=_.points(median), unit=plain(_.text(lowest.unit.name)),
             points=_.points(found.score(lowest).percent))  # fmt: skip


def provisional(facts: Facts, _: Words) -> str:
    return "" if facts.seal else _("Provisional: the quarter is not sealed, as of {day}", day=_.day(facts.as_of))


def sealed(facts: Facts, _: Words) -> str:
    if facts.seal is None or facts.sealed_at is None:
        return provisional(facts, _)
    return _("Sealed {seal} on {day}", seal=facts.seal.short, day=_.day(facts.sealed_at.astimezone().date()))


def span(facts: Facts, _: Words) -> str:
    """'61.3〜65.2点（未回答4問）', '' when nothing is open."""
    score = facts.judged.result.total
    if not score.open or shown(score.percent) is None:
        return ""
    return _("{span} points ({n} open)", span=_.span(score.percent, score.best), n=_.integer(facts.open_answers))
