"""Which state of a question stands: profile and undo as pure functions over the entries of a sheet.

`past` is {question: its entries, newest first}. An entry that an undo took back counts no more; the undo's own
entry does. Nothing is removed from the past, so whatever a person answered can be brought back.
"""

from collections.abc import Mapping, Sequence

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
            changes[question.id] = _standing(entries, taken_back(past), out=False)
    return changes


def taken_back(past: Past) -> frozenset[int]:
    """Ids of the entries that were undone."""
    return frozenset(entry.undoes for entries in past.values() for entry in entries if entry.undoes is not None)


def undoable(checklist: Checklist, past: Past) -> Entry | None:
    """The newest answer of a person that can be undone.

    Not one that was undone already, and none of a question that the profile answers now: it is covered up.
    """
    undone = taken_back(past)
    candidates = (
        entry
        for question in checklist.questions
        for entry in past.get(question.id, ())
        if entry.origin == "person" and entry.id not in undone and not past[question.id][0].by_profile
    )
    return max(candidates, key=lambda entry: entry.id, default=None)


def before(checklist: Checklist, entry: Entry, profile: Profile, past: Past) -> Answer | None:
    """The state that stood before `entry`; a profile's `na` only if the profile still says so."""
    question = next(question for question in checklist.questions if question.id == entry.question)
    earlier = [other for other in past[entry.question] if other.id < entry.id]
    return _standing(earlier, taken_back(past), out=left_out(question, profile))


def _standing(entries: Sequence[Entry], undone: frozenset[int], *, out: bool) -> Answer | None:
    """The newest of `entries` that counts; entries by profile count only while the question is `out`."""
    counting = (entry for entry in entries if entry.id not in undone and (out or not entry.by_profile))
    newest = next(counting, None)
    return newest.answer if newest else None
