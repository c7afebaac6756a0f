"""The blocks of the replay page: counts, filters, one incident step by step, what would move most, through which unit."""

from collections.abc import Sequence

import streamlit as st

from scoring.casebook import Casebook, Incident
from scoring.replay import BEST_FIRST, Combination, Replayed, Stage
from tenken import charts
from tenken.i18n import Words
from tenken.markup import escaped
from tenken.palette import Theme
from tenken.parts.basis import KEPT, Basis
from tenken.parts.figures import ANSWER, EXPLAIN, chart_alt, file_links, right_columns, rows
from tenken.replaying import charts as drawn
from tenken.replaying import tables, words
from tenken.replaying.read import Asked, Look, choices, counts_of, ranked
from tenken.session import View
from tenken.tables import figures_right

REPLAY, SOURCES = "screens/replay.py", "screens/sources.py"
FIGURE, STRENGTH = 166, 76  # widths in pixels


def nobody(here: View, _: Words) -> None:
    """Nothing reports here."""
    st.title(_("Nothing below {unit} reports yet.", unit=escaped(_.text(here.unit.name))), anchor=False)


def figures(look: Look, _: Words) -> None:
    """All four results and what is outside our reach, always."""
    counts = look.replay.counts
    with st.container(horizontal=True, gap="small"):
        for result in BEST_FIRST:
            st.metric(words.result_text(result, _), _("{n} incidents", n=counts.of(result)), width=FIGURE)
    st.caption(words.claimed_line(look, _))


def no_evidence(look: Look, here: View, _: Words) -> None:
    """Strength counts evidenced answers only; where to add evidence."""
    if look.evidenced:
        return
    if look.answered:
        st.info(_("The strength of a control counts only answers with valid evidence, and there are none yet. Add evidence to the answers, as a link or a file with its date."))  # fmt: skip
    else:
        st.info(_("Answer the questions first. Then every step of the incidents is held against your answers that have evidence."))
    st.page_link(ANSWER, label=_("Open the answers of this quarter"), query_params={"unit": here.unit.code})


def filters(look: Look, _: Words) -> Asked:
    """By cause, sector, year, size and result; as an address says, until somebody chooses."""
    labels = {"cause": _("Cause"), "sector": _("Sector"), "year": _("Year"), "size": _("Affected"), "result": _("Result")}
    said = dict[str, str]()
    with st.container(horizontal=True, gap="small"):
        for name, values in choices(look.casebook, look.checklist).items():
            texts = {"": _("All")} | {value: words.choice_name(look, name, value, _) for value in values}
            said[name] = st.selectbox(labels[name], list(texts), key=f"replay_{name}", width=FIGURE, format_func=texts.__getitem__)
    return Asked(**said)


def by_cause(look: Look, theme: Theme, _: Words) -> None:
    title = _("How the incidents end, by main cause")
    st.header(title, anchor=False)
    st.plotly_chart(drawn.by_result(look, theme, _), theme=None, config=charts.CONFIG, key="replay_causes", alt=chart_alt(title, _))
    with st.expander(_("The same numbers as a table"), type="compact", key="replay_causes_table"):
        st.table(figures_right(tables.causes(look, _), [_("Main cause")]), border="horizontal", hide_index=True)


def incidents(look: Look, found: Sequence[Replayed], _: Words) -> Replayed | None:
    """The list; the chosen incident, or the first."""
    st.header(_("Incidents ({n})", n=len(found)), anchor=False)
    if not found:
        st.caption(_("No incident fits these choices."))
        return None
    st.caption(_("{counts}. Choose a row for its steps.", counts=words.counts_line(counts_of(found), _)))
    frame = tables.named(look, found, _)
    widths = {_("Result"): 140, _("Year"): 56, _("Sector"): 172, _("Affected"): 160}
    picked = st.dataframe(frame, hide_index=True, key=f"replay_list:{hash(tuple(each.incident.id for each in found))}", on_select="rerun",
                          selection_mode="single-row", column_config=right_columns(frame.columns, tables.words_columns(_) | {_("Affected")}, widths), height=386,
                          alt=_("Incidents ({n})", n=len(found)))  # fmt: skip
    chosen = next((row for row in rows(picked) if row < len(found)), None)
    if chosen is not None:
        return found[chosen]
    wanted = st.query_params.get("incident")
    return next((each for each in found if each.incident.id == wanted), found[0])


