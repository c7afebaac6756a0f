"""How far a quarter is: every question counted once, what is left given to whoever has to do it, and sentences by fixed rules."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.model import Answer, Checklist, Lang
from scoring.portfolio import Book
from scoring.units import Tree, Unit, UnitKind
from tenken.i18n import words
from tenken.palette import PALETTES
from tenken.progress import HANDED_IN, Count, Line, Progress, branch, late_units, part, progress
from tenken.progress_words import days, kind_words, line_state, progress_headline, state_words, status_words
from tenken.rollforward import MOST, by_id, carried_over, changes, next_quarters
from tenken.store import Period, SheetState
from tenken.store.sheets import WRITABLE
from tenken.tables_progress import board, painted
from tests.factories import book, checklist, question, unit
from tests.factories import words as both

TODAY = date(2026, 11, 22)
STATES: tuple[SheetState, ...] = ("draft", "submitted", "returned", "approved", "sealed")
ASKED = checklist(
    {
        "external_attack": (question("mfa"), question("backup", scope="company", owner="it")),
        "telework": (question("lock"), question("rules", scope="company", owner="legal")),
        "governance": (question("policy", scope="company", owner="board"),),
    }
)
OPEN_PERIOD = Period(1, 1, date(2026, 10, 1), date(2026, 12, 31), "open")


def group() -> Tree:
    """A group of one company with two departments, of which IT answers the company's questions of its kind, and a supplier."""
    return Tree(
        (
            unit(1, None, "group", code="group"),
            unit(2, 1, "company", code="co"),
            unit(3, 2, code="it", owners=("it",)),
            unit(4, 2, code="sales"),
            unit(5, 1, "supplier", code="sup", weight=0),
        )
    )


def answered(asked: Checklist, *names: str) -> dict[str, Answer]:
    return {q.id: Answer("level1") for q in asked.questions if q.id.split(".")[1] in names}


def found(
    sheets: Mapping[int, Mapping[str, Answer]],
    states: Mapping[int, SheetState] | None = None,
    due: date | None = None,
    carried: tuple[tuple[int, str], ...] = (),
) -> Progress:
    return progress(book(group(), ASKED, sheets, TODAY, carried), states or {}, due, TODAY)


# --- counts -------------------------------------------------------------------------------------------------------


def test_a_line_counts_what_stands_on_the_sheet_of_its_unit() -> None:
    lines = {line.unit.code: line for line in found({3: answered(ASKED, "mfa"), 2: answered(ASKED, "backup")}).lines}
    assert list(lines) == ["group", "co", "it", "sales", "sup"]
    assert [line.depth for line in lines.values()] == [0, 1, 2, 2, 1]
    assert lines["it"].sections == (Count(1, 1), Count(0, 1), Count(0, 0))
    assert lines["co"].sections == (Count(1, 1), Count(0, 1), Count(0, 1))
    assert (lines["it"].total, lines["co"].total, lines["sup"].total) == (Count(1, 2), Count(1, 3), Count(0, 5))


def test_what_is_left_of_the_companys_questions_is_with_whoever_has_the_duty() -> None:
    lines = {line.unit.code: line for line in found({3: answered(ASKED, "mfa", "lock")}).lines}
    assert lines["it"].total.open == 0
    assert (lines["it"].todo, lines["co"].todo) == (1, 2)
    assert lines["it"].waits


def test_what_cannot_be_answered_any_more_is_left_to_nobody() -> None:
    lines = {line.unit.code: line for line in found({3: answered(ASKED, "mfa")}, {2: "submitted", 3: "approved"}).lines}
    assert (lines["it"].todo, lines["co"].todo, lines["it"].waits, lines["co"].waits) == (0, 0, False, False)


def test_an_answer_on_a_sheet_that_is_not_asked_for_it_is_not_counted() -> None:
    """A department that once was a company has answers of the company's questions on its sheet."""
    lines = {line.unit.code: line for line in found({4: answered(ASKED, "policy", "mfa")}).lines}
    assert lines["sales"].total == Count(1, 2)


def test_a_unit_that_is_asked_nothing_is_a_heading() -> None:
    tree = Tree((unit(1, None, "company", code="co"), unit(2, 1, code="dep", reporting=False), unit(3, 2, "section", code="sec")))
    lines = progress(book(tree, ASKED, {}, TODAY), {}, None, TODAY).lines
    assert [line.state for line in lines] == ["draft", None, "draft"]
    assert not lines[1].waits


