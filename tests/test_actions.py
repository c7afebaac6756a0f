"""Corrective actions: what is kept of them, what they promise and reach, and the same functions from the command line.

`TestKept` is what any database has to do; test_store_postgres.py runs it once more.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from scoring.assessment import assess
from scoring.effect import Brings, promised, reached
from scoring.model import NOT_APPLICABLE, OPEN, UNKNOWN, Answer, Evidence, Lang, Text
from scoring.portfolio import assess_units
from tenken.auth import User
from tenken.books import portfolio
from tenken.cli import app
from tenken.content import load_content
from tenken.corrective import tables, writes
from tenken.corrective.calendar import calendar_file
from tenken.corrective.check import COMMENT, HALF_DAYS, LINKS, TITLE, YEN, usable_link
from tenken.corrective.promise import brings, level_at
from tenken.corrective.read import Ledger, about_answers, finished_before, overdue_count, read_ledger
from tenken.corrective.words import headline, kind_words, second, source_words
from tenken.error_words import error_text
from tenken.errors import ActionError, Conflict, NotAllowed, NotFound
from tenken.i18n import words
from tenken.settings import read_settings
from tenken.store import Action, ActionDraft, Sheet, Store, UnitPlan
from tenken.verify import verify
from tests.organisation import OFFICE, Organisation, founded
from tests.sampled import put_sample
from tests.test_gate import ask
from tests.test_store import ME, OTHER, Database, Sql

CONTENT = load_content()
CHECKLIST = CONTENT.checklist
UNIT_SCOPE = next(q for q in CHECKLIST.questions if q.scope == "unit")
COMPANY_SCOPE = next(q for q in CHECKLIST.questions if q.scope == "company")
LEVELS = [choice.id for choice in CHECKLIST.choices]
TODAY = date.today()


def draft(unit: int, title: str = "端末の更新を自動にする", **fields: Any) -> ActionDraft:
    return replace(ActionDraft(unit, None, title, "finding"), **fields)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'tenken.db'}"


class TestKept(Database):
    def test_many_are_written_at_once_or_none(self, store: Store, sheet: Sheet) -> None:
        drafts = [draft(sheet.unit, f"{n}", yen=n, due=TODAY, links=("https://a.example/1",), promise={"gap": "1/90"}) for n in range(3)]
        made = store.create_actions(sheet.unit, sheet.period, drafts, person=ME)
        assert [each.said for each in made] == drafts
        assert [dict(each.said.promise) for each in store.actions(sheet.unit)] == [{"gap": "1/90"}] * 3
        assert store.actions(sheet.unit) == made
        with pytest.raises(NotFound):
            store.create_actions(sheet.unit, sheet.period, [draft(sheet.unit), draft(99)], person=ME)
        with pytest.raises(NotFound):
            store.create_actions(sheet.unit, 99, [draft(sheet.unit)], person=ME)
        assert store.actions(sheet.unit) == made

    def test_a_change_keeps_what_was_decided_and_says_what_it_changed(self, store: Store, sheet: Sheet) -> None:
        (made,) = store.create_actions(sheet.unit, sheet.period, [draft(sheet.unit, to_level=3)], person=ME)
        wanted = replace(made.said, owner="仮名 あおい", due=date(2026, 12, 1), status="doing", to_level=1, source="plan", unit=7)
        now = store.change_action(made, wanted, person=OTHER)
        assert now.said == replace(made.said, owner="仮名 あおい", due=date(2026, 12, 1), status="doing")
        assert now.version == 2
        assert store.action(made.id) == now
        history = store.action_history(made.id)
        assert [(line.kind, line.person) for line in history] == [("changed", OTHER), ("doing", OTHER), ("created", ME)]
        assert history[0].payload == {"owner": ["", "仮名 あおい"], "due": [None, "2026-12-01"]}
        assert history[1].payload == {"status": ["open", "doing"]}
        assert store.change_action(now, now.said, person=ME) == now
        assert len(store.action_history(made.id)) == 3

    def test_moved_is_when_the_status_last_changed(self, store: Store, sheet: Sheet) -> None:
        then = datetime(2026, 11, 1, tzinfo=UTC)
        (made,) = store.at(then).create_actions(sheet.unit, sheet.period, [draft(sheet.unit)], person=ME)
        done = store.at(then + timedelta(days=2)).change_action(made, replace(made.said, status="done"), person=ME)
        later = store.at(then + timedelta(days=5)).change_action(done, replace(done.said, yen=5), person=ME)
        store.comment_action(made.id, "済んだ", person=ME)
        assert (later.decided, later.moved) == (then, then + timedelta(days=2))
        assert store.action(made.id) == later

    def test_the_second_of_two_changes_is_refused_with_both(self, store: Store, sheet: Sheet) -> None:
        (seen,) = store.create_actions(sheet.unit, sheet.period, [draft(sheet.unit)], person=ME)
        theirs = store.change_action(seen, replace(seen.said, owner="鈴木"), person=OTHER)
        with pytest.raises(Conflict) as caught:
            store.change_action(seen, replace(seen.said, owner="佐藤"), person=ME)
        assert caught.value.code == "action_changed"
        assert (caught.value.fields["theirs"], caught.value.fields["yours"].owner) == (theirs, "佐藤")
        assert store.action(seen.id) == theirs

    def test_a_comment_changes_nothing_but_the_history(self, store: Store, sheet: Sheet) -> None:
        (seen,) = store.create_actions(sheet.unit, sheet.period, [draft(sheet.unit)], person=ME)
        line = store.comment_action(seen.id, "納期が延びた", person=OTHER)
        assert store.action_history(seen.id)[0] == line
        assert store.action(seen.id) == seen
        with pytest.raises(NotFound):
            store.comment_action(99, "x", person=ME)

    def test_filters(self, store: Store, sheet: Sheet) -> None:
        drafts = [draft(sheet.unit, "a", question="x.y", to_level=1), draft(sheet.unit, "b")]
        first, other = store.create_actions(sheet.unit, sheet.period, drafts, person=ME)
        done = store.change_action(other, replace(other.said, status="done"), person=ME)
        assert store.actions(sheet.unit, statuses=["done"]) == (done,)
        assert store.actions(sheet.unit, questions=["x.y"]) == (first,)
        assert store.actions(sheet.unit, units=[]) == ()
        assert store.actions(99) == ()

    def test_the_log_is_append_only(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        (made,) = store.create_actions(sheet.unit, sheet.period, [draft(sheet.unit)], person=ME)
        for statement in ("UPDATE action_log SET payload = '{}'", "DELETE FROM action_log"):
            with pytest.raises(DBAPIError, match="append-only"):
                sql(statement)
        assert len(store.action_history(made.id)) == 1

    def test_every_write_is_a_line_of_the_chain(self, store: Store, sheet: Sheet) -> None:
        (made,) = store.create_actions(sheet.unit, sheet.period, [draft(sheet.unit)], person=ME)
        store.change_action(made, replace(made.said, status="doing", yen=1), person=ME)
        store.comment_action(made.id, "x", person=ME)
        events = [event for event in store.events(sheet.unit) if event.action == "actions"]
        assert [event.payload["kinds"] for event in events] == [["commented"], ["changed", "doing"], ["created"]]
        assert all(event.payload["actions"] == [made.id] for event in events)
        assert verify(store, sheet.unit).holds

    def test_what_is_changed_past_the_triggers_is_named(self, store: Store, sheet: Sheet, sql: Sql) -> None:
        first, second = store.create_actions(sheet.unit, sheet.period, [draft(sheet.unit), draft(sheet.unit)], person=ME)
        sql("UPDATE action SET owner = 'x' WHERE id = :id", id=second.id)
        assert [(fault.table, fault.row, fault.what) for fault in verify(store, sheet.unit).faults] == [
            ("action", str(second.id), "changed")
        ]
        sql("UPDATE action SET owner = '' WHERE id = :id", id=second.id)
        assert verify(store, sheet.unit).holds
        sql("INSERT INTO action_log (action_id, kind, payload, person_id, identity, at) SELECT action_id, 'commented', '{\"text\": \"x\"}',"
            " person_id, identity, at FROM action_log WHERE action_id = :id", id=first.id)  # fmt: skip
        assert [(fault.table, fault.what) for fault in verify(store, sheet.unit).faults] == [("action_log", "inserted")]

    def test_a_unit_with_actions_stays(self, store: Store, sheet: Sheet) -> None:
        code = next(unit.code for unit in store.units() if unit.id == sheet.unit)
        store.apply_units(sheet.unit, [UnitPlan("d", code, "department", Text("部", "D"), True)], since=None, person=ME)
        unit = next(unit for unit in store.units() if unit.code == "d")
        store.create_actions(sheet.unit, sheet.period, [draft(unit.id)], person=ME)
        with pytest.raises(Conflict) as caught:
            store.remove_unit(unit.id, person=ME)
        assert caught.value.code == "unit_in_use"


# --- laws of promise and effect -------------------------------------------------------------------------------------------

PLACES = st.integers(0, len(LEVELS) - 1)
SHARES = st.fractions(0, 1, max_denominator=10_000)


@given(st.sampled_from(CHECKLIST.questions), PLACES, PLACES)
@settings(deadline=None, max_examples=60)
def test_what_is_promised_is_what_raising_the_answer_takes_off(question: Any, before: int, after: int) -> None:
    plain = {each.id: Answer(LEVELS[1]) for each in CHECKLIST.questions} | {question.id: Answer(LEVELS[before])}
    first, second_ = (assess(CHECKLIST, each, TODAY, CONTENT.outside) for each in (plain, plain | {question.id: Answer(LEVELS[after])}))
    found = promised(CHECKLIST, first.result, first.gap, question, before, after)
    assert first.gap.gap - second_.gap.gap == found.gap
    assert Fraction(second_.result.total.earned - first.result.total.earned, first.result.total.total) == found.loss


@given(SHARES, SHARES, PLACES, PLACES, PLACES)
def test_what_is_reached_follows_from_the_level(gap: Fraction, loss: Fraction, before: int, after: int, sealed: int) -> None:
    promise = Brings(gap, loss) if before != after else Brings()
    assert reached(CHECKLIST, promise, before, after, after) == promise
    assert reached(CHECKLIST, promise, before, after, before) == Brings()
    found = reached(CHECKLIST, promise, before, after, sealed)
    assert found is not None
    points = [choice.points for choice in CHECKLIST.choices]
    assert found.gap * (points[after] - points[before]) == promise.gap * (points[sealed] - points[before])
    if before < after:
        higher = reached(CHECKLIST, promise, before, after, min(sealed + 1, len(LEVELS) - 1))
        assert higher is not None
        assert higher.loss >= found.loss


def test_codes_that_are_no_level() -> None:
    promise = Brings(Fraction(1, 50), Fraction(1, 60))
    assert reached(CHECKLIST, promise, None, 2, UNKNOWN) == reached(CHECKLIST, promise, None, 2, OPEN) == Brings()
    assert reached(CHECKLIST, promise, None, 2, NOT_APPLICABLE) is None
    assert promise + promise - promise == promise


# --- writes ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def trial(store: Store) -> Organisation:
    return founded(store)


def create(trial: Organisation, *drafts: ActionDraft, by: str = OFFICE) -> tuple[Action, ...]:
    return writes.create(trial.store, trial.people[by], trial.store.tree_of(trial.period), trial.root, trial.period, drafts)


def ledger(trial: Organisation, code: str = "", today: date | None = None) -> Ledger:
    tree = trial.store.tree_of(trial.period)
    node = trial.units[code].id if code else trial.root.id
    return read_ledger(trial.store, tree, node, trial.period, trial.store.periods(trial.root.id), CHECKLIST, today or trial.at)


def move(trial: Organisation, action: Action, status: Any, by: str = OFFICE) -> Action:
    wanted = replace(action.said, status=status)
    at = trial.store.at(datetime(trial.at.year, trial.at.month, 5, tzinfo=UTC))
    return writes.change(at, trial.people[by], trial.store.tree_of(trial.period), CHECKLIST, action, wanted)


BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "no title": ("action_title", {"title": " "}),
    "title": ("action_too_long", {"title": "あ" * (TITLE + 1)}),
    "owner": ("action_too_long", {"owner": "あ" * 101}),
    "signs": ("unreadable_text", {"title": "a\0"}),
    "question": ("action_question", {"question": "no.such"}),
    "level": ("action_level", {"to_level": 9}),
    "from": ("action_level", {"from_level": -1}),
    "cost": ("action_cost", {"yen": -1}),
    "costs": ("action_cost", {"yen": YEN + 1}),
    "effort": ("action_effort", {"half_days": -1}),
    "efforts": ("action_effort", {"half_days": HALF_DAYS + 1}),
    "due": ("action_due", {"due": date(1999, 1, 1)}),
    "links": ("action_links", {"links": ("https://a.example",) * (LINKS + 1)}),
    "link": ("action_link", {"links": ("javascript:alert(1)",)}),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_kept_is_named_and_nothing_is_written(trial: Organisation, name: str, lang: Lang) -> None:
    code, fields = BAD[name]
    good, bad = draft(trial.root.id), draft(trial.root.id, **fields)
    with pytest.raises(ActionError) as caught:
        create(trial, good, bad)
    assert caught.value.code == code
    assert "?" not in error_text(caught.value, words(lang)).replace("？", "")
    assert trial.store.actions(trial.root.id) == ()


@pytest.mark.parametrize(
    "link",
    ["ftp://a.example", "//a.example", "https://", "https://a b.example", "https://[x", "file:///etc/passwd", "a", "https://a\u202e"],
)
def test_bad_links(link: str) -> None:
    assert not usable_link(link)


def test_good_links_and_comments(trial: Organisation) -> None:
    assert usable_link("http://intra.example:8080/x?y=1#z")
    assert usable_link("https://例え.jp/資料")
    (made,) = create(trial, draft(trial.root.id))
    tree = trial.store.tree_of(trial.period)
    for text, code in (("  ", "comment_missing"), ("a" * (COMMENT + 1), "action_too_long"), ("\0", "unreadable_text")):
        with pytest.raises(ActionError) as caught:
            writes.comment(trial.store, trial.people[OFFICE], tree, made, text)
        assert caught.value.code == code
    assert writes.comment(trial.store, trial.people[OFFICE], tree, made, " 済み ").payload == {"text": "済み"}


def test_a_day_before_the_quarter_is_allowed(trial: Organisation) -> None:
    (made,) = create(trial, draft(trial.root.id, due=trial.period.start - timedelta(days=400)))
    assert ledger(trial).overdue == 1
    assert ledger(trial).lines[0].action == made


@pytest.mark.parametrize(
    ("who", "where", "may"), [("sales", "sales", True), ("sales", "it", False), ("承認者", "it", True), (OFFICE, "print", True)]
)
def test_who_may_act(trial: Organisation, who: str, where: str, may: bool) -> None:
    if may:
        assert create(trial, draft(trial.units[where].id), by=who)
        return
    with pytest.raises(NotAllowed) as caught:
        create(trial, draft(trial.units[where].id), by=who)
    assert caught.value.code == "not_allowed_act"
    assert error_text(caught.value, words("en"))


def test_a_reader_may_not_act(trial: Organisation) -> None:
    auditor = User("読む人", (("auditor", trial.root.id),))
    tree = trial.store.tree_of(trial.period)
    with pytest.raises(NotAllowed):
        writes.create(trial.store, auditor, tree, trial.root, trial.period, [draft(trial.root.id)])
    (made,) = create(trial, draft(trial.root.id))
    attempts: tuple[Callable[[], object], ...] = (
        lambda: writes.change(trial.store, auditor, tree, CHECKLIST, made, replace(made.said, status="done")),
        lambda: writes.comment(trial.store, auditor, tree, made, "x"),
    )
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    assert trial.store.action(made.id) == made


# --- carried, answered anew, compared ---------------------------------------------------------------------------------------


def answer(trial: Organisation, code: str, question: str, level: int, *, proof: bool, day: int = 20) -> None:
    """As somebody does on a day of the quarter's month."""
    plain = trial.store
    trial.store = plain.at(datetime(trial.at.year, trial.at.month, day, tzinfo=UTC))
    trial.answer(code, question, Answer(LEVELS[level], evidence=Evidence("台帳", trial.at) if proof else None))
    trial.store = plain


