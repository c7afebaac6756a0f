"""Words: what the code says in English, the catalogue says in Japanese; and both say it in the way that was agreed."""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from scripts.extract_words import extract

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "tenken").rglob("*.py"))

with (ROOT / "tenken" / "locales" / "ja.po").open("rb") as _file:
    CATALOGUE = read_po(_file, locale="ja", abort_invalid=True)
JAPANESE = {str(message.id): str(message.string) for message in CATALOGUE if message.id}

LETTER = "ぁ-ゖァ-ヺー-ヿ㐀-䶿一-鿿々〆〇"  # Japanese letters; ・ 〜 （） are signs


def said() -> Iterator[tuple[str, str]]:
    """(place, sentence) for every `_("…")` of the code."""
    for path in SOURCES:
        for line, _name, sentence, _comments in extract(BytesIO(path.read_bytes()), None, None, None):
            yield f"{path.relative_to(ROOT)}:{line}", sentence


SAID = list(said())


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


# --- completeness -------------------------------------------------------------------------------------------------


def test_the_search_finds_the_sentences() -> None:
    assert len(SAID) > 150
    assert {path.split(":")[0] for path, _ in SAID} > {"tenken/main.py", "tenken/error_words.py", "tenken/screens/home.py"}


def test_every_sentence_of_the_code_is_translated() -> None:
    assert [(place, text) for place, text in SAID if not JAPANESE.get(text)] == []


def test_no_translation_is_left_over() -> None:
    assert sorted(JAPANESE.keys() - {text for _place, text in SAID}) == []
    assert list(CATALOGUE.obsolete) == []


def test_no_translation_is_a_guess() -> None:
    assert [message.id for message in CATALOGUE if message.id and message.fuzzy] == []


def test_every_translation_is_japanese() -> None:
    """A sentence copied over untranslated would be found here; one word is the same in both languages, and signs are signs."""
    copied = {text for text in JAPANESE.values() if not re.search(f"[{LETTER}]", text)}
    assert {text for text in copied if re.search("[A-Za-z]", re.sub(r"\{\w+\}", "", text))} <= {"URL"}


def test_both_languages_have_the_same_placeholders() -> None:
    assert [text for text, other in JAPANESE.items() if placeholders(text) != placeholders(other)] == []


def test_every_brace_is_a_placeholder() -> None:
    """A stray brace would end the sentence in a KeyError."""
    both = [*JAPANESE, *JAPANESE.values()]
    assert [text for text in both if re.search(r"[{}]", re.sub(r"\{\w+\}", "", text))] == []


def test_no_sentence_escapes_the_search() -> None:
    """Only `_("…")` is found, so nothing else may translate: not `words(lang)("…")`."""
    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Call) and any(isinstance(arg, ast.Constant) for arg in node.args)
    ]
    assert hidden == []


# Sentences of these files are filled in a second step, by .format or .format_map.
FILLED_LATER = {"doctor.py", "error_words.py", "tables.py"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "tenken")))
def test_every_call_fills_the_placeholders_of_its_sentence(path: Path) -> None:
    wrong = [
        (call.lineno, text)
        for call, text in calls(path)
        if not (path.name in FILLED_LATER and not call.keywords) and placeholders(text) != {keyword.arg for keyword in call.keywords}
    ]
    assert wrong == []


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            (sentence,) = node.args
            assert isinstance(sentence, ast.Constant)
            yield node, str(sentence.value)


# --- where Japanese may stand -------------------------------------------------------------------------------------

# Files that write Japanese themselves: dates and numbers, the company's first name, the page before any script runs,
# the link to the other language. Everything else goes through the catalogue.
WRITERS = {"tenken/i18n.py", "tenken/session.py", "tenken/streamlit_quirks.py", "tenken/main.py"}
# The product's name; the letters that a Japanese text must have.
EXACTLY = {"tenken/cli.py": {"Tenken 点検"}, "tenken/unit_files/form.py": {"部"}, "scoring/load/text.py": {"[぀-ヿ㐀-鿿]"}}
# Rules on how Japanese is written and set name the letters that they are about.
ABOUT_JAPANESE = {"scoring/load/style.py", "tenken/reports/measure.py", "tenken/reports/pptx_slide.py"}

