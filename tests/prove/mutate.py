"""Files made worse: a little (bytes) and a lot (structure). The same seed makes the same file."""

import csv
import io
import json
import random
import re
from collections.abc import Callable
from typing import Any, Literal

Mutation = Callable[[random.Random, str], str]

# One sign or a few, put anywhere.
SIGNS = (
    *("\0", "\x1b[31m", "\x7f", "\x85", "\x0b", "\x0c", "\r", "\r\n", "\n", "\t", "\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff", "\u200b", "\u202e", "\u2066", "\u00a0", "　"),
    *("é", "e\u0301" + "\u0301" * 50, "〜", "～", "ー", "−", "①", "㍻", "㈱", "😀", "👩\u200d👩\u200d👧", "🇯🇵", "\U0010ffff", "ﬀ", "İ", "ß"),
    *("&a ", "*a", "!!python/object/apply:os.system [id]", "!x ", "! ", "? ", ": ", "- ", "[", "]", "{", "}", ",", '"', "'", "|\n", ">\n", "\n---\n", "\n...\n", "%YAML 1.1\n", "# ", "<<: ", "~", "\\", '"\\x00"', '"\\uD800"', "=", "@", "`"),
    *('""', '"""', "\\ud800", "\\u0000", "\\", "NaN", "Infinity", "-", "+", ".", "e", "0x", "1e999", "null", "true", "//", "/*"),
)  # fmt: skip

# A whole value in the place of another one.
QUOTING: tuple[Literal[0, 1], ...] = (csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL)
VALUES = (
    *("", " ", "　", "~", "null", "yes", "no", "NO", "on", "true", "True", "na", "unknown", "level1", "1", "0", "-1", "01", "0o17", "0x1F", "1_000", "1:30", "1e3", "1e999", ".inf", ".nan", "NaN", "5.0"),
    *("９", "１００", "２０２６－１０－３１", "1,234", "¥1", "²", "½", "Ⅳ", "二", "٣", "9" * 30, "9" * 5000, "0." + "0" * 400 + "1", "1" + "0" * 400),
    *("2026-10-31", "2026-02-30", "0000-00-00", "9999-12-31", "20261031", "2026-W44-6", "2026-10-31T00:00:00Z", "31.10.2026", "-0001-01-01", "令和8年10月31日"),
    *("&a [x]", "*a", "!!str x", "!!binary AAAA", "!!python/object/apply:os.system [id]", "{a: 1, a: 2}", "[[[[[]]]]]", "{}", "[]", "[1, 2]", "|\n  x", '"a\\nb"', '"a\\u2028b"', '"\\x1b[31mred"', '"\\0"', "'it''s'", "x: y", "- x"),
    *("=1+1", "=cmd|'/c calc'!A1", "<script>alert(1)</script>", "../../../etc/passwd", "file:///etc/passwd", "${jndi:ldap://x}", "{question}", "%s%n", "{0.__class__}", "a" * 300, "漢" * 5000, "a" * 140_000, "a b " * 30_000),
)  # fmt: skip

ENCODINGS = ("cp932", "shift_jis", "euc_jp", "iso2022_jp", "utf-16", "utf-16-le", "utf-32", "utf-7", "latin-1", "cp1252")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
LINE_ENDS = ("\r\n", "\r", "\u2028", "\x85", "\x0b", "\n\n", "", " ")


def mutated(chance: random.Random, content: str, structure: tuple[Mutation, ...]) -> bytes:
    """`content` after one to four changes; the last one may be to its bytes."""
    for _change in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        content = chance.choice(structure if chance.random() < 0.6 else TEXT)(chance, content)[:2_100_000]
    if chance.random() < 0.15:
        return chance.choice(BYTES)(chance, content)
    return content.encode(errors="surrogatepass")


# --- any text ------------------------------------------------------------------------------------


def _place(chance: random.Random, text: str) -> int:
    return chance.randint(0, len(text))


