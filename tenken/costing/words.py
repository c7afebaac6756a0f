"""What is said about an estimate: always a range, always that it is no forecast."""

from scoring.cost import CostBook, Estimate, Item, Price, Row, Scenario, Span
from tenken.i18n import Words

STOP = "stop"  # the item whose price is a company's own gross profit


def conclusion(found: Estimate, book: CostBook, _: Words) -> str:
    """The heading; never one number."""
    kind = _.text(book.kind(found.scenario.kind).label)
    if found.fixed:
        return _("For the kind “{kind}” nothing that is counted has a range, so there is nothing to estimate.", kind=kind)
    return _("If an incident of the kind “{kind}” happened, the cost would lie between about {low} and about {high}, by this trial estimate.",
             kind=kind, low=_.yen(found.own.p10), high=_.yen(found.own.p90))  # fmt: skip


def second(found: Estimate, _: Words) -> str:
    """How to read the range, for whoever knows no statistics."""
    if found.fixed:
        return _("Put an item with a range in, or widen one below.")
    said = _("Of {draws} trials with prices drawn from their ranges, one in ten stayed below about {low}, half below about {middle} (the median), nine in ten below about {high}.",
             draws=_.integer(found.draws), low=_.yen(found.own.p10), middle=_.yen(found.own.p50), high=_.yen(found.own.p90))  # fmt: skip
    if found.scenario.insurance.limit:
        said += _(" What insurance pays is subtracted (about {amount}).", amount=about(found.covered, _))
    return said


def supposed(scenario: Scenario, stop: Price, _: Words) -> str:
    """What the incident is supposed to be; `stop` is the gross profit of a day."""
    profit = about(Span(stop.low, stop.low, stop.high), _)
    return _("Supposed: {persons} persons, {days} days of stop, gross profit of a day {profit}, insurance {deductible} deductible and {limit} limit.",
             persons=_.integer(scenario.persons), days=_.integer(scenario.days), profit=profit, deductible=_.yen(scenario.insurance.deductible),
             limit=_.yen(scenario.insurance.limit))  # fmt: skip


def short_not(_: Words) -> str:
    return _("It is not a forecast, not a probability and not a loss per year, and it does not depend on the score.")


def is_not(_: Words) -> tuple[str, ...]:
    """What the estimate is not, line by line."""
    return (
        _("It is not a forecast. It adds up what would have to be paid if the incident that you describe happened."),
        _("It holds no probability and no frequency, so it is not a loss per year."),
        _("It does not depend on the answers or the score: a better score does not make it cheaper."),
        _("It is always a range. One number would look more certain than anybody can be."),
        _("JNSA’s “¥29,768 per person” (2018) is not used: it is damage that a model assumed, and times all persons it would come out ten to a hundred times above what courts and vouchers have cost."),
        _("Not in it: overtime of your own people, customers lost later, administrative fines, a ransom, a fall of the share price."),
    )  # fmt: skip


def formula(_: Words) -> str:
    """How a number comes about."""
    return "\n".join(
        (
            _("cost of an item in one trial = price drawn from its range (whole yen) × quantity"),
            _("with a most likely value: triangular distribution; without one: every price of the range alike"),
            _("total = sum of the items that are counted"),
            _("paid by insurance = the total above the deductible, up to the limit"),
            _("own cost = total − paid by insurance"),
            _("P10, P50, P90 = the values at 10, 50 and 90% of the sorted trials"),
        )
    )


def drawn(found: Estimate, _: Words) -> str:
    """Seed, trials, rounding."""
    return _("Seed {seed}, {draws} trials. The same seed gives the same numbers every time. Amounts are rounded to two figures; P10 and P90 of the items do not add up to those of the total.",
             seed=found.scenario.seed, draws=_.integer(found.draws))  # fmt: skip


def quantity(row: Row, _: Words) -> str:
    """What the price is multiplied with."""
    number = _.integer(row.quantity)
    if row.item.base == "incident":
        return _("once")
    if row.item.base == "persons":
        return _("{n} persons", n=number)
    return _("{n} days", n=number) if row.item.base == "days" else _("{n} months", n=number)


def per(item: Item, _: Words) -> str:
    """What one price is for."""
    return {"incident": _("per incident"), "persons": _("per person"), "days": _("per day"), "months": _("per month")}[item.base]


def sources(item: Item, book: CostBook, _: Words) -> str:
    """Years and titles, in a row."""
    return " / ".join(titled(source, book, _) for source in item.sources)


def titled(source: str, book: CostBook, _: Words) -> str:
    """'2024 JNSA, survey …': the year of what is said there, and where."""
    found = book.source(source)
    years = ("〜" if _.lang == "ja" else "–").join(map(_.period, found.year.split("-")))
    return f"{years} {_.text(found.title)}"


def about(span: Span, _: Words) -> str:
    """The range as it is written in a line; of a fixed price its one value."""
    return _.yen(span.p50) if span.p10 == span.p90 else _.yen_span(span.p10, span.p90)
