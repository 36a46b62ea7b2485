"""A file sent whole: the original of a document."""

from typing import TYPE_CHECKING

from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

if TYPE_CHECKING:
    from assistant.service import Assistant
    from index.schema import Document


class WholeFile(FileResponse):
    """A file without the framework's partial answers, whose faults are plain text: `Range` is not read, as
    a server may choose (RFC 9110, 14.2)."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        headers = [(name, value) for name, value in scope["headers"] if name not in (b"range", b"if-range")]
        await super().__call__({**scope, "headers": headers}, receive, send)


def original_of(assistant: "Assistant", document: "Document") -> WholeFile:
    """The file that `document` came from. Always an attachment of no particular type: nothing in it is run
    or rendered. Raises AddedDocumentsDamaged."""
    return WholeFile(
        assistant.original(document),
        media_type="application/octet-stream",
        filename=document.source_name,
    )
