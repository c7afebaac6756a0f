"""What a report says, whatever the format: pages of headlines, figures, charts, tables, notes and sources.

Everything is said here once (`build.py`), in one language, as text that is shown and, where something is to be drawn or
calculated with, as the same number: `number` is always the shown text read as a number, so no format rounds by itself.
Renderers take a Report and give bytes; they choose places, fonts and sizes, never words or numbers.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from scoring.model import Lang

# What a colour stands for; `none` is what is open or uncertain, hatched; renderers have one colour each (tenken/palette.py, light).
Tone = Literal["plain", "ours", "lacking", "covered", "good", "middle", "poor", "none", "gain", "loss", "total", "hidden", "mute"]
ChartKind = Literal["stacked_bars", "waterfall", "line", "columns"]
PageId = Literal["summary", "changes", "gaps", "matrix", "departments", "replay", "plan", "method"]


@dataclass(frozen=True, slots=True)
class Value:
    """A number as it is shown. `text`: without its unit ('61.3', '+4.1', '算出不可'); `unit`: what follows it ('点', '%', ' points', '');
    `number`: the same, None when there is none. Exactly `text` when read."""

    text: str
    unit: str = ""
    number: float | None = None

    @property
    def full(self) -> str:
        """'61.3点'"""
        return f"{self.text}{self.unit}" if self.number is not None else self.text


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the large figures. `range`: '61.3〜65.2点（未回答4問）' or ''; `change`: against the comparison quarter, None without one;
    `note`: what it is not, or of how many; `low`, `high`, `mark`: 0..100 for a thin bar (certain part, upper bound, best estimate);
    `lack`: more is worse; `how`: where it comes from, for speaker notes (sentences: sums, formula)."""

    id: Literal["score", "gap", "evidenced", "critical"]
    label: str
    value: Value
    range: str
    note: str
    change: Value | None
    low: float
    high: float
    mark: float | None
    lack: bool
    how: str


@dataclass(frozen=True, slots=True)
class Headline:
    """A sentence in the page's body that stands out: what the numbers say, or what is asked for."""

    text: str
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """`values`: one per category of the chart, None where there is none; `labels`: what is written at each, '' for nothing."""

    name: str
    tone: Tone
    values: tuple[float | None, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart to be drawn natively. Values are percent or points with one decimal.

    stacked_bars: horizontal, first category on top, series stacked from the left, `ends` written right of each bar.
    waterfall: vertical stacked columns; series 'hidden' lifts the others ('total', 'gain', 'loss'); `ends` written above each.
    line, columns: series side by side over the categories. `axis`: what the values are, with unit; `low`, `high`: of the axis.
    `alt`: one or two sentences for who cannot see it, with the main numbers. `source`: one line to stand below it."""

    id: str
    kind: ChartKind
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    ends: tuple[str, ...]
    axis: str
    low: float
    high: float
    alt: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: text left, number right, sign (a cell of a heatmap) in the middle; `width`: its part of the table's width."""

    title: str
    kind: Literal["text", "number", "sign"]
    width: float


@dataclass(frozen=True, slots=True)
class Cell:
    """`number`: the shown number where the text is one, so that a workbook keeps it as a number."""

    text: str
    tone: Tone = "plain"
    bold: bool = False
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are all of them, the most important first; a slide shows the first `on_slide` (0: the table is no matter for slides, a document
    has it) and says how many more there are (`more`: that sentence, its number of rows still written {n}). `note`: a line below, '' without; `empty`: what stands there when there are no rows."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    on_slide: int
    more: str
    note: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A short paragraph: a caveat, what a number is not."""

    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a published figure or an incident comes from; `url` may be ''."""

    text: str
    url: str = ""


Block = Headline | Chart | Table | Note | Source | tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """`title`: the conclusion, a full sentence; `lead`: one more, or ''; `how`: the explanation of each number on it, for speaker notes;
    `name`: a short name for bookmarks, tabs and the table of contents."""

    id: PageId
    name: str
    title: str
    lead: str
    blocks: tuple[Block, ...]
    how: tuple[str, ...]

    def charts(self) -> tuple[Chart, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Chart))

    def tables(self) -> tuple[Table, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Table))


@dataclass(frozen=True, slots=True)
class Meta:
    """What stands on every page. `made`: naive UTC, the seal's time when sealed, else midnight of the day judged by: the same input
    makes the same bytes. `seal`: the whole SHA-256, '' while provisional; `head`: of the chain; `marking`: '取扱注意', '' for none;
    `footer`: one line with organisation, quarter, seal or 暫定, marking; `provisional`: '' or the word with its reason."""

    lang: Lang
    title: str
    organisation: str
    unit: str
    period: str
    against: str
    scope: str
    made: datetime
    day: str
    seal: str
    head: str
    marking: str
    provisional: str
    footer: str
    version: str


@dataclass(frozen=True, slots=True)
class Report:
    """Pages in their order; 'changes' and 'departments' are left out where there is nothing to compare with."""

    meta: Meta
    pages: tuple[Page, ...]

    def page(self, page_id: PageId) -> Page | None:
        return next((page for page in self.pages if page.id == page_id), None)
