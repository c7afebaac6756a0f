"""The numbers of pages as files: `/files/compare.csv|xlsx`, the same of trend, plan, replay, whatif, actions, targets and cost, and `/files/actions.ics`.

The same checks as every file (files.py), the same functions as the pages, and what an address asks for is looked at first.
"""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scoring.cost import estimate
from scoring.errors import PlanError, ScoringError
from scoring.load.answers import plain_cell
from scoring.plan import alpha_of, half_days_of
from scoring.targets import merged
from scoring.targets import targets as target_levels
from tenken import tables_compare, tables_targets, tables_trend
from tenken.aiming.chosen import chosen_in, profiles
from tenken.aiming.read import aimed, ceilings, course_aims, unit_aims
from tenken.comparison import asked_of, compared, readable_units
from tenken.content import casebook, cost_book
from tenken.corrective import tables as corrective_tables
from tenken.corrective.calendar import calendar_file
from tenken.corrective.read import Ledger, read_ledger
from tenken.costing import kept
from tenken.costing import tables as cost_tables
from tenken.course import read_course, step
from tenken.error_words import error_text
from tenken.errors import TenkenError
from tenken.files import leaving
from tenken.gate import refusal
from tenken.i18n import LANGUAGES, Words, words
from tenken.palette import PALETTES
from tenken.parts.scenarios import MOST, kept_trial
from tenken.parts.supposing import ground_of
from tenken.planning import tables as planned
from tenken.planning.costs import prices
from tenken.planning.read import open_case, work
from tenken.replaying import tables as replay_tables
from tenken.replaying.read import asked_of as asked_incidents
from tenken.replaying.read import kept as kept_incidents
from tenken.replaying.read import look_at
from tenken.reports.xlsx_look import letters
from tenken.session import View, Wanted, read_view, store, today
from tenken.settings import read_settings
from tenken.streamlit_quirks import PERSON_COOKIE
from tenken.supposing import tables as supposing_tables

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SETTINGS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
NARROWEST, WIDEST = 8, 46  # of columns, in letters
LINE = 18  # points of a row for each line
FIGURE = re.compile(r"(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,8})(?:\.\d)?")  # as numbers are shown; a code such as 007 is none
AMOUNT = re.compile(r"[+−±]?[\d,.]+%?")

Grid = tuple[str, Sequence[Sequence[str]]]  # the name of a table, and its rows with their heads
Sheets = Callable[[View, Mapping[str, str], Words], Sequence[Grid] | None]


def _grid(name: str, frame: Any) -> Grid:
    return name, [[str(head) for head in frame.columns], *([str(cell) for cell in row] for row in frame.itertuples(index=False))]


def comparison(here: View, said: Mapping[str, str], _: Words) -> Sequence[Grid] | None:
    """The comparison that an address asks for; None when it asks for something that there is not."""
    portfolio = here.portfolio()
    asked = asked_of(said.get, portfolio)
    if asked is None:
        return None
    readable = readable_units(here.tree, lambda unit: here.may("read", unit))
    found = compared(portfolio, asked, _, readable)
    aims = unit_aims(store(), portfolio, asked.view, evidenced=asked.evidenced)
    scores, differences = (_grid(name, tables_compare.heatmap(found, _, difference=flag, aims=aims)) for name, flag in
                           ((_("Compare"), False), (_("Difference to the median"), True)))  # fmt: skip
    return [scores, differences, *([_grid(_("Places"), tables_compare.ranking(found, _))] if found.named else [])]


def course(here: View, said: Mapping[str, str], _: Words) -> Sequence[Grid] | None:
    """The quarters of a node up to the one that is asked for, and what changed between two of them."""
    view, until = said.get("view") or "whole", here.periods[: here.periods.index(here.period) + 1]
    days = [period.start.isoformat() for period in until]
    first, last = said.get("from") or days[max(0, len(days) - 2)], said.get("to") or days[-1]
    if view not in ("own", "whole") or first not in days or last not in days or first > last:
        return None
    found = read_course(store(), until, here.unit.id, "own" if view == "own" else "whole", today())
    grids = [
        _grid(_("Trend"), tables_trend.quarters(found, _, course_aims(store(), found))),
        _grid(_("By section"), tables_trend.sections(found, _)),
    ]
    if first < last:
        grids.append(_grid(_("Questions that changed"), tables_trend.changes(found, step(found, days.index(first), days.index(last)), _)))
    return grids


