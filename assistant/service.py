"""The assistant as one object: what the API, the chat and the command line call."""

import logging
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from assistant.cache.answers import FOUND, AnswerCache, MadeAnswer
from assistant.errors import InvalidQuestion, ModelNotConfigured, Paused, StorageFault, UnknownDocument
from assistant.fitted import check_encoder
from assistant.llm.client import ChatModel, make_chat_model
from assistant.logs import fields
from assistant.metrics import count
from assistant.pipeline import MakeSteps, StepEvent, make_steps, run
from assistant.render import TextStream, citation_for, render
from assistant.schema import (
    MAX_QUESTION,
    Answer,
    Answerer,
    Citation,
    Exchange,
    Notice,
    NoticeKind,
    Request,
    SubQuestion,
    Turn,
)
from assistant.settings import Settings
from assistant.storage.conversations import new_id
from assistant.storage.store import Store
from index.library.library import Library
from index.schema import Document, Hit
from index.search.open_index import OpenIndex, open_index
from index.search.searcher import Query, Searcher
from index.text.lexicon import standardise
from index.text.personal_data import mask
from prompts import reply

_log = logging.getLogger(__name__)
Clock = Callable[[], date]
_SEARCHES = "retrieve"
"""The step whose hits listeners are told."""
_REPEATED = "repeated"
"""What stands among the times of an answer in the place of its steps, where it was given again."""


class Assistant:
    """Answers questions over one opened index. Safe to share between threads."""

    def __init__(
        self,
        opened: OpenIndex,
        store: Store,
        settings: Settings,
        clock: Clock = date.today,
        steps: MakeSteps = make_steps,
        model: ChatModel | None = None,
    ) -> None:
        self._opened = opened
        self.library = Library(opened.documents)
        self.searcher: Searcher = opened.searcher
        self.store = store
        self.settings = settings
        self.clock = clock
        self._make_steps = steps
        self._model = model or make_chat_model(settings.chat_model())
        self._steps = steps(self.library, self.searcher, self._model)
        self._answers = AnswerCache(opened.fingerprint, settings.cache_seconds)

    @classmethod
    def open(
        cls,
        settings: Settings,
        clock: Clock = date.today,
        steps: MakeSteps = make_steps,
        store: Store | None = None,
    ) -> "Assistant":
        """Open the built index and warm it up. `store`: None is the one that the settings name. Another list
        of `steps` is for measuring what each part adds.

        Raises IndexMissing, IndexDamaged or OtherEncoder.
        """
        opened = open_index(settings.index())
        check_encoder(opened.searcher.embedder)
        store = store or Store(settings.conversations_url(), state_dir=settings.state_dir)
        return cls(opened, store, settings, clock, steps)._warmed_up()

    @property
    def fingerprint(self) -> str:
        """What the index in use is made of: the same for the same texts, parameters and stages."""
        return self._opened.fingerprint

    def outdated(self) -> bool:
        """Whether documents were added or removed since, and the index should be opened again. Cheap."""
        return self._opened.outdated()

    def reopened(self) -> "Assistant":
        """The assistant over the index version now in use, with the same conversations and clock.

        The old one goes on answering; its version's files are let go of once nobody holds it any more.
        Raises IndexMissing or IndexDamaged.
        """
        opened = open_index(self.settings.index(), self.searcher.embedder, self._opened)
        again = (opened, self.store, self.settings, self.clock, self._make_steps, self._model)
        return Assistant(*again)._warmed_up()

    @property
    def model(self) -> str | None:
        """The name of the language model that can be asked to write, if one is set up."""
        return self._model.name if self._model else None

    def original(self, document: Document) -> Path:
        """The file that `document` came from, as it came."""
        return self._opened.original(document)

    def _warmed_up(self) -> "Assistant":
        self.searcher.search(Query("重庆教育现代化"))
        return self

    def ask(
        self,
        question: str,
        *,
        conversation_id: str | None = None,
        new_conversation_id: str | None = None,
        key_id: str | None = None,
        answer_id: str | None = None,
        documents: Sequence[str] | None = None,
        answerer: Answerer | None = None,
        as_of: date | None = None,
        history: Sequence[Exchange] | None = None,
        on_event: Callable[[StepEvent], None] = lambda event: None,
        on_text: Callable[[str], None] = lambda text: None,
    ) -> Answer:
        """The answer to `question`, kept in its conversation: the one with `conversation_id`, which has to
        exist, else a new one, under `new_conversation_id` where that is given, and of the key `key_id`. Where
        it cannot be kept, a notice says so. `answer_id`: its id, which nobody can guess; where an answer is
        kept under it already, this one is not.

        `history` is for callers who keep their conversations themselves: the answer follows on it, and
        neither question nor answer is kept.
        `answerer`: None is the one that the settings name. `on_text` is given the answer's text piece by
        piece, each piece final: joined they are `answer`.
        Raises Paused, InvalidQuestion, UnknownConversation, UnknownDocument, ModelNotConfigured;
        StorageFault where an earlier conversation cannot be read; Cancelled from `on_event` and `on_text`.
        """
        self._check_pause()
        question = check_question(question)
        if self.settings.log_questions:
            _log.info("asked", extra=fields(question=mask(question)))
        answerer = answerer or self.settings.answerer
        if answerer is Answerer.LLM and self._model is None:
            raise ModelNotConfigured("大模型还没有配置，请用 extractive 或不填 answerer。")
        day, scope = as_of or self.clock(), self._scope(documents)
        stored = self.store.conversations
        earlier = history or (stored.history(conversation_id) if conversation_id else ())
        editions = self.library.editions(scope, day)
        request = Request(question, day, tuple(earlier), scope, editions, answerer)
        told = TextStream(on_text)

        def make() -> MadeAnswer:
            found: tuple[Hit, ...] = ()

            def noted(event: StepEvent) -> None:
                nonlocal found
                if event.step == _SEARCHES and event.turn.parts:
                    found = event.turn.parts[0].hits[:FOUND]
                on_event(event)

            turn = run(self._steps, Turn(request), noted, told.say)
            return MadeAnswer(render(turn, self.library, self.settings, "", ""), found)

        began = time.perf_counter()
        made, fresh = self._answers.given(request, make) if self._repeats(request) else (make(), True)
        timings = made.answer.timings_ms
        if not fresh:
            timings = {_REPEATED: round((time.perf_counter() - began) * 1000, 2)}
            for event in _events(made, request, timings[_REPEATED]):
                on_event(event)
        conversation = conversation_id or new_conversation_id or new_id("cnv")
        number = answer_id or new_id("ans")
        answer = replace(made.answer, id=number, conversation_id=conversation, timings_ms=timings)
        told.rest(answer)
        count(answer)
        if history is not None:
            return answer
        return self._kept(answer, exchange_of(question, answer), key_id, begins=conversation_id is None)

    def retold(self, question: str, history: Sequence[Exchange] = ()) -> tuple[Exchange, ...]:
        """`history` and behind it an earlier question as a stored conversation would hold it, for callers
        who kept only what was asked: it is answered again by extraction, and nothing is kept or counted. One
        that could not have been asked is left out. Raises Paused.
        """
        self._check_pause()
        try:
            asked = check_question(question)
        except InvalidQuestion:
            return tuple(history)
        day = self.clock()
        request = Request(asked, day, tuple(history), None, self.library.editions(None, day))
        turn = run(self._steps, Turn(request))
        return (*history, exchange_of(asked, render(turn, self.library, self.settings, "", "")))

    def search(
        self, query: str, top_k: int = 10, documents: Sequence[str] | None = None, as_of: date | None = None
    ) -> tuple[tuple[Hit, Citation], ...]:
        """Ranked passages for `query`, each with its citation. Raises as `ask`."""
        day = as_of or self.clock()
        editions = self.library.editions(self._scope(documents), day)
        found = self.searcher.search(
            Query(standardise(check_question(query)), editions=editions), top_k=top_k
        )
        return tuple(
            (hit, citation_for(hit.passage, self.library, day, number, hit.share))
            for number, hit in enumerate(found.hits, start=1)
        )

    def _check_pause(self) -> None:
        """Pass unless a maintainer has stopped answering: here, since every way of asking comes by. Raises
        Paused."""
        if message := self.store.pause.message():
            raise Paused(message)

    def _kept(self, answer: Answer, exchange: Exchange, key_id: str | None, begins: bool) -> Answer:
        try:
            self.store.conversations.append(answer, exchange, key_id, begins)
        except StorageFault as fault:  # the database has said in the log what is the matter
            unstored = Notice(NoticeKind.NOT_STORED, reply("not_stored", cause=fault.message))
            return replace(answer, notices=(*answer.notices, unstored))
        return answer

    def _repeats(self, request: Request) -> bool:
        """Whether the same request gives the same answer again, byte for byte: no model of language has a
        hand in it, and no conversation goes before."""
        helped = self._model is not None and self._model.settings.query_help
        return request.answerer is Answerer.EXTRACTIVE and not request.history and not helped

    def expire(self) -> None:
        """Let go of answers that have been kept for as long as the settings allow. Cheap."""
        self._answers.expire()

    def _scope(self, documents: Sequence[str] | None) -> tuple[str, ...] | None:
        if documents is None:
            return None
        for identifier in documents:
            if not self.library.versions(identifier):
                raise UnknownDocument(f"没有编号为“{identifier[:80]}”的文件，请从 /v1/documents 里选。")
        return tuple(documents)


