"""The events of one question, over a real store: what the page is told, and what of a fault."""

import asyncio
import logging
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assistant.api import work
from assistant.api.problems import TOO_MANY, ProblemError, busy, not_ready
from assistant.llm.client import ChatModel
from assistant.schema import MAX_QUESTION, Answerer
from assistant.service import Assistant
from assistant.settings import ModelSettings
from assistant.storage.conversations import conversation_of, new_secret
from assistant.storage.store import Store
from tests.assistant.api.problem import CHINESE, PLAN
from tests.assistant.llm.server import Messages, Reply, passages_of, scripted
from tests.conftest import TODAY
from ui.chat.asking import Asked
from ui.chat.engine import Event, events, make_engine

if TYPE_CHECKING:
    from assistant.settings import Settings

QUESTION = "公办幼儿园的占比要达到多少？"
NEXT = "这个比例要到哪年？"
WAYS = "山上娃儿少，单独开不起幼儿园，有啥子办法嘛？"


def told(assistant: Assistant, asked: Asked, converses: Any = lambda conversation: None) -> list[Event]:
    """The events of a question, without those that only say that it goes on."""
    return [each for each in events(lambda: assistant, converses, asked) if each["kind"] != "beat"]


def fault(given: list[Event], lost: bool = False) -> str:
    """What the only event, a fault, says."""
    assert given == [{"kind": "fault", "text": given[0]["text"], "lost": lost}]
    text: str = given[0]["text"]
    assert CHINESE.search(text)
    return text


def test_a_question_is_answered_and_kept_under_the_pages_own_secret(assistant: Assistant) -> None:
    secret = new_secret()
    (event,) = told(assistant, Asked(f"  {QUESTION}\n", secret, begun=False))
    assert set(event) == {"kind", "html", "answer"}
    assert event["kind"] == "answered"
    assert event["html"].strip().startswith(f'<li class="turn" id="turn-{event["answer"]}"')
    assert f"</span>{QUESTION}</h2>" in event["html"]
    assert "50％以上" in event["html"]
    assert 'data-tool="copy"' in event["html"], "for a page with script"
    (kept,) = assistant.store.conversations.transcript(conversation_of(secret))
    assert (kept.question, kept.answer.id) == (QUESTION, event["answer"])


def test_a_conversation_goes_on_whether_or_not_the_page_knows_that_it_has_begun(assistant: Assistant) -> None:
    secret = new_secret()
    told(assistant, Asked(QUESTION, secret, begun=False))
    for begun in (True, False):
        (event,) = told(assistant, Asked(NEXT, secret, begun))
        assert "2022" in event["html"]
    assert len(assistant.store.conversations.transcript(conversation_of(secret))) == 3


def test_a_question_that_is_asked_again_under_its_number_has_the_answer_that_it_had(
    assistant: Assistant,
) -> None:
    secret, number = new_secret(), "0123456789abcdef" * 2
    (first,) = told(assistant, Asked(QUESTION, secret, False, number=number))
    assert first["answer"] == f"ans_{number}"
    (again,) = told(assistant, Asked(QUESTION, secret, True, number=number))
    assert again == first
    conversation = conversation_of(secret)
    assert len(assistant.store.conversations.transcript(conversation)) == 1
    known = assistant.ask(NEXT, conversation_id=conversation, answer_id=first["answer"])  # both at once
    assert known.answer
    assert len(assistant.store.conversations.transcript(conversation)) == 1
    stranger = new_secret()
    (other,) = told(assistant, Asked(NEXT, stranger, False, number=number))
    assert other["answer"] != first["answer"], "the number of another conversation opens nothing"
    assert len(assistant.store.conversations.transcript(conversation_of(stranger))) == 1
    (kept,) = assistant.store.conversations.transcript(conversation)
    assert kept.question == QUESTION


