"""The plan page, its command and its files: what the functions say, in both languages; efforts are kept, nonsense is refused by name."""

import csv
import io
import json
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from streamlit.testing.v1 import AppTest

from scoring.engine import shown
from scoring.errors import PlanError
from scoring.model import Answer, Lang, Text
from scoring.plan import Costs
from tenken.auth import ACTIONS, TABLE, User, can
from tenken.books import portfolio
from tenken.content import load_content
from tenken.error_words import error_text
from tenken.errors import Conflict, NotAllowed, PlanRefused
from tenken.i18n import words
from tenken.markup import escaped
from tenken.palette import Theme
from tenken.planning import charts, tables
from tenken.planning import words as sentences
from tenken.planning.costs import EFFORTS, Prices, checked_efforts, checked_rate, edited, prices, settle_day_rate, settle_efforts
from tenken.planning.read import Case, Worked, drafts, open_case, sensible, work
from tenken.session import COMPANY
from tenken.store import Store, UnitPlan
from tests.many_units import fill
from tests.test_commands_audits import fine as ran
from tests.test_commands_audits import refused, run, told
from tests.test_gate import ask
from tests.test_pages import Open, fine, title

CONTENT = load_content()
TODAY = date.today()
OFFICE = User("事務局", (("office", 1),))


@pytest.fixture
def filled(store: Store) -> Store:
    fill(store, 6, 2)
    return store


def case_of(store: Store, code: str = "g", view: str = "whole", alpha: Fraction | None = None) -> Case:
    sheets = portfolio(store, store.periods(1)[-1], TODAY)
    tree = sheets.book.tree
    node = next(unit for unit in tree.units if unit.code == code)
    found = open_case(sheets, node, CONTENT.outside, prices(store, tree, node), "own" if view == "own" else "whole", alpha)
    assert found
    return found


def worked(store: Store, days: int = 30, **asked: Any) -> Worked:
    return work(case_of(store, **asked), 2 * days)


def budget(tab: AppTest, value: float) -> AppTest:
    return next(each for each in tab.number_input if str(each.key).startswith("plan_budget")).set_value(value).run()


# --- the page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["g", "c0", "d1", "s0"])
def test_the_page_says_what_the_functions_say(lang: Lang, open_page: Open, filled: Store, code: str) -> None:
    tab = open_page(lang, "plan", unit=code)
    fine(tab, lang)
    case, _ = case_of(filled, code), words(lang)
    found = work(case, sensible(case))
    assert title(tab) == sentences.conclusion(found, _)
    assert str(shown(found.after)) in title(tab)
    frame = tab.dataframe[0].value
    assert list(frame[_("Person-days")]) == [sentences.days(step.half_days) for step in found.best.steps]
    assert len(tab.table[0].value) == len(found.points)


def test_budget_alpha_and_scope_are_asked_for(lang: Lang, open_page: Open, filled: Store) -> None:
    tab = budget(open_page(lang, "plan"), 12.5)
    fine(tab, lang)
    assert title(tab) == sentences.conclusion(work(case_of(filled), 25), words(lang))
    tab.slider[0].set_value(1.0).run()
    fine(tab, lang)
    assert title(tab) == sentences.conclusion(work(case_of(filled, alpha=Fraction(1)), 25), words(lang))
    next(group for group in tab.button_group if group.key == "plan_scope").set_value("own")
    fine(tab.run(), lang)
    assert title(tab) == sentences.conclusion(work(case_of(filled, view="own", alpha=Fraction(1)), 25), words(lang))


@pytest.mark.parametrize("days", [-1.0, -0.5, 60.3, 20_000.5, 1e12])
def test_a_budget_that_is_none_is_refused_by_name_and_the_page_stays(lang: Lang, open_page: Open, filled: Store, days: float) -> None:
    tab, _ = budget(open_page(lang, "plan"), days), words(lang)
    assert not tab.exception
    assert title(tab) == _("This budget cannot be planned with.")
    assert len(tab.error) == 1
    assert tab.error[0].value.startswith(_("Budget"))
    fine(budget(tab, 10), lang)


