"""The blocks of the cost page: switched off, the supposed incident, its chart, the items and what can be changed, what it is not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from scoring.cost import MOST_ASSUMED, MOST_DAYS, MOST_INSURED, MOST_PERSONS, MOST_SEED, MOST_YEN, CostBook, Estimate, Price, Row, Scenario
from scoring.units import Unit
from tenken import charts
from tenken.costing import charts as cost_charts
from tenken.costing import kept as keeping
from tenken.costing import tables, words
from tenken.costing.kept import Kept
from tenken.costing.words import STOP
from tenken.error_words import error_text
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.palette import Theme
from tenken.parts.figures import chart_alt, file_links, fine_print, right_columns
from tenken.session import NotSaved, View, act, state, store

OUTCOME, BEFORE, ROUND = "cost_outcome", "cost_before", "cost_round"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the blocks need to draw and to write: whose estimate it is, what it may say, and what is kept of it."""

    here: View
    node: Unit
    book: CostBook
    kept: Kept

    @property
    def locked(self) -> bool:
        return not self.here.may("plan", self.node)

    @property
    def scenario(self) -> Scenario:
        return self.kept.scenario

    def key(self, name: str) -> str:
        """A widget's key; widgets begin anew after what changes many of them at once."""
        return f"cost:{self.node.code}:{state(ROUND, 0)}:{name}"


def no_reader(_: Words) -> None:
    """Somebody whose role ends below the company."""
    st.title(_("What an incident would cost is estimated for the whole company."), anchor=False)
    st.markdown(_("Your role covers a part of it. The security office can show you the estimate."))


def switched_off(desk: Desk, _: Words) -> None:
    """What it is and is not, and the one button."""
    st.title(_("What would it cost if an incident happened? This estimate is switched off."), anchor=False)
    st.markdown(_("You suppose an incident: its kind, how many persons it concerns, how many days the work stops. The estimate draws the price of every item from its published range, many thousand times, and shows the range of the sum. Every price has its source and year, and can be changed."))  # fmt: skip
    what_it_is_not(_)
    if desk.locked:
        st.caption(_("The security office can switch it on."))
    else:
        st.button(_("Switch this estimate on"), type="primary", key="cost_on", on_click=_put, args=(desk, replace(desk.kept, on=True)))
    outcome(_)


def what_it_is_not(_: Words) -> None:
    st.header(_("What it is not"), anchor=False)
    st.markdown("\n".join(f"- {escaped(line)}" for line in words.is_not(_)))


def outcome(_: Words) -> None:
    """Why the last change was not saved."""
    if isinstance(failed := state(OUTCOME), NotSaved):
        st.error(escaped(error_text(failed.error, _)))


# --- the supposed incident -------------------------------------------------------------------------------------------


def incident(desk: Desk, _: Words) -> None:
    """Kind, persons, days, gross profit of a day, insurance; each saved as soon as it is changed."""
    st.header(_("The incident that is supposed"), anchor=False)
    said, labels = desk.scenario, {kind.id: _.text(kind.label) for kind in desk.book.kinds}
    st.selectbox(_("Kind"), list(labels), index=list(labels).index(said.kind), format_func=labels.__getitem__, disabled=desk.locked,
                 key=desk.key("kind"), on_change=_change, args=(desk, "kind", lambda old, new: replace(old, kind=new)))  # fmt: skip
    left, right = st.columns(2, gap="small")
    with left:
        _number(desk, "persons", _("Persons concerned"), said.persons, MOST_PERSONS, lambda old, new: replace(old, persons=new))
    with right:
        _number(desk, "days", _("Days of stop"), said.days, MOST_DAYS, lambda old, new: replace(old, days=new))
    price = _price(desk, STOP)
    left, right = st.columns(2, gap="small")
    with left:
        _number(desk, "profit_low", _("Gross profit lost a day, at least (yen)"), price.low, MOST_YEN["days"],
                lambda old, new: _with_price(old, STOP, Price(new, None, max(new, price.high))), again=True)  # fmt: skip
    with right:
        _number(desk, "profit_high", _("Gross profit lost a day, at most (yen)"), price.high, MOST_YEN["days"],
                lambda old, new: _with_price(old, STOP, Price(min(new, price.low), None, new)), again=True)  # fmt: skip
    left, right = st.columns(2, gap="small")
    with left:
        _number(desk, "deductible", _("Insurance: deductible (yen)"), said.insurance.deductible, MOST_INSURED,
                lambda old, new: replace(old, insurance=replace(old.insurance, deductible=new)))  # fmt: skip
    with right:
        _number(desk, "limit", _("Insurance: limit (yen)"), said.insurance.limit, MOST_INSURED,
                lambda old, new: replace(old, insurance=replace(old.insurance, limit=new)))  # fmt: skip
    st.caption(words.supposed(said, price, _))
    st.caption(_("Gross profit and insurance are 0 until you enter your own. Whether a policy pays for an item stands in the policy; here it pays for all of them."))  # fmt: skip


