"""Which messages are answered from what is known of a document, by chances that the test sets."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import pytest

from assistant.question.message import understood
from assistant.schema import Exchange, RefusalReason, Request, Status, Turn
from assistant.steps import document as step
from assistant.steps.rewrite import Rewrite
from index.encoder.embedder import Vectors
from index.search.searcher import Searcher
from tests.assistant.sample import DAY, RULES, library

HELD = library(RULES)
VALIDITY = {"document_validity": 0.8}
ISSUER = {"document_issuer": 0.8}


class FakeSearcher:
    """Stands for a text by its place in a list of those that were asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, text: str) -> Vectors:
        self.asked.append(text)
        return np.asarray([len(self.asked) - 1], dtype=np.float32)


def answered(
    monkeypatch: pytest.MonkeyPatch,
    message: str,
    chances: Mapping[str, Mapping[str, float]],
    history: tuple[Exchange, ...] = (),
    in_danger: bool = False,
) -> Turn:
    """The turn after the step; `chances` by a word of the text that they are of."""
    searcher = FakeSearcher()

    class FakeIntents:
        def probabilities(self, vector: list[float]) -> dict[str, float]:
            text = searcher.asked[int(vector[0])]
            found = next((given for word, given in chances.items() if word in text), {})
            return {"policy": 1 - sum(found.values()), **found}

    monkeypatch.setattr(step, "intent_model", FakeIntents)
    monkeypatch.setattr(step, "thresholds", lambda: {"document": 0.6})
    turn = Rewrite()(Turn(Request(message, DAY, history), understood(message), in_danger=in_danger))
    return step.AnswerAboutDocument(HELD, cast("Searcher", searcher))(turn)


def test_what_is_known_is_an_answer_with_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = answered(monkeypatch, "这个文件还有效吗?", {"有效": VALIDITY})
    assert turn.status is Status.ANSWERED
    assert turn.answer is not None
    assert turn.answer.document_topics == ("validity",)
    assert turn.answer.confidence == pytest.approx(0.8)


def test_what_is_not_known_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = answered(monkeypatch, "这个文件谁发的?", {"谁发": ISSUER})
    assert turn.status is Status.NOT_COVERED
    assert turn.answer is not None
    assert turn.answer.refusal is not None
    assert turn.answer.refusal.reason is RefusalReason.NOT_STATED
    assert turn.answer.missing == ("发文机关",)


@pytest.mark.parametrize(
    "chances",
    [{}, {"document_validity": 0.59}],
)
def test_what_is_not_clearly_asked_of_a_document_goes_on(
    monkeypatch: pytest.MonkeyPatch, chances: dict[str, float]
) -> None:
    turn = answered(monkeypatch, "文凭还有效吗?", {"有效": chances})
    assert (turn.status, turn.answer) == (None, None)


def test_several_things_asked_of_a_document_are_all_said_unless_one_is_of_its_content(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chances = {"有效": VALIDITY, "谁发": ISSUER}
    turn = answered(monkeypatch, "文件是谁发的？现在还有效吗？", chances)
    assert turn.answer is not None
    assert set(turn.answer.document_topics) == {"validity", "issuer"}
    assert turn.status is Status.ANSWERED
    assert turn.answer.missing == ("发文机关",)
    mixed = answered(monkeypatch, "借书证在哪里办？文件现在还有效吗？", chances)
    assert mixed.status is None


def test_a_document_that_is_not_held_is_looked_for_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = answered(monkeypatch, "《渔业法》还有效吗?", {"有效": VALIDITY})
    assert turn.status is None


@pytest.mark.parametrize("message", ["渔业条例还有效吗?", "那个渔业法还有效吗?", "国务院的意见还有效吗?"])
def test_so_is_one_that_is_named_without_marks(monkeypatch: pytest.MonkeyPatch, message: str) -> None:
    assert answered(monkeypatch, message, {"有效": VALIDITY}).status is None


def test_where_somebody_is_in_danger_nothing_is_said_of_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = answered(monkeypatch, "这个文件还有效吗?", {"有效": VALIDITY}, in_danger=True)
    assert (turn.status, turn.answer) == (None, None)


def test_a_follow_up_is_judged_by_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    clause = "rules@2024-05-01#2.2"
    before = (Exchange("借期多长?", "借期多长?", Status.ANSWERED, "30天", (clause,), ("30天",)),)
    turn = answered(monkeypatch, "这个还有效吗?", {"借期": {}, "有效": VALIDITY}, before)
    assert turn.status is Status.ANSWERED


@pytest.mark.parametrize(
    ("message", "status"), [("那到底是哪年嘛?", None), ("这个文件哪年出的?", Status.ANSWERED)]
)
def test_the_year_of_what_clauses_said_is_not_that_of_the_document(
    monkeypatch: pytest.MonkeyPatch, message: str, status: Status | None
) -> None:
    clause = "rules@2024-05-01#2.2"
    before = (Exchange("借期多长?", "借期多长?", Status.ANSWERED, "30天", (clause,), ("30天",)),)
    dates = {"document_dates": 0.9}
    assert answered(monkeypatch, message, {"借期": {}, "哪年": dates}, before).status is status
