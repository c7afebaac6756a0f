"""Office files looked at part by part: what makes PowerPoint or Excel offer a repair, though others open the file in silence.

Neither program is here, so this is what their repairs are known to come from: parts that nothing names, relationships to nothing,
elements out of the order of the schema, ids that stand twice, rows of unequal length, names and lengths that Excel refuses, numbers
that are none, charts whose numbers are not those of the workbook behind them.
"""

import io
import math
import posixpath
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from lxml import etree
from openpyxl import load_workbook  # type: ignore[import-untyped]
from openpyxl.utils import range_boundaries  # type: ignore[import-untyped]

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
RELS = "{http://schemas.openxmlformats.org/package/2006/relationships}"

_FILL = "noFill solidFill gradFill blipFill pattFill grpFill"
_RUN = f"ln {_FILL} effectLst effectDag highlight uLnTx uLn uFillTx uFill latin ea cs sym hlinkClick hlinkMouseOver rtl extLst"
_SHOW = "numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent showBubbleSize separator showLeaderLines leaderLines extLst"
_SERIES = "idx order tx spPr invertIfNegative pictureOptions marker explosion dPt dLbls trendline errBars cat val smooth shape extLst"
_AXIS = "axId scaling delete axPos majorGridlines minorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr crossAx crosses crossesAt"
# The order of children that the schemas ask for, of elements that are made or mended by hand.
ORDER: Final[Mapping[str, Sequence[str]]] = {
    f"{A}{name}": words.split()
    for names, words in (
        (("rPr", "defRPr", "endParaRPr"), _RUN),
        (("pPr",), "lnSpc spcBef spcAft buClrTx buClr buSzTx buSzPct buSzPts buFontTx buFont buNone buAutoNum buChar buBlip tabLst defRPr extLst"),
        (("tcPr",), f"lnL lnR lnT lnB lnTlToBr lnBlToTr cell3D {_FILL} headers extLst"),
        (("bodyPr",), "prstTxWarp noAutofit normAutofit spAutoFit scene3d sp3d flatTx extLst"),
        (("ln", "lnL", "lnR", "lnT", "lnB"), f"{_FILL} prstDash custDash round bevel miter headEnd tailEnd extLst"),
        (("p",), "pPr r br fld endParaRPr"), (("r", "fld"), "rPr pPr t"), (("txBody",), "bodyPr lstStyle p"), (("tc",), "txBody tcPr extLst"),
        (("tbl",), "tblPr tblGrid tr"),
    )
    for name in names
} | {
    f"{C}{name}": words.split()
    for names, words in (
        (("ser",), _SERIES), (("dLbls",), f"dLbl delete {_SHOW}"), (("dLbl",), f"idx delete layout tx {_SHOW}"),
        (("catAx",), f"{_AXIS} auto lblAlgn lblOffset tickLblSkip tickMarkSkip noMultiLvlLbl extLst"),
        (("valAx",), f"{_AXIS} crossBetween majorUnit minorUnit dispUnits extLst"),
        (("chart",), "title autoTitleDeleted pivotFmts view3D floor sideWall backWall plotArea legend plotVisOnly dispBlanksAs extLst"),
        (("barChart",), "barDir grouping varyColors ser dLbls gapWidth overlap serLines axId extLst"),
        (("lineChart",), "grouping varyColors ser dLbls dropLines hiLowLines upDownBars marker smooth axId extLst"),
        (("chartSpace",), "date1904 lang roundedCorners AlternateContent style clrMapOvr pivotSource protection chart spPr txPr externalData printSettings userShapes extLst"),
        (("dPt",), "idx invertIfNegative marker bubble3D explosion spPr pictureOptions extLst"), (("scaling",), "logBase orientation max min"),
        (("legend",), "legendPos legendEntry layout overlay spPr txPr extLst"), (("title",), "tx layout overlay spPr txPr extLst"),
    )
    for name in names
} | {
    f"{P}{name}": words.split()
    for name, words in (
        ("sp", "nvSpPr spPr style txBody extLst"), ("txBody", "bodyPr lstStyle p"), ("graphicFrame", "nvGraphicFramePr xfrm graphic extLst"),
        ("spPr", "xfrm custGeom prstGeom"), ("sld", "cSld clrMapOvr transition timing extLst"),
        ("presentation", "sldMasterIdLst notesMasterIdLst handoutMasterIdLst sldIdLst sldSz notesSz"),
    )
} | {
    f"{S}worksheet": ["sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"],
    f"{S}c": ["f", "v", "is", "extLst"],
}  # fmt: skip
MANY_AT_WILL = {f"{A}p"}  # r, br and fld in any order between pPr and endParaRPr