def raising(trial: Organisation, code: str, question: str, before: int | None, after: int | None) -> ActionDraft:
    return draft(trial.units[code].id, question=question, source="gap", from_level=before, to_level=after)


def test_from_done_to_answered_anew_to_compared_at_the_seal(trial: Organisation) -> None:
    asked = UNIT_SCOPE.id
    answer(trial, "sales", asked, 1, proof=False, day=2)
    (made,) = create(trial, raising(trial, "sales", asked, 1, 3))
    promise = brings(made.said)
    assert promise is not None
    alone = assess_units(portfolio(trial.store, trial.period, trial.at), trial.units["sales"].id, CONTENT.outside)
    assert alone is not None
    assert promise == promised(CHECKLIST, alone.result, alone.gap, UNIT_SCOPE, 1, 3)
    assert made.said.promise["of"] == str(trial.units["sales"].id)
    done = move(trial, made, "done")
    assert ledger(trial).lines[0].standing == "waiting"
    tree, unit = trial.store.tree_of(trial.period), trial.units["sales"]
    periods = trial.store.periods(trial.root.id)
    assert about_answers(trial.store, trial.root.id, tree, unit, periods, CHECKLIST) == {asked: (done, "waiting")}
    answer(trial, "sales", asked, 3, proof=False)
    assert ledger(trial).lines[0].standing == "waiting"  # no evidence
    answer(trial, "sales", asked, 2, proof=True, day=21)
    line = ledger(trial).lines[0]
    assert line.standing == "waiting"  # not high enough
    assert line.effect is not None
    assert line.effect.sealed is None
    answer(trial, "sales", asked, 3, proof=True, day=22)
    assert ledger(trial).lines[0].standing == "reflected"
    assert about_answers(trial.store, trial.root.id, tree, unit, periods, CHECKLIST) == {}
    answer(trial, "sales", asked, 2, proof=True, day=23)
    trial.finish("sales")
    effect = ledger(trial).lines[0].effect
    assert effect is not None
    assert effect.sealed == trial.store.period(trial.period.id)
    assert effect.level == 2
    assert effect.reached == promise * Fraction(1, 2)
    assert effect.difference == Brings() - promise * Fraction(1, 2)
    assert ledger(trial, "sales").sums() == (promise, promise * Fraction(1, 2))
    weights = [each.weight for each in tree.reporting(trial.root.id)]
    share = Fraction(unit.weight, sum(weights))
    assert ledger(trial).sums() == (promise * share, promise * share * Fraction(1, 2))