def test_a_budget_for_nothing(lang: Lang, open_page: Open, filled: Store) -> None:
    tab = budget(open_page(lang, "plan"), 0)
    fine(tab, lang)
    assert title(tab) == words(lang)("With {n} person-days no step can be done.", n="0")


def test_before_the_first_answer_it_says_what_to_do(lang: Lang, open_page: Open) -> None:
    tab = open_page(lang, "plan")
    fine(tab, lang)
    assert title(tab) == words(lang)("Nothing is answered yet, so there is nothing to plan.")


def test_where_nothing_reports(lang: Lang, open_page: Open, store: Store) -> None:
    company = store.create_company(COMPANY)
    units = [
        UnitPlan("c", company.code, "company", Text("会社", "Company"), reporting=False),
        UnitPlan("d", company.code, "department", Text("部門", "Department"), reporting=True),
    ]
    store.apply_units(company.id, units, since=None, person="")
    tab = open_page(lang, "plan", unit="c")
    fine(tab, lang)
    assert title(tab) == words(lang)("Nothing below {unit} reports yet.", unit={"ja": "会社", "en": "Company"}[lang])


def one_company(store: Store, choice: str, *, express: bool = False) -> None:
    company = store.create_company(COMPANY)
    sheet = store.sheet(company.id, store.period_for(company.id, TODAY).id, CONTENT.checklist)
    asked = {q.id: (Answer(choice), 0) for q in CONTENT.checklist.questions if q.express or not express}
    store.save_all({sheet.id: asked}, CONTENT.checklist, person="")


def test_one_company_alone_and_its_express_check(lang: Lang, open_page: Open, store: Store) -> None:
    one_company(store, CONTENT.checklist.choices[1].id, express=True)
    tab, _ = open_page(lang, "plan"), words(lang)
    fine(tab, lang)
    assert _("By the questions of the express check only; the full check has numbers of its own.") in [each.value for each in tab.caption]
    assert not [group for group in tab.button_group if group.key == "plan_scope"]
    found = told("plan", "--budget", "5")
    assert found["check"] == "express"


def test_when_nothing_is_left_to_do(lang: Lang, open_page: Open, store: Store) -> None:
    one_company(store, CONTENT.checklist.choices[-1].id)
    tab = open_page(lang, "plan")
    fine(tab, lang)
    assert title(tab) == words(lang)("No next step left.")


def test_open_questions_are_one_line(open_page: Open, filled: Store) -> None:
    tab = open_page("en", "plan")
    n = case_of(filled).assessment.result.total.unanswered
    assert [each.value for each in tab.caption if each.value.startswith("Not answered:")] == [
        f"Not answered: {n}. Open questions are not planned; they count in the gap until they are answered."
    ]


# --- sentences, tables, chart ----------------------------------------------------------------------------------------


def test_every_step_has_its_reason(filled: Store, lang: Lang) -> None:
    _, found = words(lang), worked(filled, 60)
    reasons = sentences.reasons(found, _)
    assert len(reasons) == len(found.best.steps)
    first = _("critical and below level {n}, so it comes first", n=2)
    assert all((first in reason) == step.critical for step, reason in zip(found.best.steps, reasons, strict=True))
    assert len({reason.split("。" if lang == "ja" else ";")[1] for reason in reasons}) > 3
    shares = [sentences.part(found, step) for step in found.best.steps]
    assert sum(share or 0 for share in shares) == 1
    assert all((share is None) == (step.to_level is None) for share, step in zip(shares, found.best.steps, strict=True))


