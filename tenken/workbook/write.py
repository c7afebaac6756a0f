"""A workbook that people can fill in: one sheet per unit, and a first one that says how.

Only cells for answers are unlocked. What people wrote is always written as text; the few formulas are our own and
count answers. The same input makes the same bytes.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range_abs

from scoring.model import NA_WORD, Answer, Lang, Question
from tenken.i18n import Words, words
from tenken.palette import NOT_APPLICABLE_SIGN, UNKNOWN_SIGN
from tenken.workbook.form import FORMAT, HIDDEN, KEPT_FILE, MARKER, NO_QUESTION, VISIBLE, Marks, SheetForm, carried
from tenken.workbook.levels import level_text, options, short_text
from tenken.workbook.look import WIDTHS, Formats, adjusting, height, marking, printed

COLUMN = {key: number for number, key in enumerate((*VISIBLE, *HIDDEN))}
LETTER = {key: xl_col_to_name(number) for key, number in COLUMN.items()}
TITLE, UNDER, HEAD = 2, 3, 4  # rows; two hidden ones stand above them
LISTS = "tenken"
GUIDE = (3, 3.5, 66, 40, 18)  # widths of the first sheet
NAME_LENGTH = 31
FIRST_DAY = date(1900, 3, 1)  # before it, the calendars of spreadsheets differ by a day
SETTINGS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write(forms: Sequence[SheetForm], lang: Lang, *, created: datetime, confidential: bool = True) -> bytes:
    """An XLSX file with a sheet per form, in their order; all of them of one checklist. `created` is written into it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SETTINGS) as book:
        _Book(book, forms, words(lang), confidential=confidential).fill(created)
    return adjusting(out.getvalue())


def sheet_names(names: Sequence[str], taken: Sequence[str]) -> list[str]:
    """`names` as Excel allows them: at most 31 letters, without its seven signs, each one once whatever the case."""
    used = {name.casefold() for name in taken} | {"history"}
    made: list[str] = []
    for name in names:
        base = "".join("_" if sign in "[]:*?/\\" or not sign.isprintable() else sign for sign in name).strip("' ") or "_"
        number, legal = 1, _cut(base, NAME_LENGTH)
        while legal.casefold() in used:
            number += 1
            legal = _cut(base, NAME_LENGTH - len(end := f" ({number})")) + end
        used.add(legal.casefold())
        made.append(legal)
    return made


