"""Whose rules are asked about: what another place's government decided stands in no document of this one.

A document of the whole country answers everywhere.
"""

from dataclasses import replace

from assistant.question.jurisdiction import jurisdiction_model
from assistant.schema import (
    ComposedSentence,
    Composition,
    Refusal,
    RefusalReason,
    SentenceKind,
    Status,
    Turn,
)
from assistant.steps.ending import LIKELY, ended
from index.library.library import Library
from index.schema import NATIONWIDE
from index.text.place_mentions import place_mentions
from prompts import reply


class Jurisdiction:
    """Keeps the search to what holds in the place that is asked about; ends the turn where nothing does."""

    def __init__(self, library: Library) -> None:
        self._holds = {
            f"{view.document.id}@{view.document.version}": view.document.jurisdiction
            for view in library.views()
        }

    def __call__(self, turn: Turn) -> Turn:
        """The turn with fewer editions, or `not_covered` with whose rules are held."""
        chosen = turn.request.editions
        held = {
            edition: place for edition, place in self._holds.items() if chosen is None or edition in chosen
        }
        own = {place: place_stem(place) for place in held.values() if place and place != NATIONWIDE}
        if not own or None in held.values():  # whose rules a document states is not always known
            return turn
        place = jurisdiction_model().elsewhere(turn.question, tuple(own.values()))
        if place is None:
            return turn
        nationwide = tuple(edition for edition, holder in held.items() if holder == NATIONWIDE)
        if nationwide:
            return replace(turn, request=replace(turn.request, editions=nationwide))
        if (foreign := turn.foreign.chance(prepared=True)) >= LIKELY:
            return ended(turn, turn.otherwise, foreign)
        said = reply("other_jurisdiction", place=place.name, own="、".join(sorted(own)))
        told = ComposedSentence(said, kind=SentenceKind.NOTICE)
        why = Refusal(RefusalReason.OTHER_PLACE)
        refused = Composition((told,), missing=(place.name,), confidence=1.0, refusal=why)
        return replace(turn, status=Status.NOT_COVERED, answer=refused)


def place_stem(place: str) -> str:
    """The beginning that the codes of a place and of all within it share; of a district that of its
    province, whose rules hold there as well."""
    mentions = place_mentions(place)
    code = mentions[0].codes[0] if mentions and mentions[0].codes else ""
    return code[:2]
