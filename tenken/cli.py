"""The same verbs as the pages, for terminals and scripts: `python -m tenken …`.

Exit codes: 0 fine, 1 a problem, named on stderr, 2 wrong usage. With `--json`, stdout holds JSON and nothing else.
"""

import errno
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from scoring.assessment import Assessment, assess, express_view
from scoring.engine import shown
from scoring.errors import ContentError, Problem
from scoring.incident_gap import TSR_CAUSES
from scoring.load.answers import read_answers
from scoring.load.checklist import schema as checklist_schema
from scoring.model import Checklist, Score
from tenken import __version__, backup
from tenken.aiming.chosen import profiles
from tenken.commands import actions, audits, numbers, replay, units
from tenken.commands.cost import cost
from tenken.commands.output import Json, cli_words, named, print_json
from tenken.commands.plan import plan as plan_command
from tenken.commands.report import report
from tenken.commands.targets import targets_command, way_by_profile
from tenken.commands.verify import verify_command
from tenken.commands.whatif import whatif
from tenken.content import CHECKLISTS, any_checklist, casebook_problems, cost_book, load_content, style
from tenken.doctor import examine, finding_text
from tenken.errors import SettingsError
from tenken.i18n import Words
from tenken.settings import ROOT, Settings, read_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Tenken 点検")
sample = typer.Typer(no_args_is_help=True, help="The sample company: load it, remove it.")
app.add_typer(sample, name="sample")
app.add_typer(audits.period, name="period")
app.add_typer(audits.audit, name="audit")
app.add_typer(units.unit, name="unit")
app.add_typer(actions.actions, name="actions")
app.add_typer(units.person, name="person")


def main() -> None:
    """The entry point of `python -m tenken`."""
    app()


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


# --- serve ---------------------------------------------------------------------------------------


@app.command()
@named
def serve(
    browser: Annotated[bool, typer.Option(help="Open the page in a browser, where there is one.")] = True,
    with_sample: Annotated[bool, typer.Option("--sample", help="Load the sample company first.")] = False,
) -> None:
    """Start the dashboard on this machine."""
    settings = read_settings()
    os.chdir(ROOT)  # Streamlit reads .streamlit/config.toml from here
    _check_port(settings)
    from tenken.server import create_app  # imports Streamlit: seconds that the other commands need not spend

    server_app = create_app()
    if with_sample:
        load()
    import uvicorn

    address = f"http://{'localhost' if settings.host in ('127.0.0.1', '::1') else settings.host}:{settings.port}"
    config = uvicorn.Config(server_app, host=settings.host, port=settings.port, log_level="warning", access_log=False, server_header=False,
                            ws_per_message_deflate=False)  # fmt: skip
    server = uvicorn.Server(config)
    threading.Thread(target=_announce, args=(server, address, browser), daemon=True).start()
    server.run()


