"""Names that the interface does not know: refused by name, with the one that was probably meant.

A field or parameter that nobody reads would be lost without a word: `conversationId` would begin a new
conversation, `as-of` would answer by today's text.
"""

import difflib
from collections.abc import Collection, Iterable
from itertools import islice
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from assistant.api.problems import MAX_ERRORS
from assistant.api.wording import OWN

_NEAR = 0.7
"""How much of two names agrees where one is offered for the other, as difflib measures it."""


class In(BaseModel):
    """The base of every JSON object that comes in: a field that it does not have is refused."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _only_known_fields(cls, given: Any) -> Any:
        unknown = unknown_of(given, cls.model_fields) if isinstance(given, dict) else []
        if unknown:
            lines = [
                InitErrorDetails(
                    type=PydanticCustomError(OWN, unknown_name("字段", name, cls.model_fields)),
                    loc=(name,),
                    input=None,
                )
                for name in unknown
            ]
            raise ValidationError.from_exception_data(cls.__name__, lines)
        return given


def unknown_of(given: Iterable[str], known: Collection[str]) -> list[str]:
    """The names that are none of `known`, so many of them as are told: to look for what each was meant to be
    takes longer than to read it."""
    return list(islice((name for name in given if name not in known), MAX_ERRORS))


def unknown_name(what: str, name: str, known: Iterable[str]) -> str:
    """What is told of `name`, a `what` (字段, 参数) that is none of `known`."""
    meant = near(name, list(known))
    return f"没有这个{what}" + (f"，要写的可能是 {meant}" if meant else "")


def near(name: str, known: Collection[str]) -> str | None:
    """The one of `known` that `name` was probably meant to be, whatever its case, `-` and `_`."""
    plain = {_plain(each): each for each in known}
    found = difflib.get_close_matches(_plain(name), plain, 1, _NEAR)
    return plain[found[0]] if found else None


def _plain(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")
