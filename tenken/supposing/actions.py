"""From a scenario to corrective actions: one per stored answer that is to be raised."""

from scoring.whatif import half_days
from tenken.corrective.decided import raising
from tenken.i18n import Words
from tenken.store import ActionDraft
from tenken.supposing.trial import Ground, Trial


def drafts(on: Ground, trial: Trial, _: Words) -> tuple[ActionDraft, ...]:
    """Raised answers as actions."""
    checklist = on.portfolio.book.checklist
    questions = {question.id: question for question in checklist.questions}
    found = []
    for move in trial.outcome.moves:
        if move.is_up:
            levels = move.before if move.before >= 0 else None, move.level
            effort = half_days(checklist, move, on.efforts)
            found.append(raising(questions[move.question], move.unit, levels, "scenario", effort, 0, _))
    return tuple(found)