def test_an_answer_of_before_it_was_done_is_none_about_it(trial: Organisation) -> None:
    asked = UNIT_SCOPE.id
    answer(trial, "sales", asked, 3, proof=True, day=1)
    (made,) = create(trial, raising(trial, "sales", asked, 1, 3))
    move(trial, made, "done")
    assert ledger(trial).lines[0].standing == "waiting"


def test_finding_out_asks_for_any_level(trial: Organisation) -> None:
    (made,) = create(trial, raising(trial, "sales", UNIT_SCOPE.id, None, None))
    assert made.said.promise == {}
    move(trial, made, "done")
    assert ledger(trial).lines[0].standing == "waiting"
    answer(trial, "sales", UNIT_SCOPE.id, 0, proof=False)
    assert ledger(trial).lines[0].standing == "reflected"
    assert ledger(trial).lines[0].effect is None


def test_without_a_question_done_is_done(trial: Organisation) -> None:
    (made,) = create(trial, draft(trial.units["it"].id))
    move(trial, made, "done")
    assert ledger(trial).lines[0].standing == "done"
    assert headline(ledger(trial), words("en")) == "No corrective action is left to do."


def test_a_company_scope_question_counts_for_all_that_inherit_it(trial: Organisation) -> None:
    company = next(code for code, unit in trial.units.items() if unit.id == trial.root.id)
    answer(trial, company, COMPANY_SCOPE.id, 0, proof=False, day=2)
    holder = trial.units["it"].id
    (made,) = create(trial, raising(trial, "it", COMPANY_SCOPE.id, 0, 4))
    assert made.said.promise["of"] == str(trial.root.id)
    sheets = portfolio(trial.store, trial.period, trial.at)
    assert level_at(sheets, holder, COMPANY_SCOPE.id) == 0
    whole = assess_units(sheets, trial.root.id, CONTENT.outside)
    assert whole is not None
    weights = sum(unit.weight for unit in trial.store.tree_of(trial.period).reporting(trial.root.id))
    assert brings(made.said) == promised(CHECKLIST, whole.result, whole.gap, COMPANY_SCOPE, 0, 4, weights)
    move(trial, made, "done")
    answer(trial, company, COMPANY_SCOPE.id, 4, proof=True)
    trial.finish(company)
    for code in ("", "it"):
        effect = ledger(trial, code).lines[0].effect
        assert effect is not None
        assert effect.scale == 1
        assert effect.reached == effect.promised


