"""Statistics: what happened at others, year by year, with sources and limits."""

import streamlit as st

from scoring.incident_gap import usable_years
from tenken import tables
from tenken.content import load_content
from tenken.parts import published
from tenken.parts.figures import fine_print
from tenken.session import current_theme, current_words

# read
_, theme = current_words(), current_theme()
statistics = load_content().statistics
newest = usable_years(statistics)[-1]

# compute
names = {cause: _.text(statistics.label(cause)) for cause, _figure in newest.causes}
share = tables.published_share(statistics, newest.year, "virus_unauthorised_access")
unknown = dict(newest.size_bands).get("undisclosed")
forms = {"chart": _("Chart"), "table": _("Table")}

# draw
bar = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
bar.markdown(f"**{_('Leaks and losses of personal data at listed companies')}**　{_('Tokyo Shoko Research')}", width="content")
form = bar.segmented_control(_("View"), list(forms), default="chart", required=True, key="form", label_visibility="collapsed",
                             format_func=forms.__getitem__)  # fmt: skip
st.title(
    _("{n} incidents in {year}; {share}% of them malware or unauthorised access.", n=tables.count(newest.incidents, _), year=newest.year, share=share),
    anchor=False,
)  # fmt: skip
st.markdown(
    _("{companies} companies disclosed them, with {persons} persons affected; for {unknown} of the incidents the number is not known.",
      companies=tables.count(newest.companies, _), persons=tables.count(newest.persons, _), unknown=tables.count(unknown, _))
)  # fmt: skip
if form == "table":
    published.years_table(statistics, _)
else:
    published.years(statistics, names, theme, _)
fine_print(
    _("Covers listed companies and their subsidiaries, and only what they disclosed themselves. Incidents with an unknown number count as zero persons, so persons are a floor, "
      "and a few large incidents drive them. “No data”: no figure of that year was found in the pages read; nothing is estimated. Source: {source}.",
      source=tables.source_link(newest.incidents, statistics, _))
)  # fmt: skip
left, right = st.columns(2, gap="large")
with left:
    published.counts_chart(_("Causes in {year}", year=newest.year), newest.causes, newest, statistics, theme, _)
with right:
    published.counts_chart(_("Where the data were in {year}", year=newest.year), newest.media, newest, statistics, theme, _)
with left:
    published.size_bands(newest, statistics, _)
with right:
    published.commission(statistics, theme, _)
published.largest(statistics, _)
published.series(statistics, _)
published.limits(statistics, _)
