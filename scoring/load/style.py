"""How checklist texts are written: rules that a reader feels, checked by `python -m tenken check` (docs/terms.md).

`load_checklist` refuses what cannot be used; this finds what should be written better. Every finding is a Problem with
file and line.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from scoring.errors import Problem
from scoring.load.checklist import ChecklistFile, QuestionModel, SectionFile
from scoring.load.guard import Document, read_yaml
from scoring.load.text import TextModel

JA_LETTERS = {"text": 50, "levels": 40, "advice": 40, "why": 120}
EN_WORDS = {"text": 25, "levels": 20, "advice": 20, "why": 45}
VAGUE = re.compile(
    r"適切|十分|必要に応じ|徹底|適宜|しっかり|なるべく|できるだけ|\b(appropriate|sufficient|adequate|proper|reasonabl|as necessary|as needed|timely)",
    re.IGNORECASE,
)
POLITE = re.compile(r"(です|ます|ません|でした|ました|でしょう|ましょう|ください)$")
MAX_SHARE = 15  # percent of a section's weight that one question may have
SHARED_FROM = 7  # questions that a section needs before that limit can hold
ALIKE = 0.85

Sentence = tuple[Document, tuple[str | int, ...], str]


def style_problems(folder: Path, *, controls: Collection[str], subjects: Collection[str]) -> list[Problem]:
    """Everything in a checklist that `load_checklist` accepts that should be written better. Raises as that does."""
    root = read_yaml(folder / "checklist.yaml", f"{folder.name}/checklist.yaml")
    head = ChecklistFile.model_validate(root.tree)
    problems: list[Problem] = []
    kinds: dict[str, list[Sentence]] = {}
    questions: list[QuestionModel] = []
    for name in head.sections:
        document = read_yaml(folder / name, f"{folder.name}/{name}")
        section = SectionFile.model_validate(document.tree)
        total = sum(question.weight for question in section.questions)
        for number, question in enumerate(section.questions):
            questions.append(question)
            place = ("questions", number)
            problems += [document.problem((*place, *path), what) for path, what in _question(question)]
            if len(section.questions) >= SHARED_FROM and question.weight * 100 > MAX_SHARE * total:
                problems.append(document.problem((*place, "weight"), f"more than {MAX_SHARE}% of the section's weight ({total})"))
            for kind, path, text in _sentences(question):
                for lang in ("ja", "en"):
                    kinds.setdefault(f"{kind}.{lang}", []).append((document, (*place, *path, lang), getattr(text, lang)))
    for sentences in kinds.values():
        problems += _alike(sentences)
    problems += _coverage(root, head, questions, frozenset(controls), frozenset(subjects))
    return sorted(set(problems))


def _sentences(question: QuestionModel) -> Iterator[tuple[str, tuple[str | int, ...], TextModel]]:
    """(kind, path, text); sentences of one kind stand in the same place of different questions."""
    yield "text", ("text",), question.text
    yield "why", ("why",), question.why
    for key, texts in (("levels", question.levels), ("advice", question.advice)):
        for index, text in enumerate(texts):
            yield f"{key}{index}", (key, index), text


def _question(question: QuestionModel) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for _kind, path, text in _sentences(question):
        key = str(path[0])
        if len(text.ja) > JA_LETTERS[key]:
            yield (*path, "ja"), f"{len(text.ja)} letters, at most {JA_LETTERS[key]}"
        if len(text.en.split()) > EN_WORDS[key]:
            yield (*path, "en"), f"{len(text.en.split())} words, at most {EN_WORDS[key]}"
        for lang in ("ja", "en"):
            sentence = getattr(text, lang)
            if found := VAGUE.search(sentence):
                yield (*path, lang), f"{found.group()!r} cannot be checked"
            if key != "why" and sentence.endswith(("。", ".")):
                yield (*path, lang), "no full stop at the end"
        if key == "why":
            if not text.en.endswith((".", "?")):
                yield (*path, "en"), "ends with a full stop"
            parts = text.ja.split("。")
            if parts[-1] or not all(POLITE.search(part) for part in parts[:-1]):
                yield (*path, "ja"), "every sentence ends in です・ます and 。"
        elif POLITE.search(text.ja):
            yield (*path, "ja"), "plain form, not です・ます"
    for index, level in enumerate(question.levels):
        if _likeness(level.ja, question.text.ja) > ALIKE:
            yield ("levels", index, "ja"), "repeats the question"
    if not (question.refs.iso27001 or question.refs.csf or question.refs.scs):
        yield ("refs",), "no reference"


def _likeness(one: str, other: str) -> float:
    """Shared pairs of letters: 0 nothing, 1 the same."""
    first, last = _pairs(one), _pairs(other)
    return len(first & last) / max(len(first | last), 1)


def _pairs(text: str) -> frozenset[str]:
    letters = re.sub(r"\W", "", text.lower())
    return frozenset(letters[i : i + 2] for i in range(len(letters) - 1))


def _alike(sentences: list[Sentence]) -> Iterator[Problem]:
    """Sentences in the same place of two questions that say (nearly) the same."""
    pairs = [_pairs(text) for _document, _path, text in sentences]
    for number, (document, path, text) in enumerate(sentences):
        for earlier in range(number):
            both = len(pairs[number] & pairs[earlier])
            if both > ALIKE * len(pairs[number] | pairs[earlier]):
                yield document.problem(path, f"nearly the same as {sentences[earlier][2]!r} elsewhere: {text!r}")


def _coverage(
    root: Document, head: ChecklistFile, questions: list[QuestionModel], controls: frozenset[str], subjects: frozenset[str]
) -> Iterator[Problem]:
    covered = {subject for question in questions for subject in question.covers}
    excused = {entry.id for entry in head.uncovered}
    for subject in sorted(subjects - covered - excused):
        yield root.problem(("uncovered",), f"{subject} is covered by no question and not listed here")
    for index, entry in enumerate(head.uncovered):
        if entry.id in covered or entry.id not in subjects:
            yield root.problem(("uncovered", index), f"{entry.id} is covered, or not known")
    used = {control for question in questions for control in question.controls}
    for control in sorted(controls - used):
        yield root.problem(("sections",), f"no question lists the control {control}")
