"""The shapes of the calls that OpenAI's clients make: chat completions and models.

What a client of that kind may send and this service does not read is named in the description; fields that
it does not even name are passed over, since clients add ever new ones.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from assistant.api.models import Notice, Out
from assistant.api.sample import (
    ANSWER,
    CLAUSE,
    CONFIDENCE,
    CONTENT,
    END,
    LABEL,
    PLAN,
    QUESTION,
    QUOTE,
    SENTENCE,
    SHORT_ANSWER,
    STANDALONE,
    START,
    TITLE,
    URL,
    VERSION,
)
from assistant.api.wording import OWN
from assistant.schema import MAX_QUESTION, Status

EXTRACTIVE = "policy-qa"
WRITTEN = "policy-qa-llm"
MAX_MESSAGES = 200
_ONLY_TEXT = "只收文字：要是字符串，或几段 type 为 text 的文字"
_NO_EFFECT = "可以带上，不起作用"


class TextPart(BaseModel):
    """消息里的一段文字。"""

    type: Literal["text"] = Field(description="种类，只收文字", examples=["text"])
    text: str = Field(description="文字", examples=[QUESTION])


def _only_text(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise PydanticCustomError(OWN, _ONLY_TEXT)
    for part in value:
        if not isinstance(part, dict) or part.get("type") != "text" or not isinstance(part.get("text"), str):
            raise PydanticCustomError(OWN, _ONLY_TEXT)
    return value


class Message(BaseModel):
    """一条消息。"""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"] = Field(
        description="谁说的：user 提问的人，assistant 先前的回答；其余角色的消息不读", examples=["user"]
    )
    content: Annotated[str | list[TextPart] | None, BeforeValidator(_only_text)] = Field(
        None, description="文字，或只由文字组成的几段；图片、声音和文件不收", examples=[QUESTION]
    )

    @property
    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    """逐段返回时的选项。"""

    include_usage: bool | None = Field(None, strict=True, description="最后再给一段用量", examples=[True])


def _asks(messages: list[Message]) -> list[Message]:
    if not any(message.role == "user" for message in messages):
        raise PydanticCustomError(OWN, "里要有一条 role 为 user 的消息，它的文字就是问题")
    return messages


Messages = Annotated[list[Message], Field(min_length=1, max_length=MAX_MESSAGES), AfterValidator(_asks)]


class CompletionRequest(BaseModel):
    """一次提问，写成 OpenAI 的对话格式。"""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [{"model": EXTRACTIVE, "messages": [{"role": "user", "content": QUESTION}]}]
        },
    )

    model: str = Field(
        description=f"由谁作答：{EXTRACTIVE} 摘录原文，{WRITTEN} 大模型（需要先配置）", examples=[EXTRACTIVE]
    )
    messages: Messages = Field(
        description=f"对话，最多 {MAX_MESSAGES} 条。最后一条 user 消息是问题（1 到 {MAX_QUESTION} 个字），"
        "更早的 user 消息是先前的问题，用来读懂追问；assistant 消息和 system 消息不读，改变不了回答",
        examples=[[{"role": "user", "content": QUESTION}]],
    )
    stream: bool | None = Field(None, strict=True, description="逐段返回", examples=[False])
    stream_options: StreamOptions | None = Field(None, description="逐段返回时的选项")
    n: int | None = Field(None, strict=True, ge=1, le=1, description="给几个回答，只能是 1", examples=[1])
    temperature: Any = Field(None, description=_NO_EFFECT, examples=[0.0])
    top_p: Any = Field(None, description=_NO_EFFECT, examples=[1.0])
    max_tokens: Any = Field(None, description=f"{_NO_EFFECT}，引文不截断", examples=[1024])
    max_completion_tokens: Any = Field(None, description=f"{_NO_EFFECT}，引文不截断", examples=[1024])
    stop: Any = Field(None, description=f"{_NO_EFFECT}，引文不截断", examples=["\n\n"])
    seed: Any = Field(None, description=f"{_NO_EFFECT}，同样的问题回答本来就相同", examples=[7])
    user: Any = Field(None, description=f"{_NO_EFFECT}，也不保存", examples=["portal-1"])
    tools: Any = Field(None, description=f"{_NO_EFFECT}，从不调用工具", examples=[[]])
    tool_choice: Any = Field(None, description=_NO_EFFECT, examples=["none"])
    response_format: Any = Field(None, description=f"{_NO_EFFECT}，回答总是文字", examples=[{"type": "text"}])
    presence_penalty: Any = Field(None, description=_NO_EFFECT, examples=[0.0])
    frequency_penalty: Any = Field(None, description=_NO_EFFECT, examples=[0.0])


class UrlCitation(Out):
    """一处引文和它在回答里的位置。"""

    url: str = Field(
        description="打开原文并高亮引文的网址",
        examples=[f"http://127.0.0.1:8000{URL}"],
    )
    title: str = Field(
        description="文件标题和条款",
        examples=[f"{TITLE} {LABEL}"],
    )
    start_index: int = Field(
        description="标记 [n] 在 content 里的起点（按字计，从 0 起）", examples=[len(SENTENCE)]
    )
    end_index: int = Field(description="标记在 content 里的终点（不含）", examples=[len(ANSWER)])
    marker: int = Field(description="引文序号，即标记里的 n", examples=[1])
    quote: str = Field(description="引文，等于所引版本原文的 text[start:end]", examples=[QUOTE])
    start: int = Field(description="引文在原文里的起点（按字计，从 0 起）", examples=[START])
    end: int = Field(description="引文在原文里的终点（不含）", examples=[END])
    document_id: str = Field(description="文件编号", examples=[PLAN])
    document_version: str = Field(description="文件版本", examples=[VERSION])
    clause_id: str = Field(description="条款编号", examples=[CLAUSE])
    clause_label: str = Field(description="条款的通行写法", examples=[LABEL])


class Annotation(Out):
    """回答里的一个标记。"""

    type: Literal["url_citation"] = Field(
        default="url_citation", description="种类", examples=["url_citation"]
    )
    url_citation: UrlCitation = Field(description="标记所指的引文")


class Judgement(Out):
    """OpenAI 的格式装不下的几项，含义同 /v1/ask 的回答。"""

    status: Status = Field(description="结果，取值同 /v1/ask", examples=["answered"])
    short_answer: str | None = Field(description="答案本身；没有则为空", examples=[SHORT_ANSWER])
    correction: bool = Field(description="问题的前提与原文不符，回答作了更正", examples=[False])
    missing: list[str] = Field(description="问到了而文件没有写的内容", examples=[[]])
    confidence: float = Field(description="回答正确且完整的把握，0 到 1", examples=[CONFIDENCE])
    notices: list[Notice] = Field(description="提示，如文件期限已过")
    standalone_question: str = Field(description="实际检索的问题，追问已补全", examples=[STANDALONE])


class CompletionMessage(Out):
    """回答。"""

    role: Literal["assistant"] = Field(
        default="assistant", description="总是 assistant", examples=["assistant"]
    )
    content: str = Field(description="给人看的回答：正文和标记、提示、依据和网址、声明", examples=[CONTENT])
    refusal: str | None = Field(
        default=None, description="总为空；答不了时 content 里有说明", examples=[None]
    )
    annotations: list[Annotation] = Field(description="content 里的标记各指哪处引文")


class Choice(Out):
    """唯一的回答。"""

    index: Literal[0] = Field(default=0, description="总是 0", examples=[0])
    message: CompletionMessage = Field(description="回答")
    finish_reason: Literal["stop"] = Field(default="stop", description="总是 stop", examples=["stop"])


class Usage(Out):
    """用量，按字数（Unicode 码点）计，不是大模型的词元数，也不用来计费。"""

    prompt_tokens: int = Field(description="全部消息的字数", examples=[len(QUESTION)])
    completion_tokens: int = Field(description="content 的字数", examples=[len(CONTENT)])
    total_tokens: int = Field(description="两者之和", examples=[len(QUESTION + CONTENT)])


class Completion(Out):
    """一次回答，写成 OpenAI 的格式。"""

    id: str = Field(description="回答编号", examples=["chatcmpl-0f8fad5bd9cb469fa165708867287a01"])
    object: Literal["chat.completion"] = Field(
        default="chat.completion", description="种类", examples=["chat.completion"]
    )
    created: int = Field(description="作答时间（Unix 秒）", examples=[1796000000])
    model: str = Field(description="由谁作答，同请求", examples=[EXTRACTIVE])
    system_fingerprint: str = Field(
        description="所用索引的指纹：相同则文本和参数相同", examples=["2d528dc6d1761ea9ea11"]
    )
    choices: list[Choice] = Field(description="只有一个")
    usage: Usage = Field(description="用量")
    policy_qa: Judgement = Field(description="结果和把握等")


class Model(Out):
    """一个可以用的 model。"""

    id: str = Field(description="名称，填在请求的 model 里", examples=[EXTRACTIVE])
    object: Literal["model"] = Field(default="model", description="种类", examples=["model"])
    created: int = Field(default=0, description="总是 0", examples=[0])
    owned_by: str = Field(default="policy-qa", description="由谁提供", examples=["policy-qa"])


class ModelList(Out):
    """可以用的 model。"""

    object: Literal["list"] = Field(default="list", description="种类", examples=["list"])
    data: list[Model] = Field(description="先摘录，再大模型（配置了才有）")