def check_question(question: str) -> str:
    """`question` trimmed, without control characters and lone surrogates, which nobody types. Raises
    InvalidQuestion where nothing is left or it is too long."""
    readable = (c for c in question if c.isspace() or unicodedata.category(c) not in {"Cc", "Cs"})
    trimmed = "".join(readable).strip()
    if not trimmed:
        raise InvalidQuestion("问题是空的，请写下您想问的事。")
    if len(trimmed) > MAX_QUESTION:
        raise InvalidQuestion(f"问题有{len(trimmed)}个字，最多{MAX_QUESTION}个字，请缩短后再问。")
    return trimmed


def _events(made: MadeAnswer, request: Request, milliseconds: float) -> Iterator[StepEvent]:
    """What a listener is told of an answer that is given again."""
    turn = Turn(request)
    yield StepEvent(_REPEATED, milliseconds, turn)
    if made.found:
        found = SubQuestion(made.answer.standalone_question, hits=made.found)
        yield StepEvent(_SEARCHES, 0.0, replace(turn, parts=(found,)))


def exchange_of(question: str, answer: Answer) -> Exchange:
    """What a later question of the same conversation can lean on."""
    return Exchange(
        question=question,
        standalone=answer.standalone_question,
        status=answer.status,
        answer=answer.answer,
        clauses=tuple(c.clause_id for c in answer.citations),
        quotes=tuple(c.quote for c in answer.citations),
        about_document=bool(answer.document_topics),
    )