def _insert(chance: random.Random, text: str) -> str:
    at = _place(chance, text)
    return text[:at] + chance.choice(SIGNS) * chance.choice((1, 1, 1, 2, 40)) + text[at:]


def _remove(chance: random.Random, text: str) -> str:
    at = _place(chance, text)
    return text[:at] + text[at + chance.choice((1, 1, 2, 5, 40, 400)) :]


def _overwrite(chance: random.Random, text: str) -> str:
    at = _place(chance, text)
    new = chance.choice(SIGNS)
    return text[:at] + new + text[at + len(new) :]


def _cut(chance: random.Random, text: str) -> str:
    return text[: _place(chance, text)]


def _behead(chance: random.Random, text: str) -> str:
    return text[_place(chance, text) :]


def _copy(chance: random.Random, text: str) -> str:
    start, at = _place(chance, text), _place(chance, text)
    return text[:at] + text[start : start + chance.choice((1, 9, 90, 900))] + text[at:]


def _repeat(chance: random.Random, text: str) -> str:
    return text * chance.choice((2, 3, 30))


def _line_ends(chance: random.Random, text: str) -> str:
    end = chance.choice(LINE_ENDS)
    return "".join(line + (end if chance.random() < chance.choice((0.05, 1)) else "\n") for line in text.splitlines())


def _digits(chance: random.Random, text: str) -> str:
    at = _place(chance, text)
    return text[:at] + text[at : at + 400].translate(FULL_WIDTH) + text[at + 400 :]


def _mark(chance: random.Random, text: str) -> str:
    return "\ufeff" * chance.choice((1, 2)) + text


def _lines(chance: random.Random, text: str) -> str:
    """A line twice, gone, somewhere else, or further in."""
    lines = text.split("\n")
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    kind = chance.randrange(5)
    if kind == 0:
        lines.insert(at, lines[at])
    elif kind == 1:
        del lines[at]
    elif kind == 2:
        lines.insert(to, lines.pop(at))
    elif kind == 3:
        lines[at] = " " * chance.randint(1, 9) + lines[at]
    else:
        lines[at] = lines[at].removeprefix(" " * chance.randint(1, 9))
    return "\n".join(lines)


TEXT: tuple[Mutation, ...] = (_insert, _insert, _remove, _overwrite, _cut, _behead, _copy, _repeat, _line_ends, _digits, _mark, _lines)


# --- bytes ---------------------------------------------------------------------------------------


def _encoded(chance: random.Random, text: str) -> bytes:
    return text.encode(chance.choice(ENCODINGS), errors="replace")


def _half_encoded(chance: random.Random, text: str) -> bytes:
    """A file that two programs wrote into."""
    at = _place(chance, text)
    return text[:at].encode(errors="surrogatepass") + text[at:].encode(chance.choice(ENCODINGS), errors="replace")


def _noise(chance: random.Random, text: str) -> bytes:
    raw = bytearray(text.encode(errors="surrogatepass") or b" ")
    for _byte in range(chance.choice((1, 1, 5, 50))):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw)


def _cut_bytes(chance: random.Random, text: str) -> bytes:
    raw = text.encode(errors="surrogatepass")
    return raw[: chance.randint(0, len(raw))]


BYTES: tuple[Callable[[random.Random, str], bytes], ...] = (_encoded, _half_encoded, _noise, _cut_bytes)


# --- YAML ----------------------------------------------------------------------------------------


def _yaml_value(chance: random.Random, text: str) -> str:
    """Another value behind one key."""
    spots = [match.span(1) for match in re.finditer(r": ?([^\s{\[][^,}\n]*)", text)]
    if not spots:
        return text + chance.choice(VALUES)
    start, end = chance.choice(spots)
    return text[:start] + " " + chance.choice(VALUES) + text[end:]


def _yaml_key(chance: random.Random, text: str) -> str:
    """Another word for a key, or a key of another kind."""
    spots = [match.span(1) for match in re.finditer(r"([\w.]+):(?=\s)", text)]
    if not spots:
        return text
    start, end = chance.choice(spots)
    new = chance.choice((*VALUES, *(f'"{sign}"' for sign in SIGNS), "? [a]", "id", "choice", "text", "answers"))
    return text[:start] + new + text[end:]


