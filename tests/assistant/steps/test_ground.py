"""The last step: only what stands in the stored text leaves."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.schema import (
    ComposedSentence,
    Composition,
    Refusal,
    RefusalReason,
    Request,
    Status,
    Turn,
)
from assistant.steps.ground import Ground, is_verbatim
from index.schema import Passage
from tests.assistant.sample import DAY, NEW, OLD, RULES, library, quoted

LIBRARY = library()
LENT = quoted(RULES, "借期30天")
CARD = quoted(RULES, "借书证，")
FORGED = replace(LENT, text=LENT.text.replace("５", "９"))
REQUEST = Request("每次能借几本？", DAY)
LEAD = ComposedSentence("文件是这样写的：每次可借５本。", (LENT,))
NOTE = ComposedSentence("另外，文件里没有写到押金。")


def grounded(*sentences: ComposedSentence, status: Status | None = None) -> Turn:
    told = Composition(sentences, "５本", missing=("押金",), confidence=0.7)
    return Ground(LIBRARY)(Turn(REQUEST, answer=told, status=status))


@pytest.mark.parametrize("status", [None, Status.ANSWERED])
def test_what_stands_in_the_text_leaves_as_it_is(status: Status | None) -> None:
    turn = grounded(LEAD, ComposedSentence("「居民凭身份证」", (CARD,)), NOTE, status=status)
    assert turn.status is Status.ANSWERED
    assert turn.answer is not None
    assert [sentence.passages for sentence in turn.answer.sentences] == [(LENT,), (CARD,), ()]
    assert (turn.answer.short_answer, turn.answer.missing) == ("５本", ("押金",))


def test_a_sentence_with_one_passage_that_fails_is_dropped() -> None:
    turn = grounded(LEAD, ComposedSentence("每次可借９本。", (CARD, FORGED)), NOTE)
    assert turn.status is Status.ANSWERED
    assert turn.answer is not None
    assert turn.answer.sentences == (LEAD, NOTE)


@pytest.mark.parametrize("sentences", [(), (NOTE,), (ComposedSentence("每次可借９本。", (FORGED,)), NOTE)])
def test_an_answer_left_without_evidence_is_a_refusal(sentences: tuple[ComposedSentence, ...]) -> None:
    turn = grounded(*sentences)
    assert turn.status is Status.NOT_COVERED
    assert turn.answer == Composition(missing=("押金",), refusal=Refusal(RefusalReason.NOT_VERBATIM))


def test_a_turn_without_an_answer_is_not_covered() -> None:
    turn = Ground(LIBRARY)(Turn(REQUEST))
    assert (turn.status, turn.answer) == (Status.NOT_COVERED, None)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ANSWERED])
def test_other_endings_pass(status: Status) -> None:
    turn = Turn(REQUEST, answer=Composition((ComposedSentence("您好！"),)), status=status)
    assert Ground(LIBRARY)(turn) is turn


@pytest.mark.parametrize(
    "passage",
    [
        replace(LENT, start=LENT.start + 1, end=LENT.end + 1),
        replace(LENT, text=LENT.text.replace("５", "5")),  # its half-width form is another text
        replace(LENT, start=LENT.start - len(RULES.text), end=LENT.end - len(RULES.text)),
        replace(LENT, end=LENT.start, text=""),
        replace(LENT, document_id="nothing"),
        replace(LENT, document_version="2024-05-02"),
        replace(quoted(NEW, "十本书"), document_version=OLD.version),
    ],
)
def test_a_passage_of_another_place_document_or_version_is_not_verbatim(passage: Passage) -> None:
    assert not is_verbatim(passage, LIBRARY)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(RULES.text) - 1), st.integers(1, 30))
def test_every_stretch_of_the_text_is_verbatim_and_no_other_is(start: int, length: int) -> None:
    stretch = RULES.text[start : start + length]
    passage = replace(LENT, start=start, end=start + len(stretch), text=stretch)
    assert is_verbatim(passage, LIBRARY)
    assert not is_verbatim(replace(passage, text=f"{stretch[:-1]}\x00"), LIBRARY)
