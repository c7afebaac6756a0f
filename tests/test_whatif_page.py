"""The what-if page: what is tried stands in the numbers at once, is kept under a name, compared, and nothing stored changes."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from scoring.model import UNKNOWN, Lang
from scoring.replay import BEST_FIRST
from scoring.whatif import Assumption, rule_for
from tenken.books import portfolio
from tenken.content import casebook, load_content
from tenken.corrective.decided import holding
from tenken.i18n import Words, words
from tenken.palette import Theme
from tenken.settings import read_settings
from tenken.store import Scenario, Store
from tenken.supposing import charts, tables
from tenken.supposing.actions import drafts
from tenken.supposing.trial import Ground, Trial, ground, tried
from tenken.supposing.words import conclusion, days, place, second
from tests.company import company_answers
from tests.many_units import fill
from tests.sampled import put_sample
from tests.test_gate import ask
from tests.test_pages import Open, fine, own_sheet, page_text, plain, put, title

TODAY = date.today()
CONTENT = load_content()
MFA, DOORS = "external_attack.mfa_remote", "human_error.slip_reporting"


@pytest.fixture
def group(store: Store) -> Store:
    fill(store, 6, 2)
    return store


def ground_at(store: Store, unit: int = 1) -> Ground:
    sheets = portfolio(store, store.periods(1)[-1], TODAY)
    found = ground(sheets, sheets.book.tree.unit(unit), CONTENT.outside, casebook=casebook())
    assert found is not None
    return found


def press(tab: AppTest, end: str) -> AppTest:
    return next(each for each in tab.button if str(each.key).endswith(end)).click().run()


def has(tab: AppTest, end: str) -> bool:
    return any(str(each.key).endswith(end) for each in tab.button)


def add(tab: AppTest, question: str) -> AppTest:
    return next(each for each in tab.selectbox if str(each.key).endswith(":add")).set_value(question).run()


def set_level(tab: AppTest, question: str, level: int) -> AppTest:
    """Of several rows of a question, the last one's."""
    groups = [each for each in tab.button_group if f":{question}:" in str(each.key) and str(each.key).endswith(":level")]
    return groups[-1].set_value(level).run()


def save(tab: AppTest, name: str, end: str = ":new") -> AppTest:
    next(each for each in tab.text_input if str(each.key).endswith(":name")).set_value(name).run()
    return press(tab, end)


def keep(store: Store, name: str, *assumptions: Assumption, unit: int = 1, period: int = -1, proven: bool = False) -> Scenario:
    return store.add_scenario(1, unit, store.periods(1)[period].id, name, assumptions, proven=proven, person="Sato")


# --- the page -----------------------------------------------------------------------------------------------------


def test_without_answers_it_says_what_will_be_here(lang: Lang, open_page: Open) -> None:
    tab = open_page(lang, "whatif")
    fine(tab, lang)
    assert title(tab) == words(lang)("There are no answers yet to try anything on.")


def test_what_is_tried_stands_in_the_title_at_once(lang: Lang, open_page: Open, group: Store) -> None:
    _, on = words(lang), ground_at(group)
    tab = open_page(lang, "whatif")
    fine(tab, lang)
    assert title(tab) == conclusion(on, tried(on, (), proven=False), _)
    add(tab, MFA)
    set_level(tab, MFA, 4)
    fine(tab, lang)
    trial = tried(on, (Assumption(MFA, 4, rule_for(on.portfolio, 1, MFA)),), proven=False)
    assert title(tab) == conclusion(on, trial, _)
    assert tab.markdown[0].value == second(on, trial, _)
    assert tab.metric[1].value == _.percent(trial.after.gap.gap)
    # nothing that is stored has changed
    assert ground_at(group).before.result == on.before.result
    press(tab, ":reset")
    assert title(tab) == conclusion(on, tried(on, (), proven=False), _)
    press(tab, ":undo")
    assert title(tab) == conclusion(on, trial, _)
    press(tab, ":drop")
    assert title(tab) == conclusion(on, tried(on, (), proven=False), _)


