"""A message made clean and understood: what it asks, and what of that is searched."""

import unicodedata

from assistant.question.asked import asked_model
from assistant.question.parts import leans, told_start, with_context
from assistant.schema import Question
from index.text.folding import simplify
from index.text.personal_data import mask_what_needs_its_words

_MOST = 180
"""Characters of a message without a question that are searched: its last."""


def understood(message: str) -> Question:
    """The message with what it asks and what it tells. Personal data that a piece of the message would not
    show to be any goes first: such pieces are searched, said and kept."""
    clean = clean_text(mask_what_needs_its_words(message))
    asking = asked_model().asked(clean)
    return Question(clean, asking.parts, tuple(clause.text for clause in asking.told))


def focused(asked: Question, vocabulary: frozenset[str] = frozenset()) -> str:
    """What `asked` asks, its parts as they follow each other, led by the sentences before where what they are
    about stands there; the end of the message where it asks nothing. `vocabulary`: words of the documents,
    which tell such sentences from courtesy and other stories."""
    if not asked.parts:
        return asked.clean[-_MOST:]
    pieces = []
    for part in asked.parts:
        mark = asked.clean[part.end : part.end + 1]
        ends = mark if mark and mark in "?!。" else "?" if len(asked.parts) > 1 else ""
        pieces.append(asked.clean[told_start(part, asked, vocabulary) : part.end] + ends)
    found = "".join(pieces)
    before = asked.clean[: told_start(asked.parts[0], asked, vocabulary)]
    return with_context(found, before, vocabulary) if leans(found) else found


def clean_text(text: str) -> str:
    """`text` for matching: width unified, invisible characters gone, simplified, single-spaced; lines stay
    apart."""
    kept = "".join(
        char if char == "\n" else " " if char.isspace() else char
        for char in unicodedata.normalize("NFKC", text.replace("\r\n", "\n").replace("\r", "\n"))
        if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    lines = (" ".join(line.split()) for line in kept.split("\n"))
    return simplify("\n".join(line for line in lines if line))
