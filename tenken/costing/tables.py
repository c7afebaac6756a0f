"""The items of a supposed incident as a table: prices, quantities, results, sources; the totals last. Pure; see tenken/tables.py."""

import pandas as pd

from scoring.cost import CostBook, Estimate, Row, Span
from tenken.costing.words import per, quantity, sources
from tenken.i18n import Words
from tenken.palette import NOT_APPLICABLE_SIGN


def words_columns(_: Words) -> set[str]:
    """The columns that hold words."""
    return {_("Item"), _("Counted"), _("Price"), _("Assumption"), _("Source and year"), _("Link")}


def items(book: CostBook, found: Estimate, _: Words) -> pd.DataFrame:
    """Every item that can belong to the kind, those that are counted first; totals last."""
    names = [_("Item"), _("Counted"), _("Price"), _("Low (yen)"), _("Most likely (yen)"), _("High (yen)"), _("Quantity"), _("Low end (P10)"),
             _("Middle (P50)"), _("High end (P90)"), _("Share of the total"), _("Assumption"), _("Link"), _("Source and year")]  # fmt: skip
    rows = [_row(book, row, _) for row in ordered(found)]
    totals = [(_("Total"), found.total)]
    if found.scenario.insurance.limit:
        totals += [(_("Paid by insurance"), found.covered), (_("Own cost"), found.own)]
    rows += [[name, *[""] * 6, *_span(span, _), *[""] * 4] for name, span in totals]
    return pd.DataFrame(rows, columns=names)


def short(book: CostBook, found: Estimate, _: Words) -> pd.DataFrame:
    """The same on a screen: the price in one column, without what it is for and the share."""
    whole = items(book, found, _)
    low, mode, high = (whole[name] for name in (_("Low (yen)"), _("Most likely (yen)"), _("High (yen)")))
    prices = [_price(*price, _) for price in zip(low, mode, high, strict=True)]
    kept = [_("Item"), _("Counted"), _("Quantity"), _("Low end (P10)"), _("Middle (P50)"), _("High end (P90)"), _("Assumption"), _("Link"), _("Source and year")]  # fmt: skip
    frame = whole[kept].copy()
    frame[_("Link")] = [links.split(" ")[0] for links in whole[_("Link")]]
    frame.insert(2, _("Price (yen)"), prices)
    return frame


def _price(low: str, mode: str, high: str, _: Words) -> str:
    """'500〜1,000（650）'; the most likely value in brackets."""
    span = low if low == high else f"{low}{'〜' if _.lang == 'ja' else '–'}{high}"
    return span if mode in ("", NOT_APPLICABLE_SIGN) else _("{prices} (mostly {mode})", prices=span, mode=mode)


def ordered(found: Estimate) -> tuple[Row, ...]:
    """The rows as the table has them."""
    return tuple(sorted(found.rows, key=lambda row: not row.included))


def _row(book: CostBook, row: Row, _: Words) -> list[str]:
    mode = NOT_APPLICABLE_SIGN if row.price.mode is None else _.integer(row.price.mode)
    assumption = _("changed") if row.changed else _("assumption") if row.item.judgement else ""
    links = [book.source(source).url for source in row.item.sources]
    return [
        _.text(row.item.label),
        _("yes") if row.included else _("no"),
        per(row.item, _),
        _.integer(row.price.low),
        mode,
        _.integer(row.price.high),
        quantity(row, _),
        *(_span(row.span, _) if row.span else [NOT_APPLICABLE_SIGN] * 3),
        NOT_APPLICABLE_SIGN if row.share is None else _.percent(row.share),
        assumption,
        " ".join(links),
        sources(row.item, book, _) or _("your own value"),
    ]


def _span(span: Span, _: Words) -> list[str]:
    return [_.yen(value) for value in (span.p10, span.p50, span.p90)]
