"""Names that nobody reads are refused with what was probably meant."""

from collections.abc import Collection
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.api.names import near
from assistant.api.problems import MAX_ERRORS
from tests.assistant.api.problem import PLAN, check_problem

BODIES: dict[str, dict[str, Any]] = {
    "/v1/ask": {"question": "问"},
    "/v1/search": {"query": "问"},
    "/v1/verify": {"quote": "问"},
    "/v1/feedback": {"answer_id": "ans_1", "rating": "up"},
}


@pytest.mark.parametrize("path", BODIES)
def test_each_unknown_field_is_named(client: TestClient, path: str) -> None:
    problem = check_problem(
        client.post(path, json={**BODIES[path], "甲": 1, "zzz": None}), 422, "invalid-field"
    )
    assert [(each["field"], each["message"]) for each in problem["errors"]] == [
        ("甲", "没有这个字段"),
        ("zzz", "没有这个字段"),
    ]


@pytest.mark.parametrize(
    ("path", "wrong", "meant"),
    [
        ("/v1/ask", "conversationId", "conversation_id"),
        ("/v1/ask", "as-of", "as_of"),
        ("/v1/ask", "Question", "question"),
        ("/v1/ask", "document", "documents"),
        ("/v1/search", "topK", "top_k"),
        ("/v1/verify", "qoute", "quote"),
        ("/v1/feedback", "comments", "comment"),
    ],
)
def test_the_name_that_was_meant_is_offered(client: TestClient, path: str, wrong: str, meant: str) -> None:
    problem = check_problem(client.post(path, json={**BODIES[path], wrong: 1}), 422, "invalid-field")
    assert problem["errors"] == [{"field": wrong, "message": f"没有这个字段，要写的可能是 {meant}"}]


@pytest.mark.parametrize("name", ["as_of{:05}", "{:05}"])
def test_thousands_of_unknown_names_cost_no_more_than_the_first(
    client: TestClient, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []

    def noted(name: str, known: Collection[str]) -> str | None:
        compared.append(name)
        return near(name, known)

    monkeypatch.setattr("assistant.api.names.near", noted)
    names = [name.format(number) for number in range(3000)]
    for path, many in (("/v1/verify", names[:400]), ("/v1/ask", names), ("/v1/search", names)):
        problem = check_problem(client.post(path, json=dict.fromkeys(many)), 422, "invalid-field")
        assert [each["field"] for each in problem["errors"]] == names[:MAX_ERRORS]
    address = "&".join(names)
    problem = check_problem(client.get(f"/v1/documents/{PLAN}?{address}"), 422, "invalid-field")
    assert [each["field"] for each in problem["errors"]] == names[:MAX_ERRORS]
    assert sorted(compared) == sorted(names[:MAX_ERRORS] * 4)


def test_an_empty_conversation_is_none(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "问", "conversation_id": ""})
    assert check_problem(response, 422)["errors"][0]["field"] == "conversation_id"


@pytest.mark.parametrize(
    ("method", "path", "wrong"),
    [
        ("GET", "/v1/documents?page=2", ["page"]),
        ("GET", f"/v1/documents/{PLAN}?Version=2020-10-22&x=1&x=2", ["Version", "x"]),
        ("GET", f"/v1/documents/{PLAN}/text?as_of=2022-01-01", ["as_of"]),
        ("GET", "/v1/models?limit=1", ["limit"]),
        ("POST", "/v1/ask?as_of=2022-01-01", ["as_of"]),
        ("HEAD", "/v1/documents?page=2", []),
    ],
)
def test_a_parameter_that_the_description_does_not_name_is_refused(
    client: TestClient, method: str, path: str, wrong: list[str]
) -> None:
    response = client.request(method, path, json=BODIES["/v1/ask"] if method == "POST" else None)
    assert response.status_code == 422
    if wrong:
        problem = check_problem(response, 422, "invalid-field")
        assert [each["field"] for each in problem["errors"]] == wrong
        assert all("没有这个参数" in each["message"] for each in problem["errors"])


def test_a_known_parameter_is_taken_and_what_lies_outside_of_the_interface_is_not_looked_at(
    client: TestClient,
) -> None:
    assert client.get(f"/v1/documents/{PLAN}", params={"version": "2020-10-22"}).status_code == 200
    assert client.get("/healthz?t=1").status_code == 200
    check_problem(client.get(f"/v1/documents/{PLAN}?version="), 422)


def test_many_and_long_names_do_not_make_a_long_answer(client: TestClient) -> None:
    body = {"question": "问", **{f"{number}{'x' * 200}": 1 for number in range(200)}}
    for response in (
        client.post("/v1/ask", json=body),
        client.get("/v1/documents", params={f"{number}{'x' * 50}": "1" for number in range(200)}),
    ):
        problem = check_problem(response, 422)
        assert len(problem["errors"]) == 20
        assert all(len(each["field"]) <= 80 for each in problem["errors"])


def test_names_are_compared_whatever_their_case_and_joints() -> None:
    known = ["conversation_id", "as_of", "documents"]
    assert near("CONVERSATION-ID", known) == "conversation_id"
    assert near("asof", known) == "as_of"
    assert near("docs", known) is None
    assert near("", known) is None
    assert near("x", []) is None
