"""What the page may send with an event: texts, as many as the endpoint takes."""

import json
import math
from typing import Any

import gradio as gr
import pytest
from fastapi.exceptions import RequestValidationError
from gradio.events import api
from hypothesis import given
from hypothesis import strategies as st

from assistant.api.problems import ProblemError
from ui.chat.engine import make_engine
from ui.mount.events import read_cancel, read_join, texts_taken

TAKEN = {0: 2, 1: 1, 3: 0}
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
        "data": st.lists(st.text(max_size=5) | ANYTHING, max_size=3),
        "fn_index": st.integers(-1, 5) | ANYTHING,
        "session_hash": st.from_regex(r"[A-Za-z0-9-]{1,64}", fullmatch=True) | ANYTHING,
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
    made: dict[str, Any] = json.loads(read_join(body, TAKEN).body)
    return made


def test_the_engine_takes_nothing_but_text() -> None:
    assert texts_taken(make_engine(never_opened)) == {0: 5}


def never_opened() -> Any:
    raise AssertionError("nobody asks")


@pytest.mark.parametrize(
    "kind", [gr.Textbox, gr.Chatbot, gr.State, gr.File, gr.JSON, gr.MultimodalTextbox, gr.HTML, gr.Number]
)
def test_a_listener_on_a_component_is_refused_when_the_chat_is_made(kind: Any) -> None:
    def listened(given: str) -> None:
        """Nothing."""

    with gr.Blocks() as blocks:
        value = kind()
        gr.Button().click(listened, [value], None)
    with pytest.raises(TypeError, match="listened"):
        texts_taken(blocks)


def takes_a_number(text: str, number: int) -> str:
    return text * number


def takes_anything(text: str, more: Any) -> str:
    return f"{text}{more}"


def takes_a_list(texts: list[str]) -> str:
    return "".join(texts)


def takes_a_file(file: gr.FileData) -> str:
    return str(file)


def takes_text_or_nothing(text: str | None) -> str:
    return text or ""


@pytest.mark.parametrize(
    "endpoint", [takes_a_number, takes_anything, takes_a_list, takes_a_file, takes_text_or_nothing]
)
def test_an_endpoint_that_takes_more_than_texts_is_refused_too(endpoint: Any) -> None:
    with gr.Blocks() as blocks:
        api(endpoint, api_name="x")
    with pytest.raises(TypeError, match=endpoint.__name__):
        texts_taken(blocks)


@pytest.mark.parametrize("seen", [gr.Request, gr.UndoData, gr.LikeData, gr.SelectData, gr.EventData])
def test_an_endpoint_that_looks_at_more_of_the_event_is_refused_too(seen: Any) -> None:
    def looks(text: str, beside: Any) -> str:
        return f"{text}{beside}"

    looks.__annotations__["beside"] = seen
    with gr.Blocks() as blocks:
        api(looks, api_name="x")
    with pytest.raises(TypeError, match="looks"):
        texts_taken(blocks)


def test_what_was_read_is_all_that_is_passed_on() -> None:
    assert joined() == {"session_hash": "abc123", "fn_index": 0, "data": ["问", ""]}
    assert joined(fn_index=1, data=[json.dumps(FILE)])["data"] == [json.dumps(FILE)]
    assert joined(fn_index=3, data=[])["data"] == []


def test_half_an_emoji_is_replaced() -> None:
    assert joined(data=["学\ud83d校", ""])["data"] == ["学\ufffd校", ""]


@pytest.mark.parametrize(
    "fields",
    [
        {"data": [FILE, ""]}, {"data": [[FILE], ""]}, {"data": [{"role": "user", "content": FILE}, ""]},
        {"data": [1, ""]}, {"data": [True, ""]}, {"data": ["问"]}, {"data": ["问", "", ""]},
        {"data": ["问", None]}, {"data": [None, None]}, {"data": ["问"] * 9},
        {"data": None}, {"data": "问"}, {"data": {"0": "问"}}, {"data": [1] * 30_000},
        {"fn_index": 99}, {"fn_index": -1}, {"fn_index": 4}, {"fn_index": None}, {"fn_index": "0"},
        {"fn_index": 0.0}, {"fn_index": False}, {"fn_index": 10**40}, {"fn_index": math.inf},
        {"session_hash": ""}, {"session_hash": None}, {"session_hash": "a" * 65}, {"session_hash": "../x"},
        {"session_hash": "a\n"}, {"session_hash": ["a"]}, {"session_hash": FILE},
        {"event_id": "x"}, {"oauth_token": "x"}, {"batched": True}, {"simple_format": True}, {"request": {}},
        {"trigger_id": FILE}, {"trigger_id": 7}, {"trigger_id": None}, {"event_data": FILE},
        {"event_data": [1]}, {"event_data": None}, {"event_data": {"index": 0, "value": "", "liked": True}},
        {"fn_index": 1}, {"fn_index": 1, "data": []}, {"fn_index": 1, "data": [FILE]},
        {"fn_index": 3}, {"fn_index": 3, "data": [""]}, {"fn_index": 2, "data": [""]},
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
        read_join(body, TAKEN)
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
        passed = read_join(json.dumps(fields).encode(), TAKEN)
    except (RequestValidationError, ProblemError):
        return
    made = json.loads(passed.body)
    assert set(made) == {"data", "fn_index", "session_hash"}
    assert len(made["data"]) == TAKEN[made["fn_index"]]
    assert all(isinstance(value, str) for value in made["data"])
