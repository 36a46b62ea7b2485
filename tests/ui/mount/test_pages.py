"""What a page is told, what it may wait for, and whose conversation it is."""

import threading
import time

import httpx
import pytest
from fastapi.testclient import TestClient
from gradio.queueing import Queue

from assistant.api import work
from assistant.api.app import create_app
from assistant.api.problems import busy
from assistant.service import Assistant
from assistant.storage.conversations import conversation_of, new_secret
from assistant.storage.store import Store
from index.search.open_index import open_index
from tests.assistant.api.problem import LOOPBACK, check_problem
from tests.ui.mount.client import ASK, CANCEL, DATA, JOIN, QUESTION, Page, Records, texts
from ui.chat.engine import CONCURRENCY
from ui.mount.sessions import WAITING

FIRST, NEXT = "公办幼儿园的占比要达到多少？", "这个比例要到哪年？"


def answer_of(server_assistant: Assistant, told: dict[str, str]) -> str:
    """The text of the answer that a page was told of."""
    answer = server_assistant.store.conversations.answer(told["answer"])
    assert answer is not None
    return answer.answer


def test_one_pages_conversation_is_no_other_pages(server: str, page: Page, assistant: Assistant) -> None:
    assert page.event(FIRST)["kind"] == "answered"
    assert "2022" in answer_of(assistant, page.event(NEXT))
    secret, own = page.secret, conversation_of(page.secret)
    other = Page(server)
    with other.http:
        for guess in ("", secret[:-1], f"{secret} ", f" {secret}", "cnv_" + "0" * 32, own, "../" + secret):
            for begun in (True, False):
                told = other.event(NEXT, guess, begun)
                assert (told["kind"], told["lost"]) == ("fault", True), "what is no secret opens nothing"
        for guess in (secret[::-1], "a" * 43, secret.swapcase(), new_secret()):
            assert other.event(NEXT, guess, begun=True)["lost"], "nobody has begun it"
            told = other.event(NEXT, guess, begun=False)
            assert "幼儿园" not in answer_of(assistant, told)
            assert assistant.store.conversations.answer(told["answer"]).conversation_id != own  # type: ignore[union-attr]
            assistant.store.conversations.delete(conversation_of(guess))
    assert len(assistant.store.conversations.transcript(own)) == 2


def test_a_secret_goes_on_with_its_conversation_from_any_page(
    server: str, page: Page, assistant: Assistant
) -> None:
    page.event(FIRST)
    again = Page(server)  # reloaded, or after the server was started anew
    with again.http:
        told = again.event(NEXT, page.secret, begun=True)
    assert "2022" in answer_of(assistant, told)
    assert len(assistant.store.conversations.transcript(conversation_of(page.secret))) == 2


