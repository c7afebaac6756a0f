"""Doubts: each kind fires where it should and nowhere else, and is said in words that ask."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.doubts import Doubt, doubts
from scoring.engine import na_flagged, score
from scoring.load.style import VAGUE
from scoring.model import NA_WORD, UNKNOWN_WORD, Answer, Contradiction, DoubtRules, Evidence
from tenken.content import load_content
from tenken.doubt_words import doubt_text
from tenken.i18n import LANGUAGES, words
from tests import factories
from tests.company import company_answers

BUNDLED = load_content().checklist
DAY = date(2026, 12, 31)
PAIR = Contradiction("physical.b", 3, "physical.a", 0, factories.words("that cannot be"))
RULES = DoubtRules(straight_line=3, jump=2, contradictions=(PAIR,))
ASKED = factories.checklist({"physical": ("a", "b", "c", "d"), "legal": ("e", factories.question("f", weight=4))}, doubts=RULES)
IDS = [question.id for question in ASKED.questions]


def at(level: int, evidence: Evidence | None = None, note: str = "") -> Answer:
    return Answer(f"level{level}", note=note, evidence=evidence)


NA = Answer(NA_WORD, reason="none here")
UNKNOWN = Answer(UNKNOWN_WORD)
PROOF = Evidence("folder", DAY)


def found(answers: Mapping[str, Answer], before: Mapping[str, Answer] | None = None) -> tuple[Doubt, ...]:
    return doubts(ASKED, answers, before or {}, DAY)


def kinds(answers: Mapping[str, Answer], before: Mapping[str, Answer] | None = None) -> list[str]:
    return [doubt.kind for doubt in found(answers, before)]


def physical(*answers: Answer | None) -> dict[str, Answer]:
    return {question: answer for question, answer in zip(IDS, answers, strict=False) if answer}


# --- straight lines -----------------------------------------------------------------------------------------------


def test_a_section_all_at_one_level_is_a_straight_line() -> None:
    assert found(physical(at(2), at(2), at(2), at(2))) == (Doubt("straight_line", tuple(IDS[:4]), (2,) * 4, section="physical"),)


@pytest.mark.parametrize(
    ("answers", "fires"),
    [
        ((at(2), at(2), at(2), NA), True),  # what does not apply is not counted
        ((at(0), at(0), at(0), at(0)), True),
        ((at(2), at(2), at(2), None), False),  # not finished yet
        ((at(2), at(2), at(2), UNKNOWN), False),
        ((at(2), at(2), at(2), at(3)), False),
        ((at(2), at(2), NA, NA), False),  # too few
        ((NA, NA, NA, NA), False),
        ((UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN), False),
        ((None, None, None, None), False),
    ],
)  # fmt: skip
def test_when_a_straight_line_fires(answers: tuple[Answer | None, ...], fires: bool) -> None:
    assert ("straight_line" in kinds(physical(*answers))) == fires


def test_a_tiny_section_is_never_a_straight_line() -> None:
    assert kinds({"legal.e": at(2), "legal.f": at(2)}) == []


# --- jumps --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "fires"),
    [
        (at(0), at(2), True),
        (at(0), at(1), False),
        (at(3), at(0), False),  # downwards is honest
        (at(0), at(2, evidence=PROOF), False),
        (at(0), at(2, evidence=Evidence("old", DAY - timedelta(days=800))), True),
        (at(0), at(2, evidence=Evidence("tomorrow", DAY + timedelta(days=1))), True),
        (None, at(4), False),
        (UNKNOWN, at(4), False),  # found out: that is what we ask for
        (NA, at(4), False),
        (at(0), NA, False),
        (at(0), UNKNOWN, False),
        (Answer("of_another_scale"), at(4), False),
    ],
)  # fmt: skip
def test_when_a_jump_fires(before: Answer | None, now: Answer, fires: bool) -> None:
    old = {"legal.e": before} if before else {}
    assert ("jump" in kinds({"legal.e": now}, old)) == fires


def test_a_jump_names_both_levels() -> None:
    assert found({"legal.e": at(4)}, {"legal.e": at(1)}) == (Doubt("jump", ("legal.e",), (4,), before=1),)


# --- not applicable -----------------------------------------------------------------------------------------------


def test_too_much_that_does_not_apply() -> None:
    """9 points of weight: 4 are more than 20 %, 1 is not."""
    assert found({"legal.f": NA}) == (Doubt("not_applicable", ("legal.f",), share=Fraction(4, 9)),)
    assert found({"legal.e": NA}) == ()
    assert found({"legal.f": replace(NA, by_profile=True)}) == (), "what the profile rules out is not held against anybody"


# --- contradictions -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "other", "fires"),
    [(3, 0, True), (4, 0, True), (2, 0, False), (3, 1, False)],
)  # fmt: skip
def test_when_a_contradiction_fires(claim: int, other: int, fires: bool) -> None:
    expected = (Doubt("contradiction", ("physical.b", "physical.a"), (claim, other), why=PAIR.why),)
    assert found({"physical.b": at(claim), "physical.a": at(other)}) == (expected if fires else ())


@pytest.mark.parametrize("other", [NA, UNKNOWN, None])
def test_what_has_no_level_contradicts_nothing(other: Answer | None) -> None:
    assert "contradiction" not in kinds(physical(other, at(4)))
    assert "contradiction" not in kinds(physical(at(0), other))


# --- laws ---------------------------------------------------------------------------------------------------------

evidence = st.none() | st.builds(Evidence, st.just("x"), st.dates(date(2024, 1, 1), DAY + timedelta(days=9)))
answer = st.builds(at, st.integers(0, 4), evidence=evidence, note=st.sampled_from(["", "x"])) | st.sampled_from([NA, UNKNOWN])
sheets = st.dictionaries(st.sampled_from(IDS), answer)


@given(sheets)
def test_no_answers_no_doubts(before: dict[str, Answer]) -> None:
    assert found({}, before) == ()


@given(sheets, sheets, st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(now: dict[str, Answer], before: dict[str, Answer], chance: Random) -> None:
    def shuffled(answers: dict[str, Answer]) -> dict[str, Answer]:
        pairs = list(answers.items())
        chance.shuffle(pairs)
        return dict(pairs)

    assert found(shuffled(now), shuffled(before)) == found(now, before)


@given(sheets, sheets)
def test_evidence_takes_every_jump_away_and_touches_nothing_else(now: dict[str, Answer], before: dict[str, Answer]) -> None:
    proven = {question: replace(each, evidence=PROOF) for question, each in now.items()}
    assert found(proven, before) == tuple(doubt for doubt in found(now, before) if doubt.kind != "jump")


@given(sheets)
def test_the_same_answers_again_are_no_jump(now: dict[str, Answer]) -> None:
    assert "jump" not in kinds(now, now)


@given(sheets, sheets)
def test_what_people_write_is_not_looked_at(now: dict[str, Answer], before: dict[str, Answer]) -> None:
    silent = {question: replace(each, note="", reason="") for question, each in now.items()}
    assert found(silent, before) == found(now, before)


@given(sheets)
def test_the_share_agrees_with_the_flag_of_the_score(now: dict[str, Answer]) -> None:
    flagged = na_flagged(ASKED, score(ASKED, now, DAY))
    assert ("not_applicable" in kinds(now)) == flagged


@given(sheets, sheets)
def test_a_checklist_without_rules_looks_at_the_share_alone(now: dict[str, Answer], before: dict[str, Answer]) -> None:
    plain = factories.checklist({"physical": ("a", "b", "c", "d"), "legal": ("e", factories.question("f", weight=4))})
    assert {doubt.kind for doubt in doubts(plain, now, before, DAY)} <= {"not_applicable"}


def test_questions_of_other_editions_are_left_out() -> None:
    assert found({"legal.retired": at(4)}, {"legal.retired": at(0)}) == ()


def test_a_doubt_knows_neither_persons_nor_times() -> None:
    assert {each.name for each in fields(Doubt)} == {"kind", "questions", "levels", "section", "before", "share", "why"}


# --- words --------------------------------------------------------------------------------------------------------

SEEN = found(
    {**physical(at(4), at(4), at(4), at(4)), "legal.e": at(3), "legal.f": NA}, {"legal.e": at(1)}
) + found({"physical.b": at(3), "physical.a": at(0)})  # fmt: skip


def test_every_kind_is_said_in_both_languages() -> None:
    assert [doubt.kind for doubt in SEEN] == ["straight_line", "jump", "not_applicable", "contradiction"]
    said = [[doubt_text(doubt, ASKED, words(lang)) for doubt in SEEN] for lang in LANGUAGES]
    assert said[0] == [
        "「physical（日）」の4問の回答が、すべて段階4です。各段階の文をもう一度読み、別の段階に当たる設問がないか見てください。",
        "「e（日）」の段階が前の四半期の1から3に上がりましたが、有効な証跡が付いていません。証跡を付けるか、今日の実情に合う段階を選んでください。",
        "該当なしが1問あり、重みの44.4%になります（上限は20%）。それぞれの理由が今も当てはまるか、会社の前提に変わりがないか見てください。",
        "that cannot be（日）「b（日）」（段階3）と「a（日）」（段階0）を並べて見てください。",
    ]
    assert said[1][1].startswith("“e (en)” has gone from level 1 to 3 since last quarter, without valid evidence.")
    assert all(" Please " in sentence and sentence.endswith(".") for sentence in said[1])


# --- what is shipped ----------------------------------------------------------------------------------------------


def test_the_shipped_pairs_are_about_levels_that_exclude_each_other() -> None:
    scope = {question.id: question.scope for question in BUNDLED.questions}
    pairs = BUNDLED.doubts.contradictions
    assert 12 <= len(pairs) <= 20
    for pair in pairs:
        assert pair.at_least > pair.at_most + 1, "a level apart could be a matter of taste"
        assert scope[pair.claim] == scope[pair.other] or "unit" in (scope[pair.claim], scope[pair.other])
    assert {scope[pair.claim] for pair in pairs} == {"company", "unit"}, "departments and the company as a whole"
    assert len({pair.why.ja for pair in pairs} | {pair.why.en for pair in pairs}) == 2 * len(pairs)


@pytest.mark.parametrize("pair", BUNDLED.doubts.contradictions, ids=lambda pair: f"{pair.claim}-{pair.other}")
def test_a_reason_is_one_concrete_sentence_that_accuses_nobody(pair: Contradiction) -> None:
    assert re.fullmatch(r"[^。]{20,80}(です|ます|ません)。", pair.why.ja)
    assert pair.why.en.endswith(".") and pair.why.en.count(".") == 1
    assert len(pair.why.en.split()) <= 30
    for sentence in (pair.why.ja, pair.why.en):
        assert not VAGUE.search(sentence)
        assert not re.search(r"嘘|うそ|虚偽|間違い|おかしい|あなた|\b(wrong|false|lie|mistake|you|your)\b", sentence)


def test_every_shipped_pair_can_fire() -> None:
    choices = BUNDLED.choices
    for pair in BUNDLED.doubts.contradictions:
        both = {pair.claim: Answer(choices[pair.at_least].id), pair.other: Answer(choices[pair.at_most].id)}
        (doubt,) = doubts(BUNDLED, both, {}, DAY)
        assert doubt.kind == "contradiction"
        assert all(words(lang).text(pair.why) in doubt_text(doubt, BUNDLED, words(lang)) for lang in LANGUAGES)


def test_a_straight_line_is_not_looked_for_in_tiny_sections() -> None:
    """Of what departments are asked, one section alone is long enough for it."""
    least = BUNDLED.doubts.straight_line
    assert least is not None
    long = [section.id for section in BUNDLED.sections if sum(q.scope == "unit" for q in section.questions) >= least]
    assert long == ["human_error"]


def test_the_sample_company_raises_no_doubt_and_a_careless_quarter_after_it_does() -> None:
    """Plausible answers stay in peace; what somebody clicked through does not."""
    sample = {question: replace(answer, evidence=None) for question, answer in company_answers(DAY).items()}
    for doubt in doubts(BUNDLED, sample, {}, DAY):
        print(doubt_text(doubt, BUNDLED, words("ja")))
    assert doubts(BUNDLED, sample, {}, DAY) == ()
    careless = {question.id: Answer("verified") for question in BUNDLED.questions}
    seen = [doubt.kind for doubt in doubts(BUNDLED, careless, sample, DAY)]
    assert seen.count("straight_line") == len(BUNDLED.sections)
    assert seen.count("jump") == sum(each.choice in ("none", "informal", "partly") for each in sample.values())
    assert set(seen) == {"straight_line", "jump"}
