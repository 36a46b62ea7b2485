"""Every sentence of a model is checked here before a person sees it.

It must be put together from one quotation's own statements (`verbatim_statements.py`), must agree with it in
numbers, years, levels, negation and force by a support score over the calibrated floor (`support.py`).
A sentence that cites the wrong passage is given the one it is from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.llm.reply_lines import Said
from assistant.llm.support import SupportChecker
from assistant.llm.verbatim_statements import first_foreign_stretch
from index.text.folding import fold_text
from prompts import Prompt

_MARKS = "。！？!?；;"


@dataclass(frozen=True, slots=True)
class Verified:
    """A sentence that may be shown, the position (from 0) of the passage behind it, and its support."""

    text: str
    passage: int
    support: float


@dataclass(frozen=True, slots=True)
class Rejected:
    """A sentence that may not be shown, and what to tell the model."""

    text: str
    reason: str


class SentenceVerifier:
    """Checks sentences against the passages they were written from. Safe to share between threads."""

    def __init__(self, checker: SupportChecker, prompt: Prompt) -> None:
        self._checker = checker
        self._prompt = prompt

    def check(self, said: Said, passages: Sequence[str]) -> Verified | Rejected:
        """`said` as it may be shown, or why not."""
        text = said.text.strip().rstrip("，,、：:")
        cited = [number - 1 for number in said.numbers if 0 < number <= len(passages)]
        wrong: Rejected | None = None
        for at in dict.fromkeys((*cited, *range(len(passages)))):
            verdict = self._against(text, at, passages[at])
            if isinstance(verdict, Verified):
                return verdict
            if at in cited and wrong is None:
                wrong = verdict
        return wrong or Rejected(said.text, self._prompt.text("reason_number"))

    def _against(self, text: str, at: int, passage: str) -> Verified | Rejected:
        if (loose := first_foreign_stretch(text, passage)) is not None:
            return Rejected(text, self._prompt.text("reason_words", stretch=loose[:30]))
        support = self._checker.check(text, [passage])
        if not support.supported:
            return Rejected(text, self._prompt.text("reason_support"))
        return Verified(_ended(text), at, support.score)


def _ended(text: str) -> str:
    """With a full stop."""
    return text if text.endswith(tuple(_MARKS)) else f"{text}。"


def same_words(one: str, other: str) -> bool:
    """Two sentences that say the same but for marks and spaces."""
    return fold_text(one).strip(_MARKS) == fold_text(other).strip(_MARKS)
