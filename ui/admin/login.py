"""Logging in with an admin key, typed once, and out again."""

import hmac
import re

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from assistant.access.caller import caller_of
from assistant.access.keys import Key, digest_of, parts_of
from assistant.access.rates import count, limit
from assistant.api.parts import store_of
from assistant.api.trail import put_down
from assistant.storage.store import Store
from ui.admin.frame import AdminRoute, go, render
from ui.admin.session import (
    ENDED,
    ROOT,
    Fields,
    LoginNeeded,
    admit,
    check_origin,
    dismiss,
    login_of,
    may_log_in,
    read_fields,
    shown_tokens,
)

REFUSALS = "10/15minutes"
"""Wrong keys of one address. A secret of 256 bits needs no lock: this only keeps guessing cheap for us, and a
right key is let in whatever others sent from its address."""
_NEXT = re.compile(r"/admin(?:/[A-Za-z0-9_-]+)*(?:\?[A-Za-z0-9_~.%@&=+-]*)?")
_WRONG = "这把密钥不能登录。请核对后重新输入；只有没过期、没停用、没换过的管理员密钥能登录。"
_EMPTY = "请输入管理员密钥。"
_MANY = "输错的次数太多了，请等 {minutes} 分钟后再试；正确的密钥随时可以登录。"
_OUT = "已退出。"
_NOBODY = digest_of("")

router = APIRouter(prefix=ROOT, include_in_schema=False, route_class=AdminRoute)


@router.get("/login")
def login(request: Request) -> Response:
    """The page of the login; who is logged in already is led on."""
    query = request.query_params
    try:
        login_of(request)
    except LoginNeeded:
        said = ENDED if "ended" in query else _OUT if "out" in query else None
        return _page(request, said, then=query.get("next"))
    return go(request, _next(query.get("next")))


@router.post("/login")
async def try_key(request: Request) -> Response:
    """Log in with the key of the form."""
    check_origin(request)
    fields = await read_fields(request)
    return await run_in_threadpool(_tried, request, fields.get("key", "").strip(), fields.get("next"))


@router.post("/logout")
def logout(request: Request, _fields: Fields) -> Response:
    """End this login."""
    store_of(request).logins.end(login_of(request).token)
    put_down(request, "login.end", "")
    response = go(request, f"{ROOT}/login?out=1")
    dismiss(request, response)
    return response


def _tried(request: Request, token: str, then: str | None) -> Response:
    if not token:
        return _page(request, _EMPTY, 422, wrong=True, then=then)
    store = store_of(request)
    key = _key(request, token)
    if key is None:
        return _refused(request, token, then)
    store.logins.end(*shown_tokens(request))
    store.keys.used(key)
    store.trail.record(key.id, "login.begin", "")
    response = go(request, _next(then))
    admit(request, response, store.logins.begin(key.id))
    return response


def _refused(request: Request, token: str, then: str | None) -> Response:
    """Refusals alone are counted; what is above the limit is not put down any more."""
    store = store_of(request)
    by_address = limit("login", REFUSALS, caller_of(request).address)
    (standing,) = count([by_address], store.counters, store.clock)
    if standing.exceeded:
        wait = standing.reset_seconds
        response = _page(request, _MANY.format(minutes=-(-wait // 60)), 429, wrong=True, then=then)
        response.headers["Retry-After"] = str(wait)
        return response
    _put_refusal_down(store, _named(request, token))
    return _page(request, _WRONG, 401, wrong=True, then=then)


def _put_refusal_down(store: Store, key_id: str | None) -> None:
    """The first of an hour, the tenth, the hundredth, and so on: the trail forgets nothing, so strangers must
    not fill it."""
    refused, _ = store.counters.count(f"login-refused/{key_id or ''}", 3600)
    if set(str(refused)[1:]) <= {"0"} and str(refused)[0] == "1":
        store.trail.record(key_id, "login.refuse", f"一小时内第 {refused} 次" if refused > 1 else "")


def _key(request: Request, token: str) -> Key | None:
    """The key of `token`, where a browser may be logged in with it. A key that is not there is looked up and
    compared like one that is."""
    store = store_of(request)
    identifier, secret = parts_of(token) or ("", token)
    key = store.keys.get(identifier)
    same = hmac.compare_digest(key.digest if key else _NOBODY, digest_of(secret))
    return key if key is not None and same and may_log_in(key, store.logins.now()) else None


def _named(request: Request, token: str) -> str | None:
    """The id of the key that was tried, where there is such a key."""
    parts = parts_of(token)
    return parts[0] if parts and store_of(request).keys.get(parts[0]) else None


def _page(
    request: Request, said: str | None, status: int = 200, *, then: str | None, wrong: bool = False
) -> Response:
    """`then`: where it is to lead, of the address or of the form that was sent."""
    then = then or ""
    return render(request, "admin/login.html", status, said=said, wrong=wrong, then=then, here=None)


def _next(path: str | None) -> str:
    """Where a login leads; only to one of our pages."""
    return path if path and _NEXT.fullmatch(path) else ROOT