@pytest.mark.parametrize("number", ["", "x", "0" * 31, "0" * 33, "G" * 32, "0" * 32 + "\n", "../" + "0" * 29])
def test_a_number_in_another_form_is_none(assistant: Assistant, number: str) -> None:
    (event,) = told(assistant, Asked(QUESTION, new_secret(), False, number=number))
    assert number == "" or number not in event["answer"]


def test_a_conversation_that_is_gone_is_said_to_be_and_begins_again_under_its_secret(
    assistant: Assistant,
) -> None:
    secret = new_secret()
    told(assistant, Asked(QUESTION, secret, begun=False))
    assistant.store.conversations.delete(conversation_of(secret))
    assert "已经找不到了" in fault(told(assistant, Asked(NEXT, secret, begun=True)), lost=True)
    assert told(assistant, Asked(QUESTION, secret, begun=False))[-1]["kind"] == "answered"
    assert len(assistant.store.conversations.transcript(conversation_of(secret))) == 1


@pytest.mark.parametrize("secret", ["", "a" * 42, "a" * 44, "../" + "a" * 40, "cnv_" + "0" * 32, "密" * 43])
def test_what_is_no_secret_opens_and_begins_nothing(assistant: Assistant, secret: str) -> None:
    for begun in (True, False):
        fault(told(assistant, Asked(QUESTION, secret, begun)), lost=True)


def test_what_the_asker_says_of_themselves_is_masked_on_the_page_too(assistant: Assistant) -> None:
    question = f"我电话13883456789，{QUESTION}"
    (event,) = told(assistant, Asked(question, new_secret(), begun=False))
    assert "13883456789" not in event["html"]
    assert "[手机号]" in event["html"]


def test_a_question_stays_within_the_chosen_documents(assistant: Assistant) -> None:
    (event,) = told(assistant, Asked(QUESTION, new_secret(), False, (PLAN, PLAN)))
    assert "50％以上" in event["html"]
    text = fault(told(assistant, Asked(QUESTION, new_secret(), False, (PLAN, "removed"))))
    assert "不再收录" in text
    assert "/v1" not in text


@pytest.mark.parametrize(
    ("question", "said"),
    [("", "问题是空的"), (" \n\u3000", "问题是空的"), ("学" * (MAX_QUESTION + 1), f"最多{MAX_QUESTION}个字")],
)
def test_what_is_no_question_is_said_to_be_none_and_begins_nothing(
    assistant: Assistant, question: str, said: str
) -> None:
    secret = new_secret()
    assert said in fault(told(assistant, Asked(question, secret, begun=False)))
    fault(told(assistant, Asked(QUESTION, secret, begun=True)), lost=True)


def test_problems_are_told_in_their_own_words(assistant: Assistant) -> None:
    def unready() -> Assistant:
        raise not_ready()

    def once_too_often(conversation: str) -> None:
        seen.append(conversation)
        raise ProblemError(TOO_MANY)

    asked, seen = Asked(QUESTION, new_secret(), begun=False), list[str]()
    assert fault(list(events(unready, lambda conversation: None, asked))) == not_ready().detail
    assert fault(told(assistant, asked, once_too_often)) == ProblemError(TOO_MANY).detail
    assert seen == [conversation_of(asked.secret)]


