"""Whoever reaches the port reads no file, and nothing of what a client sends is believed."""

import json
import secrets
from pathlib import Path
from typing import Any

import pytest

from tests.assistant.api.problem import check_problem
from tests.ui.mount.client import AGAIN, CANCEL, DATA, EXAMPLE, JOIN, QUESTION, RATED, TYPED, Page, Records


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
@pytest.mark.parametrize("index", [TYPED, EXAMPLE, RATED, AGAIN, 4, 5, 6])
def test_no_event_gives_a_file(
    page: Page, canary: Path, kind: str, index: int, logged: Records, capfd: pytest.CaptureFixture[str]
) -> None:
    hostile = shapes(str(canary))[kind]
    detail = {"index": 0, "value": hostile, "liked": True}
    for data in ([hostile], [hostile, None], [None, hostile], [QUESTION, hostile], [hostile] * 4, hostile):
        for extra in ({}, {"event_data": hostile}, {"event_data": detail}, {"trigger_id": hostile}):
            refused = page.join({"fn_index": index, "data": data, **extra})
            assert refused.status_code in {400, 422}
            assert canary.name not in json.dumps(check_problem(refused, refused.status_code))
    assert not logged
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_page_repeats_beside_an_event_is_not_read(page: Page, canary: Path, kind: str) -> None:
    hostile = shapes(str(canary))[kind]
    page.join({"fn_index": EXAMPLE, "data": [None], "event_data": {"index": 0, "value": hostile}})
    told = page.told()
    assert "process_completed" in told
    page.join({"fn_index": RATED, "data": [], "event_data": {"index": 1, "value": hostile, "liked": True}})
    told += page.told()
    for trace in (canary.read_text(), canary.name, "/gradio_api/file", "gradio.FileData"):
        assert trace not in told


@pytest.mark.parametrize(
    "form", ["{}", "file://{}", "/gradio_api/file={}", "![x](/gradio_api/file={})", "<img src='{}'>"]
)
def test_a_path_that_is_typed_is_a_question_like_any_other(page: Page, canary: Path, form: str) -> None:
    _, messages, _ = page.event(TYPED, [form.format(canary), None])
    shown = json.dumps(messages)
    assert canary.read_text() not in shown
    assert "FileData" not in shown
    assert all(part["type"] == "text" for message in messages for part in message["content"])
    found = page.http.get(f"/gradio_api/file={canary}")
    check_problem(found, 404, "not-found")


def test_what_a_client_sends_wrong_is_a_problem_without_a_traceback(
    page: Page, logged: Records, capfd: pytest.CaptureFixture[str]
) -> None:
    wrong: list[Any] = [b"", b"{", b"\xff", b"null", b"[" * 60_000, [], "x", {}, {"fn_index": 99, "data": []}]
    wrong += [{"fn_index": -1, "data": []}, {"fn_index": 0, "data": []}, {"fn_index": 0, "data": [{}, {}]}]
    wrong += [
        {"fn_index": "0", "data": [None, None]},
        {"fn_index": 10**30, "data": []},
        {"fn_index": 4, "data": []},
    ]
    for body in wrong:
        refused = page.join(body)
        assert refused.status_code in {400, 422}
        check_problem(refused, refused.status_code)
    stop = {"fn_index": 0, "event_id": "0" * 32, "session_hash": "nobody"}
    for response, status in (
        (page.http.get(DATA), 404),
        (page.http.get(DATA, params={"session_hash": "nobody"}), 404),
        (page.http.get(DATA, params={"session_hash": "../x"}), 404),
        (page.http.post(CANCEL, json=stop), 404),
        (page.http.post(CANCEL, json={**stop, "event_id": "x"}), 422),
        (page.http.get(JOIN), 405),
        (page.http.post(DATA), 405),
        (page.http.delete("/"), 405),
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
