"""The evidence judged, and an answer composed of it."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.answer import Answering
from assistant.answering.contradiction import ContradictionModel
from assistant.answering.models import AnswerabilityModel
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
        contradiction: ContradictionModel | None = None,
    ) -> None:
        self._answering = Answering(library, passages, answerability, contradiction)

    def __call__(self, turn: Turn) -> Turn:
        """The answer, or `not_covered` with what was asked; a turn without anything searched passes."""
        if not turn.parts:
            return turn
        judged = self._answering.answer(turn.request, turn.question, turn.parts, turn.statements)
        return replace(
            turn,
            parts=judged.parts,
            answer=judged.answer,
            status=None if judged.covered else Status.NOT_COVERED,
        )
