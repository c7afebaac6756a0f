"""The sheets that calculate: a row per stored answer, and the scores that formulas make of these rows, beside the report's own."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_range_abs, xl_rowcol_to_cell

from tenken.i18n import Words
from tenken.reports.answers import AnswerRow, Answers, Part, PlanSums, UnitPart
from tenken.reports.model import Cell, Column, Meta, Table, Value
from tenken.reports.xlsx_blocks import Page
from tenken.reports.xlsx_look import SIZE, SMALL, Formats, clean, for_number, for_words, height

SAME, OTHER = "○", "×"
# Columns of the sheet of answers, left to right; those with a name can be used in formulas as tenken_NAME.
KEYS = (
    "unit", "unit_name", "section", "section_name", "measure", "measure_name", "text", "said", "level", "company", "critical", "weight", "most",
    "points", "applicable", "open", "evidence", "times", "earned", "possible", "open_sum", "evidenced",
)  # fmt: skip
AT = {key: place for place, key in enumerate(KEYS)}
WIDTHS = (5, 17, 5, 14, 5, 15, 38, 18, 36, 7, 6, 6, 7, 6, 7, 7, 7, 7, 9.5, 9.5, 9.5, 9.5)
TEXTS = frozenset({"unit_name", "section_name", "measure_name", "text", "said", "level"})
NAMED = ("unit", "section", "measure", "company", "earned", "possible", "open_sum", "evidenced")


def _heads(_: Words) -> dict[str, str]:
    return {
        "unit": "#", "unit_name": _("Unit"), "section": "#", "section_name": _("Section"), "measure": "#",
        "measure_name": _("Countermeasure"), "text": _("Question"), "said": _("Answer"), "level": _("What the level says"),
        "company": _("Company-wide (1/0)"), "critical": _("Critical"), "weight": _("Weight"), "most": _("Full points"), "points": _("Points"),
        "applicable": _("Applicable (1/0)"), "open": _("Not answered (1/0)"), "evidence": _("Evidence (1/0)"), "times": _("Times counted"), "earned": _("Earned"),
        "possible": _("Possible"), "open_sum": _("Left open"), "evidenced": _("Earned with evidence"),
    }  # fmt: skip


def questions(book: Any, sheet: Any, name: str, looks: Formats, meta: Meta, rows: Sequence[AnswerRow], _: Words) -> None:
    """A row per stored answer; the last four columns are formulas over the columns before them."""
    heads = _heads(_)
    largest = {"times": max((row.times for row in rows), default=0)}
    largest |= dict.fromkeys(("earned", "possible", "open_sum", "evidenced"), max((max(row.possible, row.left) for row in rows), default=0))
    widths = [for_number(largest.get(key, 0), width) for key, width in zip(KEYS, WIDTHS, strict=True)]
    page = Page(sheet, looks, [for_words(heads[key], width) for key, width in zip(KEYS, widths, strict=True)])
    lead = _(
        "Every answer that counts, once; an answer for the whole company counts once for every unit that inherits it (“times counted”). "
        "Earned = weight × points × times; possible = weight × full points × times, where applicable. Change a number, and all scores follow."
    )
    page.begin(meta, _("Questions and answers"), lead)
    head = page.row
    page.head(tuple(Column(heads[key], "text" if key in TEXTS else "number", 1) for key in KEYS))
    first = page.row
    write = _Writer(sheet, looks)
    for place, row in enumerate(rows, start=first):
        write.row(place, row)
    last = max(first, first + len(rows) - 1)
    for key in NAMED:
        area = f"{_quoted(name)}!{xl_range_abs(first, AT[key], last, AT[key])}"
        book.define_name(f"tenken_{key}", f"={area}")
    sheet.autofilter(head, 0, last, len(KEYS) - 1)
    page.row = last + 1
    page.finish(meta, fixed=(first, AT["section"]))


class _Writer:
    """Writes rows fast: formats are looked up once, heights are known by their texts."""

    def __init__(self, sheet: Any, looks: Formats) -> None:
        self._sheet = sheet
        self._text, self._mute = looks.text(inside=True), looks.text("mute", inside=True)
        self._number, self._sign, self._sum = looks.number("0"), looks.sign(), looks.number("#,##0")
        self._none = looks.number("0", "mute")

    def row(self, place: int, row: AnswerRow) -> None:
        sheet = self._sheet
        sheet.set_row(place, _height(row.text, row.level, row.said, row.unit_name, row.section_name, row.countermeasure_name))
        points = None if row.points is None else float(row.points)
        texts = {"unit_name": row.unit_name, "section_name": row.section_name, "measure_name": row.countermeasure_name, "text": row.text,
                 "said": row.said}  # fmt: skip
        for key, text in texts.items():
            sheet.write_string(place, AT[key], clean(text), self._text)
        sheet.write_string(place, AT["level"], clean(row.level), self._mute)
        keys = {"unit": row.unit, "section": row.section, "measure": row.countermeasure, "company": int(row.company)}
        for key, number in keys.items():
            sheet.write_number(place, AT[key], number, self._none)
        sheet.write_string(place, AT["critical"], "●" if row.critical else "", self._sign)
        numbers = {"weight": row.weight, "most": row.most, "applicable": int(row.points is not None), "open": int(row.open),
                   "evidence": int(row.evidenced), "times": row.times}  # fmt: skip
        for key, number in numbers.items():
            sheet.write_number(place, AT[key], number, self._number)
        if points is None:
            sheet.write_blank(place, AT["points"], None, self._number)
        else:
            sheet.write_number(place, AT["points"], points, self._number)
        sums = {"earned": row.earned, "possible": row.possible, "open_sum": row.left, "evidenced": row.earned if row.evidenced else 0}
        for key, value in sums.items():
            sheet.write_formula(place, AT[key], _FORMULAS[key].format(row=place + 1), self._sum, value)


_COLUMN = {key: xl_col_to_name(place) for key, place in AT.items()}
_FORMULAS = {
    key: formula.replace("[", "").replace("]", "{row}")
    for key, formula in {
        "earned": f"=[{_COLUMN['weight']}]*[{_COLUMN['points']}]*[{_COLUMN['times']}]",
        "possible": f"=[{_COLUMN['weight']}]*[{_COLUMN['most']}]*[{_COLUMN['times']}]*[{_COLUMN['applicable']}]",
        "open_sum": f"=[{_COLUMN['weight']}]*[{_COLUMN['most']}]*[{_COLUMN['times']}]*[{_COLUMN['open']}]",
        "evidenced": f"=[{_COLUMN['earned']}]*[{_COLUMN['evidence']}]",
    }.items()
}


@lru_cache(maxsize=4096)
def _height(text: str, level: str, said: str, unit: str, section: str, measure: str) -> float:
    keys = ("text", "level", "said", "unit_name", "section_name", "measure_name")
    return height((shown, WIDTHS[AT[key]], SIZE) for key, shown in zip(keys, (text, level, said, unit, section, measure), strict=True))


def _quoted(name: str) -> str:
    """A sheet's name as formulas write it."""
    return "'" + name.replace("'", "''") + "'"


