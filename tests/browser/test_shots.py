"""No screen sticks out, cuts text off, mixes languages, complains in its console or calls somebody outside.

A part of what `make shots` draws, through the same functions: every screen in both languages and both sizes, two of
them dark as well, with the sample company; and what a new installation begins with.
"""

import pytest

from tenken.streamlit_quirks import TITLES
from tests.browser.shots import Shot, Walk, every_shot, walk

pytestmark = pytest.mark.browser

DARK = ("home", "answer-given")
FIRST = ("home", "answer")


def wanted(shot: Shot) -> bool:
    if shot.company == "empty":
        return shot.theme == "light" and shot.screen.name in FIRST
    return shot.theme == "light" or (shot.screen.name in DARK and shot.lang == "ja" and shot.size == "desk")


SHOTS = [shot for shot in every_shot() if wanted(shot)]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    return walk(tmp_path_factory.mktemp("shots"), SHOTS)


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_no_reader_stumbles(shot: Shot, walked: Walk) -> None:
    found = walked.facts[shot.name]
    assert found.faults == {}
    assert (found.lang, found.title) == (shot.lang, TITLES[shot.lang])


def test_a_new_reader_and_the_sample_see_every_screen() -> None:
    assert {shot.screen.name for shot in SHOTS} == {shot.screen.name for shot in every_shot()}
    assert len(SHOTS) == 46


def test_the_servers_have_nothing_to_complain_about(walked: Walk) -> None:
    assert walked.complaints == []