def chart(found: Estimate, theme: Theme, _: Words) -> None:
    title = _("The range of the total and of each item")
    st.header(title, anchor=False)
    st.plotly_chart(cost_charts.ranges(found, theme, _), theme=None, config=charts.CONFIG, key="cost_ranges", alt=chart_alt(title, _))
    st.caption(_("Bar: from the low end (one trial in ten is below) to the high end (nine in ten are below). Line: the median. Items without cost are left out."))  # fmt: skip


# --- items and assumptions -------------------------------------------------------------------------------------------


def items(desk: Desk, found: Estimate, _: Words) -> None:
    """The table of items, and beside it the way to change each of them."""
    st.header(_("Items and their prices"), anchor=False)
    frame = tables.short(desk.book, found, _)
    widths = {_("Item"): 180, _("Counted"): 80, _("Link"): 60, _("Assumption"): 85, _("Source and year"): 170}
    columns = right_columns(frame.columns, tables.words_columns(_), widths)
    columns[_("Price (yen)")] = st.column_config.TextColumn(width=245, alignment="right")
    columns[_("Link")] = st.column_config.LinkColumn(display_text=_("Read it"), width=60)
    st.dataframe(frame, hide_index=True, key="cost_items", height="content", column_config=columns, alt=_("Items and their prices"))
    st.caption(
        _("Which item belongs to which kind of incident is our reading, so an assumption: put items in and take them out as it suits you.")
    )
    file_links(_, "cost", {"unit": desk.here.unit.code, "period": desk.here.period.start.isoformat()})
    left, right = st.columns(2, gap="large")
    with left:
        _one_item(desk, found, _)
    with right:
        _assumptions(desk, _)


def _one_item(desk: Desk, found: Estimate, _: Words) -> None:
    st.header(_("Change an item"), anchor=False)
    rows = {row.item.id: row for row in tables.ordered(found)}
    names = {name: _.text(row.item.label) for name, row in rows.items()}
    chosen: str = st.selectbox(
        _("Item"), list(names), format_func=names.__getitem__, key=f"cost_item:{desk.node.code}:{desk.scenario.kind}"
    )
    row = rows[chosen]
    st.markdown(escaped(_.text(row.item.about)))
    if row.item.judgement:
        st.markdown(_("**Assumption:** {what}", what=escaped(_.text(row.item.judgement))))
    for source in row.item.sources:
        fine_print(f"[{escaped(words.titled(source, desk.book, _))}]({desk.book.source(source).url})")
    st.checkbox(_("Count this item"), value=row.included, disabled=desk.locked, key=desk.key(f"in:{chosen}"), on_change=_change,
                args=(desk, f"in:{chosen}", lambda old, new: replace(old, included=_set(old.included, chosen, new))))  # fmt: skip
    if chosen == STOP:
        st.caption(_("Its price is the gross profit that you enter above."))
        return
    with st.form(desk.key(f"price:{chosen}:{desk.kept.version}"), border=False):
        _price_fields(desk, row, _)
        st.form_submit_button(_("Save this price"), disabled=desk.locked, on_click=_save_price, args=(desk, chosen))
    if row.changed:
        shipped = row.item.price
        st.button(_("Back to the published price"), key=desk.key(f"reset:{chosen}"), disabled=desk.locked, on_click=_put,
                  args=(desk, replace(desk.kept, scenario=replace(desk.scenario, prices=_without(desk.scenario.prices, chosen)))),
                  help=f"{_.integer(shipped.low)} – {_.integer(shipped.high)}")  # fmt: skip


def _price_fields(desk: Desk, row: Row, _: Words) -> None:
    most, chosen, version = MOST_YEN[row.item.base], row.item.id, desk.kept.version
    values = (
        (_("Low (yen)"), "low", row.price.low),
        (_("Most likely (yen)"), "mode", row.price.mode),
        (_("High (yen)"), "high", row.price.high),
    )
    for place, (label, name, value) in zip(st.columns(3, gap="small"), values, strict=True):
        place.number_input(label, min_value=0, max_value=most, value=value, step=1, key=desk.key(f"{name}:{chosen}:{version}"), disabled=desk.locked,
                           placeholder=_("none"))  # fmt: skip


def _assumptions(desk: Desk, _: Words) -> None:
    st.header(_("Assumptions"), anchor=False)
    values = {each.id: each.default for each in desk.book.assumptions} | dict(desk.scenario.assumed)
    used = {item.by for item in desk.book.of(desk.scenario.kind)}
    for each in desk.book.assumptions:
        if each.id in used:
            _number(desk, f"assume:{each.id}", _.text(each.label), values[each.id], MOST_ASSUMED[each.unit],
                    lambda old, new, name=each.id: replace(old, assumed=_set(old.assumed, name, new)))  # fmt: skip
            st.caption(_.text(each.about))


