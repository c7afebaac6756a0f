"""Domain values to pandas tables of words and shown numbers: pure. The same numbers as the charts, for eyes,
keyboards and screen readers that charts do not serve."""

from collections.abc import Iterable, Sequence

import pandas as pd

from scoring.assessment import Assessment
from scoring.behind import units_at
from scoring.engine import evidence_valid, question_score, shown
from scoring.incident_gap import TSR_CAUSES
from scoring.model import (
    NA_WORD,
    UNKNOWN,
    UNKNOWN_WORD,
    Answer,
    Checklist,
    Question,
    Score,
    Step,
)
from scoring.outside import (
    Figure,
    Source,
    Statistics,
    Year,
)
from scoring.targets import ToTarget
from tenken.charts import by_uncovered, status
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.palette import NOT_APPLICABLE_SIGN, OPEN_SIGN, PALETTES, UNKNOWN_SIGN


def figures_right(frame: pd.DataFrame, words: Iterable[str]) -> pd.DataFrame:
    """The table with every column but `words` padded by figure spaces (U+2007), so that its figures stand right.

    st.table aligns text to the left whatever a Styler says; a figure space is as wide as a digit."""
    columns = {
        name: [str(value).rjust(max(map(len, map(str, frame[name])), default=0), "\u2007") for value in frame[name]]
        for name in frame.columns
        if name not in set(words)
    }
    return frame.assign(**columns)


def level_words(checklist: Checklist, answer: Answer | None, _: Words) -> str:
    """'2 範囲の一部で行う', '？ わからない', '― 該当なし' or '・ 未回答'."""
    if answer is None:
        return f"{OPEN_SIGN} {_('Not answered')}"
    if answer.choice == UNKNOWN_WORD:
        return f"{UNKNOWN_SIGN} {_('Don’t know')}"
    if answer.choice == NA_WORD:
        return f"{NOT_APPLICABLE_SIGN} {_('Not applicable')}"
    number = next(i for i, choice in enumerate(checklist.choices) if choice.id == answer.choice)
    return f"{number} {_.text(checklist.choices[number].label)}"


def sign(score: Score) -> str:
    """The sign of a score: ○ △ × by exact integers, ・ unanswered, ― not applicable."""
    mark = status(PALETTES["light"], score)
    if mark is None:
        return NOT_APPLICABLE_SIGN
    return OPEN_SIGN if score.open == score.possible else mark.sign


def causes(assessment: Assessment, _: Words, found: ToTarget | None = None) -> pd.DataFrame:
    """One row per cause in the order of the bars, then what has no cause, then the sum of 100 %. `found`: with a column of what is
    missing to the targets, a part of what is not met."""
    titles = {section.id: _.text(section.title) for section in assessment.checklist.sections}
    names = [_("Cause"), _("Score"), _("Share of incidents"), _("Not met"), _("Not answered"), _("Not applicable"), _("Covered")]
    rows = [
        [
            titles[p.cause],
            _.points(assessment.result.section(p.cause).percent),
            *map(_.percent, (p.share.central, p.uncovered, p.open, p.not_applicable, p.covered)),
        ]
        for p in by_uncovered(assessment)
    ]
    gap = assessment.gap
    rows.append([_("Cause not published"), "", _.percent(gap.unassigned), "", "", "", ""])
    sums = (gap.uncovered, gap.open, gap.not_applicable, gap.covered)
    rows.append([_("Sum"), _.points(assessment.result.total.percent), _.percent(sum(sums, gap.unassigned)), *map(_.percent, sums)])
    if found:
        parts = dict(found.causes)
        missing = [*(_.percent(parts.get(p.cause)) for p in by_uncovered(assessment)), "", _.percent(found.gap)]
        names.insert(4, _("Missing to target"))
        rows = [[*row[:4], text, *row[4:]] for row, text in zip(rows, missing, strict=True)]
    return pd.DataFrame(rows, columns=names)


