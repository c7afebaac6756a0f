"""Many sheets at once, for the security office: approve what was handed in, seal what was approved. One by one, each by its own
right: what cannot be done is named, and the rest is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from scoring.units import Unit
from tenken import audits
from tenken.error_words import error_text
from tenken.form import Form, open_form
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.progress import Progress
from tenken.session import NotSaved, Refusal, View, act, state, store
from tenken.store import Sheet


@dataclass(frozen=True, slots=True)
class Done:
    """How many sheets moved on, and which did not, each with its reason."""

    moved: int
    failed: tuple[tuple[Unit, Refusal], ...]


def bulk(here: View, found: Progress, _: Words) -> None:
    """The two actions, each where there is something for it to do; and what came of the last one."""
    if isinstance(done := state("bulk_outcome"), Done):
        _outcome(done, _)
    if here.period.state != "open":
        return
    handed_in = [line.unit for line in found.lines if line.state == "submitted"]
    sealable = ("submitted", "approved") if here.user.solo else ("approved",)
    ready = [line.unit for line in found.lines if line.state in sealable and here.may("seal", line.unit)]
    reviewed = [] if here.user.solo else [unit for unit in handed_in if here.may("review", unit)]
    if not (reviewed or ready) or len(found.asked) == 1:
        return
    with st.container(horizontal=True):
        if reviewed:
            _action(
                "approve",
                reviewed,
                _("Approve several ({n})", n=len(reviewed)),
                lambda n: _("Approve {n} sheets", n=n),
                _("Sheets that you answered yourself are left as they are."),
                here,
                _,
            )
        if ready:
            _action("seal", ready, _("Seal several ({n})", n=len(ready)), lambda n: _("Seal {n} sheets for good", n=n),
                    _("A sealed sheet can never be changed again. Its answers and scores are fixed with a hash."), here, _)  # fmt: skip


def _action(name: str, units: Sequence[Unit], title: str, button: Callable[[int], str], note: str, here: View, _: Words) -> None:
    names = {unit.code: _.text(unit.name) for unit in units}
    with st.popover(title, key=f"bulk:{name}"):
        chosen = st.multiselect(_("Units"), list(names), key=f"bulk_{name}", format_func=names.__getitem__,
                                placeholder=_("All {n} units", n=len(units)))  # fmt: skip
        st.caption(note)
        at_once = [unit for unit in units if not chosen or unit.code in chosen]
        st.button(button(len(at_once)), key=f"bulk_{name}_go", type="primary", on_click=_each, args=(name, here, at_once, _))


def _each(name: str, here: View, units: Sequence[Unit], _: Words) -> None:
    """Moves every sheet by itself, and shows how far it is: a seal is a write to the disk, and there may be hundreds."""
    step = STEPS[name]
    failed: list[tuple[Unit, Refusal]] = []
    bar = st.progress(0.0)
    for number, unit in enumerate(units, start=1):
        outcome = act(step, here, unit)
        if isinstance(outcome, NotSaved):
            failed.append((unit, outcome.error))
        bar.progress(number / len(units), _("{n} of {all} sheets", n=number, all=len(units)))
    bar.empty()
    st.session_state["bulk_outcome"] = Done(len(units) - len(failed), tuple(failed))


def _form(here: View, unit: Unit) -> Form:
    return open_form(store(), here.tree, unit, here.period, here.checklist)


def _approve(here: View, unit: Unit) -> Sheet:
    return audits.approve(store(), here.user, _form(here, unit))


def _seal(here: View, unit: Unit) -> Sheet:
    return audits.seal(store(), here.user, _form(here, unit), here.as_of)


STEPS: dict[str, Callable[[View, Unit], Sheet]] = {"approve": _approve, "seal": _seal}


def _outcome(done: Done, _: Words) -> None:
    st.session_state.pop("bulk_outcome")
    if done.moved:
        st.success(_("Done for {n} sheets.", n=done.moved))
    if done.failed:
        lines = [_("- {name}: {rest}", name=escaped(_.text(unit.name)), rest=escaped(error_text(error, _))) for unit, error in done.failed]
        st.warning("\n".join([_("Not done for {n} sheets.", n=len(done.failed)), "", *lines]))
