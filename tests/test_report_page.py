"""The page that makes files, and the address that hands them out: what is chosen is what is made, and only its owner gets it."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from scoring.model import Lang
from tenken.error_words import error_text
from tenken.errors import ReportError
from tenken.i18n import words
from tenken.markup import escaped
from tenken.reports import making
from tenken.reports.formats import FORMATS, PACKED, Material, label
from tenken.reports.making import About, Desk, File, Job, Owner, Say
from tenken.settings import read_settings
from tenken.store import Store
from tests.many_units import fill
from tests.reported import undrawn
from tests.sampled import put_sample
from tests.test_gate import ask
from tests.test_pages import Open, fine, page_text, title

PATIENCE = 20


@pytest.fixture
def sample() -> None:
    put_sample(read_settings().home)


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """One of its own for each test, for the page and for the address."""
    found = Desk()
    for place in ("tenken.parts.reporting.DESK", "tenken.report_files.DESK"):
        monkeypatch.setattr(place, found)
    return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Material]:
    return undrawn(monkeypatch)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def jobs(desk: Desk) -> list[Job]:
    """All, the newest first, once none is being made."""
    for _look in range(PATIENCE * 100):
        found = list(reversed(desk._jobs.values()))
        if found and not any(job.running for job in found):
            return found
        threading.Event().wait(0.01)
    raise AssertionError(desk._jobs)


def press(tab: AppTest, kind: str) -> None:
    tab.button(key=f"make:{kind}").click().run()
    assert not tab.exception


# --- the page ----------------------------------------------------------------------------------------------------------


def test_one_click_makes_the_deck(lang: Lang, open_page: Open, sample: None, desk: Desk, asked: list[Material]) -> None:
    tab, _ = open_page(lang, "report"), words(lang)
    fine(tab, lang)
    press(tab, "pptx")
    (job,) = jobs(desk)
    assert job.state == "done" and job.file is not None
    said = asked[0].facts.asked
    assert (said.lang, said.view, said.marking, said.budget, said.named) == (lang, "whole", None, None, False)
    assert asked[0].facts.against is not None
    assert asked[0].facts.period.state == "open"
    tab.run()
    fine(tab, lang)
    text = page_text(tab)
    assert job.file.name in text and job.file.sha256[:12] in text
    links = [str(each.proto.url) for each in tab.get("link_button")]
    assert links == [f"/files/report/{job.token}"]
    assert not tab.get("download_button")


def test_what_is_chosen_is_what_is_made(open_page: Open, sample: None, desk: Desk, asked: list[Material]) -> None:
    tab = open_page("ja", "report")
    tab.segmented_control(key="report_lang").set_value("en").run()
    tab.segmented_control(key="report_view").set_value("own").run()
    tab.segmented_control(key="report_marking").set_value("own").run()
    tab.text_input(key="report_marking_words").set_value("社外秘").run()
    tab.number_input(key="report_budget").set_value(12.5).run()
    tab.checkbox(key="report_named").check().run()
    period = next(box for box in tab.selectbox if str(box.key).startswith("report_period:"))
    chosen = period.options[2] if len(period.options) > 2 else period.options[-1]
    period.set_value(chosen_value(period, chosen)).run()
    against = next(box for box in tab.selectbox if str(box.key).startswith("report_against:"))
    against.set_value("none").run()
    press(tab, "sheet")
    (job,) = jobs(desk)
    assert job.state == "done", job.error
    said = asked[0].facts.asked
    assert (said.lang, said.view, said.marking, said.budget, said.named) == ("en", "own", "社外秘", 25, True)
    assert asked[0].facts.against is None
    assert asked[0].facts.period.state == "closed"


def chosen_value(box: Any, option: str) -> str:
    """The id behind an option's words: ids are first days, in the order of the options."""
    days = sorted({period.start.isoformat() for period in Store.open(read_settings().store_url).periods(_root())}, reverse=True)
    return str(days[list(box.options).index(option)])


def _root() -> int:
    root = Store.open(read_settings().store_url).company(sample=True)
    assert root
    return root.id


