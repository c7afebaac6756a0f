"""`cost`: what an incident of a kind would cost, by the shipped prices; for terminals and scripts."""

from typing import Annotated, Any

import typer

from scoring.cost import CostBook, Estimate, Insurance, Price, Row, Scenario, Span, estimate
from tenken.commands.output import Json, cli_words, print_json
from tenken.content import cost_book
from tenken.costing.words import STOP, about, conclusion, second, short_not


def cost(
    kind: Annotated[str, typer.Option(help="malware, missent, lost, insider or supplier")],
    persons: Annotated[int, typer.Option(help="How many persons it concerns.")] = 0,
    days: Annotated[int, typer.Option(help="Days of stop.")] = 0,
    profit: Annotated[int, typer.Option(help="Gross profit lost on a day of stop, in yen.")] = 0,
    deductible: Annotated[int, typer.Option(help="Deductible of an insurance, in yen.")] = 0,
    limit: Annotated[int, typer.Option(help="Limit of an insurance, in yen; 0 is no insurance.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same numbers.")] = 1,
    as_json: Json = False,
) -> None:
    """What an incident would cost, if it happened: a range, no forecast, no probability."""
    book, _ = cost_book(), cli_words()
    prices = ((STOP, Price(profit, None, profit)),) if profit else ()
    found = estimate(book, Scenario(kind, persons, days, seed, Insurance(deductible, limit), prices))
    if as_json:
        print_json(_data(found, book))
        return
    typer.echo(conclusion(found, book, _))
    typer.echo(second(found, _))
    typer.echo(short_not(_))
    for row in found.rows:
        if row.span and row.span.p90:
            typer.echo(f"  {about(row.span, _)}  {_.text(row.item.label)}")


def _data(found: Estimate, book: CostBook) -> dict[str, Any]:
    said = found.scenario
    return {
        "kind": said.kind,
        "persons": said.persons,
        "days": said.days,
        "seed": said.seed,
        "draws": found.draws,
        "edition": book.edition,
        "own": _span(found.own),
        "total": _span(found.total),
        "covered": _span(found.covered),
        "items": [_row(row, book) for row in found.rows],
    }


def _row(row: Row, book: CostBook) -> dict[str, Any]:
    price, sources = row.price, [book.source(source) for source in row.item.sources]
    return {
        "item": row.item.id,
        "counted": row.included,
        "per": row.item.base,
        "price": {"low": price.low, "most_likely": price.mode, "high": price.high},
        "quantity": row.quantity,
        "yen": _span(row.span) if row.span else None,
        "assumption": row.item.judgement is not None,
        "sources": [{"year": source.year, "url": source.url} for source in sources],
    }


def _span(span: Span) -> dict[str, int]:
    return {"p10": span.p10, "p50": span.p50, "p90": span.p90}
