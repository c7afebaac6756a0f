"""`python -m tenken verify`: is everything that was written still as it was written?"""

import json
from dataclasses import asdict, replace
from typing import Annotated, Any

import typer

from tenken.i18n import words
from tenken.settings import read_settings
from tenken.store import Store
from tenken.verify import MIN_HEAD, Verdict, verify
from tenken.verify_words import verdict_text


def verify_command(
    audit: Annotated[int | None, typer.Argument(help="One audit by its number; everything when left out.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything there is, as without AUDIT.")] = False,
    head: Annotated[str, typer.Option(help="The hash that a report prints, its first 12 signs or more.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Verify the audit log, answers, seals and quarters; name the first row that does not hold."""
    _ = words(read_settings().lang)
    if audit is not None and everything:
        raise typer.BadParameter(_("Name one audit, or --all."))
    if head and (len(head) < MIN_HEAD or not set(head.lower()) <= set("0123456789abcdef")):
        raise typer.BadParameter(_("--head takes at least {n} signs of a printed hash, 0–9 and a–f.", n=MIN_HEAD))
    store = Store.open(read_settings().store_url)
    try:
        verdicts = _found(_verified(store, audit, head))
    finally:
        store.close()
    holds = all(verdict.holds for verdict in verdicts) and not (head and not verdicts)
    if as_json:
        typer.echo(json.dumps({"holds": holds, "organisations": [_as_json(verdict) for verdict in verdicts]}, ensure_ascii=False, indent=2))
    for verdict in () if as_json else verdicts:
        typer.echo(verdict_text(verdict, _, head), err=not verdict.holds)
    if not verdicts and not as_json:
        typer.echo(_("There is nothing to verify yet."), err=bool(head))
    if not holds:
        raise typer.Exit(1)


def _verified(store: Store, audit: int | None, head: str) -> list[Verdict]:
    """Of one audit, or of every organisation, the real one first. Raises NotFound('sheet')."""
    if audit is not None:
        return [verify(store, store.period(store.find_sheet(audit).period).root, audit=audit, head=head)]
    roots = [root for root in (store.company(), store.company(sample=True)) if root]
    return [verify(store, root.id, head=head) for root in roots]


def _found(verdicts: list[Verdict]) -> list[Verdict]:
    """A head stands in one chain: found there, nobody misses it in the other."""
    if any(verdict.head_found for verdict in verdicts):
        return [replace(verdict, head_found=verdict.head_found or None) for verdict in verdicts]
    return verdicts


def _as_json(verdict: Verdict) -> dict[str, Any]:
    return {"holds": verdict.holds, **asdict(verdict)}
