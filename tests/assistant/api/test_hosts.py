"""Under which names the server answers, and which pages may call it."""

import asyncio
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from assistant.api.app import AppOptions, create_app
from assistant.api.hosts import HostCheck
from assistant.settings import Settings
from assistant.storage.store import Store
from tests.assistant.api.problem import LOOPBACK, check_problem


@pytest.fixture(scope="module")
def named() -> TestClient:
    """A server that knows two names besides the machine's own; its index is never opened."""
    options = AppOptions(hosts=frozenset({"qa.example.cn", "192.168.1.5", "[2001:db8::1]"}))
    app = create_app(never_opened, Store("sqlite://"), options)
    return TestClient(app, base_url=LOOPBACK)


def never_opened() -> Any:
    raise AssertionError("nobody asks")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8000", "127.8.8.8", "localhost", "LOCALHOST:1", "[::1]:8000", "qa.example.cn",
     "QA.Example.cn:8443", "192.168.1.5", "[2001:db8::1]"],
)  # fmt: skip
def test_a_known_host_is_served(named: TestClient, host: str) -> None:
    assert named.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example", "localhost.",
     "a@127.0.0.1", "127.0.0.1:8000:8000", "127.0.0.1/", "qa.example.cn.", "0.0.0.1", "192.168.1.6", "[::2]",
     "[::1", "::1", "127.1", "0x7f.0.0.1", "2130706433", "", " ", "127.0.0.1 evil.example"],
)  # fmt: skip
@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/v1/ask", "/documents", "/nothing", "/gradio_api/queue/join"]
)
def test_another_host_is_refused_on_every_path(named: TestClient, host: str, path: str) -> None:
    for method in ("GET", "POST"):
        response = named.request(method, path, headers={"Host": host})
        assert "POLICY_QA_HOSTS" in check_problem(response, 421, "foreign-host")["detail"]
        assert response.headers["connection"] == "close"


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("127.0.0.1", "http://127.0.0.1"),
        ("127.0.0.1:80", "http://127.0.0.1"),
        ("localhost:443", "https://LOCALHOST"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("qa.example.cn", "https://qa.example.cn"),
        ("qa.example.cn:8443", "https://qa.example.cn:8443"),
    ],
)
def test_the_pages_own_origin_may_call(named: TestClient, host: str, origin: str) -> None:
    response = named.get("/healthz", headers={"Host": host, "Origin": origin})
    assert response.status_code == 200
    assert not [name for name in response.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://evil.example:8000", "http://127.0.0.1:8001", "http://localhost:8000",
     "https://qa.example.cn", "http://192.168.1.5:8000",
     "http://127.0.0.1:8000.evil.example", "http://evil.example#127.0.0.1:8000", "file://", "127.0.0.1:8000",
     "null", "", "http://qa.example.cn.evil.example", "http://a@127.0.0.1:8000", "chrome-extension://127.0.0.1:8000"],
)  # fmt: skip
@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/v1/ask", "/documents", "/nothing", "/gradio_api/queue/join"]
)
def test_another_origin_is_refused_on_every_path(named: TestClient, origin: str, path: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        headers = {"Host": "127.0.0.1:8000", "Origin": origin}
        check_problem(named.request(method, path, headers=headers), 403, "foreign-origin")


def test_two_hosts_or_one_foreign_origin_among_several_are_refused() -> None:
    assert status_of([(b"host", b"127.0.0.1"), (b"host", b"127.0.0.1")]) == 421
    assert status_of([]) == 421
    assert status_of([(b"host", b"127.0.0.1"), (b"origin", b"http://127.0.0.1"), (b"origin", b"null")]) == 403


def test_a_connection_of_another_kind_is_closed() -> None:
    sent: list[Any] = []
    asyncio.run(HostCheck(unreached)({"type": "websocket", "headers": []}, unreached, keep(sent)))
    assert [message["type"] for message in sent] == ["websocket.close"]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("QA.example.cn, 192.168.1.5,[2001:db8::1]", ("qa.example.cn", "192.168.1.5", "[2001:db8::1]")),
        ("2001:DB8:0::1,", ("[2001:db8::1]",)),
        ("", ()),
        (" , ", ()),
    ],
)
def test_names_are_read_from_one_setting(
    monkeypatch: pytest.MonkeyPatch, given: str, names: tuple[str, ...]
) -> None:
    monkeypatch.setenv("POLICY_QA_HOSTS", given)
    assert Settings().hosts == names


@pytest.mark.parametrize(
    "wrong",
    ["https://qa.example.cn", "qa.example.cn:8000", "qa.example.cn/", "a b", "*", "[qa]", "[::1]:8000"],
)
def test_what_is_no_name_is_not_taken_for_one(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("POLICY_QA_HOSTS", wrong)
    with pytest.raises(ValidationError):
        Settings()


async def unreached(*_: Any) -> Any:
    raise AssertionError("the request went on")


def keep(sent: list[Any]) -> Any:
    async def send(message: Any) -> None:
        sent.append(message)

    return send


def status_of(headers: list[tuple[bytes, bytes]]) -> int:
    sent: list[Any] = []
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers}
    asyncio.run(HostCheck(unreached)(scope, unreached, keep(sent)))
    return int(sent[0]["status"])
