"""The cost page: off until somebody switches it on, a range in its heading, every change saved, refused ones named; and its file."""

import csv
import io
import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from scoring.cost import Insurance, Price, Scenario, estimate
from scoring.model import Lang
from tenken.auth import User
from tenken.content import cost_book
from tenken.costing import kept, tables
from tenken.costing.words import conclusion, second, short_not
from tenken.error_words import cost_sentences
from tenken.i18n import words
from tenken.session import COMPANY
from tenken.store import Store
from tests.many_units import fill
from tests.test_gate import ask
from tests.test_pages import Open, fine, title

BOOK = cost_book()
SOLO = User("", solo=True)
SAID = Scenario("missent", 5_000, 2, insurance=Insurance(100_000, 3_000_000), prices=(("lawyer", Price(400_000, 500_000, 900_000)),))


def put(store: Store, scenario: Scenario, *, on: bool = True) -> None:
    tree = store.tree_of(store.periods(1)[-1])
    kept.write(store, SOLO, tree, 1, 1, BOOK, replace(kept.read(store, 1, BOOK), scenario=scenario, on=on))


@pytest.fixture
def on(store: Store) -> Store:
    fill(store, 3, 1)
    put(store, SAID)
    return store


def button(tab: AppTest, label: str) -> None:
    next(each for each in tab.button if each.label == label).click()
    tab.run()


def number(tab: AppTest, label: str, value: int | None) -> None:
    next(each for each in tab.number_input if each.label == label).set_value(value)
    tab.run()


def shown(tab: AppTest) -> list[str]:
    return [re.sub(r"\\(.)", r"\1", each.value) for each in tab.markdown]


# --- off -------------------------------------------------------------------------------------------------------------


def test_off_it_says_what_it_is_and_is_not_and_shows_no_amount(lang: Lang, open_page: Open, store: Store) -> None:
    _ = words(lang)
    tab = open_page(lang, "cost")
    fine(tab, lang)
    assert title(tab) == _("What would it cost if an incident happened? This estimate is switched off.")
    assert [each.label for each in tab.button if each.key == "cost_on"] == [_("Switch this estimate on")]
    assert not tab.dataframe
    assert not tab.number_input
    assert any(
        _("It is not a forecast. It adds up what would have to be paid if the incident that you describe happened.") in text
        for text in shown(tab)
    )
    assert store.settled(1, "cost").value is None


def test_one_button_switches_it_on_and_one_off(lang: Lang, open_page: Open, store: Store) -> None:
    _ = words(lang)
    tab = open_page(lang, "cost")
    tab.button(key="cost_on").click().run()
    fine(tab, lang)
    assert title(tab) == conclusion(estimate(BOOK, Scenario("malware")), BOOK, _)
    assert kept.read(store, 1, BOOK) == kept.Kept(Scenario("malware"), on=True, version=1)
    button(tab, _("Switch this estimate off"))
    assert title(tab) == _("What would it cost if an incident happened? This estimate is switched off.")
    assert not kept.read(store, 1, BOOK).on


# --- on --------------------------------------------------------------------------------------------------------------


def test_the_page_says_what_the_functions_say(lang: Lang, open_page: Open, on: Store) -> None:
    _ = words(lang)
    tab = open_page(lang, "cost")
    fine(tab, lang)
    found = estimate(BOOK, SAID)
    assert title(tab) == conclusion(found, BOOK, _)
    assert shown(tab)[0] == second(found, _)
    assert shown(tab)[1] == f"**{short_not(_)}**"
    assert tab.dataframe[0].value.to_numpy().tolist() == tables.short(BOOK, found, _).to_numpy().tolist()
    for fact in BOOK.facts:
        assert any(_.text(fact.says) in text for text in shown(tab))


def test_every_input_is_saved_at_once(lang: Lang, open_page: Open, on: Store) -> None:
    _ = words(lang)
    tab = open_page(lang, "cost")
    number(tab, _("Persons concerned"), 80_000)
    number(tab, _("Days of stop"), 4)
    number(tab, _("Gross profit lost a day, at least (yen)"), 700_000)
    number(tab, _("Gross profit lost a day, at most (yen)"), 900_000)
    number(tab, _("Insurance: deductible (yen)"), 1)
    number(tab, _("Insurance: limit (yen)"), 2)
    number(tab, _("Seed"), 99)
    number(tab, _.text(next(each for each in BOOK.assumptions if each.id == "suing").label), 3)
    next(each for each in tab.selectbox if each.label == _("Kind")).select("supplier")
    fine(tab.run(), lang)
    now = kept.read(on, 1, BOOK).scenario
    assert (now.kind, now.persons, now.days, now.seed, now.insurance) == ("supplier", 80_000, 4, 99, Insurance(1, 2))
    assert dict(now.prices)["stop"] == Price(700_000, None, 900_000)
    assert now.assumed == (("suing", 3),)
    assert title(tab) == conclusion(estimate(BOOK, now), BOOK, _)


