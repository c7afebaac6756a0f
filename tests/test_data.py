"""The data folder: what was published stands there unchanged and complete, and broken files are refused by line."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from scoring.errors import DataError, Problem
from scoring.incident_gap import TSR_CAUSES
from scoring.load.statistics import load_controls, load_matrix, load_second_reference, load_statistics
from scoring.model import (
    CAUSES,
    Text,
)
from scoring.outside import (
    Figure,
    Statistics,
)

DATA = Path(__file__).parent.parent / "data"
STATISTICS = load_statistics(DATA)

# year: incidents, companies, persons, the four causes in TSR's order; None = not published in what was read.
PUBLISHED: dict[int, tuple[int | None, ...]] = {
    2012: (None, None, None, None, None, None, None),
    2013: (107, 87, None, None, None, None, None),
    2014: (70, 59, 36_151_467, None, None, None, None),
    2015: (None, None, None, None, None, None, None),
    2016: (89, 77, None, 22, None, None, None),
    2017: (None, None, None, None, None, None, None),
    2018: (None, None, None, None, None, None, None),
    2019: (86, 66, 9_031_734, 41, None, None, None),
    2020: (103, 88, 25_150_047, 51, 32, 14, None),
    2021: (137, 120, 5_749_773, 68, 43, 16, None),
    2022: (165, 150, 5_927_057, 91, 43, 25, 5),
    2023: (175, 147, 40_908_718, 93, 43, 15, 24),
    2024: (189, 151, 15_865_611, 114, 41, 20, 14),
    2025: (180, 158, 30_636_910, 116, 37, 18, 7),
}
UNASSIGNED = {2020: 6, 2021: 10, 2022: 1, 2023: 0, 2024: 0, 2025: 2}


def value(figure: Figure | None) -> int | Fraction | None:
    return None if figure is None else figure.value


def published(dimension: str, measure: str) -> dict[tuple[str, str], Figure]:
    found = (f for f in STATISTICS.figures if (f.dimension, f.measure) == (dimension, measure))
    return {(f.period, f.category): f for f in found}


# --- the figures ---------------------------------------------------------------------------------


def test_every_year_is_there_with_what_was_published_and_nothing_else() -> None:
    assert [year.year for year in STATISTICS.years] == list(PUBLISHED)
    for year in STATISTICS.years:
        found = tuple(value(f) for f in (year.incidents, year.companies, year.persons))
        assert (*found, *(year.cause(cause) for cause in TSR_CAUSES)) == PUBLISHED[year.year], year.year


def test_the_newest_year_in_plain_numbers() -> None:
    year = STATISTICS.year(2025)
    assert [value(f) for f in (year.incidents, year.companies, year.persons)] == [180, 158, 30636910]
    assert [year.cause(cause) for cause in TSR_CAUSES] == [116, 37, 18, 7]
    assert year.unassigned == 2


@pytest.mark.parametrize(("year", "unassigned"), UNASSIGNED.items())
def test_incidents_without_a_published_cause_stay_unassigned(year: int, unassigned: int) -> None:
    assert STATISTICS.year(year).unassigned == unassigned


@pytest.mark.parametrize("year", [2012, 2015, 2017, 2018])
def test_a_year_without_source_holds_nothing(year: int) -> None:
    found = STATISTICS.year(year)
    assert (found.incidents, found.companies, found.persons, found.unassigned) == (None,) * 4
    assert (found.causes, found.media, found.industries, found.size_bands) == ((),) * 4


def test_the_partial_year_2015_stays_a_figure_but_never_becomes_the_year() -> None:
    partial = [f for f in STATISTICS.figures if f.note.startswith("PARTIAL YEAR")]
    assert [(f.period, f.measure, f.value) for f in partial] == [("2015", "incidents", 40), ("2015", "companies", 31)]
    assert STATISTICS.year(2015).incidents is None


def test_shares_are_the_counts_cut_after_one_decimal() -> None:
    whole = {"industry": "companies", "market": "companies"}
    compared = 0
    for share in (f for f in STATISTICS.figures if f.measure == "share_percent"):
        measure = "companies" if share.category.startswith("market") else whole.get(share.dimension, "incidents")
        count = published(share.dimension, measure).get((share.period, share.category))
        totals = published("cumulative" if share.dimension == "cumulative" else "total", measure)
        if count is None:
            continue
        exact = Fraction(count.value * 100) / totals[share.period, "total"].value
        cut = Fraction(int(exact * 10), 10)
        assert abs(share.value - cut) <= Fraction(1, 10), (share, cut)
        compared += 1
    assert compared == 58


def test_cumulative_totals_grow_by_exactly_the_incidents_of_each_year() -> None:
    totals = published("cumulative", "incidents")
    years = [year for year in STATISTICS.years if year.year > 2019]
    assert len(years) >= 6
    for year in years:
        grown = totals[str(year.year), "total"].value - totals[str(year.year - 1), "total"].value
        assert grown == value(year.incidents), year.year


def test_persons_agree_with_the_cumulative_totals_within_their_rounding() -> None:
    totals = published("cumulative", "persons")
    for year in (year for year in STATISTICS.years if year.year > 2019):
        grown = totals[str(year.year), "total"].value - totals[str(year.year - 1), "total"].value
        assert year.persons is not None
        assert -10_000 <= Fraction(grown) - year.persons.value <= 10_000, year.year


def test_numbers_are_exact() -> None:
    for number in (figure.value for figure in STATISTICS.figures + STATISTICS.secondary):
        assert type(number) is int or (type(number) is Fraction and number.denominator > 1), number
    assert published("cause", "share_percent")["2025", "virus_unauthorised_access"].value == Fraction("64.4")
    assert published("cause", "share_percent")["2025", "loss_misdisposal"].value == 10


def test_media_industries_and_size_bands_hold_counts() -> None:
    counted = {"media": "incidents", "industries": "companies", "size_bands": "incidents"}
    for year in STATISTICS.years:
        for name, measure in counted.items():
            assert {figure.measure for _, figure in getattr(year, name)} <= {measure}
    assert [(k, f.value) for k, f in STATISTICS.year(2022).media] == [
        ("internal_system_server", 76),
        ("pc_mobile", 60),
        ("paper_documents", 22),
        ("recording_media", 6),
    ]
    assert dict(STATISTICS.year(2023).industries)["manufacturing"].value == 44
    assert dict(STATISTICS.year(2025).size_bands)["undisclosed"].value == 70


def test_every_figure_names_a_source_that_is_there() -> None:
    known = {source.id for source in STATISTICS.sources}
    assert len(known) == len(STATISTICS.sources) == 85
    assert {f.source for f in STATISTICS.figures + STATISTICS.secondary} <= known
    assert {source for entry in STATISTICS.largest for source in entry.sources} <= known
    assert STATISTICS.source("tsr2024").url.startswith("https://www.tsr-net.co.jp/")


def test_alternate_rows_are_skipped() -> None:
    assert not [f for f in STATISTICS.figures + STATISTICS.secondary if f.note.startswith("ALTERNATE")]
    assert 9_031_374 not in {f.value for f in STATISTICS.figures}
    share = published("cumulative", "share_percent")["2016", "cause_virus_unauthorised_access"]
    assert share.value == Fraction("19.6")
    assert (len(STATISTICS.figures), len(STATISTICS.secondary)) == (260, 94)


def test_largest_incidents() -> None:
    assert len(STATISTICS.largest) == 22
    first = STATISTICS.largest[0]
    assert first.organisation == Text("AOKIホールディングス（快活CLUB）", "AOKI Holdings (Kaikatsu CLUB)")
    assert (first.year, first.persons, first.cause) == (2025, 7_290_000, "virus_unauthorised_access")
    assert {entry.cause for entry in STATISTICS.largest} == {None, *TSR_CAUSES}
    assert [e.persons for e in STATISTICS.largest if e.qualifier != "exact"] == [2_400_000, 3_100_000, 22_000_000]
    for entry in STATISTICS.largest:
        total = STATISTICS.year(entry.year).persons
        assert total is None or entry.persons <= total.value, entry


def test_everything_shown_has_words_in_both_languages() -> None:
    texts = [*dict(STATISTICS.labels).values(), *STATISTICS.limits, STATISTICS.coverage]
    assert all(text.ja.strip() and text.en.strip() and text.ja != text.en for text in texts)
    for figure in STATISTICS.figures + STATISTICS.secondary:
        for key in (figure.dataset, figure.dimension, figure.category):
            assert STATISTICS.label(key)
    assert STATISTICS.label("cause_loss_misdisposal") == STATISTICS.label("loss_misdisposal")
    assert 6 <= len(STATISTICS.limits) <= 8
    assert all(re.search("(です|ます|せん|ました|ください)。$", limit.ja) for limit in STATISTICS.limits)


def test_no_label_is_left_over() -> None:
    figures = STATISTICS.figures + STATISTICS.secondary
    used = {key for f in figures for key in (f.dataset, f.dimension, f.category)}
    used |= {re.sub("^(cause|medium|market|size)_", "", key) for key in used}
    assert set(dict(STATISTICS.labels)) <= used


# --- what is assumed about them ------------------------------------------------------------------


def test_the_matrix_row_by_row() -> None:
    matrix = load_matrix(DATA)
    assert matrix.edition == "2026.1"
    assert [name for name, _ in matrix.rows] == list(TSR_CAUSES)
    for tsr_cause, row in matrix.rows:
        cells = [cell for _, cell in row]
        assert {cause for cause, _ in row} <= set(CAUSES)
        assert sum(cell.central for cell in cells) == 1, tsr_cause
        assert sum(cell.low for cell in cells) <= 1 <= sum(cell.high for cell in cells)
        assert all(cell.reason.ja and cell.reason.en for cell in cells)
    cell = matrix.cell("virus_unauthorised_access", "telework")
    assert cell is not None
    assert (cell.low, cell.central, cell.high) == (Fraction(1, 20), Fraction(3, 20), Fraction(3, 10))
    judged = {(name, cause) for name, row in matrix.rows for cause, cell in row if cell.judgement}
    assert judged == {("misdisplay_missend", "supply_chain"), ("illicit_removal_theft", "supply_chain")}
    assert matrix.cell("loss_misdisposal", "telework") is None


def test_the_second_reference_takes_its_counts_from_the_figures() -> None:
    reference = load_second_reference(DATA, STATISTICS)
    assert reference.counts == (("human_error", 7923), ("supply_chain", 2248))
    assert (reference.rest, reference.period) == (9494 - 7923, "FY2024")
    assert reference.sources == ("ppc_mscompass2024",)

    more = tuple(replace(f, value=8000) if f.value == 7923 else f for f in STATISTICS.secondary)
    changed = load_second_reference(DATA, replace(STATISTICS, secondary=more))
    assert (changed.counts[0], changed.rest) == (("human_error", 8000), 1494)


def test_controls() -> None:
    controls = load_controls(DATA)
    ids = [control for control, _ in controls.labels]
    assert len(ids) == len(set(ids)) == 41
    assert dict(controls.labels)["mfa"] == Text("多要素認証", "Multi-factor authentication")
    assert controls.administrative == ("policy_rules", "nda", "training_awareness", "phishing_drill")
    assert len(controls.supplier) == 5
    assert {*controls.detect_or_limit, *controls.supplier, *controls.administrative} <= set(ids)


# --- broken files --------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def load_reference(folder: Path) -> Any:
    return load_second_reference(folder, load_statistics(folder))


def problems(load: Callable[[Path], object], folder: Path) -> list[Problem]:
    with pytest.raises(DataError) as refused:
        load(folder)
    return list(refused.value.problems)


def change(file: Path, old: str, new: str) -> int:
    """Replaces the only `old` in the file; the line that it stood on."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


