"""The tools: question, search, one clause, and the check of quotations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from assistant.api.described import clause_of
from assistant.api.verify_models import VerifyReport
from assistant.api.work import ANSWERING, lane_for
from assistant.draft_check.check_draft import verifier_for
from assistant.errors import UnknownClause, UnknownDocument
from assistant.mcp import shapes
from assistant.schema import Citation, page_url
from index.library.library import DocumentView, Library

if TYPE_CHECKING:
    from datetime import date

    from assistant.service import Assistant

MAX_CHECKS = 500
"""Quotations and references of one draft."""
_NAMED = 20
"""Ids that a message lists."""

_In = TypeVar("_In", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Tool(Generic[_In]):
    """One tool. `run` gets the arguments and what comes before the path of an address, and takes as long as
    an answer takes; it raises what the assistant raises."""

    name: str
    title: str
    description: str
    arguments: type[_In]
    result: type[BaseModel]
    run: "Callable[[Assistant, _In, str], BaseModel]"


def _ask(assistant: "Assistant", asked: shapes.AskArguments, base: str) -> shapes.Asked:
    _check_known(assistant.library, asked.documents)
    ask = partial(assistant.ask, asked.question, documents=asked.documents, as_of=asked.as_of)
    answer = lane_for(None, assistant.settings).run_blocking(ask)
    return shapes.Asked(
        status=answer.status,
        answer=answer.answer,
        short_answer=answer.short_answer,
        correction=answer.correction,
        missing=list(answer.missing),
        confidence=answer.confidence,
        citations=[shapes.Cited(marker=each.marker, **_passage(each, base)) for each in answer.citations],
        related=[shapes.Passage(**_passage(each, base)) for each in answer.related],
        notices=[notice.text for notice in answer.notices],
    )


def _search(assistant: "Assistant", asked: shapes.SearchArguments, base: str) -> shapes.Found:
    _check_known(assistant.library, asked.documents)
    search = partial(assistant.search, asked.query, asked.top_k, asked.documents, asked.as_of)
    found = ANSWERING.run_blocking(search)
    hits = [shapes.Passage(**_passage(citation, base)) for _, citation in found[: asked.top_k]]
    return shapes.Found(hits=hits)


def _clause(assistant: "Assistant", asked: shapes.ClauseArguments, base: str) -> shapes.ClauseFound:
    today = assistant.clock()
    view = view_of(assistant.library, asked.document_id, asked.version, today)
    try:
        clause = clause_of(view, asked.address)
    except UnknownClause as error:
        raise UnknownClause(
            f"这份文件里没有这个条款；地址请用 search_clauses 结果里的 address，或从 policy://documents/"
            f"{view.document.id}/outline 里选。"
        ) from error
    document = view.document
    return shapes.ClauseFound(
        **dict(clause),
        document_id=document.id,
        document_title=document.title,
        document_version=document.version,
        validity=assistant.library.validity(document, today),
        url=base + page_url(document.id, document.version, clause.address, clause.start, clause.end),
    )


def _verify(assistant: "Assistant", asked: shapes.VerifyArguments, base: str) -> VerifyReport:
    verifier = verifier_for(assistant.library)
    day = asked.as_of or assistant.clock()
    if asked.quote is not None:
        found = verifier.verify_quote(asked.quote, day)
    else:
        found = verifier.verify_text(asked.text or "", day, MAX_CHECKS)
    report = VerifyReport.model_validate(found)
    return report.model_copy(update={"results": [_with_base(each, base) for each in report.results]})


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        "ask",
        "问政策",
        "就已收录的政策文件提问，得到回答和逐字引自原文的依据；文件没有写的会如实说没有写。"
        "每次提问各自独立，不接着上一次，追问时请把问题补充完整。问答照常记录在服务端，不另留对话。",
        shapes.AskArguments,
        shapes.Asked,
        _ask,
    ),
    Tool(
        "search_clauses",
        "找条款",
        "在已收录的政策文件里找与内容最相关的原文句子，只找不答；用来查有哪些规定，或得到文件编号和条款地址。",
        shapes.SearchArguments,
        shapes.Found,
        _search,
    ),
    Tool(
        "get_clause",
        "读条款",
        "读一个条款的完整原文（含下层条款），以及前后条款的地址。",
        shapes.ClauseArguments,
        shapes.ClauseFound,
        _clause,
    ),
    Tool(
        "verify_quotes",
        "核对引文",
        "把一句引文，或一段文稿里的全部引文和条款，逐字与原文核对：一致、有改动（附对照）、出处不对、没有找到。"
        f"写好文稿以后用它检查。文稿最多 {shapes.MAX_DRAFT} 个字、{MAX_CHECKS} 处引文，更长的请分段。",
        shapes.VerifyArguments,
        VerifyReport,
        _verify,
    ),
)


def view_of(library: Library, identifier: str, version: str | None, today: "date") -> DocumentView:
    """The named version of a document, else the one in force `today`. Raises UnknownDocument, whose message
    says what there is."""
    view = library.get(identifier, version, today)
    if view is not None:
        return view
    if versions := library.versions(identifier):
        raise UnknownDocument(f"这份文件没有这个版本，现有的版本：{_some(versions)}；也可以不填版本。")
    raise UnknownDocument(f"没有这个编号的文件，现有的文件编号：{_some(library.ids())}。请改用其中之一。")


def _check_known(library: Library, documents: Sequence[str] | None) -> None:
    for identifier in documents or ():
        if not library.versions(identifier):
            raise UnknownDocument(
                f"没有编号为“{identifier[:80]}”的文件，现有的文件编号：{_some(library.ids())}。"
                "请改用其中之一，或不填 documents。"
            )


def _some(names: Sequence[str]) -> str:
    more = f"等 {len(names)} 个（全部见资源 policy://documents）" if len(names) > _NAMED else ""
    return "、".join(names[:_NAMED]) + more


def _passage(citation: Citation, base: str) -> dict[str, Any]:
    names = ("document_id", "document_title", "document_version", "validity", "clause_label", "quote")
    return {
        **{name: getattr(citation, name) for name in (*names, "start", "end")},
        "address": citation.clause_id.partition("#")[2],
        "url": base + citation.url,
    }


def _with_base(result: Any, base: str) -> Any:
    places = {
        name: place.model_copy(update={"url": base + place.url})
        for name in ("location", "nearest")
        if (place := getattr(result, name)) is not None
    }
    return result.model_copy(update=places)
