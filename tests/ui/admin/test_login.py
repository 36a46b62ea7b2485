"""Logging in: with which keys, how often it may be tried, for how long it holds, from which pages."""

from datetime import timedelta

import httpx
import pytest

from assistant.access.keys import Scope
from assistant.storage.logins import LOGIN_SECONDS
from tests.ui.admin.conftest import Site, Visitor

PAGE = "/admin/acts"


def cookie_of(response: httpx.Response) -> dict[str, str]:
    """The attributes of the cookie that a response sets; the token under `value`."""
    (header,) = response.headers.get_list("set-cookie")
    first, *rest = header.split("; ")
    pairs = (part.partition("=") for part in rest)
    return {"value": first.partition("=")[2], **{name.lower(): value for name, _, value in pairs}}


def test_an_admin_key_opens_the_pages_for_an_hour(site: Site, visitor: Visitor) -> None:
    assert visitor.get(PAGE).headers["location"] == "/admin/login?next=/admin/acts"
    token = site.key()
    answer = visitor.log_in(token, next=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    cookie = cookie_of(answer)
    assert {name: cookie[name] for name in ("path", "samesite", "max-age")} == {
        "path": "/admin",
        "samesite": "strict",
        "max-age": str(LOGIN_SECONDS),
    }
    assert "httponly" in cookie
    assert "secure" not in cookie
    assert visitor.get(PAGE).status_code == 200
    site.clock.now += LOGIN_SECONDS - 1
    assert visitor.get(PAGE).status_code == 200
    site.clock.now += 1
    assert visitor.get(PAGE).status_code == 303


def test_the_token_is_kept_by_its_digest_alone_and_the_key_nowhere(site: Site, visitor: Visitor) -> None:
    key = site.key()
    token = cookie_of(visitor.log_in(key))["value"]
    shown = visitor.get(PAGE).text
    files = b"".join(path.read_bytes() for path in site.settings.state_dir.glob("conversations.sqlite*"))
    for secret in (token, key, key.split("_")[2]):
        assert secret.encode() not in files
        assert secret not in shown


@pytest.mark.parametrize("scope", [Scope.ASK, Scope.METRICS])
def test_other_keys_are_refused_in_the_same_words(site: Site, visitor: Visitor, scope: Scope) -> None:
    now = site.now()
    good = site.key()
    tried = [
        "",
        "hallo",
        good[:-1] + ("a" if good[-1] != "a" else "b"),
        "pqa_aaaaaaaaaaaa_" + "x" * 43,
        site.key(scope),
        site.key(expires_at=now),
        site.key(revoked_at=now - timedelta(days=1)),
        site.key(revoked_at=now + timedelta(days=7)),  # rotated: the old one goes on for programs alone
    ]
    answers = []
    for token in tried:
        site.store.counters.reset()
        answer = visitor.log_in(token or " ")
        assert "set-cookie" not in answer.headers
        answers.append((answer.status_code, answer.text))
    assert len(set(answers)) == 1
    assert answers[0][0] == 401
    assert "这把密钥不能登录" in answers[0][1]
