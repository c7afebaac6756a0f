"""target_profiles.yaml: the ready-made targets, each level with its reason, checked against the checklist that they are for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from scoring.load.folder import Folder
from scoring.load.guard import NodePath
from scoring.load.text import Line, QuestionId, Strict, TextModel, Word
from scoring.model import Checklist
from scoring.targets import Profile, Profiles, QuestionTarget, SectionTarget

FILE = "target_profiles.yaml"
Level = Annotated[int, Field(ge=0)]


class SectionModel(Strict):
    """`level` and `critical` are places on the scale, from 0."""

    level: Level
    critical: Level | None = None
    reason: TextModel


class QuestionModel(Strict):
    level: Level
    reason: TextModel


class ProfileModel(Strict):
    """`critical` of a section without one is its level."""

    label: TextModel
    suits: TextModel
    sections: dict[Word, SectionModel]
    questions: dict[QuestionId, QuestionModel] = Field(default_factory=dict)

    def value(self, profile_id: str) -> Profile:
        sections = (
            SectionTarget(name, each.level, each.level if each.critical is None else each.critical, each.reason.value())
            for name, each in self.sections.items()
        )
        questions = (QuestionTarget(name, each.level, each.reason.value()) for name, each in self.questions.items())
        return Profile(profile_id, self.label.value(), self.suits.value(), tuple(sections), tuple(questions))


class ProfilesFile(Strict):
    edition: Line
    about: TextModel
    profiles: Annotated[dict[Word, ProfileModel], Field(min_length=1)]


def load_profiles(data: Path, checklist: Checklist) -> Profiles:
    """Raises DataError with every problem of the file."""
    folder = Folder(data)
    document, file = folder.yaml(FILE, ProfilesFile)
    folder.problems += [document.problem(path, what) for path, what in _faults(file, checklist)]
    folder.check()
    return Profiles(file.edition, file.about.value(), tuple(profile.value(name) for name, profile in file.profiles.items()))


def _faults(file: ProfilesFile, checklist: Checklist) -> Iterator[tuple[NodePath, str]]:
    sections, top = {section.id: section for section in checklist.sections}, len(checklist.choices) - 1
    questions = {question.id for question in checklist.questions}
    for profile_id, profile in file.profiles.items():
        here: NodePath = ("profiles", profile_id)
        for name in sections.keys() - profile.sections.keys():
            yield (*here, "sections"), f"the section {name} is missing"
        for name, said in profile.sections.items():
            place = (*here, "sections", name)
            if name not in sections:
                yield place, "is no section of the checklist"
            elif said.critical is not None and not any(question.critical for question in sections[name].questions):
                yield (*place, "critical"), "has no critical question"
            for key, level in (("level", said.level), ("critical", said.critical)):
                if level is not None and level > top:
                    yield (*place, key), f"{level} is not a level of the scale (0 to {top})"
            if said.critical is not None and said.critical < said.level:
                yield (*place, "critical"), "is below the level of the other questions"
        for name, each in profile.questions.items():
            place = (*here, "questions", name)
            if name not in questions:
                yield place, "is no question of the checklist"
            if each.level > top:
                yield (*place, "level"), f"{each.level} is not a level of the scale (0 to {top})"
