"""About the numbers: formulas, the matrix with its reasons, what is an assumption."""

import streamlit as st

from tenken import tables
from tenken.session import current_words, view

# read
_, here = current_words(), view()
content = here.content

# compute
a = here.assessment(express=here.express_only)

# draw
st.title(_("Every number comes from one formula, and is the same everywhere."), anchor=False)
st.header(_("Score"), anchor=False)
st.markdown(_("Levels 0 to 4 earn 0, 25, 50, 75 and 100 points, times the weight of the question (1 to 5). The score is what is earned of what can be earned. "
              "Don’t know earns 0; not applicable needs a reason and leaves both sides; open questions earn 0 and are shown as a range."))  # fmt: skip
st.code(_("score = Σ weight × points ÷ Σ weight × 100 (questions that are not N/A), one decimal, half up"), language=None, wrap_lines=True)
st.header(_("Score with evidence"), anchor=False)
st.markdown(
    _(
        "The same, but an answer without valid evidence earns 0. Evidence carries a date and is valid for the months that its question sets. Claimed and evidenced are always shown as a pair."
    )
)
st.header(_("Express check"), anchor=False)
st.markdown(
    _(
        "{n} of the questions, with a score of their own. It is labelled, and never compared with a full score.",
        n=sum(q.express for q in here.checklist.questions),
    )
)
st.header(_("Incident-weighted gap"), anchor=False)
st.markdown(
    _(
        "Our unmet points, weighted by the share of each cause in TSR’s incidents. The matrix below spreads TSR’s four causes over our seven. Incidents without a published cause stay a part of their own."
    )
)
st.code("\n".join([_("share of cause c = Σ over TSR causes k: (n_k ÷ N) × M[k][c]"), _("gap = Σ over causes: share × (missing + open points) ÷ all points"),
                   _("covered + not met + open + not applicable + cause not published = 100%")]), language=None, wrap_lines=True)  # fmt: skip
st.markdown(
    _(
        "It is an index. It is not a probability, not a share of incidents that would succeed, and it is never multiplied by a number of incidents."
    )
)
st.header(_("Next steps"), anchor=False)
st.markdown(_("value = α × change of the gap + (1 − α) × change of the score, with α = {alpha}, so that the foundation counts too. Critical questions below level {level} come first. α is a choice, not a measurement.",
              alpha=float(a.checklist.alpha), level=a.checklist.critical_level))  # fmt: skip
st.header(_("The matrix: which part of a TSR cause comes through which of ours"), anchor=False)
st.warning(_("An assumption. TSR has no category for system weaknesses, telework or suppliers. The values were chosen with 44 published cases in mind and are not a sample; edit data/cause_matrix.yaml to change them (edition {edition}).",
             edition=content.matrix.edition))  # fmt: skip
st.table(tables.matrix(a, content.statistics, _), border="horizontal", hide_index=True)
st.header(_("The second reference"), anchor=False)
st.markdown(
    _(
        "A ◇ beside the causes marks a rank that differs by two or more from the reports to the Personal Information Protection Commission ({period}, private sector).",
        period=_.period(content.reference.period),
    )
)
st.markdown(_.text(content.reference.reason))
st.header(_("What is an assumption"), anchor=False)
st.markdown("\n".join(f"- {line}" for line in (
    _("the matrix and its bounds"), _("the weights 1 to 5 and which questions are critical"), _("α, the bands of the score, the limit for not applicable"),
    _("the efforts in half days"), _("which of our causes a report to the Commission belongs to"))))  # fmt: skip
st.header(_("Editions"), anchor=False)
st.markdown(_("Checklist {checklist} {edition} ({hash}), statistics {statistics} (gathered {day}), matrix {matrix}.", checklist=here.checklist.id, edition=here.checklist.edition,
              hash=here.checklist.content_hash[:12], statistics=content.statistics.edition, day=_.day(content.statistics.gathered), matrix=content.matrix.edition))  # fmt: skip
