"""The shapes of POST /v1/verify."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from assistant.api.models import VALIDITY, WORDS, Day, Out, readable
from assistant.api.names import In
from assistant.api.sample import CLAUSE, LABEL, PLAN, TITLE, VERSION
from assistant.api.wording import OWN
from assistant.draft_check.check_draft import MAX_TEXT
from assistant.draft_check.verdicts import Verdict
from index.schema import Validity

_QUOTE = "到2022年全市公办园在园幼儿占比达到60％以上"
_ORIGINAL = "到2022年全市公办园在园幼儿占比达到50％以上"
_DRAFT = f"《方案》二、（二）1提出：“{_QUOTE}”。"


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError(OWN, "不能为空")
    return value


Text = Annotated[
    str,
    Field(max_length=MAX_TEXT, json_schema_extra=dict(WORDS)),
    AfterValidator(readable),
    AfterValidator(_not_blank),
]


class VerifyRequest(In):
    """一次核对：quote 和 text 填一个。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": _DRAFT}]})

    quote: Text | None = Field(
        None, description=f"一句引文，两端的引号会去掉，最多 {MAX_TEXT} 个字", examples=[_QUOTE]
    )
    text: Text | None = Field(
        None,
        description=f"一份文稿，核对其中全部引文和条款，最多 {MAX_TEXT} 个字",
        examples=[_DRAFT],
    )
    as_of: Day | None = Field(None, description="按哪一天判断文件效力；默认今天", examples=["2022-06-01"])

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.quote is None) == (self.text is None):
            raise PydanticCustomError(OWN, "要填 quote 或 text，而且只填一个")
        return self


class VerifyLocation(Out):
    """原文里的一处。"""

    document_id: str = Field(description="文件编号", examples=[PLAN])
    document_title: str = Field(description="文件标题", examples=[TITLE])
    document_version: str = Field(description="文件版本", examples=[VERSION])
    validity: Validity = Field(
        description=VALIDITY,
        examples=["expired"],
    )
    clause_id: str = Field(description="条款编号", examples=[CLAUSE])
    clause_label: str = Field(description="条款的通行写法", examples=[LABEL])
    quote: str = Field(description="原文，等于所指版本原文的 text[start:end]", examples=[_ORIGINAL])
    start: int = Field(description="在原文里的起点（按字计，从 0 起）", examples=[3471])
    end: int = Field(description="在原文里的终点（不含）", examples=[3495])
    page: int | None = Field(description="原件页码，没有则为空", examples=[3])
    url: str = Field(
        description="打开原文并高亮的地址",
        examples=[f"/documents/{PLAN}?version=2020-10-22&clause=2.2.1&start=3471&end=3495"],
    )


class VerifyDiff(Out):
    """引文与原文的一处对照；各处的 quote 连起来是引文，original 连起来是原文。"""

    op: Literal["equal", "insert", "delete", "replace"] = Field(
        description="equal 相同，insert 引文多出，delete 引文漏掉，replace 引文改动", examples=["replace"]
    )
    quote: str = Field(description="引文里的文字", examples=["6"])
    original: str = Field(description="原文里的文字；引文用省略号略去的部分写作“……”", examples=["5"])


class VerifyResult(Out):
    """一处引文或条款的核对结果。"""

    kind: Literal["quotation", "reference"] = Field(
        description="quotation 引文，reference 条款", examples=["quotation"]
    )
    text: str = Field(description="文稿里的文字，等于 text[start:end]，不含引号", examples=[_QUOTE])
    start: int = Field(description="在文稿里的起点（按字计，从 0 起）", examples=[14])
    end: int = Field(description="在文稿里的终点（不含）", examples=[38])
    verified: bool = Field(description="是否核对无误", examples=[False])
    verdict: Verdict = Field(
        description="结论：verbatim 与原文一致（空白和全半角等写法不计），found 有此条款，"
        "altered 与原文不同，not_found 没有找到，ambiguous 看不出指哪份文件、没有核对",
        examples=["altered"],
    )
    misplaced: bool = Field(
        description="原文有这句话，但不在旁边注明的条款或文件里；这时不算核对无误", examples=[False]
    )
    location: VerifyLocation | None = Field(description="原文真正的所在，没有则为空")
    nearest: VerifyLocation | None = Field(description="最接近的原文；与原文一致时为空")
    diff: list[VerifyDiff] = Field(description="引文与最接近的原文逐字对照，只有 altered 时才有")
    note: str = Field(
        description="一句话说明",
        examples=[
            f"与《{TITLE}》二、（二）1的原文有1处不同，涉及数字，请对照原文改正；请注意，该文件的实施期已满。"
        ],
    )


class VerifySummary(Out):
    """各种结论的数目。"""

    total: int = Field(description="核对了几处", examples=[2])
    verified: int = Field(description="核对无误的", examples=[1])
    altered: int = Field(description="与原文不同的", examples=[1])
    misplaced: int = Field(description="出处不对的", examples=[0])
    not_found: int = Field(description="没有找到的", examples=[0])
    ambiguous: int = Field(description="看不出指哪份文件、没有核对的条款", examples=[0])
    outdated: int = Field(description="核对无误、但所引文件已不是现行有效的", examples=[1])
    terms: int = Field(description="引号里只是简短用语、没有核对的", examples=[0])
    own: int = Field(description="指文稿自身条款、没有核对的", examples=[0])


class VerifyReport(Out):
    """核对结果。"""

    results: list[VerifyResult] = Field(description="逐处结果，按在文稿里的先后")
    summary: VerifySummary = Field(description="各种结论的数目")
