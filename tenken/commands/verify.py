"""`tenken verify`: is everything that was written still as it was written?"""

from dataclasses import asdict, replace
from typing import Annotated, Any

import typer

from tenken.auth import User
from tenken.commands.desk import Place, Sample, When
from tenken.commands.output import Json, cli_words, named, print_json
from tenken.errors import NotFound
from tenken.settings import Settings, read_settings
from tenken.store import Store
from tenken.verify import MIN_HEAD, Verdict, verify
from tenken.verify_words import verdict_text


@named
def verify_command(
    audit: Annotated[
        str, typer.Argument(help="A unit's code as `audit list` prints it, or a sheet's number; everything when left out.")
    ] = "",
    when: When = "",
    sample: Sample = False,
    everything: Annotated[bool, typer.Option("--all", help="Everything there is, as without AUDIT.")] = False,
    head: Annotated[str, typer.Option(help="The hash that a report prints, its first 12 signs or more.")] = "",
    as_json: Json = False,
) -> None:
    """Verify the audit log, answers, seals and quarters; name the first row that does not hold."""
    _ = cli_words()
    if audit and everything:
        raise typer.BadParameter(_("Name one audit, or --all."))
    if head and (len(head) < MIN_HEAD or not set(head.lower()) <= set("0123456789abcdef")):
        raise typer.BadParameter(_("--head takes at least {n} signs of a printed hash, 0–9 and a–f.", n=MIN_HEAD))
    settings = read_settings()
    store = Store.open(settings.store_url)
    try:
        verdicts = [_one(store, audit, when, sample, head)] if audit else _everything(store, head, settings)
    finally:
        store.close()
    holds = all(verdict.holds for verdict in verdicts) and not (head and not verdicts)
    if as_json:
        print_json({"holds": holds, "organisations": [_as_json(verdict) for verdict in verdicts]})
    else:
        for verdict in verdicts:
            typer.echo(verdict_text(verdict, _, head), err=not verdict.holds)
        if not verdicts:
            typer.echo(_("There is nothing to verify yet."), err=bool(head))
    if not holds:
        raise typer.Exit(1)


def _everything(store: Store, head: str, settings: Settings) -> list[Verdict]:
    """Every organisation, the real one first. A head stands in one chain: found there, nobody misses it in the other."""
    roots = [root for root in (store.company(), store.company(sample=True)) if root]
    found = [verify(store, root.id, head=head, files=settings.evidence_folder) for root in roots]
    if any(verdict.head_found for verdict in found):
        return [replace(verdict, head_found=verdict.head_found or None) for verdict in found]
    return found


def _one(store: Store, audit: str, when: str, sample: bool, head: str) -> Verdict:
    """One sheet. Raises NotFound('sheet' | 'no_unit' | 'no_period' | 'no_company')."""
    if audit.isdecimal():
        sheet = store.find_sheet(int(audit))
        return verify(store, store.period(sheet.period).root, audit=sheet.id, head=head)
    root = store.company(sample=sample)
    if root is None:
        raise NotFound("no_company")
    desk = Place(store, root, User(""), store.periods(root.id)).quarter(when)
    unit = next((unit for unit in desk.tree.units if unit.code == audit), None)
    if unit is None:
        raise NotFound("no_unit", unit=audit)
    for sheet in store.sheets_of(desk.period.id, desk.checklist.id):
        if sheet.unit == unit.id:
            return verify(store, root.id, audit=sheet.id, head=head)
    raise NotFound("sheet")


def _as_json(verdict: Verdict) -> dict[str, Any]:
    return {"holds": verdict.holds, **asdict(verdict)}
