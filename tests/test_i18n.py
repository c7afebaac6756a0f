"""How numbers, dates and periods are written in both languages; and the quarters of a fiscal year."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from scoring.model import Lang, Text
from tenken import quarters
from tenken.i18n import LANGUAGES, words

JA, EN = words("ja"), words("en")


# --- sentences ----------------------------------------------------------------------------------------------------


def test_a_sentence_is_translated_and_filled() -> None:
    assert JA("Score") == "得点"
    assert EN("Score") == "Score"
    assert JA("{n} questions", n=3) == "3問"
    assert EN("{n} questions", n=3) == "3 questions"


def test_what_is_filled_in_is_not_read_as_a_sentence() -> None:
    """A title with braces in it stays as somebody wrote it."""
    for _ in (JA, EN):
        assert "{lang} {0} {" in _("{cause}: {n} points", cause="{lang} {0} {", n="1.0")


def test_a_sentence_without_fields_keeps_its_braces() -> None:
    assert EN("{n} questions") == "{n} questions"


def test_texts_of_the_content_carry_their_own_languages() -> None:
    text = Text("得点", "Score")
    assert [words(lang).text(text) for lang in ("ja", "en")] == ["得点", "Score"]


def test_both_languages_are_offered_japanese_first() -> None:
    assert LANGUAGES == ("ja", "en")
    assert [words(lang).lang for lang in LANGUAGES] == ["ja", "en"]
    assert words("ja") is words("ja")  # read once


# --- numbers ------------------------------------------------------------------------------------------------------

NUMBERS = [
    (Fraction(0), "0.0"),
    (Fraction(1), "100.0"),
    (Fraction(2, 3), "66.7"),
    (Fraction(663, 1000), "66.3"),
    (Fraction(6625, 10000), "66.3"),  # half up
    (Fraction(66249, 100000), "66.2"),
    (Fraction(5, 10000), "0.1"),
    (Fraction(4999, 10_000_000), "0.0"),
    (Fraction(9995, 10000), "100.0"),
    (Fraction(99949, 100000), "99.9"),
    (Fraction(-1, 200), "−0.5"),
    (Fraction(-1, 10_000), "0.0"),  # no minus before nothing
]


@pytest.mark.parametrize(("value", "expected"), NUMBERS)
def test_points_and_percent_have_one_decimal_half_up(value: Fraction, expected: str) -> None:
    for _ in (JA, EN):
        assert _.points(value) == expected
        assert _.percent(value) == f"{expected}%"


def test_what_cannot_be_computed_is_said_and_is_no_zero() -> None:
    assert (JA.points(None), JA.percent(None)) == ("算出不可", "算出不可")
    assert (EN.points(None), EN.percent(None)) == ("not computable", "not computable")
    assert JA.difference(None, Fraction(1)) == JA.difference(Fraction(1), None) == "算出不可"


def test_ranges() -> None:
    low, high = Fraction(57, 100), Fraction(881, 1000)
    assert (JA.span(low, high), EN.span(low, high)) == ("57.0〜88.1", "57.0–88.1")
    assert (JA.span_percent(low, high), EN.span_percent(low, high)) == ("57.0〜88.1%", "57.0–88.1%")


def test_a_difference_is_rounded_once() -> None:
    """0.36 − 0.14 of a point: 0.2, although the figures beside it are shown as 0.4 and 0.1."""
    more, less = Fraction(36, 10_000), Fraction(14, 10_000)
    assert (JA.points(more), JA.points(less), JA.difference(more, less)) == ("0.4", "0.1", "0.2")


def test_integers_have_commas() -> None:
    assert [_.integer(30_636_910) for _ in (JA, EN)] == ["30,636,910"] * 2
    assert JA.integer(0) == "0"
    assert JA.integer(-1234) == "-1,234"


@pytest.mark.parametrize(
    ("persons", "ja", "en"),
    [
        (30_636_910, "3,064", "30.6"),
        (0, "0", "0.0"),
        (4_999, "0", "0.0"),
        (5_000, "1", "0.0"),
        (14_999, "1", "0.0"),
        (15_000, "2", "0.0"),
        (49_999, "5", "0.0"),
        (50_000, "5", "0.1"),
        (149_999, "15", "0.1"),
        (150_000, "15", "0.2"),
        (40_908_718, "4,091", "40.9"),
        (9_949_999, "995", "9.9"),
        (9_950_000, "995", "10.0"),
    ],
)
def test_persons_are_short_half_up(persons: int, ja: str, en: str) -> None:
    """Units of 10,000 in Japanese, of a million in English."""
    assert (JA.persons_axis(persons), EN.persons_axis(persons)) == (ja, en)


# --- dates --------------------------------------------------------------------------------------------------------


def test_days() -> None:
    assert JA.day(date(2026, 11, 2)) == "2026年11月2日"
    assert EN.day(date(2026, 11, 2)) == "2 Nov 2026"
    assert EN.day(date(2026, 5, 31)) == "31 May 2026"


def test_the_clock_shows_the_servers_hours_and_minutes() -> None:
    moment = datetime(2026, 11, 22, 1, 32, 59, tzinfo=UTC)
    assert JA.clock(moment) == EN.clock(moment) == moment.astimezone().strftime("%H:%M")


@pytest.mark.parametrize(
    ("period", "ja", "en"),
    [
        ("FY2024", "2024年度", "FY2024"),
        ("2025H1", "2025年上半期", "2025H1"),
        ("2025H2", "2025年下半期", "2025H2"),
        ("2025", "2025年", "2025"),
    ],
)
def test_periods_of_the_data(period: str, ja: str, en: str) -> None:
    assert (JA.period(period), EN.period(period)) == (ja, en)


@pytest.mark.parametrize(
    ("day", "ja", "en"),
    [
        (date(2026, 11, 22), "2026年度 第3四半期（10〜12月）", "FY2026 Q3 (Oct–Dec)"),
        (date(2026, 4, 1), "2026年度 第1四半期（4〜6月）", "FY2026 Q1 (Apr–Jun)"),
        (date(2026, 3, 31), "2025年度 第4四半期（1〜3月）", "FY2025 Q4 (Jan–Mar)"),
        (date(2027, 1, 1), "2026年度 第4四半期（1〜3月）", "FY2026 Q4 (Jan–Mar)"),
        (date(2026, 9, 30), "2026年度 第2四半期（7〜9月）", "FY2026 Q2 (Jul–Sep)"),
        (date(2028, 2, 29), "2027年度 第4四半期（1〜3月）", "FY2027 Q4 (Jan–Mar)"),
    ],
)
def test_quarters_in_words(day: date, ja: str, en: str) -> None:
    assert (JA.quarter(day), EN.quarter(day)) == (ja, en)


def test_quarters_in_words_for_other_fiscal_years() -> None:
    assert JA.quarter(date(2026, 1, 31), 1) == "2026年度 第1四半期（1〜3月）"
    assert JA.quarter(date(2026, 1, 31), 12) == "2025年度 第1四半期（12〜2月）"
    assert EN.quarter(date(2026, 1, 31), 12) == "FY2025 Q1 (Dec–Feb)"


# --- quarters -----------------------------------------------------------------------------------------------------

MONTHS = range(1, 13)
FIRST_DAY, LAST_DAY = date(2023, 1, 1), date(2028, 12, 31)  # two leap years


@pytest.mark.parametrize("fiscal_start", MONTHS)
def test_every_day_is_in_exactly_one_quarter(fiscal_start: int) -> None:
    """Quarters follow each other without a hole; a day's quarter holds the day, and so does no other."""
    day, before = FIRST_DAY, None
    while day <= LAST_DAY:
        quarter = quarters.quarter_of(day, fiscal_start)
        assert quarter.start <= day <= quarter.end
        if before and before != quarter:
            assert before.end + timedelta(days=1) == quarter.start
            following = (before.year, before.number + 1) if before.number < 4 else (before.year + 1, 1)
            assert (quarter.year, quarter.number) == following
        before, day = quarter, day + timedelta(days=1)