# --- scores from these rows --------------------------------------------------------------------------------------------

SCORE_WIDTHS = (6.0, 46.0, 13.0, 13.0, 13.0, 15.0, 15.0, 9.0, 16.0)
NUMBER, NAME, EARNED, POSSIBLE, OPEN, AGAIN, SAID, CHECK, WHOLE = range(9)


def scores(book: Any, sheet: Any, name: str, looks: Formats, meta: Meta, answers: Answers, _: Words) -> None:
    """Total, sections, countermeasures and units, made anew from the rows by formulas, each beside the report's number."""
    sums = (EARNED, POSSIBLE, OPEN)
    page = Page(sheet, looks, [for_number(answers.total.score.total if at in sums else 0, width) for at, width in enumerate(SCORE_WIDTHS)])
    lead = _(
        "Formulas make these scores anew from the rows of “Questions and answers”; beside them stand the report’s own numbers. "
        "Score = earned ÷ possible in percent, rounded once, half up, to one decimal by whole numbers: INT((2000 × earned + possible) ÷ (2 × possible)) ÷ 10."
    )
    page.begin(meta, _("Scores made anew from the answers"), lead)
    count = page.row
    page.row += 1
    page.gap()
    block = _Scores(page, _)
    block.head(_("Total"))
    block.part(answers.total, "tenken_earned", None)
    total = page.row - 1
    block.part(answers.evidenced, "tenken_evidenced", None)
    page.gap()
    block.head(_("Scores of sections"))
    for part in answers.sections:
        block.part(part, "tenken_earned", "tenken_section")
    page.gap()
    block.head(_("Scores of countermeasures"))
    for part in answers.countermeasures:
        block.part(part, "tenken_earned", "tenken_measure")
    if answers.units:
        page.gap()
        block.units_head()
        for unit in answers.units:
            block.unit(unit)
    checks = xl_range_abs(count + 1, CHECK, page.row, CHECK)
    sheet.merge_range(count, NUMBER, count, NAME, "", looks.line(bold=True, wrap=False))
    sheet.write_string(count, NUMBER, _("Scores that differ"), looks.line(bold=True, wrap=False))
    sheet.write_formula(count, EARNED, f'=COUNTIF({checks},"{OTHER}")', looks.number("0", bold=True), block.differ)
    book.define_name("tenken_score", f"={_quoted(name)}!{xl_rowcol_to_cell(total, AGAIN, True, True)}")
    book.define_name("tenken_differing", f"={_quoted(name)}!{xl_rowcol_to_cell(count, EARNED, True, True)}")
    page.finish(meta, fixed=(2, 0))


