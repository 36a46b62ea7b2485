"""GET /metrics: counts and times for Prometheus."""

from fastapi import APIRouter
from fastapi.responses import Response

from assistant.metrics import CONTENT_TYPE, exposition

router = APIRouter(tags=["运行状态"])


@router.get(
    "/metrics",
    summary="计数与用时（Prometheus 格式）",
    response_class=Response,
    responses={200: {"description": "指标", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics() -> Response:
    """Everything that `assistant.metrics` counts. No label holds what a person wrote."""
    return Response(exposition(), media_type=CONTENT_TYPE)
