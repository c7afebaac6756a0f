"""Is this installation in good health? Each finding is a name, a state and data for one sentence; nothing is changed."""

import os
import platform
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from scoring.model import Checklist
from tenken import __version__, backup
from tenken.errors import TenkenError
from tenken.evidence import examine_evidence
from tenken.i18n import Words
from tenken.settings import Settings
from tenken.store import Store, copies

State = Literal["fine", "look", "bad", "unknown"]
MARKS: dict[State, str] = {"fine": "✓", "look": "△", "bad": "×", "unknown": "？"}
FREE_BYTES = 1_000_000_000
COMMAND_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """`name` is a stable word; `fields` are the data of its sentence."""

    name: str
    state: State
    fields: dict[str, Any]


def examine(settings: Settings, checklist: Checklist, now: datetime) -> list[Finding]:
    """All findings, in the order in which a person would ask."""
    found = list(_database(settings, checklist, now))
    return [*found, _permissions(settings), _space(settings), _encryption(settings), _copies(settings, now), _fonts(), _versions()]


def finding_text(finding: Finding, _: Words) -> str:
    """The finding as a sentence; what is not fine says what to do next."""
    said = {
        ("database", "fine"): _("Database ({kind}): whole, schema {schema}."),
        ("database", "bad"): _("Database ({kind}): {what}. Restore a backup."),
        ("levels", "fine"): _("Stored answers agree with their log."),
        ("levels", "bad"): _("The answers of sheets {sheets} do not agree with their log. Restore a backup."),
        ("clock", "fine"): _("Clock: {now}."),
        ("clock", "bad"): _("The clock ({now}) is behind the newest answer ({newest}). Set it right."),
        ("evidence", "fine"): _("Evidence: {kept} files, all whole."),
        ("evidence", "look"): _(
            "{unknown} evidence files belong to no answer, and {strange} files in their folder are none. They can stay."
        ),
        ("evidence", "bad"): _("Evidence files: {missing} missing, {damaged} damaged ({names}). Attach them again, or restore a backup."),
        ("permissions", "fine"): _("Only the owner can read the data folder."),
        ("permissions", "bad"): _("Others can read {paths}. Take their permissions away: chmod -R go= TENKEN_HOME."),
        ("permissions", "unknown"): _("Permissions: not known on this system."),
        ("space", "fine"): _("Free space: {gigabytes} GB."),
        ("space", "bad"): _("Free space: {gigabytes} GB. Make room before answers cannot be saved."),
        ("encryption", "fine"): _("The disk is encrypted."),
        ("encryption", "look"): _("The disk is not encrypted. Who takes the machine reads the answers."),
        ("encryption", "unknown"): _("Disk encryption: not known from here. Ask whoever set up the machine."),
        ("copies", "fine"): _("Daily copies: {kept}, the newest of {newest}."),
        ("copies", "look"): _("There is no daily copy of the last two days. Tenken makes one while it runs."),
        ("fonts", "fine"): _("Japanese fonts: {fonts}."),
        ("fonts", "look"): _("No Japanese font is installed on this machine."),
        ("fonts", "unknown"): _("Fonts: not known on this system."),
        ("versions", "fine"): _("Tenken {tenken}, Python {python}, SQLite {sqlite}, Streamlit {streamlit}."),
    }
    return f"{MARKS[finding.state]} {said[finding.name, finding.state].format_map(finding.fields)}"


def _database(settings: Settings, checklist: Checklist, now: datetime) -> Iterator[Finding]:
    url = settings.store_url
    try:
        store = Store.open(url)
        try:
            ready, strays, newest = store.ready(), store.stray_sheets(checklist), store.newest_entry()
            hashes = store.evidence_hashes()
        finally:
            store.close()
    except TenkenError as error:
        yield Finding("database", "bad", {"kind": copies.kind(url), "what": error.code})
        return
    what = copies.damage(url)
    yield Finding("database", "bad" if what else "fine", {"kind": copies.kind(url), "schema": ready.schema, "what": what})
    yield Finding("levels", "bad" if strays else "fine", {"sheets": ", ".join(map(str, strays))})
    late = newest is not None and newest > now + timedelta(minutes=5)
    yield Finding("clock", "bad" if late else "fine", {"now": now.isoformat(timespec="seconds"), "newest": str(newest or "")})
    yield evidence_finding(settings, hashes)


