"""POST /v1/verify: quotations and clause references of a draft, checked against the documents.

A draft is large and its check is long. So the body is read and the report written outside of the loop
that serves everybody, at most two at a time, and neither passes through the framework's own JSON, which
makes an object of every bracket.
"""

import json
import re
from itertools import islice
from typing import TYPE_CHECKING

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError

from assistant.api.handlers import WHOLE_BODY, invalid_body
from assistant.api.models import BROKEN_CHARACTER
from assistant.api.negotiation import only_json
from assistant.api.openapi import body_of, problem_responses
from assistant.api.opening import opened
from assistant.api.problems import busy, invalid_fields
from assistant.api.verify_models import VerifyReport, VerifyRequest
from assistant.draft_check.check_draft import verifier_for

if TYPE_CHECKING:
    from assistant.service import Assistant

MAX_CHECKS = 2000
"""Quotations and references of one draft; more are checked by the command line."""
MAX_PIECES = 1000
"""Strings, commas and opening brackets of a body. A request has fewer than ten."""
_PIECE = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{,]', re.DOTALL)
_AT_ONCE = 2
_WAITING = 16
_limiter = CapacityLimiter(_AT_ONCE)

router = APIRouter(prefix="/v1", tags=["核对"])


@router.post(
    "/verify",
    summary="核对引文和条款",
    description="把一句引文，或一份文稿里的全部引文和条款，逐字与原文核对："
    "与原文一致、与原文不同（附逐字对照）、出处不对、没有找到。"
    f"一份文稿里的引文和条款最多 {MAX_CHECKS} 处。",
    response_description="核对结果",
    response_model=VerifyReport,
    responses=problem_responses(400, 413, 415, 422, 503),
    dependencies=[Depends(only_json)],
    openapi_extra=body_of(VerifyRequest),
)
async def verify(request: Request) -> Response:
    """One check for each quotation and reference. 503 where too many drafts wait."""
    assistant = opened(request)
    if _limiter.statistics().tasks_waiting >= _WAITING:
        raise busy()
    body = await request.body()
    report = await to_thread.run_sync(_checked, assistant, body, limiter=_limiter)
    return Response(report, media_type="application/json")


def _checked(assistant: "Assistant", body: bytes) -> str:
    """The report on the draft in `body`, as JSON."""
    if _has_many_pieces(body):
        raise invalid_fields([(WHOLE_BODY, "字段太多，只写 quote 或 text，以及 as_of")])
    try:
        asked = VerifyRequest.model_validate_json(body)
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid" and _is_json(body):
            raise invalid_fields([(WHOLE_BODY, BROKEN_CHARACTER)]) from None
        raise invalid_body(error) from None
    verifier = verifier_for(assistant.library)
    day = asked.as_of or assistant.clock()
    if asked.quote is not None:
        report = verifier.verify_quote(asked.quote, day)
    else:
        report = verifier.verify_text(asked.text or "", day, MAX_CHECKS)
    return VerifyReport.model_validate(report).model_dump_json()


def _has_many_pieces(body: bytes) -> bool:
    """Whether `body` is made of more than `MAX_PIECES`. They are counted one at a time, so that others are
    served meanwhile; what reads JSON makes an object of each, all in one go."""
    return next(islice(_PIECE.finditer(body), MAX_PIECES, None), None) is not None


def _is_json(body: bytes) -> bool:
    """Whether `body` is JSON by its grammar, which takes lone surrogates; the model's reader does not."""
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
