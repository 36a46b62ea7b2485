"""Personal data of who asks, masked in what is stored.

An answer can repeat the asker's own words, so it is masked too; what it quotes is the document's, public, and
stays verbatim.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from index.text.folding import encodable
from index.text.personal_data import mask

TITLE = 40
"""Code points of a title made from a question."""


def storable(text: str) -> str:
    """`text` without lone surrogates and NUL, which no database takes."""
    return encodable(text).replace("\0", "\ufffd")


def title_of(question: str) -> str:
    """A conversation's title from its first question, masked already: one line, cut."""
    line = " ".join(storable(question).split())
    return line if len(line) <= TITLE else line[: TITLE - 1] + "…"


def mask_exchange(exchange: Mapping[str, Any]) -> dict[str, Any]:
    """An exchange (the fields of `assistant.schema.Exchange`) with the asker's personal data masked."""
    quotes = exchange.get("quotes") or ()
    return {
        **exchange,
        "question": mask_own(exchange["question"]),
        "standalone": mask_own(exchange["standalone"]),
        "answer": mask_own(exchange.get("answer", ""), quotes),
    }


def mask_answer(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer (the fields of `assistant.schema.Answer`) with the asker's personal data masked."""
    quotes = [citation["quote"] for citation in (*answer["citations"], *answer["related"])]
    sentences = [{**each, "text": mask_own(each["text"], quotes)} for each in answer["sentences"]]
    return {
        **answer,
        "answer": mask_own(answer["answer"], quotes),
        "standalone_question": mask_own(answer["standalone_question"]),
        "missing": [mask_own(each) for each in answer["missing"]],
        "sentences": sentences,
    }


def mask_own(text: str, quotes: Sequence[str] = ()) -> str:
    """`text` with personal data masked line by line, but for lines that hold no more of it than `quotes`
    do."""
    text = encodable(text)
    if not quotes:
        return mask(text)
    return "\n".join(_masked_line(line, quotes) for line in text.split("\n"))


def _masked_line(line: str, quotes: Sequence[str]) -> str:
    masked = mask(line)
    if masked == line:
        return line
    without = line
    for quote in sorted(quotes, key=len, reverse=True):
        without = without.replace(quote, "")
    return line if mask(without) == without else masked