@pytest.mark.parametrize("fiscal_start", MONTHS)
@pytest.mark.parametrize("month", MONTHS)
def test_quarters_are_three_whole_months_from_the_fiscal_start(fiscal_start: int, month: int) -> None:
    quarter = quarters.quarter_of(date(2026, month, 15), fiscal_start)
    months = [(quarter.start.month - 1 + step) % 12 + 1 for step in range(3)]
    assert month in months
    assert (quarter.start.month - fiscal_start) % 12 == 3 * (quarter.number - 1)
    assert quarter.start.day == 1
    assert quarter.end.month == months[-1]
    assert (quarter.end + timedelta(days=1)).day == 1
    first = quarters.quarter_of(date(quarter.year, fiscal_start, 1), fiscal_start)
    assert (first.year, first.number, first.start) == (quarter.year, 1, date(quarter.year, fiscal_start, 1))


@pytest.mark.parametrize(
    ("day", "month", "quarter"),
    [
        (date(2026, 11, 22), 4, (2026, 3, date(2026, 10, 1), date(2026, 12, 31))),
        (date(2027, 3, 31), 4, (2026, 4, date(2027, 1, 1), date(2027, 3, 31))),
        (date(2026, 4, 1), 4, (2026, 1, date(2026, 4, 1), date(2026, 6, 30))),
        (date(2024, 2, 29), 1, (2024, 1, date(2024, 1, 1), date(2024, 3, 31))),
        (date(2026, 1, 31), 12, (2025, 1, date(2025, 12, 1), date(2026, 2, 28))),
        (date(2026, 2, 1), 3, (2025, 4, date(2025, 12, 1), date(2026, 2, 28))),
    ],
)
def test_quarters_by_hand(day: date, month: int, quarter: tuple[int, int, date, date]) -> None:
    assert quarters.quarter_of(day, month) == quarters.Quarter(*quarter)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_quarters_of_a_year_read_the_same(lang: Lang) -> None:
    for fiscal_start in MONTHS:
        names = {words(lang).quarter(date(2026, month, 1), fiscal_start) for month in MONTHS}
        assert len(names) == len({quarters.quarter_of(date(2026, month, 1), fiscal_start) for month in MONTHS})


@pytest.mark.parametrize(("value", "text"), [(1, "+1"), (-2, "−2"), (0, "±0"), (1234, "+1,234"), (-1234, "−1,234")])
def test_changes_of_counts_have_a_sign(lang: Lang, value: int, text: str) -> None:
    assert words(lang).integer_change(value) == text
