"""Of Gradio's routes those three are open by which the chat asks; every other one does not exist."""

import tempfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.assistant.api.problem import check_problem
from tests.ui.mount.client import Records, filled, listed, routes_of
from ui.chat.engine import make_engine
from ui.mount.application import mount_engine

GRADIO = listed("gradio_routes.txt")
SHUT = [(method, path) for state, method, path in GRADIO if state == "shut"]
OPEN = listed("open_routes.txt")


@pytest.fixture(scope="module")
def mounted() -> Any:
    def never_opened() -> Any:
        raise AssertionError("nobody asks")

    engine = make_engine(never_opened)
    app = FastAPI()
    mount_engine(app, engine)
    return engine


def test_every_route_that_gradio_brings_is_on_the_list(mounted: Any) -> None:
    # A new version's new route ends up here: it is shut until somebody writes `open` and opens it.
    assert set(routes_of(mounted.app.routes)) == {(method, path) for _, method, path in GRADIO}


def test_what_is_served_is_on_the_list_and_no_more_of_gradio_than_that(application: "FastAPI") -> None:
    served = set(routes_of(application.router.routes))
    assert served == set(OPEN)
    wanted = {(method, path) for state, method, path in GRADIO if state == "open"}
    assert {(method, path) for method, path in served if "gradio" in path} == wanted


@pytest.mark.parametrize(("method", "path"), OPEN)
def test_no_address_is_there_with_a_line_break_behind_it(server: str, method: str, path: str) -> None:
    response = httpx.request("POST" if method == "ANY" else method, f"{server}{filled(path)}%0a")
    assert response.status_code == 404


@pytest.mark.parametrize(("method", "path"), SHUT)
def test_what_is_shut_is_not_there(server: str, method: str, path: str) -> None:
    response = httpx.request(method, server + filled(path))
    if ("GET" if method == "HEAD" else method, path) in OPEN:  # ours, of the same name
        assert "gradio" not in response.text.lower()
    elif method == "HEAD":
        assert response.status_code == 404
    else:
        check_problem(response, 404, "not-found")


@pytest.mark.parametrize(
    "path",
    [
        "//gradio_api/upload", "/gradio_api//upload", "/gradio_api/./upload", "/x/../gradio_api/upload",
        "/%67radio_api/upload", "/gradio_api%2Fupload", "/GRADIO_API/upload", "/gradio_api/upload/",
        "/gradio_api/file=/etc/hostname", "/gradio_api/file=etc/hostname", "/file=/etc/hostname",
        "/gradio_api/file%3D/etc/hostname", "/gradio_api/file/etc/hostname", "/gradio_api/proxy=http://127.0.0.1/",
        "/assets/../../../../etc/hostname", "/assets/..%2F..%2Fgradio_api", "/assets/%2e%2e/package.json",
        "/assets/%2Fetc%2Fhostname", "/assets/.hidden", "/assets/", "/assets/x/y.js", "/static/img/logo.svg",
        "/static/js/../../index.html", "/static/", "/theme.css", "/gradio_api/queue/data/", "/gradio_api",
        "/static/js/iframeResizer.contentWindow.min.js", "/gradio_api/app_id", "/gradio_api/reset",
        "/gradio_api/call/ask", "/gradio_api/run/ask", "/ask/", "/chat", "/chat/", "/chat/transcript/",
        "//chat/transcript", "/CHAT/transcript",
        "/config", "/gradio_api/info", "/gradio_api/heartbeat/abcdefgh", "/monitoring", "/monitoring/summary",
    ],
)  # fmt: skip
def test_no_other_spelling_leads_to_a_shut_route(server: str, path: str) -> None:
    for method in ("GET", "POST"):
        target = httpx.URL(server).copy_with(raw_path=path.encode())
        with httpx.Client() as client:
            response = client.send(httpx.Request(method, target))
        assert response.status_code in {404, 405}, response.text
        check_problem(response, response.status_code)


def test_nothing_can_be_uploaded(server: str, application: "FastAPI") -> None:
    folders = Path(application.state.chat.GRADIO_CACHE), Path(tempfile.gettempdir()) / "gradio"
    before = {path for folder in folders for path in folder.rglob("*canary*")}
    for path in (
        "/gradio_api/upload",
        "/upload",
        "/gradio_api/component_server",
        "/gradio_api/process_recording",
    ):
        response = httpx.post(server + path, files={"files": ("canary.txt", b"canary" * 1000)})
        check_problem(response, 404, "not-found")
    assert {path for folder in folders for path in folder.rglob("*canary*")} == before


def test_the_page_is_made_from_nothing_that_a_client_says(server: str) -> None:
    plain = httpx.get(server).text
    forged = {
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "host=evil.example",
        "X-Forwarded-Prefix": "/evil",
    }
    query = {"deep_link": "a" * 22, "__theme": "dark", "view": "api", "q": "<script>"}
    assert httpx.get(server, params=query, headers={**forged, "Cookie": "access-token=1"}).text == plain
    assert "evil" not in plain


def test_gradios_own_checks_are_on_behind_the_doors(mounted: Any, tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("secret")
    assert mounted.has_launched
    assert mounted.max_file_size == 1
    inside = TestClient(mounted.app, base_url="http://127.0.0.1")
    for path in (canary, Path(__file__), Path("/etc/hostname")):
        assert inside.get(f"/gradio_api/file={path}").status_code == 403
    assert inside.post("/gradio_api/upload", files={"files": ("a.txt", b"too much")}).status_code == 413


def test_what_gradio_would_print_of_a_fault_is_logged(
    mounted: Any, logged: Records, capfd: pytest.CaptureFixture[str]
) -> None:
    import gradio.queueing
    import gradio.routes

    for module in (gradio.queueing, gradio.routes):
        try:
            raise ValueError("13912345678")
        except ValueError as error:
            module.traceback.print_exc()
            vars(module)["print"](str(error))
    assert [record.exc_info is not None for record in logged] == [True] * 4
    assert not [record for record in logged if "139" in record.getMessage()]
    assert capfd.readouterr() == ("", "")
