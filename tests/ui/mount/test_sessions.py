"""Page loads that nobody listens for are forgotten, here and in Gradio."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import anyio

from ui.mount.sessions import QUIET_SECONDS, SESSIONS, Sessions


class Queue:
    """What of Gradio's queue is forgotten with a page load; test_pages.py has the real one."""

    def __init__(self) -> None:
        self.pending_messages_per_session: dict[str, Any] = {}
        self.pending_event_ids_session: dict[str, set[str]] = {}
        self.event_ids_to_events: dict[str, Any] = {}
        self.cleaned: list[str] = []

    def waits(self, session: str) -> None:
        self.pending_messages_per_session[session] = "…"
        self.pending_event_ids_session[session] = {f"of {session}"}
        self.event_ids_to_events[f"of {session}"] = SimpleNamespace(alive=True)

    def dies(self, session: str) -> None:
        self.event_ids_to_events[f"of {session}"].alive = False

    async def clean_events(self, *, session_hash: str) -> None:
        self.cleaned.append(session_hash)


def trial(run: Callable[[Sessions, Queue, list[float]], Awaitable[None]]) -> None:
    queue: Any = Queue()
    now = [0.0]
    sessions = Sessions(queue, lambda: now[0])
    with ThreadPoolExecutor(1) as thread:  # in the main one the browser's loop may be running
        thread.submit(asyncio.run, run(sessions, queue, now)).result()  # type: ignore[arg-type]


def test_a_page_that_listens_stays_and_one_that_went_is_forgotten() -> None:
    async def run(sessions: Sessions, queue: Queue, now: list[float]) -> None:
        for name in ("gone", "here"):
            await sessions.joins(name)
            queue.waits(name)
        with sessions.listening("here"):
            now[0] = QUIET_SECONDS + 1
            await sessions.joins("next")
            assert ("gone" in sessions, "here" in sessions) == (False, True)
            assert list(queue.pending_messages_per_session) == ["here"]
            assert list(queue.pending_event_ids_session) == ["here"]
            assert queue.cleaned == ["gone"]
        now[0] += QUIET_SECONDS - 1
        await sessions.joins("later")
        assert "here" in sessions

    trial(run)


def test_never_more_than_a_number_of_them() -> None:
    async def run(sessions: Sessions, queue: Queue, _now: list[float]) -> None:
        await sessions.joins("first")
        with sessions.listening("first"):
            for number in range(3 * SESSIONS):
                await sessions.joins(f"s{number}")
                queue.waits(f"s{number}")
            assert "first" in sessions
            assert len(queue.pending_messages_per_session) == SESSIONS - 1

    trial(run)


def test_where_all_listen_the_longest_unused_is_hung_up_on() -> None:
    async def run(sessions: Sessions, queue: Queue, _now: list[float]) -> None:
        ended: list[str] = []

        async def listens(name: str) -> None:
            with sessions.listening(name):
                try:
                    await anyio.sleep_forever()
                finally:
                    queue.dies(name)  # as Gradio lets it, when a page hangs up
            ended.append(name)

        async with anyio.create_task_group() as tasks:
            for number in range(SESSIONS):
                await sessions.joins(f"s{number}")
                queue.waits(f"s{number}")
                tasks.start_soon(listens, f"s{number}")
            await anyio.wait_all_tasks_blocked()
            await sessions.joins("one more")
            await anyio.wait_all_tasks_blocked()
            assert ended == ["s0"]
            assert "one more" in sessions
            assert "s0" not in sessions
            assert "s0" not in queue.pending_messages_per_session
            assert "s1" in queue.pending_messages_per_session
            tasks.cancel_scope.cancel()

    trial(run)


def test_a_page_may_listen_once_and_only_for_what_it_waits_for() -> None:
    async def run(sessions: Sessions, queue: Queue, _now: list[float]) -> None:
        assert not sessions.may_listen("page")
        await sessions.joins("page")
        assert not sessions.may_listen("page"), "nothing to tell"
        queue.waits("page")
        assert sessions.may_listen("page")
        with ExitStack() as streams:
            streams.enter_context(sessions.listening("page"))
            assert not sessions.may_listen("page"), "a second stream"
            queue.pending_event_ids_session["page"] = set()  # all is told
        assert "page" in queue.pending_messages_per_session
        queue.waits("page")
        with sessions.listening("page"):
            queue.dies("page")  # the page hangs up, and Gradio keeps what it waits for
            queue.pending_event_ids_session["page"].add("asked since")
            queue.event_ids_to_events["asked since"] = SimpleNamespace(alive=True)
        assert queue.pending_event_ids_session["page"] == {"asked since"}
        with sessions.listening("page"):
            queue.event_ids_to_events["asked since"].alive = False
        assert not queue.pending_event_ids_session
        assert not queue.pending_messages_per_session
        assert "page" in sessions

    trial(run)
