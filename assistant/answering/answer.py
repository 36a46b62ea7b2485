"""The one way into this room: the things asked and what was found for each in, an answer's parts out."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.compose import Composer, named
from assistant.answering.contradiction import ContradictionModel, contradictions
from assistant.answering.models import ReadingModel, contradiction_model, reading_model
from assistant.answering.select import Selector
from assistant.answering.shared_words import SharedWords
from assistant.reading.reader import Reader
from assistant.schema import Composition, Foreign, FoundStatement, Question, Request, SubQuestion
from index.library.library import Library
from index.schema import Passage

_NONE = Foreign()


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of the parts: which evidence was chosen, and the answer; `covered` where there is one."""

    parts: tuple[SubQuestion, ...]
    answer: Composition
    covered: bool


class Answering:
    """Judges evidence and composes answers over one opened index. Safe to share between threads."""

    def __init__(
        self,
        library: Library,
        passages: Sequence[Passage],
        reader: Reader,
        model: ReadingModel | None = None,
        contradiction: ContradictionModel | None = None,
    ) -> None:
        self._shared = SharedWords(passages)
        self._selector = Selector(library, passages, reader, model or reading_model(reader))
        self._contradiction = contradiction or contradiction_model()
        self._composer = Composer(library)

    def answer(
        self,
        request: Request,
        question: Question,
        parts: Sequence[SubQuestion],
        statements: Sequence[FoundStatement] = (),
        foreign: Foreign = _NONE,
    ) -> Judged:
        """The answer that what was found gives, or a refusal that names what was asked. Deterministic, no
        model of language. `foreign` are the chances that the message is no question for the documents."""
        selected = self._selector.select(request, question, parts, foreign)
        excluded = contradictions(statements, self._contradiction, self._shared)
        if not selected.covered and not excluded:
            missing = tuple(dict.fromkeys(named(part) for part in selected.parts))
            refused = Composition(missing=missing, confidence=selected.confidence, refusal=selected.refusal)
            return Judged(selected.parts, refused, covered=False)
        return Judged(selected.parts, self._composer.compose(selected, excluded), covered=True)
