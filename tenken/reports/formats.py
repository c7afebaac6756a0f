"""The files of the board pack: which there are, what each is made by, and the way from what was asked for to one file.

A wish names units, quarters and kinds; `make` reads, builds and renders them one after the other, says how far it is, and packs them
where there are several. Renderers are imported when they are needed: each brings a library of its own.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from scoring.model import Lang
from scoring.portfolio import View
from scoring.units import Tree, Unit
from tenken.errors import ReportError
from tenken.i18n import Words, words
from tenken.quarters import quarter_of
from tenken.reports.build import report_of
from tenken.reports.facts import MARKING_LETTERS, NO_COMPARISON, Asked, Facts, read_facts
from tenken.reports.making import File, Say
from tenken.reports.model import Report
from tenken.reports.passwords import allowed
from tenken.store import Period, Store

Kind = Literal["pptx", "pdf", "summary", "xlsx", "sheet"]
Choice = Literal["pptx", "pdf", "summary", "xlsx", "sheet", "zip"]
Medium = Literal["pptx", "pdf", "xlsx", "zip"]

MOST_BYTES: Final = 200_000_000  # of all files of one wish: they are held in memory
OFFICE: Final = "application/vnd.openxmlformats-officedocument."
MEDIA: Final[dict[Medium, str]] = {
    "pptx": f"{OFFICE}presentationml.presentation",
    "pdf": "application/pdf",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "zip": "application/zip",
}
NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s\x00-\x1f\x7f]+')
LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What files of one unit are made from."""

    facts: Facts
    report: Report
    words: Words
    template: bytes | None


def _pptx(of: Material) -> bytes:
    from tenken.reports.pptx import render

    return render(of.report, of.template)


def _pdf(of: Material) -> bytes:
    from tenken.reports.pdf import render

    return render(of.report)


def _summary(of: Material) -> bytes:
    from tenken.reports.pdf import render_summary

    return render_summary(of.report)


def _sheet(of: Material) -> bytes:
    from tenken.reports.pdf import render_sheet
    from tenken.reports.sheet import sheet_of

    return render_sheet(sheet_of(of.facts, of.words))


def _xlsx(of: Material) -> bytes:
    from tenken.reports.answers import answers_of
    from tenken.reports.xlsx import render

    return render(of.report, answers_of(of.facts, of.words))


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. `extension` is also what it is locked as; `render`: everything in it, without a password."""

    kind: Kind
    extension: Medium
    render: Callable[[Material], bytes]


FORMATS: Final[dict[Kind, Format]] = {
    each.kind: each
    for each in (
        Format("pptx", "pptx", _pptx),
        Format("pdf", "pdf", _pdf),
        Format("summary", "pdf", _summary),
        Format("xlsx", "xlsx", _xlsx),
        Format("sheet", "pdf", _sheet),
    )
}
PACKED: Final[tuple[Kind, ...]] = ("pptx", "pdf", "summary", "xlsx")  # of every unit of a ZIP


def label(kind: Choice, _: Words) -> str:
    """What a kind of file is called."""
    return {
        "pptx": _("Board deck (PowerPoint)"),
        "pdf": _("Board report (PDF)"),
        "summary": _("One-page summary (PDF)"),
        "xlsx": _("Numbers (Excel)"),
        "sheet": _("Department sheet (PDF)"),
        "zip": _("All files (ZIP)"),
    }[kind]


def _word(kind: Choice, _: Words) -> str:
    """The kind as a part of a file's name."""
    return {
        "pptx": _("board-deck"),
        "pdf": _("board-report"),
        "summary": _("board-summary"),
        "xlsx": _("board-numbers"),
        "sheet": _("department-sheet"),
        "zip": _("board-pack"),
    }[kind]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. `units`: at least one, as they stand in the tree; `sheets`: department sheets of all that report below them go into
    the ZIP; `named`: other departments are named on these; `may_read`: the units that whoever asks may see; `budget`: half days, None
    for what the plan page begins with; `marking`: None for the usual one, '' for none; `password`: '' for none."""

    kind: Choice
    lang: Lang
    root: Unit
    units: tuple[Unit, ...]
    period: Period
    against: Period | None
    view: View = "whole"
    marking: str | None = None
    password: str = field(default="", repr=False)
    template: bytes | None = field(default=None, repr=False)
    budget: int | None = None
    named: bool = False
    sheets: bool = False
    may_read: Callable[[Unit], bool] = lambda unit: True

    def asked(self, unit: Unit) -> Asked:
        """The same of one unit, as facts are read by."""
        against = self.against.start.isoformat() if self.against else NO_COMPARISON
        return Asked(self.lang, unit.code, self.period.start.isoformat(), against, self.view, self.budget, self.marking, self.named)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a wish."""

    unit: Unit
    kind: Kind


