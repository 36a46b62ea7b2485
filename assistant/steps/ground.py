"""Nothing leaves that is not in the text.

Every passage that a draft rests on is read again from the stored document at its offsets; a sentence
whose passage fails is dropped, and an answer left without evidence becomes `not_covered`.
"""

from dataclasses import replace

from assistant.schema import Status, Turn
from index.library.library import Library
from index.schema import Passage


class Ground:
    """Ends every turn that reaches it: `answered`, or `not_covered` when nothing holds."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def __call__(self, turn: Turn) -> Turn:
        """Keeps the sentences whose passages stand in the stored text."""
        if turn.draft is None:
            return replace(turn, status=Status.NOT_COVERED)
        kept = tuple(
            stated
            for stated in turn.draft.sentences
            if all(is_verbatim(passage, self._library) for passage in stated.passages)
        )
        if not any(stated.passages for stated in kept):
            return replace(turn, draft=None, status=Status.NOT_COVERED, confidence=0.0)
        return replace(turn, draft=replace(turn.draft, sentences=kept), status=Status.ANSWERED)


def is_verbatim(passage: Passage, library: Library) -> bool:
    """The stored text has the passage's words at its offsets."""
    view = library.get(passage.document_id, passage.document_version)
    return view is not None and view.document.text[passage.start : passage.end] == passage.text
