"""An OpenAI-compatible chat model within a time budget, behind a breaker, as lines of text.

The model is called through LangChain in a thread of its own, so that neither a server that says nothing nor
one that never stops can hold a question longer than its budget.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from assistant.errors import ModelFault
from assistant.llm.breaker import Breaker
from assistant.metrics import MODEL_CALLS, MODEL_SECONDS, MODEL_TOKENS
from assistant.settings import ModelSettings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_log = logging.getLogger(__name__)
_CHARACTERS_PER_TOKEN = 8
"""More than any tokenizer puts into a token on average; beyond, a server ignores `max_tokens`."""

_LINGERING = 64
"""Threads more than calls at a time: they wait for servers that nobody listens to any more."""

Messages = Sequence[tuple[str, str]]
"""Role (`system`, `human`, `ai`) and text."""


class ModelFaultKind(StrEnum):
    """What can be the matter with a model; a closed set, and a label of the metric."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    REJECTED = "rejected"
    SERVER_ERROR = "server_error"
    CUT_OFF = "cut_off"
    NO_MODEL = "no_model"
    EMPTY = "empty"
    ENDLESS = "endless"
    BUSY = "busy"
    RESTING = "resting"


_OURS = (ModelFaultKind.BUSY, ModelFaultKind.RESTING, ModelFaultKind.REJECTED)
"""Faults that say nothing about whether the next person's question would fare better."""


@dataclass(frozen=True, slots=True)
class _End:
    finished: bool = False
    error: Exception | None = None


class ChatModel:
    """One model. Safe to share between threads."""

    def __init__(
        self,
        settings: ModelSettings,
        breaker: Breaker | None = None,
        clock: Callable[[], float] = time.monotonic,
        model: "BaseChatModel | None" = None,
    ) -> None:
        self.settings = settings
        self._breaker = breaker or Breaker()
        self._clock = clock
        self._slots = threading.BoundedSemaphore(settings.concurrency)
        self._threads = threading.BoundedSemaphore(settings.concurrency + _LINGERING)
        self._lock = threading.Lock()
        self._model = model

    @property
    def name(self) -> str:
        """The model's name, as it stands on answers."""
        return self.settings.model

    def deadline(self, seconds: float | None = None) -> float:
        """When the budget of a question that begins now is used up, by the clock; `seconds` for less."""
        return self._clock() + min(seconds or self.settings.budget_seconds, self.settings.budget_seconds)

    def lines(self, messages: Messages, deadline: float) -> Iterator[str]:
        """The reply line by line, each as soon as it has ended; the last only where the model finished.

        Raises ModelFault, also between lines; its lines so far stand.
        """
        began = self._clock()
        try:
            yield from self._lines(messages, deadline)
        except ModelFault as fault:
            MODEL_CALLS.labels(outcome=fault.kind).inc()
            _log.warning("model %s: %s after %.2f s", self.name, fault.kind, self._clock() - began)
            if fault.kind not in _OURS:
                self._breaker.failed()
            raise
        except GeneratorExit:  # the listener has heard enough, so there was something to hear
            MODEL_CALLS.labels(outcome="ok").inc()
            self._breaker.succeeded()
            raise
        else:
            MODEL_CALLS.labels(outcome="ok").inc()
            self._breaker.succeeded()
        finally:
            MODEL_SECONDS.observe(self._clock() - began)

    def _lines(self, messages: Messages, deadline: float) -> Iterator[str]:
        if self._breaker.rests():
            raise ModelFault(ModelFaultKind.RESTING)
        if not self._slots.acquire(timeout=max(0.0, min(1.0, deadline - self._clock()))):
            raise ModelFault(ModelFaultKind.BUSY)
        stopped = threading.Event()
        try:
            if not self._breaker.allows():
                raise ModelFault(ModelFaultKind.RESTING)
            pieces: queue.SimpleQueue[str | _End] = queue.SimpleQueue()
            self._start(messages, pieces, stopped)
            yield from self._cut(pieces, deadline)
        finally:
            stopped.set()
            self._slots.release()

    def _start(
        self, messages: Messages, pieces: "queue.SimpleQueue[str | _End]", stopped: threading.Event
    ) -> None:
        """Let a thread read the reply. It ends at the next piece once `stopped` is set; where a server keeps
        silent it stays until the connection ends, so there are only so many."""
        if not self._threads.acquire(blocking=False):
            raise ModelFault(ModelFaultKind.BUSY)
        try:
            threading.Thread(
                target=self._pump, args=(messages, pieces, stopped), name="chat-model", daemon=True
            ).start()
        except RuntimeError:  # no more threads: the pump, which would give its place back, never ran
            self._threads.release()
            raise ModelFault(ModelFaultKind.BUSY) from None

    def _cut(self, pieces: "queue.SimpleQueue[str | _End]", deadline: float) -> Iterator[str]:
        line, seen = "", 0
        while not isinstance(piece := self._next(pieces, deadline), _End):
            seen += len(piece)
            if seen > self.settings.max_tokens * _CHARACTERS_PER_TOKEN:
                raise ModelFault(ModelFaultKind.ENDLESS)
            *whole, line = (line + piece).split("\n")
            yield from whole
        if piece.error is not None:
            raise ModelFault(_kind(piece.error, begun=seen > 0)) from piece.error
        if not seen:
            raise ModelFault(ModelFaultKind.EMPTY)
        if not piece.finished:
            raise ModelFault(ModelFaultKind.CUT_OFF)
        yield line

    def _next(self, pieces: "queue.SimpleQueue[str | _End]", deadline: float) -> str | _End:
        try:
            return pieces.get(timeout=max(0.0, deadline - self._clock()))
        except queue.Empty:
            raise ModelFault(ModelFaultKind.TIMEOUT) from None

    def _pump(
        self, messages: Messages, pieces: "queue.SimpleQueue[str | _End]", stopped: threading.Event
    ) -> None:
        finish: str | None = None
        try:
            for chunk in self._loaded().stream(list(messages)):
                if stopped.is_set():
                    break
                finish = chunk.response_metadata.get("finish_reason") or finish
                _count(chunk)
                if text := str(chunk.text):
                    pieces.put(text)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong there is a fault of the model
            pieces.put(_End(error=error))
        else:
            pieces.put(_End(finished=finish == "stop"))
        finally:
            self._threads.release()

    def _loaded(self) -> "BaseChatModel":
        """Made at the first call: its import takes more than a second."""
        with self._lock:
            if self._model is None:
                self._model = _make(self.settings)
            return self._model


