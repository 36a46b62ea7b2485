"""Who may call: keys, scopes, origins, limits, and whose a conversation is; with the real database."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from assistant.access.keys import Key, Scope, new_token
from assistant.access.rules import Rules
from assistant.api.access import Access
from assistant.api.app import AppOptions, create_app
from assistant.storage import keys as stored_keys
from assistant.storage.store import Store
from tests.assistant.api.problem import LOOPBACK, check_problem

if TYPE_CHECKING:
    from sqlalchemy import Row

    from assistant.service import Assistant

ASK = "/v1/ask"
PAGE = "https://www.example.edu.cn"
QUESTION = {"question": "公办幼儿园的占比要达到多少？"}
NOW = datetime.now(UTC)

MakeKey = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path_factory.mktemp('access') / 'c.sqlite'}")
    yield made
    made.close()


@pytest.fixture(scope="module")
def make_key(store: Store) -> MakeKey:
    """Makes a key and gives the header that shows it."""

    def make(*scopes: Scope, **fields: Any) -> dict[str, str]:
        token, identifier, digest = new_token()
        store.keys.add(
            Key(identifier, "test", frozenset(scopes or {Scope.ASK}), digest, created_at=NOW, **fields)
        )
        return {"Authorization": f"Bearer {token}"}

    return make


@pytest.fixture(scope="module")
def served(assistant: "Assistant", store: Store) -> Callable[[Rules], TestClient]:
    """A client of a server with these rules; it keeps all in `store`."""
    from assistant.service import Assistant

    own = Assistant(assistant._opened, store, assistant.settings, assistant.clock)

    def serve(rules: Rules) -> TestClient:
        app = create_app(lambda: own, store, AppOptions(rules))
        client = TestClient(app, base_url=LOOPBACK, raise_server_exceptions=False)
        with client:
            assert app.state.opening.wait(30)
        return client

    return serve


@pytest.fixture(scope="module")
def guarded(served: Callable[[Rules], TestClient]) -> TestClient:
    return served(Rules(keys_needed=True, pages_open=False, refused_minute="9999/minute"))


def key_id(shown: Mapping[str, str]) -> str:
    return shown["Authorization"].split("_")[1]


CALLS = [
    ("GET", "/v1/documents", None),
    ("POST", ASK, QUESTION),
    ("POST", "/v1/search", {"query": "幼儿园"}),
    ("POST", "/v1/verify", {"quote": "公办园"}),
    ("POST", "/v1/feedback", {"answer_id": "ans_1", "rating": "up"}),
    ("GET", "/v1/conversations", None),
    ("GET", "/v1/nothing", None),
    ("GET", "/metrics", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_without_a_good_key_nothing_is_let_in(
    guarded: TestClient, make_key: MakeKey, store: Store, method: str, path: str, body: Any
) -> None:
    def call(headers: Mapping[str, str]) -> Any:
        return guarded.request(method, path, json=body, headers=headers)

    problem = call({})
    check_problem(problem, 401, "no-key")
    assert problem.headers["www-authenticate"].startswith("Bearer")
    good = make_key(Scope.ASK, Scope.METRICS)
    other = new_token()[0]
    wrong = [
        "Bearer ", "Bearer x", "Basic eDp5", f"Bearer {other}", good["Authorization"][:-1],
        good["Authorization"][:-1] + ("A" if good["Authorization"][-1] != "A" else "B"),
        good["Authorization"] + "A", "Bearer pqa_\udcff", f"{good['Authorization']} x",
        f"Bearer pqa_{key_id(good)}_{other.split('_', 2)[2]}",
    ]  # fmt: skip
    for each in wrong:
        check_problem(call({"Authorization": each.encode("utf-8", "replace").decode()}), 401)
    for form in (good["Authorization"].removeprefix("Bearer "), "Basic eDp5"):
        badly = call({"Authorization": form})
        assert "Bearer pqa_" in badly.json()["detail"], "the key may be right, the way it is shown is not"
    assert "Bearer pqa_" not in call({"Authorization": f"Bearer {other}"}).json()["detail"]
    expired = make_key(Scope.ASK, Scope.METRICS, expires_at=NOW - timedelta(seconds=1))
    check_problem(call(expired), 401, "wrong-key")
    revoked = make_key(Scope.ASK, Scope.METRICS)
    assert call(revoked).status_code not in (401, 403)
    store.keys.revoke(key_id(revoked), datetime.now(UTC))
    check_problem(call(revoked), 401, "wrong-key")
    assert call(good).status_code not in (401, 403)
    assert call({"Authorization": good["Authorization"].replace("Bearer", "bearer")}).status_code != 401


def test_each_scope_is_for_its_own(guarded: TestClient, make_key: MakeKey) -> None:
    ask, metrics, admin = make_key(Scope.ASK), make_key(Scope.METRICS), make_key(Scope.ADMIN)
    check_problem(guarded.get("/metrics", headers=ask), 403, "other-scope")
    check_problem(guarded.post(ASK, json=QUESTION, headers=metrics), 403, "other-scope")
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for path in ("/v1/documents", "/v1/documents/plan"):
            check_problem(guarded.request(method, path, headers=ask), 403, "other-scope")
            assert guarded.request(method, path, headers=admin).status_code not in (401, 403)
    assert guarded.get("/metrics", headers=metrics).status_code == 200
    assert guarded.get("/metrics", headers=admin).status_code == 200
    assert guarded.post(ASK, json=QUESTION, headers=admin).status_code == 200
    assert guarded.get("/v1/documents", headers=ask).status_code == 200
    for method, path in (("GET", "/docs"), ("GET", "/documents"), ("POST", "/ask"), ("POST", "/chat/rename")):
        check_problem(guarded.request(method, path, headers=metrics), 403, "other-scope")
        assert guarded.request(method, path, headers=ask).status_code not in (401, 403)


@pytest.mark.parametrize("end", ["%0a", "%0A%0a", "%0d", "%00", "%7f"])
def test_a_line_break_makes_no_other_address_of_one(
    served: Callable[[Rules], TestClient], make_key: MakeKey, end: str
) -> None:
    client = served(Rules(keys_needed=True, pages_open=True))
    check_problem(client.get(f"/metrics{end}"), 404, "not-found")
    page = {**make_key(origins=(PAGE,)), "Origin": PAGE}
    file = {"file": ("通知.txt", "第一条 夜间开放。".encode())}
    for shown in (make_key(), page):
        check_problem(client.post(f"/v1/documents{end}", files=file, headers=shown), 404, "not-found")


def test_health_needs_no_key_and_pages_only_where_they_are_not_published(
    guarded: TestClient, served: Callable[[Rules], TestClient]
) -> None:
    assert guarded.get("/healthz").status_code == 200
    assert guarded.get("/readyz").status_code == 200
    check_problem(guarded.get("/docs"), 403, "not-published")
    published = served(Rules(keys_needed=True, pages_open=True))
    assert published.get("/docs").status_code == 200
    check_problem(published.get("/v1/documents"), 401, "no-key")


def test_on_ones_own_machine_no_key_is_asked_for_and_a_wrong_one_refused(
    served: Callable[[Rules], TestClient], make_key: MakeKey
) -> None:
    own = served(Rules())
    response = own.post(ASK, json=QUESTION)
    assert response.status_code == 200
    assert "ratelimit" not in response.headers
    unused = {"Authorization": "Bearer none"}  # some clients cannot do without
    assert own.post(ASK, json=QUESTION, headers=unused).status_code == 200
    wrong = {"Authorization": f"Bearer {new_token()[0]}"}
    check_problem(own.post(ASK, json=QUESTION, headers=wrong), 401, "wrong-key")
    check_problem(own.get("/metrics", headers=make_key(Scope.ASK)), 403, "other-scope")


def test_the_last_use_of_a_key_is_written_down(guarded: TestClient, make_key: MakeKey, store: Store) -> None:
    shown = make_key()
    before = store.keys.get(key_id(shown))
    assert before is not None
    assert before.last_used_at is None
    guarded.get("/v1/documents", headers=shown)
    after = store.keys.get(key_id(shown))
    assert after is not None
    assert after.last_used_at is not None
    assert datetime.now(UTC) - after.last_used_at < timedelta(minutes=1)


def test_a_pages_key_is_for_that_page_and_ours(guarded: TestClient, make_key: MakeKey) -> None:
    shown = make_key(origins=(PAGE,))
    asked = guarded.post(ASK, json=QUESTION, headers={**shown, "Origin": PAGE})
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == PAGE
    assert "origin" in asked.headers["vary"].lower()
    assert guarded.post(ASK, json=QUESTION, headers={**shown, "Origin": LOOPBACK}).status_code == 200
    for origin in ("https://evil.example", PAGE.replace("https", "http"), f"{PAGE}:8443", "null"):
        response = guarded.post(ASK, json=QUESTION, headers={**shown, "Origin": origin})
        check_problem(response, 403, "foreign-origin")
        assert "access-control-allow-origin" not in response.headers
    check_problem(guarded.post(ASK, json=QUESTION, headers=shown), 403, "foreign-origin")
    check_problem(guarded.get("/v1/conversations", headers={**shown, "Origin": PAGE}), 403)
    ordinary = make_key()
    check_problem(guarded.post(ASK, json=QUESTION, headers={**ordinary, "Origin": PAGE}), 403)
    check_problem(guarded.post(ASK, json=QUESTION, headers={"Origin": PAGE}), 401)


def test_browsers_may_ask_first_for_pages_that_have_a_key(guarded: TestClient, make_key: MakeKey) -> None:
    make_key(origins=("https://first.example",))
    make_key(origins=("https://gone.example",), revoked_at=NOW)
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    allowed = guarded.options(ASK, headers={"Origin": "https://first.example", **asked})
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == "https://first.example"
    assert "Authorization" in allowed.headers["access-control-allow-headers"]
    assert "POST" in allowed.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in allowed.headers
    others = ("https://gone.example", "https://evil.example", "null", "https://f%", "https://first_example")
    for origin in (*others, "HTTPS://FIRST.EXAMPLE", "https://" + "%" * 30_000, '"', "\\"):
        check_problem(guarded.options(ASK, headers={"Origin": origin, **asked}), 403, "foreign-origin")
    check_problem(guarded.get("/docs", headers={"Origin": "https://first.example"}), 403, "foreign-origin")


def test_a_strangers_page_costs_no_look_at_every_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Key] = []

    def noted(row: "Row[Any]") -> Key:
        read.append(make_key(row))
        return read[-1]

    make_key = stored_keys._key
    monkeypatch.setattr(stored_keys, "_key", noted)
    store = Store(f"sqlite:///{tmp_path / 'c.sqlite'}")
    for number in range(20):
        _, identifier, digest = new_token()
        pages = (f"https://{number}.example",)
        store.keys.add(Key(identifier, "test", frozenset({Scope.ASK}), digest, pages, created_at=NOW))
    access = Access(Rules(keys_needed=True), store.keys, store.counters)
    read.clear()
    assert access.allows_origin("https://19.example")
    assert not any(access.allows_origin(f"https://{number}.evil.example") for number in range(20))
    assert [key.origins for key in read] == [("https://19.example",)]
    store.close()


def test_a_key_may_be_used_so_often(guarded: TestClient, make_key: MakeKey) -> None:
    shown = make_key(per_minute=3, per_day=100)
    for left in (2, 1, 0):
        response = guarded.get("/v1/documents", headers=shown)
        assert response.status_code == 200
        assert f'"minute";r={left};t=' in response.headers["ratelimit"]
        assert response.headers["ratelimit-policy"] == '"minute";q=3;w=60, "day";q=100;w=86400'
    refused = guarded.get("/v1/documents", headers=shown)
    assert check_problem(refused, 429, "too-many")["detail"]
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert guarded.get("/v1/documents", headers=make_key(per_minute=3)).status_code == 200


def test_questions_that_are_asked_again_count_as_often_as_they_are_answered(
    guarded: TestClient, make_key: MakeKey
) -> None:
    shown = make_key(per_minute=14)
    asked = [{"role": "user", "content": QUESTION["question"]}] * 15
    body = {"model": "policy-qa", "messages": asked}
    assert guarded.post("/v1/chat/completions", json=body, headers=shown).status_code == 200
    response = guarded.get("/v1/documents", headers=shown)
    assert '"minute";r=2;' in response.headers["ratelimit"], "one, ten before it, and this"
    refused = guarded.post("/v1/chat/completions", json=body, headers=shown)
    assert 0 < int(refused.headers["retry-after"]) <= 60
    check_problem(refused, 429, "too-many")


def test_one_address_may_open_pages_and_use_a_pages_key_so_often(
    served: Callable[[Rules], TestClient], make_key: MakeKey
) -> None:
    client = served(Rules(keys_needed=True, pages_open=True, address_minute="2/minute"))
    shown = {**make_key(origins=(PAGE,)), "Origin": PAGE}
    codes = [client.get("/v1/documents", headers=shown).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert [client.get("/docs").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/docs/start.js").status_code == 200
    ordinary = make_key()
    assert [client.get("/v1/documents", headers=ordinary).status_code for _ in range(3)] == [200] * 3


def test_guessing_keys_is_slowed_down(served: Callable[[Rules], TestClient]) -> None:
    client = served(Rules(keys_needed=True, refused_minute="2/minute"))
    codes = [client.get("/v1/documents", headers={"Authorization": "Bearer x"}).status_code for _ in range(4)]
    assert codes == [401, 401, 429, 429]


def test_one_conversation_takes_so_many_questions(
    served: Callable[[Rules], TestClient], make_key: MakeKey
) -> None:
    client = served(Rules(keys_needed=True, conversation_minute="1/minute"))
    shown = make_key()
    first = client.post(ASK, json=QUESTION, headers=shown).json()
    further = {"question": "那要到哪一年？", "conversation_id": first["conversation_id"]}
    assert client.post(ASK, json=further, headers=shown).status_code == 200
    check_problem(client.post(ASK, json=further, headers=shown), 429, "too-many")


def test_two_visitors_with_one_widget_key_do_not_see_each_other(
    guarded: TestClient, make_key: MakeKey
) -> None:
    shown = {**make_key(origins=(PAGE,)), "Origin": PAGE}
    mine, others = (guarded.post(ASK, json=QUESTION, headers=shown).json() for _ in range(2))
    secret = {"X-Conversation-Secret": others["conversation_secret"]}
    further = {"question": "那要到哪一年？", "conversation_id": mine["conversation_id"]}
    path = f"/v1/conversations/{mine['conversation_id']}"
    for headers in (shown, {**shown, **secret}):
        check_problem(guarded.post(ASK, json=further, headers=headers), 404)
        check_problem(guarded.get(path, headers=headers), 404)
        check_problem(guarded.patch(path, json={"title": "别人改的"}, headers=headers), 404)
        check_problem(guarded.delete(path, headers=headers), 404)
        check_problem(guarded.get("/v1/conversations", headers=headers), 403)
    own = {**shown, "X-Conversation-Secret": mine["conversation_secret"]}
    assert guarded.post(ASK, json=further, headers=own).status_code == 200
    assert len(guarded.get(path, headers=own).json()["exchanges"]) == 2
    assert guarded.delete(path, headers=own).status_code == 204
    check_problem(guarded.get(path, headers=own), 404)


def test_an_ordinary_key_has_its_own_conversations_and_no_others(
    guarded: TestClient, make_key: MakeKey
) -> None:
    mine, others = make_key(), make_key()
    begun = guarded.post(ASK, json=QUESTION, headers=mine).json()
    path = f"/v1/conversations/{begun['conversation_id']}"
    listed = guarded.get("/v1/conversations", headers=mine).json()["conversations"]
    assert [each["id"] for each in listed] == [begun["conversation_id"]]
    assert listed[0]["title"] == QUESTION["question"]
    assert guarded.get("/v1/conversations", headers=others).json() == {"conversations": []}
    check_problem(guarded.get(path, headers=others), 404)
    share = f"/v1/answers/{begun['id']}/share"
    check_problem(guarded.post(share, headers=others), 404)
    check_problem(
        guarded.post("/v1/feedback", json={"answer_id": begun["id"], "rating": "up"}, headers=others), 404
    )
    with_secret = {**others, "X-Conversation-Secret": f"x, {begun['conversation_secret']}"}
    assert guarded.get(path, headers=with_secret).json()["id"] == begun["conversation_id"]
    renamed = guarded.patch(path, json={"title": "  幼儿园  "}, headers=mine).json()
    assert renamed["title"] == "幼儿园"
    assert guarded.get(path, headers=mine).json()["title"] == "幼儿园"


def test_without_keys_a_conversation_is_listed_by_its_secret(
    served: Callable[[Rules], TestClient],
) -> None:
    own = served(Rules())
    first, second = (own.post(ASK, json=QUESTION).json() for _ in range(2))
    assert own.get("/v1/conversations").json() == {"conversations": []}
    shown = {"X-Conversation-Secret": f"{first['conversation_secret']},{second['conversation_secret']}"}
    listed = own.get("/v1/conversations", headers=shown).json()["conversations"]
    assert {each["id"] for each in listed} == {first["conversation_id"], second["conversation_id"]}
    again = own.post(
        ASK, json={"question": "那要到哪一年？", "conversation_id": first["conversation_id"]}, headers=shown
    ).json()
    assert again["conversation_secret"] is None


def test_where_keys_cannot_be_looked_up_nobody_is_let_in(assistant: "Assistant", tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    path.write_text("这不是数据库。" * 200, encoding="utf-8")
    store = Store(f"sqlite:///{path}")
    app = create_app(lambda: assistant, store, AppOptions(Rules(keys_needed=True)))
    with TestClient(app, base_url=LOOPBACK) as client:
        assert app.state.opening.wait(30)
        assert client.get("/healthz").status_code == 200
        shown = {"Authorization": f"Bearer {new_token()[0]}"}
        problem = client.get("/v1/documents", headers=shown)
        assert "损坏" in check_problem(problem, 503, "storage")["detail"]
        assert int(problem.headers["retry-after"]) > 0
        check_problem(client.get("/v1/documents"), 401)


def test_without_its_database_the_service_answers_and_says_what_it_cannot_keep(
    assistant: "Assistant", tmp_path: Path
) -> None:
    from assistant.service import Assistant

    path = tmp_path / "c.sqlite"
    path.write_text("这不是数据库。" * 200, encoding="utf-8")
    store = Store(f"sqlite:///{path}")
    own = Assistant(assistant._opened, store, assistant.settings, assistant.clock)
    app = create_app(lambda: own, store)
    with TestClient(app, base_url=LOOPBACK) as client:
        assert app.state.opening.wait(30)
        answer = client.post(ASK, json=QUESTION).json()
        assert answer["status"] == "answered"
        (notice,) = (each for each in answer["notices"] if each["kind"] == "not_stored")
        assert "损坏" in notice["text"]
        streamed = client.post(ASK, json=QUESTION, headers={"Accept": "text/event-stream"})
        assert "event: done" in streamed.text
        assert "not_stored" in streamed.text
        further = {"question": "那要到哪一年？", "conversation_id": answer["conversation_id"]}
        secret = {"X-Conversation-Secret": answer["conversation_secret"]}
        check_problem(client.post(ASK, json=further, headers=secret), 503, "storage")
        check_problem(client.get("/v1/conversations", headers=secret), 503, "storage")
        assert client.get("/v1/documents").status_code == 200
        assert client.post("/v1/search", json={"query": "幼儿园"}).status_code == 200
        detail = check_problem(client.get("/readyz"), 503, "storage")["detail"]
        assert "损坏" in detail
        assert "照最后知道的办：照常回答" in detail


def test_a_share_leads_to_its_answer_until_it_is_withdrawn(
    guarded: TestClient, make_key: MakeKey, store: Store
) -> None:
    shown = make_key()
    answer = guarded.post(ASK, json=QUESTION, headers=shown).json()
    share = f"/v1/answers/{answer['id']}/share"
    made = guarded.post(share, headers=shown).json()
    token = made["url"].removeprefix(f"{LOOPBACK}/a/")
    opened = store.shares.opened(token)
    assert opened is not None
    assert opened.answer_id == answer["id"]
    assert opened.expires_at == datetime.fromisoformat(made["expires"])
    assert datetime.fromisoformat(made["expires"]) > datetime.now(UTC) + timedelta(days=29)
    for wrong in ("", "x", token[:-1], token + "A", "A" * 22):
        assert store.shares.opened(wrong) is None
    assert guarded.delete(share, headers=shown).status_code == 204
    assert store.shares.opened(token) is None
    check_problem(guarded.post("/v1/answers/ans_none/share", headers=shown), 404)


def test_keys_are_kept_by_their_digest_alone(store: Store, make_key: MakeKey) -> None:
    shown = make_key()
    found = store.keys.get(key_id(shown))
    assert found is not None
    secret = shown["Authorization"].split("_", 2)[2]
    file = store.database.file
    assert file is not None
    kept = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert secret.encode() not in kept
    assert found.digest.encode() in kept
    assert secret not in repr(found)
    assert replace(found, digest="").belongs_to(secret) is False
