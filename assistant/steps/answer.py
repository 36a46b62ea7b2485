"""The evidence judged, and an answer composed of it."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.answer import Answering
from assistant.answering.models import AnswerabilityModel
from assistant.answering.premise import PremiseModel
from assistant.schema import Status, Turn
from index.library.library import Library
from index.schema import Passage


class AnswerFromEvidence:
    """Sets `answer`; ends the turn where nothing answers."""

    def __init__(
        self,
        library: Library,
        passages: Sequence[Passage],
        answerability: AnswerabilityModel | None = None,
        premise: PremiseModel | None = None,
    ) -> None:
        self._answering = Answering(library, passages, answerability, premise)

    def __call__(self, turn: Turn) -> Turn:
        """The answer, or `not_covered` with what is missing; a turn without evidence passes."""
        if turn.evidence is None:
            return turn
        judged = self._answering.answer(turn.request, turn.question, turn.evidence)
        return replace(
            turn,
            evidence=judged.evidence,
            answer=judged.answer,
            status=None if judged.covered else Status.NOT_COVERED,
        )
