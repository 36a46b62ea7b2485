"""What a validation error means, in Chinese: pydantic's error types to a sentence without a full stop.

To add one: the error's `type` as pydantic documents it, and a template over its `ctx`.
"""

import re
from collections.abc import Mapping
from typing import Any

OWN = "policy_qa"
"""Type of the errors that our own validators raise; their message is Chinese already."""

INVALID_FALLBACK = "填得不对"

_TEMPLATES = {
    "missing": "缺少这个字段",
    "extra_forbidden": "没有这个字段，请检查它的名字",
    "string_type": "要是字符串",
    "string_too_short": "不能为空",
    "string_too_long": "太长了，最多 {max_length} 个字",
    "string_pattern_mismatch": "写法不对，请照说明里的样子写",
    "bool_parsing": "只能是 true 或 false",
    "int_type": "要是整数",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "list_type": "要是列表",
    "bool_type": "要是 true 或 false",
    "too_short": "至少要有 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "model_attributes_type": '要是 JSON 对象，如 {{"question": "…"}}',
    "dict_type": "要是 JSON 对象",
    "date_from_datetime_parsing": "不是有效的日期，请写成 2022-12-31 的样子",
    "date_parsing": "不是有效的日期，请写成 2022-12-31 的样子",
}
_ENUM = "只能是下列之一：{choices}"


def wording(error: Mapping[str, Any]) -> str | None:
    """The Chinese sentence for one pydantic error, or None for a type that is not listed.

    The values that the client sent are never repeated.
    """
    if error["type"] == OWN:
        return str(error["msg"])
    context = error.get("ctx", {})
    if error["type"] in ("enum", "literal_error"):
        choices = re.sub(", | or ", "、", str(context["expected"]).replace("'", ""))
        return _ENUM.format(choices=choices)
    kind = error["type"]
    if kind in ("too_short", "too_long") and isinstance(error.get("input"), str):
        kind = f"string_{kind}"  # pydantic uses the list's word for a string behind a validator
    template = _TEMPLATES.get(kind)
    return template.format(**context) if template else None
