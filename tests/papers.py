"""Files that people give as evidence, each as small as its kind allows, and what somebody could make of them."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping

CONTENT_TYPES = "application/vnd.openxmlformats-officedocument"
MAINS = {
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}


def pdf(body: bytes = b"1 0 obj\n<< /Type /Catalog >>\nendobj\n", version: bytes = b"1.7") -> bytes:
    head = b"%PDF-" + version + b"\n" + body
    return head + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 >>\nstartxref\n%d\n%%%%EOF\n" % len(head)


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*more: bytes) -> bytes:
    """One grey pixel, `more` chunks before it."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"".join((b"\x89PNG\r\n\x1a\n", head, *more, chunk(b"IDAT", zlib.compress(b"\0\x80")), chunk(b"IEND")))


def segment(marker: int, data: bytes = b"") -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def jpeg(*more: bytes, scan: bytes = b"\x12\xff\x00\x34\xff\xd0\x56") -> bytes:
    """The frame of a picture, `more` segments before it, and one scan."""
    frame = segment(0xC0, b"\x08\0\1\0\1\1\1\x11\0")
    return b"".join(
        (b"\xff\xd8", segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"), *more, frame, segment(0xDA, b"\1\1\0\0\x3f\0"), scan, b"\xff\xd9")
    )


def types(*content_types: str) -> str:
    parts = "".join(f'<Override PartName="/part{number}.xml" ContentType="{each}"/>' for number, each in enumerate(content_types))
    return f'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{parts}</Types>'


def office(kind: str, more: Mapping[str, bytes | str] | None = None, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A document of `kind` ('xlsx', 'docx', 'pptx') with `more` files in it, or in the place of the usual ones."""
    part, main = MAINS[kind]
    usual: dict[str, bytes | str] = {
        "[Content_Types].xml": types(f"{CONTENT_TYPES}.{main}"), "_rels/.rels": "<Relationships/>", part: "<document>点検</document>",
    }  # fmt: skip
    return packed((usual | dict(more or {})).items(), method)


def packed(files: Iterable[tuple[str, bytes | str]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as bundle:
        for name, content in files:
            bundle.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def locked() -> bytes:
    """What Office writes with a password: another container, and in it the document, encrypted."""
    return bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\x9c" * 512


def object_stream(content: bytes) -> bytes:
    """Objects of a PDF as newer programs write them."""
    flate = zlib.compress(content)
    return b"7 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (
        len(flate),
        flate,
    )


SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
EXE = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + b"\0" * 200
ZIP = packed([("a.txt", "x")])
CSV = "項目,結果\nバックアップ,済み\n"

GOOD: dict[str, bytes] = {
    "証跡.pdf": pdf(),
    "objects.pdf": pdf(object_stream(b"1 0 << /Type /Page >>")),
    "link.pdf": pdf(b"<< /S /URI /URI (https://tenken.invalid/JavaScript/Launch) >>\n"),
    "画面.png": png(),
    "animated.PNG": png(chunk(b"acTL", b"\0" * 8)),
    "写真.jpg": jpeg(),
    "preview.jpeg": jpeg() + b"\0\0" + jpeg(),
    "samsung.jpg": jpeg() + b"\0\0\1\n\x0e\0\0\0Image_UTC_Data1600000000000SEFHj\0\0\0SEFT",
    "moving.jpg": jpeg() + b"\0\0\0\x18ftypmp42" + b"\0" * 40,
    "一覧.xlsx": office("xlsx"),
    "stored.xlsx": office("xlsx", method=zipfile.ZIP_STORED),
    "規程.docx": office("docx", {"word/media/": b"", "word/media/a.png": png()}),
    "説明.pptx": office("pptx", {"ppt/embeddings/Microsoft_Excel_Sheet1.xlsx": office("xlsx")}),
    "記録.txt": "点検の記録\r\n".encode(),
    "bom.txt": "点検の記録".encode("utf-8-sig"),
    "excel.csv": CSV.encode("cp932"),
    "wide.csv": CSV.encode("utf-16"),
    "old.log": CSV.encode("euc_jp"),
    "syslog.log": b"<134>Nov 22 09:30:00 gate sshd[1]: Accepted\n",
}


# The code of the refusal, the name of the file, its content.
REFUSED: list[tuple[str, str, bytes]] = [
    ("evidence_empty", "a.pdf", b""),
    ("evidence_kind", "a.svg", SVG), ("evidence_kind", "a.html", HTML), ("evidence_kind", "a.exe", EXE), ("evidence_kind", "a.zip", ZIP),
    ("evidence_kind", "a.xlsm", office("xlsx")), ("evidence_kind", "a.js", b"alert(1)"), ("evidence_kind", "a.ps1", b"dir"),
    ("evidence_kind", "a.eml", b"From: a\n\nb"), ("evidence_kind", "a", pdf()), ("evidence_kind", "a.pdf.exe", pdf()),
    ("evidence_kind", "a.pdf\u202e\u2066.scr", pdf()), ("evidence_kind", "a.ｐｄｆ", pdf()),
    # The content of another kind.
    ("evidence_disagrees", "a.pdf", png()), ("evidence_disagrees", "a.png", jpeg()), ("evidence_disagrees", "a.jpg", pdf()),
    ("evidence_disagrees", "a.xlsx", office("docx")), ("evidence_disagrees", "a.docx", office("pptx")), ("evidence_disagrees", "a.xlsx", ZIP),
    ("evidence_disagrees", "a.pdf", EXE), ("evidence_disagrees", "a.txt", EXE), ("evidence_disagrees", "a.csv", ZIP),
    ("evidence_disagrees", "a.txt", pdf()), ("evidence_disagrees", "a.png", SVG), ("evidence_disagrees", "a.txt", SVG),
    ("evidence_disagrees", "a.csv", b"\xef\xbb\xbf \n" + SVG), ("evidence_disagrees", "a.txt", HTML.decode().encode("utf-16")),
    ("evidence_disagrees", "a.txt", ("\ufeff\n" + SVG.decode()).encode("utf-16")),
    ("evidence_disagrees", "a.txt", b"<?xml version='1.0'?><x/>"), ("evidence_disagrees", "a.txt", b"{\\rtf1 x}"),
    ("evidence_disagrees", "a.xlsx", bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600), ("evidence_disagrees", "a.pdf", b"Rar!\x1a\x07\1\0" + b"\0" * 40),
    # Damaged, or only a head.
    ("evidence_broken", "a.pdf", b"%PDF-1.7\n"), ("evidence_broken", "a.pdf", pdf()[:-30]), ("evidence_broken", "a.pdf", pdf().replace(b"\nxref", b"\nxxxx")),
    ("evidence_broken", "a.pdf", b"%PDF-1.7\n" + SVG), ("evidence_broken", "a.pdf", b"\n" + pdf()),
    ("evidence_broken", "a.png", png()[:-1]), ("evidence_broken", "a.png", png()[:8]), ("evidence_broken", "a.png", png().replace(b"IDAT", b"IDOT")),
    ("evidence_broken", "a.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IEND")), ("evidence_broken", "a.png", png()[:33] + chunk(b"IEND")),
    ("evidence_broken", "a.jpg", jpeg()[:-2]), ("evidence_broken", "a.jpg", b"\xff\xd8\xff"), ("evidence_broken", "a.jpg", b"\xff\xd8\xff\xd9"),
    ("evidence_broken", "a.jpg", b"\xff\xd8\xff\xe0\0\1"),
    ("evidence_broken", "a.xlsx", office("xlsx")[:-1]), ("evidence_broken", "a.xlsx", office("xlsx")[:40]), ("evidence_broken", "a.xlsx", b"PK\3\4"),
    ("evidence_broken", "a.txt", "点検".encode()[:-1] + b"\xff"), ("evidence_broken", "a.csv", bytes(range(1, 256))), ("evidence_broken", "a.log", b"\x1b[31mred"),
    # Something else in it.
    ("evidence_mixed", "a.pdf", pdf(HTML)), ("evidence_mixed", "a.pdf", pdf() + HTML), ("evidence_mixed", "a.pdf", pdf(ZIP[:-22]) + ZIP),
    ("evidence_mixed", "a.png", png() + ZIP), ("evidence_mixed", "a.png", png(chunk(b"tEXt", HTML))), ("evidence_mixed", "a.png", png() + b"x"),
    ("evidence_mixed", "a.jpg", jpeg() + ZIP), ("evidence_mixed", "a.jpg", jpeg(segment(0xFE, SVG))), ("evidence_mixed", "a.jpg", jpeg() + HTML),
    ("evidence_mixed", "a.jpg", jpeg() + HTML + b"SEFT"), ("evidence_mixed", "a.jpg", jpeg() + pdf()),
    ("evidence_mixed", "a.xlsx", office("xlsx", {"[Content_Types].xml": types(*(f"{CONTENT_TYPES}.{main}" for _part, main in MAINS.values()))})),
    ("evidence_mixed", "a.xlsx", office("xlsx", {"[Content_Types].xml": "<!DOCTYPE x>" + types(f"{CONTENT_TYPES}.spreadsheetml.sheet.main+xml")})),
    # Programs.
    ("evidence_active", "a.txt", b"#!/bin/sh\nrm -rf /\n"), ("evidence_active", "a.csv", b"<?php system('id');"),
    ("evidence_active", "a.pdf", pdf(SCRIPT)), ("evidence_active", "a.pdf", pdf(object_stream(SCRIPT))), ("evidence_active", "a.pdf", pdf(b"<</S/Launch /F (cmd.exe)>>")),
    ("evidence_active", "a.pdf", pdf(b"<< /Type /Filespec /EF << /F 3 0 R >> >>")),
    ("evidence_active", "a.xlsx", office("xlsx", {"xl/vbaProject.bin": b"\xd0\xcf"})), ("evidence_active", "a.docx", office("docx", {"word/activeX/activeX1.xml": "x"})),
    ("evidence_active", "a.xlsx", office("xlsx", {"xl/macrosheets/sheet1.xml": "x"})), ("evidence_active", "a.pptx", office("pptx", {"ppt/media/a.png": EXE})),
    ("evidence_active", "a.xlsx", office("xlsx", {"[Content_Types].xml": types("application/vnd.ms-excel.sheet.macroEnabled.main+xml")})),
    ("evidence_active", "a.docx", office("docx", {"[Content_Types].xml": types(f"{CONTENT_TYPES}.wordprocessingml.document.main+xml", "application/vnd.ms-office.vbaProject")})),
    ("evidence_locked", "a.xlsx", locked()), ("evidence_locked", "a.docx", locked()),
]  # fmt: skip
