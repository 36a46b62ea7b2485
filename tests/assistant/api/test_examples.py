"""The examples of the description are true: each request is made, and what the examples of its response
say is what the shipped plan gives."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from assistant.api.openapi import describe
from tests.assistant.api.problem import PLAN, check_problem

if TYPE_CHECKING:
    from assistant.service import Assistant

BASE = "http://127.0.0.1:8000"
ANY_VALUE = {
    # made anew each time
    "Answer.id", "Answer.conversation_id", "Answer.conversation_secret", "Answer.timings_ms",
    "ConversationSummary.id", "ConversationSummary.title", "ConversationSummary.created_at",
    "ConversationSummary.updated_at", "ConversationDetail.id", "ConversationDetail.title",
    "ConversationDetail.created_at", "ConversationDetail.updated_at", "ConversationExchange.created_at",
    "SharedPage.url", "SharedPage.expires",
    "Completion.id", "Completion.created",
    "Completion.system_fingerprint", "Feedback.answer_id",
    # the plan does not say it
    "DocumentSummary.number", "DocumentSummary.issuer", "DocumentSummary.effective",
    "DocumentSummary.repealed", "DocumentDetail.number", "DocumentDetail.issuer",
    "DocumentDetail.effective", "DocumentDetail.repealed",
    # it has no pages, no tables, and nothing that a maintainer should look at
    "Citation.page", "Citation.row", "VerifyLocation.page",
    # no language model is set up
    "Answer.model", "Answer.prompt_version",
}  # fmt: skip
"""Fields whose example only shows the form, with the reason."""
NEVER_HERE = {"RowCell", "DocumentWarning"}
"""Shapes that the plan has nothing for: tables and warnings."""
BUILT = {("/v1/documents", "post"), ("/v1/documents/{id}", "delete")}
"""Calls that build an index; `test_collection.py` makes them."""
QUESTION = "公办幼儿园的占比要达到多少？"
Values = dict[str, list[Any]]


@pytest.fixture(scope="module")
def described(client: TestClient) -> dict[str, Any]:
    return describe(client.app)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def exchanges(client: TestClient, described: dict[str, Any]) -> list[tuple[dict[str, Any], Any]]:
    """Schema and content of each JSON response to an example of the description."""
    client = TestClient(client.app, base_url=BASE)
    made = []
    for path, method, operation in operations(described):
        for body in bodies(described, operation):
            # An answer and its conversation have to be there; what is deleted has to be one of its own.
            asked = client.post("/v1/ask", json={"question": QUESTION}).json()
            own = {"/v1/conversations/": asked["conversation_id"], "/v1/answers/": asked["id"]}
            address = path
            query = {}
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    example = parameter["schema"]["example"]
                    value = next((given for start, given in own.items() if path.startswith(start)), example)
                    address = address.replace(f"{{{parameter['name']}}}", value)
                elif parameter["in"] == "query":
                    query[parameter["name"]] = parameter["schema"]["example"]
            if path == "/v1/feedback":
                body = {**body, "answer_id": asked["id"]}
            shown = {"X-Conversation-Secret": asked["conversation_secret"]}
            response = client.request(method, address, json=body, params=query, headers=shown)
            assert response.status_code in (200, 204), (method, address, response.text)
            if response.status_code == 204:
                continue
            content = operation["responses"]["200"].get("content", {})
            if response.headers["content-type"] == "application/json":
                made.append((content["application/json"]["schema"], response.json()))
    return made


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, calls in described["paths"].items():
        for method, operation in calls.items():
            if (path, method) not in BUILT:
                yield path, method, operation


def bodies(described: dict[str, Any], operation: dict[str, Any]) -> list[Any]:
    """The examples of an operation's body: those of its own and the one of its shape."""
    if "requestBody" not in operation:
        return [None]
    media = operation["requestBody"]["content"]["application/json"]
    shape = resolved(described, media["schema"])
    found = [each["value"] for each in media.get("examples", {}).values()]
    if "example" in shape:
        found.append(shape["example"])
    assert found, operation["summary"]
    return found


