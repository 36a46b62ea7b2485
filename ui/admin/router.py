"""The maintainers' pages together."""

from fastapi import APIRouter

from ui.admin import acts, documents, login, offers, running


def admin_router() -> APIRouter:
    """The routes below `/admin`."""
    router = APIRouter()
    for group in (login, documents, offers, running, acts):
        router.include_router(group.router)
    return router
