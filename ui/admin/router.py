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
    rows,
    running,
    speed,
    start,
)


def admin_router() -> APIRouter:
    """The routes below `/admin`."""
    router = APIRouter()
    groups = (
        login,
        start,
        documents,
        offers,
        questions,
        lacking,
        rows,
        export,
        ratings,
        speed,
        running,
        acts,
    )
    for group in groups:
        router.include_router(group.router)
    return router
