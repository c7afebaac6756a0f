"""The replay as tables: by year and sector, never by name. Pure; see tenken/tables.py."""

from collections.abc import Sequence

import pandas as pd

from scoring.model import Question
from scoring.replay import BEST_FIRST, Combination, Counts, Replayed, Strength
from tenken.i18n import Words
from tenken.replaying.read import Look, by_cause, ranked
from tenken.replaying.words import (
    STATE_SIGNS,
    affected_text,
    basis_name,
    cause_name,
    control_name,
    held_text,
    incident_name,
    kind_name,
    result_name,
    result_text,
    state_name,
    strength_text,
    where_name,
)


def incidents(look: Look, found: Sequence[Replayed], _: Words) -> pd.DataFrame:
    """A row per incident."""
    names = [_("Result"), _("Year"), _("Sector"), _("Affected"), _("Main cause"), _("What decided")]
    rows = [
        [result_text(each.result, _), str(each.incident.year), _.text(look.casebook.sector(each.incident.sector)), affected_text(each.incident, _),
         cause_name(look.checklist, each.incident.causes[0], _), _decided(look, each, _)]
        for each in found
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def named(look: Look, found: Sequence[Replayed], _: Words) -> pd.DataFrame:
    """The same rows with as much as tells them apart, for a list to choose from."""
    return incidents(look, found, _)[[_("Result"), _("Year"), _("Sector"), _("Affected")]]


def _decided(look: Look, each: Replayed, _: Words) -> str:
    """The controls that stand as their deciding step does; of what went through, nothing did."""
    found = [held_text(look.casebook, held, _) for stage in each.stages if stage.step.number in each.because
             for held in stage.held if held.state == stage.state]  # fmt: skip
    return _.listed(dict.fromkeys(found))


def numbered(look: Look, found: Sequence[Replayed], _: Words) -> pd.DataFrame:
    """As `incidents`, each with the number that other tables of a file name it by."""
    frame = incidents(look, found, _)
    frame.insert(0, _("Case"), [each.incident.id for each in found])
    return frame


def steps(look: Look, found: Sequence[Replayed], _: Words) -> pd.DataFrame:
    """Every step of the incidents, with what we have against it."""
    names = [_("Case"), _("Step"), _("What happened"), _("Where"), _("Basis"), _("Our controls, with evidence"), _("State")]
    rows = [
        [each.incident.id, str(stage.step.number), _.text(stage.step.what), where_name(stage, _), basis_name(stage, _),
         _.listed(held_text(look.casebook, held, _) for held in stage.held), f"{STATE_SIGNS[stage.state]} {state_name(stage.state, _)}"]
        for each in found for stage in each.stages
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def controls(look: Look, _: Words) -> pd.DataFrame:
    """Every control of the casebook: strength with evidence and as claimed, its kind, questions, incidents. Weakest first."""
    names = [_("Control"), _("State"), _("Strength with evidence"), _("As claimed"), _("Kind"), _("Questions"), _("Incidents that name it")]
    held = {each.control: each for replayed in look.replay.incidents for stage in replayed.stages for each in stage.held}
    rows = []
    for control in ordered(look):
        each = held.get(control)
        strength = look.replay.strengths.get(control)
        state = f"{STATE_SIGNS[each.state]} {state_name(each.state, _)}" if each else ""
        rows.append(
            [control_name(look.casebook, control, _), state, strength_text(strength.evidenced if strength else None, _),
             strength_text(strength.claimed if strength else None, _), kind_name(each.kind, _) if each else "", str(len(look.questions(control))),
             str(sum(any(control in step.controls for step in incident.steps) for incident in look.casebook.incidents))]
        )  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def ordered(look: Look) -> list[str]:
    """The controls of the casebook, the weakest first; those that nothing is known of last."""

    def place(control: str) -> tuple[bool, object, str]:
        strength = look.replay.strengths.get(control)
        percent = strength.evidenced.percent if strength else None
        return percent is None, percent or 0, control

    return sorted(look.casebook.used, key=place)


def causes(look: Look, _: Words) -> pd.DataFrame:
    """The numbers of the chart."""
    names = [_("Main cause"), *(result_name(result, _) for result in BEST_FIRST), _("Sum")]
    rows = [[cause_name(look.checklist, cause, _), *_counts(counts), str(counts.total)] for cause, counts in by_cause(look)]
    rows.append([_("Sum"), *_counts(look.replay.counts), str(look.replay.counts.total)])
    return pd.DataFrame(rows, columns=names)


def _counts(counts: Counts) -> list[str]:
    return [str(counts.of(result)) for result in BEST_FIRST]


def units(look: Look, _: Words) -> pd.DataFrame:
    """Each unit replayed by itself, and where it stands below the others."""
    names = [_("Unit"), *(result_name(result, _) for result in BEST_FIRST), _("Below the others in")]
    rows = [
        [_.text(look.units[part.row].name), *_counts(part.counts),
         _.listed(_("{control} {own} (others {others})", control=control_name(look.casebook, each.control, _), own=_.percent(each.own.percent),
                    others=_.percent(each.others.percent)) for each in part.behind)]
        for part in ranked(look)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def moves(look: Look, best: Combination, _: Words) -> pd.DataFrame:
    """The incidents that a combination moves, from what to what."""
    rows = [[incident_name(look.casebook, move.incident, _), affected_text(move.incident, _), result_text(move.before, _), result_text(move.after, _)]
            for move in best.moves]  # fmt: skip
    return pd.DataFrame(rows, columns=[_("Incident"), _("Affected"), _("Before"), _("Then")])


def combined(look: Look, _: Words) -> pd.DataFrame:
    """One, two, three controls, each row one incident that they move."""
    names = [_("Controls raised together"), _("Case"), _("Incident"), _("Before"), _("Then")]
    rows = [
        [_.listed(control_name(look.casebook, control, _) for control in best.controls), move.incident.id,
         incident_name(look.casebook, move.incident, _), result_text(move.before, _), result_text(move.after, _)]
        for best in look.best for move in best.moves
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def questions(scores: Sequence[tuple[Question, Strength]], _: Words) -> pd.DataFrame:
    """The questions behind a control's strength, the sum last: integers with evidence, and as claimed."""
    names = [_("Question"), _("Weight"), _("Earned with evidence"), _("Earned as claimed"), _("Possible")]
    rows = [[_.text(question.text), str(question.weight), *map(_.integer, (each.evidenced.earned, each.claimed.earned, each.evidenced.possible))]
            for question, each in scores]  # fmt: skip
    sums = [sum(values) for values in zip(*((s.evidenced.earned, s.claimed.earned, s.evidenced.possible) for _q, s in scores), strict=True)]
    rows.append([_("Sum"), "", *map(_.integer, sums)])
    return pd.DataFrame(rows, columns=names)


def words_columns(_: Words) -> set[str]:
    """The columns that hold words; all others hold figures and stand right."""
    return {_("Result"), _("Year"), _("Sector"), _("Main cause"), _("What decided"), _("Control"), _("State"), _("Kind"), _("Unit"),
            _("Below the others in"), _("Incident"), _("Before"), _("Then"), _("Question"), _("Case"), _("What happened"), _("Where"), _("Basis")}  # fmt: skip
