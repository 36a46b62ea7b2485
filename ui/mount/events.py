"""What the page may send with an event: read, and serialised again, before Gradio sees it.

Gradio takes any JSON for an argument, and some of it means more than text: a file on the server's disk. So an
endpoint may only take text; how many comes from the endpoint itself, and what is passed on holds nothing that
was not read here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_type_hints

import gradio as gr
from gradio.components.api_component import Api
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from assistant.api.handlers import invalid_body
from assistant.api.problems import NOT_JSON, ProblemError, invalid_fields
from index.text.folding import encodable

Session = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
"""Gradio's session hash: made by the page at each load, short letters and digits."""
_MAX_INPUTS = 8


def _clean(value: Any) -> Any:
    return encodable(value) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_clean)]


class _Sent(BaseModel):
    """The base of what the page sends: exact types, no further fields."""

    model_config = ConfigDict(strict=True, extra="forbid")


_S = TypeVar("_S", bound=_Sent)


class _Join(_Sent):
    data: Annotated[list[Text], Field(max_length=_MAX_INPUTS)]
    fn_index: int
    session_hash: Session


class _Cancel(_Sent):
    session_hash: Session
    fn_index: int
    event_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


@dataclass(frozen=True, slots=True)
class GradioEvent:
    """An event that may pass: `body` is JSON made here."""

    session: str
    body: bytes


def texts_taken(blocks: gr.Blocks) -> dict[int, int]:
    """How many texts each endpoint takes, by Gradio's index. Raises TypeError for one that takes anything
    else, or that looks at more of the event than its texts."""
    taken = {}
    for index, endpoint in blocks.fns.items():
        others = [type(each).__name__ for each in endpoint.inputs if type(each) is not Api]
        hints = get_type_hints(endpoint.fn)
        hints.pop("return", None)
        if others or set(hints.values()) != {str} or endpoint.collects_event_data:
            raise TypeError(f"endpoint {endpoint.name} takes more than texts")
        taken[index] = len(endpoint.inputs)
    return taken


def read_join(body: bytes, taken: Mapping[int, int]) -> GradioEvent:
    """The event in `body` as it may go on; `taken`: see `texts_taken`. Raises RequestValidationError or
    ProblemError."""
    sent = _read(_Join, body)
    texts = taken.get(sent.fn_index)
    if texts is None:
        raise invalid_fields([("fn_index", "没有这个操作，请刷新网页再试")])
    if len(sent.data) != texts:
        raise invalid_fields([("data", "项数不对，请刷新网页再试")])
    passed = {"data": sent.data, "fn_index": sent.fn_index, "session_hash": sent.session_hash}
    return GradioEvent(sent.session_hash, json.dumps(passed).encode())


def read_cancel(body: bytes) -> GradioEvent:
    """The request in `body` to stop an event, as it may go on. Raises as `read_join` does."""
    sent = _read(_Cancel, body)
    return GradioEvent(sent.session_hash, json.dumps(sent.model_dump()).encode())


def _read(shape: type[_S], body: bytes) -> _S:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise ProblemError(NOT_JSON) from None
    try:
        return shape.model_validate(sent)
    except ValidationError as error:
        raise invalid_body(error) from None
