"""The shapes of POST and DELETE /v1/documents."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from assistant.api.models import Day, Out, readable
from assistant.api.wording import OWN
from index.schema import Authority

_YEARS = r"(?:19|20)\d{2}-(?:19|20)\d{2}"

Text = Annotated[str, Field(max_length=200), AfterValidator(readable)]


def _in_order(value: str) -> str:
    first, last = value.split("-")
    if first > last:
        raise PydanticCustomError(OWN, "起始年份在后面，请写成 2020-2022 的样子")
    return value


class AddRequest(BaseModel):
    """一份要收录的文件和对它的说明；没有填的从文件里读，读不出就空着。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"file": "通知.docx"}]})

    file: Annotated[str, Field(max_length=1000)] = Field(
        description="文件：txt、md、html、docx 或带文字层的 pdf",
        examples=["通知.docx"],
        json_schema_extra={"format": "binary"},
    )
    id: Text | None = Field(
        None, description="文件编号，小写字母、数字、点和连字符；不填就用标题的拼音", examples=["night-room"]
    )
    version: Text | None = Field(None, description="版本，一般是日期", examples=["2024-06-01"])
    title: Text | None = Field(None, description="标题", examples=["夜间阅览室开放通知"])
    number: Text | None = Field(None, description="文号", examples=["某图发〔2024〕5号"])
    issuer: Text | None = Field(None, description="发文机关", examples=["某市图书馆"])
    passed: Day | None = Field(None, description="通过日期", examples=["2024-05-20"])
    published: Day | None = Field(None, description="发布日期", examples=["2024-05-28"])
    effective: Day | None = Field(None, description="施行日期", examples=["2024-06-01"])
    repealed: Day | None = Field(None, description="废止日期", examples=["2026-01-01"])
    jurisdiction: Text | None = Field(
        None, description="适用地域：全国，或一个地方的名称", examples=["重庆市"]
    )
    authority: Authority | None = Field(
        None,
        description="效力层级：" + "，".join(f"{each} {each.label}" for each in Authority),
        examples=["policy"],
    )
    period: Annotated[str, Field(pattern=f"^{_YEARS}$"), AfterValidator(_in_order)] | None = Field(
        None, description="规划、方案的实施期（起止年份）", examples=["2020-2022"]
    )
    replace: bool = Field(
        False,
        description="已有同一编号、同一版本的，换成这一份；只改说明也要它。没有日期的文件内容变了就是新的版本",
        examples=[True],
    )

    def said(self) -> dict[str, Any]:
        """What is said of the document, as a description beside a file would say it, in JSON."""
        given = self.model_dump(exclude_none=True, exclude={"file", "replace"})
        said = {
            name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()
        }
        if self.period is not None:
            said["period"] = [int(year) for year in self.period.split("-")]
        return said


class Removed(Out):
    """移除了什么。"""

    removed: list[str] = Field(description="移除的版本，写作 编号@版本", examples=[["night-room@2024-06-01"]])
