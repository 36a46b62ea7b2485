"""A model's sentences in the place of an extract's lead; the model is a fake."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from assistant.llm.verification import Verified
from assistant.llm.writer import ModelPassage, Writer, Written
from assistant.schema import Answerer, ComposedSentence, Composition, Question, Request, SentenceKind, Turn
from assistant.steps.write import WriteSentences
from index.library.library import Library
from prompts import reply
from tests.assistant.sample import DAY, NEW, RULES, library, quoted

CARD = quoted(RULES, "居民凭身份证")
LENT = quoted(RULES, "借期30天")
LEAD = ComposedSentence("文件是这样写的：居民凭身份证免费办理借书证。", (CARD,))
CARD_QUOTED = ComposedSentence("「居民凭身份证免费办理借书证，当场领取。」", (CARD,), kind=SentenceKind.QUOTE)
LENT_QUOTED = ComposedSentence("「每次可借５本，借期30天。」", (LENT,), kind=SentenceKind.QUOTE)
EXTRACT = Composition((LEAD, CARD_QUOTED, LENT_QUOTED), confidence=0.9)
OF_CARD = Verified("居民凭身份证免费办理借书证。", 0, 0.95)
OF_LENT = Verified("每次可借５本。", 1, 0.8)
ASKED = "我的电话是13800138000，借书证要押金吗？"


class FakeWriter:
    """Tells the sentences it was made with."""

    model = SimpleNamespace(name="scripted")
    prompt = SimpleNamespace(version="answer-9")

    def __init__(
        self, *sentences: Verified, fault: str | None = None, silent: bool = False, failed: bool = False
    ) -> None:
        self._written = Written(sentences, fault, silent, failed)
        self.asked: list[tuple[str, Sequence[ModelPassage]]] = []

    def write(
        self, question: str, sources: Sequence[ModelPassage], on_sentence: Callable[[Verified], None]
    ) -> Written:
        self.asked.append((question, sources))
        for sentence in self._written.sentences:
            on_sentence(sentence)
        return self._written


def step(writer: FakeWriter | None, held: Library | None = None) -> WriteSentences:
    return WriteSentences(held or library(RULES), cast("Writer | None", writer))


def turn_of(extract: Composition | None = EXTRACT, answerer: Answerer = Answerer.LLM) -> Turn:
    return Turn(
        Request(ASKED, DAY, answerer=answerer),
        Question(ASKED, standalone=ASKED, standard=ASKED),
        answer=extract,
    )


def texts(turn: Turn) -> list[str]:
    assert turn.answer is not None
    return [sentence.text for sentence in turn.answer.sentences]


def test_the_extract_stays_where_no_model_is_asked_for_or_can_be() -> None:
    forged = replace(LENT, text="每次可借９本，借期30天。")
    unsure = replace(EXTRACT, sentences=(LEAD, ComposedSentence("「每次可借９本」", (forged,))))
    silent = Composition((ComposedSentence("文件里没有写到。"),))
    writer = FakeWriter(OF_CARD)
    for turn in (turn_of(answerer=Answerer.EXTRACTIVE), turn_of(None), turn_of(silent), turn_of(unsure)):
        assert step(writer)(turn) is turn
    assert writer.asked == []
    alone = turn_of()
    assert step(None)(alone) is alone


def test_verified_sentences_take_the_place_of_the_lead_and_the_quotations_follow() -> None:
    turn = step(FakeWriter(OF_CARD, OF_LENT))(turn_of())
    assert turn.answer is not None
    assert turn.answer.sentences == (
        ComposedSentence(OF_CARD.text, (CARD,), 0.95, SentenceKind.PARAPHRASE),
        ComposedSentence(OF_LENT.text, (LENT,), 0.8, SentenceKind.PARAPHRASE),
        CARD_QUOTED,
        LENT_QUOTED,
    )
    assert turn.answer.written_by == ("scripted", "answer-9")
    assert (turn.answer.confidence, turn.notices) == (0.9, ())


def test_a_quotation_that_was_told_whole_is_not_told_again() -> None:
    whole = Verified("每次可借5本，借期30天。", 1, 1.0)  # half-width, and still the whole
    assert texts(step(FakeWriter(OF_CARD, whole))(turn_of())) == [OF_CARD.text, whole.text, CARD_QUOTED.text]


@pytest.mark.parametrize(
    ("sentences", "order"),
    [
        ((OF_LENT, OF_CARD), [OF_CARD.text, OF_LENT.text]),  # what the main passage says comes first
        ((OF_LENT,), [LEAD.text, OF_LENT.text]),  # where nothing says it, the lead does
    ],
)
def test_what_the_main_passage_says_comes_first(sentences: tuple[Verified, ...], order: list[str]) -> None:
    heard: list[str] = []
    turn = step(FakeWriter(*sentences)).listened_to_by(lambda sentence: heard.append(sentence.text))(
        turn_of()
    )
    assert heard == order
    assert texts(turn)[: len(order)] == order


def test_a_lead_that_corrects_stays_and_is_told_at_once() -> None:
    heard: list[str] = []
    extract = replace(EXTRACT, correction=True)
    turn = step(FakeWriter(OF_LENT)).listened_to_by(lambda sentence: heard.append(sentence.text))(
        turn_of(extract)
    )
    assert heard == texts(turn)[:2] == [LEAD.text, OF_LENT.text]


@pytest.mark.parametrize(
    ("writer", "kind"),
    [
        (FakeWriter(failed=True), "unverified_model"),
        (FakeWriter(failed=True, silent=True), "unverified_model"),
        (FakeWriter(silent=True), "model_silent"),
        (FakeWriter(), "model_empty"),
        (FakeWriter(fault="timeout", failed=True), "model_fault"),
    ],
)
def test_without_a_verified_sentence_the_extract_stays_and_a_notice_says_why(
    writer: FakeWriter, kind: str
) -> None:
    turn = step(writer)(turn_of())
    assert turn.answer == EXTRACT
    assert [(notice.kind, notice.text) for notice in turn.notices] == [(kind, reply(kind))]


def test_what_the_extract_says_is_missing_stays_and_a_silent_model_adds_nothing() -> None:
    note = ComposedSentence("您问“电话”：文件里没有写到。")
    extract = replace(EXTRACT, sentences=(*EXTRACT.sentences, note), missing=("电话",))
    turn = step(FakeWriter(OF_CARD, silent=True))(turn_of(extract))
    assert turn.answer is not None
    assert turn.answer.missing == ("电话",)
    assert turn.answer.sentences[-1] == note
    assert turn.notices == ()


def test_the_model_gets_no_personal_data_and_titles_only_where_they_tell_documents_apart() -> None:
    writer = FakeWriter(OF_CARD)
    step(writer)(turn_of())
    step(writer, library())(turn_of())
    (question, alone), (_, among) = writer.asked
    assert "13800138000" not in question
    assert question.endswith("借书证要押金吗？")
    card = ModelPassage(CARD.id, "居民凭身份证免费办理借书证，当场领取。", "", "二、（一）")
    assert alone[0] == card
    assert among[0] == replace(card, title="河湾镇图书馆开放办法")


def test_a_model_gets_eight_passages_at_most() -> None:
    pages = [quoted(RULES, words) for words in ("周一", "周末", "居民凭", "借期30天", "鼓励学校", "为方便")]
    pages += [quoted(NEW, words) for words in ("为了读书", "十本书", "六天以上")]
    writer = FakeWriter()
    many = Composition(tuple(ComposedSentence(page.text, (page, page)) for page in pages))
    step(writer, library())(turn_of(many))
    assert [source.id for source in writer.asked[0][1]] == [page.id for page in pages[:8]]
