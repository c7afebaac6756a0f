"""Reports of made-up companies: every format opens, nothing overflows, no glyph is missing, every formula comes to what is stored, the
same company makes the same bytes, and every number is the same wherever it stands.

LibreOffice, poppler and the second process belong to the long form; `make test` looks at the same files without them.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from scoring.model import Lang
from tenken.errors import ReportError
from tenken.i18n import LANGUAGES, words
from tenken.reports import measure
from tenken.reports.build import report_of
from tenken.reports.facts import Asked, read_facts
from tenken.settings import ROOT
from tests import decks, libreoffice, overflow, packages, pdf_pages, recalculated, rendered, report_shape, shown_numbers
from tests.made_up import Made, make
from tests.prove.proof import Proof
from tests.rendered import BOOK, DECK, DOCUMENT, SHEET, SUMMARY
from tests.shown_numbers import computed, differences, joined, numbers_in
from tests.test_report_checks import SHEET as CELLS
from tests.test_report_checks import book, changed, deck, replaced

SHORT = 2
DRAWN = 0.0  # points of white round a slide: pictures of ours may reach its edge


def run(count: int, folder: Path) -> list[str]:
    """Companies 0 to count − 1, in both languages; many of them side by side, as many as there are cores."""
    if count <= SHORT:
        return [fault for seed in range(count) for fault in _of(seed, folder, long=False)]
    found = [*planted(folder / "planted")]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for faults in pool.map(partial(_of, folder=folder, long=True), range(count)):
            found += faults
    return found


def _of(seed: int, folder: Path, *, long: bool) -> list[str]:
    place = folder / str(seed)
    place.mkdir()
    found = [f"company {seed} {fault}" for fault in company(seed, place, long=long)]
    shutil.rmtree(place)
    return found


def company(seed: int, folder: Path, *, long: bool) -> Iterator[str]:
    """All that is wrong with the reports of one company; one that has nothing to report has to say so in words."""
    file = folder / "tenken.db"
    with rendered.quick(file) as store:
        made = make(store, seed)
        for lang in LANGUAGES:
            try:
                facts = read_facts(store, made.root, Asked(lang=lang), made.today)
            except ReportError as error:
                if error.code != "nothing_to_report":
                    yield f"{lang}: {error.code}"
                continue
            report, wanted = report_of(facts, words(lang)), computed(facts.judged, lang)
            yield from (f"{lang}: {fault}" for fault in report_shape.faults(report))
            yield from (f"{lang}: {fault}" for fault in joined(shown_numbers.report_texts(report, notes=True)))
            try:
                files = rendered.everything(store, made.root, lang, made.today)
            except Exception as error:
                yield f"{lang}: {type(error).__name__}: {str(error)[:200]!a}"
                continue
            for name, fault in looked_at(files, lang):
                yield f"{lang} {name}: {fault}"
            for name, texts in ((DECK, _deck_texts(files)), (DOCUMENT, shown_numbers.document_texts(files[DOCUMENT]))):
                numbers = numbers_in(texts, facts.judged, lang, signed=True)
                yield from (f"{lang} {name}: {fault}" for fault in (*differences(numbers, wanted), *joined(texts, pages=True)))
            numbers = shown_numbers.workbook_numbers(files[BOOK], facts.judged, lang)
            yield from (f"{lang} {BOOK}: {fault}" for fault in differences(numbers, wanted))
            if long:
                yield from (f"{lang} {fault}" for fault in drawn(files, folder / lang))
                yield from (f"{lang} {fault}" for fault in again(made, file, lang, files, folder / f"{lang}-again"))


def looked_at(files: Mapping[str, bytes], lang: Lang) -> Iterator[tuple[str, str]]:
    """(file, fault) of everything that can be seen without another program."""
    for name in (DECK, BOOK):
        yield from ((name, fault) for fault in packages.faults(files[name]))
    yield from ((DECK, fault) for fault in (*decks.faults(files[DECK], measure.missing), *overflow.overflows(files[DECK])))
    for name, pages in ((DOCUMENT, None), (SUMMARY, 1), (SHEET, 2)):
        yield from ((name, fault) for fault in pdf_pages.faults(files[name], lang, bookmarks=name == DOCUMENT, pages=pages))


def _deck_texts(files: Mapping[str, bytes]) -> list[str]:
    return [text for slide in shown_numbers.deck_texts(files[DECK]) for text in slide]


def drawn(files: Mapping[str, bytes], folder: Path) -> Iterator[str]:
    """What poppler and LibreOffice make of the files: words that leave their page or lie on others, letters that are not drawn, numbers
    that are too wide for their cells, formulas that come to something else."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    for name in (DOCUMENT, SUMMARY, SHEET):
        yield from (f"{name}: {fault}" for fault in pdf_pages.misplaced(folder / name))
    if not libreoffice.is_there():
        yield libreoffice.MISSING
        return
    sources = [folder / DECK, folder / BOOK]
    made = libreoffice.converted(sources, "pdf", folder / "drawn")
    if refused := libreoffice.refused(sources, made):
        yield from refused
        return
    slides, cells = (_pages(path) for path in made)
    shown = [" ".join(texts) for texts in shown_numbers.deck_texts(files[DECK])]
    yield from (f"{DECK} drawn: {fault}" for fault in (*decks.lost_in(shown, slides), *pdf_pages.misplaced(made[0], DRAWN)))
    yield from (
        f"{BOOK} drawn: page {number}: a number is too wide for its cell" for number, text in enumerate(cells, start=1) if "###" in text
    )
    theirs = recalculated.worked_out(files[BOOK], folder / "formulas")
    yield from (f"{BOOK}: {fault}" for fault in recalculated.differences(files[BOOK], theirs))


