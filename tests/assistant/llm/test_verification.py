"""The check of each sentence of a model; how well words support it is a fake's say."""

from collections.abc import Sequence
from typing import cast

import pytest

from assistant.llm.reply_lines import Said
from assistant.llm.support import Support, SupportChecker
from assistant.llm.verification import Rejected, SentenceVerifier, Verified, same_words
from prompts import Prompt

CARD = "居民凭身份证免费办理借书证，当场领取。"
LENT = "每次可借５本，借期30天。"
PASSAGES = (CARD, LENT)
PROMPT = Prompt(
    "测试-1",
    {"reason_words": "“{stretch}”不是原文", "reason_support": "意思不对", "reason_number": "没有编号"},
)


class FakeChecker:
    """Supports every sentence but those with one word, and remembers against what it was asked."""

    def __init__(self, against: str = "\0") -> None:
        self._against = against
        self.quotes: list[Sequence[str]] = []

    def check(self, sentence: str, quotes: Sequence[str]) -> Support:
        self.quotes.append(quotes)
        holds = self._against not in sentence
        return Support(0.9 if holds else 0.1, holds)


def verifier(checker: FakeChecker | None = None) -> SentenceVerifier:
    return SentenceVerifier(cast("SupportChecker", checker or FakeChecker()), PROMPT)


@pytest.mark.parametrize(
    ("said", "text", "passage"),
    [
        (Said("居民凭身份证免费办理借书证。", (1,)), "居民凭身份证免费办理借书证。", 0),
        (Said("每次可借５本，借期30天。", (2,)), "每次可借５本，借期30天。", 1),
        (Said("每次可借5本,借期30天", (2,)), "每次可借5本,借期30天。", 1),  # half-width, and no full stop
        (Said(" 每次可借５本。 ", (2,)), "每次可借５本。", 1),
        (Said("每次可借５本，借期30天。", (1,)), "每次可借５本，借期30天。", 1),  # cites the wrong one
        (Said("每次可借５本，借期30天。"), "每次可借５本，借期30天。", 1),
        (Said("每次可借５本，借期30天。", (0, 9, -1)), "每次可借５本，借期30天。", 1),
    ],
)
def test_a_sentence_in_a_quotation_s_words_gets_the_passage_it_is_from(
    said: Said, text: str, passage: int
) -> None:
    assert verifier().check(said, PASSAGES) == Verified(text, passage, 0.9)


def test_words_that_the_cited_passage_lacks_are_named_to_the_model() -> None:
    found = verifier().check(Said("每次可借９本，借期30天。", (2,)), PASSAGES)
    assert isinstance(found, Rejected)
    assert found.text == "每次可借９本，借期30天。"
    assert found.reason.endswith("”不是原文")
    assert found.reason.startswith("“9本")


def test_the_reason_is_that_of_the_first_passage_cited() -> None:
    found = verifier(FakeChecker("5本")).check(Said("每次可借5本，借期30天。", (2, 1)), PASSAGES)
    assert found == Rejected("每次可借5本，借期30天。", "意思不对")


def test_a_sentence_without_a_number_that_is_from_nowhere_is_told_to_give_one() -> None:
    for said in (Said("夜里十二点也开门。"), Said("夜里十二点也开门。", (3,)), Said("")):
        assert verifier().check(said, PASSAGES) == Rejected(said.text, "没有编号")
    assert verifier().check(Said("夜里十二点也开门。", (1,)), ()) == Rejected(
        "夜里十二点也开门。", "没有编号"
    )


def test_support_is_asked_of_one_passage_alone_and_only_for_its_own_words() -> None:
    checker = FakeChecker()
    verifier(checker).check(Said("每次可借５本，借期30天。", (1,)), PASSAGES)
    assert checker.quotes == [[LENT]]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("每次可借５本。", " 每次可借5本", True),
        ("可以借。", "可以借！", True),
        ("", "。", True),
        ("可以借。", "不可以借。", False),
        ("可以，借", "可以借", False),
    ],
)
def test_two_sentences_are_the_same_but_for_marks_at_the_end_and_spaces(
    one: str, other: str, same: bool
) -> None:
    assert same_words(one, other) is same
