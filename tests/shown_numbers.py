"""The numbers that a board is shown, read back from wherever they stand: a page, the command line, a deck, a document, a workbook.

Every place is read as text, without what is white in it; what is looked for are the words of the language and the number behind
them. Wherever a number stands more than once, all of them count: two different ones are two answers.
"""

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from openpyxl import load_workbook  # type: ignore[import-untyped]
from pptx import Presentation
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

from scoring.assessment import Assessment
from scoring.engine import shown
from scoring.model import Lang
from tenken.i18n import Words, words
from tenken.palette import NOT_APPLICABLE_SIGN, OPEN_SIGN
from tenken.reports.model import Chart, Headline, Note, Report, Source, Table
from tests import test_pages

SIGNS: Final = "○△×※"
NUMBER: Final = r"[−-]?\d[\d,]*\.\d"
Seen = frozenset[str]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What stands there, every different text once. Ranges as '57.0〜88.1' in either language; `sections` by id; `shared`:
    sections whose name is a countermeasure's too, so that numbers of that one stand behind it as well."""

    score: Seen
    score_range: Seen
    gap: Seen
    gap_range: Seen
    sections: Mapping[str, Seen]
    shared: Seen = frozenset()


def computed(a: Assessment, lang: Lang) -> Numbers:
    """What has to be shown, by the exact numbers."""
    total, none = a.result.total, squeezed(words(lang)("not computable"))

    def text(value: Any) -> str:
        return shown(value) or none

    sections = {name: frozenset({text(score.percent)}) for name, score in a.result.sections}
    for name, score in a.result.sections:
        if not score.possible:
            sections[name] = frozenset({none, NOT_APPLICABLE_SIGN})
        elif score.open == score.possible:  # nothing answered: a sign may say so
            sections[name] = frozenset({text(score.percent), OPEN_SIGN})
    measures = {measure.label.of(lang) for measure in a.checklist.countermeasures}
    return Numbers(
        frozenset({text(total.percent)}),
        frozenset({f"{text(total.percent)}〜{text(total.best)}"}) if total.open and total.possible else frozenset(),
        frozenset({text(a.gap.gap)}),
        frozenset({f"{text(a.gap.low)}〜{text(a.gap.high)}"}),
        sections,
        frozenset(section.id for section in a.checklist.sections if section.title.of(lang) in measures),
    )


def differences(found: Numbers, wanted: Numbers, *, sections: bool = True) -> Iterator[str]:
    """Where what stands somewhere is not what has to stand there; a range that nobody shows may be left out where there is none."""
    for name in ("score", "score_range", "gap", "gap_range"):
        ours, theirs = getattr(found, name), getattr(wanted, name)
        if ours != theirs:
            yield f"{name}: {_said(ours)}, not {_said(theirs)}"
    for section, theirs in wanted.sections.items() if sections else ():
        ours = found.sections.get(section, frozenset())
        if not ours & theirs or not (ours <= theirs or section in wanted.shared):
            yield f"{section}: {_said(ours)}, not {_said(theirs)}"


def _said(seen: Seen) -> str:
    return " or ".join(sorted(seen)) or "nothing"


# --- out of text ---------------------------------------------------------------------------------------------------------


def squeezed(text: str) -> str:
    """Without white: lines break elsewhere in every format."""
    return re.sub(r"\s+", "", text)


def numbers_in(texts: Iterable[str], a: Assessment, lang: Lang, *, signed: bool = False) -> Numbers:
    """`texts` in the order of reading. `a`: whose checklist names the sections; nothing of its numbers is used. `signed`: the score of
    a section has its sign before it, any other number behind its name is another one (a label in a chart)."""
    _, text = words(lang), squeezed(" ".join(texts))
    labels = [_("Score"), _("Score (Express check)"), _("Score (Full check)"), _("Express score")]
    none = re.escape(squeezed(_("not computable")))
    label = "(?:" + "|".join(re.escape(squeezed(each)) for each in sorted(labels, key=len, reverse=True)) + ")"
    before = "" if lang == "en" else "(?<!ある)(?<!のある)"  # of the score with evidence
    points = squeezed(_(" points"))
    span = rf"({NUMBER})[〜–]({NUMBER})"
    gap = "(?<!までの)" + re.escape(squeezed(_("Incident-weighted gap")))
    ranges = re.findall(rf"{_template(_('{span} points ({n} open)'), span=span, n='[0-9,]+')}", text)
    ranges += re.findall(_template(_("{span} ({n} open)"), span=span, n="[0-9,]+"), text)
    gaps = re.findall(rf"(?i:{gap})(?:は|is)?({NUMBER})%", text)
    gap_ranges = re.findall(rf"(?i:{gap})(?:は|is)?{NUMBER}%[（(]幅?({NUMBER})[〜–]({NUMBER})%", text)
    gap_ranges += re.findall(rf"(?i:{gap}){NUMBER}%({NUMBER})[〜–]({NUMBER})%", text)
    return Numbers(
        frozenset(re.findall(rf"{before}{label}({NUMBER}(?={re.escape(points)})|{none}(?![、,]))", text)),
        frozenset(f"{low}〜{high}" for low, high in ranges),
        frozenset(gaps),
        frozenset(f"{low}〜{high}" for low, high in gap_ranges),
        {section.id: frozenset(_of_section(section.title.of(lang), text, none, signed=signed)) for section in a.checklist.sections},
    )  # fmt: skip