def test_the_next_steps_one_unit_alone_and_how_a_level_is_meant(lang: Lang, open_page: Open, group: Store) -> None:
    tab = open_page(lang, "whatif")
    press(tab, ":steps")
    fine(tab, lang)
    assert len([each for each in tab.button if str(each.key).endswith(":drop")]) == 5
    press(tab, ":reset")
    next(each for each in tab.selectbox if str(each.key).endswith(":for")).set_value("d1").run()
    add(tab, DOORS)
    set_level(tab, DOORS, 4)
    fine(tab, lang)
    on = ground_at(group)
    trial = tried(on, (Assumption(DOORS, 4, "set", 1001),), proven=False)
    assert title(tab) == conclusion(on, trial, words(lang))
    next(each for each in tab.selectbox if str(each.key).endswith(":for")).set_value("").run()
    add(tab, DOORS)
    set_level(tab, DOORS, 0)
    rule = next(each for each in tab.selectbox if str(each.key).endswith(":rule"))
    rule.set_value("at_most").run()
    fine(tab, lang)
    both = (Assumption(DOORS, 4, "set", 1001), Assumption(DOORS, 0, "at_most"))
    assert title(tab) == conclusion(on, tried(on, both, proven=False), words(lang))
    tab.checkbox[0].check().run()
    proven = tried(on, both, proven=True).after.result.evidenced.percent
    assert tab.metric[2].value == words(lang)("{n} points", n=words(lang).points(proven))


def test_a_department_has_a_place_among_its_neighbours(lang: Lang, open_page: Open, group: Store) -> None:
    tab = open_page(lang, "whatif", unit="d1")
    press(tab, ":steps")
    fine(tab, lang)
    on = ground_at(group, 1001)
    assert on.standing is not None
    assert place(on.standing, words(lang)) in tab.dataframe[0].value.iloc[0].tolist()


def test_person_days_are_those_that_the_company_has_settled(open_page: Open, group: Store) -> None:
    on = ground_at(group)
    trial = tried(on, (Assumption(DOORS, 4, "at_least"),), proven=False)
    group.settle(1, 1, "efforts", {DOORS: [[20, 0]] * 4}, person="", seen=0)
    raised = sum(4 - max(0, move.before) for move in trial.outcome.moves)
    unknown = sum(move.before == UNKNOWN for move in trial.outcome.moves)
    tab = open_page("en", "whatif")
    add(tab, DOORS)
    set_level(tab, DOORS, 4)
    assert tab.dataframe[0].value.iloc[-1].tolist() == ["Person-days", "―", days(20 * raised + unknown)]


def test_a_company_alone_and_its_express_check(lang: Lang, open_page: Open, store: Store) -> None:
    sheet = own_sheet(store)
    answers = company_answers(TODAY)
    express = [question.id for question in CONTENT.checklist.questions if question.express and question.id in answers]
    for question in express:
        put(store, sheet, question, answers[question])
    tab = open_page(lang, "whatif")
    fine(tab, lang)
    assert tab.metric[0].label == words(lang)("Score (Express check)")
    more = next(q.id for q in CONTENT.checklist.questions if not q.express)
    put(store, sheet, more, "level2" if more in answers and answers[more].choice == "level2" else answers[more])
    tab = open_page(lang, "whatif")
    assert tab.metric[0].label == words(lang)("Score")
    press(tab, ":steps")
    fine(tab, lang)


def test_the_sample(lang: Lang, open_page: Open, home: object) -> None:
    put_sample(read_settings().home)
    tab = open_page(lang, "whatif")
    press(tab, ":steps")
    fine(tab, lang)


# --- kept scenarios -----------------------------------------------------------------------------------------------


