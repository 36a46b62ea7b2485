"""The shapes of the tools: what goes in and what comes out, described in Chinese for users' assistants."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from assistant.api.document_models import ClauseDetail
from assistant.api.models import VALIDITY, Day, DocumentIds, Out, Question, readable
from assistant.api.wording import OWN
from assistant.schema import MAX_QUESTION, Status
from assistant.statuses import STATUSES
from index.schema import Validity

MAX_DRAFT = 10_000
"""Code points of a draft: an assistant writes a call's arguments word by word, and even written as escapes
so many fit into the 64 KiB that a body may have."""
MAX_HITS = 20

_DOCUMENTS = "只在这些文件里找，填文件编号（document_id）；不填就在全部文件里找"
_AS_OF = "按哪一天的有效文本，写成 2022-06-01 的样子；不填就是今天"


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError(OWN, "不能为空")
    return value


Draft = Annotated[str, Field(max_length=MAX_DRAFT), AfterValidator(readable), AfterValidator(_not_blank)]


class Arguments(BaseModel):
    """The base of every tool's arguments: a name that is not known is told, not dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AskArguments(Arguments):
    """Of `ask`."""

    question: Question = Field(description=f"要问的话，1 到 {MAX_QUESTION} 个字，要能单独看懂")
    documents: DocumentIds | None = Field(None, description=_DOCUMENTS)
    as_of: Day | None = Field(None, description=_AS_OF)


class SearchArguments(Arguments):
    """Of `search_clauses`."""

    query: Question = Field(description=f"要找的内容，1 到 {MAX_QUESTION} 个字")
    top_k: int = Field(5, strict=True, ge=1, le=MAX_HITS, description="最多返回几条")
    documents: DocumentIds | None = Field(None, description=_DOCUMENTS)
    as_of: Day | None = Field(None, description=_AS_OF)


class ClauseArguments(Arguments):
    """Of `get_clause`."""

    document_id: str = Field(description="文件编号，见 ask 或 search_clauses 的结果", max_length=200)
    address: str = Field(description="条款地址，如 2.2.1，见结果里的 address", max_length=200)
    version: str | None = Field(
        None, description="版本，如 2020-10-22；不填就取今天有效的版本，没有则取最新的", max_length=200
    )


class VerifyArguments(Arguments):
    """Of `verify_quotes`."""

    text: Draft | None = Field(
        None, description=f"一段文稿，核对其中全部引文和条款，最多 {MAX_DRAFT} 个字；与 quote 只填一个"
    )
    quote: Draft | None = Field(None, description=f"一句引文，最多 {MAX_DRAFT} 个字；与 text 只填一个")
    as_of: Day | None = Field(None, description=_AS_OF)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.quote is None) == (self.text is None):
            raise PydanticCustomError(OWN, "要填 quote 或 text，而且只填一个")
        return self


class Passage(Out):
    """原文里的一处。"""

    document_id: str = Field(description="文件编号")
    document_title: str = Field(description="文件标题")
    document_version: str = Field(description="文件版本")
    validity: Validity = Field(description=VALIDITY)
    clause_label: str = Field(description="条款的通行写法，如 二、（二）1")
    address: str = Field(description="条款地址，用于 get_clause")
    quote: str = Field(description="引文，与原文逐字相同，等于这个版本原文的 text[start:end]")
    start: int = Field(description="引文在原文里的起点（按字计，从 0 起）")
    end: int = Field(description="引文在原文里的终点（不含）")
    url: str = Field(description="给人打开原文并高亮引文的地址")


class Cited(Passage):
    """回答所依据的一处原文。"""

    marker: int = Field(description="序号，对应回答里的 [n]")


class Asked(Out):
    """一次回答。"""

    status: Status = Field(
        description="结果：" + "，".join(f"{s} {meaning.description}" for s, meaning in STATUSES.items())
    )
    answer: str = Field(description="回答，[n] 标在有依据的句子后面；没有依据的话不要替它补充")
    short_answer: str | None = Field(description="答案本身，带原文的单位和期限，数字用半角；没有则为空")
    correction: bool = Field(description="问题的前提与原文不符，回答作了更正")
    missing: list[str] = Field(description="问到了而文件没有写的内容")
    confidence: float = Field(description="回答正确且完整的把握，0 到 1")
    citations: list[Cited] = Field(description="依据，主要的在前；只有 answered 时才有")
    related: list[Passage] = Field(description="文件没有写时，内容最接近的条款，不是依据")
    notices: list[str] = Field(description="必须一并告诉用户的提示，如文件期限已过")


class Found(Out):
    """检索结果。"""

    hits: list[Passage] = Field(description="原文句子，最相关的在前")


class ClauseFound(ClauseDetail):
    """一个条款的原文。"""

    document_id: str = Field(description="文件编号")
    document_title: str = Field(description="文件标题")
    document_version: str = Field(description="文件版本")
    validity: Validity = Field(description=VALIDITY)
    url: str = Field(description="给人打开原文的地址")
