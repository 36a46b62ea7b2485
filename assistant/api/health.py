"""GET /healthz and /readyz: is the process alive, and can it answer?"""

from fastapi import APIRouter, Request

from assistant.api import models
from assistant.api.handlers import from_own
from assistant.api.openapi import problem_responses
from assistant.api.opening import opened
from assistant.api.parts import store_of
from assistant.api.problems import ProblemError
from assistant.errors import StorageFault

router = APIRouter(tags=["运行状态"])

_PROBE = "教育"


@router.get("/healthz", summary="服务是否在运行", response_description="在运行")
async def healthz() -> models.Health:
    """Alive: answered as soon as the server listens, whatever the index and the worker threads do."""
    return models.Health(status="ok")


@router.get(
    "/readyz", summary="服务能否回答问题", response_description="可以回答", responses=problem_responses(503)
)
def readyz(request: Request) -> models.Health:
    """Ready: a real search has just gone through the index, and something was written to the database."""
    opened(request).search(_PROBE, 1)
    store = store_of(request)
    try:
        store.check()
    except StorageFault as fault:
        problem, stopped = from_own(fault), store.pause.message() is not None
        known = "暂停回答" if stopped else "照常回答"
        detail = f"{problem.detail}这期间是否暂停照最后知道的办：{known}。"
        raise ProblemError(problem.fault, detail, headers=problem.headers) from fault
    return models.Health(status="ready")