def plan(here: View, said: Mapping[str, str], _: Words) -> Sequence[Grid] | None:
    """The best plan of a node for a budget; None for a budget, an α or a view that is none, or where nothing reports."""
    view = said.get("view") or "whole"
    try:
        budget, alpha = half_days_of(said.get("budget", "")), alpha_of(said.get("alpha") or f"{float(here.checklist.alpha):g}")
        found = prices(store(), here.tree, here.unit)
        case = open_case(here.portfolio(), here.unit, here.content.outside, found, "own" if view == "own" else "whole", alpha,
                         ceilings(store(), here.tree, here.checklist) if said.get("target") == "1" else None)  # fmt: skip
        if case is None or view not in ("own", "whole"):
            return None
        worked = work(case, budget)
    except PlanError:
        return None
    drawn = ((_("Plan"), planned.plan(worked, _)), (_("Every budget"), planned.curve(worked, _)),
             (_("Nothing taken back"), planned.order(worked, len(case.order), _)), (_("Rows behind it"), planned.rows_behind(worked, _)))  # fmt: skip
    return [_grid(name, frame) for name, frame in drawn]


def scenarios(here: View, said: Mapping[str, str], _: Words) -> Sequence[Grid] | None:
    """Scenarios of the unit side by side, by their ids; None for one that is not there, or where nothing counts."""
    ids = (said.get("scenarios") or "").split(",")
    known = {str(each.id): each for each in store().scenarios(here.unit.id)}
    on = ground_of(here)
    if on is None or not set(ids) <= known.keys() or len(ids) > MOST:
        return None
    trials = [kept_trial(here, on, known[each], _) for each in ids]
    return [
        _grid(_("Scenarios side by side"), supposing_tables.side_by_side(on, trials, _)),
        _grid(_("Questions that they change"), supposing_tables.differing(on, trials, _, every=True)),
    ]


def replayed(here: View, said: Mapping[str, str], _: Words) -> Sequence[Grid] | None:
    """The incidents that an address asks for, by year and sector, against what stands below a unit."""
    book, portfolio = casebook(), here.portfolio()
    asked, look = asked_incidents(said.get, book, portfolio.book.checklist), look_at(portfolio, here.unit.id, book)
    if asked is None or look is None:
        return None
    found = kept_incidents(look.replay, asked)
    frames = [(_("Incidents"), replay_tables.numbered(look, found, _)), (_("Steps"), replay_tables.steps(look, found, _)),
              (_("By cause"), replay_tables.causes(look, _)), (_("Controls"), replay_tables.controls(look, _)),
              (_("Controls together"), replay_tables.combined(look, _)), (_("Units"), replay_tables.units(look, _))]  # fmt: skip
    return [_grid(name, frame) for name, frame in frames if len(frame)]


def _ledger(here: View) -> Ledger:
    return read_ledger(
        store(), here.tree, here.unit.id, here.period, here.periods, here.checklist, today(), lambda unit: here.may("read", unit)
    )


def actions(here: View, said: Mapping[str, str], _: Words) -> Sequence[Grid]:
    """The corrective actions of a node as of a quarter; what those promised and reached that are completed."""
    found = _ledger(here)
    return [
        _grid(_("Corrective actions"), corrective_tables.listed(found, _)),
        _grid(_("Effect"), corrective_tables.effects(found, here.tree, _)),
    ]


def days_due(request: Request) -> Response:
    """`/files/actions.ics`: when the unfinished corrective actions of a node are due."""
    return _answered(request, "actions", "ics", "text/calendar", lambda here, _: _calendar(here, f"{request.base_url}actions", _))


def _calendar(here: View, address: str, _: Words) -> bytes:
    seed = f"{here.root.sample}:{here.root.code}"
    return calendar_file(_ledger(here), address, _, now=datetime.now().astimezone(), seed=seed)


def targets(here: View, said: Mapping[str, str], _: Words) -> Sequence[Grid] | None:
    """Every question with its target, and what is missing section by section; None when nothing reports there."""
    a = here.judged("full" if here.alone else "whole")
    if a is None:
        return None
    counts, aim = merged(here.tree, chosen_in(store(), here.tree), here.unit), aimed(store(), here.tree, here.unit, a)
    found, levels = aim.found if aim else None, target_levels(here.checklist, profiles(), counts)
    grids = [_grid(_("Targets"), tables_targets.questions(here.checklist, levels, found, counts, profiles().of(counts.profile), _))]
    return [*grids, _grid(_("By section"), tables_targets.sections(a.checklist, found, _))] if found else grids


def costs(here: View, said: Mapping[str, str], _: Words) -> Sequence[Grid] | None:
    """The items of the supposed incident; None while the estimate is switched off, or not for this reader."""
    node = kept.company_of(here.tree, here.unit)
    found = kept.read(store(), node.id, cost_book()) if here.may("read", node) else None
    if found is None or not found.on:
        return None
    return [_grid(_("Items of cost"), cost_tables.items(cost_book(), estimate(cost_book(), found.scenario), _))]


