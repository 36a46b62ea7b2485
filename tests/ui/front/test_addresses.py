"""Whose word on a client's address is believed."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from assistant.errors import InvalidSettings
from assistant.settings import load_settings
from ui.front.addresses import ClientAddress

PROXIES = (ip_network("10.0.0.0/8"), ip_network("2001:db8::/32"))


def seen(peer: str | None, said: str | None = None, behind_front: bool = False, proto: str = "") -> Any:
    """Client and scheme as the application gets them, and its headers."""
    got: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        got.append(scope)

    async def never() -> Message:
        raise AssertionError

    async def nothing(_message: Message) -> None:
        raise AssertionError

    headers = [(b"x-forwarded-for", part.encode()) for part in (said.split("|") if said else ())]
    headers += [(b"x-forwarded-proto", proto.encode())] if proto else []
    headers += [(b"x-forwarded-host", b"evil.example"), (b"host", b"a")]
    scope = {
        "type": "http",
        "client": (peer, 4000) if peer else None,
        "scheme": "http",
        "headers": headers,
    }
    with ThreadPoolExecutor(1) as apart:  # the browser of other tests runs a loop in this thread
        apart.submit(asyncio.run, ClientAddress(app, PROXIES, behind_front)(scope, never, nothing)).result()
    assert got[0]["headers"] == [(b"host", b"a")]
    client = got[0]["client"]
    return (client[0] if client else None), got[0]["scheme"]


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66|198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.2.3.4", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1:5000, 10.2.3.4:80", "198.51.100.1"),
        ("10.0.0.1", "10.9.9.9", "10.9.9.9"),
        ("10.0.0.1", "198.51.100.1, unknown, 10.2.3.4", "10.2.3.4"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::ffff:203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("2001:db8::1", "[2001:db9::7]:443", "2001:db9::7"),
    ],
)
def test_the_last_address_that_is_no_proxys_counts(peer: str, said: str | None, client: str) -> None:
    assert seen(peer, said)[0] == client


def test_the_scheme_is_a_proxys_word_too() -> None:
    assert seen("10.0.0.1", "198.51.100.1", proto="https")[1] == "https"
    assert seen("10.0.0.1", "198.51.100.1", proto="javascript")[1] == "http"
    assert seen("203.0.113.9", "198.51.100.1", proto="https")[1] == "http"


def test_behind_the_front_its_word_counts() -> None:
    assert seen(None, "198.51.100.1", behind_front=True, proto="https") == ("198.51.100.1", "https")
    assert seen(None, "10.0.0.1", behind_front=True)[0] == "10.0.0.1", "a proxy itself may ask"
    assert seen(None, None, behind_front=True)[0] is None


def test_the_setting_takes_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    load_settings.cache_clear()
    monkeypatch.setenv("POLICY_QA_PROXIES", "127.0.0.1, 10.0.0.0/8,2001:db8::/32")
    assert [str(network) for network in load_settings().proxies] == [
        "127.0.0.1/32",
        "10.0.0.0/8",
        "2001:db8::/32",
    ]
    load_settings.cache_clear()
    monkeypatch.setenv("POLICY_QA_PROXIES", "proxy.example.cn")
    with pytest.raises(InvalidSettings, match="POLICY_QA_PROXIES"):
        load_settings()
    load_settings.cache_clear()
