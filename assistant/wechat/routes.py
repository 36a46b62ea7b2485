"""GET and POST of each account's address: WeChat's calls in, its replies out within five seconds."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, Response

from assistant.api.problems import TOO_LARGE, Fault, ProblemError
from assistant.errors import StorageFault
from assistant.wechat.accounts import Account, Query, accounts
from assistant.wechat.cipher import Refused
from assistant.wechat.desk import Desk, Pending, Said
from assistant.wechat.messages import MAX_BYTES, text_reply
from prompts import reply

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.settings import Settings
    from assistant.storage.store import Store

REPLY_SECONDS = 4.5
"""From the call's arrival to the reply: WeChat waits five seconds, of which the way takes some."""
_LOOK_SECONDS = 0.2
"""How often is looked for the reply of another worker."""
_AT_A_TIME = 8
"""Questions that are asked at a time; no more, so that other routes keep their threads."""
_REFUSED = Fault(
    403,
    "not-wechat",
    "没有通过校验",
    "这个地址只给微信的服务器用；是微信发来的，请管理员核对后台里的 Token、密钥、编号和服务器的时间。",
)
_NO_STORE = {"Cache-Control": "no-store"}
_log = logging.getLogger(__name__)


def wechat_router(
    settings: "Settings",
    store: "Store",
    get_assistant: "Callable[[], Assistant]",
    clock: Callable[[], float] = time.time,
) -> APIRouter:
    """The routes of the accounts that `settings` name; none where they name none.

    Raises InvalidSettings for an account that is half set up.
    """
    router = APIRouter(include_in_schema=False)
    for account in accounts(settings):
        desk = Desk(
            account.secret,
            store.deliveries,
            store.counters,
            get_assistant,
            settings.wechat_per_minute,
            _pages(settings.public_url, store) if settings.public_url else None,
            clock,
        )
        calls = _Calls(account, desk, clock)
        router.add_api_route(account.path, calls.tried, methods=["GET"])
        router.add_api_route(account.path, calls.delivered, methods=["POST"])
    return router


def _pages(address: str, store: "Store") -> Callable[[str], str]:
    """Makes, of an answer's id, the address of a page of this answer alone."""
    return lambda answer_id: f"{address.rstrip('/')}/a/{store.shares.make(answer_id).token}"


class _Calls:
    """The calls to one account's address."""

    def __init__(self, account: Account, desk: Desk, clock: Callable[[], float]) -> None:
        self._account = account
        self._desk = desk
        self._clock = clock
        self._at_a_time = CapacityLimiter(_AT_A_TIME)
        self._running: set[asyncio.Task[str]] = set()

    async def tried(self, request: Request) -> Response:
        """The call by which the address is tried when it is set up."""
        try:
            text = self._account.echo(_query(request), self._clock())
        except Refused as refused:
            raise _problem(refused) from refused
        return PlainTextResponse(text, headers=_NO_STORE)

    async def delivered(self, request: Request) -> Response:
        """A message, and the reply to it; an empty body where nothing is said."""
        until = time.monotonic() + REPLY_SECONDS
        body = await request.body()
        if len(body) > MAX_BYTES:
            raise ProblemError(TOO_LARGE, f"微信的消息最多 {MAX_BYTES // 1024} KiB，这个请求太大，没有办理。")
        try:
            message = self._account.message(_query(request), body, self._clock())
        except Refused as refused:
            raise _problem(refused) from refused
        try:
            found = await run_in_threadpool(self._desk.receive, message)
            text = found.text if isinstance(found, Said) else await self._waited(found, until)
        except StorageFault:  # the database has said in the log what is the matter
            text = reply("wechat_fault")
        if not text:
            return PlainTextResponse("", headers=_NO_STORE)
        now = self._clock()
        said = self._account.outgoing(text_reply(message, text, int(now)), now)
        return Response(said, media_type="application/xml", headers=_NO_STORE)

    async def _waited(self, pending: Pending, until: float) -> str:
        """The reply that is to come, or the request to wait for it; the work on it goes on."""
        if pending.question is None:
            said = await self._looked_for(pending.delivery, until)
        else:
            task = asyncio.create_task(run_sync(self._desk.work, pending, limiter=self._at_a_time))
            self._running.add(task)  # the loop itself keeps no hold of it
            task.add_done_callback(self._running.discard)
            await asyncio.wait({task}, timeout=max(0.0, until - time.monotonic()))
            said = task.result() if task.done() else None
        if said is None:
            said = await run_in_threadpool(self._desk.ask_to_wait, pending.delivery)
        return said

    async def _looked_for(self, delivery: str, until: float) -> str | None:
        """The reply that another call is at work on; None where it is not there in time."""
        while (said := await run_in_threadpool(self._desk.reply, delivery)) is None:
            if time.monotonic() + _LOOK_SECONDS > until:
                break
            await asyncio.sleep(_LOOK_SECONDS)
        return said


def _query(request: Request) -> Query:
    return {name: request.query_params.getlist(name) for name in request.query_params}


def _problem(refused: Refused) -> ProblemError:
    """The one answer to every call that is not WeChat's; the log has the reason, without what was sent."""
    _log.warning("a call to WeChat's address was refused: %s", refused.reason)
    return ProblemError(_REFUSED)