def facts(desk: Desk, _: Words) -> None:
    """What was reported elsewhere, with its sources."""
    st.header(_("Reported elsewhere, and not part of this estimate"), anchor=False)
    for fact in desk.book.facts:
        links = _.listed(f"[{escaped(words.titled(source, desk.book, _))}]({desk.book.source(source).url})" for source in fact.sources)
        st.markdown(f"**{escaped(_.text(fact.label))}**　{escaped(_.text(fact.says))}  \n:small[{links}]")


def explain(desk: Desk, found: Estimate, _: Words) -> None:
    """Formula, seed, trials, rounding."""
    st.header(_("Explain this number"), anchor=False)
    st.code(words.formula(_), language=None, wrap_lines=True)
    st.markdown(escaped(words.drawn(found, _)))
    st.markdown(_("Data edition {edition}, gathered {day}.", edition=escaped(desk.book.edition), day=_.day(desk.book.gathered)))
    _number(desk, "seed", _("Seed"), desk.scenario.seed, MOST_SEED, lambda old, new: replace(old, seed=new), width=240)


def leave(desk: Desk, _: Words) -> None:
    """Everything back to what is shipped, after a question, and back again; and off."""
    if desk.locked:
        st.caption(_("The security office can change this estimate."))
        return
    before = state(BEFORE)
    with st.container(horizontal=True, gap="small"):
        with st.popover(_("Back to the published values")):
            st.markdown(_("All prices, assumptions and items go back to what is shipped. The incident and the insurance stay."))
            plain = replace(desk.scenario, prices=tuple(pair for pair in desk.scenario.prices if pair[0] == STOP), included=(), assumed=())
            st.button(_("Yes, put them back"), key=desk.key("reset"), type="primary", on_click=_put, args=(desk, replace(desk.kept, scenario=plain)),
                      kwargs={"before": desk.scenario})  # fmt: skip
        if before and before[0] == desk.node.code:
            st.button(_("Undo"), key=desk.key("undo"), on_click=_put, args=(desk, replace(desk.kept, scenario=before[1])))
        st.button(_("Switch this estimate off"), key=desk.key("off"), on_click=_put, args=(desk, replace(desk.kept, on=False)))


# --- writes ----------------------------------------------------------------------------------------------------------


def _number(
    desk: Desk, name: str, label: str, value: int, most: int, make: Callable[..., Scenario], *, again: bool = False, width: Any = "stretch"
) -> None:
    st.number_input(label, min_value=0, max_value=most, value=value, step=1, key=desk.key(name), disabled=desk.locked, width=width,
                    on_change=_change, args=(desk, name, make), kwargs={"again": again})  # fmt: skip


def _change(desk: Desk, name: str, make: Callable[..., Scenario], *, again: bool = False) -> None:
    """One widget was changed. `again`: others show what follows from it."""
    new = st.session_state[desk.key(name)]
    if new is not None:
        _put(desk, replace(desk.kept, scenario=make(desk.scenario, new)), again=again)


def _save_price(desk: Desk, item: str) -> None:
    low, mode, high = (st.session_state[desk.key(f"{name}:{item}:{desk.kept.version}")] for name in ("low", "mode", "high"))
    if low is not None and high is not None:
        _put(desk, replace(desk.kept, scenario=_with_price(desk.scenario, item, Price(low, mode, high))), again=False)


def _put(desk: Desk, kept: Kept, *, again: bool = True, before: Scenario | None = None) -> None:
    """Writes; what was refused because somebody else wrote first is shown as it stands now."""
    done = act(keeping.write, store(), desk.here.user, desk.here.tree, desk.here.root.id, desk.node.id, desk.book, kept)
    st.session_state[OUTCOME] = done
    if again or isinstance(done, NotSaved):
        st.session_state[ROUND] = state(ROUND, 0) + 1
    if before is None or isinstance(done, NotSaved):
        st.session_state.pop(BEFORE, None)
    else:
        st.session_state[BEFORE] = (desk.node.code, before)


def _price(desk: Desk, item: str) -> Price:
    return dict(desk.scenario.prices).get(item) or next(each.price for each in desk.book.items if each.id == item)


def _with_price(scenario: Scenario, item: str, price: Price) -> Scenario:
    return replace(scenario, prices=_set(scenario.prices, item, price))


def _set(pairs: tuple[tuple[str, Any], ...], name: str, value: Any) -> tuple[tuple[str, Any], ...]:
    return (*_without(pairs, name), (name, value))


def _without(pairs: tuple[tuple[str, Any], ...], name: str) -> tuple[tuple[str, Any], ...]:
    return tuple(pair for pair in pairs if pair[0] != name)
