"""Where it is asked for, a language model says in sentences what the quotations say.

The extract is there already. Verified sentences take the place of its lead; its quotations follow
them, so no fact is lost, and what the main passage says comes first. A lead that corrects, or that is the
fact itself, stays and is told at once. Without a verified sentence the extract stays as it is, and a notice
says why.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answering.compose import quotation_of
from assistant.llm.verification import Verified
from assistant.llm.writer import ModelPassage, Writer, Written
from assistant.schema import (
    Answerer,
    ComposedSentence,
    Composition,
    Notice,
    NoticeKind,
    OnSentence,
    SentenceKind,
    Turn,
)
from assistant.steps.ground import is_verbatim
from index.library.library import Library
from index.schema import Passage
from index.text.folding import fold_text, squeeze
from index.text.personal_data import mask
from prompts import reply

_MOST_SOURCES = 8
"""Passages that the model gets; the evidence of an answer is seldom more."""


class WriteSentences:
    """Replaces the lead of an extract where the request asks for a model's sentences."""

    def __init__(self, library: Library, writer: Writer | None) -> None:
        self._library = library
        self._writer = writer

    def __call__(self, turn: Turn) -> Turn:
        """The turn with a written answer, or with the extract and the reason; nobody listens."""
        return self._written(turn, lambda sentence: None)

    def listened_to_by(self, on_sentence: OnSentence) -> Callable[[Turn], Turn]:
        """The step that tells each sentence as soon as it is verified and its place is certain."""
        return lambda turn: self._written(turn, on_sentence)

    def _written(self, turn: Turn, on_sentence: OnSentence) -> Turn:
        extract, writer = turn.answer, self._writer
        if turn.request.answerer is not Answerer.LLM or writer is None or extract is None:
            return turn
        passages = _passages(extract)[:_MOST_SOURCES]
        if not passages or not all(is_verbatim(passage, self._library) for passage in passages):
            return turn  # what is told cannot be taken back, so all of it must pass the last step too
        lead, quotations = extract.sentences[0], extract.sentences[1:]
        begun = extract.correction or extract.short_answer is not None
        order = _SentenceOrder(lead, on_sentence, begun)

        def on_verified(sentence: Verified) -> None:
            order.add(_paraphrase(sentence, passages[sentence.passage]))

        written = writer.write(mask(turn.question.standalone), self._sources(passages), on_verified)
        said = order.finished()
        if not said:
            return replace(turn, notices=(*turn.notices, _why(written)))
        kept = [sentence for sentence in quotations if not sentence.passages or not _is_said(sentence, said)]
        if lead not in order.placed:
            kept = [*self._only_in(lead, (*order.placed, *kept)), *kept]
        return replace(
            turn,
            answer=replace(
                extract,
                sentences=(*order.placed, *kept),
                written_by=(writer.model.name, writer.prompt.version),
            ),
        )

    def _only_in(self, lead: ComposedSentence, others: Sequence[ComposedSentence]) -> list[ComposedSentence]:
        """Quotations of what the lead, which goes, alone has quoted."""
        held = {passage.id for sentence in others for passage in sentence.passages}
        return [quotation_of(passage, self._library) for passage in lead.passages if passage.id not in held]

    def _sources(self, passages: Sequence[Passage]) -> list[ModelPassage]:
        several = len(self._library.ids()) > 1
        sources = []
        for passage in passages:
            view = self._library.get(passage.document_id, passage.document_version)
            title = view.document.title if several and view else ""
            sources.append(ModelPassage(passage.id, squeeze(passage.text), title, passage.label))
        return sources


def _paraphrase(sentence: Verified, passage: Passage) -> ComposedSentence:
    return ComposedSentence(sentence.text, (passage,), sentence.support, SentenceKind.PARAPHRASE)


def _is_said(quotation: ComposedSentence, said: Sequence[ComposedSentence]) -> bool:
    """A sentence that was told is the whole quotation."""
    return any(
        fold_text(passage.text) == fold_text(sentence.text)
        for sentence in said
        for passage in quotation.passages
    )


class _SentenceOrder:
    """Brings verified sentences into order while they arrive: what the main passage says comes first, and
    where no sentence says it, the extractive lead does. Sentences that come before it wait."""

    def __init__(self, lead: ComposedSentence, on_sentence: OnSentence, begun: bool) -> None:
        self._lead = lead
        self._on_sentence = on_sentence
        self._waiting: list[ComposedSentence] = []
        self._written = 0
        self.placed: list[ComposedSentence] = []
        if begun:
            self._place(lead)

    def add(self, sentence: ComposedSentence) -> None:
        """A verified sentence."""
        self._written += 1
        if not self.placed and self._lead.passages[0] not in sentence.passages[:1]:
            self._waiting.append(sentence)
            return
        self._place(sentence, *self._waiting)
        self._waiting = []

    def finished(self) -> tuple[ComposedSentence, ...]:
        """What of `placed` the model wrote; nothing more will come."""
        if self._waiting:
            self._place(self._lead, *self._waiting)
            self._waiting = []
        return tuple(self.placed[len(self.placed) - self._written :]) if self._written else ()

    def _place(self, *sentences: ComposedSentence) -> None:
        for sentence in sentences:
            self.placed.append(sentence)
            self._on_sentence(sentence)


def _passages(extract: Composition) -> tuple[Passage, ...]:
    found = {passage.id: passage for sentence in extract.sentences for passage in sentence.passages}
    return tuple(found.values())


def _why(written: Written) -> Notice:
    """Why no sentence of the model is shown."""
    if written.fault:
        kind = NoticeKind.MODEL_FAULT
    elif written.failed:
        kind = NoticeKind.UNVERIFIED_MODEL
    else:
        kind = NoticeKind.MODEL_SILENT if written.silent else NoticeKind.MODEL_EMPTY
    return Notice(kind, reply(kind))
