import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.api import models
from assistant.api.app import create_app
from assistant.api.bind import check_bind
from assistant.api.middleware import MAX_BODY_BYTES
from assistant.api.opening import Opening
from assistant.errors import IndexDamaged, IndexMissing, InvalidSettings

if TYPE_CHECKING:
    from assistant.service import Assistant

PLAN = "chongqing-education-modernization-2020-2022"
ASK = "/v1/ask"
SEARCH = "/v1/search"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
QUESTION = "娃儿一天在学校能运动好久？"


@pytest.fixture(scope="module")
def client(assistant: "Assistant") -> Iterator[TestClient]:
    app = create_app(lambda: assistant)
    with TestClient(app, raise_server_exceptions=False) as opened:
        assert app.state.opening.wait(30)
        yield opened


@pytest.fixture(scope="module")
def stored(client: TestClient) -> str:
    return client.get(f"/v1/documents/{PLAN}/text").text


def failing(error: Exception) -> "Callable[[], Assistant]":
    def open_assistant() -> "Assistant":
        raise error

    return open_assistant


def check_problem(response: Any, status: int, name: str | None = None) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "instance", "request_id"} <= set(problem)
    assert problem["status"] == status
    assert CHINESE.search(problem["title"])
    assert CHINESE.search(problem["detail"])
    assert problem["request_id"] == response.headers["x-request-id"]
    if name is not None:
        assert problem["type"].endswith(f":{name}")
    return problem


# ask


def test_an_answer_has_every_field_and_its_quotes_are_the_text(client: TestClient, stored: str) -> None:
    response = client.post(ASK, json={"question": QUESTION})
    assert response.status_code == 200
    answer = response.json()
    assert set(answer) >= set(models.Answer.model_fields)
    assert answer["status"] == "answered"
    assert answer["citations"]
    for citation in answer["citations"] + answer["related"]:
        assert set(citation) >= set(models.Citation.model_fields)
        assert citation["document_id"] == PLAN
        assert stored[citation["start"] : citation["end"]] == citation["quote"]


def test_the_question_is_trimmed_before_its_length_is_counted(client: TestClient) -> None:
    padded = " \n\u3000" * 50 + "问" * 1000 + "\t" * 50
    assert client.post(ASK, json={"question": padded}).status_code == 200
    problem = check_problem(client.post(ASK, json={"question": "问" * 1001}), 422, "invalid-field")
    assert problem["errors"][0]["field"] == "question"
    assert "1000" in problem["detail"]


def test_the_limit_of_a_question_is_the_assistants() -> None:
    from assistant.service import MAX_QUESTION

    assert models.MAX_QUESTION == MAX_QUESTION


def test_a_conversation_goes_on_by_its_id(client: TestClient, assistant: "Assistant") -> None:
    first = client.post(ASK, json={"question": "公办园占比要达到多少？"}).json()
    second = client.post(
        ASK, json={"question": "那要到哪一年？", "conversation_id": first["conversation_id"]}
    ).json()
    assert second["conversation_id"] == first["conversation_id"]
    kept = assistant.conversations.history(first["conversation_id"])
    assert [e.question for e in kept] == ["公办园占比要达到多少？", "那要到哪一年？"]


def test_what_was_answered_is_kept_whole(client: TestClient, assistant: "Assistant") -> None:
    given_out = client.post(ASK, json={"question": QUESTION}).json()
    kept = assistant.conversations.answer(given_out["id"])
    assert models.Answer.model_validate(kept).model_dump(mode="json") == given_out