def _make(settings: ModelSettings) -> "BaseChatModel":
    from langchain_openai import ChatOpenAI
    from openai import Timeout
    from pydantic import SecretStr

    return ChatOpenAI(
        base_url=settings.base_url,
        api_key=SecretStr(settings.api_key),
        model=settings.model,
        temperature=settings.temperature,
        max_completion_tokens=settings.max_tokens,
        timeout=Timeout(settings.budget_seconds, connect=settings.connect_seconds),
        max_retries=settings.retries,
        stream_usage=settings.stream_usage,
        use_responses_api=False,
    )


def _count(chunk: Any) -> None:
    usage = getattr(chunk, "usage_metadata", None)
    if usage:
        MODEL_TOKENS.labels(kind="prompt").inc(usage["input_tokens"])
        MODEL_TOKENS.labels(kind="completion").inc(usage["output_tokens"])


def _kind(error: Exception, begun: bool) -> ModelFaultKind:
    """By what the client library raises; what it does not know either is a stream cut off, once it has
    `begun`, and before that no model's answer at all."""
    import openai

    match error:
        case openai.APITimeoutError():
            return ModelFaultKind.TIMEOUT
        case openai.APIConnectionError():
            return ModelFaultKind.UNREACHABLE
        case openai.RateLimitError():
            return ModelFaultKind.RATE_LIMITED
        case openai.InternalServerError():
            return ModelFaultKind.SERVER_ERROR
        case openai.APIStatusError():
            return ModelFaultKind.REJECTED
        case _:
            return ModelFaultKind.CUT_OFF if begun else ModelFaultKind.NO_MODEL


def make_chat_model(settings: ModelSettings | None) -> ChatModel | None:
    """The model of `settings`, where one is set up."""
    return None if settings is None else ChatModel(settings)
