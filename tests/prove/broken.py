"""Workbooks made worse: their bytes, their archive, the XML in it. The same seed makes the same file."""

import io
import random
import re
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import escape

from tests.prove import mutate

Parts = dict[str, bytes]
SHEET = "xl/worksheets/sheet2.xml"
EXTERNAL = '<Relationship Id="x" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}" TargetMode="External"/>'
TARGETS = ("http://tenken.invalid/x", "file:///etc/passwd", "\\\\tenken.invalid\\x")


def mutated(chance: random.Random, content: bytes) -> bytes:
    """`content` after one to three changes."""
    for _change in range(chance.choice((1, 1, 1, 2, 3))):
        content = chance.choice(_BYTES if chance.random() < 0.25 else _ARCHIVE)(chance, content)
    return content


def packed(parts: Parts, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, compress)
    return out.getvalue()


def unpacked(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- bytes ---------------------------------------------------------------------------------------


def _flip(chance: random.Random, content: bytes) -> bytes:
    bad = bytearray(content)
    for _flipped in range(chance.choice((1, 1, 3, 20, 300)) if bad else 0):
        bad[chance.randrange(len(bad))] = chance.randrange(256)
    return bytes(bad)


def _cut(chance: random.Random, content: bytes) -> bytes:
    at = chance.randint(0, len(content))
    return chance.choice((content[:at], content[at:], content[:at] + content[at + chance.choice((1, 30, 3000)) :]))


def _more(chance: random.Random, content: bytes) -> bytes:
    at = chance.randint(0, len(content))
    return chance.choice(
        (content + content, content[:at] + chance.randbytes(99) + content[at:], content + b"\0" * 70_000, b"\0" * 99 + content)
    )


def _other(chance: random.Random, content: bytes) -> bytes:
    """Something else altogether, under the same name."""
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    return chance.choice((
        b"", b"PK", b"PK\x05\x06" + b"\0" * 18, b"%PDF-1.7", b"<html><table><tr><td>1</td></tr></table>", ole, ole + chance.randbytes(9000),
        ole + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le"), chance.randbytes(5000), "部署,回答\n".encode("cp932"), b"\0" * 11_000_000,
    ))  # fmt: skip


def _claims(chance: random.Random, content: bytes) -> bytes:
    """Sizes in the directory that are not true: a gigabyte, nothing, or as much as four bytes can say."""
    at = [match.start() for match in re.finditer(b"PK\x01\x02", content)]
    bad = bytearray(content)
    for start in chance.sample(at, min(len(at), chance.choice((1, 1, 99)))):
        size = chance.choice((0, 1, 2**30, 2**32 - 1, 49_000_000))
        bad[start + 24 : start + 28] = size.to_bytes(4, "little")
    return bytes(bad)


_BYTES: tuple[Callable[[random.Random, bytes], bytes], ...] = (_flip, _flip, _cut, _more, _other, _claims)

# --- the archive ---------------------------------------------------------------------------------


def _members(change: Callable[[random.Random, Parts], None]) -> Callable[[random.Random, bytes], bytes]:
    """A change to the members of what is still an archive."""

    def changed(chance: random.Random, content: bytes) -> bytes:
        try:
            parts = unpacked(content)
        except Exception:
            return _flip(chance, content)
        if not parts:
            return content
        change(chance, parts)
        return packed(parts, chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)))

    return changed


def _missing(chance: random.Random, parts: Parts) -> None:
    name = chance.choice([*parts])
    content = parts.pop(name)
    if chance.random() < 0.5:
        parts[chance.choice((name.upper(), f"../{name}", f"/{name}", name.replace("/", "\\"), f"{name}\0.xml", "x.xml"))] = content


def _swapped(chance: random.Random, parts: Parts) -> None:
    one, other = chance.choice([*parts]), chance.choice([*parts])
    parts[one], parts[other] = parts[other], parts[one]


def _acting(chance: random.Random, parts: Parts) -> None:
    """What has no business in a form."""
    name = chance.choice((
        "xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "xl/activeX/activeX1.xml", "xl/embeddings/oleObject1.bin", "xl/workbook.bin",
        "xl/externalLinks/externalLink1.xml", "xl/connections.xml", "xl/queryTables/queryTable1.xml", "mimetype", "xl/media/image1.png",
        "xl/printerSettings/printerSettings1.bin", "customXml/item1.xml", "docProps/thumbnail.wmf",
    ))  # fmt: skip
    parts[name] = chance.randbytes(300)