def test_the_gap_after_the_last_step_is_the_one_in_the_conclusion(filled: Store) -> None:
    _, found = words("en"), worked(filled, 40)
    frame = tables.plan(found, _)
    assert frame[_("Gap after it (%)")].iloc[-1] == shown(found.after)
    assert _("Yen") not in frame.columns
    behind = tables.rows_behind(found, _)
    assert sum(Fraction(cell) for cell in behind[_("Effect on the gap, exact")]) == found.best.gap
    assert sum(Fraction(cell) for cell in behind[_("Of all points, exact")]) == found.best.loss
    for row in behind.to_dict("records"):
        times = int(row[_("Times")].split(" / ")[0])
        gained = int(row[_("Gained")].replace(",", ""))
        assert gained == times * int(row[_("Weight")]) * int(row[_("Points")])
        if row[_("Share of the cause")] != "―":
            total = int(row[_("All points of the section")].replace(",", ""))
            assert Fraction(row[_("Share of the cause")]) * gained / total == Fraction(row[_("Effect on the gap, exact")])


def test_the_order_beside_says_where_it_differs(filled: Store, lang: Lang) -> None:
    _, found = words(lang), worked(filled, 30)
    frame = tables.order(found, len(found.case.order), _)
    assert len(frame) == len(found.case.order)
    assert list(frame[_("In the best plan")]).count(_("beyond the budget")) == len(found.case.order) - len(found.nested.steps)
    said = sentences.nested(found, _)
    assert shown(found.after) is not None
    assert str(shown(found.after)) in said
    everything = work(found.case, found.case.effort)
    assert sentences.nested(everything, _) == _("For {n} person-days both come to the same.", n=sentences.days(found.case.effort))


def test_why_the_two_orders_differ(filled: Store, lang: Lang) -> None:
    _, case = words(lang), case_of(filled)
    assert {(step.question, step.level) for step in case.plain} == {(step.question, step.level) for step in case.steps}
    assert [step.loss for step in case.plain] == sorted((step.loss for step in case.plain), reverse=True)
    said = sentences.orders_differ(case, _)
    assert said != _("Both orders begin with the same steps.")
    assert "%" in said


def test_critical_ones_that_are_left_are_named_with_their_units(filled: Store, lang: Lang) -> None:
    _, found = words(lang), worked(filled, 0)
    named = {each.question for each in found.left_out}
    assert named == set(found.case.assessment.result.below_critical)
    lines = sentences.critical_lines(found, 3, _)
    assert len(lines) == 4
    assert lines[-1] == _("and {n} more", n=len(named) - 3)
    assert sentences.critical_lines(work(found.case, found.case.effort), 3, _) == sentences.critical_lines(
        work(found.case, 10**6), 3, _
    )  # only what was merely found out stays


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chart_and_its_table_are_the_same_numbers(filled: Store, theme: Theme, lang: Lang) -> None:
    _, found = words(lang), worked(filled, 30)
    figure = charts.curve(found, theme, _)
    nested, best, mark = figure.data
    assert list(best.customdata) == list(found.points)
    assert [f"{value:.1f}" for value in best.y] == list(tables.curve(found, _)[_("Gap of the best plan (%)")])
    assert all(first <= other + 1e-9 for first, other in zip(best.y, nested.y, strict=True)) or found.case.alpha < 1
    assert (mark.x[0], f"{mark.y[0]:.1f}") == (30, shown(found.after))
    assert any(str(shown(found.after)) in note.text for note in figure.layout.annotations)


def test_a_plan_becomes_actions_once(lang: Lang, open_page: Open, filled: Store) -> None:
    _, tab = words(lang), open_page(lang, "plan")
    case = case_of(filled)
    found = work(case, sensible(case))
    wanted = drafts(found.case, found.best, _)
    assert [(each.unit, each.question, each.from_level, each.to_level) for each in wanted] == [
        (step.node, step.question, step.from_level, step.to_level) for step in found.best.steps
    ]
    assert sum(each.half_days for each in wanted) == found.best.half_days
    for said in (_("Corrective actions written down: {n}.", n=len(wanted)), _("All of these are planned already.")):
        next(each for each in tab.button if str(each.key).endswith(":act")).click().run()
        assert not tab.exception
        assert any(said in each.value for each in tab.markdown)
        assert len(filled.actions(1)) == len(wanted)
    assert {each.said.source for each in filled.actions(1)} == {"plan"}