def _yaml_bomb(chance: random.Random, text: str) -> str:
    """Much in little room, or just too much."""
    bombs = (
        lambda: "a: &a [x, x]\n" + "".join(f"k{n}: &k{n} [*{'a' if not n else f'k{n - 1}'}, *{'a' if not n else f'k{n - 1}'}]\n" for n in range(30)) + text,
        lambda: text + "\nmore: " + "[" * chance.choice((10, 16, 17, 1000, 100_000)),
        lambda: text + "\nmore: " + "{a: " * chance.choice((10, 17, 1000, 50_000)),
        lambda: text + "\nmore: " + "[" * chance.choice((10, 17, 300)) + "]" * chance.choice((10, 17, 300)),
        lambda: "\n".join(" " * n + "a:" for n in range(chance.choice((10, 17, 1000)))),
        lambda: "- " * chance.choice((10, 17, 1000, 50_000)),
        lambda: text + "\nmore: [" + "a, " * chance.choice((1000, 199_000, 201_000, 600_000)) + "]",
        lambda: text + "\n" + "".join(f"k{n}: {n}\n" for n in range(chance.choice((1000, 99_000, 110_000)))),
        lambda: text + "\n? " * chance.choice((1, 1000, 50_000)),
        lambda: text + "\nmore: " + '"' + "\\n" * chance.choice((100, 400_000)) + '"',
        lambda: text + "\n" + "#" * chance.choice((100, 1_900_000, 2_000_001)),
        lambda: text + "\n" + "a" * chance.choice((1023, 1025, 1_900_000)) + ": 1\n",
        lambda: text + "\nmore: |" + "\n  漢字" * chance.choice((1000, 150_000)),
    )  # fmt: skip
    return chance.choice(bombs)()


YAML: tuple[Mutation, ...] = (_yaml_value,) * 6 + (_yaml_key, _yaml_key, _lines, _lines, _lines, _yaml_bomb)


# --- JSON ----------------------------------------------------------------------------------------


def _json_places(tree: Any) -> list[tuple[Any, Any]]:
    """(container, key) of every value."""
    found: list[tuple[Any, Any]] = []
    left = [tree]
    while left:
        node = left.pop()
        keys: list[Any] = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
        found += [(node, key) for key in keys]
        left += [node[key] for key in keys]
    return found


def _json_values(chance: random.Random) -> Any:
    plain: tuple[Any, ...] = (None, True, False, 0, 1, -1, 5, 10**20, 10**400, 1.5, 1e308, float("nan"), float("inf"), [], {}, [1], {"choice": 1}, [[[[]]]], "\ud800", "\udc00\ud800", "a\ud800", "\0", "\u2028", "\x1b[31m", "\u202e")  # fmt: skip
    return chance.choice(VALUES) if chance.random() < 0.5 else chance.choice(plain)


def _json_tree(chance: random.Random, text: str) -> str:
    """Another value, key or pair somewhere in the tree."""
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return _insert(chance, text)
    places = _json_places(tree)
    new = _json_values(chance)
    if not places or chance.random() < 0.03:
        tree = new
    else:
        node, key = chance.choice(places)
        kind = chance.randrange(4)
        if kind == 0 and isinstance(node, dict):
            node[str(_json_values(chance))] = node.pop(key)
        elif kind == 1 and isinstance(node, dict):
            node[chance.choice(("choice", "reason", "note", "evidence", "evidence_date", "answers", "more"))] = new
        else:
            node[key] = new
    return json.dumps(tree, ensure_ascii=chance.random() < 0.5, indent=chance.choice((None, 1)))


def _json_twice(chance: random.Random, text: str) -> str:
    """One pair of an object a second time."""
    pairs = [match.group() for match in re.finditer(r'"[^"\\]*":\s*("[^"\\]*"|\w+)', text)]
    at = text.find("{", chance.randint(0, len(text)))
    return text if not pairs or at < 0 else text[: at + 1] + chance.choice(pairs) + "," + text[at + 1 :]


