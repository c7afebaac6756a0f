"""`tenken unit …` and `tenken person …`: the same functions as the page Administration."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from scoring.errors import UnitsError
from scoring.model import Owner, Text
from scoring.units import Unit, UnitKind
from tenken.auth import ROLES, can
from tenken.commands.desk import Place, Who, place
from tenken.commands.output import Json, cli_words, named, print_json
from tenken.errors import Conflict
from tenken.i18n import Words
from tenken.organisation import Organisation, apply_units, organisation_of, put_person, remove_unit
from tenken.organisation import named as unit_named
from tenken.settings import read_settings
from tenken.store import Store
from tenken.store.values import UnitPlan
from tenken.unit_files import UnitsPreview, preview_units, read_units, unit_problem_texts, units_csv, units_xlsx
from tenken.unit_words import column_words, kind_words
from tenken.workbook.problems import ImportRefused

unit = typer.Typer(no_args_is_help=True, help="The units of the organisation: list, add, change, remove, import, export.")
person = typer.Typer(no_args_is_help=True, help="People and their roles: list, put, remove.")

KINDS = get_args(UnitKind)
OWNERS = get_args(Owner)
Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="First day of a reorganisation; left out, what was wrong from the beginning is put right."),
]
Kind = Annotated[str | None, typer.Option(help=", ".join(KINDS))]
Above = Annotated[str | None, typer.Option("--parent", help="Code of the unit above.")]
Ja = Annotated[str | None, typer.Option("--name-ja", help="Japanese name.")]
En = Annotated[str | None, typer.Option("--name-en", help="English name.")]
Headcount = Annotated[int | None, typer.Option(help="People in the unit.")]
Duty = Annotated[list[str] | None, typer.Option("--duty", help=f"Any of {', '.join(OWNERS)}; again for more, - for none.")]
Weight = Annotated[int | None, typer.Option(help="How often it counts in sums.")]
Reporting = Annotated[bool | None, typer.Option("--reporting/--no-reporting", help="Answers unit questions itself.")]
Until = Annotated[str | None, typer.Option("--valid-to", help="Last day (YYYY-MM-DD), - for none.")]


def _at(person: str) -> Place:
    """Our organisation, made when there is none yet, and who is at work in it. Raises NotAllowed."""
    store = Store.open(read_settings().store_url)
    if store.company() is None:
        from tenken.session import COMPANY  # imports Streamlit: seconds that later commands need not spend

        store.create_company(COMPANY)
    return place(person, sample=False)


def _there(at: Place) -> Organisation:
    return organisation_of(at.store, at.root)


def _seen(at: Place, there: Organisation) -> list[Unit]:
    """What the person may look at, in the order of the tree."""
    return [each for each in there.ordered if can(at.user, "read", each.id, there.tree)]


def _json(there: Organisation, unit: Unit) -> dict[str, Any]:
    plan = there.plan(unit)
    return {"code": unit.code, "parent": plan.parent or None, "kind": unit.kind, "name_ja": unit.name.ja, "name_en": unit.name.en,
            "headcount": unit.headcount, "duties": list(unit.owners), "weight": unit.weight, "reporting": unit.reporting,
            "valid_from": unit.valid_from.isoformat() if unit.valid_from else None,
            "valid_to": unit.valid_to.isoformat() if unit.valid_to else None}  # fmt: skip


@unit.command("list")
@named
def list_units(me: Who = "", as_json: Json = False) -> None:
    """Every unit, in the order of the tree."""
    at = _at(me)
    there = _there(at)
    if as_json:
        print_json([_json(there, each) for each in _seen(at, there)])
        return
    _ = cli_words()
    for each in _seen(at, there):
        typer.echo(f"{'  ' * there.tree.depth(each.id)}{each.code}  {_.text(each.name)}  {kind_words(_)[each.kind]}")


@unit.command()
@named
def add(
    code: str,
    parent: Annotated[str, typer.Option("--parent", help="Code of the unit above.")],
    name_ja: Annotated[str, typer.Option("--name-ja", help="Japanese name.")],
    kind: Annotated[str, typer.Option(help=", ".join(KINDS))] = "department",
    name_en: En = None,
    headcount: Headcount = None,
    duty: Duty = None,
    weight: Weight = None,
    reporting: Reporting = None,
    valid_to: Until = None,
    since: Day = None,
    me: Who = "",
) -> None:
    """Add a unit below another one."""
    plan = UnitPlan(code, parent, "department", Text(name_ja, name_en or name_ja), reporting=True)
    _apply(_with(plan, parent, kind, name_ja, name_en, headcount, duty, weight, reporting, valid_to), None, since, me)


@unit.command()
@named
def change(
    code: str,
    parent: Above = None,
    kind: Kind = None,
    name_ja: Ja = None,
    name_en: En = None,
    headcount: Headcount = None,
    duty: Duty = None,
    weight: Weight = None,
    reporting: Reporting = None,
    valid_to: Until = None,
    since: Day = None,
    me: Who = "",
) -> None:
    """Change what is given of a unit; the rest stays."""
    at = _at(me)
    there = _there(at)
    before = there.plan(unit_named(there, code))
    _apply(_with(before, parent, kind, name_ja, name_en, headcount, duty, weight, reporting, valid_to), before, since, me)


def _with(
    plan: UnitPlan,
    parent: str | None,
    kind: str | None,
    name_ja: str | None,
    name_en: str | None,
    headcount: int | None,
    duty: list[str] | None,
    weight: int | None,
    reporting: bool | None,
    valid_to: str | None,
) -> UnitPlan:
    """The plan with what was given."""
    kinds = {word: word for word in KINDS}
    owners = {word: word for word in OWNERS}
    return UnitPlan(
        plan.code,
        plan.parent if parent is None else parent,
        _of(kinds, kind, "--kind") if kind else plan.kind,
        Text(name_ja or plan.name.ja, name_en or plan.name.en),
        plan.reporting if reporting is None else reporting,
        plan.headcount if headcount is None else headcount,
        tuple(_of(owners, word, "--duty") for word in duty if word != "-") if duty else plan.owners,
        plan.weight if weight is None else weight,
        _day(valid_to) if valid_to else plan.valid_to,
    )


def _of(known: dict[Any, Any], word: str, option: str) -> Any:
    if word not in known:
        raise typer.BadParameter(f"{word!r} is none of {', '.join(known)}", param_hint=option)
    return known[word]


def _day(text: str) -> date | None:
    try:
        return None if text == "-" else date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day (YYYY-MM-DD)", param_hint="--valid-to") from None


def _apply(plan: UnitPlan, before: UnitPlan | None, since: datetime | None, me: str) -> None:
    at = _at(me)
    seen = {plan.code: before}
    done = apply_units(at.store, at.user, at.root, [plan], since=since.date() if since else None, seen=seen)
    typer.echo(_applied(done.created, done.changed, done.same, cli_words()))


def _applied(created: int, changed: int, same: int, _: Words) -> str:
    return _("{created} new, {changed} changed, {same} as they are.", created=created, changed=changed, same=same)


@unit.command()
@named
def remove(code: str, me: Who = "") -> None:
    """Remove a unit that never answered; any other one ends: change it with --valid-to."""
    at = _at(me)
    remove_unit(at.store, at.user, at.root, code)
    typer.echo(_removed(code, cli_words()))


def _removed(code: str, _: Words) -> str:
    return _("Removed: {name}.", name=code)


# --- files -----------------------------------------------------------------------------------------------------------


@unit.command("import")
@named
def import_units(
    file: Annotated[Path, typer.Argument(help="CSV or .xlsx with the columns that `unit export` writes.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    since: Day = None,
    me: Who = "",
    as_json: Json = False,
) -> None:
    """Show what a file of units would change, ask, and do it; all or nothing."""
    _ = cli_words()
    at = _at(me)
    there = _there(at)
    try:
        preview = preview_units(read_units(file, file.name, there), there.plans)
    except ImportRefused as refused:
        typer.echo("\n".join(unit_problem_texts(refused.problems, _)), err=True)
        raise
    if not as_json:
        _show(preview, _)
    if preview.plans and not yes:
        typer.confirm(_("Take over {n} units", n=len(preview.plans)), abort=True, err=as_json)
    done = apply_units(at.store, at.user, at.root, preview.plans, since=since.date() if since else None, seen=preview.seen)
    if as_json:
        changed = {each.after.code: list(each.columns) for each in preview.changed}
        print_json({"created": [plan.code for plan in preview.created], "changed": changed, "same": preview.same + done.same})


def _show(preview: UnitsPreview, _: Words) -> None:
    for plan in preview.created:
        typer.echo(f"+ {plan.code}  {_.text(plan.name)}")
    for each in preview.changed:
        typer.echo(f"* {each.after.code}  {_.listed(column_words(_)[column] for column in each.columns)}")
    typer.echo(_applied(len(preview.created), len(preview.changed), preview.same, _))


@unit.command()
@named
def export(file: Annotated[Path, typer.Argument(help="A new file, .csv or .xlsx.")], me: Who = "") -> None:
    """Write all units into a file that `unit import` reads."""
    at = _at(me)
    there = _there(at)
    _ = cli_words()
    writers = {".csv": units_csv, ".xlsx": units_xlsx}
    if file.suffix.lower() not in writers:
        raise typer.BadParameter("the name of the file ends with .csv or .xlsx", param_hint="FILE")
    content = writers[file.suffix.lower()]([there.plan(each) for each in _seen(at, there)], _)
    try:
        with file.open("xb") as out:
            out.write(content)
    except FileExistsError:
        raise Conflict("exists", file=file) from None
    except OSError as error:
        raise Conflict("unreadable", file=file, what=error.strerror) from None
    typer.echo(_("{file}: {n} units.", file=file, n=len(_seen(at, there))))


# --- people ----------------------------------------------------------------------------------------------------------


@person.command("list")
@named
def list_persons(me: Who = "", as_json: Json = False) -> None:
    """Everybody with a role. Nobody checks the names."""
    at = _at(me)
    there = _there(at)
    held = {each.name: [(role, there.tree.unit(node).code) for role, node in each.roles] for each in there.persons}
    if as_json:
        print_json([{"name": name, "roles": [{"role": role, "unit": code} for role, code in roles]} for name, roles in held.items()])
        return
    for name, roles in held.items():
        typer.echo(f"{name}  {', '.join(f'{role}:{code}' for role, code in roles)}")


@person.command()
@named
def put(
    name: str,
    role: Annotated[list[str], typer.Option("--role", help=f"ROLE:CODE, again for more. Roles: {', '.join(ROLES)}.")],
    me: Who = "",
) -> None:
    """Give somebody these roles, and no others."""
    at = _at(me)
    there = _there(at)
    roles = []
    for word in role:
        given, _, code = word.partition(":")
        roles.append((_of({each: each for each in ROLES}, given, "--role"), unit_named(there, code or at.root.code).id))
    put_person(at.store, at.user, at.root, name, roles)
    typer.echo(_saved(name, cli_words()))


def _saved(name: str, _: Words) -> str:
    return _("Saved: {name}.", name=name)


@person.command("remove")
@named
def remove_person(name: str, me: Who = "") -> None:
    """Take all roles away from somebody."""
    at = _at(me)
    if name not in {each.name for each in at.store.persons(at.root.id)}:
        raise UnitsError("unknown_person", name)
    put_person(at.store, at.user, at.root, name, ())
    typer.echo(_removed(name, cli_words()))
