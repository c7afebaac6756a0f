"""Reminders: a mail that a person could have written, and a calendar file that calendars read."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Component

from scoring.model import Lang, Text
from tenken.i18n import LANGUAGES, words
from tenken.reminders import LateState, LateUnit, calendar_file, due_day, reminder_text

JA, EN = words("ja"), words("en")
DUE, NOW = date(2026, 12, 18), datetime(2026, 11, 22, 18, 0, 5, 999, tzinfo=timezone(timedelta(hours=9)))
ADDRESS = "https://tenken.example.jp/answer"
MAKING, SALES = Text("製造部", "Manufacturing"), Text("営業部", "Sales")


# --- the mail -----------------------------------------------------------------------------------------------------


def test_the_mail_in_japanese() -> None:
    late = [LateUnit(MAKING, 12, 30, "draft"), LateUnit(SALES, 0, 0, "draft")]
    assert reminder_text(late, JA.quarter(DUE), DUE, ADDRESS, JA) == (
        "件名：【2026年12月18日（金）まで】2026年度 第3四半期（10〜12月）の点検への回答のお願い\n\n"
        "各部門の回答担当の皆さま\n\n"
        "お疲れさまです。2026年度 第3四半期（10〜12月）の情報セキュリティ点検についてご連絡します。\n"
        "次の部門に、期日までの作業が残っています。期日は2026年12月18日（金）です。\n\n"
        "・製造部：未回答 12問、再確認 30問、最後に提出\n"
        "・営業部：残りは提出だけ\n\n"
        "回答はこちらからできます。途中で閉じても、続きから再開できます。\n"
        "https://tenken.example.jp/answer\n\n"
        "行き違いで提出済みの場合は、ご容赦ください。\n"
        "期日までに難しいときは、このメールへの返信で知らせてください。\n\n"
        "お手数をおかけしますが、よろしくお願いします。"
    )


def test_the_mail_in_english() -> None:
    mail = reminder_text([LateUnit(MAKING, 1, 0, "draft")], EN.quarter(DUE), DUE, ADDRESS, EN).splitlines()
    assert mail[0] == "Subject: Self-audit FY2026 Q3 (Oct–Dec), please answer by 18 Dec 2026 (Fri)"
    assert "- Manufacturing: 1 to answer, then hand in" in mail
    assert mail[mail.index(ADDRESS) - 1] == "This is where to answer. You can stop at any time and go on later."


@pytest.mark.parametrize(
    ("state", "left", "again", "ja", "en"),
    [
        ("draft", 3, 0, "未回答 3問、最後に提出", "3 to answer, then hand in"),
        ("draft", 0, 4, "再確認 4問、最後に提出", "4 to reconfirm, then hand in"),
        ("draft", 0, 0, "残りは提出だけ", "only handing in is left"),
        ("returned", 0, 0, "差し戻し（指摘への対応）、最後に提出", "returned with remarks, then hand in"),
        ("returned", 1, 2, "差し戻し（指摘への対応）、未回答 1問、再確認 2問、最後に提出", "returned with remarks, 1 to answer, 2 to reconfirm, then hand in"),
        ("submitted", 0, 0, "提出済み（承認待ち）", "handed in, to be approved"),
    ],
)  # fmt: skip
def test_what_is_left(state: LateState, left: int, again: int, ja: str, en: str) -> None:
    unit = LateUnit(SALES, left, again, state)
    assert f"・営業部：{ja}\n" in reminder_text([unit], "Q", DUE, ADDRESS, JA)
    assert f"- Sales: {en}\n" in reminder_text([unit], "Q", DUE, ADDRESS, EN)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nobody_late_no_mail(lang: Lang) -> None:
    assert reminder_text([], "Q", DUE, ADDRESS, words(lang)) == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_mail_blames_nobody(lang: Lang) -> None:
    late = [LateUnit(SALES, 1, 1, state) for state in ("draft", "returned", "submitted")]
    mail = reminder_text(late, "Q", DUE, ADDRESS, words(lang))
    assert not re.search(r"遅|怠|守ら|至急|必ず|まだ|\blate\b|overdue|fail|must|still not|immediately", mail)


@pytest.mark.parametrize(("day", "ja", "en"), [(14, "月", "Mon"), (19, "土", "Sat"), (20, "日", "Sun")])
def test_the_weekday(day: int, ja: str, en: str) -> None:
    assert due_day(date(2026, 12, day), JA) == f"2026年12月{day}日（{ja}）"
    assert due_day(date(2026, 12, day), EN) == f"{day} Dec 2026 ({en})"


# --- the calendar file --------------------------------------------------------------------------------------------


def event_of(file: bytes) -> Component:
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    return event


def made(lang: Lang = "ja", units: tuple[Text, ...] = (MAKING, SALES), due: date = DUE, seed: str = "2026Q3", now: datetime = NOW) -> bytes:
    return calendar_file(words(lang).quarter(DUE), due, units, ADDRESS, words(lang), now=now, seed=seed)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_calendars_read_the_file(lang: Lang) -> None:
    _ = words(lang)
    calendar, event = Calendar.from_ical(made(lang)), event_of(made(lang))
    assert (calendar["version"], calendar["method"], event.errors) == ("2.0", "PUBLISH", [])
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (DUE, DUE + timedelta(days=1)), "the whole day, the end not included"
    assert event.decoded("dtstamp") == datetime(2026, 11, 22, 9, 0, 5, tzinfo=UTC)
    assert event["summary"] == _("Self-audit due: {period}", period=_.quarter(DUE))
    assert (event["url"], event["transp"]) == (ADDRESS, "TRANSPARENT")
    lines = str(event["description"]).splitlines()
    assert lines[1:3] == [_("- {name}", name=_.text(unit)) for unit in (MAKING, SALES)]
    assert lines[-1] == ADDRESS


def test_the_alarms_ring_in_the_morning_a_week_and_a_day_before() -> None:
    event = event_of(made())
    midnight = datetime(2026, 12, 18)
    rings = [midnight + alarm.decoded("trigger") for alarm in event.walk("VALARM")]
    assert rings == [datetime(2026, 12, 11, 9), datetime(2026, 12, 17, 9)]
    assert {(str(alarm["action"]), bool(alarm["description"])) for alarm in event.walk("VALARM")} == {("DISPLAY", True)}


def uid(file: bytes) -> str:
    return str(event_of(file)["uid"])


def test_a_second_file_replaces_the_first_event() -> None:
    later = made(due=DUE + timedelta(days=7), now=NOW + timedelta(days=1))
    assert uid(later) == uid(made()) == uid(made("en"))
    assert uid(made(seed="2026Q4")) != uid(made())
    assert re.fullmatch(r"[0-9a-f]{32}@tenken", uid(made()))
    assert made() == made(), "same input, same bytes"


names = st.lists(st.builds(Text, st.text(max_size=120), st.just("x")), max_size=4).map(tuple)
nasty = [
    Text("長い名前の部署" * 30, "x"),
    Text("𠮷野家𩸽部" * 40, "x"),
    Text("a,b;c\\d:e\"f", "x"),
    Text("改行\r\nATTENDEE:mailto:x@example.com\nEND:VEVENT", "x"),
    Text("\ud800\0\u2028\x85\x0b", "x"),
]  # fmt: skip


def as_rfc_5545(file: bytes) -> list[bytes]:
    """The physical lines, once each of them is known to be as the RFC wants it."""
    assert file.endswith(b"\r\n")
    lines = file[:-2].split(b"\r\n")
    for line in lines:
        assert len(line) <= 75
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line)
        line.decode()  # no sign is cut in two
    return lines


@pytest.mark.parametrize("unit", nasty, ids=["long", "four bytes", "signs", "injection", "invisible"])
def test_a_name_stays_inside_its_line(unit: Text) -> None:
    file = made(units=(unit,))
    as_rfc_5545(file)
    event = event_of(file)
    assert "attendee" not in event
    kept = "".join(sign if sign.isprintable() else " " for sign in unit.ja)
    assert str(event["description"]).splitlines()[1] == f"・{kept}"
    mail = reminder_text([LateUnit(unit, 1, 0, "draft")], "Q", DUE, ADDRESS, JA)
    assert f"・{kept}：未回答 1問、最後に提出" in mail.split("\n")


@given(names)
def test_whatever_units_are_called_the_file_can_be_read(units: tuple[Text, ...]) -> None:
    file = made(units=units)
    as_rfc_5545(file)
    event = event_of(file)
    assert len(str(event["description"]).split("\n")) == len(units) + 4
    assert [name for name, _value in event.property_items(recursive=False)].count("DESCRIPTION") == 1
