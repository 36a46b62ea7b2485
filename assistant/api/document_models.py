"""Shapes of documents, their outlines and clauses; see `assistant.api.models`."""

from datetime import date

from pydantic import Field

from assistant.api.models import Out
from assistant.api.sample import (
    ADDRESS,
    CLAUSE,
    CLAUSE_END,
    CLAUSE_START,
    CLAUSE_TEXT,
    LABEL,
    PATH,
    PLAN,
    TITLE,
    VERSION,
)
from index.schema import Validity


class DocumentSummary(Out):
    """一份文件；没有写明的项为空，不作推测。"""

    id: str = Field(description="文件编号", examples=[PLAN])
    version: str = Field(description="这里介绍的版本", examples=[VERSION])
    title: str = Field(description="标题", examples=[TITLE])
    number: str | None = Field(description="文号", examples=["渝府发〔2020〕1号"])
    issuer: str | None = Field(description="发文机关", examples=["重庆市教育委员会"])
    jurisdiction: str | None = Field(
        description="适用地域：全国，或一个地方；看不出来则为空", examples=["重庆市"]
    )
    published: date | None = Field(description="发布日期", examples=[VERSION])
    effective: date | None = Field(description="施行日期", examples=[VERSION])
    repealed: date | None = Field(description="废止日期", examples=["2023-01-01"])
    versions: list[str] = Field(description="全部版本，从旧到新", examples=[[VERSION]])
    validity: Validity = Field(description="今天的效力，取值同回答里的引文", examples=["expired"])
    clauses: int = Field(description="条款数", examples=[72])


class DocumentList(Out):
    """全部文件。"""

    documents: list[DocumentSummary] = Field(description="文件，按编号排列")


class OutlineNode(Out):
    """目录里的一个条款。"""

    address: str = Field(description="条款地址", examples=[ADDRESS])
    label: str = Field(description="条款的通行写法", examples=[LABEL])
    heading: str = Field(description="标题", examples=["１.实现学前教育公益普惠发展。"])
    start: int = Field(description="条款在原文里的起点（按字计，从 0 起）", examples=[CLAUSE_START])
    end: int = Field(description="条款在原文里的终点（不含）", examples=[CLAUSE_END])
    children: list["OutlineNode"] = Field(description="下一层条款")


class DocumentWarning(Out):
    """收录时发现的、维护人员应当看一眼的地方。"""

    kind: str = Field(
        description="种类：gap 编号缺漏，orphan 像条款而没有接上编号的行，no_outline 没有识别出结构，"
        "unread_page 没有读出文字的页，columns 阅读顺序不确定的页，unread_part 没有读出文字的图片等",
        examples=["gap"],
    )
    text: str = Field(description="说明", examples=["编号不连续：缺（三）"])
    start: int | None = Field(
        description="在原文里的位置（按字计，从 0 起）；无从指明则为空", examples=[3241]
    )
    page: int | None = Field(description="原件的页码，从 1 起；没有页码则为空", examples=[2])


class DocumentDetail(DocumentSummary):
    """一份文件和它的目录。"""

    levels: dict[str, int] = Field(
        description="识别出的层级和各有多少个", examples=[{"一、": 3, "（一）": 16, "段": 10, "1.": 40}]
    )
    tables: int = Field(description="表格数", examples=[0])
    warnings: list[DocumentWarning] = Field(description="请维护人员留意的地方，没有则为空")
    outline: list[OutlineNode] = Field(description="目录，按原文顺序")


class ClauseDetail(Out):
    """一个条款的原文。"""

    clause_id: str = Field(description="条款编号", examples=[CLAUSE])
    address: str = Field(description="条款地址", examples=[ADDRESS])
    label: str = Field(description="条款的通行写法", examples=[LABEL])
    path: list[str] = Field(description="从最上层到本条的各级标题", examples=[PATH])
    text: str = Field(description="条款原文，含下层条款，等于 text[start:end]", examples=[CLAUSE_TEXT])
    start: int = Field(description="条款在原文里的起点（按字计，从 0 起）", examples=[CLAUSE_START])
    end: int = Field(description="条款在原文里的终点（不含）", examples=[CLAUSE_END])
    previous: str | None = Field(description="原文里前一个条款的地址，没有则为空", examples=["2.2"])
    next: str | None = Field(description="原文里后一个条款的地址，没有则为空", examples=["2.2.2"])
    children: list[str] = Field(description="下一层条款的地址", examples=[[]])