def test_an_open_one_stays_in_the_quarters_after_it(trial: Organisation) -> None:
    first = trial.period
    kept, finished = create(trial, draft(trial.units["sales"].id, "a"), draft(trial.units["sales"].id, "b"))
    move(trial, finished, "done")
    for shift, code in enumerate(trial.units):
        trial.fill(code, shift=shift)
    trial.close()
    trial.next_quarter()
    later = ledger(trial)
    assert [line.since and line.since.id for line in later.lines] == [first.id, first.id]
    assert [finished_before(line, trial.period) for line in later.lines] == [False, True]
    assert later.lines[0].action.id == kept.id
    (new,) = create(trial, draft(trial.units["it"].id))
    assert new.id in {line.action.id for line in ledger(trial).lines}
    trial.period = first
    assert new.id not in {line.action.id for line in ledger(trial).lines}


def test_overdue_and_this_quarters(trial: Organisation) -> None:
    unit = trial.units["sales"].id
    late, soon, far, none = create(
        trial, draft(unit, "late", due=trial.at), draft(unit, "soon", due=trial.period.end),
        draft(unit, "far", due=trial.period.end + timedelta(days=1)), draft(unit, "none"),
    )  # fmt: skip
    today = trial.at + timedelta(days=1)
    found = ledger(trial, today=today)
    assert [line.action.id for line in found.lines] == [late.id, soon.id, far.id, none.id]
    assert [line.overdue for line in found.lines] == [True, False, False, False]
    assert [line.this_quarter for line in found.lines] == [True, True, False, False]
    tree = trial.store.tree_of(trial.period)
    assert overdue_count(trial.store, trial.root.id, tree.units, today) == 1
    assert overdue_count(trial.store, trial.root.id, tree.units, trial.at) == 0
    move(trial, late, "done")
    assert ledger(trial, today=today).overdue == 0
    assert [line.action.id for line in ledger(trial, "it", today).lines] == []