def _cut(text: str, most: int) -> str:
    """The first `most` letters as Excel counts them: 𠮷 is two."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore").strip("' ")


class _Book:
    """One workbook while it is written."""

    def __init__(self, book: Any, forms: Sequence[SheetForm], _: Words, *, confidential: bool) -> None:
        self._book, self._forms, self._words = book, forms, _
        self._looks = Formats(book, _.lang)
        self._marking = marking(_, confidential=confidential)
        self._lists: dict[str, int] = {}  # question → row of its options

    def fill(self, created: datetime) -> None:
        _ = self._words
        self._book.set_properties({"title": _("Self-audit"), "author": "Tenken", "comments": self._marking, "created": created})
        self._book.set_size(1920, 1200)
        guide = _("Read this first")
        names = sheet_names([_.text(form.unit.name) for form in self._forms], (guide, LISTS))
        first = self._book.add_worksheet(guide)
        lasts = [self._form(form, self._book.add_worksheet(name)) for form, name in zip(self._forms, names, strict=True)]
        self._guide(first, [(form, name, last) for form, name, last in zip(self._forms, names, lasts, strict=True)])
        self._options()

    # --- first sheet ---

    def _guide(self, sheet: Any, forms: Sequence[tuple[SheetForm, str, int]]) -> None:
        _, looks = self._words, self._looks
        printed(sheet, self._marking, _.lang)
        for column, width in enumerate(GUIDE):
            sheet.set_column(column, column, width)
        sheet.set_row(1, 30)
        sheet.write_string(1, 1, _("How to fill in this workbook"), looks["title"])
        for row, step in enumerate(_steps(_), start=3):
            sheet.write_string(row, 1, str(row - 2), looks["line"])
            sheet.merge_range(row, 2, row, 4, step, looks["line"])
            sheet.set_row(row, height([(step, sum(GUIDE[2:]), 10)]))
        at = 4 + len(_steps(_))
        sheet.set_row(at, 20)
        for column, head in enumerate((_("Unit"), _("Quarter"), _("Answered")), start=2):
            sheet.write_string(at, column, head, looks["line_head"])
        for row, (form, name, last) in enumerate(forms, start=at + 1):
            sheet.write_string(row, 2, carried(_.text(form.unit.name)), looks["line"])
            sheet.write_string(row, 3, carried(_.text(form.period_label)), looks["line"])
            sheet.write_formula(row, 4, _count(last, name), looks.counted(len(form.questions)), _answered(form))
        sheet.protect("", {"format_columns": True, "format_rows": True})

    # --- one unit ---

    def _form(self, form: SheetForm, sheet: Any) -> int:
        """Writes one sheet; the last row of its questions."""
        _, looks = self._words, self._looks
        self._top(form, sheet)
        row = HEAD
        number = 0
        for section in form.checklist.sections:
            asked = [question for question in form.questions if question.section == section.id]
            if not asked:
                continue
            number, row = number + 1, row + 1
            sheet.set_row(row, 21)
            for column in range(len(VISIBLE)):
                sheet.write_blank(row, column, None, looks["band"])
            sheet.write_string(row, 0, f"{number}　{_.text(section.title)}", looks["band"])
            sheet.write_string(row, COLUMN["id"], NO_QUESTION, looks["hidden"])
            for place, question in enumerate(asked, start=1):
                row += 1
                self._question(form, sheet, row, question, f"{number}-{place}")
        self._finish(form, sheet, row)
        counted = looks.counted(len(form.questions), f"{_('Answered')} ")
        sheet.write_formula(UNDER, COLUMN["level"], _count(row), counted, _answered(form))
        return row

    def _top(self, form: SheetForm, sheet: Any) -> None:
        _, looks, checklist = self._words, self._looks, form.checklist
        names = {
            "format": FORMAT, "unit": form.unit.code, "period": form.period, "period_label": _.text(form.period_label),
            "checklist": checklist.id, "edition": checklist.edition, "content": checklist.content_hash, "lang": _.lang,
        }  # fmt: skip
        for column, text in enumerate((MARKER, *(part for pair in names.items() for part in pair))):
            sheet.write_string(0, column, text, looks["hidden"])
        for key, column in COLUMN.items():
            sheet.write_string(1, column, key, looks["hidden"])
        sheet.set_row(TITLE, 27)
        sheet.write_string(TITLE, 0, f"{carried(_.text(form.unit.name))}　{carried(_.text(form.period_label))}", looks["title"])
        edition = _("{title}, edition {edition}", title=_.text(checklist.title), edition=checklist.edition)
        sheet.write_string(UNDER, 0, edition, looks["mute"])
        heads = _heads(_)
        sheet.set_row(HEAD, height((head, WIDTHS[key], 9) for key, head in heads.items()))
        for key, head in heads.items():
            sheet.write_string(HEAD, COLUMN[key], head, looks["head"])
        for row in (TITLE, UNDER, HEAD):
            sheet.write_string(row, COLUMN["id"], NO_QUESTION, looks["hidden"])

    def _question(self, form: SheetForm, sheet: Any, row: int, question: Question, number: str) -> None:
        _, looks, answer = self._words, self._looks, form.answers.get(question.id)
        sheet.write_string(row, COLUMN["number"], number, looks["number"])
        text, why = _.text(question.text), f"\n{_.text(question.why)}"
        sheet.write_rich_string(row, COLUMN["question"], looks.question, text, looks.why, why, looks["fixed"])
        levels = "\n".join(options(question, form.checklist, _)[:-2])
        sheet.write_string(row, COLUMN["levels"], levels, looks["small"])
        said = self._answer(form, sheet, row, question, answer)
        before = short_text(form.checklist, form.previous.get(question.id), _)
        sheet.write_string(row, COLUMN["previous"], before, looks["small"])
        sheet.write_string(row, COLUMN["id"], question.id, looks["hidden"])
        sheet.write_number(row, COLUMN["seen"], form.seen.get(question.id, 0), looks["hidden"])
        high = {"question": (text + why, 9.6), "levels": (levels, 9), "previous": (before, 9), **{key: (said[key], 10) for key in said}}
        sheet.set_row(row, height((what, WIDTHS[key], size) for key, (what, size) in high.items()))
        at = self._lists.setdefault(question.id, len(self._lists))
        source = f"={LISTS}!{xl_range_abs(at, 1, at, len(question.levels) + 2)}"
        # Whatever is typed is taken: a digit is quicker than the list, and reading names what it does not know.
        sheet.data_validation(row, COLUMN["level"], row, COLUMN["level"], {"validate": "list", "source": source, "show_error": False})

    def _answer(self, form: SheetForm, sheet: Any, row: int, question: Question, answer: Answer | None) -> dict[str, str]:
        """Writes what is answered so far; the texts by column."""
        _, looks = self._words, self._looks
        level = level_text(question, form.checklist, answer, _)
        reason = carried(_reason(form, question, answer, _) if answer else "")
        note, link = carried(answer.note if answer else ""), carried(answer.evidence.link if answer and answer.evidence else "")
        dated = answer.evidence.dated if answer and answer.evidence and link else None
        texts = {"level": level, "reason": reason, "note": note, "evidence": link}
        for key, text in texts.items():
            sheet.write_string(row, COLUMN[key], text, looks["answer"])
        if dated and dated >= FIRST_DAY:
            sheet.write_datetime(row, COLUMN["dated"], dated, looks["day"])
        else:
            sheet.write_string(row, COLUMN["dated"], dated.isoformat() if dated else "", looks["day"])
        marks = Marks.of(level, reason, note, link, dated.isoformat() if dated else "")
        kept = KEPT_FILE if dated and answer and answer.evidence and answer.evidence.file else ""
        sheet.write_string(row, COLUMN["written"], f"{marks}{kept}", looks["hidden"])
        self._state(form, sheet, row, question, answer)
        return texts

    def _state(self, form: SheetForm, sheet: Any, row: int, question: Question, answer: Answer | None) -> None:
        """Unlocked only where something carried over can be confirmed."""
        _, column = self._words, COLUMN["state"]
        if question.id in form.reconfirm:
            sheet.write_string(row, column, _("Reconfirm"), self._looks["answer"])
            sheet.data_validation(row, column, row, column, {"validate": "list", "source": [_("Reconfirm"), _("Confirmed")]})
        else:
            by_profile = answer is not None and answer.by_profile
            sheet.write_string(row, column, _("By company facts") if by_profile else "", self._looks["small"])

    def _finish(self, form: SheetForm, sheet: Any, last: int) -> None:
        """What a sheet is as a whole, once its last row is known."""
        for row in (0, 1):
            sheet.set_row(row, None, None, {"hidden": True})
        for key, width in WIDTHS.items():
            sheet.set_column(COLUMN[key], COLUMN[key], width)
        sheet.set_column(COLUMN[HIDDEN[0]], COLUMN[HIDDEN[-1]], None, None, {"hidden": True})
        for key, rule, mark in _rules(self._words):
            area = (HEAD + 1, COLUMN[key], last, COLUMN[key])
            criteria = rule.format(**{name: f"${letter}{HEAD + 2}" for name, letter in LETTER.items()})
            sheet.conditional_format(*area, {"type": "formula", "criteria": criteria, "format": self._looks.mark(mark)})
        sheet.freeze_panes(HEAD + 1, COLUMN["levels"])
        sheet.print_area(TITLE, 0, last, len(VISIBLE) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A{HEAD + 2}:{LETTER['previous']}{last + 1}"})
        printed(sheet, self._marking, self._words.lang, about=self._words.text(form.period_label)[:60], repeat=HEAD)
        sheet.protect("", {"format_columns": True, "format_rows": True})

    # --- lists ---

    def _options(self) -> None:
        """A hidden sheet with what the lists offer: a list inside a rule may have 255 letters only."""
        sheet = self._book.add_worksheet(LISTS)
        questions = {question.id: (question, form.checklist) for form in self._forms for question in form.questions}
        for asked, row in self._lists.items():
            sheet.write_string(row, 0, asked)
            for column, option in enumerate(options(*questions[asked], self._words), start=1):
                sheet.write_string(row, column, option)
        sheet.very_hidden()


# --- words ---------------------------------------------------------------------------------------


def _heads(_: Words) -> dict[str, str]:
    return {
        "number": "#",
        "question": _("Question and why it is asked"),
        "levels": _("Levels"),
        "level": _("Answer"),
        "reason": _("Reason for not applicable"),
        "note": _("Note"),
        "evidence": _("Where the evidence is"),
        "dated": _("Date of the evidence"),
        "state": _("State"),
        "previous": _("Last quarter"),
    }


def _steps(_: Words) -> tuple[str, ...]:
    return (
        _("Open the sheet of your unit. For each question choose a level in the column “Answer” from the list, or type its number."),
        _("“Not applicable” needs a reason. “Don’t know” is an answer too; then find out."),
        _("Evidence has two cells, and both are needed: where it is (address, folder, file number), and its date, such as 2026/11/22."),
        _("“Reconfirm” marks answers carried over from last quarter: change the answer, or set the state to “Confirmed”."),
        _(
            "Save as an Excel workbook (.xlsx) and read the file in with Tenken. It first shows what would change; nothing is written before."
        ),
        _("Grey cells cannot be changed. To take an answer back, clear its level."),
    )


def _rules(_: Words) -> Iterator[tuple[str, str, "Any"]]:
    """(column, formula with the first cell of each column by its key, mark): what still needs something."""
    known = f"0123456789{UNKNOWN_SIGN}?{NOT_APPLICABLE_SIGN}-×"
    yield "level", f'=AND({{id}}<>"{NO_QUESTION}",LEN({{level}})=0)', "open"
    yield "level", f'=AND({{id}}<>"{NO_QUESTION}",LEN({{level}})>0,ISERROR(FIND(LEFT({{level}},1),"{known}")))', "wrong"
    yield "reason", f'=AND(LEFT({{level}},1)="{NOT_APPLICABLE_SIGN}",LEN(TRIM({{reason}}))=0)', "look"
    for key in ("evidence", "dated"):
        yield key, "=(LEN({evidence})>0)<>(LEN({dated})>0)", "look"
    yield "state", f'={{state}}="{_("Reconfirm")}"', "look"


def _count(last: int, sheet: str = "") -> str:
    """A formula: how many questions have a level."""
    place = "'{}'!".format(sheet.replace("'", "''")) if sheet else ""
    ids, levels = (f"{place}{xl_range_abs(HEAD + 1, COLUMN[key], last, COLUMN[key])}" for key in ("id", "level"))
    return f'=SUMPRODUCT(({ids}<>"{NO_QUESTION}")*(LEN({levels})>0))'


def _answered(form: SheetForm) -> int:
    return sum(question.id in form.answers for question in form.questions)


def _reason(form: SheetForm, question: Question, answer: Answer, _: Words) -> str:
    """Why it does not apply; the profile's own answer says so in the words of its facts."""
    if answer.by_profile and answer.choice == NA_WORD:
        facts = [_.text(fact.reason) for fact in form.checklist.facts if fact.id in question.needs_any] or [answer.reason]
        return ("、" if _.lang == "ja" else "; ").join(facts)
    return answer.reason