def _relation(chance: random.Random, parts: Parts) -> None:
    kinds = ("hyperlink", "oleObject", "attachedTemplate", "externalLinkPath", "image", "worksheet")
    more = EXTERNAL.format(kind=chance.choice(kinds), target=chance.choice(TARGETS))
    names = [name for name in parts if name.endswith(".rels")]
    if names:
        name = chance.choice(names)
        parts[name] = parts[name].replace(b"</Relationships>", more.encode() + b"</Relationships>")


def _many(chance: random.Random, parts: Parts) -> None:
    for number in range(chance.choice((100, 2_000, 4_000))):
        parts[f"xl/x{number}.xml"] = b"<x/>"


def _swollen(chance: random.Random, parts: Parts) -> None:
    """Much in little room."""
    size = chance.choice((2_000_000, 20_000_000, 60_000_000))
    name = chance.choice([*parts, "xl/media/x.bin", "xl/x.xml"])
    filler = chance.choice((b"\0", b" ", b"<a>", b"a"))
    parts[name] = parts.get(name, b"") + filler * (size // len(filler))


# --- XML -----------------------------------------------------------------------------------------


def _xml(chance: random.Random, parts: Parts) -> None:
    """Any text change, in any part."""
    name = chance.choice([*parts, SHEET, "xl/sharedStrings.xml", "xl/workbook.xml"])
    text = parts.get(name, b"").decode(errors="replace")
    parts[name] = chance.choice(mutate.TEXT)(chance, text)[:2_000_000].encode(errors="surrogatepass")


def _strings(chance: random.Random, parts: Parts) -> None:
    """Other words in a few cells: levels, dates, ids, what the hidden rows say."""
    name = "xl/sharedStrings.xml"
    spots = list(re.finditer(rb"<t[^>]*>([^<]*)</t>", parts.get(name, b"")))
    content = parts.get(name, b"")
    for spot in sorted(chance.sample(spots, min(len(spots), chance.choice((1, 1, 5, 60)))), key=lambda spot: -spot.start()):
        new = chance.choice(
            (*mutate.VALUES, *mutate.SIGNS, "９", "２０２６／１１／２２", "set1", "external_attack.mfa", "99", "-", "tenken-form")
        )
        content = content[: spot.start(1)] + escape(new).encode(errors="replace") + content[spot.end(1) :]
    parts[name] = content


def _attribute(chance: random.Random, parts: Parts) -> None:
    name = chance.choice([name for name in parts if name.endswith((".xml", ".rels"))] or [*parts])
    spots = list(re.finditer(rb'="([^"]*)"', parts[name]))
    content = parts[name]
    for spot in sorted(chance.sample(spots, min(len(spots), chance.choice((1, 1, 3)))), key=lambda spot: -spot.start()):
        new = chance.choice(
            (
                "",
                "0",
                "-1",
                "1",
                "99999999999",
                "XFD1048576",
                "A0",
                "ZZZZ9",
                "A1:XFD1048576",
                "x" * 300_000,
                "s",
                "e",
                "d",
                "b",
                "inlineStr",
                "rId1",
                "../../x",
                "9" * 400,
            )
        )
        content = content[: spot.start(1)] + new.encode() + content[spot.end(1) :]
    parts[name] = content


def _cells(chance: random.Random, parts: Parts) -> None:
    """Cells of other kinds: formulas, errors, strings that are not there, places that are far."""
    content = parts.get(SHEET, b"")
    spots = list(re.finditer(rb"<c [^>]*?(?:/>|>.*?</c>)", content))
    for spot in sorted(chance.sample(spots, min(len(spots), chance.choice((1, 3, 40)))), key=lambda spot: -spot.start()):
        place = (re.search(rb'r="(\w+)"', spot.group()) or [b"", b"D7"])[1].decode()
        new = chance.choice((
            f'<c r="{place}"><f>1+1</f><v>2</v></c>', f'<c r="{place}" t="str"><f>WEBSERVICE("http://tenken.invalid")</f><v>x</v></c>',
            f'<c r="{place}"><f t="array" ref="D6:H900000">1</f><v>1</v></c>', f'<c r="{place}" t="s"><v>99999999</v></c>',
            f'<c r="{place}" t="s"><v>x</v></c>', f'<c r="{place}" t="e"><v>#REF!</v></c>', f'<c r="{place}" t="b"><v>1</v></c>',
            f'<c r="{place}" t="d"><v>2026-11-22T00:00:00</v></c>', f'<c r="{place}"><v>1e308</v></c>', f'<c r="{place}"><v>NaN</v></c>',
            f'<c r="{place}" s="4"><v>-5</v></c>', f'<c r="{place}" s="999999"><v>46000</v></c>', '<c r="XFD1048576"><v>1</v></c>',
            f'<c r="{place}" t="inlineStr"><is><t>２</t></is></c>', "<c><v>1</v></c>", f'<c r="{place}"/>', '<c r=""><v>1</v></c>',
        ))  # fmt: skip
        content = content[: spot.start()] + new.encode() + content[spot.end() :]
    parts[SHEET] = content


def _rows(chance: random.Random, parts: Parts) -> None:
    """Rows twice, away, elsewhere, or a hundred thousand of them."""
    content = parts.get(SHEET, b"")
    rows = re.findall(rb"<row .*?</row>", content, re.DOTALL)
    if not rows:
        return
    row = chance.choice(rows)
    more = (
        row, b"", row + row.replace(b'r="', b'r="1'),
        b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(50, chance.choice((100, 5_000, 100_000)))),
        b'<row r="1048576"><c r="D1048576"><v>1</v></c></row>', b'<row r="4000">' + b'<c t="s"><v>30</v></c>' * 250 + b"</row>",
    )  # fmt: skip
    parts[SHEET] = content.replace(row, chance.choice(more), 1).replace(b"</sheetData>", chance.choice(more) + b"</sheetData>", 1)