LINE_2024 = "2024,cause,loss_misdisposal,incidents,20,incidents,tsuhan2024,"
LINE_2025 = "2025,total,total,incidents,180,incidents,tsr2025_livedoor,"
LINE_PPC = "ppc_breach_reports,FY2024,cause_own,total,reports,9494,reports,ppc_mscompass2024,"
TSR_CSV, LARGEST_CSV = "tsr/incidents.csv", "tsr/largest.csv"


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (TSR_CSV, "unit,source_id,note\n", "unit,source_id,note,colour\n", "unknown or repeated column 'colour'"),
        (TSR_CSV, "unit,source_id,note\n", "unit,source_id\n", "missing column 'note'"),
        (TSR_CSV, "unit,source_id,note\n", "unit,unit,source_id,note\n", "repeated column 'unit'"),
        (TSR_CSV, LINE_2024, LINE_2024.replace("20,inc", "twenty,inc"), "value: not a number"),
        (TSR_CSV, LINE_2024, LINE_2024.replace("20,inc", "2e1,inc"), "value: not a number"),
        (TSR_CSV, LINE_2024, LINE_2024.replace("20,inc", "２０,inc"), "value: not a number"),
        (TSR_CSV, LINE_2024, LINE_2024.replace("20,inc", f"{'9' * 5000},inc"), "value: not a number"),
        (TSR_CSV, LINE_2024, LINE_2024.replace("20,inc", "-20,inc"), "value: must not be negative"),
        (TSR_CSV, LINE_2024, LINE_2024.replace("20,inc", "20.5,inc"), "value: a count must be whole"),
        (TSR_CSV, "incidents,tsuhan2024,\n", "incidents\n", "6 cells under 8 columns"),
        (TSR_CSV, "incidents,tsuhan2024,\n", "incidents,tsuhan2024,,,\n", "10 cells under 8 columns"),
        (TSR_CSV, LINE_2024, LINE_2024.replace("tsuhan2024", "nobody2024"), "source_id: nobody2024 is not in"),
        (TSR_CSV, LINE_2024, LINE_2024.replace("incidents,20", "cases,20"), "measure: cases is not known"),
        (TSR_CSV, LINE_2024, LINE_2024.replace("20,incidents", "20,persons"), "unit: must be incidents"),
        (TSR_CSV, LINE_2024, LINE_2024.replace("loss_misdisposal", "aliens"), "not one of TSR's four causes"),
        (TSR_CSV, LINE_2024, LINE_2024.replace("cause", "reason"), "dimension: "),
        (TSR_CSV, LINE_2024, LINE_2024.replace("2024,cause", "2011,cause"), "year: 2011 is not between"),
        (TSR_CSV, LINE_2024, LINE_2024.replace("2024,cause", "2027,cause"), "year: 2027 is not between"),
        (TSR_CSV, LINE_2024, LINE_2024.replace("2024,cause", "FY2024,cause"), "year: "),
        (TSR_CSV, LINE_2025, LINE_2025.replace("180", "177"), "the cause counts of 2025 add to 178"),
        (TSR_CSV, "2025,medium,pc_mobile,incidents,23", "2025,medium,pager,incidents,23", "pager has no label"),
        (TSR_CSV, ",20.5,percent", ",120.5,percent", "a share above 100 %"),
        (
            TSR_CSV,
            '9031374,persons,taxcom2020,"ALTERNATE',
            '9031374,persons,taxcom2020,"',
            "the same figure as in line",
        ),
        (TSR_CSV, LINE_2025, "\0" + LINE_2025, "holds a NUL character"),
        (TSR_CSV, LINE_2024, LINE_2024.replace("tsuhan2024", 'tsuhan"2024"') + '"', "not valid CSV"),
        ("tsr/sources.csv", "tsr2024,Tokyo", "tsr2022,Tokyo", "source_id: tsr2022 stands here twice"),
        ("tsr/sources.csv", "https://www.tsr-net.co.jp/data/detail/1197322", "javascript:1197322", "url: "),
        ("tsr/sources.csv", "1197322_1527.html,2023-01-19", "1197322_1527.html,January", "published_date: "),
        (LARGEST_CSV, "7290000,exact", "7290000,roughly", "qualifier: "),
        (LARGEST_CSV, "7290000,exact", "many,exact", "persons: not a number"),
        (LARGEST_CSV, "7290000,exact,virus_unauthorised_access", "7290000,exact,hacking", "cause: hacking is not one"),
        (LARGEST_CSV, "jss2024;webtan2024", "jss2024;nobody", "sources: nobody is not in"),
        (LARGEST_CSV, "2013,ヤフー", "1999,ヤフー", "year: 1999 is not between"),
        (LARGEST_CSV, ",森永製菓,", ",,", "organisation_ja: "),
        ("secondary/figures.csv", LINE_PPC, LINE_PPC.replace("FY2024", "FY24"), "year: "),
        ("secondary/figures.csv", LINE_PPC, LINE_PPC.replace("cause_own", "elsewhere"), "elsewhere has no label"),
        (
            "secondary/figures.csv",
            LINE_PPC,
            LINE_PPC.replace("ppc_breach", "ppc_other"),
            "ppc_other_reports has no label",
        ),
        ("statistics.yaml", "edition: tsr-2025", "edition: tsr-2025\nextra: 1", "extra: unknown key"),
        ("statistics.yaml", "gathered: 2026-11-21", "gathered: soon", "gathered: "),
        ("statistics.yaml", "  en: Self-disclosed", "  english: Self-disclosed", "coverage."),
        (
            "statistics.yaml",
            "mothers: {ja: マザーズ, en: Mothers}",
            "mothers: {ja: マザーズ}",
            "required key is missing",
        ),
    ],
)
def test_a_broken_line_is_named_with_its_file(copy: Path, file: str, old: str, new: str, words: str) -> None:
    line = change(copy / file, old, new)
    line += new.startswith("edition")  # the added key stands one line further down
    found = problems(load_statistics, copy)
    assert [p for p in found if (p.file, p.line) == (f"data/{file}", line) and words in p.what], "\n".join(map(str, found))


