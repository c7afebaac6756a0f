"""Corrective actions as tables, for the page and for files. Pure; see tenken/tables.py."""

from fractions import Fraction

import pandas as pd

from scoring.effect import Brings
from scoring.units import Tree
from tenken.corrective.read import Effect, Ledger, Line
from tenken.corrective.words import (
    level_sign,
    levels_words,
    person_days,
    since_words,
    source_words,
    standing_words,
    unit_name,
)
from tenken.i18n import Words


def listed(ledger: Ledger, _: Words) -> pd.DataFrame:
    """A row per action, in the order of the ledger."""
    names = [_("What is to be done"), _("Unit"), _("Person in charge"), _("Date due"), _("State"), _("Overdue"), _("Levels"),
             _("Effort (person-days)"), _("Cost (yen)"), _("Since"), _("Question"), _("Comes from"), _("Links")]  # fmt: skip
    return pd.DataFrame([_row(line, _) for line in ledger.lines], columns=names)


def _row(line: Line, _: Words) -> list[str]:
    said = line.action.said
    return [
        said.title,
        unit_name(line, _),
        said.owner,
        said.due.isoformat() if said.due else "",
        standing_words(_)[line.standing],
        _("Overdue") if line.overdue else "",
        levels_words(said.from_level, said.to_level),
        person_days(said.half_days),
        _.integer(said.yen),
        since_words(line, _),
        _.text(line.question.text) if line.question else said.question or "",
        source_words(_)[said.source],
        "\n".join(said.links),
    ]


def shown(_: Words) -> tuple[str, ...]:
    """The columns of `listed` that the page has room for."""
    return (_("What is to be done"), _("Unit"), _("Person in charge"), _("Date due"), _("State"), _("Overdue"), _("Levels"),
            _("Effort (person-days)"), _("Cost (yen)"), _("Since"))  # fmt: skip


def figures(_: Words) -> tuple[str, ...]:
    """The columns that hold figures: they stand right."""
    return _("Effort (person-days)"), _("Cost (yen)")


def effects(ledger: Ledger, tree: Tree, _: Words) -> pd.DataFrame:
    """What completed actions promised and reached, each of the index of its own node; the last row is their sum, of the index of the
    ledger's node. Points, none with a sign: what is taken off the gap, what is added to the score."""
    names = [_("What is to be done"), _("Measured on"), _("Promised levels"), _("Sealed level"),
             _("Gap: promised"), _("Gap: reached"), _("Gap: difference"),
             _("Score: promised"), _("Score: reached"), _("Score: difference"), _("Sealed in")]  # fmt: skip
    rows = [_effect_row(line, line.effect, tree, _) for line in ledger.effects if line.effect]
    if ledger.compared:
        promised, reached = ledger.sums()
        whole = _.text(tree.unit(ledger.node).name)
        said = _("Sum, of those that are sealed ({n})", n=len(ledger.compared))
        rows.append([said, whole, "", "", *_both(promised, reached, _), ""])
    return pd.DataFrame(rows, columns=names)


def _effect_row(line: Line, effect: Effect, tree: Tree, _: Words) -> list[str]:
    said = line.action.said
    node = _.text(tree.unit(effect.of).name) if effect.of in tree else ""
    level = _("Compared once sealed") if effect.sealed is None else level_sign(effect.level)
    head = [said.title, node, levels_words(said.from_level, said.to_level), level]
    sealed = _.quarter(effect.sealed.start, effect.sealed.fiscal_start) if effect.sealed else ""
    if effect.reached is None:
        return [*head, _.points(effect.promised.gap), "", "", _.points(effect.promised.loss), "", "", sealed]
    return [*head, *_both(effect.promised, effect.reached, _), sealed]


def _both(promised: Brings, reached: Brings, _: Words) -> list[str]:
    return [*_three(promised.gap, reached.gap, _), *_three(promised.loss, reached.loss, _)]


def _three(promised: Fraction, reached: Fraction, _: Words) -> list[str]:
    return [_.points(promised), _.points(reached), _.change(reached - promised)]


def effect_words(_: Words) -> set[str]:
    """The columns of `effects` that hold words."""
    return {_("What is to be done"), _("Measured on"), _("Sealed in")}
