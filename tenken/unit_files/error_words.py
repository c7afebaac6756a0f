"""What is wrong with a file of units, as sentences in the reader's language."""

from collections.abc import Iterable

from tenken.error_words import unit_sentences
from tenken.i18n import Words
from tenken.unit_words import column_words
from tenken.workbook.error_words import sentences as file_sentences
from tenken.workbook.problems import Problem


def unit_problem_texts(problems: Iterable[Problem], _: Words) -> tuple[str, ...]:
    """A line for every problem, in their order: the place, then what is wrong there and what to do."""
    said = file_sentences(_) | unit_sentences(_) | sentences(_)
    return tuple(_line(problem, said[problem.code], _) for problem in problems)


def _line(problem: Problem, sentence: str, _: Words) -> str:
    fields = dict(problem.fields)
    if "column" in fields:
        fields["column"] = column_words(_)[fields["column"]]
    what = sentence.format_map(fields)
    return f"{problem.place}: {what}" if problem.place else what


def sentences(_: Words) -> dict[str, str]:
    """Every code's sentence, its fields still open."""
    return {
        "no_csv": _("The file is no CSV ({what}). Save it as CSV UTF-8 or as an Excel workbook (.xlsx) and try again."),
        "too_many_units": _("The file has more than {most} rows. Delete those that hold no unit."),
        "no_headings": _("The file has no row of headings with a code and a kind. Download the list of units and change that."),
        "column_missing": _("The column “{column}” is missing. Download the list of units and change that."),
        "no_units": _("There is no unit in the file."),
        "code_missing": _("The code is missing. It names the unit in files, for example sales-1."),
        "unknown_kind": _("“{value}” is no kind of unit. Choose from the list."),
        "name_missing": _("The name is missing."),
        "no_number": _("“{value}” is no whole number from 0 to {most}."),
        "unknown_duty": _("“{value}” is none of the duties. Write them as they stand on the page, with a comma between them."),
        "yes_or_no": _("“{value}” is neither yes nor no."),
    }
