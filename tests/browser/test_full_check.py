"""The full check by keyboard: of every section the first two questions and the last, the rest answered before; `make prove` answers
each of them. In a file of its own: it takes long."""

import os
from itertools import cycle
from pathlib import Path

import pytest
from playwright.sync_api import expect

from scoring.model import Answer
from tenken.i18n import words
from tests.browser.drive import Reader, Server, quiet, visit
from tests.browser.test_story import CHECKLIST, LEVELS, command_line_score, figure, level, own_sheet

pytestmark = pytest.mark.browser

_ = words("ja")


EVERY_QUESTION = "TENKEN_TEST_EVERY_QUESTION" in os.environ
BY_KEY = [
    q for section in CHECKLIST.sections for q in section.questions if EVERY_QUESTION or q in (*section.questions[:2], section.questions[-1])
]
KEYS = dict(zip(CHECKLIST.questions, cycle("3120424u"), strict=False))
ANSWERS = {question.id: "unknown" if key == "u" else LEVELS[int(key)] for question, key in KEYS.items()}


def test_the_full_check_by_keyboard(server: Server, reader: Reader, tmp_path: Path) -> None:
    """Through all eleven sections, a level and N each; the numbers are those of the command line."""
    page = reader()
    before = {question: Answer(ANSWERS[question.id]) for question in CHECKLIST.questions if question not in BY_KEY}
    own_sheet(server, {fact.id: True for fact in CHECKLIST.facts}, {question.id: answer for question, answer in before.items()})
    for question, previous in zip(CHECKLIST.questions, (None, *CHECKLIST.questions), strict=False):
        if question in before:
            continue
        if previous is None or previous in before:
            visit(page, f"{server.url}/answer?mode=full&question={question.id}")
        expect(page.get_by_role("heading", name=_.text(question.text))).to_be_visible()
        page.keyboard.press(KEYS[question])
        expect(level(page, question, "？" if KEYS[question] == "u" else KEYS[question])).to_be_checked()
        page.keyboard.press("n")
    page.wait_for_url(f"{server.url}/")
    expect(page.get_by_text(_("Score (Full check)"), exact=True)).to_be_visible()
    quiet(page)
    numbers = command_line_score(tmp_path, ANSWERS, view="full")
    assert (figure(page, "備えの得点"), figure(page, "事故加重ギャップ")) == (
        f"{numbers['total']['percent']}点",
        f"{numbers['gap']['gap']}%",
    )
