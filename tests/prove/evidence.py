"""Files that are no evidence: each one is refused in words, or taken as it is, within 3 seconds and 512 MB; what was refused
has left nothing behind.

This file is also the program that takes them: a process under these limits. Every file that ever failed stands in
tests/corpus/evidence/ as `refused--number.ext` or `any--number.ext` and is tried first; a new one is put there.
"""

import asyncio
import gzip
import json
import os
import random
import resource
import signal
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.types import Message, Receive, Scope, Send

from tenken.error_words import error_text
from tenken.errors import EvidenceError
from tenken.evidence import LIMIT, open_kept, take
from tenken.gate import WRAPPING, Gate
from tenken.i18n import LANGUAGES, words
from tenken.kinds import EXTENSIONS
from tests import papers
from tests.papers import EXE, GOOD, HTML, SCRIPT, SVG, ZIP
from tests.prove.files import BYTES, PLAIN_BYTES, ROOT, SECONDS, Unprintable, told, unpacked
from tests.prove.proof import Proof

CORPUS = ROOT / "tests" / "corpus" / "evidence"
FROM_PROGRAMS = CORPUS / "good"
TAKER = (sys.executable, "-m", "tests.prove.evidence")
GIGABYTE = 1 << 30
UPLOAD = "/_stcore/upload_file/0123abcd-4567-89ab-cdef-0123456789ab/0123abcd-4567-89ab-cdef-0123456789ab"

