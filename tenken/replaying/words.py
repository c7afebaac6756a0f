"""The replay in words: results, states, who an incident is about without its name, and why a step stands as it does. Pure."""

from collections.abc import Callable

from scoring.casebook import Casebook, Consequence, Incident, Published
from scoring.model import Checklist, Score
from scoring.replay import BEST_FIRST, Counts, Held, Kind, Result, Stage, State
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.palette import NOT_APPLICABLE_SIGN
from tenken.replaying.read import BOUNDS, UNKNOWN, Look, weakest

RESULT_SIGNS: dict[Result, str] = {"likely": "○", "possibly": "(○)", "slowed": "△", "through": "×", "outside": NOT_APPLICABLE_SIGN}
STATE_SIGNS: dict[State, str] = {"holds": "○", "limits": "△", "partly": "△", "lacking": "×", "unmeasured": NOT_APPLICABLE_SIGN,
                                 "outside": NOT_APPLICABLE_SIGN}  # fmt: skip


def result_name(result: Result, _: Words) -> str:
    names: dict[Result, str] = {
        "likely": _("Likely stopped"),
        "possibly": _("Possibly stopped"),
        "slowed": _("Slowed or limited"),
        "through": _("Went through"),
        "outside": _("Outside our reach"),
    }
    return names[result]


def result_text(result: Result, _: Words) -> str:
    return f"{RESULT_SIGNS[result]} {result_name(result, _)}"


def state_name(state: State, _: Words) -> str:
    names: dict[State, str] = {
        "holds": _("holds"),
        "limits": _("detects or limits, does not stop"),
        "partly": _("holds in part"),
        "lacking": _("below half"),
        "unmeasured": _("not applicable, or no question"),
        "outside": _("outside our reach"),
    }
    return names[state]


def kind_name(kind: Kind, _: Words) -> str:
    names: dict[Kind, str] = {
        "stops": _("can stop a step"),
        "administrative": _("rules and training: at most in part"),
        "limits": _("detects or limits: never stops"),
    }
    return names[kind]


def control_name(casebook: Casebook, control: str, _: Words) -> str:
    return _.text(casebook.control(control))


def cause_name(checklist: Checklist, cause: str, _: Words) -> str:
    return next((_.text(section.title) for section in checklist.sections if section.id == cause), cause)


def incident_name(casebook: Casebook, incident: Incident, _: Words) -> str:
    """Year and sector: never a name."""
    return f"{_.period(str(incident.year))}　{_.text(casebook.sector(incident.sector))}"


def affected_text(incident: Incident, _: Words) -> str:
    """'829 persons', 'up to 20,076,016 records'; words where no number was published."""
    affected = incident.affected
    if affected is None:
        return _("not published")
    n = _.integer(affected.count)
    counted = {"persons": _("{n} persons", n=n), "records": _("{n} records", n=n), "accounts": _("{n} accounts", n=n),
               "addresses": _("{n} addresses", n=n)}[affected.counted]  # fmt: skip
    return _("up to {what}", what=counted) if affected.possible else counted


def size_name(size: str, _: Words) -> str:
    if size == UNKNOWN:
        return _("no number published")
    if size == "0":
        return _("below {n}", n=_.integer(BOUNDS[0]))
    above = next((bound for bound in BOUNDS if bound > int(size)), None)
    low = _.integer(int(size))
    return _("{n} and more", n=low) if above is None else f"{low}{'〜' if _.lang == 'ja' else '–'}{_.integer(above - 1)}"


def choice_name(look: Look, field: str, value: str, _: Words) -> str:
    """One choice of a filter."""
    if field == "cause":
        return cause_name(look.checklist, value, _)
    if field == "sector":
        return _.text(look.casebook.sector(value))
    if field == "size":
        return size_name(value, _)
    return next((result_name(result, _) for result in BEST_FIRST if field == "result" and result == value), value)


def strength_text(score: Score | None, _: Words) -> str:
    return NOT_APPLICABLE_SIGN if score is None or not score.possible else _.percent(score.percent)


# --- sentences -----------------------------------------------------------------------------------


def conclusion(look: Look, _: Words) -> str:
    counts = look.replay.counts
    if not look.answered:
        return _("No answers yet to hold against the {n} disclosed incidents.", n=counts.total)
    if not look.evidenced:
        return _("Without evidence, none of the {n} disclosed incidents counts as likely stopped yet.", n=counts.total)
    return _("Of {n} disclosed incidents, {likely} would likely have been stopped.", n=counts.total, likely=counts.likely)


def counts_line(counts: Counts, _: Words) -> str:
    """All results, always."""
    return _(
        "likely stopped {likely}, possibly stopped {possibly}, slowed or limited {slowed}, went through {through}, outside our reach {outside}",
        likely=counts.likely, possibly=counts.possibly, slowed=counts.slowed, through=counts.through, outside=counts.outside,
    )  # fmt: skip


def method(casebook: Casebook, _: Words) -> str:
    """What this is and is not."""
    return _("The steps of {n} incidents that became public, as public reports tell them, against what our answers with valid evidence say today. "
             "What reports do not say is our reading and marked as inferred. Not a forecast, and no statement about the organisations; "
             "detection is never shown as having stopped anything.", n=len(casebook.incidents))  # fmt: skip