def test_the_least_profit_pulls_the_most_along(open_page: Open, on: Store) -> None:
    tab = open_page("en", "cost")
    number(tab, "Gross profit lost a day, at least (yen)", 500)
    assert dict(kept.read(on, 1, BOOK).scenario.prices)["stop"] == Price(500, None, 500)
    number(tab, "Gross profit lost a day, at most (yen)", 300)
    assert dict(kept.read(on, 1, BOOK).scenario.prices)["stop"] == Price(300, None, 300)
    fine(tab, "en")
    assert [each.value for each in tab.number_input if each.label.startswith("Gross profit")] == [300, 300]


def choose(tab: AppTest, item: str) -> None:
    next(each for each in tab.selectbox if (each.key or "").startswith("cost_item")).select(item)
    tab.run()


def test_a_price_is_changed_refused_and_put_back(lang: Lang, open_page: Open, on: Store) -> None:
    _ = words(lang)
    tab = open_page(lang, "cost")
    choose(tab, "consultant")
    for label, value in ((_("Low (yen)"), 300_000), (_("Most likely (yen)"), 400_000), (_("High (yen)"), 2_000_000)):
        next(each for each in tab.number_input if each.label == label).set_value(value)
    button(tab, _("Save this price"))
    fine(tab, lang)
    assert dict(kept.read(on, 1, BOOK).scenario.prices)["consultant"] == Price(300_000, 400_000, 2_000_000)
    next(each for each in tab.number_input if each.label == _("Low (yen)")).set_value(3_000_000)
    button(tab, _("Save this price"))
    assert [re.sub(r"\\(.)", r"\1", each.value) for each in tab.error] == [cost_sentences(_)["cost_order"]]
    assert dict(kept.read(on, 1, BOOK).scenario.prices)["consultant"] == Price(300_000, 400_000, 2_000_000)
    button(tab, _("Back to the published price"))
    fine(tab, lang)
    assert dict(kept.read(on, 1, BOOK).scenario.prices) == dict(SAID.prices)


def test_jnsas_model_is_no_price_here(lang: Lang, open_page: Open, on: Store) -> None:
    _ = words(lang)
    tab = open_page(lang, "cost")
    choose(tab, "voucher")
    next(each for each in tab.number_input if each.label == _("High (yen)")).set_value(29_768)
    button(tab, _("Save this price"))
    assert len(tab.error) == 1
    assert "29,768" in tab.error[0].value
    assert kept.read(on, 1, BOOK).scenario == SAID


def test_an_item_is_put_in_and_taken_out(lang: Lang, open_page: Open, on: Store) -> None:
    _ = words(lang)
    tab = open_page(lang, "cost")
    choose(tab, "flaming")
    tab.checkbox[0].set_value(True).run()
    fine(tab, lang)
    assert kept.read(on, 1, BOOK).scenario.included == (("flaming", True),)
    assert title(tab) == conclusion(estimate(BOOK, replace(SAID, included=(("flaming", True),))), BOOK, _)
    choose(tab, "stop")
    assert any(each.value == _("Its price is the gross profit that you enter above.") for each in tab.caption)


def test_everything_goes_back_after_a_question_and_comes_back_again(lang: Lang, open_page: Open, on: Store) -> None:
    _ = words(lang)
    changed = replace(SAID, prices=(*SAID.prices, ("stop", Price(1, None, 2))), included=(("flaming", True),), assumed=(("suing", 5),))
    put(on, changed)
    tab = open_page(lang, "cost")
    assert _("Undo") not in [each.label for each in tab.button]
    button(tab, _("Yes, put them back"))
    fine(tab, lang)
    assert kept.read(on, 1, BOOK).scenario == replace(SAID, prices=(("stop", Price(1, None, 2)),))
    button(tab, _("Undo"))
    fine(tab, lang)
    assert kept.read(on, 1, BOOK).scenario == changed
    assert _("Undo") not in [each.label for each in tab.button]


