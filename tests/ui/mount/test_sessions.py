"""Page loads that nobody listens for are forgotten, here and in Gradio."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any

import pytest

from assistant.api.problems import ProblemError
from ui.mount.sessions import QUIET_SECONDS, SESSIONS, STREAMS, Sessions


class Queue:
    """What of Gradio's queue is forgotten with a page load; test_attacks.py has the real one."""

    def __init__(self) -> None:
        self.pending_messages_per_session: dict[str, Any] = {}
        self.pending_event_ids_session: dict[str, Any] = {}
        self.cleaned: list[str] = []

    def told(self, session: str) -> None:
        self.pending_messages_per_session[session] = self.pending_event_ids_session[session] = "…"

    async def clean_events(self, *, session_hash: str) -> None:
        self.cleaned.append(session_hash)


def trial(run: Callable[[Sessions, Queue, list[float]], Awaitable[None]]) -> None:
    queue: Any = Queue()
    now = [0.0]
    asyncio.run(run(Sessions(queue, lambda: now[0]), queue, now))  # type: ignore[arg-type]


def test_a_page_that_listens_stays_and_one_that_went_is_forgotten() -> None:
    async def run(sessions: Sessions, queue: Queue, now: list[float]) -> None:
        for name in ("gone", "here"):
            await sessions.joins(name)
            queue.told(name)
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
                queue.told(f"s{number}")
            assert "first" in sessions
            assert len(queue.pending_messages_per_session) == SESSIONS - 1

    trial(run)


def test_where_all_listen_the_next_one_is_told_to_come_back() -> None:
    async def run(sessions: Sessions, _queue: Queue, _now: list[float]) -> None:
        with ExitStack() as streams:
            for number in range(SESSIONS):
                await sessions.joins(f"s{number}")
                streams.enter_context(sessions.listening(f"s{number}"))
            with pytest.raises(ProblemError) as refused:
                await sessions.joins("one more")
            assert refused.value.fault.status == 503
            assert "Retry-After" in refused.value.headers
            await sessions.joins("s0")

    trial(run)


def test_one_page_has_few_streams() -> None:
    async def run(sessions: Sessions, _queue: Queue, _now: list[float]) -> None:
        await sessions.joins("page")
        with ExitStack() as streams:
            for _ in range(STREAMS):
                streams.enter_context(sessions.listening("page"))
            with pytest.raises(ProblemError):
                streams.enter_context(sessions.listening("page"))
        with sessions.listening("page"):
            pass

    trial(run)