def claimed_line(look: Look, _: Words) -> str:
    return _("For context only, all answers taken as they are, with or without evidence: {counts}.", counts=counts_line(look.claimed, _))


def overview_line(counts: Counts, _: Words) -> str:
    """The replay in one sentence, for the overview."""
    return _("Of {n} disclosed incidents, {likely} would likely have been stopped by what our answers show with evidence ({counts}).", n=counts.total,
             likely=counts.likely, counts=counts_line(counts, _))  # fmt: skip


def rule(_: Words) -> tuple[str, ...]:
    return (
        _("The strength of a control is what the questions that list it earn with valid evidence: Σ weight × points ÷ Σ weight × 100. It holds from 75% (○), in part from 50% (△)."),
        _("Rules, agreements, training and drills never count as more than in part. Logging, monitoring, response plans and backups detect, limit or restore: they never stop a step."),
        _("Of a step at a third party only our supplier controls count; a step without any is outside our reach."),
        _("Likely stopped: a step that reports name holds. Possibly stopped: only steps that we inferred hold. Slowed or limited: a step holds in part, or is detected or limited. Went through: none of it."),
    )  # fmt: skip


def basis_name(stage: Stage, _: Words) -> str:
    if stage.step.reported:
        return _("Reported: a source says that these measures were missing or failed")
    return _("Inferred: measures generally held effective in cases of this kind")


def where_name(stage: Stage, _: Words) -> str:
    return _("In the organisation itself") if stage.step.ours else _("At a third party")


def why(stage: Stage, _: Words) -> str:
    """Why the step stands as it does."""
    if stage.state == "holds":
        if stage.step.reported:
            return _("A control that reports name holds with us, so this step would likely have ended here.")
        return _("A control that we inferred holds with us, so this step would possibly have ended here.")
    if stage.state == "limits":
        return _("What we have here detects or limits. It would not have stopped the step.")
    if stage.state == "partly":
        return _("What we have here is in part, or rules and training alone. It would have slowed the step at most.")
    if stage.state == "lacking":
        return _("No control of this step reaches half with evidence.")
    if stage.state == "outside":
        return _("It happened at a third party, and none of its measures is one that we apply to suppliers.")
    return _("Nothing is known of these controls with us: not applicable, or no question asks for them.")


def reaching_only(stage: Stage) -> bool:
    """Whether some measures of the step do not reach a third party."""
    return 0 < len(stage.held) < len(stage.step.controls)


def held_text(casebook: Casebook, held: Held, _: Words) -> str:
    """'△ 多要素認証 62.5%'."""
    score = held.strength.evidenced if held.strength else None
    return f"{STATE_SIGNS[held.state]} {control_name(casebook, held.control, _)} {strength_text(score, _)}"


def best_of(stage: Stage) -> Score | None:
    """The strength of the control that a step stands by; None where there is none."""
    found = [held.strength.evidenced for held in stage.held if held.state == stage.state and held.strength]
    return max(found, key=lambda score: score.percent or 0, default=None)


def held_names(casebook: Casebook, stage: Stage, _: Words) -> str:
    """The controls of a step; of several each with its strength."""
    if len(stage.held) == 1:
        return control_name(casebook, stage.held[0].control, _)
    return _.listed(held_text(casebook, held, _) for held in stage.held)


def weakness(look: Look, _: Words, said: Callable[[str], str] = escaped) -> str:
    """Through which unit most comes in, and by which controls. `said`: how people's words are written."""
    part = weakest(look)
    if part is None:
        return _("Replayed alone, every unit comes to the same result: what is weak is weak for all.")
    unit = said(_.text(look.units[part.row].name))
    text = _("Weakness comes in through {unit} most: replayed alone, {likely} of {n} would likely have been stopped there.", unit=unit,
             likely=part.counts.likely, n=part.counts.total)  # fmt: skip
    names = [said(control_name(look.casebook, each.control, _)) for each in part.behind]
    if names:
        text += (" " if _.lang == "en" else "") + _("It stands below the others in: {names}.", names=_.listed(names))
    return text


# --- sources -------------------------------------------------------------------------------------


def link(source: Published, _: Words) -> str:
    """A page as a Markdown link, with its day as far as it was seen."""
    return f"[{escaped(source.title)}](<{source.url}>)" + (f"　{source.dated}" if source.dated else "")


def consequences(incident: Incident, _: Words) -> list[str]:
    """Cost and days of standstill as published, each with what the number is."""
    found = list[str]()
    if incident.cost is not None:
        amount = None if incident.cost.amount is None else _("{n} yen", n=_.integer(incident.cost.amount))
        found.append(_("Cost as published: {what}", what=_consequence(incident.cost, amount, _)))
    if incident.stop is not None:
        amount = None if incident.stop.amount is None else _("{n} days", n=_.integer(incident.stop.amount))
        found.append(_("Standstill as published: {what}", what=_consequence(incident.stop, amount, _)))
    return found


def _consequence(found: Consequence, amount: str | None, _: Words) -> str:
    note = escaped(_.text(found.note)) if found.note else ""
    return "　".join(filter(None, [amount, note]))
