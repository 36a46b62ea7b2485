import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.api import document_models, models, search_models
from assistant.api.middleware import MAX_BODY_BYTES
from tests.assistant.api.problem import CHINESE, PLAN, check_problem

if TYPE_CHECKING:
    from assistant.service import Assistant

ASK = "/v1/ask"
SEARCH = "/v1/search"
QUESTION = "娃儿一天在学校能运动好久？"


def test_an_answer_has_every_field_and_its_quotes_are_the_text(client: TestClient, stored: str) -> None:
    response = client.post(ASK, json={"question": QUESTION})
    assert response.status_code == 200
    answer = response.json()
    assert set(answer) >= set(models.Answer.model_fields)
    assert answer["status"] == "answered"
    assert answer["citations"]
    assert next(sentence["kind"] for sentence in answer["sentences"]) == "lead"
    for citation in answer["citations"] + answer["related"]:
        assert set(citation) >= set(models.Citation.model_fields)
        assert citation["document_id"] == PLAN
        assert stored[citation["start"] : citation["end"]] == citation["quote"]


def test_scores_lie_between_nothing_and_all_in_answers_hits_and_events(client: TestClient) -> None:
    answer = client.post(ASK, json={"question": QUESTION}).json()
    stream = client.post(ASK, json={"question": QUESTION}, headers={"Accept": "text/event-stream"}).text
    line = next(each for each in stream.splitlines() if each.startswith('data: {"clauses"'))
    found = json.loads(line.removeprefix("data: "))["clauses"]
    assert [clause["score"] for clause in found] == sorted((c["score"] for c in found), reverse=True)
    scores = [cited["score"] for cited in answer["citations"] + found]
    assert len(scores) > 3
    assert all(0 < score < 1 for score in scores)
    of_search = {clause["quote"]: clause["score"] for clause in found}
    assert of_search[answer["citations"][0]["quote"]] == answer["citations"][0]["score"]


def test_the_question_is_trimmed_before_its_length_is_counted(client: TestClient) -> None:
    padded = " \n\u3000" * 50 + "问" * 1000 + "\t" * 50
    assert client.post(ASK, json={"question": padded}).status_code == 200
    problem = check_problem(client.post(ASK, json={"question": "问" * 1001}), 422, "invalid-field")
    assert problem["errors"][0]["field"] == "question"
    assert "1000" in problem["detail"]


def test_a_conversation_goes_on_by_its_id(client: TestClient, assistant: "Assistant") -> None:
    first = client.post(ASK, json={"question": "公办园占比要达到多少？"}).json()
    second = client.post(
        ASK,
        json={"question": "那要到哪一年？", "conversation_id": first["conversation_id"]},
        headers={"X-Conversation-Secret": first["conversation_secret"]},
    ).json()
    assert second["conversation_id"] == first["conversation_id"]
    kept = assistant.store.conversations.history(first["conversation_id"])
    assert [e.question for e in kept] == ["公办园占比要达到多少？", "那要到哪一年？"]


def test_what_was_answered_is_kept_whole(client: TestClient, assistant: "Assistant") -> None:
    given_out = client.post(ASK, json={"question": QUESTION}).json()
    kept = assistant.store.conversations.answer(given_out["id"])
    given_out["conversation_secret"] = None  # which is not kept
    assert models.Answer.model_validate(kept).model_dump(mode="json") == given_out


def test_the_same_question_gives_the_same_answer(client: TestClient) -> None:
    first, second = (client.post(ASK, json={"question": QUESTION}).json() for _ in range(2))
    for answer in (first, second):
        for name in ("id", "conversation_id", "conversation_secret", "timings_ms"):
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
        return b'{"question":"x"' + b" " * (size - 16) + b"}"

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


def test_hits_are_ranked_and_quote_the_text(client: TestClient, stored: str) -> None:
    hits = client.post(SEARCH, json={"query": "每天锻炼一小时", "top_k": 5, "documents": [PLAN]}).json()[
        "hits"
    ]
    assert len(hits) == 5
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    for hit in hits:
        assert set(hit) >= set(search_models.Hit.model_fields)
        assert hit["quote"] == stored[hit["start"] : hit["end"]]
        assert hit["clause_id"].startswith(f"{PLAN}@")
        assert set(hit["signals"]) == set(search_models.Signals.model_fields)
        assert 0 <= hit["score"] <= 1


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "query"), ({"query": "x", "top_k": 0}, "top_k"), ({"query": "x", "top_k": 51}, "top_k"),
     ({"query": "x", "top_k": True}, "top_k"), ({"query": "x", "top_k": "5"}, "top_k")],
)  # fmt: skip
def test_a_wrong_search_names_its_field(client: TestClient, body: dict[str, Any], field: str) -> None:
    problem = check_problem(client.post(SEARCH, json=body), 422)
    assert problem["errors"][0]["field"] == field


def test_the_documents_are_listed_with_what_the_text_says(client: TestClient) -> None:
    (plan,) = client.get("/v1/documents").json()["documents"]
    assert set(plan) >= set(document_models.DocumentSummary.model_fields)
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
