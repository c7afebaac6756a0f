"""What can be kept as a corrective action: every field that cannot is named."""

from collections.abc import Iterator
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from scoring.engine import places
from scoring.model import Checklist
from tenken.errors import ActionError
from tenken.store import ActionDraft

TITLE: Final = 200  # letters, as of a unit's name
OWNER: Final = 100  # as of a person's
COMMENT: Final = 5_000  # as of a note
LINK: Final = 1_000  # as of evidence
LINKS: Final = 10
HALF_DAYS: Final = 20_000  # forty years of one person: more is a slip of the hand
YEN: Final = 1_000_000_000_000
YEARS: Final = (2000, 2100)


def check_draft(draft: ActionDraft, checklist: Checklist) -> None:
    """Raises ActionError for the first thing that cannot be kept."""
    for code, fields in _problems(draft, checklist):
        raise ActionError(code, **fields)


def check_comment(text: str) -> None:
    """Raises ActionError('comment_missing' | 'action_too_long' | 'unreadable_text')."""
    if not text.strip():
        raise ActionError("comment_missing")
    for code, fields in _words("comment", text, COMMENT):
        raise ActionError(code, **fields)


def links_of(text: str) -> tuple[str, ...]:
    """Addresses as they are typed, one a line. What is no address is found by `check_draft`."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def usable_link(link: str) -> bool:
    """Whether it is the address of a web page: http or https, a host, nothing invisible in it."""
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and link.isprintable() and " " not in link
    except ValueError:
        return False


def _problems(draft: ActionDraft, checklist: Checklist) -> Iterator[tuple[str, dict[str, object]]]:
    if not draft.title.strip():
        yield "action_title", {}
    yield from _words("title", draft.title, TITLE)
    yield from _words("owner", draft.owner, OWNER)
    if draft.question is not None and draft.question not in places(checklist):
        yield "action_question", {"question": draft.question}
    if not _place(draft.from_level, checklist) or not _place(draft.to_level, checklist):
        yield "action_level", {"most": len(checklist.choices) - 1}
    if not 0 <= draft.half_days <= HALF_DAYS:
        yield "action_effort", {"most": f"{HALF_DAYS // 2:,}"}
    if not 0 <= draft.yen <= YEN:
        yield "action_cost", {"most": f"{YEN:,}"}
    if draft.due is not None and not _usable(draft.due):
        yield "action_due", {"first": YEARS[0], "last": YEARS[1]}
    if len(draft.links) > LINKS:
        yield "action_links", {"most": LINKS}
    for link in draft.links:
        yield from _words("link", link, LINK)
        if not usable_link(link):
            yield "action_link", {"link": link[:80]}


def _words(field: str, text: str, most: int) -> Iterator[tuple[str, dict[str, object]]]:
    if len(text) > most:
        yield "action_too_long", {"field": field, "n": len(text), "most": f"{most:,}"}
    if "\0" in text or text.encode(errors="replace").decode() != text:
        yield "unreadable_text", {}


def _place(level: int | None, checklist: Checklist) -> bool:
    return level is None or 0 <= level < len(checklist.choices)


def _usable(day: date) -> bool:
    return YEARS[0] <= day.year <= YEARS[1]
