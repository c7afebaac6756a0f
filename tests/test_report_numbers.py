"""The same number everywhere: score, gap, ranges and sections on the overview and the board, by the command line, in every file."""

from collections.abc import Mapping
from datetime import date

import pytest
from typer.testing import CliRunner

from scoring.model import Lang
from tenken import cli
from tenken.i18n import words
from tenken.reports.build import report_of
from tenken.reports.facts import Asked, Facts, read_facts
from tenken.store import Store
from tests import rendered, shown_numbers
from tests.made_up import make
from tests.shown_numbers import Numbers, computed, differences, joined, numbers_in
from tests.test_pages import Open

# Twelve units over closed quarters; one company alone; two units of which little is answered. The proof takes twenty and more.
SEEDS = (0, 1, 9)


def _of_pages(lang: Lang, open_page: Open) -> dict[str, list[str]]:
    return {page: shown_numbers.page_texts(open_page(lang, page)) for page in ("home", "board")}


def _of_files(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    deck, book = shown_numbers.deck_texts(files[rendered.DECK]), shown_numbers.workbook_texts(files[rendered.BOOK])
    return {
        "deck": [text for slide in deck for text in slide],
        "document": shown_numbers.document_texts(files[rendered.DOCUMENT]),
        "workbook": [text for cells in book.values() for text in cells],
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_every_number_is_the_same_wherever_it_stands(seed: int, store: Store, lang: Lang, open_page: Open) -> None:
    made = make(store, seed, date.today())
    facts = read_facts(store, made.root, Asked(lang=lang), date.today())
    wanted = computed(facts.judged, lang)
    files = rendered.files(facts)
    pages, papers = _of_pages(lang, open_page), _of_files(files)
    found: dict[str, Numbers] = {
        "command": shown_numbers.command_numbers(_command("trend", "--json"), lang),
        "workbook": shown_numbers.workbook_numbers(files[rendered.BOOK], facts.judged, lang),
        **{where: numbers_in(texts, facts.judged, lang) for where, texts in pages.items()},
        **{where: numbers_in(papers[where], facts.judged, lang, signed=True) for where in ("deck", "document")},
    }
    different = {where: [*differences(numbers, wanted, sections=where != "board")] for where, numbers in found.items()}
    assert different == {where: [] for where in found}
    said = {where: [*joined(texts, pages=where == "document")] for where, texts in (pages | papers).items()}
    assert said == {where: [] for where in said}


def _command(*words: str) -> str:
    done = CliRunner().invoke(cli.app, list(words))
    assert done.exit_code == 0, done.output
    return done.stdout


def test_summary_and_sheet_say_the_same(store: Store, lang: Lang) -> None:
    """The one-page summary has the report's figures; a department's sheet has its own."""
    made = make(store, SEEDS[0], date.today())
    facts = read_facts(store, made.root, Asked(lang=lang), date.today())
    page = numbers_in(shown_numbers.document_texts(rendered.files(facts)[rendered.SUMMARY]), facts.judged, lang)
    assert [*differences(page, computed(facts.judged, lang), sections=False)] == []
    own = read_facts(store, made.root, Asked(lang=lang, unit=rendered.department(facts).code), date.today())
    texts = shown_numbers.document_texts(rendered.sheet(own))
    assert own.judged.result.total != facts.judged.result.total
    assert numbers_in(texts, own.judged, lang).score == computed(own.judged, lang).score
    assert [*joined(texts, pages=True)] == []


def test_another_number_is_found(store: Store, lang: Lang) -> None:
    """A reader that never finds a difference proves nothing."""
    made = make(store, SEEDS[0], date.today())
    facts: Facts = read_facts(store, made.root, Asked(lang=lang), date.today())
    wanted, texts = computed(facts.judged, lang), shown_numbers.report_texts(report_of(facts, words(lang)))
    score, gap = (next(iter(seen)) for seen in (wanted.score, wanted.gap))
    section = next(name for name, seen in wanted.sections.items() if len(seen) == 1 and name not in wanted.shared)
    points = next(iter(wanted.sections[section]))
    title = next(each.title.of(lang) for each in facts.judged.checklist.sections if each.id == section)
    assert [*differences(numbers_in(texts, facts.judged, lang), wanted)] == []
    for old, new, said in ((score, "99.9", "score"), (f"{gap}%", "99.8%", "gap"), (points, "99.7", section)):
        changed = [text.replace(old, new) for text in texts]
        assert any(what.startswith(f"{said}: ") for what in differences(numbers_in(changed, facts.judged, lang), wanted)), said
    again = [*texts, {"ja": "得点99.9点", "en": "Score 99.9 points"}[lang], f"{title} 99.7"]
    assert len([*differences(numbers_in(again, facts.judged, lang), wanted)]) == 2
    bad = {"ja": "事故加重ギャップは40%で、年72件にあたります。", "en": "The incident-weighted gap of 40% is 72 incidents a year."}[lang]
    worse = {"ja": "これで3件を防げます。", "en": "This prevents 3 incidents."}[lang]
    assert len([*joined([bad, worse])]) == 2
