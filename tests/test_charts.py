"""Charts and tables as values: lengths, labels and ids are the numbers of the scoring, and both show the same."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from scoring.assessment import Assessment, assess, express_view
from scoring.engine import shown
from scoring.incident_gap import TSR_CAUSES
from scoring.model import Answer, Evidence, Lang, Score
from tenken import charts, tables
from tenken.content import load_content
from tenken.i18n import words
from tenken.palette import NOT_APPLICABLE_SIGN, OPEN_SIGN, PALETTES, Theme
from tests.company import company_answers

CONTENT = load_content()
CHECKLIST = express_view(CONTENT.checklist)
STATISTICS = CONTENT.statistics
AS_OF = date(2026, 11, 22)
QUESTIONS = CHECKLIST.questions
TOP, BOTTOM = CHECKLIST.choices[-1].id, CHECKLIST.choices[0].id
NA = Answer("na", reason="対象の業務がない")


def sample() -> dict[str, Answer]:
    """The sample company without its profile: partly open, with evidence and an unknown."""
    return {question: answer for question, answer in company_answers(AS_OF).items() if answer.choice != "na"}


SHEETS: dict[str, dict[str, Answer]] = {
    "sample": sample(),
    "nothing": {},
    "one": {QUESTIONS[0].id: Answer("partly")},
    "top": {question.id: Answer(TOP, evidence=Evidence("台帳", AS_OF)) for question in QUESTIONS},
    "bottom": {question.id: Answer(BOTTOM) for question in QUESTIONS},
    "half": {question.id: Answer(TOP if number % 2 else BOTTOM) for number, question in enumerate(QUESTIONS)},
    "not applicable": {question.id: NA for question in QUESTIONS},
    "one section": {question.id: NA if question.section != "physical" else Answer("partly") for question in QUESTIONS},
}


ASSESSMENTS = {name: assess(CHECKLIST, answers, AS_OF, CONTENT.outside) for name, answers in SHEETS.items()}


@pytest.fixture(params=ASSESSMENTS)
def found(request: pytest.FixtureRequest) -> Assessment:
    return ASSESSMENTS[request.param]


@pytest.fixture(params=PALETTES)
def theme(request: pytest.FixtureRequest) -> Theme:
    chosen: Theme = request.param
    return chosen


def near(value: Fraction) -> Any:
    """Lengths are percent with three decimals."""
    return pytest.approx(float(value) * 100, abs=0.0006)


def texts(figure: go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


# --- status -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earned", "possible", "sign"),
    [
        (3, 4, "○"),
        (300, 400, "○"),
        (400, 400, "○"),
        (299_999_999_999_999_999, 400_000_000_000_000_000, "△"),  # a float would say 75 %
        (2, 4, "△"),
        (200, 400, "△"),
        (199_999_999_999_999_999, 400_000_000_000_000_000, "×"),
        (0, 400, "×"),
    ],
)
def test_status_is_judged_by_exact_integers(theme: Theme, earned: int, possible: int, sign: str) -> None:
    mark = charts.status(PALETTES[theme], Score(earned=earned, possible=possible))
    assert mark
    assert mark.sign == sign


def test_status_where_nothing_is_applicable(theme: Theme) -> None:
    assert charts.status(PALETTES[theme], Score()) is None


# --- incident bars ------------------------------------------------------------------------------------------------


def test_red_lengths_add_up_to_the_uncovered_part(found: Assessment, theme: Theme, lang: Lang) -> None:
    red, hatched, covered, rest = charts.incident_bars(found, theme, words(lang)).data
    assert sum(red.x) == pytest.approx(float(found.gap.uncovered) * 100, abs=0.004)
    assert sum(hatched.x) == pytest.approx(float(found.gap.open) * 100, abs=0.004)
    assert sum(covered.x) == pytest.approx(float(found.gap.covered) * 100, abs=0.004)
    assert sum(rest.x) == pytest.approx(float(found.gap.not_applicable) * 100, abs=0.004)
    total = sum(sum(bar.x) for bar in (red, hatched, covered, rest))
    assert total == pytest.approx(float(1 - found.gap.unassigned) * 100, abs=0.02)


def test_each_bar_is_as_long_as_its_share(found: Assessment, theme: Theme) -> None:
    figure = charts.incident_bars(found, theme, words("ja"))
    parts = {part.cause: part for part in found.gap.causes}
    assert set(figure.data[0].customdata) == parts.keys()
    for place, cause in enumerate(figure.data[0].customdata):
        lengths = [bar.x[place] for bar in figure.data]
        part = parts[cause]
        assert lengths == [near(part.uncovered), near(part.open), near(part.covered), near(part.not_applicable)]
        assert sum(lengths) == pytest.approx(float(part.share.central) * 100, abs=0.003)
    assert {bar.barmode for bar in [figure.layout]} == {"stack"}


def test_bars_name_their_causes_and_their_ids(found: Assessment, lang: Lang) -> None:
    _ = words(lang)
    figure = charts.incident_bars(found, "light", _)
    titles = {section.id: section.title.of(lang) for section in CHECKLIST.sections}
    for bar in figure.data:
        assert [label.replace("<br>", "" if lang == "ja" else " ") for label in bar.y] == [titles[cause] for cause in bar.customdata]
        assert list(bar.customdata) == list(figure.data[0].customdata)
    assert len(set(figure.data[0].y)) == len(titles)  # labels are positions, so each is there once
    # Plotly draws from the bottom up: the worst cause stands on top.
    assert list(figure.data[0].customdata)[::-1] == [part.cause for part in charts.by_uncovered(found)]


def test_labels_in_the_bars_are_the_shown_numbers(found: Assessment, lang: Lang) -> None:
    _ = words(lang)
    figure = charts.incident_bars(found, "light", _)
    parts = {part.cause: part for part in found.gap.causes}
    for cause, text in zip(figure.data[0].customdata, figure.data[0].text, strict=True):
        uncovered = parts[cause].uncovered
        assert text == (f"<b>{shown(uncovered)}</b>" if uncovered >= Fraction(charts.WRITTEN, 1000) else "")
    assert all(not text for bar in figure.data[1:] for text in bar.text)
    said = texts(figure)
    for part in found.gap.causes:
        assert _.percent(part.share.central) in said
        score = found.result.section(part.cause)
        mark = charts.status(PALETTES["light"], score)
        end = f"{mark.sign} {_.points(score.percent)}" if mark else f"{NOT_APPLICABLE_SIGN} {_('N/A')}"
        assert (f"<b>{end}</b>" if mark and mark.sign == "×" else end) in said


def test_the_legend_names_what_is_there_and_nothing_else(found: Assessment, lang: Lang) -> None:
    _ = words(lang)
    legend = texts(charts.incident_bars(found, "light", _))[0]
    for name, value in (
        ("Not met (weighted)", found.gap.uncovered),
        ("Not answered yet", found.gap.open),
        ("Covered", found.gap.covered),
        ("Not applicable", found.gap.not_applicable),
    ):
        assert (_(name) in legend) == (value > 0), name


def test_causes_are_sorted_by_what_is_missing(found: Assessment) -> None:
    order = [(part.uncovered + part.open, part.share.central) for part in charts.by_uncovered(found)]
    assert order == sorted(order, reverse=True)
    assert len(order) == len(found.gap.causes)


# --- thin bar -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("certain", "possible"),
    [(Fraction(0), Fraction(0)), (Fraction(1), Fraction(1)), (Fraction(1, 3), Fraction(2, 3)), (Fraction(317, 1000), Fraction(489, 1000))],
)
@pytest.mark.parametrize("lack", [False, True])
def test_thin_bar(theme: Theme, certain: Fraction, possible: Fraction, lack: bool) -> None:
    palette = PALETTES[theme]
    solid, hatched, empty = charts.thin_bar(theme, certain, possible, lack=lack).data
    assert solid.x[0] == near(certain)
    assert hatched.x[0] == pytest.approx(float(possible - certain) * 100, abs=0.002)
    assert solid.x[0] + hatched.x[0] + empty.x[0] == pytest.approx(100)
    assert solid.marker.color == (palette.lack.mark if lack else palette.accent)
    assert hatched.marker.pattern.shape == "/"  # hatched: not certain
    assert empty.marker.color == palette.grid


def test_thin_bar_ticks_the_best_estimate() -> None:
    assert not charts.thin_bar("light", Fraction(1, 4), Fraction(3, 4)).layout.shapes
    (tick,) = charts.thin_bar("light", Fraction(1, 4), Fraction(3, 4), Fraction(1, 3)).layout.shapes
    assert tick.x0 == tick.x1 == near(Fraction(1, 3))


# --- heatmap ------------------------------------------------------------------------------------------------------


def test_every_cell_stands_in_its_row_and_column(found: Assessment, lang: Lang) -> None:
    figure = charts.heatmap(found, "light", words(lang))
    (bar,) = figure.data
    causes = [part.cause for part in charts.by_uncovered(found)]
    short = {measure.id: measure.short.of(lang) for measure in CHECKLIST.countermeasures}
    cells = {(cell.section, cell.countermeasure): cell for cell in found.result.cells if cell.section in causes}
    ids = [tuple(pair) for pair in bar.customdata]
    assert sorted(ids) == sorted(cells)
    for place, (cause, measure) in enumerate(ids):
        assert bar.base[place] == pytest.approx(causes.index(cause) + 0.03)
        assert bar.x[place] == pytest.approx(0.94)
        assert bar.y[place] == short[measure]
    columns = [text.replace("<br>", "" if lang == "ja" else " ") for text in figure.layout.xaxis.ticktext]
    titles = {section.id: section.short.of(lang) for section in CHECKLIST.sections}
    assert columns == [titles[cause] for cause in causes]
    assert list(figure.layout.xaxis.tickvals) == [number + 0.5 for number in range(len(causes))]
    rows = list(figure.layout.yaxis.categoryarray)[::-1]
    assert rows == [short[measure.id] for measure in CHECKLIST.countermeasures if measure.id in {m for _c, m in cells}]
    assert len(set(rows)) == len(rows)


def test_cells_show_sign_number_and_colour_of_their_score(found: Assessment, theme: Theme) -> None:
    palette = PALETTES[theme]
    (bar,) = charts.heatmap(found, theme, words("ja")).data
    scores = {(cell.section, cell.countermeasure): cell.score for cell in found.result.cells}
    for pair, text, fill, ink in zip(bar.customdata, bar.text, bar.marker.color, bar.insidetextfont.color, strict=True):
        score = scores[pair[0], pair[1]]
        mark = charts.status(palette, score)
        assert (fill, ink) == ((mark.fill, mark.on_fill) if mark else (palette.bg, palette.mute))
        if not score.possible:
            assert text == NOT_APPLICABLE_SIGN
        elif score.open == score.possible:
            assert text == OPEN_SIGN
        else:
            assert mark
            few = "※" if score.questions - score.not_applicable < 3 else ""
            expected = f"{mark.sign}\u2009{score.earned * 100 // score.possible}{few}"
            assert text == (f"<b>{expected}</b>" if mark.sign == "×" else expected)


def test_the_number_of_a_cell_never_contradicts_its_sign() -> None:
    """74.9 is △ and must not read 75: whole numbers are cut, not rounded."""
    palette = PALETTES["light"]
    for earned, text in ((2999, "△\u200974"), (3000, "○\u200975"), (1999, "<b>×\u200949</b>"), (2000, "△\u200950")):
        score = Score(earned=earned, possible=4000, total=4000, answered=3, questions=3)
        assert charts._cell_text(score, charts.status(palette, score), words("ja")) == text


def test_cells_tell_points_and_questions_on_hover(found: Assessment, lang: Lang) -> None:
    _ = words(lang)
    (bar,) = charts.heatmap(found, "light", _).data
    scores = {(cell.section, cell.countermeasure): cell.score for cell in found.result.cells}
    for pair, text in zip(bar.customdata, bar.hovertemplate, strict=True):
        score = scores[pair[0], pair[1]]
        assert _("{earned} of {possible} points, {n} questions", earned=score.earned, possible=score.possible, n=score.questions) in text


# --- statistics ---------------------------------------------------------------------------------------------------

YEARS = STATISTICS.years
NAMES = {cause: STATISTICS.label(cause).ja for cause in TSR_CAUSES}


def test_years_are_stacked_to_what_was_published(theme: Theme, lang: Lang) -> None:
    _ = words(lang)
    names = {cause: STATISTICS.label(cause).of(lang) for cause in TSR_CAUSES}
    figure = charts.incidents_by_year(YEARS, names, theme, _)
    assert [bar.name for bar in figure.data] == [*(names[cause] for cause in TSR_CAUSES), _("cause not published")]
    for place, year in enumerate(YEARS):
        heights = [bar.y[place] for bar in figure.data]
        assert heights[:4] == [year.cause(cause) or 0 for cause in TSR_CAUSES]
        assert sum(heights) == (int(year.incidents.value) if year.incidents else 0)
    assert [bar.y[-1] for bar in figure.data] == [116, 37, 18, 7, 2]
    assert list(figure.layout.xaxis.ticktext) == ["2012", *(f"{number:02d}" for number in range(13, 26))]


def test_a_total_stands_above_each_year_and_no_data_where_there_is_none(lang: Lang) -> None:
    _ = words(lang)
    figure = charts.incidents_by_year(YEARS, NAMES, "light", _)
    said = {(note.x, note.text) for note in figure.layout.annotations}
    for place, year in enumerate(YEARS):
        assert ((place, f"<b>{int(year.incidents.value)}</b>") in said) if year.incidents else ((place, _("no<br>data")) in said)
    assert len(said) == len(YEARS)


def test_numbers_in_the_stack_are_the_counts(theme: Theme) -> None:
    figure = charts.incidents_by_year(YEARS, NAMES, theme, words("ja"))
    for bar in figure.data[:-1]:
        assert list(bar.text) == [str(count) if count >= 14 else "" for count in bar.y]
    assert figure.data[-1].marker.pattern.shape == "/"  # hatched: not there
    assert not any(figure.data[-1].text)


def test_persons_are_dots_and_a_missing_year_has_none(lang: Lang) -> None:
    _ = words(lang)
    figure = charts.persons_by_year(YEARS, "light", _)
    (dots,) = figure.data
    assert dots.type == "scatter"
    assert list(dots.y) == [int(year.persons.value) if year.persons else None for year in YEARS]
    assert list(dots.text) == [_.persons_axis(int(year.persons.value)) if year.persons else "" for year in YEARS]
    assert figure.layout.yaxis.type == "log"
    missing = [note.x for note in figure.layout.annotations if note.text == _("no<br>data")]
    assert missing == [place for place, year in enumerate(YEARS) if not year.persons]


def test_companies_by_year(lang: Lang) -> None:
    (bar,) = charts.companies_by_year(YEARS, "light", words(lang)).data
    assert list(bar.y) == [int(year.companies.value) if year.companies else 0 for year in YEARS]
    assert list(bar.text) == [f"{int(year.companies.value):,}" if year.companies else "" for year in YEARS]


def test_counts_show_the_rest_as_not_published(theme: Theme, lang: Lang) -> None:
    _ = words(lang)
    (bar,) = charts.counts([("a", 1160), ("b", 37)], 1200, theme, _).data
    assert list(zip(bar.y, bar.x, bar.text, strict=True)) == [(_("not published"), 3, "3"), ("b", 37, "37"), ("a", 1160, "1,160")]
    assert list(bar.marker.pattern.shape) == ["/", "", ""]
    (bar,) = charts.counts([("a", 2)], 2, theme, _).data
    assert list(bar.y) == ["a"]
    (bar,) = charts.counts([("a", 2)], None, theme, _).data
    assert list(bar.y) == ["a"]


# --- all figures --------------------------------------------------------------------------------------------------


def written(figure: go.Figure) -> str:
    """The figure as it is sent, without Plotly's own template."""
    sent = json.loads(figure.to_json())
    sent["layout"].pop("template", None)
    return json.dumps(sent)


