"""`report`: the files of the board pack, for terminals and scripts."""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, get_args

import typer

from scoring.model import Lang
from scoring.plan import half_days_of
from scoring.units import Tree, Unit
from tenken.commands.numbers import Quarter, Sample, upto
from tenken.commands.output import Json, print_json
from tenken.errors import ReportError
from tenken.i18n import LANGUAGES, words
from tenken.reports.facts import NO_COMPARISON
from tenken.reports.formats import Choice, Wish, make
from tenken.reports.making import File
from tenken.settings import read_settings
from tenken.store import Period, Store

FORMATS: tuple[Choice, ...] = get_args(Choice)


@dataclass(frozen=True, slots=True)
class Said:
    """What the command line says of the contents, as it was written."""

    kind: str
    lang: str
    units: list[str]
    against: str
    view: str


def report(
    out: Annotated[Path, typer.Option("-o", "--output", help="The new file.")],
    kind: Annotated[str, typer.Option("--format", help="pptx, pdf, summary, sheet, xlsx or zip")] = "pptx",
    lang: Annotated[str, typer.Option(help="ja or en; the installation’s when left out.")] = "",
    period: Quarter = "",
    against: Annotated[str, typer.Option(help="The quarter to compare with, or none; the one before when left out.")] = "",
    unit: Annotated[
        list[str] | None, typer.Option(help="A unit by its code, several times for several; the whole organisation when left out.")
    ] = None,
    view: Annotated[str, typer.Option(help="own or whole")] = "whole",
    marking: Annotated[str | None, typer.Option(help="On every page; the usual one when left out, '' for none.")] = None,
    password_env: Annotated[
        str, typer.Option(help="Name of an environment variable that holds a password; never the password itself.")
    ] = "",
    template: Annotated[Path | None, typer.Option(help="A company template (.pptx).")] = None,
    budget: Annotated[str, typer.Option(help="Person-days of the plan, in steps of 0.5; those of the plan page when left out.")] = "",
    sheets: Annotated[bool, typer.Option("--sheets", help="Department sheets of all units below, in the ZIP.")] = False,
    named: Annotated[bool, typer.Option("--named", help="Name other departments on department sheets.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file where it is there already.")] = False,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Make a file of the board pack: one line with its name, size and SHA-256."""
    said = Said(kind, lang or read_settings().lang, unit or [], against, view)
    half_days = half_days_of(budget, "--budget") if budget else None
    password = _password(password_env)
    if out.exists() and not force:
        raise ReportError("report_exists", file=str(out))
    store = Store.open(read_settings().store_url)
    try:
        periods = upto(store, period, sample=sample)
        wish = _wish(store, said, periods, marking, password, template, half_days, sheets=sheets, named=named)
        made = make(store, wish, words(read_settings().lang), date.today(), lambda done, of, text: None)
    finally:
        store.close()
    write(out, made.content, force=force)
    if as_json:
        print_json(_data(out, made, wish))
        return
    typer.echo(f"{out}  {len(made.content):,} bytes  SHA-256 {made.sha256}")


def _password(name: str) -> str:
    if name and not os.environ.get(name):
        raise typer.BadParameter(f"--password-env {name!r}")
    return os.environ.get(name, "") if name else ""


def _wish(
    store: Store, said: Said, periods: tuple[Period, ...], marking: str | None, password: str, template: Path | None, budget: int | None,
    *, sheets: bool, named: bool,
) -> Wish:  # fmt: skip
    """Raises BadParameter for a word that is none, ReportError for a unit or a quarter that is not there."""
    kind = next((each for each in FORMATS if each == said.kind), None)
    lang: Lang | None = next((each for each in LANGUAGES if each == said.lang), None)
    if kind is None or lang is None or said.view not in ("own", "whole"):
        raise typer.BadParameter(f"--format {said.kind!r}, --lang {said.lang!r}, --view {said.view!r}")
    period, tree = periods[-1], store.tree_of(periods[-1])
    root = tree.unit(period.root)
    return Wish(
        kind, lang, root, _units(tree, root, said.units), period, _against(periods, said.against), "own" if said.view == "own" else "whole",
        marking, password, _bytes(template), budget, named, sheets,
    )  # fmt: skip


def _units(tree: Tree, root: Unit, codes: list[str]) -> tuple[Unit, ...]:
    known = {unit.code: unit for unit in tree.units}
    for code in codes:
        if code not in known:
            raise ReportError("report_unit", unit=code)
    return tuple(dict.fromkeys(known[code] for code in codes)) or (root,)


def _against(periods: tuple[Period, ...], wanted: str) -> Period | None:
    earlier = periods[:-1]
    if wanted == NO_COMPARISON or (not wanted and not earlier):
        return None
    if not wanted:
        return earlier[-1]
    found = next((each for each in earlier if each.start.isoformat() == wanted), None)
    if found is None:
        raise ReportError("report_period", period=wanted)
    return found


def _bytes(file: Path | None) -> bytes | None:
    if file is None:
        return None
    try:
        return file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"--template {str(file)!r}: {error.strerror}") from None


def write(out: Path, content: bytes, *, force: bool) -> None:
    """The whole file or none, readable by its owner alone. Raises ReportError(report_exists, report_unwritable)."""
    try:
        number, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
    except OSError as error:
        raise ReportError("report_unwritable", file=str(out), what=error.strerror or "") from None
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if force:
            os.replace(name, out)
        else:
            _put(name, out)
    except FileExistsError:
        raise ReportError("report_exists", file=str(out)) from None
    except OSError as error:
        raise ReportError("report_unwritable", file=str(out), what=error.strerror or "") from None
    finally:
        with suppress(OSError):
            os.unlink(name)


def _put(name: str, out: Path) -> None:
    """Under its name, which nobody may have taken in the meantime; where there are no hard links, by a look before."""
    try:
        os.link(name, out)
    except FileExistsError:
        raise
    except OSError:
        if out.exists():
            raise FileExistsError from None
        os.replace(name, out)


def _data(out: Path, made: File, wish: Wish) -> dict[str, object]:
    return {"file": str(out), "format": wish.kind, "lang": wish.lang, "period": wish.period.start.isoformat(),
            "against": wish.against.start.isoformat() if wish.against else None, "units": [unit.code for unit in wish.units],
            "bytes": len(made.content), "sha256": made.sha256, "name": made.name}  # fmt: skip