def test_a_unit_that_is_no_more_leaves_its_actions_to_the_root(trial: Organisation) -> None:
    (made,) = create(trial, draft(trial.units["sales"].id))
    others = tuple(unit for unit in trial.store.tree_of(trial.period).units if unit.code != "sales")
    tree = type(trial.store.tree_of(trial.period))(others)
    found = read_ledger(trial.store, tree, trial.root.id, trial.period, [trial.period], CHECKLIST, trial.at)
    assert [(line.action.id, line.unit) for line in found.lines] == [(made.id, None)]
    assert writes.change(trial.store, trial.people[OFFICE], tree, CHECKLIST, made, replace(made.said, status="dropped")).version == 2


# --- words, tables, files -------------------------------------------------------------------------------------------------


def test_headlines(trial: Organisation, lang: Lang) -> None:
    _ = words(lang)
    said = [headline(ledger(trial), _)]
    made = create(trial, draft(trial.root.id), draft(trial.root.id))
    said.append(headline(ledger(trial), _))
    late = create(trial, draft(trial.root.id, due=trial.at))
    said.append(headline(ledger(trial, today=TODAY), _))
    late += create(trial, draft(trial.root.id, due=trial.at))
    said.append(headline(ledger(trial, today=TODAY), _))
    assert second(ledger(trial, today=TODAY), _).count("4") == 0
    for each in (*made, *late):
        move(trial, each, "done")
    said.append(headline(ledger(trial), _))
    assert len(set(said)) == 5
    assert all(each.endswith("。" if lang == "ja" else ".") for each in said)
    assert len(set(source_words(_).values())) == 5
    assert len(set(kind_words(_).values())) == 7


