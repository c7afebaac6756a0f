"""Statistics: what happened at others, year by year, with sources and limits."""

import streamlit as st

from scoring.incident_gap import usable_years
from tenken import charts, tables
from tenken.content import load_content
from tenken.parts.figures import counts_chart
from tenken.session import current_theme, current_words

# read
_, theme = current_words(), current_theme()
statistics = load_content().statistics
newest = usable_years(statistics)[-1]

# compute
names = {cause: _.text(statistics.label(cause)) for cause, _figure in newest.causes}
first_cause = dict(newest.causes)["virus_unauthorised_access"]
share = tables.published_share(statistics, newest.year, "virus_unauthorised_access")
unknown = dict(newest.size_bands).get("undisclosed")
series = tables.datasets(statistics)

# draw
bar = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
bar.markdown(f"**{_('Leaks and losses of personal data at listed companies')}**　{_('Tokyo Shoko Research')}", width="content")
form = bar.segmented_control(_("View"), ["chart", "table"], default="chart", required=True, key="form", label_visibility="collapsed",
                                format_func={"chart": _("Chart"), "table": _("Table")}.__getitem__)  # fmt: skip
st.header(_("{n} incidents in {year}; {share}% of them malware or unauthorised access.", n=tables.count(newest.incidents, _), year=newest.year, share=share), anchor=False)
st.markdown(_("{companies} companies disclosed them, with {persons} persons affected; for {unknown} of the incidents the number is not known.",
              companies=tables.count(newest.companies, _), persons=tables.count(newest.persons, _), unknown=tables.count(unknown, _)))  # fmt: skip
if form == "table":
    st.subheader(_("Every year as published"), anchor=False)
    st.table(tables.figures_right(tables.years(statistics, _), [_("Source")]), border="horizontal", hide_index=True)
else:
    st.subheader(_("Disclosed incidents"), anchor=False)
    st.plotly_chart(charts.incidents_by_year(statistics.years, names, theme, _), theme=None, config=charts.CONFIG, key="incidents", alt=_("Disclosed incidents"))
    st.subheader(_("Persons possibly affected (millions, log scale)"), anchor=False)
    st.plotly_chart(charts.persons_by_year(statistics.years, theme, _), theme=None, config=charts.CONFIG, key="persons", alt=_("Persons possibly affected (millions, log scale)"))
st.caption(_("Covers listed companies and their subsidiaries, and only what they disclosed themselves. Incidents with an unknown number count as zero persons, so persons are a floor, "
             "and a few large incidents drive them. “No data”: no figure of that year was found in the pages read; nothing is estimated. Source: {source}.",
             source=tables.source_link(newest.incidents, statistics)))  # fmt: skip

left, right = st.columns(2, gap="large")
with left:
    counts_chart(_("Causes in {year}", year=newest.year), newest.causes, newest, statistics, theme, _)
with right:
    counts_chart(_("Where the data were in {year}", year=newest.year), newest.media, newest, statistics, theme, _)
st.subheader(_("Persons per incident in {year}", year=newest.year), anchor=False)
st.table(tables.figures_right(tables.size_bands(newest, statistics, _), [_("Persons per incident"), _("Source")]), border="horizontal", hide_index=True)
st.caption(_("The band from 10,000 persons includes the larger ones; bands that were not published are left out."))

st.subheader(_("The largest incidents, as reported"), anchor=False)
with st.expander(_("{n} incidents since 2012", n=len(statistics.largest)), type="compact"):
    st.table(tables.figures_right(tables.largest(statistics, _), [_("Organisation as reported"), _("Cause (by the article)"), _("Source")]), border="horizontal", hide_index=True)
st.subheader(_("Other official and industry figures"), anchor=False)
for dataset, rows in series:
    with st.expander(_.text(statistics.label(dataset)), type="compact"):
        st.table(tables.figures_right(tables.figures(rows, statistics, _), [_("What"), _("Source")]), border="horizontal", hide_index=True)
st.subheader(_("Limits"), anchor=False)
st.markdown("\n".join(f"- {_.text(limit)}" for limit in statistics.limits))
with st.expander(_("Sources ({n})", n=len(statistics.sources)), type="compact"):
    st.table(tables.sources(statistics, _), border="horizontal", hide_index=True)
