"""The guard before every call: who calls, whether they may, and how much more.

What it finds stands in the scope for the routes (`assistant.access.caller`). It answers 401 to a missing or
wrong key where one is needed, and to a wrong one everywhere; 403 to a key of another scope or on another
page; 429 above a limit; and CORS requests of the pages for which a key was made. Where keys cannot be looked
up, it lets nobody in who needs one.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol, TypeVar, TypeVarTuple

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.access.addresses import caller_address
from assistant.access.areas import Area, Target, target_of
from assistant.access.caller import CALLER_KEY, Caller
from assistant.access.keys import Key, parts_of
from assistant.access.keys import Scope as AccessScope
from assistant.access.rates import CountsWindows, Limit, Standing, count, headers, limit
from assistant.access.rules import Rules
from assistant.api.handlers import from_own
from assistant.api.hosts import FOREIGN_ORIGIN_KEY
from assistant.api.paths import path_of
from assistant.api.problems import (
    FOREIGN_ORIGIN,
    NO_KEY,
    NOT_FOUND,
    NOT_PUBLISHED,
    OTHER_SCOPE,
    TOO_MANY,
    WRONG_KEY,
    ProblemError,
    refuse,
)
from assistant.errors import StorageFault

SECRET_HEADER = "X-Conversation-Secret"  # noqa: S105 - the header's name
MAX_SECRETS = 100
"""Conversations' secrets that one call may show."""
_MAX_ORIGIN = 300
"""Characters: a scheme, a name of a host, which has 253 at most, and a port."""
_AT_ONCE = 8
"""Look-ups of keys at a time, in threads of their own: questions may take all others."""
_UNREADABLE = "请求头 Authorization 要写成 Bearer、一个空格和密钥（Bearer pqa_…），只写一次；请改正后再发。"
_FOR_PAGES = "这是写在网页里用的公开密钥，只能由它的网站的网页使用；程序请用一把普通密钥。"
_UNGUARDED = (Area.HEALTH, Area.FILES, Area.CALLBACKS)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
"""In no address of ours. The router's patterns pass over a line break at the end of one: what is judged here
as one address would be answered as another."""
_BEARER = re.compile(r"Bearer +([\x21-\x7e]+)", re.IGNORECASE)
_SHOWN_HEADERS = "X-Request-ID, Retry-After, RateLimit, RateLimit-Policy"
_TAKEN_HEADERS = f"Accept, Authorization, Content-Type, X-Request-ID, {SECRET_HEADER}"


_Arguments = TypeVarTuple("_Arguments")
_Result = TypeVar("_Result")


class LooksUpKeys(Protocol):
    """Where the keys are kept."""

    def get(self, key_id: str) -> Key | None:
        """The key with this id, usable or not. Raises StorageFault."""
        ...

    def for_origin(self, origin: str) -> tuple[Key, ...]:
        """The keys, usable or not, that pages of `origin` may use. Raises StorageFault."""
        ...

    def used(self, key: Key) -> None:
        """Write down that a key was used just now. Raises StorageFault."""
        ...


