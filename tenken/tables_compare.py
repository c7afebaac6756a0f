"""Units side by side as tables: the same numbers as the charts, for eyes, keyboards and files. Pure; see tables.py."""

from collections.abc import Iterable, Mapping

import pandas as pd

from scoring.model import UNKNOWN
from scoring.portfolio import TOTAL
from scoring.ranking import Line, Practice, completeness, is_reference
from scoring.targets import Aim
from tenken.aiming.words import unit_column
from tenken.comparison import Shown, column_name, is_mark, whole_percent
from tenken.i18n import Words
from tenken.palette import NOT_APPLICABLE_SIGN, OPEN_SIGN, UNKNOWN_SIGN
from tenken.tables import sign

AFTER_SCORE = 2  # the place of the column of targets


def heatmap(found: Shown, _: Words, *, difference: bool = False, aims: Mapping[int, Aim] | None = None) -> pd.DataFrame:
    """All units in the order of the picture, all columns of the view; below them the medians. `aims`: how far each unit is from its
    targets, a column where any are set."""
    comparison = found.comparison
    columns = [
        at for at, column in enumerate(comparison.columns) if column != TOTAL and any(line.cells[at].questions for line in found.lines)
    ]
    names = [
        _("Unit"),
        _("Score"),
        _("Score with evidence"),
        _("Difference to the median"),
        _("Answered (%)"),
        _("To reconfirm"),
        _("Mark"),
    ]
    rows = []
    for line in found.lines:
        cells = []
        for at in columns:
            cell = line.cells[at]
            value = (
                _.change(comparison.difference(line, at))
                if difference and comparison.difference(line, at) is not None
                else _.points(cell.percent)
            )
            text = OPEN_SIGN if cell.possible and cell.open == cell.possible else f"{'' if difference else sign(cell)} {value}".strip()
            cells.append(NOT_APPLICABLE_SIGN if not cell.possible else text + ("※" if is_reference(cell) else ""))
        rows.append(
            [
                _.text(line.unit.name),
                f"{sign(found.score(line))} {_.points(found.score(line).percent)}",
                _.points(line.evidenced.percent),
                _change(found, line, _),
                whole_percent(completeness(line.total)),
                str(line.reconfirm),
                "※" if is_mark(line) else "",
                *cells,
            ]
        )
    middle = [_.points(comparison.medians[at]) if comparison.medians[at] is not None else "" for at in (found.total, *columns)]
    rows.append([_("Median"), middle[0], "", "", "", "", "", *middle[1:]])
    if aims:
        names.insert(AFTER_SCORE, _("Difference to target"))
        missing = [unit_column(aims, line.unit.id, _) for line in found.lines]
        rows = [[*row[:AFTER_SCORE], text, *row[AFTER_SCORE:]] for row, text in zip(rows, [*missing, ""], strict=True)]
    titles = [column_name(found.sums.portfolio.book.checklist, comparison.columns[at], _) for at in columns]
    return pd.DataFrame(rows, columns=_once([*names, *titles]))


def _change(found: Shown, line: Line, _: Words) -> str:
    value = found.comparison.difference(line, found.total)
    return "" if value is None else _.change(value)


def _once(names: Iterable[str]) -> list[str]:
    """Column names of a table have to differ: a cause and a countermeasure may be called the same."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def ranking(found: Shown, _: Words) -> pd.DataFrame:
    """Groups of units that open answers could turn, and the places that these leave to each."""
    names = [_("Group"), _("Place"), _("Unit"), _("Score"), _("Answered (%)")]
    rows = []
    for line in found.comparison.lines:
        if line.place is None:
            continue
        place, score = line.place, found.score(line)
        span = str(place.first) if place.first == place.last else f"{place.first}{'〜' if _.lang == 'ja' else '–'}{place.last}"
        value = _.points(score.percent) if not score.open else _.span(score.percent, score.best)
        rows.append([str(place.group), span, _.text(line.unit.name), value, whole_percent(completeness(line.total))])
    return pd.DataFrame(rows, columns=names)


def practice(found: Shown, practices: Iterable[Practice], _: Words) -> pd.DataFrame:
    """Question by question: what the unit does, what the best of the section does, and how many do best of all."""
    checklist, names = found.checklist, {unit.id: _.text(unit.name) for unit in found.sums.portfolio.units}
    questions = {question.id: question for question in checklist.questions}
    sections = {section.id: _.text(section.title) for section in checklist.sections}
    columns = [_("Section"), _("Question"), _("Here"), _("Best in the section"), _("Its answer"), _("Highest level"), _("Units there")]
    rows = [
        [
            sections[each.section],
            _.text(questions[each.question].text),
            level(found, each.level, _),
            names[each.best_unit],
            NOT_APPLICABLE_SIGN if each.best_level is None else level(found, each.best_level, _),
            level(found, each.highest, _),
            str(each.holders),
        ]
        for each in practices
    ]
    return pd.DataFrame(rows, columns=columns)


def level(found: Shown, code: int, _: Words) -> str:
    """'2 範囲の一部で行う' or '？ わからない'."""
    if code == UNKNOWN:
        return f"{UNKNOWN_SIGN} {_('Don’t know')}"
    return f"{code} {_.text(found.checklist.choices[code].label)}"


def words_columns(_: Words) -> set[str]:
    """The columns that hold words; all others hold figures and stand right."""
    return {_("Unit"), _("Section"), _("Question"), _("Here"), _("Best in the section"), _("Its answer"), _("Highest level"), _("Mark")}