def test_the_same_question_gives_the_same_answer(client: TestClient) -> None:
    first, second = (client.post(ASK, json={"question": QUESTION}).json() for _ in range(2))
    for answer in (first, second):
        for name in ("id", "conversation_id", "timings_ms"):
            del answer[name]
    assert first == second


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "question"),
        ({"question": ""}, "question"),
        ({"question": " \n\u3000"}, "question"),
        ({"question": None}, "question"),
        ({"question": 7}, "question"),
        ({"question": "娃儿\0上学"}, "question"),
        ({"question": "娃儿\x1b上学"}, "question"),
        ({"question": "半个表情\ud83d"}, "question"),
        ({"question": "问", "documents": []}, "documents"),
        ({"question": "问", "documents": "x"}, "documents"),
        ({"question": "问", "documents": [1]}, "documents[0]"),
        ({"question": "问", "answerer": "llm"}, "answerer"),
        ({"question": "问", "answerer": "gpt"}, "answerer"),
        ({"question": "问", "as_of": "明天"}, "as_of"),
        ({"question": "问", "as_of": "2022-02-30"}, "as_of"),
        ({"question": "问", "as_of": 0}, "as_of"),
        ({"question": "问", "conversation_id": 5}, "conversation_id"),
        ([], "请求正文"),
        ("问", "请求正文"),
        (None, "请求正文"),
    ],
)
def test_a_wrong_field_is_named(client: TestClient, body: Any, field: str) -> None:
    response = client.post(ASK, content=json.dumps(body), headers={"Content-Type": "application/json"})
    problem = check_problem(response, 422, "invalid-field")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert field in problem["detail"]
    assert all(CHINESE.search(error["message"]) for error in problem["errors"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"question=x",
        b"{",
        b'{"question": "\xff"}',
        b"{'question': 1}",
        b"[" * 60_000,
        b"1" * 5000,
    ],
)
def test_a_body_that_is_no_json_is_a_bad_request(client: TestClient, body: bytes) -> None:
    response = client.post(ASK, content=body, headers={"Content-Type": "application/json"})
    assert "JSON" in check_problem(response, 400, "not-json")["detail"]


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_body_of_another_type_is_refused(client: TestClient, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    check_problem(client.post(ASK, content=b'{"question": "x"}', headers=headers), 415, "media-type")


def test_a_body_over_the_limit_is_refused_announced_or_not(client: TestClient) -> None:
    def body(size: int) -> bytes:
        return b'{"question":"x","pad":"' + b"a" * (size - 25) + b'"}'

    assert len(body(MAX_BODY_BYTES)) == MAX_BODY_BYTES
    headers = {"Content-Type": "application/json"}
    assert client.post(ASK, content=body(MAX_BODY_BYTES), headers=headers).status_code == 200
    too_long = body(MAX_BODY_BYTES + 1)
    check_problem(client.post(ASK, content=too_long, headers=headers), 413, "too-large")
    pieces = (too_long[at : at + 1000] for at in range(0, len(too_long), 1000))
    check_problem(client.post(ASK, content=pieces, headers=headers), 413, "too-large")


@pytest.mark.parametrize(
    "unknown", [{"conversation_id": "cnv_0"}, {"conversation_id": "'; --"}, {"documents": ["no"]}]
)
def test_what_nobody_gave_out_is_not_found(client: TestClient, unknown: dict[str, Any]) -> None:
    check_problem(client.post(ASK, json={"question": "问", **unknown}), 404, "not-found")


ODD_TEXT = st.text(st.characters() | st.sampled_from("\ud800\udfff\0\x1b\u3000\u200b"), max_size=30)
FIELDS = ["question", "query", "conversation_id", "documents", "answerer", "as_of", "top_k"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ODD_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner),
    max_leaves=8,
)
QUESTIONS = st.fixed_dictionaries(
    {"question": ODD_TEXT, "query": ODD_TEXT},
    optional={"conversation_id": ODD_TEXT, "documents": st.lists(ODD_TEXT)},
)


