"""All files that a report comes as, of whatever company: what proofs, tests and measurements open, read and compare."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from scoring.model import Lang
from scoring.units import Unit
from tenken.i18n import words
from tenken.reports import pdf, pptx, xlsx
from tenken.reports.answers import answers_of
from tenken.reports.build import report_of
from tenken.reports.facts import Asked, Facts, read_facts
from tenken.reports.sheet import sheet_of
from tenken.store import Store, database
from tests.conftest import migrate_a_copy, no_waiting

DECK, DOCUMENT, SUMMARY, SHEET, BOOK = "deck.pptx", "document.pdf", "summary.pdf", "sheet.pdf", "book.xlsx"


def files(facts: Facts) -> dict[str, bytes]:
    """The three large files and the summary, as they are downloaded."""
    _ = words(facts.asked.lang)
    report = report_of(facts, _)
    return {
        DECK: pptx.render(report),
        DOCUMENT: pdf.render(report),
        SUMMARY: pdf.render_summary(report),
        BOOK: xlsx.render(report, answers_of(facts, _)),
    }


def sheet(facts: Facts) -> bytes:
    """The two pages for the head of the department that `facts` is about."""
    return pdf.render_sheet(sheet_of(facts, words(facts.asked.lang)))


def department(facts: Facts) -> Unit:
    """One of the units of a report, always the same: the last that reports."""
    return facts.tree.reporting(facts.node.id)[-1]


def everything(store: Store, root: Unit, lang: Lang, today: date) -> dict[str, bytes]:
    """All files, the sheet of one department among them. Raises ReportError where there is nothing to report."""
    facts = read_facts(store, root, Asked(lang=lang), today)
    found = files(facts)
    own = read_facts(store, root, Asked(lang=lang, unit=department(facts).code, named=True), today)
    return found | {SHEET: sheet(own)}


@contextmanager
def quick(file: Path) -> Iterator[Store]:
    """A store on a new file, or on one that is there, that does not wait for the disk."""
    with pytest.MonkeyPatch.context() as patched:
        no_waiting(patched)
        patched.setattr(database, "migrate", migrate_a_copy)
        store = Store.open(f"sqlite:///{file}")
        try:
            yield store
        finally:
            store.close()


def main(file: str, lang: Lang, today: str, folder: str) -> None:
    """`python -m tests.rendered DATABASE ja|en DAY FOLDER`: the files once more, by another process."""
    with quick(Path(file)) as store:
        root = store.company()
        assert root is not None
        for name, content in everything(store, root, lang, date.fromisoformat(today)).items():
            (Path(folder) / name).write_bytes(content)


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]
