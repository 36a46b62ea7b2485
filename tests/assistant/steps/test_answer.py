"""The step that judges evidence; how it is judged is `assistant.answering`'s, which is a fake here."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import ClassVar

import pytest

from assistant.answering.strength import strong_from
from assistant.reading.reader import reader
from assistant.schema import (
    ComposedSentence,
    Composition,
    Evidence,
    Foreign,
    FoundStatement,
    Notice,
    NoticeKind,
    Question,
    Request,
    Status,
    SubQuestion,
    Turn,
)
from assistant.steps import answer as step
from index.library.library import Library
from index.schema import Hit, Passage, Signals
from index.structure.passages import make_passages
from prompts import reply
from tests.assistant.sample import DAY, RULES, library, quoted

LENT = quoted(RULES, "借期30天")
REQUEST = Request("每次能借几本？", DAY)
QUESTION = Question("每次能借几本？", standalone="每次能借几本？")
FOUND = (SubQuestion("每次能借几本？"),)
CHOSEN = (SubQuestion("每次能借几本？", evidence=(Evidence(LENT, (LENT.start, LENT.end)),), answered=True),)
STATED = (FoundStatement("每次借９本", "每次借9本", 0.5, "每次借９本"),)


class FakeAnswering:
    """Remembers what it was given, and judges as it is told to."""

    judged: ClassVar[SimpleNamespace]
    given: ClassVar[list[object]]

    def __init__(self, library: Library, passages: Sequence[Passage], *models: object) -> None:
        self.given.append((library, passages, *models))

    def answer(self, *asked: object) -> SimpleNamespace:
        self.given.append(asked)
        return self.judged


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> type[FakeAnswering]:
    FakeAnswering.given = []
    monkeypatch.setattr(step, "Answering", FakeAnswering)
    return FakeAnswering


def test_an_answer_is_taken_over_and_the_turn_goes_on(answering: type[FakeAnswering]) -> None:
    told = Composition((ComposedSentence("每次可借５本。", (LENT,)),), confidence=0.9)
    answering.judged = SimpleNamespace(parts=CHOSEN, answer=told, covered=True)
    turn = step.AnswerFromEvidence(library(), (), reader())(Turn(REQUEST, QUESTION, FOUND))
    assert (turn.answer, turn.parts, turn.status) == (told, CHOSEN, None)
    assert (turn.request, turn.question) == (REQUEST, QUESTION)


def test_what_nothing_answers_ends_the_turn_with_what_is_missing(answering: type[FakeAnswering]) -> None:
    refusal = Composition(missing=("押金",), confidence=0.8)
    answering.judged = SimpleNamespace(parts=FOUND, answer=refusal, covered=False)
    turn = step.AnswerFromEvidence(library(), (), reader())(Turn(REQUEST, QUESTION, FOUND))
    assert (turn.answer, turn.status) == (refusal, Status.NOT_COVERED)


def test_what_nothing_answers_and_is_about_other_matters_is_out_of_scope(
    answering: type[FakeAnswering],
) -> None:
    answering.judged = SimpleNamespace(parts=FOUND, answer=Composition(), covered=False)
    away = Foreign(talk=0.3, matter=0.5)
    turn = Turn(REQUEST, QUESTION, FOUND, STATED, foreign=away)
    ended = step.AnswerFromEvidence(library(), (), reader())(turn)
    assert ended.status is Status.OUT_OF_SCOPE
    assert ended.answer is not None
    assert ended.answer.confidence == 0.8
    assert answering.given[-1] == (REQUEST, QUESTION, FOUND, (), away)
    answering.judged = SimpleNamespace(parts=CHOSEN, answer=Composition(), covered=True)
    assert step.AnswerFromEvidence(library(), (), reader())(turn).status is None


def test_of_a_document_without_prepared_questions_nobody_knows_what_is_another_matter(
    answering: type[FakeAnswering],
) -> None:
    hit = Hit(LENT, Signals(), 1.0)
    parts = (replace(FOUND[0], hits=(hit,)),)
    answering.judged = SimpleNamespace(parts=parts, answer=Composition(), covered=False)
    turn = Turn(REQUEST, QUESTION, parts, foreign=Foreign(talk=0.1, matter=0.9))
    assert step.AnswerFromEvidence(library(), (), reader())(turn).status is Status.NOT_COVERED


def test_it_is_judged_once_a_turn_over_the_library_that_was_opened(answering: type[FakeAnswering]) -> None:
    answering.judged = SimpleNamespace(parts=FOUND, answer=Composition(), covered=False)
    held, passages = library(RULES), make_passages(RULES)
    judge = step.AnswerFromEvidence(held, passages, reader())
    judge(Turn(REQUEST, QUESTION, FOUND, STATED))
    opened, asked = answering.given
    assert opened == (held, passages, reader(), None, None)
    assert asked == (REQUEST, QUESTION, FOUND, STATED, Foreign())


def test_a_turn_without_anything_searched_passes_unjudged(answering: type[FakeAnswering]) -> None:
    turn = Turn(REQUEST, QUESTION)
    assert step.AnswerFromEvidence(library(), (), reader())(turn) is turn
    assert len(answering.given) == 1  # only made


@pytest.mark.parametrize("covered", [True, False])
def test_beside_help_lines_only_strong_evidence_is_quoted(
    answering: type[FakeAnswering], covered: bool
) -> None:
    near = Composition((ComposedSentence("关心师生。", (LENT,)),), confidence=strong_from() - 0.01)
    answering.judged = SimpleNamespace(parts=CHOSEN, answer=near, covered=covered)
    turn = Turn(REQUEST, QUESTION, FOUND, notices=(Notice(NoticeKind.SAFETY, "110"),), in_danger=True)
    told = step.AnswerFromEvidence(library(), (), reader())(turn)
    assert told.status is Status.NOT_COVERED
    assert told.answer is not None
    assert [sentence.text for sentence in told.answer.sentences] == [reply("distress")]
    assert told.notices == turn.notices


def test_beside_help_lines_strong_evidence_is_an_answer(answering: type[FakeAnswering]) -> None:
    sure = Composition((ComposedSentence("不得打人。", (LENT,)),), confidence=strong_from())
    answering.judged = SimpleNamespace(parts=CHOSEN, answer=sure, covered=True)
    turn = Turn(REQUEST, QUESTION, FOUND, notices=(Notice(NoticeKind.SAFETY, "110"),), in_danger=True)
    assert step.AnswerFromEvidence(library(), (), reader())(turn).answer is sure
