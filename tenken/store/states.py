"""Which state of a question stands: profile and undo as pure functions over the entries of a sheet.

`past` is {question: its entries, newest first}. Nothing is removed from it, so whatever a person answered can be
brought back; an undo only makes what it took back, and what came of that, count no more.
"""

from collections.abc import Iterator, Mapping, Sequence

from scoring.model import NA_WORD, Answer, Checklist, Question
from tenken.store.values import Entry

Profile = Mapping[str, bool] | None
Past = Mapping[str, Sequence[Entry]]


def left_out(question: Question, profile: Profile) -> bool:
    """Does the profile answer this question with `na`? Not before it was asked for."""
    return profile is not None and bool(question.needs_any) and not any(profile.get(fact) for fact in question.needs_any)


def profile_answer(question: Question) -> Answer:
    """`na` because none of the facts holds. The reason names them; words are made on screen."""
    return Answer(NA_WORD, reason="profile:" + ",".join(question.needs_any), by_profile=True)


def profile_changes(checklist: Checklist, old: Profile, new: Profile, past: Past) -> dict[str, Answer | None]:
    """What a new profile appends: `na` where a question falls out, the person's own state where one comes back.

    A person who answered such a question against the profile is overruled only when the profile changes for it.
    """
    changes: dict[str, Answer | None] = {}
    for question in checklist.questions:
        entries = past.get(question.id, ())
        if left_out(question, new):
            if not (entries and left_out(question, old)):
                changes[question.id] = profile_answer(question)
        elif entries and entries[0].by_profile:
            changes[question.id] = _standing(entries, out=False)
    return changes


def undoable(checklist: Checklist, past: Past) -> Entry | None:
    """The newest answer of a person that still counts. Not of a question that the profile answers now: covered up."""
    histories = (past[question.id] for question in checklist.questions if question.id in past)
    candidates = (entry for entries in histories if not entries[0].by_profile for entry in _counting(entries) if entry.origin == "person")
    return max(candidates, key=lambda entry: entry.id, default=None)


def before(checklist: Checklist, entry: Entry, profile: Profile, past: Past) -> Answer | None:
    """The state that stood before `entry`; a profile's `na` only if the profile still says so."""
    question = next(question for question in checklist.questions if question.id == entry.question)
    earlier = [other for other in past[entry.question] if other.id < entry.id]
    return _standing(earlier, out=left_out(question, profile))


def _standing(entries: Sequence[Entry], *, out: bool) -> Answer | None:
    """The newest of `entries` that counts; entries by profile count only while the question is `out`."""
    newest = next((entry for entry in _counting(entries) if out or not entry.by_profile), None)
    return newest.answer if newest else None


def _counting(entries: Sequence[Entry]) -> Iterator[Entry]:
    """An undo counts, and then the next entry older than the one that it took back: all between came of that one."""
    taken_back: int | None = None
    for entry in entries:
        if taken_back is None or entry.id < taken_back:
            yield entry
            taken_back = entry.undoes or taken_back
