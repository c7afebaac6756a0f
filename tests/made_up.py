"""Companies that nobody has: one number, one company in a database of its own, always the same.

They are as large, as odd and as empty as the rules allow: one unit or three hundred, names that are too long, look like formulas or
Markdown or are written from right to left, sections and sheets without a single answer, everything not applicable, everything
perfect, quarters that are open, closed and sealed, with and without one to compare with. What the pages and files make of them is
for others to say; here nothing is written but by the ways that everybody's answers go.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Final, Literal

from scoring.model import NA_WORD, UNKNOWN_WORD, Answer, Checklist, Evidence, Owner, Question, Text
from scoring.units import Tree, Unit, UnitKind
from tenken import audits
from tenken.aiming.chosen import KEY as TARGETS
from tenken.auth import User
from tenken.corrective.promise import with_promises
from tenken.editions import pin, shipped
from tenken.form import open_form
from tenken.quarters import Quarter, quarter_of
from tenken.store import ActionDraft, Period, Store, UnitPlan

TODAY: Final = date(2026, 11, 22)
PERSON: Final = "髙﨑 𠮷子"

# Reporting units of company number n, and of n + 25 the same: every size among the first ten.
SIZES: Final = (12, 1, 3, 2, 60, 12, 1, 300, 2, 3, 12, 1, 60, 3, 12, 2, 1, 12, 3, 60, 12, 2, 1, 12, 3)
Mood = Literal["mixed", "empty", "na", "best", "worst", "unknown"]
MOODS: Final[tuple[Mood, ...]] = ("mixed", "mixed", "empty", "mixed", "na", "mixed", "best", "worst", "unknown", "mixed", "mixed")
QUARTERS: Final = (3, 1, 6, 2, 4, 5, 1)
MOST_QUARTERS: Final = {300: 2, 60: 3}  # many units over many quarters take long to make and show nothing new
OWNERS: Final[tuple[Owner, ...]] = ("it", "legal", "hr", "general_affairs", "business", "board")

LONG: Final = 80
NAMES: Final[Mapping[str, Text]] = {
    "long": Text("国内海外情報安全管理統括推進本部" * 5, "Donaudampfschifffahrtsgesellschaft" * 3),
    "long_latin": Text("W" * LONG, "W" * LONG),
    "long_words": Text("東日本第二営業本部　法人営業統括部（首都圏・甲信越・北関東）兼　新規事業開発準備室　お客様相談窓口担当課", "Eastern Japan Corporate Sales, Metropolitan and Koshinetsu, and the New Business Preparation Office"),
    "rare": Text("髙﨑𠮷野家①㈱", "Yoshinoya (髙﨑𠮷①㈱)"),
    "variants": Text("葛󠄀城市辻󠄀・か\u3099ぎ・ﾊﾝｶｸ ｶﾞ", "Cafe\u0301 Zürich – ŁÓDŹ"),
    "emoji": Text("🏭工場👩\u200d👩\u200d👧", "🏭 Plant 👩\u200d👩\u200d👧 🇯🇵"),
    "formula": Text("=SUM(A1)", "=1+cmd|' /C calc'!A0"),
    "minus": Text("-100円課", "@SUM(1)"),
    "heading": Text("#見出し", "# Heading"),
    "tag": Text("<b>太字</b>&amp;", "<b>bold</b>&amp;]]>"),
    "maths": Text("$x$部 *強* _弱_ `c`", "$x$ *strong* _weak_ `c`"),
    "typst": Text("#let x = 1\\ \"引用\" @参照", "#set page(width: 1pt) \\ \"q\" @ref"),
    "braces": Text("{n}件 {0} %s %(a)d", "{n} {0} %s %(a)d"),
    "rtl": Text("قسم المبيعات", "קומת המכירות"),
    "override": Text("\u202e逆さ\u202c部", "\u202eesrever\u202c"),
    "spaces": Text("情　報\u3000 シス\u00a0テム\u200b部", "  in\u2003for\u00adma\u200btion  "),
    "escape": Text("_x0041_課", "_x000D_ unit"),
    "tall": Text("é" + "\u0301" * 12 + "部", "Z" + "\u0323\u0301" * 8),
    "other": Text("안녕하세요 ไทย हिन्दी", "Москва Αθήνα Việt Nam"),
    "symbols": Text("〜～ー−‐―…™℡㍿㋿", "½ ± × ÷ √ ∞ € £ ¥"),
    "short": Text("A", "A"),
    "digit": Text("1", "1"),
    "dot": Text("。", "."),
}  # fmt: skip
WORDS: Final = (
    "台帳を四半期ごとに見直している。", "=HYPERLINK(\"http://tenken.invalid\",\"x\")", "一行目\n二行目\n\n四行目", "\t字下げ", "長い控え。" * 120,
    "x" * 300, *(name.ja for name in NAMES.values()), *(name.en for name in NAMES.values()),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Company:
    """What stands behind a number. `units`: how many report; `quarters`: how many there are, the newest last; `closed`: whether
    the newest is sealed too; `holes`: some sections and some sheets have no answer at all; `named`: keys of NAMES in it."""

    seed: int
    units: int
    quarters: int
    closed: bool
    mood: Mood
    holes: bool
    named: frozenset[str]
    targets: bool
    actions: int


@dataclass(frozen=True, slots=True)
class Made:
    """A company that is in a store: its root, its quarters, oldest first, and the day that is today there."""

    company: Company
    root: Unit
    periods: tuple[Period, ...]
    today: date


def company(seed: int) -> Company:
    """The company of one number."""
    chance = _chance(seed, "company")
    units, mood = SIZES[seed % len(SIZES)], MOODS[seed % len(MOODS)]
    wanted = list(NAMES)
    few = [wanted[(7 * seed + place) % len(wanted)] for place in range(min(len(wanted), 2 + units))]
    return Company(
        seed=seed,
        units=units,
        quarters=min(QUARTERS[seed % len(QUARTERS)], MOST_QUARTERS.get(units, 6)),
        closed=chance.random() < 0.5,
        mood=mood,
        holes=chance.random() < 0.6 and mood not in ("na", "best"),
        named=frozenset(few),
        targets=chance.random() < 0.4,
        actions=chance.choice((0, 0, 1, 3, 25)),
    )


def make(store: Store, seed: int, today: date = TODAY) -> Made:
    """Puts the company of one number into an empty store, as ours. A quarter is open only if `today` lies in it."""
    return _Making(store, company(seed), today).made()


# --- how it is made ------------------------------------------------------------------------------------------------------


class _Making:
    """One company on its way into the store."""

    def __init__(self, store: Store, said: Company, today: date) -> None:
        self.store, self.said, self.today = store, said, today
        self.user = User(PERSON, solo=True)
        self.checklist: Checklist = shipped().content.checklist
        # Chance of the whole company: used in the same order, whatever the answers are.
        self.chance = _chance(said.seed, "making")
        self.names = _names(said)

    @cached_property
    def days(self) -> tuple[Quarter, ...]:
        last = quarter_of(self.today, 4)
        if self.said.closed:
            last = _before(last)
        found = [last]
        while len(found) < self.said.quarters:
            found.insert(0, _before(found[0]))
        return tuple(found)

    def made(self) -> Made:
        first = self.days[0].start
        past = self.store.at(_moment(first))
        name, big = self.names[0], self.said.units >= 60
        root = past.create_company(name, kind="group" if big else "company", code="head")
        past.apply_units(root.id, [*self._units(root)], since=None, person=PERSON)
        periods = [self._quarter(root, number) for number in range(len(self.days))]
        root = next(unit for unit in self.store.units() if unit.id == root.id)
        self._targets(root)
        self._actions(root, periods)
        return Made(self.said, root, tuple(self.store.period(period.id) for period in periods), self.today)

    # --- units -----------------------------------------------------------------------------------------------------------

    def _units(self, root: Unit) -> Sequence[UnitPlan]:
        count, chance = self.said.units, self.chance
        head = UnitPlan("head", "", root.kind, self.names[0], count == 1, headcount=chance.choice((None, 1, 40_000)))
        if count == 1:
            return [head]
        companies = ["head"] if root.kind == "company" else [f"c{n}" for n in range(max(1, count // 30))]
        found = [head, *(UnitPlan(code, "head", "company", self._name(), False) for code in companies if code != "head")]
        suppliers = count // 6
        zero = chance.random() < 0.1  # sums of weights that are all nothing
        for n in range(count - suppliers):
            parent, kind = companies[n % len(companies)], "department"
            if n > len(companies) and chance.random() < 0.2:
                parent, kind = f"d{n - len(companies)}", "section"
            owners = OWNERS if n < len(companies) and chance.random() < 0.7 else ()
            weight = 0 if zero else chance.choice((1, 1, 1, 2, 5, 1_000_000 if n == 1 else 1))
            found.append(UnitPlan(f"d{n}", parent, _kind(kind), self._name(), True, chance.choice((None, 0, 7)), owners, weight))
        found += [UnitPlan(f"s{n}", companies[0], "supplier", self._name(), True, weight=0) for n in range(suppliers)]
        return found

    def _name(self) -> Text:
        return self.names.pop(1) if len(self.names) > 1 else Text("営業部", "Sales")

    def _changed_units(self, root: Unit, quarter: Quarter) -> None:
        """A unit that comes, one that counts more, one that goes: comparing has to live with all of them."""
        of_root = {unit.code: unit for unit in self.store.units()}
        plans = [UnitPlan("new", "head" if root.kind == "company" else "c0", "department", NAMES["rare"], True, weight=3)]
        if "d1" in of_root:
            plans.append(replace(_plan(of_root["d1"], of_root), weight=2))
        self.store.at(_moment(quarter.start)).apply_units(root.id, plans, since=quarter.start, person=PERSON)

    # --- quarters --------------------------------------------------------------------------------------------------------

    def _quarter(self, root: Unit, number: int) -> Period:
        quarter, last = self.days[number], number == len(self.days) - 1
        if number == 1 and self.said.units in (3, 12) and self.chance.random() < 0.5:
            self._changed_units(root, quarter)
        opening, pins = self.store.at(_moment(quarter.start)), pin(self.store)
        if last and not self.said.closed:  # the answers of the quarter before come along, to be confirmed
            period = opening.open_period(
                root.id, quarter.start, fiscal_start=4, due=quarter.end, pins=pins, checklist=self.checklist, person=PERSON
            )
        else:
            period = opening.period_for(root.id, quarter.start, pins=pins)
        tree = self.store.tree_of(period)
        asked = [unit for unit in tree.units if tree.asks(unit, self.checklist)]
        closing = self.store.at(_moment(self.today if last and not self.said.closed else quarter.end))
        self._answer(closing, tree, asked, period, number)
        if not last or self.said.closed:
            self._close(closing, tree, asked, period)
        return self.store.period(period.id)

    def _answer(self, store: Store, tree: Tree, asked: Sequence[Unit], period: Period, number: int) -> None:
        carried = period.state == "open" and number == len(self.days) - 1 and number > 0 and not self.said.closed
        changes: dict[int, dict[str, tuple[Answer | None, int]]] = {}
        for unit in asked:
            if self._left_empty(unit) and not carried:
                continue
            sheet = store.sheet(unit.id, period.id, self.checklist)
            there = store.entries(sheet.id)
            if unit.code == "head" and self.said.units < 60 and self.said.seed % 3 == 0 and sheet.profile is None:
                facts = {fact.id: _chance(self.said.seed, fact.id).random() < 0.7 for fact in self.checklist.facts}
                sheet = store.save_profile(sheet, self.checklist, facts, person=PERSON)
                there = store.entries(sheet.id)
            given = self._answers(unit, tree.asks(unit, self.checklist), number, there=bool(carried and there))
            free = {q: answer for q, answer in given.items() if q not in there or not there[q].by_profile}
            changes[sheet.id] = {q: (answer, there[q].id if q in there else 0) for q, answer in free.items()}
        store.save_all(changes, self.checklist, person=PERSON)

    def _left_empty(self, unit: Unit) -> bool:
        """Whole sheets on which nobody ever wrote anything."""
        if self.said.mood == "empty":
            return self.said.seed % 2 == 0 or unit.code != "head"
        return self.said.holes and _chance(self.said.seed, "sheet", unit.code).random() < 0.15

    def _answers(self, unit: Unit, questions: Sequence[Question], number: int, *, there: bool) -> dict[str, Answer | None]:
        """What one sheet says in a quarter. `there`: answers came over from the quarter before, and only some of them change."""
        chance = _chance(self.said.seed, "answers", unit.code, number)
        day = self.days[number].end if number < len(self.days) - 1 or self.said.closed else self.today
        able = _chance(self.said.seed, "able", unit.code).gauss(2.2, 0.9) + 0.1 * number
        empty = {s.id for s in self.checklist.sections if self.said.holes and _chance(self.said.seed, "section", s.id).random() < 0.25}
        found: dict[str, Answer | None] = {}
        for question in questions:
            change = chance.random()
            said = self._one(chance, able, day)
            if question.section in empty or (there and change < 0.6) or self.said.mood == "empty":
                continue
            if there and change < 0.63:
                found[question.id] = None  # somebody withdrew it
            elif said is not None:
                found[question.id] = said
        return found

    def _one(self, chance: random.Random, able: float, day: date) -> Answer | None:
        """One answer; None stays open. Draws the same chances whatever comes of them."""
        level = min(max(round(able + chance.gauss(0, 1)), 0), len(self.checklist.choices) - 1)
        kind, words, aged, dated = chance.random(), chance.choice(WORDS), chance.random(), chance.randrange(0, 900)
        note = words if kind * 1000 % 1 < 0.1 else ""
        evidence = Evidence(words.strip()[:200] or "台帳", day - timedelta(days=dated if aged < 0.5 else dated % 60))
        match self.said.mood:
            case "na":
                return Answer(NA_WORD, reason=words.strip() or "対象がない")
            case "unknown":
                return Answer(UNKNOWN_WORD, note=note)
            case "best":
                return Answer(self.checklist.choices[-1].id, note=note, evidence=replace(evidence, dated=day - timedelta(days=3)))
            case "worst":
                return Answer(self.checklist.choices[0].id, note=note)
        if kind < 0.07:
            return None
        if kind < 0.12:
            return Answer(UNKNOWN_WORD, note=note)
        if kind < 0.2:
            return Answer(NA_WORD, reason=words.strip() or "対象がない", note=note)
        return Answer(self.checklist.choices[level].id, note=note, evidence=evidence if level > 1 and aged < 0.8 else None)

    def _close(self, store: Store, tree: Tree, asked: Sequence[Unit], period: Period) -> None:
        for unit in asked:
            form = open_form(store, tree, unit, period, self.checklist)
            form = replace(form, sheet=audits.submit(store, self.user, form))
            audits.seal(store, self.user, form, period.end)
        audits.close_period(store, self.user, period, self.checklist)

    # --- what is to come -------------------------------------------------------------------------------------------------

    def _targets(self, root: Unit) -> None:
        if self.said.targets:
            section = self.checklist.sections[self.said.seed % len(self.checklist.sections)].id
            value = {"profile": None, "kinds": {}, "sections": {section: 4}, "questions": {}}
            self.store.at(_moment(self.today)).settle(root.id, root.id, TARGETS, value, person=PERSON, seen=0)

    def _actions(self, root: Unit, periods: Sequence[Period]) -> None:
        if not self.said.actions:
            return
        chance, period = _chance(self.said.seed, "actions"), periods[0]
        tree = self.store.tree_of(period)
        store = self.store.at(_moment(self.days[0].end))
        drafts = []
        for n in range(self.said.actions):
            unit = chance.choice([unit for unit in tree.units if tree.asks(unit, self.checklist)])
            question = chance.choice(tree.asks(unit, self.checklist))
            title = " ".join(chance.choice(WORDS).split())[:200] or "見直す"
            drafts.append(
                ActionDraft(
                    unit.id, question.id, title, chance.choice(("gap", "plan", "finding")), owner=chance.choice(WORDS[6:]).strip()[:100],
                    due=chance.choice((None, self.today - timedelta(days=40), self.today + timedelta(days=30 * n))),
                    half_days=chance.choice((0, 1, 20_000)), yen=chance.choice((0, 300_000, 10**12)),
                    from_level=chance.choice((None, 0, 1)), to_level=4,
                )
            )  # fmt: skip
        made = store.create_actions(root.id, period.id, with_promises(store, root, period, drafts, self.days[0].end), person=PERSON)
        later = self.store.at(_moment(self.today))
        for action in made[::2]:
            later.change_action(action, replace(action.said, status=chance.choice(("doing", "done", "dropped"))), person=PERSON)


def _names(said: Company) -> list[Text]:
    """Enough names, the odd ones first, the first for the root; two units share one."""
    odd = [NAMES[name] for name in NAMES if name in said.named]
    _chance(said.seed, "names").shuffle(odd)
    plain = [Text(f"第{n + 1}営業部", f"Sales {n + 1}") for n in range(said.units + 20)]
    return [*odd, plain[0], *plain]


def _plan(unit: Unit, units: Mapping[str, Unit]) -> UnitPlan:
    parent = next((code for code, other in units.items() if other.id == unit.parent), "")
    return UnitPlan(unit.code, parent, unit.kind, unit.name, unit.reporting, unit.headcount, unit.owners, unit.weight, unit.valid_to)


def _kind(word: str) -> UnitKind:
    return "section" if word == "section" else "department"


def _chance(seed: int, *words: object) -> random.Random:
    return random.Random("|".join(map(str, (seed, *words))))


def _before(quarter: Quarter) -> Quarter:
    return quarter_of(quarter.start - timedelta(days=1), 4)


def _moment(day: date) -> datetime:
    """Noon of a day in Japan."""
    return datetime.combine(day, time(3), tzinfo=UTC)
