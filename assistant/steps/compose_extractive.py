"""Seventh step: a lead that answers, then the quotations that carry it. Deterministic, no model."""

from dataclasses import replace

from assistant.lead import make_lead
from assistant.schema import Draft, Turn
from index.schema import Passage
from index.text import squeeze
from index.tokens import Lexicon
from prompts import reply


class ComposeExtractive:
    """Sets `draft` from the evidence of the parts."""

    def __init__(self) -> None:
        self._lexicon = Lexicon()

    def __call__(self, turn: Turn) -> Turn:
        """The lead speaks for the first evidence; every passage is quoted once, whole."""
        if turn.draft is not None:
            return turn
        evidence: dict[str, Passage] = {}
        for part in turn.parts:
            for passage in part.evidence:
                evidence.setdefault(passage.id, passage)
        passages = tuple(evidence.values())
        standard = self._lexicon.standardise(turn.standalone)
        lead = make_lead(standard, passages)
        sentences: list[tuple[str, tuple[Passage, ...]]] = [(lead.text, lead.passages)]
        sentences += [(f"「{squeeze(passage.text)}」", (passage,)) for passage in passages]
        if turn.missing:
            sentences.append((reply("partly_missing", missing="、".join(turn.missing)), ()))
        short = lead.short if len(turn.parts) == 1 else None
        return replace(turn, draft=Draft(tuple(sentences), short, lead.correction))
