"""Is this a question for the documents at all?

The query's vector goes through a small intent model (assistant/question/intent.py). Only a clear verdict
ends the turn; whether a question is about other matters is decided once its answer has been looked for.
"""

import re
from dataclasses import replace

from assistant.fitted import thresholds
from assistant.question.document_topics import ABOUT, INTENT, about_assistant
from assistant.question.intent import intent_model
from assistant.question.patterns import load_patterns
from assistant.question.topics import names_thing
from assistant.schema import Composition, Foreign, Status, Turn
from assistant.steps.ending import ended
from assistant.steps.query_vector import query_vector
from index.search.searcher import Searcher

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_ADDRESS = re.compile(r"\S+://\S+")
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = 3
"""Words from which on letters of another script ask something; fewer greet, or stand in a text (PDF, GDP)."""
_ENDINGS = (Status.OUT_OF_SCOPE, Status.SMALLTALK, Status.CLARIFY)


class Scope:
    """Sets `vector`; ends the turn for small talk, misuse, unclear or foreign matters and other languages,
    unless somebody is in danger."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def __call__(self, turn: Turn) -> Turn:
        """Ends the turn, or sets `vector` and `foreign`."""
        asked = turn.question
        asked = replace(asked, vector=query_vector(self._searcher, asked))
        turn = replace(turn, question=asked)
        chance = intent_model().probabilities(asked.vector)
        limits = thresholds()
        if turn.in_danger:  # never turned away
            return replace(turn, foreign=Foreign(matter=chance["out_of_scope"]))
        if chance["blocked"] < limits["blocked"] and _is_foreign(asked.clean):
            return ended(turn, Status.CLARIFY, named="clarify_chinese")
        topics = {name: share for name, share in chance.items() if name.startswith(ABOUT)}
        addressed = load_patterns().addressed.search(asked.clean) is not None
        about = sum(topics.values())
        worded = sum(share for name, share in chance.items() if name.startswith((ABOUT, INTENT)))
        if addressed and about_assistant(chance) and worded >= limits["about"]:
            topic = max(topics, key=topics.__getitem__).removeprefix(ABOUT)
            said = Composition(about=topic, confidence=about)
            return replace(turn, status=Status.SMALLTALK, answer=said)
        if asked.prefer:  # a follow-up is judged by what it follows
            return turn
        if chance["blocked"] >= limits["blocked"]:
            return ended(turn, Status.BLOCKED, chance["blocked"])
        foreign = Foreign(chance["smalltalk"] + chance["clarify"] + chance["blocked"], chance["out_of_scope"])
        attacks = chance["blocked"] > foreign.chance(True) / 2
        chance["out_of_scope"] += chance["blocked"]  # not sure enough to say so
        likeliest = max(_ENDINGS, key=lambda status: chance[status.value])
        elsewhere = likeliest is Status.OUT_OF_SCOPE and not attacks
        # the intents know sentences: what only names a thing goes on more readily
        limit = limits["foreign_topic" if names_thing(asked) else "foreign"]
        if foreign.chance(True) >= limit and not elsewhere:
            return ended(turn, likeliest, foreign.chance(True))
        return replace(turn, foreign=foreign, otherwise=likeliest)  # what is found may answer it


def _is_foreign(message: str) -> bool:
    """Whether a message is written in another language than Chinese."""
    return not _HAN.search(message) and len(_WORD.findall(_ADDRESS.sub("", message))) >= _SENTENCE
