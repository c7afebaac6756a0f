"""The rows behind a number of an organisation, each a way on: a unit to its own number, a question to its answer."""

from typing import Any

import streamlit as st

from scoring.assessment import Assessment
from scoring.behind import answered_by, held, says, shares
from scoring.model import Question
from scoring.portfolio import Portfolio
from scoring.units import Unit
from tenken import tables_behind
from tenken.i18n import Words
from tenken.parts.basis import Basis
from tenken.parts.figures import ANSWER, EXPLAIN, right_columns, rows
from tenken.tables_behind import words_columns


def rows_behind(a: Assessment, basis: Basis, portfolio: Portfolio, of: str, questions: tuple[Question, ...], _: Words) -> None:
    """Of many units: their sums, what each says to one question, or where critical ones are missing; of one unit: its answers."""
    if len(basis.units) == 1:
        _answers(a, basis, portfolio, questions, _)
    elif of.startswith("question:"):
        _one_question(a, basis, portfolio, questions[0], _)
    elif of in ("critical", "steps"):
        _criticals(a, basis, questions, _)
    else:
        _units(basis, portfolio, of, questions, _)


def _units(basis: Basis, portfolio: Portfolio, of: str, questions: tuple[Question, ...], _: Words) -> None:
    found = shares(
        portfolio,
        basis.unit.id,
        {question.id for question in questions},
        basis.scope,
        evidenced=of == "evidenced" or of.startswith("control:"),
    )
    st.header(_("The units behind it ({n})", n=len(found)), anchor=False)
    st.caption(
        _(
            "Each unit by itself; the integers of the formula are their sums, each as often as its weight. Choose a row for the unit’s answers."
        )
    )
    row = _picked(tables_behind.units(found, _), "units", _("Unit"), _)
    if row is not None and row < len(found):
        st.switch_page(EXPLAIN, query_params=basis.explain(of) | {"unit": found[row].unit.code})


def _one_question(a: Assessment, basis: Basis, portfolio: Portfolio, question: Question, _: Words) -> None:
    found = list(
        zip(
            shares(portfolio, basis.unit.id, {question.id}, basis.scope), says(portfolio, basis.unit.id, question, basis.scope), strict=True
        )
    )
    st.header(_("The units behind it ({n})", n=len(found)), anchor=False)
    st.caption(_("Choose a row to open its answer."))
    row = _picked(tables_behind.one_question(a.checklist, found, _), "question", _("Unit"), _)
    if row is not None and row < len(found):
        _to_answer(portfolio, found[row][0].unit, question)


def _criticals(a: Assessment, basis: Basis, questions: tuple[Question, ...], _: Words) -> None:
    below, n = basis.below(), len(basis.units)
    st.header(_("The questions behind it ({n})", n=len(questions)), anchor=False)
    st.caption(_("Choose a row for what each unit says."))
    asked = [question for question in a.checklist.questions if question in questions]
    row = _picked(tables_behind.criticals(a.checklist, below, {question.id for question in asked}, n, _), "critical", _("Question"), _)
    if row is not None and row < len(asked):
        st.switch_page(EXPLAIN, query_params=basis.explain(f"question:{asked[row].id}"))


def _answers(a: Assessment, basis: Basis, portfolio: Portfolio, questions: tuple[Question, ...], _: Words) -> None:
    wanted = {question.id for question in questions}
    found = [each for each in held(portfolio, basis.units[0].id, basis.scope) if each.question.id in wanted]
    st.header(_("The answers behind it ({n})", n=len(found)), anchor=False)
    st.caption(_("Choose a row to open its answer."))
    row = _picked(tables_behind.answers(a.checklist, found, _), "answers", _("Question"), _)
    if row is not None and row < len(found):
        _to_answer(portfolio, basis.units[0], found[row].question)


def _picked(frame: Any, key: str, wide: str, _: Words) -> int | None:
    """`frame`: a table of pandas, which only tables know."""
    names = list(frame.columns)
    found = st.dataframe(frame, hide_index=True, key=f"behind:{key}", on_select="rerun", selection_mode="single-row",
                         column_config=right_columns(names, words_columns(_), {wide: 330}), alt=wide)  # fmt: skip
    return next(iter(rows(found)), None)


def _to_answer(portfolio: Portfolio, unit: Unit, question: Question) -> None:
    at = answered_by(portfolio.book.tree, unit, question)
    st.switch_page(ANSWER, query_params={"unit": at.code, "question": question.id})
