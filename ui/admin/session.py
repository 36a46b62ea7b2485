"""Who is logged in at a maintainer's browser, and whether a form comes from one of its pages.

The browser holds a random token in a cookie that no script reads and no other site's page sends along. A form
holds a value that is made from the token, so that it is good for this login alone.
"""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from assistant.access.caller import CALLER_KEY, caller_of
from assistant.access.keys import Key, Scope
from assistant.api.parts import store_of
from assistant.api.problems import BROKEN_FORM, FOREIGN_ORIGIN, ProblemError
from assistant.storage.logins import LOGIN_SECONDS

CSRF = "csrf"
"""Name of the form's field."""
ROOT = "/admin"
_COOKIE = "policy_qa_admin"
_COOKIE_HTTPS = f"__Secure-{_COOKIE}"  # browsers take one of this name over https alone
_MAX_FIELDS = 200
ENDED = "登录已经到期或被停用，刚才的操作没有办理；请重新登录后再试。"
_TOO_MANY_FIELDS = "表单里的项太多，没有办理。请回到上一页，刷新后再提交。"
_STALE = "这张表单是在另一次登录时打开的，没有办理。请回到上一页，刷新后再提交。"


class LoginNeeded(Exception):
    """Nobody is logged in, or no longer."""


@dataclass(frozen=True, slots=True)
class Login:
    """A browser that is logged in."""

    key: Key
    token: str

    @property
    def csrf(self) -> str:
        """What its forms hold."""
        return hmac.digest(self.token.encode(), b"policy-qa form", hashlib.sha256).hex()


def maintainer_of(request: Request) -> str:
    """Id of the key that the browser is logged in with. Raises LoginNeeded, StorageFault.

    A dependency of every page; from then on the key is the caller's, so that acts are put down with it.
    """
    return login_of(request).key.id


def login_of(request: Request) -> Login:
    """The login of the browser. Raises LoginNeeded, StorageFault."""
    known: Login | None = getattr(request.state, "login", None)
    if known is not None:
        return known
    login = _looked_up(request)
    if login is None:
        raise LoginNeeded
    request.scope[CALLER_KEY] = replace(caller_of(request), key=login.key)
    request.state.login = login
    return login


def still_logged_in(request: Request) -> bool:
    """Whether it is so at this moment, for what goes on after it was looked at. Raises StorageFault."""
    return _looked_up(request) is not None


def may_log_in(key: Key, now: datetime) -> bool:
    """Whether a browser may be logged in with `key`: one of an administrator, in no page, that has neither
    ended nor been exchanged for another."""
    return key.may(Scope.ADMIN) and not key.public and key.usable(now) and key.revoked_at is None


async def posted(request: Request, _key: str = Depends(maintainer_of)) -> dict[str, str]:
    """The fields of the form that was sent, of one name the last; a dependency of every act.

    Raises LoginNeeded, and a 403 problem for a form that is not of one of this login's pages.
    """
    check_origin(request)
    fields = await read_fields(request)
    await run_in_threadpool(check_form, request, fields.get(CSRF, ""))
    return fields


Maintainer = Annotated[str, Depends(maintainer_of)]
"""Of a page: the id of the key that the browser is logged in with."""
Fields = Annotated[dict[str, str], Depends(posted)]
"""Of an act: the fields of its form."""


async def read_fields(request: Request) -> dict[str, str]:
    """The fields of a form as browsers send it, of one name the last. Raises a 400 problem."""
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=_MAX_FIELDS))
    except ValueError:
        raise ProblemError(BROKEN_FORM, _TOO_MANY_FIELDS) from None


def check_form(request: Request, given: str) -> None:
    """Pass where `given` is what this login's forms hold. Raises LoginNeeded, StorageFault, a 403 problem."""
    if not hmac.compare_digest(login_of(request).csrf.encode(), given.encode("utf-8", "replace")):
        raise ProblemError(FOREIGN_ORIGIN, _STALE)


def check_origin(request: Request) -> None:
    """Pass where the browser says that one of our pages sends this. Raises a 403 problem.

    An `Origin` that is not ours has been refused before; here one has to be there.
    """
    if "origin" not in request.headers:
        raise ProblemError(FOREIGN_ORIGIN)


def admit(request: Request, response: Response, token: str) -> None:
    """Have the browser hold the token of a login."""
    response.set_cookie(
        _cookie(request),
        token,
        max_age=LOGIN_SECONDS,
        path=_path(request),
        secure=_is_secure(request),
        httponly=True,
        samesite="strict",
    )


def dismiss(request: Request, response: Response) -> None:
    """Have the browser forget the token."""
    response.delete_cookie(
        _cookie(request),
        path=_path(request),
        secure=_is_secure(request),
        httponly=True,
        samesite="strict",
    )


def shown_tokens(request: Request) -> tuple[str, ...]:
    """The tokens that the browser shows, good or not: beside ours it may send others of the same name, which
    a neighbouring site has set."""
    pairs = [
        part.strip().partition("=")
        for header in request.headers.getlist("cookie")
        for part in header.split(";")
    ]
    name = _cookie(request)
    return tuple(dict.fromkeys(value for key, _, value in pairs if key == name))


def _looked_up(request: Request) -> Login | None:
    store = store_of(request)
    for token, key_id in store.logins.found(shown_tokens(request)).items():
        key = store.keys.get(key_id)
        if key is not None and may_log_in(key, store.logins.now()):
            return Login(key, token)
    return None


def _is_secure(request: Request) -> bool:
    """Whether the browser came over https: also where a proxy that is not named in the settings took it off,
    by the page that the browser says it sends a form from."""
    return request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://")


def _cookie(request: Request) -> str:
    return _COOKIE_HTTPS if request.url.scheme == "https" else _COOKIE


def _path(request: Request) -> str:
    root: str = request.scope.get("root_path", "")
    return root + ROOT
