"""Seals (確定): what a sheet or a quarter said, as canonical JSON (RFC 8785), and its SHA-256.

A seal holds the identity of what was audited, the hashes of the content it was judged by, the answers and the scores, so that
anybody can work it out again. People are named by their ids: names are kept apart.
"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

import rfc8785

from scoring.engine import score, shown
from scoring.model import Answer, Checklist, Score
from scoring.units import Tree
from tenken import __version__
from tenken.form import Form
from tenken.store import Entry, Period, Seal, Sheet, Store
from tenken.store.units import unit_json

FORMAT = 1


def seal_of(document: Mapping[str, Any]) -> Seal:
    """The canonical text of a document and its hash."""
    text = rfc8785.dumps(dict(document))
    return Seal(text.decode(), sha256(text).hexdigest())


def sheet_document(store: Store, form: Form, as_of: date, *, self_approved: bool) -> Seal:
    """The seal of one unit's sheet as it stands: its own answers, and what they score."""
    entries = store.entries(form.sheet.id)
    own = {question.id for question in form.tree.asks(form.unit, form.checklist)}
    here = {question: entry for question, entry in entries.items() if question in own}
    return seal_of(
        {
            "format": FORMAT,
            "engine": __version__,
            "identity": "declared",
            "self_approved": self_approved,
            "unit": {"id": form.unit.id, "code": form.unit.code, "ja": form.unit.name.ja, "en": form.unit.name.en},
            "period": period_json(form.period),
            "sheet": form.sheet.id,
            "profile": form.sheet.profile,
            "as_of": as_of.isoformat(),
            "answers": {question: entry_json(entry) for question, entry in sorted(here.items())},
            "score": sheet_score(form.checklist, {q: entry.answer for q, entry in here.items() if entry.answer}, as_of),
        }
    )


def sheet_score(checklist: Checklist, answers: Mapping[str, Answer], as_of: date) -> dict[str, Any]:
    """The scores that a seal holds: of the whole sheet and of each section, with evidence beside."""
    asked = {question.id for question in checklist.questions}
    result = score(checklist, {question: answer for question, answer in answers.items() if question in asked}, as_of)
    return {
        "total": score_json(result.total),
        "evidenced": score_json(result.evidenced),
        "sections": {section: score_json(found) for section, found in result.sections},
    }


def score_json(found: Score) -> dict[str, Any]:
    return {
        "earned": found.earned, "possible": found.possible, "open": found.open, "total": found.total, "answered": found.answered,
        "unknown": found.unknown, "not_applicable": found.not_applicable, "shown": shown(found.percent),
    }  # fmt: skip


def entry_json(entry: Entry) -> dict[str, Any]:
    """One answer as a seal holds it. `entry`: its line of the log."""
    proof = entry.evidence
    return {
        "entry": entry.id, "choice": entry.choice, "reason": entry.reason, "note": entry.note, "by_profile": entry.by_profile,
        "origin": entry.origin, "at": entry.at.isoformat(),
        "evidence": {"link": proof.link, "dated": proof.dated.isoformat(), "file": proof.file} if proof else None,
    }  # fmt: skip


def period_json(period: Period) -> dict[str, Any]:
    pins = period.pins
    return {
        "id": period.id, "start": period.start.isoformat(), "end": period.end.isoformat(),
        "checklist": pins.checklist if pins else None, "statistics": pins.statistics if pins else None, "matrix": pins.matrix if pins else None,
    }  # fmt: skip


def period_document(store: Store, period: Period, tree: Tree, sheets: Mapping[int, Sheet]) -> Seal:
    """The seal of a quarter: its units as the store keeps them with it, and the seal of every sheet."""
    seals = store.seals_of(period.id)
    sealed = {sheet.unit: seals.get(sheet.id) for sheet in sheets.values()}
    return seal_of(
        {
            "format": FORMAT,
            "engine": __version__,
            "identity": "declared",
            "period": period_json(period),
            "units": [unit_json(unit) for unit in tree.units],
            "sheets": {str(unit): seal.sha256 for unit, seal in sorted(sealed.items()) if seal},
        }
    )  # fmt: skip