def _template(text: str, **groups: str) -> str:
    """A sentence as a pattern, its fields replaced."""
    found = re.escape(squeezed(text))
    for name, pattern in groups.items():
        found = found.replace(re.escape("{" + name + "}"), pattern)
    return found


def _of_section(title: str, text: str, none: str, *, signed: bool) -> list[str]:
    signs = f"[{SIGNS}]{'' if signed else '?'}"
    pattern = rf"{re.escape(squeezed(title))}({signs}{NUMBER}(?!%)|{none}|[{NOT_APPLICABLE_SIGN}{OPEN_SIGN}])"
    return [found.lstrip(SIGNS) for found in re.findall(pattern, text)]


# --- out of each format --------------------------------------------------------------------------------------------------


def deck_texts(content: bytes, *, notes: bool = False) -> list[list[str]]:
    """The texts of every slide, shape by shape, tables cell by cell; what charts say is not among them."""
    found = []
    for slide in Presentation(io.BytesIO(content)).slides:
        texts = [text for shape in slide.shapes for text in _shape_texts(shape)]
        if notes and slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            texts.append(slide.notes_slide.notes_text_frame.text)
        found.append(texts)
    return found


def _shape_texts(shape: Any) -> Iterator[str]:
    if shape.shape_type is not None and hasattr(shape, "shapes"):
        for inner in shape.shapes:
            yield from _shape_texts(inner)
    if getattr(shape, "has_table", False):
        yield from (cell.text_frame.text for row in shape.table.rows for cell in row.cells)
    elif getattr(shape, "has_text_frame", False):
        yield shape.text_frame.text


def document_texts(content: bytes) -> list[str]:
    """The text of every page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def workbook_texts(content: bytes) -> dict[str, list[str]]:
    """The cells of every sheet, row by row, as Excel shows them: a number in its format."""
    book = load_workbook(io.BytesIO(content), data_only=True)
    return {
        sheet.title: [cell_text(cell.value, cell.number_format) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        for sheet in book.worksheets
    }


def workbook_numbers(content: bytes, a: Assessment, lang: Lang) -> Numbers:
    """What the cells say; the score of a section is what stands in its row below the word for the score, in every table."""
    plain = numbers_in((text for cells in workbook_texts(content).values() for text in cells), a, lang)
    head, titles = words(lang)("Score"), {section.title.of(lang): section.id for section in a.checklist.sections}
    found: dict[str, set[str]] = {section: set() for section in titles.values()}
    for sheet in load_workbook(io.BytesIO(content), data_only=True).worksheets:
        columns = dict[int, str]()  # the last heads that stood above
        for row in sheet.iter_rows():
            filled = [cell for cell in row if cell.value is not None]
            name = next((cell.value for cell in filled), None)
            for cell in filled:
                if name in titles and columns.get(cell.column) == head:
                    found[titles[str(name)]].add(cell_text(cell.value, cell.number_format).lstrip(f"{SIGNS} "))
                elif isinstance(cell.value, str) and name not in titles:
                    columns[cell.column] = cell.value
    return replace(plain, sections={section: frozenset(seen) for section, seen in found.items()})


def cell_text(value: object, number_format: str) -> str:
    """'61.3' of 61.3 in '0.0'; '27.8%' of 27.8 in '0.0"%"', of 0.278 in '0.0%'; '+4.1' in '+0.0;−0.0;±0'."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    parts = number_format.split(";")
    part = parts[2] if value == 0 and len(parts) > 2 else parts[1] if value < 0 and len(parts) > 1 else parts[0]
    percent = bool(re.search(r'(?<!["\\])%(?!")', part))
    places = re.search(r"0\.(0+)", part)
    size = abs(value) if len(parts) > 1 and value < 0 else value
    if not re.search(r"[0#]", part):
        return re.sub(r'["\\]', "", part) if part != "General" else f"{value:g}"
    figure = f"{size * 100 if percent else size:{',' if ',' in part else ''}.{len(places[1]) if places else 0}f}"
    shape = re.sub(r"\[[^\]]*\]|_.|\*.", "", part)
    return re.sub(r'["\\]', "", re.sub(r"[#0,]*0(?:\.0+)?", figure, shape, count=1))