def foundation(assessment: Assessment, _: Words) -> pd.DataFrame:
    """The sections without a share in incidents: what carries the rest."""
    scores = dict(assessment.result.sections)
    rows = [
        [
            f"{sign(scores[section.id])}　{escaped(_.text(section.title))}",
            _.points(scores[section.id].percent),
            str(scores[section.id].unanswered),
        ]
        for section in assessment.checklist.sections
        if not section.is_cause
    ]
    return pd.DataFrame(rows, columns=[_("Section"), _("Score"), _("Open questions")])


def cells(assessment: Assessment, _: Words) -> pd.DataFrame:
    """Countermeasures as rows, causes as columns: sign and share, blank where there is no question."""
    titles = {section.id: _.text(section.title) for section in assessment.checklist.sections}
    labels = {measure.id: _.text(measure.label) for measure in assessment.checklist.countermeasures}
    found = {(cell.countermeasure, cell.section): cell.score for cell in assessment.result.cells}
    columns = [p.cause for p in by_uncovered(assessment)]
    used = [measure for measure in labels if any(key[0] == measure for key in found)]
    rows = [[f"{sign(found[m, c])} {_.points(found[m, c].percent)}" if (m, c) in found else "" for c in columns] for m in used]
    return pd.DataFrame(rows, columns=[titles[c] for c in columns], index=[labels[m] for m in used])