def _merged(chance: random.Random, parts: Parts) -> None:
    cells = chance.choice(("D6:D9", "D8:F8", "A1:XFD1048576", "A1:J3", "x", ""))
    merged = (
        b'</sheetData><mergeCells count="1">' + b'<mergeCell ref="%s"/>' % cells.encode() * chance.choice((1, 3_000)) + b"</mergeCells>"
    )
    parts[SHEET] = parts.get(SHEET, b"").replace(b"</sheetData>", merged)


def _entities(chance: random.Random, parts: Parts) -> None:
    """The bombs and thieves of XML."""
    laughs = '<!ENTITY a "ha">' + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    doctype = chance.choice(
        (
            f"<!DOCTYPE x [{laughs}]>",
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE x SYSTEM "http://tenken.invalid/x.dtd">',
        )
    )
    name = chance.choice([SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"])
    content = parts.get(name, b"")
    at = content.find(b"?>") + 2 if b"?>" in content else 0
    text = content[:at] + doctype.encode() + content[at:].replace(b"<v>", b"<v>&i;", 1).replace(b"<t>", b"<t>&i;", 1)
    parts[name] = text if chance.random() < 0.8 else text.decode(errors="replace").encode("utf-16")


def _deep(chance: random.Random, parts: Parts) -> None:
    depth = chance.choice((100, 10_000, 400_000))
    name = chance.choice([SHEET, "xl/sharedStrings.xml", "xl/workbook.xml"])
    parts[name] = b"<a>" * depth + chance.choice((b"", b"</a>" * depth))


def _repeated(chance: random.Random, parts: Parts) -> None:
    """One long string in very many cells."""
    name = "xl/sharedStrings.xml"
    long = b"<si><t>" + b"a" * chance.choice((5_001, 32_767, 1_000_000)) + b"</t></si></sst>"
    parts[name] = parts.get(name, b"").replace(b"</sst>", long)
    last = parts[name].count(b"<si>") - 1
    row = b'<row r="%d">' + b'<c t="s"><v>%d</v></c>' % last * 200 + b"</row>"
    rows = b"".join(row % number for number in range(60, chance.choice((62, 500, 4_000))))
    parts[SHEET] = parts.get(SHEET, b"").replace(b"</sheetData>", rows + b"</sheetData>")


_ARCHIVE = (
    *(
        _members(change)
        for change in (_missing, _swapped, _acting, _relation, _many, _swollen, _entities, _deep, _repeated, _merged, _rows)
    ),
    *(_members(change) for change in (_xml, _attribute) for _often in range(2)),
    *(_members(change) for change in (_cells, _strings) for _often in range(6)),
)