@pytest.mark.parametrize("path", [ASK, SEARCH])
@given(
    body=st.binary(max_size=200)
    | ANYTHING.map(lambda value: json.dumps(value).encode())
    | QUESTIONS.map(lambda value: json.dumps(value).encode())
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_body_breaks_the_server(client: TestClient, path: str, body: bytes) -> None:
    response = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in {200, 400, 404, 422}
    if response.status_code != 200:
        check_problem(response, response.status_code)


# search


def test_hits_are_ranked_and_quote_the_text(client: TestClient, stored: str) -> None:
    hits = client.post(SEARCH, json={"query": "每天锻炼一小时", "top_k": 5, "documents": [PLAN]}).json()[
        "hits"
    ]
    assert len(hits) == 5
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    for hit in hits:
        assert set(hit) >= set(models.Hit.model_fields)
        assert hit["quote"] == stored[hit["start"] : hit["end"]]
        assert hit["clause_id"].startswith(f"{PLAN}@")
        assert set(hit["signals"]) == set(models.Signals.model_fields)


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "query"), ({"query": "x", "top_k": 0}, "top_k"), ({"query": "x", "top_k": 51}, "top_k"),
     ({"query": "x", "top_k": True}, "top_k"), ({"query": "x", "top_k": "5"}, "top_k")],
)  # fmt: skip
def test_a_wrong_search_names_its_field(client: TestClient, body: dict[str, Any], field: str) -> None:
    problem = check_problem(client.post(SEARCH, json=body), 422)
    assert problem["errors"][0]["field"] == field


# documents


def test_the_documents_are_listed_with_what_the_text_says(client: TestClient) -> None:
    (plan,) = client.get("/v1/documents").json()["documents"]
    assert set(plan) >= set(models.DocumentSummary.model_fields)
    assert plan["id"] == PLAN
    assert plan["issuer"] is None
    assert plan["published"] == "2020-10-22"
    assert plan["validity"] == "expired"


def test_the_outline_is_the_tree_of_the_plan(client: TestClient, stored: str) -> None:
    document = client.get(f"/v1/documents/{PLAN}", params={"version": "2020-10-22"}).json()
    nodes: dict[str, dict[str, Any]] = {}

    def walk(found: list[dict[str, Any]], start: int, end: int) -> None:
        for node in found:
            assert start <= node["start"] <= node["end"] <= end
            nodes[node["address"]] = node
            walk(node["children"], node["start"], node["end"])

    walk(document["outline"], 0, len(stored))
    levels = [len(a.split(".")) for a in nodes if re.fullmatch(r"[\d.]+", a)]
    assert [levels.count(level) for level in (1, 2, 3)] == [3, 16, 40]
    assert document["clauses"] == len(nodes)


def test_every_clause_gives_its_text_and_its_neighbours(client: TestClient, stored: str) -> None:
    addresses: list[str] = []
    address = "title"
    while address:
        clause = client.get(f"/v1/documents/{PLAN}/clauses/{address}").json()
        assert clause["text"] == stored[clause["start"] : clause["end"]]
        assert clause["clause_id"] == f"{PLAN}@2020-10-22#{address}"
        assert clause["previous"] == (addresses[-1] if addresses else None)
        addresses.append(address)
        address = clause["next"]
    assert {"preamble", "1", "2.2.1", "2.6.3.p1"} <= set(addresses)
    assert client.get("/v1/documents").json()["documents"][0]["clauses"] == len(addresses)


def test_the_text_is_plain_and_unchanged(client: TestClient, assistant: "Assistant") -> None:
    response = client.get(f"/v1/documents/{PLAN}/text")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    view = assistant.library.get(PLAN)
    assert view is not None
    assert response.text == view.document.text


@pytest.mark.parametrize(
    "path",
    ["no", "%00", "%ED%A0%80", f"{PLAN}?version=1999-01-01", "no/text", f"{PLAN}/text?version=x",
     f"{PLAN}/clauses/9.9", f"{PLAN}/clauses/%FF", "no/clauses/1", f"{PLAN}/clauses/", f"{PLAN}/nothing"],
)  # fmt: skip
def test_unknown_documents_and_clauses_are_not_found(client: TestClient, path: str) -> None:
    check_problem(client.get(f"/v1/documents/{path}"), 404, "not-found")