def test_tables_say_what_stands_there(home: Path, lang: Lang) -> None:
    put_sample(home)
    store = Store.open(read_settings().store_url)
    root = store.company(sample=True)
    assert root is not None
    periods = store.periods(root.id)
    tree = store.tree_of(periods[-1])
    found = read_ledger(store, tree, root.id, periods[-1], periods, CHECKLIST, TODAY)
    _ = words(lang)
    frame = tables.listed(found, _)
    assert len(frame) == len(found.lines) == 12
    effects = tables.effects(found, tree, _)
    assert len(effects) == len(found.effects) + 1
    promised_, reached_ = found.sums()
    assert list(effects.iloc[-1, 4:7]) == [_.points(promised_.gap), _.points(reached_.gap), _.change(reached_.gap - promised_.gap)]
    assert _("Compared once sealed") in set(effects.iloc[:, 3])


def test_the_sample_has_one_of_each(home: Path) -> None:
    put_sample(home)
    store = Store.open(read_settings().store_url)
    root = store.company(sample=True)
    assert root is not None
    periods = store.periods(root.id)
    found = read_ledger(store, store.tree_of(periods[-1]), root.id, periods[-1], periods, CHECKLIST, TODAY)
    assert {line.standing for line in found.lines} == {"open", "doing", "waiting", "reflected", "dropped"}
    assert found.overdue >= 2
    assert any(line.unfinished and line.since for line in found.lines)
    assert {line.effect.difference == Brings() for line in found.compared if line.effect} == {True, False}
    for line in found.lines:
        said = line.action.said
        assert line.unit is not None
        assert (said.question is None) == (line.question is None)
        assert said.to_level is None or said.to_level > (said.from_level or 0)
        assert said.question is None or brings(said) is not None
    assert verify(store, root.id).holds
    store.remove_sample()
    assert store.actions(root.id) == ()


