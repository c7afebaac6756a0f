"""What was chosen as target, as it is stored with a unit (`Store.settle`, key 'targets'), and its way there.

    {"profile": id or None, "kinds": {unit kind: profile id}, "sections": {id: level}, "questions": {id: level}}

What is stored is looked at again when it is read: parts that are no targets say nothing and are named. Ids of an older edition of
the checklist are kept, say nothing, and are named too.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar, get_args

from scoring.load.targets import load_profiles
from scoring.model import Checklist
from scoring.targets import Chosen, Profiles, unknown
from scoring.units import Tree, Unit, UnitKind
from tenken.auth import User, demand
from tenken.content import DATA, load_content
from tenken.errors import TargetError
from tenken.store import Store
from tenken.store.values import Settled

KEY = "targets"
PARTS = ("profile", "kinds", "sections", "questions")
V = TypeVar("V", str, int)


@lru_cache(maxsize=1)
def profiles() -> Profiles:
    """The ready-made ones. Raises DataError."""
    return load_profiles(DATA, load_content().checklist)


def read_chosen(value: Any) -> tuple[Chosen, tuple[str, ...]]:
    """A stored value as what it says, and the parts of it that cannot be read."""
    if value is None:
        return Chosen(), ()
    if not isinstance(value, dict):
        return Chosen(), (KEY,)
    bad = [name for name in value if name not in PARTS]
    profile = value.get("profile")
    if profile is not None and not isinstance(profile, str):
        bad.append("profile")
        profile = None
    kinds = _pairs(value, "kinds", str, bad)
    sections, questions = (_pairs(value, name, int, bad) for name in ("sections", "questions"))
    return Chosen(profile, kinds, sections, questions), tuple(bad)


def _pairs(value: Mapping[str, Any], name: str, kind: type[V], bad: list[str]) -> tuple[tuple[str, V], ...]:
    found = value.get(name, {})
    if not isinstance(found, dict):
        bad.append(name)
        return ()
    bad += [f"{name}.{key}" for key, each in found.items() if type(each) is not kind]
    return tuple(sorted((key, each) for key, each in found.items() if type(each) is kind))


def as_json(chosen: Chosen) -> dict[str, Any] | None:
    """What is stored; None when nothing is chosen."""
    if not chosen:
        return None
    return {
        "profile": chosen.profile,
        "kinds": dict(chosen.kinds),
        "sections": dict(chosen.sections),
        "questions": dict(chosen.questions),
    }


def chosen_at(store: Store, unit: Unit) -> tuple[Chosen, int, tuple[str, ...]]:
    """What was chosen at one node, its version, and what of it cannot be read. Raises StoreError."""
    settled = store.settled(unit.id, KEY)
    chosen, bad = read_chosen(settled.value)
    return chosen, settled.version, bad


def chosen_in(store: Store, tree: Tree) -> dict[int, Chosen]:
    """{unit id: what was chosen there}; units without are left out. Raises StoreError."""
    settled = store.settled_of([unit.id for unit in tree.units], KEY)
    found = {unit_id: read_chosen(each.value)[0] for unit_id, each in settled.items()}
    return {unit_id: chosen for unit_id, chosen in found.items() if chosen}


def choose(store: Store, user: User, tree: Tree, root: Unit, unit: Unit, chosen: Chosen, checklist: Checklist, *, seen: int) -> Settled:
    """Keeps the targets of a node for itself and all below; an empty choice clears them. `seen`: the version that was on screen.

    What already stood there may stay, even if it says nothing any more. Raises NotAllowed, TargetError, Conflict."""
    demand(user, "plan", unit.id, tree)
    was, _version, _bad = chosen_at(store, unit)
    kept = set(unknown(checklist, profiles(), was))
    for profile in (chosen.profile, *(profile for _kind, profile in chosen.kinds)):
        if profile is not None and profile not in kept and profiles().of(profile) is None:
            raise TargetError("target_profile", what=profile)
    for kind, _profile in chosen.kinds:
        if kind not in get_args(UnitKind):
            raise TargetError("target_kind", what=kind)
    for name in unknown(checklist, profiles(), chosen):
        if name not in kept:
            raise TargetError("target_unknown", what=name)
    return store.settle(root.id, unit.id, KEY, as_json(chosen), person=user.name, seen=seen)
