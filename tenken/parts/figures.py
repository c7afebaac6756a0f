"""A figure with its bar, its range and the way to its explanation; and the answers behind a number."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from scoring.assessment import Assessment
from scoring.model import Question, Step
from scoring.targets import ToTarget
from tenken import charts
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.palette import Theme
from tenken.tables import days, effect, step_lines, todo

ANSWER, EXPLAIN = "screens/answer.py", "screens/explain.py"
EFFECT, DAYS = 62, 40  # widths in pixels
Way = Callable[[Question, Words], tuple[str, str, dict[str, str]]]


def chart_alt(title: str, _: Words) -> str:
    """What a screen reader says in place of a chart."""
    return _("{title}: a chart. The same numbers are there as a table.", title=title)


def fine_print(text: str) -> None:
    """A caption with links in it: st.caption draws links too at 60 %, which is too faint to read."""
    st.markdown(f":small[:gray[{text}]]")


def points(picked: Any) -> Sequence[dict[str, Any]]:
    """What was chosen in a chart; Streamlit's own type says nothing of it."""
    found: Sequence[dict[str, Any]] = picked.selection.points
    return found


def rows(picked: Any) -> Sequence[int]:
    """The rows that were chosen in a table."""
    found: Sequence[int] = picked.selection.rows
    return found


def right_columns(names: Iterable[object], words: set[str], widths: Mapping[str, int] | None = None) -> dict[str, Any]:
    """How st.dataframe draws columns of these names: what is no word stands right; some are as wide as is said, in pixels."""
    found: dict[str, Any] = {str(name): st.column_config.TextColumn(alignment="right") for name in names if name not in words}
    return found | {name: st.column_config.TextColumn(width=width) for name, width in (widths or {}).items()}


def file_links(_: Words, name: str, said: Mapping[str, str]) -> None:
    """The same numbers as files; who asks goes along, as until there is a sign-in an address says it."""
    person = st.query_params.get("as") or st.session_state.get("as")
    query = urlencode(dict(said) | {"lang": _.lang} | ({"as": person} if person else {}))
    fine_print(_("As a file: {csv} · {xlsx}", csv=f"[CSV](/files/{name}.csv?{query})", xlsx=f"[Excel](/files/{name}.xlsx?{query})"))


def figure(
    label: str, value: str, caption: str, of: str, bar: tuple[Fraction, Fraction, Fraction | None], theme: Theme, _: Words,
    *, address: Mapping[str, str], lack: bool = False, beneath: str = "",
) -> None:  # fmt: skip
    """One headline figure on [0, 1]: `bar` is (certain, possible, best estimate or None); `of` names its explanation, which has
    this `address`; `beneath`: one more line, how far it is to the target."""
    with st.container(gap="xsmall"):
        st.metric(label, value)
        st.plotly_chart(
            charts.thin_bar(theme, *bar, lack=lack), theme=None, config=charts.CONFIG, key=f"bar:{of}", alt=f"{label} {value}　{caption}"
        )
        st.caption(caption)
        if beneath:
            st.caption(beneath)
        st.page_link(EXPLAIN, label=_("What is behind it"), query_params=dict(address))


def answer_line(label: str, key: str, lines: Sequence[str], way: tuple[str, str, dict[str, str]]) -> None:
    """One line that opens in place: why, what it brings, and the `way` on: page, its name, its address. `label` is Markdown."""
    with st.expander(label, type="compact", key=key):
        for line in lines:
            st.markdown(line)
        page, name, address = way
        st.page_link(page, label=name, query_params=address)


def step_rows(assessment: Assessment, steps: tuple[Step, ...], way: Way, _: Words, found: ToTarget | None = None) -> None:
    """Next steps: what to do, how much it takes off the gap, the effort; opened, why and how sure that is, and the way to its
    answer. Many units can stand on several levels of one question, so a question may be there twice. `found`: the way to the
    targets, for the mark of steps that lead past them."""
    questions = {question.id: question for question in assessment.checklist.questions}
    with st.container(horizontal=True, wrap=False, gap="small"):
        st.caption(_("To do"), width="stretch")
        st.caption(_("Effect"), width=EFFECT, text_alignment="right")
        st.caption(_("Days"), width=DAYS, text_alignment="right")
    for number, step in enumerate(steps, start=1):
        question = questions[step.question]
        with st.container(horizontal=True, wrap=False, gap="small"):
            key = f"step:{question.id}" if assessment.sheets is None else f"step:{question.id}:{step.level}"
            past = f"　:gray[{_('beyond the target')}]" if found and found.is_beyond(step) else ""
            answer_line(
                f"**{number}　{escaped(todo(question, step, _))}**{past}", key, step_lines(assessment, question, step, _), way(question, _)
            )
            st.text(effect(step, _), width=EFFECT, text_alignment="right")
            st.text(days(step), width=DAYS, text_alignment="right")