TEXTS = ("txt", "log", "csv")
PLAIN = {"pdf": papers.pdf(), "png": papers.png(), "jpg": papers.jpeg(), **{kind: papers.office(kind) for kind in papers.MAINS}}
HEADS = {"pdf": b"%PDF-1.7\n", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff\xe0\0\x10JFIF\0", "xlsx": b"PK\3\4", "docx": b"PK\3\4"}
FOREIGN = (SVG, HTML, EXE, ZIP, b"Rar!\x1a\x07\1\0" + bytes(40), b"\x7fELF" + bytes(60), b"<?php system('id');", bytes(99) + b"x")
MACROS = ("xl/vbaProject.bin", "word/vbaData.xml", "ppt/activeX/activeX1.bin", "xl/macrosheets/sheet1.xml", "vbaProjectSignature.bin")
TYPES = ("application/vnd.ms-excel.sheet.macroEnabled.main+xml", "application/vnd.ms-office.vbaProject", "application/vnd.ms-office.activeX+xml")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A file of this name and content; `evil` ones must be refused, `content` None is a gigabyte of nothing on the disk."""

    name: str
    content: bytes | None
    evil: bool


# --- files that must be refused ------------------------------------------------------------------


def _false_extension(chance: random.Random) -> tuple[str, bytes]:
    kind, content = chance.choice([*PLAIN.items()])
    others = [each for each in EXTENSIONS if each not in (kind, "jpeg" if kind == "jpg" else kind)]
    return f"a.{chance.choice(others)}", content


def _text_as_document(chance: random.Random) -> tuple[str, bytes]:
    return f"a.{chance.choice([*PLAIN])}", chance.choice([papers.CSV.encode(chance.choice(("utf-8", "cp932", "utf-16"))), b"x", SVG, HTML])


def _page_with_a_head(chance: random.Random) -> tuple[str, bytes]:
    kind, head = chance.choice([*HEADS.items()])
    return f"a.{kind}", head + b"\n" * chance.randrange(3) + chance.choice((SVG, HTML)) + chance.randbytes(chance.choice((0, 9, 3000)))


def _page_as_text(chance: random.Random) -> tuple[str, bytes]:
    begin = chance.choice(("", "\ufeff", "\n\n", " \t", "<!-- x -->", "<?xml version='1.0'?>\n", "<!DOCTYPE svg>", "\ufeff\r\n"))
    text = begin + chance.choice((SVG, HTML, b"<script>alert(1)</script>")).decode()
    return f"a.{chance.choice(TEXTS)}", text.encode(chance.choice(("utf-8", "utf-16")))


def _program_as_text(chance: random.Random) -> tuple[str, bytes]:
    return f"a.{chance.choice(TEXTS)}", chance.choice((b"#!/bin/sh\nid\n", b"\xef\xbb\xbf#!/usr/bin/env python3\n", b"<?php phpinfo();", EXE, b"\x7fELF" + bytes(60), b"{\\rtf1}"))  # fmt: skip


def _of_a_kind_never_taken(chance: random.Random) -> tuple[str, bytes]:
    kind = chance.choice(("svg", "html", "htm", "js", "vbs", "exe", "scr", "bat", "ps1", "sh", "zip", "7z", "rar", "tar.gz", "xlsm", "docm", "xls", "doc", "eml", "msg", "lnk", "hta", "jar", "iso", "", "ｐｄｆ", "pdf\u202egnp.exe", "p\u0000df.cmd"))  # fmt: skip
    return f"a.{kind}" if kind else "pdf", chance.choice([*GOOD.values(), *FOREIGN])


def _bad_name(chance: random.Random) -> tuple[str, bytes]:
    return chance.choice(("", "...", "../../a.pdf", "/etc/a.pdf", "a\\b.pdf", "\u202e\u2066", "あ" * 300 + ".pdf", "a" * 10_000)), PLAIN[
        "pdf"
    ]


def _something_behind(chance: random.Random) -> tuple[str, bytes]:
    kind, content = chance.choice([*PLAIN.items()])
    return f"a.{kind}", content + b"\n" * chance.randrange(3) + chance.choice(FOREIGN)


def _something_before(chance: random.Random) -> tuple[str, bytes]:
    kind, content = chance.choice([*PLAIN.items()])
    return f"a.{kind}", chance.choice((*FOREIGN, b"\n", b"\0", b"\xef\xbb\xbf", b"GIF89a")) + content


def _archive_inside(chance: random.Random) -> tuple[str, bytes]:
    """Two formats in one file, each of them whole for its own reader."""
    kind = chance.choice(("pdf", "png", "jpg"))
    comment = chance.choice((b"", b"startxref\n9\n%%EOF", b"\xff\xd9", papers.chunk(b"IEND"), b"SEFT"))
    bundle = ZIP[:-2] + struct.pack("<H", len(comment)) + comment
    return f"a.{kind}", PLAIN[kind] + bundle


def _page_inside(chance: random.Random) -> tuple[str, bytes]:
    page = chance.choice((SVG, HTML))
    wrapped = {
        "pdf": papers.pdf(b"%" + page + b"\n"),
        "png": papers.png(papers.chunk(b"tEXt", page)),
        "jpg": papers.jpeg(papers.segment(0xFE, page)),
    }
    kind = chance.choice([*wrapped])
    return f"a.{kind}", wrapped[kind]


def _cut(chance: random.Random) -> tuple[str, bytes]:
    kind, content = chance.choice([*PLAIN.items()])
    return f"a.{kind}", content[: chance.randrange(len(content) - 1)]


def _macros(chance: random.Random) -> tuple[str, bytes]:
    kind = chance.choice([*papers.MAINS])
    types = papers.types(f"{papers.CONTENT_TYPES}.{papers.MAINS[kind][1]}", chance.choice(TYPES))
    name, content = chance.choice(
        ((chance.choice(MACROS), chance.randbytes(99)), ("[Content_Types].xml", types.encode()), (f"{kind}/media/image1.png", EXE))
    )
    return f"a.{kind}", papers.office(kind, {name: content}, method=chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))


def _acting_pdf(chance: random.Random) -> tuple[str, bytes]:
    acting = chance.choice((SCRIPT, b"<</S/Launch/F(cmd.exe)>>", b"<< /S\n/JavaScript /JS 9 0 R >>", b"<< /EF << /F 3 0 R >> >>", b"<</Subtype/RichMedia>>"))  # fmt: skip
    return "a.pdf", papers.pdf(chance.randbytes(chance.randrange(50)) + (papers.object_stream(acting) if chance.random() < 0.5 else acting))


def _locked(chance: random.Random) -> tuple[str, bytes]:
    return f"a.{chance.choice([*papers.MAINS])}", papers.locked() + chance.randbytes(99)


def _noise(chance: random.Random) -> tuple[str, bytes]:
    return f"a.{chance.choice([*PLAIN])}", chance.choice([*HEADS.values()]) * chance.randrange(2) + chance.randbytes(
        chance.choice((1, 99, 9000))
    )


def _empty_or_too_large(chance: random.Random) -> tuple[str, bytes]:
    kind = chance.choice(EXTENSIONS)
    content = chance.choice((b"", b"a" * (LIMIT + 1), PLAIN["pdf"] + bytes(LIMIT)))
    return f"a.{kind}", content


# --- bombs ---------------------------------------------------------------------------------------


def _zeros(megabytes: int) -> bytes:
    """So many megabytes of nothing, packed as raw Flate, without ever being there."""
    flate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    one = flate.compress(bytes(1 << 20)) + flate.flush(zlib.Z_FULL_FLUSH)
    return one * megabytes + b"\3\0"


def _bomb(chance: random.Random) -> tuple[str, bytes]:
    """A document of Office of a few MB at most that unpacks to more than a machine has, honest about it or not."""
    kind = chance.choice([*papers.MAINS])
    megabytes = chance.choice((257, 300, 1000, 4000))
    packed = _zeros(megabytes)
    claimed = chance.choice((megabytes << 20, 100, 1 << 20, 0, 0xFFFFFFFF)) & 0xFFFFFFFF
    part, main = papers.MAINS[kind]
    types = papers.types(f"{papers.CONTENT_TYPES}.{main}").encode()
    return f"a.{kind}", _archive(
        [("[Content_Types].xml", types, len(types), 0), ("_rels/.rels", b"x", 1, 0), (part, packed, claimed, 8)], chance
    )


def _archive(files: list[tuple[str, bytes, int, int]], chance: random.Random) -> bytes:
    """(name, packed, claimed size, method) as a ZIP; now and then with one place for many lines, or a list that goes on and on."""
    out, lines = bytearray(), list[bytes]()
    for name, packed, size, method in files:
        raw, crc = name.encode(), zlib.crc32(packed) if not method else 0
        head = struct.pack("<5H3L2H", 20, 0, method, 0, 33, crc, len(packed), size, len(raw), 0)
        lines.append(b"PK\1\2\x14\0" + head[:-4] + struct.pack("<5H2L", len(raw), 0, 0, 0, 0, 0, len(out)) + raw)
        out += b"PK\3\4" + head + raw + packed
    repeated = chance.choice((1, 1, 9, 9000, 200_000))
    listed = b"".join(lines) + lines[-1] * (repeated - 1)
    count = min(len(lines) + repeated - 1, 0xFFFF)
    return bytes(out + listed) + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(listed), len(out), 0)


def _pdf_bomb(chance: random.Random) -> tuple[str, bytes]:
    flate = b"\x78\x9c" + _zeros(chance.choice((65, 300, 2000)))
    named = b"<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n"
    return "a.pdf", papers.pdf(chance.choice((named + flate, b"/ObjStm " * 20_000, (named + flate[:90_000] + b"\n") * 40)))


# --- files that may be either --------------------------------------------------------------------


def _worse(chance: random.Random) -> tuple[str, bytes]:
    """A good file with some bytes changed, gone, twice, or from another one."""
    name, good = chance.choice(_goods())
    content = bytearray(good)
    for _change in range(chance.choice((1, 1, 2, 5, 40))):
        at, size = chance.randrange(len(content) + 1), chance.choice((1, 1, 4, 40, 400))
        kind = chance.randrange(5)
        if kind == 0:
            content[at : at + size] = chance.randbytes(size)
        elif kind == 1 and len(content) > size:
            del content[at : at + size]
        elif kind == 2:
            content[at:at] = content[at : at + size] * chance.choice((1, 9))
        elif kind == 3:
            content[at : at + 4] = chance.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\1\0\0\0"))
        else:
            other = chance.choice(_goods())[1]
            start = chance.randrange(len(other))
            content[at:at] = other[start : start + size]
    return f"証跡.{name.rpartition('.')[2]}", bytes(content)


def _slow(chance: random.Random) -> tuple[str, bytes]:
    """As large as may be, and of the signs on which a reader stops most often."""
    kind = chance.choice(("pdf", "png", "jpg", *TEXTS))
    room = LIMIT - 1000
    signs = chance.choice((b"/", b"/S ", b"/S/Java", b"/EF 1 ", b"\xff", b"\xff\xd0", b"\xff\xe1\0\2", b"\xff\xd8\xff", b"\0", b" ", b"a", b"\xb1", "点".encode(), "点".encode("cp932"), b"<", b"PK\5\6", papers.jpeg()))  # fmt: skip
    filling = signs * (room // len(signs))
    if kind == "jpg":
        content = papers.jpeg(scan=filling) if chance.random() < 0.5 else PLAIN["jpg"] + filling
    else:
        content = papers.pdf(filling) if kind == "pdf" else papers.png(papers.chunk(b"tEXt", filling)) if kind == "png" else filling
    return f"a.{kind}", content + chance.choice((b"", b"", b"\0", b"\xff"))


def _goods() -> list[tuple[str, bytes]]:
    return [*GOOD.items(), *((path.name, path.read_bytes()) for path in sorted(FROM_PROGRAMS.iterdir()))]


EVIL: tuple[Callable[[random.Random], tuple[str, bytes]], ...] = (
    _false_extension, _text_as_document, _page_with_a_head, _page_as_text, _program_as_text, _of_a_kind_never_taken, _bad_name,
    _something_behind, _something_before, _archive_inside, _page_inside, _cut, _macros, _acting_pdf, _locked, _noise, _empty_or_too_large,
    _bomb, _pdf_bomb,
)  # fmt: skip
EITHER = (_worse,) * 9 + (_slow,)


def case(number: int) -> Case:
    """Always the same one for a number. Number 0 is a gigabyte that lies on the disk."""
    if number == 0:
        return Case("a.pdf", None, evil=True)
    chance = random.Random(f"evidence {number}")
    if number % 2:
        return Case(*EVIL[number // 2 % len(EVIL)](chance), evil=True)
    return Case(*chance.choice(EITHER)(chance), evil=False)


# --- one file ------------------------------------------------------------------------------------


def fault(tried: Case, folder: Path) -> str:
    """What is wrong with how this file was taken; empty when nothing is."""
    content: bytes | Path = folder / "sparse" if tried.content is None else tried.content
    evidence = folder / "evidence"
    before = _files(evidence)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of work; nobody handles its signal
    try:
        kept = take(evidence, tried.name, content)
    except EvidenceError as refused:
        signal.setitimer(signal.ITIMER_PROF, 0)
        return _words(refused) or ("" if _files(evidence) == before else "refused, and kept")
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]!a}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    if tried.evil:
        return "taken"
    return "" if open_kept(evidence, kept.sha256) == content and len(_files(evidence) - before) <= 1 else "not kept as it is"


def _files(folder: Path) -> set[str]:
    return {name for _root, _folders, names in os.walk(folder) for name in names}


def _words(refused: EvidenceError) -> str:
    """What is wrong with the sentence; empty when nothing is."""
    for lang in LANGUAGES:
        try:
            told([f"{refused.code}: {error_text(refused, words(lang))}"])
        except Unprintable as unprintable:
            return str(unprintable)
        if refused.code in error_text(refused, words(lang)):
            return f"no sentence for {refused.code}"
    return ""


# --- what a request says of itself ---------------------------------------------------------------


def claim_fault(number: int) -> str:
    """A gigabyte through the gate, as a claim or in truth, to a program that would keep all of it."""
    chance = random.Random(f"claim {number}")
    size = chance.choice((64, 1 << 16, 1 << 20))
    claimed = chance.choice((None, GIGABYTE, 10**15, -1, 100))
    hoard, asked, said = bytearray(), 0, list[int]()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (message := await receive()).get("more_body"):
            hoard.extend(message["body"])

    async def receive() -> Message:
        nonlocal asked
        asked += size
        return {"type": "http.request", "body": bytes(size), "more_body": asked < GIGABYTE}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            said.append(message["status"])

    length = {} if claimed is None else {"content-length": str(claimed)}
    headers = {"host": "localhost", "origin": "http://localhost"} | length
    scope = {"type": "http", "path": UPLOAD, "method": "PUT", "scheme": "http", "query_string": b"",
             "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}  # fmt: skip
    asyncio.run(Gate(app, [], "policy", LIMIT)(scope, receive, send))
    read = 0 if claimed not in (None, 100) else LIMIT + WRAPPING
    return (
        "" if said == [413] and len(hoard) <= read and asked <= read + size else f"answered {said}, kept {len(hoard):,} of {asked:,} bytes"
    )


# --- the process that takes them -----------------------------------------------------------------


def corpus() -> list[Path]:
    """Files that failed once."""
    return sorted(path for path in CORPUS.glob("*") if path.is_file())


def _old(path: Path) -> Case:
    return Case(f"a.{path.name.removesuffix('.gz').rpartition('.')[2]}", unpacked(path), evil=path.name.startswith("refused"))


def main() -> None:
    """Takes case after case and prints those that fail; which one is at hand stands in `folder`/at."""
    first, end, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    with (folder / "sparse").open("wb") as file:
        file.truncate(GIGABYTE)
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    old = corpus()
    for number in range(first, end):
        (folder / "at").write_text(str(number))
        found = fault(_old(old[number]) if number < 0 else case(number), folder)
        found = found or (f"claim: {claim}" if number >= 0 and not number % 10 and (claim := claim_fault(number)) else "")
        if found:
            print(json.dumps([number, found]), flush=True)


def run(count: int, folder: Path) -> list[str]:
    """All of the corpus, and `count` others."""
    at, found = -len(corpus()), list[tuple[int, str]]()
    while at < count:
        alone = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # its threads reserve memory that nobody uses
        done = subprocess.run([*TAKER, str(at), str(count), str(folder)], cwd=ROOT, env=alone, capture_output=True, text=True)
        found += [(number, what) for number, what in map(json.loads, done.stdout.splitlines())]
        if not done.returncode:
            break
        if not (folder / "at").exists():
            return [f"the taker ended: {done.stderr[-2000:]}"]
        at = int((folder / "at").read_text())
        late = done.returncode == -signal.SIGPROF
        found.append((at, f"longer than {SECONDS} s" if late else f"ended with {done.returncode}: {done.stderr[-200:]}"))
        at += 1
    return [_told(number, what) for number, what in found]


def _told(number: int, what: str) -> str:
    if number < 0:
        return f"{corpus()[number].name}: {what}"
    tried = case(number)
    if tried.content is not None:
        kept(tried, number)
    return f"{tried.name[:40]!a} {number}: {what}"


def kept(tried: Case, number: int) -> None:
    """Into the corpus."""
    content = tried.content or b""
    target = CORPUS / f"{'refused' if tried.evil else 'any'}--{number}.{tried.name.rpartition('.')[2][:8]}"
    if len(content) > PLAIN_BYTES:
        target.with_name(f"{target.name}.gz").write_bytes(gzip.compress(content, mtime=0))
    else:
        target.write_bytes(content)


PROOFS = (Proof("files that are no evidence", 40, 2_000, run),)

if __name__ == "__main__":
    main()
