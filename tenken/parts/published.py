"""Published figures with their sources: charts of counts, tables of series."""

from collections.abc import Sequence

import streamlit as st

from scoring.outside import (
    Figure,
    Statistics,
    Year,
)
from tenken import charts, tables
from tenken.i18n import Words
from tenken.palette import Theme
from tenken.parts.figures import chart_alt, fine_print


def counts_chart(title: str, rows: tuple[tuple[str, Figure], ...], year: Year, statistics: Statistics, theme: Theme, _: Words) -> None:
    """Published counts of one year with their sources; the rest up to the year's incidents is shown as not published."""
    st.header(title, anchor=False)
    named = [(_.text(statistics.label(category)), int(found.value)) for category, found in rows]
    total = int(year.incidents.value) if year.incidents else None
    st.plotly_chart(charts.counts(named, total, theme, _), theme=None, config=charts.CONFIG, key=f"counts:{title}", alt=chart_alt(title, _))
    fine_print(
        _("Source: {source}. {coverage}.", source=tables.source_link(rows[0][1], statistics, _), coverage=_.text(statistics.coverage))
    )
    _numbers([figure for _category, figure in rows], total, statistics, _)


def _numbers(rows: Sequence[Figure], total: int | None, statistics: Statistics, _: Words) -> None:
    with st.expander(_("The same numbers as a table"), type="compact"):
        table = tables.counts(rows, total, statistics, _)
        st.table(tables.figures_right(table, [_("What"), _("Source")]), border="horizontal", hide_index=True)


def years(statistics: Statistics, names: dict[str, str], theme: Theme, _: Words) -> None:
    """Incidents by cause, companies and persons, year by year, as charts."""
    incidents, companies = _("Disclosed incidents"), _("Companies that disclosed them")
    persons = _("Persons possibly affected (millions, log scale)")
    for title, key, chart in (
        (incidents, "incidents", charts.incidents_by_year(statistics.years, names, theme, _)),
        (companies, "companies", charts.companies_by_year(statistics.years, theme, _)),
        (persons, "persons", charts.persons_by_year(statistics.years, theme, _)),
    ):
        st.header(title, anchor=False)
        st.plotly_chart(chart, theme=None, config=charts.CONFIG, key=key, alt=chart_alt(title, _))


def years_table(statistics: Statistics, _: Words) -> None:
    """The same years as a table, with sources."""
    st.header(_("Every year as published"), anchor=False)
    st.table(tables.figures_right(tables.years(statistics, _), [_("Source")]), border="horizontal", hide_index=True)


def size_bands(year: Year, statistics: Statistics, _: Words) -> None:
    st.header(_("Persons per incident in {year}", year=year.year), anchor=False)
    words = [_("Persons per incident"), _("Source")]
    st.table(tables.figures_right(tables.size_bands(year, statistics, _), words), border="horizontal", hide_index=True)
    st.caption(_("The band from 10,000 persons includes the larger ones; bands that were not published are left out."))


def largest(statistics: Statistics, _: Words) -> None:
    st.header(_("The largest incidents, as reported"), anchor=False)
    words = [_("Organisation as reported"), _("Cause (by the article)"), _("Source")]
    with st.expander(_("{n} incidents since 2012", n=len(statistics.largest)), type="compact"):
        st.table(tables.figures_right(tables.largest(statistics, _), words), border="horizontal", hide_index=True)


def commission(statistics: Statistics, theme: Theme, _: Words) -> None:
    """Reports to the Personal Information Protection Commission beside TSR's: another population, another order of causes."""
    title = _("Reports to the Personal Information Protection Commission (private sector)")
    rows = [f for f in statistics.secondary if (f.dataset, f.dimension, f.category) == ("ppc_breach_reports", "total", "private_sector")]
    st.header(title, anchor=False)
    named = [(_.period(figure.period), int(figure.value)) for figure in rows]
    st.plotly_chart(charts.counts(named, None, theme, _), theme=None, config=charts.CONFIG, key="commission", alt=chart_alt(title, _))
    fine_print(
        _("Reporting is a duty since April 2022, for unlisted firms too; earlier years were voluntary. Mis-delivery and mistaken disposal dominate. "
          "Not comparable with the counts above. Sources: {sources}.",
          sources=", ".join(dict.fromkeys(tables.source_link(figure, statistics, _) for figure in rows)))
    )  # fmt: skip
    _numbers(rows, None, statistics, _)


def series(statistics: Statistics, _: Words) -> None:
    """The secondary series, one line each that opens."""
    st.header(_("Other official and industry figures"), anchor=False)
    for dataset, rows in tables.datasets(statistics):
        with st.expander(_.text(statistics.label(dataset)), type="compact"):
            table = tables.figures_right(tables.figures(rows, statistics, _), [_("What"), _("Source")])
            st.table(table, border="horizontal", hide_index=True)


def limits(statistics: Statistics, _: Words) -> None:
    """What the figures cannot say, and every page they were read from."""
    st.header(_("Limits"), anchor=False)
    st.markdown("\n".join(f"- {_.text(limit)}" for limit in statistics.limits))
    with st.expander(_("Sources ({n})", n=len(statistics.sources)), type="compact"):
        st.table(tables.sources(statistics, _), border="horizontal", hide_index=True)