def test_somebody_else_was_first(lang: Lang, open_page: Open, on: Store) -> None:
    _ = words(lang)
    tab = open_page(lang, "cost")
    put(on, replace(SAID, persons=77))
    number(tab, _("Days of stop"), 9)
    assert len(tab.error) == 1
    assert kept.read(on, 1, BOOK).scenario == replace(SAID, persons=77)
    assert next(each for each in tab.number_input if each.label == _("Persons concerned")).value == 77
    number(tab, _("Days of stop"), 9)
    fine(tab, lang)
    assert kept.read(on, 1, BOOK).scenario == replace(SAID, persons=77, days=9)


def test_nothing_with_a_range_is_no_estimate(lang: Lang, open_page: Open, on: Store) -> None:
    put(on, replace(SAID, included=tuple((item.id, False) for item in BOOK.items)))
    tab = open_page(lang, "cost")
    fine(tab, lang)
    assert not re.search("[0-9]", title(tab))


def test_every_kind_draws(lang: Lang, open_page: Open, on: Store) -> None:
    for kind in BOOK.kinds:
        put(on, Scenario(kind.id, 1_000, 3))
        fine(open_page(lang, "cost"), lang)


def test_a_unit_shows_its_company_and_one_company_alone_works(lang: Lang, open_page: Open, on: Store) -> None:
    tab = open_page(lang, "cost", unit="d1")
    fine(tab, lang)
    assert title(tab) == words(lang)("What would it cost if an incident happened? This estimate is switched off.")  # company 10's own


def test_one_company_alone(lang: Lang, open_page: Open, store: Store) -> None:
    store.create_company(COMPANY)
    tab = open_page(lang, "cost")
    tab.button(key="cost_on").click().run()
    fine(tab, lang)
    assert words(lang)("One estimate for each company: {name}", name=COMPANY.of(lang)) not in [each.value for each in tab.caption]


# --- who -------------------------------------------------------------------------------------------------------------


def test_the_board_reads_and_changes_nothing(lang: Lang, open_page: Open, on: Store) -> None:
    _ = words(lang)
    person = on.put_person(1, "B. Oard", [("board", 1)], person="")
    tab = open_page(lang, "cost", **{"as": str(person.id)})
    fine(tab, lang)
    assert title(tab) == conclusion(estimate(BOOK, SAID), BOOK, _)
    assert all(each.disabled for each in (*tab.number_input, *tab.checkbox))
    assert _("Switch this estimate off") not in [each.label for each in tab.button]
    put(on, SAID, on=False)
    tab = open_page(lang, "cost", **{"as": str(person.id)})
    fine(tab, lang)
    assert "cost_on" not in [each.key for each in tab.button]


def test_who_sees_a_department_sees_no_estimate_of_the_company(lang: Lang, open_page: Open, on: Store) -> None:
    person = on.put_person(1, "S. Ales", [("respondent", 1001)], person="")
    tab = open_page(lang, "cost", **{"as": str(person.id), "unit": "d1"})
    fine(tab, lang)
    assert title(tab) == words(lang)("What an incident would cost is estimated for the whole company.")
    assert not tab.dataframe


# --- its file --------------------------------------------------------------------------------------------------------


def test_the_file_is_the_whole_table_and_none_while_it_is_off(address: str, store: Store) -> None:
    fill(store, 3, 1)
    assert ask(address, "/files/cost.csv?lang=en")[0] == 400
    put(store, SAID)
    _ = words("en")
    status, headers, body = ask(address, "/files/cost.csv?lang=en")
    assert (status, headers["cache-control"]) == (200, "no-store")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    frame = tables.items(BOOK, estimate(BOOK, SAID), _)
    assert [[cell.removeprefix("'") for cell in row] for row in rows] == [list(frame.columns), *frame.to_numpy().tolist()]
    assert ask(address, "/files/cost.xlsx?lang=ja")[0] == 200
    person = store.put_person(1, "S. Ales", [("respondent", 1001)], person="")
    assert ask(address, f"/files/cost.csv?as={person.id}")[0] == 400
    assert ask(address, "/files/cost.csv", Sec_Fetch_Site="cross-site")[0] == 403
