"""What schemathesis cannot read from the description of the interface, for `tests.assistant.api.cases`.

Each of these changes valid cases only, in the one place that is named; invalid ones go out as they were made.
"""

import os
from typing import Any

import schemathesis
from schemathesis.generation import GenerationMode

ANSWER_VARIABLE = "POLICY_QA_CASES_ANSWER"
"""Names the environment variable with the id of an answer that the server gave."""
_QUESTION = {"role": "user", "content": "公办园占比要达到多少？"}


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    """Make a valid case one that can be answered here."""
    body = case.body
    valid = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    if not valid or not isinstance(body, dict):
        return
    match case.operation.path:
        case "/v1/ask" if body.get("answerer") == "llm":
            # no language model is set up, which the description of the shapes cannot know
            case.body = {**body, "answerer": "extractive"}
        case "/v1/chat/completions":
            # the last message of a person has to be a question: OpenAPI 3.0 has no `contains`
            case.body = {**body, "messages": [*body["messages"][:100], _QUESTION]}
        case "/v1/verify" if (body.get("quote") is None) == (body.get("text") is None):
            # one of both: OpenAPI says it by `oneOf`, of which generators of clients make no usable shape
            case.body = {**body, "quote": _QUESTION["content"], "text": None}
        case "/v1/feedback":
            # an answer that was given; no call lists them
            case.body = {**body, "answer_id": os.environ[ANSWER_VARIABLE]}