def test_the_calendar_holds_what_is_unfinished(trial: Organisation, lang: Lang) -> None:
    unit = trial.units["sales"].id
    title = "更新; 止めて, 直す\nBEGIN:VEVENT\\ " + "長" * 80
    due, done, _none = create(
        trial, draft(unit, title, due=date(2026, 12, 1), owner="仮名; あおい"), draft(unit, "b", due=TODAY), draft(unit, "c")
    )
    move(trial, done, "done")
    now = datetime(2026, 11, 22, 3, tzinfo=UTC)
    content = calendar_file(ledger(trial), "http://localhost/actions", words(lang), now=now, seed="x")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    events: list[Any] = Calendar.from_ical(content).walk("VEVENT")
    assert len(events) == 1
    assert events[0]["DTSTART"].dt == date(2026, 12, 1)
    assert " ".join(title.split()) in events[0]["SUMMARY"]
    assert "仮名; あおい" in events[0]["DESCRIPTION"]
    moved = writes.change(
        trial.store, trial.people[OFFICE], trial.store.tree_of(trial.period), CHECKLIST, due, replace(due.said, due=date(2026, 12, 2))
    )
    again: list[Any] = Calendar.from_ical(calendar_file(ledger(trial), "http://localhost/actions", words(lang), now=now, seed="x")).walk(
        "VEVENT"
    )
    assert again[0]["UID"] == events[0]["UID"]
    assert (moved.version, again[0]["SEQUENCE"]) == (2, 2)


