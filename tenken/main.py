"""The frame round every page: language, navigation, whose company this is. Streamlit runs it from top to bottom."""

from urllib.parse import quote

import streamlit as st

from tenken.error_words import error_text
from tenken.palette import PALETTES
from tenken.parts.frame import has_choice, presenting, selectors
from tenken.parts.periods import next_quarter_hint
from tenken.parts.start import sample_banner
from tenken.session import current_theme, current_words, look
from tenken.settings import ROOT
from tenken.streamlit_quirks import run_again_after_a_restart, style, without_menus

_ = current_words()
st.set_page_config(page_title=_("Tenken"), page_icon=str(ROOT / "tenken" / "icons" / "tenken.svg"), layout="wide")
st.html(style(PALETTES["dark"].bg, _("Choose a file")))

page = st.navigation(
    {
        "": [
            st.Page("screens/home.py", title=_("Overview"), default=True),
            st.Page("screens/answer.py", title=_("Answers"), url_path="answer"),
            st.Page("screens/quarter.py", title=_("Progress"), url_path="progress"),
            st.Page("screens/exchange.py", title=_("Answer in Excel"), url_path="exchange", visibility="hidden"),
            st.Page("screens/explain.py", title=_("Explain this number"), url_path="explain", visibility="hidden"),
        ],
        _("Look closer"): [
            st.Page("screens/compare.py", title=_("Compare"), url_path="compare"),
            st.Page("screens/trend.py", title=_("Trend"), url_path="trend"),
            st.Page("screens/statistics.py", title=_("Statistics"), url_path="statistics"),
        ],
        _("Decide"): [
            st.Page("screens/plan.py", title=_("Plan"), url_path="plan"),
            st.Page("screens/whatif.py", title=_("What if"), url_path="whatif"),
            st.Page("screens/actions.py", title=_("Corrective actions"), url_path="actions"),
            st.Page("screens/replay.py", title=_("Replay of incidents"), url_path="replay"),
            st.Page("screens/sources.py", title=_("Sources of the incidents"), url_path="sources", visibility="hidden"),
            st.Page("screens/targets.py", title=_("Targets"), url_path="targets"),
            st.Page("screens/cost.py", title=_("What an incident would cost"), url_path="cost"),
        ],
        _("Report"): [
            st.Page("screens/board.py", title=_("Board page"), url_path="board"),
            st.Page("screens/report.py", title=_("Board pack"), url_path="report"),
        ],
        _("More"): [
            st.Page("screens/about.py", title=_("About the numbers"), url_path="about"),
            st.Page("screens/admin.py", title=_("Administration"), url_path="admin"),
        ],
    },
    position="hidden" if presenting() else "top",
)
if presenting() and page.url_path != "board":
    del st.query_params["present"]  # only the board page has a way out of it
    st.rerun()
st.logo(str(ROOT / "tenken" / "icons" / f"tenken-{current_theme()}.svg"), size="medium")

here = look()
somebody = here.user.name or here.user.solo
bare = presenting() and somebody
if bare:
    st.html(without_menus())
else:
    left, right = st.columns([5, 1], wrap=has_choice(here), vertical_alignment="center")
    with left:
        selectors(here, _)
    other = "en" if _.lang == "ja" else "ja"
    # A plain link, loaded in full: only then can the server write the page's language.
    kept = "".join(
        f"&{key}={quote(st.query_params[key], safe='', errors='replace')}"
        for key in ("of", "kind", "question", "incident", "unit", "period")
        if key in st.query_params
    )
    right.html(
        f'<div style="text-align:right"><a style="color:inherit;text-underline-offset:3px" href="?lang={other}{kept}" hreflang="{other}" lang="{other}">{"English" if other == "en" else "日本語"}</a></div>'
    )

if here.stale:
    st.warning(error_text(here.stale, _))
if here.unit.sample and not bare:
    sample_banner(_, slim=page.url_path == "board")
if somebody:
    if not bare:
        next_quarter_hint(here, _)
    page.run()
else:
    st.title(_("Choose your name above to begin."), anchor=False)
    st.caption(_("Names are given under Administration. Nobody checks them yet: every record says so."))
run_again_after_a_restart()
