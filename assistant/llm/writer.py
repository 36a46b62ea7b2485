"""A question and its passages in, verified sentences out: draft, check, one repair, one second try.

Nothing unverified leaves this module. A fault of the model ends the writing; what was verified until then
stands, and the caller puts the quotations themselves beside it.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.errors import EmbeddingError, ModelFault
from assistant.llm.client import ChatModel, Messages
from assistant.llm.reply_lines import MOST_SENTENCES, ClaimedOutcome, Missing, Said, items
from assistant.llm.support import SupportChecker
from assistant.llm.verification import Rejected, SentenceVerifier, Verified, same_words
from assistant.metrics import MODEL_CACHE, MODEL_SENTENCES, MODEL_VERDICTS
from index.cache import Cache
from index.encoder.embedder import Embedder
from prompts import Prompt, load_prompt

MOST_SHOWN = 4
"""Sentences of an answer, as the prompt says."""

_log = logging.getLogger(__name__)
OnSentence = Callable[[Verified], None]


@dataclass(frozen=True, slots=True)
class ModelPassage:
    """A passage as the model sees it; the document is named where several are loaded."""

    id: str
    text: str
    title: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it: sentences in order, the kind of fault that ended it, if one did, and without a
    sentence whether the model said that the passages do not answer, or wrote what failed the check."""

    sentences: tuple[Verified, ...] = ()
    fault: str | None = None
    silent: bool = False
    failed: bool = False


@dataclass(slots=True)
class _Progress:
    verified: list[Verified] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    failed: bool = False
    silent: bool = False


class Writer:
    """Writes with one model and one prompt. Safe to share between threads."""

    def __init__(self, model: ChatModel, verifier: SentenceVerifier, prompt: Prompt) -> None:
        self.model = model
        self.prompt = prompt
        self._verifier = verifier
        self._cache: Cache[Written] = Cache()

    def write(self, question: str, sources: Sequence[ModelPassage], on_sentence: OnSentence) -> Written:
        """Verified sentences that answer `question`; each goes to `on_sentence` as soon as it is verified."""
        key = (question, tuple(source.id for source in sources), self.prompt.version, self.model.name)
        held = self._cache.get(key)
        MODEL_CACHE.labels(outcome="miss" if held is None else "hit").inc()
        if held is not None:
            for sentence in held.sentences:
                on_sentence(sentence)
            return held
        written = self._write(question, sources, on_sentence)
        if written.fault is None:
            self._cache.put(key, written)
        return written

    def _write(self, question: str, sources: Sequence[ModelPassage], on_sentence: OnSentence) -> Written:
        deadline = self.model.deadline()
        passages = [source.text for source in sources]
        messages = [
            ("system", self.prompt.text("instructions")),
            ("human", self.prompt.text("example_task")),
            ("ai", self.prompt.text("example_reply")),
            ("human", self._task(question, sources)),
        ]
        progress, fault = _Progress(), None
        try:
            said = self._round(messages, passages, progress, on_sentence, deadline)
            if not (progress.verified or progress.rejected or progress.silent):
                ask = self.prompt.text("repair", reason=self.prompt.text("reason_empty"))
                messages += [("ai", said), ("human", ask)]
                said = self._round(messages, passages, progress, on_sentence, deadline)
            if failed := progress.rejected:
                progress.rejected = []
                messages += [("ai", said), ("human", self._again(failed))]
                self._round(messages, passages, progress, on_sentence, deadline)
        except ModelFault as error:
            fault = error.kind
        except EmbeddingError as error:  # nothing can be checked, so nothing more is shown
            _log.warning("a written sentence could not be checked: %s", type(error.__cause__).__name__)
            fault = "unchecked"
        return Written(tuple(progress.verified), fault, progress.silent, progress.failed)

    def _round(
        self,
        messages: Messages,
        passages: Sequence[str],
        progress: _Progress,
        on_sentence: OnSentence,
        deadline: float,
    ) -> str:
        """One reply read and checked; its text, for the next round."""
        heard: list[str] = []

        def listened() -> Iterator[str]:
            for line in self.model.lines(messages, deadline):
                heard.append(line)
                yield line

        looked_at = 0
        for item in items(listened()):
            match item:
                case ClaimedOutcome():
                    # nobody can check it, so it decides nothing but that asking again is of no use
                    MODEL_VERDICTS.labels(verdict=item.value).inc()
                    progress.silent = progress.silent or item is ClaimedOutcome.NOT_COVERED
                case Missing():
                    pass  # silence that a model claims is never told
                case Said():
                    looked_at += 1
                    self._check(item, passages, progress, on_sentence)
            if looked_at >= MOST_SENTENCES:
                break
        return "\n".join(heard)

    def _check(
        self, said: Said, passages: Sequence[str], progress: _Progress, on_sentence: OnSentence
    ) -> None:
        found = self._verifier.check(said, passages)
        MODEL_SENTENCES.labels(outcome="verified" if isinstance(found, Verified) else "rejected").inc()
        if isinstance(found, Rejected):
            progress.failed = True
            if all(not same_words(found.text, other.text) for other in progress.rejected):
                progress.rejected.append(found)
        elif len(progress.verified) < MOST_SHOWN and all(
            not same_words(found.text, other.text) for other in progress.verified
        ):
            progress.verified.append(found)
            on_sentence(found)

    def _task(self, question: str, sources: Sequence[ModelPassage]) -> str:
        return self.prompt.text(
            "task",
            passages="\n".join(self._passage(number, source) for number, source in enumerate(sources, 1)),
            question=" ".join(question.split()),
        )

    def _passage(self, number: int, source: ModelPassage) -> str:
        if source.title:
            return self.prompt.text(
                "passage_titled", number=str(number), text=source.text, title=source.title, label=source.label
            )
        return self.prompt.text("passage", number=str(number), text=source.text)

    def _again(self, failed: Sequence[Rejected]) -> str:
        lines = [
            self.prompt.text("failed_sentence", sentence=each.text, reason=each.reason) for each in failed
        ]
        return self.prompt.text("again", failed="\n".join(lines))


def make_writer(model: ChatModel, embedder: Embedder) -> Writer:
    """A writer with the project's prompt and checks."""
    prompt = load_prompt("answer")
    return Writer(model, SentenceVerifier(SupportChecker(embedder), prompt), prompt)
