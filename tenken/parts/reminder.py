"""The reminder for who is late: a text to copy and a calendar file, in either language."""

from urllib.parse import quote, urlsplit

import streamlit as st

from tenken.i18n import LANGUAGES, Words, words
from tenken.progress import Progress, late_units
from tenken.reminders import reminder_text
from tenken.session import View
from tenken.settings import read_settings


def reminder(here: View, found: Progress, _: Words) -> None:
    """Nothing is sent from here: the text goes into a mail by hand."""
    late = late_units(found)
    if here.period.state != "open" or not late or len(found.asked) == 1:
        return
    st.header(_("Reminder"), anchor=False)
    if here.period.due is None:
        st.caption(_("With a date due, a reminder to copy stands here."))
        return
    names = {"ja": _("Text in Japanese"), "en": _("Text in English")}
    chosen = st.segmented_control(_("Language of the reminder"), LANGUAGES, default=_.lang, required=True, key="reminder_lang",
                                  format_func=names.__getitem__, label_visibility="collapsed")  # fmt: skip
    says = words(chosen)
    text = reminder_text(late, says.quarter(here.period.start, here.period.fiscal_start), here.period.due, address("answer"), says)
    st.code(text, language=None, wrap_lines=True, height=260)
    start = quote(here.period.start.isoformat())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button(_("Calendar file"), f"/files/due.ics?period={start}&lang={chosen}", icon=":material/download:")
        st.caption(_("Tenken sends nothing. Copy the text into a mail, and attach the calendar file."))


def address(page: str) -> str:
    """Where a page is, as the reader's browser reached this one."""
    here = urlsplit(st.context.url or "")
    settings = read_settings()
    return f"{here.scheme}://{here.netloc}/{page}" if here.netloc else f"http://localhost:{settings.port}/{page}"
