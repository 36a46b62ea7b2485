"""Whoever reaches the port reads no file, and nothing of what a client sends is believed."""

import json
import secrets
from pathlib import Path
from typing import Any

import pytest

from tests.assistant.api.problem import check_problem
from tests.ui.mount.client import ASK, CANCEL, DATA, JOIN, QUESTION, Page, Records, texts


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that only the server's user may read, with a text that nobody guesses."""
    file = tmp_path / "canary.txt"
    file.write_text(f"canary-{secrets.token_hex(8)}")
    file.chmod(0o600)
    return file


def shapes(path: str) -> dict[str, Any]:
    """Everything that Gradio takes for a file, or for something to build with one."""
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    message = {"role": "user", "content": {"type": "file", "file": file}}
    return {
        "file": file,
        "file with address": {
            **file,
            "url": f"/gradio_api/file={path}",
            "orig_name": "x",
            "is_stream": False,
        },
        "file to stream": {**file, "is_stream": True},
        "history": [message, {"role": "assistant", "content": [{"type": "file", "file": file}]}],
        "old history": [[{"file": file}, None]],
        "component": {"component": "image", "value": file, "props": {}, "constructor_args": {}},
        "update": {"__type__": "update", "value": file},
        "state": {"__type__": "state", "value": file},
        "multimodal": {"text": "x", "files": [file]},
        "address": {"path": f"file://{path}", "meta": {"_type": "gradio.FileData"}},
    }


KINDS = sorted(shapes("x"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("index", [ASK, 1, 2, 5])
def test_no_event_gives_a_file(
    page: Page, canary: Path, kind: str, index: int, logged: Records, capfd: pytest.CaptureFixture[str]
) -> None:
    hostile = shapes(str(canary))[kind]
    detail = {"index": 0, "value": hostile, "liked": True}
    good = texts(QUESTION, page.secret)
    beside = [{"event_data": hostile}, {"event_data": detail}, {"trigger_id": hostile}, {"request": hostile}]
    tries = [{"data": data, **extra} for data in _data_with(hostile, good) for extra in ({}, *beside)]
    tries += [{"data": good, **extra} for extra in (*beside, {"session_hash": hostile}, {"more": hostile})]
    for sent in tries:
        refused = page.join({"fn_index": index, **sent})
        assert refused.status_code in {400, 422}
        assert canary.name not in json.dumps(check_problem(refused, refused.status_code))
    assert not logged
    assert "Traceback" not in capfd.readouterr().err


def _data_with(hostile: Any, good: list[str]) -> list[Any]:
    """Data of an event with `hostile` in each of its places, and elsewhere."""
    places = [[*good[:at], hostile, *good[at + 1 :]] for at in range(len(good))]
    return [*places, [*good, hostile], [hostile], [hostile] * 4, hostile]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_written_out_is_text_in_each_place(page: Page, canary: Path, kind: str) -> None:
    written = json.dumps(shapes(str(canary))[kind])
    told = ""
    for data in _data_with(written, texts(QUESTION, page.secret))[:4]:
        assert page.join({"fn_index": ASK, "data": data}).status_code == 200
        told += page.told()
    assert told.count("process_completed") == 4
    assert canary.read_text() not in told


@pytest.mark.parametrize(
    "form", ["{}", "file://{}", "/gradio_api/file={}", "![x](/gradio_api/file={})", "<img src='{}'>"]
)
def test_a_path_that_is_typed_is_a_question_like_any_other(page: Page, canary: Path, form: str) -> None:
    last = page.event(form.format(canary))
    assert last["kind"] == "answered"
    shown = last["html"]
    assert canary.read_text() not in json.dumps(last)
    assert canary.name in shown, "it stands as text"
    for element in ("<img", 'href="/gradio_api', 'src="'):
        assert element not in shown
    found = page.http.get(f"/gradio_api/file={canary}")
    check_problem(found, 404, "not-found")


def test_what_a_client_sends_wrong_is_a_problem_without_a_traceback(
    page: Page, logged: Records, capfd: pytest.CaptureFixture[str]
) -> None:
    wrong: list[Any] = [b"", b"{", b"\xff", b"null", b"[" * 60_000, [], "x", {}, {"fn_index": 99, "data": []}]
    good = {"fn_index": ASK, "data": texts(QUESTION, page.secret)}
    wrong += [{**good, "fn_index": -1}, {**good, "data": []}, {**good, "data": [{}] * 4}]
    wrong += [{**good, "fn_index": "0"}, {**good, "fn_index": 10**30}, {**good, "fn_index": 1}]
    wrong += [{**good, "data": [None] * 4}, {**good, "data": [QUESTION]}, {**good, "event_data": None}]
    for body in wrong:
        refused = page.join(body)
        assert refused.status_code in {400, 422}
        check_problem(refused, refused.status_code)
    stop = {"fn_index": ASK, "event_id": "0" * 32, "session_hash": "nobody"}
    for response, status in (
        (page.http.get(DATA), 404),
        (page.http.get(DATA, params={"session_hash": "nobody"}), 404),
        (page.http.get(DATA, params={"session_hash": "../x"}), 404),
        (page.http.post(CANCEL, json=stop), 404),
        (page.http.post(CANCEL, json={**stop, "event_id": "x"}), 422),
        (page.http.get(JOIN), 405),
        (page.http.post(DATA), 405),
        (page.http.delete("/"), 405),
        (page.http.get("/ask"), 405),
        (page.http.get("/chat/transcript"), 405),
        (page.http.get("/assets/nothing.js"), 404),
        (page.http.get(f"/assets/{'a' * 256}"), 404),
        (page.http.get(f"/assets/{'a' * 20_000}"), 404),
        (page.http.post(JOIN, content=b"{}", headers={"Content-Type": "text/plain"}), 415),
        (page.http.post(JOIN, json={f"field{number}": 1 for number in range(3000)}), 422),
    ):
        check_problem(response, status)
        assert len(response.content) < 10_000 or "a" * 20_000 in response.url.path
    assert "Traceback" not in capfd.readouterr().err
    assert not logged
