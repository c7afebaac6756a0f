"""What every kind of content file is made of: words, lines, sentences in both languages, strict mappings."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from scoring.model import Text

JAPANESE = re.compile(r"[぀-ヿ㐀-鿿]")


def _line(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    if value != value.strip() or len(value.splitlines()) > 1:
        raise ValueError("one line without spaces at its ends")
    return value


def _japanese(value: str) -> str:
    if not JAPANESE.search(value):
        raise ValueError("has no Japanese letter")
    return value


def _english(value: str) -> str:
    if JAPANESE.search(value):
        raise ValueError("has Japanese letters")
    return value


Line = Annotated[str, AfterValidator(_line)]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
QuestionId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
Percent = Annotated[int, Field(ge=0, le=100)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TextModel(Strict):
    """A sentence in both languages."""

    ja: Annotated[Line, AfterValidator(_japanese)]
    en: Annotated[Line, AfterValidator(_english)]

    def value(self) -> Text:
        return Text(self.ja, self.en)
