"""The shapes of problem objects (RFC 9457)."""

from pydantic import Field

from assistant.api.models import Out
from assistant.api.sample import REQUEST_ID


class FieldError(Out):
    """一个填错的字段。"""

    field: str = Field(description="字段名", examples=["question"])
    message: str = Field(description="哪里不对", examples=["不能为空"])


class OpenAIError(Out):
    """同一个错误，供 OpenAI 的客户端读取。"""

    message: str = Field(
        description="出了什么问题，怎样改正，同 detail",
        examples=["没有这个 model，请从 /v1/models 列出的里面选。"],
    )
    type: str = Field(
        description="大类：invalid_request_error 请求不对，authentication_error 密钥不对，"
        "permission_error 没有权限，rate_limit_error 太频繁，server_error 服务出错",
        examples=["invalid_request_error"],
    )
    code: str = Field(description="错误种类，即 type 的末段", examples=["not-found"])
    param: str | None = Field(description="填错的字段，没有则为空", examples=["messages[0].content"])


class ProblemDetails(Out):
    """出错时的说明（RFC 9457）。"""

    type: str = Field(description="错误种类的固定标识", examples=["urn:policy-qa:problem:invalid-field"])
    title: str = Field(description="错误种类的名称", examples=["有字段填得不对"])
    status: int = Field(description="HTTP 状态码", examples=[422])
    detail: str = Field(description="出了什么问题，怎样改正", examples=["question：不能为空。请改正后再发。"])
    instance: str = Field(description="出错的地址", examples=["/v1/ask"])
    request_id: str = Field(description="这次请求的编号，向管理员报告时附上", examples=[REQUEST_ID])
    retry_after: int | None = Field(
        None, description="过多少秒再试，与响应头 Retry-After 相同，只有 429 和 503 才有", examples=[5]
    )
    errors: list[FieldError] | None = Field(
        None,
        description="填错的字段，只有 422 时才有",
        examples=[[{"field": "question", "message": "不能为空"}]],
    )
    error: OpenAIError | None = Field(None, description="同一个错误，只有 OpenAI 的客户端会用的地址才有")
