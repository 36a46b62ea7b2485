import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from assistant.api.app import create_app
from assistant.api.opening import Opening
from assistant.errors import IndexDamaged, IndexMissing
from assistant.storage.store import Store
from tests.assistant.api.problem import LOOPBACK, PLAN, check_problem

if TYPE_CHECKING:
    from assistant.service import Assistant

ASK = "/v1/ask"
SEARCH = "/v1/search"


def failing(error: Exception) -> "Callable[[], Assistant]":
    def open_assistant() -> "Assistant":
        raise error

    return open_assistant


def test_a_wrong_method_names_the_right_ones(client: TestClient) -> None:
    for method, path, allowed in [
        ("GET", ASK, "POST"),
        ("PUT", SEARCH, "POST"),
        ("DELETE", f"/v1/documents/{PLAN}/text", "GET, HEAD"),
        ("POST", "/healthz", "GET, HEAD"),
        ("BREW", "/v1/documents", "GET, HEAD, POST"),
    ]:
        response = client.request(method, path)
        check_problem(response, 405, "method-not-allowed")
        assert response.headers["allow"] == allowed
    check_problem(client.post("/v1/nothing"), 404, "not-found")
    check_problem(client.get("/v1"), 404, "not-found")


def test_what_is_mounted_at_the_root_does_not_take_the_interfaces_paths(assistant: "Assistant") -> None:
    from starlette.responses import PlainTextResponse

    app = create_app(lambda: assistant, Store("sqlite://"))
    app.mount("/", PlainTextResponse("chat"))
    with TestClient(app, base_url=LOOPBACK) as both:
        assert both.get("/").text == "chat"
        assert both.get("/other").text == "chat"
        check_problem(both.get(ASK), 405)
        check_problem(both.get("/v1/nothing"), 404)
        assert both.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize(
    "error", [IndexMissing("索引还没有建立，请先建立。"), IndexDamaged("索引坏了，请重建。")]
)
def test_without_an_index_the_server_lives_and_says_what_to_do(error: IndexMissing | IndexDamaged) -> None:
    app = create_app(failing(error), Store("sqlite://"))
    with TestClient(app, base_url=LOOPBACK) as client:
        app.state.opening.wait(60)
        assert client.get("/healthz").json() == {"status": "ok"}
        for response in (
            client.get("/readyz"),
            client.get("/v1/documents"),
            client.post(ASK, json={"question": "问"}),
            client.post(SEARCH, json={"query": "问"}),
        ):
            assert check_problem(response, 503, "not-ready")["detail"] == error.message
            assert int(response.headers["retry-after"]) > 0


def test_the_real_index_missing_is_said_so(tmp_path: Any) -> None:
    from assistant.service import Assistant
    from assistant.settings import Settings

    app = create_app(lambda: Assistant.open(Settings(state_dir=tmp_path)), Store("sqlite://"))
    with TestClient(app, base_url=LOOPBACK) as client:
        app.state.opening.wait(30)
        problem = check_problem(client.post(ASK, json={"question": "问"}), 503, "not-ready")
    assert "policy-qa index build" in problem["detail"]
    assert str(tmp_path) not in json.dumps(problem)


def test_the_index_is_tried_again_once_the_pause_is_over(assistant: "Assistant") -> None:
    now = [0.0]
    tries: list[float] = []

    def open_assistant() -> "Assistant":
        tries.append(now[0])
        if now[0] < 10:
            raise IndexMissing("索引还没有建立，请先建立。")
        return assistant

    app = create_app(open_assistant, Store("sqlite://"))
    opening = app.state.opening = Opening(open_assistant, retry_seconds=5, clock=lambda: now[0])
    client = TestClient(app, base_url=LOOPBACK)
    for moment, ready in [
        (0.0, False),
        (1.0, False),
        (4.9, False),
        (6.0, False),
        (10.9, False),
        (11.0, True),
    ]:
        now[0] = moment
        check_problem(client.get("/v1/documents"), 503)
        assert opening.wait(60) is ready
    assert tries == [0.0, 6.0, 11.0]
    assert client.get("/v1/documents").status_code == 200


def test_the_server_answers_while_the_index_is_being_opened(assistant: "Assistant") -> None:
    import threading

    go = threading.Event()

    def open_slowly() -> "Assistant":
        go.wait(30)
        return assistant

    app = create_app(open_slowly, Store("sqlite://"))
    with TestClient(app, base_url=LOOPBACK) as client:
        assert client.get("/healthz").status_code == 200
        check_problem(client.get("/readyz"), 503, "not-ready")
        go.set()
        assert app.state.opening.wait(30)
        assert client.get("/readyz").json() == {"status": "ready"}


class Broken:
    """Fails in every call, with a text that no client may read."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        raise self._error


@pytest.mark.parametrize(
    ("error", "status"),
    [(RuntimeError("secret /etc/passwd"), 500), (IndexDamaged("索引坏了，请重建。"), 503)],
)
def test_a_fault_inside_tells_a_client_nothing(error: Exception, status: int) -> None:
    broken: Any = Broken(error)
    app = create_app(lambda: broken, Store("sqlite://"))
    with TestClient(app, base_url=LOOPBACK, raise_server_exceptions=False) as client:
        app.state.opening.wait(60)
        response = client.post(ASK, json={"question": "问"})
        check_problem(response, status)
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "secret" not in response.text
        assert "Traceback" not in response.text
    app = create_app(failing(error), Store("sqlite://"))
    with TestClient(app, base_url=LOOPBACK) as client:
        app.state.opening.wait(60)
        response = client.get("/readyz")
        check_problem(response, 503)
        assert "secret" not in response.text


def test_a_well_formed_request_id_is_taken_over(client: TestClient) -> None:
    assert (
        client.get("/healthz", headers={"X-Request-ID": "portal-2026.1"}).headers["x-request-id"]
        == "portal-2026.1"
    )
    made = client.get("/healthz", headers={"X-Request-ID": "<script>"}).headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{32}", made)


@pytest.mark.parametrize(
    "path", ["/healthz", "/v1/documents", "/v1/nothing", "/docs", f"/v1/documents/{PLAN}/text"]
)
def test_every_response_carries_the_guards(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
