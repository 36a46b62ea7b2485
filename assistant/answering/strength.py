"""How strong the evidence of an answer is, in words: three grades of the calibrated confidence.

Their limits, and how many answers of each grade were right, stand in `assistant/data/strength.json`
(`policy-qa eval calibrate strength`).
"""

from collections.abc import Mapping
from functools import lru_cache

from assistant.fitted import DATA
from assistant.schema import Answer, Status
from index.encoder.fitted import read_fitted
from prompts import reply


def strength(answer: Answer) -> str | None:
    """The words for people; None where nothing of a document is cited as evidence that a search has
    weighed."""
    if answer.status is not Status.ANSWERED or not answer.citations or answer.document_topics:
        return None
    if answer.confidence >= strong_from():
        return reply("strength_strong")
    return reply("strength_fair" if answer.confidence >= fair_from() else "strength_weak")


def doubt(answer: Answer) -> str | None:
    """What is said before an answer whose evidence is weak; None where it is not."""
    weak = strength(answer) == reply("strength_weak") and not answer.correction
    return reply("unsure") if weak else None


def fair_from() -> float:
    """The confidence below which the evidence is called weak."""
    return _limits()["fair"]


def strong_from() -> float:
    """The confidence from which on the evidence is called strong."""
    return _limits()["strong"]


@lru_cache(maxsize=1)
def _limits() -> Mapping[str, float]:
    data: Mapping[str, Mapping[str, float]] = read_fitted(DATA / "strength.json")
    return data["limits"]
