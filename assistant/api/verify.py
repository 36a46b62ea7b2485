"""POST /v1/verify: quotations and clause references of a draft, checked against the documents."""

from fastapi import APIRouter, Depends, Request

from assistant.api.negotiation import require_json
from assistant.api.openapi import problem_responses
from assistant.api.opening import opened
from assistant.api.verify_models import VerifyReport, VerifyRequest
from assistant.verify import verifier_for

router = APIRouter(prefix="/v1", tags=["核对"])


@router.post(
    "/verify",
    summary="核对引文和条款",
    description="把一句引文，或一份文稿里的全部引文和条款，逐字与原文核对："
    "与原文一致、与原文不同（附逐字对照）、出处不对、没有找到。",
    response_description="核对结果",
    responses=problem_responses(400, 413, 415, 422, 503),
    dependencies=[Depends(require_json)],
)
def verify(body: VerifyRequest, request: Request) -> VerifyReport:
    """One check for each quotation and reference."""
    assistant = opened(request)
    verifier = verifier_for(assistant.library)
    day = body.as_of or assistant.clock()
    if body.quote is not None:
        report = verifier.verify_quote(body.quote, day)
    else:
        report = verifier.verify_text(body.text or "", day)
    return VerifyReport.model_validate(report)
