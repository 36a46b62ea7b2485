"""What of a document as a whole a message asks, by the chances of the intent model."""

from collections.abc import Mapping

from assistant.schema import DocumentTopic

INTENT = "document_"
"""What the names of their intents begin with."""
_ALSO = 0.5
"""Of the likeliest topic's chance: the share from which on another one is asked as well."""


def document_chance(chance: Mapping[str, float]) -> float:
    """The chance that something of a document as a whole is asked."""
    return sum(chance.get(f"{INTENT}{topic}", 0.0) for topic in DocumentTopic)


def document_topics(chance: Mapping[str, float]) -> tuple[DocumentTopic, ...]:
    """What is asked, where something is, in the order of `DocumentTopic`: the likeliest topic and those that
    are hardly less likely."""
    of_topics = {topic: chance.get(f"{INTENT}{topic}", 0.0) for topic in DocumentTopic}
    least = max(of_topics.values()) * _ALSO
    return tuple(topic for topic, likely in of_topics.items() if likely >= least)
