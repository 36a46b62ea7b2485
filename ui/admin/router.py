"""The maintainers' pages together."""

from fastapi import APIRouter

from ui.admin import (
    acts,
    documents,
    export,
    lacking,
    login,
    offers,
    questions,
    ratings,
    removal,
    rows,
    running,
    speed,
    start,
)


def admin_router() -> APIRouter:
    """The routes below `/admin`."""
    router = APIRouter()
    reviewing = (questions, lacking, rows, export, ratings, speed)
    for group in (login, start, documents, offers, removal, *reviewing, running, acts):
        router.include_router(group.router)
    return router
