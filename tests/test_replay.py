"""Would it have happened to us: the rule by hand, its laws, and the combinations against brute force."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.casebook import Casebook, ChainStep
from scoring.model import CAUSES, NOT_APPLICABLE, OPEN, UNKNOWN, Score
from scoring.outside import Controls
from scoring.replay import (
    BEST_FIRST,
    RESULTS,
    Combination,
    Counts,
    Replay,
    Result,
    Strength,
    as_claimed,
    combinations_of,
    kind_of,
    parts_of,
    replay,
    rows_of,
    state_of,
    strengths_of,
    weak_controls,
)
from scoring.sheets import Sheets
from tenken.content import casebook, load_content
from tests.factories import checklist, question, words

BOOK = casebook()
CHECKLIST = load_content().checklist
N = len(CHECKLIST.questions)
ADMINISTRATIVE = set(BOOK.controls.administrative)


def sheets(*rows: list[int], evidenced: bool = True, weights: list[int] | None = None) -> Sheets:
    """Sheets at these levels, all with evidence or none."""
    levels = np.array(rows, dtype=np.int8)
    return Sheets(
        claimed=levels,
        evidenced=levels if evidenced else np.minimum(levels, 0),
        by_profile=np.zeros(levels.shape, dtype=np.bool_),
        sources=np.repeat(np.arange(len(levels))[:, None], levels.shape[1], axis=1),
        weights=np.array(weights or [1] * len(levels), dtype=np.int64),
    )


def at(level: int) -> Replay:
    return replay(BOOK, strengths_of(CHECKLIST, sheets([level] * N)))


def strengths(percents: Mapping[str, int | Fraction | None]) -> dict[str, Strength]:
    """{control: percent, None where it is not applicable}."""
    found = {}
    for control, percent in percents.items():
        value = None if percent is None else Fraction(percent) / 100
        score = Score() if value is None else Score(earned=value.numerator, possible=value.denominator)
        found[control] = Strength(control, score, score)
    return found


def result(incident: str, percents: Mapping[str, int | Fraction | None]) -> Result:
    found = replay(BOOK, strengths(percents)).of(incident)
    assert found is not None
    return found.result


# --- the whole casebook -------------------------------------------------------------------------------------------


def test_all_at_the_top_with_evidence_everything_within_reach_is_stopped() -> None:
    found = at(4)
    assert {each.result for each in found.incidents} <= {"likely", "possibly", "outside"}
    assert found.counts.likely + found.counts.possibly + found.counts.outside == 44
    assert found.counts == Counts(likely=33, possibly=11)


def test_without_evidence_the_same_answers_stop_nothing() -> None:
    strong = strengths_of(CHECKLIST, sheets([4] * N, evidenced=False))
    assert replay(BOOK, strong).counts == Counts(through=44)
    assert replay(BOOK, as_claimed(strong)).counts == at(4).counts


@pytest.mark.parametrize("level", [0, OPEN, UNKNOWN, NOT_APPLICABLE])
def test_nothing_in_place_stops_nothing(level: int) -> None:
    assert at(level).counts == Counts(through=44)


def test_policy_agreements_training_and_drills_alone_stop_nothing() -> None:
    levels = [4 if ADMINISTRATIVE & set(each.controls) else 0 for each in CHECKLIST.questions]
    assert sum(level == 4 for level in levels) >= 8
    counts = replay(BOOK, strengths_of(CHECKLIST, sheets(levels))).counts
    assert (counts.likely, counts.possibly) == (0, 0)
    assert counts.slowed > 0
    alone = replay(BOOK, strengths(dict.fromkeys(ADMINISTRATIVE, 100))).counts
    assert (alone.likely, alone.possibly) == (0, 0)


def test_detection_alone_stops_nothing() -> None:
    counts = replay(BOOK, strengths(dict.fromkeys(BOOK.controls.detect_or_limit, 100))).counts
    assert (counts.likely, counts.possibly) == (0, 0)
    assert counts.slowed > 20


def test_no_control_is_known_of() -> None:
    found = replay(BOOK, {})
    assert found.counts == Counts(through=44)
    assert {held.state for each in found.incidents for stage in each.stages for held in stage.held} == {"unmeasured"}
    assert combinations_of(found) == ()
    assert found.of("nothing") is None


# --- incidents by hand: the expectation is written from the rule ------------------------------------------------------


def test_by_hand_a_payment_service() -> None:
    """1 mfa, 2 web application, 3 logging, 4 policy: all reported, all our own."""
    case, low = "2019-finance_payment-1", {"mfa": 0, "web_application_security": 49}
    assert result(case, low | {"logging_monitoring": 0, "policy_rules": 0}) == "through"
    assert result(case, low | {"policy_rules": 100}) == "slowed"  # a rule: in part at most
    assert result(case, low | {"logging_monitoring": 100}) == "slowed"  # detection limits
    assert result(case, low | {"mfa": 50}) == "slowed"
    assert result(case, low | {"mfa": Fraction(7499, 100)}) == "slowed"
    assert result(case, low | {"mfa": 75}) == "likely"


def test_by_hand_a_wrong_address_field() -> None:
    """1 mail check, 2 mail check or export control, 3 response plan: all inferred."""
    case = "2021-public_national-1"
    assert result(case, {"mail_sending_check": 100}) == "possibly"  # never more than that
    assert result(case, {"dlp_or_export_control": 75}) == "possibly"
    assert result(case, {"incident_response_plan": 100}) == "slowed"
    assert result(case, {"mail_sending_check": 49, "dlp_or_export_control": None}) == "through"


def test_by_hand_returned_disks() -> None:
    """1 disposal, 2 subcontracting or contract, 5 encryption or disposal: ours. 3 disposal, 4 entry or logging: a third party's,
    where neither is a supplier control."""
    case = "2019-public_local-1"
    assert result(case, {"media_disposal": 75}) == "likely"
    assert result(case, {"physical_entry_control": 100, "logging_monitoring": 100}) == "through"
    assert result(case, {"supplier_contract": 74}) == "slowed"
    assert result(case, {"encryption_at_rest": 75}) == "possibly"  # inferred
    found = replay(BOOK, strengths({"media_disposal": 75})).of(case)
    assert found is not None
    assert [stage.state for stage in found.stages] == ["holds", "unmeasured", "outside", "outside", "holds"]
    assert found.because == (1,)


def test_by_hand_altered_code_of_a_service() -> None:
    """1 web application or configuration at a third party: outside; 2 supplier or cloud oversight, inferred; 3 logging or plan."""
    case = "2022-it_services-1"
    assert result(case, {"web_application_security": 100, "secure_configuration": 100}) == "through"
    assert result(case, {"cloud_provider_oversight": 75}) == "possibly"
    assert result(case, {"supplier_assessment": 60}) == "slowed"


def test_by_hand_a_shared_contractor() -> None:
    """1 supplier assessment at a third party, reported; 2 outside; 3 segmentation or supplier access, 4 mfa: reported; 5 detection."""
    case = "2023-it_services-2"
    assert result(case, {"supplier_assessment": 75}) == "likely"  # a supplier control reaches a third party's step
    assert result(case, {"least_privilege": 100, "privileged_access_monitoring": 100}) == "through"
    assert result(case, {"mfa": 80}) == "likely"
    assert result(case, {"incident_response_plan": 60}) == "slowed"


def test_an_incident_wholly_out_of_our_reach_is_counted_apart() -> None:
    far = ChainStep(1, words("far"), ("mfa", "policy_rules"), True, False)
    book = replace(BOOK, incidents=(replace(BOOK.incidents[0], steps=(far,)),))
    found = replay(book, at(4).strengths)
    assert (found.counts, found.incidents[0].because) == (Counts(outside=1), ())
    assert combinations_of(replay(book, at(0).strengths)) == ()
    assert parts_of(found, CHECKLIST, sheets([4] * N))[0].counts == Counts(outside=1)


# --- strengths ----------------------------------------------------------------------------------------------------


def test_a_strength_is_the_sum_over_its_questions_and_sheets() -> None:
    asked = checklist({"telework": [question("a", weight=3, controls=("mfa",)), question("b", controls=("mfa", "nda")), question("c")]})
    both = sheets([4, 0, 1], [2, NOT_APPLICABLE, 1], weights=[2, 1])
    found = strengths_of(asked, both)
    assert sorted(found) == ["mfa", "nda"]
    # twice (3 × 100 + 0 of 400), once (3 × 50 of 300)
    assert (found["mfa"].evidenced.earned, found["mfa"].evidenced.possible) == (2 * 300 + 150, 2 * 400 + 300)
    assert (found["nda"].evidenced.earned, found["nda"].evidenced.possible) == (0, 200)
    rows = rows_of(asked, both, "mfa")
    assert [asked.id for asked, _strength in rows] == ["telework.a", "telework.b"]
    assert sum((strength.evidenced for _asked, strength in rows), Score()) == found["mfa"].evidenced


def test_kinds_and_states() -> None:
    full, three_quarters, half, none = Score(100, 100), Score(75, 100), Score(50, 100), Score(49, 100)
    kinds = {"mfa": "stops", "nda": "administrative", "logging_monitoring": "limits"}
    assert {control: kind_of(BOOK.controls, control) for control in kinds} == kinds
    assert [state_of("stops", score) for score in (full, three_quarters, half, none, Score(), None)] == [
        "holds", "holds", "partly", "lacking", "unmeasured", "unmeasured",
    ]  # fmt: skip
    assert [state_of("administrative", score) for score in (full, half, none)] == ["partly", "partly", "lacking"]
    assert [state_of("limits", score) for score in (full, half, none)] == ["limits", "partly", "lacking"]


def test_not_applicable_stops_nothing_and_cannot_be_raised() -> None:
    levels = [NOT_APPLICABLE if "mfa" in each.controls else 0 for each in CHECKLIST.questions]
    found = replay(BOOK, strengths_of(CHECKLIST, sheets(levels)))
    assert found.counts == Counts(through=44)
    assert all("mfa" not in best.controls for best in combinations_of(found))


# --- laws ---------------------------------------------------------------------------------------------------------

LEVELS = st.lists(st.sampled_from([OPEN, UNKNOWN, NOT_APPLICABLE, 0, 1, 2, 3, 4]), min_size=N, max_size=N)


def naive(controls: Controls, steps: tuple[ChainStep, ...], percent: Mapping[str, Fraction | None]) -> Result:
    """The rule once more, read from docs/scoring.md."""
    answers = set[str]()
    for step in steps:
        ours = [control for control in step.controls if step.ours or control in controls.supplier]
        if ours:
            answers.add("through")
        for control in ours:
            value = percent.get(control)
            if value is None or value < Fraction(1, 2):
                continue
            stops = control not in controls.administrative and control not in controls.detect_or_limit
            answers.add(("likely" if step.reported else "possibly") if stops and value >= Fraction(3, 4) else "slowed")
    return next((each for each in BEST_FIRST if each in answers), "outside")


@settings(max_examples=60, deadline=None)
@given(LEVELS)
def test_the_rule_read_twice_says_the_same(levels: list[int]) -> None:
    strong = strengths_of(CHECKLIST, sheets(levels))
    found = replay(BOOK, strong)
    percent = {control: strength.evidenced.percent for control, strength in strong.items()}
    assert [each.result for each in found.incidents] == [naive(BOOK.controls, each.steps, percent) for each in BOOK.incidents]
    assert found.counts.total == 44
    assert sum(found.counts.of(each) for each in BEST_FIRST) == 44


@settings(max_examples=60, deadline=None)
@given(LEVELS, st.integers(0, N - 1))
def test_raising_a_level_never_worsens_a_result(levels: list[int], place: int) -> None:
    before = replay(BOOK, strengths_of(CHECKLIST, sheets(levels)))
    if levels[place] == NOT_APPLICABLE:
        return  # it becomes applicable: more is asked of us
    levels[place] = min(4, max(0, levels[place]) + 1)
    after = replay(BOOK, strengths_of(CHECKLIST, sheets(levels)))
    rank = (*RESULTS, "outside")
    assert all(rank.index(b.result) <= rank.index(a.result) for b, a in zip(before.incidents, after.incidents, strict=True))


@settings(max_examples=25, deadline=None)
@given(st.lists(LEVELS, min_size=1, max_size=4))
def test_each_unit_is_replayed_as_if_it_were_alone(rows: list[list[int]]) -> None:
    found = replay(BOOK, strengths_of(CHECKLIST, sheets(*rows)))
    for part, row in zip(parts_of(found, CHECKLIST, sheets(*rows)), rows, strict=True):
        assert part.counts == replay(BOOK, strengths_of(CHECKLIST, sheets(row))).counts
        for each in part.behind:
            assert each.control in weak_controls(found)
            assert (each.own.percent or 0) < (each.others.percent or 0)


def test_where_a_unit_pulls_down_what_others_hold() -> None:
    place = next(number for number, each in enumerate(CHECKLIST.questions) if each.id == "human_error.mail_check")
    good, bad = [2] * N, [2] * N
    bad[place], good[place] = 0, 3
    found = replay(BOOK, strengths_of(CHECKLIST, sheets(good, bad, good, weights=[1, 2, 1])))
    parts = parts_of(found, CHECKLIST, sheets(good, bad, good, weights=[1, 2, 1]))
    assert [[each.control for each in part.behind] for part in parts] == [[], ["mail_sending_check"], []]
    (each,) = parts[1].behind
    assert (each.own.earned, each.others.percent) == (0, Fraction(3, 4))


# --- which controls together ----------------------------------------------------------------------------------------


def raised(found: Replay, controls: tuple[str, ...]) -> Replay:
    """The same with these controls at 75 %."""
    strong = {control: Strength(control, Score(3, 4), Score(3, 4)) for control in controls}
    return replay(found.casebook, dict(found.strengths) | strong)


def value(found: Replay, controls: tuple[str, ...]) -> tuple[int, int]:
    moves = [
        (RESULTS.index(before.result), RESULTS.index(after.result))
        for before, after in zip(found.incidents, raised(found, controls).incidents, strict=True)
        if "outside" not in (before.result, after.result)
    ]
    moved = [after for before, after in moves if after > before]
    return sum(after >= 2 for after in moved), len(moved)


def brute(found: Replay, size: int) -> tuple[tuple[str, ...], tuple[int, int]]:
    tried = [(value(found, each), each) for each in combinations(sorted(found.casebook.used), size)]
    best = max(worth for worth, _each in tried)
    return next(each for worth, each in tried if worth == best), best


def small(*numbers: int) -> Casebook:
    return replace(BOOK, incidents=tuple(BOOK.incidents[number] for number in numbers))


@settings(max_examples=12, deadline=None)
@given(LEVELS, st.sets(st.integers(0, 43), min_size=2, max_size=4))
def test_combinations_are_the_best_of_all(levels: list[int], numbers: set[int]) -> None:
    levels = [0 if level == NOT_APPLICABLE else level for level in levels]
    found = replay(small(*sorted(numbers)), strengths_of(CHECKLIST, sheets(levels)))
    last = (0, 0)
    for size, best in enumerate(combinations_of(found), start=1):
        controls, worth = brute(found, size)
        assert (best.stopped, len(best.moves)) == worth > last
        if controls != best.controls:  # only what moves nothing can stand before it in the order of ids
            assert value(found, best.controls) == worth
        last = worth


def test_combinations_over_the_whole_casebook_equal_brute_force() -> None:
    rng = np.random.default_rng(7)
    found = replay(BOOK, strengths_of(CHECKLIST, sheets(rng.integers(0, 5, N).tolist())))
    names = sorted(BOOK.used)
    gains = {}
    for control in names:
        after = raised(found, (control,)).incidents
        gains[control] = {
            (number, RESULTS.index(b.result) >= 2)
            for number, (a, b) in enumerate(zip(found.incidents, after, strict=True))
            if RESULTS.index(b.result) > RESULTS.index(a.result)
        }
    for size, best in enumerate(combinations_of(found), start=1):
        worths = []
        for each in combinations(names, size):
            union = set[tuple[int, bool]]().union(*(gains[control] for control in each))
            worths.append((sum(stopped for _number, stopped in union), len({number for number, _stopped in union})))
        assert (best.stopped, len(best.moves)) == max(worths)
        assert value(found, best.controls) == max(worths)


def test_moves_say_from_what_to_what_and_ends_where_nothing_is_added() -> None:
    best = combinations_of(at(0))
    assert [len(each.controls) for each in best] == [1, 2, 3]
    assert [each.stopped for each in best] == sorted(each.stopped for each in best)
    assert {move.before for each in best for move in each.moves} == {"through"}
    assert combinations_of(at(4), most=3) == combinations_of(at(4), most=1) == tuple[Combination, ...]()
    assert combinations_of(at(0), most=2) == best[:2]


def test_the_causes_of_the_casebook_are_ours() -> None:
    assert {cause for incident in BOOK.incidents for cause in incident.causes} <= set(CAUSES)
