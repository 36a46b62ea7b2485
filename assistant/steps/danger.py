"""Is somebody in danger or distress? Whoever is may tell it beside any question, so the whole message counts,
and it is asked before anything is answered."""

from dataclasses import replace

from assistant.fitted import thresholds
from assistant.question.intent import intent_model
from assistant.schema import Notice, NoticeKind, Question, Turn
from assistant.steps.ending import LIKELY
from assistant.steps.query_vector import query_vector
from index.search.searcher import Searcher
from index.text.lexicon import standardise
from prompts import reply

_SURE = 0.9
"""The chance from which on a piece of the message counts by itself, whatever stands beside it: with less,
everyday worries told before a question (急得我觉都睡不着) would count."""
_MOST = 180
"""Characters of what is told that are looked at by themselves: the last."""


class Danger:
    """Adds the `safety` notice where somebody may be in danger; sets `in_danger` where it is likely."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def __call__(self, turn: Turn) -> Turn:
        """The turn with the notice and `in_danger`, where they are due."""
        chance = self._chance(turn.question)
        if chance >= thresholds()["distress"]:
            turn = replace(turn, notices=(*turn.notices, Notice(NoticeKind.SAFETY, reply("safety"))))
        return replace(turn, in_danger=chance >= LIKELY)

    def _chance(self, question: Question) -> float:
        """That of the whole message; of what it asks, and of what it tells besides, where that alone is sure;
        of what it asks in any case where it leans on the conversation."""
        asked = _distress(query_vector(self._searcher, question))
        leans = bool(question.prefer or question.addition)
        found = [asked] if leans or asked >= _SURE else []
        found.append(self._of(question.clean))
        if question.told:
            told = self._of("，".join(question.told)[-_MOST:])
            found += [told] if told >= _SURE else []
        return max(found)

    def _of(self, text: str) -> float:
        return _distress(tuple(self._searcher.embed(standardise(text)).tolist()))


def _distress(vector: tuple[float, ...]) -> float:
    return intent_model().probabilities(vector)["distress"]
