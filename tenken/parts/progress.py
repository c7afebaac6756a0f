"""The progress board: which units, which states, and a click that leads to the answers behind a row."""

from collections.abc import Sequence

import streamlit as st

from tenken.i18n import Words
from tenken.palette import Theme
from tenken.parts.figures import ANSWER, rows
from tenken.parts.frame import unit_names
from tenken.progress import Line, Progress, Status, branch
from tenken.progress_words import kind_words, status_words
from tenken.session import View
from tenken.tables_progress import board, painted

STATUSES: tuple[Status, ...] = ("draft", "returned", "late", "submitted", "approved", "sealed")
ROW, MOST = 35, 22  # height of a row in pixels; rows that are shown without scrolling


def filters(here: View, found: Progress, _: Words) -> tuple[Line, ...]:
    """Branch, kind, state: three choices side by side; the lines that they leave."""
    if len(found.lines) == 1:
        return found.lines
    heads = [line.unit for line in found.lines if here.tree.children(line.unit.id)]
    names = unit_names(here, tuple(heads), _)
    kinds = [kind for kind in kind_words(_) if any(line.unit.kind == kind for line in found.lines)]
    left, middle, right = st.columns([1.2, 1, 1.6], gap="small")
    at = left.selectbox(_("Branch"), [unit.code for unit in heads], index=None, key="board_branch", format_func=names.__getitem__,
                        placeholder=_("All units"), label_visibility="collapsed")  # fmt: skip
    of = middle.multiselect(_("Kind"), kinds, key="board_kind", format_func=kind_words(_).__getitem__, placeholder=_("All kinds"),
                            label_visibility="collapsed")  # fmt: skip
    states = right.multiselect(_("State"), STATUSES, key="board_state", format_func=status_words(_).__getitem__,
                               placeholder=_("All states"), label_visibility="collapsed")  # fmt: skip
    node = next((unit.id for unit in heads if unit.code == at), None)
    return branch(found, here.tree, node, tuple(of), tuple(states))


def show_board(here: View, lines: Sequence[Line], theme: Theme, _: Words) -> None:
    """Units × sections. A row that is chosen opens that unit's answers."""
    if not lines:
        st.markdown(_("No unit fits this choice."))
        return
    frame = board(lines, here.checklist, _)
    columns = {name: st.column_config.TextColumn(alignment="right", width=68) for name in frame.columns[2:]}
    columns |= {
        frame.columns[0]: st.column_config.TextColumn(pinned=True, width=180),
        frame.columns[1]: st.column_config.TextColumn(width=136),
        frame.columns[3]: st.column_config.TextColumn(alignment="right", width=104),
    }
    picked = st.dataframe(painted(lines, frame, theme), key="board", hide_index=True, column_config=columns, on_select="rerun",
                          selection_mode="single-row", row_height=ROW, height=ROW * (min(len(lines), MOST) + 1) + 3,
                          alt=_("Progress of every unit by section"))  # fmt: skip
    st.caption(
        _("Answered／asked on the unit’s own sheet, by section. Coloured: something is missing. Choose a row for the answers behind it.")
    )
    _follow(here, lines, picked)


def _follow(here: View, lines: Sequence[Line], picked: object) -> None:
    for row in rows(picked)[:1]:
        code = lines[row].unit.code
        st.session_state["unit"] = code
        st.switch_page(ANSWER, query_params={"unit": code, "period": here.period.start.isoformat()})