def test_carried_answers_are_to_be_reconfirmed_by_whoever_has_the_duty() -> None:
    company = "external_attack.backup"
    lines = {line.unit.code: line for line in found({2: answered(ASKED, "backup")}, carried=((2, company),)).lines}
    assert (lines["co"].reconfirm, lines["co"].todo_reconfirm, lines["it"].todo_reconfirm) == (1, 0, 1)


KINDS: tuple[UnitKind, ...] = ("group", "company", "department", "section")


@st.composite
def quarters(draw: st.DrawFn) -> tuple[Book, dict[int, SheetState]]:
    """A tree of up to nine units with any answers, marks and states."""
    units = [unit(1, None, "company", code="u1", reporting=draw(st.booleans()))]
    for number in range(2, draw(st.integers(2, 9))):
        above = draw(st.sampled_from(units))
        kind: UnitKind = "supplier" if above.is_supplier else draw(st.sampled_from([*KINDS, "supplier"]))
        owners = tuple(draw(st.sets(st.sampled_from(["it", "legal", "board"]))))
        units.append(unit(number, above.id, kind, code=f"u{number}", owners=owners, reporting=draw(st.booleans())))
    tree, width = Tree(tuple(units)), len(ASKED.questions)
    rows = draw(st.lists(st.sampled_from([each.id for each in units]), unique=True))
    cells = st.lists(st.lists(st.integers(-3, 4), min_size=width, max_size=width), min_size=len(rows), max_size=len(rows))
    levels = np.array(draw(cells), dtype=np.int8).reshape(len(rows), width)
    marks = (np.abs(np.array(draw(cells), dtype=np.int8).reshape(len(rows), width)) % 4).astype(np.uint8)
    states = {each: draw(st.sampled_from(STATES)) for each in rows}
    return Book(tree, ASKED, tuple(rows), levels, np.zeros_like(levels, dtype=np.int32), marks, TODAY), states


@given(quarters())
def test_cells_lines_and_what_is_left_add_up(quarter: tuple[Book, dict[int, SheetState]]) -> None:
    seen, states = quarter
    all_of_it = progress(seen, states, TODAY - timedelta(days=1), TODAY)
    assert all(sum(line.sections, Count()) == line.total for line in all_of_it.lines)
    writable = [line for line in all_of_it.lines if line.state in WRITABLE]
    assert sum(line.todo for line in all_of_it.lines) == sum(line.total.open for line in writable)
    assert sum(line.todo_reconfirm for line in all_of_it.lines) == sum(line.reconfirm for line in writable)
    assert all(line.late == (line.state in WRITABLE) for line in all_of_it.lines)
    assert sum(all_of_it.number(state) for state in STATES) == len(all_of_it.asked)


@given(quarters())
def test_every_line_says_what_counting_by_hand_says(quarter: tuple[Book, dict[int, SheetState]]) -> None:
    seen, states = quarter
    tree, rows = seen.tree, {unit_id: row for row, unit_id in enumerate(seen.units)}
    column = {q.id: number for number, q in enumerate(ASKED.questions)}

    def is_answered(of: Unit, name: str) -> bool:
        return of.id in rows and seen.levels[rows[of.id], column[name]] != -1

    for line in progress(seen, states, None, TODAY).lines:
        own = [q.id for q in tree.asks(line.unit, ASKED)]
        assert line.total == Count(sum(is_answered(line.unit, name) for name in own), len(own))
        assert (line.state is None) == (not own)
        company = tree.company_of(line.unit.id)
        duties = [] if line.unit.is_supplier or company is None else [q.id for q in tree.writes_for(line.unit, ASKED)]
        places = [(line.unit, name) for name in own if not (line.unit.is_company and _is_company(name))]
        places += [(company, name) for name in duties if company]
        left = [at for at in places if states.get(at[0].id, "draft") in WRITABLE and not is_answered(*at)]
        assert line.todo == len(left)


def _is_company(name: str) -> bool:
    return by_id(ASKED.questions)[name].scope == "company"


# --- choices ------------------------------------------------------------------------------------------------------


def codes(lines: Iterable[Line]) -> list[str]:
    return [line.unit.code for line in lines]


