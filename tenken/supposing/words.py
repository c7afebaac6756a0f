"""What a scenario comes to, in sentences."""

from scoring.model import Checklist, Question
from scoring.whatif import Assumption, Ignored, Rule, Standing
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.palette import NOT_APPLICABLE_SIGN, OPEN_SIGN, UNKNOWN_SIGN
from tenken.supposing.trial import Ground, Trial

SIGNS = {-1: OPEN_SIGN, -2: UNKNOWN_SIGN, -3: NOT_APPLICABLE_SIGN}


def conclusion(on: Ground, trial: Trial, _: Words) -> str:
    """What the questions that were chosen do to the gap."""
    before, after, n = on.before.gap.gap, trial.after.gap.gap, len(trial.questions)
    a, b = _.percent(before), _.percent(after)
    if not n:
        return _("The incident-weighted gap is {a} now. Choose questions to see what would change.", a=a)
    if a == b:
        return (
            _("With one question changed, the incident-weighted gap would stay at {a}.", a=a)
            if n == 1
            else _("With {n} questions changed, the incident-weighted gap would stay at {a}.", n=n, a=a)
        )
    if after < before:
        return (
            _("With one question changed, the incident-weighted gap would fall from {a} to {b}.", a=a, b=b)
            if n == 1
            else _("With {n} questions changed, the incident-weighted gap would fall from {a} to {b}.", n=n, a=a, b=b)
        )
    return (
        _("With one question changed, the incident-weighted gap would rise from {a} to {b}.", a=a, b=b)
        if n == 1
        else _("With {n} questions changed, the incident-weighted gap would rise from {a} to {b}.", n=n, a=a, b=b)
    )


def second(on: Ground, trial: Trial, _: Words) -> str:
    """What it does to the score, and what it is not."""
    note = _("Worked out on a copy: no stored answer changes. The gap is an index, not a probability and not a number of incidents.")
    if not trial.questions:
        return note
    a, b = _.points(on.before.result.total.percent), _.points(trial.after.result.total.percent)
    score = _("The score would go from {a} to {b} points ({change}).", a=a, b=b, change=_.change(trial.outcome.score))
    return f"{score}{' ' if _.lang == 'en' else ''}{note}"


def rule_name(rule: Rule, _: Words) -> str:
    """How a level is meant where several answers stand behind a question."""
    return {"set": _("exactly"), "at_least": _("at least"), "at_most": _("at most")}[rule]


def place(found: Standing | None, _: Words) -> str:
    """'3' or '3–5', of how many."""
    if found is None:
        return "―"
    span = str(found.first) if found.first == found.last else f"{found.first}{'〜' if _.lang == 'ja' else '–'}{found.last}"
    if found.tied:
        return _("{place} of {n} (same group as {m} more)", place=span, n=found.units, m=found.tied)
    return _("{place} of {n} units", place=span, n=found.units)


def level(code: int, checklist: Checklist, _: Words) -> str:
    """'3 Everywhere', or a sign with its word."""
    names = {-1: _("Not answered"), -2: _("Don’t know"), -3: _("Not applicable")}
    if code < 0:
        return f"{SIGNS[code]} {names[code]}"
    return f"{code} {_.text(checklist.choices[code].label)}"


def whose(on: Ground, each: Assumption, _: Words) -> str:
    """The name of the unit that an assumption is about; empty for all of the node."""
    if each.unit is None:
        return ""
    tree = on.portfolio.book.tree
    return _.text(tree.unit(each.unit).name) if each.unit in tree else f"#{each.unit}"


def ignored(found: Ignored, on: Ground, _: Words) -> str:
    """One part of a scenario that says nothing here, and why."""
    each = found.assumption
    if found.why == "question":
        return _("{question}: this quarter has no such question.", question=escaped(each.question))
    if found.why == "level":
        return _("{question}: there is no level {n}.", question=escaped(each.question), n=each.level)
    return _("{question}: the unit {unit} is not here, or has no answers of its own.", question=escaped(each.question), unit=escaped(whose(on, each, _)))  # fmt: skip


def named(question: Question, checklist: Checklist, _: Words) -> str:
    """A question in a list of all: the short name of its section first."""
    section = next(section for section in checklist.sections if section.id == question.section)
    return f"{_.text(section.short)}　{_.text(question.text)}"


def days(half_days: int) -> str:
    """Person-days as half days allow: '0.5', '3'."""
    whole, half = divmod(half_days, 2)
    return f"{whole}.5" if half else f"{whole}"
