"""Questions about a document as a whole: whether it still binds, who issued it and when, its 文号, where it
holds, where all of it stands.

The intent model tells them from questions about what the document says. They are answered from what is known
of the document, and no search is asked.
"""

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.document_facts import DocumentFacts
from assistant.answering.documents_meant import DocumentsMeant
from assistant.fitted import thresholds
from assistant.question.document_topics import about_assistant, document_chance, document_topics
from assistant.question.intent import intent_model
from assistant.question.jurisdiction import jurisdiction_model
from assistant.question.parts import has_subject
from assistant.question.patterns import load_patterns
from assistant.schema import DocumentTopic, Question, Refusal, RefusalReason, Status, Turn
from assistant.steps.jurisdiction import place_stem
from assistant.steps.query_vector import query_vector
from index.library.library import DocumentView, Library
from index.schema import NATIONWIDE
from index.search.searcher import Searcher
from index.text.lexicon import standardise
from index.text.place_mentions import place_mentions


class AnswerAboutDocument:
    """Ends the turn where all that is asked is about documents as a whole that are held; what is told besides
    does not matter, unless somebody is in danger."""

    def __init__(self, library: Library, searcher: Searcher) -> None:
        self._searcher = searcher
        self._meant = DocumentsMeant(library)
        self._facts = DocumentFacts(library)

    def __call__(self, turn: Turn) -> Turn:
        """What is known, or `not_covered` where nothing is. A turn passes where anything else is asked,
        where a document is named that is not held, where those that are meant are of another place than is
        asked about, and where somebody is in danger."""
        if turn.in_danger:
            return turn
        question, day = turn.question, turn.request.as_of
        whole = question.clean if turn.request.history else question.standalone
        texts = [part.text for part in question.parts] if len(question.parts) > 1 else [whole]
        asked = [self._meant.named(text, day) for text in texts]
        if any(each.unknown for each in asked):
            return turn
        found = [self._topics(each.text) for each in asked]
        if not all(topics for topics, _ in found):
            return turn
        topics = tuple(dict.fromkeys(topic for each, _ in found for topic in each))
        if topics == (DocumentTopic.DATES,) and _leans_on_clauses(turn):
            return turn
        named = [edition for each in asked for edition in each.editions]
        views = self._meant.meant(whole, named, turn.request)
        if topics != (DocumentTopic.PLACE,):  # else the place is what is asked
            views = self._of_place(views, question)
        if not views:
            return turn
        chance = min(likely for _, likely in found)
        said = self._facts.composed(topics, views, day, chance)
        if any(sentence.passages for sentence in said.sentences):
            return replace(turn, status=Status.ANSWERED, answer=said)
        refused = replace(said, refusal=Refusal(RefusalReason.NOT_STATED))
        return replace(turn, status=Status.NOT_COVERED, answer=refused)

    def _of_place(self, views: Sequence[DocumentView], question: Question) -> tuple[DocumentView, ...]:
        """Those of `views` that may hold in the place that is asked about: whose place is not known, of the
        whole country, or of no other place."""
        asked = replace(question, vector=query_vector(self._searcher, question))
        return tuple(
            view
            for view in views
            if view.document.jurisdiction in (None, NATIONWIDE)
            or jurisdiction_model().elsewhere(asked, _own_stems(view)) is None
        )

    def _topics(self, text: str) -> tuple[tuple[DocumentTopic, ...], float]:
        """What `text` asks of a document as a whole, and how likely; nothing where it asks anything else, or
        speaks to the assistant and asks about that."""
        chance = intent_model().probabilities(self._searcher.embed(standardise(text)).tolist())
        likely = document_chance(chance)
        if likely < thresholds()["document"]:
            return (), likely
        if about_assistant(chance) and load_patterns().addressed.search(text):
            return (), likely
        return document_topics(chance), likely


def _leans_on_clauses(turn: Turn) -> bool:
    """Whether the message follows an answer from clauses and names neither anything else nor a document
    (那到底是哪年): the date of what they say is asked."""
    before, asked = turn.request.history[-1:], turn.question.clean
    said = any(exchange.clauses and not exchange.about_document for exchange in before)
    return said and not has_subject(asked) and not load_patterns().meta.search(standardise(asked))


def _own_stems(view: DocumentView) -> tuple[str, ...]:
    """Beginnings of the codes of the place where a document holds, and of those that its title names."""
    named = place_mentions(view.document.title)
    codes = (mention.codes[0][:2] for mention in named if mention.codes)
    return (place_stem(view.document.jurisdiction or ""), *codes)