def test_problems_of_all_files_come_together_and_only_once(copy: Path) -> None:
    lines = {
        TSR_CSV: change(copy / TSR_CSV, LINE_2024, LINE_2024.replace("20,inc", "x,inc")),
        LARGEST_CSV: change(copy / LARGEST_CSV, "7290000", "y"),
        "tsr/sources.csv": change(copy / "tsr/sources.csv", "https://www.tsr-net.co.jp/data/detail/1197322", "z"),
        "statistics.yaml": change(copy / "statistics.yaml", "gathered: 2026-11-21", "gathered: soon"),
    }
    found = problems(load_statistics, copy)
    assert {(p.file, p.line) for p in found} == {(f"data/{file}", line) for file, line in lines.items()}
    assert len(found) == 4


def test_lines_are_counted_through_cells_with_line_breaks(copy: Path) -> None:
    change(copy / TSR_CSV, '"also itmedia2021_2, kyodo2021"', '"also\nitmedia2021_2"')
    line = change(copy / TSR_CSV, LINE_2024, LINE_2024.replace("20,inc", "x,inc"))
    assert [p.line for p in problems(load_statistics, copy)] == [line]


def test_a_file_that_is_not_utf8(copy: Path) -> None:
    text = (copy / LARGEST_CSV).read_text(encoding="utf-8")
    (copy / LARGEST_CSV).write_bytes(text.encode("cp932"))
    assert problems(load_statistics, copy) == [Problem("data/tsr/largest.csv", 2, "is not UTF-8")]