# --- efforts and yen -------------------------------------------------------------------------------------------------


def opened(store: Store, code: str = "g") -> tuple[Any, Any, Prices]:
    period = store.periods(1)[-1]
    tree = store.tree_of(period)
    return tree, tree.unit(1), prices(store, tree, next(unit for unit in tree.units if unit.code == code))


def test_efforts_are_kept_by_company_and_hold_for_all_below(filled: Store) -> None:
    tree, root, found = opened(filled)
    question = CONTENT.checklist.questions[0]
    assert found.of[1] == Costs()
    settle_efforts(filled, OFFICE, tree, root, found, {question.id: ((1, 0), (2, 100), (3, 0), (40, 0))})
    settle_day_rate(filled, OFFICE, tree, root, found, 40_000)
    _, _, company = opened(filled, "c0")
    assert company.of[1000].of(question) == ((1, 0), (2, 100), (3, 0), (40, 0))
    assert company.of[1000].day_rate == 40_000
    assert company.of[9000] == Costs()  # a supplier's costs are its own affair
    settle_efforts(filled, OFFICE, tree, root, company, {question.id: ((9, 0),) * 4})
    settle_day_rate(filled, OFFICE, tree, root, company, 50_000)
    _, _, again = opened(filled, "c0")
    assert (again.of[1000].of(question)[0], again.of[1].of(question)[0]) == ((9, 0), (1, 0))
    assert (again.of[1000].day_rate, again.of[1].day_rate) == (50_000, 40_000)
    settle_efforts(filled, OFFICE, tree, root, again, {question.id: None})
    settle_day_rate(filled, OFFICE, tree, root, again, 0)
    assert opened(filled, "c0")[2].of[1000] == company.of[1000]
    assert len([event for event in filled.events(1) if event.action == "settled"]) == 6


