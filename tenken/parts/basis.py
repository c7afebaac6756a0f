"""What the numbers of a page were judged from, and so where the ways from them lead."""

from dataclasses import dataclass

import streamlit as st

from scoring.assessment import Assessment
from scoring.behind import answered_by, members, units_below
from scoring.engine import sheet_of
from scoring.model import Question
from scoring.portfolio import Lines, Portfolio
from scoring.portfolio import View as Scope
from scoring.replay import Counts, replay, strengths_of
from scoring.units import Unit
from tenken.content import casebook
from tenken.i18n import Words
from tenken.parts.figures import ANSWER, EXPLAIN
from tenken.session import View

KEPT = ("unit", "period")  # of an address, from page to page


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """`kind`: express or full, the form of a company that reports for itself; own or whole, a unit of an organisation with all
    that reports below it: then `portfolio` is the quarter. `first`: the kind that is shown without being asked for."""

    kind: str
    first: str
    unit: Unit
    portfolio: Portfolio | None

    @property
    def scope(self) -> Scope:
        return "own" if self.kind == "own" else "whole"

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units whose answers these are; none for a company's own form."""
        return () if self.portfolio is None else members(self.portfolio, self.unit.id)

    @property
    def lines(self) -> Lines | None:
        """How many answers there are to it; None for a company's own form."""
        return None if self.portfolio is None else self.portfolio.lines(self.unit.id, self.scope)

    def below(self) -> dict[str, int]:
        """{critical question: how many units stand below the level}."""
        return {} if self.portfolio is None else units_below(self.portfolio, self.unit.id, self.scope)

    def explain(self, of: str) -> dict[str, str]:
        """The address of an explanation of the same numbers."""
        kept = {name: st.query_params[name] for name in KEPT if name in st.query_params}
        return {"of": of} | ({"kind": self.kind} if self.kind != self.first else {}) | kept

    def answer(self, question: Question, _: Words) -> tuple[str, str, dict[str, str]]:
        """The page behind one question, its name, its address: the answer, or of many units what each of them says."""
        if len(self.units) > 1:
            return EXPLAIN, _("What the units say"), self.explain(f"question:{question.id}")
        found = {"question": question.id}
        if self.portfolio is not None:
            found["unit"] = answered_by(self.portfolio.book.tree, self.unit, question).code
        return ANSWER, _("Open the answer"), found


def first_kind(here: View) -> str:
    """What is shown without being asked for."""
    return "whole" if not here.alone else "express" if here.express_only else "full"


def basis(here: View, kind: str) -> Basis:
    """The numbers of a page by their kind; an unknown one is the first."""
    kinds, first = ("express", "full") if here.alone else ("whole", "own"), first_kind(here)
    return Basis(kind if kind in kinds else first, first, here.unit, None if here.alone else here.portfolio())


def judged(here: View, found: Basis) -> Assessment | None:
    """See View.judged; the quarter is read once."""
    return here.judged(found.kind, found.portfolio)


def incident_counts(here: View, found: Basis) -> Counts:
    """How the disclosed incidents end against all answers with evidence, whatever part of them a page shows."""
    sheets = sheet_of(here.checklist, here.answers, here.as_of) if found.portfolio is None else found.portfolio.of(here.unit.id)
    return replay(casebook(), strengths_of(here.checklist, sheets)).counts
