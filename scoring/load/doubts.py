"""The `doubts:` block of checklist.yaml: from what on an answer is looked at once more, and which answers cannot both be true."""

from collections.abc import Collection, Iterator
from typing import Annotated

from pydantic import Field

from scoring.load.guard import NodePath
from scoring.load.text import QuestionId, Strict, TextModel
from scoring.model import Contradiction, DoubtRules


class AtLeast(Strict):
    """A question answered at this level of the scale (its place, from 0) or above."""

    question: QuestionId
    at_least: Annotated[int, Field(ge=1)]


class AtMost(Strict):
    """A question answered at this level of the scale (its place, from 0) or below."""

    question: QuestionId
    at_most: Annotated[int, Field(ge=0)]


class ContradictionModel(Strict):
    """Two answers that cannot both be true of one organisation; `why` is shown beside them."""

    claim: Annotated[AtLeast, Field(alias="if")]
    but: AtMost
    why: TextModel


class DoubtsModel(Strict):
    """`straight_line`: so many questions of a section at one level; `jump`: so many levels in one quarter without evidence."""

    straight_line: Annotated[int, Field(ge=3)] | None = None
    jump: Annotated[int, Field(ge=1)] | None = None
    contradictions: Annotated[tuple[ContradictionModel, ...], Field(max_length=500)] = ()

    def value(self) -> DoubtRules:
        pairs = (
            Contradiction(pair.claim.question, pair.claim.at_least, pair.but.question, pair.but.at_most, pair.why.value())
            for pair in self.contradictions
        )
        return DoubtRules(self.straight_line, self.jump, tuple(pairs))


def lint_doubts(doubts: DoubtsModel, levels: int, known: Collection[str] | None) -> Iterator[tuple[NodePath, str]]:
    """(where in the file, what is wrong). `levels`: how many the scale has; `known`: all question ids, None when some
    section could not be read, so that nobody is told that a question is missing because its file is broken."""
    if doubts.jump is not None and doubts.jump >= levels:
        yield ("doubts", "jump"), "more levels than the scale can rise"
    seen: set[tuple[str, str]] = set()
    for index, pair in enumerate(doubts.contradictions):
        place: NodePath = ("doubts", "contradictions", index)
        ids = (pair.claim.question, pair.but.question)
        for key, question in zip(("if", "but"), ids, strict=True):
            if known is not None and question not in known:
                yield (*place, key, "question"), f"{question} is not known"
        if pair.claim.at_least >= levels:
            yield (*place, "if", "at_least"), "is not a level of the scale"
        if pair.but.at_most >= levels - 1:
            yield (*place, "but", "at_most"), "must be a level below the highest"
        if ids[0] == ids[1]:
            yield place, f"{ids[0]} cannot contradict itself"
        if ids in seen:
            yield place, f"{ids[0]} and {ids[1]} stand here twice"
        seen.add(ids)
