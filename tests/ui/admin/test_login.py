"""Logging in: with which keys, how often it may be tried, for how long it holds, from which pages."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request as Starlette
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Request

from assistant.access.keys import Scope
from assistant.access.rates import limit, name_of
from assistant.access.rules import Rules
from assistant.storage.logins import LOGIN_SECONDS
from tests.ui.admin.conftest import Site, Visitor
from ui.admin.login import REFUSALS
from ui.admin.session import admit

PAGE = "/admin/acts"


def cookie_of(response: Any) -> dict[str, str]:
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
    for secret in (token, key, key.split("_", 2)[2]):
        assert secret.encode() not in files
        assert secret not in shown


def test_thousands_of_tokens_cost_one_look(
    site: Site, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.log_in()
    (good,) = visitor.http.cookies.values()
    looked = 0
    connect = site.store.logins._database.connect

    def counted() -> Any:
        nonlocal looked
        looked += 1
        return connect()

    monkeypatch.setattr(site.store.logins._database, "connect", counted)
    name = next(iter(visitor.http.cookies))
    with httpx.Client(base_url=site.base) as stranger:
        many = [f"{name}={number:043d}" for number in range(400)]
        assert stranger.get(PAGE, headers={"Cookie": "; ".join(many)}).status_code == 303
        assert looked == 1
        among = "; ".join([*many, f"{name}={good}"])
        assert stranger.get(PAGE, headers={"Cookie": among}).status_code == 200


@pytest.mark.parametrize("scope", [Scope.ASK, Scope.METRICS])
def test_other_keys_are_refused_in_the_same_words(site: Site, visitor: Visitor, scope: Scope) -> None:
    now = site.now()
    good = site.key()
    tried = [
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
        answer = visitor.log_in(token)
        assert "set-cookie" not in answer.headers
        answers.append((answer.status_code, answer.text))
    assert visitor.log_in(" ").status_code == 422  # no attempt
    assert len(set(answers)) == 1
    assert answers[0][0] == 401
    assert "这把密钥不能登录" in answers[0][1]


def test_wrong_keys_of_an_address_are_counted_and_the_count_ends(visitor: Visitor) -> None:
    wrong = "pqa_aaaaaaaaaaaa_" + "x" * 43
    for _ in range(10):
        assert visitor.log_in(wrong).status_code == 401
    locked = visitor.log_in(wrong)
    assert locked.status_code == 429
    assert int(locked.headers["retry-after"]) <= 900
    assert "请等 15 分钟后再试" in locked.text
    visitor.site.clock.now += 901
    assert visitor.log_in(wrong).status_code == 401


def test_nobody_can_keep_a_right_key_out(site: Site, visitor: Visitor) -> None:
    good = site.key()
    codes = [visitor.log_in("wrong").status_code for _ in range(120)]
    assert codes[-1] == 429
    assert visitor.log_in(good).status_code == 303
    assert visitor.get("/admin/running").status_code == 200
    assert visitor.log_in("wrong").status_code == 429  # nor does a right key let guesses go on


def test_many_attempts_at_once_are_no_way_round(site: Site, visitor: Visitor) -> None:
    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(lambda _: visitor.log_in("wrong").status_code, range(24)))
    assert sorted(codes) == [401] * 10 + [429] * 14


@pytest.mark.parametrize("how", ["revoked", "rotated", "expired"])
def test_a_login_ends_with_its_key(site: Site, visitor: Visitor, how: str) -> None:
    token = site.key(expires_at=site.now() + timedelta(minutes=10))
    identifier = token.split("_")[1]
    visitor.log_in(token)
    assert visitor.get(PAGE).status_code == 200
    if how == "revoked":
        site.store.keys.revoke(identifier, site.now())
    elif how == "rotated":  # `policy-qa keys rotate` lets the old one go on for programs
        site.store.keys.revoke(identifier, site.now() + timedelta(days=7))
    else:
        site.clock.now += 600
    assert visitor.get(PAGE).status_code == 303
    told = visitor.http.post("/admin/running/resume", headers={"Accept": "text/event-stream"})
    assert (told.status_code, told.json()["detail"][:4]) == (401, "登录已经")


def test_logging_out_ends_this_login_and_no_other(site: Site, visitor: Visitor) -> None:
    key = site.key()
    other = site.visitor()
    with other.http:
        visitor.log_in(key)
        other.log_in(key)
        token = visitor.http.cookies["policy_qa_admin"]
        out = visitor.post("/admin/logout")
        assert out.headers["location"] == "/admin/login?out=1"
        assert cookie_of(out)["max-age"] == "0"
        visitor.http.cookies.set("policy_qa_admin", token, domain="127.0.0.1", path="/admin")
        assert visitor.get(PAGE).status_code == 303  # the token itself is over
        assert other.get(PAGE).status_code == 200
    acts = [act.act for act in reversed(site.store.trail.acts())][-3:]
    assert acts == ["login.begin", "login.begin", "login.end"]


def test_a_login_takes_no_token_that_was_there_before(site: Site, visitor: Visitor) -> None:
    planted = "A" * 43
    visitor.http.cookies.set("policy_qa_admin", planted, domain="127.0.0.1", path="/admin")
    assert visitor.get(PAGE).status_code == 303
    token = cookie_of(visitor.log_in())["value"]
    assert token != planted
    again = cookie_of(visitor.log_in())["value"]
    assert again != token
    visitor.http.cookies.clear()
    visitor.http.cookies.set("policy_qa_admin", token, domain="127.0.0.1", path="/admin")
    assert visitor.get(PAGE).status_code == 303  # the earlier login of this browser ended with the new one


ACTS = [
    ("/admin/logout", {}),
    ("/admin/running/pause", {"message": "x"}),
    ("/admin/running/resume", {}),
    ("/admin/documents/remove", {"id": "rules"}),
    ("/admin/documents/change", {"id": "rules"}),
    ("/admin/documents/draft/check", {"of": "x"}),
    ("/admin/documents/draft/add", {"of": "x"}),
    ("/admin/documents/draft/drop", {"of": "x"}),
]


@pytest.mark.parametrize(("path", "fields"), ACTS)
def test_a_form_counts_from_this_login_s_pages_alone(
    site: Site, maintainer: Visitor, path: str, fields: dict[str, str]
) -> None:
    other = site.visitor()
    with other.http:
        other.log_in()
        foreign = other.csrf()
    before = site.store.trail.acts()
    assert maintainer.http.post(path, data=fields).status_code == 403
    for csrf in ("", "0" * 64, foreign, "错"):
        assert maintainer.http.post(path, data={**fields, "csrf": csrf}).status_code == 403
    own = {**fields, "csrf": maintainer.csrf()}
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1"):
        assert maintainer.http.post(path, data=own, headers={"Origin": origin}).status_code == 403
    bare = httpx.Client(base_url=site.base, cookies=maintainer.http.cookies)
    with bare:
        assert bare.post(path, data=own).status_code == 403  # no Origin: no browser of ours
    assert maintainer.http.get(path).status_code in (200, 303, 404, 405, 422)  # never an act
    assert site.store.trail.acts() == before
    assert site.store.pause.message() is None


def test_a_file_is_taken_from_this_logins_pages_alone(site: Site, maintainer: Visitor) -> None:
    def send(fields: dict[str, str], **headers: str) -> int:
        file = {"file": ("a.txt", "一、甲\n乙。\n".encode())}
        return maintainer.http.post(
            "/admin/documents/check", data=fields, files=file, headers=headers
        ).status_code

    assert send({}) == 403
    assert send({"csrf": "0" * 64}) == 403
    assert send({"csrf": maintainer.csrf()}, Origin="http://evil.example") == 403
    own = maintainer.csrf()
    maintainer.http.cookies.clear()
    assert send({"csrf": own}) == 303  # to the login
    assert list((site.settings.state_dir / "incoming").glob("*.file")) == []


PAGES = [
    "/admin/documents",
    "/admin/documents/new",
    "/admin/documents/show?id=rules",
    "/admin/documents/remove?id=rules",
    "/admin/documents/draft?of=x",
    "/admin/running",
    "/admin/acts",
]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_who_is_logged_in_and_kept_and_framed_by_nobody(
    site: Site, visitor: Visitor, path: str
) -> None:
    led = visitor.get(path)
    assert led.headers["location"].startswith("/admin/login?next=/admin/")
    login = visitor.get(led.headers["location"])
    visitor.log_in()
    for page in (led, login, visitor.get(path)):
        policy = page.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-frame-options"] == "DENY"
        assert page.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "given",
    [
        "https://evil.example/admin",
        "//evil.example",
        "/admin/../v1",
        "/admin/%2e%2e/v1",
        "/adminx",
        "/admin\r\nx: y",
        "/admin//evil",
        "",
    ],
)
def test_a_login_leads_to_our_pages_alone(visitor: Visitor, given: str) -> None:
    assert visitor.log_in(next=given).headers["location"] == "/admin"


def test_a_wrong_key_forgets_not_where_one_was_going(visitor: Visitor) -> None:
    for wrong in ("wrong", ""):
        page = visitor.http.post("/admin/login", data={"key": wrong, "next": "/admin/speed?days=7"})
        assert 'name="next" value="/admin/speed?days=7"' in page.text


def test_strangers_do_not_fill_the_trail(site: Site, visitor: Visitor) -> None:
    before = len(site.store.trail.acts())
    for number in range(30):
        site.store.counters.clear(name_of(limit("login", REFUSALS, "127.0.0.1")))
        assert visitor.log_in(f"wrong{number}").status_code == 401
    acts = site.store.trail.acts()
    assert [(act.act, act.what) for act in acts[: len(acts) - before]] == [
        ("login.refuse", "一小时内第 10 次"),
        ("login.refuse", ""),
    ]


def test_a_cookie_of_the_same_name_from_elsewhere_keeps_nobody_out(site: Site, visitor: Visitor) -> None:
    token = cookie_of(visitor.log_in())["value"]
    for foreign in ("x", "A" * 43):
        for cookies in ((foreign, token), (token, foreign)):
            sent = "; ".join(f"policy_qa_admin={value}" for value in cookies)
            assert httpx.get(site.base + PAGE, headers={"Cookie": sent}).status_code == 200


def test_a_proxy_that_nobody_named_takes_https_off_and_the_cookie_stays_secure(
    site: Site, visitor: Visitor
) -> None:
    host = site.base.removeprefix("http://")
    request = Starlette(
        {"type": "http", "scheme": "http", "path": "/", "headers": [(b"origin", f"https://{host}".encode())]}
    )
    response = Response()
    admit(request, response, "A" * 43)
    assert "secure" in response.headers["set-cookie"].lower().split("; ")


def test_the_login_says_how_to_make_a_key_where_there_is_none(visitor: Visitor) -> None:
    page = visitor.get("/admin/login").text
    assert "policy-qa keys create --name 我的名字 --scope admin" in page


def test_the_log_names_the_key_by_its_id_and_nothing_secret(
    site: Site, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    key = site.key()
    with caplog.at_level(logging.DEBUG):
        visitor.log_in("pqa_" + key[4:-1])
        token = cookie_of(visitor.log_in(key))["value"]
        visitor.get(PAGE)
    written = "\n".join(str(each.__dict__) for each in caplog.records if not each.name.startswith("http"))
    assert key.split("_")[1] in written
    for secret in (key.split("_", 2)[2], token):
        assert secret not in written


def _below(site: Site, prefix: str) -> ASGIApp:
    """The application as a proxy mounts it below `prefix`, over https."""

    async def app(scope: Request, receive: Receive, send: Send) -> None:
        path = f"{prefix}{scope['path']}"
        await site.app({**scope, "root_path": prefix, "path": path, "raw_path": path.encode()}, receive, send)

    return app


@pytest.mark.parametrize("prefix", ["", "/qa"])
def test_over_https_and_below_a_prefix(site: Site, prefix: str) -> None:
    site.store.counters.reset()
    base = "https://127.0.0.1"
    client = TestClient(_below(site, prefix), base_url=base, headers={"Origin": base}, follow_redirects=False)
    answer = client.post("/admin/login", data={"key": site.key()})
    assert answer.headers["location"] == f"{prefix}/admin"
    cookie = cookie_of(answer)
    assert answer.headers["set-cookie"].startswith("__Secure-policy_qa_admin=")
    assert "secure" in cookie
    assert cookie["path"] == f"{prefix}/admin"
    shown = {"Cookie": f"__Secure-policy_qa_admin={cookie['value']}"}
    page = client.get("/admin/acts", headers=shown)
    assert page.status_code == 200
    assert f'href="{prefix}/admin/running"' in page.text
    assert f'action="{prefix}/admin/logout"' in page.text
    plain = {"Cookie": f"policy_qa_admin={cookie['value']}"}  # which anybody on the way could have set
    assert client.get("/admin/acts", headers=plain).headers["location"].startswith(f"{prefix}/admin/login")


@pytest.mark.parametrize("pages_open", [True, False])
def test_on_a_public_server_it_needs_no_more_than_the_key(site: Site, pages_open: bool) -> None:
    guarded = site.app.state.access
    before = guarded.rules
    guarded.rules = Rules(keys_needed=True, pages_open=pages_open, address_minute="50/minute")
    try:
        site.store.counters.reset()
        visitor = site.visitor()
        with visitor.http:
            assert visitor.log_in().status_code == 303
            assert visitor.get(PAGE).status_code == 200
            assert visitor.get("/v1/documents").status_code == 401  # the login is for these pages alone
            assert {visitor.get("/admin/login").status_code for _ in range(60)} == {303, 429}
    finally:
        guarded.rules = before
