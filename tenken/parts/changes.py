"""What every form of the administration shares: when a change counts, its outcome, and forms that begin anew after it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from tenken.error_words import error_text
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.session import NotSaved, View, act, state


def fresh(name: str) -> str:
    """A key for a widget that shows what is stored as soon as something was stored."""
    return f"admin{state('admin_round', 0)}:{name}"


def once(callback: Callable[..., None]) -> Callable[..., None]:
    """A callback for a form that begins anew: a second click, on the button that is on its way out, does nothing."""
    drawn = state("admin_round", 0)

    def pressed(*args: Any) -> None:
        if state("admin_round", 0) == drawn:
            callback(*args)

    return pressed


def since_choice(name: str, here: View, _: Words) -> None:
    """Put right from the beginning, or a reorganisation from a day on; `since` reads it."""
    options = {"always": _("Put right, from the beginning"), "since": _("Reorganisation, from this day on")}
    st.radio(_("When does this count?"), options, index=int(len(here.periods) > 1), key=fresh(f"{name}:how"), format_func=options.__getitem__,
             horizontal=True)  # fmt: skip
    st.date_input(_("First day of the reorganisation"), value=here.period.start, key=fresh(f"{name}:since"), format="YYYY/MM/DD", width=260,
                  help=_("A quarter counts the organisation as it is on the last day of the quarter; closed quarters keep theirs."))  # fmt: skip


def since(name: str) -> date | None:
    """In a callback: the day that was chosen, None for from the beginning."""
    day: date = st.session_state[fresh(f"{name}:since")]
    return day if st.session_state[fresh(f"{name}:how")] == "since" else None


def write(said: str, function: Callable[..., object], *args: Any, **kwargs: Any) -> bool:
    """A write from a callback; `said` is the sentence once it is done. Forms begin anew then."""
    outcome = act(function, *args, **kwargs)
    st.session_state["admin_outcome"] = outcome if isinstance(outcome, NotSaved) else said
    if isinstance(outcome, NotSaved):
        return False
    st.session_state["admin_round"] = state("admin_round", 0) + 1
    return True


def outcome(_: Words) -> None:
    """What the last write came to; said once."""
    said = st.session_state.pop("admin_outcome", None)
    if isinstance(said, NotSaved):
        st.error(escaped(error_text(said.error, _)))
    elif said:
        st.success(escaped(said))
