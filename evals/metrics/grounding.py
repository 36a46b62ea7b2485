"""Citation recall and precision after ALCE (Gao et al., 2023, arXiv:2305.14627), sentence by sentence.

A sentence is recalled when the quotations that it cites, taken together, support it. A citation is
precise when its sentence is recalled and it supports the sentence alone, or the others do not without it.
"""

from collections.abc import Callable, Sequence

from assistant.schema import Answer, Sentence, Status

Supports = Callable[[str, Sequence[str]], bool]
"""Whether quotations support a sentence."""


def citation_recall(answer: Answer, supports: Supports) -> float | None:
    """Share of the sentences that their citations support; one without a citation is not supported."""
    if answer.status is not Status.ANSWERED or not answer.sentences:
        return None
    return sum(_recalled(s, answer, supports) for s in answer.sentences) / len(answer.sentences)


def citation_precision(answer: Answer, supports: Supports) -> float | None:
    """Share of the citations, counted by sentence, that are precise."""
    if answer.status is not Status.ANSWERED:
        return None
    precise = [held for s in answer.sentences for held in _precise(s, answer, supports)]
    return sum(precise) / len(precise) if precise else None


def _recalled(sentence: Sentence, answer: Answer, supports: Supports) -> bool:
    quotes = _quotes(sentence, answer)
    return bool(quotes) and supports(sentence.text, quotes)


def _precise(sentence: Sentence, answer: Answer, supports: Supports) -> list[bool]:
    quotes = _quotes(sentence, answer)
    if not _recalled(sentence, answer, supports):
        return [False] * len(quotes)
    if len(quotes) == 1:
        return [True]
    found = []
    for at, quote in enumerate(quotes):
        others = quotes[:at] + quotes[at + 1 :]
        found.append(supports(sentence.text, [quote]) or not supports(sentence.text, others))
    return found


def _quotes(sentence: Sentence, answer: Answer) -> list[str]:
    by_marker = {citation.marker: citation.quote for citation in answer.citations}
    return [by_marker[marker] for marker in sentence.citations if marker in by_marker]
