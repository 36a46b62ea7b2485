"""Questions about a document as a whole: whether it still binds, who issued it and when, its 文号, where it
holds, where all of it stands.

The intent model tells them from questions about what the document says. They are answered from what is known
of the document, and no search is asked.
"""

from dataclasses import replace

from assistant.answering.document_facts import DocumentFacts
from assistant.answering.documents_meant import DocumentsMeant
from assistant.fitted import thresholds
from assistant.question.document_topics import about_assistant, document_chance, document_topics
from assistant.question.intent import intent_model
from assistant.question.patterns import load_patterns
from assistant.schema import DocumentTopic, Refusal, RefusalReason, Status, Turn
from index.library.library import Library
from index.search.searcher import Searcher
from index.text.lexicon import standardise


class AnswerAboutDocument:
    """Ends the turn where all that is asked is about a document as a whole."""

    def __init__(self, library: Library, searcher: Searcher) -> None:
        self._searcher = searcher
        self._meant = DocumentsMeant(library)
        self._facts = DocumentFacts(library)

    def __call__(self, turn: Turn) -> Turn:
        """What is known, or `not_covered` where nothing is; a turn that asks for anything else passes."""
        question = turn.question
        whole = question.clean if turn.request.history else question.standalone
        texts = [part.text for part in question.parts] if len(question.parts) > 1 else [whole]
        asked = [self._meant.named(text) for text in texts]
        if any(each.unknown for each in asked):
            return turn
        found = [self._topics(each.text) for each in asked]
        if not all(topics for topics, _ in found):
            return turn
        topics = tuple(dict.fromkeys(topic for each, _ in found for topic in each))
        named = [identifier for each in asked for identifier in each.ids]
        views = self._meant.meant(whole, named, turn.request)
        if not views:
            return turn
        chance = min(likely for _, likely in found)
        said = self._facts.composed(topics, views, turn.request.as_of, chance)
        if any(sentence.passages for sentence in said.sentences):
            return replace(turn, status=Status.ANSWERED, answer=said)
        refused = replace(said, refusal=Refusal(RefusalReason.NOT_STATED))
        return replace(turn, status=Status.NOT_COVERED, answer=refused)

    def _topics(self, text: str) -> tuple[tuple[DocumentTopic, ...], float]:
        """What `text` asks of a document as a whole, and how likely; nothing where it asks anything else,
        speaks to the assistant and asks about that, or where somebody may be in danger."""
        limits = thresholds()
        chance = intent_model().probabilities(self._searcher.embed(standardise(text)).tolist())
        likely = document_chance(chance)
        if likely < limits["document"] or chance["distress"] >= limits["distress"]:
            return (), likely
        if about_assistant(chance) and load_patterns().addressed.search(text):
            return (), likely
        return document_topics(chance), likely
