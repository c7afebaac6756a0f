"""The report: one model in two languages, whose numbers are the shown numbers of the same assessment."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from scoring.engine import shown
from scoring.model import Answer, Lang
from tenken.content import casebook, load_content
from tenken.editions import pin
from tenken.errors import ReportError
from tenken.i18n import words
from tenken.reports import words as say
from tenken.reports.build import report_of
from tenken.reports.facts import MARKING_LETTERS, NO_COMPARISON, Asked, read_facts
from tenken.reports.model import Cell, Chart, Figure, Headline, Note, Page, Report, Source, Table, Value
from tenken.store import Store
from tests import reported

DAY = date(2026, 11, 22)
BOTH: tuple[Lang, ...] = ("ja", "en")
PAGES = ["summary", "changes", "gaps", "matrix", "departments", "replay", "plan", "method"]


def texts(page: Page) -> Iterator[str]:
    yield from (page.name, page.title, page.lead, *page.how)
    for block in page.blocks:
        if isinstance(block, Headline):
            yield from (block.text, *block.detail)
        elif isinstance(block, Note | Source):
            yield block.text
        elif isinstance(block, Chart):
            yield from (
                block.title,
                block.alt,
                block.source,
                block.axis,
                *block.categories,
                *block.ends,
                *(series.name for series in block.series),
            )
        elif isinstance(block, Table):
            yield from (block.title, block.note, block.empty, block.more, *(column.title for column in block.columns))
            yield from (cell.text for row in block.rows for cell in row)
        else:
            for figure in block:
                yield from (figure.label, figure.value.full, figure.range, figure.note, figure.how)


def figures(report: Report) -> tuple[Figure, ...]:
    page = report.page("summary")
    assert page is not None
    return next(block for block in page.blocks if isinstance(block, tuple))


def tables(report: Report) -> dict[str, Table]:
    return {table.id: table for page in report.pages for table in page.tables()}


def charts(report: Report) -> dict[str, Chart]:
    return {chart.id: chart for page in report.pages for chart in page.charts()}


@pytest.fixture
def alone(store: Store) -> Store:
    """A company that reports for itself, with one open quarter and no answer."""
    root = store.create_company(load_content().checklist.title)
    store.period_for(root.id, DAY, 4, pin(store))
    return store


def put(store: Store, given: Mapping[str, Answer]) -> None:
    root = store.company()
    assert root is not None
    period, checklist = store.periods(root.id)[0], load_content().checklist
    sheet = store.sheet(root.id, period.id, checklist)
    store.save_all({sheet.id: {question: (answer, 0) for question, answer in given.items()}}, checklist, person="")


def answered(store: Store, level: str, *, only_express: bool = False) -> None:
    put(store, {q.id: Answer(level) for q in load_content().checklist.questions if q.express or not only_express})


def read(store: Store, asked: Asked) -> Report:
    root = store.company()
    assert root is not None
    return report_of(read_facts(store, root, asked, DAY), words(asked.lang))


# --- the sample ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", BOTH)
def test_the_sample_has_every_page_and_no_page_is_empty(lang: Lang) -> None:
    report = reported.report(lang)
    assert [page.id for page in report.pages] == PAGES
    for page in report.pages:
        assert page.title.endswith(("。", ".")), page.title
        assert page.name
        assert page.blocks


def test_both_languages_say_the_same_numbers() -> None:
    """Every figure, value of a chart and number of a table."""
    ja, en = reported.report("ja"), reported.report("en")
    assert [(f.value.number, f.low, f.high, f.mark, f.change and f.change.number) for f in figures(ja)] == [
        (f.value.number, f.low, f.high, f.mark, f.change and f.change.number) for f in figures(en)
    ]
    assert {k: [s.values for s in chart.series] for k, chart in charts(ja).items()} == {
        k: [s.values for s in chart.series] for k, chart in charts(en).items()
    }
    assert {k: [[c.number for c in row] for row in t.rows] for k, t in tables(ja).items()} == {
        k: [[c.number for c in row] for row in t.rows] for k, t in tables(en).items()
    }


def test_numbers_are_those_of_the_assessment() -> None:
    facts, report = reported.facts(), reported.report("ja")
    a = facts.judged
    score, gap, evidenced, critical = figures(report)
    assert score.value.text == shown(a.result.total.percent)
    assert gap.value.text == shown(a.gap.gap)
    assert gap.range == f"{shown(a.gap.low)}〜{shown(a.gap.high)}%"
    assert evidenced.value.text == shown(a.result.evidenced.percent)
    assert critical.value.number == len(a.result.below_critical)
    causes = charts(report)["causes"]
    assert set(causes.series[0].values) == {say.number(shown(part.uncovered) or "") for part in a.gap.causes}
    sections = {section.id: section.title.ja for section in a.checklist.sections}
    found = {row[0].text: row[1].number for table in ("causes", "foundation") for row in tables(report)[table].rows}
    for section, scored in a.result.sections:
        assert found[sections[section]] == say.number(shown(scored.percent) or "")


def test_every_number_reads_as_its_text() -> None:
    for lang in BOTH:
        report = reported.report(lang)
        values = [f.value for f in figures(report)] + [f.change for f in figures(report) if f.change]
        cells = [
            Value(re.sub(r"^[○△×] |※$|%$", "", cell.text), "", cell.number)
            for t in tables(report).values()
            for row in t.rows
            for cell in row
        ]
        for value in (*values, *cells):
            if value.number is not None:
                assert say.number(value.text) == value.number, value
        for chart in charts(report).values():
            for series in chart.series:
                assert len(series.values) == len(series.labels) == len(chart.categories) == len(chart.ends)
                for number, label in zip(series.values, series.labels, strict=True):
                    assert not label or say.number(label) == number


def test_the_waterfall_adds_up() -> None:
    """Each bar starts where the one before it ends, but for the rounding of each."""
    chart = charts(reported.report("ja"))["waterfall"]
    hidden, total, gain, loss = (tuple(value or 0.0 for value in series.values) for series in chart.series)
    at = total[0]
    for place in range(1, len(chart.categories) - 1):
        start, end = (hidden[place], hidden[place] + gain[place]) if gain[place] else (hidden[place] + loss[place], hidden[place])
        assert abs(start - at) < 0.11
        at = end
    assert abs(at - total[-1]) < 0.11
    assert all(low >= 0 and low + more <= chart.high for low, more in zip(hidden, total, strict=True))


def test_parts_of_the_change_add_up_exactly() -> None:
    facts = reported.facts()
    assert facts.change is not None
    assert facts.change.changes is not None
    assert sum((change.delta for change in facts.change.changes), Fraction(0)) == say.score_change(facts)


@pytest.mark.parametrize("lang", BOTH)
def test_no_sentence_joins_the_gap_with_a_count_of_incidents(lang: Lang) -> None:
    """Only where it says what the weights are, the count of the statistics stands in it."""
    allowed = re.compile(r"自主公表した|disclosed themselves|確率や件数|not a number|not a count", re.I)
    for page in reported.report(lang).pages:
        for text in texts(page):
            for sentence in re.split(r"(?<=[。.])\s*", text):
                joined = re.search(r"事故加重ギャップ|incident-weighted gap", sentence, re.I) and re.search(
                    r"\d+\s*件|\d+ incidents", sentence
                )
                assert not joined or allowed.search(sentence), sentence


@pytest.mark.parametrize("lang", BOTH)
def test_people_and_places_of_the_casebook_are_not_named(lang: Lang) -> None:
    names = {incident.organisation.of(lang) for incident in casebook().incidents}
    said = "\n".join(text for page in reported.report(lang).pages for text in texts(page))
    assert [name for name in names if name in said] == []


def test_what_is_not_sealed_says_so_on_every_page() -> None:
    report = reported.report("ja")
    assert report.meta.provisional.startswith("暫定")
    assert report.meta.provisional in report.meta.footer
    assert not report.meta.seal


def test_a_sealed_quarter_carries_its_seal_and_its_time() -> None:
    report = reported.report("en", period="2026-07-01")
    assert report.meta.provisional == ""
    assert len(report.meta.seal) == 64
    assert report.meta.seal[:12] in report.meta.footer
    facts = reported.facts(Asked(period="2026-07-01"))
    assert facts.sealed_at is not None
    assert report.meta.made.replace(tzinfo=None) == facts.made
    assert "2026-12-31" not in str(reported.facts(Asked(period="2026-07-01"), date(2027, 5, 1)).as_of)
    assert any(report.meta.seal in text for page in report.pages for text in texts(page))


def test_one_unit_has_no_page_of_departments() -> None:
    report = reported.report("ja", unit="seiki-joho")
    assert "departments" not in [page.id for page in report.pages]
    assert "changes" in [page.id for page in report.pages]


def test_another_quarter_can_be_compared_with_and_none() -> None:
    far = report_of(reported.facts(Asked(against="2025-04-01")), words("ja"))
    assert [page.id for page in far.pages][1] == "changes"
    assert far.pages[1].title.startswith("25年度 Q1")
    none = report_of(reported.facts(Asked(against=NO_COMPARISON)), words("ja"))
    assert "changes" not in [page.id for page in none.pages]
    assert all(figure.change is None for figure in figures(none))


def test_the_budget_is_what_the_plan_costs_at_most() -> None:
    small = report_of(reported.facts(Asked(budget=20)), words("ja"))
    large = report_of(reported.facts(Asked(budget=200)), words("ja"))
    assert len(tables(small)["steps"].rows) < len(tables(large)["steps"].rows)
    nothing = report_of(reported.facts(Asked(budget=0)), words("ja"))
    assert tables(nothing)["steps"].rows == ()


def test_the_marking_can_be_changed_and_left_out() -> None:
    assert reported.report("ja").meta.marking == "取扱注意"
    for marking in ("", "社外秘"):
        meta = report_of(reported.facts(Asked(marking=marking)), words("ja")).meta
        assert meta.marking == marking
        assert "取扱注意" not in meta.footer
    with pytest.raises(ReportError) as caught:
        reported.facts(Asked(marking="あ" * (MARKING_LETTERS + 1)))
    assert caught.value.code == "report_marking"


@pytest.mark.parametrize(("asked", "code"), [
    (Asked(unit="nowhere"), "report_unit"), (Asked(period="2020-01-01"), "report_period"), (Asked(period="tomorrow"), "report_period"),
    (Asked(against="2026-10-01"), "report_period"),
])  # fmt: skip
def test_what_is_not_there_is_refused_by_name(asked: Asked, code: str) -> None:
    with pytest.raises(ReportError) as caught:
        reported.facts(asked)
    assert caught.value.code == code


def test_the_same_input_makes_the_same_report() -> None:
    assert report_of(reported.facts(), words("ja")) == reported.report("ja")


# --- little, nothing, odd --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", BOTH)
def test_an_empty_quarter_is_a_right_report(alone: Store, lang: Lang) -> None:
    report = read(alone, Asked(lang=lang))
    ids = [page.id for page in report.pages]
    assert "changes" not in ids
    assert "departments" not in ids
    score = figures(report)[0]
    assert score.value.text == "0.0"
    assert "100.0" in score.range
    assert report.pages[0].title == words(lang)("Nothing has been answered for this quarter yet.")


@pytest.mark.parametrize("lang", BOTH)
def test_an_express_check_says_that_it_is_one(alone: Store, lang: Lang) -> None:
    answered(alone, "partly", only_express=True)
    report = read(alone, Asked(lang=lang))
    assert figures(report)[0].value.text == "50.0"
    assert figures(report)[0].label == words(lang)("Express score")
    assert report.meta.scope == words(lang)("Express check")


@pytest.mark.parametrize("lang", BOTH)
def test_nothing_is_asked_for_where_nothing_is_left(alone: Store, lang: Lang) -> None:
    answered(alone, "verified")
    report = read(alone, Asked(lang=lang))
    assert figures(report)[0].value.text == "100.0"
    page = report.page("plan")
    assert page is not None
    assert page.title == words(lang)("No decision is asked for: nothing is left to raise.")


def test_not_applicable_everywhere_is_not_computable(alone: Store) -> None:
    put(alone, {q.id: Answer("na", reason="なし") for q in load_content().checklist.questions})
    report = read(alone, Asked())
    assert figures(report)[0].value == Value("算出不可", "点", None)
    assert figures(report)[0].value.full == "算出不可"


def test_odd_names_stay_on_one_line(alone: Store) -> None:
    root = alone.company()
    assert root is not None
    facts = read_facts(alone, root, Asked(), DAY)
    odd = replace(facts.root, name=replace(facts.root.name, ja="=SUM(A1)\n髙﨑𠮷①㈱\t<b>"))
    report = report_of(replace(facts, root=odd), words("ja"))
    assert report.meta.organisation == "=SUM(A1) 髙﨑𠮷①㈱ <b>"
    assert "\n" not in report.meta.footer


def test_who_may_not_read_a_unit_gets_no_report_of_it() -> None:
    found = reported.facts()
    mine = found.tree.unit(next(unit.id for unit in found.tree.units if unit.code == "seiki"))
    below = {unit.id for unit in found.tree.below(mine.id)}
    with reported.opened() as store:
        root = store.company(sample=True)
        assert root is not None
        with pytest.raises(ReportError) as caught:
            read_facts(store, root, Asked(), DAY, lambda unit: unit.id in below)
        assert caught.value.code == "report_unit"
        own = read_facts(store, root, Asked(unit="seiki", named=True), DAY, lambda unit: unit.id in below)
    assert not own.asked.named
    assert own.units is not None
    assert not own.units.named
    assert {line.unit.id for line in own.units.lines} <= below


def test_cells_without_a_number_are_words() -> None:
    assert say.number("△") is None
    assert say.number("−2.2") == -2.2
    assert say.number("±0") == 0
    assert say.number("1,234") == 1234
    assert Cell("―").number is None


@pytest.mark.parametrize("lang", BOTH)
def test_every_table_has_its_columns_even_without_rows(alone: Store, lang: Lang) -> None:
    for report in (reported.report(lang), read(alone, Asked(lang=lang))):
        for table in tables(report).values():
            assert table.columns, table.id
            assert {len(row) for row in table.rows} <= {len(table.columns)}
            assert table.rows or table.empty, table.id
