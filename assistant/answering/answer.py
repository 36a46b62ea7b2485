"""The one way into this room: a question and the evidence found for it in, an answer's parts out."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.compose import Composer
from assistant.answering.models import AnswerabilityModel
from assistant.answering.premise import PremiseModel
from assistant.answering.select import Selector
from assistant.schema import Composition, Evidence, Question, Request
from index.library.library import Library
from index.schema import Passage


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of the evidence: which of it was chosen, and the answer; `covered` where there is one."""

    evidence: Evidence
    answer: Composition
    covered: bool


class Answering:
    """Judges evidence and composes answers over one opened index. Safe to share between threads."""

    def __init__(
        self,
        library: Library,
        passages: Sequence[Passage],
        answerability: AnswerabilityModel | None = None,
        premise: PremiseModel | None = None,
    ) -> None:
        self._selector = Selector(library, passages, answerability)
        self._composer = Composer(library, premise)

    def answer(self, request: Request, question: Question, evidence: Evidence) -> Judged:
        """The answer that `evidence` gives, or a refusal with what is missing. Deterministic, no model of
        language."""
        selected = self._selector.select(request, question, evidence)
        refusal = Composition(missing=selected.missing, confidence=selected.confidence)
        if not selected.covered:
            return Judged(selected.evidence, refusal, covered=False)
        composed = self._composer.compose(selected)
        return Judged(selected.evidence, composed, covered=True)
