"""The shapes of POST /v1/search; see `assistant.api.models`."""

from pydantic import ConfigDict, Field

from assistant.api.models import SCORE_MEANS, Day, DocumentIds, Out, Question
from assistant.api.names import In
from assistant.api.sample import (
    CLAUSE,
    END,
    LABEL,
    PATH,
    PLAN,
    QUESTION,
    QUOTE,
    SCORE,
    START,
    TITLE,
    URL,
    VERSION,
)
from assistant.schema import MAX_QUESTION
from index.schema import Validity

MAX_HITS = 50


class SearchRequest(In):
    """一次检索。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": QUESTION, "top_k": 5}]})

    query: Question = Field(
        description=f"要找的内容，去掉首尾空白后 1 到 {MAX_QUESTION} 个字",
        examples=[QUESTION],
    )
    top_k: int = Field(10, strict=True, ge=1, le=MAX_HITS, description="最多返回几条", examples=[5])
    documents: DocumentIds | None = Field(
        None, description="只在这些文件里找（文件编号）；不填就在全部文件里找", examples=[[PLAN]]
    )
    as_of: Day | None = Field(None, description="按哪一天判断文件效力；默认今天", examples=["2022-06-01"])


class Signals(Out):
    """排序所用的各个信号，未经换算。"""

    dense_passage: float = Field(description="问题与这句原文的向量相似度", examples=[0.842])
    dense_question: float = Field(description="问题与这句原文能回答的问题的向量相似度", examples=[0.88])
    bm25: float = Field(description="与这句原文的关键词得分，占满分的几成", examples=[0.895])
    bm25_question: float = Field(description="关键词与它能回答的问题的得分，占满分的几成", examples=[0.346])
    bm25_heading: float = Field(description="与所在条款标题的关键词得分，占满分的几成", examples=[0.0])
    structure: float = Field(description="问题是否点名了这个条款，是为 1", examples=[0.0])


class Hit(Out):
    """检索到的一句原文。"""

    clause_id: str = Field(description="条款编号", examples=[CLAUSE])
    clause_label: str = Field(description="条款的通行写法", examples=[LABEL])
    clause_path: list[str] = Field(description="从最上层到本条的各级标题", examples=[PATH])
    document_id: str = Field(description="文件编号", examples=[PLAN])
    document_title: str = Field(description="文件标题", examples=[TITLE])
    document_version: str = Field(description="文件版本", examples=[VERSION])
    validity: Validity = Field(description="效力，取值同回答里的引文", examples=["expired"])
    quote: str = Field(description="原文，等于所引版本原文的 text[start:end]", examples=[QUOTE])
    start: int = Field(description="在原文里的起点（按字计，从 0 起）", examples=[START])
    end: int = Field(description="在原文里的终点（不含）", examples=[END])
    url: str = Field(description="打开原文并高亮的地址", examples=[URL])
    score: float = Field(description=SCORE_MEANS, examples=[SCORE])
    signals: Signals = Field(description="各个信号")


class SearchResult(Out):
    """检索结果。"""

    hits: list[Hit] = Field(description="检索到的原文，最相关的在前")