_LONGEST_CELL, _LONGEST_FORMULA, _LONGEST_NAME, _WIDEST = 32_767, 8_192, 31, 255
_BAD_IN_NAMES = re.compile(r"[\[\]:*?/\\]|^'|'$")


def faults(content: bytes) -> list[str]:
    """Everything in a .pptx or .xlsx that a program would mend, or not open at all; empty when there is nothing."""
    try:
        parts = _unpacked(content)
    except (zipfile.BadZipFile, ValueError) as error:
        return [f"no package: {error}"]
    found = [*_package(parts)]
    trees = dict(_trees(parts, found))
    found += _references(trees, parts)
    for name, tree in trees.items():
        found += (f"{name}: {fault}" for fault in _ordered(tree))
    if "ppt/presentation.xml" in trees:
        found += _presentation(trees, parts)
    if "xl/workbook.xml" in trees:
        found += _workbook(content, trees)
    for name, part in parts.items():
        if name.endswith((".xlsx", ".pptx")):
            found += (f"{name}: {fault}" for fault in faults(part))
    return found


def _unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = file.namelist()
        if broken := file.testzip():
            raise ValueError(f"{broken} is damaged")
        if twice := [name for name, count in Counter(name.casefold() for name in names).items() if count > 1]:
            raise ValueError(f"{twice[0]} is there twice")
        return {name: file.read(name) for name in names}


def _trees(parts: Mapping[str, bytes], found: list[str]) -> Iterator[tuple[str, Any]]:
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            try:
                tree = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
            except etree.XMLSyntaxError as error:
                found.append(f"{name}: {error}")
                continue
            if tree.getroottree().docinfo.doctype:
                found.append(f"{name}: has a DOCTYPE")
            yield name, tree


# --- the package ---------------------------------------------------------------------------------------------------------


def _package(parts: Mapping[str, bytes]) -> Iterator[str]:
    for name in parts:
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            yield f"{name}: no name of a part"
    if "[Content_Types].xml" not in parts:
        yield "[Content_Types].xml is missing"
        return
    types = etree.fromstring(parts["[Content_Types].xml"])
    defaults = {each.get("Extension").casefold() for each in types.iter(f"{TYPES}Default")}
    overrides = Counter(each.get("PartName").lstrip("/") for each in types.iter(f"{TYPES}Override"))
    yield from (f"[Content_Types].xml names {name}, which is not there" for name in overrides if name not in parts)
    yield from (f"[Content_Types].xml names {name} twice" for name, count in overrides.items() if count > 1)
    for name in parts:
        if name != "[Content_Types].xml" and name not in overrides and name.rpartition(".")[2].casefold() not in defaults:
            yield f"{name}: no content type"


def _references(trees: Mapping[str, Any], parts: Mapping[str, bytes]) -> Iterator[str]:
    ways: dict[str, dict[str, str]] = {}
    reached = set[str]()
    for name, tree in trees.items():
        if not name.endswith(".rels"):
            continue
        folder, _, file = name.partition("_rels/")
        source, ways_here = folder + file[: -len(".rels")], dict[str, str]()
        for each in tree.iter(f"{RELS}Relationship"):
            way, target = each.get("Id"), each.get("Target")
            if way in ways_here:
                yield f"{name}: {way} is there twice"
            ways_here[way] = target
            if each.get("TargetMode") == "External":
                if urlsplit(target).scheme not in ("http", "https", "mailto") or re.search(r"\s", target):
                    yield f"{name}: {way} leads outside to {target[:80]!a}"
                continue
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            reached.add(part)
            if part not in parts and target != "NULL":
                yield f"{name}: {way} leads to {part}, which is not there"
        ways[source] = ways_here
    for name, tree in trees.items():
        used = {value for each in tree.iter() for key, value in each.attrib.items() if key.startswith(R)}
        yield from (f"{name}: {way!a} is no relationship" for way in sorted(used - set(ways.get(name, {})) - {""}))
    for name in parts:
        if name not in reached and not name.endswith(".rels") and name != "[Content_Types].xml":
            yield f"{name}: nothing leads to it"