def one(look: Look, each: Replayed, basis: Basis, _: Words) -> None:
    """One incident: its ordered steps, each with what we have against it."""
    incident = each.incident
    st.header(f"{escaped(words.incident_name(look.casebook, incident, _))}　{escaped(words.affected_text(incident, _))}", anchor=False)
    st.markdown(f"**{words.result_text(each.result, _)}**　{escaped(_.text(incident.summary))}")
    with st.container(horizontal=True, wrap=False, gap="small"):
        st.caption(_("What happened, step by step"), width="stretch")
        st.caption(_("Strength"), width=STRENGTH, text_alignment="right")
    for stage in each.stages:
        _stage(look, each, stage, basis, _)
    st.page_link(
        SOURCES, label=_("Sources of this incident ({n})", n=len(incident.sources)), query_params={"incident": incident.id} | _kept()
    )


def _stage(look: Look, each: Replayed, stage: Stage, basis: Basis, _: Words) -> None:
    sign = words.STATE_SIGNS[stage.state]
    score = words.best_of(stage)
    mark = "" if stage.step.reported else f"　:small[{_('(inferred)')}]"
    names = f"　:small[{escaped(words.held_names(look.casebook, stage, _))}]" if stage.held else ""
    with st.container(horizontal=True, wrap=False, gap="small"):
        with st.expander(f"{sign}　**{stage.step.number}　{escaped(_.text(stage.step.what))}**{mark}{names}", type="compact",
                         key=f"stage:{each.incident.id}:{stage.step.number}"):  # fmt: skip
            st.markdown(words.why(stage, _))
            st.caption(f"{words.basis_name(stage, _)}　{words.where_name(stage, _)}")
            for held in stage.held:
                st.markdown(
                    f"**{escaped(words.held_text(look.casebook, held, _))}**　{words.state_name(held.state, _)}　:small[{words.kind_name(held.kind, _)}]"
                )
                _ways(look, held.control, f"{each.incident.id}:{stage.step.number}", basis, _)
            if len(stage.held) < len(stage.step.controls):
                beyond = [words.control_name(look.casebook, control, _) for control in stage.step.controls
                          if control not in {held.control for held in stage.held}]  # fmt: skip
                st.caption(_("At the third party itself, outside our reach: {names}.", names=_.listed(beyond)))
        st.text(f"{sign} {words.strength_text(score, _)}" if score else sign, width=STRENGTH, text_alignment="right")


def _ways(look: Look, control: str, place: str, basis: Basis, _: Words) -> None:
    """From a control to the rows behind its strength, and to the answers."""
    st.page_link(EXPLAIN, label=_("Rows and formula behind it"), query_params=basis.explain(f"control:{control}"))
    for question in look.questions(control):
        page, _name, address = basis.answer(question, _)
        st.page_link(page, label=_("Question: {text}", text=escaped(_.text(question.text))), query_params=address)


def together(look: Look, basis: Basis, _: Words) -> None:
    """Which one, two or three controls together would move the most incidents."""
    st.header(_("Which controls together would move the most"), anchor=False)
    if not look.best:
        st.caption(_("No control would move another incident."))
        return
    for best in look.best:
        names = _.listed(words.control_name(look.casebook, control, _) for control in best.controls)
        with st.expander(f"**{len(best.controls)}　{escaped(names)}** {_moved(best, _)}", type="compact", key=f"best:{len(best.controls)}"):
            frame = tables.moves(look, best, _)
            st.dataframe(frame, hide_index=True, key=f"moves:{len(best.controls)}", column_config=right_columns(frame.columns, tables.words_columns(_)),
                         alt=names)  # fmt: skip
            for control in best.controls:
                label = _("Rows and formula behind {control}", control=escaped(words.control_name(look.casebook, control, _)))
                st.page_link(EXPLAIN, label=label, query_params=basis.explain(f"control:{control}"))
            if best.equals:
                st.caption(_("{n} other combinations move as many.", n=best.equals))
    st.caption(_("Of all combinations of one, two and three controls, raised to where they hold (75% with evidence): the one after which the most "
                 "incidents would newly count as likely or possibly stopped. Not a forecast."))  # fmt: skip


