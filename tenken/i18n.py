"""Words: gettext catalogues by Babel, and the one way in which numbers, dates and texts are written.

`_ = words("ja")`, then `_("Score")`. The source language is English; `locales/ja.po` has the Japanese. Content
(checklists, data) carries its own two languages and passes through `_.text(…)`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date
from babel.messages.pofile import read_po

from scoring.engine import shown
from scoring.model import Lang, Text
from tenken.quarters import quarter_of

LOCALES = Path(__file__).parent / "locales"
LANGUAGES: tuple[Lang, ...] = ("ja", "en")


class Words:
    """Everything that is written on a screen in one language. Calling it translates an English source sentence."""

    def __init__(self, lang: Lang, catalogue: dict[str, str]) -> None:
        self.lang = lang
        self._catalogue = catalogue

    def __call__(self, message: str, **fields: object) -> str:
        text = self._catalogue.get(message, message)
        return text.format(**fields) if fields else text

    def text(self, text: Text) -> str:
        return text.of(self.lang)

    def percent(self, value: Fraction | None) -> str:
        """'66.3 %' as Japanese and English pages write it; 算出不可 for None."""
        number = shown(value)
        return self("not computable") if number is None else f"{number}%"

    def points(self, value: Fraction | None) -> str:
        """A score out of 100 as a figure without its unit."""
        return shown(value) or self("not computable")

    def span(self, low: Fraction | None, high: Fraction | None) -> str:
        """'57.0〜88.1' / '57.0–88.1'."""
        return f"{self.points(low)}{'〜' if self.lang == 'ja' else '–'}{self.points(high)}"

    def span_percent(self, low: Fraction | None, high: Fraction | None) -> str:
        return f"{self.span(low, high)}%"

    def difference(self, more: Fraction | None, less: Fraction | None) -> str:
        """The exact difference of two scores, rounded once."""
        return self.points(None if more is None or less is None else more - less)

    def change(self, value: Fraction | None) -> str:
        """A change with its sign: '+4.1', '−2.0', '±0'."""
        if value is None:
            return self.points(None)
        if shown(value) in ("0.0", "−0.0"):
            return "±0"
        return f"+{shown(value)}" if value > 0 else f"{shown(value)}"

    def period(self, period: str) -> str:
        """'FY2024' / '2024年度'; '2025H1' / '2025年上半期'; a year / '2025年'."""
        if self.lang == "en":
            return period
        if period.startswith("FY"):
            return f"{period[2:]}年度"
        return f"{period[:4]}年" + {"H1": "上半期", "H2": "下半期"}.get(period[4:], "")

    def persons_axis(self, persons: int) -> str:
        """Persons short, half up: units of 10,000 in Japanese ('3,064'), millions in English ('30.6')."""
        if self.lang == "ja":
            return f"{(2 * persons + 10_000) // 20_000:,}"
        tenths = (2 * persons + 100_000) // 200_000
        return f"{tenths // 10}.{tenths % 10}"

    def listed(self, parts: Iterable[str]) -> str:
        """'IT、法務' / 'IT, Legal'."""
        return ("、" if self.lang == "ja" else ", ").join(parts)

    def integer(self, value: int) -> str:
        return f"{value:,}"

    def integer_change(self, value: int) -> str:
        """'+1', '−2', '±0'."""
        return f"{'+' if value > 0 else '−' if value else '±'}{self.integer(abs(value))}"

    def yen(self, value: int) -> str:
        """Yen with two figures that count, half up: '5,200万円' / '¥52 million'."""
        step = int(10 ** max(0, len(str(value)) - 2))
        value = (2 * value + step) // (2 * step) * step
        units = ((10**12, "兆円"), (10**8, "億円"), (10**4, "万円"), (1, "円"))
        if self.lang == "en":
            units = ((10**12, " trillion"), (10**9, " billion"), (10**6, " million"), (1, ""))
        size, name = next((unit for unit in units if value >= unit[0]), units[-1])
        number = f"{value // size:,}" if value % size == 0 else f"{value // size}.{value * 10 // size % 10}"
        return f"{number}{name}" if self.lang == "ja" else f"¥{number}{name}"

    def yen_span(self, low: int, high: int) -> str:
        """'5,200万円〜1.2億円' / '¥52 million–¥120 million'."""
        return f"{self.yen(low)}{'〜' if self.lang == 'ja' else '–'}{self.yen(high)}"

    def day(self, day: date) -> str:
        return format_date(day, "y年M月d日" if self.lang == "ja" else "d MMM y", locale=self.lang)

    def clock(self, moment: datetime) -> str:
        """Hours and minutes in the server's time zone."""
        return moment.astimezone().strftime("%H:%M")

    def moment(self, moment: datetime) -> str:
        """Day and time in the server's time zone, short: '2026/11/22 10:32'."""
        return moment.astimezone().strftime("%Y/%m/%d %H:%M")

    def quarter(self, day: date, fiscal_start: int = 4) -> str:
        """The quarter that holds `day`: '2026年度 第3四半期（10〜12月）' / 'FY2026 Q3 (Oct–Dec)'."""
        quarter = quarter_of(day, fiscal_start)
        if self.lang == "ja":
            return f"{quarter.year}年度 第{quarter.number}四半期（{quarter.start.month}〜{quarter.end.month}月）"
        first, last = (format_date(month, "MMM", locale="en") for month in (quarter.start, quarter.end))
        return f"FY{quarter.year} Q{quarter.number} ({first}–{last})"


@lru_cache(maxsize=4)
def words(lang: Lang) -> Words:
    """The words of one language, read once. English needs no catalogue: its sentences are the keys."""
    path = LOCALES / f"{lang}.po"
    if not path.exists():
        return Words(lang, {})
    with path.open("rb") as file:
        catalogue = read_po(file, locale=lang)
    return Words(lang, {str(m.id): str(m.string) for m in catalogue if m.id and m.string})