def _check_port(settings: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise SettingsError("port_in_use", port=settings.port) from None
            raise SettingsError("bad_host", host=settings.host, what=error.strerror) from None


def _announce(server: Any, address: str, browser: bool) -> None:
    """Say where it runs once it does, and open a browser only where a person sits."""
    while not server.started:
        threading.Event().wait(0.05)
    _ = cli_words()
    typer.echo(_("Tenken runs at {address}  (stop: Ctrl+C)", address=address))
    seat = sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if browser and seat:
        webbrowser.open(address)


# --- content -------------------------------------------------------------------------------------


@app.command()
@named
def check(
    path: Annotated[Path | None, typer.Argument(help="A checklist folder; the bundled content when left out.")] = None,
    as_json: Json = False,
) -> None:
    """Lint a checklist (or all that is shipped): every problem with file and line, then counts."""
    folders = [path] if path else _checklist_folders()
    try:
        checklists = [any_checklist(folder) for folder in folders]
        problems = [problem for folder in folders for problem in style(folder)]
        if path is None:
            load_content()
            problems += casebook_problems()
            profiles()
            cost_book()
    except ContentError as error:
        checklists, problems = [], list(error.problems)
    if problems:
        _report(problems, as_json)
        raise typer.Exit(1)
    report = [_counts(checklist) for checklist in checklists]
    if as_json:
        print_json({"problems": [], "checklists": report})
        return
    for counts in report:
        typer.echo(f"{counts['checklist']} {counts['edition']}  {counts['content_hash'][:12]}")
        for section, questions in counts["sections"].items():
            typer.echo(f"  {section:<20}{questions:>4}")
        typer.echo(
            f"  {'total':<20}{counts['questions']:>4}   express {counts['express']}, unit-scope {counts['unit_scope']}, critical {counts['critical']}"
        )
        typer.echo(f"  texts ja {counts['texts']} of {counts['texts']}, en {counts['texts']} of {counts['texts']}")
        missing = counts["subjects_not_covered"]
        typer.echo(f"  subjects not covered: {', '.join(missing) or 'none'}")
    typer.echo("0 problems")


def _report(problems: Sequence[Problem], as_json: bool) -> None:
    if as_json:
        print_json({"problems": [{"file": p.file, "line": p.line, "what": p.what} for p in problems]})
        return
    for problem in problems:
        typer.echo(str(problem), err=True)
    typer.echo(f"{len(problems)} problems", err=True)


def _checklist_folders() -> list[Path]:
    return sorted(folder.parent for folder in CHECKLISTS.glob("*/checklist.yaml"))


def _counts(checklist: Checklist) -> dict[str, Any]:
    questions = checklist.questions
    covered = {subject for question in questions for subject in question.covers}
    return {
        "checklist": checklist.id,
        "edition": checklist.edition,
        "content_hash": checklist.content_hash,
        "sections": {section.id: len(section.questions) for section in checklist.sections},
        "questions": len(questions),
        "express": sum(q.express for q in questions),
        "unit_scope": sum(q.scope == "unit" for q in questions),
        "critical": sum(q.critical for q in questions),
        # text, why, levels and advice; the loader has refused any of them without both languages
        "texts": sum(2 + len(q.levels) + len(q.advice) for q in questions),
        "subjects_not_covered": [s.id for s in load_content().subjects if s.id not in covered],
    }


@app.command()
def schema() -> None:
    """Print the JSON Schema of checklist files (`checklists/schema.json`)."""
    print_json(checklist_schema())


# --- numbers -------------------------------------------------------------------------------------


@app.command()
@named
def score(
    answers: Annotated[Path, typer.Argument(help="YAML, JSON or CSV: question and choice, optionally reason, evidence, evidence_date.")],
    checklist: Annotated[str, typer.Option(help="Folder under checklists/.")] = "leak-causes",
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day by which evidence is judged; today when left out.")
    ] = None,
    targets: Annotated[str, typer.Option(help="How far it is to a ready-made set of targets: basic, standard or demanding.")] = "",
    as_json: Json = False,
) -> None:
    """Score a file of answers, without a database: the same numbers as the pages."""
    content = load_content(checklist=checklist)
    given = read_answers(answers, content.checklist)
    day = as_of.date() if as_of else date.today()
    full = assess(content.checklist, given, day, content.outside)
    express = assess(express_view(content.checklist), given, day, content.outside)
    data: dict[str, Any] = {
        "checklist": checklist,
        "edition": content.checklist.edition,
        "as_of": day.isoformat(),
        "full": _numbers(full) | {"to_target": way_by_profile(full, content.checklist, targets)},
        "express": _numbers(express) | {"to_target": way_by_profile(express, content.checklist, targets)},
    }
    if as_json:
        print_json(data)
        return
    _ = cli_words()
    for name, found in ((_("Express check"), express), (_("Full check"), full)):
        typer.echo(f"{name}  {_points_line(found, _)}")
    if (way := data["full"]["to_target"]) and way["points"] is not None:
        typer.echo(_("{n} points to the target.", n=way["points"]))
    for step in full.steps[:5]:
        typer.echo(f"  {step.question}  −{shown(step.gap.central)}")
    if not full.steps and not full.result.total.open:
        typer.echo(_("No next step left."))
    elif not express.steps and not express.result.total.open:
        typer.echo(_("The express check has no next step left. Continue with the full check."))


def _points_line(found: Assessment, _: Words) -> str:
    total = found.result.total
    return (
        f"{_('Score')} {_.points(total.percent)} ({_.span(total.percent, total.best)}), {_('Score with evidence')} {_.points(found.result.evidenced.percent)}, "
        f"{_('Incident-weighted gap')} {_.percent(found.gap.gap)} ({_.span_percent(found.gap.low, found.gap.high)})"
    )


def _score(score: Score) -> dict[str, Any]:
    return {"earned": score.earned, "possible": score.possible, "open": score.open, "total": score.total, "answered": score.answered,
            "unknown": score.unknown, "not_applicable": score.not_applicable, "questions": score.questions,
            "percent": shown(score.percent), "best": shown(score.best)}  # fmt: skip


def _numbers(found: Assessment) -> dict[str, Any]:
    gap = found.gap
    return {
        "total": _score(found.result.total),
        "evidenced": _score(found.result.evidenced),
        "band": found.band.id if found.band else None,
        "sections": {section: _score(s) for section, s in found.result.sections},
        "critical_below": list(found.result.below_critical),
        "gap": {name: shown(getattr(gap, name)) for name in ("gap", "low", "high", "covered", "uncovered", "open", "not_applicable", "unassigned")}
        | {"years": list(gap.years), "incidents": gap.incidents},
        "next_steps": [
            {"question": s.question, "level": s.level, "gap": shown(s.gap.central), "low": shown(s.gap.low), "high": shown(s.gap.high),
             "half_days": s.half_days, "critical": s.critical, "tie": s.tie} for s in found.steps
        ],
    }  # fmt: skip


