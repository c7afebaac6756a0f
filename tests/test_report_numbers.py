"""The same number everywhere: score, gap, ranges and sections on the overview and the board, by the command line, in every file."""

from collections.abc import Iterator, Mapping
from datetime import date

import pytest
from typer.testing import CliRunner

from scoring.model import Lang
from tenken import cli
from tenken.reports.facts import Asked, Facts, read_facts
from tenken.store import Store
from tests import rendered, shown_numbers
from tests.made_up import make
from tests.shown_numbers import Numbers, computed, differences, joined, numbers_in
from tests.test_pages import Open

# Twelve units over closed quarters; one company alone; two units of which little is answered. The proof takes twenty and more.
SEEDS = (0, 1, 9)


def _texts(files: Mapping[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    yield "deck", [text for slide in shown_numbers.deck_texts(files[rendered.DECK]) for text in slide]
    yield "document", shown_numbers.document_texts(files[rendered.DOCUMENT])
    yield "workbook", [text for cells in shown_numbers.workbook_texts(files[rendered.BOOK]).values() for text in cells]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_number_is_the_same_wherever_it_stands(seed: int, store: Store, lang: Lang, open_page: Open) -> None:
    made = make(store, seed, date.today())
    facts = read_facts(store, made.root, Asked(lang=lang), date.today())
    wanted = computed(facts.judged, lang)
    found: dict[str, Numbers] = {"command": shown_numbers.command_numbers(_command("trend", "--json"), lang)}
    said: dict[str, list[str]] = {}
    for page in ("home", "board"):
        said[page] = shown_numbers.page_texts(open_page(lang, page))
    said |= dict(_texts(rendered.files(facts)))
    found |= {where: numbers_in(texts, facts.judged, lang) for where, texts in said.items()}
    assert {where: [*differences(numbers, wanted, sections=where != "board")] for where, numbers in found.items()} == dict.fromkeys(found, [])
    assert {where: [*joined(texts)] for where, texts in said.items()} == dict.fromkeys(said, [])


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
    assert [*joined(texts)] == []


def test_another_number_is_found(store: Store, lang: Lang) -> None:
    """A reader that never finds a difference proves nothing."""
    made = make(store, SEEDS[0], date.today())
    facts: Facts = read_facts(store, made.root, Asked(lang=lang), date.today())
    wanted, texts = computed(facts.judged, lang), shown_numbers.report_texts(rendered.report_of(facts, rendered.words(lang)))
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
