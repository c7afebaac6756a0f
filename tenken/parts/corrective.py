"""The blocks of the page of corrective actions: figures, filters, the board, the list, what was promised and what was reached."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from tenken.corrective import tables, writes
from tenken.corrective.read import STANDINGS, Ledger, Line, Standing, finished_before, overdue_count
from tenken.corrective.words import due_words, short, since_words, standing_words, status_words, unit_name
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.parts.figures import file_links, fine_print, right_columns
from tenken.session import NotSaved, View, act, beside, state, store, today
from tenken.store import ActionStatus

COLUMNS: tuple[tuple[ActionStatus, tuple[Standing, ...]], ...] = (
    ("open", ("open",)),
    ("doing", ("doing",)),
    ("done", ("waiting", "reflected", "done")),
    ("dropped", ("dropped",)),
)
NEXT: dict[ActionStatus, ActionStatus] = {"open": "doing", "doing": "done"}
ACTIONS = "screens/actions.py"
MOST = 12  # cards of a column; the list has all of them


def move(here: View, line: Line, status: ActionStatus) -> None:
    """A callback: one click gives an action another state."""
    action = line.action
    change = replace(action.said, status=status)
    st.session_state["action_outcome"] = act(writes.change, store(), here.user, here.tree, here.checklist, action, change)


def choose(action_id: int | None) -> None:
    """A callback: the action to work on, in the address too; None closes it."""
    st.session_state.pop("action_outcome", None)
    st.session_state["action_round"] = state("action_round", 0) + 1
    if action_id is None:
        st.query_params.pop("action", None)
    else:
        st.query_params["action"] = str(action_id)


def chosen(ledger: Ledger) -> Line | None:
    wanted = st.query_params.get("action")
    return next((line for line in ledger.lines if str(line.action.id) == wanted), None)


# --- figures and filters ----------------------------------------------------------------------------------------------


def figures(ledger: Ledger, _: Words) -> None:
    """Not begun, under way, completed, overdue."""
    done = ledger.number("waiting", "reflected", "done")
    values = (
        (_("Not begun"), ledger.number("open"), _("dropped: {n}", n=ledger.number("dropped"))),
        (_("Under way"), ledger.number("doing"), _("due in this quarter: {n}", n=ledger.this_quarter)),
        (_("Completed"), done, _("to be answered anew: {n}", n=ledger.number("waiting"))),
        (_("Overdue"), ledger.overdue, _("of {n} unfinished", n=ledger.number("open", "doing"))),
    )
    left, right = st.columns(2, gap="medium")
    pairs = [pair for half in (left, right) for pair in half.columns(2, wrap=False, gap="medium")]
    for place, (label, value, note) in zip(pairs, values, strict=True):
        with place.container(gap="xsmall"):
            st.metric(label, _.integer(value))
            st.caption(note)


def filters(ledger: Ledger, _: Words) -> tuple[str, Ledger]:
    """Board or list, and which of the actions: the chosen view, and what is left of the ledger."""
    views = {"board": _("As a board"), "list": _("As a list")}
    spans = {"all": _("All"), "overdue": _("Overdue"), "quarter": _("Due in this quarter")}
    names = standing_words(_)
    owners = sorted({line.action.said.owner for line in ledger.lines if line.action.said.owner})
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        view: str = st.segmented_control(_("View"), list(views), default="board", required=True, format_func=views.__getitem__,
                                         key="actions_view", label_visibility="collapsed", width="content")  # fmt: skip
        span: str = st.segmented_control(_("Date due"), list(spans), default="all", required=True, format_func=spans.__getitem__,
                                         key="actions_span", label_visibility="collapsed", width="content")  # fmt: skip
        standing = st.multiselect(_("State"), [each for each in STANDINGS if ledger.number(each)], key="actions_state",
                                  format_func=names.__getitem__, placeholder=_("All states"), label_visibility="collapsed", width=230)  # fmt: skip
        owner = st.selectbox(_("Person in charge"), owners, index=None, key="actions_owner", placeholder=_("Everybody"),
                             label_visibility="collapsed", width=190)  # fmt: skip
        old = any(finished_before(line, ledger.period) for line in ledger.lines)
        everything = old and st.checkbox(_("Also what was finished before this quarter"), key="actions_old")
    kept = tuple(
        line for line in ledger.lines
        if (span == "all" or (line.overdue if span == "overdue" else line.this_quarter))
        and (not standing or line.standing in standing)
        and (owner is None or line.action.said.owner == owner)
        and (everything or not finished_before(line, ledger.period))
    )  # fmt: skip
    return view, replace(ledger, lines=kept)


# --- board and list ---------------------------------------------------------------------------------------------------


def board(here: View, ledger: Ledger, _: Words) -> None:
    """A column per state; on a phone one below the other."""
    for place, (status, standings) in zip(st.columns(len(COLUMNS), gap="medium"), COLUMNS, strict=True):
        found = [line for line in ledger.lines if line.standing in standings]
        with place:
            st.header(f"{status_words(_)[status]}　{len(found)}", anchor=False, divider="gray")
            for line in found[:MOST]:
                _card(here, line, status, _)
            if len(found) > MOST:
                st.caption(_("{n} more are on the list.", n=len(found) - MOST))


def _card(here: View, line: Line, status: ActionStatus, _: Words) -> None:
    said, key = line.action.said, line.action.id
    with st.container(gap=None, key=f"card:{key}"):
        st.markdown(f"**{escaped(short(said.title))}**")
        fine_print("　".join(escaped(part) for part in (unit_name(line, _), said.owner, since_words(line, _)) if part))
        if line.unfinished:
            due = escaped(due_words(line, today(), _))
            st.markdown(f":small[:red[**× {due}**]]" if line.overdue else f":small[{due}]")
        elif line.standing in ("waiting", "reflected"):
            words = standing_words(_)[line.standing]
            st.markdown(f":small[:orange[**△ {words}**]]" if line.standing == "waiting" else f":small[:green[○ {words}]]")
        with st.container(horizontal=True, gap="small"):
            st.button(f":blue[{_('Open it')}]", key=f"open:{key}", type="tertiary", on_click=choose, args=(key,))
            after = NEXT.get(status)
            if after and line.unit and here.may("act", line.unit):
                st.button(f":blue[→ {status_words(_)[after]}]", key=f"next:{key}", on_click=move, args=(here, line, after), type="tertiary")


def listing(ledger: Ledger, _: Words) -> None:
    """All of them as a table; a row that is chosen is opened."""
    if not ledger.lines:
        st.markdown(_("No corrective action fits this choice."))
        return
    frame, columns = tables.listed(ledger, _), tables.shown(_)
    words = set(frame.columns) - set(tables.figures(_))
    picked = st.dataframe(frame, hide_index=True, key=f"actions_list:{state('action_round', 0)}", on_select="rerun", selection_mode="single-row",
                          column_order=columns, column_config=right_columns(frame.columns, words, {columns[0]: 330}),
                          alt=_("Corrective actions"))  # fmt: skip
    st.caption(_("Choose a row to open it."))
    rows: Sequence[int] = picked.selection.rows
    for row in rows[:1]:
        if row < len(ledger.lines):
            st.query_params["action"] = str(ledger.lines[row].action.id)


def overdue_link(here: View, _: Words) -> None:
    """On pages about a quarter: that something is late, and the way there."""
    units = [unit for unit in here.tree.below(here.unit.id) if here.may("read", unit)]
    if late := beside(here, 0, overdue_count, store(), here.root.id, units, today()):
        st.page_link(ACTIONS, label=f":blue[{_('Overdue corrective actions: {n}', n=late)}]", query_params={"unit": here.unit.code})


# --- effects ----------------------------------------------------------------------------------------------------------


def effects(here: View, ledger: Ledger, _: Words) -> None:
    """What completed actions promised, and what the next seal said of it."""
    st.header(_("Effect promised and effect reached"), anchor=False)
    if not ledger.effects:
        st.markdown(
            _("Once a corrective action is completed and its sheet is sealed, what it brought stands here beside what it promised.")
        )
        return
    if ledger.compared:
        promised, reached = ledger.sums()
        st.markdown(_("{n} are sealed: the gap was to fall by {promised} points and fell by {reached}.", n=len(ledger.compared),
                      promised=_.points(promised.gap), reached=_.points(reached.gap)))  # fmt: skip
    else:
        st.markdown(_("Compared once sealed: no sheet has been sealed since."))
    frame = tables.effects(ledger, here.tree, _)
    st.dataframe(frame, hide_index=True, key="action_effects",
                 column_config=right_columns(frame.columns, tables.effect_words(_), {frame.columns[0]: 250, frame.columns[3]: 118}),
                 alt=_("Effect promised and effect reached"))  # fmt: skip
    st.caption(
        _(
            "Points that the incident-weighted gap falls by, and that the score rises by. An index, not a probability and not a number of incidents."
        )
    )
    with st.expander(_("How this is worked out"), type="compact", key="action_formula"):
        st.markdown(_("Both figures use the shares and weights of the quarter in which the action was decided, so their difference is only what was done "
                      "beyond or short of the promise. Each row is measured on the node that answers; the sum is of {unit}.",
                      unit=escaped(_.text(here.unit.name))))  # fmt: skip
        st.code(_("promised = share of the cause × question weight × (points of the promised level − points before) ÷ possible points of the section\n"
                  "reached = promised × (points on the sealed sheet − points before) ÷ (points of the promised level − points before)"),
                language=None, wrap_lines=True)  # fmt: skip


def files(here: View, _: Words) -> None:
    """The list as CSV and Excel, the days due as a calendar."""
    said = {"unit": here.unit.code, "period": here.period.start.isoformat()}
    file_links(_, "actions", said)
    person = st.query_params.get("as") or st.session_state.get("as")
    query = "&".join(f"{name}={value}" for name, value in (said | {"lang": _.lang} | ({"as": person} if person else {})).items())
    fine_print(_("The days due for a calendar: {ics}", ics=f"[ICS](/files/actions.ics?{query})"))


def outcome_of(name: str) -> NotSaved | None:
    """What kept the last write from being saved."""
    found = state(name)
    return found if isinstance(found, NotSaved) else None
