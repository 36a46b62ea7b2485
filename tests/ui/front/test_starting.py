"""What answers while the application is still being put together."""

import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from tests.assistant.api.problem import check_problem
from tests.ui.front.conftest import WAIT_SECONDS, await_answer
from ui.front.server import server_for
from ui.front.starting import Starting
from ui.pages.faults import FaultPages

LIFE: list[str] = []


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    LIFE.append("began")
    yield
    LIFE.append("ended")


def whole(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("here")


@contextmanager
def served(
    compose: Callable[[], Starlette], around: Callable[[ASGIApp], ASGIApp] = lambda app: app
) -> Iterator[tuple[str, Starting]]:
    LIFE.clear()

    def stop() -> None:
        server.should_exit = True

    starting = Starting(compose, stop, around=around)
    server = server_for(starting, 1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"  # where it gives up, it closes the socket
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield base, starting
        finally:
            stop()
            thread.join()


def test_it_is_alive_before_it_is_whole() -> None:
    may_go_on = threading.Event()

    def compose() -> Starlette:
        may_go_on.wait()
        return Starlette(routes=[Route("/", whole)], lifespan=lifespan)

    with served(compose) as (base, _), httpx.Client(base_url=base) as client:
        await_answer(base)
        assert client.get("/healthz").json() == {"status": "ok"}
        for method, path in (("GET", "/"), ("POST", "/v1/ask"), ("GET", "/readyz"), ("POST", "/healthz")):
            check_problem(answer := client.request(method, path), 503, "not-ready")
            assert answer.headers["retry-after"] == "5"
        assert not LIFE
        may_go_on.set()
        until = time.monotonic() + WAIT_SECONDS
        while client.get("/").status_code != 200 and time.monotonic() < until:
            time.sleep(0.02)
        assert client.get("/").text == "here"
        assert LIFE == ["began"]
    assert LIFE == ["began", "ended"]


def test_a_person_who_opens_or_reloads_a_page_meanwhile_gets_one_that_comes_again() -> None:
    may_go_on = threading.Event()

    def compose() -> Starlette:
        may_go_on.wait()
        return Starlette(lifespan=lifespan)

    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    with served(compose, FaultPages) as (base, _), httpx.Client(base_url=base, headers=browser) as client:
        await_answer(base)
        page = client.get("/")
        assert (page.status_code, page.headers["refresh"]) == (503, "5")
        assert "<h1>请稍等</h1>" in page.text
        assert "服务正在启动" in page.text
        part = client.get("/documents/plan?embed=1")
        assert 'class="original part"' in part.text, "what the chat shows in place of the original"
        assert "服务正在启动" in part.text
        check_problem(client.get("/v1/documents"), 503, "not-ready")
        may_go_on.set()


def test_it_may_be_stopped_before_it_is_whole() -> None:
    may_go_on = threading.Event()

    def compose() -> Starlette:
        may_go_on.wait()
        return Starlette(lifespan=lifespan)

    with served(compose) as (base, _):
        await_answer(base)
    may_go_on.set()
    assert not LIFE


def test_what_keeps_it_from_being_whole_ends_the_server() -> None:
    def compose() -> Starlette:
        raise ValueError("what is missing")

    with served(compose) as (base, starting):
        until = time.monotonic() + WAIT_SECONDS
        while starting.failure is None and time.monotonic() < until:
            time.sleep(0.02)
        assert str(starting.failure) == "what is missing"
        while answers(base):
            assert time.monotonic() < until
            time.sleep(0.02)


def answers(base: str) -> bool:
    try:
        return httpx.get(f"{base}/healthz").status_code > 0
    except httpx.TransportError:
        return False
