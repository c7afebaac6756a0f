"""No screen sticks out, cuts text off, mixes languages, complains in its console or calls somebody outside.

A part of what `make shots` draws, through the same functions: two screens in the dark, and every section on the phone, with
the sample company. The others test_access.py looks at on its way.
"""

import pytest

from tenken.streamlit_quirks import TITLES
from tests.browser.drive import Watch, chromium, context, facts
from tests.browser.shots import Shot, Walk, every_shot, walk

pytestmark = pytest.mark.browser

DARK = ("home", "answer")


def wanted(shot: Shot) -> bool:
    """Of sections the phone, where room is short; one dark screen of a kind."""
    if shot.company == "empty" or shot.lang != "ja":
        return False
    if shot.screen.name.startswith("section-"):
        return (shot.theme, shot.size) == ("light", "phone")
    return (shot.theme, shot.size) == ("dark", "desk") and shot.screen.name in DARK


SHOTS = [shot for shot in every_shot() if wanted(shot)]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    return walk(tmp_path_factory.mktemp("shots"), SHOTS)


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_no_reader_stumbles(shot: Shot, walked: Walk) -> None:
    found = walked.facts[shot.name]
    assert found.faults == {}
    assert (found.lang, found.title) == (shot.lang, TITLES[shot.lang])


def test_every_section_is_seen() -> None:
    every = {shot.screen.name for shot in every_shot() if shot.screen.name.startswith("section-")}
    assert {shot.screen.name for shot in SHOTS} == {*every, *DARK}


def test_the_servers_have_nothing_to_complain_about(walked: Walk) -> None:
    assert walked.complaints == []


PLANTED = """
<main data-testid="stMain" style="width: 300px; overflow: auto"><div style="width: 400px">wide</div>
<p style="width: 40px; overflow: hidden; white-space: nowrap">more than fits here</p>
<p style="width: 1px; overflow: hidden; clip-path: inset(50%)">only for screen readers</p>
<p>Score with evidence</p><p>The score is <b>high</b></p><p aria-label="3 points without evidence">証跡</p>
<div data-testid="stPlotlyChart"><div class="js-plotly-plot" style="width: 100px; height: 50px">
<svg class="main-svg" width="100" height="50" style="overflow: visible">
<text x="80" y="20">edge of the chart</text><text x="2" y="40">one</text><text x="6" y="41">two</text>
<g><path d="M2,0 h10 v20 h-10 z"></path><text class="bartext-inside" x="3" y="17">12.5</text></g></svg></div></div></main>
<script>console.warn("planted"); new Image().src = "http://tenken.invalid/pixel.png";</script>
"""


def test_what_is_planted_is_found() -> None:
    with chromium() as browser:
        page = context(browser).new_page()
        watch = Watch.on(page)
        page.set_content(PLANTED)
        found, english = facts(page, "ja", watch), facts(page, "en", watch)
    assert found.overflow == ["400 > 300: stMain div “wide”"]
    assert [what.split("”")[0] for what in found.clipped] == [
        "stMain p “more than fits here", "chart text over the edge “edge of the chart", "chart text wider than its bar “12.5",
        "chart text on text “one",
    ]  # fmt: skip
    assert found.untranslated == ["3 points without evidence", "Score with evidence"]
    assert english.untranslated == ["証跡"]
    assert any("planted" in line for line in found.console)
    assert found.foreign == ["http://tenken.invalid/pixel.png"]
