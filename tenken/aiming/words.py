"""The sentences about targets. Pure."""

from collections.abc import Mapping
from fractions import Fraction

from scoring.targets import Aim, ToTarget
from tenken.aiming.chosen import profiles
from tenken.aiming.read import Aimed
from tenken.i18n import Words
from tenken.palette import NOT_APPLICABLE_SIGN


def name(aim: Aimed, _: Words) -> str:
    """'標準', or what stands for targets of one's own, or of several kinds."""
    profile = profiles().of(aim.profile)
    return _.text(profile.label) if profile else ""


def conclusion(aim: Aimed | None, _: Words) -> str:
    """One sentence: how far the score is from the targets."""
    if aim is None:
        return _("No target has been chosen yet.")
    found, called = aim.found, name(aim, _)
    if not found.possible:
        return _("Nothing that a target could be set for is applicable here.")
    if found.lost:
        points = _.points(found.total.points)
        return _("{n} points to the target “{name}”.", n=points, name=called) if called else _("{n} points to the target.", n=points)
    if found.total.open:
        return _("No answer so far is below its target; questions are still open.")
    return _("The target “{name}” is reached.", name=called) if called else _("The target is reached.")


def points_left(found: ToTarget, _: Words) -> str:
    """'目標まで −8.3点', beneath a score."""
    if not found.possible:
        return ""
    return _("To target −{n} points", n=_.points(found.total.points)) if found.lost else _("Target reached in what is answered")


def gap_left(found: ToTarget, _: Words) -> str:
    """'目標までの事故加重ギャップ 6.1%', beneath the gap."""
    return _("Gap to target {n}", n=_.percent(found.gap))


def second(found: ToTarget, _: Words) -> str:
    """The sentence below the conclusion; what the gap is not stands in it."""
    return _("The incident-weighted gap to target is {gap}; {n} questions stand below their target. An index, not a probability and not a number of incidents.",
             gap=_.percent(found.gap), n=len(found.below)) + _open(found, _)  # fmt: skip


def _open(found: ToTarget, _: Words) -> str:
    if not (found.total.open and found.possible):
        return ""
    return _(" Open questions are apart: {n} points.", n=_.points(Fraction(found.total.open, found.possible)))


def unit_column(aims: Mapping[int, Aim], unit_id: int, _: Words) -> str:
    """'−8.3', '±0', '―' in a row of units."""
    aim = aims.get(unit_id)
    if aim is None or aim.points is None:
        return NOT_APPLICABLE_SIGN
    return _.change(-aim.points)
