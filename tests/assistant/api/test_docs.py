import json
import re
from typing import Any

from fastapi.testclient import TestClient

from assistant.api import models
from assistant.mcp.http import PATH as MCP_PATH
from assistant.schema import NoticeKind, SentenceKind
from assistant.settings import ROOT
from assistant.wechat.accounts import OFFICIAL_PATH, WORK_PATH
from tests.assistant.api.problem import CHINESE, check_problem

ASK = "/v1/ask"
SEARCH = "/v1/search"


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
        "/v1/verify",
        "/v1/feedback",
        "/v1/conversations",
        "/v1/conversations/{id}",
        "/v1/answers/{id}/share",
        "/v1/chat/completions",
        "/v1/models",
        "/v1/models/{model}",
        "/v1/documents",
        "/v1/documents/{id}",
        "/v1/documents/{id}/text",
        "/v1/documents/{id}/original",
        "/v1/documents/{id}/clauses/{address}",
        "/healthz",
        "/readyz",
        "/metrics",
    }
    names = [call["operationId"] for calls in paths.values() for call in calls.values()]
    assert len(names) == len(set(names))
    for path, calls in paths.items():
        for call in calls.values():
            assert CHINESE.search(call["summary"]), path
            for status, response in call["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"]


def test_each_call_stands_in_the_page_for_those_who_embed() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    told = set(re.findall(r"/(?:v1|mcp|healthz|readyz|metrics|wechat)[^`\s]*(?=`)", page))
    described = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    assert set(described) - told == set()
    assert {OFFICIAL_PATH, WORK_PATH, MCP_PATH} - told == set()


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


def test_every_kind_of_notice_and_of_sentence_is_described(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert set(models.NOTICE_KINDS) == set(NoticeKind)
    for kind in NoticeKind:
        assert f"{kind} " in schemas["Notice"]["properties"]["kind"]["description"]
    for made in SentenceKind:
        assert f"{made} " in schemas["Sentence"]["properties"]["kind"]["description"]


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


def test_the_examples_of_the_page_work_as_they_stand(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert client.post(ASK, json=schemas["AskRequest"]["example"]).status_code == 200
    assert client.post(SEARCH, json=schemas["SearchRequest"]["example"]).status_code == 200
