"""What the page may send with an event: text, where a listener takes text."""

import json
import math
from typing import Any

import gradio as gr
import pytest
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st

from assistant.api.problems import ProblemError
from ui.chat.blocks import make_chat
from ui.mount.events import EventShape, event_shapes, read_cancel, read_join

SHAPES = {
    0: EventShape(2, "none"),
    1: EventShape(1, "choice"),
    2: EventShape(1, "rating"),
    3: EventShape(0, "none"),
}
FILE = {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.fixed_dictionaries(
    {
        "data": st.lists(ANYTHING, max_size=3),
        "fn_index": st.integers(-1, 5) | ANYTHING,
        "session_hash": ANYTHING,
    },
    optional={
        "event_data": ANYTHING,
        "trigger_id": ANYTHING,
        "event_id": ANYTHING,
        "simple_format": ANYTHING,
    },
)


def joined(**fields: Any) -> dict[str, Any]:
    body = json.dumps({"session_hash": "abc123", "fn_index": 0, "data": ["问", ""], **fields}).encode()
    made: dict[str, Any] = json.loads(read_join(body, SHAPES).body)
    return made


def test_the_chat_takes_nothing_but_text() -> None:
    shapes = event_shapes(make_chat(never_opened))
    assert shapes == {
        0: EventShape(2, "none"),
        1: EventShape(1, "choice"),
        2: EventShape(0, "rating"),
        3: EventShape(0, "none"),
        5: EventShape(0, "none"),
    }


def never_opened() -> Any:
    raise AssertionError("nobody asks")


@pytest.mark.parametrize(
    "kind", [gr.Chatbot, gr.State, gr.File, gr.JSON, gr.MultimodalTextbox, gr.HTML, gr.Number]
)
def test_a_listener_that_takes_more_than_text_is_refused_when_the_chat_is_made(kind: Any) -> None:
    with gr.Blocks() as blocks:
        value = kind()
        gr.Button().click(lambda given: None, [value], None)
    with pytest.raises(TypeError, match=kind.__name__):
        event_shapes(blocks)


def test_a_listener_of_an_event_that_is_not_read_is_refused_too() -> None:
    def undone(_data: gr.UndoData) -> None:
        """Nothing."""

    with gr.Blocks() as blocks:
        gr.Chatbot().undo(undone, None, None)
    with pytest.raises(TypeError, match="undo"):
        event_shapes(blocks)


def test_what_was_read_is_all_that_is_passed_on() -> None:
    assert joined(trigger_id=7) == {
        "session_hash": "abc123", "fn_index": 0, "data": ["问", ""], "event_data": None
    }  # fmt: skip
    assert joined(event_data={"index": 1, "value": FILE})["event_data"] is None
    chosen = joined(fn_index=1, data=[None], event_data={"index": 1, "value": FILE})
    assert chosen["event_data"] == {"index": 1, "value": "", "selected": True}
    rated = joined(fn_index=2, data=[None], event_data={"index": [1, 0], "value": [FILE], "liked": True})
    assert rated["event_data"] == {"index": [1, 0], "value": "", "liked": True}


def test_half_an_emoji_is_replaced() -> None:
    assert joined(data=["学\ud83d校", None])["data"] == ["学\ufffd校", None]


@pytest.mark.parametrize(
    "fields",
    [
        {"data": [FILE, ""]}, {"data": [[FILE], ""]}, {"data": [{"role": "user", "content": FILE}, ""]},
        {"data": [1, ""]}, {"data": [True, ""]}, {"data": ["问"]}, {"data": ["问", "", ""]},
        {"data": [None] * 9},
        {"data": None}, {"data": "问"}, {"data": {"0": "问"}}, {"data": [1] * 30_000},
        {"fn_index": 99}, {"fn_index": -1}, {"fn_index": 4}, {"fn_index": None}, {"fn_index": "0"},
        {"fn_index": 0.0}, {"fn_index": False}, {"fn_index": 10**40}, {"fn_index": math.inf},
        {"session_hash": ""}, {"session_hash": None}, {"session_hash": "a" * 65}, {"session_hash": "../x"},
        {"session_hash": "a\n"}, {"session_hash": ["a"]}, {"session_hash": FILE},
        {"event_id": "x"}, {"oauth_token": "x"}, {"batched": True}, {"simple_format": True}, {"request": {}},
        {"trigger_id": FILE}, {"trigger_id": "7"}, {"event_data": FILE}, {"event_data": [1]},
        {"fn_index": 1, "data": [None]}, {"fn_index": 1, "data": [None], "event_data": {"index": FILE}},
        {"fn_index": 1, "data": [None], "event_data": {"index": -1}},
        {"fn_index": 1, "data": [None], "event_data": {"index": []}},
        {"fn_index": 1, "data": [None], "event_data": {"index": 0, "row_value": FILE}},
        {"fn_index": 2, "data": [None], "event_data": {"index": 1}},
        {"fn_index": 2, "data": [None], "event_data": {"index": 1, "liked": "yes"}},
        {"fn_index": 2, "data": [None], "event_data": {"index": 1, "liked": 1}},
    ],
)  # fmt: skip
def test_what_no_page_sends_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises((RequestValidationError, ProblemError)):
        joined(**fields)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 60_000, b"1" * 60_000, b'{"data": ["\xff"]}', b"null", b"[]", b'"x"']
)
def test_what_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises((RequestValidationError, ProblemError)):
        read_join(body, SHAPES)
    with pytest.raises((RequestValidationError, ProblemError)):
        read_cancel(body)


def test_an_event_is_stopped_by_its_three_names_alone() -> None:
    body = {"session_hash": "abc123", "fn_index": 0, "event_id": "0" * 32}
    assert json.loads(read_cancel(json.dumps(body).encode()).body) == body
    for wrong in ({"event_id": "../x"}, {"event_id": "0" * 32 + "\n"}, {"fn_index": None}, {"more": 1}):
        with pytest.raises(RequestValidationError):
            read_cancel(json.dumps({**body, **wrong}).encode())


@given(FIELDS)
def test_whatever_passes_is_plain(fields: dict[str, Any]) -> None:
    try:
        passed = read_join(json.dumps(fields).encode(), SHAPES)
    except (RequestValidationError, ProblemError):
        return
    made = json.loads(passed.body)
    assert set(made) == {"data", "fn_index", "session_hash", "event_data"}
    assert all(value is None or isinstance(value, str) for value in made["data"])
    detail = made["event_data"] or {"index": 0, "value": ""}
    assert detail["value"] == ""
    assert isinstance(detail["index"], int | list)