def _pages(path: Path) -> list[str]:
    found: dict[int, list[str]] = {}
    pages, placed = pdf_pages.words(path)
    for word in placed:
        found.setdefault(word.page, []).append(word.text)
    return [" ".join(found.get(number, [])) for number in range(1, len(pages) + 1)]


def again(made: Made, file: Path, lang: Lang, files: Mapping[str, bytes], folder: Path) -> Iterator[str]:
    """The same files by another process, byte for byte."""
    folder.mkdir()
    command = [sys.executable, "-m", "tests.rendered", str(file), lang, made.today.isoformat(), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        yield f"again: {done.stderr[-300:]}"
        return
    yield from (f"{name} is another file the second time" for name, content in files.items() if (folder / name).read_bytes() != content)


def planted(folder: Path) -> Iterator[str]:
    """What another program is asked about has to be found when it is there."""
    if not libreoffice.is_there():
        yield libreoffice.MISSING
        return
    folder.mkdir()
    wrong = changed(book(), CELLS, replaced("<v>3.5</v>", "<v>3.6</v>"))
    if len([*recalculated.differences(wrong, recalculated.worked_out(wrong, folder / "formula"))]) != 1:
        yield "a planted wrong formula is not found"
    if [*recalculated.differences(book(), recalculated.worked_out(book(), folder / "right"))]:
        yield "a right formula is taken for a wrong one"
    broken, plain = folder / "broken.pptx", folder / "plain.pptx"
    broken.write_bytes(deck()[:2000])
    plain.write_bytes(deck())
    made = libreoffice.converted([broken, plain], "pdf", folder / "drawn")
    if libreoffice.refused([broken, plain], made) != ["broken.pptx: LibreOffice does not open it"]:
        yield "a planted broken deck is not found, or a good one is taken for one"
    elif not decks.lost_in(["備えの得点 61.3点 〓 失"], _pages(made[1])) or decks.lost_in(["備えの得点 61.3点"], _pages(made[1])):
        yield "letters that are not drawn are not found"


# --- numbers on pages ----------------------------------------------------------------------------------------------------


def run_numbers(count: int, folder: Path) -> list[str]:
    """Score, gap and sections of companies in a real Chromium, on the overview and the board, against the exact numbers."""
    from tests.prove import report_pages

    return [fault for seed in range(count) for fault in report_pages.faults(seed, folder / f"home{seed}", date.today())]


PROOFS = (
    Proof("reports of made-up companies (ja, en)", SHORT, 100, run),
    Proof("numbers of reports in Chromium (ja, en)", 1, 20, run_numbers, browser=True),
)