def evidence_finding(settings: Settings, expected: Collection[str]) -> Finding:
    """Whether all evidence is there and unchanged. `expected`: the SHA-256 of all that the store knows. Raises Unavailable."""
    found = examine_evidence(settings.evidence_folder, expected)
    state: State = "bad" if found.missing or found.damaged else "look" if found.unknown or found.strange else "fine"
    names = ", ".join(sha256[:12] for sha256 in (*found.missing, *found.damaged)[:5])
    counts = {name: len(getattr(found, name)) for name in ("missing", "damaged", "unknown", "strange")}
    return Finding("evidence", state, {"kept": found.kept, "names": names} | counts)


def _permissions(settings: Settings) -> Finding:
    """On Windows the mode says nothing about who may read."""
    if os.name == "nt":
        return Finding("permissions", "unknown", {"paths": ""})
    files = [settings.home, *settings.home.rglob("*")] if settings.home.exists() else []
    open_ones = [path for path in files if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077]
    return Finding("permissions", "bad" if open_ones else "fine", {"paths": ", ".join(str(path) for path in open_ones[:5])})


def _space(settings: Settings) -> Finding:
    free = shutil.disk_usage(_nearest(settings.home)).free
    return Finding("space", "fine" if free >= FREE_BYTES else "bad", {"gigabytes": round(free / 1e9, 1)})


def _encryption(settings: Settings) -> Finding:
    """Of the disk under TENKEN_HOME, as far as the system tells without an administrator."""
    tells = {"linux": _linux_crypt, "darwin": _mac_crypt}.get(sys.platform)
    answer = tells(_nearest(settings.home)) if tells else None
    states: dict[bool | None, State] = {True: "fine", False: "look", None: "unknown"}
    return Finding("encryption", states[answer], {})


def _linux_crypt(path: Path) -> bool | None:
    """Whether a dm-crypt device is among what the file system lies on; None when the system does not show it (containers)."""
    source = _output(["findmnt", "--noheadings", "--output", "SOURCE", "--target", str(path)])
    device = source.split("[")[0].strip() if source else ""
    if not device.startswith("/dev/"):
        return None
    kinds = _output(["lsblk", "--noheadings", "--inverse", "--output", "TYPE", device])
    return None if kinds is None else "crypt" in kinds.split()


def _mac_crypt(path: Path) -> bool | None:
    said = _output(["fdesetup", "status"])
    return None if said is None else "FileVault is On" in said


def _copies(settings: Settings, now: datetime) -> Finding:
    newest = backup.newest_daily(settings)
    if newest is None:
        return Finding("copies", "look", {"newest": "", "kept": 0})
    kept = len(list(newest.parent.glob("daily-*.zip")))
    recent = newest.stem >= f"daily-{now - timedelta(days=2):%Y-%m-%d}"
    return Finding("copies", "fine" if recent else "look", {"newest": newest.stem.removeprefix("daily-"), "kept": kept})


def _fonts() -> Finding:
    """Japanese fonts that files made here could use; the pages use those of the reader."""
    said = _output(["fc-list", ":lang=ja", "family"])
    if said is None:
        return Finding("fonts", "unknown", {"fonts": 0})
    count = len(set(said.splitlines()))
    return Finding("fonts", "fine" if count else "look", {"fonts": count})


def _versions() -> Finding:
    from importlib.metadata import version

    return Finding(
        "versions", "fine",
        {"tenken": __version__, "python": platform.python_version(), "sqlite": sqlite3.sqlite_version, "streamlit": version("streamlit")},
    )  # fmt: skip


def _nearest(path: Path) -> Path:
    """The folder itself, or the one that it would be made in."""
    return next(each for each in (path, *path.parents) if each.exists())


def _output(command: list[str]) -> str | None:
    """What a command of the system says; None when there is no such command, or it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False)  # noqa: S603 (fixed commands, no shell)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