def resolved(described: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema or len(schema.get("allOf", ())) == 1:
        name = (schema if "$ref" in schema else schema["allOf"][0])["$ref"].rpartition("/")[2]
        schema = {**described["components"]["schemas"][name], "x-name": name}
    return schema


def gather(described: dict[str, Any], schema: dict[str, Any], content: Any, found: Values) -> None:
    """Each value of `content` by `Shape.field`, and each object by `Shape`."""
    schema = resolved(described, schema)
    if isinstance(content, list):
        for each in content:
            gather(described, schema["items"], each, found)
    elif isinstance(content, dict) and "x-name" in schema:
        found[schema["x-name"]].append(content)
        assert set(content) <= set(schema["properties"]), schema["x-name"]
        for name, value in content.items():
            found[f"{schema['x-name']}.{name}"].append(value)
            gather(described, schema["properties"][name], value, found)


@pytest.fixture(scope="module")
def real(described: dict[str, Any], exchanges: list[tuple[dict[str, Any], Any]]) -> Values:
    found: Values = defaultdict(list)
    for schema, content in exchanges:
        gather(described, schema, content, found)
    return found


def shapes_of_answers(described: dict[str, Any]) -> set[str]:
    """Names of the shapes that responses consist of."""
    found: set[str] = set()

    def walk(node: Any) -> None:
        for name in {part.partition('"')[0] for part in json.dumps(node).split("#/components/schemas/")[1:]}:
            if name not in found:
                found.add(name)
                walk(described["components"]["schemas"][name])

    for _, _, operation in operations(described):
        walk(operation["responses"].get("200", {}))
    return found


def alike(example: Any, value: Any) -> bool:
    if isinstance(example, float) and isinstance(value, float):
        return example == pytest.approx(value, abs=0.02)  # the last digits are a machine's own
    return bool(example == value)


def test_what_an_example_says_is_what_comes(described: dict[str, Any], real: Values) -> None:
    wrong, compared = [], 0
    for name in shapes_of_answers(described) - NEVER_HERE:
        for field, shape in described["components"]["schemas"][name].get("properties", {}).items():
            key = f"{name}.{field}"
            if "example" not in shape or key in ANY_VALUE:
                continue
            compared += 1
            if not any(alike(shape["example"], value) for value in real[key]):
                wrong.append((key, shape["example"], real[key][:3]))
    assert not wrong, "\n".join(map(str, wrong))
    assert compared > 100


def test_what_is_left_out_is_left_out_for_a_reason_that_holds(real: Values) -> None:
    for name in NEVER_HERE:
        assert real[name] == []
    silent = {key for key in ANY_VALUE if key.partition(".")[0] in {"DocumentSummary", "Citation"}}
    for key in silent | {"Answer.model", "VerifyLocation.page"}:
        assert all(value in (None, []) for value in real[key]), key


@pytest.mark.parametrize("shape", ["Citation", "Hit", "ClauseDetail", "VerifyLocation", "UrlCitation"])
def test_the_offsets_of_an_example_hold(described: dict[str, Any], stored: str, shape: str) -> None:
    fields = described["components"]["schemas"][shape]["properties"]
    words = fields.get("quote", fields.get("text"))["example"]
    assert stored[fields["start"]["example"] : fields["end"]["example"]] == words
    assert len(words) > 10


def test_the_answers_of_the_examples_are_of_each_kind(real: Values) -> None:
    assert {"answered", "not_covered"} <= set(real["Answer.status"])
    assert True in real["Answer.correction"]
    assert any(real["Answer.related"])
    assert any(real["Answer.missing"])
    assert {0 <= citation["score"] <= 1 for citation in real["Citation"]} == {True}


def test_the_marker_of_the_completions_example_stands_where_it_says(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    place = schemas["UrlCitation"]["properties"]
    content = schemas["CompletionMessage"]["properties"]["content"]["example"]
    marked = content[place["start_index"]["example"] : place["end_index"]["example"]]
    assert marked == f"[{place['marker']['example']}]"


def test_the_example_of_the_events_is_one_that_comes(described: dict[str, Any], client: TestClient) -> None:
    media = described["paths"]["/v1/ask"]["post"]["responses"]["200"]["content"]["text/event-stream"]
    body = described["components"]["schemas"]["AskRequest"]["example"]
    stream = client.post("/v1/ask", json=body, headers={"Accept": "text/event-stream"}).text
    assert media["example"] in stream


def test_an_example_of_a_fault_has_its_words(described: dict[str, Any], client: TestClient) -> None:
    examples = described["paths"]["/v1/documents/{id}"]["get"]["responses"]["404"]["content"]
    example = examples["application/problem+json"]["example"]
    problem = check_problem(client.get("/v1/nothing"), 404)
    assert {name: problem[name] for name in ("type", "title", "status", "detail")} == {
        name: example[name] for name in ("type", "title", "status", "detail")
    }


def test_the_plan_of_the_examples_is_the_one_that_is_shipped(assistant: "Assistant") -> None:
    assert assistant.library.ids() == (PLAN,)
