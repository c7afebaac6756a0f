"""What verifying found, as sentences in the reader's language: each fault names its table and row."""

from tenken.i18n import Words
from tenken.verify import Fault, Verdict


def verdict_text(verdict: Verdict, _: Words, head: str = "") -> str:
    """The first thing that does not hold and how many more there are; or what holds, and what nobody can tell from here."""
    counted = _(
        "{lines} lines of the audit log, {answers} answers, {seals} seals.",
        lines=verdict.lines,
        answers=verdict.answers,
        seals=verdict.seals,
    )
    said = [counted]
    if verdict.faults:
        said.append(fault_text(verdict.faults[0], _))
        if more := len(verdict.faults) - 1:
            said.append(_("{n} more do not hold; with --json, all of them are named.", n=more))
    else:
        said.append(_("Everything is as it was written."))
    if verdict.unchecked:
        said.append(_("{n} could not be checked: they were judged by content or a version that is not here.", n=len(verdict.unchecked)))
    said += _head(verdict, head, _)
    return "\n".join(said)


def _head(verdict: Verdict, head: str, _: Words) -> list[str]:
    if verdict.head_found:
        return [_("The line {head} stands in the chain: what was written up to it is what was there when it was printed.", head=head)]
    if verdict.head_found is False:
        return [_("No line has the hash {head}: the chain was recomputed, or its tail was cut.", head=head)]
    if not verdict.lines:
        return []
    newest = verdict.head[:12]
    return [
        _("That somebody recomputed the whole chain or cut its tail cannot be excluded without a printed hash (--head)."),
        _("Newest line: {head}", head=newest),
    ]


def fault_text(fault: Fault, _: Words) -> str:
    """One fault as a sentence."""
    place = _("{table} row {row}", table=fault.table, row=fault.row)
    said = {
        "changed": _("{place}: changed after it was written.", place=place),
        "missing": _("{place}: missing; somebody deleted it.", place=place),
        "inserted": _("{place}: inserted; the audit log does not speak of it.", place=place),
        "stray": _("{place}: belongs to nothing.", place=place),
        "follows": _("{place}: does not follow the line before it.", place=place),
        "unreadable": _("{place}: written in a way that Tenken does not write.", place=place),
        "moved": _("{place}: belongs to another unit or quarter than the audit log says.", place=place),
        "bytes": _("{place}: its bytes are not what the answer log says.", place=place),
        "content": _("{place}: names another checklist than its quarter is judged by.", place=place),
        "state": _("{place}: the audit log says something else about its state ({detail}).", place=place, detail=fault.detail),
        "version": _("{place}: its version is not that of its seal ({detail}).", place=place, detail=fault.detail),
        "after_seal": _("{place}: written after the sheet was sealed.", place=place),
        "sealed": _("{place}: is not what was sealed.", place=place),
        "sheets": _("{place}: the seals of its sheets are not the sealed ones.", place=place),
        "answers": _("{place}: the sealed answer to {detail} is not what the answer log says.", place=place, detail=fault.detail),
        "score": _("{place}: the sealed scores do not follow from the sealed answers.", place=place),
        "file": _("{place}: its file is missing, or is not the one that was brought.", place=place),
        "due": _("{place}: its due date is not the one that the audit log names.", place=place),
    }
    return said[fault.what]