class Access:
    """Who may call, decided from the keys and the counters of the database."""

    def __init__(
        self,
        rules: Rules,
        keys: LooksUpKeys,
        counters: CountsWindows,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.rules = rules
        self._keys = keys
        self._counters = counters
        self._clock = clock

    def looks_up(self, scope: Scope) -> bool:
        """Whether the database has to be asked about a request."""
        area = target_of(scope["method"], path_of(scope)).area
        if area in _UNGUARDED:
            return False
        return self.rules.keys_needed or "authorization" in Headers(scope=scope)

    def admit(self, scope: Scope) -> tuple[Caller, list[Standing]]:
        """The caller of a request, and how their limits stand after it. Raises ProblemError, StorageFault."""
        sent = Headers(scope=scope)
        target = target_of(scope["method"], path_of(scope))
        address = caller_address((scope.get("client") or ("", 0))[0])
        secrets = _secrets(sent)
        if target.area in _UNGUARDED:
            return Caller(address, None, secrets), []
        key = self._key(sent, address)
        caller = Caller(address, key, secrets)
        self._check_key(target, key)
        self._check_origin(scope, key)
        standings = self._counted(self._limits(target, caller))
        if key is not None:
            self._keys.used(key)
        return caller, standings

    def converses(self, conversation_id: str) -> None:
        """Count one question more in a conversation. Raises ProblemError (429), StorageFault."""
        if self.rules.keys_needed:
            self._counted([limit("conversation", self.rules.conversation_minute, conversation_id)])

    def asks_more(self, scope: Scope, amount: int) -> None:
        """Count `amount` calls more for a request that was admitted and is so much more work than one.
        Raises ProblemError (429), StorageFault."""
        caller: Caller = scope[CALLER_KEY]
        self._counted(self._limits(target_of(scope["method"], path_of(scope)), caller), amount)

    def allows_origin(self, origin: str) -> bool:
        """Whether a page of `origin` may call with some key. Raises StorageFault."""
        now = self._now()
        return len(origin) <= _MAX_ORIGIN and any(key.usable(now) for key in self._keys.for_origin(origin))

    def origins_of(self, key_id: str) -> tuple[str, ...]:
        """The origins of the pages that a public key is for; none where it is unusable or none is known.
        Raises StorageFault."""
        key = self._keys.get(key_id)
        return key.origins if key is not None and key.usable(self._now()) else ()

    def _key(self, sent: Headers, address: str) -> Key | None:
        given = sent.getlist("authorization")
        if not given:
            return None
        found = _BEARER.fullmatch(given[0].strip()) if len(given) == 1 else None
        parts = parts_of(found[1]) if found else None
        if parts is None and not self.rules.keys_needed:
            return None  # a client that has to send something where nothing is asked for
        key = self._keys.get(parts[0]) if parts else None
        if parts is None or key is None or not key.belongs_to(parts[1]) or not key.usable(self._now()):
            if self.rules.keys_needed:
                self._counted([limit("refused", self.rules.refused_minute, address)])
            raise ProblemError(WRONG_KEY, None if found else _UNREADABLE, headers=_CHALLENGE)
        return key

    def _check_key(self, target: Target, key: Key | None) -> None:
        if target.scope is not None:
            if key is not None and not key.may(target.scope):
                raise _other_scope(target.scope)
            if key is None and self.rules.keys_needed:
                raise ProblemError(NO_KEY, headers=_CHALLENGE)
        elif target.area is not Area.ADMIN and not self.rules.pages_open:
            if key is None:
                raise ProblemError(NOT_PUBLISHED)
            if not key.may(AccessScope.ASK):  # pages ask and read as programs do
                raise _other_scope(AccessScope.ASK)

    def _check_origin(self, scope: Scope, key: Key | None) -> None:
        """A page's own key on that page or on ours; no other key on a foreign page."""
        foreign: str | None = scope.get(FOREIGN_ORIGIN_KEY)
        if foreign is not None and (key is None or foreign not in key.origins):
            raise ProblemError(FOREIGN_ORIGIN)
        if key is None or not key.public or scope["method"] in ("GET", "HEAD"):
            return
        if "origin" not in Headers(scope=scope):  # browsers send it with all that is no plain reading
            raise ProblemError(FOREIGN_ORIGIN, _FOR_PAGES)

    def _limits(self, target: Target, caller: Caller) -> list[Limit]:
        rules, key = self.rules, caller.key
        limits: list[Limit] = []
        if key is not None:
            minute = f"{key.per_minute}/minute" if key.per_minute else rules.key_minute
            day = f"{key.per_day}/day" if key.per_day else rules.key_day
            limits += [limit("minute", minute, key.id), limit("day", day, key.id)]
        if rules.keys_needed and (key is None or key.public):
            limits.append(limit("address", rules.address_minute, target.area, caller.address))
            limits.append(limit("address-day", rules.address_day, target.area, caller.address))
        return limits

    def _counted(self, limits: Sequence[Limit], amount: int = 1) -> list[Standing]:
        standings = count(limits, self._counters, self._clock, amount)
        if standings and standings[-1].exceeded:
            wait = str(standings[-1].reset_seconds)
            raise ProblemError(TOO_MANY, headers={"Retry-After": wait, **headers(standings)})
        return standings

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


_CHALLENGE: Mapping[str, str] = {"WWW-Authenticate": 'Bearer realm="policy-qa"'}


class Guard:
    """The middleware that asks `Access` (ASGI)."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access
        self._limiter = CapacityLimiter(_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        origin: str | None = scope.get(FOREIGN_ORIGIN_KEY)
        shared: dict[str, str] = {}
        try:
            if _CONTROL.search(scope["path"]):
                raise ProblemError(NOT_FOUND)
            if origin is not None:
                if not await self._run(self._access.allows_origin, origin):
                    raise ProblemError(FOREIGN_ORIGIN)
                shared = _cors(origin)
                if scope["method"] == "OPTIONS":
                    await Response(status_code=204, headers=shared)(scope, receive, send)
                    return
            if self._access.looks_up(scope):
                caller, standings = await self._run(self._access.admit, scope)
            else:
                caller, standings = self._access.admit(scope)
        except ProblemError as problem:
            await _refused(scope, problem, shared)(scope, receive, send)
            return
        except StorageFault as fault:
            await _refused(scope, from_own(fault), shared)(scope, receive, send)
            return
        scope[CALLER_KEY] = caller
        told = {**shared, **headers(standings)}

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start" and told:
                MutableHeaders(scope=message).update(told)
            await send(message)

        await self._app(scope, receive, send_told)

    async def _run(self, call: Callable[[*_Arguments], _Result], *arguments: *_Arguments) -> _Result:
        return await to_thread.run_sync(call, *arguments, limiter=self._limiter)


def _other_scope(needed: AccessScope) -> ProblemError:
    return ProblemError(OTHER_SCOPE, f"这件事要用有 {needed} 权限的密钥，请换一把，或请管理员办理。")


def _refused(scope: Scope, problem: ProblemError, shared: Mapping[str, str]) -> Response:
    response = refuse(scope, problem)
    response.headers.update(shared)
    return response


def _cors(origin: str) -> dict[str, str]:
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, HEAD, POST, PATCH, DELETE",
        "Access-Control-Allow-Headers": _TAKEN_HEADERS,
        "Access-Control-Expose-Headers": _SHOWN_HEADERS,
        "Access-Control-Max-Age": "600",
        "Vary": "Origin",
    }


def _secrets(sent: Headers) -> tuple[str, ...]:
    shown = (part.strip() for value in sent.getlist(SECRET_HEADER) for part in value.split(","))
    return tuple(part for part in shown if part)[:MAX_SECRETS]
