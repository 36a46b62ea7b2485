"""Nothing leaves that is not in the text: the last step, which every turn passes.

Every passage that an answer rests on is read again from the stored document at its offsets; a sentence
whose passage fails is dropped, and an answer left without evidence becomes `not_covered`.
"""

from dataclasses import replace

from assistant.schema import Composition, Refusal, RefusalReason, Status, Turn
from index.library.library import Library
from index.schema import Passage


class Ground:
    """Makes an answer `answered`, or `not_covered` when nothing holds; other endings pass."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def __call__(self, turn: Turn) -> Turn:
        """Keeps the sentences whose passages stand in the stored text."""
        if turn.status not in (None, Status.ANSWERED):
            return turn
        if turn.answer is None:
            return replace(turn, status=Status.NOT_COVERED)
        kept = tuple(
            sentence
            for sentence in turn.answer.sentences
            if all(is_verbatim(passage, self._library) for passage in sentence.passages)
        )
        if not any(sentence.passages for sentence in kept):
            refused = Composition(missing=turn.answer.missing, refusal=Refusal(RefusalReason.NOT_VERBATIM))
            return replace(turn, answer=refused, status=Status.NOT_COVERED)
        return replace(turn, answer=replace(turn.answer, sentences=kept), status=Status.ANSWERED)


def is_verbatim(passage: Passage, library: Library) -> bool:
    """The stored text has the passage's words at its offsets."""
    view = library.get(passage.document_id, passage.document_version)
    if view is None or not 0 <= passage.start < passage.end:
        return False
    return view.document.text[passage.start : passage.end] == passage.text
