"""What a request may send and would take, read from its headers."""

import re
from collections.abc import Iterator
from email.message import Message

from starlette.requests import Request

from assistant.api.problems import MEDIA, ProblemError

EVENTS = "text/event-stream"
_JSON = "application/json"
_PROBLEM = "application/problem+json"
_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


def accepts_events(request: Request) -> bool:
    """Whether the client would rather have server-sent events than JSON (RFC 9110, 12.5.1).

    The more exact of the ranges that fit a type gives its quality. Events are sent where they have the
    higher one, or the same by name while JSON is only covered by a range like `*/*`; in all other cases, and
    where neither is taken, JSON is.
    """
    ranges = list(_ranges(",".join(request.headers.getlist("accept"))))
    events, json = _quality(EVENTS, ranges), _quality(_JSON, ranges)
    return events[0] > 0 and events > json and events[1] == _EXACT


_EXACT = 2


def prefers_html(request: Request) -> bool:
    """Whether the client names HTML and would rather have it than JSON, as browsers do that open a page."""
    ranges = list(_ranges(",".join(request.headers.getlist("accept"))))
    html = _quality("text/html", ranges)
    json = max(_quality(_JSON, ranges), _quality(_PROBLEM, ranges))
    return html[0] > 0 and html > json and html[1] == _EXACT


def _quality(kind: str, ranges: list[tuple[str, float]]) -> tuple[float, int]:
    """The quality that `ranges` give to a media type, and how exactly they name it: 2 by name, 1 by the
    first half, 0 by `*/*` or not at all."""
    exactness = {kind: _EXACT, f"{kind.partition('/')[0]}/*": 1, "*/*": 0}
    fitting = [(exactness[name], quality) for name, quality in ranges if name in exactness]
    if not fitting:
        return 0.0, 0
    most = max(exact for exact, _ in fitting)
    return max(quality for exact, quality in fitting if exact == most), most


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    """The media ranges of an `Accept` header with their qualities; one whose quality is none is left out."""
    for each in accept.lower().split(","):
        name, *parameters = (part.strip() for part in each.split(";"))
        given = [value.strip() for part in parameters for key, _, value in [part.partition("=")]
                 if key.strip() == "q"]  # fmt: skip
        if not given:
            yield name, 1.0
        elif _QUALITY.fullmatch(given[0]):
            yield name, float(given[0])


def require_json(request: Request) -> None:
    """Pass a body that says it is JSON (`application/json` or `…+json`). Raises a 415 problem.

    This also keeps foreign web pages from posting here: a browser sends JSON across origins only
    after asking.
    """
    message = Message()
    message["content-type"] = request.headers.get("content-type", "")
    subtype = message.get_content_subtype()
    if message.get_content_maintype() != "application" or not (
        subtype == "json" or subtype.endswith("+json")
    ):
        raise ProblemError(MEDIA)


async def only_json(request: Request) -> None:
    """`require_json` for routes to depend on: on the loop, since a thread would cost more than the look."""
    require_json(request)