def test_files_are_by_one_door_and_hold_no_formula(address: str, store: Store) -> None:
    company = store.create_company(Text("自社", "Our company"))
    period = store.period_for(company.id, TODAY)
    store.create_actions(company.id, period.id, [draft(company.id, "=cmd|' /C calc'!A0", owner="@sum(1)", due=TODAY)], person=ME)
    status, headers, body = ask(address, "/files/actions.csv?lang=en")
    assert (status, headers["cache-control"]) == (200, "no-store")
    text = body.decode("utf-8-sig")
    assert "'=cmd|" in text
    assert "'@sum(1)" in text
    assert ask(address, "/files/actions.xlsx")[0] == 200
    status, headers, body = ask(address, "/files/actions.ics?lang=ja")
    assert (status, headers["content-type"].split(";")[0]) == (200, "text/calendar")
    assert len(Calendar.from_ical(body).walk("VEVENT")) == 1
    for kind in ("csv", "xlsx", "ics"):
        assert ask(address, f"/files/actions.{kind}?unit=nobody")[0] == 400
        assert ask(address, f"/files/actions.{kind}", Sec_Fetch_Site="cross-site")[0] == 403


# --- the command ----------------------------------------------------------------------------------------------------------


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["actions", *arguments])


def told(*arguments: str) -> Any:
    done = run(*arguments, "--json")
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    return json.loads(done.stdout)


def test_the_command_does_what_the_page_does(trial: Organisation, lang: Lang) -> None:
    answer(trial, "sales", UNIT_SCOPE.id, 1, proof=False)
    made = told("add", "--unit", "sales", "--question", UNIT_SCOPE.id, "--owner", "仮名", "--due", "2026-04-20", "--person", OFFICE)
    assert (made["from_level"], made["to_level"], made["title"]) == (1, 2, words(lang).text(UNIT_SCOPE.advice[1]))
    assert Fraction(made["promise"]["loss"]) > 0
    found = told("add", "書庫の鍵", "--person", "sales", "--unit", "sales", "--days", "1.5", "--yen", "200")
    assert (found["half_days"], found["yen"], found["source"]) == (3, 200, "finding")
    listed = told("list", "--person", OFFICE)["actions"]
    assert [each["id"] for each in listed] == [made["id"], found["id"]]
    assert [each["id"] for each in told("list", "--overdue", "--unit", "sales", "--person", OFFICE)["actions"]] == [made["id"]]
    assert told("list", "--unit", "it", "--person", OFFICE)["actions"] == []
    assert told("done", str(made["id"]), "--person", "sales")["status"] == "done"
    assert told("drop", str(found["id"]), "--person", "sales")["status"] == "dropped"
    plain = run("list", "--person", OFFICE)
    assert plain.exit_code == 0
    assert words(lang)("To be answered anew") in plain.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "x", "--yen", "-5"),
        ("add", "x", "--days", "-1"),
        ("add", "x", "--unit", "nobody"),
        ("add", "x", "--question", "no.such"),
        ("add", ""),
        ("add", "x", "--link", "javascript:1"),
        ("add", "x", "--question", COMPANY_SCOPE.id, "--level", "9"),
        ("done", "77"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(trial: Organisation, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, "--person", OFFICE, "--json")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert trial.store.actions(trial.root.id) == ()
