"""Third step: is this a question for the documents at all?

The query's vector goes through a small intent model (assistant/models.py). Only a clear verdict ends
the turn; a question that is very near to a lay question of a document is never turned away here.
"""

from dataclasses import replace

from assistant.models import intent_model, thresholds
from assistant.schema import Notice, Status, Turn
from assistant.steps.understand import ended
from index.search import Searcher
from index.tokens import Lexicon
from prompts import reply


class Scope:
    """Sets `vector`; ends the turn for small talk, misuse, unclear or foreign matters."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._lexicon = Lexicon()

    def __call__(self, turn: Turn) -> Turn:
        """Ends the turn, or adds the `safety` notice where somebody may be in danger."""
        vector = self._searcher.embed(self._lexicon.standardise(turn.standalone))
        turn = replace(turn, vector=tuple(vector.tolist()))
        chance = intent_model().probabilities(turn.vector)
        limits = thresholds()
        if chance["distress"] >= limits["distress"]:
            turn = replace(turn, notices=(*turn.notices, Notice("safety", reply("safety"))))
        if turn.prefer:  # a follow-up is judged by what it follows
            return turn
        if chance["blocked"] >= limits["blocked"]:
            return ended(turn, Status.BLOCKED, reply("blocked"), chance["blocked"])
        if chance["smalltalk"] >= limits["smalltalk"]:
            return ended(turn, Status.SMALLTALK, reply("smalltalk_other"), chance["smalltalk"])
        if chance["out_of_scope"] >= limits["out_of_scope"]:
            return ended(turn, Status.OUT_OF_SCOPE, reply("out_of_scope"), chance["out_of_scope"])
        if chance["clarify"] >= limits["clarify"]:
            return ended(turn, Status.CLARIFY, reply("clarify"), chance["clarify"])
        return turn