Drawing = Callable[[Assessment, Theme, Any], go.Figure]
DRAWINGS: dict[str, Drawing] = {
    "incident_bars": charts.incident_bars,
    "heatmap": charts.heatmap,
    "thin_bar": lambda found, theme, _: charts.thin_bar(theme, found.gap.low, found.gap.high, found.gap.gap),
    "incidents_by_year": lambda found, theme, _: charts.incidents_by_year(YEARS, NAMES, theme, _),
    "companies_by_year": lambda found, theme, _: charts.companies_by_year(YEARS, theme, _),
    "persons_by_year": lambda found, theme, _: charts.persons_by_year(YEARS, theme, _),
    "counts": lambda found, theme, _: charts.counts([("a", 3)], 5, theme, _),
}


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_figures_take_their_colours_from_the_palette(drawing: Drawing, theme: Theme) -> None:
    figure = drawing(ASSESSMENTS["sample"], theme, words("ja"))
    palette = PALETTES[theme]
    marks = (palette.good, palette.part, palette.lack)
    known = {value for name in palette.__slots__ if isinstance(value := getattr(palette, name), str)}
    known |= {*palette.causes, *palette.on_causes, *(colour for mark in marks for colour in (mark.mark, mark.fill, mark.on_fill))}
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", written(figure))) <= known


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_figures_are_still_and_numbers_come_ready(drawing: Drawing, found: Assessment) -> None:
    """No zoom, no drag, and no number format of Plotly's: what is written was rounded by the scoring."""
    figure = drawing(found, "light", words("ja"))
    assert figure.layout.dragmode is False
    assert figure.layout.xaxis.fixedrange is True
    assert figure.layout.yaxis.fixedrange is True
    assert figure.layout.title.text is None
    for forbidden in ("texttemplate", "tickformat", "%{"):
        assert forbidden not in written(figure)


