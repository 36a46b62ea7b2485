"""What stands on a page of the chat, without the page sending it back."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from assistant.api.problems import not_ready
from assistant.schema import MAX_QUESTION, Answer, Answerer, Exchange, Status
from assistant.storage.conversations import Answered, conversation_of, new_secret
from assistant.storage.ratings import Rating
from assistant.storage.store import Store
from ui.chat.listeners import Listeners
from ui.chat.transcript import PAGES, UNANSWERED, Pages, messages


def answered(number: int) -> Answered:
    answer = Answer(f"ans_{number}", "cnv_1", Status.ANSWERED, f"答{number}", "问", Answerer.EXTRACTIVE, 1.0)
    return Answered(f"问{number}", answer, datetime(2026, 3, 2, tzinfo=UTC))


def asked(pages: Pages, page: str, *numbers: int) -> list[str]:
    return [each.question for each in pages.shown(page, [answered(n) for n in numbers], None)]


def test_unanswered_questions_stand_where_they_were() -> None:
    pages = Pages()
    for question, *before in (("错一",), ("错二", 1), ("错三", 1), ("错四", 1, 2)):
        numbers = [int(str(number)) for number in before]
        pages.unanswered("page", pages.shown("page", map(answered, numbers), None), str(question), "…")
    assert asked(pages, "page", 1, 2) == ["错一", "问1", "错二", "错三", "问2", "错四"]
    assert asked(pages, "another", 1, 2) == ["问1", "问2"]
    pages.forget("page")
    assert asked(pages, "page", 1, 2) == ["问1", "问2"]


def test_few_of_few_pages_are_kept_and_none_without_end() -> None:
    pages = Pages()
    for number in range(UNANSWERED + 2):
        pages.unanswered("page", [], f"错{number}", "…")
    assert asked(pages, "page") == [f"错{number}" for number in range(2, UNANSWERED + 2)]
    pages.unanswered("long", [], "长" * 20_000, "…")
    assert len(asked(pages, "long")[0]) == MAX_QUESTION + 2
    for number in range(PAGES):
        pages.unanswered(f"p{number}", [], "错", "…")
    assert asked(pages, "page") == []


def test_a_question_is_text_in_the_messages() -> None:
    shown = messages(Pages().shown("page", [answered(1)], None), "<b>[x](y)</b>", None)
    assert [message["role"] for message in shown] == ["user", "assistant", "user"]
    assert all(isinstance(message["content"], str) for message in shown)
    assert "<" not in shown[-1]["content"]
    assert "[" not in shown[-1]["content"]


def id_of(question: str) -> str:
    return f"ans_{question.encode().hex()}"


class Chat:
    """The listeners over a real store and an assistant that answers at once, as one page uses them."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store = store
        self.told: list[str] = []
        for name in ("Info", "Warning"):
            monkeypatch.setattr(gr, name, lambda text, **_: self.told.append(text))
        self.open()

    def open(self) -> None:
        """Open the page anew; the server's memory of pages is gone with its process."""
        settings = SimpleNamespace(answerer=Answerer.EXTRACTIVE, contact=None)
        assistant: Any = SimpleNamespace(store=self.store, settings=settings, ask=self.answer)
        self.listeners = Listeners(lambda: assistant, ["例一", "例二"])
        self.secret = ""
        self.shown: list[dict[str, Any]] = []
        self.request = gr.Request(session_hash="page")

    def answer(self, question: str, **known: Any) -> Answer:
        """What `Assistant.ask` does with a conversation, without a search."""
        if question.startswith("错"):
            raise OSError("disk")
        conversation = known.get("new_conversation_id") or known["conversation_id"]
        if "conversation_id" in known:
            self.store.conversations.history(conversation)
        answer = Answer(
            id_of(question), conversation, Status.ANSWERED, question, "问", Answerer.EXTRACTIVE, 1.0
        )
        self.store.conversations.append(answer, Exchange(question, question, Status.ANSWERED))
        return answer

    def ask(self, *questions: str) -> list[str]:
        """The questions on the page after these were asked."""
        for question in questions:
            for _, shown, secret in self.listeners.typed(question, self.secret, self.request):
                self.shown = shown if isinstance(shown, list) else self.shown
                self.secret = secret if isinstance(secret, str) else self.secret
        return [message["content"] for message in self.shown[::2]]

    def rate(self, place: int) -> str | None:
        """What the store has as rated after the answer at `place` on the page got a thumb up."""
        before = {rated.answer.id for rated in self.store.ratings.rated()}
        detail = {"index": [2 * place + 1, 0], "value": "", "liked": True}
        self.listeners.rated(gr.LikeData(None, detail), self.request)
        new = {rated.answer.id for rated in self.store.ratings.rated() if rated.rating is Rating.UP} - before
        return new.pop() if new else None


