"""GET /metrics: counts and times for Prometheus."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from assistant.api.parts import store_of
from assistant.metrics import CONTENT_TYPE, PAUSED, exposition

router = APIRouter(tags=["运行状态"])


@router.get(
    "/metrics",
    summary="计数与用时（Prometheus 格式）",
    response_class=Response,
    responses={200: {"description": "指标", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(request: Request) -> Response:
    """Everything that `assistant.metrics` counts. No label holds what a person wrote."""
    PAUSED.set(store_of(request).pause.message() is not None)
    return Response(exposition(), media_type=CONTENT_TYPE)