class _Scores:
    """Blocks of scores, one below the other."""

    def __init__(self, page: Page, _: Words) -> None:
        self._page, self._words, self.differ = page, _, 0
        looks = page.looks
        self._sum, self._text, self._sign, self._key = (
            looks.number("#,##0"),
            looks.text(inside=True),
            looks.sign(),
            looks.number("0", "mute"),
        )
        self._score, self._bold = looks.number("0.0", "ours"), looks.number("0.0", bold=True)

    def head(self, title: str) -> None:
        _ = self._words
        self._page.heading(title)
        titles = (
            "#",
            _("Name"),
            _("Earned"),
            _("Possible"),
            _("Left open"),
            _("Score by formula"),
            _("Score in the report"),
            _("Same"),
        )
        self._page.head(
            tuple(Column(text, "text" if place == NAME else "sign" if place == CHECK else "number", 1) for place, text in enumerate(titles))
        )

    def units_head(self) -> None:
        _ = self._words
        self._page.heading(_("Units, by their own questions"))
        self._page.wide(_("What a unit inherits comes answer by answer from the nearest unit above that has one, so its score with inherited answers is "
                          "a value here, not a formula. Units that count nowhere (weight 0) have no rows."), SMALL, mute=True)  # fmt: skip
        titles = ("#", _("Unit"), _("Earned"), _("Possible"), _("Left open"), _("Own score by formula"), _("Own score"), _("Same"),
                  _("Score with inherited answers"))  # fmt: skip
        self._page.head(
            tuple(Column(text, "text" if place == NAME else "sign" if place == CHECK else "number", 1) for place, text in enumerate(titles))
        )

    def part(self, part: Part, earned: str, key: str | None) -> None:
        row = self._page.row
        own = xl_rowcol_to_cell(row, NUMBER)
        sums = (earned, "tenken_possible", "tenken_open_sum")
        formulas = [f"=SUM({each})" if key is None else f"=SUMIFS({each},{key},{own})" for each in sums]
        self._row(row, part.number, part.name, formulas, (part.score.earned, part.score.possible, part.score.open), part.shown)

    def unit(self, unit: UnitPart) -> None:
        page, row = self._page, self._page.row
        if unit.listed:
            own = xl_rowcol_to_cell(row, NUMBER)
            formulas = [
                f"=SUMIFS({each},tenken_unit,{own},tenken_company,0)" for each in ("tenken_earned", "tenken_possible", "tenken_open_sum")
            ]
            self._row(row, unit.number, unit.name, formulas, unit.sums, unit.own)
        else:
            page.sheet.write_number(row, NUMBER, unit.number, self._key)
            page.sheet.write_string(row, NAME, clean(unit.name), self._text)
            self._value(row, SAID, unit.own)
            page.sheet.write_string(row, CHECK, "―", self._sign)
            page.sheet.set_row(row, height([(unit.name, SCORE_WIDTHS[NAME], SIZE)]))
            page.row += 1
        self._value(row, WHOLE, unit.whole)

    def _row(self, row: int, number: int, name: str, formulas: Sequence[str], values: Sequence[int], said: Value) -> None:
        """Number, name, three sums, the score that they make, the report's, and whether both are the same."""
        sheet, _ = self._page.sheet, self._words
        if number:
            sheet.write_number(row, NUMBER, number, self._key)
        else:
            sheet.write_blank(row, NUMBER, None, self._key)
        sheet.write_string(row, NAME, clean(name), self._text)
        for column, formula, value in zip((EARNED, POSSIBLE, OPEN), formulas, values, strict=True):
            sheet.write_formula(row, column, formula, self._sum, value)
        earned, possible = xl_rowcol_to_cell(row, EARNED), xl_rowcol_to_cell(row, POSSIBLE)
        again = _tenths(values[0], values[1])
        none = _("not computable")
        formula = f'=IF({possible}=0,"{none}",INT((2000*{earned}+{possible})/(2*{possible}))/10)'
        sheet.write_formula(row, AGAIN, formula, self._score, none if again is None else again)
        self._value(row, SAID, said)
        same = again == said.number
        self.differ += not same
        one, other = xl_rowcol_to_cell(row, AGAIN), xl_rowcol_to_cell(row, SAID)
        sheet.write_formula(row, CHECK, f'=IF({one}={other},"{SAME}","{OTHER}")', self._sign, SAME if same else OTHER)
        sheet.set_row(row, height([(name, SCORE_WIDTHS[NAME], SIZE)]))
        self._page.row += 1

    def _value(self, row: int, column: int, said: Value) -> None:
        if said.number is None:
            self._page.sheet.write_string(row, column, said.text, self._bold)
        else:
            self._page.sheet.write_number(row, column, said.number, self._bold)


