"""POST /chat/…: what the page's script asks for besides answers."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from assistant.access.rules import Rules
from assistant.api.app import AppOptions, create_app
from assistant.storage.conversations import conversation_of, new_secret
from assistant.storage.masking import TITLE
from tests.assistant.api.problem import LOOPBACK, check_problem
from ui.chat import calls

if TYPE_CHECKING:
    from assistant.schema import Answer
    from assistant.service import Assistant

QUESTION = "公办幼儿园的占比要达到多少？"
NEXT = "这个比例要到哪年？"
CALLS: dict[str, dict[str, Any]] = {
    "transcript": {"secret": "a" * 43},
    "rename": {"secret": "a" * 43, "title": "幼儿园"},
    "delete": {"secret": "a" * 43},
    "rate": {"answer_id": "ans_none", "rating": "up"},
    "share": {"answer_id": "ans_none"},
    "withdraw": {"answer_id": "ans_none"},
}


def client_of(assistant: "Assistant", rules: Rules | None = None) -> TestClient:
    app = create_app(lambda: assistant, assistant.store, AppOptions(rules or Rules()))
    app.include_router(calls.router)
    app.state.opening.start()
    app.state.opening.wait(60)
    return TestClient(app, base_url=LOOPBACK)


@pytest.fixture(scope="module")
def client(assistant: "Assistant") -> Iterator[TestClient]:
    with client_of(assistant) as opened:
        yield opened


def begun(assistant: "Assistant", *questions: str, key_id: str | None = None) -> tuple[str, list["Answer"]]:
    """The secret of a conversation with these questions, and their answers."""
    secret = new_secret()
    conversation = conversation_of(secret)
    first = assistant.ask(questions[0], new_conversation_id=conversation, key_id=key_id)
    return secret, [first, *(assistant.ask(each, conversation_id=conversation) for each in questions[1:])]


def call(client: TestClient, name: str, **body: Any) -> Any:
    return client.post(f"/chat/{name}", json={**CALLS[name], **body})


def test_a_secret_brings_back_what_stood_there(client: TestClient, assistant: "Assistant") -> None:
    secret, answers = begun(assistant, QUESTION, NEXT)
    found = call(client, "transcript", secret=secret)
    assert found.status_code == 200
    assert found.headers["cache-control"] == "no-store"
    shown = found.json()
    assert shown["turns"] == 2
    places = [shown["html"].index(f'data-answer="{each.id}"') for each in answers]
    assert places == sorted(places)
    assert shown["html"].count('data-tool="copy"') == 2, "for a page with script"
    assert secret not in shown["html"]
    assert conversation_of(secret) not in shown["html"]


@pytest.mark.parametrize("name", ["transcript", "rename", "delete"])
def test_no_other_secret_opens_it(client: TestClient, assistant: "Assistant", name: str) -> None:
    secret, _ = begun(assistant, QUESTION)
    guesses = [
        new_secret(),
        secret[::-1],
        secret.swapcase(),
        f"{secret} ",
        secret[:-1],
        "",
        conversation_of(secret),
    ]
    for guess in (*guesses, "a\ud800", "密" * 43):
        refused = client.post(
            f"/chat/{name}",
            content=_json({**CALLS[name], "secret": guess}),
            headers={"Content-Type": "application/json"},
        )
        problem = check_problem(refused, refused.status_code)
        assert refused.status_code in {404, 422}
        assert secret not in str(problem)
    check_problem(call(client, name, secret="a" * 65), 422)
    assert len(assistant.store.conversations.transcript(conversation_of(secret))) == 1


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


def test_a_conversation_is_renamed(client: TestClient, assistant: "Assistant") -> None:
    secret, _ = begun(assistant, QUESTION)
    done = call(client, "rename", secret=secret, title="  娃儿的幼儿园 13883456789 ")
    assert (done.status_code, done.content) == (204, b"")
    title = assistant.store.conversations.conversation(conversation_of(secret)).title
    assert title == "娃儿的幼儿园 [手机号]"
    for wrong in ("", "  ", "长" * (TITLE + 1), "\x00", 7, None, ["x"]):
        check_problem(call(client, "rename", secret=secret, title=wrong), 422)
    assert assistant.store.conversations.conversation(conversation_of(secret)).title == title


def test_a_conversation_is_deleted_with_all_that_hangs_on_it(
    client: TestClient, assistant: "Assistant"
) -> None:
    secret, (answer,) = begun(assistant, QUESTION)
    other, _ = begun(assistant, QUESTION)
    token = call(client, "share", answer_id=answer.id).json()["url"].rpartition("/")[2]
    assert assistant.store.shares.opened(token) is not None
    assert call(client, "delete", secret=secret).status_code == 204
    for name in ("transcript", "rename", "delete"):
        check_problem(call(client, name, secret=secret), 404)
    for name in ("rate", "share", "withdraw"):
        check_problem(call(client, name, answer_id=answer.id), 404)
    assert assistant.store.shares.opened(token) is None
    assert call(client, "transcript", secret=other).json()["turns"] == 1


def test_an_answer_is_rated_and_the_last_word_counts(client: TestClient, assistant: "Assistant") -> None:
    _, (answer,) = begun(assistant, QUESTION)
    assert call(client, "rate", answer_id=answer.id, rating="up").status_code == 200
    down = {"rating": "down", "reasons": ["not_answered"], "comment": " 我问的是高中，电话13883456789 "}
    kept = call(client, "rate", answer_id=answer.id, **down)
    assert kept.json()["comment"] == "我问的是高中，电话[手机号]"
    (rated,) = [each for each in assistant.store.ratings.rated() if each.answer.id == answer.id]
    assert (rated.rating.value, rated.comment) == ("down", "我问的是高中，电话[手机号]")
    for wrong in ({"rating": "maybe"}, {"rating": None}, {"reasons": ["x"]}, {"comment": "长" * 1001}):
        check_problem(call(client, "rate", answer_id=answer.id, **wrong), 422)


def test_an_answer_is_shared_and_withdrawn(client: TestClient, assistant: "Assistant") -> None:
    _, (answer, other) = begun(assistant, QUESTION, NEXT)
    pages = [call(client, "share", answer_id=each.id).json() for each in (answer, answer, other)]
    tokens = [each["url"].removeprefix(f"{LOOPBACK}/a/") for each in pages]
    assert len(set(tokens)) == 3
    assert all(each["expires"] for each in pages)
    assert not any(answer.id in token or answer.conversation_id in token for token in tokens)
    assert call(client, "withdraw", answer_id=answer.id).status_code == 204
    shares = assistant.store.shares
    assert [shares.opened(token) is None for token in tokens] == [True, True, False]


@pytest.mark.parametrize("name", ["rate", "share", "withdraw"])
def test_an_answer_that_is_not_there_or_belongs_to_a_key_is_not_found(
    client: TestClient, assistant: "Assistant", name: str
) -> None:
    _, (keyed,) = begun(assistant, QUESTION, key_id="abcdefabcdef")
    secret, (answer,) = begun(assistant, QUESTION)
    wrong = [
        keyed.id,
        "ans_" + "0" * 32,
        answer.conversation_id,
        secret,
        "",
        "../x",
        "ans_\x00",
        answer.id.upper(),
    ]
    for identifier in wrong:
        check_problem(call(client, name, answer_id=identifier), 404)
    assert not [each for each in assistant.store.ratings.rated() if each.answer.id in {keyed.id, answer.id}]


@pytest.mark.parametrize("name", CALLS)
def test_what_no_page_sends_is_refused(client: TestClient, name: str) -> None:
    path, good = f"/chat/{name}", CALLS[name]
    unknown = check_problem(client.post(path, json={**good, "answerId": "x", "conversation_id": "x"}), 422)
    assert "conversation_id" in str(unknown)
    for key in good:
        check_problem(client.post(path, json={other: good[other] for other in good if other != key}), 422)
        for wrong in (None, 7, True, ["x"], {"x": 1}):
            check_problem(client.post(path, json={**good, key: wrong}), 422)
    for body, kind, status in (
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"secret=x", "application/x-www-form-urlencoded", 415),
        (_json(good), "text/plain", 415),
        (b'{"secret": "' + b"a" * 70_000 + b'"}', "application/json", 413),
    ):
        check_problem(client.post(path, content=body, headers={"Content-Type": kind}), status)
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        check_problem(client.request(method, path), 405)
    check_problem(client.post(path, json=good, headers={"Origin": "https://evil.example"}), 403)
    check_problem(client.post(path, json=good, headers={"Host": "evil.example"}), 421)


@pytest.mark.parametrize("name", CALLS)
def test_while_nothing_is_open_what_needs_no_answer_is_done_and_the_rest_says_so(
    assistant: "Assistant", name: str
) -> None:
    from assistant.errors import IndexMissing

    def missing() -> "Assistant":
        raise IndexMissing("还没有索引，请先运行 policy-qa index build。")

    secret, (answer,) = begun(assistant, QUESTION)
    app = create_app(missing, assistant.store)
    app.include_router(calls.router)
    ours = {"secret": secret} if "secret" in CALLS[name] else {"answer_id": answer.id}
    done = call(TestClient(app, base_url=LOOPBACK), name, **ours)
    if name == "transcript":
        check_problem(done, 503)
        assert done.headers["retry-after"]
    else:
        assert done.status_code < 300


def test_published_pages_need_no_key_and_are_counted_by_address(assistant: "Assistant") -> None:
    secret, (answer,) = begun(assistant, QUESTION)
    rules = Rules(keys_needed=True, pages_open=True, address_minute="8/minute")
    with client_of(assistant, rules) as client:
        assert call(client, "transcript", secret=secret).status_code == 200
        assert call(client, "rename", secret=secret, title="幼儿园").status_code == 204
        assert call(client, "rate", answer_id=answer.id).status_code == 200
        assert call(client, "share", answer_id=answer.id).status_code == 200
        assert call(client, "withdraw", answer_id=answer.id).status_code == 204
        for _ in range(3):
            check_problem(call(client, "transcript", secret=new_secret()), 404)
        for name in CALLS:
            refused = call(client, name)
            check_problem(refused, 429)
            assert int(refused.headers["retry-after"]) > 0
        check_problem(client.post("/v1/feedback", json=CALLS["rate"]), 401)
    assert assistant.store.conversations.conversation(conversation_of(secret)).title == "幼儿园"


def test_where_pages_are_not_published_nothing_is_called_without_a_key(assistant: "Assistant") -> None:
    secret, _ = begun(assistant, QUESTION)
    with client_of(assistant, Rules(keys_needed=True, pages_open=False)) as client:
        for name in CALLS:
            check_problem(call(client, name), 403, "not-published")
        check_problem(call(client, "delete", secret=secret), 403, "not-published")
    assert assistant.store.conversations.transcript(conversation_of(secret))