def test_a_file_that_is_too_large(copy: Path) -> None:
    with (copy / LARGEST_CSV).open("ab") as file:
        file.write(b"x" * 2_000_000)
    assert problems(load_statistics, copy) == [Problem("data/tsr/largest.csv", 0, "larger than 2,000,000 bytes")]


@pytest.mark.parametrize("file", ["tsr/incidents.csv", "tsr/sources.csv", "secondary/figures.csv", "statistics.yaml"])
def test_a_file_that_is_missing(copy: Path, file: str) -> None:
    (copy / file).unlink()
    found = problems(load_statistics, copy)
    assert [(p.file, p.what) for p in found] == [(f"data/{file}", "cannot be read: No such file or directory")]


def test_a_header_without_rows_is_not_an_edition(copy: Path) -> None:
    header = (copy / TSR_CSV).read_text(encoding="utf-8").splitlines()[0]
    (copy / TSR_CSV).write_text(header, encoding="utf-8")
    assert problems(load_statistics, copy) == [Problem("data/tsr/incidents.csv", 0, "has no figure of a full year")]


def test_an_alternate_needs_the_figure_it_conflicts_with(copy: Path) -> None:
    line = change(copy / TSR_CSV, f'{LINE_2024}"', f'{LINE_2024}"ALTERNATE; ')
    found = problems(load_statistics, copy)
    assert found == [Problem("data/tsr/incidents.csv", line, "ALTERNATE to a figure that is not here")]


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(copy: Path) -> None:
    for file in (TSR_CSV, "secondary/figures.csv"):
        content = (copy / file).read_bytes().replace(b"\n", b"\r\n")
        (copy / file).write_bytes(b"\xef\xbb\xbf" + content)
    assert load_statistics(copy) == STATISTICS


