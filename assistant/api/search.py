"""POST /v1/search: ranked passages with their signals, without an answer."""

from functools import partial

from fastapi import APIRouter, Depends, Request

from assistant.api import search_models
from assistant.api.negotiation import only_json
from assistant.api.openapi import problem_responses
from assistant.api.opening import opened
from assistant.api.work import ANSWERING
from assistant.schema import Citation
from index.schema import Hit

router = APIRouter(prefix="/v1", tags=["检索"])


@router.post(
    "/search",
    summary="检索原文",
    description="找出与内容最相关的原文句子，最相关的在前，附各个排序信号。",
    response_description="检索结果",
    responses=problem_responses(400, 404, 413, 415, 422, 503),
    dependencies=[Depends(only_json)],
)
async def search(body: search_models.SearchRequest, request: Request) -> search_models.SearchResult:
    """The best `top_k` passages."""
    call = partial(opened(request).search, body.query, body.top_k, body.documents, body.as_of)
    found = await ANSWERING.run(call, request)
    return search_models.SearchResult(hits=[_hit(hit, citation) for hit, citation in found])


def _hit(hit: Hit, citation: Citation) -> search_models.Hit:
    return search_models.Hit(
        clause_id=citation.clause_id,
        clause_label=citation.clause_label,
        clause_path=list(citation.clause_path),
        document_id=citation.document_id,
        document_title=citation.document_title,
        document_version=citation.document_version,
        validity=citation.validity,
        quote=citation.quote,
        start=citation.start,
        end=citation.end,
        url=citation.url,
        score=citation.score,
        signals=search_models.Signals.model_validate(hit.signals),
    )