# --- tables -------------------------------------------------------------------------------------------------------


def test_the_table_of_causes_says_what_the_bars_show(found: Assessment, lang: Lang) -> None:
    _ = words(lang)
    table = tables.causes(found, _)
    figure = charts.incident_bars(found, "light", _)
    bars = {cause: [bar.x[place] for bar in figure.data] for place, cause in enumerate(figure.data[0].customdata)}
    titles = {section.title.of(lang): section.id for section in CHECKLIST.sections}
    rows = table.to_numpy().tolist()
    assert [titles[row[0]] for row in rows[:-2]] == list(figure.data[0].customdata)[::-1]
    for name, score, share, uncovered, open_, not_applicable, covered in rows[:-2]:
        lengths = bars[titles[name]]
        written = [float(text.rstrip("%")) for text in (uncovered, open_, covered, not_applicable)]
        assert written == [pytest.approx(length, abs=0.051) for length in lengths]
        assert float(share.rstrip("%")) == pytest.approx(sum(lengths), abs=0.052)
        assert score == _.points(found.result.section(titles[name]).percent)
    assert rows[-2][:3] == [_("Cause not published"), "", _.percent(found.gap.unassigned)]


def test_the_sum_of_the_causes_is_100_percent(found: Assessment, lang: Lang) -> None:
    _ = words(lang)
    gap = found.gap
    last = tables.causes(found, _).iloc[-1].tolist()
    assert last == [
        _("Sum"),
        _.points(found.result.total.percent),
        "100.0%",
        *map(_.percent, (gap.uncovered, gap.open, gap.not_applicable, gap.covered)),
    ]


