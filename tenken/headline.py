"""The one sentence that a page begins with, made from the numbers by fixed rules."""

from scoring.assessment import Assessment
from tenken.charts import by_uncovered
from tenken.i18n import Words

NAMED = 2


def conclusion(assessment: Assessment, _: Words) -> str:
    """Names up to two causes whose share is below 75 % of what was answered, most unmet first (by what they add to the gap);
    when there is none, says what is left: open questions, or nothing below 75 %."""
    weak = weak_causes(assessment, _)
    if len(weak) >= NAMED:
        return _("Defences lag behind in: {first}, {second}.", first=weak[0], second=weak[1])
    if weak:
        return _("Defences lag behind in: {first}.", first=weak[0])
    if assessment.result.total.open:
        return _("No weakness in the answers so far; {n} questions are still open.", n=assessment.result.total.unanswered)
    return _("All seven causes stand at 75 points or more.")


def weak_causes(assessment: Assessment, _: Words) -> list[str]:
    """The causes whose share is below 75 % of what was answered, most unmet first (by what they add to the gap)."""
    titles = {section.id: _.text(section.title) for section in assessment.checklist.sections}
    return [
        titles[part.cause]
        for part in by_uncovered(assessment)
        if part.uncovered and assessment.result.section(part.cause).earned * 4
        < 3 * (assessment.result.section(part.cause).possible - assessment.result.section(part.cause).open)
    ]  # fmt: skip
