"""The sample company: invented answers from data/sample_company.yaml, under a company node of its own."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from scoring.errors import DataError, Problem
from scoring.load.guard import Refused, read_yaml
from scoring.load.text import Line, Strict, TextModel
from scoring.model import Answer, Evidence
from tenken.content import DATA, Content
from tenken.store import Store

FILE = "sample_company.yaml"


class SampleAnswer(Strict):
    choice: Line
    note: str = ""
    reason: str = ""
    evidence: str = ""
    days_ago: Annotated[int, Field(ge=0, le=1000)] = 0


class SampleFile(Strict):
    """The invented company: name, person, profile, and an answer per question id."""

    name: TextModel
    person: Line
    profile: dict[str, bool]
    answers: dict[str, SampleAnswer]


def load_sample(store: Store, content: Content, now: datetime | None = None) -> None:
    """Create the sample company and look at it. Does nothing to what is there already but switch to it."""
    if store.company(sample=True) is None:
        _fill(store, content, _read(), now or datetime.now().astimezone())
    store.put_setting("viewing", "sample")


def remove_sample(store: Store) -> None:
    """Delete the sample company with all its answers, and nothing else."""
    store.put_setting("viewing", "own")
    store.remove_sample()


def _read() -> SampleFile:
    try:
        sample, problems = (document := read_yaml(DATA / FILE, f"data/{FILE}")).parse(SampleFile)
    except Refused as refused:
        raise DataError([refused.problem]) from None
    if sample is None:
        raise DataError(problems or [Problem(document.file, 0, "cannot be read")])
    return sample


def _fill(store: Store, content: Content, sample: SampleFile, now: datetime) -> None:
    """All answers of the sample that the checklist asks for; the ones that its profile rules out are skipped."""
    checklist = content.checklist
    unit = store.create_company(sample.name.value(), sample=True)
    sheet = store.sheet(unit.id, store.period_for(unit.id, now.date()).id, checklist)
    sheet = store.save_profile(sheet, checklist, sample.profile, person=sample.person)
    ruled_out = {question for question, entry in store.entries(sheet.id).items() if entry.by_profile}
    for question in checklist.questions:
        given = sample.answers.get(question.id)
        if given is None or question.id in ruled_out:
            continue
        dated = now.date() - timedelta(days=given.days_ago)
        evidence = Evidence(given.evidence, dated) if given.evidence else None
        answer = Answer(given.choice, reason=given.reason, note=given.note, evidence=evidence)
        store.save(sheet, checklist, question.id, answer, person=sample.person, seen=0, origin="sample")