CODE = [*SOURCES, *sorted((ROOT / "scoring").rglob("*.py")), ROOT / "app.py"]


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of every string that is not a docstring, parts of f-strings too."""
    tree = ast.parse(path.read_text("utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_japanese_is_in_the_catalogue_and_not_in_the_code(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    found = [(line, text) for line, text in literals(path) if re.search(f"[{LETTER}]", text)]
    if name in WRITERS:
        assert found, f"{name} needs no exception any more"
        return
    assert name in ABOUT_JAPANESE or [(line, text) for line, text in found if text not in EXACTLY.get(name, set())] == []


# What draws: everything that it says goes through the catalogue.
DRAWING = [path for path in SOURCES if path.parent.name in {"screens", "parts"}]
DRAWING += [ROOT / "tenken" / f"{name}.py" for name in ("charts", "tables", "explanation", "headline", "error_words", "main")]


@pytest.mark.parametrize("path", DRAWING, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_english_sentence_bypasses_the_catalogue(path: Path) -> None:
    translated = {text for _call, text in calls(path)}
    prose = re.compile(r"[A-Za-z’]{2,} [A-Za-z’]{2,} [A-Za-z’]{2,}")
    assert [(line, text) for line, text in literals(path) if prose.search(text) and text not in translated] == []


def test_english_sentences_hold_no_japanese() -> None:
    assert [(place, text) for place, text in SAID if re.search(f"[{LETTER}（）「」【】、。：〜]", text)] == []


# --- how Japanese is written --------------------------------------------------------------------------------------


def japanese(pattern: str) -> list[str]:
    return [text for text in JAPANESE.values() if re.search(pattern, text)]


def test_brackets_round_japanese_are_full_width() -> None:
    found = japanese(rf"[{LETTER}]\(|\([^()]*[{LETTER}][^()]*\)|\)[{LETTER}]")
    assert [text for text in found if "÷" not in text] == []  # the brackets of a formula are the plain ones


def test_brackets_are_closed() -> None:
    for pair in ("（）", "「」", "【】", "()", "“”"):
        uneven = [text for text in (*JAPANESE, *JAPANESE.values()) if text.count(pair[0]) != text.count(pair[1])]
        assert uneven == [], pair


def test_signs_after_japanese_are_full_width() -> None:
    assert japanese(rf"[{LETTER}）」][,.:;?!]") == []
    assert japanese(r"[~～]|[０-９Ａ-Ｚａ-ｚ]|[ｦ-ﾟ]") == []
    assert japanese(r"\d *(?:-|–) *\d|\} *[-–] *\{") == []  # a range is written with 〜


# The plain form of a verb, or だ・である, at the end of a sentence; です・ます and nouns are left.
PLAIN = r"(?:だ|である|だった|ない|なかった|(?<![でま])した|(?<![でま])す|する|れる|いる|ある|なる|できる|[えけせてねへめ]る)。"


def test_sentences_are_polite() -> None:
    assert japanese(PLAIN) == []


@pytest.mark.parametrize(
    "text", ["点検する。", "保存した。", "問題ではない。", "指標である。", "仮定だ。", "数える。", "使われている。", "示す。"]
)
def test_the_rule_finds_the_plain_form(text: str) -> None:
    assert re.search(PLAIN, text)


@pytest.mark.parametrize(
    "text",
    ["点検します。", "保存しました。", "ありません。", "指標です。", "進みましょう。", "ください。", "誤交付が中心。", "その回答へ。"],
)
def test_the_rule_leaves_the_polite_form(text: str) -> None:
    assert not re.search(PLAIN, text)


# A mail from one person to others is written as people write mails; screens and files are not.
MAIL = {JAPANESE[text] for place, text in SAID if place.startswith("tenken/reminders.py:")}


def test_no_honorifics_no_promises_and_the_agreed_terms() -> None:
    polite = japanese("いたします|ございます|なさい|させていただ|いただ|お待ち|お願い|ご確認|ご利用|申し上げ")
    assert polite
    assert [text for text in polite if text not in MAIL] == []
    assert japanese("安全です|万全|完全に守|必ず防|監査|エビデンス|N/A") == []
    assert japanese("ください")  # a request is made with this word, and with no stronger one


def test_sentences_end_the_same_way_in_both_languages() -> None:
    """A full sentence in one language is one in the other."""
    ends = [(text, other) for text, other in JAPANESE.items() if text.endswith(".") != other.endswith(("。", "TENKEN_PORT=8502"))]
    assert [pair for pair in ends if not pair[0].startswith(("Judgement", " "))] == []


# --- what the gap is not ------------------------------------------------------------------------------------------


def test_no_sentence_turns_the_gap_into_incidents() -> None:
    """Wherever probability, prevention or counts come near the gap, the sentence says that it is none of them."""
    near = [text for text in JAPANESE.values() if re.search("防げ|防ぐ|確率|件数", text) and re.search("ギャップ|指標|span", text)]
    assert len(near) >= 3
    assert [text for text in near if not re.search("ありません|ではなく|でもなく", text)] == []
    english = [text for text in JAPANESE if re.search("probabilit|prevent|avoid|number of incidents|a count", text)]
    assert len(english) >= 3
    assert [text for text in english if not re.search(r"\b[Nn](?:ot|ever)\b", text)] == []


def test_no_sentence_counts_what_a_step_would_prevent() -> None:
    for text in (*JAPANESE, *JAPANESE.values()):
        if placeholders(text) & {"gap", "uncovered", "span"}:
            assert not re.search(r"\{n\}件(?:を防|防|減)|fewer incidents|incidents? (?:less|avoided|prevented)", text), text
