"""The first questions that are offered, by who asks: `first_questions.toml`, read strictly."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter

_FILE = Path(__file__).parent / "first_questions.toml"
_FEWEST, _MOST = 4, 6
_IN_WIDGET = 4
"""Questions that a portal's frame offers."""


class Shape(StrEnum):
    """What the answer has to have."""

    LINE = "line"
    SHORT = "short"
    """A short answer."""
    LIST = "list"
    """Several points."""


@dataclass(frozen=True, slots=True)
class FirstQuestion:
    """A question, and what its answer has to be."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=4, max_length=30)]
    clauses: Annotated[tuple[str, ...], Field(min_length=1)]
    """Addresses, one of which is cited first: of the plan, or `title#address` of another document."""
    shape: Shape
    widget: bool = False
    """A portal's frame offers it."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Those who ask, by their name for people, with their questions in order."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str
    questions: Annotated[tuple[FirstQuestion, ...], Field(min_length=_FEWEST, max_length=_MOST)]


@lru_cache(maxsize=1)
def first_questions() -> tuple[Audience, ...]:
    """Who asks, in order."""
    return read_first_questions(_FILE.read_text(encoding="utf-8"))


def read_first_questions(text: str) -> tuple[Audience, ...]:
    """The same from the text of such a file. Raises ValueError for a field that is missing, unknown or wrong,
    too few or too many questions, one that stands twice, and another number for the frame than it offers."""
    found = TypeAdapter(tuple[Audience, ...]).validate_python(tomllib.loads(text)["audiences"])
    texts = [question.text for audience in found for question in audience.questions]
    if len(set(texts)) < len(texts):
        raise ValueError("a question stands twice")
    if len(_offered(found)) != _IN_WIDGET:
        raise ValueError(f"the frame offers {_IN_WIDGET} questions, not {len(_offered(found))}")
    return found


def widget_questions() -> tuple[str, ...]:
    """The questions that a portal's frame offers, in order."""
    return _offered(first_questions())


def _offered(audiences: Sequence[Audience]) -> tuple[str, ...]:
    return tuple(q.text for audience in audiences for q in audience.questions if q.widget)
