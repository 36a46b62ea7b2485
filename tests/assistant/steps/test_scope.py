"""Which questions are turned away, by chances that the test sets."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import pytest

from assistant.schema import Foreign, Question, Request, Status, Turn
from assistant.steps import scope as step
from index.encoder.embedder import Vectors
from index.search.searcher import Searcher
from prompts import reply
from tests.assistant.sample import DAY

INTENTS = (
    "policy",
    "out_of_scope",
    "smalltalk",
    "clarify",
    "blocked",
    "distress",
    "about_documents",
    "about_operator",
)
LIMITS = {"blocked": 0.9, "foreign": 0.7, "foreign_topic": 0.8, "about": 0.6}
WHOLE = Question("整句，说的是一件事", standard="整句")
VECTORS = {"整句": (3.0, 4.0), "新的话": (-3.0, 4.0)}


class FakeSearcher:
    """Embeds the two texts that the test knows."""

    def embed(self, text: str) -> Vectors:
        return np.asarray(VECTORS[text], dtype=np.float32)


class FakeIntents:
    """Gives the chances it was made with, the rest to `policy`."""

    def __init__(self, chances: Mapping[str, float]) -> None:
        self._chances = chances

    def probabilities(self, vector: tuple[float, ...]) -> dict[str, float]:
        rest = 1 - sum(self._chances.values())
        return {name: self._chances.get(name, rest if name == "policy" else 0.0) for name in INTENTS}


def scoped(
    monkeypatch: pytest.MonkeyPatch,
    chances: Mapping[str, float],
    asked: Question = WHOLE,
    in_danger: bool = False,
) -> Turn:
    monkeypatch.setattr(step, "intent_model", lambda: FakeIntents(chances))
    monkeypatch.setattr(step, "thresholds", lambda: LIMITS)
    return step.Scope(cast("Searcher", FakeSearcher()))(
        Turn(Request("整句", DAY), asked, in_danger=in_danger)
    )


def test_a_question_for_the_documents_goes_on_with_its_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = scoped(monkeypatch, {"out_of_scope": 0.3, "clarify": 0.39})
    assert (turn.status, turn.answer, turn.notices) == (None, None, ())
    assert turn.question.vector == (3.0, 4.0)


@pytest.mark.parametrize(
    ("chances", "status", "confidence"),
    [
        ({"out_of_scope": 0.1, "smalltalk": 0.7}, Status.SMALLTALK, 0.8),
        ({"clarify": 1.0}, Status.CLARIFY, 1.0),
        ({"blocked": 0.6, "clarify": 0.2}, Status.OUT_OF_SCOPE, 0.8),  # not sure enough to say so
        ({"blocked": 0.9, "out_of_scope": 0.1}, Status.BLOCKED, 0.9),
    ],
)
def test_a_clear_verdict_ends_the_turn_with_its_reply(
    monkeypatch: pytest.MonkeyPatch, chances: dict[str, float], status: Status, confidence: float
) -> None:
    turn = scoped(monkeypatch, chances)
    assert turn.status is status
    assert turn.answer is not None
    assert turn.answer.confidence == pytest.approx(confidence)
    named = {Status.SMALLTALK: "smalltalk_other"}.get(status, status.value)
    assert [sentence.text for sentence in turn.answer.sentences] == [reply(named)]


@pytest.mark.parametrize(
    ("chances", "talk", "matter", "otherwise"),
    [
        ({"out_of_scope": 0.4, "smalltalk": 0.2, "clarify": 0.1}, 0.3, 0.4, Status.OUT_OF_SCOPE),
        ({"smalltalk": 0.4, "clarify": 0.2}, 0.6, 0.0, Status.SMALLTALK),
    ],
)
def test_what_is_not_clear_is_decided_where_its_answer_is_looked_for(
    monkeypatch: pytest.MonkeyPatch, chances: dict[str, float], talk: float, matter: float, otherwise: Status
) -> None:
    turn = scoped(monkeypatch, chances)
    assert (turn.status, turn.answer, turn.otherwise) == (None, None, otherwise)
    assert turn.foreign.talk == pytest.approx(talk)
    assert turn.foreign.matter == pytest.approx(matter)


@pytest.mark.parametrize("more", [{"smalltalk": 0.9}, {"blocked": 0.95}, {"out_of_scope": 0.45}])
def test_who_is_in_danger_is_never_turned_away(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, float]
) -> None:
    turn = scoped(monkeypatch, more, in_danger=True)
    assert (turn.status, turn.foreign) == (None, Foreign(matter=more.get("out_of_scope", 0.0)))


def test_a_follow_up_is_never_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Question(standard="整句", prefer=frozenset({"rules@2024-05-01#2.2"}))
    turn = scoped(monkeypatch, {"blocked": 0.99}, asked)
    assert (turn.status, turn.answer) == (None, None)
    assert turn.question.vector == (3.0, 4.0)


def test_what_is_new_in_a_follow_up_counts_as_much_as_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = scoped(monkeypatch, {}, Question(standard="整句", addition="新的话"))
    assert turn.question.vector == (0.0, 1.0)


def test_who_asks_the_assistant_about_itself_is_told_the_likeliest_topic(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chances = {"about_documents": 0.25, "about_operator": 0.4}
    turn = scoped(monkeypatch, chances, Question("你是哪个单位的?", standard="整句"))
    assert turn.status is Status.SMALLTALK
    assert turn.answer is not None
    assert turn.answer.about == "operator"
    assert turn.answer.confidence == pytest.approx(0.65)
    prefer = frozenset({"rules@2024-05-01#2.2"})
    follow_up = scoped(monkeypatch, chances, Question("你是哪个单位的?", standard="整句", prefer=prefer))
    assert follow_up.status is Status.SMALLTALK  # in a conversation as well


@pytest.mark.parametrize(
    ("clean", "chances"),
    [
        ("泳池归哪个单位管?", {"about_operator": 0.9}),  # does not speak to the assistant
        ("你是哪个单位的?", {"about_operator": 0.59}),
    ],
)
def test_who_does_not_clearly_ask_about_it_goes_on(
    monkeypatch: pytest.MonkeyPatch, clean: str, chances: dict[str, float]
) -> None:
    turn = scoped(monkeypatch, chances, Question(clean, standard="整句"))
    assert (turn.status, turn.answer) == (None, None)


@pytest.mark.parametrize(("clean", "status"), [("游泳池", None), ("游泳池，我想起来了", Status.SMALLTALK)])
def test_what_only_names_a_thing_goes_on_more_readily(
    monkeypatch: pytest.MonkeyPatch, clean: str, status: Status | None
) -> None:
    turn = scoped(monkeypatch, {"smalltalk": 0.75}, Question(clean, standard="整句"))
    assert turn.status is status


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("How many pupils?", True),
        ("PE 1 hour a day", True),
        ("GDP 4%", False),
        ("OK thanks", False),
        ("https://a.example/one-two-three", False),
        ("PE课每天 one hour a day", False),
    ],
)
def test_who_writes_another_language_is_asked_to_write_chinese(
    monkeypatch: pytest.MonkeyPatch, text: str, told: bool
) -> None:
    monkeypatch.setitem(VECTORS, text, (3.0, 4.0))
    turn = scoped(monkeypatch, {}, Question(text, standard=text))
    assert (turn.status is Status.CLARIFY) == told
    if turn.answer:
        assert turn.answer.sentences[0].text == reply("clarify_chinese")
    assert scoped(monkeypatch, {}, Question(text, standard=text), in_danger=True).status is None
