"""Where it is asked for, a language model says in sentences what the quotations say.

The extractive draft is there already. Verified sentences take the place of its lead; its quotations follow
them, so no fact is lost, and what the main passage says comes first. A lead that corrects, or that is the
fact itself, stays and is told at once. Without a verified sentence the extract stays as it is, and a notice
says why.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.llm.verification import Verified
from assistant.llm.writer import ModelPassage, Writer, Written
from assistant.schema import Answerer, ComposedSentence, Composition, Notice, Turn
from assistant.steps.ground import is_verbatim
from index.library.library import Library
from index.schema import Passage
from index.text.folding import fold_text, squeeze
from index.text.personal_data import mask
from index.text.tokens import words
from prompts import reply

_MOST_SOURCES = 8
"""Passages that the model gets; the evidence of an answer is seldom more."""


class ComposeLLM:
    """Replaces the lead of an extractive draft where `turn.answerer` asks for it."""

    def __init__(self, library: Library, writer: Writer | None) -> None:
        self._library = library
        self._writer = writer

    def __call__(self, turn: Turn) -> Turn:
        """The turn with a written draft, or with the extract and the reason."""
        draft, writer = turn.draft, self._writer
        if turn.answerer is not Answerer.LLM or writer is None or draft is None or draft.whole:
            return turn
        passages = _passages(draft)[:_MOST_SOURCES]
        if not passages or not all(is_verbatim(passage, self._library) for passage in passages):
            return turn  # what is told cannot be taken back, so all of it must pass the last step too
        lead, quotations = draft.sentences[0], draft.sentences[1:]
        telling = _SentenceOrder(lead, turn.say, begun=draft.correction or draft.short_answer is not None)

        def on_sentence(sentence: Verified) -> None:
            telling.add(ComposedSentence(sentence.text, (passages[sentence.passage],), sentence.support))

        written = writer.write(mask(turn.standalone), self._sources(passages), on_sentence)
        said = telling.finished()
        if not said:
            return replace(turn, notices=(*turn.notices, _why(written)))
        missing = tuple(dict.fromkeys((*turn.missing, *_missing(written, turn, passages))))
        kept = [stated for stated in quotations if stated.passages and not _is_said(stated, said)]
        if missing:
            kept.append(ComposedSentence(reply("partly_missing", missing="、".join(missing))))
        return replace(
            turn,
            draft=replace(draft, sentences=(*telling.told, *kept)),
            missing=missing,
            written_by=(writer.model.name, writer.prompt.version),
        )

    def _sources(self, passages: Sequence[Passage]) -> list[ModelPassage]:
        several = len(self._library.ids()) > 1
        sources = []
        for passage in passages:
            view = self._library.get(passage.document_id, passage.document_version)
            title = view.document.title if several and view else ""
            sources.append(ModelPassage(passage.id, squeeze(passage.text), title, passage.label))
        return sources


def _is_said(quotation: ComposedSentence, said: Sequence[ComposedSentence]) -> bool:
    """A sentence that was told is the whole quotation."""
    return any(
        fold_text(passage.text) == fold_text(stated.text) for stated in said for passage in quotation.passages
    )


class _SentenceOrder:
    """Brings verified sentences into order while they arrive: what the main passage says comes first, and
    where no sentence says it, the extractive lead does. Sentences that come before it wait."""

    def __init__(self, lead: ComposedSentence, say: Callable[[ComposedSentence], None], begun: bool) -> None:
        self._lead = lead
        self._say = say
        self._waiting: list[ComposedSentence] = []
        self._written = 0
        self.told: list[ComposedSentence] = []
        if begun:
            self._tell(lead)

    def add(self, stated: ComposedSentence) -> None:
        """A verified sentence."""
        self._written += 1
        if not self.told and self._lead.passages[0] not in stated.passages[:1]:
            self._waiting.append(stated)
            return
        self._tell(stated, *self._waiting)
        self._waiting = []

    def finished(self) -> tuple[ComposedSentence, ...]:
        """What of `told` the model wrote; nothing more will come."""
        if self._waiting:
            self._tell(self._lead, *self._waiting)
            self._waiting = []
        return tuple(self.told[len(self.told) - self._written :]) if self._written else ()

    def _tell(self, *sentences: ComposedSentence) -> None:
        for stated in sentences:
            self.told.append(stated)
            self._say(stated)


def _passages(draft: Composition) -> tuple[Passage, ...]:
    found = {passage.id: passage for stated in draft.sentences for passage in stated.passages}
    return tuple(found.values())


def _why(written: Written) -> Notice:
    kind = "model_fault" if written.fault else "unverified_model"
    return Notice(kind, reply(kind))


def _missing(written: Written, turn: Turn, passages: Sequence[Passage]) -> list[str]:
    """What the model says is missing, as far as it is the asker's own words and none of them stands in the
    evidence; more about silence cannot be checked."""
    asked = fold_text(turn.standalone)
    held = "".join(fold_text(passage.text) for passage in passages)
    return [
        text
        for text in written.missing
        if fold_text(text) in asked and not any(word in held for word in words(text) if len(word) > 1)
    ]