def test_the_table_of_cells_says_what_the_heatmap_shows(found: Assessment, lang: Lang) -> None:
    _ = words(lang)
    table = tables.cells(found, _)
    (bar,) = charts.heatmap(found, "light", _).data
    section = {each.id: each.title.of(lang) for each in CHECKLIST.sections}
    measure = {each.id: each.label.of(lang) for each in CHECKLIST.countermeasures}
    drawn = {(measure[m], section[c]): re.sub("<[^>]+>", "", text) for (c, m), text in zip(bar.customdata, bar.text, strict=True)}
    for row in table.index:
        for column in table.columns:
            cell = str(table.loc[row, column])
            assert bool(cell) == ((row, column) in drawn)
            if cell:
                assert cell[0] == drawn[row, column][0]
                number = re.search(r"\d+", drawn[row, column])
                assert number is None or cell.split()[1].split(".")[0] == number.group()
    assert list(table.columns) == [section[part.cause] for part in charts.by_uncovered(found)]


def numbers(frame: pd.DataFrame, column: str) -> list[int]:
    return [int(str(text).replace(",", "")) for text in frame[column]]


def test_the_table_of_answers_adds_up_to_the_score(found: Assessment, lang: Lang) -> None:
    _ = words(lang)
    table = tables.answers(found, QUESTIONS, _)
    total = found.result.total
    for name, expected in ((_("Earned"), total.earned), (_("Possible"), total.possible), (_("Open"), total.open)):
        *rows, last = numbers(table, name)
        assert sum(rows) == last == expected
    assert list(table[_("Question")])[:-1] == [question.text.of(lang) for question in QUESTIONS]
    assert table[_("Question")].iloc[-1] == _("Sum")


