"""A quarter from the first answer to the next quarter: three departments answer, one by Excel; return, approve, seal, close,
compare, and what comes over into the next quarter."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scoring.model import Answer, Text
from tenken import audits
from tenken.auth import User
from tenken.editions import pin
from tenken.form import Form, open_form
from tenken.i18n import words
from tenken.quarters import quarter_of
from tenken.store import Period, Role, Store, UnitPlan
from tests.browser.drive import Reader, Server, quiet, visit
from tests.browser.test_story import CHECKLIST, button, level
from tests.test_workbook import edited

pytestmark = pytest.mark.browser

_ = words("ja")
NAMES = {"eigyo": "営業部", "kaihatsu": "開発部", "keiri": "経理部"}
ROLES: dict[str, tuple[tuple[Role, str], ...]] = {
    "営業 太郎": (("respondent", "eigyo"),),
    "開発 次郎": (("respondent", "kaihatsu"),),
    "経理 花子": (("respondent", "keiri"),),
    "承認 三郎": (("approver", "company"),),
    "事務局 春子": (("office", "company"), ("administrator", "company")),
}
OWN = [question for question in CHECKLIST.questions if question.scope == "unit"]


@dataclass(frozen=True, slots=True)
class Organisation:
    """A company of three departments in the quarter before this one; all is answered but the first question of each."""

    store: Store
    period: Period
    ids: dict[str, int]
    people: dict[str, int]

    def form(self, code: str, period: Period | None = None) -> Form:
        period = period or self.period
        tree = self.store.tree_of(period)
        return open_form(self.store, tree, tree.unit(self.ids[code]), period, CHECKLIST)


@pytest.fixture
def organisation(server: Server) -> Iterator[Organisation]:
    store = Store.open(f"sqlite:///{server.database}")
    root = store.create_company(Text("株式会社四半期", "Quarter Inc."))
    company = UnitPlan("company", "", "company", root.name, reporting=False)
    store.apply_units(root.id, [company, *(UnitPlan(code, "company", "department", Text(name, code), True) for code, name in NAMES.items())],
                      since=None, person="")  # fmt: skip
    day = quarter_of(date.today()).start - timedelta(days=1)
    period = store.period_for(root.id, day, pins=pin(store))
    ids = {unit.code: unit.id for unit in store.tree_of(period).units}
    people = {
        name: store.put_person(root.id, name, [(role, ids[code]) for role, code in roles], person="").id for name, roles in ROLES.items()
    }
    made = Organisation(store, period, ids, people)
    for code in ids:
        sheet = store.save_profile(
            store.sheet(ids[code], period.id, CHECKLIST), CHECKLIST, {f.id: True for f in CHECKLIST.facts}, person=""
        )
        asked = OWN[1:] if code != "company" else [question for question in CHECKLIST.questions if question.scope == "company"]
        store.save_all({sheet.id: {question.id: (Answer("partly"), 0) for question in asked}}, CHECKLIST, person="準備 担当")
    form = made.form("company")
    audits.submit(store, User("準備 担当", solo=True), form)
    yield made
    store.close()


def sit_down(page: Page, server: Server, organisation: Organisation, name: str, path: str = "answer") -> None:
    """Somebody opens Tenken and says who they are."""
    visit(page, f"{server.url}/{path}{'&' if '?' in path else '?'}as={organisation.people[name]}")


def state(page: Page, word: str) -> None:
    expect(page.locator(".st-key-life").get_by_text(_(word), exact=True).first).to_be_visible()


def test_a_quarter_from_the_first_answer_to_the_next(server: Server, reader: Reader, organisation: Organisation, tmp_path: Path) -> None:
    page = reader()
    for name in ("営業 太郎", "開発 次郎"):
        sit_down(page, server, organisation, name)
        expect(page.get_by_role("heading", name=_.text(OWN[0].text))).to_be_visible()
        if name == "営業 太郎":
            page.keyboard.press("4")
        else:  # by mouse the card alone is drawn anew, and what stands beside it is older than the sheet
            level(page, OWN[0], "4").click(force=True)
        expect(level(page, OWN[0], "4")).to_be_checked()
        quiet(page)
        button(page, _("Submit")).click()
        state(page, "Submitted")
    by_excel(page, server, organisation, tmp_path)
    returned(page, server, organisation)
    approved_and_sealed(page, server, organisation)
    the_next_quarter(page, server, organisation)


def by_excel(page: Page, server: Server, organisation: Organisation, folder: Path) -> None:
    """The third department gets its questions as a workbook and brings it back."""
    sit_down(page, server, organisation, "経理 花子", "exchange")
    with page.expect_download() as download:
        page.get_by_role("link", name=_("Workbook of {unit}", unit="経理部")).click()
    brought = folder / "回答.xlsx"
    brought.write_bytes(edited(download.value.path().read_bytes(), {"D7": "3"}))
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(brought)
    expect(page.get_by_text(_("{changes} changes, {confirmed} confirmed, {conflicts} conflicts, {same} unchanged", changes=1, confirmed=0,
                              conflicts=0, same=len(OWN) - 1))).to_be_visible()  # fmt: skip
    button(page, _("Take over")).click()
    expect(page.get_by_text(_("{n} answers were taken over.", n=1))).to_be_visible()
    visit(page, f"{server.url}/answer?question={OWN[0].id}")
    expect(level(page, OWN[0], "3")).to_be_checked()
    button(page, _("Submit")).click()
    state(page, "Submitted")


def returned(page: Page, server: Server, organisation: Organisation) -> None:
    """The reviewer returns one sheet with a remark; it is answered again and handed in again."""
    sit_down(page, server, organisation, "承認 三郎", "answer?unit=eigyo")
    expect(page.get_by_role("radio").first).to_be_disabled()
    button(page, _("Return with a remark")).click()
    page.get_by_label(_("What should be looked at again?")).fill("証跡を見せてください")
    page.get_by_label(_("What should be looked at again?")).press("Control+Enter")
    quiet(page)
    button(page, _("Return")).click()
    state(page, "Returned")
    sit_down(page, server, organisation, "営業 太郎", f"answer?unit=eigyo&question={OWN[0].id}")
    expect(page.get_by_text("証跡を見せてください").first).to_be_visible()
    page.keyboard.press("3")
    expect(level(page, OWN[0], "3")).to_be_checked()
    quiet(page)
    button(page, _("Submit")).click()
    state(page, "Submitted")


def approved_and_sealed(page: Page, server: Server, organisation: Organisation) -> None:
    """All four sheets: approved one and then the rest at once, sealed at once, and the quarter closed."""
    sit_down(page, server, organisation, "承認 三郎", "answer?unit=eigyo")
    button(page, _("Approve")).click()
    state(page, "Approved")
    visit(page, f"{server.url}/progress")
    button(page, _("Approve several ({n})", n=3)).click()
    button(page, _("Approve {n} sheets", n=3)).click()
    expect(page.get_by_text(_("Done for {n} sheets.", n=3))).to_be_visible()
    sit_down(page, server, organisation, "事務局 春子", "progress")
    button(page, _("Seal several ({n})", n=4)).click()
    button(page, _("Seal {n} sheets for good", n=4)).click()
    expect(page.get_by_text(_("Done for {n} sheets.", n=4))).to_be_visible()
    button(page, _("Close this quarter")).click()
    button(page, _("Close for good")).click()
    expect(button(page, _("Close this quarter"))).to_be_hidden()
    assert organisation.store.period(organisation.period.id).state == "closed"


def the_next_quarter(page: Page, server: Server, organisation: Organisation) -> None:
    """The sealed quarter is compared; the next one begins with its answers, each to be reconfirmed."""
    visit(page, f"{server.url}/compare")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    visit(page, f"{server.url}/progress")
    today = quarter_of(date.today())
    opening = button(page, _("Open {quarter}", quarter=_.quarter(today.start)))
    opening.click()
    expect(opening).to_be_hidden()
    quiet(page)
    assert [period.state for period in organisation.store.periods(organisation.ids["company"])] == ["closed", "open"]
    sit_down(page, server, organisation, "経理 花子", "answer?unit=keiri&period=")
    expect(page.get_by_text(_("To reconfirm"), exact=True).first).to_be_visible()
    expect(level(page, OWN[0], "3")).to_be_checked()
    button(page, _("Submit")).click()
    expect(page.get_by_text(_("{n} answers from last quarter are not confirmed yet.", n=len(OWN)))).to_be_visible()
    quiet(page)
    page.get_by_role("button", name=_("Same as last time"), exact=True).first.click()
    quiet(page)
    button(page, _("Submit")).click()
    expect(page.get_by_text(_("{n} answers from last quarter are not confirmed yet.", n=len(OWN) - 1))).to_be_visible()
    visit(page, f"{server.url}/trend")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
