"""What of a document as a whole a message asks, by the chances of the intent model."""

from collections.abc import Mapping

from assistant.schema import DocumentTopic

ABOUT = "about_"
"""What the names of the intents begin with that ask about the assistant itself."""
INTENT = "document_"
"""What the names of those begin with that ask about a document as a whole."""
_ALSO = 0.5
"""Of the likeliest topic's chance: the share from which on another one is asked as well."""


def document_chance(chance: Mapping[str, float]) -> float:
    """The chance that something of a document as a whole is asked, by somebody who does not ask about the
    assistant itself: the two are worded alike, and only words that speak to it tell them apart."""
    document = _of(chance, INTENT)
    others = sum(share for name, share in chance.items() if not name.startswith((ABOUT, INTENT)))
    return document / (document + others) if document > 0 else 0.0


def about_assistant(chance: Mapping[str, float]) -> bool:
    """Whether it is likelier that the assistant itself is asked about than a document as a whole."""
    return _of(chance, ABOUT) >= _of(chance, INTENT)


def document_topics(chance: Mapping[str, float]) -> tuple[DocumentTopic, ...]:
    """What is asked, where something is, in the order of `DocumentTopic`: the likeliest topic and those that
    are hardly less likely."""
    of_topics = {topic: chance.get(f"{INTENT}{topic}", 0.0) for topic in DocumentTopic}
    least = max(of_topics.values()) * _ALSO
    return tuple(topic for topic, likely in of_topics.items() if likely >= least)


def _of(chance: Mapping[str, float], prefix: str) -> float:
    return sum(share for name, share in chance.items() if name.startswith(prefix))
