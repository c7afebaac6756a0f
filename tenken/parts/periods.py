"""Quarters: their date due, opening the next one, closing one; and what a new one changed in the questions."""

from datetime import date

import streamlit as st

from scoring.model import Checklist, Question
from tenken import audits
from tenken.books import portfolio
from tenken.editions import content_of, pin, shipped
from tenken.error_words import error_text
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.progress import Line, Progress
from tenken.progress_words import days, line_state
from tenken.quarters import Quarter
from tenken.rollforward import Changes, by_id, carried_over, changes, next_quarters
from tenken.session import NotSaved, View, act, fiscal_start, state, store, today
from tenken.store import Period

PAGE = "screens/quarter.py"
NAMED = 12  # units that are named one by one


def administration(here: View, found: Progress, _: Words) -> None:
    """Date due, closing, and the next quarter, for who may."""
    if not here.may("periods", here.root):
        return
    st.header(_("The quarter"), anchor=False)
    if here.period.state == "open":
        _due(here, _)
        _close(here, found, _)
    _next(here, _)
    if isinstance(failed := state("period_outcome"), NotSaved):
        st.error(error_text(failed.error, _))


def next_quarter_hint(here: View, _: Words) -> None:
    """Once the newest quarter is over: that the next one can be opened, and where."""
    newest = here.periods[-1]
    if here.stale or not here.may("periods", here.root) or today() <= newest.end:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="next_quarter"):
        ended = _.quarter(newest.start, newest.fiscal_start)
        st.text(
            _("{quarter} is over. The next quarter can be opened; its answers begin with those of this one.", quarter=ended),
            width="stretch",
        )
        st.page_link(PAGE, label=_("Open the next quarter"))


def edition_notice(here: View, _: Words) -> None:
    """On the form: what it asks otherwise than in the quarter before. Draws nothing when it asks the same."""
    if here.stale:
        return
    number = next((number for number, period in enumerate(here.periods) if period.id == here.period.id), 0)
    before = content_of(store(), here.periods[number - 1].pins).checklist if number else here.checklist
    if before.content_hash == here.checklist.content_hash:
        return
    found = changes(_asked(here, before), _asked(here, here.checklist))
    if found:
        with st.expander(_changed(found, _), type="compact", key="edition_notice"):
            _list(found, _)


def _asked(here: View, checklist: Checklist) -> dict[str, Question]:
    """What the unit answers of a checklist, on its own sheet and for its duties."""
    wanted = {*here.tree.asks(here.unit, checklist), *here.tree.writes_for(here.unit, checklist)}
    return by_id(tuple(question for question in checklist.questions if question in wanted))


def _changed(found: Changes, _: Words) -> str:
    parts = (
        (_("{n} added", n=len(found.added)), found.added),
        (_("{n} retired", n=len(found.retired)), found.retired),
        (_("{n} re-worded", n=len(found.reworded)), found.reworded),
    )
    separator = "、" if _.lang == "ja" else ", "
    return _("Changed questions since last quarter: {what}", what=separator.join(words for words, questions in parts if questions))


def _list(found: Changes, _: Words) -> None:
    for title, questions in ((_("Added"), found.added), (_("Retired"), found.retired)):
        if questions:
            st.markdown("\n".join([f"**{title}**", "", *(f"- {escaped(_.text(question.text))}" for question in questions)]))
    if found.reworded:
        lines = [f"- {_rewording(*pair, _)}" for pair in found.reworded]
        st.markdown("\n".join([f"**{_('Re-worded: read these again')}**", "", *lines]))


def _rewording(before: Question, after: Question, _: Words) -> str:
    new, old = escaped(_.text(after.text)), escaped(_.text(before.text))
    return _("{new} (before: {old})", new=new, old=old) if new != old else _("{new} (the levels)", new=new)


# --- date due and closing ----------------------------------------------------------------------------


def _due(here: View, _: Words) -> None:
    key = f"due:{here.period.id}"
    if key not in st.session_state:
        st.session_state[key] = here.period.due
    st.date_input(_("Date due"), value=None, key=key, format="YYYY/MM/DD", on_change=_set_due, args=(here, key), width=220,
                  help=_("The day by which every unit hands in. Changed at once."))  # fmt: skip