def _ordered(tree: Any) -> Iterator[str]:
    """Elements whose children stand in another order than the schema's; each kind once."""
    seen = set[str]()
    for element in tree.iter(*ORDER):
        wanted = {name: place for place, name in enumerate(ORDER[element.tag])}
        if element.tag in MANY_AT_WILL:
            wanted |= dict.fromkeys(("r", "br", "fld"), 1)
        names = [etree.QName(child).localname for child in element if isinstance(child.tag, str)]
        places = [wanted[name] for name in names if name in wanted]
        local = etree.QName(element).localname
        if places != sorted(places) and local not in seen:
            seen.add(local)
            yield f"<{local}> has its children as {' '.join(dict.fromkeys(names))}"


# --- decks ---------------------------------------------------------------------------------------------------------------


def _presentation(trees: Mapping[str, Any], parts: Mapping[str, bytes]) -> Iterator[str]:
    numbers = Counter(each.get("id") for each in trees["ppt/presentation.xml"].iter(f"{P}sldId"))
    yield from (f"slide id {number} is there twice" for number, count in numbers.items() if count > 1)
    for name, tree in trees.items():
        if re.fullmatch(r"ppt/(slides|slideLayouts|slideMasters|notesSlides)/[^/]+\.xml", name):
            yield from (f"{name}: {fault}" for fault in _slide(tree))
        if re.fullmatch(r"ppt/charts/chart[^/]*\.xml", name):
            yield from (f"{name}: {fault}" for fault in _chart(name, tree, trees, parts))


def _slide(tree: Any) -> Iterator[str]:
    ids = Counter(each.get("id") for each in tree.iter(f"{P}cNvPr"))
    yield from (f"shape id {number} is there {count} times" for number, count in ids.items() if count > 1)
    for body in tree.iter(f"{P}txBody", f"{A}txBody"):
        if body.find(f"{A}p") is None:
            yield "a text body without a paragraph"
    for extent in tree.iter(f"{A}ext"):
        if extent.get("cx") is not None and (int(extent.get("cx")) < 0 or int(extent.get("cy")) < 0):
            yield "a shape of negative size"
    for table in tree.iter(f"{A}tbl"):
        columns = len(table.findall(f"{A}tblGrid/{A}gridCol"))
        for row in table.findall(f"{A}tr"):
            cells = len(row.findall(f"{A}tc"))
            if cells != columns:
                yield f"a row of {cells} cells in a table of {columns} columns"
    for size in tree.iter(f"{A}rPr", f"{A}defRPr"):
        if size.get("sz") and not 100 <= int(size.get("sz")) <= 400_000:
            yield f"letters of size {size.get('sz')}"


def _chart(name: str, tree: Any, trees: Mapping[str, Any], parts: Mapping[str, bytes]) -> Iterator[str]:
    """Points as many as it says, and each the number in the workbook behind it: who edits the data sees what was shown."""
    for cache in tree.iter(f"{C}numCache", f"{C}strCache"):
        count = cache.find(f"{C}ptCount")
        places = [int(each.get("idx")) for each in cache.iter(f"{C}pt")]
        if count is None or any(place >= int(count.get("val")) for place in places) or len(set(places)) != len(places):
            yield "points that are more than are counted"
        for value in cache.iter(f"{C}v"):
            if cache.tag == f"{C}numCache" and not _is_number(value.text):
                yield f"{value.text!a} is no number"
    rels = trees.get(f"ppt/charts/_rels/{posixpath.basename(name)}.rels")
    books = (
        [each.get("Target") for each in rels.iter(f"{RELS}Relationship") if each.get("Target").endswith(".xlsx")]
        if rels is not None
        else []
    )
    if not books or tree.find(f"{C}externalData") is None:
        yield "no workbook behind it: its numbers cannot be edited"
        return
    part = posixpath.normpath(posixpath.join("ppt/charts", books[0]))
    if part in parts:
        yield from _behind(tree, parts[part])


