"""The evidence judged, and an answer composed of it."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.answer import Answering
from assistant.answering.contradiction import ContradictionModel
from assistant.answering.decision import is_prepared
from assistant.answering.models import ReadingModel
from assistant.answering.strength import strong_from
from assistant.reading.reader import Reader
from assistant.schema import Status, Turn
from assistant.steps.ending import LIKELY, ended
from index.library.library import Library
from index.schema import Passage


class AnswerFromEvidence:
    """Sets `answer`; ends the turn where nothing answers."""

    def __init__(
        self,
        library: Library,
        passages: Sequence[Passage],
        reader: Reader,
        model: ReadingModel | None = None,
        contradiction: ContradictionModel | None = None,
    ) -> None:
        self._answering = Answering(library, passages, reader, model, contradiction)

    def __call__(self, turn: Turn) -> Turn:
        """The answer, or `not_covered` with what was asked; where it is more likely no question for the
        documents, that ending. Where somebody is in danger, an answer only on strong evidence. A turn
        without anything searched passes."""
        if not turn.parts:
            return turn
        # what is said of other matters is not held against the documents
        statements = turn.statements if turn.foreign.chance(prepared=True) < LIKELY else ()
        judged = self._answering.answer(turn.request, turn.question, turn.parts, statements, turn.foreign)
        if turn.in_danger and not (judged.covered and judged.answer.confidence >= strong_from()):
            # beside help lines nothing stands that is only near
            sure = judged.answer.confidence
            refused = ended(turn, Status.NOT_COVERED, 1 - sure if judged.covered else sure, "distress")
            return replace(refused, parts=judged.parts)
        foreign = turn.foreign.chance(all(map(is_prepared, judged.parts)))
        if foreign >= LIKELY and not judged.covered:
            return ended(turn, turn.otherwise, foreign)
        return replace(
            turn,
            parts=judged.parts,
            answer=judged.answer,
            status=None if judged.covered else Status.NOT_COVERED,
        )