def as_csv(grids: Sequence[Grid], made: datetime) -> bytes:
    """The first table. With a byte order mark, without which Excel takes UTF-8 for CP932; no cell is a formula."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([plain_cell(cell) for cell in row] for row in grids[0][1])
    return out.getvalue().encode("utf-8-sig", "replace")


def as_xlsx(grids: Sequence[Grid], made: datetime) -> bytes:
    """A sheet per table, the head fixed. Figures without a sign or a unit are numbers, everything else is text; words wrap."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SETTINGS) as book:
        book.set_properties({"author": "Tenken", "created": made})
        head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "indent": 1, "bg_color": PALETTES["light"].bg2}
        )
        plain, right = (
            book.add_format({"valign": "top", "text_wrap": True, "indent": 1}),
            book.add_format({"valign": "top", "align": "right"}),
        )
        many = book.add_format({"valign": "top", "num_format": "#,##0"})
        one_decimal = book.add_format({"valign": "top", "num_format": "0.0"})
        for name, rows in grids:
            sheet = book.add_worksheet(name[:31])
            widths = [max(NARROWEST, min(WIDEST, max(map(letters, cells)) + 2)) for cells in zip(*rows, strict=True)]
            for column, width in enumerate(widths):
                sheet.set_column(column, column, width)
            for number, row in enumerate(rows):  # not every program makes room for words that wrap
                sheet.set_row(
                    number, LINE * max((-(-letters(cell) // (width - 2)) for cell, width in zip(row, widths, strict=True)), default=1)
                )
            sheet.write_row(0, 0, rows[0], head)
            for number, row in enumerate(rows[1:], start=1):
                for column, cell in enumerate(row):
                    if FIGURE.fullmatch(cell):
                        sheet.write_number(
                            number, column, float(cell.replace(",", "")), one_decimal if "." in cell else many if "," in cell else right
                        )
                    else:
                        sheet.write_string(number, column, cell, right if AMOUNT.fullmatch(cell) else plain)
            sheet.freeze_panes(1, 1)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)
    return out.getvalue()


def _route(name: str, sheets: Sheets, kind: str, media_type: str, write: Callable[[Sequence[Grid], datetime], bytes]) -> Route:
    def numbers(request: Request) -> Response:
        def content(here: View, _: Words) -> bytes | None:
            grids = sheets(here, dict(request.query_params), _)
            return None if grids is None else write(grids, datetime.now().astimezone().replace(tzinfo=None, microsecond=0))

        return _answered(request, name, kind, media_type, content)

    return Route(f"/files/{name}.{kind}", numbers)


def _answered(request: Request, name: str, kind: str, media_type: str, content: Callable[[View, Words], bytes | None]) -> Response:
    """What an address asks for, for whoever may read it; `content` says None when it asks for something that there is not."""
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return refusal(403)
    said = dict(request.query_params)
    lang = next((lang for lang in LANGUAGES if lang == said.get("lang")), read_settings().lang)
    _ = words(lang)
    try:
        here = read_view(Wanted(said.get("unit"), said.get("period"), said.get("as") or request.cookies.get(PERSON_COOKIE)))
        if not (here.user.name or here.user.solo) or not here.may("read"):
            return refusal(403)
        found = None if _unknown(here, said) else content(here, _)
    except (TenkenError, ScoringError) as error:
        return Response(error_text(error, _), status_code=503, media_type="text/plain")
    if found is None:
        return Response(_("This address asks for something that is not here."), status_code=400, media_type="text/plain")
    return leaving(found, f"{here.unit.name.of(lang)}_{name}_{here.period.start:%Y%m}_{date.today():%Y%m%d}.{kind}", media_type)


def _unknown(here: View, said: Mapping[str, str]) -> bool:
    """Whether the address names another unit or quarter than what was found: nobody gets numbers of something else."""
    wrong_unit = bool(said.get("unit")) and said["unit"] != here.unit.code
    return wrong_unit or (bool(said.get("period")) and said["period"] != here.period.start.isoformat())


NUMBERS: tuple[tuple[str, Sheets], ...] = (
    ("compare", comparison),
    ("trend", course),
    ("plan", plan),
    ("replay", replayed),
    ("whatif", scenarios),
    ("actions", actions),
    ("replay", replayed),
    ("targets", targets),
    ("cost", costs),
)
ROUTES: list[Any] = [
    _route(name, sheets, kind, media_type, write)
    for name, sheets in NUMBERS
    for kind, media_type, write in (("csv", "text/csv", as_csv), ("xlsx", XLSX, as_xlsx))
] + [Route("/files/actions.ics", days_due)]
