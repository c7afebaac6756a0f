"""The same input makes the same bytes: what python-pptx, XlsxWriter and zipfile leave to the clock and to chance is fixed here."""

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime

from lxml import etree

CONTENT_TYPES, CORE = "[Content_Types].xml", "docProps/core.xml"
_EARLIEST, _LATEST = datetime(1980, 1, 1), datetime(2107, 12, 31, 23, 59, 58)  # what a zip's date field can hold
_UNIX, _MODE = 3, 0o600 << 16
_LEVEL = 6
_DEEPEST = 3  # a deck, the workbook of its chart, and one more
_LARGEST = 64 * 2**20  # what an embedded archive may unpack to; a larger one (a template's) stays as it is

_CORE_NS = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_TERMS_NS = "http://purl.org/dc/terms/"
_XSI_NS = "http://www.w3.org/2001/XMLSchema-instance"
_CHANGING = frozenset(
    [f"{{{_TERMS_NS}}}created", f"{{{_TERMS_NS}}}modified"]
    + [f"{{{_CORE_NS}}}{name}" for name in ("lastModifiedBy", "revision", "lastPrinted")]
)


def freeze(archive: bytes, made: datetime) -> bytes:
    """The zip `archive` with the same contents, and nothing in it that tells when or where it was written: entries sorted
    ([Content_Types].xml first), every time `made` (naive, whole even seconds, 1980..2107), one compression, no extra fields; in
    every docProps/core.xml created = modified = `made` and Tenken as who saved it last. Archives inside are frozen likewise, up to
    64 MB each. Freezing twice changes nothing. Raises zipfile.BadZipFile when `archive` is none."""
    return _frozen(archive, made, 1)


def write(entries: Iterable[tuple[str, bytes]], made: datetime) -> bytes:
    """A zip of `entries` in their order, with everything fixed as in `freeze`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            info = zipfile.ZipInfo(name, date_time=zip_time(made))
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, _UNIX, _MODE
            file.writestr(info, content, compresslevel=_LEVEL)
    return out.getvalue()


def zip_time(made: datetime) -> tuple[int, int, int, int, int, int]:
    """`made` as a zip keeps it: two seconds are one step."""
    kept = min(max(made.replace(tzinfo=None), _EARLIEST), _LATEST)
    return kept.year, kept.month, kept.day, kept.hour, kept.minute, kept.second // 2 * 2


def _frozen(archive: bytes, made: datetime, depth: int) -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        # Of two entries of one name every reader takes the last; folders say nothing.
        contents = {info.filename: file.read(info) for info in file.infolist() if not info.is_dir()}
    for name, content in contents.items():
        if name == CORE:
            contents[name] = _core(content, made)
        elif depth < _DEEPEST and _may_be_frozen(content):
            contents[name] = _frozen(content, made, depth + 1)
    return write(sorted(contents.items(), key=lambda entry: (entry[0] != CONTENT_TYPES, entry[0])), made)


def _may_be_frozen(content: bytes) -> bool:
    """Whether it is an archive that can be read whole: not locked, not too large."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            infos = file.infolist()
            return not any(info.flag_bits & 1 for info in infos) and sum(info.file_size for info in infos) <= _LARGEST
    except zipfile.BadZipFile:
        return False


def _core(content: bytes, made: datetime) -> bytes:
    """The properties of an Office file, with its times and its last writer fixed. Broken XML stays as it is."""
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True))
    except etree.XMLSyntaxError:
        return content
    for element in [child for child in root if child.tag in _CHANGING]:
        root.remove(element)
    day = made.replace(tzinfo=None, microsecond=0).isoformat() + "Z"
    etree.SubElement(root, f"{{{_CORE_NS}}}lastModifiedBy").text = "Tenken"
    etree.SubElement(root, f"{{{_CORE_NS}}}revision").text = "1"
    for name in ("created", "modified"):
        term = etree.SubElement(root, f"{{{_TERMS_NS}}}{name}", nsmap={"dcterms": _TERMS_NS, "xsi": _XSI_NS})
        term.set(f"{{{_XSI_NS}}}type", "dcterms:W3CDTF")
        term.text = day
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written