def test_several_units_and_all_files(lang: Lang, open_page: Open, sample: None, desk: Desk, asked: list[Material]) -> None:
    tab, _ = open_page(lang, "report"), words(lang)
    next(iter(tab.multiselect)).set_value(["seiki", "seiki-seizo"]).run()
    fine(tab, lang)
    press(tab, "zip")
    (job,) = jobs(desk)
    assert job.file is not None and job.file.name.endswith(".zip")
    assert len(asked) == 2 * len(PACKED)
    assert job.label.startswith(label("zip", _))
    assert {material.facts.node.code for material in asked} == {"seiki", "seiki-seizo"}
    assert job.about.units >= {material.facts.node.id for material in asked}


def test_a_password_is_in_no_address_and_in_no_job(open_page: Open, sample: None, desk: Desk, asked: list[Material]) -> None:
    tab = open_page("ja", "report")
    assert tab.text_input(key="report_password").proto.type == tab.text_input(key="report_password").proto.PASSWORD
    tab.text_input(key="report_password").set_value("ひらけごま").run()
    press(tab, "zip")
    (job,) = jobs(desk)
    assert job.state == "done"
    assert "ひらけごま" not in repr(job) + repr(desk._works) + repr(dict(tab.query_params))
    tab.run()
    assert "ひらけごま" not in "".join(str(each.proto.url) for each in tab.get("link_button"))


