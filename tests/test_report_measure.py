"""The room that texts take, and their lines: tenken/reports/measure.py against the font itself and against the rules of Japanese setting."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenken.reports import measure

JAPANESE = "事故加重ギャップは40.2%（幅31.7〜48.9%）です。「備え」の得点は、incident-weighted gapを超えました。"


def test_widths_are_those_of_the_font() -> None:
    from fontTools.ttLib import TTFont

    for bold in (False, True):
        with TTFont(measure.font_file(bold=bold), lazy=True) as font:
            names, metrics = font.getBestCmap(), font["hmtx"].metrics
            for letter in "あ漢ア、（AWi0.%−+±〜○△×―・ｱ①㈱髙﨑𠮷…":
                expected = metrics[names[ord(letter)]][0] / 1000
                assert measure.width(letter, bold=bold) == pytest.approx(expected), letter
    assert measure.width("あいう") == 3
    assert measure.width("") == 0
    assert measure.width("第2回") - 2 * 1 - measure.width("2") == pytest.approx(0.5)  # a quarter of an em before and after what is Latin
    blanks = 2 * measure.width(" ")
    assert measure.width("第 2 回") - measure.width("第2回") == pytest.approx(blanks)  # the quarters stay, as in LibreOffice
    assert measure.width("a\u2060b\n") == measure.width("ab")


def test_the_module_itself_is_light() -> None:
    script = "import sys; import tenken.reports.measure; print([n for n in ('fontTools', 'numpy', 'pptx') if n in sys.modules])"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("size", [9, 11, 14])
@pytest.mark.parametrize("room", [40, 61, 97, 150, 400])
def test_no_line_is_wider_and_none_begins_or_ends_wrongly(size: float, room: float) -> None:
    lines = measure.wrapped(JAPANESE, size, room)
    assert "".join(lines).replace(" ", "") == JAPANESE.replace(" ", "")
    for line in lines:
        assert measure.width(line) * size <= room + 0.01, line
        if room > 60:
            assert line[0] not in measure.NOT_FIRST and line[-1] not in measure.NOT_LAST, line


def test_words_stay_whole_where_they_fit_and_are_cut_where_not() -> None:
    assert measure.wrapped("The score is high", 10, 60) == ("The score is", "high")
    assert measure.wrapped("incident-weighted", 10, 50) == ("incident-", "weighted")
    long = "A" * 80
    lines = measure.wrapped(f"x {long}", 10, 100)
    assert lines[0] == "x" and "".join(lines[1:]) == long
    assert measure.wrapped("", 10, 100) == ("",)
    assert measure.wrapped("a\n\nb", 10, 100) == ("a", "", "b")
    assert measure.wrapped("57–88 です", 10, 1000) == ("57–88 です",)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.sampled_from([9.0, 12.0]), st.floats(8, 300))
def test_any_text_is_broken_without_loss(text: str, size: float, room: float) -> None:
    text = measure.drawable(text)
    lines = measure.wrapped(text, size, room)
    bare = "".join(text.split())
    assert "".join("".join(lines).split()) == bare
    assert all(len(line) <= 3 or measure.width(line) * size <= room + 0.01 for line in lines)


def test_the_largest_size_that_fits_is_taken_and_the_last_resort_is_an_ellipsis() -> None:
    assert measure.fitted("あ" * 10, 140, 19, (14, 12, 9)) == (14, ("あ" * 10,))
    assert measure.fitted("あ" * 10, 125, 19, (14, 12, 9))[0] == 12
    size, lines = measure.fitted("あ" * 100, 90, 24, (14, 9))
    assert (size, lines) == (9, ("あ" * 10, "あ" * 9 + "…"))
    size, lines = measure.fitted("あ" * 10, 50, 1, (9,))
    assert len(lines) == 1 and lines[0].endswith("…")


def test_what_cannot_be_drawn_is_replaced_and_what_is_rare_stays() -> None:
    rare = "髙﨑𠮷①㈱葛―〜−≠♨"
    assert measure.missing(rare) == frozenset()
    assert measure.drawable(rare) == rare
    assert measure.missing("開発🚀\u2060\n\x07") == frozenset("🚀")
    assert measure.drawable("開発🚀") == "開発〓"
    assert measure.drawable("人\u2060日 葛\U000e0100\x00\x0b\x1f\u202e") == "人日 葛"
    assert measure.drawable("a\r\nb\tc\u2028d") == "a\nb c\nd"
    assert not measure.missing(measure.drawable("".join(map(chr, range(0x2000, 0x3000)))))


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_whatever_is_drawable_has_a_glyph_and_can_stand_in_xml(text: str) -> None:
    drawable = measure.drawable(text)
    assert not measure.missing(drawable)
    assert all(letter == "\n" or letter.isprintable() or letter == "\u3000" for letter in drawable), ascii(drawable)
    assert measure.drawable(drawable) == drawable
