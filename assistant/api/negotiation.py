"""What a request may send, checked before its body is looked at."""

from email.message import Message

from starlette.requests import Request

from assistant.api.problems import MEDIA, ProblemError


def accepts_events(request: Request) -> bool:
    """Whether the client names server-sent events as what it takes."""
    ranges = request.headers.get("accept", "").lower().split(",")
    return any(each.partition(";")[0].strip() == "text/event-stream" for each in ranges)


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