def _behind(tree: Any, content: bytes) -> Iterator[str]:
    book = load_workbook(io.BytesIO(content))
    for reference in tree.iter(f"{C}numRef", f"{C}strRef"):
        formula = reference.findtext(f"{C}f") or ""
        sheet, _, cells = formula.rpartition("!")
        cache = reference.find(f"{C}numCache") if reference.tag == f"{C}numRef" else reference.find(f"{C}strCache")
        if cache is None or not sheet or sheet.strip("'") not in book.sheetnames:
            yield f"{formula!a} leads nowhere"
            continue
        left, top, right, bottom = range_boundaries(cells.replace("$", ""))
        stored = [cell for row in book[sheet.strip("'")].iter_rows(top, bottom, left, right, values_only=True) for cell in row]
        shown = {int(each.get("idx")): each.findtext(f"{C}v") for each in cache.iter(f"{C}pt")}
        for place, value in enumerate(stored):
            text = shown.get(place)
            if not _same(value, text):
                yield f"{formula}: shows {text!a} where the workbook has {value!a}"
                break


def _same(value: object, text: str | None) -> bool:
    if value is None or text is None:
        return value is None and text in (None, "")
    if isinstance(value, (int, float)):
        return _is_number(text) and math.isclose(float(value), float(text), rel_tol=1e-12, abs_tol=1e-12)
    return str(value) == text


def _is_number(text: str | None) -> bool:
    try:
        return math.isfinite(float(text or ""))
    except ValueError:
        return False


# --- workbooks -----------------------------------------------------------------------------------------------------------


def _workbook(content: bytes, trees: Mapping[str, Any]) -> Iterator[str]:
    names = [each.get("name") for each in trees["xl/workbook.xml"].iter(f"{S}sheet")]
    yield from (f"sheet {name!a}: no name of a sheet" for name in names if not 0 < len(name) <= _LONGEST_NAME or _BAD_IN_NAMES.search(name))
    yield from (f"sheet {name!a} is there twice" for name, n in Counter(name.casefold() for name in names).items() if n > 1)
    tables = Counter(tree.get("displayName", "").casefold() for tree in trees.values() if tree.tag == f"{S}table")
    yield from (f"table {name} is there twice" for name, count in tables.items() if count > 1)
    for part, tree in trees.items():
        if tree.tag == f"{S}table":
            columns = [each.get("name").casefold() for each in tree.iter(f"{S}tableColumn")]
            yield from (f"{part}: column {name!a} is there twice" for name, count in Counter(columns).items() if count > 1)
        if tree.tag == f"{S}worksheet":
            yield from (f"{part}: {fault}" for fault in _sheet(tree))
        for text in tree.iter(f"{S}si", f"{S}is"):
            if len("".join(each.text or "" for each in text.iter(f"{S}t"))) > _LONGEST_CELL:
                yield f"{part}: a text of more than {_LONGEST_CELL} letters"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            load_workbook(io.BytesIO(content))
        except Exception as error:
            yield f"openpyxl: {error!r}"[:200]


def _sheet(tree: Any) -> Iterator[str]:
    cells = Counter(each.get("r") for each in tree.iter(f"{S}c"))
    yield from (f"{cell} is there twice" for cell, count in cells.items() if count > 1)
    rows = [int(row.get("r")) for row in tree.iter(f"{S}row")]
    if rows != sorted(set(rows)):
        yield "rows are out of order"
    for cell in tree.iter(f"{S}c"):
        kind, value, formula = cell.get("t", "n"), cell.findtext(f"{S}v"), cell.findtext(f"{S}f")
        if kind == "n" and value is not None and not _is_number(value) and not (formula and value == ""):
            yield f"{cell.get('r')}: {value!a} is no number"
        if kind == "e":
            yield f"{cell.get('r')}: {value}"
        if formula and len(formula) > _LONGEST_FORMULA:
            yield f"{cell.get('r')}: a formula of {len(formula)} letters"
    merged = [range_boundaries(each.get("ref")) for each in tree.iter(f"{S}mergeCell")]
    for number, one in enumerate(merged):
        if any(_overlap(one, other) for other in merged[number + 1 :]):
            yield "merged cells overlap"
    for column in tree.iter(f"{S}col"):
        if float(column.get("width", 0)) > _WIDEST:
            yield "a column that is too wide"
    for rule in tree.iter(f"{S}dataValidation"):
        if len(rule.findtext(f"{S}formula1") or "") > _WIDEST:
            yield "a list of choices that is too long"


def _overlap(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
