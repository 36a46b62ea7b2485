"""What the page may send with an event: read, and serialised again, before Gradio sees it.

Gradio takes any JSON for the value of a component, and some of it means more than text: a file on the
server's disk, a component to build. So a listener may only take the text of a Textbox; the shape of its
events is made from the listener itself, and what is passed on holds nothing that was not read here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

import gradio as gr
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationError

from assistant.api.problems import NOT_JSON, ProblemError, invalid_body, invalid_fields
from index.text.folding import encodable

Session = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
"""Gradio's session hash: made by the page at each load, short letters and digits."""
Detail = Literal["none", "choice", "rating"]
_DETAILS: Mapping[str, Detail] = {"example_select": "choice", "like": "rating"}
_MAX_INDEX = 10_000
_MAX_INPUTS = 8


def _clean(value: Any) -> Any:
    return encodable(value) if isinstance(value, str) else value


Text = Annotated[str | None, BeforeValidator(_clean)]
Index = Annotated[int, Field(ge=0, le=_MAX_INDEX)]


class _Sent(BaseModel):
    """The base of what the page sends: exact types, no further fields."""

    model_config = ConfigDict(strict=True, extra="forbid")


_S = TypeVar("_S", bound=_Sent)


class _Detail(_Sent):
    """What was chosen or rated; `value`, the page's own copy of it, is not read."""

    index: Index | Annotated[list[Index], Field(min_length=1, max_length=2)]
    value: Any = None
    liked: StrictBool | Literal[""] | None = None


class _Join(_Sent):
    data: Annotated[list[Text], Field(max_length=_MAX_INPUTS)]
    fn_index: int
    session_hash: Session
    trigger_id: int | None = None
    event_data: _Detail | None = None


class _Cancel(_Sent):
    session_hash: Session
    fn_index: int
    event_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


@dataclass(frozen=True, slots=True)
class EventShape:
    """What one listener takes from the page."""

    texts: int
    """Number of its inputs, each the text of a Textbox."""
    detail: Detail
    """What the event itself says."""


@dataclass(frozen=True, slots=True)
class GradioEvent:
    """An event that may pass: `body` is JSON made here."""

    session: str
    body: bytes


def event_shapes(blocks: gr.Blocks) -> dict[int, EventShape]:
    """The shape of each listener's events, by Gradio's index. Raises TypeError where a listener takes
    anything but the text of a Textbox, or an event whose detail is not known here."""
    shapes = {}
    for index, listener in blocks.fns.items():
        if listener.fn is None:  # runs in the browser only
            continue
        others = [type(block).__name__ for block in listener.inputs if type(block) is not gr.Textbox]
        names = {name for _, name in listener.targets}
        if others:
            raise TypeError(f"listener {listener.name} takes {', '.join(others)} from the page")
        if listener.collects_event_data and not (len(names) == 1 and names <= _DETAILS.keys()):
            raise TypeError(f"listener {listener.name} takes an event that is not read: {sorted(names)}")
        detail = _DETAILS[names.pop()] if listener.collects_event_data else "none"
        shapes[index] = EventShape(len(listener.inputs), detail)
    return shapes


def read_join(body: bytes, shapes: Mapping[int, EventShape]) -> GradioEvent:
    """The event in `body` as it may go on. Raises RequestValidationError or ProblemError."""
    sent = _read(_Join, body)
    shape = shapes.get(sent.fn_index)
    if shape is None:
        raise invalid_fields([("fn_index", "没有这个操作，请刷新网页再试")])
    if len(sent.data) != shape.texts:
        raise invalid_fields([("data", "项数不对，请刷新网页再试")])
    passed = {
        "data": sent.data,
        "fn_index": sent.fn_index,
        "session_hash": sent.session_hash,
        "event_data": _detail(sent.event_data, shape.detail),
    }
    return GradioEvent(sent.session_hash, json.dumps(passed).encode())


def read_cancel(body: bytes) -> GradioEvent:
    """The request in `body` to stop an event, as it may go on. Raises as `read_join` does."""
    sent = _read(_Cancel, body)
    return GradioEvent(sent.session_hash, json.dumps(sent.model_dump()).encode())


def _detail(sent: _Detail | None, wanted: Detail) -> dict[str, Any] | None:
    if wanted == "none":
        return None
    if sent is None or (wanted == "rating" and sent.liked is None):
        raise invalid_fields([("event_data", "缺少这次操作的内容，请刷新网页再试")])
    made: dict[str, Any] = {"index": sent.index, "value": ""}
    return {**made, "liked": sent.liked} if wanted == "rating" else {**made, "selected": True}


def _read(shape: type[_S], body: bytes) -> _S:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise ProblemError(NOT_JSON) from None
    try:
        return shape.model_validate(sent)
    except ValidationError as error:
        raise invalid_body(error) from None