def page_texts(tab: AppTest) -> list[str]:
    """What stands on a page that Streamlit's own runner has drawn, every cell of every table too."""
    return [test_pages.plain(text) for text in test_pages.raw(tab)]


def report_texts(report: Report, *, notes: bool = False) -> list[str]:
    """All that a report says; `notes`: with what its speaker is told."""
    found: list[str] = []
    for page in report.pages:
        found += [page.title, page.lead, *(page.how if notes else ())]
        for block in page.blocks:
            if isinstance(block, tuple):
                found += (part for figure in block for part in (figure.label, figure.value.full, figure.range, figure.note))
            elif isinstance(block, Headline):
                found += [block.text, *block.detail]
            elif isinstance(block, Chart):
                found += [block.title, block.axis, block.source, block.alt]
            elif isinstance(block, Table):
                found += [block.title, *(column.title for column in block.columns), block.note, block.empty]
                found += (cell.text for row in block.rows for cell in row)
            elif isinstance(block, (Note, Source)):
                found.append(block.text)
    return found


def command_numbers(output: str, lang: Lang) -> Numbers:
    """What `tenken trend --json` says of the newest quarter."""
    newest = json.loads(output)["quarters"][-1]
    _: Words = words(lang)
    none = squeezed(_("not computable"))
    score, gap = newest["score"], newest["gap"]

    def sections(found: Mapping[str, Any]) -> Seen:
        return frozenset({found["percent"] or none})

    return Numbers(
        frozenset({score["percent"] or none}),
        frozenset({f"{score['percent']}〜{score['best']}"}) if score["open"] and score["possible"] else frozenset(),
        frozenset({gap["gap"]}) if gap else frozenset(),
        frozenset({f"{gap['low']}〜{gap['high']}"}) if gap else frozenset(),
        {section: sections(found) for section, found in newest["sections"].items()},
    )


# --- sentences -----------------------------------------------------------------------------------------------------------

_GAP = re.compile(r"ギャップ|incident-weighted gap|\bgap\b", re.IGNORECASE)
_COUNT = re.compile(r"(?<!ほかの)(?<![\d,])\d[\d,]*\s*件(?!、うち回答)|\d[\d,]*\s+(?:\w+\s+){0,2}incidents", re.IGNORECASE)
_DENIED = re.compile(
    r"件数(?:に掛けるもの)?では(?:あり|な)|件数でもな|防げる件数でも|not a number of incidents|nor a number of incidents|never multiplied",
    re.IGNORECASE,
)
_PREVENTED = re.compile(r"防げ|防止でき|would have been prevented|prevents? \d|fewer incidents", re.IGNORECASE)


# Within one sentence, near each other, either way round: all that can be said of a page whose paragraphs nobody knows.
_NEAR = re.compile(
    rf"(?:{_GAP.pattern})(?:(?!\. )[^。]){{0,100}}?(?:{_COUNT.pattern})|(?:{_COUNT.pattern})(?:(?!\. )[^。]){{0,60}}?(?:{_GAP.pattern})",
    re.IGNORECASE,
)
AFTER: Final = 260  # letters in which it may be denied


def joined(texts: Iterable[str], *, pages: bool = False) -> Iterator[str]:
    """Texts in which a gap meets a count of incidents and nothing says that it is none; and those that say what was prevented.
    `pages`: whole pages, in which only what stands near each other belongs together."""
    for text in texts:
        plain = squeezed(text) if re.search("[ぁ-ん]", text) else " ".join(text.split())
        parts = [plain[found.start() : found.end() + AFTER] for found in _NEAR.finditer(plain)] if pages else [plain]
        for part in parts:
            if _GAP.search(part) and _COUNT.search(part) and not _DENIED.search(part):
                yield f"joins the gap with incidents: {part[:120]}"
        for sentence in re.split(r"(?<=[。.])", plain):
            if _PREVENTED.search(sentence) and not _DENIED.search(sentence):
                yield f"says what was prevented: {sentence[:120]}"