def _moved(best: Combination, _: Words) -> str:
    return _("{n} incidents would move, {stopped} of them to likely or possibly stopped", n=len(best.moves), stopped=best.stopped)


def through_whom(look: Look, _: Words) -> None:
    """Every unit replayed by itself: through which one the weakness comes."""
    if len(look.units) < 2:
        return
    st.header(_("Through which unit the weakness comes in"), anchor=False)
    st.markdown(words.weakness(look, _))
    frame = tables.units(look, _)
    picked = st.dataframe(frame, hide_index=True, key="replay_units", on_select="rerun", selection_mode="single-row",
                          column_config=right_columns(frame.columns, tables.words_columns(_)), alt=_("Through which unit the weakness comes in"))  # fmt: skip
    st.caption(_("Each unit by itself, with its own answers and those that it inherits from the company. What is weak in inherited answers is weak for "
                 "all alike. Choose a row for the unit’s own replay."))  # fmt: skip
    for row in rows(picked):
        if row < len(look.parts):
            st.switch_page(REPLAY, query_params=_kept() | {"unit": look.units[ranked(look)[row].row].code})


def explained(look: Look, basis: Basis, _: Words) -> None:
    """The rule, every strength, and the same as files."""
    st.header(_("How this is judged"), anchor=False)
    st.markdown("\n".join(f"- {line}" for line in words.rule(_)))
    st.caption(_("{n} incidents that became public {first}–{last}, chosen and not sampled; read on {day} from public pages, edition {edition}.",
                 n=len(look.casebook.incidents), first=min(each.year for each in look.casebook.incidents), last=max(each.year for each in look.casebook.incidents),
                 day=look.casebook.gathered, edition=look.casebook.edition))  # fmt: skip
    with st.expander(_("The strength of all controls ({n})", n=len(look.casebook.used)), type="compact", key="replay_controls"):
        frame = tables.controls(look, _)
        st.caption(_("Choose a row for the questions and the formula behind it."))
        picked = st.dataframe(frame, hide_index=True, key="replay_strengths", on_select="rerun", selection_mode="single-row", height="content",
                              column_config=right_columns(frame.columns, tables.words_columns(_)), alt=_("The strength of all controls ({n})", n=len(frame)))  # fmt: skip
        for row in rows(picked):
            if row < len(frame):
                st.switch_page(EXPLAIN, query_params=basis.explain(f"control:{tables.ordered(look)[row]}"))
    for control, reason in look.casebook.unmapped:
        st.caption(f"{escaped(words.control_name(look.casebook, control, _))}: {escaped(_.text(reason))}")
    st.page_link(SOURCES, label=_("All incidents with their sources"), query_params=_kept())


def files(here: View, asked: Asked, _: Words) -> None:
    said = {"unit": here.unit.code, "period": here.period.start.isoformat()}
    chosen = {name: getattr(asked, name) for name in ("cause", "sector", "year", "size", "result")}
    file_links(_, "replay", said | {name: value for name, value in chosen.items() if value})


def _kept() -> dict[str, str]:
    return {name: st.query_params[name] for name in KEPT if name in st.query_params}


# --- sources: the only place with names ------------------------------------------------------------


def back(_: Words) -> None:
    st.page_link(REPLAY, label=_("Back to the replay"), query_params=_kept())


def published(casebook: Casebook, incident: Incident, _: Words, *, opened: bool) -> None:
    """One incident with its name: what was reported, and where."""
    label = f"{incident.disclosed}　{escaped(_.text(casebook.sector(incident.sector)))}　**{escaped(_.text(incident.organisation))}**"
    with st.expander(label, type="compact", expanded=opened, key=f"source:{incident.id}"):
        st.markdown(escaped(_.text(incident.summary)))
        st.markdown(_("Affected: {what}", what=escaped(words.affected_text(incident, _))))
        for line in words.consequences(incident, _):
            st.markdown(line)
        st.markdown("\n".join(f"- {words.link(each, _)}" for each in incident.sources))
