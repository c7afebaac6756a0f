"""All questions of all sections by keyboard. In a file of its own: it takes as long as all other stories together."""

from itertools import cycle
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tenken.i18n import words
from tests.browser.drive import Reader, Server, quiet, visit
from tests.browser.test_story import CHECKLIST, LEVELS, answer_facts, command_line_score, figure, level

pytestmark = pytest.mark.browser

_ = words("ja")


def test_the_full_check_by_keyboard(server: Server, reader: Reader, tmp_path: Path) -> None:
    """All questions of all eleven sections, a level and N each; the numbers are those of the command line."""
    page = reader()
    answer_facts(page, server)
    visit(page, f"{server.url}/answer?mode=full")
    answers = {}
    for question, key in zip(CHECKLIST.questions, cycle("3120424u"), strict=False):
        expect(page.get_by_role("heading", name=_.text(question.text))).to_be_visible()
        quiet(page)
        page.keyboard.press(key)
        expect(level(page, question, "？" if key == "u" else key)).to_be_checked()
        answers[question.id] = "unknown" if key == "u" else LEVELS[int(key)]
        if question != CHECKLIST.questions[-1]:
            page.keyboard.press("n")
    expect(page.get_by_text(_("{done} of {n} answered", done=len(answers), n=len(answers)), exact=True)).to_be_visible()
    quiet(page)
    visit(page, server.url)
    expect(page.get_by_text(_("Score (Full check)"), exact=True)).to_be_visible()
    numbers = command_line_score(tmp_path, answers, view="full")
    assert (figure(page, "備えの得点"), figure(page, "事故加重ギャップ")) == (
        f"{numbers['total']['percent']}点",
        f"{numbers['gap']['gap']}%",
    )