def test_save_compare_load_delete_and_undo(lang: Lang, open_page: Open, group: Store) -> None:
    _ = words(lang)
    tab = open_page(lang, "whatif")
    add(tab, MFA)
    save(tab, "S1")
    fine(tab, lang)
    assert any("S1" in each.value for each in tab.markdown)
    set_level(tab, MFA, 4)
    save(tab, "S1", ":over")  # the same one, changed
    assert [(each.name, each.version, each.assumptions[0].level) for each in group.scenarios(1)] == [("S1", 2, 4)]
    set_level(tab, MFA, 0)
    save(tab, "S2", ":another")
    first, other = group.scenarios(1)
    assert (first.assumptions[0].level, other.name, other.assumptions[0].level) == (4, "S2", 0)
    tab.multiselect[0].set_value([first.id, other.id]).run()
    fine(tab, lang)
    on = ground_at(group)
    trials = [tried(on, each.assumptions, proven=False, name=each.name) for each in (first, other)]
    shown = [each.value for each in tab.dataframe]
    assert any(
        list(each.columns) == [_("What"), _("Now"), "S1", "S2"] and each.equals(tables.side_by_side(on, trials, _)) for each in shown
    )
    press(tab, f"scenario:{first.id}:load")
    assert title(tab) == conclusion(on, trials[0], _)
    press(tab, f"scenario:{first.id}:drop")
    fine(tab, lang)
    assert [each.name for each in group.scenarios(1)] == ["S2"]
    press(tab, ":back")
    fine(tab, lang)
    assert [(each.name, each.assumptions) for each in group.scenarios(1)] == [("S2", other.assumptions), ("S1", first.assumptions)]


def test_problems_are_named_and_what_was_tried_stays(lang: Lang, open_page: Open, group: Store) -> None:
    _ = words(lang)
    kept = keep(group, "S1", Assumption(MFA, 4))
    tab = open_page(lang, "whatif")
    add(tab, MFA)
    save(tab, "S1")
    assert _("There is a scenario called “{name}” here already. Choose another name.", name="S1") in plain(tab.error[0].value)
    assert len([each for each in tab.button if str(each.key).endswith(":drop") and "scenario" not in str(each.key)]) == 1
    save(tab, " ")
    assert _("A scenario needs a name of up to {n} letters.", n=100) in plain(tab.error[0].value)
    press(tab, f"scenario:{kept.id}:load")
    assert not tab.error
    theirs = group.change_scenario(kept, "S1", (Assumption(MFA, 1),), proven=False, person="Suzuki")
    save(tab, "S9", ":over")
    assert len(tab.error) == 1
    assert group.scenarios(1) == (theirs,)
    press(tab, ":theirs")
    assert not tab.error
    save(tab, "S9", ":over")
    assert [(each.name, each.version) for each in group.scenarios(1)] == [("S9", 3)]


def test_a_scenario_of_an_older_quarter_is_named_and_loses_nothing(lang: Lang, open_page: Open, group: Store) -> None:
    _ = words(lang)
    old = keep(
        group, "O1", Assumption("gone.question", 2), Assumption(MFA, 9), Assumption(MFA, 4, "set", 999), Assumption(DOORS, 4), period=0
    )
    tab = open_page(lang, "whatif")
    press(tab, f"scenario:{old.id}:load")
    fine(tab, lang)
    text = page_text(tab).replace("\\_", "_")
    assert _("{question}: this quarter has no such question.", question="gone.question") in text
    assert _("{question}: there is no level {n}.", question=MFA, n=9) in text
    assert _("Parts of this scenario that say nothing in this quarter: {n}. They are left out of the numbers, and kept.", n=3) in text
    save(tab, "O2")  # in this quarter, a scenario of its own
    fine(tab, lang)
    assert [(each.name, each.period) for each in group.scenarios(1)] == [("O1", old.period), ("O2", group.periods(1)[-1].id)]
    assert group.scenarios(1)[1].assumptions == old.assumptions