def test_an_effort_changes_the_plan_and_yen_are_shown(open_page: Open, filled: Store) -> None:
    tree, root, found = opened(filled)
    before = worked(filled, 20)
    dear = before.best.steps[0].question
    settle_efforts(filled, OFFICE, tree, root, found, {dear: ((40_000, 7),) * 4})
    settle_day_rate(filled, OFFICE, tree, root, found, 30_001)
    after = worked(filled, 20)
    assert dear not in {step.question for step in after.best.steps}
    assert after.best.yen == sum((step.half_days * 30_001 + 1) // 2 for step in after.best.steps)
    tab = open_page("en", "plan")
    fine(tab, "en")
    assert any("In yen about ¥" in each.value for each in tab.markdown)
    assert tab.dataframe[0].value["Yen"].str.fullmatch(r"¥[\d,]+").all()


def test_cells_that_are_written_become_efforts(filled: Store) -> None:
    tree, root, found = opened(filled)
    first, second = CONTENT.checklist.questions[:2]
    changes = edited(CONTENT.checklist.questions, found, {0: {"days1": 7.5, "yen1": 3000.0}, 1: {"days0": first.effort[0] / 2}})
    assert changes[first.id] == tuple((15, 3000) if level == 1 else (effort, 0) for level, effort in enumerate(first.effort))
    assert changes[second.id] == (
        None if second.effort[0] == first.effort[0] else ((first.effort[0], 0), *((e, 0) for e in second.effort[1:]))
    )
    settle_efforts(filled, OFFICE, tree, root, found, changes)
    again = opened(filled)[2]
    assert edited(CONTENT.checklist.questions, again, {0: {"days1": None, "yen1": None}}) == {first.id: None}
    for cells, code in (({"days0": 0.3}, "bad_effort"), ({"yen0": 1.5}, "bad_purchase")):
        with pytest.raises(PlanRefused) as stopped:
            edited(CONTENT.checklist.questions, found, {0: cells})
        assert (stopped.value.code, stopped.value.fields["question"], stopped.value.fields["level"]) == (code, first.id, "0 → 1")


@pytest.mark.parametrize(("steps", "code"), [([[0, 0]], "bad_effort"), ([[-4, 0]], "bad_effort"), ([[40_001, 0]], "bad_effort"), ([[2.5, 0]], "bad_effort"),
                                             ([[True, 0]], "bad_effort"), ([[1, -1]], "bad_purchase"), ([[1, 10**12]], "bad_purchase"),
                                             ([[1]], "bad_efforts"), ("x", "bad_efforts")])  # fmt: skip
def test_absurd_efforts_are_refused_by_name_and_nothing_changes(filled: Store, steps: Any, code: str) -> None:
    tree, root, found = opened(filled)
    with pytest.raises(PlanRefused) as stopped:
        settle_efforts(filled, OFFICE, tree, root, found, {"external_attack.mfa_remote": steps})
    assert stopped.value.code == code
    assert "{" not in error_text(stopped.value, words("ja"))
    assert "?" not in error_text(stopped.value, words("en"))
    assert opened(filled)[2].efforts_seen == 0


@pytest.mark.parametrize("rate", [-1, 10_000_001, 1.5, "1", True])
def test_absurd_day_rates_are_refused(filled: Store, rate: Any) -> None:
    tree, root, found = opened(filled)
    with pytest.raises(PlanRefused, match="bad_day_rate"):
        settle_day_rate(filled, OFFICE, tree, root, found, rate)
    assert opened(filled)[2].rate_seen == 0


def test_what_stands_broken_in_the_database_is_named(filled: Store) -> None:
    filled.settle(1, 1, EFFORTS, ["x"], person="", seen=0)
    with pytest.raises(PlanRefused, match="bad_efforts"):
        opened(filled)
    assert checked_efforts(None) == {}
    assert checked_rate(None) == 0


def test_efforts_are_the_offices_and_nobody_overwrites_unseen(filled: Store) -> None:
    tree, root, found = opened(filled)
    for role, roles in TABLE.items():
        someone = User("だれか", ((role, 1),))
        assert can(someone, "plan", 1, tree) == (role == "office")
        assert {"plan", "act"} <= set(ACTIONS)
        if "plan" not in roles:
            with pytest.raises(NotAllowed, match="not_allowed_plan"):
                settle_day_rate(filled, someone, tree, root, found, 1)
    settle_day_rate(filled, OFFICE, tree, root, found, 1)
    with pytest.raises(Conflict, match="setting_changed"):
        settle_day_rate(filled, OFFICE, tree, root, found, 2)
    supplier = opened(filled, "s0")[2]
    assert supplier.company is None
    with pytest.raises(PlanRefused):
        settle_day_rate(filled, OFFICE, tree, root, supplier, 2)


def test_the_day_rate_is_written_on_the_page(lang: Lang, open_page: Open, filled: Store) -> None:
    tab = open_page(lang, "plan")
    rate = next(each for each in tab.number_input if str(each.key).startswith("plan_rate"))
    rate.set_value(45_000).run()
    fine(tab, lang)
    assert opened(filled)[2].day_rate == 45_000
    next(each for each in tab.number_input if str(each.key).startswith("plan_rate")).set_value(-5).run()
    assert [each.value for each in tab.error] == [escaped(error_text(PlanRefused("bad_day_rate", value="-5"), words(lang)))]
    assert opened(filled)[2].day_rate == 45_000


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENKEN_LANG", "en")


@pytest.mark.usefixtures("english")
def test_json_and_nothing_but_json(filled: Store) -> None:
    found = told("plan", "--budget", "60")
    by_hand = worked(filled, 60)
    assert found["gap"] == {"now": shown(by_hand.case.assessment.gap.gap), "after": shown(by_hand.after),
                            "taken_off": f"{by_hand.best.gap.numerator}/{by_hand.best.gap.denominator}"}  # fmt: skip
    assert [(step["question"], step["from"], step["to"]) for step in found["steps"]] == [
        (s.question, s.from_level, s.to_level) for s in by_hand.best.steps
    ]
    assert sum(step["person_days"] for step in found["steps"]) == found["person_days"] <= 60
    assert sum(Fraction(step["gap"]) for step in found["steps"]) == by_hand.best.gap
    assert found["yen"] is None
    assert sum(step["person_days"] for step in found["order"]) <= 60
    assert {each["question"] for each in found["critical_left"]} == {each.question for each in by_hand.left_out}
    assert [point["person_days"] for point in found["curve"]] == [budget / 2 for budget in by_hand.points]
    assert json.loads(ran("plan", "--budget", "60", "--unit", "d2", "--view", "own", "--alpha", "1", "--json"))["alpha"] == "1/1"


@pytest.mark.usefixtures("english")
def test_the_command_in_words(filled: Store) -> None:
    said = ran("plan", "--budget", "10")
    found = worked(filled, 10)
    assert said.startswith(sentences.conclusion(found, words("en")))
    assert len([line for line in said.splitlines() if " → " in line or "  ？" in line]) >= len(found.best.steps)
    assert "Not answered:" in said


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("arguments", "named"), [(("--budget", "-5"), "--budget: -5"), (("--budget", "60.25"), "--budget: 60.25"),
                                                  (("--budget", "1e99"), "--budget: 1e99"), (("--budget", "x"), "--budget: x"),
                                                  (("--budget", "5", "--alpha", "2"), "--alpha: 2")])  # fmt: skip