def test_the_table_of_answers_adds_up_in_every_section_and_cell(found: Assessment) -> None:
    _ = words("ja")
    for section, score in found.result.sections:
        asked = [question for question in QUESTIONS if question.section == section]
        assert numbers(tables.answers(found, asked, _), _("Earned"))[-1] == score.earned
    for cell in found.result.cells:
        asked = [q for q in QUESTIONS if (q.section, q.countermeasure) == (cell.section, cell.countermeasure)]
        table = tables.answers(found, asked, _)
        assert (numbers(table, _("Earned"))[-1], numbers(table, _("Possible"))[-1]) == (cell.score.earned, cell.score.possible)


def test_a_row_of_an_answer_is_weight_times_points() -> None:
    _ = words("en")
    answers = {
        QUESTIONS[0].id: Answer("everywhere", evidence=Evidence("x", AS_OF)),
        QUESTIONS[1].id: NA,
        QUESTIONS[2].id: Answer("unknown"),
    }
    found = assess(CHECKLIST, answers, AS_OF, CONTENT.outside)
    table = tables.answers(found, QUESTIONS[:4], _)
    weights = [question.weight for question in QUESTIONS[:4]]
    rows = table[[_("Weight"), _("Answer"), _("Points"), _("Earned"), _("Possible"), _("Open"), _("Evidence")]].to_numpy().tolist()
    assert rows[0] == [str(weights[0]), "3 Done everywhere", "75", str(75 * weights[0]), str(100 * weights[0]), "0", "2026-11-22 valid"]
    assert rows[1] == [str(weights[1]), "― Not applicable", "", "0", "0", "0", ""]
    assert rows[2] == [str(weights[2]), "？ Don’t know", "0", "0", str(100 * weights[2]), "0", ""]
    assert rows[3] == [str(weights[3]), "・ Not answered", "", "0", str(100 * weights[3]), str(100 * weights[3]), ""]


