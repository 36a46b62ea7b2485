"""The shapes of the HTTP interface: what comes in and what goes out, with Chinese documentation.

These models are the source of the OpenAPI page. Answers are made from the assistant's dataclasses by
attribute, so a field has the same name on both sides.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from assistant.api.names import In
from assistant.api.sample import (
    ANSWER,
    ANSWER_ID,
    CLAUSE,
    CONFIDENCE,
    CONVERSATION_ID,
    CONVERSATION_SECRET,
    END,
    LABEL,
    MISSING,
    NOTICE,
    PATH,
    PLAN,
    QUESTION,
    QUOTE,
    SCORE,
    SENTENCE,
    SHORT_ANSWER,
    STANDALONE,
    START,
    TITLE,
    URL,
    VERSION,
)
from assistant.api.wording import OWN
from assistant.schema import MAX_QUESTION, Answerer, DocumentTopic, NoticeKind, SentenceKind, Status
from assistant.statuses import STATUSES
from index.schema import Validity

MAX_DOCUMENTS = 100

SCORE_MEANS = "相关程度，0 到 1：各信号合起来占满分的几成；只用于排序，不是把握"
VALIDITY = (
    "效力：in_force 有效，expired 期限已过，superseded 已有新版，repealed 已废止，"
    "not_yet 尚未施行，unknown 不明"
)
NOTICE_KINDS: Mapping[NoticeKind, str] = {
    NoticeKind.EXPIRED: "所引文件期限已过",
    NoticeKind.SUPERSEDED: "所引文件已有新版本",
    NoticeKind.REPEALED: "所引文件已废止",
    NoticeKind.NOT_YET: "所引文件尚未施行",
    NoticeKind.RELATIVE_TIME: "“今年”“明年”所指的年份不在文件的期限里",
    NoticeKind.SAFETY: "提问的人可能有危险或痛苦，附求助电话",
    NoticeKind.NOT_STORED: "回答没能存下来，不能接着问",
    NoticeKind.MODEL_FAULT: "大模型没有应答，以摘录代替",
    NoticeKind.MODEL_SILENT: "大模型没有找到回答，以摘录代替",
    NoticeKind.MODEL_EMPTY: "大模型没有写出带出处的句子，以摘录代替",
    NoticeKind.UNVERIFIED_MODEL: "大模型写的没有通过核对，以摘录代替",
}
"""What each kind of notice is about."""
BROKEN_CHARACTER = "里有残缺的字符（如半个表情符号），请删去或重新输入"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")  # white space is none of these
_SURROGATE = re.compile(r"[\ud800-\udfff]")  # JSON can carry half a pair; pydantic lets it pass
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def trim(value: Any) -> Any:
    """`value` without white space around it, where it is text."""
    return value.strip() if isinstance(value, str) else value


def readable(value: str) -> str:
    """`value`, if it holds nothing that no person types. Raises PydanticCustomError."""
    if _CONTROL.search(value):
        raise PydanticCustomError(OWN, "里有看不见的控制字符，请删去或重新输入")
    if _SURROGATE.search(value):
        raise PydanticCustomError(OWN, BROKEN_CHARACTER)
    return value


def _day(value: Any) -> Any:
    """Only `2022-12-31`: time stamps and numbers of seconds are no days."""
    if value is None or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise PydanticCustomError(OWN, "不是有效的日期，请写成 2022-12-31 的样子")


_NO_CONTROL = r"[^\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
READABLE = {"pattern": f"^{_NO_CONTROL}*$"}
"""What `readable` wants, for the description."""
WORDS = {"pattern": rf"^{_NO_CONTROL}*[^\s\x00-\x1f\x7f-\x9f]{_NO_CONTROL}*$"}
"""The same, and not all white space."""

Question = Annotated[
    str,
    BeforeValidator(trim),
    Field(min_length=1, max_length=MAX_QUESTION, json_schema_extra=dict(WORDS)),
    AfterValidator(readable),
]
Day = Annotated[date, BeforeValidator(_day)]
DocumentIds = Annotated[list[str], Field(min_length=1, max_length=MAX_DOCUMENTS)]


class Out(BaseModel):
    """The base of everything that goes out."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class AskRequest(In):
    """一次提问。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": QUESTION}]})

    question: Question = Field(
        description=f"问题，去掉首尾空白后 1 到 {MAX_QUESTION} 个字",
        examples=[QUESTION],
    )
    conversation_id: str | None = Field(
        None,
        min_length=1,
        description="接着哪一段对话问（上次回答里给出的 conversation_id）；不填就开始新的对话",
        examples=[CONVERSATION_ID],
    )
    documents: DocumentIds | None = Field(
        None, description="只在这些文件里找（文件编号）；不填就在全部文件里找", examples=[[PLAN]]
    )
    answerer: Answerer | None = Field(
        None,
        description="由谁作答：extractive 摘录原文；llm 由大模型写成句子，逐句与原文核对（需要先配置模型）；"
        "不填就由服务的设置决定",
        examples=[Answerer.EXTRACTIVE.value],
    )
    as_of: Day | None = Field(
        None,
        description="按哪一天的有效文本回答，也是“今年”“现在”所指的日子；默认今天",
        examples=["2022-06-01"],
    )


class RowCell(Out):
    """表格一行里的一格。"""

    name: str = Field(description="所在列的名称，表格没有列名时为空文字", examples=["学段"])
    value: str = Field(description="这一格的内容，去掉了空白", examples=["小学"])

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, given: Any) -> Any:
        """A pair, as the assistant has it, by its names."""
        return dict(zip(("name", "value"), given, strict=True)) if isinstance(given, tuple) else given


class Citation(Out):
    """一处引文，与原文逐字相同。"""

    marker: int = Field(description="引文序号，对应回答里的 [n]", examples=[1])
    document_id: str = Field(description="文件编号", examples=[PLAN])
    document_title: str = Field(description="文件标题", examples=[TITLE])
    document_version: str = Field(description="文件版本", examples=[VERSION])
    validity: Validity = Field(
        description=VALIDITY,
        examples=["expired"],
    )
    clause_id: str = Field(description="条款编号", examples=[CLAUSE])
    clause_label: str = Field(description="条款的通行写法", examples=[LABEL])
    clause_path: list[str] = Field(description="从最上层到本条的各级标题", examples=[PATH])
    quote: str = Field(description="引文，等于所引版本原文的 text[start:end]", examples=[QUOTE])
    start: int = Field(description="引文在原文里的起点（按字计，从 0 起）", examples=[START])
    end: int = Field(description="引文在原文里的终点（不含）", examples=[END])
    page: int | None = Field(description="原件页码，没有则为空", examples=[3])
    row: list[RowCell] = Field(
        description="引文是表格的一行时，它的各格和所在列的名称，与其他行合并的格也在内，空格不列；"
        "不是表格的行则为空",
        examples=[[{"name": "学段", "value": "小学"}, {"name": "学费", "value": "0"}]],
    )
    url: str = Field(description="打开原文并高亮引文的地址", examples=[URL])
    score: float = Field(description=SCORE_MEANS, examples=[SCORE])


class Notice(Out):
    """读者需要知道的一件事。"""

    kind: str = Field(
        description="种类，以后会增加：" + "，".join(f"{kind} {text}" for kind, text in NOTICE_KINDS.items()),
        examples=["expired"],
    )
    text: str = Field(description="说明", examples=[NOTICE])


class Sentence(Out):
    """回答里的一句话和它的依据。"""

    text: str = Field(description="这句话", examples=[SENTENCE])
    citations: list[int] = Field(description="依据的引文序号", examples=[[1]])
    support: float = Field(description="引文对这句话的支持程度，0 到 1", examples=[1.0])
    kind: SentenceKind = Field(
        description="怎样写成：lead 摘出原文里作答的话，quote 整句引文，paraphrase 大模型写的、已与引文核对，"
        "notice 固定的说明，不含依据",
        examples=["lead"],
    )


class Answer(Out):
    """一次回答。"""

    id: str = Field(description="回答编号", examples=[ANSWER_ID])
    conversation_id: str = Field(description="所属对话的编号，追问时带上它", examples=[CONVERSATION_ID])
    conversation_secret: str | None = Field(
        None,
        description="这段对话的密钥，只在对话的第一个回答里给出，请自己保存：接着问、查看、改名、删除都要用它",
        examples=[CONVERSATION_SECRET],
    )
    status: Status = Field(
        description="结果：" + "，".join(f"{s} {meaning.description}" for s, meaning in STATUSES.items()),
        examples=["answered"],
    )
    answer: str = Field(
        description="给人看的回答，[n] 标在有依据的句子后面",
        examples=[ANSWER],
    )
    short_answer: str | None = Field(
        description="答案本身，带原文的单位和期限，数字用半角；没有则为空", examples=[SHORT_ANSWER]
    )
    correction: bool = Field(description="问题的前提与原文不符，回答作了更正", examples=[False])
    missing: list[str] = Field(description="问到了而文件没有写的内容", examples=[[MISSING]])
    document_topics: list[DocumentTopic] = Field(
        description="问的是文件本身时，问了哪几样：validity 是否有效，issuer 发文机关，dates 发布和施行日期，"
        "number 文号，place 适用的地方，original 全文在哪；问的是文件的内容则为空",
        examples=[[]],
    )
    confidence: float = Field(
        description="回答正确且完整的把握，0 到 1；document_topics 不为空时，是问的确实是文件本身的把握",
        examples=[CONFIDENCE],
    )
    citations: list[Citation] = Field(description="依据，主要的在前；只有 answered 时才有")
    related: list[Citation] = Field(description="文件没有写时，内容最接近的条款，不是依据")
    notices: list[Notice] = Field(description="提示，如文件期限已过")
    standalone_question: str = Field(description="实际检索的问题，追问已补全", examples=[STANDALONE])
    sentences: list[Sentence] = Field(description="回答的每一句话和依据")
    answerer: Answerer = Field(description="由谁作答：extractive 摘录，llm 大模型", examples=["extractive"])
    model: str | None = Field(description="大模型的名称，摘录时为空", examples=["某大模型"])
    prompt_version: str | None = Field(description="提示词版本，摘录时为空", examples=["answer-1+0f8fad5b"])
    timings_ms: dict[str, float] = Field(
        description="各步骤用时（毫秒）", examples=[{"rewrite": 0.27, "retrieve": 58.75}]
    )


class Health(Out):
    """服务的状态。"""

    status: str = Field(description="ok 在运行；ready 可以回答问题", examples=["ok"])
