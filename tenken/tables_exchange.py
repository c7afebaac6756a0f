"""What a file would change, as a table and as words. Pure."""

import pandas as pd

from scoring.model import Checklist
from tenken.i18n import Words
from tenken.tables import level_words
from tenken.workbook import Conflict, UnitPreview


def changes(checklist: Checklist, unit: UnitPreview, _: Words) -> pd.DataFrame:
    """One row a change: where it stands in the file, the question, before, after."""
    texts = {question.id: _.text(question.text) for question in checklist.questions}
    return pd.DataFrame(
        [
            {
                _("Place in the file"): change.place,
                _("Question"): texts[change.question],
                _("Before"): level_words(checklist, change.before, _),
                _("After"): level_words(checklist, change.after, _),
                _("Note"): change.after.note if change.after else "",
            }
            for change in unit.changes
        ]
    )


def both_sides(checklist: Checklist, conflict: Conflict, _: Words) -> tuple[str, str]:
    """The stored answer with who and when, and the file's with its place."""
    theirs = conflict.theirs
    stored = level_words(checklist, theirs.answer if theirs else None, _)
    who = f"{theirs.person or _('(no name)')}　{_.moment(theirs.at)}\n{theirs.note}" if theirs else ""
    mine = f"{level_words(checklist, conflict.mine, _)}\n{conflict.place}\n{conflict.mine.note if conflict.mine else ''}"
    return f"{stored}\n{who}", mine