VIRUS = '  virus_unauthorised_access:\n    external_attack:\n      low: "0.25"\n      central: "0.40"\n      high: "0.50"\n'


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        (VIRUS, VIRUS.replace("0.40", "0.41"), "  virus_unauthorised_access:", "central adds to 101/100, not to 1"),
        (VIRUS, VIRUS.replace("0.25", "0.80"), "    external_attack:", "low ≤ central ≤ high ≤ 1 does not hold"),
        (VIRUS, VIRUS.replace("0.50", "1.01"), "    external_attack:", "low ≤ central ≤ high ≤ 1 does not hold"),
        (VIRUS, VIRUS.replace("0.50", "0.39"), "    external_attack:", "low ≤ central ≤ high ≤ 1 does not hold"),
        (VIRUS, VIRUS.replace("0.40", "a lot"), '      central: "a lot"', "central: not a number"),
        (VIRUS, VIRUS.replace("0.25", "-0.25"), '      low: "-0.25"', "low: must not be negative"),
        (VIRUS, VIRUS.replace("external_attack", "hackers"), "    hackers:", "is not one of our causes"),
        (VIRUS, VIRUS.replace("access", "entry"), "  virus_unauthorised_entry:", "is not one of TSR's four causes"),
        (VIRUS, VIRUS.replace("access", "entry"), "rows:", "virus_unauthorised_access is missing"),
        (VIRUS, VIRUS + "      weight: 1\n", "      weight: 1", "unknown key"),
        ("\n  loss_misdisposal:\n", "\n  nothing: {}\n  loss_misdisposal:\n", "  nothing: {}", "rows.nothing: "),
        (
            "        en: 3 of the 6 cases",
            "        de: 3 of the 6 cases",
            "      reason:",
            "en: required key is missing",
        ),
        ('edition: "2026.1"', 'edition: "2026.1"\nowner: us', "owner: us", "owner: unknown key"),
        ('edition: "2026.1"', 'edition: "2026.1"\nedition: "2"', 'edition: "2"', "stands here twice"),
    ],
)
def test_a_broken_matrix(copy: Path, old: str, new: str, at: str, words: str) -> None:
    file = copy / "cause_matrix.yaml"
    change(file, old, new)
    lines = file.read_text(encoding="utf-8").splitlines()
    found = problems(load_matrix, copy)
    named = [p for p in found if p.file == "data/cause_matrix.yaml" and words in p.what]
    assert [p for p in named if lines[p.line - 1] == at], "\n".join(map(str, found))