def test_a_branch_a_kind_and_a_state_leave_what_fits_all_three() -> None:
    all_of_it = found({}, {3: "submitted"}, due=TODAY - timedelta(days=1))
    assert codes(branch(all_of_it, group(), None)) == ["group", "co", "it", "sales", "sup"]
    assert codes(branch(all_of_it, group(), 2)) == ["co", "it", "sales"]
    assert codes(branch(all_of_it, group(), 2, ("department",))) == ["it", "sales"]
    assert codes(branch(all_of_it, group(), 2, ("department",), ("submitted",))) == ["it"]
    assert codes(branch(all_of_it, group(), None, (), ("late",))) == ["group", "co", "sales", "sup"]
    assert codes(part(all_of_it, lambda each: each.code == "it").lines) == ["it"]


def test_who_is_reminded_has_something_left() -> None:
    done = {5: answered(ASKED, "mfa", "lock", "backup", "rules", "policy"), 3: answered(ASKED, "mfa", "lock")}
    late = late_units(found(done, {1: "sealed", 3: "submitted", 4: "returned", 5: "approved"}))
    assert [(each.name.en, each.open, each.state) for each in late] == [
        ("unit 2 (en)", 2, "draft"),
        ("unit 3 (en)", 1, "draft"),  # handed in, but one of the company's questions is its own to answer
        ("unit 4 (en)", 2, "returned"),
    ]


# --- sentences ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "due", "ja"),
    [
        ({3: "submitted"}, None, "5部門のうち1部門が提出済みです。期日はまだ決まっていません。"),
        ({3: "submitted"}, 5, "5部門のうち1部門が提出済みです。期日まであと5日です。"),
        ({3: "returned", 4: "sealed"}, 0, "5部門のうち1部門が提出済みです。今日が期日です。"),
        ({}, -3, "5部門のうち0部門が提出済みです。期日を3日過ぎています。"),
        (dict.fromkeys(range(1, 6), "submitted"), -3, "5部門すべてが提出済みです。そのうち5部門がレビュー待ちです。"),
        (dict.fromkeys(range(1, 6), "sealed") | {2: "approved"}, -3, "5部門すべてが提出済みです。そのうち1部門を確定できます。"),
        (dict.fromkeys(range(1, 6), "sealed"), -3, "5部門すべてが確定済みです。四半期を締められます。"),
    ],
)
def test_the_headline_is_made_by_fixed_rules(states: dict[int, SheetState], due: int | None, ja: str) -> None:
    day = None if due is None else TODAY + timedelta(days=due)
    assert progress_headline(found({}, states, day), OPEN_PERIOD, words("ja")) == ja


def test_the_headline_in_english_and_of_a_closed_quarter() -> None:
    said = progress_headline(found({}, {3: "submitted"}, TODAY + timedelta(days=5)), OPEN_PERIOD, words("en"))
    assert said == "1 of 5 units have handed in. 5 days are left until the date due."
    closed = replace(OPEN_PERIOD, state="closed")
    assert progress_headline(found({}, dict.fromkeys(range(1, 6), "sealed")), closed, words("en")).startswith(
        "This quarter is closed; all 5"
    )


@pytest.mark.parametrize(
    ("state", "en"),
    [
        ("draft", "0 of 5 questions are answered. No date due is set."),
        ("submitted", "The sheet is handed in. It waits for review."),
        ("approved", "The sheet is handed in. It can be sealed."),
        ("sealed", "The sheet is sealed. The quarter can be closed."),
    ],
)
def test_one_unit_alone_is_told_of_its_questions(state: SheetState, en: str) -> None:
    alone = Tree((unit(1, None, "company", reporting=True),))
    all_of_it = progress(book(alone, ASKED, {}, TODAY), {1: state}, None, TODAY)
    assert progress_headline(all_of_it, OPEN_PERIOD, words("en")) == en
    assert progress_headline(all_of_it, replace(OPEN_PERIOD, state="closed"), words("en")) == "This quarter is closed and sealed."


def test_nobody_asked_is_said() -> None:
    tree = Tree((unit(1, None, "department", reporting=False),))
    assert progress_headline(progress(book(tree, ASKED, {}, TODAY), {}, None, TODAY), OPEN_PERIOD, words("en")).startswith(
        "No unit is asked"
    )


