"""What is wrong with a file that is read back, as sentences in the reader's language."""

from collections.abc import Iterable

from tenken.i18n import Words
from tenken.workbook.problems import Problem


def problem_text(problem: Problem, _: Words) -> str:
    """One line: the place, then what is wrong there and what to do."""
    what = sentences(_)[problem.code].format_map(dict(problem.fields))
    if problem.place:
        return f"{problem.place}: {what}"
    return _("Line {n}: {what}", n=problem.row + 1, what=what) if problem.row >= 0 else what


def problem_texts(problems: Iterable[Problem], _: Words) -> tuple[str, ...]:
    """A line for every problem, in their order."""
    return tuple(problem_text(problem, _) for problem in problems)


def sentences(_: Words) -> dict[str, str]:
    """Every code's sentence, its fields still open."""
    return {
        # the file
        "too_large": _("The file is larger than {limit} MB."),
        "unreadable": _("The file cannot be read ({what})."),
        "too_slow": _("Reading the file took too long. Try again; if it stays, download a new workbook and fill that in."),
        "too_much": _("Unpacked, the file is too large to be read. Download a new workbook and fill that in."),
        "damaged": _("The file is damaged. Open it in Excel, save it anew, and try again."),
        "password": _("The file has a password. Take it off in Excel, save, and try again."),
        "old_format": _("The file is in another format of Excel. Save it as an Excel workbook (.xlsx) and try again."),
        "no_workbook": _("The file is no Excel workbook (.xlsx)."),
        "macros": _("The file holds macros or embedded objects. Save it as an Excel workbook (.xlsx) without them and try again."),
        "external": _("The file takes data from other files. Break the links in Excel (Data, Edit Links) and try again."),
        "encoding": _("The text is neither UTF-8 nor Shift_JIS (CP932). Save the file as CSV UTF-8 and try again."),
        "no_form": _("No sheet of the file was made by Tenken. Download a workbook and fill that in."),
        "too_many_problems": _("More than {most} problems; the rest is not named."),
        "undecided": _("{n} conflicts still have to be decided."),
        "line": "{what}",
        # a sheet
        "too_many_rows": _("The sheet has thousands of rows. Delete the sheet or the rows that do not belong here."),
        "newer_form": _("This sheet was made by a newer version of Tenken. Read it in there."),
        "hidden_rows": _("The hidden rows on top have been changed, so the sheet cannot be read. Download a new workbook."),
        "other_edition": _("This sheet belongs to the checklist {theirs}; the quarter uses {ours}. Download a new workbook."),
        "other_content": _("The questions of edition {edition} have changed since this sheet was made. Download a new workbook."),
        "other_period": _("This sheet belongs to another quarter ({theirs})."),
        "unknown_unit": _("The unit {unit} takes no answers here."),
        "unit_twice": _("The unit {unit} is in the file twice. Delete one of the two sheets."),
        # a row
        "no_question": _("This row belongs to no question. Move the text to the row of a question, or delete it."),
        "unknown_question": _("There is no question {question} in this checklist. Download a new workbook."),
        "not_asked": _("The question {question} is not asked of this unit."),
        "question_twice": _("The question {question} has two rows. Delete one of them."),
        "hidden_columns": _("The hidden columns of this row have been changed, so it cannot be read. Download a new workbook."),
        # a cell
        "formula": _("The cell holds a formula. Write the value itself."),
        "merged": _("The cell is merged with others. Split it again."),
        "unknown_level": _("“{value}” is none of the levels. Choose from the list, or write a number from 0 to {most}."),
        "level_missing": _("The row has text but no level. Choose one from the list."),
        "reason_missing": _("Not applicable needs a reason."),
        "reason_beside_level": _("A reason stands only beside “not applicable”. Move the text to the note, or delete it."),
        "too_long": _("The text has {n} letters; {most} are possible."),
        "unreadable_text": _("The text has signs that cannot be stored. Remove them and try again."),
        "date_missing": _("Evidence needs its date."),
        "bad_date": _("“{value}” is not a date. Example: 2026/11/22."),
        "evidence_missing": _("The date stands alone. Write where the evidence is, or delete the date."),
        "date_to_come": _("The date of the evidence lies in the future."),
        "unknown_state": _("“{value}” is not a state. Choose from the list."),
    }
