"""The sheet of a department: what it says of the unit, whom it names, and that it is two pages whatever it says."""

from dataclasses import replace
from pathlib import Path

import pytest

from scoring.engine import shown
from scoring.model import Lang
from tenken.i18n import words
from tenken.reports import pdf
from tenken.reports.build import report_of
from tenken.reports.facts import NO_COMPARISON, Asked, Facts
from tenken.reports.model import Cell, Figure, Table
from tenken.reports.sheet import STEPS, UnitSheet, sheet_of
from tests import reported
from tests import reported_by_hand as by_hand
from tests.pdf_read import bare, bookmarks, outside, overlaps, pages, root, strings, tags, words_at

LANGUAGES: tuple[Lang, ...] = ("ja", "en")
UNIT = "shoten-tempo"


def facts_of(unit: str = UNIT, lang: Lang = "ja", **fields: object) -> Facts:
    return reported.facts(replace(Asked(lang=lang, unit=unit), **fields))  # type: ignore[arg-type]


def sheet(unit: str = UNIT, lang: Lang = "ja", **fields: object) -> UnitSheet:
    return sheet_of(facts_of(unit, lang, **fields), words(lang))


def test_its_numbers_are_those_of_the_report_and_of_the_assessment() -> None:
    facts = facts_of()
    found, first = sheet(), report_of(facts, words("ja")).pages[0]
    figures = next(block for block in first.blocks if isinstance(block, tuple))
    assert all(isinstance(figure, Figure) for figure in figures)
    assert found.figures == figures
    scores = dict(facts.judged.result.sections)
    titles = {section.title.ja: scores[section.id] for section in facts.judged.checklist.sections if section.id in scores}
    assert {bar.name for bar in found.sections} == set(titles)
    for bar in found.sections:
        said = shown(titles[bar.name].percent)
        assert said is None or said in bar.shown
    reached = [bar.certain for bar in found.sections if bar.certain is not None]
    assert reached == sorted(reached)


def test_three_steps_that_the_unit_can_take_by_itself() -> None:
    for view in ("own", "whole"):
        facts = facts_of(view=view)
        found = sheet(view=view)
        assert len(found.steps) == STEPS
        by_text = {question.text.ja: question for question in facts.judged.checklist.questions}
        for step in found.steps:
            question = by_text[step.title.removeprefix("【重大項目】")]
            assert question.scope == "unit" or question.owner in facts.node.owners
            assert any(step.advice == advice.ja for advice in question.advice) or question.text.ja in step.advice


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nobody_else_is_named_unless_that_was_asked_for(lang: Lang) -> None:
    facts = facts_of(lang=lang)
    own = {facts.node.name.of(lang), facts.root.name.of(lang)}
    others = {unit.name.of(lang) for unit in facts.tree.units} - own
    quiet = [text for text in strings(sheet(lang=lang)) if any(name in text for name in others if len(name) > 3)]
    assert quiet == []
    assert sheet(lang=lang).others is None
    named = sheet(lang=lang, named=True).others
    assert named is not None
    assert any(row[0].text in others for row in named.rows)
    assert [row[0].bold for row in named.rows].count(True) == 1


def test_it_is_held_against_the_median_of_all_that_report() -> None:
    found, units = sheet(), facts_of("").units
    assert units is not None
    scores = sorted(float(line.total.percent) for line in units.comparison.lines if line.total.percent is not None)
    middle = (scores[len(scores) // 2 - 1] + scores[len(scores) // 2]) / 2 if len(scores) % 2 == 0 else scores[len(scores) // 2]
    assert found.peers is not None
    assert f"{middle * 100:.1f}点" in found.peers.text
    assert "低く" in found.peers.text
    assert f"{len(scores)}部門" in found.peers.text


def test_without_an_earlier_quarter_it_says_nothing_of_a_change() -> None:
    found = sheet(against=NO_COMPARISON)
    assert found.change is None
    assert all(figure.change is None for figure in found.figures)
    assert len(pages(pdf.render_sheet(found))) == 2


def test_what_is_behind_is_counted_from_the_stored_answers() -> None:
    facts, found = facts_of(view="own"), sheet(view="own")
    critical, open_, evidence = found.behind
    assert len(critical.rows) == len(facts.judged.result.below_critical)
    sheets = facts.sheets.of(facts.node.id, "own")
    assert len(evidence.rows) == int(((sheets.claimed > 0) & (sheets.evidenced != sheets.claimed)).sum())
    waiting = sum(row[1].text == "未回答" for row in open_.rows)
    assert waiting == facts.judged.result.total.unanswered


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("unit", [UNIT, "", "kakuu-insatsu"])
def test_two_tagged_pages_with_all_that_it_says(unit: str, lang: Lang) -> None:
    found = sheet(unit, lang)
    made = pdf.render_sheet(found)
    text = pages(made)
    assert len(text) == 2
    said = [found.title, found.lead, *(bar.shown for bar in found.sections), *(bar.difference for bar in found.sections)]
    said += list(strings(found.peers)) + list(strings(found.change))
    assert [each for each in said if bare(each) not in text[0]] == []
    said = [*strings(found.steps), *strings(found.ask), *(table.empty for table in found.behind if not table.rows)]
    assert [each for each in said if bare(each) not in text[1]] == []
    for page in text:
        assert bare(found.meta.footer) in page
        assert bare(found.meta.provisional) in page
    assert root(made)["/Lang"].lower().startswith(lang)
    assert bookmarks(made) == [found.name, found.steps_title]
    assert tags(made)["/H1"] == 2


def hard(name: str, rows: int) -> UnitSheet:
    found = by_hand.sheet(name=name)
    long = "とても長い設問の文が続きます。" * 6
    sections = tuple(replace(bar, name=name[:60], difference="中央値より −12.3（参考値）") for bar in found.sections * 3)
    steps = tuple(replace(step, title=long, advice=long * 2, facts=(long, name)) for step in found.steps)
    tables: tuple[Table, ...] = tuple(
        replace(
            table,
            rows=tuple(tuple(Cell(long if at == 0 else name[:20], "lacking") for at in range(len(table.columns))) for _ in range(rows)),
        )
        for table in (*found.behind, found.behind[0])
    )
    others = by_hand.departments(9, name=name)
    return replace(found, sections=sections, steps=steps, behind=tables, others=others, lead=long * 3, title=name + long)


@pytest.mark.parametrize("name", ["W" * 80, "株" * 80, '#set page() *x* $y$ "', "👍\x00髙﨑𠮷①㈱"])
@pytest.mark.parametrize("rows", [0, 30])
def test_two_pages_for_hard_names_and_long_tables(name: str, rows: int, tmp_path: Path) -> None:
    made = pdf.render_sheet(hard(name, rows))
    assert len(pages(made)) == 2
    found = words_at(made, tmp_path)
    assert outside(found) == []
    assert overlaps(found) == []


def test_where_nothing_is_left_to_do_it_says_so() -> None:
    found = replace(by_hand.sheet(), steps=(), steps_empty="残っている手順はありません。", sections=(), peers=None, change=None)
    text = pages(pdf.render_sheet(found))
    assert len(text) == 2
    assert "残っている手順はありません。" in text[1]