def test_progress_then_stopped(
    lang: Lang, open_page: Open, sample: None, desk: Desk, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(of: Material) -> bytes:
        gate.wait(PATIENCE)
        return b"late"

    monkeypatch.setitem(FORMATS, "pdf", replace(FORMATS["pdf"], render=slow))
    tab, _ = open_page(lang, "report"), words(lang)
    press(tab, "pdf")
    for _look in range(PATIENCE * 100):
        if any(job.saying and job.done for job in desk._jobs.values()):
            break
        threading.Event().wait(0.01)
    tab.run()
    (bar,) = tab.get("progress")
    assert escaped(_("{unit}: making “{kind}”", unit="", kind=label("pdf", _))) in str(bar.proto.text)
    (job,) = desk._jobs.values()
    tab.button(key=f"stop:{job.token}").click().run()
    fine(tab, lang)
    assert _("Stopped: {what}", what="")[:3] in page_text(tab)
    gate.set()
    assert jobs(desk)[0].file is None
    tab.button(key="report_clear").click().run()
    assert desk._jobs == {}


def test_errors_are_said_in_the_readers_words(
    lang: Lang, open_page: Open, sample: None, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(of: Material) -> bytes:
        raise ReportError("font_missing")

    monkeypatch.setitem(FORMATS, "pdf", replace(FORMATS["pdf"], render=refused))
    tab, _ = open_page(lang, "report"), words(lang)
    press(tab, "pdf")
    assert jobs(desk)[0].state == "failed"
    tab.run()
    assert [error.value for error in tab.error] == [error_text(ReportError("font_missing"), _)]


def test_what_is_gone_is_said(lang: Lang, open_page: Open, sample: None, desk: Desk, asked: list[Material]) -> None:
    tab = open_page(lang, "report")
    press(tab, "pptx")
    (job,) = jobs(desk)
    tab.run()
    tab.button(key=f"drop:{job.token}").click().run()
    fine(tab, lang)
    assert job.label.split("　")[0] in page_text(tab)
    assert not tab.get("link_button")


def test_a_template_that_is_none_is_refused_at_once(open_page: Open, sample: None) -> None:
    from tenken.parts.reporting import _checked
    from tenken.session import NotSaved, act

    outcome = act(_checked, "t.pptx", b"no zip at all")
    assert isinstance(outcome, NotSaved) and outcome.error.code == "template_unreadable"


def test_a_respondent_chooses_among_their_own_units(open_page: Open, store: Store, desk: Desk, asked: list[Material]) -> None:
    fill(store, 6, 2)
    own = store.put_person(1, "営業の人", [("respondent", 1003)], person="")
    tab = open_page("ja", "report", **{"as": str(own.id)})
    assert not tab.exception
    assert not tab.multiselect
    press(tab, "sheet")
    (job,) = jobs(desk)
    assert job.state == "done", job.error
    assert job.owner == Owner(1, "営業の人") and job.about.units == frozenset({1003})
    assert asked[0].facts.node.id == 1003
    tab.run()
    assert [str(each.proto.url) for each in tab.get("link_button")] == [f"/files/report/{job.token}?as={own.id}"]
    assert title(tab)


# --- the address ---------------------------------------------------------------------------------------------------------


def made(desk: Desk, owner: Owner, about: About, name: str = "営業部_要約.pdf", content: bytes = b"%PDF-") -> str:
    def work(say: Say) -> File:
        return File.of(name, "application/pdf", content)

    token = desk.start(work, owner, about)
    jobs(desk)
    return token


@pytest.fixture
def filled(store: Store) -> Store:
    fill(store, 6, 2)
    return store


def about(store: Store, *units: int) -> About:
    return About(frozenset(units), store.periods(1)[-1].start.isoformat())


def test_the_owner_gets_the_file(address: str, filled: Store, desk: Desk) -> None:
    token = made(desk, Owner(1, ""), about(filled, 1, 1003))
    status, headers, body = ask(address, f"/files/report/{token}")
    assert (status, body, headers["content-type"]) == (200, b"%PDF-", "application/pdf")
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert headers["content-disposition"].startswith("attachment; ")


def test_nobody_else_gets_it(address: str, filled: Store, desk: Desk) -> None:
    own = filled.put_person(1, "営業の人", [("respondent", 1003)], person="")
    office = filled.put_person(1, "事務局", [("office", 1)], person="")
    token = made(desk, Owner(1, "営業の人"), about(filled, 1003))
    assert ask(address, f"/files/report/{token}?as={own.id}")[0] == 200
    assert ask(address, f"/files/report/{token}?as={office.id}")[0] == 404
    assert ask(address, f"/files/report/{token}")[0] == 403  # nobody has said who they are
    assert ask(address, f"/files/report/{token}?as={own.id}", Sec_Fetch_Site="cross-site")[0] == 403
    assert ask(address, f"/files/report/{token}?as={own.id}", Sec_Fetch_Site="same-site")[0] == 403


def test_a_role_that_was_taken_back_closes_it(address: str, filled: Store, desk: Desk) -> None:
    own = filled.put_person(1, "営業の人", [("respondent", 1003)], person="")
    token = made(desk, Owner(1, "営業の人"), about(filled, 1003, 1004))
    assert ask(address, f"/files/report/{token}?as={own.id}")[0] == 403
    strange = made(desk, Owner(1, "営業の人"), About(frozenset({1003}), "1999-01-01"))
    assert ask(address, f"/files/report/{strange}?as={own.id}")[0] == 403


@pytest.mark.parametrize("token", ["x", "A" * 22, "../../etc/passwd", "%2e%2e", "A" * 22 + "%0a", "あ" * 3])
def test_guessed_tokens_are_nothing(address: str, filled: Store, desk: Desk, token: str) -> None:
    from urllib.parse import quote

    assert ask(address, f"/files/report/{quote(token, safe='%/')}")[0] in (400, 404)


def test_what_is_gone_says_so(address: str, filled: Store, desk: Desk) -> None:
    token = made(desk, Owner(1, ""), about(filled, 1))
    desk.stop(token, Owner(1, ""))
    status, headers, body = ask(address, f"/files/report/{token}", Cookie="tenken_lang=en")
    assert (status, body.decode()) == (410, error_text(ReportError("report_gone"), words("en")))
    assert "content-disposition" not in headers


def test_what_is_not_done_is_not_there(address: str, filled: Store, desk: Desk, gate: threading.Event) -> None:
    def work(say: Say) -> File:
        gate.wait(PATIENCE)
        return File.of("a", "b", b"")

    token = desk.start(work, Owner(1, ""), about(filled, 1))
    assert ask(address, f"/files/report/{token}")[0] == 404
    gate.set()


def test_the_sample_and_our_own_are_apart(address: str, sample: None, desk: Desk) -> None:
    """A file of the sample is none of our own company, and the other way round."""
    store = Store.open(read_settings().store_url)
    root = store.company(sample=True)
    assert root
    period = store.periods(root.id)[-1].start.isoformat()
    token = made(desk, Owner(root.id, ""), About(frozenset({root.id}), period))
    other = made(desk, Owner(root.id + 1000, ""), About(frozenset({root.id}), period))
    assert ask(address, f"/files/report/{token}")[0] == 200
    assert ask(address, f"/files/report/{other}")[0] == 404
    assert making.DESK is not desk
