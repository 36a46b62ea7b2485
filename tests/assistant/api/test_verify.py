"""POST /v1/verify over the plan."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.api import verify_models
from assistant.api.middleware import LARGER_BODIES
from assistant.api.verify import MAX_CHECKS
from assistant.draft_check.check_draft import MAX_TEXT
from tests.assistant.api.problem import CHINESE, PLAN, check_problem

VERIFY = "/v1/verify"
SAID = "到2022年全市公办园在园幼儿占比达到50％以上"


def test_a_quote_is_located_in_the_stored_text(client: TestClient, stored: str) -> None:
    (result,) = client.post(VERIFY, json={"quote": f"“{SAID}”"}).json()["results"]
    assert set(result) == set(verify_models.VerifyResult.model_fields)
    assert (result["verified"], result["verdict"], result["text"]) == (True, "verbatim", SAID)
    place = result["location"]
    assert place["document_id"] == PLAN
    assert stored[place["start"] : place["end"]] == place["quote"]
    assert client.get(place["url"]).status_code in {200, 404}  # the page belongs to another application


def test_a_draft_gives_each_quotation_and_reference_in_order(client: TestClient, stored: str) -> None:
    changed = SAID.replace("50", "60")
    draft = f"《重庆市加快推进教育现代化实施方案》二、（二）1提出：“{changed}”，二、（九）9另有规定。"
    report = client.post(VERIFY, json={"text": draft}).json()
    kinds = [(r["kind"], r["verdict"], r["verified"]) for r in report["results"]]
    assert kinds == [
        ("reference", "found", True),
        ("quotation", "altered", False),
        ("reference", "not_found", False),
    ]
    altered = report["results"][1]
    assert [step for step in altered["diff"] if step["op"] != "equal"] == [
        {"op": "replace", "quote": "6", "original": "5"}
    ]
    assert stored[altered["nearest"]["start"] : altered["nearest"]["end"]] == altered["nearest"]["quote"]
    for result in report["results"]:
        assert draft[result["start"] : result["end"]] == result["text"]
        assert CHINESE.search(result["note"])
    assert (report["summary"]["total"], report["summary"]["verified"]) == (3, 1)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "请求正文"),
        ({"quote": "甲", "text": "乙"}, "请求正文"),
        ({"quote": None, "text": None}, "请求正文"),
        ({"quote": ""}, "quote"),
        ({"text": " \n\u3000"}, "text"),
        ({"text": 7}, "text"),
        ({"text": "半个\ud83d"}, "请求正文"),
        ({"text": "字" * (MAX_TEXT + 1)}, "text"),
        ({"text": "字", "as_of": "明天"}, "as_of"),
    ],
)
def test_a_wrong_field_is_named(client: TestClient, body: dict[str, Any], field: str) -> None:
    response = client.post(VERIFY, content=json.dumps(body), headers={"Content-Type": "application/json"})
    problem = check_problem(response, 422, "invalid-field")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert all(CHINESE.search(error["message"]) for error in problem["errors"])


def test_the_longest_draft_fits_and_a_larger_body_does_not(client: TestClient) -> None:
    headers = {"Content-Type": "application/json"}
    widest = json.dumps({"text": "😀" * MAX_TEXT}).encode()  # twelve bytes a code point
    assert client.post(VERIFY, content=widest, headers=headers).status_code == 200
    too_large = b" " * (LARGER_BODIES[VERIFY] + 1)
    check_problem(client.post(VERIFY, content=too_large, headers=headers), 413, "too-large")


def test_the_day_decides_what_binds(client: TestClient) -> None:
    body = {"quote": SAID, "as_of": "2021-06-01"}
    assert client.post(VERIFY, json=body).json()["results"][0]["location"]["validity"] == "in_force"


def test_the_example_of_the_page_works_as_it_stands(client: TestClient) -> None:
    example = client.get("/openapi.json").json()["components"]["schemas"]["VerifyRequest"]["example"]
    results = client.post(VERIFY, json=example).json()["results"]
    assert [result["verdict"] for result in results] == ["found", "altered"]


def test_too_many_quotations_and_references_name_the_field(client: TestClient) -> None:
    problem = check_problem(client.post(VERIFY, json={"text": "第十二条、" * 3000}), 422, "invalid-field")
    assert [error["field"] for error in problem["errors"]] == ["text"]
    assert str(MAX_CHECKS) in problem["detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 600, b'"\xff"'])
def test_a_body_that_is_no_json_is_a_bad_request(client: TestClient, body: bytes) -> None:
    response = client.post(VERIFY, content=body, headers={"Content-Type": "application/json"})
    check_problem(response, 400, "not-json")


@pytest.mark.parametrize("body", [b"[" * 60_000, b'{"text":"a",' + b'"b":0,' * 600 + b'"c":0}'])
def test_a_body_of_many_pieces_is_refused_unread(client: TestClient, body: bytes) -> None:
    response = client.post(VERIFY, content=body, headers={"Content-Type": "application/json"})
    assert "字段太多" in check_problem(response, 422, "invalid-field")["detail"]


def test_a_file_is_sent_whole_whatever_part_is_asked_for(client: TestClient) -> None:
    for part in ("bytes=5-1", "abc", "bytes=-", "items=0-1", "bytes=99999999-", "bytes=0-1"):
        for path in ("/docs/swagger-ui.css", f"/v1/documents/{PLAN}/original"):
            response = client.get(path, headers={"Range": part})
            assert response.status_code == 200
            assert len(response.content) == int(response.headers["content-length"])