def test_nonsense_is_named_on_stderr(filled: Store, arguments: tuple[str, ...], named: str) -> None:
    assert named in refused("plan", *arguments)


@pytest.mark.usefixtures("english")
def test_units_and_views_that_are_none(filled: Store) -> None:
    for arguments in (("--unit", "zz"), ("--view", "x"), ("--period", "1999-01-01")):
        assert run("plan", "--budget", "5", *arguments).exit_code == 2


# --- files -----------------------------------------------------------------------------------------------------------


def test_the_files_are_the_pages_tables(address: str, filled: Store, lang: Lang) -> None:
    _ = words(lang)
    status, headers, body = ask(address, f"/files/plan.csv?lang={lang}&budget=15&alpha=0.5")
    assert status == 200
    assert headers["content-disposition"].startswith("attachment; ")
    frame = tables.plan(worked(filled, 15, alpha=Fraction(1, 2)), _)
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert [[cell.removeprefix("'") for cell in row] for row in rows] == [list(frame.columns), *frame.to_numpy().tolist()]
    book = CalamineWorkbook.from_filelike(io.BytesIO(ask(address, f"/files/plan.xlsx?lang={lang}&budget=15")[2]))
    assert book.sheet_names == [_("Plan"), _("Every budget"), _("Nothing taken back"), _("Rows behind it")]


@pytest.mark.parametrize("query", ["", "budget=-1", "budget=x", "budget=5&alpha=2", "budget=5&view=x", "budget=5&unit=zz"])
def test_files_of_what_there_is_not_are_refused(address: str, filled: Store, query: str) -> None:
    assert ask(address, f"/files/plan.csv?{query}")[0] == 400


def test_more_than_any_memory_should_hold_is_refused_by_name(
    lang: Lang, open_page: Open, filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenken.planning.read.MOST_CELLS", 2000)
    case = case_of(filled)
    most = 2000 // len(case.decisions)
    assert work(case, most).budget == most
    tab = open_page(lang, "plan")
    assert [each.value for each in tab.error] == [error_text(PlanError("plan_too_large", "budget", f"{most // 2:,}"), words(lang))]


def test_the_curve_goes_as_far_as_many_decisions_leave_room_for(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(filled)
    assert work(case, 40).points[-1] == 80
    monkeypatch.setattr("tenken.planning.read.SHOWN_CELLS", 50 * len(case.decisions))
    assert work(case, 40).points[-1] == 50
    assert work(case, 60).points[-1] == 60
    assert work(case, 10**6).points[-1] == case.effort