# faults and states of the server


def test_a_wrong_method_names_the_right_ones(client: TestClient) -> None:
    for method, path, allowed in [
        ("GET", ASK, "POST"),
        ("PUT", SEARCH, "POST"),
        ("DELETE", f"/v1/documents/{PLAN}/text", "GET"),
        ("POST", "/healthz", "GET"),
        ("BREW", "/v1/documents", "GET"),
    ]:
        response = client.request(method, path)
        check_problem(response, 405, "method-not-allowed")
        assert response.headers["allow"] == allowed
    check_problem(client.post("/v1/nothing"), 404, "not-found")
    check_problem(client.get("/v1"), 404, "not-found")


def test_what_is_mounted_at_the_root_does_not_take_the_interfaces_paths(assistant: "Assistant") -> None:
    from starlette.responses import PlainTextResponse

    app = create_app(lambda: assistant)
    app.mount("/", PlainTextResponse("chat"))
    with TestClient(app) as both:
        assert both.get("/").text == "chat"
        assert both.get("/other").text == "chat"
        check_problem(both.get(ASK), 405)
        check_problem(both.get("/v1/nothing"), 404)
        assert both.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize(
    "error", [IndexMissing("索引还没有建立，请先建立。"), IndexDamaged("索引坏了，请重建。")]
)
def test_without_an_index_the_server_lives_and_says_what_to_do(error: IndexMissing | IndexDamaged) -> None:
    app = create_app(failing(error))
    with TestClient(app) as client:
        app.state.opening.wait(5)
        assert client.get("/healthz").json() == {"status": "ok"}
        for response in (
            client.get("/readyz"),
            client.get("/v1/documents"),
            client.post(ASK, json={"question": "问"}),
            client.post(SEARCH, json={"query": "问"}),
        ):
            assert check_problem(response, 503, "not-ready")["detail"] == error.message
            assert int(response.headers["retry-after"]) > 0


def test_the_real_index_missing_is_said_so(tmp_path: Any) -> None:
    from assistant.service import Assistant
    from assistant.settings import Settings

    app = create_app(lambda: Assistant.open(Settings(state_dir=tmp_path)))
    with TestClient(app) as client:
        app.state.opening.wait(30)
        problem = check_problem(client.post(ASK, json={"question": "问"}), 503, "not-ready")
    assert "policy-qa index build" in problem["detail"]
    assert str(tmp_path) not in json.dumps(problem)


def test_the_index_is_tried_again_once_the_pause_is_over(assistant: "Assistant") -> None:
    now = [0.0]
    tries: list[float] = []

    def open_assistant() -> "Assistant":
        tries.append(now[0])
        if now[0] < 10:
            raise IndexMissing("索引还没有建立，请先建立。")
        return assistant

    app = create_app(open_assistant)
    opening = app.state.opening = Opening(open_assistant, retry_seconds=5, clock=lambda: now[0])
    client = TestClient(app)
    for moment, ready in [
        (0.0, False),
        (1.0, False),
        (4.9, False),
        (6.0, False),
        (10.9, False),
        (11.0, True),
    ]:
        now[0] = moment
        check_problem(client.get("/v1/documents"), 503)
        assert opening.wait(5) is ready
    assert tries == [0.0, 6.0, 11.0]
    assert client.get("/v1/documents").status_code == 200


def test_the_server_answers_while_the_index_is_being_opened(assistant: "Assistant") -> None:
    import threading

    go = threading.Event()

    def open_slowly() -> "Assistant":
        go.wait(30)
        return assistant

    app = create_app(open_slowly)
    with TestClient(app) as client:
        assert client.get("/healthz").status_code == 200
        check_problem(client.get("/readyz"), 503, "not-ready")
        go.set()
        assert app.state.opening.wait(30)
        assert client.get("/readyz").json() == {"status": "ready"}