def test_who_may_not_keep_scenarios_can_still_try(lang: Lang, open_page: Open, group: Store) -> None:
    keep(group, "S1", Assumption(MFA, 4), unit=1001)
    group.put_person(1, "Office", [("office", 1), ("administrator", 1)], person="")
    reader = group.put_person(1, "Reader", [("respondent", 1001)], person="")
    tab = open_page(lang, "whatif", **{"as": str(reader.id), "unit": "d1"})
    add(tab, MFA)
    fine(tab, lang)
    assert not has(tab, ":new")
    assert not any(str(each.key).startswith("scenario:") and str(each.key).endswith(":drop") for each in tab.button)
    assert words(lang)("Place among those beside it") not in page_text(tab)  # others' numbers are not theirs to see


def test_raised_answers_become_corrective_actions_once(lang: Lang, open_page: Open, group: Store) -> None:
    _ = words(lang)
    tab = open_page(lang, "whatif")
    add(tab, DOORS)
    set_level(tab, DOORS, 4)
    on = ground_at(group)
    trial = tried(on, (Assumption(DOORS, 4, "at_least"),), proven=False)
    wanted = drafts(on, trial, _)
    assert [(each.unit, each.question, each.to_level) for each in wanted] == [(m.unit, DOORS, 4) for m in trial.outcome.moves if m.is_up]
    assert sum(each.half_days for each in wanted) == trial.outcome.half_days
    press(tab, ":act")
    fine(tab, lang)
    written = group.actions(1)
    assert [(each.said.unit, each.said.question, each.said.to_level, each.said.source) for each in written] == [
        (each.unit, DOORS, 4, "scenario") for each in wanted
    ]
    assert all(each.said.promise for each in written)  # what they are to bring is worked out
    assert _("Corrective actions written down: {n}.", n=len(written)) in page_text(tab)
    press(tab, ":act")
    assert group.actions(1) == written
    assert _("All of these are planned already.") in page_text(tab)
    group.change_action(written[0], replace(written[0].said, status="done"), person="")
    press(tab, ":act")  # what was completed can be planned anew
    assert len(group.actions(1)) == len(written) + 1
    set_level(tab, DOORS, 0)
    tab.selectbox(key=next(str(each.key) for each in tab.selectbox if str(each.key).endswith(":rule"))).set_value("at_most").run()
    assert not has(tab, ":act")  # nothing to do for lowered answers


def test_the_way_to_the_actions_leads_where_they_stand(group: Store) -> None:
    on = ground_at(group, 1001)
    theirs, ours = (drafts(on, tried(on, (Assumption(each, 4),), proven=False), words("en")) for each in (MFA, DOORS))
    tree = on.portfolio.book.tree
    assert (holding(tree, on.node, ours).code, holding(tree, on.node, ()).code) == ("d1", "d1")
    assert not theirs or holding(tree, on.node, theirs).code == "c0"


def test_the_replay_shows_all_results(lang: Lang, open_page: Open, group: Store) -> None:
    tab = open_page(lang, "whatif")
    press(tab, ":steps")
    tab.checkbox[0].check().run()
    fine(tab, lang)
    on = ground_at(group)
    assert on.replay is not None
    frame = tab.dataframe[0].value
    shown = frame[frame.iloc[:, 0].str.startswith(words(lang)("Replay: {result}", result="").strip())]
    assert len(shown) == 5
    for column, total in ((1, on.replay.total), (2, on.replay.total)):
        assert sum(int(value) for value in shown.iloc[:, column]) == total
    assert shown.iloc[:, 1].tolist() == [str(on.replay.of(result)) for result in BEST_FIRST]


# --- tables, charts, files ----------------------------------------------------------------------------------------


