"""The message made clean, and the endings that need no search.

White space, invisible and control characters and lone surrogates go, traditional characters become
simplified ones. Small talk ends here.
"""

import re
import unicodedata
from dataclasses import replace

from assistant.question.patterns import load_patterns
from assistant.schema import Question, Status, Turn
from assistant.steps.ending import ended
from index.text.folding import simplify

_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
_MEANING = re.compile(r"[^\W\d_]|\d")


class Understand:
    """Cleans the message and answers greetings and thanks."""

    def __call__(self, turn: Turn) -> Turn:
        """Sets `question`; may end the turn."""
        clean = clean_text(turn.request.message)
        turn = replace(turn, question=Question(clean, clean))
        patterns = load_patterns()
        if not _MEANING.search(clean):
            return ended(turn, Status.CLARIFY)
        bare = _EDGE.sub("", clean)
        for kind, pattern in patterns.smalltalk:
            if pattern.fullmatch(bare):
                return ended(turn, Status.SMALLTALK, named=f"smalltalk_{kind}")
        return turn


def clean_text(text: str) -> str:
    """`text` for matching: width unified, invisible characters gone, simplified, single-spaced."""
    kept = "".join(
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFKC", text)
        if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    return simplify(" ".join(kept.split()))
