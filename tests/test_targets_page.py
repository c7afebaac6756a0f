"""The page of targets, and the way to them on every other page, in files and commands: the same number everywhere."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from scoring.engine import shown
from scoring.model import Answer, Lang
from scoring.portfolio import assess_units
from scoring.targets import Aim, Chosen
from tenken import charts, charts_trend, tables, tables_compare, tables_trend
from tenken.aiming.chosen import choose, chosen_at, profiles
from tenken.aiming.read import Aimed, aimed, course_aims, unit_aims
from tenken.aiming.words import conclusion, gap_left, points_left, second
from tenken.auth import User
from tenken.books import portfolio
from tenken.comparison import Asked, compared
from tenken.content import load_content
from tenken.course import read_course
from tenken.i18n import words
from tenken.store import Store
from tests.many_units import fill
from tests.test_commands_audits import refused, told
from tests.test_commands_audits import run as command
from tests.test_gate import ask
from tests.test_pages import CHECKLIST, YES, Open, fine, go, own_sheet, page_text, put, title

TODAY = date.today()
OFFICE = User("事務局", solo=True)
DEPARTMENT = 1000


@pytest.fixture
def group(store: Store) -> Store:
    fill(store, 6, 3)
    return store


def settle(store: Store, chosen: Chosen, node: int = 1) -> None:
    tree = store.tree_of(store.periods(1)[-1])
    version = chosen_at(store, tree.unit(node))[1]
    choose(store, OFFICE, tree, tree.unit(1), tree.unit(node), chosen, CHECKLIST, seen=version)


def aim_of(store: Store, node: int = 1) -> Aimed:
    period = store.periods(1)[-1]
    tree = store.tree_of(period)
    a = assess_units(portfolio(store, period, TODAY), node, load_content().outside)
    assert a is not None
    found = aimed(store, tree, tree.unit(node), a)
    assert found is not None
    return found


def button(tab: AppTest, key: str) -> Any:
    return next(each for each in tab.button if each.key == key)


def has(tab: AppTest, key: str) -> bool:
    return any(each.key == key for each in tab.button)


def select(tab: AppTest, ending: str) -> Any:
    return next(each for each in tab.selectbox if str(each.key).endswith(ending))


# --- the page ------------------------------------------------------------------------------------


def test_without_a_target_it_says_what_to_do(lang: Lang, open_page: Open) -> None:
    tab, _ = open_page(lang, "targets"), words(lang)
    fine(tab, lang)
    assert title(tab) == _("No target has been chosen yet.")
    assert _("A target says how far to go. Choose a set below: then the way to it stands beside every score and gap.") in page_text(tab)
    assert _("Targets are our proposal and an assumption, not a legal requirement.") in page_text(tab)
    assert button(tab, "aims_save").disabled


def test_choosing_shows_what_changes_before_it_is_saved(lang: Lang, open_page: Open, group: Store) -> None:
    tab, _ = open_page(lang, "targets"), words(lang)
    tab.radio[0].set_value("standard").run()
    fine(tab, lang)
    assert title(tab) == _("No target has been chosen yet.")
    assert chosen_at(group, group.tree_of(group.periods(1)[-1]).unit(1))[0] == Chosen()
    before = tab.dataframe[0].value
    button(tab, "aims_save").click().run()
    fine(tab, lang)
    aim = aim_of(group)
    assert title(tab) == conclusion(aim, _)
    assert second(aim.found, _) in page_text(tab)
    assert list(before[_("After saving")]) == [
        _.points(aim.found.total.score), _.points(aim.found.total.points), str(len(aim.found.below)), _.percent(aim.found.gap)
    ]  # fmt: skip
    assert list(before[_("Now")]) == ["―"] * 4
    assert list(tab.dataframe[0].value[_("Now")]) == list(before[_("After saving")])
    assert chosen_at(group, group.tree_of(group.periods(1)[-1]).unit(1))[0] == Chosen("standard")


def test_clearing_asks_first_and_can_be_undone(lang: Lang, open_page: Open, group: Store) -> None:
    settle(group, Chosen("standard", sections=(("telework", 2),)))
    tab, _ = open_page(lang, "targets"), words(lang)
    assert not has(tab, "aims_undo")
    button(tab, "aims_clear").click().run()
    fine(tab, lang)
    assert title(tab) == _("No target has been chosen yet.")
    button(tab, "aims_undo").click().run()
    fine(tab, lang)
    assert title(tab) == conclusion(aim_of(group), _)
    assert chosen_at(group, group.tree_of(group.periods(1)[-1]).unit(1))[0] == Chosen("standard", sections=(("telework", 2),))


def test_kinds_sections_and_questions(lang: Lang, open_page: Open, group: Store) -> None:
    settle(group, Chosen("standard"))
    tab = open_page(lang, "targets")
    tab.radio[0].set_value("demanding").run()
    assert "4" in next(each for each in tab.selectbox if str(each.key).endswith(":section:telework")).options[0]
    tab.radio[0].set_value("standard").run()
    select(tab, ":kind:supplier").set_value("basic").run()
    select(tab, ":section:telework").set_value(2).run()
    select(tab, "aims_section").set_value("legal").run()
    select(tab, ":question:legal.audit").set_value(4).run()
    fine(tab, lang)
    select(tab, ":section:physical").set_value(1).run()
    select(tab, ":section:physical").set_value("").run()
    button(tab, "aims_save").click().run()
    fine(tab, lang)
    wanted = Chosen("standard", (("supplier", "basic"),), (("telework", 2),), (("legal.audit", 4),))
    assert chosen_at(group, group.tree_of(group.periods(1)[-1]).unit(1))[0] == wanted
    assert select(tab, ":section:telework").value == 2
    tab.radio[0].set_value("").run()
    button(tab, "aims_discard").click().run()
    assert tab.radio[0].value == "standard"
    assert button(tab, "aims_save").disabled


def test_a_unit_says_what_it_has_from_above(lang: Lang, open_page: Open, group: Store) -> None:
    settle(group, Chosen("demanding"))
    tab, _ = open_page(lang, "targets", unit="d0"), words(lang)
    fine(tab, lang)
    label = _.text(next(p.label for p in profiles().profiles if p.id == "demanding"))
    assert any(_("As chosen above: {name}", name=label) in option.replace("\\", "") for option in tab.radio[0].options)
    assert title(tab) == conclusion(aim_of(group, DEPARTMENT), _)
    assert not any(str(each.key).endswith(":kind:supplier") for each in tab.selectbox)


def test_who_may_not_plan_looks_only(lang: Lang, open_page: Open, group: Store) -> None:
    settle(group, Chosen("basic"))
    board = group.put_person(1, "board", [("board", 1)], person="")
    tab, _ = open_page(lang, "targets", **{"as": str(board.id)}), words(lang)
    assert title(tab) == conclusion(aim_of(group), _)
    assert tab.radio[0].disabled
    assert not has(tab, "aims_save")
    assert _("Targets are set by the security office of this unit.") in page_text(tab)


def test_what_somebody_else_changed_is_not_overwritten(lang: Lang, open_page: Open, group: Store) -> None:
    tab, _ = open_page(lang, "targets"), words(lang)
    tab.radio[0].set_value("standard").run()
    settle(group, Chosen("basic"))
    button(tab, "aims_save").click().run()
    assert tab.error
    assert chosen_at(group, group.tree_of(group.periods(1)[-1]).unit(1))[0] == Chosen("basic")


def test_what_has_no_effect_is_named(lang: Lang, open_page: Open, group: Store) -> None:
    group.settle(1, 1, "targets", {"profile": "standard", "questions": {"legal.gone": 3}}, person="", seen=0)
    tab = open_page(lang, "targets")
    fine(tab, lang)
    assert "legal.gone" in tab.warning[0].value.replace("\\", "")


# --- everywhere ----------------------------------------------------------------------------------


def test_where_no_target_is_set_nothing_is_said_of_one(lang: Lang, open_page: Open, group: Store) -> None:
    _ = words(lang)
    for page in ("home", "answer", "compare", "trend"):
        tab = open_page(lang, page, unit="d0") if page == "answer" else open_page(lang, page)
        text = page_text(tab)
        for said in ("Gap to target", "Difference to target", "Points to target", "Score needed", "Explain the way to the target"):
            assert _(said) not in text.split("\n"), (page, said)
        assert not tab.toggle


def test_the_same_number_on_pages_in_files_and_commands(lang: Lang, open_page: Open, group: Store, address: str) -> None:
    settle(group, Chosen("standard"))
    _, aim = words(lang), aim_of(group)
    found = aim.found
    assert found.lost
    points, gap = shown(found.total.points), shown(found.gap)
    tab = open_page(lang)
    fine(tab, lang)
    captions = [caption.value for caption in tab.caption]
    assert points_left(found, _) in captions
    assert gap_left(found, _) in captions
    explained = go(tab, "explain", of="target")
    fine(explained, lang)
    assert str(points) in title(explained)
    assert f"{found.lost:,}" in explained.code[0].value
    assert f"{found.possible:,}" in explained.code[0].value
    behind = {each.key: each.value for each in explained.dataframe}
    for frame in behind.values():
        assert frame[_("Missing")].iloc[-1] == f"{found.lost:,}"
        parts = [int(cell.replace(",", "")) for cell in frame[_("Missing")][:-1]]
        assert sum(parts) == found.lost
    assert [len(frame) - 1 for frame in behind.values()] == [len(found.below), 6]
    said = told("targets")
    assert (said["to_target"]["points"], said["to_target"]["gap"], said["to_target"]["missing"]) == (points, gap, found.lost)
    assert told("trend")["quarters"][-1]["to_target"]["points"] == points
    trend = go(tab, "trend")
    fine(trend, lang)
    frame = next(each.value for each in trend.dataframe if _("Points to target") in each.value.columns)
    assert (frame[_("Points to target")].iloc[-1], frame[_("Gap to target")].iloc[-1]) == (points, f"{gap}%")


def test_units_side_by_side_and_their_file(address: str, group: Store) -> None:
    settle(group, Chosen("standard"))
    _, sheets = words("en"), portfolio(group, group.periods(1)[-1], TODAY)
    aims = unit_aims(group, sheets, "whole")
    rows = list(csv.reader(io.StringIO(ask(address, "/files/compare.csv?lang=en&view=whole")[2].decode("utf-8-sig"), newline="")))
    at = rows[0].index(_("Difference to target"))
    found = compared(sheets, Asked(view="whole"), _)
    assert [row[at].removeprefix("'") for row in rows[1:-1]] == [
        _.change(-(aims[line.unit.id].points or Fraction(0))) for line in found.lines
    ]
    frame = tables_compare.heatmap(found, _, aims=aims)
    assert [[cell.removeprefix("'") for cell in row] for row in rows] == [list(frame.columns), *frame.to_numpy().tolist()]
    told_units = {each["unit"]: each["to_target"]["points"] for each in told("compare", "--view", "whole")["units"]}
    assert told_units == {line.unit.code: shown(aims[line.unit.id].points) for line in found.lines}
    course = read_course(group, group.periods(1), 1, "whole", TODAY)
    rows = list(csv.reader(io.StringIO(ask(address, "/files/trend.csv?lang=en")[2].decode("utf-8-sig"), newline="")))
    frame = tables_trend.quarters(course, _, course_aims(group, course))
    assert [[cell.removeprefix("'") for cell in row] for row in rows] == [list(frame.columns), *frame.to_numpy().tolist()]
    rows = list(csv.reader(io.StringIO(ask(address, "/files/targets.csv?lang=en&unit=d0")[2].decode("utf-8-sig"), newline="")))
    assert len(rows) == len(CHECKLIST.questions) + 1
    assert sum(int(row[rows[0].index(_("Missing"))].replace(",", "")) for row in rows[1:]) == aims[DEPARTMENT].lost
    assert ask(address, "/files/targets.xlsx?lang=ja&unit=nobody")[0] == 400


def test_questions_show_their_target(lang: Lang, open_page: Open, group: Store) -> None:
    settle(group, Chosen("standard", (("department", "basic"),)))
    tab, _ = open_page(lang, "answer", unit="d0", question="human_error.mail_check"), words(lang)
    fine(tab, lang)
    text = page_text(tab)
    assert _("Target: {n}", n=2) in text  # the department's own
    assert _("Target: {n}", n=4) in text  # a critical one of the company, which this unit answers for it
    settle(group, Chosen())
    assert _("Target: {n}", n=2) not in page_text(open_page(lang, "answer", unit="d0", question="human_error.mail_check"))


def marked(tab: AppTest, lang: Lang) -> list[str]:
    """The steps that are said to lead past the target."""
    return [each.label for each in tab.expander if words(lang)("beyond the target") in each.label]


def test_steps_beyond_the_target_are_marked_and_can_be_left_out(lang: Lang, open_page: Open, store: Store) -> None:
    sheet = own_sheet(store, YES)
    for question in CHECKLIST.questions:
        put(store, sheet, question.id, "partly")
    tree = store.tree_of(store.periods(sheet.unit)[-1])
    choose(store, OFFICE, tree, tree.unit(sheet.unit), tree.unit(sheet.unit), Chosen(sections=tuple((s.id, 2) for s in CHECKLIST.sections if s.id != "legal")),
           CHECKLIST, seen=0)  # fmt: skip
    tab = open_page(lang, "home")
    fine(tab, lang)
    assert marked(tab, lang)
    tab.toggle[0].set_value(True).run()
    fine(tab, lang)
    assert not marked(tab, lang)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_charts_and_tables_mark_the_target(group: Store, lang: Lang, theme: Any) -> None:
    settle(group, Chosen("standard"))
    _, aim = words(lang), aim_of(group)
    a = assess_units(portfolio(group, group.periods(1)[-1], TODAY), 1, load_content().outside)
    assert a is not None
    causes = dict(aim.found.causes)
    figure = charts.incident_bars(a, theme, _, aim.found)
    assert len(figure.layout.shapes) == sum(bool(part) for part in causes.values())
    assert sum(shape.x0 for shape in figure.layout.shapes) == pytest.approx(float(aim.found.gap) * 100, abs=0.01)
    assert not charts.incident_bars(a, theme, _).layout.shapes
    frame = tables.causes(a, _, aim.found)
    assert list(frame[_("Missing to target")]) == [_.percent(causes[p.cause]) for p in charts.by_uncovered(a)] + [
        "",
        _.percent(aim.found.gap),
    ]
    course = read_course(group, group.periods(1), 1, "whole", TODAY)
    ways = course_aims(group, course)
    assert ways[0]
    line = next(each for each in charts_trend.scores(course, theme, _, ways).data if each.name == _("Target"))
    assert list(line.y) == [pytest.approx(float(way.total.score or 0) * 100, abs=0.01) for way in ways if way]
    for score in range(0, 101, 5):  # names at the end of the lines never stand on each other
        exact = Aim(asked=score, possible=100, total=100)
        drawn = charts_trend.scores(course, theme, _, (replace(ways[0], total=exact),) * 3)
        low, high = drawn.layout.yaxis.range
        ends = [note.y / (high - low) * charts_trend.PLOT + (note.yshift or 0) for note in drawn.layout.annotations if note.xref != "paper"]
        *others, target = ends
        assert all(abs(target - each) >= charts_trend.NAME - 0.5 for each in others)
    assert not any(each.name == _("Target") for each in charts_trend.scores(course, theme, _, (None,) * 3).data)


# --- the command ---------------------------------------------------------------------------------


def test_the_command_chooses_and_clears(group: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENKEN_LANG", "en")
    assert told("targets") == {
        "unit": "g", "period": group.periods(1)[-1].start.isoformat(), "chosen": None, "profile": None, "adjusted": False, "to_target": None, "levels": {}
    }  # fmt: skip
    settle(group, Chosen(sections=(("telework", 2),)))
    said = told("targets", "--profile", "demanding")
    assert said["chosen"] == {"profile": "demanding", "kinds": {}, "sections": {"telework": 2}, "questions": {}}
    assert (said["levels"]["telework.remote_access"], said["levels"]["legal.audit"], said["adjusted"]) == (2, 4, True)
    assert sum(each["missing"] for each in said["to_target"]["sections"].values()) == said["to_target"]["missing"]
    assert told("targets", "--unit", "d0")["profile"] == "demanding"
    done = command("targets", "--unit", "d0")
    assert done.stdout.splitlines()[0] == conclusion(aim_of(group, DEPARTMENT), words("en"))
    assert told("targets", "--clear")["to_target"] is None


@pytest.mark.parametrize("wrong", [["--profile", "heroic"], ["--unit", "nobody"]])
def test_the_command_names_what_there_is_not(group: Store, wrong: list[str]) -> None:
    assert wrong[1] in refused("targets", *wrong)
    assert told("targets")["chosen"] is None


def test_answers_in_a_file_have_a_way_too(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text(json.dumps({CHECKLIST.questions[0].id: "none"}))
    assert told("score", str(file))["full"]["to_target"] is None
    said = told("score", str(file), "--targets", "basic")
    question = CHECKLIST.questions[0]
    assert said["full"]["to_target"]["missing"] == question.weight * 75
    assert said["full"]["to_target"]["below"] == [question.id]
    assert said["express"]["to_target"]["possible"] < said["full"]["to_target"]["possible"]
    assert "heroic" in refused("score", str(file), "--targets", "heroic")


def test_one_company_alone(lang: Lang, open_page: Open, store: Store) -> None:
    sheet, _ = own_sheet(store, YES), words(lang)
    put(store, sheet, CHECKLIST.questions[0].id, Answer("none"))
    tab = open_page(lang, "targets")
    tab.radio[0].set_value("basic").run()
    button(tab, "aims_save").click().run()
    fine(tab, lang)
    name = {"ja": "基本", "en": "Basic"}[lang]
    total = sum(question.weight for question in CHECKLIST.questions) * 100
    missing = CHECKLIST.questions[0].weight * 75
    tenths = (2000 * missing + total) // (2 * total)
    assert title(tab) == _("{n} points to the target “{name}”.", n=f"{tenths // 10}.{tenths % 10}", name=name)
    home = go(tab, "home")
    fine(home, lang)
    assert any(caption.value.startswith(_("Gap to target {n}", n="")) for caption in home.caption)