def test_pages_that_never_fetch_their_answers_are_forgotten(
    server: str, chat_queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.mount.sessions.SESSIONS", 20)
    nothing = texts(" ", new_secret())
    with httpx.Client(base_url=server, timeout=60) as client:
        for number in range(60):
            body = {"fn_index": ASK, "data": nothing, "session_hash": f"flood-{number}"}
            while client.post(JOIN, json=body).status_code == 503:
                time.sleep(0.05)
        for number in range(60):  # questions that ran when their page was forgotten end in their time
            time.sleep(0.2)
            body = {"fn_index": ASK, "data": nothing, "session_hash": f"later-{number}"}
            client.post(JOIN, json=body)
            if (found := _held(chat_queue)) <= 21:
                break
    assert found <= 30  # twenty, and those whose questions ended just now; kept for ever it would be sixty


def _held(queue: Queue) -> int:
    """Pages that Gradio keeps anything of."""
    return len({*queue.pending_messages_per_session, *queue.pending_event_ids_session})


def test_a_page_that_never_fetches_waits_for_little(page: Page) -> None:
    body = {"fn_index": ASK, "data": texts("！" * 1000, page.secret)}
    answers = [page.join(body).status_code for _ in range(10)]
    assert answers.count(200) <= WAITING
    assert set(answers[WAITING:]) == {503}
    told = page.told()
    assert told.count("process_completed") == answers.count(200)
    assert page.join(body).status_code == 200


def test_who_comes_when_all_places_are_taken_is_told_to_come_back(
    server: str, chat_queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane, leave = work.Lane("pages-test", 1), threading.Event()
    holding = lane.begin(leave.wait)
    monkeypatch.setattr(work, "ANSWERING", lane)
    monkeypatch.setattr(chat_queue, "max_size", 1)
    pages = [Page(server) for _ in range(CONCURRENCY + 4)]
    try:
        refused = []
        for page in pages:
            joined = page.asks(QUESTION)
            if joined.status_code != 200:
                refused.append(check_problem(joined, 503))
            time.sleep(0.2)  # a place is taken once the queue has looked
        assert len(refused) >= 2
        assert all(each["detail"] == busy().detail for each in refused)
    finally:
        leave.set()
    holding.result()
    monkeypatch.undo()
    assert pages[-1].event(QUESTION)["kind"] == "answered"
    for page in pages:
        page.http.close()


def test_a_stream_is_open_only_while_there_is_something_to_tell(
    page: Page, logged: Records, capfd: pytest.CaptureFixture[str]
) -> None:
    assert page.event(QUESTION)["kind"] == "answered"
    for _ in range(3):
        check_problem(page.http.get(DATA, params={"session_hash": page.session}), 404)
    assert page.http.head(DATA, params={"session_hash": page.session}).status_code == 405
    assert page.event(QUESTION)["kind"] == "answered"
    assert not logged
    assert "Traceback" not in capfd.readouterr().err


def test_a_page_that_hangs_up_can_ask_again(
    server: str, page: Page, logged: Records, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        page.asks(QUESTION)
        with page.http.stream("GET", DATA, params={"session_hash": page.session}) as answer:
            assert answer.status_code == 200
        time.sleep(0.3)
    assert page.event(QUESTION)["kind"] == "answered"
    assert not logged
    assert "Traceback" not in capfd.readouterr().err


def test_an_event_is_stopped_as_the_page_stops_it(page: Page, logged: Records) -> None:
    event = page.asks(QUESTION).json()["event_id"]
    stop = {"fn_index": ASK, "event_id": event, "session_hash": page.session}
    assert page.http.post(CANCEL, json=stop).json() == {"success": True}
    assert page.event(QUESTION)["kind"] == "answered"
    assert not logged


def test_a_second_stream_of_a_page_is_refused_and_the_first_goes_on(page: Page, logged: Records) -> None:
    page.asks(QUESTION)
    query = {"session_hash": page.session}
    with page.http.stream("GET", DATA, params=query) as first:
        second = page.http.get(DATA, params=query)  # 404 too where the first is through already
        check_problem(second, 404)
        assert "process_completed" in "".join(first.iter_text())
    assert not logged


def test_the_page_and_two_workers_of_the_interface_share_a_conversation(
    server: str, page: Page, assistant: Assistant
) -> None:
    def worker() -> TestClient:
        store = Store(assistant.settings.conversations_url())
        other = Assistant(open_index(assistant.settings.index()), store, assistant.settings, assistant.clock)
        app = create_app(lambda: other, store)
        app.state.opening.start()
        app.state.opening.wait(60)
        return TestClient(app, base_url=LOOPBACK)

    page.event(FIRST)
    secret = page.secret
    with worker() as first, worker() as second:
        body = {"question": NEXT, "conversation_id": conversation_of(secret)}
        for client in (first, second):
            shown = {"X-Conversation-Secret": secret}
            assert "2022" in client.post("/v1/ask", json=body, headers=shown).json()["answer"]
    assert page.event("那普惠性的呢？")["kind"] == "answered"
    assert len(assistant.store.conversations.transcript(conversation_of(secret))) == 4