@app.command()
@named
def stats(year: Annotated[int | None, typer.Option(help="One year; all years when left out.")] = None, as_json: Json = False) -> None:
    """TSR's published figures; `not published` is null, never 0."""
    statistics = load_content().statistics
    wanted = [y for y in statistics.years if year in (None, y.year)]
    if not wanted:
        typer.echo(f"no such year: {year} ({statistics.years[0].year}–{statistics.years[-1].year})", err=True)
        raise typer.Exit(1)
    rows: list[dict[str, Any]] = [
        {
            "year": y.year,
            **{
                name: None if f is None else int(f.value)
                for name, f in (("incidents", y.incidents), ("companies", y.companies), ("persons", y.persons))
            },
            "causes": {cause: y.cause(cause) for cause in TSR_CAUSES},
            "unassigned": y.unassigned,
            "source": statistics.source(y.incidents.source).url if y.incidents else None,
        }
        for y in wanted
    ]
    if as_json:
        print_json(rows[0] if year else rows)
        return
    for row in rows:
        causes = "/".join("-" if n is None else str(n) for n in row["causes"].values())
        plain = [("-" if row[name] is None else f"{row[name]:,}") for name in ("incidents", "companies", "persons")]
        typer.echo(f"{row['year']}  {plain[0]:>5} {plain[1]:>5} {plain[2]:>12}  {causes:<16} {row['source'] or ''}")
    typer.echo(f"{statistics.coverage.ja} / {statistics.coverage.en}")


app.command("compare")(named(numbers.compare))
app.command("trend")(named(numbers.trend))
app.command("plan")(named(plan_command))
app.command("whatif")(named(whatif))
app.command("replay")(named(replay.replay))
app.command("targets")(named(targets_command))
app.command("cost")(named(cost))
app.command("report")(named(report))


# --- backup --------------------------------------------------------------------------------------


@app.command("backup")
@named
def make_backup(
    file: Annotated[Path, typer.Argument(help="The new file, for example tenken-2026-11-22.zip.")], as_json: Json = False
) -> None:
    """Write database and evidence into one file; Tenken may go on running."""
    manifest = backup.make(read_settings(), file, datetime.now().astimezone())
    if as_json:
        print_json(manifest.model_dump(mode="json"))
        return
    _ = cli_words()
    typer.echo(_("{file}: {n} files, whole and checked. Keep it as safe as the answers themselves.", file=file, n=len(manifest.files)))
    if manifest.damaged:
        typer.echo(_("{n} evidence files are damaged and were left out.", n=len(manifest.damaged)), err=True)


@app.command()
@named
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` made, or one of TENKEN_HOME/backups.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Bring a backup back in place of what is there, which is backed up first."""
    _ = cli_words()
    manifest = backup.read_manifest(file)
    if not yes:
        question = _("Replace all answers by the backup of {day} {time}?", day=_.day(manifest.made_at.astimezone().date()),
                     time=_.clock(manifest.made_at.astimezone()))  # fmt: skip
        typer.confirm(question, abort=True)
    restored = backup.restore(read_settings(), file, datetime.now().astimezone())
    if as_json:
        print_json(restored.manifest.model_dump(mode="json") | {"before": str(restored.before), "missing": restored.missing})
        return
    typer.echo(_("Restored. What was there before is kept in {file}. Reload open pages.", file=restored.before))
    if restored.missing:
        typer.echo(_("{n} evidence files of this backup are nowhere any more.", n=len(restored.missing)), err=True)


@app.command()
@named
def doctor(as_json: Json = False) -> None:
    """Examine this installation: database, permissions, space, encryption, copies, fonts, versions, clock."""
    findings = examine(read_settings(), load_content().checklist, datetime.now().astimezone())
    if as_json:
        print_json([{"name": f.name, "state": f.state, **f.fields} for f in findings])
    else:
        _ = cli_words()
        for finding in findings:
            typer.echo(finding_text(finding, _))
    if any(finding.state == "bad" for finding in findings):
        raise typer.Exit(1)


app.command("verify")(verify_command)


# --- sample --------------------------------------------------------------------------------------


@sample.command()
@named
def load() -> None:
    """Load the sample company and show it."""
    from tenken.sample import load_sample
    from tenken.store import Store

    load_sample(Store.open(read_settings().store_url))
    _ = cli_words()
    typer.echo(_("The sample company is loaded."))


@sample.command()
@named
def remove() -> None:
    """Remove the sample company with all its answers, and nothing else."""
    from tenken.sample import remove_sample
    from tenken.store import Store

    remove_sample(Store.open(read_settings().store_url))
    _ = cli_words()
    typer.echo(_("The sample company is removed."))