def test_bounds_that_cannot_add_to_one(copy: Path) -> None:
    file = copy / "cause_matrix.yaml"
    for cause, bounds in {"human_error": ("0.35", "0.70"), "physical": ("0.20", "0.50")}.items():
        text = file.read_text(encoding="utf-8")
        begin = text.index(f"    {cause}:", text.index("  loss_misdisposal:"))
        cell = text[begin:].replace(f'"{bounds[0]}"', '"0.90"', 1).replace(f'"{bounds[1]}"', '"1"', 1)
        file.write_text(text[:begin] + cell, encoding="utf-8")
    found = [p.what for p in problems(load_matrix, copy)]
    assert "rows.loss_misdisposal: low adds to 37/20, high to 23/10: 1 must lie between" in found


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  human_error: {", "  human_mistake: {", "is not one of our causes"),
        ("category: misdelivery_misdisposal", "category: pigeons", "no such reports of FY2024"),
        ("period: FY2024", "period: FY2031", "no such reports of FY2031"),
        (
            "rest_of: {dimension: cause_own, category: total}",
            "rest_of: {dimension: cause_own}",
            "required key is missing",
        ),
    ],
)
def test_a_broken_second_reference(copy: Path, old: str, new: str, words: str) -> None:
    line = change(copy / "ppc_reference.yaml", old, new)
    found = problems(load_reference, copy)
    assert all(p.file == "data/ppc_reference.yaml" for p in found)
    assert [p for p in found if words in p.what and (p.line == line or "FY2031" in words)], "\n".join(map(str, found))


def test_parts_above_the_whole_of_the_second_reference(copy: Path) -> None:
    change(copy / "secondary/figures.csv", "misdelivery_misdisposal,reports,7923", "misdelivery_misdisposal,reports,9495")
    assert [p.what for p in problems(load_reference, copy)] == ["rest_of: the causes within it add to 9495, above this"]


def test_a_control_that_is_not_in_the_vocabulary(copy: Path) -> None:
    line = change(copy / "controls.yaml", "  - nda\n", "  - magic\n")
    (problem,) = problems(load_controls, copy)
    assert (problem.file, problem.line) == ("data/controls.yaml", line)
    assert "magic is not known" in problem.what


def test_statistics_can_be_cached_and_compared() -> None:
    again: Statistics = load_statistics(DATA)
    assert again == STATISTICS
    assert hash(again) == hash(STATISTICS)