def test_every_state_and_kind_has_a_word_of_its_own(lang: Lang) -> None:
    _ = words(lang)
    assert len(set(state_words(_).values())) == len(STATES)
    assert len(set(status_words(_).values())) == len(STATES) + 1
    assert len(set(kind_words(_).values())) == len(KINDS) + 1
    assert set(HANDED_IN) | set(WRITABLE) == set(STATES)
    assert days(TODAY, TODAY, _).startswith(_.day(TODAY))


# --- the table ----------------------------------------------------------------------------------------------------


def test_the_board_has_a_row_a_unit_and_a_column_a_section() -> None:
    all_of_it = found({3: answered(ASKED, "mfa")}, {4: "returned"}, carried=((3, "external_attack.mfa"),))
    frame = board(all_of_it.lines, ASKED, words("en"))
    assert list(frame.iloc[2]) == ["\u2003\u2003unit 3 (en)", "Being answered", "1／2", "1", "1／1", "0／1", ""]
    assert frame.shape == (5, 4 + 3)


@pytest.mark.parametrize(("due", "kind"), [(1, "part"), (-1, "lack")])
def test_colour_is_spent_on_what_is_missing_and_loud_once_it_is_late(due: int, kind: str) -> None:
    all_of_it = found({3: answered(ASKED, "mfa", "lock")}, {4: "returned"}, TODAY + timedelta(days=due))
    frame = board(all_of_it.lines, ASKED, words("ja"))
    html = painted(all_of_it.lines, frame, "light").to_html()
    assert getattr(PALETTES["light"], kind).fill in html
    assert line_state(all_of_it.lines[2], words("ja")) == ("回答中" if due > 0 else "期限超過")
    full = part(all_of_it, lambda each: each.code == "it")
    full = replace(full, lines=tuple(replace(line, late=False) for line in full.lines))
    calm = painted(full.lines, board(full.lines, ASKED, words("ja")), "light").to_html()
    assert "background-color" not in calm, "nothing is missing, so nothing is coloured"


# --- from one quarter to the next ---------------------------------------------------------------------------------


def test_what_an_edition_changes_is_found_by_id_and_words() -> None:
    other = checklist({"external_attack": (question("mfa", text=both("new")), question("new")), "telework": ("lock", "rules")})
    before, after = by_id(ASKED.questions), by_id(other.questions)
    said = changes(before, after)
    assert [q.id for q in said.added] == ["external_attack.new"]
    assert [q.id for q in said.retired] == ["external_attack.backup", "governance.policy"]
    assert [(old.id, new.text) for old, new in said.reworded] == [("external_attack.mfa", both("new"))]
    assert not changes(before, before)
    levels = replace(ASKED.questions[0], levels=(both("otherwise"), *ASKED.questions[0].levels[1:]))
    assert changes(before, before | {levels.id: levels}).reworded == ((ASKED.questions[0], levels),)


def test_a_weight_is_no_word() -> None:
    before = by_id(ASKED.questions)
    assert not changes(before, {name: replace(q, weight=9) for name, q in before.items()})


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 2000), st.integers(1, 12))
def test_the_quarters_to_open_follow_each_other_up_to_today(ended: date, later: int, fiscal: int) -> None:
    newest = next_quarters(ended, ended, fiscal)[0].start - timedelta(days=1)  # the end of a quarter
    offered = next_quarters(newest, newest + timedelta(days=later), fiscal)
    assert 1 <= len(offered) <= MOST
    assert all(one.end + timedelta(days=1) == other.start for one, other in pairwise(offered))
    assert offered[-1].end >= newest + timedelta(days=later)
    if len(offered) < MOST:
        assert offered[0].start == newest + timedelta(days=1)


def test_what_is_carried_over_was_answered_by_people_and_is_still_asked() -> None:
    sheets = {
        3: answered(ASKED, "mfa", "lock"),
        4: {"external_attack.mfa": Answer("na", "profile", by_profile=True)},
        5: answered(ASKED, "policy"),
    }
    seen = book(group(), ASKED, sheets, TODAY)
    assert carried_over(seen, group(), ASKED) == 3
    assert carried_over(seen, group(), checklist({"telework": ("lock",)})) == 1
    without = Tree(tuple(each for each in group().units if each.code != "sup"))
    assert carried_over(seen, without, ASKED) == 2