@pytest.fixture
def chat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    store = Store(f"sqlite:///{tmp_path / 'c.sqlite'}")
    yield Chat(store, monkeypatch)
    store.close()


def test_a_rating_is_the_answers_above_the_thumb(chat: Chat) -> None:
    questions = [f"问{number}" for number in range(53)]
    shown = chat.ask(*questions[:2], "错甲", *questions[2:])
    assert shown[-1] == "问52"
    for place, question in enumerate(shown):
        rated = chat.rate(place)
        assert rated == (None if question == "错甲" else id_of(question)), place
    assert chat.told.count("谢谢，已记下您的评价。") == len(shown) - shown.count("错甲")


def test_a_rating_is_right_when_early_faults_are_forgotten_or_others_asked_meanwhile(chat: Chat) -> None:
    chat.ask("错甲", "问1", "问2", *["错乙"] * (UNANSWERED + 1))
    shown = chat.ask("问3")
    chat.answer("问4", conversation_id=conversation_of(chat.secret))  # over the API
    rated = {question: chat.rate(place) for place, question in enumerate(shown)}
    assert {rated["问1"], rated["问2"], rated["问3"]} == {id_of("问1"), id_of("问2"), id_of("问3")}
    assert rated["错乙"] is None


def test_a_rating_that_cannot_be_placed_is_told_and_not_guessed(chat: Chat) -> None:
    chat.ask("问1", "问2")
    secret = chat.secret
    chat.open()
    chat.secret = secret
    assert chat.rate(1) is None
    assert chat.told == ["这个评价没能记下。"]
    assert chat.ask("问3") == ["问1", "问2", "问3"]
    assert chat.rate(1) == id_of("问2")


def test_a_conversation_that_is_gone_is_said_to_be_and_another_begins(chat: Chat) -> None:
    chat.ask("问1")
    chat.secret = new_secret()
    assert chat.ask("问2") == ["问2"]
    assert "已经找不到了" in chat.shown[-1]["content"]
    assert chat.secret == ""
    assert chat.ask("问3") == ["问2", "问3"]
    assert chat.secret


def test_where_the_conversation_cannot_be_read_the_page_stays_as_it_is(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = chat.ask("问1", "问2")
    with monkeypatch.context() as broken:
        broken.setattr(chat.store.conversations, "transcript", lambda _id: [][1])
        updates = list(chat.listeners.typed("问3", chat.secret, chat.request))
    assert [update == gr.skip() for update in updates[0]] == [True, True, True], "the box keeps the question"
    assert "没能回答" in chat.told[-1]
    closed = Listeners(unready, [])
    assert list(closed.typed("问3", chat.secret, chat.request)) == updates
    assert "请过几秒再试" in chat.told[-1]
    assert chat.ask("问3") == [*before, "问3"]


def unready() -> Any:
    raise not_ready()


def test_a_fault_inside_tells_nothing_of_itself_and_stays_on_the_page(chat: Chat) -> None:
    assert chat.ask("错甲", "问1", "错乙") == ["错甲", "问1", "错乙"]
    assert "disk" not in json.dumps(chat.shown)
    assert chat.listeners.start_again(chat.request) == ("", [], "")
    chat.secret = ""
    assert chat.ask("问2") == ["问2"]
