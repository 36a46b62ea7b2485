"""The description of the interface: OpenAPI in Chinese, in the dialect that the bundled page reads.

FastAPI writes OpenAPI 3.1; the bundled Swagger UI reads 3.0, as many client generators do. The two
differ in how they say "or null", in examples and in constants, and in nothing else that we use.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from assistant.access.areas import target_of
from assistant.api.collection_models import AddRequest
from assistant.api.problem_models import ProblemDetails
from assistant.api.problems import BY_STATUS, MEDIA_TYPE, Fault
from assistant.api.sample import ANSWER, CONVERSATION_SECRET, REQUEST_ID
from assistant.api.verify_models import VerifyRequest

_VERSION = "3.0.3"
_CHINESE = re.compile("[\u4e00-\u9fff]")
_NONE = object()
_BY_HAND: tuple[type[BaseModel], ...] = (ProblemDetails, VerifyRequest, AddRequest)
"""Shapes that no route names to the framework."""
_KEY = "key"
_KEY_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "description": "访问密钥，由管理员用 policy-qa keys create 建立；只有本机的服务不需要",
}
_OWNED = ("/v1/ask", "/v1/conversations", "/v1/answers", "/v1/feedback")
"""Calls about a conversation, which belongs to somebody."""
_SECRET = {
    "name": "X-Conversation-Secret",
    "in": "header",
    "required": False,
    "description": "对话的密钥，第一次回答里给出；列出对话时可写多个，用逗号分开",
    "schema": {"type": "string"},
    "example": CONVERSATION_SECRET,
}
_PROBLEM = "#/components/schemas/ProblemDetails"

TAGS = [
    {"name": "问答", "description": "提问，得到带依据的回答"},
    {"name": "对话", "description": "查看、改名、删除自己的对话"},
    {"name": "OpenAI 兼容", "description": "给已经会用 OpenAI 接口的程序"},
    {"name": "检索", "description": "只找原文，不作答"},
    {"name": "核对", "description": "核对文稿里的引文和条款"},
    {"name": "文件", "description": "文件、目录、原文、条款"},
    {"name": "运行状态", "description": "供监控使用"},
]


ANSWER_EVENTS: dict[str, Any] = {
    "description": "回答；或逐段返回的事件",
    "content": {
        "text/event-stream": {
            "schema": {"description": "事件 retrieval、delta、done、error，数据均为 JSON"},
            "example": f"event: delta\ndata: {json.dumps({'text': ANSWER}, ensure_ascii=False)}\n\n",
        }
    },
}
"""What a route that can stream answers with besides its JSON object."""

COMPLETION_EVENTS: dict[str, Any] = {
    "description": "回答；stream 为 true 时是逐段的事件",
    "content": {
        "text/event-stream": {
            "schema": {"description": "对象 chat.completion.chunk，最后是 [DONE]"},
            "example": "data: [DONE]\n\n",
        }
    },
}


ADDING_EVENTS: dict[str, Any] = {
    "description": "已收录过，没有变化，或已替换；或边做边返回的事件",
    "content": {
        "text/event-stream": {
            "schema": {"type": "string", "description": "事件 progress、done、error，数据均为 JSON"},
            "example": 'event: progress\ndata: {"stage": "indexing", "done": 32, "total": 70}\n\n',
        }
    },
}
"""The same of a route that adds a document."""


def form_of(model: type[BaseModel]) -> dict[str, Any]:
    """The documentation of a form that a route reads itself, one of `_BY_HAND`, as `openapi_extra`."""
    return _body(model, "multipart/form-data")


def body_of(model: type[BaseModel]) -> dict[str, Any]:
    """The documentation of a JSON body that a route reads itself, one of `_BY_HAND`, as `openapi_extra`."""
    return _body(model, "application/json")


def _body(model: type[BaseModel], kind: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema}}}}


def problem_responses(*statuses: int | Fault) -> dict[int | str, dict[str, Any]]:
    """Documentation of the problem objects with which a route can answer; a `Fault` where its status alone
    would stand for another."""
    faults = [each if isinstance(each, Fault) else BY_STATUS[each] for each in statuses]
    return {fault.status: _described(fault) for fault in faults}


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.0 document of `app`, made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        schemas = made["components"]["schemas"]
        for model in _BY_HAND:
            nested = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= nested.pop("$defs", {})
            schemas[model.__name__] = nested
        _add_access(made)
        _leave_out_english(made)
        made["openapi"] = _VERSION
        app.openapi_schema = {key: _downgraded(value) for key, value in made.items()}
    return app.openapi_schema


def _leave_out_english(node: Any) -> None:
    """Take out descriptions that are docstrings for those who read the code."""
    if isinstance(node, dict):
        described = node.get("description")
        if isinstance(described, str) and not _CHINESE.search(described):
            del node["description"]
        for value in node.values():
            _leave_out_english(value)
    elif isinstance(node, list):
        for value in node:
            _leave_out_english(value)


def _add_access(made: dict[str, Any]) -> None:
    """What the guard before the routes asks for and answers, said of each call that it guards."""
    made["components"]["securitySchemes"] = {_KEY: _KEY_SCHEME}
    for path, calls in made["paths"].items():
        for method, call in calls.items():
            scope = target_of(method.upper(), path).scope
            if scope is None:
                continue
            call["security"] = [{_KEY: []}, {}]  # on the machine of one's own none is needed
            for status, described in problem_responses(401, 403, 429, 503).items():
                call["responses"].setdefault(str(status), described)
            if path.startswith(_OWNED):
                call.setdefault("parameters", []).append(_SECRET)


def _described(fault: Fault) -> dict[str, Any]:
    example = {
        "type": fault.type,
        "title": fault.title,
        "status": fault.status,
        "detail": fault.advice,
        "instance": "/v1/ask",
        "request_id": REQUEST_ID,
    }
    content = {MEDIA_TYPE: {"schema": {"$ref": _PROBLEM}, "example": example}}
    return {"description": fault.title, "content": content}


def _downgraded(node: Any) -> Any:
    """`node`, a part of an OpenAPI 3.1 document, as 3.0 writes it."""
    if isinstance(node, list):
        return [_downgraded(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    result = {key: _downgraded(value) for key, value in node.items() if key != "examples"}
    examples = node.get("examples")
    if isinstance(examples, list):
        result["example"] = examples[0]
    elif examples is not None:
        result["examples"] = _downgraded(examples)
    if result.get("default", _NONE) is None:
        del result["default"]  # generators take what has a default for always there
    if "const" in result:
        result["enum"] = [result.pop("const")]
    variants = result.get("anyOf")
    if isinstance(variants, list) and {"type": "null"} in variants:
        rest = [variant for variant in variants if variant != {"type": "null"}]
        del result["anyOf"]
        result |= {"allOf": rest} if "$ref" in rest[0] else rest[0]
        result["nullable"] = True
    if set(result) > {"$ref"} and "$ref" in result:  # 3.0 ignores what stands beside a reference
        result["allOf"] = [{"$ref": result.pop("$ref")}]
    return result