def _tenths(earned: int, possible: int) -> float | None:
    """scoring.md, 2: the shown number, by whole numbers."""
    return (2000 * earned + possible) // (2 * possible) / 10 if possible else None


# --- the plan's sums ---------------------------------------------------------------------------------------------------


def with_yen(table: Table, plan: PlanSums, _: Words) -> Table:
    """The plan's steps with yen as numbers."""
    place = next((place for place, column in enumerate(table.columns) if column.title == _("Yen")), None)
    if place is None or len(table.rows) != len(plan.yen):
        return table
    rows = []
    for row, yen in zip(table.rows, plan.yen, strict=True):
        cell = row[place]
        rows.append((*row[:place], Cell(cell.text, cell.tone, cell.bold, float(yen)) if yen else cell, *row[place + 1 :]))
    return Table(table.id, table.title, table.columns, tuple(rows), table.on_slide, table.more, table.note, table.empty)


def plan_sums(page: Page, table: Table, first: int, last: int, plan: PlanSums, _: Words) -> None:
    """In the row below the steps: sums by formula, equal to what the plan says."""
    looks, sheet, row = page.looks, page.sheet, page.row
    sums = {_("Person-days"): (plan.all_days, "0.0"), _("Yen"): (plan.all_yen, '"¥"#,##0')}
    for place, column in enumerate(table.columns):
        if column.title in sums:
            value, shown = sums[column.title]
            sheet.write_formula(row, place, f"=SUM({xl_range_abs(first, place, last, place)})", looks.number(shown, bold=True), value)
        else:
            sheet.write_string(row, place, _("Sum") if place == min(1, len(table.columns) - 1) else "", looks.text(bold=True))
    sheet.set_row(row, height([("0", 10, SIZE)]))