def answers(assessment: Assessment, questions: Iterable[Question], _: Words) -> pd.DataFrame:
    """The rows behind a number, the sum last: weight, level, points earned of possible, evidence."""
    checklist = assessment.checklist
    names = [
        _("Question"),
        _("Weight"),
        _("Answer"),
        _("Points"),
        _("Earned"),
        _("Possible"),
        _("Open"),
        _("Evidence"),
        _("Part of the gap"),
    ]
    parts = dict(assessment.gap.by_question)
    rows: list[list[str]] = []
    total = Score()
    for question in questions:
        answer = assessment.answers.get(question.id)
        score = question_score(checklist, question, answer)
        total += score
        rows.append(
            [
                _.text(question.text),
                str(question.weight),
                level_words(checklist, answer, _),
                str(score.earned // question.weight) if score.possible and not score.open else "",
                _.integer(score.earned),
                _.integer(score.possible),
                _.integer(score.open),
                _evidence(assessment, question, answer, _),
                _.percent(parts[question.id].central) if question.id in parts else "",
            ]
        )
    rows.append([_("Sum"), "", "", "", *map(_.integer, (total.earned, total.possible, total.open)), "", ""])
    return pd.DataFrame(rows, columns=names)


def _evidence(assessment: Assessment, question: Question, answer: Answer | None, _: Words) -> str:
    if answer is None or answer.evidence is None:
        return ""
    day = answer.evidence.dated.isoformat()
    return _("{day} valid", day=day) if evidence_valid(question, answer, assessment.as_of) else _("{day} too old", day=day)


def rank_lines(assessment: Assessment, _: Words) -> list[str]:
    """A line for every cause that the second reference ranks two or more places elsewhere."""
    titles = {section.id: _.text(section.title) for section in assessment.checklist.sections}
    reference = assessment.outside.reference
    return [
        _("◇ {cause}: rank {ours} by TSR (listed companies and their subsidiaries, self-disclosed), {other} by reports to the Personal Information Protection Commission ({period}, private sector, mis-delivery dominates).",
          cause=titles[cause], ours=ours, other=_("rank {n} or lower", n=other) if cause not in dict(reference.counts) else _("rank {n}", n=other), period=_.period(reference.period))
        for cause, (ours, other) in sorted(assessment.rank_marks.items(), key=lambda item: item[1])
    ]  # fmt: skip


# --- statistics ----------------------------------------------------------------------------------


def count(figure: Figure | None, _: Words) -> str:
    """A published count, or the words for none."""
    return _("not published") if figure is None else _.integer(int(figure.value))


def published_share(statistics: Statistics, year: int, cause: str) -> str:
    """TSR's own printed share of a cause, as printed (TSR cuts after one decimal)."""
    wanted = (str(year), "cause", cause, "share_percent")
    found = next(f for f in statistics.figures if (f.period, f.dimension, f.category, f.measure) == wanted)
    return str(float(found.value))


def source_link(figure: Figure | None, statistics: Statistics, _: Words) -> str:
    """A figure's source as a Markdown link."""
    return "" if figure is None else _link(statistics.source(figure.source), _)


def _link(source: Source, _: Words) -> str:
    return f"[{escaped(publisher(source, _))}]({source.url})"


def publisher(source: Source, _: Words) -> str:
    """The publisher as the source list has it, TSR's own name in the reader's language."""
    return source.publisher.replace("Tokyo Shoko Research", _("Tokyo Shoko Research"))


def datasets(statistics: Statistics) -> list[tuple[str, list[Figure]]]:
    """The secondary series, each with its figures in file order."""
    found: dict[str, list[Figure]] = {}
    for figure in statistics.secondary:
        found.setdefault(figure.dataset, []).append(figure)
    return list(found.items())


def size_bands(year: Year, statistics: Statistics, _: Words) -> pd.DataFrame:
    """Published size bands of one year with their source."""
    rows = [[_.text(statistics.label(band)), count(figure, _), source_link(figure, statistics, _)] for band, figure in year.size_bands]
    return pd.DataFrame(rows, columns=[_("Persons per incident"), _("Incidents"), _("Source")])


def sources(statistics: Statistics, _: Words) -> pd.DataFrame:
    """Every page that a figure was read from."""
    rows = [[escaped(publisher(s, _)), escaped(s.title), s.published, s.url] for s in statistics.sources]
    return pd.DataFrame(rows, columns=[_("Publisher"), _("Title"), _("Published"), _("Address")])


def years(statistics: Statistics, _: Words) -> pd.DataFrame:
    """Every year with what is published, and the sources of the year's totals."""
    names = [
        _("Year"),
        _("Incidents"),
        _("Companies"),
        _("Persons"),
        *(_.text(statistics.label(c)) for c in TSR_CAUSES),
        _("Cause not published"),
        _("Source"),
    ]
    rows = [[str(y.year), count(y.incidents, _), count(y.companies, _), count(y.persons, _), *(count(dict(y.causes).get(c), _) for c in TSR_CAUSES),
             "" if y.unassigned is None else _.integer(y.unassigned), _sources(y, statistics, _)] for y in statistics.years]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def _sources(year: Year, statistics: Statistics, _: Words) -> str:
    found = [f for f in (year.incidents, year.companies, year.persons, *(f for _id, f in year.causes)) if f is not None]
    return ", ".join(dict.fromkeys(source_link(f, statistics, _) for f in found))


def figures(rows: Sequence[Figure], statistics: Statistics, _: Words) -> pd.DataFrame:
    """Published figures as they stand in data/, each with its source."""
    names = [_("Period"), _("What"), _("Value"), _("Source")]
    table = [[_.period(f.period), _.text(statistics.label(f.category)), _value(f, _), source_link(f, statistics, _)] for f in rows]
    return pd.DataFrame(table, columns=names)


def counts(rows: Sequence[Figure], total: int | None, statistics: Statistics, _: Words) -> pd.DataFrame:
    """The numbers of charts.counts, each with its source; the rest up to `total` was not published."""
    table = figures(rows, statistics, _)
    rest = 0 if total is None else total - sum(int(f.value) for f in rows)
    if rest > 0:
        table.loc[len(table)] = [_.period(rows[0].period), _("not published"), _.integer(rest), ""]
    return table


def _value(figure: Figure, _: Words) -> str:
    number = _.integer(int(figure.value)) if figure.value == int(figure.value) else str(float(figure.value))
    return f"{number}%" if figure.unit == "percent" else number


def largest(statistics: Statistics, _: Words) -> pd.DataFrame:
    """The largest incidents as published, newest year first, with reported persons, cause and source."""
    about = {"exact": "{n}", "about": _("about {n}"), "up_to": _("up to {n}")}
    rows = [
        [str(i.year), _.text(i.organisation), about[i.qualifier].format(n=_.integer(i.persons)),
         _.text(statistics.label(i.cause)) if i.cause else _("not stated in what was read"),
         ", ".join(_link(statistics.source(s), _) for s in i.sources)]
        for i in sorted(statistics.largest, key=lambda i: (-i.year, -i.persons))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=[_("Year"), _("Organisation as reported"), _("Persons"), _("Cause (by the article)"), _("Source")])


def matrix(assessment: Assessment, statistics: Statistics, _: Words) -> pd.DataFrame:
    """The cause matrix: central value, bounds, reason; judgement is named as such."""
    titles = {section.id: _.text(section.title) for section in assessment.checklist.sections}
    rows = [
        [_.text(statistics.label(tsr)), titles.get(cause, cause), shown(cell.central), _.span(cell.low, cell.high),
         (_("Judgement. ") if cell.judgement else "") + _.text(cell.reason)]
        for tsr, row in assessment.outside.matrix.rows for cause, cell in row
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=[_("TSR cause"), _("Our cause"), _("Part (%)"), _("Range (%)"), _("Reason")])


def words_columns(_: Words) -> set[str]:
    """The columns of `answers` that hold words; all others hold figures and stand right."""
    return {_("Question"), _("Answer"), _("Evidence")}


def steps(assessment: Assessment, _: Words) -> pd.DataFrame:
    """Every step in its order: what to do, why, the change of gap and score, effort, tie group."""
    questions = {question.id: question for question in assessment.checklist.questions}
    names = [_("Order"), _("To do"), _("Why"), _("Change of the gap"), _("Range (%)"), _("Change of the score"), _("Days"), _("Group")]
    rows = []
    for number, step in enumerate(assessment.steps, start=1):
        question = questions[step.question]
        known = step.level is not None
        rows.append(
            [
                f"{number}",
                marked(step.critical, escaped(todo(question, step, _)), _),
                escaped(_.text(question.why)),
                f"−{_.points(step.gap.central)}" if known else "―",
                f"−{_.span(step.gap.low, step.gap.high)}" if known else "―",
                f"+{_.points(step.loss)}" if known else "―",
                days(step),
                str(step.tie),
            ]
        )
    return pd.DataFrame(rows, columns=names)


def marked(critical: bool, text: str, _: Words) -> str:
    """A question's text, or what to do about it; critical ones say so."""
    return _("Critical: {text}", text=text) if critical else text


def todo(question: Question, step: Step, _: Words) -> str:
    """The sentence of a step: the advice of its level, or to find out."""
    if step.level is None:
        return _("Find out: {text}", text=_.text(question.text))
    return _.text(question.advice[step.level])


def step_lines(assessment: Assessment, question: Question, step: Step, _: Words) -> list[str]:
    """Why a step, what it changes, how sure that is."""
    lines = [escaped(_.text(question.why))]
    if assessment.sheets is not None and len(assessment.sheets.weights) > 1:
        code = UNKNOWN if step.level is None else step.level
        n = units_at(assessment.checklist, assessment.sheets, question.id, code)
        lines.append(
            _("{n} of {all} units stand there; effect and days are those of all of them.", n=n, all=len(assessment.sheets.weights))
        )
    if step.level is None:
        lines.append(_("Half a day to find out. Its effect is not known yet, so none is counted."))
        return lines
    move = _("Level {n} → {next}: {sentence}", n=step.level, next=step.level + 1, sentence=escaped(_.text(question.levels[step.level + 1])))
    change = _("Gap −{gap} (range {span}), score +{score}, {days} person-days.", gap=_.points(step.gap.central), span=_.span(step.gap.low, step.gap.high),
               score=_.points(step.loss), days=days(step))  # fmt: skip
    equals = sum(other.tie == step.tie for other in assessment.steps)
    return [*lines, move, change + (_(" Not to be told apart from {n} other steps within the range.", n=equals - 1) if equals > 1 else "")]


def effect(step: Step, _: Words) -> str:
    """What the step takes off the gap; ― for finding out, which promises nothing; + points for the foundation."""
    if step.level is None:
        return "―"
    if step.gap.central:
        return f"−{_.points(step.gap.central)}"
    return _("{points} pts", points=f"+{_.points(step.loss)}")


def days(step: Step) -> str:
    """Person-days as half days allow: '0.5', '3'."""
    whole, half = divmod(step.half_days, 2)
    return f"{whole}.5" if half else f"{whole}"