def parts(wish: Wish, tree: Tree) -> tuple[Part, ...]:
    """The files that a wish asks for, unit by unit, then the sheets of departments."""
    kinds: tuple[Kind, ...] = PACKED if wish.kind == "zip" else (wish.kind,)
    found = [Part(unit, kind) for unit in wish.units for kind in kinds]
    return (*found, *(Part(unit, "sheet") for unit in departments(wish, tree)))


def departments(wish: Wish, tree: Tree) -> tuple[Unit, ...]:
    """The units whose sheets go into the ZIP."""
    if wish.kind != "zip" or not wish.sheets:
        return ()
    below = dict.fromkeys(unit for chosen in wish.units for unit in tree.reporting(chosen.id))
    return tuple(unit for unit in below if wish.may_read(unit))


def packed(wish: Wish, files: Sequence[object]) -> bool:
    return wish.kind == "zip" or len(files) > 1


def check(wish: Wish) -> None:
    """Raises ReportError for what no file can be made with, before anything is made."""
    if len(wish.marking or "") > MARKING_LETTERS:
        raise ReportError("report_marking", most=MARKING_LETTERS)
    allowed(wish.password, "zip" if len(wish.units) > 1 or wish.kind == "zip" else FORMATS[wish.kind].extension)
    if wish.template is not None:
        check_template(wish.template)


def check_template(content: bytes) -> None:
    """Raises ReportError(template_…)."""
    from tenken.reports.template import check as looked_at

    looked_at(content)


def make(store: Store, wish: Wish, says: Words, today: date, say: Say) -> File:
    """All that is asked for as one file. `says`: the words of whoever waits. Raises ReportError, StoreError; what `say` raises."""
    check(wish)
    wanted = parts(wish, store.tree_of(wish.period))
    several, made, size = packed(wish, wanted), list[tuple[str, bytes]](), 0
    steps = 2 * len(wanted) + (several or bool(wish.password))
    at: Unit | None = None
    for number, part in enumerate(wanted):
        if at != part.unit:
            say(2 * number, steps, _reading(part, says))
            at, material = part.unit, read(store, wish, part.unit, today)  # of one unit at a time: 300 would be much
        say(2 * number + 1, steps, _rendering(part, says))
        kind = FORMATS[part.kind]
        made.append((file_name(part.unit, wish.period, part.kind, kind.extension, material.words), kind.render(material)))
        size += len(made[-1][1])
        if size > MOST_BYTES:
            raise ReportError("report_too_large", megabytes=MOST_BYTES // 1_000_000)
    if several:
        say(steps - 1, steps, _packing(len(made), says))
        return _zipped(wish, made, material)
    (name, content), extension = made[0], FORMATS[wanted[0].kind].extension
    if wish.password:
        say(steps - 1, steps, _locking(says))
        content = _locked(content, extension, wish.password)
    return File.of(name, MEDIA[extension], content)


def _reading(part: Part, _: Words) -> str:
    return _("{unit}: reading the answers", unit=_.text(part.unit.name))


def _rendering(part: Part, _: Words) -> str:
    return _("{unit}: making “{kind}”", unit=_.text(part.unit.name), kind=label(part.kind, _))


def _packing(n: int, _: Words) -> str:
    return _("Packing {n} files", n=n)


def _locking(_: Words) -> str:
    return _("Setting the password")


def read(store: Store, wish: Wish, unit: Unit, today: date) -> Material:
    """One unit's facts, and the report that they make. Raises ReportError, StoreError."""
    _ = words(wish.lang)
    facts = read_facts(store, wish.root, wish.asked(unit), today, wish.may_read)
    return Material(facts, report_of(facts, _), _, wish.template)


def _zipped(wish: Wish, made: Sequence[tuple[str, bytes]], last: Material) -> File:
    from tenken.reports.pack import pack

    name = file_name(wish.units[0], wish.period, "zip", "zip", last.words)
    return File.of(name, MEDIA["zip"], pack(numbered(made), last.report.meta.made, wish.password))


def _locked(content: bytes, kind: Medium, password: str) -> bytes:
    from tenken.reports.locked import lock

    return lock(content, kind, password)


def file_name(unit: Unit, period: Period, kind: Choice, extension: str, _: Words) -> str:
    """'営業部_FY2026Q3_経営会議資料.pptx', of signs that every system takes in a name."""
    quarter = quarter_of(period.start, period.fiscal_start)
    name = NOT_IN_NAMES.sub("-", _.text(unit.name)).strip("-. ")[:LONGEST_NAME] or unit.code
    return f"{name}_FY{quarter.year}Q{quarter.number}_{_word(kind, _)}.{extension}"


def numbered(files: Sequence[tuple[str, bytes]]) -> tuple[tuple[str, bytes], ...]:
    """Units may have the same name; files in one ZIP may not."""
    seen: dict[str, int] = {}
    found = []
    for name, content in files:
        key = name.casefold()
        seen[key] = seen.get(key, 0) + 1
        stem, dot, extension = name.rpartition(".")
        found.append((name if seen[key] == 1 else f"{stem} ({seen[key]}){dot}{extension}", content))
    return tuple(found)
