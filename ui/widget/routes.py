"""GET /widget.js and /widget: the script for a portal's page, and the page in the frame that it opens.

The frame comes from the assistant's own address, so that its calls cross no origin and the portal's page
reads nothing of what is asked. Which portals may show it is said by each key's origins, and held by browsers.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.schema import MAX_QUESTION
from assistant.statuses import CORRECTION_HEAD, STATUSES
from assistant.storage.ratings import REASONS
from prompts import reply
from prompts.first_questions import widget_questions
from ui.static_files import static_url

OriginsOf = Callable[[str], Sequence[str]]
"""The origins of the pages that may use a key, by the key's id; none for one that is unknown, revoked or
expired. May be called for any text."""

_HERE = Path(__file__).parent
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""Stricter than the other pages': nothing inline, no form is sent."""
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(:[0-9]{1,5})?")
_KEY_ID = re.compile(r"[a-z0-9]{1,64}")
_SCRIPT_HEADERS = {
    "Cache-Control": "public, max-age=3600",
    "Cross-Origin-Resource-Policy": "cross-origin",  # for portals that load nothing without it
}


def widget_router(origins_of: OriginsOf) -> APIRouter:
    """The routes of the script and of the frame's page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/widget.js")
    def script() -> Response:
        """What a portal's page loads."""
        return Response(_script(), media_type="text/javascript", headers=_SCRIPT_HEADERS)

    @router.get("/widget")
    def frame(request: Request) -> Response:
        """The page in the frame; `key_id` says whose portals may show it."""
        key_id = request.query_params.get("key_id", "")
        origins = origins_of(key_id) if _KEY_ID.fullmatch(key_id) else ()
        headers = {
            "Content-Security-Policy": f"{_POLICY}; {frame_ancestors(origins)}",
            "Cache-Control": "no-store",  # a key's origins change
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        return HTMLResponse(_page(), headers=headers)

    return router


def frame_ancestors(origins: Sequence[str]) -> str:
    """The directive that lets pages of `origins` frame a page, and no others.

    What is no origin in the form that browsers write is left out: in a header it would be a pattern.
    """
    known = [origin for origin in origins if _ORIGIN.fullmatch(origin)]
    return "frame-ancestors " + (" ".join(known) or "'none'")


@lru_cache(maxsize=1)
def _script() -> bytes:
    return (_HERE / "loader.js").read_bytes()


@lru_cache(maxsize=1)
def _page() -> str:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals["static"] = static_url
    template = environment.get_template("frame.html")
    return template.render(questions=widget_questions(), words=_words(), most=MAX_QUESTION)


def _words() -> dict[str, Mapping[str, str]]:
    """What the frame's script says of answers: what stands above one, by status and of a correction, the
    line below one, by status, and the reasons that people choose from."""
    heads = {status.value: meaning.head for status, meaning in STATUSES.items() if meaning.head}
    standing = {status.value: reply("standing") for status, meaning in STATUSES.items() if meaning.standing}
    reasons = {reason.value: words for reason, words in REASONS.items()}
    return {"heads": {**heads, "correction": CORRECTION_HEAD}, "standing": standing, "reasons": reasons}