def test_evidence_that_is_too_old_is_named_as_such() -> None:
    question = QUESTIONS[0]
    answers = {question.id: Answer("everywhere", evidence=Evidence("x", date(2020, 1, 1)))}
    found = assess(CHECKLIST, answers, AS_OF, CONTENT.outside)
    assert found.result.evidenced.earned == 0
    assert tables.answers(found, [question], words("en"))["Evidence"].iloc[0] == "2020-01-01 too old"
    assert tables.answers(found, [question], words("ja"))["証跡"].iloc[0] == "2020-01-01 期限切れ"


def test_the_parts_of_the_gap_add_up_to_what_is_not_met(found: Assessment) -> None:
    """Each answered question's part, exact before rounding; the table shows each one rounded."""
    _ = words("ja")
    parts = dict(found.gap.by_question)
    assert sum(part.central for part in parts.values()) == found.gap.uncovered
    table = tables.answers(found, QUESTIONS, _)
    for question, text in zip(QUESTIONS, table[_("Part of the gap")], strict=False):
        assert text == (_.percent(parts[question.id].central) if question.id in parts else "")


def test_the_table_of_steps_follows_their_order(found: Assessment, lang: Lang) -> None:
    _ = words(lang)
    table = tables.steps(found, _)
    assert len(table) == len(found.steps)
    assert list(table[_("Order")]) == [str(number) for number in range(1, len(found.steps) + 1)]
    for step, days, gap in zip(found.steps, table[_("Days")], table[_("Change of the gap")], strict=True):
        assert Fraction(days) * 2 == step.half_days
        assert gap == (f"−{_.points(step.gap.central)}" if step.level is not None else "―")