def _json_bomb(chance: random.Random, text: str) -> str:
    bombs = (
        lambda: "[" * chance.choice((10, 900, 1000, 2000, 100_000, 1_900_000)),
        lambda: '{"a":' * chance.choice((10, 900, 1000, 2000, 100_000)),
        lambda: "[" * (deep := chance.choice((10, 300, 900, 990, 1100, 5000, 500_000))) + "]" * deep,
        lambda: '{"telework.lock":' * (deep := chance.choice((10, 300, 480, 990))) + "1" + "}" * deep,
        lambda: '{"telework.lock": [' + "1," * chance.choice((1000, 900_000)) + "1]}",
        lambda: "{" + ",".join(f'"k{n}": {n}' for n in range(chance.choice((1000, 50_000, 120_000)))) + "}",
        lambda: '{"telework.lock": ' + "9" * chance.choice((4000, 4301, 1_900_000)) + "}",
        lambda: '{"telework.lock": 1e' + "9" * chance.choice((3, 3000)) + "}",
        lambda: '{"telework.lock": "' + chance.choice(("\\ud800", "\\n", "\\u0000", "漢", "\\udc00\\ud800")) * chance.choice((1, 100_000)) + '"}',
        lambda: '{"' + "k" * 1_900_000 + '": 1}',
        lambda: " " * chance.choice((1000, 1_999_000, 2_000_001)) + text,
    )  # fmt: skip
    return chance.choice(bombs)()


JSON: tuple[Mutation, ...] = (_json_tree,) * 8 + (_json_twice, _json_bomb)


# --- CSV -----------------------------------------------------------------------------------------


def _csv_cells(chance: random.Random, text: str) -> str:
    """Another value in a cell, a cell too many or too few, a row twice, a column elsewhere."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        return _insert(chance, text)
    if not rows:
        return chance.choice(VALUES)
    row = chance.choice(rows)
    at = chance.randint(0, max(len(row) - 1, 0))
    kind = chance.randrange(9)
    if kind == 0:
        row.insert(at, chance.choice(VALUES))
    elif kind == 1 and row:
        del row[at]
    elif kind == 2:
        rows.insert(chance.randint(0, len(rows)), list(row))
    elif kind == 3:
        rows = [[*each[at + 1 :], *each[: at + 1]] for each in rows]
    elif row:
        row[at] = chance.choice(VALUES) if chance.random() < 0.7 else row[at] + chance.choice(SIGNS)
    out = io.StringIO(newline="")
    delimiter, end = chance.choice(",,,,,;\t"), chance.choice(("\n", "\r\n", "\r"))
    csv.writer(out, delimiter=delimiter, quoting=chance.choice(QUOTING), lineterminator=end).writerows(rows)
    return out.getvalue()


def _csv_bomb(chance: random.Random, text: str) -> str:
    head = text.split("\n", 1)[0]
    bombs = (
        lambda: text + '"' + "a" * chance.choice((131_071, 131_073, 1_900_000)) + '"',
        lambda: text + '"' * chance.choice((1, 3, 1000, 1_900_000)),
        lambda: text + "," * chance.choice((1000, 1_900_000)),
        lambda: text + "\n" * chance.choice((1000, 1_900_000)),
        lambda: head + "," * chance.choice((1000, 1_900_000)) + "\n" + text,
        lambda: text + (text.split("\n", 2)[1] + "\n" if text.count("\n") > 1 else "x\n") * chance.choice((10, 1000, 20_000)),
        lambda: head + "\n" + "x,\n" * chance.choice((1000, 600_000)),
        lambda: text + "\n" + "a" * 140_000,
        lambda: text + '\n"a\n' * chance.choice((3, 100_000)),
    )  # fmt: skip
    return chance.choice(bombs)()[:2_000_500]


CSV: tuple[Mutation, ...] = (_csv_cells,) * 8 + (_lines, _csv_bomb)
