"""Explain this number: the rows, weights, formula and rounding behind one figure, and the answers behind each row."""

import streamlit as st

from tenken import explanation, tables
from tenken.markup import escaped
from tenken.parts import aiming
from tenken.parts.basis import basis, judged
from tenken.parts.figures import ANSWER, right_columns
from tenken.parts.rows import rows_behind
from tenken.session import current_words, view

# read
_, here = current_words(), view()
of = st.query_params.get("of", "score")
found = basis(here, st.query_params.get("kind", ""))
a = judged(here, found)
if a is None:
    st.title(_("Nothing below {unit} reports yet.", unit=escaped(_.text(here.unit.name))), anchor=False)
    st.stop()

# compute
aim = aiming.aimed_at(here, a) if of == "target" else None
about = explanation.explain(a, of, _, aim.found if aim else None)

# draw
st.title(about.title, anchor=False)
if not here.alone:
    st.caption(_("Own answers only") if found.kind == "own" else _("With the company’s answers"))
for line in about.lines:
    st.markdown(line)
if about.formula:
    st.code(about.formula, language=None, wrap_lines=True)
if about.parts is not None:
    st.table(tables.figures_right(about.parts, about.words), border="horizontal", hide_index=True)
if aim:
    aiming.rows_behind(a, found, aim.found, _)
elif about.questions and found.portfolio is not None:
    rows_behind(a, found, found.portfolio, of, about.questions, _)
elif about.questions:
    st.header(_("The answers behind it ({n})", n=len(about.questions)), anchor=False)
    st.caption(_("Choose a row to open its answer."))
    rows = tables.answers(a, about.questions, _)
    columns = right_columns(rows.columns, tables.words_columns(_), {_("Question"): 330})
    picked = st.dataframe(rows, hide_index=True, key="rows", on_select="rerun", selection_mode="single-row", height="content", column_config=columns,
                          alt=about.title)  # fmt: skip
    for index in picked.selection.rows:
        if index < len(about.questions):
            st.switch_page(ANSWER, query_params={"question": about.questions[index].id})
st.page_link("screens/about.py", label=_("All formulas, the matrix and its reasons"))
