"""The page's and the chat's own style sheets and scripts, served from memory under `/ui/static/`."""

import hashlib
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

PREFIX = "/ui/static/"
_DIRECTORY = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

router = APIRouter(include_in_schema=False)


@lru_cache(maxsize=1)
def _files() -> dict[str, tuple[bytes, str]]:
    """Every file by name: its bytes and media type. A closed set, so that no path can lead out of it."""
    return {
        path.name: (path.read_bytes(), _TYPES[path.suffix])
        for path in sorted(_DIRECTORY.iterdir())
        if path.suffix in _TYPES
    }


def static_url(name: str) -> str:
    """The address of a file, with its content in the query so that browsers may keep it."""
    return f"{PREFIX}{name}?v={hashlib.sha256(_files()[name][0]).hexdigest()[:12]}"


@router.get(PREFIX + "{name}")
def static_file(name: str) -> Response:
    """One file of the page or the chat."""
    found = _files().get(name)
    if found is None:
        return HTMLResponse("没有这个文件。", status_code=404)
    content, media_type = found
    return Response(content, media_type=media_type, headers={"Cache-Control": "public, max-age=86400"})
