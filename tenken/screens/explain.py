"""Explain this number: the rows, weights, formula and rounding behind one figure, and the answers behind each row."""

import streamlit as st

from tenken import explanation, tables
from tenken.parts.figures import ANSWER
from tenken.session import current_words, view

# read
_, here = current_words(), view()
of = st.query_params.get("of", "score")
a = here.assessment(express=here.express_only)

# compute
about = explanation.explain(a, of, _)
rows = tables.answers(a, about.questions, _)
columns = {name: st.column_config.TextColumn(alignment="right") for name in rows.columns if name not in tables.words_columns(_)}
columns[_("Question")] = st.column_config.TextColumn(width=330)

# draw
st.title(about.title, anchor=False)
for line in about.lines:
    st.markdown(line)
if about.formula:
    st.code(about.formula, language=None, wrap_lines=True)
if about.parts is not None:
    st.table(tables.figures_right(about.parts, about.words), border="horizontal", hide_index=True)
if about.questions:
    st.header(_("The answers behind it ({n})", n=len(about.questions)), anchor=False)
    st.caption(_("Choose a row to open its answer."))
    picked = st.dataframe(rows, hide_index=True, key="rows", on_select="rerun", selection_mode="single-row", height="content", column_config=columns,
                          alt=about.title)  # fmt: skip
    for index in picked.selection.rows:
        if index < len(about.questions):
            st.switch_page(ANSWER, query_params={"question": about.questions[index].id})
st.page_link("screens/about.py", label=_("All formulas, the matrix and its reasons"))