def _set_due(here: View, key: str) -> None:
    _keep(act(audits.set_due, store(), here.user, here.period, st.session_state[key]))


def _close(here: View, found: Progress, _: Words) -> None:
    missing = found.unsealed
    with st.popover(_("Close this quarter"), key="closing"):
        st.markdown(
            _("A closed quarter can never be changed again. Its units are kept as they are now, and its seal holds those of all sheets.")
        )
        if missing:
            st.markdown(_("**{n}** sheets are not sealed yet.", n=len(missing)))
            st.markdown("\n".join(_missing(missing, _)))
        st.button(_("Close for good"), key="close_period", type="primary", disabled=bool(missing), on_click=_close_now, args=(here,))


def _missing(missing: tuple[Line, ...], _: Words) -> list[str]:
    named = [_("- {name}: {rest}", name=escaped(_.text(line.unit.name)), rest=line_state(line, _)) for line in missing[:NAMED]]
    return [*named, *([_("- and {n} more", n=len(missing) - NAMED)] if len(missing) > NAMED else [])]


def _close_now(here: View) -> None:
    _keep(act(audits.close_period, store(), here.user, here.period, here.checklist))


# --- the next quarter --------------------------------------------------------------------------------


def _next(here: View, _: Words) -> None:
    """Shows beforehand what opening it means: its days, what it carries over, what it asks otherwise."""
    newest = here.periods[-1]
    quarters = next_quarters(newest.end, today(), fiscal_start())
    with st.expander(_("Open the next quarter"), key="opening", expanded=today() > newest.end):
        names = {quarter.start.isoformat(): _.quarter(quarter.start, fiscal_start()) for quarter in quarters}
        wanted = quarters[-1].start.isoformat()
        if len(quarters) > 1:
            wanted = st.selectbox(_("Quarter"), list(names), index=len(names) - 1, key="open_which", format_func=names.__getitem__)
        quarter = next(quarter for quarter in quarters if quarter.start.isoformat() == wanted)
        _preview(here, newest, quarter, names[wanted], _)
        due = st.date_input(
            _("Date due (can be set later)"), value=None, min_value=quarter.start, format="YYYY/MM/DD", key="open_due", width=220
        )
        st.button(
            _("Open {quarter}", quarter=names[wanted]), key="open_period", type="primary", on_click=_open_now, args=(here, quarter, due)
        )


def _preview(here: View, newest: Period, quarter: Quarter, name: str, _: Words) -> None:
    book = (here.portfolio() if newest.id == here.period.id else portfolio(store(), newest, today())).book
    after = shipped().content.checklist
    carried = carried_over(book, store().tree(here.root.id, quarter.end), after)
    found = changes(by_id(book.checklist.questions), by_id(after.questions))
    lines = [
        _("{quarter}, {days} ({n} days)", quarter=name, days=days(quarter.start, quarter.end, _), n=(quarter.end - quarter.start).days + 1),
        _("Follows {quarter}. {n} answers are carried over, to be reconfirmed.", quarter=_.quarter(newest.start, newest.fiscal_start), n=carried),
        _("Checklist edition {edition}, {n} questions.", edition=after.edition, n=len(after.questions)),
    ]  # fmt: skip
    st.markdown("\n".join(f"- {line}" for line in lines))
    if found:
        st.markdown(_changed(found, _))
        _list(found, _)
    else:
        st.caption(_("The questions are the same as in the quarter before."))


def _open_now(here: View, quarter: Quarter, due: date | None) -> None:
    opened = act(_open, here, quarter, due)
    _keep(opened)
    if not isinstance(opened, NotSaved):
        st.session_state["period"] = st.query_params["period"] = opened.value.start.isoformat()


def _open(here: View, quarter: Quarter, due: date | None) -> Period:
    pins = pin(store())
    checklist = shipped().content.checklist
    return audits.open_period(
        store(), here.user, here.root, quarter.start, fiscal_start=fiscal_start(), due=due, pins=pins, checklist=checklist
    )


def _keep(outcome: object) -> None:
    st.session_state["period_outcome"] = outcome
