"""Whether the text excludes what a message states, by the fitted model."""

import pytest

from assistant.answering.contradiction import (
    FEATURES,
    ContradictionModel,
    contradiction_features,
    contradictions,
    denying,
)
from assistant.answering.models import contradiction_model
from assistant.answering.shared_words import SharedWords
from assistant.schema import FoundStatement, Stance
from index.schema import Claim, ClaimMatch, Hit, Signals
from index.structure.passages import make_passages
from tests.assistant.answering.sample import HOURS, LENT
from tests.assistant.sample import RULES

MODEL = contradiction_model()
WORDS = SharedWords(make_passages(RULES))


def stated(
    text: str, chance: float = 0.9, message: str = "", claims: tuple[ClaimMatch, ...] = ()
) -> FoundStatement:
    """A statement for which the loan and the hours were found, the loan first and near."""
    hits = (Hit(LENT, Signals(dense_passage=0.95), 1.0), Hit(HOURS, Signals(dense_passage=0.85), 0.5))
    return FoundStatement(text, text, chance, message or text, hits, claims)


@pytest.mark.parametrize(
    ("text", "written"), [("每次可借3本", "５本"), ("每次可借三本书", "５本"), ("借期60天", "30天")]
)
def test_both_stretches_are_set_side_by_side(text: str, written: str) -> None:
    (found,) = contradictions([stated(text)], MODEL, WORDS)
    assert found.claimed == text
    assert found.evidence.passage == LENT
    assert RULES.text[slice(*found.evidence.span)] == written
    assert found.evidence.stance is Stance.DENIES
    assert found.evidence.score >= MODEL.floor


@pytest.mark.parametrize(
    "statement",
    [
        stated("每次可借5本"),
        stated("每天开放8小时"),  # agrees with another passage found
        stated("借书证可以代办"),
        stated("每次可借3本", message="文件写的是每次5本，为什么我每次可借3本"),  # who sets both side by side
    ],
)
def test_what_agrees_or_names_the_texts_own_number_is_not_contradicted(statement: FoundStatement) -> None:
    assert contradictions([statement], MODEL, WORDS) == ()


def test_without_a_passage_nothing_is_contradicted() -> None:
    assert contradictions([FoundStatement("每次可借3本", "每次可借3本", 0.9, "")], MODEL, WORDS) == ()
    assert contradictions([], MODEL, WORDS) == ()


def test_a_prepared_false_claim_names_the_words_that_decide() -> None:
    false = ClaimMatch(Claim(LENT.id, "借书不限本数", False, "５本"), 0.99)
    sure = ContradictionModel({"first": 1.0}, 9.0, 0.5)
    (found,) = contradictions([stated("借书不限本数", claims=(false,))], sure, WORDS)
    assert RULES.text[slice(*found.evidence.span)] == "５本"
    true = ClaimMatch(Claim(LENT.id, "借书有本数的限制", True), 0.99)
    assert contradictions([stated("借书有本数的限制", claims=(true,))], sure, WORDS) == ()


def test_features_are_named_and_speak_for_and_against() -> None:
    differing = contradiction_features(stated("每次可借3本"), 0, WORDS)
    agreeing = contradiction_features(stated("每次可借5本"), 0, WORDS)
    assert tuple(differing) == tuple(agreeing) == FEATURES
    assert set(MODEL.weights) <= set(FEATURES)
    assert (differing["number"], differing["agrees"]) == (1, 0)
    assert (agreeing["number"], agreeing["agrees"]) == (0, 1)
    assert MODEL.chance(differing) > MODEL.floor > MODEL.chance(agreeing)


def test_only_a_number_of_the_same_thing_makes_a_no() -> None:
    span = denying("每次可借3本吗", LENT)
    assert span is not None
    assert RULES.text[slice(*span)] == "５本"
    assert denying("每次可借5本吗", LENT) is None
    assert denying("每天开放8小时吗", LENT) is None
    assert denying("可以借书吗", LENT) is None
