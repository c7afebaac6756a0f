"""The page of answers in an organisation: what it offers whom, sheet by sheet."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from scoring.model import Lang
from tenken import audits
from tenken.error_words import error_text
from tenken.errors import Closed
from tenken.i18n import words
from tenken.settings import ROOT, read_settings
from tenken.store import Store
from tests.organisation import OFFICE, Organisation, founded
from tests.test_pages import Open, go


@pytest.fixture
def organisation(home: object) -> Organisation:
    found = founded(Store.open(read_settings().store_url))
    for code in ("sales", "it"):
        found.store.save_profile(found.form(code).sheet, found.checklist, {fact.id: True for fact in found.checklist.facts}, person="")
    return found


def answers(open_page: Open, organisation: Organisation, name: str, code: str, lang: str = "en") -> AppTest:
    tab = open_page(lang, "answer", **address(organisation, name, code))
    assert not tab.exception
    return tab


def address(organisation: Organisation, name: str, code: str) -> dict[str, str]:
    person = next(each for each in organisation.store.persons(organisation.root.id) if each.name == name)
    return {"unit": code, "period": organisation.period.start.isoformat(), "as": str(person.id)}


def offered(tab: AppTest) -> set[str]:
    return {"undo", "edit"} & {button.key or "" for button in tab.button}


def test_undo_and_facts_are_offered_to_whoever_may_answer(open_page: Open, organisation: Organisation) -> None:
    organisation.fill("sales")
    assert offered(answers(open_page, organisation, "sales", "sales")) == {"undo", "edit"}
    assert offered(answers(open_page, organisation, "承認者", "sales")) == set()


def test_a_sheet_that_was_handed_in_offers_neither(open_page: Open, organisation: Organisation) -> None:
    organisation.fill("sales")
    tab = answers(open_page, organisation, "sales", "sales")
    tab.button("edit").click().run()
    assert tab.title[0].value == words("en")("First, five facts about your company")
    audits.submit(organisation.store, organisation.people["sales"], organisation.form("sales"))
    tab.run()
    assert tab.title[0].value != words("en")("First, five facts about your company")
    assert offered(tab) == set()


def test_what_went_wrong_with_one_sheet_is_not_said_beside_another(lang: Lang, open_page: Open, organisation: Organisation) -> None:
    tab = answers(open_page, organisation, OFFICE, "sales", lang)
    audits.submit(organisation.store, organisation.people[OFFICE], organisation.form("sales"))
    tab.button("submit").click().run()
    assert [error.value for error in tab.error] == [error_text(Closed("sheet_submitted"), words(lang))]
    go(tab, "answer", **address(organisation, OFFICE, "it"))
    assert tab.button("submit")
    assert [error.value for error in tab.error] == []


@pytest.mark.parametrize("page", sorted((ROOT / "tenken" / "screens").glob("*.py")), ids=lambda page: page.stem)
def test_a_page_can_be_read_at_one_look(page: Path) -> None:
    """Read, compute, draw: whatever takes a page longer than this is a part of its own."""
    assert len(page.read_text("utf-8").splitlines()) <= 80