def three(on: Ground) -> list[Trial]:
    return [
        tried(on, (Assumption(MFA, 4),), proven=False, name="A"),
        tried(on, (Assumption(MFA, 4), Assumption(DOORS, 4, "at_least")), proven=True, name="<b>B & a long name</b>"),
        tried(on, (Assumption(MFA, 4), Assumption(DOORS, 1, "at_most", 1001)), proven=False, name="A"),
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chart_draws_what_the_table_says(lang: Lang, group: Store, theme: Theme) -> None:
    _, on = words(lang), ground_at(group)
    trials = three(on)
    figure, frame = charts.side_by_side(on, trials, theme, _), tables.side_by_side(on, trials, _)
    assert list(frame.columns) == [_("What"), _("Now"), "A (1)", "<b>B & a long name</b>", "A (3)"]
    assert len(figure.data) == 5
    assert all(len(bars.x) == 4 for bars in figure.data)
    written = {note.text for note in figure.layout.annotations}
    for name in (_("Score"), _("Incident-weighted gap"), _("Score with evidence"), _("Critical items missing"), _("Person-days")):
        row = frame[frame[_("What")] == name].iloc[0].tolist()
        assert set(row[2:]) <= written
        assert f"<b>{name}</b>" in written
    assert not any("<b>B" in str(label) for label in figure.layout.yaxis.ticktext)


def test_where_scenarios_differ(lang: Lang, group: Store) -> None:
    _, on = words(lang), ground_at(group)
    found = tables.differing(on, three(on), _)
    assert len(found) == 2  # the first question is the same in all of them
    assert found.iloc[0, 1:].tolist() == ["―", _("at least {n}", n=4), "―"]
    assert found.iloc[1, 1:].tolist() == ["―", "―", _("at most {n}", n=1)]
    assert len(tables.differing(on, three(on), _, every=True)) == 3
    assert len(tables.differing(on, three(on)[:1], _)) == 1


def test_the_parts_of_the_explanation_add_up(lang: Lang, group: Store) -> None:
    _, on = words(lang), ground_at(group)
    trial = three(on)[1]
    moved, parts = tables.moved(on, trial, _), tables.parts(on, trial, _)
    assert len(moved) == len(trial.outcome.moves) + 1
    assert parts.iloc[-1, 3:].tolist() == [_.change(trial.outcome.score), _.change(trial.outcome.gap)]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_file_is_the_pages_table(address: str, store: Store, lang: str) -> None:
    fill(store, 3, 2)
    _: Words = words("ja" if lang == "ja" else "en")
    kept = [keep(store, name, Assumption(MFA, level)) for name, level in (("甲", 4), ("=乙", 1))]
    ids = ",".join(str(each.id) for each in kept)
    status, headers, body = ask(address, f"/files/whatif.csv?lang={lang}&unit=g&scenarios={ids}")
    assert status == 200
    assert headers["content-disposition"].startswith("attachment; ")
    on = ground_at(store)
    frame = tables.side_by_side(on, [tried(on, each.assumptions, proven=False, name=each.name) for each in kept], _)
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert [[cell.removeprefix("'") for cell in row] for row in rows] == [list(frame.columns), *frame.to_numpy().tolist()]
    assert not any(cell.startswith("=") for row in rows for cell in row)
    assert ask(address, f"/files/whatif.xlsx?lang={lang}&scenarios={ids}")[0] == 200
    for wrong in ("", "999", "x", f"{ids},{ids}"):
        assert ask(address, f"/files/whatif.csv?scenarios={wrong}")[0] == 400
    assert ask(address, f"/files/whatif.csv?unit=d1&scenarios={ids}")[0] == 400  # another unit's


def test_one_question_many_questions_up_and_down(lang: Lang, group: Store) -> None:
    _, on = words(lang), ground_at(group)
    texts = [
        conclusion(on, tried(on, wanted, proven=False), _)
        for wanted in (
            (Assumption(MFA, 4),),
            (Assumption(MFA, 0, "at_most"),),
            (Assumption(MFA, 4), Assumption(DOORS, 4, "at_least")),
            (Assumption(MFA, 0, "at_most"), Assumption(DOORS, 0, "at_most")),
        )
    ]
    assert len(set(texts)) == 4