class Broken:
    """Fails in every call, with a text that no client may read."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        raise self._error


@pytest.mark.parametrize(
    ("error", "status"),
    [(RuntimeError("secret /etc/passwd"), 500), (IndexDamaged("索引坏了，请重建。"), 503)],
)
def test_a_fault_inside_tells_a_client_nothing(error: Exception, status: int) -> None:
    broken: Any = Broken(error)
    app = create_app(lambda: broken)
    with TestClient(app, raise_server_exceptions=False) as client:
        app.state.opening.wait(5)
        response = client.post(ASK, json={"question": "问"})
        check_problem(response, status)
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "secret" not in response.text
        assert "Traceback" not in response.text
    app = create_app(failing(error))
    with TestClient(app) as client:
        app.state.opening.wait(5)
        response = client.get("/readyz")
        check_problem(response, 503)
        assert "secret" not in response.text


def test_a_well_formed_request_id_is_taken_over(client: TestClient) -> None:
    assert (
        client.get("/healthz", headers={"X-Request-ID": "portal-2026.1"}).headers["x-request-id"]
        == "portal-2026.1"
    )
    made = client.get("/healthz", headers={"X-Request-ID": "<script>"}).headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{32}", made)


@pytest.mark.parametrize(
    "path", ["/healthz", "/v1/documents", "/v1/nothing", "/docs", f"/v1/documents/{PLAN}/text"]
)
def test_every_response_carries_the_guards(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]


# the description


def test_every_field_is_described_in_chinese_with_an_example(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.0.")
    assert "HTTPValidationError" not in described["components"]["schemas"]
    for name, schema in described["components"]["schemas"].items():
        for field, shape in schema.get("properties", {}).items():
            assert CHINESE.search(shape.get("description", "")), (name, field)
            assert "example" in shape or "$ref" in json.dumps(shape), (name, field)


def test_every_call_of_the_contract_is_described(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths) == {
        ASK,
        SEARCH,
        "/v1/documents",
        "/v1/documents/{id}",
        "/v1/documents/{id}/text",
        "/v1/documents/{id}/clauses/{address}",
        "/healthz",
        "/readyz",
    }
    for path, calls in paths.items():
        for call in calls.values():
            assert CHINESE.search(call["summary"]), path
            for status, response in call["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"]


def test_the_description_is_in_the_dialect_that_the_page_reads(client: TestClient) -> None:
    def walk(node: Any, key: str = "") -> None:
        if isinstance(node, dict):
            assert node.get("type") != "null"
            assert key == "properties" or not {"const", "prefixItems", "$defs"} & set(node)
            assert "$ref" not in node or set(node) == {"$ref"}
            assert not isinstance(node.get("examples"), list)
            for name, value in node.items():
                walk(value, name)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    described = client.get("/openapi.json").json()
    walk(described)
    for reference in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(described)):
        assert reference in described["components"]["schemas"]


def test_the_page_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) == 4
    for address in loaded:
        assert "//" not in address
        assert client.get(f"/{address}").status_code == 200
    style = client.get("/docs/swagger-ui.css").text
    assert not re.search(r"@import|url\((?!\s*[\"']?(?:data:|#))", style)
    start = client.get("/docs/start.js").text
    assert "//" not in start
    check_problem(client.get("/docs/oauth2-redirect.html"), 404)
    check_problem(client.get("/docs/..%2F__init__.py"), 404)


# who may call


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "::ffff:127.0.0.1"])
def test_a_loopback_address_needs_nothing(host: str) -> None:
    check_bind(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org", "", "localhost.example.org"])  # noqa: S104
def test_another_address_needs_a_word(host: str) -> None:
    with pytest.raises(InvalidSettings, match="--public"):
        check_bind(host)
    check_bind(host, public=True)