def test_where_the_line_is_full_the_page_is_told_to_come_back(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = work.Lane("engine-test", 1, waiting=0)
    monkeypatch.setattr(work, "ANSWERING", lane)
    leave = threading.Event()
    holding = lane.begin(leave.wait)
    try:
        assert fault(told(assistant, Asked(QUESTION, new_secret(), begun=False))) == busy().detail
    finally:
        leave.set()
    holding.result()
    assert told(assistant, Asked(QUESTION, new_secret(), begun=False))[-1]["kind"] == "answered"


def test_a_fault_that_nobody_foresaw_is_logged_and_tells_nothing_of_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken() -> Assistant:
        raise OSError("/etc/secret 13883456789")

    with caplog.at_level(logging.ERROR, "ui.chat.asking"):
        text = fault(list(events(broken, lambda conversation: None, Asked(QUESTION, new_secret(), False))))
    assert "没能回答" in text
    assert "/etc" not in text
    (record,) = caplog.records
    assert record.exc_info is not None
    assert "/etc" not in record.getMessage()


def test_where_the_database_fails_the_page_is_told_so(settings: "Settings", tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'folder' / 'c.sqlite'}")
    assistant = Assistant.open(settings, clock=lambda: TODAY, store=store)
    secret = new_secret()
    assert told(assistant, Asked(QUESTION, secret, begun=False))[-1]["kind"] == "answered"
    store.close()
    shutil.rmtree(tmp_path / "folder")
    (tmp_path / "folder").write_text("no folder any more")
    text = fault(told(assistant, Asked(NEXT, secret, begun=True)))
    assert str(tmp_path) not in text


def test_who_stops_listening_ends_the_asking(writing: Assistant) -> None:
    secret = new_secret()
    asking = events(lambda: writing, lambda conversation: None, Asked(WAYS, secret, begun=False))
    assert next(each for each in asking if each["kind"] != "beat") == {"kind": "found"}
    asking.close()  # type: ignore[attr-defined]
    until = threading.Event()
    until.wait(2)  # longer than the model takes
    fault(told(writing, Asked(WAYS, secret, begun=True)), lost=True)


def slowly(messages: Messages) -> Reply:
    """A lie, the first passage word by word, and what is no sentence of any."""
    first = passages_of(messages)[0]
    return Reply(f"幼儿园一律<b>免费</b>。[1]\n{first}[1]\n" + "慢" * 30, wait=0.2, piece=6, pause=0.01)


@pytest.fixture(scope="module")
def writing(settings: "Settings", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant for which a slow scripted model writes."""
    from index.search.open_index import open_index

    folder = tmp_path_factory.mktemp("writing")
    with scripted(slowly) as model:
        yield Assistant(
            open_index(settings.index()),
            Store(f"sqlite:///{folder / 'c.sqlite'}"),
            settings.model_copy(update={"answerer": Answerer.LLM}),
            lambda: TODAY,
            model=ChatModel(ModelSettings(model.base_url, "scripted")),
        )


def test_of_a_model_that_writes_the_page_sees_what_is_certain(writing: Assistant) -> None:
    given = told(writing, Asked(WAYS, new_secret(), begun=False))
    kinds = [event["kind"] for event in given]
    assert kinds[0] == "found"
    assert kinds[-1] == "answered"
    written = [event["html"] for event in given if event["kind"] == "written"]
    assert len(written) == len(kinds) - 2 > 0
    assert all(one in other for one, other in zip(_texts(written), _texts(written)[1:], strict=False))
    answer = writing.store.conversations.answer(given[-1]["answer"])
    assert answer is not None
    assert _texts(written)[-1] == "".join(answer.answer.split())
    for html in (*written, given[-1]["html"]):
        assert "免费" not in html
        assert "慢慢" not in html


def _texts(written: list[str]) -> list[str]:
    """What stands in each, without its paragraphs."""
    return ["".join(html.replace('<p class="lead">', "").replace("</p>", "").split()) for html in written]


def not_opened() -> Assistant:
    """For an engine that nobody asks."""
    raise not_ready()


def test_an_idle_queue_looks_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    engine, pauses, sleep = make_engine(not_opened), list[float](), asyncio.sleep
    own: list[asyncio.Task[None] | None] = []

    async def paused(seconds: float) -> None:
        if asyncio.current_task() not in own:  # the servers of other tests go on meanwhile, in other threads
            await sleep(seconds)
            return
        pauses.append(seconds)
        engine._queue.stopped = len(pauses) > 5

    async def processed() -> None:
        own.append(asyncio.current_task())
        await engine._queue.start_processing()

    monkeypatch.setattr(asyncio, "sleep", paused)
    asyncio.run(processed())
    assert min(pauses) >= 0.01, "Gradio's own pause is a thousandth of a second, day and night"