def test_the_table_of_years_says_what_the_chart_shows(lang: Lang) -> None:
    _ = words(lang)
    table = tables.years(STATISTICS, _)
    assert list(table[_("Year")]) == [str(year.year) for year in YEARS]
    for year, text in zip(YEARS, table[_("Incidents")], strict=True):
        assert text == (f"{int(year.incidents.value):,}" if year.incidents else _("not published"))
    assert table.iloc[-1, 1:4].tolist() == ["180", "158", "30,636,910"]
    assert len(tables.sources(STATISTICS, _)) == len(STATISTICS.sources)
    assert len(tables.largest(STATISTICS, _)) == len(STATISTICS.largest)
    assert sum(len(rows) for _name, rows in tables.datasets(STATISTICS)) == len(STATISTICS.secondary)


def test_every_published_number_has_a_link_to_its_source(lang: Lang) -> None:
    _ = words(lang)
    addresses = {source.url for source in STATISTICS.sources}
    tables_with_sources = [tables.years(STATISTICS, _), tables.largest(STATISTICS, _), tables.size_bands(YEARS[-1], STATISTICS, _)]
    tables_with_sources += [tables.figures(rows, STATISTICS, _) for _name, rows in tables.datasets(STATISTICS)]
    for table in tables_with_sources:
        for row, links in zip(table.to_numpy().tolist(), table[_("Source")], strict=True):
            found = re.findall(r"\]\(([^ ]+?)\)(?:, |$)", links)
            assert set(found) <= addresses
            published = [text for text in row[1:-1] if re.search(r"\d", str(text))]
            assert found or not published, row


def test_figures_stand_right_by_spaces_as_wide_as_digits() -> None:
    frame = pd.DataFrame({"what": ["a", "bc"], "n": ["7", "1,180"]})
    padded = tables.figures_right(frame, ["what"])
    assert list(padded["n"]) == ["\u2007\u2007\u2007\u20077", "1,180"]
    assert list(padded["what"]) == ["a", "bc"]
    assert tables.figures_right(frame.iloc[:0], ["what"]).empty


@pytest.mark.parametrize(("half_days", "expected"), [(1, "0.5"), (2, "1"), (3, "1.5"), (20, "10"), (0, "0")])
def test_days_are_written_by_halves(found: Assessment, half_days: int, expected: str) -> None:
    for step in found.steps[:1]:
        assert tables.days(replace(step, half_days=half_days)) == expected
